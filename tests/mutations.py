"""Spoil one thing in a finished file: bytes in, bytes out, alike for HTML, EPUB and PDF.

Each function stands for a fault that a renderer, a layout or a person could make. It fails aloud if
it finds nothing to spoil, so that no test can pass over an intact file.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Operator, String

Instructions = list[Any]


def format_of(data: bytes) -> str:
    return "pdf" if data.startswith(b"%PDF") else "epub" if data.startswith(b"PK") else "html"


def reword(data: bytes, id: str, old: str, new: str) -> bytes:
    """Replace ``old`` by ``new`` in the words of block ``id``."""
    if format_of(data) == "pdf":
        with _Pdf(data) as pdf:
            pdf.reword(id, old, new)
            return pdf.bytes()
    assert html.escape(old, False) == old
    return _in_element(data, id, lambda whole: _once(whole, old, html.escape(new, False)))


def remove(data: bytes, id: str) -> bytes:
    """Take block ``id`` out of the file, words and all."""
    if format_of(data) == "pdf":
        with _Pdf(data) as pdf:
            pdf.remove(id)
            return pdf.bytes()
    return _in_element(data, id, lambda whole: "")


def double(data: bytes, id: str) -> bytes:
    """Let block ``id`` stand twice."""
    if format_of(data) == "pdf":
        with _Pdf(data) as pdf:
            parent, at = pdf.place(id)
            parent.K.insert(at, parent.K[at])
            return pdf.bytes()
    return _in_element(data, id, lambda whole: whole + whole)


def swap_places(data: bytes, one: str, two: str) -> bytes:
    """Let two blocks change places."""
    if format_of(data) == "pdf":
        with _Pdf(data) as pdf:
            (first, n), (second, m) = pdf.place(one), pdf.place(two)
            a, b = first.K[n], second.K[m]
            first.K[n], second.K[m] = b, a
            a.P, b.P = second, first
            return pdf.bytes()
    elements = dict[str, str]()
    for id in (one, two):
        _in_element(data, id, lambda whole, id=id: elements.setdefault(id, whole) + " ")
    data = _in_element(data, one, lambda whole: "<!--one-->")
    data = _in_element(data, two, lambda whole: elements[one])
    return _edit(data, lambda text: text.replace("<!--one-->", elements[two]))


def swap_words(data: bytes, one: str, two: str) -> bytes:
    """Let two blocks stay where they are and say each other's words."""
    if format_of(data) == "pdf":
        with _Pdf(data) as pdf:
            a, b = pdf.element(one), pdf.element(two)
            a.ID, b.ID = String(two), String(one)
            return pdf.bytes()
    data = _in_element(data, one, lambda whole: whole.replace(f'id="{one}"', 'id="#"', 1))
    data = _in_element(data, two, lambda whole: whole.replace(f'id="{two}"', f'id="{one}"', 1))
    return _edit(data, lambda text: text.replace('id="#"', f'id="{two}"'))


def shrink(data: bytes, id: str) -> bytes:
    """Set block ``id`` in smaller type."""
    if format_of(data) == "pdf":
        with _Pdf(data) as pdf:
            pdf.inside(id, "Tf", lambda each: _instruction([each[0], float(each[1]) * 0.8], "Tf"))
            return pdf.bytes()
    return restyle(data, id, "font-size: 0.8em")


def retarget(data: bytes, id: str, old: str, new: str) -> bytes:
    """Let the link in block ``id`` that leads to ``old`` lead to ``new`` ("#id" inside the work)."""
    if format_of(data) == "pdf":
        with _Pdf(data) as pdf:
            pdf.retarget(id, old, new)
            return pdf.bytes()
    pattern = rf'href="[^"]*{re.escape(html.escape(old))}"'
    return _in_element(data, id, lambda whole: re.sub(pattern, f'href="{html.escape(new)}"', whole, count=1))


def add_words(data: bytes, after: str, words: str) -> bytes:
    """Let words that nobody wrote stand behind block ``after``, in no block of their own."""
    if format_of(data) == "pdf":
        with _Pdf(data) as pdf:
            pdf.add_words(after, words)
            return pdf.bytes()
    return _in_element(data, after, lambda whole: f"{whole}<div>{html.escape(words)}</div>")


def lose_emphasis(data: bytes, id: str) -> bytes:
    """Take the first ``strong`` of block ``id`` away, but not its words."""
    if format_of(data) == "pdf":
        with _Pdf(data) as pdf:
            next(each for each in pdf.within(pdf.element(id)) if Name.Strong == each.S).S = Name.Span
            return pdf.bytes()
    return _in_element(data, id, lambda whole: re.sub(r"<strong>(.*?)</strong>", r"\1", whole, count=1))


