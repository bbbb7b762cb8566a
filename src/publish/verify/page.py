"""Read one PDF page's content: what is shown in each marked content, where, and whether it is seen.

One page in, its ``Content`` out: pieces of text by marked-content id, artifacts, words that nobody
tagged, and every painted area, so that a piece can be asked why a reader would not see it.

Rules: ISO 32000-1, 8 (graphics), 9 (text), 14.6 (marked content), 8.11 (optional content).
"""

from __future__ import annotations

import io
import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import pikepdf

from publish.errors import Problem, PublishError
from publish.verify.directions import Sign
from publish.verify.fonts import UNKNOWN, Font, Glyph
from publish.verify.reading import names
from publish.verify.values import BLACK, LEAST_CONTRAST, WHITE, Colour, contrast, over

Matrix = tuple[float, float, float, float, float, float]
Point = tuple[float, float]
Polygon = tuple[Point, ...]
Box = tuple[float, float, float, float]
"""Left, bottom, right, top, in points of the page, y up."""
Pixels = tuple[int, int, bytes]
"""A picture of points: width, height, and red, green and blue of each on white; of width 0 if not known."""
Key = tuple[int, int]
"""The object number of the form that holds it (0: the page's own content) and the marked-content id."""

IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
MAX_OPERATORS = 2_000_000  # of one page, forms counted as often as they are painted
MAX_DEPTH = 16
FAR = 1e9  # no number on a page is as large; beyond, sums and products would lose their meaning
LEAST_SIZE = 3.0  # points: nobody can read letters this small
_LOW, _HIGH = 0.02, 0.65  # ems: what is painted later may not touch a letter between these heights
_OVERLAP = 0.5  # of its width: a letter that stands further back covers the one before it
_FULL = 0.999  # alpha: what is painted with less lets something through
_GRID = 64  # by so many points across and up, how much of a picture can be seen is counted
_FAINT = 0.005  # an area of a smaller alpha is not there at all


def times(one: Matrix, two: Matrix) -> Matrix:
    """Return the matrix that applies ``one``, then ``two``."""
    a, b, c, d, e, f = one
    g, h, i, j, k, m = two
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


def at(matrix: Matrix, x: float, y: float) -> Point:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def box_of(points: Iterable[Point]) -> Box:
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def meet(one: Box, two: Box) -> bool:
    return one[0] < two[2] and two[0] < one[2] and one[1] < two[3] and two[1] < one[3]


def within(inner: Box, outer: Box) -> bool:
    return outer[0] <= inner[0] and outer[1] <= inner[1] and inner[2] <= outer[2] and inner[3] <= outer[3]


def joined(boxes: Iterable[Box]) -> Box | None:
    """Return the box around ``boxes``, None where there are none."""
    all_boxes = tuple(boxes)
    if not all_boxes:
        return None
    lefts, bottoms, rights, tops = zip(*all_boxes, strict=True)
    return min(lefts), min(bottoms), max(rights), max(tops)


@dataclass(frozen=True, slots=True)
class Shape:
    """The inside of a path: polygons (curves as short lines) and the rule that tells inside from out.

    ``plain`` says that the shape is its own box: one upright rectangle.
    """

    polygons: tuple[Polygon, ...]
    even_odd: bool
    box: Box
    plain: bool

    @classmethod
    def of(cls, polygons: Iterable[Polygon], even_odd: bool = False) -> Shape:
        real = tuple(polygon for polygon in polygons if len(polygon) > 2)
        if not real:
            return cls((), even_odd, (0.0, 0.0, 0.0, 0.0), True)
        box = box_of(point for polygon in real for point in polygon)
        corners = {(x, y) for x in (box[0], box[2]) for y in (box[1], box[3])}
        plain = len(real) == 1 and len(set(real[0])) == 4 and set(real[0]) == corners
        return cls(real, even_odd, box, plain)

    def holds(self, x: float, y: float) -> bool:
        box = self.box
        if not (box[0] <= x <= box[2] and box[1] <= y <= box[3]):
            return False
        if self.plain:
            return bool(self.polygons)
        winding = crossings = 0
        for polygon in self.polygons:
            x1, y1 = polygon[-1]
            for x2, y2 in polygon:
                if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
                    crossings += 1
                    winding += 1 if y2 > y1 else -1
                x1, y1 = x2, y2
        return crossings % 2 == 1 if self.even_odd else winding != 0


@dataclass(slots=True)
class Area:
    """Something painted that is not text. ``colour`` is None for a picture, a pattern, a shading;
    ``opaque`` says whether nothing below can be seen; ``clip`` are the shapes it is cut to."""

    order: int
    shape: Shape
    colour: Colour | None
    opaque: bool
    clip: tuple[Shape, ...]
    key: Key | None
    alpha: float = 1.0
    ways: frozenset[str] = frozenset()
    """How it is painted, where that is not plainly: "image", "inline image", "mask", "blend", "alpha"."""

    def holds(self, x: float, y: float) -> bool:
        return self.shape.holds(x, y) and all(clip.holds(x, y) for clip in self.clip)

    def touches(self, letter: Box, size: float) -> bool:
        """Whether some of it can be seen inside of ``letter``; a twentieth of ``size`` is let pass."""
        shapes = (self.shape, *self.clip)
        if not all(meet(shape.box, letter) for shape in shapes):
            return False
        left, bottom, right, top = letter
        if all(shape.plain for shape in shapes):
            for shape in shapes:
                left, bottom = max(left, shape.box[0]), max(bottom, shape.box[1])
                right, top = min(right, shape.box[2]), min(top, shape.box[3])
            return right - left > 0.05 * size and top - bottom > 0.05 * size
        steps = (0.1, 0.3, 0.5, 0.7, 0.9)
        return any(
            self.holds(left + across * (right - left), bottom + up * (top - bottom))
            for across in steps
            for up in steps
        )

    def share(self, page: Box) -> float:
        """Return how much of its own box can be seen on ``page``, as far as it is not cut away: 0 to 1."""
        left, bottom, right, top = self.shape.box
        wide, high = right - left, top - bottom
        steps = [(n + 0.5) / _GRID for n in range(_GRID)]
        held = sum(
            page[0] <= x <= page[2]
            and page[1] <= y <= page[3]
            and all(clip.holds(x, y) for clip in self.clip)
            for x in (left + wide * step for step in steps)
            for y in (bottom + high * step for step in steps)
        )
        return held / _GRID**2

    def about(self, box: Box) -> bool | None:
        """Whether all of ``box`` is inside, False for none of it, None for some or for who knows."""
        shapes = (self.shape, *self.clip)
        if not all(meet(shape.box, box) for shape in shapes):
            return False
        return True if all(shape.plain and within(box, shape.box) for shape in shapes) else None


