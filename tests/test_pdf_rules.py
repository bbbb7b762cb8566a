"""Each rule of the tag tree finds what breaks it, in a finished PDF in which one thing is changed."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pdf_rules import faults
from prints import print_article

pytestmark = pytest.mark.slow

SMALL = Path(__file__).parent / "projects/complete", "small-article"


@pytest.fixture(scope="module")
def prints() -> dict[str, bytes]:
    return {name: print_article(*SMALL, standard=f"pdf/{name}").data for name in ("ua-1", "ua-2")}


def elements(pdf: pikepdf.Pdf, role: str) -> list[Any]:
    return [
        each for each in pdf.objects if isinstance(each, pikepdf.Dictionary) and each.get("/S") == f"/{role}"
    ]


def block(pdf: pikepdf.Pdf, id: str) -> Any:
    names: Any = pdf.Root.StructTreeRoot.IDTree.Names
    return next(each for name, each in zip(names[::2], names[1::2], strict=True) if str(name) == id)


def contents_of(pdf: pikepdf.Pdf) -> Any:
    return pdf.pages[0].obj.Contents


def content(by: Callable[[bytes], bytes]) -> Callable[[pikepdf.Pdf], None]:
    def change(pdf: pikepdf.Pdf) -> None:
        before = contents_of(pdf).read_bytes()
        after = by(before)
        assert after != before
        contents_of(pdf).write(after)

    return change


def lose_an_element(pdf: pikepdf.Pdf) -> None:
    words = block(pdf, "statement-p1")
    words.P.K = pikepdf.Array([kid for kid in words.P.K if kid.objgen != words.objgen])


def name_another_parent(pdf: pikepdf.Pdf) -> None:
    block(pdf, "statement-p1").P = block(pdf, "lede-p1")


def lead_content_back_to_another(pdf: pikepdf.Pdf) -> None:
    back = pdf.Root.StructTreeRoot.ParentTree.Nums[1]
    back[0], back[-1] = back[-1], back[0]


def lead_a_link_back_to_another(pdf: pikepdf.Pdf) -> None:
    link = next(link for page in pdf.pages for link in page.obj.get("/Annots", []))
    link.StructParent = 0


def untag_a_link(pdf: pikepdf.Pdf) -> None:
    link = elements(pdf, "Link")[0]
    link.K = pikepdf.Array([kid for kid in link.K if isinstance(kid, int)])


def paint_outside(data: bytes) -> bytes:
    return data + b" 0 0 5 5 re f"


def paint_twice_marked(data: bytes) -> bytes:
    return b"/Artifact <</Type /Layout>> BDC " + data + b" EMC"


def hide_a_line(data: bytes) -> bytes:
    """The first words of the page become decoration, and the tree has none of them."""
    at = data.index(b"/MCID")
    start, end = data.rindex(b"/", 0, at), data.index(b"BDC", at)
    return data[:start] + b"/Artifact <</Type /Layout>> " + data[end:]


def change_role(before: str, after: str) -> Callable[[pikepdf.Pdf], None]:
    def change(pdf: pikepdf.Pdf) -> None:
        elements(pdf, before)[0].S = pikepdf.Name(f"/{after}")

    return change


def change_attribute(role: str, name: str, value: Any) -> Callable[[pikepdf.Pdf], None]:
    def change(pdf: pikepdf.Pdf) -> None:
        element = next(each for each in elements(pdf, role) if name in each.get("/A", {}))
        if value is None:
            del element.A[name]
        else:
            element.A[name] = value

    return change


def change_links(name: str, value: Any, start: str = "") -> Callable[[pikepdf.Pdf], None]:
    """Change the first link whose place begins with ``start``."""

    def change(pdf: pikepdf.Pdf) -> None:
        links = (link for page in pdf.pages for link in page.obj.get("/Annots", []))
        found = next(link for link in links if str(link.get("/Dest", "")).startswith(start))
        found[name] = value

    return change


def drop_a_cell(pdf: pikepdf.Pdf) -> None:
    row = elements(pdf, "TR")[-1]
    row.K = pikepdf.Array(list(row.K)[:-1])


def turn_a_figure(pdf: pikepdf.Pdf) -> None:
    figure = elements(pdf, "Figure")[0].P
    figure.K = pikepdf.Array(list(figure.K)[::-1])


def lose_a_label(pdf: pikepdf.Pdf) -> None:
    next(each for each in elements(pdf, "Lbl") if each.P.S == "/LI").S = pikepdf.Name.LBody


def mute_a_picture(pdf: pikepdf.Pdf) -> None:
    elements(pdf, "Figure")[0].Alt = pikepdf.String(" ")


def forget_an_id(pdf: pikepdf.Pdf) -> None:
    names = pdf.Root.StructTreeRoot.IDTree.Names
    del names[4:6]


def mislead_a_bookmark(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Outlines.First.Dest[0] = pdf.pages[-1].obj


def rename_a_bookmark(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Outlines.First.Title = pikepdf.String("Other words")


def place_without_element(pdf: pikepdf.Pdf) -> None:
    names = pdf.Root.Names.Dests.Names
    names[1] = names[1].D


def say_other_words(data: bytes) -> bytes:
    at = data.index(b"/MCID")
    return data[:at] + b"/ActualText (Other words) " + data[at:]


def drop(key: str) -> Callable[[pikepdf.Pdf], None]:
    def change(pdf: pikepdf.Pdf) -> None:
        del pdf.Root[key]

    return change


def lose_the_tab_order(pdf: pikepdf.Pdf) -> None:
    del pdf.pages[1].obj.Tabs


def untyped(data: bytes) -> bytes:
    return data.replace(b"/Type /Pagination", b"/Type /Page", 1)


def unsided(data: bytes) -> bytes:
    return data.replace(b"/Subtype /Footer", b"/Subtype /Watermark", 1)


@pytest.mark.parametrize(
    ("change", "words", "standard"),
    [
        (lose_an_element, "stands 0 times in the tree", "ua-1"),
        (name_another_parent, "names another parent", "ua-1"),
        (lead_content_back_to_another, "leads back to another element", "ua-1"),
        (lead_a_link_back_to_another, "the annotation of", "ua-1"),
        (untag_a_link, "the annotations of the pages are not those of the tree", "ua-1"),
        (content(paint_outside), "neither in the tree nor an artifact", "ua-1"),
        (content(paint_twice_marked), "stands in marked content", "ua-1"),
        (content(hide_a_line), "words are hidden as layout", "ua-1"),
        (content(untyped), "an artifact of type /Page", "ua-1"),
        (content(unsided), "furniture of type /Watermark", "ua-1"),
        (change_role("Sect", "P"), "holds", "ua-1"),
        (change_role("P", "Paragraph"), "Paragraph is no role", "ua-1"),
        (change_role("Art", "Sect"), "the document is not one article", "ua-1"),
        (turn_a_figure, "stands among", "ua-1"),
        (change_role("H2", "H3"), "comes after level 1", "ua-1"),
        (change_role("H2", "P"), "no heading of its own", "ua-1"),
        (change_role("H1", "H2"), "not one H1", "ua-1"),
        (lose_a_label, "numbered Disc, its label is ", "ua-1"),
        (change_attribute("L", "/ListNumbering", pikepdf.Name.Decimal), "is numbered Decimal", "ua-1"),
        (change_attribute("L", "/ListNumbering", pikepdf.Name("/None")), "is numbered None", "ua-1"),
        (change_attribute("L", "/ListNumbering", None), "tells no numbering", "ua-1"),
        (change_attribute("TH", "/Scope", None), "has scope None", "ua-1"),
        (change_role("TH", "TD"), "has no header", "ua-1"),
        (drop_a_cell, "is no rectangle", "ua-1"),
        (mute_a_picture, "has no words", "ua-1"),
        (change_attribute("Figure", "/BBox", pikepdf.Array([0, 0, 612, 792])), "and is drawn at", "ua-1"),
        (change_links("/Dest", pikepdf.String("nowhere")), "which is nowhere", "ua-1"),
        (change_links("/Contents", pikepdf.String("[1]")), "is called “[1]”", "ua-1"),
        (change_links("/Contents", pikepdf.String("section-x")), "is not called by its number", "ua-1"),
        (change_links("/Dest", pikepdf.String("title"), "note-"), "leads to no note", "ua-1"),
        (change_links("/Dest", pikepdf.String("title"), "ref-"), "its marks are", "ua-1"),
        (change_links("/Dest", pikepdf.String("faq"), "what-"), "which says otherwise", "ua-1"),
        (forget_an_id, "the list of ids is not the ids of the tree", "ua-1"),
        (mislead_a_bookmark, "leads elsewhere", "ua-1"),
        (rename_a_bookmark, "the bookmarks are not the headings", "ua-1"),
        (content(say_other_words), "is told as “Other words”", "ua-1"),
        (drop("/Lang"), "no language", "ua-1"),
        (drop("/MarkInfo"), "does not say that it is tagged", "ua-1"),
        (drop("/ViewerPreferences"), "named by its file name", "ua-1"),
        (lose_the_tab_order, "keys do not go through links", "ua-1"),
        (place_without_element, "leads to no element", "ua-2"),
        (mislead_a_bookmark, "leads elsewhere", "ua-2"),
    ],
)
def test_what_breaks_a_rule_is_found(
    change: Callable[[pikepdf.Pdf], None], words: str, standard: str, prints: dict[str, bytes]
) -> None:
    with pikepdf.open(io.BytesIO(prints[standard])) as pdf:
        change(pdf)
        file = io.BytesIO()
        pdf.save(file)
    assert [fault for fault in faults(file.getvalue()) if words in fault] != []


@pytest.mark.parametrize("standard", ["ua-1", "ua-2"])
def test_nothing_is_found_in_a_whole_file(standard: str, prints: dict[str, bytes]) -> None:
    assert faults(prints[standard]) == []
