"""Read style sheets: CSS text in, rules out, each with its selector, layer and media.

Everything a browser would leave out because of the medium is kept here with its condition, so that
``styles`` can ask for every medium a reader may use whether a block is seen.

Rules: CSS Syntax 3, Cascade 5 (layers), Media Queries 4, Conditional Rules 3, Nesting 1, as far as
they decide what is seen. What cannot be read, but could hide a block, is a problem, never skipped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any

from publish.errors import Problem, PublishError
from publish.verify.properties import AT_RULES, PSEUDO_ELEMENTS, WORDED_PSEUDO_ELEMENTS, understood
from publish.verify.reading import Refused, names
from publish.verify.values import Token, Tokens

LONGHANDS: Mapping[str, tuple[str, ...]] = {
    "background": ("background-color", "background-image", "background-clip"),
    "font": ("font-size", "line-height"),
    "overflow": ("overflow-x", "overflow-y"),
    "inset": ("left", "right", "top", "bottom"),
    "inset-inline": ("inset-inline-start", "inset-inline-end"),
    "inset-block": ("inset-block-start", "inset-block-end"),
    "margin": ("margin-left", "margin-right", "margin-top", "margin-bottom"),
    "margin-inline": ("margin-inline-start", "margin-inline-end"),
    "margin-block": ("margin-block-start", "margin-block-end"),
    "text-decoration": ("text-decoration-line",),
    "-webkit-text-decoration": ("text-decoration-line",),
    "mask": ("mask-image",),
    "-webkit-mask": ("mask-image",),
    "-webkit-mask-image": ("mask-image",),
    "-webkit-clip-path": ("clip-path",),
    "-webkit-background-clip": ("background-clip",),
    "-webkit-filter": ("filter",),
    "-webkit-transform": ("transform",),
    "-webkit-line-clamp": ("line-clamp",),
    "list-style": ("list-style-type",),
    "animation": ("animation-name",),
    "-webkit-animation": ("animation-name",),
    "flex-flow": ("flex-direction",),
    "block-size": ("height",),
    "max-block-size": ("max-height",),
    "inline-size": ("width",),
    "max-inline-size": ("max-width",),
    "overflow-block": ("overflow-y",),
    "overflow-inline": ("overflow-x",),
    "text-wrap": ("white-space",),
    "text-wrap-mode": ("white-space",),
    "-epub-text-transform": ("text-transform",),
}
"""A shorthand, or another name, and what it sets of the properties below."""


_JOINT = names(
    """
    color -webkit-text-fill-color background background-color background-image background-size
    background-repeat background-position font font-size color-scheme display line-height
    height max-height overflow overflow-y overflow-block max-block-size block-size white-space text-wrap
    text-wrap-mode text-transform
    """
)
"""Properties that hide words only together with others: the media in which they differ are all tried.
What hides alone counts under any condition, so its conditions need no medium of their own."""

_HARMLESS_AT_RULES = names(
    "color-profile counter-style font-face font-feature-values font-palette-values namespace position-try "
    "property starting-style view-transition"
)
"""At-rules that browsers know and that are refused; what nobody knows cannot even be read."""

STATES = names("hover active focus focus-visible focus-within target visited user-invalid user-valid")
"""Pseudo-classes that hold only while a reader does something: a rule with one is a condition."""

_NOWHERE = names("local-link target-within")
"""Pseudo-classes that no browser knows (Selectors 4): it drops the whole rule, our matcher would not."""

_WITHOUT_CASE = names(
    "accept accept-charset align alink axis bgcolor charset checked clear codetype color compact declare "
    "defer dir direction disabled enctype face frame hreflang http-equiv lang language link media method "
    "multiple nohref noresize noshade nowrap readonly rel rev rules scope scrolling selected shape target "
    "text type valign valuetype vlink"
)
"""Attributes whose values selectors match in any case in a web page: HTML, section 4.17.2."""

MOST_FACTS = 5
"""Conditions that may hold or not, each with all others: twice the media for each."""


@dataclass(frozen=True, slots=True)
class Medium:
    """One way of reading: ``width`` in CSS pixels, and the ``least`` one at which the same rules
    hold; ``facts`` are the other media features that hold.

    ``night`` is a reading system's own dark theme, which sets black paper and white ink and tells
    the style sheet nothing.
    """

    name: str = ""
    type: str = "screen"
    width: float = 1280.0
    facts: frozenset[str] = frozenset()
    night: bool = False
    least: float = 320.0

    @property
    def dark(self) -> bool:
        return "prefers-color-scheme:dark" in self.facts


@dataclass(frozen=True, slots=True)
class Query:
    """A condition on the medium. ``kind``: all, any, not (over ``parts``), type, width or fact.

    A width holds from ``low`` to ``high`` pixels, both included. A fact is any other condition, by
    its text: a media feature, ``@supports`` or ``@container``.
    """

    kind: str
    parts: tuple[Query, ...] = ()
    text: str = ""
    low: float = 0.0
    high: float = float("inf")

    def holds(self, medium: Medium) -> bool:
        match self.kind:
            case "all":
                return all(part.holds(medium) for part in self.parts)
            case "any":
                return any(part.holds(medium) for part in self.parts)
            case "not":
                return not self.parts[0].holds(medium)
            case "type":
                return self.text in ("all", medium.type)
            case "width":
                return self.low <= medium.width <= self.high
            case _:
                return self.text in medium.facts

    def leaves(self) -> Iterator[Query]:
        if self.parts:
            for part in self.parts:
                yield from part.leaves()
        else:
            yield self


@dataclass(frozen=True, slots=True)
class Declaration:
    """``shorthand`` is the name it was written under, where that is another."""

    name: str
    value: Tokens
    important: bool
    shorthand: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One selector with its declarations. ``selector`` is a compiled selector of cssselect2."""

    selector: Any
    declarations: tuple[Declaration, ...]
    queries: tuple[Query, ...] = ()
    layer: str = ""


