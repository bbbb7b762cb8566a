"""The article as typed, frozen values: what the author wrote, in reading order.

Nothing here knows a file format. Authors write these types as YAML (docs/source-format.md);
``source/`` checks and fills them, ``render/`` shows them, ``verify/`` looks for them again.

Every piece of text that is proven stands in a ``Line``: one run of inlines with an id. Ids of
lines, and the pictures of figures, are filled in by ``source.identify`` after validation.
"""

from __future__ import annotations

import re
import unicodedata
import uuid
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    GetJsonSchemaHandler,
    Tag,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic.json_schema import SkipJsonSchema as Derived  # filled in by us, never written by an author
from pydantic_core import CoreSchema, PydanticCustomError


class Value(BaseModel):
    """A frozen value; an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


# --- inlines -------------------------------------------------------------------------------


class Run(Value):
    """Characters without any mark."""

    kind: Literal["run"] = "run"
    text: str


class Strong(Value):
    kind: Literal["strong"] = "strong"
    inlines: tuple[Inline, ...]


class Emphasis(Value):
    kind: Literal["emphasis"] = "emphasis"
    inlines: tuple[Inline, ...]


class Link(Value):
    """A link; ``href`` is an absolute address, "#id" inside the article, or "" for a page
    whose address nobody knows yet: shown as text, never invented."""

    kind: Literal["link"] = "link"
    href: str
    inlines: tuple[Inline, ...]


class Phrase(Value):
    """Words in another language than the article's: ``[la vida]{lang=es}``."""

    kind: Literal["phrase"] = "phrase"
    language: str
    direction: Literal["ltr", "rtl"]
    inlines: tuple[Inline, ...]


class NoteMark(Value):
    """The place of a note, ``[^key]``; its number comes from ``numbers``."""

    kind: Literal["note"] = "note"
    key: str
    nth: int = 1
    """Which mark of this note it is, from 1: its anchor is ``ref-key``, then ``ref-key-2``."""


class LineBreak(Value):
    kind: Literal["break"] = "break"


class PageMark(Value):
    """Where a page of the printed edition begins; ``page_marked`` puts it in, no author writes it."""

    kind: Literal["page"] = "page"
    label: str


Inline = Annotated[
    Run | Strong | Emphasis | Link | Phrase | NoteMark | LineBreak | PageMark, Field(discriminator="kind")
]


def plain(inlines: tuple[Inline, ...]) -> str:
    """Return the characters of ``inlines``, marks and notes left out, a line break as a space."""
    parts: list[str] = []
    for inline in inlines:
        match inline:
            case Run(text=text):
                parts.append(text)
            case LineBreak():
                parts.append(" ")
            case NoteMark() | PageMark():
                pass
            case _:
                parts.append(plain(inline.inlines))
    return "".join(parts)


def own_words(inlines: tuple[Inline, ...]) -> str:
    """Return the characters of ``inlines`` that are in the language of what is around them."""
    return plain(tuple(inline for inline in inlines if inline.kind != "phrase"))


def in_contents(inlines: tuple[Inline, ...]) -> tuple[Inline, ...]:
    """Return a heading as a table of contents has it: words and their languages, no notes, links or marks."""
    found: list[Inline] = []
    for inline in inlines:
        match inline:
            case Phrase():
                found.append(inline.model_copy(update={"inlines": in_contents(inline.inlines)}))
            case Strong() | Emphasis() | Link():
                found += in_contents(inline.inlines)
            case _:
                found.append(Run(text=plain((inline,))))
    return tuple(
        each
        for is_run, group in groupby(found, lambda each: each.kind == "run")
        for each in ([Run(text=plain(tuple(group)))] if is_run else group)
        if each.kind != "run" or plain((each,))
    )


# --- prose ---------------------------------------------------------------------------------


class Line(Value):
    """One run of text with an id: a heading, a paragraph, a cell, a caption. The unit of proof."""

    kind: Literal["line"] = "line"
    id: str = ""
    inlines: tuple[Inline, ...]

    @property
    def text(self) -> str:
        return plain(self.inlines)


class Item(Value):
    """One item of a list; its first block is nearly always a ``Line``."""

    blocks: tuple[ProseBlock, ...]


class BulletList(Value):
    kind: Literal["bullets"] = "bullets"
    id: str = ""
    items: tuple[Item, ...]


class NumberedList(Value):
    kind: Literal["numbers"] = "numbers"
    id: str = ""
    start: int = 1
    items: tuple[Item, ...]


ProseBlock = Annotated[Line | BulletList | NumberedList, Field(discriminator="kind")]


class Prose(Value):
    """One Markdown text of the source, parsed: paragraphs and lists."""

    kind: Literal["prose"] = "prose"
    blocks: tuple[ProseBlock, ...]


Parser = Callable[[str], "Prose"]
"""Markdown in, prose out; what is wrong with the text it reports itself, at its place.
``source.article`` hands one to validation as ``context={"parse": …}``, because the model may not
import ``source``."""


def _parse(value: Any, info: ValidationInfo) -> Prose:
    if not isinstance(value, str):
        raise PydanticCustomError("text", "this must be text")
    if not value.strip():
        raise PydanticCustomError("empty", "this text is empty")
    return info.context["parse"](value)  # type: ignore[index,no-any-return]


def _prose(value: Any, info: ValidationInfo) -> Any:
    return value if isinstance(value, Prose) else _parse(value, info)


def _line(value: Any, info: ValidationInfo) -> Any:
    if isinstance(value, Line):
        return value
    blocks = _parse(value, info).blocks
    if len(blocks) != 1 or not isinstance(blocks[0], Line):
        raise PydanticCustomError("one-line", "this must be one paragraph, without lists")
    return blocks[0]


