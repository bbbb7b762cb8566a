"""Tag a PDF as a screen reader wants it: WeasyPrint's boxes in, one structure tree and artifacts out.

WeasyPrint 70.0 passes veraPDF with tags of its own, but it repeats every open element on every
page, reads running heads and leader dots aloud, loses the space at line ends and writes no ids.
``tagging()`` puts ``add_tags`` below in the place of its private ``weasyprint.pdf.add_tags`` for
the time of one render. This is the only module that touches private parts of WeasyPrint, so it
insists on the version it was written for.

The steps, in the order of ``add_tags``: ``_Walk`` turns the boxes of all pages into one tree of
``Element``, the same for an element over three pages as for one on a single line; ``_align`` holds
the words of each block, as laid out, against those of the HTML, and finds the lost spaces;
``_rewrite`` numbers marked content anew, adds those spaces and types the artifacts; ``_Writer``
writes the objects. The rules: ISO 32000-1, 14.6 to 14.8; ISO 14289-1 (PDF/UA-1). For PDF 2.0:
ISO 32000-2, 12.3.2.3 and 14.8; ISO 14289-2 (PDF/UA-2); ISO/TS 32005, what may be inside what.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import Any

from publish.errors import Problem, PublishError
from publish.render.glyphs import name_glyphs

VERSION = "70.0"
"""The one version of WeasyPrint whose box tree, streams and ``add_tags`` are known to fit."""

POINTS_PER_PIXEL = 0.75
WHITE = " \t\r\n\f"
SOFT_HYPHEN = "\u00ad"
HYPHEN = "\u2010"  # what WeasyPrint sets where it breaks a word


@contextmanager
def tagging() -> Iterator[None]:
    """Let WeasyPrint tag with this module inside the ``with``; another version is a ``PublishError``.

    Not for several threads at once: for that time the replacement holds for the whole process.
    """
    import weasyprint
    import weasyprint.layout.inline as inline
    import weasyprint.pdf as writer

    if weasyprint.__version__ != VERSION:
        raise PublishError(
            Problem(
                f"WeasyPrint {weasyprint.__version__} is installed, but print editions need {VERSION}",
                hint=f"install weasyprint=={VERSION}: publish reaches into it to write the tags",
                kind="version",
            )
        )
    stock = writer.add_tags, writer.build_fonts_dictionary, inline.split_first_line

    def build_fonts(pdf: Any, fonts: Mapping[Any, Any], *rest: Any) -> Any:
        name_glyphs(fonts.values())  # before it cuts them down to what is shown
        return stock[1](pdf, fonts, *rest)

    writer.add_tags, writer.build_fonts_dictionary = add_tags, build_fonts
    inline.split_first_line = _fitting(stock[2])
    try:
        yield
    finally:
        writer.add_tags, writer.build_fonts_dictionary, inline.split_first_line = stock


def numbers_in_contents(document: Any) -> Iterator[tuple[str, str, int]]:
    """Yield for each line of the contents the id of its heading, the page number that stands in it, and
    the number of the page (from 1) on which the heading begins.

    WeasyPrint 70.0 may write the page on which a heading was tried first, and did not fit.
    """
    pages = {name: number for number, page in enumerate(document.pages, 1) for name in page.anchors}
    shown: dict[str, str] = {}
    for page in document.pages:
        for box in page._page_box.descendants():
            # The line of dots is made of boxes inside this one, and they are named like it.
            if str(box.element_tag) == "a::after" and (head := (box.element.get("data-head") or "")[1:]):
                shown[head] = shown.get(head, "") + "".join(filter(str.isdigit, getattr(box, "text", "")))
    for head, number in shown.items():
        if head in pages:
            yield head, number, pages[head]


def _fitting(split_first_line: Callable[..., Any]) -> Callable[..., Any]:
    """Let a right-to-left text that fits a line but for its last space stand on that line.

    Pango leaves that space out of the width of a line set left to right, but not of one set right to
    left; WeasyPrint 70.0 then takes the line for too long, and breaks it after its first word.
    """

    def split(text: str, style: Any, context: Any, most: Any, *rest: Any, **options: Any) -> Any:
        given = split_first_line(text, style, context, most, *rest, **options)
        spaces = len(text) - len(text.rstrip(" "))
        if style["direction"] == "ltr" or not spaces or not most or given[2] is None:
            return given
        if style["white_space"] not in ("normal", "pre-line"):
            return given
        without = split_first_line(text[:-spaces], style, context, most, *rest, **options)
        return without if without[2] is None and without[3] <= most else given

    return split


# --- what a structure tree is made of -------------------------------------------------------


@dataclass(frozen=True)
class Dialect:
    """How one version of PDF names things; ``role_map`` says what our own names stand for.

    ``roles`` maps HTML tags to structure types. A tag that is not there is a ``Div`` as a block,
    and as an inline element leaves no trace but its text, unless it has an id or a language.
    ``namespace`` is the one that ``names`` belong to; all other types are of PDF 1.7.
    """

    roles: Mapping[str, str]
    note: str
    callout: str
    role_map: Mapping[str, str]
    namespace: str = ""
    names: frozenset[str] = frozenset()

    @property
    def is_2(self) -> bool:
        """Whether it is PDF 2.0: notes refer back, lists tell more, places are elements, not pages."""
        return bool(self.namespace)


_ROLES = {
    "article": "Art",
    "aside": "Sect",
    "blockquote": "BlockQuote",
    "caption": "Caption",
    "dl": "L",
    "figcaption": "Caption",
    "main": "Part",
    "nav": "Sect",
    "ol": "L",
    "p": "P",
    "section": "Sect",
    "table": "Table",
    "tbody": "TBody",
    "td": "TD",
    "tfoot": "TFoot",
    "th": "TH",
    "thead": "THead",
    "tr": "TR",
    "ul": "L",
    "strong": "Strong",
    "b": "Strong",
    "em": "Em",
    "i": "Em",
    **{f"h{level}": f"H{level}" for level in range(1, 7)},
}

PDF_1_7 = Dialect(_ROLES, "Note", "Sect", {"Strong": "Span", "Em": "Span", "Generated": "Span"})
PDF_2_0 = Dialect(
    # Art and BlockQuote are no types of PDF 2.0. A figure with its caption is a section, because a
    # Div is looked through, and a caption must be the first or last of what holds it. The title stays
    # an H1, not a Title: those who list headings must find it there.
    {**_ROLES, "article": "Part", "aside": "Aside", "blockquote": "Sect", "figure": "Sect"},
    "FENote",
    "Aside",
    {"Generated": "Span"},
    "http://iso.org/pdf2/ssn",
    frozenset(
        re.findall(
            r"\w+",
            "Document Part Sect Div Aside P H1 H2 H3 H4 H5 H6 Lbl Span Strong Em Link FENote L LI LBody Table"
            " TR TH TD THead TBody TFoot Caption Figure",
        )
    ),
)

_INLINE = frozenset(
    re.findall(
        r"\w+",
        "a abbr b bdi bdo br cite code data dfn em i img kbd mark q s samp small span strong sub sup time u"
        " var wbr",
    )
)
_LIST_NUMBERING = {
    "disc": "Disc",
    "circle": "Circle",
    "square": "Square",
    "decimal": "Decimal",
    "lower-alpha": "LowerAlpha",
    "lower-latin": "LowerAlpha",
    "upper-alpha": "UpperAlpha",
    "upper-latin": "UpperAlpha",
    "lower-roman": "LowerRoman",
    "upper-roman": "UpperRoman",
}
_NUMBERING_2 = {"dl": "Description", "ol": "Ordered", "ul": "Unordered"}
"""Of PDF 2.0, for lists without markers; in PDF 1.7 the numbering of these is "None"."""


@dataclass(eq=False)
class Element:
    """A structure element. ``source`` is the HTML element it stands for, if it stands for one."""

    role: str
    parent: Element | None
    source: Any = None
    id: str = ""
    children: list[Element | Content | Annotation] = field(default_factory=list)
    entries: dict[str, Any] = field(default_factory=dict)
    """More of its dictionary: Alt, Lang."""
    attributes: list[dict[str, Any]] = field(default_factory=list)

    def add(self, role: str, source: Any = None, id: str = "") -> Element:
        child = Element(role, self, source, id)
        self.children.append(child)
        return child

    def last(self, role: str) -> Element | None:
        """Return the last child if it is an element of ``role``."""
        child = self.children[-1] if self.children else None
        return child if isinstance(child, Element) and child.role == role else None

    def all(self) -> Iterator[Element]:
        """Yield this element and all below it, in reading order."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.all()

    def lineage(self) -> Iterator[Element]:
        """Yield this element, its parent, and so on up to the document."""
        element: Element | None = self
        while element is not None:
            yield element
            element = element.parent


