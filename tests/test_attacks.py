"""Hostile sources, pictures, layouts and finished files: each refused in time, with a word an author can use.

Every attack runs ``publish`` as a program. Whatever happens: it ends by itself with exit code 1, computes
for less than 20 seconds, takes less than 1.5 GB, releases nothing, leaves nothing behind, shows no traceback
and nothing of a file that is none of the project's business. Where the fault stands in a file of the author,
the message names file and line.
"""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import attacks
import pytest
from attacks import (
    ARTICLE,
    IMAGES,
    SECRET,
    Attack,
    Data,
    Outcome,
    Warm,
    block,
    both,
    layout,
    lede,
    linked,
    own_layout,
    picture,
    pipe,
    source,
    svg,
    whole,
)

from publish.layout import packaged_layouts

pytestmark = pytest.mark.slow

SECONDS, MEGABYTES = 20, 1500
AT = rf"{ARTICLE}:\d+:\d+: error: .*"


def contained(outcome: Outcome) -> None:
    """Hold what has to be so, whatever was said of the attack."""
    said = outcome.said
    assert "Traceback" not in said, said[-2000:]
    assert "fault of publish" not in said, said[-2000:]
    assert outcome.computing < SECONDS
    assert outcome.megabytes < MEGABYTES
    assert outcome.left == ()
    assert SECRET not in said
    assert "root:x:" not in said
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", said)


def check(outcome: Outcome, message: str) -> None:
    assert outcome.code == 1, outcome.said[-2000:]
    assert re.search(message, outcome.said), outcome.said[-2000:]
    assert len(outcome.said) < 100_000
    contained(outcome)


# --- sources ---------------------------------------------------------------------------------

DEEP = "".join(f"{'  ' * n}- a\n" for n in range(100))
SOURCES: dict[str, tuple[Attack, str]] = {
    "aliases that multiply": (
        whole("a: &a [x, x]\n" + "".join(f"b{n}: &b{n} [{'*a, ' * 99}*a]\n" for n in range(200))),
        AT + "“&a” names a part of the file",
    ),
    "lists inside lists": (whole("[" * 100_000), AT + "lists and fields stand more than 20 levels deep"),
    "fields inside fields": (whole("{a: " * 100_000), AT + "lists and fields stand more than 20 levels deep"),
    "a large file": (whole("a: " + "x " * 5_000_000), f"{ARTICLE} has more than 1,000,000 bytes"),
    "many fields": (whole("a:\n" + "- a\n" * 200_000), AT + "the file has more than 20,000 fields"),
    "no text at all": (whole(bytes(900_000)), AT + "the invisible character U\\+0000"),
    "a program": (whole("!!python/object/apply:os.system ['echo']\n"), AT + "the tag “!!python"),
    "many faults": (source("keywords:", "x:\n" + "  - [\n" * 3000 + "keywords:"), AT),
    "a list deep in lists": (lede(DEEP), AT + "lists stand more than 6 levels deep"),
    "a list deep in lists on one line": (lede("- " * 500 + "a"), AT + "lists stand more than 6 levels deep"),
    "marks inside marks": (lede("*a " * 700 + "b* " * 700), AT + "marks stand more than 8 levels deep"),
    "links that never end": (lede("[a](" * 40 + " [a](b" * 800), AT),
    "phrases inside phrases": (
        lede("[a " * 12 + "]{lang=es}" * 12),
        AT + "marks stand more than 8 levels deep",
    ),
    "many marks": (lede("*a* " * 400), AT + "this paragraph has more than 300 marks"),
    "a long word": (lede("a" * 19_000), AT + "19,000 characters stand here without a space"),
    "a long word, divided by no-break spaces": (
        lede("a\u00a0" * 5_000),
        AT + "characters stand here without a",
    ),
    "a long word in the title": (source('title: "', 'title: "' + "a" * 9_000), AT + "characters stand here"),
    "a long word in a field's name": (
        source("keywords:", f"{'a' * 300}: 1\nkeywords:"),
        AT + "300 characters",
    ),
    "a long word of marks on one letter": (lede("a" + "\u0301" * 900), AT + "901 characters stand here"),
    "a long address": (
        lede(f"<https://a.example/{'a' * 3000}>"),
        AT + "characters stand here without a space",
    ),
    "a long paragraph": (lede("word " * 1500), AT + "this paragraph has more than 5,000 characters"),
    "a long text": (lede("word word\n\n" * 3000), AT + "this text has more than 20,000 characters"),
    "many paragraphs": (
        block("".join("- |\n" + "  word\n\n" * 2000 for _ in range(4))),
        AT + "an article has at most 5,000",
    ),
    "a wide table": (
        block(
            "- table:\n    caption: A\n    columns: ["
            + "a, " * 500
            + "a]\n    rows: [["
            + "a, " * 500
            + "a]]"
        ),
        AT + "a table has at most 12 columns and 1,000 cells",
    ),
    "a long table": (
        block("- table:\n    caption: A\n    columns: [a, b]\n    rows:\n" + "      - [a, b]\n" * 2000),
        AT + "a table has at most 12 columns and 1,000 cells",
    ),
    "a script": (lede("<script>alert(1)</script>"), AT + "HTML stands here"),
    "a picture from elsewhere": (lede("![a](file:///etc/passwd)"), AT + "a picture stands here"),
    "HTML that fetches": (lede('<img src="file:///etc/passwd">'), AT + "HTML stands here"),
    "a link that runs": (lede("[a](javascript:alert(1))"), AT + "the link leads to “javascript:alert"),
    "a link to a file": (lede("[a](file:///etc/passwd)"), AT + "the link leads to “file:///etc/passwd”"),
    "an address that runs": (source("https://health.example/sleep", "javascript:x"), AT + "is no address"),
    "a character that ends texts": (lede("a &#0; b"), AT),
    "a picture outside": (
        source("images/sugar-curve.svg", "../../../secret.png"),
        AT + "“../../../secret.png” leads out of the article's folder",
    ),
    "a picture of the machine": (source("images/sugar-curve.svg", "/etc/passwd"), AT + "leads out of"),
    "a picture on the network": (
        source("images/sugar-curve.svg", "https://evil.example/a.png"),
        AT + "leads out of",
    ),
}

# --- links and odd files ---------------------------------------------------------------------

