"""Whole articles in other languages and scripts: built, read back, and broken where that must be seen."""

from __future__ import annotations

import io
import json
import unicodedata
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from languages import EDITIONS, SAMPLES, write_project
from prints import Print, print_article
from validators import VeraPdf, epubcheck, listed

from publish.errors import PublishError
from publish.layout import Layouts
from publish.pipeline import build
from publish.project import open_project
from publish.proof import examine
from publish.render import epub, html
from publish.render.glyphs import names
from publish.source.article import read_article, read_house
from publish.verify.reading import Reading
from publish.verify.transcript import transcript

RTL = ("ar", "he")
PRINTS = [name for name, edition in EDITIONS.items() if edition["format"] == "pdf"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("languages")
    write_project(folder, *SAMPLES)
    return folder


@pytest.fixture(scope="module")
def made(folder: Path) -> Callable[[str, str], Print]:
    """Return a function that prints the article in a language in an edition, once."""
    known: dict[tuple[str, str], Print] = {}

    def made(language: str, name: str = "handout") -> Print:
        if (language, name) not in known:
            known[language, name] = print_article(folder, f"sample-{language}", name)
        return known[language, name]

    return made


def found_in(folder: Path, printed: Print, data: bytes | None = None) -> list[tuple[str, str, str]]:
    """What the whole proof says of a print: (kind, block, message)."""
    project = open_project(folder)
    source = read_article(folder, printed.article.id, project.house)
    proof = examine(project, source, printed.edition, printed.data if data is None else data, "file")
    return [(each.kind, each.block, each.message) for each in proof.problems]


# --- every language, every edition ---------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("name", PRINTS)
@pytest.mark.parametrize("language", RTL)
def test_a_right_to_left_article_can_be_printed_in_every_layout(
    language: str, name: str, folder: Path, made: Callable[..., Print]
) -> None:
    assert found_in(folder, made(language, name)) == []


@pytest.mark.slow
@pytest.mark.parametrize("language", [each for each in SAMPLES if each not in RTL])
def test_an_article_in_any_bundled_script_can_be_printed(
    language: str, folder: Path, made: Callable[..., Print]
) -> None:
    assert found_in(folder, made(language)) == []


@pytest.mark.slow
def test_an_arabic_article_is_built_and_released_as_a_whole(tmp_path: Path) -> None:
    write_project(tmp_path, "ar", web=EDITIONS["web"], ebook=EDITIONS["ebook"], leaflet=EDITIONS["leaflet"])
    (built,) = build(open_project(tmp_path), tmp_path / "output")
    assert [problem for proof in built.proofs for problem in proof.problems] == []


@pytest.mark.tools
@pytest.mark.slow
@pytest.mark.parametrize(("language", "name"), [("ar", "handout"), ("ar", "questions"), ("he", "handout")])
def test_verapdf_finds_nothing_in_right_to_left_print(
    name: str, language: str, made: Callable[..., Print], verapdf: VeraPdf, tmp_path: Path
) -> None:
    file = tmp_path / "print.pdf"
    file.write_bytes(made(language, name).data)
    for flavour in ("PDFUA_1", "PDFA_2_A"):
        verdict = verapdf(file, flavour)
        assert verdict.assertions > 1000
        assert not verdict.failures, listed(verdict.failures)


@pytest.mark.tools
@pytest.mark.parametrize("language", RTL)
def test_epubcheck_finds_nothing_in_a_right_to_left_book(language: str, folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "book.epub"
    file.write_bytes(made_of(folder, language, "ebook"))
    assert not (findings := epubcheck(file)), listed(findings)


@cache
def made_of(folder: Path, language: str, name: str) -> bytes:
    house, layouts = read_house(folder), Layouts.of(folder)
    article = read_article(folder, f"sample-{language}", house).article
    render = {"web": html.render, "ebook": epub.render}[name]
    return render(article, house.editions[name], house, layouts)


# --- right to left -------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["web", pytest.param("ebook", marks=pytest.mark.slow)])
def test_the_direction_of_pages_is_part_of_the_proof(name: str, folder: Path) -> None:
    data, project = made_of(folder, "ar", name), open_project(folder)
    source = read_article(folder, "sample-ar", project.house)
    edition = project.house.editions[name]
    assert examine(project, source, edition, data, "file").problems == ()
    broken = data.replace(b'dir="rtl"', b'dir="ltr"', 1) if name == "web" else repacked(data)
    (problem,) = examine(project, source, edition, broken, "file").problems
    assert problem.kind == "metadata"
    assert "direction" in problem.message


def repacked(data: bytes) -> bytes:
    """The e-book with its pages turned as in English."""
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.infolist():
            content = old.read(member).replace(b'page-progression-direction="rtl"', b"")
            new.writestr(member, content)
    return out.getvalue()


def test_foreign_words_that_do_not_turn_back_are_seen(folder: Path) -> None:
    project = open_project(folder)
    source = read_article(folder, "sample-ar", project.house)
    data = made_of(folder, "ar", "web").replace(b'<span lang="en" dir="ltr">', b'<span lang="en">', 1)
    (problem,) = examine(project, source, project.house.editions["web"], data, "file").problems
    assert (problem.kind, problem.block) == ("hidden", "title")
    assert "words in en are set from right to left" in problem.message


@pytest.mark.slow
def test_a_print_read_from_right_to_left_says_so_and_numbers_its_pages_at_the_left(
    folder: Path, made: Callable[..., Print]
) -> None:
    data = made("ar").data

    def turned(pdf: pikepdf.Pdf) -> None:
        assert str(pdf.Root.ViewerPreferences.Direction) == "/R2L"
        del pdf.Root.ViewerPreferences.Direction

    found = found_in(folder, made("ar"), edited(data, turned))
    assert [kind for kind, *_ in found] == ["metadata"]
    words = made("ar").layouts.words("ar")
    import pdfplumber

    with pdfplumber.open(io.BytesIO(data)) as file:
        page = file.pages[1]
        foot = [char for char in page.chars if char["top"] > page.height - 60]
        numbers = [char["x0"] for char in foot if char["text"] == str(len(file.pages))]
        assert words("page_of", n=2, total=len(file.pages)) in made("ar").read().running[1]
        assert numbers
        assert max(numbers) < page.width / 2


@pytest.mark.slow
def test_no_line_from_right_to_left_ends_before_it_must() -> None:
    """WeasyPrint 70.0 takes a text for too long that fits but for its last space: "لا" stood alone."""
    import weasyprint
    from weasyprint.formatting_structure import boxes

    from publish.render.tags import tagging

    text = "لا أحد يعرف بعد هل يدوم هذا الأثر أكثر من ثلاث سنوات والدراسة <em>ما زالت</em> مستمرة."

    def shortest(width: int) -> float:
        style = f"@page {{ size: {width}px 900px; margin: 0 }} body {{ margin: 0; font-size: 16px }}"
        page = weasyprint.HTML(string=f'<html dir="rtl"><p>{text}').render(
            stylesheets=[weasyprint.CSS(string=style)]
        )
        lines = [box for box in page.pages[0]._page_box.descendants() if isinstance(box, boxes.LineBox)]
        return min(line.width for line in lines[:-1])

    widths = range(330, 480, 3)
    assert min(map(shortest, widths)) < 40, "WeasyPrint is mended: take _fitting out of render/tags.py"
    with tagging():
        assert min(map(shortest, widths)) > 230


# --- what is drawn is what is read ---------------------------------------------------------


def edited(data: bytes, change: Callable[[pikepdf.Pdf], None]) -> bytes:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        change(pdf)
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


Strings = list[bytes]


def repainted(data: bytes, words: str, change: Callable[[Strings], Strings]) -> bytes:
    """Change the glyphs (two bytes each) of the first piece read as ``words``, and set them in a row."""

    def repaint(pdf: pikepdf.Pdf) -> None:
        for page in pdf.pages:
            instructions: list[Any] = list(pikepdf.parse_content_stream(page))
            for start, each in enumerate(instructions):
                properties = each.operands[1] if str(each.operator) == "BDC" else {}
                if words == str(properties.get("/ActualText", "")).strip():
                    end = next(n for n in range(start, len(instructions)) if is_end(instructions[n]))
                    shown = [n for n in range(start, end) if str(instructions[n].operator) == "TJ"]
                    glyphs = [glyph for n in shown for glyph in glyphs_of(instructions[n])]
                    strings = pikepdf.Array([pikepdf.String(b"".join(change(glyphs)))])
                    painted = pikepdf.ContentStreamInstruction([strings], pikepdf.Operator("TJ"))
                    instructions[shown[0]] = painted
                    for n in reversed(shown[1:]):
                        del instructions[n]
                    page.obj.Contents = pdf.make_stream(pikepdf.unparse_content_stream(instructions))
                    return
        raise AssertionError(words)

    def is_end(instruction: Any) -> bool:
        return str(instruction.operator) == "EMC"

    def glyphs_of(instruction: Any) -> Strings:
        strings = [bytes(each) for each in instruction.operands[0] if isinstance(each, pikepdf.String)]
        return [each[n : n + 2] for each in strings for n in range(0, len(each), 2)]

    return edited(data, repaint)


def resaid(data: bytes, words: str, others: str) -> bytes:
    """Let the first piece that is read as ``words`` be read as ``others``."""

    def say(pdf: pikepdf.Pdf) -> None:
        for page in pdf.pages:
            instructions: list[Any] = list(pikepdf.parse_content_stream(page))
            for each in instructions:
                if str(each.operator) == "BDC" and words in str(each.operands[1].get("/ActualText", "")):
                    said = str(each.operands[1].ActualText).replace(words, others)
                    each.operands[1].ActualText = said
                    page.obj.Contents = pdf.make_stream(pikepdf.unparse_content_stream(instructions))
                    return
        raise AssertionError(words)

    return edited(data, say)


def swapped(glyphs: Strings) -> Strings:
    """Exchange the first two neighbours that differ."""
    at = next(n for n in range(1, len(glyphs)) if glyphs[n] != glyphs[n - 1])
    return [*glyphs[: at - 1], glyphs[at], glyphs[at - 1], *glyphs[at + 1 :]]


@pytest.mark.slow
@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda glyphs: glyphs[:3] + glyphs[4:], id="one left out"),
        pytest.param(lambda glyphs: glyphs[:-1], id="the first letter left out"),
        pytest.param(swapped, id="two exchanged"),
        pytest.param(lambda glyphs: glyphs[::-1], id="from left to right"),
        pytest.param(lambda glyphs: [*glyphs, glyphs[-1]], id="one added"),
    ],
)
@pytest.mark.parametrize(("language", "words"), [("ar", "مزمن"), ("he", "כרונית")])
def test_letters_that_are_not_drawn_as_they_are_read_are_seen(
    language: str, words: str, change: Callable[[Strings], Strings], made: Callable[..., Print], folder: Path
) -> None:
    printed = made(language)
    found = found_in(folder, printed, repainted(printed.data, words, change))
    assert [(kind, block) for kind, block, _ in found] == [("hidden", "lede-p1")]
    assert "the page shows" in found[0][2]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "words", "others"),
    [
        ("ar", "السكري", "السكرى"),  # a letter without its dots
        ("ar", "البنكرياس", "التنكرياس"),  # the same shapes, other dots
        ("ar", "٣٦", "٦٣"),
        ("he", "12", "21"),
        ("he", "סוכרת", "סוכרה"),
        ("he", "(36 חודשים)", "(חודשים 36)"),
    ],
)
def test_words_that_are_read_and_not_drawn_are_seen(
    language: str, words: str, others: str, made: Callable[..., Print], folder: Path
) -> None:
    """ActualText is not believed: what it says must be what is drawn, whatever the article says."""
    printed = made(language)
    data = resaid(printed.data, words, others)
    assert {"hidden", "changed"} <= {kind for kind, *_ in found_in(folder, printed, data)}