@dataclass(eq=False)
class Content:
    """A marked-content sequence of a page (counted from 0): text as ``said``, or a picture.

    ``mark`` is the number WeasyPrint gave it; an added space has none and stands ``after`` another.
    """

    page: int
    parent: Element
    box: Any
    mark: int | None
    said: str = ""
    after: Content | None = None
    number: int = -1
    """Its MCID in the finished file."""


@dataclass(eq=False)
class Annotation:
    """A link's rectangle on a page."""

    page: int
    dictionary: Any


_LAYOUT = {"Type": "/Layout"}
"""Also of a table's head drawn again: it is no running head. Subtypes are of pagination only (14.8.2.2)."""


def _furniture(side: str) -> dict[str, Any]:
    """Properties of the artifact that a margin box of ``side`` ("top", "bottom", …) is."""
    properties: dict[str, Any] = {"Type": "/Pagination"}
    if side in ("top", "bottom"):
        properties["Subtype"] = "/Header" if side == "top" else "/Footer"
    properties["Attached"] = f"[/{side.capitalize()}]"
    return properties


# --- boxes to elements ----------------------------------------------------------------------


class _Walk:
    """Walks the boxes of every page in order and builds the tree of elements.

    ``root`` is the tree, ``texts`` the text contents of each block (by its HTML element) in reading
    order, ``others`` the pictures and generated words, ``artifacts`` the properties of what is not
    read, by page and mark, and ``unused`` the link annotations that repeat another.
    """

    def __init__(self, document: Any, dialect: Dialect) -> None:
        from weasyprint.formatting_structure import boxes
        from weasyprint.layout.absolute import AbsolutePlaceholder

        self.boxes, self.placeholder = boxes, AbsolutePlaceholder
        self.document, self.dialect = document, dialect
        self.root = Element("Document", None)
        self.texts: dict[Any, list[Content]] = {}
        self.others: list[Content] = []
        self.artifacts: dict[int, dict[int, dict[str, Any]]] = defaultdict(dict)
        self.unused: list[Any] = []
        self._inside: dict[tuple[Any, str], Element] = {}  # where the children of an HTML element go
        self._heads: dict[Any, int] = {}  # the page on which a table head or foot stands first
        self.bookmarks: list[tuple[str, Element]] = []  # words of each, and the element it leads to
        self._leader = False  # whether a leader came last: it takes the place of a space
        self._link: Any = None  # the HTML link being walked
        self._block: Any = None  # the innermost HTML block being walked

    def page(self, number: int, marks: dict[Any, Any]) -> None:
        """Walk page ``number``; ``marks`` are WeasyPrint's marked boxes of that page."""
        self.number, self.marks = number, marks
        self.visit(self.document.pages[number]._page_box, self.root)
        assert not marks, marks

    def visit(self, box: Any, parent: Element) -> None:
        if isinstance(box, self.placeholder):
            box = box._box
        if isinstance(box, self.boxes.MarginBox):
            self.artifact(box, _furniture(box.at_keyword.strip("@").split("-")[0]))
        elif box.is_leader or self.repeats(box):
            self.artifact(box, _LAYOUT)
            self._leader = box.is_leader
        elif isinstance(box, self.boxes.TextBox):
            self.text(box, parent)
        elif isinstance(box, self.boxes.ReplacedBox):
            self.picture(box, parent)
        else:
            self.container(box, parent)

    def container(self, box: Any, parent: Element) -> None:
        """Visit a box that is nothing itself, and the boxes in it."""
        link, block = self._link, self._block
        inside = self.enter(box, parent)
        if box.bookmark_label and box.style["bookmark_level"] != "none":
            self.bookmarks.append((box.bookmark_label, inside))
        source = box.element
        if source is not None and box.element_tag == source.tag and source.tag not in _INLINE:
            self._block = source
        self.link(box, inside)
        for child in box.children:
            self.visit(child, inside)
        self._link, self._block = link, block

    def enter(self, box: Any, parent: Element) -> Element:
        """Return the element that takes the children of ``box``: a new one, or one already there."""
        if box.element is None or box.element_tag in (None, "html", "body"):
            return parent
        # Anonymous boxes, lines and the pieces on later pages carry the same element and tag.
        key = (box.element, _tag(box))
        if key not in self._inside:
            self._inside[key] = self.open(box, parent)
        return self._inside[key]

    def open(self, box: Any, parent: Element) -> Element:
        """Make the structure element (or elements) of an HTML element met for the first time."""
        source, tag, role = box.element, _tag(box), box.element.get("role", "")
        id = source.get("id", "")
        if "::" in tag:
            return self.open_generated(box, parent)
        match tag:
            case "a" if source.get("href"):
                if role == "doc-noteref" or parent.role == "TOCI":
                    parent = parent.add("Reference", source, id)
                    id = ""
                element = parent.add("Link", source, id)
            case "dd" | "dt" if parent.role in ("L", "LI"):
                item = parent if parent.role == "LI" else parent.last("LI") if tag == "dd" else None
                element = (item or parent.add("LI")).add("Lbl" if tag == "dt" else "LBody", source, id)
                if self.dialect.is_2 and tag == "dd":
                    self.describe(element, box)
                    return element.add(
                        "P", source
                    )  # no words, and no label, stand in an LBody of PDF 2.0 directly
            case "div" if parent.role == "L":
                element = parent.add("LI", source, id)
            case "li" if parent.role == "TOC":
                element = parent.add("TOCI", source, id)
            case "li" if parent.role == "L":
                element = parent.add("LI", source, id).add("LBody", source)
            case "ol" | "ul" if parent.source is not None and parent.source.get("role") == "doc-toc":
                element = parent.add("TOC", source, id)
            case "span" if "label" in source.get("class", "").split():
                element = parent.add("Lbl", source, id)
            case "section" if "callout" in source.get("class", "").split():
                element = parent.add(self.dialect.callout, source, id)
            case _ if role in ("doc-footnote", "doc-endnote"):
                element = parent.add(self.dialect.note, source, id)
            case _ if tag in self.dialect.roles:
                element = parent.add(self.dialect.roles[tag], source, id)
            case _ if tag not in _INLINE:
                element = parent.add("Div", source, id)
            case _ if id or source.get("lang"):
                element = parent.add("Span", source, id)
            case _:
                return parent
        self.describe(element, box)
        return element

    def open_generated(self, box: Any, parent: Element) -> Element:
        """Words that the style sheet adds: a list marker, ``::before``, ``::after``."""
        inside = self._inside.get((box.element, box.element.tag), parent)
        if _tag(box).endswith("::marker") and inside.parent is not None and inside.parent.role == "LI":
            label = Element("Lbl", inside.parent)
            inside.parent.children.insert(0, label)
            return label
        return parent if parent.role == "Generated" else parent.add("Generated")

    def describe(self, element: Element, box: Any) -> None:
        """Add what a reader is told of an element besides its content."""
        from pydyf import String

        source = element.source
        if language := source.get("lang"):
            element.entries["Lang"] = String(language)
        match element.role:
            case "L":
                style = box.style["list_style_type"]
                numbering = _LIST_NUMBERING.get(style) if isinstance(style, str) else None
                if source.tag == "dl" or not numbering:
                    numbering = _NUMBERING_2[source.tag] if self.dialect.is_2 else "None"
                element.attributes.append({"O": "/List", "ListNumbering": f"/{numbering}"})
            case "FENote":
                element.attributes.append({"O": "/FENote", "NoteType": "/Endnote"})
            case "TH" | "TD":
                cell: dict[str, Any] = {"O": "/Table"}
                if element.role == "TH":
                    row = source.get("scope", "").startswith("row")
                    cell["Scope"] = "/Row" if row else "/Column"
                if box.colspan != 1:
                    cell["ColSpan"] = box.colspan
                if box.rowspan != 1:
                    cell["RowSpan"] = box.rowspan
                if len(cell) > 1:
                    element.attributes.append(cell)
            case _:
                pass

    def text(self, box: Any, parent: Element) -> None:
        mark = self.marks.pop(box)["mcid"]
        content = Content(self.number, parent, box, mark, box.text)
        if "::" in _tag(box):
            # The line feed of a br, a word joiner; the head of a column, repeated in a cell of it.
            if not _visible(box.text) or _tag(box) == "td::before":
                self.artifacts[self.number][mark] = _as_said(box, _LAYOUT)
                return
            if self._leader and not box.text.startswith(" "):
                content.said = f" {box.text}"
            self.others.append(content)
        else:
            self.texts.setdefault(self._block, []).append(content)
        self._leader = False
        parent.children.append(content)

    def picture(self, box: Any, parent: Element) -> None:
        from pydyf import Array, String

        source = box.element
        alternative = source.get("alt", "")
        if "::" in box.element_tag or not alternative or box not in self.marks:
            self.artifact(box, _LAYOUT)
            return
        element = parent.add("Figure", source, source.get("id", ""))
        element.entries["Alt"] = String(alternative)
        left, top, height = box.content_box_x(), box.content_box_y(), self.document.pages[self.number].height
        corners = (left, height - top - box.height, left + box.width, height - top)
        box_in_points = Array([round(each * POINTS_PER_PIXEL, 3) for each in corners])
        element.attributes.append({"O": "/Layout", "Placement": "/Block", "BBox": box_in_points})
        content = Content(self.number, element, box, self.marks.pop(box)["mcid"])
        element.children.append(content)
        self.others.append(content)
        self.link(box, element)

    def link(self, box: Any, inside: Element) -> None:
        """Give the link its rectangle: one for each line, not one more for each box inside it."""
        annotation = box.link_annotation
        if annotation is None:
            return
        if box.element_tag == "a" and self._link is not box.element:
            self._link = box.element
            left, _, right, _ = annotation["Rect"]
            if left < right:  # a link that begins at a line's very end has a piece without words there
                holder = next(each for each in inside.lineage() if each.role == "Link")
                holder.children.append(Annotation(self.number, annotation))
                return
        self.unused.append(annotation)

    def repeats(self, box: Any) -> bool:
        """Whether ``box`` is a table's head or foot again, on a later page.

        The head of a stacked table is a block, which is not repeated but may go on there.
        """
        if box.element_tag not in ("thead", "tfoot") or not isinstance(box, self.boxes.TableRowGroupBox):
            return False
        return self._heads.setdefault(box.element, self.number) != self.number

    def artifact(self, box: Any, properties: dict[str, Any]) -> None:
        """Take ``box`` and all in it out of what is read."""
        if isinstance(box, self.placeholder):
            box = box._box
        if box in self.marks:
            self.artifacts[self.number][self.marks.pop(box)["mcid"]] = _as_said(box, properties)
        if box.link_annotation is not None:
            self.unused.append(box.link_annotation)
        for child in box.children:
            self.artifact(child, properties)


