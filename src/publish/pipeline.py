"""The recipe: read the source, render every edition, prove every finished file, release.

Values go down; nothing is printed, and nothing is written before all of it is proven.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from publish.errors import Place, Problem, PublishError
from publish.files import read_file
from publish.formats import FORMATS, Format, format_of
from publish.isolate import Job, Limits, Task, run, side_by_side, start
from publish.layout import Layouts
from publish.manifest import MAX_BYTES as MAX_MANIFEST
from publish.manifest import NAME as MANIFEST
from publish.manifest import Finished, Manifest, manifest, read_manifest, sha256
from publish.model import (
    LARGE_PRINT,
    SIZES_ON_REQUEST,
    Article,
    Edition,
    Figure,
    House,
    Pages,
    at_size,
    bodies,
    edition_identifier,
    edition_titles,
    lines,
    page_breaks,
)
from publish.release import belongs, draft, lock, release_all
from publish.source.article import LANGUAGE, Source, article_ids, edition_places, read_article, read_house
from publish.verify.advice import Origin, advised
from publish.verify.compare import State, compare, compare_metadata, states
from publish.verify.described import compare_heard, compare_summary, described
from publish.verify.drawings import compare_pictures
from publish.verify.expected import allowed, expected, in_margins, required
from publish.verify.letters import compare_letters
from publish.verify.pages import compare_page_numbers, compare_pages, page_starts
from publish.verify.reading import Block, Reading, canonical
from publish.verify.safety import addresses, compare_safety

if TYPE_CHECKING:
    from publish.verify.clear_print import Summary

Progress = Callable[[str, str, str], None]
"""Called with article id, edition name and what begins: "render", "prove" or "done"."""


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


@dataclass(frozen=True)
class Built:
    """One article's finished editions; ``folder`` is where they were put, ``changed`` whether they differ
    from what stood there before."""

    source: Source
    proofs: tuple[Proof, ...]
    folder: Path
    changed: bool


@dataclass(frozen=True)
class Project:
    """A folder with ``source/`` and, where the house has its own, ``layouts/``."""

    folder: Path
    house: House
    layouts: Layouts

    def sources(self, ids: Sequence[str] = ()) -> tuple[Source, ...]:
        """Read the articles ``ids``, or all; raises ``PublishError`` with the problems of all of them."""
        known = article_ids(self.folder)
        problems = [_unknown("article", id, known) for id in ids if id not in known]
        sources = []
        for id in [id for id in ids or known if id in known]:
            try:
                source = run(_reading(self.folder, id), read_article, self.folder, id, self.house)
                self._check_words(source)
                sources.append(source)
            except PublishError as error:
                problems += error.problems
        if not known:
            hint = "write source/<id>/article.yaml, or make a first one with: publish init DIR"
            problems.append(Problem("there is no article in source/", hint=hint, kind="no-article"))
        if problems:
            raise PublishError(*problems)
        return tuple(sources)

    def _check_words(self, source: Source) -> None:
        """Raise ``PublishError``, at the article's language, where there are no interface words in it."""
        try:
            self.layouts.words(source.article.language)
        except PublishError as error:
            place = source.places.get(LANGUAGE)
            raise PublishError(
                *(replace(each, place=each.place or place) for each in error.problems)
            ) from error


def open_project(folder: Path) -> Project:
    """Return the project in ``folder``, its house settings read and checked."""
    return Project(folder, run(_reading(folder), read_house, folder), Layouts.of(folder))


def check(project: Project, ids: Sequence[str] = ()) -> tuple[Source, ...]:
    """Read and check sources only."""
    return project.sources(ids)


