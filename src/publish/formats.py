"""The table of formats: one row marries a renderer to the reader that proves it.

A new format is one module in ``render/``, one in ``verify/``, and one row here.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import cast

from publish.layout import Layouts
from publish.model import Article, Edition, House, Pages
from publish.render.engine import only_our_fonts
from publish.verify.reading import Reading


@dataclass(frozen=True, slots=True)
class Format:
    """One format: its name (also the file suffix), the bytes it begins with, and its two modules.

    The modules are imported when they are first used: a web page needs no PDF engine.
    """

    name: str
    magic: tuple[bytes, ...]
    renderer: str
    reader: str
    paged: bool = False
    """Whether it tells where the pages of the print edition begin; its renderer is then given them."""
    libraries: tuple[str, ...] = ()
    """What its modules import when they first run; ``prepare`` does it before."""

    def prepare(self, layouts: Layouts) -> None:
        """Import everything that is needed, so that processes forked after this need not do it again."""
        with only_our_fonts(layouts):
            for name in (self.renderer, self.reader, *self.libraries):
                import_module(name)

    def render(
        self, article: Article, edition: Edition, house: House, layouts: Layouts, pages: Pages | None = None
    ) -> bytes:
        """Return the finished file of ``edition``; raises ``PublishError`` for a fault in a layout."""
        given = (article, edition, house, layouts, *([pages] if self.paged else []))
        return cast(bytes, import_module(self.renderer).render(*given))

    def read(self, data: bytes) -> Reading:
        """Return what the finished file says; raises ``PublishError`` where it cannot be read."""
        return cast(Reading, import_module(self.reader).read(data))


_STYLES = ("cssselect2", "tinycss2.color5")

FORMATS = {
    row.name: row
    for row in (
        Format(
            "html",
            (b"<!doctype html", b"<html"),
            "publish.render.html",
            "publish.verify.html",
            libraries=("jinja2", *_STYLES, "tinyhtml5"),
        ),
        Format(
            "pdf",
            (b"%pdf-",),
            "publish.render.pdf",
            "publish.verify.pdf",
            libraries=("jinja2", "weasyprint", "publish.verify.clear_print"),
        ),
        Format(
            "epub",
            (b"pk\x03\x04",),
            "publish.render.epub",
            "publish.verify.epub",
            paged=True,
            libraries=("jinja2", "weasyprint", "ebooklib.epub", "pypdfium2", "PIL.PngImagePlugin", *_STYLES),
        ),
    )
}


def format_of(data: bytes) -> Format | None:
    """Return the format of a file from its first bytes, whatever its name says; None for another kind."""
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return next((row for row in FORMATS.values() if head.startswith(row.magic)), None)