def lose_note(data: bytes, id: str) -> bytes:
    """Take the first note mark of block ``id`` away."""
    if format_of(data) == "pdf":
        with _Pdf(data) as pdf:
            mark = next(each for each in pdf.within(pdf.element(id)) if Name.Reference == each.S)
            pdf.remove(str(mark.ID))
            return pdf.bytes()
    return _in_element(data, id, lambda whole: re.sub(r"<a class=\"note-mark\".*?</a>", "", whole, count=1))


# --- HTML and EPUB only --------------------------------------------------------------------


def restyle(data: bytes, id: str, style: str) -> bytes:
    """Give block ``id`` a style attribute."""
    return _in_element(data, id, lambda whole: _once(whole, f'id="{id}"', f'id="{id}" style="{style}"'))


def attribute(data: bytes, id: str, words: str) -> bytes:
    """Give block ``id`` one more attribute, written as in HTML."""
    return _in_element(data, id, lambda whole: _once(whole, f'id="{id}"', f'id="{id}" {words}'))


def wrap(data: bytes, id: str, before: str, after: str) -> bytes:
    return _in_element(data, id, lambda whole: before + whole + after)


def add_rule(data: bytes, rule: str) -> bytes:
    """Add a rule at the end of the file's style sheet."""
    if format_of(data) == "html":
        return _edit(data, lambda text: text.replace("</style>", f"{rule}\n</style>"))
    return _members(data, lambda name, text: f"{text}\n{rule}\n" if name.endswith(".css") else text)


def pattern(data: bytes, regex: str, new: str, file: str = ".xhtml") -> bytes:
    """Replace what ``regex`` finds first in a web page, or in each file of an e-book named ``…file``."""

    def change(text: str) -> str:
        return re.sub(regex, new, text, count=1, flags=re.S)

    if format_of(data) == "html":
        return _edit(data, change)
    return _members(data, lambda name, text: change(text) if name.endswith(file) else text)


def replace_file(data: bytes, file: str, content: bytes) -> bytes:
    """Replace the bytes of the e-book's files named ``…file``."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        touched = False
        for member in old.infolist():
            found = member.filename.endswith(file)
            touched |= found
            new.writestr(member, content if found else old.read(member), member.compress_type)
    assert touched, "nothing was changed"
    return out.getvalue()


def edit(data: bytes, old: str, new: str) -> bytes:
    """Replace markup that stands once in the whole file."""
    return _edit(data, lambda text: text.replace(old, new, 1))


def _once(text: str, old: str, new: str) -> str:
    assert old in text, f"“{old}” is not in “{text}”"
    return text.replace(old, new, 1)


def _in_element(data: bytes, id: str, change: Callable[[str], str]) -> bytes:
    pattern = re.compile(rf'<(\w+)(?=[^>]*\sid="{re.escape(id)}")[^>]*?(?:/>|>.*?</\1>)', re.S)
    return _edit(data, lambda text: pattern.sub(lambda found: change(found[0]), text))


def _edit(data: bytes, change: Callable[[str], str]) -> bytes:
    if format_of(data) == "html":
        text = data.decode()
        changed = change(text)
        assert changed != text, "nothing was changed"
        return changed.encode()
    return _members(data, lambda name, text: change(text) if name.endswith(".xhtml") else text)


def _members(data: bytes, change: Callable[[str, str], str]) -> bytes:
    """Return the zip with its text members changed; order and compression stay."""
    out = io.BytesIO()
    touched = False
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.infolist():
            content = old.read(member)
            if member.filename.endswith((".xhtml", ".css", ".opf", ".xml", ".ncx", ".svg")):
                changed = change(member.filename, content.decode()).encode()
                touched |= changed != content
                content = changed
            new.writestr(member, content, compress_type=member.compress_type)
    assert touched, "nothing was changed"
    return out.getvalue()


# --- PDF -----------------------------------------------------------------------------------


WAYS = (
    "white",
    "transparent",
    "off the page",
    "invisible mode",
    "clipped",
    "covered",
    "tiny",
    "hidden layer",
    "struck through",
    "squeezed",
)


def paint(data: bytes, id: str, way: str) -> bytes:
    """Hide block ``id`` of a PDF from the eye, its tags untouched. ``way`` is one of ``WAYS``."""
    with _Pdf(data) as pdf:
        match way:
            case "white":
                pdf.around(id, "q 1 1 1 rg", "Q")
                pdf.inside(id, "rg", lambda each: _instruction([1, 1, 1], "rg"))
            case "transparent":
                for page, _ in pdf.marks(pdf.element(id)):
                    pdf.pdf.pages[page].obj.Resources.ExtGState["/Gone"] = Dictionary(ca=0)
                pdf.around(id, "q /Gone gs", "Q")
                pdf.inside(id, "gs", lambda each: _instruction([Name.Gone], "gs"))
            case "off the page":
                pdf.around(id, "q 1 0 0 1 -2000 0 cm", "Q")
            case "invisible mode":
                pdf.around(id, "3 Tr", "0 Tr")
            case "clipped":
                pdf.around(id, "q 0 0 1 1 re W n", "Q")
            case "covered":
                pdf.over(id, lambda x, y, size, up: (x, y - 0.3 * up * size, 600, 1.2 * up * size))
            case "struck through":
                pdf.over(id, lambda x, y, size, up: (x, y + 0.3 * up * size, 600, 1))
            case "tiny":
                pdf.inside(id, "Tf", lambda each: _instruction([each[0], 0.1], "Tf"))
            case "hidden layer":
                group = pdf.pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("x")))
                default = Dictionary(OFF=Array([group]), Order=Array([]))
                pdf.pdf.Root.OCProperties = Dictionary(OCGs=Array([group]), D=default)
                for page, _ in pdf.marks(pdf.element(id)):
                    pdf.pdf.pages[page].obj.Resources["/Properties"] = Dictionary(Gone=group)
                pdf.around(id, "/OC /Gone BDC", "EMC")
            case "squeezed":
                pdf.around(id, "1 Tz", "100 Tz")
            case _:
                raise ValueError(way)
        return pdf.bytes()


def say_otherwise(data: bytes, id: str, words: str) -> bytes:
    """Let a PDF's block be read aloud in other words than it shows."""
    with _Pdf(data) as pdf:
        pdf.element(id).ActualText = String(words)
        return pdf.bytes()


