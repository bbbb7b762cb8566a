"""Blocks, links, contents and metadata of e-books: small zips in, readings out."""

from __future__ import annotations

import io
import zipfile

import pytest

from publish.errors import PublishError
from publish.verify import epub
from publish.verify.epub import read
from publish.verify.reading import LOST, Entry, Span

CONTAINER = """<?xml version="1.0"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="EPUB/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"""

PACKAGE = """<?xml version="1.0"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:identifier>isbn</dc:identifier>
<dc:identifier id="id">urn:uuid:1</dc:identifier><dc:title> A
book</dc:title><dc:language>en</dc:language></metadata>
<manifest><item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="one" href="text/one.xhtml" media-type="application/xhtml+xml"/>
<item id="two" href="text/two%20.xhtml" media-type="application/xhtml+xml"/></manifest>
<spine><itemref idref="one"/><itemref idref="nav"/><itemref idref="two"/></spine></package>"""


def xhtml(body: str, head: str = "") -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml" '
        'xmlns:epub="http://www.idpf.org/2007/ops" lang="en" xml:lang="en">'
        f"<head><title>t</title>{head}</head><body>{body}</body></html>"
    )


NAV = xhtml(
    '<nav epub:type="toc" role="doc-toc"><h2 id="contents-heading">Contents</h2><ol>'
    '<li><a href="text/one.xhtml">One</a></li><li><a href="text/two%20.xhtml#two">2. Two</a></li></ol></nav>'
    '<nav epub:type="landmarks" hidden="hidden"><ol><li><a href="text/one.xhtml">Start</a></li></ol></nav>'
)
ONE = xhtml(
    '<section id="one"><h1 id="one-heading">One</h1><p id="p1">See <a href="two%20.xhtml#p2">two</a>, '
    '<a href="#p1">here</a>, <a href="https://a.example/">there</a>'
    '<a id="ref-k" role="doc-noteref" href="two%20.xhtml#note-k">[1]</a>.</p></section>'
)
TWO = xhtml(
    '<section id="two"><h2 id="two-heading"><span class="label">2.</span> Two</h2>'
    '<p id="p2">Text.</p><div id="note-k"><p id="note-k-citation">Note.</p>'
    '<p><a role="doc-backlink" href="one.xhtml#ref-k">Back</a></p></div></section>'
)


def files(**changes: str | bytes | None) -> dict[str, str | bytes]:
    """The members of a good book; ``changes`` by the last part of a name, None takes one away."""
    good: dict[str, str | bytes] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": CONTAINER,
        "EPUB/book.opf": PACKAGE,
        "EPUB/nav.xhtml": NAV,
        "EPUB/text/one.xhtml": ONE,
        "EPUB/text/two .xhtml": TWO,
    }
    for name, content in changes.items():
        path = next((each for each in good if name in each), name)
        if content is None:
            del good[path]
        else:
            good[path] = content
    return good


def pack(members: dict[str, str | bytes], stored: str = "mimetype") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            how = zipfile.ZIP_STORED if name == stored else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name), content, how)
    return out.getvalue()


def book(**changes: str | bytes | None) -> bytes:
    return pack(files(**changes))


def test_the_spine_is_the_reading_order() -> None:
    reading = read(book())
    assert [(block.id, block.text, block.page) for block in reading.blocks] == [
        ("one-heading", "One", 1),
        ("p1", "See two, here, there.", 1),
        ("contents-heading", "Contents", 2),
        ("two-heading", "Two", 3),
        ("p2", "Text.", 3),
        ("note-k-citation", "Note.", 3),
        ("", "Back", 3),
    ]
    assert {block.hidden for block in reading.blocks} == {""}
    assert reading.pages == 3


def test_what_stands_around_the_zip_is_refused() -> None:
    for data in (b"x" + book(), book() + book(), book() + b"x"):
        with pytest.raises(PublishError, match="before or after its zip"):
            read(data)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('encoding="utf-8"', 'encoding="big5"', "is not UTF-8"),
        ("<!DOCTYPE html>", '<!DOCTYPE html PUBLIC "x" "y">', "another doctype"),
    ],
)
def test_a_page_read_by_other_rules_is_refused(old: str, new: str, said: str) -> None:
    with pytest.raises(PublishError, match=said):
        read(book(one=ONE.replace(old, new)))


def test_links_across_files_are_ids() -> None:
    block = read(book()).blocks[1]
    assert block.spans == (
        Span(4, 7, "link", "#p2"),
        Span(9, 13, "link", "#p1"),
        Span(15, 20, "link", "https://a.example/"),
        Span(20, 20, "note", "k", "1"),
    )


@pytest.mark.parametrize(
    ("href", "value"),
    [
        ("two%20.xhtml#gone", "#gone" + LOST),
        ("#p2", "#p2" + LOST),
        ("three.xhtml", "three.xhtml" + LOST),
        ("two%20.xhtml", "#two"),
        ("../text/two%20.xhtml#p2", "#p2"),
        ("mailto:a@b.example", "mailto:a@b.example"),
    ],
)
def test_a_link_means_a_place_in_its_own_file(href: str, value: str) -> None:
    block = read(book(one=xhtml(f'<p id="p1"><a href="{href}">x</a></p>'))).blocks[0]
    assert block.spans == (Span(0, 1, "link", value),)


