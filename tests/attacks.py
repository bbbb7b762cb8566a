"""Hostile projects and files, and ``publish`` run on them as an author would: what it said, took and left."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]
COMPLETE = REPOSITORY / "tests" / "projects" / "complete"
ARTICLE = "source/small-article/article.yaml"
IMAGES = "source/small-article/images"
SECRET = "the-secret-of-this-machine"
"""Stands in a file beside every hostile project; it must come out nowhere."""

Attack = Callable[[Path], object]
"""Spoils the project in a folder."""

Data = str | bytes | Callable[[], str | bytes]
"""What stands in a file, or what makes it: some takes seconds to make."""


def made(data: Data) -> bytes:
    given = data() if callable(data) else data
    return given if isinstance(given, bytes) else given.encode()


@dataclass(frozen=True)
class Outcome:
    """How one run ended; ``computing`` and ``megabytes`` are of the process and all that it began."""

    code: int
    said: str
    seconds: float
    computing: float
    megabytes: float
    left: tuple[str, ...]


def hostile(folder: Path, attack: Attack) -> Path:
    """Copy the complete project into ``folder``, with a secret beside it, and spoil it."""
    (folder / "secret.txt").write_text(SECRET, encoding="utf-8")
    (folder / "secret.png").write_bytes(png(1, 1))
    project = folder / "project"
    shutil.copytree(COMPLETE, project)
    attack(project)
    return project


def publish(
    project: Path,
    *arguments: str | Path,
    warm: Warm | None = None,
    brief: bool = False,
    default_output: bool = False,
) -> Outcome:
    """Run ``publish`` on ``project`` and measure it: a new process, or one that ``warm`` begins.

    ``brief`` lets each edition, and each reading, have one second of computing only. What would compute
    without end is stopped as it is by the real limits, which are tested by themselves.
    """
    scratch = project.parent / "scratch"
    scratch.mkdir(exist_ok=True)
    output = project.parent / "output"
    given = [*map(str, arguments), "--project", str(project)]
    if arguments[0] != "check" and not default_output:
        given += ["--output", str(output)]
    run = Run(given, str(project.parent / "said.txt"), str(scratch), brief)
    assert warm or not brief
    began = time.monotonic()
    ended = warm.publish(run) if warm else ended_of(run.begin())
    left = [path.relative_to(project.parent) for path in (*scratch.rglob("*"), *output.rglob("*"))]
    return Outcome(
        ended["code"],
        (project.parent / "said.txt").read_text("utf-8", "replace"),
        time.monotonic() - began,
        ended["computing"],
        ended["megabytes"],
        tuple(sorted(str(path) for path in left if path.name != ".lock")),
    )


@dataclass(frozen=True)
class Run:
    """One run of ``publish``: what it is given, the file that hears what it says, its temporary folder."""

    arguments: list[str]
    said: str
    scratch: str
    brief: bool = False

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "PYTHONPATH": str(REPOSITORY / "src"), "TMPDIR": self.scratch}

    def begin(self) -> int:
        """Begin it as a program; return the number of its process."""
        with Path(self.said).open("wb") as said:
            command = [sys.executable, "-m", "publish", *self.arguments]
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, env=self.environment
            )
        process.returncode = 0  # it is waited for elsewhere
        return process.pid

    def fork(self) -> int:
        """Begin it in a copy of this process, which has imported all that it needs."""
        process = os.fork()
        if process == 0:
            code = 3
            try:
                self._work()
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else 1
            except BaseException:
                import traceback

                traceback.print_exc()
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code)
        return process

    def _work(self) -> None:
        said = os.open(self.said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        for stream, place in ((0, os.open(os.devnull, os.O_RDONLY)), (1, said), (2, said)):
            os.dup2(place, stream)
        os.environ.update(self.environment)
        from publish import cli, isolate, jobs

        if self.brief:
            jobs.limits = lambda seconds: isolate.Limits(1, 60)
        sys.exit(cli.main(self.arguments))


def ended_of(process: int) -> dict[str, Any]:
    """Wait for a process to end; return its exit code and what it used, with all that it began."""
    _, status, usage = os.wait4(process, 0)
    return {
        "code": os.waitstatus_to_exitcode(status),
        "computing": usage.ru_utime + usage.ru_stime,
        "megabytes": usage.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10),
    }


class Warm:
    """A process that has imported ``publish`` and nothing else, and forks for every run.

    Half of what a short run computes is importing. A fork of the tests' own process would not be the
    program: they have threads, a browser, a Java machine.
    """

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            env=os.environ | {"PYTHONPATH": str(REPOSITORY / "src")},
        )

    def publish(self, run: Run) -> Mapping[str, Any]:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(run.__dict__) + "\n")
        self.process.stdin.flush()
        ended: Mapping[str, Any] = json.loads(self.process.stdout.readline())
        return ended

    def close(self) -> None:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


def serve() -> None:
    """Be the process of ``Warm``."""
    from publish import cli, pipeline  # noqa: F401
    from publish.formats import FORMATS
    from publish.layout import Layouts, packaged_layouts

    for format in FORMATS.values():
        format.prepare(Layouts((packaged_layouts(),)))
    for line in sys.stdin:
        print(json.dumps(ended_of(Run(**json.loads(line)).fork())), flush=True)


# --- attacks in the words of an author -------------------------------------------------------


def source(old: str, new: str) -> Attack:
    """Replace ``old`` in the article by ``new``."""

    def attack(project: Path) -> None:
        file = project / ARTICLE
        text = file.read_text("utf-8")
        assert text.count(old) >= 1, f"“{old}” is not in the article"
        file.write_text(text.replace(old, new, 1), encoding="utf-8")

    return attack


def whole(text: Data) -> Attack:
    """Let the article be ``text``."""
    return lambda project: (project / ARTICLE).write_bytes(made(text))


LEDE = "lede: |\n"


def lede(text: str) -> Attack:
    """Put ``text`` before the first words of the article."""
    indented = "\n".join(f"  {line}" if line else "" for line in text.split("\n"))
    return source(LEDE, f"{LEDE}{indented}\n\n")


def block(text: str) -> Attack:
    """Put a block, written from its first column on, before the others of the introduction."""
    indented = "\n".join(f"  {line}" if line else "" for line in text.split("\n"))
    return source("introduction:\n", f"introduction:\n{indented}\n")


def picture(name: str, data: Data) -> Attack:
    """Show the picture ``data``."""

    def attack(project: Path) -> None:
        (project / IMAGES / name).write_bytes(made(data))
        source("images/sugar-curve.svg", f"images/{name}")(project)

    return attack


def linked(name: str, target: str) -> Attack:
    """Put a link in the place of a file or folder of the project; ``target`` is relative to the project."""

    def attack(project: Path) -> None:
        path = project / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
        path.symlink_to(target if target.startswith("/") else project / target)

    return attack


def pipe(name: str) -> Attack:
    def attack(project: Path) -> None:
        (project / name).unlink(missing_ok=True)
        os.mkfifo(project / name)

    return attack


def layout(name: str, text: str, before: str = "") -> Attack:
    """Give the project a layout of its own: ours, with ``text`` at its end, or before its ``before``."""
    return lambda project: _own(project, name, lambda ours: _put(ours, text, before))


def own_layout(name: str, text: Data) -> Attack:
    """Give the project a layout file ``name`` that is ``text``."""
    return lambda project: _own(project, name, lambda _: made(text))


def _own(project: Path, name: str, change: Callable[[str], str | bytes]) -> None:
    file, ours = project / "layouts" / name, REPOSITORY / "layouts" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    is_text = ours.suffix in (".css", ".jinja", ".yaml") and ours.is_file()
    text = change(ours.read_text("utf-8") if is_text else "")
    file.write_bytes(text if isinstance(text, bytes) else text.encode())


def _put(ours: str, text: str, before: str) -> str:
    assert before in ours, f"“{before}” is not in the layout"
    return ours.replace(before, f"{text}{before}", 1) if before else f"{ours}\n{text}\n"


def short(project: Path) -> None:
    """Let the article be the short one of a new project: what a layout does is seen on one page, too."""
    starter = REPOSITORY / "src/publish/starter_files"
    text = (starter / "article.yaml").read_text("utf-8").replace("my-first-article", "small-article")
    (project / ARTICLE).write_text(text, encoding="utf-8")
    shutil.copy(starter / "disclaimers.yaml", project / "source")


def only(*editions: str) -> Attack:
    """Let the house have no other editions than these."""

    def attack(project: Path) -> None:
        file = project / "source/publish.yaml"
        head, _, rest = file.read_text("utf-8").partition("editions:\n")
        each = re.findall(r"(?m)^  \w+:\n(?:    .*\n)+", rest)
        kept = [text for text in each if text.split(":")[0].strip() in editions]
        assert len(kept) == len(editions)
        file.write_text(f"{head}editions:\n{''.join(kept)}", encoding="utf-8")

    return attack


def both(*attacks: Attack) -> Attack:
    def attack(project: Path) -> None:
        for each in attacks:
            each(project)

    return attack


# --- files -----------------------------------------------------------------------------------


def png(width: int, height: int, extra: bytes = b"") -> bytes:
    """A black PNG, packed as small as PNG can; ``extra`` are chunks before its pixels."""
    packer = zlib.compressobj(9)
    row = bytes(width // 8 + 1 + bool(width % 8))
    pixels = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    chunks = chunk(b"IHDR", header) + extra + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def jpeg_of_many_scans(side: int, scans: int) -> bytes:
    """A progressive JPEG that says the same scan again and again; each takes a walk over all its pixels."""
    from PIL import Image

    out = io.BytesIO()
    Image.new("L", (side, side), 128).save(out, "JPEG", progressive=True, quality=1)
    data = out.getvalue()
    starts = [at for at in range(len(data) - 1) if data[at : at + 2] == b"\xff\xda"]
    last = data[starts[-1] : data.rindex(b"\xff\xd9")]
    return data[: starts[-1]] + last * scans + b"\xff\xd9"


def svg(inside: str, before: str = "") -> str:
    return (
        f'{before}<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'width="100" height="100">\n{inside}\n</svg>'
    )


def entity_bomb() -> str:
    letters = "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    return svg("<text>&j;</text>", f'<!DOCTYPE s [<!ENTITY a "xxxxxxxxxx">{letters}]>')


def used_a_million_times() -> str:
    layers = "".join(f'<g id="a{n + 1}">' + f'<use xlink:href="#a{n}"/>' * 10 + "</g>" for n in range(6))
    return svg(f'<defs><g id="a0"><rect width="1" height="1"/></g>{layers}</defs><use xlink:href="#a6"/>')


def flat(size: int) -> bytes:
    """``size`` zero bytes, deflated: one megabyte once, then the same again and again (RFC 1950, 1951)."""
    packer = zlib.compressobj(9)
    first = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    ending = b"\x03\x00" + struct.pack(">I", ((size % 65521) << 16) | 1)
    return first + again * ((size >> 20) - 1) + ending


def woff_bomb(size: int) -> bytes:
    """A WOFF font with one table that unpacks to ``size`` bytes."""
    packed = flat(size)
    table = struct.pack(">4sIIII", b"glyf", 64, len(packed), size, 0)
    after = (len(table) + 44 + len(packed), 1, 0, 12 + 16 + size, 1, 0, 0, 0, 0, 0, 0)
    return b"wOFF\0\1\0\0" + struct.pack(">IHHIHHIIIII", *after) + table + packed


def woff2_bomb(size: int) -> bytes:
    """A WOFF2 font whose tables unpack to ``size`` bytes: one megabyte, again and again."""
    import brotli

    packer, megabyte = brotli.Compressor(quality=1), bytes(1 << 20)
    pieces = [packer.process(megabyte) + packer.flush() for _ in range(3)]
    assert pieces[1] == pieces[2]
    packed = pieces[0] + pieces[1] * ((size >> 20) - 1) + packer.finish()
    length = bytes([0x80 | size >> 28 & 127, 0x80 | size >> 21 & 127, 0x80 | size >> 14 & 127])
    table = b"\x00" + length + bytes([0x80 | size >> 7 & 127, size & 127])
    after = (48 + len(table) + len(packed), 1, 0, 12 + 16 + size, len(packed), 1, 0, 0, 0, 0, 0, 0)
    return b"wOF2\0\1\0\0" + struct.pack(">IHHIIHHIIIII", *after) + table + packed


def font_of_many_glyphs() -> bytes:
    """A TrueType font whose letter is made of itself, sixty times, and that says it has 65,535 glyphs."""
    from fontTools.fontBuilder import FontBuilder
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    font = FontBuilder(1000, isTTF=True)
    font.setupGlyphOrder([".notdef", "a", *(f"g{n}" for n in range(300))])
    font.setupCharacterMap({code: "a" for code in range(32, 0x2FFF)})
    pen = TTGlyphPen({"a": None})
    for n in range(60):
        pen.addComponent("a", (1, 0, 0, 1, n, 0))
    glyph = pen.glyph()
    glyph.xMin = glyph.yMin = glyph.xMax = glyph.yMax = 0
    empty = TTGlyphPen(None).glyph()
    font.setupGlyf(
        {".notdef": empty, "a": glyph, **{f"g{n}": glyph for n in range(300)}}, calcGlyphBounds=False
    )
    font.setupHorizontalMetrics(dict.fromkeys(font.font.getGlyphOrder(), (500, 0)))
    font.setupHorizontalHeader(ascent=800, descent=-200)
    font.setupNameTable({"familyName": "x", "styleName": "Regular"})
    font.setupOS2()
    font.setupPost()
    out = io.BytesIO()
    font.font.recalcBBoxes = False
    font.save(out)
    data = bytearray(out.getvalue())
    entry = data.index(b"maxp")
    (place,) = struct.unpack_from(">I", data, entry + 8)
    struct.pack_into(">H", data, place + 4, 65_535)  # how many glyphs there are
    return bytes(data)


def pdf(*objects: bytes, root: bytes = b"") -> bytes:
    """A PDF of one empty page that has ``objects`` from number 5 on."""
    bodies = [
        b"<</Type/Catalog/Pages 2 0 R/StructTreeRoot 4 0 R/MarkInfo<</Marked true>>%s>>" % root,
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 5 0 R/Resources 6 0 R>>",
        b"<</Type/StructTreeRoot/K 7 0 R>>",
        *objects,
    ]
    out = io.BytesIO()
    out.write(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(bodies, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1))
    out.writelines(b"%010d 00000 n \n" % place for place in places)
    out.write(b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(bodies) + 1, start))
    return out.getvalue()


def stream(data: bytes, entries: bytes = b"") -> bytes:
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (entries, len(data), data)


def packed_pdf(objects: bytes, entries: bytes = b"", table: bytes | None = None) -> bytes:
    """A PDF whose catalog names an object in an object stream, of which ``objects`` are the deflated bytes;
    ``table`` is the deflated cross-reference stream in place of the right one (ISO 32000-1, 7.5.7, 7.5.8)."""
    bodies = [
        b"<</Type/Catalog/Pages 2 0 R/X 6 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]>>",
        stream(objects, b"/Type/ObjStm/N 1/First 4/Filter/FlateDecode" + entries),
    ]
    out = bytearray(b"%PDF-1.7\n")
    rows = [struct.pack(">BIH", 0, 0, 65535)]
    for number, body in enumerate(bodies, 1):
        rows.append(struct.pack(">BIH", 1, len(out), 0))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    rows += [struct.pack(">BIH", 1, start, 0), struct.pack(">BIH", 2, 4, 0)]
    head = b"/Type/XRef/Size %d/Root 1 0 R/W[1 4 2]/Filter/FlateDecode" % (7 if table is None else 1 << 28)
    out += b"5 0 obj\n%s\nendobj\n" % stream(zlib.compress(b"".join(rows)) if table is None else table, head)
    return bytes(out) + b"startxref\n%d\n%%%%EOF" % start


CONTAINER = (
    '<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="a.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
)
PACKAGE = (
    '<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata/><manifest>'
    '<item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest>'
    '<spine><itemref idref="a"/></spine></package>'
)


def epub(**members: str | bytes) -> bytes:
    """An e-book of one document, a.xhtml; "_" in names stands for a point."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("mimetype", b"application/epub+zip", zipfile.ZIP_STORED)
        archive.writestr("META-INF/container.xml", CONTAINER)
        archive.writestr("a.opf", members.pop("a_opf", PACKAGE))
        for name, content in members.items():
            archive.writestr(name.replace("_", "."), content)
    return out.getvalue()


def xhtml(body: str, before: str = "") -> str:
    return f'{before}<html xmlns="http://www.w3.org/1999/xhtml"><body>{body}</body></html>'


def zip_bomb(size: int) -> bytes:
    """An e-book whose document unpacks to ``size`` bytes, as its directory says."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", b"application/epub+zip", zipfile.ZIP_STORED)
        archive.writestr("META-INF/container.xml", CONTAINER)
        archive.writestr("a.opf", PACKAGE)
        with archive.open("a.xhtml", "w", force_zip64=True) as member:
            piece = bytes(1 << 20)
            for _ in range(size >> 20):
                member.write(piece)
    return out.getvalue()


def lying_zip(size: int) -> bytes:
    """The same, but its directory says that the document is small."""
    data = bytearray(zip_bomb(size))
    at = data.rindex(b"PK\x01\x02")
    struct.pack_into("<I", data, at + 24, 100)
    return bytes(data)


if __name__ == "__main__":
    serve()
