"""The finished web pages and e-books of the real articles, as readers meet them in a browser."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from browser import probe, unseen
from conftest import REPOSITORY, Release

from publish.layout import Layouts
from publish.model import Article, lines
from publish.source.article import article_ids, read_article, read_house
from publish.verify.expected import expected
from publish.verify.reading import Block, canonical

pytestmark = pytest.mark.tools

SCREENS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "narrow": {"color_scheme": "light", "width": 320},
    "forced colours": {"forced_colors": "active", "color_scheme": "dark"},
}
TEXT_SPACING = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
word-spacing: 0.16em !important } p { margin-bottom: 2em !important }"""  # WCAG 1.4.12
LARGE_TEXT = "html { font-size: 200% }"  # WCAG 1.4.4


@dataclass(frozen=True)
class Finished:
    """One finished file and what it has to say."""

    path: Path
    article: Article
    blocks: tuple[Block, ...]

    @property
    def ids(self) -> list[str]:
        return [block.id for block in self.blocks]


def finished(release: Release, format: str) -> tuple[Finished, ...]:
    house, layouts = read_house(REPOSITORY), Layouts.of(REPOSITORY)
    found = []
    for id in article_ids(REPOSITORY):
        article = read_article(REPOSITORY, id, house).article
        for edition in house.editions.values():
            if edition.format == format:
                blocks = expected(article, edition, layouts.words(article.language))
                found.append(Finished(release.folder / id / edition.file_name(id), article, blocks))
    assert found
    return tuple(found)


@pytest.fixture(scope="session")
def webs(release: Release) -> tuple[Finished, ...]:
    return finished(release, "html")


@pytest.fixture(scope="session")
def books(release: Release) -> tuple[Finished, ...]:
    return finished(release, "epub")


# --- what is seen --------------------------------------------------------------------------


@pytest.mark.parametrize("screen", SCREENS)
def test_every_block_is_painted(
    screen: str, webs: tuple[Finished, ...], open_page: Callable[..., Any]
) -> None:
    for web in webs:
        page, _ = open_page(web.path, **SCREENS[screen])
        assert not unseen(page, web.ids)


def test_every_block_is_painted_for_print(webs: tuple[Finished, ...], open_page: Callable[..., Any]) -> None:
    for web in webs:
        page, _ = open_page(web.path, 700, color_scheme="dark")
        page.emulate_media(media="print")
        assert not unseen(page, web.ids)


def test_every_block_stands_on_the_printed_sheets(
    webs: tuple[Finished, ...], open_page: Callable[..., Any]
) -> None:
    import pypdfium2

    for web in webs:
        printed = pypdfium2.PdfDocument(open_page(web.path)[0].pdf(format="Letter"))
        text = "".join(page.get_textpage().get_text_bounded() for page in printed)
        printed.close()
        sheets = _letters(text)
        lost = [
            block.id
            for block in web.blocks
            # A mark in the middle of the words is printed there too; alt text is not printed.
            if block.role != "alternative"
            and not all(part in sheets for part in map(_letters, _parts(block)))
        ]
        assert not lost


def _letters(text: str) -> str:
    """The characters of ``text`` without white space and hyphens, which line ends may add or take."""
    return re.sub(r"[\s\u00ad\u2010\ufffe\u0002-]", "", canonical(text))


def _parts(block: Block) -> list[str]:
    ends = [span.start for span in block.spans if span.kind == "note"]
    return [block.text[a:b] for a, b in zip([0, *ends], [*ends, len(block.text)], strict=True)]


HIDING = {
    "display": "display: none",
    "visibility": "visibility: hidden",
    "opacity": "opacity: 0",
    "colour": "color: transparent",
    "paper colour": "color: #fff; background: #fff",
    "size": "font-size: 0",
    "tiny size": "font-size: 2px",
    "clip": "clip-path: inset(100%)",
    "clip box": "position: absolute; clip: rect(0 0 0 0)",
    "off the page": "position: absolute; left: -9999px",
    "indent": "text-indent: -9999px; white-space: nowrap",
    "scale": "transform: scale(0)",
    "box": "height: 0; overflow: hidden",
    "filter": "filter: opacity(0)",
    "mask": "mask-image: linear-gradient(transparent, transparent)",
}


@pytest.mark.parametrize("way", HIDING)
def test_a_block_hidden_by_a_style_is_noticed(
    way: str, webs: tuple[Finished, ...], open_page: Callable[..., Any]
) -> None:
    web = webs[0]
    block = next(block.id for block in web.blocks if block.id.startswith("disclaimer-") and block.level == 0)
    page, _ = open_page(web.path)
    page.add_style_tag(content=f"#{block} {{ {HIDING[way]} }}")
    faults = unseen(page, [block])
    assert faults
    assert all(fault.startswith(f"#{block} ") for fault in faults)


