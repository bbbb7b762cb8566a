"""Check and link the public numbers of works, trials and people: form, check digit, address.

Layer 0: knows nothing of articles. Rules: Crossref (DOI), NLM (PMID, PMCID, NCT), jRCT, ChiCTR
(modern and legacy form), EudraCT and CTIS (EMA), ISRCTN, ISBN (ISO 2108), ORCID (ISO 7064 11-2).

A EudraCT number ends in two check digits, but the EMA has published no rule for them that we could
find, so only its form is checked.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple


class _Kind(NamedTuple):
    """One kind of number: its form, how to say that form in words, its address (``{}`` is the number)."""

    pattern: str
    form: str
    address: str = ""
    check: Callable[[str], str] | None = None


def fault_of(kind: str, value: str) -> str:
    """Return what is wrong with ``value`` as an identifier of ``kind``, or "" when it is well formed."""
    row = _KINDS[kind]
    if re.fullmatch(row.pattern, value):
        return row.check(value) if row.check else ""
    name = _NAMES[kind]
    if value != value.strip():
        return f"{name} “{value}” has spaces around it"
    if (ended := value.rstrip(".,;:)]")) != value and not fault_of(kind, ended):
        return f"{name} “{value}” ends in “{value[len(ended) :]}”, which belongs to the sentence"
    for prefix in ("https://", "http://", f"{kind}:", f"{name}:"):
        if value.lower().startswith(prefix.lower()):
            return f"write the {name} alone, without “{value[: len(prefix)]}”: {row.form}"
    return f"“{value}” is not {_article(name)} {name}: it should be {row.form}"


def identifier_url(kind: str, value: str) -> str:
    """Return the address that the registry itself gives to ``value``, or "" where there is no stable one."""
    if kind == "doi":
        # Legal in a DOI, but not in the path of an address.
        value = re.sub(
            r"[^-._;()/:A-Za-z0-9]", lambda m: "".join(f"%{byte:02X}" for byte in m[0].encode()), value
        )
    return _KINDS[kind].address.format(value)


def shown_url(url: str) -> str:
    """Return ``url`` as print shows it: without scheme and closing slash."""
    return url.removeprefix("https://").removeprefix("http://").rstrip("/")


def _article(name: str) -> str:
    return "an" if name[0] in "AEIO" or name == "NCT number" else "a"


def _doi(value: str) -> str:
    if value[-1] in ".,;:":
        return f"DOI “{value}” ends in “{value[-1]}”, which belongs to the sentence, not to the DOI"
    if value.count("(") != value.count(")"):
        return f"DOI “{value}” has brackets that do not match; one belongs to the sentence"
    return ""


def _isbn(value: str) -> str:
    digits = value.replace("-", "").replace(" ", "")
    if "X" in digits and len(digits) != 10:
        return f"“{value}” is not an ISBN: only an ISBN of 10 digits can end in X"
    if len(digits) == 10:
        wrong = sum((10 - n) * _digit(each) for n, each in enumerate(digits)) % 11
    elif len(digits) == 13:
        wrong = sum((3 if n % 2 else 1) * int(each) for n, each in enumerate(digits)) % 10
    else:
        return f"ISBN “{value}” has {len(digits)} digits; an ISBN has 10 or 13"
    return f"the last digit of ISBN “{value}” does not fit the others; one digit is mistyped" if wrong else ""


def _orcid(value: str) -> str:
    total = 0
    for each in value.replace("-", "")[:-1]:
        total = (total + int(each)) * 2
    if (12 - total % 11) % 11 != _digit(value[-1]):
        return f"the last digit of ORCID “{value}” does not fit the others; one digit is mistyped"
    return ""


def _digit(character: str) -> int:
    """The value of a check digit; X is ten."""
    return 10 if character == "X" else int(character)


_KINDS = {
    "doi": _Kind(
        r"10\.\d{4,9}(\.\d+)*/[!-~]*[!-~]", "10., digits, a slash and the rest", "https://doi.org/{}", _doi
    ),
    "pmid": _Kind(r"[1-9]\d{0,7}", "1 to 8 digits", "https://pubmed.ncbi.nlm.nih.gov/{}/"),
    "pmcid": _Kind(r"PMC[1-9]\d{0,8}", "PMC and digits", "https://pmc.ncbi.nlm.nih.gov/articles/{}/"),
    "nct": _Kind(r"NCT\d{8}", "NCT and 8 digits", "https://clinicaltrials.gov/study/{}"),
    "jrct": _Kind(
        r"jRCT([abcs]?\d{9}|\d{10})",
        "jRCT and 10 digits, or jRCT, one of the letters a, b, c, s, and 9 digits",
        "https://jrct.mhlw.go.jp/en-latest-detail/{}",
    ),
    "chictr": _Kind(
        r"ChiCTR\d{10}|ChiCTR-[A-Z]{2,5}-\d{8}", "ChiCTR and 10 digits, or ChiCTR-XXX- and 8 digits"
    ),
    "eudract": _Kind(
        r"(19|20)\d\d-\d{6}-\d\d",
        "year-6 digits-2 digits, such as 2004-000446-20",
        "https://www.clinicaltrialsregister.eu/ctr-search/search?query=eudract_number:{}",
    ),
    "ctis": _Kind(
        r"20\d\d-5\d{5}-\d\d-\d\d",
        "year-6 digits-2 digits-2 digits, such as 2022-500024-30-00",
        "https://euclinicaltrials.eu/search-for-clinical-trials/?lang=en&EUCT={}",
    ),
    "isrctn": _Kind(r"ISRCTN\d{8}", "ISRCTN and 8 digits", "https://www.isrctn.com/{}"),
    "isbn": _Kind(r"\d[\d -]*[\dX]", "10 or 13 digits, with or without hyphens", "", _isbn),
    "orcid": _Kind(
        r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]", "four groups of four digits", "https://orcid.org/{}", _orcid
    ),
}

_NAMES = {
    "doi": "DOI",
    "pmid": "PubMed number",
    "pmcid": "PubMed Central number",
    "nct": "NCT number",
    "jrct": "jRCT number",
    "chictr": "ChiCTR number",
    "eudract": "EudraCT number",
    "ctis": "EU CTIS number",
    "isrctn": "ISRCTN",
    "isbn": "ISBN",
    "orcid": "ORCID",
}
