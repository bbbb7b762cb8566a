"""Check the editions of source/publish.yaml: known formats, the parts every edition must carry."""

from __future__ import annotations

from collections.abc import Collection

from publish.model import REQUIRED_PARTS, Edition
from publish.source import nodes
from publish.source.desk import Desk
from publish.source.messages import near
from publish.source.nodes import Scalar, Sequence, child, items, text


def check_editions(desk: Desk, root: nodes.Mapping, formats: Collection[str]) -> None:
    """Report what is wrong with the editions of ``root``, beyond their fields."""
    editions = child(root, "editions")
    if not isinstance(editions, nodes.Mapping):
        return
    names: dict[str, str] = {}
    for name, (key, node) in editions.pairs.items():
        if not isinstance(node, nodes.Mapping):
            continue
        _check_format(desk, key, node, formats)
        _check_parts(desk, name, node)
        # Case does not tell files apart on every disk.
        file = _file_name(node).lower()
        if file in names:
            desk.report(
                f"editions “{names[file]}” and “{name}” would be the same file, {file}",
                key.place,
                "give one of them a suffix, such as suffix: -large",
                "edition",
            )
        names.setdefault(file, name)


def _file_name(node: nodes.Mapping) -> str:
    suffix = text(node, "suffix") if "suffix" in node.pairs else None
    edition = Edition.model_construct(
        format=text(node, "format"), paper=text(node, "paper") or None, suffix=suffix
    )
    return edition.file_name("ID")


def _check_format(desk: Desk, key: Scalar, node: nodes.Mapping, formats: Collection[str]) -> None:
    format = child(node, "format")
    if not isinstance(format, Scalar) or not format.value:
        return
    if format.value not in formats:
        meant = near(format.value.lower(), formats)
        hint = f"did you mean “{meant}”?" if meant else f"use one of {', '.join(formats)}"
        desk.report(f"there is no format “{format.value}”", format.place, hint, "edition")
    elif format.value == "pdf" and "paper" not in node.pairs:
        desk.report(
            f"edition “{key.value}” is printed, so it needs a paper",
            format.place,
            "add paper: letter or paper: a4",
            "edition",
        )
    elif format.value != "pdf" and "paper" in node.pairs:
        desk.report(
            f"edition “{key.value}” is not printed, so it has no paper",
            node.pairs["paper"][0].place,
            "delete the line, or use format: pdf",
            "edition",
        )


def _check_parts(desk: Desk, name: str, node: nodes.Mapping) -> None:
    parts = [part for part in items(node, "parts") if isinstance(part, Scalar)]
    carried = [part.value for part in parts]
    for n, part in enumerate(parts):
        if part.value in carried[:n]:
            desk.report(f"part “{part.value}” is named twice", part.place, "delete one of them", "edition")
    omitted = [child(omission, "part") for omission in items(node, "leaves_out")]
    left_out = {part.value for part in omitted if isinstance(part, Scalar)}
    for left in omitted:
        if isinstance(left, Scalar) and ("parts" not in node.pairs or left.value in carried):
            desk.report(
                f"edition “{name}” leaves “{left.value}” out and carries it too",
                left.place,
                "name in “parts:” what the edition carries, and only that",
                "edition",
            )
    if isinstance(child(node, "parts"), Sequence):
        for required in REQUIRED_PARTS:
            if required not in carried and required not in left_out:
                desk.report(
                    f"edition “{name}” lacks the part “{required}”, which every edition must carry",
                    node.pairs["parts"][0].place,
                    f"add it, or say why not: leaves_out: [{{part: {required}, reason: …}}]",
                    "edition",
                )
