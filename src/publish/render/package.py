"""Pack the files of an e-book with EbookLib, byte for byte, and look again at what came out.

Rules: EPUB 3.3, https://www.w3.org/TR/epub-33/, with its container format OCF.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from importlib.metadata import version
from typing import Any

from publish.errors import Problem, PublishError

EBOOKLIB = "0.20"
"""The one version whose writer we know: ``pack`` overrides private methods of it."""

XHTML = "application/xhtml+xml"
NCX = "application/x-dtbncx+xml"


@dataclass(frozen=True, slots=True)
class File:
    """One file of the package, finished; ``properties`` are those of its manifest item."""

    name: str
    media_type: str
    data: bytes
    properties: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return re.sub(r"[^a-z0-9]+", "-", self.name.lower())


@dataclass(frozen=True, slots=True)
class Meta:
    """One element of the package's metadata: ``dc:…``, ``meta`` or ``link``."""

    name: str
    text: str | None
    attributes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Package:
    """A whole e-book: its files (one of them an NCX), the names of those to read, in order, and its metadata.

    ``day`` is the day of its last modification: dcterms:modified, and the date of every zip entry.
    """

    files: tuple[File, ...]
    spine: tuple[str, ...]
    metadata: tuple[Meta, ...]
    language: str
    direction: str
    day: date


def pack(package: Package) -> bytes:
    """Return ``package`` as an EPUB; raises ``PublishError`` where it does not hold all that was put in."""
    _refuse_other_versions()
    from ebooklib import epub

    buffer = io.BytesIO()

    class Writer(epub.EpubWriter):  # type: ignore[misc]
        def write(self) -> None:
            with _Archive(buffer, package.day) as self.out:
                self.out.writestr("mimetype", "application/epub+zip")
                self._write_container()
                self._write_opf()
                self._write_items()

        def _write_opf_file(self, root: Any) -> None:
            # The metadata have no language without one of the package's own (Ace: epub-lang).
            root.set("{http://www.w3.org/XML/1998/namespace}lang", package.language)
            root.set("dir", package.direction)
            root.attrib.pop("prefix")  # declares "rendition", reserved anyway and not used
            # EbookLib finds an NCX only in its own EpubNcx, and names one in any case.
            root.find("spine").set("toc", next(each.id for each in package.files if each.media_type == NCX))
            super()._write_opf_file(root)

    book = epub.EpubBook()
    book.metadata.clear()  # a random identifier, and a "generator" that tells a reader nothing
    book.direction = package.direction
    for each in package.metadata:
        space, _, name = each.name.rpartition(":")
        book.add_metadata(space.upper() or None, name, each.text, dict(each.attributes))
    items = {}
    for file in package.files:
        # EpubItem is packed byte for byte; EpubHtml would be rebuilt by lxml, and could come out empty.
        items[file.name] = item = epub.EpubItem(file.id, file.name, file.media_type, file.data)
        item.properties = list(file.properties)
        book.add_item(item)
    book.spine = [items[name] for name in package.spine]
    # Unasked, EbookLib 0.20 writes local time and calls it UTC.
    Writer("", book, {"mtime": datetime.combine(package.day, time(), UTC)}).write()
    data = buffer.getvalue()
    if found := tuple(faults(data, package)):
        raise PublishError(
            *(Problem(f"the e-book is packed wrongly: {each}", kind="packing") for each in found)
        )
    return data


def _refuse_other_versions() -> None:
    if (installed := version("ebooklib")) != EBOOKLIB:
        message = f"EbookLib {installed} is installed, but e-books need {EBOOKLIB}"
        hint = f"install it with: pip install ebooklib=={EBOOKLIB}"
        raise PublishError(Problem(message, hint=hint, kind="version"))


class _Archive(zipfile.ZipFile):
    """A zip whose bytes depend on its content alone: one given day, one mode, one system.

    ``zipfile`` would stamp each entry with the clock and the time zone of this machine.
    """

    def __init__(self, file: io.BytesIO, day: date) -> None:
        super().__init__(file, "w", compresslevel=9)
        # A zip's calendar begins in 1980.
        self.stamp = (*max(day, date(1980, 1, 1)).timetuple()[:3], 0, 0, 0)

    def writestr(self, name: Any, data: Any, *_: object, **__: object) -> None:  # type: ignore[override]
        entry = zipfile.ZipInfo(name, self.stamp)
        entry.external_attr = 0o644 << 16
        entry.create_system = 3
        # So that any program can tell the format from the first bytes (OCF, "media type identification").
        entry.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
        super().writestr(entry, data)


def faults(data: bytes, package: Package) -> Iterator[str]:
    """Yield what the finished e-book holds otherwise than ``package`` says.

    EbookLib swallows errors: a chapter can come out empty, a metadatum without its words, and
    writing still ends well.
    """
    from lxml import etree

    meant = {f"EPUB/{file.name}": file.data for file in package.files}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        if names != ["mimetype", "META-INF/container.xml", "EPUB/content.opf", *meant]:
            yield f"it holds {', '.join(names)}"
            return
        first = archive.infolist()[0]
        if first.compress_type != zipfile.ZIP_STORED or first.extra:
            yield "mimetype is compressed, or has an extra field"
        for name, content in meant.items():
            if not content:
                yield f"{name} is empty"
            elif archive.read(name) != content:
                yield f"{name} is not what was written"
        root = etree.fromstring(archive.read("EPUB/content.opf"))
    yield from _package_faults(root, package)


def _package_faults(root: Any, package: Package) -> Iterator[str]:
    from lxml import etree

    metadata, manifest, spine = root
    # Counted, not listed: EbookLib has an order of its own.
    wanted = Counter((each.name.rpartition(":")[2], each.text, each.attributes) for each in package.metadata)
    wanted["meta", f"{package.day}T00:00:00Z", (("property", "dcterms:modified"),)] += 1
    found = Counter((etree.QName(each).localname, each.text, tuple(each.attrib.items())) for each in metadata)
    if wanted != found:
        differing = (wanted - found) + (found - wanted)
        yield f"its metadata differ: {', '.join(sorted(map(repr, differing)))}"
    files = {item.get("id"): item.get("href") for item in manifest}
    if list(files.values()) != [file.name for file in package.files]:
        yield "its manifest does not list every file once"
    if [files.get(item.get("idref")) for item in spine] != list(package.spine):
        yield "its spine is not the reading order"


def well_formed(name: str, text: bytes) -> Any:
    """Return the root element of an XML file; raise ``PublishError``, as a reading system would refuse it."""
    from lxml import etree

    try:
        return etree.fromstring(text, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        message = f"the layouts of the e-book make {name} no well-formed XML: {error.msg}"
        raise PublishError(Problem(message, kind="layout")) from error
