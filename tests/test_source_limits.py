"""What is too long for a source, and where it is told."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from faulty import project
from PIL import Image

from publish.errors import PublishError
from publish.source import limits, prose
from publish.source.article import read_article, read_house
from publish.source.limits import too_long


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("word " * 4001, limits.TEXT),
        ("a" * 201, 0),
        ("one two " + "a" * 201, 8),
        ("one\n" + "a" * 201, 4),
        ("a\u00a0" * 101, 0),
        ("a" + "\u0301" * 200, 0),
        ("https://a.example/" + "a" * 2000, 0),
        ("[words](https://a.example/" + "a" * 2000 + ")", 8),
        ("日" * 300 + "a" * 201, 300),
        ("a" * 150 + "](b" + "c" * 250, 152),
    ],
)
def test_what_is_too_long_is_found_where_it_begins(text: str, offset: int) -> None:
    found = too_long(text)
    assert found
    assert found[0] == offset


@pytest.mark.parametrize(
    "text",
    [
        "",
        "word " * 4000,
        "a" * 200,
        "a" * 200 + " " + "a" * 200,
        "日本語の文には間がありません。" * 100,
        "ภาษาไทยไม่มีช่องว่าง" * 50,
        "https://a.example/" + "a" * 1900,
        "[" + "a" * 190 + "](https://a.example/" + "a" * 1900 + ")",
    ],
)
def test_what_is_not_too_long_is_let_pass(text: str) -> None:
    assert too_long(text) is None


def faults(text: str) -> list[tuple[int, str]]:
    return [(fault.offset, fault.message) for fault in prose.parse(text).faults]


def test_lists_that_are_too_deep_are_told_once_where_they_begin() -> None:
    lists = "".join(f"{'  ' * n}- a\n" for n in range(9))
    (fault,) = faults(lists)
    words = lists.index("  " * 6 + "- a") + 14
    assert fault == (words, "lists stand more than 6 levels deep here")
    assert faults("".join(f"{'  ' * n}- a\n" for n in range(6))) == []


def test_marks_that_are_too_many_or_too_deep_are_told() -> None:
    assert faults("[a " * 9 + "]{lang=es}" * 9) == [(0, "marks stand more than 8 levels deep here")]
    assert faults("[a " * 8 + "]{lang=es}" * 8) == []
    assert faults("one\n\n" + "*a* " * 301) == [(5, "this paragraph has more than 300 marks")]
    assert faults("*a* " * 300) == []


def test_a_paragraph_that_is_too_long_is_told_where_it_goes_on_too_long() -> None:
    text = "one\n\n" + "word " * 1200
    assert faults(text) == [(5 + limits.PARAGRAPH, "this paragraph has more than 5,000 characters")]


ARTICLE = """\
format: 1
id: faulty
language: en
title: A title
summary: A summary.
lede: A lede.
statement: A statement.
sections:
  - id: one
    heading: A heading
    body:
{}
faq: [{{id: a, question: A question?, answer: An answer.}}]
disclaimers: [not-advice]
dates: {{checked: 2026-05-14}}
"""


def problems(folder: Path, body: str, pictures: dict[str, bytes] | None = None) -> list[str]:
    indented = "\n".join(f"      {line}" for line in body.split("\n"))
    place = project(folder, ARTICLE.format(indented).encode())
    for name, data in (pictures or {}).items():
        (place / "source" / "faulty" / "images" / name).write_bytes(data)
    try:
        read_article(place, "faulty", read_house(place))
    except PublishError as error:
        return [str(problem).split("\n")[0] for problem in error.problems]
    return []


def test_a_table_that_is_too_large_is_told_at_its_columns(tmp_path: Path) -> None:
    rows = "\n".join("      - [a, b]" for _ in range(500))
    assert problems(tmp_path, f"- table:\n    caption: A\n    columns: [a, b]\n    rows:\n{rows}") == [
        "source/faulty/article.yaml:14:20: error: a table has at most 12 columns and 1,000 cells"
    ]


def test_an_article_that_is_too_long_is_told_at_its_first_line_too_many(tmp_path: Path) -> None:
    texts = "\n".join("- |\n" + "\n\n".join("  a" for _ in range(1000)) for _ in range(6))
    (problem,) = problems(tmp_path, texts)
    assert "an article has at most 5,000 paragraphs, list items, cells and headings" in problem
    line = int(problem.split(":")[1])
    assert 10_000 < line < 10_030


def test_pictures_that_are_too_many_pixels_together_are_told(tmp_path: Path) -> None:
    data = io.BytesIO()
    Image.new("1", (6000, 6000)).save(data, "PNG")
    names = [f"{n}.png" for n in range(3)]
    body = "\n".join(f"- figure: {{image: images/{name}, alt: A, caption: C}}" for name in names)
    assert problems(tmp_path, body, dict.fromkeys(names, data.getvalue())) == [
        "source/faulty/article.yaml:14:25: error: with this picture the article has more than 100,000,000 "
        "pixels of pictures"
    ]


def test_no_more_problems_are_told_than_anybody_reads(tmp_path: Path) -> None:
    found = problems(tmp_path, "\n".join("- a [^x]" for _ in range(500)))
    assert len(found) == limits.PROBLEMS + 1
    assert found[-1] == "error: and 300 problems more"


@pytest.mark.parametrize("text", ["_a" * 90, "[" * 150, "*a " * 1600, "[](" * 60, "`" * 190, "<" * 190])
def test_texts_within_the_limits_are_read_in_time(text: str) -> None:
    """Markdown's worst cases take seconds only beyond the limits."""
    repeated = " ".join([text] * max(1, limits.PARAGRAPH // (len(text) + 1)))
    assert too_long(repeated) is None
    prose.parse(repeated)
