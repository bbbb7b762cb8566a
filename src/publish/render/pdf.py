"""Print an article as one tagged PDF: article in, bytes out.

It is both PDF/UA-1 and PDF/A-2a, or PDF/UA-2 and PDF/A-4 and both kinds of WTPDF, as the edition asks.

Layouts give HTML and styles, WeasyPrint lays them out, ``render.tags`` tags them. Nothing is read
but the article's own pictures and files of the layouts; no font but the bundled ones; no clock. So
the same article gives the same bytes in every process, place and time zone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from logging import LogRecord
from typing import Any
from urllib.parse import quote, unquote
from xml.sax.saxutils import escape

from publish.errors import Place, Problem, PublishError
from publish.layout import Layouts, View
from publish.model import Article, Edition, House, Picture, edition_identifier
from publish.render import paper
from publish.render.engine import LAYOUT_ROOT, layout_file, only_our_fonts, watched
from publish.render.tags import numbers_in_contents, tagging

OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "pdf/ua-1": {"pdf_variant": "pdf/a-2a"},
    # WeasyPrint knows no plain PDF/A-4; a-4u is one whose metadata claim a level that it has not.
    "pdf/ua-2": {"pdf_variant": "pdf/a-4u", "pdf_tags": True},
}


MOST_TRIES = 3
"""Right numbers in the contents may need other room than wrong ones, and move what they tell of."""


def render(article: Article, edition: Edition, house: House, layouts: Layouts) -> bytes:
    """Return the PDF. A fault in a layout, or a character no bundled font has, is a ``PublishError``."""
    words = layouts.words(article.language)
    fetch = _Fetcher(layouts, grey=edition.colour == "black-and-white")
    template = paper.template(edition)
    view = View("pdf", article, edition, words, href=lambda id: f"#{id}", image=fetch.show)
    identifier = edition_identifier(house, article, edition)
    page = layouts.render(
        template,
        article=article,
        house=house,
        view=view,
        identifier=identifier,
        running_title=running_title(article.title.text, paper.running_letters(edition)),
    )
    with only_our_fonts(layouts):
        import weasyprint
        from weasyprint.text.fonts import FontConfiguration
        from weasyprint.urls import FatalURLFetchingError

        fonts = FontConfiguration()
    try:
        with watched() as records, tagging():
            # The page and type size of the edition come last.
            styles = [_style(name, fetch, fonts, records) for name in paper.styles(edition)]
            style = paper.page_style(edition, words)
            styles.append(weasyprint.CSS(string=style, url_fetcher=fetch, font_config=fonts))
            html = weasyprint.HTML(string=page, base_url=LAYOUT_ROOT + template, url_fetcher=fetch)
            _name_bookmarks(html.etree_element)
            _name_cells(html.etree_element)
            if edition.layout == "article":
                _size_pictures(html.etree_element, fetch.pictures, edition)
                _stack_tables(html.etree_element, paper.table_letters(edition))
                _part_long(html.etree_element, edition)
            found: list[Problem] = []
            try:
                # All styles are given here, so that they are of one origin and their order counts: a
                # style inside the page would win over each of them.
                options = OPTIONS[edition.standard]
                document = html.render(stylesheets=styles, font_config=fonts, **options)
                for _ in range(MOST_TRIES):
                    if not _mend_contents(html.etree_element, document):
                        break
                    document = html.render(stylesheets=styles, font_config=fonts, **options)
                finisher = _finisher(article, edition, house, identifier)
                data: bytes = document.write_pdf(finisher=finisher, **options)
            except PublishError as error:
                found += error.problems
    except FatalURLFetchingError as error:
        raise error.__cause__ or error from None
    # What WeasyPrint complained of comes first: it is the cause of what the tags found.
    if problems := [*_problems(records, html.etree_element, fetch.pictures), *found]:
        raise PublishError(*problems)
    return data


def running_title(title: str, most: float = paper.RUNNING_TITLE) -> str:
    """Return ``title`` short enough for one line of a running head or foot: ``most`` common letters wide.

    What stands before a colon or dash if that is enough, else whole words and "…".
    """
    if paper.letters(title) <= most:
        return title
    first = re.split(r"[:.?!]\s|\s[–—-]\s", title, maxsplit=1)[0]
    if 12 <= paper.letters(first) <= most:
        return first
    while paper.letters(title) > most and " " in title:
        title = title.rpartition(" ")[0]
    return title.rstrip(" ,;:–—-") + "…"


# --- what a render may read ----------------------------------------------------------------


class _Fetcher:
    """Gives WeasyPrint the pictures that a page shows and files of the layouts, and refuses all else.

    Refusals are ``FatalURLFetchingError``, which WeasyPrint lets pass; anything milder it would log,
    and go on without the file.
    """

    def __init__(self, layouts: Layouts, grey: bool) -> None:
        self.layouts, self.grey = layouts, grey
        self.pictures: dict[str, Picture] = {}

    def show(self, picture: Picture) -> str:
        """Return the address of ``picture`` inside the page: a scheme of our own, nothing on a disk."""
        address = f"picture:{quote(picture.path)}"
        self.pictures[address] = paper.grey_picture(picture) if self.grey else picture
        return address

    def __call__(self, url: str) -> Any:
        from weasyprint.urls import FatalURLFetchingError, URLFetcherResponse

        if picture := self.pictures.get(url):
            return URLFetcherResponse(url, picture.data, {"Content-Type": picture.media_type})
        try:
            data, media_type = layout_file(url, self.layouts)
        except PublishError as error:
            raise FatalURLFetchingError(url) from error
        return URLFetcherResponse(url, data, {"Content-Type": media_type})


# --- styles ---------------------------------------------------------------------------------


def _style(name: str, fetch: _Fetcher, fonts: Any, records: list[LogRecord]) -> Any:
    """Return the parsed style file ``name``; what WeasyPrint would pass over is a ``PublishError``."""
    import weasyprint

    text, address = fetch.layouts.text(name), LAYOUT_ROOT + name
    text = paper.grey_style(text) if fetch.grey else text
    style = weasyprint.CSS(string=text, base_url=address, url_fetcher=fetch, font_config=fonts)
    if records:
        file = str(fetch.layouts.file(name))
        raise PublishError(*(_style_problem(record.getMessage(), file) for record in records))
    return style


def _style_problem(message: str, file: str) -> Problem:
    """``Ignored `colour: red` at 3:5, unknown property.`` as a problem at line 3 of ``file``."""
    found = re.search(r" at (\d+):(\d+)", message)
    line, column = (int(found[1]), int(found[2])) if found else (1, 1)
    said = re.sub(r" at \d+:\d+", "", message).rstrip(".")
    return Problem(f"print style: {said}", Place(file, line, column), kind="layout")


def _name_bookmarks(html: Any) -> None:
    """Give every heading its bookmark, number included, without the note marks that stand in it."""
    for element in html.iter():
        if element.tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            words = "".join(_words(element))
            # HTML's white space only: a no-break or a narrow space is the author's.
            element.set("data-bookmark", re.sub(r"[ \t\r\n\f]+", " ", words).strip(" "))


def _name_cells(html: Any) -> None:
    """Give every cell the head of its column, for styles that set the cells of a row below each other."""
    for table in html.iter("table"):
        heads = [
            " ".join("".join(_words(head)).split()) for head in table.iter("th") if head.get("scope") == "col"
        ]
        for row in table.iter("tr"):
            for cell, head in zip(row, heads, strict=False):
                if cell.tag == "td":
                    cell.set("data-head", head)


def _stack_tables(html: Any, most: float) -> None:
    """Mark the tables whose longest words do not fit beside each other: ``most`` common letters in a row.

    Side by side no column can be narrower than its longest word, and would leave the page.
    """
    for table in html.iter("table"):
        columns: dict[int, float] = {}
        for row in table.iter("tr"):
            for n, cell in enumerate(row):
                # A line may also end at these signs.
                words = re.split(r"[\s/–—-]+", "".join(_words(cell)))
                columns[n] = max(columns.get(n, 0), *map(paper.letters, words))
        if sum(columns.values()) > most - paper.BETWEEN_COLUMNS * len(columns):
            _add_class(table, "stacked")


def _size_pictures(html: Any, pictures: Mapping[str, Picture], edition: Edition) -> None:
    for image in html.iter("img"):
        # Another address is a layout's, and refused when WeasyPrint asks for it.
        if picture := pictures.get(image.get("src")):
            image.set("style", f"width: {paper.picture_width(picture, edition):.2f}pt")


def _mend_contents(html: Any, document: Any) -> bool:
    """Give the contents the pages on which headings begin; say whether another one stood there."""
    found = list(numbers_in_contents(document))
    if all(shown == str(page) for _, shown, page in found):
        return False
    pages = {f"#{head}": str(page) for head, _, page in found}
    for link in html.iter("a"):
        if link.get("data-head") in pages:
            link.set("data-page", pages[link.get("data-head")])
    return True


_KEPT_WHOLE = frozenset(("callout", "disclaimer", "key-points", "known", "qa", "step", "unknown"))
_LEAVES = frozenset(("h2", "h3", "p", "dt", "dd", "th", "td"))


def _part_long(html: Any, edition: Edition) -> None:
    """Mark what base.css keeps on one page, but is so long that it leaves too large a gap above it."""
    boxes = [each for each in html.iter() if not _KEPT_WHOLE.isdisjoint((each.get("class") or "").split())]
    facts = [fact for names in html.iter("dl") for fact in names]
    rows = [row for table in html.iter("table") if table.get("class") for row in table.iter("tr")]
    for kept, leaves, share in (
        (boxes, _LEAVES, paper.WHOLE),
        ((*facts, *rows), _LEAVES, paper.WHOLE_ROW),
        (html.iter("nav"), ("li",), paper.WHOLE_CONTENTS),
    ):
        for element in kept:
            texts = ["".join(_words(leaf)) for leaf in element.iter() if leaf.tag in leaves]
            if paper.is_long(texts, share, edition):
                _add_class(element, "long")


def _add_class(element: Any, name: str) -> None:
    element.set("class", " ".join((*(element.get("class") or "").split(), name)))


def _words(element: Any) -> Iterator[str]:
    if element.get("role") == "doc-noteref":
        return
    yield element.text or ""
    for child in element:
        yield from _words(child)
        yield child.tail or ""


# --- metadata -------------------------------------------------------------------------------

_PDF_UA = """\
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">\
<pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" \
xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">\
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">\
<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>\
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>\
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>\
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">\
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>\
<pdfaProperty:category>internal</pdfaProperty:category>\
<pdfaProperty:description>Indicates, which part of ISO 14289 is conformed to</pdfaProperty:description>\
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
"""
"""PDF/UA-1's mark, and the description of it that PDF/A demands (ISO 19005-2, 6.6.2.3.3)."""