def test_contents_and_outline_lead_to_headings() -> None:
    reading = read(book())
    entries = (Entry("One", "one-heading"), Entry("2. Two", "two-heading"))
    assert (reading.contents, reading.outline) == (entries, entries)


def test_metadata_are_those_of_the_package() -> None:
    said = {"identifier": "urn:uuid:1", "title": "A book", "language": "en", "titles": "A book"}
    said["direction"] = "ltr"
    assert {name: value for name, value in read(book()).metadata.items() if value} == said


def test_a_file_outside_the_linear_order_hides_its_blocks() -> None:
    package = PACKAGE.replace('<itemref idref="two"/>', '<itemref idref="two" linear="no"/>')
    hidden = {block.id: block.hidden for block in read(book(opf=package)).blocks}
    assert "linear=no" in hidden["p2"]
    assert hidden["p1"] == ""


def test_a_file_that_left_the_spine_is_not_read() -> None:
    package = PACKAGE.replace('<itemref idref="two"/>', "")
    assert "p2" not in {block.id for block in read(book(opf=package)).blocks}


def test_an_id_in_two_files_is_told() -> None:
    two = TWO.replace('<section id="two">', '<section id="two"><div id="one"></div>')
    assert [block.id for block in read(book(two=two)).blocks if block.role == "loose"] == ["one", ""]


def test_styles_in_the_book_are_followed() -> None:
    head = '<link rel="stylesheet" href="../css/a.css"/>'
    changes = {
        "one": ONE.replace("</head>", f"{head}</head>"),
        "EPUB/css/a.css": "@import 'b.css' print; p { color: #333 }",
        "EPUB/css/b.css": "#p1 { display: none }",
    }
    hidden = {block.id: block.hidden for block in read(book(**changes)).blocks}
    assert hidden["p1"] == "display: none (in print)"
    assert "night mode" in hidden.get("p2", "") or hidden["p2"] == ""


def test_ink_without_paper_is_lost_in_a_reading_systems_night_mode() -> None:
    one = ONE.replace("<head>", "<head><style>p { color: #111 }</style>")
    hidden = {block.id: block.hidden for block in read(book(one=one)).blocks}
    assert "night mode" in hidden["p1"]
    one = ONE.replace("<head>", "<head><style>p { color: #111; background: #fff }</style>")
    assert {block.hidden for block in read(book(one=one)).blocks} == {""}


def test_body_text_is_the_same_in_all_files() -> None:
    one = ONE.replace("<head>", "<head><style>p { font-size: 80% }</style>")
    two = TWO.replace("Text.", "Text. " * 100)
    sizes = {block.id: block.size for block in read(book(one=one, two=two)).blocks}
    assert (sizes["p1"], sizes["p2"]) == (0.8, 1.0)


BOMB = '<!DOCTYPE html [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'


@pytest.mark.parametrize(
    "changes",
    [
        {"container": None},
        {"opf": None},
        {"one": None},
        {"one": ONE.replace("</p>", "")},
        {"one": ONE.replace("<!DOCTYPE html>", BOMB).replace("See", "&b;")},
        {"one": ONE.replace("See", "&nbsp;")},
        {
            "one": ONE.replace(
                "<!DOCTYPE html>", '<!DOCTYPE html [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
            )
        },
        {"one": '<svg xmlns="http://www.w3.org/2000/svg"><text>Words</text></svg>'},
        {"one": xhtml("<div>" * 230 + "</div>" * 230)},
        {"one": ONE.replace("</head>", '<link rel="stylesheet" href="gone.css"/></head>')},
        {"opf": PACKAGE.replace('idref="two"', 'idref="three"')},
        {"opf": PACKAGE.replace("<itemref", "<other")},
        {"mimetype": "application/zip_______"},
        {"../outside.txt": "x"},
    ],
)
def test_a_broken_or_hostile_book_is_refused(changes: dict[str, str | bytes | None]) -> None:
    with pytest.raises(PublishError) as error:
        read(book(**changes))
    assert error.value.problems[0].kind == "unreadable"


def test_mimetype_must_come_first_as_it_is() -> None:
    with pytest.raises(PublishError):
        read(pack(files(), stored=""))
    with pytest.raises(PublishError):
        read(pack(dict(reversed(files().items()))))
    with pytest.raises(PublishError):
        read(b"PK\x03\x04 and no more")


def test_a_zip_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = book(big="0" * 100_000)
    read(data)
    monkeypatch.setattr(epub, "MAX_MEMBER", 50_000)
    with pytest.raises(PublishError, match="unpacks to more"):
        read(data)
    monkeypatch.setattr(epub, "MAX_MEMBER", 10**9)
    monkeypatch.setattr(epub, "MAX_TOTAL", 50_000)
    with pytest.raises(PublishError, match="too much"):
        read(data)


def test_a_name_that_stands_twice_is_refused() -> None:
    data = io.BytesIO(book())
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(data, "a") as archive:
        archive.writestr("EPUB/text/one.xhtml", TWO)
    with pytest.raises(PublishError, match="twice"):
        read(data.getvalue())
