"""Compare what a finished file says with what the article says: two lots of blocks in, problems out.

No format is known here. A problem stands on the block where it began; what only follows from it
is not reported again.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from publish.errors import Problem
from publish.model import letter
from publish.verify.reading import LOST, OUT_OF_TURN, Block, Entry, Reading, Span

_UNLISTED = ("key-points-heading", "known-heading", "unknown-heading", "contents-heading")
"""The headings that a table of contents need not list: it stands after or under them."""

_SMALLEST = 0.995  # of body text: one half per cent is a rounding, not a smaller type


def compare(
    expected: tuple[Block, ...],
    reading: Reading,
    allowed: frozenset[str],
    required: frozenset[str],
    margin: frozenset[str] | None = None,
) -> tuple[Problem, ...]:
    """Return a problem for everything lost, changed, doubled, moved, hidden, too small or added.

    ``allowed`` are the (canonical) interface words that may stand between blocks, ``required`` the
    ids of the blocks that may not be set smaller than body text, ``margin`` those words of ``allowed``
    that may stand in the margins of print (all of them, unless told). Blocks come first, in the order of
    the article; then words that nobody wrote; then contents, outline and questions.
    """
    found = _Found(expected, reading)
    return (
        *(problem for block in expected for problem in found.about(block, required)),
        *found.added(allowed),
        *(Problem(each.message, kind=each.kind, block=each.block, page=each.page) for each in reading.faults),
        *_running(expected, reading, allowed if margin is None else margin),
        *(
            Problem(f"a link is called {_quoted(name)}, which are not its words", kind="link", page=page)
            for name, page in reading.link_names
            if name not in allowed
        ),
        *_entries("contents", "table of contents", expected, reading.contents, _has_contents(expected)),
        *_entries("outline", "outline", expected, reading.outline, reading.pages is not None),
        *_entries("outline", "contents for old e-readers", expected, reading.older, bool(reading.older)),
        *_questions(expected, reading.questions),
    )


def compare_metadata(expected: Mapping[str, str], reading: Reading) -> tuple[Problem, ...]:
    """Return a problem for each entry of ``expected`` that the file's own metadata says otherwise."""
    return tuple(
        Problem(
            f"the {name} in the file's metadata is {_quoted(said) if said else 'missing'}",
            hint=f"it should be {_quoted(value)}",
            kind="metadata",
        )
        for name, value in expected.items()
        if (said := reading.metadata.get(name, "")) != value
    )


# --- states --------------------------------------------------------------------------------

StateName = Literal["intact", "changed", "missing", "hidden", "doubled", "moved", "unknown"]

_STATES: Mapping[str, StateName] = {
    "missing": "missing",
    "hidden": "hidden",
    "small": "hidden",
    "doubled": "doubled",
    "moved": "moved",
}


_OF_NO_BLOCK = ("contents", "outline", "questions", "page-mark")
"""Kinds of problems that name a block whose own words are intact; so do all that begin with "print-"."""


@dataclass(frozen=True, slots=True)
class State:
    """What became of one block; ``detail`` says how, in words. Words that nobody wrote have no id."""

    id: str
    state: StateName
    detail: str = ""


def states(expected: tuple[Block, ...], reading: Reading, problems: Iterable[Problem]) -> tuple[State, ...]:
    """Return the state of every block of ``expected`` in order, each followed by what was added after it.

    ``problems`` are those of ``compare`` for the same blocks and ``reading``.
    """
    first: dict[str, Problem] = {}
    added: dict[str, list[State]] = {}
    known = {block.id for block in expected}
    before = _blocks_before(reading, known)
    for problem in problems:
        if problem.kind == "unknown":
            own = problem.block not in known
            place = before.get(problem.block, "") if own else problem.block
            state = State(problem.block if own else "", "unknown", problem.message)
            added.setdefault(place, []).append(state)
        elif problem.block in known and _is_of_its_words(problem.kind):
            first.setdefault(problem.block, problem)
    result = added.pop("", [])
    for block in expected:
        about = first.get(block.id)
        if about is None:
            result.append(State(block.id, "intact"))
        else:
            result.append(State(block.id, _STATES.get(about.kind, "changed"), about.message))
        result += added.pop(block.id, [])
    return tuple(result + [state for each in added.values() for state in each])


def _is_of_its_words(kind: str) -> bool:
    return kind not in _OF_NO_BLOCK and not kind.startswith("print-")