@pytest.mark.slow
def test_running_words_are_read_and_drawn_alike(made: Callable[..., Print], folder: Path) -> None:
    printed = made("ar")
    title = "زراعة خلايا الجُزر البنكرياسية"
    assert all(title in words for words in printed.read().running)

    def change(pdf: pikepdf.Pdf) -> None:
        page = pdf.pages[2]
        instructions: list[Any] = list(pikepdf.parse_content_stream(page))
        artifacts = [
            each
            for each in instructions
            if str(each.operator) == "BDC" and str(each.operands[1].get("/ActualText", "")) == title
        ]
        artifacts[0].operands[1].ActualText = "دراسة VX-880"
        page.obj.Contents = pdf.make_stream(pikepdf.unparse_content_stream(instructions))

    ((kind, _, message),) = found_in(folder, printed, edited(printed.data, change))
    assert kind == "unknown"
    assert "in the margin" in message


@pytest.mark.slow
def test_a_listener_hears_words_in_the_order_of_reading(made: Callable[..., Print]) -> None:
    heard = transcript(made("ar").data).split("\n")
    title = "زراعة خلايا الجُزر البنكرياسية: دراسة [in en: VX-880 (NCT04786262)]"
    assert f"  heading 1: {title}" in heard
    assert "سؤال: ملاحظة [in es: la vida]" in next(line for line in heard if "entry: " in line)


