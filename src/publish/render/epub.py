"""Show an article as an EPUB 3.3: one XHTML file per part, in the order of every edition.

The spine is the reading order: cover, front matter, the contents (the navigation document itself),
the introduction, each section, and each part after them. Rules: https://www.w3.org/TR/epub-33/ and
EPUB Accessibility 1.1, https://www.w3.org/TR/epub-a11y-11/.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from publish.errors import Problem, PublishError
from publish.layout import Layouts, View
from publish.model import Article, Edition, Figure, House, Pages, Section, Words, bodies, edition_identifier
from publish.render.cover import cover
from publish.render.package import NCX, XHTML, File, Meta, Package, pack, well_formed

STYLE, COVER, TOC = "style.css", "cover.png", "toc.ncx"

Matter = Literal["frontmatter", "bodymatter", "backmatter"]


@dataclass(frozen=True, slots=True)
class Document:
    """One XHTML file, before it is filled in: ``part`` says what stands in it, ``anchor`` its first id."""

    part: str
    title: str
    matter: Matter
    anchor: str = ""
    section: Section | None = None

    @property
    def file(self) -> str:
        return f"section-{self.section.id}.xhtml" if self.section else f"{self.part}.xhtml"

    @property
    def template(self) -> str:
        name = self.part if self.part in ("cover", "nav") else "document"
        return f"epub/{name}.xhtml.jinja"


def render(
    article: Article, edition: Edition, house: House, layouts: Layouts, pages: Pages | None = None
) -> bytes:
    """Return the e-book, with the numbers of ``pages`` where these pages begin.

    A layout that makes no XML, or a link that leads nowhere, is a ``PublishError``.
    """
    words = layouts.words(article.language)
    identifier = edition_identifier(house, article, edition)
    pictures = _pictures(article, edition)
    view = View(
        "epub",
        article,
        edition,
        words,
        href=lambda id: f"#{id}",
        image=lambda picture: pictures[picture.path].name,
        xml=True,
        epub=True,
        pages=(pages.starts or ()) if pages else (),
    )
    plan = documents(view)
    filled = _filled(plan, view, layouts, identifier)
    spine = tuple(each.file for each in plan if each.part != "nav" or view.carries("contents"))
    return pack(
        Package(
            files=(
                *(_file(name, text.encode("utf-8")) for name, text in filled.items()),
                File(STYLE, "text/css", layouts.text("epub/style.css").encode("utf-8")),
                File(COVER, "image/png", cover(article, house, layouts), ("cover-image",)),
                *pictures.values(),
            ),
            spine=spine,
            metadata=(
                *_publication(article, house, identifier),
                *_accessibility(article, edition, house, words, pages),
            ),
            language=article.language,
            direction=article.direction,
            day=article.dates.latest,
        )
    )


# --- documents -----------------------------------------------------------------------------


def documents(view: View) -> tuple[Document, ...]:
    """Return the documents of the e-book in reading order, the one that ``verify.expected`` states."""
    return tuple(_documents(view))


def _documents(view: View) -> Iterator[Document]:
    article, words = view.article, view.words
    title = article.title.text

    def titled(part: str) -> str:
        return words("document_title", part=part, title=title)

    yield Document("cover", titled(words("cover")), "frontmatter")
    yield Document("front", title, "frontmatter", "front")
    yield Document("nav", titled(words("contents")), "frontmatter", "contents")
    if view.carries("body"):
        if article.introduction:
            yield Document("introduction", titled(words("introduction")), "bodymatter", "introduction")
        for section in article.sections:
            label = words("section_label", n=view.numbers[section.id])
            heading = titled(f"{label} {section.heading.text}")
            yield Document("section", heading, "bodymatter", section.id, section)
    for part in ("faq", "disclaimers"):
        if view.carries(part):
            yield Document(part, titled(words(part)), "bodymatter", part)
    for part in ("related", "references", "about"):
        if view.carries(part):
            yield Document(part, titled(words(part)), "backmatter", part)


def _filled(plan: tuple[Document, ...], view: View, layouts: Layouts, identifier: str) -> dict[str, str]:
    """Return every document, and the NCX, by file name.

    The documents are filled in twice: the first time tells in which file each id stands, so that the
    second time links can lead from file to file.
    """
    values = {
        "article": view.article,
        "identifier": identifier,
        "style": STYLE,
        "cover": COVER,
        "landmarks": _landmarks(plan, view),
    }

    def fill(document: Document, view: View) -> str:
        return layouts.render(document.template, document=document, view=view, **values)

    places: dict[str, str] = {}
    problems: list[Problem] = []
    for document in plan:
        for id in _ids(document.file, fill(document, view)):
            if id in places:
                message = f"the layouts of the e-book give the id “{id}” twice"
                problems.append(Problem(message, kind="layout", block=id))
            places[id] = document.file
    here, lost = "", dict[str, None]()

    def href(id: str) -> str:
        if id not in places:
            lost[id] = None
        return f"#{id}" if places.get(id) == here else f"{places.get(id)}#{id}"

    filled, linked = {}, replace(view, href=href)
    for document in plan:
        here = document.file
        filled[here] = fill(document, linked)
    here = TOC
    filled[here] = layouts.render("epub/toc.ncx.jinja", view=linked, **values)
    for name, text in filled.items():
        well_formed(name, text.encode("utf-8"))
    for id in lost:
        message = f"a link leads to “{id}”, which this edition does not carry"
        hint = "let the edition carry the part it stands in, or take the link away"
        problems.append(Problem(message, hint=hint, kind="lost-link", block=id))
    if problems:
        raise PublishError(*problems)
    return filled


def _landmarks(plan: tuple[Document, ...], view: View) -> tuple[Mapping[str, str], ...]:
    """Return the places a reading system offers to go to (EPUB 3.3, "The landmarks nav element")."""
    words = view.words
    start = next((each for each in plan if each.matter == "bodymatter"), None)
    places = [("cover", "cover.xhtml", words("cover"))]
    if view.carries("contents"):
        places.append(("toc", "#contents", words("contents")))
    if start:
        places.append(("bodymatter", f"{start.file}#{start.anchor}", words("start_of_article")))
    if view.carries("references"):
        places.append(("endnotes", "references.xhtml#references", words("references")))
    return tuple({"type": type, "href": href, "text": text} for type, href, text in places)


def _ids(name: str, text: str) -> list[str]:
    return [id for each in well_formed(name, text.encode("utf-8")).iter() if (id := each.get("id"))]


def _file(name: str, data: bytes) -> File:
    return File(name, NCX if name == TOC else XHTML, data, ("nav",) if name == "nav.xhtml" else ())


# --- pictures ------------------------------------------------------------------------------


def _figures(article: Article, edition: Edition) -> tuple[Figure, ...]:
    return tuple(each for each in bodies(article) if "body" in edition.parts and isinstance(each, Figure))


def _pictures(article: Article, edition: Edition) -> dict[str, File]:
    """Return the pictures by their path in the article; their names here are safe for any file system."""
    suffixes = {"image/png": "png", "image/jpeg": "jpg", "image/svg+xml": "svg"}
    files: dict[str, File] = {}
    for figure in _figures(article, edition):
        picture = figure.picture
        if picture and picture.path not in files:
            name = f"images/{figure.id}.{suffixes[picture.media_type]}"
            files[picture.path] = File(name, picture.media_type, picture.data)
    return files


# --- metadata ------------------------------------------------------------------------------


def _dc(name: str, text: str, **attributes: str) -> Meta:
    return Meta(f"dc:{name}", text, tuple(attributes.items()))


def _meta(property: str, text: str, **attributes: str) -> Meta:
    return Meta("meta", text, (("property", property), *attributes.items()))


def _publication(article: Article, house: House, identifier: str) -> Iterator[Meta]:
    """Yield what a catalogue wants to know; only what the article says."""
    yield _dc("identifier", identifier, id="id")
    yield _dc("title", article.title.text)
    yield _dc("language", article.language)
    for n, person in enumerate(article.trust.authors, 1):
        yield _dc("creator", person.name, id=f"author-{n}")
        yield _meta("role", "aut", refines=f"#author-{n}", scheme="marc:relators")
    yield _dc("publisher", house.name)
    if article.dates.published:
        yield _dc("date", article.dates.published.isoformat())
    yield _dc("description", article.summary)
    for keyword in article.keywords:
        yield _dc("subject", keyword)
    # For e-readers from before EPUB 3; the manifest says the same in its own way.
    yield Meta("meta", None, (("name", "cover"), ("content", "cover-png")))


def _accessibility(
    article: Article, edition: Edition, house: House, words: Words, pages: Pages | None
) -> Iterator[Meta]:
    """Yield the accessibility metadata that is true of this very file, its summary made from the same facts.

    Values: https://www.w3.org/2021/a11y-discov-vocab/latest/. A cover alone is no visual access mode:
    nobody needs to see it to read the e-book (EPUB Accessibility Metadata Guide, "Access modes").
    """
    figures = _figures(article, edition)
    pictures, described = bool(figures), any(figure.description for figure in figures)
    notes = "references" in edition.parts and bool(article.references)
    paged = bool(pages and pages.starts)
    features = {
        "ARIA": True,
        "alternativeText": pictures,
        "displayTransformability": True,
        "longDescription": described,
        "pageBreakMarkers": paged,
        "pageNavigation": paged,
        "readingOrder": True,
        "structuralNavigation": True,
        "tableOfContents": True,
        "unlocked": True,
    }
    sentences = {
        "access_text": True,
        "access_structure": True,
        "access_notes": notes,
        "access_pages": paged,
        "access_pictures": pictures,
        "access_descriptions": described,
        "access_no_pictures": not pictures,
        "access_display": True,
        "access_hazards": True,
    }
    for mode in ("textual", "visual") if pictures else ("textual",):
        yield _meta("schema:accessMode", mode)
    for modes in ("textual,visual", "textual") if pictures else ("textual",):
        yield _meta("schema:accessModeSufficient", modes)
    for feature, true in features.items():
        if true:
            yield _meta("schema:accessibilityFeature", feature)
    if pages and pages.starts:
        # Whose numbers they are. Never the e-book's own (EPUB Accessibility 1.1, "Page source").
        yield _meta("pageBreakSource", pages.source)
    yield _meta("schema:accessibilityHazard", "none")
    summary = [words(key) for key, true in sentences.items() if true]
    if evaluation := house.evaluation:
        yield from _evaluation(house)
        day = words.date(evaluation.date)
        summary.append(words("access_evaluated", by=evaluation.by, standard=evaluation.standard, date=day))
    yield _meta("schema:accessibilitySummary", " ".join(summary))


def _evaluation(house: House) -> Iterator[Meta]:
    """Yield the claim to meet a standard: who evaluated, when, and where it can be read."""
    evaluation = house.evaluation
    if evaluation is None:
        return
    yield _meta("dcterms:conformsTo", evaluation.standard, id="conformance")
    yield _meta("a11y:certifiedBy", evaluation.by, refines="#conformance", id="certifier")
    yield _meta("dcterms:date", evaluation.date.isoformat(), refines="#certifier")
    if evaluation.report:
        report = {"rel": "a11y:certifierReport", "refines": "#certifier", "href": evaluation.report}
        yield Meta("link", None, tuple(report.items()))
