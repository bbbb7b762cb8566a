"""Tell what a screen reader would speak: a finished file in, lines of text out, one for each thing said.

Of a PDF the tag tree decides: its order, roles, labels, alternative texts and languages; what is not in
it (running heads, page numbers, rules) is silent. An editor reads here what a listener hears, and a
test holds it against what was accepted.

Rules: ISO 32000-1, 14.7 and 14.8; ISO 32000-2, 14.8.4; ISO 14289-1, 7. What screen readers leave to
their listener's settings (strong, emphasis, sections) is not said.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import pikepdf

from publish.verify.page import Content, not_read, read_pages, taken_from_file
from publish.verify.pdf import metadata
from publish.verify.reading import Block, Reading, canonical, names
from publish.verify.tagtree import Item, Marks, Tag, TagTree

INDENT = "  "

_INLINE = names("Span Quote Code Link Reference Annot Strong Em Sub Lbl BibEntry Ruby Warichu")
_SILENT = names("Document DocumentFragment Part Art Sect Div NonStruct THead TBody TFoot")
_SPOKEN: Mapping[str, str] = {
    "P": "paragraph",
    "H": "heading",
    "Title": "title",
    "Caption": "caption",
    "Note": "note",
    "FENote": "note",
    "Aside": "aside",
    "BlockQuote": "quotation",
    "Formula": "formula",
    "Form": "form field",
    "Index": "index",
    **{f"H{level}": f"heading {level}" for level in range(1, 7)},
}


def transcript(data: bytes) -> str:
    """Return what is spoken of a PDF; raises ``PublishError`` for bytes that are no tagged PDF.

    In round brackets stand labels and list markers, in square ones what is told inside a sentence:
    links, languages, pictures.
    """
    pages = read_pages(data)
    with taken_from_file(), pikepdf.open(io.BytesIO(data)) as pdf:
        if "/StructTreeRoot" not in pdf.Root:
            raise not_read("it has no tags, so nothing of it can be told")
        tree = TagTree(pdf)
        kids = list(_kids(tree, tree.top))
        speaker = _Speaker(pages, str(pdf.Root.get("/Lang", "")))
        title = _title(pdf)
    language = speaker.language or "not told"
    speaker.line(0, f"document: {title or 'without a title'}; language: {language}")
    speaker.inside("", kids, 1, speaker.language)
    return "\n".join(speaker.lines) + "\n"


def _title(pdf: pikepdf.Pdf) -> str:
    """The title that a viewer shows and a screen reader says first, or the file's name if it must."""
    settings = pdf.Root.get("/ViewerPreferences")
    if settings is None or not settings.get("/DisplayDocTitle"):
        return "named by its file"
    return metadata(pdf.Root).get("title", "")


# --- the tag tree --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Annotation:
    """A link: what it is called, "" where the file does not tell."""

    name: str


@dataclass(slots=True)
class _Element:
    """One structure element; ``kind`` is its standard type, ``attributes`` are all of its ``/A``."""

    kind: str
    language: str = ""
    alternative: str | None = None
    said: str | None = None
    expansion: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    kids: list[_Element | Marks | _Annotation] = field(default_factory=list)

    def number(self, name: str) -> int:
        value = self.attributes.get(name, "1")
        return int(value) if value.isdigit() and 1 <= int(value) <= 1000 else 1

    def all(self, *kinds: str) -> Iterator[_Element]:
        """Yield the elements of ``kinds`` inside, in order, but none inside another."""
        for kid in self.kids:
            if isinstance(kid, _Element):
                if kid.kind in kinds:
                    yield kid
                else:
                    yield from kid.all(*kinds)


def _read(tree: TagTree, tag: Tag) -> _Element:
    """Copy an element and all that is in it out of the file."""
    given = tag.given
    attributes = given.get("/A", [])
    element = _Element(
        tree.kind(tag),
        str(given.get("/Lang", "")),
        str(given.Alt) if "/Alt" in given else None,
        str(given.ActualText) if "/ActualText" in given else None,
        str(given.get("/E", "")),
        {
            str(name)[1:]: str(value).removeprefix("/")
            for each in (attributes if isinstance(attributes, pikepdf.Array) else [attributes])
            if isinstance(each, pikepdf.Dictionary)
            for name, value in each.items()
            if isinstance(value, pikepdf.Name | int)
        },
    )
    element.kids = list(_kids(tree, tag))
    return element


