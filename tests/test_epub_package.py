"""Packing: what went in comes out byte for byte, and a packer that loses something is caught."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from lxml import etree

from publish.errors import PublishError
from publish.render import package
from publish.render.package import NCX, XHTML, File, Meta, Package, faults, pack

PAGE = b'<html xmlns="http://www.w3.org/1999/xhtml"><head><title>One</title></head><body><p>One</p></body></html>'
BOOK = Package(
    files=(
        File("one.xhtml", XHTML, PAGE),
        File("nav.xhtml", XHTML, PAGE.replace(b"One", b"Two"), ("nav",)),
        File("toc.ncx", NCX, b"<ncx/>"),
        File("images/a.svg", "image/svg+xml", b"<svg/>"),
    ),
    spine=("nav.xhtml", "one.xhtml"),
    metadata=(
        Meta("dc:identifier", "urn:uuid:1", (("id", "id"),)),
        Meta("dc:title", "A book"),
        Meta("meta", "textual", (("property", "schema:accessMode"),)),
        Meta("link", None, (("rel", "a11y:certifierReport"), ("href", "https://house.example/"))),
    ),
    language="en",
    direction="ltr",
    day=date(2026, 5, 14),
)


def opened(data: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(data))


def opf(data: bytes) -> Any:
    return etree.fromstring(opened(data).read("EPUB/content.opf"))


def test_every_file_comes_out_byte_for_byte() -> None:
    archive = opened(pack(BOOK))
    assert archive.testzip() is None
    assert [archive.read(f"EPUB/{file.name}") for file in BOOK.files] == [file.data for file in BOOK.files]


def test_mimetype_comes_first_and_is_not_compressed() -> None:
    data = pack(BOOK)
    assert data[30:58] == b"mimetypeapplication/epub+zip"


def test_nothing_of_the_clock_or_the_machine_is_in_the_zip() -> None:
    for entry in opened(pack(BOOK)).infolist():
        assert entry.date_time == (2026, 5, 14, 0, 0, 0)
        assert (entry.create_system, entry.external_attr >> 16, entry.extra) == (3, 0o644, b"")


def test_a_day_before_the_calendar_of_zip_is_packed_all_the_same() -> None:
    data = pack(replace(BOOK, day=date(1975, 3, 1)))
    assert opened(data).infolist()[0].date_time[0] == 1980
    assert b"1975-03-01T00:00:00Z" in opened(data).read("EPUB/content.opf")


def test_the_package_names_its_language_and_direction() -> None:
    root = opf(pack(replace(BOOK, language="ar", direction="rtl")))
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "ar"
    assert root.get("dir") == "rtl"
    assert root.find("{*}spine").get("page-progression-direction") == "rtl"


def test_the_package_says_when_it_was_modified_once_and_in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    found = opf(pack(BOOK)).findall("{*}metadata/{*}meta[@property='dcterms:modified']")
    assert [each.text for each in found] == ["2026-05-14T00:00:00Z"]


def test_no_generator_and_no_random_identifier_are_left() -> None:
    text = opened(pack(BOOK)).read("EPUB/content.opf").decode()
    assert "generator" not in text
    assert text.count("urn:uuid:") == 1


def test_the_spine_and_the_ncx_are_named() -> None:
    root = opf(pack(BOOK))
    hrefs = {item.get("id"): item.get("href") for item in root.find("{*}manifest")}
    spine = root.find("{*}spine")
    assert [hrefs[item.get("idref")] for item in spine] == ["nav.xhtml", "one.xhtml"]
    assert hrefs[spine.get("toc")] == "toc.ncx"


def test_the_same_package_gives_the_same_bytes() -> None:
    assert pack(BOOK) == pack(BOOK)


# --- a packer that loses something ---------------------------------------------------------


def refused() -> str:
    with pytest.raises(PublishError) as caught:
        pack(BOOK)
    assert {problem.kind for problem in caught.value.problems} == {"packing"}
    return str(caught.value)


def test_a_chapter_that_comes_out_empty_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from ebooklib import epub

    content = epub.EpubItem.get_content

    def lost(item: Any, default: Any = None) -> bytes:
        return b"" if item.file_name == "one.xhtml" else content(item, default)

    monkeypatch.setattr(epub.EpubItem, "get_content", lost)
    assert "EPUB/one.xhtml is not what was written" in refused()


def test_a_chapter_that_is_altered_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from ebooklib import epub

    content = epub.EpubItem.get_content
    monkeypatch.setattr(
        epub.EpubItem, "get_content", lambda item, default=None: content(item, default).replace(b"One", b"1")
    )
    assert "EPUB/one.xhtml is not what was written" in refused()


def test_a_chapter_that_is_left_out_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from ebooklib import epub

    items = epub.EpubBook.get_items
    monkeypatch.setattr(epub.EpubBook, "get_items", lambda book: list(items(book))[1:])
    assert "it holds" in refused()


def test_metadata_that_ebooklib_swallows_are_refused() -> None:
    # A control character: EbookLib logs, writes an empty element and goes on.
    book = replace(BOOK, metadata=(*BOOK.metadata, Meta("dc:subject", "a\x01b")))
    with pytest.raises(PublishError, match="metadata differ"):
        pack(book)


def _mutants() -> list[tuple[str, Callable[[Package], Package], str]]:
    first = BOOK.files[0]
    return [
        (
            "emptied",
            lambda book: replace(book, files=(replace(first, data=b""), *book.files[1:])),
            "is empty",
        ),
        (
            "renamed",
            lambda book: replace(book, files=(replace(first, name="b"), *book.files[1:])),
            "it holds",
        ),
        (
            "reordered",
            lambda book: replace(book, spine=book.spine[::-1]),
            "its spine is not the reading order",
        ),
        ("untitled", lambda book: replace(book, metadata=book.metadata[:1]), "metadata differ"),
        ("doubled", lambda book: replace(book, metadata=book.metadata * 2), "metadata differ"),
        ("redated", lambda book: replace(book, day=date(2026, 5, 15)), "metadata differ"),
    ]


@pytest.mark.parametrize(
    ("mutate", "said"), [each[1:] for each in _mutants()], ids=[each[0] for each in _mutants()]
)
def test_every_difference_between_meant_and_packed_is_found(
    mutate: Callable[[Package], Package], said: str
) -> None:
    data = pack(BOOK)
    assert not list(faults(data, BOOK))
    found = list(faults(data, mutate(BOOK)))
    assert len(found) == 1
    assert said in found[0]


def test_another_version_of_ebooklib_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "version", lambda name: "0.21")
    with pytest.raises(PublishError, match=r"EbookLib 0\.21 is installed, but e-books need 0\.20"):
        pack(BOOK)