def _tag(box: Any) -> str:
    """Return the HTML tag of ``box``: a first letter or line that is styled for itself is text of its own."""
    return re.sub(r"::first-(letter|line)", "", box.element_tag or "")


def _as_said(box: Any, properties: dict[str, Any]) -> dict[str, Any]:
    """Add the words of ``box`` in the order of reading, where they are drawn in another."""
    from pydyf import String

    words = getattr(box, "text", "")
    return properties | {"ActualText": String(words)} if _right_to_left(words) else properties


def _visible(text: str) -> bool:
    """Whether ``text`` has more than spaces, controls and joiners (Unicode categories Z and C)."""
    return any(unicodedata.category(character)[0] not in "ZC" for character in text)


# --- words as laid out, words as written ----------------------------------------------------


def _characters(block: Any) -> list[tuple[str, Any]]:
    """Return the characters of an HTML block, white space folded, each with the element it is in.

    Blocks inside the block are left out: they are aligned by themselves.
    """
    found: list[tuple[str, Any]] = []

    def add(text: str | None, owner: Any) -> None:
        for character in text or "":
            if character not in WHITE:
                found.append((character, owner))
            elif found and found[-1][0] != " ":
                found.append((" ", owner))

    def walk(element: Any) -> None:
        add(element.text, element)
        for child in element:
            if child.tag in _INLINE and child.tag != "br":
                walk(child)
            elif isinstance(child.tag, str):  # a comment's is a function
                add(" ", element)
            add(child.tail, element)

    walk(block)
    if found and found[-1][0] == " ":
        found.pop()
    return found