def test_a_font_tells_what_its_glyphs_stand_for() -> None:
    from fontTools.ttLib import TTFont

    path = Layouts.of(Path()).file("fonts/noto-sans-arabic/regular.ttf")
    font, named = TTFont(path), names(path.read_bytes())
    parts = {
        glyph: [named[font.getGlyphID(part)] for part in made]
        for lookup in font["GSUB"].table.LookupList.Lookup
        for table in lookup.SubTable
        if type(rules := getattr(table, "ExtSubTable", table)).__name__ == "MultipleSubst"
        for glyph, made in rules.mapping.items()
    }
    known = {letter: parts[font.getBestCmap()[ord(letter)]] for letter in "بتثجآگ"}
    assert known == {
        "ب": ["ٮ", "\ufbb3"],
        "ت": ["ٮ", "\ufbb4"],
        "ث": ["ٮ", "\ufbb6"],
        "ج": ["ح", "\ufbb3"],
        "آ": ["ا", "\u0653"],
        "گ": ["ک", "گ"],
    }


@pytest.mark.slow
def test_glyphs_say_what_they_are_where_one_serves_many_letters(made: Callable[..., Print]) -> None:
    """Without ActualText a reader is told the shape of a letter and its dots, and no other letter."""
    (text,) = {
        "".join(sign.text for sign in piece.signs)
        for piece in pieces(made("ar"))
        if piece.text.strip() == "مزمن"
    }
    assert text == "\ufbb2ںم\ufbb2رم"
    vietnamese = {piece.drawn.strip() for piece in pieces(made("vi"))}
    assert any("tu\u0323y" in each for each in vietnamese)


