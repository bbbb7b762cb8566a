"""Blocks of tagged PDFs: small files made by hand, and one of WeasyPrint's own, in; readings out."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from publish.errors import PublishError
from publish.verify.measure import measure
from publish.verify.pdf import read
from publish.verify.reading import LOST, OUT_OF_TURN, Block, Entry, Reading, Span
from publish.verify.transcript import transcript

Tree = tuple[Any, ...]
"""("P", kid, …). A kid is a marked-content id (of a form: ("in", form, id)), another element, a link
("@", target), an entry of the element itself ("ID=x"), or the page of what follows ("page", 1)."""

XMP = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" dc:identifier="urn:uuid:1">
<dc:title><rdf:Alt><rdf:li>A title</rdf:li></rdf:Alt></dc:title></rdf:Description></rdf:RDF></x:xmpmeta>"""


class Maker:
    """Puts a PDF together: ``pages`` are content streams, ``tree`` the elements below the root."""

    def __init__(self, *pages: str) -> None:
        self.pdf = pikepdf.new()
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        font.Encoding = Name.WinAnsiEncoding
        self.resources = Dictionary(Font=Dictionary(F=self.pdf.make_indirect(font)))
        for content in pages:
            page = Dictionary(Type=Name.Page, MediaBox=[0, 0, 600, 800], Resources=self.resources)
            page.Contents = self.pdf.make_stream(content.encode("cp1252"))
            self.pdf.pages.append(pikepdf.Page(self.pdf.make_indirect(page)))
        self.pdf.Root.Lang = String("en")
        self.pdf.Root.Metadata = self.pdf.make_stream(XMP)
        self.names: dict[str, Array] = {}

    def place(self, name: str, page: int = 0, x: float = 0, y: float = 800) -> None:
        self.names[name] = Array([self.pdf.pages[page].obj, Name.XYZ, x, y, 0])

    def link(self, target: str, page: int = 0) -> Any:
        annotation = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9])
        if target.startswith("#"):
            annotation.Dest = String(target[1:])
        else:
            annotation.A = Dictionary(S=Name.URI, URI=String(target))
        annotation = self.pdf.make_indirect(annotation)
        return annotation

    def finish(self, *tree: Tree, roles: dict[str, str] | None = None) -> bytes:
        root = self.pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
        root.K = Array([self.element(each, root) for each in tree])
        if roles:
            root.RoleMap = Dictionary({f"/{name}": Name(f"/{kind}") for name, kind in roles.items()})
        self.pdf.Root.StructTreeRoot = root
        if self.names:
            named = Array([x for name in sorted(self.names) for x in (String(name), self.names[name])])
            self.pdf.Root.Names = Dictionary(Dests=Dictionary(Names=named))
        out = io.BytesIO()
        self.pdf.save(out, fix_metadata_version=False)
        return out.getvalue()

    def element(self, tree: Tree, parent: Any, page: int = 0) -> Any:
        kind, *kids = tree
        element = self.pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name(f"/{kind}"), P=parent))
        element.K = Array([])
        for kid in kids:
            match kid:
                case int():
                    element.K.append(Dictionary(Type=Name.MCR, Pg=self.pdf.pages[page].obj, MCID=kid))
                case ("@", target):
                    annotation = self.link(target, page)
                    annotations = self.pdf.pages[page].obj
                    if "/Annots" not in annotations:
                        annotations.Annots = Array([])
                    annotations.Annots.append(annotation)
                    element.K.append(Dictionary(Type=Name.OBJR, Obj=annotation))
                case ("in", form, int() as number):
                    mark = Dictionary(Type=Name.MCR, Pg=self.pdf.pages[page].obj, Stm=form, MCID=number)
                    element.K.append(mark)
                case ("page", int() as number):
                    page = number
                case str():
                    name, _, value = kid.partition("=")
                    element[f"/{name}"] = String(value)
                case _:
                    element.K.append(self.element(kid, element, page))
        return element


def show(id: int | None, text: str, x: float = 50, y: float = 700, size: float = 12, more: str = "") -> str:
    """A marked content that shows ``text``; without an id it is not marked at all."""
    text = text.replace("(", r"\(").replace(")", r"\)")
    shown = f" {more} BT /F {size} Tf {x} {y} Td ({text}) Tj ET "
    return shown if id is None else f" /P <</MCID {id}>> BDC {shown} EMC "


def made(content: str, *tree: Tree, **more: Any) -> Reading:
    return read(Maker(content).finish(*tree, **more))


def one(content: str, *tree: Tree, **more: Any) -> Block:
    (block,) = made(content, *tree, **more).blocks
    return block


def said(reading: Reading) -> list[tuple[str, str, str]]:
    return [(block.id, block.role, block.text) for block in reading.blocks]


@pytest.mark.parametrize(
    ("tree", "role", "level"),
    [
        (("H1", "ID=x", 0), "heading", 1),
        (("Sect", ("H6", "ID=x", 0)), "heading", 6),
        (("P", "ID=x", 0), "paragraph", 0),
        (("L", ("LI", ("LBody", ("P", "ID=x", 0)))), "item", 0),
        (("L", ("LI", ("LBody", ("Note", ("P", "ID=x", 0))))), "paragraph", 0),
        (("L", ("LI", ("Lbl", "ID=x", 0))), "term", 0),
        (("L", ("LI", ("LBody", "ID=x", 0))), "definition", 0),
        (("Table", ("TR", ("TH", "ID=x", 0))), "header", 0),
        (("Table", ("TR", ("TD", "ID=x", 0))), "cell", 0),
        (("Caption", "ID=x", 0), "caption", 0),
        (("Question", "ID=x", 0), "heading", 3),
    ],
)
def test_the_role_of_a_block_is_its_structure_type(tree: Tree, role: str, level: int) -> None:
    block = one(show(0, "Words"), tree, roles={"Question": "Asked", "Asked": "H3"})
    assert (block.id, block.role, block.level, block.text, block.page) == ("x", role, level, "Words", 1)
    assert (block.hidden, block.size, block.language) == ("", 1.0, "en")


