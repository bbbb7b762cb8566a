"""Say which declarations of a style sheet the proof understands: a property and its value in, yes or no out.

A list of what may stand, not of what may not: what nobody thought of is refused, with its line, and can
hide nothing. Whether an understood value hides words is for ``styles`` to say.

Units, keywords and shorthands: the CSS snapshot, https://www.w3.org/TR/css-2024/.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache

from publish.verify.reading import names
from publish.verify.values import BLACK, Token, colour

_TABLE = """
display: none block inline inline-block flow-root list-item flex inline-flex grid inline-grid table
  table-row table-cell table-row-group table-header-group table-footer-group table-caption -webkit-box
visibility: visible hidden collapse inherit
opacity zoom scale: none LENGTH
font-size: xx-small x-small small medium large x-large xx-large xxx-large smaller larger inherit LENGTH
font-style: normal italic oblique inherit
font-weight: normal bold bolder lighter inherit LENGTH
font-stretch: normal condensed semi-condensed expanded semi-expanded inherit
font-kerning font-optical-sizing: auto normal none inherit
font-variant font-variant-caps font-variant-numeric font-variant-ligatures: normal none small-caps lining-nums
  oldstyle-nums tabular-nums proportional-nums common-ligatures no-common-ligatures contextual inherit
font-synthesis: none weight style small-caps
font-family: FAMILY
font: FONT
line-height: normal inherit LENGTH
letter-spacing word-spacing: normal inherit LENGTH
color -webkit-text-fill-color: currentcolor inherit COLOUR
background-color: COLOUR
background background-image: none no-repeat repeat repeat-x repeat-y scroll fixed center top bottom left right
  border-box padding-box content-box text / , LENGTH COLOUR GRADIENT
background-clip -webkit-background-clip: border-box padding-box content-box text
background-position background-size: cover contain auto center top bottom left right , LENGTH
background-repeat: no-repeat repeat repeat-x repeat-y
color-scheme: light dark only normal
accent-color: auto COLOUR
forced-color-adjust: auto none
print-color-adjust -webkit-print-color-adjust: economy exact
position: static relative absolute fixed sticky
left right top bottom inset inset-inline inset-block inset-inline-start inset-inline-end inset-block-start
  inset-block-end: auto LENGTH
z-index: auto LENGTH
float: none left right inline-start inline-end
clear: none left right both inline-start inline-end
width max-width min-width inline-size max-inline-size min-inline-size height max-height min-height block-size
  max-block-size min-block-size: auto none min-content max-content fit-content LENGTH
margin margin-left margin-right margin-top margin-bottom margin-inline margin-inline-start margin-inline-end
  margin-block margin-block-start margin-block-end: auto LENGTH
padding padding-left padding-right padding-top padding-bottom padding-inline padding-inline-start
  padding-inline-end padding-block padding-block-start padding-block-end: LENGTH
overflow overflow-x overflow-y overflow-block overflow-inline: visible hidden clip auto scroll
overscroll-behavior overscroll-behavior-x overscroll-behavior-y: auto contain none
scroll-behavior: auto smooth
scroll-margin scroll-margin-top scroll-margin-bottom scroll-margin-block scroll-margin-block-start
  scroll-padding scroll-padding-top scroll-padding-bottom scroll-padding-block
  scroll-padding-block-start: auto LENGTH
white-space: normal nowrap pre pre-wrap pre-line break-spaces inherit
text-wrap text-wrap-mode text-wrap-style: wrap nowrap balance pretty stable auto inherit
text-overflow: clip ellipsis
line-clamp -webkit-line-clamp: none LENGTH
-webkit-box-orient: vertical horizontal
text-transform -epub-text-transform: none uppercase lowercase capitalize full-width full-size-kana inherit
text-indent: inherit LENGTH
text-align text-align-last: start end left right center justify auto match-parent inherit
text-decoration -webkit-text-decoration text-decoration-line: none underline overline line-through solid
  double dotted dashed wavy auto from-font inherit currentcolor LENGTH COLOUR