def build(
    project: Project,
    output: Path,
    ids: Sequence[str] = (),
    editions: Sequence[str] = (),
    progress: Progress = lambda *_: None,
    waiting: Callable[[], None] = lambda: None,
    type_size: int | None = None,
) -> tuple[Built, ...]:
    """Render and prove the articles ``ids`` (or all), then release every edition at once, or none.

    With ``editions`` named, only those are made, and they go to a draft folder: nothing is released.
    With ``type_size``, in points, only large print of that size is made, likewise.
    Raises ``PublishError`` with every problem of every file; the earlier release is then untouched.
    """
    house = project.house
    unknown = [
        _unknown("edition", name, tuple(house.editions)) for name in editions if name not in house.editions
    ]
    if unknown:
        raise PublishError(*unknown)
    chosen = tuple(house.editions[name] for name in (editions or house.editions))
    if type_size:
        chosen = (_on_request(house, type_size),)
    sources = project.sources(ids)
    made = {
        source.article.id: prove_all(project, source, _made_of(source, house, chosen), progress)
        for source in sources
    }
    problems = [problem for each in made.values() for proof in each for problem in proof.problems]
    if problems:
        raise PublishError(*problems)
    proofs = {id: tuple(proof for proof in each if proof.edition in chosen) for id, each in made.items()}
    files = {id: {proof.file: proof.data for proof in each} for id, each in proofs.items()}
    with lock(output, waiting):
        if editions or type_size:
            folders = {id: draft(output, id, each) for id, each in files.items()}
            changed = dict.fromkeys(files, True)
        else:
            for source in sources:
                id = source.article.id
                files[id][MANIFEST] = record(project, source, proofs[id])
            changed = release_all(output, files)
            folders = {id: output / id for id in files}
    return tuple(
        Built(source, proofs[id], folders[id], changed[id])
        for source in sources
        for id in (source.article.id,)
    )


def _made_of(source: Source, house: House, chosen: Sequence[Edition]) -> tuple[Edition, ...]:
    """Return those of ``chosen`` that can be made of the article; none at all is a problem."""
    fitting = house.editions_of(source.article)
    left_out = [edition for edition in house.editions.values() if edition not in fitting]
    made = tuple(edition for edition in chosen if edition not in left_out)
    if not made:
        raise PublishError(
            Problem(
                f"edition “{chosen[0].name}” cannot be made of {source.article.id}: it has no question sheet",
                hint="write “question_sheet:” in its article.yaml",
                kind="no-sheet",
            )
        )
    return made


def _on_request(house: House, points: int) -> Edition:
    """Return the large print of the house that somebody asks for."""
    if house.primary_edition is None:
        hint = "name an edition of format: pdf in source/publish.yaml"
        raise PublishError(Problem("this house prints no article", hint=hint, kind="no-print"))
    return at_size(house.primary_edition, points)


def prove_all(
    project: Project, source: Source, editions: Sequence[Edition], progress: Progress = lambda *_: None
) -> tuple[Proof, ...]:
    """Render and prove ``editions``, the primary print edition before all others.

    The proofs come in the order of ``editions``. If one of them tells of the pages of print and the
    print edition is none of them, that is made too, and its proof comes first.
    """
    primary = project.house.primary_edition
    first, last = _first_and_last(primary, editions)
    for name in dict.fromkeys(edition.format for edition in (*first, *last)):
        FORMATS[name].prepare(project.layouts)
    project.layouts.prepare()
    proofs = {proof.edition.name: proof for proof in prove_each(project, source, first, None, progress)}
    printed = proofs[primary.name].reading if primary and primary.name in proofs else None
    proofs |= {proof.edition.name: proof for proof in prove_each(project, source, last, printed, progress)}
    names = [edition.name for edition in editions]
    return tuple(proofs[name] for name in (*(proofs.keys() - set(names)), *names))


def _first_and_last(
    primary: Edition | None, editions: Sequence[Edition]
) -> tuple[tuple[Edition, ...], tuple[Edition, ...]]:
    """Divide ``editions``: those that tell of the pages of ``primary`` come after it, and need it made."""
    last = tuple(edition for edition in editions if FORMATS[edition.format].paged)
    first = tuple(edition for edition in editions if edition not in last and edition != primary)
    if primary and (last or primary in editions):
        first = primary, *first
    return first, last


