"""Page markers in the e-book: wherever a page may begin they stand there, and change nothing else."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from publish.errors import PublishError
from publish.layout import Layouts
from publish.model import (
    Article,
    Edition,
    House,
    Inline,
    LineBreak,
    Link,
    NoteMark,
    PageMark,
    Pages,
    PageStart,
    Run,
    Strong,
    page_marked,
    plain,
)
from publish.render import epub
from publish.verify import epub as reader
from publish.verify.compare import compare
from publish.verify.expected import allowed, expected, required
from publish.verify.pages import compare_pages
from publish.verify.reading import Block, Reading

PROJECT = Path(__file__).parent / "projects" / "complete"
EPUB = "{http://www.idpf.org/2007/ops}"
SOURCE = "urn:uuid:the-handout"
LAYOUTS = Layouts.of(PROJECT)


@pytest.fixture(scope="module")
def blocks(article: Article, house: House) -> tuple[Block, ...]:
    return expected(article, house.editions["ebook"], LAYOUTS.words(article.language))


Make = Callable[..., bytes]


@pytest.fixture
def make(article: Article, house: House, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Return ``make(starts, edition)``: the e-book with these pages, its cover only a stand-in."""
    monkeypatch.setattr(epub, "cover", lambda *_: b"a picture")

    def make(starts: tuple[PageStart, ...], edition: Edition = house.editions["ebook"]) -> bytes:
        return epub.render(article, edition, house, LAYOUTS, Pages(SOURCE, starts))

    return make


def everywhere(blocks: tuple[Block, ...]) -> tuple[PageStart, ...]:
    """A page at the beginning of every block, at each of its words, and behind the last of all."""
    places = [
        (block.id, found.start())
        for block in blocks
        if block.role != "alternative"
        for found in re.finditer(r"(?<![^ ])[^ ]", block.text)
    ]
    places.append((blocks[-1].id, len(blocks[-1].text)))
    return tuple(PageStart(str(n), *place) for n, place in enumerate(places, 1))


def opened(data: bytes) -> tuple[dict[str, Any], Any]:
    """The documents of an e-book, and its package."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        roots = {
            name.removeprefix("EPUB/"): etree.fromstring(archive.read(name))
            for name in archive.namelist()
            if name.endswith((".xhtml", ".opf"))
        }
    return roots, roots.pop("content.opf")


# --- the whole e-book ----------------------------------------------------------------------


def test_a_page_may_begin_at_any_word_of_any_block(make: Make, blocks: tuple[Block, ...]) -> None:
    starts = everywhere(blocks)
    assert len(starts) > 900
    reading = reader.read(make(starts))
    assert compare_pages(Pages(SOURCE, starts), reading) == ()


def test_page_markers_change_no_word_and_no_mark(
    make: Make, blocks: tuple[Block, ...], article: Article, house: House
) -> None:
    reading = reader.read(make(everywhere(blocks)))
    words = LAYOUTS.words(article.language)
    assert compare(blocks, reading, allowed(article, words) | {house.name}, required(article)) == ()


def test_two_pages_may_begin_at_one_place(make: Make) -> None:
    starts = (
        PageStart("9", "faq-heading", 0),
        PageStart("10", "faq-heading", 0),
        PageStart("11", "faq-who-answer-p1", 4),
        PageStart("12", "faq-who-answer-p1", 4),
    )
    reading = reader.read(make(starts))
    assert [mark.label for mark in reading.marks] == ["9", "10", "11", "12"]
    assert compare_pages(Pages(SOURCE, starts), reading) == ()


def test_a_marker_names_its_page_and_holds_nothing(make: Make, blocks: tuple[Block, ...]) -> None:
    documents, _ = opened(make(everywhere(blocks)))
    marks = [each for root in documents.values() for each in root.iterfind(".//*[@role='doc-pagebreak']")]
    for mark in marks:
        assert mark.get(f"{EPUB}type") == "pagebreak"
        assert mark.get("id") == f"page-{mark.get('title')}"
        assert not len(mark)
        assert not mark.text
    assert len(marks) == len(everywhere(blocks))


def test_no_heading_or_caption_is_called_by_the_number_of_its_page(
    make: Make, blocks: tuple[Block, ...]
) -> None:
    """A marker's title would be part of the name of what it stands in."""
    starts = tuple(PageStart(str(n), block.id, 0) for n, block in enumerate(blocks, 1) if block.text)
    documents, _ = opened(make(tuple(start for start in starts if not start.block.endswith("-alt"))))
    found = 0
    for root in documents.values():
        for mark in root.iterfind(".//*[@role='doc-pagebreak']"):
            found += 1
            around = {etree.QName(each).localname for each in mark.iterancestors()}
            assert not around & {"h1", "h2", "h3", "caption", "figcaption", "a"}
    assert found > 150


def test_the_contents_hold_a_heading_and_a_list_and_nothing_else(make: Make) -> None:
    documents, _ = opened(make((PageStart("2", "contents-heading", 0),)))
    for nav in documents["nav.xhtml"].iter("{*}nav"):
        assert [etree.QName(each).localname for each in nav][-1] == "ol"
        assert {etree.QName(each).localname for each in nav} <= {"h2", "ol"}


