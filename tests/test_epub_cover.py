"""The cover: one page, one picture, no file or font of the machine, the same bytes each time."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from publish.errors import PublishError
from publish.layout import Layouts
from publish.model import Article, House, Line, Run
from publish.render.cover import COLOURS, DOTS, cover, dots

pytestmark = pytest.mark.slow

PROJECT = Path(__file__).parent / "projects" / "complete"


def titled(article: Article, title: str) -> Article:
    return article.model_copy(update={"title": Line(id="title", inlines=(Run(text=title),))})


def overridden(tmp_path: Path, old: str, new: str) -> Layouts:
    layouts = Layouts.of(PROJECT)
    text = layouts.text("epub/cover.html.jinja")
    assert old in text
    (tmp_path / "epub").mkdir()
    (tmp_path / "epub/cover.html.jinja").write_text(text.replace(old, new), encoding="utf-8")
    return Layouts((tmp_path, *layouts.folders))


def test_the_cover_is_a_light_picture_of_the_size_that_shops_ask_for(article: Article, house: House) -> None:
    data = cover(article, house, Layouts.of(PROJECT))
    image = Image.open(io.BytesIO(data))
    assert (image.format, image.size) == ("PNG", (1600, 2560))
    assert len(data) < 200_000
    used = image.convert("RGB").getcolors(COLOURS)
    assert used
    assert len(used) > 20


def test_the_words_on_the_cover_are_those_of_the_article(article: Article, house: House) -> None:
    layouts = Layouts.of(PROJECT)
    plain = cover(article, house, layouts)
    assert cover(titled(article, "Another title"), house, layouts) != plain
    assert cover(article.model_copy(update={"kicker": None}), house, layouts) != plain
    assert cover(article, house.model_copy(update={"name": "Another house"}), layouts) != plain


def test_the_same_article_gives_the_same_cover(article: Article, house: House) -> None:
    assert cover(article, house, Layouts.of(PROJECT)) == cover(article, house, Layouts.of(PROJECT))


def test_every_article_has_a_pattern_of_its_own() -> None:
    first, second = tuple(dots("one")), tuple(dots("two"))
    assert len(first) == len(second) == DOTS
    assert first == tuple(dots("one"))
    assert first != second


def test_a_long_title_is_set_smaller_until_it_fits(article: Article, house: House) -> None:
    words = "A very long title about walking after meals and everything else that helps a little. "
    assert cover(titled(article, (words * 3).strip()), house, Layouts.of(PROJECT))


def test_a_title_that_fits_in_no_size_is_refused(article: Article, house: House) -> None:
    with pytest.raises(PublishError, match=r"the title is too long for a cover: 2999 characters"):
        cover(titled(article, ("word " * 600).strip()), house, Layouts.of(PROJECT))


def test_a_character_that_no_bundled_font_has_is_refused(article: Article, house: House) -> None:
    with pytest.raises(PublishError, match=r"cover: no font of the layouts has “.” \(U\+13000\)"):
        cover(titled(article, "A walk \N{EGYPTIAN HIEROGLYPH A001}"), house, Layouts.of(PROJECT))


@pytest.mark.parametrize(
    "address", ["file:///etc/passwd", "https://house.example/picture.png", "../../../picture.png"]
)
def test_a_cover_reads_no_file_but_those_of_the_layouts(
    address: str, article: Article, house: House, tmp_path: Path
) -> None:
    layouts = overridden(tmp_path, "<p class=", f'<img src="{address}" alt=""><p class=')
    with pytest.raises(PublishError):
        cover(article, house, layouts)
