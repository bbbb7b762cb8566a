"""The complete project is read as it was written, with the place of every line."""

from __future__ import annotations

import re
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from publish.errors import PublishError
from publish.layout import Layouts
from publish.model import (
    Callout,
    Figure,
    Line,
    LineBreak,
    Link,
    NoteMark,
    NumberedList,
    Part,
    Phrase,
    bodies,
    lines,
    numbers,
)
from publish.project import open_project
from publish.render import html
from publish.source.article import Source, read_article, read_house
from publish.source.targets import HOUSE_ANCHORS, anchors

COMPLETE = Path(__file__).parent / "projects" / "complete"


@pytest.fixture(scope="module")
def source() -> Source:
    return read_article(COMPLETE, "small-article", read_house(COMPLETE))


def walk(value: Any) -> Any:
    """Every inline of ``value``, at any depth."""
    for inline in value:
        yield inline
        yield from walk(getattr(inline, "inlines", ()))


def test_complete_article_has_only_its_three_notes(source: Source) -> None:
    assert [(str(note.place), note.kind) for note in source.notes] == [
        ("source/small-article/article.yaml:175:12", "unlinked"),
        ("source/small-article/article.yaml:239:21", "unseen-address"),
        ("source/small-article/article.yaml:246:14", "unlinked"),
    ]


def test_complete_article_uses_every_construct(source: Source) -> None:
    article = source.article
    blocks = {type(block).__name__ for block in bodies(article)}
    assert blocks == {"Prose", "Steps", "Figure", "Table", "Callout", "PageBreak", "Part"}
    assert {block.type for block in bodies(article) if isinstance(block, Callout)} == {
        "note",
        "opinion",
        "warning",
    }
    inlines = {type(each) for line in lines(article) for each in walk(line.inlines)}
    assert {Link, NoteMark, Phrase, LineBreak} <= inlines
    assert {part.question is None for part in bodies(article) if isinstance(part, Part)} == {True, False}


def test_every_line_has_an_id_of_its_own(source: Source) -> None:
    ids = [line.id for line in lines(source.article)]
    assert all(ids)
    assert len(ids) == len(set(ids))


def test_place_of_every_line_is_where_its_first_word_stands(source: Source) -> None:
    texts: dict[str, list[str]] = {}
    for line in lines(source.article):
        place = source.places[line.id]
        text = texts.setdefault(place.file, (COMPLETE / place.file).read_text("utf-8").split("\n"))
        here = re.sub(r"[*\[<\]]", "", text[place.line - 1][place.column - 1 :])
        assert here.startswith(line.text.split()[0]), (line.id, str(place))


def test_places_of_alternatives_and_facts_are_known(source: Source) -> None:
    text = (COMPLETE / "source/small-article/article.yaml").read_text("utf-8").split("\n")
    for id, start in {
        "sugar-curve-alt": "A line that rises",
        "main-signal-figure1-alt": "A pair of walking shoes",
        "note-walk-study-doi": "10.5555",
        "note-walk-study-published": "March 2025",
        "note-walk-book-isbn": "978",
        "note-device-page-url": "https://sensors",
        "about-author-orcid": "0000-0002",
        "about-author-2": "Søren",
        "about-reviewer": "Dr Ana",
        "date-review-by": "2027-05-15",
    }.items():
        place = source.places[id]
        assert text[place.line - 1][place.column - 1 :].startswith(start), id


def test_shared_disclaimer_has_its_place_in_the_shared_file(source: Source) -> None:
    assert str(source.places["disclaimer-not-advice-p1"]) == "source/disclaimers.yaml:7:7"


def test_words_that_yaml_would_change_stay_words(source: Source) -> None:
    table = next(block for block in bodies(source.article) if block.kind == "table" and not block.row_headers)
    assert [[cell.text for cell in row] for row in table.rows] == [["glucose", "sugar"], ["no", "yes"]]


def test_figures_have_their_pictures(source: Source) -> None:
    pictures = [block.picture for block in bodies(source.article) if isinstance(block, Figure)]
    assert [(each and (each.media_type, each.width, each.height)) for each in pictures] == [
        ("image/svg+xml", 480.0, 240.0),
        ("image/png", 160.0, 80.0),
    ]


def test_related_links_lead_to_the_page_or_nowhere_yet(source: Source) -> None:
    links = [
        (each.href, each.inlines[0].text)
        for line in lines(source.article)
        for each in walk(line.inlines)
        if isinstance(each, Link) and each.inlines[0].text in ("Sleep and sugar", "Food and sugar")
    ]
    assert links == [("https://health.example/sleep", "Sleep and sugar"), ("", "Food and sugar")]


def test_note_used_again_knows_its_turn(source: Source) -> None:
    turns = [
        each.nth
        for line in lines(source.article)
        for each in walk(line.inlines)
        if isinstance(each, NoteMark) and each.key == "walk-study"
    ]
    assert turns == list(range(1, len(turns) + 1))
    assert len(turns) > 2


def test_lists_nest_and_items_have_paragraphs(source: Source) -> None:
    ids = {line.id: line.text for line in lines(source.article)}
    assert ids["what-happens-l1-i1-l1-i2-l1-i1"] == "after bread, within an hour;"
    assert ids["what-happens-l1-i2-p2"] == "This takes longer when you sit still."
    assert ids["what-happens-l2-i2-l1-i1"] == "white bread counts twice,"
    first = source.article.sections[0].body[0]
    assert [type(block).__name__ for block in first.blocks].count(NumberedList.__name__) == 1