text-decoration-color: currentcolor COLOUR
text-decoration-style: solid double dotted dashed wavy
text-decoration-thickness text-underline-offset: auto from-font LENGTH
text-underline-position: auto under from-font
text-decoration-skip-ink: auto none all
text-shadow box-shadow: none inset currentcolor , LENGTH COLOUR
text-rendering: auto optimizelegibility geometricprecision optimizespeed
text-size-adjust -webkit-text-size-adjust -moz-text-size-adjust: auto none LENGTH
-webkit-font-smoothing -moz-osx-font-smoothing: auto antialiased grayscale subpixel-antialiased
-webkit-tap-highlight-color: COLOUR
-webkit-text-security: none disc circle square
hyphens -webkit-hyphens -epub-hyphens: none manual auto
overflow-wrap word-wrap: normal break-word anywhere
word-break: normal break-all keep-all break-word
line-break: auto loose normal strict anywhere
hanging-punctuation: none first last
vertical-align: baseline sub super top middle bottom text-top text-bottom LENGTH
content-visibility: visible auto hidden
content: normal none , / SIGN STRING ATTR
filter -webkit-filter: none FILTER
clip clip-path -webkit-clip-path: none auto CLIP
mask mask-image -webkit-mask -webkit-mask-image: none GRADIENT
mix-blend-mode: normal multiply screen overlay darken lighten color-dodge color-burn hard-light soft-light
  difference exclusion hue saturation color luminosity
isolation: auto isolate
transform -webkit-transform: none TRANSFORM
translate rotate: none LENGTH
order: LENGTH
flex-direction: row row-reverse column column-reverse
flex-wrap: nowrap wrap wrap-reverse
flex-flow: row row-reverse column column-reverse nowrap wrap wrap-reverse
flex flex-basis flex-grow flex-shrink: none auto content LENGTH
align-items align-content align-self justify-content justify-items justify-self place-items place-content
  place-self: normal start end center stretch flex-start flex-end left right baseline first last space-between
  space-around space-evenly auto
gap row-gap column-gap: normal LENGTH
grid-template-columns: none auto min-content max-content LENGTH TRACK
grid-template-rows grid-auto-rows: none auto min-content max-content LENGTH TRACK
grid-auto-flow: row column
grid-column grid-column-start grid-column-end grid-row grid-row-start grid-row-end: auto span / LENGTH
columns column-count column-width: auto LENGTH
column-fill: auto balance
column-span: none all
column-rule column-rule-width column-rule-style column-rule-color: BORDER
border border-left border-right border-top border-bottom border-inline border-inline-start border-inline-end
  border-block border-block-start border-block-end
  border-width border-left-width border-right-width border-top-width border-bottom-width border-inline-width
  border-inline-start-width border-inline-end-width border-block-width border-block-start-width
  border-block-end-width
  border-style border-left-style border-right-style border-top-style border-bottom-style border-inline-style
  border-inline-start-style border-inline-end-style border-block-style border-block-start-style
  border-block-end-style
  border-color border-left-color border-right-color border-top-color border-bottom-color border-inline-color
  border-inline-start-color border-inline-end-color border-block-color border-block-start-color
  border-block-end-color outline outline-width outline-style outline-color: BORDER
outline-offset: LENGTH
border-radius border-top-left-radius border-top-right-radius border-bottom-left-radius
  border-bottom-right-radius border-start-start-radius border-start-end-radius border-end-start-radius
  border-end-end-radius: / LENGTH
border-collapse: collapse separate
border-spacing: LENGTH
box-sizing: border-box content-box
box-decoration-break -webkit-box-decoration-break: slice clone
caption-side: top bottom
empty-cells: show hide
table-layout: auto fixed
list-style list-style-type: none inside outside disc circle square decimal decimal-leading-zero lower-alpha
  upper-alpha lower-latin upper-latin lower-roman upper-roman arabic-indic persian hebrew inherit STRING
list-style-position: inside outside inherit
break-before break-after break-inside page-break-before page-break-after page-break-inside
  -webkit-column-break-inside: auto avoid avoid-page avoid-column page column left right always all
orphans widows: inherit LENGTH
direction: ltr rtl inherit
unicode-bidi: normal embed isolate plaintext bidi-override isolate-override
writing-mode: horizontal-tb vertical-rl vertical-lr sideways-rl sideways-lr
contain: none strict content size inline-size layout style paint
container-type: normal size inline-size
speak: auto normal none never
cursor: auto default pointer help text
quotes: none auto
size: auto portrait landscape a4 a5 letter LENGTH
"""
"""Each property with the keywords and kinds (in capitals) of value that may stand in it.