def _kids(tree: TagTree, tag: Tag) -> Iterator[_Element | Marks | _Annotation]:
    for kid in tree.kids(tag):
        match kid:
            case Tag():
                yield _read(tree, kid)
            case Item():
                yield _Annotation(canonical(str(kid.given.get("/Contents", ""))))
            case Marks():
                yield kid


# --- speech --------------------------------------------------------------------------------


class _Speaker:
    """Says an element after the other; ``lines`` is what was said."""

    def __init__(self, pages: tuple[Content, ...], language: str) -> None:
        self.pages, self.language = pages, language
        self.lines: list[str] = []

    def line(self, depth: int, text: str) -> None:
        # A control character could drive the terminal that the transcript is printed on.
        clean = "".join("\ufffd" if unicodedata.category(each) == "Cc" else each for each in canonical(text))
        self.lines.append(INDENT * depth + clean)

    def inside(
        self, head: str, kids: Iterable[_Element | Marks | _Annotation], depth: int, language: str
    ) -> None:
        """Say ``kids``: words first behind ``head``, then each block below it; with no head, side by side."""
        words, waiting = "", bool(head)

        def flush() -> None:
            nonlocal words, waiting
            if waiting:
                self.line(depth, f"{head}: {words}" if canonical(words) else head)
            elif canonical(words):
                self.line(depth + bool(head), f"text: {words}")
            words, waiting = "", False

        for kid in kids:
            if not isinstance(kid, _Element) or (kid.kind in _INLINE and not _has_blocks(kid)):
                words += self.words(kid, language)
            elif kid.kind == "Figure" and canonical(words):
                words += f" {self.figure(kid, language)} "
            else:
                flush()
                self.element(kid, depth + bool(head), language)
        flush()

    def element(self, element: _Element, depth: int, language: str) -> None:
        inner = element.language or language
        of = f" [in {inner}]" if inner != language else ""
        if element.alternative is not None and element.kind != "Figure":
            self.line(depth, f"{_SPOKEN.get(element.kind, element.kind)}{of}: {element.alternative}")
            return
        if element.said is not None:
            self.line(depth, f"{_SPOKEN.get(element.kind, 'text')}{of}: {element.said}")
            return
        match element.kind:
            case "Figure":
                self.line(depth, self.figure(element, language).strip("[]"))
            case "L":
                self.list(element, depth, inner, of)
            case "LI":
                self.item(element, depth, inner, of)
            case "LBody":
                self.inside(f"also{of}", _opened(element.kids, inner), depth, inner)
            case "TOC":
                self.line(depth, f"contents{of}, {_counted(_number(element, 'TOCI'), 'entry', 'entries')}")
                self.inside("", element.kids, depth + 1, inner)
            case "TOCI":
                self.inside(f"entry{of}", element.kids, depth, inner)
            case "Table":
                self.table(element, depth, inner, of)
            case kind if kind in _SILENT:
                self.inside("", element.kids, depth, inner)
            case kind:
                self.inside(_SPOKEN.get(kind, kind) + of, element.kids, depth, inner)

    def figure(self, element: _Element, language: str) -> str:
        of = f" [in {element.language}]" if element.language not in ("", language) else ""
        return f"[picture{of}: {element.alternative or 'without words'}]"

    def list(self, element: _Element, depth: int, language: str, of: str) -> None:
        self.line(depth, f"list{of}, {_counted(_number(element, 'LI'), 'item', 'items')}")
        self.inside("", element.kids, depth + 1, language)

    def item(self, element: _Element, depth: int, language: str, of: str) -> None:
        """An item: its label, the words of its first body and paragraph, and the rest below them."""
        labels = [kid for kid in element.kids if isinstance(kid, _Element) and kid.kind == "Lbl"]
        head = f"item{of}" + "".join(f" ({self.text(each)})" for each in labels)
        rest = [kid for kid in element.kids if kid not in labels]
        self.inside(head, _opened(rest, language), depth, language)

    def table(self, element: _Element, depth: int, language: str, of: str) -> None:
        rows = list(element.all("TR"))
        grid = _grid(rows)
        columns = max((column + cell.number("ColSpan") for _, column, cell in grid), default=0)
        said = f"{_counted(len(rows), 'row', 'rows')}, {_counted(columns, 'column', 'columns')}"
        self.line(depth, f"table{of}, {said}")
        for kid in element.all("Caption"):
            self.element(kid, depth + 1, language)
        last = -1
        for row, column, cell in grid:
            if row != last:
                self.line(depth + 1, f"row {row + 1}")
                last = row
            inner = cell.language or language
            of_cell = f" [in {inner}]" if inner != language else ""
            spans = [
                f", over {cell.number(name)} {what}"
                for name, what in (("ColSpan", "columns"), ("RowSpan", "rows"))
                if cell.number(name) > 1
            ]
            heads = ", ".join(self.text(head) for head in _heads(grid, row, column, cell))
            scope = {"Row": "row header", "Column": "column header"}.get(
                cell.attributes.get("Scope", ""), "header"
            )
            role = "cell" if cell.kind == "TD" else scope
            head = role + of_cell + "".join(spans) + (f" ({heads})" if heads else "")
            if not cell.kids:
                head += ": empty"
            self.inside(head, cell.kids, depth + 2, inner)

    # --- words ---

    def words(self, kid: _Element | Marks | _Annotation, language: str) -> str:
        """What is said inside a sentence."""
        match kid:
            case Marks():
                return self.marked(kid)
            case _Annotation():
                return ""
        inner = kid.language or language
        if kid.kind == "Figure":
            return self.figure(kid, language)
        if kid.alternative is not None or kid.said is not None:
            said = str(kid.alternative if kid.alternative is not None else kid.said)
        else:
            said = "".join(self.words(each, inner) for each in kid.kids)
        if kid.expansion:
            said += f" [short for {kid.expansion}]"
        if kid.kind == "Lbl":
            said = f"({canonical(said)}) " if canonical(said) else ""
        if kid.kind == "Link":
            said = _around(said, self.link(kid, said))
        if inner != language:
            said = _around(said, f"[in {inner}: {canonical(said)}]")
        return said

    def link(self, element: _Element, said: str) -> str:
        called = sorted({kid.name for kid in element.kids if isinstance(kid, _Annotation)})
        if not called:
            return f"[link without a target: {canonical(said)}]"
        name = " or ".join(called)
        plain = canonical("".join(self.plain(kid) for kid in element.kids))
        # In the contents a page number follows the words; the name does without it.
        same = name == plain or (plain.startswith(f"{name} ") and plain[len(name) + 1 :].isdecimal())
        return f"[link: {canonical(said)}]" if same else f"[link: {canonical(said)}; called “{name}”]"

    def text(self, element: _Element) -> str:
        """The plain words of a label or a header cell, as they are repeated elsewhere."""
        return canonical("".join(self.plain(kid) for kid in element.kids))

    def plain(self, kid: _Element | Marks | _Annotation) -> str:
        match kid:
            case Marks():
                return self.marked(kid)
            case _Annotation():
                return ""
        if kid.alternative is not None:
            return kid.alternative
        return kid.said if kid.said is not None else "".join(map(self.plain, kid.kids))

    def marked(self, marks: Marks) -> str:
        if not 1 <= marks.page <= len(self.pages):
            return ""
        pieces = self.pages[marks.page - 1].pieces.get(marks.key, [])
        # A hyphen that the layout added is said as a soft hyphen, which has no sound.
        return "".join(piece.text.replace("\u00ad", "") if piece.said else piece.text for piece in pieces)


