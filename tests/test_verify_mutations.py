"""Prove the prover: spoil finished files of every format, and expect that problem first, on that block."""

from __future__ import annotations

from collections.abc import Callable

import mutations
import pytest
from mutations import format_of

from publish.errors import Problem
from publish.formats import FORMATS
from publish.model import edition_identifier
from publish.project import Project
from publish.proof import examine
from publish.source.article import Source
from publish.verify.compare import compare_metadata, states

pytestmark = pytest.mark.slow

EDITIONS = ("web", "handout", "ebook")
Spoil = Callable[[bytes], bytes]
File = Callable[[str], bytes]
Problems = Callable[..., tuple[Problem, ...]]


@pytest.fixture
def problems(project: Project, source: Source, file: File) -> Problems:
    """The problems of an edition's file after something was done to its bytes."""

    def problems(edition: str, spoil: Spoil = lambda data: data) -> tuple[Problem, ...]:
        data = spoil(file(edition))
        return examine(project, source, project.house.editions[edition], data, "file").problems

    return problems


@pytest.mark.parametrize("edition", EDITIONS)
def test_unchanged_files_have_no_problem(edition: str, problems: Problems) -> None:
    assert problems(edition) == ()


@pytest.mark.parametrize("edition", EDITIONS)
def test_a_box_without_a_label_is_called_what_it_is(edition: str, project: Project, file: File) -> None:
    chosen = FORMATS[project.house.editions[edition].format]
    found = {block.id: block for block in chosen.read(file(edition)).blocks}
    assert found["stop-signs-title"].label == "Warning:"
    assert found["what-happens-callout1-title"].label == "Note:"
    assert found["limits-callout1-title"].label == "", "its author has called it an editor’s read"


def test_a_warning_that_is_no_longer_called_one_is_found(problems: Problems) -> None:
    (problem,) = problems("web", lambda data: data.replace(b'<span class="label">Warning:</span> ', b""))
    assert problem.block == "stop-signs-title"


FAULTS: dict[str, tuple[str, str, Spoil]] = {
    # name: kind of the first problem, its block, what is done
    "a letter is changed": (
        "changed",
        "faq-who-answer-p1",
        lambda data: mutations.reword(data, "faq-who-answer-p1", "took", "took"[::-1]),
    ),
    "a digit is changed": (
        "changed",
        "faq-who-answer-p1",
        lambda data: mutations.reword(data, "faq-who-answer-p1", "40", "60"),
    ),
    "“not” is dropped": (
        "changed",
        "faq-who-answer-p2",
        lambda data: mutations.reword(data, "faq-who-answer-p2", " did not", " did"),
    ),
    "a word of the body is dropped": (
        "changed",
        "main-signal-p1",
        lambda data: mutations.reword(data, "main-signal-p1", "blood ", ""),
    ),
    "a word is added inside an answer": (
        "changed",
        "faq-medicine-answer-l1-i1",
        lambda data: mutations.reword(data, "faq-medicine-answer-l1-i1", "doctor", "doctor or doctor"),
    ),
    "a quotation mark is straightened": (
        "changed",
        "faq-who-question",
        lambda data: (
            mutations.reword(data, "faq-who-question", "—", "-")
            if format_of(data) != "pdf"
            else mutations.reword(data, "faq-who-question", "—", "")
        ),
    ),
    "a disclaimer is deleted": (
        "missing",
        "disclaimer-not-advert-p1",
        lambda data: mutations.remove(data, "disclaimer-not-advert-p1"),
    ),
    "a paragraph of the body is deleted": (
        "missing",
        "limits-p1",
        lambda data: mutations.remove(data, "limits-p1"),
    ),
    "a picture is deleted": (
        "missing",
        "sugar-curve-alt",
        lambda data: mutations.remove(data, "sugar-curve-alt"),
    ),
    "an answer is doubled": (
        "doubled",
        "faq-medicine-answer-p1",
        lambda data: mutations.double(data, "faq-medicine-answer-p1"),
    ),
    "two answers change places": (
        "moved",
        "faq-how-long-answer-p1",
        lambda data: mutations.swap_places(data, "faq-how-long-answer-p1", "faq-who-answer-p1"),
    ),
    "two answers change their words": (
        "changed",
        "faq-how-long-answer-p1",
        lambda data: mutations.swap_words(data, "faq-how-long-answer-p1", "faq-who-answer-p1"),
    ),
    "a disclaimer is set smaller": (
        "small",
        "disclaimer-not-proof-p1",
        lambda data: mutations.shrink(data, "disclaimer-not-proof-p1"),
    ),
    "words are added after an answer": (
        "unknown",
        "faq-who-answer-p2",
        lambda data: mutations.add_words(data, "faq-who-answer-p2", "see the doctor"),
    ),
    "a link leads to another address": (
        "link",
        "what-happens-p2",
        lambda data: mutations.retarget(
            data, "what-happens-p2", "https://health.example/sleep", "https://other.example/"
        ),
    ),
    "a link leads to another place": (
        "link",
        "faq-who-answer-p2",
        lambda data: mutations.retarget(data, "faq-who-answer-p2", "#minutes", "#faq"),
    ),
    "a link leads to nothing": (
        "link",
        "faq-who-answer-p2",
        lambda data: mutations.retarget(data, "faq-who-answer-p2", "#minutes", "#nowhere"),
    ),
    "emphasis is lost": (
        "emphasis",
        "disclaimer-not-advice-p2",
        lambda data: mutations.lose_emphasis(data, "disclaimer-not-advice-p2"),
    ),
    "a note mark is lost": (
        "note",
        "disclaimer-not-proof-p1",
        lambda data: mutations.lose_note(data, "disclaimer-not-proof-p1"),
    ),
}


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_the_first_problem_and_no_other_block_has_one(
    edition: str, fault: str, problems: Problems
) -> None:
    kind, block, spoil = FAULTS[fault]
    found = problems(edition, spoil)
    assert found, "nothing was found"
    said = "\n".join(map(str, found))
    assert (found[0].kind, found[0].block) == (kind, block), said
    blocks = {block}
    if "two answers" in fault:
        blocks.add("faq-who-answer-p1")
    if fault == "a note mark is lost":
        blocks.add("note-regulator-page-verified")  # its back-link leads to nothing now
    assert {problem.block for problem in found} <= blocks, said


