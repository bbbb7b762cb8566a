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
from typing import Any

import pikepdf

from publish.errors import Problem, PublishError
from publish.verify.directions import draws, right_to_left
from publish.verify.fonts import UNKNOWN
from publish.verify.lines import Stretch, out_of_order
from publish.verify.page import Box, Content, Key, Piece, Shown, joined, meet, read_pages, taken_from_file
from publish.verify.reading import (
    LOST,
    OUT_OF_TURN,
    Block,
    Entry,
    Reading,
    Role,
    Span,
    canonical,
    canonical_offset,
    marked,
)
from publish.verify.safety import Outside, print_outside
from publish.verify.sheets import names

MAX_BYTES = 256 * 1024 * 1024
MAX_ELEMENTS = 200_000
MAX_DEPTH = 200

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
        raise _not_read(f"it has more than {MAX_BYTES} bytes")
    contents = read_pages(data)
    with taken_from_file(), pikepdf.open(io.BytesIO(data)) as pdf:
        taken = _taken(pdf)
    return _reading(taken, contents)


def _not_read(why: str) -> PublishError:
    return PublishError(Problem(f"this PDF cannot be read: {why}", kind="unreadable"))


@dataclass(frozen=True, slots=True)
class _Taken:
    """All that is asked of the objects of a file, as plain values of ours: what goes wrong with these is no
    fault of the file. ``foreign`` are words, and their pages, that nobody wrote."""

    tree: _Node
    places: _Places
    language: str
    metadata: dict[str, str]
    bookmarks: tuple[_Bookmark, ...]
    foreign: tuple[tuple[str, int], ...]
    outside: Outside
    labels: tuple[str, ...]


def _taken(pdf: pikepdf.Pdf) -> _Taken:
    root = pdf.Root
    if "/StructTreeRoot" not in root:
        raise _not_read("it has no tags")
    pages = {page.obj.objgen: number for number, page in enumerate(pdf.pages, 1)}
    places = _Places(pdf, pages)
    tree = _Tree(pdf, pages, places).read()
    return _Taken(
        tree,
        places,
        str(root.get("/Lang", "")),
        metadata(root),
        tuple(_bookmarks(root, places)),
        tuple(_foreign(pdf, tree, places)),
        print_outside(pdf),
        tuple(str(page.label) for page in pdf.pages),
    )


def _reading(taken: _Taken, contents: tuple[Content, ...]) -> Reading:
    taken.places.check(taken.tree)
    walk = _Walk(contents, taken.places, taken.language)
    walk.inside(taken.tree, walk.language, None)
    walk.flush(walk.language)
    walk.add_untagged()
    for words, page in taken.foreign:
        walk.insert([Piece(words)], page)
    _look(walk.drafts, contents)
    body = walk.body_size()
    headings = [draft for draft in walk.drafts if draft.block.role == "heading"]
    return Reading(
        tuple(draft.finished(body) for draft in walk.drafts),
        taken.metadata,
        walk.entries(walk.contents),
        walk.entries(each.entry(headings) for each in taken.bookmarks),
        pages=len(contents),
        running=tuple(tuple(_running(content)) for content in contents),
        page_labels=taken.labels,
        dangers=tuple(taken.outside.dangers),
        addresses=tuple(taken.outside.addresses),
    )


# --- places: destinations and links --------------------------------------------------------


Place = tuple[int, float | None, float | None]
"""A page, and a point on it, left and height in points; None where the page is shown as it is."""