``inherit`` stands only where the value is one that is inherited anyway, or a colour."""

_ANYWHERE = frozenset(("initial", "unset"))
_BORDER = names(
    "none hidden solid dashed dotted double groove ridge inset outset auto thin medium thick currentcolor "
    "invert"
)
_SIGN_FONTS = ("dings", "symbol", "marlett", "icons", "barcode", "emoji", "lastresort", "blank")
"""In the names of fonts whose letters are signs, such as Wingdings."""

_FUNCTIONS = {
    "GRADIENT": frozenset(
        f"{repeating}{kind}-gradient"
        for repeating in ("", "repeating-")
        for kind in ("linear", "radial", "conic")
    ),
    "TRANSFORM": names(
        "translate translatex translatey translatez translate3d scale scalex scaley scalez scale3d rotate "
        "rotatex rotatey rotatez rotate3d skew skewx skewy matrix matrix3d perspective"
    ),
    "FILTER": names(
        "blur brightness contrast drop-shadow grayscale hue-rotate invert opacity saturate sepia"
    ),
    "CLIP": frozenset(("rect", "inset", "circle", "ellipse", "polygon", "path")),
    "ATTR": frozenset(("attr",)),
}


@cache
def _shapes() -> Mapping[str, frozenset[str]]:
    shapes = {}
    for entry in _TABLE.strip().replace("\n  ", " ").split("\n"):
        properties, _, values = entry.partition(":")
        for name in properties.split():
            shapes[name] = frozenset(values.split())
    return shapes


def understood(name: str, value: Sequence[Token]) -> str:
    """Return "" for a declaration that the proof understands, else what it does not.

    ``value`` is without white space and comments. ``var()`` may stand for lengths and colours, where
    every value that it takes is computed; its own value may be a length, a colour, or their keywords.
    """
    if name.startswith("--"):
        bad = next((token for token in value if not _is_plain(token)), None)
        return "" if bad is None else f"{name} with {_shown(bad)}"
    shape = _shapes().get(name)
    if shape is None:
        return f"the property {name}"
    if not value:
        return f"{name} without a value"
    if "FONT" in shape:
        return _font(value)
    for token in value:
        if not _fits(token, shape):
            return f"{name} with {_shown(token)}"
    if "COLOUR" in shape and len(value) > 1 and shape <= {"currentcolor", "inherit", "auto", "COLOUR"}:
        return f"{name} with two colours"
    if name not in _NUMBERS and not all(_has_unit(token, shape) for token in value):
        return f"{name} with a number that has no unit, or one of another kind"
    if name in ("background", "background-image") and (odd := _background(value)):
        return f"{name} with {odd}"
    if len(value) > 1 and name in _SINGLE:
        return f"{name} with two values"
    if len(value) > 1 and {_word(token) for token in value} & {*_ANYWHERE, "inherit"}:
        return f"{name} with two values"
    return ""


_SINGLE = names(
    "visibility opacity font-size line-height letter-spacing position z-index width max-width min-width "
    "height max-height min-height white-space text-transform text-overflow order flex-direction left right "
    "top bottom content-visibility display overflow-x overflow-y unicode-bidi direction writing-mode zoom"
)


_NUMBERS = names(
    "opacity zoom scale rotate font-weight line-height z-index order flex flex-grow flex-shrink columns "
    "column-count orphans widows line-clamp -webkit-line-clamp grid-column grid-column-start grid-column-end "
    "grid-row grid-row-start grid-row-end tab-size"
)
"""Properties whose numbers need no unit, or one of an angle; of the others browsers drop a value without."""

_NO_LENGTHS = names("deg turn rad grad s ms")


def _has_unit(token: Token, shape: frozenset[str]) -> bool:
    """Whether a number is 0 or a length, and a sum is one of lengths."""
    if token.type == "number":
        return bool(token.value == 0)
    if token.type == "dimension":
        return token.lower_unit not in _NO_LENGTHS and (token.lower_unit != "fr" or "TRACK" in shape)
    if token.type == "function" and token.lower_name in _SUMS:
        units = _units(token)
        return bool(units) and not units & _NO_LENGTHS
    return True


def _units(token: Token) -> frozenset[str]:
    """The units in a sum; a variable counts as one."""
    if token.type == "function" and token.lower_name in ("var", "env"):
        return frozenset(("var",))
    if token.type in ("function", "() block"):
        return frozenset[str]().union(*map(_units, _inner(token)))
    if token.type == "percentage":
        return frozenset(("%",))
    return frozenset((token.lower_unit,)) if token.type == "dimension" else frozenset()


def _layers(value: Sequence[Token]) -> list[list[Token]]:
    parts: list[list[Token]] = [[]]
    for token in value:
        if token.type == "literal" and token.value == ",":
            parts.append([])
        elif token.type not in ("whitespace", "comment"):
            parts[-1].append(token)
    return parts


def _background(value: Sequence[Token]) -> str:
    """Say why a browser would drop a background, "" for a good one (CSS Backgrounds 3, section 2.10)."""
    layers = _layers(value)
    for layer in layers:
        words = [_word(token) for token in layer]
        colours = [token for token in layer if _is_ink(token)]
        drawn = [t for t in layer if t.type == "function" and t.lower_name.endswith("-gradient")]
        images = [*drawn, *(t for t in layer if _word(t) == "none")]
        if len(colours) > 1 or (colours and layer is not layers[-1]):
            return "two colours"
        if len(images) > 1 or not layer:
            return "two pictures in one layer, or none"
        for group in (("repeat-x", "repeat-y"), ("scroll", "fixed"), ("left", "right"), ("top", "bottom")):
            if sum(words.count(word) for word in group) > 1:
                return f"two words of {' and '.join(group)}"
        if words.count("repeat") + words.count("no-repeat") > (
            0 if {"repeat-x", "repeat-y"} & set(words) else 2
        ):
            return "too many words for what is repeated"
        if layer.count("/") > 1 or words.count("center") > 2:
            return "two places"
        sizes = [t.type in ("number", "percentage", "dimension") for t in layer]
        slash = layer.index("/") if "/" in layer else len(layer)
        if sum(sizes[:slash]) > 2 or sum(sizes[slash:]) > 2 or (sum(sizes[slash:]) and not slash):
            return "too many lengths"
        if odd := next((each for each in drawn if not _is_gradient(each)), None):
            return _shown(odd)
    return ""


def _is_ink(token: Token) -> bool:
    if token.type == "function":
        return token.lower_name in _COLOURS or token.lower_name in ("var", "env")
    return token.type == "hash" or (token.type == "ident" and _is_colour(token))


_PLACE = "( ?at (<size>|center|left|right|top|bottom)( (<size>|center|left|right|top|bottom))?)?"
_PRELUDES = {
    "linear": "(<size>|to (left|right|top|bottom)( (left|right|top|bottom))?)?",
    "radial": f"((circle|ellipse)?( ?(closest|farthest)-(side|corner))?( ?<size>){{0,2}})?{_PLACE}",
    "conic": f"(from <size>)?{_PLACE}",
}


def _is_gradient(token: Token) -> bool:
    """Whether a gradient has a form that browsers draw (CSS Images 3, section 3)."""
    parts = _layers(_inner(token))
    if parts and not any(map(_is_ink, parts[0])):
        sizes = ("number", "percentage", "dimension")
        said = " ".join("<size>" if each.type in sizes else _word(each) or "?" for each in parts[0])
        kind = token.lower_name.removeprefix("repeating-").removesuffix("-gradient")
        if not parts[0] or not re.fullmatch(_PRELUDES[kind], said):
            return False
        parts = parts[1:]
    stops = [
        part
        for part in parts
        if part and _is_ink(part[0]) and len(part) <= 3 and all(map(is_measure, part[1:]))
    ]
    return len(stops) == len(parts) >= 2


def _word(token: Token) -> str:
    return str(token.lower_value) if token.type == "ident" else ""


def _shown(token: Token) -> str:
    text = " ".join(str(token.serialize()).split())
    return f"“{text if len(text) <= 40 else text[:39] + '…'}”"


def _fits(token: Token, shape: frozenset[str]) -> bool:
    match token.type:
        case "ident":
            word = str(token.lower_value)
            if word in shape or word in _ANYWHERE:
                return True
            if "BORDER" in shape and word in _BORDER:
                return True
            if "FAMILY" in shape:
                return _is_family(token.value)
            return bool(shape & {"COLOUR", "BORDER"}) and _is_colour(token)
        case "literal":
            return token.value in shape or (token.value == "," and "FAMILY" in shape)
        case "number" | "percentage" | "dimension":
            return bool(shape & {"LENGTH", "BORDER"}) and is_measure(token)
        case "hash":
            return bool(shape & {"COLOUR", "BORDER"}) and _is_colour(token)
        case "string":
            return "STRING" in shape or ("FAMILY" in shape and _is_family(token.value))
        case "function":
            return _function_fits(token, shape)
        case _:
            return False


def _function_fits(token: Token, shape: frozenset[str]) -> bool:
    name = token.lower_name
    if name in ("var", "env"):
        return bool(shape & {"LENGTH", "COLOUR", "BORDER"}) and all(map(_is_plain, _inner(token)))
    if name in _SUMS:
        return bool(shape & {"LENGTH", "BORDER"}) and is_measure(token)
    if name in _COLOURS:
        return bool(shape & {"COLOUR", "BORDER"}) and _is_colour(token)
    if "TRACK" in shape and name in ("minmax", "repeat", "fit-content"):
        return all(_is_track(each) for each in _inner(token))
    return any(name in functions and kind in shape for kind, functions in _FUNCTIONS.items()) and all(
        map(_is_plain, _inner(token))
    )


_SUMS = frozenset(("calc", "-webkit-calc", "min", "max", "clamp"))
_COLOURS = names("rgb rgba hsl hsla hwb lab lch oklab oklch color color-mix light-dark")
_UNITS = names(
    "px pt pc in cm mm q em rem ex ch lh rlh vw vh vi vb vmin vmax svw svh lvw lvh dvw dvh fr deg turn rad "
    "grad s ms"
)


def _inner(token: Token) -> list[Token]:
    content = token.arguments if token.type == "function" else token.content
    return [each for each in content if each.type not in ("whitespace", "comment")]


def is_measure(token: Token) -> bool:
    """Whether a number, a length or a sum of them is one that ``values.length`` computes."""
    match token.type:
        case "number" | "percentage":
            return True
        case "dimension":
            return token.lower_unit in _UNITS
        case "() block":
            return all(map(is_measure, _inner(token)))
        case "function":
            if token.lower_name in ("var", "env"):
                return all(map(_is_plain, _inner(token)))
            return token.lower_name in _SUMS and all(map(is_measure, _inner(token)))
        case "literal":
            return token.value in ("+", "-", "*", "/", ",")
        case _:
            return False


def _is_track(token: Token) -> bool:
    words = ("auto", "min-content", "max-content", "auto-fill", "auto-fit")
    if token.type == "function" and token.lower_name in ("minmax", "fit-content"):
        return all(map(_is_track, _inner(token)))
    return is_measure(token) or _word(token) in words


def _is_colour(token: Token) -> bool:
    if token.type == "function":
        inner = _inner(token)
        if any(_word(each) == "from" for each in inner):
            return False
        if any(each.type == "function" and each.lower_name in ("var", "env") for each in inner):
            return True  # computed where the variable has its value
    return all(colour(token, BLACK, dark) is not None for dark in (False, True))


def _is_plain(token: Token) -> bool:
    """Whether a part of a variable, a gradient or a movement is one that can be computed or told."""
    match token.type:
        case "ident" | "literal":
            return True
        case "hash":
            return _is_colour(token)
        case "function" | "() block":
            if token.type == "function" and token.lower_name in _COLOURS:
                return _is_colour(token)
            return is_measure(token)
        case _:
            return is_measure(token)


def _is_family(name: str) -> bool:
    return not any(part in name.lower() for part in _SIGN_FONTS)


def _font(value: Sequence[Token]) -> str:
    """``font: italic bold 1em/1.5 Name, serif``; a word before the size that is none makes it void."""
    before = names("normal italic oblique bold bolder lighter small-caps")
    at = 0
    while at < len(value) and (
        _word(value[at]) in before or (value[at].type == "number" and 1 <= value[at].value <= 1000)
    ):
        at += 1
    sizes = _shapes()["font-size"]
    if at >= len(value) or value[at].type == "number" or not _fits(value[at], sizes):
        return f"font with {_shown(value[min(at, len(value) - 1)])}"
    at += 1
    if at + 1 < len(value) and value[at] == "/":
        if not _fits(value[at + 1], _shapes()["line-height"]):
            return f"font with {_shown(value[at + 1])}"
        at += 2
    family = value[at:]
    if not family or not all(_fits(token, frozenset(("FAMILY",))) for token in family):
        return "font without a name of a font, or with one of signs"
    return ""


# --- what else may stand in a sheet ---------------------------------------------------------

AT_RULES = frozenset(("media", "supports", "container", "layer", "import", "page", "charset", "keyframes"))
"""At-rules that are read. Keyframes are read in order to tell which words they change, and then refused."""

WORDED_PSEUDO_ELEMENTS = names("before after marker first-line first-letter")
"""Pseudo-elements that hold words, or add some."""

PSEUDO_ELEMENTS = names(
    "selection placeholder backdrop target-text -webkit-scrollbar -webkit-scrollbar-thumb "
    "-webkit-scrollbar-track -moz-selection -moz-focus-inner"
)
"""Pseudo-elements that hold no words of the document, or only while a reader marks them."""
