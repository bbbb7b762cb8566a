"""Check what an article points to: ids are given once, notes have references, links lead somewhere.

This looks at the YAML and not at the model, so that it finds its faults beside all others; only ids
that we make up ourselves need the whole article.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from publish.errors import Place
from publish.model import (
    ID_PATTERN,
    Article,
    Emphasis,
    Figure,
    House,
    Identifiers,
    Inline,
    Link,
    Phrase,
    Steps,
    Strong,
    bodies,
    lines,
    note_marks,
    plain,
)
from publish.source import nodes
from publish.source.blocks import blocks_of, steps_of
from publish.source.desk import Desk, Texts
from publish.source.messages import near
from publish.source.nodes import Node, Scalar, child, items, text

# Parts that a link can lead to: the field that fills them ("" for parts of every article) and the
# part of an edition that must be carried ("" for the front, which all carry).
_PARTS = {
    "front": ("", ""),
    "key-points": ("key_points", "key-points"),
    "contents": ("", "contents"),
    "known": ("known", "known"),
    "unknown": ("unknown", "known"),
    "introduction": ("introduction", "body"),
    "faq": ("faq", "faq"),
    "disclaimers": ("disclaimers", "disclaimers"),
    "related": ("related", "related"),
    "references": ("references", "references"),
    "about": ("trust", "about"),
    "trust": ("trust", "about"),
    "whole-article": ("", "whole-article"),
}

HOUSE_ANCHORS = frozenset(
    {
        *_PARTS,
        *(f"{part}-heading" for part in _PARTS if part not in ("front", "introduction")),
        *(f"date-{name}" for name in ("checked", "reviewed", "review-by", "published")),
        "article",
        "gist",
        "kicker",
        "lede",
        "statement",
        "title",
        "whole-article-p1",
        "whole-article-place",
    }
)
"""Anchors that layouts give to parts of every article, whether this article has them or not."""

PAGE_ANCHOR = re.compile(r"page-[0-9]+")
"""Anchors of the printed pages in e-books: “page-3”."""


@dataclass(frozen=True)
class Id:
    """An id that the author wrote: the anchor it becomes, and the part of an edition it stands in."""

    anchor: str
    scalar: Scalar
    part: str


def written_ids(root: Node) -> list[Id]:
    """Return every id of an article that becomes an anchor, in file order."""
    found = [
        *_block_ids(items(root, "introduction")),
        *(id for section in items(root, "sections") for id in _section_ids(section)),
    ]
    for field, prefix, part in (
        (("faq",), "faq-", "faq"),
        (("disclaimers",), "disclaimer-", "disclaimers"),
        (("related",), "related-", "related"),
        (("references",), "note-", "references"),
        (("trust", "pages"), "trust-", "about"),
    ):
        for node in items(root, *field):
            found += _id(node, prefix, part)
    return sorted(found, key=lambda id: id.scalar.start)


def _section_ids(section: Node) -> Iterator[Id]:
    yield from _id(section, "", "body")
    yield from _block_ids(items(section, "body"))


def _block_ids(body: list[Node]) -> Iterator[Id]:
    for kind, node in blocks_of(body):
        yield from _id(node, "", "body")
        if kind == "steps":
            for step in steps_of(node):
                yield from _id(step, "", "body")


def _id(node: Node, prefix: str, part: str) -> Iterator[Id]:
    # A disclaimer may be an id alone.
    id = node if isinstance(node, Scalar) and part == "disclaimers" else child(node, "id")
    if isinstance(id, Scalar) and id.value and re.fullmatch(ID_PATTERN, id.value):
        yield Id(f"{prefix}{id.value}", id, part)


def check_ids(desk: Desk, root: Node, ids: list[Id]) -> bool:
    """Report ids given twice, and ids that every article needs itself; return whether all is well."""
    before = len(desk.problems)
    first: dict[str, Id] = {}
    for id in ids:
        if id.anchor in HOUSE_ANCHORS:
            message = f"the id “{id.scalar.value}” is taken by a part that every article has"
        elif PAGE_ANCHOR.fullmatch(id.anchor):
            message = f"the id “{id.scalar.value}” is taken by a page of the printed edition"
        elif id.anchor in first:
            other = first[id.anchor].scalar
            called = f"the id “{id.scalar.value}”"
            if id.scalar.value != other.value:
                called += f" becomes “{id.anchor}”, which"
            message = f"{called} is already used on line {other.place.line}"
        else:
            first[id.anchor] = id
            continue
        desk.report(message, id.scalar.place, "choose another", "duplicate-id")
    related = {text(page, "id"): page for page in items(root, "related")}
    for page in items(root, "trust", "pages"):
        id_node = child(page, "id")
        if isinstance(id_node, Scalar) and id_node.value and id_node.value in related:
            desk.report(
                f"the page “{id_node.value}” is already named on line {related[id_node.value].place.line}",
                id_node.place,
                "choose another id: a link says only related:ID",
                "duplicate-id",
            )
    return len(desk.problems) == before


def check_derived_ids(desk: Desk, article: Article, ids: list[Id]) -> None:
    """Report ids that we would make up a second time, such as the first text of “a” beside “a-p1”."""
    counted = Counter(anchors(article))
    for anchor in sorted(
        anchor for anchor, count in counted.items() if count > 1 or PAGE_ANCHOR.fullmatch(anchor)
    ):
        exact = [id for id in ids if id.anchor == anchor]
        longest = [id for id in ids if anchor.startswith(f"{id.anchor}-")]
        culprit = max(exact or longest, key=lambda id: (len(id.anchor), id.scalar.start))
        desk.report(
            f"the id “{culprit.scalar.value}” clashes: another text here has the id “{anchor}”",
            culprit.scalar.place,
            "choose another",
            "duplicate-id",
        )


def anchors(article: Article) -> Iterator[str]:
    """Yield every anchor that an identified article has in a finished file; one made twice, twice."""
    yield from HOUSE_ANCHORS - {"title", "kicker", "gist"}  # these are lines
    yield from (f"questions-{n}" for n in range(1, len(article.question_sheet) + 1))
    for line in lines(article):
        yield line.id
        for mark in note_marks(line.inlines):
            yield f"ref-{mark.key}" + (f"-{mark.nth}" if mark.nth > 1 else "")
    yield from (section.id for section in article.sections)
    for block in bodies(article):
        if id := getattr(block, "id", None):
            yield id
        if isinstance(block, Figure):
            yield f"{block.id}-alt"
        elif isinstance(block, Steps):
            yield from (step.id or "" for step in block.steps)
    yield from (f"faq-{faq.id}" for faq in article.faq)
    yield from (f"disclaimer-{disclaimer.id}" for disclaimer in article.disclaimers)
    for reference in article.references:
        note = f"note-{reference.id}"
        yield note
        facts = ["published", *Identifiers.model_fields, "url", "verified"]
        yield from (f"{note}-{fact}" for fact in facts)
        yield from (f"{note}-{fact}-name" for fact in (*facts, "about", "used-for", "limit"))
        if not reference.does_not_prove:
            yield f"{note}-limit"
    yield from _about_anchors(article)


def _about_anchors(article: Article) -> Iterator[str]:
    for role, people in (("author", article.trust.authors), ("reviewer", article.trust.reviewers)):
        for n in range(1, len(people) + 1):
            person = f"about-{role}" if n == 1 else f"about-{role}-{n}"
            yield from (person, f"{person}-name", f"{person}-orcid", f"{person}-orcid-name")
    yield "about-publisher"
    for name in ("adapted-from", "publisher", "funding", "contact", "feedback"):
        yield f"about-{name}-name"


def check_notes(desk: Desk, root: Node, texts: Texts, house: House, complete: bool) -> None:
    """Report notes without reference and, where all texts could be read, references without note."""
    references = {
        id.value: id
        for reference in items(root, "references")
        if isinstance(id := child(reference, "id"), Scalar) and id.value
    }
    cited: set[str] = set()
    for key, place, path in texts.marks:
        if reason := _no_notes(path):
            desk.report(reason, place, "put the note in the text", "note")
            continue
        cited.add(key)
        if key not in references:
            meant = near(key, references)
            hint = f"did you mean “[^{meant}]”?" if meant else "add it below “references:”"
            desk.report(f"there is no reference “{key}”", place, hint, "note")
    for key, scalar in references.items():
        if complete and key not in cited:
            desk.report(
                f"reference “{key}” is never cited",
                scalar.place,
                f"cite it as [^{key}], or delete it",
                "note",
            )
    for edition in house.editions.values():
        shown = [place for _, place, path in texts.marks if _part(path) in ("", *edition.parts)]
        # A sheet shows no notes, and says so; anything longer would seem to have no sources.
        if shown and not edition.shows_notes and edition.layout == "article":
            desk.report(
                f"edition “{edition.name}” would show this note, but not the references",
                shown[0],
                f"let “{edition.name}” carry the part “references” in source/publish.yaml",
                "edition",
            )


def _no_notes(path: nodes.Route) -> str:
    """Return why no note can stand in the text at ``path``, or ""."""
    if path[:1] == ("references",):
        return "a reference cannot hold a note"
    if path[:1] in (("gist",), ("known",), ("unknown",), ("question_sheet",)):
        return "this text cannot hold a note: it stands where no sources are listed"
    if path and path[-1] in ("title", "heading", "kicker", "label", "question", "facets"):
        return "a heading or title cannot hold a note: contents and bookmarks repeat it"
    return ""


def check_links(desk: Desk, root: nodes.Mapping, texts: Texts, house: House, ids: list[Id]) -> None:
    """Report links that lead nowhere, or that some edition cannot follow; note pages without address."""
    targets = {id.anchor: id.part for id in ids}
    for anchor, (field, part) in _PARTS.items():
        if not field or field in root.pairs:
            targets[anchor] = part
    addresses = page_addresses(root)
    for target, place, path in texts.links:
        if path[:1] == ("related",) or path[:2] in (("trust", "pages"), ("trust", "adapted_from")):
            desk.report("this text is a link as a whole", place, "give the address as “url:”", "link")
        elif target.startswith("related:"):
            _check_related(desk, target.removeprefix("related:"), place, addresses)
        elif target.startswith("#"):
            _check_target(desk, target[1:], place, path, targets, house)
    for page in _pages(root):
        title = child(page, "title")
        if title and "url" not in page.pairs:
            desk.note(
                f"“{text(title)}” has no address yet, so it stands unlinked",
                title.place,
                "add “url:” when the page is there",
                "unlinked",
            )


def _check_related(desk: Desk, id: str, place: Place, addresses: dict[str, str]) -> None:
    if id not in addresses:
        meant = near(id, addresses)
        hint = f"did you mean “related:{meant}”?" if meant else "add it below “related:”"
        desk.report(f"there is no related page “{id}”", place, hint, "link")


def _check_target(
    desk: Desk, anchor: str, place: Place, path: nodes.Route, targets: dict[str, str], house: House
) -> None:
    if anchor not in targets:
        meant = near(anchor, targets)
        hint = f"did you mean “#{meant}”?" if meant else "use the id of a section, part, figure, table …"
        desk.report(f"the link leads to “#{anchor}”, which is nowhere", place, hint, "link")
        return
    for edition in house.editions.values():
        carried = ("", *edition.parts)
        if edition.layout != "article":
            continue  # on a sheet such a link stands as words
        if targets[anchor] not in carried and _part(path) in carried:
            desk.report(
                f"the link leads to “#{anchor}”, which edition “{edition.name}” does not carry",
                place,
                f"link elsewhere, or let “{edition.name}” carry the part “{targets[anchor]}”",
                "link",
            )


def page_addresses(root: Node) -> dict[str, str]:
    """Return the addresses of related pages by id, "" where there is none yet."""
    return {text(page, "id"): text(page, "url") for page in _pages(root)}


def _pages(root: Node) -> Iterator[nodes.Mapping]:
    for node in (*items(root, "related"), *items(root, "trust", "pages")):
        if isinstance(node, nodes.Mapping):
            yield node


def _part(path: nodes.Route) -> str:
    """Return the part of an edition that the text at ``path`` stands in, "" for the front."""
    top = str(path[0])
    return {
        "key_points": "key-points",
        "unknown": "known",
        "introduction": "body",
        "sections": "body",
        "question_sheet": "questions",
        "trust": "about",
    }.get(top, top if top in _PARTS else "")


# --- what paper does not show ----------------------------------------------------------------


def check_calls(desk: Desk, article: Article, texts: Texts, house: House) -> None:
    """Note links to call or to write to whose number or address no reader of a print edition can see."""
    if not any(edition.format == "pdf" for edition in house.editions.values()):
        return
    written = sorted(
        ((target, place) for target, place, _ in texts.links if target.startswith(("tel:", "mailto:"))),
        key=lambda each: each[1],
    )
    for line in lines(article):
        start = texts.starts[id(line)]
        for link in _links(line.inlines):
            if not link.href.startswith(("tel:", "mailto:")) or _shows(line.text, link.href):
                continue
            # A line holds its links: the next of that address after its beginning is this one.
            found = (
                each
                for each in written
                if each[0] == link.href and each[1].file == start.file and each[1] >= start
            )
            this = next(found, None)
            if this:
                written.remove(this)
            what, _, value = link.href.partition(":")
            called = "number" if what == "tel" else "address"
            words = plain(link.inlines)
            desk.note(
                f"on paper nobody sees the {called} behind “{words}”",
                this[1] if this else start,
                f"write it out in the text: {words}, {value}",
                "unseen-address",
            )


def _links(inlines: tuple[Inline, ...]) -> Iterator[Link]:
    for inline in inlines:
        match inline:
            case Link():
                yield inline
            case Strong() | Emphasis() | Phrase():
                yield from _links(inline.inlines)
            case _:
                pass


_KEYS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")
"""The keys of a telephone: 1-800-QUIT-NOW is a number, too."""
_OWN_DIGITS = 7
"""Of a number at least: codes of country and area may be left out, or written as 0."""


def _shows(text: str, href: str) -> bool:
    """Whether ``text`` says the number or address that ``href`` leads to."""
    kind, _, value = href.partition(":")
    if kind == "mailto":
        return unquote(value.partition("?")[0]).lower() in text.lower()
    number = re.sub(r"[^0-9]", "", value)
    said = re.sub(r"[^0-9]", "", text.translate(_KEYS))
    return number[-_OWN_DIGITS:] in said
