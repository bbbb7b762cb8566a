"""Check the blocks of an article as they were written: steps, tables, figures and their pictures.

This looks at the YAML and not at the model, so that it finds its faults beside all others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from publish.errors import Problem, PublishError
from publish.model import Picture
from publish.source import limits, nodes
from publish.source.desk import Desk
from publish.source.nodes import Node, Scalar, Sequence, child, items
from publish.source.pictures import read_picture


def written_blocks(root: Node) -> Iterator[tuple[str, Node]]:
    """Yield (kind, node) of every block but prose of an article, parts opened, in file order."""
    yield from blocks_of(items(root, "introduction"))
    for section in items(root, "sections"):
        yield from blocks_of(items(section, "body"))


def blocks_of(body: list[Node]) -> Iterator[tuple[str, Node]]:
    """Yield (kind, node) of the blocks of one body, parts opened."""
    for block in body:
        if isinstance(block, nodes.Mapping) and len(block.pairs) == 1:
            ((kind, (_, node)),) = block.pairs.items()
            yield kind, node
            if kind == "part":
                yield from blocks_of(items(node, "body"))


def steps_of(node: Node) -> list[Node]:
    """Return the steps of a block, which is a list or has one below “steps:”."""
    return node.items if isinstance(node, Sequence) else items(node, "steps")


def check_blocks(desk: Desk, root: Node, folder: Path) -> dict[str, Picture]:
    """Report faulty blocks; return the pictures of the article in ``folder`` by the path written."""
    pictures: dict[str, Picture] = {}
    for kind, node in written_blocks(root):
        match kind:
            case "steps":
                _check_steps(desk, node)
            case "table":
                _check_table(desk, node)
            case "figure":
                _check_alternative(desk, child(node, "alt"))
                for name in ("image", "image_large"):
                    _check_picture(desk, child(node, name), folder, pictures)
    return pictures


def _check_steps(desk: Desk, node: Node) -> None:
    facets = [child(step, "facets") for step in steps_of(node)]
    written = [each for each in facets if isinstance(each, nodes.Mapping)]
    for each in written[1:]:
        if list(each.pairs) != list(written[0].pairs):
            names = ", ".join(f"“{name}”" for name in written[0].pairs)
            desk.report(
                "every step needs the same facets in the same order",
                each.place,
                f"the first step has {names}",
                "facets",
            )


def _check_table(desk: Desk, node: Node) -> None:
    columns = child(node, "columns")
    if not isinstance(columns, Sequence):
        return
    width = len(columns.items)
    if width > limits.COLUMNS or width * (len(items(node, "rows")) + 1) > limits.CELLS:
        desk.report(
            f"a table has at most {limits.COLUMNS} columns and {limits.CELLS:,} cells",
            columns.place,
            "divide the table",
            "too-large",
        )
        return
    for row in items(node, "rows"):
        if isinstance(row, Sequence) and len(row.items) != width:
            cells = "1 cell" if len(row.items) == 1 else f"{len(row.items)} cells"
            desk.report(
                f"this row has {cells}, but the table has {width} columns",
                row.place,
                _too_many(row) if len(row.items) > width else _TOO_FEW,
                "table",
            )


_TOO_FEW = "a cell that says nothing still needs a word, such as “none” or “–”"


def _too_many(row: Sequence) -> str:
    """Say what to do about a row with too many cells: in one in [ ], each comma begins another."""
    in_brackets = row.file.text[row.start] == "["
    return (
        f"{'put a cell with a comma in quotes, or ' if in_brackets else ''}take a cell away, or add a column"
    )


def _check_alternative(desk: Desk, alt: Node | None) -> None:
    """Report the name of a file where words should tell what a picture shows."""
    if isinstance(alt, Scalar) and re.fullmatch(r"[^\s]+\.(?i:gif|jpe?g|png|svg|webp)\s*", alt.value or ""):
        desk.report(
            "“alt” is only the name of a file", alt.at(0), "say in words what the picture shows", "alt"
        )


def _check_picture(desk: Desk, image: Node | None, folder: Path, pictures: dict[str, Picture]) -> None:
    name = image.value.strip() if isinstance(image, Scalar) and image.value else ""
    if not image or not name or name in pictures:
        return
    try:
        file = read_picture(folder, name)
    except PublishError as error:
        desk.problems += _placed(desk, image, folder, error.problems)
        return
    desk.problems += _placed(desk, image, folder, file.notes)
    pictures[name] = file.picture
    _check_total(desk, image, pictures)
    desk.files[desk.name(folder / file.picture.path)] = file.source


def _placed(desk: Desk, image: Node, folder: Path, problems: tuple[Problem, ...]) -> Iterator[Problem]:
    """Yield ``problems`` of a picture at their lines in it, or where the article names it."""
    for problem in problems:
        place = image.place
        if problem.place:
            place = replace(problem.place, file=desk.name(folder / problem.place.file))
        yield replace(problem, place=place)


def _check_total(desk: Desk, image: Node, pictures: Mapping[str, Picture]) -> None:
    """Report the picture with which an article has too much of them; those after it are reported too."""
    raster = (each for each in pictures.values() if each.media_type != "image/svg+xml")
    for total, most, what in (
        (len(pictures), limits.PICTURES, "pictures"),
        (sum(len(each.data) for each in pictures.values()), limits.PICTURES_BYTES, "bytes of pictures"),
        (sum(each.width * each.height for each in raster), limits.ALL_PIXELS, "pixels of pictures"),
    ):
        if total > most:
            message = f"with this picture the article has more than {most:,} {what}"
            desk.report(message, image.place, "make pictures smaller, or leave some out", "image")
