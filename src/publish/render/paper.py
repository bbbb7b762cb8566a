"""What an edition asks of paper: its template and styles, page, type size, leading, colours.

Edition in; names of layout files, a small style sheet of its own, and grey inks out.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from publish.model import (
    LARGE_PRINT,
    LARGE_PROFILES,
    Edition,
    PaperName,
    Picture,
    ProfileName,
    Words,
    direction,
)

TEMPLATES = {
    "article": "print/page.html.jinja",
    "leaflet": "print/leaflet.html.jinja",
    "questions": "print/questions.html.jinja",
}

PAPERS: dict[PaperName, tuple[float, float]] = {
    "letter": (612, 792),
    "a4": (595.28, 841.89),
    "a5": (419.53, 595.28),
    "legal": (612, 1008),
}
"""Width and height in points."""

LEADING: dict[ProfileName, float] = {"clear-print": 1.4, "aph-large-18": 1.35, "acb-large-18": 1.35}
"""From line to line, in type sizes: a little above what each profile asks for (1.38, 1.25, 1.15)."""

RUNNING_TITLE = 52
"""Letters at most: at 12 points they stay on one line beside the page number."""
LETTERS_TO_AN_EM = 1.8  # in words that are wider than most

LETTERS_TO_A_LINE = 2.1
"""To an em, of common text."""
BETWEEN_COLUMNS = 1.8
"""Letters that the room between two columns of a table takes."""

HANDOUT_SIZE, HANDOUT_LEADING, HANDOUT_MARGIN, HANDOUT_INDENT = 13.0, 1.4, 72.0, 64.0
"""As in print.css; lengths in points. Its text begins the indent further in than its tables."""

WHOLE, WHOLE_ROW, WHOLE_CONTENTS = 0.55, 0.3, 0.7
"""Of a page: boxes, facts and rows of stacked tables, and contents that are longer go on on the next page,
because to keep them whole leaves a gap as large."""

LONGEST_LINE = 30.0
"""Of a line, in type sizes: about 68 letters (RNIB: 60 to 70)."""

SHEET_SIZE, SHEET_MARGIN = 12.0, 36.0
"""Points: the type of a sheet, unless it is told another; its margins left and right, as in sheet.css."""
NARROW = 36.0
"""Of the text of a sheet, in type sizes: with less it has no room for two things beside each other."""
SMALL_PAPER_SIZE = HANDOUT_SIZE
"""Points: the type of an article on A5, as in the handout on larger paper."""


def template(edition: Edition) -> str:
    """Return the name of the template of ``edition``."""
    return TEMPLATES[edition.layout]


def styles(edition: Edition) -> tuple[str, ...]:
    """Return the names of the style sheets of ``edition``, in the order in which they count."""
    names = ["fonts", "base"]
    if edition.layout != "article":
        names += ["sheet", edition.layout]
        if PAPERS[edition.paper or "letter"][0] - 2 * SHEET_MARGIN < NARROW * type_size(edition):
            names.append("narrow")
    else:
        names.append("print" if is_handout(edition) else "large")
    return tuple(f"print/{name}.css" for name in names)


def is_handout(edition: Edition) -> bool:
    """Whether ``edition`` is laid out as the handout: with numbers in a margin, at its own type sizes."""
    return edition.layout == "article" and edition.size is None and edition.paper != "a5"


def margin(edition: Edition) -> float:
    """The margin left and right in points, where the style sheet leaves it to us.

    An inch, as large print needs; less on small paper; more where lines would be too long to read.
    """
    least = 40.0 if edition.paper == "a5" and edition.profile not in LARGE_PROFILES else 72.0
    width = PAPERS[edition.paper or "letter"][0]
    return max(least, (width - LONGEST_LINE * type_size(edition)) / 2)


def type_size(edition: Edition) -> float:
    """The type size of the text in points, where it is not the handout's."""
    return edition.size or (SHEET_SIZE if edition.layout != "article" else SMALL_PAPER_SIZE)


