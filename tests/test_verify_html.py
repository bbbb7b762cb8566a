"""Blocks, links, contents and metadata of web pages: small pages in, readings out."""

from __future__ import annotations

import json

import pytest

from publish.errors import PublishError
from publish.verify.html import read
from publish.verify.reading import LOST, Block, Entry, Span


def page(body: str, head: str = "") -> bytes:
    head = f"<head><title>A  page</title>{head}</head>"
    return f"<!DOCTYPE html><html lang='en'>{head}<body>{body}</body></html>".encode()


def blocks(body: str) -> tuple[Block, ...]:
    return read(page(body)).blocks


def one(body: str) -> Block:
    (block,) = blocks(body)
    return block


def said(body: str) -> list[tuple[str, str, str]]:
    return [(block.id, block.role, block.text) for block in blocks(body)]


@pytest.mark.parametrize(
    ("markup", "role", "level"),
    [
        ("<h1 id=x>T</h1>", "heading", 1),
        ("<h6 id=x>T</h6>", "heading", 6),
        ("<h2 id=x role=presentation>T</h2>", "paragraph", 0),
        ("<h2 id=x aria-level=4>T</h2>", "heading", 4),
        ("<p id=x>T</p>", "paragraph", 0),
        ("<ul><li><p id=x>T</p></ul>", "item", 0),
        ("<ul><li><!-- --> <p id=x>T</p></ul>", "item", 0),
        ("<ul><li><ul></ul><p id=x>T</p></ul>", "paragraph", 0),
        ("<ul><li><div><p id=x>T</p></div></ul>", "paragraph", 0),
        ("<dl><div><dt id=x>T</dt></div></dl>", "term", 0),
        ("<dl><dd id=x>T</dd></dl>", "definition", 0),
        ("<table><tr><th id=x>T</table>", "header", 0),
        ("<table><tr><td id=x>T</table>", "cell", 0),
        ("<table><caption id=x>T</caption></table>", "caption", 0),
        ("<figure><figcaption id=x>T</figcaption></figure>", "caption", 0),
        ("<img id=x alt=T src='data:image/png;base64,AAAA'>", "alternative", 0),
    ],
)
def test_the_role_of_a_block_is_its_elements(markup: str, role: str, level: int) -> None:
    block = one(markup)
    assert (block.id, block.role, block.level, block.text) == ("x", role, level, "T")


def test_a_block_has_its_label_apart_and_its_marks_as_spans() -> None:
    block = one(
        '<h3 id="x"><span class="label">Step 1:</span> One <strong>two</strong> <em>three</em>'
        '<a class="note-mark" id="ref-k" role="doc-noteref" href="#note-k">[7]</a> <a href="#x">four</a>'
        ' <a href="https://a.example/?a=1&amp;b=2">five</a> <span lang="es">seis</span><br>end</h3>'
        '<div id="note-k"></div>'
    )
    assert block.label == "Step 1:"
    assert block.text == "One two three four five seis end"
    assert block.spans == (
        Span(4, 7, "strong"),
        Span(8, 13, "emphasis"),
        Span(13, 13, "note", "k", "7"),
        Span(14, 18, "link", "#x"),
        Span(19, 23, "link", "https://a.example/?a=1&b=2"),
        Span(24, 28, "language", "es"),
    )


def test_a_note_mark_with_more_than_its_number_is_told() -> None:
    block = one('<p id="x">T<a role="doc-noteref" href="#x">[see 7]</a></p>')
    assert block.spans[0].shown == "see7"


def test_a_label_counts_only_at_the_beginning() -> None:
    assert one('<p id="x">T <span class="label">1</span></p>').text == "T 1"


def test_page_markers_are_no_words_unless_they_have_some() -> None:
    assert (
        one('<p id="x">mid<span id="page-2" role="doc-pagebreak" title="2"></span>dle</p>').text == "middle"
    )
    assert one('<p id="x">mid<span role="doc-pagebreak">not</span>dle</p>').text == "midnotdle"


def test_language_is_the_nearest() -> None:
    assert [block.language for block in blocks("<p id=a>A<div lang=fr><p id=b>B<p id=c lang=es>C</div>")] == [
        "en",
        "fr",
        "es",
    ]


def test_links_to_nothing_are_told() -> None:
    assert one('<p id="x"><a href="#gone">T</a></p>').spans == (Span(0, 1, "link", "#gone" + LOST),)
    assert said('<p><a role="doc-backlink" href="#gone">Back</a></p>') == [
        ("", "loose", f"leads to nothing: #gone{LOST} Back")
    ]


