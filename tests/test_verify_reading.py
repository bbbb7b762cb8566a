"""What counts as equal text, and where a mark stands in it."""

from __future__ import annotations

import pytest

from publish.verify.reading import Span, canonical, marked


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("  two \n\t words\r\n", "two words"),
        ("Zoe\u0308", "Zoë"),
        ("10\u00a0mg", "10\u00a0mg"),
        ("“curly” – dash", "“curly” – dash"),
        ("ﬁnd", "ﬁnd"),
        ("", ""),
    ],
)
def test_only_white_space_and_composition_are_evened_out(text: str, same: str) -> None:
    assert canonical(text) == same


@pytest.mark.parametrize(
    ("text", "spans", "moved"),
    [
        ("  a  b ", [Span(2, 3, "strong")], (Span(0, 1, "strong"),)),
        ("a b c", [Span(1, 3, "link", "x")], (Span(2, 3, "link", "x"),)),
        ("a b c", [Span(2, 4, "link", "x")], (Span(2, 3, "link", "x"),)),
        ("a b c", [Span(1, 2, "strong")], ()),
        ("a b", [Span(2, 2, "note", "k", "1")], (Span(1, 1, "note", "k", "1"),)),
        ("a b", [Span(1, 1, "note", "k", "1")], (Span(1, 1, "note", "k", "1"),)),
        (" a", [Span(0, 0, "note", "k", "1")], (Span(0, 0, "note", "k", "1"),)),
        ("e\u0301 x", [Span(3, 4, "strong")], (Span(2, 3, "strong"),)),
        (
            "ab",
            [Span(1, 2, "strong"), Span(0, 2, "emphasis")],
            (Span(0, 2, "emphasis"), Span(1, 2, "strong")),
        ),
    ],
)
def test_marks_move_with_the_text_and_never_hold_a_space(
    text: str, spans: list[Span], moved: tuple[Span, ...]
) -> None:
    assert marked(text, spans) == (canonical(text), moved)