def _opened(
    kids: list[_Element | Marks | _Annotation], language: str
) -> list[_Element | Marks | _Annotation]:
    """Return ``kids`` with the first body, and the first paragraph in that, replaced by what is in them."""
    rest = list(kids)
    while rest and isinstance(rest[0], _Element) and rest[0].kind in ("LBody", "P"):
        first = rest[0]
        if first.language not in ("", language) or first.said is not None or first.alternative is not None:
            break
        rest[:1] = first.kids
        if first.kind == "P":
            break
    return rest


def _has_blocks(element: _Element) -> bool:
    return any(
        isinstance(kid, _Element) and (kid.kind not in {*_INLINE, "Figure"} or _has_blocks(kid))
        for kid in element.kids
    )


def _number(element: _Element, kind: str) -> int:
    return sum(isinstance(kid, _Element) and kid.kind == kind for kid in element.kids)


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _around(words: str, said: str) -> str:
    """Give ``said`` the spaces that ``words`` had at its ends."""
    return f"{' ' * words.startswith(' ')}{said}{' ' * words.endswith(' ')}"


_Grid = list[tuple[int, int, _Element]]


def _grid(rows: list[_Element]) -> _Grid:
    """Return the cells of a table, each with its row and first column, from 0."""
    taken: set[tuple[int, int]] = set()
    cells: _Grid = []
    for row, element in enumerate(rows):
        column = 0
        for cell in element.all("TH", "TD"):
            while (row, column) in taken:
                column += 1
            cells.append((row, column, cell))
            taken |= {
                (row + down, column + across)
                for down in range(cell.number("RowSpan"))
                for across in range(cell.number("ColSpan"))
            }
    return cells


