"""Load, validate and report: the desk at which one reading gathers its files and its problems."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from publish.errors import Place, Problem, PublishError
from publish.model import Prose, lines
from publish.source import limits, nodes, prose
from publish.source.messages import problems_of
from publish.source.nodes import Node, Scalar, Written

Validated = TypeVar("Validated", bound=BaseModel)


@dataclass
class Desk:
    """Gathers problems, and the bytes of what was read, over all files of one reading."""

    project: Path
    problems: list[Problem] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)

    def name(self, path: Path) -> str:
        """What messages call ``path``: relative to the project, with forward slashes."""
        return path.relative_to(self.project).as_posix()

    def report(self, message: str, place: Place | None, hint: str = "", kind: str = "error") -> None:
        self.problems.append(Problem(message, place, hint, kind))

    def note(self, message: str, place: Place | None, hint: str = "", kind: str = "note") -> None:
        """Report what an author may like to know; it keeps nothing from being published."""
        self.problems.append(Problem(message, place, hint, kind, "note"))

    def load(self, path: Path) -> nodes.Mapping | None:
        """Return the tree of a YAML file, or None when it cannot be read as fields."""
        name = self.name(path)
        try:
            file = nodes.read_text(path, name, self.project, path.parent)
        except PublishError as error:
            self.problems.extend(error.problems)
            return None
        self.files[name] = file.text.encode()
        root, problems = nodes.parse(file)
        self.problems.extend(problems)
        if root and self._is_too_long(root):
            return None
        if isinstance(root, nodes.Mapping):
            self._check_texts(root)
            return root
        if root:
            self.report(
                "this file should hold fields", root.place, "write “name: value”, one to a line", "type"
            )
        return None

    def _is_too_long(self, root: Node) -> bool:
        """Report texts and words that are too long; nothing else looks at such a file."""
        before = len(self.problems)
        for node in nodes.walk(root):
            scalars = [node] if isinstance(node, Scalar) else []
            if isinstance(node, nodes.Mapping):
                scalars = [key for key, _ in node.pairs.values()]
            for scalar in scalars:
                if found := limits.too_long(scalar.value or ""):
                    self.report(found[1], scalar.at(found[0]), found[2], "too-large")
        return len(self.problems) > before

    def _check_texts(self, root: Node) -> None:
        """Report what YAML itself lets pass: escaped characters that cannot be seen, words lost after #."""
        for node in nodes.walk(root):
            if not isinstance(node, Scalar):
                continue
            if node.style == '"':
                for offset, message, hint in nodes.refused(node.value or ""):
                    self.report(message, node.at(offset), hint, "character")
            if " " in (node.value or "") and (lost := _lost_words(node)):
                self.problems.append(lost)

    def validate(
        self, model: type[Validated], root: nodes.Mapping, context: Mapping[str, Any]
    ) -> Validated | None:
        """Return ``root`` as a ``model``, or None, its problems reported."""
        value, error = None, None
        try:
            value = model.model_validate(nodes.data(root), context=context)
        except ValidationError as raised:
            error = raised
        problems = problems_of(error, root, model)
        self.problems.extend(problems)
        return None if problems else value

    @property
    def failed(self) -> bool:
        return any(problem.severity == "error" for problem in self.problems)

    def ordered(self) -> tuple[Problem, ...]:
        """All problems, each once, in file order; files in the order in which they were read."""
        order = {name: n for n, name in enumerate(("", *self.files))}

        def key(problem: Problem) -> tuple[int, Place]:
            place = problem.place or Place("", 0, 0)
            return order.get(place.file, len(order)), place

        return tuple(sorted(dict.fromkeys(self.problems), key=key))

    def finish(self) -> None:
        """Raise what is wrong, if anything is; notes go with it."""
        if self.failed:
            problems = self.ordered()
            if len(problems) > limits.PROBLEMS:
                errors = tuple(each for each in problems if each.severity == "error")
                more = Problem(f"and {len(errors) - limits.PROBLEMS:,} problems more")
                problems = (*errors[: limits.PROBLEMS], *([more] if len(errors) > limits.PROBLEMS else []))
            raise PublishError(*problems)