@dataclass(slots=True)
class Sheet:
    """The rules of one style sheet in their order, and the declarations of its keyframes by name."""

    name: str = ""
    html: bool = False
    """Whether it is a web page's, where some attributes match in any case."""
    rules: list[Rule] = field(default_factory=list)
    keyframes: dict[str, list[Declaration]] = field(default_factory=dict)
    layers: list[str] = field(default_factory=list)
    fluid: bool = False
    """Whether a length depends on the width of the window."""
    refused: list[Refused] = field(default_factory=list)

    def refuse(self, what: str, node: Any) -> None:
        self.refused.append(Refused(what, self.name, node.source_line, node.source_column))


Fetch = Callable[[str], str | None]
"""The text of an imported sheet by its address, None where the file does not hold it."""


def read_sheet(
    text: str, media: str = "", fetch: Fetch = lambda _: None, name: str = "", html: bool = False
) -> Sheet:
    """Return the rules of a style sheet; ``media`` is its own media attribute.

    Raises ``PublishError`` for a selector, at-rule or import that could hide words and cannot be read.
    """
    import tinycss2

    sheet = Sheet(name, html)
    _read(sheet, text, (_query(tinycss2.parse_component_value_list(media)),) if media else (), "", fetch, 0)
    return sheet


def read_declarations(text: str) -> tuple[tuple[Declaration, ...], tuple[Refused, ...]]:
    """Return the declarations of a style attribute, and what of it is not understood."""
    import tinycss2

    found: list[Declaration] = []
    sheet = Sheet()
    for node in tinycss2.parse_blocks_contents(text, skip_comments=True, skip_whitespace=True):
        if node.type == "declaration":
            found += _declarations(node, sheet)
        else:
            sheet.refuse("something that is no declaration", node)
    return tuple(found), tuple(Refused(f"{each.what} in a style attribute") for each in sheet.refused)


