"""Say what somebody can do about a problem, who made the file being known: problems in, better hints out.

``compare`` and ``clear_print`` see a file and no more. What to do depends on whose the layouts are, on
whether the file was made just now or comes from elsewhere, and on words that no layout has room for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Literal

from publish.errors import Problem
from publish.verify.compare import LAYOUT_HINTS
from publish.verify.reading import Block

Origin = Literal["own layouts", "our layouts", "elsewhere"]
"""Made just now, with layouts of the project's own or with ours only; or read from anywhere."""

LONG_WORD = 16
"""Letters from which on a word is a likely cause where words do not fit."""

_NO_ROOM = ("print-off-page", "print-divided-word", "print-margin")
_OFF = "off the page"
WIDER_MARGINS = "set wider margins"
_OF_LAYOUTS = (*LAYOUT_HINTS, WIDER_MARGINS)
_ONLY_PAPER = (
    "a number or an address must stay as it is, so print this edition in smaller type or on wider paper; "
    "shorten any other word, or write it apart"
)
_OURS = "no layout of yours does this: please report it where you have publish from"


def advised(problems: Iterable[Problem], expected: tuple[Block, ...], origin: Origin) -> Iterator[Problem]:
    """Yield ``problems``, each with a hint for the one who made the file; what says the same twice, once."""
    blocks = {block.id: block for block in expected}
    told: set[str] = set()
    for problem in problems:
        block = blocks.get(problem.block)
        no_room = problem.kind in _NO_ROOM or (problem.kind == "hidden" and _OFF in problem.message)
        if no_room and problem.block in told:
            continue
        if no_room and block:
            told.add(block.id)
            margins_are_theirs = problem.kind == "print-margin" and origin == "own layouts"
            if origin != "elsewhere" and not margins_are_theirs and (hint := _long_word(block)):
                yield replace(problem, hint=hint)
                continue
        yield replace(problem, hint=_for(origin, problem.hint))


def _for(origin: Origin, hint: str) -> str:
    """Return ``hint`` for files of ``origin``; those who did not make the layouts cannot mend them."""
    for about_layouts in _OF_LAYOUTS:
        if origin != "own layouts" and about_layouts in hint:
            rest = hint.replace(f": {about_layouts}", "").replace(about_layouts, "")
            return rest or (_OURS if origin == "our layouts" else "")
    return hint


def _long_word(block: Block) -> str:
    """What to do about the longest word of ``block``, if it is long; "" for a block of common words."""
    word = max(block.text.split(), key=len, default="")
    if len(word) < LONG_WORD or block.role == "alternative":
        return ""
    shown = word if len(word) <= 60 else f"{word[:59]}…"
    hint = f"the word “{shown}” is too long for its place ({len(word)} letters): "
    fixed = re.search(r"\d|://|www\.", word)
    hint += _ONLY_PAPER if fixed else "shorten it, or write it apart"
    in_table = block.role in ("cell", "header")
    return f"{hint}; or give the table fewer columns" if in_table else hint
