"""Find layouts and interface words: a project's own files first, then the ones that travel with us.

Layer 2. A project may override any single file of ``layouts/`` by one of the same name in its
own ``layouts/``; everything else comes from the package (or, in a checkout, from the checkout).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING, Any

import yaml

from publish.errors import Place, Problem, PublishError
from publish.identifiers import identifier_url, shown_url
from publish.model import (
    Article,
    Edition,
    Person,
    Picture,
    Reference,
    Words,
    letter,
    lines,
    note_marks,
    numbers,
    plain,
)

if TYPE_CHECKING:
    from jinja2 import Environment


def packaged_layouts() -> Path:
    """Return the folder of the default layouts: inside the wheel, or beside ``src/`` in a checkout."""
    inside = Path(str(files("publish"))) / "layouts"
    return inside if inside.is_dir() else Path(__file__).resolve().parents[2] / "layouts"


@dataclass(frozen=True)
class Layouts:
    """The folders to look in, in that order; ``file("print/page.css")`` is the first that has it."""

    folders: tuple[Path, ...]

    @classmethod
    def of(cls, project: Path) -> Layouts:
        """The project's own layouts over the packaged ones."""
        own, packaged = project / "layouts", packaged_layouts()
        return cls((packaged,) if own.resolve() == packaged.resolve() else (own, packaged))

    def file(self, name: str) -> Path:
        """Return the path of layout file ``name``; raise ``PublishError`` where no folder has it."""
        for folder in self.folders:
            if (path := folder / name).is_file():
                return path
        raise PublishError(
            Problem(f"layout file {name} is missing", Place(str(self.folders[0] / name), 1, 1), kind="layout")
        )

    def text(self, name: str) -> str:
        return self.file(name).read_text(encoding="utf-8")

    def fonts(self) -> tuple[Path, ...]:
        """Return the font files of every folder, by name; of two with one name, the project's own."""
        found: dict[str, Path] = {}
        for folder in reversed(self.folders):
            root = folder / "fonts"
            found |= {path.relative_to(root).as_posix(): path for path in sorted(root.rglob("*.ttf"))}
        return tuple(found[name] for name in sorted(found))

    def words(self, language: str) -> Words:
        """Return the interface words of ``language``, of its base language where it has no own file."""
        for tag in (language, language.split("-")[0]):
            try:
                path = self.file(f"shared/words/{tag}.yaml")
            except PublishError:
                continue
            return self._words(path, language)
        known = sorted({path.stem for folder in self.folders for path in folder.glob("shared/words/*.yaml")})
        raise PublishError(
            Problem(
                f"there are no interface words for language “{language}”",
                hint=f"add layouts/shared/words/{language}.yaml, or use one of {', '.join(known)}",
                kind="words",
            )
        )

    def _words(self, path: Path, language: str) -> Words:
        english = _read_words(self.file("shared/words/en.yaml"))
        texts = _read_words(path)
        problems = []
        for key, (text, _) in sorted(english.items()):
            if key not in texts:
                message = f"the interface word “{key}” is missing"
                problems.append(Problem(message, Place(str(path), 1, 1), kind="words"))
            elif (fields := _fields(text)) != _fields(texts[key][0]):
                needed = ", ".join(f"{{{field}}}" for field in sorted(fields)) or "no {fields}"
                message = f"the interface word “{key}” must use {needed}"
                problems.append(Problem(message, texts[key][1], kind="words"))
        if problems:
            raise PublishError(*problems)
        months = tuple(texts.pop("months")[0].split("\n"))
        return Words(language, {key: text for key, (text, _) in texts.items()}, months)

    @cached_property
    def environment(self) -> Environment:
        """The Jinja environment of all templates: strict about names, escaping everything."""
        from jinja2 import Environment, FileSystemLoader, StrictUndefined

        return Environment(
            loader=FileSystemLoader([str(folder) for folder in self.folders]),
            undefined=StrictUndefined,
            autoescape=True,
            trim_blocks=False,
            keep_trailing_newline=True,
        )

    def render(self, template: str, **values: Any) -> str:
        """Return ``template`` filled in; a fault in a layout is a ``PublishError`` with file and line."""
        from jinja2 import TemplateSyntaxError, UndefinedError

        try:
            return self.environment.get_template(template).render(values)
        except TemplateSyntaxError as error:
            where = error.filename or str(self.folders[0] / template)
            raise PublishError(
                Problem(f"layout: {error.message}", Place(where, error.lineno, 1), kind="layout")
            ) from error
        except UndefinedError as error:
            # "'x' is undefined", "'dict object' has no attribute 'x'"
            message = (error.message or "").replace("'", "“", 1).replace("'", "”", 1)
            message = message.replace("is undefined", "is not known here")
            raise PublishError(
                Problem(f"layout: {message}", self._place(error, template), kind="layout")
            ) from error
        except PublishError:
            raise
        except Exception as error:  # whatever an expression in a template did is the layout's fault
            place = self._place(error, template)
            if place is None:
                raise
            raise PublishError(Problem(f"layout: {error}", place, kind="layout")) from error

    def _place(self, error: BaseException, template: str) -> Place | None:
        """The innermost line of a layout in the traceback of ``error``; None where our own code failed."""
        place = None
        trace = error.__traceback__
        while trace:
            name = trace.tb_frame.f_code.co_filename
            if name.endswith(".jinja"):
                place = Place(name, trace.tb_lineno, 1)
            elif "/publish/" in name and place:
                place = None
            trace = trace.tb_next
        return place


