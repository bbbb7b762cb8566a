"""Say of every element of an (X)HTML document whether its words are seen, and how large.

A cascade of our own over the file's styles, in every medium a reader may use, against a short list
of declarations that hide words. It computes no layout: whether one box lies over another is for a
real browser in the tests. So the rule is strict: a layout that places blocks freely is refused.

Rules: CSS Cascade 5; HTML, section 15 (rendering), for what browsers do by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from publish.verify.sheets import (
    Declaration,
    Medium,
    Rule,
    Sheet,
    Token,
    Tokens,
    names,
    read_declarations,
    read_sheet,
)
from publish.verify.values import (
    BLACK,
    DARK_CANVAS,
    LEAST_CONTRAST,
    WHITE,
    Colour,
    Measure,
    colour,
    contrast,
    length,
    over,
    substitute,
)

Element = Any  # an element of lxml or of xml.etree: both have tag, attrib, text, tail
_Match = tuple[Any, bool, Rule]
"""Specificity and order of a rule that applies, whether it is the file's (not the browser's), the rule."""

_BROWSER_STYLES = """
area, base, basefont, datalist, head, link, meta, noembed, noframes, noscript, param, rp, script, style,
template, title, dialog:not([open]), [hidden] { display: none }
h1 { font-size: 2em } h2 { font-size: 1.5em } h3 { font-size: 1.17em }
h5 { font-size: 0.83em } h6 { font-size: 0.67em }
small, sub, sup { font-size: smaller } big { font-size: larger }
a[href] { color: LinkText } mark { background: Mark; color: MarkText }
del, s, strike { text-decoration: line-through }
"""

_SIZES = {
    "xx-small": 9 / 16,
    "x-small": 10 / 16,
    "small": 13 / 16,
    "medium": 1.0,
    "large": 18 / 16,
    "x-large": 1.5,
    "xx-large": 2.0,
    "xxx-large": 3.0,
}
_NOT_SHOWN = names("audio canvas embed iframe object select textarea video")
"""Elements whose words are only for browsers that do not know the element."""

BLOCK_ELEMENTS = names(
    "address article aside blockquote body caption dd details dialog div dl dt fieldset figcaption figure "
    "footer h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol p pre section summary table tbody "
    "td tfoot th thead tr ul"
)
_FAR = 100.0  # CSS pixels: nobody moves words that far unless to be rid of them
_LEAST = 4.0  # CSS pixels: nobody can read letters this small
_SLIVER = 2.0  # CSS pixels: a box this small shows nothing
_HEIGHT = 800.0  # CSS pixels: the height of every window; widths differ


@dataclass(frozen=True, slots=True)
class Style:
    """What an element inherits and passes on, in one medium.

    ``hidden`` is the first reason, here or above, why its words are not seen; ``backdrop`` the
    colour painted behind it, None where a picture is. ``factor`` is what zoom and scale add to
    ``size`` (CSS pixels).
    """

    size: float
    ink: Colour | None
    backdrop: Colour | None
    custom: Mapping[str, Tokens]
    dark: bool = False
    factor: float = 1.0
    visibility: str = "visible"
    transform: str = "none"
    one_line: bool = False
    hidden: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """How the words of one element look: a style for each medium, in their order."""

    media: tuple[Medium, ...]
    styles: tuple[Style, ...]

    @property
    def sizes(self) -> tuple[float, ...]:
        return tuple(style.size * style.factor for style in self.styles)

    def hidden(self, text: str) -> str:
        """Return why ``text`` here is not seen as written, "" when it is; a picture's text is ""."""
        for medium, style in zip(self.media, self.styles, strict=True):
            if reason := _reason(style, text):
                return f"{reason} ({medium.name})" if medium.name else reason
        return ""


def _reason(style: Style, text: str) -> str:
    if style.hidden:
        return style.hidden
    if style.visibility != "visible":
        return f"visibility: {style.visibility}"
    if style.size * style.factor < _LEAST:
        return f"font-size: {style.size * style.factor:g} px"
    if _transformed(text, style.transform) != text:
        return f"text-transform: {style.transform} changes its letters"
    if style.ink is not None and text:
        if style.ink[3] < 0.05:
            return "its letters are transparent"
        if style.backdrop is not None:
            seen = _contrast(style.ink, style.backdrop)
            if seen < LEAST_CONTRAST:
                return f"its letters have nearly the colour of what is behind them ({seen:.2f}:1)"
    return ""