@dataclass(slots=True)
class Shown:
    """One string as it was painted.

    ``glyphs`` are (glyph, x) with x in units of the font size along the line; ``matrix`` takes that
    (and heights above the baseline, in ems) to points of the page. ``size`` is the type size in
    points, ``squeeze`` the width of letters as a share of what it should be. ``unseen`` is a reason
    known while painting: an invisible render mode, a hidden layer.
    """

    page: int
    order: int
    glyphs: tuple[tuple[Glyph, float], ...]
    matrix: Matrix
    size: float
    squeeze: float
    colour: Colour | None
    clip: tuple[Shape, ...]
    unseen: str
    font: Font

    @property
    def text(self) -> str:
        return "".join(glyph.text for glyph, _ in self.glyphs)

    def centres(self) -> Iterator[tuple[Glyph, float, float]]:
        """Yield each glyph that leaves ink, with the middle of its small letters."""
        for glyph, x in self.glyphs:
            if glyph.text.strip(" \u00a0\t\n") or glyph.text == "":
                yield glyph, *at(self.matrix, x + glyph.width / 2, 0.3)

    def boxes(self) -> Iterator[Box]:
        """Yield the box of each glyph that leaves ink, from baseline to the height of most capitals."""
        for glyph, x in self.glyphs:
            if glyph.width and (glyph.text.strip(" \u00a0\t\n") or glyph.text == ""):
                corners = ((x + left, y) for left in (0.0, glyph.width) for y in (_LOW, _HIGH))
                yield box_of(at(self.matrix, *corner) for corner in corners)

    @property
    def tall_box(self) -> Box | None:
        """The box of all its glyphs, from baseline to the height of most capitals."""
        ends = [(x, x + glyph.width) for glyph, x in self.glyphs if glyph.text.strip(" \u00a0\t\n")]
        if not ends:
            return None
        left, right = min(end[0] for end in ends), max(end[1] for end in ends)
        return box_of(at(self.matrix, x, y) for x in (left, right) for y in (_LOW, _HIGH))

    @property
    def disorder(self) -> str:
        """Return why its letters are not in a row from left to right, each beside the last, or "".

        So they are painted in every script: right-to-left text has its last letter first.
        """
        end, spaced = -math.inf, False
        for glyph, x in self.glyphs:
            if not glyph.text.strip(" \t\n"):
                spaced = spaced or bool(glyph.text)
            elif glyph.width:
                if x < end - _OVERLAP * glyph.width:
                    return "its letters stand on each other, or in another order than they are read"
                if spaced and x < end + 0.05:
                    return "there is no space left between its words"
                end, spaced = x + glyph.width, False
        a, b, c, d, _, _ = self.matrix
        if a * d - b * c <= 0:
            return "its letters are mirrored"
        if abs(a * c + b * d) > 0.5 * math.hypot(a, b) * math.hypot(c, d):
            return "its letters are slanted too far"
        return ""

    @property
    def box(self) -> Box | None:
        """The box of its ink, from baseline to the height of small letters."""
        inked = [(glyph, x) for glyph, x in self.glyphs if glyph.text.strip(" \u00a0\t\n")]
        if not inked:
            return None
        left, right = inked[0][1], inked[-1][1] + inked[-1][0].width
        return box_of(at(self.matrix, x, y) for x in (left, right) for y in (0.0, 0.5))


@dataclass(slots=True)
class Piece:
    """Some text, in the order of painting; ``said`` if the file gives it (ActualText) for its glyphs."""

    text: str
    said: bool = False
    shown: list[Shown] = field(default_factory=list)

    @property
    def drawn(self) -> str:
        return "".join(shown.text for shown in self.shown)

    @property
    def signs(self) -> tuple[Sign, ...]:
        """Its glyphs, in the order of painting."""
        glyphs = (glyph for shown in self.shown for glyph, _ in shown.glyphs)
        return tuple(Sign(glyph.text, glyph.width == 0) for glyph in glyphs)


@dataclass(slots=True)
class Artifact:
    """What the page shows beside its text. ``pagination`` for running heads and page numbers."""

    pagination: bool
    pieces: list[Piece] = field(default_factory=list)