class Texts:
    """Parses the Markdown of one file during validation, and remembers what it held and where.

    ``marks`` and ``links`` are (key or target, place, path of the text); ``starts`` tells where a
    line begins, by its identity, because lines have no id yet.
    """

    def __init__(self, addresses: Mapping[str, str], references: Container[str] = frozenset()) -> None:
        self.addresses = addresses
        self.references = references
        self.problems: list[Problem] = []
        self.marks: list[tuple[str, Place, nodes.Route]] = []
        self.links: list[tuple[str, Place, nodes.Route]] = []
        self.starts: dict[int, Place] = {}
        self._parsed: list[Prose] = []  # kept: an identity is good only as long as its line lives

    def parse(self, value: Written) -> Prose:
        """Return ``value`` as prose; the model calls this for each of its texts."""
        scalar = value.scalar
        parsed = prose.parse(str(value), self.addresses, self.references)
        self.problems += [
            Problem(fault.message, scalar.at(fault.offset), fault.hint, fault.kind, fault.severity)
            for fault in parsed.faults
        ]
        self.problems += [lost for lost in (_lost_words(scalar), _lost_line(scalar)) if lost]
        self.marks += [(key, scalar.at(offset), scalar.path) for key, offset in parsed.marks]
        self.links += [(target, scalar.at(offset), scalar.path) for target, offset in parsed.links]
        self._parsed.append(parsed.prose)
        for line, start in zip(lines(parsed.prose), parsed.starts, strict=True):
            self.starts[id(line)] = scalar.at(start)
        return parsed.prose


def _lost_words(scalar: Scalar) -> Problem | None:
    """Return a problem where words after “ #” are a comment to YAML, though the text may need them."""
    if scalar.comment is None:
        return None
    return Problem(
        "from “#” on, this line is a comment and not part of the text",
        scalar.file.place(scalar.comment),
        "put the text in quotes; or, if it is a comment, put two spaces before the “#”",
        "comment",
    )


def _lost_line(scalar: Scalar) -> Problem | None:
    """Return a problem at the first line whose beginning YAML took away by joining it to the line above.

    Without “|”, YAML turns one line break into a space, and a blank line into one line break, which ends
    no paragraph. That is a loss only where an item of a list, a paragraph or a new line begins.
    """
    value, above = scalar.value or "", ""
    for line in nodes.written_lines(scalar):
        begin = line.offset
        while begin and value[begin - 1] == " ":
            begin -= 1
        joined, ended = value[begin - 1 : begin] != "\n", value[max(begin - 2, 0) : begin] == "\n\n"
        item = _ITEM.match(line.words)
        begins_item = bool(item and (item[1] in (None, "1") or _ITEM.match(above)))
        message = ""
        if not above:
            pass
        elif begins_item and joined:
            message = "an item of a list begins here, but YAML joins this line to the one above"
        elif line.after_blank and not ended and not begins_item:
            message = "a paragraph begins here, but YAML joins it to the one above"
        elif joined and re.search(r"(?<!\\)(\\\\)*\\$", above):
            message = "a new line begins here, but YAML joins it to the one above"
        if message:
            return Problem(message, scalar.file.place(line.start), _with_a_bar(scalar), "joined-lines")
        above = line.words
    return None


# What begins an item of a list in Markdown; the number, if there is one.
_ITEM = re.compile(r"(?:[-*+]|(\d{1,9})[.)])(?: |$)")


def _with_a_bar(scalar: Scalar) -> str:
    """Say how the text of ``scalar`` is written so that its lines stay."""
    if scalar.style == ">":
        return "write | instead of >"
    name = scalar.path[-1] if scalar.path else 0
    after = f"after “{name}:”" if isinstance(name, str) else "after “- ”"
    quotes = "take the quotes away, and " if scalar.style else ""
    return f"{quotes}write | {after} and the whole text below it, indented"
