"""Spoil what stands around and behind the words of a finished web page or e-book, and expect to be told."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import mutations
import pytest
from torture import write_torture

from publish.errors import Problem
from publish.formats import FORMATS
from publish.project import Project, open_project
from publish.proof import examine
from publish.source.article import Source

pytestmark = pytest.mark.slow

Spoil = Callable[[bytes], bytes]
Problems = Callable[..., tuple[Problem, ...]]

ANSWER, CELL, PICTURE = "faq-who-answer-p1", "minutes-r1c2", "sugar-curve-alt"
ITEM = "what-happens-l2-i1"
OTHER = "data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4="
DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><title>No</title></svg>'


@pytest.fixture(scope="module")
def problems(project: Project, source: Source, file: Callable[[str], bytes]) -> Problems:
    def problems(name: str, spoil: Spoil = lambda data: data) -> tuple[Problem, ...]:
        data = spoil(file(name))
        return examine(project, source, project.house.editions[name], data, "file").problems

    return problems


def attribute(id: str, words: str) -> Spoil:
    return lambda data: mutations.attribute(data, id, words)


def put(before: str) -> Spoil:
    """Put markup before the answer."""
    return lambda data: mutations.wrap(data, ANSWER, before, "")


def wrapped(before: str, after: str) -> Spoil:
    return lambda data: mutations.wrap(data, ANSWER, before, after)


def sub(regex: str, new: str, file: str = ".xhtml") -> Spoil:
    return partial(mutations.pattern, regex=regex, new=new, file=file)


def rule(text: str) -> Spoil:
    return lambda data: mutations.add_rule(data, text)


@pytest.mark.parametrize("edition", ["web", "ebook"])
def test_an_article_with_everything_that_is_hard_has_no_problem(
    edition: str, project: Project, tmp_path: Path
) -> None:
    write_torture(tmp_path)
    own = open_project(tmp_path)
    (source,) = own.sources()
    chosen = project.house.editions[edition]
    data = FORMATS[chosen.format].render(source.article, chosen, own.house, own.layouts)
    assert examine(own, source, chosen, data, "file").problems == ()


BOTH: dict[str, tuple[str, str, Spoil]] = {
    # name: kind of a problem, its block, what is done
    "a description is heard": ("hidden", ANSWER, attribute(ANSWER, 'aria-description="This is false."')),
    "a role is described": ("hidden", ANSWER, attribute(ANSWER, 'aria-roledescription="Advertisement"')),
    "braille says otherwise": ("hidden", ANSWER, attribute(ANSWER, 'aria-braillelabel="False"')),
    "a title is heard": ("hidden", ANSWER, attribute(ANSWER, 'title="This is false."')),
    "an answer is a button": ("hidden", ANSWER, attribute(ANSWER, 'role="button"')),
    "an answer is a deletion": ("hidden", ANSWER, attribute(ANSWER, 'role="deletion"')),
    "an answer runs from the right": ("hidden", ANSWER, attribute(ANSWER, 'dir="rtl"')),
    "a number is turned": (
        "hidden",
        ANSWER,
        sub(r"(answer-p1\">Adults from) 40", r'\1 <bdo dir="rtl">40</bdo>'),
    ),
    "a word has a name": (
        "hidden",
        ANSWER,
        sub('(answer-p1">)Adults', r'\1<span role="doc-backlink" aria-label="Children">Adults</span>'),
    ),
    "a section is called otherwise": (
        "styles",
        "",
        sub('aria-labelledby="faq-who-question"', 'aria-label="Sponsored"'),
    ),
    "a section takes its name elsewhere": (
        "styles",
        "",
        sub('aria-labelledby="faq-who-question"', 'aria-labelledby="disclaimers-heading"'),
    ),
    "a section is described": (
        "styles",
        "",
        sub('aria-labelledby="faq-who-question"', r'\g<0> aria-description="Not true"'),
    ),
    "a note mark is called otherwise": ("heard", "", sub('aria-label="Note 1"', 'aria-label="Not true"')),
    "a note mark has another number's name": ("heard", "", sub('aria-label="Note 1"', 'aria-label="Note 2"')),
    "other elements are owned": ("styles", "", sub("<main", '<main aria-owns="title"')),
    "a drawing is added": ("styles", "", put(DRAWING)),
    "a picture is added": ("styles", "", put(f'<img alt="" src="{OTHER}" />')),
    "a picture without a size": (
        "hidden",
        PICTURE,
        sub(rf'(id="{PICTURE}"[^>]*?)width="\d+"', r'\1width="1"'),
    ),
    "an empty box lies over all": (
        "styles",
        "",
        put('<div style="position:fixed;top:0;left:0;width:100vw;height:100vh;background:#fff"></div>'),
    ),
    "a style stands in the text": ("styles", "", put("<style>/* Stop your insulin today. */</style>")),
    "a style has a title": ("styles", "", sub("</head>", '<style title="b">p { margin: 0 }</style></head>')),
    "a style is of another type": ("styles", "", sub("</head>", '<style type="text/x">p{}</style></head>')),
    "a list begins with another number": (
        "number",
        ITEM,
        sub(rf'<ol>(\s*<li>\s*<p id="{ITEM}")', r'<ol start="7">\1'),
    ),
    "a list has no numbers": ("hidden", ITEM, rule("ol { list-style: none }")),
    "a list has letters": ("hidden", ITEM, rule("li { list-style-type: lower-alpha }")),
    "items of a list are boxes": ("hidden", ITEM, rule("ol > li { display: block }")),
    "bullets become numbers": (
        "number",
        "key-point-1",
        sub(r"(key-points-heading.*?)<ul>(.*?)</ul>", r"\1<ol>\2</ol>"),
    ),
    "two rows are one": ("cell", "minutes-r2c1", sub(r'(id="minutes-r1c3".*?</td>)\s*</tr>\s*<tr>', r"\1")),
    "a row is two": (
        "cell",
        "minutes-r1c3",
        sub(r'(<td id="minutes-r1c3")', r"</tr><tr>\1"),
    ),
    "a cell is wider": ("hidden", CELL, attribute(CELL, 'colspan="2"')),
    "a cell has other headings": ("hidden", CELL, attribute(CELL, 'headers="minutes-c3"')),
    "a heading of a column is one of a row": (
        "cell",
        "minutes-c2",
        sub('scope="col" id="minutes-c2"', 'scope="row" id="minutes-c2"'),
    ),
    "a table is none": ("styles", "", sub('<table id="minutes"', r'\g<0> role="presentation"')),
    "cells are boxes": ("hidden", CELL, rule("tr { display: grid }")),
    "a cell is coloured": ("hidden", CELL, attribute(CELL, 'bgcolor="#1a1a1a"')),
    "a name of a thing stands loose": ("doubled", "", put("<div>Does not prove</div>")),
    "a paragraph in a heading": ("hidden", ANSWER, wrapped("<h2>", "</h2>")),
    "a paragraph in a link": ("hidden", ANSWER, wrapped('<a href="#disclaimers">', "</a>")),
    "a paragraph to be opened": ("hidden", ANSWER, wrapped('<details open="open">', "</details>")),
    "a paragraph as a term": ("hidden", ANSWER, wrapped("<dl><dt>", "</dt></dl>")),
    "a paragraph as a cell": ("hidden", ANSWER, wrapped("<table><tr><th>", "</th></tr></table>")),
    "a paragraph as typed": ("hidden", ANSWER, wrapped("<pre>", "</pre>")),
    "a word beside others": ("hidden", ANSWER, sub('(answer-p1">)Adults', r"\1<ruby>Adults<rt></rt></ruby>")),
    "a word is raised": ("hidden", ANSWER, sub('(answer-p1">)Adults', r"\1<sup>Adults</sup>")),
    "a word is quoted": ("hidden", ANSWER, sub('(answer-p1">)Adults', r"\1<q>Adults</q>")),
    "a cover in the text": ("styles", "", put(f'<img role="doc-cover" alt="" src="{OTHER}" />')),
    "a small picture": (
        "hidden",
        PICTURE,
        sub(rf'(id="{PICTURE}"[^>]*?)width="\d+"', r'\1width="7"'),
    ),
    "a sign stands loose": ("unknown", "", put("<div>✗ ≠ 🚫</div>")),
    "a digit is set before": ("unknown", "", rule(f"#{ANSWER}::before {{ content: '4711' }}")),
    "a sign is set before": ("unknown", "", rule(f"#{ANSWER}::before {{ content: '✗ ' }}")),
    "a bullet says something": ("unknown", "", rule("ul { list-style-type: 'Avoid ' }")),
}


@pytest.mark.parametrize(
    ("edition", "fault"),
    # Both are read by the same code; a third tells whether that is so.
    [*(("web", fault) for fault in BOTH), *(("ebook", fault) for fault in [*BOTH][::3])],
)
def test_what_is_heard_shown_or_numbered_otherwise_is_found(
    edition: str, fault: str, problems: Problems
) -> None:
    kind, block, spoil = BOTH[fault]
    found = problems(edition, spoil)
    said = "\n".join(map(str, found))
    assert kind in {each.kind for each in found}, said
    if block:
        assert block in {each.block for each in found if each.kind == kind}, said


WEB: dict[str, tuple[str, Spoil]] = {
    "another charset": ("styles", sub('charset="utf-8"', 'charset="windows-1252"')),
    "a charset that blanks the page": ("styles", sub('charset="utf-8"', 'charset="hz-gb-2312"')),
    "no charset": ("styles", sub('<meta charset="utf-8">', "")),
    "a charset too late": ("styles", sub("<head>", "<head><!-- --><title>t</title>")),
    "pictures are forbidden": (
        "styles",
        sub("</title>", "</title><meta http-equiv=content-security-policy content=\"img-src 'none'\">"),
    ),
    "pictures are forbidden first": (
        "styles",
        sub(
            "</title>",
            "</title><meta http-equiv=content-security-policy content=\"img-src 'none'; img-src data:\">",
        ),
    ),
    "styles need a password": (
        "styles",
        sub(
            "</title>",
            "</title><meta http-equiv=content-security-policy "
            "content=\"style-src 'unsafe-inline' 'nonce-x'\">",
        ),
    ),
    "a page of old": ("styles", sub("<!DOCTYPE html>", "")),
    "a headline for machines": ("styles", sub('"description": "', r'"headline": "Cures", \g<0>')),
    "a publisher for machines": ("metadata", sub('(Organization",\\s*"name": ")', r"\1World ")),
    "a file of another name": (
        "heard",
        sub(r'(<a href=")[^"#]*(" type="application/pdf)', r"\1small-article.epub\2"),
    ),
    "a way back to elsewhere": ("styles", sub(r'href="#ref-[^"]*(" role="doc-backlink)', r'href="#gist\1')),
    "a site of another name": (
        "styles",
        sub("</title>", '</title><meta property="og:site_name" content="World Health Organization">'),
    ),
    "a day for machines": (
        "hidden",
        sub('(answer-p1">)Adults', r'\1<time datetime="1999-01-01">Adults</time>'),
    ),
    "a page that cannot grow": ("styles", sub("width=device-width", "width=9999")),
    "the picture is another": ("picture", sub(rf'(id="{PICTURE}" src=")[^"]+', rf"\g<1>{OTHER}")),
    "the description": ("metadata", sub('name="description" content="', r"\g<0>Walking cures. ")),
    "the shared description": ("metadata", sub('"og:description" content="', r"\g<0>Walking cures. ")),
    "a second description": (
        "metadata",
        sub("</title>", '</title><meta name="description" content="Walking cures.">'),
    ),
    "a description of another kind": (
        "styles",
        sub("</title>", '</title><meta name="twitter:description" content="Walking cures.">'),
    ),
    "no data for search engines": ("metadata", sub(r"<script.*?</script>", "")),
    "data about another page": ("metadata", sub('"description": "', r"\g<0>Walking cures. ")),
    "interface words stand twice": ("unknown", put("<div>Skip to the article</div>")),
}


@pytest.mark.parametrize("fault", WEB)
def test_what_a_web_page_says_of_itself_is_compared(fault: str, problems: Problems) -> None:
    kind, spoil = WEB[fault]
    found = problems("web", spoil)
    assert kind in {each.kind for each in found}, "\n".join(map(str, found))


PACKAGE = "content.opf"
BLANK = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x04\x00\x00\x00\xb5\x1c\x0c\x02"
    b"\x00\x00\x00\x0bIDATx\xdac\xfc\xff\x1f\x00\x03\x03\x02\x00\xef\xa2\xa7[\x00\x00\x00\x00IEND\xaeB`\x82"
)


def file(name: str, content: bytes) -> Spoil:
    return lambda data: mutations.replace_file(data, name, content)


EBOOK: dict[str, tuple[str, Spoil]] = {
    "the picture is another": ("picture", sub("</svg>", "<g/></svg>", "sugar-curve.svg")),
    "the cover is blank": ("styles", file("cover.png", BLANK)),
    "a page at a fixed size": (
        "styles",
        sub("</metadata>", '<meta property="rendition:layout">pre-paginated</meta></metadata>', PACKAGE),
    ),
    "one page at a fixed size": (
        "styles",
        sub('idref="faq-xhtml"', r'\g<0> properties="rendition:layout-pre-paginated"', PACKAGE),
    ),
    "pages turn the other way": ("styles", sub('direction="ltr"', 'direction="rtl"', PACKAGE)),
    "a collection": ("styles", sub("</package>", '<collection role="x"/></package>', PACKAGE)),
    "a fallback": ("styles", sub('id="faq-xhtml"', r'\g<0> fallback="about-xhtml"', PACKAGE)),
    "another author": (
        "metadata",
        sub("</metadata>", "<dc:creator>Miracle Clinic</dc:creator></metadata>", PACKAGE),
    ),
    "a second title": ("metadata", sub("</metadata>", "<dc:title>Cured</dc:title></metadata>", PACKAGE)),
    "the description": ("metadata", sub("<dc:description>", r"\g<0>Walking cures. ", PACKAGE)),
    "the summary": ("metadata", sub('accessibilitySummary">', r"\g<0>Nothing. ", PACKAGE)),
    "old contents with other words": ("outline", sub("(<navLabel><text>)[^<]*", r"\1Buy now", "toc.ncx")),
    "old contents that lead elsewhere": ("outline", sub('src="[^"]*', 'src="about.xhtml', "toc.ncx")),
    "old contents without an entry": ("outline", sub("<navPoint.*?</navPoint>", "", "toc.ncx")),
    "a place is called otherwise": ("heard", sub("Start of the article", "Buy now", "nav.xhtml")),
    "a place leads elsewhere": (
        "styles",
        sub('(epub:type="bodymatter" href=")[^"]*', r"\1about.xhtml", "nav.xhtml"),
    ),
    "pages by another name": ("styles", sub("application/xhtml.xml", "image/png", PACKAGE)),
    "styles by another name": ("styles", sub("text/css", "image/png", PACKAGE)),
    "places for old e-readers": (
        "styles",
        sub("</spine>", '</spine><guide><reference title="No" href="about.xhtml"/></guide>', PACKAGE),
    ),
    "rights": ("styles", sub("</metadata>", "<dc:rights>Not true</dc:rights></metadata>", PACKAGE)),
    "a second language": ("styles", sub("</dc:language>", r"\g<0><dc:language>fr</dc:language>", PACKAGE)),
    "another direction": ("styles", sub('dir="ltr"', 'dir="rtl"', PACKAGE)),
    "a hazard": ("styles", sub('Hazard">none', 'Hazard">flashing', PACKAGE)),
    "a subject": ("metadata", sub("</metadata>", "<dc:subject>Cures</dc:subject></metadata>", PACKAGE)),
    "a claim": (
        "metadata",
        sub("</metadata>", '<meta property="dcterms:conformsTo">AAA</meta></metadata>', PACKAGE),
    ),
    "an author for old e-readers": (
        "styles",
        sub("</docTitle>", r"\g<0><docAuthor><text>Nobody</text></docAuthor>", "toc.ncx"),
    ),
    "two languages of a page": ("styles", sub('(<html[^>]*) lang="en"', r'\1 lang="fr"')),
    "places are shown": ("styles", rule("nav[hidden] { display: block }")),
    "a word is pronounced otherwise": (
        "hidden",
        sub("Adults", '<span xmlns:s="http://www.w3.org/2001/10/synthesis" s:ph="no">Adults</span>'),
    ),
    "words of another language of elements": (
        "hidden",
        sub("Adults from", 'Adults<x:style xmlns:x="urn:x"> never</x:style> from'),
    ),
    "a style after a comment": (
        "styles",
        sub("</head>", "<style>p { margin: 0 }<!-- --> p { display: none }</style></head>"),
    ),
    "a page marker is called otherwise": ("styles", put('<span id="page-9" role="doc-pagebreak" title="9" '
                                                        'aria-label="Stop"></span>')),
}  # fmt: skip


@pytest.mark.parametrize("fault", EBOOK)
def test_what_an_e_book_says_of_itself_is_compared(fault: str, problems: Problems) -> None:
    kind, spoil = EBOOK[fault]
    found = problems("ebook", spoil)
    assert kind in {each.kind for each in found}, "\n".join(map(str, found))
