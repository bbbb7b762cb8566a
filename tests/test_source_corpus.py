"""Faulty articles: each file announces its problems in comments above the fault, and has no others."""

from __future__ import annotations

from pathlib import Path

import pytest
from faulty import announced, problems, project, told

ARTICLES = sorted((Path(__file__).parent / "articles").glob("*.yaml"))


@pytest.mark.parametrize("file", ARTICLES, ids=lambda file: file.stem)
def test_faulty_article_has_the_announced_problems_and_no_others(file: Path, tmp_path: Path) -> None:
    article = file.read_bytes()
    expected = announced(article.decode("utf-8"))
    assert expected, "the file announces nothing"
    assert [told(problem) for problem in problems(project(tmp_path, article))] == expected


def test_no_message_speaks_of_our_tools() -> None:
    said = "\n".join(line for file in ARTICLES for line in announced(file.read_text("utf-8"))).lower()
    for word in (
        "pydantic",
        "python",
        "tuple",
        "dict",
        "none type",
        "validation",
        "input should",
        "traceback",
    ):
        assert word not in said
