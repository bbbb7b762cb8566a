"""docs/source-format.md tells of every field, and its examples are read as they stand."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from faulty import DISCLAIMERS, HOUSE, problems, project

from publish.source import limits, nodes
from publish.source.article import read_house
from publish.source.schema import article_schema, disclaimers_schema, house_schema

DOCS = (Path(__file__).parents[1] / "docs" / "source-format.md").read_text("utf-8")
EXAMPLES = [
    re.sub(r"(?m)^   ", "", each) if each.startswith("   ") else each
    for each in re.findall(r"```yaml\n(.*?)```", DOCS, re.DOTALL)
]


def fields(schema: dict[str, Any]) -> set[str]:
    parts = [schema, *schema.get("$defs", {}).values()]
    return {name for part in parts for name in part.get("properties", {})}


def test_every_field_is_told_of() -> None:
    every = fields(article_schema()) | fields(house_schema()) | fields(disclaimers_schema())
    assert {field for field in every if f"`{field}`" not in DOCS} == set()


def test_every_choice_is_told_of() -> None:
    for schema in (article_schema(), house_schema()):
        for choices in re.findall(r"'enum': \[(.*?)\]", str(schema)):
            for word in re.findall(r"'(.*?)'", choices):
                assert f"`{word}`" in DOCS or word == "auto", word


def test_the_limits_are_told() -> None:
    told = DOCS.split("\n## Limits\n")[1].split("\n## ")[0]
    for name, limit in vars(limits).items():
        if isinstance(limit, int) and name != "PROBLEMS":
            assert re.search(rf"(?<![\d,]){limit:,}(?![\d,])", told), name


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_is_sound_yaml(example: str) -> None:
    root, faults = nodes.parse(nodes.TextFile("docs", example))
    assert root
    assert not faults


def test_the_whole_article_is_read_without_a_note(tmp_path: Path) -> None:
    whole = next(each for each in EXAMPLES if "lede:" in each).replace("id: short-walks", "id: faulty")
    assert problems(project(tmp_path, whole.encode())) == ()


def test_examples_of_parts_fit_into_an_article(tmp_path: Path) -> None:
    article = next(each for each in EXAMPLES if "lede:" in each).replace("id: short-walks", "id: faulty")
    body = "".join(
        "    " + line + "\n"
        for example in EXAMPLES
        if example.startswith(("body:", "- table", "- steps"))
        for line in (
            "  " + each if example.startswith("-") else each
            for each in example.splitlines()[example.startswith("body:") :]
        )
    ).replace("sugar-curve.svg", "good.svg")
    article = re.sub(r"(?<=walk-study\]\n)(?=faq:)", body, article)
    for name in ("disclaimers", "references", "related"):
        example = next(each for each in EXAMPLES if each.startswith(f"{name}:"))
        article = re.sub(rf"(?ms)^{name}:\n.*?(?=^\w)", "", article) + example
    found = problems(project(tmp_path, article.encode()))
    assert [problem.kind for problem in found] == ["unlinked"], "\n".join(map(str, found))
    assert "table:" in article


def test_example_house_and_shared_disclaimers_are_read(tmp_path: Path) -> None:
    house = next(each for each in EXAMPLES if "editions:" in each)
    shared = next(each for each in EXAMPLES if each.startswith("format: 1\ndisclaimers:"))
    assert shared.splitlines()[:3] == DISCLAIMERS.splitlines()[:3]
    project(tmp_path, b"", house=house, disclaimers=shared)
    assert len(read_house(tmp_path).editions) == len(re.findall("format: (?:html|pdf|epub)", house)) == 4
    assert HOUSE.splitlines()[0] == house.splitlines()[0]
