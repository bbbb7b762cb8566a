"""Every validator finds a fault that is really there, so that a broken set-up cannot look like a pass."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from validators import VeraPdf, ace, axe, epubcheck, listed, nu

pytestmark = pytest.mark.tools

CONTAINER = """<?xml version="1.0"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="book.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>"""

PACKAGE = """<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="en">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">urn:uuid:5b0c5cbb-2f4c-4f3c-9a5e-0d6a4a1f8f11</dc:identifier>
<dc:title>Sample</dc:title>
<dc:language>en</dc:language>
<meta property="dcterms:modified">2026-05-14T00:00:00Z</meta>
<meta property="schema:accessMode">textual</meta>
<meta property="schema:accessModeSufficient">textual</meta>
<meta property="schema:accessibilityFeature">structuralNavigation</meta>
<meta property="schema:accessibilityHazard">none</meta>
<meta property="schema:accessibilitySummary">A page of text with headings to move by.</meta>
</metadata>
<manifest>
<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="one" href="one.xhtml" media-type="application/xhtml+xml"/>
</manifest>
<spine><itemref idref="one"/></spine>
</package>"""

NAV = """<?xml version="1.0" encoding="utf-8"?>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="en" xml:lang="en">
<head><title>Contents</title></head>
<body><nav epub:type="toc" role="doc-toc" aria-label="Contents"><h1>Contents</h1>
<ol><li><a href="one.xhtml">One</a></li></ol></nav></body></html>"""

CHAPTER = """<?xml version="1.0" encoding="utf-8"?>
<html xmlns="http://www.w3.org/1999/xhtml" lang="en" xml:lang="en">
<head><title>One</title></head><body><main><h1>One</h1><p>Some words.</p></main></body></html>"""

PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Sample</title>
<style>body { color: #111; background: #fff }</style></head>
<body><main><h1>Sample</h1><p>Some words.</p></main></body></html>"""


@pytest.fixture
def epub(tmp_path: Path) -> Callable[..., Path]:
    """Return ``epub(old, new)``: the path of a good small EPUB, one text in it replaced."""

    def write(old: str = "", new: str = "") -> Path:
        members = {
            "META-INF/container.xml": CONTAINER,
            "book.opf": PACKAGE,
            "nav.xhtml": NAV,
            "one.xhtml": CHAPTER,
        }
        assert any(old in text for text in members.values())
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("mimetype", "application/epub+zip")
            for name, text in members.items():
                archive.writestr(name, text.replace(old, new) if old else text)
        path = tmp_path / "sample.epub"
        path.write_bytes(packed.getvalue())
        return path

    return write


@pytest.fixture
def page(tmp_path: Path) -> Callable[..., Path]:
    """Return ``page(old, new)``: the path of a good small web page, one text in it replaced."""

    def write(old: str = "", new: str = "") -> Path:
        assert old in PAGE
        path = tmp_path / "sample.html"
        path.write_text(PAGE.replace(old, new) if old else PAGE, encoding="utf-8")
        return path

    return write


def test_epubcheck_finds_nothing_in_a_good_book(epub: Callable[..., Path]) -> None:
    found = epubcheck(epub())
    assert not found, listed(found)


def test_epubcheck_finds_an_error(epub: Callable[..., Path]) -> None:
    found = epubcheck(epub('href="one.xhtml">One', 'href="gone.xhtml">One'))
    assert [(each.severity, each.rule) for each in found] == [("error", "RSC-007")], listed(found)


def test_epubcheck_finds_a_mere_usage(epub: Callable[..., Path]) -> None:
    found = epubcheck(epub("<p>Some", "<p xmlns:epub='http://www.idpf.org/2007/ops' epub:type='note'>Some"))
    assert {each.severity for each in found} == {"usage"}, listed(found)


def test_epubcheck_finds_a_file_that_is_no_book(tmp_path: Path) -> None:
    path = tmp_path / "sample.epub"
    path.write_bytes(b"not a zip file")
    assert "fatal" in {each.severity for each in epubcheck(path)}


def test_ace_finds_nothing_in_a_good_book(epub: Callable[..., Path], tmp_path: Path) -> None:
    found = ace(epub(), tmp_path)
    assert not found, listed(found)


def test_ace_finds_a_picture_without_words(epub: Callable[..., Path], tmp_path: Path) -> None:
    found = ace(
        epub("<p>Some words.</p>", '<p><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw="/></p>'), tmp_path
    )
    assert [each.rule for each in found] == ["image-alt"], listed(found)


def test_ace_finds_missing_accessibility_metadata(epub: Callable[..., Path], tmp_path: Path) -> None:
    found = ace(epub('<meta property="schema:accessMode">textual</meta>'), tmp_path)
    assert [each.rule for each in found] == ["metadata-accessmode"], listed(found)


def test_axe_finds_nothing_on_a_good_page(page: Callable[..., Path], open_page: Callable[..., Any]) -> None:
    found = axe(open_page(page())[0])
    assert not found.violations, listed(found.violations)
    assert not found.incomplete, listed(found.incomplete)


@pytest.mark.parametrize(
    ("rule", "old", "new"),
    [
        ("image-alt", "<p>", '<p><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">'),
        ("color-contrast", "#111", "#bbb"),
        ("color-contrast-enhanced", "#111", "#666"),  # 5.7:1, enough for AA but not for AAA
        ("html-has-lang", ' lang="en"', ""),
        ("heading-order", "<p>", "<h4>Deep</h4><p>"),  # best practice
        (
            "target-size",
            "<p>",
            "<style>a { font-size: 10px; display: block; height: 10px }</style>"
            "<nav aria-label='Pages'><a href='#x'>1</a><a href='#y'>2</a></nav><p>",
        ),
    ],
)
def test_axe_finds_each_kind_of_fault(
    rule: str, old: str, new: str, page: Callable[..., Path], open_page: Callable[..., Any]
) -> None:
    found = axe(open_page(page(old, new))[0])
    assert rule in {each.rule for each in found.violations}, listed(found.violations)


def test_axe_tries_the_rules_that_are_off_by_default(
    page: Callable[..., Path], open_page: Callable[..., Any]
) -> None:
    off = {
        "target-size",
        "color-contrast-enhanced",
        "identical-links-same-purpose",
        "meta-refresh-no-exceptions",
    }
    assert off <= axe(open_page(page())[0]).rules


def test_nu_finds_nothing_on_a_good_page(page: Callable[..., Path]) -> None:
    found = nu(page())
    assert not found, listed(found)


@pytest.mark.parametrize(
    ("words", "old", "new"),
    [
        ("Unclosed element “b”", "<p>Some", "<p><b>Some"),
        ("CSS", "color: #111", "colour: #111"),
        ("Consider", "<main>", "<main><section><p>No heading.</p></section>"),  # a mere warning
    ],
)
def test_nu_finds_faults_in_markup_and_styles(
    words: str, old: str, new: str, page: Callable[..., Path]
) -> None:
    found = nu(page(old, new))
    assert any(words in each.message for each in found), listed(found)


def pdf(path: Path, variant: str | None) -> Path:
    from weasyprint import HTML

    HTML(string=PAGE).write_pdf(path, pdf_variant=variant)
    return path


@pytest.mark.parametrize(("flavour", "variant"), [("PDFUA_1", "pdf/ua-1"), ("PDFA_2_A", "pdf/a-2a")])
def test_verapdf_passes_a_good_file_and_fails_an_untagged_one(
    flavour: str, variant: str, verapdf: VeraPdf, tmp_path: Path
) -> None:
    good = verapdf(pdf(tmp_path / "good.pdf", variant), flavour)
    assert good.compliant, listed(good.failures)
    assert good.assertions > 100
    bad = verapdf(pdf(tmp_path / "bad.pdf", None), flavour)
    assert not bad.compliant
    assert bad.failures


def test_verapdf_goes_on_after_a_file_that_is_no_pdf(verapdf: VeraPdf, tmp_path: Path) -> None:
    (tmp_path / "broken.pdf").write_bytes(b"not a PDF")
    with pytest.raises(AssertionError):
        verapdf(tmp_path / "broken.pdf", "PDFUA_1")
    assert verapdf(pdf(tmp_path / "good.pdf", "pdf/ua-1"), "PDFUA_1").compliant


def test_a_missing_validator_fails_where_all_are_required(tmp_path: Path) -> None:
    test = tmp_path / "test_it.py"
    test.write_text("import validators\ndef test_it():\n    validators.program('no-such-validator')\n")
    command = [sys.executable, "-m", "pytest", "-rfs", "-p", "no:cacheprovider", "--rootdir", tmp_path, test]
    for required, outcome in (("1", "1 failed"), ("", "1 skipped")):
        environment = os.environ | {
            "PYTHONPATH": str(Path(__file__).parent),
            "PUBLISH_REQUIRE_TOOLS": required,
        }
        done = subprocess.run(command, env=environment, check=False, capture_output=True, encoding="utf-8")
        assert outcome in done.stdout, done.stdout
        assert "no-such-validator is not installed" in done.stdout


def test_lock_of_node_packages_names_no_address_and_checks_every_package() -> None:
    text = (Path(__file__).parent / "tools" / "package-lock.json").read_text(encoding="utf-8")
    assert "://" not in text
    packages = json.loads(text)["packages"]
    assert len(packages) > 100
    assert all("integrity" in package for name, package in packages.items() if name)
