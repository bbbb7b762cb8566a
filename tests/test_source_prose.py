"""Markdown as articles use it: what it becomes, and what is reported in it (see also tests/articles)."""

from __future__ import annotations

import pytest

from publish.model import (
    BulletList,
    Emphasis,
    Inline,
    Item,
    Line,
    LineBreak,
    Link,
    NoteMark,
    NumberedList,
    Phrase,
    Run,
    Strong,
)
from publish.source.prose import parse


def inlines(text: str) -> tuple[Inline, ...]:
    parsed = parse(text, {"sleep": "https://a.example/sleep", "food": ""})
    assert not parsed.faults
    (line,) = parsed.prose.blocks
    assert isinstance(line, Line)
    return line.inlines


def run(text: str) -> Run:
    return Run(text=text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", (run("plain"),)),
        ("two\nlines", (run("two lines"),)),
        ("a\\\nb", (run("a"), LineBreak(), run("b"))),
        ("a  \nb", (run("a"), LineBreak(), run("b"))),
        ("**a** *b*", (Strong(inlines=(run("a"),)), run(" "), Emphasis(inlines=(run("b"),)))),
        ("***a***", (Emphasis(inlines=(Strong(inlines=(run("a"),)),)),)),
        ("__a__ _b_", (Strong(inlines=(run("a"),)), run(" "), Emphasis(inlines=(run("b"),)))),
        ("a[^k-1].", (run("a"), NoteMark(key="k-1"), run("."))),
        ("**a[^k]**", (Strong(inlines=(run("a"), NoteMark(key="k"))),)),
        ("[a](https://b.example/?x=1&y=2)", (Link(href="https://b.example/?x=1&y=2", inlines=(run("a"),)),)),
        ("[a](#b)", (Link(href="#b", inlines=(run("a"),)),)),
        ("[a](related:sleep)", (Link(href="https://a.example/sleep", inlines=(run("a"),)),)),
        ("[a](related:food)", (Link(href="", inlines=(run("a"),)),)),
        ("[**a** b](#c)", (Link(href="#c", inlines=(Strong(inlines=(run("a"),)), run(" b"))),)),
        ("<https://a.example>", (Link(href="https://a.example", inlines=(run("https://a.example"),)),)),
        ("<a@b.example>", (Link(href="mailto:a@b.example", inlines=(run("a@b.example"),)),)),
        ("[a](tel:+1-555-0100)", (Link(href="tel:+1-555-0100", inlines=(run("a"),)),)),
        ("[la vida]{lang=es}", (Phrase(language="es", direction="ltr", inlines=(run("la vida"),)),)),
        ('[x]{ lang="ar" }', (Phrase(language="ar", direction="rtl", inlines=(run("x"),)),)),
        (
            "[[a](#b) *c*]{lang=pt-BR}",
            (
                Phrase(
                    language="pt-BR",
                    direction="ltr",
                    inlines=(Link(href="#b", inlines=(run("a"),)), run(" "), Emphasis(inlines=(run("c"),))),
                ),
            ),
        ),
        ("\\*a\\* \\[^b\\] \\<b> \\#", (run("*a* [^b] <b> #"),)),
        ("5 * 3 < 16 & 2 > 1", (run("5 * 3 < 16 & 2 > 1"),)),
        ("snake_case_word and ____ to fill in", (run("snake_case_word and ____ to fill in"),)),
        ("R&amp;D &lt; &nbsp;&eacute;&#8212;", (run("R&D < \u00a0é—"),)),
        ("[sic] (so)", (run("[sic] (so)"),)),
        ("a “b” — c’s ﬁ … 5–6", (run("a “b” — c’s ﬁ … 5–6"),)),
        ("p < 0.05, n=3; 10:30", (run("p < 0.05, n=3; 10:30"),)),
    ],
)
def test_inlines(text: str, expected: tuple[Inline, ...]) -> None:
    assert inlines(text) == expected


def test_lists() -> None:
    parsed = parse("Words:\n\n- a\n  - b\n\n    more\n- c\n\n3. d\n4. e\n")
    assert not parsed.faults

    def line(text: str) -> Line:
        return Line(inlines=(run(text),))

    assert parsed.prose.blocks == (
        line("Words:"),
        BulletList(
            items=(
                Item(blocks=(line("a"), BulletList(items=(Item(blocks=(line("b"), line("more"))),)))),
                Item(blocks=(line("c"),)),
            )
        ),
        NumberedList(start=3, items=(Item(blocks=(line("d"),)), Item(blocks=(line("e"),)))),
    )


def test_items_may_all_be_numbered_one() -> None:
    parsed = parse("1. a\n1. b\n1. c")
    assert not parsed.faults
    assert isinstance(parsed.prose.blocks[0], NumberedList)


def test_starts_of_lines_are_found_in_lists() -> None:
    text = "One.\n\n- two\n  three\n\n  four\n  1. *five*\n     - six"
    assert [text[start:].split()[0] for start in parse(text).starts] == [
        "One.",
        "two",
        "four",
        "*five*",
        "six",
    ]


