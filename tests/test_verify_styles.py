"""What a reader would not see of a page, from its own styles: small pages, one fault each."""

from __future__ import annotations

import pytest

from publish.errors import PublishError
from publish.verify.html import read
from publish.verify.reading import Block
from publish.verify.sheets import media, read_sheet
from publish.verify.values import Measure, colour, contrast, length

PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>t</title><style>{styles}</style></head>
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


@pytest.mark.parametrize(
    ("styles", "said"),
    [
        # Taken back by another rule, which a browser may drop
        ("#p { display: none } #p { display: block }", "display: none"),
        ("#p { display: none } section #p { display: block }", "display: none"),
        ("#p { display: block !important } main section #p { display: none }", "display: none"),
        ("#p { display: none; display: bogus }", "display: none"),
        (".box { visibility: hidden } #p, #p strong { visibility: visible }", "visibility: hidden"),
        ("@layer a { #p { display: none } } #p { display: block }", "display: none"),
        ("@layer a { #p { display: none } } #p { display: revert-layer }", "display: none"),
        (
            "@layer a, b; @layer b { #p { display: block } } @layer a { #p { display: none } }",
            "display: none",
        ),
        ("@media (min-width: 30em) and (max-width: 20em) { #p { display: none } }", "display: none"),
        # Under several conditions, and in states
        ("@media print { @supports (display: grid) { #p { display: none } } }", "display: none"),
        ("@media (hover: hover) and (pointer: fine) { #p { color: #fff } }", "nearly the colour"),
        ("@media (prefers-color-scheme: dark) { @supports (color: red) { #p { color: #fff } } }", "nearly"),
        ("@media print and (orientation: portrait) { #p { color: #fff } }", "nearly the colour"),
        (":target { display: none }", "with :target"),
        ("html:hover #p { display: none }", "with :hover"),
        ("html:not(:hover) #p { color: white }", "nearly the colour"),
        (".box:has(strong:active) p { background: #000 }", "nearly the colour"),
        ("#p:is(:hover, :focus) { color: white }", "nearly the colour"),
        # Boxes
        ("#p { overflow: hidden; height: auto; max-height: none }", "overflow: hidden"),
        ("#p { height: 10em }", "height is set"),
        ("#p { contain: size }", "contain: size"),
        ("#p { container-type: size }", "container-type: size"),
        (".box { display: grid; grid-template-rows: auto 0fr }", "grid-template-rows is set"),
        (".box { display: grid; grid-template-columns: 0 1fr }", "grid-template-columns"),
        ("#p { grid-row: 3 }", "grid-row is set"),
        (".box { flex-wrap: wrap-reverse }", "wrap-reverse"),
        (".box { flex: 0 0 0 }", "flex"),
        ("#p { padding-left: 9999px }", "padding-left: 9999 px"),
        ("#p { margin-left: 9999px }", "margin-left: 9999 px"),
        ("#p { margin: 0 9999px }", "margin: 9999 px"),
        ("#p { margin-top: -99px }", "margin-top moves it"),
        ("#p { min-width: 9000px }", "min-width: 9000 px"),
        ("#p { width: 1px }", "width: 1 px"),
        ("html, body, main, .box, #p { margin-left: -20px }", "px to the left"),
        ("#p { position: relative; top: 80px }", "top moves it from its place"),
        ("#p { position: sticky; top: 0 }", "position: sticky"),
        (".box { float: right }", "float: right"),
        ("#other { color: inherit } #p { writing-mode: vertical-rl }", "writing-mode"),
        ("#p { direction: rtl }", "direction: rtl"),
        ("#p { word-spacing: -0.7em }", "word-spacing: -11.2 px"),
        ("#p { letter-spacing: -0.24em }", "letter-spacing: -3.84 px"),
        ("#p { vertical-align: -999px }", "vertical-align: -999 px"),
        ("#p { line-height: 99 }", "line-height"),
        ("#p { columns: 40 }", "columns: 40 px"),
        # Distorted, painted over
        ("#p { rotate: y 90deg }", "rotate"),
        ("#p { transform: skew(89.9deg) }", "transform: skew"),
        ("#p { transform: scaleX(-1) }", "transform: scalex"),
        ("#p { filter: brightness(0) invert(1) }", "filter is set"),
        ("#p { text-shadow: 3px 3px 0 #000 }", "text-shadow"),
        ("#p { box-shadow: 0 0 0 900px white }", "box-shadow: 900 px"),
        ("#p { outline: 3em solid #fff; outline-offset: -3em }", "outline: 48 px"),
        ("#p { text-decoration: underline 1.5em #888 }", "text-decoration: 24 px"),
        ("#p { text-decoration: overline }", "text-decoration: overline"),
        ("#p::first-line { text-transform: uppercase }", "text-transform: uppercase"),
        (".box::before { content: ''; border: 400px solid #fff; position: absolute }", "covered by"),
        (".box::before { content: ''; background: #fff; height: 9em; margin-bottom: -9em }", "covered by"),
        ("@keyframes go { to { background-color: #eee } } #p { animation: go 1s }", "animation go"),
        (".box { background: linear-gradient(white, black) }", "nearly the colour"),
        ("body { -webkit-text-size-adjust: 1% }", "text-size-adjust"),
        # Edges of boxes in a line, over what stands around them
        ("#p strong { margin-right: -60px }", "margin-right: -60 px"),
        ("#p strong { display: inline-block; width: 1px; white-space: nowrap }", "width: 1 px"),
        ("#p { } #p em, #p strong { display: inline-block; max-height: 1px; overflow: auto }", "max-height"),
        ("#p strong { border-top: 60px solid #fff }", "border-top: 60 px"),
        ("#p strong { background: #fff; padding: 60px 0 }", "padding: 60 px"),
        (
            "p#p::before { content: ''; border: solid #fff; border-width: 200px 40px 0 0 }",
            "border-width in a line",
        ),
        ("#p { box-shadow: inset 0 0 0 16px #111 }", "box-shadow: inset"),
        ("#p { outline: 8px solid; outline-offset: 14px }", "outline: 8 px"),
        (".box { display: grid; grid-template-columns: repeat(12, minmax(0, 1fr)) }", "too narrow for words"),
        ("#p { border-left: 4000px solid #fff }", "border-left: 4000 px"),
        ("main, section, #p { padding-left: 100px }", "leave it no room on a narrow screen"),
        ("#p { text-indent: -60px }", "text-indent moves it 60 px"),
        # In states that exclude each other
        ("#p:not(:hover) { color: white } #p:hover { background: black }", "nearly the colour"),
        (
            "#p { color: white; background-image: linear-gradient(#000, #000) }"
            "@media (hover: hover) { @media (pointer: fine) { #p { background-size: 0 0 } } }",
            "nearly the colour",
        ),
        (
            "@media (max-width: 500px) { #p { color: #fff } }"
            "@media (max-device-width: 500px) { #p { background: #000 } }",
            "nearly the colour",
        ),
        # In a web page, where some attributes match in any case
        ("html[lang=EN] #p { display: none }", "display: none"),
        (":not([dir=RTL]):is([LANG='EN'] p) { display: none }", "display: none"),
    ],
)
def test_what_may_hide_words_counts_even_where_it_may_not_apply(styles: str, said: str) -> None:
    assert said in page(styles)["p"].hidden


