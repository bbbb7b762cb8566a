"""The tags of print editions, on small pages of HTML: one tree, as a screen reader wants it."""

from __future__ import annotations

import random
from typing import Any

import pikepdf
import pytest
from pdf_tree import Element, TagTree, printed, tagged

from publish.errors import PublishError
from publish.render.tags import tagging

pytestmark = pytest.mark.slow

WORDS = "Walking after a meal keeps the sugar in your blood a little lower than sitting still does. "


def only(elements: list[Element]) -> Element:
    (element,) = elements
    return element


# --- one element for one element ------------------------------------------------------------


def test_a_paragraph_over_three_pages_is_one_element() -> None:
    tree = tagged(f"<p id=long>{WORDS * 16}</p>")
    paragraph = only(tree.elements("P"))
    assert paragraph.pages() == list(range(len(tree.pdf.pages)))
    assert len(paragraph.pages()) >= 3
    assert tree.text(paragraph) == (WORDS * 16).strip()


def test_containers_are_not_repeated_on_every_page() -> None:
    items = "".join(f"<li><p id=i{n}>{WORDS}</p></li>" for n in range(12))
    tree = tagged(f"<article><section id=s><h2 id=h>Head</h2><ul>{items}</ul></section></article>")
    assert len(tree.pdf.pages) > 2
    for role, count in (("Art", 1), ("Sect", 1), ("L", 1), ("LI", 12), ("LBody", 12), ("P", 12)):
        assert len(tree.elements(role)) == count, role


def test_a_table_over_three_pages_is_one_table_whose_head_is_read_once() -> None:
    rows = "".join(
        f"<tr><th scope=row id=r{n}>Row {n}</th><td id=c{n}>cell {n}, some words</td></tr>" for n in range(30)
    )
    head = "<thead><tr><th scope=col id=a>First</th><th scope=col id=b>Second</th></tr></thead>"
    tree = tagged(f"<table id=t><caption id=c>Long table</caption>{head}<tbody>{rows}</tbody></table>")
    table = only(tree.elements("Table"))
    assert len(table.pages()) >= 3
    assert [child.role for child in table.children] == ["Caption", "THead", "TBody"]
    assert len(tree.elements("TR")) == 31
    assert [tree.text(tree.by_id[f"c{n}"]) for n in range(30)] == [f"cell {n}, some words" for n in range(30)]
    repeats = [(page, names) for page, names, text in tree.artifacts if text == "First"]
    assert repeats == [(page, {"/Type": "/Layout"}) for page in table.pages()[1:]]


def test_scopes_and_spans_of_cells() -> None:
    tree = tagged(
        "<table><thead><tr><th id=a scope=col colspan=2>A</th></tr></thead>"
        "<tbody><tr><th id=b scope=row>B</th><td id=c>C</td></tr>"
        "<tr><td id=d></td><td>D</td></tr></tbody></table>"
    )
    assert tree.by_id["a"].attribute("/Scope") == "/Column"
    assert tree.by_id["a"].attribute("/ColSpan") == 2
    assert tree.by_id["b"].attribute("/Scope") == "/Row"
    assert tree.by_id["c"].attribute("/ColSpan") is None
    assert tree.by_id["d"].role == "TD", "an empty cell is still a cell"


# --- the file as a whole --------------------------------------------------------------------

