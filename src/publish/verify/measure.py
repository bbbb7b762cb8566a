"""Measure how a finished PDF looks to an eye: its bytes in, lines of type with sizes and places out.

Everything is taken from what is painted: type size from the text matrix, colours from the fill
and what lies below it, places from the glyphs. The tag tree, where there is one, only tells
which letters belong together and what the block is called. Letters in the vector figures
are measured like all others; letters drawn as outlines, or in a photograph, cannot be: a
figure's author must look at those.

All lengths are points (1/72 inch), y grows upwards. The rules are in ``clear_print``.
"""

from __future__ import annotations

import io
import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import pikepdf

from publish.model import direction
from publish.verify.ground import Ground
from publish.verify.page import (
    Area,
    Box,
    Content,
    Key,
    Piece,
    Shown,
    at,
    box_of,
    joined,
    meet,
    read_pages,
    taken_from_file,
)
from publish.verify.reading import names
from publish.verify.tagtree import Marks, Tag, TagTree
from publish.verify.values import Colour, contrast, over

ASCENT, DESCENT = 0.72, 0.22  # of the type size: how far most letters reach above and below their line
GAP = 2.0  # of the type size: words further apart do not stand in one line of text
_INLINE = names(
    "Span Quote Code Link Reference Annot Strong Em Sub Generated BibEntry Ruby RB RT RP Warichu WT WP"
)
_LABELS = frozenset(("Generated", "Reference", "Lbl"))
_LEAVES = names("P H H1 H2 H3 H4 H5 H6 Lbl LBody TH TD Caption TOCI Title")


@dataclass(frozen=True, slots=True)
class Run:
    """Letters on one line that look alike.

    ``box`` reaches from descenders to ascenders. ``contrast`` and ``grey`` are the lowest ratio of
    ink to paper, as painted and after both are turned grey, None where that cannot be computed (on a
    picture). ``spaces`` are how much wider its spaces are than the font has them, in ems.
    ``label`` says that the letters are a number or a sign before the text, or a note mark;
    ``cut`` that some of them are clipped away.
    """

    text: str
    size: float
    font: str
    italic: bool
    serif: bool
    colour: Colour | None
    contrast: float | None
    grey: float | None
    box: Box
    baseline: float
    word_space: float | None
    spaces: tuple[float, ...]
    link: bool
    underlined: bool
    label: bool
    cut: bool

    @property
    def look(self) -> tuple[object, ...]:
        return (
            self.font,
            round(self.size, 1),
            self.italic,
            self.underlined,
            self.colour,
            self.link,
            self.label,
        )


@dataclass(frozen=True, slots=True)
class Line:
    """One line of type. ``spaced`` says that the file has a space at its end, ``hyphened`` that it has
    a hyphen which is not said, ``divided`` that its last word goes on in the next line."""

    page: int
    runs: tuple[Run, ...]
    spaced: bool = False
    hyphened: bool = False
    divided: bool = False

    @property
    def text(self) -> str:
        return _joined(self.runs)

    @property
    def size(self) -> float:
        """The largest type: superscripts and small notes do not decide where the next line stands."""
        return max(run.size for run in self.runs)

    @property
    def left(self) -> float:
        return min(run.box[0] for run in self.runs)

    @property
    def right(self) -> float:
        return max(run.box[2] for run in self.runs)

    @property
    def baseline(self) -> float:
        return max(self.runs, key=lambda run: (run.size, len(run.text))).baseline

    @property
    def is_label(self) -> bool:
        return all(run.label for run in self.runs)


