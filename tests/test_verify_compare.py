"""What compare says of two lots of blocks, without any file."""

from __future__ import annotations

from dataclasses import replace

import pytest

from publish.errors import Problem
from publish.verify.compare import compare, compare_metadata, difference, states
from publish.verify.reading import LOST, OUT_OF_TURN, Block, Entry, Reading, Span

ALLOWED = frozenset({"Back to note 1 in the text", "Contents", "Skip to the article"})


def block(id: str, text: str, **more: object) -> Block:
    return replace(Block(id, "paragraph", text, language="en"), **more)


def heading(id: str, text: str, level: int = 2, label: str = "") -> Block:
    return Block(id, "heading", text, level, "en", label)


SHOES, NOTE = Span(7, 12, "strong"), Span(22, 22, "note", "book", "1")
ARTICLE = (
    heading("title", "Why we walk", 1),
    heading("contents-heading", "Contents"),
    heading("walk-heading", "How to walk", label="1."),
    block(
        "walk-p1", "Put on shoes that fit.", spans=(Span(7, 12, "strong"), Span(22, 22, "note", "book", "1"))
    ),
    heading("faq-heading", "Questions"),
    heading("faq-one-question", "Is it safe?", 3, "Question 1:"),
    block("faq-one-answer-p1", "It is not always safe."),
    heading("faq-two-question", "Is it far?", 3, "Question 2:"),
    block("faq-two-answer-p1", "It is as far as you like."),
)
CONTENTS = (Entry("1. How to walk", "walk-heading"), Entry("Questions", "faq"))
REQUIRED = frozenset({"faq-one-question", "faq-one-answer-p1", "faq-two-question", "faq-two-answer-p1"})


def reading(*blocks: Block, **more: object) -> Reading:
    return replace(Reading(blocks or ARTICLE, contents=CONTENTS), **more)


def put(id: str, loose: bool = False, **more: object) -> tuple[Block, ...]:
    """The article with one block changed, or its words there without their id."""
    if loose:
        more |= {"id": "", "role": "loose", "spans": ()}
    return tuple(replace(each, **more) if each.id == id else each for each in ARTICLE)


def problems(read: Reading) -> tuple[Problem, ...]:
    return compare(ARTICLE, read, ALLOWED, REQUIRED)


def only(read: Reading) -> Problem:
    (problem,) = problems(read)
    return problem


def test_an_equal_reading_has_no_problem() -> None:
    assert problems(reading()) == ()


@pytest.mark.parametrize(
    ("should", "reads", "said"),
    [
        ("It is not safe.", "It is safe.", "“not” is missing after “is”"),
        ("It is safe.", "It is not safe.", "“not” is added after “is”"),
        ("It is safe.", "It was safe.", "“was” stands in place of “is” after “It”"),
        ("Not safe.", "safe.", "“Not” is missing at the beginning"),
        ("It is safe.", "It is", "“safe.” is missing after “is”"),
        ("a b c d e", "a x c d y", "“x” stands in place of “b” after “a”, and 1 more change"),
        ("a b c d e f", "a x c y e z", "“x” stands in place of “b” after “a”, and 2 more changes"),
        (
            "a destroyed cell",
            "a des\u2010troyed cell",
            "“des\u2010troyed” (with U+2010 HYPHEN) stands in place of “destroyed” after “a”",
        ),
        (
            "10\u00a0mg a day",
            "10 mg a day",
            "“10 mg” stands in place of “10\u00a0mg” (with U+00A0 NO-BREAK SPACE) at the beginning",
        ),
        (
            "making insulin now",
            "makinginsulin now",
            "“makinginsulin” stands in place of “making insulin” at the beginning",
        ),
    ],
)
def test_difference_names_the_first_change_in_words(should: str, reads: str, said: str) -> None:
    assert difference(should, reads) == said


def test_a_changed_word_is_told_with_both_texts() -> None:
    problem = only(reading(*put("faq-one-answer-p1", text="It is always safe.", page=3)))
    assert (problem.kind, problem.block, problem.page) == ("changed", "faq-one-answer-p1", 3)
    assert "“not” is missing after “is”" in problem.message
    assert "It is not always safe." in problem.hint
    assert "It is always safe." in problem.hint


def test_a_hyphenated_disclaimer_is_reported() -> None:
    problem = only(reading(*put("faq-one-answer-p1", text="It is not al\u2010ways safe.")))
    assert problem.kind == "changed"
    assert "hyphens" in problem.hint


def test_a_block_that_is_gone_is_missing() -> None:
    problem = only(reading(*(each for each in ARTICLE if each.id != "walk-p1")))
    assert (problem.kind, problem.block) == ("missing", "walk-p1")
    assert "Put on shoes" in problem.message


def test_a_block_without_words_is_missing() -> None:
    problem = only(reading(*put("walk-p1", text="", spans=(), page=2)))
    assert (problem.kind, problem.block, problem.page) == ("missing", "walk-p1", 2)


def test_words_that_lost_their_id_are_told_once() -> None:
    problem = only(reading(*put("walk-p1", loose=True, page=4)))
    assert (problem.kind, problem.block, problem.page) == ("missing", "walk-p1", 4)
    assert "not in an element with its id" in problem.hint