@pytest.mark.parametrize("way", mutations.WAYS)
def test_words_that_print_hides_are_found(way: str, problems: Problems) -> None:
    found = problems("handout", lambda data: mutations.paint(data, "disclaimer-not-proof-p1", way))
    assert [(each.kind, each.block) for each in found][:1] == [("hidden", "disclaimer-not-proof-p1")]
    # The mark of a note in it may lie no more where its link is; layers are told of the whole file.
    assert {each.block for each in found if each.kind not in ("link", "viewer")} == {
        "disclaimer-not-proof-p1"
    }
    assert found[0].page


def test_print_that_is_read_aloud_otherwise_is_found(problems: Problems) -> None:
    found = problems(
        "handout", lambda data: mutations.say_otherwise(data, "faq-who-answer-p1", "Everybody took part.")
    )
    assert (found[0].kind, found[0].block) == ("changed", "faq-who-answer-p1")


def test_print_that_shows_other_words_than_it_says_is_found(problems: Problems) -> None:
    """The tags still say the right words; only the page shows others."""

    def spoil(data: bytes) -> bytes:
        data = mutations.say_otherwise(data, "faq-who-answer-p1", "Adults from 40 to 65 years took part.")
        return mutations.reword(data, "faq-who-answer-p1", "40", "60")

    found = problems("handout", spoil)
    assert (found[0].kind, found[0].block) == ("hidden", "faq-who-answer-p1")
    assert "60" in found[0].message


def test_words_taken_out_of_the_tags_are_missing(problems: Problems) -> None:
    found = problems("handout", lambda data: mutations.to_artifact(data, "limits-p1"))
    assert (found[0].kind, found[0].block) == ("missing", "limits-p1")


STYLES = (
    "display: none",
    "visibility: hidden",
    "opacity: 0",
    "font-size: 0",
    "color: transparent",
    "color: #fefefe; background: #ffffff",
    "clip-path: inset(100%)",
    "position: absolute; left: -9999px",
    "text-indent: -9999px",
    "height: 0; overflow: hidden",
    "transform: scale(0)",
    "text-transform: uppercase",
    "text-decoration: line-through",
    "content-visibility: hidden",
)


@pytest.mark.parametrize("edition", ["web", "ebook"])
@pytest.mark.parametrize("style", STYLES)
def test_words_that_a_style_hides_are_found(edition: str, style: str, problems: Problems) -> None:
    found = problems(edition, lambda data: mutations.restyle(data, "disclaimer-not-proof-p1", style))
    assert [(each.kind, each.block) for each in found][:1] == [("hidden", "disclaimer-not-proof-p1")], found
    assert {each.block for each in found} == {"disclaimer-not-proof-p1"}


RULES = (
    ".disclaimers {{ display: none }}",
    "@media print {{ #{id} {{ display: none }} }}",
    "@media (max-width: 30em) {{ #{id} {{ visibility: hidden }} }}",
    "@media (prefers-color-scheme: dark) {{ #{id} {{ color: black; background: black }} }}",
    "@supports (display: grid) {{ #{id} {{ height: 1px; overflow: hidden }} }}",
    ".disclaimer p:nth-of-type(1) {{ font-size: 1px }}",
    "section.disclaimer > p {{ max-height: 2em; overflow: hidden }}",
    "#{id} strong {{ display: none }}",
    "#{id}::first-line {{ color: transparent }}",
)


@pytest.mark.parametrize("edition", ["web", "ebook"])
@pytest.mark.parametrize("rule", RULES)
def test_words_that_a_rule_hides_are_found(edition: str, rule: str, problems: Problems) -> None:
    block = "disclaimer-not-proof-p1"
    found = problems(edition, lambda data: mutations.add_rule(data, rule.format(id=block)))
    assert ("hidden", block) in [(each.kind, each.block) for each in found]
    assert {each.kind for each in found} <= {"hidden", "small"}


@pytest.mark.parametrize("edition", ["web", "ebook"])
def test_words_added_by_a_style_are_found(edition: str, problems: Problems) -> None:
    rule = '#faq-who-answer-p1::after { content: " This was not proven." }'
    found = problems(edition, lambda data: mutations.add_rule(data, rule))
    assert [(each.kind, each.block) for each in found] == [("unknown", "faq-who-answer-p1")]


@pytest.mark.parametrize("edition", ["web", "ebook"])
@pytest.mark.parametrize(
    "words", ["hidden", 'aria-hidden="true"', 'aria-label="Nothing"', "inert", 'lang="fr"']
)
def test_attributes_that_change_what_is_heard_are_found(edition: str, words: str, problems: Problems) -> None:
    if edition == "ebook" and "=" not in words:
        words = f'{words}="{words}"'
    found = problems(edition, lambda data: mutations.attribute(data, "faq-who-answer-p1", words))
    assert [each.block for each in found] == ["faq-who-answer-p1"]
    assert found[0].kind == ("language" if "lang" in words else "hidden")


@pytest.mark.parametrize("edition", ["web", "ebook"])
@pytest.mark.parametrize("tags", ["<details>|</details>", "<template>|</template>", "<noscript>|</noscript>"])
def test_words_inside_closed_elements_are_found(edition: str, tags: str, problems: Problems) -> None:
    before, after = tags.split("|")
    found = problems(edition, lambda data: mutations.wrap(data, "faq-who-answer-p1", before, after))
    assert (found[0].kind, found[0].block) in [
        ("hidden", "faq-who-answer-p1"),
        ("missing", "faq-who-answer-p1"),
    ]


@pytest.mark.parametrize("edition", ["web", "ebook"])
def test_contents_that_say_something_else_are_found(edition: str, problems: Problems) -> None:
    def spoil(data: bytes) -> bytes:
        return mutations.edit(data, "How do you walk safely?</a>", "How do you walk?</a>")

    found = problems(edition, spoil)
    assert {(each.kind, each.block) for each in found} >= {("contents", "how-to-walk-heading")}
    assert {each.kind for each in found} <= {"contents", "outline"}


def test_structured_data_that_say_something_else_are_found(problems: Problems) -> None:
    def spoil(data: bytes) -> bytes:
        text = data.decode()
        head, script, rest = text.partition("application/ld+json")
        return (head + script + rest.replace("Adults from 40", "Adults from 50", 1)).encode()

    found = problems("web", spoil)
    assert [(each.kind, each.block) for each in found] == [("questions", "faq-who-question")]
    assert "“50” stands in place of “40”" in found[0].message


@pytest.mark.parametrize("edition", EDITIONS)
def test_a_file_of_another_edition_is_found(
    edition: str, project: Project, source: Source, file: File
) -> None:
    reading = FORMATS[format_of(file(edition))].read(file(edition))
    house = project.house
    for name in EDITIONS:
        wanted = {"identifier": edition_identifier(house, source.article, house.editions[name])}
        kinds = [problem.kind for problem in compare_metadata(wanted, reading)]
        assert kinds == ([] if name == edition else ["metadata"])


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_block_has_a_state(edition: str, project: Project, source: Source, file: File) -> None:
    data = mutations.remove(file(edition), "disclaimer-not-advert-p1")
    data = mutations.reword(data, "faq-who-answer-p1", "40", "60")
    proof = examine(project, source, project.house.editions[edition], data, "file")
    told = {state.id: state for state in states(proof.expected, proof.reading, proof.problems)}
    assert [*told] == [block.id for block in proof.expected]
    missing, changed = told.pop("disclaimer-not-advert-p1"), told.pop("faq-who-answer-p1")
    assert (missing.state, changed.state) == ("missing", "changed")
    assert "“60” stands in place of “40”" in changed.detail
    assert {state.state for state in told.values()} == {"intact"}