EVERYTHING = f"""
<article><header id=front><h1 id=title>Title</h1></header>
<nav role=doc-toc id=toc><h2 id=toc-h>Contents</h2><ol>
<li><a class=leader href="#s1"><span class=label>1.</span> First part</a></li></ol></nav>
<section id=s1><h2 id=s1-h><span class=label>1.</span> First part</h2>
<p id=p1>{WORDS}<strong>Bold words</strong> <em>and <strong>both</strong></em>
<a href="https://health.example/">a page of the <b>health</b> desk</a>,
<span lang=es>la vida</span><a id=ref-x href="#note-x" role=doc-noteref aria-label="Note 1">[1]</a></p>
<ul><li><p id=l1>One</p><ul><li><p id=l2>Inner</p></li></ul></li><li><p id=l3>Two</p></li></ul>
<dl><div><dt id=t1>Term</dt><dd id=d1>Meaning</dd></div>
<div><dt id=t2>Other</dt><dd id=d2>One</dd><dd id=d3>Two</dd></div></dl>
<figure id=fig><img id=fig-alt src="picture:x" alt="A white box" style="width: 40pt; display: block">
<figcaption id=cap><span class=label>Figure 1.</span> A box.</figcaption></figure>
<p id=p2>{WORDS * 6}</p></section>
<section role=doc-endnotes><ol style="list-style: none"><li><div id=note-x role=doc-footnote>
<p id=note-x-citation><span class=label>1.</span> A study.</p>
<p class=back><a href="#ref-x" role=doc-backlink>Back to note 1 in the text</a></p></div></li></ol></section>
</article>
"""


@pytest.fixture(scope="module")
def everything() -> TagTree:
    return tagged(EVERYTHING)


def test_the_tree_of_a_whole_article(everything: TagTree) -> None:
    assert everything.outline() == (
        "Document(Art(Div(H1)"
        " Sect(H2 TOC(TOCI(Generated Reference(Link(Lbl Generated)))))"
        " Sect(H2(Lbl) P(Strong Em(Strong) Link(Strong) Span Reference(Link))"
        " L(LI(Lbl LBody(P L(LI(Lbl LBody(P))))) LI(Lbl LBody(P)))"
        " L(LI(Lbl LBody) LI(Lbl LBody LBody))"
        " Div(Figure Caption(Lbl)) P)"
        " Sect(L(LI(LBody(Note(P(Lbl) P(Link))))))))"
    )


def test_every_id_is_in_the_tree_and_in_the_list_of_ids(everything: TagTree) -> None:
    import re

    written = set(re.findall(r"\bid=([\w-]+)", EVERYTHING))
    assert set(everything.by_id) == written
    ids = [element.id for element in everything.root.all() if element.id]
    assert len(ids) == len(set(ids))
    names = everything.struct.IDTree.Names
    listed = [str(name) for name in list(names)[::2]]
    assert listed == sorted(written)
    for name, element in zip(listed, list(names)[1::2], strict=True):
        assert str(element.ID) == name


def test_no_element_is_an_orphan_and_every_content_finds_its_element(everything: TagTree) -> None:
    pdf = everything.pdf
    reachable = {element.dictionary.objgen for element in everything.root.all()}
    written = {
        each.objgen
        for each in pdf.objects
        if isinstance(each, pikepdf.Dictionary) and each.get("/Type") == "/StructElem"
    }
    assert written == reachable
    for element in everything.root.all():
        parent = element.parent.dictionary if element.parent else everything.struct
        assert element.dictionary.P.objgen == parent.objgen
    numbers = list(everything.struct.ParentTree.Nums)
    parents = dict(zip(map(int, numbers[::2]), numbers[1::2], strict=True))
    for number, page in enumerate(pdf.pages):
        of_page = parents[int(page.obj.StructParents)]
        marks = {mcid for at, mcid in everything.texts if at == number}
        assert marks == set(range(len(of_page)))
    for element in everything.root.all():
        for kid in element.kids:
            if not isinstance(kid, Element):
                page, mcid = kid
                back = parents[int(pdf.pages[page].obj.StructParents)][mcid]
                assert back.objgen == element.dictionary.objgen
        for annotation in element.annotations:
            assert parents[int(annotation.StructParent)].objgen == element.dictionary.objgen


def test_all_painted_text_is_marked(everything: TagTree) -> None:
    assert everything.unmarked == []