def _read(sheet: Sheet, text: str, queries: tuple[Query, ...], layer: str, fetch: Fetch, depth: int) -> None:
    import tinycss2

    # The bytes of fonts and pictures decide nothing here, and tokenizing them takes longest.
    text = re.sub(r"(data:[\w/+.;=-]*;base64,)[A-Za-z0-9+/=]+", r"\1", text)
    sheet.fluid |= re.search(r"\d(?:[sld]?v(?:w|i|min|max)|cq(?:w|i|min|max))\b", text) is not None
    nodes = tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True)
    _nodes(sheet, nodes, "", queries, layer, fetch, depth)


def _nodes(
    sheet: Sheet,
    nodes: Iterable[Any],
    parent: str,
    queries: tuple[Query, ...],
    layer: str,
    fetch: Fetch,
    depth: int,
) -> None:
    """Add rules of ``nodes``; ``parent`` is the selector they are nested in, "" at the top."""
    import tinycss2

    if depth > 16:
        raise _unreadable("rules nested or imported more than 16 deep")
    own: list[Declaration] = []
    for node in nodes:
        match node.type:
            case "declaration":
                own += _declarations(node, sheet)
            case "qualified-rule":
                selectors = [_nested(each, parent) for each in _split(node.prelude, ",")]
                inner = tinycss2.parse_blocks_contents(node.content, skip_comments=True, skip_whitespace=True)
                _nodes(sheet, inner, ", ".join(selectors), queries, layer, fetch, depth + 1)
            case "at-rule":
                _at_rule(sheet, node, parent, queries, layer, fetch, depth)
            case _:
                # Most browsers leave it out, and not all of them as much of what follows.
                sheet.refuse(f"something that is no rule ({getattr(node, 'message', node.type)})", node)
    if own and parent:
        _add(sheet, parent, tuple(own), queries, layer)


def _at_rule(
    sheet: Sheet,
    node: Any,
    parent: str,
    queries: tuple[Query, ...],
    layer: str,
    fetch: Fetch,
    depth: int,
) -> None:
    import tinycss2

    keyword = node.lower_at_keyword
    prelude = _text(node.prelude)
    if keyword not in AT_RULES or (keyword == "charset" and prelude.strip("\"'").lower() != "utf-8"):
        sheet.refuse(f"@{keyword}", node)
    if keyword == "page":
        _page(sheet, node)
        return
    if keyword == "import":
        _import(sheet, node, queries, layer, fetch, depth)
        return
    if keyword == "layer":
        if layer or queries or "." in prelude:
            # Which of two such layers wins depends on where, and under what condition, each was first named.
            sheet.refuse("@layer inside another rule, or a layer of a layer", node)
        names = [f"{layer}.{name.strip()}".strip(".") for name in prelude.split(",")]
        sheet.layers += [name for name in names if name and name not in sheet.layers]
        layer = names[0] or f"{layer}.#{len(sheet.rules)}"
    elif keyword == "media":
        queries = (*queries, _query(node.prelude))
    elif keyword in ("supports", "container"):
        queries = (*queries, Query("fact", text=f"@{keyword} {prelude}"))
    elif keyword.endswith("keyframes"):
        sheet.refuse("an animation", node)
        for frame in tinycss2.parse_rule_list(node.content or (), skip_comments=True, skip_whitespace=True):
            if frame.type == "qualified-rule":
                declared = tinycss2.parse_blocks_contents(frame.content)
                sheet.keyframes.setdefault(prelude.strip("\"'"), []).extend(
                    each
                    for inner in declared
                    if inner.type == "declaration"
                    for each in _declarations(inner, sheet)
                )
        return
    elif keyword == "charset" or keyword in _HARMLESS_AT_RULES or keyword.startswith("-"):
        return
    elif node.content is not None:
        raise _unreadable(f"“@{keyword} {prelude}”")
    if node.content is not None:
        parse = tinycss2.parse_blocks_contents if parent else tinycss2.parse_rule_list
        inner = parse(node.content, skip_comments=True, skip_whitespace=True)
        _nodes(sheet, inner, parent, queries, layer, fetch, depth + 1)


