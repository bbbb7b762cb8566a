"""Take from the tree of an SVG what drawing programs leave in it and no reader shows, and write out the rest.

What is taken away draws nothing (notes of the program, other namespaces, comments), or is said plainly
instead: of two looks the light one, of a switch what every reader understands, of a <use> the shape. Nothing
is judged here: what is left stays as it was, and vector.py refuses of it what a picture cannot have. So a
fault of this file can make a picture poorer, never less safe.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from publish.source import limits

SVG = "{http://www.w3.org/2000/svg}"
XML = "{http://www.w3.org/XML/1998/namespace}"
XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
NUMBER = "{urn:publish:number}n"
"""Which element of the file one is, counted from 0; a copy has the number of what was copied."""

_XHTML = "{http://www.w3.org/1999/xhtml}"
_MATHS = "{http://www.w3.org/1998/Math/MathML}"


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


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
    aria-describedby aria-hidden aria-label aria-labelledby class clipPathUnits cx cy d dx dy fr
    fx fy gradientTransform gradientUnits height id lang lengthAdjust markerHeight markerUnits markerWidth
    offset orient pathLength points preserveAspectRatio r refX refY role rotate rx ry spreadMethod style
    textLength type viewBox width x x1 x2 y y1 y2 {XML}lang {XML}space
    """
)

_MEANT = _names(
    """
    backdrop-filter clip filter glyph-orientation-horizontal glyph-orientation-vertical mask mask-border
    mask-image outline requiredExtensions systemLanguage text-orientation text-overflow text-transform
    """
)
"""Not allowed, and a browser draws something else where it stands: left for vector.py to refuse."""

_MEANT_IN_STYLES = _MEANT | _names(
    """
    all animation animation-name cx cy d height offset offset-path perspective r rotate rx ry scale
    transform-box transform-style translate width x y zoom
    """
)
_MEANT_OF_THE_WHOLE = _names("background background-color background-image border box-shadow")
_NOTHING = _names("none normal auto initial unset 0 0px mixed")
"""With these values, nothing is drawn otherwise."""

_DROPPED = _names("color-profile cursor desc font font-face metadata title view")
"""Elements of SVG that draw nothing, whatever they hold."""

_UNDRAWN = _names("filter mask pattern symbol")
"""Elements of SVG that draw nothing unless something refers to them."""

_SHADOW = _names(
    "feBlend feColorMatrix feComponentTransfer feComposite feDropShadow feFlood feGaussianBlur feMerge "
    "feMorphology feOffset"
)
SHAPES = _names("circle ellipse line path polygon polyline rect")
_TEMPLATES = _names("clipPath linearGradient marker radialGradient style")
_MOVED = re.compile(r"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)(?:px)?\s*")
_OUR_URL = re.compile(r"\s*url\(\s*['\"]?#([^'\")\s]+)['\"]?\s*\)\s*")


@dataclass(frozen=True)
class Remark:
    """What was found while cleaning: at element ``number``, at its attribute ``name`` if that is given.

    ``kind`` is as in programs.py. A remark that is no ``fault`` is for the author to know.
    """

    number: int
    name: str
    kind: str
    message: str
    fault: bool = True


def tag_of(node: Any) -> str:
    """The name of an element of SVG, "" for all else."""
    return node.tag.removeprefix(SVG) if isinstance(node.tag, str) and node.tag.startswith(SVG) else ""


def shown(node: Any) -> str:
    """The name of an element as it is written, prefix and all."""
    local = str(node.tag).rpartition("}")[2]
    return cut(f"{node.prefix}:{local}" if node.prefix else local)


def written(node: Any, name: str) -> str:
    """The name of an attribute of ``node`` as it is written, prefix and all."""
    space, _, local = name.rpartition("}")
    if not space:
        return name
    if space[1:] == XML[1:-1]:
        return f"xml:{local}"
    prefix = next((each for each, uri in node.nsmap.items() if each and uri == space[1:]), "")
    return f"{prefix}:{local}" if prefix else local


