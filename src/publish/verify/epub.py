"""Read a finished e-book: the bytes of one EPUB in, a ``Reading`` out, along its spine.

Rules: EPUB 3.3, sections 4 (container), 5 (package), 7 (navigation). XML is read strictly, without
entities or anything from outside, and nothing is unpacked to disk.
"""

from __future__ import annotations

import hashlib
import io
import posixpath
import urllib.parse
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from publish.errors import Problem, PublishError
from publish.model import direction
from publish.verify.document import EPUB_TYPE, MAX_TAGS, Found, elements, is_too_deep, read_document, words_of
from publish.verify.reading import LOST, Entry, Heard, Reading, Refused, canonical, names
from publish.verify.safety import book_outside
from publish.verify.sheets import Fetch, Sheet, media, read_sheet
from publish.verify.styles import Element, Styles, local

MAX_MEMBERS = 2_000
MAX_MEMBER = 64 * 1024 * 1024  # bytes, unpacked
MAX_TOTAL = 256 * 1024 * 1024

_END = b"PK\x05\x06"
"""How the last 22 bytes of a zip begin that has no comment."""

_MIMETYPE = b"application/epub+zip"
_CONTAINER = "{urn:oasis:names:tc:opendocument:xmlns:container}"
_OPF = "{http://www.idpf.org/2007/opf}"
_DC = "{http://purl.org/dc/elements/1.1/}"


def read(data: bytes) -> Reading:
    """Return what the e-book says, in the order of its spine; ``Block.page`` counts the spine's files.

    Raises ``PublishError`` for a file that is no EPUB, is broken, or is built to do harm.
    """
    try:
        return _read(_unpack(data))
    except RecursionError as error:  # cssselect2 0.10 looks up earlier siblings by recursion
        raise _not_read("it has too many elements in a row") from error


def _read(files: Mapping[str, bytes]) -> Reading:
    book = _book(files)
    if sum(files.get(path, b"").count(b"<") for path in book.documents()) > MAX_TAGS:
        raise _not_read("it has too many elements")
    documents = {path: _xml(files, path) for path in book.documents()}
    known: dict[tuple[str, str], Sheet] = {}
    sheets = {path: tuple(_sheets(files, path, root, known)) for path, root in documents.items()}
    ways = media((sheet for each in sheets.values() for sheet in each), night=True)
    ids = {path: [e.get("id") for e in root.iter() if e.get("id")] for path, root in documents.items()}

    found = Found()
    for number, (path, linear) in enumerate(book.spine, 1):
        if local(documents[path]) != "html":
            raise _not_read(f"{path} is in the spine and is no XHTML")
        styles = Styles(documents[path], sheets[path], ways, html=False)
        read_document(
            found,
            documents[path],
            styles,
            partial(_resolve, path, ids),
            partial(_picture, files, path),
            number,
            "" if linear else "its file stands outside the reading order (linear=no)",
        )
    nav = documents[book.nav] if book.nav else None
    toc, pages = (
        tuple(_nav(type, nav, book.nav, ids)) if nav is not None else () for type in ("toc", "page-list")
    )
    for path, root in documents.items():
        for each in (*root.itersiblings(preceding=True), *root.itersiblings()):
            if "ProcessingInstruction" in str(each.tag):
                found.refused[Refused(f"a processing instruction before or after {path}: {each.text}")] = None
    for why in (*book.odd, *_odd_ways(files, book, nav, documents, ids)):
        found.refused[Refused(why)] = None
    places = _landmarks(nav) if nav is not None else ()
    outside = book_outside(files, lambda path: documents[path] if path in documents else _xml(files, path))
    turns = {book.direction, *(str(root.get("dir") or "ltr") for root in documents.values())}
    return Reading(
        found.blocks(),
        {**book.metadata, "direction": " ".join(sorted(turns))},
        found.entries(found.contents),
        found.entries(toc),
        older=found.entries(_points(_xml(files, book.ncx), book.ncx, ids)) if book.ncx else (),
        pages=len(book.spine),
        marks=(*found.marks, *found.waiting),
        page_list=pages,
        dangers=tuple(outside.dangers),
        heard=(*found.heard, *(Heard(kind, text) for kind, text, _ in places)),
        refused=tuple(found.refused),
        addresses=tuple(outside.addresses),
    )


