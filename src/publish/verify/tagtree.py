"""The tag tree of a PDF, as far as all its readers walk it alike: elements in order, and what is in them.

Rules: ISO 32000-1, 14.7.2 (structure hierarchy), 14.7.3 (role map), 14.7.4 (content items).
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass
from typing import Any

import pikepdf

from publish.verify.page import Key, not_read

MAX_ELEMENTS = 200_000
MAX_DEPTH = 200
_MAX_ROLES = 16


@dataclass(frozen=True, slots=True)
class Marks:
    """A marked content of an element; ``page`` counts from 1, and is 0 for a page that is not there."""

    page: int
    key: Key


@dataclass(frozen=True, slots=True)
class Item:
    """A whole object as content of an element: the annotation of a link."""

    given: Any


@dataclass(frozen=True, slots=True)
class Tag:
    """One structure element: its dictionary, the page it names or is on, and how deep it stands."""

    given: Any
    page: int
    depth: int

    @property
    def name(self) -> str:
        return str(self.given.S)[1:]


class TagTree:
    """Walks the tree of ``pdf``; a tree too deep, too large or in a circle raises ``PublishError``."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        root = pdf.Root.StructTreeRoot
        self.top = Tag(root, 0, 0)
        self.roles = {str(name)[1:]: str(role)[1:] for name, role in (root.get("/RoleMap") or {}).items()}
        self._pages = {page.obj.objgen: number for number, page in enumerate(pdf.pages, 1)}
        self._count = 0

    def kids(self, tag: Tag) -> Iterator[Tag | Marks | Item]:
        """Yield what is in ``tag``, in order."""
        self._count += 1
        if tag.depth > MAX_DEPTH or self._count > MAX_ELEMENTS:
            raise not_read("its tag tree is too deep, too large or a circle")
        given = tag.given.get("/K", [])
        for kid in given if isinstance(given, pikepdf.Array) else [given]:
            if isinstance(kid, int):
                yield Marks(tag.page, (0, kid))
            elif not isinstance(kid, pikepdf.Dictionary):
                continue
            elif "/MCID" in kid:
                page = self._pages.get(kid.Pg.objgen, 0) if "/Pg" in kid else tag.page
                yield Marks(page, (kid.Stm.objgen[0] if "/Stm" in kid else 0, int(kid.MCID)))
            elif "/S" in kid:
                page = self._pages.get(kid.Pg.objgen, tag.page) if "/Pg" in kid else tag.page
                yield Tag(kid, page, tag.depth + 1)
            elif "/Obj" in kid:
                yield Item(kid.Obj)

    def kind(self, tag: Tag, known: Container[str] = ()) -> str:
        """Return the type that stands for the one of ``tag``; one that is ``known`` stands for itself."""
        name = tag.name
        for _ in range(_MAX_ROLES):
            if name in known or name not in self.roles:
                break
            name = self.roles[name]
        return name
