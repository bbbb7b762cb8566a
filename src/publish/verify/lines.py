"""Tell whether the pieces of a line stand in the order in which they are read: text in, a reason out.

A line set from right to left, or with words that are, is laid out in pieces: a bold word, a link, a
foreign phrase. Each may be right by itself, and the line wrong.

Rules: Unicode Standard Annex 9; a stretch in another language is an isolate (there, 3.3.2).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from publish.model import own_direction
from publish.verify.directions import right_to_left, visual_order
from publish.verify.page import Piece

_ISOLATE = "\ufffc"


@dataclass
class Stretch:
    """Words of one language, and in their places the stretches of another inside them."""

    language: str
    pieces: list[Piece | Stretch] = field(default_factory=list)

    @cached_property
    def rtl(self) -> bool:
        """Whether its lines are set from right to left."""
        text = "".join(piece.text for piece in self.pieces if isinstance(piece, Piece))
        return own_direction(text, self.language) == "rtl"

    def all(self) -> Iterator[Piece]:
        """Yield its pieces, and those of the stretches in it, in the order of reading."""
        for piece in self.pieces:
            if isinstance(piece, Piece):
                yield piece
            else:
                yield from piece.all()

    def drawn(self, line: set[int]) -> list[Piece]:
        """Return its pieces whose ``id`` is in ``line``, from left to right; twice what stands in two."""
        text = ""
        owners: list[list[Piece]] = []
        for each in self.pieces:
            if isinstance(each, Piece):
                if id(each) in line:
                    text += each.text
                    owners += [[] if letter.isspace() else [each] for letter in each.text]
            elif inner := each.drawn(line):
                text += _ISOLATE
                owners.append(inner)
        found: list[Piece] = []
        for place in visual_order(text, self.rtl):
            for piece in owners[place]:
                if not found or found[-1] is not piece:
                    found.append(piece)
        return found


def out_of_order(block: Stretch) -> str:
    """Return why a reader would read the words of ``block`` in another order than they have, or ""."""
    for line in _lines(block):
        text = "".join(piece.text for piece in line)
        if len(line) > 1 and right_to_left(text):
            drawn = block.drawn({id(piece) for piece in line})
            places = [_left(piece) for piece in drawn]
            if places != sorted(places) or len(set(map(id, drawn))) < len(drawn):
                return (
                    f"its words stand on the page in another order than they are read: “{text.strip()}”; "
                    "mark words of the other direction as one phrase, signs too, like [**10** mg]{lang=en}"
                )
    return ""


def _left(piece: Piece) -> float:
    return min((box[0] for shown in piece.shown if (box := shown.box)), default=0.0)


def _lines(block: Stretch) -> Iterator[list[Piece]]:
    """Yield the pieces that leave ink, by the lines on which they stand, in the order of reading."""
    line: list[Piece] = []
    for piece in block.all():
        first = next((shown for shown in piece.shown if shown.box), None)
        if first is None:
            continue
        if line:
            last = next(shown for shown in line[-1].shown if shown.box)
            down = abs(last.matrix[5] - first.matrix[5])
            if last.page != first.page or down > 0.5 * max(last.size, first.size):
                yield line
                line = []
        line.append(piece)
    if line:
        yield line
