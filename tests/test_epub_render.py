"""The e-book as made from a complete small article: its files, its links, its metadata."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
import tinycss2
from lxml import etree

from publish.errors import PublishError
from publish.layout import Layouts
from publish.model import (
    Article,
    Edition,
    Evaluation,
    Figure,
    House,
    Line,
    Part,
    Run,
    bodies,
    edition_identifier,
    lines,
    note_marks,
)
from publish.render import epub
from publish.verify.expected import expected

PROJECT = Path(__file__).parent / "projects" / "complete"
EPUB = "{http://www.idpf.org/2007/ops}"
XML = "{http://www.w3.org/XML/1998/namespace}"
CLAIM = Evaluation(
    standard="EPUB Accessibility 1.1 - WCAG 2.2 Level AA",
    by="Example Checkers",
    date=date(2026, 5, 18),
    report="https://checkers.example/report",
)


@dataclass(frozen=True)
class Book:
    """A finished e-book, opened."""

    data: bytes

    @cached_property
    def archive(self) -> zipfile.ZipFile:
        return zipfile.ZipFile(io.BytesIO(self.data))

    @cached_property
    def package(self) -> Any:
        return etree.fromstring(self.archive.read("EPUB/content.opf"))

    @cached_property
    def items(self) -> dict[str, Any]:
        return {item.get("href"): item for item in self.package.find("{*}manifest")}

    @cached_property
    def spine(self) -> list[str]:
        hrefs = {item.get("id"): name for name, item in self.items.items()}
        return [hrefs[item.get("idref")] for item in self.package.find("{*}spine")]

    @cached_property
    def documents(self) -> dict[str, Any]:
        return {
            name: etree.fromstring(self.archive.read(f"EPUB/{name}"))
            for name, item in self.items.items()
            if item.get("media-type") == "application/xhtml+xml"
        }

    def metadata(self, property: str) -> list[str]:
        return [each.text for each in self.package.find("{*}metadata") if each.get("property") == property]

    def dublin_core(self, name: str) -> list[str]:
        return [each.text for each in self.package.iterfind(f"{{*}}metadata/{{*}}{name}")]

    def ids(self, name: str) -> list[str]:
        return [each.get("id") for each in self.documents[name].iter() if each.get("id")]


Make = Callable[..., Book]


@pytest.fixture
def make(article: Article, house: House, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Return ``make(article, edition, house, layouts)``: the e-book, its cover only a stand-in."""
    monkeypatch.setattr(epub, "cover", lambda *_: b"a picture")

    def make(
        article: Article = article,
        edition: Edition = house.editions["ebook"],
        house: House = house,
        layouts: Layouts | None = None,
    ) -> Book:
        return Book(epub.render(article, edition, house, layouts or Layouts.of(PROJECT)))

    return make


def without_figures(article: Article) -> Article:
    def less(body: Any) -> Any:
        kept = [each for each in body if not isinstance(each, Figure)]
        return tuple(
            each.model_copy(update={"body": less(each.body)}) if isinstance(each, Part) else each
            for each in kept
        )

    sections = tuple(each.model_copy(update={"body": less(each.body)}) for each in article.sections)
    return article.model_copy(update={"sections": sections})


def carrying(edition: Edition, *parts: str) -> Edition:
    return edition.model_copy(update={"parts": parts})


# --- documents and reading order -----------------------------------------------------------


def test_the_spine_is_the_reading_order_of_every_edition(make: Make, article: Article, house: House) -> None:
    book = make()
    words = Layouts.of(PROJECT).words(article.language)
    wanted = [block.id for block in expected(article, house.editions["ebook"], words)]
    found = [id for name in book.spine for id in book.ids(name) if id in set(wanted)]
    assert found == wanted


def test_every_part_and_every_section_has_a_file_of_its_own(make: Make) -> None:
    assert make().spine == [
        "cover.xhtml",
        "front.xhtml",
        "nav.xhtml",
        "introduction.xhtml",
        "section-what-happens.xhtml",
        "section-how-to-walk.xhtml",
        "faq.xhtml",
        "disclaimers.xhtml",
        "related.xhtml",
        "references.xhtml",
        "about.xhtml",
    ]


def test_an_edition_without_contents_keeps_them_out_of_the_spine_but_for_machines(
    make: Make, house: House
) -> None:
    book = make(edition=carrying(house.editions["ebook"], "body", "faq", "disclaimers", "references"))
    assert "nav.xhtml" not in book.spine
    assert book.items["nav.xhtml"].get("properties") == "nav"
    assert landmarks(book) == ["cover", "bodymatter", "endnotes"]


def test_every_document_names_its_language_and_direction(make: Make) -> None:
    for root in make().documents.values():
        assert (root.get("lang"), root.get(f"{XML}lang"), root.get("dir")) == ("en", "en", "ltr")


