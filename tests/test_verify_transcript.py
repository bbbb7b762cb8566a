"""What is told of a finished file: what a listener hears, in the order they hear it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pdf_tree import printed

from publish.cli import main
from publish.errors import PublishError
from publish.verify.reading import Block, Entry, Reading, Span
from publish.verify.transcript import spoken, transcript

slow = pytest.mark.slow


def heard(body: str, css: str = "") -> list[str]:
    """The lines that are spoken of a small page, without that of the document."""
    first, *lines = transcript(printed(body, css)).splitlines()
    assert first == "document: Test; language: en"
    return [line.removeprefix("  ") for line in lines]


def changed(data: bytes, change: Callable[[pikepdf.Pdf], None]) -> bytes:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        change(pdf)
        file = io.BytesIO()
        pdf.save(file)
    return file.getvalue()


def elements(pdf: pikepdf.Pdf, role: str) -> list[Any]:
    return [
        each for each in pdf.objects if isinstance(each, pikepdf.Dictionary) and each.get("/S") == f"/{role}"
    ]


@slow
def test_headings_paragraphs_and_labels_are_told_and_furniture_is_silent() -> None:
    assert heard(
        "<article><h1 id=a>Title</h1><section><h2 id=b><span class=label>1.</span> Part</h2>"
        "<p id=c>Some <strong>bold</strong> words.</p></section></article>"
    ) == ["heading 1: Title", "heading 2: (1.) Part", "paragraph: Some bold words."]


@slow
def test_lists_tell_their_size_and_what_is_inside_them() -> None:
    assert heard(
        "<ul><li><p id=a>One</p><ul><li><p id=b>Inner</p></li></ul></li><li><p id=c>Two</p>"
        "<p id=d>More</p></li></ul><dl><div><dt id=e>Term</dt><dd id=f>Meaning</dd>"
        "<dd id=g>Other</dd></div></dl>"
    ) == [
        "list, 2 items",
        "  item (•): One",
        "    list, 1 item",
        "      item (◦): Inner",
        "  item (•): Two",
        "    paragraph: More",
        "list, 1 item",
        "  item (Term): Meaning",
        "    also: Other",
    ]


@slow
def test_cells_are_told_with_the_headers_over_and_beside_them() -> None:
    assert heard(
        "<table><caption id=t><span class=label>Table 1.</span> Walks</caption><thead><tr>"
        "<th scope=col id=a>Minutes</th><th scope=col colspan=2 id=b>Change</th></tr></thead><tbody>"
        "<tr><th scope=row rowspan=2 id=c>5</th><td id=d>none</td><td></td></tr>"
        "<tr><td id=e>some</td><td id=f>more</td></tr></tbody></table>"
    ) == [
        "table, 3 rows, 3 columns",
        "  caption: (Table 1.) Walks",
        "  row 1",
        "    column header: Minutes",
        "    column header, over 2 columns: Change",
        "  row 2",
        "    row header, over 2 rows (Minutes): 5",
        "    cell (5, Change): none",
        "    cell (5, Change): empty",
        "  row 3",
        "    cell (5, Change): some",
        "    cell (5, Change): more",
    ]


@slow
def test_links_pictures_notes_and_languages_are_told() -> None:
    assert heard(
        "<p id=a>Read <a href='https://health.example/'>our page</a>, <span lang=es>la vida</span>"
        "<a id=ref-x href='#note-x' role=doc-noteref aria-label='Note 1'>[1]</a>.</p>"
        "<p id=d lang=ar dir=rtl>الصحة</p>"
        "<figure><img id=b-alt src='picture:x' alt='A white box'><figcaption id=b>A box</figcaption></figure>"
        "<div id=note-x role=doc-footnote><p id=c>A study.</p>"
        "<p><a href='#ref-x' role=doc-backlink>Back to note 1</a></p></div>"
    ) == [
        "paragraph: Read [link: our page], [in es: la vida][link: [1]; called “Note 1”].",
        "paragraph [in ar]: الصحة",
        "picture: A white box",
        "caption: A box",
        "note",
        "  paragraph: A study.",
        "  paragraph: [link: Back to note 1]",
    ]


@slow
def test_the_page_number_in_the_contents_does_not_run_into_the_words() -> None:
    assert heard(
        "<nav role=doc-toc><ol><li><a class=leader href='#h'>First part</a></li></ol></nav>"
        "<h2 id=h>First part</h2>",
        "ol { list-style: none }",
    )[:2] == ["contents, 1 entry", "  entry: [link: First part 1]"]


@slow
def test_hyphens_that_the_layout_adds_are_not_told() -> None:
    words = "anti\u00addis\u00adestablish\u00adment insulin-making characteristically"
    lines = heard(f"<p id=a lang=en-US>{words}</p>", "p { width: 60pt; hyphens: auto }")
    assert lines == ["paragraph [in en-US]: antidisestablishment insulin-making characteristically"]


@slow
def test_a_change_of_the_tags_is_heard() -> None:
    data = printed("<h2 id=a>Head</h2><p id=b>Words <a href='https://health.example/'>here</a></p>")
    whole = transcript(data)

    def demote(pdf: pikepdf.Pdf) -> None:
        elements(pdf, "H2")[0].S = pikepdf.Name.P

    def empty(pdf: pikepdf.Pdf) -> None:
        elements(pdf, "P")[0].K = pikepdf.Array([])

    def replace(pdf: pikepdf.Pdf) -> None:
        elements(pdf, "P")[0].Alt = pikepdf.String("Other words")

    def rename(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].obj.Annots[0].Contents = pikepdf.String("https://health.example/")

    def unlink(pdf: pikepdf.Pdf) -> None:
        link = elements(pdf, "Link")[0]
        link.K = pikepdf.Array([kid for kid in link.K if isinstance(kid, int)])

    def untitle(pdf: pikepdf.Pdf) -> None:
        del pdf.Root.ViewerPreferences

    for change, words in (
        (demote, "paragraph: Head"),
        (empty, "paragraph\n"),
        (replace, "paragraph: Other words"),
        (rename, "called “https://health.example/”"),
        (unlink, "link without a target: here"),
        (untitle, "document: named by its file"),
    ):
        assert words not in whole
        assert words in transcript(changed(data, change))


@slow
def test_a_control_character_cannot_reach_the_terminal() -> None:
    def blink(pdf: pikepdf.Pdf) -> None:
        elements(pdf, "P")[0].Alt = pikepdf.String("\x1b[5mwords")

    assert "\ufffd[5mwords" in transcript(changed(printed("<p id=a>Words</p>"), blink))


@slow
def test_a_circle_of_tags_and_a_file_without_tags_are_refused() -> None:
    data = printed("<section><p id=a>Words</p></section>")

    def circle(pdf: pikepdf.Pdf) -> None:
        section = elements(pdf, "Sect")[0]
        section.K = pikepdf.Array([section, section])

    def untag(pdf: pikepdf.Pdf) -> None:
        del pdf.Root.StructTreeRoot

    for change, words in ((circle, "a circle"), (untag, "no tags")):
        with pytest.raises(PublishError, match=words):
            transcript(changed(data, change))
    with pytest.raises(PublishError, match="cannot be read"):
        transcript(b"%PDF-1.7 nothing")


def test_other_formats_are_told_block_by_block() -> None:
    spans = (Span(4, 8, "link", "#a"), Span(8, 8, "note", "x", "2"), Span(10, 12, "language", "es"))
    blocks = (
        Block("h", "heading", "Title", 2, "en", "1."),
        Block("p", "paragraph", "See here, la", language="en", spans=spans),
        Block("f-alt", "alternative", "A box", language="en"),
        Block("f", "loose", ""),
    )
    contents = (Entry("1. Title", "h"), Entry("Inner", "i", 2))
    assert spoken(Reading(blocks, {"title": "T", "language": "en"}, contents=contents)).splitlines() == [
        "document: T; language: en",
        "  heading 2 (1.): Title",
        "  paragraph: See [link: here][note 2], [in es: la]",
        "  picture: A box",
        "  contents, 2 entries",
        "    entry: [link: 1. Title]",
        "      entry: [link: Inner]",
    ]


@slow
def test_verify_read_prints_the_transcript(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "small.pdf"
    file.write_bytes(printed("<h1 id=a>Title</h1>"))
    assert main(["verify", "--read", str(file)]) == 0
    assert capsys.readouterr().out == "document: Test; language: en\n  heading 1: Title\n"
    assert main(["verify", "--read", "--json", str(file)]) == 0
    assert json.loads(capsys.readouterr().out)["files"][0]["transcript"].endswith("heading 1: Title\n")
    file.write_bytes(b"nothing")
    assert main(["verify", "--read", str(file)]) == 1
    assert "none of the formats" in capsys.readouterr().err
    assert main(["verify", "--read"]) == 1