def running_letters(edition: Edition) -> float:
    """How many letters a running title may have, to stay on one line."""
    if is_handout(edition):
        return RUNNING_TITLE
    width = PAPERS[edition.paper or "letter"][0] - 2 * margin(edition)
    letters = width / type_size(edition) * LETTERS_TO_AN_EM
    page_number = 0 if edition.layout == "article" else 16  # of a sheet it stands on the same line
    return max(1, min(RUNNING_TITLE, letters - page_number))


def table_letters(edition: Edition) -> float:
    """How many letters fit beside each other in a table; 0 in large print, whose rows are lists."""
    if not is_handout(edition):
        return 0
    width = PAPERS[edition.paper or "letter"][0] - 2 * HANDOUT_MARGIN
    return width / HANDOUT_SIZE * LETTERS_TO_AN_EM


def text_box(edition: Edition) -> tuple[float, float]:
    """Width and height in points of the text of a full page of an article, about."""
    width, height = PAPERS[edition.paper or "letter"]
    if is_handout(edition):
        return width - 2 * HANDOUT_MARGIN - HANDOUT_INDENT, height - 110
    side = margin(edition)
    return width - 2 * side, height - 2 * min(side, 72.0)


def is_long(texts: Iterable[str], share: float, edition: Edition) -> bool:
    """Whether ``texts``, one below the other, take more than ``share`` of a page, about."""
    width, height = text_box(edition)
    size = HANDOUT_SIZE if is_handout(edition) else type_size(edition)
    full = width / size * LETTERS_TO_A_LINE
    # The last line of each is not full, and below it is some room: together about a line.
    lines = sum(len(text) / full + 1 for text in texts)
    return lines * size * _leading(edition) > share * height


def picture_width(picture: Picture, edition: Edition) -> float:
    """How wide ``picture`` is printed, in points: so that its smallest letters are as large as the text.

    In the handout they are 12 points, the least that any print has. A picture whose letters are not
    known, such as a photograph, is as wide as the text of large print, and a third of a handout's page
    high; none is wider than the text, or higher than leaves its caption on the page.
    """
    width, height = text_box(edition)
    ratio = picture.width / picture.height
    share = lettering(picture)
    if share:
        wanted = (SHEET_SIZE if is_handout(edition) else type_size(edition)) / share
    else:
        wanted = min(0.75 * picture.width, 0.4 * height * ratio) if is_handout(edition) else width
    return min(wanted, width, 0.85 * height * ratio)


def lettering(picture: Picture) -> float | None:
    """The size of the smallest letters of a vector picture, as a share of its width; None if not known."""
    if picture.media_type != "image/svg+xml":
        return None
    from lxml import etree

    try:
        root = etree.fromstring(picture.data, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        return None  # WeasyPrint tells of it
    found = list(_lettering(root, None, 1.0))
    box = (root.get("viewBox") or "").replace(",", " ").split()
    width = float(box[2]) if len(box) == 4 else picture.width
    known = [each for each in found if each is not None]
    return min(known) / width if known and len(known) == len(found) and width > 0 else None


def _lettering(element: Any, size: float | None, scale: float | None) -> Iterator[float | None]:
    """Yield the type size of each text in ``element``, None where styles or other turns decide it."""
    styled = dict(part.split(":", 1) for part in (element.get("style") or "").split(";") if ":" in part)
    styled = {name.strip(): value.strip() for name, value in styled.items()}
    if given := styled.get("font-size", element.get("font-size")):
        plain = re.fullmatch(r"(\d*\.?\d+)(px)?", given)
        size = float(plain[1]) if plain else None
    for name, numbers in re.findall(r"(\w+)\s*\(([^)]*)\)", element.get("transform") or ""):
        if name == "scale" and scale:
            scale *= min(abs(float(each)) for each in re.split(r"[\s,]+", numbers.strip()))
        elif name not in ("translate", "rotate"):
            scale = None
    tag = str(element.tag).rpartition("}")[2]
    is_text = tag in ("text", "tspan")
    if tag == "style":
        yield None
    elif is_text and (element.text or "").strip():
        yield size * scale if size and scale else None
    for child in element:
        if isinstance(child.tag, str):
            yield from _lettering(child, size, scale)
            if is_text and (child.tail or "").strip():
                yield size * scale if size and scale else None


def letters(text: str) -> float:
    """How wide ``text`` is, in common letters: capitals and a few others are wider than those."""

    def one(letter: str) -> float:
        if unicodedata.east_asian_width(letter) in "WF":
            return 2.0
        wide = 1.6 if letter in "mwMW@%—…" else 1.0
        return wide * (1.25 if letter.isupper() else 1.0)

    return sum(map(one, text))


def page_style(edition: Edition, words: Words) -> str:
    """Return the rules that only this edition knows: page, type size, page number in its language."""
    number = _page_number(words)
    rtl = direction(words.language) == "rtl"
    rules = [
        f"@page {{ size: {edition.paper or 'letter'} }}",
        _foot("", number, _title(edition), rtl),
    ]
    if edition.layout == "article" and not is_handout(edition):
        rules += _large(edition)
    if edition.layout != "article":
        size = type_size(edition)
        places = " ".join(f"@{place} {{ font-size: {size:g}pt }}" for place in _RUNNING)
        line = 1.25 * size
        rules += [
            f"html {{ font-size: {size:g}pt }}",
            f"@page {{ margin-bottom: {line + 26:g}pt; {places} }}",
            f"@page :first {{ margin-top: {line + 39:g}pt }}",
        ]
    if edition.duplex:
        rules += _bound(edition, number)
    if edition.cover:
        down = 0.12 if type_size(edition) < LARGE_PRINT else 0
        height = PAPERS[edition.paper or "letter"][1]
        rules.append(f".front {{ break-after: page; padding-top: {down * height:g}pt }}")
    return "\n".join(rules)


_RUNNING = ("top-left", "bottom-left", "bottom-right")


def _large(edition: Edition) -> list[str]:
    """Type grows evenly with what is asked for, headings less: 28 points are large enough by themselves."""
    size, side = type_size(edition), margin(edition)
    more = (4, 4, 2) if edition.profile == "acb-large-18" else (11 - size / 4.5, size / 8 + 2, 2)
    leading = _leading(edition)
    end = min(side, 72.0)
    head = max(end, 1.25 * size + 48)  # the house, a rule below it, and some room above
    foot = max(end - 9, 1.25 * size + 10)  # its rule and padding take 9
    return [
        f"@page {{ margin: {end:g}pt {side:g}pt {foot:g}pt; "
        + " ".join(f"@{place} {{ font-size: {size:g}pt }}" for place in _RUNNING)
        + " }",
        f"@page :first {{ margin-top: {head:g}pt }}",
        f"html {{ font-size: {size:g}pt; line-height: {leading} }}",
        *(f"h{level} {{ font-size: {size + each:g}pt }}" for level, each in enumerate(more, 1)),
    ]


def _leading(edition: Edition) -> float:
    if is_handout(edition) or not edition.profile:
        return HANDOUT_LEADING
    return LEADING[edition.profile]


def _bound(edition: Edition, number: str) -> list[str]:
    """Wider margins where sheets are bound, page numbers at the outer edge."""
    side = HANDOUT_MARGIN if is_handout(edition) else margin(edition)
    # Text keeps its width, but an inch at the outer edge is the least that large print may have.
    outer = side if edition.profile in LARGE_PROFILES else side - 14
    inner = side + 14
    title = _title(edition)
    return [
        f"@page :right {{ margin-left: {inner:g}pt; margin-right: {outer:g}pt }}",
        f"@page :left {{ margin-left: {outer:g}pt; margin-right: {inner:g}pt }}",
        _foot(":right", number, title, at_left=False),
        _foot(":left", number, title, at_left=True),
    ]


def _title(edition: Edition) -> str:
    """What stands beside the page number: the title, but in large print, where it runs above the text."""
    return "none" if edition.layout == "article" and not is_handout(edition) else "string(running-title)"


def _foot(pages: str, number: str, title: str, at_left: bool) -> str:
    """Put the page number at one side of the foot, and the title at the other."""
    left, right = (number, title) if at_left else (title, number)
    return (
        f"@page {pages} {{ @bottom-left {{ content: {left}; text-align: left }}"
        f" @bottom-right {{ content: {right}; text-align: right }} }}"
    )


def _page_number(words: Words) -> str:
    """Return "Page 3 of 9" as CSS writes it, in the order of ``words``."""
    pieces = words("page_of", n="\x00", total="\x01")
    return " ".join(
        {"\x00": "counter(page)", "\x01": "counter(pages)"}.get(piece) or _css_string(piece)
        for piece in re.split("([\x00\x01])", pieces)
        if piece
    )


def _css_string(text: str) -> str:
    return '"' + re.sub(r'["\\\n]', lambda found: f"\\{ord(found[0]):x} ", text) + '"'


# --- black and white ------------------------------------------------------------------------

INK, RULE = "#000000", "#595959"
"""Black for all that is read; the grey of rules and boxes, 7:1 on white."""


def grey_style(style: str) -> str:
    """Return style sheet ``style`` without its colours: inks black, tints light grey, all else dark grey."""
    import tinycss2

    tokens = tinycss2.parse_component_value_list(style)
    return "".join(_grey_rules(tokens))


def _grey_rules(tokens: Iterable[Any]) -> Iterator[str]:
    """Yield rules, or declarations, as they were but for their colours.

    Only what stands between “:” and “;” is a value; what stands before a block is a selector.
    """
    part: list[Any] = []
    for token in tokens:
        if token.type == "{} block":
            yield from (each.serialize() for each in part)
            yield "{" + "".join(_grey_rules(token.content)) + "}"
            part = []
        elif token == ";":
            yield from (*_grey_declaration(part), ";")
            part = []
        else:
            part.append(token)
    yield from _grey_declaration(part)


def _grey_declaration(tokens: list[Any]) -> Iterator[str]:
    from tinycss2.color3 import RGBA, parse_color

    in_value = False
    for token in tokens:
        in_value = in_value or token == ":"
        colour = parse_color(token) if in_value and token.type in ("hash", "function", "ident") else None
        is_ink = isinstance(colour, RGBA) and colour.alpha == 1
        yield _grey_ink(colour[:3]) if colour and is_ink else token.serialize()


def _grey_ink(colour: tuple[float, float, float]) -> str:
    contrast = 1.05 / (_luminance(colour) + 0.05)
    if contrast >= 4.5:
        return INK
    return _grey_of(colour) if contrast < 1.5 else RULE


def grey_picture(picture: Picture) -> Picture:
    """Return ``picture`` in greys as light as its colours are."""
    grey = _grey_vector if picture.media_type == "image/svg+xml" else _grey_raster
    data = grey(picture.data)
    media_type = picture.media_type if picture.media_type == "image/svg+xml" else "image/png"
    return replace(picture, data=data, media_type=media_type)


def _grey_vector(data: bytes) -> bytes:
    from lxml import etree
    from tinycss2.color3 import RGBA, parse_color

    def grey(value: str) -> str:
        def one(found: re.Match[str]) -> str:
            colour = parse_color(found[0])
            return _grey_of(colour[:3]) if isinstance(colour, RGBA) and colour.alpha == 1 else found[0]

        return re.sub(r"#[0-9A-Fa-f]{3,8}\b|\b[a-z]+(?:\([^()]*\))?", one, value)

    root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    for element in root.iter():
        for name in ("fill", "stroke", "color", "stop-color", "style"):
            if value := element.get(name):
                element.set(name, grey(value))
        if isinstance(element.tag, str) and etree.QName(element).localname == "style":
            element.text = grey_style(element.text or "")
    return etree.tostring(root)


def _grey_raster(data: bytes) -> bytes:
    from PIL import Image

    with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as image:
        clear = image.convert("RGBA").getchannel("A")
        grey = image.convert("RGB").convert("L")
        channels = [grey] * 3 if clear.getextrema() == (255, 255) else [*[grey] * 3, clear]
        out = io.BytesIO()
        Image.merge("RGB" if len(channels) == 3 else "RGBA", channels).save(out, "PNG")
    return out.getvalue()


def _luminance(colour: tuple[float, float, float]) -> float:
    """Relative luminance (WCAG 2.2); ``colour`` is red, green, blue from 0 to 1."""
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in colour
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _grey_of(colour: tuple[float, float, float]) -> str:
    """The grey that is as light as ``colour``."""
    light = _luminance(colour)
    grey = 12.92 * light if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055
    return "#" + f"{min(255, int(grey * 255)):02x}" * 3
