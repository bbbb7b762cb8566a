"""Read a project: its house settings and its articles, checked as a whole, from the YAML of authors.

Folder in, values of the model out, and the places of their lines; or one ``PublishError`` with
everything that is wrong, in file order.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from publish.errors import Place, Problem, PublishError
from publish.model import (
    MEDIA_TYPES,
    Article,
    Block,
    Disclaimer,
    Figure,
    House,
    Identifiers,
    Part,
    Picture,
    SharedDisclaimers,
    bodies,
    lines,
)
from publish.source import limits, nodes
from publish.source.blocks import check_blocks, written_blocks
from publish.source.desk import Desk, Texts
from publish.source.editions import check_editions
from publish.source.identify import identify
from publish.source.messages import near
from publish.source.nodes import Node, Scalar, child, items, text
from publish.source.sheets import check_question_sheet
from publish.source.targets import (
    check_calls,
    check_derived_ids,
    check_ids,
    check_links,
    check_notes,
    page_addresses,
    written_ids,
)

LANGUAGE = ":language"
"""Stands for the language of an article among the ids of its lines; no id has a colon."""


@dataclass(frozen=True)
class Source:
    """An article as read.

    ``places`` tells where the text of each line begins, by its id; alt texts (``…-alt``), plain
    facts of references, people and dates, and the language (``LANGUAGE``) are there too. ``notes``
    are what an author may like to know. ``digest`` is the SHA-256 of all that was read for the
    article: itself, its pictures, the shared disclaimers, the settings of the house.
    """

    article: Article
    places: Mapping[str, Place]
    notes: tuple[Problem, ...]
    digest: str


def article_ids(project: Path) -> tuple[str, ...]:
    """Return the ids of all articles of ``project``: folders of source/ with an article.yaml, sorted."""
    return tuple(sorted(path.parent.name for path in (project / "source").glob("*/article.yaml")))


def check_folders(project: Path, ids: Collection[str] = ()) -> list[Problem]:
    """Return a problem for each folder of source/ that has no article.yaml; with ``ids``, only for those.

    It is an error where an article was meant: the folder was asked for, or holds a YAML file. Else a note.
    """
    problems, known = [], article_ids(project)
    for folder in sorted((project / "source").glob("[!.]*")):
        if folder.name in known or not folder.is_dir() or (ids and folder.name not in ids):
            continue
        files = sorted(path.name for path in folder.iterdir() if path.is_file())
        called = f"source/{folder.name}/"
        meant = near("article.yaml", [name for name in files if _NAMED.fullmatch(name)])
        written = next((name for name in files if name.lower().endswith((".yaml", ".yml"))), "")
        found = meant or written
        problems.append(
            Problem(
                f"{called} has no article.yaml, so it is not read",
                hint=f"give {called}{found} the name article.yaml"
                if found
                else "write its article.yaml, or take the folder out of source/",
                kind="no-article",
                severity="error" if found or ids else "note",
            )
        )
    return problems


_NAMED = re.compile(r"article.*\.(ya?ml|txt)", re.IGNORECASE)


def read_house(project: Path, formats: Collection[str] = tuple(MEDIA_TYPES)) -> House:
    """Return source/publish.yaml; the format of an edition is one of ``formats``."""
    desk = Desk(project)
    root = desk.load(project / "source" / "publish.yaml")
    house: House | None = None
    if root:
        house = desk.validate(House, root, {})
        check_editions(desk, root, formats)
    desk.finish()
    assert house
    editions = {
        name: edition.model_copy(update={"name": name, "house_url": house.url or ""})
        for name, edition in house.editions.items()
    }
    return house.model_copy(update={"editions": editions})


def edition_places(project: Path, field: str) -> dict[str, Place]:
    """Return where source/publish.yaml says ``field`` of each edition that has it, by the edition's name."""
    desk = Desk(project)
    root = desk.load(project / "source" / "publish.yaml")
    editions = child(root, "editions") if root else None
    pairs = editions.pairs if isinstance(editions, nodes.Mapping) else {}
    return {
        name: node.pairs[field][0].place
        for name, (_, node) in pairs.items()
        if isinstance(node, nodes.Mapping) and field in node.pairs
    }