def pieces(printed: Print) -> list[Any]:
    from publish.verify.page import read_pages

    return [
        piece for content in read_pages(printed.data) for each in content.pieces.values() for piece in each
    ]


LETTERS = [
    letter
    for letter in map(
        chr, (*range(0x620, 0x64B), *range(0x66E, 0x6D4), *range(0x6FA, 0x700), *range(0x750, 0x780))
    )
    if unicodedata.category(letter) == "Lo" and not 0x674 <= ord(letter) <= 0x678
]
TEXTS = (
    "الْحَمْدُ لِلَّهِ رَبِّ الْعَالَمِينَ ۞ الرَّحْمَٰنِ الرَّحِيمِ ﷺ ـ لإلى الأبد لآن لأن",
    "خوانندهٔ گرامی، این مقاله دربارهٔ پژوهشی است که می‌گوید: «۱۲ نفر» (۳٫۵٪) چه کردند؟ ٣ و ۳",
    "یہ تحقیق پاکستان میں ہوئی؛ ٹیکہ ڈاکٹر سے لگوائیں، بڑے ہسپتال ۔ کیا یہ ممکن ہے؟ ں ھ ے ۓ",
    "[VX-880]{lang=en}: 5–10 mg/dL (n = 12) ± 3 %، ثم 1/2 و 3:1 و +5 و A1c < 7 و ≥ 5؛ 2026-05-14، [أ {ب}]…",
)


