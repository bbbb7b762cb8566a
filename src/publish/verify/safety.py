"""Find what a finished file could do behind its reader's back: run, fetch, send or bring along something.

A parsed file in, its dangers and the addresses it leads to out; readers put both into the ``Reading``.
Whether an address is one of the source's is for ``compare_safety`` to say. HTML is held to a list of
elements that only show something, PDF to a list of actions, annotations and names, so that what nobody
thought of is found too.
"""

from __future__ import annotations

import base64
import binascii
import json
import posixpath
import re
import urllib.parse
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from publish.errors import Problem
from publish.identifiers import identifier_url
from publish.model import Article, House, Inline, Link, lines
from publish.verify.reading import LOST, Danger, Reading, names
from publish.verify.styles import Element, local

_HINT = (
    "nothing of this kind comes from the source: take it out of your layouts, "
    "or build anew if another program has changed the file"
)


@dataclass(slots=True)
class Outside:
    """What was found in one file, each thing once, in the order of the file."""

    dangers: dict[Danger, None] = field(default_factory=dict)
    addresses: dict[str, None] = field(default_factory=dict)

    def danger(self, what: str, page: int | None = None) -> None:
        self.dangers[Danger(what, page)] = None

    def address(self, address: str) -> None:
        self.addresses[clean(address)] = None


def clean(address: str) -> str:
    """Return ``address`` as browsers take it: without control characters, and spaces around it."""
    return re.sub(r"[\x00-\x1f\x7f]", "", address).strip()


def _short(text: str, most: int = 80) -> str:
    text = " ".join(str(text).split())
    return text if len(text) <= most else text[: most - 1] + "…"


# --- what the source leads to ----------------------------------------------------------------


def addresses(article: Article, house: House) -> frozenset[str]:
    """Return every address that editions of ``article`` may lead to, files of other editions among them."""
    found: set[str | None] = {house.url}
    if house.evaluation:
        found.add(house.evaluation.report)
    for line in lines(article):
        found.update(_links(line.inlines))
    trust = article.trust
    found.update(page.url for page in (*article.related, *trust.pages))
    if trust.adapted_from:
        found.add(trust.adapted_from.url)
    for person in (*trust.authors, *trust.reviewers):
        found.add(person.orcid and identifier_url("orcid", person.orcid))
    for reference in article.references:
        found.add(reference.url)
        found.update(identifier_url(kind, value) for kind, value in reference.identifiers.items())
    found.update(edition.file_name(article.id) for edition in house.editions.values())
    return frozenset(clean(each) for each in found if each)


def _links(inlines: Iterable[Inline]) -> Iterator[str]:
    for inline in inlines:
        if isinstance(inline, Link):
            yield inline.href
        yield from _links(getattr(inline, "inlines", ()))


def compare_safety(reading: Reading, known: frozenset[str]) -> tuple[Problem, ...]:
    """Return a problem for each danger, and each address that is none of ``known`` nor on the host of one.

    Links inside blocks are left out: they are compared with the source one by one.
    """
    compared = {
        clean(span.value.removesuffix(LOST))
        for block in reading.blocks
        for span in block.spans
        if block.id and span.kind == "link"
    }
    hosts = {host for each in known if (host := _host(each))}
    unknown = (
        each
        for each in reading.addresses
        if each not in known and each not in compared and _host(each) not in hosts
    )
    found = [(f"the file has {each.what}", each.page) for each in reading.dangers]
    found += [(f"the file leads to {_short(each)}, and the source does not", None) for each in unknown]
    return tuple(Problem(words, hint=_HINT, kind="unsafe", page=page) for words, page in found)


def _host(address: str) -> str:
    """Return scheme and host of a web address, "" for every other."""
    try:
        parts = urllib.parse.urlsplit(address)
    except ValueError:
        return ""
    web = parts.scheme in ("http", "https") and parts.netloc and "\\" not in address
    return f"{parts.scheme}://{parts.netloc.lower()}" if web else ""


# --- HTML and XHTML --------------------------------------------------------------------------