def test_marks_and_links_are_found_at_their_offsets() -> None:
    text = "A[^one]\nb\n\n- c[^two] [d](#e)\n  [f](related:g)"
    parsed = parse(text)
    assert [(key, text[offset:][:6]) for key, offset in parsed.marks] == [
        ("one", "[^one]"),
        ("two", "[^two]"),
    ]
    assert [(target, text[offset:][:3]) for target, offset in parsed.links] == [
        ("#e", "[d]"),
        ("related:g", "[f]"),
    ]


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("Words\nand **more", "**more"),
        ("- a\n- b **c", "**c"),
        ("1. a\n\n   b <i>c", "<i>c"),
        ("- a\n  - b\n    c `d`", "`d`"),
        ("a [^b", "[^b"),
        ("a [b](c d)", "](c d)"),
        ("**a [^B!] b**", "[^B!] b**"),
        ("a &shy; b", "&shy; b"),
        ("a \u202eb", "\u202eb"),
        ("[a <b>]{lang=es}", "<b>]{lang=es}"),
        ("[a **b](#c)", "**b](#c)"),
        ("a  \n**b", "**b"),
        ("\u00a0a\n b **c\u00a0", "**c\u00a0"),
    ],
)
def test_fault_is_found_at_its_character(text: str, at: str) -> None:
    (fault,) = parse(text).faults
    assert text[fault.offset :] == at


@pytest.mark.parametrize(
    "text",
    [
        "See www.Example.Com and https://a.example/Foo.Bar.",
        "See [it](https://a.example/foo.Bar).",
        "J. Smith et al. The U.S. and e.g. That.",
        "Version 2.Then nothing.",
        "It grew … then stopped.",
    ],
)
def test_points_that_join_no_sentences_are_left_alone(text: str) -> None:
    assert not [fault for fault in parse(text).faults if fault.kind == "joined"]


@pytest.mark.parametrize("text", ["one.Two", "one.[^k]Two", "“one?”Two", "*one*.Two three", "Straße.Über"])
def test_joined_sentences_are_noted(text: str) -> None:
    assert [(fault.kind, fault.severity) for fault in parse(text).faults] == [("joined", "note")]


def test_closing_tag_is_not_reported_beside_its_opening_tag() -> None:
    assert len(parse("<b>a</b> <i>c</i> </u>").faults) == 3


def test_words_of_a_refused_block_are_not_lost_to_later_checks() -> None:
    parsed = parse("# A[^b] heading\n\nText.")
    assert [line.text for line in parsed.prose.blocks if isinstance(line, Line)] == ["A[^b] heading", "Text."]


@pytest.mark.parametrize(
    ("text", "at", "severity", "hint"),
    [
        ("• a\n• b", "• a", "error", "write “- ” in its place to make a list"),
        ("Words\n·b", "·b", "error", "write “- ” in its place to make a list"),
        ("Words\n\uf0b7 b", "\uf0b7 b", "error", "write “- ” in its place to make a list"),
        ("-\u00a0a\n-\u00a0b", "-\u00a0a", "error", "write “- ” in its place to make a list"),
        ("- ▪ a", "▪ a", "error", "take it away"),
        ("Words\n– a\n– b", "– a", "note", "to make a list, write “- ” in its place on each line"),
        ("-One\n-Two", "-One", "note", "to make a list, write “- ” in its place on each line"),
        ("a) x\nb) y", "a) x", "note", "to make a list, write “1. ”, “2. ” … in their place"),
        ("1. x\n   a. y\n   b. z", "a. y", "note", "to make a list, write “1. ”, “2. ” … in their place"),
    ],
)
def test_lines_meant_as_a_list_are_reported_once(text: str, at: str, severity: str, hint: str) -> None:
    (fault,) = parse(text).faults
    assert text[fault.offset :].startswith(at)
    assert (fault.severity, fault.hint) == (severity, hint)


@pytest.mark.parametrize(
    "text",
    [
        "A walk\n– if you can – helps",
        "— Hello.\\\n— Hello.",
        "— Hello.\n\n— Hello.",
        "-5 is low\n-6 is lower",
        "A. Smith\nB. Jones",
        "plan b) or\nc) nothing",
        "one • two · three",
    ],
)
def test_dashes_of_ordinary_text_are_left_alone(text: str) -> None:
    assert not parse(text).faults


@pytest.mark.parametrize(
    ("text", "at", "severity", "hint"),
    [
        ("a [study]", "[study]", "error", "write [^study]; write \\[study] for plain brackets"),
        ("a (^study).", "(^study)", "error", "write [^study]"),
        ("[NHS] (https://a.example)", "] (", "error", "write [words](address), without it"),
        ("[walk] (#how-to-walk)", "] (", "error", "write [words](address), without it"),
        ("at https://a.example/b?c=1.", "https:", "note", "write <https://a.example/b?c=1> to make it one"),
        ("(https://a.example)", "https:", "note", "write <https://a.example> to make it one"),
        ("**http://a.b/c(d)**", "http:", "note", "write <http://a.b/c(d)> to make it one"),
        ("https://a.example[^k]", "https:", "note", "write <https://a.example> to make it one"),
        ("a [^study, walk]", "[^study", "error", "write [^study][^walk]"),
        ("a [^ study]", "[^ study", "error", "write [^study]"),
        ("a [^study,walk]", "[^study", "error", "write [^study][^walk]"),
        ("a [^study; ^walk and sleep]", "[^study", "error", "write [^study][^walk][^sleep]"),
    ],
)
def test_slips_of_notes_and_links_say_what_to_write(text: str, at: str, severity: str, hint: str) -> None:
    (fault,) = parse(text, references={"study", "walk"}).faults
    assert text[fault.offset :].startswith(at)
    assert (fault.severity, fault.hint) == (severity, hint)


@pytest.mark.parametrize(
    "text",
    [
        "[sic] (so) and [other] and (^other)",
        "\\[study] [study](#walk) [study]{lang=en}",
        "[https://a.example](https://a.example) <https://b.example> http://",
    ],
)
def test_brackets_and_addresses_that_are_right_are_left_alone(text: str) -> None:
    assert not parse(text, references={"study"}).faults