@cache
def _contrast(ink: Colour, backdrop: Colour) -> float:
    return contrast(over(ink, backdrop), backdrop)


def _transformed(text: str, how: str) -> str:
    match how:
        case "uppercase":
            return text.upper()
        case "lowercase":
            return text.lower()
        case "capitalize":
            return "".join(
                letter.upper() if n == 0 or text[n - 1].isspace() else letter for n, letter in enumerate(text)
            )
        case "full-width" | "full-size-kana":
            return f"{text} {how}"
        case _:
            return text


class Styles:
    """The cascade over one document: ``look`` and ``added`` of its elements, in all ``media``."""

    def __init__(self, root: Element, sheets: Sequence[Sheet], media: Sequence[Medium], html: bool) -> None:
        import cssselect2

        self.media = tuple(media)
        self.matcher = cssselect2.Matcher()
        self.layers: dict[str, int] = {}
        self.keyframes: dict[str, list[Declaration]] = {}
        for origin, sheet in enumerate((_browser_sheet(), *sheets)):
            for layer in (*sheet.layers, *(rule.layer for rule in sheet.rules if rule.layer)):
                self.layers.setdefault(layer, len(self.layers))
            for rule in sheet.rules:
                self.matcher.add_selector(rule.selector, (origin > 0, rule))
            for name, declarations in sheet.keyframes.items():
                self.keyframes.setdefault(name, []).extend(declarations)
        self.looks: dict[Element, Look] = {}
        self.words: dict[Element, tuple[str, str]] = {}
        self.cache: dict[tuple[object, ...], Style] = {}
        self.kept: list[object] = []  # styles and wrappers stay alive, so that their identity is theirs
        wrap = cssselect2.ElementWrapper.from_html_root if html else cssselect2.ElementWrapper.from_xml_root
        tops = tuple(_canvas(medium) for medium in self.media)
        self._walk(wrap(root), tops, (16.0,) * len(self.media), None)

    def look(self, element: Element) -> Look:
        return self.looks[element]

    def added(self, element: Element) -> tuple[str, str]:
        """Return words that the styles put before and after an element's own, "" where they add none."""
        return self.words.get(element, ("", ""))

    def _walk(
        self, wrapper: Any, above: tuple[Style, ...], rems: tuple[float, ...], closed: Element | None
    ) -> None:
        """Compute ``wrapper`` and what is in it; ``closed`` is the one child of closed details that shows."""
        element = wrapper.etree_element
        self.kept.append(wrapper)
        normal: list[_Match] = []
        pseudo: dict[str, list[_Match]] = {}
        for specificity, order, part, (author, rule) in self.matcher.match(wrapper):
            entry = ((specificity, order), author, rule)
            (pseudo.setdefault(part, []) if part else normal).append(entry)
        inline = read_declarations(element.get("style")) if element.get("style") else ()
        own = _attributes(element)
        shut = own
        if closed is not None and element is not closed:
            shut = own or "inside closed details"
        styles = tuple(
            self._style(element, shut, normal, inline, style, medium, rem)
            for style, medium, rem in zip(above, self.media, rems, strict=True)
        )
        if wrapper.parent is None:
            rems = tuple(style.size for style in styles)
        for name in ("first-line", "first-letter"):
            if name in pseudo:
                styles = tuple(
                    _joined(style, self._style(element, "", pseudo[name], (), style, medium, rem, part=True))
                    for style, medium, rem in zip(styles, self.media, rems, strict=True)
                )
        if pseudo:
            styles = self._generated(element, pseudo, styles, rems)
        if words := _list_words(normal, inline):
            self.words[element] = words, self.words.get(element, ("", ""))[1]
        self.looks[element] = Look(self.media, styles)
        tag = local(element)
        opened = None
        if tag == "details" and "open" not in element.attrib:
            opened = next((child for child in element if local(child) == "summary"), element)
        for child in wrapper.iter_children():
            self._walk(child, styles, rems, opened)

    def _generated(
        self,
        element: Element,
        pseudo: Mapping[str, list[_Match]],
        styles: tuple[Style, ...],
        rems: tuple[float, ...],
    ) -> tuple[Style, ...]:
        """Note the words of ::before, ::after and ::marker; return styles that know of a covering box."""
        words = {"before": "", "marker": "", "after": ""}
        done = list(styles)
        for name in words.keys() & pseudo.keys():
            for n, (style, medium, rem) in enumerate(zip(styles, self.media, rems, strict=True)):
                declared, _ = self._declared(pseudo[name], (), medium, style.custom)
                values = _Values(declared, Measure(style.size, rem, medium.width, _HEIGHT))
                if "content" not in declared or values.words("content") & {"none", "normal"}:
                    continue
                words[name] = words[name] or _content(declared["content"].value, element)
                if not done[n].hidden and _covers(values):
                    done[n] = replace(style, hidden=f"covered by its ::{name}")
        if any(words.values()):
            before = " ".join(filter(None, (words["before"], words["marker"])))
            self.words[element] = before, words["after"]
        return tuple(done)

    def _declared(
        self,
        matched: Sequence[_Match],
        inline: Sequence[Declaration],
        medium: Medium,
        custom: Mapping[str, Tokens],
    ) -> tuple[dict[str, Declaration], Mapping[str, Tokens]]:
        """Return the declarations that win, by property, their variables filled in; and the variables."""
        best: dict[str, tuple[tuple[Any, ...], Declaration]] = {}
        for place, author, rule in matched:
            if not all(query.holds(medium) for query in rule.queries):
                continue
            layer = self.layers[rule.layer] if rule.layer else len(self.layers)
            for declaration in rule.declarations:
                rank = (
                    (2, -layer, 0, place) if declaration.important else (1 if author else 0, layer, 0, place)
                )
                if declaration.name not in best or best[declaration.name][0] <= rank:
                    best[declaration.name] = rank, declaration
        for n, declaration in enumerate(inline):
            rank = (2 if declaration.important else 1, len(self.layers), 1, n)
            if declaration.name not in best or best[declaration.name][0][:3] <= rank[:3]:
                best[declaration.name] = rank, declaration
        own = {name: each.value for name, (_, each) in best.items() if name.startswith("--")}
        variables = {**custom, **own} if own else custom
        declared = {}
        for name, (_, declaration) in best.items():
            if not name.startswith("--"):
                value = substitute(declaration.value, variables)
                if value is not None:
                    declared[name] = Declaration(name, value, declaration.important, declaration.shorthand)
        return declared, variables

    def _style(
        self,
        element: Element,
        own: str,
        matched: Sequence[_Match],
        inline: Sequence[Declaration],
        above: Style,
        medium: Medium,
        rem: float,
        part: bool = False,
    ) -> Style:
        block = local(element) in BLOCK_ELEMENTS and not part
        key = (
            id(above),
            tuple(id(rule) for _, _, rule in matched),
            element.get("style") if not part else None,
            own,
            block,
            medium,
            rem,
        )
        if key not in self.cache:
            declared, custom = self._declared(matched, inline, medium, above.custom)
            style = _computed(declared, custom, above, medium, rem)
            values = _Values(declared, Measure(style.size, rem, medium.width, _HEIGHT))
            reason = above.hidden or own or _hides(values, style, medium, block) or self._animated(declared)
            self.cache[key] = style if style.hidden == reason else replace(style, hidden=reason)
        return self.cache[key]

    def _animated(self, declared: Mapping[str, Declaration]) -> str:
        """A block must be seen from the first frame of an animation to the last."""
        animation = declared.get("animation-name")
        for token in animation.value if animation else ():
            if token.type in ("ident", "string"):
                for each in self.keyframes.get(token.value, ()):
                    if each.name in _ANIMATED:
                        return f"animation {token.value} changes {each.name}"
        return ""