def read_article(project: Path, article_id: str, house: House) -> Source:
    """Return article ``article_id`` of ``project``, complete and checked.

    ``house`` says which editions there are: what an article points to must stand in each of them.
    """
    known = article_ids(project)
    if article_id not in known:
        meant = near(article_id, known)
        hint = f"did you mean “{meant}”?" if meant else f"there are {', '.join(known)}" if known else ""
        raise PublishError(
            Problem(f"there is no article “{article_id}” in source/", hint=hint, kind="missing")
        )
    desk = Desk(project)
    folder = project / "source" / article_id
    root = desk.load(folder / "article.yaml")
    shared = _Shared(desk)
    if not root:
        desk.finish()
        raise AssertionError("a file that cannot be read is a problem")
    return _read(desk, root, shared, folder, house)


def _read(desk: Desk, root: nodes.Mapping, shared: _Shared, folder: Path, house: House) -> Source:
    texts = Texts(page_addresses(root), {text(reference, "id") for reference in items(root, "references")})
    before = len(desk.problems)
    article = desk.validate(Article, root, {"parse": texts.parse, "disclaimers": shared.known})
    # Where whole blocks could not be read, a reference may well be cited in them.
    complete = all(problem.kind not in ("block", "unknown-key", "type") for problem in desk.problems[before:])
    desk.problems += texts.problems
    shared.lend(texts, root)
    _check_name(desk, root, folder.name)
    _check_dates(desk, root)
    _check_length(desk, article, texts)
    pictures = check_blocks(desk, root, folder)
    ids = written_ids(root)
    unique = check_ids(desk, root, ids)
    check_notes(desk, root, texts, house, complete)
    check_links(desk, root, texts, house, ids)
    if article:
        check_calls(desk, article, texts, house)
    if article and unique:
        check_derived_ids(desk, identify(article), ids)
        check_question_sheet(desk, root, identify(article), house)
    desk.finish()
    assert article
    identified = identify(_illustrated(article, pictures))
    places = {
        after.id: texts.starts[id(before)]
        for before, after in zip(lines(article), lines(identified), strict=True)
    }
    places |= _places_of_alternatives(identified, root) | _places_of_facts(root)
    if language := child(root, "language"):
        places[LANGUAGE] = language.place
    read = {**desk.files, "publish.yaml": house.model_dump_json().encode()}
    return Source(identified, places, desk.ordered(), _digest(read))


def _check_name(desk: Desk, root: nodes.Mapping, folder: str) -> None:
    id = child(root, "id")
    if isinstance(id, Scalar) and id.value and id.value != folder:
        desk.report(
            f"this article is called “{id.value}”, but its folder “{folder}”",
            id.place,
            "give both the same name",
            "id",
        )


def _check_dates(desk: Desk, root: nodes.Mapping) -> None:
    # As text, because days in ISO form sort as they follow each other.
    reviewed, due = text(root, "dates", "reviewed"), child(root, "dates", "review_by")
    if reviewed and isinstance(due, Scalar) and due.value and due.value <= reviewed:
        desk.report(
            "the next review is due before the last one was made",
            due.place,
            "give a later day, or correct “reviewed:”",
            "date",
        )


def _check_length(desk: Desk, article: Article | None, texts: Texts) -> None:
    every = tuple(lines(article))
    if len(every) > limits.LINES:
        desk.report(
            f"an article has at most {limits.LINES:,} paragraphs, list items, cells and headings; "
            "the first too many is here",
            texts.starts[id(every[limits.LINES])],
            "divide the article",
            "too-large",
        )


# --- shared disclaimers ----------------------------------------------------------------------


class _Anything(dict[str, Disclaimer | None]):
    """Shared disclaimers that could not be read: any of them may be there."""

    def __contains__(self, id: object) -> bool:
        return True

    def __missing__(self, id: str) -> None:
        return None


