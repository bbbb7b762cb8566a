"""Read an SVG: bytes in, its size and the bytes to publish out, or everything a picture cannot have.

An SVG is a program for drawing: it can run scripts, fetch files, name itself and fill any memory. So this is
a list of what pictures need (SVG 2, without what acts, refers elsewhere or repeats itself). exports.py takes
away first what draws nothing; of what is left, all that is not on the list is refused where it stands, also
where some reader would pass over it. What is published is what was looked at, and nothing else of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from publish.errors import Place, Problem, PublishError
from publish.source import exports, limits
from publish.source.exports import (
    ATTRIBUTES,
    PROPERTIES,
    SHAPES,
    SVG,
    XLINK_HREF,
    cut,
    masked,
    shown,
    tag_of,
    written,
)
from publish.source.programs import advice, program_of
from publish.source.spots import Spots, has_declarations

ELEMENTS = SHAPES | {"clipPath", "defs", "g", "linearGradient", "marker", "radialGradient", "stop"}
ELEMENTS |= {"style", "svg", "text", "tspan"}
_TO_THEMSELVES = frozenset(
    ("clip-path", "fill", "marker", "marker-end", "marker-mid", "marker-start", "stroke")
)
"""May say url(#id), which stands in the same picture."""

_FUNCTIONS = re.compile(r"hsla?|matrix|rgba?|(?:rotate|scale|translate)[xyz]?|skew[xy]?")
_GRADIENTS = frozenset(("linearGradient", "radialGradient"))
_TEMPLATES = _GRADIENTS | {"clipPath", "marker"}
_MARKED = frozenset(("line", "path", "polygon", "polyline"))
_REPEATS = re.compile(r"\b(?:clip-path|(marker)[-a-z]*)\s*:[^;]*url\(", re.IGNORECASE)
"""What draws other shapes at a shape: inside these others it would go round in circles."""

_MOST_ATTRIBUTE, _MOST_ATTRIBUTES = 100_000, 500
_MOST_FAULTS = 20
_DTD = re.compile(r"https?://www\.w3\.org/[\w./-]+")
"""What the DOCTYPE of an ordinary export names; it is not read, and says nothing that a picture needs."""

_UNITS = {
    "": 1.0,
    "px": 1.0,
    "pt": 4 / 3,
    "pc": 16.0,
    "in": 96.0,
    "cm": 96 / 2.54,
    "mm": 96 / 25.4,
    "q": 96 / 101.6,
}


@dataclass(frozen=True)
class Vector:
    """An SVG as it goes on: its size in CSS pixels, its bytes, and notes on what was left out of it."""

    width: float
    height: float
    data: bytes
    notes: tuple[Problem, ...]


def read_vector(name: str, data: bytes) -> Vector:
    """Return the picture in ``data``; ``PublishError`` has the faults, each with its line and column."""
    root = _root(name, data)
    spots, program = Spots(data), program_of(data)
    exports.number(root)
    if faults := list(_before_cleaning(root)):
        raise PublishError(*_problems(faults, name, spots, program))
    remarks = exports.clean(root)
    faults = [
        *(_Fault(each.kind, each.message, each.number, each.name) for each in remarks if each.fault),
        # Of each <use> that could not be drawn out there is a remark, which says why.
        *(each for each in _faults(root) if each.kind != "use" or not any(one.fault for one in remarks)),
    ]
    if faults:
        raise PublishError(*_problems(faults, name, spots, program))
    cleaned = exports.serialised(root)
    if len(cleaned) > limits.SVG_BYTES:
        raise _fault(f"“{name}” has more than {limits.SVG_BYTES:,} bytes", advice("large", program))
    width, height = _size(name, root)
    return Vector(width, height, cleaned, _notes(remarks, name, spots))


def _problems(faults: list[_Fault], name: str, spots: Spots, program: str) -> list[Problem]:
    """Return one problem for each kind of thing, where it first stands, in the order of the file."""
    first: dict[str, _Fault] = {}
    count: dict[str, int] = {}
    for fault in sorted(faults, key=lambda each: (not each.is_instruction, each.number, each.shift)):
        first.setdefault(fault.key, fault)
        count[fault.key] = count.get(fault.key, 0) + 1
    problems = []
    for key, fault in list(first.items())[:_MOST_FAULTS]:
        more = f" (and {count[key] - 1:,} more like it)" if count[key] > 1 else ""
        place = fault.place(name, spots)
        problems.append(Problem(fault.message + more, place, advice(fault.kind, program), kind="image"))
    return problems


_NOTED = {
    "shadow": "the shape itself is shown; if the shadow matters, draw it as a shape",
    "link": "nobody can follow a link in a picture: write it in the caption, or in the text",
}


def _notes(remarks: list[exports.Remark], name: str, spots: Spots) -> tuple[Problem, ...]:
    notes: dict[str, list[exports.Remark]] = {}
    for remark in remarks:
        if not remark.fault:
            notes.setdefault(remark.kind, []).append(remark)
    told = []
    for kind, each in notes.items():
        place = min(_Fault(kind, "", one.number, one.name).place(name, spots) for one in each)
        more = f" (and {len(each) - 1} more)" if len(each) > 1 else ""
        told.append(Problem(each[0].message + more, place, _NOTED[kind], "image", "note"))
    return tuple(told)


def _size(name: str, root: Any) -> tuple[float, float]:
    box = [float(each) for each in re.findall(_NUMBER, root.get("viewBox", ""))[:4]]
    width, height = _length(root.get("width")), _length(root.get("height"))
    if len(box) == 4 and box[2] > 0 and box[3] > 0:
        ratio = box[2] / box[3]
        if width and not height:
            height = width / ratio
        elif height and not width:
            width = height * ratio
        elif not width:
            width, height = box[2], box[3]
    if not width or not height:
        raise _fault(
            f"“{name}” does not say how large it is",
            'give its <svg> a width, a height and a viewBox="0 0 width height"',
        )
    return width, height


_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"


def _length(value: str | None) -> float:
    match = re.fullmatch(rf"\s*({_NUMBER})\s*([a-z]*)\s*", (value or "").lower())
    return float(match[1]) * _UNITS[match[2]] if match and match[2] in _UNITS else 0.0


def _fault(message: str, hint: str, place: Place | None = None) -> PublishError:
    return PublishError(Problem(message, place, hint, kind="image"))


# What libxml2 says, what it means, and what to do about it.
_MALFORMED = (
    (
        r"Opening and ending tag mismatch: (\S+) line (\d+) and (\S+?),",
        "</{2}> stands here, but <{0}> of line {1} is still open",
        "write </{0}> in its place, or before it",
    ),
    (
        r"Premature end of data in tag (\S+) line (\d+)",
        "it ends here, but <{0}> of line {1} is still open",
        "write </{0}> where that ends; if the file was cut short, export or copy it again",
    ),
    (
        r"Entity '(nbsp)' not defined",
        "&{0}; is not known in SVG",
        "write &#160; in its place",
    ),
    (
        r"Entity '(\w+)' not defined",
        "&{0}; is not known in SVG",
        "type the character itself; write &amp; for a plain &",
    ),
    (r"EntityRef", "a plain & stands here", "write &amp; in its place"),
    (r"invalid element name", "a plain < stands here", "write &lt; in its place"),
    (
        r"Unescaped '<' not allowed",
        "a value in quotes is not closed, or has < in it",
        'end it with "; write &lt; for a plain <',
    ),
    (r"AttValue: \" or ' expected", "a value stands here without straight quotes", 'write name="value"'),
    (r"Attribute (\S+) redefined", "“{0}” is given twice", "delete one of the two"),
    (r"mandates value for attribute (\S+?),", "“{0}” has no value", 'write {0}="…", or delete it'),
    (
        r"Namespace prefix (xlink) ",
        "“{0}:” is used, but not declared",
        'write xmlns:xlink="http://www.w3.org/1999/xlink" after <svg',
    ),
    (r"Namespace prefix (\S+) ", "“{0}:” is used, but not declared", "delete what begins with {0}:"),
    (r"Extra content at the end", "something stands behind its end", "delete it, or put it before </svg>"),
    (
        r"Double hyphen within comment",
        "“--” stands inside a comment",
        "write one hyphen, or delete the comment",
    ),
    (
        r"attributes construct error",
        "a space or > is missing here",
        "put a space before each attribute, and > at the end of the tag",
    ),
    (r"XML declaration allowed only", "something stands before “<?xml”", "delete it, empty lines too"),
)


def _not_well_formed(said: str) -> tuple[str, str]:
    """Return what libxml2 ``said`` of a file in plain words, and what to do about it."""
    for pattern, found, hint in _MALFORMED:
        if match := re.search(pattern, f"{said},"):
            return f": {found.format(*match.groups())}", hint.format(*match.groups())
    return "", "export it again from the drawing program"


def _root(name: str, data: bytes) -> Any:
    from lxml import etree

    if len(data) > limits.SVG_BYTES:
        raise _fault(f"“{name}” has more than {limits.SVG_BYTES:,} bytes", "make the picture simpler")
    declared = re.match(rb"\s*(?:\xef\xbb\xbf)?<\?xml[^>]*encoding\s*=\s*[\"']([^\"']*)", data)
    try:
        data.decode("utf-8")
        is_utf8 = declared is None or declared[1].lower() in (b"utf-8", b"us-ascii")
    except UnicodeDecodeError:
        is_utf8 = False
    if not is_utf8:
        # Readers disagree about all others, so one could see another picture than the one checked here.
        raise _fault(f"“{name}” is not UTF-8", "save it with the encoding UTF-8")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        found, hint = _not_well_formed(str(error.msg))
        place = Place(name, max(line, 1), max(column, 1))
        raise _fault(f"“{name}” is no well-formed SVG{found}", hint, place) from error
    doctype = root.getroottree().docinfo
    if doctype.doctype:
        line, column = Spots(data).doctype()
        place = Place(name, line, column)
        hint = advice("doctype", program_of(data))
        if has_declarations(data):
            raise _fault(
                f"“{name}” begins with a DOCTYPE that declares something, which is not read", hint, place
            )
        if doctype.root_name != "svg" or (doctype.system_url and not _DTD.fullmatch(doctype.system_url)):
            raise _fault(
                f"“{name}” begins with a DOCTYPE that is not the one of SVG: {exports.cut(doctype.doctype)}",
                "delete the line that begins with <!DOCTYPE",
                place,
            )
    if root.tag != f"{SVG}svg":
        raise _fault(
            f"“{name}” is no SVG: it begins with another element",
            'it needs <svg xmlns="http://www.w3.org/2000/svg">',
        )
    return root


# --- the list --------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Fault:
    """Something a picture cannot have, at an element, ``shift`` lines into it, or at its attribute ``name``.

    ``kind`` is as in programs.py. Of faults with one ``group`` only the first is told; without a group, of
    those with one message.
    """

    kind: str
    message: str
    number: int = 0
    name: str = ""
    shift: int = 0
    group: str = ""
    is_instruction: bool = False

    @property
    def key(self) -> str:
        return self.group or self.message

    def place(self, file: str, spots: Spots) -> Place:
        if self.is_instruction:
            return Place(file, *spots.instruction(self.number))
        if self.name:
            return Place(file, *spots.attribute(self.number, self.name))
        return Place(file, *spots.element(self.number, self.shift))


_KINDS = {
    "animate": "motion",
    "animateMotion": "motion",
    "animateTransform": "motion",
    "set": "motion",
    "script": "script",
    "foreignObject": "foreign",
    "image": "image",
    "mask": "mask",
    "filter": "filter",
    "backdrop-filter": "filter",
    "pattern": "pattern",
    "hatch": "pattern",
    "use": "use",
    "symbol": "use",
    "textPath": "path-text",
    "flowRoot": "flow",
}
"""Kinds of advice, by the name of an element, an attribute or a property."""

_GROUPS = frozenset(_KINDS.values()) - {"script", "motion"} | {"elsewhere"}
"""Kinds of which one is told, whatever their elements and attributes are called."""

_INSIDE_ANOTHER = re.compile(r"fe[A-Z]|flow(?:Region|Para|Span)|hatchpath|animate|mpath")
"""Elements that stand only inside another that is refused already."""


def _before_cleaning(root: Any) -> Iterator[_Fault]:
    """Yield what ends the reading: instructions that change the picture, names for something not there."""
    from lxml import etree

    tree = root.getroottree().getroot()
    around = (*reversed(list(tree.itersiblings(preceding=True))), *tree.iter(), *tree.itersiblings())
    count = number = 0
    for node in around:
        if isinstance(node, etree._ProcessingInstruction):
            if node.target.lower() in ("xml-stylesheet", "xml-transform", "xsl-stylesheet"):
                message = f"<?{cut(node.target)} …?> cannot stand in a picture: it may ask for another file"
                yield _Fault("rules", message, count, is_instruction=True)
            count += 1
        elif isinstance(node, etree._Entity):
            yield _Fault("doctype", f"{cut(node.text or '')} stands for something that is not there", number)
        elif isinstance(node.tag, str):
            number = int(node.get(exports.NUMBER, "0"))
            if len(node.attrib) > _MOST_ATTRIBUTES:
                yield _Fault("large", f"<{shown(node)}> has more than {_MOST_ATTRIBUTES} attributes", number)


def _faults(root: Any) -> Iterator[_Fault]:
    from lxml import etree

    ids: set[str] = set()
    referred: list[tuple[int, str, str]] = []
    count = letters = depth = 0
    around: list[str] = []
    for event, node in etree.iterwalk(root, events=("start", "end")):
        if event == "end":
            depth -= 1
            around.pop()
            continue
        number, tag = int(node.get(exports.NUMBER, "0")), tag_of(node)
        depth, count = depth + 1, count + 1
        letters += len(node.text or "") + len(node.tail or "") if tag != "style" else 0
        if depth > limits.SVG_DEPTH:
            message = f"in a picture, elements stand at most {limits.SVG_DEPTH} levels deep"
            yield _Fault("large", message, number)
            return
        if count > limits.SVG_ELEMENTS:
            yield _Fault("large", f"the picture has more than {limits.SVG_ELEMENTS:,} elements", number)
            return
        known = tag in ELEMENTS and (tag != "svg" or not around)
        if not known:
            if not (around and around[-1] not in ELEMENTS and _INSIDE_ANOTHER.match(tag)):
                kind = _KINDS.get(tag, "")
                yield _Fault(
                    kind,
                    f"<{shown(node)}> cannot stand in a picture",
                    number,
                    group=kind if kind in _GROUPS else "",
                )
        elif tag == "style":
            for shift, kind, message in _sheet(node):
                yield _Fault(kind, message, number, shift=shift)
        for name, value in node.attrib.items() if known else ():
            if name == exports.NUMBER:
                continue
            at = written(node, name)
            for kind, message in _attribute(tag, name, at, str(value)):
                group = kind if kind in _GROUPS else ""
                yield _Fault(kind, message, number, at, group=group)
            repeats = _REPEATS.search(f"{name}:{value}")
            if repeats and (_TEMPLATES.intersection(around) or (repeats[1] and tag not in _MARKED)):
                yield _Fault("repeat", f"{repeats[0]}…) stands where it could repeat itself", number, at)
            referred += ((number, at, id) for id in _references(name, str(value)))
        ids.add(node.get("id", ""))
        around.append(tag)
    if letters > limits.SVG_TEXT:
        yield _Fault("large", f"its texts have more than {limits.SVG_TEXT:,} characters")
    for number, at, id in referred:
        if id not in ids:
            yield _Fault("lost", f"“#{cut(id)}” is referred to and not there", number, at)


def _references(name: str, value: str) -> list[str]:
    """Return the ids that an attribute refers to."""
    if name in ("href", XLINK_HREF):
        return [value.strip()[1:]] if value.strip().startswith("#") else []
    return re.findall(r"url\(\s*['\"]?#([^'\")]*?)['\"]?\s*\)", value)


def _attribute(tag: str, name: str, at: str, value: str) -> Iterator[tuple[str, str]]:
    """Yield (kind, message) of what an attribute, written as ``at``, cannot have."""
    if len(value) > _MOST_ATTRIBUTE:
        yield "large", f"{at} has more than {_MOST_ATTRIBUTE:,} characters"
    elif name in ("href", XLINK_HREF):
        if tag not in _GRADIENTS or not re.fullmatch(r"\s*#[^\s#]+\s*", value):
            yield "elsewhere", f"something from elsewhere is shown: {cut(value)}"
    elif name.lower().startswith("on"):
        yield "script", f"a script is run ({cut(name)})"
    elif name not in ATTRIBUTES:
        yield _KINDS.get(name, ""), f"the attribute “{cut(at)}” cannot stand in a picture"
    elif name == "style":
        yield from _declarations(value)
    elif name == "type" and (tag != "style" or value != "text/css"):
        yield "", f"the type “{cut(value)}” cannot stand in a picture"
    elif name in PROPERTIES:
        yield from _value(name, value)


_CALL = re.compile(r"([-\w]*)\s*\(")
_URL = re.compile(r"url\(\s*(?:#[^\s'\"()#]+|'#[^\s'\"()#]+'|\"#[^\s'\"()#]+\")\s*\)", re.IGNORECASE)


def _value(name: str, value: str) -> Iterator[tuple[str, str]]:
    """Look at the value of one property: functions that draw, and url(#id) where it is one of ours."""
    rest = _URL.sub("", value) if name in _TO_THEMSELVES else value
    if "\\" in rest or "/*" in rest:
        yield "hidden", f"{name} is written with “\\” or “/*”, which could hide something"
    for call in _CALL.findall(rest):
        if call.lower() == "url":
            yield "elsewhere", f"something from elsewhere is shown: {cut(value)}"
        elif not _FUNCTIONS.fullmatch(call.lower()):
            yield "", f"{name} uses {cut(call)}( ), which cannot stand in a picture"


def _declarations(style: str) -> Iterator[tuple[str, str]]:
    """Look at the declarations of a style attribute, or of one rule."""
    if re.search(r"[\\{}@]|/\*", style):
        yield "hidden", "a style has “\\”, “@”, “/*” or braces in it"
        return
    # No string may hold what ends a declaration, so this divides as browsers do.
    for declaration in masked(style).split(";"):
        name, colon, value = declaration.partition(":")
        name = name.strip().lower()
        if not colon:
            if name:
                yield "style", f"a style cannot be read: {cut(declaration)}"
        elif name not in PROPERTIES:
            yield _KINDS.get(name, ""), f"a style sets “{cut(name)}”, which cannot stand in a picture"
        else:
            yield from _value(name, value)


def _sheet(node: Any) -> Iterator[tuple[int, str, str]]:
    """Look at a <style>: rules of plain selectors; no at-rule, which could fetch something.

    Yields (lines into it, kind, message).
    """
    if len(node):
        yield 0, "rules", "a <style> has elements in it"
    whole = node.text or ""
    if re.search(r"[@\\]", whole):
        yield 0, "rules", "a <style> has “@” or “\\” in it"
    if _REPEATS.search(whole):
        yield 0, "rules", "a <style> refers to markers or clipping paths"
    # Comments too: what seems to be one may stand in a text.
    if any(call.lower() == "url" for call in _CALL.findall(_URL.sub("", whole))):
        yield 0, "elsewhere", "a <style> shows something from elsewhere"
    line = 0
    for rule in re.split(r"(?<=\})", exports.without_comments(whole)):
        selector, brace, body = rule.partition("{")
        start = line + rule[: len(rule) - len(rule.lstrip())].count("\n")
        line += rule.count("\n")
        if not rule.strip():
            continue
        if not brace or not body.endswith("}") or not re.fullmatch(r"[\w\s.,#*+>~:()=\"'\[\]-]+", selector):
            yield start, "rules", f"a style cannot stand in a picture: {cut(rule)}"
            continue
        for kind, message in _declarations(body[:-1]):
            yield start, kind, message
