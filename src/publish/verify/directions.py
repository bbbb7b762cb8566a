"""Tell whether what is drawn from left to right is what is read: glyphs and words in, yes or no out.

Words of a right-to-left script are told in the order of their sounds and drawn in the order of their
places; numbers and foreign names among them turn back. ``visual_runs`` says what is drawn where, and
``draws`` takes the glyphs run by run, undoes what a font does with letters, and compares: every letter
must have its glyph, every glyph its letter. Arabic fonts draw many letters with one shape and dots for
themselves; both sides are taken apart into shape and dots before they are compared.

Rules: Unicode Standard Annex 9 (UAX #9, revision 50), without the controls that sources refuse.
Shapes and dots of letters: the schematic names of ArabicShaping.txt (Unicode 16.0).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

# --- the order of places -------------------------------------------------------------------

_BRACKETS = {"(": ")", "[": "]", "{": "}", "\u2045": "\u2046", "\u27e8": "\u27e9"}
_MIRRORED = dict(_BRACKETS) | {"<": ">", "«": "»", "‹": "›", "≤": "≥", "≪": "≫", "⟦": "⟧"}
_MIRROR = _MIRRORED | {after: before for before, after in _MIRRORED.items()}
_NEUTRAL = ("B", "S", "WS", "ON", "LRI", "RLI", "FSI", "PDI", "BN")


def right_to_left(text: str) -> bool:
    """Whether ``text`` has letters or digits that UAX #9 may set from right to left."""
    return any(unicodedata.bidirectional(character) in ("R", "AL", "AN") for character in text)


def levels(text: str, rtl: bool) -> list[int]:
    """Return the embedding level of each character in a paragraph of base direction ``rtl`` (UAX #9, 3.3)."""
    base = int(rtl)
    kinds = [unicodedata.bidirectional(character) or "L" for character in text]
    around = "R" if rtl else "L"
    _weak(kinds, around)
    _brackets(text, kinds, around)
    start = 0
    while start < len(kinds):  # N1, N2
        end = start
        while end < len(kinds) and kinds[end] in _NEUTRAL:
            end += 1
        if end > start:
            before = _strong(kinds[start - 1]) if start else around
            after = _strong(kinds[end]) if end < len(kinds) else around
            kinds[start:end] = [before if before == after else around] * (end - start)
        start = max(end, start + 1)
    found = []
    for kind in kinds:  # I1, I2
        if base:
            found.append(1 if kind == "R" else 2)
        else:
            found.append({"L": 0, "R": 1}.get(kind, 2))
    return found


def _weak(kinds: list[str], around: str) -> None:
    """W1 to W7."""
    before = around
    for place, kind in enumerate(kinds):
        if kind == "NSM":
            kinds[place] = before
        before = kinds[place]
    strong = around
    for place, kind in enumerate(kinds):
        if kind in ("L", "R", "AL"):
            strong = kind
        elif kind == "EN" and strong == "AL":
            kinds[place] = "AN"
    kinds[:] = ["R" if kind == "AL" else kind for kind in kinds]
    for place in range(1, len(kinds) - 1):
        before, kind, after = kinds[place - 1 : place + 2]
        if before == after and (
            (kind == "ES" and before == "EN") or (kind == "CS" and before in ("EN", "AN"))
        ):
            kinds[place] = before
    for order in (range(len(kinds)), reversed(range(len(kinds)))):
        near = ""
        for place in order:
            if kinds[place] == "ET" and near == "EN":
                kinds[place] = "EN"
            near = kinds[place]
    kinds[:] = ["ON" if kind in ("ES", "ET", "CS") else kind for kind in kinds]
    strong = around
    for place, kind in enumerate(kinds):
        if kind in ("L", "R"):
            strong = kind
        elif kind == "EN" and strong == "L":
            kinds[place] = "L"


def _strong(kind: str) -> str:
    return "L" if kind == "L" else "R"


