"""YAML with places: what is refused, and that every character of every text is found again."""

from __future__ import annotations

import random
import shutil
import string
from pathlib import Path

import pytest
import yaml

from publish.errors import PublishError
from publish.source import limits, nodes
from publish.source.article import read_article, read_house
from publish.source.desk import Texts

COMPLETE = Path(__file__).parent / "projects" / "complete"


def refusal(data: bytes) -> str:
    with pytest.raises(PublishError) as caught:
        nodes.decode(data, "a.yaml")
    return str(caught.value).split("\n")[0]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"a: b\nc: \xe9", "a.yaml:2:4: error: byte 0xE9 is not UTF-8"),
        (b"\xef\xbb\xbfa: b", "a.yaml:1:1: error: a byte order mark (U+FEFF) stands here"),
        (b"\xff\xfea\x00", "a.yaml:1:1: error: byte 0xFF is not UTF-8"),
        (b"a:\tb", "a.yaml:1:3: error: a tab stands here"),
        (b"a: \x07b", "a.yaml:1:4: error: the invisible character U+0007 stands here"),
        (b"a: b\rc: d", "a.yaml:1:5: error: the invisible character U+000D stands here"),
        ("a: b\u2028c".encode(), "a.yaml:1:5: error: the invisible character U+2028 stands here"),
        ("a: b\x85c".encode(), "a.yaml:1:5: error: the invisible character U+0085 stands here"),
        ("é: 😀\u200b".encode(), "a.yaml:1:5: error: the invisible character U+200B stands here"),
        ("a: \ufffd".encode(), "a.yaml:1:4: error: a replacement character (U+FFFD) stands here"),
    ],
)
def test_unclean_text_is_refused(data: bytes, message: str) -> None:
    assert refusal(data).startswith(message)


@pytest.mark.parametrize("text", ["zero‌width‍joiners", "no\u00a0break\u2011hyphen", "👩‍⚕️", "\u200fmark"])
def test_characters_that_scripts_need_are_kept(text: str) -> None:
    assert nodes.decode(text.encode(), "a.yaml").text == text


def test_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"a" * (limits.FILE_BYTES + 1))
    with pytest.raises(PublishError, match=r"a\.yaml has more than 1,000,000 bytes"):
        nodes.read_text(tmp_path / "a.yaml", "a.yaml")


def test_file_with_too_many_fields_is_refused() -> None:
    root, problems = tree("- a\n" * limits.NODES)
    assert root is None
    assert problems == [
        "a.yaml:20000:3: error: the file has more than 20,000 fields and items; the first too many is here"
    ]


def test_unreadable_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(PublishError, match=r"a\.yaml cannot be read: it is no plain file"):
        nodes.read_text(tmp_path, "a.yaml")


def tree(text: str) -> tuple[nodes.Node | None, list[str]]:
    root, problems = nodes.parse(nodes.TextFile("a.yaml", text))
    return root, [str(problem).split("\n")[0] for problem in problems]


def test_every_scalar_stays_text() -> None:
    root, problems = tree("a: no\nb: 012\nc: 2026-05-14\nd: ~\ne:\nf: ''\ng: 1.10")
    assert root
    assert not problems
    assert nodes.data(root) == {
        "a": "no",
        "b": "012",
        "c": "2026-05-14",
        "d": "~",
        "e": None,
        "f": "",
        "g": "1.10",
    }


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_deep_nesting_is_refused(opening: str) -> None:
    root, problems = tree(opening * 3000)
    assert root is None
    assert len(problems) == 1
    assert "more than 20 levels deep" in problems[0]


def test_aliases_cannot_multiply() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(9)
    )
    root, problems = tree(bomb)
    assert root
    assert len(problems) == 10 + 18
    assert sum(1 for _ in nodes.walk(root)) < 100


STYLES = ("|", ">", '"', "'", None)


