"""Check an SVG: bytes in, its width and height out, or everything in it that a picture cannot have.

An SVG is a program for drawing: it can run scripts, fetch files, name itself and fill any memory. So this is
a list of what pictures need (SVG 2, without what acts, refers elsewhere or repeats itself); all else is
refused with its line, also where some reader would pass over it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from publish.errors import Place, Problem, PublishError
from publish.source import limits

_SVG = "{http://www.w3.org/2000/svg}"
_XML = "{http://www.w3.org/XML/1998/namespace}"
_XLINK_HREF = "{http://www.w3.org/1999/xlink}href"


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


ELEMENTS = _names(
    """
    circle clipPath defs desc ellipse g line linearGradient marker path polygon polyline radialGradient rect
    stop style svg text title tspan
    """
)
PROPERTIES = _names(
    """
    alignment-baseline baseline-shift clip-path clip-rule color color-interpolation color-rendering direction
    display dominant-baseline enable-background fill fill-opacity fill-rule font font-family
    font-feature-settings font-kerning font-size font-size-adjust font-stretch font-style font-variant
    font-variant-caps font-variant-ligatures font-variant-numeric font-weight image-rendering isolation
    letter-spacing line-height marker marker-end marker-mid marker-start mix-blend-mode opacity overflow
    paint-order pointer-events shape-rendering stop-color stop-opacity stroke stroke-dasharray
    stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit stroke-opacity stroke-width text-align
    text-anchor text-decoration text-rendering transform transform-origin unicode-bidi vector-effect
    visibility white-space word-spacing writing-mode
    """
)
"""Allowed as attributes and in styles."""

ATTRIBUTES = PROPERTIES | _names(
    f"""
    aria-describedby aria-hidden aria-label aria-labelledby baseProfile class clipPathUnits cx cy d dx dy fr
    fx fy gradientTransform gradientUnits height id lang lengthAdjust markerHeight markerUnits markerWidth
    offset orient pathLength points preserveAspectRatio r refX refY role rotate rx ry spreadMethod style
    textLength type version viewBox width x x1 x2 y y1 y2 {_XML}lang {_XML}space
    """
)
_TO_THEMSELVES = _names("clip-path fill marker marker-end marker-mid marker-start stroke")
"""May say url(#id), which stands in the same picture."""

_FUNCTIONS = _names(
    "hsl hsla matrix rgb rgba rotate rotatex rotatey rotatez scale scalex scaley skew skewx skewy translate "
    "translatex translatey"
)
_GRADIENTS = _names("linearGradient radialGradient")
_TEMPLATES = _names("clipPath linearGradient marker radialGradient")
_MARKED = _names("line path polygon polyline")
_REPEATS = re.compile(r"\b(?:clip-path|(marker)[-a-z]*)\s*:[^;]*url\(", re.IGNORECASE)
"""What draws other shapes at a shape: inside these others it would go round in circles."""

_MOST_ATTRIBUTE = 100_000
_MOST_FAULTS = 20

_PLAIN = "save it as a plain SVG"
_INSIDE = "put it into the picture itself"
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


def vector_size(name: str, data: bytes) -> tuple[float, float]:
    """Return width and height in CSS pixels; ``PublishError`` has the faults, each with its line."""
    root = _root(name, data)
    problems = [
        Problem(message, Place(name, line, 1), hint, kind="image")
        for line, message, hint in _first(_faults(root))
    ]
    if problems:
        raise PublishError(*problems)
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
        place = Place(name, error.lineno or 1, 1)
        raise _fault(f"“{name}” is no well-formed SVG", "save it anew as a plain SVG", place) from error
    if root.getroottree().docinfo.doctype:
        raise _fault(
            f"“{name}” begins with a DOCTYPE, which is not read",
            "delete it, or save it as a plain SVG",
            Place(name, 1, 1),
        )
    if root.tag != f"{_SVG}svg":
        raise _fault(
            f"“{name}” is no SVG: it begins with another element",
            'it needs <svg xmlns="http://www.w3.org/2000/svg">',
        )
    return root


# --- the list --------------------------------------------------------------------------------

_Fault = tuple[int, str, str]
"""Line, message, hint."""


def _first(faults: Iterator[_Fault]) -> Iterator[_Fault]:
    """Yield each fault once for the first line that has it, and not too many."""
    told: set[str] = set()
    for line, message, hint in faults:
        if message not in told:
            told.add(message)
            yield line, message, hint
        if len(told) == _MOST_FAULTS:
            return


def _faults(root: Any) -> Iterator[_Fault]:
    from lxml import etree

    ids: set[str] = set()
    referred: list[tuple[int, str]] = []
    count = letters = depth = 0
    around: list[str] = []
    before = root.getroottree().getroot().itersiblings(preceding=True)
    for node in (*before, *root.itersiblings()):
        if isinstance(node, etree._ProcessingInstruction):
            yield node.sourceline or 1, *_instruction(node)
    for event, node in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        line = node.sourceline or 1
        match event:
            case "pi":
                yield line, *_instruction(node)
            case "end":
                depth -= 1
                around.pop()
            case "start":
                tag = node.tag.removeprefix(_SVG) if node.tag.startswith(_SVG) else ""
                depth, count = depth + 1, count + 1
                letters += len(node.text or "") + len(node.tail or "") if tag != "style" else 0
                if depth > limits.SVG_DEPTH:
                    yield line, f"in a picture, elements stand at most {limits.SVG_DEPTH} levels deep", _PLAIN
                    return
                if count > limits.SVG_ELEMENTS:
                    yield (
                        line,
                        f"the picture has more than {limits.SVG_ELEMENTS:,} elements",
                        "make it simpler",
                    )
                    return
                known = tag in ELEMENTS and (tag != "svg" or not around)
                if not known:
                    yield line, f"<{_shown(node)}> cannot stand in a picture", _PLAIN
                elif tag == "style":
                    for shift, message, hint in _sheet(node):
                        yield line + shift, message, hint
                for name, value in node.attrib.items() if known else ():
                    for message, hint in _attribute(tag, name, str(value)):
                        yield line, message, hint
                    repeats = _REPEATS.search(f"{name}:{value}")
                    if repeats and (_TEMPLATES.intersection(around) or (repeats[1] and tag not in _MARKED)):
                        yield line, f"{repeats[0]}…) stands where it could repeat itself", _PLAIN
                    referred += ((line, id) for id in _references(name, str(value)))
                ids.add(node.get("id", ""))
                around.append(tag)
    if letters > limits.SVG_TEXT:
        yield 1, f"its texts have more than {limits.SVG_TEXT:,} characters", "say less in the picture"
    for line, id in referred:
        if id not in ids:
            yield line, f"“#{_cut(id)}” is referred to and not there", _PLAIN


def _instruction(node: Any) -> tuple[str, str]:
    return f"<?{_cut(node.target)} …?> cannot stand in a picture: it may ask for another file", _PLAIN


def _shown(node: Any) -> str:
    """The name of an element as it is written, prefix and all."""
    local = str(node.tag).rpartition("}")[2]
    return _cut(f"{node.prefix}:{local}" if node.prefix else local)


def _cut(text: str) -> str:
    text = " ".join(str(text).split())
    return text if len(text) <= 60 else f"{text[:59]}…"


def _references(name: str, value: str) -> list[str]:
    """Return the ids that an attribute refers to."""
    if name in ("href", _XLINK_HREF):
        return [value.strip().removeprefix("#")]
    return re.findall(r"url\(\s*['\"]?#([^'\")]*?)['\"]?\s*\)", value)


def _attribute(tag: str, name: str, value: str) -> Iterator[tuple[str, str]]:
    if len(value) > _MOST_ATTRIBUTE:
        yield f"{name} has more than {_MOST_ATTRIBUTE:,} characters", "make the picture simpler"
    elif name in ("href", _XLINK_HREF):
        if tag not in _GRADIENTS or not re.fullmatch(r"\s*#[^\s#]+\s*", value):
            yield f"something from elsewhere is shown: {_cut(value)}", _INSIDE
    elif name.lower().startswith("on"):
        yield f"a script is run ({_cut(name)})", _PLAIN
    elif name not in ATTRIBUTES and not re.fullmatch(r"data-[\w.-]+", name):
        shown = name.rpartition("}")[2]
        yield f"the attribute “{_cut(shown)}” cannot stand in a picture", _PLAIN
    elif name == "style":
        yield from _declarations(value)
    elif name == "type" and (tag != "style" or value != "text/css"):
        yield f"the type “{_cut(value)}” cannot stand in a picture", _PLAIN
    elif name in PROPERTIES:
        yield from _value(name, value)


_CALL = re.compile(r"([-\w]*)\s*\(")
_URL = re.compile(r"url\(\s*(?:#[^\s'\"()#]+|'#[^\s'\"()#]+'|\"#[^\s'\"()#]+\")\s*\)", re.IGNORECASE)


def _value(name: str, value: str) -> Iterator[tuple[str, str]]:
    """Look at the value of one property: functions that draw, and url(#id) where it is one of ours."""
    rest = _URL.sub("", value) if name in _TO_THEMSELVES else value
    if "\\" in rest or "/*" in rest:
        yield f"{name} is written with “\\” or “/*”, which could hide something", _PLAIN
    for call in _CALL.findall(rest):
        if call.lower() == "url":
            yield f"something from elsewhere is shown: {_cut(value)}", _INSIDE
        elif call.lower() not in _FUNCTIONS:
            yield f"{name} uses {_cut(call)}( ), which cannot stand in a picture", _PLAIN


def _declarations(style: str) -> Iterator[tuple[str, str]]:
    """Look at the declarations of a style attribute, or of one rule."""
    if re.search(r"[\\{}@]|/\*", style):
        yield "a style has “\\”, “@”, “/*” or braces in it", _PLAIN
        return
    # No string may hold what ends a declaration, so this divides as browsers do.
    for declaration in re.sub(r"(['\"])(.*?)\1", _without_ends, style, flags=re.DOTALL).split(";"):
        name, colon, value = declaration.partition(":")
        name = name.strip().lower()
        if not colon:
            if name:
                yield f"a style cannot be read: {_cut(declaration)}", _PLAIN
        elif name not in PROPERTIES and not name.startswith("-inkscape-"):
            yield f"a style sets “{_cut(name)}”, which cannot stand in a picture", _PLAIN
        else:
            yield from _value(name, value)


def _without_ends(text: re.Match[str]) -> str:
    return text[0].replace(";", " ").replace(":", " ")


def _sheet(node: Any) -> Iterator[_Fault]:
    """Look at a <style>: rules of plain selectors; no at-rule, which could fetch something."""
    if len(node):
        yield 0, "a <style> has elements in it", _PLAIN
    whole = node.text or ""
    if re.search(r"[@\\]", whole):
        yield 0, "a <style> has “@” or “\\” in it", _PLAIN
    if _REPEATS.search(whole):
        yield 0, "a <style> refers to markers or clipping paths", "refer to them from each shape"
    # Comments too: what seems to be one may stand in a text.
    if any(call.lower() == "url" for call in _CALL.findall(_URL.sub("", whole))):
        yield 0, "a <style> shows something from elsewhere", _INSIDE
    line = 0
    comments = re.compile(r"/\*.*?\*/|<!--|-->", re.DOTALL)
    for rule in re.split(r"(?<=\})", comments.sub(lambda found: "\n" * found[0].count("\n"), whole)):
        selector, brace, body = rule.partition("{")
        start = line + rule[: len(rule) - len(rule.lstrip())].count("\n")
        line += rule.count("\n")
        if not rule.strip():
            continue
        if not brace or not body.endswith("}") or not re.fullmatch(r"[\w\s.,#*+>~:()=\"'\[\]-]+", selector):
            yield start, f"a style cannot stand in a picture: {_cut(rule)}", _PLAIN
            continue
        for message, hint in _declarations(body[:-1]):
            yield start, message, hint
