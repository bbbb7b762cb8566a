"""The JSON Schema for editors: the complete project fits it, typical mistakes do not."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from publish.source.schema import article_schema, disclaimers_schema, house_schema

COMPLETE = Path(__file__).parent / "projects" / "complete" / "source"


class EditorLoader(yaml.SafeLoader):
    """YAML 1.2 as editors read it: days stay text."""


EditorLoader.yaml_implicit_resolvers = {
    first: [row for row in rows if row[0] != "tag:yaml.org,2002:timestamp"]
    for first, rows in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def written(name: str) -> Any:
    return yaml.load((COMPLETE / name).read_text("utf-8"), Loader=EditorLoader)


def faults(value: Any, schema: dict[str, Any]) -> list[str]:
    jsonschema.Draft7Validator.check_schema(schema)
    return [error.message for error in jsonschema.Draft7Validator(schema).iter_errors(value)]


def test_complete_project_fits_the_schemas() -> None:
    article = written("small-article/article.yaml")
    # The one word that YAML 1.1 of this test takes for false; editors read YAML 1.2.
    for section in article["sections"]:
        for block in section["body"]:
            if isinstance(block, dict) and "table" in block and False in block["table"]["rows"][-1]:
                block["table"]["rows"][-1][0] = "no"
    assert faults(article, article_schema()) == []
    assert faults(written("publish.yaml"), house_schema()) == []
    assert faults(written("disclaimers.yaml"), disclaimers_schema()) == []


def change(path: list[Any], value: Any) -> Callable[[Any], None]:
    """Return the function that puts ``value`` at ``path``; None takes it away."""

    def apply(article: Any) -> None:
        for step in path[:-1]:
            article = article[step]
        if value is None:
            del article[path[-1]]
        else:
            article[path[-1]] = value

    return apply


@pytest.mark.parametrize(
    "mistake",
    [
        change(["summary"], None),
        change(["summry"], "x"),
        change(["format"], 2),
        change(["language"], "English"),
        change(["kicker"], ["x"]),
        change(["key_points"], list("abcdefgh")),
        change(["sections"], []),
        change(["sections", 0, "id"], "What Happens"),
        change(["sections", 0, "body", 1, "figure", "alt"], None),
        change(["sections", 0, "body", 1, "figure", "kind"], "figure"),
        change(["sections", 0, "body", 1], {"figur": {}}),
        change(["sections", 0, "body", 1, "table"], {}),
        change(["sections", 1, "body", 1, "steps", "steps", 0, "facets"], {}),
        change(["sections", 1, "page_break"], "after"),
        change(["faq", 0, "answer"], None),
        change(["disclaimers", 0], "Not Advice"),
        change(["disclaimers", 1, "text"], None),
        change(["references", 0, "kind"], "paper"),
        change(["references", 0, "verified"], 20260514),
        change(["references", 0, "identifiers", "arxiv"], "x"),
        change(["related", 0, "url"], "health.example"),
        change(["trust", "authors"], "Zoë Example"),
        change(["dates", "checkd"], "2026-05-14"),
    ],
)
def test_typical_mistake_does_not_fit_the_schema(mistake: Callable[[Any], None]) -> None:
    article = copy.deepcopy(written("small-article/article.yaml"))
    for block in article["sections"][1]["body"]:
        if isinstance(block, dict) and "table" in block:
            block["table"]["rows"] = [["a", "b", "c"]]
    mistake(article)
    assert len(faults(article, article_schema())) == 1


@pytest.mark.parametrize(
    "mistake",
    [
        change(["editions", "web", "format"], "docx"),
        change(["editions", "web", "paper"], "a4"),
        change(["editions", "handout", "paper"], None),
        change(["editions", "handout", "paper"], "a6"),
        change(["editions", "handout", "type_size"], 30),
        change(["editions", "handout", "profile"], "large"),
        change(["editions", "web", "duplex"], True),
        change(["editions", "Web"], {"format": "html"}),
        change(["editions"], {}),
        change(["name"], None),
        change(["url"], "health.example"),
    ],
)
def test_typical_mistake_in_the_house_does_not_fit(mistake: Callable[[Any], None]) -> None:
    house = written("publish.yaml")
    mistake(house)
    assert len(faults(house, house_schema())) == 1


def test_numbers_may_be_written_as_numbers() -> None:
    article = written("small-article/article.yaml")
    article["references"][2]["published"] = 2019
    article["sections"][1]["body"][2]["table"]["rows"] = [[5, 8.5, "none"]]
    article["sections"][1]["body"][3]["table"]["rows"] = [["a", "b"]]
    assert faults(article, article_schema()) == []


@pytest.mark.parametrize("schema", [article_schema(), house_schema(), disclaimers_schema()])
def test_every_field_is_described_and_none_is_ours(schema: dict[str, Any]) -> None:
    for name, part in (("", schema), *schema.get("$defs", {}).items()):
        for field, told in part.get("properties", {}).items():
            assert told.get("description"), f"{name}.{field}"
            assert field != "picture"
            assert field != "kind" or name == "Reference"
            assert "null" not in str(told)