def prove_each(
    project: Project,
    source: Source,
    editions: Sequence[Edition],
    printed: Reading | None,
    progress: Progress = lambda *_: None,
) -> Iterator[Proof]:
    """Render ``editions`` side by side, then read the finished bytes of each and compare them.

    Each is rendered, and each is proven, in a process of its own, which can do no harm (``isolate``).
    ``printed`` is the reading of the primary print edition, for those that tell of its pages.
    """
    article, house, layouts = source.article, project.house, project.layouts
    pages = [pages_for(project, source, edition, printed) for edition in editions]

    def begin(edition: Edition, pages: Pages | None) -> Task[bytes]:
        progress(article.id, edition.name, "render")
        render = FORMATS[edition.format].render
        return start(_making(project, article, edition), render, article, edition, house, layouts, pages)

    starts = [partial(begin, *each) for each in zip(editions, pages, strict=True)]
    made = _placed(side_by_side(starts, _AT_ONCE), project.folder, article.id, source.places)
    for edition, its_pages, data in zip(editions, pages, made, strict=True):
        progress(article.id, edition.name, "prove")
        file = edition.file_name(article.id)
        job = _proving(project, file, len(data))
        origin: Origin = "own layouts" if project.layouts.own else "our layouts"
        reading, problems = run(job, _examined, project, source, edition, data, file, its_pages, origin)
        problems = tuple(_with_advice(project, source, edition, data, each) for each in problems)
        wanted = expected(article, edition, layouts.words(article.language))
        yield Proof(article, edition, file, data, wanted, reading, problems)
        progress(article.id, edition.name, "done")


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


def _placed(
    made: Iterator[bytes], folder: Path, article_id: str, places: Mapping[str, Place]
) -> Iterator[bytes]:
    """Yield what was rendered; a problem gets the place where its block, or its letters, were written."""
    try:
        yield from made
    except PublishError as error:
        raise PublishError(
            *(
                replace(each, place=_place_in_picture(each, folder, article_id))
                if each.place
                else replace(each, place=_place_in(each, folder, places))
                for each in error.problems
            )
        ) from error


def examine(
    project: Project, source: Source, edition: Edition, data: bytes, file: str, pages: Pages | None = None
) -> Proof:
    """Read a finished file and say how it differs from ``edition`` of the article, and from ``pages``."""
    reading, problems = _examined(project, source, edition, data, file, pages, "elsewhere")
    words = project.layouts.words(source.article.language)
    wanted = expected(source.article, edition, words)
    return Proof(source.article, edition, file, data, wanted, reading, problems)


def _examined(
    project: Project,
    source: Source,
    edition: Edition,
    data: bytes,
    file: str,
    pages: Pages | None,
    origin: Origin,
) -> tuple[Reading, tuple[Problem, ...]]:
    article, house, layouts = source.article, project.house, project.layouts
    words = layouts.words(article.language)
    try:
        reading = FORMATS[edition.format].read(data)
    except PublishError as error:
        raise PublishError(
            *(replace(each, artifact=each.artifact or file) for each in error.problems)
        ) from None
    wanted = expected(article, edition, words)
    titles = frozenset(map(canonical, edition_titles(house, words).values()))
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
        *compare_heard(reading, words),
        *compare_summary(reading, words, house),
        *compare_page_numbers(reading),
        *compare_pictures(article, edition, reading.drawn),
        *compare_letters(reading.letters, project.layouts.fonts().values()),
        *compare_pages(pages, reading),
        *compare_safety(reading, addresses(article, house)),
        *_not_understood(edition, reading, layouts),
        *_hard_to_read(article, edition, data),
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


def _hard_to_read(article: Article, edition: Edition, data: bytes) -> tuple[Problem, ...]:
    """Say where a print edition breaks the rules of its profile, or those of all print."""
    if edition.format != "pdf":
        return ()
    from publish.verify.clear_print import FLOOR, PROFILES, breaches, measure, stray_breaks
    from publish.verify.ink import coloured
    from publish.verify.length import too_long

    printed = measure(data)
    profile = PROFILES[edition.profile] if edition.profile else FLOOR
    return (
        *too_long(len(printed.sheets), edition.pages),
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


def _with_advice(
    project: Project, source: Source, edition: Edition, data: bytes, problem: Problem
) -> Problem:
    """Return ``problem``; that of an edition with too many pages with what to shorten, found by trying."""
    most = edition.pages
    if problem.kind != "too-long" or most is None:
        return problem
    from publish.verify.length import shorter, told

    job = _making(project, source.article, edition)

    def count(articles: Sequence[Article]) -> Iterator[int]:
        given = (edition, project.house, project.layouts)
        starts = (partial(start, job, _page_count, article, *given) for article in articles)
        return side_by_side(starts, _AT_ONCE)

    rows = run(_proving(project, problem.artifact, len(data)), _rows_of, data)
    cuts = shorter(source.article, rows, most, count)
    places = {cut.id: place for cut in cuts.cuts if (place := place_of(cut.id, source.places))}
    where = {id: f"{id} ({place})" for id, place in places.items()}
    named = run(_reading(project.folder), edition_places, project.folder, "pages")
    return replace(
        problem,
        message=problem.message.replace("the edition", f"edition “{edition.name}”"),
        place=named.get(edition.name),
        hint="\n".join(told(cuts, where)),
    )


def _page_count(article: Article, edition: Edition, house: House, layouts: Layouts) -> int:
    """How many pages ``edition`` of ``article`` has; more than any may have, where it cannot be made."""
    from publish.verify.length import page_count

    try:
        return page_count(FORMATS[edition.format].render(article, edition, house, layouts))
    except PublishError:
        return 1_000_000


def _rows_of(data: bytes) -> dict[str, tuple[int, ...]]:
    from publish.verify.length import rows_of
    from publish.verify.measure import measure

    return rows_of(measure(data))


def _all_editions(house: House) -> Iterator[Edition]:
    """Yield the editions of the house, and the large print that it makes on request."""
    yield from house.editions.values()
    if house.primary_edition:
        yield from (at_size(house.primary_edition, points) for points in SIZES_ON_REQUEST)


def _place_in_picture(problem: Problem, folder: Path, article_id: str) -> Place | None:
    """Where the letters that ``problem`` is about stand in the picture that it names as the article does."""
    if problem.place is None:
        return None
    file = f"source/{article_id}/{problem.place.file}"
    try:
        text = (folder / file).read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return Place(file, 1, 1)
    number = ord(problem.at[0]) if problem.at else 0
    for written in (problem.at, f"&#{number};", f"&#x{number:x};", f"&#x{number:X};"):
        before, found, _ = text.partition(written) if written else ("", "", "")
        if found:
            return Place(file, before.count("\n") + 1, len(before) - before.rfind("\n"))
    return Place(file, 1, 1)


def _place_in(problem: Problem, folder: Path, places: Mapping[str, Place]) -> Place | None:
    """Where the letters that ``problem`` is about were written, or else its block."""
    place = place_of(problem.block, places)
    if place is None or not problem.at:
        return place
    try:
        rows = (folder / place.file).read_text("utf-8-sig").split("\n")[place.line - 1 :]
    except (OSError, UnicodeDecodeError):
        return place
    for down, row in enumerate(rows):
        column = row.find(problem.at, 0 if down else place.column - 1)
        if column >= 0:
            return Place(place.file, place.line + down, column + 1)
    return place  # it was written by its number, "\u7cd6"


def place_of(block: str, places: Mapping[str, Place]) -> Place | None:
    """Where block ``block`` was written; for a derived block (a note's DOI) where its owner was."""
    while block:
        if block in places:
            return places[block]
        owner = next((place for id, place in places.items() if id.startswith(f"{block}-")), None)
        if owner:
            return owner
        block = block.rpartition("-")[0]
    return None


def record(project: Project, source: Source, proofs: Sequence[Proof]) -> bytes:
    """Return the manifest of a release: every file, every block, every tool."""
    finished = (
        Finished(
            edition=proof.edition.name,
            format=proof.edition.format,
            name=proof.file,
            identifier=edition_identifier(project.house, source.article, proof.edition),
            data=proof.data,
            blocks=tuple((block.id, block.text) for block in proof.expected),
            pages=proof.reading.pages if proof.edition.format == "pdf" else None,
            omissions=tuple((each.part, each.reason) for each in proof.edition.leaves_out),
        )
        for proof in proofs
    )
    return manifest(
        source.article.id,
        finished,
        source=source.digest,
        publish=version("publish"),
        versions=versions(project.layouts),
    )


TOOLS = (
    "weasyprint",
    "pydyf",
    "fonttools",
    "ebooklib",
    "lxml",
    "jinja2",
    "markdown-it-py",
    "pillow",
    "pypdfium2",
)


def versions(layouts: Layouts) -> dict[str, str]:
    """Return what a release depends on: packages by version; fonts, layouts and our own code by digest.

    Our own version alone would not tell: between two releases of publish its checkout changes.
    """
    fonts = {
        f"font {path.parent.name}/{path.name}": sha256(layouts.data(f"fonts/{name}"))[:16]
        for name, path in layouts.fonts().items()
    }
    own = {"code of publish": _code()[:16], "layouts": layouts.digest()[:16]}
    return {name: version(name) for name in TOOLS} | fonts | own


def _code() -> str:
    """One digest for all modules of publish."""
    folder = Path(__file__).parent
    modules = sorted(folder.rglob("*.py"), key=lambda path: path.relative_to(folder).as_posix())
    return sha256(
        b"".join(f"{path.relative_to(folder).as_posix()}\0".encode() + path.read_bytes() for path in modules)
    )


def made_otherwise(released: Manifest, layouts: Layouts) -> str:
    """Say in a few words what a release was made with that is not here now; "" where all is the same."""
    now, then = versions(layouts), released.versions
    said = []
    if released.publish != (ours := version("publish")):
        said.append(f"publish {released.publish} (this is {ours})")
    elif then.get("code of publish") != now["code of publish"]:
        said.append("another state of publish")
    if then.get("layouts") != now["layouts"]:
        said.append("other layouts")
    if any(then.get(name) != each for name, each in now.items() if name.startswith("font ")):
        said.append("other fonts")
    said += [
        f"{name} {then[name]} (now {now[name]})" for name in TOOLS if then.get(name, now[name]) != now[name]
    ]
    return ", ".join(said)


# --- verify --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Verdict:
    """What ``publish verify`` found of one file.

    ``states`` has one entry per block; ``same_bytes`` says whether the file is, byte for byte, the one
    that the release's manifest names (None: there is no release to compare with). ``made_with`` says what
    else made a released file in which there are problems now: they need not be a fault of the file.
    """

    file: str
    article: str
    edition: str
    states: tuple[State, ...]
    problems: tuple[Problem, ...]
    same_bytes: bool | None
    made_with: str = ""


def verify_file(project: Project, path: Path, output: Path) -> Verdict:
    """Say, block by block, whether the file at ``path`` is an edition of an article of this project.

    Raises ``PublishError`` for a file that cannot be read or is no edition of any article here.
    """
    data = _bytes_of(path)
    job = _proving(project, str(path), len(data), output)
    verdict = run(job, _verify_file, project, path, data, output)
    return _explained(project, verdict, released_manifest(output, verdict.article))


def _explained(project: Project, verdict: Verdict, released: Manifest | None) -> Verdict:
    """Return ``verdict``; where a file is as it was released and yet has problems, with what made it."""
    differs = any(state.state != "intact" for state in verdict.states)
    if not (released and verdict.same_bytes and differs):
        return verdict
    return replace(verdict, made_with=made_otherwise(released, project.layouts))


def _verify_file(project: Project, path: Path, data: bytes, output: Path) -> Verdict:
    format = _format(data, path)
    identifier = _read(format, data, path).metadata.get("identifier", "")
    for id in article_ids(project.folder):
        for edition in _all_editions(project.house):
            if edition_identifier(project.house, Article.model_construct(id=id), edition) == identifier:
                source = read_article(project.folder, id, project.house)
                released = released_manifest(output, id)
                printed = None
                if released and FORMATS[edition.format].paged:
                    printed = _released_print(project, released, output)
                pages = pages_for(project, source, edition, printed)
                proof = examine(project, source, edition, data, str(path), pages)
                return _verdict(proof, released)
    hint = f"its identifier is {identifier}" if identifier else "it carries no identifier of an edition"
    message = f"{path} is no edition of an article in this project"
    raise PublishError(Problem(message, hint=hint, kind="unknown-edition"))


def read_aloud(path: Path) -> str:
    """Return what a screen reader would speak of the file at ``path``, whoever made it."""
    data = _bytes_of(path)
    return run(_proving(None, str(path), len(data)), _read_aloud, path, data)


def _read_aloud(path: Path, data: bytes) -> str:
    from publish.verify.transcript import spoken, transcript

    format = _format(data, path)
    try:
        return transcript(data) if format.name == "pdf" else spoken(format.read(data))
    except PublishError as error:
        raise PublishError(*(replace(each, artifact=str(path)) for each in error.problems)) from error


def verify_release(project: Project, id: str, output: Path) -> tuple[Verdict, ...]:
    """Say whether the release of article ``id`` is whole and says what the source says today.

    A verdict for each file; what is wrong with the release itself (a file lost, altered or stray,
    a source that has moved on) stands among the problems of the first.
    """
    released = released_manifest(output, id)
    if released is None:
        hint = f"make one with: publish build {id}"
        raise PublishError(Problem(f"there is no release of {id} in {output}", hint=hint, kind="no-release"))
    size = sum(record.size for record in released.editions)
    job = _proving(project, f"the release of {id}", size, output)
    verdicts = run(job, _verify_release, project, id, released, output)
    return tuple(_explained(project, each, released) for each in verdicts)


def _verify_release(project: Project, id: str, released: Manifest, output: Path) -> tuple[Verdict, ...]:
    folder = output / id
    source = read_article(project.folder, id, project.house)
    problems = list(_faults_of_release(released, folder))
    if source.digest != released.source:
        message = f"the source has changed since {id} was released"
        hint = f"release it anew with: publish build {id}"
        problems.append(Problem(message, hint=hint, kind="stale-release"))
    primary, printed = project.house.primary_edition, None
    verdicts = {}
    for record in sorted(released.editions, key=lambda each: not primary or each.edition != primary.name):
        edition = project.house.editions.get(record.edition)
        path = folder / record.file
        if edition is None:
            message = f"the house has no edition “{record.edition}” any more"
            problems.append(Problem(message, artifact=str(path), kind="unknown-edition"))
        elif path.is_file():
            pages = pages_for(project, source, edition, printed)
            try:
                proof = examine(project, source, edition, _bytes_of(path), str(path), pages)
            except PublishError as error:
                problems += (replace(problem, artifact=str(path)) for problem in error.problems)
            else:
                verdicts[record.edition] = _verdict(proof, released)
                if edition == primary and proof.sha256 == record.sha256:
                    printed = proof.reading
    if not verdicts:
        raise PublishError(*problems)
    first, *rest = (verdicts[each.edition] for each in released.editions if each.edition in verdicts)
    return (replace(first, problems=(*problems, *first.problems)), *rest)


def _released_print(project: Project, released: Manifest, output: Path) -> Reading | None:
    """Read the primary print edition of a release; None where it is not there as it was released."""
    primary = project.house.primary_edition
    for record in released.editions:
        path = output / released.article / record.file
        if primary and record.edition == primary.name and path.is_file():
            data = _bytes_of(path)
            if sha256(data) == record.sha256:
                return FORMATS[primary.format].read(data)
    return None


@dataclass(frozen=True)
class Measured:
    """How a PDF looks. ``profiles`` has what each profile finds broken, in words, none if it is met;
    ``problems`` are those of all print and of the profile that was asked for."""

    summary: Summary
    profiles: Mapping[str, tuple[str, ...]]
    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...]