@pytest.mark.slow
def test_every_arabic_letter_is_proven_in_every_place_of_a_word(tmp_path: Path) -> None:
    write_project(tmp_path, "ar", handout=EDITIONS["handout"] | {"standard": "pdf/ua-2"})
    words = [f"{letter}{letter}{letter} ب{letter}ب س{letter} {letter}" for letter in LETTERS]
    assert len(words) > 180
    introduction = "\n\n".join((*words, *TEXTS))
    file = tmp_path / "source/sample-ar/article.yaml"
    article = json.loads(file.read_text(encoding="utf-8")) | {"introduction": [introduction]}
    file.write_text(json.dumps(article, ensure_ascii=False, indent=1), encoding="utf-8")
    assert found_in(tmp_path, print_article(tmp_path, "sample-ar")) == []


# --- lines of several pieces ---------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "right", "wrong"),
    [
        (
            "ar",
            [
                "الجرعة [10 **mg** مرة](https://health.example/) في اليوم",
                "جرعة [the **VX-880** trial]{lang=en} في اليوم",
            ],
            ["جرعة the **VX-880** trial في اليوم"],
        ),
        ("he", ["מינון **5%** ביום"], ["מינון **5**% ביום"]),
        (
            "en",
            [
                "Health is [שלום **עולם** טוב]{lang=he} in Hebrew.",
                "A dose of **10** mg, and [גרסה 2.0 (חדשה)]{lang=he}: good.",
                "שלום **עולם** 12, טוב!",  # nothing but Hebrew: set from right to left as a whole
            ],
            ["Health is שלום **עולם** טוב in Hebrew."],
        ),
    ],
)
def test_pieces_of_a_line_stand_in_the_order_of_reading(
    language: str, right: list[str], wrong: list[str], tmp_path: Path
) -> None:
    """WeasyPrint lays out each element by itself, a browser the whole line: they may not differ."""
    write_project(tmp_path, language, handout=EDITIONS["handout"])
    file = tmp_path / f"source/sample-{language}/article.yaml"
    lede = "\n\n".join(f"{text}[^trial]" for text in (*right, *wrong))
    article = json.loads(file.read_text(encoding="utf-8")) | {"lede": lede}
    file.write_text(json.dumps(article, ensure_ascii=False, indent=1), encoding="utf-8")
    found = found_in(tmp_path, print_article(tmp_path, f"sample-{language}"))
    first = len(right) + 1
    assert [block for _, block, _ in found] == [f"lede-p{n}" for n in range(first, first + len(wrong))]
    assert all("another order than they are read" in message for *_, message in found)


@pytest.mark.slow
@pytest.mark.parametrize("name", PRINTS)
def test_a_title_may_hold_a_right_to_left_phrase(name: str, tmp_path: Path) -> None:
    write_project(tmp_path, "en", **EDITIONS)
    printed = print_article(tmp_path, "sample-en", name)
    assert "שלום" in printed.article.title.text
    assert found_in(tmp_path, printed) == []


# --- the table of contents -----------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("name", ["web", "ebook", "handout"])
def test_contents_keep_the_language_of_foreign_words(
    name: str, folder: Path, made: Callable[..., Print]
) -> None:
    project = open_project(folder)
    source = read_article(folder, "sample-ar", project.house)
    data = made("ar").data if name == "handout" else made_of(folder, "ar", name)
    reading: Reading = examine(project, source, project.house.editions[name], data, "file").reading
    first = reading.contents[0]
    spoken = [(first.text[span.start : span.end], span.value) for span in first.spans]
    assert spoken == [("la vida", "es"), ("VX-880 (NCT04786262)", "en")]


