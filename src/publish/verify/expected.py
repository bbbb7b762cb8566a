"""State what an edition of an article must say: blocks in reading order, from the model alone.

Article, edition and interface words in; the blocks every finished file of that edition is
compared with out. The order here *is* the order of every edition.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from hashlib import sha256
from typing import assert_never

from publish.identifiers import identifier_url, shown_url
from publish.model import (
    ANSWERS,
    Article,
    BulletList,
    Callout,
    Edition,
    Emphasis,
    Figure,
    Inline,
    Item,
    Line,
    LineBreak,
    Link,
    NoteMark,
    NumberedList,
    PageBreak,
    PageMark,
    Part,
    Phrase,
    Prose,
    ProseBlock,
    QuestionGroup,
    Reference,
    RelatedPage,
    Run,
    Step,
    Steps,
    Strong,
    Table,
    Words,
    asked,
    facet_named,
    leads_to,
    letter,
    lines,
    note_marks,
    numbers,
    whole_article,
)
from publish.model import (
    Block as ModelBlock,
)
from publish.verify.reading import Block, Role, Span, canonical, marked, names


def expected(article: Article, edition: Edition, words: Words) -> tuple[Block, ...]:
    """Return every block that ``edition`` carries, in reading order."""
    return tuple(_Expected(article, edition, words).blocks())


def required(article: Article) -> frozenset[str]:
    """Return the ids of the blocks that must be seen in every edition: FAQ and disclaimers."""
    ids = [f"faq-{faq.id}-question" for faq in article.faq]
    for prose in (*(faq.answer for faq in article.faq), *(each.text for each in article.disclaimers)):
        ids += [line.id for line in lines(prose)]
    return frozenset(ids + [each.title.id for each in article.disclaimers])


def allowed(article: Article, words: Words) -> frozenset[str]:
    """Return the interface words that may stand between blocks, canonical; # stands for any number."""
    # "No" alone, set before a sentence, would turn its meaning: boxes may only say all their words.
    # What editions are called stands in links to them only, all of it in a row. What is the name of a
    # thing, such as "Does not prove", stands in a block of its own or nowhere.
    fixed = [
        text
        for key, text in words.texts.items()
        if "{" not in text and key not in ANSWERS and not key.startswith(_NAMES) and key not in _HEADINGS
    ]
    fixed.append(" ".join(words(key) for key in ANSWERS))
    counted: dict[str, int] = {}
    for line in lines(article):
        for mark in note_marks(line.inlines):
            counted[mark.key] = counted.get(mark.key, 0) + 1
    number = numbers(article)
    backs = []
    for key, times in counted.items():
        n = number[f"note-{key}"]
        backs += [
            words("back_to_note", n=n),
            *(words("back_to_note_again", n=n, nth=i) for i in range(2, times + 1)),
        ]
    cover = words("cover_alt", title=article.title.text)
    # What a screen reader calls the mark of a note.
    fixed.append(words("note", n="#"))
    return frozenset(map(canonical, [*fixed, *backs, cover])) | in_margins(words)


def in_margins(words: Words) -> frozenset[str]:
    """Return the interface words that may stand in the margins of print; # stands for any number."""
    return frozenset(map(canonical, (words("page", n="#"), words("page_of", n="#", total="#"))))


_NAMES = (
    "edition_",
    "reference_",
    "about_",
    "date_",
    "access_",
    "limit_",
    "landmarks",
    "page_list",
    "document_",
)
_HEADINGS = names(
    "contents key_points known unknown faq disclaimers related references about trust_pages introduction "
    "start_of_article cover callout_note callout_opinion callout_warning whole_article whole_article_heading "
    "whole_article_here whole_article_at"
)
"""Interface words that say something about what follows: as blocks and labels, where they are compared."""