def measured(path: Path, profile: str | None = None) -> Measured:
    """Measure any PDF, an edition or not; raises ``PublishError`` for a file that cannot be read."""
    data = _bytes_of(path)
    return run(_proving(None, str(path), len(data)), _measured, path, data, profile)


def _measured(path: Path, data: bytes, profile: str | None) -> Measured:
    from publish.verify.clear_print import FLOOR, PROFILES, breaches, called, measure, notes, summary

    format = format_of(data)
    if format is None or format.name != "pdf":
        what = f"it is of the format {format.name}" if format else "it does not begin as a PDF does"
        hint = "name the PDF that you want to measure"
        problem = Problem(f"this is no PDF: {what}", hint=hint, artifact=str(path), kind="unknown-format")
        raise PublishError(problem)
    try:
        printed = measure(data)
    except PublishError as error:
        raise PublishError(*(replace(each, artifact=str(path)) for each in error.problems)) from error
    found = {name: breaches(printed, rules) for name, rules in {FLOOR.name: FLOOR, **PROFILES}.items()}
    return Measured(
        summary(printed),
        {
            name: tuple(dict.fromkeys(called(each.kind) for each in problems))
            for name, problems in found.items()
        },
        tuple(replace(each, artifact=str(path)) for each in found[profile or FLOOR.name]),
        tuple(replace(each, artifact=str(path)) for each in notes(printed)),
    )


