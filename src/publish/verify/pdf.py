"""Read a finished PDF: its bytes in, a ``Reading`` out, in the order and words of its tag tree.

What a screen reader is told (the tag tree, ActualText) and what an eye is shown (glyphs, colours,
places) are both read, and where they differ the block says so. Page furniture (artifacts) is no text.

Rules: ISO 32000-1, 14.7 (logical structure), 14.8 (tagged PDF), 12.3.2 (destinations); the tree we
write is described in docs/layouts.md.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any

import pikepdf

from publish.model import direction
from publish.verify.aloud import always_misread, misread, run_together
from publish.verify.destinations import Place, Places, keys, leaves
from publish.verify.drawings import grown, unaccounted
from publish.verify.fonts import Glyph
from publish.verify.lines import Stretch, out_of_order
from publish.verify.opened import opened_otherwise
from publish.verify.page import (
    Box,
    Content,
    Key,
    Piece,
    Shown,
    joined,
    meet,
    not_read,
    read_pages,
    taken_from_file,
    within,
)
from publish.verify.reading import (
    LOST,
    Block,
    Drawn,
    Entry,
    Fault,
    Letter,
    Reading,
    Role,
    Span,
    canonical,
    canonical_offset,
    marked,
    names,
)
from publish.verify.safety import Outside, print_outside
from publish.verify.seen import Draft, box_on, boxes, look
from publish.verify.tagtree import Item, Marks, Tag, TagTree

MAX_BYTES = 256 * 1024 * 1024

_ROLES: Mapping[str, Role] = {
    **dict.fromkeys(("H1", "H2", "H3", "H4", "H5", "H6"), "heading"),
    "P": "paragraph",
    "Lbl": "term",
    "LBody": "definition",
    "TH": "header",
    "TD": "cell",
    "Caption": "caption",
    "Figure": "alternative",
}
_INLINE = names("Span Quote Code Link Reference Annot Strong Em Sub Generated BibEntry Ruby Warichu")
_KNOWN = _INLINE | names(
    "Document DocumentFragment Part Art Sect Div BlockQuote Caption TOC TOCI Index NonStruct Private P H H1 "
    "H2 H3 H4 H5 H6 L LI Lbl LBody Table TR TH TD THead TBody TFoot Figure Formula Form Note "
    "FENote Aside Title"
)


def read(data: bytes) -> Reading:
    """Return what the PDF says; raises ``PublishError`` for bytes that are no tagged PDF.

    ``Block.page`` is the page of a block's first letter.
    """
    if len(data) > MAX_BYTES:
        raise not_read(f"it has more than {MAX_BYTES} bytes")
    contents = read_pages(data)
    with taken_from_file(), pikepdf.open(io.BytesIO(data)) as pdf:
        taken = _taken(pdf)
    return _reading(taken, contents)


@dataclass(frozen=True, slots=True)
class _Taken:
    """All that is asked of the objects of a file, as plain values of ours: what goes wrong with these is no
    fault of the file. ``foreign`` are words, and their pages, that nobody wrote."""

    tree: _Node
    places: Places
    language: str
    metadata: dict[str, str]
    bookmarks: tuple[_Bookmark, ...]
    foreign: tuple[tuple[str, int], ...]
    outside: Outside
    labels: tuple[str, ...]
    faults: tuple[Fault, ...]
    """What is wrong with the tags, or the metadata, as a whole."""


def _taken(pdf: pikepdf.Pdf) -> _Taken:
    root = pdf.Root
    if "/StructTreeRoot" not in root:
        raise not_read("it has no tags")
    pages = {page.obj.objgen: number for number, page in enumerate(pdf.pages, 1)}
    places = Places(pdf, pages)
    tree = _Tree(pdf, places).read()
    return _Taken(
        tree,
        places,
        str(root.get("/Lang", "")),
        metadata(root),
        tuple(_bookmarks(root, places)),
        tuple(_foreign(pdf, tree, places)),
        print_outside(pdf),
        tuple(str(page.label) for page in pdf.pages),
        (
            *(Fault("tags", message) for message in _tag_faults(pdf)),
            *(Fault("metadata", message) for message in _told_twice(pdf)),
            *(Fault("viewer", message, page=page) for message, page in opened_otherwise(pdf, places)),
        ),
    )


def _told_twice(pdf: pikepdf.Pdf) -> Iterator[str]:
    """Yield what the old Info dictionary says otherwise than the XMP packet."""
    info: Any = pdf.trailer.get("/Info", pikepdf.Dictionary())
    packet = metadata(pdf.Root)
    for key, name in _IN_INFO.items():
        if key in info and canonical(str(info[key])) != packet.get(name, ""):
            said = f"{packet.get(name, '')!r} and {str(info[key])[:80]!r}"
            yield f"the file tells two things of its {name}: {said}"


_IN_INFO = {"/Title": "title", "/Subject": "description", "/Author": "author", "/Keywords": "keywords"}


def _tag_faults(pdf: pikepdf.Pdf) -> Iterator[str]:
    """Yield why a reader might not be given the tags: ISO 32000-1, 14.7.1 and 14.7.4.4."""
    root: Any = pdf.Root
    marked = root.get("/MarkInfo", {})
    if not marked.get("/Marked", False) or marked.get("/Suspects", False):
        yield "the file does not say that its tags can be trusted (MarkInfo)"
    if "/ClassMap" in root.StructTreeRoot:
        yield "the tags of the file have classes, which may change what is heard (ClassMap)"
    if any(map(_odd_namespace, root.StructTreeRoot.get("/Namespaces", ()))):
        yield "the file has a list that gives tags other meanings (Namespaces)"
    tree = root.StructTreeRoot.get("/ParentTree")
    if tree is None:
        yield "the file does not say to which tag each of its words belongs (ParentTree)"
        return
    parents = {int(number): value for number, value in leaves(tree, "/Nums", set())}
    for number, page in enumerate(pdf.pages, 1):
        own = parents.get(int(page.obj.get("/StructParents", -1)))
        if "/StructParents" in page.obj and not isinstance(own, pikepdf.Array):
            yield f"the file does not say to which tags the words of page {number} belong (ParentTree)"
            continue
        for mark, parent in enumerate(own or ()):
            if isinstance(parent, pikepdf.Dictionary) and not _holds(parent, mark, page.obj.objgen):
                yield f"words of page {number} belong to one tag, and the file names another (ParentTree)"
                break


def _holds(element: Any, mark: int, page: tuple[int, int]) -> bool:
    """Whether an element says of itself that it has a marked content of a page."""
    kids = element.get("/K")
    its_page = element.Pg.objgen if "/Pg" in element else page
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, int):
            if kid == mark and its_page == page:
                return True
        elif (
            isinstance(kid, pikepdf.Dictionary)
            and kid.get("/MCID") == mark
            and ("/Stm" in kid or (kid.Pg.objgen if "/Pg" in kid else its_page) == page)
        ):
            return True
    return False


def _reading(taken: _Taken, contents: tuple[Content, ...]) -> Reading:
    for node in taken.tree.within():
        if isinstance(node, _Node) and node.id in taken.places.named:
            marks = (kid for kid in node.within() if isinstance(kid, Marks))
            if first := next(marks, None):
                taken.places.check(node.id, first.page)
    walk = _Walk(contents, taken.places, taken.language)
    walk.inside(taken.tree, walk.language, None)
    walk.flush(walk.language)
    walk.add_untagged()
    for words, page in taken.foreign:
        walk.insert([Piece(words)], page)
    look(walk.drafts, contents)
    labels = taken.labels
    body = walk.body_size()
    headings = [draft for draft in walk.drafts if draft.block.role == "heading"]
    return Reading(
        tuple(draft.finished(body) for draft in walk.drafts),
        taken.metadata,
        walk.entries(walk.contents),
        walk.entries(each.entry(headings) for each in taken.bookmarks),
        pages=len(contents),
        running=tuple(tuple(_running(content)) for content in contents),
        page_labels=labels,
        dangers=tuple(taken.outside.dangers),
        faults=(
            *taken.faults,
            *(Fault("viewer", _TURNED, page=each.number) for each in contents if each.turned),
            *_entry_faults(walk, labels),
            *_drawing_faults(walk, contents),
            *_link_faults(walk, taken.tree),
        ),
        link_names=tuple(_link_names(walk, taken.tree)),
        drawn=tuple(_drawn(walk, contents)),
        letters=tuple(_drawn_letters(walk, contents)),
        addresses=tuple(taken.outside.addresses),
    )


# --- the tag tree --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Annotation:
    """A link annotation that belongs to an element: its object number, its target and place."""

    number: int
    target: str
    place: Place | None
    odd: str = ""
    """What it does besides leading to one place."""
    said: str = ""
    page: int = 0
    box: Box = (0.0, 0.0, 0.0, 0.0)


@dataclass(slots=True)
class _Node:
    """One structure element. ``kind`` is its standard type, or Strong, Em, Generated."""

    kind: str
    id: str = ""
    language: str = ""
    alternative: str | None = None
    said: str | None = None
    odd: str = ""
    """How it is heard otherwise than by its words, its Alt and its ActualText."""
    head: str = ""
    """Of a TH, what it is the head of: "Column", "Row"; of an L, how it says that it is numbered."""
    box: Box | None = None
    """Of a Figure, where the file says that it stands."""
    kids: list[_Node | Marks | _Annotation] = field(default_factory=list)

    def within(self) -> Iterator[_Node | Marks | _Annotation]:
        """Yield everything inside, in order."""
        for kid in self.kids:
            yield kid
            if isinstance(kid, _Node):
                yield from kid.within()


class _Tree:
    """Copies the tree out of the file, so that what follows is plain values."""

    def __init__(self, pdf: pikepdf.Pdf, places: Places) -> None:
        self.tree, self.places = TagTree(pdf), places
        self.annotations = {
            each.objgen: number
            for number, page in enumerate(pdf.pages, 1)
            for each in page.obj.get("/Annots", [])
        }

    def read(self) -> _Node:
        return _Node("Document", kids=list(self.kids(self.tree.top)))

    def kids(self, tag: Tag) -> Iterator[_Node | Marks | _Annotation]:
        for kid in self.tree.kids(tag):
            match kid:
                case Tag():
                    yield self.element(kid, self.tree.kind(tag, _KNOWN) if tag.depth else "")
                case Item():
                    yield self.annotation(kid.given)
                case Marks():
                    yield kid

    def annotation(self, given: Any) -> _Annotation:
        target, place = self.places.target(given)
        x1, y1, x2, y2 = (float(value) for value in given.get("/Rect", (0, 0, 0, 0)))
        box = min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)
        said, page = str(given.get("/Contents", "")), self.annotations.get(given.objgen, 0)
        return _Annotation(given.objgen[0], target, place, self.places.oddity(given), said, page, box)

    def element(self, tag: Tag, parent: str) -> _Node:
        # Our own Strong, Em and Generated tell more than the Span that stands for them.
        given, kind = tag.given, self.tree.kind(tag, _KNOWN)
        node = _Node(
            kind,
            str(given.get("/ID", "")),
            str(given.get("/Lang", "")),
            _optional(given.get("/Alt")),
            _optional(given.get("/ActualText")),
        )
        node.odd, node.head = self.oddity(tag, kind)
        node.odd = node.odd or _misplaced(kind, parent) or _odd_namespace(given.get("/NS"))
        if kind == "L":
            node.head = _numbering(given.get("/A"))
        if kind == "Figure":
            node.box = _figure_box(given.get("/A"))
        node.kids = list(self.kids(tag))
        return node

    def oddity(self, tag: Tag, kind: str) -> tuple[str, str]:
        """Return how an element is heard otherwise than by its words, "" if it is not; and what it heads."""
        given, name, roles = tag.given, tag.name, self.tree.roles
        odd = next((f"its tag has /{key}" for key in keys(given) if key not in _ENTRIES), "")
        if name in roles.keys() & _KNOWN and (name not in _OURS or roles[name] not in ("Span", name)):
            odd = f"its tag /{name} is read as /{roles[name]}"
        elif kind in ("Private", "Artifact") or kind not in _KNOWN:
            odd = f"what is tagged as /{name} is not read aloud"
        head = ""
        attributes = given.get("/A")
        for each in attributes if isinstance(attributes, pikepdf.Array) else [attributes]:
            if isinstance(each, pikepdf.Dictionary):
                head = str(each.get("/Scope", f"/{head}"))[1:]
                wrong = [key for key in keys(each) if key not in _ATTRIBUTES and each[f"/{key}"] != 1]
                odd = odd or next((f"its tag has /{key}" for key in wrong), "")
        return odd, head


_HEADINGS = names("H H1 H2 H3 H4 H5 H6")
_WITHIN = {
    "LI": names("L"),
    "LBody": names("LI"),
    "TR": names("Table THead TBody TFoot"),
    **dict.fromkeys(("TH", "TD"), names("TR")),
    **dict.fromkeys(("THead", "TBody", "TFoot"), names("Table")),
    **dict.fromkeys(("Note", "FENote"), names("LBody LI")),
}
"""What elements must stand in, so that they are heard as what they are: ISO 32000-1, 14.8.4.3."""


def _misplaced(kind: str, parent: str) -> str:
    """Return how an element is heard otherwise because of where it stands, or ""."""
    if kind in ("Form", "Formula"):
        return f"its tag /{kind} says that it is no text"
    if parent in _HEADINGS and kind not in _INLINE and kind not in ("Lbl", "Figure", "NonStruct"):
        return f"its tag /{kind} stands in a heading and is heard as one"
    if kind in _WITHIN and parent not in _WITHIN[kind]:
        return f"its tag /{kind} stands in /{parent}, where it is not heard as what it is"
    return ""


_NAMESPACES = ("http://iso.org/pdf2/ssn", "http://iso.org/pdf/ssn")


def _odd_namespace(namespace: Any) -> str:
    """Return why a tag of ``namespace`` may mean something else than its name says (ISO 32000-2, 14.7.4)."""
    if namespace is None:
        return ""
    if "/RoleMapNS" in namespace or str(namespace.get("/NS", "")) not in _NAMESPACES:
        return "its tag is one of a list that gives tags other meanings (NS)"
    return ""


def _numbering(attributes: Any) -> str:
    """Return how a list says that it is numbered."""
    for each in attributes if isinstance(attributes, pikepdf.Array) else [attributes]:
        if isinstance(each, pikepdf.Dictionary) and "/ListNumbering" in each:
            return str(each.ListNumbering)[1:]
    return ""


_NUMBERS = {
    "Decimal": r"\d+",
    "LowerAlpha": "[a-z]+",
    "UpperAlpha": "[A-Z]+",
    "LowerRoman": "[ivxlcdm]+",
    "UpperRoman": "[IVXLCDM]+",
    **dict.fromkeys(("Disc", "Circle", "Square"), r"\W+"),
}


def _figure_box(attributes: Any) -> Box | None:
    for each in attributes if isinstance(attributes, pikepdf.Array) else [attributes]:
        if isinstance(each, pikepdf.Dictionary) and "/BBox" in each:
            left, bottom, right, top = (float(value) for value in each.BBox)
            return left, bottom, right, top
    return None


_OURS = ("Strong", "Em", "Generated")
_ENTRIES = names("Type S P Pg K ID A Lang Alt ActualText NS Ref R AF")
"""The entries of structure elements that are read here, or decide nothing: ISO 32000-2, table 355."""
_ATTRIBUTES = names(
    "O BBox Placement Width Height BlockAlign InlineAlign TextAlign WritingMode StartIndent EndIndent "
    "TextIndent SpaceBefore SpaceAfter LineHeight BaselineShift Color BackgroundColor BorderColor "
    "BorderStyle BorderThickness Padding TBorderStyle TPadding ListNumbering Scope NoteType"
)


def _optional(value: Any) -> str | None:
    return None if value is None else str(value)


# --- the walk ------------------------------------------------------------------------------


@dataclass(slots=True)
class _Table:
    """Where the walk is in a table: how many tables came before it, its rows and cells so far."""

    count: int = 0
    row: int = 0
    column: int = 0

    def enter(self, node: _Node) -> None:
        if node.kind == "TR":
            self.row, self.column = self.row + 1, 0
        elif node.kind in ("TH", "TD"):
            self.column += 1

    def cell(self, node: _Node) -> str:
        """Return the place of the cell that was entered last, in words."""
        if not self.row:
            return "no row"
        head = f", head of its {node.head.lower()}" if node.head else ""
        return f"row {self.row}, column {self.column}{head}"


class _Walk:
    """The walk along the tag tree; ``run`` gathers loose words, ``open`` the ids of elements around."""

    def __init__(self, contents: tuple[Content, ...], places: Places, language: str) -> None:
        self.pages, self.places, self.language = contents, places, language
        self.drafts: list[Draft] = []
        self.contents: list[Entry] = []
        self.heads: dict[str, str] = {}
        self.ids: dict[str, bool] = {}
        self.run: list[Piece] = []
        self.open: list[str] = []
        self.silent = 0  # how many elements around have an Alt, which is heard for all that is in them
        self.odd: list[str] = []  # how elements around are heard otherwise than by their words
        self.marker = ""  # what stands before the item that comes next
        self.numbering = ""  # of the list around
        self.table = _Table()
        self.figures: list[tuple[_Node, list[Marks]]] = []
        self.entries_drawn: list[tuple[Entry, int | None, str, list[Piece]]] = []
        self.used: set[tuple[int, Key]] = set()

    def pieces(self, marks: Marks) -> list[Piece]:
        """Return the text of a marked content and note that the tree has it."""
        self.used.add((marks.page, marks.key))
        if not 1 <= marks.page <= len(self.pages):
            return []
        return self.pages[marks.page - 1].pieces.get(marks.key, [])

    def all_pieces(self, node: _Node) -> list[Piece]:
        return [piece for kid in node.within() if isinstance(kid, Marks) for piece in self.pieces(kid)]

    def inside(self, node: _Node, language: str, toc: int | None) -> None:
        """Walk what is in a container; ``toc`` counts the tables of contents around."""
        if node.said is not None:
            self.run.append(Piece(node.said, True, [s for p in self.all_pieces(node) for s in p.shown]))
            return
        for kid in node.kids:
            match kid:
                case Marks():
                    self.run += self.pieces(kid)
                case _Annotation():
                    if kid.target.endswith(LOST):
                        self.run.append(Piece(f" leads to nothing: {kid.target} "))
                case _Node():
                    self.child(kid, node, language, toc)

    def child(self, node: _Node, parent: _Node, language: str, toc: int | None) -> None:
        own = node.language or language
        role = _ROLES.get(node.kind)
        if node.id:
            self.note_id(node.id, bool(role), own)
        self.table.enter(node)
        if role and node.id:
            self.flush(language)
            is_item = (
                role == "paragraph" and parent.kind == "LBody" and not parent.id and parent.kids[0] is node
            )
            self.block(node, "item" if is_item else role, own)
            return
        if node.kind == "Generated" or (node.kind == "Lbl" and parent.kind == "LI"):
            self.generated(node, own)
            return
        if node.kind == "TOCI":
            self.flush(language)
            self.entry(node, own, max(toc or 0, 1))
            return
        if node.kind == "Figure":
            self.flush(language)
            self.picture(node)  # the letters in a picture are told by its Alt
            self.add_loose([Piece(node.alternative or "")], own)
            return
        if node.kind == "TOC":
            toc = (toc or 0) + 1
        breaks = node.kind not in _INLINE
        if breaks:
            self.flush(language)
        silences = node.alternative is not None
        if node.id:
            self.open.append(node.id)
        self.silent += silences
        self.odd.append(node.odd)
        outer, numbering = self.table, self.numbering
        if node.kind == "Table":
            self.table = _Table(outer.count)
        if node.kind == "L":
            self.numbering = node.head
        self.inside(node, own, toc)
        self.numbering = numbering
        if node.kind == "Table":
            self.table = _Table(outer.count + 1)
        self.odd.pop()
        self.silent -= silences
        if node.kind == "LI":
            self.unmarked(own)
        if node.id:
            self.open.pop()
        if breaks:
            self.flush(own)

    def note_id(self, id: str, is_block: bool, language: str) -> None:
        if id in self.ids and not (is_block and self.ids[id]):
            self.drafts.append(Draft(Block(id, "loose", "", language=language)))
        self.ids.setdefault(id, is_block)

    def generated(self, node: _Node, language: str) -> None:
        """Words and numbers that style sheets add are nobody's; the number of an item is compared with it."""
        pieces = self.all_pieces(node)
        text = canonical(_text(pieces))
        if node.kind == "Lbl" and re.fullmatch(r"\(?(\d{1,5}|[A-Za-z]|[ivxIVX]{1,6})[.):]?|[\W_]{1,2}", text):
            self.marker = text
        elif text:
            self.add_loose(pieces, language)

    def unmarked(self, language: str) -> None:
        """Add what stood before an item, and no item came that it could belong to."""
        if self.marker:
            self.add_loose([Piece(self.marker)], language)
        self.marker = ""

    def entry(self, node: _Node, language: str, level: int) -> None:
        """One line of the contents. Lists inside it are entries of their own."""
        raw, target = "", ""
        spans: list[Span] = []
        drawn: list[Piece] = []
        added: list[Piece] = []

        def gather(node: _Node) -> None:
            nonlocal raw, target
            start = len(raw)
            for kid in node.kids:
                match kid:
                    case Marks():
                        drawn.extend(self.pieces(kid))
                        raw += _text(self.pieces(kid))
                    case _Annotation():
                        target = target or self.place_of(kid)
                    case _Node(kind="TOC"):
                        pass
                    case _Node(kind="Generated"):
                        added.extend(self.all_pieces(kid))
                    case _Node():
                        gather(kid)
            if node.language:
                spans.append(Span(start, len(raw), "language", node.language))

        gather(node)
        text, languages = marked(raw, spans)
        self.contents.append(Entry(text, target.removeprefix("#"), level, languages))
        self.entries_drawn.append((self.contents[-1], self.page_of(node), _text(added), [*drawn, *added]))
        for kid in node.within():
            if isinstance(kid, _Node) and kid.kind == "TOC":
                self.child(kid, node, language, level)

    def flush(self, language: str) -> None:
        self.add_loose(self.run, language)
        self.run = []

    def add_loose(self, pieces: Iterable[Piece], language: str) -> None:
        pieces = list(pieces)
        if text := canonical(_text(pieces)):
            block = Block("", "loose", text, language=language, page=_first_page(pieces))
            self.drafts.append(Draft(block, pieces))

    def block(self, node: _Node, role: Role, language: str) -> None:
        text = _Text(self, language)
        if role == "alternative":
            text.raw = node.alternative or ""
            text.hidden = self.picture(node)
        else:
            if node.alternative is not None or self.silent:
                text.hidden = "its Alt is heard in place of its words"
            text.inside(node, language)
        text.hidden = text.hidden or node.odd or next(filter(None, self.odd), "")
        plain, spans = marked(text.raw, text.spans)
        level = int(node.kind[1]) if role == "heading" else 0
        pieces = [*text.label, *text.pieces, *text.notes]
        page = _first_page([*text.label, *text.pieces]) or self.page_of(node)
        hidden = text.hidden or next(filter(None, text.misread()), "")
        label = canonical(_text(text.label))
        breaks = tuple(text.breaks(page))
        block = Block(node.id, role, plain, level, language, label, spans, page, hidden, breaks=breaks)
        if role == "item":
            shape, marker = _NUMBERS.get(self.numbering), self.marker.strip("().: ") or self.marker
            if marker and shape and not re.fullmatch(shape, marker):
                why = f"its list says that it is numbered otherwise than “{marker}” ({self.numbering})"
                block = replace(block, hidden=block.hidden or why)
            block, self.marker = replace(block, marker=self.marker), ""
        cell = self.table.cell(node) if role in ("header", "cell") else None
        block = replace(block, cell=cell)
        sizes = [shown.size for piece in text.pieces for shown in piece.shown if shown.box]
        table = self.table.count if cell else None
        self.drafts.append(Draft(block, pieces, min(sizes, default=None), text.ordered, table))
        if role == "heading":
            for around in (node.id, *self.open):
                self.heads.setdefault(around, node.id)
        for pieces in text.generated:
            self.add_loose(pieces, language)
        for inner in text.nested:
            self.block(inner, _ROLES[inner.kind], inner.language or language)

    def picture(self, node: _Node) -> str:
        marks = [kid for kid in node.within() if isinstance(kid, Marks)]
        self.figures.append((node, marks))
        for kid in marks:
            self.pieces(kid)
        pages = sorted({kid.page for kid in marks if 1 <= kid.page <= len(self.pages)})
        reasons = [
            self.pages[page - 1].painted(kid.key for kid in marks if kid.page == page) for page in pages
        ]
        return min(reasons, default="its picture is not drawn on any page")

    def page_of(self, node: _Node) -> int | None:
        marks = (kid for kid in node.within() if isinstance(kid, Marks))
        return next((kid.page for kid in marks if 1 <= kid.page <= len(self.pages)), None)

    def place_of(self, link: _Annotation) -> str:
        """The target of a link; a bare place on a page tells nothing we could prove."""
        astray = self.places.astray.get(link.target.removeprefix("#"))
        if astray is not None:
            return f"{link.target} (leads to page {astray})"
        if link.odd:
            return f"{link.target} (but it {link.odd})"
        return link.target or "a place without a name"

    def add_untagged(self) -> None:
        """Add what the pages show and the tree does not have, after the last block of the same page."""
        for content in self.pages:
            stray = [content.stray] if content.stray else []
            stray += [
                pieces
                for key, pieces in content.pieces.items()
                if (content.number, key) not in self.used and any(piece.text for piece in pieces)
            ]
            body = self.body_box(content.number)
            furniture: list[list[Piece]] = []
            for artifact in content.artifacts:
                if not canonical(_text(artifact.pieces)):
                    continue
                if artifact.pagination:
                    # A running head stands above or below the text; beside it, it would be read with it.
                    own = boxes(artifact.pieces, content.number)
                    if body is not None and any(b[1] < body[3] and body[1] < b[3] for b in own):
                        stray.append(artifact.pieces)
                else:
                    furniture.append(artifact.pieces)
            stray += furniture[self.heads_again(furniture, content.number) :]
            for pieces in stray:
                self.insert(pieces, content.number)

    def heads_again(self, furniture: list[list[Piece]], page: int) -> int:
        """Return how many of the words beside the text, from the first, are heads of tables once more.

        Whole heads, that is: above the rest of a table that began on an earlier page, or each right
        above a cell of its column.
        """
        at = 0
        heads = [draft for draft in self.drafts if _is_head(draft)]
        while at < len(furniture):
            found = (n for head in heads if (n := self.head_again(head, furniture[at:], page)))
            step = next(found, 0)
            if not step:
                break
            at += step
        return at

    def head_again(self, head: Draft, furniture: list[list[Piece]], page: int) -> int:
        """Return how many pieces of ``furniture``, from the first, are ``head`` at such a place."""
        said = _no_hyphens(_text(head.ordered))
        end, drawn = 0, ""
        while end < len(furniture) and len(drawn) < len(said):
            drawn += _no_hyphens(_text(furniture[end]))
            end += 1
        box = joined(box for pieces in furniture[:end] for box in boxes(pieces, page))
        turned = direction(self.language) == "rtl" and sorted(drawn) == sorted(said)
        if box is None or (drawn != said and not turned):
            return 0
        size = min(shown.size for pieces in furniture[:end] for piece in pieces for shown in piece.shown)
        cells = [draft for draft in self.drafts if draft.table == head.table]
        column = (head.block.cell or "").split(",")[1]
        below, opens_next = [], False
        for cell in cells:
            on_page = joined(boxes(cell.pieces, page))
            if on_page is None:
                own = (cell.block.cell or "").split(",")[1:2] == [column]
                opens_next = opens_next or (own and cell.block.page == page + 1)
            else:
                below.append(on_page[3] <= box[1] + 1)
                far = box[1] - on_page[3]
                own = (cell.block.cell or "").split(",")[1:2] == [column] and cell is not head
                aside = min(abs(on_page[0] - box[0]), abs(on_page[2] - box[2]))
                if own and -1 < far < 2 * size and aside < size:
                    return end
        if opens_next and not any(below):  # the last line of its page; its cell begins the next one
            return end
        return end if below and all(below) and (cells[0].block.page or page) < page else 0

    def insert(self, pieces: list[Piece], page: int) -> None:
        """Add loose words after the last block that begins on ``page`` or before it."""
        text = canonical(_text(pieces))
        if text:
            last = max((n for n, d in enumerate(self.drafts) if (d.block.page or 0) <= page), default=-1)
            block = Block("", "loose", text, language=self.language, page=page)
            self.drafts.insert(last + 1, Draft(block, pieces))

    def body_box(self, page: int) -> Box | None:
        """The box around the blocks of a page."""
        boxes = (
            box
            for draft in self.drafts
            if draft.block.role != "loose"
            for shown in draft.shown()
            if shown.page == page and (box := shown.box) is not None
        )
        return joined(boxes)

    def entries(self, entries: Iterable[Entry]) -> tuple[Entry, ...]:
        return tuple(replace(each, target=self.heads.get(each.target, each.target)) for each in entries)

    def body_size(self) -> float:
        """The type size, in points, that most letters have."""
        weights: Counter[float] = Counter()
        for draft in self.drafts:
            for shown in draft.shown():
                weights[round(shown.size, 2)] += len("".join(shown.text.split()))
        return min(weights, key=lambda size: (-weights[size], size), default=1.0) or 1.0


