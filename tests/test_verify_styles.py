"""What a reader would not see of a page, from its own styles: small pages, one fault each."""

from __future__ import annotations

import pytest

from publish.errors import PublishError
from publish.verify.html import read
from publish.verify.reading import Block
from publish.verify.sheets import media, read_sheet
from publish.verify.values import Measure, colour, contrast, length

PAGE = """<!DOCTYPE html>
<html lang="en"><head><title>t</title><style>{styles}</style></head>
<body><main><section class="box" id="box">
<p id="p">One <strong>two</strong> three.</p>
</section>
<p id="other">{filler}</p></main></body></html>"""


def page(styles: str, body: str = "") -> dict[str, Block]:
    """The blocks of a page by id; ``other`` is long, so that its size is that of body text."""
    text = PAGE.format(styles=styles, filler="words " * 50)
    if body:
        text = text.replace("<main>", f"<main>{body}")
    return {block.id: block for block in read(text.encode()).blocks}


def hidden(styles: str) -> str:
    blocks = page(styles)
    assert blocks["other"].hidden == ""
    return blocks["p"].hidden


@pytest.mark.parametrize(
    ("styles", "said"),
    [
        ("#p { display: none }", "display: none"),
        (".box { display: none }", "display: none"),
        ("#p strong { display: none }", "display: none"),
        ("#p { visibility: hidden }", "visibility: hidden"),
        ("table p, .box { visibility: collapse }", "visibility: collapse"),
        ("#p { opacity: 0 }", "opacity: 0"),
        (".box { opacity: 50% }", "opacity: 0.5"),
        ("#p { opacity: calc(1 - 0.9) }", "opacity: 0.1"),
        ("#p { font-size: 0 }", "font-size: 0 px"),
        ("#p { font: 2px/1.5 serif }", "font-size: 2 px"),
        (".box { font-size: 5px } #p { font-size: 50% }", "font-size: 2.5 px"),
        ("#p { color: transparent }", "transparent"),
        ("#p { color: rgb(0 0 0 / 1%) }", "transparent"),
        ("#p { color: white }", "nearly the colour"),
        ("#p { color: #fdfdfd }", "nearly the colour"),
        (".box { background: black } #p { color: #111 }", "nearly the colour"),
        (".box { background: black }", "nearly the colour"),
        ("#p { -webkit-text-fill-color: white }", "nearly the colour"),
        ("#p { color: hsl(0 0% 99%) }", "nearly the colour"),
        ("#p { color: oklch(1 0 0) }", "nearly the colour"),
        ("#p { color: color-mix(in srgb, white 95%, black) }", "nearly the colour"),
        ("#p { clip: rect(0 0 0 0); }", "clip"),
        ("#p { clip-path: inset(50%) }", "clip-path"),
        ("#p { mask-image: linear-gradient(transparent, transparent) }", "mask-image"),
        ("#p { position: absolute }", "position: absolute"),
        (".box { position: fixed; left: -100vw }", "position: fixed"),
        ("#p { position: relative; left: -9999px }", "left"),
        ("#p { position: relative; inset: 0 auto auto -50em }", "left"),
        ("#p { text-indent: -9999px }", "text-indent"),
        ("#p { text-indent: 100%; white-space: nowrap; overflow: hidden }", "text-indent"),
        ("#p { margin-left: -200px }", "margin-left"),
        ("#p { margin: 0 0 0 -100% }", "margin"),
        ("#p { transform: translateX(-100vw) }", "transform"),
        ("#p { transform: scale(0) }", "font-size: 0 px"),
        ("#p { scale: 0.1 }", "font-size: 1.6 px"),
        ("#p { transform: matrix(0, 0, 0, 0, 0, 0) }", "transform: matrix"),
        ("#p { translate: -100vw }", "translate"),
        ("#p { height: 0; overflow: hidden }", "height"),
        ("#p { max-height: 3em; overflow-y: clip }", "max-height"),
        (".box { height: 100%; overflow: hidden }", "height"),
        ("#p { width: 1px; overflow: hidden }", "width"),
        ("#p { white-space: nowrap; overflow: hidden }", "nowrap"),
        ("#p { display: -webkit-box; -webkit-line-clamp: 2 }", "line-clamp"),
        ("#p { text-transform: uppercase }", "text-transform"),
        (".box { text-transform: lowercase }", "text-transform"),
        ("#p { text-decoration: line-through red }", "line-through"),
        ("#p { content-visibility: hidden }", "content-visibility"),
        ("#p { filter: blur(5px) }", "filter"),
        ("#p { z-index: -1; position: relative }", "z-index"),
        ("#p { order: -1 }", "order"),
        (".box { display: flex; flex-direction: column-reverse }", "flex-direction"),
        ("#p { letter-spacing: -1em }", "letter-spacing"),
        ("#p { line-height: 0 }", "line-height"),
        ("#p { font: 16px/0.1 serif }", "line-height"),
        ("#p { unicode-bidi: bidi-override; direction: rtl }", "bidi-override"),
        ("#p { -webkit-text-security: disc }", "text-security"),
        ("#p { mix-blend-mode: difference }", "mix-blend-mode"),
        ("#p { content: url(x.png) }", "content"),
        ("@keyframes go { to { opacity: 0 } } #p { animation: go 1s forwards }", "animation go"),
        (".box::before { content: ''; position: absolute; inset: 0; background: white }", "covered"),
        ("#p::first-letter { font-size: 0 }", "font-size"),
        ("#p::first-line { color: white }", "nearly the colour"),
        # Where rules are found
        ("@media print { #p { display: none } }", "(in print)"),
        ("@media (max-width: 400px) { #p { display: none } }", "at a width of 320 px"),
        ("@media (500px <= width < 600px) { #p { display: none } }", "at a width of 500 px"),
        ("@media (min-width: 90em) and (max-width: 91em) { #p { display: none } }", "at a width of 1440 px"),
        ("@media (prefers-color-scheme: dark) { #p { display: none } }", "in dark mode"),
        ("@media (forced-colors: active) { #p { display: none } }", "forced-colors"),
        ("@media (prefers-contrast: more) { #p { display: none } }", "prefers-contrast"),
        ("@media not print { #p { display: none } }", "display"),
        ("@media speech { #p { display: none } }", "in speech"),
        ("@supports (display: grid) { #p { display: none } }", "display"),
        ("@container (width > 1px) { #p { display: none } }", "display"),
        ("@layer low { #p { display: none !important } }", "display"),
        (":root { color-scheme: light dark } #p { color: black }", "in dark mode"),
        # What is written in other words
        (":root { --x: none } #p { display: var(--x) }", "display: none"),
        ("#p { display: var(--missing, none) }", "display: none"),
        (":root { --ink: var(--paper); --paper: #fff } #p { color: var(--ink) }", "nearly the colour"),
        (".box { p { display: none } }", "display: none"),
        (".box { & > p { display: none } }", "display: none"),
        (".box { @media print { p { display: none } } }", "(in print)"),
        ("section:has(strong) { display: none }", "display: none"),
        (":is(#p, .x) { display: none }", "display: none"),
        ("p:not(#other) { display: none }", "display: none"),
        ("p:nth-of-type(1):not([id=other]) { display: none }", "display: none"),
        ("#P { display: none } #p { DISPLAY: NONE }", "display: none"),
    ],
)
def test_words_that_styles_hide_are_found(styles: str, said: str) -> None:
    assert said in hidden(styles)