class _MismatchError(Exception):
    """The words of a block as laid out are not those of the HTML."""


def _align(block: Any, contents: list[Content]) -> list[Content]:
    """Set what each content of ``block`` says, from the HTML; return contents to add for lost spaces.

    A layout drops the space at the end of a line and the soft hyphens it does not use; where it
    breaks a word it adds a hyphen. All that is undone here. Anything else is a ``_MismatchError``.
    """
    characters = _characters(block)
    added: list[Content] = []
    position = 0
    previous: Content | None = None
    for content in contents:
        laid_out, content.said = content.said, ""
        for place, character in enumerate(laid_out):
            if character in WHITE:
                if position < len(characters) and characters[position][0] == " ":
                    content.said += " "
                    position += 1
                continue
            while position < len(characters) and characters[position][0] != character:
                wanted, owner = characters[position]
                if wanted == SOFT_HYPHEN:
                    content.said += SOFT_HYPHEN
                elif wanted == " " and not content.said.strip(SOFT_HYPHEN) and previous is not None:
                    if (space := _space(owner, previous, content)) is not None:
                        added.append(space)
                else:
                    break
                position += 1
            if position < len(characters) and characters[position][0] == character:
                content.said += character
                position += 1
            elif not (character == HYPHEN and place == len(laid_out) - 1):
                raise _MismatchError
        if content.said:
            previous = content
    if "".join(character for character, _ in characters[position:]).strip(SOFT_HYPHEN):
        raise _MismatchError
    if previous is not None:
        previous.said += SOFT_HYPHEN * (len(characters) - position)
    return added