_PDF_UA_2 = """\
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">\
<pdfuaid:part>2</pdfuaid:part><pdfuaid:rev>2024</pdfuaid:rev></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfd="http://pdfa.org/declarations/"><pdfd:declarations><rdf:Bag>\
<rdf:li rdf:parseType="Resource">\
<pdfd:conformsTo>http://pdfa.org/declarations/wtpdf#accessibility1.0</pdfd:conformsTo></rdf:li>\
<rdf:li rdf:parseType="Resource">\
<pdfd:conformsTo>http://pdfa.org/declarations/wtpdf#reuse1.0</pdfd:conformsTo></rdf:li>\
</rdf:Bag></pdfd:declarations></rdf:Description>
"""
"""PDF/UA-2's mark, and the declarations that WTPDF 1.0 (6.1.2, 6.1.3) demands."""


def _finisher(
    article: Article, edition: Edition, house: House, identifier: str
) -> Callable[[Any, Any], None]:
    """Return what completes WeasyPrint's metadata just before it writes the file.

    Spliced into its own RDF: what its ``xmp_metadata`` option adds is a second one, which validators
    do not read.
    """
    import pydyf

    dublin_core = (
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:identifier>{escape(identifier)}</dc:identifier>"
        f"<dc:language><rdf:Bag><rdf:li>{escape(article.language)}</rdf:li></rdf:Bag></dc:language>"
        f"<dc:publisher><rdf:Bag><rdf:li>{escape(house.name)}</rdf:li></rdf:Bag></dc:publisher>"
        "</rdf:Description>\n"
    )

    def finish(document: Any, pdf: Any) -> None:
        (metadata,) = (
            each
            for each in pdf.objects
            if isinstance(each, pydyf.Stream) and each.extra.get("Type") == "/Metadata"
        )
        packet = metadata.stream[0]
        if edition.standard == "pdf/ua-2":
            packet = re.sub(rb' pdfaid:conformance="U"', b"", packet)
        mark = _PDF_UA_2 if edition.standard == "pdf/ua-2" else _PDF_UA
        if article.direction == "rtl":
            pdf.catalog["ViewerPreferences"]["Direction"] = "/R2L"
        metadata.stream = [packet.replace(b"</rdf:RDF>", (mark + dublin_core).encode() + b"</rdf:RDF>")]

    return finish


