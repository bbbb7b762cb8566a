"""Pictures as drawing programs export them: shown whole in every edition, with nothing else of the file."""

from __future__ import annotations

import base64
import io
import re
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from PIL import Image, ImageChops

from publish.cli import main
from publish.errors import Problem, PublishError
from publish.model import Picture
from publish.source import limits
from publish.source.pictures import PictureFile, read_picture
from publish.source.programs import program_of
from publish.starter import start

PICTURES = Path(__file__).with_name("pictures")
EXPORTS = sorted(PICTURES.glob("*.svg"))
PROGRAMS = {
    "affinity": "Affinity",
    "drawio": "draw.io",
    "figma": "Figma",
    "illustrator": "Illustrator",
    "inkscape": "Inkscape",
    "inkscape-plain": "Inkscape",
    "libreoffice": "LibreOffice",
    "matplotlib": "matplotlib",
    "powerpoint": "PowerPoint",
    "svglite": "R",
}
OPENING = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 40 20">'
)


def read(folder: Path, inside: str, opening: str = OPENING) -> PictureFile:
    (folder / "a.svg").write_text(f"{opening}\n{inside}\n</svg>", encoding="utf-8")
    return read_picture(folder, "a.svg")


def drawn(folder: Path, inside: str, opening: str = OPENING) -> str:
    """Return what goes on of an SVG that has ``inside`` from its second line on, without its own tag."""
    text = read(folder, inside, opening).picture.data.decode()
    return re.sub(r"^<svg[^>]*>|</svg>$", "", text).strip()


def refused(folder: Path, inside: str, opening: str = OPENING) -> list[Problem]:
    with pytest.raises(PublishError) as caught:
        read(folder, inside, opening)
    return list(caught.value.problems)


# --- what the programs write -----------------------------------------------------------------


def test_every_program_is_tried() -> None:
    assert {path.stem for path in EXPORTS} == set(PROGRAMS)


@pytest.mark.parametrize("path", EXPORTS, ids=lambda path: path.stem)
def test_export_is_read_and_its_program_known(path: Path) -> None:
    file = read_picture(path.parent, path.name)
    assert [note.message for note in file.notes] == (
        ["a shadow of this picture is left out"] if path.stem == "figma" else []
    )
    # Plain SVG of Inkscape says nowhere that it is of Inkscape but in its own properties.
    assert program_of(file.source) == PROGRAMS[path.stem]


@pytest.mark.parametrize("path", EXPORTS, ids=lambda path: path.stem)
def test_what_goes_on_is_of_svg_alone_and_cleaning_it_again_changes_nothing(
    path: Path, tmp_path: Path
) -> None:
    data = read_picture(path.parent, path.name).picture.data
    assert not re.search(rb"<!|<\?|inkscape|sodipodi|rdf|mxfile|openoffice|serif\.com|light-dark|data-", data)
    for node in etree.fromstring(data).iter():
        assert str(node.tag).startswith("{http://www.w3.org/2000/svg}")
    (tmp_path / "a.svg").write_bytes(data)
    assert read_picture(tmp_path, "a.svg").picture.data == data


def seen(browser: Any, data: bytes, picture: Picture, width: int = 480) -> Image.Image:
    """Return the picture in ``data`` as Chromium shows it on white."""
    height = round(width * picture.height / picture.width)
    page = browser.new_page(viewport={"width": width, "height": height})
    source = f"data:image/svg+xml;base64,{base64.b64encode(data).decode()}"
    page.set_content(f'<body style="margin:0"><img width={width} height={height} src="{source}">')
    shot = page.screenshot()
    page.close()
    return Image.open(io.BytesIO(shot)).convert("L")


def printed(data: bytes, picture: Picture, width: int = 480) -> Image.Image:
    """Return the picture in ``data`` as WeasyPrint prints it on white."""
    import pypdfium2
    from weasyprint import HTML

    height = round(width * picture.height / picture.width)
    source = f"data:image/svg+xml;base64,{base64.b64encode(data).decode()}"
    page = f"<style>@page{{margin:0;size:{width}px {height}px}}body{{margin:0}}</style>"
    image = f'<img style="display:block;width:{width}px;height:{height}px" src="{source}">'
    with pypdfium2.PdfDocument(bytes(HTML(string=page + image).write_pdf())) as document:
        return document[0].render(scale=96 / 72).to_pil().convert("L").resize((width, height))