_HARMLESS = names(
    """
    a abbr address article aside b bdi bdo blockquote body br caption cite code col colgroup data dd del
    details dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 head header hgroup hr html i img ins
    kbd li link main mark meta nav ol p pre q rp rt ruby s samp script search section small span strong style
    sub summary sup table tbody td tfoot th thead time title tr u ul var wbr
    """
)
"""Elements that show something and do nothing; of ``script``, ``style``, ``link`` and ``meta`` see below."""

_DRAWING = names(
    """
    circle clipPath defs desc ellipse g line linearGradient marker path polygon polyline radialGradient rect
    stop style svg text title tspan
    """
)
_WORDS = names(
    "abbr alt aria-description aria-label aria-placeholder aria-roledescription aria-valuetext class content "
    "data dir id label lang name prefix property rel role scheme summary title typeof vocab"
)
"""Attributes that may read like an address, and are none."""

_FETCHING = names(
    "action archive background classid codebase data dynsrc formaction imagesrcset longdesc lowsrc manifest "
    "ping poster profile srcdoc srcset usemap"
)
_LINKED = names("alternate author canonical help license next prev")
"""Relations of a ``link`` that no browser fetches by itself."""

Inside = Callable[[str], bool]
"""Whether an address is a file that the book itself holds."""


def page_outside(root: Element) -> Outside:
    """Look through a web page, which must hold everything in itself."""
    found = Outside()
    _Document(found, "", lambda address: False).look(root)
    return found


class _Document:
    """Looks through one document; ``name`` is said where a book has several of them."""

    def __init__(self, found: Outside, name: str, inside: Inside) -> None:
        self.found, self.inside = found, inside
        self.where = f" in {name}" if name else ""

    def danger(self, what: str) -> None:
        self.found.danger(f"{what}{self.where}")

    def look(self, root: Element) -> None:
        for element in root.iter():
            if isinstance(element.tag, str):
                self.element(element, local(element))
            elif "ProcessingInstruction" in str(element.tag):
                self.danger(f"a processing instruction: {_short(element.text or '')}")

    def element(self, element: Element, tag: str) -> None:
        drawn = "svg" in str(element.tag).rpartition("}")[0]
        if tag not in (_DRAWING if drawn else _HARMLESS):
            self.danger(f"a <{_short(tag)}> element")
        elif tag == "script":
            self.script(element)
        elif tag == "style":
            self.style("".join(element.itertext()))
        elif tag == "meta" and not drawn:
            self.meta(element)
        for name, value in element.attrib.items():
            self.attribute(element, tag, str(name), str(value))

    def script(self, element: Element) -> None:
        data = (element.get("type") or "").strip().lower() == "application/ld+json"
        if not data or len(element):
            self.danger(f"a script: {_short(element.get('src') or element.text or '')}")
            return
        try:
            self.data(json.loads(element.text or "null"))
        except (ValueError, RecursionError):
            self.danger("data for search engines that cannot be read")

    def data(self, value: Any) -> None:
        """Note the addresses of JSON-LD; schema.org names the language it is written in."""
        if isinstance(value, dict):
            for name, inner in value.items():
                if (name, inner) != ("@context", "https://schema.org"):
                    self.data(inner)
        elif isinstance(value, list):
            for inner in value:
                self.data(inner)
        elif isinstance(value, str) and re.match(r"\s*[\w+.-]+://\S+\s*$", value):
            self.found.address(value)

    def meta(self, element: Element) -> None:
        pragma = (element.get("http-equiv") or "").strip().lower()
        content = element.get("content") or ""
        if pragma not in ("", "content-security-policy", "content-type"):
            self.danger(f"a <meta> that acts: {_short(pragma)}: {_short(content)}")
        pattern = r"[\w+.-]+://[^\s;,'\"]+" if pragma else r"^\s*[\w+.-]+:/?/?\S+\.\S+\s*$"
        for address in re.findall(pattern, content):
            self.found.address(address)

    def attribute(self, element: Element, tag: str, name: str, value: str) -> None:
        own = name.rpartition("}")[2].lower()
        if own.startswith("on"):
            self.danger(f"a script: {_short(name)} on <{tag}>")
        elif own == "style":
            self.style(f"*{{{value}}}")
        elif own in _FETCHING:
            self.danger(f"<{tag}> with {own}: {_short(value)}")
        elif own in ("href", "cite"):
            self.link(element, tag, value)
        elif own == "src":
            self.resource(f"<{tag}>", value)
        elif own not in _WORDS and not own.startswith(("xmlns", "data-")):
            if re.match(r"[a-z][a-z0-9+.-]*:\S|//", clean(value), re.IGNORECASE):
                self.danger(f"<{tag}> with {own}: {_short(value)}")
            elif "url(" in value.lower():
                self.style(f"*{{x:{value}}}")

    def link(self, element: Element, tag: str, value: str) -> None:
        address = clean(value)
        if address.startswith("#"):
            return
        if tag in ("a", "blockquote", "q", "del", "ins"):
            if not self.inside(address):
                self.found.address(address)
        elif tag == "link":
            relations = set((element.get("rel") or "").lower().split())
            if relations and relations <= _LINKED:
                self.found.address(address)
            else:
                self.resource(f"<link rel={_short(' '.join(sorted(relations)))}>", value)
        else:
            self.danger(f"<{tag}> with href: {_short(value)}")

    def resource(self, what: str, address: str) -> None:
        """Something the document shows: it must be in the file."""
        address = clean(address)
        if address.lower().startswith("data:"):
            self.embedded(what, address)
        elif not self.inside(address):
            self.danger(f"{what} that asks for {_short(address)}")

    def embedded(self, what: str, address: str) -> None:
        head, comma, body = address[5:].partition(",")
        media_type = head.split(";")[0].strip().lower()
        if media_type == "image/svg+xml":
            try:
                raw = urllib.parse.unquote_to_bytes(body)
                data = base64.b64decode(raw, validate=True) if head.lower().endswith(";base64") else raw
            except binascii.Error:
                data = b""
            drawing_outside(self.found, data, f"{self.where} (in {what})")
        elif not comma or not re.fullmatch(r"image/(png|jpeg|gif|webp|avif)|font/[\w+-]+", media_type):
            self.danger(f"{what} that brings along {_short(media_type or address)}")

    def style(self, text: str) -> None:
        for what, address in _fetched(text):
            if not address.startswith("#"):
                self.resource(f"a style with {what}", address)