def test_a_page_as_high_as_the_window_is_found() -> None:
    assert "height" in page("html, body { height: 100%; overflow: hidden }")["other"].hidden


@pytest.mark.parametrize(
    "styles",
    [
        "#p { display: none } #p { display: block }",
        "#p { display: none } section #p { display: block }",
        "#p { display: block !important } main section #p { display: none }",
        ".box { visibility: hidden } #p, #p strong { visibility: visible }",
        ":target { display: none } #p:hover { display: none }",
        "@media (min-width: 30em) and (max-width: 20em) { #p { display: none } }",
        "@layer a { #p { display: none } } #p { display: block }",
        "@layer a, b; @layer b { #p { display: block } } @layer a { #p { display: none } }",
        "#p { color: white; background: black }",
        ".box { background: linear-gradient(black, black) } #p { color: white }",
        ":root { color-scheme: light dark } #p { color: CanvasText }",
        ":root { color-scheme: light dark } #p { color: light-dark(black, white) }",
        "#p { opacity: 1; transform: none; clip-path: none; mask: none; filter: none; order: 0 }",
        "#p { overflow: hidden; height: auto; max-height: none }",
        "@media screen { .box { max-height: 80vh; overflow-y: auto } }",
        "#p { margin: 1em -1em; text-indent: 1em; position: relative; top: 0.2em; z-index: 1 }",
        "#p { text-transform: none; letter-spacing: -0.01em; line-height: 1.2 }",
        "sup { line-height: 0 } #p { text-decoration: underline }",
        "p::before { content: '“' } p::after { content: counter(x) '.' }",
        ".box::before { content: ''; position: absolute; width: 4px; background: red }",
        "@keyframes go { to { background-color: #eee } } #p { animation: go 1s }",
        "#p::-webkit-scrollbar { display: none } ::selection { color: transparent }",
        "#p { font-size: clamp(1rem, 2vw, 2rem) }",
        "#p { display: var(--missing) }",
        "/* #p { display: none } */ #p { color: #333 ",
        "#q { display: none } p > p { display: none }",
    ],
)
def test_words_that_are_seen_are_let_pass(styles: str) -> None:
    assert hidden(styles) == ""