def test_a_block_has_its_label_apart_and_its_marks_as_spans() -> None:
    words = ("1. ", "One ", "two ", "three", "[7]", " four ", "five ", "seis")
    content = " ".join(show(n, word, x=50 + 40 * n) for n, word in enumerate(words))
    maker = Maker(content)
    maker.place("note-k")
    maker.place("x")
    data = maker.finish(
        (
            "P",
            "ID=x",
            ("Lbl", 0),
            1,
            ("Strong", 2),
            ("Em", 3),
            ("Reference", "ID=ref-k", ("Link", ("@", "#note-k"), 4)),
            ("Link", 5, ("@", "#x")),
            ("Link", 6, ("@", "https://a.example/")),
            ("Span", "Lang=es", 7),
        ),
        roles={"Strong": "Span", "Em": "Span"},
    )
    (block,) = read(data).blocks
    assert (block.label, block.text) == ("1.", "One two three four five seis")
    assert block.spans == (
        Span(4, 7, "strong"),
        Span(8, 13, "emphasis"),
        Span(13, 13, "note", "k", "7"),
        Span(14, 18, "link", "#x"),
        Span(19, 23, "link", "https://a.example/"),
        Span(24, 28, "language", "es"),
    )


def test_a_block_over_two_pages_is_one() -> None:
    maker = Maker(show(0, "One "), show(0, "two."))
    (block,) = read(maker.finish(("P", "ID=x", 0, ("Span", ("page", 1), 0)))).blocks
    assert (block.text, block.page, block.hidden) == ("One two.", 1, "")


def test_text_comes_in_the_order_of_the_tags() -> None:
    content = show(1, "two", y=600) + show(0, "one ", y=700)
    assert said(made(content, ("P", "ID=a", 0), ("P", "ID=b", 1))) == [
        ("a", "paragraph", "one"),
        ("b", "paragraph", "two"),
    ]


def test_actual_text_is_heard_in_place_of_the_glyphs() -> None:
    spaced = "/Span <</ActualText (one )>> BDC BT /F 12 Tf 50 700 Td (one) Tj ET EMC"
    content = f"/P <</MCID 0>> BDC {spaced} EMC" + show(1, "two", x=90)
    block = one(content, ("P", "ID=x", 0, 1))
    assert (block.text, block.hidden) == ("one two", "")
    block = one(show(0, "one two"), ("P", "ID=x", "ActualText=one two", 0))
    assert (block.text, block.hidden) == ("one two", "")


def hyphen(said: str) -> str:
    first = f"/P <</MCID 0 /ActualText {said}>> BDC BT /F 12 Tf 50 700 Td (des-) Tj ET EMC"
    return first + show(1, "troyed", y=680)


def test_a_hyphen_at_a_lines_end_is_no_letter_if_the_file_says_so() -> None:
    block = one(hyphen("<FEFF00640065007300AD>"), ("P", "ID=x", 0, 1))
    assert (block.text, block.hidden) == ("destroyed", "")
    plain = one(show(0, "des-") + show(1, "troyed", y=680), ("P", "ID=x", 0, 1))
    assert plain.text == "des-troyed"


def told(said: str, drawn: str) -> str:
    """Words as they are drawn, and as a screen reader is told of them."""
    said = said.encode("utf-16-be").hex()
    return f"/P <</MCID 0 /ActualText <FEFF{said}>>> BDC BT /F 12 Tf 50 700 Td {drawn} ET EMC"


@pytest.mark.parametrize(
    ("said", "drawn", "why"),
    [
        ("no harm", "(noharm) Tj", "there is no space left between words of “noharm”"),
        ("no harm", "[(no) -50 (harm)] TJ", "there is no space left between words of “noharm”"),
        ("no\u00a0harm", "(noharm) Tj", "there is no space left"),
        ("about 10²", "(about 102) Tj", "the page shows “about 102”"),
        ("½", "(1/2) Tj", "the page shows “1/2”"),
        ("10 ", "(10-) Tj", "a hyphen that is not read aloud stands in “10-”"),
        ("10-", "(10) Tj", "the page shows “10”"),
        ("soft\u00adly", "(soft-ly) Tj", "the page shows “soft-ly”"),
        ("no\u00a0harm", "[(no) -250 (harm)] TJ", ""),
        ("no harm", "(no) Tj 0 -20 Td (harm) Tj", ""),
        ("\ufb01ne", "(fine) Tj", ""),
        ("5 µg", "(5 \\265g) Tj", ""),
        ("soft\u00adly", "(softly) Tj", ""),
    ],
)
def test_words_told_have_the_letters_gaps_and_hyphens_of_those_drawn(said: str, drawn: str, why: str) -> None:
    block = one(told(said, drawn) + show(1, "and so on", y=600), ("P", "ID=x", 0, 1))
    assert (why in block.hidden) if why else not block.hidden, block.hidden


def test_a_gap_is_needed_between_two_pieces_too() -> None:
    tree: Tree = ("P", "ID=x", 0, 1)
    near = one(told("no ", "(no) Tj") + show(1, "harm", x=63), tree)
    assert near.hidden == "there is no space left between words of “harm”"
    assert not one(told("no ", "(no) Tj") + show(1, "harm", x=68), tree).hidden


@pytest.mark.parametrize(
    "tree",
    [("P", "ID=x", "ActualText=It is safe.", 0), ("P", "ID=x", ("Span", "ActualText=It is safe.", 0))],
)
def test_what_is_shown_must_be_what_is_said(tree: Tree) -> None:
    block = one(show(0, "It is not safe."), tree)
    assert block.text == "It is safe."
    assert "the page shows “It is not safe.” where “It is safe.” is read aloud" in block.hidden


@pytest.mark.parametrize(
    "tree",
    [
        ("P", "ID=x", "Alt=Other", 0),
        ("P", "ID=x", ("Span", "Alt=Other", 0)),
        ("Sect", "Alt=Other", ("Div", ("P", "ID=x", 0))),
    ],
)
def test_an_alt_on_words_is_heard_in_their_place(tree: Tree) -> None:
    assert "Alt is heard" in one(show(0, "Words"), tree).hidden