LEADS_OUT = "leads out of"
FILES: dict[str, tuple[Attack, str]] = {
    "the article is a link": (linked(ARTICLE, "../secret.txt"), f"{ARTICLE} {LEADS_OUT}"),
    "the article is a link to the machine": (linked(ARTICLE, "/etc/passwd"), f"{ARTICLE} {LEADS_OUT}"),
    "the article is a link to the settings": (
        linked(ARTICLE, "source/publish.yaml"),
        f"{ARTICLE} {LEADS_OUT} small-article/",
    ),
    "the article is a circle": (linked(ARTICLE, ARTICLE), "there is no article|cannot be read"),
    "the article is a pipe": (pipe(ARTICLE), f"{ARTICLE} cannot be read: it is no plain file"),
    "the article never ends": (linked(ARTICLE, "/dev/zero"), f"{ARTICLE} {LEADS_OUT}"),
    "the settings are a link": (linked("source/publish.yaml", "../secret.txt"), f"publish.yaml {LEADS_OUT}"),
    "the disclaimers are a link": (
        linked("source/disclaimers.yaml", "../secret.txt"),
        f"source/disclaimers.yaml {LEADS_OUT}",
    ),
    "the article's folder is a link": (
        both(
            lambda project: (project / "source/small-article").rename(project.parent / "elsewhere"),
            linked("source/small-article", "../elsewhere"),
        ),
        f"{ARTICLE} {LEADS_OUT} project/",
    ),
    "all sources are a link": (
        both(
            lambda project: (project / "source").rename(project.parent / "elsewhere"),
            linked("source", "../elsewhere"),
        ),
        f"source/publish.yaml {LEADS_OUT} project/",
    ),
    "the pictures are a link": (
        both(
            lambda project: (project / IMAGES).rename(project.parent / "elsewhere"),
            linked(IMAGES, "../elsewhere"),
        ),
        AT + "“images/sugar-curve.svg” leads out of the article's folder",
    ),
    "a picture is a link": (linked(f"{IMAGES}/sugar-curve.svg", "/etc/passwd"), AT + f".*{LEADS_OUT}"),
    "a picture is a pipe": (pipe(f"{IMAGES}/sugar-curve.svg"), AT + "there is no picture"),
    "a picture never ends": (linked(f"{IMAGES}/sugar-curve.svg", "/dev/zero"), AT + f".*{LEADS_OUT}"),
    "the layouts are a link": (linked("layouts", ".."), "layouts leads out of the project"),
}

# --- pictures --------------------------------------------------------------------------------

SVG = rf"{IMAGES}/a\.svg:\d+:\d+: error: "
PICTURES: dict[str, tuple[Attack, str]] = {
    "a PNG of 169 million pixels": (
        picture("a.png", lambda: attacks.png(13_000, 13_000)),
        AT + "“images/a.png” has more than 40,000,000 pixels",
    ),
    "a PNG of 3,600 million pixels": (
        picture("a.png", lambda: attacks.png(60_000, 60_000)),
        AT + "has more than 40,000,000 pixels",
    ),
    "a PNG with words that unpack": (
        picture(
            "a.png", lambda: attacks.png(9, 9, attacks.chunk(b"zTXt", b"a\0\0" + attacks.flat(1 << 30)) * 8)
        ),
        AT + "is broken",
    ),
    "a JPEG of a thousand scans": (
        picture("a.jpg", lambda: attacks.jpeg_of_many_scans(6_000, 40_000)),
        AT + "is stored in more than 100 scans",
    ),
    "a PNG that is a script": (picture("a.png", "<script>1</script>"), AT + "is not a PNG"),
    "entities that multiply": (
        picture("a.svg", attacks.entity_bomb),
        SVG + "“images/a.svg” is no well-formed SVG",
    ),
    "an entity that is a file": (
        picture("a.svg", svg("<text>&e;</text>", '<!DOCTYPE s [<!ENTITY e SYSTEM "file:///etc/passwd">]>')),
        SVG + ".*DOCTYPE",
    ),
    "a picture in a picture": (
        picture("a.svg", svg('<image xlink:href="file:///etc/passwd"/>')),
        SVG + "<image> cannot stand in a picture",
    ),
    "a shape used a million times": (
        picture("a.svg", attacks.used_a_million_times),
        SVG + "with each <use> drawn out the picture has more than 10,000 elements",
    ),
    "a shape that uses itself": (
        picture("a.svg", svg('<g id="a"><use xlink:href="#a"/></g>')),
        SVG + "<use> shows what it stands in itself",
    ),
    "a marker that marks itself": (
        picture("a.svg", svg('<marker id="a"><path d="M0 0H1" marker-end="url(#a)"/></marker>')),
        SVG + r"marker-end:url\(…\) stands where it could repeat itself",
    ),
    "groups inside groups": (
        picture("a.svg", svg("<g>" * 5000 + "</g>" * 5000)),
        SVG + "“images/a.svg” is no well-formed SVG",
    ),
    "many shapes": (picture("a.svg", svg("<rect/>\n" * 50_000)), SVG + "the picture has more than 10,000"),
    "a large picture": (
        picture("a.svg", svg("<!--" + "a" * 30_000_000 + "-->")),
        AT + "has more than 10,000,000",
    ),
    "a script in a picture": (picture("a.svg", svg("<script>1</script>")), SVG + "<script> cannot"),
    "a page in a picture": (picture("a.svg", svg("<foreignObject/>")), SVG + "<foreignObject> cannot"),
    "a style that fetches": (
        picture("a.svg", svg("<style>@import 'file:///etc/passwd';</style>")),
        SVG + "a <style> has “@”",
    ),
    "a side without end": (
        picture("a.svg", svg("").replace('width="100"', 'width="1e300"')),
        AT + ".*pixels large",
    ),
}
PRINTED: dict[str, tuple[Attack, str]] = {
    "a number that is none": (
        picture("a.svg", svg('<path d="M0 0H9" stroke-miterlimit="x" stroke-width="1e9%" opacity="y"/>')),
        AT + "the picture images/a.svg cannot be printed",
    ),
    "a gradient that repeats itself": (
        picture(
            "a.svg",
            svg(
                '<linearGradient id="a" x2="1e-9" spreadMethod="repeat"><stop offset="0"/>'
                '<stop offset="1" stop-color="red"/></linearGradient>'
                '<rect width="99" height="99" fill="url(#a)"/>'
            ),
        ),
        AT + "the picture images/a.svg cannot be printed|took more than 1 seconds of computing",
    ),
}

# --- settings, names of folders, shared disclaimers ------------------------------------------

SETTINGS = r"source/publish\.yaml:\d+:\d+: error: "
SHARED = r"source/disclaimers\.yaml:\d+:\d+: error: "


def editions(text: str) -> Attack:
    """Let ``text`` be the editions of the house."""
    return settings(lambda ours: f"{ours.partition('editions:')[0]}editions:\n{text}\n")


def settings(change: Callable[[str], str]) -> Attack:
    def attack(project: Path) -> None:
        file = project / "source/publish.yaml"
        file.write_text(change(file.read_text("utf-8")), encoding="utf-8")

    return attack


def disclaimers(text: str) -> Attack:
    return lambda project: (project / "source/disclaimers.yaml").write_text(text, encoding="utf-8")


def called(name: str) -> Attack:
    """Let the article's folder be called ``name``."""
    return lambda project: (project / "source/small-article").rename(project / "source" / name)


