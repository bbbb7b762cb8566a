"""Find where an element or an attribute of an SVG is written: its bytes in, lines and columns out.

lxml knows only the line on which the tag of an element ends, which in an export of many attributes is far
from the one that is meant.
"""

from __future__ import annotations

import contextlib
import re
from bisect import bisect_right
from functools import cached_property
from xml.parsers import expat

_ATTRIBUTE = re.compile(rb"""\s([^\s=>/"']+)\s*=\s*(?:"[^"]*"|'[^']*')""")


class Spots:
    """The lines and columns of one well-formed SVG without entities; both count from 1.

    Elements are counted from 0 in the order in which they begin, instructions likewise.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data

    def element(self, number: int, shift: int = 0) -> tuple[int, int]:
        """Return where an element begins; with ``shift``, where the text that many lines into it does."""
        if number >= len(self._elements):
            return 1, 1
        start = self._elements[number]
        if not shift:
            return self._at(start)
        line = self._at(self._end(start))[0] + shift
        if line > len(self._lines):
            return line, 1
        found = re.compile(rb"[ \t]*").match(self.data, self._lines[line - 1])
        return line, (len(found[0]) if found else 0) + 1

    def attribute(self, number: int, name: str) -> tuple[int, int]:
        """Return where the attribute ``name``, prefix and all, of an element begins."""
        start = self._elements[number] if number < len(self._elements) else 0
        for found in _ATTRIBUTE.finditer(self.data, start, self._end(start)):
            if found[1].decode("utf-8") == name:
                return self._at(found.start(1))
        return self.element(number)

    def instruction(self, number: int) -> tuple[int, int]:
        return self._at(self._instructions[number]) if number < len(self._instructions) else (1, 1)

    def doctype(self) -> tuple[int, int]:
        return self._at(max(self.data.find(b"<!DOCTYPE"), 0))

    def _at(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._lines, offset)
        before = self.data[self._lines[line - 1] : offset].decode("utf-8", "replace").removeprefix("\ufeff")
        return line, len(before) + 1

    def _end(self, start: int) -> int:
        """Return where the tag that begins at ``start`` ends; values in quotes may have a “>” in them."""
        tag = re.compile(rb"""<(?:[^>"']|"[^"]*"|'[^']*')*>""").match(self.data, start)
        return tag.end() if tag else start

    @cached_property
    def _lines(self) -> list[int]:
        """Where each line begins."""
        return [0, *(found.end() for found in re.finditer(b"\n", self.data))]

    @cached_property
    def _elements(self) -> list[int]:
        return self._starts[0]

    @cached_property
    def _instructions(self) -> list[int]:
        return self._starts[1]

    @cached_property
    def _starts(self) -> tuple[list[int], list[int]]:
        elements: list[int] = []
        instructions: list[int] = []
        parser = expat.ParserCreate()
        parser.StartElementHandler = lambda *_: elements.append(parser.CurrentByteIndex)
        parser.ProcessingInstructionHandler = lambda *_: instructions.append(parser.CurrentByteIndex)
        # What expat does not read, lxml has; then the spots end there.
        with contextlib.suppress(expat.ExpatError):
            parser.Parse(self.data, True)
        return elements, instructions


def has_declarations(data: bytes) -> bool:
    """Whether the DOCTYPE of ``data`` declares something itself, between “[” and “]”."""

    class FoundError(Exception):
        pass

    found: list[bool] = []

    def doctype(_name: str, _system: str | None, _public: str | None, subset: bool) -> None:
        found.append(bool(subset))
        raise FoundError

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = doctype
    with contextlib.suppress(FoundError, expat.ExpatError):
        parser.Parse(data, True)
    return any(found)