# --- what is seen --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (show(0, "Words", more="1 g"), "nearly the colour"),
        (show(0, "Words", more="0.98 0.98 0.97 rg"), "nearly the colour"),
        (show(0, "Words", more="0 0 0 0 k"), "nearly the colour"),
        (show(0, "Words", more="/DeviceGray cs 1 sc"), "nearly the colour"),
        ("0 0 600 800 re f" + show(0, "Words"), "nearly the colour"),
        (show(0, "Words", more="1 Tr 0 G"), "outlines"),
        (show(0, "Words", more="2 Tr 1 G"), "outlines"),
        (show(0, "Words", more="2 Tr 9 w"), "outlines"),
        ("BT 7 Tr /F 1 Tf 900 900 Td ( ) Tj ET" + show(0, "Words", more="0 Tr"), "clipped"),
        (show(0, "Words", more="-9 Tc"), "on each other"),
        ("/P <</MCID 0>> BDC BT /F 12 Tf 50 700 Td [(Wo) 3000 (rds)] TJ ET EMC", "on each other"),
        (show(0, "Words", more="q -1 0 0 1 130 0 cm") + " Q", "mirrored"),
        (show(0, "Words", more="q -1 0 0 -1 130 1400 cm") + " Q", "upside down"),
        (show(0, "Words", more="q 1 0 2 1 -1400 0 cm") + " Q", "slanted"),
        (show(0, "Words", more="/Pattern cs /P1 scn"), "pattern"),
        (f"/Darker gs {show(0, 'Words')}", "blended"),
        (f"/Turned gs {show(0, 'Words')}", "with /TR"),
        (show(0, "Words") + "1 g 40 704 m 60 704 120 704 140 704 c 20 w 1 G S", "painted over"),
        (show(0, "Words") + "2 J 20 w 1 G 60 704 m 60 704 l S", "painted over"),
        (show(0, "Words") + "1 g 40 690 100 12 re 40 705 100 12 re f", "painted over"),
        ("40 703 100 9 re f" + show(0, "Words"), "nearly the colour"),
        ("40 705 100 5 re f" + show(0, "Words"), "struck through"),
        (show(0, "Words", more="3 Tr"), "invisibly"),
        (show(0, "Words", more="7 Tr"), "invisibly"),
        (show(0, "Words", x=-500), "off the page"),
        (show(0, "Words", y=790, x=590), "off the page"),
        (show(0, "Words", y=-5), "off the page"),
        (show(0, "Words", more="q 1 0 0 1 0 900 cm") + " Q", "off the page"),
        (show(0, "Words", more="q 0 0 40 40 re W n") + " Q", "clipped"),
        (show(0, "Words", more="q 50 690 10 30 re W* n") + " Q", "clipped"),
        (show(0, "Words", more="q 50 690 m 60 720 l 60 690 l W n") + " Q", "clipped"),
        (show(0, "Words", size=0.5), "0.5 points"),
        (show(0, "Words", more="q 0.01 0 0 0.01 45 690 cm") + " Q", "points"),
        (show(0, "Words", more="5 Tz"), "points"),
        (show(0, "Words") + "1 g 40 690 100 30 re f", "painted over"),
        (show(0, "Words") + "1 g 55 690 8 30 re f", "painted over"),
        (show(0, "Words") + "1 g 40 690 m 140 690 l 140 720 l 40 720 l h f", "painted over"),
        (show(0, "Words") + "20 w 1 G 40 704 m 140 704 l S", "painted over"),
        (show(0, "Words") + "q 100 0 0 50 40 690 cm /Im Do Q", "painted over"),
        (show(0, "Words") + "40 703 100 0.6 re f", "struck through"),
        (show(0, "Words") + "0.6 w 40 704 m 140 704 l S", "struck through"),
        (f"/OC /Off BDC {show(0, 'Words')} EMC", "layer"),
        ("/Off Do", "layer"),
        (f"/Clear gs {show(0, 'Words')}", "nearly the colour"),
        (f"/Masked gs {show(0, 'Words')}", "mask"),
    ],
)
def test_words_that_are_not_seen_are_found(content: str, said: str) -> None:
    maker = Maker(content)
    off = maker.pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("x")))
    maker.pdf.Root.OCProperties = Dictionary(OCGs=Array([off]), D=Dictionary(OFF=Array([off])))
    image = maker.pdf.make_stream(b"\0", Type=Name.XObject, Subtype=Name.Image, Width=1, Height=1)
    form = maker.pdf.make_stream(show(0, "Words").encode(), Subtype=Name.Form, BBox=[0, 0, 600, 800])
    form.OC, form.Resources = off, Dictionary(Font=maker.resources.Font)
    maker.resources.Properties = Dictionary(Off=off)
    maker.resources.XObject = Dictionary(Im=image, Off=form)
    mask = Dictionary(S=Name.Luminosity, G=form)
    maker.resources.ExtGState = Dictionary(
        Clear=Dictionary(ca=0.01),
        Masked=Dictionary(SMask=mask),
        Darker=Dictionary(BM=Name.Screen),
        Turned=Dictionary(TR=form),
    )
    (block,) = read(maker.finish(("P", "ID=x", ("in", form, 0) if content == "/Off Do" else 0))).blocks
    assert block.text == "Words"
    assert said in block.hidden