def _space(owner: Any, previous: Content, following: Content) -> Content | None:
    """Put a lost space, which stands in HTML element ``owner``, after ``previous``.

    At the end of its own text it is said with it; else it is content of its own, so that a bold
    word at the end of a line does not take the space of the sentence with it.
    """
    if previous.box.element is owner:
        previous.said += " "
        return None
    for near, offset in ((previous, 1), (following, 0)):
        child: Element | Content = near
        for element in near.parent.lineage():
            if element.source is owner:
                space = Content(previous.page, element, previous.box, None, " ", previous)
                element.children.insert(element.children.index(child) + offset, space)
                return space
            child = element
    # The owner left no trace in the tree (a span without a mark): the nearest element has the space.
    parent = previous.parent
    space = Content(previous.page, parent, previous.box, None, " ", previous)
    parent.children.insert(parent.children.index(previous) + 1, space)
    return space


def _settle(walk: _Walk) -> list[Content]:
    """Align every block; return the spaces to add. Words that a layout changed are a ``PublishError``."""
    added: list[Content] = []
    problems: list[Problem] = []
    for block, contents in walk.texts.items():
        try:
            added += _align(block, contents)
        except _MismatchError:
            id = block.get("id", "")
            name = f"block “{id}”" if id else f"a {block.tag} without an id"
            words = "".join(character for character, _ in _characters(block))
            problems.append(
                Problem(
                    f"the print layout changes or hides words of {name}: {words[:60]}",
                    hint="look for text-transform, display: none or generated text in the print styles",
                    kind="layout",
                    block=id,
                )
            )
            continue
        for content in contents:
            if not content.said and content.mark is not None:  # a space at a line's end or a block's edge
                content.parent.children.remove(content)
                walk.artifacts[content.page][content.mark] = _LAYOUT
        contents[:] = [content for content in contents if content.said]
    if problems:
        raise PublishError(*problems)
    return added


# --- content streams ------------------------------------------------------------------------