@pytest.mark.parametrize(
    "styles",
    [
        "#p:unheard-of { display: none }",
        "@scope (.box) { p { display: none } }",
        "@import 'other.css';",
    ],
)
def test_styles_that_cannot_be_read_are_refused(styles: str) -> None:
    with pytest.raises(PublishError) as error:
        page(styles)
    assert error.value.problems[0].kind == "styles"


@pytest.mark.parametrize(
    ("styles", "size"),
    [
        ("", 1.0),
        ("#p { font-size: 0.8em }", 0.8),
        ("#p { font-size: smaller }", 0.833),
        ("#p { font-size: small }", 0.812),
        (".box { font-size: 150% } #p { font-size: 0.5em }", 0.75),
        ("html { font-size: 20px } #p { font-size: 0.9rem }", 0.9),
        ("body { font-size: 20px } #p { font-size: 1rem }", 0.8),
        ("#p strong { font-size: 75% }", 0.75),
        ("@media print { body { font-size: 12pt } #p { font-size: 9pt } }", 0.75),
        ("#p { font-size: calc(1rem - 2px) }", 0.875),
        ("#p { font-size: min(3vw, 1rem) }", 0.6),
        ("#p { zoom: 50% }", 0.5),
        ("#p { transform: scale(0.5) }", 0.5),
        ("#p { font-size: 2em }", 2.0),
        ("#p::first-line { font-size: 80% }", 0.8),
    ],
)
def test_size_is_the_smallest_in_any_medium_as_a_share_of_body_text(styles: str, size: float) -> None:
    assert page(styles)["p"].size == size


@pytest.mark.parametrize(
    ("styles", "words"),
    [
        ("#p::before { content: 'Not ' }", "Not"),
        ("#p::after { content: attr(data-x) ' or so' }", "yes or so"),
        ("strong::after { content: ' maybe' }", "maybe"),
        (".box::after { content: 'Sponsored' / 'by a maker' }", "Sponsoredby a maker"),
        ("@media print { #p::after { content: 'Printed' } }", "Printed"),
        ("#p { display: list-item; list-style-type: 'Never ' }", "Never"),
    ],
)
def test_words_that_styles_add_are_loose(styles: str, words: str) -> None:
    text = PAGE.format(styles=styles, filler="words " * 50).replace('id="p"', 'id="p" data-x="yes"')
    blocks = read(text.encode()).blocks
    assert [block.text for block in blocks if block.role == "loose"] == [words]


