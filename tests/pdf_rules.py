"""The rules of the tag tree, held against a finished PDF: bytes in, complaints in words out.

What issue 3 asks of every print edition and veraPDF does not tell, or tells of one element alone: whether
the tree and the pages agree both ways, what stands inside what, and whether what is said of a list, a
note, a link or a picture is true of it. Written against the file, not against ``publish.render.tags``.

The rules: ISO 32000-1, 14.7 and 14.8 (structure, roles, artifacts), 12.3.2 and 12.3.3 (places,
bookmarks); for PDF 2.0 ISO 32000-2 and ISO 14289-2, 8.8 (places are elements).
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pikepdf
from pdf_tree import Element, TagTree

Faults = Iterator[str]


def names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_HEADINGS = frozenset({"H1", "H2", "H3", "H4", "H5", "H6"})
_NOTES = frozenset({"Note", "FENote"})
_BLOCKS = _HEADINGS | _NOTES | names("Art Part Sect Div Aside P L Table TOC Figure Caption")
_INLINE = names("Span Strong Em Link Reference Lbl Generated")
_HOLDS: dict[str, frozenset[str]] = {
    "Document": frozenset({"Art", "Part"}),
    **dict.fromkeys(("Art", "Part", "Sect", "Div", "Aside", "Note", "FENote"), _BLOCKS),
    "L": frozenset({"LI"}),
    "LI": frozenset({"Lbl", "LBody"}),
    "LBody": _BLOCKS | _INLINE,
    "TOC": frozenset({"TOCI", "TOC"}),
    "TOCI": frozenset({"Reference", "TOC"}),
    "Table": frozenset({"Caption", "THead", "TBody", "TFoot"}),
    **dict.fromkeys(("THead", "TBody", "TFoot"), frozenset({"TR"})),
    "TR": frozenset({"TH", "TD"}),
    "Reference": frozenset({"Link"}),
    "Figure": frozenset(),
    **dict.fromkeys((*_HEADINGS, *_INLINE - {"Reference"}, "P", "Caption", "TH", "TD"), _INLINE | {"Figure"}),
}
"""What each role may hold; narrower than ISO/TS 32005, as wide as our layouts need."""

_NO_WORDS = names(
    "Document Art Part Sect Div Aside L LI TOC TOCI Table THead TBody TFoot TR Reference Note FENote"
)
_MARKERS = {
    "Disc": "•",
    "Circle": "◦",
    "Square": "▪",
    "Decimal": r"\d+\.",
    "LowerAlpha": r"[a-z]+\.",
    "UpperAlpha": r"[A-Z]+\.",
    "LowerRoman": r"[ivxlcdm]+\.",
    "UpperRoman": r"[IVXLCDM]+\.",
}
_UNMARKED = frozenset({"None", "Description", "Ordered", "Unordered"})
_PAINTS = names("Tj TJ ' \" f F f* B B* b b* S s sh Do BI EI")


def faults(data: bytes) -> list[str]:
    """Return what is wrong with the tags of a PDF, in words; nothing, if nothing is."""
    tree = TagTree(data)
    rules = (
        _elements, _ways_back, _painted, _artifacts, _nesting, _headings, _lists, _tables, _figures, _links,
        _notes, _contents, _ids, _bookmarks, _texts, _document,
    )  # fmt: skip
    return [fault for rule in rules for fault in rule(tree)]


def _name(tree: TagTree, element: Element) -> str:
    return f"{element.role} “{element.id or tree.text(element)[:40]}”"


def _is_2(tree: TagTree) -> bool:
    return "/Namespaces" in tree.struct


# --- the tree and the pages ------------------------------------------------------------------


def _elements(tree: TagTree) -> Faults:
    """Every structure element stands in the tree, once, under the parent that it names."""
    if len(tree.struct.K) != 1:
        yield f"the tree has {len(tree.struct.K)} roots"
    standing = Counter(element.dictionary.objgen for element in tree.root.all())
    for each in tree.pdf.objects:
        is_element = isinstance(each, pikepdf.Dictionary) and {"/S", "/P"} <= set(each.keys())
        if is_element and standing[each.objgen] != 1:
            yield f"{each.S} {each.get('/ID', '')} stands {standing[each.objgen]} times in the tree"
    for element in tree.root.all():
        parent = element.parent.dictionary if element.parent else tree.struct
        if element.dictionary.P.objgen != parent.objgen:
            yield f"{_name(tree, element)} names another parent"


def _ways_back(tree: TagTree) -> Faults:
    """Content and links lead to elements, elements to content and links: the same both ways."""
    numbers = list(tree.struct.ParentTree.Nums)
    keys = [int(key) for key in numbers[::2]]
    back = dict(zip(keys, numbers[1::2], strict=True))
    if keys != sorted(set(keys)) or int(tree.struct.ParentTreeNextKey) <= max(keys):
        yield "the keys of the parent tree are out of order"
    owners: dict[tuple[int, int], Element] = {}
    for element in tree.root.all():
        for kid in element.kids:
            if not isinstance(kid, Element):
                if kid in owners:
                    yield f"content {kid} is in two elements"
                if kid not in tree.texts:
                    yield f"{_name(tree, element)} has content {kid}, which is on no page"
                owners[kid] = element
    used = set()
    for number, page in enumerate(tree.pdf.pages):
        key = int(page.obj.get("/StructParents", -1))
        used.add(key)
        listed = list(back.get(key, []))
        marks = {mark for at, mark in tree.texts if at == number}
        if marks != set(range(len(listed))):
            yield f"page {number + 1} has {len(marks)} contents, the parent tree {len(listed)}"
            continue
        for mark, parent in enumerate(listed):
            owner = owners.get((number, mark))
            if owner is None:
                yield f"page {number + 1}: content {mark} is in no element: {tree.texts[number, mark]}"
            elif owner.dictionary.objgen != parent.objgen:
                yield f"page {number + 1}: content {mark} leads back to another element"
    on_pages = [link.objgen for page in tree.pdf.pages for link in page.obj.get("/Annots", [])]
    tagged = []
    for element in tree.root.all():
        for link in element.annotations:
            tagged.append(link.objgen)
            key = int(link.get("/StructParent", -1))
            used.add(key)
            if key not in back or back[key].objgen != element.dictionary.objgen:
                yield f"the annotation of {_name(tree, element)} leads back to another element"
    if sorted(on_pages) != sorted(tagged):
        yield "the annotations of the pages are not those of the tree"
    if used != set(keys):
        yield f"the parent tree has keys that nothing uses: {set(keys) ^ used}"


def _painted(tree: TagTree) -> Faults:
    """Whatever is painted is in the tree or an artifact, and never both."""
    for number, page in enumerate(tree.pdf.pages, 1):
        around: list[bool] = []
        for instruction in pikepdf.parse_content_stream(page):
            operator, operands = str(instruction.operator), list(instruction.operands)
            if operator in ("BDC", "BMC"):
                is_artifact = str(operands[0]) == "/Artifact"
                is_content = len(operands) > 1 and "/MCID" in operands[1]
                if (is_artifact or is_content) and any(around):
                    yield f"page {number}: marked content stands in marked content"
                around.append(is_artifact or is_content)
            elif operator == "EMC":
                around.pop()
            elif operator in _PAINTS and not any(around):
                yield f"page {number}: {operator} paints what is neither in the tree nor an artifact"
        if around:
            yield f"page {number}: marked content does not end"


def _artifacts(tree: TagTree) -> Faults:
    """Running heads are Header or Footer; what else has words is a table's head again; dots are layout."""
    heads = {"".join(tree.shown[kid].split()) for kid in _contents_of(tree, "TH")}
    # A head of several languages is one artifact, its words in the order in which they are drawn.
    whole = {
        "".join(sorted("".join(tree.shown[kid] for kid in _words_of(head)).replace(" ", "")))
        for head in tree.elements("TH")
    }
    for number, names, text in tree.artifacts:
        kind, place = names.get("/Type"), names.get("/Subtype")
        letters = "".join(text.split()).strip(".\u2060")
        if kind not in ("/Pagination", "/Layout"):
            yield f"page {number + 1}: an artifact of type {kind}: {text}"
        elif kind == "/Pagination" and place not in ("/Header", "/Footer"):
            yield f"page {number + 1}: furniture of type {place}: {text}"
        elif kind == "/Layout" and letters and letters not in heads and "".join(sorted(letters)) not in whole:
            yield f"page {number + 1}: words are hidden as layout: {text}"