@dataclass(frozen=True, slots=True)
class Passage:
    """What belongs together: one paragraph, heading, cell, the letters of one figure.

    ``kind`` is the tag: P, H2, TD, Figure …; "furniture" for what stands beside the text of a page
    (running heads, page numbers), "" where nothing is tagged. ``id`` is the block's or that of what it
    stands in, "" for none. ``table`` and ``row`` count tables and their rows in the file, from 1;
    ``note`` says that it is part of a note, ``pagination`` that it is a running head or a page number.
    ``rows`` are its lines from top to bottom, each with the pieces that stand far apart on it;
    ``language`` is the one its tag or the file tells.
    """

    kind: str
    id: str
    rows: tuple[tuple[Line, ...], ...]
    table: int = 0
    row: int = 0
    note: bool = False
    pagination: bool = False
    language: str = ""

    @property
    def lines(self) -> tuple[Line, ...]:
        return tuple(line for row in self.rows for line in row)

    @property
    def text_lines(self) -> tuple[Line, ...]:
        """The widest piece of each row: labels that hang beside the text are no line of it."""
        written = ([line for line in row if not line.is_label] for row in self.rows)
        return tuple(max(row, key=lambda line: line.right - line.left) for row in written if row)

    @property
    def is_heading(self) -> bool:
        return self.kind in ("H", "Title") or self.level > 0

    @property
    def level(self) -> int:
        return int(self.kind[1]) if self.kind[:1] == "H" and self.kind[1:].isdigit() else 0

    @property
    def text(self) -> str:
        return " ".join(line.text for line in self.lines)

    @property
    def turned(self) -> bool:
        """Whether it is read from right to left, as its language or most of its letters are."""
        if direction(self.language) == "rtl":
            return True
        letters = [unicodedata.bidirectional(letter) for letter in self.text]
        return sum(each in ("R", "AL") for each in letters) > sum(each == "L" for each in letters)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page: ``box`` is its trim, ``body`` is around all that is printed but the furniture, or None."""

    number: int
    box: Box
    body: Box | None


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture: its id, its page and the colours of its shapes, those of a hundredth of it and more."""

    id: str
    page: int
    colours: tuple[Colour, ...]


@dataclass(frozen=True, slots=True)
class Print:
    """A finished PDF as it looks; ``frame`` is the lowest and highest place of text on any page."""

    sheets: tuple[Sheet, ...]
    passages: tuple[Passage, ...]
    figures: tuple[Figure, ...]
    frame: tuple[float, float]

    def filled(self, sheet: Sheet) -> float:
        """How far down a page is used, as a share of the height that text has."""
        low, high = self.frame
        if sheet.body is None or high <= low:
            return 0.0 if sheet.body is None else 1.0
        return (high - max(low, sheet.body[1])) / (high - low)

    @property
    def body(self) -> Iterator[Passage]:
        return (passage for passage in self.passages if passage.kind != "furniture")


def measure(data: bytes) -> Print:
    """Measure a PDF, tagged or not; raises ``PublishError`` for bytes that are none or are broken."""
    contents = read_pages(data)
    with taken_from_file(), pikepdf.open(io.BytesIO(data)) as pdf:
        owners = _Owners(pdf)
        links = {number: tuple(_link_boxes(page)) for number, page in enumerate(pdf.pages, 1)}
    ground = Ground(data)
    pages = [_Page(content, links[content.number], ground) for content in contents]
    passages = [*_furniture(pages), *_tagged(pages, owners), *_untagged(pages, owners)]
    passages = _divided([passage for passage in passages if passage.rows])
    body = [passage for passage in passages if passage.kind != "furniture"]
    by_page = defaultdict[int, list[Box]](list)
    for passage in body:
        for line in passage.lines:
            by_page[line.page] += (run.box for run in line.runs)
    around = joined(box for boxes in by_page.values() for box in boxes) or (0.0, 0.0, 0.0, 0.0)
    frame = around[1], around[3]
    sheets = tuple(
        Sheet(content.number, content.box, joined((*by_page[content.number], *_pictures(content, frame))))
        for content in contents
    )
    passages.sort(key=lambda passage: passage.lines[0].page)
    return Print(sheets, tuple(passages), tuple(_figures(contents, owners)), frame)


def _pictures(content: Content, frame: tuple[float, float]) -> Iterator[Box]:
    """Yield what is painted between the first and the last line of text, but for page-wide grounds."""
    low, high = frame
    page = content.box
    strip = page[0], low, page[2], high
    for area in content.areas:
        box = _common(area.shape.box, *(clip.box for clip in area.clip))  # a border is a clipped box
        wide = box[2] - box[0] > 0.95 * (page[2] - page[0]) and box[3] - box[1] > 0.95 * (page[3] - page[1])
        if meet(box, strip) and (area.colour is None or not (wide or area.colour[:3] == (1.0, 1.0, 1.0))):
            yield box[0], max(box[1], low), box[2], min(box[3], high)