class _Shared:
    """The shared disclaimers, read once, lent to one article.

    ``known`` has them by id; one that is itself faulty is there as None.
    """

    def __init__(self, desk: Desk) -> None:
        self.known: dict[str, Disclaimer | None] = {}
        self.texts = Texts({})
        path = desk.project / "source" / "disclaimers.yaml"
        if not path.exists():
            return
        root = desk.load(path)
        if not root:
            self.known = _Anything()
            return
        for node in items(root, "disclaimers"):
            id = child(node, "id")
            if isinstance(id, Scalar) and id.value:
                if id.value in self.known:
                    desk.report(
                        f"the id “{id.value}” is already used", id.place, "choose another", "duplicate-id"
                    )
                self.known[id.value] = None
        read = desk.validate(SharedDisclaimers, root, {"parse": self.texts.parse})
        desk.problems += self.texts.problems
        self.order = [text(node, "id") for node in items(root, "disclaimers")]
        for disclaimer in read.disclaimers if read else ():
            self.known[disclaimer.id] = disclaimer

    def lend(self, texts: Texts, root: nodes.Mapping) -> None:
        """Give ``texts`` the places, notes and links of the disclaimers that the article at ``root`` uses."""
        texts.starts |= self.texts.starts
        used = {text(item) for item in items(root, "disclaimers") if isinstance(item, Scalar)}
        for ours, theirs in ((self.texts.marks, texts.marks), (self.texts.links, texts.links)):
            for value, place, path in ours:
                match path:
                    case ("disclaimers", int(n), *_) if self.order[n] in used:
                        theirs.append((value, place, path))


# --- pictures, places, digest ----------------------------------------------------------------


def _illustrated(article: Article, pictures: Mapping[str, Picture]) -> Article:
    """Return ``article`` with the pictures of its figures."""

    def body(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
        return tuple(map(block, blocks))

    def block(block: Block) -> Block:
        match block:
            case Figure():
                large = pictures[block.image_large] if block.image_large else None
                return block.model_copy(update={"picture": pictures[block.image], "picture_large": large})
            case Part():
                return block.model_copy(update={"body": body(block.body)})
            case _:
                return block

    sections = [section.model_copy(update={"body": body(section.body)}) for section in article.sections]
    return article.model_copy(
        update={
            "introduction": article.introduction and body(article.introduction),
            "sections": tuple(sections),
        }
    )


def _places_of_alternatives(article: Article, root: Node) -> dict[str, Place]:
    figures = [block for block in bodies(article) if isinstance(block, Figure)]
    written = [node for kind, node in written_blocks(root) if kind == "figure"]
    return {
        f"{figure.id}-alt": alt.at(0)
        for figure, node in zip(figures, written, strict=True)
        if isinstance(alt := child(node, "alt"), Scalar)
    }


def _places_of_facts(root: Node) -> dict[str, Place]:
    """Return the places of texts that are plain fields, by the ids that finished files give them."""

    def facts() -> Iterator[tuple[str, Node | None]]:
        for name in ("checked", "reviewed", "review_by", "published"):
            yield f"date-{name.replace('_', '-')}", child(root, "dates", name)
        for reference in items(root, "references"):
            note = f"note-{text(reference, 'id')}"
            for name in ("published", "url", "verified"):
                yield f"{note}-{name}", child(reference, name)
            for name in Identifiers.model_fields:
                yield f"{note}-{name}", child(reference, "identifiers", name)
        for role, field in (("author", "authors"), ("reviewer", "reviewers")):
            for n, person in enumerate(items(root, "trust", field), 1):
                about = f"about-{role}" if n == 1 else f"about-{role}-{n}"
                yield about, child(person, "name")
                yield f"{about}-orcid", child(person, "orcid")
        yield "about-publisher", child(root, "trust", "adapted_from", "publisher")

    return {id: node.at(0) for id, node in facts() if isinstance(node, Scalar)}


def _digest(files: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name, data in sorted(files.items()):
        # Lengths, so that no two sets of files run together alike.
        digest.update(f"{name}\0{len(data)}\0".encode() + data)
    return digest.hexdigest()
