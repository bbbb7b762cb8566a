"""Give every line of an article its id, derived from its place, and every note mark its turn.

Article in, article out. Ids are those of HTML and EPUB anchors, of PDF structure elements, of
the manifest and of every message, so they are made once, here.

    title, kicker, lede-p1, gist, statement-p1, key-point-1, known-1, unknown-1, introduction-p1
    SECTION-heading, SECTION-p1, SECTION-l1-i1 (list 1, item 1), SECTION-l1-i1-p2
    STEPS-1-title, STEPS-1-f1-name, STEPS-1-f1     (STEPS is the author's id, or SECTION-steps1)
    FIGURE-alt, FIGURE-caption, FIGURE-description-p1; TABLE-caption, TABLE-c1, TABLE-r1c1
    CALLOUT-label, CALLOUT-title, CALLOUT-p1; PART-heading, PART-question, PART-p1
    questions-1-title, questions-1-p1 (of the question sheet)
    faq-ID-question, faq-ID-answer-p1, disclaimer-ID-title, disclaimer-ID-p1
    note-ID-citation, -about, -used-for, -limit; related-ID, trust-ID, about-funding …
"""

from __future__ import annotations

from collections import Counter
from typing import assert_never

from publish.model import (
    Article,
    Block,
    Callout,
    Disclaimer,
    Emphasis,
    Faq,
    Figure,
    Inline,
    Item,
    Line,
    Link,
    NoteMark,
    PageBreak,
    Part,
    Phrase,
    Prose,
    ProseBlock,
    Reference,
    Section,
    Step,
    Steps,
    Strong,
    Table,
)


def identify(article: Article) -> Article:
    """Return ``article`` with the ids of all lines and the turns of all note marks filled in."""
    return _Identifier().article(article)