HOUSES: dict[str, tuple[Attack, str]] = {
    "ten thousand editions": (
        editions("".join(f"  e{n}: {{format: html, suffix: -e{n}}}\n" for n in range(10_000))),
        SETTINGS,
    ),
    "a hundred editions": (
        editions("".join(f"  e{n}: {{format: html, suffix: -e{n}}}\n" for n in range(100))),
        SETTINGS + "a house has at most 50 editions",
    ),
    "no end of pages": (editions(f"  a: {{format: pdf, paper: a4, pages: 1{'0' * 190}x}}"), SETTINGS),
    "fewer pages than none": (editions("  a: {format: pdf, paper: a4, pages: -1}"), SETTINGS),
    "type without end": (editions("  a: {format: pdf, paper: a4, type_size: 1e308}"), SETTINGS),
    "type that is no number": (editions("  a: {format: pdf, paper: a4, type_size: .nan}"), SETTINGS),
    "a file above": (editions("  a: {format: html, suffix: /../../../x}"), SETTINGS),
    "an edition above": (editions('  "../../x": {format: html}'), SETTINGS),
    "an edition with a long name": (editions(f"  {'a' * 150_000}: {{format: html}}"), SETTINGS),
    "an edition with a name that steers": (editions('  "\\e[2J\\a": {format: html}'), SETTINGS),
    "a format that is a file": (editions("  a: {format: ../../../../etc/passwd}"), SETTINGS),
    "a paper that is a file": (editions("  a: {format: pdf, paper: /etc/passwd}"), SETTINGS),
    "an address that runs": (settings(lambda ours: ours.replace("https://health", "javascript:h")), SETTINGS),
    "settings that are a list": (settings(lambda _: "- a\n"), SETTINGS),
    "settings that never end": (settings(lambda _: "[" * 900_000), SETTINGS),
    "settings that are nothing": (settings(lambda _: ""), "publish.yaml"),
    "a source that is a circle": (linked("source", "source"), "publish.yaml"),
    "layouts that are a circle": (linked("layouts", "layouts"), "layouts"),
    "disclaimers inside disclaimers": (disclaimers("[" * 900_000), SHARED),
    "disclaimers that multiply": (
        disclaimers("a: &a [x]\n" + "".join(f"b{n}: &b{n} [*a, *a]\n" for n in range(99))),
        SHARED + "“&a” names a part of the file",
    ),
    "no end of disclaimers": (
        disclaimers(
            "format: 1\ndisclaimers:\n"
            + "".join(f"  - id: d{n}\n    title: A\n    text: B\n" for n in range(20_000))
        ),
        SHARED + "the file has more than 20,000 fields",
    ),
    "disclaimers that are one": (disclaimers("format: 1\ndisclaimers: not-advice\n"), SHARED),
    "a disclaimer that runs": (
        disclaimers(
            "format: 1\ndisclaimers: [{id: not-advice, title: A, text: '<script>1</script> is said here.'}]"
        ),
        SHARED + "HTML stands here",
    ),
    "a folder called by a way out": (called("..a"), "its folder “..a”"),
    "a folder that steers": (called("\x1b[2J\x07\x9b31m"), r"its folder “\\x1b\[2J\\x07\\x9b31m”"),
    "a folder that is an option": (called("--project"), "its folder “--project”"),
    "a folder of no letters": (called("\udcff\udcfe"), "its folder “"),
    "a folder of two lines": (called("a\nerror: b"), "its folder “a"),
    "a folder with a long name": (called("a" * 255), "its folder “aaa"),
    "a folder written from the right": (called("\u202egpj"), "its folder “"),
}

# --- layouts of the project's own ------------------------------------------------------------

OUR_FONT = min(packaged_layouts().rglob("*.ttf"))
FONT_REFUSED = "print layout|print style|making edition|small-article-letter.pdf"


def font(data: Data) -> Attack:
    """Set everything in the font ``data``, and in no other."""
    face = "@font-face { font-family: x; src: url('../fonts/x.ttf') }"
    use = "html, body, p, h2, h3, li { font-family: x !important }"
    return both(layout("print/print.css", f"{face} {use}"), own_layout("fonts/x.ttf", data))