def test_a_block_under_another_thing_is_noticed(
    webs: tuple[Finished, ...], open_page: Callable[..., Any]
) -> None:
    web = webs[0]
    page, _ = open_page(web.path)
    page.add_style_tag(
        content="article::after { content: ''; position: absolute; inset: 0; background: #fff }"
    )
    page.add_style_tag(content="article { position: relative }")
    assert len(unseen(page, web.ids)) >= len(web.ids)


@pytest.mark.parametrize("screen", SCREENS)
def test_all_words_have_the_contrast_of_aaa(
    screen: str, webs: tuple[Finished, ...], open_page: Callable[..., Any]
) -> None:
    for web in webs:
        page, _ = open_page(web.path, **SCREENS[screen])
        assert not probe(page, "lowContrast", 7)


def test_faint_words_are_noticed(webs: tuple[Finished, ...], open_page: Callable[..., Any]) -> None:
    page, _ = open_page(webs[0].path)
    page.add_style_tag(content="#title { color: #767676 }")  # 4.5:1 on white
    assert [fault.split()[0] for fault in probe(page, "lowContrast", 7)] == ["#title"]


# --- reflow --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("width", "height", "style"),
    [
        (320, 256, ""),  # WCAG 1.4.10
        (1280, 900, LARGE_TEXT),
        (640, 450, LARGE_TEXT),
        (1280, 900, TEXT_SPACING),
        (320, 256, TEXT_SPACING),
    ],
    ids=["small", "large text", "large text, small", "text spacing", "text spacing, small"],
)
def test_nothing_is_cut_off(
    width: int, height: int, style: str, webs: tuple[Finished, ...], open_page: Callable[..., Any]
) -> None:
    for web in webs:
        page, _ = open_page(web.path, width, height)
        if style:
            page.add_style_tag(content=style)
        assert not probe(page, "clipped", web.ids)


@pytest.mark.parametrize(
    ("style", "message"),
    [
        ("main { width: 400px }", "scrolls sideways"),
        ("#lede-p1 { height: 1em; overflow: hidden }", "#lede-p1 cuts its words off"),
        ("#lede-p1 { height: 1em }", "#lede-p1 lies over"),
        ("#title { overflow: auto; white-space: nowrap }", "#title scrolls sideways"),
    ],
)
def test_words_cut_off_are_noticed(
    style: str, message: str, webs: tuple[Finished, ...], open_page: Callable[..., Any]
) -> None:
    page, _ = open_page(webs[0].path, 320, 256)
    page.add_style_tag(content=style)
    assert any(message in fault for fault in probe(page, "clipped", webs[0].ids))


# --- keyboard and pointer ------------------------------------------------------------------


@pytest.mark.parametrize("screen", SCREENS)
def test_tab_walks_through_everything_in_order_and_in_sight(
    screen: str, webs: tuple[Finished, ...], open_page: Callable[..., Any]
) -> None:
    for web in webs:
        page, _ = open_page(web.path, **SCREENS[screen])
        count = probe(page, "count")
        assert count > 10
        steps = []
        for _ in range(count):
            page.keyboard.press("Tab")
            steps.append(page.evaluate("probe.focus()"))
        assert [step["at"] for step in steps] == list(range(count))
        faults = [fault for step in steps for fault in step["faults"]]
        assert not faults


@pytest.mark.parametrize(
    ("style", "message"),
    [
        ("a:focus-visible { outline: none !important }", "no outline"),
        ("a:focus-visible { outline-color: #eee !important }", "faint outline"),
        (
            "body::before { content: ''; position: fixed; z-index: 9; inset: 0; background: #fff }",
            "out of sight",
        ),
    ],
)
def test_a_focus_nobody_sees_is_noticed(
    style: str, message: str, webs: tuple[Finished, ...], open_page: Callable[..., Any]
) -> None:
    page, _ = open_page(webs[0].path)
    page.add_style_tag(content=style)
    probe(page, "count")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert any(message in fault for fault in page.evaluate("probe.focus().faults"))


def test_the_first_link_leads_past_the_header_into_the_article(
    webs: tuple[Finished, ...], open_page: Callable[..., Any]
) -> None:
    for web in webs:
        page, _ = open_page(web.path)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.matches('a[href^=\"#\"]')")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.localName") == "main"
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement === document.querySelector('main :is(a, [tabindex])')")


@pytest.mark.parametrize("width", [320, 1280])
def test_links_and_controls_are_large_enough(
    width: int, webs: tuple[Finished, ...], open_page: Callable[..., Any]
) -> None:
    for web in webs:
        page, _ = open_page(web.path, width)
        assert not probe(page, "small", 44, 24)


@pytest.mark.parametrize(
    "style", [".back a { min-height: 0; padding: 0 }", ".note-mark { display: inline; padding: 0 }"]
)
def test_a_small_link_is_noticed(
    style: str, webs: tuple[Finished, ...], open_page: Callable[..., Any]
) -> None:
    page, _ = open_page(webs[0].path)
    page.add_style_tag(content=f"{style} a {{ line-height: 1 !important }}")
    assert probe(page, "small", 44, 24)