def cut(text: str) -> str:
    text = " ".join(str(text).split())
    return text if len(text) <= 60 else f"{text[:59]}…"


def number(root: Any) -> None:
    """Give every element its number."""
    for count, node in enumerate(each for each in root.iter() if isinstance(each.tag, str)):
        node.set(NUMBER, str(count))


def clean(root: Any) -> list[Remark]:
    """Change the tree at ``root`` into one that says the same with less; return what there is to tell."""
    remarks: list[Remark] = []
    _drop_elements(root)
    remarks += _choose(root)
    remarks += _unlink(root)
    declared = set(re.findall(r"(?<![\w-])(--[\w-]+)\s*:", " ".join(_styles(root))))
    shadows = {
        str(each.get("id")) for each in root.iter(f"{SVG}filter") if each.get("id") and _is_shadow(each)
    }
    for node in _elements(root):
        remarks += _drop_attributes(node, node is root, declared, shadows)
    _paint_background(root)
    _move_references(root)
    remarks += _draw_uses(root)
    _drop_unused(root)
    return remarks


def serialised(root: Any) -> bytes:
    """Return the tree as UTF-8, without our numbers and without namespaces that nothing is in."""
    from lxml import etree

    root = deepcopy(root)
    for node in _elements(root):
        node.attrib.pop(NUMBER, None)
    etree.cleanup_namespaces(root)
    return etree.tostring(root, encoding="unicode", with_tail=False).encode()


def _elements(root: Any) -> list[Any]:
    return [node for node in root.iter() if isinstance(node.tag, str)]


def _number(node: Any) -> int:
    return int(node.get(NUMBER, "0"))


def _remove(node: Any) -> None:
    """Take out ``node``; the words after it stay."""
    parent, before = node.getparent(), node.getprevious()
    if parent is None:
        return
    if before is not None:
        before.tail = ((before.tail or "") + (node.tail or "")) or None
    else:
        parent.text = ((parent.text or "") + (node.tail or "")) or None
    node.tail = None
    parent.remove(node)


# --- elements --------------------------------------------------------------------------------


def _drop_elements(root: Any) -> None:
    from lxml import etree

    for node in list(root.iter()):
        if node is root:
            continue
        if isinstance(node, (etree._Comment, etree._ProcessingInstruction)):
            # vector.py has refused instructions that mean something, before this.
            _remove(node)
        elif (
            isinstance(node.tag, str)
            and (_is_foreign(node.tag) or tag_of(node) in _DROPPED)
            and not _has_rules(node)
        ):
            _remove(node)


def _has_rules(node: Any) -> bool:
    """Whether a <style> stands in ``node``: its rules hold for the whole picture, drawn or not."""
    return next(node.iter(f"{SVG}style"), None) is not None


def _is_foreign(tag: str) -> bool:
    """Whether an element is of a program's own namespace; pages and formulas might be shown, so are not."""
    return "}" in tag and not tag.startswith((SVG, _XHTML, _MATHS))


def _choose(root: Any) -> Iterator[Remark]:
    """Put in the place of each <switch> what a reader shows who knows nothing but SVG."""
    for switch in list(root.iter(f"{SVG}switch")):
        choices = [node for node in switch if isinstance(node.tag, str)]
        if any(node.get("systemLanguage") is not None for node in choices):
            continue
        plain = (
            node
            for node in choices
            if tag_of(node) != "foreignObject" and not (node.get("requiredExtensions") or "").strip()
        )
        chosen = next(plain, None)
        pages = [node for node in choices if tag_of(node) == "foreignObject"]
        if (chosen is None and any(_words(page) for page in pages)) or _has_rules(switch):
            continue
        for page in pages:
            if chosen is not None and tag_of(chosen) != "image" and _words(page) not in ("", _words(chosen)):
                yield Remark(
                    _number(chosen),
                    "",
                    "words",
                    f"words are left out where plain text is shown: “{cut(' '.join(page.itertext()))}” has "
                    f"become “{cut(' '.join(chosen.itertext()))}”",
                )
                break
        for node in list(switch):
            if node is not chosen:
                switch.remove(node)
        switch.text = None
        switch.tag = f"{SVG}g"