_SUSPICIOUS = re.compile(r"url|import|image|src|element|expression|behavior|binding|\\", re.IGNORECASE)
_CALLS = names("-webkit-image-set cross-fade image image-set src url")


def _fetched(text: str) -> Iterator[tuple[str, str]]:
    """Yield (what asks, address) for everything a style sheet would fetch."""
    if not _SUSPICIOUS.search(text):
        return
    import tinycss2

    # As in sheets.py: the bytes of fonts and pictures take longest to tokenize.
    text = re.sub(r"(data:(?!image/svg)[\w/+.;=-]*;base64,)[A-Za-z0-9+/=]+", r"\1", text)
    yield from _tokens(tinycss2.parse_component_value_list(text, skip_comments=True))


def _tokens(tokens: Iterable[Any]) -> Iterator[tuple[str, str]]:
    rule = ""
    for token in tokens:
        match token.type:
            case "at-keyword":
                rule = token.lower_value
                if rule == "import":
                    yield "@import", "another style sheet"
            case "literal" if token.value == ";":
                rule = ""
            case "url" if rule != "namespace":  # the name of a namespace is fetched by nobody
                yield "url( )", token.value
            case "function" if token.lower_name in _CALLS and rule != "namespace":
                for argument in token.arguments:
                    if argument.type in ("string", "url"):
                        yield f"{token.lower_name}( )", argument.value
                yield from _tokens(token.arguments)
            case "function" if token.lower_name == "expression":
                yield "a script", "expression( )"
            case "ident" if token.lower_value in ("behavior", "-moz-binding"):
                yield "a script", token.value
            case "function":
                yield from _tokens(token.arguments)
            case "() block" | "[] block" | "{} block":
                yield from _tokens(token.content)
                rule = "" if token.type == "{} block" else rule