@pytest.mark.parametrize(
    "content",
    [
        "0 0 600 800 re f" + show(0, "Words", more="1 g"),
        "q 0 0.2 0.3 rg 40 700 m 40 690 140 690 140 700 c 140 720 l 40 720 l h f Q"
        + show(0, "Words", more="1 g"),
        "q 1 0 0 1 40 690 cm 0 g 0 0 100 40 re f Q" + show(0, "Words", more="1 g"),
        show(0, "Words") + "1 g 200 690 100 30 re f",
        show(0, "Words") + "0.5 w 40 697 100 0.5 re f",
        show(0, "Words") + "0.5 w 40 715 m 140 715 l S",
        show(0, "Words", more="q 40 690 200 40 re W n") + " Q",
        show(0, "Words", more="2 Tr 0.5 w"),
        show(0, "  ", more="q 1 g") + "Q" + show(1, "Words"),
    ],
)
def test_words_that_are_seen_are_let_pass(content: str) -> None:
    block = one(content, ("P", "ID=x", 0, 1) if "MCID 1" in content else ("P", "ID=x", 0))
    assert (block.text, block.hidden) == ("Words", "")


@pytest.mark.parametrize(
    ("content", "hidden"),
    [
        ("BT /F 12 Tf 14 TL 50 700 Td (One) ' (two) ' ET", ""),
        ('BT /F 12 Tf 14 TL 50 700 Td (One) Tj 0 0 (two) " ET', ""),
        ("BT /F 12 Tf 50 700 Td (One) Tj 0 -14 TD (tw) Tj T* (o) Tj ET", ""),
        ("BT /F 12 Tf 1 0 0 1 50 700 Tm (One) Tj 1 Tc 1 Tw 2 Ts 40 0 Td (two) Tj ET", ""),
        ("BT /F 12 Tf 0 TL 50 700 Td (One) Tj (two) ' ET", "across other words"),
        ("BT /F 12 Tf 50 700 Td (One) Tj 0 -900 Td (two) Tj ET", "off the page"),
        ("BT /F 12 Tf 50 700 Td (One) Tj 2000 Tc (two) Tj ET", "off the page"),
        ("BT /F 12 Tf 50 700 Td [(One) -90000 (two)] TJ ET", "off the page"),
    ],
)
def test_text_is_followed_to_its_place(content: str, hidden: str) -> None:
    block = one(f"/P <</MCID 0>> BDC {content} EMC", ("P", "ID=x", 0))
    assert block.text == "Onetwo"
    assert hidden in block.hidden
    assert bool(hidden) == bool(block.hidden)


@pytest.mark.parametrize(
    ("colour", "hidden"),
    [
        ("/ICC cs 1 1 1 sc", True),
        ("/ICC cs 0 0 0 sc", True),
        ("/Cal cs 1 scn", True),
        ("/Named cs 1 1 1 sc", True),
        ("/Named cs 0 0 0 sc", False),
        ("/Spot cs 0 scn", True),
        ("/ICC cs", True),
        ("0 1 1 0 k", False),
    ],
)
def test_colours_of_other_spaces_are_known_or_not_trusted(colour: str, hidden: bool) -> None:
    maker = Maker(show(0, "Words", more=colour))
    profile = maker.pdf.make_stream(b"", N=3)
    maker.resources.ColorSpace = Dictionary(
        ICC=Array([Name.ICCBased, profile]),
        Cal=Array([Name.CalGray, Dictionary()]),
        Named=Name.DeviceRGB,
        Spot=Array([Name.Separation, Name.Gold, Name.DeviceGray, Dictionary()]),
    )
    (block,) = read(maker.finish(("P", "ID=x", 0))).blocks
    assert bool(block.hidden) == hidden


@pytest.mark.parametrize(
    ("entries", "mark", "hidden"),
    [
        ({"OFF": [0]}, 0, True),
        ({"OFF": [1]}, 0, False),
        ({"BaseState": Name.OFF, "ON": [1]}, 0, True),
        ({"BaseState": Name.OFF, "ON": [0]}, 0, False),
        ({"Usage": "/Print"}, 0, True),
        ({"Usage": "/View"}, 0, True),
        ({"OFF": [1]}, 2, True),
        ({"OFF": []}, 2, False),
        ({"OFF": []}, 3, True),
        ({"OFF": []}, 4, True),
    ],
)
def test_layers_are_seen_as_the_file_opens(entries: dict[str, Any], mark: int, hidden: bool) -> None:
    maker = Maker(f"/OC /L{mark} BDC {show(0, 'Words')} EMC")
    layers = [maker.pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String(str(n)))) for n in range(2)]
    default = Dictionary()
    for name, value in entries.items():
        if name == "Usage":
            state = "/PrintState" if value == "/Print" else "/ViewState"
            layers[0].Usage = Dictionary({value: Dictionary({state: Name.OFF})})
        else:
            default[f"/{name}"] = Array([layers[n] for n in value]) if isinstance(value, list) else value
    both = Dictionary(Type=Name.OCMD, OCGs=Array(layers))
    neither = Dictionary(Type=Name.OCMD, OCGs=Array(layers), P=Name.AllOff)
    turned = Dictionary(Type=Name.OCMD, VE=Array([Name.Not, layers[0]]))
    maker.resources.Properties = Dictionary(L0=layers[0], L1=layers[1], L2=both, L3=neither, L4=turned)
    maker.pdf.Root.OCProperties = Dictionary(OCGs=Array(layers), D=default)
    (block,) = read(maker.finish(("P", "ID=x", 0))).blocks
    assert bool(block.hidden) == hidden