def _faults_of_release(released: Manifest, folder: Path) -> Iterator[Problem]:
    for record in released.editions:
        path = folder / record.file
        if not path.is_file():
            yield Problem("the file is missing from the release", artifact=str(path), kind="lost-file")
        elif sha256(_bytes_of(path)) != record.sha256:
            message = "the file is not the one that was released: its bytes differ from the manifest"
            yield Problem(message, artifact=str(path), kind="altered-file")
    for extra in sorted(path for path in folder.iterdir() if not belongs(path.name, released.files)):
        yield Problem("the file does not belong to the release", artifact=str(extra), kind="stray-file")


def _verdict(proof: Proof, released: Manifest | None) -> Verdict:
    name = proof.edition.name
    record = next((each for each in released.editions if each.edition == name), None) if released else None
    return Verdict(
        proof.file,
        proof.article.id,
        name,
        states(proof.expected, proof.reading, proof.problems),
        proof.problems,
        record.sha256 == proof.sha256 if record else None,
    )


def _format(data: bytes, path: Path) -> Format:
    format = format_of(data)
    if format is None:
        message = f"{path} is none of the formats that publish makes ({', '.join(FORMATS)})"
        raise PublishError(Problem(message, kind="unknown-format"))
    return format


def _read(format: Format, data: bytes, path: Path) -> Reading:
    try:
        return format.read(data)
    except PublishError as error:
        raise PublishError(*(replace(each, artifact=str(path)) for each in error.problems)) from error