def _not_read(why: str) -> PublishError:
    return PublishError(Problem(f"this is no e-book that can be read: {why}", kind="unreadable"))


# --- the zip -------------------------------------------------------------------------------


def _unpack(data: bytes) -> dict[str, bytes]:
    """Return all members by name, after every size is known to be sane."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if (members and members[0].header_offset) or data[-22:-18] != _END:
                raise _not_read("something stands before or after its zip")
            _check(members)
            return {member.filename: archive.read(member) for member in members if not member.is_dir()}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise _not_read(f"its zip is broken: {error}") from error


def _check(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_TOTAL:
        raise _not_read("it unpacks to too much")
    names = [member.filename for member in members]
    for member in members:
        name = member.filename
        if member.file_size > MAX_MEMBER:
            raise _not_read(f"{name} unpacks to more than {MAX_MEMBER} bytes")
        if names.count(name) > 1:
            raise _not_read(f"{name} stands in the zip twice")
        if name.startswith("/") or ".." in name.split("/") or "\\" in name:
            raise _not_read(f"{name} points out of the book")
    first = members[0] if members else None
    if (
        first is None
        or first.filename != "mimetype"
        or first.compress_type != zipfile.ZIP_STORED
        or first.extra
        or first.file_size != len(_MIMETYPE)
    ):
        raise _not_read("the file mimetype must come first, stored as it is (OCF, section 4.3)")


def _xml(files: Mapping[str, bytes], path: str) -> Element:
    """Parse one member strictly; entities are never expanded and nothing is fetched."""
    from lxml import etree

    if path not in files:
        raise _not_read(f"{path or 'the package document'} is missing")
    if files[path].count(b"<") > MAX_TAGS:
        raise _not_read(f"{path} has too many elements")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(files[path], parser)
    except etree.XMLSyntaxError as error:
        raise _not_read(f"{path} is not XML: {error}") from error
    told = root.getroottree().docinfo
    if (told.encoding or "UTF-8").upper() not in ("UTF-8", "US-ASCII"):
        raise _not_read(f"{path} is not UTF-8")
    if local(root) == "html" and told.doctype.lower() not in ("", "<!doctype html>"):
        raise _not_read(f"{path} has another doctype than html")
    subset = told.internalDTD
    if (subset is not None and any(True for _ in subset.iterentities())) or any(
        isinstance(each, etree._Entity) for each in root.iter()
    ):
        raise _not_read(f"{path} has entities of its own")
    if is_too_deep(root):
        raise _not_read(f"the elements of {path} are nested too deep")
    return root


# --- the package ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Book:
    """The package: paths inside the zip; ``spine`` tells for each file whether it is in the linear order."""

    spine: tuple[tuple[str, bool], ...]
    nav: str
    metadata: Mapping[str, str]
    direction: str
    ncx: str = ""
    cover: str = ""
    odd: tuple[str, ...] = ()

    def documents(self) -> Iterator[str]:
        yield from dict.fromkeys((*(path for path, _ in self.spine), *([self.nav] if self.nav else ())))


def _book(files: Mapping[str, bytes]) -> _Book:
    container = _xml(files, "META-INF/container.xml")
    roots = (element.get("full-path") for element in container.iter(f"{_CONTAINER}rootfile"))
    package_path = next(roots, None) or ""
    package = _xml(files, package_path)
    items: dict[str, str] = {}
    nav, ncx, cover, odd = "", "", "", list(_odd_package(package))
    for item in package.iter(f"{_OPF}item"):
        if (item.get("id") or "") in items:
            raise _not_read(f"its manifest has the id “{item.get('id')}” twice")
        path = _join(package_path, item.get("href") or "")[0]
        items[item.get("id") or ""] = path
        if "nav" in (item.get("properties") or "").split():
            nav = path
        if "cover-image" in (item.get("properties") or "").split():
            cover = path
        if item.get("media-type") == "application/x-dtbncx+xml":
            ncx = path
    spine = []
    spines = package.findall(f"{_OPF}spine")
    if len(spines) != 1:
        raise _not_read("it has no spine, or several")
    for reference in spines[0].findall(f"{_OPF}itemref"):
        id = reference.get("idref") or ""
        if id not in items:
            raise _not_read(f"its spine names “{id}”, which the manifest does not have")
        spine.append((items[id], reference.get("linear") != "no"))
    if not spine:
        raise _not_read("its spine is empty")
    turn = next((each.get("page-progression-direction") for each in package.iter(f"{_OPF}spine")), None)
    return _Book(tuple(spine), nav, _metadata(package), turn or "ltr", ncx, cover, tuple(odd))


_PACKAGE = names("metadata manifest spine")
_DESCRIBING = names("identifier title language creator contributor publisher date description subject")
_META = names(
    "dcterms:modified dcterms:conformsTo dcterms:date a11y:certifiedBy role file-as display-seq "
    "schema:accessMode schema:accessModeSufficient schema:accessibilityFeature schema:accessibilityHazard "
    "schema:accessibilitySummary schema:pageBreakSource pageBreakSource dcterms:source"
)
"""What the package may tell of the book; what it tells is compared where it describes the article."""

_OLD_CONTENTS = names("ncx head meta docTitle text navMap navPoint navLabel content")
_TYPES: Mapping[str, str] = {
    ".xhtml": "application/xhtml+xml",
    ".ncx": "application/x-dtbncx+xml",
    ".css": "text/css",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".svg": "image/svg+xml",
}
"""The media type of a file by its suffix: by another, a reading system shows it otherwise, or not at all."""

_PROPERTIES = names("nav cover-image svg")
_UNSHOWN = names("fallback media-overlay")


def _odd_package(package: Element) -> Iterator[str]:
    """Yield what makes a reading system show other pages, in another order or at a fixed size."""
    language = next((each.text or "" for each in package.iter(f"{_DC}language")), "")
    if sum(1 for _ in package.iter(f"{_DC}language")) > 1:
        yield "a second language in the package of the e-book"
    if package.get("dir", direction(language)) != direction(language):
        yield f"dir={package.get('dir')} in the package of the e-book"
    spine = {each.get("idref") for each in package.iter(f"{_OPF}itemref")}
    for element in package.iter():
        name = local(element)
        if name == "item":
            suffix = posixpath.splitext((element.get("href") or "").lower())[1]
            page = element.get("id") in spine or "nav" in (element.get("properties") or "").split()
            meant = _TYPES[".xhtml"] if page else _TYPES.get(suffix, element.get("media-type"))
            if element.get("media-type") != meant:
                yield f"{element.get('href')} is called {element.get('media-type')}, and is {meant}"
        if str(element.tag).startswith(_DC) and name not in _DESCRIBING:
            yield f"<dc:{name}> in the package of the e-book"
        property = element.get("property") or ""
        if name == "meta" and property and property not in _META:
            yield f"{property} in the package of the e-book"
        if name == "meta" and not property and element.get("name") != "cover":
            yield f"{element.get('name')} in the package of the e-book"
        if property == "schema:accessibilityHazard" and (element.text or "").strip() != "none":
            yield f"the hazard “{element.text}” in the package of the e-book"
        if element.getparent() is package and name not in _PACKAGE:
            yield f"<{name}> in the package of the e-book"
        if (said := element.get("property") or "").startswith(("rendition:", "media:")):
            yield f"{said} in the package of the e-book"
        allowed = _PROPERTIES if name == "item" else frozenset[str]()
        for word in sorted(names(element.get("properties") or "") - allowed):
            yield f"the property {word} of an <{name}>"
        for word in sorted(_UNSHOWN & set(element.keys())):
            yield f"{word} of an <{name}>"
        turn = element.get("page-progression-direction") or "default"
        if name == "spine" and turn not in ("default", direction(language)):
            yield f"pages that are turned from {'right to left' if turn == 'rtl' else 'left to right'}"


def _join(base: str, href: str) -> tuple[str, str]:
    """Return the path inside the zip and the fragment that ``href`` means in file ``base``."""
    path, _, fragment = href.partition("#")
    path = urllib.parse.unquote(path)
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(base), path)) if path else base
    return joined, urllib.parse.unquote(fragment)


def _metadata(package: Element) -> dict[str, str]:
    found = {}
    unique = package.get("unique-identifier")
    for name in ("identifier", "title", "language"):
        given = list(package.iter(f"{_DC}{name}"))
        if name == "identifier":
            given.sort(key=lambda element: element.get("id") != unique)
        if given:
            found[name] = canonical("".join(given[0].itertext()))
    for name, key in (("title", "titles"), ("creator", "creator"), ("contributor", "creator")):
        said = [canonical("".join(each.itertext())) for each in package.iter(f"{_DC}{name}")]
        found[key] = "; ".join(filter(None, (found.get(key, ""), *said)))
    for name in ("description", "publisher"):
        said = [canonical("".join(each.itertext())) for each in package.iter(f"{_DC}{name}")]
        found[name] = "; ".join(said)
    found["subjects"] = "; ".join(canonical("".join(e.itertext())) for e in package.iter(f"{_DC}subject"))
    for meta in package.iter(f"{_OPF}meta"):
        if meta.get("property") in ("dcterms:conformsTo", "a11y:certifiedBy"):
            name = str(meta.get("property"))
            found[name] = f"{found.get(name, '')} {canonical(meta.text or '')}".strip()
        name = (meta.get("property") or "").removeprefix("schema:")
        if name in ("pageBreakSource", "accessibilityFeature", "accessibilitySummary"):
            found[name] = f"{found.get(name, '')} {canonical(meta.text or '')}".strip()
    return found


# --- the documents -------------------------------------------------------------------------


def _picture(files: Mapping[str, bytes], base: str, source: str) -> str:
    data = files.get(_join(base, source)[0])
    return hashlib.sha256(data).hexdigest() if data else ""


def _resolve(base: str, ids: Mapping[str, list[str]], href: str) -> str:
    """Return what a link means: a place in the book is "#id", in whichever file it stands."""
    href = href.strip()
    if urllib.parse.urlsplit(href).scheme or href.startswith("//"):
        return href
    path, fragment = _join(base, href)
    if path not in ids:
        return href + LOST
    if not fragment:
        return f"#{ids[path][0]}" if ids[path] else href
    return f"#{fragment}" if fragment in ids[path] else f"#{fragment}{LOST}"


def _sheets(
    files: Mapping[str, bytes], path: str, root: Element, known: dict[tuple[str, str], Sheet]
) -> Iterator[Sheet]:
    """Yield the style sheets of a document; ``known`` are those read before, by path and media."""
    for element in root.iter():
        tag = local(element)
        if tag == "style":
            fetch = _fetch(files, path)
            yield read_sheet(element.text or "", element.get("media") or "", fetch)
        elif tag == "link" and "stylesheet" in (element.get("rel") or "").lower().split():
            if "alternate" in (element.get("rel") or "").lower().split():
                continue
            target = _join(path, element.get("href") or "")[0]
            if target not in files:
                raise _not_read(f"{path} uses the style sheet {target}, which is missing")
            key = target, element.get("media") or ""
            if key not in known:
                text = _css(files[target], target)
                known[key] = read_sheet(text, key[1], _fetch(files, target), target)
            yield known[key]


def _css(data: bytes, name: str) -> str:
    """Return a style sheet's text; in another encoding a browser would read other rules (CSS Syntax, 3.2)."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _not_read(f"byte {error.start} of {name} is not UTF-8") from error
    if "\0" in text:
        raise _not_read(f"{name} is not UTF-8")
    return text