@dataclass(slots=True)
class Content:
    """One page, read. ``box`` is what of it can be seen; ``turned`` says that it is shown rotated."""

    number: int
    box: Box
    turned: bool
    pieces: dict[Key, list[Piece]] = field(default_factory=lambda: defaultdict(list))
    artifacts: list[Artifact] = field(default_factory=list)
    stray: list[Piece] = field(default_factory=list)
    areas: list[Area] = field(default_factory=list)
    images: list[tuple[Key | None, Pixels]] = field(default_factory=list)

    def shown(self) -> Iterator[Shown]:
        """Yield every string that the page shows, whatever it belongs to."""
        artifacts = (artifact.pieces for artifact in self.artifacts)
        for pieces in (*self.pieces.values(), *artifacts, self.stray):
            for piece in pieces:
                yield from piece.shown

    def place_of(self, keys: Iterable[Key]) -> Box | None:
        """Return the box around what is painted under ``keys``, None where nothing is."""
        wanted = set(keys)
        return joined(area.shape.box for area in self.areas if area.key in wanted)

    def unseen(self, shown: Shown) -> str:
        """Return why a reader would not see ``shown``, "" when it is seen."""
        if shown.unseen:
            return shown.unseen
        box = shown.box
        if box is None:
            return "it is drawn as empty boxes" if any(glyph.empty for glyph, _ in shown.glyphs) else ""
        if shown.size < LEAST_SIZE or shown.squeeze < 0.3:
            return f"its type is {shown.size * min(1.0, shown.squeeze):.3g} points"
        for glyph, _ in shown.glyphs:
            if glyph.empty:
                return "it has a character that its font cannot draw"
        if disorder := shown.disorder:
            return disorder
        if shown.matrix[0] + shown.matrix[3] <= 0 and not self.turned:
            return "its letters stand upside down"
        return self._outside(shown, box) or self._covered(shown, box) or self._pale(shown, box)

    def _outside(self, shown: Shown, box: Box) -> str:
        if not within(box, self.box):
            for _, x, y in shown.centres():
                if not (self.box[0] <= x <= self.box[2] and self.box[1] <= y <= self.box[3]):
                    return "it is off the page"
        if not all(clip.plain and within(box, clip.box) for clip in shown.clip):
            for _, x, y in shown.centres():
                if not all(clip.holds(x, y) for clip in shown.clip):
                    return "it is clipped away"
        return ""

    def _covered(self, shown: Shown, box: Box) -> str:
        tall = shown.tall_box or box
        letters: list[Box] | None = None
        for area in self.areas:
            if not meet(area.shape.box, tall):
                continue
            if letters is None:
                letters = list(shown.boxes())
            if self._strikes(area, shown):
                return "it is struck through"
            if area.order > shown.order and any(area.touches(letter, shown.size) for letter in letters):
                return "something is painted over it"
        return ""

    def _strikes(self, area: Area, shown: Shown) -> bool:
        """Whether ``area`` is a line, before or after the letters, through the middle of one of them."""
        low, high = area.shape.box[1], area.shape.box[3]
        baseline, size = shown.matrix[5], shown.size
        if abs(shown.matrix[1]) + abs(shown.matrix[2]) > 1e-6 or high - low >= 0.6 * size:
            return False
        thick = high - low >= 0.2 * size
        highest = 0.6 if thick else 0.5
        if not (low < baseline + highest * size and high > baseline + 0.08 * size):
            return False
        if thick and (area.order > shown.order or not _is_ink(area.colour, shown.colour)):
            return False  # it covers them, or lies behind them like marker ink
        lowest, highest = max(low, baseline + 0.08 * size), min(high, baseline + highest * size)
        # What has no width stands upon another letter, or below it, where lines may pass.
        middle = (lowest + highest) / 2
        return any(glyph.width and area.holds(x, middle) for glyph, x, _ in shown.centres())

    def _pale(self, shown: Shown, box: Box) -> str:
        """Whether its ink is as pale as its paper, wherever one of its letters stands."""
        for paper in self.papers(shown, box):
            if paper is not None and shown.colour is not None:
                seen = contrast(over(shown.colour, paper), paper)
                if seen < LEAST_CONTRAST:
                    return f"its letters have nearly the colour of the paper ({seen:.2f}:1)"
        return ""

    def points(self, shown: Shown) -> Iterator[Point]:
        """Yield the places at which the paper behind ``shown`` is looked at: five of every letter."""
        for left, bottom, right, top in shown.boxes():
            yield (left + right) / 2, (bottom + top) / 2
            for across in (0.2, 0.8):
                for up in (0.1, 0.9):
                    yield left + across * (right - left), bottom + up * (top - bottom)

    def papers(self, shown: Shown, box: Box) -> Iterator[Colour | None]:
        """Yield what is painted below each letter of ``shown``: None for a picture or a shading.

        Once for all of them where it is the same everywhere.
        """
        box = shown.tall_box or box
        below = [area for area in self.areas if area.order < shown.order and area.about(box) is not False]
        even = all(area.about(box) for area in below)
        for x, y in self.points(shown):
            paper: Colour | None = WHITE
            for area in below:
                if even or area.holds(x, y):
                    if area.colour is None:
                        paper = None
                    elif area.opaque:
                        paper = area.colour
                    elif paper is not None:
                        paper = over(area.colour, paper)
            yield paper
            if even:
                break

    def painted(self, keys: Iterable[Key]) -> str:
        """Return why a picture painted under ``keys`` is not seen, "" when it is."""
        wanted = set(keys)
        areas = [area for area in self.areas if area.key in wanted and meet(area.shape.box, self.box)]
        seen = [
            area
            for area in areas
            if all(meet(clip.box, area.shape.box) for clip in area.clip)
            and (area.colour is None or area.colour[3] > 0.05)
        ]
        box = joined(area.shape.box for area in seen)
        if box is None or box[2] - box[0] < 2 or box[3] - box[1] < 2:
            words = any(
                shown.box for key in wanted for piece in self.pieces.get(key, ()) for shown in piece.shown
            )
            return "" if words else "its picture is not drawn on the page"
        last = max(area.order for area in seen)
        if any(area.order > last and area.opaque and area.about(box) for area in self.areas):
            return "something is painted over its picture"
        return ""


# --- the interpreter -----------------------------------------------------------------------


@dataclass(slots=True)
class _Scope:
    """An open marked content. ``said`` gathers what is painted in place of its ActualText."""

    key: Key | None = None
    artifact: Artifact | None = None
    said: Piece | None = None
    hidden: bool = False
    odd: str = ""


