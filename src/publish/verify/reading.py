"""What a finished file says, as its reader found it: blocks in reading order, and the metadata.

The same ``Block`` states what is expected (``verify.expected``) and what was read, so that
``verify.compare`` needs to know no file format.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

LOST = " (missing)"
"""What the target of a link, or the key of a note, ends with where the file has no such place."""

OUT_OF_TURN = "stands out of turn on the page"
"""How ``Block.hidden`` begins where a block is seen before one that it follows in the reading order."""

Role = Literal[
    "heading",  # h1–h6; `level` is set
    "paragraph",
    "item",  # the first paragraph of a list item
    "term",  # dt
    "definition",  # dd
    "header",  # th
    "cell",  # td
    "caption",  # of a table or figure
    "alternative",  # the alt text of a picture
    "loose",  # words outside every block with an id: interface words, or words that nobody wrote
]
SpanKind = Literal["strong", "emphasis", "link", "language", "note"]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A mark on characters ``start`` to ``end`` of a block's text.

    ``value``: for a link its target ("https://…" as written, "#id" inside the article, in every
    format), for a language its tag, for a note (an empty span at its place) its key; else "".
    ``shown``: the number a note mark shows, digits only.
    """

    start: int
    end: int
    kind: SpanKind
    value: str = ""
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """One proven run of text. ``text`` is canonical; ``label`` (canonical) stands before it: "Step 1".

    As read: ``page`` counts from 1 (PDF) or is the spine document's number (EPUB), ``hidden`` says
    why a reader would not see the block ("" when it is seen), ``size`` is its smallest type size as
    a multiple of body text (1.0), None where the format cannot tell.

    A loose block has no id, with one exception: where an id that is no block's stands a second
    time in the file, a loose block carries that id and no text.
    """

    id: str
    role: Role
    text: str
    level: int = 0
    language: str = ""
    label: str = ""
    spans: tuple[Span, ...] = ()
    page: int | None = None
    hidden: str = ""
    size: float | None = None
    breaks: tuple[tuple[int, int], ...] = ()
    """Of print: (offset in ``text``, page that begins there) for each page that the block runs on to."""
    marker: str | None = None
    """Of an item, what stands before it: "3" as expected, "3." as read; "" for a sign, expected, or nothing.
    None where the format does not tell."""
    cell: str | None = None
    """Of a cell, where its table has it: "row 2, column 3, head of its row". None where the format does
    not tell."""
    picture: str | None = None
    """Of an alternative: SHA-256 of the picture's bytes, "" for none; None where they are not in the file."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A page marker as read: its label, its own id, and the letter before which it stands.

    A marker between blocks stands at offset 0 of the next block that has text. ``block`` is "" where
    no text follows.
    """

    label: str
    id: str
    block: str
    offset: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a table of contents, a nav or the bookmarks: its words, label included.

    ``target`` is the id of the heading that it leads to (a section's link shows the section's
    heading, a bookmark the heading at that height of the page); where it leads to no heading, the
    id or address as written. ``spans`` are the languages of its words; a bookmark cannot have any.
    """

    text: str
    target: str
    level: int = 1
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Danger:
    """What a file could do that nobody asked for: "a script: alert()"; on which page, where it has some."""

    what: str
    page: int | None = None


@dataclass(frozen=True, slots=True, order=True)
class Heard:
    """A name that is heard and not seen: of a "note" mark that shows the number ``shown``, of a "landmark",
    or the words of a "cover", "toc", "bodymatter" or "endnotes" in an e-book's list of places."""

    what: str
    text: str
    shown: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Refused:
    """What the proof cannot tell whether it hides, covers or adds words: a declaration, an attribute.

    ``sheet`` is the style sheet's name in an e-book; ``line`` counts from 1 in the sheet, 0 where it is
    no part of one.
    """

    what: str
    sheet: str = ""
    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True)