def _bytes_of(path: Path) -> bytes:
    return read_file(path, str(path), _MOST_BYTES)


def released_manifest(output: Path, id: str) -> Manifest | None:
    """Return the manifest of the release of ``id`` in ``output``, None where there is none."""
    path = output / id / MANIFEST
    if not path.is_file():
        return None
    return read_manifest(read_file(path, str(path), MAX_MANIFEST, path.parent), str(path))


def _unknown(what: str, name: str, known: Sequence[str]) -> Problem:
    near = get_close_matches(name, known, 1)
    listed = ", ".join(known) or "none"
    hint = f"did you mean {near[0]}?" if near else f"there is: {listed}"
    return Problem(f"there is no {what} “{name}”", hint=hint, kind=f"unknown-{what}")


# --- processes of their own ----------------------------------------------------------------
#
# Measured: 26 pages take 2 seconds to make and 100 megabytes, 500 pages 70 seconds and 900 megabytes; a
# finished file is read in a fifth of that. The limits leave room for machines that are five times slower.

_AT_ONCE = min(os.cpu_count() or 1, 4)
_MOST_BYTES = 100_000_000
"""Of a finished file, with all the pictures that an article may have."""


def _limits(seconds: float) -> Limits:
    return Limits(computing=int(seconds), waiting=60 + 6 * seconds)


def _reading(folder: Path, id: str = "") -> Job:
    """The reading of an article, or of the house."""
    what = f"source/{id}/article.yaml" if id else "source/publish.yaml"
    hint = "shorten it, and make its pictures simpler"
    return Job(f"reading {what}", _limits(12), hint, (folder / "source",))


def _making(project: Project, article: Article, edition: Edition) -> Job:
    letters = sum(len(line.text) for line in lines(article))
    pictures = sum(
        len(block.picture.data) for block in bodies(article) if isinstance(block, Figure) and block.picture
    )
    return Job(
        f"making edition “{edition.name}” of {article.id}",
        _limits(10 + letters / 4_000 + pictures / 250_000),
        "shorten the article, make its pictures simpler, or look for what the project's own layouts repeat",
        project.layouts.folders,
    )


def _proving(project: Project | None, what: str, size: int, output: Path | None = None) -> Job:
    """The reading of something finished, of ``size`` bytes; of a release also its manifest and its source."""
    own = (project.folder / "source", *project.layouts.folders) if project else ()
    reads = (*own, *([output] if output else []))
    return Job(
        f"reading {what} back",
        _limits(10 + min(size / 100_000, 48)),
        "it is no file that publish made",
        reads,
    )
