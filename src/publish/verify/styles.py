"""Say of every element of an (X)HTML document whether its words are seen, and how large.

A cascade of our own over the file's styles, in every medium a reader may use. It computes no layout:
whether one box lies over another is for a real browser in the tests. So the rule is strict. A
declaration that hides words by itself counts wherever it may come to apply, under any condition, in
any state of any element, and even where another rule takes it back; what only hides together with
others (ink and paper, a height and its overflow) is computed in all media. What is not understood at
all (``properties``) is refused.

Rules: CSS Cascade 5; HTML, section 15 (rendering), for what browsers do by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from publish.verify.reading import Refused, names
from publish.verify.sheets import Declaration, Medium, Rule, Sheet, read_declarations, read_sheet
from publish.verify.values import (
    BLACK,
    DARK_CANVAS,
    LEAST_CONTRAST,
    WHITE,
    Colour,
    Measure,
    Token,
    Tokens,
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
TEXT_ELEMENTS = names("h1 h2 h3 h4 h5 h6 p dt dd th td caption figcaption img")
"""With an id, a block of the article."""

_TABLE_PARTS: Mapping[str, str] = {
    "table": "table",
    "caption": "table-caption",
    "thead": "table-header-group",
    "tbody": "table-row-group",
    "tfoot": "table-footer-group",
    "tr": "table-row",
    "th": "table-cell",
    "td": "table-cell",
}
"""What the parts of a table are displayed as; as anything else their words leave their column or row."""

_FAR = 64.0  # CSS pixels: more than any indent
_NEAR = 8.0  # CSS pixels: a shift that leaves words beside those that they stand beside
_NARROW = 64.0  # CSS pixels: in a narrower box words are broken or lie over others
_LEAST = 4.0  # CSS pixels: nobody can read letters this small
_SLIVER = 2.0  # CSS pixels: a box this small shows nothing
_HEIGHT = 800.0  # CSS pixels: the height of every window; widths differ


@dataclass(frozen=True, slots=True)
class Style:
    """What an element inherits and passes on, in one medium.

    ``hidden`` is the first reason, here or above, why its words are not seen; ``backdrop`` the
    colours painted behind it, those of a gradient all, none where they cannot be computed.
    ``factor`` is what zoom and scale add to ``size`` (CSS pixels). ``alone`` is the first
    declaration, here or above, under whatever condition, that hides by itself; ``shift`` how far to
    the left all margins and indents move words, in pixels; ``taken`` the width that all margins,
    paddings and borders leave no words.
    """

    size: float
    ink: Colour | None
    backdrop: tuple[Colour, ...]
    custom: Mapping[str, Tokens]
    dark: bool = False
    factor: float = 1.0
    visibility: str = "visible"
    transform: str = "none"
    one_line: bool = False
    hidden: str = ""
    alone: str = ""
    shift: float = 0.0
    taken: float = 0.0


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
        return next((style.alone for style in self.styles if style.alone), "")


def _reason(style: Style, text: str) -> str:
    if style.hidden:
        return style.hidden
    if style.visibility != "visible":
        return f"visibility: {style.visibility}"
    if style.size * style.factor < _LEAST:
        return f"font-size: {style.size * style.factor:g} px"
    if _transformed(text, style.transform) != text:
        return f"text-transform: {style.transform} changes its letters"
    if style.one_line and len(" ".join(text.split())) > _ONE_LINE:
        return "white-space: nowrap: a line this long may run off the page"
    if text:
        if style.ink is None:
            return "its letters have a colour that cannot be computed"
        if style.ink[3] < 0.05:
            return "its letters are transparent"
        if not style.backdrop:
            return "what is behind its letters has a colour that cannot be computed"
        seen = min(_contrast(style.ink, each) for each in style.backdrop)
        if seen < LEAST_CONTRAST:
            return f"its letters have nearly the colour of what is behind them ({seen:.2f}:1)"
    return ""


_ONE_LINE = 40
"""Characters in a row that no line of a narrow screen or of paper is too short for."""


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
        self.refused: dict[Refused, None] = dict.fromkeys(each for sheet in sheets for each in sheet.refused)
        """What nobody can tell whether it hides words: each declaration or element once."""
        self.odd_lists: dict[Element, str] = {}
        """Lists and items whose own style changes or takes away the numbers that stand before them."""
        self.around, self.within = _kinds(root)
        # Few styles, of many elements: what is computed once is known by the identity of what it is made
        # of. Styles, declarations and wrappers are kept alive, so that their identity is theirs alone.
        self.cache: dict[tuple[object, ...], tuple[Style, ...]] = {}
        self.rows: dict[tuple[int, ...], tuple[Style, ...]] = {}
        self.winners: dict[tuple[object, ...], tuple[dict[str, Declaration], Mapping[str, Tokens]]] = {}
        self.variables: dict[tuple[object, ...], Mapping[str, Tokens]] = {}
        self.same: dict[tuple[object, ...], Style] = {}
        self.kept: list[object] = []
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
        inline: tuple[Declaration, ...] = ()
        if element.get("style"):
            inline, odd = read_declarations(element.get("style"))
            self.refused.update(dict.fromkeys(odd))
            self.kept.append(inline)
        own = _attributes(element)
        shut = own
        if closed is not None and element is not closed:
            shut = own or "inside closed details"
        styles = self._styles(element, shut, normal, inline, above, rems)
        self._furniture(element, normal, inline, styles, rems)
        if wrapper.parent is None:
            rems = tuple(style.size for style in styles)
        for name in ("first-line", "first-letter"):
            if name in pseudo:
                parts = self._styles(element, "", pseudo[name], (), styles, rems, part=True)
                styles = self._known(tuple(map(_joined, styles, parts)))
        if pseudo:
            styles = self._generated(element, pseudo, styles, rems)
        if local(element) == "li" and "marker" in pseudo:
            parts = self._styles(element, "", pseudo["marker"], (), styles, rems, part=True)
            if why := next(filter(None, (_reason(part, "1") or part.alone for part in parts)), ""):
                self.odd_lists[element] = f"::marker: {why}"
        if local(element) in ("ol", "ul", "li") and (odd_list := _odd_list(local(element), normal, inline)):
            self.odd_lists[element] = odd_list
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
                if not done[n].hidden and (why := _reaches(values)):
                    if element in self.around or element in self.within:
                        done[n] = replace(style, hidden=f"covered by its ::{name} ({why})")
                    else:
                        self._refuse(f"the ::{name} of <{local(element)}> may lie over words: {why}")
        if any(words.values()):
            before = " ".join(filter(None, (words["before"], words["marker"])))
            self.words[element] = before, words["after"]
        return self._known(done)

    def _refuse(self, what: str) -> None:
        self.refused[Refused(what)] = None

    def _furniture(
        self,
        element: Element,
        matched: Sequence[_Match],
        inline: Sequence[Declaration],
        styles: tuple[Style, ...],
        rems: tuple[float, ...],
    ) -> None:
        """Refuse an element without words of the article that may lie over them, or shows what is no text."""
        if element in self.around or element in self.within:
            return
        tag = local(element)
        own = [each for _, author, rule in matched if author for each in rule.declarations]
        if not own and not inline:
            return
        if tag in _UNSEEN or "hidden" in element.attrib:
            for each in (*own, *inline):
                if each.name == "display" and _words(each.value) != {"none"}:
                    self._refuse(f"a style shows <{tag}>, which is not for the eye")
            return
        words = "".join(element.itertext()).strip()
        skips = _is_skip_link(element) and bool(words)
        if skips:
            for style, medium, rem in zip(styles, self.media, rems, strict=True):
                measure = Measure(style.size, rem, medium.width, _HEIGHT)
                if why := _is_large((*own, *inline), measure, style.custom):
                    self._refuse(f"<{tag}{_named(element)}> may lie over words: {why}")
                    return
        in_line = tag not in BLOCK_ELEMENTS
        for style, medium, rem in zip(styles, self.media, rems, strict=True):
            declared, _ = self._declared(matched, inline, medium, style.custom)
            values = _Values(declared, Measure(style.size, rem, medium.width, _HEIGHT))
            if tag == "a" and not words and values.words("position") - {"static", "relative"}:
                self._refuse(f"<{tag}{_named(element)}> may lie over words: it has none, and takes clicks")
                return
            if skips and (_is_out_of_sight(values) or medium.facts & _ASKED_FOR):
                continue
            if why := _reaches(values, empty=not words, in_line=in_line):
                self._refuse(f"<{tag}{_named(element)}> may lie over words: {why}")
                return

    def _declared(
        self,
        matched: Sequence[_Match],
        inline: Sequence[Declaration],
        medium: Medium,
        custom: Mapping[str, Tokens],
    ) -> tuple[dict[str, Declaration], Mapping[str, Tokens]]:
        """Return the declarations that win, by property, their variables filled in; and the variables."""
        key = (tuple(id(rule) for _, _, rule in matched), tuple(map(id, inline)), id(medium), id(custom))
        if key not in self.winners:
            self.winners[key] = self._winning(matched, inline, medium, custom)
        return self.winners[key]

    def _winning(
        self,
        matched: Sequence[_Match],
        inline: Sequence[Declaration],
        medium: Medium,
        custom: Mapping[str, Tokens],
    ) -> tuple[dict[str, Declaration], Mapping[str, Tokens]]:
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
        variables = custom
        if own:
            self.kept.append(own)
            at = (id(custom), *((name, id(own[name])) for name in sorted(own)))
            variables = self.variables.setdefault(at, {**custom, **own})
        declared = {}
        for name, (_, declaration) in best.items():
            if not name.startswith("--"):
                value = substitute(declaration.value, variables)
                if value is not None:
                    declared[name] = Declaration(name, value, declaration.important, declaration.shorthand)
        return declared, variables

    def _styles(
        self,
        element: Element,
        own: str,
        matched: Sequence[_Match],
        inline: Sequence[Declaration],
        above: tuple[Style, ...],
        rems: tuple[float, ...],
        part: bool = False,
    ) -> tuple[Style, ...]:
        """Return the styles of an element, one for each medium; with ``part``, of its first line or letter.

        ``own`` says why its own name or attributes hide it, and ``above`` are the styles of what it is in.
        """
        tag = local(element)
        block = (tag in BLOCK_ELEMENTS or element in self.around) and not part
        kind = "furniture"
        if element in self.around or element in self.within:
            kind = "part" if part else tag if tag in _KINDS else "block" if block else "inline"
            if kind == "inline" and len("".join(element.itertext()).strip()) <= _SHORT:
                kind = "number"
            if tag == "nav" and element.get("role") == "doc-toc":
                kind = "contents"
        style = element.get("style") if not part else None
        key = (id(above), kind, tuple(id(rule) for _, _, rule in matched), style, own, block, rems)
        if key not in self.cache:
            found = tuple(
                self._style(kind, own, matched, inline, style, medium, rem, block)
                for style, medium, rem in zip(above, self.media, rems, strict=True)
            )
            self.cache[key] = self._known(found)
        return self.cache[key]

    def _known(self, styles: Sequence[Style]) -> tuple[Style, ...]:
        """Return the one object that stands for all equal to ``styles``."""
        same = tuple(self.same.setdefault(_identity(style), style) for style in styles)
        return self.rows.setdefault(tuple(map(id, same)), same)

    def _style(
        self,
        kind: str,
        own: str,
        matched: Sequence[_Match],
        inline: Sequence[Declaration],
        above: Style,
        medium: Medium,
        rem: float,
        block: bool,
    ) -> Style:
        declared, custom = self._declared(matched, inline, medium, above.custom)
        style = _computed(declared, custom, above, medium, rem)
        values = _Values(declared, Measure(style.size, rem, medium.width, _HEIGHT))
        reason = above.hidden or own or _hides(values, style, medium, block) or self._animated(declared)
        if kind == "contents" and not reason:
            reason = _follows(values)
        if values.declared and block and not reason and (indent := _hanging(values)) > _NEAR:
            reason = f"text-indent moves it {indent:g} px to the left of its box"
        taken = above.taken + (_taken(values, medium.least) if block and kind != "furniture" else 0.0)
        shift = above.shift + _shift(values)
        if shift > _FAR and not reason and kind != "furniture":
            reason = f"margins, indents and offsets move it {shift:g} px to the left"
        alone = above.alone
        if kind != "furniture" and not alone:
            every = (each for _, author, rule in matched if author for each in rule.declarations)
            alone = _alone((*every, *inline), values.measure, custom, kind)
        if taken > medium.least - _NARROW and kind != "furniture" and not alone:
            alone = f"margins, paddings and borders of {taken:g} px leave it no room on a narrow screen"
        if (style.hidden, style.alone, style.shift, style.taken) != (reason, alone, shift, taken):
            style = replace(style, hidden=reason, alone=alone, shift=shift, taken=taken)
        return style

    def _animated(self, declared: Mapping[str, Declaration]) -> str:
        """A block must be seen from the first frame of an animation to the last."""
        animation = declared.get("animation-name")
        for token in animation.value if animation else ():
            if token.type in ("ident", "string"):
                for each in self.keyframes.get(token.value, ()):
                    return f"animation {token.value} changes {each.name}"
        return ""


def _identity(style: Style) -> tuple[object, ...]:
    """Return what two styles have in common that no element inherits differently."""
    return tuple(id(style.custom) if name == "custom" else getattr(style, name) for name in Style.__slots__)


_SHORT = 4
"""Characters of a number or a note mark, which fit into a box of their own in a line."""

_UNSEEN = names("head link meta script style template title")
_KINDS = frozenset((*_TABLE_PARTS, "figure", "aside", "img", "html", "body"))


def _kinds(root: Element) -> tuple[frozenset[Element], frozenset[Element]]:
    """Return the elements that are or hold a block or an entry of the contents, and what stands in one."""
    around: set[Element] = set()
    within: set[Element] = set()

    def walk(element: Element, inside: bool, contents: bool) -> bool:
        if inside:
            within.add(element)
        own = bool(element.get("id")) and local(element) in TEXT_ELEMENTS
        contents = contents or (local(element) == "nav" and element.get("role") == "doc-toc")
        own = own or (contents and local(element) == "a" and not inside)
        holds = [walk(child, inside or own, contents) for child in element if isinstance(child.tag, str)]
        if own or any(holds):
            around.add(element)
        return element in around

    walk(root, False, False)
    return frozenset(around), frozenset(within)


def _named(element: Element) -> str:
    return f" class={element.get('class')}" if element.get("class") else ""


def _is_skip_link(element: Element) -> bool:
    """The link that leads past the head of the page: out of sight until it is asked for, and then small."""
    return local(element) == "a" and (element.get("href") or "").startswith("#")


_ASKED_FOR = names(":focus :focus-visible :focus-within :active :target")
"""States in which a link that was out of sight may show."""


def _is_large(declarations: Sequence[Declaration], measure: Measure, custom: Mapping[str, Tokens]) -> str:
    """Say what of its styles, under whatever condition, lets a link be larger than its words need.

    Only the offsets that put it out of sight may be of any size.
    """
    free = {n for each in declarations if each.name == "position" for n in _words(each.value)}
    if not free & {"absolute", "fixed", "sticky"}:
        return ""
    sides = {
        each.name
        for each in declarations
        if (each.name in _OFFSETS or each.name.startswith("inset")) and _words(each.value) != {"auto"}
    }
    for one, other in (("left", "right"), ("top", "bottom"), ("inline-start", "inline-end")):
        if any(one in side for side in sides) and any(other in side for side in sides):
            return f"it may be as large as the page ({one} and {other})"
    for each in declarations:
        most = 480.0 if "width" in each.name or "inline-size" in each.name else 64.0
        if each.name in _OFFSETS or each.name.startswith(("inset", "margin", "--", "z-index", "background")):
            continue
        if each.name in (
            "transform",
            "translate",
            "clip",
            "clip-path",
            "opacity",
            "font-weight",
            "line-height",
        ):
            continue
        for token in substitute(each.value, custom) or ():
            found = length((token,), replace(measure, base=measure.width))
            if found is not None and abs(found) > most:
                return f"{each.name}: {found:g} px"
    return ""


def _is_out_of_sight(values: _Values) -> bool:
    """Whether a link stands outside of the page, or shows nothing, until it is asked for."""
    if values.words("display") & {"none"} or values.words("visibility") & {"hidden"}:
        return True
    if any(values.tokens(name) and not values.words(name) for name in ("clip", "clip-path")):
        return True
    moved = [found for name in _OFFSETS for found in values.lengths(name, values.measure.width)]
    for token in values.tokens("transform"):
        if token.type == "function" and "translate" in token.lower_name:
            inner = [each for each in token.arguments if each.type != "whitespace"]
            moved += [length((each,), replace(values.measure, base=40.0)) or 0.0 for each in inner]
    return any(found <= -40 for found in moved)


def local(element: Element) -> str:
    """Return an element's name without its namespace, "" for a comment."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


@cache
def _browser_sheet() -> Sheet:
    return read_sheet(_BROWSER_STYLES)


def _canvas(medium: Medium) -> Style:
    """The page itself. A dark theme that the file has not asked for leaves it white (HTML)."""
    if medium.night:
        return Style(16.0, WHITE, (BLACK,), {}, dark=True)
    return Style(16.0, BLACK, (WHITE,), {})


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
    hidden = style.hidden or _reason(part, "aA1") or part.alone
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
        if dark != above.dark and backdrop == ((BLACK if above.dark else WHITE),):
            ink, backdrop = (WHITE, (DARK_CANVAS,)) if dark else (BLACK, (WHITE,))
    for name in ("color", "-webkit-text-fill-color"):
        if name in declared:
            ink = _ink(declared[name], ink, above.ink, dark)
    if "background-color" in declared:
        painted = next(
            (each for t in values.tokens("background-color") if (each := colour(t, ink, dark))), None
        )
        if painted is not None:
            backdrop = tuple(over(painted, each) for each in backdrop) if painted[3] < 1 else (painted,)
        elif any(
            t.type == "function" and t.lower_name in _COLOURED for t in values.tokens("background-color")
        ):
            backdrop = ()  # a colour that we cannot compute
    for token in values.tokens("background-image"):
        if token.type == "function" and token.lower_name.endswith("-gradient"):
            # Anywhere in it each of its colours may lie behind a letter, or none.
            stops = list(_stops(token, ink, dark))
            painted_over = tuple(over(stop, each) for stop in stops for each in backdrop)
            whole = values.words("background-image") <= names("repeat") and "background-size" not in declared
            backdrop = tuple(dict.fromkeys(painted_over if whole else (*painted_over, *backdrop)))
        elif token.type == "url":
            backdrop = ()
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


_COLOURED = names("rgb rgba hsl hsla hwb lab lch oklab oklch color color-mix light-dark")


def _stops(gradient: Token, ink: Colour | None, dark: bool) -> Iterator[Colour]:
    for token in gradient.arguments:
        if token.type in ("ident", "hash", "function") and (found := colour(token, ink, dark)):
            yield found


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
    block = block or bool(values.words("display") - {"inline", "contents", "none"})
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
        inner = [each for each in token.arguments if each.type not in ("whitespace", "comment")]
        if (
            name in ("scale", "scalex", "scaley")
            and all(each.type in ("number", "literal") for each in inner)
            and all(0 <= each.value <= 2 for each in inner if each.type == "number")
        ):
            continue  # what it makes smaller, the size of its letters tells
        return "transform moves it from its place" if "translate" in name else f"transform: {name}"
    return ""


def _shift(values: _Values) -> float:
    """How far to the left an element moves its words, from its own margins, indent and offsets, in pixels."""
    found = 0.0
    width = values.measure.width
    for name in ("margin-inline", "margin-inline-start", "text-indent", "left", "inset-inline-start"):
        found += -min((each for each in values.lengths(name, width) if each < 0), default=0.0)
    across = list(values.lengths("margin", width))
    left = across[-1] if len(across) in (2, 4) else across[1] if len(across) == 3 else sum(across[:1])
    if "margin" not in values.declared:
        left = next(values.lengths("margin-left", width), 0.0)
    return found + max(0.0, -left)


_SIDES = ("left", "right", "inline-start", "inline-end")


def _taken(values: _Values, width: float) -> float:
    """How many pixels across margins, paddings and borders of an element take of a window so wide."""
    found = 0.0
    for name in values.declared:
        kind = name.partition("-")[0]
        if kind not in ("padding", "margin", "border") or values.declared[name].shorthand:
            continue
        if name.endswith(("radius", "collapse", "spacing", "top", "bottom")) or "-block" in name:
            continue
        given = [max(0.0, each) for each in values.lengths(name, width)]
        if name in ("padding", "margin") and given:
            right = given[1] if len(given) > 1 else given[0]
            found += right + (given[3] if len(given) > 3 else right)
        elif name.endswith(_SIDES) or any(f"{side}-width" in name for side in _SIDES):
            found += max(given, default=0.0)
        elif given:
            found += given[0] + (given[1] if len(given) > 1 else given[0])
    return found


def _hanging(values: _Values) -> float:
    """How far to the left of its box the first line of an element begins, in pixels."""
    width = values.measure.width
    out = -min(values.lengths("text-indent", width), default=0.0)
    if out <= 0:
        return 0.0
    room = [0.0]
    for kind in ("padding", "margin"):
        for name in (f"{kind}-left", f"{kind}-inline-start", f"{kind}-inline", kind):
            given = list(values.lengths(name, width))
            room.append(
                given[3] if len(given) > 3 else given[1] if name == kind and given[1:] else sum(given[:1])
            )
    return out - max(room)


def _follows(values: _Values) -> str:
    """Why contents that stay in sight may lie over the text, "" where they stand beside it."""
    if not values.words("position") & {"sticky"}:
        return ""
    high = list(values.lengths("max-height", _HEIGHT))
    beside = any(name.startswith(("grid-column", "grid-row")) for name in values.declared)
    if not high or max(high) > _HEIGHT or not beside:
        return "position: sticky without a column and a max-height of its own lies over the text"
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


_GLOBAL = names("initial unset")

_ONLY: Mapping[str, frozenset[str]] = {
    "display": names(
        "block inline inline-block flow-root list-item flex inline-flex grid inline-grid -webkit-box"
    ),
    "visibility": names("visible inherit"),
    "clip": names("auto"),
    "clip-path": names("none"),
    "mask-image": names("none"),
    "filter": names("none"),
    "mix-blend-mode": names("normal"),
    "contain": names("none layout style"),
    "container-type": names("normal"),
    "content-visibility": names("visible auto"),
    "content": names("normal none"),
    "unicode-bidi": names("normal isolate plaintext embed"),
    "direction": names("inherit"),
    "writing-mode": names("horizontal-tb"),
    "-webkit-text-security": names("none"),
    "text-shadow": names("none"),
    "text-decoration-line": names(
        "none underline solid double dotted dashed wavy auto from-font inherit currentcolor"
    ),
    "rotate": names("none"),
    "position": names("static relative"),
    "float": names("none"),
    "flex-direction": names("row column nowrap wrap"),
    "flex-wrap": names("nowrap wrap"),
    "grid-auto-flow": names("row"),
    "grid-row": names("auto"),
    "grid-row-start": names("auto"),
    "grid-row-end": names("auto"),
    "grid-template-rows": names("none auto min-content max-content"),
    "grid-auto-rows": names("auto min-content max-content"),
    "height": names("auto min-content max-content fit-content"),
    "overflow-x": names("visible auto scroll"),
    "overflow-y": names("visible auto scroll"),
    "caption-side": names("top"),
    "speak": names("auto normal"),
    "line-clamp": names("none"),
}
"""The keywords of a property that hide, cover or turn nothing; any other word of it counts as hiding."""

_LENGTHLESS = names(
    "clip clip-path mask-image filter rotate grid-row grid-row-start grid-row-end grid-template-rows "
    "grid-auto-rows height text-shadow line-clamp content"
)
"""Of these no number and no function is harmless either."""

_KEYWORDS = ("ident", "literal", "whitespace", "comment")

_BOUNDS: Mapping[str, tuple[float, float]] = {
    # property: least and most pixels of a block, at 16 px to the em
    "line-height": (14.0, 80.0),
    "letter-spacing": (-1.0, 8.0),
    "word-spacing": (-2.5, 16.0),
    "text-indent": (-_FAR, _FAR),
    "vertical-align": (-12.0, 12.0),
    "margin-top": (-_NEAR, 400.0),
    "margin-bottom": (-_NEAR, 400.0),
    "margin-block": (-_NEAR, 400.0),
    "margin-block-start": (-_NEAR, 400.0),
    "margin-block-end": (-_NEAR, 400.0),
    "margin-left": (-_FAR, 400.0),
    "margin-right": (-_FAR, 400.0),
    "margin-inline": (-_FAR, 400.0),
    "margin-inline-start": (-_FAR, 400.0),
    "margin-inline-end": (-_FAR, 400.0),
    **{
        f"padding{side}": (0.0, 400.0)
        for side in ("", "-left", "-right", "-top", "-bottom", "-inline", "-inline-start", "-inline-end")
    },
    "padding-block": (0.0, 400.0),
    "padding-block-start": (0.0, 400.0),
    "padding-block-end": (0.0, 400.0),
    **dict.fromkeys(_OFFSETS, (-_NEAR, _NEAR)),
    "min-width": (0.0, 480.0),
    "min-inline-size": (0.0, 480.0),
    "min-height": (0.0, _HEIGHT),
    "min-block-size": (0.0, _HEIGHT),
    "width": (_NARROW, 4000.0),
    "max-width": (_NARROW, 1e9),
    "max-height": (160.0, 1e9),
    "text-decoration": (0.0, 4.0),
    "text-decoration-thickness": (0.0, 4.0),
    "text-underline-offset": (-1.0, 8.0),
    "outline": (0.0, 4.0),
    "outline-width": (0.0, 4.0),
    "outline-offset": (-2.0, 12.0),
    **{
        f"border{side}{width}": (0.0, 32.0)
        for side in ("", *(f"-{each}" for each in (*_SIDES, "top", "bottom", "inline", "block")))
        for width in ("", "-width")
    },
    **dict.fromkeys(("border-block-start", "border-block-end"), (0.0, 32.0)),
    **dict.fromkeys(("border-block-start-width", "border-block-end-width"), (0.0, 32.0)),
    "box-shadow": (-16.0, 16.0),
    "column-count": (1.0, 4.0),
    "columns": (1.0, 4.0),
    "column-width": (128.0, 1e9),
    "gap": (0.0, 160.0),
    "column-gap": (0.0, 160.0),
    "row-gap": (0.0, 160.0),
    "text-size-adjust": (1280.0, 1280.0),
    "-webkit-text-size-adjust": (1280.0, 1280.0),
    "-moz-text-size-adjust": (1280.0, 1280.0),
    "translate": (-_NEAR, _NEAR),
    "border-spacing": (0.0, 64.0),
    "flex-basis": (_NARROW, 4000.0),
}
_OF_BLOCKS = names(
    "line-height width max-width min-width min-inline-size max-height flex-basis "
    "column-count columns column-width"
)
"""Bounds that do not hold of what stands in a line, such as a number in a box of its own."""


def _alone(
    declarations: Sequence[Declaration], measure: Measure, custom: Mapping[str, Tokens], kind: str
) -> str:
    """Return the first of ``declarations`` that hides by itself, whatever else applies, "" for none.

    ``kind`` is the element's name where that matters, else "block", "inline" or "part" (a first line).
    """
    for each in declarations:
        if not each.name.startswith("--"):
            value = substitute(each.value, custom)
            if value is not None and (why := _hides_alone(each, value, measure, kind)):
                return why
    return ""


def _hides_alone(declaration: Declaration, value: Tokens, measure: Measure, kind: str) -> str:
    name = declaration.name
    words = frozenset(_words(value) - _GLOBAL)
    if name == "display" and kind in _TABLE_PARTS:
        harmless = frozenset((_TABLE_PARTS[kind],))
    elif name == "display" and words == {"table"}:
        harmless = words
    elif name == "position" and kind == "contents":
        harmless = names("static relative sticky")  # beside the text on a wide screen
    elif name == "float" and kind in ("figure", "aside"):
        harmless = names("none left right inline-start inline-end")
    elif name.startswith("grid-row") and kind == "contents":
        harmless = words
    elif name in ("height", "max-height") and kind == "img":
        harmless = names("auto none")
    else:
        harmless = _ONLY.get(name, words)
    shown = declaration.shorthand or name
    if name == "background-clip":
        return f"{shown}: text" if "text" in words else ""
    if odd := words - harmless:
        return f"{shown}: {min(odd)}"
    beside = name.startswith("grid-row") and kind == "contents"
    seen = name == "height" and kind == "img" and _is_high_picture(value, measure)
    if name in _LENGTHLESS and not beside and not seen and any(t.type not in _KEYWORDS for t in value):
        return f"{shown} is set"
    if name == "transform" and words != {"none"} and not _is_scaled(value):
        return f"{shown}: its words are moved or turned"
    if name in ("color", "-webkit-text-fill-color") and "transparent" in words:
        return f"{name}: transparent"
    if (
        name in ("opacity",)
        and (found := length(value, replace(measure, base=1.0))) is not None
        and found < 1
    ):
        return f"opacity: {found:g}"
    if name in ("zoom", "scale"):
        found = length(value, replace(measure, base=1.0))
        if found is not None and not 1 <= found <= 2:
            return f"{name}: {found:g}"
    if name == "z-index" and any(token.type == "number" and token.value < 0 for token in value):
        return "z-index below 0 puts it behind the page"
    if name == "order" and any(token.type == "number" and token.value for token in value):
        return "order shows it out of turn"
    if name == "grid-template-columns" and not all(_is_wide(token, measure) for token in value):
        return "grid-template-columns has a column too narrow for words"
    if name == "box-shadow" and "inset" in words:
        inner = [length((token,), measure) for token in value]
        if any(found is not None and abs(found) > 4 for found in inner):
            return "box-shadow: inset lies behind its letters"
    round = [length((token,), replace(measure, base=320.0)) or 0.0 for token in value]
    if kind == "img" and "radius" in name and max(round, default=0.0) > 32:
        return f"{name} cuts the corners off the picture"
    if name == "grid-template-columns" and len(value) > 4:
        return "grid-template-columns has columns too narrow for words"
    if name == "flex" and not _is_flexible(value):
        return "flex makes a box too narrow for words"
    return _out_of_bounds(name, declaration, value, measure, kind)


def _out_of_bounds(name: str, declaration: Declaration, value: Tokens, measure: Measure, kind: str) -> str:
    narrow = kind == "number" and name in ("width", "max-width", "max-height")
    if name not in _BOUNDS or (kind in ("number", "part") and name in _OF_BLOCKS and not narrow):
        return ""
    if kind == "inline" and name in ("line-height", "min-width", "min-inline-size", "flex-basis"):
        return ""
    if kind == "img" and (name.startswith("padding") or name == "border") and _broad(value, measure):
        return f"{name} leaves the picture no room"
    if name == "line-height" and declaration.shorthand:
        slash = next((n for n, token in enumerate(value) if token == "/"), len(value))
        value = value[slash + 1 : slash + 2]
    sides = declaration.shorthand in ("margin", "inset", "margin-inline", "margin-block")
    if sides:
        value = _side(value, name)
    least, most = _BOUNDS[name]
    if narrow:
        least = 12.0
    elif kind in ("inline", "number", "part"):
        # The edges of a box in a line lie over what stands around it.
        if name.startswith("border"):
            most = 8.0
        elif name.startswith("padding"):
            most = 16.0
        elif name.startswith("margin"):
            least = -4.0
    elif kind == "contents" and name in _OFFSETS:
        least, most = 0.0, 64.0
    if kind in ("th", "td") and name in ("width", "max-width"):
        least = 16.0
    em = measure.em / 16
    if name.endswith("text-size-adjust"):
        measure = replace(measure, width=1280.0)
    base = (
        measure.em
        if name in ("line-height", "letter-spacing", "word-spacing", "vertical-align")
        else (measure.width)
    )
    grown = name in ("line-height", "letter-spacing", "word-spacing", "text-decoration-thickness")
    for token in value:
        found = length((token,), replace(measure, base=base))
        if found is None:
            continue
        if name == "line-height" and token.type in ("number", "function"):
            found *= measure.em if token.type == "number" else 1.0
        if name == "min-width" and token.type == "percentage" and token.value <= 100:
            continue
        if not least * (em if grown else 1) <= found <= most * max(em, 1.0):
            return f"{declaration.shorthand or name}: {found:g} px"
    return ""


def _side(value: Tokens, name: str) -> Tokens:
    """The part of a shorthand for four (or two) sides that is meant for one of them."""
    last = name.rpartition("-")[2]
    if name.startswith(("margin-inline", "margin-block", "inset-inline", "inset-block")):
        return value[:1] if last == "start" or len(value) == 1 else value[1:2]
    at = ("top", "right", "bottom", "left").index(last)
    return (
        (value[at : at + 1] or value[at - 2 : at - 1] or value[:1])
        if at >= 2
        else (value[at : at + 1] or value[:1])
    )


def _broad(value: Tokens, measure: Measure) -> bool:
    return any((length((token,), measure) or 0.0) > 16 for token in value)


def _is_high_picture(value: Tokens, measure: Measure) -> bool:
    found = length(value, replace(measure, base=_HEIGHT))
    return found is not None and found >= 120


def _is_scaled(value: Tokens) -> bool:
    """Whether a transform only makes larger or smaller, which the size of the letters tells."""
    return all(
        token.type == "function"
        and token.lower_name in ("scale", "scalex", "scaley")
        and all(1 <= each.value <= 2 for each in token.arguments if each.type == "number")
        for token in value
    )


def _is_wide(token: Token, measure: Measure) -> bool:
    """Whether a column of a grid has room for a word."""
    if token.type == "function" and token.lower_name in ("minmax", "repeat"):
        inner = [each for each in token.arguments if each.type not in ("whitespace", "comment", "literal")]
        if token.lower_name == "repeat" and inner and inner[0].type == "number" and inner[0].value > 4:
            return False
        return bool(inner) and _is_wide(inner[-1], measure)
    if token.type == "dimension" and token.lower_unit == "fr":
        return bool(token.value >= 0.2)
    found = length((token,), replace(measure, base=320.0))
    return found is None or found >= 40


def _is_flexible(value: Tokens) -> bool:
    """Whether ``flex`` leaves a box as wide as its words, or lets it grow."""
    if _words(value) & {"auto", "none"} or len(value) == 1:
        return not any(token.type == "number" and token.value == 0 for token in value)
    return value[0].type == "number" and (value[0].value >= 0.2 or "auto" in _words(value))


_EDGES = ("border", "padding")


def _reaches(values: _Values, empty: bool = True, in_line: bool = True) -> str:
    """Why a box without words of the article may lie over them, "" where it cannot.

    Whatever stands in the flow of the page moves others aside. One that leaves it, or draws outside of
    its edges, must be a thin line, or paint nothing.
    """
    width = values.measure.width
    for name in ("box-shadow", "outline", "outline-width", "outline-offset"):
        if any(not -4 <= found <= 16 for found in values.lengths(name, width)):
            return f"its {name} is broad"
    if in_line and not values.words("display") - {"inline", "none", "contents"}:
        # Above and below, the edges of a box in a line take no room: they lie over the lines around.
        for name in values.declared:
            edge = name.startswith(_EDGES) and not name.endswith(("radius", "collapse", "spacing"))
            if edge and any(found > 16 for found in values.lengths(name, width)):
                return f"its {name} in a line is broad"
    for name in ("transform", "rotate", "scale", "zoom"):
        if values.tokens(name) and not values.words(name) & {"none"}:
            return f"its {name}"
    free = values.words("position") & {"absolute", "fixed", "sticky"}
    moved = values.words("position") & {"relative"} and any(
        abs(found) > _NEAR for name in (*_OFFSETS, "inset") for found in values.lengths(name, width)
    )
    pulled = any(
        found < -_NEAR
        for name in values.declared
        if name.startswith("margin")
        for found in values.lengths(name, width)
    )
    shifted = any(abs(found) > _NEAR for found in values.lengths("translate", width))
    if not (free or moved or pulled or shifted):
        return ""
    if any(found < 0 for found in values.lengths("z-index", 0.0)) and empty:
        return ""
    paints = not empty or any(
        name.startswith(("background", "border", "outline", "box-shadow", "content", "backdrop"))
        and not values.words(name) & {"none", "transparent"}
        and not (
            name == "content" and all(t.type == "string" and not t.value.strip() for t in values.tokens(name))
        )
        for name in values.declared
        if not name.endswith(("radius", "collapse", "spacing", "clip"))
    )
    if not paints:
        return ""
    thin = any(
        found <= 2 * _NEAR / 2
        for name in ("width", "height")
        if not any(values.tokens(f"{edge}") for edge in ("border", "padding", "border-width"))
        for found in values.lengths(name, width)
    )
    why = min(free) if free else "relative" if moved else "a negative margin" if pulled else "translate"
    return "" if thin and empty else f"it stands out of the flow ({why})"


NEUTRAL = frozenset(" \t\n\r\f\u00a0\u200b\u2009\u202f\u2060\ufeff“”„‟‘’‚«»‹›\"'•◦▪▫·▸▹▶▷→↗()[]")
"""Signs that may be set beside words and say nothing: no digit, no dash (it could be a minus), no ✗ or ≠."""


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
    return words if set(words) - NEUTRAL else ""


def _list_words(matched: Sequence[_Match], inline: Sequence[Declaration]) -> str:
    """Return the words that a ``list-style-type`` of its own puts before items, in any medium."""
    for declarations in (*(rule.declarations for _, _, rule in matched), inline):
        for declaration in declarations:
            if declaration.name == "list-style-type":
                words = "".join(token.value for token in declaration.value if token.type == "string")
                if set(words) - NEUTRAL:
                    return words
    return ""


def _odd_list(tag: str, matched: Sequence[_Match], inline: Sequence[Declaration]) -> str:
    """Return the style, in any medium, that shows another number before items than the one they have."""
    for declarations in (*(rule.declarations for _, author, rule in matched if author), inline):
        for declaration in declarations:
            if declaration.name in ("list-style", "list-style-type"):
                odd = _words(declaration.value) - names("decimal inside outside initial unset inherit")
                if odd or any(token.type == "string" for token in declaration.value):
                    return f"{declaration.name}: {min(odd, default='words')}"
            if tag == "li" and declaration.name == "display":
                return f"display: {min(_words(declaration.value), default='')}"
    return ""
