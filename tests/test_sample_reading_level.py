"""Hold the sample article to plain language: grade 8 for what every reader needs, grade 10 for the rest."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import readability

from publish.model import Article, Callout, Part, Prose, Steps, Strong, bodies, lines, plain
from publish.source.article import read_article, read_house

REPOSITORY = Path(__file__).resolve().parents[1]

# Counted by hand: text, sentences, words, syllables.
EASY = [
    ("The cat sat on the mat.", 1, 6, 6),
    ("Do the cells live? They do! Good.", 3, 7, 7),
    ("The doctor found the problem, and the patient got better", 1, 10, 14),
]
# Words that hyphenation leaves whole where they are said in two parts (in-su-lin, i-de-a).
HARD = [
    ("Insulin lowers glucose. It is a hormone.", 2, 7, 12),
    ("Diabetes is not a new idea.", 1, 6, 11),
]
COUNTED = [("hyphenation", *text) for text in EASY] + [("dictionary", *text) for text in EASY + HARD]


@pytest.mark.parametrize(("name", "text", "sentences", "words", "syllables"), COUNTED)
def test_grade_is_that_of_counting_by_hand(
    name: str, text: str, sentences: int, words: int, syllables: int
) -> None:
    counter = readability.COUNTERS[name]
    assert readability.sentences(text) == sentences
    assert len(readability.words(text)) == words
    assert sum(readability.syllables(word, counter) for word in readability.words(text)) == syllables
    by_hand = 0.39 * words / sentences + 11.8 * syllables / words - 15.59
    assert readability.grade([text], counter) == pytest.approx(by_hand)


def test_initials_and_abbreviations_end_no_sentence() -> None:
    assert readability.sentences("The U.S. and the U.K. agree, as Wang S, et al. say.") == 1
    assert readability.sentences("He said “yes.” She left (alone).") == 2
    assert readability.sentences("Site A (ClinicalTrials.gov) lists version 2.5 of it.") == 1


@pytest.mark.parametrize(
    ("word", "syllables"),
    [
        ("FDA", 3),
        ("2025", 4),
        ("IV", 2),
        ("stem-cell-derived", 4),
        ("zimislecel", 4),
        ("people", 2),
        ("cells", 1),
    ],
)
def test_words_that_fool_counters_are_counted_as_said(word: str, syllables: int) -> None:
    assert readability.syllables(word, readability.by_dictionary) == syllables


def test_the_worse_counter_decides() -> None:
    text = ["Diabetes and hypoglycemia are serious."]
    grades = [readability.grade(text, counter) for counter in readability.COUNTERS.values()]
    assert grades[0] != grades[1]
    assert readability.worst_grade(text) == max(grades)


def test_nothing_to_grade_is_an_error_and_not_a_pass() -> None:
    with pytest.raises(ValueError, match="no words"):
        readability.worst_grade(["…", ""])


@cache
def _article() -> Article:
    return read_article(REPOSITORY, "stem-cell-islets", read_house(REPOSITORY)).article


def _passages(value: object) -> Iterator[str]:
    """Yield the text of every line; a bold lead is a heading and would make sentences look short."""
    for line in lines(value):
        inlines = line.inlines[1:] if isinstance(line.inlines[0], Strong) else line.inlines
        yield plain(inlines)


def _body() -> list[str]:
    """Introduction and sections in sentences: no headings, no cells of tables, no captions."""
    found: list[str] = []
    for block in bodies(_article()):
        match block:
            case Prose():
                found += _passages(block)
            case Steps(steps=steps):
                found += [plain(facet.text.inlines) for step in steps for facet in step.facets]
            case Callout(body=body):
                found += _passages(body)
            case Part(question=question):
                found += _passages(question)
            case _:
                pass
    return found


def test_every_answer_is_at_grade_8_or_lower() -> None:
    for faq in _article().faq:
        passages = list(_passages(faq.answer))
        assert readability.worst_grade(passages) <= 8, passages
        assert readability.worst_grade([plain(faq.question.inlines), *passages]) <= 8, passages


def test_disclaimers_are_at_grade_8_or_lower() -> None:
    """Together: one alone is too short for the formula to mean much."""
    disclaimers = _article().disclaimers
    assert readability.worst_grade(text for each in disclaimers for text in _passages(each.text)) <= 8
    assert readability.worst_grade(text for each in disclaimers for text in _passages(each)) <= 8


def test_what_stands_first_is_at_grade_9_or_lower() -> None:
    article = _article()
    assert readability.worst_grade(_passages(article.key_points)) <= 8
    assert readability.worst_grade(_passages(article.statement)) <= 8
    assert readability.worst_grade(_passages(article.known)) <= 8
    assert readability.worst_grade(_passages(article.unknown)) <= 8
    assert readability.worst_grade(_passages((article.gist, article.question_sheet))) <= 8
    assert readability.worst_grade(_passages(article.lede)) <= 9


def test_the_body_is_at_grade_10_or_lower() -> None:
    body = _body()
    assert len(body) > 80
    assert readability.worst_grade(body) <= 10


def test_no_section_is_far_harder_than_the_rest() -> None:
    for section in _article().sections:
        texts = [text for text in _passages(section.body) if len(readability.words(text)) > 8]
        assert readability.worst_grade(texts) <= 10, section.id


def test_harder_words_would_fail_the_limit() -> None:
    """The proof of the check: the same facts in the words of specialists are far above it."""
    hard = (
        "Allogeneic transplantation necessitates indefinite pharmacological immunosuppression in recipients."
    )
    assert readability.worst_grade([hard]) > 15
