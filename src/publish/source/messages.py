"""Turn what pydantic says of faulty data into words for writers: validation error in, problems out."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator, Sequence
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, Tag, ValidationError
from pydantic.fields import FieldInfo

from publish.errors import Problem
from publish.model import LANGUAGE_PATTERN, Prose, Step, Steps
from publish.source import nodes
from publish.source.nodes import Mapping, Node, Scalar, located


def near(word: str, known: Collection[str]) -> str:
    """Return the one of ``known`` that ``word`` was probably meant to be, or ""; case does not matter."""
    lowered = {each.lower(): each for each in reversed(tuple(known))}
    found = difflib.get_close_matches(word.lower(), lowered, 1, cutoff=0.7)
    return lowered[found[0]] if found else ""


BLOCKS = ("steps", "figure", "table", "callout", "part", "page_break")


def problems_of(error: ValidationError | None, root: Mapping, model: type[BaseModel]) -> list[Problem]:
    """Return the problems of ``root`` read as a ``model``, each said once.

    They are those of ``error``, fields left empty, and fields written although we fill them in.
    """
    details = [
        (tuple(detail["loc"]), detail)
        for detail in (error.errors(include_url=False, include_input=False) if error else ())
    ]
    problems: list[Problem] = []
    said: set[int] = set()  # identities of nodes whose problem says it all

    def say(problem: Problem, *about: Node) -> None:
        problems.append(problem)
        said.update(id(each) for node in about for each in nodes.walk(node))

    for loc, detail in details:
        if detail["type"].startswith("union_tag"):
            node, _ = located(root, loc)
            say(_no_block(node, loc), node)
    for loc, key, value in _derived(root, model):
        say(_unknown(key, loc, model), value)
    for key_or_none, value in _entries(root):
        if isinstance(value, Scalar) and value.value is None and id(value) not in said:
            called = f"“{key_or_none.value}”" if key_or_none else "this item"
            place = (key_or_none or value).place
            empty = Problem(f"{called} is empty", place, _empty(value, model), "empty")
            say(_slip(key_or_none) or empty, value)
    unknown = [
        _unknown(located(root, loc)[1] or root, loc, model)
        for loc, detail in details
        if detail["type"] == "extra_forbidden"
    ]
    problems += unknown
    for loc, detail in details:
        kind = detail["type"]
        node, _ = located(root, loc)
        if kind == "missing":
            if not _mistyped(loc, details, root) and not (
                isinstance(node, Mapping) and loc[-1] in node.pairs
            ):
                problems.append(
                    Problem(f"“{loc[-1]}” is missing", node.place, _write(str(loc[-1])), "missing")
                )
        elif kind == "too_short" and any(len(o) > len(loc) and o[: len(loc)] == loc for o, _ in details):
            pass  # too short only because items of it failed
        elif id(node) not in said and kind not in ("extra_forbidden", "faulty"):
            problems.append(_problem(detail, loc, root, model))
    return problems


def _mistyped(loc: tuple[Any, ...], details: list[tuple[tuple[Any, ...], Any]], root: Mapping) -> bool:
    """Whether the field missing at ``loc`` stands there under a name much like its own."""
    unknown = [
        str(other[-1]).split(":")[0].strip("\u00a0")
        for other, detail in details
        if detail["type"] == "extra_forbidden" and other[:-1] == loc[:-1]
    ]
    return bool(near(str(loc[-1]), unknown))


_EMPTY = "write something here, or delete the line"


def _empty(node: Node, model: type[BaseModel]) -> str:
    """Say what to do about ``node``, which is empty: a field that is needed cannot be deleted."""
    name = node.path[-1] if node.path else 0
    fields = [each.model_fields.get(str(name)) for each in _models(model, node.path[:-1])]
    return "write something here" if any(field and field.is_required() for field in fields) else _EMPTY


def _slip(node: Node | None) -> Problem | None:
    """Return a problem where ``node`` is an unquoted text that was meant as a field: “format:html”."""
    if not isinstance(node, Scalar) or node.style or not (found := nodes.slip(node.value or "")):
        return None
    offset, message, hint = found
    return Problem(message, node.at(offset), hint, "yaml")


_IN_CURLY_QUOTES = re.compile("[“”„«‘’].*[“”»‘’]", re.DOTALL)
_WORDS_FOR_MACHINES = (
    *("literal_error", "string_pattern_mismatch", "truth", "disclaimer", "day", "id", "url", "identifier"),
    *("float_parsing", "int_parsing"),
)
"""What is said of a value that is no text for readers, and cannot have quotes in it."""


def _problem(detail: Any, loc: tuple[Any, ...], root: Mapping, model: type[BaseModel]) -> Problem:
    """Say in plain words what pydantic found at ``loc``."""
    context = detail.get("ctx") or {}
    node, key = located(root, loc)
    value = node.value if isinstance(node, Scalar) else None
    if key and key is not node:
        called = f"“{key.value}”"
    else:
        called = "this item" if node.path and isinstance(node.path[-1], int) else "this"

    def say(message: str, hint: str = "", kind: str = "value") -> Problem:
        return Problem(message, node.place, hint, kind)

    if value and detail["type"] in _WORDS_FOR_MACHINES and _IN_CURLY_QUOTES.fullmatch(value):
        return say(
            f"{called} stands in curly quotes, which are part of it", 'use straight quotes, ", or none'
        )
    match detail["type"]:
        case "literal_error":
            options = re.findall(r"'([^']*)'|(\d+)", context["expected"])
            return _choice(called, value, ["".join(each) for each in options], node)
        case "string_pattern_mismatch" if loc[-1] == "language":
            return say(f"“{value}” is not the tag of a language", _language_hint(value or ""))
        case "string_pattern_mismatch":
            return say(f"“{value}” cannot end the name of a file", "write something like -large")
        case "too_short" if context["actual_length"] == 0:
            return say(f"{called} is empty", "write at least one item", "empty")
        case "too_short":
            return say(f"{called} has only one item", f"write at least {context['min_length']}", "length")
        case "too_long":
            most = f"at most {context['max_length']} fit"
            return say(f"{called} has {context['actual_length']} items; {most}", "leave some out", "length")
        case "string_type" | "text" | "bool_type" | "date_type":
            return say(f"{called} must be text", _quotes(node, _holds_prose(model, node)), "type")
        case "tuple_type" | "list_type":
            lines = (
                "\n" in node.file.text[node.start : node.end].strip() if isinstance(node, Scalar) else False
            )
            begin = "begin each item on its own line with “- ”"
            below = f"write “- |” on the line below {called}, and the text below that, indented"
            return say(f"{called} must be a list", below if lines and key else begin, "type")
        case "model_type" | "model_attributes_type" | "dict_type":
            if slip := _slip(node):
                return slip
            fields = _fields(model, loc)
            listed = f"write its fields below it: {', '.join(fields)}"
            return say(
                f"{called} must have fields",
                listed if fields else "write “name: text”, one to a line",
                "type",
            )
        case "float_parsing" | "float_type" | "int_parsing" | "int_type" | "int_from_float":
            whole = "a whole number" if detail["type"].startswith("int") else "a number"
            return say(f"{called} must be {whole}", "write digits only, such as 18", "type")
        case "greater_than_equal" | "less_than_equal":
            fits = f"{context['ge']:g} or more" if "ge" in context else f"{context['le']:g} or less"
            return say(f"{called} must be {fits}, not {value}")
        case "truth":
            return say(f"{called} is either true or false", _truth_hint(value or ""))
        case "empty":
            return say(f"{called} is empty", _empty(node, model), "empty")
        case "one-line":
            return say(f"{called} must be one paragraph, without lists", "", "prose")
        case "disclaimer":
            meant = near(value or "", context["known"])
            hint = f"did you mean “{meant}”?" if meant else "write it in source/disclaimers.yaml, or here"
            return say(detail["msg"], hint, "disclaimer")
        case "plain-text" if isinstance(node, Scalar):
            return Problem(detail["msg"], node.at(context["offset"]), "take the marks away", "prose")
        case "day":
            return say(detail["msg"], "write it as 2026-05-14", "date")
        case "id" | "url" | "identifier" | "dates" | "facets" as kind:
            return say(detail["msg"], "", kind)
        case _:
            return say(f"{called} cannot be read", "compare it with docs/source-format.md")


def _truth_hint(value: str) -> str:
    match value.lower():
        case "yes" | "on" | "y" | "true" | "1":
            return "write true"
        case "no" | "off" | "n" | "none" | "false" | "0":
            return "write false"
        case _:
            return "write true or false"


def _language_hint(value: str) -> str:
    """Say how the language ``value`` is written, where that is plain."""
    if tag := _TAGS.get(value.lower()):
        return f"write {tag}"
    parts = re.split("[-_]", value)
    rest = (part.title() if len(part) == 4 else part.upper() for part in parts[1:])
    tag = "-".join((parts[0].lower(), *rest))
    return f"write {tag}" if re.fullmatch(LANGUAGE_PATTERN, tag) else "write en, es, pt-BR, zh-Hant …"


_TAGS = {
    "arabic": "ar",
    "chinese": "zh",
    "deutsch": "de",
    "english": "en",
    "español": "es",
    "français": "fr",
    "french": "fr",
    "german": "de",
    "hindi": "hi",
    "italian": "it",
    "japanese": "ja",
    "portuguese": "pt",
    "português": "pt",
    "russian": "ru",
    "spanish": "es",
}
"""Names that people write where a tag is needed."""


def _choice(called: str, value: str | None, options: list[str], node: Node) -> Problem:
    """Say that one of a few words was expected."""
    if len(options) == 1:
        return Problem(f"{called} must be “{options[0]}”", node.place, "", "value")
    meant = near(value or "", options)
    hint = f"did you mean “{meant}”?" if meant else f"use one of {', '.join(options)}"
    if (value or "").lower().startswith("pdf/a") and "pdf/ua-1" in options:
        # It looks like a slip of the pen for pdf/ua, and is another thing.
        hint = f"PDF/A is for archives, and every print edition keeps it; use one of {', '.join(options)}"
    message = f"“{value}” is none of the words for {called}" if value else f"{called} must be one word"
    return Problem(message, node.place, hint, "value")


def _no_block(node: Node, loc: tuple[Any, ...]) -> Problem:
    """Say why ``node`` is no block of a body."""
    blocks = [block for block in BLOCKS if block != "part" or "part" not in loc]
    known = f"a block is a text, or one of {', '.join(blocks)}"
    match node:
        case Mapping(pairs=pairs) if len(pairs) > 1 and next(iter(pairs)) in blocks:
            first, second = list(pairs)[:2]
            return Problem(
                f"“{second}” stands beside “{first}”, not in it",
                pairs[second][0].place,
                f"indent everything that belongs to “{first}” two spaces further",
                "block",
            )
        case Mapping(pairs=pairs) if pairs:
            name = next(iter(pairs))
            meant = near(name, blocks)
            hint = f"did you mean “{meant}”?" if meant else known
            return Problem(f"there is no block “{name}” here", pairs[name][0].place, hint, "block")
        case Scalar(value=None):
            return Problem("this item is empty", node.place, _EMPTY, "empty")
        case _:
            return Problem("this is no block", node.place, known, "block")


def _unknown(key: Node, loc: tuple[Any, ...], model: type[BaseModel]) -> Problem:
    """Say that a field does not exist, and which do."""
    if slip := _slip(key):
        return slip
    name = key.value if isinstance(key, Scalar) else ""
    fields = _fields(model, loc[:-1])
    meant = near(name or "", fields)
    hint = f"did you mean “{meant}”?" if meant else f"use one of {', '.join(fields)}" if fields else ""
    return Problem(f"unknown field “{name}”", key.place, hint, "unknown-key")


def _write(name: str) -> str:
    return {
        "alt": "say in words what the picture shows",
        "reason": "say why the edition leaves the part out",
        "verified": "add the day on which the source was last checked",
        "used_for": "say what the source is used for here",
    }.get(name, f"add a line “{name}: …”")


def _holds_prose(model: type[BaseModel], node: Node) -> bool:
    """Whether ``node`` stands where a text with paragraphs and lists is asked for."""
    fields = [each.model_fields.get(str(node.path[-1])) for each in _models(model, node.path[:-1])]
    return any(kind is Prose for field in fields if field for kind in _alternatives(field.annotation))


def _quotes(node: Node, holds_prose: bool) -> str:
    if isinstance(node, nodes.Sequence) and node.file.text[node.start] == "-" and holds_prose:
        return f"write | after “{node.path[-1]}:”, and the list below it, indented"
    if isinstance(node, nodes.Sequence):
        return "a text that begins with [ or - is read as a list: put it in quotes, or write it below a |"
    if isinstance(node, Mapping):
        return "a text with “: ” in it is read as a field: put it in quotes, or write it below a |"
    return ""


def _entries(root: Node) -> Iterator[tuple[Scalar | None, Node]]:
    """Yield (key, value) of every field and (None, item) of every item below ``root``."""
    for node in nodes.walk(root):
        if isinstance(node, Mapping):
            yield from node.pairs.values()
        elif isinstance(node, nodes.Sequence):
            yield from ((None, item) for item in node.items)


# --- which fields are there? -----------------------------------------------------------------


def _fields(model: type[BaseModel], loc: Sequence[Any]) -> list[str]:
    """Return the names that an author may write at ``loc``."""
    names: dict[str, None] = {}
    for each in _models(model, loc):
        for name, info in each.model_fields.items():
            if not _is_derived(info):
                names[name] = None
    return list(names)


def _derived(root: Mapping, model: type[BaseModel]) -> Iterator[tuple[tuple[Any, ...], Scalar, Node]]:
    """Yield loc, key and value of every field that an author wrote and that is ours to fill in."""
    for node in nodes.walk(root):
        if isinstance(node, Mapping):
            for each in _models(model, node.path):
                for name, info in each.model_fields.items():
                    if _is_derived(info) and name in node.pairs:
                        yield (*node.path, name), *node.pairs[name]


def _is_derived(info: FieldInfo) -> bool:
    # By name, because to mypy ``model.Derived`` is an annotation and no class.
    return any(type(each).__name__ == "SkipJsonSchema" for each in info.metadata)


def _models(model: type[BaseModel], loc: Sequence[Any]) -> list[type[BaseModel]]:
    """Return the model types that can stand at ``loc`` below ``model``."""
    current: list[Any] = [model]
    for step in loc:
        following: list[Any] = []
        for each in current:
            for kind in _alternatives(each):
                following.extend(_step(kind, step))
        if following:
            current = following
    found = [kind for each in current for kind in _alternatives(each)]
    return [kind for kind in found if isinstance(kind, type) and issubclass(kind, BaseModel)]


def _step(kind: Any, step: Any) -> list[Any]:
    if isinstance(kind, _Tagged):
        return [kind.type] if kind.tag == step else []
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        if kind is Steps and isinstance(step, int):  # a bare list of steps
            return [Step]
        return [kind.model_fields[step].annotation] if step in kind.model_fields else []
    arguments = get_args(kind)
    match get_origin(kind), step:
        case origin, int() if origin is tuple:
            return [arguments[0]]
        case origin, str() if origin is dict:
            return [arguments[1]]
    return []


class _Tagged:
    """One branch of a union that is chosen by its tag."""

    def __init__(self, tag: str, type: Any) -> None:
        self.tag, self.type = tag, type


def _alternatives(annotation: Any) -> Iterator[Any]:
    """Yield the types that ``annotation`` allows, unions and annotations opened."""
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *metadata = get_args(annotation)
        tags = [each.tag for each in metadata if isinstance(each, Tag)]
        if tags:
            yield _Tagged(tags[0], inner)
        else:
            yield from _alternatives(inner)
    elif origin in (Union, UnionType):
        for each in get_args(annotation):
            yield from _alternatives(each)
    else:
        yield annotation