_ANIMATED = names(
    "display visibility opacity font-size color clip clip-path transform translate scale height max-height "
    "width max-width content-visibility text-indent -webkit-text-fill-color filter"
)


def local(element: Element) -> str:
    """Return an element's name without its namespace, "" for a comment."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


@cache
def _browser_sheet() -> Sheet:
    return read_sheet(_BROWSER_STYLES)


def _canvas(medium: Medium) -> Style:
    """The page itself. A dark theme that the file has not asked for leaves it white (HTML)."""
    if medium.night:
        return Style(16.0, WHITE, BLACK, {}, dark=True)
    return Style(16.0, BLACK, WHITE, {})


def _attributes(element: Element) -> str:
    """Why an element's own name or attributes hide its words from some readers."""
    attrib = element.attrib
    if "hidden" in attrib:
        return "hidden"
    if attrib.get("aria-hidden", "").strip().lower() == "true":
        return "aria-hidden: screen readers leave it out"
    if "inert" in attrib:
        return "inert: screen readers leave it out"
    if "popover" in attrib:
        return "popover: closed until it is opened"
    role = (attrib.get("role", "").split() or [""])[0]
    if role in ("img", "meter", "progressbar", "separator", "slider") and local(element) != "img":
        return f"role {role}: screen readers leave out its words"
    return f"inside {local(element)}" if local(element) in _NOT_SHOWN else ""


