"""The recipe: read the source, render every edition, prove every finished file, release.

Values go down; nothing is printed, and nothing is written before all of it is proven.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from importlib.metadata import version
from pathlib import Path

from publish.errors import Place, Problem, PublishError
from publish.formats import FORMATS, Format, format_of
from publish.layout import Layouts
from publish.manifest import NAME as MANIFEST
from publish.manifest import Finished, Manifest, manifest, read_manifest, sha256
from publish.model import Article, Edition, House, edition_identifier
from publish.release import belongs, draft, lock, release_all
from publish.source.article import Source, article_ids, read_article, read_house
from publish.verify.compare import State, compare, compare_metadata, states
from publish.verify.expected import allowed, expected, required
from publish.verify.reading import Block, Reading

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
                sources.append(read_article(self.folder, id, self.house))
            except PublishError as error:
                problems += error.problems
        if not known:
            hint = "write source/<id>/article.yaml, or make a first one with: publish init DIR"
            problems.append(Problem("there is no article in source/", hint=hint, kind="no-article"))
        if problems:
            raise PublishError(*problems)
        return tuple(sources)


def open_project(folder: Path) -> Project:
    """Return the project in ``folder``, its house settings read and checked."""
    return Project(folder, read_house(folder), Layouts.of(folder))


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
) -> tuple[Built, ...]:
    """Render and prove the articles ``ids`` (or all), then release every edition at once, or none.

    With ``editions`` named, only those are made, and they go to a draft folder: nothing is released.
    Raises ``PublishError`` with every problem of every file; the earlier release is then untouched.
    """
    house = project.house
    unknown = [
        _unknown("edition", name, tuple(house.editions)) for name in editions if name not in house.editions
    ]
    if unknown:
        raise PublishError(*unknown)
    chosen = tuple(house.editions[name] for name in (editions or house.editions))
    sources = project.sources(ids)
    proofs = {
        source.article.id: tuple(prove(project, source, edition, progress) for edition in chosen)
        for source in sources
    }
    problems = [problem for each in proofs.values() for proof in each for problem in proof.problems]
    if problems:
        raise PublishError(*problems)
    files = {id: {proof.file: proof.data for proof in each} for id, each in proofs.items()}
    with lock(output, waiting):
        if editions:
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


def prove(project: Project, source: Source, edition: Edition, progress: Progress = lambda *_: None) -> Proof:
    """Render one edition, read the finished bytes back and compare them with the article."""
    article = source.article
    format = FORMATS[edition.format]
    progress(article.id, edition.name, "render")
    data = format.render(article, edition, project.house, project.layouts)
    progress(article.id, edition.name, "prove")
    proof = examine(project, source, edition, data, edition.file_name(article.id))
    progress(article.id, edition.name, "done")
    return proof


def examine(project: Project, source: Source, edition: Edition, data: bytes, file: str) -> Proof:
    """Read a finished file and say how it differs from ``edition`` of the article."""
    article, house = source.article, project.house
    words = project.layouts.words(article.language)
    reading = FORMATS[edition.format].read(data)
    wanted = expected(article, edition, words)
    titles = {other.title for other in house.editions.values() if other.title}
    may_stand = allowed(article, words) | titles | {house.name}
    problems = (
        *compare(wanted, reading, may_stand, required(article)),
        *compare_metadata(
            {
                "identifier": edition_identifier(house, article, edition),
                "title": article.title.text,
                "language": article.language,
            },
            reading,
        ),
    )
    found = tuple(
        replace(problem, artifact=file, place=problem.place or place_of(problem.block, source.places))
        for problem in problems
    )
    return Proof(article, edition, file, data, wanted, reading, found)


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
    """Return what the bytes of an edition depend on: packages by version, fonts by digest."""
    fonts = {
        f"font {path.parent.name}/{path.name}": sha256(path.read_bytes())[:16] for path in layouts.fonts()
    }
    return {name: version(name) for name in TOOLS} | fonts


# --- verify --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Verdict:
    """What ``publish verify`` found of one file.

    ``states`` has one entry per block; ``same_bytes`` says whether the file is, byte for byte, the one
    that the release's manifest names (None: there is no release to compare with).
    """

    file: str
    article: str
    edition: str
    states: tuple[State, ...]
    problems: tuple[Problem, ...]
    same_bytes: bool | None


def verify_file(project: Project, path: Path, output: Path) -> Verdict:
    """Say, block by block, whether the file at ``path`` is an edition of an article of this project.

    Raises ``PublishError`` for a file that cannot be read or is no edition of any article here.
    """
    data = _bytes_of(path)
    format = format_of(data)
    if format is None:
        message = f"{path} is none of the formats that publish makes ({', '.join(FORMATS)})"
        raise PublishError(Problem(message, kind="unknown-format"))
    identifier = _read(format, data, path).metadata.get("identifier", "")
    for id in article_ids(project.folder):
        source = read_article(project.folder, id, project.house)
        for edition in project.house.editions.values():
            if edition_identifier(project.house, source.article, edition) == identifier:
                released = released_manifest(output, id)
                return _verdict(project, source, edition, path, data, released)
    hint = f"its identifier is {identifier}" if identifier else "it carries no identifier of an edition"
    message = f"{path} is no edition of an article in this project"
    raise PublishError(Problem(message, hint=hint, kind="unknown-edition"))


def verify_release(project: Project, id: str, output: Path) -> tuple[Verdict, ...]:
    """Say whether the release of article ``id`` is whole and says what the source says today.

    A verdict for each file; what is wrong with the release itself (a file lost, altered or stray,
    a source that has moved on) stands among the problems of the first.
    """
    released = released_manifest(output, id)
    if released is None:
        hint = f"make one with: publish build {id}"
        raise PublishError(Problem(f"there is no release of {id} in {output}", hint=hint, kind="no-release"))
    folder = output / id
    source = read_article(project.folder, id, project.house)
    problems = list(_faults_of_release(released, folder))
    if source.digest != released.source:
        message = f"the source has changed since {id} was released"
        hint = f"release it anew with: publish build {id}"
        problems.append(Problem(message, hint=hint, kind="stale-release"))
    verdicts = []
    for record in released.editions:
        edition = project.house.editions.get(record.edition)
        path = folder / record.file
        if edition is None:
            message = f"the house has no edition “{record.edition}” any more"
            problems.append(Problem(message, artifact=str(path), kind="unknown-edition"))
        elif path.is_file():
            try:
                verdicts.append(_verdict(project, source, edition, path, _bytes_of(path), released))
            except PublishError as error:
                problems += (replace(problem, artifact=str(path)) for problem in error.problems)
    if not verdicts:
        raise PublishError(*problems)
    return (replace(verdicts[0], problems=(*problems, *verdicts[0].problems)), *verdicts[1:])


def _faults_of_release(released: Manifest, folder: Path) -> Iterator[Problem]:
    for record in released.editions:
        path = folder / record.file
        if not path.is_file():
            yield Problem("the file is missing from the release", artifact=str(path), kind="lost-file")
        elif sha256(path.read_bytes()) != record.sha256:
            message = "the file is not the one that was released: its bytes differ from the manifest"
            yield Problem(message, artifact=str(path), kind="altered-file")
    for extra in sorted(path for path in folder.iterdir() if not belongs(path.name, released.files)):
        yield Problem("the file does not belong to the release", artifact=str(extra), kind="stray-file")


def _verdict(
    project: Project, source: Source, edition: Edition, path: Path, data: bytes, released: Manifest | None
) -> Verdict:
    proof = examine(project, source, edition, data, str(path))
    record = (
        next((each for each in released.editions if each.edition == edition.name), None) if released else None
    )
    return Verdict(
        str(path),
        source.article.id,
        edition.name,
        states(proof.expected, proof.reading, proof.problems),
        proof.problems,
        record.sha256 == sha256(data) if record else None,
    )


def _read(format: Format, data: bytes, path: Path) -> Reading:
    try:
        return format.read(data)
    except PublishError as error:
        raise PublishError(*(replace(each, artifact=str(path)) for each in error.problems)) from error


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise PublishError(Problem(f"{path} cannot be read: {error.strerror}", kind="unreadable")) from error


def released_manifest(output: Path, id: str) -> Manifest | None:
    """Return the manifest of the release of ``id`` in ``output``, None where there is none."""
    path = output / id / MANIFEST
    return read_manifest(path.read_bytes(), str(path)) if path.is_file() else None


def _unknown(what: str, name: str, known: Sequence[str]) -> Problem:
    near = get_close_matches(name, known, 1)
    listed = ", ".join(known) or "none"
    hint = f"did you mean {near[0]}?" if near else f"there is: {listed}"
    return Problem(f"there is no {what} “{name}”", hint=hint, kind=f"unknown-{what}")
