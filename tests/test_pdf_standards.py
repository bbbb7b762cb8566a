"""What veraPDF has to find in broken print editions; and the other standard, four of them in one file."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from prints import Print, print_article
from validators import VeraPdf, listed

from publish.verify.transcript import transcript

pytestmark = pytest.mark.slow

FLAVOURS = ("PDFUA_2", "PDFA_4", "WTPDF_1_0_ACCESSIBILITY", "WTPDF_1_0_REUSE")
SMALL = Path(__file__).parent / "projects/complete", "small-article"


@pytest.fixture(scope="module")
def small() -> Print:
    return print_article(*SMALL, standard="pdf/ua-2")


@pytest.fixture(scope="module")
def older() -> Print:
    return print_article(*SMALL)


def test_every_word_of_a_pdf_2_is_intact(small: Print) -> None:
    assert small.problems() == ()
    assert len(small.expected) > 150
    assert small.data.startswith(b"%PDF-2.0")


def test_a_pdf_2_says_what_a_pdf_1_7_says_and_where_asides_are(small: Print, older: Print) -> None:
    def words(proof: Print) -> list[str]:
        lines = [line.strip() for line in transcript(proof.data).splitlines()]
        return [line for line in lines if line != "aside"]

    assert older.edition.standard == "pdf/ua-1"
    assert words(small) == words(older)
    assert "\n  aside\n    heading 3: (Note:) A word on units\n" in transcript(small.data)


def test_the_same_article_gives_the_same_pdf_2(small: Print) -> None:
    assert print_article(*SMALL, standard="pdf/ua-2").data == small.data


@pytest.mark.tools
def test_verapdf_finds_nothing_in_a_pdf_2(small: Print, verapdf: VeraPdf, tmp_path: Path) -> None:
    """Nor in those of the sample and of the torture article: test_pdf_torture.py."""
    file = tmp_path / "file.pdf"
    file.write_bytes(small.data)
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


def _rules_broken(
    made: Print, change: Callable[[pikepdf.Pdf], None], flavour: str, verapdf: VeraPdf, folder: Path
) -> set[str]:
    file = folder / "file.pdf"
    with pikepdf.open(io.BytesIO(made.data)) as pdf:
        change(pdf)
        pdf.save(file)
    return {failure.rule for failure in verapdf(file, flavour).failures}


def _lost_language(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.Lang


def _skipped_level(pdf: pikepdf.Pdf) -> None:
    _elements(pdf, "H2")[0].S = pikepdf.Name.H4


def _header_of_nothing(pdf: pikepdf.Pdf) -> None:
    for header in _elements(pdf, "TH"):
        del header["/A"]


def _link_without_words(pdf: pikepdf.Pdf) -> None:
    page = next(page for page in pdf.pages if "/Annots" in page.obj)
    del page.obj.Annots[0]["/Contents"]


def _untagged_words(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].contents_add(b"BT /F 12 Tf ET 0 0 5 5 re f")


def _item_without_body(pdf: pikepdf.Pdf) -> None:
    _elements(pdf, "LBody")[0].S = pikepdf.Name.P


def _note_without_id(pdf: pikepdf.Pdf) -> None:
    del _elements(pdf, "Note")[0]["/ID"]


def _unembedded_font(pdf: pikepdf.Pdf) -> None:
    for each in pdf.objects:
        if isinstance(each, pikepdf.Dictionary):
            for name in {"/FontFile2", "/FontFile3"} & set(each.keys()):
                del each[name]


def _unmarked(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.MarkInfo


def _script(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("0"))


@pytest.mark.tools
@pytest.mark.parametrize(
    ("change", "flavour", "rule"),
    [
        (_mute_picture, "PDFUA_1", "7.3-1"),
        (_lost_language, "PDFUA_1", "7.2-"),
        (_skipped_level, "PDFUA_1", "7.4.2-1"),
        (_header_of_nothing, "PDFUA_1", "7.5-1"),
        (_link_without_words, "PDFUA_1", "7.18.5-2"),
        (_untagged_words, "PDFUA_1", "7.1-3"),
        (_item_without_body, "PDFUA_1", "7.2-"),
        (_note_without_id, "PDFUA_1", "7.9-1"),
        (_metadata("<pdfuaid:part>1", "<pdfuaid:part>9"), "PDFUA_1", "5-"),
        (_unembedded_font, "PDFA_2_A", "6.2.11.4.1-1"),
        (_unmarked, "PDFA_2_A", "6.7.2.2-1"),
        (_script, "PDFA_2_A", "6.5.1-1"),
        (_metadata('pdfaid:conformance="A"', 'pdfaid:conformance="U"'), "PDFA_2_A", "6.6.4-"),
    ],
)
def test_verapdf_finds_what_is_broken_in_a_pdf_1_7(
    change: Callable[[pikepdf.Pdf], None],
    flavour: str,
    rule: str,
    older: Print,
    verapdf: VeraPdf,
    tmp_path: Path,
) -> None:
    assert any(each.startswith(rule) for each in _rules_broken(older, change, flavour, verapdf, tmp_path))


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
    small: Print,
    verapdf: VeraPdf,
    tmp_path: Path,
) -> None:
    assert any(each.startswith(rule) for each in _rules_broken(small, change, flavour, verapdf, tmp_path))