def _blocks_before(reading: Reading, known: set[str]) -> dict[str, str]:
    """For each id read, the id of the article's last block before it."""
    before: dict[str, str] = {}
    last = ""
    for block in reading.blocks:
        if block.role != "loose":
            before.setdefault(block.id, last)
            last = block.id if block.id in known else last
    return before


# --- blocks --------------------------------------------------------------------------------


class _Found:
    """The read blocks, by id, and which of them stand out of order."""

    def __init__(self, expected: tuple[Block, ...], reading: Reading) -> None:
        self.expected = {block.id: block for block in expected}
        self.owners: dict[str, str] = {}  # text to the id of the first block that has it
        for block in expected:
            self.owners.setdefault(block.text, block.id)
        self.one_page = reading.pages is None
        """Whether the file is one page, where no interface words need to stand twice."""
        self.read: dict[str, list[Block]] = {}
        self.loose: list[Block] = []
        self.others: list[tuple[Block, str]] = []
        """Loose blocks and blocks of unknown id, each with the article's last block before it."""
        last = ""
        for block in reading.blocks:
            if block.role == "loose":
                self.loose.append(block)
            else:
                self.read.setdefault(block.id, []).append(block)
            if block.id in self.expected and block.role != "loose":
                last = block.id
            else:
                self.others.append((block, last))
        self.moved = dict(_moved(expected, list(self.read)))
        self.claimed: list[Block] = []
        """Loose blocks that are told with the block whose words they are."""

    def about(self, block: Block, required: frozenset[str]) -> Iterator[Problem]:
        """Yield what is wrong with one block of the article, the worst first."""
        read = self.read.get(block.id, [])
        seen = [each for each in read if each.text]
        if not seen:
            yield self.missing(block, read)
            return
        one = next((each for each in seen if each.text == block.text), seen[0])
        if len(read) > 1:
            yield _problem("doubled", one, f"stands {len(read)} times in the file")
        if one.text != block.text:
            yield self.changed(block, one)
        if block.id in self.moved:
            after, wanted = self.moved[block.id]
            yield _problem(
                "moved",
                one,
                f"stands {f'after {after}' if after else 'first'}; "
                f"it should stand {f'after {wanted}' if wanted else 'first'}",
            )
        for each in read:
            # Where blocks changed places in the reading order, the page only shows it once more.
            if each.hidden and not (self.moved and each.hidden.startswith(OUT_OF_TURN)):
                yield _problem("hidden", each, f"is not seen as written: {each.hidden}", _LAYOUT)
                break
        if one.size is not None and block.id in required and one.size < _SMALLEST:
            yield _problem("small", one, f"is set at {one.size:g} times the size of body text", _LARGER)
        if one.text == block.text:
            yield from _dress(block, one)

    def missing(self, block: Block, read: Sequence[Block]) -> Problem:
        hint = _EVERY
        page = read[0].page if read else None
        whole = f"{block.label} {block.text}".strip()
        for loose in self.loose:
            if loose.text in (block.text, whole) and not any(loose is each for each in self.claimed):
                self.claimed.append(loose)
                page = loose.page
                hint = "its words are in the file, but not in an element with its id"
                break
        text = f"is missing: {_quoted(_short(block.text))}"
        if read:
            text = f"is empty; it should read {_quoted(_short(block.text))}"
        if read and read[0].hidden:
            hint = read[0].hidden
        return Problem(f"block {block.id} {text}", hint=hint, kind="missing", block=block.id, page=page)

    def changed(self, block: Block, one: Block) -> Problem:
        owner = self.owners.get(one.text)
        if owner is not None:
            message = f"has the words of {owner}"
        else:
            message = f"has changed: {difference(block.text, one.text)}"
        hint = f"it should read {_quoted(block.text)}; it reads {_quoted(one.text)}"
        if "\u2010" in one.text and one.text.replace("\u2010", "") == block.text.replace("\u2010", ""):
            hint = f"a hyphen was added at a line's end: {_HYPHENS}; {hint}"
        return _problem("changed", one, message, hint)

    def added(self, allowed: frozenset[str]) -> Iterator[Problem]:
        """Yield what stands in the file and not in the article, in reading order."""
        told: set[str] = set()
        for block, before in self.others:
            if block.role != "loose":
                if block.id not in told:
                    yield self.unknown(block)
                told.add(block.id)
            elif block.id:
                message = f"the id {_quoted(block.id)} stands on two elements of the file"
                yield Problem(message, kind="doubled", block=block.id, page=block.page)
            elif not any(block is each for each in self.claimed):
                again = self.one_page and block.text in told and any(map(str.isalpha, block.text))
                told.add(block.text)
                # A sign such as "—" is nobody's, unless it is all that a block says.
                again |= block.text in self.owners and not any(map(str.isalnum, block.text))
                if again or not _is_allowed(block.text, allowed):
                    yield self.loose_words(block, before)

    def unknown(self, block: Block) -> Problem:
        owner = self.owners.get(block.text)
        if owner and any(each.text == block.text for each in self.read.get(owner, ())):
            message = f"block {owner} stands a second time, as {block.id}"
            return Problem(message, kind="doubled", block=owner, page=block.page)
        return _problem("unknown", block, f"is not in the article: {_quoted(_short(block.text))}")

    def loose_words(self, loose: Block, before: str) -> Problem:
        owner = self.owners.get(loose.text)
        if owner:
            message = f"block {owner} stands a second time, outside its own element"
            return Problem(message, kind="doubled", block=owner, page=loose.page)
        where = f"after {before}" if before else "before the first block"
        return Problem(
            f"words that nobody wrote stand {where}: {_quoted(_short(loose.text))}",
            hint=_ONLY_OURS,
            kind="unknown",
            block=before,
            page=loose.page,
        )