PRINT, PAGE, BOOK = "print/page.html.jinja", "html/page.html.jinja", "epub/document.xhtml.jinja"
STYLE = r"layouts/print/print\.css"
LAYOUT = r"layouts/\S+:\d+:\d+: error: layout: "
LAYOUTS: dict[str, tuple[Attack, str]] = {
    "a template that reaches for Python": (
        layout(PAGE, "{{ ''.__class__.__mro__[1].__subclasses__() }}", "</body>"),
        LAYOUT + ".*unsafe",
    ),
    "a template that reads a file": (
        layout(PAGE, "{{ article.parse_file('/etc/passwd') }}", "</body>"),
        LAYOUT + ".*unsafe",
    ),
    "a template that runs a pickle": (
        layout(
            PAGE,
            "{{ house.parse_raw('cos\nsystem\n(Vid\ntR.', proto='pickle', allow_pickle=true) }}",
            "</body>",
        ),
        LAYOUT + ".*unsafe",
    ),
    "a template that looks into functions": (
        layout(PAGE, "{{ view.href.__globals__ }}", "</body>"),
        LAYOUT + ".*unsafe",
    ),
    "a template that looks into formats": (
        layout(PAGE, "{{ '{0.__class__.__init__.__globals__}'.format(house) }}", "</body>"),
        LAYOUT + ".*unsafe",
    ),
    "a template that includes a file": (
        layout(PAGE, "{% include '/etc/passwd' %}", "</body>"),
        "“/etc/passwd” leads out of layouts/|layout: /etc/passwd",
    ),
    "a template that includes a file above": (
        layout(PAGE, "{% include '../../secret.txt' %}", "</body>"),
        "“../../secret.txt” leads out of layouts/|layout: ../../secret.txt",
    ),
    "a template that is a link": (
        both(layout(PAGE, "", ""), linked(f"layouts/{PAGE}", "../secret.txt")),
        rf"layouts/{PAGE} {LEADS_OUT} layouts/",
    ),
    "a template that never ends": (
        layout(
            PAGE,
            "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
            "</body>",
        ),
        "making edition “web” of small-article took more than 1 seconds of computing",
    ),
    "a template that calls itself": (
        layout(PAGE, "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}", "</body>"),
        LAYOUT + "maximum recursion",
    ),
    "a template that fills memory": (
        layout(PAGE, "{% set a = 'a' * 10 ** 10 %}{{ a }}", "</body>"),
        "making edition “web” of small-article needed more than 1200 megabytes",
    ),
    "a template that computes before it runs": (
        layout(PAGE, "{{ 9 ** (9 ** 9) }}", "</body>"),
        "making edition “web” of small-article took more than 1 seconds of computing",
    ),
    "a template nested too deep": (
        layout(PAGE, "{% if 1 %}" * 900 + "{% endif %}" * 900, "</body>"),
        "layout|making edition “web”",
    ),
    "a script on the page": (
        layout(PAGE, "<script>fetch('https://evil.example/')</script>", "</body>"),
        "small-article.html: the file has a script: fetch",
    ),
    "a picture from the network": (
        layout(PAGE, '<img alt="" src="https://evil.example/a.png">', "</body>"),
        "small-article.html: the file has <img> that asks for https://evil.example/a.png",
    ),
    "a form": (
        layout(PAGE, '<form action="https://evil.example/"></form>', "</body>"),
        "small-article.html: the file has a <form> element",
    ),
    "a page that moves on": (
        layout(PAGE, '<meta http-equiv="refresh" content="0; url=https://evil.example/">', "</head>"),
        "small-article.html: the file has a <meta> that acts: refresh",
    ),
    "a style that asks the network": (
        layout("html/page.css", "body { background: url(https://evil.example/a.png) }"),
        "small-article.html: the file has a style with url",
    ),
    "a style that imports": (
        layout("print/print.css", '@import "file:///etc/passwd";'),
        "layouts do not read file:///etc/passwd|print style",
    ),
    "a style that imports first": (
        own_layout("print/print.css", '@import "file:///etc/passwd"; @import "../../secret.txt";'),
        "layouts do not read file:///etc/passwd",
    ),
    "a style that imports in a circle": (
        own_layout("print/print.css", '@import "print.css";'),
        "making edition “handout” of small-article broke off: something stands too many levels deep",
    ),
    "a style that asks for a file": (
        layout("print/print.css", 'body { background: url("file:///etc/passwd") }'),
        "layouts do not read file:///etc/passwd",
    ),
    "a style that asks for a file above": (
        layout("print/print.css", 'body { background: url("../../../secret.png") }'),
        "layouts do not read|leads out of",
    ),
    "a font that is a file": (
        layout(
            "print/print.css", '@font-face { font-family: x; src: url("/etc/passwd") } p { font-family: x }'
        ),
        "layouts do not read",
    ),
    "a font that never ends": (
        both(
            layout("print/print.css", '@font-face { font-family: x; src: url("../fonts/x.ttf") }'),
            own_layout("fonts/x.ttf", ""),
            linked("layouts/fonts/x.ttf", "/dev/zero"),
        ),
        "fonts/x.ttf.*leads out of|layout file fonts/x.ttf is missing",
    ),
    "a font that is none": (
        both(
            layout(
                "print/print.css",
                '@font-face { font-family: x; src: url("../fonts/x.ttf") } p { font-family: x }',
            ),
            own_layout("fonts/x.ttf", os.urandom(100_000)),
        ),
        "print layout|making edition|print style",
    ),
    "a picture of the layout that is a link": (
        both(
            layout("print/print.css", 'body { background: url("x.png") }'),
            own_layout("print/x.png", ""),
            linked("layouts/print/x.png", "../secret.png"),
        ),
        "layouts/print/x.png leads out of layouts/",
    ),
    "an attachment": (
        layout(PRINT, '<link rel="attachment" href="file:///etc/passwd">', "</head>"),
        "layouts do not read file:///etc/passwd",
    ),
    "an attachment of the layouts": (
        layout(PRINT, '<link rel="attachment" href="print.css">', "</head>"),
        "small-article-letter.pdf: the file has attached files",
    ),
    "an attached link": (
        layout(PRINT, '<p><a rel="attachment" href="../../secret.txt">x</a></p>', "</article>"),
        "layouts do not read",
    ),
    "a link in print": (
        layout(PRINT, '<p><a href="https://evil.example/">x</a></p>', "</article>"),
        "the file leads to https://evil.example/|words that nobody wrote",
    ),
    "a picture of the machine in print": (
        layout(PRINT, '<img alt="" src="/etc/passwd">', "</article>"),
        "layouts do not read file:///etc/passwd",
    ),
    "pages of one pixel": (
        layout("print/print.css", "@page { size: 1px 1px !important; margin: 0 !important }"),
        "making edition “handout” of small-article took more than 1 seconds of computing",
    ),
    "a hundred thousand columns": (
        layout("print/print.css", "article { columns: 100000 }"),
        "making edition “handout” of small-article took more than 1 seconds of computing",
    ),
    "pages of a million kilometres": (
        layout("print/print.css", "@page { size: 1e9px 1e9px !important }"),
        "took more than 1 seconds of computing|small-article-letter.pdf|print style",
    ),
    "a box without end": (
        layout(PRINT, '<div style="height: 1e9px">x</div>', "</article>"),
        "making edition|words that nobody wrote|small-article-letter.pdf",
    ),
    "letters without end": (
        layout("print/print.css", "h2 { font-size: 1e6px !important }"),
        "making edition “handout” of small-article took more than 1 seconds of computing|letter.pdf",
    ),
    "a word of two hundred thousand letters": (
        layout(PRINT, f'<p style="hyphens: auto" lang="en">{"a" * 200_000}</p>', "</article>"),
        "took more than 1 seconds of computing|words that nobody wrote",
    ),
    "a grid of a hundred thousand columns": (
        layout(
            PRINT,
            '<div style="display: grid; grid-template-columns: repeat(100000, 1px)"><p>x</div>',
            "</article>",
        ),
        "making edition “handout” of small-article took more than 1 seconds of computing|words that nobody",
    ),
    "sums inside sums": (
        layout(PRINT, f'<p style="width: {"calc(" * 300}1px{")" * 300}">x</p>', "</article>"),
        "making edition|words that nobody wrote|print style|print layout",
    ),
    "sums inside sums in a style": (
        layout("print/print.css", f"p {{ width: {'calc(' * 50_000}1px{')' * 50_000} }}"),
        "making edition|print style|print layout|print.css",
    ),
    "tables inside tables": (
        layout(PRINT, "<table><tr><td>" * 14 + "x" + "</table>" * 14, "</article>"),
        "making edition|words that nobody wrote",
    ),
    "columns inside columns": (
        layout(PRINT, '<div style="columns: 2">' * 6 + "word " * 400 + "</div>" * 6, "</article>"),
        "making edition “handout” of small-article took more than 1 seconds of computing|words that nobody",
    ),
    "cells over sixty thousand rows": (
        layout(PRINT, f"<table>{'<tr><td rowspan=65534>x' * 200}</table>", "</article>"),
        "took more than 1 seconds of computing|megabytes|words that nobody wrote",
    ),
    "marks inside marks": (layout(PRINT, "<b><i>" * 400 + "x", "</article>"), "too many levels deep"),
    "styles that import each other": (
        both(
            own_layout("print/print.css", '@import "l0.css";'),
            *(
                own_layout(
                    f"print/l{n}.css", f'@import "l{(n + 1) % 12}.css"; @import "l{(n + 5) % 12}.css";'
                )
                for n in range(12)
            ),
        ),
        "making edition “handout” of small-article (broke off|took more than 1 seconds of computing)",
    ),
    "a background that is repeated": (
        layout("print/print.css", 'body { background: url("a.svg"); background-size: 1e-6px 1e-6px }'),
        "layout file print/a.svg is missing",
    ),
    "a picture of a layout that unpacks": (
        both(
            layout("print/print.css", 'body { background: url("a.png") }'),
            own_layout("print/a.png", lambda: attacks.png(13_000, 13_000)),
        ),
        "small-article-letter.pdf|took more than 1 seconds of computing|megabytes|print layout",
    ),
    "a shape of a layout used a million times": (
        both(
            layout("print/print.css", 'body { background: url("a.svg") }'),
            own_layout("print/a.svg", attacks.used_a_million_times),
        ),
        "making edition “handout” of small-article took more than 1 seconds of computing",
    ),
    "a picture of a layout with a file in it": (
        both(
            layout("print/print.css", 'body { background: url("a.svg") }'),
            own_layout("print/a.svg", svg('<image xlink:href="file:///etc/passwd" width="9" height="9"/>')),
        ),
        "layouts do not read file:///etc/passwd|Failed to render SVG image file:///layouts/print/a.svg",
    ),
    "a picture of a layout with entities": (
        both(
            layout("print/print.css", 'body { background: url("a.svg") }'),
            own_layout("print/a.svg", attacks.entity_bomb),
        ),
        "print layout|print style|making edition",
    ),
    "a font cut short": (font(lambda: OUR_FONT.read_bytes()[:20_000]), FONT_REFUSED),
    "a font with its tables shuffled": (
        font(
            lambda: (
                OUR_FONT.read_bytes()[:12] + OUR_FONT.read_bytes()[12:300][::-1] + OUR_FONT.read_bytes()[300:]
            )
        ),
        FONT_REFUSED,
    ),
    "a font whose letters are themselves": (font(attacks.font_of_many_glyphs), FONT_REFUSED),
    "a font that unpacks": (font(lambda: attacks.woff_bomb(3 << 30)), FONT_REFUSED),
    "a font that unpacks to more": (font(lambda: attacks.woff2_bomb(3 << 30)), FONT_REFUSED),
    "no end of words": (
        own_layout("shared/words/en.yaml", "".join(f"a{n}: b\n" for n in range(60_000))),
        "words/en.yaml has more than 20,000 bytes",
    ),
    "words that are no text": (own_layout("shared/words/en.yaml", bytes(range(128, 256))), "is not UTF-8"),
    "a megabyte before each paragraph": (
        layout("print/print.css", 'p::before { content: "' + "x" * 490_000 + '" }'),
        "print.css|making edition|small-article-letter.pdf",
    ),
    "a million columns in a table": (
        layout(PRINT, "<table><tr><td colspan=1000000>x</table>", "</article>"),
        "making edition “handout” of small-article took more than 1 seconds of computing",
    ),
    "a thousand elements inside each other": (
        layout(PRINT, "<div>" * 1000 + "x", "</article>"),
        "making edition “handout” of small-article broke off: something stands too many levels deep",
    ),
    "boxes inside boxes": (
        layout(PRINT, '<div style="display: flex">' * 14 + "x" + "</div>" * 14, "</article>"),
        "making edition “handout” of small-article took more than 1 seconds of computing",
    ),
    "a script in the book": (
        layout(BOOK, "<script>1</script>", "</main>"),
        "small-article.epub: the file has a script: 1 in",
    ),
    "a picture from the network in the book": (
        layout(BOOK, '<img alt="" src="https://evil.example/a.png" />', "</main>"),
        "small-article.epub: the file has <img> that asks for https://evil.example",
    ),
    "a style in the book that asks the network": (
        layout("epub/style.css", "body { background: url(//evil.example/a.png) }"),
        "small-article.epub: the file has a style with url",
    ),
    "a cover that reads a file": (
        layout("epub/cover.html.jinja", '<img src="file:///etc/passwd">', "</body>"),
        "layouts do not read file:///etc/passwd",
    ),
    "a cover that never ends": (
        layout("epub/cover.html.jinja", "<style>@page { size: 1px 1px }</style>", "</head>"),
        "making edition “ebook” of small-article took more than 1 seconds of computing",
    ),
    "words that look into what they are given": (
        layout("shared/words/en.yaml", 'section_label: "{n.__class__}"'),
        r"layouts/shared/words/en.yaml:\d+:1: error: these are no words with",
    ),
    "words that are wide": (
        layout("shared/words/en.yaml", 'section_label: "{n:>999999999}"'),
        r"layouts/shared/words/en.yaml:\d+:1: error: these are no words with",
    ),
    "words that multiply": (
        own_layout(
            "shared/words/en.yaml", "a: &a [x, x]\n" + "".join(f"b{n}: &b{n} [*a, *a]\n" for n in range(99))
        ),
        r"layouts/shared/words/en.yaml:\d+:1: error",
    ),
    "words inside words": (
        own_layout("shared/words/en.yaml", "a: " + "[" * 19_000),
        r"layouts/shared/words/en.yaml:1:1: error: this is not YAML",
    ),
    "fonts of the machine": (
        both(
            own_layout("fonts/fonts.conf", "<fontconfig><dir>/usr/share/fonts</dir></fontconfig>"),
            layout("print/print.css", "p { font-family: 'DejaVu Serif' !important }"),
            lede("♞ owners"),
        ),
        r"no font of the print layout has “♞”",
    ),
}