@dataclass
class _Sequence:
    """Where a marked-content sequence stands in a stream: its properties, its end, its text.

    ``shown`` are (index of the operator, name of the font) of each piece of text.
    """

    start: int
    end: int = -1
    shown: list[tuple[int, str]] = field(default_factory=list)


def _sequences(items: list[Any]) -> dict[int, _Sequence]:
    """Return the numbered marked-content sequences of a page's stream, by WeasyPrint's number."""
    found: dict[int, _Sequence] = {}
    open_: list[_Sequence | None] = []
    font = ""
    for index, item in enumerate(items):
        if item in (b"BDC", b"BMC"):
            properties = items[index - 1]
            numbered = isinstance(properties, dict) and "MCID" in properties
            open_.append(_Sequence(index - 1) if numbered else None)
            if (sequence := open_[-1]) is not None:
                found[properties["MCID"]] = sequence
        elif item == b"EMC":
            if (sequence := open_.pop()) is not None:
                sequence.end = index
        elif isinstance(item, bytes) and item.endswith(b" Tf"):
            font = item[1 : item.index(b" ")].decode()
        elif isinstance(item, bytes) and item.endswith(b"] TJ") and open_ and open_[-1] is not None:
            open_[-1].shown.append((index, font))
    return found


class _Fonts:
    """The fonts of the document by name: glyph to text, as the finished file will tell it."""

    def __init__(self, document: Any) -> None:
        # Where two share a name, WeasyPrint writes the last.
        self.by_name: dict[str, Any] = {font.hash: font for font in document.fonts.values()}

    def text(self, operator: bytes, name: str) -> str:
        """Return the text that a ``[<0012>-20<0034>] TJ`` shows."""
        glyphs = self.by_name[name].to_unicode
        return "".join(
            glyphs.get(int(digits[at : at + 4], 16), "")
            for digits in re.findall(rb"<([0-9a-f]+)>", operator)
            for at in range(0, len(digits), 4)
        )

    @cached_property
    def spaces(self) -> dict[str, int]:
        """The glyph of the space, by name of each font that has shown one."""
        return {
            name: min(glyph for glyph, text in font.to_unicode.items() if text == " ")
            for name, font in self.by_name.items()
            if " " in font.to_unicode.values()
        }


def _right_to_left(text: str) -> bool:
    return any(unicodedata.bidirectional(character) in ("R", "AL") for character in text)


class _Page:
    """Rewrites the stream of one page: new numbers, spaces, spoken text, typed artifacts."""

    def __init__(self, stream: Any, fonts: _Fonts, artifacts: Mapping[int, dict[str, Any]]) -> None:
        self.items, self.fonts, self.artifacts = stream.stream, fonts, artifacts
        self.sequences = _sequences(self.items)
        self.kept: dict[int, Content] = {}  # by WeasyPrint's number
        self.spoken: dict[int, str] = {}  # what to say instead of the glyphs
        self.inserted: dict[int, list[Any]] = {}  # operators to insert before an item
        self.following: dict[int, list[Content]] = {}  # spaces to add after an item

    def keep(self, content: Content) -> None:
        """Keep a content of the page; make the file say just ``content.said`` for it."""
        sequence = self.sequence(content)
        assert content.mark is not None
        self.kept[content.mark] = content
        shown = "".join(self.fonts.text(self.items[index], font) for index, font in sequence.shown)
        if content.said in ("", shown):
            return
        if content.said.endswith(" ") and not shown.endswith(" ") and not _right_to_left(content.said):
            self.append_space(content, sequence)
            shown += " "
        if shown != content.said:
            self.spoken[content.mark] = content.said

    def append_space(self, content: Content, sequence: _Sequence) -> None:
        """Show a space at the end of ``content``, with a glyph of its own font where there is one."""
        if sequence.shown:
            index, font = sequence.shown[-1]
            if font in self.fonts.spaces:
                operator = self.items[index].removesuffix(b"] TJ")
                self.items[index] = operator + b"<%04x>] TJ" % self.fonts.spaces[font]
                return
        at = content.box.position_x + (content.box.width if sequence.shown else 0)
        self.inserted[sequence.end] = self.space(content.box, at)

    def add_space(self, content: Content) -> None:
        """Show a space of its own after another content."""
        assert content.after is not None
        self.following.setdefault(self.sequence(content.after).end, []).append(content)

    def space(self, box: Any, x: float) -> list[bytes]:
        """Return the operators that show a space on the line of ``box``, at ``x`` in pixels."""
        if not self.fonts.spaces:
            return []
        font, glyph = next(iter(self.fonts.spaces.items()))
        size, y = box.style["font_size"], box.position_y + box.baseline
        matrix, font_and_size = f"1 0 0 -1 {x:f} {y:f} Tm", f"/{font} {size:f} Tf"
        # q and Q, because WeasyPrint remembers which font it set last.
        return [b"q", b"BT", matrix.encode(), font_and_size.encode(), b"[<%04x>] TJ" % glyph, b"ET", b"Q"]

    def sequence(self, content: Content) -> _Sequence:
        """Return where ``content`` stands; paint that is not on the page itself cannot be tagged."""
        if content.mark in self.sequences:
            return self.sequences[content.mark]
        block = next((each.id for each in content.parent.lineage() if each.id), "")
        raise PublishError(
            Problem(
                f"the print layout paints block “{block}” through a transparent group, unreadable",
                hint="do not use opacity, filters or blend modes on text in the print styles",
                kind="layout",
                block=block,
            )
        )

    def rewrite(self) -> list[Content]:
        """Write the new stream; return the contents of the page in the order of their new numbers."""
        from pydyf import Dictionary

        done: list[Any] = []
        contents: list[Content] = []

        def number(content: Content) -> Any:
            content.number = len(contents)
            contents.append(content)
            return Dictionary({"MCID": content.number})

        for index, item in enumerate(self.items):
            done += self.inserted.get(index, ())
            if isinstance(item, dict) and "MCID" in item:
                self.renumber(item["MCID"], done, number)
            elif item == b"BMC" and done[-1] == "/Artifact":
                done += [Dictionary(_LAYOUT), b"BDC"]
            else:
                done.append(item)
            for space in self.following.get(index, ()):
                shown = self.space(space.box, space.box.position_x + space.box.width)
                done += ["/Span", number(space), b"BDC", *shown, b"EMC"]
        self.items[:] = done
        return contents

    def renumber(self, mark: int, done: list[Any], number: Callable[[Content], Any]) -> None:
        """Write the properties of the sequence whose tag is the last item ``done``."""
        from pydyf import Dictionary, String

        if mark in self.artifacts:
            done[-1:] = ["/Artifact", Dictionary(self.artifacts[mark])]
            return
        properties = number(self.kept[mark])
        if mark in self.spoken:
            properties["ActualText"] = String(self.spoken[mark])
        done.append(properties)