def say_glyphs(data: bytes) -> bytes:
    """Let a PDF say what its glyphs say: take every ActualText away."""
    with _Pdf(data) as pdf:
        for page in range(len(pdf.pdf.pages)):
            instructions = pdf.instructions(page)
            for n, each in enumerate(instructions):
                if str(each.operator) == "BDC" and "/ActualText" in each.operands[1]:
                    properties = Dictionary(each.operands[1])
                    del properties["/ActualText"]
                    instructions[n] = _instruction([each.operands[0], properties], "BDC")
            pdf.store(page, instructions)
        return pdf.bytes()


def to_artifact(data: bytes, id: str) -> bytes:
    """Let a PDF's block be seen and never be read aloud."""
    with _Pdf(data) as pdf:
        for page, mcid in pdf.marks(pdf.element(id)):
            instructions = pdf.instructions(page)
            start, _ = _range(instructions, mcid)
            instructions[start] = _instruction([Name.Artifact, Dictionary(Type=Name.Layout)], "BDC")
            pdf.store(page, instructions)
        return pdf.bytes()


def spoil(data: bytes, change: Callable[[_Pdf], object]) -> bytes:
    """Return a PDF after ``change`` has done something to it."""
    with _Pdf(data) as pdf:
        change(pdf)
        return pdf.bytes()


def _instruction(operands: list[Any], operator: str) -> Any:
    return pikepdf.ContentStreamInstruction(operands, Operator(operator))


def _range(instructions: Instructions, mcid: int) -> tuple[int, int]:
    """The places of BDC and EMC of a marked content."""
    depth, start = 0, -1
    for n, each in enumerate(instructions):
        operator = str(each.operator)
        if operator in ("BDC", "BMC"):
            properties = each.operands[1] if operator == "BDC" else None
            if isinstance(properties, Dictionary) and properties.get("/MCID") == mcid:
                start = n
            depth += start >= 0
        elif operator == "EMC" and start >= 0:
            depth -= 1
            if not depth:
                return start, n
    raise AssertionError(f"no marked content {mcid}")


