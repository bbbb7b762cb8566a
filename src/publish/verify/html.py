"""Read a finished web page: the bytes of one HTML file in, a ``Reading`` out.

The file is parsed as browsers parse it (WHATWG HTML, section 13.2): lxml's HTML parser was tried
and leaves a section inside a p, lower-cases SVG and adds no tbody.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import json
import re
import urllib.parse
from collections.abc import Iterator
from typing import Any

from publish.errors import Problem, PublishError
from publish.verify.document import MAX_TAGS, Found, elements, is_too_deep, language_of, read_document
from publish.verify.reading import LOST, Heard, Reading, Refused, canonical, names
from publish.verify.safety import page_outside
from publish.verify.sheets import Sheet, media, read_sheet
from publish.verify.styles import Element, Styles, local

MAX_BYTES = 64 * 1024 * 1024


def read(data: bytes) -> Reading:
    """Return what the web page says; raises ``PublishError`` for bytes that are no such page."""
    try:
        text = _text(data)
        return _read(_parse(text), text)
    except RecursionError as error:  # cssselect2 0.10 looks up earlier siblings by recursion
        raise _not_read("it has too many elements in a row") from error


def _read(root: Element, text: str) -> Reading:
    sheets = tuple(_sheets(root))
    styles = Styles(root, sheets, media(sheets), html=True)
    ids = {element.get("id") for element in root.iter() if isinstance(element.tag, str)}

    def resolve(href: str) -> str:
        href = href.strip()
        if not href.startswith("#"):
            return href
        id = urllib.parse.unquote(href[1:])
        return f"#{id}" if id in ids else f"#{id}{LOST}"

    found = Found()
    read_document(found, root, styles, resolve, _picture)
    if why := _odd_head(root, text):
        found.refused[Refused(why)] = None
    for name in _odd_data(list(_structured(root))):
        found.refused[Refused(f"data for search engines with {name}")] = None
    contents = found.entries(found.contents)
    outside = page_outside(root)
    return Reading(
        found.blocks(),
        _metadata(root),
        contents,
        questions=tuple(_questions(root)),
        marks=(*found.marks, *found.waiting),
        dangers=tuple(outside.dangers),
        heard=(*found.heard, *_files(root)),
        refused=tuple(found.refused),
        addresses=tuple(outside.addresses),
    )


def _text(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise _not_read(f"it has more than {MAX_BYTES} bytes")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _not_read(f"byte {error.start} is not UTF-8") from error


def _parse(text: str) -> Element:
    import tinyhtml5

    if text.count("<") > MAX_TAGS:
        raise _not_read("it has too many elements")
    if "<html" not in text[:1024].lower():
        raise _not_read("it does not begin with <html>")
    # A str alone could be taken for a file's name.
    root = tinyhtml5.parse(io.StringIO(text))
    if is_too_deep(root):
        raise _not_read("its elements are nested too deep")
    return root


def _odd_head(root: Element, text: str) -> str:
    """Say what lets a browser read the bytes by other rules (HTML, sections 13.2.3 and 13.2.6.4.1)."""
    if not re.match(r"\s*<!doctype html\s*>", text, re.IGNORECASE):
        return "a page that does not begin with <!doctype html>: browsers show it by the rules of old pages"
    head = next(elements(root, "head"), ())
    first = next((each for each in head if isinstance(each.tag, str)), None)
    if first is None or local(first) != "meta" or (first.get("charset") or "").strip().lower() != "utf-8":
        return 'the head does not begin with <meta charset="utf-8">'
    return ""


def _not_read(why: str) -> PublishError:
    return PublishError(Problem(f"this is no web page that can be read: {why}", kind="unreadable"))


def _sheets(root: Element) -> Iterator[Sheet]:
    for element in root.iter():
        tag = local(element)
        if tag == "style":
            # Lines are counted as in the layout, whose text begins in a line of its own.
            yield read_sheet((element.text or "").removeprefix("\n"), element.get("media") or "", html=True)
        elif tag == "link" and "stylesheet" in (element.get("rel") or "").lower().split():
            address = element.get("href") or ""
            text = _data(address)
            if text is None:
                raise PublishError(
                    Problem(
                        f"the style sheet “{address}” is not in the file, so nobody can know what it hides",
                        hint="put all styles into the page itself",
                        kind="styles",
                    )
                )
            yield read_sheet(text.decode("utf-8", "replace"), element.get("media") or "", html=True)


def _data(address: str) -> bytes | None:
    """Return the bytes of a ``data:`` address (RFC 2397), None for any other or a broken one."""
    if not address.startswith("data:") or "," not in address:
        return None
    head, _, body = address.partition(",")
    raw = urllib.parse.unquote_to_bytes(body)
    if not head.endswith(";base64"):
        return raw
    try:
        return base64.b64decode(raw, validate=True)
    except binascii.Error:
        return None


def _picture(source: str) -> str:
    data = _data(source) if source.startswith("data:image/") else None
    return hashlib.sha256(data).hexdigest() if data else ""


def _metadata(root: Element) -> dict[str, str]:
    found = {"language": language_of(root), "direction": root.get("dir") or "ltr"}
    title = next(elements(root, "title"), None)
    if title is not None:
        found["title"] = canonical("".join(title.itertext()))
    for meta in elements(root, "meta"):
        name = (meta.get("name") or meta.get("property") or "").lower()
        said = canonical(meta.get("content") or "")
        if name:
            found[name] = f"{found[name]}; {said}" if name in found else said
    if "dcterms.identifier" in found:
        found["identifier"] = found.pop("dcterms.identifier")
    data = list(_structured(root))
    for page in (page for each in data for page in _of_type(each, "MedicalWebPage")):
        for name in ("name", "description"):
            found[f"data: {name}"] = canonical(str(page.get(name, "")))
        people = (str(each.get("name", "")) for each in _of_type(page.get("author"), "Person"))
        found["data: author"] = canonical("; ".join(people))
        for name, kind in (("publisher", "Organization"), ("reviewedBy", "Person")):
            each_name = (str(each.get("name", "")) for each in _of_type(page.get(name), kind))
            found[f"data: {name}"] = canonical("; ".join(each_name))
    if data:
        found["data: questions"] = str(sum(1 for _ in _questions(root)))
    return found


_TOLD = names(
    "@context @graph @type identifier name description inLanguage audience audienceType dateModified "
    "publisher keywords about lastReviewed datePublished author reviewedBy isBasedOn url citation mainEntity "
    "acceptedAnswer text"
)
"""What JSON-LD may tell of the page; nobody would see what it tells besides."""


def _odd_data(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from sorted(value.keys() - _TOLD)
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _odd_data(each)


def _files(root: Element) -> Iterator[Heard]:
    """Yield the words and the address of each link to another file beside this one."""
    for element in root.iter():
        address = element.get("href") or "" if local(element) in ("a", "link") else ""
        if address and not re.match(r"#|/|[a-z][a-z0-9+.-]*:", address, re.IGNORECASE):
            words = element.get("title") or "".join(element.itertext())
            yield Heard("file", canonical(words), address)


def _structured(root: Element) -> Iterator[Any]:
    """Yield what each JSON-LD script of the page holds."""
    for script in elements(root, "script"):
        if (script.get("type") or "").strip().lower() == "application/ld+json":
            try:
                yield json.loads(script.text or "")
            except ValueError as error:
                raise _not_read(f"its JSON-LD is broken: {error}") from error


def _questions(root: Element) -> Iterator[tuple[str, str]]:
    """Yield question and answer of every FAQPage in the page's JSON-LD (schema.org)."""
    for data in _structured(root):
        for question in _of_type(data, "Question"):
            answers = [
                str(each.get("text", "")) for each in _of_type(question.get("acceptedAnswer"), "Answer")
            ]
            yield canonical(str(question.get("name", ""))), canonical(" ".join(answers))


def _of_type(data: Any, kind: str) -> Iterator[dict[str, Any]]:
    """Yield the objects of schema.org type ``kind`` in ``data``, outermost first."""
    if isinstance(data, list):
        for each in data:
            yield from _of_type(each, kind)
    elif isinstance(data, dict):
        types = data.get("@type")
        if kind in (types if isinstance(types, list) else [types]):
            yield data
        else:
            for each in data.values():
                yield from _of_type(each, kind)