class _Text:
    """The words of one block as they are gathered."""

    def __init__(self, walk: _Walk, language: str) -> None:
        self.walk = walk
        self.stretches = [Stretch(language)]
        self.stretch = self.stretches[0]  # the one that is being read
        self.raw = ""
        self.pieces: list[Piece] = []
        self.ordered: list[Piece] = []
        self.label: list[Piece] = []
        self.notes: list[Piece] = []
        self.spans: list[Span] = []
        self.generated: list[list[Piece]] = []
        self.nested: list[_Node] = []
        self.turns: list[tuple[int, int]] = []  # place in ``raw``, page
        self.hidden = ""

    def inside(self, node: _Node, language: str) -> None:
        if node.said is not None:
            shown = [each for piece in self.walk.all_pieces(node) for each in piece.shown]
            self.add([Piece(node.said, True, shown)])
            return
        for kid in node.kids:
            match kid:
                case Marks():
                    self.add(self.walk.pieces(kid))
                case _Node():
                    self.child(kid, language)
                case _Annotation():
                    pass

    def add(self, pieces: Iterable[Piece]) -> None:
        for piece in pieces:
            self.pieces.append(piece)
            self.ordered.append(piece)
            self.stretch.pieces.append(piece)
            if piece.text.strip() and piece.shown:
                self.turns.append((len(self.raw), piece.shown[0].page))
            self.raw += _unhyphenated(piece)

    def breaks(self, page: int | None) -> Iterator[tuple[int, int]]:
        """Yield the offsets in the canonical text at which another page than ``page`` begins."""
        for offset, turned in self.turns:
            if page is not None and turned > page:
                yield canonical_offset(self.raw, offset), turned
                page = turned

    def child(self, node: _Node, language: str) -> None:
        own = node.language or language
        role = _ROLES.get(node.kind)
        if node.id:
            self.walk.note_id(node.id, bool(role), own)
        if role and node.id:
            self.nested.append(node)
            return
        self.hidden = self.hidden or node.odd
        if node.alternative is not None and node.kind != "Figure":
            self.hidden = self.hidden or "an Alt is heard in place of its words"
        start = len(self.raw)
        if node.kind == "Lbl" and not self.raw.strip() and not self.label and not self.spans:
            self.label = self.walk.all_pieces(node)
            self.ordered += self.label
        elif node.kind == "Generated":
            self.generated.append(self.walk.all_pieces(node))
        elif node.kind == "Reference":
            self.note(node)
        elif node.kind == "Figure":
            self.walk.picture(node)
            self.raw += f" {node.alternative or ''} "
        else:
            outer = self.stretch
            if node.language:
                self.begin(own)
            self.inside(node, own)
            self.stretch = outer
            self.mark(node, start)

    def begin(self, language: str) -> None:
        """Begin a stretch of another language, which is one thing in the line of what is around."""
        inner = Stretch(language)
        self.stretch.pieces.append(inner)
        self.stretches.append(inner)
        self.stretch = inner

    def misread(self) -> Iterator[str]:
        """Yield how words are drawn otherwise than they are read."""
        whole = self.stretches[0]
        yield from (misread(piece, Stretch(whole.language).rtl) for piece in self.label)
        for stretch in self.stretches:
            yield from (misread(each, stretch.rtl) for each in stretch.pieces if isinstance(each, Piece))
        yield out_of_order(whole)
        yield run_together(self.ordered)

    def mark(self, node: _Node, start: int) -> None:
        end = len(self.raw)
        if node.kind == "Strong":
            self.spans.append(Span(start, end, "strong"))
        elif node.kind == "Em":
            self.spans.append(Span(start, end, "emphasis"))
        elif node.kind == "Link":
            links = [kid for kid in node.kids if isinstance(kid, _Annotation)]
            targets = {self.walk.place_of(link) for link in links} or {"(no link)"}
            self.spans += [Span(start, end, "link", target) for target in sorted(targets)]
        if node.language:
            self.spans.append(Span(start, end, "language", node.language))

    def note(self, node: _Node) -> None:
        """A mark like [3]: its place, its key, and the number it shows."""
        links = [kid for kid in node.within() if isinstance(kid, _Annotation)]
        target = self.walk.place_of(links[0]) if links else "(no link)"
        key = target.removeprefix("#").removeprefix("note-")
        pieces = self.walk.all_pieces(node)
        self.notes += pieces
        self.ordered += pieces
        outer = self.stretch
        self.begin(outer.language)
        self.stretch.pieces += pieces
        self.stretch = outer
        for inner in node.within():
            if isinstance(inner, _Node) and inner.id:
                self.walk.note_id(inner.id, False, "")
        shown = "".join(_text(pieces).split()).strip("[]()")
        self.spans.append(Span(len(self.raw), len(self.raw), "note", key, shown))