def _words(node: Any) -> str:
    return "".join("".join(node.itertext()).split())


def _unlink(root: Any) -> Iterator[Remark]:
    """Make groups of links, which cannot be followed in a picture."""
    for link in list(root.iter(f"{SVG}a")):
        target = (link.get(XLINK_HREF) or link.get("href") or "").strip()
        inside = any(tag_of(each) in ("text", "tspan") for each in link.iterancestors())
        link.tag = f"{SVG}tspan" if inside else f"{SVG}g"
        for name in list(link.attrib):
            known = name in ATTRIBUTES or name in _MEANT or name == NUMBER or name.lower().startswith("on")
            if not known or name == "type":
                del link.attrib[name]
        if target:
            message = f"the link in this picture is left out: {cut(target)}"
            yield Remark(_number(link), "", "link", message, fault=False)


def _is_shadow(filter: Any) -> bool:
    """Whether a filter draws a shadow and, over it, the shape as it is: only the shadow can be lost."""
    steps = [each for each in filter if isinstance(each.tag, str)]
    names = [tag_of(each) for each in steps]
    if not names or not _SHADOW.issuperset(names):
        return False
    if not {"feDropShadow", "feGaussianBlur", "feOffset"}.intersection(names):
        return False
    last = steps[-1]
    match names[-1]:
        case "feBlend":
            return bool(last.get("in") == "SourceGraphic" and last.get("mode", "normal") == "normal")
        case "feComposite":
            return bool(last.get("in") == "SourceGraphic" and last.get("operator", "over") == "over")
        case "feMerge":
            nodes = [each for each in last if tag_of(each) == "feMergeNode"]
            return bool(nodes) and nodes[-1].get("in") == "SourceGraphic"
        case "feDropShadow":
            return bool(last.get("in", "SourceGraphic" if len(steps) == 1 else "") == "SourceGraphic")
    return False


# --- attributes and styles -------------------------------------------------------------------


def _drop_attributes(node: Any, whole: bool, declared: set[str], shadows: set[str]) -> Iterator[Remark]:
    """Take from ``node`` what means nothing; ``whole`` if it is the picture itself."""
    tag = tag_of(node)
    for name, value in list(node.attrib.items()):
        if name == NUMBER or name in ("href", XLINK_HREF, f"{XML}base") or name.lower().startswith("on"):
            continue
        if name == "style":
            style = _kept_style(value, _MEANT_IN_STYLES, whole, declared, shadows)
            if style is None:
                continue
            text, has_shadow = style
            if has_shadow:
                yield _shadow_remark(node, name)
            if text.strip():
                node.set(name, text)
            else:
                del node.attrib[name]
        elif name in ATTRIBUTES:
            if name in PROPERTIES:
                node.set(name, _settled(value, declared))
            if name == "enable-background":
                del node.attrib[name]
        elif name in _MEANT:
            if name == "filter" and _is_shadow_value(value, shadows):
                yield _shadow_remark(node, name)
                del node.attrib[name]
            elif value.strip() in _NOTHING or (name == "requiredExtensions" and not value.strip()):
                del node.attrib[name]
        elif tag == "style" and name in ("media", "title"):
            continue
        else:
            del node.attrib[name]
    if tag == "style" and (sheet := _kept_sheet(node.text or "", declared, shadows)):
        node.text, has_shadow = sheet
        if has_shadow:
            yield _shadow_remark(node, "")


def _shadow_remark(node: Any, name: str) -> Remark:
    return Remark(_number(node), name, "shadow", "a shadow of this picture is left out", fault=False)