def _plain_text(value: str) -> str:
    if mark := re.search(r"\*\*|(?<![*\w])\*(?=\w)|\[\^|\]\(|\]\{|</?[A-Za-z!]|&#?\w+;", value):
        raise PydanticCustomError(
            "plain-text",
            "this text is plain, so “{mark}” would be shown as it stands",
            {"mark": mark[0], "offset": mark.start()},
        )
    text = " ".join(value.split())
    if not text:
        raise PydanticCustomError("empty", "this text is empty")
    return text


_MARKDOWN = {
    "type": "string",
    "description": "Markdown: paragraphs, lists, **strong**, *emphasis*, [links](…), notes [^key]",
}
_MARKDOWN_LINE = {"type": "string", "description": "One paragraph of Markdown"}

Markdown = Annotated[Prose, BeforeValidator(_prose), WithJsonSchema(_MARKDOWN)]
MarkdownLine = Annotated[Line, BeforeValidator(_line), WithJsonSchema(_MARKDOWN_LINE)]
PlainText = Annotated[str, AfterValidator(_plain_text)]

LANGUAGE_PATTERN = r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$"
ID_PATTERN = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"


def _id(value: str) -> str:
    if not re.fullmatch(ID_PATTERN, value):
        raise PydanticCustomError(
            "id",
            "“{id}” is no id: write lower-case letters, digits and single hyphens, a letter first",
            {"id": value},
        )
    return value


Id = Annotated[str, AfterValidator(_id), WithJsonSchema({"type": "string", "pattern": ID_PATTERN})]
Url = Annotated[
    str,
    AfterValidator(lambda value: _url(value)),
    WithJsonSchema({"type": "string", "format": "uri", "pattern": "^https?://"}),
]


def _url(value: str) -> str:
    if not re.fullmatch(r"https?://[^\s/?#\"<>\\^`{|}]+([/?#][^\s\"<>\\^`{|}]*)?", value):
        raise PydanticCustomError(
            "url", "“{url}” is no address: it begins with https:// and has no spaces", {"url": value}
        )
    return value


def _day(value: Any) -> Any:
    """A day as year-month-day; pydantic alone would read plain numbers as seconds since 1970."""
    if not isinstance(value, str):
        return value
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        raise PydanticCustomError("day", "“{day}” is not a day written as year-month-day", {"day": value})
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise PydanticCustomError("day", "there is no day {day}", {"day": value}) from None


def _truth(value: Any) -> Any:
    if isinstance(value, str) and value not in ("true", "false"):
        raise PydanticCustomError("truth", "this is either true or false")
    return value == "true" if isinstance(value, str) else value


Day = Annotated[date, BeforeValidator(_day)]
Truth = Annotated[bool, BeforeValidator(_truth)]
Format = Annotated[Literal[1], BeforeValidator(lambda value: 1 if value == "1" else value)]


# --- blocks of a section's body ------------------------------------------------------------


class Facet(Value):
    """A named side of a step: "What it means", "What must be proven", "Ask"."""

    name: MarkdownLine
    text: MarkdownLine


def _facets(value: Any) -> Any:
    if isinstance(value, Mapping):
        return [{"name": name, "text": text} for name, text in value.items()]
    if isinstance(value, tuple) and all(isinstance(each, Facet) for each in value):
        return value
    raise PydanticCustomError("facets", "facets are written as “name: text”, one to a line")


class Step(Value):
    """One step of a pathway; ``facets`` are the same names, in the same order, in every step."""

    id: Id | None = None
    """For links to this step."""
    title: MarkdownLine
    """What happens in this step, in a few words."""
    facets: Annotated[
        tuple[Facet, ...],
        BeforeValidator(_facets),
        Field(min_length=1),
        WithJsonSchema({"type": "object", "additionalProperties": _MARKDOWN_LINE, "minProperties": 1}),
    ]
    """The sides of the step, “name: text”, one to a line; the same names in every step."""


class Steps(Value):
    """An ordered pathway, numbered from 1."""

    kind: Derived[Literal["steps"]] = "steps"
    id: Id | None = None
    """For links to these steps."""
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]
    """The steps, in order. Their numbers are made for you."""


@dataclass(frozen=True, slots=True)
class Picture:
    """An image of the article's folder, as every edition shows it; ``width`` and ``height`` in CSS pixels.

    ``data`` are the bytes of the file only where nothing had to be left out of it (source/exports.py) or
    turned (source/pictures.py).
    """

    path: str
    media_type: Literal["image/png", "image/jpeg", "image/svg+xml"]
    width: float
    height: float
    data: bytes


