"""Read a picture from an article's folder: its bytes, checked to be what its name says, and its size."""

from __future__ import annotations

import difflib
import io
import re
import warnings
from pathlib import Path, PurePosixPath
from typing import Literal

from publish.errors import Problem, PublishError
from publish.files import read_file
from publish.model import Picture
from publish.source import limits
from publish.source.vector import vector_size

MediaType = Literal["image/png", "image/jpeg", "image/svg+xml"]
_TYPES: dict[str, MediaType] = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".svg": "image/svg+xml",
}


def read_picture(folder: Path, name: str) -> Picture:
    """Return the picture ``name`` of the article in ``folder``.

    Raises ``PublishError`` for a path that leaves the folder, a file that is not there, and bytes that
    are not what the suffix says. A problem has a place where it stands in a line of the picture itself;
    the file is then called as in ``name``.
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
    data = read_file(path, f"“{name}”", limits.PICTURE_BYTES, folder)
    sniffed = _sniff(data)
    if sniffed != media_type:
        is_ = f"is {_CALLED[sniffed]}" if sniffed else f"is not {_CALLED[media_type]}"
        raise _fault(f"“{name}” {is_}, whatever its name says", "save it anew, or give it the right suffix")
    width, height = vector_size(name, data) if media_type == "image/svg+xml" else _raster_size(name, data)
    if not (1 <= width <= limits.SIDE and 1 <= height <= limits.SIDE):
        raise _fault(
            f"“{name}” is {width:g} by {height:g} pixels large",
            f"each side must be 1 to {limits.SIDE} pixels",
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
    from PIL import Image, ImageFile

    if data.startswith(b"\xff\xd8") and data.count(b"\xff\xda") > limits.SCANS:
        raise _fault(f"“{name}” is stored in more than {limits.SCANS} scans", "save it anew")
    # WeasyPrint lets Pillow take half a picture for a whole one, in all of a process that imports it.
    lenient, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as image:
                width, height = image.size
                turned = image.getexif().get(0x0112, 1) != 1
                if width * height > limits.PIXELS:
                    raise _fault(f"“{name}” has {width} by {height} pixels", "make the picture smaller")
                image.load()
    except PublishError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _fault(
            f"“{name}” has more than {limits.PIXELS:,} pixels", "make the picture smaller"
        ) from error
    except Exception as error:  # Pillow raises many kinds for broken files
        raise _fault(f"“{name}” is broken and cannot be opened", "save it anew") from error
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = lenient
    if turned:
        raise _fault(
            f"“{name}” is stored lying on its side, with a note to turn it, which not every reader heeds",
            "open it, turn it and save it anew",
        )
    return float(width), float(height)
