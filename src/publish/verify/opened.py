"""Find what would let a viewer show or print another file than was read: a parsed PDF in, reasons out.

Which pages are printed, how far, and turned to which side; where the file opens; what may be switched
off. Files of ours say next to nothing about that, so all that they do not have is told.

Rules: ISO 32000-1, 7.7.2 (catalog), 7.7.3.3 (page objects), 12.2 (viewer preferences), 14.11.2 (boxes).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pikepdf

from publish.verify.destinations import Places, keys
from publish.verify.page import visible_box, within
from publish.verify.reading import names

_CATALOG = names(
    "Type Version Extensions Pages PageLabels PageMode PageLayout Names Dests Outlines OpenAction Metadata "
    "MarkInfo StructTreeRoot Lang OutputIntents ViewerPreferences"
)
_ACTS = names("AA AcroForm AF Collection URI")  # safety.py tells these
_PREFERENCES = names("DisplayDocTitle Direction")
_PAGE = names(
    "Type Parent Resources Contents Annots MediaBox CropBox BleedBox TrimBox ArtBox Rotate StructParents "
    "Tabs Group LastModified"
)
_MODES = ("/UseNone", "/UseOutlines", "/UseThumbs")


def opened_otherwise(pdf: pikepdf.Pdf, places: Places) -> Iterator[tuple[str, int | None]]:
    """Yield what a viewer is told to do with the file, and the page of which it is told, if it is one."""
    root: Any = pdf.Root
    if "/OCProperties" in root:
        yield "the file has layers, which a viewer may show or not (OCProperties)", None
    for key in keys(root):
        if key not in _CATALOG and key not in _ACTS and key != "OCProperties":
            yield f"the file has /{key}, which files of ours do not have", None
    if str(root.get("/PageMode", "/UseNone")) not in _MODES:
        yield f"the file opens in another way than to be read (PageMode {root.PageMode})", None
    preferences = root.get("/ViewerPreferences", pikepdf.Dictionary())
    if preferences.get("/DisplayDocTitle", False) is not True:
        yield "a viewer does not show the title of the file (DisplayDocTitle)", None
    for key in keys(preferences):
        if key not in _PREFERENCES:
            yield f"a viewer is told how to show or print the file (ViewerPreferences has /{key})", None
    if "/OpenAction" in root and not _opens_first_page(root.OpenAction, places):
        yield "the file does not open on its first page (OpenAction)", None
    for number, page in enumerate(pdf.pages, 1):
        yield from ((why, number) for why in _page(page))


def _opens_first_page(opening: Any, places: Places) -> bool:
    link = pikepdf.Dictionary(A=opening) if isinstance(opening, pikepdf.Dictionary) else None
    name, place = places.target(link or pikepdf.Dictionary(Dest=opening))
    return (place is not None and place[0] == 1) or name.startswith("an action ")  # safety.py tells these


def _page(page: pikepdf.Page) -> Iterator[str]:
    given: Any = page.obj
    for key in keys(given):
        if key not in _PAGE:
            yield f"the page has /{key}, which pages of ours do not have"
    if len(given.get("/Annots", ())) and str(given.get("/Tabs", "")) != "/S":
        yield "those who go from link to link are not led in the order of reading (Tabs)"
    if given.get("/Group", pikepdf.Dictionary()).get("/K", False):
        yield "what is painted on the page wipes out what is below it (Group)"
    seen = visible_box(page)
    for key in ("BleedBox", "TrimBox", "ArtBox"):
        if f"/{key}" in given:
            x1, y1, x2, y2 = (float(each) for each in given[f"/{key}"])
            own = min(x1, x2) - 1, min(y1, y2) - 1, max(x1, x2) + 1, max(y1, y2) + 1
            if not within(seen, own):
                yield f"a part of the page is cut off, or not printed ({key})"