def test_printed_addresses_are_no_words_of_the_style() -> None:
    styles = "@media print { a::after { content: ' (' attr(href) ')' } }"
    text = PAGE.format(styles=styles, filler="words <a href='https://a.example/'>here</a>")
    assert all(block.role != "loose" for block in read(text.encode()).blocks)


@pytest.mark.parametrize(
    ("markup", "said"),
    [
        ('<p id="x" hidden>Words.</p>', "hidden"),
        ('<div aria-hidden="true"><p id="x">Words.</p></div>', "aria-hidden"),
        ('<div inert><p id="x">Words.</p></div>', "inert"),
        ('<div popover><p id="x">Words.</p></div>', "popover"),
        ('<details><summary>More</summary><p id="x">Words.</p></details>', "closed details"),
        ('<dialog><p id="x">Words.</p></dialog>', "display: none"),
        ('<noscript><p id="x">Words.</p></noscript>', "display: none"),
        ('<object><p id="x">Words.</p></object>', "inside object"),
        ('<div role="img"><p id="x">Words.</p></div>', "role img"),
        ('<p id="x">Wor<s>ds</s>.</p>', "line-through"),
        ('<p id="x">Wor<del>ds</del>.</p>', "line-through"),
        ('<p id="x" aria-label="Other">Words.</p>', "aria-label"),
        ('<p id="x">Wor<span aria-label="Other">ds</span>.</p>', "aria-label"),
        ('<img id="x" alt="Words" src="data:image/png;base64,AAAA" style="display: none">', "display: none"),
        ('<img id="x" alt="Words" src="elsewhere.png">', "not in the file"),
        ('<img id="x" alt="Words" src="data:image/png;base64,AAAA" width="0">', "no size"),
    ],
)
def test_words_that_the_markup_hides_are_found(markup: str, said: str) -> None:
    assert said in page("", markup)["x"].hidden


@pytest.mark.parametrize(
    "markup",
    [
        '<details open><summary>More</summary><p id="x">Words.</p></details>',
        '<details><summary><h2 id="x">Words</h2></summary></details>',
        '<dialog open><p id="x">Words.</p></dialog>',
        '<p id="x">Words <a role="doc-noteref" aria-label="Note 1" href="#p">[1]</a>.</p>',
        '<img id="x" alt="Words" src="data:image/png;base64,AAAA" width="10" height="10">',
        '<div aria-hidden="false"><p id="x">Words.</p></div>',
    ],
)
def test_markup_that_shows_is_let_pass(markup: str) -> None:
    assert page("", markup)["x"].hidden == ""


# --- values and media ----------------------------------------------------------------------


def tokens(text: str) -> list[object]:
    import tinycss2

    return [each for each in tinycss2.parse_component_value_list(text) if each.type != "whitespace"]