def _import(
    sheet: Sheet, node: Any, queries: tuple[Query, ...], layer: str, fetch: Fetch, depth: int
) -> None:
    tokens = [token for token in node.prelude if token.type not in ("whitespace", "comment")]
    first = tokens[0] if tokens else None
    if first is not None and first.type == "function" and first.lower_name == "url":
        first = first.arguments[0] if first.arguments else None
    address = first.value if first is not None and first.type in ("url", "string") else ""
    text = fetch(address)
    if text is None or depth > 16:
        raise _unreadable(f"the imported style sheet “{address}”")
    rest = tokens[1:]
    if (layer or queries) and _text(rest).lower().startswith("layer"):
        sheet.refuse("@layer inside another rule, or a layer of a layer", node)
    if rest and rest[0].type == "function" and rest[0].lower_name == "layer":
        layer = f"{layer}.{_text(rest[0].arguments)}".strip(".")
        rest = rest[1:]
    elif rest and rest[0].type == "ident" and rest[0].lower_value == "layer":
        layer = f"{layer}.#{len(sheet.rules)}".strip(".")
        rest = rest[1:]
    if rest and rest[0].type == "function" and rest[0].lower_name == "supports":
        queries = (*queries, Query("fact", text=f"@supports ({_text(rest[0].arguments)})"))
        rest = rest[1:]
    _read(sheet, text, (*queries, _query(rest)) if rest else queries, layer, fetch, depth + 1)


def _add(
    sheet: Sheet,
    selectors: str,
    declarations: tuple[Declaration, ...],
    queries: tuple[Query, ...],
    layer: str,
) -> None:
    import cssselect2
    import tinycss2

    listed = _split(tinycss2.parse_component_value_list(selectors), ",")
    for tokens in listed:
        if sheet.html:
            _in_any_case(tokens)
        text, states = _stateless(tokens)
        try:
            compiled = cssselect2.compile_selector_list(text)
        except (cssselect2.SelectorError, NotImplementedError) as error:
            if _is_of_no_words(tokens, len(listed) == 1):
                continue
            raise _unreadable(f"the selector “{_text(tokens)}”") from error
        for selector in compiled:
            if (selector.pseudo_element or "before") in WORDED_PSEUDO_ELEMENTS:
                sheet.rules.append(Rule(selector, declarations, (*queries, *states), layer))
            elif not _is_of_no_words(tokens, len(listed) == 1):
                raise _unreadable(f"the selector “{_text(tokens)}”")


def _in_any_case(tokens: Iterable[Token]) -> None:
    """Let selectors match in any case the attributes that web pages match so."""
    from tinycss2.ast import IdentToken, WhitespaceToken

    for token in tokens:
        if token.type == "function":
            _in_any_case(token.arguments)
        elif token.type == "[] block":
            parts = [each for each in token.content if each.type not in ("whitespace", "comment")]
            at = next((n for n, t in enumerate(parts) if t.type == "literal" and "=" in t.value), 0)
            name = parts[at - 1].lower_value if at and parts[at - 1].type == "ident" else ""
            if name in _WITHOUT_CASE and len(parts) == at + 2:
                line, column = token.source_line, token.source_column
                token.content += [WhitespaceToken(line, column, " "), IdentToken(line, column, "i")]


def _is_of_no_words(tokens: Sequence[Token], alone: bool) -> bool:
    """Whether a selector ends with a pseudo-element that holds no words of the document.

    One that only some browsers know must stand ``alone``: the others drop every selector of its list.
    """
    import cssselect2

    *_, one, two, name = [None, None, None, *(token for token in tokens if token.type != "whitespace")]
    if one != ":" or two != ":" or name.type != "ident" or name.lower_value not in PSEUDO_ELEMENTS:
        return False
    if not alone and name.lower_value.startswith("-"):
        return False
    rest = _stateless(list(tokens)[: list(tokens).index(one)])[0]
    try:
        cssselect2.compile_selector_list(rest or "*")
    except (cssselect2.SelectorError, NotImplementedError):
        return False
    return True


_ALWAYS = ":not(._no_such_class_)"