@dataclass(slots=True)
class _State:
    """The graphics state, as far as it decides what is seen."""

    matrix: Matrix = IDENTITY
    fill: Colour | None = BLACK
    stroke: Colour | None = BLACK
    fill_alpha: float = 1.0
    stroke_alpha: float = 1.0
    fill_space: str = "gray"
    stroke_space: str = "gray"
    line_width: float = 1.0
    cap: int = 0
    odd: str = ""  # how it paints that cannot be followed here: a transfer function, for one
    group_alpha: float = 1.0
    masked: bool = False
    blended: bool = False
    clip: tuple[Shape, ...] = ()
    font: Font | None = None
    size: float = 0.0
    spacing: float = 0.0
    word_spacing: float = 0.0
    stretch: float = 1.0
    leading: float = 0.0
    rise: float = 0.0
    mode: int = 0


@lru_cache(maxsize=1)
def read_pages(data: bytes) -> tuple[Content, ...]:
    """Interpret every page of a PDF; nobody changes what is returned.

    The last file is remembered: a build asks it for its words, then for its looks.
    """
    with taken_from_file(), pikepdf.open(io.BytesIO(data)) as pdf:
        layers, fonts = Layers.of(pdf.Root), dict[tuple[int, int], Font]()
        return tuple(read_page(page, number, fonts, layers) for number, page in enumerate(pdf.pages, 1))


_BROKEN = (
    *(pikepdf.PdfError, pikepdf.QpdfRuntimeError),
    *(ArithmeticError, AttributeError, IndexError, KeyError, TypeError, ValueError),
)


@contextmanager
def taken_from_file() -> Iterator[None]:
    """Whatever goes wrong while objects are taken out of a PDF is the fault of the file.

    Any object of a damaged file can be of another type than the standard says. Only what asks the objects
    of a file stands inside of it, or a mistake of ours would look like one of the file.
    """
    try:
        yield
    except RecursionError as error:
        raise not_read("it is nested too deep") from error
    except pikepdf.PasswordError as error:
        raise not_read("it is locked with a password; save it without one") from error
    except _BROKEN as error:
        # qpdf names the file, which for us is a place in memory.
        said = re.sub(r"(stream )?<_io\.BytesIO[^>]*>[^:]*: ", "", str(error))
        raise not_read(f"it is broken ({said})") from error


def read_page(page: pikepdf.Page, number: int, fonts: dict[tuple[int, int], Font], layers: Layers) -> Content:
    """Interpret one page; ``fonts`` is a cache for the whole file, by object number."""
    box = visible_box(page)
    content = Content(number, box, int(_inherited(page.obj, "/Rotate") or 0) % 360 != 0)
    unit = float(page.obj.get("/UserUnit", 1.0))
    if "/Contents" in page.obj:
        resources = _inherited(page.obj, "/Resources")
        if resources is None:
            resources = pikepdf.Dictionary()
        _Interpreter(content, fonts, layers, unit).run(page, resources, 0, _State(), 0)
    return content


def _inherited(page: Any, name: str) -> Any:
    """An attribute that a page may have from the nodes above it: ISO 32000-1, 7.7.3.4."""
    for _ in range(MAX_DEPTH):
        if name in page or "/Parent" not in page:
            break
        page = page.Parent
    return page.get(name)


def visible_box(page: pikepdf.Page) -> Box:
    """What of a page can be seen: its crop box, as far as it is on the medium."""
    boxes = []
    for given in (page.mediabox, page.cropbox):
        x1, y1, x2, y2 = (float(value) for value in given)
        boxes.append((min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)))
    (a, b, c, d), (e, f, g, h) = boxes
    return max(a, e), max(b, f), min(c, g), min(d, h)


@dataclass(frozen=True, slots=True)
class Layers:
    """Which optional content a reader would not see when the file is opened or printed."""

    off: frozenset[int] = frozenset()

    @classmethod
    def of(cls, root: Any) -> Layers:
        properties = root.get("/OCProperties")
        if properties is None:
            return cls()
        default = properties.get("/D", {})
        groups = {group.objgen[0]: group for group in properties.get("/OCGs", [])}
        off = {group.objgen[0] for group in default.get("/OFF", [])}
        if str(default.get("/BaseState")) == "/OFF":
            off |= groups.keys() - {group.objgen[0] for group in default.get("/ON", [])}
        for number, group in groups.items():
            usage = group.get("/Usage", {})
            for name, state in (("/Print", "/PrintState"), ("/View", "/ViewState")):
                if str(usage.get(name, {}).get(state)) == "/OFF":
                    off.add(number)
        return cls(frozenset(off))

    def hide(self, layer: Any) -> bool:
        """Whether ``layer``, a group or a membership dictionary, is not shown."""
        if layer is None:
            return False
        if str(layer.get("/Type")) == "/OCMD":
            if "/VE" in layer or str(layer.get("/P", "/AnyOn")) not in ("/AnyOn", "/AllOn"):
                return True  # what is shown where others are not is more than can be followed
            groups = layer.get("/OCGs", [])
            members = [groups] if isinstance(groups, pikepdf.Dictionary) else list(groups)
            return any(member.objgen[0] in self.off for member in members)
        return layer.objgen[0] in self.off


class _Interpreter:
    def __init__(
        self, content: Content, fonts: dict[tuple[int, int], Font], layers: Layers, unit: float
    ) -> None:
        self.content, self.fonts, self.layers, self.unit = content, fonts, layers, unit
        self.order = self.count = 0
        self.scopes: list[_Scope] = []

    def run(self, stream: Any, resources: Any, form: int, state: _State, depth: int) -> None:
        """Interpret a content stream: the page's (``form`` 0) or a form's, in a copy of ``state``."""
        if depth > MAX_DEPTH:
            raise not_read("its forms are nested too deep")
        try:
            instructions = pikepdf.parse_content_stream(stream)
        except (pikepdf.PdfError, TypeError) as error:
            raise not_read(f"the content of page {self.content.number} is broken: {error}") from error
        self.count += len(instructions)
        if self.count > MAX_OPERATORS:
            raise not_read(f"page {self.content.number} has too much content")
        _Stream(self, resources, form, state, depth).run(instructions)