def refused(styles: str, body: str = "") -> list[str]:
    text = PAGE.format(styles=styles, filler="words " * 50).replace("<main>", f"<main>{body}")
    return [each.what for each in read(text.encode()).refused]


@pytest.mark.parametrize(
    ("styles", "said"),
    [
        ("#p { display: blok }", "display with “blok”"),
        ("#p { color: nope }", "color with “nope”"),
        ("#p { color: rgb(from white r g b) }", "color with “rgb(from white r g b)”"),
        ("#p { font-size: bogus }", "font-size with “bogus”"),
        ("#p { font-size: 0.01cap }", "font-size with “0.01cap”"),
        ("#p { font-size: calc(1px * sin(0)) }", "font-size with"),
        ("#p { font: bogus }", "font with “bogus”"),
        ("#p { font: 1em Wingdings }", "font without"),
        ("#p { font-family: 'Webdings' }", "font-family with"),
        ("#p { opacity: sin(0) }", "opacity with"),
        ("#p { height: round(1px, 1px) }", "height with"),
        ("#p { height: inherit }", "height with “inherit”"),
        ("#p { display: revert-layer }", "display with “revert-layer”"),
        ("#p { all: unset }", "the property all"),
        ("#p { display: var(--x, none) }", "display with"),
        (":root { --x: sin(1) }", "--x with"),
        ("#p { font-size-adjust: 0 }", "the property font-size-adjust"),
        ("#p { aspect-ratio: 9999/1 }", "the property aspect-ratio"),
        ("#p { grid-area: 1/1 }", "the property grid-area"),
        ("#p { offset-path: path('M0 0') }", "the property offset-path"),
        ("#p { -webkit-text-stroke: 12px white }", "the property -webkit-text-stroke"),
        ("#p { -webkit-mask-box-image: none }", "the property -webkit-mask-box-image"),
        ("#p { text-emphasis: '✗' }", "the property text-emphasis"),
        ("#p { counter-reset: list-item 7 }", "the property counter-reset"),
        ("#p::before { content: counter(page) }", "content with “counter(page)”"),
        ("#p { quotes: 'No. ' '' }", "quotes with “"),
        ("#p::before { content: open-quote }", "content with “open-quote”"),
        ("#p { hyphenate-character: ' not ' }", "the property hyphenate-character"),
        ("a { pointer-events: none }", "the property pointer-events"),
        ("#p { background: url(data:image/svg+xml,x) }", "background with"),
        ("@property --d { syntax: '*'; inherits: false; initial-value: none }", "@property"),
        ("@counter-style n { system: cyclic; symbols: 'No ' }", "@counter-style"),
        ("@font-face { font-family: Z; src: url(data:font/woff2;base64,AAAA) }", "@font-face"),
        ("@keyframes k { to { margin-left: 0 } }", "an animation"),
        ("@page { @top-left { content: 'Sponsored' } }", "@page with something"),
        ("@page { margin-left: -90cm }", "@page with margin-left"),
        ("#p { color }", "something that is no rule"),
        ("head, head style { display: block }", "a style shows <head>"),
        (".x { position: absolute; inset: 0; background: #fff }", "may lie over words"),
        (".x { margin-bottom: -99px; background: #fff }", "may lie over words"),
        (".x { box-shadow: 0 0 0 900px white }", "may lie over words"),
        (".x::after { content: 'x'; position: absolute }", "may lie over words"),
        # What browsers drop, so that another rule applies
        ("#p { background: #000 #000 }", "background with two colours"),
        ("#p { background: #000, linear-gradient(#000, #000) }", "background with two colours"),
        ("#p { background: linear-gradient(nonsense, #000, #000) }", "background with “linear-gradient("),
        ("#p { background-image: radial-gradient(circle nowhere, #000, #000) }", "background-image with"),
        ("#p { background-image: linear-gradient(#000) }", "background-image with"),
        ("#p { background-color: color-mix(in nonsense, #000, #000) }", "background-color with"),
        ("#p { font-size: 5 }", "font-size with a number that has no unit"),
        ("#p { font-size: 20deg }", "font-size with a number that has no unit"),
        ("#p { font-size: calc(2 * 9) }", "font-size with a number that has no unit"),
        ("#p { letter-spacing: 1 }", "letter-spacing with a number that has no unit"),
        # Layers whose order depends on where and under what condition they were first named
        ("@layer a { #p { color: #fff } @layer b { #p { color: #000 } } }", "@layer inside another"),
        ("@layer a.b { #p { color: #fff } }", "@layer inside another"),
        ("@media print { @layer a { #p { color: #fff } } }", "@layer inside another"),
        ("@page { margin: 60% }", "@page with margin"),
        ("@page { margin: calc(2000px) }", "@page with margin"),
    ],
)
def test_what_the_proof_does_not_understand_is_refused(styles: str, said: str) -> None:
    found = refused(styles, '<div class="x">Other</div>')
    assert any(said in each for each in found), found


