"""Read a picture from an article's folder: its bytes, checked to be what its name says, and its size."""

from __future__ import annotations

import difflib
import io
import re
import warnings
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from publish.errors import Problem, PublishError
from publish.files import read_file
from publish.model import Picture
from publish.source import limits
from publish.source.vector import read_vector

MediaType = Literal["image/png", "image/jpeg", "image/svg+xml"]
_TYPES: dict[str, MediaType] = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True)
class PictureFile:
    """A picture as it goes on, the bytes of the file that it was made from, and notes on it."""

    picture: Picture
    source: bytes
    notes: tuple[Problem, ...]


def read_picture(folder: Path, name: str) -> PictureFile:
    """Return the picture ``name`` of the article in ``folder``.

    Its bytes are those of the file only where every edition can show these as they are. Raises
    ``PublishError`` for a path that leaves the folder, a file that is not there, and bytes that are not
    what the suffix says. A problem or note has a place where it stands in a line of the picture itself; the
    file is then called as in ``name``.
    """
    pure = PurePosixPath(name)
    if "\\" in name and ":" not in name:
        path_written = name.replace("\\", "/")
        raise _fault(f"“{name}” has “\\” in it", f"write / in its place: {path_written}")
    if pure.is_absolute() or ".." in pure.parts or ":" in name:
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
        raise _fault(f"there is no picture {name} in the article's folder", _near(folder, pure))
    data = _read(path, name, folder)
    sniffed = _sniff(data)
    if sniffed != media_type:
        is_ = f"is {_CALLED[sniffed]}" if sniffed else f"is not {_CALLED[media_type]}"
        raise _fault(f"“{name}” {is_}, whatever its name says", "save it anew, or give it the right suffix")
    shown = _read_svg(name, data) if media_type == "image/svg+xml" else _read_raster(name, data, media_type)
    if not (1 <= shown.width <= limits.SIDE and 1 <= shown.height <= limits.SIDE):
        raise _fault(
            f"“{name}” is {shown.width:g} by {shown.height:g} pixels large",
            f"each side must be 1 to {limits.SIDE} pixels",
        )
    picture = Picture(pure.as_posix(), shown.media_type, shown.width, shown.height, shown.data)
    return PictureFile(picture, data, shown.notes)


@dataclass(frozen=True)
class _Shown:
    media_type: MediaType
    width: float
    height: float
    data: bytes
    notes: tuple[Problem, ...] = ()


def _read_svg(name: str, data: bytes) -> _Shown:
    vector = read_vector(name, data)
    return _Shown("image/svg+xml", vector.width, vector.height, vector.data, vector.notes)


_CALLED = {"image/png": "a PNG", "image/jpeg": "a JPEG", "image/svg+xml": "an SVG", "": ""}


def _fault(message: str, hint: str = "") -> PublishError:
    return PublishError(Problem(message, hint=hint, kind="image"))


def _near(folder: Path, name: PurePosixPath) -> str:
    """Say which picture below ``folder`` was probably meant by ``name``, or where to put it."""
    below = sorted(each.relative_to(folder).as_posix() for each in islice(folder.rglob("*.*"), 300))
    pictures = {each: PurePosixPath(each) for each in below if PurePosixPath(each).suffix.lower() in _TYPES}
    alike = [each for each in pictures if each.lower() == str(name).lower()]
    alike += [each for each, path in pictures.items() if path.name.lower() == name.name.lower()]
    close = difflib.get_close_matches(name.name, [path.name for path in pictures.values()], 1)
    alike += [each for each, path in pictures.items() if path.name in close]
    if alike:
        return f"did you mean “{alike[0]}”?"
    return (
        f"put it into {name.parent}/ beside article.yaml"
        if name.parent.name
        else "put it beside article.yaml"
    )


