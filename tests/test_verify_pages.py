"""Where pages begin, what they are called, and what an e-book may say of them: hand-made readings."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from publish.errors import Problem
from publish.model import Pages, PageStart
from publish.verify.pages import (
    FEATURES,
    compare_page_numbers,
    compare_pages,
    page_labels,
    page_starts,
)
from publish.verify.reading import Block, Entry, Mark, Reading, Role, canonical_offset


def block(id: str, page: int | None, text: str = "Some text.", role: Role = "paragraph") -> Block:
    return Block(id, role, text, page=page)


def printed(pages: int, *blocks: Block) -> Reading:
    return Reading(blocks, pages=pages)


def places(reading: Reading, carried: tuple[str, ...] | None = None) -> list[tuple[str, int]]:
    return [(start.block, start.offset) for start in page_starts(reading, carried)]


# --- where pages begin ---------------------------------------------------------------------


def test_a_page_begins_with_its_first_block() -> None:
    assert places(printed(2, block("a", 1), block("b", 1), block("c", 2), block("d", 2))) == [
        ("a", 0),
        ("c", 0),
    ]


def test_a_page_begins_inside_the_block_that_runs_on_to_it() -> None:
    running = replace(block("b", 1), breaks=((5, 2),))
    assert places(printed(2, block("a", 1), running, block("c", 2))) == [("a", 0), ("b", 5)]


def test_a_block_over_three_pages_begins_two_of_them() -> None:
    long = replace(block("b", 1, "One. Two. Three."), breaks=((5, 2), (10, 3)))
    assert places(printed(3, block("a", 1), long, block("c", 3))) == [("a", 0), ("b", 5), ("b", 10)]


@pytest.mark.parametrize("role", ["item", "cell", "header", "definition", "term", "caption", "heading"])
def test_a_page_begins_in_a_block_of_any_role(role: Role) -> None:
    inside = replace(block("b", 1, role=role), breaks=((5, 2),))
    assert places(printed(3, block("a", 1), inside, block("c", 3, role=role))) == [
        ("a", 0),
        ("b", 5),
        ("c", 0),
    ]


def test_a_page_that_opens_with_a_picture_begins_with_its_next_text() -> None:
    picture = block("figure-alt", 2, "Two hands.", "alternative")
    caption = block("figure-caption", 2, role="caption")
    assert places(printed(2, block("a", 1), picture, caption)) == [("a", 0), ("figure-caption", 0)]


def test_a_page_that_opens_with_entries_of_the_contents_begins_with_its_next_text() -> None:
    reading = replace(
        printed(2, block("contents-heading", 1, role="heading"), block("introduction-p1", 2)),
        contents=(Entry("1. First", "first-heading"), Entry("2. Second", "second-heading")),
    )
    assert places(reading) == [("contents-heading", 0), ("introduction-p1", 0)]


def test_words_of_no_block_begin_no_page() -> None:
    back = block("", 2, "Back to note 3 in the text", "loose")
    assert places(printed(2, block("a", 1), back, block("b", 2))) == [("a", 0), ("b", 0)]


def test_a_page_without_text_begins_where_the_next_one_does() -> None:
    picture = block("figure-alt", 2, "Two hands.", "alternative")
    assert places(printed(3, block("a", 1), picture, block("b", 3))) == [("a", 0), ("b", 0), ("b", 0)]


def test_a_last_page_without_text_begins_behind_the_last_text() -> None:
    back = block("", 2, "Back to note 3 in the text", "loose")
    assert places(printed(2, block("a", 1, "Some text."), back)) == [("a", 0), ("a", 10)]


def test_a_page_begins_with_what_the_ebook_carries_of_it() -> None:
    reading = printed(3, block("a", 1), block("b", 2), block("c", 2), block("d", 3))
    assert places(reading, ("a", "c", "d")) == [("a", 0), ("c", 0), ("d", 0)]
    assert places(reading, ("a", "d")) == [("a", 0), ("d", 0), ("d", 0)]


def test_a_cell_beside_one_that_runs_on_does_not_begin_the_page_again() -> None:
    left = replace(block("r1c1", 1, role="cell"), breaks=((5, 2),))
    right = replace(block("r1c2", 1, role="cell"), breaks=((5, 2),))
    assert places(printed(2, left, right)) == [("r1c1", 0), ("r1c1", 5)]


# --- what pages are called -----------------------------------------------------------------


def running(*pages: tuple[str, ...], labels: tuple[str, ...] = ()) -> Reading:
    return Reading((), pages=len(pages), running=pages, page_labels=labels)


@pytest.mark.parametrize(
    ("pages", "labels"),
    [
        ([("Page 1 of 3",), ("Page 2 of 3",), ("Page 3 of 3",)], "1 2 3"),
        ([("A title", "Page 1 of 2"), ("A title", "Page 2 of 2")], "1 2"),
        ([("COVID-19 in 2026", "1"), ("COVID-19 in 2026", "2")], "1 2"),
        ([("Type 2 diabetes", "Page 1 of 2"), ("Type 2 diabetes", "Page 2 of 2")], "1 2"),
        ([("Page 1 of 1",)], "1"),
        ([(), ("Page 2 of 3",), ("Page 3 of 3",)], "1 2 3"),
        ([("A title",), ("A title",)], "1 2"),
        ([("1. Chapter", "Page 1 of 2"), ("5. Chapter", "Page 2 of 2")], "1 2"),
        ([("5",), ("6",), ("7",)], "5 6 7"),
    ],
)
def test_a_page_is_called_by_the_number_printed_on_it(pages: list[tuple[str, ...]], labels: str) -> None:
    assert " ".join(page_labels(running(*pages))) == labels


def test_a_page_without_a_printed_number_is_called_as_the_file_calls_it() -> None:
    assert page_labels(running((), (), labels=("i", "ii"))) == ("i", "ii")


def test_page_starts_have_these_labels() -> None:
    reading = replace(running(("5 / 9",), ("6 / 9",)), blocks=(block("a", 1), block("b", 2)))
    assert page_starts(reading) == (PageStart("5", "a", 0), PageStart("6", "b", 0))


def test_print_and_viewer_that_agree_are_no_problem() -> None:
    assert compare_page_numbers(running(("Page 1 of 2",), ("Page 2 of 2",), labels=("1", "2"))) == ()
    assert compare_page_numbers(Reading(())) == ()


def test_a_viewer_that_numbers_pages_otherwise_is_found() -> None:
    problems = compare_page_numbers(running(("1 of 2",), ("2 of 2",), labels=("1", "1")))
    assert [(each.kind, each.page) for each in problems] == [("page-number", 2)]
    assert problems[0].message == "page 2 is printed as page 2, but a viewer shows it as page 1"


def test_a_number_printed_on_two_pages_is_found() -> None:
    problems = compare_page_numbers(running(("8",), ("9",), ("8",), labels=("8", "9", "8")))
    assert [each.message for each in problems] == ["page 3 has the number 8, which is that of page 1"]


# --- what an e-book says of them -----------------------------------------------------------

SOURCE = "urn:uuid:the-handout"
TEXTS = (
    block("a", None, "One two three."),
    block("b", None, "Four five. Six seven. Eight nine."),
    block("c", None, "Ten."),
)
STARTS = (PageStart("1", "a", 0), PageStart("2", "b", 5), PageStart("3", "b", 22), PageStart("4", "c", 0))
PAGES = Pages(SOURCE, STARTS)
METADATA = {"pageBreakSource": SOURCE, "accessibilityFeature": f"ARIA {' '.join(FEATURES)}"}


def book(
    marks: tuple[PageStart, ...] = STARTS,
    listed: str = "1 2 3 4",
    metadata: dict[str, str] = METADATA,
) -> Reading:
    return Reading(
        TEXTS,
        metadata,
        marks=tuple(Mark(mark.label, f"page-{mark.label}", mark.block, mark.offset) for mark in marks),
        page_list=tuple(Entry(label, f"page-{label}") for label in listed.split()),
    )


def told(reading: Reading, pages: Pages | None = PAGES) -> list[tuple[str, str]]:
    return [(each.kind, each.message) for each in compare_pages(pages, reading)]


def moved(label: str, id: str, offset: int) -> tuple[PageStart, ...]:
    return tuple(PageStart(label, id, offset) if each.label == label else each for each in STARTS)


def test_marks_where_pages_begin_are_no_problem() -> None:
    assert told(book()) == []


@pytest.mark.parametrize(
    ("place", "message"),
    [
        (("b", 11), "the marker of page 2 stands 6 characters too late"),
        (("b", 33), "the marker of page 2 stands 28 characters too late, at the end of b"),
        (("b", 0), "the marker of page 2 stands 5 characters too early"),
        (("c", 3), "the marker of page 2 stands in c instead of b"),
        (("b", 22), "the marker of page 2 stands where page 3 begins"),
        (("", 0), "the marker of page 2 stands after the last text"),
    ],
)
def test_a_mark_that_drifted_is_found(place: tuple[str, int], message: str) -> None:
    assert told(book(moved("2", *place))) == [("page-mark", message)]


def test_the_words_at_both_places_are_told() -> None:
    (problem,) = compare_pages(PAGES, book(moved("2", "b", 11)))
    assert problem.block == "b"
    assert problem.hint == (
        "the page begins with “five. Six seven. Eight nine.”; after the marker comes “Six seven. Eight nine.”"
    )


def test_marks_that_are_all_off_by_one_page_are_one_problem() -> None:
    late = tuple(replace(before, label=after.label) for before, after in pairwise(STARTS))
    problems = told(book(late, "2 3 4"))
    assert problems[0] == (
        "page-mark",
        "3 page markers are off by one page: that of page 2 stands where page 1 begins",
    )
    assert problems[1:] == [
        ("page-mark", "page 1 has no marker"),
        ("page-list", "the list of pages has no entry for page 1"),
    ]


def test_labels_that_changed_places_are_both_found() -> None:
    swapped = (STARTS[0], replace(STARTS[1], label="3"), replace(STARTS[2], label="2"), STARTS[3])
    assert told(book(swapped)) == [
        ("page-mark", "the marker of page 2 stands where page 3 begins"),
        ("page-mark", "the marker of page 3 stands where page 2 begins"),
    ]


def test_a_lost_mark_and_one_too_many_are_found() -> None:
    assert told(book(STARTS[:3], "1 2 3 4")) == [
        ("page-mark", "page 4 has no marker"),
        ("page-list", "the list of pages leads from “4” to “page-4”, which is no page marker"),
    ]
    assert told(book((*STARTS, STARTS[2]))) == [("page-mark", "page 3 has 2 markers")]
    assert told(book((*STARTS, PageStart("5", "c", 2)))) == [
        ("page-mark", "a marker is for page “5”, which print does not have")
    ]


@pytest.mark.parametrize(
    ("listed", "message"),
    [
        ("1 2 4", "the list of pages has no entry for page 3"),
        ("1 2 3 4 5", "the list of pages has an entry “5”, which is no page"),
        ("1 2 3 3 4", "the list of pages has page 3 2 times"),
        ("1 3 2 4", "the list of pages is out of order: 1, 3, 2, 4"),
    ],
)
def test_a_list_with_other_pages_is_found(listed: str, message: str) -> None:
    assert told(book(listed=listed)) == [("page-list", message)]


def test_entries_that_lead_to_other_pages_are_found() -> None:
    reading = book()
    one, two, three, four = reading.page_list
    swapped = (one, replace(two, target="page-3"), replace(three, target="page-2"), four)
    assert told(replace(reading, page_list=swapped)) == [
        ("page-list", "the list of pages leads from “2” to the marker of page 3"),
        ("page-list", "the list of pages leads from “3” to the marker of page 2"),
    ]


@pytest.mark.parametrize("source", ["", "urn:uuid:the-ebook-itself"])
def test_page_numbers_of_another_source_are_found(source: str) -> None:
    ((kind, message),) = told(book(metadata=METADATA | {"pageBreakSource": source}))
    assert kind == "page-source"
    assert message.startswith(f"the page numbers are those of {SOURCE}, but the e-book names ")


def test_page_numbers_that_the_metadata_do_not_tell_of_are_found() -> None:
    problems = told(book(metadata=METADATA | {"accessibilityFeature": "pageNavigation"}))
    assert problems == [
        ("page-source", "the metadata of the e-book do not say that it has page numbers (pageBreakMarkers)")
    ]


def test_without_the_print_edition_markers_and_list_are_still_compared() -> None:
    absent = Pages(SOURCE, None)
    assert [kind for kind, _ in told(book(), absent)] == ["pages-not-compared"]
    assert [kind for kind, _ in told(book(listed="1 2 4"), absent)] == ["pages-not-compared", "page-list"]
    assert [kind for kind, _ in told(Reading(TEXTS), absent)][:1] == ["page-source"]
    (note,) = (each for each in compare_pages(absent, book()) if each.kind == "pages-not-compared")
    assert isinstance(note, Problem)
    assert note.severity == "note"


def test_a_file_without_pages_tells_of_none() -> None:
    assert told(Reading(TEXTS), None) == []
    assert [kind for kind, _ in told(book(), None)] == ["page-mark", "page-list", "page-source"]


# --- offsets -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "offset", "expected"),
    [
        ("One two", 4, 4),
        ("One two", 3, 4),  # at the space: the letter after it
        ("  One \n two", 8, 4),
        ("  One", 0, 0),
        ("One two  ", 7, 7),
        ("One two", 5, 5),
        ("e\u0301t\u0301a", 4, 3),  # é as one character; there is no t with an accent
        ("one\u00a0two", 3, 3),  # a no-break space is the author's
        ("", 0, 0),
    ],
)
def test_an_offset_counts_canonical_letters(text: str, offset: int, expected: int) -> None:
    assert canonical_offset(text, offset) == expected
