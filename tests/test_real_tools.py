"""The finished files of the real articles, before every validator: nothing may be found."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from conftest import Release
from validators import Finding, VeraPdf, ace, axe, epubcheck, nu

pytestmark = pytest.mark.tools

# What a validator says that is no fault of ours: a pattern of its words, and why.
TOLERATED = {
    # axe, not sure of it: at 320 px the table scrolls, so some cells stand outside what is shown.
    # test_all_words_have_the_contrast_of_aaa measures those, too.
    "partially obscured by another element <(td|th|caption) ": "scrolled",
    # axe looks at no hidden words; these two are for reading systems alone.
    'hidden content on the page .*<nav epub:type="(landmarks|page-list)"': "hidden",
    # Nu: the shared macros are valid XML as well, for the e-book.
    "Trailing slash on void elements has no effect": "info",
    # Nu knows HTML, to which epub:type does not belong; epubcheck checks its use.
    "Attribute “type” not allowed": "error",
    # Nu looks at each document of a book alone; the book's one h1 is its title, in the first of them.
    "none of them has a computed heading level of 1": "warning",
}
# Of each document of a book alone axe wants what only the whole book has; Ace leaves it out as well.
WHOLE_BOOK = ("page-has-heading-one",)


def told(findings: Iterable[Finding], *tolerated: str) -> list[str]:
    """Return what is left of ``findings``, each a line, without those of a ``tolerated`` kind."""
    patterns = [pattern for pattern, kind in TOLERATED.items() if kind in tolerated]
    return [
        str(each) for each in findings if not any(re.search(pattern, each.message) for pattern in patterns)
    ]


@pytest.fixture(scope="session")
def chapters(release: Release, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    """The XHTML documents of all e-books, unpacked."""
    found = []
    for number, book in enumerate(release.files(".epub")):
        folder = tmp_path_factory.mktemp(f"book{number}")
        with zipfile.ZipFile(book) as archive:
            archive.extractall(folder)
        found += sorted(folder.rglob("*.xhtml"))
    assert found
    return tuple(found)


# --- web page ------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_on_the_web_page(
    width: int, scheme: str, release: Release, open_page: Callable[..., Any]
) -> None:
    for path in release.files(".html"):
        found = axe(open_page(path, width, color_scheme=scheme)[0])
        assert told(found.violations) == []
        assert told(found.incomplete, *(["scrolled"] if width == 320 else [])) == []


def test_nu_finds_nothing_in_the_web_page(release: Release) -> None:
    assert told(nu(*release.files(".html")), "info") == []


# --- e-book --------------------------------------------------------------------------------


def test_epubcheck_finds_nothing_in_the_ebook(release: Release) -> None:
    for path in release.files(".epub"):
        assert told(epubcheck(path)) == []


def test_ace_finds_nothing_in_the_ebook(release: Release, tmp_path: Path) -> None:
    for path in release.files(".epub"):
        assert told(ace(path, tmp_path)) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_documents_of_the_ebook(
    scheme: str, chapters: tuple[Path, ...], open_page: Callable[..., Any]
) -> None:
    page, _ = open_page(chapters[0], 400, color_scheme=scheme)
    for path in chapters:
        page.goto(path.as_uri())
        found = axe(page, without=WHOLE_BOOK)
        assert (path.name, told(found.violations)) == (path.name, [])
        assert (path.name, told(found.incomplete, "hidden")) == (path.name, [])


def test_nu_finds_nothing_in_the_documents_of_the_ebook(chapters: tuple[Path, ...]) -> None:
    assert told(nu(*chapters), "error", "warning", "info") == []


# --- print ---------------------------------------------------------------------------------


@pytest.mark.parametrize("flavour", ["PDFUA_1", "PDFA_2_A"])
def test_verapdf_finds_nothing_in_the_handouts(flavour: str, release: Release, verapdf: VeraPdf) -> None:
    for path in release.files(".pdf"):
        verdict = verapdf(path, flavour)
        assert told(verdict.failures) == []
        assert verdict.compliant
        assert verdict.assertions > 1000
