"""Prove that letters look like what they are read as: the letters of a print edition in, problems out.

A PDF brings its fonts along, cut down to the letters it shows, and says itself what each of them means.
Here every outline is compared with the fonts that the layouts have: it must be the one that such a font
draws for that character, or one that its rules of substitution (ligatures, joined forms) lead to from it.

Rules: OpenType 1.9, "cmap" and "GSUB"; ISO 32000-1, 9.7.4 (CIDFonts) and 9.10 (ToUnicode).
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from itertools import product
from pathlib import Path
from typing import Any

from publish.errors import Problem
from publish.verify.directions import parts
from publish.verify.fonts import UNKNOWN, outline
from publish.verify.reading import Letter

_NEAR = 0.003  # ems: PDF tells widths in whole thousandths
_STEPS = 8  # of substitutions, one after the other; the joined forms of Arabic fonts need four
_STAND_IN = {"\u2010": "-", "\u2011": "-", "\u2212": "-", "\u00ad": "-"}
"""Signs that shaping takes from another where a font does not have them: HarfBuzz, hb-ot-shape-normalize."""


def compare_letters(letters: Iterable[Letter], fonts: Iterable[Path]) -> tuple[Problem, ...]:
    """Return a problem for the first letter of every font that is not drawn as ``fonts`` draw it."""
    files = tuple(fonts)
    found: dict[tuple[str, str], Problem] = {}
    for letter in letters:
        if why := _strange(letter, files):
            subject = f"block {letter.block}" if letter.block else f"page {letter.page}"
            message = f"{subject} shows “{letter.text}” in {letter.font or 'a font'}: {why}"
            hint = "the letters of print must be those of the fonts in layouts/fonts"
            problem = Problem(message, hint=hint, kind="letters", block=letter.block, page=letter.page)
            found.setdefault((letter.font, letter.block), problem)
    return tuple(found.values())


def _strange(letter: Letter, files: tuple[Path, ...]) -> str:
    """Return why a reader would see something else than ``letter.text``, "" where all is well."""
    if letter.odd:
        return letter.odd
    if not letter.outline:
        return "" if not letter.text.strip() or _is_unseen(letter.text) else "nothing is drawn for it"
    if UNKNOWN in letter.text or not letter.text.strip():
        return "the file does not say what is drawn there"
    for file in sorted(files, key=lambda file: _likeness(file, letter.font), reverse=True):
        face = _face(file)
        for name in face.glyphs(letter.text):
            if face.outline(name) == letter.outline:
                if abs(face.width(name) - letter.width) < _NEAR or (
                    not letter.width and _is_mark(letter.text)
                ):
                    return ""
                return "it does not have the width of its letter"
    return "it is drawn otherwise than by any font of the layouts"


def _is_unseen(text: str) -> bool:
    return all(unicodedata.category(each) in ("Zs", "Cf", "Cc") for each in text)


def _is_mark(text: str) -> bool:
    """Whether it stands upon a letter, as the dots of Arabic ones do, and takes no room of its own."""
    return all(unicodedata.combining(each) or "\ufbb2" <= each <= "\ufbc2" for each in text)


def _likeness(file: Path, name: str) -> int:
    """How much the path of a font file looks like the name of a font, so that it is looked at first."""
    words = set(re.findall(r"[a-z]+", f"{file.parent.name} {file.stem}".lower()))
    wanted = set(re.findall(r"[a-z]+", name.lower()))
    return len(words & wanted) - len((words | wanted) - (words & wanted))


@lru_cache(maxsize=64)
def _face(file: Path) -> _Face:
    return _Face(file)


class _Face:
    """One font file of the layouts; everything in it is looked up when it is first asked for."""

    def __init__(self, file: Path) -> None:
        from fontTools.ttLib import TTFont

        self.font = TTFont(io.BytesIO(file.read_bytes()), lazy=True, fontNumber=0)
        self.characters: dict[int, str] = self.font.getBestCmap() or {}
        self.em: int = self.font["head"].unitsPerEm
        self.known: dict[str, bytes] = {}

    @cached_property
    def shapes(self) -> Any:
        return self.font.getGlyphSet()

    def outline(self, name: str) -> bytes:
        if name not in self.known:
            self.known[name] = outline(self.shapes, name, self.em)
        return self.known[name]

    def width(self, name: str) -> float:
        return float(self.font["hmtx"][name][0]) / self.em

    def glyphs(self, text: str) -> Iterator[str]:
        """Yield the names of all glyphs that this font may draw for ``text``, the likeliest first."""
        seen: set[str] = set()
        forms = [unicodedata.normalize(form, text) for form in ("NFC", "NFD", "NFKC")]
        if all(map(unicodedata.combining, text)):
            forms.append(text[::-1])  # fonts join shadda and kasra in another order than Unicode sorts them
        for form in dict.fromkeys(forms):
            given = [self.characters.get(ord(each)) or self._stand_in(each) for each in form]
            if None in given:
                continue
            names = tuple(name for name in given if name)
            for name in self._made_from(names) if len(form) > 1 else self._made_of(names[0]):
                if name not in seen:
                    seen.add(name)
                    yield name
        if len(text) > 1 and _is_joined(text):  # several words in one sign, like ﷺ
            for code, name in self.characters.items():
                if unicodedata.normalize("NFKC", chr(code)) == text:
                    yield from self._made_of(name)
        if len(text) == 1 and (unicodedata.normalize("NFD", text) != text or _is_joined(text)):
            # Its parts may be drawn each by themselves, and the first of them be named for all.
            for each in unicodedata.normalize("NFD", text):
                if ord(each) in self.characters:
                    yield from self._made_of(self.characters[ord(each)])
            # Or it is itself a part of a letter: أ is drawn by an alef and a hamza.
            for code, name in self.characters.items():
                whole = unicodedata.normalize("NFKC", chr(code))
                if _is_joined(whole) and text in unicodedata.normalize("NFD", whole) + parts(whole):
                    yield from self._made_of(name)

    def _stand_in(self, character: str) -> str | None:
        return self.characters.get(ord(_STAND_IN.get(character, character)))

    def _made_of(self, name: str) -> Iterator[str]:
        """Yield what a single glyph may become, itself first."""
        yield name
        seen, now = {name}, {name}
        for _ in range(_STEPS):
            now = {made for each in now for made in self.changes.get(each, ())} - seen
            yield from sorted(now)
            seen |= now

    def _made_from(self, names: tuple[str, ...]) -> Iterator[str]:
        """Yield the ligatures that several glyphs, or what they may become, are drawn by."""
        forms = [list(self._made_of(name))[:24] for name in names]
        for count, row in enumerate(product(*forms)):
            if count > 4096:
                break
            for ligature in self.ligatures.get(row, ()):
                yield from self._made_of(ligature)

    @cached_property
    def rules(self) -> tuple[dict[str, set[str]], dict[tuple[str, ...], set[str]]]:
        """What one glyph may become, or be drawn by; and what several are drawn by."""
        changes: dict[str, set[str]] = {}
        ligatures: dict[tuple[str, ...], set[str]] = {}
        table = self.font["GSUB"].table if "GSUB" in self.font else None
        for lookup in table.LookupList.Lookup if table and table.LookupList else ():
            for given in lookup.SubTable:
                rules = getattr(given, "ExtSubTable", given)
                match type(rules).__name__:
                    case "SingleSubst":
                        for glyph, other in rules.mapping.items():
                            changes.setdefault(glyph, set()).add(other)
                    case "MultipleSubst":
                        for glyph, others in rules.mapping.items():
                            changes.setdefault(glyph, set()).update(others)
                    case "AlternateSubst":
                        for glyph, others in rules.alternates.items():
                            changes.setdefault(glyph, set()).update(others)
                    case "LigatureSubst":
                        for first, made in rules.ligatures.items():
                            for each in made:
                                ligatures.setdefault((first, *each.Component), set()).add(each.LigGlyph)
                    case _:  # rules about context name other lookups of this list
                        pass
        return changes, ligatures

    @property
    def changes(self) -> dict[str, set[str]]:
        return self.rules[0]

    @property
    def ligatures(self) -> dict[tuple[str, ...], set[str]]:
        return self.rules[1]


def _is_joined(text: str) -> bool:
    return any(unicodedata.bidirectional(each) in ("R", "AL", "AN", "NSM") for each in text)