SOURCE_STAGE = {
    f"{kind}: {name}": each
    for kind, group in (
        ("source", SOURCES),
        ("file", FILES),
        ("picture", PICTURES),
        ("house", HOUSES),
    )
    for name, each in group.items()
}


@pytest.fixture(scope="module")
def warm() -> Iterator[Warm]:
    process = Warm()
    yield process
    process.close()


@pytest.mark.parametrize("name", SOURCE_STAGE)
def test_a_hostile_source_is_refused(name: str, tmp_path: Path, warm: Warm) -> None:
    attack, message = SOURCE_STAGE[name]
    check(attacks.publish(attacks.hostile(tmp_path, attack), "check", warm=warm), message)


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_hostile_layout_is_refused(name: str, tmp_path: Path, warm: Warm) -> None:
    attack, message = LAYOUTS[name]
    project = attacks.hostile(tmp_path, both(attacks.short, attack))
    edition = next((name for folder, name in CONCERNS if (project / "layouts" / folder).exists()), "handout")
    attacks.only(edition)(project)
    check(attacks.publish(project, "build", warm=warm, brief="seconds of computing" in message), message)


CONCERNS = (("html", "web"), ("epub", "ebook"), ("print", "handout"), ("shared", "web"))
"""Folders of layouts, and the edition that uses them: only that one is made."""


@pytest.mark.parametrize("name", PRINTED)
def test_a_hostile_picture_is_not_printed(name: str, tmp_path: Path, warm: Warm) -> None:
    attack, message = PRINTED[name]
    project = attacks.hostile(tmp_path, both(attack, attacks.only("handout")))
    outcome = attacks.publish(project, "build", warm=warm, brief="seconds of computing" in message)
    check(outcome, message)