# --- faults ---------------------------------------------------------------------------------


def _problems(records: list[LogRecord], html: Any, pictures: Mapping[str, Picture]) -> list[Problem]:
    """Turn what WeasyPrint logged into problems: a character without a glyph by name and block, once.

    Of a character in one of ``pictures`` the place has that picture's path, as the article names it.
    """
    import unicodedata

    problems: dict[str, Problem] = {}
    for record in records:
        message = record.getMessage()
        if lost := re.match(r"No anchor #(\S+) for internal URI", message):
            problems[message] = Problem(
                f"the text of this edition leads to “{lost[1]}”, which the edition does not have",
                hint="add the part that has it to the parts of the edition in publish.yaml",
                kind="lost-link",
            )
            continue
        if drawn := re.match(r"Failed to render SVG image picture:(\S+)", message):
            problems[message] = Problem(
                f"the picture {unquote(drawn[1])} cannot be printed: "
                "a number or colour in it is none, or it repeats without end",
                hint="look at its numbers and colours, or export the picture as .png",
                kind="image",
                block=next((each.get("id") for each in html.iter("img") if each.get("src") in message), ""),
            )
            continue
        if ".notdef" not in message or not isinstance(record.args, tuple):
            problems[message] = Problem(f"print layout: {message}", kind="layout")
            continue
        character = str(record.args[0])
        name = unicodedata.name(character, "a character without a name")
        blocks = _blocks_with(character, html)
        picture, words = ("", "") if blocks else _picture_with(character, pictures)
        where = f"block “{blocks[0]}”" if blocks else f"the picture {picture} (“{words}”)"
        if not (blocks or picture):
            where = "a picture"
        more = f" and {len(blocks) - 1} more" if len(blocks) > 1 else ""
        problems[character] = Problem(
            f"no font of the print layout has “{character}” (U+{ord(character):04X} {name}) of {where}{more}",
            hint=_FONT_HINT,
            kind="missing-glyph",
            block=blocks[0] if blocks else "",
            at=character,
            place=Place(picture, 1, 1) if picture else None,
        )
    return _by_script(problems)


