"""Compute CSS values: lengths in pixels, colours as red, green, blue, alpha, ``var()`` filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from publish.verify.reading import names

Token = Any  # a component value of tinycss2, which has no type information
Tokens = tuple[Token, ...]
Colour = tuple[float, float, float, float]
"""Red, green, blue (sRGB) and alpha, each from 0 to 1."""

WHITE: Colour = (1.0, 1.0, 1.0, 1.0)
BLACK: Colour = (0.0, 0.0, 0.0, 1.0)
DARK_CANVAS: Colour = (0.07, 0.07, 0.07, 1.0)  # what browsers paint under a page in dark mode


@dataclass(frozen=True, slots=True)
class Measure:
    """What relative lengths are relative to, all in CSS pixels; ``base`` is 100 %."""

    em: float
    rem: float
    width: float
    height: float
    base: float | None = None


_UNITS = {"px": 1.0, "pt": 4 / 3, "pc": 16.0, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4, "q": 96 / 101.6}


def length(tokens: Sequence[Token], measure: Measure) -> float | None:
    """Return a length in pixels, None for a keyword or what cannot be computed."""
    return _value(tokens[0], measure) if len(tokens) == 1 else None


def _value(token: Token, measure: Measure) -> float | None:
    match token.type:
        case "number":
            return float(token.value)
        case "percentage":
            return None if measure.base is None else float(token.value) / 100 * measure.base
        case "dimension":
            return _dimension(float(token.value), token.lower_unit, measure)
        case "() block":
            return _sum(token.content, measure)
        case "function":
            return _function(token, measure)
        case _:
            return None


def _dimension(value: float, unit: str, measure: Measure) -> float | None:
    if unit in _UNITS:
        return value * _UNITS[unit]
    if unit in ("em", "lh"):
        return value * measure.em
    if unit in ("rem", "rlh"):
        return value * measure.rem
    if unit in ("ex", "ch"):
        return value * measure.em / 2
    unit = unit[1:] if unit[:1] in "sld" and unit[1:2] == "v" else unit
    window = {
        "vw": measure.width,
        "vi": measure.width,
        "cqw": measure.width,
        "cqi": measure.width,
        "vh": measure.height,
        "vb": measure.height,
        "vmin": min(measure.width, measure.height),
        "vmax": max(measure.width, measure.height),
    }
    return value / 100 * window[unit] if unit in window else None


def _function(token: Token, measure: Measure) -> float | None:
    parts: list[list[Token]] = [[]]
    for each in token.arguments:
        if each.type == "literal" and each.value == ",":
            parts.append([])
        else:
            parts[-1].append(each)
    values = [_sum(part, measure) for part in parts]
    known = [value for value in values if value is not None]
    if len(known) < len(values) or not known:
        return None
    match token.lower_name, known:
        case "calc" | "-webkit-calc", [value]:
            return value
        case "min", _:
            return min(known)
        case "max", _:
            return max(known)
        case "clamp", [low, value, high]:
            return max(low, min(value, high))
        case _:
            return None


def _sum(tokens: Sequence[Token], measure: Measure) -> float | None:
    """Compute a sum of products; CSS wants white space around + and -, so signs are literals."""
    total = 0.0
    product: float | None = None
    sign, divide = 1.0, False
    for token in tokens:
        if token.type in ("whitespace", "comment"):
            continue
        if token.type == "literal" and token.value in "+-":
            if product is None:
                return None
            total, product = total + sign * product, None
            sign = 1.0 if token.value == "+" else -1.0
        elif token.type == "literal" and token.value in "*/":
            divide = token.value == "/"
        else:
            value = _value(token, measure)
            if value is None or (divide and not value):
                return None
            product = value if product is None else product / value if divide else product * value
            divide = False
    return None if product is None else total + sign * product


def substitute(tokens: Sequence[Token], custom: Mapping[str, Tokens], depth: int = 0) -> Tokens | None:
    """Return ``tokens`` with every ``var()`` filled in, None where one has no value."""
    import tinycss2.ast

    if depth > 16:  # a circle of variables has no value
        return None
    done: list[Token] = []
    for token in tokens:
        if token.type == "function" and token.lower_name in ("var", "env"):
            filled = _variable(token, custom, depth)
            if filled is None:
                return None
            done += filled
        elif token.type in ("function", "() block"):
            inner = substitute(
                token.arguments if token.type == "function" else token.content, custom, depth + 1
            )
            if inner is None:
                return None
            if token.type == "function":
                function = tinycss2.ast.FunctionBlock
                done.append(function(token.source_line, token.source_column, token.name, list(inner)))
            else:
                block = tinycss2.ast.ParenthesesBlock
                done.append(block(token.source_line, token.source_column, list(inner)))
        else:
            done.append(token)
    return tuple(done)


def _variable(token: Token, custom: Mapping[str, Tokens], depth: int) -> Tokens | None:
    arguments = [each for each in token.arguments if each.type not in ("whitespace", "comment")]
    if arguments and arguments[0].type == "ident" and arguments[0].value in custom:
        return substitute(custom[arguments[0].value], custom, depth + 1)
    if len(arguments) > 1 and arguments[1] == ",":
        return substitute(arguments[2:], custom, depth + 1)
    return None


# --- colours -------------------------------------------------------------------------------

_SYSTEM: Mapping[str, tuple[str, str]] = {
    "canvas": ("#ffffff", "#121212"),
    "field": ("#ffffff", "#121212"),
    "buttonface": ("#efefef", "#6b6b6b"),
    "canvastext": ("#000000", "#ffffff"),
    "fieldtext": ("#000000", "#ffffff"),
    "buttontext": ("#000000", "#ffffff"),
    "linktext": ("#0000ee", "#9e9eff"),
    "visitedtext": ("#551a8b", "#d0adf0"),
    "activetext": ("#ff0000", "#ff9e9e"),
    "graytext": ("#808080", "#808080"),
    "highlight": ("#b5d5ff", "#2a4b7c"),
    "highlighttext": ("#000000", "#ffffff"),
    "mark": ("#ffff00", "#ffff00"),
    "marktext": ("#000000", "#000000"),
}
"""System colours, light and dark: CSS Color 4, section 6.2, with the values of Chromium."""


def colour(token: Token, current: Colour | None, dark: bool) -> Colour | None:
    """Return the colour a token stands for, None where it stands for none we can compute."""
    import tinycss2.color5

    if token.type == "ident" and token.lower_value in _SYSTEM:
        token = tinycss2.parse_one_component_value(_SYSTEM[token.lower_value][dark])
    if token.type == "function" and token.lower_name == "color-mix":
        return _mixed(token, current, dark)
    found = tinycss2.color5.parse_color(token, ("dark",) if dark else ("light",))
    if found is None:
        return None
    return current if found == "currentcolor" else _srgb(found)


def _srgb(found: Any) -> Colour | None:
    try:
        if found.space in ("lab", "lch"):
            found = _from_xyz(found.to("xyz-d50"))
        elif found.space in ("oklab", "oklch"):
            found = _from_xyz(found.to("xyz-d65"))
        elif found.space.startswith("xyz"):
            found = _from_xyz(found)
        elif found.space in ("hsl", "hwb"):
            found = found.to("srgb")
        elif found.space == "srgb-linear":
            found = (*(_gamma(value or 0.0) for value in found.coordinates), found.alpha)
        elif found.space not in ("srgb", "display-p3", "a98-rgb", "prophoto-rgb", "rec2020"):
            return None
    except NotImplementedError:
        return None
    red, green, blue, alpha = (min(1.0, max(0.0, float(value or 0.0))) for value in found)
    return red, green, blue, alpha


def _from_xyz(found: Any) -> tuple[float, ...]:
    x, y, z = (float(value or 0.0) for value in found.coordinates)
    if found.space == "xyz-d50":  # Bradford adaptation, CSS Color 4, section 10.7
        x, y, z = (
            0.955473 * x - 0.023099 * y + 0.063259 * z,
            -0.028370 * x + 1.009995 * y + 0.021041 * z,
            0.012314 * x - 0.020508 * y + 1.330366 * z,
        )
    linear = (
        3.240970 * x - 1.537383 * y - 0.498611 * z,
        -0.969244 * x + 1.875968 * y + 0.041555 * z,
        0.055630 * x - 0.203977 * y + 1.056972 * z,
    )
    return (*(_gamma(value) for value in linear), found.alpha)


def _gamma(value: float) -> float:
    return 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055


_SPACES = names(
    "srgb srgb-linear display-p3 a98-rgb prophoto-rgb rec2020 lab oklab xyz xyz-d50 xyz-d65 hsl hwb lch oklch"
)


def _mixed(token: Token, current: Colour | None, dark: bool) -> Colour | None:
    """``color-mix()``, always in sRGB: near enough to tell ink from paper."""
    parts: list[list[Token]] = [[]]
    for each in token.arguments:
        if each.type == "literal" and each.value == ",":
            parts.append([])
        elif each.type not in ("whitespace", "comment"):
            parts[-1].append(each)
    found: list[tuple[Colour, float | None]] = []
    space = [each.lower_value if each.type == "ident" else "" for each in parts[0]]
    if space[:1] != ["in"] or len(space) != 2 or space[1] not in _SPACES:
        return None
    for part in parts[1:]:
        if len(part) > 2 or sum(each.type == "percentage" for each in part) > 1:
            return None
        share = next((each.value / 100 for each in part if each.type == "percentage"), None)
        value = next((colour(each, current, dark) for each in part if each.type != "percentage"), None)
        if value is None:
            return None
        found.append((value, share))
    if len(found) != 2:
        return None
    (one, first), (two, second) = found
    if first is None:
        first = 0.5 if second is None else 1 - second
    if second is None:
        second = 1 - first
    total = first + second
    if total <= 0:
        return None
    mixed = tuple((a * first + b * second) / total for a, b in zip(one, two, strict=True))
    return mixed[0], mixed[1], mixed[2], mixed[3] * min(1.0, total)


def over(above: Colour, below: Colour) -> Colour:
    """Return the colour seen where ``above`` is painted on the opaque ``below``."""
    alpha = above[3]
    red, green, blue = (a * alpha + b * (1 - alpha) for a, b in zip(above[:3], below[:3], strict=True))
    return red, green, blue, 1.0


def contrast(one: Colour, two: Colour) -> float:
    """Return the contrast ratio of two opaque colours, from 1 to 21: WCAG 2.2, "contrast ratio"."""
    light, dark = sorted((_luminance(one), _luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(of: Colour) -> float:
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in of[:3]
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


LEAST_CONTRAST = 1.5
"""Ink and paper closer than this are as good as one colour. (Whether text is *easy* to read, 4.5
and more, is for the layouts' own tests; this asks whether it is there at all.)"""