@pytest.mark.parametrize(
    ("after", "said"),
    [
        ("q 1 0 0 1 40 690 cm /Cover Do Q", "painted over"),
        ("q 1 0 0 1 40 600 cm /Cover Do Q", ""),
        ("/Thin gs q 1 0 0 1 40 690 cm /Cover Do Q", "painted over"),
        ("/Gone gs q 1 0 0 1 40 690 cm /Cover Do Q", ""),
        ("q 40 690 100 30 re W n /S sh Q", "painted over"),
        ("q 200 690 100 30 re W n /S sh Q", ""),
        ("q 100 0 0 30 40 690 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \0 EI Q", "painted over"),
        ("q 100 0 0 30 40 690 cm BI /W 1 /H 1 /IM true ID \0 EI Q", "painted over"),
        ("1 g 40 690 m 40 800 140 720 v 140 600 40 690 y h f", "painted over"),
        ("/Blend gs 1 g 40 690 100 30 re f", "painted over"),
    ],
)
def test_what_is_painted_later_may_cover(after: str, said: str) -> None:
    maker = Maker(show(0, "Words") + after)
    form = maker.pdf.make_stream(b"1 g 0 0 100 30 re f", Subtype=Name.Form, BBox=[0, 0, 100, 30])
    form.Group = Dictionary(S=Name.Transparency)
    maker.resources.XObject = Dictionary(Cover=form)
    maker.resources.ExtGState = Dictionary(
        Thin=Dictionary(ca=0.2), Gone=Dictionary(ca=0), Blend=Dictionary(BM=Name.Multiply)
    )
    maker.resources.Shading = Dictionary(S=Dictionary())
    (block,) = read(maker.finish(("P", "ID=x", 0))).blocks
    assert said in block.hidden
    assert bool(said) == bool(block.hidden)


def test_a_form_is_painted_as_faintly_as_its_group() -> None:
    for alpha, hidden in ((0.05, True), (0.9, False)):
        maker = Maker("/P <</MCID 0>> BDC /Faint gs /Form Do EMC")
        form = maker.pdf.make_stream(show(None, "Words").encode(), Subtype=Name.Form, BBox=[0, 0, 600, 800])
        form.Group, form.Resources = Dictionary(S=Name.Transparency), Dictionary(Font=maker.resources.Font)
        maker.resources.XObject = Dictionary(Form=form)
        maker.resources.ExtGState = Dictionary(Faint=Dictionary(ca=alpha))
        (block,) = read(maker.finish(("P", "ID=x", 0))).blocks
        assert (block.text, bool(block.hidden)) == ("Words", hidden)


def test_a_page_inherits_what_it_does_not_say() -> None:
    maker = Maker(show(0, "Words", x=500))
    page = maker.pdf.pages[0].obj
    parent = page.Parent
    parent.Resources, parent.MediaBox = page.Resources, Array([0, 0, 400, 800])
    del page.Resources
    del page.MediaBox
    (block,) = read(maker.finish(("P", "ID=x", 0))).blocks
    assert (block.text, block.hidden) == ("Words", "it is off the page")


def test_a_page_of_too_much_content_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("publish.verify.page.MAX_OPERATORS", 10)
    with pytest.raises(PublishError, match="too much content"):
        made(show(0, "Words") * 5, ("P", "ID=x", 0))


def test_what_a_crop_box_leaves_out_is_off_the_page() -> None:
    maker = Maker(show(0, "Words"))
    maker.pdf.pages[0].obj.CropBox = Array([0, 0, 600, 600])
    (block,) = read(maker.finish(("P", "ID=x", 0))).blocks
    assert "off the page" in block.hidden


def test_words_printed_across_each_other_are_found() -> None:
    content = show(0, "First words") + show(1, "Other words", y=698) + show(2, "Third", y=650)
    hidden = [block.hidden for block in made(content, *(("P", f"ID=p{n}", n) for n in range(3))).blocks]
    assert "printed across other words" in hidden[0]
    assert "printed across other words" in hidden[1]
    assert hidden[2] == ""


def test_words_that_stand_above_those_before_them_are_found() -> None:
    upside_down = made(show(0, "First", y=600) + show(1, "Second", y=700), ("P", "ID=a", 0), ("P", "ID=b", 1))
    assert [block.hidden.startswith(OUT_OF_TURN) for block in upside_down.blocks] == [False, True]
    columns = made(show(0, "First", y=100) + show(1, "Second", x=300), ("P", "ID=a", 0), ("P", "ID=b", 1))
    assert [block.hidden for block in columns.blocks] == ["", ""]
    maker = Maker(show(0, "Second"), show(0, "First"))
    pages = read(maker.finish(("P", "ID=a", ("page", 1), 0), ("P", "ID=b", 0)))
    assert [block.hidden.startswith(OUT_OF_TURN) for block in pages.blocks] == [False, True]


def test_size_is_a_share_of_the_size_most_letters_have() -> None:
    content = show(0, "Body text " * 10, size=10) + show(1, "Small", size=8, y=600)
    content += show(2, "Large", size=20, y=500)
    reading = made(content, *(("P", f"ID=p{n}", n) for n in range(3)))
    assert [block.size for block in reading.blocks] == [1, 0.8, 2]


def test_size_counts_the_matrices_and_not_labels_and_notes() -> None:
    content = (
        show(0, "Body text " * 10)
        + show(1, "1.", size=6, y=600)
        + show(2, "Words", x=80, y=1200, size=6, more="q 2 0 0 2 0 -1800 cm")
        + " Q"
        + show(3, "[1]", x=300, size=4, y=600)
    )
    reading = made(content, ("P", "ID=a", 0), ("P", "ID=b", ("Lbl", 1), 2, ("Reference", 3)))
    assert [block.size for block in reading.blocks] == [1, 1]


def test_a_picture_must_be_drawn() -> None:
    tree = ("Figure", "ID=x", "Alt=A line", 0)
    drawn = one("/Figure <</MCID 0>> BDC 50 600 100 100 re f EMC", tree)
    assert (drawn.role, drawn.text, drawn.page, drawn.hidden) == ("alternative", "A line", 1, "")
    assert "not drawn" in one("/Figure <</MCID 0>> BDC EMC", tree).hidden
    assert "not drawn" in one("/Figure <</MCID 0>> BDC -500 600 100 100 re f EMC", tree).hidden
    assert "not drawn" in one("", tree[:-1]).hidden
    covered = "/Figure <</MCID 0>> BDC 50 600 100 100 re f EMC 1 g 0 500 600 300 re f"
    assert "painted over" in one(covered, tree).hidden


# --- what is not a block -------------------------------------------------------------------