def _is_head(draft: Draft) -> bool:
    return draft.table is not None and (draft.block.cell or "").startswith("row 1,")


def _unhyphenated(piece: Piece) -> str:
    """The text of a piece. A hyphen added at a line's end is said as a soft hyphen, which is no letter."""
    return piece.text.removesuffix("\u00ad") if piece.said else piece.text


def _text(pieces: Iterable[Piece]) -> str:
    return "".join(map(_unhyphenated, pieces))


def _running(content: Content) -> Iterator[str]:
    """Yield the running heads and feet of a page, as they are drawn where that is not what they say."""
    for artifact in content.artifacts:
        if artifact.pagination:
            wrong = any(map(always_misread, artifact.pieces)) or run_together(artifact.pieces)
            yield "".join(p.drawn for p in artifact.pieces) if wrong else canonical(_text(artifact.pieces))


def _first_page(pieces: Iterable[Piece]) -> int | None:
    return next((shown.page for piece in pieces for shown in piece.shown), None)


def _links(
    walk: _Walk, tree: _Node, without: tuple[str, ...]
) -> Iterator[tuple[list[_Annotation], list[Piece]]]:
    """Yield the annotations and the words of every link in the tags, but for those in ``without``."""

    def pieces(node: _Node) -> Iterator[Piece]:
        for kid in node.kids:
            if isinstance(kid, Marks):
                yield from walk.pieces(kid)
            elif isinstance(kid, _Node) and kid.said is not None:
                yield Piece(kid.said, True, [each for piece in walk.all_pieces(kid) for each in piece.shown])
            elif isinstance(kid, _Node) and kid.kind not in without:
                yield from pieces(kid)

    for node in tree.within():
        if isinstance(node, _Node):
            links = [kid for kid in node.kids if isinstance(kid, _Annotation)]
            if links:
                yield links, list(pieces(node))


