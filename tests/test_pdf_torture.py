"""The exact text of every block by its id, from finished PDFs, with two readers; and a torture article."""

from __future__ import annotations

import io
import itertools
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from conftest import REPOSITORY
from pdf_tree import Element, TagTree
from prints import Print, as_drawn, print_article, print_editions, words_by_id
from torture import ID, write_torture
from validators import VeraPdf, listed, program

from publish.verify.reading import Block

pytestmark = pytest.mark.slow

SAMPLE = "stem-cell-islets"
SMALL = Path(__file__).parent / "projects/complete"
PRINTS = [f"sample {edition.name}" for edition in print_editions(REPOSITORY)] + [
    "torture ua-1",
    "torture ua-2",
]


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
            article, edition = name.split(" ")
            known[name] = (
                print_article(REPOSITORY, SAMPLE, edition)
                if article == "sample"
                else print_article(torture_folder, ID, standard=f"pdf/{edition}")
            )
        return known[name]

    return made


def spoken_blocks(made: Print) -> Iterator[Block]:
    """The blocks that have words on the page: all but alternative texts."""
    return (block for block in made.expected if block.role != "alternative")


# --- every word, twice ---------------------------------------------------------------------


@pytest.mark.parametrize("name", PRINTS)
def test_our_reader_finds_every_word_of_every_block(name: str, made: Callable[[str], Print]) -> None:
    assert [str(problem.message) for problem in made(name).problems()] == []


@pytest.mark.parametrize("name", PRINTS)
def test_another_reader_finds_every_word_of_every_block(name: str, made: Callable[[str], Print]) -> None:
    found = words_by_id(made(name).data)
    wanted = {block.id: as_drawn(block.text) for block in spoken_blocks(made(name))}
    assert len(wanted) >= 20
    assert {id: as_drawn(found.get(id, "(lost)")) for id in wanted} == wanted


def test_the_other_reader_sees_a_changed_letter() -> None:
    """A glyph exchanged on the page, with tags and spoken text untouched, is seen in just that block."""
    data = print_article(SMALL, "small-article").data
    whole = words_by_id(data)
    with pikepdf.open(io.BytesIO(data)) as pdf:
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
        file = io.BytesIO()
        pdf.save(file)
    changed = words_by_id(file.getvalue())
    assert len([id for id in whole if changed[id] != whole[id]]) == 1


# --- the tree ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tree(made: Callable[[str], Print]) -> TagTree:
    return TagTree(made("torture ua-1").data)


def test_the_torture_article_is_one(tree: TagTree, made: Callable[[str], Print]) -> None:
    headings = [block for block in made("torture ua-1").expected if block.role == "heading"]
    assert len(headings) >= 60
    assert len(tree.pdf.pages) >= 40
    tables = tree.elements("Table")
    assert max(len(table.pages()) for table in tables) >= 3
    # A picture that did not fit leaves a gap: it begins a page, at its top.
    tops = [float(figure.attribute("/BBox")[3]) for figure in tree.elements("Figure")]
    assert sum(top > 680 for top in tops) >= 3


def test_no_element_is_an_orphan_and_the_list_of_ids_is_complete(
    tree: TagTree, made: Callable[[str], Print]
) -> None:
    written = {
        each.objgen
        for each in tree.pdf.objects
        if isinstance(each, pikepdf.Dictionary) and each.get("/Type") == "/StructElem"
    }
    assert written == {element.dictionary.objgen for element in tree.root.all()}
    names = list(tree.struct.IDTree.Names)
    assert [str(name) for name in names[::2]] == sorted(tree.by_id)
    assert {block.id for block in made("torture ua-1").expected} <= set(tree.by_id)


def test_headings_never_skip_a_level(tree: TagTree) -> None:
    levels = [
        int(each.role[1]) for each in tree.root.all() if each.role in ("H1", "H2", "H3", "H4", "H5", "H6")
    ]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_every_link_is_called_by_words(tree: TagTree) -> None:
    names = [str(each.Contents) for element in tree.root.all() for each in element.annotations]
    assert len(names) > 200
    shown = {"https://health.example/"}  # where the text itself shows the address
    assert [name for name in names if not name.strip() or ("://" in name and name not in shown)] == []
    assert [name for name in names if name.startswith(("#", "note-", "section-"))] == []


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


def test_all_that_is_painted_is_in_the_tree_or_a_typed_artifact(tree: TagTree) -> None:
    assert tree.unmarked == []
    assert all("/Type" in names for _, names, _ in tree.artifacts)
    used = {kid for element in tree.root.all() for kid in element.kids if not isinstance(kid, Element)}
    assert used == set(tree.texts)


@pytest.mark.tools
def test_verapdf_finds_nothing_in_the_torture_article(
    made: Callable[[str], Print], verapdf: VeraPdf, tmp_path: Path
) -> None:
    file = tmp_path / "torture.pdf"
    for name, flavours in (("ua-1", ("PDFUA_1", "PDFA_2_A")), ("ua-2", ("PDFUA_2",))):
        file.write_bytes(made(f"torture {name}").data)
        for flavour in flavours:
            verdict = verapdf(file, flavour)
            assert verdict.failures == (), listed(verdict.failures)
            assert verdict.assertions > 50_000


# --- a third witness -----------------------------------------------------------------------


@pytest.mark.tools
def test_poppler_finds_the_words_in_the_same_order(tmp_path: Path) -> None:
    """Poppler's own walk along the tags: every word, but for spaces, and letters that it draws reversed."""
    made = print_article(SMALL, "small-article")
    file = tmp_path / "small.pdf"
    file.write_bytes(made.data)
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
    for block in spoken_blocks(made):
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