def not_read(why: str) -> PublishError:
    return PublishError(Problem(f"this PDF cannot be read: {why}", kind="unreadable"))


class _Stream:
    """One content stream being interpreted: a method for each operator that matters."""

    def __init__(self, reader: _Interpreter, resources: Any, form: int, state: _State, depth: int) -> None:
        self.reader, self.resources, self.form, self.depth = reader, resources, form, depth
        self.content, self.scopes = reader.content, reader.scopes
        self.state = state
        self.saved: list[_State] = []
        self.text = self.line = IDENTITY
        self.paths: list[list[Point]] = []
        self.segments: list[tuple[Point, Point]] = []
        self.clip_rule: bool | None = None
        self.stencil = False
        if any(str(name).startswith("/Default") for name in resources.get("/ColorSpace", {})):
            state.odd = "in colours that mean others than they say"

    def run(self, instructions: Iterable[Any]) -> None:
        base = len(self.scopes)
        for instruction in instructions:
            name = str(instruction.operator)
            method = _OPERATORS.get(name)
            if method is not None:
                try:
                    method(self, instruction)
                except _BROKEN as error:
                    raise not_read(
                        f"operator {name} of page {self.content.number} is broken ({error})"
                    ) from error
        del self.scopes[base:]

    def numbers(self, instruction: Any) -> list[float]:
        found = [float(each) for each in instruction.operands]
        if not all(abs(each) < FAR for each in found):
            raise ValueError("a number is too large")
        return found

    # --- graphics state ---

    def save(self, _: Any) -> None:
        self.saved.append(self.state)
        self.state = replace(self.state)

    def restore(self, _: Any) -> None:
        if self.saved:
            self.state = self.saved.pop()

    def concatenate(self, instruction: Any) -> None:
        a, b, c, d, e, f = self.numbers(instruction)
        self.state.matrix = times((a, b, c, d, e, f), self.state.matrix)

    def set_line_width(self, instruction: Any) -> None:
        self.state.line_width = float(instruction.operands[0])

    def set_cap(self, instruction: Any) -> None:
        self.state.cap = int(instruction.operands[0])

    def set_parameters(self, instruction: Any) -> None:
        given = self.resources["/ExtGState"][str(instruction.operands[0])]
        state = self.state
        if "/ca" in given:
            state.fill_alpha = float(given.ca)
        if "/CA" in given:
            state.stroke_alpha = float(given.CA)
        if "/LW" in given:
            state.line_width = float(given.LW)
        if "/SMask" in given:
            state.masked = not isinstance(given.SMask, pikepdf.Name)
        if unknown := [name for name in given if not _is_plain(name, given[name])]:
            state.odd = f"with {', '.join(unknown)}"
        if "/BM" in given:
            mode = given.BM[0] if isinstance(given.BM, pikepdf.Array) else given.BM
            state.blended = str(mode) not in ("/Normal", "/Compatible")
        if "/Font" in given:
            state.font, state.size = self.font(given.Font[0]), float(given.Font[1])

    # --- colours ---

    def set_colour(self, instruction: Any) -> None:
        name = str(instruction.operator)
        space = {"g": "gray", "rg": "rgb", "k": "cmyk"}.get(name.lower())
        if space is None:
            space = self.state.stroke_space if name in ("SC", "SCN") else self.state.fill_space
        colour = _colour(space, instruction.operands)
        if name.isupper():
            self.state.stroke, self.state.stroke_space = colour, space
        else:
            self.state.fill, self.state.fill_space = colour, space

    def set_space(self, instruction: Any) -> None:
        space = self.space(instruction.operands[0])
        colour = BLACK if space in ("gray", "rgb", "cmyk") else None
        if str(instruction.operator) == "CS":
            self.state.stroke, self.state.stroke_space = colour, space
        else:
            self.state.fill, self.state.fill_space = colour, space

    def space(self, name: Any) -> str:
        """Return gray, rgb or cmyk, or "" for a space whose colours we do not compute."""
        known = {"/DeviceGray": "gray", "/DeviceRGB": "rgb", "/DeviceCMYK": "cmyk"}
        if str(name) in known:
            return known[str(name)]
        space = self.resources.get("/ColorSpace", {}).get(str(name))
        if isinstance(space, pikepdf.Name):
            return known.get(str(space), "")
        return ""

    # --- paths ---

    def point(self, x: float, y: float) -> Point:
        return at(self.state.matrix, x, y)

    def move(self, instruction: Any) -> None:
        self.paths.append([self.point(*self.numbers(instruction))])

    def draw_line(self, instruction: Any) -> None:
        if self.paths:
            end = self.point(*self.numbers(instruction))
            self.segments.append((self.paths[-1][-1], end))
            self.paths[-1].append(end)

    def draw_curve(self, instruction: Any) -> None:
        if not self.paths:
            return
        given = self.numbers(instruction)
        points = [self.point(x, y) for x, y in zip(given[::2], given[1::2], strict=True)]
        start = self.paths[-1][-1]
        if str(instruction.operator) == "v":
            points.insert(0, start)
        elif str(instruction.operator) == "y":
            points.append(points[-1])
        one, two, end = points
        for n in range(1, 9):
            t = n / 8
            u = 1 - t
            place = (
                u**3 * start[0] + 3 * u * u * t * one[0] + 3 * u * t * t * two[0] + t**3 * end[0],
                u**3 * start[1] + 3 * u * u * t * one[1] + 3 * u * t * t * two[1] + t**3 * end[1],
            )
            self.segments.append((self.paths[-1][-1], place))
            self.paths[-1].append(place)

    def draw_rectangle(self, instruction: Any) -> None:
        x, y, width, height = self.numbers(instruction)
        corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
        points = [self.point(*corner) for corner in corners]
        self.paths.append(points)
        self.segments += zip(points, [*points[1:], points[0]], strict=True)

    def close(self, _: Any) -> None:
        if self.paths and len(self.paths[-1]) > 1:
            first = self.paths[-1][0]
            self.segments.append((self.paths[-1][-1], first))
            self.paths.append([first])

    def clip_to(self, instruction: Any) -> None:
        self.clip_rule = str(instruction.operator) == "W*"

    def paint(self, instruction: Any) -> None:
        """Every operator that ends a path: fill it, stroke it, clip to it, or none of these."""
        name = str(instruction.operator)
        if name in ("s", "b", "b*"):
            self.close(instruction)
        if name[0] in "fFbB":
            shape = Shape.of(map(tuple, self.paths), even_odd=name.endswith("*"))
            self.add_area(shape, self.state.fill, self.state.fill_alpha)
        if name[0] in "sSbB":
            self.stroke()
        if self.clip_rule is not None:
            self.state.clip = (*self.state.clip, Shape.of(map(tuple, self.paths), self.clip_rule))
        self.paths, self.segments, self.clip_rule = [], [], None

    def stroke(self) -> None:
        """A line is painted like a narrow box; a curved one like several, a point as large as its ends."""
        half = self.state.line_width * _scale(self.state.matrix) / 2
        for (x1, y1), (x2, y2) in self.segments:
            long = math.hypot(x2 - x1, y2 - y1)
            if self.state.cap and half:  # round and square ends go on for half the width of the line
                along, up = ((x2 - x1) / long, (y2 - y1) / long) if long else (1.0, 0.0)
                x1, y1, x2, y2 = x1 - half * along, y1 - half * up, x2 + half * along, y2 + half * up
                long += 2 * half
            if long and half:
                dx, dy = half * (y2 - y1) / long, half * (x2 - x1) / long
                corners = ((x1 - dx, y1 + dy), (x2 - dx, y2 + dy), (x2 + dx, y2 - dy), (x1 + dx, y1 - dy))
                self.add_area(Shape.of((corners,)), self.state.stroke, self.state.stroke_alpha)

    def add_area(
        self, shape: Shape, colour: Colour | None, alpha: float, opaque: bool = True, way: str = ""
    ) -> None:
        alpha *= self.state.group_alpha
        if not shape.polygons or self.hidden() or alpha < _FAINT:
            return
        if colour is not None:
            colour = (*colour[:3], alpha)
        self.reader.order += 1
        opaque = opaque and alpha > 0.9 and not self.state.masked and not self.state.blended
        if self.state.blended or self.state.masked:
            colour = None
        ways = {
            way: bool(way),
            "mask": self.state.masked,
            "blend": self.state.blended,
            "alpha": alpha < _FULL,
            "odd": bool(self.state.odd),
        }
        self.content.areas.append(
            Area(
                self.reader.order,
                shape,
                colour,
                opaque,
                self.state.clip,
                self.key(),
                alpha,
                frozenset(way for way, is_so in ways.items() if is_so),
            )
        )

    def shade(self, _: Any) -> None:
        left, bottom, right, top = self.content.box
        corners = ((left, bottom), (right, bottom), (right, top), (left, top))
        self.add_area(Shape.of((corners,)), None, self.state.fill_alpha)

    def inline_image(self, instruction: Any) -> None:
        self.add_image(
            opaque="/ImageMask" not in str(instruction.iimage.obj)
            and "/IM" not in str(instruction.iimage.obj),
            way="inline image",
        )

    def add_image(self, opaque: bool, way: str = "image") -> None:
        corners = tuple(self.point(x, y) for x, y in ((0, 0), (1, 0), (1, 1), (0, 1)))
        self.add_area(Shape.of((corners,)), None, self.state.fill_alpha, opaque, way)

    def paint_object(self, instruction: Any) -> None:
        target = self.resources["/XObject"][str(instruction.operands[0])]
        hidden = self.layers_hide(target.get("/OC"))
        if str(target.get("/Subtype")) == "/Image":
            if not hidden:
                transparent = any(name in target for name in ("/SMask", "/Mask", "/ImageMask"))
                self.add_image(opaque=not transparent)
                if self.key() is not None and self.artifact() is None:
                    a, b, c, d, _, _ = self.state.matrix
                    upright = a > 0 and d > 0 and abs(b) + abs(c) < 1e-6
                    self.content.images.append((self.key(), _pixels(target) if upright else UNREAD))
        elif str(target.get("/Subtype")) == "/Form":
            self.paint_form(target, hidden)

    def paint_form(self, target: Any, hidden: bool) -> None:
        inner = replace(self.state)
        if "/Group" in target:  # painted by itself first, then as a whole with the alpha of this moment
            alpha = self.state.group_alpha * self.state.fill_alpha
            inner = replace(inner, group_alpha=alpha, fill_alpha=1.0, stroke_alpha=1.0)
            inner.blended = inner.blended or bool(target.Group.get("/K", False))
        given = [float(value) for value in target.get("/Matrix", IDENTITY)]
        inner.matrix = times((given[0], given[1], given[2], given[3], given[4], given[5]), self.state.matrix)
        if "/BBox" in target:
            x1, y1, x2, y2 = (float(value) for value in target.BBox)
            corners = ((x1, y1), (x2, y1), (x2, y2), (x1, y2))
            inner.clip = (*inner.clip, Shape.of((tuple(at(inner.matrix, *corner) for corner in corners),)))
        self.scopes.append(_Scope(hidden=hidden))
        resources = target.get("/Resources", self.resources)
        self.reader.run(target, resources, target.objgen[0], inner, self.depth + 1)
        self.scopes.pop()

    def layers_hide(self, layer: Any) -> bool:
        return layer is not None and self.reader.layers.hide(layer)

    # --- marked content ---

    def begin(self, instruction: Any) -> None:
        operands = instruction.operands
        tag = str(operands[0])
        properties = operands[1] if len(operands) > 1 else None
        if isinstance(properties, pikepdf.Name):
            properties = self.resources.get("/Properties", {}).get(str(properties))
        scope = _Scope()
        if isinstance(properties, pikepdf.Dictionary):
            if "/MCID" in properties:
                scope.key = self.form, int(properties.MCID)
            scope.hidden = tag == "/OC" and self.layers_hide(properties)
            heard = [name for name in ("/E", "/Alt", "/Lang", "/Phoneme") if name in properties]
            if heard and tag != "/Artifact":
                scope.odd = f"a screen reader is told something else for it ({', '.join(heard)})"
        if tag == "/Artifact":
            pagination = properties is not None and str(properties.get("/Type")) == "/Pagination"
            scope.artifact = Artifact(pagination)
            self.content.artifacts.append(scope.artifact)
        self.scopes.append(scope)
        actual = properties.get("/ActualText") if isinstance(properties, pikepdf.Dictionary) else None
        if actual is not None and self.said() is None:
            scope.said = Piece(str(actual), said=True)
            self.add_piece(scope.said)

    def end(self, _: Any) -> None:
        if self.scopes:
            self.scopes.pop()

    def key(self) -> Key | None:
        return next((scope.key for scope in reversed(self.scopes) if scope.key is not None), None)

    def said(self) -> Piece | None:
        return next((scope.said for scope in self.scopes if scope.said is not None), None)

    def artifact(self) -> Artifact | None:
        return next((scope.artifact for scope in reversed(self.scopes) if scope.artifact is not None), None)

    def hidden(self) -> bool:
        return any(scope.hidden for scope in self.scopes)

    def add_piece(self, piece: Piece) -> None:
        key = self.key()
        if artifact := self.artifact():
            artifact.pieces.append(piece)
        elif key is not None:
            self.content.pieces[key].append(piece)
        else:
            self.content.stray.append(piece)

    # --- text ---

    def begin_text(self, _: Any) -> None:
        self.text = self.line = IDENTITY
        self.stencil = False

    def end_text(self, _: Any) -> None:
        if self.stencil:  # all that follows is cut to the letters; that is taken for nothing at all
            self.state.clip = (*self.state.clip, Shape.of(()))

    def font(self, font: Any) -> Font:
        cache = self.reader.fonts
        if font.objgen == (0, 0):  # a direct object has no number to know it by
            return Font(font)
        if font.objgen not in cache:
            cache[font.objgen] = Font(font)
        return cache[font.objgen]

    def set_font(self, instruction: Any) -> None:
        name, size = instruction.operands
        self.state.font = self.font(self.resources["/Font"][str(name)])
        self.state.size = float(size)

    def set_text(self, instruction: Any) -> None:
        value = float(instruction.operands[0])
        match str(instruction.operator):
            case "Tc":
                self.state.spacing = value
            case "Tw":
                self.state.word_spacing = value
            case "Tz":
                self.state.stretch = value / 100
            case "TL":
                self.state.leading = value
            case "Ts":
                self.state.rise = value
            case _:
                self.state.mode = int(value)

    def set_matrix(self, instruction: Any) -> None:
        a, b, c, d, e, f = self.numbers(instruction)
        self.text = self.line = (a, b, c, d, e, f)

    def next_line(self, instruction: Any) -> None:
        x, y = self.numbers(instruction) if instruction.operands else (0.0, -self.state.leading)
        if str(instruction.operator) == "TD":
            self.state.leading = -y
        self.text = self.line = times((1.0, 0.0, 0.0, 1.0, x, y), self.line)

    def show(self, instruction: Any) -> None:
        operands = instruction.operands
        name = str(instruction.operator)
        if name in ("'", '"'):
            if name == '"':
                self.state.word_spacing, self.state.spacing = float(operands[0]), float(operands[1])
            self.text = self.line = times((1.0, 0.0, 0.0, 1.0, 0.0, -self.state.leading), self.line)
        self.show_strings(operands[0] if name == "TJ" else [operands[-1]])

    def show_strings(self, strings: Iterable[Any]) -> None:
        state = self.state
        if state.font is None:
            raise ValueError("no font is set")
        self.stencil = self.stencil or state.mode >= 4
        size = state.size or 1e-9
        glyphs: list[tuple[Glyph, float]] = []
        x = 0.0  # along the line, in ems
        for each in strings:
            if not isinstance(each, pikepdf.String):
                x -= float(each) / 1000
                continue
            for glyph in state.font.glyphs(bytes(each)):
                glyphs.append((glyph, x))
                x += glyph.width + state.spacing / size
                if glyph.code == 32 and not state.font.composite:
                    x += state.word_spacing / size
        flat = (size * state.stretch, 0.0, 0.0, size, 0.0, state.rise)
        matrix = times(flat, times(self.text, state.matrix))
        self.text = times((1.0, 0.0, 0.0, 1.0, x * size * state.stretch, 0.0), self.text)
        if not glyphs:
            return
        tall = math.hypot(matrix[2], matrix[3])
        wide = math.hypot(matrix[0], matrix[1])
        self.reader.order += 1
        shown = Shown(
            self.content.number,
            self.reader.order,
            tuple(glyphs),
            matrix,
            tall * self.reader.unit,
            wide / tall if tall else 0.0,
            self.ink(),
            state.clip,
            self.unseen(),
            state.font,
        )
        said = self.said()
        if said is not None:
            said.shown.append(shown)
        else:
            self.add_piece(Piece(shown.text, shown=[shown]))

    def ink(self) -> Colour | None:
        """The colour letters are painted with: of their outline where they have nothing else."""
        state = self.state
        colour, alpha = state.fill, state.fill_alpha
        if state.mode in (1, 5):
            colour, alpha = state.stroke, state.stroke_alpha
        if colour is None or state.blended:
            return None
        return (*colour[:3], alpha * state.group_alpha)

    def unseen(self) -> str:
        state = self.state
        if odd := next((scope.odd for scope in self.scopes if scope.odd), ""):
            return odd
        if state.mode in (3, 7):
            return "it is painted invisibly (text render mode 3 or 7)"
        if not self.is_plain_ink():
            return f"it is painted with outlines or as a stencil (text render mode {state.mode})"
        if state.odd:
            return f"it is painted {state.odd}, which cannot be checked"
        if state.fill is None and state.mode == 0:
            return "its letters are painted with a pattern, or a colour that cannot be checked"
        if state.blended:
            return "its letters are blended with what is below them, which cannot be checked"
        if self.hidden():
            return "it is on a layer that is switched off"
        return "it is painted through a mask" if self.state.masked else ""

    def is_plain_ink(self) -> bool:
        """Whether letters are filled; an outline of the same colour, like one to make them bold, is thin."""
        state = self.state
        if state.mode != 2:
            return state.mode == 0
        thin = state.line_width * _scale(state.matrix) <= 0.1 * abs(state.size) * _scale(
            times(self.text, state.matrix)
        )
        return thin and state.stroke == state.fill and state.stroke_alpha == state.fill_alpha


