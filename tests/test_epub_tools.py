"""The whole e-book before its judges: epubcheck, Ace, axe; and twice over, on two unlike machines."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from validators import ace, axe, epubcheck, listed

from publish.layout import Layouts
from publish.model import Edition, Evaluation, Pages, PageStart
from publish.render.epub import render
from publish.source.article import read_article, read_house
from publish.verify.expected import expected
from publish.verify.reading import Block

REPOSITORY = Path(__file__).resolve().parents[1]
PROJECT = REPOSITORY / "tests" / "projects" / "complete"

# Heading levels number the whole e-book, so only its front page has an h1. Ace leaves this rule of web
# pages out for the same reason, and so does the DAISY Knowledge Base: "Headings" there.
NOT_FOR_BOOKS = ("page-has-heading-one",)

# What axe cannot decide from a file on a disk, and why it is so.
UNDECIDED = {
    "css-orientation-lock": "a style sheet at a file: address cannot be read by scripts",
    "hidden-content": "landmarks and list of pages are for machines and hidden on purpose",
}


def book(edition: Edition | None = None, claim: bool = True) -> bytes:
    house = read_house(PROJECT)
    article = read_article(PROJECT, "small-article", house).article
    if claim:
        evaluation = Evaluation(
            standard="EPUB Accessibility 1.1 - WCAG 2.2 Level AA",
            by="Example Checkers",
            date=date(2026, 5, 18),
            report="https://checkers.example/report",
        )
        house = house.model_copy(update={"evaluation": evaluation})
    edition, layouts = edition or house.editions["ebook"], Layouts.of(PROJECT)
    blocks = expected(article, edition, layouts.words(article.language))
    pages = Pages("urn:uuid:3a5bd438-a771-53ee-b179-3cb9a72c14d7", tuple(page_in_each(blocks)))
    return render(article, edition, house, layouts, pages)


def page_in_each(blocks: tuple[Block, ...]) -> Iterator[PageStart]:
    """A page that begins with each block, and one at its second word: no kind of block is left out."""
    for n, block in enumerate(each for each in blocks if each.role != "alternative"):
        yield PageStart(str(2 * n + 1), block.id, 0)
        if " " in block.text:
            yield PageStart(str(2 * n + 2), block.id, block.text.index(" ") + 1)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("book") / "small-article.epub"
    path.write_bytes(book())
    return path


@pytest.mark.slow
@pytest.mark.tools
def test_epubcheck_has_nothing_to_say(finished: Path) -> None:
    found = epubcheck(finished)
    assert not found, listed(found)


@pytest.mark.slow
@pytest.mark.tools
def test_epubcheck_has_nothing_to_say_of_an_edition_without_contents(tmp_path: Path) -> None:
    edition = read_house(PROJECT).editions["ebook"]
    parts = tuple(part for part in edition.parts if part not in ("contents", "key-points", "about"))
    path = tmp_path / "small-article.epub"
    path.write_bytes(book(edition.model_copy(update={"parts": parts}), claim=False))
    found = epubcheck(path)
    assert not found, listed(found)


@pytest.mark.slow
@pytest.mark.tools
def test_ace_has_nothing_to_say(finished: Path, tmp_path: Path) -> None:
    found = ace(finished, tmp_path)
    assert not found, listed(found)


@pytest.mark.slow
@pytest.mark.tools
@pytest.mark.parametrize("width", [320, 820])
def test_axe_has_nothing_to_say_of_any_document(
    width: int, finished: Path, open_page: Callable[..., Any], tmp_path: Path
) -> None:
    with zipfile.ZipFile(finished) as archive:
        archive.extractall(tmp_path)
    documents = sorted(tmp_path.rglob("*.xhtml"))
    assert len(documents) == 11
    for path in documents:
        page, requests = open_page(path, width)
        found = axe(page, NOT_FOR_BOOKS)
        undecided = [each for each in found.incomplete if each.rule not in UNDECIDED]
        assert not found.violations, path.name + listed(found.violations)
        assert not undecided, path.name + listed(undecided)
        assert {request.partition(":")[0] for request in requests} == {"file"}
        wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        assert not wide, f"{path.name} is wider than {width} pixels"


@pytest.mark.slow
def test_two_unlike_processes_make_the_same_bytes() -> None:
    program = (
        "import sys, hashlib; sys.path.insert(0, 'tests'); import test_epub_tools;"
        "print(hashlib.sha256(test_epub_tools.book()).hexdigest())"
    )
    found = set()
    for seed, zone, tongue in (("0", "UTC", "C.UTF-8"), ("4711", "Pacific/Kiritimati", "de_DE.UTF-8")):
        more = {"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": tongue, "PYTHONPATH": str(REPOSITORY / "src")}
        done = subprocess.run(
            [sys.executable, "-c", program],
            check=False,
            capture_output=True,
            encoding="utf-8",
            cwd=REPOSITORY,
            env=os.environ | more,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        found.add(done.stdout.strip())
    assert found == {hashlib.sha256(book()).hexdigest()}