_LAYOUT = "mend the layout: nothing may hide, cover or change what the article says"
_EVERY = "the layout must show every block of the edition"
_HYPHENS = "set hyphens: manual in the layout"
_ONLY_OURS = "a layout may add only the words of layouts/shared/words"
LAYOUT_HINTS = (_LAYOUT, _EVERY, _HYPHENS, _ONLY_OURS)
"""What hints say that only somebody with layouts of their own can do."""
_DEAD = "let the edition carry the part it stands in, or take the link away"
_LARGER = "questions, answers and disclaimers are never set smaller than body text"


def _problem(kind: str, block: Block, message: str, hint: str = "") -> Problem:
    return Problem(f"block {block.id} {message}", hint=hint, kind=kind, block=block.id, page=block.page)


def _quoted(text: str) -> str:
    return f"“{text}”"


def _short(text: str, most: int = 120) -> str:
    return text if len(text) <= most else text[: most - 1].rsplit(" ", 1)[0] + " …"


def _is_allowed(text: str, allowed: frozenset[str]) -> bool:
    """Whether ``text`` is allowed words, or several of them in a row, or no words at all."""
    if text in allowed or not any(map(_says_something, text)):
        return True
    ends = {0}  # where a row of allowed words may end so far
    for end in range(1, len(text) + 1):
        if end == len(text) or text[end] == " ":
            starts = (start for start in ends if text[start:end].strip(" ") in allowed)
            if any(True for _ in starts):
                ends.add(end)
    return len(text) in ends


_SIGNS = frozenset("•◦▪▫·▸▹▶▷→←↑↓↗↩↵☐□■◆○●|©")
"""Symbols that mark a line, a link or a box to tick; ✗, ≠ and their like are an opinion."""


def _says_something(letter: str) -> bool:
    return letter.isalnum() or (unicodedata.category(letter)[0] == "S" and letter not in _SIGNS)


# --- order ---------------------------------------------------------------------------------


