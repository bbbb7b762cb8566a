"""Read a picture from an article's folder: its bytes, checked to be what its name says, and its size."""

from __future__ import annotations

import difflib
import io
import re
import warnings
from pathlib import Path, PurePosixPath
from typing import Literal

from publish.errors import Problem, PublishError
from publish.model import Picture

MAX_BYTES = 20_000_000
MAX_PIXELS = 40_000_000
MAX_SIDE = 10_000.0

MediaType = Literal["image/png", "image/jpeg", "image/svg+xml"]
_TYPES: dict[str, MediaType] = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".svg": "image/svg+xml",
}


def read_picture(folder: Path, name: str) -> Picture:
    """Return the picture ``name`` of the article in ``folder``.

    Raises ``PublishError`` (without a place) for a path that leaves the folder, a file that is not
    there, and bytes that are not what the suffix says.
    """
    pure = PurePosixPath(name)
    if pure.is_absolute() or ".." in pure.parts or "\\" in name or ":" in name:
        raise _fault(
            f"“{name}” leads out of the article's folder", "put the picture in images/ beside article.yaml"
        )
    if not re.fullmatch(r"[A-Za-z0-9._/-]+", name):
        raise _fault(
            f"“{name}” has spaces or other special characters in it",
            "use letters, digits, hyphens and points",
        )
    media_type = _TYPES.get(pure.suffix.lower())
    if not media_type:
        raise _fault(f"“{name}” is no picture that every edition can show", "use .svg, .png or .jpg")
    path = folder / pure
    if not path.resolve().is_relative_to(folder.resolve()):
        raise _fault(
            f"“{name}” leads out of the article's folder", "copy the picture into images/ beside article.yaml"
        )
    # By listing the folder, because some disks do not tell GOOD.png from good.png and others do.
    if not path.is_file() or path.name not in {each.name for each in path.parent.iterdir()}:
        raise _fault(f"there is no picture {name} in the article's folder", _near(path))
    if path.stat().st_size > MAX_BYTES:
        raise _fault(f"“{name}” has more than {MAX_BYTES // 1_000_000} megabytes", "make the picture smaller")
    data = path.read_bytes()
    sniffed = _sniff(data)
    if sniffed != media_type:
        is_ = f"is {_CALLED[sniffed]}" if sniffed else f"is not {_CALLED[media_type]}"
        raise _fault(f"“{name}” {is_}, whatever its name says", "save it anew, or give it the right suffix")
    width, height = _vector_size(name, data) if media_type == "image/svg+xml" else _raster_size(name, data)
    if not (1 <= width <= MAX_SIDE and 1 <= height <= MAX_SIDE):
        raise _fault(
            f"“{name}” is {width:g} by {height:g} pixels large", f"each side must be 1 to {MAX_SIDE:g} pixels"
        )
    return Picture(pure.as_posix(), media_type, width, height, data)


_CALLED = {"image/png": "a PNG", "image/jpeg": "a JPEG", "image/svg+xml": "an SVG", "": ""}


def _fault(message: str, hint: str = "") -> PublishError:
    return PublishError(Problem(message, hint=hint, kind="image"))


def _near(path: Path) -> str:
    folder = path.parent
    names = sorted(each.name for each in folder.iterdir()) if folder.is_dir() else []
    meant = next((name for name in names if name.lower() == path.name.lower()), "")
    meant = meant or next(iter(difflib.get_close_matches(path.name, names, 1)), "")
    return f"did you mean “{meant}”?" if meant else f"put it into {folder.name}/ beside article.yaml"


def _sniff(data: bytes) -> MediaType | Literal[""]:
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if re.match(rb"(\xef\xbb\xbf)?\s*(<\?xml|<!--|<!DOCTYPE|<svg|<\w+:svg)", data):
        return "image/svg+xml"
    return ""


def _raster_size(name: str, data: bytes) -> tuple[float, float]:
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as image:
                width, height = image.size
                turned = image.getexif().get(0x0112, 1) != 1
                if width * height > MAX_PIXELS:
                    raise _fault(f"“{name}” has {width} by {height} pixels", "make the picture smaller")
                image.load()
    except PublishError:
        raise
    except Exception as error:  # Pillow raises many kinds for broken files
        raise _fault(f"“{name}” is broken and cannot be opened", "save it anew") from error
    if turned:
        raise _fault(
            f"“{name}” is stored lying on its side, with a note to turn it, which not every reader heeds",
            "open it, turn it and save it anew",
        )
    return float(width), float(height)


_SVG = "{http://www.w3.org/2000/svg}"
_LINK = ("href", "{http://www.w3.org/1999/xlink}href")
_UNITS = {
    "": 1.0,
    "px": 1.0,
    "pt": 4 / 3,
    "pc": 16.0,
    "in": 96.0,
    "cm": 96 / 2.54,
    "mm": 96 / 25.4,
    "q": 96 / 101.6,
}


def _vector_size(name: str, data: bytes) -> tuple[float, float]:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        line = error.lineno or 1
        raise _fault(
            f"“{name}” is no well-formed SVG (line {line})", "save it anew as a plain SVG"
        ) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise _fault(
            f"“{name}” begins with a DOCTYPE, which is not read", "delete it, or save it as a plain SVG"
        )
    if root.tag != f"{_SVG}svg":
        raise _fault(
            f"“{name}” is no SVG: it begins with another element",
            'it needs <svg xmlns="http://www.w3.org/2000/svg">',
        )
    _check_vector(name, root)
    box = [float(each) for each in re.findall(r"-?[\d.]+(?:e[-+]?\d+)?", root.get("viewBox", ""))[:4]]
    width, height = _length(root.get("width")), _length(root.get("height"))
    if len(box) == 4 and box[2] > 0 and box[3] > 0:
        ratio = box[2] / box[3]
        if width and not height:
            height = width / ratio
        elif height and not width:
            width = height * ratio
        elif not width:
            width, height = box[2], box[3]
    if not width or not height:
        raise _fault(
            f"“{name}” does not say how large it is",
            'give its <svg> a width, a height and a viewBox="0 0 width height"',
        )
    return width, height


def _length(value: str | None) -> float:
    match = re.fullmatch(r"\s*([\d.]+)\s*([a-z]*)\s*", (value or "").lower())
    if not match or match[2] not in _UNITS:
        return 0.0
    try:
        return float(match[1]) * _UNITS[match[2]]
    except ValueError:
        return 0.0


def _check_vector(name: str, root: object) -> None:
    """Refuse what runs or fetches something: scripts, events, links and styles from elsewhere."""
    from lxml import etree

    assert isinstance(root, etree._Element)
    for node in root.getroottree().iter():
        if isinstance(node, etree._ProcessingInstruction):
            raise _fault(
                f"“{name}” asks for something from another file (<?{node.target} …?>)",
                "save it as a plain SVG",
            )
        if not isinstance(node.tag, str):
            if isinstance(node, etree._Entity):
                raise _fault(f"“{name}” uses the entity &{node.name};", "save it as a plain SVG")
            continue
        tag = etree.QName(node).localname
        if tag in ("script", "foreignObject", "iframe", "audio", "video"):
            raise _fault(f"“{name}” holds a <{tag}>, which a picture cannot have", "save it as a plain SVG")
        texts = [*node.attrib.values(), node.text or ""] if tag == "style" else list(node.attrib.values())
        for attribute, value in node.attrib.items():
            if etree.QName(attribute).localname.lower().startswith("on"):
                raise _fault(f"“{name}” runs a script ({attribute})", "save it as a plain SVG")
            if attribute in _LINK and not re.match(r"\s*(#|data:image/(png|jpeg);)", str(value)):
                raise _fault(
                    f"“{name}” shows something from elsewhere: {value}", "put it into the picture itself"
                )
        for each in texts:
            if re.search(r"@import|url\(\s*['\"]?\s*(?!['\"]?\s*(#|data:image/(png|jpeg);))", str(each)):
                raise _fault(
                    f"“{name}” shows something from elsewhere: {str(each).strip()[:60]}",
                    "put it into the picture itself",
                )
