"""Fixtures of the whole suite: the browser, the validators, and the real articles, built once."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import validators

from publish.formats import FORMATS
from publish.model import Article, House
from publish.project import Project, open_project
from publish.source.article import Source

REPOSITORY = Path(__file__).resolve().parents[1]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--accept", action="store_true", help="take what the golden tests see as right from now on"
    )


@dataclass(frozen=True)
class Release:
    """What `publish build` made of the articles in source/; the files are the finished ones."""

    folder: Path

    def files(self, suffix: str) -> tuple[Path, ...]:
        """Return the finished files that end in ``suffix``, never none: a test over nothing would pass."""
        found = tuple(sorted(self.folder.glob(f"*/*{suffix}")))
        assert found, f"publish build made no *{suffix}"
        return found


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """Build every edition of every real article, as an author does, into a folder of the test's own."""
    output = tmp_path_factory.mktemp("release")
    done = subprocess.run(
        [sys.executable, "-m", "publish", "build", "--project", str(REPOSITORY), "--output", str(output)],
        check=False,
        capture_output=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY / "src")},
        timeout=300,
    )
    assert done.returncode == 0, f"publish build failed:\n{done.stdout}{done.stderr}"
    return Release(output)


# --- the small article that has everything (tests/projects/complete) --------------------------


@pytest.fixture(scope="session")
def project() -> Project:
    return open_project(REPOSITORY / "tests/projects/complete")


@pytest.fixture(scope="session")
def source(project: Project) -> Source:
    (source,) = project.sources()
    return source


@pytest.fixture(scope="session")
def house(project: Project) -> House:
    return project.house


@pytest.fixture(scope="session")
def article(source: Source) -> Article:
    return source.article


@pytest.fixture(scope="session")
def file(project: Project, source: Source) -> Callable[[str], bytes]:
    """Return the finished file of an edition, by its name; made once."""

    @cache
    def file(name: str) -> bytes:
        edition = project.house.editions[name]
        return FORMATS[edition.format].render(source.article, edition, project.house, project.layouts)

    return file


# --- real tools ------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def verapdf() -> Iterator[validators.VeraPdf]:
    engine = validators.VeraPdf()
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Debian's Chromium, driven by Playwright; one for the session, a fresh context per page."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        validators.unavailable("playwright")
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(
            executable_path=validators.chromium(),
            env=os.environ | {"HOME": str(tmp_path_factory.mktemp("home"))},  # it leaves crash reports there
            args=["--allow-file-access-from-files"],  # for axe, which reads an e-book's linked styles
        )
        yield chromium
        chromium.close()


OpenPage = Callable[..., Any]


@pytest.fixture
def open_page(browser: Any) -> Iterator[OpenPage]:
    """Return ``open_page(path, width=1280, height=900, **context options)``.

    It returns the loaded page and a list, still growing, of the addresses that the page asked for.
    """
    contexts = []

    def open_page(path: Path, width: int = 1280, height: int = 900, **options: Any) -> tuple[Any, list[str]]:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        requests: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        page.goto(path.as_uri())
        return page, requests

    yield open_page
    for context in contexts:
        context.close()