def _link_faults(walk: _Walk, tree: _Node) -> Iterator[Fault]:
    """Yield the links that do not lie on their words, and the places that lie below what stands there."""
    for why, page in walk.places.odd.items():
        yield Fault("link", f"a link {why}", page=page)
    yield from _wide_links(walk, tree)
    # The number of a line of the contents stands aside, its page behind a leader.
    for links, pieces in _links(walk, tree, ("Lbl", "Generated")):
        words = _text(pieces).strip()[:60]
        for piece in pieces:
            for shown in piece.shown:
                if (box := shown.box) is None:
                    continue
                x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
                here = (link.box for link in links if link.page == shown.page)
                if not any(left <= x <= right and low <= y <= high for left, low, right, high in here):
                    yield Fault("link", f"the link “{words}” does not lie on its words", page=shown.page)
                    break
    for node in tree.within():
        if not isinstance(node, _Node) or node.id not in walk.places.named:
            continue
        page, _, height = walk.places.named[node.id]
        shown_there = next((each for p in walk.all_pieces(node) for each in p.shown if each.box), None)
        if shown_there is None or height is None or not 1 <= page <= len(walk.pages):
            continue
        box, whole = shown_there.tall_box, walk.pages[page - 1].box
        low = box is not None and shown_there.page == page and box[3] > height + 2
        if node.kind == "Table":  # its caption may stand above it
            low = not any(own[1] < height for own in boxes(walk.all_pieces(node), page))
        early = shown_there.page == page + 1 and height - whole[1] > 0.4 * (whole[3] - whole[1])
        if low or early:
            message = f"links to “{node.id}” lead to a place beside its words"
            yield Fault("link", message, walk.heads.get(node.id, node.id), shown_there.page)


