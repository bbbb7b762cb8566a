"""Tell what an eye would not see of the blocks of a print edition: what was painted for each in, why not out.

Words may be painted over, off the page, across each other, or in another order than they are read.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from publish.model import direction
from publish.verify.page import Box, Content, Piece, Shown, joined
from publish.verify.reading import OUT_OF_TURN, Block


@dataclass(slots=True)
class Draft:
    """A block and what was painted for it; ``size`` is its smallest type in points."""

    block: Block
    pieces: list[Piece] = field(default_factory=list)
    size: float | None = None
    ordered: list[Piece] = field(default_factory=list)
    """Its pieces in the order of reading, label and note marks among them."""
    table: int | None = None
    """Of a cell, which table of the file it stands in."""

    def finished(self, body: float) -> Block:
        size = None if self.size is None else round(self.size / body, 3)
        return replace(self.block, size=size)

    def shown(self) -> Iterator[Shown]:
        for piece in self.pieces:
            yield from piece.shown


def look(drafts: list[Draft], contents: tuple[Content, ...]) -> None:
    """Find what an eye would not see of every block: painted over, off the page, out of turn …"""
    crossing = _crossing(drafts, contents)
    before: Draft | None = None
    for n, draft in enumerate(drafts):
        block = draft.block
        if block.role == "loose" or block.role == "alternative":
            continue
        reason = block.hidden
        for shown in draft.shown():
            reason = reason or contents[shown.page - 1].unseen(shown)
        reason = reason or crossing.get(n, "") or _lines_out_of_order(draft)
        if not reason and before is not None and _out_of_turn(before, draft, contents):
            reason = f"{OUT_OF_TURN}: before {before.block.id}, which it follows in the reading order"
        draft.block = replace(block, hidden=reason)
        if not reason and before is not None and _beside(before, draft):
            draft.block = replace(block, hidden=f"{OUT_OF_TURN}: beside {before.block.id}, on the wrong side")
        if block.role != "caption" and any(shown.box for shown in draft.shown()):
            before = draft


def _out_of_turn(before: Draft, after: Draft, contents: tuple[Content, ...]) -> bool:
    """Whether a block stands on an earlier page than the block before it, or above it in its column."""
    if after.block.role == "caption":
        return False
    last = max(shown.page for shown in before.shown() if shown.box)
    first = min((shown.page for shown in after.shown() if shown.box), default=last)
    if first != last:
        return first < last
    one, two = box_on(before, last), next((box for each in after.shown() if (box := each.box)), None)
    if one is None or two is None or contents[last - 1].turned:
        return False
    # Not above the block, and not between its lines either.
    line = [box for piece in before.ordered for box in boxes([piece], last)][-1:]
    if any(min(box[2], two[2]) - max(box[0], two[0]) > 1 and two[1] > box[1] + 1 for box in line):
        return True
    overlap = min(one[2], two[2]) - max(one[0], two[0])
    return overlap > 1 and two[3] > one[3] + 1


def _beside(before: Draft, after: Draft) -> bool:
    """Whether a cell stands on the wrong side of the one before it in its row.

    Left to right, unless the table is in a right-to-left language: then its words are, too.
    """
    if before.table is None or before.table != after.table:
        return False
    one, two = ((each.block.cell or "").split(",")[0] for each in (before, after))
    first = next((shown for shown in before.shown() if shown.box), None)
    second = next((shown for shown in after.shown() if shown.box), None)
    if one != two or first is None or second is None or first.page != second.page:
        return False
    left, right = box_on(before, first.page), box_on(after, first.page)
    if left is None or right is None or min(left[3], right[3]) - max(left[1], right[1]) < 1:
        return False  # one below the other
    turned = direction(before.block.language) == "rtl"
    return right[2] > left[0] + 1 if turned else right[0] < left[2] - 1


def _lines_out_of_order(draft: Draft) -> str:
    """Return why a reader would read the lines of a block, or the words of a line, in another order, or "".

    Lines fall from the head of the page, until a column beside begins. Along a line, words of
    left-to-right script move right; right-to-left words are drawn in an order of their own.
    """
    before: Shown | None = None
    column: Box | None = None
    # What has no width stands upon a letter, above its line or below.
    shown_all = [
        shown
        for piece in draft.ordered
        for shown in piece.shown
        if shown.box and any(glyph.width for glyph, _ in shown.glyphs)
    ]
    turned = any(unicodedata.bidirectional(each) in ("R", "AL", "AN") for s in shown_all for each in s.text)
    for shown in shown_all:
        box = shown.tall_box or shown.box
        assert box is not None
        if before is None or shown.page != before.page or column is None:
            if before is not None and shown.page < before.page:
                return "its lines stand on the pages in another order than they are read"
            before, column = shown, box
            continue
        size = max(shown.size, before.size)
        down = before.matrix[5] - shown.matrix[5]
        last = before.tall_box or box
        if abs(down) < 0.6 * size:
            if not turned and direction(draft.block.language) != "rtl" and box[0] < last[2] - 0.3 * size:
                return f"its words “{shown.text.strip()[:40]}” stand before those that they follow"
        elif down < 0:
            if box[0] < column[2] and box[2] > column[0]:
                return f"its line “{shown.text.strip()[:40]}” stands above the one that it follows"
            column = box
        before, column = shown, joined((column, box)) or box
    return ""


def boxes(pieces: Iterable[Piece], page: int) -> Iterator[Box]:
    """Yield the boxes of what ``pieces`` show on ``page``."""
    for piece in pieces:
        for shown in piece.shown:
            if shown.page == page and (box := shown.box) is not None:
                yield box


def box_on(draft: Draft, page: int) -> Box | None:
    return joined(box for shown in draft.shown() if shown.page == page and (box := shown.box) is not None)


def _crossing(drafts: list[Draft], contents: tuple[Content, ...]) -> dict[int, str]:
    """Return the drafts whose letters are printed across other letters.

    Lines nearer to each other than 0.8 of their type size run into each other: the tails of the upper
    one stand among the capitals of the lower.
    """
    lines: dict[int, list[tuple[Box, float, int, str]]] = {content.number: [] for content in contents}
    for n, draft in enumerate(drafts):
        for shown in draft.shown():
            if (box := shown.tall_box) is not None:
                lines[shown.page].append((_with_tails(box, shown), shown.size, n, shown.text))
    for content in contents:
        for artifact in content.artifacts:
            for piece in artifact.pieces:
                for shown in piece.shown:
                    if (box := shown.tall_box) is not None:
                        lines[content.number].append((_with_tails(box, shown), shown.size, -1, shown.text))
    found: dict[int, str] = {}
    for on_page in lines.values():
        by_height = sorted(on_page, key=lambda line: (line[0][1], line[2]))
        for at, (box, size, n, words) in enumerate(by_height):
            for other, other_size, m, text in by_height[at + 1 :]:
                if other[1] >= box[3]:
                    break
                small = min(size, other_size)
                across = min(box[2], other[2]) - max(box[0], other[0])
                down = min(box[3], other[3]) - max(box[1], other[1])
                if across > 0.25 * small and down > 0.1 * small:
                    for one, across_it in ((n, text), (m, words)):
                        found.setdefault(
                            one, f"it is printed across other words (“{across_it.strip()[:40]}”)"
                        )
    found.pop(-1, None)  # page furniture
    return found


def _with_tails(box: Box, shown: Shown) -> Box:
    """``box``, which ends at the baseline, with room for the tails of letters if they hang below it."""
    upright = abs(shown.matrix[1]) + abs(shown.matrix[2]) < 1e-6 and shown.matrix[3] > 0
    return (box[0], box[1] - 0.27 * shown.size, box[2], box[3]) if upright else box