def _contents_of(tree: TagTree, role: str) -> Iterator[tuple[int, int]]:
    for found in tree.elements(role):
        yield from _words_of(found)


def _words_of(found: Element) -> Iterator[tuple[int, int]]:
    for element in found.all():
        yield from (kid for kid in element.kids if not isinstance(kid, Element))


# --- roles -----------------------------------------------------------------------------------


def _nesting(tree: TagTree) -> Faults:
    """Roles are known, stand where they may, and hold words only where words may stand."""
    if [child.role in ("Art", "Part") for child in tree.root.children] != [True]:
        yield "the document is not one article"
    for element in tree.root.all():
        if element.role not in _HOLDS:
            yield f"{element.role} is no role"
            continue
        for child in element.children:
            if child.role not in _HOLDS[element.role]:
                yield f"{_name(tree, element)} holds {_name(tree, child)}"
        own = "".join(tree.texts.get(kid, "") for kid in element.kids if not isinstance(kid, Element))
        if own.strip() and element.role in _NO_WORDS:
            yield f"{_name(tree, element)} holds words itself: {own[:40]}"
        if not element.kids and element.role not in ("TD", "TH"):
            yield f"{_name(tree, element)} is empty"
        if element.role == "Caption":
            assert element.parent is not None
            beside = [child.role for child in element.parent.children]
            if beside != ["Figure", "Caption"] and not (
                element.parent.role == "Table" and beside[0] == "Caption"
            ):
                yield f"{_name(tree, element)} stands among {', '.join(beside)}"