def _brackets(text: str, kinds: list[str], around: str) -> None:
    """N0: a pair of brackets has the direction of what is in it, or of what stands before it."""
    open_: list[tuple[str, int]] = []
    pairs: list[tuple[int, int]] = []
    for place, character in enumerate(text):
        if kinds[place] != "ON":
            continue
        if character in _BRACKETS:
            open_.append((_BRACKETS[character], place))
        else:
            match = next((n for n in reversed(range(len(open_))) if open_[n][0] == character), None)
            if match is not None:
                pairs.append((open_[match][1], place))
                del open_[match:]
    for first, last in sorted(pairs):
        inside = {_strong(kind) for kind in kinds[first + 1 : last] if kind not in _NEUTRAL}
        if not inside:
            continue
        kind = around
        if around not in inside:
            before = next((_strong(each) for each in reversed(kinds[:first]) if each not in _NEUTRAL), around)
            kind = before if before in inside else around
        for place in (first, last):
            kinds[place] = kind
            for after in range(place + 1, len(text)):  # what stands upon a bracket goes with it
                if unicodedata.bidirectional(text[after]) != "NSM":
                    break
                kinds[after] = kind


def visual_order(text: str, rtl: bool) -> list[int]:
    """Return the places of ``text`` in the order in which they are drawn, from left to right (UAX #9, L2)."""
    level = levels(text, rtl)
    order = list(range(len(text)))
    for least in range(max(level, default=0), 0, -1):
        start = 0
        while start < len(order):
            end = start
            while end < len(order) and level[order[end]] >= least:
                end += 1
            order[start:end] = reversed(order[start:end])
            start = max(end, start + 1)
    return order


def visual_runs(text: str, rtl: bool) -> Iterator[tuple[bool, str]]:
    """Yield the runs of ``text`` from left to right: whether set right to left, and what is read."""
    level = levels(text, rtl)
    run: list[int] = []
    for place in visual_order(text, rtl):
        step = -1 if level[place] % 2 else 1
        if run and not (level[run[-1]] == level[place] and place == run[-1] + step):
            yield _run(text, level, run)
            run = []
        run.append(place)
    if run:
        yield _run(text, level, run)


def _run(text: str, level: list[int], places: list[int]) -> tuple[bool, str]:
    return bool(level[places[0]] % 2), "".join(text[place] for place in sorted(places))


# --- letters, taken apart ------------------------------------------------------------------

_SAME = ("\ufb00", "\ufb06"), ("\ufb50", "\ufdff"), ("\ufe70", "\ufeff"), ("\u00b5", "\u00b5")


def undone(text: str) -> str:
    """Return ``text`` in NFC, with ligatures and the forms of joined letters undone, and no-break signs.

    Unlike in NFKC, what looks otherwise stays: 10² is not 102, nor ½ 1/2.
    """
    return unicodedata.normalize("NFC", "".join(map(_undone, text)))


def _undone(character: str) -> str:
    same = any(first <= character <= last for first, last in _SAME)
    if same or unicodedata.decomposition(character).startswith("<noBreak>"):
        return unicodedata.normalize("NFKC", character)
    return character


_DOTS = """
FBB2 خح ذد زر ضص ظط غع فڡ ڧڡ ڬک ݢک ڶل ݥم نٮ ۏو
FBB2+FBB3 ښس ۻص ۼع ڣڡ ڹٮ
FBB2+FBB5 ݔٮ ݧٮ
FBB3 بٮ جح ڊد ڔر ڢڡ ݦم
FBB3+FBB3 ږر
FBB4 تٮ ݗح ڌد ڗر ݝع قڡ ةه ۃه ۊو
FBB4+FBB7 ݓٮ
FBB5 ڃح ڍد ڝص ݠڡ ڲگ يٮ
FBB6 ثٮ څح ڎد ژر شس ڞص ڟط ڠع ڤڡ ڨڡ ڷل ۋو ٽٮ ڏد ݞع
FBB6+FBB3 ݑٮ ۺس
FBB6+FBB7 ڜس
FBB7 ݒٮ ݘح ݡڡ ݤک پٮ چح ڛس ڥڡ ڮک ؼک ڸل ۑٮ
FBB7+FBB2 ڿح
FBBA ٿٮ ڐد ڙر ݜس ڦڡ
FBBB ڀٮ ڇح
FBBD ٺٮ ڂح ݫر ݭس ݟع
FBBE ٻٮ ڄح ڳگ ېٮ
FBBF ؠٮ
FBC0 ٹٮ ݲح ڈد ڑر ڻٮ
FBC0+FBB3 ڋد
FBC0+FBBE ݙد
FBC1 ݮح
FBC2 ٱا
0654 ئٮ ځح ݬر
065A ڒر ڵل ۆو ݖٮ
065B ۉو ۿه ݾس ۮد ۯر
065F ٳا
0670 ۈو
"""
"""Dots (ARABIC SYMBOL …), then each letter that has them, followed by its shape without."""

