"""The page numbers of a real e-book are those of its real handout; spoil them, and that is found."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pdfplumber
import pikepdf
import pytest

from publish import pipeline
from publish.errors import Problem
from publish.inspection import verify_file, verify_release
from publish.model import Edition, Line, Pages, Prose, Run, Strong, edition_identifier
from publish.pipeline import build, prove_all
from publish.project import Project
from publish.proof import Proof, examine, pages_for
from publish.source.article import Source
from publish.verify.compare import states
from publish.verify.pages import compare_pages
from publish.verify.reading import Reading

pytestmark = pytest.mark.slow

MARK = re.compile(r'<span id="page-(\d+)" role="doc-pagebreak" epub:type="pagebreak" title="\1"></span>')
Change = Callable[[str], str]
LONG = "introduction-p1"


@pytest.fixture(scope="module")
def source(source: Source) -> Source:
    """The small article, with one paragraph of numbered words that runs over more than three pages."""
    words = [f"w{n:04}{'.' if n % 12 == 0 else ''}" for n in range(1, 1501)]
    middle = Strong(inlines=(Run(text=" ".join(words[700:900])),))
    inlines = (Run(text=" ".join(words[:700]) + " "), middle, Run(text=" " + " ".join(words[900:])))
    long = Prose(blocks=(Line(id=LONG, inlines=inlines),))
    article = source.article
    introduction = (long, *(article.introduction or ())[1:])
    return replace(source, article=article.model_copy(update={"introduction": introduction}))


@pytest.fixture(scope="module")
def proofs(project: Project, source: Source) -> tuple[Proof, Proof]:
    """The handout and the e-book."""
    editions = [project.house.editions[name] for name in ("handout", "ebook")]
    handout, ebook = prove_all(project, source, editions)
    return handout, ebook


@pytest.fixture(scope="module")
def pages(project: Project, source: Source, proofs: tuple[Proof, Proof]) -> Pages:
    handout, ebook = proofs
    pages = pages_for(project, source, ebook.edition, handout.reading)
    assert pages
    return pages


Found = Callable[..., list[Problem]]


@pytest.fixture
def found(project: Project, source: Source, proofs: tuple[Proof, Proof], pages: Pages) -> Found:
    """Return ``found(change, suffix)``: the problems of the e-book after its text files were changed."""

    def found(change: Change, suffix: str = ".xhtml") -> list[Problem]:
        _, ebook = proofs
        data = changed(ebook.data, change, suffix)
        return list(examine(project, source, ebook.edition, data, "file", pages).problems)

    return found


def changed(data: bytes, change: Change, suffix: str) -> bytes:
    out = io.BytesIO()
    touched = False
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.infolist():
            content = old.read(member)
            if member.filename.endswith(suffix):
                spoiled = change(content.decode()).encode()
                touched |= spoiled != content
                content = spoiled
            new.writestr(member, content, member.compress_type)
    assert touched, "nothing was changed"
    return out.getvalue()


def mark(label: str | int) -> str:
    return f'<span id="page-{label}" role="doc-pagebreak" epub:type="pagebreak" title="{label}"></span>'


def told(problems: list[Problem]) -> list[tuple[str, str]]:
    return [(problem.kind, problem.message) for problem in problems]


@pytest.fixture(scope="module")
def inside(pages: Pages) -> list[str]:
    """The labels of the pages that begin inside the long paragraph."""
    assert pages.starts
    return [start.label for start in pages.starts if start.block == LONG and start.offset]


# --- unchanged -----------------------------------------------------------------------------


def test_the_ebook_has_the_pages_of_the_handout(proofs: tuple[Proof, Proof], pages: Pages) -> None:
    handout, ebook = proofs
    assert (handout.problems, ebook.problems) == ((), ())
    labels = [str(n + 1) for n in range(handout.reading.pages or 0)]
    assert [mark.label for mark in ebook.reading.marks] == labels
    assert [(entry.text, entry.target) for entry in ebook.reading.page_list] == [
        (label, f"page-{label}") for label in labels
    ]
    assert ebook.reading.metadata["pageBreakSource"] == handout.reading.metadata["identifier"]
    assert pages.source != ebook.reading.metadata["identifier"]


def printed(handout: Proof) -> list[str]:
    """The words of every page as its lines stand on it, without running heads; read by pdfplumber."""
    with pdfplumber.open(io.BytesIO(handout.data)) as pdf:
        pages = [" ".join(page.extract_text().split()) for page in pdf.pages]
    for n, running in enumerate(handout.reading.running):
        for words in running:
            pages[n] = pages[n].replace(words, "", 1)
    return pages


def test_a_paragraph_over_four_pages_has_a_marker_at_the_first_word_of_each(
    proofs: tuple[Proof, Proof], inside: list[str]
) -> None:
    """Read by another reader of PDF, from the page and not from its tags."""
    handout, ebook = proofs
    assert len(inside) >= 3
    (text,) = (block.text for block in ebook.reading.blocks if block.id == LONG)
    marks = {mark.label: mark.offset for mark in ebook.reading.marks}
    shown = printed(handout)
    for label in inside:
        first = re.search(r"w\d{4}\.?", shown[int(label) - 1])
        assert first
        assert text[marks[label] :].startswith(first[0])


def test_what_follows_each_marker_is_what_tops_its_page(proofs: tuple[Proof, Proof]) -> None:
    """Read from the page once more; a page that opens with a picture or contents is let off."""
    handout, ebook = proofs
    blocks = {block.id: block for block in ebook.reading.blocks}
    pages = printed(handout)
    tops = 0
    for shown, mark in zip(pages, ebook.reading.marks, strict=True):
        block = blocks[mark.block]
        text = block.text[mark.offset :] if mark.offset else f"{block.label} {block.text}"
        first = " ".join(text.split()[:4])
        assert first in shown
        tops += shown.strip(" •").startswith(first)
    assert tops >= len(pages) - 3


def test_a_marker_inside_a_strong_phrase_leaves_it_strong(proofs: tuple[Proof, Proof]) -> None:
    _, ebook = proofs
    (block,) = (block for block in ebook.reading.blocks if block.id == LONG)
    assert [(span.kind, block.text[span.start :][:5]) for span in block.spans] == [("strong", "w0701")]


def test_a_marker_just_before_its_block_stands_at_the_same_place(found: Found) -> None:
    """The next words are the same, so nothing is wrong."""
    assert found(lambda text: re.sub(rf'(<p id="kicker"[^>]*>)({mark(1)})', r"\2\1", text)) == []


# --- spoiled -------------------------------------------------------------------------------


def test_markers_that_are_all_off_by_one_page_are_found(found: Found) -> None:
    problems = told(found(lambda text: MARK.sub(lambda each: mark(int(each[1]) + 1), text)))
    kind, message = problems[0]
    assert kind == "page-mark"
    assert message.endswith("are off by one page: that of page 2 stands where page 1 begins")
    assert ("page-mark", "page 1 has no marker") in problems
    assert {kind for kind, _ in problems} == {"page-mark", "page-list"}


def test_a_marker_that_drifted_by_a_sentence_is_found(found: Found, inside: list[str]) -> None:
    one = inside[0]
    (problem,) = found(lambda text: re.sub(rf"({mark(one)})(.*?\. )", r"\2\1", text, count=1))
    assert (problem.kind, problem.block) == ("page-mark", LONG)
    assert re.fullmatch(rf"the marker of page {one} stands \d+ characters too late", problem.message)
    words = re.match(r"the page begins with “(w\d+)\b.*; after the marker comes “(w\d+)\b", problem.hint)
    assert words
    assert words[1] < words[2]


def test_a_marker_that_drifted_to_the_end_of_its_paragraph_is_found(found: Found, inside: list[str]) -> None:
    last = inside[-1]
    problems = told(found(lambda text: re.sub(rf"({mark(last)})(.*?)(?=</p>)", r"\2\1", text, count=1)))
    assert len(problems) == 1
    assert problems[0][1].endswith(f"characters too late, at the end of {LONG}")


def test_a_marker_at_the_start_of_the_paragraph_it_stands_in_is_found(
    found: Found, inside: list[str]
) -> None:
    one = inside[0]
    problems = told(
        found(lambda text: re.sub(rf'(<p id="{LONG}">)(.*?)({mark(one)})', r"\1\3\2", text, count=1))
    )
    assert len(problems) == 1
    assert "characters too early" in problems[0][1]


def test_a_lost_marker_is_found(found: Found) -> None:
    assert told(found(lambda text: text.replace(mark(3), ""))) == [
        ("page-mark", "page 3 has no marker"),
        ("page-list", "the list of pages leads from “3” to “page-3 (missing)”, which is no page marker"),
    ]


def test_markers_that_changed_places_are_found(found: Found) -> None:
    swap = {"4": "5", "5": "4"}
    problems = found(lambda text: MARK.sub(lambda each: mark(swap.get(each[1], each[1])), text))
    assert ("page-mark", "the marker of page 4 stands where page 5 begins") in told(problems)
    assert ("page-mark", "the marker of page 5 stands where page 4 begins") in told(problems)
    assert {problem.kind for problem in problems} <= {"page-mark", "page-list"}


def test_a_marker_that_says_another_number_is_found(found: Found) -> None:
    problems = told(found(lambda text: text.replace(mark(4), mark(4).replace('title="4"', 'title="44"'))))
    assert problems[0] == ("page-mark", "page 4 has no marker")
    assert problems[1] == ("page-mark", "a marker is for page “44”, which print does not have")


def test_a_lost_entry_is_found(found: Found) -> None:
    assert told(found(lambda text: re.sub(r'<li><a href="[^"]*#page-3">3</a></li>', "", text))) == [
        ("page-list", "the list of pages has no entry for page 3")
    ]


def test_entries_that_changed_places_are_found(found: Found) -> None:
    def swap(text: str) -> str:
        return re.sub(r"(<li>[^\n]*#page-3\">3<[^\n]*)\n(<li>[^\n]*#page-4\">4<[^\n]*)", r"\2\n\1", text)

    ((kind, message),) = told(found(swap))
    assert kind == "page-list"
    assert message.startswith("the list of pages is out of order: 1, 2, 4, 3, 5")


def test_entries_with_each_others_numbers_are_found(found: Found) -> None:
    numbers = {"3": "4", "4": "3"}

    def swap(text: str) -> str:
        return re.sub(r'(#page-\d+">)(\d+)<', lambda each: f"{each[1]}{numbers.get(each[2], each[2])}<", text)

    problems = told(found(swap))
    assert ("page-list", "the list of pages leads from “4” to the marker of page 3") in problems
    assert ("page-list", "the list of pages leads from “3” to the marker of page 4") in problems
    assert {kind for kind, _ in problems} == {"page-list"}


def test_a_list_of_pages_for_all_to_see_is_found(found: Found) -> None:
    """Read aloud with the contents, it would be nothing but numbers."""
    shown = 'aria-label="Pages of the printed edition"'
    problems = found(lambda text: text.replace(f'{shown} hidden="hidden"', shown))
    assert "unknown" in {problem.kind for problem in problems}


def test_another_source_of_page_numbers_is_found(found: Found, proofs: tuple[Proof, Proof]) -> None:
    handout, ebook = (proof.reading.metadata["identifier"] for proof in proofs)
    itself = f'property="pageBreakSource">{ebook}'
    problems = told(found(lambda text: text.replace(f'property="pageBreakSource">{handout}', itself), ".opf"))
    assert problems == [
        (
            "page-source",
            f"the page numbers are those of {handout}, but the e-book names {ebook} as the source "
            "of its page numbers",
        )
    ]


def test_an_unnamed_source_of_page_numbers_is_found(found: Found) -> None:
    problems = found(lambda text: re.sub(r'<meta property="pageBreakSource">.*?</meta>', "", text), ".opf")
    assert [problem.kind for problem in problems] == ["page-source"]


@pytest.mark.parametrize("feature", ["pageBreakMarkers", "pageNavigation"])
def test_page_numbers_that_the_metadata_do_not_tell_of_are_found(feature: str, found: Found) -> None:
    problems = found(lambda text: text.replace(feature, "ARIA"), ".opf")
    assert [problem.kind for problem in problems] == ["page-source"]
    assert feature in problems[0].message


def test_page_markers_in_a_web_page_are_found(project: Project, source: Source) -> None:
    web = project.house.editions["web"]
    (proof,) = prove_all(project, source, [web])
    assert proof.problems == ()
    data = proof.data.replace(b'<p id="faq-who-answer-p1">', b'<p id="faq-who-answer-p1">' + mark(7).encode())
    problems = examine(project, source, web, data, "file").problems
    assert told(list(problems)) == [("page-mark", "1 page marker stands in a file without pages")]


def test_a_spoiled_page_number_is_no_spoiled_block(
    project: Project, source: Source, proofs: tuple[Proof, Proof], pages: Pages
) -> None:
    data = changed(proofs[1].data, lambda text: text.replace(mark(3), ""), ".xhtml")
    proof = examine(project, source, proofs[1].edition, data, "file", pages)
    assert {state.state for state in states(proof.expected, proof.reading, proof.problems)} == {"intact"}


def test_a_handout_whose_viewer_numbers_pages_otherwise_is_found(
    project: Project, source: Source, proofs: tuple[Proof, Proof]
) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(proofs[0].data)) as pdf:
        front = pikepdf.Dictionary(S=pikepdf.Name.r)  # i, ii
        rest = pikepdf.Dictionary(S=pikepdf.Name.D, St=3)
        pdf.Root.PageLabels = pikepdf.Dictionary(Nums=[0, front, 2, rest])
        pdf.save(out)
    problems = examine(project, source, proofs[0].edition, out.getvalue(), "file").problems
    found = [(problem.kind, problem.page) for problem in problems]
    assert found[-2:] == [("page-number", 1), ("page-number", 2)]
    assert {kind for kind, _ in found[:-2]} == {"unknown"}  # what the foot of a page says is not its number
    assert "page 2 is printed as page 2, but a viewer shows it as page ii" in problems[-1].message


# --- how they are made ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chosen", "rendered", "reported"),
    [
        (("web", "handout", "ebook"), "handout web ebook", "web handout ebook"),
        (("ebook", "handout"), "handout ebook", "ebook handout"),
        (("ebook",), "handout ebook", "handout ebook"),
        (("web",), "web", "web"),
        (("handout",), "handout", "handout"),
    ],
)
def test_the_print_edition_is_made_first_and_only_once(
    chosen: tuple[str, ...],
    rendered: str,
    reported: str,
    project: Project,
    source: Source,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[str] = []

    def prove_each(
        project: Project, source: Source, editions: Sequence[Edition], *_: object
    ) -> Iterator[Proof]:
        for edition in editions:
            made.append(edition.name)
            yield Proof(source.article, edition, edition.name, b"", (), Reading((), pages=0), ())

    monkeypatch.setattr(pipeline, "prove_each", prove_each)
    proofs = prove_all(project, source, [project.house.editions[name] for name in chosen])
    assert " ".join(made) == rendered
    assert " ".join(proof.edition.name for proof in proofs) == reported


def test_without_a_print_edition_the_ebook_has_no_pages(project: Project, source: Source) -> None:
    editions = {name: each for name, each in project.house.editions.items() if name != "handout"}
    pageless = replace(project, house=project.house.model_copy(update={"editions": editions}))
    assert pages_for(pageless, source, editions["ebook"], None) is None


def test_the_source_is_the_primary_print_edition(project: Project, source: Source) -> None:
    large = project.house.editions["handout"].model_copy(update={"name": "large", "suffix": "-large"})
    house = project.house.model_copy(
        update={"editions": {**project.house.editions, "large": large}, "primary": "large"}
    )
    pages = pages_for(replace(project, house=house), source, house.editions["ebook"], None)
    assert pages == Pages(edition_identifier(house, source.article, large), None)


# --- publish verify ------------------------------------------------------------------------


def test_a_released_ebook_is_compared_with_the_released_handout(project: Project, tmp_path: Path) -> None:
    (built,) = build(project, tmp_path)
    id = built.source.article.id
    book, handout = built.folder / f"{id}.epub", built.folder / f"{id}-letter.pdf"
    assert verify_file(project, book, tmp_path).problems == ()
    assert [each.edition for each in verify_release(project, id, tmp_path)] == [
        "web",
        "handout",
        "ebook",
    ]
    drifted = changed(book.read_bytes(), lambda text: text.replace(mark(3), ""), ".xhtml")
    book.write_bytes(drifted)
    assert "page 3 has no marker" in str(verify_file(project, book, tmp_path).problems)
    verdicts = verify_release(project, id, tmp_path)
    assert verdicts[-1].problems[0].kind == "page-mark"
    handout.unlink()
    kinds = [each.kind for each in verify_file(project, book, tmp_path).problems]
    assert kinds[0] == "pages-not-compared"


def test_an_ebook_alone_is_built_with_the_pages_of_print(project: Project, tmp_path: Path) -> None:
    (built,) = build(project, tmp_path, editions=["ebook"])
    assert [proof.edition.name for proof in built.proofs] == ["ebook"]
    assert sorted(path.suffix for path in built.folder.iterdir()) == [".epub"]
    reading = built.proofs[0].reading
    assert len(reading.marks) == len(reading.page_list) > 5
    assert compare_pages(None, reading) != ()
