"""The places in a PDF to which its links and bookmarks lead.

Rules: ISO 32000-1, 12.3.2 (destinations), 12.5.6.5 (link annotations), 12.6.4 (actions).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import pikepdf

from publish.verify.page import visible_box
from publish.verify.reading import LOST, names

Place = tuple[int, float | None, float | None]
"""A page, and a point on it, left and height in points; None where the page is shown as it is."""


class Places:
    """The named places of the file, and those that lead astray: name to the page they lead to."""

    def __init__(self, pdf: pikepdf.Pdf, pages: Mapping[tuple[int, int], int]) -> None:
        self.pages = pages
        self.named: dict[str, Place] = {}
        self.astray: dict[str, int] = {}
        self.odd: dict[str, int] = {}
        """What is shown of a page otherwise than from a place on it, and which page."""
        root: Any = pdf.Root
        tree = (root.get("/Names") or {}).get("/Dests")
        if tree is not None:
            for name, value in leaves(tree, "/Names", set()):
                self.add(str(name), value)
        for name, value in (root.get("/Dests") or {}).items():
            self.add(str(name).removeprefix("/"), value)

    def add(self, name: str, value: Any) -> None:
        place = self.of(value)
        if place is None:
            return
        if self.named.setdefault(name, place) != place:
            self.astray[name] = place[0]
        if isinstance(value, pikepdf.Dictionary) and "/SD" in value:
            target = value.SD[0] if isinstance(value.SD, pikepdf.Array) and len(value.SD) else None
            if not isinstance(target, pikepdf.Dictionary) or str(target.get("/ID", "")) != name:
                self.astray[name] = place[0]

    def of(self, value: Any) -> Place | None:
        """Return the place of an explicit destination, None where it leads nowhere."""
        if isinstance(value, pikepdf.Dictionary):
            value = value.get("/D")
        if not isinstance(value, pikepdf.Array) or not len(value):
            return None
        if not isinstance(value[0], pikepdf.Dictionary):
            return None
        page = self.pages.get(value[0].objgen)
        if page is None:
            return None
        kind = str(value[1]) if len(value) > 1 else ""
        if why := _odd_view(kind, value):
            self.odd.setdefault(why, page)
        left = height = None
        if kind == "/XYZ" and len(value) > 3:
            left, height = value[2], value[3]
        elif kind in ("/FitH", "/FitBH") and len(value) > 2:
            height = value[2]
        return page, None if left is None else float(left), None if height is None else float(height)

    def check(self, name: str, page: int) -> None:
        """Note whether ``name`` leads to another page than the one on which the element of that id begins.

        The page before is let pass: a box may begin at the foot of a page and its text on the next.
        """
        if name in self.named and self.named[name][0] not in (page - 1, page):
            self.astray[name] = self.named[name][0]

    def target(self, link: Any) -> tuple[str, Place | None]:
        """Return what an annotation or a bookmark leads to: "#name" or an address; and its place.

        "" where that is a bare place on a page, or nothing.
        """
        goal = link.get("/Dest")
        action = link.get("/A")
        if goal is None and action is not None:
            kind = str(action.get("/S"))
            if kind == "/URI":
                return str(action.get("/URI")), None
            if kind != "/GoTo":
                return f"an action {kind}", None
            goal = action.get("/SD", action.get("/D"))
        if isinstance(goal, pikepdf.String | pikepdf.Name):
            name = str(goal).removeprefix("/") if isinstance(goal, pikepdf.Name) else str(goal)
            return (f"#{name}", self.named[name]) if name in self.named else (f"#{name}{LOST}", None)
        if isinstance(goal, pikepdf.Array) and len(goal) and isinstance(goal[0], pikepdf.Dictionary):
            if "/ID" in goal[0]:  # a structure destination, PDF 2.0
                return f"#{goal[0].ID}", None
            place = self.of(goal)
            same = [name for name, known in self.named.items() if known == place]
            return (f"#{same[0]}" if same else ""), place
        return "", None

    def oddity(self, link: Any) -> str:
        """Return what an annotation does besides leading to one place, "" for nothing."""
        action = link.get("/A")
        unknown = [key for key in keys(link) if key not in _LINK]
        if isinstance(action, pikepdf.Dictionary) and str(action.get("/S")) in ("/URI", "/GoTo"):
            unknown += [key for key in keys(action) if key not in ("Type", "S", "URI", "D", "SD", "IsMap")]
            if "/Dest" in link:
                return "leads to two places"
            if "/SD" in action and "/D" in action:
                return "leads to two places"  # or to one, told twice; ours never do
        border = link.get("/BS", pikepdf.Dictionary()).get("/W", 0)
        frame = link.get("/Border", [0, 0, 0])
        if unknown:
            return f"has /{unknown[0]}"
        if int(link.get("/F", 0)) & 0b100011:
            return "is hidden"
        return "draws a frame" if float(border) > 1 or (len(frame) > 2 and float(frame[2]) > 1) else ""


def _odd_view(kind: str, place: Any) -> str:
    """Return why a viewer would not show what stands at an explicit destination, "" if it would."""
    if kind not in ("/XYZ", "/Fit", "/FitB", "/FitH", "/FitBH"):
        return f"shows only a part of the page ({kind or 'no view'})"
    if kind != "/XYZ" or len(place) < 3:
        return ""
    left, _, right, _ = visible_box(pikepdf.Page(place[0]))
    if place[2] is not None and not left - 1 <= float(place[2]) <= right + 1:
        return "leads beside the page"
    return "changes how large the page is shown" if len(place) > 4 and float(place[4] or 0) else ""


_LINK = names("Type Subtype Rect Dest A BS Border C F StructParent Contents P H NM M Lang")


def leaves(
    node: Any, entries: Literal["/Names", "/Nums"], seen: set[tuple[int, int]], depth: int = 0
) -> Iterator[tuple[Any, Any]]:
    """Yield key and value of every entry of a name tree or a number tree (ISO 32000-1, 7.9.6 and 7.9.7)."""
    if depth > 32 or node.objgen in seen:
        return
    if node.is_indirect:
        seen.add(node.objgen)
    found = list(node.get(entries, []))
    yield from zip(found[::2], found[1::2], strict=False)
    for kid in node.get("/Kids", []):
        yield from leaves(kid, entries, seen, depth + 1)


def keys(dictionary: Any) -> list[str]:
    return [str(key)[1:] for key in dictionary]