def test_an_arabic_article_runs_from_right_to_left(
    make: Make, article: Article, monkeypatch: pytest.MonkeyPatch
) -> None:
    english = Layouts.of(PROJECT).words("en")
    monkeypatch.setattr(Layouts, "words", lambda layouts, language: english)
    book = make(article.model_copy(update={"language": "ar"}))
    assert {root.get("dir") for root in book.documents.values()} == {"rtl"}
    assert book.package.get("dir") == "rtl"


def test_no_two_documents_have_the_same_title(make: Make) -> None:
    titles = [root.findtext("{*}head/{*}title") for root in make().documents.values()]
    assert len(set(titles)) == len(titles)
    assert (
        "2. How do you walk safely? – Why a short walk helps: first findings, efficient and confident"
        in titles
    )


def test_every_document_has_one_main_and_no_heading_is_deeper_than_the_one_before_allows(make: Make) -> None:
    for root in make().documents.values():
        assert len(root.findall(".//{*}main")) == 1
        levels = [int(each.tag[-1]) for each in root.iter() if re.fullmatch(r".*\}h[1-6]", str(each.tag))]
        assert all(after <= before + 1 for before, after in pairwise(levels))


def test_a_document_without_a_heading_has_a_name(make: Make) -> None:
    main = make().documents["introduction.xhtml"].find(".//{*}main")
    assert main.get("aria-label") == "Introduction"


def test_the_front_holds_the_only_heading_of_the_first_level(make: Make) -> None:
    found = [name for name, root in make().documents.items() for _ in root.iter("{*}h1")]
    assert found == ["front.xhtml"]


# --- links ---------------------------------------------------------------------------------


def test_every_link_inside_the_ebook_leads_somewhere(make: Make) -> None:
    book = make()
    inside = 0
    for name, root in book.documents.items():
        for attribute in ("href", "src"):
            for element in root.iterfind(f".//*[@{attribute}]"):
                target = element.get(attribute)
                if re.match(r"(https?|mailto):", target):
                    continue
                file, _, id = target.partition("#")
                assert (file or name) in book.items, target
                assert not id or id in book.ids(file or name), target
                inside += 1
    assert inside > 40


def test_every_note_mark_leads_to_its_note_and_the_note_back_to_every_mark(
    make: Make, article: Article
) -> None:
    book = make()
    marks, backs = {}, {}
    for name, root in book.documents.items():
        for element in root.iterfind(".//*[@role='doc-noteref']"):
            assert element.get(f"{EPUB}type") == "noteref"
            marks[f"{name}#{element.get('id')}"] = element.get("href")
        for element in root.iterfind(".//*[@role='doc-backlink']"):
            note = next(each for each in element.iterancestors() if each.get("role") == "doc-footnote")
            assert note.get(f"{EPUB}type") == "footnote"
            backs[element.get("href")] = f"{name}#{note.get('id')}"
    assert marks == backs
    assert len(marks) == sum(1 for line in lines(article) for _ in note_marks(line.inlines))


def test_a_note_leads_back_only_to_marks_that_the_edition_carries(
    make: Make, article: Article, house: House
) -> None:
    edition = carrying(house.editions["ebook"], "faq", "disclaimers", "references")
    less = article.model_copy(update={"faq": article.faq[:2]})  # the third links into the body
    backs = make(less, edition).documents["references.xhtml"].iterfind(".//*[@role='doc-backlink']")
    files = [each.get("href").partition("#")[0] for each in backs]
    assert files == ["front.xhtml", "faq.xhtml", "disclaimers.xhtml"]


def test_a_link_to_what_the_edition_does_not_carry_is_refused(make: Make, house: House) -> None:
    with pytest.raises(PublishError) as caught:
        make(edition=carrying(house.editions["ebook"], "faq", "disclaimers", "references"))
    assert {problem.kind for problem in caught.value.problems} == {"lost-link"}
    assert "which this edition does not carry" in str(caught.value)


def landmarks(book: Book) -> list[str]:
    nav = book.documents["nav.xhtml"].find(f".//*[@{EPUB}type='landmarks']")
    assert nav.get("hidden") == "hidden"
    assert nav.get("aria-label")
    return [each.get(f"{EPUB}type") for each in nav.iter("{*}a")]


def test_the_landmarks_say_where_the_text_begins(make: Make) -> None:
    book = make()
    assert landmarks(book) == ["cover", "toc", "bodymatter", "endnotes"]
    link = next(
        each for each in book.documents["nav.xhtml"].iter("{*}a") if each.get(f"{EPUB}type") == "bodymatter"
    )
    assert link.get("href") == "introduction.xhtml#introduction"


