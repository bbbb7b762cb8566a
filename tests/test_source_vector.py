"""SVG: what a picture may hold, and that all else is refused with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from publish.errors import PublishError
from publish.source import limits
from publish.source.pictures import read_picture

REPOSITORY = Path(__file__).resolve().parents[1]
OPENING = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 4 4">\n'
)


def problems(folder: Path, inside: str, opening: str = OPENING) -> list[str]:
    """Return ``line: message`` for every fault of an SVG that has ``inside`` from its second line on."""
    (folder / "a.svg").write_text(f"{opening}{inside}\n</svg>", encoding="utf-8")
    try:
        read_picture(folder, "a.svg")
    except PublishError as error:
        return [f"{each.place.line if each.place else 0}: {each.message}" for each in error.problems]
    return []


@pytest.mark.parametrize(
    "inside",
    [
        '<g><rect x="1" y="1.5" width="2" height="1e-1" rx="1" fill="#fff" stroke="rgb(1, 2, 3)"/></g>',
        '<path d="M0,0 L1 1 A1,1 0 0 1 2,2 Z" transform="translate(1 2) rotate(45)" data-name="Layer 1"/>',
        '<text x="1" y="1" font-family="\'Atkinson Hyperlegible Next\', sans-serif" xml:space="preserve">'
        '5 <tspan dy="1em" font-weight="bold">mg</tspan></text>',
        '<title id="t">A title</title><desc>More words, of url(https://a.example/) and scripts</desc>',
        '<defs><linearGradient id="a"><stop offset="0" stop-color="red"/></linearGradient></defs>'
        '<rect fill="url(#a)"/><rect fill="url(\'#a\') none" style="stroke: url(&quot;#a&quot;)"/>',
        '<linearGradient id="a"><stop/></linearGradient><radialGradient id="b" xlink:href="#a"/>',
        '<linearGradient id="a"><stop/></linearGradient><radialGradient id="b" href="#a"/>',
        '<clipPath id="c"><circle r="1"/></clipPath><g clip-path="url(#c)"><rect/></g>',
        '<marker id="m" orient="auto"><path d="M0 0"/></marker><path d="M0 0H1" marker-end="url(#m)"/>',
        '<marker id="m"><path d="M0 0"/></marker><path d="M0 0H1" style="marker-end:url(#m)"/>',
        "<style>\n.a, #b > path { fill: red; stroke-width: 2px }\n/* words */ text{font:12px serif}</style>",
        "<style type='text/css'><![CDATA[.a{fill:#fff;-inkscape-font-specification:'a:b;c'}]]></style>",
        "<linearGradient id='a'/><style>g { fill: url('#a') }</style>",
        "<!-- a comment, with <script> in it -->",
    ],
)
def test_picture_that_only_draws_is_read(inside: str, tmp_path: Path) -> None:
    assert problems(tmp_path, inside) == []


@pytest.mark.parametrize(
    ("inside", "found"),
    [
        ("<script>1</script>", "2: <script> cannot stand in a picture"),
        ("<g>\n<foreignObject/></g>", "3: <foreignObject> cannot stand in a picture"),
        ('<image href="data:image/png;base64,AAAA"/>', "2: <image> cannot stand in a picture"),
        ('<use href="b.svg#a"/>', "2: something from elsewhere is shown: b.svg#a"),
        ('<use href="#nowhere"/>', "2: “#nowhere” is referred to and not there"),
        ("<animate/>", "2: <animate> cannot stand in a picture"),
        ("<set/>", "2: <set> cannot stand in a picture"),
        ("<iframe/>", "2: <iframe> cannot stand in a picture"),
        (
            '<filter id="a"><feImage/></filter><g filter="url(#a)"/>',
            "2: <filter> cannot stand in a picture (and 1 more like it)",
        ),
        ('<pattern id="a"/><g fill="url(#a)"/>', "2: <pattern> cannot stand in a picture"),
        (
            '<g mask="url(#a)"/>\n<mask id="a"/>',
            "2: the attribute “mask” cannot stand in a picture (and 1 more like it)",
        ),
        (
            '<symbol id="a" viewBox="0 0 1 1"/><use href="#a"/>',
            "2: <use> shows something that cannot be drawn out",
        ),
        ("<svg/>", "2: <svg> cannot stand in a picture"),
        ("<SCRIPT/>", "2: <SCRIPT> cannot stand in a picture"),
        ('<x:script xmlns:x="http://www.w3.org/1999/xhtml"/>', "2: <x:script> cannot stand in a picture"),
        ('<g xmlns=""/>', "2: <g> cannot stand in a picture"),
        ('<g onclick="1"/>', "2: a script is run (onclick)"),
        ('<g OnLoad="1"/>', "2: a script is run (OnLoad)"),
        ('<g xml:base="https://a.example/"/>', "2: the attribute “xml:base” cannot stand in a picture"),
        ('<g systemLanguage="fr"/>', "2: the attribute “systemLanguage” cannot stand in a picture"),
        ('<g href="#a"/>', "2: something from elsewhere is shown: #a"),
        ('<linearGradient href="b.svg#a"/>', "2: something from elsewhere is shown: b.svg#a"),
        ('<linearGradient xlink:href="data:,"/>', "2: something from elsewhere is shown: data:,"),
        ('<linearGradient href="#nowhere"/>', "2: “#nowhere” is referred to and not there"),
        ('<g fill="url(https://a.example/#a)"/>', "2: something from elsewhere is shown: url(https://a.exa…"),
        ('<g fill="URL( b.svg#a )"/>', "2: something from elsewhere is shown: URL( b.svg#a )"),
        (r'<g fill="u\72l(b.svg)"/>', "2: fill is written with “\\” or “/*”, which could hide something"),
        ('<g fill="url(#a) url(b.svg#a)"/>', "2: something from elsewhere is shown: url(#a) url(b.svg#a)"),
        ('<g opacity="url(#a)"/>', "2: something from elsewhere is shown: url(#a)"),
        ('<g fill="image(b)"/>', "2: fill uses image( ), which cannot stand in a picture"),
        ('<g style="fill: url(b.svg#a)"/>', "2: something from elsewhere is shown: url(b.svg#a)"),
        ('<g style="offset: 1px"/>', "2: a style sets “offset”, which cannot stand in a picture"),
        ('<g style="filter: url(a.svg#b)"/>', "2: a style sets “filter”, which cannot stand in a picture"),
        ('<g style="fill"/>', "2: a style cannot be read: fill"),
        ('<g style="fill: red } @import"/>', "2: a style has “\\”, “@”, “/*” or braces in it"),
        ("<style>@import 'a.css';</style>", "2: a <style> has “@” or “\\” in it"),
        ("<style>@\\69mport 'a.css';</style>", "2: a <style> has “@” or “\\” in it"),
        ("<style>\n\ng { fill: url(a.svg#b) }</style>", "2: a <style> shows something from elsewhere"),
        (
            "<style>g{font-family:'/*';fill:url(//a);x:'*/'}</style>",
            "2: a <style> shows something from elsewhere",
        ),
        (
            "<style>g{}\n\ng { text-transform: uppercase }</style>",
            "4: a style sets “text-transform”, which cannot stand in a picture",
        ),
        ("<style>g { fill: red </style>", "2: a style cannot stand in a picture: g { fill: red"),
        ("<style><g/></style>", "2: a <style> has elements in it"),
        ("<style type='text/x'/>", "2: the type “text/x” cannot stand in a picture"),
        (
            "<?xml-stylesheet href='a.css'?>",
            "2: <?xml-stylesheet …?> cannot stand in a picture: it may ask for another file",
        ),
        (
            '<clipPath id="c"><g clip-path="url(#c)"/></clipPath>',
            "2: clip-path:url(…) stands where it could repeat itself",
        ),
        (
            '<marker id="m"><path style="fill: red; marker-mid: url(#m)"/></marker>',
            "2: marker-mid: url(…) stands where it could repeat itself",
        ),
        (
            '<g marker="url(#m)"><marker id="m"><path/></marker></g>',
            "2: marker:url(…) stands where it could repeat itself",
        ),
        (
            '<marker id="m"/><style>path { marker: url(#m) }</style>',
            "2: a <style> refers to markers or clipping paths",
        ),
    ],
)
def test_picture_that_does_more_than_draw_is_refused_at_its_line(
    inside: str, found: str, tmp_path: Path
) -> None:
    said = problems(tmp_path, inside)
    assert said[:1] == [found] or (found.endswith("…") and said[0].startswith(found[:-1]))


def test_all_faults_of_a_picture_are_told_together_and_each_once(tmp_path: Path) -> None:
    inside = '<script/>\n<script/>\n<g onclick="1"/>\n<use href="#a"/>'
    assert problems(tmp_path, inside) == [
        "2: <script> cannot stand in a picture (and 1 more like it)",
        "4: a script is run (onclick)",
        "5: “#a” is referred to and not there",
    ]
    assert len(problems(tmp_path, "".join(f"<x{n}/>" for n in range(1000)))) == 20


@pytest.mark.parametrize(
    ("before", "found"),
    [
        (
            '<!DOCTYPE svg [<!ENTITY a "b">]>',
            "1: “a.svg” begins with a DOCTYPE that declares something, which is not read",
        ),
        (
            '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "https://www.w3.org/svg.dtd" [ %a; ]>',
            "1: “a.svg” begins with a DOCTYPE that declares something, which is not read",
        ),
        (
            '<!DOCTYPE svg PUBLIC "x" "https://a.example/svg.dtd">',
            "1: “a.svg” begins with a DOCTYPE that is not the one of SVG: "
            '<!DOCTYPE svg PUBLIC "x" "https://a.example/svg.dtd">',
        ),
        (
            '<?xml-stylesheet href="a.css"?>',
            "1: <?xml-stylesheet …?> cannot stand in a picture: it may ask for another file",
        ),
        ('<?xml version="1.0" encoding="iso-8859-1"?>', "0: “a.svg” is not UTF-8"),
        ('<?xml version="1.0" encoding="UTF-7"?>', "0: “a.svg” is not UTF-8"),
    ],
)
def test_what_stands_before_a_picture_is_looked_at_too(before: str, found: str, tmp_path: Path) -> None:
    assert problems(tmp_path, "", before + OPENING) == [found]


def test_entity_bomb_is_refused_before_it_goes_off(tmp_path: Path) -> None:
    bomb = "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    found = problems(tmp_path, "<text>&j;</text>", f'<!DOCTYPE s [<!ENTITY a "xxxxxxxxxx">{bomb}]>{OPENING}')
    assert len(found) == 1


def test_picture_nested_too_deep_is_refused(tmp_path: Path) -> None:
    fits, deep = ("<g>" * n + "</g>" * n for n in (limits.SVG_DEPTH - 1, limits.SVG_DEPTH))
    assert problems(tmp_path, fits) == []
    assert problems(tmp_path, deep) == ["2: in a picture, elements stand at most 30 levels deep"]
    assert problems(tmp_path, "<g>" * 5000 + "</g>" * 5000) == ["2: “a.svg” is no well-formed SVG"]


def test_picture_with_too_many_elements_is_refused(tmp_path: Path) -> None:
    assert problems(tmp_path, "<g/>\n" * (limits.SVG_ELEMENTS - 1)) == []
    assert problems(tmp_path, "<g/>\n" * limits.SVG_ELEMENTS) == [
        "10001: the picture has more than 10,000 elements"
    ]


def test_picture_with_too_many_letters_is_refused(tmp_path: Path) -> None:
    assert problems(tmp_path, f"<text>{'a' * limits.SVG_TEXT}</text>") == [
        "1: its texts have more than 20,000 characters"
    ]


def test_picture_with_too_many_bytes_is_refused(tmp_path: Path) -> None:
    assert problems(tmp_path, f"<!--{'a' * limits.SVG_BYTES}-->") == [
        "0: “a.svg” has more than 1,000,000 bytes"
    ]
    assert problems(tmp_path, f'<path d="{"M0 0" * 30_000}"/>') == ["2: d has more than 100,000 characters"]


@pytest.mark.parametrize(
    "path", sorted(REPOSITORY.glob("**/source/*/images/*.svg")), ids=lambda path: path.name
)
def test_our_own_pictures_are_read(path: Path) -> None:
    assert read_picture(path.parent, path.name).picture.width
