"""Read the blocks of one HTML or XHTML document: its element tree in, blocks in reading order out.

HTML and EPUB share this walk. What is a block, and what stands in it, is set down in
docs/layouts.md: an element with an id that is a heading, p, dt, dd, th, td, caption, figcaption or
img. Everything else that has words is loose.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from publish.model import direction
from publish.verify.reading import LOST, Block, Entry, Mark, Role, Span, canonical, canonical_offset, marked
from publish.verify.sheets import names
from publish.verify.styles import BLOCK_ELEMENTS, Element, Styles, local

MAX_DEPTH = 200
MAX_TAGS = 400_000
"""Of one file, begins and ends: a hundred times what an article has, and as much as is read in 10 seconds."""
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
EPUB_TYPE = "{http://www.idpf.org/2007/ops}type"

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


def read_document(
    found: Found,
    root: Element,
    styles: Styles,
    resolve: Resolve,
    picture: Callable[[str], bool],
    page: int | None = None,
    hidden: str = "",
) -> None:
    """Add what ``root`` says to ``found``; ``hidden`` is why readers would not come upon this document."""
    walk = _Walk(found, styles, resolve, picture, page, hidden)
    language = language_of(root)
    for element in root.iter():
        if words := _foreign(element):
            walk.loose([words], language)
    body = next((child for child in root if local(child) == "body"), None)
    if body is not None:
        walk.child(body, language, toc=None, first_of_item=False)


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
        styles: Styles,
        resolve: Resolve,
        picture: Callable[[str], bool],
        page: int | None,
        hidden: str,
    ) -> None:
        self.found, self.styles, self.resolve, self.picture = found, styles, resolve, picture
        self.page, self.hidden = page, hidden
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
        role = element.get("role") or ""
        if role not in ("doc-noteref", "doc-backlink", "doc-pagebreak"):
            for name in ("aria-label", "aria-labelledby"):
                if element.get(name):
                    self.hidden = self.hidden or f"{name} is heard in place of its words"

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
        if not self.walk.picture(element.get("src") or ""):
            self.hidden = self.hidden or "its picture is not in the file"
        if "0" in (element.get("width"), element.get("height")):
            self.hidden = self.hidden or "its picture has no size"


def is_too_deep(root: Element) -> bool:
    """Whether elements are nested deeper than anything we make, and than a walk could follow."""
    level, depth = [root], 0
    while level and depth <= MAX_DEPTH:
        level, depth = [child for element in level for child in element], depth + 1
    return bool(level)


def elements(root: Element, name: str) -> Iterator[Element]:
    """Yield the elements of ``root`` called ``name``, in document order, whatever their namespace."""
    return (element for element in root.iter() if local(element) == name)