@pytest.mark.parametrize("width", [320, 1280])
def test_a_note_is_found_from_the_text_and_the_text_from_the_note(
    width: int, webs: tuple[Finished, ...], open_page: Callable[..., Any]
) -> None:
    for web in webs:
        page, _ = open_page(web.path, width)
        marks = page.locator("[role=doc-noteref]")
        assert marks.count() >= len(web.article.references) > 0
        for mark in marks.all()[:: max(1, marks.count() // 5)]:
            start, key = mark.get_attribute("id"), mark.get_attribute("href")
            mark.click()
            assert page.evaluate("location.hash") == key
            assert probe(page, "inSight", key)
            page.click(f'{key} [role=doc-backlink][href="#{start}"]')
            assert probe(page, "inSight", f"#{start}")


def test_every_link_leads_somewhere(webs: tuple[Finished, ...], open_page: Callable[..., Any]) -> None:
    for web in webs:
        page, _ = open_page(web.path)
        links = page.eval_on_selector_all("[href]", "all => all.map(each => each.getAttribute('href'))")
        ids = page.eval_on_selector_all("[id]", "all => all.map(each => each.id)")
        assert len(ids) == len(set(ids))
        lost = [
            link
            for link in links
            if not link.startswith(("https://", "http://"))
            and not (link.startswith("#") and link[1:] in ids)
            and not ("/" not in link and (web.path.parent / link).is_file())
        ]
        assert lost == []


def test_assistive_technology_hears_every_heading_in_order(
    webs: tuple[Finished, ...], open_page: Callable[..., Any]
) -> None:
    for web in webs:
        page, _ = open_page(web.path)
        roles = list(_roles(yaml.safe_load(page.locator("body").aria_snapshot())))
        heard = [
            match.groups() for role in roles if (match := re.match(r"heading (.*) \[level=(\d)\]", role))
        ]
        assert [(canonical(json.loads(name)), int(level)) for name, level in heard] == [
            (f"{block.label} {block.text}".strip(), block.level)
            for block in web.blocks
            if block.role == "heading"
        ]


def _roles(tree: Any) -> Iterator[str]:
    """Yield, in order, the roles of an accessibility tree that Playwright wrote: 'heading "…" [level=2]'."""
    match tree:
        case str():
            yield tree
        case list():
            for each in tree:
                yield from _roles(each)
        case dict():
            for role, inner in tree.items():
                yield role
                yield from _roles(inner)


# --- alone, and without help ---------------------------------------------------------------


@pytest.mark.parametrize("media", ["screen", "print"])
def test_the_page_asks_the_network_for_nothing(
    media: str, webs: tuple[Finished, ...], open_page: Callable[..., Any]
) -> None:
    for web in webs:
        page, requests = open_page(web.path)
        page.emulate_media(media=media, color_scheme="dark")
        page.wait_for_load_state("networkidle")
        assert [each for each in requests if not each.startswith("data:")] == [web.path.as_uri()]


def test_the_page_says_the_same_without_javascript(
    webs: tuple[Finished, ...], open_page: Callable[..., Any]
) -> None:
    for web in webs:
        spoken = [open_page(web.path, java_script_enabled=on)[0].inner_text("body") for on in (True, False)]
        assert spoken[0] == spoken[1]
        assert len(spoken[0]) > 5000


def test_structured_data_say_the_questions_and_answers_word_for_word(webs: tuple[Finished, ...]) -> None:
    from lxml import html

    for web in webs:
        page = html.document_fromstring(web.path.read_bytes())
        (script,) = page.xpath("//script")
        assert script.get("type") == "application/ld+json"
        (graph,) = (each for each in json.loads(script.text)["@graph"] if each["@type"] == "FAQPage")
        said = [(each["name"], each["acceptedAnswer"]["text"]) for each in graph["mainEntity"]]
        assert [(canonical(question), canonical(answer)) for question, answer in said] == [
            (canonical(faq.question.text), canonical(" ".join(line.text for line in lines(faq.answer))))
            for faq in web.article.faq
        ]


def test_the_page_is_light(webs: tuple[Finished, ...]) -> None:
    for web in webs:
        assert web.path.stat().st_size <= 200_000


# --- e-book --------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_block_of_the_ebook_is_painted(
    scheme: str, books: tuple[Finished, ...], open_page: Callable[..., Any], tmp_path: Path
) -> None:
    for book in books:
        with zipfile.ZipFile(io.BytesIO(book.path.read_bytes())) as archive:
            archive.extractall(tmp_path)
        left = set(book.ids)
        chapters = sorted(tmp_path.rglob("*.xhtml"))
        page, _ = open_page(chapters[0], 400, color_scheme=scheme)
        for chapter in chapters:
            page.goto(chapter.as_uri())
            here = page.evaluate("[...document.querySelectorAll('[id]')].map(each => each.id)")
            ids = [id for id in here if id in left]
            left -= set(ids)
            assert not unseen(page, ids)
            assert not probe(page, "clipped", ids)
        assert not left