def test_what_is_refused_has_its_line() -> None:
    text = PAGE.format(styles="\np { margin: 0 }\n\n  p { all: unset }", filler="")
    (found,) = read(text.encode()).refused
    assert (found.line, found.column) == (3, 7)


@pytest.mark.parametrize(
    "styles",
    [
        ".x { border: 2px solid; margin: 1em 0; padding: 1em; background: #eee; border-radius: 4px }",
        ".x { display: flex; gap: 1em; flex-wrap: wrap; justify-content: center; align-items: center }",
        ".x { display: grid; grid-template-columns: repeat(auto-fit, minmax(12rem, 1fr)); gap: 1rem }",
        "#p { font: italic 1.1rem/1.5 Georgia, 'Times New Roman', serif }",
        "#p { font-family: Verdana, sans-serif; font-weight: 600; line-height: 1.7; letter-spacing: 0.02em }",
        ":root { --ink: #123; --gap: 1.5rem } #p { color: var(--ink); margin: var(--gap) 0 }",
        "body { max-width: 60ch; margin: 0 auto; padding: 0 5%; background: #fffdf5; color: #222 }",
        ".box { border-inline-start: 0.5rem solid rebeccapurple; padding-inline-start: 1rem }",
        ".box { box-shadow: 0 2px 8px rgb(0 0 0 / 20%); border-radius: 1rem; background: #f7f7f7 }",
        ".box { columns: 2; column-gap: 2rem } figure { float: right; width: 40%; margin: 0 0 1em 1em }",
        "a { color: #005; text-decoration: underline dotted } a:hover, a:focus { color: #900 }",
        "a:visited { color: #505 } a:focus-visible { outline: 3px solid; outline-offset: 2px }",
        "h1 { font-size: clamp(1.5rem, 1rem + 3vw, 3rem); text-wrap: balance; hyphens: auto }",
        "@media (prefers-contrast: more) { body { color: #000 } }",
        "@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth } }",
        "@media (min-width: 60em) { .x { position: static; width: 20rem } .box { margin-left: 22rem } }",
        "@supports (hyphens: auto) { p { hyphens: auto } } @media print { p { orphans: 3; widows: 3 } }",
        "@page { margin: 2cm; size: a4 }",
        "hr { border: 0; border-top: 1px solid #999; height: 2px; width: 30% }",
        "#p::before { content: '“'; font-size: 2em; float: none } ul { list-style: square inside }",
        "#p:first-child { margin-top: 0 } #p + #p { text-indent: 1.5em } p:not(.y) { margin: 1em 0 }",
        "#p strong { white-space: nowrap } table { border-collapse: collapse; width: 100%; font-size: 1rem }",
    ],
)
def test_a_layout_of_ones_own_looks_is_understood(styles: str) -> None:
    assert refused(styles, '<div class="x">Other</div>') == []
    assert {id: block.hidden for id, block in page(styles).items() if block.hidden} == {}


