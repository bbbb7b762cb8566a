"""Print editions as data: large print, sheets, black and white, binding; what an article gives to them."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import languages
import pikepdf
import pytest
from faulty import problems, project, told
from pdf_tree import TagTree
from PIL import Image, ImageFont
from prints import Print, print_article
from test_source_house import house_problems

from publish.cli import main
from publish.layout import Layouts, View, packaged_layouts
from publish.model import (
    PARTS_OF,
    SIZES_ON_REQUEST,
    Article,
    Edition,
    Figure,
    House,
    Identifiers,
    LayoutName,
    Line,
    Link,
    NoteMark,
    Picture,
    Prose,
    QuestionGroup,
    Run,
    Section,
    Strong,
    Table,
    Value,
    at_size,
    bodies,
    lines,
)
from publish.pipeline import prove_all
from publish.project import open_project
from publish.render import paper, pdf
from publish.render.pdf import render, running_title
from publish.render.tags import numbers_in_contents
from publish.source.article import edition_places, read_article, read_house
from publish.source.identify import identify
from publish.source.prose import parse
from publish.verify.clear_print import FLOOR, PROFILES, breaches
from publish.verify.expected import allowed, expected
from publish.verify.ink import coloured
from publish.verify.length import Cuts, rows_of, shortened, shorter, too_long
from publish.verify.length import told as how_to_shorten
from publish.verify.measure import Print as Measured
from publish.verify.measure import measure
from publish.verify.reading import Block

REPOSITORY = Path(__file__).resolve().parents[1]
COMPLETE = REPOSITORY / "tests" / "projects" / "complete"
SAMPLE = "stem-cell-islets"
WORDS = Layouts((packaged_layouts(),)).words("en")
MILLIMETRE = 72 / 25.4


@cache
def house() -> House:
    return read_house(COMPLETE)


@cache
def article() -> Article:
    return read_article(COMPLETE, "small-article", house()).article


def edition(layout: LayoutName = "article", **fields: Any) -> Edition:
    given = {"name": "made", "format": "pdf", "layout": layout, "paper": "letter"} | fields
    return Edition.model_validate(given)


def blocks(layout: LayoutName, **fields: Any) -> dict[str, Block]:
    return {block.id: block for block in expected(article(), edition(layout, **fields), WORDS)}


# --- editions as data -----------------------------------------------------------------------


@pytest.mark.parametrize("layout", PARTS_OF)
def test_an_edition_carries_the_parts_of_its_layout_unless_told(layout: LayoutName) -> None:
    assert edition(layout).parts == PARTS_OF[layout]
    assert edition(layout, parts=("faq", "disclaimers")).parts == ("faq", "disclaimers")


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({}, "id-letter.pdf"),
        ({"paper": "a5"}, "id-a5.pdf"),
        ({"profile": "clear-print"}, "id-letter.pdf"),
        ({"profile": "aph-large-18"}, "id-letter-18pt.pdf"),
        ({"type_size": 20.5}, "id-letter-20-5pt.pdf"),
        ({"layout": "leaflet", "paper": "a4"}, "id-leaflet-a4.pdf"),
        ({"layout": "questions", "type_size": 14}, "id-questions-letter-14pt.pdf"),
        ({"suffix": "-large", "type_size": 24}, "id-large.pdf"),
    ],
)
def test_files_are_named_for_layout_paper_and_size(fields: dict[str, Any], name: str) -> None:
    assert edition(**fields).file_name("id") == name


def test_large_print_on_request_is_another_edition_of_the_same_article() -> None:
    primary = edition(name="handout", profile="clear-print", pages=30)
    made = at_size(primary, 24)
    assert (made.name, made.size, made.profile, made.pages) == ("handout-24pt", 24, "aph-large-18", None)
    assert made.file_name("id") == "id-letter-24pt.pdf"
    assert at_size(primary, 14).profile == "clear-print"
    assert at_size(primary.model_copy(update={"suffix": ""}), 24).file_name("id") == "id-24pt.pdf"
    assert made.parts == primary.parts


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            "paper: a4, type_size: 28, colour: black-and-white, duplex: true, cover: true",
            [],
        ),
        ("paper: a4, type_size: 40", ["error: 4:42 “type_size” must be 28 or less, not 40"]),
        ("paper: a4, type_size: 11.9", ["error: 4:42 “type_size” must be 12 or more, not 11.9"]),
        (
            "paper: a4, type_size: large",
            ["error: 4:42 “type_size” must be a number\n  hint: write digits only, such as 18"],
        ),
        (
            "paper: a4, pages: 2.5",
            ["error: 4:38 “pages” must be a whole number\n  hint: write digits only, such as 18"],
        ),
        ("paper: a4, pages: 0", ["error: 4:38 “pages” must be 1 or more, not 0"]),
        (
            "paper: a4, profile: aph-large",
            [
                "error: 4:40 “aph-large” is none of the words for “profile”"
                "\n  hint: did you mean “aph-large-18”?"
            ],
        ),
        (
            "paper: a4, profile: acb-large-18, type_size: 16",
            [
                "error: 4:65 profile “acb-large-18” needs type of 18 points or more"
                "\n  hint: write 18 or more, or delete the line"
            ],
        ),
        (
            "paper: a4, colour: grey",
            [
                "error: 4:39 “grey” is none of the words for “colour”"
                "\n  hint: use one of colour, black-and-white"
            ],
        ),
        (
            "paper: a4, duplex: both",
            ["error: 4:39 “duplex” is either true or false\n  hint: write true or false"],
        ),
        (
            "paper: a4, layout: leaflets",
            ["error: 4:39 “leaflets” is none of the words for “layout”\n  hint: did you mean “leaflet”?"],
        ),
        ("paper: a4, layout: leaflet", []),
        (
            "paper: a4, layout: leaflet, parts: [body, faq, disclaimers]",
            [
                "error: 4:56 an edition of layout “leaflet” cannot carry the part “body”"
                "\n  hint: it carries some of key-points, known, faq, disclaimers, related, about, "
                "whole-article"
            ],
        ),
        (
            "paper: a4, parts: [faq, disclaimers, whole-article]",
            [
                "error: 4:57 an edition of layout “article” cannot carry the part “whole-article”"
                "\n  hint: it carries some of key-points, known, contents, body, faq, disclaimers, related, "
                "references, about"
            ],
        ),
        (
            "paper: a4, layout: questions",
            [
                "error: 4:3 edition “a” lacks the part “faq”, which every edition must carry"
                "\n  hint: add it, or say why not: leaves_out: [{part: faq, reason: …}]"
            ],
        ),
        ("paper: a4, layout: questions, leaves_out: [{part: faq, reason: For own questions.}]", []),
        (
            "paper: a4, layout: questions, parts: [faq, disclaimers]",
            [
                "error: 4:50 edition “a” is a sheet of questions, but lacks the part “questions”"
                "\n  hint: add it"
            ],
        ),
        (
            "paper: a4, layout: leaflet, duplex: true, cover: true",
            [
                "error: 4:48 edition “a” is a sheet, so it has no binding\n  hint: delete the line",
                "error: 4:62 edition “a” is a sheet, so it has no cover\n  hint: delete the line",
            ],
        ),
    ],
)
def test_faults_of_print_editions_are_told(fields: str, expected: list[str], tmp_path: Path) -> None:
    assert house_problems(tmp_path, f"  a: {{format: pdf, {fields}}}") == expected


@pytest.mark.parametrize("field", ["type_size: 18", "duplex: false", "layout: leaflet", "pages: 2"])
def test_what_only_print_has_is_refused_elsewhere(field: str, tmp_path: Path) -> None:
    name = field.split(":")[0].replace("_", " ")
    (first, *_) = house_problems(tmp_path, f"  a: {{format: html, {field}}}")
    assert first == (
        f"error: 4:21 edition “a” is not printed, so it has no {name}"
        "\n  hint: delete the line, or use format: pdf"
    )


# --- what an article gives to sheets ----------------------------------------------------------

SHEET = """\
format: 1
id: faulty
language: en
title: Walk
summary: About walking.
lede: Walk.
statement: One study.
sections:
  - id: walk
    heading: Walk
    body:
      - |
        Some things:

        - one
        - [two](#walk)
      - steps:
          id: walk-steps
          steps:
            - title: Stand up
              facets: {What it means: Up., Ask: Can I?}
            - title: Go
              facets: {What it means: On., Ask: How far?}
faq:
  - {id: how-long, question: How long?, answer: Ten minutes.}
disclaimers: [not-advice]
dates: {checked: 2026-05-14}
"""
SHEET_HOUSE = """\
format: 1
name: Example Health Desk
editions:
  web: {format: html}
  sheet:
    format: pdf
    layout: questions
    paper: letter
    leaves_out: [{part: faq, reason: For own questions.}]
"""


def sheet_problems(folder: Path, more: str, house: str = SHEET_HOUSE) -> list[str]:
    """What is told of an article that ends in ``more``, which begins on line 28."""
    return [told(problem) for problem in problems(project(folder, (SHEET + more).encode(), house=house))]


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        ("steps: walk-steps, facet: Ask", []),
        ("list: walk-l2", ["error: 29:12 there is no list “walk-l2”\n  hint: did you mean “walk-l1”?"]),
        (
            "steps: walk-stairs, facet: Ask",
            ["error: 29:13 there are no steps “walk-stairs”\n  hint: did you mean “walk-steps”?"],
        ),
        (
            "steps: walk-steps, facet: Asks",
            [
                "error: 29:32 the steps “walk-steps” have no facet “Asks”\n  hint: did you mean “Ask”?",
            ],
        ),
        (
            "steps: walk-steps",
            ["error: 29:5 “facet” is missing\n  hint: name the facet that holds the questions"],
        ),
        (
            "list: walk-l1, facet: Ask",
            ["error: 29:28 a list has no facets\n  hint: delete the line"],
        ),
        (
            "answer: tick",
            [
                "error: 29:5 these questions name neither steps nor a list"
                "\n  hint: name a pathway and its facet (steps:, facet:), or a list (list:)"
            ],
        ),
        ("list: walk-l1", []),
        (
            "steps: walk-steps, facet: Ask, answer: circle",
            ["error: 29:45 “circle” is none of the words for “answer”\n  hint: use one of write, tick"],
        ),
    ],
)
def test_faults_of_a_question_sheet_are_told(group: str, expected: list[str], tmp_path: Path) -> None:
    more = f"question_sheet:\n  - {{{group}, title: T}}\n"
    assert sheet_problems(tmp_path, more) == expected


def test_questions_stand_in_the_order_of_the_article_and_once(tmp_path: Path) -> None:
    steps = "  - {title: T, steps: walk-steps, facet: Ask}\n"
    (problem,) = sheet_problems(tmp_path, f"question_sheet:\n{steps}{steps}")
    assert problem.startswith("error: 30:5 the sheet asks for this twice, or before something")
    list_after = f"question_sheet:\n{steps}  - {{title: T, list: walk-l1}}\n"
    house = SHEET_HOUSE.replace("paper: letter", "paper: letter\n    parts: [questions, disclaimers]")
    told = sheet_problems(tmp_path / "list", list_after, house)
    assert told[0].startswith("error: 30:5 the sheet asks for this twice, or before something")


def test_an_article_without_questions_is_told_and_makes_no_sheet(tmp_path: Path) -> None:
    assert sheet_problems(tmp_path, "") == [
        "note: 1:1 the article has no question sheet, so edition “sheet” is not made of it"
        "\n  hint: add “question_sheet:”"
    ]
    house = read_house(tmp_path)
    without = read_article(tmp_path, "faulty", house).article
    assert [each.name for each in house.editions_of(without)] == ["web"]
    assert [each.name for each in house.editions_of(article())] == ["web", "sheet"]


@pytest.mark.parametrize(
    "field",
    ["gist: A[^x].", "known: ['A[^x].']", "unknown: ['A[^x].']", "question_sheet: [{title: 'A[^x]'}]"],
)
def test_texts_of_sheets_hold_no_notes(field: str, tmp_path: Path) -> None:
    assert any("this text cannot hold a note" in each for each in sheet_problems(tmp_path, f"{field}\n"))


def test_a_leaflet_shows_no_note_marks_and_an_article_needs_their_references(tmp_path: Path) -> None:
    whole, leaflet = blocks("article"), blocks("leaflet")
    assert [span.kind for span in whole["key-point-2"].spans] == ["note"]
    assert leaflet["key-point-2"].spans == ()
    assert leaflet["key-point-2"].text == whole["key-point-2"].text
    noted = SHEET.replace("Ten minutes.", "'Ten minutes.[^x]'") + (
        "references:\n  - {id: x, kind: web, citation: X., used_for: All., verified: 2026-05-14}\n"
    )
    editions = "  sheet: {{format: pdf, paper: letter, layout: {}, parts: [faq, disclaimers]}}\n"
    for layout, kinds in (("leaflet", []), ("article", ["edition"])):
        house = f"format: 1\nname: Desk\neditions:\n{editions.format(layout)}"
        found = problems(project(tmp_path / layout, noted.encode(), house=house))
        assert [problem.kind for problem in found] == kinds


def test_links_that_a_sheet_cannot_follow_stand_as_words() -> None:
    whole, leaflet = blocks("article"), blocks("leaflet")
    linked = [id for id, block in whole.items() if any(span.value == "#minutes" for span in block.spans)]
    assert [id for id in linked if id in leaflet]
    for id in set(linked) & set(leaflet):
        assert leaflet[id].text == whole[id].text
        assert not any(span.value == "#minutes" for span in leaflet[id].spans)
    assert [span.value for span in leaflet["statement-p1"].spans if span.kind == "link"] == ["#disclaimers"]


# --- what a sheet must say ------------------------------------------------------------------------


def test_a_leaflet_carries_what_it_should_in_order() -> None:
    headings = [block.text for block in blocks("leaflet").values() if block.level == 2]
    assert headings == [
        "Key points",
        "What is known",
        "What is not known",
        "Frequently asked questions",
        "What this article is not",
        "Where to read more",
    ]
    assert "lede-p1" not in blocks("leaflet")
    assert list(blocks("leaflet"))[:4] == ["kicker", "title", "gist", "statement-p1"]


def test_a_question_sheet_repeats_the_very_lines_of_the_article() -> None:
    whole, sheet = blocks("article"), blocks("questions")
    asked = ["what-happens-l2-i1", "what-happens-l2-i2", "get-ready-title", "get-ready-f3"]
    assert [id for id in asked if id not in sheet] == []
    for id in set(whole) & set(sheet):
        assert (sheet[id].text, sheet[id].label) == (whole[id].text, whole[id].label)
    assert not any(id.startswith("faq") for id in sheet)
    assert "get-ready-f1" not in sheet


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("", ("Ask for the whole article where you got this sheet.", "", ())),
        (
            "https://health.example/",
            ("health.example", "The whole article is at:", ("https://health.example/",)),
        ),
    ],
)
def test_the_last_lines_say_where_the_whole_article_is(
    url: str, place: tuple[str, str, tuple[str, ...]]
) -> None:
    found = blocks("leaflet", house_url=url)
    assert found["whole-article-p1"].text == (
        "This sheet gives only the main points of a longer article. The article names its sources (5). "
        "The sources were last checked on 14 May 2026."
    )
    last = found["whole-article-place"]
    assert (last.text, last.label, tuple(span.value for span in last.spans)) == place


def test_sources_and_dates_that_are_not_there_are_not_spoken_of() -> None:
    bare = article().model_copy(
        update={"references": (), "dates": article().dates.model_copy(update={"checked": None})}
    )
    found = {block.id: block for block in expected(bare, edition("leaflet"), WORDS)}
    assert found["whole-article-p1"].text == "This sheet gives only the main points of a longer article."


def test_a_single_answer_is_no_interface_word() -> None:
    """“No” before a sentence would turn its meaning; boxes say all three words."""
    words = allowed(article(), WORDS)
    assert "Yes No Don’t know" in words
    assert not words & {"Yes", "No", "Don’t know"}


# --- a sheet that is too long -----------------------------------------------------------------------


def sheet_of(texts: dict[str, int]) -> Article:
    """An article whose questions have answers of so many lines of type, ten letters each."""
    faq = article().faq[0]

    def answer(id: str, count: int) -> Line:
        return Line(id=id, inlines=(Run(text="ten letters " * count),))

    return article().model_copy(
        update={
            "faq": tuple(
                faq.model_copy(update={"answer": Prose(blocks=(answer(id, count),))})
                for id, count in texts.items()
            )
        }
    )


def lengths(of: Article) -> dict[str, int]:
    return {line.id: len(line.text.split()) // 2 for line in lines(tuple(faq.answer for faq in of.faq))}


@pytest.mark.parametrize(
    ("fits", "told"),
    [
        (lambda n: n["b"] <= 3, [("b", 2, 5)]),
        (lambda n: n["b"] <= 3 or n["c"] <= 2, [("c", 1, 3), ("b", 2, 5)]),
        (lambda n: n["b"] <= 1, [("b", 4, 5)]),
    ],
)
def test_only_texts_whose_shortening_is_enough_are_told(fits: Any, told: list[tuple[str, int, int]]) -> None:
    texts = {"a": 6, "b": 5, "c": 3, "d": 1}
    rows = {id: (10,) * count for id, count in texts.items()} | {"not-of-the-article": (10,) * 9}
    cuts = shorter(sheet_of(texts), rows, 2, lambda made: [2 if fits(lengths(each)) else 3 for each in made])
    assert not cuts.together
    assert [(cut.id, cut.lines, cut.of) for cut in cuts.cuts] == told


def test_where_one_text_is_not_enough_all_that_are_needed_are_told_and_no_other() -> None:
    texts = {"a": 6, "b": 5, "c": 3}
    rows = {id: (10,) * count for id, count in texts.items()}

    def count(made: Sequence[Article]) -> list[int]:
        sizes = [lengths(each) for each in made]
        return [2 if each["b"] + each["c"] <= 3 else 3 for each in sizes]

    cuts = shorter(sheet_of(texts), rows, 2, count)
    assert cuts.together
    assert {cut.id for cut in cuts.cuts} == {"b", "c"}
    assert sum(cut.lines for cut in cuts.cuts) == 5


def test_disclaimers_are_never_shortened_and_no_cut_is_told_that_is_not_enough() -> None:
    of = sheet_of({"a": 2})
    rows = {line.id: (10, 10, 10) for line in lines(of.disclaimers)} | {"a": (10, 10)}
    tried: list[Article] = []

    def count(made: Sequence[Article]) -> list[int]:
        tried.extend(made)
        return [3] * len(made)

    assert shorter(of, rows, 2, count) == Cuts((), together=True)
    assert tried
    assert all(each.disclaimers == of.disclaimers for each in tried)
    (said,) = how_to_shorten(Cuts(()), {})
    beginning = "shortening its texts, questions and headings is not enough, even to a line each: "
    assert said.startswith(f"{beginning}let the edition carry")


@pytest.mark.slow
def test_a_question_that_takes_more_lines_than_its_answer_is_told_to_be_shortened() -> None:
    asked = " ".join(["Is this a very long question"] * 12) + "?"
    first, *others = article().faq
    question = first.question.model_copy(update={"inlines": (Run(text=asked),)})
    source = article().model_copy(update={"faq": (first.model_copy(update={"question": question}), *others)})
    chosen = edition("leaflet", parts=PARTS_OF["leaflet"])
    rows = rows_of(measure(render(source, chosen, house(), Layouts((packaged_layouts(),)))))
    assert sum(rows[question.id]) == len(asked.replace(" ", ""))

    def count(made: Sequence[Article]) -> list[int]:
        return [2 if len(each.faq[0].question.text) < 200 else 3 for each in made]

    (cut,) = shorter(source, rows, 2, count).cuts
    assert cut.id == question.id
    assert 1 <= cut.lines < cut.of == len(rows[question.id])


def test_a_text_is_cut_in_the_middle_of_strong_words_and_links() -> None:
    line = Line(
        id="a",
        inlines=(
            Run(text="One "),
            Strong(inlines=(Run(text="two "), Link(href="#x", inlines=(Run(text="three four"),)))),
            Run(text=" five"),
        ),
    )
    of = article().model_copy(update={"key_points": (line,)})
    assert shortened(of, {"a": 11}).key_points[0].text == "One two three"
    assert shortened(of, {}) is of


def test_what_is_too_long_is_one_problem_without_a_block() -> None:
    two = edition(name="leaflet", layout="leaflet", parts=PARTS_OF["leaflet"], pages=2)
    assert too_long(edition(), 99) == too_long(two, 2) == ()
    (found,) = too_long(two, 3)
    message = "edition “leaflet” has 3 pages and may have 2"
    assert (found.message, found.page, found.block) == (message, 3, "")
    one = two.model_copy(update={"pages": 1})
    assert too_long(one, 2)[0].message == "edition “leaflet” has 2 pages and may have only 1"


# --- questions with a list of their own -------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("answer", ["write", "tick"])
def test_a_list_inside_a_question_is_seen_and_heard_as_a_list(answer: str) -> None:
    from publish.verify.transcript import transcript

    asked = "- Do you cough:\n  - at night,\n  - on long walks?\n- In what order:\n  1. first,\n  2. last?\n"
    group = {"title": Line(inlines=(Run(text="Ask"),)), "list": "extra-l1", "answer": answer}
    extra = {"id": "extra", "heading": Line(inlines=(Run(text="Extra"),)), "body": (parse(asked).prose,)}
    source = identify(
        article().model_copy(
            update={
                "sections": (*article().sections, Section.model_validate(extra)),
                "question_sheet": (QuestionGroup.model_validate(group),),
            }
        )
    )
    chosen, layouts = edition("questions"), Layouts((packaged_layouts(),))
    made = Print(source, chosen, house(), layouts, render(source, chosen, house(), layouts))
    assert made.problems() == ()
    seen = measure(made.data)
    assert breaches(seen, FLOOR) == ()
    left = {
        passage.id: min(run.box[0] for line in passage.lines for run in line.runs if not run.label)
        for passage in seen.body
        if passage.id.startswith("extra-l1-i")
    }
    top = {passage.id: passage.lines[0].baseline for passage in seen.body if passage.id in left}
    for outer, inner in (("extra-l1-i1", "extra-l1-i1-l1-i1"), ("extra-l1-i2", "extra-l1-i2-l1-i1")):
        assert left[inner] > left[outer] + 12
        assert top[inner] < top[outer] - 12
    heard = transcript(made.data)
    assert "item (•): at night," in heard
    assert "item (2.): last?" in heard


# --- addresses on paper ----------------------------------------------------------------------------


def test_print_alone_shows_the_addresses_of_pages_to_read() -> None:
    shown = {id: block.text for id, block in blocks("leaflet", parts=PARTS_OF["article"]).items()}
    assert shown["related-sleep-url"] == "health.example/sleep"
    assert shown["trust-editorial-url"] == "health.example/editorial"
    assert "related-food-url" not in shown  # it has no address
    web = Edition.model_validate({"name": "web", "format": "html"})
    assert not {block.id for block in expected(article(), web, WORDS)} & {"related-sleep-url"}


@pytest.mark.slow
@pytest.mark.parametrize("layout", ["article", "leaflet"])
def test_the_address_on_paper_is_proven_to_be_that_of_the_source(layout: LayoutName) -> None:
    long = "https://health.example/" + "patients_and_families" * 6
    pages = tuple(page.model_copy(update={"url": long}) for page in article().related)
    source = article().model_copy(update={"related": pages})
    chosen = edition(layout, parts=tuple(dict.fromkeys((*PARTS_OF[layout], "related"))))
    layouts = Layouts((packaged_layouts(),))
    made = Print(source, chosen, house(), layouts, render(source, chosen, house(), layouts))
    assert made.problems() == ()
    assert breaches(measure(made.data), FLOOR) == ()
    other = tuple(page.model_copy(update={"url": f"{long}/not"}) for page in pages)
    wrong = replace(made, article=source.model_copy(update={"related": other}))
    assert {problem.block for problem in wrong.problems()} >= {f"related-{page.id}-url" for page in pages}


# --- paper -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("points", SIZES_ON_REQUEST)
@pytest.mark.parametrize("name", ["letter", "a4"])
@pytest.mark.parametrize(
    "title",
    [
        "Islets grown from stem cells: why this research matters in type 1 diabetes",
        "WHO MANAGES MAMMOGRAMS WHEN WOMEN WORK MOSTLY AWAY FROM HOME AND WHY",
        "Immunosuppression",
    ],
)
def test_running_titles_stay_on_one_line(points: int, name: str, title: str) -> None:
    chosen = at_size(edition(paper=name), points)
    short = running_title(title, paper.running_letters(chosen))
    font = ImageFont.truetype(
        str(packaged_layouts() / "fonts/atkinson-hyperlegible-next/regular.ttf"), points
    )
    assert font.getlength(short) <= paper.PAPERS[chosen.paper or "letter"][0] - 2 * paper.margin(chosen)
    assert short


def test_lines_are_never_longer_than_eyes_follow() -> None:
    for points in (None, *SIZES_ON_REQUEST):
        for name in paper.PAPERS:
            chosen = edition(paper=name, type_size=points)
            width = paper.PAPERS[name][0] - 2 * paper.margin(chosen)
            assert paper.is_handout(chosen) or width <= 30 * paper.type_size(chosen) + 0.01
    assert paper.margin(edition(profile="aph-large-18", paper="a5")) == 72


def drawn(body: str, box: str = 'viewBox="0 0 600 300"', **fields: Any) -> Picture:
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" {box}>{body}</svg>'
    return replace(Picture("a.svg", "image/svg+xml", 600, 300, svg.encode()), **fields)


@pytest.mark.parametrize(
    ("body", "share"),
    [
        ('<text font-size="30">a</text><text font-size="20">b</text>', 20 / 600),
        ('<g font-size="30"><text>a<tspan font-size="15">b</tspan></text></g>', 15 / 600),
        ('<text style="fill: red; font-size: 24px">a</text>', 24 / 600),
        ('<g transform="translate(5, 5) scale(0.5)"><text font-size="30">a</text></g>', 15 / 600),
        ('<g transform="scale(2 1)"><circle r="3"/></g><text font-size="30">a</text>', 30 / 600),
        ('<text font-size="30">a</text><text font-size="5"> </text>', 30 / 600),
        ('<g transform="rotate(90)"><text font-size="30">a</text></g>', 30 / 600),
        ('<g transform="matrix(1 0 0 2 0 0)"><text font-size="30">a</text></g>', None),
        ('<style>text { font-size: 9px }</style><text font-size="30">a</text>', None),
        ('<text font-size="1em">a</text>', None),
        ("<text>a</text>", None),
        ("<circle r='3'/>", None),
    ],
)
def test_the_smallest_letters_of_a_picture_are_known_or_said_not_to_be(
    body: str, share: float | None
) -> None:
    assert paper.lettering(drawn(body)) == (share and pytest.approx(share))


def test_a_picture_is_as_wide_as_makes_its_letters_as_large_as_the_text() -> None:
    lettered = drawn('<text font-size="30">a</text>')
    assert paper.picture_width(lettered, edition()) == pytest.approx(12 * 20)
    assert paper.picture_width(lettered, edition(type_size=18)) == pytest.approx(18 * 20)
    # Never wider than the text, nor so high that its caption goes to another page.
    assert paper.picture_width(lettered, edition(type_size=28)) == pytest.approx(612 - 144)
    high = drawn('<text font-size="30">a</text>', height=3000)
    assert paper.picture_width(high, edition(type_size=18)) == pytest.approx(0.85 * (792 - 144) / 5)
    # Photographs fill the text of large print; in a handout they are no larger than they are.
    photo = Picture("a.png", "image/png", 200, 100, b"")
    assert paper.picture_width(photo, edition()) == pytest.approx(150)
    assert paper.picture_width(photo, edition(type_size=18)) == pytest.approx(612 - 144)


def test_black_and_white_styles_have_black_ink_and_greys() -> None:
    style = """@page { border: 1pt solid #8a949e; @top-left { color: #0b4a57 } }
    .red { color: red; background: #eef3f5 } a:hover { border-color: rgb(11, 74, 87); width: 50% }
    """
    assert (
        paper.grey_style(style)
        == """@page { border: 1pt solid #595959; @top-left { color: #000000 } }
    .red { color: #595959; background: #f2f2f2 } a:hover { border-color: #000000; width: 50% }
    """
    )


def test_layouts_print_the_same_words_in_black_and_white() -> None:
    """Taking the colours out changes nothing else of a style sheet."""
    layouts = Layouts((packaged_layouts(),))
    for name in ("print", "large", "leaflet", "questions", "fonts"):
        text = layouts.text(f"print/{name}.css")
        text = text.replace(r"\2060", "\u2060").replace(r"\200B", "\u200b")
        assert re.sub(r"#\w{6}", "#", paper.grey_style(text)) == re.sub(r"#[0-9a-f]{6}\b", "#", text)


def test_pictures_become_grey_and_keep_their_shape() -> None:
    drawn = Picture(
        "a.svg",
        "image/svg+xml",
        10,
        5,
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 5"><path d="M0 0" fill="#1b3a5c"'
        b' style="stroke:teal;stroke-width:3"/><text font-family="Noto Sans">Red tan</text></svg>',
    )
    grey = paper.grey_picture(drawn)
    assert b'fill="#383838"' in grey.data
    assert b"stroke:#727272;stroke-width:3" in grey.data
    assert b">Red tan</text>" in grey.data
    for mode, suffix in (("RGB", "PNG"), ("RGBA", "PNG"), ("RGB", "JPEG"), ("P", "PNG")):
        file = io.BytesIO()
        Image.new(mode, (4, 3), "teal" if mode != "P" else 0).save(file, suffix)
        media_type = "image/png" if suffix == "PNG" else "image/jpeg"
        grey = paper.grey_picture(Picture("a", media_type, 4, 3, file.getvalue()))  # type: ignore[arg-type]
        with Image.open(io.BytesIO(grey.data)) as image:
            assert (image.size, image.format, grey.media_type) == ((4, 3), "PNG", "image/png")
            colours = image.convert("RGB").getcolors()
            assert all(red == green == blue for _, (red, green, blue) in colours)  # type: ignore[union-attr, misc]


def test_large_print_shows_the_picture_drawn_for_it(tmp_path: Path) -> None:
    figure = "      - figure: {image: images/good.svg, image_large: images/good.png, alt: A., caption: A.}\n"
    source = SHEET.replace("faq:\n", f"{figure}faq:\n", 1).encode()
    project(tmp_path, source)
    read = read_article(tmp_path, "faulty", read_house(tmp_path)).article
    shown = next(block for block in bodies(read) if isinstance(block, Figure))
    for points, name in ((None, "good.svg"), (14, "good.svg"), (16, "good.png"), (28, "good.png")):
        view = View("pdf", read, edition(type_size=points), WORDS, href=str, image=str)
        picture = view.picture(shown)
        assert picture is not None
        assert picture.path == f"images/{name}"


def test_a_missing_picture_for_large_print_is_told(tmp_path: Path) -> None:
    figure = "      - figure: {image: images/good.svg, image_large: images/godo.png, alt: A., caption: A.}\n"
    found = problems(project(tmp_path, SHEET.replace("faq:\n", f"{figure}faq:\n", 1).encode()))
    assert [(each.kind, each.hint) for each in found] == [("image", "did you mean “images/good.png”?")]


# --- asking at the desk ------------------------------------------------------------------------------


@pytest.fixture
def own_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "project"
    shutil.copytree(COMPLETE, folder)
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize("size", ["13", "29", "24.5", "large", "-18", ""])
def test_a_size_that_is_not_made_is_wrong_usage(
    own_project: Path, capsys: pytest.CaptureFixture[str], size: str
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["build", f"--type-size={size}"])
    assert caught.value.code == 2
    assert "is no whole number from 14 to 28" in capsys.readouterr().err
    assert not (own_project / "output").exists()


def test_a_size_and_editions_are_not_asked_for_together(own_project: Path) -> None:
    assert main(["build", "--edition", "web", "--type-size", "24"]) == 2
    assert not (own_project / "output").exists()


def test_a_house_that_prints_nothing_makes_no_large_print(
    own_project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = own_project / "source/publish.yaml"
    text = re.sub(r"(?ms)^editions:.*", "editions:\n  web: {format: html}\n", settings.read_text("utf-8"))
    settings.write_text(text, encoding="utf-8")
    assert main(["build", "--type-size", "24"]) == 1
    assert "this house prints no article" in capsys.readouterr().err


def test_a_sheet_of_questions_that_nobody_wrote_is_not_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project(tmp_path, SHEET.encode(), house=SHEET_HOUSE)
    common = ["--project", str(tmp_path), "--output", str(tmp_path / "out")]
    assert main(["build", "--edition", "sheet", *common]) == 1
    assert "edition “sheet” cannot be made of faulty: it has no question sheet" in capsys.readouterr().err
    assert main(["build", *common]) == 0
    assert sorted(path.name for path in (tmp_path / "out/faulty").iterdir()) == [
        "faulty.html",
        "manifest.json",
    ]
    assert ".pdf" not in (tmp_path / "out/faulty/faulty.html").read_text("utf-8")


@pytest.mark.slow
def test_large_print_is_made_on_request_as_a_draft_that_can_be_verified(
    own_project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["build", "--type-size", "24"]) == 0
    drafts = own_project / "output/drafts/small-article"
    assert [path.name for path in drafts.iterdir()] == ["small-article-letter-24pt.pdf"]
    assert not (own_project / "output/small-article").exists()
    assert "nothing was released" in capsys.readouterr().out
    assert main(["verify", str(drafts / "small-article-letter-24pt.pdf")]) == 0
    assert "edition “handout-24pt” of small-article" in capsys.readouterr().out


# --- finished files -----------------------------------------------------------------------------------


@cache
def made(**changes: Any) -> Print:
    """Edition of the small complete article with ``changes``; parts are those of the layout."""
    parts = PARTS_OF[changes.get("layout", "article")]
    return print_article(COMPLETE, "small-article", "", **({"parts": parts} | changes))


@cache
def measured(**changes: Any) -> Measured:
    return measure(made(**changes).data)


EVERY_KIND: tuple[dict[str, Any], ...] = (
    {"paper": "a5"},
    {"paper": "legal", "duplex": True},
    {"paper": "a4", "profile": "aph-large-18"},
    {"profile": "acb-large-18", "duplex": True, "cover": True},
    {"type_size": 14.0, "profile": "clear-print", "colour": "black-and-white"},
    {"type_size": 28.0, "profile": "aph-large-18"},
    {"layout": "leaflet"},
    {"layout": "leaflet", "paper": "a5", "type_size": 16.0},
    {"layout": "questions", "colour": "black-and-white"},
    {"layout": "questions", "paper": "a5", "type_size": 14.0},
    {"parts": (*PARTS_OF["article"], "known"), "profile": "clear-print"},
)


@pytest.mark.slow
@pytest.mark.parametrize("changes", EVERY_KIND, ids=str)
def test_every_kind_of_print_says_every_word_and_can_be_read(changes: dict[str, Any]) -> None:
    assert made(**changes).problems() == ()
    found = measured(**changes)
    assert breaches(found, FLOOR) == ()
    if profile := changes.get("profile"):
        assert breaches(found, PROFILES[profile]) == ()
    width, height = paper.PAPERS[changes.get("paper", "letter")]
    for sheet in found.sheets:
        assert (sheet.box[2] - sheet.box[0], sheet.box[3] - sheet.box[1]) == pytest.approx(
            (width, height), abs=1
        )


@pytest.mark.slow
@pytest.mark.parametrize("points", [18.0, 28.0])
def test_nothing_in_large_print_is_smaller_than_its_type(points: float) -> None:
    found = measured(type_size=points, profile="aph-large-18")
    text = [passage for passage in found.passages if passage.kind != "Figure"]
    assert min(run.size for passage in text for line in passage.lines for run in line.runs) >= points - 0.05
    heads = [passage for passage in text if passage.pagination]
    assert len(heads) >= 2 * len(found.sheets) - 1
    assert all(len(passage.rows) == 1 for passage in heads)


@pytest.mark.slow
def test_stacked_tables_are_still_tables_to_a_screen_reader() -> None:
    data = made(type_size=28.0, profile="aph-large-18").data
    tree = TagTree(data)
    table = tree.by_id["minutes"]
    roles = [element.role for element in table.all()]
    assert roles.count("Table") == 1
    assert roles.count("TR") == 4
    assert roles.count("TH") == 6
    assert roles.count("TD") == 6
    cell = tree.by_id["minutes-r1c2"]
    assert tree.text(cell) == "8"
    # The head of its column stands above each cell for eyes, and only for them.
    left = {
        passage.id: passage.lines[0].left
        for passage in measured(type_size=28.0, profile="aph-large-18").passages
        if passage.id.startswith("minutes-r")
    }
    assert len(set(left.values())) == 1, left


@pytest.mark.slow
def test_bound_pages_have_mirrored_margins() -> None:
    found = measured(profile="acb-large-18", duplex=True, cover=True)
    right, left = (
        min(
            line.left
            for passage in found.body
            for line in passage.lines
            if line.page % 2 == side and passage.kind == "P"
        )
        for side in (1, 0)
    )
    assert (right, left) == pytest.approx((86, 72), abs=1.5)
    numbers = {
        line.page: line.left
        for passage in found.passages
        if passage.pagination and passage.text.startswith("Page ")
        for line in passage.lines
    }
    assert all((place < 200) == (page % 2 == 0) for page, place in numbers.items())


@pytest.mark.slow
def test_a_cover_has_title_and_first_words_only() -> None:
    reading = made(profile="acb-large-18", duplex=True, cover=True).read()
    first = [block.id for block in reading.blocks if block.page == 1 and block.id]
    assert first[:2] == ["kicker", "title"]
    assert first[-1] == "date-review-by"
    assert "key-points-heading" not in first


@pytest.mark.slow
@pytest.mark.parametrize("layout", ["article", "leaflet", "questions"])
def test_black_and_white_is_black_white_and_greys(layout: str) -> None:
    kind = {"type_size": 14.0, "profile": "clear-print"} if layout == "article" else {"layout": layout}
    data = made(**kind, colour="black-and-white").data
    assert {colour for colour in _colours(data) if len(set(colour)) > 1} == set()
    found = measured(**kind, colour="black-and-white")
    assert coloured(data, found) == ()
    inks = [
        (run.contrast, passage.id)
        for passage in found.passages
        if passage.kind != "Figure"
        for line in passage.lines
        for run in line.runs
    ]
    assert min(contrast or 0 for contrast, _ in inks) >= 7
    in_colour = made(**kind).data
    assert {colour for colour in _colours(in_colour) if len(set(colour)) > 1}
    assert coloured(in_colour, measured(**kind))


def _colours(data: bytes) -> Iterator[tuple[float, ...]]:
    """Yield every colour that a finished file sets, as red, green, blue."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        streams: list[Any] = list(pdf.pages)
        streams += [
            each
            for each in pdf.objects
            if isinstance(each, pikepdf.Stream) and each.get("/Subtype") == pikepdf.Name.Form
        ]
        for stream in streams:
            for operands, operator in pikepdf.parse_content_stream(stream):
                if str(operator) in ("rg", "RG", "sc", "SC", "scn", "SCN") and len(operands) == 3:
                    yield tuple(float(each) for each in operands)


@pytest.mark.slow
def test_boxes_can_be_ticked_and_rules_be_written_on() -> None:
    import pdfplumber

    with pdfplumber.open(io.BytesIO(made(layout="questions", colour="black-and-white").data)) as file:
        shapes = [rect for page in file.pages for rect in page.rects]
    side = 5 * MILLIMETRE
    boxes = {
        (round(each["x0"]), round(each["top"]))
        for each in shapes
        if abs(each["width"] - each["height"]) < 1.5 and each["width"] >= side
    }
    items = len([id for id in blocks("questions") if re.fullmatch(r"what-happens-l2-i\d", id)])
    assert len(boxes) >= 3 * items
    # A rule is the lower border of an empty box, and painted with it: its height is the room above it.
    rules = [each for each in shapes if each["width"] > 500 and 9 * MILLIMETRE <= each["height"] < 60]
    assert len(rules) >= 2
    words = made(layout="questions", colour="black-and-white").read()
    assert [each.text for each in words.blocks if not each.id].count("Yes No Don’t know") == items


# --- the editions of the sample ------------------------------------------------------------------------


@cache
def sample(name: str) -> Print:
    return print_article(REPOSITORY, SAMPLE, name)


SAMPLE_EDITIONS = ("handout-a4", "large-print", "large-print-a4", "leaflet", "leaflet-a4", "questions")


@pytest.mark.slow
@pytest.mark.parametrize("name", SAMPLE_EDITIONS)
def test_editions_of_the_sample_say_every_word(name: str) -> None:
    assert sample(name).problems() == ()


@pytest.mark.slow
@pytest.mark.parametrize("name", SAMPLE_EDITIONS)
def test_no_page_of_the_sample_is_nearly_blank(name: str) -> None:
    found = measure(sample(name).data)
    used = [found.filled(sheet) for sheet in found.sheets[:-1]]
    assert min(used) > 0.4
    if name.startswith(("leaflet", "questions")):
        assert len(found.sheets) == 2
        assert found.filled(found.sheets[-1]) > 0.8


@pytest.mark.slow
@pytest.mark.parametrize("name", ["large-print", "large-print-a4"])
def test_large_print_of_the_sample_is_large_in_its_figures_too(name: str) -> None:
    found = measure(sample(name).data)
    figures = {
        passage.id: min(run.size for line in passage.lines for run in line.runs)
        for passage in found.passages
        if passage.kind == "Figure"
    }
    assert len(figures) == 2
    assert min(figures.values()) >= 18
    assert breaches(found, PROFILES["aph-large-18"]) == ()


@pytest.mark.slow
def test_figures_of_the_sample_grow_with_the_type_that_is_asked_for() -> None:
    for points in (14.0, 24.0, 28.0):
        primary = read_house(REPOSITORY).editions["handout"]
        data = print_article(
            REPOSITORY,
            SAMPLE,
            "handout",
            **at_size(primary, points).model_dump(include={"type_size", "profile"}),
        ).data
        sizes = [
            run.size
            for passage in measure(data).passages
            if passage.kind == "Figure"
            for line in passage.lines
            for run in line.runs
        ]
        assert min(sizes) == pytest.approx(points, abs=0.05)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["large-print", "large-print-a4"])
def test_contents_of_large_print_stand_on_one_page(name: str) -> None:
    found = measure(sample(name).data)
    pages = {line.page for passage in found.passages if passage.kind == "TOCI" for line in passage.lines}
    assert len(pages) == 1


@pytest.mark.slow
def test_what_the_sample_says_of_itself_stands_on_page_one_of_every_edition() -> None:
    """Issue 2: adapted, checked, not reviewed, a sample. Issue 3: one line of the disclaimers' gist."""
    for name in ("handout", *SAMPLE_EDITIONS):
        first = {block.id: block.text for block in sample(name).read().blocks if block.page == 1}
        assert "gist" in first, name
        for said in ("CellDecide’s article, adapted in plain language", "14 May 2026"):
            assert said in first["statement-p1"], name
        for said in ("not been clinically reviewed", "a sample"):
            assert said in first["statement-p1"], name
    for each in read_house(REPOSITORY).editions.values():
        wanted = expected(sample("leaflet").article, each, WORDS)
        assert {"gist", "statement-p1"} <= {block.id for block in wanted}, each.name


@pytest.mark.slow
def test_a_leaflet_that_does_not_fit_is_refused_with_what_is_longest() -> None:
    sample_project = open_project(REPOSITORY)
    (source,) = sample_project.sources([SAMPLE])
    long = source.article.faq[2]
    more = tuple(
        long.model_copy(
            update={
                "id": f"more-{n}",
                "question": long.question.model_copy(update={"id": f"faq-more-{n}-question"}),
                "answer": long.answer.model_copy(
                    update={
                        "blocks": tuple(
                            line.model_copy(update={"id": f"faq-more-{n}-answer-p1"})
                            for line in long.answer.blocks
                        )
                    }
                ),
            }
        )
        for n in range(3)
    )
    longer = source.article.model_copy(update={"faq": (*source.article.faq, *more)})
    chosen = sample_project.house.editions["leaflet"]
    long_source = replace(source, article=longer)
    (proof,) = [each for each in prove_all(sample_project, long_source, [chosen]) if each.edition == chosen]
    (problem,) = proof.problems
    assert problem.message == "edition “leaflet” has 3 pages and may have 2"
    assert problem.place == edition_places(REPOSITORY, "pages")["leaflet"]
    assert (
        "pages: 2"
        in (REPOSITORY / "source" / "publish.yaml").read_text().splitlines()[problem.place.line - 1]
    )
    first, *advised = problem.hint.splitlines()
    # Cut exactly as advised, and it fits.
    cuts = dict[str, tuple[int, int]]()
    for each in advised:
        found = re.fullmatch(r"(\S+) \((\S+)\) by (\d+) lines?, from (\d+) to (\d+)", each)
        assert found, each
        cuts[found[1]] = int(found[3]), int(found[5])
    assert cuts
    rows = rows_of(measure(proof.data))
    tried = [dict(cuts)] if "all of these" in first else [{id: cut} for id, cut in cuts.items()]
    for each in tried:
        kept = {id: sum(rows[id][:left]) for id, (_, left) in each.items()}
        data = render(shortened(longer, kept), chosen, sample_project.house, sample_project.layouts)
        assert len(measure(data).sheets) == 2
        one_less = {id: sum(rows[id][: left + 1]) for id, (_, left) in each.items()}
        data = render(shortened(longer, one_less), chosen, sample_project.house, sample_project.layouts)
        assert len(measure(data).sheets) == 3  # one line fewer would not have been enough


# --- words that no line has room for -----------------------------------------------------------------


def with_long_words(value: Any, words: str) -> Any:
    """Return an article, or a part of one, with ``words`` at the end of each of its lines."""
    if isinstance(value, Line):
        return value.model_copy(update={"inlines": (*value.inlines, Run(text=f" {words}"))})
    if isinstance(value, tuple):
        return tuple(with_long_words(each, words) for each in value)
    if isinstance(value, Value):
        fields = {
            name: with_long_words(getattr(value, name), words)
            for name in type(value).model_fields
            if name != "name"  # of a facet: a sheet of questions asks for it
        }
        return value.model_copy(update=fields)
    return value


LONG_WORDS = " ".join(
    (
        "pneumono" * 10,
        "3-(3,4-dihydroxyphenyl)-2-methylpropanoylhydrazinecarboximidamide",
        "https://registry.example/studies/" + "abcdefgh" * 6,
    )
)


@pytest.mark.slow
@pytest.mark.parametrize(
    "changes",
    [
        {"profile": "clear-print"},
        {"profile": "aph-large-18", "type_size": 24.0},
        {"layout": "leaflet"},
        {"layout": "questions"},
    ],
    ids=str,
)
def test_a_word_longer_than_its_line_goes_on_below_without_a_hyphen(changes: dict[str, Any]) -> None:
    """In titles, headings, lists, steps, tables, captions, questions, notes: wherever there are words."""
    long, layouts = with_long_words(article(), LONG_WORDS), Layouts((packaged_layouts(),))
    parts = PARTS_OF[changes.get("layout", "article")]
    chosen = edition(**({"parts": parts} | changes))
    data = render(long, chosen, house(), layouts)
    found = measure(data)
    most = 612 - (72 if chosen.layout == "article" else 36)
    outside = [line.text for each in found.passages for line in each.lines if line.right > most + 1]
    assert outside == []
    kinds = {each.kind for each in breaches(found, PROFILES[chosen.profile] if chosen.profile else FLOOR)}
    assert not kinds & {"print-divided-word", "print-off-page", "print-margin"}
    made = Print(long, chosen, house(), layouts, data)
    assert made.problems() == ()


def with_long_numbers(of: Article) -> Article:
    """Return ``of`` with a first reference whose numbers and address are as long as such things are."""
    numbers = Identifiers(
        doi="10.1002/14651858.CD000052.pub3",
        chictr="ChiCTR2000012345",
        eudract="2004-000446-20",
        ctis="2024-512345-12-00",
    )
    address = "https://www.guidelines.example/recommendations/2021/long-term_conditions/index.html"
    first, *others = of.references
    changed = first.model_copy(update={"identifiers": numbers, "url": address})
    return of.model_copy(update={"references": (changed, *others)})


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize(("paper_name", "points"), [("letter", 28.0), ("a4", 25.0), ("a5", 22.0)])
def test_a_number_that_does_not_fit_beside_its_name_stands_below_it(
    paper_name: Any, points: float, language: str, tmp_path: Path
) -> None:
    if language == "en":
        folder, source = COMPLETE, with_long_numbers(article())
    else:
        languages.write_project(tmp_path, language)
        folder = tmp_path
        source = with_long_numbers(read_article(tmp_path, f"sample-{language}", read_house(tmp_path)).article)
    chosen, layouts = edition(paper=paper_name, type_size=points), Layouts.of(folder)
    width, side = paper.PAPERS[chosen.paper or "letter"][0], paper.margin(chosen)
    data = render(source, chosen, read_house(folder), layouts)
    lines = [line for each in measure(data).body for line in each.lines]
    assert [line.text for line in lines if line.right > width - side + 1 or line.left < side - 1] == []
    assert Print(source, chosen, read_house(folder), layouts, data).problems() == ()


def with_marks(of: Article, *texts: str) -> Article:
    """Return ``of`` with one more section, of ``texts`` in Markdown."""
    heading = Line(inlines=(Run(text="Extra"),))
    extra = Section(id="extra", heading=heading, body=tuple(parse(text).prose for text in texts))
    return identify(of.model_copy(update={"sections": (*of.sections, extra)}))


@pytest.mark.slow
@pytest.mark.parametrize("points", [None, 24.0])
def test_a_row_of_note_marks_goes_on_below_but_never_begins_a_line_alone(points: float | None) -> None:
    row = "[^walk-study][^walk-trial]"
    words = " ".join(["Nobody knows this"] * 6)
    source = with_marks(article(), "many" + 12 * row, f"{words} yet{row}.", f"{words} and more{row}.")
    chosen, layouts = edition(type_size=points), Layouts((packaged_layouts(),))
    data = render(source, chosen, house(), layouts)
    found = measure(data)
    lines = [line for each in found.body for line in each.lines]
    assert [line.text for line in lines if line.right > 612 - 71] == []
    rows = {each.id: [line.text for line in each.lines] for each in found.body if each.id.startswith("extra")}
    first = rows["extra-p1"]
    assert len(first) > 1
    assert first[0].startswith("many[1][2][1]")
    assert all(re.fullmatch(r"(many)?(\[\d\])+", line) for line in first)
    assert [line for id in ("extra-p2", "extra-p3") for line in rows[id] if line.startswith("[1]")] == []
    assert Print(source, chosen, house(), layouts, data).problems() == ()


@pytest.mark.slow
def test_note_marks_of_one_cell_leave_room_for_the_other_columns() -> None:
    marks = tuple(NoteMark(key="walk-study") for _ in range(16))
    texts = ("Name", "Longer lasting effect", "Some people had this and others had that, as far as we know")
    name, effect, long = (Line(inlines=(Run(text=text),)) for text in texts)
    row = (name, effect.model_copy(update={"inlines": (*effect.inlines, *marks)}), long)

    def filled(value: Any) -> Any:
        if isinstance(value, Table):
            return value.model_copy(update={"rows": (row, row, row)})
        if isinstance(value, tuple):
            return tuple(filled(each) for each in value)
        if isinstance(value, Value):
            fields = {name: filled(getattr(value, name)) for name in type(value).model_fields}
            return value.model_copy(update=fields)
        return value

    source = identify(filled(article()))
    found = measure(render(source, edition(), house(), Layouts((packaged_layouts(),))))
    assert {len(each.rows) for each in found.body if re.fullmatch(r"minutes-r\dc3", each.id)} == {3}


@pytest.mark.slow
def test_a_table_whose_words_need_more_room_than_there_is_is_stacked() -> None:
    def lefts(words: str) -> set[int]:
        given = with_long_words(article(), words)
        found = measure(
            render(given, edition(profile="clear-print"), house(), Layouts((packaged_layouts(),)))
        )
        cells = [each for each in found.passages if re.fullmatch(r"minutes-r1c\d", each.id)]
        return {round(cell.lines[0].left) for cell in cells}

    assert len(lefts("immunosuppression-and-more")) == 3
    assert len(lefts("hydrazinecarboximidamidehydrochloride")) == 1


# --- page numbers in the contents ----------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("size", [18.0, 20.0, 23.0, 26.0])
def test_the_contents_name_the_page_of_the_heading_also_on_small_pages(size: float) -> None:
    """In print a section may begin below, and its heading on the next page: the heading counts."""
    chosen, layouts = edition(paper="a5", type_size=size), Layouts((packaged_layouts(),))
    source = article()
    made = Print(source, chosen, house(), layouts, render(source, chosen, house(), layouts))
    assert [each for each in made.problems() if each.kind == "contents"] == []


def test_wrong_page_numbers_in_the_contents_are_written_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    html = ElementTree.fromstring('<ol><a data-head="#one"/><a data-head="#two"/><a/></ol>')
    found = [("one", "3", 3), ("two", "7", 7)]
    monkeypatch.setattr(pdf, "numbers_in_contents", lambda _: found)
    assert not pdf._mend_contents(html, None)
    assert [link.get("data-page") for link in html] == [None, None, None]
    found[1] = ("two", "7", 8)
    assert pdf._mend_contents(html, None)
    assert [link.get("data-page") for link in html] == ["3", "8", None]


@pytest.mark.slow
def test_an_article_is_laid_out_again_only_where_a_number_in_its_contents_was_wrong(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[list[tuple[str, str, int]]] = []

    def spy(document: Any) -> list[tuple[str, str, int]]:
        seen.append(list(numbers_in_contents(document)))
        return seen[-1]

    monkeypatch.setattr(pdf, "numbers_in_contents", spy)
    project = open_project(REPOSITORY)
    (source,) = project.sources([SAMPLE])
    for points, layouts in ((12, 1), (26, 2)):
        seen.clear()
        at_points = project.house.editions["handout"].model_copy(update={"type_size": float(points)})
        render(source.article, at_points, project.house, project.layouts)
        assert len(seen) == layouts
        assert len({head for head, _, _ in seen[0]}) == len(seen[0]) == 14
        assert all(shown == str(page) for _, shown, page in seen[-1])