def test_a_lost_language_in_the_contents_is_told(folder: Path) -> None:
    project = open_project(folder)
    source = read_article(folder, "sample-ar", project.house)
    before, contents, after = made_of(folder, "ar", "web").partition(b'role="doc-toc"')
    lost = before + contents + after.replace(b'<span lang="es" dir="ltr">la vida</span>', b"la vida", 1)
    (problem,) = examine(project, source, project.house.editions["web"], lost, "file").problems
    assert problem.kind == "contents"
    assert "“la vida”" in problem.message


# --- what cannot be made -------------------------------------------------------------------


def test_a_language_without_interface_words_is_told_where_it_is_named(tmp_path: Path) -> None:
    write_project(tmp_path, "pl")
    (tmp_path / "layouts/shared/words/pl.yaml").unlink()
    with pytest.raises(PublishError) as caught:
        open_project(tmp_path).sources()
    (problem,) = caught.value.problems
    assert str(problem.place) == "source/sample-pl/article.yaml:4:14"
    assert "no interface words for language “pl”" in problem.message
    assert "layouts/shared/words/pl.yaml" in problem.hint
    assert "en.yaml" in problem.hint


@pytest.mark.slow
def test_a_character_that_no_font_has_is_told_where_it_was_written(tmp_path: Path) -> None:
    write_project(tmp_path, "pl", handout=EDITIONS["handout"])
    file = tmp_path / "source/sample-pl/article.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("zażółć gęślą jaźń", "糖尿病的治疗方法 ᚠ", 1), encoding="utf-8")
    with pytest.raises(PublishError) as caught:
        build(open_project(tmp_path), tmp_path / "output")
    chinese, runes = caught.value.problems
    row = next(n for n, row in enumerate(file.read_text(encoding="utf-8").split("\n"), 1) if "糖" in row)
    column = file.read_text(encoding="utf-8").split("\n")[row - 1].index("糖") + 1
    assert str(chinese.place) == f"source/sample-pl/article.yaml:{row}:{column}"
    assert "“糖” (U+7CD6" in chinese.message
    assert "nor 7 other Cjk characters" in chinese.message
    assert runes.place is not None
    assert runes.place.column == column + 9
    assert "layouts/fonts" in runes.hint


@pytest.mark.slow
def test_a_font_of_the_project_brings_its_script(tmp_path: Path) -> None:
    write_project(tmp_path, "pl", handout=EDITIONS["handout"])
    fonts = Layouts.of(tmp_path).file("print/fonts.css").read_text(encoding="utf-8")
    own = tmp_path / "layouts"
    (own / "fonts/runes").mkdir(parents=True)
    (own / "fonts/runes/regular.ttf").write_bytes(font_with("ᚠ"))
    (own / "print").mkdir()
    face = '@font-face { font-family: "Runes"; src: url("../fonts/runes/regular.ttf") }\n'
    fonts = face + fonts.replace('"Noto Sans Math";', '"Noto Sans Math", "Runes";', 1)
    (own / "print/fonts.css").write_text(fonts, encoding="utf-8")
    printed = with_words(tmp_path, "pl", "zażółć gęślą jaźń", "ᚠᚠᚠ")
    assert found_in(tmp_path, printed) == []


def with_words(folder: Path, language: str, old: str, new: str) -> Print:
    file = folder / f"source/sample-{language}/article.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    return print_article(folder, f"sample-{language}")


def font_with(letters: str) -> bytes:
    """The bundled Noto Sans with its small a under other code points."""
    from fontTools.ttLib import TTFont

    font = TTFont(Layouts.of(Path()).file("fonts/noto-sans/regular.ttf"), recalcTimestamp=False)
    a = font.getBestCmap()[ord("a")]
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap |= {ord(letter): a for letter in letters}
    font["name"].setName("Runes", 1, 3, 1, 0x409)
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()