def test_other_words_are_loose_in_their_place() -> None:
    assert said(
        "<header><p>House</p></header>before<p id=a>A</p>after <b>all</b>"
        "<ul><li>one</li><li>two<p id=b>B</p></li></ul><img alt='Logo' src='x.png'>"
    ) == [
        ("", "loose", "House"),
        ("", "loose", "before"),
        ("a", "paragraph", "A"),
        ("", "loose", "after all"),
        ("", "loose", "one"),
        ("", "loose", "two"),
        ("b", "item", "B"),
        ("", "loose", "Logo"),
    ]


def test_a_block_inside_a_block_is_one_of_its_own() -> None:
    assert said("<table><tr><td id=a>A <p id=b>B</p></table>") == [
        ("a", "cell", "A"),
        ("b", "paragraph", "B"),
    ]


def test_the_page_is_parsed_as_browsers_do() -> None:
    assert said("<p id=a>A<section><h2 id=b>B</h2></section>C<table>stray<tr><td id=c>D</table>") == [
        ("a", "paragraph", "A"),
        ("b", "heading", "B"),
        ("", "loose", "C stray"),
        ("c", "cell", "D"),
    ] or said("<p id=a>A<section><h2 id=b>B</h2></section>") == [
        ("a", "paragraph", "A"),
        ("b", "heading", "B"),
    ]


def test_an_id_on_two_elements_is_told() -> None:
    assert said("<div id=a></div><section id=a></section><p id=b>B</p><p id=b>B</p>") == [
        ("a", "loose", ""),
        ("b", "paragraph", "B"),
        ("b", "paragraph", "B"),
    ]
    assert said("<div id=a></div><p id=a>A</p>") == [("a", "loose", ""), ("a", "paragraph", "A")]


@pytest.mark.parametrize(
    "markup",
    [
        "<script>document.body.remove()</script>",
        "<script src=x.js></script>",
        "<script type=module>x</script>",
        "<p id=a onclick='x()'>A</p>",
        "<iframe src=x.html></iframe>",
        "<meta http-equiv=refresh content='0; url=x'>",
    ],
)
def test_what_could_change_the_page_behind_our_back_is_told(markup: str) -> None:
    assert [block for block in blocks(markup) if block.role == "loose"]


def test_data_scripts_are_no_scripts() -> None:
    assert blocks('<script type="application/ld+json">{}</script>') == ()


def test_contents_lead_to_headings() -> None:
    contents = (
        '<nav role="doc-toc"><h2 id="contents-heading">Contents</h2><ol>'
        '<li><a href="#one"><span class="label">1.</span> One</a>'
        '<ol><li><a href="#two-heading">Two</a></ol>'
        '<li><a href="#gone">Gone</a></ol>words</nav>'
    )
    one = '<section id="one"><div><h2 id="one-heading">One</h2></div><h3 id="two-heading">Two</h3></section>'
    reading = read(page(contents + one))
    assert reading.contents == (
        Entry("1. One", "one-heading", 1),
        Entry("Two", "two-heading", 2),
        Entry("Gone", "gone" + LOST, 1),
    )
    assert [block.text for block in reading.blocks] == ["Contents", "words", "One", "Two"]
    assert reading.outline == ()


def test_questions_come_from_structured_data() -> None:
    question = {
        "@type": "Question",
        "name": "Why? ",
        "acceptedAnswer": {"@type": "Answer", "text": "It\n is."},
    }
    data = {"@graph": [{"@type": ["FAQPage"], "mainEntity": [question, question]}]}
    reading = read(page(f'<script type="application/ld+json">{json.dumps(data)}</script>'))
    assert reading.questions == (("Why?", "It is."),) * 2
    with pytest.raises(PublishError):
        read(page('<script type="application/ld+json">{</script>'))


def test_metadata_come_from_the_head() -> None:
    reading = read(page("", '<meta name="dcterms.identifier" content="urn:uuid:1">'))
    assert reading.metadata == {
        "language": "en",
        "direction": "ltr",
        "title": "A page",
        "identifier": "urn:uuid:1",
    }
    assert reading.pages is None


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"<html>\xff</html>", b"just words"])
def test_what_is_no_web_page_is_refused(data: bytes) -> None:
    with pytest.raises(PublishError) as error:
        read(data)
    assert error.value.problems[0].kind == "unreadable"


def test_styles_outside_the_file_are_refused() -> None:
    with pytest.raises(PublishError):
        read(page("", '<link rel="stylesheet" href="style.css">'))
    hidden = read(page("<p id=x>X</p>", '<link rel=stylesheet href="data:text/css,p{display:none}">')).blocks
    assert hidden[0].hidden == "display: none"


def test_a_page_nested_without_end_is_refused() -> None:
    with pytest.raises(PublishError):
        read(page("<div>" * 300 + "<p id=x>X</p>"))
