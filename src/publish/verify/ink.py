"""Hold a black-and-white edition to its word: a finished PDF in, every place that is painted in a colour out.

Pages are drawn by PDFium and their dots looked at. So whatever paints counts: letters, rules, grounds,
shadings, pictures; nothing depends on our own reading of the file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from publish.errors import Problem

if TYPE_CHECKING:
    from PIL.Image import Image

    from publish.verify.measure import Passage, Print, Sheet

COLOURED = 12
"""Of 255: how far red, green and blue of a dot lie apart that eyes call a colour."""
MOST = 5
"""How many places are told one by one."""


def coloured(data: bytes, printed: Print) -> tuple[Problem, ...]:
    """Return a problem for each block of a PDF that is painted in a colour, and for each page whose rules,
    grounds or pictures are. ``printed`` are its measurements, which say where the blocks stand."""
    import pypdfium2

    problems: list[Problem] = []
    with pypdfium2.PdfDocument(data) as document:
        for sheet in printed.sheets:
            dots = _dots(document[sheet.number - 1].render(scale=1).to_pil())
            if dots.getbbox() is not None:
                found = [each for each in printed.passages if _in_colour(each, sheet, dots)]
                problems += [_problem(sheet.number, each) for each in found] or [_problem(sheet.number, None)]
    more = len(problems) - MOST
    if more > 0:
        last = problems[MOST - 1]
        problems[MOST - 1 :] = [
            Problem(f"{last.message} (and {more} more)", hint=last.hint, kind=last.kind, page=last.page)
        ]
    return tuple(problems)


def _dots(page: Image) -> Image:
    """Return what of a page is in colour, as a picture of black and white."""
    from PIL import ImageChops

    red, green, blue = page.convert("RGB").split()
    apart = ImageChops.lighter(ImageChops.difference(red, green), ImageChops.difference(green, blue))
    return apart.point(lambda value: 255 if value > COLOURED else 0)


def _in_colour(passage: Passage, sheet: Sheet, dots: Image) -> bool:
    left, _, _, top = sheet.box
    for line in passage.lines:
        if line.page == sheet.number:
            for run in line.runs:
                x1, y1, x2, y2 = run.box
                box = (int(x1 - left), int(top - y2), int(x2 - left) + 1, int(top - y1) + 1)
                if dots.crop(box).getbbox() is not None:
                    return True
    return False


def _problem(page: int, passage: Passage | None) -> Problem:
    if passage is None:
        what = "a rule, a ground or a picture is painted in a colour"
    elif passage.kind == "furniture":
        what = "the head or foot of the page is painted in a colour"
    else:
        what = "the block is painted in a colour, or stands on one"
    return Problem(
        f"{what}, but the edition is black and white",
        hint="mend the style: write its colours as #rrggbb or by name, which are turned grey",
        kind="print-colour",
        block=passage.id if passage else "",
        page=page,
    )
