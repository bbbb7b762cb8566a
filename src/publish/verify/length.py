"""Hold a sheet to its pages: measurements of a finished PDF in, what does not fit and why it is long out."""

from __future__ import annotations

from collections.abc import Iterator

from publish.errors import Problem
from publish.verify.measure import Passage, Print

LONGEST = 4
"""How many of the longest blocks are told."""


def too_long(printed: Print, most: int | None) -> tuple[Problem, ...]:
    """Return problems if ``printed`` has more than ``most`` pages: by how many lines, and what is longest.

    Lines are lines of type as an eye counts them: words that stand beside each other are one line.
    """
    pages = len(printed.sheets)
    if most is None or pages <= most:
        return ()
    over = [passage for passage in printed.body if passage.lines and passage.lines[-1].page > most]
    count = sum(_height(printed, page) for page in range(most + 1, pages + 1))
    lines = "1 line does" if count == 1 else f"{count} lines do"
    first = next((passage.id for passage in over if passage.id), "")
    whole = Problem(
        f"the edition has {pages} pages and may have {most}: {lines} not fit",
        hint="shorten what is longest, or let the edition carry fewer parts",
        kind="too-long",
        block=first,
        page=most + 1,
    )
    return whole, *_longest(printed)


def _height(printed: Print, page: int) -> int:
    """How many lines of type stand on ``page`` below each other."""
    count, last = 0, float("inf")
    lines = [line for passage in printed.body for line in passage.lines if line.page == page]
    for line in sorted(lines, key=lambda line: -line.baseline):
        if line.baseline < last - line.size / 2:
            count, last = count + 1, line.baseline
    return count


def _longest(printed: Print) -> Iterator[Problem]:
    """Yield a note of the longest texts, the longest first."""

    def length(passage: Passage) -> int:
        return len(passage.rows)

    texts = [passage for passage in printed.body if passage.id and not passage.is_heading]
    for passage in sorted(texts, key=length, reverse=True)[:LONGEST]:
        lines = "1 line" if length(passage) == 1 else f"{length(passage)} lines"
        yield Problem(
            f"block {passage.id} is among the longest: {lines}",
            kind="too-long",
            block=passage.id,
            page=passage.lines[0].page,
        )
