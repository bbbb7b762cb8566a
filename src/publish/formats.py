"""The table of formats: one row marries a renderer to the reader that proves it.

A new format is one module in ``render/``, one in ``verify/``, and one row here.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import cast

from publish.layout import Layouts
from publish.model import Article, Edition, House
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

    def render(self, article: Article, edition: Edition, house: House, layouts: Layouts) -> bytes:
        """Return the finished file of ``edition``; raises ``PublishError`` for a fault in a layout."""
        return cast(bytes, import_module(self.renderer).render(article, edition, house, layouts))

    def read(self, data: bytes) -> Reading:
        """Return what the finished file says; raises ``PublishError`` where it cannot be read."""
        return cast(Reading, import_module(self.reader).read(data))


FORMATS = {
    row.name: row
    for row in (
        Format("html", (b"<!doctype html", b"<html"), "publish.render.html", "publish.verify.html"),
        Format("pdf", (b"%pdf-",), "publish.render.pdf", "publish.verify.pdf"),
        Format("epub", (b"pk\x03\x04",), "publish.render.epub", "publish.verify.epub"),
    )
}


def format_of(data: bytes) -> Format | None:
    """Return the format of a file from its first bytes, whatever its name says; None for another kind."""
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return next((row for row in FORMATS.values() if head.startswith(row.magic)), None)
