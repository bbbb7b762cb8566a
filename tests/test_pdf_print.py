"""The print edition as a whole: the file of the complete small article, and what must stop a render."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from lxml import etree
from pdf_tree import Element, TagTree, tagged

from publish.errors import Problem, PublishError
from publish.layout import Layouts, packaged_layouts
from publish.model import (
    Article,
    Block,
    Edition,
    Figure,
    House,
    Line,
    NoteMark,
    Prose,
    Run,
    Steps,
    Table,
    edition_identifier,
)
from publish.render.pdf import render, running_title
from publish.source.article import read_article, read_house
from publish.source.identify import identify
from publish.verify.expected import expected
from publish.verify.measure import measure
from publish.verify.reading import canonical

REPOSITORY = Path(__file__).resolve().parents[1]
PROJECT = REPOSITORY / "tests" / "projects" / "complete"
LAYOUTS = Layouts((packaged_layouts(),))
LONG = "Walking after a meal keeps the sugar in your blood a little lower than sitting still does. "
STYLES = (
    "print/base.css",
    "print/print.css",
    "print/large.css",
    "print/sheet.css",
    "print/leaflet.css",
    "print/questions.css",
    "print/narrow.css",
)
POINTS = {"letter": (612, 792), "a4": (595.28, 841.89)}


@cache
def house() -> House:
    return read_house(PROJECT)


@cache
def article() -> Article:
    return read_article(PROJECT, "small-article", house()).article


def edition(paper: str = "letter") -> Edition:
    return house().editions["handout"].model_copy(update={"paper": paper})


@dataclass(frozen=True)
class Printed:
    paper: str
    data: bytes
    tree: TagTree


@pytest.fixture(scope="module", params=["letter", "a4"])
def printed(request: pytest.FixtureRequest) -> Printed:
    data = render(article(), edition(request.param), house(), LAYOUTS)
    return Printed(request.param, data, TagTree(data))


def saying(words: str, article: Article) -> Article:
    """Return ``article`` with ``words`` as its first key point."""
    point = article.key_points[0]
    new = point.model_copy(update={"inlines": (Run(text=words),)})
    return article.model_copy(update={"key_points": (new, *article.key_points[1:])})


def problems_of(article: Article, layouts: Layouts = LAYOUTS) -> tuple[Problem, ...]:
    with pytest.raises(PublishError) as caught:
        render(article, edition(), house(), layouts)
    return caught.value.problems


@pytest.fixture
def own_layouts(tmp_path: Path) -> Callable[..., Layouts]:
    """Return ``own_layouts(**{"print/print.css": (old, new)})``: layouts with a file of our own, changed."""

    def make(**changes: tuple[str, str]) -> Layouts:
        for name, (old, new) in changes.items():
            text = LAYOUTS.text(name)
            assert old in text
            path = tmp_path / "layouts" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return Layouts((tmp_path / "layouts", packaged_layouts()))

    return make


# --- words, order, names --------------------------------------------------------------------


@pytest.mark.slow
def test_every_block_is_there_word_for_word(printed: Printed) -> None:
    tree = printed.tree
    for block in expected(article(), edition(printed.paper), LAYOUTS.words("en")):
        element = tree.by_id[block.id]
        if block.role == "alternative":
            assert str(element.dictionary.Alt) == block.text
            continue
        label = next((child for child in element.children if child.role == "Lbl"), None)
        assert canonical(tree.text(label) if label else "") == block.label
        assert (
            canonical(tree.text(element, "Generated", "Reference", "Lbl") or tree.text(element)) == block.text
        )


@pytest.mark.slow
def test_blocks_stand_in_reading_order(printed: Printed) -> None:
    wanted = [block.id for block in expected(article(), edition(printed.paper), LAYOUTS.words("en"))]
    found = [element.id for element in printed.tree.root.all() if element.id in set(wanted)]
    assert found == wanted


@pytest.mark.slow
def test_bookmarks_carry_the_numbers_of_headings_and_no_note_marks(printed: Printed) -> None:
    with printed.tree.pdf.open_outline() as outline:
        titles = [str(item.title) for top in outline.root for item in (top, *top.children)]
    assert titles[0] == article().title.text
    assert f"1. {article().sections[0].heading.text}" in titles
    assert not [title for title in titles if re.search(r"\[\d+\]", title)]


@pytest.mark.slow
def test_a_note_mark_in_a_heading_is_not_in_its_bookmark() -> None:
    first = article().sections[0]
    mark = NoteMark(key="walk-study", nth=40)
    heading = first.heading.model_copy(update={"inlines": (*first.heading.inlines, mark)})
    noted = article().model_copy(
        update={"sections": (first.model_copy(update={"heading": heading}), *article().sections[1:])}
    )
    tree = TagTree(render(noted, edition(), house(), LAYOUTS))
    assert "ref-walk-study-40" in tree.by_id
    with tree.pdf.open_outline() as outline:
        titles = [str(item.title) for item in outline.root[0].children]
    assert f"1. {first.heading.text}" in titles


@pytest.mark.slow
def test_an_edition_carries_its_own_parts_only() -> None:
    short = edition().model_copy(update={"parts": ("body", "faq", "disclaimers", "references")})
    ids = TagTree(render(article(), short, house(), LAYOUTS)).by_id
    assert {"title", "faq", "disclaimers", "references"} <= ids.keys()
    assert not {"contents", "key-points", "related", "about"} & ids.keys()


@pytest.mark.slow
def test_a_link_to_a_part_that_is_left_out_is_told() -> None:
    short = edition().model_copy(update={"parts": ("faq", "disclaimers", "references")})
    with pytest.raises(PublishError) as caught:
        render(article(), short, house(), LAYOUTS)
    assert {problem.kind for problem in caught.value.problems} == {"lost-link"}
    assert "leads to “minutes”, which the edition does not have" in str(caught.value)


# --- the file -------------------------------------------------------------------------------


@pytest.mark.slow
def test_metadata_is_the_articles_own(printed: Printed) -> None:
    pdf = printed.tree.pdf
    packet = etree.fromstring(pdf.Root.Metadata.read_bytes())
    core = {
        name: "".join(found.itertext()).strip()
        for name in ("identifier", "title", "language", "publisher", "description")
        for found in packet.iter(f"{{http://purl.org/dc/elements/1.1/}}{name}")
    }
    assert core == {
        "identifier": edition_identifier(house(), article(), edition(printed.paper)),
        "title": article().title.text,
        "language": "en",
        "publisher": house().name,
        "description": article().summary,
    }
    text = pdf.Root.Metadata.read_bytes().decode()
    assert text.count("<rdf:RDF") == 1
    assert "<pdfuaid:part>1</pdfuaid:part>" in text
    assert re.search(r'pdfaid:part="2"[^>]*pdfaid:conformance="A"', text)
    day = article().dates.latest
    assert str(pdf.docinfo.CreationDate) == str(pdf.docinfo.ModDate) == f"D:{day:%Y%m%d}"
    assert str(pdf.docinfo.Author) == ", ".join(person.name for person in article().trust.authors)
    assert str(pdf.docinfo.Keywords) == ", ".join(article().keywords)
    assert (str(pdf.Root.Lang), bool(pdf.Root.ViewerPreferences.DisplayDocTitle)) == ("en", True)


@pytest.mark.slow
def test_without_authors_none_is_named() -> None:
    nobody = article().model_copy(update={"trust": article().trust.model_copy(update={"authors": ()})})
    pdf = TagTree(render(nobody, edition(), house(), LAYOUTS)).pdf
    assert "/Author" not in pdf.docinfo
    assert b"dc:creator" not in pdf.Root.Metadata.read_bytes()


@pytest.mark.slow
def test_the_page_is_the_editions_paper(printed: Printed) -> None:
    for page in printed.tree.pdf.pages:
        assert [float(each) for each in page.mediabox] == pytest.approx(
            [0, 0, *POINTS[printed.paper]], abs=0.01
        )


@pytest.mark.slow
def test_only_bundled_fonts_are_embedded(printed: Printed) -> None:
    names = {
        str(font.BaseFont).split("+")[1]
        for page in printed.tree.pdf.pages
        for font in page.Resources.Font.values()
    }
    assert names
    assert all(name.startswith(("Atkinson-Hyperlegible-Next", "Noto-Sans")) for name in names)


@pytest.mark.slow
def test_two_processes_give_the_same_bytes(tmp_path: Path) -> None:
    """With another hash seed, time zone, locale, working folder, and layouts at another path."""
    script = (
        "import sys; from pathlib import Path; from publish.layout import Layouts;"
        "from publish.render.pdf import render; from publish.source.article import read_article, read_house;"
        "project, layouts = Path(sys.argv[1]), Layouts((Path(sys.argv[2]),)); house = read_house(project);"
        "article = read_article(project, 'small-article', house).article;"
        "sys.stdout.buffer.write(render(article, house.editions['handout'], house, layouts))"
    )
    layouts = tmp_path / "elsewhere" / "layouts"
    shutil.copytree(packaged_layouts(), layouts)
    made = []
    for seed, zone, folder, cwd in (
        ("1", "Pacific/Kiritimati", packaged_layouts(), REPOSITORY),
        ("2", "America/Lima", layouts, tmp_path),
    ):
        environment = os.environ | {
            "PYTHONHASHSEED": seed,
            "TZ": zone,
            "LC_ALL": "C",
            "PYTHONPATH": str(REPOSITORY / "src"),
        }
        command = [sys.executable, "-c", script, str(PROJECT), str(folder)]
        done = subprocess.run(command, cwd=cwd, env=environment, check=True, capture_output=True, timeout=120)
        assert done.stderr == b""
        made.append(done.stdout)
    assert made[0].startswith(b"%PDF-1.7")
    assert made[0] == made[1]


# --- what the eye gets ----------------------------------------------------------------------


def painted(data: bytes) -> Iterator[tuple[float, str]]:
    """Yield (size in points, character) of all painted text, in pictures too, as PDFium sees it."""
    import pypdfium2
    import pypdfium2.raw as raw

    document = pypdfium2.PdfDocument(data)
    for page in document:
        text = page.get_textpage()
        for index in range(text.count_chars()):
            character = chr(raw.FPDFText_GetUnicode(text.raw, index))
            matrix = raw.FS_MATRIX()
            if character.isspace() or raw.FPDFText_IsGenerated(text.raw, index):
                continue
            assert raw.FPDFText_GetMatrix(text.raw, index, matrix)
            scale = (matrix.b**2 + matrix.d**2) ** 0.5
            yield raw.FPDFText_GetFontSize(text.raw, index) * scale, character
    document.close()


@pytest.mark.slow
def test_nothing_is_smaller_than_twelve_points(printed: Printed) -> None:
    sizes = {round(size, 2) for size, _ in painted(printed.data)}
    assert min(sizes) >= 12
    assert 13 in sizes


@pytest.mark.slow
def test_lines_have_60_to_70_characters() -> None:
    import pypdfium2

    words = (
        "The body’s own immune system attacks and destroys the cells in the pancreas that make insulin. The"
        " question is precise: can researchers manufacture such cells in a lab, and place them in the body? "
    )
    long = saying(words * 3, article())
    section = long.sections[0]
    line = Line(id="long", inlines=(Run(text=words * 20),))
    prose = next(block for block in section.body if block.kind == "prose")
    body = (prose.model_copy(update={"blocks": (line,)}), *section.body)
    long = long.model_copy(
        update={"sections": (section.model_copy(update={"body": body}), *long.sections[1:])}
    )
    for paper in POINTS:
        document = pypdfium2.PdfDocument(render(long, edition(paper), house(), LAYOUTS))
        pages = [page.get_textpage().get_text_range() for page in document]
        document.close()
        lines = [line.strip() for text in pages for line in text.splitlines()]
        full = [len(line) for line in lines if line in words * 20 and len(line) > 40]
        assert len(full) > 25
        assert 60 <= sum(full) / len(full) <= 70, paper
        assert max(full) <= 76, paper


@pytest.mark.slow
def test_every_page_has_one_running_title_and_its_number(printed: Printed) -> None:
    tree, count = printed.tree, len(printed.tree.pdf.pages)
    for number in range(count):
        feet = [
            text
            for page, names, text in tree.artifacts
            if page == number and names.get("/Subtype") == "/Footer"
        ]
        assert feet == [running_title(article().title.text), f"Page {number + 1} of {count}"]


def test_running_titles_are_short_whole_words() -> None:
    assert running_title("Why walk?") == "Why walk?"
    assert (
        running_title("Islets grown from stem cells: why this research matters")
        == "Islets grown from stem cells"
    )
    endless = running_title(
        "A title without any pause that goes on and on until nobody wants to hear more of it"
    )
    assert endless == "A title without any pause that goes on and on until…"
    assert (
        running_title("Why? A question that a very long title begins with, and then goes on for ever")
        != "Why"
    )


@cache
def crowded() -> Article:
    """The small article with so many steps, questions, disclaimers and rows that pages break there."""
    small = article()
    faqs = tuple(
        faq.model_copy(update={"id": f"{faq.id}-{n}", "answer": _longer(faq.answer, n % 3 + 1)})
        for n in range(8)
        for faq in small.faq
    )
    disclaimers = tuple(
        each.model_copy(update={"id": f"{each.id}-{n}", "text": _longer(each.text, n % 3 + 1)})
        for n in range(6)
        for each in small.disclaimers
    )
    sections = tuple(
        section.model_copy(update={"body": tuple(map(_crowd, section.body))}) for section in small.sections
    )
    return identify(small.model_copy(update={"faq": faqs, "disclaimers": disclaimers, "sections": sections}))


def _longer(prose: Prose, times: int) -> Prose:
    return prose.model_copy(update={"blocks": prose.blocks * times})


def _crowd(block: Block) -> Block:
    match block:
        case Steps(id="walk-steps"):
            steps = tuple(each.model_copy(update={"id": None}) for each in block.steps * 7)
            return block.model_copy(update={"steps": steps})
        case Table(id="minutes"):
            return block.model_copy(update={"rows": block.rows * 24})
        case _:
            return block


@pytest.fixture(scope="module", params=["letter", "a4"])
def crowd(request: pytest.FixtureRequest) -> TagTree:
    return TagTree(render(crowded(), edition(request.param), house(), LAYOUTS))


@pytest.mark.slow
def test_steps_questions_disclaimers_and_boxes_are_kept_whole(crowd: TagTree) -> None:
    by_id = crowd.by_id
    steps = [id for id in by_id if re.fullmatch(r"walk-steps-\d+", id)]
    questions = [f"faq-{faq.id}" for faq in crowded().faq]
    disclaimers = [f"disclaimer-{each.id}" for each in crowded().disclaimers]
    assert len(steps) > 8
    for kind in (steps, questions, disclaimers):
        assert len({page for id in kind for page in by_id[id].pages()}) > 2, "the test must span pages"
    for id in (*steps, *questions, *disclaimers, "key-points", "contents", "sugar-curve", "stop-signs"):
        assert len(by_id[id].pages()) == 1, id


HEIGHTS = range(34)


def swept(body: str) -> TagTree:
    """Print ``body`` once for each of ``HEIGHTS``, on a page of its own and 8 points lower each time.

    Every "#" is the number of the time, so that whatever may break is tried at every height.
    """
    style = LAYOUTS.text("print/base.css") + LAYOUTS.text("print/print.css")
    style += "@page { size: 612pt 420pt } section { break-before: page }"
    times = [
        f'<section><p style="margin-bottom: {n * 8}pt">Above.</p>{body.replace("#", str(n))}</section>'
        for n in HEIGHTS
    ]
    return tagged(f"<article>{''.join(times)}</article>", style)


@pytest.mark.slow
def test_no_heading_is_the_last_thing_on_a_page() -> None:
    tree = swept(
        f"<h2 id=h#>Heading</h2><p id=p#>{LONG * 4}</p><h3 id=i#>Heading</h3><p id=q#>{LONG * 4}</p>"
    )
    for heading, following in (("h", "p"), ("i", "q")):
        for n in HEIGHTS:
            assert tree.by_id[f"{heading}{n}"].pages()[-1] == tree.by_id[f"{following}{n}"].pages()[0], n


@pytest.mark.slow
def test_rows_are_kept_whole_and_a_table_never_breaks_after_one() -> None:
    row = f"<tr><th scope=row>Row</th><td>{LONG * 2}</td></tr>"
    head = "<thead><tr><th>First</th><th>Second</th></tr></thead>"
    tree = swept(f"<table id=t#><caption>Table</caption>{head}<tbody>{row * 5}</tbody></table>")
    assert any(len(tree.by_id[f"t{n}"].pages()) > 1 for n in HEIGHTS)
    for n in HEIGHTS:
        table = tree.by_id[f"t{n}"]
        pages = [element.pages() for element in table.all() if element.role == "TR"]
        assert all(len(page) == 1 for page in pages), n
        assert table.children[0].pages() == pages[0] == pages[1] == pages[2], n
        assert pages[-2] == pages[-1], n


@pytest.mark.slow
def test_the_facts_of_a_note_are_kept_whole_and_its_end_is_never_alone() -> None:
    fact = f"<div><dt>Name</dt><dd>{LONG}</dd></div>"
    back = '<p class=back id=b#><a href="#title">Back</a></p>'.replace("#title", "&#35;title")
    tree = swept(
        f"<div class=note id=n#><p class=citation id=c#>{LONG}</p><dl id=d#>{fact * 4}</dl>{back}</div>"
    )
    assert any(len(tree.by_id[f"d{n}"].pages()) > 1 for n in HEIGHTS)
    for n in HEIGHTS:
        facts = [item.pages() for item in tree.by_id[f"d{n}"].children]
        assert all(len(pages) == 1 for pages in facts), n
        assert tree.by_id[f"c{n}"].pages() == facts[0], n
        assert facts[-2] == facts[-1] == tree.by_id[f"b{n}"].pages(), n


@pytest.mark.slow
def test_no_number_is_left_behind_by_its_line() -> None:
    """A number that floats beside its line may stay at the end of a page whose line has gone to the next."""
    label = '<span class="label" id=l#>9.</span>'
    tree = swept(
        f"<p class=citation id=c#>{label} {LONG * 2}</p><h2 id=h#>{label.replace('l#', 'm#')} Next</h2>{LONG}"
    )
    for n in HEIGHTS:
        assert tree.by_id[f"l{n}"].pages() == tree.by_id[f"c{n}"].pages()[:1], n
        assert tree.by_id[f"m{n}"].pages() == tree.by_id[f"h{n}"].pages(), n


@pytest.mark.slow
def test_what_is_longer_than_half_a_page_goes_on_on_the_next_and_leaves_no_gap() -> None:
    long = tuple(
        faq.model_copy(update={"id": f"{faq.id}-long", "answer": _longer(faq.answer, 14)})
        for faq in article().faq
    )
    given = identify(article().model_copy(update={"faq": long}))
    data = render(given, edition(), house(), LAYOUTS)
    tree, found = TagTree(data), measure(data)
    parted = [faq.id for faq in long if len(tree.by_id[f"faq-{faq.id}"].pages()) > 1]
    assert parted
    for id in parted:
        page = tree.by_id[f"faq-{id}"].pages()[0]
        assert found.filled(found.sheets[page]) > 0.85, id


@pytest.mark.slow
def test_a_page_break_begins_a_page() -> None:
    tree = swept("<p id=p#>Before.</p><div class=page-break></div><p id=q#>After.</p>")
    for n in HEIGHTS:
        assert tree.by_id[f"q{n}"].pages()[0] == tree.by_id[f"p{n}"].pages()[0] + 1


@pytest.mark.slow
def test_page_breaks_are_honoured(printed: Printed) -> None:
    tree = printed.tree

    def page_of(id: str) -> int:
        return tree.by_id[id].pages()[0]

    assert page_of("main-signal") > tree.by_id["how-to-walk-table2"].pages()[-1]
    before = [section.id for section in article().sections if section.page_break == "before"]
    assert before
    blocks: list[Element] = [element for element in tree.root.all() if element.role in ("H2", "P")]
    for id in before:
        at = blocks.index(tree.by_id[f"{id}-heading"])
        assert blocks[at - 1].pages()[-1] < blocks[at].pages()[0]


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_ink_is_dark_enough_on_every_ground_also_as_grey() -> None:
    """A colour and the grey it prints as have the same luminance, so one ratio serves for both."""
    style = "".join(map(LAYOUTS.text, STYLES))
    inks = set(re.findall(r"[^-]color: (#[0-9a-f]{6});", style))
    grounds = {"#ffffff", *re.findall(r"background: (#[0-9a-f]{6});", style)}
    rules = set(re.findall(r"solid (#[0-9a-f]{6})", style))
    assert len(inks) >= 3
    assert len(grounds) >= 2
    assert min(contrast(ink, ground) for ink in inks for ground in grounds) >= 4.5
    assert min(contrast(rule, "#ffffff") for rule in rules) >= 3


def test_print_styles_use_nothing_that_loses_or_changes_words() -> None:
    style = re.sub(r"/\*.*?\*/", "", "".join(map(LAYOUTS.text, STYLES)), flags=re.DOTALL)
    for banned in (
        "flex",
        "grid",
        "column",
        "opacity",
        "text-transform",
        "display: none",
        "visibility",
        "overflow:",
    ):
        assert banned not in style, banned
    assert re.findall(r"hyphens: (\w+)", style) == ["none"]
    assert not re.search(r"[^-]\bheight: (?!auto|[\d.]+mm)", style)  # rules and boxes to write on
    assert {size for size in map(float, re.findall(r"font-size: ([\d.]+)pt", style)) if size < 12} == set()


# --- what stops a render --------------------------------------------------------------------


@pytest.mark.slow
def test_a_character_that_no_font_has_is_named_with_its_block() -> None:
    (problem,) = problems_of(saying("All is well 😀, they said; 日本.", article()))[:1]
    assert problem.kind == "missing-glyph"
    assert problem.block == "key-point-1"
    assert "“😀” (U+1F600 GRINNING FACE) of block “key-point-1”" in problem.message


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "old", "new", "line", "words"),
    [
        ("print/print.css", "h1 {\n", "h1 {\n  colour: red;\n", None, "unknown property"),
        ("print/print.css", "h1 {\n", "h1:hoover(x {\n", None, ""),
        (
            "print/fonts.css",
            "../fonts/noto-sans/bold.ttf",
            "../fonts/nowhere.ttf",
            None,
            "layout file fonts/nowhere.ttf is missing",
        ),
        ("print/page.html.jinja", "running_title }}", "running_titel }}", None, "running_titel"),
    ],
)
def test_a_fault_in_a_layout_is_told_with_its_file_and_line(
    own_layouts: Callable[..., Layouts], name: str, old: str, new: str, line: int | None, words: str
) -> None:
    layouts = own_layouts(**{name: (old, new)})
    problem = problems_of(article(), layouts)[0]
    assert words in problem.message
    assert problem.place is not None
    if name.endswith(".css") and "nowhere" not in new:
        first = layouts.text(name)[: layouts.text(name).index(new)].count("\n") + 1
        assert problem.place.file == str(layouts.file(name))
        assert first <= problem.place.line <= first + 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/hostname",
        "file:///layouts/../source/secret.css",
        "file:///layouts/print/secret.txt",
        "https://health.example/x.png",
        "data:image/png;base64,AAAA",
        "picture:not-of-this-article.png",
    ],
)
def test_styles_read_nothing_but_layouts(own_layouts: Callable[..., Layouts], address: str) -> None:
    layouts = own_layouts(
        **{"print/print.css": ("article {", f'article {{ background-image: url("{address}");')}
    )
    (layouts.folders[0] / "print" / "secret.txt").write_text("secret", encoding="utf-8")
    (problem,) = problems_of(article(), layouts)
    assert problem.kind == "refused"
    assert address[:20] in problem.message


@pytest.mark.slow
def test_a_link_out_of_the_layouts_is_refused(own_layouts: Callable[..., Layouts], tmp_path: Path) -> None:
    layouts = own_layouts(
        **{"print/print.css": ("article {", 'article { background-image: url("stolen.png");')}
    )
    (tmp_path / "stolen.png").write_bytes(b"x")
    (layouts.folders[0] / "print" / "stolen.png").symlink_to(tmp_path / "stolen.png")
    (problem,) = problems_of(article(), layouts)
    assert "leads out of layouts/" in problem.message


@pytest.mark.slow
def test_a_picture_reads_nothing_else(own_layouts: Callable[..., Layouts]) -> None:
    first = article().sections[0]
    figure = next(block for block in first.body if isinstance(block, Figure))
    assert figure.picture is not None
    stolen = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><image href="file:///etc/hostname"/></svg>'
    from dataclasses import replace

    picture = replace(figure.picture, data=stolen)
    body = tuple(
        each.model_copy(update={"picture": picture}) if each is figure else each for each in first.body
    )
    changed = article().model_copy(
        update={"sections": (first.model_copy(update={"body": body}), *article().sections[1:])}
    )
    (problem,) = problems_of(changed)
    assert problem.message.startswith("the picture images/sugar-curve.svg cannot be printed")


@pytest.mark.slow
def test_a_picture_that_cannot_be_shown_is_a_problem() -> None:
    from dataclasses import replace

    first = article().sections[0]
    figure = next(block for block in first.body if isinstance(block, Figure))
    assert figure.picture is not None
    picture = replace(figure.picture, data=b"not a picture")
    body = tuple(
        each.model_copy(update={"picture": picture}) if each is figure else each for each in first.body
    )
    changed = article().model_copy(
        update={"sections": (first.model_copy(update={"body": body}), *article().sections[1:])}
    )
    assert "Failed to load image" in problems_of(changed)[0].message


# --- the fonts ------------------------------------------------------------------------------


def test_fonts_are_few_and_have_their_licences() -> None:
    fonts = packaged_layouts() / "fonts"
    assert sum(path.stat().st_size for path in fonts.rglob("*.ttf")) < 2_500_000
    for folder in (path for path in fonts.iterdir() if path.is_dir()):
        assert "SIL OPEN FONT LICENSE" in (folder / "LICENSE.txt").read_text(encoding="utf-8").upper()
        for path in folder.glob("*.ttf"):
            assert path.read_bytes()[:4] == b"\0\1\0\0", "TrueType: WOFF2 doubles the time of a render"


def test_no_machine_font_is_seen() -> None:
    text = (packaged_layouts() / "fonts" / "fonts.conf").read_text(encoding="utf-8")
    assert "<dir" not in text
    assert "<include" not in text
