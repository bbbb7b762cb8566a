"""Keep WeasyPrint to the files and fonts of the layouts, and hear its complaints.

Left to itself it reads any file and any address, takes the machine's fonts for characters ours do not
have, and only logs what it leaves out: then the same article would not give the same bytes anywhere,
and nobody would know what is missing.
"""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from urllib.parse import unquote

from publish.errors import Problem, PublishError
from publish.layout import Layouts

FONTCONFIG = "fonts/fonts.conf"
LAYOUT_ROOT = "file:///layouts/"
"""Where layouts seem to be for styles: a ``file:`` address, because ``urljoin`` resolves "../fonts/…"
only in schemes it knows. No such folder is ever opened; ``layout_file`` looks in ``Layouts``."""

LAYOUT_TYPES = {
    ".css": "text/css",
    ".ttf": "font/ttf",
    ".otf": "font/otf",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}


def layout_file(url: str, layouts: Layouts) -> tuple[bytes, str]:
    """Return the bytes and media type of the layout file at ``url``; all else is a ``PublishError``."""
    name = unquote(url.removeprefix(LAYOUT_ROOT))
    media_type = LAYOUT_TYPES.get(PurePosixPath(name).suffix.lower())
    if not url.startswith(LAYOUT_ROOT) or media_type is None or ".." in PurePosixPath(name).parts:
        raise PublishError(
            Problem(
                f"layouts do not read {url[:200]}",
                hint="a layout may use files of layouts/ only, no other file and no network",
                kind="refused",
            )
        )
    return layouts.data(name), media_type


@contextmanager
def only_our_fonts(layouts: Layouts) -> Iterator[None]:
    """Hide the machine's fonts from a font configuration that is made inside the ``with``.

    The file is always our own: in another, fontconfig would read whatever it includes.
    FONTCONFIG_FILE: https://fontconfig.pages.freedesktop.org/fontconfig/fontconfig-user.html
    """
    before = os.environ.get("FONTCONFIG_FILE")
    os.environ["FONTCONFIG_FILE"] = str((layouts.folders[-1] / FONTCONFIG).resolve())
    try:
        with warnings.catch_warnings():
            # WeasyPrint warns at import where there are no fonts: just what is wanted.
            warnings.filterwarnings("ignore", message=".*[Ff]ont[Cc]onfig")
            yield
    finally:
        if before is None:
            del os.environ["FONTCONFIG_FILE"]
        else:
            os.environ["FONTCONFIG_FILE"] = before


@contextmanager
def watched() -> Iterator[list[logging.LogRecord]]:
    """Collect what WeasyPrint logs as a warning or worse; nothing of it is printed."""
    records: list[logging.LogRecord] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            records.append(record)

    logger, collector = logging.getLogger("weasyprint"), Collector(logging.WARNING)
    level, propagate = logger.level, logger.propagate
    logger.addHandler(collector)
    logger.setLevel(logging.WARNING)
    logger.propagate = False
    try:
        yield records
    finally:
        logger.removeHandler(collector)
        logger.setLevel(level)
        logger.propagate = propagate
