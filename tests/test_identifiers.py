"""Public numbers: form, check digit, address."""

from __future__ import annotations

import pytest

from publish.identifiers import fault_of, identifier_url, shown_url

GOOD = [
    ("doi", "10.1056/NEJMoa2506549", "https://doi.org/10.1056/NEJMoa2506549"),
    ("doi", "10.1016/S0140-6736(20)30183-5", "https://doi.org/10.1016/S0140-6736(20)30183-5"),
    (
        "doi",
        "10.1002/(SICI)1097-0258(19980815)17:15<1661::AID-SIM968>3.0.CO;2-2",
        "https://doi.org/10.1002/(SICI)1097-0258(19980815)17:15%3C1661::AID-SIM968%3E3.0.CO;2-2",
    ),
    ("pmid", "40544428", "https://pubmed.ncbi.nlm.nih.gov/40544428/"),
    ("pmcid", "PMC1234567", "https://pmc.ncbi.nlm.nih.gov/articles/PMC1234567/"),
    ("nct", "NCT04786262", "https://clinicaltrials.gov/study/NCT04786262"),
    ("jrct", "jRCTs032190207", "https://jrct.mhlw.go.jp/en-latest-detail/jRCTs032190207"),
    ("jrct", "jRCT2053190001", "https://jrct.mhlw.go.jp/en-latest-detail/jRCT2053190001"),
    ("jrct", "jRCT031190207", "https://jrct.mhlw.go.jp/en-latest-detail/jRCT031190207"),
    ("chictr", "ChiCTR2000029953", ""),
    ("chictr", "ChiCTR-TRC-13003114", ""),
    (
        "eudract",
        "2004-000446-20",
        "https://www.clinicaltrialsregister.eu/ctr-search/search?query=eudract_number:2004-000446-20",
    ),
    (
        "ctis",
        "2022-500024-30-00",
        "https://euclinicaltrials.eu/search-for-clinical-trials/?lang=en&EUCT=2022-500024-30-00",
    ),
    ("isrctn", "ISRCTN50189673", "https://www.isrctn.com/ISRCTN50189673"),
    ("isbn", "978-3-16-148410-0", ""),
    ("isbn", "0306406152", ""),
    ("isbn", "0-8044-2957-X", ""),
    ("isbn", "979 8 88645 174 0", ""),
    ("orcid", "0000-0002-1825-0097", "https://orcid.org/0000-0002-1825-0097"),
    ("orcid", "0000-0002-1694-233X", "https://orcid.org/0000-0002-1694-233X"),
]


@pytest.mark.parametrize(("kind", "value", "url"), GOOD)
def test_good_number_has_no_fault_and_its_address(kind: str, value: str, url: str) -> None:
    assert fault_of(kind, value) == ""
    assert identifier_url(kind, value) == url


@pytest.mark.parametrize(("kind", "value", "url"), GOOD)
def test_number_with_the_full_stop_of_its_sentence_says_so(kind: str, value: str, url: str) -> None:
    for mark in (".", ",", ";"):
        assert "belongs to the sentence" in fault_of(kind, value + mark)


@pytest.mark.parametrize(("kind", "value", "url"), [row for row in GOOD if row[0] in ("isbn", "orcid")])
def test_any_mistyped_digit_is_found(kind: str, value: str, url: str) -> None:
    for n, digit in enumerate(value):
        if digit.isdigit():
            mistyped = value[:n] + str((int(digit) + 1) % 10) + value[n + 1 :]
            assert "does not fit" in fault_of(kind, mistyped), mistyped


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("doi", "doi:10.1056/x", "without “doi:”"),
        ("doi", "DOI: 10.1056/x", "without “DOI:”"),
        ("doi", "https://doi.org/10.1056/x", "without “https://”"),
        ("doi", "10.56/x", "is not a DOI"),
        ("doi", "10.1056/", "is not a DOI"),
        ("doi", "10.1056/a b", "is not a DOI"),
        ("doi", "10.1056/a(b", "brackets"),
        ("doi", "10.1056/é", "is not a DOI"),
        ("pmid", "0123", "is not a PubMed number"),
        ("pmid", "123456789", "is not a PubMed number"),
        ("pmcid", "1234567", "is not a PubMed Central number"),
        ("nct", "nct04786262", "is not an NCT number"),
        ("nct", "NCT4786262", "is not an NCT number"),
        ("jrct", "jRCTx032190207", "is not a jRCT number"),
        ("jrct", "jRCTs0321902071", "is not a jRCT number"),
        ("jrct", "JPRN-jRCTs032190207", "is not a jRCT number"),
        ("chictr", "ChiCTR20000299", "is not a ChiCTR number"),
        ("eudract", "2004-000446", "is not an EudraCT number"),
        ("ctis", "2022-500024-30", "is not an EU CTIS number"),
        ("isrctn", "ISRCTN5018967", "is not an ISRCTN"),
        ("isbn", "978-3-16-148410", "has 12 digits"),
        ("isbn", "97-X", "only an ISBN of 10 digits"),
        ("isbn", "97-1", "has 3 digits"),
        ("isbn", "978316148410X", "is not an ISBN"),
        ("orcid", "0000000218250097", "is not an ORCID"),
        ("orcid", " 0000-0002-1825-0097", "spaces around it"),
        ("nct", "", "is not an NCT number"),
    ],
)
def test_bad_number_says_what_is_wrong(kind: str, value: str, words: str) -> None:
    assert words in fault_of(kind, value)


def test_shown_address_has_no_scheme_and_no_closing_slash() -> None:
    assert shown_url("https://a.example/b/") == "a.example/b"