def _is_shadow_value(value: str, shadows: set[str]) -> bool:
    found = _OUR_URL.fullmatch(value)
    return (
        found[1] in shadows
        if found
        else bool(re.fullmatch(r"\s*(drop-shadow\((?:[^()]|\([^()]*\))*\)\s*)+", value))
    )


def masked(style: str) -> str:
    """Return ``style``, letter for letter, with no “;” or “:” in its texts in quotes."""

    def one(text: re.Match[str]) -> str:
        return text[0].replace(";", " ").replace(":", " ")

    return re.sub(r"(['\"])(.*?)\1", one, style, flags=re.DOTALL)


def _kept_style(
    style: str, meant: frozenset[str], whole: bool, declared: set[str], shadows: set[str]
) -> tuple[str, bool] | None:
    """Return the declarations that mean something, and whether a shadow went; None if they cannot be told.

    Lines stay where they are, so that a fault is still found on its line.
    """
    if re.search(r"[\\{}@]|/\*", style):
        return None
    kept, start, has_shadow = [], 0, False
    plain = masked(style)
    names = {each.partition(":")[0].strip().lower() for each in plain.split(";")}
    for piece in plain.split(";"):
        declaration = style[start : start + len(piece)]
        start += len(piece) + 1
        name, colon, value = declaration.partition(":")
        bare = re.sub(r"^-(?:webkit|moz|ms)-", "", name.strip().lower())
        plain_value = re.sub(r"\s*!important\s*$", "", value).strip()
        # The size of the whole is told by its attributes.
        is_meant = (bare in meant or (whole and bare in _MEANT_OF_THE_WHOLE)) and not (
            plain_value.lower() in _NOTHING or (whole and bare in ("width", "height"))
        )
        if not colon and name.strip():
            kept.append(declaration)
        elif bare == "filter" and _is_shadow_value(plain_value, shadows):
            has_shadow = True
        elif name.strip().lower() == "text-decoration-line" and "text-decoration" not in names:
            kept.append(f"text-decoration:{value}")
        elif name.strip().lower() in PROPERTIES - {"enable-background"} or is_meant:
            kept.append(f"{name}:{_settled(value, declared)}")
        elif "\n" in declaration:
            kept.append("\n" * declaration.count("\n"))
    return ";".join(kept), has_shadow


_DARK = re.compile(
    r"@media\s*\(\s*prefers-color-scheme\s*:\s*dark\s*\)\s*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", re.IGNORECASE
)
_COMMENTS = re.compile(r"/\*.*?\*/|<!--|-->", re.DOTALL)


def without_comments(sheet: str) -> str:
    """Return a sheet without its comments, every rule still on its line."""
    return _COMMENTS.sub(_lines_of, sheet)


def _lines_of(found: re.Match[str]) -> str:
    return "\n" * found[0].count("\n")


def _kept_sheet(sheet: str, declared: set[str], shadows: set[str]) -> tuple[str, bool] | None:
    """Return the rules of a <style>, each with what means something; None if they cannot be told."""
    light = _DARK.sub(_lines_of, sheet)
    # What seems to be a comment may stand in a text in quotes: then nothing is taken out.
    if re.search(r"[@\\]", light) or any(
        "/*" in each for each in re.findall(r"(?:'[^']*'|\"[^\"]*\")", light)
    ):
        return None
    rules, has_shadow = [], False
    for rule in re.split(r"(?<=\})", without_comments(light)):
        selector, brace, body = rule.partition("{")
        if not brace or not body.endswith("}"):
            if rule.strip():
                return None
            rules.append(rule)
            continue
        kept = _kept_style(body[:-1], _MEANT_IN_STYLES | _MEANT_OF_THE_WHOLE, False, declared, shadows)
        if kept is None:
            return None
        has_shadow |= kept[1]
        rules.append(f"{selector}{{{kept[0]}}}")
    return "".join(rules), has_shadow