_SHAPES = str.maketrans("ںىیےٯكہەھ", "ٮٮٮٮڡکههه")
"""Letters without dots whose shapes are the same in some place of a word."""
_ALIKE = str.maketrans("\ufbb8\ufbb9۰۱۲۳۷۸۹", "\ufbb6\ufbb7٠١٢٣٧٨٩")
"""Three dots may point up or down; most Persian digits are the Arabic ones, and share their glyphs."""


def _table() -> dict[str, tuple[str, str]]:
    found = {}
    for line in _DOTS.split("\n"):
        dots, *letters = line.split() or [""]
        for letter in letters:
            found[letter[0]] = letter[1], "".join(chr(int(code, 16)) for code in dots.split("+"))
    return found


_APART = _table()


def parts(letter: str) -> str:
    """Return the shape of an Arabic letter and what stands upon it, each by its own sign; "" for others."""
    shape, dots = _APART.get(letter, ("", ""))
    return shape + dots + "".join(chr(other) for other, same in _ALIKE.items() if chr(_code(same)) in dots)


def _code(of: str | int | None) -> int:
    return ord(of) if isinstance(of, str) else of or 0


_PARTS = """
كك گک ڭک ݿک ػک ګک ڰک ڱک ڴک ݣک ٲا ݳا ݴا ټٮ ݐٮ ݕٮ ݨٮ ݩٮ ڼٮ ۍٮ ݵٮ ݶٮ ݷٮ ݺٮ ݻٮ
ݯح ݼح ډد ݚد ړر ڕر ݛر ݱر ݰس ݽس ݪل ۄۄ ۅۄ ۇو ݸو ݹو
"""
_PARTED = {pair[0]: pair[1].translate(_SHAPES) for pair in _PARTS.split()}
"""Letters whose sign upon the shape has no name of its own, with that shape."""
_OWN_PARTS = "كگ"
_YEH, _ITS_DOTS = "ی", "\ufbb5"
_JOINED = {
    _YEH: ("", _ITS_DOTS),
    "ؽ": ("\u065b", "\u065b" + _ITS_DOTS),
    "ؾ": ("\ufbb4", "\ufbb4" + _ITS_DOTS),
    "ؿ": ("\ufbb6", "\ufbb6" + _ITS_DOTS),
    "ێ": ("\u065a", "\u065a" + _ITS_DOTS),
    "ڽ": ("\ufbb6", "\ufbb7"),
}
"""Marks of letters that have others where another letter joins them than at the end of a word."""


@dataclass(frozen=True, slots=True)
class _Letter:
    """A letter without what stands upon it: ``marks``, sorted; ``parts`` are letters that stand for marks."""

    shape: str
    marks: str = ""
    parts: str = ""
    own: str = ""
    """The letter as it was given, where it says more than its shape."""

    def is_drawn_by(self, drawn: _Letter) -> bool:
        if drawn.parts:
            # A font has a sign of its own for what makes this letter another: ک and its bar make گ.
            if self.own in _APART:  # ڲ is گ and dots, ڬ is ك and one
                shape = _PARTED.get(self.shape, self.shape)
                return (shape, self.marks, "گ" if self.shape == "گ" else "ك") == (
                    drawn.shape,
                    drawn.marks,
                    drawn.parts,
                )
            vowels = "".join(mark for mark in drawn.marks if unicodedata.category(mark) == "Mn")
            named = self.own in drawn.parts or self.own not in _OWN_PARTS
            once = len(set(drawn.parts)) == len(drawn.parts)
            return _PARTED.get(self.own) == drawn.shape and self.marks == vowels and named and once
        if self.shape != drawn.shape:
            return False
        if drawn.own == self.own == _YEH:  # one glyph for the letter, dots or none
            return self.marks.replace(_ITS_DOTS, "") == drawn.marks.replace(_ITS_DOTS, "")
        return self.marks == drawn.marks


