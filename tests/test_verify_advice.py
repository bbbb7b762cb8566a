"""What people are told to do: depends on whose layouts they are, and names words that are too long."""

from __future__ import annotations

from typing import get_args

import pytest

from publish.errors import Problem
from publish.verify.advice import WIDER_MARGINS, Origin, advised
from publish.verify.compare import LAYOUT_HINTS, compare
from publish.verify.reading import Block, Reading, Role

WORD = "Methylprednisolonesodiumsuccinateinjection"


def hints(origin: Origin, *problems: Problem, text: str = WORD, role: Role = "paragraph") -> list[str]:
    return [each.hint for each in advised(problems, (Block("a", role, text),), origin)]


OFF = Problem(
    "block a is not seen as written: it is off the page", hint=LAYOUT_HINTS[0], kind="hidden", block="a"
)
OUTSIDE = Problem("“Methyl …” in a stands 78 pt outside the page", kind="print-off-page", block="a")
DIVIDED = Problem("a word is divided at the end of a line in a", kind="print-divided-word", block="a")
COVERED = Problem(
    "block a is not seen as written: it is covered", hint=LAYOUT_HINTS[0], kind="hidden", block="a"
)


@pytest.mark.parametrize("problem", [OFF, OUTSIDE, DIVIDED])
@pytest.mark.parametrize("origin", ["own layouts", "our layouts"])
def test_a_word_that_is_too_long_is_named(problem: Problem, origin: Origin) -> None:
    advice = f"the word “{WORD}” is too long for its place (42 letters): shorten it, or write it apart"
    assert hints(origin, problem, text=f"Take {WORD} now.") == [advice]
    assert hints(origin, problem, role="cell") == [f"{advice}; or give the table fewer columns"]


NEAR = Problem(
    "“Methyl …” in a stands 7 pt from the right edge", hint=WIDER_MARGINS, kind="print-margin", block="a"
)


def test_those_without_layouts_of_their_own_are_not_told_to_set_margins() -> None:
    (advice,) = hints("our layouts", NEAR)
    assert advice.startswith(f"the word “{WORD}” is too long for its place")
    assert hints("own layouts", NEAR) == [WIDER_MARGINS]
    assert hints("our layouts", NEAR, text="Some common words.")[0].startswith("no layout of yours does this")
    assert hints("elsewhere", NEAR) == [""]


@pytest.mark.parametrize("word", ["10.1002/14651858.CD000052.pub3", "https://www.trials.example/register"])
def test_nobody_is_told_to_shorten_a_number_or_an_address(word: str) -> None:
    (advice,) = hints("our layouts", NEAR, text=f"See {word} there.")
    assert advice.startswith(f"the word “{word}” is too long for its place")
    assert "must stay as it is, so print this edition in smaller type or on wider paper" in advice


def test_one_cause_is_told_once() -> None:
    assert len(hints("our layouts", OFF, OUTSIDE, DIVIDED)) == 1
    other = Problem(OUTSIDE.message, kind=OUTSIDE.kind, block="b")
    assert len(hints("our layouts", OFF, other, COVERED)) == 3


def test_common_words_and_pictures_are_not_called_too_long() -> None:
    assert hints("own layouts", OFF, text="Some common words.") == [LAYOUT_HINTS[0]]
    assert hints("own layouts", OUTSIDE, role="alternative") == [""]


def test_only_those_with_layouts_of_their_own_are_told_to_mend_them() -> None:
    assert hints("own layouts", COVERED) == [LAYOUT_HINTS[0]]
    assert hints("our layouts", COVERED) == [
        "no layout of yours does this: please report it where you have publish from"
    ]
    assert hints("elsewhere", COVERED, OFF) == ["", ""]


@pytest.mark.parametrize("origin", get_args(Origin))
def test_what_a_file_should_say_is_told_to_everyone(origin: Origin) -> None:
    wanted = (Block("a", "paragraph", "An inhaler"),)
    read = Reading((Block("a", "paragraph", "An in\u2010haler"), Block("", "loose", "Buy now.")))
    changed, added = advised(compare(wanted, read, frozenset(), frozenset()), wanted, origin)
    assert changed.hint.startswith("a hyphen was added at a line's end")
    assert changed.hint.endswith("it should read “An inhaler”; it reads “An in\u2010haler”")
    assert ("set hyphens: manual in the layout" in changed.hint) == (origin == "own layouts")
    assert ("layouts/shared/words" in added.hint) == (origin == "own layouts")