UNREAD: Pixels = (0, 0, b"")
MAX_PIXELS = 64_000_000


def _pixels(image: Any) -> Pixels:
    """Return what a picture of points shows; ``UNREAD`` where that is more than colours by the letter."""
    from PIL import Image

    space = image.get("/ColorSpace")
    if isinstance(space, pikepdf.Array) and len(space) > 1 and str(space[0]) == "/Indexed":
        space = space[1]
    plain = str(space) in ("/DeviceRGB", "/DeviceGray", "/DeviceCMYK")
    odd = any(name in image for name in ("/Decode", "/Mask", "/ImageMask", "/SMaskInData", "/Alternates"))
    if not plain or odd or int(image.Width) * int(image.Height) > MAX_PIXELS:
        return UNREAD
    try:
        shown = pikepdf.PdfImage(image).as_pil_image().convert("RGB")
        if (mask := image.get("/SMask")) is not None:
            if "/Decode" in mask or "/Matte" in mask:
                return UNREAD
            clear = pikepdf.PdfImage(mask).as_pil_image().convert("L").resize(shown.size)
            shown = Image.composite(shown, Image.new("RGB", shown.size, "white"), clear)
    except (NotImplementedError, OSError, pikepdf.UnsupportedImageTypeError):
        return UNREAD
    return shown.width, shown.height, shown.tobytes()