def _wide_links(walk: _Walk, tree: _Node) -> Iterator[Fault]:
    """Yield the links that lie on the words of others, who would be led astray by a tap on these."""
    for links, pieces in _links(walk, tree, ()):
        own = {id(shown) for piece in pieces for shown in piece.shown}
        for link in links:
            if not 1 <= link.page <= len(walk.pages):
                continue
            left, low, right, high = grown(link.box, -1)
            for piece in chain.from_iterable(walk.pages[link.page - 1].pieces.values()):
                for shown in piece.shown:
                    if id(shown) in own:
                        continue
                    if any(left < x < right and low < y < high for _, x, y in shown.centres()):
                        words = f"“{_text(pieces).strip()[:60]}” lies on “{shown.text.strip()[:60]}”, too"
                        yield Fault("link", f"the link {words}", page=link.page)
                        break
                else:
                    continue
                break


def _link_names(walk: _Walk, tree: _Node) -> Iterator[tuple[str, int | None]]:
    """Yield what links are called where it is more than their words, and the name of what they are."""
    known = {_letters(words) for draft in walk.drafts for words in (draft.block.text, draft.block.label)}
    for links, pieces in _links(walk, tree, ("Generated",)):
        own = _letters(_text(pieces))
        for link in links:
            name = _letters(link.said)
            if not name or name == own or (name.endswith(own) and name.removesuffix(own) in known):
                continue
            numbers = re.findall(r"\d+", link.said)
            shown = numbers and own.strip("[]()") == numbers[0]
            yield (re.sub(r"\d+", "#", canonical(link.said)) if shown else canonical(link.said)), link.page