@pytest.mark.parametrize(
    "styles",
    [
        "@media only { #p { margin: 0 } }",
        "@media screen foo { #p { margin: 0 } }",
        "@media screen and { #p { margin: 0 } }",
        "@media (hover) (color) { #p { margin: 0 } }",
        "@media (hover) and (color) or (width) { #p { margin: 0 } }",
        "#p, q::-moz-focus-inner { background: #000 }",
        "#p, a:local-link { background: #000 }",
        "#p:target-within { background: #000 }",
        "#p, a::nonsense { background: #000 }",
        "#p:not(#nope:hover) { color: #fff }",
        "#p:is(:hover, .x) { color: #fff }",
    ],
)
def test_a_rule_that_only_some_browsers_drop_is_not_read(styles: str) -> None:
    with pytest.raises(PublishError, match="which the proof cannot read"):
        page(styles)


@pytest.mark.parametrize(
    "start", ["", "<!DOCTYPE html PUBLIC '-//W3C//DTD HTML 4.01//EN'>", "<p>", "<!DOCTYPE svg>"]
)
def test_a_page_shown_by_the_rules_of_old_pages_is_refused(start: str) -> None:
    text = PAGE.format(styles="", filler="").replace("<!DOCTYPE html>", start)
    assert any("does not begin with <!doctype html>" in each.what for each in read(text.encode()).refused)


SKIP = (
    ".x { position: absolute; left: 1rem; top: 0.5rem; min-height: 2.75rem; padding: 0.5rem 1rem; "
    "transform: translateY(-200%); background: #fff } .x:focus { transform: none }"
)


@pytest.mark.parametrize(
    ("styles", "words", "said"),
    [
        (SKIP, "Skip", ""),
        (".x { position: absolute; left: -9999px } .x:focus { left: 0 }", "Skip", ""),
        (SKIP + ".x:focus { right: 0 }", "Skip", "as large as the page"),
        (SKIP + ".x:focus { inset: 0 }", "Skip", "as large as the page"),
        (SKIP + ".x:hover { padding: 90vh }", "Skip", "padding: 720 px"),
        (SKIP + ".x:focus { width: 100vw }", "Skip", "width: 1280 px"),
        (".x { position: fixed; left: 0; top: 0; background: #fff }", "Skip", "out of the flow"),
        (SKIP, "", "may lie over words"),
        (".x { position: fixed; left: 0; right: 0; top: 0; bottom: 0 }", "", "may lie over words"),
    ],
)
def test_a_skip_link_is_out_of_sight_or_small(styles: str, words: str, said: str) -> None:
    found = refused(styles, f'<a class="x" href="#p">{words}</a>')
    assert any(said in each for each in found) if said else found == []


