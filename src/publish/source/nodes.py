"""Read YAML so that every value knows where it was written: text in, a tree of nodes and plain data out.

Layer 2. Built from PyYAML's events, not from ``safe_load``: that forgets line and column, keeps the
last of two equal keys and reads ``no`` as false. Here every scalar stays text. Anchors, aliases,
tags and merge keys are refused: an article says everything where it stands.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

import yaml

from publish.errors import Place, Problem, PublishError
from publish.files import read_file
from publish.source import limits

Route = tuple[str | int, ...]
"""The way from the root to a value: names of fields and positions in lists, from 0."""


@dataclass(frozen=True, eq=False)
class TextFile:
    """One text file of the author. ``name`` is how messages call it."""

    name: str
    text: str

    @cached_property
    def _lines(self) -> list[int]:
        """Where each line begins. Only LF ends a line: ``read_text`` refuses every other kind but CRLF."""
        return [0, *(match.end() for match in re.finditer("\n", self.text))]

    def place(self, index: int) -> Place:
        """Return the place of character ``index`` (from 0); lines and columns count from 1, as in editors."""
        line = bisect_right(self._lines, index)
        return Place(self.name, line, index - self._lines[line - 1] + 1)


@dataclass(frozen=True, eq=False)
class Scalar:
    """One text of the source; ``value`` is None where nothing stands."""

    file: TextFile
    path: Route
    start: int
    end: int
    value: str | None
    style: str

    @property
    def place(self) -> Place:
        return self.file.place(self.start)

    @cached_property
    def origins(self) -> list[int]:
        """For each character of ``value``, and its end: where it stands in the source."""
        return _origins(self)

    def at(self, offset: int) -> Place:
        """Return where character ``offset`` of ``value`` was written. The one way from text to place."""
        return self.file.place(self.origins[min(max(offset, 0), len(self.origins) - 1)])

    @property
    def comment(self) -> int | None:
        """Where “#” follows an unquoted text after a single space: it may have been meant as words.

        Comments have two spaces before them, as linters of YAML ask for.
        """
        if not self.style and self.file.text.startswith(" #", self.end):
            return self.end + 1
        return None


@dataclass(frozen=True, eq=False)
class Sequence:
    file: TextFile
    path: Route
    start: int
    items: list[Node] = field(default_factory=list)

    @property
    def place(self) -> Place:
        return self.file.place(self.start)


@dataclass(frozen=True, eq=False)
class Mapping:
    """Fields in the order written. ``pairs`` has each key once; a repeated one is a problem."""

    file: TextFile
    path: Route
    start: int
    pairs: dict[str, tuple[Scalar, Node]] = field(default_factory=dict)

    @property
    def place(self) -> Place:
        return self.file.place(self.start)


Node = Scalar | Sequence | Mapping


class Written(str):
    """A text that knows the scalar it was written as."""

    scalar: Scalar

    @classmethod
    def of(cls, scalar: Scalar) -> Written:
        written = cls(scalar.value)
        written.scalar = scalar
        return written


def read_text(path: Path, name: str, *folders: Path) -> TextFile:
    """Return the text of ``path``; raise ``PublishError`` where it is not clean UTF-8.

    Refused are bytes that are no UTF-8, a byte order mark, tabs, and characters that cannot be
    seen and change or break the text around them; also a file that is not inside ``folders``.
    """
    return decode(read_file(path, name, limits.FILE_BYTES, *folders), name)


def decode(data: bytes, name: str) -> TextFile:
    """Return ``data`` as text; see ``read_text``."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        raise PublishError(
            Problem(
                f"byte 0x{data[error.start]:02X} is not UTF-8",
                TextFile(name, before).place(len(before)),
                "save the file with the encoding UTF-8",
                kind="encoding",
            )
        ) from error
    text = text.replace("\r\n", "\n")
    file = TextFile(name, text)
    problems = [
        Problem(message, file.place(match.start()), hint, kind="character")
        for match in islice(_REFUSED.finditer(text), limits.PROBLEMS)
        for message, hint in (refusal(match[0]),)
    ]
    if problems:
        raise PublishError(*problems)
    return file