def _drawn(walk: _Walk, contents: tuple[Content, ...]) -> Iterator[Drawn]:
    """Yield what is shown for every figure."""
    for node, marks in walk.figures:
        pieces = [piece for mark in marks for piece in walk.pieces(mark)]
        keys = {(mark.page, mark.key) for mark in marks}
        images = [
            pixels
            for content in contents
            for key, pixels in content.images
            if key is not None and (content.number, key) in keys
        ]
        words = "".join(piece.drawn for piece in pieces)
        areas = [
            (area, content.box)
            for content in contents
            for area in content.areas
            if area.key is not None and (content.number, area.key) in keys
        ]
        yield Drawn(
            node.id,
            words,
            tuple(images),
            min((mark.page for mark in marks), default=None),
            frozenset(chain.from_iterable(area.ways for area, _ in areas)),
            len(areas),
            min((area.share(page) for area, page in areas if "image" in area.ways), default=1.0),
        )


def _drawing_faults(walk: _Walk, contents: tuple[Content, ...]) -> Iterator[Fault]:
    """Yield what is drawn for nothing, or for a figure outside of its place, or where words stand."""
    own: dict[int, list[Box]] = {}
    for node, marks in walk.figures:
        for page in {mark.page for mark in marks if 1 <= mark.page <= len(contents)}:
            content, keys = contents[page - 1], {mark.key for mark in marks if mark.page == page}
            place = node.box
            if place is None:  # it need not be told where a picture has none of its own
                place = content.place_of(keys) or (0.0, 0.0, 0.0, 0.0)
            own.setdefault(page, []).append(place)
            shown = [each for key in keys for piece in content.pieces.get(key, ()) for each in piece.shown]
            if any((box := each.box) and not within(box, grown(place, 2)) for each in shown):
                yield Fault("picture", f"words of {node.id or 'a figure'} stand outside of it", node.id, page)
            if any(box for draft in walk.drafts for box in boxes(draft.pieces, page) if meet(box, place)):
                yield Fault("picture", f"{node.id or 'a figure'} lies over other words", node.id, page)
            if why := _painted_over(content, keys, place):
                yield Fault("picture", f"{node.id or 'a figure'} is not seen as drawn: {why}", node.id, page)
    found = [
        (each, places[0]) for each in contents if (places := unaccounted(each, own.get(each.number, ())))
    ]
    # What a style draws stands on every page: a few of them will do to find it.
    for n, (content, place) in enumerate(found[:_TOLD], 1):
        where = f"{place[0]:.0f} points from the left and {content.box[3] - place[3]:.0f} from the top"
        message = f"something is drawn that belongs to no words and to no figure, {where}"
        if n == _TOLD < len(found):
            message += f" (and on {len(found) - _TOLD} more pages)"
        yield Fault("unknown", message, page=content.number)