def words(chance: random.Random) -> str:
    """A text of lines, blank lines, quotes, colons and letters of one to four bytes."""
    letters = string.ascii_letters + "éß中😀“” ’'\"\\:#-"
    lines = [
        "".join(chance.choice(letters) for _ in range(chance.randrange(30))).strip() or ""
        for _ in range(chance.randrange(1, 6))
    ]
    return "\n".join(lines).strip() or "x"


@pytest.mark.parametrize("seed", range(150))
def test_every_character_is_found_where_it_was_written(seed: int) -> None:
    chance = random.Random(seed)
    value = {"list": [{"name": words(chance), "text": words(chance)} for _ in range(3)]}
    text = yaml.dump(
        value, default_style=chance.choice(STYLES), allow_unicode=True, width=chance.choice([20, 60, 999])
    )
    root, problems = tree(text)
    assert root
    assert not problems
    checked = 0
    for node in nodes.walk(root):
        if not isinstance(node, nodes.Scalar):
            continue
        assert len(node.origins) == len(node.value or "") + 1
        assert node.origins == sorted(node.origins)
        for n, character in enumerate(node.value or ""):
            found = text[node.origins[n]]
            # Line ends are folded, and both kinds of quotes have escapes.
            if character not in " \n" and found != "\\":
                assert found == character, (node.value, n)
                checked += 1
    assert checked


@pytest.mark.parametrize(
    ("text", "offset", "place"),
    [
        ("a: |\n  one\n\n  two", 5, "4:3"),
        ("a: |2\n    one\n  two", 2, "2:5"),
        ("a: >-\n  one\n  two\n\n\n  three", 4, "3:3"),
        ("a: >-\n  one\n  two\n\n\n  three", 9, "6:3"),
        ('a: "one\n  two\n\n  three"', 4, "2:3"),
        ('a: "one\\n  two \\\n  three"', 10, "2:3"),
        ('a: "\\u201cone\\x41 two"', 6, "1:19"),
        ("a: 'it''s\n  two'", 5, "2:3"),
        ("a: one\n  two\n\n  three", 8, "4:3"),
        ("- - - deep", 1, "1:8"),
        ("a: 😀 b", 2, "1:6"),
    ],
)
def test_place_inside_a_scalar(text: str, offset: int, place: str) -> None:
    root, _ = tree(text)
    assert root
    scalar = [node for node in nodes.walk(root) if isinstance(node, nodes.Scalar)][-1]
    assert str(scalar.at(offset)) == f"a.yaml:{place}"


def test_pydantic_locations_are_found() -> None:
    root, _ = tree("s:\n  - body:\n      - text\n      - steps:\n          - facets: {A: one, B: two}\n")
    assert root
    cases: list[tuple[tuple[str | int, ...], str]] = [
        (("s", 0, "body", 0, "prose"), "3:9"),
        (("s", 0, "body", 1, "steps", "steps", 0, "facets", 1, "text"), "5:33"),
        (("s", 0, "body", 1, "steps", "steps", 0, "facets", 1, "name"), "5:30"),
        (("s", 0, "[key]"), "2:5"),
        (("s", "[key]"), "1:1"),
    ]
    for loc, place in cases:
        node, _ = nodes.located(root, loc)
        assert str(node.place) == f"a.yaml:{place}", loc


# --- whatever is written, only problems ------------------------------------------------------

MARKS = "* ** _ [ ] ( ) [^ ]{lang= } { < <b> & &shy; | > ' \" \\ ~~ ` ![ ? @ % id: &a *a !!x related: <<:"
BITS = [*MARKS.split(), "- ", "1. ", ": ", "\n", "\n\n", "    ", " #", "\u00a0", "😀", "```\n", "\x07", "\t"]


