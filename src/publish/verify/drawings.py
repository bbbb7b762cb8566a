"""Account for all that a printed page shows beside its words: areas in, what belongs to nothing out.

Beside words a layout may draw boxes around them, rules, lines under links, boxes to tick. Whatever else is
drawn stands in a figure of the article, inside of its place; and its words and its picture are the source's.

Rules: docs/layouts.md, "What a layout cannot do"; ISO 32000-1, 14.8.5.4.3 (BBox of figures).
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from publish.errors import Problem
from publish.model import LARGE_PRINT, Article, Edition, Figure, Picture, bodies
from publish.verify.page import Area, Box, Content, Polygon, within
from publish.verify.reading import Drawn

_THIN = 6.0  # points: a line may be as thick
_LONG = 18.0  # points: a shorter line stands under words
_RULE = 48.0  # points: a line across the page may stand far from words if it is as long
_NEAR = 80.0  # points: how far from words a line down the page may stand
_ROUND = 0.85  # of its box: a box with round corners fills as much, a ring or a letter does not


def unaccounted(content: Content, own: Iterable[Box]) -> tuple[Box, ...]:
    """Return the places of what a page shows that belongs to no words and to no figure; those are ``own``."""
    frames = tuple(own)
    words = [box for shown in content.shown() if (box := shown.tall_box) is not None]
    layout: list[Box] = []
    found: list[Box] = []
    for area in content.areas:
        seen = _seen(area, content.box)
        if seen is None or any(within(seen, grown(frame, 1.5)) for frame in frames):
            continue
        (layout if _is_layout(area, seen, words, frames) else found).append(seen)
    return tuple(each for each in found if not any(_is_other_side(each, side) for side in layout))


def _is_other_side(line: Box, side: Box) -> bool:
    """Whether ``line`` is the other side of a box with the side ``side``: short lines may end far from it."""
    thin = max(line[2] - line[0], side[2] - side[0]) <= _THIN
    return thin and abs(line[1] - side[1]) < 1.5 and abs(line[3] - side[3]) < 1.5


def _seen(area: Area, page: Box) -> Box | None:
    """The box of what can be seen of ``area``, None where nothing can."""
    left, bottom, right, top = area.shape.box
    for other in (page, *(clip.box for clip in area.clip)):
        left, bottom = max(left, other[0]), max(bottom, other[1])
        right, top = min(right, other[2]), min(top, other[3])
    return (left, bottom, right, top) if right > left and top > bottom else None


def grown(box: Box, by: float) -> Box:
    return box[0] - by, box[1] - by, box[2] + by, box[3] + by


def _is_layout(area: Area, seen: Box, words: list[Box], frames: tuple[Box, ...]) -> bool:
    """Whether ``area`` is a box around words or a figure, a rule, a line under words, or a box to tick."""
    if area.colour is None or not all(_is_box(each) for each in area.shape.polygons):
        return False
    if not all(clip.plain or all(len(set(each)) <= 6 for each in clip.polygons) for clip in area.clip):
        return False
    wide, high = seen[2] - seen[0], seen[3] - seen[1]
    around = grown(area.shape.box, 1.0)
    if any(within(box, around) for box in (*words, *frames)):
        return True
    if wide > _THIN and high > _THIN:
        return _is_empty_box(area, seen, words)
    if high <= _THIN and wide >= _RULE:
        return True
    if high <= _THIN:  # under words, or at the edge of a box of them
        most = 30.0 if wide >= _LONG else 6.0
        near = (box for box in words if box[1] - most < seen[3] and seen[1] < box[3] + most)
        return any(
            min(box[2], seen[2]) - max(box[0], seen[0]) > 0.5 * min(wide, box[2] - box[0]) for box in near
        )
    beside = (box for box in words if box[1] < seen[3] and seen[1] < box[3])
    return high >= _LONG and any(
        max(box[0], seen[0]) - min(box[2], seen[2]) < _NEAR for box in (*beside, *frames)
    )


def _is_empty_box(area: Area, seen: Box, words: list[Box]) -> bool:
    """Whether it is the frame of an empty box, to write in, or to tick and on one line with words."""
    if len(area.shape.polygons) != 2:
        return False
    if seen[2] - seen[0] >= 60 and seen[3] - seen[1] >= 20:
        return True
    on_line = (box for box in words if box[1] < seen[3] and seen[1] < box[3])
    return any(0 <= max(box[0] - seen[2], seen[0] - box[2]) < 40 for box in on_line)


def _is_box(polygon: Polygon) -> bool:
    """Whether a polygon is a rectangle, with round or slanted corners perhaps."""
    xs, ys = [x for x, _ in polygon], [y for _, y in polygon]
    wide, high = max(xs) - min(xs), max(ys) - min(ys)
    doubled = sum(
        x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(polygon, [*polygon[1:], polygon[0]], strict=True)
    )
    return abs(doubled) / 2 >= (0.6 if min(wide, high) <= _THIN else _ROUND) * wide * high


# --- pictures ------------------------------------------------------------------------------


def compare_pictures(article: Article, edition: Edition, drawn: Iterable[Drawn]) -> tuple[Problem, ...]:
    """Return a problem for each figure of print whose words or picture are not those of its source."""
    by_block = {each.block: each for each in drawn}
    problems = []
    for figure in (block for block in bodies(article) if isinstance(block, Figure)):
        found = by_block.get(f"{figure.id}-alt")
        large = figure.picture_large if (edition.size or 0) >= LARGE_PRINT else None
        picture = large or figure.picture
        if found is None or picture is None:
            continue
        if why := _differs(picture, found, edition.colour == "black-and-white"):
            message = f"block {found.block} shows another picture than {picture.path}: {why}"
            problems.append(Problem(message, kind="picture", block=found.block, page=found.page))
    return tuple(problems)


def _differs(picture: Picture, found: Drawn, grey: bool) -> str:
    if picture.media_type != "image/svg+xml":
        if found.words:
            return f"it has the words “{found.words[:60]}”, and the picture has none that could be read"
        if len(found.images) != 1:
            return f"there are {len(found.images)} pictures in its place"
        if found.count > 1:
            return "something else is painted in its place"
        if odd := sorted(found.ways - {"image"}):
            return f"it is not painted as it is, but with {_WAYS[odd[0]]}"
        if found.share < _WHOLE:
            return f"only {found.share:.0%} of it can be seen; the rest is cut off or lies off the page"
        return "" if _same_pixels(picture.data, found.images[0], grey) else "its points have other colours"
    words = _words_of(picture.data)
    if _letters(found.words) != _letters(words):
        return f"its words are “{found.words[:60]}” instead of “{words[:60]}”"
    for way in sorted(found.ways - {"image"}):
        if not any(sign in picture.data for sign in _SIGNS[way]):
            return f"it is painted with {_WAYS[way]}, which the picture is not"
    return "a picture of points stands in it" if found.images and b"<image" not in picture.data else ""


_WHOLE = 0.98
_WAYS = {
    "alpha": "colours that let something through",
    "blend": "colours that mix with those below",
    "inline image": "a picture of points",
    "mask": "a mask",
    "odd": "colours that mean others than they say",
}
_SIGNS: Mapping[str, tuple[bytes, ...]] = {
    "alpha": (b"opacity", b"rgba", b"hsla", b"transparent"),
    "blend": (b"blend",),
    "inline image": (),
    "mask": (b"mask", b"Gradient", b"pattern", b"opacity"),
    "odd": (),
}
"""What must stand in a vector picture that is painted in these ways."""


def _words_of(data: bytes) -> str:
    """The words that a vector picture draws, in its order."""
    from lxml import etree

    root: Any = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    silent = ("title", "desc", "metadata", "style", "script")
    words = []

    def gather(element: Any, drawn: bool) -> None:
        name = etree.QName(element).localname if isinstance(element.tag, str) else "script"
        drawn = (drawn or name == "text") and name not in silent
        if drawn and element.text:
            words.append(element.text)
        for child in element:
            gather(child, drawn)
            if drawn and child.tail:
                words.append(child.tail)

    gather(root, False)
    return " ".join("".join(words).split())


def _letters(text: str) -> list[str]:
    """The letters of ``text``; right-to-left words, which are drawn from their end, in no order."""
    letters = list("".join(unicodedata.normalize("NFKC", text).split()))
    turned = any(unicodedata.bidirectional(each) in ("R", "AL", "AN") for each in letters)
    return sorted(letters) if turned else letters


def _same_pixels(source: bytes, drawn: tuple[int, int, bytes], grey: bool) -> bool:
    """Whether a picture of points was drawn as it is; on white, where it is clear."""
    from PIL import Image, ImageChops, ImageStat

    with Image.open(io.BytesIO(source), formats=("PNG", "JPEG")) as image:
        clear = image.convert("RGBA")
    if (clear.width, clear.height) != drawn[:2]:
        return False
    own = Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear).convert("RGB")
    other = Image.frombytes("RGB", clear.size, drawn[2])
    if grey:
        own, other = own.convert("L").convert("RGB"), other.convert("L").convert("RGB")
    apart = ImageStat.Stat(ImageChops.difference(own, other))
    return max(apart.mean) < 1 and max(high for _, high in apart.extrema) < 24
