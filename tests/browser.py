"""Ask an open page what a reader would meet on it: blocks really painted, focus shown, nothing cut off."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image

STRIP = 4000  # Chromium draws no picture higher than 16,384 pixels
INK = 60  # of 255: the least difference, in grey, between the words of a line and what is behind them


@cache
def _source() -> str:
    return Path(__file__).with_name("probes.js").read_text(encoding="utf-8")


def probe(page: Any, call: str, *arguments: Any) -> Any:
    """Return what ``probe.call(...arguments)`` of probes.js says of ``page``."""
    page.evaluate(f"window.probe || (() => {{{_source()}}})()")
    return page.evaluate("([call, given]) => probe[call](...given)", [call, list(arguments)])


def unseen(page: Any, ids: Sequence[str]) -> list[str]:
    """Return why any of the blocks ``ids`` cannot be seen, by computed style and by its pixels, line by line.

    The pixels settle what no list of properties can: words under a picture, of the colour of the paper,
    moved off the page or cut off have no ink where their line stands.
    """
    faults: list[str] = []
    missing: set[tuple[int, str]] | None = None
    scrolled = True
    while scrolled:  # a wide table is read part by part
        found = probe(page, "blocks", list(ids))
        strips = _strips(page, found["lines"])
        blank = {
            (number, f"#{line['id']} is not painted, line at {line['left']:.0f}, {line['top']:.0f}")
            for number, line in enumerate(found["lines"])
            if not _inked(strips, line)
        }
        numbers = {number for number, _ in blank}
        missing = blank if missing is None else {each for each in missing if each[0] in numbers}
        faults += found["faults"]
        scrolled = bool(missing) and probe(page, "scrollOn")
    return sorted({*faults, *(fault for _, fault in missing or ())})


def _strips(page: Any, lines: list[dict[str, Any]]) -> dict[int, Image.Image]:
    """Return, by number, the grey pictures of the page, ``STRIP`` pixels high, that ``lines`` stand on."""
    width, height = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
    )
    needed = {
        number
        for line in lines
        for number in range(int(line["top"]) // STRIP, int(line["bottom"]) // STRIP + 1)
        if 0 <= number * STRIP < height
    }
    strips = {}
    for number in sorted(needed):
        top = number * STRIP
        clip = {"x": 0, "y": top, "width": width, "height": min(STRIP, height - top)}
        shot = page.screenshot(full_page=True, animations="disabled", clip=clip)
        strips[number] = Image.open(io.BytesIO(shot)).convert("L")
    return strips


def _inked(strips: dict[int, Image.Image], line: dict[str, Any]) -> bool:
    left, top = max(int(line["left"]), 0), max(int(line["top"]), 0)
    right, bottom = round(line["right"]), round(line["bottom"])
    if right - left < 2 or bottom - top < 2:
        return False
    for number in range(top // STRIP, bottom // STRIP + 1):
        if number not in strips:
            continue
        strip, start = strips[number], number * STRIP
        part = (left, max(top - start, 0), min(right, strip.width), min(bottom - start, strip.height))
        if part[0] < part[2] and part[1] < part[3]:
            darkest, lightest = strip.crop(part).getextrema()
            if lightest - darkest >= INK:
                return True
    return False
