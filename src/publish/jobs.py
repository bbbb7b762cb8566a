"""What runs in a process of its own, with which limits and which folders to read (``isolate``).

Measured: 26 pages take 2 seconds to make and 100 megabytes, 500 pages 70 seconds and 900 megabytes; a
finished file is read in a fifth of that. The limits leave room for machines that are five times slower.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from publish.isolate import Job, Limits
from publish.model import Article, Edition, Figure, bodies, lines

AT_ONCE = min(os.cpu_count() or 1, 4)
"""How many run side by side."""


def limits(seconds: float) -> Limits:
    return Limits(computing=int(seconds), waiting=60 + 6 * seconds)


def reading(folder: Path, id: str = "") -> Job:
    """The reading of an article, or of the house."""
    what = f"source/{id}/article.yaml" if id else "source/publish.yaml"
    hint = "shorten it, and make its pictures simpler"
    return Job(f"reading {what}", limits(12), hint, (folder / "source",))


def making(article: Article, edition: Edition, reads: Iterable[Path]) -> Job:
    """The rendering of one edition."""
    letters = sum(len(line.text) for line in lines(article))
    pictures = sum(
        len(block.picture.data) for block in bodies(article) if isinstance(block, Figure) and block.picture
    )
    return Job(
        f"making edition “{edition.name}” of {article.id}",
        limits(10 + letters / 4_000 + pictures / 250_000),
        "shorten the article, make its pictures simpler, or look for what the project's own layouts repeat",
        tuple(reads),
    )


def proving(what: str, size: int, reads: Iterable[Path] = ()) -> Job:
    """The reading of something finished, of ``size`` bytes."""
    return Job(
        f"reading {what} back",
        limits(10 + min(size / 100_000, 48)),
        "it is no file that publish made",
        tuple(reads),
    )