def test_a_layout_that_never_ends_is_stopped_in_time(tmp_path: Path) -> None:
    """As a program, and with the limits it has; the others are stopped by shorter ones."""
    attack, _ = LAYOUTS["boxes inside boxes"]
    project = attacks.hostile(tmp_path, both(attacks.short, attacks.only("handout"), attack))
    outcome = attacks.publish(project, "build")
    check(outcome, r"making edition “handout” of small-article took more than 1\d seconds of computing")
    assert outcome.computing > 5


# --- finished files from elsewhere -----------------------------------------------------------

PDF_PAGE = (attacks.stream(b""), b"<<>>", b"<</S/P/P 4 0 R>>")


def printed(content: bytes, entries: bytes = b"") -> bytes:
    return attacks.pdf(attacks.stream(content, entries), *PDF_PAGE[1:])


UNREAD = "reading |cannot be read|is no edition"

FINISHED: dict[str, tuple[str, Data, str]] = {
    "an e-book that unpacks to much": ("a.epub", lambda: attacks.zip_bomb(70 << 20), "unpacks to"),
    "an e-book that lies about it": ("a.epub", lambda: attacks.lying_zip(70 << 20), "zip is broken|reading "),
    "an e-book nested deep": (
        "a.epub",
        lambda: attacks.epub(a_xhtml=attacks.xhtml("<p>" * 90_000 + "</p>" * 90_000)),
        "a.xhtml",
    ),
    "an e-book with entities": (
        "a.epub",
        lambda: attacks.epub(
            a_xhtml=attacks.xhtml("&b;", '<!DOCTYPE html [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>')
        ),
        "a.xhtml has entities",
    ),
    "an e-book with an entity that is a file": (
        "a.epub",
        lambda: attacks.epub(
            a_xhtml=attacks.xhtml("&b;", '<!DOCTYPE html [<!ENTITY b SYSTEM "file:///etc/passwd">]>')
        ),
        "a.xhtml has entities",
    ),
    "an e-book of many elements": (
        "a.epub",
        lambda: attacks.epub(a_xhtml=attacks.xhtml("<p>a</p>" * 250_000)),
        "a.xhtml has too many elements|it has too many elements",
    ),
    "an e-book that is another": (
        "a.epub",
        lambda: attacks.epub(a_xhtml=attacks.xhtml("<p>a</p>")),
        "is no edition",
    ),
    "a page nested deep": (
        "a.html",
        "<!doctype html><html><body>" + "<div>" * 100_000,
        "took more than 1 seconds of computing|nested too deep",
    ),
    "a page of many elements": (
        "a.html",
        "<!doctype html><html>" + "<p>a" * 410_000,
        "it has too many elements",
    ),
    "a large page": (
        "a.html",
        b"<!doctype html><html>" + bytes(100_000_000),
        "has more than 100,000,000 bytes",
    ),
    "a page of one large text": (
        "a.html",
        "<!doctype html><html><body><p>" + "a" * 1_600_000,
        "reading |is no edition",
    ),
    "a page whose styles never end": (
        "a.html",
        "<!doctype html><html><style>" + ":is(" * 5_000 + "a" + ")" * 5_000 + "{}</style>",
        "too many elements|reading |styles",
    ),
    "a page whose styles are many": (
        "a.html",
        "<!doctype html><html><style>"
        + "".join(f".a{n} .b{n} {{ color: red }}" for n in range(50_000))
        + "</style>"
        '<body class="a1">' + '<p class="b1">a</p>' * 600,
        "took more than 1 seconds of computing",
    ),
    "print that unpacks to much": (
        "a.pdf",
        lambda: printed(attacks.flat(8 << 30), b"/Filter/FlateDecode"),
        "reading |cannot be read",
    ),
    "print that unpacks twice": (
        "a.pdf",
        lambda: printed(zlib.compress(attacks.flat(4 << 30), 9), b"/Filter[/FlateDecode/FlateDecode]"),
        f"took more than 1 seconds of computing|{UNREAD}",
    ),
    "print nested deep": (
        "a.pdf",
        lambda: attacks.pdf(*PDF_PAGE, b"[" * 200_000 + b"]" * 200_000),
        "reading |cannot be read|is no edition",
    ),
    "print whose content is nested deep": (
        "a.pdf",
        lambda: printed(b"[" * 500_000),
        "reading |cannot be read|is no edition",
    ),
    "print that saves its state a million times": (
        "a.pdf",
        lambda: printed(b"q " * 2_100_000),
        "took more than 1 seconds of computing|too much content",
    ),
    "print whose tags are a circle": (
        "a.pdf",
        lambda: attacks.pdf(*PDF_PAGE[:2], b"<</S/P/P 4 0 R/K 7 0 R>>"),
        "tag tree is too deep",
    ),
    "print whose pages are a circle": (
        "a.pdf",
        lambda: attacks.pdf(*PDF_PAGE).replace(b"/Kids[3 0 R]", b"/Kids[2 0 R]"),
        "cannot be read|reading |is no edition",
    ),
    "print of a million pages": (
        "a.pdf",
        lambda: attacks.pdf(*PDF_PAGE).replace(
            b"/Kids[3 0 R]/Count 1", b"/Kids[" + b"3 0 R " * 1_000_000 + b"]/Count 1000000"
        ),
        f"took more than 1 seconds of computing|{UNREAD}",
    ),
    "nothing": ("a.pdf", b"", "is none of the formats"),
    "a PDF and nothing more": ("a.pdf", b"%PDF-1.7\n" + os.urandom(50_000), "cannot be read"),
    "an e-book and nothing more": ("a.epub", b"PK\x03\x04" + os.urandom(50_000), "its zip is broken"),
}


FONT = b"<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/DescendantFonts[9 0 R]/ToUnicode 10 0 R>>"
SHOWN = attacks.stream(b"BT /F 12 Tf <0041> Tj ET"), b"<</Font<</F 8 0 R>>>>", PDF_PAGE[2], FONT


def typed(widths: bytes, meanings: bytes) -> bytes:
    """A page with one letter of a font that has these ``/W`` and ToUnicode."""
    inner = b"<</Type/Font/Subtype/CIDFontType2/BaseFont/X/W[%s]>>" % widths
    return attacks.pdf(*SHOWN, inner, attacks.stream(zlib.compress(meanings), b"/Filter/FlateDecode"))


def chain(link: bytes, last: bytes, length: int) -> list[bytes]:
    """Objects from number 8 on, each of which names the next as ``%d``."""
    return [*(link.replace(b"%d", b"%d" % (n + 1)) for n in range(8, 8 + length)), last]


def forms(depth: int, times: int) -> bytes:
    """Forms that paint the next one ``times`` times."""
    entries = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X %d 0 R>>>>"
    painted = [attacks.stream(b"/X Do " * times, entries % (n + 1)) for n in range(8, 8 + depth)]
    end = attacks.stream(b"0 0 9 9 re f", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]")
    first = attacks.stream(b"/X Do " * times), b"<</XObject<</X 8 0 R>>>>", PDF_PAGE[2]
    return attacks.pdf(*first, *painted, end)