class _Pdf:
    """A PDF taken apart: its structure elements, and the instructions of its pages."""

    def __init__(self, data: bytes) -> None:
        self.pdf = pikepdf.open(io.BytesIO(data))

    def __enter__(self) -> _Pdf:
        return self

    def __exit__(self, *_: object) -> None:
        self.pdf.close()

    def bytes(self) -> bytes:
        out = io.BytesIO()
        self.pdf.save(out)
        return out.getvalue()

    # --- structure ---

    def within(self, element: Any) -> Iterator[Any]:
        yield element
        for kid in self.kids(element):
            if isinstance(kid, Dictionary) and "/S" in kid:
                yield from self.within(kid)

    def kids(self, element: Any) -> list[Any]:
        kids = element.get("/K", Array([]))
        return list(kids) if isinstance(kids, Array) else [kids]

    def element(self, id: str) -> Any:
        for top in self.kids(self.pdf.Root.StructTreeRoot):
            for each in self.within(top):
                if str(each.get("/ID", "")) == id:
                    return each
        raise AssertionError(f"no element {id}")

    def place(self, id: str) -> tuple[Any, int]:
        """The element around ``id`` and its place among the kids."""
        element = self.element(id)
        parent = element.P
        if not isinstance(parent.K, Array):
            parent.K = Array([parent.K])
        return parent, next(
            n for n, kid in enumerate(parent.K) if getattr(kid, "objgen", None) == element.objgen
        )

    def marks(self, element: Any) -> list[tuple[int, int]]:
        """(page from 0, id) of every marked content inside."""
        pages = {page.obj.objgen: n for n, page in enumerate(self.pdf.pages)}
        found = []

        def walk(element: Any, page: int) -> None:
            page = pages[element.Pg.objgen] if "/Pg" in element else page
            for kid in self.kids(element):
                if isinstance(kid, int):
                    found.append((page, kid))
                elif "/MCID" in kid:
                    found.append((pages[kid.Pg.objgen] if "/Pg" in kid else page, int(kid.MCID)))
                elif "/S" in kid:
                    walk(kid, page)

        walk(element, 0)
        assert found, "the element has no content"
        return found

    def remove(self, id: str) -> None:
        parent, at = self.place(id)
        for page, mcid in self.marks(self.element(id)):
            instructions = self.instructions(page)
            start, end = _range(instructions, mcid)
            kept = [each for each in instructions[start : end + 1] if str(each.operator) in _STATE]
            self.store(page, [*instructions[:start], *kept, *instructions[end + 1 :]])
        for element in self.within(self.element(id)):
            for kid in self.kids(element):
                if isinstance(kid, Dictionary) and "/Obj" in kid:
                    self.remove_annotation(kid.Obj)
        del parent.K[at]

    def remove_annotation(self, annotation: Any) -> None:
        for page in self.pdf.pages:
            listed = page.obj.get("/Annots", Array([]))
            for n, each in enumerate(listed):
                if each.objgen == annotation.objgen:
                    del listed[n]
                    return

    def retarget(self, id: str, old: str, new: str) -> None:
        for element in self.within(self.element(id)):
            for kid in self.kids(element):
                if isinstance(kid, Dictionary) and "/Obj" in kid:
                    link = kid.Obj
                    if "/A" in link and str(link.A.get("/URI", "")) == old:
                        link.A.URI = String(new)
                        return
                    if "/Dest" in link and f"#{link.Dest}" == old:
                        link.Dest = String(new.removeprefix("#"))
                        return
        raise AssertionError(f"no link to {old}")

    # --- content ---

    def instructions(self, page: int) -> Instructions:
        return list(pikepdf.parse_content_stream(self.pdf.pages[page]))

    def store(self, page: int, instructions: Instructions) -> None:
        self.pdf.pages[page].obj.Contents = self.pdf.make_stream(pikepdf.unparse_content_stream(instructions))

    def inside(self, id: str, operator: str, change: Callable[[list[Any]], Any]) -> None:
        """Change every instruction ``operator`` inside a block."""
        for page, mcid in self.marks(self.element(id)):
            instructions = self.instructions(page)
            start, end = _range(instructions, mcid)
            for n in range(start, end):
                if str(instructions[n].operator) == operator:
                    instructions[n] = change(list(instructions[n].operands))
            self.store(page, instructions)

    def around(self, id: str, before: str, after: str) -> None:
        """Put instructions at the beginning and at the end of a block's contents, inside its marks."""
        for page, mcid in self.marks(self.element(id)):
            instructions = self.instructions(page)
            start, end = _range(instructions, mcid)
            instructions[end:end] = self.parsed(after)
            instructions[start + 1 : start + 1] = self.parsed(before)
            self.store(page, instructions)

    def parsed(self, content: str) -> Instructions:
        return list(pikepdf.parse_content_stream(self.pdf.make_stream(content.encode())))

    def over(self, id: str, box: Callable[[float, float, float, int], tuple[float, ...]]) -> None:
        """Paint a box after every line of a block: white, or black where it is as thin as a line.

        ``box`` makes x, y, width and height of the line's place, its type size, and which way is up.
        """
        for page, mcid in self.marks(self.element(id)):
            instructions = self.instructions(page)
            start, end = _range(instructions, mcid)
            matrix = next(each.operands for each in instructions[start:end] if str(each.operator) == "Tm")
            size = next(
                each.operands[1] for each in reversed(instructions[:end]) if str(each.operator) == "Tf"
            )
            up = -1 if float(matrix[3]) < 0 else 1
            x, y, width, height = box(float(matrix[4]), float(matrix[5]), float(size), up)
            colour = 0 if abs(height) <= 1 else 1
            painted = f"/Artifact BMC q {colour} g {x} {y} {width} {height} re f Q EMC"
            instructions[end + 1 : end + 1] = self.parsed(painted)
            self.store(page, instructions)

    def strings(self, page: int, mcid: int) -> Iterator[tuple[Instructions, int, dict[int, str]]]:
        """Yield (instructions, place, meaning of codes) for every string shown in a marked content."""
        instructions = self.instructions(page)
        start, end = _range(instructions, mcid)
        font = None
        for n in range(end):
            if str(instructions[n].operator) == "Tf":
                font = self.pdf.pages[page].obj.Resources.Font[str(instructions[n].operands[0])]
            if n > start and str(instructions[n].operator) == "TJ":
                yield instructions, n, _meanings(font)

    def reword(self, id: str, old: str, new: str) -> None:
        for page, mcid in self.marks(self.element(id)):
            for instructions, n, meanings in self.strings(page, mcid):
                codes = [
                    int.from_bytes(bytes(each)[at : at + 2], "big")
                    for each in instructions[n].operands[0]
                    if isinstance(each, String)
                    for at in range(0, len(bytes(each)), 2)
                ]
                texts = [meanings.get(code, "") for code in codes]
                at = "".join(texts).find(old)
                if at < 0 or any(len(text) != 1 for text in texts[: at + len(old)]):
                    continue
                back = {text: code for code, text in meanings.items()}
                assert set(new) <= back.keys(), f"the font lacks {set(new) - back.keys()}"
                codes[at : at + len(old)] = [back[letter] for letter in new]
                string = String(b"".join(code.to_bytes(2, "big") for code in codes))
                instructions[n] = _instruction([Array([string])], "TJ")
                start, _ = _range(instructions, mcid)
                properties = instructions[start].operands[1]
                if "/ActualText" in properties:
                    said = Dictionary(properties)
                    said["/ActualText"] = String(str(properties.ActualText).replace(old, new, 1))
                    instructions[start] = _instruction([instructions[start].operands[0], said], "BDC")
                self.store(page, instructions)
                return
        raise AssertionError(f"“{old}” is in no line of {id}")

    def add_words(self, after: str, words: str) -> None:
        """Paint words at the foot of the block's page and tag them as a P without an id."""
        page, mcid = self.marks(self.element(after))[-1]
        instructions, _, meanings = next(self.strings(page, mcid))
        font = next(
            each
            for each in reversed(instructions[: _range(instructions, mcid)[1]])
            if str(each.operator) == "Tf"
        )
        back = {text: code for code, text in meanings.items()}
        assert set(words) <= back.keys(), f"the font lacks {set(words) - back.keys()}"
        codes = b"".join(back[letter].to_bytes(2, "big") for letter in words)
        new = 90_000
        instructions = [
            _instruction([], "q"),
            *instructions,
            _instruction([], "Q"),
            _instruction([Name.P, Dictionary(MCID=new)], "BDC"),
            _instruction([], "BT"),
            _instruction([font.operands[0], 12], "Tf"),
            _instruction([1, 0, 0, 1, 72, 20], "Tm"),
            _instruction([String(codes)], "Tj"),
            _instruction([], "ET"),
            _instruction([], "EMC"),
        ]
        self.store(page, instructions)
        parent, at = self.place(after)
        element = self.pdf.make_indirect(
            Dictionary(Type=Name.StructElem, S=Name.P, P=parent, K=new, Pg=self.pdf.pages[page].obj)
        )
        parent.K.insert(at + 1, element)


_STATE = {"q", "Q", "cm", "gs", "rg", "RG", "g", "G", "Tf", "BT", "ET", "w"}
"""Operators that set or keep state: left behind where words are taken out, for those that follow."""


def _meanings(font: Any) -> dict[int, str]:
    """Code to characters, from a ToUnicode map as WeasyPrint writes it."""
    text = font.ToUnicode.read_bytes().decode("latin-1")
    pairs = re.findall(r"<([0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]+)>", text.split("beginbfchar", 1)[-1])
    return {int(code, 16): bytes.fromhex(value).decode("utf-16-be") for code, value in pairs}