def _moved(expected: tuple[Block, ...], read: list[str]) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield the fewest blocks that must have moved: id, the block it follows, the block it should follow.

    The longest rising row stays; of equals the one whose blocks stand where they should.
    """
    place = {block.id: n for n, block in enumerate(expected)}
    present = [id for id in read if id in place]
    ranks = {id: n for n, id in enumerate(sorted(present, key=place.__getitem__))}
    row = [ranks[id] for id in present]
    if row == sorted(row):
        return
    staying = _rising(row)
    still = {id for id in present if ranks[id] in staying}
    in_order = [block.id for block in expected]
    for n, id in enumerate(present):
        if id not in still:
            after = _last(present[:n], still)
            wanted = _last(in_order[: place[id]], still)
            if after == wanted:  # among several that moved
                after, wanted = _last(present[:n]), _last(in_order[: place[id]])
            yield id, (after, wanted)


def _last(ids: Sequence[str], among: Collection[str] = ()) -> str:
    """The last of ``ids``, or the last that is one of ``among``; "" where there is none."""
    return next((id for id in reversed(ids) if not among or id in among), "")


def _rising(row: Sequence[int]) -> set[int]:
    """Return the members of the heaviest rising row; one at its own place weighs a little more."""
    start = next((n for n, rank in enumerate(row) if rank != n), len(row))
    end = next((n for n in range(len(row), start, -1) if row[n - 1] != n - 1), start)
    middle = row[start:end]
    best: list[tuple[int, int]] = []  # weight of the heaviest row that ends here, and where it came from
    for n, rank in enumerate(middle):
        weight = 2 * len(row) + (rank == start + n)
        came = max(((best[m][0], -m) for m in range(n) if middle[m] < rank), default=(0, 1))
        best.append((came[0] + weight, -came[1]))
    staying = set(row[:start]) | set(row[end:])
    at = max(range(len(best)), key=lambda n: best[n][0], default=-1)
    while at >= 0:
        staying.add(middle[at])
        at = best[at][1]
    return staying


# --- what a block is besides its words -----------------------------------------------------

_SPANS = {"strong": "strong words", "emphasis": "emphasis", "link": "link", "language": "language"}


def _dress(block: Block, one: Block) -> Iterator[Problem]:
    """Yield differences of label, role, language and spans in a block whose words are intact."""
    if one.label != block.label:
        message = f"is labelled {_quoted(one.label)} instead of {_quoted(block.label)}"
        if not one.label:
            message = f"has lost its label {_quoted(block.label)}"
        yield _problem("label", one, message)
    if (one.role, one.level) != (block.role, block.level):
        yield _problem("role", one, f"is {_role(one)} instead of {_role(block)}")
    if not _counts(one.marker, block.marker):
        wanted = f"the number {block.marker}" if block.marker else "a list’s sign"
        message = f"has {_quoted(one.marker) if one.marker else 'nothing'} before it instead of {wanted}"
        yield _problem("number", one, message, _LAYOUT)
    if None not in (one.cell, block.cell) and one.cell != block.cell:
        message = f"stands in its table at {one.cell}; it belongs at {block.cell}"
        yield _problem("cell", one, message, "mend the layout: a cell belongs under and beside its headings")
    if one.picture is not None and one.picture != block.picture:
        yield _problem("picture", one, "describes another picture than the one in the source", _LAYOUT)
    if one.language.lower() != block.language.lower():
        said = _quoted(one.language) if one.language else "no language"
        yield _problem("language", one, f"is marked as {said} instead of {_quoted(block.language)}")
    lost = list((Counter(block.spans) - Counter(one.spans)).elements())
    extra = list((Counter(one.spans) - Counter(block.spans)).elements())
    for span in lost:
        other = next((each for each in extra if _same_place(each, span)), None)
        if other is not None:
            extra.remove(other)
        yield _span_problem(block, one, span, other)
    for span in extra:
        yield _span_problem(block, one, None, span)


_BULLETS = frozenset("•◦▪▫■□▸▹►‣⁃∙·–—-*○●☐❍")


def _counts(shown: str | None, wanted: str | None) -> bool:
    """Whether ``shown``, such as "3.", "(c)" or "•", is what should stand before an item."""
    if shown is None or wanted is None:
        return True
    core = shown.strip("().: ")
    if not wanted:
        return core in ("", *_BULLETS)
    n = int(wanted)
    return core == wanted or (n > 0 and core.upper() in (letter(n), _roman(n)))


def _roman(n: int) -> str:
    text = ""
    for value, sign in ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        text, n = text + sign * (n // value), n % value
    return text


def _role(block: Block) -> str:
    return f"a heading of level {block.level}" if block.role == "heading" else f"a {block.role}"


def _same_place(one: Span, two: Span) -> bool:
    return (one.start, one.end, one.kind) == (two.start, two.end, two.kind)


def _span_problem(block: Block, one: Block, lost: Span | None, extra: Span | None) -> Problem:
    """A mark that is gone, came, or says something else. At least one of the spans is given."""
    span = lost or extra
    assert span is not None
    words = _quoted(_short(block.text[span.start : span.end], 60))
    if lost and extra and extra.value == lost.value + LOST:
        what = f"note {_note(lost)}" if span.kind == "note" else f"the link {words} to {_quoted(lost.value)}"
        return _problem(span.kind, one, f"has {what}, but the file has no such place", _DEAD)
    if span.kind == "note":
        after = _quoted(_short(block.text[: span.start].rsplit(" ", 1)[-1] or "its beginning", 40))
        if lost and extra:
            message = f"has note {_note(extra)} instead of {_note(lost)} after {after}"
        else:
            message = f"has {'lost' if lost else 'gained'} the mark of note {_note(span)} after {after}"
        return _problem("note", one, message)
    what = _SPANS[span.kind]
    if lost and extra:
        message = f"has a {what} {words} to {_quoted(extra.value)} instead of {_quoted(lost.value)}"
        if span.kind == "language":
            message = f"has {words} in {_quoted(extra.value)} instead of {_quoted(lost.value)}"
    else:
        value = f" ({span.value})" if span.value else ""
        message = f"has {'lost' if lost else 'gained'} the {what} on {words}{value}"
    return _problem({"strong": "emphasis"}.get(span.kind, span.kind), one, message)


def _note(span: Span) -> str:
    return f"{span.shown} ({span.value})"


def _languages(entry: Entry, heading: Block) -> str:
    """Return words whose language is another in the line of the contents than in its heading, or ""."""
    moved = len(entry.text) - len(heading.text)
    wanted = {(span.start, span.end, span.value) for span in heading.spans if span.kind == "language"}
    listed = {(span.start - moved, span.end - moved, span.value) for span in entry.spans}
    start, end, _ = min(wanted ^ listed, default=(0, 0, ""))
    return heading.text[max(start, 0) : end]


# --- what stands beside the text -----------------------------------------------------------


def _running(expected: tuple[Block, ...], reading: Reading, allowed: frozenset[str]) -> Iterator[Problem]:
    """Yield a problem for each text in the margins of print that is neither allowed nor a heading there.

    The title may be shortened at the end of a word. Numbers stand as # in ``allowed``: "Page # of #".
    """
    title = next((block.text for block in expected if block.level == 1), "")
    told: set[str] = set()
    for page, texts in enumerate(reading.running, 1):
        headings = _headings_on(expected, reading, page)
        for n, text in enumerate(texts):
            start = text.rstrip(" …")
            shortened = title.startswith(start) and not title[len(start) : len(start) + 1].isalnum()
            known = text in headings or shortened or _is_allowed(text, allowed)
            if not known and not _is_allowed(re.sub(r"\d+", "#", text), allowed):
                message = f"words that nobody wrote stand in the margin: {_quoted(_short(text))}"
            elif not known and not _is_numbered(text, reading, page):
                message = f"the margin of page {page} says {_quoted(_short(text))}, which is not its number"
            elif text and text in texts[:n]:
                message = f"the margin says {_quoted(_short(text))} twice on one page"
            else:
                continue
            if message not in told:
                told.add(message)
                yield Problem(message, kind="unknown", page=page)


def _is_numbered(text: str, reading: Reading, page: int) -> bool:
    """Whether all numbers in ``text`` are that of its page, or tell how many there are."""
    labels = reading.page_labels
    right = {labels[page - 1], labels[-1], str(reading.pages)} if page <= len(labels) else None
    return right is None or right.issuperset(re.findall(r"\d+", text))


def _headings_on(expected: tuple[Block, ...], reading: Reading, page: int) -> set[str]:
    """The headings, with and without labels, that may run along a page: those on it, the last before."""
    pages = {block.id: block.page or page for block in reading.blocks}
    found: list[Block] = []
    last: dict[int, Block] = {}
    for block in expected:
        if block.role == "heading" and pages.get(block.id, page + 1) <= page:
            last[block.level] = block
            if pages[block.id] == page:
                found.append(block)
    both = (*found, *last.values())
    return {words for block in both for words in (block.text, f"{block.label} {block.text}".strip())}


# --- contents, outline, questions ----------------------------------------------------------


def _has_contents(expected: tuple[Block, ...]) -> bool:
    return any(block.id == "contents-heading" for block in expected)


def _entries(
    kind: str, name: str, expected: tuple[Block, ...], entries: tuple[Entry, ...], complete: bool
) -> Iterator[Problem]:
    """Yield a problem for each entry that does not say what its heading says, and each heading not listed.

    ``complete`` says that the file must list every heading of level 2.
    """
    headings = {block.id: block for block in expected if block.role == "heading"}
    order = list(headings)
    last = -1
    listed: set[str] = set()
    for entry in entries:
        id = next((id for id in _heading_ids(entry.target) if id in headings), None)
        if id is None:
            message = (
                f"the {name} leads from {_quoted(entry.text)} to {_quoted(entry.target)}, which is no heading"
            )
            yield Problem(message, kind=kind, block=entry.target)
            continue
        heading = headings[id]
        words = f"{heading.label} {heading.text}".strip()
        if entry.text != words:
            message = f"the {name} says {_quoted(entry.text)} where the heading says {_quoted(words)}"
            yield Problem(message, kind=kind, block=id)
        elif kind == "contents" and (lost := _languages(entry, heading)):
            message = f"the {name} does not say in which language it has {_quoted(lost)}"
            yield Problem(message, kind=kind, block=id)
        if id in listed:
            yield Problem(f"the {name} lists {_quoted(words)} twice", kind=kind, block=id)
        elif order.index(id) < last:
            yield Problem(f"the {name} lists {_quoted(words)} out of its turn", kind=kind, block=id)
        listed.add(id)
        last = max(last, order.index(id))
    for id, heading in headings.items():
        if complete and heading.level == 2 and id not in listed and id not in _UNLISTED:
            yield Problem(f"the {name} does not list {_quoted(heading.text)}", kind=kind, block=id)


def _heading_ids(target: str) -> tuple[str, ...]:
    return target, f"{target}-heading", f"{target}-title", f"{target}-question"


def _questions(expected: tuple[Block, ...], said: tuple[tuple[str, str], ...]) -> Iterator[Problem]:
    """Yield a problem for each question that search engines are told otherwise than readers."""
    if not said:
        return
    wanted: dict[str, tuple[str, list[str]]] = {}
    for block in expected:
        if question := re.fullmatch(r"faq-(.+)-question", block.id):
            wanted[question[1]] = block.text, []
        elif (answer := re.match(r"faq-(.+)-answer-", block.id)) and answer[1] in wanted:
            wanted[answer[1]][1].append(block.text)
    where = "in the page's data for search engines"
    for n, (id, (question_text, answers)) in enumerate(wanted.items()):
        block_id = f"faq-{id}-question"
        if n >= len(said):
            yield Problem(f"{_quoted(question_text)} is missing {where}", kind="questions", block=block_id)
            continue
        for is_said, should in zip(said[n], (question_text, " ".join(answers)), strict=True):
            if is_said != should:
                message = f"a question or its answer has changed {where}: {difference(should, is_said)}"
                yield Problem(message, kind="questions", block=block_id)
    for question_said, _ in said[len(wanted) :]:
        yield Problem(
            f"a question that nobody wrote stands {where}: {_quoted(question_said)}", kind="questions"
        )


# --- the difference in words ---------------------------------------------------------------


def difference(should: str, reads: str) -> str:
    """Return the first difference of two texts in words: ``“not” is missing after “is”``."""
    old, new = should.split(" "), reads.split(" ")
    shorter = min(len(old), len(new))
    start = next((n for n in range(shorter) if old[n] != new[n]), shorter)
    end = 0
    while end < shorter - start and old[-1 - end] == new[-1 - end]:
        end += 1
    left, right = old[start : len(old) - end], new[start : len(new) - end]
    changes = [
        change
        for change in SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
        if change[0] != "equal"
    ]
    if not changes:
        return "the texts are equal"
    _, a, b, c, d = changes[0]
    before = old[start + a - 1] if start + a else ""
    where = f"after {_quoted(before)}" if before else "at the beginning"
    gone, came = " ".join(left[a:b]), " ".join(right[c:d])
    if not came:
        said = f"{_quoted(_short(gone))} is missing {where}"
    elif not gone:
        said = f"{_quoted(_short(came))} is added {where}"
    else:
        said = f"{_named(_short(came), gone)} stands in place of {_named(_short(gone), came)} {where}"
    more = len(changes) - 1
    return f"{said}, and {more} more {'change' if more == 1 else 'changes'}" if more else said


def _named(text: str, other: str) -> str:
    """``text`` quoted; where an eye could not tell it from ``other``, with the names of its characters."""
    if _skeleton(text) != _skeleton(other):
        return _quoted(text)
    odd = [letter for letter in text if letter not in other and not letter.isascii()]
    named = ", ".join(f"U+{ord(letter):04X} {unicodedata.name(letter, 'CONTROL')}" for letter in odd)
    return f"{_quoted(text)} (with {named})" if named else _quoted(text)


_LOOKALIKES = str.maketrans({"\u2010": "-", "\u2011": "-", "\u2012": "-", "\u00ad": "", "\u200b": ""})


def _skeleton(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).translate(_LOOKALIKES).split()).replace("-", "")