def test_running_heads_page_numbers_and_leaders_are_typed_artifacts(everything: TagTree) -> None:
    header = {"/Type": "/Pagination", "/Subtype": "/Header"}
    footer = {"/Type": "/Pagination", "/Subtype": "/Footer"}
    for number in range(len(everything.pdf.pages)):
        assert (number, header, "Running head") in everything.artifacts
        assert (number, footer, str(number + 1)) in everything.artifacts
    dots = [names for _, names, text in everything.artifacts if text and not text.strip(".")]
    assert dots
    assert all(names == {"/Type": "/Layout"} for names in dots)
    assert not [text for text in everything.texts.values() if ".." in text]


def test_backgrounds_and_borders_are_layout_artifacts() -> None:
    tree = tagged("<p id=a style='background: #eee; border: 1pt solid'>Boxed</p>")
    kinds = [names for _, names, text in tree.artifacts if not text]
    assert kinds
    assert all(names == {"/Type": "/Layout"} for names in kinds)


def test_a_figure_has_its_words_and_its_place_in_points(everything: TagTree) -> None:
    figure = everything.by_id["fig-alt"]
    assert figure.role == "Figure"
    assert str(figure.dictionary.Alt) == "A white box"
    left, bottom, right, top = (float(each) for each in figure.attribute("/BBox"))
    assert (right - left, top - bottom) == pytest.approx((40, 20), abs=0.01)
    assert left == pytest.approx(30 + 6 + 30, abs=0.01)  # margins of page, body and figure
    assert 30 < bottom < top < 190


def test_a_picture_without_words_is_an_artifact() -> None:
    tree = tagged("<p id=a>Words <img src='picture:x' alt='' style='width: 20pt'> and more</p>")
    assert tree.elements("Figure") == []
    assert tree.outline() == "Document(P)"


def test_labels_and_list_markers_are_labels_without_ids(everything: TagTree) -> None:
    labels = [element for element in everything.elements("Lbl") if not element.id]
    assert [everything.text(label) for label in labels] == [
        "1.", "1.", "•", "◦", "•", "Figure 1.", "1.",
    ]  # fmt: skip
    assert everything.text(everything.by_id["s1-h"], "Lbl") == "First part"


def test_lists_say_how_they_are_numbered(everything: TagTree) -> None:
    assert [lst.attribute("/ListNumbering") for lst in everything.elements("L")] == [
        "/Disc", "/Circle", "/None", "/None",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("style", "numbering"),
    [
        ("disc", "Disc"),
        ("decimal", "Decimal"),
        ("lower-alpha", "LowerAlpha"),
        ("upper-latin", "UpperAlpha"),
        ("upper-roman", "UpperRoman"),
        ("none", "None"),
    ],
)
def test_a_list_is_numbered_as_its_markers_are(style: str, numbering: str) -> None:
    tree = tagged("<ol><li><p>A</p></li></ol>", f"ol {{ list-style: {style} }}")
    assert only(tree.elements("L")).attribute("/ListNumbering") == f"/{numbering}"


def test_phrases_in_other_languages_say_so(everything: TagTree) -> None:
    assert str(everything.pdf.Root.Lang) == "en"
    span = only(everything.elements("Span"))
    assert (str(span.dictionary.Lang), everything.text(span)) == ("es", "la vida")


def test_strong_and_emphasis_stand_for_spans(everything: TagTree) -> None:
    assert dict(everything.struct.RoleMap) == {"/Strong": "/Span", "/Em": "/Span", "/Generated": "/Span"}


def test_links_are_said_in_words(everything: TagTree) -> None:
    said = [
        sorted({str(annotation.Contents) for annotation in link.annotations})
        for link in everything.elements("Link")
    ]
    assert said == [
        ["1. First part"],
        ["a page of the health desk"],
        ["Note 1"],
        ["Back to note 1 in the text"],
    ]