def test_other_words_are_loose_in_their_place() -> None:
    content = show(0, "One") + show(1, "Back", y=600) + show(2, "to 1", y=600, x=90) + show(3, "Two", y=500)
    tree = (("P", "ID=a", 0), ("Div", ("P", ("Link", 1), 2)), ("P", "ID=b", 3))
    assert said(made(content, *tree)) == [
        ("a", "paragraph", "One"),
        ("", "loose", "Backto 1"),
        ("b", "paragraph", "Two"),
    ]


def test_words_that_nobody_tagged_are_loose() -> None:
    content = show(0, "One") + show(None, "Not marked", y=600) + show(7, "Marked in vain", y=500)
    assert said(made(content, ("P", "ID=a", 0))) == [
        ("a", "paragraph", "One"),
        ("", "loose", "Not marked"),
        ("", "loose", "Marked in vain"),
    ]


@pytest.mark.parametrize(
    ("content", "loose"),
    [
        ("/Artifact <</Type /Pagination>> BDC {} EMC".format(show(None, "Running head", y=780)), []),
        ("/Artifact <</Type /Pagination>> BDC {} EMC".format(show(None, "Amid", y=650)), ["Amid"]),
        ("/Artifact BMC {} EMC".format(show(None, ". . . . 12", y=650)), [". . . . 12"]),
        ("/Artifact BMC {} EMC".format(show(None, "Minutes", y=780)), []),
        ("/Artifact BMC {} EMC".format(show(None, "Minutes", y=650)), ["Minutes"]),
        ("/Artifact BMC {} EMC".format(show(None, "Minute", y=780)), ["Minute"]),
        ("/Artifact <</Type /Pagination>> BDC {} EMC".format(show(None, "5", x=5, y=600)), ["5"]),
        ("/Artifact BMC {} EMC".format(show(None, "Sponsored", y=650)), ["Sponsored"]),
    ],
)
def test_page_furniture_is_no_text_unless_it_says_something(content: str, loose: list[str]) -> None:
    maker = Maker(show(0, "Minutes"), content + show(2, "Ten") + show(1, "Text", y=600))
    rows = ("TR", ("TH", "ID=h", 0)), ("TR", ("page", 1), ("TD", "ID=c", 2))
    reading = read(maker.finish(("Table", *rows), ("P", "ID=p", ("page", 1), 1)))
    assert [block.text for block in reading.blocks if block.role == "loose"] == loose


@pytest.mark.parametrize(
    ("tree", "loose"),
    [
        (("P", "ID=x", 0, ("Generated", 1)), ["Sponsored"]),
        (("P", "ID=x", 0, ("Generated", 2)), ["1."]),
        (("L", ("LI", ("Lbl", 2), ("LBody", ("Div", ("P", "ID=x", 0))))), ["1."]),
        (("L", ("LI", ("Lbl", 2), ("LBody", ("P", "ID=x", 0)))), []),
        (("L", ("LI", ("Lbl", 1), ("LBody", ("P", "ID=x", 0)))), ["Sponsored"]),
    ],
)
def test_numbers_of_items_may_stand_and_what_else_styles_add_may_not(tree: Tree, loose: list[str]) -> None:
    content = show(0, "Text") + show(1, "Sponsored", y=650) + show(2, "1.", y=640)
    reading = made(content, tree)
    found = [block.text for block in reading.blocks if block.role == "loose"]
    assert found[: len(loose)] == loose
    assert {block.text for block in reading.blocks if block.id} == {"Text"}


def test_an_id_on_two_elements_is_told() -> None:
    reading = made(show(0, "One"), ("Sect", "ID=a"), ("Sect", "ID=a", ("P", "ID=p", 0)))
    assert said(reading) == [("a", "loose", ""), ("p", "paragraph", "One")]


@pytest.mark.parametrize(
    ("link", "value"),
    [
        ("#here", "#here"),
        ("#gone", "#gone" + LOST),
        ("#far", "#far (leads to page 3)"),
        ("https://a.example/", "https://a.example/"),
    ],
)
def test_links_are_followed_to_their_place(link: str, value: str) -> None:
    maker = Maker(show(0, "x"), show(0, "Far"), show(0, "Last"))
    maker.place("here")
    maker.place("far", page=2)
    tree = (
        ("P", "ID=here", ("Link", 0, ("@", link))),
        ("P", "ID=far", ("page", 1), 0),
        ("P", "ID=last", ("page", 2), 0),
    )
    assert read(maker.finish(*tree)).blocks[0].spans == (Span(0, 1, "link", value),)


def test_places_are_found_however_they_are_named() -> None:
    maker = Maker(show(0, "x"))
    data = maker.finish(("P", "ID=a", ("Link", 0, ("@", "#a"))))
    place = Array([0, Name.XYZ, 0, 700, 0])

    def target(change: Any) -> str:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            page = pdf.pages[0].obj
            change(pdf, page.Annots[0], Array([page, *list(place)[1:]]))
            out = io.BytesIO()
            pdf.save(out)
        return read(out.getvalue()).blocks[0].spans[0].value

    def in_tree(pdf: Any, link: Any, here: Any) -> None:
        leaf = pdf.make_indirect(Dictionary(Names=Array([String("a"), Dictionary(D=here)])))
        pdf.Root.Names = Dictionary(Dests=Dictionary(Kids=Array([leaf])))

    def in_old_dictionary(pdf: Any, link: Any, here: Any) -> None:
        pdf.Root.Dests = Dictionary(a=here)
        link.Dest = Name.a

    def by_action(pdf: Any, link: Any, here: Any) -> None:
        in_tree(pdf, link, here)
        del link.Dest
        link.A = Dictionary(S=Name.GoTo, D=String("a"))

    def by_place(pdf: Any, link: Any, here: Any) -> None:
        in_tree(pdf, link, here)
        link.Dest = here

    def by_element(pdf: Any, link: Any, here: Any) -> None:
        link.Dest = Array([pdf.Root.StructTreeRoot.K[0], Name.XYZ, 0, 0, 0])

    def by_a_bare_place(pdf: Any, link: Any, here: Any) -> None:
        link.Dest = here

    def by_another_action(pdf: Any, link: Any, here: Any) -> None:
        del link.Dest
        link.A = Dictionary(S=Name.Launch, F=String("x.exe"))

    for change in (in_tree, in_old_dictionary, by_action, by_place, by_element):
        assert target(change) == "#a"
    assert target(by_a_bare_place) == "a place without a name"
    assert target(by_another_action) == "an action /Launch"
    assert target(lambda *_: None) == "#a" + LOST


