"""Print small pages and read tag trees, for tests: HTML or bytes in, elements with their text out.

A second reader of tags, much simpler than ``publish.verify.pdf`` and apart from it, so that the two can
disagree. It believes ActualText and ToUnicode, and looks at nothing that is seen.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pikepdf
from PIL import Image

from publish.layout import Layouts, packaged_layouts
from publish.render.engine import LAYOUT_ROOT, layout_file, only_our_fonts, watched
from publish.render.tags import tagging


@dataclass(eq=False)
class Element:
    """One structure element; ``kids`` are elements, and (page from 0, MCID) of marked content."""

    role: str
    dictionary: Any
    parent: Element | None
    kids: list[Element | tuple[int, int]] = field(default_factory=list)
    annotations: list[Any] = field(default_factory=list)

    @property
    def id(self) -> str:
        return str(self.dictionary.get("/ID", ""))

    @property
    def children(self) -> list[Element]:
        return [kid for kid in self.kids if isinstance(kid, Element)]

    def all(self) -> Iterator[Element]:
        yield self
        for child in self.children:
            yield from child.all()

    def pages(self) -> list[int]:
        """The pages its content stands on, from 0, each once, in reading order."""
        found: dict[int, None] = {}
        for element in self.all():
            for kid in element.kids:
                if not isinstance(kid, Element):
                    found[kid[0]] = None
        return list(found)

    def attribute(self, name: str) -> Any:
        given = self.dictionary.get("/A", [])
        for each in given if isinstance(given, pikepdf.Array) else [given]:
            if name in each:
                return each[name]
        return None


class TagTree:
    """The tag tree of a PDF, the text of its marked content, and its artifacts."""

    def __init__(self, data: bytes) -> None:
        self.pdf = pikepdf.open(io.BytesIO(data))
        self.pages = {page.obj.objgen: number for number, page in enumerate(self.pdf.pages)}
        self.struct: Any = self.pdf.Root.StructTreeRoot
        self.texts: dict[tuple[int, int], str] = {}
        self.shown: dict[tuple[int, int], str] = {}
        """What the glyphs say, where ``texts`` has what the file says in their place."""
        self.artifacts: list[tuple[int, dict[str, str], str]] = []
        self.unmarked: list[str] = []
        self._cmaps: dict[tuple[int, int], dict[int, str]] = {}
        for number, page in enumerate(self.pdf.pages):
            self._read_page(number, page)
        self.root = self._element(self.struct.K[0], None, None)

    @cached_property
    def by_id(self) -> dict[str, Element]:
        return {element.id: element for element in self.root.all() if element.id}

    def elements(self, role: str) -> list[Element]:
        return [element for element in self.root.all() if element.role == role]

    def text(self, element: Element, *without: str) -> str:
        """The text of ``element``, white space folded, less elements of the roles ``without``."""
        return " ".join("".join(self._pieces(element, without)).split(" ")).strip(" ")

    def outline(self, element: Element | None = None) -> str:
        """The roles as nested words: ``L(LI(Lbl LBody(P)))``."""
        element = element or self.root
        inner = " ".join(self.outline(child) for child in element.children)
        return f"{element.role}({inner})" if inner else element.role

    def _pieces(self, element: Element, without: tuple[str, ...]) -> Iterator[str]:
        for kid in element.kids:
            if not isinstance(kid, Element):
                yield self.texts.get(kid, "")
            elif kid.role not in without:
                yield from self._pieces(kid, without)

    def _element(self, given: Any, parent: Element | None, page: int | None) -> Element:
        element = Element(str(given.S)[1:], given, parent)
        page = self.pages[given.Pg.objgen] if "/Pg" in given else page
        kids = given.get("/K", [])
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            if isinstance(kid, int):
                assert page is not None
                element.kids.append((page, kid))
            elif "/MCID" in kid:
                element.kids.append((self.pages[kid.Pg.objgen], int(kid.MCID)))
            elif "/Obj" in kid:
                element.annotations.append(kid.Obj)
            else:
                element.kids.append(self._element(kid, element, page))
        return element

    def _read_page(self, number: int, page: Any) -> None:
        cmap: dict[int, str] = {}
        open_: list[dict[str, Any]] = []
        for instruction in pikepdf.parse_content_stream(page):
            operands, operator = instruction.operands, str(instruction.operator)
            if operator == "Tf":
                cmap = self._cmap(page.Resources.Font[str(operands[0])])
            elif operator in ("BDC", "BMC"):
                properties = dict(operands[1].items()) if len(operands) > 1 else {}
                mark = {"tag": str(operands[0]), "properties": properties, "text": ""}
                open_.append(mark)
            elif operator == "EMC":
                self._close(number, open_.pop())
            elif operator == "TJ":
                shown = b"".join(bytes(each) for each in operands[0] if isinstance(each, pikepdf.String))
                text = "".join(
                    cmap.get(int.from_bytes(shown[at : at + 2], "big"), "�") for at in range(0, len(shown), 2)
                )
                if open_:
                    open_[-1]["text"] += text
                else:
                    self.unmarked.append(text)

    def _close(self, page: int, mark: dict[str, Any]) -> None:
        properties = mark["properties"]
        if mark["tag"] == "/Artifact":
            names = {key: str(value) for key, value in properties.items() if key in ("/Type", "/Subtype")}
            self.artifacts.append((page, names, mark["text"]))
        else:
            key = (page, int(properties["/MCID"]))
            assert key not in self.texts, f"MCID {key} is used twice"
            self.shown[key] = mark["text"]
            self.texts[key] = str(properties.get("/ActualText", mark["text"]))

    def _cmap(self, font: Any) -> dict[int, str]:
        if font.objgen not in self._cmaps:
            stream = font.ToUnicode.read_bytes().decode("latin-1")
            pairs = re.findall(r"^<(\w{4})> <(\w*)>$", stream, re.MULTILINE)
            decoded = {int(code, 16): bytes.fromhex(text).decode("utf-16-be") for code, text in pairs}
            self._cmaps[font.objgen] = decoded
        return self._cmaps[font.objgen]


# --- small pages ---------------------------------------------------------------------------

LAYOUTS = Layouts((packaged_layouts(),))
PAGE = """
@page { size: 300pt 220pt; margin: 30pt }
@page { @top-left { content: "Running head" } @bottom-right { content: counter(page) } }
html { font-size: 13pt }
h1, h2, h3 { bookmark-level: none }
.leader::after { content: leader(".") target-counter(attr(href), page) }
"""


def tagged(body: str, css: str = "", lang: str = "en", variant: str = "pdf/ua-1") -> TagTree:
    """Print ``body`` on small pages with our fonts and our tags, and read the tags back."""
    return TagTree(printed(body, css, lang, variant))


def printed(body: str, css: str = "", lang: str = "en", variant: str = "pdf/ua-1") -> bytes:
    """Print ``body`` under a small page's styles and ``css``; every ``picture:`` is a white one."""
    with only_our_fonts(LAYOUTS):
        import weasyprint
        from weasyprint.text.fonts import FontConfiguration
        from weasyprint.urls import URLFetcherResponse

        fonts = FontConfiguration()

    def fetch(url: str) -> Any:
        if url.startswith("picture:"):
            return URLFetcherResponse(url, _white(), {"Content-Type": "image/png"})
        data, media_type = layout_file(url, LAYOUTS)
        return URLFetcherResponse(url, data, {"Content-Type": media_type})

    page = f'<html lang="{lang}"><head><title>Test</title></head><body>{body}</body></html>'
    with watched() as records, tagging():
        faces = LAYOUT_ROOT + "print/fonts.css"
        styles = [
            weasyprint.CSS(
                string=LAYOUTS.text("print/fonts.css"), base_url=faces, url_fetcher=fetch, font_config=fonts
            ),
            weasyprint.CSS(string=PAGE + css, url_fetcher=fetch, font_config=fonts),
        ]
        html = weasyprint.HTML(string=page, url_fetcher=fetch)
        data: bytes = html.write_pdf(stylesheets=styles, font_config=fonts, pdf_variant=variant)
    assert not records, [record.getMessage() for record in records]
    return data


def _white() -> bytes:
    """A white picture of 40 by 20 pixels."""
    file = io.BytesIO()
    Image.new("RGB", (40, 20), "white").save(file, "PNG")
    return file.getvalue()