def test_a_block_that_stands_twice_is_doubled() -> None:
    problem = only(reading(*ARTICLE, ARTICLE[3]))
    assert (problem.kind, problem.block) == ("doubled", "walk-p1")


def test_a_copy_without_an_id_is_doubled() -> None:
    copy = replace(ARTICLE[3], id="", role="loose", spans=())
    problem = only(reading(*ARTICLE, copy))
    assert (problem.kind, problem.block) == ("doubled", "walk-p1")


def test_a_copy_with_another_id_is_doubled() -> None:
    problem = only(reading(*ARTICLE, replace(ARTICLE[3], id="walk-p2")))
    assert (problem.kind, problem.block) == ("doubled", "walk-p1")


def test_an_id_that_stands_on_two_elements_is_doubled() -> None:
    problem = only(reading(*ARTICLE, Block("walk", "loose", "")))
    assert (problem.kind, problem.block) == ("doubled", "walk")


def test_the_fewest_moved_blocks_are_reported() -> None:
    moved = (*ARTICLE[:3], *ARTICLE[4:], ARTICLE[3])
    problem = only(reading(*moved))
    assert (problem.kind, problem.block) == ("moved", "walk-p1")
    assert "stands after faq-two-answer-p1; it should stand after walk-heading" in problem.message


def test_two_answers_that_changed_places_are_both_moved() -> None:
    blocks = list(ARTICLE)
    blocks[6], blocks[8] = blocks[8], blocks[6]
    found = problems(reading(*blocks))
    assert [(each.kind, each.block) for each in found] == [
        ("moved", "faq-one-answer-p1"),
        ("moved", "faq-two-answer-p1"),
    ]


def test_what_only_follows_from_a_move_is_not_reported() -> None:
    blocks = [replace(each, hidden=f"{OUT_OF_TURN}: x") if each.level == 3 else each for each in ARTICLE]
    blocks[6], blocks[8] = blocks[8], blocks[6]
    assert {each.kind for each in problems(reading(*blocks))} == {"moved"}
    alone = problems(reading(*put("walk-p1", hidden=f"{OUT_OF_TURN}: before walk-heading")))
    assert [each.kind for each in alone] == ["hidden"]


def test_two_answers_that_changed_words_name_each_other() -> None:
    one, two = ARTICLE[6].text, ARTICLE[8].text
    blocks = [replace(each, text={one: two, two: one}.get(each.text, each.text)) for each in ARTICLE]
    found = problems(reading(*blocks))
    assert [(each.kind, each.block) for each in found] == [
        ("changed", "faq-one-answer-p1"),
        ("changed", "faq-two-answer-p1"),
    ]
    assert "has the words of faq-two-answer-p1" in found[0].message


def test_a_hidden_block_is_told_with_its_reason() -> None:
    problem = only(reading(*put("walk-p1", hidden="display: none")))
    assert (problem.kind, problem.block) == ("hidden", "walk-p1")
    assert "display: none" in problem.message


@pytest.mark.parametrize(
    ("id", "size", "kinds"),
    [
        ("faq-one-answer-p1", 0.9, ["small"]),
        ("faq-one-answer-p1", 0.999, []),
        ("faq-one-answer-p1", None, []),
        ("walk-p1", 0.5, []),
    ],
)
def test_only_required_blocks_may_not_be_small(id: str, size: float | None, kinds: list[str]) -> None:
    assert [each.kind for each in problems(reading(*put(id, size=size)))] == kinds


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({"label": "Question 2:"}, "label"),
        ({"label": ""}, "label"),
        ({"level": 4}, "role"),
        ({"role": "paragraph", "level": 0}, "role"),
        ({"language": "fr"}, "language"),
        ({"language": ""}, "language"),
    ],
)
def test_what_a_block_is_besides_its_words_is_compared(more: dict[str, object], kind: str) -> None:
    problem = only(reading(*put("faq-one-question", **more)))
    assert (problem.kind, problem.block) == (kind, "faq-one-question")


LINK = Span(0, 3, "link", "https://a.example/")
FRENCH = Span(0, 3, "language", "fr")


@pytest.mark.parametrize(
    ("spans", "kind", "said"),
    [
        ((SHOES,), "note", "has lost the mark of note 1 (book) after “fit.”"),
        ((SHOES, replace(NOTE, shown="2")), "note", "has note 2 (book) instead of 1 (book) after “fit.”"),
        (
            (SHOES, replace(NOTE, value="book" + LOST)),
            "note",
            "but the file has no such place",
        ),
        ((NOTE,), "emphasis", "has lost the strong words on “shoes”"),
        ((LINK, SHOES, NOTE), "link", "has gained the link on “Put” (https://a.example/)"),
        ((FRENCH, SHOES, NOTE), "language", "has gained the language on “Put” (fr)"),
    ],
)
def test_marks_inside_a_block_are_compared(spans: tuple[Span, ...], kind: str, said: str) -> None:
    problem = only(reading(*put("walk-p1", spans=spans)))
    assert (problem.kind, problem.block) == (kind, "walk-p1")
    assert said in problem.message


