"""What can be wrong, and where: the one vocabulary of every message to an author."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "note"]


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A spot in a file an author can open; ``line`` and ``column`` count from 1.

    ``file`` is a path as the author would type it, relative to the project where possible.
    """

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing for the author to mend (or, as a ``note``, to know).

    ``kind`` is a stable word for machines ("changed", "missing", "hidden", "unknown-key" …);
    ``block`` is the id of the block concerned, ``artifact`` the finished file and ``page``
    its page (from 1) where the problem was found in one. ``at`` are letters of the block that the
    problem is about: it stands where they do.
    """

    message: str
    place: Place | None = None
    hint: str = ""
    kind: str = "error"
    severity: Severity = "error"
    block: str = ""
    artifact: str = ""
    page: int | None = None
    at: str = ""

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else f"{self.artifact}: " if self.artifact else ""
        hint = f"\n  hint: {self.hint}" if self.hint else ""
        return f"{where}{self.severity}: {self.message}{hint}"


class PublishError(Exception):
    """Every problem found at one stage, in file order; anything else raised is our own bug."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems
