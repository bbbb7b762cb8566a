"""Where what a problem is about was written: a problem with a block or letters in, its place out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from publish.errors import Place, Problem, PublishError


def placed(
    made: Iterator[bytes], folder: Path, article_id: str, places: Mapping[str, Place]
) -> Iterator[bytes]:
    """Yield what was rendered; a problem gets the place where its block, or its letters, were written."""
    try:
        yield from made
    except PublishError as error:
        raise PublishError(
            *(
                replace(each, place=_place_of_fault(each, folder, article_id, places))
                for each in error.problems
            )
        ) from error


def _place_of_fault(
    problem: Problem, folder: Path, article_id: str, places: Mapping[str, Place]
) -> Place | None:
    if problem.place is None:
        return _place_in(problem, folder, places)
    named = Path(problem.place.file)
    picture = f"source/{article_id}/{named}"  # a picture is named as the article does, a layout by its path
    if named.is_absolute() or not (folder / picture).is_file():
        return problem.place
    return _place_in_picture(problem, folder, picture)


def _place_in_picture(problem: Problem, folder: Path, file: str) -> Place:
    """Where the letters that ``problem`` is about stand in a picture."""
    try:
        text = (folder / file).read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return Place(file, 1, 1)
    number = ord(problem.at[0]) if problem.at else 0
    for written in (problem.at, f"&#{number};", f"&#x{number:x};", f"&#x{number:X};"):
        before, found, _ = text.partition(written) if written else ("", "", "")
        if found:
            return Place(file, before.count("\n") + 1, len(before) - before.rfind("\n"))
    return Place(file, 1, 1)


def _place_in(problem: Problem, folder: Path, places: Mapping[str, Place]) -> Place | None:
    """Where the letters that ``problem`` is about were written, or else its block."""
    place = place_of(problem.block, places)
    if place is None or not problem.at:
        return place
    try:
        rows = (folder / place.file).read_text("utf-8-sig").split("\n")[place.line - 1 :]
    except (OSError, UnicodeDecodeError):
        return place
    for down, row in enumerate(rows):
        column = row.find(problem.at, 0 if down else place.column - 1)
        if column >= 0:
            return Place(place.file, place.line + down, column + 1)
    return place  # it was written by its number, "\u7cd6"


def place_of(block: str, places: Mapping[str, Place]) -> Place | None:
    """Where block ``block`` was written; for a derived block (a note's DOI) where its owner was."""
    while block:
        if block in places:
            return places[block]
        owner = next((place for id, place in places.items() if id.startswith(f"{block}-")), None)
        if owner:
            return owner
        block = block.rpartition("-")[0]
    return None
