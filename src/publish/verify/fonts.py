"""Tell what the codes of a PDF font mean: one font dictionary in, characters and widths out.

Rules: ISO 32000-1, 9.6 (simple fonts), 9.7 (composite fonts), 9.10 (extraction of text).
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pikepdf

UNKNOWN = "\ufffd"
"""Stands for a code of which the file does not say what it means."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """One code of a string: its characters, its width in ems; ``empty`` if no font had the character."""

    code: int
    text: str
    width: float
    empty: bool = False


class Font:
    """``glyphs(codes)`` reads one string; codes of ``two_bytes`` fonts are longer.

    ``name`` is without the letters that tell subsets apart; ``italic`` what the font says of itself.
    """

    def __init__(self, font: pikepdf.Object) -> None:
        self.name = re.sub(r"^/?([A-Z]{6}\+)?", "", str(font.get("/BaseFont", "")))
        self.italic, self.serif = _style(font, self.name)
        self.composite = str(font.get("/Subtype")) == "/Type0"
        unicode = font.get("/ToUnicode")
        self.texts = _to_unicode(unicode.read_bytes()) if isinstance(unicode, pikepdf.Stream) else {}
        self.width_of: Mapping[int, float]
        if self.composite:
            self.width_of, self.default = _composite_widths(font)
            encoding = font.get("/Encoding")
            self.identity = str(encoding) in ("/Identity-H", "/Identity-V")
            self.size = _code_size(encoding)
        else:
            self.width_of, self.default = _simple_widths(font)
            self.identity, self.size = False, 1
            if not self.texts:
                self.texts = _simple_encoding(font)
        self.cache: dict[int, Glyph] = {}
        self.file, self.odd = _embedded(font, self.composite)

    def glyphs(self, codes: bytes) -> Iterator[Glyph]:
        """Yield the glyphs that a string shows, in its order."""
        step = self.size
        for at in range(0, len(codes) - step + 1, step):
            code = int.from_bytes(codes[at : at + step], "big")
            glyph = self.cache.get(code)
            if glyph is None:
                text = self.texts.get(code, UNKNOWN)
                width = self.width_of.get(code, self.default)
                # In an embedded font, glyph 0 is the box for "no such character".
                glyph = self.cache[code] = Glyph(code, text, width, self.identity and code == 0)
            yield glyph

    @cached_property
    def _face(self) -> Any:
        """The glyphs of the font file that the PDF brings along, their number in an em, and its widths."""
        from fontTools.ttLib import TTFont

        face = TTFont(io.BytesIO(self.file), lazy=True, fontNumber=0)
        return face, face.getGlyphSet(), face["head"].unitsPerEm

    def drawn(self, code: int) -> tuple[bytes, float | None]:
        """Return the outline of a glyph, b"" where it has none, and its width in ems as its font has it."""
        if not self.file or not self.identity:
            return b"", None
        face, glyphs, em = self._face
        order = face.getGlyphOrder()
        if code >= len(order):
            return b"", None
        return outline(glyphs, order[code], em), float(face["hmtx"][order[code]][0]) / em


def outline(glyphs: Any, name: str, em: int) -> bytes:
    """Return a digest of the outline of one glyph of a fontTools glyph set; b"" where nothing is drawn."""
    from fontTools.pens.recordingPen import DecomposingRecordingPen

    pen = DecomposingRecordingPen(glyphs)
    glyphs[name].draw(pen)
    return hashlib.sha256(repr((em, pen.value)).encode()).digest() if pen.value else b""


def _embedded(font: Any, composite: bool) -> tuple[bytes, str]:
    """Return the font file that a font has with it, and why its letters cannot be compared, or ""."""
    if not composite:
        return b"", "its font is not one that the layouts can bring along"
    descendant = font.DescendantFonts[0]
    described = descendant.get("/FontDescriptor", {})
    files = [described[key] for key in ("/FontFile", "/FontFile2", "/FontFile3") if key in described]
    if len(files) > 1:
        return b"", "its font is in the file more than once, and viewers may choose another than was checked"
    if not files or not isinstance(files[0], pikepdf.Stream):
        return b"", "its font is not in the file"
    if (
        str(font.get("/Encoding")) != "/Identity-H"
        or str(descendant.get("/CIDToGIDMap", "/Identity")) != "/Identity"
    ):
        return b"", "its font says of its codes that they stand for other letters"
    file = files[0].read_bytes()
    odd = _odd_program(file)
    return (b"", odd) if odd else (file, "")


_DRAWING = frozenset((b"glyf", b"CFF ", b"CFF2"))
"""The tables of a font program that may hold the outlines of its letters: OpenType 1.9, "Font Tables"."""


def _odd_program(file: bytes) -> str:
    """Return why viewers may draw other letters than fontTools finds in a font program, or ""."""
    if file[:4] not in (b"\x00\x01\x00\x00", b"true", b"OTTO"):
        return "its font cannot be read"
    count = int.from_bytes(file[4:6], "big")
    tables = [file[at : at + 4] for at in range(12, 12 + 16 * count, 16)]
    if len(set(tables)) < len(tables) or len(_DRAWING.intersection(tables)) != 1:
        return "its font has more than one drawing of its letters, or none"
    return ""


def _style(font: Any, name: str) -> tuple[bool, bool]:
    """Whether a font is italic, and whether it has serifs: ISO 32000-1, table 123, bits 7 and 2."""
    described = font.DescendantFonts[0] if "/DescendantFonts" in font else font
    descriptor = described.get("/FontDescriptor", {})
    flags = int(descriptor.get("/Flags", 0))
    slanted = bool(flags & 64) or float(descriptor.get("/ItalicAngle", 0)) != 0
    serif = bool(flags & 2) or re.search(r"(?<!Sans)(Serif|Times|Georgia|Roman|Garamond)", name) is not None
    return slanted or re.search(r"Italic|Oblique", name) is not None, serif


_TOKEN = re.compile(
    r"%[^\r\n]*|\s+|\((?:\\.|[^\\()])*\)|<<|>>|<[0-9A-Fa-f\s]*>|[\[\]{}]|/?[^\s%()<>\[\]{}/]+|/", re.DOTALL
)
"""A comment, spaces, a string, a dictionary, a string of digits, an array, a name or an operator."""


def _to_unicode(data: bytes) -> dict[int, str]:
    """Read a ToUnicode CMap; see Adobe Technical Note 5411.

    A code that is said to be two things is ``UNKNOWN``: viewers differ in which of them they take. So are
    all codes of a CMap that builds upon another, or that cannot be read as a whole.
    """
    text, at, tokens = data.decode("latin-1"), 0, list[str]()
    while at < len(text):
        if (token := _TOKEN.match(text, at)) is None:
            return {}
        at = token.end()
        if not token[0].isspace() and not token[0].startswith("%"):
            tokens.append(token[0])
    if "usecmap" in tokens:
        return {}
    found: dict[int, str] = {}

    def add(code: int, meaning: str) -> None:
        found[code] = meaning if found.get(code, meaning) == meaning else UNKNOWN

    place = 0
    while place < len(tokens):
        kind, place = tokens[place], place + 1
        if kind not in ("beginbfchar", "beginbfrange"):
            continue
        end = next((n for n in range(place, len(tokens)) if tokens[n].startswith("endbf")), len(tokens))
        entries = iter(tokens[place:end])
        for first in entries:
            start = _number(first)
            last = min(_number(next(entries, first)), start + 0xFFFF) if kind == "beginbfrange" else start
            meaning = next(entries, "")
            if meaning == "[":
                for code in range(start, last + 1):
                    if (each := next(entries, "]")) == "]":
                        break
                    add(code, _utf16(each))
                else:
                    next(entries, "]")
                continue
            base = _utf16(meaning)
            for code in range(start, last + 1):
                more = code - start
                add(code, base[:-1] + chr(min(ord(base[-1]) + more, 0x10FFFF)) if more and base else base)
        place = end
    return found


def _number(digits: str) -> int:
    return int("".join(digits.strip("<>").split()), 16)


def _utf16(digits: str) -> str:
    """Return what a string of digits stands for; anything else stands for nothing that is known."""
    if not digits.startswith("<"):
        return UNKNOWN
    digits = "".join(digits.strip("<>").split())
    return bytes.fromhex(digits + "0" * (len(digits) % 2)).decode("utf-16-be", "replace")


def _code_size(encoding: Any) -> int:
    """How many bytes a code has. Ours and all predefined CMaps but a few of mixed length have two."""
    if isinstance(encoding, pikepdf.Stream):
        text = encoding.read_bytes().decode("latin-1")
        lengths = [len(each) // 2 for each in re.findall(r"begincodespacerange\s*<([0-9A-Fa-f]+)>", text)]
        return min(lengths, default=2)
    return 2


def _composite_widths(font: Any) -> tuple[dict[int, float], float]:
    descendant = font.DescendantFonts[0]
    widths: dict[int, float] = {}
    entries = list(descendant.get("/W", []))
    at = 0
    while at + 1 < len(entries):
        first = int(entries[at])
        if isinstance(entries[at + 1], pikepdf.Array):
            for n, width in enumerate(entries[at + 1]):
                widths[first + n] = float(width) / 1000
            at += 2
        elif at + 2 < len(entries):
            for code in range(first, min(int(entries[at + 1]), first + 0xFFFF) + 1):
                widths[code] = float(entries[at + 2]) / 1000
            at += 3
        else:
            break
    return widths, float(descendant.get("/DW", 1000)) / 1000


def _simple_widths(font: Any) -> tuple[dict[int, float], float]:
    scale = 1 / 1000
    if str(font.get("/Subtype")) == "/Type3":
        scale = abs(float(font.get("/FontMatrix", [0.001])[0]))
    first = int(font.get("/FirstChar", 0))
    widths = {first + n: float(width) * scale for n, width in enumerate(font.get("/Widths", []))}
    missing = font.get("/FontDescriptor", {}).get("/MissingWidth", 0)
    # The fourteen standard fonts need not tell their widths; half an em is near enough to find a place.
    return widths, float(missing) / 1000 or 0.5


def _simple_encoding(font: Any) -> dict[int, str]:
    """The characters of a simple font without ToUnicode, from its encoding and glyph names."""
    encoding = font.get("/Encoding")
    name = str(encoding) if isinstance(encoding, pikepdf.Name) else ""
    differences: list[Any] = []
    if isinstance(encoding, pikepdf.Dictionary):
        name = str(encoding.get("/BaseEncoding", ""))
        differences = list(encoding.get("/Differences", []))
    codec = "mac_roman" if name == "/MacRomanEncoding" else "cp1252"
    found = {code: bytes((code,)).decode(codec, "replace") for code in range(32, 256)}
    if name not in ("/MacRomanEncoding", "/WinAnsiEncoding"):
        found |= {0x27: "’", 0x60: "‘"}  # StandardEncoding, ISO 32000-1, annex D
    code = 0
    for each in differences:
        if isinstance(each, int):
            code = each
        else:
            found[code] = _of_glyph_name(str(each).removeprefix("/"))
            code += 1
    return found


def _of_glyph_name(name: str) -> str:
    from fontTools.agl import toUnicode

    return str(toUnicode(name)) or UNKNOWN