@pytest.mark.parametrize(
    ("text", "pixels"),
    [
        ("10px", 10),
        ("2em", 40),
        ("2rem", 32),
        ("50%", 100),
        ("12pt", 16),
        ("1in", 96),
        ("10vw", 100),
        ("10svh", 50),
        ("calc(1rem + 2 * 3px)", 22),
        ("calc((10px + 2px) / 3)", 4),
        ("min(10px, 1em)", 10),
        ("max(10px, 1em)", 20),
        ("clamp(1px, 50vw, 30px)", 30),
        ("calc(1px / 0)", None),
        ("auto", None),
        ("3unknown", None),
    ],
)
def test_lengths_are_computed(text: str, pixels: float | None) -> None:
    assert length(tokens(text), Measure(20, 16, 1000, 500, 200)) == pixels  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "rgb"),
    [
        ("#fff", (255, 255, 255)),
        ("rgb(1 2 3 / 50%)", (1, 2, 3)),
        ("hsl(120 100% 50%)", (0, 255, 0)),
        ("hwb(0 100% 0%)", (255, 255, 255)),
        ("lab(100 0 0)", (255, 255, 255)),
        ("oklab(0 0 0)", (0, 0, 0)),
        ("oklch(0.628 0.2577 29.23)", (255, 0, 0)),
        ("color(srgb 1 0 0)", (255, 0, 0)),
        ("color(xyz 0.9505 1 1.089)", (255, 255, 255)),
        ("Canvas", (255, 255, 255)),
        ("nonsense", None),
    ],
)
def test_colours_are_computed(text: str, rgb: tuple[int, int, int] | None) -> None:
    found = colour(tokens(text)[0], None, dark=False)
    assert rgb == (found and tuple(round(255 * part) for part in found[:3]))


def test_contrast_is_that_of_wcag() -> None:
    black, white, grey = (0.0, 0.0, 0.0, 1.0), (1.0, 1.0, 1.0, 1.0), (0.4666, 0.4666, 0.4666, 1.0)
    assert contrast(black, white) == contrast(white, black) == 21
    assert round(contrast(grey, white), 1) == 4.5


@pytest.mark.parametrize(
    ("rule", "layer", "facts"),
    [
        ("@import 'x.css';", "", 0),
        ("@import url(x.css) layer(low);", "low", 0),
        ("@import url('x.css') layer;", "#0", 0),
        ("@import 'x.css' supports(display: grid) screen;", "", 2),
    ],
)
def test_imported_sheets_are_read_in_their_place(rule: str, layer: str, facts: int) -> None:
    sheet = read_sheet(rule, fetch=lambda address: "p { color: red }" if address == "x.css" else None)
    (imported,) = sheet.rules
    assert (imported.layer, len(imported.queries)) == (layer, facts)


@pytest.mark.parametrize("sheets", ["@import 'x.css';", "a {" * 20 + "p { color: red }" + "}" * 20])
def test_sheets_without_an_end_are_refused(sheets: str) -> None:
    with pytest.raises(PublishError):
        read_sheet(sheets, fetch=lambda _: sheets)


@pytest.mark.parametrize(
    ("query", "holds"),
    [
        ("", True),
        ("all", True),
        ("only screen", True),
        ("print, screen", True),
        ("not screen", False),
        ("screen and (min-width: 10em)", True),
        ("(min-width: 10em) and (max-width: 20em)", False),
        ("(max-width: 20em) or (min-width: 10em)", True),
        ("not (max-width: 20em)", True),
        ("((min-width: 1px) and (not (max-width: 2px)))", True),
        ("(width > 1280px)", False),
        ("(1000px < width <= 1280px)", True),
        ("(width = 1280px)", True),
        ("(hover: hover)", False),
        ("(prefers-color-scheme: light)", True),
    ],
)
def test_media_queries_are_understood(query: str, holds: bool) -> None:
    (rule,) = read_sheet(f"@media {query} {{ p {{ color: red }} }}").rules
    assert all(each.holds(media([])[0]) for each in rule.queries) == holds


def test_every_way_of_reading_is_tried_once() -> None:
    sheet = read_sheet(
        "@media (max-width: 30em) { p { color: red } } @media (prefers-contrast: more) { p { color: blue } }"
    )
    names = {medium.name for medium in media([sheet])}
    assert {"", "in dark mode", "in print", "at a width of 320 px", "with prefers-contrast:more"} <= names
    widths = {medium.width for medium in media([sheet])}
    assert min(widths) <= 480 < min(widths - {320.0, 479.5, 480.0})
    assert len(media([read_sheet("p { color: red }")])) == 3  # light, dark, print
