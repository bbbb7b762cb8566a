"""Say where the pages of a finished print edition begin, and prove that an e-book marks them there.

The reading of a PDF in, its page starts out; those and the reading of an e-book in, problems out.
Rules: EPUB Accessibility 1.1, "Page navigation", https://www.w3.org/TR/epub-a11y-11/#sec-page-nav
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

from publish.errors import Problem
from publish.model import Pages, PageStart
from publish.verify.reading import Block, Mark, Reading

FEATURES = ("pageBreakMarkers", "pageNavigation")
"""What the metadata of an e-book with page numbers must say that it has (schema:accessibilityFeature)."""

_HINT = "the layouts of the e-book must show every page mark where it is put"


# --- the pages of print --------------------------------------------------------------------


def page_starts(reading: Reading, carried: Collection[str] | None = None) -> tuple[PageStart, ...]:
    """Return where every page of a PDF begins: its first proven text in reading order.

    A page that opens with a picture, or with entries of the contents, begins with its next text.
    One that has no text at all begins where the next page does; at the end, behind the last text.
    ``carried`` are the ids of the blocks that count, where the e-book does not carry them all.
    """
    blocks = [each for each in reading.blocks if _is_text(each) and (carried is None or each.id in carried)]
    first: dict[int, tuple[str, int]] = {}
    for block in blocks:
        for offset, page in ((0, block.page), *block.breaks):
            if page is not None:
                first.setdefault(page, (block.id, offset))
    place = (blocks[-1].id, len(blocks[-1].text)) if blocks else ("", 0)
    starts = []
    for page, label in reversed(list(enumerate(page_labels(reading), 1))):
        place = first.get(page, place)
        starts.append(PageStart(label, *place))
    return tuple(reversed(starts))


def _is_text(block: Block) -> bool:
    return block.role not in ("loose", "alternative") and bool(block.text)


def page_labels(reading: Reading) -> tuple[str, ...]:
    """Return the number of every page: the one that is printed on it, else what the file calls it."""
    printed = _printed(reading.running)
    return tuple(printed.get(n, given) for n, given in enumerate(_given(reading), 1))


def _given(reading: Reading) -> tuple[str, ...]:
    return reading.page_labels or tuple(str(n + 1) for n in range(reading.pages or 0))


def _printed(running: Sequence[Sequence[str]]) -> dict[int, str]:
    """Return the page numbers among the running words, by page (from 1), for pages that show one.

    A number that every page shows, like the 9 of “Page 3 of 9” or one in the title, is not the
    page's own. Where several are left, the one that counts the pages is.
    """
    numbers = {
        n: found for n, words in enumerate(running, 1) if (found := re.findall(r"\d+", " ".join(words)))
    }
    common = Counter(next(iter(numbers.values()), ()))
    for found in numbers.values():
        common &= Counter(found)
    labels = {}
    for n, found in numbers.items():
        own = found if len(numbers) == 1 else _less(found, common)
        if own:
            labels[n] = next((number for number in own if int(number) == n), own[0])
    return labels


def _less(numbers: Sequence[str], common: Counter[str]) -> list[str]:
    left = Counter(numbers) - common
    return [number for number in dict.fromkeys(numbers) if left[number]]


def compare_page_numbers(reading: Reading) -> tuple[Problem, ...]:
    """Return a problem for each page of a PDF that a viewer would number otherwise than it is printed."""
    problems = []
    seen: dict[str, int] = {}
    labels = zip(page_labels(reading), _given(reading), strict=True)
    for page, (printed, given) in enumerate(labels, 1):
        message = ""
        if printed != given:
            message = f"page {page} is printed as page {printed}, but a viewer shows it as page {given}"
        elif printed in seen:
            message = f"page {page} has the number {printed}, which is that of page {seen[printed]}"
        if message:
            problems.append(Problem(message, kind="page-number", page=page))
        seen.setdefault(printed, page)
    return tuple(problems)


# --- the pages of an e-book ----------------------------------------------------------------


def compare_pages(pages: Pages | None, reading: Reading) -> tuple[Problem, ...]:
    """Return a problem for everything an e-book says of pages otherwise than the print edition.

    ``pages`` is None where it has none to tell of: then it must not tell of any. Where the print
    edition is not at hand, the markers are compared with the list of pages only.
    """
    if pages is None:
        return tuple(_pageless(reading))
    starts = pages.starts
    labels = [start.label for start in starts] if starts is not None else [m.label for m in reading.marks]
    return (
        *_named(pages, reading),
        *(_placed(starts, reading) if starts is not None else [_not_compared()]),
        *_marked(labels, reading.marks),
        *_listed(labels, reading),
    )


def _not_compared() -> Problem:
    return Problem(
        "the page numbers were not compared with print: the print edition is not there as it was released",
        kind="pages-not-compared",
        severity="note",
    )


def _pageless(reading: Reading) -> Iterator[Problem]:
    if reading.marks:
        count = len(reading.marks)
        message = f"{count} page {'marker stands' if count == 1 else 'markers stand'} in a file without pages"
        yield _problem("page-mark", message, reading.marks[0].block)
    if reading.page_list:
        yield _problem("page-list", "a list of pages stands in a file without pages")
    if source := reading.metadata.get("pageBreakSource"):
        message = f"the file has no pages, but says that their numbers come from {source}"
        yield _problem("page-source", message)


def _named(pages: Pages, reading: Reading) -> Iterator[Problem]:
    """Check that the metadata tell whose page numbers these are, and that there are some."""
    source = reading.metadata.get("pageBreakSource", "")
    if source != pages.source:
        said = f"names {source} as the source of its page numbers" if source else "names no source of them"
        message = f"the page numbers are those of {pages.source}, but the e-book {said}"
        yield Problem(message, hint="pageBreakSource names the print edition", kind="page-source")
    features = reading.metadata.get("accessibilityFeature", "").split()
    for feature in FEATURES:
        if feature not in features:
            message = f"the metadata of the e-book do not say that it has page numbers ({feature})"
            yield Problem(message, hint="add it to schema:accessibilityFeature", kind="page-source")


def _marked(labels: Sequence[str], marks: Sequence[Mark]) -> Iterator[Problem]:
    """Check that every page has one marker."""
    counts = Counter(mark.label for mark in marks)
    for label in labels:
        if not counts[label]:
            yield _problem("page-mark", f"page {label} has no marker")
    for label, count in counts.items():
        block = next(mark.block for mark in marks if mark.label == label)
        if label not in labels:
            yield _problem("page-mark", f"a marker is for page “{label}”, which print does not have", block)
        elif count > 1:
            yield _problem("page-mark", f"page {label} has {count} markers", block)


def _placed(starts: Sequence[PageStart], reading: Reading) -> Iterator[Problem]:
    """Check that every marker stands where its page begins."""
    texts = {block.id: block.text for block in reading.blocks if _is_text(block)}
    marks = {mark.label: mark for mark in reversed(reading.marks)}
    astray = [
        (n, mark)
        for n, start in enumerate(starts)
        if (mark := marks.get(start.label)) and (mark.block, mark.offset) != (start.block, start.offset)
    ]
    places = [(start.block, start.offset) for start in starts]
    turns = {
        n: min((m - n for m, at in enumerate(places) if at == (mark.block, mark.offset)), key=abs, default=0)
        for n, mark in astray
    }
    if len(astray) > 1 and len(set(turns.values())) == 1 and all(turns.values()):
        (n, mark), turn = astray[0], turns[astray[0][0]]
        which = "all page markers" if len(astray) == len(starts) else f"{len(astray)} page markers"
        by = "one page" if abs(turn) == 1 else f"{abs(turn)} pages"
        message = f"{which} are off by {by}: that of page {mark.label} stands where page "
        yield _problem("page-mark", f"{message}{starts[n + turn].label} begins", starts[n].block)
        return
    for n, mark in astray:
        yield _astray(starts, n, mark, texts)


def _astray(starts: Sequence[PageStart], n: int, mark: Mark, texts: Mapping[str, str]) -> Problem:
    start = starts[n]
    other = next((each for each in starts if (each.block, each.offset) == (mark.block, mark.offset)), None)
    if other is not None:
        where = f"stands where page {other.label} begins"
    elif mark.block == start.block:
        far = mark.offset - start.offset
        where = f"stands {abs(far)} characters too {'late' if far > 0 else 'early'}"
        if mark.offset == len(texts.get(mark.block, "")):
            where += f", at the end of {mark.block}"
    elif not mark.block:
        where = "stands after the last text"
    else:
        where = f"stands in {mark.block} instead of {start.block}"
    begins = _words(texts.get(start.block, "")[start.offset :])
    found = _words(texts.get(mark.block, "")[mark.offset :])
    hint = f"the page begins with {begins}; after the marker comes {found}"
    message = f"the marker of page {start.label} {where}"
    return Problem(message, hint=hint, kind="page-mark", block=start.block)


def _words(text: str) -> str:
    words = text.split(" ")
    return f"“{' '.join(words[:8])}{' …' if len(words) > 8 else ''}”" if text else "nothing"


def _listed(labels: Sequence[str], reading: Reading) -> Iterator[Problem]:
    """Check that the list of pages has every page once, in order, and leads to its marker."""
    entries = [entry.text for entry in reading.page_list]
    for label in labels:
        if label not in entries:
            yield _problem("page-list", f"the list of pages has no entry for page {label}")
    for label, count in Counter(entries).items():
        if label not in labels:
            yield _problem("page-list", f"the list of pages has an entry “{label}”, which is no page")
        elif count > 1:
            yield _problem("page-list", f"the list of pages has page {label} {count} times")
    known = list(dict.fromkeys(label for label in entries if label in labels))
    if known != [label for label in labels if label in known]:
        yield _problem("page-list", f"the list of pages is out of order: {', '.join(known)}")
    marks = {mark.id: mark.label for mark in reading.marks}
    for entry in reading.page_list:
        leads = marks.get(entry.target)
        if leads != entry.text and entry.text in labels:
            where = f"the marker of page {leads}" if leads else f"“{entry.target}”, which is no page marker"
            yield _problem("page-list", f"the list of pages leads from “{entry.text}” to {where}")


def _problem(kind: str, message: str, block: str = "") -> Problem:
    return Problem(message, hint=_HINT, kind=kind, block=block)
