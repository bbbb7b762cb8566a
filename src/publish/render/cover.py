"""Draw the cover of an e-book: kicker, title, house name and a quiet pattern in, a PNG out."""

from __future__ import annotations

import hashlib
import io
import math
from collections.abc import Iterator
from dataclasses import dataclass
from logging import LogRecord
from typing import Any

from publish.errors import Problem, PublishError
from publish.layout import Layouts
from publish.model import Article, House
from publish.render.engine import LAYOUT_ROOT, layout_file, only_our_fonts, watched

TEMPLATE = "epub/cover.html.jinja"
FONTS = "print/fonts.css"
WIDTH = 1600
"""Pixels; the template's page is five by eight, so they are 1600 by 2560, as shops and e-readers expect."""

SIZES = (1.25, 1.1, 1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4)
"""Sizes of the title to try, largest first, until all words fit on the page."""

COLOURS = 128
"""Flat areas and the edges of letters need no more; the file is a third as large."""

DOTS, CENTRE, REACH = 140, (66, 28), 54


@dataclass(frozen=True, slots=True)
class Dot:
    """One dot of the pattern, in hundredths of the cover's width; ``tone`` runs from 0 inmost to 1."""

    x: float
    y: float
    radius: float
    tone: float


def cover(article: Article, house: House, layouts: Layouts) -> bytes:
    """Return the cover as PNG; the same article gives the same bytes.

    WeasyPrint sets the template on one page, PDFium paints that page. A title that fits in no size, or
    has a character that no bundled font has, is a ``PublishError``.
    """
    for size in SIZES:
        document = _set(article, house, layouts, size)
        if len(document.pages) == 1:
            return _painted(_written(document, article))
    message = f"the title is too long for a cover: {len(article.title.text)} characters"
    raise PublishError(Problem(message, hint="shorten it", kind="cover", block=article.title.id))


def dots(seed: str) -> Iterator[Dot]:
    """Yield the pattern of ``seed``: dots set as a sunflower sets its seeds, each article its own.

    Vogel's model: the golden angle from one dot to the next, at a distance that grows with the root of
    its number, fills a disc evenly.
    """
    noise = hashlib.shake_256(seed.encode("utf-8")).digest(DOTS + 1)
    turn = noise[0] / 256 * 2 * math.pi
    for n in range(1, DOTS + 1):
        angle = turn + n * math.pi * (3 - math.sqrt(5))
        tone = math.sqrt((n - 0.5) / DOTS)
        yield Dot(
            # Rounded, so that no machine's last digit reaches the picture.
            x=round(CENTRE[0] + REACH * tone * math.cos(angle), 2),
            y=round(CENTRE[1] + REACH * tone * math.sin(angle), 2),
            radius=round((2.9 - 1.6 * tone) * (0.7 + 0.4 * noise[n] / 256), 2),
            tone=round(tone, 3),
        )


def _set(article: Article, house: House, layouts: Layouts, size: float) -> Any:
    """Return WeasyPrint's document for one size of the title: one page where the words fit."""
    with only_our_fonts(layouts):
        import weasyprint
        from weasyprint.text.fonts import FontConfiguration
        from weasyprint.urls import FatalURLFetchingError, URLFetcherResponse

        fonts = FontConfiguration()

    def fetch(url: str) -> Any:
        try:
            data, media_type = layout_file(url, layouts)
        except PublishError as error:
            # Anything milder WeasyPrint would log, and go on without the file.
            raise FatalURLFetchingError(url) from error
        return URLFetcherResponse(url, data, {"Content-Type": media_type})

    pattern = tuple(dots(article.id))
    page = layouts.render(TEMPLATE, article=article, house=house, dots=pattern, size=size)
    with watched() as records:
        try:
            style = weasyprint.CSS(
                string=layouts.text(FONTS), base_url=LAYOUT_ROOT + FONTS, url_fetcher=fetch, font_config=fonts
            )
            html = weasyprint.HTML(string=page, base_url=LAYOUT_ROOT + TEMPLATE, url_fetcher=fetch)
            document = html.render(stylesheets=[style], font_config=fonts)
        except FatalURLFetchingError as error:
            raise error.__cause__ or error from None
    _refuse(records, article)
    return document


def _written(document: Any, article: Article) -> bytes:
    with watched() as records:
        pdf: bytes = document.write_pdf()
    _refuse(records, article)
    return pdf


def _refuse(records: list[LogRecord], article: Article) -> None:
    """Raise what WeasyPrint complained of, each thing once."""
    problems = {}
    for record in records:
        message, hint = record.getMessage(), ""
        if ".notdef" in message and isinstance(record.args, tuple):
            character = str(record.args[0])
            message = f"no font of the layouts has “{character}” (U+{ord(character):04X})"
            hint = (
                "write the title another way, or add a font that has it to layouts/fonts and print/fonts.css"
            )
        problems[message] = Problem(f"cover: {message}", hint=hint, kind="cover", block=article.title.id)
    if problems:
        raise PublishError(*problems.values())


def _painted(pdf: bytes) -> bytes:
    """Return the one page of ``pdf`` as PNG."""
    import pypdfium2
    from PIL import Image

    with pypdfium2.PdfDocument(pdf) as document:
        page = document[0]
        image = page.render(scale=WIDTH / page.get_width()).to_pil().convert("RGB")
    few = image.quantize(COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    buffer = io.BytesIO()
    few.save(buffer, "PNG", compress_level=6)  # 9 saves a tenth and takes ten times as long
    return buffer.getvalue()
