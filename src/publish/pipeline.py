"""The recipe: read the source, render every edition, prove every finished file, release.

Values go down; nothing is printed, and nothing is written before all of it is proven.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path

from publish.errors import Problem, PublishError
from publish.formats import FORMATS
from publish.isolate import Task, run, side_by_side, start
from publish.jobs import AT_ONCE, making, proving, reading
from publish.layout import Layouts
from publish.manifest import NAME as MANIFEST
from publish.manifest import Finished, manifest
from publish.model import Article, Edition, House, Pages, at_size, edition_identifier
from publish.project import Project, unknown
from publish.proof import Proof, examined, pages_for
from publish.release import draft, lock, release_all
from publish.source.article import Source, article_ids, edition_places
from publish.source.places import place_of, placed
from publish.toolchain import versions
from publish.verify.advice import Origin
from publish.verify.expected import expected
from publish.verify.reading import Reading

Progress = Callable[[str, str, str], None]
"""Called with article id, edition name and what begins: "render", "prove" or "done"."""


@dataclass(frozen=True)
class Built:
    """One article's finished editions; ``folder`` is where they were put, ``changed`` whether they differ
    from what stood there before."""

    source: Source
    proofs: tuple[Proof, ...]
    folder: Path
    changed: bool


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
    missing = [name for name in editions if name not in house.editions]
    if missing:
        raise PublishError(*(_no_edition(project, name) for name in missing))
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


def _no_edition(project: Project, name: str) -> Problem:
    problem = unknown("edition", name, tuple(project.house.editions))
    if name in article_ids(project.folder):
        hint = f"{name} is an article, and stands before --edition: publish build {name} --edition …"
        return replace(problem, hint=hint)
    if "," in name:
        names = " ".join(name.replace(",", " ").split())
        return replace(problem, hint=f"put spaces between the names: --edition {names}")
    return problem


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
        return start(
            making(article, edition, layouts.folders), render, article, edition, house, layouts, pages
        )

    starts = [partial(begin, *each) for each in zip(editions, pages, strict=True)]
    made = placed(side_by_side(starts, AT_ONCE), project.folder, article.id, source.places)
    for edition, its_pages, data in zip(editions, pages, made, strict=True):
        progress(article.id, edition.name, "prove")
        file = edition.file_name(article.id)
        job = proving(file, len(data), project.reads)
        origin: Origin = "own layouts" if project.layouts.own else "our layouts"
        found, problems = run(job, examined, project, source, edition, data, file, its_pages, origin)
        problems = tuple(_with_advice(project, source, edition, data, each) for each in problems)
        wanted = expected(article, edition, layouts.words(article.language))
        yield Proof(article, edition, file, data, wanted, found, problems)
        progress(article.id, edition.name, "done")


def _with_advice(
    project: Project, source: Source, edition: Edition, data: bytes, problem: Problem
) -> Problem:
    """Return ``problem``; that of an edition with too many pages with what to shorten, found by trying."""
    most = edition.pages
    if problem.kind != "too-long" or most is None:
        return problem
    from publish.verify.length import shorter, told

    job = making(source.article, edition, project.layouts.folders)

    def count(articles: Sequence[Article]) -> Iterator[int]:
        given = (edition, project.house, project.layouts)
        starts = (partial(start, job, _page_count, article, *given) for article in articles)
        return side_by_side(starts, AT_ONCE)

    rows = run(proving(problem.artifact, len(data), project.reads), _rows_of, data)
    cuts = shorter(source.article, rows, most, count)
    places = {cut.id: place for cut in cuts.cuts if (place := place_of(cut.id, source.places))}
    where = {id: f"{id} ({place})" for id, place in places.items()}
    named = run(reading(project.folder), edition_places, project.folder, "pages")
    return replace(
        problem,
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