def _scale(matrix: Matrix) -> float:
    return math.sqrt(abs(matrix[0] * matrix[3] - matrix[1] * matrix[2]))


def _is_ink(one: Colour | None, ink: Colour | None) -> bool:
    """Whether ``one`` can be taken for the colour of letters, or is not known."""
    return one is None or ink is None or contrast(over(one, WHITE), over(ink, WHITE)) < 3


_PLAIN = names("Type ca CA LW LC LJ ML D RI Font FL SA AIS BM SMask OP op OPM SM TK")
"""The entries of graphics states that are followed here, or decide nothing: ISO 32000-1, table 58."""


def _is_plain(name: str, value: Any) -> bool:
    harmless = isinstance(value, pikepdf.Name) and str(value) in ("/Default", "/Identity")
    return name[1:] in _PLAIN or (harmless and name in ("/TR", "/TR2", "/HT", "/BG2", "/UCR2"))


def _colour(space: str, operands: Iterable[Any]) -> Colour | None:
    values = [float(each) for each in operands if not isinstance(each, pikepdf.Name)]
    match space, values:
        case "gray", [gray]:
            return gray, gray, gray, 1.0
        case "rgb", [red, green, blue]:
            return red, green, blue, 1.0
        case "cmyk", [cyan, magenta, yellow, black]:
            red, green, blue = ((1 - ink) * (1 - black) for ink in (cyan, magenta, yellow))
            return red, green, blue, 1.0
        case _:
            return None