_MOST_SETTLED = 2_000
"""Characters of a value in which calls are looked for."""


def _settled(value: str, declared: set[str]) -> str:
    """Return ``value`` with the light colour of two, and with what stands in for a name nobody declares."""
    value = _of_call(value, "light-dark", lambda given: given[0].strip() if len(given) == 2 else None)
    return _of_call(
        value,
        "var",
        lambda given: (
            ",".join(given[1:]).strip() if len(given) > 1 and given[0].strip() not in declared else None
        ),
    )


def _of_call(value: str, name: str, answer: Callable[[list[str]], str | None]) -> str:
    """Return ``value`` with the calls of ``name`` replaced by the ``answer`` to their arguments."""
    at = 0
    if len(value) > _MOST_SETTLED:
        return value
    while found := re.compile(rf"(?<![-\w]){name}\(", re.IGNORECASE).search(value, at):
        depth, start, given, end = 1, found.end(), [], 0
        for position in range(found.end(), len(value)):
            letter = value[position]
            depth += (letter == "(") - (letter == ")")
            if (letter == "," and depth == 1) or depth == 0:
                given.append(value[start:position])
                start = position + 1
            if depth == 0:
                end = position + 1
                break
        said = answer(given) if end else None
        if said is None:
            at = found.end()
        else:
            value = value[: found.start()] + said + value[end:]
            at = found.start()
    return value


_REFERS = re.compile(r"\s*(clip-path|marker(?:-start|-mid|-end)?)\s*:(.*)", re.DOTALL)


def _move_references(root: Any) -> None:
    """Write clipping paths and markers that a rule gives to classes (Illustrator) at each shape of these.

    There vector.py can see that none repeats itself.
    """
    sheets = list(root.iter(f"{SVG}style"))
    if not any("url(" in (sheet.text or "") for sheet in sheets):
        return
    of_class: dict[str, list[Any]] = {}
    for node in _elements(root):
        for name in (node.get("class") or "").split():
            of_class.setdefault(name, []).append(node)
    for sheet in sheets:
        rules = []
        for rule in re.split(r"(?<=\})", sheet.text or ""):
            selector, _, body = rule.partition("{")
            found = [each for each in masked(body.rstrip("}")).split(";") if _REFERS.fullmatch(each)]
            classes = [re.fullmatch(r"\s*\.([\w-]+)\s*", each) for each in selector.split(",")]
            if not found or not all(classes) or not body.endswith("}") or masked(body) != body:
                rules.append(rule)
                continue
            for name in {each[1] for each in classes if each}:
                for node in of_class.get(name, ()):
                    for each in found:
                        if refers := _REFERS.fullmatch(each):
                            node.set(refers[1], refers[2].strip())
            kept = [each for each in body[:-1].split(";") if each not in found]
            rules.append(f"{selector}{{{';'.join(kept)}}}")
        sheet.text = "".join(rules)


def _paint_background(root: Any) -> None:
    """Draw the background of the whole as a shape: print and e-books know no other."""
    from lxml import etree
    from tinycss2.color3 import RGBA, parse_color

    kept, ground = [], None
    for declaration in (root.get("style") or "").split(";"):
        name, _, value = declaration.partition(":")
        if name.strip().lower() in ("background", "background-color"):
            colour = parse_color(value.strip())
            if isinstance(colour, RGBA):
                ground = value.strip() if colour.alpha else None
                continue
        kept.append(declaration)
    if len(kept) == len((root.get("style") or "").split(";")):
        return
    root.set("style", ";".join(kept))
    if not root.get("style").strip("; "):
        del root.attrib["style"]
    if ground:
        rect = etree.Element(f"{SVG}rect", nsmap=None)
        box = re.split(r"[\s,]+", (root.get("viewBox") or "").strip())
        sides = box if len(box) == 4 else ["0", "0", "100%", "100%"]
        for name, side in zip(("x", "y", "width", "height"), sides, strict=True):
            rect.set(name, side)
        rect.set("style", f"fill:{ground};stroke:none")
        rect.set(NUMBER, root.get(NUMBER))
        root.insert(0, rect)