def _words(value: Sequence[Token]) -> set[str]:
    return {token.lower_value for token in value if token.type == "ident"}


def _joined(style: Style, part: Style) -> Style:
    """An element whose first line or letter looks like ``part``: hidden if either is, as small as either."""
    hidden = style.hidden or _reason(part, "1")
    smaller = min(style.size * style.factor, part.size * part.factor)
    return replace(style, hidden=hidden, factor=smaller / style.size if style.size else 0.0)


@dataclass(frozen=True, slots=True)
class _Values:
    """The declarations that win for one element, and what their lengths are relative to."""

    declared: Mapping[str, Declaration]
    measure: Measure

    def tokens(self, name: str) -> Tokens:
        return self.declared[name].value if name in self.declared else ()

    def words(self, name: str) -> set[str]:
        return _words(self.tokens(name))

    def lengths(self, name: str, base: float) -> Iterator[float]:
        """Yield the lengths (or numbers) in a value; ``base`` is 100 %."""
        if tokens := self.tokens(name):
            measure = replace(self.measure, base=base)
            for token in tokens:
                if (found := length((token,), measure)) is not None:
                    yield found


def _computed(
    declared: Mapping[str, Declaration],
    custom: Mapping[str, Tokens],
    above: Style,
    medium: Medium,
    rem: float,
) -> Style:
    """Return what an element inherits, changed by its own declarations; ``hidden`` is not looked at."""
    if not declared and custom is above.custom:
        return above
    size = _size(
        declared.get("font-size"), above.size, Measure(above.size, rem, medium.width, _HEIGHT, above.size)
    )
    values = _Values(declared, Measure(size, rem, medium.width, _HEIGHT))
    dark, ink, backdrop = above.dark, above.ink, above.backdrop
    if "color-scheme" in declared:
        words = values.words("color-scheme")
        dark = medium.night or words == {"dark"} or (medium.dark and "dark" in words)
        if dark != above.dark and backdrop == (BLACK if above.dark else WHITE):
            ink, backdrop = (WHITE, DARK_CANVAS) if dark else (BLACK, WHITE)
    for name in ("color", "-webkit-text-fill-color"):
        if name in declared:
            ink = _ink(declared[name], ink, above.ink, dark)
    if "background-color" in declared:
        painted = next(
            (each for t in values.tokens("background-color") if (each := colour(t, ink, dark))), None
        )
        if painted is not None:
            backdrop = painted if painted[3] >= 1 else over(painted, backdrop) if backdrop else None
        elif any(t.type == "function" for t in values.tokens("background-color")):
            backdrop = None  # a colour that we cannot compute
    if _is_picture(values.tokens("background-image"), ink, dark):
        backdrop = None
    factor = above.factor
    for name in ("zoom", "scale"):
        factor *= min(values.lengths(name, 1.0), default=1.0)
    for token in values.tokens("transform"):
        if token.type == "function" and token.lower_name in ("scale", "scalex", "scaley", "scale3d"):
            factor *= min((abs(each.value) for each in token.arguments if each.type == "number"), default=1.0)
    visibility, transform, one_line = above.visibility, above.transform, above.one_line
    if "visibility" in declared:
        visibility = _keyword(declared["visibility"], above.visibility, "visible")
    if "text-transform" in declared:
        transform = _keyword(declared["text-transform"], above.transform, "none")
    if "white-space" in declared:
        one_line = bool(values.words("white-space") & {"nowrap", "pre"})
    return Style(size, ink, backdrop, custom, dark, factor, visibility, transform, one_line)


