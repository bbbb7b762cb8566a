"""Print editions of the other standard, pdf/ua-2: four standards in one file, and the same words."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from conftest import REPOSITORY
from prints import Print, print_article
from validators import VeraPdf, listed

from publish.verify.transcript import transcript

pytestmark = pytest.mark.slow

FLAVOURS = ("PDFUA_2", "PDFA_4", "WTPDF_1_0_ACCESSIBILITY", "WTPDF_1_0_REUSE")
SMALL = Path(__file__).parent / "projects/complete", "small-article"
ARTICLES = {"small": SMALL, "sample": (REPOSITORY, "stem-cell-islets")}


@pytest.fixture(scope="module")
def prints() -> dict[str, Print]:
    return {name: print_article(folder, id, standard="pdf/ua-2") for name, (folder, id) in ARTICLES.items()}


@pytest.mark.parametrize("name", ARTICLES)
def test_every_word_of_a_pdf_2_is_intact(name: str, prints: dict[str, Print]) -> None:
    assert prints[name].problems() == ()
    assert len(prints[name].expected) > 150
    assert prints[name].data.startswith(b"%PDF-2.0")


def test_a_pdf_2_says_what_a_pdf_1_7_says_and_where_asides_are(prints: dict[str, Print]) -> None:
    def words(proof: Print) -> list[str]:
        lines = [line.strip() for line in transcript(proof.data).splitlines()]
        return [line for line in lines if line != "aside"]

    older = print_article(*SMALL)
    assert older.edition.standard == "pdf/ua-1"
    assert words(prints["small"]) == words(older)
    assert "\n  aside\n    heading 3: A word on units\n" in transcript(prints["small"].data)


def test_the_same_article_gives_the_same_pdf_2(prints: dict[str, Print]) -> None:
    assert print_article(*SMALL, standard="pdf/ua-2").data == prints["small"].data


@pytest.mark.tools
@pytest.mark.parametrize("name", ARTICLES)
def test_verapdf_finds_nothing_in_a_pdf_2(
    name: str, prints: dict[str, Print], verapdf: VeraPdf, tmp_path: Path
) -> None:
    file = tmp_path / "file.pdf"
    file.write_bytes(prints[name].data)
    for flavour in FLAVOURS:
        verdict = verapdf(file, flavour)
        assert verdict.compliant, listed(verdict.failures)
        assert verdict.failures == ()
        assert verdict.assertions > 10_000


# --- what veraPDF has to find ------------------------------------------------------------------


def _elements(pdf: pikepdf.Pdf, role: str) -> list[Any]:
    found = [
        each for each in pdf.objects if isinstance(each, pikepdf.Dictionary) and each.get("/S") == f"/{role}"
    ]
    assert found, role
    return found


def _page_for_a_name(pdf: pikepdf.Pdf) -> None:
    names = pdf.Root.Names.Dests.Names
    names[1] = names[1].D


def _page_for_a_bookmark(pdf: pikepdf.Pdf) -> None:
    item = pdf.Root.Outlines.First
    item.Dest = pikepdf.Array([pdf.pages[0].obj, *list(item.Dest)[1:]])


def _no_numbering(pdf: pikepdf.Pdf) -> None:
    del next(each for each in _elements(pdf, "L") if "/A" in each)["/A"]


def _lost_heading_of_a_line(pdf: pikepdf.Pdf) -> None:
    entry = _elements(pdf, "TOCI")[0]
    del next(each for each in _elements(pdf, "Reference") if each.P.objgen == entry.objgen)["/Ref"]


def _lost_marks_of_a_note(pdf: pikepdf.Pdf) -> None:
    del _elements(pdf, "FENote")[0]["/Ref"]


def _no_namespace(pdf: pikepdf.Pdf) -> None:
    del _elements(pdf, "Aside")[0]["/NS"]


def _mute_picture(pdf: pikepdf.Pdf) -> None:
    del _elements(pdf, "Figure")[0]["/Alt"]


def _metadata(pattern: str, by: str) -> Callable[[pikepdf.Pdf], None]:
    def change(pdf: pikepdf.Pdf) -> None:
        packet, count = re.subn(pattern.encode(), by.encode(), pdf.Root.Metadata.read_bytes())
        assert count
        pdf.Root.Metadata.write(packet)

    return change


@pytest.mark.tools
@pytest.mark.parametrize(
    ("change", "flavour", "rule"),
    [
        (_page_for_a_name, "PDFUA_2", "8.8-1"),
        (_page_for_a_bookmark, "PDFUA_2", "8.8-1"),
        (_no_numbering, "PDFUA_2", "8.2.5.25-1"),
        (_lost_heading_of_a_line, "PDFUA_2", "8.2.5.8-1"),
        (_lost_marks_of_a_note, "PDFUA_2", "8.2.5.14-"),
        (_no_namespace, "PDFUA_2", "8.2."),
        (_mute_picture, "PDFUA_2", "8.2.5.28.2-1"),
        (_metadata("<pdfuaid:part>2", "<pdfuaid:part>1"), "PDFUA_2", "5-"),
        (_metadata('pdfaid:part="4"', 'pdfaid:part="4" pdfaid:conformance="U"'), "PDFA_4", "6.7.3-"),
        (_metadata("wtpdf#accessibility1.0", "wtpdf#other"), "WTPDF_1_0_ACCESSIBILITY", "6.1.3-1"),
        (_metadata("wtpdf#reuse1.0", "wtpdf#other"), "WTPDF_1_0_REUSE", "6.1.2-1"),
    ],
)
def test_verapdf_finds_what_is_broken_in_a_pdf_2(
    change: Callable[[pikepdf.Pdf], None],
    flavour: str,
    rule: str,
    prints: dict[str, Print],
    verapdf: VeraPdf,
    tmp_path: Path,
) -> None:
    file = tmp_path / "file.pdf"
    with pikepdf.open(io.BytesIO(prints["small"].data)) as pdf:
        change(pdf)
        pdf.save(file)
    rules = {failure.rule for failure in verapdf(file, flavour).failures}
    assert any(each.startswith(rule) for each in rules), rules
