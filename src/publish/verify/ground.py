"""See what letters stand on where the file does not say it: a PDF and places in, the colours below them out.

A gradient or a photograph has no one colour. So the page is drawn by PDFium without its letters, and the
dots where the letters would be are looked at.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from publish.verify.values import Colour

if TYPE_CHECKING:
    from PIL.Image import Image

SCALE = 2
"""Dots to the point: letters of 12 points are some 12 dots high between their lines."""
_DEEP = 10
"""Forms inside forms, in which pictures are drawn."""


class Ground:
    """The pages of one PDF without their letters, each drawn when it is first asked for."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.drawn: dict[int, tuple[Image, tuple[float, float, float, float]]] = {}

    def colours(self, number: int, points: Iterable[tuple[float, float]], reach: float) -> tuple[Colour, ...]:
        """Return each colour on page ``number`` (from 1) within ``reach`` points of one of ``points``."""
        image, (left, _, _, top) = self._page(number)
        found: set[tuple[int, int, int]] = set()
        for x, y in points:
            box = (
                max(int((x - reach - left) * SCALE), 0),
                max(int((top - y - reach) * SCALE), 0),
                min(int((x + reach - left) * SCALE) + 1, image.width),
                min(int((top - y + reach) * SCALE) + 1, image.height),
            )
            if box[0] < box[2] and box[1] < box[3]:
                tile: Any = image.crop(box)
                found.update(each for _, each in tile.getcolors(tile.width * tile.height))
        return tuple((red / 255, green / 255, blue / 255, 1.0) for red, green, blue in sorted(found))

    def _page(self, number: int) -> tuple[Image, tuple[float, float, float, float]]:
        if number not in self.drawn:
            import pypdfium2
            import pypdfium2.raw as pdfium

            with pypdfium2.PdfDocument(self.data) as document:
                page = document[number - 1]
                for each in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT], max_depth=_DEEP):
                    pdfium.FPDFTextObj_SetTextRenderMode(each.raw, pdfium.FPDF_TEXTRENDERMODE_INVISIBLE)
                image = page.render(scale=SCALE).to_pil().convert("RGB")
                self.drawn[number] = image, page.get_cropbox()
        return self.drawn[number]
