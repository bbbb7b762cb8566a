"""Find layouts and interface words: a project's own files first, then the ones that travel with us.

Layer 2. A project may override any single file of ``layouts/`` by one of the same name in its
own ``layouts/``; everything else comes from the package (or, in a checkout, from the checkout).
A project's own may come from anywhere: templates run in a sandbox, links out of the folder are refused.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from pathlib import Path, PurePosixPath
from string import Formatter
from typing import TYPE_CHECKING, Any

import yaml
from pydantic import BaseModel

from publish.errors import Place, Problem, PublishError
from publish.files import read_file
from publish.identifiers import identifier_url, shown_url
from publish.model import (
    ANSWERS,
    LARGE_PRINT,
    Article,
    Edition,
    Figure,
    Inline,
    Item,
    PageMark,
    PageStart,
    Person,
    Picture,
    QuestionGroup,
    Reference,
    Run,
    Step,
    Words,
    asked,
    facet_named,
    in_contents,
    leads_to,
    letter,
    lines,
    note_marks,
    numbers,
    own_direction,
    own_words,
    page_marked,
    plain,
    whole_article,
)

if TYPE_CHECKING:
    from jinja2 import Environment


SHARED = "shared/blocks.html.jinja"
MAX_TEXT, MAX_WORDS, MAX_FILE = 500_000, 20_000, 20_000_000
"""Bytes of a template or style; of a list of words, six times ours; of any other file, such as a font."""

_LAYOUT_SUFFIXES = frozenset((".jinja", ".css", ".yaml", ".svg", ".png"))
_PYDANTIC = frozenset(dir(BaseModel))
_OWN_CODE = f"{Path(__file__).parent}/"


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
        """The project's own layouts, if it has some, over the packaged ones."""
        own, packaged = project / "layouts", packaged_layouts()
        # Path.resolve raises for a link that leads to itself, in some versions of Python.
        real = Path(os.path.realpath(own))
        if real == packaged.resolve():
            return cls((packaged,))
        if not real.is_relative_to(os.path.realpath(project)) or (own.is_symlink() and not own.is_dir()):
            hint = "put the layouts themselves there, not a link: what stands outside is not read"
            raise PublishError(Problem(f"{own} leads out of the project", None, hint, "refused"))
        return cls((own, packaged))

    def __reduce__(self) -> tuple[type[Layouts], tuple[tuple[Path, ...]]]:
        return Layouts, (self.folders,)  # without the environment, which cannot go to another process

    @property
    def own(self) -> bool:
        """Whether the project has layouts of its own."""
        return len(self.folders) > 1 and self.folders[0].is_dir()

    def file(self, name: str) -> Path:
        """Return the path of layout file ``name``; raise ``PublishError`` where no folder has it."""
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts or "\\" in name:
            hint = "a layout may use files of layouts/ only"
            raise PublishError(Problem(f"“{name[:200]}” leads out of layouts/", None, hint, "refused"))
        for folder in self.folders:
            if (path := folder / name).is_file():
                return path
        raise PublishError(
            Problem(f"layout file {name} is missing", Place(str(self.folders[0] / name), 1, 1), kind="layout")
        )

    def data(self, name: str, most: int = MAX_FILE) -> bytes:
        """Return the bytes of layout file ``name``; more than ``most`` are a ``PublishError``."""
        path = self.file(name)
        return read_file(path, str(path), most, *(each for each in self.folders if each in path.parents))

    def text(self, name: str, most: int = MAX_TEXT) -> str:
        """Return the text of layout file ``name``, which must be UTF-8."""
        try:
            return self.data(name, most).decode("utf-8").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            place = Place(str(self.file(name)), error.object.count(b"\n", 0, error.start) + 1, 1)
            raise PublishError(Problem("this layout is not UTF-8", place, kind="layout")) from error

    def fonts(self) -> dict[str, Path]:
        """Return the font files of every folder, by name; of two with one name, the project's own."""
        found: dict[str, Path] = {}
        for folder in reversed(self.folders):
            root = folder / "fonts"
            found |= {path.relative_to(root).as_posix(): path for path in sorted(root.rglob("*.ttf"))}
        return {name: found[name] for name in sorted(found)}

    def digest(self) -> str:
        """Return one SHA-256 over all templates, styles and words, the project's own before ours."""
        names = {
            path.relative_to(folder).as_posix()
            for folder in self.folders
            for path in folder.rglob("*")
            if path.suffix in _LAYOUT_SUFFIXES and path.is_file()
        }
        digest = hashlib.sha256()
        for name in sorted(names):
            data = self.data(name)
            digest.update(f"{name}\0{len(data)}\0".encode() + data)
        return digest.hexdigest()

    def words(self, language: str) -> Words:
        """Return the interface words of ``language``, of its base language where it has no own file."""
        for tag in (language, language.split("-")[0]):
            name = f"shared/words/{tag}.yaml"
            if any((folder / name).is_file() for folder in self.folders):
                return self._words(name, language)
        known = sorted({path.stem for folder in self.folders for path in folder.glob("shared/words/*.yaml")})
        hint = (
            f"have {self.file('shared/words/en.yaml')} translated, and put it into the project as "
            f"layouts/shared/words/{language}.yaml; until then, use one of {', '.join(known)}"
        )
        raise PublishError(
            Problem(f"there are no interface words for language “{language}”", hint=hint, kind="words")
        )

    def _words(self, name: str, language: str) -> Words:
        # Ours say which words are needed, also of a project that has its own English ones.
        english = _read_words(Layouts(self.folders[-1:]), "shared/words/en.yaml")
        path, texts = str(self.file(name)), _read_words(self, name)
        problems = []
        for key, (text, _) in sorted(english.items()):
            if key not in texts:
                message = f"the interface word “{key}” is missing"
                problems.append(Problem(message, Place(path, 1, 1), kind="words"))
            elif (fields := _fields(text)) != _fields(texts[key][0]):
                needed = ", ".join(f"{{{field}}}" for field in sorted(fields or ())) or "no {fields}"
                message = f"the interface word “{key}” must use {needed}"
                problems.append(Problem(message, texts[key][1], kind="words"))
        months, place = texts.pop("months", ("", None))
        if months.count("\n") != 11 and not problems:
            problems.append(Problem("“months” must name twelve months", place, kind="words"))
        if problems:
            raise PublishError(*problems)
        words = {key: text for key, (text, _) in texts.items()}
        return Words(language, words, tuple(months.split("\n")))

    @cached_property
    def environment(self) -> Environment:
        """The Jinja environment of all templates: strict about names, escaping everything, in a sandbox."""
        from jinja2 import FunctionLoader, StrictUndefined
        from jinja2.sandbox import ImmutableSandboxedEnvironment

        class Sandbox(ImmutableSandboxedEnvironment):
            def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
                # pydantic's own methods can read files, and (parse_raw) run what they read.
                kind = obj if isinstance(obj, type) else type(obj)
                own = attr in _PYDANTIC and issubclass(kind, BaseModel)
                return not own and super().is_safe_attribute(obj, attr, value)

        return Sandbox(
            loader=FunctionLoader(self._template),
            undefined=StrictUndefined,
            autoescape=True,
            trim_blocks=False,
            keep_trailing_newline=True,
        )

    def _template(self, name: str) -> tuple[str, str, None] | None:
        found = any((folder / name).is_file() for folder in self.folders)
        return (self.text(name), str(self.file(name)), None) if found else None

    def prepare(self) -> None:
        """Compile what all templates share, so that processes begun after this need not do it again.

        Only our own: to compile a template works out what can be worked out, and a project's own may
        have something that never ends.
        """
        if not self.own:
            self.environment.get_template(SHARED)

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
        except (PublishError, MemoryError):
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
            elif name.startswith(_OWN_CODE) and place:
                place = None
            trace = trace.tb_next
        return place