def test_a_link_over_two_lines_has_one_rectangle_on_each() -> None:
    tree = tagged(
        '<p id=a>Here is <a href="https://health.example/">a link that is longer than one line of it</a></p>'
    )
    link = only(tree.elements("Link"))
    heights = [float(annotation.Rect[1]) for annotation in link.annotations]
    assert len(heights) == len(set(heights)) == 2
    assert len(tree.pdf.pages[0].obj.Annots) == 2


def test_links_inside_links_boxes_leave_nothing_behind(everything: TagTree) -> None:
    tagged_links = {
        annotation.objgen for element in everything.root.all() for annotation in element.annotations
    }
    on_pages = {
        annotation.objgen for page in everything.pdf.pages for annotation in page.obj.get("/Annots", [])
    }
    in_file = {
        each.objgen
        for each in everything.pdf.objects
        if isinstance(each, pikepdf.Dictionary) and each.get("/Type") == "/Annot"
    }
    assert tagged_links == on_pages == in_file


def test_notes_can_be_found_from_their_marks_and_back(everything: TagTree) -> None:
    mark = everything.by_id["ref-x"]
    assert (mark.role, [child.role for child in mark.children]) == ("Reference", ["Link"])
    assert str(mark.children[0].annotations[0].Dest) == "note-x"
    assert everything.by_id["note-x"].role == "Note"
    back = everything.elements("Link")[-1]
    assert str(back.annotations[0].Dest) == "ref-x"


# --- PDF 2.0 ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def everything_2() -> TagTree:
    callout = "<section class=callout><h3 id=c-h>Stop</h3><p id=c-p>When it hurts.</p></section></section>"
    body = EVERYTHING.replace("</section>", callout, 1)
    return tagged(body, "h1, h2, h3 { bookmark-level: 1 }", variant="pdf/ua-2")


def test_the_tree_of_a_whole_article_in_pdf_2(everything_2: TagTree) -> None:
    assert everything_2.outline() == (
        "Document(Part(Div(H1)"
        " Sect(H2 TOC(TOCI(Generated Reference(Link(Lbl Generated)))))"
        " Sect(H2(Lbl) P(Strong Em(Strong) Link(Strong) Span Reference(Link))"
        " L(LI(Lbl LBody(P L(LI(Lbl LBody(P))))) LI(Lbl LBody(P)))"
        " L(LI(Lbl LBody(P)) LI(Lbl LBody(P) LBody(P)))"
        " Sect(Figure Caption(Lbl)) P Aside(H3 P))"
        " Sect(L(LI(LBody(FENote(P(Lbl) P(Link))))))))"
    )


def test_types_of_pdf_2_say_so_and_others_are_of_pdf_1_7(everything_2: TagTree) -> None:
    (space,) = everything_2.struct.Namespaces
    assert str(space.NS) == "http://iso.org/pdf2/ssn"
    older = {"TOC", "TOCI", "Reference", "Generated"}
    for element in everything_2.root.all():
        assert ("/NS" in element.dictionary) == (element.role not in older), element.role
        assert "/NS" not in element.dictionary or element.dictionary.NS.objgen == space.objgen
    assert dict(everything_2.struct.RoleMap) == {"/Generated": "/Span"}


def test_notes_and_contents_refer_to_their_targets_in_pdf_2(everything_2: TagTree) -> None:
    mark, note = everything_2.by_id["ref-x"], everything_2.by_id["note-x"]
    assert [str(each.ID) for each in mark.dictionary.Ref] == ["note-x"]
    assert [str(each.ID) for each in note.dictionary.Ref] == ["ref-x"]
    assert note.attribute("/NoteType") == "/Endnote"
    (entry,) = everything_2.elements("TOCI")
    (reference,) = [each for each in entry.all() if each.role == "Reference"]
    assert [str(each.ID) for each in reference.dictionary.Ref] == ["s1"]


def test_every_list_says_how_it_is_numbered_in_pdf_2(everything_2: TagTree) -> None:
    assert [lst.attribute("/ListNumbering") for lst in everything_2.elements("L")] == [
        "/Disc", "/Circle", "/Description", "/Ordered",
    ]  # fmt: skip


