"""Tell whether what a screen reader is told of words is what the page shows: pieces in, a reason out.

A file may say of its glyphs what they stand for (ActualText). Told words must have the letters that are
drawn, a gap where they have a space, and a hyphen more than they tell only where a line ends in a word.

Rules: ISO 32000-1, 14.9.4 (replacement text); Unicode Standard Annex 15 (normalization forms).
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from publish.verify.directions import draws, right_to_left, undone
from publish.verify.fonts import UNKNOWN
from publish.verify.page import Piece, Point, Shown, at

_GAP = 0.1  # ems: a smaller gap is none
_SOFT = "\u00ad"
_HYPHENS = ("-", "\u2010", _SOFT)
_SPACES = " \u00a0\t\r\n\f"


def misread(piece: Piece, rtl: bool) -> str:
    """Return how what a screen reader says differs from what the page shows, "" where it does not.

    ``rtl`` is the base direction of its line. Where letters stand is for ``run_together``.
    """
    if not piece.said:
        return ""
    said, drawn = _letters(piece.text), _letters(piece.drawn)
    if rtl or right_to_left(said) or right_to_left(drawn):
        if draws(piece.signs, piece.text, rtl):
            return ""
    elif drawn == said or (drawn[-1:] in _HYPHENS and drawn[:-1] == said):
        return ""
    if UNKNOWN in drawn and len(said) >= len(drawn):
        return ""
    return f"the page shows “{piece.drawn.strip()}” where “{piece.text.strip()}” is read aloud"


def always_misread(piece: Piece) -> str:
    """Return how ``piece`` is misread in a line of either base direction, "" if it is not in one of them."""
    return misread(piece, True) and misread(piece, False)


def _letters(text: str) -> str:
    """What can be told from a drawing: no spaces, no soft hyphens, ligatures undone, accents apart."""
    return unicodedata.normalize("NFD", "".join(undone(text).split()).replace(_SOFT, ""))


@dataclass(frozen=True, slots=True)
class _Ink:
    """A glyph that leaves ink: its ends on the baseline, and what must be true of its place."""

    start: Point
    end: Point
    shown: Shown
    apart: bool
    """Whether a space is told before it."""
    hyphen: bool
    """Whether it is a hyphen that nobody is told of, which a line must end with."""
    word: str


def run_together(pieces: Iterable[Piece]) -> str:
    """Return why words of a block are not seen as told: without a gap, or with a hyphen, or "".

    ``pieces`` are in the order of reading. What is drawn from right to left is passed over.
    """
    before: _Ink | None = None
    for ink in _inked(pieces):
        if before is not None and ink is not None:
            same = _gap(before, ink)
            if before.hyphen and (same is not None or ink.apart):
                return f"a hyphen that is not read aloud stands in “{before.word}”"
            if ink.apart and same is not None and -1 < same < _GAP:
                return f"there is no space left between words of “{ink.word}”"
        before = ink
    if before is not None and before.hyphen:
        return f"a hyphen that is not read aloud stands in “{before.word}”"
    return ""


def _gap(one: _Ink, two: _Ink) -> float | None:
    """Return how far ``two`` stands behind ``one`` on its line, in ems; None if it stands on another."""
    a, b = one.shown.matrix[:2]
    long = math.hypot(a, b)
    size = min(math.hypot(*each.shown.matrix[2:4]) for each in (one, two))
    if one.shown.page != two.shown.page or not long or not size:
        return None
    x, y = two.start[0] - one.end[0], two.start[1] - one.end[1]
    if abs(a * y - b * x) / long > 0.5 * size:
        return None
    return (a * x + b * y) / long / size


def _inked(pieces: Iterable[Piece]) -> Iterator[_Ink | None]:
    """Yield the glyphs of ``pieces`` that leave ink; None where words from right to left are passed over."""
    apart = False
    for piece in pieces:
        told, drawn = piece.text, piece.drawn
        if right_to_left(told) or right_to_left(drawn) or UNKNOWN in drawn:
            yield None
            apart = False
            continue
        # Where, counted in letters, a space is told.
        spaces, count = set[int](), 0
        for character in told:
            if character in _SPACES:
                spaces.add(count)
            else:
                count += len(_letters(character))
        place = 0
        word = " ".join(drawn.split())[:40]
        for shown in piece.shown:
            for glyph, x in shown.glyphs:
                letters = _letters(glyph.text)
                if not letters and not (_SOFT in glyph.text and glyph.width):
                    continue
                if spaces & set(range(place + 1, place + len(letters))):
                    apart = True  # in the middle of a glyph, where no gap can be
                hyphen = glyph.text == _SOFT or (piece.said and place >= count and glyph.text in _HYPHENS)
                if glyph.width:
                    start, end = (at(shown.matrix, each, 0.0) for each in (x, x + glyph.width))
                    yield _Ink(start, end, shown, (apart or place in spaces) and not hyphen, hyphen, word)
                    apart = apart and hyphen
                place += len(letters)
        apart = apart or count in spaces or (not count and bool(spaces))