# Unicode: C0 and C1 controls, soft hyphen, zero-width space and joiner without width, line and
# paragraph separator, embeddings and overrides of direction, isolates, surrogates, byte order mark,
# noncharacters, replacement character. Left to authors: ZWNJ and ZWJ (Persian, Indic scripts,
# emoji), LRM and RLM, no-break spaces, the no-break hyphen.
_REFUSED = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u061c\u200b\u2028-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufdd0-\ufdef\ufeff\ufff9-\ufffd\ufffe\uffff]"
)


def refused(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield (offset, message, hint) for each character of ``text`` that no article may hold.

    A line feed is none of them.
    """
    for match in _REFUSED.finditer(text):
        yield match.start(), *refusal(match[0])


def refusal(character: str) -> tuple[str, str]:
    """Return message and hint for one refused character."""
    code = f"U+{ord(character):04X}"
    match character:
        case "\t":
            return "a tab stands here", "use spaces"
        case "\ufeff":
            return f"a byte order mark ({code}) stands here", "save the file as UTF-8 without BOM"
        case "\u00ad":
            return (
                f"a soft hyphen ({code}) stands here; it would change the word",
                "delete it; it cannot be seen, so type the word anew",
            )
        case "\ufffd":
            return (
                f"a replacement character ({code}) stands here: a letter was lost when the text was copied",
                "type the letter anew",
            )
        case (
            "\u061c"
            | "\u202a"
            | "\u202b"
            | "\u202c"
            | "\u202d"
            | "\u202e"
            | "\u2066"
            | "\u2067"
            | "\u2068"
            | "\u2069"
        ):
            return (
                f"a character that turns the direction of the text ({code}) stands here",
                "delete it, and mark the words as [words]{lang=ar} instead",
            )
        case _:
            return (
                f"the invisible character {code} stands here",
                "delete it; it cannot be seen, so type the words anew",
            )


def parse(file: TextFile) -> tuple[Node | None, list[Problem]]:
    """Return the tree of ``source`` (None where it is not YAML at all) and all that is wrong with it."""
    return _Composer(file).compose()


def data(node: Node) -> Any:
    """Return ``node`` as dicts, lists and ``Written`` texts; None where nothing stands."""
    match node:
        case Scalar(value=None):
            return None
        case Scalar():
            return Written.of(node)
        case Sequence():
            return [data(item) for item in node.items]
        case Mapping():
            return {Written.of(key): data(value) for key, value in node.pairs.values()}


def walk(node: Node) -> Iterator[Node]:
    """Yield ``node`` and everything below it, in file order."""
    yield node
    match node:
        case Sequence():
            for item in node.items:
                yield from walk(item)
        case Mapping():
            for _, value in node.pairs.values():
                yield from walk(value)
        case Scalar():
            pass


def child(node: Node | None, *path: str | int) -> Node | None:
    """Return what stands at ``path`` below ``node``, or None."""
    for step in path:
        match node, step:
            case Mapping(), str() if step in node.pairs:
                node = node.pairs[step][1]
            case Sequence(), int() if step < len(node.items):
                node = node.items[step]
            case _:
                return None
    return node


def text(node: Node | None, *path: str | int) -> str:
    """Return the text that stands at ``path`` below ``node``, "" where there is none."""
    found = child(node, *path)
    return found.value or "" if isinstance(found, Scalar) else ""


def items(node: Node | None, *path: str | int) -> list[Node]:
    """Return the items of the list at ``path`` below ``node``, none where there is no list."""
    found = child(node, *path)
    return found.items if isinstance(found, Sequence) else []


def located(root: Node, loc: tuple[str | int, ...]) -> tuple[Node, Scalar | None]:
    """Return the node that a pydantic ``loc`` means, and the key it stands under.

    Elements that the YAML does not have (the tag of a union; "steps" above a bare list) are passed
    over. On a mapping, a number is its n-th pair, whose key is "name"; "[key]" is the key just named.
    """
    node, key = root, None
    numbered = False
    for step in loc:
        if key and (step == "[key]" or (numbered and step == "name")):
            node = key
        numbered = False
        match node, step:
            case Mapping(), str() if step in node.pairs:
                key, node = node.pairs[step]
            case Mapping(), int() if step < len(node.pairs):
                key, node = list(node.pairs.values())[step]
                numbered = True
            case Sequence(), int() if step < len(node.items):
                key, node = None, node.items[step]
            case _:
                pass
    return node, key


@dataclass(frozen=True)
class WrittenLine:
    """One line of a text as it stands in the source, blank ones left out.

    ``start`` is the index of its first word in the file, ``offset`` that in the value of the text;
    ``after_blank`` tells whether a line without words stands above it.
    """

    words: str
    start: int
    offset: int
    after_blank: bool


def written_lines(scalar: Scalar) -> Iterator[WrittenLine]:
    """Yield the lines of a text that YAML folds; none of one below “|”, or of one line."""
    source = scalar.file.text
    end = source.find("\n", scalar.start, scalar.end)
    if scalar.style == "|" or end < 0:
        return
    start = end + 1 if scalar.style == ">" else scalar.start + len(scalar.style)
    blank = False
    for row in source[start : scalar.end].split("\n"):
        if words := row.strip(" "):
            first = start + row.index(words)
            offset = bisect_left(scalar.origins, first)
            yield WrittenLine(words, first, min(offset, len(scalar.value or "")), blank)
        blank = not words
        start += len(row) + 1


class _Composer:
    """Builds the tree of one file from PyYAML's events."""

    def __init__(self, file: TextFile) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.count = 0

    def problem(self, message: str, index: int, hint: str = "", kind: str = "yaml") -> None:
        self.problems.append(Problem(message, self.file.place(index), hint, kind=kind))

    def compose(self) -> tuple[Node | None, list[Problem]]:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        events = yaml.parse(self.file.text, Loader=loader)
        root: Node | None = None
        try:
            for event in events:
                if isinstance(event, yaml.DocumentStartEvent) and root is not None:
                    self.problem("a second document begins here", _begin(event), "delete the line “---”")
                    break
                if isinstance(event, yaml.NodeEvent):
                    root = self.node(event, events, ())
        except yaml.MarkedYAMLError as error:
            self.syntax(error)
            return None, self.problems
        except _TooMuchError as error:
            self.problem(*error.args)
            return None, self.problems
        if root is None:
            self.problem("this file is empty", 0)
        return root, self.problems

    def node(self, event: yaml.NodeEvent, events: Iterator[Any], path: Route) -> Node:
        start = _begin(event)
        self.count += 1
        if len(path) > limits.DEPTH:
            raise _TooMuchError(f"lists and fields stand more than {limits.DEPTH} levels deep here", start)
        if self.count > limits.NODES:
            message = f"the file has more than {limits.NODES:,} fields and items; the first too many is here"
            raise _TooMuchError(message, start, "divide the article", "too-large")
        self.plain(event)
        match event:
            case yaml.ScalarEvent():
                value = None if not event.value and not event.style else event.value
                return Scalar(self.file, path, start, _end(event), value, event.style or "")
            case yaml.SequenceStartEvent():
                sequence = Sequence(self.file, path, start)
                while not isinstance(event := next(events), yaml.SequenceEndEvent):
                    sequence.items.append(self.node(event, events, (*path, len(sequence.items))))
                return sequence
            case yaml.MappingStartEvent():
                mapping = Mapping(self.file, path, start)
                while not isinstance(event := next(events), yaml.MappingEndEvent):
                    self.pair(mapping, event, events)
                return mapping
            case _:
                return Scalar(self.file, path, start, _end(event), "…", "")  # an alias, reported

    def pair(self, mapping: Mapping, event: yaml.NodeEvent, events: Iterator[Any]) -> None:
        key = self.node(event, events, mapping.path)
        name = key.value if isinstance(key, Scalar) else None
        value = self.node(next(events), events, (*mapping.path, name or ""))
        if not isinstance(key, Scalar) or name is None:
            self.problem("the name of a field stands here, but it is no plain word", key.start)
        elif name == "<<" and not key.style:
            self.problem(
                "“<<” merges another part into this one; that is not read", key.start, "write the fields out"
            )
        elif name in mapping.pairs:
            first = mapping.pairs[name][0].place
            self.problem(
                f"“{name}” is given twice; the first stands on line {first.line}",
                key.start,
                kind="duplicate-key",
            )
        else:
            mapping.pairs[name] = key, value

    def plain(self, event: yaml.NodeEvent) -> None:
        """Report what YAML knows and articles do not: anchors, aliases, tags."""
        start = _begin(event)
        if isinstance(event, yaml.AliasEvent):
            self.problem(
                f"“*{event.anchor}” points to another part of the file; that is not read",
                start,
                "to begin a text with *, put it in quotes or write it below a |",
            )
        elif event.anchor:
            self.problem(
                f"“&{event.anchor}” names a part of the file; that is not read",
                start,
                "to begin a text with &, put it in quotes or write it below a |",
            )
        elif getattr(event, "tag", None):
            tag = self.file.text[start:].split(maxsplit=1)[0]
            self.problem(f"the tag “{tag}” is not read", start, "to begin a text with !, put it in quotes")

    def syntax(self, error: yaml.MarkedYAMLError) -> None:
        """Say in plain words what the parser says of a file that is not YAML."""
        problem = error.problem or ""
        rows = (row for row in _SYNTAX if row[0] in problem)
        _, begin, message, hint = next(rows, _NOT_YAML)
        # Some faults are found far behind the text that has them.
        mark = (error.context_mark if begin else None) or error.problem_mark or error.context_mark
        index = min(mark.index if mark else 0, len(self.file.text))
        line = self.file.text.rfind("\n", 0, index) + 1
        if found := self.slip(problem, index, line):
            self.problem(found[1], found[0], found[2])
            return
        if (bracket := _BRACKET.match(self.file.text, line)) and bracket.end() < index:
            index, message, hint = bracket.end(), f"a text cannot begin with {bracket[1]}", _QUOTE
        self.problem(message, index, hint)

    def slip(self, said: str, index: int, line: int) -> tuple[int, str, str] | None:
        """Return place, message and hint of a small slip that makes the parser say something of ``index``.

        ``line`` is where the line of ``index`` begins. A text that ran on is found only in the line below.
        """
        text = self.file.text
        starts = [line]
        if "mapping values" in said and (above := text[:line].rstrip()):
            starts.insert(0, above.rfind("\n") + 1)
        for start in starts:
            row = text[start:].split("\n", 1)[0]
            words = row.lstrip(" ")
            if found := slip(words):
                return start + len(row) - len(words) + found[0], *found[1:]
        if "',' or" in said:
            return _unquoted(text, index + 1)
        row = text[line:].split("\n", 1)[0].rstrip()
        if found_quotes := _CURLY.match(row):
            hint = f'use straight quotes: "{found_quotes[1]}"' if '"' not in found_quotes[1] else _QUOTE
            return line + found_quotes.start(1) - 1, "curly quotes do not hold a text together", hint
        if early := _EARLY.match(row):
            whole = early[1] + early[2]
            hint = (
                "write all of it below a |" if "'" in whole else f"put all of it in single quotes: '{whole}'"
            )
            return (
                line + early.start(2),
                "the text ends at the quote before this, and more words follow",
                hint,
            )
        return None


def slip(words: str) -> tuple[int, str, str] | None:
    """Return offset, message and hint where ``words`` begin like a field, but for a space after its colon."""
    if odd := _ODD_SPACE.match(words):
        code = f"U+{ord(odd[1]):04X}"
        message = f"an invisible character ({code}) stands here; it is no ordinary space"
        return odd.start(1), message, "delete it, and type a space in its place"
    if field := _NO_SPACE.match(words):
        return field.end(), f"a space is missing after “{field[1]}:”", "put a space after the colon"
    return None


_ODD_SPACE = re.compile(r"(?:- +)?(?:[\w-]+:|-)?([\u00a0\u2000-\u200a\u202f\u205f\u3000])")
_NO_SPACE = re.compile(r"(?:- +)?([a-z_]+):(?=[^\s/:])")
_CURLY = re.compile(r" *(?:- +)*(?:[\w-]+: +)?[“”„«»]([^“”„«»]+)[“”«»] *$")
_EARLY = re.compile(r""" *(?:- +)*(?:[\w-]+: +)?("[^"]*"|'[^']*')( *[^\s#].*)""")


def _unquoted(text: str, begin: int) -> tuple[int, str, str] | None:
    """Return place, message and hint of the text that ends too early in a row that begins at ``begin``."""
    while cell := _CELL.match(text, begin):
        mark, quote = text[cell.end() : cell.end() + 1], cell[1][0]
        if quote in "\"'" and mark not in ("", "\n", ",", "]", "}", ":", "#"):
            other = "single quotes, '…'" if quote == '"' else 'double quotes, "…"'
            return cell.end(), _ENDS_EARLY, f"put all of it in {other}"
        if quote not in "\"'" and mark in ("[", "{"):
            whole = _MARKED_CELL.match(text, cell.start(1))
            shown = f': "{whole[0].rstrip()}"' if whole and '"' not in whole[0] else ""
            message = f"a text with “{mark}” in it stands here without quotes"
            return cell.start(1), message, f"put it in quotes{shown}"
        if mark != ",":
            return None
        begin = cell.end() + 1
    return None


_ENDS_EARLY = "the text ends at the quote before this, and more words follow"
_CELL = re.compile(r"""\s*("(?:\\.|[^"\\])*" *|'(?:''|[^'])*' *|[^\s,\[\]{}"'][^,\[\]{}\n]*)""")
_MARKED_CELL = re.compile(r"(?:[^,\[\]{}\n]|\[[^\[\]\n]*\]|\{[^{}\n]*\})+(?=[,\]}])")


def _begin(event: yaml.Event) -> int:
    """The index of an event's first character; PyYAML always gives one."""
    assert event.start_mark
    return event.start_mark.index


def _end(event: yaml.Event) -> int:
    assert event.end_mark
    return event.end_mark.index


class _TooMuchError(Exception):
    """Message, place and more of a problem after which reading ends."""


# Brackets that end before their text does, as in “title: [a link](address) and more”.
_BRACKET = re.compile(r"[^\n#]*?(?:: |- )(?=([\[{])[^\n]*[\]}][^\n]*\S)")

_NOT_YAML = (
    "",
    False,
    "this cannot be read as YAML",
    "look at the indentation, colons and quotes here and above",
)
_QUOTE = "put the text in quotes or write it below a |"

# What libyaml says, whether the place is where it began, and what it means to a writer.
_SYNTAX = (
    (
        "mapping values are not allowed",
        False,
        "a colon with a space after it stands inside a text, or this line is indented too far",
        _QUOTE,
    ),
    (
        "could not find expected ':'",
        True,
        "this line is no field and belongs to no text",
        "write “name: text”; write a text of several lines below a |",
    ),
    (
        "did not find expected key",
        False,
        "this line does not fit the lines above it",
        "look at the indentation, and at quotes that end too early: write a text with quotes below a |",
    ),
    (
        "did not find expected '-' indicator",
        False,
        "this line does not fit the list above it",
        "begin the fields of one item in one column, and a new item with “- ”",
    ),
    (
        "block sequence entries are not allowed",
        False,
        "a list item cannot stand here",
        "begin the list on its own line",
    ),
    (
        "did not find expected ',' or ']'",
        True,
        "a list in [ ] is not closed",
        "end it with ]; or, if it is a text that begins with [, put it in quotes or write it below a |",
    ),
    (
        "did not find expected ',' or '}'",
        True,
        "a group in { } is not closed",
        "end it with }; or, if it is a text that begins with {, put it in quotes or write it below a |",
    ),
    (
        "unexpected end of stream",
        True,
        "a quote is opened here and never closed",
        "close it, or write the text below a |",
    ),
    ("cannot start any token", False, "a text cannot begin with this character", _QUOTE),
    ("did not find expected node content", False, "a text cannot begin with this character", _QUOTE),
    ("mapping keys are not allowed", False, "a text cannot begin with this character", _QUOTE),
    ("expected whitespace or line break", True, "a text cannot begin with this character", _QUOTE),
    ("expected directive name", True, "a line cannot begin with this character", _QUOTE),
    ("expected alphabetic or numeric character", True, "a text cannot begin with this character", _QUOTE),
    ("while scanning a directive", True, "a text cannot begin with this character", _QUOTE),
    (
        "hexdecimal number",
        False,
        "“\\” has a special meaning inside double quotes",
        "write the text below a | instead; in the path of a picture, write /",
    ),
    (
        "unknown escape character",
        False,
        "“\\” has a special meaning inside double quotes",
        "write the text below a | instead; in the path of a picture, write /",
    ),
    (
        "did not find expected <document start>",
        False,
        "the file goes on where it should end",
        "look at the indentation of this line",
    ),
    (
        "did not find expected comment or line break",
        False,
        "only a line break can follow | or >",
        "begin the text on the next line",
    ),
)


def _origins(scalar: Scalar) -> list[int]:
    """Follow ``scalar``'s value through the source, character by character.

    See YAML 1.1, sections 5.7 (escapes), 8.1 (block styles), 9.1 (flow styles, folding),
    https://yaml.org/spec/1.1/
    """
    text, value = scalar.file.text, scalar.value or ""
    block = scalar.style in ("|", ">")
    spot, indent = scalar.start, 0
    if block:
        spot = text.find("\n", scalar.start) + 1 or len(text)
        first = re.compile(r"(?: *\n)*( *)").match(text, spot)
        indent = len(first[1]) if first else 0
        if explicit := re.match(r"[|>][+-]?([1-9])", text[scalar.start : scalar.start + 3]):
            indent = _explicit_indent(text, scalar.start, spot, int(explicit[1]), value)
    elif scalar.style:
        spot += 1
    found: list[int] = []

    def line_start(spot: int) -> int:
        """Pass over the indentation of the line that begins at ``spot``."""
        stop = spot + indent if block else len(text)
        while spot < min(stop, len(text)) and text[spot] == " ":
            spot += 1
        return spot

    if block:
        spot = line_start(spot)
    n = 0
    while n < len(value) and spot < len(text):
        here = text[spot]
        if scalar.style == '"' and here == "\\":
            width = {"x": 4, "u": 6, "U": 10}.get(text[spot + 1 : spot + 2], 2)
            if text[spot + 1 : spot + 2] == "\n":
                spot = line_start(spot + 2)
                continue
            found.append(spot)
            spot += width
        elif scalar.style == "'" and text.startswith("''", spot):
            found.append(spot)
            spot += 2
        elif not block and (fold := _FOLD.match(text, spot)):
            # One line break is a space, n of them are n - 1 line feeds.
            breaks = fold[0].count("\n")
            count = min(max(breaks - 1, 1), len(value) - n)
            found.extend([spot] * count)
            spot = fold.end()
            n += count
            continue
        elif here == "\n" and value[n] not in " \n":
            spot = line_start(spot + 1)
            continue
        else:
            found.append(spot)
            spot = line_start(spot + 1) if here == "\n" else spot + 1
        n += 1
    found.extend([min(spot, len(text))] * (len(value) + 1 - len(found)))
    return found


_FOLD = re.compile(r" *\n[ \n]*")


def _explicit_indent(text: str, start: int, spot: int, given: int, value: str) -> int:
    """The columns of a block whose indentation is given as a number, ``|2``: counted from its parent's."""
    first = value.split("\n", 1)[0]
    end = text.find("\n", spot)
    line = text[spot : end if end >= 0 else len(text)]
    return max(len(line) - len(first), 0) if first else given
