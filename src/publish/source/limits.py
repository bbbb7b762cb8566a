"""What a source may hold at most, and where it holds more: no article comes near, and no layout gets lost.

Layer 2. Layouts, browsers, e-readers and our own readers all have a point where they take minutes, run out
of memory or break off. These limits keep every source far away from it; docs/source-format.md lists them.
"""

from __future__ import annotations

import re

FILE_BYTES = 1_000_000
"""Of one YAML file."""

DEPTH = 20
"""Levels of lists and fields of YAML inside each other."""

NODES = 20_000
"""Texts, lists and groups of fields in one YAML file."""

TEXT = 20_000
"""Characters of one text, which may have many paragraphs."""

PARAGRAPH = 5_000
"""Characters of one paragraph."""

WORD, ADDRESS = 200, 2_000
"""Characters without a space between them, in words and in addresses."""

LIST_DEPTH, MARK_DEPTH = 6, 8
"""Lists inside lists; strong, emphasis, links and foreign phrases inside each other."""

MARKS = 300
"""Marks in one paragraph."""

LINES = 5_000
"""Paragraphs, list items, cells, headings and captions of one article."""

COLUMNS, CELLS = 12, 1_000
"""Of one table, its head included."""

PICTURES, PICTURE_BYTES, PICTURES_BYTES = 100, 10_000_000, 30_000_000
"""Pictures of one article; bytes of one file, and of all together."""

PIXELS, ALL_PIXELS, SIDE = 40_000_000, 100_000_000, 10_000
"""Of one PNG or JPEG, of all of them together, and of one side of a picture."""

SCANS = 100
"""Of a progressive JPEG, which has about ten; each is a walk over all its pixels."""

SVG_BYTES, SVG_ELEMENTS, SVG_DEPTH, SVG_TEXT = 1_000_000, 10_000, 30, 20_000
"""Of one SVG: bytes, elements, elements inside each other, characters of its texts."""

EDITIONS = 50
"""Of one house. Each of them is made of each article."""

PROBLEMS = 200
"""Problems told at once; nobody reads more."""

# Scripts that need no space to begin a new line, and brackets before the address of a link.
_BREAKS = re.compile(
    "[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u2e80-\ua4cf\uac00-\ud7af\uf900-\ufaff\uff00-\uffef"
    "\U00020000-\U0003ffff]+|\\]\\("
)


def too_long(text: str) -> tuple[int, str, str] | None:
    """Return (offset, message, hint) of the first thing in ``text`` that is too long, if there is one."""
    if len(text) > TEXT:
        return (
            TEXT,
            f"this text has more than {TEXT:,} characters",
            "divide it into several texts, parts or sections",
        )
    for run in re.finditer(f"[^ \n]{{{WORD + 1},}}", text):
        start = run.start()
        for end in (*(each.span() for each in _BREAKS.finditer(run[0])), (len(run[0]), 0)):
            piece = text[start : run.start() + end[0]]
            most = ADDRESS if "://" in piece else WORD
            if len(piece) > most:
                return start, f"{len(piece):,} characters stand here without a space", "divide the word"
            start = run.start() + end[1]
    return None