# --- shapes that are used again --------------------------------------------------------------


class _TooLargeError(Exception):
    pass


def _draw_uses(root: Any) -> list[Remark]:
    """Put in the place of each <use> the shape that it repeats, until the whole grows too large."""
    uses = list(root.iter(f"{SVG}use"))
    if not uses:
        return []
    drawer = _Drawer(root)
    try:
        for use in uses:
            drawer.draw(use)
    except _TooLargeError:
        most = f"{limits.SVG_ELEMENTS:,} elements or {limits.SVG_BYTES:,} bytes"
        message = f"with each <use> drawn out the picture has more than {most}"
        drawer.remarks.append(Remark(_number(uses[0]), "", "large", message))
    return drawer.remarks


class _Drawer:
    """Draws the uses of one picture out; ``remarks`` are of those that it cannot."""

    def __init__(self, root: Any) -> None:
        self.remarks: list[Remark] = []
        self.targets: dict[str, Any] = {}
        for node in _elements(root):
            if node.get("id"):
                self.targets.setdefault(node.get("id"), node)
        sheets = [node.text or "" for node in root.iter(f"{SVG}style")]
        self.moves = any("transform" in sheet for sheet in sheets)
        self.depends = any(_depends_on_place(sheet) for sheet in sheets)
        self.elements = len(_elements(root))
        self.bytes = 0
        self.under_way: list[Any] = []

    def draw(self, use: Any) -> None:
        if tag_of(use) != "use":
            return  # drawn already
        href = (use.get(XLINK_HREF) or use.get("href") or "").strip()
        target = self.targets.get(href[1:])
        if not href.startswith("#"):
            self.refuse(use, "elsewhere", f"something from elsewhere is shown: {cut(href)}")
            return
        if target is None:
            self.refuse(use, "lost", f"“{cut(href)}” is referred to and not there")
            return
        if target in self.under_way or target in use.iterancestors() or target is use:
            self.refuse(use, "repeat", "<use> shows what it stands in itself")
            return
        if len(self.under_way) >= limits.SVG_DEPTH:
            raise _TooLargeError
        self.under_way.append(target)
        for inner in list(target.iter(f"{SVG}use")):
            self.draw(inner)
        self.under_way.pop()
        self.elements += len(_elements(target)) + 1
        self.bytes += len(serialised(target))
        if self.elements > limits.SVG_ELEMENTS or self.bytes > limits.SVG_BYTES:
            raise _TooLargeError
        at = [_MOVED.fullmatch(use.get(name, "0")) for name in ("x", "y")]
        if not all(at) or self.depends or not self.is_plain(target):
            self.refuse(use, "use", "<use> shows something that cannot be drawn out")
            return
        x, y = (each[1] if each else "0" for each in at)
        shift = f"translate({x} {y})" if float(x) or float(y) else ""
        copy = deepcopy(target)
        copy.tail = None
        for node in _elements(copy):
            node.attrib.pop("id", None)
        if tag_of(use.getparent()) == "clipPath":
            self.clip(use, copy, shift)
        else:
            self.group(use, copy, shift)

    def is_plain(self, target: Any) -> bool:
        if tag_of(target) == "symbol":
            seen = target.get("overflow") == "visible" or "overflow:visible" in (
                target.get("style") or ""
            ).replace(" ", "")
            return seen and target.get("viewBox") is None
        return tag_of(target) in SHAPES or tag_of(target) in ("g", "text")

    def group(self, use: Any, copy: Any, shift: str) -> None:
        """Make ``use`` a group around ``copy``."""
        for name in (XLINK_HREF, "href", "x", "y", "width", "height"):
            use.attrib.pop(name, None)
        use.tag = f"{SVG}g"
        if tag_of(copy) == "symbol":
            copy.tag = f"{SVG}g"
        if shift and (self.moves or "transform" in (use.get("style") or "")):
            around = deepcopy(use)
            for child in list(around):
                around.remove(child)
            number = around.get(NUMBER)
            around.attrib.clear()
            around.set(NUMBER, number)
            around.set("transform", shift)
            around.tail = None
            around.append(copy)
            copy = around
        elif shift:
            use.set("transform", f"{use.get('transform', '')} {shift}".strip())
        use.append(copy)

    def clip(self, use: Any, copy: Any, shift: str) -> None:
        """Put ``copy`` in the place of ``use``: groups do not clip."""
        style = re.sub(r"\s|;", "", use.get("style") or "")
        inert = {
            XLINK_HREF,
            "href",
            "x",
            "y",
            "id",
            "overflow",
            "transform",
            "style",
            "width",
            "height",
            NUMBER,
        }
        known = inert | {"clip-rule"}
        if tag_of(copy) not in SHAPES or style not in ("", "overflow:visible") or set(use.attrib) - known:
            self.refuse(use, "use", "<use> clips with something that cannot be drawn out")
            return
        moves = " ".join(filter(None, (use.get("transform"), shift, copy.get("transform"))))
        if moves:
            copy.set("transform", moves)
        if use.get("clip-rule") and not copy.get("clip-rule"):
            copy.set("clip-rule", use.get("clip-rule"))
        copy.tail = use.tail
        use.getparent().replace(use, copy)

    def refuse(self, use: Any, kind: str, message: str) -> None:
        self.remarks.append(Remark(_number(use), "", kind, message))