def _keyword(declaration: Declaration, inherited: str, initial: str) -> str:
    word = next(iter(sorted(_words(declaration.value))), "")
    if word in ("inherit", "unset", "revert", "revert-layer", ""):
        return inherited
    return initial if word == "initial" else word


def _size(declaration: Declaration | None, inherited: float, measure: Measure) -> float:
    if declaration is None:
        return inherited
    for token in declaration.value:
        if token.type == "literal" and token.value == "/":
            break
        if token.type == "ident":
            if token.lower_value in _SIZES:
                return 16.0 * _SIZES[token.lower_value]
            if token.lower_value in ("smaller", "larger"):
                return inherited / 1.2 if token.lower_value == "smaller" else inherited * 1.2
            if token.lower_value == "initial":
                return 16.0
        elif token.type == "number" and token.value != 0:
            continue  # a weight, in ``font``
        elif (found := length((token,), measure)) is not None:
            return max(0.0, found)
    return inherited


def _ink(
    declaration: Declaration, here: Colour | None, inherited: Colour | None, dark: bool
) -> Colour | None:
    words = _words(declaration.value)
    if words & {"inherit", "unset", "revert", "revert-layer"}:
        return inherited
    if "initial" in words:
        return WHITE if dark else BLACK
    return colour(declaration.value[0], here, dark) if len(declaration.value) == 1 else None


def _hides(values: _Values, style: Style, medium: Medium, block: bool) -> str:
    """Return the first declaration that hides the element's words; "" where none does."""
    if not values.declared:
        return ""
    for name, hiding in _HIDING.items():
        if found := values.words(name) & hiding:
            return f"{name}: {min(found)}"
    for share in values.lengths("opacity", 1.0):
        if share < 1:  # a colour says the same, and its contrast can be proven
            return f"opacity: {share:g}"
    for name in ("clip", "clip-path", "mask-image", "line-clamp"):
        if values.tokens(name) and not values.words(name) & {"none", "auto", "initial", "unset", "inherit"}:
            return f"{name} is set"
    for token in values.tokens("filter"):
        if token.type == "function" and token.lower_name in ("opacity", "blur", "url"):
            return f"filter: {token.lower_name}"
    if values.tokens("content") and not values.words("content") & {"normal", "none", "initial"}:
        return "content: something else stands in its place"
    for name, least in (("letter-spacing", -0.25), ("word-spacing", -0.75)):
        if any(found < least * style.size for found in values.lengths(name, style.size)):
            return f"{name} puts letters on each other"
    if block and style.size and (leading := _leading(values)) is not None and leading < 0.8 * style.size:
        return "line-height puts lines on each other"
    return _out_of_place(values, medium) or _cut_off(values, style, medium)


def _leading(values: _Values) -> float | None:
    """The height of a line in pixels, where one is declared that can be computed."""
    tokens = values.tokens("line-height")
    if tokens and values.declared["line-height"].shorthand:
        slash = next((n for n, token in enumerate(tokens) if token == "/"), len(tokens))
        tokens = tokens[slash + 1 : slash + 2]
    if tokens and tokens[0].type == "number":
        return float(tokens[0].value) * values.measure.em
    return length(tokens, replace(values.measure, base=values.measure.em)) if tokens else None


_HIDING: Mapping[str, frozenset[str]] = {
    "display": frozenset(("none",)),
    "content-visibility": frozenset(("hidden",)),
    "text-decoration-line": frozenset(("line-through",)),
    "unicode-bidi": frozenset(("bidi-override", "isolate-override")),
    "-webkit-text-security": frozenset(("disc", "circle", "square")),
    "background-clip": frozenset(("text",)),
    "contain": frozenset(("strict",)),
    "speak": frozenset(("none", "never")),
    "position": frozenset(("absolute", "fixed")),
    "flex-direction": frozenset(("row-reverse", "column-reverse")),
    "mix-blend-mode": names(
        "multiply screen overlay darken lighten color-dodge color-burn hard-light soft-light difference "
        "exclusion hue saturation color luminosity"
    ),
}
"""Keywords that hide words, strike them out, or show them out of turn."""


