"""Hold a sheet to its pages, and find out what to shorten: measurements of a PDF in, problems and cuts out.

How a page fills up is the layout's business: texts stand beside each other, boxes do not break, pages
end early. So nothing is reckoned here. A cut is tried: the article is made again without those lines,
and it is a cut only if the finished file then has few enough pages.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import pikepdf

from publish.errors import Problem
from publish.model import (
    Article,
    Edition,
    Inline,
    Line,
    LineBreak,
    NoteMark,
    PageMark,
    Run,
    Value,
    lines,
)
from publish.verify.measure import Print

TOLD = 4
"""How many texts are told that would be enough each by itself."""
TRIED = 12
"""How many of the longest texts are tried by themselves."""
TRIALS = 60
"""How often the article is made anew at most, to find out what is enough."""

Rows = Mapping[str, tuple[int, ...]]
"""For the id of a text how many letters stand in each of its lines of type, from top to bottom."""

Count = Callable[[Sequence[Article]], Iterable[int]]
"""Makes the edition of each of some articles; returns how many pages each has."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Text ``id``, of ``of`` lines of type, made ``lines`` lines shorter."""

    id: str
    lines: int
    of: int


@dataclass(frozen=True, slots=True)
class Cuts:
    """What makes an edition fit: each of ``cuts`` by itself, or all of them ``together``."""

    cuts: tuple[Cut, ...]
    together: bool = False


def too_long(edition: Edition, pages: int) -> tuple[Problem, ...]:
    """Return a problem if ``edition`` has ``pages`` pages, and may not have so many."""
    most = edition.pages
    if most is None or pages <= most:
        return ()
    has, may = f"{pages} pages" if pages > 1 else "1 page", f"{most}" if most > 1 else "only 1"
    return (
        Problem(
            f"edition “{edition.name}” has {has} and may have {may}",
            hint="shorten its texts, or let it carry fewer parts",
            kind="too-long",
            page=most + 1,
        ),
    )