class _Identifier:
    """Walks an article in reading order; ``turns`` counts the marks of each note so far."""

    def __init__(self) -> None:
        self.turns: Counter[str] = Counter()

    def article(self, article: Article) -> Article:
        trust = article.trust
        # In reading order, because the turns of note marks follow it.
        done = {
            "kicker": self.optional(article.kicker, "kicker"),
            "title": self.line(article.title, "title"),
            "lede": self.prose(article.lede, "lede"),
            "gist": self.optional(article.gist, "gist"),
            "statement": self.prose(article.statement, "statement"),
            "key_points": self.numbered(article.key_points, "key-point-"),
            "known": self.numbered(article.known, "known-"),
            "unknown": self.numbered(article.unknown, "unknown-"),
            "introduction": article.introduction and self.body(article.introduction, "introduction"),
            "sections": tuple(map(self.section, article.sections)),
            "question_sheet": tuple(
                group.model_copy(
                    update={
                        "title": self.line(group.title, f"questions-{n}-title"),
                        "text": self.optional(group.text, f"questions-{n}-p1"),
                    }
                )
                for n, group in enumerate(article.question_sheet, 1)
            ),
            "faq": tuple(map(self.faq, article.faq)),
            "disclaimers": tuple(map(self.disclaimer, article.disclaimers)),
            "related": tuple(
                page.model_copy(update={"title": self.line(page.title, f"related-{page.id}")})
                for page in article.related
            ),
            "references": tuple(map(self.reference, article.references)),
            "trust": trust.model_copy(
                update={
                    "adapted_from": trust.adapted_from
                    and trust.adapted_from.model_copy(
                        update={"title": self.line(trust.adapted_from.title, "about-adapted-from")}
                    ),
                    "funding": self.optional(trust.funding, "about-funding"),
                    "contact": self.optional(trust.contact, "about-contact"),
                    "feedback": self.optional(trust.feedback, "about-feedback"),
                    "pages": tuple(
                        page.model_copy(update={"title": self.line(page.title, f"trust-{page.id}")})
                        for page in trust.pages
                    ),
                }
            ),
        }
        return article.model_copy(update=done)

    def section(self, section: Section) -> Section:
        return section.model_copy(
            update={
                "heading": self.line(section.heading, f"{section.id}-heading"),
                "body": self.body(section.body, section.id),
            }
        )

    def body(self, body: tuple[Block, ...], prefix: str) -> tuple[Block, ...]:
        counts: Counter[str] = Counter()
        return tuple(self.block(block, prefix, counts) for block in body)

    def block(self, block: Block, prefix: str, counts: Counter[str]) -> Block:
        if isinstance(block, Steps | Figure | Table | Callout):
            counts[block.kind] += 1
            id = block.id or f"{prefix}-{block.kind}{counts[block.kind]}"
        match block:
            case Prose():
                return self.prose(block, prefix, counts)
            case Steps():
                steps = tuple(self.step(step, f"{id}-{n}") for n, step in enumerate(block.steps, 1))
                return block.model_copy(update={"id": id, "steps": steps})
            case Figure():
                return block.model_copy(
                    update={
                        "id": id,
                        "caption": self.line(block.caption, f"{id}-caption"),
                        "description": block.description
                        and self.prose(block.description, f"{id}-description"),
                    }
                )
            case Table():
                return block.model_copy(
                    update={
                        "id": id,
                        "caption": self.line(block.caption, f"{id}-caption"),
                        "columns": self.numbered(block.columns, f"{id}-c"),
                        "rows": tuple(
                            self.numbered(row, f"{id}-r{n}c") for n, row in enumerate(block.rows, 1)
                        ),
                    }
                )
            case Callout():
                return block.model_copy(
                    update={
                        "id": id,
                        "label": self.optional(block.label, f"{id}-label"),
                        "title": self.line(block.title, f"{id}-title"),
                        "body": self.prose(block.body, id),
                    }
                )
            case PageBreak():
                return block
            case Part():
                return block.model_copy(
                    update={
                        "kicker": self.line(block.kicker, f"{block.id}-heading"),
                        "question": self.optional(block.question, f"{block.id}-question"),
                        "body": self.body(block.body, block.id),
                    }
                )
            case _:
                assert_never(block)

    def step(self, step: Step, default: str) -> Step:
        id = step.id or default
        title = self.line(step.title, f"{id}-title")
        facets = tuple(
            facet.model_copy(
                update={
                    "name": self.line(facet.name, f"{id}-f{n}-name"),
                    "text": self.line(facet.text, f"{id}-f{n}"),
                }
            )
            for n, facet in enumerate(step.facets, 1)
        )
        return step.model_copy(update={"id": id, "title": title, "facets": facets})

    def faq(self, faq: Faq) -> Faq:
        id = f"faq-{faq.id}"
        return faq.model_copy(
            update={
                "question": self.line(faq.question, f"{id}-question"),
                "answer": self.prose(faq.answer, f"{id}-answer"),
            }
        )

    def disclaimer(self, disclaimer: Disclaimer) -> Disclaimer:
        id = f"disclaimer-{disclaimer.id}"
        return disclaimer.model_copy(
            update={
                "title": self.line(disclaimer.title, f"{id}-title"),
                "text": self.prose(disclaimer.text, id),
            }
        )

    def reference(self, reference: Reference) -> Reference:
        id = f"note-{reference.id}"
        return reference.model_copy(
            update={
                "citation": self.line(reference.citation, f"{id}-citation"),
                "about": self.optional(reference.about, f"{id}-about"),
                "used_for": self.line(reference.used_for, f"{id}-used-for"),
                "does_not_prove": self.optional(reference.does_not_prove, f"{id}-limit"),
            }
        )

    def prose(self, prose: Prose, prefix: str, counts: Counter[str] | None = None) -> Prose:
        counts = Counter() if counts is None else counts
        blocks = tuple(self.prose_block(block, prefix, counts) for block in prose.blocks)
        return prose.model_copy(update={"blocks": blocks})

    def prose_block(self, block: ProseBlock, prefix: str, counts: Counter[str]) -> ProseBlock:
        if isinstance(block, Line):
            counts["p"] += 1
            return self.line(block, f"{prefix}-p{counts['p']}")
        counts["l"] += 1
        list_id = f"{prefix}-l{counts['l']}"
        items = tuple(self.item(item, f"{list_id}-i{n}") for n, item in enumerate(block.items, 1))
        return block.model_copy(update={"id": list_id, "items": items})

    def item(self, item: Item, id: str) -> Item:
        counts: Counter[str] = Counter()
        blocks: list[ProseBlock] = []
        for n, block in enumerate(item.blocks):
            if n == 0 and isinstance(block, Line):
                counts["p"] = 1
                blocks.append(self.line(block, id))
            else:
                blocks.append(self.prose_block(block, id, counts))
        return item.model_copy(update={"blocks": tuple(blocks)})

    def numbered(self, lines: tuple[Line, ...], prefix: str) -> tuple[Line, ...]:
        return tuple(self.line(line, f"{prefix}{n}") for n, line in enumerate(lines, 1))

    def optional(self, line: Line | None, id: str) -> Line | None:
        return line and self.line(line, id)

    def line(self, line: Line, id: str) -> Line:
        return line.model_copy(update={"id": id, "inlines": self.inlines(line.inlines)})

    def inlines(self, inlines: tuple[Inline, ...]) -> tuple[Inline, ...]:
        done: list[Inline] = []
        for inline in inlines:
            match inline:
                case NoteMark():
                    self.turns[inline.key] += 1
                    done.append(inline.model_copy(update={"nth": self.turns[inline.key]}))
                case Strong() | Emphasis() | Link() | Phrase():
                    done.append(inline.model_copy(update={"inlines": self.inlines(inline.inlines)}))
                case _:
                    done.append(inline)
        return tuple(done)
