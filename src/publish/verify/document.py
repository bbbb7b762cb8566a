"""Read the blocks of one HTML or XHTML document: its element tree in, blocks in reading order out.

HTML and EPUB share this walk. What is a block, and what stands in it, is set down in
docs/layouts.md: an element with an id that is a heading, p, dt, dd, th, td, caption, figcaption or
img. Everything else that has words is loose.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from publish.model import direction
from publish.verify.markup import EPUB_TYPE as EPUB_TYPE
from publish.verify.markup import XML_LANG, heard, odd
from publish.verify.reading import (
    LOST,
    Block,
    Entry,
    Heard,
    Mark,
    Refused,
    Role,
    Span,
    canonical,
    canonical_offset,
    marked,
    names,
)
from publish.verify.styles import BLOCK_ELEMENTS, Element, Styles, local

MAX_DEPTH = 200
MAX_TAGS = 400_000
"""Of one file, begins and ends: a hundred times what an article has, and as much as is read in 10 seconds."""

_ROLES: dict[str, Role] = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "heading"),
    "p": "paragraph",
    "dt": "term",
    "dd": "definition",
    "th": "header",
    "td": "cell",
    "caption": "caption",
    "figcaption": "caption",
    "img": "alternative",
}
_WAYS = {"ltr": "from left to right", "rtl": "from right to left"}
_LEAST_PICTURE = 8
"""CSS pixels. The attributes tell the size of the picture itself, and a style may enlarge a small one."""

_NO_TEXT = names("head script style template title")
_FOREIGN = names("applet embed frame iframe object portal")
_MACHINE_NAVS = names("landmarks page-list")


@dataclass(slots=True)
class Draft:
    """A block whose size is not known yet: ``sizes`` are the smallest pixels in each medium."""

    block: Block
    sizes: tuple[float, ...] | None = None


@dataclass(slots=True)
class Found:
    """What one or several documents said so far. One value goes through all files of an EPUB.

    ``heads`` tells for every id the heading it shows; ``weights`` counts characters by size for
    each medium, which tells the size of body text; ``waiting`` are page markers whose text is to come.
    """

    drafts: list[Draft] = field(default_factory=list)
    contents: list[Entry] = field(default_factory=list)
    heads: dict[str, str] = field(default_factory=dict)
    ids: dict[str, bool] = field(default_factory=dict)
    weights: list[Counter[float]] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    waiting: list[Mark] = field(default_factory=list)
    refused: dict[Refused, None] = field(default_factory=dict)
    heard: list[Heard] = field(default_factory=list)

    def blocks(self) -> tuple[Block, ...]:
        """Return all blocks, their sizes as multiples of body text."""
        bodies = [_most(weights) for weights in self.weights]
        return tuple(
            draft.block
            if draft.sizes is None
            else replace(
                draft.block,
                size=round(min(size / body for size, body in zip(draft.sizes, bodies, strict=True)), 3),
            )
            for draft in self.drafts
        )

    def entries(self, entries: Iterable[Entry]) -> tuple[Entry, ...]:
        """Return ``entries`` with the headings that their targets show."""
        return tuple(replace(each, target=self.heads.get(each.target, each.target)) for each in entries)


def _most(weights: Counter[float]) -> float:
    """The size that most characters have; of equals the smaller."""
    return min(weights, key=lambda size: (-weights[size], size), default=1.0) or 1.0


Resolve = Callable[[str], str]
"""From a link as written to what it means: an address, "#id" inside the work, or that and ``LOST``."""

Picture = Callable[[str], str]
"""From the address of a picture to the SHA-256 of its bytes, "" where the file has no such picture."""


def read_document(
    found: Found,
    root: Element,
    styles: Styles,
    resolve: Resolve,
    picture: Picture,
    page: int | None = None,
    hidden: str = "",
) -> None:
    """Add what ``root`` says to ``found``; ``hidden`` is why readers would not come upon this document."""
    found.refused.update(styles.refused)
    found.heard += heard(root)
    walk = _Walk(found, root, styles, resolve, picture, page, hidden)
    language = language_of(root)
    for element in root.iter():
        if words := _foreign(element):
            walk.loose([words], language)
    body = next((child for child in root if local(child) == "body"), None)
    if body is not None:
        walk.child(body, language, toc=None, first_of_item=False)
    # What is odd in a block is told of the block.
    found.refused.update((Refused(why), None) for each, why in walk.odd.items() if each not in walk.told)


def language_of(element: Element) -> str:
    return str(element.get(XML_LANG) or element.get("lang") or "")


def _foreign(element: Element) -> str:
    """Words for what brings in or changes text behind our back, "" for an ordinary element."""
    tag = local(element)
    data = ("application/ld+json", "application/json")
    if tag == "script" and (element.get("type") or "").strip().lower() not in data:
        return f"a script: {element.get('src') or ' '.join((element.text or '').split())[:60]}"
    if tag in _FOREIGN:
        return f"<{tag}> {element.get('src') or element.get('data') or ''}"
    if tag == "meta" and (element.get("http-equiv") or "").strip().lower() == "refresh":
        return f"<meta> {element.get('content')}"
    if tag:
        return next(
            (f"a script: {name}" for name in element.attrib if str(name).lower().startswith("on")), ""
        )
    return ""


class _Walk:
    """The walk through one document. ``run`` gathers loose words until a block element begins or ends;
    ``open`` are the ids of the elements around, waiting for their heading."""

    def __init__(
        self,
        found: Found,
        root: Element,
        styles: Styles,
        resolve: Resolve,
        picture: Picture,
        page: int | None,
        hidden: str,
    ) -> None:
        self.found, self.styles, self.resolve, self.picture = found, styles, resolve, picture
        self.page, self.hidden = page, hidden
        self.odd = dict(odd(root))
        self.told: set[Element] = set()
        self.parents = {child: element for element in root.iter() for child in element}
        self.run: list[str] = []
        self.open: list[str] = []
        if not found.weights:
            found.weights = [Counter() for _ in styles.media]

    # --- outside blocks ---

    def inside(self, element: Element, language: str, toc: int | None) -> None:
        """Walk what is in a container; ``toc`` counts the lists around in a table of contents."""
        before, after = self.styles.added(element)
        self.run.append(f" {before} " if before else "")
        self.words(element.text, element)
        elements = [child for child in element if isinstance(child.tag, str)]
        for child in element:
            if isinstance(child.tag, str):
                first = child is elements[0] and local(element) == "li"
                self.child(child, language, toc, first)
            self.words(child.tail, element)
        self.run.append(f" {after} " if after else "")

    def child(self, element: Element, language: str, toc: int | None, first_of_item: bool) -> None:
        tag, id = local(element), element.get("id") or ""
        own = language_of(element) or language
        role = _ROLES.get(tag)
        if id:
            self.note_id(id, bool(role), own)
        if is_page_mark(element):
            self.found.waiting.append(_mark(element))
        if tag in _NO_TEXT or (tag == "nav" and self.is_for_machines(element)):
            return
        if role and id:
            self.flush(language)
            self.block(element, id, "item" if role == "paragraph" and first_of_item else role, own)
            return
        if tag == "a" and toc is not None:
            self.entry(element, max(toc, 1))
            return
        if tag == "nav" and element.get("role") == "doc-toc":
            toc = 0
        elif toc is not None and tag in ("ol", "ul"):
            toc += 1
        if tag == "a" and element.get("role") == "doc-backlink":
            self.back(element)
        breaks = tag in BLOCK_ELEMENTS
        if breaks:
            self.flush(language)
        if tag == "br":
            self.run.append(" ")
        elif tag == "img":
            self.run.append(f" {element.get('alt') or ''} ")
        elif tag == "a" and (target := self.resolve(element.get("href") or "")).endswith(LOST):
            self.run.append(f" leads to nothing: {target} ")
        if id:
            self.open.append(id)
        self.inside(element, own, toc)
        if id:
            self.open.pop()
        if breaks:
            self.flush(own)

    def back(self, element: Element) -> None:
        """Refuse a link back from a note that leads to no mark of this note."""
        note = element
        while note is not None and not str(note.get("id") or "").startswith("note-"):
            note = self.parents.get(note)
        key = str(note.get("id")).removeprefix("note-") if note is not None else ""
        target = self.resolve(element.get("href") or "").removesuffix(LOST)
        if not re.fullmatch(rf"#ref-{re.escape(key)}(-\d+)?", target):
            words = canonical("".join(element.itertext()))
            self.found.refused[Refused(f"the link “{words}”, which leads to {target}")] = None

    def is_for_machines(self, element: Element) -> bool:
        return "hidden" in element.attrib and bool(
            _MACHINE_NAVS & set((element.get(EPUB_TYPE) or "").split())
        )

    def note_id(self, id: str, is_block: bool, language: str) -> None:
        """Note an id, and report its second element; a block that stands twice is reported as a block."""
        if id in self.found.ids and not (is_block and self.found.ids[id]):
            self.found.drafts.append(Draft(Block(id, "loose", "", language=language, page=self.page)))
        self.found.ids.setdefault(id, is_block)

    def words(self, text: str | None, element: Element) -> None:
        if text:
            self.run.append(text)
            self.weigh(text, element)

    def weigh(self, text: str, element: Element) -> None:
        characters = len("".join(text.split()))
        if characters:
            for weights, size in zip(self.found.weights, self.styles.look(element).sizes, strict=True):
                weights[round(size, 2)] += characters

    def flush(self, language: str) -> None:
        """End the run of loose words."""
        self.loose(self.run, language)
        self.run.clear()

    def loose(self, words: Iterable[str], language: str) -> None:
        if text := canonical("".join(words)):
            self.found.drafts.append(Draft(Block("", "loose", text, language=language, page=self.page)))

    def entry(self, element: Element, level: int) -> None:
        text, spans = words_of(element)
        target = self.resolve(element.get("href") or "").removeprefix("#")
        self.found.contents.append(Entry(text, target, level, spans))
        for inner in element.iter():
            if isinstance(inner.tag, str):
                shown = canonical("".join((inner.text or "", *(child.tail or "" for child in inner))))
                if shown and (why := self.styles.look(inner).hidden(shown)):
                    self.found.refused[Refused(f"the entry “{text}” of the contents is not seen: {why}")] = (
                        None
                    )
                self.run.append(" ".join(filter(None, self.styles.added(inner))))

    # --- blocks ---

    def block(self, element: Element, id: str, role: Role, language: str) -> None:
        level = 0
        if role == "heading":
            level = int(local(element)[1])
            spoken = element.get("role") or "heading"
            if spoken != "heading":
                role, level = "paragraph", 0
            elif (element.get("aria-level") or "").isdigit():
                level = int(element.get("aria-level"))
        text = _Text(self, element, language)
        if role == "alternative":
            text.alternative(element)
        else:
            text.inside(element, language)
        plain, spans = marked("".join(text.raw), text.spans)
        text.hidden = text.hidden or self.unnumbered(element, role)
        hidden = self.hidden or text.hidden or ("" if text.seen else self.styles.look(element).hidden(""))
        block = Block(
            id,
            role,
            plain,
            level,
            language,
            canonical("".join(text.label)),
            spans,
            self.page,
            hidden,
            marker=str(self.number(element) or "") if role == "item" else None,
            cell=self.cell(element) if role in ("header", "cell") else None,
            picture=text.picture,
        )
        self.found.drafts.append(Draft(block, text.sizes))
        if plain and role != "alternative":
            self.mark_pages(block, text)
        if role == "heading":
            for around in (id, *self.open):
                self.found.heads.setdefault(around, id)
        self.loose(text.added, language)
        for inner, its_id, its_role in text.nested:
            self.block(inner, its_id, its_role, language_of(inner) or language)

    def number(self, element: Element) -> int:
        """The number before an item, 0 for a bullet. Its own ``value`` is no attribute that may stand."""
        item = self.parents[element]
        around = self.parents[item]
        if local(around) != "ol":
            return 0
        start = str(around.get("start") or "1")
        items = [each for each in around if local(each) == "li"]
        return (int(start) if start.isdigit() else 0) + items.index(item)

    def unnumbered(self, element: Element, role: Role) -> str:
        """Why the number of an item is not the one that is seen, "" where it is or there is none."""
        if role != "item" or not (number := self.number(element)):
            return ""
        item = self.parents[element]
        for each in (item, self.parents[item]):
            if why := self.styles.odd_lists.get(each):
                return f"its number {number} is shown otherwise, or not at all ({why})"
        return ""

    def cell(self, element: Element) -> str:
        """Where a cell stands, as in ``Block.cell``; in no row, if no browser would show it in one."""
        nowhere = "no row"
        row = self.parents[element]
        group = self.parents.get(row)
        table = self.parents.get(group) if group is not None else None
        if local(row) != "tr" or table is None or local(table) != "table":
            return nowhere
        groups = [each for each in table if local(each) in ("thead", "tbody", "tfoot")]
        kinds = [local(each) for each in groups]
        if kinds not in (["tbody"], ["thead", "tbody"]) or local(group) not in kinds:
            return nowhere
        rows = [each for part in groups for each in part if local(each) == "tr"]
        column = [each for each in row if local(each) in ("th", "td")].index(element)
        if local(element) == "th" and element.get("scope") != ("row" if rows.index(row) else "col"):
            return nowhere
        place = f"row {rows.index(row) + 1}, column {column + 1}"
        return (
            f"{place}, head of its {'row' if rows.index(row) else 'column'}"
            if local(element) == "th"
            else place
        )

    def mark_pages(self, block: Block, text: _Text) -> None:
        """Note which page markers stand before and in a block of text."""
        self.found.marks += (replace(mark, block=block.id) for mark in self.found.waiting)
        self.found.waiting.clear()
        raw = "".join(text.raw)
        self.found.marks += (
            replace(mark, block=block.id, offset=canonical_offset(raw, mark.offset)) for mark in text.marks
        )


def words_of(element: Element) -> tuple[str, tuple[Span, ...]]:
    """Return the words of ``element``, and which of them are in a language of their own."""
    raw: list[str] = []
    spans: list[Span] = []

    def walk(element: Element) -> None:
        start = sum(map(len, raw))
        raw.append(element.text or "")
        for child in element:
            if isinstance(child.tag, str):
                walk(child)
            raw.append(child.tail or "")
        if language := language_of(element):
            spans.append(Span(start, sum(map(len, raw)), "language", language))

    walk(element)
    return marked("".join(raw), spans)


def is_page_mark(element: Element) -> bool:
    types = (element.get("role") or "").split(), (element.get(EPUB_TYPE) or "").split()
    return "doc-pagebreak" in types[0] or "pagebreak" in types[1]


def _mark(element: Element, offset: int = 0) -> Mark:
    label = element.get("title") or element.get("aria-label") or "".join(element.itertext())
    return Mark(canonical(label), element.get("id") or "", "", offset)


class _Text:
    """The words of one block as they are gathered, with what is known of how they are seen."""

    def __init__(self, walk: _Walk, element: Element, language: str) -> None:
        self.walk, self.element = walk, element
        self.raw: list[str] = []
        self.label: list[str] = []
        self.spans: list[Span] = []
        self.added: list[str] = []
        self.nested: list[tuple[Element, str, Role]] = []
        self.marks: list[Mark] = []
        self.sizes: tuple[float, ...] | None = None
        self.hidden, self.seen = "", False
        self.picture: str | None = None
        self.length = 0

    def inside(self, element: Element, language: str, into: str = "text") -> None:
        """Gather what is in ``element`` into the text, the label, or (a note mark) nothing but its look."""
        self.look_at(element)
        self.words(element.text, element, into)
        for child in element:
            if isinstance(child.tag, str):
                self.child(child, language, into)
            self.words(child.tail, element, into)

    def look_at(self, element: Element) -> None:
        before, after = self.walk.styles.added(element)
        self.added += [f" {words} " for words in (before, after) if words]
        if why := self.walk.odd.get(element):
            self.walk.told.add(element)
            self.hidden = self.hidden or f"it may be heard or shown otherwise: {why}"

    def words(self, text: str | None, element: Element, into: str) -> None:
        if not text:
            return
        if into == "text":
            self.raw.append(text)
            self.length += len(text)
        elif into == "label":
            self.label.append(text)
        if text.strip():
            self.seen = True
            look = self.walk.styles.look(element)
            self.hidden = self.hidden or look.hidden(text)
            self.walk.weigh(text, element)
            if into == "text":
                sizes = self.sizes or look.sizes
                self.sizes = tuple(map(min, sizes, look.sizes))

    def child(self, element: Element, language: str, into: str) -> None:
        tag, id = local(element), element.get("id") or ""
        own = language_of(element) or language
        role = _ROLES.get(tag)
        if id:
            self.walk.note_id(id, bool(role), own)
        start = self.length
        if direction(own) != direction(language) and element.get("dir") != direction(own):
            self.hidden = (
                self.hidden or f"words in {own} are set {_WAYS[direction(language)]}: dir is missing"
            )
        if is_page_mark(element):
            self.marks.append(_mark(element, start))
        if tag in _NO_TEXT:
            if why := self.walk.odd.get(element):
                self.walk.told.add(element)
                self.hidden = self.hidden or f"it may be heard or shown otherwise: {why}"
            return
        if role and id:
            self.nested.append((element, id, role))
        elif tag == "br":
            self.space(into)
        elif tag == "img":
            self.words(f" {element.get('alt') or ''} ", element, into)
        elif element.get("role") == "doc-noteref":
            self.note(element, language)
        elif self.is_label(element, start):
            self.inside(element, own, "label")
        else:
            if tag in BLOCK_ELEMENTS:
                self.space(into)
            self.inside(element, own, into)
            if tag in BLOCK_ELEMENTS:
                self.space(into)
            self.mark(element, tag, start)

    def mark(self, element: Element, tag: str, start: int) -> None:
        end = self.length
        if tag == "strong":
            self.spans.append(Span(start, end, "strong"))
        elif tag == "em":
            self.spans.append(Span(start, end, "emphasis"))
        elif tag == "a" and element.get("href"):
            self.spans.append(Span(start, end, "link", self.walk.resolve(element.get("href"))))
        if language := language_of(element):
            self.spans.append(Span(start, end, "language", language))

    def is_label(self, element: Element, start: int) -> bool:
        words = (element.get("class") or "").split()
        return "label" in words and not "".join(self.raw).strip() and not self.label and not self.spans

    def note(self, element: Element, language: str) -> None:
        """A mark like [3]: its place, its key, and the number it shows."""
        shown = "".join("".join(element.itertext()).split()).strip("[]()")
        key = self.walk.resolve(element.get("href") or "").removeprefix("#").removeprefix("note-")
        self.spans.append(Span(self.length, self.length, "note", key, shown))
        self.inside(element, language, "note")

    def space(self, into: str) -> None:
        if into == "text":
            self.raw.append(" ")
            self.length += 1

    def alternative(self, element: Element) -> None:
        self.look_at(element)
        self.raw.append(element.get("alt") or "")
        self.seen = True
        self.hidden = self.hidden or self.walk.styles.look(element).hidden("")
        self.picture = self.walk.picture(element.get("src") or "")
        if not self.picture:
            self.hidden = self.hidden or "its picture is not in the file"
        for name in ("width", "height"):
            size = element.get(name)
            if size is not None and not (size.isdigit() and int(size) >= _LEAST_PICTURE):
                self.hidden = self.hidden or f"its picture has no size ({name}={size})"


def is_too_deep(root: Element) -> bool:
    """Whether elements are nested deeper than anything we make, and than a walk could follow."""
    level, depth = [root], 0
    while level and depth <= MAX_DEPTH:
        level, depth = [child for element in level for child in element], depth + 1
    return bool(level)


def elements(root: Element, name: str) -> Iterator[Element]:
    """Yield the elements of ``root`` called ``name``, in document order, whatever their namespace."""
    return (element for element in root.iter() if local(element) == name)