_OFFSETS = (
    "left",
    "right",
    "top",
    "bottom",
    "inset-inline-start",
    "inset-inline-end",
    "inset-block-start",
    "inset-block-end",
)


def _out_of_place(values: _Values, medium: Medium) -> str:
    """Moved away, behind, or out of turn."""
    width = medium.width
    for name in values.declared:
        if name.startswith("margin-") and any(found <= -_FAR for found in values.lengths(name, width)):
            return f"{name} moves it off the page"
    moving = ["text-indent", "translate", *(_OFFSETS if "relative" in values.words("position") else ())]
    for name in moving:
        if any(abs(found) >= _FAR for found in values.lengths(name, width)):
            return f"{name} moves it from its place"
    if any(found < 0 for found in values.lengths("z-index", 0.0)):
        return "z-index below 0 puts it behind the page"
    if any(found != 0 for found in values.lengths("order", 0.0)):
        return "order shows it out of turn"
    for token in values.tokens("transform"):
        if token.type != "function":
            continue
        name = token.lower_name
        if name.startswith("matrix") or name in ("perspective", "rotatex", "rotatey", "rotate3d"):
            return f"transform: {name}"
        far = (length((each,), replace(values.measure, base=width)) for each in token.arguments)
        if name.startswith("translate") and any(abs(found or 0.0) >= _FAR for found in far):
            return "transform moves it from its place"
    return ""


def _cut_off(values: _Values, style: Style, medium: Medium) -> str:
    """Cut off by a box too small. On paper nobody can scroll, so there ``auto`` cuts too."""
    cutting = {"hidden", "clip"} | ({"auto", "scroll"} if medium.type == "print" else set())
    across, down = values.words("overflow-x") & cutting, values.words("overflow-y") & cutting
    if not across and not down:
        return ""
    for name in ("height", "max-height", "width", "max-width"):
        if any(found <= _SLIVER for found in values.lengths(name, medium.width)):
            return f"{name}: no larger than a sliver, the rest cut off"
    for name in ("height", "max-height"):
        if down and any(True for _ in values.lengths(name, medium.width)):
            return f"{name} with overflow: {min(down)} may cut it off"
    if across & {"hidden", "clip"} and style.one_line:
        return "white-space: nowrap with overflow: hidden may cut it off"
    return ""


def _is_picture(tokens: Tokens, ink: Colour | None, dark: bool) -> bool:
    """Whether a background is painted whose colours we cannot know: a picture or a gradient."""
    return any(
        token.type == "url" or (token.type == "function" and colour(token, ink, dark) is None)
        for token in tokens
    )


def _covers(values: _Values) -> bool:
    """Whether generated content is a painted box that may lie over words."""
    if not values.words("position") & {"absolute", "fixed"}:
        return False
    if any(found < 0 for found in values.lengths("z-index", 0.0)):
        return False
    for name in ("width", "height"):
        if any(found <= 2 * values.measure.em for found in values.lengths(name, values.measure.width)):
            return False
    painted = [colour(token, BLACK, False) for token in values.tokens("background-color")]
    return any(each is not None and each[3] > 0.5 for each in painted) or _is_picture(
        values.tokens("background-image"), BLACK, False
    )


def _content(value: Sequence[Token], element: Element) -> str:
    """Return the words of generated content, "" where it has no letters or only repeats an address."""
    words = ""
    for token in value:
        if token.type == "string":
            words += token.value
        elif token.type == "function" and token.lower_name == "attr":
            name = next((each.value for each in token.arguments if each.type == "ident"), "")
            if name not in ("href", "xlink|href"):
                words += element.get(name) or ""
    return words if any(letter.isalpha() for letter in words) else ""


def _list_words(matched: Sequence[_Match], inline: Sequence[Declaration]) -> str:
    """Return the words that a ``list-style-type`` of its own puts before items, in any medium."""
    for declarations in (*(rule.declarations for _, _, rule in matched), inline):
        for declaration in declarations:
            if declaration.name == "list-style-type":
                words = "".join(token.value for token in declaration.value if token.type == "string")
                if any(letter.isalpha() for letter in words):
                    return words
    return ""
