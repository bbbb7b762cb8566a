"""A project around one faulty article, and the problems that its comments announce."""

from __future__ import annotations

import re
from pathlib import Path

from PIL import Image

from publish.errors import Problem, PublishError
from publish.source.article import read_article, read_house

HOUSE = """\
format: 1
name: Example Health Desk
editions:
  web: {format: html}
  handout: {format: pdf, paper: letter}
  ebook: {format: epub}
"""
DISCLAIMERS = """\
format: 1
disclaimers:
  - id: not-advice
    title: This is not advice
    text: Ask your doctor.
"""
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><path d="M0 0H40"/>{}</svg>'


def project(folder: Path, article: bytes, house: str = HOUSE, disclaimers: str = DISCLAIMERS) -> Path:
    """Make a project in ``folder`` whose one article is called “faulty”, with good and bad pictures."""
    source = folder / "source" / "faulty"
    images = source / "images"
    images.mkdir(parents=True)
    (source / "article.yaml").write_bytes(article)
    (folder / "source" / "publish.yaml").write_text(house, encoding="utf-8")
    (folder / "source" / "disclaimers.yaml").write_text(disclaimers, encoding="utf-8")
    (images / "good.svg").write_text(SVG.format(""), encoding="utf-8")
    Image.new("RGB", (8, 4)).save(images / "good.png")
    Image.new("RGB", (8, 4)).save(images / "really-jpeg.png", format="JPEG")
    (images / "script.svg").write_text(SVG.format("<script>1</script>"), encoding="utf-8")
    (images / "remote.svg").write_text(SVG.format('<image href="https://x.example/"/>'), encoding="utf-8")
    (images / "entity.svg").write_text(
        '<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG.format("&a;"), encoding="utf-8"
    )
    (images / "torn.svg").write_text(SVG.format("")[:40], encoding="utf-8")
    (images / "torn.png").write_bytes((images / "good.png").read_bytes()[:40])
    (images / "picture.gif").write_bytes(b"GIF89a")
    (folder / "outside.png").write_bytes((images / "good.png").read_bytes())
    (images / "outside.png").symlink_to(folder / "outside.png")
    return folder


def problems(folder: Path) -> tuple[Problem, ...]:
    """Return every problem of the article in ``folder``, notes too."""
    try:
        return read_article(folder, "faulty", read_house(folder)).notes
    except PublishError as error:
        return error.problems


def told(problem: Problem) -> str:
    """``error: 13:5 unknown field “answr”``, its hint on a second line; with the file, if not the article."""
    place = problem.place
    where = f"{place.line}:{place.column} " if place else ""
    if place and not place.file.endswith("/article.yaml"):
        where = f"{place.file}:{where}"
    hint = f"\n  hint: {problem.hint}" if problem.hint else ""
    return f"{problem.severity}: {where}{problem.message}{hint}"


def announced(article: str) -> list[str]:
    """Return what the comments of ``article`` announce, in file order."""
    found = re.findall(r"^ *# ((?:error|note): .*(?:\n *#   hint: .*)?)", article, re.MULTILINE)
    return [re.sub(r"\n *# ", "\n", each) for each in found]
