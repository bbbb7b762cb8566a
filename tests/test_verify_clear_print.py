"""Print that can be read: each rule is broken once in a real PDF, and found, and nothing else with it."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pikepdf
import pytest
from conftest import Release
from weasyprint import HTML

from publish.cli import main
from publish.errors import Problem
from publish.layout import Layouts, packaged_layouts
from publish.model import page_breaks
from publish.project import open_project
from publish.proof import examine
from publish.render.pdf import render
from publish.source.article import read_article, read_house
from publish.verify.clear_print import (
    FLOOR,
    PROFILES,
    Profile,
    alignment,
    breaches,
    measure,
    notes,
    stray_breaks,
    summary,
)
from publish.verify.measure import Line, Passage, Print, Run, Sheet

REPOSITORY = Path(__file__).resolve().parents[1]
PROJECT = REPOSITORY / "tests" / "projects" / "complete"
FONTS = (REPOSITORY / "layouts" / "fonts").as_uri()
CLEAR, APH, ACB = PROFILES["clear-print"], PROFILES["aph-large-18"], PROFILES["acb-large-18"]

STYLE = f"""
@font-face {{ font-family: Face; src: url({FONTS}/atkinson-hyperlegible-next/regular.ttf) }}
@font-face {{ font-family: Face; font-weight: bold; src: url({FONTS}/atkinson-hyperlegible-next/bold.ttf) }}
@font-face {{ font-family: Face; font-style: italic;
  src: url({FONTS}/atkinson-hyperlegible-next/italic.ttf) }}
@page {{ size: 612pt 792pt; margin: 72pt;
  @bottom-right {{ content: "Page " counter(page); font: 18pt Face }} }}