def _figures(contents: Iterable[Content], owners: _Owners) -> Iterator[Figure]:
    for content in contents:
        shapes = defaultdict[_Owner, list[Area]](list)
        for area in content.areas:
            owner = owners.of.get((content.number, area.key)) if area.key else None
            if owner is not None and owner.kind == "Figure":
                shapes[owner].append(area)
        for owner, areas in shapes.items():
            whole = joined(area.shape.box for area in areas)
            least = _extent(whole) / 100 if whole else 0.0
            large = (area for area in areas if _extent(area.shape.box) >= least)
            colours = {area.colour for area in large if area.colour and area.colour[3] > 0.9}
            yield Figure(owner.id, content.number, tuple(sorted(colours)))


def _extent(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _common(*boxes: Box) -> Box:
    lefts, bottoms, rights, tops = zip(*boxes, strict=True)
    return max(lefts), max(bottoms), min(rights), min(tops)


def _link_boxes(page: pikepdf.Page) -> Iterator[Box]:
    for annotation in page.obj.get("/Annots", []):
        if str(annotation.get("/Subtype")) == "/Link" and "/Rect" in annotation:
            x1, y1, x2, y2 = (float(value) for value in annotation.Rect)
            yield min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)


# --- which letters belong together ----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Owner:
    """The block that a marked content belongs to; ``number`` counts blocks in tag order."""

    number: int
    kind: str
    id: str = ""
    label: bool = False
    table: int = 0
    row: int = 0
    note: bool = False
    language: str = ""


