"""The article as typed, frozen values: what the author wrote, in reading order.

Nothing here knows a file format. Authors write these types as YAML (docs/source-format.md);
``source/`` checks and fills them, ``render/`` shows them, ``verify/`` looks for them again.

Every piece of text that is proven stands in a ``Line``: one run of inlines with an id. Ids of
lines, and the pictures of figures, are filled in by ``source.identify`` after validation.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal, Self

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
from pydantic.json_schema import JsonSchemaValue, SkipJsonSchema
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


Inline = Annotated[
    Run | Strong | Emphasis | Link | Phrase | NoteMark | LineBreak, Field(discriminator="kind")
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
            case NoteMark():
                pass
            case _:
                parts.append(plain(inline.inlines))
    return "".join(parts)


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
    items: tuple[Item, ...]


class NumberedList(Value):
    kind: Literal["numbers"] = "numbers"
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
    text = " ".join(value.split())
    if not text:
        raise PydanticCustomError("empty", "this text is empty")
    return text


_MARKDOWN = {"type": "string", "description": "Markdown: paragraphs, lists, **strong**, *emphasis*, [links](…), notes [^key]"}
_MARKDOWN_LINE = {"type": "string", "description": "One paragraph of Markdown"}

Markdown = Annotated[Prose, BeforeValidator(_prose), WithJsonSchema(_MARKDOWN)]
MarkdownLine = Annotated[Line, BeforeValidator(_line), WithJsonSchema(_MARKDOWN_LINE)]
PlainText = Annotated[str, AfterValidator(_plain_text)]
Derived = SkipJsonSchema  # filled in by us, never written by an author

LANGUAGE_PATTERN = r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$"
ID_PATTERN = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"


def _id(value: str) -> str:
    if not re.fullmatch(ID_PATTERN, value):
        raise PydanticCustomError(
            "id", "an id is lower-case letters, digits and single hyphens, and begins with a letter"
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
        raise PydanticCustomError("url", "an address begins with https:// (or http://) and has no spaces")
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
    return value


class Step(Value):
    """One step of a pathway; ``facets`` are the same names, in the same order, in every step."""

    id: Id | None = None
    title: MarkdownLine
    facets: Annotated[
        tuple[Facet, ...],
        BeforeValidator(_facets),
        WithJsonSchema({"type": "object", "additionalProperties": _MARKDOWN_LINE}),
    ]


class Steps(Value):
    """An ordered pathway, numbered from 1."""

    kind: Derived[Literal["steps"]] = "steps"
    id: Id | None = None
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Picture:
    """The bytes of an image inside the article's folder; ``width`` and ``height`` in CSS pixels."""

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
    image: PlainText
    alt: PlainText
    caption: MarkdownLine
    description: Markdown | None = None
    picture: Derived[Picture | None] = None


class Table(Value):
    """A table whose first row (``columns``) and, unless told otherwise, first column are headers."""

    kind: Derived[Literal["table"]] = "table"
    id: Id | None = None
    caption: MarkdownLine
    columns: Annotated[tuple[MarkdownLine, ...], Field(min_length=2)]
    rows: Annotated[tuple[tuple[MarkdownLine, ...], ...], Field(min_length=1)]
    row_headers: Truth = True


class Callout(Value):
    """A box beside the main line of thought; an ``opinion`` says so in its label."""

    kind: Derived[Literal["callout"]] = "callout"
    id: Id | None = None
    type: Literal["note", "opinion", "warning"] = "note"
    label: MarkdownLine | None = None
    title: MarkdownLine
    body: Markdown


class PageBreak(Value):
    """A hint for print: start a new page here. Nothing is shown elsewhere."""

    kind: Derived[Literal["page_break"]] = "page_break"
    page_break: Literal["here"] = "here"


class Part(Value):
    """A lettered part of a section: A, B, C …; ``question`` is what the part sets out to answer."""

    kind: Derived[Literal["part"]] = "part"
    id: Id
    kicker: MarkdownLine
    question: MarkdownLine | None = None
    body: PartBody


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
PartBody = Annotated[
    tuple[Annotated[_PART_BLOCKS, Discriminator(_kind)], ...], Field(min_length=1)
]
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
    id: Id
    heading: MarkdownLine
    page_break: Literal["auto", "before"] = "auto"
    body: Body


class Faq(Value):
    id: Id
    question: MarkdownLine
    answer: Markdown


class Disclaimer(Value):
    id: Id
    title: MarkdownLine
    text: Markdown


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
    pmid: Annotated[str, AfterValidator(_checked("pmid"))] | None = None
    pmcid: Annotated[str, AfterValidator(_checked("pmcid"))] | None = None
    nct: Annotated[str, AfterValidator(_checked("nct"))] | None = None
    jrct: Annotated[str, AfterValidator(_checked("jrct"))] | None = None
    chictr: Annotated[str, AfterValidator(_checked("chictr"))] | None = None
    eudract: Annotated[str, AfterValidator(_checked("eudract"))] | None = None
    ctis: Annotated[str, AfterValidator(_checked("ctis"))] | None = None
    isrctn: Annotated[str, AfterValidator(_checked("isrctn"))] | None = None
    isbn: Annotated[str, AfterValidator(_checked("isbn"))] | None = None

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
    kind: Literal["journal", "registry", "regulator", "society", "company", "book", "web"]
    citation: MarkdownLine
    published: PlainText | None = None
    url: Url | None = None
    identifiers: Identifiers = Identifiers()
    about: MarkdownLine | None = None
    used_for: MarkdownLine
    does_not_prove: MarkdownLine | None = None
    verified: Day


class RelatedPage(Value):
    """A page to read next; without ``url`` its title stands unlinked and is reported."""

    id: Id
    title: MarkdownLine
    url: Url | None = None