def _painted_over(content: Content, keys: set[Key], place: Box) -> str:
    """Return why some of a figure cannot be seen: what is painted later lies upon it; "" if nothing does."""
    own = [area for area in content.areas if area.key in keys]
    words = [
        each for key in keys for piece in content.pieces.get(key, ()) for each in piece.shown if each.box
    ]
    orders = [each.order for each in own] + [each.order for each in words]
    for area in own:
        if not area.opaque or area.colour is None:
            continue
        for each in words:
            if each.order < area.order and each.tall_box and area.about(each.tall_box):
                return f"its words “{each.text.strip()[:40]}” are painted over"
        before, after = sum(each < area.order for each in orders), max(orders) > area.order
        # A picture may begin with its paper and the ground upon it.
        if area.about(grown(place, -0.03 * (place[2] - place[0]))) and (before > 2 or (before and not after)):
            return "all that was painted of it lies below something else"
    first = min(orders, default=0)
    inside = grown(place, -2)
    for area in content.areas:
        if area.key not in keys and area.order > first and area.touches(inside, 20):
            return "something that does not belong to it is painted over it"
    return ""


_TOLD = 5
_TURNED = "the page is shown turned to its side or upside down (Rotate)"


def _drawn_letters(walk: _Walk, contents: tuple[Content, ...]) -> Iterator[Letter]:
    """Yield every letter of every font, where a block shows it first, else where the pages do."""
    seen: set[tuple[int, int]] = set()
    in_blocks = ((draft.block.id, shown) for draft in walk.drafts for shown in draft.shown())
    for block, shown in chain(in_blocks, (("", shown) for content in contents for shown in content.shown())):
        for glyph, _ in shown.glyphs:
            key = id(shown.font), glyph.code
            if key not in seen:
                seen.add(key)
                yield _letter(shown, glyph, block)