def drawing_outside(found: Outside, data: bytes, where: str) -> None:
    """Look through an SVG."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        found.danger(f"an SVG that cannot be read{where}")
        return
    if root.getroottree().docinfo.internalDTD is not None:
        found.danger(f"an SVG with a DOCTYPE{where}")
    document = _Document(found, "", lambda address: False)
    document.where = where
    document.look(root)
    for node in (*root.itersiblings(preceding=True), *root.itersiblings()):
        if isinstance(node, etree._ProcessingInstruction):
            found.danger(f"a processing instruction{where}: {_short(node.text or '')}")


# --- EPUB ------------------------------------------------------------------------------------

_OPF = "{http://www.idpf.org/2007/opf}"
_DOCUMENTS = ("application/xhtml+xml", "image/svg+xml", "application/x-dtbncx+xml")
_CARRIED = re.compile(r"application/(xhtml\+xml|x-dtbncx\+xml)|text/css|image/(png|jpeg|svg\+xml)|font/\w+")


def book_outside(files: Mapping[str, bytes], parse: Callable[[str], Element]) -> Outside:
    """Look through an e-book: its package, every file it names, and that it has no others.

    ``parse`` returns the root element of a member, parsed strictly.
    """
    found = Outside()
    package_path, *others = (
        element.get("full-path") or ""
        for element in parse("META-INF/container.xml").iter()
        if local(element) == "rootfile"
    )
    for path in others:
        found.danger(f"a second book inside: {_short(path)}")
    package, folder = parse(package_path), posixpath.dirname(package_path)
    named = {"mimetype", "META-INF/container.xml", package_path, *others}
    for element in package.iter(f"{_OPF}item"):
        href = urllib.parse.unquote(element.get("href") or "")
        path = posixpath.normpath(posixpath.join(folder, href))
        media_type = element.get("media-type") or ""
        named.add(path)
        for word in names("remote-resources scripted switch") & names(element.get("properties") or ""):
            found.danger(f"the property “{word}” on {_short(href)}")
        if path not in files:
            found.danger(f"a file that is not in the book: {_short(href)}")
        elif not _CARRIED.fullmatch(media_type):
            found.danger(f"a file of the kind {_short(media_type)}: {_short(href)}")
        else:
            _member(found, files, path, media_type, parse)
    for element in package.iter():
        if local(element) in ("link", "meta", "source", "relation"):
            for value in (element.get("href") or "", element.text or ""):
                if re.match(r"\s*[\w+.-]+:/?/?\S+\.\S+\s*$", value) or value.startswith("//"):
                    found.address(value)
        elif local(element) == "bindings":
            found.danger("a <bindings> element, which runs scripts")
    for extra in sorted(files.keys() - named):
        found.danger(f"a file that its package does not name: {_short(extra)}")
    return found


def _member(
    found: Outside, files: Mapping[str, bytes], path: str, media_type: str, parse: Callable[[str], Element]
) -> None:
    def inside(address: str) -> bool:
        target = urllib.parse.unquote(address.partition("#")[0])
        return posixpath.normpath(posixpath.join(posixpath.dirname(path), target)) in files

    name = posixpath.basename(path)
    document = _Document(found, name, inside)
    if media_type == "image/svg+xml":
        drawing_outside(found, files[path], f" in {name}")
    elif media_type == "text/css":
        document.style(files[path].decode("utf-8-sig", "replace"))
    elif media_type == "application/xhtml+xml":
        document.look(parse(path))
    elif media_type == "application/x-dtbncx+xml":
        for element in parse(path).iter():
            source = element.get("src") if isinstance(element.tag, str) else None
            if source is not None and not inside(source):
                document.danger(f"an entry that leads to {_short(source)}")


# --- PDF -------------------------------------------------------------------------------------

_ACTIVE = re.compile(
    rb"/(?:A|AA|AcroForm|AF|Collection|EF|EmbeddedFiles|F|JavaScript|JS|Names|Next|OPI|OpenAction|PA|"
    rb"Ref|Renditions|RichMedia\w*|URI|URLS|XFA|S\s*/(?:GoTo[ER]|Hide|ImportData|Movie|Named|Rendition|"
    rb"ResetForm|SetOCGState|Sound|SubmitForm|Thread|Trans|GoTo3DView))\b"
)
"""Names that an object must have before it is worth a closer look; libqpdf writes names unescaped."""

_BRINGING = {
    "/AA": "actions that start by themselves",
    "/AF": "an attached file",
    "/AcroForm": "a form",
    "/Collection": "a collection of files",
    "/EF": "an attached file",
    "/EmbeddedFiles": "attached files",
    "/JS": "a script",
    "/JavaScript": "a script",
    "/OPI": "a picture from another file",
    "/Ref": "a page from another file",
    "/Renditions": "sound or video",
    "/RichMediaContent": "sound or video",
    "/URLS": "pages from elsewhere",
    "/XFA": "a form",
}
_ACTIONS = ("/GoTo", "/URI")
_OTHER_ACTIONS = names(
    "/GoTo3DView /GoToE /GoToR /Hide /ImportData /JavaScript /Launch /Movie /Named /Rendition /ResetForm "
    "/RichMediaExecute /SetOCGState /Sound /SubmitForm /Thread /Trans"
)


def print_outside(pdf: Any) -> Outside:
    """Look through every object of a PDF (of pikepdf), also those that nothing refers to."""
    import pikepdf

    found = Outside()
    pages = {page.obj.objgen: number for number, page in enumerate(pdf.pages, 1)}
    for number, page in enumerate(pdf.pages, 1):
        for annotation in page.obj.get("/Annots", ()):
            kind = str(annotation.get("/Subtype", "without a kind"))
            if kind != "/Link":
                found.danger(f"an annotation {_short(kind)}", number)
    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary | pikepdf.Array | pikepdf.Stream):
            written = item.stream_dict if isinstance(item, pikepdf.Stream) else item
            if _ACTIVE.search(written.unparse(resolved=True)):
                _print_object(found, item, pages.get(item.objgen), 0)
    names_tree = pdf.Root.get("/Names")
    if isinstance(names_tree, pikepdf.Dictionary):
        for name in sorted(names_tree.keys() - {"/Dests"}):
            found.danger(f"a list of names {_short(name)}")
    if "/Encrypt" in pdf.trailer:
        found.danger("a lock (encryption)")
    return found


def _print_object(found: Outside, item: Any, page: int | None, depth: int) -> None:
    """Look at one object and at what stands in it directly; what it refers to is looked at by itself."""
    import pikepdf

    if depth > 32:
        found.danger("objects nested too deep", page)
        return
    if isinstance(item, pikepdf.Array):
        for each in item:
            if isinstance(each, pikepdf.Array | pikepdf.Dictionary) and not each.is_indirect:
                _print_object(found, each, page, depth + 1)
        return
    stream = isinstance(item, pikepdf.Stream)
    keys = item.keys()
    # Only a picture's Ref leads to another file; an element's leads to other elements (PDF 2.0).
    for key in sorted((keys if stream else keys - {"/Ref"}) & _BRINGING.keys()):
        found.danger(_BRINGING[key], page)
    if stream and keys & {"/F", "/FFilter", "/FDecodeParms"}:
        found.danger("a stream whose bytes stand in another file", page)
    action = str(item.get("/S", "")) if isinstance(item.get("/S"), pikepdf.Name) else ""
    if action in _OTHER_ACTIONS and "/JS" not in keys:
        found.danger(f"an action {action}", page)
    if "/URI" in keys and isinstance(item.get("/URI"), pikepdf.String):
        found.address(str(item.URI))
    if isinstance(item.get("/URI"), pikepdf.Dictionary):  # of the catalog: what every address begins with
        found.danger("a base that changes all addresses", page)
    for key in ("/A", "/OpenAction", "/Next", "/PA"):
        target = item.get(key)
        # An element of the tag tree has attributes of the name /A, and no /S among them.
        kind = str(target.get("/S", "/GoTo")) if isinstance(target, pikepdf.Dictionary) else "/GoTo"
        if kind not in _ACTIONS and kind not in _OTHER_ACTIONS:
            found.danger(f"an action {_short(kind)}", page)
    for key in keys:
        each = item.get(key)
        if isinstance(each, pikepdf.Array | pikepdf.Dictionary) and not each.is_indirect:
            _print_object(found, each, page, depth + 1)