def inked(picture: Image.Image) -> set[tuple[int, int]]:
    """Return the squares of 16 by 16 pixels that have ink in them."""
    squares = set()
    for top in range(0, picture.height, 16):
        for left in range(0, picture.width, 16):
            tile = picture.crop((left, top, left + 16, top + 16))
            if tile.getextrema()[0] < 200:
                squares.add((left // 16, top // 16))
    return squares


@pytest.mark.tools
@pytest.mark.slow
@pytest.mark.parametrize("path", EXPORTS, ids=lambda path: path.stem)
def test_what_goes_on_looks_like_the_export_itself(path: Path, browser: Any) -> None:
    picture = read_picture(path.parent, path.name).picture
    before, after = (seen(browser, data, picture) for data in (path.read_bytes(), picture.data))
    squares = inked(before)
    assert len(squares) > 30
    differs = ImageChops.difference(before, after)
    if path.stem in ("figma", "drawio"):  # a shadow left out and told; words of a page as plain text
        assert len(squares ^ inked(after)) <= 0.2 * len(squares)
    else:
        assert differs.getextrema()[1] <= 8
    squares, paper = inked(after), inked(printed(picture.data, picture))
    assert len(squares - paper) <= 0.03 * len(squares)
    assert len(paper - squares) <= 0.08 * len(squares)


FIGURE = """\
      - figure:
          id: by-{0}
          image: images/{0}.svg
          alt: A picture by {0}.
          caption: A picture as {0} exports it.
"""


@pytest.mark.slow
def test_every_export_is_published_alike_in_all_formats(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    start(tmp_path)
    folder = tmp_path / "source" / "my-first-article"
    (tmp_path / "source" / "publish.yaml").write_text(
        "format: 1\nname: House\neditions:\n  web: {format: html}\n  handout: {format: pdf, paper: letter}\n"
        "  book: {format: epub}\n",
        encoding="utf-8",
    )
    shutil.copytree(PICTURES, folder / "images")
    article = (folder / "article.yaml").read_text("utf-8")
    figures = "".join(FIGURE.format(path.stem) for path in EXPORTS)
    (folder / "article.yaml").write_text(
        re.sub("    body:\n", f"    body:\n{figures}", article, count=1), "utf-8"
    )
    code = main(["build", "--project", str(tmp_path)])
    assert code == 0, capsys.readouterr().err
    (web,), (book,) = (tuple((tmp_path / "output").glob(f"*/*{end}")) for end in (".html", ".epub"))
    page = web.read_text("utf-8")
    with zipfile.ZipFile(book) as package:
        packed = {package.read(name) for name in package.namelist() if "/images/by-" in name}
    for path in EXPORTS:
        data = read_picture(path.parent, path.name).picture.data
        assert base64.b64encode(data).decode() in page
        assert data in packed


# --- what is left out, or said plainly -------------------------------------------------------


@pytest.mark.parametrize(
    ("inside", "left"),
    [
        ("<metadata><x/></metadata><title>T</title><desc>D</desc><g/>", "<g/>"),
        ('<a:b xmlns:a="urn:a"><rect/></a:b><g xmlns:a="urn:a" a:version="1"/>', "<g/>"),
        ('<g data-x="1" tabindex="0" version="1" cursor="url(https://a.example/)"/>', "<g/>"),
        ('<g style="cursor: url(a.cur); behavior: url(x); --a: b; fill: red"/>', '<g style=" fill: red"/>'),
        ("<text>a<!-- b -->c<?d e?>f</text>", "<text>acf</text>"),
        ('<g id="a" class="b" xml:id="c"/>', "<g/>"),
        ('<filter id="a"><feImage href="https://a.example/"/></filter><mask/><pattern id="p"/>', ""),
        ('<font id="a"><glyph d="M0 0"/></font>', ""),
        ('<g filter="none" style="mask:none;text-transform:none"/>', "<g/>"),
        ('<g fill="light-dark(rgb(1, 2, 3), var(--a, #fff))"/>', '<g fill="rgb(1, 2, 3)"/>'),
        ('<g fill="var(--a, #fff)"/>', '<g fill="#fff"/>'),
        ("<switch><g requiredFeatures='x'/><g/></switch>", "<g><g/></g>"),
        (
            '<switch><foreignObject><p xmlns="http://www.w3.org/1999/xhtml">a <b>b</b></p></foreignObject>'
            "<text>a b</text></switch>",
            "<g><text>a b</text></g>",
        ),
        ('<defs><path id="a" d="M0 0"/></defs><use href="#a"/>', '<defs/><g><path d="M0 0"/></g>'),
        (
            '<path id="a" d="M0 0"/><use xlink:href="#a" x="1.5" y="-2" transform="scale(2)" fill="red"/>',
            '<path d="M0 0"/><g transform="scale(2) translate(1.5 -2)" fill="red"><path d="M0 0"/></g>',
        ),
        (
            '<symbol id="a" overflow="visible"><path d="M0 0"/></symbol><g id="b"><use href="#a"/></g>'
            '<use href="#b" x="3"/>',
            '<g><g><g overflow="visible"><path d="M0 0"/></g></g></g><g transform="translate(3 0)">'
            '<g><g><g overflow="visible"><path d="M0 0"/></g></g></g></g>',
        ),
        (
            '<rect id="a" width="9"/><clipPath id="c"><use href="#a" style="overflow:visible;" x="1"/>'
            '</clipPath><g clip-path="url(#c)"/>',
            '<rect width="9"/><clipPath id="c"><rect width="9" transform="translate(1 0)"/></clipPath>'
            '<g clip-path="url(#c)"/>',
        ),
        (
            "<style>.a{clip-path:url(#c)}.b{fill:red}</style><clipPath id='c'><path/></clipPath>"
            "<g class='a'/>",
            '<style>.a{}.b{fill:red}</style><clipPath id="c"><path/></clipPath>'
            '<g class="a" clip-path="url(#c)"/>',
        ),
        (
            "<style>@media (prefers-color-scheme: dark) { g { fill: white } @import 'a'; } "
            "g { cursor: default; fill: red }</style>",
            "<style> g { fill: red}</style>",
        ),
        ('<g style="text-decoration-line:underline"/>', '<g style="text-decoration:underline"/>'),
    ],
)
def test_what_draws_nothing_is_left_out(inside: str, left: str, tmp_path: Path) -> None:
    assert re.sub(r"\s+(?=[;}]|$)", "", drawn(tmp_path, inside)) == left


def test_usual_doctype_is_left_out(tmp_path: Path) -> None:
    doctype = (
        '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
    )
    assert b"DOCTYPE" not in read(tmp_path, "<g/>", doctype + OPENING).picture.data


def test_background_becomes_a_shape(tmp_path: Path) -> None:
    opening = OPENING.replace("<svg", '<svg style="background-color: light-dark(#eee, #111); color: red"')
    data = read(tmp_path, "<g/>", opening).picture.data.decode()
    assert '<rect x="0" y="0" width="40" height="20" style="fill:#eee;stroke:none"/>' in data
    assert "background" not in data
    assert refused(tmp_path, "<g/>", OPENING.replace("<svg", '<svg style="background: url(a.png)"'))


def test_link_in_a_picture_is_left_out_with_a_note(tmp_path: Path) -> None:
    file = read(tmp_path, '<g>\n  <a href="javascript:alert(1)" target="_blank"><path/></a></g>')
    assert b"<g>\n  <g><path/></g></g>" in file.picture.data
    (note,) = file.notes
    assert str(note).startswith("a.svg:3:3: note: the link in this picture is left out: javascript:alert(1)")


SHADOW = (
    '<filter id="f"><feGaussianBlur in="SourceAlpha" stdDeviation="2"/><feOffset dy="4"/>{}</filter>\n'
    '<g filter="url(#f)"><path/></g>'
)


@pytest.mark.parametrize(
    "last",
    [
        '<feBlend in="SourceGraphic" in2="a"/>',
        '<feComposite in="SourceGraphic" operator="over"/>',
        '<feMerge><feMergeNode/><feMergeNode in="SourceGraphic"/></feMerge>',
        '<feDropShadow in="SourceGraphic"/>',
    ],
)
def test_shadow_below_a_shape_is_left_out_with_a_note(last: str, tmp_path: Path) -> None:
    file = read(tmp_path, SHADOW.format(last))
    assert b"filter" not in file.picture.data
    (note,) = file.notes
    assert str(note).startswith("a.svg:3:4: note: a shadow of this picture is left out")


@pytest.mark.parametrize(
    "last",
    [
        "",
        '<feBlend in="SourceGraphic" mode="multiply"/>',
        '<feBlend in2="SourceGraphic"/>',
        '<feComposite in="SourceGraphic" operator="in"/>',
        '<feMerge><feMergeNode in="SourceGraphic"/><feMergeNode/></feMerge>',
        '<feImage href="a.png"/><feBlend in="SourceGraphic"/>',
    ],
)
def test_filter_that_changes_the_shape_itself_is_refused(last: str, tmp_path: Path) -> None:
    (problem,) = refused(tmp_path, SHADOW.format(last))
    assert "<filter> cannot stand in a picture (and 1 more like it)" in problem.message


# --- what is refused, and how ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("inside", "found"),
    [
        ('<g\n   fill="red"\n   mask="url(#a)"/>', "4:4: error: the attribute “mask”"),
        ('<g\n   fill="red" onclick="1"/>', "3:15: error: a script is run (onclick)"),
        ('<g fill="é" xml:base="a"/>', "2:13: error: the attribute “xml:base”"),
        ('<g note="a>b" systemLanguage="fr"/>', "2:15: error: the attribute “systemLanguage”"),
        ("<g/><g>\n\t<script\n/></g>", "3:2: error: <script>"),
        ("<style>\n\n  g { fill: red }\n    @import 'a'\n</style>", "2:1: error: a <style> has “@”"),
        (
            "<style>\n\n  g { fill: red }\n    p { all: unset }\n p { zoom: 2 }</style>",
            "6:2: error: a style sets",
        ),
        ("<?a?><?xml-stylesheet href='a'?>", "2:6: error: <?xml-stylesheet …?>"),
        ("<g><h></g>", "2:11: error: “a.svg” is no well-formed SVG"),
    ],
)
def test_fault_is_told_at_its_line_and_column(inside: str, found: str, tmp_path: Path) -> None:
    assert str(refused(tmp_path, inside)[0]).startswith(f"a.svg:{found}")


def test_attribute_is_told_with_its_prefix_and_not_its_namesake(tmp_path: Path) -> None:
    (problem,) = refused(tmp_path, '<linearGradient href="#a" xlink:href="b.svg#c"/><linearGradient id="a"/>')
    assert (problem.place and problem.place.column) == 27


DRAWIO = "<!-- Do not edit this file with editors other than draw.io -->" + OPENING
PAGE = '<foreignObject><div xmlns="http://www.w3.org/1999/xhtml">Breathe out slowly</div></foreignObject>'


@pytest.mark.parametrize(
    ("fallback", "message"),
    [
        ("<text>Breathe ou...</text>", "words are left out where plain text is shown: “Breathe out slowly”"),
        ('<image xlink:href="data:image/png;base64,AA"/>', "<image> cannot stand in a picture"),
        ("", "<switch> cannot stand in a picture"),
    ],
)
def test_words_that_only_a_page_has_are_not_lost(fallback: str, message: str, tmp_path: Path) -> None:
    problem = refused(tmp_path, f"<switch>{PAGE}{fallback}</switch>" * 2, DRAWIO)[0]
    assert problem.message.startswith(message)
    if fallback:
        assert "in draw.io, select all, untick Format > Text > Formatted Text" in problem.hint


@pytest.mark.parametrize(
    ("inside", "hint"),
    [
        (
            '<mask id="mask0_1_2"/><g mask="url(#mask0_1_2)"/><g mask="url(#mask0_1_2)"/>',
            "in Figma, remove the",
        ),
        ('<mask id="a"/><g mask="url(#a)" xmlns:inkscape="x"/>', "in Inkscape, use Object > Mask > Release"),
        ('<mask id="a"/><g mask="url(#a)"/>', "or export the picture as .png"),
    ],
)
def test_mask_is_refused_once_with_advice_for_the_program(inside: str, hint: str, tmp_path: Path) -> None:
    (problem,) = refused(tmp_path, inside)
    assert hint in problem.hint


def test_no_hint_sends_back_to_a_plain_svg(tmp_path: Path) -> None:
    for inside in ("<image/>", "<iframe/>", "<set/>", "<textPath/>", "<flowRoot/>", "<svg/>", "<x/>"):
        for opening in (OPENING, DRAWIO):
            assert "plain SVG" not in refused(tmp_path, inside, opening)[0].hint


def test_doctype_with_entities_is_refused_with_advice(tmp_path: Path) -> None:
    doctype = (
        '<!-- Generator: Adobe Illustrator 24 -->\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" '
        '"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd" [ <!ENTITY ns_svg "urn:a"> ]>'
    )
    (problem,) = refused(tmp_path, "<g/>", doctype + OPENING)
    assert (problem.place and problem.place.line, problem.place and problem.place.column) == (2, 1)
    assert "File > Export > Export As > SVG instead of Save As" in problem.hint
    usual = '<!DOCTYPE svg PUBLIC "a" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
    (problem,) = refused(tmp_path, "<text>&nbsp;</text>", usual + OPENING)
    assert "&nbsp; stands for something that is not there" in problem.message


# --- attacks on the cleaning -----------------------------------------------------------------


def test_use_that_shows_itself_round_about_is_refused(tmp_path: Path) -> None:
    round_about = '<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g><use href="#a"/>'
    assert "<use> shows what it stands in itself" in refused(tmp_path, round_about)[0].message
    assert "<use> shows" in refused(tmp_path, '<use id="a" href="#a"/>')[0].message


def test_uses_of_few_elements_and_many_bytes_are_refused(tmp_path: Path) -> None:
    path = f'<path id="a" d="M0 0{" H1" * 20_000}"/>'
    assert len(drawn(tmp_path, path + '<use href="#a"/>' * 9)) < limits.SVG_BYTES
    (problem,) = refused(tmp_path, path + '<use href="#a"/>' * 5_000)
    assert "with each <use> drawn out the picture has more than" in problem.message


def test_long_chain_of_uses_is_refused(tmp_path: Path) -> None:
    chain = "".join(f'<g id="a{n}"><use href="#a{n + 1}"/></g>' for n in range(2_000))
    assert refused(tmp_path, f'{chain}<g id="a2000"/>')


def test_shape_that_a_rule_finds_by_its_place_is_not_drawn_elsewhere(tmp_path: Path) -> None:
    shape = '<g class="x"><path id="a"/></g><use href="#a"/>'
    assert drawn(tmp_path, f"<style>* {{fill:red}} path.x, .y {{fill:blue}}</style>{shape}")
    for rule in (".x path", "#a", "g", "use", "path:first-child", "g > path", "[d]"):
        (problem,) = refused(tmp_path, f"<style>{rule} {{ fill: red }}</style>{shape}")
        assert problem.message == "<use> shows something that cannot be drawn out"


@pytest.mark.parametrize(
    "inside",
    [
        '<use href="#a"/><g id="a"><script>1</script></g>',
        '<g id="a"><image href="b.png"/></g><use href="#a"/>',
        '<g id="a" onclick="1"/><use href="#a"/>',
        "<switch><script>1</script></switch>",
        '<switch><g fill="url(https://a.example/)"/></switch>',
        "<a href='#'><script/></a>",
        '<a onclick="1"/>',
        '<g style="filter:drop-shadow(0 0 1px red) url(https://a.example/)"/>',
        '<g style="fill:light-dark(url(https://a.example/), red)"/>',
        '<g style="fill:var(--a, url(https://a.example/))"/>',
        '<g fill="var(--a)"/>',
        '<g style="--a: red; fill: var(--a, url(b.svg#c))"/>',
        '<g fill="light-dark(red"/>',
        "<mask><style>g { fill: red }</style></mask>",
        "<metadata><style>g { fill: red }</style></metadata>",
        "<switch><g/><style>g { fill: red }</style></switch>",
        "<style>/*<style>*/@import 'a.css';</style>",
        "<style>@media (prefers-color-scheme: light) { g { fill: red } }</style>",
        "<style>@media (prefers-color-scheme: dark) { } } @import 'a'; {</style>",
        '<style media="print">g{}</style>',
        "<html xmlns='http://www.w3.org/1999/xhtml'><script>1</script></html>",
        '<style>.a{clip-path:url(#c)}</style><clipPath id="c"><path class="a"/></clipPath>',
        '<style>.a{marker-end:url(#m)}</style><marker id="m"><path class="a"/></marker>',
        '<style>.a{clip-path:url(https://a.example/#c)}</style><path class="a"/>',
        '<clipPath id="c"><use href="#a" class="x"/></clipPath><path id="a"/><style>.x{fill:red}</style>',
    ],
)
def test_cleaning_hides_nothing_that_a_picture_cannot_have(inside: str, tmp_path: Path) -> None:
    assert refused(tmp_path, inside)


def test_many_faults_and_many_attributes_are_told_in_time(tmp_path: Path) -> None:
    assert len(refused(tmp_path, '<g onclick="1"/>\n' * 9_000)) == 1
    many = " ".join(f'a{n}="1"' for n in range(50_000))
    (problem,) = refused(tmp_path, f"<g {many}/>")
    assert problem.message == "<g> has more than 500 attributes"
    assert refused(tmp_path, f'<g fill="{"light-dark(" * 9_000}"/>')
    assert refused(tmp_path, f'<g style="fill:{"-" * 99_000}(red)"/>')
    shapes = "".join(f'<symbol id="s{n}"/><use href="#s{n}"/>' for n in range(3_000))
    assert refused(tmp_path, shapes)


# --- words in pictures, in print -------------------------------------------------------------


def said_of(
    folder: Path, inside: str, edition: str, capsys: pytest.CaptureFixture[str], opening: str = OPENING
) -> str:
    """Return what is said of the starter article with a picture of ``inside``, from its second line on."""
    start(folder)
    (folder / "source" / "publish.yaml").write_text(
        f"format: 1\nname: House\neditions:\n  handout: {edition}\n", encoding="utf-8"
    )
    home = folder / "source" / "my-first-article"
    (home / "images").mkdir()
    (home / "images" / "a.svg").write_text(f"{opening}\n{inside}\n</svg>", encoding="utf-8")
    article = (home / "article.yaml").read_text("utf-8")
    (home / "article.yaml").write_text(
        re.sub("    body:\n", f"    body:\n{FIGURE.format('a')}", article, count=1), "utf-8"
    )
    code = main(["build", "--project", str(folder)])
    output = capsys.readouterr()
    assert code == (1 if "error" in output.err else 0)
    return output.out + output.err


@pytest.mark.slow
def test_character_without_a_glyph_is_told_at_its_line_in_the_picture(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inside = '<g/>\n  <text y="9" font-size="9">Snow &#x2603;</text>'
    said = said_of(tmp_path, inside, "{format: pdf, paper: letter}", capsys)
    assert "source/my-first-article/images/a.svg:3:34: error: no font of the print layout has “☃”" in said
    assert "U+2603 SNOWMAN) of the picture images/a.svg (“Snow ☃”)" in said


@pytest.mark.slow
def test_words_of_a_picture_too_small_or_too_pale_name_the_picture_and_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inside = (
        '<linearGradient id="a"><stop stop-color="#999"/><stop offset="1" stop-color="#eee"/>'
        '</linearGradient><rect width="40" height="20" fill="url(#a)"/>'
        '<text y="9" font-size="4" fill="#777">Pale words</text>'
    )
    opening = OPENING.replace("<svg", '<svg width="200"')
    said = said_of(tmp_path, inside, "{format: pdf, paper: letter, type_size: 18}", capsys, opening)
    assert re.search(r"contrast of \d\.\d:1 in the picture images/a\.svg \(“Pale words”\)", said)
    assert "hint: in images/a.svg, use a darker ink for the words" in said
    assert "by-a-alt" not in said