def _read_words(layouts: Layouts, name: str) -> dict[str, tuple[str, Place]]:
    """Return key -> (text, place) of one file of interface words; the months joined by line ends."""
    return dict(_parse_words(str(layouts.file(name)), layouts.text(name, MAX_WORDS)))


@lru_cache(maxsize=16)
def _parse_words(path: str, text: str) -> Mapping[str, tuple[str, Place]]:
    def at(mark: Any) -> Place:
        return Place(path, mark.line + 1, mark.column + 1) if mark else Place(path, 1, 1)

    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError) as error:
        place = at(getattr(error, "problem_mark", None))
        said = getattr(error, "problem", None) or "it cannot be read"
        raise PublishError(Problem(f"this is not YAML: {said}", place, kind="words")) from error
    if not isinstance(node, yaml.MappingNode):
        raise PublishError(Problem("this must be a list of “key: words”", Place(path, 1, 1), kind="words"))
    found = {}
    problems = []
    for key, value in node.value:
        parts = value.value if isinstance(value, yaml.SequenceNode) else [value]
        if all(isinstance(each, yaml.ScalarNode) for each in (key, *parts)):
            text = "\n".join(part.value for part in parts)
            found[key.value] = text, at(key.start_mark)
        if key.value not in found or _fields(text) is None:
            problems.append(Problem("these are no words with {fields}", at(key.start_mark), kind="words"))
    if problems:
        raise PublishError(*problems)
    return found


