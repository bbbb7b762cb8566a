"""The small complete article, format by format, as it was last looked at and accepted.

After a change that is meant: `pytest tests/test_golden.py --accept`, then read the difference
before you commit it.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from publish.formats import FORMATS
from publish.model import PARTS_OF, LayoutName
from publish.project import Project, open_project

TESTS = Path(__file__).parent
Same = Callable[[str, str], None]


@pytest.fixture(scope="module")
def project() -> Project:
    return open_project(TESTS / "projects/complete")


@pytest.fixture
def same(request: pytest.FixtureRequest) -> Same:
    """Compare a text with the accepted one of that name, or accept it."""

    def check(name: str, text: str) -> None:
        path = TESTS / "golden" / name
        if request.config.getoption("--accept"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.is_file(), f"nothing is accepted as {name} yet: pytest {__file__} --accept"
        assert text == path.read_text(encoding="utf-8")

    return check


def made(project: Project, edition: str) -> bytes:
    (source,) = project.sources()
    chosen = project.house.editions[edition]
    return FORMATS[chosen.format].render(source.article, chosen, project.house, project.layouts)


def test_the_web_page_is_as_accepted(project: Project, same: Same) -> None:
    same("small-article.html", made(project, "web").decode("utf-8"))


@pytest.mark.slow
def test_every_member_of_the_ebook_is_as_accepted(project: Project, same: Same) -> None:
    members = []
    with zipfile.ZipFile(io.BytesIO(made(project, "ebook"))) as book:
        for name in book.namelist():
            data = book.read(name)
            members.append(name)
            if name.endswith((".xhtml", ".opf", ".ncx", ".xml", ".css")):
                same(f"small-article-epub/{name}", data.decode("utf-8"))
            elif not name.endswith("cover.png"):  # its pixels depend on the system's text engine
                members[-1] += f" {hashlib.sha256(data).hexdigest()}"
    same("small-article-epub/members.txt", "\n".join(members) + "\n")


@pytest.mark.slow
def test_the_handout_is_heard_as_accepted(project: Project, same: Same) -> None:
    from publish.verify.transcript import transcript

    same("small-article-letter.txt", transcript(made(project, "handout")))


@pytest.mark.slow
@pytest.mark.parametrize("layout", ["leaflet", "questions"])
def test_each_sheet_is_heard_as_accepted(layout: LayoutName, same: Same) -> None:
    from prints import print_article

    from publish.verify.transcript import transcript

    folder, parts = TESTS / "projects/complete", PARTS_OF[layout]
    sheet = print_article(folder, "small-article", "handout", layout=layout, parts=parts)
    same(f"small-article-{layout}-letter.txt", transcript(sheet.data))