class _Owners:
    """Tells from the tag tree which block each marked content belongs to."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self.of: dict[tuple[int, Key], _Owner] = {}
        self.blocks = self.tables = self.table_rows = 0
        if "/StructTreeRoot" in pdf.Root:
            tree = TagTree(pdf)
            self.walk(tree, tree.top, _Owner(0, "", language=str(pdf.Root.get("/Lang", ""))))

    def walk(self, tree: TagTree, tag: Tag, owner: _Owner) -> None:
        for n, kid in enumerate(tree.kids(tag)):
            match kid:
                case Marks():
                    self.of[kid.page, kid.key] = owner
                case Tag():
                    kind = tree.kind(kid, _INLINE)
                    if kind == "P" and owner.kind == "LBody" and n == 0:
                        kind = "LBody"  # PDF 2.0 has a paragraph where PDF 1.7 has the words themselves
                    inner = self.inside(kind, str(kid.given.get("/ID", "")), owner)
                    if (
                        "/Lang" in kid.given and inner.number != owner.number
                    ):  # of a block, not of a phrase in it
                        inner = replace(inner, language=str(kid.given.Lang))
                    self.walk(tree, kid, inner)

    def inside(self, kind: str, id: str, owner: _Owner) -> _Owner:
        label = owner.label or kind in _LABELS
        inline = kind in _INLINE or (kind == "Lbl" and owner.kind != "LI")
        plain = kind in ("NonStruct", "Private") and owner.kind in _LEAVES
        if inline or plain or owner.kind == "Figure":
            return replace(owner, label=label)
        self.blocks += 1
        if kind == "Table":
            self.tables += 1
            owner = replace(owner, table=self.tables, row=0)
        elif kind == "TR":
            self.table_rows += 1
            owner = replace(owner, row=self.table_rows)
        note = owner.note or kind in ("Note", "FENote")
        # The words of a name and its value stand in Lbl and LBody; a sign before an item is a label.
        return replace(
            owner, number=self.blocks, kind=kind, id=id or owner.id, label=kind == "Lbl" and not id, note=note
        )


def _tagged(pages: Sequence[_Page], owners: _Owners) -> Iterator[Passage]:
    found = defaultdict[_Owner, list[_Letters]](list)
    for page in pages:
        for key, pieces in page.content.pieces.items():
            owner = owners.of.get((page.content.number, key))
            if owner is not None:
                found[replace(owner, label=False)] += page.letters(pieces, owner.label)
    for owner in sorted(found, key=lambda owner: owner.number):
        rows = _rows(found[owner])
        yield Passage(owner.kind, owner.id, rows, owner.table, owner.row, owner.note, language=owner.language)


def _furniture(pages: Sequence[_Page]) -> Iterator[Passage]:
    """What stands beside the text, without leaders and the like, which say nothing."""
    for page in pages:
        for artifact in page.content.artifacts:
            if any(letter.isalnum() for piece in artifact.pieces for letter in piece.text):
                rows = _rows(page.letters(artifact.pieces, False))
                yield Passage("furniture", "", rows, pagination=artifact.pagination)


def _untagged(pages: Sequence[_Page], owners: _Owners) -> Iterator[Passage]:
    """Letters without a tag: a paragraph ends where the distance or the size of its lines changes.

    What the tags of a tagged file leave out stands beside the text.
    """
    kind = "furniture" if owners.of else ""
    for page in pages:
        pieces = list(page.content.stray)
        for key, more in page.content.pieces.items():
            if (page.content.number, key) not in owners.of:
                pieces += more
        rows: list[tuple[Line, ...]] = []
        for row in _rows(page.letters(pieces, False)):
            if rows and not _goes_on(rows[-1], row):
                yield Passage(kind, "", tuple(rows), pagination=bool(kind))
                rows = []
            rows.append(row)
        if rows:
            yield Passage(kind, "", tuple(rows), pagination=bool(kind))


def _goes_on(row: tuple[Line, ...], below: tuple[Line, ...]) -> bool:
    one, two = row[0], below[0]
    down = one.baseline - two.baseline
    return 0.9 < one.size / two.size < 1.1 and 0 < down < 1.9 * one.size and two.left < row[-1].right


# --- lines ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Letters:
    """One string as painted: its page, its run, and whether its last hyphen is not said."""

    page: int
    run: Run
    upright: bool
    soft: bool


class _Page:
    """One page's content, asked for the looks of its letters."""

    def __init__(self, content: Content, links: tuple[Box, ...], ground: Ground) -> None:
        self.content, self.links, self.ground = content, links, ground
        self.rules = [area for area in content.areas if _is_rule(area.shape.box)]

    def letters(self, pieces: Iterable[Piece], label: bool) -> Iterator[_Letters]:
        """Yield every string that is meant to be seen, in the order of painting."""
        for piece in pieces:
            last = len(piece.shown) - 1
            for n, shown in enumerate(piece.shown):
                if not shown.unseen and shown.size > 0:
                    soft = n == last and piece.said and piece.text.endswith("\u00ad")
                    upright = abs(shown.matrix[1]) < 1e-6 and shown.matrix[0] > 0
                    yield _Letters(self.content.number, self.run(shown, label), upright, soft)

    def run(self, shown: Shown, label: bool) -> Run:
        seen = [(glyph, x) for glyph, x in shown.glyphs if glyph.text.strip()] or list(shown.glyphs)
        left, right = seen[0][1], seen[-1][1] + seen[-1][0].width
        box = box_of(at(shown.matrix, x, y) for x in (left, right) for y in (-DESCENT, ASCENT))
        middle = [at(shown.matrix, x, 0.25) for x in (left, (left + right) / 2, right)]
        ratio, grey = self.contrasts(shown)
        spaces = [glyph.width for glyph, _ in shown.glyphs if glyph.text == " "]
        return Run(
            shown.text,
            shown.size,
            shown.font.name,
            shown.font.italic or _is_slanted(shown),
            shown.font.serif,
            shown.colour,
            ratio,
            grey,
            box,
            at(shown.matrix, left, 0.0)[1],
            spaces[0] if spaces else None,
            tuple(_stretches(shown)),
            any(_holds(link, *middle[1]) for link in self.links),
            any(_underlines(rule, shown, box) for rule in self.rules),
            label,
            bool(shown.text.strip())
            and not all(clip.holds(*point) for clip in shown.clip for point in middle[::2]),
        )

    def contrasts(self, shown: Shown) -> tuple[float | None, float | None]:
        """The lowest ratio of ink to paper, in colour and in grey; None where it is not known."""
        box = shown.box
        if box is None:
            return 21.0, 21.0
        if shown.colour is None:
            return None, None
        ratio = grey = 21.0
        papers: list[Colour] = []
        for paper in self.content.papers(shown, box):
            if paper is None:
                # Of a gradient or a photograph, the colour that the letters stand out from least.
                points = [(x, y) for _, x, y in shown.centres()]
                papers = list(self.ground.colours(self.content.number, points, 0.25 * shown.size))
                if not papers:
                    return None, None
                break
            papers.append(paper)
        for paper in papers:
            ink = over(shown.colour, paper)
            ratio, grey = min(ratio, contrast(ink, paper)), min(grey, contrast(greyed(ink), greyed(paper)))
        return ratio, grey