def _stateless(tokens: Sequence[Token]) -> tuple[str, tuple[Query, ...]]:
    """Return a selector that matches whatever a reader does, and the states that it depends on.

    In place of ``:hover`` stands something that always matches and weighs as much; in place of
    ``:not(:hover)`` as well. What depends on states in a way more knotted cannot be read.
    """
    text: str = ""
    states: tuple[Query, ...] = ()
    left = list(tokens)
    while left:
        token = left.pop(0)
        follows = left[0] if left else None
        if token == ":" and follows is not None and not text.endswith(":"):
            if follows.type == "ident" and follows.lower_value in _NOWHERE:
                raise _unreadable(f"the selector “{_text(tokens)}”")
            if follows.type == "ident" and follows.lower_value in STATES:
                states = (*states, Query("fact", text=f":{follows.lower_value}"))
                text += _ALWAYS
                left.pop(0)
                continue
            if follows.type == "function":
                inner = [_stateless(part) for part in _split(follows.arguments, ",")]
                if any(found for _, found in inner):
                    negated = follows.lower_name == "not"
                    if not all(found and (not negated or part == _ALWAYS) for part, found in inner):
                        raise _unreadable(f"the selector “{_text(tokens)}”")
                    either = Query("any", tuple(Query("all", found) for _, found in inner))
                    states = (*states, Query("not", (either,)) if negated else either)
                    parts = ", ".join(part for part, _ in inner)
                    text += _ALWAYS if negated else f":{follows.lower_name}({parts})"
                    left.pop(0)
                    continue
        text += token.serialize()
    return text.strip(), states


def _declarations(node: Any, sheet: Sheet) -> Iterator[Declaration]:
    """Yield a declaration, under its own name and those it sets, and note it where it is not understood."""
    name = node.name if node.name.startswith("--") else node.lower_name
    value = tuple(token for token in node.value if token.type not in ("whitespace", "comment"))
    if odd := understood(name, value):
        sheet.refuse(odd, node)
    yield Declaration(name, value, node.important)
    for longhand in LONGHANDS.get(name, ()):
        yield Declaration(longhand, value, node.important, name)


def _page(sheet: Sheet, node: Any) -> None:
    """The paper: its margins may be set, but for ones that push words off it."""
    import tinycss2

    for inner in tinycss2.parse_blocks_contents(node.content or (), skip_comments=True, skip_whitespace=True):
        name = inner.lower_name if inner.type == "declaration" else ""
        value = [t for t in inner.value if t.type not in ("whitespace", "comment")] if name else []
        fits = all(
            (t.type == "dimension" and 0 <= t.value * _IN_PIXELS.get(t.lower_unit, 1e9) < 200)
            or (t.type == "percentage" and 0 <= t.value <= 20)
            or t.type in ("number", "ident")
            for t in value
        )
        if name == "size":
            fits = all(t.type == "ident" for t in value)
        if not (name == "size" or name.startswith("margin")) or understood(name, value) or not fits:
            sheet.refuse(f"@page with {name or 'something'}", inner)


_IN_PIXELS = {"px": 1.0, "em": 16.0, "rem": 16.0, "pt": 4 / 3, "cm": 96 / 2.54, "mm": 96 / 25.4, "in": 96.0}


def _nested(tokens: Sequence[Token], parent: str) -> str:
    """Return a selector as written inside rules for ``parent``."""
    text = _text(tokens)
    if not parent:
        return text
    return text.replace("&", f":is({parent})") if "&" in text else f":is({parent}) {text}"


def _text(tokens: Iterable[Token]) -> str:
    import tinycss2

    return str(tinycss2.serialize(tokens)).strip()


def _split(tokens: Iterable[Token], separator: str) -> list[list[Token]]:
    parts: list[list[Token]] = [[]]
    for token in tokens:
        if token.type == "literal" and token.value == separator:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _unreadable(what: str) -> PublishError:
    return PublishError(
        Problem(
            f"the styles of the file have {what}, which the proof cannot read",
            hint="use a plainer rule in the layout: what cannot be read could hide words",
            kind="styles",
        )
    )


# --- media ---------------------------------------------------------------------------------