def _headings(tree: TagTree) -> Faults:
    """One H1, first; no level is skipped; every section has a heading, and none above its own inside."""
    before = 0
    for element in tree.root.all():
        if element.role in _HEADINGS:
            level = int(element.role[1])
            if level > before + 1:
                yield f"{_name(tree, element)} comes after level {before}"
            before = level
        elif element.role in ("Sect", "Aside") and [each.role for each in element.children] != [
            "Figure",
            "Caption",
        ]:
            inside = [int(each.role[1]) for each in element.all() if each.role in _HEADINGS]
            if not inside or min(inside) < inside[0]:
                yield f"the section {_name(tree, element)} has no heading of its own"
    if [each.role for each in tree.root.all() if each.role in _HEADINGS].count("H1") != 1:
        yield "there is not one H1"


def _lists(tree: TagTree) -> Faults:
    """Every list tells its numbering, and its labels are of that kind."""
    for found in tree.elements("L"):
        numbering = str(found.attribute("/ListNumbering"))[1:]
        if numbering not in _UNMARKED and numbering not in _MARKERS:
            yield f"{_name(tree, found)} tells no numbering: {numbering}"
        for item in found.children:
            roles = [child.role for child in item.children]
            label = tree.text(item.children[0]) if roles[:1] == ["Lbl"] else ""
            bodies = roles[1:] if roles[:1] == ["Lbl"] else roles
            if not bodies or set(bodies) != {"LBody"}:
                yield f"{_name(tree, item)} holds {', '.join(roles)}"
            pattern = _MARKERS.get(numbering)
            if pattern and not re.fullmatch(pattern, label):
                yield f"{_name(tree, found)} is numbered {numbering}, its label is {label}"
            if not pattern and any(re.fullmatch(each, label) for each in _MARKERS.values()):
                yield f"{_name(tree, found)} is numbered {numbering}, its label is {label}"


def _tables(tree: TagTree) -> Faults:
    """A table is a rectangle; its headers have a scope; every cell has a header over or beside it."""
    for table in tree.elements("Table"):
        rows = [element for element in table.all() if element.role == "TR"]
        grid: dict[tuple[int, int], Element] = {}
        for down, row in enumerate(rows):
            across = 0
            for cell in row.children:
                while (down, across) in grid:
                    across += 1
                for y in range(int(cell.attribute("/RowSpan") or 1)):
                    for x in range(int(cell.attribute("/ColSpan") or 1)):
                        grid[down + y, across + x] = cell
        width = 1 + max(across for _, across in grid)
        if len(grid) != width * len(rows):
            yield f"{_name(tree, table)} is no rectangle"
        for (down, across), cell in grid.items():
            scope = str(cell.attribute("/Scope"))
            if cell.role == "TH" and scope not in ("/Row", "/Column", "/Both"):
                yield f"{_name(tree, cell)} has scope {scope}"
            heads = [(grid.get((y, across)), "/Column") for y in range(down)]
            heads += [(grid.get((down, x)), "/Row") for x in range(across)]
            scopes = [(head and str(head.attribute("/Scope")), way) for head, way in heads]
            if cell.role == "TD" and not any(scope in (way, "/Both") for scope, way in scopes):
                yield f"{_name(tree, cell)} has no header"


