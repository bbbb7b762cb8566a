"""Check the editions of source/publish.yaml: formats, fields of print, parts that must be carried."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import get_args

from publish.model import (
    LARGE_PROFILES,
    MORE_PARTS_OF,
    PART_NAMES,
    PARTS_OF,
    PRINT_FIELDS,
    REQUIRED_PARTS,
    Edition,
    LayoutName,
    PaperName,
    ProfileName,
)
from publish.source import limits, nodes
from publish.source.desk import Desk
from publish.source.messages import near
from publish.source.nodes import Scalar, Sequence, child, items, text


def check_editions(desk: Desk, root: nodes.Mapping, formats: Collection[str]) -> None:
    """Report what is wrong with the editions of ``root``, beyond their fields."""
    editions = child(root, "editions")
    if not isinstance(editions, nodes.Mapping):
        return
    if len(editions.pairs) > limits.EDITIONS:
        desk.report(
            f"a house has at most {limits.EDITIONS} editions; the first too many is here",
            list(editions.pairs.values())[limits.EDITIONS][0].place,
            "delete those that nobody reads",
            "too-large",
        )
        return
    names: dict[str, str] = {}
    for name, (key, node) in editions.pairs.items():
        if not isinstance(node, nodes.Mapping):
            continue
        _check_format(desk, key, node, formats)
        _check_print(desk, key, node)
        _check_parts(desk, key, node)
        if not _is_named(node, formats):
            continue  # a fault of its own: nobody knows yet what the file will be called
        # Case does not tell files apart on every disk.
        file = _file_name(node).lower()
        if file in names:
            desk.report(
                f"editions “{names[file]}” and “{name}” would be the same file, "
                f"ARTICLE{file.removeprefix(_ARTICLE)}",
                key.place,
                "give one of them a suffix, such as suffix: -large",
                "edition",
            )
        names.setdefault(file, name)
    _check_titles(desk, editions)
    _check_primary(desk, root, editions)
    _check_evaluation(desk, root, editions)


STANDARD = r"EPUB Accessibility 1\.1 - WCAG 2\.[0-2] Level A{1,3}"
"""What ``dcterms:conformsTo`` may say, letter by letter (EPUB Accessibility 1.1, "Conformance reporting")."""


def _check_evaluation(desk: Desk, root: nodes.Mapping, editions: nodes.Mapping) -> None:
    """An e-book claims a standard in the words by which programs know it, or none."""
    standard = child(root, "evaluation", "standard")
    if not isinstance(standard, Scalar) or not standard.value:
        return
    books = any(text(node, "format") == "epub" for _, node in editions.pairs.values())
    if books and not re.fullmatch(STANDARD, standard.value):
        desk.report(
            f"an e-book cannot claim the standard “{standard.value}”",
            standard.place,
            "write it letter by letter: EPUB Accessibility 1.1 - WCAG 2.2 Level AA",
            "evaluation",
        )


def _check_titles(desk: Desk, editions: nodes.Mapping) -> None:
    """Two links of one name would lead to two files, and nobody could tell them apart."""
    titles: dict[str, str] = {}
    for name, (_, node) in editions.pairs.items():
        title = child(node, "title") if isinstance(node, nodes.Mapping) else None
        if isinstance(title, Scalar) and title.value:
            said = " ".join(title.value.split()).lower()
            if said in titles:
                desk.report(
                    f"editions “{titles[said]}” and “{name}” have the same title",
                    title.place,
                    "say what is different about this one, such as its paper or type size; or delete the "
                    "line, then it gets a title of its own",
                    "edition",
                )
            titles.setdefault(said, name)


def _check_primary(desk: Desk, root: nodes.Mapping, editions: nodes.Mapping) -> None:
    """The primary edition is one of the house's, and the article in print: only that has pages to tell of."""
    primary = child(root, "primary")
    if not isinstance(primary, Scalar) or not primary.value:
        return
    name = primary.value
    printed = [
        each
        for each, (_, node) in editions.pairs.items()
        if text(node, "format") == "pdf" and text(node, "layout") in ("", "article")
    ]
    hint = f"name one of {', '.join(printed)}" if printed else "delete the line"
    if name not in editions.pairs:
        meant = near(name, editions.pairs)
        hint = f"did you mean “{meant}”?" if meant else hint
        desk.report(f"there is no edition “{name}”", primary.place, hint, "edition")
    elif name not in printed:
        message = f"edition “{name}” is not the article in print, so it has no page numbers for e-books"
        desk.report(message, primary.place, hint, "edition")


_ARTICLE = "id"
"""Stands in names of files for the id of an article, whichever."""