def _query(tokens: Iterable[Token]) -> Query:
    """Return a media query list as a condition; see Media Queries 4, section 3."""
    parts = [_one_query(part) for part in _split(tokens, ",")]
    return parts[0] if len(parts) == 1 else Query("any", tuple(parts))


def _one_query(tokens: Iterable[Token]) -> Query:
    left = [token for token in tokens if token.type not in ("whitespace", "comment")]
    words = [token.lower_value if token.type == "ident" else "" for token in left]
    written = _text(left)
    negated = words[:1] == ["not"] and len(left) > 1 and left[1].type == "ident"
    if words[:1] in (["not"], ["only"]) and (negated or words[0] == "only"):
        left, words = left[1:], words[1:]
        if not left or words[0] in ("", "and", "or", "not", "only", "layer"):
            raise _unreadable(f"the media query “{written}”")
    if not left:
        return Query("all")
    if not words[0] or words[0] in ("not", "and", "or"):
        return _condition(left)
    if len(left) > 1 and (words[1] != "and" or len(left) == 2 or "or" in words[2:]):
        raise _unreadable(f"the media query “{written}”")
    query = Query("type", text=words[0])
    if len(left) > 2:
        query = Query("all", (query, _condition(left[2:])))
    return Query("not", (query,)) if negated else query


def _condition(tokens: Sequence[Token]) -> Query:
    if not tokens:
        return Query("all")
    if tokens[0].type == "ident" and tokens[0].lower_value == "not":
        if len(tokens) != 2 or tokens[1].type == "ident":
            raise _unreadable(f"the media query “{_text(tokens)}”")
        return Query("not", (_condition(tokens[1:]),))
    joints = {token.lower_value if token.type == "ident" else "" for token in tokens[1::2]}
    if len(tokens) % 2 == 0 or joints - {"and", "or"} or len(joints) > 1:
        raise _unreadable(f"the media query “{_text(tokens)}”")
    if any(token.type not in ("() block", "function") for token in tokens[::2]):
        raise _unreadable(f"the media query “{_text(tokens)}”")
    parts = [_in_parentheses(token) for token in tokens if token.type != "ident"]
    either = any(token.type == "ident" and token.lower_value == "or" for token in tokens)
    return parts[0] if len(parts) == 1 else Query("any" if either else "all", tuple(parts))


def _in_parentheses(token: Token) -> Query:
    content = (
        token.content if token.type == "() block" else token.arguments if token.type == "function" else ()
    )
    inner = [each for each in content if each.type not in ("whitespace", "comment")]
    if any(each.type == "() block" for each in inner):
        return _condition(inner)
    text = "".join(_text(inner).lower().split())
    if found := re.fullmatch(r"(min-|max-)?width:(.+)", text):
        if (size := _pixels(found[2])) is not None:
            low = size if found[1] != "max-" else 0.0
            return Query("width", low=low, high=size if found[1] != "min-" else float("inf"))
    elif "width" in text and re.search(r"[<>=]", text) and (query := _range(text)):
        return query
    return Query("fact", text=text)


def _range(text: str) -> Query | None:
    """``400px<=width<700px`` and the like."""
    pieces = re.split(r"(<=|>=|<|>|=)", text)
    name = next((n for n, piece in enumerate(pieces) if piece == "width"), None)
    if name is None:
        return None
    low, high = 0.0, float("inf")
    for at, sign_at in ((name - 2, name - 1), (name + 2, name + 1)):
        if not 0 <= at < len(pieces):
            continue
        size, sign = _pixels(pieces[at]), pieces[sign_at]
        if size is None:
            return None
        if at < name:
            sign = sign.translate(str.maketrans("<>", "><"))
        edge = 0.0 if "=" in sign else 0.01
        if sign == "=":
            low = high = size
        elif ">" in sign:
            low = max(low, size + edge)
        else:
            high = min(high, size - edge)
    return Query("width", low=low, high=high)


def _pixels(text: str) -> float | None:
    """A length in a media query: em and rem are the browser's 16 pixels."""
    units = {"px": 1.0, "em": 16.0, "rem": 16.0, "pt": 4 / 3, "cm": 96 / 2.54, "in": 96.0, "": 1.0}
    found = re.fullmatch(r"([\d.]+)(px|em|rem|pt|cm|in|)", text)
    return float(found[1]) * units[found[2]] if found else None


def media(sheets: Iterable[Sheet], night: bool = False) -> tuple[Medium, ...]:
    """Return the media in which ``sheets`` look different: wide and narrow screens, dark, print …

    Every width at which a query turns is tried, and every set of the other conditions on which a colour,
    a size or a height depends; media in which the same rules hold are one. The first is a wide screen
    in a light room. More than ``MOST_FACTS`` conditions are a ``PublishError``.
    """
    sheets = tuple(sheets)
    queries = list(dict.fromkeys(query for sheet in sheets for rule in sheet.rules for query in rule.queries))
    joint = list(
        dict.fromkeys(
            query
            for sheet in sheets
            for rule in sheet.rules
            if any(each.name.startswith("--") or each.name in _JOINT for each in rule.declarations)
            for query in rule.queries
        )
    )
    leaves = list(dict.fromkeys(leaf for query in queries for leaf in query.leaves()))
    widths = {1280.0, 320.0}
    for leaf in leaves:
        if leaf.kind == "width":
            edges = {leaf.low, leaf.high} - {0.0, float("inf")}
            widths |= {edge + step for edge in edges for step in (-0.5, 0.0, 0.5)}
    light, dark = "prefers-color-scheme:light", "prefers-color-scheme:dark"
    all_facts = _facts(queries) - {light, dark}
    facts = sorted(_facts(joint) - {light, dark})
    if len(facts) > MOST_FACTS:
        listed = ", ".join(facts)
        raise _unreadable(f"more than {MOST_FACTS} conditions on colours, sizes or heights ({listed})")
    sets = [frozenset(each) for n in range(len(facts) + 1) for each in combinations(facts, n)]
    moods = [
        (f"{'in dark mode' if scheme == dark else ''}{_with(each)}".strip(), each | {scheme})
        for each in dict.fromkeys(sets)
        for scheme in (light, dark)
    ]
    fluid = any(sheet.fluid for sheet in sheets)
    found: dict[tuple[object, ...], Medium] = {}
    for type in ["screen", "print", *sorted({leaf.text for leaf in leaves} & {"speech"})]:
        for width in (1280.0, 320.0, *sorted(widths - {1280.0, 320.0})):
            for mood, holding in moods:
                if type == "print" and dark in holding:
                    continue  # paper is white
                narrow = max(width, 480.0) if type == "print" else width
                medium = Medium(_medium_name(type, width, mood), type, width, holding, least=narrow)
                key = (
                    *(query.holds(medium) for query in queries),
                    type == "print",
                    medium.dark,
                    width if fluid and width in (1280.0, 320.0) else None,
                )
                known = found.setdefault(key, medium)
                if narrow < known.least:
                    found[key] = replace(known, least=narrow)
    for fact in sorted(all_facts - {*facts}):
        # What these rules hide they hide alone, and one medium tells under which condition.
        medium = Medium(_with({fact}).strip(), facts=frozenset((light, fact)))
        found.setdefault((*(query.holds(medium) for query in queries), False, False, None), medium)
    if night:
        for each in dict.fromkeys(sets):
            name = f"in a reading system's night mode{_with(each)}"
            medium = Medium(name, facts=each | {light}, night=True)
            found.setdefault(("night", *(query.holds(medium) for query in queries)), medium)
    return tuple(found.values())


def _facts(queries: Iterable[Query]) -> frozenset[str]:
    return frozenset(leaf.text for query in queries for leaf in query.leaves() if leaf.kind == "fact")


def _with(facts: Collection[str]) -> str:
    return f" with {' and '.join(sorted(facts))}" if facts else ""


def _medium_name(type: str, width: float, mood: str) -> str:
    parts = (
        "" if type == "screen" else f"in {type}",
        "" if width == 1280.0 else f"at a width of {width:g} px",
        mood,
    )
    return " ".join(filter(None, parts))