class Person(Value):
    name: PlainText
    credentials: PlainText | None = None
    affiliation: PlainText | None = None
    orcid: Annotated[str, AfterValidator(_checked("orcid"))] | None = None


class Adaptation(Value):
    """The work this article is adapted from."""

    title: MarkdownLine
    publisher: PlainText
    url: Url | None = None


class Trust(Value):
    """Who stands behind the article. All optional: what is not true is not written."""

    adapted_from: Adaptation | None = None
    authors: tuple[Person, ...] = ()
    reviewers: tuple[Person, ...] = ()
    funding: MarkdownLine | None = None
    contact: MarkdownLine | None = None
    feedback: MarkdownLine | None = None
    pages: tuple[RelatedPage, ...] = ()


class Dates(Value):
    """Days, never times. ``checked``: sources last checked; ``reviewed``: clinically reviewed."""

    checked: Day | None = None
    reviewed: Day | None = None
    review_by: Day | None = None
    published: Day | None = None

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


class SharedDisclaimers(Value):
    """source/disclaimers.yaml: disclaimers that several articles name by id."""

    format: Format
    disclaimers: Annotated[tuple[Disclaimer, ...], Field(min_length=1)]


def _shared(value: Any, info: ValidationInfo) -> Any:
    """An id alone stands for a disclaimer of source/disclaimers.yaml."""
    if not isinstance(value, str):
        return value
    shared: Mapping[str, Disclaimer] = (info.context or {}).get("disclaimers", {})
    if value not in shared:
        raise PydanticCustomError(
            "disclaimer", "there is no shared disclaimer “{id}”", {"id": value, "known": tuple(shared)}
        )
    return shared[value]


class Article(Value):
    """One health article, complete."""

    format: Format
    id: Id
    language: Annotated[str, Field(pattern=LANGUAGE_PATTERN)]
    kicker: MarkdownLine | None = None
    title: MarkdownLine
    summary: PlainText
    keywords: tuple[PlainText, ...] = ()
    condition: PlainText | None = None
    lede: Markdown
    statement: Markdown
    key_points: Annotated[tuple[MarkdownLine, ...], Field(max_length=7)] = ()
    introduction: Body | None = None
    sections: Annotated[tuple[Section, ...], Field(min_length=1)]
    faq: Annotated[tuple[Faq, ...], Field(min_length=1)]
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
    related: tuple[RelatedPage, ...] = ()
    references: tuple[Reference, ...] = ()
    trust: Trust = Trust()
    dates: Dates

    @property
    def direction(self) -> Literal["ltr", "rtl"]:
        return direction(self.language)


def direction(language: str) -> Literal["ltr", "rtl"]:
    """Return the base direction of ``language`` (a BCP 47 tag)."""
    return "rtl" if language.split("-")[0] in {"ar", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"} else "ltr"


# --- the house and its editions ------------------------------------------------------------

PART_NAMES = ("key-points", "contents", "body", "faq", "disclaimers", "related", "references", "about")
PartName = Literal["key-points", "contents", "body", "faq", "disclaimers", "related", "references", "about"]
REQUIRED_PARTS: tuple[PartName, ...] = ("faq", "disclaimers")


class Omission(Value):
    """A required part that an edition leaves out on purpose, and why."""

    part: PartName
    reason: PlainText


MEDIA_TYPES = {"html": "text/html", "pdf": "application/pdf", "epub": "application/epub+zip"}
"""What each format is called on the web; a format's name is also its file suffix."""


class Edition(Value):
    """One kind of finished file: its format, and what it carries, in the order of ``PART_NAMES``."""

    name: Derived[str] = ""
    format: PlainText
    title: PlainText | None = None
    paper: Literal["letter", "a4"] | None = None
    suffix: Annotated[str, Field(pattern=r"^(-[a-z0-9]+)*$")] | None = None
    parts: tuple[PartName, ...] = PART_NAMES
    leaves_out: tuple[Omission, ...] = ()

    def file_name(self, article_id: str) -> str:
        """``stem-cell-islets-letter.pdf``: id, suffix (the paper unless told), format."""
        suffix = self.suffix if self.suffix is not None else f"-{self.paper}" if self.paper else ""
        return f"{article_id}{suffix}.{self.format}"


class Evaluation(Value):
    """An accessibility evaluation that really took place; without one no claim is written."""

    standard: PlainText
    by: PlainText
    date: Day
    report: Url | None = None


class House(Value):
    """source/publish.yaml: who publishes, and in which editions."""

    format: Format
    name: PlainText
    url: Url | None = None
    evaluation: Evaluation | None = None
    editions: Annotated[dict[Id, Edition], Field(min_length=1)]


def edition_identifier(house: House, article: Article, edition: Edition) -> str:
    """Return the ``urn:uuid:…`` that names this edition of this article, the same in every build.

    It stands in the file's own metadata, so that a file from anywhere can be recognised.
    """
    base = house.url or f"urn:publish:{house.name}"
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{base}#{article.id}/{edition.name}')}"


# --- interface words -----------------------------------------------------------------------


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


def bodies(article: Article) -> Iterator[Block]:
    """Yield every block of the introduction and the sections, parts opened, in reading order."""
    for body in (article.introduction or (), *(section.body for section in article.sections)):
        for block in body:
            yield block
            if isinstance(block, Part):
                yield from block.body


def lines(value: object) -> Iterator[Line]:
    """Yield every line inside ``value`` (an article, a block, a tuple of them), in reading order.

    Fields are declared in reading order, so this walks them as they stand.
    """
    if isinstance(value, Line):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from lines(each)
    elif isinstance(value, Value) and not isinstance(value, House | Edition):
        for name in type(value).model_fields:
            yield from lines(getattr(value, name))


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