def test_names_and_bookmarks_lead_to_elements_in_pdf_2(everything_2: TagTree) -> None:
    names = list(everything_2.pdf.Root.Names.Dests.Names)
    for name, place in zip(names[::2], names[1::2], strict=True):
        assert str(place.SD[0].ID) == str(name)
        assert place.SD[1] == place.D[1] == "/XYZ"
        assert place.D[0].Type == "/Page"
    found = []
    item = everything_2.pdf.Root.Outlines.get("/First")
    while item is not None:
        found.append((str(item.Title), str(item.Dest[0].ID)))
        item = item.get("/Next")
    assert found == [
        ("Title", "title"), ("Contents", "toc-h"), ("1. First part", "s1-h"), ("Stop", "c-h"),
    ]  # fmt: skip


def test_a_place_without_an_element_is_refused_in_pdf_2() -> None:
    body = "<p id=a>See <a href='#b'>there</a></p><div id=b style='height: 5pt'></div>"
    tagged(body)
    with pytest.raises(PublishError, match="no element for the place “b”"):
        tagged(body, variant="pdf/ua-2")


# --- words ----------------------------------------------------------------------------------


def test_the_space_at_a_lines_end_is_a_real_one() -> None:
    tree = tagged(f"<p id=a>{(WORDS * 3).strip()}</p>")
    pieces = list(tree.texts.values())
    assert len(pieces) > 4
    assert all(piece.endswith(" ") for piece in pieces[:-1])
    assert b"ActualText" not in b"".join(page.Contents.read_bytes() for page in tree.pdf.pages)


def test_a_bold_word_at_a_lines_end_does_not_take_the_sentences_space() -> None:
    tree = tagged("<p id=a>One <strong>two</strong> three</p>", "p { width: 40pt }")
    assert tree.text(tree.by_id["a"]) == "One two three"
    strong = only(tree.elements("Strong"))
    assert [tree.texts[kid] for kid in strong.kids if not isinstance(kid, Element)] == ["two"]


def test_a_line_break_is_a_space() -> None:
    tree = tagged("<p id=a>first<br>second</p>")
    assert tree.text(tree.by_id["a"]) == "first second"


def test_right_to_left_words_are_said_in_their_order() -> None:
    tree = tagged(
        "<p id=a>health is <span lang=ar dir=rtl>الصحة</span> there, <span lang=he dir=rtl>שלום</span>.</p>"
    )
    assert tree.text(tree.by_id["a"]) == "health is الصحة there, שלום."


@pytest.mark.parametrize("hyphens", ["none", "manual", "auto"])
def test_soft_hyphens_and_hyphenation_change_no_word(hyphens: str) -> None:
    words = "anti\u00addis\u00adestablish\u00adment insulin-making characteristically misunderstood"
    tree = tagged(f"<p id=a>{words}</p>", f"p {{ width: 90pt; hyphens: {hyphens} }}", lang="en-US")
    assert tree.text(tree.by_id["a"]) == words


def test_letters_of_other_fonts_and_joined_letters_come_out_as_written() -> None:
    words = "efficient office flow: CO₂, β cells, ≥ 5, → 3, n\u0303, 10\u00a0mg, x\u2009y, cafe\u0301"
    tree = tagged(f"<p id=a>{words}</p>", "p { width: 120pt }")
    assert tree.text(tree.by_id["a"]) == words


def test_words_longer_than_a_line_are_whole() -> None:
    word = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
    tree = tagged(f"<p id=a>{word} ends.</p>", "p { overflow-wrap: break-word }")
    assert tree.text(tree.by_id["a"]) == f"{word} ends."


VOCABULARY = [
    *("insulin", "office", "ffl", "a", "I", "glucose-sensing", "10\u00a0mg", "“quote”", "—", "n=1", "don’t"),
    *("anti\u00addis\u00adestablish", "β", "CO₂", "→", "≥5", "العربية", "שלום", "Ελλάδα", "супер", "2–3"),
    *("gesellschaftskapitän", "n\u0303", "x\u2009y", "cafe\u0301"),
]