body {{ font: 18pt/1.5 Face; margin: 0; color: #16202b }}
p, ul, table, svg, h1, h2 {{ margin: 0 0 18pt }}
h1 {{ font-size: 26pt }} h2 {{ font-size: 22pt }}
a {{ color: #0b4a57 }}
td, th {{ padding: 4pt 12pt 4pt 0; text-align: left; vertical-align: top }}
"""
TEXT = (
    "Islets are small groups of cells in the pancreas. Some of them make insulin, the hormone that lets "
    "sugar pass from the blood into the muscles, and others make hormones that work the other way. "
    "People with long-term type 1 diabetes have lost most of the cells that make insulin. "
)
BODY = f"""
<h1>A heading of the first level that needs two lines of type</h1>
<p>{TEXT}</p>
<h2>Where they come from, told in a heading which is long</h2>
<p>{TEXT} More is at <a href="https://health.example/islets">health.example/islets</a>, for now.</p>
<ul><li><p>The first of two items, long enough to need a second line of its own.</p></li>
<li><p>The second.</p></li></ul>
<table><tr><th>Name</th><th>Meaning</th></tr>
<tr><td>Islet</td><td>A group of cells that makes hormones, and needs two lines here.</td></tr></table>
<svg viewBox="0 0 200 40" style="width: 400pt" xmlns="http://www.w3.org/2000/svg">
<rect width="90" height="40" fill="#e6eef0"/><text x="5" y="20" font-size="10">Stem cell</text>
<text x="110" y="20" font-size="10">Islet</text></svg>
<p>{TEXT}</p>
"""


@cache
def made(body: str, style: str = "", language: str = "en") -> bytes:
    html = f"<html lang={language}><title>t</title><style>{STYLE}{style}</style><body>{body}</body></html>"
    return bytes(HTML(string=html).write_pdf(pdf_tags=True))


def kinds(problems: tuple[Problem, ...]) -> set[str]:
    return {problem.kind.removeprefix("print-") for problem in problems}


def found(body: str, style: str = "", profile: Profile = CLEAR, language: str = "en") -> tuple[Problem, ...]:
    return breaches(measure(made(body, style, language)), profile)


@pytest.mark.slow
@pytest.mark.parametrize("profile", [FLOOR, CLEAR, APH, ACB], ids=lambda profile: profile.name)
def test_a_clean_print_breaks_no_rule(profile: Profile) -> None:
    printed = measure(made(BODY))
    assert breaches(printed, profile) == ()
    assert notes(printed) == ()


# --- one fault, one rule --------------------------------------------------------------------

FAULTS: dict[str, tuple[Profile, str, str, str]] = {
    "a note of 11 points": (
        FLOOR,
        "small-type",
        BODY + '<p class="note">See the journal.</p>',
        ".note { font-size: 11pt }",
    ),
    "a small page number": (
        FLOOR,
        "small-type",
        BODY,
        "@page { @bottom-right { font-size: 10pt } }",
    ),
    "small type in a figure": (FLOOR, "small-type", BODY.replace('font-size="10"', 'font-size="5.5"', 1), ""),
    "body type of 16 points in large print": (
        APH,
        "small-type",
        BODY,
        "ul { font-size: 16pt }",
    ),
    "a heading no larger than the text": (ACB, "small-type", BODY, "h2 { font-size: 20pt }"),
    "justified text": (CLEAR, "alignment", BODY, "p { text-align: justify }"),
    "justified text of two lines": (CLEAR, "alignment", BODY, "td { text-align: justify; width: 200pt }"),
    "centred text": (CLEAR, "alignment", BODY, "p { text-align: center }"),
    "a centred heading in large print": (APH, "alignment", BODY, "h1 { text-align: center }"),
    "text at the right": (CLEAR, "alignment", BODY, "p { text-align: right }"),
    "a paragraph in italics": (CLEAR, "italics", BODY + f"<p><i>{TEXT}</i></p>", ""),
    "a short paragraph in italics": (CLEAR, "italics", BODY + "<p><i>Said by nobody.</i></p>", ""),
    "upright letters painted aslant": (
        CLEAR,
        "italics",
        BODY + f'<p class="bold"><i>{TEXT}</i></p>',
        ".bold { font-weight: bold }",
    ),
    "one word in italics in large print": (APH, "italics", BODY + "<p>It is <i>not</i> proven.</p>", ""),
    "a row of capitals": (CLEAR, "capitals", BODY + "<p>Now READ THIS FIRST, please.</p>", ""),
    "capitals by style": (CLEAR, "capitals", BODY, "h2 { text-transform: uppercase }"),
    "an underline that is no link": (CLEAR, "underline", BODY + "<p>It is <u>not</u> proven.</p>", ""),
    "a divided word": (
        FLOOR,
        "divided-word",
        BODY + f'<p class="narrow">{TEXT}</p>',
        ".narrow { hyphens: auto; width: 100pt }",
    ),
    "light grey": (FLOOR, "contrast", BODY + '<p class="pale">Not for print.</p>', ".pale { color: #999 }"),
    "grey that is too light for clear print": (
        CLEAR,
        "contrast",
        BODY + '<p class="pale">Not for print.</p>',
        ".pale { color: #666 }",
    ),
    "dark on a dark ground": (
        FLOOR,
        "contrast",
        BODY + '<p class="box">In a box.</p>',
        ".box { background: #555 }",
    ),
    "letters on a shading": (
        FLOOR,
        "contrast",
        BODY + '<p class="box">In a box.</p>',
        ".box { background: linear-gradient(to right, #444, white) }",
    ),
    "colours that printers make one grey": (
        FLOOR,
        "grey-contrast",
        BODY + '<p class="box">In a box.</p>',
        ".box { background: #633; color: #0f0 }",
    ),
    "red and green of one grey": (
        FLOOR,
        "colour-alone",
        BODY + '<p class="red">Stopped</p><p class="green">Going on</p>',
        ".red { color: #a00000 } .green { color: #005f00 }",
    ),
    "red words in a line": (
        FLOOR,
        "colour-alone",
        BODY + '<p>The red <span class="red">ones</span> are dangerous.</p>',
        ".red { color: #a00000 }",
    ),
    "a link known by its colour": (
        FLOOR,
        "colour-alone",
        BODY,
        "a { text-decoration: none; color: #0000c0 }",
    ),
    "words off the page": (
        FLOOR,
        "off-page",
        BODY + '<p class="out">Far out to the right</p>',
        ".out { margin-left: 400pt; white-space: nowrap }",
    ),
    "words cut off in a figure": (FLOOR, "off-page", BODY.replace('x="110"', 'x="185"'), ""),
    "a blank page": (
        FLOOR,
        "blank-page",
        BODY + f"<div class=new></div><div class=new><p>{TEXT}</p></div>",
        ".new { break-before: page }",
    ),
    "a running head of two lines": (
        FLOOR,
        "running-head",
        BODY,
        '@page { @top-left { width: 80pt; content: "How islets are grown"; font: 18pt Face } }',
    ),
    "lines of 90 characters": (
        CLEAR,
        "long-lines",
        BODY,
        "@page { size: 792pt 612pt; margin: 60pt } body { font-size: 14pt }",
    ),
    "tight lines": (CLEAR, "tight-lines", BODY, "p { line-height: 1.3 }"),
    "tight lines in large print": (ACB, "tight-lines", BODY, "p { line-height: 1.1 }"),
    "tight headings in large print": (APH, "tight-lines", BODY, "h1 { line-height: 1.1 }"),
    "words where printers do not print": (
        FLOOR,
        "margin",
        BODY + '<p class="out">Islets</p>',
        ".out { margin-right: -62pt; text-align: right }",
    ),
    "narrow margins": (APH, "margin", BODY, "@page { margin-left: 50pt }"),
    "two columns": (APH, "columns", f"<div>{'<p>' + TEXT + '</p>'}</div>" * 4, "body { columns: 2 }"),
    "indented paragraphs": (APH, "indent", BODY, "p { text-indent: 24pt }"),
}


@pytest.mark.slow
def test_letters_on_a_shading_have_the_contrast_of_its_worst_place() -> None:
    box = BODY + '<p class="box">In a box.</p>'
    shading = ".box {{ background: linear-gradient(to right, {}) }}"
    assert found(box, shading.format("white, #ddd"), FLOOR) == ()
    (problem,) = found(box, shading.format("#888 0, #444 12em, white 30em"), FLOOR)
    ratio = re.search(r"contrast of (\d+\.\d):1", problem.message)
    assert ratio
    assert 2.1 < float(ratio[1]) < 4.5


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_reported_as_that_and_no_other(fault: str) -> None:
    profile, kind, body, style = FAULTS[fault]
    assert kinds(found(body, style, profile)) == {kind}


@pytest.mark.slow
def test_a_face_with_serifs_is_no_large_print() -> None:
    with pikepdf.open(io.BytesIO(made(BODY))) as pdf:
        for each in pdf.objects:
            if isinstance(each, pikepdf.Dictionary) and each.get("/Type") == "/FontDescriptor":
                each.Flags = int(each.Flags) | 2
        changed = io.BytesIO()
        pdf.save(changed)
    assert kinds(breaches(measure(changed.getvalue()), APH)) == {"serifs"}
    assert breaches(measure(changed.getvalue()), CLEAR) == ()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("body", "style"),
    [
        ("<p>As told in <i>The New England Journal of Medicine</i> and elsewhere.</p>", ""),
        ("<p>The FDA, EMA and MHRA have not said so; see NEJM 2025, ADA EASD.</p>", ""),
        (
            "<p>Most of them have lived with it for a long-term time and then some, as is known.</p>",
            "p{width:9em}",
        ),
        ('<p class="box">White on black is read as well.</p>', ".box { background: #111; color: white }"),
        (
            "<h2>A heading in the middle, and so long that it needs two lines</h2>",
            "h2 { text-align: center }",
        ),
        ('<p>Some <b class="red">strong words</b> in another colour.</p>', ".red { color: #a00000 }"),
        (
            '<p>Was it too hard to read? <a href="mailto:a@b.example">Please tell<br>us</a>.</p>',
            "",
        ),
        (f'<p dir="rtl" lang="he" class="he">{"שלום לכל הקוראים של המאמר הזה " * 4}</p>', ""),
    ],
    ids=[
        "title",
        "acronyms",
        "hyphens of words",
        "white on black",
        "centred heading",
        "bold",
        "a full stop after a short word of a link",
        "right to left",
    ],
)
def test_what_clear_print_lets_pass(body: str, style: str) -> None:
    style += f"@font-face {{ font-family: H; src: url({FONTS}/noto-sans-hebrew/regular.ttf) }}"
    style += ".he { font-family: H; line-height: 1.6 }"
    assert found(BODY + body, style) == ()


@pytest.mark.slow
def test_untagged_print_is_measured_too() -> None:
    html = f"<style>{STYLE} .note {{ font-size: 11pt; width: 280pt }}</style>{BODY}<p class=note>{TEXT}</p>"
    problems = breaches(measure(bytes(HTML(string=html).write_pdf())), CLEAR)
    assert kinds(problems) == {"small-type"}
    assert len(problems) == 1


# --- what is said ---------------------------------------------------------------------------


@pytest.mark.slow
def test_a_problem_says_page_size_and_words() -> None:
    body = BODY + '<p class="new">Seen on a page of its own.</p>'
    (problem,) = found(body, ".new { break-before: page; font-size: 11.2pt }")
    assert (problem.kind, problem.page, problem.severity) == ("print-small-type", 3, "error")
    assert problem.message == (
        "type of 11.2 pt in “Seen on a page of its own.”; clear print asks for 12 pt or more"
    )


@pytest.mark.slow
def test_many_breaches_of_one_rule_are_told_in_short() -> None:
    body = BODY + "".join(f"<p class=note>Note {n} of many.</p>" for n in range(12))
    problems = found(body, ".note { font-size: 10pt }")
    assert len(problems) == 5
    assert problems[-1].message.endswith("(and in 7 more places)")


@pytest.mark.slow
def test_a_nearly_blank_page_is_a_note_unless_it_is_the_last() -> None:
    printed = measure(
        made(BODY + f'<p class="new">Short.</p><p class="new">{TEXT}</p>', ".new{break-before:page}")
    )
    assert breaches(printed) == ()
    told = notes(printed)
    assert [(note.kind, note.severity, note.page) for note in told] == [
        ("print-gap", "note", 2),
        ("print-nearly-blank", "note", 3),
    ]


@pytest.mark.slow
def test_shapes_of_one_grey_are_a_note() -> None:
    picture = (
        '<svg viewBox="0 0 200 40" style="width: 400pt" xmlns="http://www.w3.org/2000/svg">'
        '<rect width="90" height="40" fill="#c03030"/><rect x="100" width="90" height="40" fill="{}"/></svg>'
    )
    alike, apart = (measure(made(BODY + picture.format(colour))) for colour in ("#207020", "#c0e0c0"))
    assert kinds(notes(alike)) == {"one-grey"}
    assert notes(apart) == ()


# --- rules on values ------------------------------------------------------------------------


def run(text: str, left: float, baseline: float, width: float = 400.0, size: float = 13.0) -> Run:
    box = (left, baseline - 3, left + width, baseline + 9)
    ink = (0.0, 0.0, 0.0, 1.0)
    return Run(
        text, size, "Face", False, False, ink, 21.0, 21.0, box, baseline, 0.28, (), False, False, False, False
    )


def passage(kind: str, id: str, top: float, page: int = 1, note: bool = False) -> Passage:
    lines = tuple((Line(page, (run("some words", 72, top - 20 * n),)),) for n in range(2))
    return Passage(kind, id, lines, note=note)


def test_notes_at_the_foot_of_pages_are_not_acb() -> None:
    text, more = passage("P", "p1", 700), passage("P", "p2", 700, page=2)
    one, two = passage("P", "note-a", 100, note=True), passage("P", "note-b", 100, page=2, note=True)
    rules = Profile("rules", notes_together=True)
    sheets = tuple(Sheet(page, (0, 0, 612, 792), (72, 80, 540, 720)) for page in (1, 2))
    feet = Print(sheets, (text, one, more, two), (), (80, 720))
    end = Print(sheets, (text, more, one, two), (), (80, 720))
    assert [problem.block for problem in breaches(feet, rules)] == ["note-b"]
    assert breaches(end, rules) == ()


def test_a_label_beside_the_text_does_not_count_as_its_line() -> None:
    number = Run(
        "3",
        21,
        "Face",
        False,
        False,
        None,
        21.0,
        21.0,
        (8, 690, 20, 710),
        695,
        None,
        (),
        *[False] * 2,
        True,
        False,
    )
    rows = (
        (Line(1, (number,)), Line(1, (run("a heading of", 72, 695),))),
        (Line(1, (run("two lines", 72, 675),)),),
    )
    heading = Passage("H2", "heading", rows)
    assert [line.text for line in heading.text_lines] == ["a heading of", "two lines"]
    assert alignment(heading) == ""


def table(*pages: int, columns: int = 2, down: float = 0.0) -> Print:
    """A table with a row on each of ``pages``; cells of a row stand ``down`` points below each other."""
    rows = [
        replace(passage("TD", f"t-r{n}c{column}", 700 - 50 * n - column * down, page), table=1, row=n)
        for n, page in enumerate(pages, 1)
        for column in range(columns)
    ]
    return printed_on(replace(passage("TH", "t-h", 700), table=1, row=99), *rows)


def printed_on(*passages: Passage) -> Print:
    sheets = tuple(Sheet(number, (0, 0, 612, 792), (72, 80, 540, 720)) for number in (1, 2))
    return Print(sheets, passages, (), (80, 720))


@pytest.mark.parametrize("columns", [1, 2])
@pytest.mark.parametrize(
    ("pages", "expected"),
    [
        ((1, 2, 2, 2), [("t-r1c0", 1)]),
        ((1, 1, 1, 2), [("t-r4c0", 2)]),
        ((1, 1, 2, 2), []),
        ((1, 1, 1), []),
        ((1, 2), []),
    ],
)
def test_a_row_of_a_table_that_stands_alone_is_a_breach(
    pages: tuple[int, ...], expected: list[tuple[str, int]], columns: int
) -> None:
    told = breaches(table(*pages, columns=columns))
    assert [(each.block, each.page) for each in told] == expected
    assert {each.kind for each in told} <= {"print-parted-table"}


def test_a_row_whose_cells_stand_below_each_other_may_stand_alone() -> None:
    assert breaches(table(1, 2, 2, 2, down=20)) == ()


def test_the_gist_stands_on_page_one_or_is_a_breach() -> None:
    def told(page: int) -> list[tuple[str, int | None]]:
        return [(each.kind, each.page) for each in breaches(printed_on(passage("P", "gist", 700, page)))]

    assert told(1) == []
    assert told(2) == [("print-gist", 2)]


def short_page(first: Passage) -> Print:
    """A page with one line at its top, and ``first`` on the page after it."""
    last = Passage("P", "last", ((Line(1, (run("one line", 72, 700),)),),))
    sheets = tuple(Sheet(n, (0, 0, 612, 792), (72, low, 540, 720)) for n, low in ((1, 690), (2, 80)))
    first = replace(first, rows=((Line(2, (run("more", 72, 700),)),),))
    return Print(sheets, (last, first), (), (80, 720))


def test_a_page_that_is_nearly_blank_is_a_problem_unless_the_author_asked_for_it() -> None:
    begun = short_page(passage("P", "next", 700))
    (told,) = stray_breaks(begun, frozenset())
    assert (told.kind, told.page, told.block, told.severity) == ("print-nearly-blank", 1, "next", "error")
    assert told.message == (
        "the page is nearly blank: 5% of its height is used, and the source asks for no page break "
        "before block next (“more”)"
    )
    assert stray_breaks(begun, frozenset(("next",))) == stray_breaks(begun, frozenset(("last",))) == ()
    assert stray_breaks(begun, frozenset(), cover=True) == ()
    assert stray_breaks(short_page(passage("Figure", "picture", 700)), frozenset()) == ()


@pytest.mark.parametrize(("spilt", "expected"), [(0, 0), (1, 1), (2, 1), (3, 0)])
def test_contents_that_spill_a_line_or_two_are_a_note(spilt: int, expected: int) -> None:
    entries = [passage("TOCI", "contents", 700 - 50 * n, 1) for n in range(6)]
    entries += [passage("TOCI", "contents", 700 - 50 * n, 2) for n in range(spilt)]
    told = notes(Print((), tuple(entries), (), (80, 720)))
    assert [(note.kind, note.page) for note in told] == [("print-spilt-contents", 2)] * expected


# --- real editions --------------------------------------------------------------------------


@pytest.fixture
def own_layouts(tmp_path: Path) -> Callable[[str], Layouts]:
    """Return ``own_layouts(style)``: layouts whose print styles end in ``style``."""

    def make(style: str) -> Layouts:
        path = tmp_path / "layouts" / "print" / "print.css"
        path.parent.mkdir(parents=True)
        path.write_text(Layouts((packaged_layouts(),)).text("print/print.css") + style, encoding="utf-8")
        return Layouts((tmp_path / "layouts", packaged_layouts()))

    return make


def handout(layouts: Layouts) -> bytes:
    house = read_house(PROJECT)
    article = read_article(PROJECT, "small-article", house).article
    return render(article, house.editions["handout"], house, layouts)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("style", "kind", "block"),
    [
        (".note dl { font-size: 11pt }", "small-type", r"note-walk-study-.*"),
        ("#what-happens-p1 { text-align: justify }", "alignment", r"what-happens-p1"),
        (".disclaimer p { word-break: break-all; width: 40pt }", "divided-word", r"disclaimer-.*"),
        ("td { color: #777 }", "contrast", r".*-r\d+c\d+"),
        (".disclaimer p { font-style: italic }", "italics", r"disclaimer-.*"),
        (".key-points { text-align: right }", "alignment", r"key-point-\d+"),
    ],
)
def test_the_block_of_a_breach_is_named(
    own_layouts: Callable[[str], Layouts], style: str, kind: str, block: str
) -> None:
    problems = breaches(measure(handout(own_layouts(style))), CLEAR)
    assert kind in kinds(problems)
    assert all(re.fullmatch(block, each.block) for each in problems if each.kind == f"print-{kind}"), problems


@pytest.mark.slow
def test_a_layout_that_wastes_pages_is_told_and_an_authors_own_page_break_is_not(
    own_layouts: Callable[[str], Layouts],
) -> None:
    project = open_project(PROJECT)
    (source,) = project.sources()
    asked = page_breaks(source.article)
    assert asked
    edition = project.house.editions["handout"].model_copy(update={"profile": "clear-print"})
    wasteful = own_layouts(".dates { break-after: page; break-before: page }")
    for layouts, expected in ((project.layouts, []), (wasteful, ["key-points-heading"])):
        data = render(source.article, edition, project.house, layouts)
        found = examine(project, source, edition, data, "file").problems
        assert [each.block for each in found if each.kind == "print-nearly-blank"] == expected


@pytest.mark.slow
@pytest.mark.parametrize(
    ("style", "block"),
    [
        ("h1 { color: rgba(170, 0, 0, 0.9) }", "title"),
        (".disclaimers { background: linear-gradient(#fcc, #ccf) }", "disclaimers-heading"),
        ("@page { @bottom-left { color: hsla(0, 90%, 30%, 0.9) } }", ""),
        ("h2 { border-top: 2pt solid hsla(0, 100%, 50%, 0.5) }", ""),
    ],
)
def test_a_colour_in_a_black_and_white_edition_is_a_problem(
    own_layouts: Callable[[str], Layouts], style: str, block: str
) -> None:
    """Plain colours of styles are turned grey (render/paper.py); these are not, and are found."""
    project = open_project(PROJECT)
    (source,) = project.sources()
    edition = project.house.editions["handout"].model_copy(update={"colour": "black-and-white"})
    data = render(source.article, edition, project.house, own_layouts(style))
    found = examine(project, source, edition, data, "file").problems
    told = [each for each in found if each.kind == "print-colour"]
    assert block in {each.block for each in told}
    assert all(each.page for each in told)
    assert len(told) <= 5


@pytest.mark.slow
def test_a_breach_is_a_problem_of_the_build(own_layouts: Callable[[str], Layouts]) -> None:
    project = open_project(PROJECT)
    (source,) = project.sources()
    edition = project.house.editions["handout"]
    data = handout(own_layouts("caption { font-size: 9pt }"))
    proof = examine(project, source, edition, data, "handout.pdf")
    told = [problem for problem in proof.problems if problem.kind == "print-small-type"]
    assert told
    assert {(problem.artifact, problem.block.split("-")[-1]) for problem in told} == {
        ("handout.pdf", "caption")
    }
    assert all(problem.place for problem in told)


@pytest.mark.slow
def test_every_real_print_edition_can_be_read(release: Release) -> None:
    for path in release.files(".pdf"):
        assert breaches(measure(path.read_bytes())) == (), path.name


# --- the command ----------------------------------------------------------------------------


@pytest.mark.slow
def test_the_command_prints_the_measurements(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "some.pdf"
    path.write_bytes(made(BODY, "ul { font-size: 14pt }"))
    assert main(["verify", "--print", str(path)]) == 0
    table = capsys.readouterr().out
    for line in (
        r"some.pdf: 2 pages",
        r"type +18 pt \d+%, .*14 pt \d+%",
        r"line to line +1\.50 times the type size .*; the closest are 1\.50 times, of headings 1\.50",
        r"contrast +\d+\.\d:1 at the lowest, \d+\.\d:1 in grey",
        r"margins +top \d+ pt \(.* in\), right \d+ pt .*, bottom \d+ pt .*, left 72 pt \(1 in\)",
        r"clear-print +kept",
        r"aph-large-18 +not kept: type too small",
        r"to see where, page by page: publish verify --print FILE --profile NAME",
    ):
        assert re.search(line, table), f"{line}\n{table}"
    assert main(["verify", "--print", str(path), "--profile", "aph-large-18", "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert {problem["kind"] for problem in said["problems"]} == {"print-small-type"}
    assert said["files"][0]["profiles"]["clear-print"] is True


def test_a_file_that_is_no_pdf_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "some.pdf"
    path.write_bytes(b"%PDF-1.7 and no more")
    assert main(["verify", "--print", str(path)]) == 1
    said = capsys.readouterr().err
    assert "this PDF cannot be read" in said
    assert " object at 0x" not in said
    for data, what in (
        (b"PK\x03\x04 a book", "it is of the format epub"),
        (b"<!doctype html>", "it is of the format html"),
        (b"Dear reader", "it does not begin as a PDF does"),
    ):
        path.write_bytes(data)
        assert main(["verify", "--print", str(path)]) == 1
        assert f"error: {path}: this is no PDF: {what}" in capsys.readouterr().err


@pytest.mark.slow
def test_a_summary_is_of_what_is_painted() -> None:
    read = summary(measure(made(BODY, "body { font-size: 19.5pt; line-height: 1.6 }")))
    assert read.sizes[0][0] == 19.5
    assert read.pitches == pytest.approx((1.6, 1.6), abs=0.01)
    assert read.contrast == pytest.approx(9.9, abs=0.1)  # links, #0b4a57 on white