METADATA = (
    b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    b'<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:d="http://purl.org/dc/elements/1.1/">'
    b"<r:Description><d:title>&e;</d:title><d:identifier>&e;\x1b[2J</d:identifier></r:Description></r:RDF>"
    b"</x:xmpmeta>"
)
STEERING = METADATA[METADATA.index(b"<x:") :].replace(b"&e;", b"\xc2\x9b31m").replace(b"\x1b", b"")
INCLUDED = '<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'
FINISHED |= {
    "an object stream that unpacks to much": (
        "a.pdf",
        lambda: attacks.packed_pdf(attacks.flat(2 << 30)),
        UNREAD,
    ),
    "an object stream that is made of itself": (
        "a.pdf",
        lambda: attacks.packed_pdf(zlib.compress(b"6 0 6 0 R"), b"/Extends 4 0 R"),
        UNREAD,
    ),
    "a table of objects that unpacks to much": (
        "a.pdf",
        lambda: attacks.packed_pdf(zlib.compress(b"6 0 <<>>"), table=attacks.flat(2 << 30)),
        f"took more than 1 seconds of computing|{UNREAD}",
    ),
    "a table of two milliard objects": (
        "a.pdf",
        lambda: (
            attacks.pdf(*PDF_PAGE)
            .replace(b"xref\n0 8", b"xref\n0 2147483647")
            .replace(b"/Size 8", b"/Size 2147483647")
        ),
        UNREAD,
    ),
    "a table of objects that follows itself": (
        "a.pdf",
        lambda: attacks.pdf(*PDF_PAGE).replace(b"/Size 8", b"/Prev 9/Size 8"),
        UNREAD,
    ),
    "a predictor without end": (
        "a.pdf",
        lambda: printed(
            attacks.flat(8 << 20), b"/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 2147483647>>"
        ),
        UNREAD,
    ),
    "pages inside pages": (
        "a.pdf",
        lambda: attacks.pdf(
            *PDF_PAGE,
            *chain(b"<</Type/Pages/Kids[%d 0 R]/Count 1>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", 20_000),
        ).replace(b"/Kids[3 0 R]/Count 1", b"/Kids[8 0 R]/Count 1", 1),
        UNREAD,
    ),
    "tags inside tags": (
        "a.pdf",
        lambda: attacks.pdf(
            *PDF_PAGE[:2], b"<</S/P/K 8 0 R>>", *chain(b"<</S/P/K %d 0 R>>", b"<</S/P>>", 50_000)
        ),
        "tag tree is too deep",
    ),
    "tags on a page that is a number": (
        "a.pdf",
        lambda: attacks.pdf(*PDF_PAGE[:2], b"<</S/P/K<</MCID 0/Pg 1.5>>>>"),
        "cannot be read: it is broken",
    ),
    "tags that multiply": (
        "a.pdf",
        lambda: attacks.pdf(
            *PDF_PAGE[:2], b"<</S/P/K 8 0 R>>", *chain(b"<</S/P/K[%d 0 R %d 0 R]>>", b"<</S/P>>", 100)
        ),
        "took more than 1 seconds of computing|tag tree is too deep, too large",
    ),
    "bookmarks that are a circle": (
        "a.pdf",
        lambda: attacks.pdf(
            *PDF_PAGE,
            b"<</First 9 0 R>>",
            b"<</Title(a)/First 9 0 R/Next 10 0 R>>",
            b"<</Title(b)/First 8 0 R/Next 9 0 R>>",
            root=b"/Outlines 8 0 R",
        ),
        UNREAD,
    ),
    "names that are a circle": (
        "a.pdf",
        lambda: attacks.pdf(
            *PDF_PAGE, b"<</Kids[8 0 R 9 0 R]>>", b"<</Kids[9 0 R 8 0 R]>>", root=b"/Names<</Dests 8 0 R>>"
        ),
        UNREAD,
    ),
    "names that multiply": (
        "a.pdf",
        lambda: attacks.pdf(
            *PDF_PAGE,
            *chain(b"<</Kids[%d 0 R %d 0 R %d 0 R]>>", b"<</Names[(a) 3 0 R]>>", 40),
            root=b"/Names<</Dests 8 0 R>>",
        ),
        UNREAD,
    ),
    "names that multiply in place": (
        "a.pdf",
        lambda: attacks.pdf(*PDF_PAGE, b"<</Kids[" * 5_000 + b"]>>" * 5_000, root=b"/Names<</Dests 8 0 R>>"),
        UNREAD,
    ),
    "kinds of tags that are a circle": (
        "a.pdf",
        lambda: attacks.pdf(*PDF_PAGE[:2], b"<</S/A/P 4 0 R>>").replace(
            b"/StructTreeRoot/K", b"/StructTreeRoot/RoleMap<</A/B/B/A>>/K"
        ),
        UNREAD,
    ),
    "letters that mean everything": (
        "a.pdf",
        lambda: typed(b"", b"beginbfrange" + b"<0000> <FFFFFFFF> <0041>\n" * 200_000 + b"endbfrange"),
        f"took more than 1 seconds of computing|{UNREAD}",
    ),
    "letters of every width": (
        "a.pdf",
        lambda: typed(b"0 2147483647 500 " * 5_000, b""),
        f"took more than 1 seconds of computing|{UNREAD}",
    ),
    "forms inside forms": ("a.pdf", lambda: forms(14, 20), f"took more than 1 seconds of computing|{UNREAD}"),
    "a form that paints itself": (
        "a.pdf",
        lambda: forms(1, 2).replace(b"/X 9 0 R", b"/X 8 0 R"),
        "forms are nested too deep",
    ),
    "numbers without end": (
        "a.pdf",
        lambda: printed(b"1%s 0 0 1 0 0 cm 0 0 1%s 1 re f " % (b"0" * 400, b"0" * 308)),
        UNREAD,
    ),
    "numbers that grow": (
        "a.pdf",
        lambda: printed(b"99999999 0 0 99999999 0 0 cm " * 60 + b"0 0 9 9 re f"),
        UNREAD,
    ),
    "metadata that asks for a file": (
        "a.pdf",
        lambda: attacks.pdf(*PDF_PAGE, attacks.stream(METADATA), root=b"/Metadata 8 0 R"),
        UNREAD,
    ),
    "a name that steers": (
        "a.pdf",
        lambda: attacks.pdf(*PDF_PAGE, attacks.stream(STEERING), root=b"/Metadata 8 0 R"),
        r"its identifier is \\x9b31m",
    ),
    "an e-book of seventy thousand files": (
        "a.epub",
        lambda: attacks.epub(**{f"f{n}": "" for n in range(70_000)}),
        "unpacks to too much",
    ),
    "an e-book whose styles import each other": (
        "a.epub",
        lambda: attacks.epub(
            a_xhtml=attacks.xhtml('<link rel="stylesheet" href="a.css"/><p>a</p>'),
            a_css='@import "b.css"; @import "a.css";',
            b_css='@import "a.css"; @import "b.css";',
        ),
        "more than 16 deep|reading ",
    ),
    "an e-book that is its own package": (
        "a.epub",
        lambda: attacks.epub(a_opf=attacks.PACKAGE.replace("a.xhtml", "../../../etc/passwd")),
        "passwd is missing",
    ),
    "an e-book that includes a file": (
        "a.epub",
        lambda: attacks.epub(a_xhtml=attacks.xhtml(INCLUDED)),
        "is no edition",
    ),
}


