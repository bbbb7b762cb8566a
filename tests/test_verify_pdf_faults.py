"""Finished print editions with one fault each, as a layout or a person could make it: all are found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import mutations
import pytest
from pikepdf import Array, Dictionary, Name

from publish.errors import Problem
from publish.formats import FORMATS
from publish.pipeline import Project, examine, open_project

pytestmark = pytest.mark.slow

PROJECT = Path(__file__).parent / "projects" / "complete"
ANSWER = "faq-who-answer-p1"
Pdf = Any
Change = Callable[[Pdf], object]


@pytest.fixture(scope="module")
def project() -> Project:
    return open_project(PROJECT)


@pytest.fixture(scope="module")
def handout(project: Project) -> bytes:
    (source,) = project.sources()
    return FORMATS["pdf"].render(
        source.article, project.house.editions["handout"], project.house, project.layouts
    )


@pytest.fixture
def problems(project: Project, handout: bytes) -> Callable[[Change], tuple[Problem, ...]]:
    def problems(change: Change) -> tuple[Problem, ...]:
        (source,) = project.sources()
        data = mutations.spoil(handout, change)
        found = examine(project, source, project.house.editions["handout"], data, "file").problems
        return tuple(each for each in found if each.severity != "note" and not each.kind.startswith("print-"))

    return problems


def test_a_file_saved_by_another_program_has_no_problem(problems: Callable[..., Any], handout: bytes) -> None:
    assert problems(lambda pdf: None) == ()


# --- where things stand --------------------------------------------------------------------


def page_of(pdf: Pdf, id: str = ANSWER) -> int:
    return int(pdf.marks(pdf.element(id))[0][0])


def resources(pdf: Pdf, id: str = ANSWER) -> Any:
    return pdf.pdf.pages[page_of(pdf, id)].obj.Resources


def lines(pdf: Pdf, id: str = ANSWER) -> list[tuple[float, float]]:
    """The points, in points of the page, at which the lines of a block begin."""
    height = float(pdf.pdf.pages[0].mediabox[3])
    found = []
    for page, mark in pdf.marks(pdf.element(id)):
        instructions = pdf.instructions(page)
        start, end = mutations._range(instructions, mark)
        for each in instructions[start:end]:
            if str(each.operator) == "Tm":
                x, y = (float(value) for value in each.operands[4:])
                found.append((0.75 * x, height - 0.75 * y))
                break
    return found


def draw(pdf: Pdf, content: str, id: str = ANSWER) -> None:
    """Paint something last on the page of a block, as page furniture."""
    page = pdf.pdf.pages[page_of(pdf, id)]
    page.contents_add(pdf.pdf.make_stream(b"q\n"), prepend=True)
    page.contents_add(pdf.pdf.make_stream(f"\nQ /Artifact BMC q {content} Q EMC".encode()))
    page.contents_coalesce()


def area(pdf: Pdf, id: str = ANSWER) -> str:
    """The box around a block, as operands of ``re``."""
    xs, ys = zip(*lines(pdf, id), strict=True)
    return f"{min(xs) - 3} {min(ys) - 5} 430 {max(ys) - min(ys) + 22}"


def matrix(change: Callable[[list[float]], list[float]]) -> Change:
    """Change the text matrices of the answer."""

    def turn(operands: list[Any]) -> Any:
        return mutations._instruction(change([float(each) for each in operands]), "Tm")

    return lambda pdf: pdf.inside(ANSWER, "Tm", turn)


def around(before: str, after: str, **parameters: Any) -> Change:
    """Change how the answer is painted; ``parameters`` are the graphics state “Odd”."""

    def change(pdf: Pdf) -> None:
        if parameters:
            resources(pdf).ExtGState.Odd = Dictionary({f"/{name}": each for name, each in parameters.items()})
        pdf.around(ANSWER, before, after)

    return change


def cover(content: str, **parameters: Any) -> Change:
    """Paint over the answer; ``{area}`` stands for its box, ``{x}`` and ``{y}`` for its beginning."""

    def change(pdf: Pdf) -> None:
        resources(pdf).ExtGState.Odd = Dictionary({f"/{name}": each for name, each in parameters.items()})
        image = pdf.pdf.make_stream(b"\xff", Subtype=Name.Image, Width=1, Height=1, BitsPerComponent=8)
        image.ColorSpace = Name.DeviceGray
        soft = pdf.pdf.make_stream(b"\xff", Subtype=Name.Image, Width=1, Height=1, BitsPerComponent=8)
        soft.ColorSpace, soft.SMask = Name.DeviceGray, image
        if "/XObject" not in resources(pdf):
            resources(pdf).XObject = Dictionary()
        resources(pdf).XObject.Soft = soft
        x, y = lines(pdf)[0]
        draw(pdf, content.format(area=area(pdf), x=x, y=y))

    return change


# --- how words are painted -----------------------------------------------------------------


def colour_space(name: str, space: Any) -> Change:
    def change(pdf: Pdf) -> None:
        resources(pdf).ColorSpace[f"/{name}"] = space
        pdf.around(ANSWER, f"q /{name} cs 1 scn", "Q")
        pdf.inside(ANSWER, "rg", lambda each: mutations._instruction([1], "scn"))

    return change


PAINT: dict[str, Change] = {
    "letters with a white outline": around("q 1 1 1 RG 9 w 2 Tr", "0 Tr Q"),
    "letters that are fat outlines": around("q 0 0 0 RG 14 w 1 Tr", "0 Tr Q"),
    "letters stacked on each other": around("-7 Tc", "0 Tc"),
    "letters upside down": matrix(lambda m: [1, 0, 0, 1, m[4], m[5] - 8]),
    "letters mirrored": matrix(lambda m: [-1, 0, 0, -1, m[4] + 420, m[5]]),
    "letters turned round": matrix(lambda m: [-1, 0, 0, 1, m[4] + 420, m[5]]),
    "letters slanted": matrix(lambda m: [1, 0, 3, -1, m[4], m[5]]),
    "letters of a spot colour": colour_space(
        "Spot", Array([Name.Separation, Name.White, Name.DeviceGray, Dictionary(FunctionType=2, N=1)])
    ),
    "letters that a transfer function bleaches": around("q /Odd gs", "Q", TR=Dictionary(FunctionType=2, N=1)),
    "a thin cover": cover("/Odd gs 1 g {area} re f", ca=0.3),
    "four thin covers": cover("/Odd gs 1 g " + "{area} re f " * 4, ca=0.85),
    "a cover that lightens": cover("/Odd gs 1 g {area} re f", BM=Name.Lighten),
    "a picture that is not quite opaque": cover("430 0 0 40 {x} {y} cm /Soft Do"),
    "a thick curve": cover("1 G 40 w {x} {y} m {x} {y} 400 {y} 480 {y} c S"),
    "a dot as large as the line": cover("1 G 2 J 60 w {x} {y} m {x} {y} l S"),
    "a curve through the letters": cover("0 G 1 w q 1 0 0 1 0 4 cm {x} {y} m {x} {y} 400 {y} 480 {y} c S Q"),
    "strips that leave the middle": cover(
        "1 g q 1 0 0 1 {x} {y} cm -2 4.4 480 8 re f -2 -5 480 8.4 re f Q",
    ),
}


@pytest.mark.parametrize("fault", PAINT)
def test_words_that_are_not_painted_plainly_are_told_as_hidden(
    fault: str, problems: Callable[[Change], tuple[Problem, ...]]
) -> None:
    found = {problem.block: problem.kind for problem in problems(PAINT[fault])}
    assert found.get(ANSWER) == "hidden", found
