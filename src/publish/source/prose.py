"""Read Markdown: one text of the source in, typed prose and everything that is wrong with it out.

Layer 2. CommonMark by markdown-it-py, raw HTML off, and two things more: note marks ``[^key]`` and
phrases in another language ``[la vida]{lang=es}``. What an article cannot hold (headings, code,
quotes, pictures, HTML, tables) is a fault, and so is a mark that Markdown would leave standing as
plain characters: nothing is dropped, and nothing is shown that was meant as a mark.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from publish.errors import Severity
from publish.model import (
    ID_PATTERN,
    LANGUAGE_PATTERN,
    BulletList,
    Emphasis,
    Inline,
    Item,
    Line,
    LineBreak,
    Link,
    NoteMark,
    NumberedList,
    Phrase,
    Prose,
    ProseBlock,
    Run,
    Strong,
    direction,
    plain,
)
from publish.source import limits
from publish.source.nodes import refused

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """What is wrong at character ``offset`` (from 0) of one text."""

    offset: int
    message: str
    hint: str = ""
    kind: str = "prose"
    severity: Severity = "error"


@dataclass(frozen=True)
class Parsed:
    """One text, parsed. ``marks`` are the notes and ``links`` the link targets as written, with
    their offsets; ``starts`` tells where each line begins, in the order of ``model.lines``."""

    prose: Prose
    faults: tuple[Fault, ...]
    marks: tuple[tuple[str, int], ...]
    links: tuple[tuple[str, int], ...]
    starts: tuple[int, ...]


def parse(
    text: str, addresses: Mapping[str, str] | None = None, references: Container[str] = frozenset()
) -> Parsed:
    """Return ``text`` as prose.

    ``addresses`` are the addresses of related pages by id, "" where nobody knows one: a link to
    ``related:ID`` leads there. ``references`` are the ids that notes can have.
    """
    return _Parser(text, addresses or {}, references).parse()


# --- the parser of one text ------------------------------------------------------------------


@dataclass
class _Found:
    """What the inline rules found in one inline text, by position in it.

    ``tags`` are the HTML tags (and “~~”) that were reported, so that closing ones are not.
    """

    references: Container[str]
    faults: list[tuple[int, str, str, str, Severity]] = field(default_factory=list)
    tags: set[str] = field(default_factory=set)

    def fault(
        self,
        position: int,
        message: str,
        hint: str = "",
        kind: str = "prose",
        severity: Severity = "error",
    ) -> None:
        self.faults.append((position, message, hint, kind, severity))


class _Parser:
    def __init__(self, text: str, addresses: Mapping[str, str], references: Container[str]) -> None:
        self.text = text
        self.addresses = addresses
        self.references = references
        self.lines = text.split("\n")
        self.line_starts = [0]
        for line in self.lines:
            self.line_starts.append(self.line_starts[-1] + len(line) + 1)
        self.faults: list[Fault] = []
        self.marks: list[tuple[str, int]] = []
        self.links: list[tuple[str, int]] = []
        self.starts: list[int] = []
        self.depth = 0
        self.markdown = _markdown()

    def parse(self) -> Parsed:
        for offset, message, hint in refused(self.text):
            self.fault(offset, message, hint, "character")
        tokens = self.markdown.parse(self.text)
        blocks = self.blocks(tokens, 0, len(tokens))
        self.joined_sentences()
        return Parsed(
            Prose(blocks=blocks),
            tuple(sorted(set(self.faults))),
            tuple(self.marks),
            tuple(self.links),
            tuple(self.starts),
        )

    def fault(
        self, offset: int, message: str, hint: str = "", kind: str = "prose", severity: Severity = "error"
    ) -> None:
        self.faults.append(Fault(offset, message, hint, kind, severity))

    # blocks

    def blocks(self, tokens: Sequence[Token], start: int, end: int) -> tuple[ProseBlock, ...]:
        found: list[ProseBlock] = []
        while start < end:
            token = tokens[start]
            stop = _closing(tokens, start)
            match token.type:
                case "paragraph_open":
                    found.append(self.line(tokens[start + 1]))
                case "bullet_list_open":
                    if token.markup == "+":
                        self.fault(
                            self.begin(token),
                            "“+” begins a list here",
                            "begin list items with “- ”; write a plus sign as \\+",
                        )
                    found.append(BulletList(items=self.items(tokens, start + 1, stop)))
                case "ordered_list_open":
                    number = int(token.attrs.get("start", 1))
                    self.check_numbers(tokens, start, stop, number)
                    found.append(NumberedList(start=number, items=self.items(tokens, start + 1, stop)))
                case _:
                    found.append(self.refused_block(token, tokens[start : stop + 1]))
            start = stop + 1
        return tuple(found)

    def items(self, tokens: Sequence[Token], start: int, end: int) -> tuple[Item, ...]:
        found: list[Item] = []
        self.depth += 1
        if self.depth == limits.LIST_DEPTH + 1:
            message = f"lists stand more than {limits.LIST_DEPTH} levels deep here"
            self.fault(self.begin(tokens[start]), message, "divide the list", "too-deep")
        while start < end:
            stop = _closing(tokens, start)
            blocks = self.blocks(tokens, start + 1, stop)
            if not blocks:
                self.fault(
                    self.begin(tokens[start]), "this list item is empty", "write its text, or delete it"
                )
            found.append(Item(blocks=blocks))
            start = stop + 1
        self.depth -= 1
        return tuple(found)

    def check_numbers(self, tokens: Sequence[Token], start: int, end: int, first: int) -> None:
        """Markdown counts on from the first number, whatever the others say; an author's stay."""
        level = tokens[start].level + 1
        opened = [
            token for token in tokens[start:end] if token.type == "list_item_open" and token.level == level
        ]
        if len(opened) == 1 and first != 1:
            self.fault(
                self.begin(tokens[start]),
                f"“{first}{tokens[start].markup}” begins a numbered list here",
                f"if it is part of a sentence, write {first}\\{tokens[start].markup}",
            )
        written = [int(token.info) for token in opened]
        if set(written) == {first}:
            return
        for n, token in enumerate(opened):
            if written[n] != first + n:
                self.fault(
                    self.begin(token),
                    f"this item is numbered {written[n]}, but it would be shown as {first + n}",
                    "number the items one after the other",
                )
                return

    def refused_block(self, token: Token, tokens: Sequence[Token]) -> Line:
        """Report a block that articles do not have; its words stand in for it, for the checks that follow."""
        message, hint = _REFUSED_BLOCKS.get(token.type, ("this cannot stand in an article", ""))
        start = self.begin(token)
        self.fault(start, message, hint)
        self.starts.append(start)
        words = " ".join(each.content for each in tokens if each.content) or token.markup
        return Line(inlines=(Run(text=words),))

    def begin(self, token: Token) -> int:
        """Return the offset of the first character of a block's first line.

        Inside a list item, what stands before it on its line is passed over.
        """
        line = token.map[0] if token.map else 0
        row = self.lines[line]
        prefix = re.match(r" *", row)
        column = prefix.end() if prefix else 0
        for _ in range(token.level // 2):
            if marker := _MARKER.match(row, column):
                if token.type == "list_item_open" and not row[marker.end() :].strip():
                    break
                column = marker.end()
        return self.line_starts[line] + column

    # inlines

    def line(self, token: Token) -> Line:
        origin = self.origin(token)
        if len(token.content) > limits.PARAGRAPH:
            message = f"this paragraph has more than {limits.PARAGRAPH:,} characters"
            self.fault(origin(limits.PARAGRAPH), message, "divide it", "too-large")
            self.starts.append(origin(0))
            return Line(inlines=(Run(text=token.content),))
        found = _Found(self.references)
        children: list[Token] = []
        self.markdown.inline.parse(token.content, self.markdown, {"found": found}, children)
        if re.search(r"(?<!\\)(\\\\)*\\$", token.content):
            found.fault(len(token.content) - 1, "“\\” at the end of a paragraph breaks no line", "delete it")
        if meant := _meant_as_list(token.content, in_list=token.level > 1):
            found.fault(*meant)
        for position, message, hint, kind, severity in found.faults:
            self.fault(origin(position), message, hint, kind, severity)
        self.starts.append(origin(0))
        if fault := _too_many_marks(children):
            self.fault(origin(0), *fault)
            return Line(inlines=(Run(text=token.content),))
        inlines = self.inlines(iter(children), origin)
        if not _visible(inlines):
            self.fault(origin(0), "a paragraph needs words", "write some, or delete it", "empty")
        return Line(inlines=inlines)

    def origin(self, token: Token) -> Callable[[int], int]:
        """Return the function from a position in an inline text to the offset in the whole text.

        markdown-it cuts indentation and list markers from the front of lines and spaces from the
        end of the last one, so every line of the inline text is the last words of a line.
        """
        first = token.map[0] if token.map else 0
        starts, ends = [], []
        position = 0
        for n, line in enumerate(token.content.split("\n"), first):
            row = self.lines[n]
            column = max(row.rfind(line), 0) if line.strip() else len(row)
            starts.append((position, self.line_starts[n] + column))
            position += len(line) + 1
            ends.append(self.line_starts[n + 1] - 1)

        def origin(position: int) -> int:
            n = max(n for n, (start, _) in enumerate(starts) if start <= position)
            return min(starts[n][1] + position - starts[n][0], ends[n])

        return origin

    def inlines(
        self, tokens: Iterator[Token], origin: Callable[[int], int], closing: str = ""
    ) -> tuple[Inline, ...]:
        found: list[Inline] = []
        for token in tokens:
            match token.type:
                case kind if kind == closing:
                    break
                case "text" | "text_special" | "softbreak":
                    content = token.content if token.type != "softbreak" else " "
                    if found and isinstance(found[-1], Run):
                        found[-1] = Run(text=found[-1].text + content)
                    elif content:
                        found.append(Run(text=content))
                case "hardbreak":
                    found.append(LineBreak())
                case "strong_open":
                    found.append(Strong(inlines=self.inlines(tokens, origin, "strong_close")))
                case "em_open":
                    found.append(Emphasis(inlines=self.inlines(tokens, origin, "em_close")))
                case "phrase_open":
                    inner = self.inlines(tokens, origin, "phrase_close")
                    language = token.meta["language"]
                    found.append(Phrase(language=language, direction=direction(language), inlines=inner))
                case "note":
                    offset = origin(token.meta["position"])
                    self.marks.append((token.meta["key"], offset))
                    found.append(NoteMark(key=token.meta["key"]))
                case "link_open":
                    offset = origin(token.meta["position"])
                    href = self.href(token, offset)
                    before = len(self.marks)
                    inner = self.inlines(tokens, origin, "link_close")
                    for _, mark in self.marks[before:]:
                        self.fault(mark, "a note cannot stand inside a link", "put it after the link")
                    if not _visible(inner):
                        self.fault(offset, "this link has no words", "write [words](address)")
                    found.append(Link(href=href, inlines=inner))
                case _:  # code and pictures; their rules have reported them
                    found.append(Run(text=token.content))
        return tuple(found)

    def href(self, token: Token, offset: int) -> str:
        """Check and return the target of a link; ``related:ID`` becomes the address of that page."""
        target = str(token.attrs["href"])
        if "title" in token.attrs:
            self.fault(offset, "a link has no title of its own", "write [words](address)")
        self.links.append((target, offset))
        if target.startswith("related:"):
            return self.addresses.get(target.removeprefix("related:"), "")
        if re.fullmatch(r"#[^\s#]+", target):
            return target
        if not _ADDRESS.fullmatch(target):
            self.fault(
                offset,
                f"the link leads to “{target}”, which is no address" if target else "this link leads nowhere",
                "use https://…, #id of a section, related:ID of a related page, or mailto:…",
                "link",
            )
        return target

    # the text as a whole

    def joined_sentences(self) -> None:
        """Note sentences with no space between them: “autoimmunity.The”."""
        for match in _JOINED.finditer(self.text):
            if (
                match["stop"]
                and match["before"][-2:].islower()
                and match["after"][0].isupper()
                and match["after"][1:].islower()
            ):
                offset = match.start("stop")
                shown = f"{match['before']}{match['stop']}{match['after']}"
                self.faults.append(
                    Fault(offset, f"two sentences meet without a space: “{shown}”", "", "joined", "note")
                )


# Addresses (in brackets or bare) are passed over, because they match first and have no "stop".
_JOINED = re.compile(
    r"\]\([^)\s]*\)|<?(?:https?|mailto):[^\s>]*|\bwww\.\S+"
    r"|(?P<before>\w{2,})[*_]*(?P<stop>[.?!…][”’\"')\]]?)(?:\[\^[^\]\s]+\]|[*_]+)*(?P<after>\w{2,})"
)

_ADDRESS = re.compile(
    r"https?://[^\s/?#\"<>\\^`{|}]+([/?#][^\s\"<>\\^`{|}]*)?|mailto:[^\s@]+@[^\s@]+\.[^\s@]+|tel:\+?[\d.-]+"
)

_MARKER = re.compile(r"(?:[-+*]|\d{1,9}[.)])(?: +|$)")

_REFUSED_BLOCKS = {
    "heading_open": (
        "a heading stands here",
        "headings come from fields; write \\# for a plain #, and leave a line free above a row of dashes",
    ),
    "code_block": (
        "this text is indented, which makes it code",
        "take the extra spaces at its beginning away",
    ),
    "fence": ("a block of code stands here", "take the ``` away"),
    "blockquote_open": (
        "a quotation with “>” stands here",
        "write it with quotation marks, or as a callout; write \\> for a plain >",
    ),
    "hr": ("a line of dashes or stars stands here", "take it away; a new section or part divides the text"),
    "html_block": ("HTML stands here", "use Markdown; write \\< for a plain <"),
    "table_open": (
        "a table drawn with “|” stands here",
        "write it as a table block: - table: {caption, columns, rows}",
    ),
}


def _closing(tokens: Sequence[Token], start: int) -> int:
    """Return the index of the token that closes the one at ``start`` (itself when it needs none)."""
    level = 0
    for n in range(start, len(tokens)):
        level += tokens[n].nesting
        if level <= 0:
            return n
    return len(tokens) - 1


def _visible(inlines: tuple[Inline, ...]) -> bool:
    return bool(plain(inlines).strip())


def _too_many_marks(tokens: Sequence[Token]) -> tuple[str, str, str] | None:
    """Return message, hint and kind where a paragraph has too many marks, or too many inside each other."""
    depth = deepest = count = 0
    for token in tokens:
        depth += token.nesting
        deepest = max(deepest, depth)
        count += token.nesting > 0 or token.type == "note"
    if deepest > limits.MARK_DEPTH:
        return f"marks stand more than {limits.MARK_DEPTH} levels deep here", "take some away", "too-deep"
    if count > limits.MARKS:
        return f"this paragraph has more than {limits.MARKS} marks", "divide it", "too-large"
    return None


def _meant_as_list(text: str, *, in_list: bool) -> tuple[int, str, str, str, Severity] | None:
    """Return position, message and more of the first line of a paragraph that was meant as an item of a list.

    What may as well be a dash in a sentence is taken for one unless the line below begins alike.
    """
    rows = text.split("\n")
    position = 0
    for n, row in enumerate(rows):
        following = rows[n + 1] if n + 1 < len(rows) and not row.endswith("\\") else ""
        if sign := _BULLET.match(row):
            hint = "take it away" if in_list and not n else "write “- ” in its place to make a list"
            called = f"“{sign[0][0]}”" if sign[0][0] not in "-\uf0b7" else "a sign of a word processor"
            if sign[0][0] == "-":
                called = "“-” and a no-break space (U+00A0)"
            return position, f"a line begins with {called}, which makes no list", hint, "list", "error"
        if (dash := _DASH.match(row)) and (other := _DASH.match(following)) and dash[0] == other[0]:
            message = f"lines begin with “{dash[0]}”, which makes no list: they run on in one paragraph"
            return position, message, "to make a list, write “- ” in its place on each line", "list", "note"
        first, second = _LETTER.match(row), _LETTER.match(following)
        if first and second and ord(second[1]) == ord(first[1]) + 1 and first[2] == second[2]:
            message = f"lines begin with “{first[0]}” and “{second[0]}”, which makes no list"
            hint = "to make a list, write “1. ”, “2. ” … in their place"
            return position, message, hint, "list", "note"
        position += len(row) + 1
    return None


# Signs that stand at the beginning of a line for one thing only; U+F0B7 is the bullet of the font Symbol.
_BULLET = re.compile("[•·▪◦‣●■∙⁃\uf0b7]|-\u00a0")
_DASH = re.compile(r"[–—](?=\s)|-(?=[^\W\d])")
_LETTER = re.compile(r"([A-Za-z](?=\))|[a-z])([.)])(?=\s)")


# --- inline rules ----------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    """CommonMark as articles use it; inline texts are parsed one by one, each with its own ``_Found``."""
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import autolink, backtick, emphasis, entity, image, link

    markdown = MarkdownIt("commonmark", {"html": False})
    markdown.enable("table")
    # Definitions ([key]: address) would vanish from the text; tabs and HTML are refused elsewhere.
    markdown.disable(["reference", "inline", "text_join"])
    markdown.validateLink = lambda url: True  # type: ignore[method-assign]
    markdown.normalizeLink = _normal  # type: ignore[method-assign]
    rules = markdown.inline.ruler
    rules.before("link", "note", _note)
    rules.before("link", "phrase", _phrase)
    rules.at("link", _positioned(link, "link_open"))
    rules.at("autolink", _positioned(autolink, "link_open"))
    rules.at("emphasis", _positioned(emphasis.tokenize, "text"))
    rules.at("entity", _checked_entity(entity))
    rules.at("backticks", _refused(backtick, "code_inline", "code in ` ` stands here", "take the ` away"))
    rules.at(
        "image",
        _refused(
            image,
            "image",
            "a picture stands here",
            "write it as a figure block: - figure: {image, alt, caption}",
        ),
    )
    rules.push("literal", _literal)
    markdown.inline.ruler2.before("fragments_join", "unpaired", _unpaired)
    return markdown


def _normal(url: str) -> str:
    """Leave ``related:`` and ``#id`` as they are; make other addresses ASCII, as PDF and EPUB need them."""
    from markdown_it.common.normalize_url import normalizeLink

    return url if url.startswith(("related:", "#")) else normalizeLink(url)


def _found(state: StateInline) -> _Found:
    found = state.env["found"]
    assert isinstance(found, _Found)
    return found


def _positioned(rule: Callable[[StateInline, bool], bool], kind: str) -> Callable[[StateInline, bool], bool]:
    """Return ``rule`` with the position in the meta of every token of ``kind`` that it makes."""

    def positioned(state: StateInline, silent: bool) -> bool:
        position, before = state.pos, len(state.tokens)
        done = rule(state, silent)
        if done and not silent:
            tokens = [token for token in state.tokens[before:] if token.type == kind and not token.meta]
            if kind == "text":  # one token per delimiter; pending text may stand before them
                for n, token in enumerate(reversed(tokens[-(state.pos - position) :]), 1):
                    token.meta = {"position": state.pos - n}
            elif tokens:
                tokens[0].meta = {"position": position}
        return done

    return positioned


def _refused(
    rule: Callable[[StateInline, bool], bool], kind: str, message: str, hint: str
) -> Callable[[StateInline, bool], bool]:
    """Return ``rule``, reporting what it makes."""

    def refused_rule(state: StateInline, silent: bool) -> bool:
        position, before = state.pos, len(state.tokens)
        done = rule(state, silent)
        if done and not silent and any(token.type == kind for token in state.tokens[before:]):
            _found(state).fault(position, message, hint)
        return done

    return refused_rule


def _checked_entity(rule: Callable[[StateInline, bool], bool]) -> Callable[[StateInline, bool], bool]:
    """Return ``rule``, reporting entities for characters that no article may hold."""

    def checked(state: StateInline, silent: bool) -> bool:
        position, before = state.pos, len(state.tokens)
        done = rule(state, silent)
        if done and not silent:
            for token in state.tokens[before:]:
                if token.type == "text_special":
                    for _, message, hint in refused(token.content):
                        _found(state).fault(position, message, hint, "character")
        return done

    return checked


def _note(state: StateInline, silent: bool) -> bool:
    """``[^key]``: the mark of a note."""
    match = _NOTE.match(state.src, state.pos, state.posMax)
    if not match:
        return False
    if not silent:
        key, position = match[1], state.pos
        if not re.fullmatch(ID_PATTERN, key):
            _found(state).fault(
                position,
                f"“{match[0]}” is no note: the id of a reference is lower-case letters, digits and hyphens",
                _one_by_one(key) if re.search("[,;]", key) else "",
                kind="note",
            )
        elif _DEFINITION.match(state.src, match.end()) and (position == 0 or state.src[position - 1] == "\n"):
            _found(state).fault(
                position, "the text of a note cannot stand here", "write it below “references:”", "note"
            )
        token = state.push("note", "", 0)
        token.meta = {"key": key, "position": position}
    state.pos = match.end()
    return True


_NOTE = re.compile(r"\[\^([^\]\[\s]*)\]")
_DEFINITION = re.compile(r":(\s|$)")


def _phrase(state: StateInline, silent: bool) -> bool:
    """``[words]{lang=es}``: words in another language."""
    start = state.pos
    if state.src[start] != "[":
        return False
    end = state.md.helpers.parseLinkLabel(state, start)
    if end < 0 or not state.src.startswith("{", end + 1) or end + 1 >= state.posMax:
        return False
    close = state.src.find("}", end + 2, state.posMax)
    match = _LANGUAGE.fullmatch(state.src, end + 2, close) if close >= 0 else None
    if not match:
        return False  # “literal” reports it
    if not silent:
        outer = state.posMax
        state.pos, state.posMax = start + 1, end
        opened = state.push("phrase_open", "span", 1)
        opened.meta = {"language": match[1] or match[2]}
        if not re.fullmatch(LANGUAGE_PATTERN, opened.meta["language"]):
            _found(state).fault(
                end + 2,
                f"“{opened.meta['language']}” is not the tag of a language",
                "write es for Spanish, ar for Arabic, zh-Hant for Traditional Chinese …",
                "language",
            )
        state.md.inline.tokenize(state)
        state.push("phrase_close", "span", -1)
        state.posMax = outer
    state.pos = close + 1
    return True


_LANGUAGE = re.compile(r"\s*lang=(?:\"([^\"\s]+)\"|([^\"\s]+))\s*")


def _literal(state: StateInline, silent: bool) -> bool:
    """Look at every special character that no rule took: was it meant as a mark? Never takes it itself."""
    if silent:
        return False
    source, spot, found = state.src, state.pos, _found(state)
    rest = source[spot : spot + 80]
    match source[spot]:
        case "[" if (several := _SEVERAL.match(source, spot)) and re.search("[a-z0-9]", several[1]):
            found.fault(spot, "a note holds one id, without spaces", _one_by_one(several[1]), "note")
        case "[" if rest.startswith("[^"):
            found.fault(
                spot,
                "a note begins here and is not closed",
                "write [^id-of-a-reference]; write \\[ for a plain [",
                "note",
            )
        case "[" if (mark := _MARKED_ID.match(source, spot)) and mark[1] in found.references:
            found.fault(
                spot,
                f"“{mark[0]}” is no note, though there is a reference “{mark[1]}”",
                f"write [^{mark[1]}]; write \\{mark[0]} for plain brackets",
                "note",
            )
        case "^" if (mark := _ROUND.match(source, max(spot - 1, 0))) and mark[1] in found.references:
            found.fault(
                spot - 1,
                f"“{mark[0]}” is no note, though there is a reference “{mark[1]}”",
                f"write [^{mark[1]}]",
                "note",
            )
        case "]" if _LOOSE_LINK.match(source, spot):
            found.fault(spot, "a space stands between ] and (", "write [words](address), without it", "link")
        case ":" if bare := _bare_address(state):
            start, address = bare
            found.fault(
                start,
                f"the address “{address}” is no link",
                f"write <{address}> to make it one",
                "link",
                "note",
            )
        case "]" if rest.startswith("](") and (inner := _INNER.search(source, 0, spot)):
            if inner[1]:
                found.fault(inner.start(), "a note cannot stand inside a link", "put it after the link")
            else:
                found.fault(
                    inner.start(),
                    "words in another language cannot be marked inside a link",
                    "put the link inside: [[words](address)]{lang=es}",
                )
        case "]" if rest.startswith("]("):
            found.fault(
                spot,
                "a link is not complete here",
                "write [words](address), no spaces in the address; write \\] for a plain ]",
            )
        case "]" if rest.startswith("]["):
            found.fault(
                spot, "a link to a named address stands here; that is not read", "write [words](address)"
            )
        case "]" if re.match(r"\]:\s*(<|https?:|/|#)", rest) and _starts_line(source, spot):
            found.fault(
                spot,
                "an address is given a name here; that is not read",
                "write [words](address) where it is needed",
            )
        case "]" if rest.startswith("]{"):
            found.fault(
                spot, "words in another language are not marked rightly here", "write [palabras]{lang=es}"
            )
        case "{" if re.match(r"\{\s*(lang|dir|#|\.)", rest) and not source[:spot].endswith("]"):
            found.fault(
                spot, "“{” marks nothing here", "words in another language are written [palabras]{lang=es}"
            )
        case "<" if match := re.match(r"<(/?)([A-Za-z][A-Za-z0-9-]*)|<[!?]", rest):
            closing, name = match[1], (match[2] or "").lower()
            if not (closing and name in found.tags):
                found.fault(
                    spot,
                    f"HTML stands here: “{_tag(rest)}”",
                    "a line break is \\ at the end of a line" if name == "br" else _HTML_HINT,
                    "html",
                )
            found.tags.add(name)
        case "&" if match := re.match(r"&#?\w{1,31};", rest):
            found.fault(
                spot, f"“{match[0]}” is no character that HTML knows", "type the character itself", "html"
            )
        case "~" if rest.startswith("~~") and "~~" not in found.tags:
            found.tags.add("~~")
            found.fault(spot, "“~~” strikes nothing out here", "take it away; write \\~ for a plain ~")
    return False


# What stands in the brackets of a note that is none, because spaces or commas are in them.
_SEVERAL = re.compile(r"\[\^([^\]\[\n]*)\]")
_TARGET = r"\((?:https?://|mailto:|tel:|related:|#)[^\s()]+\)"
_LOOSE_LINK = re.compile(rf"\] +{_TARGET}")
_MARKED_ID = re.compile(rf"\[([a-z0-9-]+)\](?![(\[{{]| +{_TARGET})")
_ROUND = re.compile(r"\(\^([a-z0-9-]+)\)")


def _one_by_one(written: str) -> str:
    """Say how the ids ``written`` in one note are written as notes of their own."""
    ids = [each for each in re.split(r"(?:[,;&\s^]|\band\b)+", written) if each]
    if all(re.fullmatch(ID_PATTERN, id) for id in ids):
        return f"write {''.join(f'[^{id}]' for id in ids)}"
    return "write [^id-of-a-reference]; write \\[ for a plain ["


def _bare_address(state: StateInline) -> tuple[int, str] | None:
    """Return where the address begins whose “:” stands here, and the address, if it is in no link."""
    before = state.src[max(state.pos - 30, 0) : state.pos]  # enough to see it, however long the text
    scheme = re.search(r"\bhttps?$", before)
    rest = re.compile(r"://[^\s<>\[\]*“”\"]+").match(state.src, state.pos)
    if not scheme or not rest or state.linkLevel:
        return None
    if re.search(r"\](?: *\(|: *)$", before[: scheme.start()]):
        return None  # a link that went wrong, and is reported
    address = (scheme[0] + rest[0]).rstrip(".,;:!?…’'")
    if "(" not in address:  # else they may belong to it
        address = address.rstrip(").,;:!?…’'")
    start = state.pos - len(scheme[0])
    return (start, address) if _ADDRESS.fullmatch(address) else None


# A note or a phrase, and what follows it in the same brackets.
_INNER = re.compile(r"(?:\[(\^)[^\[\]]*\]|\[[^\[\]]*\]\{lang=[^{}]*\})[^\[\]]*$")

_HTML_HINT = "use **strong**, *emphasis*, [links](address); write \\< for a plain <"


def _tag(rest: str) -> str:
    """The tag that ``rest`` begins with, or as much of it as helps to find it."""
    match = re.match(r"<[^<>\n]{0,40}>|<\S{1,20}", rest)
    return match[0] if match else rest[:10]


def _starts_line(source: str, spot: int) -> bool:
    opened = source.rfind("[", 0, spot)
    return opened >= 0 and (opened == 0 or source[opened - 1] == "\n")


def _unpaired(state: StateInline) -> None:
    """Report ``*`` and ``_`` that were meant to mark words and pair with nothing, or mark part of a word."""
    source = state.src
    reported = -1  # the end of the last run that was reported
    for token in state.tokens:
        position = (token.meta or {}).get("position")
        if position is None or position < reported:
            continue
        start, end = _run(source, position)
        before, after = source[:start][-1:], source[end:][:1]
        mark = source[position]
        if token.type == "text" and token.content == mark:
            spaced = before in ("", " ", "\n") and after in ("", " ", "\n")
            if spaced or (mark == "_" and before.isalnum() and after.isalnum()):
                continue  # a blank to fill in; snake_case
            _found(state).fault(
                position,
                f"“{source[start:end]}” marks nothing here: it is not closed, or a space stands inside",
                f"write **strong**, *emphasis*; write \\{mark} for a plain {mark}",
            )
            reported = end
        elif token.type in ("em_open", "strong_open") and before.isalnum() and after.isalnum():
            _found(state).fault(
                start,
                f"“{source[start:end]}” inside a word would mark part of it and vanish",
                f"write \\{mark} for a plain {mark}",
            )
            reported = end


def _run(source: str, position: int) -> tuple[int, int]:
    """Return start and end of the run of equal delimiters around ``position``."""
    start = end = position
    while start and source[start - 1] == source[position]:
        start -= 1
    while end < len(source) and source[end] == source[position]:
        end += 1
    return start, end