@pytest.mark.parametrize("name", FINISHED)
def test_a_hostile_file_is_refused(name: str, tmp_path: Path, warm: Warm) -> None:
    file, data, message = FINISHED[name]
    project = attacks.hostile(tmp_path, lambda project: None)
    target = tmp_path / file
    target.write_bytes(attacks.made(data))
    brief = "seconds of computing" in message
    check(attacks.publish(project, "verify", target, warm=warm, brief=brief), message)
    # What reads any file of the kind, whoever made it, may well have something to say of it.
    for way in ("--read", "--print")[: 1 + (file == "a.pdf")]:
        outcome = attacks.publish(project, "verify", way, target, warm=warm, brief=True)
        assert outcome.code in (0, 1)
        assert outcome.code == 0 or str(target) in outcome.said
        contained(outcome)


@pytest.mark.parametrize("name", ["/dev/zero", "pipe", "folder"])
def test_what_is_no_file_is_not_read(name: str, tmp_path: Path, warm: Warm) -> None:
    project = attacks.hostile(tmp_path, lambda project: None)
    target = tmp_path / name
    if name == "pipe":
        os.mkfifo(target)
    elif name == "folder":
        target.mkdir()
    said = "is a folder, not a file" if name == "folder" else "is neither an article nor a file"
    check(attacks.publish(project, "verify", target, warm=warm), said)


# --- what stands where releases go ------------------------------------------------------------


def test_an_output_that_leads_out_of_the_project_is_not_written_to(tmp_path: Path, warm: Warm) -> None:
    (tmp_path / "elsewhere").mkdir()
    project = attacks.hostile(tmp_path, both(attacks.only("web"), linked("output", "../elsewhere")))
    check(
        attacks.publish(project, "build", warm=warm, default_output=True), "output leads out of the project"
    )
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.parametrize("arguments", [("build",), ("build", "--edition", "web"), ("verify",)])
@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("output/small-article", "../elsewhere"),
        ("output/drafts", "../elsewhere"),
        ("output/drafts/small-article", "../../elsewhere"),
        ("output/.lock", "../elsewhere/x"),
        ("output/small-article/manifest.json", "/dev/zero"),
        ("output/small-article/manifest.json", "/etc/passwd"),
        ("output/.publish-small-article-00000000", "../elsewhere"),
        ("output/.publish-small-article-00000000/manifest.json", "/dev/zero"),
    ],
)
def test_links_where_releases_go_lead_nowhere(
    name: str, target: str, arguments: tuple[str, ...], tmp_path: Path, warm: Warm
) -> None:
    project = attacks.hostile(tmp_path, both(attacks.short, attacks.only("web")))
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "small-article.html").write_text("mine", encoding="utf-8")
    link = tmp_path / name
    link.parent.mkdir(parents=True)
    link.symlink_to(target)
    outcome = attacks.publish(project, *arguments, warm=warm)
    contained(replace(outcome, left=()))
    assert [each.name for each in (tmp_path / "elsewhere").iterdir()] == ["small-article.html"]
    assert (tmp_path / "elsewhere" / "small-article.html").read_text("utf-8") == "mine"


@pytest.mark.parametrize(
    "text",
    [
        "[" * 1_000_000,
        '{"format": 1, "editions": [' + "{}, " * 1_000_000 + "{}]}",
        "{" + ", ".join(f'"a{n % 9}": 1' for n in range(1_000_000)) + "}",
        '{"format": 1' + "0" * 5_000 + "}",
        '{"format": 1, "publish": "0", "article": "\\u001b[2J", "source": "0", "versions": {}, "blocks": {}}',
    ],
    ids=["deep", "editions", "names", "number", "steers"],
)
def test_a_hostile_manifest_is_refused(text: str, tmp_path: Path, warm: Warm) -> None:
    project = attacks.hostile(tmp_path, attacks.only("web"))
    manifest = tmp_path / "output/small-article/manifest.json"
    manifest.parent.mkdir(parents=True)
    manifest.write_text(text, encoding="utf-8")
    for command in ("build", "verify"):
        outcome = attacks.publish(project, command, warm=warm)
        assert len(outcome.left) == 2
        check(replace(outcome, left=()), "manifest.json")


# --- and what is no attack -------------------------------------------------------------------


def test_the_project_that_is_attacked_is_released_when_nobody_attacks(tmp_path: Path) -> None:
    outcome = attacks.publish(attacks.hostile(tmp_path, lambda project: None), "build")
    assert outcome.code == 0, outcome.said
    assert len([name for name in outcome.left if name.endswith((".html", ".pdf", ".epub"))]) >= 3


def test_templates_are_words_in_a_text(tmp_path: Path, warm: Warm) -> None:
    """What is a command in a layout is nothing but characters in an article."""
    words = lede("{{ config.items() }} {% include x %} ${1} %s {0}")
    project = attacks.hostile(tmp_path, both(words, attacks.only("web")))
    outcome = attacks.publish(project, "build", warm=warm)
    assert outcome.code == 0, outcome.said
    page = next((tmp_path / "output").rglob("*.html")).read_text("utf-8")
    assert "{{ config.items() }} {% include x %} ${1} %s {0}" in page


@pytest.mark.parametrize(
    "limit",
    [
        lede("- a\n" + "".join(f"{'  ' * n}- a\n" for n in range(1, 6))),
        lede("***a [b [c]{lang=es} *d*]{lang=fr} e***"),
        lede(("word " * 999).strip()),
        lede(f"A {'word' * 50} of two hundred letters."),
        lede("[" * 150 + " [" * 2000),
        lede("日本語の文には間がありません。" * 40),
        block("- |\n" + "  word\n\n" * 900),
        picture("a.png", lambda: attacks.png(6_000, 6_000)),
        picture("a.svg", svg('<rect width="9" height="9"/>\n' * 9_000)),
    ],
    ids=["lists", "marks", "paragraph", "word", "brackets", "no spaces", "paragraphs", "PNG", "SVG"],
)
def test_what_is_just_within_the_limits_is_read(limit: Attack, tmp_path: Path, warm: Warm) -> None:
    outcome = attacks.publish(attacks.hostile(tmp_path, limit), "check", warm=warm)
    assert outcome.code == 0, outcome.said