class _Places:
    """The named places of the file, and those that lead astray: name to the page they lead to."""

    def __init__(self, pdf: pikepdf.Pdf, pages: Mapping[tuple[int, int], int]) -> None:
        self.pages = pages
        self.named: dict[str, Place] = {}
        self.astray: dict[str, int] = {}
        root: Any = pdf.Root
        tree = (root.get("/Names") or {}).get("/Dests")
        if tree is not None:
            for name, value in _name_tree(tree, set()):
                self.add(name, value)
        for name, value in (root.get("/Dests") or {}).items():
            self.add(str(name).removeprefix("/"), value)

    def add(self, name: str, value: Any) -> None:
        place = self.of(value)
        if place is not None:
            self.named[name] = place

    def of(self, value: Any) -> Place | None:
        """Return the place of an explicit destination, None where it leads nowhere."""
        if isinstance(value, pikepdf.Dictionary):
            value = value.get("/D")
        if not isinstance(value, pikepdf.Array) or not len(value):
            return None
        if not isinstance(value[0], pikepdf.Dictionary):
            return None
        page = self.pages.get(value[0].objgen)
        if page is None:
            return None
        kind = str(value[1]) if len(value) > 1 else ""
        left = height = None
        if kind == "/XYZ" and len(value) > 3:
            left, height = value[2], value[3]
        elif kind in ("/FitH", "/FitBH") and len(value) > 2:
            height = value[2]
        return page, None if left is None else float(left), None if height is None else float(height)

    def check(self, tree: _Node) -> None:
        """Note the names that lead to another page than the element of that id stands on.

        The page before is let pass: a box may begin at the foot of a page and its text on the next.
        """
        for node in tree.within():
            if isinstance(node, _Node) and node.id in self.named:
                page = next((kid.page for kid in node.within() if isinstance(kid, _Marks)), None)
                if page is not None and self.named[node.id][0] not in (page - 1, page):
                    self.astray[node.id] = self.named[node.id][0]

    def target(self, link: Any) -> tuple[str, Place | None]:
        """Return what an annotation or a bookmark leads to: "#name" or an address; and its place.

        "" where that is a bare place on a page, or nothing.
        """
        goal = link.get("/Dest")
        action = link.get("/A")
        if goal is None and action is not None:
            kind = str(action.get("/S"))
            if kind == "/URI":
                return str(action.get("/URI")), None
            if kind != "/GoTo":
                return f"an action {kind}", None
            goal = action.get("/SD", action.get("/D"))
        if isinstance(goal, pikepdf.String | pikepdf.Name):
            name = str(goal).removeprefix("/") if isinstance(goal, pikepdf.Name) else str(goal)
            return (f"#{name}", self.named[name]) if name in self.named else (f"#{name}{LOST}", None)
        if isinstance(goal, pikepdf.Array) and len(goal) and isinstance(goal[0], pikepdf.Dictionary):
            if "/ID" in goal[0]:  # a structure destination, PDF 2.0
                return f"#{goal[0].ID}", None
            place = self.of(goal)
            same = [name for name, known in self.named.items() if known == place]
            return (f"#{same[0]}" if same else ""), place
        return "", None


def _name_tree(node: Any, seen: set[tuple[int, int]], depth: int = 0) -> Iterator[tuple[str, Any]]:
    if depth > 32 or node.objgen in seen:
        return
    if node.is_indirect:
        seen.add(node.objgen)
    found = list(node.get("/Names", []))
    yield from ((str(name), value) for name, value in zip(found[::2], found[1::2], strict=False))
    for kid in node.get("/Kids", []):
        yield from _name_tree(kid, seen, depth + 1)


# --- the tag tree --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Marks:
    """A marked content that belongs to an element."""

    page: int
    key: Key


@dataclass(frozen=True, slots=True)
class _Annotation:
    """A link annotation that belongs to an element: its object number, its target and place."""

    number: int
    target: str
    place: Place | None


@dataclass(slots=True)
class _Node:
    """One structure element. ``kind`` is its standard type, or Strong, Em, Generated."""

    kind: str
    id: str = ""
    language: str = ""
    alternative: str | None = None
    said: str | None = None
    kids: list[_Node | _Marks | _Annotation] = field(default_factory=list)

    def within(self) -> Iterator[_Node | _Marks | _Annotation]:
        """Yield everything inside, in order."""
        for kid in self.kids:
            yield kid
            if isinstance(kid, _Node):
                yield from kid.within()