def _depends_on_place(sheet: str) -> bool:
    """Whether a rule could hold for a shape in one place and not in another, or for our groups."""
    for rule in re.findall(r"([^{}]*)\{", without_comments(sheet)):
        for selector in rule.split(","):
            found = re.fullmatch(r"\s*(\*|[A-Za-z]\w*)?((?:\.[\w-]+)*)\s*", selector)
            if not found or found[1] in ("g", "svg", "symbol", "use"):
                return True
    return False


# --- what nothing refers to ------------------------------------------------------------------


def _styles(root: Any) -> Iterator[str]:
    for node in _elements(root):
        yield node.get("style") or ""
        if tag_of(node) == "style":
            yield node.text or ""


def _drop_unused(root: Any) -> None:
    """Take out shapes that were there to be repeated, templates and names that nothing refers to."""
    for defs in list(root.iter(f"{SVG}defs")):
        for node in list(defs):
            names = {tag_of(each) for each in node.iter()}
            if tag_of(node) in SHAPES | {"g", "text"} and names <= SHAPES | {"g", "text", "tspan", "defs"}:
                _remove(node)
    sheets = " ".join(node.text or "" for node in root.iter(f"{SVG}style"))
    for _ in range(3):  # one may refer to the next
        referred = _ids_referred(root)
        for node in _elements(root):
            if tag_of(node) in _UNDRAWN and node.get("id") not in referred and not _has_rules(node):
                _remove(node)
    for node in _elements(root):
        if node.get("id") is not None and node.get("id") not in referred and "#" not in sheets:
            del node.attrib["id"]
        if "class" in node.attrib and not sheets.strip():
            del node.attrib["class"]


def _ids_referred(root: Any) -> set[str]:
    """Return the ids that anything in the picture names: wherever “#” stands, and in aria- attributes."""
    found: set[str] = set()
    for node in _elements(root):
        for name, value in node.attrib.items():
            if "#" in value:
                found.update(re.findall(r"#([^\s'\"()]+)", value))
            if name in ("aria-labelledby", "aria-describedby"):
                found.update(value.split())
        if tag_of(node) == "style":
            found.update(re.findall(r"#([\w-]+)", node.text or ""))
    return found
