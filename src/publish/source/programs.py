"""Say which program drew an SVG, and what to do there about what a picture cannot have."""

from __future__ import annotations

import re

_MARKS = (
    ("draw.io", r"draw\.io|diagrams\.net|drawio|mxfile|mxgraph"),
    ("LibreOffice", r"xml\.openoffice\.org/svg|sun\.com/xmlns/staroffice|class=.SVGTextShape"),
    ("Inkscape", r"inkscape"),
    ("Illustrator", r"Adobe Illustrator|ns\.adobe\.com|\.cls-1\b|\.st0\b"),
    ("matplotlib", r"matplotlib"),
    ("R", r"svglite"),
    ("Affinity", r"www\.serif\.com|affinity\.serif"),
    ("PowerPoint", r"_MSFontService|schemas\.microsoft\.com/office"),
    ("Figma", r"\b(?:clip|mask|filter|paint)\d+_(?:[a-z]+_)*\d+|figma"),
)


def program_of(data: bytes) -> str:
    """Return the program that wrote ``data``, by what only it writes; "" when none of ours is seen."""
    text = data.decode("utf-8", "replace")
    return next((name for name, mark in _MARKS if re.search(mark, text)), "")


_PNG = "or export the picture as .png, 2,000 pixels wide"
_HINTS: dict[str, dict[str, str]] = {
    "": {"": f"draw it with shapes, lines and words only, {_PNG}"},
    "script": {
        "": "take the script out: a picture only draws",
        "LibreOffice": "copy the slide into LibreOffice Draw and export it there; Impress adds a slide show",
    },
    "motion": {"": "leave the animation out: a picture stands still on paper"},
    "image": {
        "": "use the photograph itself as the picture, as .png or .jpg, or draw over it and delete it",
        "draw.io": "if it is a text: in draw.io, select all, untick Format > Text > Formatted Text, and "
        "export the SVG again; if it is a photograph, use .png",
        "matplotlib": "save with savefig(“name.png”, dpi=200) instead, or without rasterized=True",
    },
    "foreign": {
        "": f"print and e-books cannot show a piece of a web page: make its words plain text, {_PNG}",
        "draw.io": "in draw.io, select all, untick Format > Text > Formatted Text and Word Wrap, and export "
        f"the SVG again, {_PNG}",
        "Figma": "in Figma, take the background blur away and export again",
    },
    "words": {
        "": "make the words plain text in the drawing program, and export again",
        "draw.io": "in draw.io, select all, untick Format > Text > Formatted Text and Word Wrap (break lines "
        "yourself with Enter), and export the SVG again",
    },
    "mask": {
        "": f"cut the shape itself, or use a clipping path instead of a mask, {_PNG}",
        "Figma": "in Figma, remove the mask, let a frame with “Clip content” cut the shape, and export again",
        "Inkscape": "in Inkscape, use Object > Mask > Release, then Object > Clip > Set",
        "Illustrator": "in Illustrator, release the opacity mask (Transparency panel) and use "
        "Object > Clipping Mask > Make",
        "Affinity": "in Affinity, use a clipping layer (inside the shape) instead of a mask layer",
    },
    "filter": {
        "": f"take blur, glow and shadow away in the drawing program, {_PNG}",
        "Figma": "in Figma, take the effect away (Effects, in the panel on the right), and export again",
        "Inkscape": "in Inkscape, use Filters > Remove Filters",
        "Illustrator": "in Illustrator, delete the effect in the Appearance panel, and export again",
        "draw.io": "in draw.io, untick Shadow, Glass and Sketch in Format > Style, and export again",
    },
    "pattern": {
        "": f"fill the shape with one colour and write a word on it, {_PNG}",
        "matplotlib": "draw it without hatch=, and write a word beside each part",
    },
    "use": {
        "": f"draw the shape itself where it is repeated, {_PNG}",
        "Inkscape": "in Inkscape, select all and use Edit > Clone > Unlink Clone",
        "Illustrator": "in Illustrator, select the symbols and use Break Link (Symbols panel)",
    },
    "path-text": {
        "": "set the words along a straight line, or turn them into outlines",
        "Inkscape": "in Inkscape, use Text > Remove from Path, or Path > Object to Path",
    },
    "flow": {
        "": "make the words plain text, line by line",
        "Inkscape": "in Inkscape, select the text and use Text > Convert to Text",
    },
    "rules": {
        "": "give each shape its own colours; fonts and styles from elsewhere are not fetched",
        "R": "leave out web_fonts= of svglite; words are shown in the fonts of the edition",
    },
    "doctype": {
        "": "delete the DOCTYPE, and write the characters themselves where the picture has a name for them",
        "Illustrator": "in Illustrator, use File > Export > Export As > SVG instead of Save As",
    },
    "elsewhere": {"": "put it into the picture itself"},
    "lost": {"": "draw it again there, or delete what refers to it"},
    "repeat": {"": "draw it out: it could repeat itself without end"},
    "large": {"": f"make the picture simpler, {_PNG}"},
    "style": {"": "write the style as “name: value”, or give the shape a colour in the drawing program"},
    "hidden": {"": "write it without; it could hide something"},
}


def advice(kind: str, program: str) -> str:
    """Return what to do about a thing of ``kind`` in a picture that ``program`` drew."""
    hints = _HINTS.get(kind, _HINTS[""])
    return hints.get(program, hints[""])