def _rewrite(streams: list[Any], walk: _Walk, added: list[Content], document: Any) -> list[list[Content]]:
    """Rewrite the streams of all pages; return the contents of each page in the order of their numbers."""
    fonts = _Fonts(document)
    pages = [_Page(stream, fonts, walk.artifacts[number]) for number, stream in enumerate(streams)]
    for content in (*chain.from_iterable(walk.texts.values()), *walk.others):
        pages[content.page].keep(content)
    for space in added:
        pages[space.page].add_space(space)
    return [page.rewrite() for page in pages]


# --- objects of the file --------------------------------------------------------------------


class _Writer:
    """Writes the structure tree into ``pdf``."""

    def __init__(self, pdf: Any, dialect: Dialect, unused: list[Any]) -> None:
        self.pdf, self.dialect = pdf, dialect
        self.pages = pdf.page_references
        self.free = self.drop(unused)
        self.ids: dict[str, Any] = {}
        self.written: dict[Element, Any] = {}
        self.namespace: Any = None
        self.links: list[tuple[bytes, Any]] = []

    def drop(self, unused: list[Any]) -> list[int]:
        """Take annotations off their pages; return their numbers, free for other objects."""
        dropped = {each.reference for each in unused}
        for each in self.pdf.objects:
            if isinstance(each, dict) and each.get("Type") == "/Page" and "Annots" in each:
                each["Annots"][:] = [link for link in each["Annots"] if link not in dropped]
                if not each["Annots"]:
                    del each["Annots"]
        return sorted((each.number for each in unused), reverse=True)

    def object(self, entries: Mapping[str, Any]) -> Any:
        """Add an object to the file."""
        from pydyf import Dictionary

        added = Dictionary(entries)
        if self.free:
            added.number = self.free.pop()
            self.pdf.objects[added.number] = added
        else:
            self.pdf.add_object(added)
        return added

    def tree(self, root: Element, contents: list[list[Content]]) -> None:
        """Write the tree, the way back from each content to it, and the list of ids."""
        from pydyf import Array, Dictionary, String

        tree = self.object({"Type": "/StructTreeRoot"})
        if self.dialect.namespace:
            self.namespace = self.object({"Type": "/Namespace", "NS": String(self.dialect.namespace)})
            tree["Namespaces"] = Array([self.namespace.reference])
        tree["K"] = Array([self.element(root, tree.reference).reference])
        tree["RoleMap"] = Dictionary({name: f"/{role}" for name, role in self.dialect.role_map.items()})
        numbers = Array()
        for page, its_contents in enumerate(contents):
            numbers += [page, Array([self.written[content.parent].reference for content in its_contents])]
        for key, (reference, annotation) in enumerate(self.links, len(contents)):
            annotation["StructParent"] = key
            numbers += [key, reference]
        tree["ParentTree"] = self.object({"Nums": numbers}).reference
        tree["ParentTreeNextKey"] = len(contents) + len(self.links)
        names = Array()
        for id in sorted(self.ids):
            names += [String(id), self.ids[id].reference]
        tree["IDTree"] = self.object({"Names": names}).reference
        self.pdf.catalog["StructTreeRoot"] = tree.reference
        self.pdf.catalog["MarkInfo"] = Dictionary({"Marked": "true"})
        self.pdf.catalog["ViewerPreferences"] = Dictionary({"DisplayDocTitle": "true"})

    def element(self, element: Element, parent: bytes) -> Any:
        """Write ``element`` and all below it."""
        from pydyf import Array, Dictionary

        written = self.object({"Type": "/StructElem", "S": f"/{element.role}", "P": parent})
        self.written[element] = written
        if element.role in self.dialect.names:
            written["NS"] = self.namespace.reference
        written.update(element.entries)
        self.name(element, written)
        if element.attributes:
            attributes = [Dictionary(each) for each in element.attributes]
            written["A"] = attributes[0] if len(attributes) == 1 else Array(attributes)
        children = Array()
        for child in element.children:
            match child:
                case Element():
                    if _says_something(child):
                        children.append(self.element(child, written.reference).reference)
                case Content():
                    children.append(self.content(child, written))
                case Annotation():
                    children.append(self.annotation(child, element, written.reference))
        written["K"] = children
        return written

    def name(self, element: Element, written: Any) -> None:
        from pydyf import String

        if not element.id:
            return
        if element.id in self.ids:
            raise PublishError(
                Problem(f"the print layout uses the id “{element.id}” twice", kind="layout", block=element.id)
            )
        written["ID"] = String(element.id)
        self.ids[element.id] = written

    def content(self, content: Content, written: Any) -> Any:
        """Return how ``written`` refers to ``content``: by its number alone on the element's own page."""
        from pydyf import Dictionary

        page = self.pages[content.page]
        if written.setdefault("Pg", page) == page:
            return content.number
        return Dictionary({"Type": "/MCR", "Pg": page, "MCID": content.number})

    def annotation(self, annotation: Annotation, element: Element, reference: bytes) -> Any:
        from pydyf import Dictionary, String

        link, page = annotation.dictionary, self.pages[annotation.page]
        # What a screen reader says in a list of links; WeasyPrint would write the address.
        words = element.source.get("aria-label") or "".join(
            character for character, _ in _characters(element.source)
        )
        link["Contents"] = String(words or link["Contents"].string)
        self.links.append((reference, link))
        return Dictionary({"Type": "/OBJR", "Pg": page, "Obj": link.reference})

    def cross_references(self, root: Element) -> None:
        """Let each mark name its note, each note its marks, each line of the contents its heading.

        ISO 14289-2, 8.2.5.8 and 8.2.5.14.
        """
        from pydyf import Array

        for element in root.all():
            mark = self.written.get(element)
            if element.role != "Reference" or mark is None:
                continue
            targets = (
                self.ids[child.dictionary["Dest"].string]
                for link in element.all()
                for child in link.children
                if isinstance(child, Annotation) and "Dest" in child.dictionary
            )
            for target in {each.reference: each for each in targets}.values():
                mark["Ref"] = Array([target.reference])
                if target["S"] == f"/{self.dialect.note}":
                    target.setdefault("Ref", Array()).append(mark.reference)

    def destinations(self, bookmarks: list[tuple[str, Element]]) -> None:
        """Let names and bookmarks lead to elements, not only to places (ISO 14289-2, 8.8)."""
        from pydyf import Array, Dictionary

        places = self.pdf.catalog.get("Names", {}).get("Dests", {}).get("Names", [])
        for index in range(0, len(places), 2):
            id, place = places[index].string, places[index + 1]
            if id not in self.ids:
                raise PublishError(
                    Problem(f"the print layout has no element for the place “{id}”", kind="layout", block=id)
                )
            places[index + 1] = Dictionary({"D": place, "SD": Array([self.ids[id].reference, *place[1:]])})
        items = [
            each for each in self.pdf.objects if isinstance(each, dict) and {"Title", "Dest"} <= each.keys()
        ]
        assert [item["Title"].string for item in items] == [words for words, _ in bookmarks]
        for item, (_, element) in zip(items, bookmarks, strict=True):
            item["Dest"] = Array([self.written[element].reference, *item["Dest"][1:]])


def _says_something(element: Element) -> bool:
    """Whether ``element`` has any content; an empty table cell still counts."""
    return element.role in ("TD", "TH") or any(
        not isinstance(child, Element) or _says_something(child) for child in element.children
    )


def add_tags(pdf: Any, document: Any, pdf_version: Any, page_streams: list[Any]) -> None:
    """Tag ``document``; in the place of ``weasyprint.pdf.add_tags``, and called just as that is."""
    dialect = PDF_2_0 if str(pdf_version) >= "2.0" else PDF_1_7
    walk = _Walk(document, dialect)
    for number, stream in enumerate(page_streams):
        walk.page(number, stream._tags)
    added = _settle(walk)
    contents = _rewrite(page_streams, walk, added, document)
    writer = _Writer(pdf, dialect, walk.unused)
    writer.tree(walk.root, contents)
    if dialect.is_2:
        writer.destinations(walk.bookmarks)
        writer.cross_references(walk.root)