def test_the_ncx_says_the_same_as_the_contents(make: Make, article: Article, house: House) -> None:
    book = make()
    ncx = etree.fromstring(book.archive.read("EPUB/toc.ncx"))
    toc = book.documents["nav.xhtml"].find(f".//*[@{EPUB}type='toc']")
    contents = [("".join(each.itertext()), each.get("href")) for each in toc.iter("{*}a")]
    points = ncx.findall(".//{*}navPoint")
    assert contents == [
        (each.findtext("{*}navLabel/{*}text"), each.find("{*}content").get("src")) for each in points
    ]
    uid = ncx.find("{*}head/{*}meta[@name='dtb:uid']").get("content")
    assert [uid] == book.dublin_core("identifier")


# --- pictures and style --------------------------------------------------------------------


def test_pictures_are_files_with_their_own_bytes_and_media_types(make: Make, article: Article) -> None:
    book = make()
    figures = [each for each in bodies(article) if isinstance(each, Figure) and each.picture]
    assert len(figures) == 2
    for figure in figures:
        names = [
            each.get("src")
            for root in book.documents.values()
            for each in root.iter("{*}img")
            if each.get("id") == f"{figure.id}-alt"
        ]
        assert len(names) == 1
        assert figure.picture
        assert book.archive.read(f"EPUB/{names[0]}") == figure.picture.data
        assert book.items[names[0]].get("media-type") == figure.picture.media_type
        assert PurePosixPath(names[0]).stem == figure.id


def test_a_picture_shown_twice_is_packed_once(make: Make, article: Article) -> None:
    figure = next(each for each in bodies(article) if isinstance(each, Figure))
    caption = Line(id="again-caption", inlines=(Run(text="The same picture again."),))
    again = figure.model_copy(update={"id": "again", "caption": caption, "description": None})
    section = article.sections[1]
    section = section.model_copy(update={"body": (*section.body, again)})
    book = make(article.model_copy(update={"sections": (article.sections[0], section)}))
    shown = [each.get("src") for root in book.documents.values() for each in root.iter("{*}img")]
    assert shown.count(f"images/{figure.id}.svg") == 2


def test_the_cover_is_the_first_page_and_says_its_title_in_words(make: Make, article: Article) -> None:
    book = make()
    image = book.documents[book.spine[0]].find(".//{*}img")
    assert image.get("role") == "doc-cover"
    assert image.get("alt") == f"Cover: {article.title.text}"
    assert book.items[image.get("src")].get("properties") == "cover-image"


def test_the_style_leaves_type_size_colour_and_alignment_to_the_reader(make: Make) -> None:
    text = make().archive.read("EPUB/style.css").decode()
    for rule in tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True):
        assert rule.type == "qualified-rule"
        declared = {
            each.lower_name: each
            for each in tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True)
        }
        assert not {each.type for each in declared.values()} - {"declaration"}
        assert not {"font-family", "hyphens", "text-transform", "position"} & declared.keys()
        assert "height" not in declared or tinycss2.serialize(declared["height"].value).strip() == "auto"
        units = {
            token.lower_unit
            for each in declared.values()
            for token in each.value
            if token.type == "dimension"
        }
        assert units <= {"em", "vh"}
        assert "justify" not in tinycss2.serialize(rule.content)
        colours = {
            tinycss2.serialize(declared[name].value).strip() for name in ("color",) if name in declared
        }
        # A colour of text without its ground, or a ground without its text, is lost at night.
        assert ("background-color" in declared) == bool(colours - {"inherit"})


# --- metadata ------------------------------------------------------------------------------


def test_a_catalogue_finds_what_the_article_says_of_itself(
    make: Make, article: Article, house: House
) -> None:
    book = make()
    assert book.dublin_core("identifier") == [edition_identifier(house, article, house.editions["ebook"])]
    assert book.dublin_core("title") == [article.title.text]
    assert book.dublin_core("language") == ["en"]
    assert book.dublin_core("publisher") == [house.name]
    assert book.dublin_core("description") == [article.summary]
    assert book.dublin_core("subject") == list(article.keywords)
    assert book.dublin_core("date") == ["2026-05-20"]
    assert book.dublin_core("creator") == [person.name for person in article.trust.authors]
    assert book.metadata("dcterms:modified") == ["2026-05-20T00:00:00Z"]


def test_every_author_has_an_id_of_his_or_her_own(make: Make) -> None:
    ids = [each.get("id") for each in make().package.iter("{http://purl.org/dc/elements/1.1/}creator")]
    assert ids == ["author-1", "author-2"]


def test_what_is_not_known_is_not_written(make: Make, article: Article) -> None:
    less = {"trust": type(article.trust)(), "dates": article.dates.model_copy(update={"published": None})}
    book = make(article.model_copy(update={**less, "keywords": ()}))
    for name in ("creator", "date", "subject", "rights", "contributor"):
        assert not book.dublin_core(name)
    assert "about.xhtml" not in book.items
    assert book.metadata("dcterms:modified") == ["2026-05-15T00:00:00Z"]