def test_a_changed_link_target_names_both() -> None:
    article = (block("p", "Read on.", spans=(Span(0, 4, "link", "https://a.example/"),)),)
    read = Reading((replace(article[0], spans=(Span(0, 4, "link", "https://b.example/"),)),))
    (problem,) = compare(article, read, ALLOWED, REQUIRED)
    assert problem.kind == "link"
    assert "“https://b.example/” instead of “https://a.example/”" in problem.message


@pytest.mark.parametrize(
    "words",
    ["Contents", "Back to note 1 in the text Contents", "· | —", "", "Skip to the article"],
)
def test_interface_words_may_stand_between_blocks(words: str) -> None:
    assert problems(reading(*ARTICLE, Block("", "loose", words))) == ()


@pytest.mark.parametrize(
    "words", ["Sponsored", "Contents of the box", "50", "Back to note 2 in the text", "Con tents"]
)
def test_words_that_nobody_wrote_are_unknown(words: str) -> None:
    blocks = (*ARTICLE[:4], Block("", "loose", words, page=2), *ARTICLE[4:])
    problem = only(reading(*blocks))
    assert (problem.kind, problem.block, problem.page) == ("unknown", "walk-p1", 2)
    assert words in problem.message


def test_running_heads_are_the_title_a_heading_or_allowed() -> None:
    allowed = ALLOWED | {"Page # of #", "Our house"}
    right = (("Why we walk", "Page 1 of 2", "Our house"), ("Why we …", "1. How to walk", "12"))
    assert compare(ARTICLE, reading(running=right), allowed, REQUIRED) == ()
    for words in ("Why we wal", "Approved by all", "Page 1 or 2", "Our", "Why we run"):
        wrong = (right[0], (words,), (words,))
        (problem,) = compare(ARTICLE, reading(running=wrong), allowed, REQUIRED)
        assert (problem.kind, problem.page) == ("unknown", 2)
        assert words in problem.message


def test_a_block_that_the_article_does_not_have_is_unknown() -> None:
    problem = only(reading(*ARTICLE, block("walk-p9", "New words.")))
    assert (problem.kind, problem.block) == ("unknown", "walk-p9")


@pytest.mark.parametrize(
    ("contents", "said"),
    [
        ((Entry("2. How to walk", "walk-heading"), CONTENTS[1]), "where the heading says “1. How to walk”"),
        ((CONTENTS[0],), "does not list “Questions”"),
        ((CONTENTS[1], CONTENTS[0]), "out of its turn"),
        ((*CONTENTS, CONTENTS[1]), "twice"),
        ((*CONTENTS, Entry("Elsewhere", "nowhere")), "which is no heading"),
        ((), "does not list"),
    ],
)
def test_contents_must_say_what_the_headings_say(contents: tuple[Entry, ...], said: str) -> None:
    found = problems(reading(contents=contents))
    assert {each.kind for each in found} == {"contents"}
    assert said in found[0].message


def test_an_outline_is_needed_where_a_file_has_pages() -> None:
    assert [each.kind for each in problems(reading(pages=3))] == ["outline", "outline"]
    assert problems(reading(pages=3, outline=(Entry("Why we walk", "title"), *CONTENTS))) == ()


def test_questions_for_search_engines_must_be_those_of_the_article() -> None:
    right = (("Is it safe?", "It is not always safe."), ("Is it far?", "It is as far as you like."))
    assert problems(reading(questions=right)) == ()
    wrong = (("Is it safe?", "It is always safe."), right[1])
    problem = only(reading(questions=wrong))
    assert (problem.kind, problem.block) == ("questions", "faq-one-question")
    assert [each.block for each in problems(reading(questions=right[:1]))] == ["faq-two-question"]
    assert len(problems(reading(questions=(*right, ("More?", "Yes."))))) == 1


def test_metadata_must_be_the_articles() -> None:
    read = reading(metadata={"title": "Why we walk", "language": "en"})
    assert compare_metadata({"title": "Why we walk"}, read) == ()
    (problem,) = compare_metadata({"title": "Why we run", "language": "en"}, read)
    assert problem.kind == "metadata"
    (problem,) = compare_metadata({"identifier": "urn:uuid:1"}, read)
    assert "missing" in problem.message


def test_every_block_gets_a_state_and_what_was_added_stands_after_it() -> None:
    blocks = (*put("faq-one-answer-p1", text="It is always safe.")[:7], Block("", "loose", "Sponsored"))
    read = reading(*blocks, block("walk-p9", "New."), *ARTICLE[7:8])
    told = states(ARTICLE, read, problems(read))
    assert [(each.id, each.state) for each in told][5:] == [
        ("faq-one-question", "intact"),
        ("faq-one-answer-p1", "changed"),
        ("", "unknown"),
        ("walk-p9", "unknown"),
        ("faq-two-question", "intact"),
        ("faq-two-answer-p1", "missing"),
    ]
    assert {each.state for each in told[:6]} == {"intact"}