def test_a_link_without_its_annotation_leads_nowhere() -> None:
    assert one(show(0, "x"), ("P", "ID=a", ("Link", 0))).spans == (Span(0, 1, "link", "(no link)"),)


def test_what_could_say_or_do_what_nobody_wrote_is_told() -> None:
    maker = Maker(show(0, "Text"))
    stamp = Dictionary(Type=Name.Annot, Subtype=Name.FreeText, Rect=[0, 0, 9, 9], Contents=String("Buy"))
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9])
    link.A = Dictionary(S=Name.URI, URI=String("https://other.example/"))
    maker.pdf.pages[0].obj.Annots = Array([maker.pdf.make_indirect(each) for each in (stamp, link)])
    gone = Dictionary(Type=Name.Annot, Subtype=Name.FreeText, Rect=[0, 0, 9, 9], F=2)
    maker.pdf.pages[0].obj.Annots.append(maker.pdf.make_indirect(gone))
    maker.pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("x"))
    maker.pdf.Root.AcroForm = Dictionary(XFA=String("x"))
    loose = [block.text for block in read(maker.finish(("P", "ID=a", 0))).blocks if block.role == "loose"]
    assert len(loose) == 4
    assert "Buy" in " ".join(loose)
    assert "https://other.example/" in " ".join(loose)


# --- contents, outline, metadata -----------------------------------------------------------


def test_contents_and_bookmarks_lead_to_headings() -> None:
    content = show(0, "Contents") + show(1, "1. One", y=680) + show(2, "Two", y=660) + show(3, "One", y=600)
    maker = Maker(content + show(4, "Two", y=500))
    maker.place("one", y=620)
    maker.place("two-heading", y=520)
    items = [
        Dictionary(Title=String("1. One"), Dest=Array([maker.pdf.pages[0].obj, Name.XYZ, 0, 620, 0])),
        Dictionary(Title=String("Two"), Dest=String("two-heading")),
    ]
    one, two = (maker.pdf.make_indirect(item) for item in items)
    one.First = two
    maker.pdf.Root.Outlines = maker.pdf.make_indirect(Dictionary(First=one))
    data = maker.finish(
        (
            "TOC",
            ("Caption", ("H2", "ID=contents-heading", 0)),
            ("TOCI", ("Reference", ("Link", ("Lbl", 1), ("@", "#one")))),
            ("TOCI", ("Link", 2, ("@", "#two-heading"))),
        ),
        ("Sect", "ID=one", ("H2", "ID=one-heading", 3), ("H3", "ID=two-heading", 4)),
    )
    reading = read(data)
    assert reading.contents == (Entry("1. One", "one-heading", 1), Entry("Two", "two-heading", 1))
    assert reading.outline == (Entry("1. One", "one-heading", 1), Entry("Two", "two-heading", 2))
    assert [block.text for block in reading.blocks] == ["Contents", "One", "Two"]


def test_contents_inside_contents_are_a_level_deeper() -> None:
    content = show(0, "One") + show(1, "Two", y=680) + show(2, "One", y=600) + show(3, "Two", y=500)
    maker = Maker(content)
    maker.place("one")
    maker.place("two")
    inner = ("TOC", ("TOCI", ("Link", 1, ("@", "#two"))))
    toc = ("TOC", ("TOCI", ("Link", 0, ("@", "#one")), inner))
    reading = read(maker.finish(toc, ("H2", "ID=one", 2), ("H3", "ID=two", 3)))
    assert reading.contents == (Entry("One", "one", 1), Entry("Two", "two", 2))


def test_a_block_inside_a_block_is_one_of_its_own() -> None:
    content = show(0, "Outer") + show(1, "inner", y=680)
    reading = made(content, ("Table", ("TR", ("TD", "ID=a", 0, ("P", "ID=b", 1)))))
    assert said(reading) == [("a", "cell", "Outer"), ("b", "paragraph", "inner")]


def test_a_picture_without_an_id_is_loose() -> None:
    reading = made(show(0, "letters in it"), ("Figure", "Alt=A logo", 0))
    assert said(reading) == [("", "loose", "A logo")]


def test_metadata_that_are_broken_are_refused() -> None:
    maker = Maker("")
    maker.pdf.Root.Metadata = maker.pdf.make_stream(b"<x>")
    with pytest.raises(PublishError, match="XMP"):
        read(maker.finish(("P", "ID=x")))


def test_metadata_are_those_of_the_xmp_packet() -> None:
    reading = made(show(0, "x"), ("P", "ID=a", 0))
    told = {"identifier": "urn:uuid:1", "title": "A title", "language": "en", "direction": "ltr"}
    assert reading.metadata == told
    assert reading.pages == 1


def test_language_is_the_nearest() -> None:
    content = show(0, "One") + show(1, "Two", y=600)
    reading = made(content, ("Sect", "Lang=fr", ("P", "ID=a", 0), ("P", "ID=b", "Lang=es", 1)))
    assert [block.language for block in reading.blocks] == ["fr", "es"]


# --- fonts ---------------------------------------------------------------------------------

MAP = b"""1 begincodespacerange <0000> <FFFF> endcodespacerange
2 beginbfchar <0001> <0041> <0002> <00660069> endbfchar
2 beginbfrange <0010> <0012> <0061> <0020> <0021> [<0078> <D83DDE00>] endbfrange"""