def test_an_ebook_with_pictures_says_so_and_how_they_are_described(make: Make) -> None:
    book = make()
    assert book.metadata("schema:accessMode") == ["textual", "visual"]
    assert book.metadata("schema:accessModeSufficient") == ["textual,visual", "textual"]
    assert {"alternativeText", "longDescription"} <= set(book.metadata("schema:accessibilityFeature"))
    (summary,) = book.metadata("schema:accessibilitySummary")
    assert "Every picture has a text" in summary
    assert "no pictures" not in summary


def test_an_ebook_without_pictures_claims_nothing_of_pictures(make: Make, article: Article) -> None:
    book = make(without_figures(article))
    assert book.metadata("schema:accessMode") == ["textual"]
    assert book.metadata("schema:accessModeSufficient") == ["textual"]
    assert not {"alternativeText", "longDescription"} & set(book.metadata("schema:accessibilityFeature"))
    (summary,) = book.metadata("schema:accessibilitySummary")
    assert "Apart from its cover it has no pictures." in summary
    assert "Every picture" not in summary


def test_long_descriptions_are_claimed_only_where_there_are_some(make: Make, article: Article) -> None:
    first = article.sections[0]
    body = tuple(
        each.model_copy(update={"description": None}) if isinstance(each, Figure) else each
        for each in first.body
    )
    less = article.model_copy(
        update={"sections": (first.model_copy(update={"body": body}), *article.sections[1:])}
    )
    features = make(less).metadata("schema:accessibilityFeature")
    assert "alternativeText" in features
    assert "longDescription" not in features


def test_no_feature_of_pages_is_claimed_without_pages(make: Make) -> None:
    book = make()
    text = book.archive.read("EPUB/content.opf").decode()
    assert not re.search("page(Break|Navigation|BreakMarkers|BreakSource)|printPageNumbers", text)
    assert not book.documents["nav.xhtml"].findall(f".//*[@{EPUB}type='page-list']")


def test_without_an_evaluation_no_conformance_is_claimed(make: Make) -> None:
    text = make().archive.read("EPUB/content.opf").decode()
    for word in ("conformsTo", "certif", "WCAG"):
        assert word not in text


def test_an_evaluation_is_claimed_with_who_when_and_where(make: Make, house: House) -> None:
    book = make(house=house.model_copy(update={"evaluation": CLAIM}))
    assert book.metadata("dcterms:conformsTo") == ["EPUB Accessibility 1.1 - WCAG 2.2 Level AA"]
    assert book.metadata("a11y:certifiedBy") == ["Example Checkers"]
    assert book.metadata("dcterms:date") == ["2026-05-18"]
    link = book.package.find("{*}metadata/{*}link")
    assert (link.get("rel"), link.get("href")) == ("a11y:certifierReport", CLAIM.report)
    refined = {each.get("property") or each.get("rel"): each.get("refines") for each in link.getparent()}
    ids = {"#" + str(each.get("id")) for each in link.getparent()}
    assert refined["a11y:certifiedBy"] in ids
    assert refined["dcterms:date"] == refined["a11y:certifierReport"]
    (summary,) = book.metadata("schema:accessibilitySummary")
    assert (
        "Example Checkers checked it against EPUB Accessibility 1.1 - WCAG 2.2 Level AA on 18 May 2026."
        in summary
    )


# --- faulty layouts ------------------------------------------------------------------------


def overridden(tmp_path: Path, name: str, old: str, new: str) -> Layouts:
    layouts = Layouts.of(PROJECT)
    text = layouts.text(name)
    assert old in text
    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / name).write_text(text.replace(old, new), encoding="utf-8")
    return Layouts((tmp_path, *layouts.folders))


def test_a_layout_that_makes_no_xml_is_refused(make: Make, tmp_path: Path) -> None:
    layouts = overridden(
        tmp_path, "epub/document.xhtml.jinja", '<meta charset="utf-8" />', '<meta charset="utf-8">'
    )
    with pytest.raises(PublishError, match=r"make cover\.xhtml no well-formed XML"):
        make(layouts=layouts)


def test_a_layout_that_gives_an_id_twice_is_refused(make: Make, tmp_path: Path) -> None:
    layouts = overridden(tmp_path, "epub/document.xhtml.jinja", "<body ", '<body id="top" ')
    with pytest.raises(PublishError, match="give the id “top” twice"):
        make(layouts=layouts)


def test_a_layout_that_links_to_nothing_is_refused(make: Make, tmp_path: Path) -> None:
    layouts = overridden(
        tmp_path, "epub/document.xhtml.jinja", "</main>", """<a href="{{ view.href('x') }}">x</a></main>"""
    )
    with pytest.raises(PublishError, match="a link leads to “x”"):
        make(layouts=layouts)