_FONT_HINT = (
    "write it another way, or put a font that has it (TTF) into layouts/fonts of the project and name it "
    "in its own layouts/print/fonts.css: see “Languages and scripts” in docs/layouts.md"
)
_FEW = 3


def _by_script(problems: Mapping[str, Problem]) -> list[Problem]:
    """Return ``problems``; of many characters of one script that have no glyph, the first tells for all."""
    import unicodedata

    scripts: dict[str, list[str]] = {}
    for character, problem in problems.items():
        if problem.kind == "missing-glyph":
            scripts.setdefault(unicodedata.name(character, "?").split(" ")[0], []).append(character)
    left = dict(problems)
    for script, characters in scripts.items():
        first, *others = characters
        if len(characters) > _FEW:
            message = f"{left[first].message}, nor {len(others)} other {script.capitalize()} characters"
            left[first] = replace(left[first], message=message)
            for other in others:
                del left[other]
    return list(left.values())


def _picture_with(character: str, pictures: Mapping[str, Picture]) -> tuple[str, str]:
    """Return the path of the first SVG that has ``character`` in its words, and these words."""
    from lxml import etree

    for picture in pictures.values():
        if picture.media_type == "image/svg+xml":
            parser = etree.XMLParser(resolve_entities=False, no_network=True)
            for text in etree.fromstring(picture.data, parser).iter("{http://www.w3.org/2000/svg}text"):
                words = " ".join("".join(text.itertext()).split())
                if character in words:
                    return picture.path, words
    return "", ""


def _blocks_with(character: str, html: Any) -> list[str]:
    """Return the ids of the innermost elements with an id whose text has ``character``, in order."""
    found: dict[str, None] = {}

    def walk(element: Any, id: str) -> None:
        inner = element.get("id") or id
        if character in (element.text or ""):
            found[inner] = None
        for child in element:
            walk(child, inner)
            if character in (child.tail or ""):
                found[inner] = None

    walk(html.find("body"), "")
    return list(found)
