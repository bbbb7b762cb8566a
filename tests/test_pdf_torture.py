"""The exact text of every block by its id, from finished PDFs, with two readers; and a torture article."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from conftest import REPOSITORY
from pdf_rules import faults
from pdf_tree import Element, TagTree
from prints import Print, as_drawn, print_article, print_editions, words_by_id
from torture import ID, write_torture
from validators import VeraPdf, listed, program

from publish.verify.clear_print import FLOOR, PROFILES, breaches
from publish.verify.measure import measure
from publish.verify.reading import Block

pytestmark = pytest.mark.slow

SAMPLE = "stem-cell-islets"
SMALL = Path(__file__).parent / "projects/complete"
EDITIONS = [edition.name for edition in print_editions(REPOSITORY)]
# In PDF 2.0 each layout once: the two papers of an edition share it.
PRINTS = [
    *(f"sample {name} ua-1" for name in EDITIONS),
    *(f"sample {name} ua-2" for name in EDITIONS if not name.endswith("-a4")),
    "torture handout ua-1",
    "torture handout ua-2",
]
FLAVOURS = {
    "ua-1": ("PDFUA_1", "PDFA_2_A"),
    "ua-2": ("PDFUA_2", "PDFA_4", "WTPDF_1_0_ACCESSIBILITY", "WTPDF_1_0_REUSE"),
}


@pytest.fixture(scope="module")
def torture_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("torture")
    write_torture(folder)
    return folder


@pytest.fixture(scope="module")
def made(torture_folder: Path) -> Callable[[str], Print]:
    """Return a function that gives the print of that name, made once."""
    known: dict[str, Print] = {}

    def made(name: str) -> Print:
        if name not in known:
            article, edition, standard = name.split(" ")
            folder, id = (REPOSITORY, SAMPLE) if article == "sample" else (torture_folder, ID)
            known[name] = print_article(folder, id, edition, standard=f"pdf/{standard}")
        return known[name]

    return made


def changed(data: bytes, change: Callable[[pikepdf.Pdf], None]) -> bytes:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        change(pdf)
        file = io.BytesIO()
        pdf.save(file)
    return file.getvalue()


def spoken_blocks(made: Print) -> Iterator[Block]:
    """The blocks that have words on the page: all but alternative texts."""
    return (block for block in made.expected if block.role != "alternative")


# --- every word, twice ---------------------------------------------------------------------


@pytest.mark.parametrize("name", PRINTS)
def test_our_reader_finds_every_word_of_every_block(name: str, made: Callable[[str], Print]) -> None:
    assert [str(problem.message) for problem in made(name).problems()] == []


@pytest.mark.parametrize("name", PRINTS)
def test_every_print_keeps_the_rules_of_its_profile(name: str, made: Callable[[str], Print]) -> None:
    profile = made(name).edition.profile
    assert breaches(measure(made(name).data), PROFILES[profile] if profile else FLOOR) == ()


def test_the_torture_article_keeps_them_in_the_largest_print(torture_folder: Path) -> None:
    large = print_article(torture_folder, ID, "handout", type_size=28.0, profile="aph-large-18")
    assert breaches(measure(large.data), PROFILES["aph-large-18"]) == ()


@pytest.mark.parametrize("name", PRINTS)
def test_another_reader_finds_every_word_of_every_block(name: str, made: Callable[[str], Print]) -> None:
    found = words_by_id(made(name).data)
    wanted = {block.id: as_drawn(block.text) for block in spoken_blocks(made(name))}
    assert len(wanted) >= 20
    assert {id: as_drawn(found.get(id, "(lost)")) for id in wanted} == wanted


@pytest.fixture(scope="module")
def small() -> Print:
    return print_article(SMALL, "small-article")


def exchange_a_glyph(pdf: pikepdf.Pdf) -> None:
    """Show another letter on the first page, with tags and spoken text untouched."""
    instructions: list[Any] = list(pikepdf.parse_content_stream(pdf.pages[0]))
    inside = False
    for number, instruction in enumerate(instructions):
        operands = list(instruction.operands)
        if str(instruction.operator) == "BDC":
            inside = "/MCID" in operands[1]
        elif inside and str(instruction.operator) == "TJ":
            glyphs = b"".join(bytes(each) for each in operands[0] if isinstance(each, pikepdf.String))
            other = [glyphs[at : at + 2] for at in range(0, len(glyphs), 2)]
            other[0] = next(each for each in other if each != other[0])
            shown = pikepdf.Array([pikepdf.String(b"".join(other))])
            instructions[number] = pikepdf.ContentStreamInstruction([shown], pikepdf.Operator("TJ"))
            break
    pdf.pages[0].obj.Contents = pdf.make_stream(pikepdf.unparse_content_stream(instructions))


def block_of(pdf: pikepdf.Pdf, id: str) -> Any:
    names: Any = pdf.Root.StructTreeRoot.IDTree.Names
    return next(each for name, each in zip(names[::2], names[1::2], strict=True) if str(name) == id)


def lose_a_line(pdf: pikepdf.Pdf) -> None:
    words = block_of(pdf, "lede-p1")
    words.K = pikepdf.Array(list(words.K)[1:])


def lose_a_block(pdf: pikepdf.Pdf) -> None:
    words = block_of(pdf, "statement-p1")
    words.P.K = pikepdf.Array([kid for kid in words.P.K if kid.objgen != words.objgen])
    names: Any = pdf.Root.StructTreeRoot.IDTree.Names
    at = [str(name) for name in names[::2]].index("statement-p1")
    del names[2 * at : 2 * at + 2]


def exchange_two_blocks(pdf: pikepdf.Pdf) -> None:
    one, other = block_of(pdf, "key-point-1"), block_of(pdf, "key-point-3")
    one.K, other.K = pikepdf.Array(list(other.K)), pikepdf.Array(list(one.K))


def exchange_two_lines(pdf: pikepdf.Pdf) -> None:
    words = block_of(pdf, "key-point-1")
    words.K = pikepdf.Array(list(words.K)[::-1])


@pytest.mark.parametrize(
    ("change", "blocks"),
    [
        (exchange_a_glyph, {"kicker"}),
        (lose_a_line, {"lede-p1"}),
        (lose_a_block, {"statement-p1"}),
        (exchange_two_blocks, {"key-point-1", "key-point-3"}),
        (exchange_two_lines, {"key-point-1"}),
    ],
)
def test_both_readers_see_the_same_blocks_changed(
    change: Callable[[pikepdf.Pdf], None], blocks: set[str], small: Print
) -> None:
    whole = words_by_id(small.data)
    data = changed(small.data, change)
    found = words_by_id(data)
    assert {id for id in whole if found.get(id) != whole[id]} == blocks
    assert {problem.block for problem in replace(small, data=data).problems()} >= blocks


# --- the tree ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tree(made: Callable[[str], Print]) -> TagTree:
    return TagTree(made("torture handout ua-1").data)


def test_the_torture_article_is_one(tree: TagTree, made: Callable[[str], Print]) -> None:
    headings = [block for block in made("torture handout ua-1").expected if block.role == "heading"]
    assert len(headings) >= 60
    assert len(tree.pdf.pages) >= 40
    tables = tree.elements("Table")
    assert max(len(table.pages()) for table in tables) >= 3
    # A picture that did not fit leaves a gap: it begins a page, at its top.
    tops = [float(figure.attribute("/BBox")[3]) for figure in tree.elements("Figure")]
    assert sum(top > 680 for top in tops) >= 3


@pytest.mark.parametrize("name", PRINTS)
def test_the_tree_keeps_every_rule(name: str, made: Callable[[str], Print]) -> None:
    assert faults(made(name).data) == []


def test_every_foreign_phrase_and_the_file_tell_their_language(tree: TagTree) -> None:
    assert str(tree.pdf.Root.Lang) == "en"

    def language(element: Element | None) -> str:
        while element is not None and "/Lang" not in element.dictionary:
            element = element.parent
        return str(element.dictionary.Lang) if element else "en"

    seen = set()
    # The contents repeat headings as plain words.
    contents = {id(element) for toc in tree.elements("TOC") for element in toc.all()}
    for element in tree.root.all():
        if id(element) in contents:
            continue
        for kid in element.kids:
            if not isinstance(kid, Element):
                text = tree.texts[kid]
                if any("\u0590" <= letter <= "\u06ff" for letter in text):
                    assert language(element) in ("he", "ar", "fa"), text
                    seen.add(language(element))
    assert seen == {"he", "ar", "fa"}


@pytest.mark.tools
@pytest.mark.parametrize("name", [each for each in PRINTS if "ua-2" in each or "torture" in each])
def test_verapdf_finds_nothing(
    name: str, made: Callable[[str], Print], verapdf: VeraPdf, tmp_path: Path
) -> None:
    """The editions in PDF 1.7 are validated as they are released (test_real_tools.py)."""
    file = tmp_path / "file.pdf"
    file.write_bytes(made(name).data)
    for flavour in FLAVOURS[name.split(" ")[2]]:
        verdict = verapdf(file, flavour)
        assert verdict.failures == (), listed(verdict.failures)
        assert verdict.compliant
        assert verdict.assertions > (50_000 if "torture" in name else 5_000)


# --- a third witness -----------------------------------------------------------------------


@pytest.mark.tools
def test_poppler_finds_the_words_in_the_same_order(small: Print, tmp_path: Path) -> None:
    """Poppler's own walk along the tags: every word, but for spaces, and letters that it draws reversed."""
    file = tmp_path / "small.pdf"
    file.write_bytes(small.data)
    done = subprocess.run(
        [program("pdfinfo"), "-struct-text", str(file)],
        check=True,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    said = "".join(_quoted(done.stdout)).replace("\u2010", "")
    heard = "".join(said.split())
    place = 0
    for block in spoken_blocks(small):
        letters = "".join(as_written(block).split())
        at = heard.find(letters, place)
        assert at >= place, (block.id, letters)
        place = at + len(letters)


def as_written(block: Block) -> str:
    """The words of a block up to its first note or right-to-left phrase, which Poppler tells otherwise."""
    ends = [span.start for span in block.spans if span.kind == "note" or span.value in ("ar", "he", "fa")]
    return block.text[: min(ends, default=len(block.text))]


def _quoted(text: str) -> Iterator[str]:
    for line in text.splitlines():
        words = line.strip()
        if words.startswith('"') and words.endswith('"') and len(words) > 1:
            yield words[1:-1]