def _figures(tree: TagTree) -> Faults:
    """A picture says what it shows, and its box, in points, is around what is drawn, closely."""
    import pdfplumber

    figures = tree.elements("Figure")
    if not figures:
        return
    file = io.BytesIO()
    tree.pdf.save(file)
    with pdfplumber.open(file) as pages:
        for figure in figures:
            if not str(figure.dictionary.get("/Alt", "")).strip():
                yield f"{_name(tree, figure)} has no words"
            box = [float(each) for each in figure.attribute("/BBox") or ()]
            ((number, mark),) = [kid for kid in figure.kids if not isinstance(kid, Element)]
            page = pages.pages[number]
            drawn = [
                each
                for kind in (page.rects, page.lines, page.curves, page.images, page.chars)
                for each in kind
                if each.get("mcid") == mark
            ]
            around = [
                min(each["x0"] for each in drawn),
                min(each["y0"] for each in drawn),
                max(each["x1"] for each in drawn),
                max(each["y1"] for each in drawn),
            ]
            if len(box) != 4 or any(abs(one - other) > 3 for one, other in zip(box, around, strict=True)):
                yield f"{_name(tree, figure)} says it is at {box} and is drawn at {around}"


# --- links, notes, contents --------------------------------------------------------------------


def _places(tree: TagTree) -> dict[str, Any]:
    names = list(tree.pdf.Root.get("/Names", {}).get("/Dests", {}).get("/Names", []))
    return {str(name): place for name, place in zip(names[::2], names[1::2], strict=True)}


def _links(tree: TagTree) -> Faults:
    """A link leads somewhere, to one place, and is called by words; in PDF 2.0 the place is an element."""
    places = _places(tree)
    for name in places.keys() - tree.by_id.keys():
        yield f"the place {name} is no element"
    for element in tree.root.all():
        if element.role != "Link":
            if element.annotations:
                yield f"{_name(tree, element)} holds a link"
            continue
        goals = {str(each.Dest if "/Dest" in each else each.A.URI) for each in element.annotations}
        if len(goals) != 1:
            yield f"{_name(tree, element)} leads to {len(goals)} places"
        for each in element.annotations:
            called = str(each.get("/Contents", ""))
            is_address = "://" in called or called in tree.by_id
            if not any(map(str.isalpha, called)) or (is_address and called not in tree.text(element)):
                yield f"{_name(tree, element)} is called “{called}”"
            goal = str(each.get("/Dest", ""))
            if goal and goal not in places:
                yield f"{_name(tree, element)} leads to {goal}, which is nowhere"
            elif goal and _is_2(tree):
                target = places[goal].get("/SD") if isinstance(places[goal], pikepdf.Dictionary) else None
                if target is None or str(target[0].get("/ID", "")) != goal:
                    yield f"the place {goal} leads to no element"


def _notes(tree: TagTree) -> Faults:
    """A mark leads to the note of its number, and the note leads back to each of its marks."""
    notes = {element.id: element for element in tree.root.all() if element.role in _NOTES}
    marks: dict[str, list[str]] = {id: [] for id in notes}
    for mark in tree.elements("Reference"):
        assert mark.parent is not None
        if mark.parent.role == "TOCI" or not (annotations := [*_annotations(mark)]):
            continue
        goal, number = str(annotations[0].get("/Dest", "")), tree.text(mark).strip("[]")
        if goal not in notes:
            yield f"{_name(tree, mark)} leads to no note"
            continue
        marks[goal].append(mark.id)
        labels = [tree.text(each) for each in notes[goal].all() if each.role == "Lbl"]
        if labels[:1] != [f"{number}."]:
            yield f"the mark {number} leads to the note {', '.join(labels[:1])}"
        if any(str(each.get("/Contents")) != f"Note {number}" for each in annotations):
            yield f"the mark {number} is not called by its number"
    for id, note in notes.items():
        links = [each for each in note.all() if each.role == "Link"]
        back = [str(each.get("/Dest")) for link in links for each in link.annotations if "/Dest" in each]
        if not id or sorted(set(back)) != sorted(marks[id]):
            yield f"the note {id} leads back to {back}, its marks are {marks[id]}"


