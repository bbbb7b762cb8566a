"""docs/source-format.md tells of every field, and its examples are read as they stand."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import Any

import pytest
from faulty import DISCLAIMERS, HOUSE, problems, project

from publish.cli import main
from publish.source import limits, nodes
from publish.source.article import read_house
from publish.source.schema import article_schema, disclaimers_schema, house_schema

DOCS_FOLDER = Path(__file__).parents[1] / "docs"
DOCS = (DOCS_FOLDER / "source-format.md").read_text("utf-8")
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


@pytest.mark.parametrize("page", ["README.md", "docs/source-format.md"])
def test_the_message_that_is_shown_is_the_one_that_is_printed(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (DOCS_FOLDER.parent / page).read_text("utf-8")
    shown = re.search(r"(?m)^ *source/asthma/article\.yaml:13:5: error: .*\n *hint: .*", text)
    assert shown
    folder = tmp_path / "source" / "asthma"
    folder.mkdir(parents=True)
    (tmp_path / "source" / "publish.yaml").write_text(HOUSE, encoding="utf-8")
    (tmp_path / "source" / "disclaimers.yaml").write_text(DISCLAIMERS, encoding="utf-8")
    (folder / "article.yaml").write_text(
        "format: 1\nid: asthma\nlanguage: en\ntitle: Asthma\nsummary: A short article.\n"
        "lede: A walk helps.\nstatement: This is not advice.\ndisclaimers:\n  - not-advice\n"
        "faq:\n  - id: how-long\n    question: How long?\n    answr: Ten minutes.\n"
        "sections:\n  - id: walking\n    heading: Walking\n    body:\n      - A walk helps.\n"
        "dates:\n  checked: 2026-05-14\n",
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    assert main(["check"]) == 1
    printed = capsys.readouterr().err.splitlines()[:2]
    assert printed == textwrap.dedent(shown[0]).splitlines()