_OPERATORS: dict[str, Callable[[_Stream, Any], None]] = {
    "q": _Stream.save,
    "Q": _Stream.restore,
    "cm": _Stream.concatenate,
    "w": _Stream.set_line_width,
    "gs": _Stream.set_parameters,
    **dict.fromkeys(("g", "G", "rg", "RG", "k", "K", "sc", "SC", "scn", "SCN"), _Stream.set_colour),
    "cs": _Stream.set_space,
    "CS": _Stream.set_space,
    "m": _Stream.move,
    "l": _Stream.draw_line,
    **dict.fromkeys(("c", "v", "y"), _Stream.draw_curve),
    "re": _Stream.draw_rectangle,
    "h": _Stream.close,
    "W": _Stream.clip_to,
    "W*": _Stream.clip_to,
    **dict.fromkeys(("S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "n"), _Stream.paint),
    "sh": _Stream.shade,
    "INLINE IMAGE": _Stream.inline_image,
    "Do": _Stream.paint_object,
    "BMC": _Stream.begin,
    "BDC": _Stream.begin,
    "EMC": _Stream.end,
    "BT": _Stream.begin_text,
    "ET": _Stream.end_text,
    "J": _Stream.set_cap,
    "Tf": _Stream.set_font,
    **dict.fromkeys(("Tc", "Tw", "Tz", "TL", "Ts", "Tr"), _Stream.set_text),
    "Tm": _Stream.set_matrix,
    **dict.fromkeys(("Td", "TD", "T*"), _Stream.next_line),
    **dict.fromkeys(("Tj", "TJ", "'", '"'), _Stream.show),
}
__all__ = ["UNKNOWN", "Content", "Layers", "Piece", "Shown", "read_page", "read_pages"]