def test_references_are_numbered_by_first_use(source: Source) -> None:
    number = numbers(source.article)
    keys = ("walk-study", "walk-trial", "walk-book", "device-page", "regulator-page")
    assert [number[f"note-{key}"] for key in keys] == [1, 2, 3, 4, 5]


def test_reading_twice_gives_equal_values(source: Source) -> None:
    again = read_article(COMPLETE, "small-article", read_house(COMPLETE))
    assert again == source


def test_digest_changes_with_every_file_that_was_read(source: Source, tmp_path: Path) -> None:
    found = {source.digest}
    for n, name in enumerate(
        (
            "small-article/article.yaml",
            "small-article/images/shoes.png",
            "disclaimers.yaml",
            "publish.yaml",
        )
    ):
        project = tmp_path / str(n)
        shutil.copytree(COMPLETE, project)
        file = project / "source" / name
        if file.suffix == ".png":
            from PIL import Image

            Image.new("RGB", (160, 80)).save(file)
        else:
            text = file.read_text("utf-8").replace("\nname: ", "\nname: The ") + "# more\n"
            file.write_text(text, encoding="utf-8")
        found.add(read_article(project, "small-article", read_house(project)).digest)
    assert len(found) == 5


def test_digest_does_not_depend_on_the_folder(source: Source, tmp_path: Path) -> None:
    shutil.copytree(COMPLETE, tmp_path / "elsewhere")
    project = tmp_path / "elsewhere"
    assert read_article(project, "small-article", read_house(project)).digest == source.digest


def test_crlf_reads_like_lf(source: Source, tmp_path: Path) -> None:
    project = tmp_path / "windows"
    shutil.copytree(COMPLETE, project)
    file = project / "source/small-article/article.yaml"
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    again = read_article(project, "small-article", read_house(project))
    assert again.article == source.article
    assert again.places == source.places
    assert again.digest == source.digest


def test_every_anchor_of_the_page_is_known_to_the_id_check(source: Source) -> None:
    house = read_house(COMPLETE)
    page = html.render(source.article, house.editions["web"], house, Layouts.of(COMPLETE)).decode()
    page = re.sub(r"<style>.*?</style>|<script.*?</script>|src=\"[^\"]*\"", "", page, flags=re.DOTALL)
    made = set(re.findall(r'\sid="([^"]*)"', page))
    assert made - set(anchors(source.article)) - HOUSE_ANCHORS == set()
    assert len(made) > 100


def test_all_problems_come_at_once_and_in_file_order(tmp_path: Path) -> None:
    project = tmp_path / "p"
    shutil.copytree(COMPLETE, project)
    file = project / "source/small-article/article.yaml"
    text = file.read_text("utf-8")
    text = text.replace("[^walk-book]", "[^walk-boot]").replace("caption: Shoes", "captoin: Shoes")
    text = text.replace("orcid: 0000-0002-1825-0097", "orcid: 0000-0002-1825-0098")
    file.write_text(text, encoding="utf-8")
    shared = project / "source/disclaimers.yaml"
    shared.write_text(
        shared.read_text("utf-8").replace("a **doctor or nurse**", "a <b>doctor or nurse</b>"),
        encoding="utf-8",
    )
    with pytest.raises(PublishError) as caught:
        read_article(project, "small-article", read_house(project))
    found = [(each.place.file, each.place.line) for each in caught.value.problems if each.place]
    assert [each.kind for each in caught.value.problems if each.severity == "error"] == [
        "note",
        "unknown-key",
        "identifier",
        "html",
    ]
    names = [file for file, _ in found]
    assert names == sorted(names, reverse=True)  # small-article/… was read first
    for name in set(names):
        of_file = [line for each, line in found if each == name]
        assert of_file == sorted(of_file)


@pytest.mark.slow
def test_sample_article_is_read_in_a_blink() -> None:
    project = Path(__file__).parents[1]
    house = read_house(project)
    read_article(project, "stem-cell-islets", house)
    best = 9.9
    for _ in range(5):
        start = time.perf_counter()
        read_article(project, "stem-cell-islets", house)
        best = min(best, time.perf_counter() - start)
    assert best < 0.3


def test_line_of_a_heading_is_one_line(source: Source) -> None:
    assert isinstance(source.article.title, Line)
    assert source.article.title.text == "Why a short walk helps: first findings, efficient and confident"


@pytest.mark.parametrize(
    ("file", "severity", "hint"),
    [
        ("article.yml", "error", "give source/walks/article.yml the name article.yaml"),
        ("Article.yaml.txt", "error", "give source/walks/Article.yaml.txt the name article.yaml"),
        ("walks.yaml", "error", "give source/walks/walks.yaml the name article.yaml"),
        ("plan.docx", "note", "write its article.yaml, or take the folder out of source/"),
    ],
)
def test_folder_without_article_is_told(file: str, severity: str, hint: str, tmp_path: Path) -> None:
    shutil.copytree(COMPLETE / "source", tmp_path / "source")
    (tmp_path / "source" / "walks").mkdir()
    (tmp_path / "source" / "walks" / file).touch()
    (tmp_path / "source" / ".schema").mkdir()
    project = open_project(tmp_path)
    try:
        problems = project.sources()[0].notes
    except PublishError as error:
        problems = error.problems
    assert (
        str(problems[0])
        == f"{severity}: source/walks/ has no article.yaml, so it is not read\n  hint: {hint}"
    )
    assert project.sources(["small-article"])[0].notes[0].kind == "unlinked"
    with pytest.raises(PublishError) as caught:
        project.sources(["walks"])
    assert [(each.severity, each.hint) for each in caught.value.problems] == [("error", hint)]