class _Tree:
    """Copies the tree out of the file, so that what follows is plain values."""

    def __init__(self, pdf: pikepdf.Pdf, pages: Mapping[tuple[int, int], int], places: _Places) -> None:
        self.root = pdf.Root.StructTreeRoot
        self.pages, self.places = pages, places
        self.kinds = {
            str(name)[1:]: str(kind)[1:] for name, kind in (self.root.get("/RoleMap") or {}).items()
        }
        self.count = 0
        self.path: set[tuple[int, int]] = set()

    def read(self) -> _Node:
        top = _Node("Document")
        top.kids = list(self.kids(self.root, 0, 0))
        return top

    def kids(self, parent: Any, page: int, depth: int) -> Iterator[_Node | _Marks | _Annotation]:
        given = parent.get("/K")
        if given is None:
            return
        for kid in given if isinstance(given, pikepdf.Array) else [given]:
            if isinstance(kid, int):
                yield _Marks(page, (0, kid))
            elif not isinstance(kid, pikepdf.Dictionary):
                continue
            elif "/MCID" in kid:
                its_page = self.pages.get(kid.Pg.objgen, 0) if "/Pg" in kid else page
                stream = kid.Stm.objgen[0] if "/Stm" in kid else 0
                yield _Marks(its_page, (stream, int(kid.MCID)))
            elif "/Obj" in kid and "/S" not in kid:
                target, place = self.places.target(kid.Obj)
                yield _Annotation(kid.Obj.objgen[0], target, place)
            elif "/S" in kid:
                yield self.element(kid, page, depth + 1)

    def element(self, given: Any, page: int, depth: int) -> _Node:
        self.count += 1
        if depth > MAX_DEPTH or self.count > MAX_ELEMENTS or given.objgen in self.path:
            raise _not_read("its tag tree is too deep, too large or a circle")
        known = given.objgen != (0, 0)
        if known:
            self.path.add(given.objgen)
        if "/Pg" in given:
            page = self.pages.get(given.Pg.objgen, page)
        node = _Node(
            self.kind(str(given.S)[1:]),
            str(given.get("/ID", "")),
            str(given.get("/Lang", "")),
            _optional(given.get("/Alt")),
            _optional(given.get("/ActualText")),
        )
        node.kids = list(self.kids(given, page, depth))
        if known:
            self.path.discard(given.objgen)
        return node

    def kind(self, name: str) -> str:
        """The standard type of ``name``; our own Strong, Em and Generated tell more than their Span."""
        for _ in range(16):
            if name in _KNOWN or name not in self.kinds:
                break
            name = self.kinds[name]
        return name


def _optional(value: Any) -> str | None:
    return None if value is None else str(value)


# --- the walk ------------------------------------------------------------------------------


@dataclass(slots=True)
class _Draft:
    """A block and what was painted for it; ``size`` is its smallest type in points."""

    block: Block
    pieces: list[Piece] = field(default_factory=list)
    size: float | None = None

    def finished(self, body: float) -> Block:
        size = None if self.size is None else round(self.size / body, 3)
        return replace(self.block, size=size)

    def shown(self) -> Iterator[Shown]:
        for piece in self.pieces:
            yield from piece.shown


