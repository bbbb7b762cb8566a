"""Say what each glyph of a font stands for, as the font itself has it: fonts in, names set right.

WeasyPrint takes for a glyph the letters at which it meets it first. In right-to-left text that is
wrong twice. A bracket is drawn with the glyph of its counterpart. And an Arabic font draws the
letters of a group, ب ت ث ن, with one glyph for all of them and another for their dots: whichever
came first, every other would be read as that one. (And where ụ is drawn as a u and a dot, the dot is
taken for ụ.) Here the names come from the font: a glyph that
the character map has is that character; one that only substitutions lead to, what they replace; a dot
that is drawn for “ARABIC SYMBOL DOT BELOW” (U+FBB3) too is that dot.

Rules: OpenType 1.9, "cmap" and "GSUB"; ISO 32000-1, 9.10.3 (ToUnicode CMaps).
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_DOTS = range(0xFBB2, 0xFBC3)
"""The signs that stand for the dots of Arabic letters by themselves."""
_DOT_SIGNS = frozenset(map(chr, _DOTS))


def name_glyphs(fonts: Iterable[Any]) -> None:
    """Correct ``to_unicode`` of each WeasyPrint font: right-to-left letters, brackets, letters with marks.

    To be called while the fonts are still whole: what is cut out of them for a file has no names left.
    """
    known: dict[str, Mapping[int, str]] = {}
    for font in fonts:
        doubtful = [glyph for glyph, text in font.to_unicode.items() if _is_doubtful(text)]
        if doubtful and not font.bitmap:
            if font.hash not in known:
                known[font.hash] = names(font.file_content, font.index)
            for glyph in doubtful:
                font.to_unicode[glyph] = known[font.hash].get(glyph, font.to_unicode[glyph])


def _is_doubtful(text: str) -> bool:
    """Whether a glyph with that name may be less than it, or its counterpart, or nothing known."""
    if not text or unicodedata.normalize("NFD", text) != text or any(map(unicodedata.combining, text)):
        return True
    kinds = {unicodedata.bidirectional(character) for character in text}
    return bool(kinds & {"R", "AL", "AN"}) or any(map(unicodedata.mirrored, text))


def names(data: bytes, number: int = 0) -> dict[int, str]:
    """Return the text of every glyph of a font, by glyph id, as far as the font tells."""
    from fontTools.ttLib import TTFont

    font = TTFont(io.BytesIO(data), fontNumber=max(number, 0), lazy=True)
    found: dict[str, str] = {}
    for code, glyph in sorted(font.getBestCmap().items(), key=_preferred):
        found.setdefault(glyph, _letter(code))
    if "glyf" in font:
        for code in _DOTS:
            glyph = font.getBestCmap().get(code)
            drawn = font["glyf"][glyph] if glyph else None
            if drawn is not None and drawn.isComposite() and len(drawn.components) == 1:
                found.setdefault(drawn.components[0].glyphName, chr(code))
    if "GSUB" in font:
        _follow(list(_substitutions(font["GSUB"].table)), found)
    ids = font.getReverseGlyphMap()
    return {ids[glyph]: text for glyph, text in found.items()}


def _preferred(entry: tuple[int, str]) -> tuple[bool, int]:
    """Order the characters that share a glyph: a letter before the forms it takes."""
    return unicodedata.normalize("NFKC", chr(entry[0])) != chr(entry[0]), entry[0]


def _letter(code: int) -> str:
    """The letter that an Arabic or Hebrew presentation form is a form of; any other character as it is."""
    character = chr(code)
    if unicodedata.bidirectional(character) in ("R", "AL"):
        return unicodedata.normalize("NFKC", character)
    return character


Substitution = tuple[tuple[str, ...], tuple[str, ...]]
"""Glyphs, and the glyphs that take their place; one of the two is a single glyph."""


def _substitutions(table: Any) -> Iterator[Substitution]:
    for lookup in table.LookupList.Lookup if table.LookupList else ():
        for given in lookup.SubTable:
            rules = getattr(given, "ExtSubTable", given)
            match type(rules).__name__:
                case "SingleSubst":
                    yield from (((glyph,), (other,)) for glyph, other in rules.mapping.items())
                case "MultipleSubst":
                    yield from (((glyph,), tuple(others)) for glyph, others in rules.mapping.items())
                case "LigatureSubst":
                    for first, ligatures in rules.ligatures.items():
                        yield from (((first, *each.Component), (each.LigGlyph,)) for each in ligatures)
                case _:  # rules about context name other lookups of this list
                    pass


def _follow(substitutions: list[Substitution], found: dict[str, str]) -> None:
    """Name glyphs that have no character of their own by what they replace, until no more can be named.

    First all that is certain; then the parts of a letter that no rule names: each has the letter's name.
    """
    while any([_name_parts(*each, found, certain=True) for each in substitutions]) or any(
        _name_parts(*each, found, certain=False) for each in substitutions
    ):
        pass


def _name_parts(given: tuple[str, ...], made: tuple[str, ...], found: dict[str, str], certain: bool) -> bool:
    """Name the glyphs in ``made`` that have no name; return whether there was something to name."""
    missing = [place for place, glyph in enumerate(made) if glyph not in found]
    if len(made) == 1 and not missing and given[0] not in found and found[made[0]] in _DOT_SIGNS:
        found[given[0]] = found[made[0]]  # dots that other dots may take the place of are the same dots
        return True
    if not missing or not all(glyph in found for glyph in given):
        return False
    text = unicodedata.normalize("NFD", "".join(found[glyph] for glyph in given))
    if len(made) == 1:
        found[made[0]] = unicodedata.normalize("NFC", text)
        return True
    if len(missing) == 1 and len(text) > 1:
        before = "".join(found[glyph] for glyph in made[: missing[0]])
        after = "".join(found[glyph] for glyph in made[missing[0] + 1 :])
        rest = text[len(before) : len(text) - len(after)]
        if rest and before + rest + after == text:
            found[made[missing[0]]] = rest
            return True
    if certain:
        return False
    for place in missing:
        found[made[place]] = unicodedata.normalize("NFC", text)
    return True
