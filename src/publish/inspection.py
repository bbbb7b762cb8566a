"""What ``publish verify`` does: finished files and releases, from anywhere, read back and held against the
source; a file told as a screen reader would; the print of a file measured.

Each is read in a process of its own, which can do no harm (``isolate``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from publish.errors import Problem, PublishError
from publish.files import read_file
from publish.formats import FORMATS, Format, format_of
from publish.isolate import run
from publish.jobs import proving
from publish.manifest import MAX_BYTES as MAX_MANIFEST
from publish.manifest import NAME as MANIFEST
from publish.manifest import Manifest, read_manifest, sha256
from publish.model import SIZES_ON_REQUEST, Article, Edition, House, at_size, edition_identifier
from publish.project import Project
from publish.proof import Proof, about, examine, pages_for
from publish.release import belongs
from publish.source.article import article_ids, read_article
from publish.toolchain import made_otherwise
from publish.verify.compare import State, states
from publish.verify.reading import Reading

if TYPE_CHECKING:
    from publish.verify.clear_print import Summary

_MOST_BYTES = 100_000_000
"""Of a finished file, with all the pictures that an article may have."""


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
    job = proving(str(path), len(data), (*project.reads, output))
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
    with about(str(path)):
        identifier = format.read(data).metadata.get("identifier", "")
    for id in article_ids(project.folder):
        for edition in _editions_of(project.house):
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
    return run(proving(str(path), len(data)), _read_aloud, path, data)


def _read_aloud(path: Path, data: bytes) -> str:
    from publish.verify.transcript import spoken, transcript

    format = _format(data, path)
    with about(str(path)):
        return transcript(data) if format.name == "pdf" else spoken(format.read(data))


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
    job = proving(f"the release of {id}", size, (*project.reads, output))
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
            hint = f"release it anew with: publish build {id}"
            problems.append(Problem(message, hint=hint, artifact=str(path), kind="unknown-edition"))
        elif path.is_file():
            pages = pages_for(project, source, edition, printed)
            try:
                proof = examine(project, source, edition, _bytes_of(path), str(path), pages)
            except PublishError as error:
                problems += error.problems
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
    return run(proving(str(path), len(data)), _measured, path, data, profile)


def _measured(path: Path, data: bytes, profile: str | None) -> Measured:
    from publish.verify.clear_print import FLOOR, PROFILES, breaches, called, measure, notes, summary

    format = format_of(data)
    if format is None or format.name != "pdf":
        what = f"it is of the format {format.name}" if format else "it does not begin as a PDF does"
        hint = "name the PDF that you want to measure"
        problem = Problem(f"this is no PDF: {what}", hint=hint, artifact=str(path), kind="unknown-format")
        raise PublishError(problem)
    with about(str(path)):
        printed = measure(data)
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
            continue
        try:
            same = sha256(_bytes_of(path)) == record.sha256
        except PublishError:  # examining it will say why
            continue
        if not same:
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


def _bytes_of(path: Path) -> bytes:
    return read_file(path, str(path), _MOST_BYTES)


def released_manifest(output: Path, id: str) -> Manifest | None:
    """Return the manifest of the release of ``id`` in ``output``, None where there is none."""
    path = output / id / MANIFEST
    if not path.is_file():
        return None
    return read_manifest(read_file(path, str(path), MAX_MANIFEST, path.parent), str(path))


def _editions_of(house: House) -> Iterator[Edition]:
    """Yield the editions of the house, and the large print that it makes on request."""
    yield from house.editions.values()
    if house.primary_edition:
        yield from (at_size(house.primary_edition, points) for points in SIZES_ON_REQUEST)