def mutated(text: str, chance: random.Random) -> str:
    for _ in range(chance.choice([1, 1, 2, 5])):
        lines = text.split("\n")
        n, spot = chance.randrange(len(lines)), chance.randrange(len(text))
        match chance.randrange(6):
            case 0:
                del lines[n]
                text = "\n".join(lines)
            case 1:
                lines.insert(n, chance.choice(lines))
                text = "\n".join(lines)
            case 2:
                lines[n] = " " * chance.randrange(9) + lines[n].lstrip()
                text = "\n".join(lines)
            case 3:
                name = lines[n].split(":")[0]
                lines[n] = f"{name}: " + chance.choice(["", "[]", "{}", "x", "[a]", "{a: b}", "|", "''", "~"])
                text = "\n".join(lines)
            case _:
                text = text[:spot] + chance.choice(BITS) + text[spot:]
    return text


@pytest.mark.parametrize("seed", range(60))
def test_mutated_article_gives_problems_and_never_a_traceback(seed: int, tmp_path: Path) -> None:
    project = tmp_path / "p"
    shutil.copytree(COMPLETE, project)
    file = project / "source/small-article/article.yaml"
    text = mutated(file.read_text("utf-8"), random.Random(seed))
    file.write_text(text, encoding="utf-8", newline="")
    try:
        read_article(project, "small-article", read_house(project))
    except PublishError as error:
        rows = len(text.split("\n"))
        for problem in error.problems:
            assert problem.message
            assert problem.place
            assert 1 <= problem.place.line <= rows


@pytest.mark.parametrize(
    "text",
    [
        "One paragraph - a long one -\n  over 3 lines, made in\n  2026. That was long.",
        "One paragraph.\n\n\n  Another.",
        ">\n  One paragraph\n  over two lines.\n\n\n  Another.",
        ">\n  Words\n\n    - kept, because\n    - indented further\n\n  More words.",
        ">\n  - an item\n\n  - another",
        "'One\n\n  1. list\n\n  2. survives'",
        '"One\\n- item\\n- another"',
        "|\n  Words\n  - one\n\n  More.",
    ],
)
def test_text_that_yaml_joins_without_loss_is_left_alone(text: str) -> None:
    root, _ = nodes.parse(nodes.TextFile("a.yaml", f"a: {text}\n"))
    texts = Texts({})
    texts.parse(nodes.data(root)["a"])  # type: ignore[arg-type]
    assert texts.problems == []


@pytest.mark.parametrize(
    ("text", "at", "message", "hint"),
    [
        (
            "a:\n- [b, c d[^e], f]",
            "c d[",
            "a text with “[” in it stands here without quotes",
            'put it in quotes: "c d[^e]"',
        ),
        (
            "a: [b[c, d]\ne: f",
            "b[",
            "a text with “[” in it stands here without quotes",
            "put it in quotes",
        ),
        ('a: [x, "b"[^c], d]', "[^c]", nodes._ENDS_EARLY, "put all of it in single quotes, '…'"),
        ('a: "b": do I\nc: d', ": do", nodes._ENDS_EARLY, "put all of it in single quotes: '\"b\": do I'"),
        ('a: "b" isn\'t\nc: d', " isn", nodes._ENDS_EARLY, "write all of it below a |"),
        ("a: “b: c”\nd: e", "“b", "curly quotes do not hold a text together", 'use straight quotes: "b: c"'),
        ("a: b\nc:d\ne: f", "d\ne", "a space is missing after “c:”", "put a space after the colon"),
        ("- a:b\n  c: d", "b\n", "a space is missing after “a:”", "put a space after the colon"),
        (
            "a: b\nc:\u00a0d",
            "\u00a0",
            "an invisible character (U+00A0) stands here; it is no ordinary space",
            "delete it, and type a space in its place",
        ),
        (
            "- a: b\n \u00a0c: d",
            "\u00a0",
            "an invisible character (U+00A0) stands here; it is no ordinary space",
            "delete it, and type a space in its place",
        ),
    ],
)
def test_slip_of_yaml_is_found_where_it_is(text: str, at: str, message: str, hint: str) -> None:
    file = nodes.TextFile("a.yaml", text)
    root, problems = nodes.parse(file)
    assert root is None
    assert [(each.place, each.message, each.hint) for each in problems] == [
        (file.place(text.index(at)), message, hint)
    ]
