"""A folder of articles, its house settings and its layouts: opened, and its sources read and checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

from publish.errors import Problem, PublishError
from publish.isolate import run
from publish.jobs import reading
from publish.layout import Layouts
from publish.model import House
from publish.source.article import LANGUAGE, Source, article_ids, check_folders, read_article, read_house


@dataclass(frozen=True)
class Project:
    """A folder with ``source/`` and, where the house has its own, ``layouts/``."""

    folder: Path
    house: House
    layouts: Layouts

    @property
    def reads(self) -> tuple[Path, ...]:
        """The folders that whatever works on it may read."""
        return self.folder / "source", *self.layouts.folders

    def sources(self, ids: Sequence[str] = ()) -> tuple[Source, ...]:
        """Read the articles ``ids``, or all; raises ``PublishError`` with the problems of all of them.

        Notes on folders that hold no article are among those of the first source.
        """
        known = article_ids(self.folder)
        unread = check_folders(self.folder, ids)
        problems = [each for each in unread if each.severity == "error"]
        notes = tuple(each for each in unread if each.severity == "note")
        folders = {each.name for each in (self.folder / "source").glob("[!.]*") if each.is_dir()}
        problems += [unknown("article", id, known) for id in ids if id not in folders]
        sources = []
        for id in [id for id in ids or known if id in known]:
            try:
                source = run(reading(self.folder, id), read_article, self.folder, id, self.house)
                self._check_words(source)
                sources.append(source)
            except PublishError as error:
                problems += error.problems
        if not known and not problems:
            hint = "write source/<id>/article.yaml, or make a first one with: publish init DIR"
            problems.append(Problem("there is no article in source/", hint=hint, kind="no-article"))
        if problems:
            raise PublishError(*problems, *notes)
        # They belong to no article; whoever tells the notes tells these first.
        sources[0] = replace(sources[0], notes=(*notes, *sources[0].notes))
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
    return Project(folder, run(reading(folder), read_house, folder), Layouts.of(folder))


def unknown(what: str, name: str, known: Sequence[str]) -> Problem:
    """The problem of a name that nothing has; with the nearest of those that are ``known``."""
    near = get_close_matches(name, known, 1)
    listed = ", ".join(known) or "none"
    hint = f"did you mean {near[0]}?" if near else f"there is: {listed}"
    return Problem(f"there is no {what} “{name}”", hint=hint, kind=f"unknown-{what}")
