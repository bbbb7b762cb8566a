"""source/publish.yaml and source/disclaimers.yaml: faults in them, and what editions ask of articles."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from faulty import DISCLAIMERS, HOUSE, problems, project, told

from publish.errors import PublishError
from publish.source.article import article_ids, read_article, read_house

COMPLETE = Path(__file__).parent / "projects" / "complete"
ARTICLE = (Path(__file__).parent / "articles" / "page-without-address.yaml").read_bytes()


def house_problems(folder: Path, editions: str) -> list[str]:
    """What is wrong with a house whose editions are ``editions``; its first edition stands on line 4."""
    project(folder, b"", house=f"format: 1\nname: Example\neditions:\n{editions}\n")
    try:
        read_house(folder)
    except PublishError as error:
        return [told(problem).replace("source/publish.yaml:", "") for problem in error.problems]
    return []


def test_house_of_the_complete_project_is_read() -> None:
    house = read_house(COMPLETE)
    assert [(each.name, each.format, each.paper) for each in house.editions.values()] == [
        ("web", "html", None),
        ("handout", "pdf", "letter"),
        ("ebook", "epub", None),
    ]


@pytest.mark.parametrize(
    ("editions", "expected"),
    [
        ("  web: {format: html}", []),
        (
            "  web: {format: hmtl}",
            ["error: 4:17 there is no format “hmtl”\n  hint: did you mean “html”?"],
        ),
        (
            "  web: {format: docx}",
            ["error: 4:17 there is no format “docx”\n  hint: use one of html, pdf, epub"],
        ),
        (
            "  print: {format: pdf}",
            [
                "error: 4:19 edition “print” is printed, so it needs a paper"
                "\n  hint: add paper: letter or paper: a4"
            ],
        ),
        (
            "  web: {format: html, paper: a4}",
            [
                "error: 4:23 edition “web” is not printed, so it has no paper"
                "\n  hint: delete the line, or use format: pdf"
            ],
        ),
        (
            "  print: {format: pdf, paper: a6}",
            ["error: 4:31 “a6” is none of the words for “paper”\n  hint: use one of letter, a4, a5, legal"],
        ),
        (
            "  a: {format: html}\n  b: {format: html}",
            [
                "error: 5:3 editions “a” and “b” would be the same file, ARTICLE.html"
                "\n  hint: give one of them a suffix, such as suffix: -large"
            ],
        ),
        (
            "  a: {format: html}\n  b: {format: html, suffix: -large}",
            [],
        ),
        (
            "  a: {format: pdf, paper: a4, title: Print it}\n"
            "  b: {format: pdf, paper: a5, title: ' print  it'}",
            [
                "error: 5:38 editions “a” and “b” have the same title"
                "\n  hint: say what is different about this one, such as its paper or type size; "
                "or delete the line, then it gets a title of its own"
            ],
        ),
        (
            "  a: {format: html, suffix: large}",
            ["error: 4:29 “large” cannot end the name of a file\n  hint: write something like -large"],
        ),
        (
            "  a: {format: html, parts: [body, faq, disclaimers, references]}",
            [],
        ),
        (
            "  a: {format: html, parts: [body, faq]}",
            [
                "error: 4:21 edition “a” lacks the part “disclaimers”, which every edition must carry"
                "\n  hint: add it, or say why not: leaves_out: [{part: disclaimers, reason: …}]"
            ],
        ),
        (
            "  a: {format: html, parts: [body, faq], leaves_out: [{part: disclaimers, reason: On paper.}]}",
            [],
        ),
        (
            "  a: {format: html, parts: [body, faq], leaves_out: [{part: disclaimers}]}",
            [
                "error: 4:54 “reason” is missing\n  hint: say why the edition leaves the part out",
            ],
        ),
        (
            "  a: {format: html, leaves_out: [{part: faq, reason: None.}]}",
            [
                "error: 4:41 edition “a” leaves “faq” out and carries it too"
                "\n  hint: name in “parts:” what the edition carries, and only that"
            ],
        ),
        (
            "  a: {format: html, parts: [faq, faq, disclaimers]}",
            ["error: 4:34 part “faq” is named twice\n  hint: delete one of them"],
        ),
        (
            "  a: {format: html, parts: [faqs, faq, disclaimers]}",
            ["error: 4:29 “faqs” is none of the words for this item\n  hint: did you mean “faq”?"],
        ),
        (
            "  Web: {format: html}",
            [
                "error: 4:3 “Web” is no id: write lower-case letters, digits and single hyphens, "
                "a letter first"
            ],
        ),
        (
            "  web: {format: html, name: mine}",
            [
                "error: 4:23 unknown field “name”"
                "\n  hint: use one of format, title, layout, paper, pages, profile, type_size, colour, "
                "duplex, "
                "cover, standard, suffix, parts, leaves_out"
            ],
        ),
        (
            "  web: html",
            [
                "error: 4:8 “web” must have fields"
                "\n  hint: write its fields below it: format, title, layout, paper, pages, profile, "
                "type_size, "
                "colour, duplex, cover, standard, suffix, parts, leaves_out"
            ],
        ),
        (
            "  a: {format: pdf, paper: Letter}\n  b: {format: PDF, paper: letter}\n"
            "  c: {format: pdf, paper: a5, standard: PDF/UA-2}",
            [
                "error: 4:27 “Letter” is none of the words for “paper”\n  hint: did you mean “letter”?",
                "error: 5:15 there is no format “PDF”\n  hint: did you mean “pdf”?",
                "error: 6:41 “PDF/UA-2” is none of the words for “standard”"
                "\n  hint: did you mean “pdf/ua-2”?",
            ],
        ),
        (
            "  a: {format: pdf, paper: A4}",
            ["error: 4:27 “A4” is none of the words for “paper”\n  hint: did you mean “a4”?"],
        ),
        (
            "  a: {format: pdf, paper: a4, standard: pdf/a-2b}",
            [
                "error: 4:41 “pdf/a-2b” is none of the words for “standard”"
                "\n  hint: PDF/A is for archives, and every print edition keeps it; "
                "use one of pdf/ua-1, pdf/ua-2"
            ],
        ),
        (
            "  a: {format: pdf, paper: a4, duplex: yes, cover: none}",
            [
                "error: 4:39 “duplex” is either true or false\n  hint: write true",
                "error: 4:51 “cover” is either true or false\n  hint: write false",
            ],
        ),
        (
            "  a: {format: pdf, paper: a4, duplex: both}",
            ["error: 4:39 “duplex” is either true or false\n  hint: write true or false"],
        ),
        (
            "  a: {format: pdf, paper: a4\n  b: {format: html}",
            [
                "error: 4:6 a group in { } is not closed"
                "\n  hint: end it with }; or, if it is a text that begins with {, put it in quotes "
                "or write it below a |"
            ],
        ),
        ("  web:", ["error: 4:3 “web” is empty\n  hint: write something here, or delete the line"]),
        (
            "  - web",
            ["error: 4:3 “editions” must have fields\n  hint: write “name: text”, one to a line"],
        ),
    ],
)
def test_house_problems(editions: str, expected: list[str], tmp_path: Path) -> None:
    assert house_problems(tmp_path, editions) == expected


def test_nobody_is_told_of_paper_where_nothing_is_printed(tmp_path: Path) -> None:
    called = ARTICLE.replace(b"A walk helps a little.", b"Call [us](tel:+1-555-0100).")
    assert called != ARTICLE
    kinds = [
        [each.kind for each in problems(project(tmp_path / name, called, house=house))]
        for name, house in (("printed", HOUSE), ("web", re.sub("(?m)^  handout.*\n", "", HOUSE)))
    ]
    assert kinds == [["unseen-address", "unlinked"], ["unlinked"]]


PRINTED = "  web: {format: html}\n  handout: {format: pdf, paper: letter}\nprimary: "


@pytest.mark.parametrize(
    ("editions", "expected"),
    [
        (f"{PRINTED}handout", []),
        (
            f"{PRINTED}handuot",
            ["error: 6:10 there is no edition “handuot”\n  hint: did you mean “handout”?"],
        ),
        (
            f"{PRINTED}leaflet",
            ["error: 6:10 there is no edition “leaflet”\n  hint: name one of handout"],
        ),
        (
            f"{PRINTED}web",
            [
                "error: 6:10 edition “web” is not the article in print, so it has no page numbers for e-books"
                "\n  hint: name one of handout"
            ],
        ),
        (
            "  web: {format: html}\nprimary: web",
            [
                "error: 5:10 edition “web” is not the article in print, so it has no page numbers for e-books"
                "\n  hint: delete the line"
            ],
        ),
    ],
)
def test_the_primary_edition_is_one_that_is_printed(
    editions: str, expected: list[str], tmp_path: Path
) -> None:
    assert house_problems(tmp_path, editions) == expected


@pytest.mark.parametrize(
    ("format", "standard", "refused"),
    [
        ("epub", "EPUB Accessibility 1.1 - WCAG 2.2 Level AA", False),
        ("html", "WCAG 2.2 AA", False),
        ("epub", "WCAG 2.2 AA", True),
        ("epub", "EPUB Accessibility 1.1 – WCAG 2.2 Level AA", True),
        ("epub", "EPUB Accessibility 1.1 - WCAG 2.3 Level AA", True),
        ("epub", "EPUB Accessibility 1.1 - WCAG 2.2 AA", True),
    ],
)
def test_an_ebook_claims_a_standard_as_programs_know_it(
    format: str, standard: str, refused: bool, tmp_path: Path
) -> None:
    claim = f"evaluation: {{standard: {standard}, by: Example Checkers, date: 2026-05-18}}"
    hint = "write it letter by letter: EPUB Accessibility 1.1 - WCAG 2.2 Level AA"
    told = f"error: 5:24 an e-book cannot claim the standard “{standard}”\n  hint: {hint}"
    assert house_problems(tmp_path, f"  one: {{format: {format}}}\n{claim}") == [told] * refused


def test_the_first_printed_edition_is_primary_unless_told(tmp_path: Path) -> None:
    handouts = "  web: {format: html}\n  a: {format: pdf, paper: a4}\n  b: {format: pdf, paper: letter}\n"
    primary = {}
    for more in ("", "primary: b\n"):
        folder = tmp_path / f"house{len(more)}"
        project(folder, b"", house=f"format: 1\nname: Example\neditions:\n{handouts}{more}")
        primary[more] = read_house(folder).primary_edition
    assert [edition and edition.name for edition in primary.values()] == ["a", "b"]


def test_a_house_that_prints_nothing_has_no_primary_edition(tmp_path: Path) -> None:
    project(tmp_path, b"", house="format: 1\nname: Example\neditions:\n  web: {format: html}\n")
    assert read_house(tmp_path).primary_edition is None


def test_a_new_format_is_known_when_it_is_handed_in(tmp_path: Path) -> None:
    project(tmp_path, b"", house=HOUSE.replace("html", "braille"))
    assert read_house(tmp_path, formats=("braille", "pdf", "epub")).editions["web"].format == "braille"


def test_missing_house_is_reported(tmp_path: Path) -> None:
    with pytest.raises(PublishError) as caught:
        read_house(tmp_path)
    assert str(caught.value) == "error: source/publish.yaml cannot be read: No such file or directory"


def test_articles_are_folders_with_an_article(tmp_path: Path) -> None:
    for name in ("b", "a", "c"):
        (tmp_path / "source" / name).mkdir(parents=True)
    (tmp_path / "source" / "a" / "article.yaml").touch()
    (tmp_path / "source" / "b" / "article.yaml").touch()
    assert article_ids(tmp_path) == ("a", "b")


def test_unknown_article_names_the_nearest() -> None:
    with pytest.raises(PublishError) as caught:
        read_article(COMPLETE, "small-artcle", read_house(COMPLETE))
    assert str(caught.value) == (
        "error: there is no article “small-artcle” in source/\n  hint: did you mean “small-article”?"
    )


def test_article_outside_source_is_unknown() -> None:
    with pytest.raises(PublishError, match="there is no article"):
        read_article(COMPLETE, "../source/small-article", read_house(COMPLETE))


# --- editions and articles -------------------------------------------------------------------

WITHOUT_REFERENCES = HOUSE + "  leaflet: {format: html, suffix: -leaflet, parts: [body, faq, disclaimers]}\n"
WITHOUT_BODY = HOUSE + "  leaflet: {format: html, suffix: -leaflet, parts: [faq, disclaimers, references]}\n"


def test_notes_need_the_references_in_every_edition(tmp_path: Path) -> None:
    found = problems(project(tmp_path, ARTICLE, WITHOUT_REFERENCES))
    assert [told(problem) for problem in found if problem.severity == "error"] == [
        "error: 12:31 edition “leaflet” would show this note, but not the references"
        "\n  hint: let “leaflet” carry the part “references” in source/publish.yaml"
    ]


def test_notes_of_a_part_that_is_not_carried_need_no_references(tmp_path: Path) -> None:
    house = HOUSE + "  leaflet: {format: html, suffix: -leaflet, parts: [faq, disclaimers]}\n"
    assert all(problem.severity == "note" for problem in problems(project(tmp_path, ARTICLE, house)))


def test_link_to_a_part_that_an_edition_does_not_carry_is_reported(tmp_path: Path) -> None:
    article = ARTICLE.replace(b"Ten minutes.", b"See [above](#walking).")
    found = problems(project(tmp_path, article, WITHOUT_BODY))
    assert [told(problem) for problem in found if problem.severity == "error"] == [
        "error: 16:17 the link leads to “#walking”, which edition “leaflet” does not carry"
        "\n  hint: link elsewhere, or let “leaflet” carry the part “body”"
    ]


def test_link_inside_a_part_that_is_not_carried_may_lead_there(tmp_path: Path) -> None:
    article = ARTICLE.replace(b"A walk helps a little.", b"See [above](#walking).")
    assert all(problem.severity == "note" for problem in problems(project(tmp_path, article, WITHOUT_BODY)))


# --- disclaimers.yaml ------------------------------------------------------------------------


def test_faulty_shared_disclaimer_is_reported_at_its_place_alone(tmp_path: Path) -> None:
    shared = DISCLAIMERS.replace("Ask your doctor.", "Ask <b>your</b> doctor.")
    found = problems(project(tmp_path, ARTICLE, disclaimers=shared))
    assert [told(each).split("\n")[0] for each in found if each.severity == "error"] == [
        "error: source/disclaimers.yaml:5:15 HTML stands here: “<b>”"
    ]


def test_shared_disclaimer_without_text_is_reported_once(tmp_path: Path) -> None:
    shared = DISCLAIMERS.replace("    text: Ask your doctor.\n", "")
    found = problems(project(tmp_path, ARTICLE, disclaimers=shared))
    assert [told(each).split("\n")[0] for each in found if each.severity == "error"] == [
        "error: source/disclaimers.yaml:3:5 “text” is missing"
    ]


def test_shared_disclaimers_that_are_no_yaml_are_reported_once(tmp_path: Path) -> None:
    found = problems(project(tmp_path, ARTICLE, disclaimers='format: "1'))
    assert [told(each).split("\n")[0] for each in found if each.severity == "error"] == [
        "error: source/disclaimers.yaml:1:9 a quote is opened here and never closed"
    ]


def test_shared_disclaimer_given_twice_is_reported(tmp_path: Path) -> None:
    shared = DISCLAIMERS + "  - {id: not-advice, title: T, text: X}\n"
    found = problems(project(tmp_path, ARTICLE, disclaimers=shared))
    assert [told(each).split("\n")[0] for each in found if each.severity == "error"] == [
        "error: source/disclaimers.yaml:6:10 the id “not-advice” is already used"
    ]


def test_note_in_a_shared_disclaimer_needs_a_reference_of_the_article(tmp_path: Path) -> None:
    shared = DISCLAIMERS.replace("Ask your doctor.", "Ask your doctor.[^unknown]")
    found = problems(project(tmp_path, ARTICLE, disclaimers=shared))
    assert [told(each).split("\n")[0] for each in found if each.severity == "error"] == [
        "error: source/disclaimers.yaml:5:27 there is no reference “unknown”"
    ]


def test_note_in_a_shared_disclaimer_that_is_not_used_counts_for_nothing(tmp_path: Path) -> None:
    shared = DISCLAIMERS + "  - {id: other, title: T, text: 'X.[^unknown]'}\n"
    found = problems(project(tmp_path, ARTICLE, disclaimers=shared))
    assert all(problem.severity == "note" for problem in found)