class _Expected:
    def __init__(self, article: Article, edition: Edition, words: Words) -> None:
        self.article, self.edition, self.words = article, edition, words
        self.numbers: Mapping[str, int] = numbers(article)

    def blocks(self) -> Iterator[Block]:
        article, words, parts = self.article, self.words, self.edition.parts
        if article.kicker:
            yield self.line(article.kicker)
        yield self.line(article.title, "heading", 1)
        if self.edition.layout == "article":
            yield from self.prose(article.lede)
        if article.gist:
            yield self.line(article.gist)
        yield from self.prose(article.statement)
        for name in ("checked", "reviewed", "published", "review_by"):
            if day := getattr(article.dates, name):
                yield self.said(
                    f"date-{name.replace('_', '-')}", words.date(day), label=words(f"date_{name}")
                )
        if "key-points" in parts and article.key_points:
            yield self.said("key-points-heading", words("key_points"), "heading", 2)
            for line in article.key_points:
                yield self.line(line, "item")
        if "known" in parts:
            for name, known in (("known", article.known), ("unknown", article.unknown)):
                if known:
                    yield self.said(f"{name}-heading", words(name), "heading", 2)
                for line in known:
                    yield self.line(line, "item")
        if "contents" in parts:
            yield self.said("contents-heading", words("contents"), "heading", 2)
        if "body" in parts:
            for block in article.introduction or ():
                yield from self.block(block)
            for section in article.sections:
                label = words("section_label", n=self.numbers[section.id])
                yield self.line(section.heading, "heading", 2, label)
                for block in section.body:
                    yield from self.block(block)
        if "questions" in parts:
            for group in article.question_sheet:
                yield from self.questions(group)
        if "faq" in parts:
            yield self.said("faq-heading", words("faq"), "heading", 2)
            for n, faq in enumerate(article.faq, 1):
                yield self.line(faq.question, "heading", 3, words("question_label", n=n))
                yield from self.prose(faq.answer)
        if "disclaimers" in parts:
            yield self.said("disclaimers-heading", words("disclaimers"), "heading", 2)
            for disclaimer in article.disclaimers:
                yield self.line(disclaimer.title, "heading", 3)
                yield from self.prose(disclaimer.text)
        if "related" in parts and article.related:
            yield self.said("related-heading", words("related"), "heading", 2)
            for page in article.related:
                yield from self.page(page)
        if "references" in parts and article.references:
            yield self.said("references-heading", words("references"), "heading", 2)
            for reference in sorted(article.references, key=lambda each: self.numbers[f"note-{each.id}"]):
                yield from self.reference(reference)
        if "about" in parts:
            yield from self.about()
        if "whole-article" in parts:
            yield self.said("whole-article-heading", words("whole_article_heading"), "heading", 2)
            yield self.said("whole-article-p1", whole_article(article, words))
            yield self.where_to_get_it()

    def questions(self, group: QuestionGroup) -> Iterator[Block]:
        yield self.line(group.title, "heading", 2)
        if group.text:
            yield self.line(group.text)
        for n, each in enumerate(asked(self.article, group), 1):
            match each:
                case Step():
                    facet = facet_named(each, group.facet)
                    yield self.line(each.title, "heading", 3, self.words("step_label", n=n))
                    if facet:
                        yield self.line(facet.text)
                case Item():
                    yield from self.item(each)
                case _:
                    assert_never(each)

    def page(self, page: RelatedPage) -> Iterator[Block]:
        """A page to read; in print its address as well, which is words and no second link."""
        yield self.line(page.title, "item", link=page.url or "")
        if page.url and self.edition.format == "pdf":
            yield self.said(f"{page.title.id}-url", shown_url(page.url))

    def where_to_get_it(self) -> Block:
        words, url = self.words, self.edition.house_url
        if not url:
            return self.said("whole-article-place", words("whole_article_here"))
        text, label = shown_url(url), words("whole_article_at")
        spans = (Span(0, len(canonical(text)), "link", url),)
        return self.said("whole-article-place", text, label=label, spans=spans)

    def reference(self, reference: Reference) -> Iterator[Block]:
        words, id = self.words, f"note-{reference.id}"
        number = words("note_label", n=self.numbers[id])
        yield self.line(reference.citation, label=number)
        facts: list[tuple[str, str, str]] = []
        if reference.published:
            facts.append(("published", reference.published, ""))
        for kind, value in reference.identifiers.items():
            facts.append((kind, value, identifier_url(kind, value)))
        if reference.url:
            facts.append(("url", shown_url(reference.url), reference.url))
        for name, text, url in facts:
            spans = (Span(0, len(canonical(text)), "link", url),) if url else ()
            yield self.said(f"{id}-{name}-name", words(f"reference_{name}"), "term")
            yield self.said(f"{id}-{name}", text, "definition", spans=spans)
        for name, line in (("about", reference.about), ("used-for", reference.used_for)):
            if line:
                yield self.said(f"{id}-{name}-name", words(f"reference_{name.replace('-', '_')}"), "term")
                yield self.line(line, "definition")
        yield self.said(f"{id}-limit-name", words("reference_limit"), "term")
        if reference.does_not_prove:
            yield self.line(reference.does_not_prove, "definition")
        else:
            yield self.said(f"{id}-limit", words("limit_not_stated"), "definition")
        yield self.said(f"{id}-verified-name", words("reference_verified"), "term")
        yield self.said(f"{id}-verified", words.date(reference.verified), "definition")

    def about(self) -> Iterator[Block]:
        trust, words = self.article.trust, self.words
        facts: list[Block] = []

        def fact(name: str, block: Block) -> None:
            facts.append(self.said(f"about-{name}-name", words(f"about_{name.replace('-', '_')}"), "term"))
            facts.append(block)

        if trust.adapted_from:
            source = trust.adapted_from
            fact("adapted-from", self.line(source.title, "definition", link=source.url or ""))
            fact("publisher", self.said("about-publisher", source.publisher, "definition"))
        for role, people in (("author", trust.authors), ("reviewer", trust.reviewers)):
            if people:
                facts.append(self.said(f"about-{role}-name", words(f"about_{role}"), "term"))
            for n, person in enumerate(people, 1):
                id = f"about-{role}" if n == 1 else f"about-{role}-{n}"
                facts.append(self.said(id, person.shown(), "definition"))
                if person.orcid:
                    spans = (Span(0, len(person.orcid), "link", identifier_url("orcid", person.orcid)),)
                    label = words("about_orcid")
                    facts.append(
                        self.said(f"{id}-orcid", person.orcid, "definition", label=label, spans=spans)
                    )
        for name in ("funding", "contact", "feedback"):
            if line := getattr(trust, name):
                fact(name, self.line(line, "definition"))
        if facts or trust.pages:
            yield self.said("about-heading", words("about"), "heading", 2)
            yield from facts
        if trust.pages:
            yield self.said("trust-heading", words("trust_pages"), "heading", 3)
            for page in trust.pages:
                yield from self.page(page)

    def block(self, block: ModelBlock) -> Iterator[Block]:
        words = self.words
        match block:
            case Prose():
                yield from self.prose(block)
            case Steps():
                for n, step in enumerate(block.steps, 1):
                    yield self.line(step.title, "heading", 3, words("step_label", n=n))
                    for facet in step.facets:
                        yield self.line(facet.name, "term")
                        yield self.line(facet.text, "definition")
            case Figure():
                number = self.numbers[block.id or ""]
                digest = sha256(block.picture.data).hexdigest() if block.picture else ""
                yield replace(self.said(f"{block.id}-alt", block.alt, "alternative"), picture=digest)
                yield self.line(block.caption, "caption", label=words("figure_label", n=number))
                if block.description:
                    yield from self.prose(block.description)
            case Table():
                number = self.numbers[block.id or ""]
                yield self.line(block.caption, "caption", label=words("table_label", n=number))
                for column, line in enumerate(block.columns, 1):
                    place = f"row 1, column {column}, head of its column"
                    yield replace(self.line(line, "header"), cell=place)
                for number, row in enumerate(block.rows, 2):
                    for column, line in enumerate(row, 1):
                        place, heads = f"row {number}, column {column}", block.row_headers and column == 1
                        cell = self.line(line, "header" if heads else "cell")
                        yield replace(cell, cell=f"{place}, head of its row" if heads else place)
            case Callout():
                if block.label:
                    yield self.line(block.label)
                label = "" if block.label else words(f"callout_{block.type}")
                yield self.line(block.title, "heading", 3, label)
                yield from self.prose(block.body)
            case Part():
                label = words("part_label", letter=letter(self.numbers[block.id]))
                yield self.line(block.kicker, "heading", 3, label)
                if block.question:
                    yield self.line(block.question)
                for inner in block.body:
                    yield from self.block(inner)
            case PageBreak():
                pass
            case _:
                assert_never(block)

    def prose(self, prose: Prose) -> Iterator[Block]:
        for block in prose.blocks:
            yield from self.prose_block(block)

    def prose_block(self, block: ProseBlock) -> Iterator[Block]:
        match block:
            case Line():
                yield self.line(block)
            case BulletList():
                for item in block.items:
                    yield from self.item(item)
            case NumberedList():
                for n, item in enumerate(block.items, block.start):
                    yield from self.item(item, str(n))
            case _:
                assert_never(block)

    def item(self, item: Item, marker: str = "") -> Iterator[Block]:
        for n, inner in enumerate(item.blocks):
            if n == 0 and isinstance(inner, Line):
                yield replace(self.line(inner, "item"), marker=marker)
            else:
                yield from self.prose_block(inner)

    def line(
        self, line: Line, role: Role = "paragraph", level: int = 0, label: str = "", link: str = ""
    ) -> Block:
        text, spans = _flatten(line.inlines, self.numbers)
        spans = tuple(span for span in spans if self.is_shown(span))
        if link:
            spans = tuple(sorted((*spans, Span(0, len(text), "link", link))))
        marker = "" if role == "item" else None
        return Block(
            line.id, role, text, level, self.article.language, canonical(label), spans, marker=marker
        )

    def is_shown(self, span: Span) -> bool:
        """Notes and links need what they lead to; the words stand in any case."""
        if span.kind == "note":
            return self.edition.shows_notes
        return span.kind != "link" or leads_to(self.article, self.edition, span.value)

    def said(
        self,
        id: str,
        text: str,
        role: Role = "paragraph",
        level: int = 0,
        label: str = "",
        spans: tuple[Span, ...] = (),
    ) -> Block:
        """A block whose text is an interface word or a plain field, not authored inlines."""
        return Block(id, role, canonical(text), level, self.article.language, canonical(label), spans)


def _flatten(inlines: tuple[Inline, ...], number: Mapping[str, int]) -> tuple[str, tuple[Span, ...]]:
    """Return the canonical text of ``inlines`` and its spans, sorted, empty ones (but notes) left out."""
    text = ""
    spans: list[Span] = []

    def walk(inlines: tuple[Inline, ...]) -> None:
        nonlocal text
        for inline in inlines:
            start = len(text)
            match inline:
                case Run():
                    text += inline.text
                case LineBreak():
                    text += " "
                case NoteMark():
                    shown = str(number[f"note-{inline.key}"])
                    spans.append(Span(start, start, "note", inline.key, shown))
                case Strong() | Emphasis():
                    walk(inline.inlines)
                    spans.append(Span(start, len(text), inline.kind))
                case Link():
                    walk(inline.inlines)
                    if inline.href:
                        spans.append(Span(start, len(text), "link", inline.href))
                case Phrase():
                    walk(inline.inlines)
                    spans.append(Span(start, len(text), "language", inline.language))
                case PageMark():
                    pass
                case _:
                    assert_never(inline)

    walk(inlines)
    return marked(text, spans)
