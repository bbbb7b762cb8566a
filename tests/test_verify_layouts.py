"""Layouts that lose, hide or add words: the proof finds what WeasyPrint prints without a word."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import mutations
import pytest

from publish.errors import Problem, PublishError
from publish.formats import FORMATS
from publish.layout import Layouts
from publish.project import Project
from publish.proof import examine
from publish.source.article import Source

pytestmark = pytest.mark.slow


WHO = "faq-who-answer-p1"
ANSWER = f"#{WHO}"
VEIL = ".qa::before, .qa::after { content: ''; position: absolute; inset: 0; background: #ffffffe3 }"


@pytest.fixture
def print_with(project: Project, source: Source, tmp_path: Path) -> Callable[[str], bytes]:
    """Print the handout with a rule added to the style sheet."""

    def print_with(rule: str) -> bytes:
        (tmp_path / "print").mkdir()
        style = project.layouts.text("print/print.css")
        (tmp_path / "print" / "print.css").write_text(f"{style}\n{rule}\n", encoding="utf-8")
        layouts = Layouts((tmp_path, *project.layouts.folders))
        return FORMATS["pdf"].render(
            source.article, project.house.editions["handout"], project.house, layouts
        )

    return print_with


@pytest.fixture
def problems(project: Project, source: Source) -> Callable[[bytes], tuple[Problem, ...]]:
    def problems(data: bytes) -> tuple[Problem, ...]:
        found = examine(project, source, project.house.editions["handout"], data, "file").problems
        # Whether print is easy to read has tests of its own (test_verify_clear_print).
        return tuple(problem for problem in found if not problem.kind.startswith("print-"))

    return problems


@pytest.mark.parametrize(
    ("rule", "kind", "block"),
    [
        (".disclaimer p { font-size: 8pt }", "small", "disclaimer-not-advice-p1"),
        (".disclaimer p { color: white }", "hidden", "disclaimer-not-advice-p1"),
        (".disclaimer p { visibility: hidden }", "hidden", "disclaimer-not-advice-p1"),
        (".disclaimer p { overflow: hidden; height: 1em }", "hidden", "disclaimer-not-advice-p1"),
        (".disclaimer p { margin-left: -30cm }", "hidden", "disclaimer-not-advice-p1"),
        (".disclaimer p { line-height: 0 }", "hidden", "disclaimer-not-advice-title"),
        (".disclaimer p { text-decoration: line-through }", "hidden", "disclaimer-not-advice-p1"),
        (".disclaimers { height: 3cm }", "hidden", "disclaimer-not-advice-p2"),
        (
            ".disclaimer { display: flex; flex-direction: column; height: 2em }",
            "hidden",
            "disclaimer-not-advice-p1",
        ),
        (".faq { max-height: 3cm; overflow: hidden }", "hidden", "faq-how-long-answer-p1"),
        (".faq { display: flex; flex-direction: column-reverse }", "moved", "faq-heading"),
        (".qa::after { content: 'Sponsored' }", "unknown", "faq-how-long-answer-p1"),
        (f"{VEIL} .qa {{ position: relative }}", "hidden", "faq-how-long-question"),
        (f"{ANSWER} {{ text-decoration: overline; text-decoration-thickness: 6pt }}", "hidden", WHO),
        (f"{ANSWER}::before {{ content: '17' }}", "unknown", WHO),
        (f"{ANSWER}::before {{ content: '≠ ' }}", "unknown", WHO),
        ("ul { list-style-type: 'Avoid ' }", "unknown", "key-points-heading"),
        ("ul { list-style-type: '≠ ' }", "number", "key-point-1"),
        ("ol { list-style: none }", "number", "what-happens-l2-i1"),
        ("ol { counter-reset: list-item 7 }", "number", "what-happens-l2-i1"),
        ("li { counter-increment: list-item -1 }", "number", "what-happens-l2-i1"),
        ("@page { @top-left { content: 'What is not known' } }", "unknown", ""),
        ("@page { @top-left { content: 'Page ' counter(page) ' of 99' } }", "unknown", ""),
        (".contents a::after { content: ' 99' !important }", "contents", "what-happens-heading"),
        (".contents ol { visibility: hidden }", "contents", "what-happens-heading"),
        (f"{ANSWER} {{ margin-top: -30pt }}", "hidden", "faq-who-question"),
        (f"{ANSWER} {{ letter-spacing: -6.6pt }}", "hidden", WHO),
        (f"{ANSWER} {{ word-spacing: -9pt }}", "hidden", WHO),
        (f"{ANSWER} {{ transform: scaleX(-1) }}", "hidden", WHO),
        (f"{ANSWER} {{ transform: rotate(180deg) }}", "hidden", WHO),
        ("figure img { margin-left: -9cm }", "link", ""),
        ("figure img { border-radius: 50% }", "picture", "main-signal-figure1-alt"),
    ],
)
def test_a_layout_that_spoils_print_is_found(
    rule: str,
    kind: str,
    block: str,
    print_with: Callable[[str], bytes],
    problems: Callable[[bytes], tuple[Problem, ...]],
) -> None:
    found = problems(print_with(rule))
    assert found
    assert (found[0].kind, found[0].block) == (kind, block), "\n".join(map(str, found[:5]))
    assert found[0].page


@pytest.mark.parametrize(
    "rule",
    [
        "html, body { height: 100% }",  # WeasyPrint 70.0 prints the first page only, without a warning
        ".disclaimers { display: none }",
        "h3 .label { display: none }",
        ".disclaimer p { text-transform: uppercase }",
        ".disclaimers { position: running(gone) }",
    ],
)
def test_a_layout_that_loses_words_never_gets_through(
    rule: str,
    print_with: Callable[[str], bytes],
    problems: Callable[[bytes], tuple[Problem, ...]],
) -> None:
    """The renderer may refuse it first; if it does not, the proof must."""
    try:
        data = print_with(rule)
    except PublishError:
        return
    assert problems(data)


@pytest.mark.parametrize(
    "rule",
    [
        "body { hyphens: auto; text-align: justify }",
        ".faq { columns: 2 }",
        ".disclaimer { display: flow-root }",
        "h2::first-letter { color: #066 }",
        ".lede p::first-letter { font-size: 1.5em }",
        f"{ANSWER}::first-line {{ font-weight: bold }}",
        "li::first-letter, li::marker { font-weight: bold }",
    ],
)
def test_a_layout_that_only_looks_different_has_no_problem(
    rule: str,
    print_with: Callable[[str], bytes],
    problems: Callable[[bytes], tuple[Problem, ...]],
) -> None:
    assert problems(print_with(rule)) == ()


def test_a_hyphen_that_is_not_told_from_a_letter_is_reported(
    print_with: Callable[[str], bytes], problems: Callable[[bytes], tuple[Problem, ...]]
) -> None:
    data = print_with(".disclaimer p { hyphens: auto; width: 4cm }")
    assert problems(data) == ()
    found = [each for each in problems(mutations.say_glyphs(data)) if each.block.startswith("disclaimer-")]
    assert {each.kind for each in found} == {"changed"}
    assert found[0].hint.startswith("a hyphen was added at a line's end; it should read “")


@pytest.fixture
def web_with(project: Project, source: Source, tmp_path: Path) -> Callable[[str], tuple[Problem, ...]]:
    """The problems of the web page with a rule added to its style sheet."""

    def web_with(rule: str) -> tuple[Problem, ...]:
        (tmp_path / "html").mkdir()
        style = project.layouts.text("html/page.css")
        (tmp_path / "html" / "page.css").write_text(f"{style}\n{rule}\n", encoding="utf-8")
        own = replace(project, layouts=Layouts((tmp_path, *project.layouts.folders)))
        edition = project.house.editions["web"]
        data = FORMATS["html"].render(source.article, edition, project.house, own.layouts)
        return examine(own, source, edition, data, "file").problems

    return web_with


@pytest.mark.parametrize(
    ("rule", "kind"),
    [
        ("@media print { .faq { display: none } }", "hidden"),
        (".qa p { max-height: 3em; overflow: hidden }", "hidden"),
        (".disclaimers { font-size: 0.8rem }", "small"),
        (".qa::before { content: 'Advice: ' }", "unknown"),
    ],
)
def test_a_layout_that_spoils_the_web_page_is_found(
    rule: str, kind: str, web_with: Callable[[str], tuple[Problem, ...]]
) -> None:
    assert {problem.kind for problem in web_with(rule)} == {kind}