def _fields(text: str) -> frozenset[str] | None:
    """Return the {fields} of ``text``, None where they ask for more than to be filled in.

    Python would fill in ``{n.name}`` with what stands inside of n, and ``{n:>999999999}`` at that width.
    """
    try:
        fields = [field[1:] for field in Formatter().parse(text) if field[1] is not None]
    except ValueError:
        return None
    if any(not str(name).isidentifier() or spec or conversion for name, spec, conversion in fields):
        return None
    return frozenset(str(name) for name, _, _ in fields)


@dataclass(frozen=True)
class Entry:
    """One line of the contents: where it leads, its number, its words with their languages."""

    target: str
    label: str
    inlines: tuple[Inline, ...]

    @property
    def text(self) -> str:
        return plain(self.inlines)


@dataclass(frozen=True)
class View:
    """What the shared macros need to know of a format: how to link, how to show a picture.

    ``pages`` are the pages of the print edition, for a format that marks where they begin.
    """

    format: str
    article: Article
    edition: Edition
    words: Words
    href: Callable[[str], str]
    image: Callable[[Picture], str]
    xml: bool = False
    epub: bool = False
    pages: tuple[PageStart, ...] = ()

    identifier_url = staticmethod(identifier_url)
    shown_url = staticmethod(shown_url)
    letter = staticmethod(letter)
    person = staticmethod(Person.shown)
    facet_named = staticmethod(facet_named)
    answers = ANSWERS

    @cached_property
    def numbers(self) -> dict[str, int]:
        return numbers(self.article)

    @cached_property
    def _page_starts(self) -> dict[str, tuple[PageStart, ...]]:
        found: dict[str, tuple[PageStart, ...]] = {}
        for start in self.pages:
            found[start.block] = (*found.get(start.block, ()), start)
        return found

    def opening(self, id: str) -> tuple[PageMark, ...]:
        """The marks of pages that begin with block ``id``."""
        return tuple(
            PageMark(label=start.label) for start in self._page_starts.get(id, ()) if not start.offset
        )

    def inner(self, id: str, words: tuple[Inline, ...] | str) -> tuple[Inline, ...]:
        """The words of block ``id`` with the marks of pages that begin inside it."""
        inlines = (Run(text=words),) if isinstance(words, str) else words
        starts = tuple(start for start in self._page_starts.get(id, ()) if start.offset)
        return page_marked(inlines, starts) if starts else inlines

    def turned(self, words: tuple[Inline, ...] | str) -> str:
        """The direction of ``words``, where it is not that of the article; "" where it is."""
        text = words if isinstance(words, str) else own_words(words)
        found = own_direction(text, self.article.language)
        return "" if found == self.article.direction else found

    @cached_property
    def marks(self) -> dict[str, tuple[int, ...]]:
        """Which marks of each note (``NoteMark.nth``) stand in the parts that are carried, by key."""
        article, found = self.article, dict[str, tuple[int, ...]]()
        carried = {
            "": (article.kicker, article.title, article.lede, article.gist, article.statement),
            "key-points": article.key_points,
            "known": (article.known, article.unknown),
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

    def picture(self, figure: Figure) -> Picture | None:
        """The picture of ``figure``; in large print the one drawn for it, if there is one."""
        large = (self.edition.size or 0) >= LARGE_PRINT
        return (large and figure.picture_large) or figure.picture

    def leads_to(self, href: str) -> bool:
        """Whether a link to ``href`` can be followed in this edition."""
        return leads_to(self.article, self.edition, href)

    def asked(self, group: QuestionGroup) -> tuple[Step | Item, ...]:
        """The steps or items that a group of the question sheet asks about."""
        return asked(self.article, group)

    def whole_article(self) -> str:
        """What a sheet says of the whole article."""
        return whole_article(self.article, self.words)

    @cached_property
    def references(self) -> tuple[Reference, ...]:
        """The references in the order of their numbers."""
        return tuple(sorted(self.article.references, key=lambda each: self.numbers[f"note-{each.id}"]))

    def carries(self, part: str) -> bool:
        """Whether the edition has ``part`` and the article something to put there."""
        article = self.article
        filled = {
            "key-points": article.key_points,
            "known": article.known or article.unknown,
            "questions": article.question_sheet,
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
                yield Entry(section.id, label, in_contents(section.heading.inlines))
        for part in ("faq", "disclaimers", "related", "references", "about"):
            if self.carries(part):
                yield Entry(part, "", (Run(text=words(part)),))