def _is_mark(character: str) -> bool:
    return unicodedata.category(character) in ("Mn", "Me") or "\ufbb2" <= character <= "\ufbc2"


def _is_joined(rest: str) -> bool:
    """Whether ``rest`` begins with a letter that the letter before it joins; with its vowels, perhaps."""
    after = next((each for each in rest if not _is_mark(each)), "")
    return bool(after) and unicodedata.bidirectional(after) == "AL" and after.isalpha() and after != "ء"


def _letters(text: str, parts: str = "") -> list[_Letter]:
    """Return the letters of ``text``; spaces and joiners are none."""
    found: list[_Letter] = []
    text = undone(text)
    for place, given in enumerate(text):
        shape, dots = _APART.get(given, ("", ""))
        if given in _JOINED:
            shape, dots = _YEH, _JOINED[given][_is_joined(text[place + 1 :])]
        for character in (shape, *dots) if shape else unicodedata.normalize("NFD", given):
            character = character.translate(_ALIKE)
            if character.isspace() or unicodedata.category(character) in ("Cf", "Zs", "Cc"):
                continue
            if _is_mark(character) and found:
                last = found[-1]
                marks = "".join(sorted(last.marks + character))
                found[-1] = _Letter(last.shape, marks, last.parts, last.own)
            else:
                found.append(_Letter(character.translate(_SHAPES), own=given))
    if parts and found:
        last = found[-1]
        found[-1] = _Letter(last.shape, last.marks, parts, last.own)
    return found


@dataclass(frozen=True, slots=True)
class Sign:
    """One glyph: what it stands for, and whether it takes no room of its own (it stands upon another)."""

    text: str
    upon: bool = False

    @property
    def is_mark(self) -> bool:
        return bool(self.text) and (self.upon or all(map(_is_mark, self.text)))

    @property
    def is_part(self) -> bool:
        """Whether it is a letter by name and a mark by place: what a font adds to make that letter."""
        return self.upon and len(self.text) == 1 and unicodedata.category(self.text) == "Lo"


def draws(signs: Iterable[Sign], said: str, rtl: bool) -> bool:
    """Whether ``signs``, from left to right, are what ``said`` looks like; ``rtl`` is the base direction."""
    left = [sign for sign in signs if _letters(sign.text) or sign.is_mark]
    at = 0
    for turned, text in visual_runs(said, rtl):
        shown = "".join(_MIRROR.get(each, each) for each in text) if turned else text
        wanted = _letters(shown)
        end, bases = at, 0
        while end < len(left) and bases < len(wanted):
            bases += 0 if left[end].is_mark else len(_letters(left[end].text))
            end += 1
        if not turned:  # what stands upon the last letter follows it
            most = len(wanted[-1].marks) if wanted else 0
            while end < len(left) and left[end].is_mark and most:
                end, most = end + 1, most - 1
        drawn = left[at:end][::-1] if turned else left[at:end]
        at = end
        if not _same(wanted, _gathered(drawn)):
            return False
    return at == len(left)


def _gathered(signs: Sequence[Sign]) -> list[_Letter]:
    """The letters that ``signs``, in the order of reading, make."""
    found: list[_Letter] = []
    text = parts = ""
    for sign in signs:
        if sign.is_part:
            parts += sign.text
        elif sign.is_mark:
            text += sign.text
        else:
            found += _letters(text, parts)
            text, parts = sign.text, ""
    return found + _letters(text, parts)


def _same(wanted: list[_Letter], drawn: list[_Letter]) -> bool:
    return len(wanted) == len(drawn) and all(
        one.is_drawn_by(other) for one, other in zip(wanted, drawn, strict=True)
    )