def _letter(shown: Shown, glyph: Glyph, block: str) -> Letter:
    font, odd = shown.font, shown.font.odd
    outline: bytes = b""
    if not odd:
        with taken_from_file():
            outline, width = font.drawn(glyph.code)
        if width is None or abs(width - glyph.width) > 0.003:
            odd = "the file says another width of it than its font"
    return Letter(glyph.text, font.name, outline, glyph.width, odd, block, shown.page)


def _entry_faults(walk: _Walk, labels: tuple[str, ...]) -> Iterator[Fault]:
    """Yield what a reader of the printed contents would not see, or be sent to the wrong page by."""
    pages = {draft.block.id: draft.block.page for draft in walk.drafts if draft.block.role == "heading"}
    numbered = any(any(map(str.isalnum, added)) for _, _, added, _ in walk.entries_drawn)
    for entry, own, added, pieces in walk.entries_drawn:
        target = walk.heads.get(entry.target, entry.target)
        page, shown = pages.get(target), [each for piece in pieces for each in piece.shown]
        why = next(filter(None, map(always_misread, pieces)), "") or run_together(pieces)
        for each in shown:
            why = why or walk.pages[each.page - 1].unseen(each)
        if why or not any(each.box for each in shown):
            message = f"a line of the contents is not seen as written: {why or 'it is not drawn'}"
            yield Fault("contents", f"{message} (“{entry.text}”)", target, own)
        number = added.strip(" \u00a0.·…_-–—\t\n")
        if numbered and page is not None and number != labels[page - 1]:
            message = f"the contents say page “{number}” for “{entry.text}”, which begins on page"
            yield Fault("contents", f"{message} {labels[page - 1]}", target, own)
        elif not numbered and number:
            yield Fault("contents", f"the contents say “{number}” after “{entry.text}”", target, own)


def _letters(text: str) -> str:
    """What can be told from a drawing: no spaces, no hyphen at the end, ligatures undone."""
    return "".join(unicodedata.normalize("NFKC", text).split()).rstrip("\u00ad\u2010-")


def _no_hyphens(text: str) -> str:
    """The letters of words that may be set in other lines once more: a hyphen may end one, or not."""
    return re.sub("[\u00ad\u2010-]", "", "".join(unicodedata.normalize("NFKC", text).split()))


# --- bookmarks, metadata, and what is not text ---------------------------------------------


@dataclass(frozen=True, slots=True)
class _Bookmark:
    title: str
    target: str
    place: Place | None
    level: int

    def entry(self, headings: Iterable[Draft]) -> Entry:
        id = self.target.removeprefix("#")
        if not self.target and self.place is not None:
            id = _heading_at(self.place, headings)
        return Entry(canonical(self.title), id, self.level)


def _bookmarks(root: Any, places: Places) -> Iterator[_Bookmark]:
    outlines = root.get("/Outlines")
    if outlines is None:
        return
    seen: set[tuple[int, int]] = set()

    def level_of(first: Any, level: int) -> Iterator[_Bookmark]:
        item = first
        while item is not None and item.objgen not in seen and level < 32:
            seen.add(item.objgen)
            yield _Bookmark(str(item.get("/Title", "")), *places.target(item), level)
            yield from level_of(item.get("/First"), level + 1)
            item = item.get("/Next")

    yield from level_of(outlines.get("/First"), 1)


def _heading_at(place: Place, headings: Iterable[Draft]) -> str:
    """The id of the heading nearest to a place and not above it: a bookmark leads to the top of its box."""
    page, left, height = place
    below = []
    for draft in headings:
        box = box_on(draft, page)
        if box is not None and draft.block.page == page and (height is None or box[1] <= height + 1):
            far = 0.0 if left is None else abs(box[0] - left)
            below.append((far - box[3], draft.block.id))
    return min(below, default=(0.0, f"page {page}"))[1]


_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_KEYWORDS = "{http://ns.adobe.com/pdf/1.3/}Keywords"


def metadata(root: Any) -> dict[str, str]:
    """Identifier, title and language from the XMP packet (ISO 16684-1); the catalog's Lang goes first."""
    from lxml import etree

    found: dict[str, str] = {}
    stream = root.get("/Metadata")
    if isinstance(stream, pikepdf.Stream):
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        try:
            packet = etree.fromstring(stream.read_bytes(), parser)
        except etree.XMLSyntaxError as error:
            raise not_read(f"its XMP metadata is not XML: {error}") from error
        core = "{http://purl.org/dc/elements/1.1/}"
        for name in ("identifier", "title", "language", "description"):
            for element in packet.iter(f"{core}{name}"):
                if text := canonical("".join(element.itertext())):
                    found.setdefault(name, text)
            for element in packet.iter(f"{_RDF}Description"):
                if given := element.get(f"{core}{name}"):
                    found.setdefault(name, canonical(given))
        makers = [li for each in packet.iter(f"{core}creator") for li in each.iter(f"{_RDF}li")]
        if makers:
            found["author"] = ", ".join(canonical(each.text or "") for each in makers)
        for element in packet.iter():
            if given := element.get(_KEYWORDS) or (element.text if element.tag == _KEYWORDS else ""):
                found.setdefault("keywords", canonical(given))
    if "/Lang" in root:
        found["language"] = str(root.Lang)
    turned = str((root.get("/ViewerPreferences") or {}).get("/Direction", "")) == "/R2L"
    found["direction"] = "rtl" if turned else "ltr"
    return found


def _foreign(pdf: pikepdf.Pdf, tree: _Node, places: Places) -> Iterator[tuple[str, int]]:
    """Yield words, and a page, for what could say or do what nobody wrote: stamps, stray links, scripts."""
    known = {kid.number for kid in tree.within() if isinstance(kid, _Annotation)}
    for number, page in enumerate(pdf.pages, 1):
        for annotation in page.obj.get("/Annots", []):
            kind = str(annotation.get("/Subtype"))
            if kind == "/Popup" or int(annotation.get("/F", 0)) & 2:  # bit 2: hidden
                continue
            if kind != "/Link":
                yield f"an annotation {kind}: {annotation.get('/Contents', '')}", number
            elif annotation.objgen[0] not in known:
                yield f"a link that is not in the tags: {places.target(annotation)[0]}", number
    root: Any = pdf.Root
    opening = root.get("/OpenAction")
    runs = isinstance(opening, pikepdf.Dictionary) and str(opening.get("/S")) == "/JavaScript"
    if runs or "/JavaScript" in (root.get("/Names") or {}):
        yield "a script", 0
    if "/XFA" in (root.get("/AcroForm") or {}):
        yield "an XFA form", 0
