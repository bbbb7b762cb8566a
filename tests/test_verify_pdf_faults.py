"""Finished print editions with one fault each, as a layout or a person could make it: all are found."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mutations
import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from publish.errors import Problem
from publish.model import Figure, Picture, bodies
from publish.project import Project
from publish.proof import examine
from publish.source.article import Source
from publish.verify.drawings import compare_pictures
from publish.verify.reading import Drawn

pytestmark = pytest.mark.slow

ANSWER = "faq-who-answer-p1"
Pdf = Any
Change = Callable[[Pdf], object]


@pytest.fixture
def handout(file: Callable[[str], bytes]) -> bytes:
    return file("handout")


@pytest.fixture
def problems(project: Project, source: Source, handout: bytes) -> Callable[[Change], tuple[Problem, ...]]:
    def problems(change: Change) -> tuple[Problem, ...]:
        data = mutations.spoil(handout, change)
        found = examine(project, source, project.house.editions["handout"], data, "file").problems
        return tuple(each for each in found if each.severity != "note" and not each.kind.startswith("print-"))

    return problems


@pytest.mark.parametrize(
    "options",
    [
        {"linearize": True},
        {"object_stream_mode": pikepdf.ObjectStreamMode.generate},
        {"qdf": True, "normalize_content": True},
    ],
)
def test_a_file_saved_by_another_program_has_no_problem(
    options: dict[str, Any], project: Project, handout: bytes
) -> None:
    (source,) = project.sources()
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(handout)) as pdf:
        pdf.save(out, **options)
    assert examine(project, source, project.house.editions["handout"], out.getvalue(), "file").problems == ()


# --- where things stand --------------------------------------------------------------------


def page_of(pdf: Pdf, id: str = ANSWER) -> int:
    return int(pdf.marks(pdf.element(id))[0][0])


def resources(pdf: Pdf, id: str = ANSWER) -> Any:
    return pdf.pdf.pages[page_of(pdf, id)].obj.Resources


def lines(pdf: Pdf, id: str = ANSWER) -> list[tuple[float, float]]:
    """The points, in points of the page, at which the lines of a block begin."""
    height = float(pdf.pdf.pages[0].mediabox[3])
    found = []
    for page, mark in pdf.marks(pdf.element(id)):
        instructions = pdf.instructions(page)
        start, end = mutations._range(instructions, mark)
        for each in instructions[start:end]:
            if str(each.operator) == "Tm":
                x, y = (float(value) for value in each.operands[4:])
                found.append((0.75 * x, height - 0.75 * y))
                break
    return found


def draw(pdf: Pdf, content: str, id: str = ANSWER) -> None:
    """Paint something last on the page of a block, as page furniture."""
    page = pdf.pdf.pages[page_of(pdf, id)]
    page.contents_add(pdf.pdf.make_stream(b"q\n"), prepend=True)
    page.contents_add(pdf.pdf.make_stream(f"\nQ /Artifact BMC q {content} Q EMC".encode()))
    page.contents_coalesce()


def area(pdf: Pdf, id: str = ANSWER) -> str:
    """The box around a block, as operands of ``re``."""
    xs, ys = zip(*lines(pdf, id), strict=True)
    return f"{min(xs) - 3} {min(ys) - 5} 430 {max(ys) - min(ys) + 22}"


def matrix(change: Callable[[list[float]], list[float]]) -> Change:
    """Change the text matrices of the answer."""

    def turn(operands: list[Any]) -> Any:
        return mutations._instruction(change([float(each) for each in operands]), "Tm")

    return lambda pdf: pdf.inside(ANSWER, "Tm", turn)


def around(before: str, after: str, **parameters: Any) -> Change:
    """Change how the answer is painted; ``parameters`` are the graphics state “Odd”."""

    def change(pdf: Pdf) -> None:
        if parameters:
            resources(pdf).ExtGState.Odd = Dictionary({f"/{name}": each for name, each in parameters.items()})
        pdf.around(ANSWER, before, after)

    return change


def cover(content: str, **parameters: Any) -> Change:
    """Paint over the answer; ``{area}`` stands for its box, ``{x}`` and ``{y}`` for its beginning."""

    def change(pdf: Pdf) -> None:
        resources(pdf).ExtGState.Odd = Dictionary({f"/{name}": each for name, each in parameters.items()})
        image = pdf.pdf.make_stream(b"\xff", Subtype=Name.Image, Width=1, Height=1, BitsPerComponent=8)
        image.ColorSpace = Name.DeviceGray
        soft = pdf.pdf.make_stream(b"\xff", Subtype=Name.Image, Width=1, Height=1, BitsPerComponent=8)
        soft.ColorSpace, soft.SMask = Name.DeviceGray, image
        if "/XObject" not in resources(pdf):
            resources(pdf).XObject = Dictionary()
        resources(pdf).XObject.Soft = soft
        x, y = lines(pdf)[0]
        draw(pdf, content.format(area=area(pdf), x=x, y=y))

    return change


# --- how words are painted -----------------------------------------------------------------


def colour_space(name: str, space: Any) -> Change:
    def change(pdf: Pdf) -> None:
        resources(pdf).ColorSpace[f"/{name}"] = space
        pdf.around(ANSWER, f"q /{name} cs 1 scn", "Q")
        pdf.inside(ANSWER, "rg", lambda each: mutations._instruction([1], "scn"))

    return change


PAINT: dict[str, Change] = {
    "letters with a white outline": around("q 1 1 1 RG 9 w 2 Tr", "0 Tr Q"),
    "letters that are fat outlines": around("q 0 0 0 RG 14 w 1 Tr", "0 Tr Q"),
    "letters stacked on each other": around("-7 Tc", "0 Tc"),
    "letters upside down": matrix(lambda m: [1, 0, 0, 1, m[4], m[5] - 8]),
    "letters mirrored": matrix(lambda m: [-1, 0, 0, -1, m[4] + 420, m[5]]),
    "letters turned round": matrix(lambda m: [-1, 0, 0, 1, m[4] + 420, m[5]]),
    "letters slanted": matrix(lambda m: [1, 0, 3, -1, m[4], m[5]]),
    "letters of a spot colour": colour_space(
        "Spot", Array([Name.Separation, Name.White, Name.DeviceGray, Dictionary(FunctionType=2, N=1)])
    ),
    "letters that a transfer function bleaches": around("q /Odd gs", "Q", TR=Dictionary(FunctionType=2, N=1)),
    "a thin cover": cover("/Odd gs 1 g {area} re f", ca=0.3),
    "four thin covers": cover("/Odd gs 1 g " + "{area} re f " * 4, ca=0.85),
    "a cover that lightens": cover("/Odd gs 1 g {area} re f", BM=Name.Lighten),
    "a picture that is not quite opaque": cover("430 0 0 40 {x} {y} cm /Soft Do"),
    "a thick curve": cover("1 G 40 w {x} {y} m {x} {y} 400 {y} 480 {y} c S"),
    "a dot as large as the line": cover("1 G 2 J 60 w {x} {y} m {x} {y} l S"),
    "a curve through the letters": cover("0 G 1 w q 1 0 0 1 0 4 cm {x} {y} m {x} {y} 400 {y} 480 {y} c S Q"),
    "strips that leave the middle": cover(
        "1 g q 1 0 0 1 {x} {y} cm -2 4.4 480 8 re f -2 -5 480 8.4 re f Q",
    ),
}


@pytest.mark.parametrize("fault", PAINT)
def test_words_that_are_not_painted_plainly_are_told_as_hidden(
    fault: str, problems: Callable[[Change], tuple[Problem, ...]]
) -> None:
    found = {problem.block: problem.kind for problem in problems(PAINT[fault])}
    assert found.get(ANSWER) == "hidden", found


# --- words, numbers and places -------------------------------------------------------------


def codes(pdf: Pdf, words: str, id: str = ANSWER) -> tuple[str, str]:
    """The font in which a block is set, and the codes of ``words`` in it."""
    page, mark = pdf.marks(pdf.element(id))[0]
    instructions, at, meanings = next(pdf.strings(page, mark))
    font = next(each for each in reversed(instructions[:at]) if str(each.operator) == "Tf").operands[0]
    back = {text: code for code, text in meanings.items()}
    return str(font), "".join(f"{back[letter]:04x}" for letter in words)


def write(words: str, x: float, y: float, mark: str = "/Artifact BMC") -> Change:
    """Write words beside the answer: ``x`` and ``y`` points from its beginning."""

    def change(pdf: Pdf) -> None:
        font, string = codes(pdf, words)
        left, base = lines(pdf)[0]
        text = f"BT 0 g {font} 13 Tf 1 0 0 1 {left + x} {base + y} Tm <{string}> Tj ET"
        draw(pdf, f"Q EMC {mark} q {text}")

    return change


def unnamed_font(pdf: Pdf) -> None:
    """Write “not” before the answer, in a font that does not say what its codes mean."""
    font, string = codes(pdf, "not")
    unnamed = Dictionary(resources(pdf).Font[font])
    del unnamed["/ToUnicode"]
    resources(pdf).Font.Unnamed = pdf.pdf.make_indirect(unnamed)
    left, base = lines(pdf)[0]
    draw(pdf, f"BT 0 g /Unnamed 13 Tf 1 0 0 1 {left - 30} {base} Tm <{string}> Tj ET")


def tag(kind: str) -> Change:
    """Tag a digit before the answer as ``kind``, inside of it."""

    def change(pdf: Pdf) -> None:
        write("4", -8, 0, "/Span <</MCID 7777>> BDC")(pdf)
        answer = pdf.element(ANSWER)
        element = Dictionary(Type=Name.StructElem, S=Name(f"/{kind}"), P=answer, K=7777)
        element.Pg = pdf.pdf.pages[page_of(pdf)].obj
        kids = answer.K if isinstance(answer.K, Array) else Array([answer.K])
        kids.insert(0, pdf.pdf.make_indirect(element))
        answer.K = kids

    return change


def contents_entries(pdf: Pdf) -> list[Any]:
    (top,) = pdf.kids(pdf.pdf.Root.StructTreeRoot)
    return [each for each in pdf.within(top) if Name.TOCI == each.S]


def in_contents(kind: str, change: Callable[[Any, list[Any], int], None]) -> Change:
    """Change the strings in the contents that are tagged as ``kind``."""

    def spoil(pdf: Pdf) -> None:
        for entry in contents_entries(pdf):
            for element in pdf.within(entry):
                if str(element.S) == f"/{kind}":
                    for page, mark in pdf.marks(element):
                        for instructions, at, meanings in pdf.strings(page, mark):
                            change(meanings, instructions, at)
                            pdf.store(page, instructions)

    return spoil


def another_page(meanings: dict[int, str], instructions: list[Any], at: int) -> None:
    digits = [code for code, text in meanings.items() if text.isdigit()]
    strings = [
        String(
            b"".join(
                (digits[digits.index(code) - 1] if code in digits else code).to_bytes(2, "big")
                for code in (
                    int.from_bytes(bytes(each)[n : n + 2], "big") for n in range(0, len(bytes(each)), 2)
                )
            )
        )
        if isinstance(each, String)
        else each
        for each in instructions[at].operands[0]
    ]
    instructions[at] = mutations._instruction([Array(strings)], "TJ")


def gone(meanings: dict[int, str], instructions: list[Any], at: int) -> None:
    instructions[at : at + 1] = [
        mutations._instruction([3], "Tr"),
        instructions[at],
        mutations._instruction([0], "Tr"),
    ]


def swap_lines(one: str, two: str) -> Change:
    """Let the first lines of two blocks change places on the page, but not in the tags."""

    def change(pdf: Pdf) -> None:
        places = []
        for id in (one, two):
            page, mark = pdf.marks(pdf.element(id))[0]
            instructions = pdf.instructions(page)
            start, end = mutations._range(instructions, mark)
            places.append(next(n for n in range(start, end) if str(instructions[n].operator) == "Tm"))
        first, second = places
        instructions[first], instructions[second] = instructions[second], instructions[first]
        pdf.store(page, instructions)

    return change


def swap_own_lines(pdf: Pdf, id: str = "disclaimer-not-advice-p1") -> None:
    (page, one), (_, two), *_ = pdf.marks(pdf.element(id))
    instructions = pdf.instructions(page)
    first, second = (
        next(n for n in range(*mutations._range(instructions, each)) if str(instructions[n].operator) == "Tm")
        for each in (one, two)
    )
    instructions[first], instructions[second] = instructions[second], instructions[first]
    pdf.store(page, instructions)


def turn_number(pdf: Pdf) -> None:
    """Let “40” be drawn as “04”: the same codes, the second left of the first."""
    for page, mark in pdf.marks(pdf.element(ANSWER)):
        for instructions, at, meanings in pdf.strings(page, mark):
            back = {text: code.to_bytes(2, "big") for code, text in meanings.items()}
            four, nought = String(back["4"]), String(back["0"])
            instructions[at] = mutations._instruction([Array([-560, four, 1120, nought, -560])], "TJ")
            pdf.store(page, instructions)
            return


def draw_told(change: Callable[[str], str]) -> Change:
    """Draw the answer otherwise than it is told: ``change`` gets the words of each of its lines."""

    def spoil(pdf: Pdf) -> None:
        for page, mark in pdf.marks(pdf.element(ANSWER)):
            for instructions, at, meanings in list(pdf.strings(page, mark)):
                strings = (each for each in instructions[at].operands[0] if isinstance(each, String))
                data = b"".join(map(bytes, strings))
                words = [meanings[int.from_bytes(data[n : n + 2], "big")] for n in range(0, len(data), 2)]
                back = {text: code for code, text in meanings.items()}
                drawn = b"".join(back[each].to_bytes(2, "big") for each in change("".join(words)))
                told = Dictionary(ActualText=String("".join(words)))
                instructions[at : at + 1] = [
                    mutations._instruction([Name.Span, told], "BDC"),
                    mutations._instruction([Array([String(drawn)])], "TJ"),
                    mutations._instruction([], "EMC"),
                ]
                pdf.store(page, instructions)

    return spoil


def give(id: str, **entries: Any) -> Change:
    def change(pdf: Pdf) -> None:
        element = pdf.element(id)
        for name, value in entries.items():
            element[f"/{name}"] = value

    return change


def other_row(pdf: Pdf) -> None:
    """Move the first cell of the third row to the end of the second."""
    cell = pdf.element("minutes-r2c1")
    row, before = cell.P, pdf.element("minutes-r1c1").P
    row.K = Array([kid for kid in row.K if kid.objgen != cell.objgen])
    before.K.append(cell)


SAID: dict[str, tuple[str, str, Change]] = {
    # name: kind of the problem, its block, what is done
    "a digit before a word": ("unknown", "", write("4", -9, 0)),
    "a digit before a word, as page furniture": (
        "unknown",
        "",
        write("4", -9, 0, "/Artifact <</Type /Pagination>> BDC"),
    ),
    "a word in a font without meanings": ("unknown", "", unnamed_font),
    "a digit that a style adds": ("unknown", "", tag("Generated")),
    "words of a table's head": ("unknown", "", write("diet", -30, 0)),
    "other page numbers in the contents": (
        "contents",
        "what-happens-heading",
        in_contents("Generated", another_page),
    ),
    "contents without words": ("contents", "what-happens-heading", in_contents("Reference", gone)),
    "a number drawn backwards": ("hidden", ANSWER, turn_number),
    "words that run together": ("hidden", ANSWER, draw_told(lambda words: words.replace(" ", ""))),
    "a hyphen at the end": ("hidden", ANSWER, draw_told(lambda words: words.rstrip() + "-")),
    "two lines of a paragraph exchanged": ("hidden", "disclaimer-not-advice-p1", swap_own_lines),
    "two cells of a row exchanged": ("hidden", "minutes-r1c3", swap_lines("minutes-r1c2", "minutes-r1c3")),
    "a cell in another row": ("cell", "minutes-r2c2", other_row),
    "a cell over two columns": (
        "hidden",
        "minutes-r1c2",
        give("minutes-r1c2", A=Dictionary(O=Name.Table, ColSpan=2)),
    ),
    "a cell under other heads": (
        "hidden",
        "minutes-r1c2",
        give("minutes-r1c2", A=Dictionary(O=Name.Table, Headers=Array([String("minutes-c3")]))),
    ),
    "a head of its row, not its column": (
        "cell",
        "minutes-c2",
        give("minutes-c2", A=Dictionary(O=Name.Table, Scope=Name.Row)),
    ),
}


@pytest.mark.parametrize("fault", SAID)
def test_other_words_numbers_or_places_are_told(
    fault: str, problems: Callable[[Change], tuple[Problem, ...]]
) -> None:
    kind, block, change = SAID[fault]
    found = problems(change)
    assert kind in {problem.kind for problem in found if not block or problem.block == block}, found


# --- letters -------------------------------------------------------------------------------


def font_of(pdf: Pdf) -> tuple[Any, dict[str, int]]:
    """The font of the answer, and the codes of its letters."""
    name, _ = codes(pdf, "")
    font = resources(pdf).Font[name]
    return font, {text: code for code, text in mutations._meanings(font).items()}


def other_glyphs(pdf: Pdf) -> None:
    font, code = font_of(pdf)
    glyphs = list(range(3000))
    glyphs[code["4"]], glyphs[code["5"]] = code["5"], code["4"]
    table = b"".join(glyph.to_bytes(2, "big") for glyph in glyphs)
    font.DescendantFonts[0].CIDToGIDMap = pdf.pdf.make_stream(table)


def redraw(change: Callable[[Any, dict[str, str]], None]) -> Change:
    """Change the font file that the answer is set in; ``change`` gets it, and glyph names by letter."""

    def spoil(pdf: Pdf) -> None:
        from fontTools.ttLib import TTFont

        font, code = font_of(pdf)
        described = font.DescendantFonts[0].FontDescriptor
        file = TTFont(io.BytesIO(described.FontFile2.read_bytes()))
        order = file.getGlyphOrder()
        change(file, {text: order[number] for text, number in code.items() if number < len(order)})
        out = io.BytesIO()
        file.save(out)
        described.FontFile2 = pdf.pdf.make_stream(out.getvalue())

    return spoil


def blank(file: Any, glyphs: dict[str, str]) -> None:
    from fontTools.ttLib.tables._g_l_y_f import Glyph

    file["glyf"][glyphs["4"]] = Glyph()


def exchange(file: Any, glyphs: dict[str, str]) -> None:
    four, five = glyphs["4"], glyphs["5"]
    file["glyf"][four], file["glyf"][five] = file["glyf"][five], file["glyf"][four]


def without_widths(pdf: Pdf) -> None:
    descendant = font_of(pdf)[0].DescendantFonts[0]
    descendant.W, descendant.DW = Array([0, 3000, 0]), 0


def without_meanings(pdf: Pdf) -> None:
    del font_of(pdf)[0]["/ToUnicode"]
    pdf.element(ANSWER).ActualText = String("Adults from 40 to 65 years took part.")


def another_font(pdf: Pdf) -> None:
    name, _ = codes(pdf, "")
    plain = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    plain.ToUnicode = resources(pdf).Font[name].ToUnicode
    resources(pdf).Font[name] = pdf.pdf.make_indirect(plain)


def descriptor(pdf: Pdf) -> Any:
    return font_of(pdf)[0].DescendantFonts[0].FontDescriptor


def two_files(key: str) -> Change:
    """Bring a second font file along, which many viewers prefer."""

    def change(pdf: Pdf) -> None:
        descriptor(pdf)[key] = pdf.pdf.make_stream(descriptor(pdf).FontFile2.read_bytes())

    return change


def two_outlines(pdf: Pdf) -> None:
    """Add a table to the font file, which says that it has outlines of another kind, too."""
    data = descriptor(pdf).FontFile2.read_bytes()
    count, entries = int.from_bytes(data[4:6], "big"), b"CFF " + bytes(12)
    for at in range(12, 12 + 16 * count, 16):
        offset = int.from_bytes(data[at + 8 : at + 12], "big") + 16
        entries += data[at : at + 8] + offset.to_bytes(4, "big") + data[at + 12 : at + 16]
    head = data[:4] + (count + 1).to_bytes(2, "big") + data[6:12]
    descriptor(pdf).FontFile2 = pdf.pdf.make_stream(head + entries + data[12 + 16 * count :])


def no_font(pdf: Pdf) -> None:
    descriptor(pdf).FontFile2 = pdf.pdf.make_stream(b"no font")


def meaning(change: Callable[[str, str], str]) -> Change:
    """Change what the file says of the code of “4”: ``change`` gets its table, and the entry of the code."""

    def spoil(pdf: Pdf) -> None:
        font, code = font_of(pdf)
        table = font.ToUnicode.read_bytes().decode("latin-1")
        entry = f"<{code['4']:04x}> <0034>"
        assert entry in table
        font.ToUnicode = pdf.pdf.make_stream(change(table, entry).encode("latin-1"))

    return spoil


def other(entry: str) -> str:
    return entry.replace("<0034>", "<0035>")


LETTERS: dict[str, Change] = {
    "a second font file": two_files("/FontFile"),
    "a second font file of another kind": two_files("/FontFile3"),
    "a font with two kinds of outlines": two_outlines,
    "a font that is none": no_font,
    "a meaning in a comment": meaning(
        lambda table, entry: table.replace(entry, f"{other(entry)}\n%{entry}\n")
    ),
    "two meanings of a code": meaning(lambda table, entry: table.replace(entry, f"{other(entry)}\n{entry}")),
    "two meanings in two lists": meaning(
        lambda table, entry: table.replace(
            "endcmap", f"1 beginbfrange\n{entry[:6]} {other(entry)}\nendbfrange\nendcmap"
        )
    ),
    "meanings built upon others": meaning(
        lambda table, _: table.replace("begincmap", "/Adobe-Japan1-UCS2 usecmap begincmap")
    ),
    "codes that stand for other glyphs": other_glyphs,
    "a glyph without an outline": redraw(blank),
    "two glyphs that look like each other": redraw(exchange),
    "letters without a width": without_widths,
    "letters without a meaning": without_meanings,
    "a font that no layout has": another_font,
}


@pytest.mark.parametrize("fault", LETTERS)
def test_letters_that_are_not_those_of_the_layouts_are_told(
    fault: str, problems: Callable[[Change], tuple[Problem, ...]]
) -> None:
    found = problems(LETTERS[fault])
    assert "letters" in {problem.kind for problem in found}, found


def test_a_comment_or_a_repeated_entry_changes_no_meaning(
    problems: Callable[[Change], tuple[Problem, ...]],
) -> None:
    change = meaning(lambda table, entry: table.replace(entry, f"%{other(entry)}\n{entry} {entry}"))
    assert problems(change) == ()


# --- drawings ------------------------------------------------------------------------------


def outlines(words: str, x: float, y: float, size: float = 13) -> str:
    """The outlines of words, as a font draws them, for nobody to read but eyes."""
    from fontTools.pens.basePen import BasePen
    from fontTools.ttLib import TTFont

    folder = Path(__file__).resolve().parents[1] / "layouts" / "fonts"
    font = TTFont(folder / "noto-sans" / "bold.ttf")
    glyphs, scale, parts = font.getGlyphSet(), size / font["head"].unitsPerEm, []

    class Pen(BasePen):
        def write(self, points: tuple[tuple[float, float], ...], operator: str) -> None:
            numbers = " ".join(f"{x + px * scale:.2f} {y + py * scale:.2f}" for px, py in points)
            parts.append(f"{numbers} {operator}")

        def _moveTo(self, point: Any) -> None:  # noqa: N802
            self.write((point,), "m")

        def _lineTo(self, point: Any) -> None:  # noqa: N802
            self.write((point,), "l")

        def _curveToOne(self, *points: Any) -> None:  # noqa: N802
            self.write(points, "c")

        def _closePath(self) -> None:  # noqa: N802
            parts.append("h")

    for letter in words:
        glyph = glyphs[font.getBestCmap()[ord(letter)]]
        glyph.draw(Pen(glyphs))
        x += glyph.width * scale
    return " ".join(parts) + " f"


def beside(words: str) -> Change:
    def change(pdf: Pdf) -> None:
        x, y = lines(pdf)[0]
        draw(pdf, "0 g " + outlines(words, x - 40, y))

    return change


def picture_of_words(pdf: Pdf) -> None:
    image = pdf.pdf.make_stream(b"\x00" * 300, Subtype=Name.Image, Width=30, Height=10, BitsPerComponent=8)
    image.ColorSpace = Name.DeviceGray
    resources(pdf).XObject.Words = image
    draw(pdf, "300 0 0 30 150 750 cm /Words Do")


def pattern_of_words(pdf: Pdf) -> None:
    tile = pdf.pdf.make_stream(b"0 0 9 9 re f", PatternType=1, PaintType=1, TilingType=1, XStep=99, YStep=99)
    tile.BBox = Array([0, 0, 9, 9])
    resources(pdf).Pattern = Dictionary(Words=tile)
    draw(pdf, "/Pattern cs /Words scn 150 750 300 30 re f")


def another_page_of_words(pdf: Pdf) -> None:
    pdf.pdf.add_blank_page(page_size=(612, 792))
    content = f"/Artifact BMC 0 g {outlines('STOP', 72, 600, 30)} EMC"
    pdf.pdf.pages[-1].obj.Contents = pdf.pdf.make_stream(content.encode())


def words_in_figure(pdf: Pdf) -> None:
    """Tag words elsewhere on the page into a figure."""
    figure = pdf.element("sugar-curve-alt")
    page = pdf.marks(figure)[0][0]
    font, string = codes(pdf, "not", "sugar-curve-caption")
    paint = f"Q EMC /Figure <</MCID 7777>> BDC q BT 0 g {font} 13 Tf 1 0 0 1 150 755 Tm <{string}> Tj ET"
    draw(pdf, paint, "sugar-curve-caption")
    kids = figure.K if isinstance(figure.K, Array) else Array([figure.K])
    kids.append(Dictionary(Type=Name.MCR, MCID=7777, Pg=pdf.pdf.pages[page].obj))
    figure.K = kids


def image_of(pdf: Pdf) -> Any:
    for page in pdf.pdf.pages:
        for image in page.obj.Resources.get("/XObject", {}).values():
            if str(image.Subtype) == "/Image":
                return image
    raise AssertionError("no picture")


def other_points(pdf: Pdf) -> None:
    image = image_of(pdf)
    size = int(image.Width) * int(image.Height) * 3
    image.write(bytes(n % 251 for n in range(size)))
    image.ColorSpace, image.BitsPerComponent = Name.DeviceRGB, 8


def negative(pdf: Pdf) -> None:
    image_of(pdf).Decode = Array([1, 0] * 3)


def in_figure(id: str, before: str = "", after: str = "", **parameters: Any) -> Change:
    """Paint something before or after a figure, inside of its own marks; ``{box}`` is its place.

    ``parameters`` are the graphics state “Odd”.
    """

    def change(pdf: Pdf) -> None:
        element = pdf.element(id)
        (left, bottom, right, top) = (float(each) for each in element.A.BBox)
        number, mark = pdf.marks(element)[0]
        page = pdf.pdf.pages[number].obj
        if "/ExtGState" not in page.Resources:
            page.Resources.ExtGState = Dictionary()
        state = {f"/{name}": each for name, each in parameters.items()}
        page.Resources.ExtGState.Odd = Dictionary(state)
        instructions = pdf.instructions(number)
        start, end = mutations._range(instructions, mark)
        # The page is drawn in pixels, from its head: points again, from its foot.
        points = "q 1.333333 0 0 -1.333333 0 1056 cm"
        box = f"{left} {bottom} {right - left} {top - bottom}"

        def parsed(content: str) -> list[Any]:
            content = content.format(points=points, box=box, left=left, bottom=bottom)
            return list(pikepdf.parse_content_stream(pdf.pdf.make_stream(content.encode())))

        inside = [*parsed(before)]
        for each in instructions[start + 1 : end]:
            inside.append(each)
            if parameters and str(each.operator) == "gs":  # which would undo the one before
                inside += parsed("/Odd gs")
        instructions[start + 1 : end] = [*inside, *parsed(after)]
        pdf.store(number, instructions)

    return change


def soft_mask(pdf: Pdf) -> None:
    form = pdf.pdf.make_stream(b"", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 1, 1]))
    form.Group = Dictionary(S=Name.Transparency, CS=Name.DeviceGray)
    in_figure(VECTOR, "q /Odd gs", "Q", SMask=Dictionary(S=Name.Luminosity, G=form))(pdf)


VECTOR, RASTER = "sugar-curve-alt", "main-signal-figure1-alt"
IN_FIGURES: dict[str, Change] = {
    "a vector picture below white": in_figure(VECTOR, "", "{points} 1 g {box} re f Q"),
    "a vector picture below white and a dot": in_figure(
        VECTOR, "", "{points} 1 g {box} re f 0 g {left} {bottom} 3 3 re f Q"
    ),
    "a vector picture that is faint": in_figure(VECTOR, "q /Odd gs", "Q", ca=0.02, CA=0.02),
    "a vector picture that is mixed": in_figure(VECTOR, "q /Odd gs", "Q", BM=Name.Screen),
    "a vector picture below a mask": soft_mask,
    "a vector picture below points": in_figure(
        VECTOR, "", "{points} 60 0 0 60 {left} {bottom} cm BI /W 1 /H 1 /BPC 8 /CS /G ID 0 EI Q"
    ),
    "a picture of points below white": in_figure(RASTER, "", "{points} 1 g {box} re f Q"),
    "a picture of points with a black patch": in_figure(
        RASTER, "", "{points} 0 g {left} {bottom} 30 20 re f Q"
    ),
    "a picture of points that is faint": in_figure(RASTER, "q /Odd gs", "Q", ca=0.02),
    "a picture of points that is mixed": in_figure(RASTER, "q /Odd gs", "Q", BM=Name.Multiply),
    "a picture of points that is cut": in_figure(RASTER, "q {points} {left} {bottom} 60 60 re Q W n", ""),
    "a picture of points below points": in_figure(
        RASTER, "", "{points} 60 0 0 60 {left} {bottom} cm BI /W 1 /H 1 /BPC 8 /CS /G ID 0 EI Q"
    ),
}


@pytest.mark.parametrize("fault", IN_FIGURES)
def test_a_figure_that_is_not_seen_as_drawn_is_told(
    fault: str, problems: Callable[[Change], tuple[Problem, ...]]
) -> None:
    found = problems(IN_FIGURES[fault])
    assert {problem.kind for problem in found} & {"picture", "hidden"}, found


DRAWINGS: dict[str, tuple[str, Change]] = {
    "words as outlines": ("unknown", beside("NOT")),
    "bars that make a word": (
        "unknown",
        cover("0 g 1 0 0 1 {x} {y} cm -24 0 3 12 re -24 0 9 3 re -12 0 3 12 re f"),
    ),
    "a picture beside the text": ("unknown", picture_of_words),
    "a pattern": ("unknown", pattern_of_words),
    "a page of outlines": ("unknown", another_page_of_words),
    "words tagged as a figure": ("picture", words_in_figure),
    "a picture of other points": ("picture", other_points),
    "a picture turned negative": ("picture", negative),
}


@pytest.mark.parametrize("fault", DRAWINGS)
def test_what_is_drawn_beside_the_article_is_told(
    fault: str, problems: Callable[[Change], tuple[Problem, ...]]
) -> None:
    kind, change = DRAWINGS[fault]
    found = problems(change)
    assert kind in {problem.kind for problem in found}, found


def test_words_in_a_picture_are_those_of_its_source(project: Project) -> None:
    (source,) = project.sources()
    svg = b"<svg xmlns='http://www.w3.org/2000/svg'><title>x</title><text>One <tspan>way</tspan></text></svg>"
    picture = Picture("images/one.svg", "image/svg+xml", 10, 10, svg)
    article = source.article
    figure = next(block for block in bodies(article) if isinstance(block, Figure))
    section = next(each for each in article.sections if figure in each.body)
    body = tuple(
        each.model_copy(update={"picture": picture}) if each is figure else each for each in section.body
    )
    sections = tuple(
        each.model_copy(update={"body": body}) if each is section else each for each in article.sections
    )
    article = article.model_copy(update={"sections": sections})
    edition = project.house.editions["handout"]
    assert compare_pictures(article, edition, [Drawn(f"{figure.id}-alt", "Oneway")]) == ()
    for drawn in (Drawn(f"{figure.id}-alt", "Noway"), Drawn(f"{figure.id}-alt", "Oneway", ((1, 1, b"123"),))):
        (problem,) = compare_pictures(article, edition, [drawn])
        assert (problem.kind, problem.block) == ("picture", f"{figure.id}-alt")


# --- what is heard, where links lead, what describes the file -------------------------------


def say_in_marks(entry: str) -> Change:
    """Let the marks of the answer say something more than their words."""

    def change(pdf: Pdf) -> None:
        page, mark = pdf.marks(pdf.element(ANSWER))[0]
        instructions = pdf.instructions(page)
        start, _ = mutations._range(instructions, mark)
        properties = Dictionary(instructions[start].operands[1])
        properties[f"/{entry}"] = String("hu")
        instructions[start] = mutations._instruction([instructions[start].operands[0], properties], "BDC")
        pdf.store(page, instructions)

    return change


def annotations(pdf: Pdf) -> list[Any]:
    return [each for page in pdf.pdf.pages for each in page.obj.get("/Annots", [])]


def in_links(change: Callable[[Pdf, Any], object]) -> Change:
    def spoil(pdf: Pdf) -> None:
        for each in annotations(pdf):
            if "/Dest" in each:
                change(pdf, each)

    return spoil


def first_page(pdf: Pdf, **more: Any) -> Any:
    return Dictionary(S=Name.GoTo, D=Array([pdf.pdf.pages[0].obj, Name.Fit]), **more)


def action(pdf: Pdf, link: Any) -> None:
    link.A = first_page(pdf, SD=link.Dest)
    del link["/Dest"]


def next_action(pdf: Pdf, link: Any) -> None:
    link.A = Dictionary(S=Name.GoTo, D=link.Dest, Next=first_page(pdf))
    del link["/Dest"]


def exchange_links(pdf: Pdf) -> None:
    one, two, *_ = (each for each in annotations(pdf) if "/A" in each)
    one.Rect, two.Rect = Array(two.Rect), Array(one.Rect)


def places_below(pdf: Pdf) -> None:
    """Let all places lie at the foot of their pages."""

    def lower(node: Any) -> None:
        for place in list(node.get("/Names", []))[1::2]:
            place[3] = 10
        for kid in node.get("/Kids", []):
            lower(kid)

    lower(pdf.pdf.Root.Names.Dests)


def two_lists_of_places(pdf: Pdf) -> None:
    first = Array([pdf.pdf.pages[0].obj, Name.Fit])
    pdf.pdf.Root.Dests = Dictionary({f"/{name}": first for name in ("faq", "disclaimers", "minutes")})


def role(pdf: Pdf) -> None:
    roles = Dictionary(pdf.pdf.Root.StructTreeRoot.RoleMap)
    roles.P = Name.Artifact
    pdf.pdf.Root.StructTreeRoot.RoleMap = roles


def without(*path: str) -> Change:
    def change(pdf: Pdf) -> None:
        *way, last = path
        place = pdf.pdf.Root
        for name in way:
            place = place[f"/{name}"]
        del place[f"/{last}"]

    return change


def describe(key: str) -> Change:
    def change(pdf: Pdf) -> None:
        pdf.pdf.docinfo[f"/{key}"] = String("Buy stem cells here")

    return change


def author(pdf: Pdf) -> None:
    packet = pdf.pdf.Root.Metadata.read_bytes()
    assert b"Sample" in packet
    pdf.pdf.Root.Metadata.write(packet.replace(b"Sample", b"Famous"))
    pdf.pdf.docinfo.Author = String(str(pdf.pdf.docinfo.Author).replace("Sample", "Famous"))


def rename_link(pdf: Pdf) -> None:
    next(each for each in annotations(pdf) if "/A" in each).Contents = String("Buy stem cells here")


def wide_link(pdf: Pdf) -> None:
    next(each for each in annotations(pdf) if "/A" in each).Rect = Array([0, 0, 612, 792])


def places(change: Callable[[Any], Any]) -> Change:
    """Change all places that links lead to."""

    def spoil(pdf: Pdf) -> None:
        def walk(node: Any) -> None:
            for n in range(1, len(node.get("/Names", [])), 2):
                node.Names[n] = change(node.Names[n])
            for kid in node.get("/Kids", []):
                walk(kid)

        walk(pdf.pdf.Root.Names.Dests)

    return spoil


def rename(old: str, new: str) -> Change:
    def change(pdf: Pdf) -> None:
        (top,) = pdf.kids(pdf.pdf.Root.StructTreeRoot)
        for element in list(pdf.within(top)):
            if str(element.S) == f"/{old}":
                element.S = Name(f"/{new}")

    return change


def wrapped(kind: str, **entries: Any) -> Change:
    """Put the answer into an element of another kind."""

    def change(pdf: Pdf) -> None:
        parent, at = pdf.place(ANSWER)
        element = Dictionary(Type=Name.StructElem, S=Name(f"/{kind}"), P=parent, K=Array([parent.K[at]]))
        for name, value in entries.items():
            element[f"/{name}"] = value
        parent.K[at].P = parent.K[at] = pdf.pdf.make_indirect(element)

    return change


def numbered(pdf: Pdf) -> None:
    (top,) = pdf.kids(pdf.pdf.Root.StructTreeRoot)
    for element in pdf.within(top):
        if str(element.S) == "/L":
            element.A = Dictionary(O=Name.List, ListNumbering=Name.UpperRoman)


def other_meanings(pdf: Pdf) -> None:
    roles = Dictionary(P=Name.Artifact)
    space = Dictionary(Type=Name.Namespace, NS=String("http://example.org/"), RoleMapNS=roles)
    pdf.element(ANSWER).NS = pdf.pdf.make_indirect(space)


TOLD: dict[str, tuple[str, Change]] = {
    "a link that lies on other words": ("link", wide_link),
    "places that are a corner of a page": (
        "link",
        places(lambda at: Array([at[0], Name.FitR, 0, 0, 20, 20])),
    ),
    "places beside the page": ("link", places(lambda at: Array([at[0], Name.XYZ, 5000, at[3], 0]))),
    "places that are shown large": ("link", places(lambda at: Array([at[0], Name.XYZ, at[2], at[3], 64]))),
    "a paragraph in a heading": ("hidden", wrapped("H2")),
    "a paragraph in a formula": ("hidden", wrapped("Formula")),
    "a paragraph in a form": ("hidden", wrapped("Form")),
    "a paragraph in a note": ("hidden", wrapped("Note", ID=String("note-9"))),
    "lists that are none": ("hidden", rename("L", "Div")),
    "rows without a table": ("hidden", rename("TBody", "Div")),
    "lists that are numbered otherwise": ("hidden", numbered),
    "tags of another list": ("hidden", other_meanings),
    "an expansion of the words": ("hidden", give(ANSWER, E=String("This is false."))),
    "how the words sound": ("hidden", give(ANSWER, Phoneme=String("no"))),
    "an expansion in the marks": ("hidden", say_in_marks("E")),
    "an alternative in the marks": ("hidden", say_in_marks("Alt")),
    "a language in the marks": ("hidden", say_in_marks("Lang")),
    "private tags": ("hidden", lambda pdf: pdf.element(ANSWER).P.__setattr__("S", Name.Private)),
    "tags that are no text": ("hidden", lambda pdf: pdf.element(ANSWER).P.__setattr__("S", Name.Artifact)),
    "paragraphs that are no text": ("hidden", role),
    "tags that are not trusted": ("tags", without("MarkInfo")),
    "words that do not know their tags": ("tags", without("StructTreeRoot", "ParentTree")),
    "a link with another name": ("link", rename_link),
    "links that lie on each other's words": ("link", exchange_links),
    "links that are hidden": ("link", in_links(lambda pdf, link: link.__setattr__("F", 2))),
    "links that lead to two places": (
        "link",
        in_links(lambda pdf, link: link.__setattr__("A", first_page(pdf))),
    ),
    "links of which viewers choose": ("link", in_links(action)),
    "links that lead on": ("link", in_links(next_action)),
    "places at the foot of their pages": ("link", places_below),
    "two lists of places": ("link", two_lists_of_places),
    "another title": ("metadata", describe("Title")),
    "another subject": ("metadata", describe("Subject")),
    "another author": ("metadata", describe("Author")),
    "other keywords": ("metadata", describe("Keywords")),
    "another author in both places": ("metadata", author),
}


@pytest.mark.parametrize("fault", TOLD)
def test_what_is_heard_or_led_to_otherwise_is_told(
    fault: str, problems: Callable[[Change], tuple[Problem, ...]]
) -> None:
    kind, change = TOLD[fault]
    found = problems(change)
    assert kind in {problem.kind for problem in found}, found


# --- how the file is shown -----------------------------------------------------------------


def of_pages(**entries: Any) -> Change:
    def change(pdf: Pdf) -> None:
        for page in pdf.pdf.pages:
            for name, value in entries.items():
                page.obj[f"/{name}"] = value

    return change


def of_root(**entries: Any) -> Change:
    def change(pdf: Pdf) -> None:
        for name, value in entries.items():
            pdf.pdf.Root[f"/{name}"] = value

    return change


def preference(**entries: Any) -> Change:
    def change(pdf: Pdf) -> None:
        for name, value in entries.items():
            pdf.pdf.Root.ViewerPreferences[f"/{name}"] = value

    return change


def opens_last(pdf: Pdf) -> None:
    pdf.pdf.Root.OpenAction = Array([pdf.pdf.pages[-1].obj, Name.Fit])


def acts_last(pdf: Pdf) -> None:
    pdf.pdf.Root.OpenAction = Dictionary(S=Name.GoTo, D=Array([pdf.pdf.pages[-1].obj, Name.Fit]))


def turned_above(pdf: Pdf) -> None:
    pdf.pdf.Root.Pages.Rotate = 270


SHOWN: dict[str, Change] = {
    "pages upside down": of_pages(Rotate=180),
    "pages on their side, all at once": turned_above,
    "a part of the pages to print": preference(PrintPageRange=Array([0, 0])),
    "a box to look at": preference(ViewArea=Name.ArtBox),
    "a box to print": preference(PrintArea=Name.TrimBox),
    "a box to cut to": preference(PrintClip=Name.BleedBox),
    "a title that is not shown": preference(DisplayDocTitle=False),
    "a small art box": of_pages(ArtBox=Array([0, 0, 50, 50])),
    "a small trim box": of_pages(TrimBox=Array([0, 0, 612, 400])),
    "larger units": of_pages(UserUnit=0.3),
    "another order of links": of_pages(Tabs=Name.R),
    "a group that wipes out": of_pages(Group=Dictionary(S=Name.Transparency, K=True)),
    "layers": of_root(OCProperties=Dictionary(OCGs=Array([]), D=Dictionary())),
    "a full screen": of_root(PageMode=Name.FullScreen),
    "something that no file of ours has": of_root(Threads=Array([])),
    "a file that opens on its last page": opens_last,
    "a file that goes to its last page": acts_last,
}


@pytest.mark.parametrize("fault", SHOWN)
def test_a_file_that_is_shown_or_printed_otherwise_is_told(
    fault: str, problems: Callable[[Change], tuple[Problem, ...]]
) -> None:
    found = problems(SHOWN[fault])
    assert "viewer" in {problem.kind for problem in found}, found