class Letter:
    """What a print edition draws for a character, or for several: where it is met first.

    ``outline`` is a digest of its shape, b"" where nothing is drawn; ``width`` in ems; ``odd`` why it
    cannot be told what is drawn, "" where it can.
    """

    text: str
    font: str
    outline: bytes
    width: float
    odd: str = ""
    block: str = ""
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a print edition shows for one figure: its words as drawn, and its pictures made of points.

    Each of ``images`` is a width, a height, and the red, green and blue of every point, on white; of
    width 0 where it cannot be told.
    """

    block: str
    words: str
    images: tuple[tuple[int, int, bytes], ...] = ()
    page: int | None = None
    ways: frozenset[str] = frozenset()
    """How it is painted, where that is not plainly: with a "mask", "blend", "alpha", "inline image"."""
    count: int = 1
    """How many things are painted for it, words apart."""
    share: float = 1.0
    """How much of the picture of points can be seen, of which the least can."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is wrong with a file by itself, whatever the article says; of a block, or of none."""

    kind: str
    message: str
    block: str = ""
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A finished file as read: ``blocks`` in reading order, loose words among them.

    ``contents`` is the printed or linked table of contents, ``outline`` the machine's (EPUB nav,
    PDF bookmarks); both repeat headings. ``questions`` are (question, answer) of the JSON-LD.
    ``metadata`` has at least identifier, title and language, where the file gives them, and direction:
    "rtl" where pages and lines run from right to left, else "ltr", both where parts differ. An e-book's
    also pageBreakSource and accessibilityFeature (all of them, a space between).
    """

    blocks: tuple[Block, ...]
    metadata: Mapping[str, str] = field(default_factory=dict)
    contents: tuple[Entry, ...] = ()
    outline: tuple[Entry, ...] = ()
    older: tuple[Entry, ...] = ()
    """Of an e-book: the contents once more, for e-readers from before EPUB 3 (NCX)."""
    questions: tuple[tuple[str, str], ...] = ()
    pages: int | None = None
    running: tuple[tuple[str, ...], ...] = ()
    """Of print, for each page: what stands beside its text, such as “Page 3 of 9”, canonical."""
    page_labels: tuple[str, ...] = ()
    """Of print: what the file itself calls each page; a viewer shows it."""
    marks: tuple[Mark, ...] = ()
    """The page markers in the text, in reading order."""
    page_list: tuple[Entry, ...] = ()
    """The list of pages; ``target`` is the id of a marker."""
    dangers: tuple[Danger, ...] = ()
    """What the file could run, fetch, send or bring along."""
    faults: tuple[Fault, ...] = ()
    link_names: tuple[tuple[str, int | None], ...] = ()
    """Of print: what links are called, and on which page, where that is not their words; # for any number."""
    drawn: tuple[Drawn, ...] = ()
    """Of print: every figure."""
    letters: tuple[Letter, ...] = ()
    """Of print: every letter of every font in it, once."""
    heard: tuple[Heard, ...] = ()
    """Names of elements for those who listen."""
    refused: tuple[Refused, ...] = ()
    """What is not understood, each thing once."""
    addresses: tuple[str, ...] = ()
    """Where the file leads to outside of itself, each address once."""


def names(text: str) -> frozenset[str]:
    """Return the words of ``text``: a long list of names, written short."""
    return frozenset(text.split())


def canonical(text: str) -> str:
    """Return ``text`` in NFC with white space folded and trimmed; quotes, dashes and case stay.

    White space is what HTML and PDF may change between words: space, tab, line ends. A no-break
    space is the author's and stays.
    """
    return _folded(text).strip(" ")


def canonical_offset(text: str, offset: int) -> int:
    """Return where in ``canonical(text)`` the first letter at or after ``offset`` of ``text`` stands."""
    while text[offset : offset + 1] in tuple(" \t\r\n\f"):
        offset += 1
    return min(len(_folded(text[:offset]).lstrip(" ")), len(canonical(text)))


def _folded(text: str) -> str:
    return re.sub(r"[ \t\r\n\f]+", " ", unicodedata.normalize("NFC", text))


def marked(text: str, spans: Iterable[Span]) -> tuple[str, tuple[Span, ...]]:
    """Return ``text`` canonical and ``spans``, given as offsets into ``text``, moved to it and sorted.

    A span never begins or ends with a space, and a note stands before the space that follows its
    word: formats differ in where a space between two elements belongs. Empty spans (but notes) go.
    """
    result = canonical(text)
    moved = []
    for span in spans:
        start, end = (
            min(len(_folded(text[:offset]).strip(" ")), len(result)) for offset in (span.start, span.end)
        )
        if span.kind != "note" and result[start : start + 1] == " ":
            start += 1
        if span.kind == "note" or start < end:
            moved.append(replace(span, start=start, end=end))
    return result, tuple(sorted(moved))