class _Walk:
    """The walk along the tag tree; ``run`` gathers loose words, ``open`` the ids of elements around."""

    def __init__(self, contents: tuple[Content, ...], places: _Places, language: str) -> None:
        self.pages, self.places, self.language = contents, places, language
        self.drafts: list[_Draft] = []
        self.contents: list[Entry] = []
        self.heads: dict[str, str] = {}
        self.ids: dict[str, bool] = {}
        self.run: list[Piece] = []
        self.open: list[str] = []
        self.silent = 0  # how many elements around have an Alt, which is heard for all that is in them
        self.used: set[tuple[int, Key]] = set()

    def pieces(self, marks: _Marks) -> list[Piece]:
        """Return the text of a marked content and note that the tree has it."""
        self.used.add((marks.page, marks.key))
        if not 1 <= marks.page <= len(self.pages):
            return []
        return self.pages[marks.page - 1].pieces.get(marks.key, [])

    def all_pieces(self, node: _Node) -> list[Piece]:
        return [piece for kid in node.within() if isinstance(kid, _Marks) for piece in self.pieces(kid)]

    def inside(self, node: _Node, language: str, toc: int | None) -> None:
        """Walk what is in a container; ``toc`` counts the tables of contents around."""
        if node.said is not None:
            self.run.append(Piece(node.said, True, [s for p in self.all_pieces(node) for s in p.shown]))
            return
        for kid in node.kids:
            match kid:
                case _Marks():
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
            self.all_pieces(node)  # the letters in a picture are told by its Alt
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
        self.inside(node, own, toc)
        self.silent -= silences
        if node.id:
            self.open.pop()
        if breaks:
            self.flush(own)

    def note_id(self, id: str, is_block: bool, language: str) -> None:
        if id in self.ids and not (is_block and self.ids[id]):
            self.drafts.append(_Draft(Block(id, "loose", "", language=language)))
        self.ids.setdefault(id, is_block)

    def generated(self, node: _Node, language: str) -> None:
        """Words that a style sheet or a list's numbering adds are nobody's; signs and numbers may stand."""
        pieces = self.all_pieces(node)
        text = canonical(_text(pieces))
        marker = node.kind == "Lbl" and re.fullmatch(r"\(?\w{1,5}[.):]?", text)
        if not marker and any(letter.isalpha() for letter in text):
            self.add_loose(pieces, language)

    def entry(self, node: _Node, language: str, level: int) -> None:
        """One line of the contents. Lists inside it are entries of their own."""
        raw, target = "", ""
        spans: list[Span] = []

        def gather(node: _Node) -> None:
            nonlocal raw, target
            start = len(raw)
            for kid in node.kids:
                match kid:
                    case _Marks():
                        raw += _text(self.pieces(kid))
                    case _Annotation():
                        target = target or self.place_of(kid)
                    case _Node(kind="TOC"):
                        pass
                    case _Node(kind="Generated"):
                        self.generated(kid, language)
                    case _Node():
                        gather(kid)
            if node.language:
                spans.append(Span(start, len(raw), "language", node.language))

        gather(node)
        text, languages = marked(raw, spans)
        self.contents.append(Entry(text, target.removeprefix("#"), level, languages))
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
            self.drafts.append(_Draft(block, pieces))

    def block(self, node: _Node, role: Role, language: str) -> None:
        text = _Text(self, language)
        if role == "alternative":
            text.raw = node.alternative or ""
            text.hidden = self.picture(node)
        else:
            if node.alternative is not None or self.silent:
                text.hidden = "its Alt is heard in place of its words"
            text.inside(node, language)
        plain, spans = marked(text.raw, text.spans)
        level = int(node.kind[1]) if role == "heading" else 0
        pieces = [*text.label, *text.pieces, *text.notes]
        page = _first_page([*text.label, *text.pieces]) or self.page_of(node)
        hidden = text.hidden or next(filter(None, text.misread()), "")
        label = canonical(_text(text.label))
        breaks = tuple(text.breaks(page))
        block = Block(node.id, role, plain, level, language, label, spans, page, hidden, breaks=breaks)
        sizes = [shown.size for piece in text.pieces for shown in piece.shown if shown.box]
        self.drafts.append(_Draft(block, pieces, min(sizes, default=None)))
        if role == "heading":
            for around in (node.id, *self.open):
                self.heads.setdefault(around, node.id)
        for pieces in text.generated:
            self.add_loose(pieces, language)
        for inner in text.nested:
            self.block(inner, _ROLES[inner.kind], inner.language or language)

    def picture(self, node: _Node) -> str:
        marks = [kid for kid in node.within() if isinstance(kid, _Marks)]
        for kid in marks:
            self.pieces(kid)
        pages = sorted({kid.page for kid in marks if 1 <= kid.page <= len(self.pages)})
        reasons = [
            self.pages[page - 1].painted(kid.key for kid in marks if kid.page == page) for page in pages
        ]
        return min(reasons, default="its picture is not drawn on any page")

    def page_of(self, node: _Node) -> int | None:
        marks = (kid for kid in node.within() if isinstance(kid, _Marks))
        return next((kid.page for kid in marks if 1 <= kid.page <= len(self.pages)), None)

    def place_of(self, link: _Annotation) -> str:
        """The target of a link; a bare place on a page tells nothing we could prove."""
        astray = self.places.astray.get(link.target.removeprefix("#"))
        if astray is not None:
            return f"{link.target} (leads to page {astray})"
        return link.target or "a place without a name"

    def add_untagged(self) -> None:
        """Add what the pages show and the tree does not have, after the last block of the same page."""
        headers = [draft.block.text for draft in self.drafts if draft.block.role == "header"]
        for content in self.pages:
            stray = [content.stray] if content.stray else []
            stray += [
                pieces
                for key, pieces in content.pieces.items()
                if (content.number, key) not in self.used and any(piece.text for piece in pieces)
            ]
            body = self.body_box(content.number)
            for artifact in content.artifacts:
                text = canonical(_text(artifact.pieces))
                if not any(letter.isalpha() for letter in text):
                    continue
                if artifact.pagination:
                    # A running head stands beside the text; inside it, it would be read as text.
                    boxes = [b for piece in artifact.pieces for shown in piece.shown if (b := shown.box)]
                    if body is not None and any(meet(box, body) for box in boxes):
                        stray.append(artifact.pieces)
                elif not any(text in header for header in headers):  # a table's head, once more
                    stray.append(artifact.pieces)
            for pieces in stray:
                self.insert(pieces, content.number)

    def insert(self, pieces: list[Piece], page: int) -> None:
        """Add loose words after the last block that begins on ``page`` or before it."""
        text = canonical(_text(pieces))
        if text:
            last = max((n for n, d in enumerate(self.drafts) if (d.block.page or 0) <= page), default=-1)
            block = Block("", "loose", text, language=self.language, page=page)
            self.drafts.insert(last + 1, _Draft(block, pieces))

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
                case _Marks():
                    self.add(self.walk.pieces(kid))
                case _Node():
                    self.child(kid, language)
                case _Annotation():
                    pass

    def add(self, pieces: Iterable[Piece]) -> None:
        for piece in pieces:
            self.pieces.append(piece)
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
        if node.alternative is not None and node.kind != "Figure":
            self.hidden = self.hidden or "an Alt is heard in place of its words"
        start = len(self.raw)
        if node.kind == "Lbl" and not self.raw.strip() and not self.label and not self.spans:
            self.label = self.walk.all_pieces(node)
        elif node.kind == "Generated":
            pieces = self.walk.all_pieces(node)
            if any(letter.isalpha() for letter in _text(pieces)):
                self.generated.append(pieces)
        elif node.kind == "Reference":
            self.note(node)
        elif node.kind == "Figure":
            self.walk.all_pieces(node)
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
        yield from (_misread(piece, Stretch(whole.language).rtl) for piece in self.label)
        for stretch in self.stretches:
            yield from (_misread(each, stretch.rtl) for each in stretch.pieces if isinstance(each, Piece))
        yield out_of_order(whole)

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
        outer = self.stretch
        self.begin(outer.language)
        self.stretch.pieces += pieces
        self.stretch = outer
        for inner in node.within():
            if isinstance(inner, _Node) and inner.id:
                self.walk.note_id(inner.id, False, "")
        shown = "".join(_text(pieces).split()).strip("[]()")
        self.spans.append(Span(len(self.raw), len(self.raw), "note", key, shown))