def _heads(grid: _Grid, row: int, column: int, cell: _Element) -> Iterator[_Element]:
    """Yield the headers of a cell: those of its rows, then those of its columns (14.8.5.7)."""
    rows = range(row, row + cell.number("RowSpan"))
    columns = range(column, column + cell.number("ColSpan"))
    for scope in ("Row", "Column"):
        for its_row, its_column, head in grid:
            if head is cell or head.kind != "TH" or head.attributes.get("Scope") not in (scope, "Both"):
                continue
            down = range(its_row, its_row + head.number("RowSpan"))
            across = range(its_column, its_column + head.number("ColSpan"))
            if scope == "Row" and its_column < column and _meet(rows, down):
                yield head
            if scope == "Column" and its_row < row and _meet(columns, across):
                yield head


def _meet(one: range, two: range) -> bool:
    return one.start < two.stop and two.start < one.stop


# --- other formats -------------------------------------------------------------------------


def spoken(reading: Reading) -> str:
    """Return what a ``Reading`` of any format says, block by block; what holds blocks is not told.

    The contents are told last: where a reader finds them differs by format.
    """
    language = reading.metadata.get("language", "")
    told = [(0, f"document: {reading.metadata.get('title', 'without a title')}; language: {language}")]
    told += [(1, _spoken_block(block, language)) for block in reading.blocks if block.text or block.label]
    if reading.contents:
        told.append((1, f"contents, {_counted(len(reading.contents), 'entry', 'entries')}"))
        told += [(1 + each.level, f"entry: [link: {each.text}]") for each in reading.contents]
    return "\n".join(INDENT * depth + canonical(line) for depth, line in told) + "\n"


def _spoken_block(block: Block, language: str) -> str:
    role = {"loose": "text", "alternative": "picture"}.get(block.role, block.role)
    of = f" [in {block.language}]" if block.language not in ("", language) else ""
    level = f" {block.level}" if block.level else ""
    label = f" ({block.label})" if block.label else ""
    text = block.text
    for span in sorted(block.spans, reverse=True):
        inside = text[span.start : span.end]
        match span.kind:
            case "link":
                text = f"{text[: span.start]}[link: {inside}]{text[span.end :]}"
            case "language":
                text = f"{text[: span.start]}[in {span.value}: {inside}]{text[span.end :]}"
            case "note":
                text = f"{text[: span.start]}[note {span.shown}]{text[span.end :]}"
            case _:
                pass
    return f"{role}{level}{of}{label}: {text}"
