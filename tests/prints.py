"""Print an article for tests, and find the text of each block in the finished PDF by its id.

Two readers, with nothing in common but the file: that of ``publish.verify.pdf``, and ``words_by_id``,
which takes glyphs from pdfplumber (pdfminer) and the ids from the IDTree.
"""

from __future__ import annotations

import io
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pikepdf

from publish.errors import Problem
from publish.layout import Layouts
from publish.model import Article, Edition, House, edition_titles
from publish.render import pdf as renderer
from publish.source.article import read_article, read_house
from publish.verify import pdf as reader
from publish.verify.compare import compare
from publish.verify.expected import allowed, expected, required
from publish.verify.reading import Block, Reading


@dataclass(frozen=True)
class Print:
    """A finished PDF, and what it has to say."""

    article: Article
    edition: Edition
    house: House
    layouts: Layouts
    data: bytes

    @property
    def expected(self) -> tuple[Block, ...]:
        return expected(self.article, self.edition, self.layouts.words(self.article.language))

    def read(self) -> Reading:
        return reader.read(self.data)

    def problems(self) -> tuple[Problem, ...]:
        """What our own reader finds wrong, word for word."""
        words = self.layouts.words(self.article.language)
        titles = frozenset(edition_titles(self.house, words).values())
        may_stand = allowed(self.article, words) | titles | {self.house.name}
        return compare(self.expected, self.read(), may_stand, required(self.article))


def print_editions(folder: Path) -> tuple[Edition, ...]:
    """The print editions of the project in ``folder``."""
    return tuple(each for each in read_house(folder).editions.values() if each.format == "pdf")


def print_article(folder: Path, id: str, name: str = "", **changes: Any) -> Print:
    """Print article ``id`` of the project in ``folder``: edition ``name``, or the first, with ``changes``."""
    house, layouts = read_house(folder), Layouts.of(folder)
    article = read_article(folder, id, house).article
    found = next(each for each in print_editions(folder) if not name or each.name == name)
    edition = Edition.model_validate(dict(found) | changes)
    return Print(article, edition, house, layouts, renderer.render(article, edition, house, layouts))


# --- the other reader ----------------------------------------------------------------------


def words_by_id(data: bytes) -> dict[str, str]:
    """Return the text of every element with an id but figures, as pdfplumber reads its marked content.

    Labels, note marks and words of the styles are left out, as are blocks with ids of their own inside
    another. pdfminer gives glyphs in the order they are painted and knows no ActualText: so a hyphen
    that ends a line is dropped, and right-to-left words come in the order of their places.
    """
    import pdfplumber

    texts: dict[tuple[int, int], str] = defaultdict(str)
    with pdfplumber.open(io.BytesIO(data)) as file:
        for number, page in enumerate(file.pages):
            for char in page.chars:
                if char["mcid"] is not None and char["tag"] != "Artifact":
                    texts[number, char["mcid"]] += char["text"]
            page.close()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pages = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}

        def pieces(element: Any, page: int, own: str) -> Iterable[str]:
            if "/Pg" in element:
                page = pages[element.Pg.objgen]
            kids = element.get("/K", [])
            for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
                if isinstance(kid, int):
                    yield texts[page, kid].removesuffix("\u2010")
                elif "/MCID" in kid:
                    yield texts[pages[kid.Pg.objgen], int(kid.MCID)].removesuffix("\u2010")
                elif "/S" in kid and not left_out(kid, own):
                    yield from pieces(kid, page, own)

        def left_out(element: Any, own: str) -> bool:
            role, id = str(element.S), str(element.get("/ID", ""))
            if role in ("/Lbl", "/Generated", "/Reference"):
                return True
            return bool(id) and id != own and role not in ("/Span", "/Link", "/Strong", "/Em")

        names: Any = pdf.Root.StructTreeRoot.IDTree.Names
        return {
            str(id): " ".join("".join(pieces(element, -1, str(id))).replace("\n", " ").split(" ")).strip(" ")
            for id, element in zip(list(names)[::2], list(names)[1::2], strict=True)
            if str(element.S) != "/Figure"
        }


def as_drawn(text: str) -> str:
    """Fold ``text`` to what a reader of glyphs can tell, and no further.

    Narrow spaces become spaces, which share their glyph. Text with right-to-left letters becomes the
    letters it has, in any order and without Arabic ones: the font draws the dots of those as glyphs
    that many letters share.
    """
    text = unicodedata.normalize("NFC", text.replace("\u202f", " "))
    if any(unicodedata.bidirectional(each) in ("R", "AL", "AN") for each in text):
        kept = (each for each in text if unicodedata.bidirectional(each) != "AL")
        return "".join(sorted("".join("".join(kept).split())))
    return text