def composite(codes: str) -> Block:
    maker = Maker(f"/P <</MCID 0>> BDC BT /C 12 Tf 50 700 Td [<{codes}> -200 <0001>] TJ ET EMC")
    descendant = Dictionary(Type=Name.Font, Subtype=Name.CIDFontType2, BaseFont=Name.X, DW=500)
    descendant.W = Array([1, Array([600, 700]), 16, 18, 400])
    font = Dictionary(Type=Name.Font, Subtype=Name.Type0, BaseFont=Name.X, Encoding=Name("/Identity-H"))
    font.DescendantFonts = Array([descendant])
    font.ToUnicode = maker.pdf.make_stream(MAP)
    maker.resources.Font.C = maker.pdf.make_indirect(font)
    (block,) = read(maker.finish(("P", "ID=x", 0))).blocks
    return block


def test_codes_of_composite_fonts_are_read_by_their_map() -> None:
    assert composite("00010002001000110012002000210001").text == "Afiabcx😀AA"


def test_a_character_that_no_font_has_is_found() -> None:
    assert "font cannot draw" in composite("00010000").hidden


def test_differences_name_glyphs() -> None:
    maker = Maker(show(0, "ab"))
    font = maker.resources.Font.F
    font.Encoding = Dictionary(
        BaseEncoding=Name.WinAnsiEncoding, Differences=Array([97, Name.eacute, Name.uni00E8])
    )
    (block,) = read(maker.finish(("P", "ID=x", 0))).blocks
    assert block.text == "éè"


# --- broken and other files ----------------------------------------------------------------


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n", b"<html></html>"])
def test_what_is_no_pdf_is_refused(data: bytes) -> None:
    with pytest.raises(PublishError) as error:
        read(data)
    assert error.value.problems[0].kind == "unreadable"


def test_a_pdf_without_tags_is_refused() -> None:
    out = io.BytesIO()
    Maker("").pdf.save(out)
    with pytest.raises(PublishError, match="no tags"):
        read(out.getvalue())


def test_a_tree_that_goes_in_a_circle_is_refused() -> None:
    maker = Maker("")
    data = maker.finish(("Sect", ("Div", ("P",))))
    with pikepdf.open(io.BytesIO(data)) as pdf:
        section = pdf.Root.StructTreeRoot.K[0]
        section.K[0].K.append(section)
        out = io.BytesIO()
        pdf.save(out)
    with pytest.raises(PublishError, match="circle"):
        read(out.getvalue())


@pytest.mark.parametrize("content", ["BT (x) Tj ET", "/Nothing Do", "/F 1 2 Tf", "1 0 0 cm", "BT /G 9 Tf ET"])
def test_broken_content_is_refused(content: str) -> None:
    with pytest.raises(PublishError, match="page 1"):
        made(content, ("P", "ID=x"))


def test_a_form_that_paints_itself_is_refused() -> None:
    maker = Maker("/Self Do")
    form = maker.pdf.make_stream(b"/Self Do", Subtype=Name.Form, BBox=[0, 0, 9, 9])
    maker.resources.XObject = Dictionary(Self=form)
    form.Resources = maker.resources
    with pytest.raises(PublishError, match="nested too deep"):
        read(maker.finish(("P", "ID=x")))


@pytest.mark.slow
def test_a_stock_pdf_of_weasyprint_is_read() -> None:
    """It has no ids and splits paragraphs at pages; its words are all there all the same."""
    import weasyprint

    words = " ".join(f"word{n}" for n in range(900))
    html = (
        f'<html lang="en"><title>T</title><h1>Head</h1><p>{words} <a href="https://a.example/">link</a></p>'
    )
    data = weasyprint.HTML(string=html).write_pdf(pdf_variant="pdf/ua-1")
    assert data is not None
    reading = read(data)
    assert {block.role for block in reading.blocks} == {"loose"}
    assert reading.pages is not None
    assert reading.pages > 1
    assert {block.page for block in reading.blocks} == set(range(1, reading.pages + 1))
    found = "".join("".join(block.text.split()) for block in reading.blocks)
    assert found == "".join(f"Head {words} link".split())


# --- broken files, and mistakes of ours ------------------------------------------------------


@pytest.mark.parametrize("step", ["look", "_running"])
def test_a_mistake_of_ours_is_not_said_to_be_one_of_the_file(
    step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = Maker("/P <</MCID 0>> BDC BT /F 12 Tf 9 700 Td (Words) Tj ET EMC").finish(("P", 0))
    assert read(data).blocks

    def mistake(*_: Any) -> None:
        raise KeyError("ours")

    monkeypatch.setattr(f"publish.verify.pdf.{step}", mistake)
    with pytest.raises(KeyError, match="ours"):
        read(data)


@pytest.mark.parametrize("reader", [read, transcript, measure])
def test_a_page_that_is_a_number_is_a_fault_of_the_file(reader: Callable[[bytes], object]) -> None:
    maker = Maker("/P <</MCID 0>> BDC BT /F 12 Tf 9 700 Td (Words) Tj ET EMC")
    with pikepdf.open(io.BytesIO(maker.finish(("P", 0)))) as pdf:
        kids = pdf.Root.StructTreeRoot.K
        (kids[0] if isinstance(kids, Array) else kids).Pg = 7
        out = io.BytesIO()
        pdf.save(out)
    with pytest.raises(PublishError, match="this PDF cannot be read: it is broken"):
        reader(out.getvalue())


def test_a_wrong_number_of_pages_is_a_fault_of_the_file() -> None:
    maker = Maker("/P <</MCID 0>> BDC BT /F 12 Tf 9 700 Td (Words) Tj ET EMC")
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(maker.finish(("P", 0)))) as pdf:
        pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    data = out.getvalue()
    assert b"/Count 1 " in data
    with pytest.raises(PublishError, match="this PDF cannot be read: it is broken"):
        read(data.replace(b"/Count 1 ", b"/Count 2 "))


@pytest.mark.parametrize("number", ["1" + "0" * 400, "99999999999", "-1" + "0" * 12])
def test_a_number_that_no_page_has_is_a_fault_of_the_file(number: str) -> None:
    with pytest.raises(PublishError, match="operator cm of page 1 is broken"):
        read(Maker(f"1 0 0 1 {number} 0 cm").finish(("P",)))