def greyed(colour: Colour) -> Colour:
    """Return ``colour`` as printers and copiers make it grey: luma, ITU-R BT.601."""
    luma = 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]
    return luma, luma, luma, 1.0


def _is_slanted(shown: Shown) -> bool:
    """Whether letters that are upright in the font are painted aslant."""
    a, b, c, d, _, _ = shown.matrix
    return abs(a * c + b * d) > 0.05 * math.hypot(a, b) * math.hypot(c, d)


def _stretches(shown: Shown) -> Iterator[float]:
    """Yield how much wider each space between two letters is than the font has it, in ems."""
    for (before, x), (space, _), (_, after) in zip(
        shown.glyphs, shown.glyphs[1:], shown.glyphs[2:], strict=False
    ):
        if space.text == " " and before.text != " ":
            yield after - x - before.width - space.width


def _is_rule(box: Box) -> bool:
    return box[3] - box[1] < 4 and box[2] - box[0] > 2 * (box[3] - box[1])


def _underlines(rule: Area, shown: Shown, box: Box) -> bool:
    """Whether a thin area is an underline of ``shown``, and no border: it lies below most of the words.

    Of a link that ends in a short word, such as "us", the rule ends where the next letter begins: an
    underline of its neighbour must not count for a full stop.
    """
    low, high = rule.shape.box[1], rule.shape.box[3]
    under = shown.matrix[5] - 0.28 * shown.size < (low + high) / 2 < shown.matrix[5] - 0.01 * shown.size
    left, right = rule.shape.box[0], rule.shape.box[2]
    below = min(right, box[2]) - max(left, box[0])
    return (
        under
        and below > 0.5 * (box[2] - box[0])
        and left < box[0] + 0.5 * shown.size
        and right > box[2] - 0.5 * shown.size
        and right - left < box[2] - box[0] + 2 * shown.size
    )


def _holds(box: Box, x: float, y: float) -> bool:
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _rows(letters: Iterable[_Letters]) -> tuple[tuple[Line, ...], ...]:
    """Put letters together that stand on one line, from top to bottom, and part what stands far apart."""
    rows: list[list[_Letters]] = []
    largest: _Letters | None = None  # of the row: raised and lowered letters go with it
    for each in sorted(letters, key=lambda each: (each.page, -each.run.baseline)):
        if largest is None or not _same_line(largest, each):
            rows.append([])
            largest = None
        rows[-1].append(each)
        if largest is None or each.run.size > largest.run.size:
            largest = each
    lines = (tuple(_lines(row)) for row in rows)
    return tuple(row for row in lines if row)


def _same_line(one: _Letters, two: _Letters) -> bool:
    near = abs(one.run.baseline - two.run.baseline) <= 0.5 * max(one.run.size, two.run.size)
    return one.page == two.page and one.upright and two.upright and near


def _lines(row: list[_Letters]) -> Iterator[Line]:
    row.sort(key=lambda each: each.run.box[0])
    start = 0
    right = -math.inf  # so far: the dots of Arabic letters stand upon what comes before them
    for n in range(1, len(row) + 1):
        right = max(right, row[n - 1].run.box[2])
        if n == len(row) or row[n].run.box[0] - right > GAP * row[n].run.size:
            piece = row[start:n]
            start = n
            runs = tuple(_merged(each.run for each in piece))
            written = tuple(run for run in runs if run.text.strip())
            if written:
                spaced = runs[-1].text[-1:].isspace()
                yield Line(row[0].page, written, spaced, any(each.soft for each in piece))