def _read(path: Path, name: str, folder: Path) -> bytes:
    try:
        return read_file(path, f"“{name}”", limits.PICTURE_BYTES, folder)
    except PublishError as error:
        hint = f"save it as .jpg, or with at most {_USEFUL_PIXELS:,} pixels on the longer side"
        raise PublishError(
            *(replace(each, hint=hint) if each.kind == "too-large" else each for each in error.problems)
        ) from error


def _sniff(data: bytes) -> MediaType | Literal[""]:
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if re.match(rb"(\xef\xbb\xbf)?\s*(<\?xml|<!--|<!DOCTYPE|<svg|<\w+:svg)", data):
        return "image/svg+xml"
    return ""


def _read_raster(name: str, data: bytes, media_type: MediaType) -> _Shown:
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
                moves = getattr(image, "is_animated", False)
                if width * height > limits.PIXELS:
                    raise _fault(f"“{name}” has {width} by {height} pixels", "make the picture smaller")
                image.load()
                shown = _for_all_editions(name, data, media_type, image)
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
    if moves:
        raise _fault(
            f"“{name}” is a moving picture, which stands still on paper",
            "save the one picture of it that tells most, as an ordinary .png",
        )
    return shown


_SHOWN_BY_ALL = ("1", "L", "LA", "P", "PA", "RGB", "RGBA")
"""Modes of Pillow that browsers, e-readers and print all show."""


def _for_all_editions(name: str, data: bytes, media_type: MediaType, image: Any) -> _Shown:
    """Return the picture, written anew where its kind of pixels is not shown everywhere.

    Greys of 16 bits (X-rays) get 8, as browsers show them; inks of a printing press get the colours of
    screens, because PDF/A and EPUB have those only.
    """
    width, height = (float(side) for side in image.size)
    notes = _size_note(name, data, image.size)
    if image.mode in _SHOWN_BY_ALL:
        return _Shown(media_type, width, height, data, notes)
    out = io.BytesIO()
    if image.mode.startswith("I"):
        image.convert("I").point(lambda value: value / 257).convert("L").save(out, "PNG")
        return _Shown("image/png", width, height, out.getvalue(), notes)
    if image.mode == "CMYK":
        _on_screen(image).save(out, "JPEG", quality=95, subsampling=0)
        inks = Problem(
            f"“{name}” has the colours of a printing press (CMYK); they are turned into those of screens",
            hint="look whether they are right, or save it in RGB yourself",
            kind="image",
            severity="note",
        )
        return _Shown("image/jpeg", width, height, out.getvalue(), (*notes, inks))
    raise _fault(
        f"“{name}” has a kind of pixels that not every edition can show ({image.mode})",
        "save it in RGB or in greys, with 8 bits for each colour",
    )


def _on_screen(image: Any) -> Any:
    """Return a picture in CMYK as RGB, by the profile of its inks if it has one that can be read."""
    from PIL import ImageCms

    profile = image.info.get("icc_profile")
    if profile:
        try:
            inks = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            return ImageCms.profileToProfile(image, inks, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError):
            pass
    return image.convert("RGB")


_USEFUL_PIXELS, _LIGHT, _HEAVY = 2_500, 300_000, 1_000_000
"""Pixels of the longer side that print shows (of A4 at 300 to the inch); bytes that are few, and many."""


def _size_note(name: str, data: bytes, size: tuple[int, int]) -> tuple[Problem, ...]:
    """Return a note on a picture with more pixels, or bytes, than any edition makes use of."""
    width, height = size
    shrink = min(_USEFUL_PIXELS / max(size), 1)
    if len(data) <= (_HEAVY if shrink > 0.8 else _LIGHT):
        return ()
    enough = f"{round(width * shrink):,} by {round(height * shrink):,} pixels"
    message = (
        f"“{name}” has {width:,} by {height:,} pixels and {len(data) / 1e6:.1f} MB; "
        "every web page and e-book carries it whole"
    )
    hint = f"save it as .jpg with {enough}: no edition shows more" if shrink < 1 else "save it as .jpg"
    return (Problem(message, hint=hint, kind="image", severity="note"),)