def _unhyphenated(piece: Piece) -> str:
    """The text of a piece. A hyphen added at a line's end is said as a soft hyphen, which is no letter."""
    return piece.text.removesuffix("\u00ad") if piece.said else piece.text


def _text(pieces: Iterable[Piece]) -> str:
    return "".join(map(_unhyphenated, pieces))


def _running(content: Content) -> Iterator[str]:
    """Yield the running heads and feet of a page, as they are drawn where that is not what they say."""
    for artifact in content.artifacts:
        if artifact.pagination:
            wrong = any(_misread(piece, False) and _misread(piece, True) for piece in artifact.pieces)
            yield "".join(p.drawn for p in artifact.pieces) if wrong else canonical(_text(artifact.pieces))


def _first_page(pieces: Iterable[Piece]) -> int | None:
    return next((shown.page for piece in pieces for shown in piece.shown), None)


# --- what is seen --------------------------------------------------------------------------


def _misread(piece: Piece, rtl: bool) -> str:
    """Return how what a screen reader says differs from what the page shows, "" where it does not.

    ``rtl`` is the base direction of its line.
    """
    if not piece.said:
        return ""
    said, drawn = _letters(piece.text), _letters(piece.drawn)
    if rtl or right_to_left(said) or right_to_left(drawn):
        if draws(piece.signs, piece.text, rtl):
            return ""
    elif said == drawn:
        return ""
    if UNKNOWN in drawn and len(said) >= len(drawn):
        return ""
    return f"the page shows “{piece.drawn.strip()}” where “{piece.text.strip()}” is read aloud"


def _letters(text: str) -> str:
    """What can be told from a drawing: no spaces, no hyphen at the end, ligatures undone."""
    return "".join(unicodedata.normalize("NFKC", text).split()).rstrip("\u00ad\u2010-")


def _look(drafts: list[_Draft], contents: tuple[Content, ...]) -> None:
    """Find what an eye would not see of every block: painted over, off the page, out of turn …"""
    crossing = _crossing(drafts, contents)
    before: _Draft | None = None
    for n, draft in enumerate(drafts):
        block = draft.block
        if block.role == "loose" or block.role == "alternative":
            continue
        reason = block.hidden
        for shown in draft.shown():
            reason = reason or contents[shown.page - 1].unseen(shown)
        reason = reason or crossing.get(n, "")
        if not reason and before is not None and _out_of_turn(before, draft, contents):
            reason = f"{OUT_OF_TURN}: before {before.block.id}, which it follows in the reading order"
        draft.block = replace(block, hidden=reason)
        if block.role != "caption" and any(shown.box for shown in draft.shown()):
            before = draft


