"""Pictures: their sizes, and what is refused in them (see also tests/articles)."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from publish.errors import PublishError
from publish.source.pictures import PictureFile, read_picture

SVG = '<svg xmlns="http://www.w3.org/2000/svg" {}>{}</svg>'


def svg_size(folder: Path, attributes: str, inside: str = "") -> tuple[float, float]:
    (folder / "a.svg").write_text(SVG.format(attributes, inside), encoding="utf-8")
    picture = read_picture(folder, "a.svg").picture
    return round(picture.width, 2), round(picture.height, 2)


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ('width="40" height="20"', (40, 20)),
        ('width="40px" height="20px"', (40, 20)),
        ('width="1in" height="2.54cm"', (96, 96)),
        ('width="3pt" height="10mm"', (4, 37.8)),
        ('viewBox="0 0 40 20"', (40, 20)),
        ('viewBox="-5,-5,40.5,20"', (40.5, 20)),
        ('width="80" viewBox="0 0 40 20"', (80, 40)),
        ('height="80" viewBox="0 0 40 20"', (160, 80)),
        ('width="100%" height="100%" viewBox="0 0 40 20"', (40, 20)),
    ],
)
def test_size_of_an_svg(attributes: str, size: tuple[float, float], tmp_path: Path) -> None:
    assert svg_size(tmp_path, attributes) == size


@pytest.mark.parametrize("attributes", ["", 'width="40"', 'width="100%" height="50%"', 'viewBox="0 0 0 0"'])
def test_svg_without_size_is_refused(attributes: str, tmp_path: Path) -> None:
    with pytest.raises(PublishError, match="does not say how large it is"):
        svg_size(tmp_path, attributes)


def test_svg_may_begin_with_a_declaration_and_a_comment(tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n<!-- made by hand -->\n'
        + SVG.format('viewBox="0 0 4 4"', ""),
        encoding="utf-8",
    )
    assert read_picture(tmp_path, "a.svg").picture.width == 4


def test_html_is_no_svg(tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text("<!-- --><html/>", encoding="utf-8")
    with pytest.raises(PublishError, match="begins with another element"):
        read_picture(tmp_path, "a.svg")


def raster(folder: Path, name: str, format: str, **options: object) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (30, 20), "red").save(data, format=format, **options)  # type: ignore[arg-type]
    (folder / name).write_bytes(data.getvalue())
    return data.getvalue()


def test_raster_has_its_pixels_and_bytes(tmp_path: Path) -> None:
    data = raster(tmp_path, "a.jpg", "JPEG")
    picture = read_picture(tmp_path, "a.jpg").picture
    assert (picture.media_type, picture.width, picture.height, picture.data) == ("image/jpeg", 30, 20, data)


def test_jpeg_that_was_cut_short_is_refused(tmp_path: Path) -> None:
    data = raster(tmp_path, "a.jpg", "JPEG")
    (tmp_path / "a.jpg").write_bytes(data[: len(data) // 2])
    with pytest.raises(PublishError, match="is broken"):
        read_picture(tmp_path, "a.jpg")


def test_jpeg_that_lies_on_its_side_is_refused(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    raster(tmp_path, "a.jpg", "JPEG", exif=exif)
    with pytest.raises(PublishError, match="lying on its side"):
        read_picture(tmp_path, "a.jpg")


def test_picture_with_too_many_pixels_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    data = io.BytesIO()
    Image.new("1", (40_000, 40_000)).save(data, format="PNG")
    (tmp_path / "a.png").write_bytes(data.getvalue())
    with pytest.raises(PublishError):
        read_picture(tmp_path, "a.png")


def test_name_that_differs_in_case_is_refused_on_every_disk(tmp_path: Path) -> None:
    raster(tmp_path, "Shoes.png", "PNG")
    with pytest.raises(PublishError, match=r"there is no picture shoes\.png") as caught:
        read_picture(tmp_path, "shoes.png")
    assert "Shoes.png" in caught.value.problems[0].hint


@pytest.mark.parametrize("name", ["images/Shoes.png", "Images/shoes.png", "shoes.png", "images/shoe.png"])
def test_hint_gives_the_path_of_the_picture_that_was_meant(name: str, tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    raster(tmp_path / "images", "shoes.png", "PNG")
    with pytest.raises(PublishError) as caught:
        read_picture(tmp_path, name)
    assert caught.value.problems[0].hint == "did you mean “images/shoes.png”?"


def test_path_with_backslashes_is_given_with_slashes(tmp_path: Path) -> None:
    with pytest.raises(PublishError, match=r"write / in its place: images/shoes\.png"):
        read_picture(tmp_path, "images\\shoes.png")


def test_picture_with_too_many_bytes_has_a_hint(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(10_000_000))
    with pytest.raises(PublishError, match=r"more than 10,000,000 bytes\n  hint: save it as \.jpg"):
        read_picture(tmp_path, "a.png")


@pytest.mark.parametrize(
    ("inside", "found", "hint"),
    [
        ("<text>a</txt>", "</txt> stands here, but <text> of line 2 is still open", "write </text> in"),
        (
            "<g>",
            "</svg> stands here, but <g> of line 2 is still open",
            "write </g> in its place, or before it",
        ),
        ("<text>a&nbsp;b</text>", "&nbsp; is not known in SVG", "write &#160; in its place"),
        ("<text>a&copy;b</text>", "&copy; is not known in SVG", "type the character itself"),
        ("<text>a & b</text>", "a plain & stands here", "write &amp; in its place"),
        ("<text>a &b</text>", "a plain & stands here", "write &amp; in its place"),
        ("<text>a < b</text>", "a plain < stands here", "write &lt; in its place"),
        ('<g id="a></g>', "a value in quotes is not closed, or has < in it", 'end it with "'),
        ("<g id=a/>", "a value stands here without straight quotes", 'write name="value"'),
        ('<g id="a" id="b"/>', "“id” is given twice", "delete one of the two"),
        ("<g id/>", "“id” has no value", 'write id="…", or delete it'),
        ('<g xlink:href="#a"/>', "“xlink:” is used, but not declared", "write xmlns:xlink="),
        ("<!-- a -- b -->", "“--” stands inside a comment", "write one hyphen, or delete the comment"),
        ('<g id="a"class="b"/>', "a space or > is missing here", "put a space before each attribute"),
        ("</svg><g>", "something stands behind its end", "delete it, or put it before </svg>"),
    ],
)
def test_svg_that_is_not_well_formed_says_what_is_wrong(
    inside: str, found: str, hint: str, tmp_path: Path
) -> None:
    with pytest.raises(PublishError) as caught:
        svg_size(tmp_path, 'viewBox="0 0 4 4"', f"\n{inside}\n")
    (problem,) = caught.value.problems
    assert problem.message == f"“a.svg” is no well-formed SVG: {found}"
    assert problem.hint.startswith(hint)


@pytest.mark.parametrize(
    "name", ["../a.png", "/a.png", "b/../../a.png", "C:/a.png", "C:\\a.png", "https://a.b/c.png"]
)
def test_path_out_of_the_folder_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(PublishError, match="leads out of the article's folder"):
        read_picture(tmp_path, name)


def test_folder_that_leads_elsewhere_is_refused(tmp_path: Path) -> None:
    (tmp_path / "article").mkdir()
    (tmp_path / "other").mkdir()
    raster(tmp_path / "other", "a.png", "PNG")
    (tmp_path / "article" / "images").symlink_to(tmp_path / "other")
    with pytest.raises(PublishError, match="leads out of the article's folder"):
        read_picture(tmp_path / "article", "images/a.png")


def pixels(folder: Path, name: str, image: Image.Image, **options: object) -> PictureFile:
    image.save(folder / name, **options)  # type: ignore[arg-type]
    return read_picture(folder, name)


def test_greys_of_sixteen_bits_are_turned_into_eight(tmp_path: Path) -> None:
    xray = Image.new("I;16", (30, 20))
    for x in range(30):
        xray.putpixel((x, 3), x * 2_000)
    file = pixels(tmp_path, "a.png", xray)
    assert file.source == (tmp_path / "a.png").read_bytes()
    with Image.open(io.BytesIO(file.picture.data)) as shown:
        assert (shown.mode, shown.size) == ("L", (30, 20))
        assert [shown.getpixel((x, 3)) for x in (0, 15, 29)] == [0, 116, 225]
    assert file.picture.data == read_picture(tmp_path, "a.png").picture.data


def test_inks_of_a_press_are_turned_into_colours_of_screens_with_a_note(tmp_path: Path) -> None:
    file = pixels(tmp_path, "a.jpg", Image.new("CMYK", (30, 20), (0, 255, 255, 0)))
    with Image.open(io.BytesIO(file.picture.data)) as shown:
        red, green, blue = shown.getpixel((9, 9))  # type: ignore[misc]
        assert shown.mode == "RGB"
        assert red > 200
        assert max(green, blue) < 60
    assert "printing press (CMYK)" in file.notes[0].message


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_pixels_that_all_show_go_on_as_they_are(mode: str, tmp_path: Path) -> None:
    file = pixels(tmp_path, "a.png", Image.new(mode, (30, 20)))
    assert file.picture.data == file.source
    assert file.notes == ()


def test_moving_picture_is_refused(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (9, 9), colour) for colour in ("red", "blue")]
    with pytest.raises(PublishError, match="is a moving picture"):
        pixels(tmp_path, "a.png", frames[0], save_all=True, append_images=frames[1:])


def test_picture_larger_than_any_edition_shows_has_a_note_with_the_size_that_would_do(tmp_path: Path) -> None:
    grain = Image.effect_noise((4_000, 1_000), 90)
    (note,) = pixels(tmp_path, "a.jpg", grain).notes
    assert "4,000 by 1,000 pixels" in note.message
    assert "2,500 by 625 pixels" in note.hint
    assert note.severity == "note"
    assert pixels(tmp_path, "a.jpg", grain.resize((1_000, 250))).notes == ()
    assert pixels(tmp_path, "a.png", Image.new("RGB", (5_000, 2_500))).notes == ()
    (note,) = pixels(tmp_path, "a.png", grain.resize((2_000, 1_000))).notes
    assert note.hint == "save it as .jpg"