class Figure(Value):
    """A picture. ``alt`` says in words what it shows; ``description`` is a longer text shown below it."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    kind: Derived[Literal["figure"]] = "figure"
    id: Id | None = None
    """For links to this figure."""
    image: PlainText
    """The picture's path in the article's folder: images/name.svg, .png or .jpg."""
    image_large: PlainText | None = None
    """The same picture drawn for large print: fewer things side by side, larger words."""
    alt: PlainText
    """What the picture shows, in words, for readers who do not see it. Plain text."""
    caption: MarkdownLine
    """The words below the picture. “Figure 1.” is put before it."""
    description: Markdown | None = None
    """A longer text for a picture that tells much, shown below it to everyone."""
    picture: Derived[Picture | None] = None
    picture_large: Derived[Picture | None] = None


class Table(Value):
    """A table whose first row (``columns``) and, unless told otherwise, first column are headers."""

    kind: Derived[Literal["table"]] = "table"
    id: Id | None = None
    """For links to this table."""
    caption: MarkdownLine
    """The words above the table. “Table 1.” is put before it."""
    columns: Annotated[tuple[MarkdownLine, ...], Field(min_length=2)]
    """The heads of the columns."""
    rows: Annotated[tuple[tuple[MarkdownLine, ...], ...], Field(min_length=1)]
    """The rows; each has as many cells as there are columns."""
    row_headers: Truth = True
    """Whether the first cell of each row is its head."""


class Callout(Value):
    """A box beside the main line of thought; an ``opinion`` says so in its label."""

    kind: Derived[Literal["callout"]] = "callout"
    id: Id | None = None
    """For links to this box."""
    type: Literal["note", "opinion", "warning"] = "note"
    """note, opinion (somebody's own view), or warning."""
    label: MarkdownLine | None = None
    """A few words above the title, such as “Editor's read”. Without them “Note:”, “Opinion:” or “Warning:”
    stands before the title, so that words say what the box is.
    """
    title: MarkdownLine
    """The title of the box."""
    body: Markdown
    """The text of the box."""


class PageBreak(Value):
    """A hint for print: start a new page here. Nothing is shown elsewhere."""

    kind: Derived[Literal["page_break"]] = "page_break"
    page_break: Literal["here"] = "here"


class Part(Value):
    """A lettered part of a section: A, B, C …; ``question`` is what the part sets out to answer."""

    kind: Derived[Literal["part"]] = "part"
    id: Id
    """For links to this part."""
    kicker: MarkdownLine
    """The heading of the part. Its letter is put before it."""
    question: MarkdownLine | None = None
    """The question that the part sets out to answer."""
    body: PartBody
    """The text of the part: texts and blocks."""


def _kind(value: Any) -> str | None:
    if isinstance(value, str):
        return "prose"
    if isinstance(value, Mapping):
        return next(iter(value), None) if len(value) == 1 else None
    return getattr(value, "kind", None)


def _unwrap(value: Any) -> Any:
    """``{"figure": {…}}`` -> ``{…}``: the YAML key is the tag, so places stay findable."""
    if not isinstance(value, Mapping) or len(value) != 1:
        return value
    key, inner = next(iter(value.items()))
    if key == "steps" and not isinstance(inner, Mapping):
        return {"steps": inner}
    if key == "page_break":
        return {"page_break": inner}
    return inner


class _Keyed:
    """JSON Schema of a block as it is written: an object with its kind as the only key."""

    def __init__(self, key: str) -> None:
        self.key = key

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        inner = handler(schema)
        if self.key == "steps":
            steps = handler.resolve_ref_schema(inner)["properties"]["steps"]
            inner = {"anyOf": [steps, inner]}
        if self.key == "page_break":
            inner = {"const": "here"}
        return {
            "type": "object",
            "properties": {self.key: inner},
            "required": [self.key],
            "additionalProperties": False,
        }


_PART_BLOCKS = (
    Annotated[Markdown, Tag("prose")]
    | Annotated[Steps, BeforeValidator(_unwrap), _Keyed("steps"), Tag("steps")]
    | Annotated[Figure, BeforeValidator(_unwrap), _Keyed("figure"), Tag("figure")]
    | Annotated[Table, BeforeValidator(_unwrap), _Keyed("table"), Tag("table")]
    | Annotated[Callout, BeforeValidator(_unwrap), _Keyed("callout"), Tag("callout")]
    | Annotated[PageBreak, BeforeValidator(_unwrap), _Keyed("page_break"), Tag("page_break")]
)
Block = Prose | Steps | Figure | Table | Callout | PageBreak | Part
PartBody = Annotated[tuple[Annotated[_PART_BLOCKS, Discriminator(_kind)], ...], Field(min_length=1)]
Body = Annotated[
    tuple[
        Annotated[
            _PART_BLOCKS | Annotated[Part, BeforeValidator(_unwrap), _Keyed("part"), Tag("part")],
            Discriminator(_kind),
        ],
        ...,
    ],
    Field(min_length=1),
]


# --- the article ---------------------------------------------------------------------------


class Section(Value):
    """A numbered section of the article."""

    id: Id
    """For links to this section, and its address in every edition. Do not change it later."""
    heading: MarkdownLine
    """The heading. Its number is put before it."""
    page_break: Literal["auto", "before"] = "auto"
    """before: in print, the section begins on a new page."""
    body: Body
    """The text of the section: texts and blocks, each a list item."""


class Faq(Value):
    """A question that people really ask, and its answer. In every edition, word for word."""

    id: Id
    """For links to this question: #faq-ID."""
    question: MarkdownLine
    """The question, as a reader would ask it."""
    answer: Markdown
    """The answer, in plain words."""


class Disclaimer(Value):
    """What the article is not, or does not do. In every edition, word for word."""

    id: Id
    """For links to this text: #disclaimer-ID."""
    title: MarkdownLine
    """What the article is not, in a few words."""
    text: Markdown
    """The disclaimer itself."""


def _checked(name: str) -> Callable[[str], str]:
    """Return a validator for one kind of identifier; see ``identifiers.py``."""

    def check(value: str) -> str:
        from publish.identifiers import fault_of

        if fault := fault_of(name, value):
            raise PydanticCustomError("identifier", "{fault}", {"fault": fault})
        return value

    return check


class Identifiers(Value):
    """Public numbers of a cited work or trial, each checked for form and check digit."""

    doi: Annotated[str, AfterValidator(_checked("doi"))] | None = None
    """DOI: 10.…/…, without https://doi.org/ and without the sentence's full stop."""
    pmid: Annotated[str, AfterValidator(_checked("pmid"))] | None = None
    """PubMed number: digits only."""
    pmcid: Annotated[str, AfterValidator(_checked("pmcid"))] | None = None
    """PubMed Central number: PMC and digits."""
    nct: Annotated[str, AfterValidator(_checked("nct"))] | None = None
    """ClinicalTrials.gov: NCT and 8 digits."""
    jrct: Annotated[str, AfterValidator(_checked("jrct"))] | None = None
    """Japan Registry of Clinical Trials: jRCT and its number."""
    chictr: Annotated[str, AfterValidator(_checked("chictr"))] | None = None
    """Chinese Clinical Trial Registry: ChiCTR and its number."""
    eudract: Annotated[str, AfterValidator(_checked("eudract"))] | None = None
    """EudraCT number: 2004-000446-20."""
    ctis: Annotated[str, AfterValidator(_checked("ctis"))] | None = None
    """EU CTIS number: 2022-500024-30-00."""
    isrctn: Annotated[str, AfterValidator(_checked("isrctn"))] | None = None
    """ISRCTN and 8 digits."""
    isbn: Annotated[str, AfterValidator(_checked("isbn"))] | None = None
    """ISBN, 10 or 13 digits."""

    def items(self) -> Iterator[tuple[str, str]]:
        """Yield (kind, value) of the identifiers that are set, in the order above."""
        for name in type(self).model_fields:
            if value := getattr(self, name):
                yield name, value


class Reference(Value):
    """Cited evidence: what it is, what it is used for here, and what it does not prove.

    ``citation`` is the work itself (authors, title, journal, date), one line of Markdown;
    ``does_not_prove`` left out is shown as "limit not stated".
    """

    id: Id
    """The key of its notes: [^ID]."""
    kind: Literal["journal", "registry", "regulator", "society", "company", "book", "web"]
    """journal, registry, regulator, society, company, book or web."""
    citation: MarkdownLine
    """The work itself: authors, title, where it was published."""
    published: PlainText | None = None
    """When it was published, as the work says it. Plain text."""
    url: Url | None = None
    """The work's address, if it has no DOI or other number that leads to it."""
    identifiers: Identifiers = Identifiers()
    """The work's public numbers."""
    about: MarkdownLine | None = None
    """What kind of work it is, in a few words."""
    used_for: MarkdownLine
    """What this article uses it for."""
    does_not_prove: MarkdownLine | None = None
    """What it does not prove. Left out, the article says “limit not stated”."""
    verified: Day
    """The day on which somebody last looked at the source."""


class RelatedPage(Value):
    """A page to read next; without ``url`` its title stands unlinked and is reported."""

    id: Id
    """For links in the text: related:ID."""
    title: MarkdownLine
    """The title of the page."""
    url: Url | None = None
    """Its address. Left out, the title stands unlinked until the page is there."""


class Person(Value):
    """Somebody who wrote or reviewed the article."""

    name: PlainText
    """The name, as it is shown."""
    credentials: PlainText | None = None
    """Degrees and roles: RN, MD."""
    affiliation: PlainText | None = None
    """Where the person works."""
    orcid: Annotated[str, AfterValidator(_checked("orcid"))] | None = None
    """The person's ORCID, four groups of four digits."""

    def shown(self) -> str:
        """Name, credentials and affiliation, as they stand in an edition."""
        return ", ".join(filter(None, (self.name, self.credentials, self.affiliation)))


class Adaptation(Value):
    """The work this article is adapted from."""

    title: MarkdownLine
    """The title of the work."""
    publisher: PlainText
    """Who published it first."""
    url: Url | None = None
    """Its address."""


class Trust(Value):
    """Who stands behind the article. All optional: what is not true is not written."""

    adapted_from: Adaptation | None = None
    """The work this article is adapted from."""
    authors: tuple[Person, ...] = ()
    """Who wrote it."""
    reviewers: tuple[Person, ...] = ()
    """Who reviewed it."""
    funding: MarkdownLine | None = None
    """Who paid for it."""
    contact: MarkdownLine | None = None
    """How to reach the publisher."""
    feedback: MarkdownLine | None = None
    """How to say that something is wrong or hard to understand."""
    pages: tuple[RelatedPage, ...] = ()
    """Pages that say how the publisher works."""


class Dates(Value):
    """Days, never times. ``checked``: sources last checked; ``reviewed``: clinically reviewed."""

    checked: Day | None = None
    """When the sources were last checked."""
    reviewed: Day | None = None
    """When a clinician last reviewed the article."""
    review_by: Day | None = None
    """When the next review is due."""
    published: Day | None = None
    """When the article was first published."""

    @model_validator(mode="after")
    def _one_is_given(self) -> Self:
        if self.checked is None and self.reviewed is None:
            raise PydanticCustomError(
                "dates", "give at least one of checked (sources checked) and reviewed (clinically reviewed)"
            )
        return self

    @property
    def latest(self) -> date:
        """The last day on which somebody worked on the article: its date of modification."""
        return max(day for day in (self.checked, self.reviewed, self.published) if day)


class QuestionGroup(Value):
    """A heading of the question sheet, and the lines of the article that it asks for: one facet of
    every step of a pathway, or the items of a list. They are those very lines, with their own ids."""

    title: MarkdownLine
    """The heading."""
    text: MarkdownLine | None = None
    """What to do with the questions, in a sentence or two."""
    steps: Id | None = None
    """The id of a pathway, whose steps are asked about."""
    facet: PlainText | None = None
    """The name of the facet that holds the question of each step."""
    list: PlainText | None = None
    """The id of a list whose items are asked: SECTION-l1 is the first list of a section."""
    answer: Literal["write", "tick"] = "write"
    """write: lines to write on; tick: boxes for yes, no and don't know."""


class SharedDisclaimers(Value):
    """source/disclaimers.yaml: disclaimers that several articles name by id."""

    format: Format
    """The version of this file format: 1."""
    disclaimers: Annotated[tuple[Disclaimer, ...], Field(min_length=1)]
    """The disclaimers; articles name them by id."""


def _shared(value: Any, info: ValidationInfo) -> Any:
    """An id alone stands for a disclaimer of source/disclaimers.yaml."""
    if not isinstance(value, str):
        return value
    shared: Mapping[str, Disclaimer | None] = (info.context or {}).get("disclaimers", {})
    if value not in shared:
        raise PydanticCustomError(
            "disclaimer", "there is no shared disclaimer “{id}”", {"id": value, "known": tuple(shared)}
        )
    if shared[value] is None:  # it has faults of its own, reported at their place
        raise PydanticCustomError("faulty", "the shared disclaimer has faults")
    return shared[value]


class Article(Value):
    """One health article, complete."""

    format: Format
    """The version of this file format: 1."""
    id: Id
    """The name of the article's folder, and of its files. Do not change it later."""
    language: Annotated[str, Field(pattern=LANGUAGE_PATTERN)]
    """The article's language: en, es, pt-BR, zh-Hant …"""
    kicker: MarkdownLine | None = None
    """A few words above the title."""
    title: MarkdownLine
    """The title."""
    summary: PlainText
    """One or two sentences for catalogues and search engines. Plain text."""
    keywords: tuple[PlainText, ...] = ()
    """Words that people search for."""
    condition: PlainText | None = None
    """The illness or state of health that the article is about."""
    lede: Markdown
    """The first paragraph or two: what this is about and why it matters."""
    gist: MarkdownLine | None = None
    """The disclaimers in one line, for people who read no further; shown at the front."""
    statement: Markdown
    """What the article is and is not, shown at the front."""
    key_points: Annotated[tuple[MarkdownLine, ...], Field(max_length=7)] = ()
    """The few things to remember; at most seven."""
    known: Annotated[tuple[MarkdownLine, ...], Field(max_length=7)] = ()
    """What is known, for leaflets; at most seven lines."""
    unknown: Annotated[tuple[MarkdownLine, ...], Field(max_length=7)] = ()
    """What is not known, for leaflets; at most seven lines."""
    introduction: Body | None = None
    """Texts and blocks before the first section."""
    sections: Annotated[tuple[Section, ...], Field(min_length=1)]
    """The sections. Their numbers are made for you."""
    question_sheet: tuple[QuestionGroup, ...] = ()
    """What a sheet of questions to take along asks, in the order of the article."""
    faq: Annotated[tuple[Faq, ...], Field(min_length=1)]
    """Questions and answers. In every edition, word for word."""
    disclaimers: Annotated[
        tuple[
            Annotated[
                Disclaimer,
                BeforeValidator(_shared),
            ],
            ...,
        ],
        Field(min_length=1),
    ]
    """What the article is not: ids of shared disclaimers, or disclaimers of its own. In every edition."""
    related: tuple[RelatedPage, ...] = ()
    """Pages to read next."""
    references: tuple[Reference, ...] = ()
    """The sources of the notes, in any order; they are numbered by first use."""
    trust: Trust = Trust()
    """Who stands behind the article."""
    dates: Dates
    """When it was checked, reviewed, published. Only what is true."""

    @property
    def direction(self) -> Literal["ltr", "rtl"]:
        return direction(self.language)


def direction(language: str) -> Literal["ltr", "rtl"]:
    """Return the base direction of ``language`` (a BCP 47 tag): of the script it names or is mostly in.

    Scripts of languages: CLDR 46, likely subtags.
    """
    name, *rest = language.split("-")
    script = next((part.title() for part in rest if len(part) == 4 and part.isalpha()), "")
    return "rtl" if (script in _RTL_SCRIPTS if script else name.lower() in _RTL_LANGUAGES) else "ltr"


_RTL_SCRIPTS = frozenset(["Adlm", "Arab", "Aran", "Hebr", "Nkoo", "Rohg", "Syrc", "Thaa"])
_RTL_LANGUAGES = frozenset(
    [
        "ar",
        "arc",
        "azb",
        "ckb",
        "dv",
        "fa",
        "glk",
        "he",
        "iw",
        "ji",
        "ks",
        "lrc",
        "mzn",
        "nqo",
        "pnb",
        "prs",
        "ps",
        "rhg",
        "sd",
        "sdh",
        "skr",
        "syr",
        "ug",
        "ur",
        "yi",
    ]
)


def own_direction(text: str, language: str) -> Literal["ltr", "rtl"]:
    """Return the direction that words in ``language`` are set in.

    That of the language, but for words in nothing but letters of the other direction (a name, a DOI),
    and for a number behind its sign: “−5 %” is no “% 5−”.
    """
    base = direction(language)
    kinds = {unicodedata.bidirectional(character) for character in text}
    if kinds & {"R", "AL"}:
        return "rtl" if base == "rtl" or "L" not in kinds else base
    if "L" in kinds or re.match(r"\s*[-+±−]\s?[0-9]", text):
        return "ltr"
    return base


# --- the house and its editions ------------------------------------------------------------

PartName = Literal[
    "key-points",
    "known",
    "contents",
    "body",
    "questions",
    "faq",
    "disclaimers",
    "related",
    "references",
    "about",
    "whole-article",
]
PART_NAMES: tuple[PartName, ...] = get_args(PartName)
"""Every part, in the order in which editions show them."""

LayoutName = Literal["article", "leaflet", "questions"]
PARTS_OF: Mapping[LayoutName, tuple[PartName, ...]] = {
    "article": ("key-points", "contents", "body", "faq", "disclaimers", "related", "references", "about"),
    "leaflet": ("key-points", "known", "faq", "disclaimers", "whole-article"),
    "questions": ("questions", "disclaimers", "whole-article"),
}
"""What an edition of each layout carries unless told."""
MORE_PARTS_OF: Mapping[LayoutName, tuple[PartName, ...]] = {
    "article": ("known",),
    "leaflet": ("related", "about"),
    "questions": ("key-points", "known", "faq", "related", "about"),
}
"""What else an edition of each layout can carry."""
REQUIRED_PARTS: tuple[PartName, ...] = ("faq", "disclaimers")


class Omission(Value):
    """A required part that an edition leaves out on purpose, and why."""

    part: PartName
    """The part that is left out."""
    reason: PlainText
    """Why, in a few words."""


MEDIA_TYPES = {"html": "text/html", "pdf": "application/pdf", "epub": "application/epub+zip"}
"""What each format is called on the web; a format's name is also its file suffix."""


PaperName = Literal["letter", "a4", "a5", "legal"]
ProfileName = Literal["clear-print", "aph-large-18", "acb-large-18"]
LARGE_PROFILES: frozenset[ProfileName] = frozenset({"aph-large-18", "acb-large-18"})
"""Profiles of large print: 18 points or more."""


PRINT_FIELDS = (
    "layout",
    "paper",
    "pages",
    "profile",
    "type_size",
    "colour",
    "duplex",
    "cover",
    "standard",
)
"""Fields of an edition that only print has."""


class Edition(Value):
    """One kind of finished file: its format, and what it carries, in the order of ``PART_NAMES``.

    ``PRINT_FIELDS`` are for print only. ``house_url`` is the address of the house,
    where sheets send their readers for the whole article.
    """

    name: Derived[str] = ""
    house_url: Derived[str] = ""
    format: PlainText
    """html, pdf or epub."""
    title: PlainText | None = None
    """What links to this edition are called."""
    layout: LayoutName = "article"
    """article, leaflet (the main things, for both sides of one sheet) or questions (to take along)."""
    paper: PaperName | None = None
    """letter, a4, a5 or legal; for pdf only."""
    pages: Annotated[int, Field(ge=1)] | None = None
    """How many pages it may have at most; 2 is one sheet, front and back."""
    profile: ProfileName | None = None
    """The rules of readable print that it keeps: clear-print, aph-large-18 or acb-large-18."""
    type_size: Annotated[float, Field(ge=12, le=28)] | None = None
    """The size of its type in points, 12 to 28; a profile of large print has 18 unless told."""
    colour: Literal["colour", "black-and-white"] = "colour"
    """colour or black-and-white; pictures are printed alike."""
    duplex: Truth = False
    """Whether it is printed on both sides and bound, so that inner margins are wider."""
    cover: Truth = False
    """Whether title and first words have a page of their own."""
    standard: Literal["pdf/ua-1", "pdf/ua-2"] = "pdf/ua-1"
    """The standard of accessible PDF that it keeps: pdf/ua-1 or pdf/ua-2."""
    suffix: Annotated[str, Field(pattern=r"^(-[a-z0-9]+)*$")] | None = None
    """The end of the file's name, such as -large; layout, paper and type size unless told."""
    parts: tuple[PartName, ...] = PARTS_OF["article"]
    """The parts that the edition carries; those of its layout unless told."""
    leaves_out: tuple[Omission, ...] = ()
    """A required part that is missing on purpose, and why."""

    @model_validator(mode="before")
    @classmethod
    def _parts_of_its_layout(cls, value: Any) -> Any:
        if isinstance(value, Mapping) and "parts" not in value and value.get("layout") in PARTS_OF:
            return {**value, "parts": PARTS_OF[value["layout"]]}
        return value

    @property
    def shows_notes(self) -> bool:
        """Whether note marks are shown: an edition without references has nothing for them to lead to."""
        return "references" in self.parts

    @property
    def size(self) -> float | None:
        """The type size that is asked for, in points; None leaves it to the layout."""
        return self.type_size or (18 if self.profile in LARGE_PROFILES else None)

    def file_name(self, article_id: str) -> str:
        """``stem-cell-islets-leaflet-letter-18pt.pdf``: id, suffix, format."""
        suffix = self.suffix
        if suffix is None:
            layout = None if self.layout == "article" else self.layout
            size = f"{self.size:g}pt".replace(".", "-") if self.size else None
            suffix = "".join(f"-{each}" for each in (layout, self.paper, size) if each)
        return f"{article_id}{suffix}.{self.format}"


LARGE_PRINT = 16.0
"""Points from which on type is called large print (UKAAF: 16 to 18 points)."""

SIZES_ON_REQUEST = range(14, 29)
"""Points: large print of any of these sizes is made on request."""


def at_size(edition: Edition, points: int) -> Edition:
    """Return the large print of a print ``edition`` that somebody asks for at the desk.

    From 18 points on it keeps the profile of large print.
    """
    smaller = None if edition.profile in LARGE_PROFILES else edition.profile
    return edition.model_copy(
        update={
            "name": f"{edition.name}-{points}pt",
            "suffix": None if edition.suffix is None else f"{edition.suffix}-{points}pt",
            "type_size": float(points),
            "profile": "aph-large-18" if points >= 18 else smaller,
            "pages": None,
        }
    )


class Evaluation(Value):
    """An accessibility evaluation that really took place; without one no claim is written."""

    standard: PlainText
    """The standard that was met, as e-books name it: EPUB Accessibility 1.1 - WCAG 2.2 Level AA."""
    by: PlainText
    """Who evaluated."""
    date: Day
    """When."""
    report: Url | None = None
    """The address of the report."""


class House(Value):
    """source/publish.yaml: who publishes, and in which editions."""

    format: Format
    """The version of this file format: 1."""
    name: PlainText
    """Who publishes; stands on every edition."""
    url: Url | None = None
    """Where the articles are found."""
    evaluation: Evaluation | None = None
    """An accessibility evaluation that took place."""
    primary: Id | None = None
    """The print edition of the article whose page numbers e-books show; the first one unless told."""
    editions: Annotated[dict[Id, Edition], Field(min_length=1)]
    """The editions, each with a name of your own."""

    @property
    def primary_edition(self) -> Edition | None:
        """The print edition whose pages e-books tell of; None where the article is not printed."""
        printed = (
            each for each in self.editions.values() if (each.format, each.layout) == ("pdf", "article")
        )
        return self.editions[self.primary] if self.primary else next(printed, None)

    def editions_of(self, article: Article) -> tuple[Edition, ...]:
        """The editions that are made of ``article``: sheets of questions only where it has some."""
        return tuple(
            edition
            for edition in self.editions.values()
            if edition.layout != "questions" or article.question_sheet
        )


def edition_identifier(house: House, article: Article, edition: Edition) -> str:
    """Return the ``urn:uuid:…`` that names this edition of this article, the same in every build.

    It stands in the file's own metadata, so that a file from anywhere can be recognised.
    """
    base = house.url or f"urn:publish:{house.name}"
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{base}#{article.id}/{edition.name}')}"


# --- pages ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PageStart:
    """Where page ``label`` (its printed number) begins: at character ``offset`` of block ``block``.

    Characters are counted in the block's canonical text (``verify.reading.canonical``).
    """

    label: str
    block: str
    offset: int


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages of a finished print edition: its identifier, and where each begins, in page order.

    ``starts`` is None where the print edition is not at hand.
    """

    source: str
    starts: tuple[PageStart, ...] | None


def page_marked(inlines: tuple[Inline, ...], starts: Iterable[PageStart]) -> tuple[Inline, ...]:
    """Return ``inlines`` with a mark before the letter that each of ``starts`` names.

    A mark stands outside a link or a strong phrase that begins with that letter, and after a note
    mark before it: both belong to the words they stand at.
    """
    text = plain(inlines)
    places = [(_written_offset(text, start.offset), start.label) for start in starts]
    waiting = sorted(places, key=itemgetter(0))[::-1]
    at = 0

    def due(end: int) -> Iterator[PageMark]:
        while waiting and waiting[-1][0] < end:
            yield PageMark(label=waiting.pop()[1])

    def walk(inlines: tuple[Inline, ...]) -> Iterator[Inline]:
        nonlocal at
        for inline in inlines:
            match inline:
                case Run():
                    end = at + len(inline.text)
                    while waiting and (place := waiting[-1][0]) < end:
                        if at < place:
                            yield Run(text=text[at:place])
                        yield from due(place + 1)
                        at = place
                    yield Run(text=text[at:end])
                    at = end
                case LineBreak():
                    yield inline
                    at += 1
                case NoteMark() | PageMark():
                    yield inline
                case _:
                    if plain(inline.inlines):
                        yield from due(at + 1)
                    yield inline.model_copy(update={"inlines": tuple(walk(inline.inlines))})

    return (*walk(inlines), *due(len(text) + 1))


def _written_offset(text: str, offset: int) -> int:
    """Return where in ``text`` the letter at ``offset`` of its canonical form stands, or its length."""

    def before(at: int) -> int:
        return len(re.sub(r"[ \t\r\n\f]+", " ", unicodedata.normalize("NFC", text[:at])).lstrip(" "))

    at = bisect_left(range(len(text)), offset, key=before)
    while at < len(text) and (text[at] in " \t\r\n\f" or unicodedata.combining(text[at])):
        at += 1
    return at


# --- interface words -----------------------------------------------------------------------


ANSWERS = ("answer_yes", "answer_no", "answer_unknown")
"""The interface words beside the boxes of a question sheet, in their order."""


@dataclass(frozen=True)
class Words:
    """The interface words of one language: "Frequently asked questions", "Back to note {n}"."""

    language: str
    texts: Mapping[str, str]
    months: tuple[str, ...]

    def __call__(self, key: str, **fields: object) -> str:
        """Return the words for ``key``, its fields filled in; a missing key is a ``KeyError``."""
        return self.texts[key].format(**fields)

    def date(self, day: date) -> str:
        """``14 May 2026``, in the order the language file gives."""
        return self.texts["date"].format(day=day.day, month=self.months[day.month - 1], year=day.year)


def edition_titles(house: House, words: Words) -> dict[str, str]:
    """Return what links to each edition are called, by its name: its title, or its kind, paper and type.

    No two are alike: what else tells an edition from another is added where it is needed, at last its name.
    """
    given = {name: each.title for name, each in house.editions.items() if each.title}
    made = {name: _titles(each, words) for name, each in house.editions.items() if name not in given}
    titles = {name: given.get(name) or made[name][0] for name in house.editions}
    for longer in (1, 2):
        counts = Counter(title.lower() for title in titles.values())
        titles |= {name: each[longer] for name, each in made.items() if counts[titles[name].lower()] > 1}
    return titles


def _titles(edition: Edition, words: Words) -> tuple[str, str, str]:
    """A title for ``edition``, a longer one, and one with its name."""
    if edition.format != "pdf":
        usual, more = [words(f"edition_{edition.format}")], []
    else:
        large = (edition.size or 0) >= LARGE_PRINT and edition.layout == "article"
        usual = [words("edition_large" if large else f"edition_{edition.layout}")]
        usual.append(words(f"edition_{edition.paper}"))
        if edition.size:
            usual.append(words("edition_size", points=f"{edition.size:g}"))
        if edition.colour == "black-and-white":
            usual.append(words("edition_grey"))
        shown = {
            "edition_clear": edition.profile == "clear-print",
            "edition_bound": edition.duplex,
            "edition_cover": edition.cover,
        }
        more = [words(key) for key, is_so in shown.items() if is_so]
        if edition.standard != "pdf/ua-1":
            more.append(edition.standard.upper())
    choices = (usual, [*usual, *more], [*usual, *more, edition.name])
    first, second, third = (words(f"download_{edition.format}", title=", ".join(each)) for each in choices)
    return first, second, third


def whole_article(article: Article, words: Words) -> str:
    """Return what a sheet says of the whole article: its number of sources, and when they were checked."""
    said = [words("whole_article")]
    if article.references:
        said.append(words("whole_article_sources", count=len(article.references)))
    if article.dates.checked:
        said.append(words("whole_article_checked", date=words.date(article.dates.checked)))
    return " ".join(said)


def asked(article: Article, group: QuestionGroup) -> tuple[Step | Item, ...]:
    """Return the steps or the items of a list that ``group`` of the question sheet asks about, in order.

    Of a step the sheet shows its title and the facet ``group.facet``. Empty where the article has no
    such steps, or no such list.
    """
    for block in bodies(article):
        if isinstance(block, Steps) and group.steps and block.id == group.steps:
            return block.steps
    return next((each.items for each in lists(article) if each.id == group.list), ())


def leads_to(article: Article, edition: Edition, href: str) -> bool:
    """Whether a link to ``href`` can be followed in ``edition``.

    Sheets carry little: there a link to a part that is left out stands as words. In all other
    editions it is a fault of the source.
    """
    if edition.layout == "article" or not href.startswith("#"):
        return bool(href)
    return href[1:] in frozenset(_anchors(article, edition))


def _anchors(article: Article, edition: Edition) -> Iterator[str]:
    """Yield what links can lead to in a sheet."""
    parts = edition.parts
    yield from ("front", *parts)
    if "known" in parts and article.unknown:
        yield "unknown"
    if "questions" in parts:
        asked_for = (each for group in article.question_sheet for each in asked(article, group))
        yield from (each.id for each in asked_for if isinstance(each, Step) and each.id)
    if "faq" in parts:
        yield from (f"faq-{faq.id}" for faq in article.faq)
    if "disclaimers" in parts:
        yield from (f"disclaimer-{disclaimer.id}" for disclaimer in article.disclaimers)
    if "about" in parts and article.trust.pages:
        yield "trust"


def facet_named(step: Step, name: str | None) -> Facet | None:
    """Return the facet of ``step`` that is called ``name``."""
    return next((each for each in step.facets if each.name.text == name), None)


def lists(article: Article) -> Iterator[BulletList | NumberedList]:
    """Yield the lists of introduction, sections and callouts, in order; lists inside lists are left out."""
    for block in bodies(article):
        prose = block.body if isinstance(block, Callout) else block
        for each in prose.blocks if isinstance(prose, Prose) else ():
            if isinstance(each, BulletList | NumberedList):
                yield each


def bodies(article: Article) -> Iterator[Block]:
    """Yield every block of the introduction and the sections, parts opened, in reading order."""
    for body in (article.introduction or (), *(section.body for section in article.sections)):
        for block in body:
            yield block
            if isinstance(block, Part):
                yield from block.body


def page_breaks(article: Article) -> frozenset[str]:
    """Return the ids of the lines on both sides of each place where the author begins a new page of print."""
    begin = {section.heading.id for section in article.sections if section.page_break == "before"}
    found: list[str | None] = []
    before, broken = None, False
    for each in _walk(article):
        if isinstance(each, PageBreak):
            found.append(before)
            broken = True
        else:
            if broken or each.id in begin:
                found += [before, each.id]
            before, broken = each.id, False
    return frozenset(id for id in found if id)


def lines(value: object) -> Iterator[Line]:
    """Yield every line inside ``value`` (an article, a block, a tuple of them), in reading order."""
    return (each for each in _walk(value) if isinstance(each, Line))


def _walk(value: object) -> Iterator[Line | PageBreak]:
    """Yield the lines and page breaks inside ``value``; fields are declared in reading order."""
    if isinstance(value, Line | PageBreak):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from _walk(each)
    elif isinstance(value, Value) and not isinstance(value, House | Edition):
        for name in type(value).model_fields:
            yield from _walk(getattr(value, name))


def note_marks(inlines: tuple[Inline, ...]) -> Iterator[NoteMark]:
    """Yield the note marks of ``inlines`` in order."""
    for inline in inlines:
        match inline:
            case NoteMark():
                yield inline
            case Strong() | Emphasis() | Link() | Phrase():
                yield from note_marks(inline.inlines)
            case _:
                pass


def numbers(article: Article) -> dict[str, int]:
    """Return the number of everything a reader can be told to look at, by id; each kind from 1.

    Sections, steps, parts (shown as letters), figures, tables, questions (``faq-…``) and notes
    (``note-…``, by first use). Alike in every edition, also in one that leaves some out.
    """
    found: dict[str, int] = {}
    counts: dict[str, int] = {}

    def count(kind: str, id: str | None) -> None:
        if id and id not in found:
            found[id] = counts[kind] = counts.get(kind, 0) + 1

    for section in article.sections:
        count("section", section.id)
    for section in article.sections:
        counts["part"] = 0
        for block in section.body:
            if isinstance(block, Part):
                count("part", block.id)
    for block in bodies(article):
        match block:
            case Figure() | Table():
                count(block.kind, block.id)
            case Steps(steps=steps):
                found |= {step.id: n for n, step in enumerate(steps, 1) if step.id}
            case _:
                pass
    for faq in article.faq:
        count("faq", f"faq-{faq.id}")
    for line in lines(article):
        for mark in note_marks(line.inlines):
            count("note", f"note-{mark.key}")
    return found


def letter(number: int) -> str:
    """1 -> A, 2 -> B … 26 -> Z, 27 -> AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


for _type in (Strong, Emphasis, Link, Phrase, Line, Item, BulletList, NumberedList, Prose, Part):
    _type.model_rebuild()