def _read_words(path: Path) -> dict[str, tuple[str, Place]]:
    """Return key -> (text, place) of one file of interface words; the months joined by line ends."""
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = Place(str(path), mark.line + 1, mark.column + 1) if mark else Place(str(path), 1, 1)
        raise PublishError(Problem(f"this is not YAML: {error.problem}", place, kind="words")) from error
    if not isinstance(node, yaml.MappingNode):
        raise PublishError(
            Problem("this must be a list of “key: words”", Place(str(path), 1, 1), kind="words")
        )
    found = {}
    for key, value in node.value:
        place = Place(str(path), key.start_mark.line + 1, key.start_mark.column + 1)
        parts = value.value if isinstance(value, yaml.SequenceNode) else [value]
        found[key.value] = ("\n".join(str(part.value) for part in parts), place)
    return found


def _fields(text: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name)


@dataclass(frozen=True)
class Entry:
    """One line of the contents: where it leads, its number, its words."""

    target: str
    label: str
    text: str


@dataclass(frozen=True)
class View:
    """What the shared macros need to know of a format: how to link, how to show a picture."""

    format: str
    article: Article
    edition: Edition
    words: Words
    href: Callable[[str], str]
    image: Callable[[Picture], str]
    xml: bool = False
    epub: bool = False

    identifier_url = staticmethod(identifier_url)
    shown_url = staticmethod(shown_url)
    letter = staticmethod(letter)
    person = staticmethod(Person.shown)

    @cached_property
    def numbers(self) -> dict[str, int]:
        return numbers(self.article)

    @cached_property
    def marks(self) -> dict[str, tuple[int, ...]]:
        """Which marks of each note (``NoteMark.nth``) stand in the parts that are carried, by key."""
        article, found = self.article, dict[str, tuple[int, ...]]()
        carried = {
            "": (article.kicker, article.title, article.lede, article.statement),
            "key-points": article.key_points,
            "body": (article.introduction, article.sections),
            "faq": article.faq,
            "disclaimers": article.disclaimers,
            "related": article.related,
            "references": self.references,
            "about": article.trust,
        }
        for part, value in carried.items():
            for line in lines(value) if not part or self.carries(part) else ():
                for mark in note_marks(line.inlines):
                    found[mark.key] = (*found.get(mark.key, ()), mark.nth)
        return found

    @cached_property
    def references(self) -> tuple[Reference, ...]:
        """The references in the order of their numbers."""
        return tuple(sorted(self.article.references, key=lambda each: self.numbers[f"note-{each.id}"]))

    def carries(self, part: str) -> bool:
        """Whether the edition has ``part`` and the article something to put there."""
        article = self.article
        filled = {
            "key-points": article.key_points,
            "related": article.related,
            "references": article.references,
            "about": article.trust != type(article.trust)(),
        }
        return part in self.edition.parts and bool(filled.get(part, True))

    def entries(self) -> Iterator[Entry]:
        """Yield the contents: sections by number, then the parts that have a heading of their own."""
        words = self.words
        if self.carries("body"):
            for section in self.article.sections:
                label = words("section_label", n=self.numbers[section.id])
                yield Entry(section.id, label, plain(section.heading.inlines))
        for part in ("faq", "disclaimers", "related", "references", "about"):
            if self.carries(part):
                yield Entry(part, "", words(part))