def _annotations(element: Element) -> Iterator[Any]:
    for each in element.all():
        yield from each.annotations


def _contents(tree: TagTree) -> Faults:
    """A line of the contents is a reference, a link in it, that says the words of the heading it leads to."""
    for entry in tree.elements("TOCI"):
        links = [*_annotations(entry)]
        goal = str(links[0].get("/Dest", "")) if links else ""
        if goal not in tree.by_id:
            yield f"{_name(tree, entry)} leads nowhere"
            continue
        heading = next((each for each in tree.by_id[goal].all() if each.role in _HEADINGS), None)
        words, page = tree.text(entry).rpartition(" ")[::2]
        if heading is None or words != tree.text(heading) or page != str(heading.pages()[0] + 1):
            yield f"{_name(tree, entry)} leads to {goal}, which says otherwise or is elsewhere"


def _ids(tree: TagTree) -> Faults:
    """The list of ids has every id, once, in order, and leads to the element that has it."""
    names = list(tree.struct.IDTree.Names)
    listed = [str(name) for name in names[::2]]
    if listed != sorted({element.id for element in tree.root.all() if element.id}):
        yield "the list of ids is not the ids of the tree, in order"
    for name, element in zip(listed, names[1::2], strict=True):
        if str(element.get("/ID", "")) != name or name not in tree.by_id:
            yield f"the list of ids leads from {name} to {element.get('/ID', '')}"


def _bookmarks(tree: TagTree) -> Faults:
    """Every heading has its bookmark, in order and at its depth, which leads to it or to its page."""
    headings = [element for element in tree.root.all() if element.role in _HEADINGS]
    found: list[tuple[str, int, Any]] = []

    def walk(item: Any, depth: int) -> None:
        while item is not None:
            found.append((str(item.Title), depth, item.get("/Dest")))
            walk(item.get("/First"), depth + 1)
            item = item.get("/Next")

    walk(tree.pdf.Root.get("/Outlines", {}).get("/First"), 1)
    if [(words, depth) for words, depth, _ in found] != [
        (tree.text(element), int(element.role[1])) for element in headings
    ]:
        yield "the bookmarks are not the headings"
        return
    for (words, _, place), heading in zip(found, headings, strict=True):
        if _is_2(tree):
            right = place[0].objgen == heading.dictionary.objgen
        else:
            right = tree.pages.get(place[0].objgen) == heading.pages()[0]
        if not right:
            yield f"the bookmark “{words}” leads elsewhere"


# --- words -----------------------------------------------------------------------------------


def _texts(tree: TagTree) -> Faults:
    """Glyphs in another order, and hyphens the layout added, have their words told; no other words are."""
    for key, shown in tree.shown.items():
        said = tree.texts[key]
        if any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in shown + said):
            # Laid out from the right: the words as written are those the glyphs say backwards.
            if len(shown.strip()) > 1 and said == shown:
                yield f"page {key[0] + 1}: right-to-left words are told as they stand: {shown}"
            continue
        if shown.endswith("\u2010") and not said.endswith("\u00ad"):
            yield f"page {key[0] + 1}: a hyphen that the layout added is told: {shown}"
        if _letters(said) != _letters(shown.removesuffix("\u2010")):
            yield f"page {key[0] + 1}: “{shown}” is told as “{said}”"


def _letters(text: str) -> str:
    """What glyphs can tell: letters without spaces, and with their marks."""
    return unicodedata.normalize("NFC", "".join(text.replace("\u00ad", "").split()))


def _document(tree: TagTree) -> Faults:
    """The file says its language, that it is tagged, and its title; keys go through links in tag order."""
    root = tree.pdf.Root
    if not str(root.get("/Lang", "")):
        yield "the file tells no language"
    if not root.get("/MarkInfo", {}).get("/Marked"):
        yield "the file does not say that it is tagged"
    if not root.get("/ViewerPreferences", {}).get("/DisplayDocTitle"):
        yield "the file is named by its file name"
    for number, page in enumerate(tree.pdf.pages, 1):
        if str(page.obj.get("/Tabs", "")) != "/S":
            yield f"page {number}: keys do not go through links in tag order"