def _is_named(node: nodes.Mapping, formats: Collection[str]) -> bool:
    """Whether the fields that the name of a file is made of hold what they may."""
    size = text(node, "type_size")
    known: dict[str, Collection[str]] = {
        "format": formats,
        "layout": get_args(LayoutName),
        "paper": get_args(PaperName),
        "profile": get_args(ProfileName),
    }
    return (not size or _number(size) is not None) and all(
        text(node, name) in ("", *words) for name, words in known.items()
    )


def _file_name(node: nodes.Mapping) -> str:
    suffix = text(node, "suffix") if "suffix" in node.pairs else None
    edition = Edition.model_construct(
        format=text(node, "format"),
        layout=_layout(node),
        paper=text(node, "paper") or None,
        profile=text(node, "profile") or None,
        type_size=_number(text(node, "type_size")),
        suffix=suffix,
    )
    return edition.file_name(_ARTICLE)


def _layout(node: nodes.Mapping) -> LayoutName:
    return next((name for name in PARTS_OF if name == text(node, "layout")), "article")


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _check_format(desk: Desk, key: Scalar, node: nodes.Mapping, formats: Collection[str]) -> None:
    format = child(node, "format")
    if not isinstance(format, Scalar) or not format.value:
        return
    if format.value not in formats:
        meant = near(format.value, formats)
        hint = f"did you mean “{meant}”?" if meant else f"use one of {', '.join(formats)}"
        desk.report(f"there is no format “{format.value}”", format.place, hint, "edition")
    elif format.value == "pdf" and "paper" not in node.pairs:
        desk.report(
            f"edition “{key.value}” is printed, so it needs a paper",
            format.place,
            "add paper: letter or paper: a4",
            "edition",
        )
    elif format.value != "pdf":
        for name in PRINT_FIELDS:
            if name in node.pairs:
                desk.report(
                    f"edition “{key.value}” is not printed, so it has no {name.replace('_', ' ')}",
                    node.pairs[name][0].place,
                    "delete the line, or use format: pdf",
                    "edition",
                )


def _check_print(desk: Desk, key: Scalar, node: nodes.Mapping) -> None:
    """What the fields of print ask of each other."""
    size, profile = child(node, "type_size"), text(node, "profile")
    points = _number(size.value or "") if isinstance(size, Scalar) else None
    if size and points and profile in LARGE_PROFILES and points < 18:
        desk.report(
            f"profile “{profile}” needs type of 18 points or more",
            size.place,
            "write 18 or more, or delete the line",
            "edition",
        )
    for name in ("cover", "duplex") if _layout(node) != "article" else ():
        if text(node, name) == "true":
            desk.report(
                f"edition “{key.value}” is a sheet, so it has no {'cover' if name == 'cover' else 'binding'}",
                node.pairs[name][0].place,
                "delete the line",
                "edition",
            )


def _check_parts(desk: Desk, key: Scalar, node: nodes.Mapping) -> None:
    name, layout = key.value, _layout(node)
    parts = [part for part in items(node, "parts") if isinstance(part, Scalar)]
    carried = [part.value for part in parts] if "parts" in node.pairs else list(PARTS_OF[layout])
    possible = (*PARTS_OF[layout], *MORE_PARTS_OF[layout])
    for n, part in enumerate(parts):
        if part.value in carried[:n]:
            desk.report(f"part “{part.value}” is named twice", part.place, "delete one of them", "edition")
        elif part.value in PART_NAMES and part.value not in possible:
            desk.report(
                f"an edition of layout “{layout}” cannot carry the part “{part.value}”",
                part.place,
                f"it carries some of {', '.join(each for each in PART_NAMES if each in possible)}",
                "edition",
            )
    if layout == "questions" and "parts" in node.pairs and "questions" not in carried:
        message = f"edition “{name}” is a sheet of questions, but lacks the part “questions”"
        desk.report(message, node.pairs["parts"][0].place, "add it", "edition")
    omitted = [child(omission, "part") for omission in items(node, "leaves_out")]
    left_out = {part.value for part in omitted if isinstance(part, Scalar)}
    for left in omitted:
        if isinstance(left, Scalar) and left.value in carried:
            desk.report(
                f"edition “{name}” leaves “{left.value}” out and carries it too",
                left.place,
                "name in “parts:” what the edition carries, and only that",
                "edition",
            )
    if "parts" in node.pairs and not isinstance(child(node, "parts"), Sequence):
        return  # that is a fault of its own
    place = (node.pairs["parts"][0] if "parts" in node.pairs else key).place
    for required in REQUIRED_PARTS:
        if required not in carried and required not in left_out:
            desk.report(
                f"edition “{name}” lacks the part “{required}”, which every edition must carry",
                place,
                f"add it, or say why not: leaves_out: [{{part: {required}, reason: …}}]",
                "edition",
            )