def _gap(one: Run, two: Run) -> float:
    return two.box[0] - one.box[2]


def _merged(runs: Iterable[Run]) -> Iterator[Run]:
    """Join neighbours that look alike: a figure's letters are painted one by one."""
    before: Run | None = None
    for run in runs:
        if before is not None and run.text.isspace():
            before = replace(before, text=before.text + run.text)
        elif before is not None and before.look == run.look and before.baseline == run.baseline:
            before = _joined_run(before, run)
        else:
            if before is not None:
                yield before
            before = run
    if before is not None:
        yield before


def _joined_run(one: Run, two: Run) -> Run:
    return replace(
        one,
        text=_joined((one, two), strip=False),
        contrast=_least(one.contrast, two.contrast),
        grey=_least(one.grey, two.grey),
        box=joined((one.box, two.box)) or one.box,
        word_space=one.word_space or two.word_space,
        spaces=one.spaces + two.spaces,
        cut=one.cut or two.cut,
    )


def _least(one: float | None, two: float | None) -> float | None:
    return None if one is None or two is None else min(one, two)


def _joined(runs: Sequence[Run], strip: bool = True) -> str:
    """The words of a line; where the file has no space between two strings, the distance tells."""
    text = runs[0].text
    for one, two in pairwise(runs):
        apart = _gap(one, two) > 0.12 * max(one.size, two.size)
        text += " " * (apart and not text[-1:].isspace() and not two.text[:1].isspace()) + two.text
    return " ".join(text.split()) if strip else text


# --- divided words --------------------------------------------------------------------------

_ADDED_HYPHENS = "\u00ad\u2010"  # a layout's hyphens; on a keyboard there is only the other one
_END = re.compile(r"([^\W\d_]+)([-\u2010\u00ad]?)$")
_START = re.compile(r"[^\W\d_]+")
LONGEST_WORD = 24
"""Letters: prose has none that is longer. Names of chemicals have, and a narrow line has no room for them."""


def _divided(passages: list[Passage]) -> list[Passage]:
    """Mark the lines whose last word goes on in the next line, with or without a hyphen.

    A hyphen of the keyboard may be the author's: then the word has it elsewhere, too, or is never
    written without. A word broken without any hyphen is seen where the file writes the spaces at line
    ends, as ours do; parts of an address may be broken so.
    """
    lines = [line for passage in passages for line in passage.text_lines]
    words = {word.lower() for line in lines for word in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", line.text)}
    ends = [passage.text_lines[:-1] for passage in passages if passage.kind != "Figure"]
    spaced = [line.spaced for each in ends for line in each]
    writes_spaces = sum(spaced) > 0.75 * len(spaced)
    return [_with_divided(passage, words, writes_spaces) for passage in passages]


def _with_divided(passage: Passage, words: set[str], writes_spaces: bool) -> Passage:
    if passage.kind == "Figure":
        return passage
    divided = {
        id(one)
        for one, two in pairwise(passage.text_lines)
        if one.hyphened or _is_divided(one, two, words, writes_spaces)
    }
    if not divided:
        return passage
    rows = tuple(
        tuple(replace(line, divided=True) if id(line) in divided else line for line in row)
        for row in passage.rows
    )
    return replace(passage, rows=rows)


def _is_divided(one: Line, two: Line, words: set[str], writes_spaces: bool) -> bool:
    end, start = _END.search(one.text), _START.match(two.text)
    if end is None or start is None:
        return False
    first, hyphen, second = end[1].lower(), end[2], start[0].lower()
    if hyphen:
        return hyphen in _ADDED_HYPHENS or (first + second in words and f"{first}-{second}" not in words)
    first_half = one.text.split()[-1]
    word = first_half + two.text.split()[0]
    if len(word) > LONGEST_WORD and first_half == one.text:
        return False  # it had a line of its own, and is longer than that
    cased = first[-1] != first[-1].upper()  # scripts without spaces have no letters of two kinds
    return writes_spaces and not one.spaced and cased and not re.search(r"[/.@\d_]", word.rstrip(".,;:!?)”’"))