def _out_of_turn(before: _Draft, after: _Draft, contents: tuple[Content, ...]) -> bool:
    """Whether a block stands on an earlier page than the block before it, or above it in its column."""
    if after.block.role == "caption":
        return False
    last = max(shown.page for shown in before.shown() if shown.box)
    first = min((shown.page for shown in after.shown() if shown.box), default=last)
    if first != last:
        return first < last
    one, two = _box_on(before, last), next((box for each in after.shown() if (box := each.box)), None)
    if one is None or two is None or contents[last - 1].turned:
        return False
    overlap = min(one[2], two[2]) - max(one[0], two[0])
    return overlap > 1 and two[3] > one[3] + 1


def _box_on(draft: _Draft, page: int) -> Box | None:
    return joined(box for shown in draft.shown() if shown.page == page and (box := shown.box) is not None)


def _crossing(drafts: list[_Draft], contents: tuple[Content, ...]) -> dict[int, str]:
    """Return the drafts whose letters are printed across other letters."""
    lines: dict[int, list[tuple[Box, float, int, str]]] = {content.number: [] for content in contents}
    for n, draft in enumerate(drafts):
        for shown in draft.shown():
            if (box := shown.box) is not None:
                lines[shown.page].append((box, shown.size, n, shown.text))
    for content in contents:
        for artifact in content.artifacts:
            for piece in artifact.pieces:
                for shown in piece.shown:
                    if (box := shown.box) is not None:
                        lines[content.number].append((box, shown.size, -1, shown.text))
    found: dict[int, str] = {}
    for on_page in lines.values():
        by_height = sorted(on_page, key=lambda line: (line[0][1], line[2]))
        for at, (box, size, n, _) in enumerate(by_height):
            for other, other_size, m, text in by_height[at + 1 :]:
                if other[1] >= box[3]:
                    break
                small = min(size, other_size)
                across = min(box[2], other[2]) - max(box[0], other[0])
                down = min(box[3], other[3]) - max(box[1], other[1])
                if across > 0.5 * small and down > 0.25 * small:
                    for one in {n, m} - {-1}:
                        found.setdefault(one, f"it is printed across other words (“{text.strip()[:40]}”)")
    return found


# --- bookmarks, metadata, and what is not text ---------------------------------------------


@dataclass(frozen=True, slots=True)
class _Bookmark:
    title: str
    target: str
    place: Place | None
    level: int

    def entry(self, headings: Iterable[_Draft]) -> Entry:
        id = self.target.removeprefix("#")
        if not self.target and self.place is not None:
            id = _heading_at(self.place, headings)
        return Entry(canonical(self.title), id, self.level)


def _bookmarks(root: Any, places: _Places) -> Iterator[_Bookmark]:
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


def _heading_at(place: Place, headings: Iterable[_Draft]) -> str:
    """The id of the heading nearest to a place and not above it: a bookmark leads to the top of its box."""
    page, left, height = place
    below = []
    for draft in headings:
        box = _box_on(draft, page)
        if box is not None and draft.block.page == page and (height is None or box[1] <= height + 1):
            far = 0.0 if left is None else abs(box[0] - left)
            below.append((far - box[3], draft.block.id))
    return min(below, default=(0.0, f"page {page}"))[1]


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
            raise _not_read(f"its XMP metadata is not XML: {error}") from error
        core = "{http://purl.org/dc/elements/1.1/}"
        for name in ("identifier", "title", "language"):
            for element in packet.iter(f"{core}{name}"):
                if text := canonical("".join(element.itertext())):
                    found.setdefault(name, text)
            for element in packet.iter("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}Description"):
                if given := element.get(f"{core}{name}"):
                    found.setdefault(name, canonical(given))
    if "/Lang" in root:
        found["language"] = str(root.Lang)
    turned = str((root.get("/ViewerPreferences") or {}).get("/Direction", "")) == "/R2L"
    found["direction"] = "rtl" if turned else "ltr"
    return found


def _foreign(pdf: pikepdf.Pdf, tree: _Node, places: _Places) -> Iterator[tuple[str, int]]:
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
