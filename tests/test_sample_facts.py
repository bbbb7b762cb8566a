"""Hold the sample article to its ledger of facts: every one stated where it belongs, no figure added."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from publish.layout import Layouts
from publish.model import (
    Article,
    BulletList,
    Callout,
    Emphasis,
    Figure,
    Inline,
    Link,
    Part,
    Phrase,
    Prose,
    Steps,
    Strong,
    bodies,
    lines,
    note_marks,
    numbers,
    plain,
)
from publish.source.article import read_article, read_house
from publish.verify.expected import expected
from publish.verify.reading import Block

REPOSITORY = Path(__file__).resolve().parents[1]
ARTICLE = "stem-cell-islets"

# Every "not", hedge and limit of the ledger is a fact; a ledger cut short would prove little.
FEWEST_FACTS = 150

_NUMBER_WORDS = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|hundred|thousand"
    "|half|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|twice|dozen|decades?|percent"
)
_NUMBER = re.compile(rf"\d+|\b(?:{_NUMBER_WORDS})\b", re.IGNORECASE)
# The name of the disease is no figure.
_DISEASE = re.compile(r"\btype 1\b", re.IGNORECASE)


@dataclass(frozen=True)
class Fact:
    """What the block ``block`` must say: all of ``words``."""

    block: str
    fact: str
    words: tuple[str, ...]


def _facts(ledger: Mapping[str, Any]) -> tuple[Fact, ...]:
    def words(value: str | list[str]) -> tuple[str, ...]:
        return (value,) if isinstance(value, str) else tuple(value)

    return tuple(
        Fact(block, entry["fact"], words(entry["words"]))
        for block, entries in ledger["facts"].items()
        for entry in entries
    )


def unstated(facts: tuple[Fact, ...], texts: Mapping[str, str]) -> list[str]:
    """Return every fact that its block does not state, whole words only."""
    found = []
    for fact in facts:
        text = texts.get(fact.block, "")
        for words in fact.words:
            if not re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text):
                found.append(f"{fact.block}: {fact.fact}: “{words}” is not there")
    return found


def added_numbers(facts: tuple[Fact, ...], texts: Mapping[str, str]) -> list[str]:
    """Return every figure, and every number in words, that a block has and its facts have not."""

    def count(text: str) -> list[str]:
        return [number.lower() for number in _NUMBER.findall(_DISEASE.sub("", text))]

    known: dict[str, list[str]] = {}
    for fact in facts:
        for words in fact.words:
            known.setdefault(fact.block, []).extend(count(words))
    return [
        f"{block}: “{number}” is in no fact"
        for block, text in texts.items()
        for number in count(text)
        if number not in known.get(block, ())
    ]


@cache
def _ledger() -> dict[str, Any]:
    return dict(yaml.safe_load((Path(__file__).parent / "sample_facts.yaml").read_text(encoding="utf-8")))


@cache
def _article() -> Article:
    return read_article(REPOSITORY, ARTICLE, read_house(REPOSITORY)).article


@cache
def _blocks() -> tuple[Block, ...]:
    """Every block of every edition, with plain fields (dates, identifiers) as readers see them."""
    article, words = _article(), Layouts.of(REPOSITORY).words("en")
    found: dict[str, Block] = {}
    for edition in read_house(REPOSITORY).editions.values():
        for block in expected(article, edition, words):
            other = found.setdefault(block.id, block)
            assert (other.text, other.label) == (block.text, block.label)
    return tuple(found.values())


def _texts() -> dict[str, str]:
    return {block.id: block.text for block in _blocks()}


def _links(inlines: tuple[Inline, ...]) -> Iterator[Link]:
    for inline in inlines:
        if isinstance(inline, Link):
            yield inline
        elif isinstance(inline, Strong | Emphasis | Phrase):
            yield from _links(inline.inlines)


def test_every_fact_is_stated_where_it_belongs() -> None:
    facts = _facts(_ledger())
    assert len(facts) >= FEWEST_FACTS
    assert unstated(facts, _texts()) == []


def test_no_number_was_added() -> None:
    """Interface words (headings of lists, terms) have no numbers, so all blocks can be looked at."""
    assert added_numbers(_facts(_ledger()), _texts()) == []


def test_every_block_of_prose_answers_to_a_fact() -> None:
    """Words that no fact of the ledger backs would be an addition that nobody looked at."""
    known = set(_ledger()["facts"])
    prose = {"paragraph", "item", "definition", "cell", "caption", "alternative"}
    assert [block.id for block in _blocks() if block.role in prose and block.id not in known] == []


def test_each_fact_is_missed_when_its_words_change() -> None:
    """The proof of the check: any one phrase that is taken out or changed is reported, and only that."""
    texts = _texts()
    for fact in _facts(_ledger()):
        for words in fact.words:
            broken = texts | {fact.block: texts[fact.block].replace(words, "…")}
            assert f"{fact.block}: {fact.fact}: “{words}” is not there" in unstated((fact,), broken)


@pytest.mark.parametrize(
    ("block", "old", "new", "fault"),
    [
        ("main-signal-p2", "do not come", "come", "not the wider population"),
        (
            "main-signal-p3",
            "The investigators adjudicated (formally judged) both",
            "Both",
            "judged by the investigators",
        ),
        ("editors-read-p2", "could matter", "will matter", "could and if"),
        ("a-different-idea-p2", "In principle, such", "Such", "in principle only"),
        ("pivotal-question-p2", "This is not approval", "This is approval", "no approval"),
        ("note-nejm-2025-doi", "2506549", "2506594", "DOI"),
    ],
)
def test_lost_hedges_negations_and_digits_are_reported(block: str, old: str, new: str, fault: str) -> None:
    texts = _texts()
    assert old in texts[block]
    reported = unstated(_facts(_ledger()), texts | {block: texts[block].replace(old, new)})
    assert len(reported) == 1
    assert fault in reported[0]


@pytest.mark.parametrize("added", ["12 people took part.", "Three people died.", "This held for a decade."])
def test_added_numbers_are_reported(added: str) -> None:
    texts = _texts()
    broken = texts | {"main-signal-p2": f"{texts['main-signal-p2']} {added}"}
    assert len(added_numbers(_facts(_ledger()), broken)) == 1


def test_notes_stand_in_their_places_and_count_by_first_use() -> None:
    article = _article()
    marked = {mark.key: line.id for line in lines(article) for mark in note_marks(line.inlines)}
    notes = _ledger()["notes"]
    assert marked == {note["key"]: note["block"] for note in notes.values()}
    shown = numbers(article)
    assert {shown[f"note-{note['key']}"]: note["key"] for note in notes.values()} == {
        number: note["key"] for number, note in notes.items()
    }
    assert [reference.id for reference in article.references] == [note["key"] for note in notes.values()]


def test_a_limit_is_stated_just_where_the_evidence_states_one() -> None:
    without = [reference.id for reference in _article().references if reference.does_not_prove is None]
    assert without == _ledger()["no_limit"]


def test_links_lead_to_the_related_pages_by_title() -> None:
    article = _article()
    titles = {page.id: plain(page.title.inlines) for page in article.related}
    linked = [(line.id, plain(link.inlines)) for line in lines(article) for link in _links(line.inlines)]
    assert linked == [(block, titles[page]) for page, block in _ledger()["related"].items()]
    # Nobody has told us the addresses of these pages; one must not be invented.
    assert [page.id for page in (*article.related, *article.trust.pages) if page.url] == []


def test_there_are_as_many_of_each_as_there_should_be() -> None:
    article = _article()
    steps = next(block for block in bodies(article) if isinstance(block, Steps)).steps
    lists = {
        lines_of[0].id.rsplit("-", 1)[0]: len(block.items)
        for prose in bodies(article)
        if isinstance(prose, Prose)
        for block in prose.blocks
        if isinstance(block, BulletList) and (lines_of := tuple(lines(block.items)))
    }
    found = {
        "sections": len(article.sections),
        "steps": len(steps),
        "facets": len(steps[0].facets),
        "parts": sum(isinstance(block, Part) for block in bodies(article)),
        "key_points": len(article.key_points),
        "faq": len(article.faq),
        "disclaimers": len(article.disclaimers),
        "references": len(article.references),
        "related": len(article.related),
        "trust_pages": len(article.trust.pages),
    } | lists
    counts = _ledger()["counts"]
    assert {name: found[name] for name in counts} == counts
    names = {tuple(plain(facet.name.inlines) for facet in step.facets) for step in steps}
    assert names == {("What it means", "What must be proven", "Ask")}


def test_bold_leads_open_every_item_of_the_four_lists() -> None:
    for line in lines(_article().sections):
        if re.fullmatch(
            r"(what-remains-unknown|clinic-claims|where-research-is-done|next-headline)-l1-i\d", line.id
        ):
            assert isinstance(line.inlines[0], Strong), line.id


def test_the_editors_read_says_that_it_is_opinion() -> None:
    callout = next(block for block in bodies(_article()) if isinstance(block, Callout))
    assert callout.type == "opinion"
    assert callout.label is not None
    assert "Opinion" in plain(callout.label.inlines)


def test_key_points_carry_no_notes() -> None:
    """The first note mark must stand in the text itself, or the numbers would not follow it."""
    assert not any(True for point in _article().key_points for _ in note_marks(point.inlines))


def test_pictures_of_the_sample_keep_to_plain_svg() -> None:
    """What WeasyPrint, browsers and reading systems draw alike; type of 12 pt on a page 6.5 inches wide."""
    figures = [block for block in bodies(_article()) if isinstance(block, Figure)]
    assert len(figures) == 2
    for picture in (each for figure in figures for each in (figure.picture, figure.picture_large)):
        assert picture is not None
        markup = picture.data.decode("utf-8")
        names = set(re.findall(r"<([A-Za-z]+)", markup))
        assert names <= {"svg", "title", "g", "rect", "path", "line", "circle", "text", "tspan"}
        assert "href" not in markup
        assert "url(" not in markup
        points_per_unit = 6.5 * 72 / picture.width
        sizes = [float(size) * points_per_unit for size in re.findall(r'font-size="([\d.]+)"', markup)]
        assert sizes
        assert min(sizes) >= 12


def test_steps_of_the_diagram_are_the_steps_of_the_text() -> None:
    """The picture repeats the titles of the steps, so a title must not change in one of them alone."""
    article = _article()
    steps = next(block for block in bodies(article) if isinstance(block, Steps)).steps
    figure = next(
        block for block in bodies(article) if isinstance(block, Figure) and block.id == "pathway-diagram"
    )
    titles = [plain(step.title.inlines) for step in steps]
    for picture in (figure.picture, figure.picture_large):
        assert picture is not None
        texts = [
            " ".join(re.findall(r"<tspan[^>]*>([^<]*)</tspan>", text))
            for text in re.findall(r"<text.*?</text>", picture.data.decode("utf-8"))
        ]
        assert [text for text in texts if text in titles] == titles


def test_the_article_is_told_in_its_own_words() -> None:
    """The facts of the article it is adapted from carry over; its sentences do not."""
    tool = REPOSITORY.parent / "shared" / "tools" / "own_words.py"
    if not tool.is_file():
        pytest.skip("shared/tools/own_words.py is not beside this checkout, so likeness was not measured")
    files = sorted((REPOSITORY / "source").rglob("*.yaml"))
    done = subprocess.run(
        [sys.executable, str(tool), *map(str, files)], check=False, capture_output=True, encoding="utf-8"
    )
    assert files
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr
