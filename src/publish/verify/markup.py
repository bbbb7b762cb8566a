"""Say which elements and attributes of a web page or e-book the proof does not understand.

A parsed document in, a reason for each odd element out. As with styles, this is a list of what may
stand: an attribute that nobody thought of could be heard, or shown, in place of an article's words.

Rules: HTML, the attributes of each element; ARIA in HTML, section 4; Digital Publishing WAI-ARIA.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from publish.model import direction, own_direction
from publish.verify.reading import Heard, names
from publish.verify.styles import TEXT_ELEMENTS, Element, local

XHTML = "{http://www.w3.org/1999/xhtml}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
EPUB_TYPE = "{http://www.idpf.org/2007/ops}type"

_ANYWHERE = frozenset((XML_LANG, EPUB_TYPE)) | names(
    "id class lang xml:lang dir style hidden inert popover aria-hidden aria-labelledby aria-label tabindex "
    "role xmlns xmlns:epub epub:type"
)
"""Those that hide are judged with the styles; those with a meaning of their own below."""

_OWN: Mapping[str, frozenset[str]] = {
    "a": names("href type rel hreflang"),
    "details": names("open"),
    "dialog": names("open"),
    "div": names("title"),
    "html": names("prefix"),
    "img": names("src alt width height"),
    "link": names("rel href type title hreflang media"),
    "meta": names("charset name content property http-equiv"),
    "ol": names("start"),
    "script": names("type"),
    "span": names("title"),
    "style": names("type media"),
    "th": names("scope"),
}
_ROLES: Mapping[str, frozenset[str]] = {
    "a": names("doc-noteref doc-backlink"),
    "div": names("region doc-footnote doc-pagebreak"),
    "img": names("doc-cover"),
    "nav": names("doc-toc doc-pagelist"),
    "section": names("doc-chapter doc-qna doc-endnotes"),
    "span": names("doc-pagebreak"),
}
_TYPES: Mapping[str, frozenset[str]] = {
    "a": names("noteref cover toc bodymatter endnotes"),
    "body": names("frontmatter bodymatter backmatter"),
    "div": names("footnote pagebreak"),
    "nav": names("toc landmarks page-list"),
    "section": names("chapter qna endnotes"),
    "span": names("pagebreak"),
}
_AROUND_BLOCKS = names(
    "html body main article section div header footer nav aside hgroup blockquote ul ol li figure"
)
_AROUND: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("dt", "dd"), _AROUND_BLOCKS | {"dl"}),
    **dict.fromkeys(("th", "td"), _AROUND_BLOCKS | names("table thead tbody tr")),
    "caption": _AROUND_BLOCKS | {"table"},
}
"""What blocks may stand in; in anything else, such as a heading without an id, they become something else."""

_IN_BLOCKS = names("a abbr b bdi br cite em i small span strong sub sup time")
"""What may stand in a block; anything else may add signs or letters of its own, or turn the words."""

_IN_HEAD = names("link meta style title")
_NAMES = names("h1 h2 h3 h4 h5 h6 caption figcaption")
"""What a section, a table or a figure may take its name from, so that it is a line of the article."""

_DESCRIBING = names(
    "viewport description keywords author color-scheme theme-color referrer robots generator "
    "format-detection og:type og:title og:description og:locale og:url dcterms.identifier "
    "dcterms.title dcterms.language dcterms.publisher dcterms.modified dcterms.issued"
)
"""What a <meta> may tell; what it tells is compared where it describes the article."""

_VIEWPORT = re.compile(r"width=device-width(,initial-scale=1(\.0)?)?")
_POLICY = names(
    "default-src img-src style-src script-src font-src connect-src object-src frame-src media-src base-uri "
    "form-action frame-ancestors"
)


def odd(root: Element) -> Iterator[tuple[Element, str]]:
    """Yield each element with something in or about it that the proof does not understand."""

    body = next((each for each in root if local(each) == "body"), None)
    alone = body is None or not "".join(body.itertext()).strip()

    def walk(
        element: Element, language: str, head: bool, around: tuple[str, ...], inside: bool
    ) -> Iterator[tuple[Element, str]]:
        if not isinstance(element.tag, str):
            return
        own = str(element.get(XML_LANG) or element.get("lang") or language)
        tag = local(element)
        block = bool(element.get("id")) and tag in TEXT_ELEMENTS
        if why := _odd(element, own, head, alone) or _misplaced(element, tag, block, around, inside):
            yield element, why
        for child in element:
            yield from walk(child, own, head or tag == "head", (*around, tag), inside or block)

    yield from walk(root, "", False, (), False)


def _misplaced(element: Element, tag: str, block: bool, around: tuple[str, ...], inside: bool) -> str:
    """Say which element makes something else of the block that it stands around, or in."""
    if block and not inside:
        if odd := set(around) - _AROUND.get(tag, _AROUND_BLOCKS):
            return f"a <{tag}> of the article in a <{min(odd)}>"
    elif inside and not block and tag not in _IN_BLOCKS:
        return f"a <{tag}> in the words of the article"
    elif inside and tag in ("sub", "sup") and not _is_of_a_note(element):
        return f"a <{tag}> around words that are not raised or lowered"
    return ""


def _is_of_a_note(element: Element) -> bool:
    """Whether an element stands around a note mark and nothing else."""
    inner = [each for each in element if isinstance(each.tag, str)]
    alone = [each.get("role") for each in inner] == ["doc-noteref"]
    words = (element.text or "") + "".join(each.tail or "" for each in element)
    return alone and not words.strip()


def _odd(element: Element, language: str, head: bool, alone: bool) -> str:
    tag = local(element)
    if not str(element.tag).startswith(XHTML):
        return f"a <{tag}> that is no HTML"
    if tag == "bdo":
        return "a <bdo>, which turns its words"
    if tag in _IN_HEAD and not head:
        return f"a <{tag}> in the text"
    if tag == "style" and len(element):
        return "a <style> with something else than styles in it"
    languages = {str(element.get(XML_LANG) or ""), str(element.get("lang") or "")} - {""}
    if len({each.lower() for each in languages}) > 1:
        return f"two languages of one <{tag}>: {' and '.join(sorted(languages))}"
    for name, value in element.attrib.items():
        if why := _attribute(element, tag, str(name), str(value), language):
            return f"{why} on <{tag}>"
    if tag == "img" and not element.get("id") and not (element.get("role") == "doc-cover" and alone):
        return "a picture that is none of the article's (<img> without an id)"
    return ""


def _attribute(element: Element, tag: str, name: str, value: str, language: str) -> str:
    """Say what is odd about one attribute, "" for nothing."""
    bad = f"{name.rpartition('}')[2]}={value[:40]}"
    if name.startswith("data-") or name.startswith("on"):
        return ""  # never seen or heard; scripts are told as such
    if name not in _ANYWHERE and name not in _OWN.get(tag, ()):
        return bad
    words = set(value.split())
    marks_page = "doc-pagebreak" in (element.get("role") or "") or "pagebreak" in (
        element.get(EPUB_TYPE) or ""
    )
    match name:
        case "role":
            fits = words <= _ROLES.get(tag, frozenset())
        case _ if name in (EPUB_TYPE, "epub:type"):
            fits = words <= _TYPES.get(tag, frozenset())
        case "dir" if tag == "html":
            fits = True  # that of the whole page is compared with the article's
        case "dir":
            fits = value == (
                own_direction("".join(element.itertext()), language) if tag == "bdi" else direction(language)
            )
        case "tabindex":
            fits = value in ("0", "-1")
        case "aria-label":
            named = tag in ("nav", "main") or element.get("role") == "doc-noteref"
            fits = named or (marks_page and value == element.get("title", value))
        case "aria-labelledby":
            fits = any(each.get("id") == value and local(each) in _NAMES for each in element.iter())
        case "title":
            fits = marks_page or (tag == "link" and (element.get("rel") or "").lower() == "alternate")
        case "type" if tag == "style":
            fits = value.strip().lower() == "text/css"
        case "scope":
            fits = value in ("row", "col")
        case "start":
            fits = value.isascii() and value.isdigit()
        case "charset":
            fits = value.strip().lower() == "utf-8"
        case "http-equiv":
            fits = _is_harmless(value.strip().lower(), element.get("content") or "")
        case "name" | "property":
            fits = value.lower() in _DESCRIBING
        case "content" if (element.get("name") or "").lower() == "viewport":
            fits = bool(_VIEWPORT.fullmatch("".join(value.lower().split())))
        case _:
            fits = True
    return "" if fits else bad


def _is_harmless(pragma: str, content: str) -> bool:
    """Whether a <meta http-equiv> leaves the page its pictures, its styles and its letters."""
    if pragma == "content-type":
        return content.lower().replace(" ", "") == "text/html;charset=utf-8"
    policy: dict[str, list[str]] = {}
    for part in content.split(";"):
        if words := part.split():
            policy.setdefault(words[0].lower(), words[1:])  # browsers leave out a second one
    pictures = policy.get("img-src", policy.get("default-src", ["data:"]))
    styles = policy.get("style-src", policy.get("default-src", ["'unsafe-inline'"]))
    return (
        pragma == "content-security-policy"
        and policy.keys() <= _POLICY
        and "data:" in pictures
        and "'unsafe-inline'" in styles
        and not any(each.lower().startswith(("'nonce-", "'sha")) for each in styles)  # both undo the former
    )


def heard(root: Element) -> Iterator[Heard]:
    """Yield the names that elements have for those who listen, which stand in no text."""
    for element in root.iter():
        if isinstance(element.tag, str) and (label := element.get("aria-label")):
            role = element.get("role") or element.get(EPUB_TYPE) or ""
            if role == "doc-noteref":
                shown = "".join("".join(element.itertext()).split()).strip("[]()")
                yield Heard("note", " ".join(label.split()), shown)
            elif local(element) in ("nav", "main"):
                yield Heard("landmark", " ".join(label.split()))