def _fetch(files: Mapping[str, bytes], base: str) -> Fetch:
    """Find imported sheets in the book. An import inside an import is looked up beside the first."""

    def fetch(address: str) -> str | None:
        data = files.get(_join(base, address)[0])
        return None if data is None else _css(data, address)

    return fetch


def _nav(type: str, nav: Element, path: str, ids: Mapping[str, list[str]]) -> Iterator[Entry]:
    """Yield the entries of one nav of the navigation document: "toc" or "page-list"."""
    for element in elements(nav, "nav"):
        if type in (element.get(EPUB_TYPE) or "").split():
            yield from _entries(element, path, ids, 0)


def _is_blank(data: bytes) -> bool:
    """Whether a cover shows nothing: its words stand in its picture, which nobody can compare."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as picture:
            shades = picture.convert("L").resize((160, 256)).tobytes()
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return True
    return max(shades) - min(shades) < 64


def _landmarks(nav: Element) -> Iterator[tuple[str, str, str]]:
    """Yield kind, words and address of each place in the list that only reading systems show."""
    for around in elements(nav, "nav"):
        if "landmarks" in (around.get(EPUB_TYPE) or "").split():
            for each in elements(around, "a"):
                text = canonical("".join(each.itertext()))
                yield str(each.get(EPUB_TYPE) or ""), text, str(each.get("href") or "")


def _odd_ways(
    files: Mapping[str, bytes],
    book: _Book,
    nav: Element | None,
    documents: Mapping[str, Element],
    ids: Mapping[str, list[str]],
) -> Iterator[str]:
    """Yield where the ways into the book that no page shows lead elsewhere than the contents say."""
    start = next((path for path, root in documents.items() if _matter(root) == "bodymatter"), "")
    for kind, text, href in _landmarks(nav) if nav is not None else ():
        path, fragment = _join(book.nav, href)
        root = documents.get(path)
        target = (
            next((each for each in root.iter() if each.get("id") == fragment), root)
            if root is not None
            else None
        )
        role = target.get("role") if target is not None else None
        fits = {
            "cover": root is not None and any(e.get("role") == "doc-cover" for e in root.iter()),
            "toc": role == "doc-toc",
            "bodymatter": path == start and fragment in ("", *ids.get(path, ())[:1]),
            "endnotes": role == "doc-endnotes",
        }
        if not fits.get(kind, False):
            yield f"the place “{text}” ({kind}) leads to {href}"
    if book.cover and _is_blank(files.get(book.cover, b"")):
        yield "a cover that shows nothing"
    if book.ncx:
        ncx = _xml(files, book.ncx)
        if not any(True for _ in elements(ncx, "navPoint")):
            yield "contents for old e-readers (NCX) that list nothing"
        titles = [canonical("".join(each.itertext())) for each in elements(ncx, "docTitle")]
        for name in sorted({local(each) for each in ncx.iter()} - {"", *_OLD_CONTENTS}):
            yield f"<{name}> in the contents for old e-readers (NCX)"
        if titles != [book.metadata.get("title", "")] or any(True for _ in elements(ncx, "pageList")):
            yield "the contents for old e-readers (NCX) have another title, or pages"


def _matter(root: Element) -> str:
    body = next(elements(root, "body"), None)
    return str(body.get(EPUB_TYPE) or "") if body is not None else ""


def _points(ncx: Element, path: str, ids: Mapping[str, list[str]]) -> Iterator[Entry]:
    for point in elements(ncx, "navPoint"):
        label = next((each for each in point if local(each) == "navLabel"), None)
        content = next((each for each in point if local(each) == "content"), None)
        if label is not None and content is not None:
            target = _resolve(path, ids, str(content.get("src") or "")).removeprefix("#")
            level = sum(1 for each in point.iterancestors() if local(each) == "navPoint") + 1
            yield Entry(canonical("".join(label.itertext())), target, level)


def _entries(
    around: Iterable[Element], path: str, ids: Mapping[str, list[str]], level: int
) -> Iterator[Entry]:
    for element in around:
        if local(element) == "a":
            target = _resolve(path, ids, element.get("href") or "").removeprefix("#")
            text, spans = words_of(element)
            yield Entry(text, target, max(level, 1), spans)
        elif local(element):
            yield from _entries(element, path, ids, level + (local(element) in ("ol", "ul")))
