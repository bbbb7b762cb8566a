"""One finished file against the edition that it should be: bytes in, what they say and every problem out."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from publish.errors import Place, Problem, PublishError
from publish.formats import FORMATS
from publish.layout import Layouts
from publish.manifest import sha256
from publish.model import (
    LARGE_PRINT,
    Article,
    Edition,
    Figure,
    Pages,
    bodies,
    edition_identifier,
    edition_titles,
    page_breaks,
)
from publish.project import Project
from publish.source.article import Source
from publish.source.places import place_of
from publish.verify.advice import Origin, advised
from publish.verify.compare import compare, compare_metadata
from publish.verify.described import compare_authors, compare_heard, compare_summary, described
from publish.verify.expected import allowed, expected, in_margins, required
from publish.verify.pages import compare_page_numbers, compare_pages, page_starts
from publish.verify.reading import Block, Reading, canonical
from publish.verify.safety import addresses, compare_safety


@dataclass(frozen=True)
class Proof:
    """One finished file, what it had to say, and what was found wrong with it."""

    article: Article
    edition: Edition
    file: str
    data: bytes
    expected: tuple[Block, ...]
    reading: Reading
    problems: tuple[Problem, ...]

    @property
    def sha256(self) -> str:
        return sha256(self.data)


@contextmanager
def about(file: str) -> Iterator[None]:
    """Name ``file`` in the problems that come up inside and name no other."""
    try:
        yield
    except PublishError as error:
        named = (replace(each, artifact=each.artifact or file) for each in error.problems)
        raise PublishError(*named) from error


def pages_for(project: Project, source: Source, edition: Edition, printed: Reading | None) -> Pages | None:
    """Return the pages that ``edition`` has to tell of, None if it tells of none.

    They are the pages of the primary print edition, as ``printed`` was read back from its finished
    file; without it only its name is known.
    """
    primary = project.house.primary_edition
    if primary is None or not FORMATS[edition.format].paged:
        return None
    identifier = edition_identifier(project.house, source.article, primary)
    if printed is None:
        return Pages(identifier, None)
    words = project.layouts.words(source.article.language)
    carried = {block.id for block in expected(source.article, edition, words)}
    return Pages(identifier, page_starts(printed, carried))


def examine(
    project: Project, source: Source, edition: Edition, data: bytes, file: str, pages: Pages | None = None
) -> Proof:
    """Read a finished file and say how it differs from ``edition`` of the article, and from ``pages``."""
    reading, problems = examined(project, source, edition, data, file, pages, "elsewhere")
    words = project.layouts.words(source.article.language)
    wanted = expected(source.article, edition, words)
    return Proof(source.article, edition, file, data, wanted, reading, problems)


def examined(
    project: Project,
    source: Source,
    edition: Edition,
    data: bytes,
    file: str,
    pages: Pages | None,
    origin: Origin,
) -> tuple[Reading, tuple[Problem, ...]]:
    """Return what a finished file says, and every problem of it; ``origin`` decides what can be done."""
    article, house, layouts = source.article, project.house, project.layouts
    words = layouts.words(article.language)
    with about(file):
        reading = FORMATS[edition.format].read(data)
    wanted = expected(article, edition, words)
    called = edition_titles(house, words)
    files = {house.editions[name].file_name(article.id): title for name, title in called.items()}
    titles = frozenset(map(canonical, called.values()))
    names = titles | {house.name}
    problems = (
        *compare(
            wanted, reading, allowed(article, words) | names, required(article), in_margins(words) | names
        ),
        *compare_metadata(
            {
                "identifier": edition_identifier(house, article, edition),
                "title": canonical(article.title.text),
                "language": article.language,
                "direction": article.direction,
                **described(article, edition, house),
            },
            reading,
        ),
        *compare_heard(reading, words, files),
        *compare_summary(reading, words, house),
        *compare_page_numbers(reading),
        *compare_pages(pages, reading),
        *compare_safety(reading, addresses(article, house)),
        *_not_understood(edition, reading, layouts),
        *(compare_authors(reading, article) if edition.format == "pdf" else ()),
        *(_of_print(article, edition, layouts, reading, data) if edition.format == "pdf" else ()),
    )
    found = tuple(
        replace(problem, artifact=file, place=problem.place or place_of(problem.block, source.places))
        for problem in advised(problems, wanted, origin)
    )
    return reading, found


_STYLES = {"html": "html/page.css", "epub": "epub/style.css"}


def _not_understood(edition: Edition, reading: Reading, layouts: Layouts) -> Iterator[Problem]:
    """Yield a problem for each thing in the file of which nobody can tell whether it hides or adds words."""
    for each in reading.refused:
        place = None
        if each.line and posixpath.basename(each.sheet) in ("", "style.css"):
            place = Place(str(layouts.file(_STYLES[edition.format])), each.line, each.column)
        hint = "take it out of the layout, or write it more plainly (docs/layouts.md has what may stand)"
        message = f"publish cannot tell whether this hides, covers or adds words: {each.what}"
        yield Problem(message, place, hint, "styles")


def _of_print(
    article: Article, edition: Edition, layouts: Layouts, reading: Reading, data: bytes
) -> tuple[Problem, ...]:
    """Say what print draws otherwise than it says, and where it breaks the rules of its profile."""
    from publish.verify.clear_print import FLOOR, PROFILES, breaches, measure, stray_breaks
    from publish.verify.drawings import compare_pictures
    from publish.verify.ink import coloured
    from publish.verify.length import too_long
    from publish.verify.letters import compare_letters

    printed = measure(data)
    profile = PROFILES[edition.profile] if edition.profile else FLOOR
    return (
        *compare_pictures(article, edition, reading.drawn),
        *compare_letters(reading.letters, layouts.fonts().values()),
        *too_long(edition, len(printed.sheets)),
        *_in_pictures(breaches(printed, profile), article, edition),
        *(stray_breaks(printed, page_breaks(article), edition.cover) if edition.profile else ()),
        *(coloured(data, printed) if edition.colour == "black-and-white" else ()),
    )


_MENDED_IN_A_PICTURE = {
    "print-small-type": "draw larger words in {}, or give another picture with larger words as “image_large”",
    "print-contrast": "in {}, use a darker ink for the words, or a lighter ground below all of them",
    "print-grey-contrast": "in {}, use a darker ink for the words, or a lighter ground below all of them",
}


def _in_pictures(problems: tuple[Problem, ...], article: Article, edition: Edition) -> Iterator[Problem]:
    """Yield ``problems``; those of words in a picture name the picture, and what to do there."""
    large = (edition.size or 0) >= LARGE_PRINT
    pictures = {
        f"{block.id}-alt": (large and block.image_large) or block.image
        for block in bodies(article)
        if isinstance(block, Figure)
    }
    for problem in problems:
        if path := pictures.get(problem.block):
            hint = _MENDED_IN_A_PICTURE.get(problem.kind, "").format(path) or problem.hint
            message = problem.message.replace(f"block {problem.block}", f"the picture {path}")
            problem = replace(problem, message=message, hint=hint)
        yield problem