def _markup(dice: random.Random, depth: int = 0) -> str:
    """A line of random words, marks and spaces."""
    parts = []
    for _ in range(dice.randint(1, 6)):
        words = " ".join(dice.choice(VOCABULARY) for _ in range(dice.randint(1, 5)))
        inner = _markup(dice, depth + 1) if depth < 3 else words
        made = dice.choice(
            [words] * 4
            + [f"<strong>{inner}</strong>", f"<em>{inner}</em>", f"<span lang=es>{inner}</span>", "<br>"]
            + [f"<span class=unlinked>{inner}</span>"]
            + ([f'<a href="https://health.example/">{words}</a>'] if depth == 0 else [])
        )
        parts.append(made + dice.choice([" ", " ", "", "\n", "  "]))
    return "".join(parts)


@pytest.mark.parametrize("seed", range(4))
def test_any_mixture_of_marks_breaks_and_scripts_reads_as_written(seed: int) -> None:
    from lxml import html

    dice = random.Random(seed)
    width, hyphens = dice.randint(80, 230), dice.choice(["none", "manual", "auto"])
    body = "".join(f"<p id=p{n}>{_markup(dice)}</p>" for n in range(12))
    tree = tagged(body, f"p {{ width: {width}pt; hyphens: {hyphens}; overflow-wrap: break-word }}")
    page = html.fromstring(f"<div>{body}</div>")

    def folded(element: Any) -> str:
        return " ".join("".join(element.itertext()).replace("\n", " ").split(" ")).strip(" ")

    for br in page.iter("br"):
        br.tail = " " + (br.tail or "")
    for paragraph in page.iter("p"):
        words = " ".join(filter(None, folded(paragraph).split(" ")))
        read = tree.by_id.get(paragraph.get("id"))
        assert (tree.text(read) if read else "") == words
        for tag, role in (("strong", "Strong"), ("em", "Em"), ("a", "Link")):
            marked = [" ".join(filter(None, folded(each).split(" "))) for each in paragraph.iter(tag)]
            found = [tree.text(each) for each in read.all() if each.role == role] if read else []
            assert [each for each in found if each] == [each for each in marked if each]


# --- what cannot be tagged is refused --------------------------------------------------------


@pytest.mark.parametrize(
    ("css", "words"),
    [
        ("#a { text-transform: uppercase }", "changes or hides words of block “a”"),
        ("#a b { display: none }", "changes or hides words of block “a”"),
        ("#a { opacity: 0.5 }", "paints block “a” through a transparent group"),
    ],
)
def test_a_layout_that_changes_words_is_refused(css: str, words: str) -> None:
    body = "<p id=a>Nothing here is <b>medical</b> advice.</p>"
    tagged(body)
    with pytest.raises(PublishError, match=words):
        tagged(body, css)


def test_an_id_used_twice_is_refused() -> None:
    with pytest.raises(PublishError, match="uses the id “a” twice"):
        tagged("<p id=a>One</p><p id=a>Two</p>")


def test_another_version_of_weasyprint_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    import weasyprint

    monkeypatch.setattr(weasyprint, "__version__", "71.0")
    with pytest.raises(PublishError, match=r"WeasyPrint 71\.0 is installed.*need 70\.0"), tagging():
        pass


def test_the_replacement_holds_for_one_render_only() -> None:
    import weasyprint.pdf as writer

    stock = writer.add_tags
    with tagging():
        assert writer.add_tags is not stock
    assert writer.add_tags is stock
    with pytest.raises(ZeroDivisionError), tagging():
        raise ZeroDivisionError
    assert writer.add_tags is stock


def test_the_same_page_gives_the_same_bytes() -> None:
    assert printed(EVERYTHING) == printed(EVERYTHING)