def test_the_list_of_pages_is_hidden_and_named_and_says_numbers_only(make: Make) -> None:
    starts = (PageStart("1", "kicker", 0), PageStart("2", "contents-heading", 0), PageStart("3", "title", 4))
    documents, _ = opened(make(starts))
    (nav,) = documents["nav.xhtml"].iterfind(f".//*[@{EPUB}type='page-list']")
    assert (nav.get("role"), nav.get("hidden")) == ("doc-pagelist", "hidden")
    assert nav.get("aria-label") == "Pages of the printed edition"
    assert [(each.text, each.get("href")) for each in nav.iter("{*}a")] == [
        ("1", "front.xhtml#page-1"),
        ("2", "nav.xhtml#page-2"),
        ("3", "front.xhtml#page-3"),
    ]


def test_the_package_says_whose_page_numbers_these_are(
    make: Make, article: Article, house: House, blocks: tuple[Block, ...]
) -> None:
    _, package = opened(make((PageStart("1", "kicker", 0),)))
    said = [(each.get("property"), each.text) for each in package.find("{*}metadata")]
    assert [text for name, text in said if name == "pageBreakSource"] == [SOURCE]
    features = {text for name, text in said if name == "schema:accessibilityFeature"}
    assert {"pageBreakMarkers", "pageNavigation"} <= features
    (summary,) = (text for name, text in said if name == "schema:accessibilitySummary")
    assert "page numbers are those of the printed edition" in summary
    _, pageless = opened(epub.render(article, house.editions["ebook"], house, LAYOUTS))
    assert "page" not in etree.tostring(pageless.find("{*}metadata"), encoding="unicode").lower()


def test_a_page_that_begins_in_no_block_of_the_ebook_is_refused(make: Make) -> None:
    with pytest.raises(PublishError, match="a link leads to “page-7”"):
        make((PageStart("7", "nowhere", 0),))


# --- what the reader finds -----------------------------------------------------------------


def read_with(make: Make, old: str, new: str, id: str = "faq-who-answer-p1", offset: int = 0) -> Reading:
    """The e-book with one page, its markup changed in one place, as read."""
    out = io.BytesIO()
    count = 0
    data = make((PageStart("5", id, offset),))
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(out, "w") as changed:
        for member in archive.infolist():
            text = archive.read(member)
            count += text.count(old.encode())
            changed.writestr(member, text.replace(old.encode(), new.encode()), member.compress_type)
    assert count == 1
    return reader.read(out.getvalue())


MARK = '<span id="page-5" role="doc-pagebreak" epub:type="pagebreak" title="5"></span>'


@pytest.mark.parametrize(
    "mark",
    [
        MARK,
        MARK.replace(' role="doc-pagebreak"', ""),
        MARK.replace(' epub:type="pagebreak"', ""),
        MARK.replace("title=", "aria-label="),
    ],
)
def test_a_marker_between_blocks_stands_before_the_next_text(make: Make, mark: str) -> None:
    answer = '<p id="faq-who-answer-p1">'
    reading = read_with(make, f"{answer}{MARK}", f"{mark}{answer}")
    ((label, id, block, offset),) = ((m.label, m.id, m.block, m.offset) for m in reading.marks)
    assert (label, id, block, offset) == ("5", "page-5", "faq-who-answer-p1", 0)


def test_a_marker_after_all_text_stands_before_none(make: Make, blocks: tuple[Block, ...]) -> None:
    last = blocks[-1]
    reading = read_with(make, f"{MARK}</p>", f"</p>{MARK}", last.id, len(last.text))
    assert [(mark.label, mark.block) for mark in reading.marks] == [("5", "")]


def test_an_entry_whose_marker_is_lost_leads_nowhere(make: Make) -> None:
    reading = read_with(make, MARK, "")
    assert reading.marks == ()
    assert [entry.target for entry in reading.page_list] == ["page-5 (missing)"]


def test_words_in_a_marker_are_words_that_nobody_wrote(make: Make) -> None:
    reading = read_with(make, MARK, MARK.replace("></span>", ">Page 5</span>"))
    (block,) = (each for each in reading.blocks if each.id == "faq-who-answer-p1")
    assert block.text.startswith("Page 5")


# --- marks in inlines ----------------------------------------------------------------------


def run(text: str) -> Run:
    return Run(text=text)


def mark(label: str) -> PageMark:
    return PageMark(label=label)


INLINES: tuple[Inline, ...] = (
    run("One "),
    Strong(inlines=(run("two "), Link(href="#x", inlines=(run("three"),)))),
    NoteMark(key="x"),
    run("  four,"),
    LineBreak(),
    run("five."),
)
"""Canonical: “One two three four, five.”"""


@pytest.mark.parametrize(
    ("offset", "place"),
    [
        (0, (mark("7"), *INLINES)),
        (1, (run("O"), mark("7"), run("ne "), *INLINES[1:])),
        (4, (INLINES[0], mark("7"), *INLINES[1:])),
        (8, (INLINES[0], Strong(inlines=(run("two "), mark("7"), INLINES[1].inlines[1])), *INLINES[2:])),
        (14, (*INLINES[:3], run("  "), mark("7"), run("four,"), *INLINES[4:])),
        (20, (*INLINES[:5], mark("7"), INLINES[5])),
        (25, (*INLINES, mark("7"))),
    ],
)
def test_a_page_mark_stands_before_the_letter(offset: int, place: tuple[Inline, ...]) -> None:
    assert page_marked(INLINES, [PageStart("7", "x", offset)]) == place


def test_an_accent_stays_with_its_letter() -> None:
    text = "e\u0301e\u0301a"
    for offset, before in ((1, "e\u0301"), (2, "e\u0301e\u0301")):
        first, second, _ = page_marked((run(text),), [PageStart("7", "x", offset)])
        assert (plain((first,)), second) == (before, mark("7"))