def page_count(data: bytes) -> int:
    """How many pages a PDF has."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return len(pdf.pages)


def rows_of(printed: Print) -> dict[str, tuple[int, ...]]:
    """Return the lines of type of every text of ``printed`` that has an id.

    Questions and headings are texts, too: in their narrow column they may be what takes the room.
    """
    found: dict[str, tuple[int, ...]] = {}
    for passage in printed.body:
        if passage.id and passage.kind != "Figure":
            letters = (
                sum(_letters(run.text) for line in row for run in line.runs if not run.label)
                for row in passage.rows
            )
            found[passage.id] = (*found.get(passage.id, ()), *(count for count in letters if count))
    return found


def shorter(article: Article, rows: Rows, most: int, count: Count) -> Cuts:
    """Return what to shorten so that an edition has ``most`` pages; nothing where no shortening is enough.

    Disclaimers are never shortened: they belong to the house. Every answer was tried.
    """
    kept_whole = {line.id for line in lines(article.disclaimers)}
    texts = {id: each for id, each in rows.items() if id not in kept_whole and len(each) > 1}
    own = {line.id for line in lines(article)}
    longest = sorted((id for id in texts if id in own), key=lambda id: -len(texts[id]))
    search = _Search(article, {id: texts[id] for id in longest}, most, count)
    alone = search.alone(longest[:TRIED])
    return Cuts(alone) if alone else Cuts(search.together(longest), together=True)


class _Search:
    """Tries cuts, given as the number of lines that each text loses."""

    def __init__(self, article: Article, rows: Rows, most: int, count: Count) -> None:
        self.article, self.rows, self.most, self.count = article, rows, most, count
        self.left = TRIALS

    def fit(self, *tried: Mapping[str, int]) -> list[bool]:
        self.left -= len(tried)
        articles = [shortened(self.article, self.kept(cut)) for cut in tried]
        return [pages <= self.most for pages in self.count(articles)]

    def kept(self, cut: Mapping[str, int]) -> dict[str, int]:
        """How many letters each text keeps."""
        return {id: sum(self.rows[id][: len(self.rows[id]) - lost]) for id, lost in cut.items() if lost}

    def least(self, low: int, high: int, cut: Callable[[int], Mapping[str, int]]) -> int:
        """The least number from ``low`` to ``high`` whose cut fits; that of ``high`` is known to fit."""
        while low < high and self.left > 0:
            middle = (low + high) // 2
            if self.fit(cut(middle))[0]:
                high = middle
            else:
                low = middle + 1
        return high

    def alone(self, ids: Sequence[str]) -> tuple[Cut, ...]:
        """Texts of which each, if cut, is enough; those that need the smallest cut first."""
        most = {id: len(self.rows[id]) - 1 for id in ids}
        enough = [id for id, fits in zip(ids, self.fit(*({id: most[id]} for id in ids)), strict=True) if fits]
        cuts = []
        for id in enough[:TOLD]:
            least = self.least(1, most[id], partial(_with, {}, id))
            cuts.append(Cut(id, least, len(self.rows[id])))
        return tuple(sorted(cuts, key=lambda cut: cut.lines))

    def together(self, ids: Sequence[str]) -> tuple[Cut, ...]:
        """Texts that are enough if all of them are cut; none without which it fits, too."""
        every = sum(len(self.rows[id]) - 1 for id in ids)
        if not every or not self.fit(self.levelled(every))[0]:
            return ()
        cut = self.levelled(self.least(1, every, self.levelled))
        for id in reversed(ids):  # the shortest first: better to cut two long texts than ten short ones
            if lost := cut.get(id, 0):
                cut = _with(cut, id, self.least(0, lost, partial(_with, cut, id)))
        return tuple(Cut(id, cut[id], len(self.rows[id])) for id in ids if cut.get(id))

    def levelled(self, lost: int) -> dict[str, int]:
        """``lost`` lines in all, each taken from the text that is then the longest."""
        heights = {id: len(rows) for id, rows in self.rows.items()}
        for _ in range(lost):
            heights[max(heights, key=heights.__getitem__)] -= 1
        return {id: len(self.rows[id]) - height for id, height in heights.items()}


def _with(cut: Mapping[str, int], id: str, lost: int) -> dict[str, int]:
    return {**cut, id: lost}


# --- an article with shorter texts ---------------------------------------------------------------


def shortened(article: Article, kept: Mapping[str, int]) -> Article:
    """Return ``article`` with only so many letters of each line that ``kept`` names; spaces do not count."""

    def of(value: object) -> object:
        match value:
            case Line():
                if value.id not in kept:
                    return value
                inlines, _ = _first(value.inlines, kept[value.id])
                return value.model_copy(update={"inlines": inlines})
            case tuple():
                changed = tuple(of(each) for each in value)
                return changed if any(a is not b for a, b in zip(changed, value, strict=True)) else value
            case Value():
                fields = {name: getattr(value, name) for name in type(value).model_fields}
                new = {name: after for name, before in fields.items() if (after := of(before)) is not before}
                return value.model_copy(update=new) if new else value
            case _:
                return value

    changed = of(article)
    assert isinstance(changed, Article)
    return changed


def _first(inlines: tuple[Inline, ...], letters: int) -> tuple[tuple[Inline, ...], int]:
    """Return ``inlines`` up to that many letters, and how many are then still wanted."""
    found: list[Inline] = []
    for inline in inlines:
        if letters <= 0:
            break
        match inline:
            case Run(text=text):
                end = next((end for end in range(1, len(text) + 1) if _letters(text[:end]) == letters), None)
                found.append(Run(text=text[:end]))
                letters -= _letters(text[:end])
            case LineBreak() | NoteMark() | PageMark():
                found.append(inline)
            case _:
                inside, letters = _first(inline.inlines, letters)
                found.append(inline.model_copy(update={"inlines": inside}))
    return tuple(found), letters


def _letters(text: str) -> int:
    return len("".join(text.split()))


def told(cuts: Cuts, where: Mapping[str, str]) -> Iterator[str]:
    """Yield what to say of ``cuts``, line by line; ``where`` says where texts stand."""
    if not cuts.cuts:
        yield (
            "shortening its texts, questions and headings is not enough, even to a line each: "
            "let the edition carry fewer parts, or allow more pages"
        )
        return
    if len(cuts.cuts) == 1:
        yield "it fits when this text is shortened (counted in printed lines):"
    elif cuts.together:
        yield "it fits when all of these texts are shortened (counted in printed lines):"
    else:
        yield "it fits when one of these texts is shortened (counted in printed lines):"
    for cut in cuts.cuts:
        number = "1 line" if cut.lines == 1 else f"{cut.lines} lines"
        yield f"{where.get(cut.id) or cut.id} by {number}, from {cut.of} to {cut.of - cut.lines}"