CONTENTS = (
    '<nav class="toc" role="doc-toc" aria-labelledby="h"><h2 id="h">Contents</h2>'
    '<ol><li><a href="#p">One</a></li></ol></nav>'
)


@pytest.mark.parametrize(
    ("styles", "said"),
    [
        ("nav ol { list-style: none; padding: 0 } nav a { display: flex; padding: 0.7em 0 }", ""),
        ("nav ol { display: none }", "display: none"),
        ("nav ol { opacity: 0 }", "opacity: 0"),
        ("nav a { color: #fff }", "nearly the colour"),
        ("nav ol { display: flex; flex-direction: column-reverse }", "column-reverse"),
    ],
)
def test_the_contents_are_seen(styles: str, said: str) -> None:
    found = refused(styles, CONTENTS)
    assert any(said in each for each in found) if said else found == []


def test_contents_that_lie_over_the_text_are_hidden() -> None:
    beside = "nav { position: sticky; top: 1rem; max-height: calc(100vh - 2rem); grid-column: 1 }"
    assert page(beside, CONTENTS)["h"].hidden == ""
    assert "lies over the text" in page("nav { position: sticky; top: 0 }", CONTENTS)["h"].hidden
    assert "top: 3000 px" in page(beside + "nav { top: 3000px }", CONTENTS)["h"].hidden


@pytest.mark.parametrize(
    ("styles", "said"),
    [
        ("li::marker { color: #066; font-weight: 700 }", ""),
        ("li::marker { content: '' }", "::marker: content"),
        ("li::marker { color: transparent; font-size: 0 }", "::marker"),
        ("li::marker { color: #fff }", "::marker: its letters"),
    ],
)
def test_the_number_of_an_item_is_seen(styles: str, said: str) -> None:
    hidden = page(styles, '<ol><li><p id="i">One</p></li></ol>')["i"].hidden
    assert said in hidden if said else hidden == ""


@pytest.mark.parametrize(
    "styles",
    ["img { width: 64px; padding: 0 400px }", "img { border-radius: 50% }", "img { padding: 0 400px }"],
)
def test_a_picture_is_seen_whole(styles: str) -> None:
    picture = '<figure><img id="i" alt="One" src="data:image/png;base64,AAAA"></figure>'
    assert page("", picture)["i"].hidden == ""
    assert page(styles, picture)["i"].hidden


def test_a_page_as_high_as_the_window_is_found() -> None:
    assert "height" in page("html, body { height: 100%; overflow: hidden }")["other"].hidden


@pytest.mark.parametrize(
    "styles",
    [
        "#p { color: white; background: black }",
        ".box { background: linear-gradient(black, black) } #p { color: white }",
        ":root { color-scheme: light dark } #p { color: CanvasText }",
        ":root { color-scheme: light dark } #p { color: light-dark(black, white) }",
        "#p { opacity: 1; transform: none; clip-path: none; mask: none; filter: none; order: 0 }",
        "@media screen { .box { max-height: 80vh; overflow-y: auto } }",
        "#p { margin: 1em -1em; text-indent: 1em; position: relative; top: 0.2em; z-index: 1 }",
        "#p { text-transform: none; letter-spacing: -0.01em; line-height: 1.2 }",
        "sup { line-height: 0 } #p { text-decoration: underline }",
        "p::before { content: '“' } p::after { content: counter(x) '.' }",
        ".box::before { content: ''; position: absolute; width: 4px; background: red }",
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
        ('<details><summary>More</summary><p id="x">Words.</p></details>', "in a <details>"),
        ('<details open><summary>More</summary><p id="x">Words.</p></details>', "in a <details>"),
        ('<details><summary><h2 id="x">Words</h2></summary></details>', "in a <details>"),
        ('<dialog open><p id="x">Words.</p></dialog>', "in a <dialog>"),
        ('<dialog><p id="x">Words.</p></dialog>', "of the article in a"),
        ('<noscript><p id="x">Words.</p></noscript>', "of the article in a"),
        ('<object><p id="x">Words.</p></object>', "of the article in a"),
        ('<div role="img"><p id="x">Words.</p></div>', "role img"),
        ('<p id="x">Wor<s>ds</s>.</p>', "a <s> in the words"),
        ('<p id="x">Wor<del>ds</del>.</p>', "a <del> in the words"),
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
        '<p id="x">Words <a role="doc-noteref" aria-label="Note 1" href="#p">[1]</a>.</p>',
        '<img id="x" alt="Words" src="data:image/png;base64,AAAA" width="100" height="100">',
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
