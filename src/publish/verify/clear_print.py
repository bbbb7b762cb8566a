"""Hold a finished PDF against rules for print that can be read: its measurements in, problems out.

The rules are those of people with low vision, each with its source; they disagree in places, so
each stands by itself and an edition names the one it keeps. ``FLOOR`` holds for every print edition.

- RNIB, Clear Print, as quoted by Hampshire County Council, "Access for all", and by Parliament, HC 768-II
  (1998), annex H; UKAAF, Minimum standards: clear and large print, MS03 (2012) and G003 (2019): 12 points
  at least (14 better), also page numbers and labels; between lines 1.5 to 2 times the space between
  words; 60 to 70 characters a line; left aligned, headings may be centred; no italics, underlining or
  blocks of capitals ("a word or two in capitals is fine"); words not split.
- APH, Guidelines for Print Document Design (J. E. Kitchel, 2011), and the Round Table's guidelines as
  ADCET gives them: 18 points at least, a sans-serif face, lines at least 1.25 apart, margins of 1 inch,
  block paragraphs, ragged right, never italics, no columns, no divided words.
- American Council of the Blind, Large Print Guidelines (2022): Arial 18, headings 22, subheadings 20, all
  flush left; lines 1.15 apart, right margin ragged; clear margins of 1 inch at top, left and right; one
  column; emphasis by underline; notes at the end.
- WCAG 2.2, 1.4.3 and 1.4.6: contrast of 4.5:1, and 7:1 for readers with about 20/80 sight, whom clear and
  large print are made for. 1.4.1 and technique G183: nothing is told by colour alone.

Where a source leaves it open, we read it so: RNIB's space between lines is what is added to the type
size, and its italics are those of running text: the title of a work or one stressed word, up to eight
words, may be italic in clear print, never in large print. Headings of clear print may stand closer.
Underlined links may stand: on paper they are addresses, and the underline is not colour.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations, groupby, pairwise
from statistics import fmean, median

from publish.errors import Problem
from publish.verify.advice import WIDER_MARGINS
from publish.verify.measure import Line, Passage, Print, Run, Sheet, greyed, measure
from publish.verify.values import Colour, contrast

INCH = 72.0
EDGE = 18.0
"""Points, a quarter of an inch: nearer to the edge of the paper most office printers leave it white."""
MOST_OF_A_RULE = 5
"""How many problems of one rule are told one by one."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One set of rules. Sizes are points; None and 0 mean that the source says nothing of it.

    ``pitch`` is the least distance of two lines as a multiple of the type size, ``heading_pitch`` the
    same in headings; ``word_spaces`` asks for as many spaces between words between two lines.
    ``heading_sizes`` are for headings of level 1, 2, 3; deeper ones as the last. ``characters`` is the
    most for a line on average, ``italics`` and ``capitals`` the most words in a row. ``margins`` go
    top, right, bottom, left; where a source says nothing of them, text stays on what printers reach.
    """

    name: str
    size: float = 12.0
    contrast: float = 4.5
    heading_sizes: tuple[float, ...] = ()
    pitch: float = 0.0
    heading_pitch: float = 0.0
    word_spaces: float = 0.0
    characters: float | None = None
    left_aligned: bool = False
    centred_headings: bool = True
    italics: int | None = None
    capitals: int | None = None
    underlines: bool = True
    margins: tuple[float, float, float, float] = (EDGE, EDGE, EDGE, EDGE)
    one_column: bool = False
    block_paragraphs: bool = False
    sans_serif: bool = False
    notes_together: bool = False


FLOOR = Profile("every print edition")

PROFILES: Mapping[str, Profile] = {
    "clear-print": Profile(
        "clear print",
        contrast=7.0,
        heading_pitch=1.0,
        word_spaces=1.5,
        characters=75.0,  # 60 to 70, and a little: letters differ in width
        left_aligned=True,
        italics=8,
        capitals=2,
        underlines=False,
    ),
    "aph-large-18": Profile(
        "large print by APH",
        size=18.0,
        contrast=7.0,
        pitch=1.25,
        heading_pitch=1.25,
        left_aligned=True,
        centred_headings=False,
        italics=0,
        capitals=2,
        margins=(INCH, INCH, INCH, INCH),
        one_column=True,
        block_paragraphs=True,
        sans_serif=True,
    ),
    "acb-large-18": Profile(
        "large print by ACB",
        size=18.0,
        contrast=7.0,
        heading_sizes=(22.0, 22.0, 20.0),
        pitch=1.15,
        heading_pitch=1.15,
        left_aligned=True,
        centred_headings=False,
        italics=0,
        capitals=2,
        margins=(INCH, INCH, EDGE, INCH),
        one_column=True,
        block_paragraphs=True,
        sans_serif=True,
        notes_together=True,
    ),
}


@dataclass(frozen=True, slots=True)
class _Breach:
    """One place where a rule is broken; ``what`` is a sentence with ``{where}`` in it."""

    kind: str
    page: int
    what: str
    passage: Passage | None = None
    worst: float = 0.0
    """Of several in one block the lowest is told."""


Rule = Callable[[Print, Profile], Iterator[_Breach]]


def breaches(printed: Print, profile: Profile = FLOOR) -> tuple[Problem, ...]:
    """Return a problem for each block and rule of ``profile`` that it breaks, rule by rule.

    Their kinds begin with "print-": the words of the block are intact, only their look is not. Of a
    rule broken often only the first few are told, the last with "and 12 more".
    """
    problems: list[Problem] = []
    for rule in _RULES:
        found = sorted(rule(printed, profile), key=lambda breach: breach.kind)
        for _, of_kind in groupby(found, key=lambda breach: breach.kind):
            problems += _told(of_kind)
    return tuple(problems)


def _told(found: Iterable[_Breach]) -> list[Problem]:
    by_block: dict[object, _Breach] = {}
    for breach in found:
        passage = breach.passage
        key = (passage.kind == "furniture", passage.id or passage.text) if passage else breach.page
        if key not in by_block or breach.worst < by_block[key].worst:
            by_block[key] = breach
    ordered = sorted(by_block.values(), key=lambda breach: breach.page)
    problems = [
        Problem(
            breach.what.format(where=_where(breach.passage)),
            kind=f"print-{breach.kind}",
            block=breach.passage.id if breach.passage else "",
            page=breach.page,
        )
        for breach in ordered[:MOST_OF_A_RULE]
    ]
    more = len(ordered) - MOST_OF_A_RULE
    if more > 0:
        places = "1 more place" if more == 1 else f"{more} more places"
        problems[-1] = replace(problems[-1], message=f"{problems[-1].message} (and in {places})")
    # What to do is the same for all of them: it is said once.
    return [replace(problems[0], hint=_KINDS[ordered[0].kind][1]), *problems[1:]]


_KINDS: Mapping[str, tuple[str, str]] = {
    "small-type": ("type too small", "set it larger; letters of a figure are mended in the picture itself"),
    "contrast": ("too little contrast", "use a darker ink, or a lighter ground"),
    "grey-contrast": ("too little contrast in grey", "use a darker ink, or a lighter ground"),
    "colour-alone": ("told by colour alone", "say it in words too, or set it in bold"),
    "divided-word": ("words divided", "turn hyphenation off, or give the words more room"),
    "off-page": ("text outside the page", "give it more room, or let its words wrap"),
    "blank-page": ("blank pages", "take out one of two page breaks that follow each other"),
    "running-head": ("running heads of two lines", "shorten the title"),
    "parted-table": ("tables parted after one row", "keep the first two rows together, and the last two"),
    "gist": ("the gist is not on page 1", "shorten the title, or the first words"),
    "alignment": ("not left aligned", "align it left, with a ragged right edge"),
    "tight-lines": ("lines too close", "set a larger line height"),
    "long-lines": ("lines too long", "set a larger type or wider margins"),
    "italics": ("italics", "set it upright; stress in bold"),
    "capitals": ("capitals in a row", "write it in small letters"),
    "underline": ("underlines", "underline links only"),
    "serifs": ("serifs", "use a face without"),
    "margin": ("margins too small", WIDER_MARGINS),
    "indent": ("indented paragraphs", "leave room between paragraphs instead"),
    "columns": ("columns", "set the text in one column"),
    "notes": ("notes among the text", "gather the notes at the end"),
}
"""What each kind of breach is called in a list of them, and what to do about it."""


def called(kind: str) -> str:
    """Return what breaches of ``kind`` ("print-small-type") are called in a list."""
    return _KINDS[kind.removeprefix("print-")][0]


def _where(passage: Passage | None) -> str:
    if passage is None:
        return ""
    if passage.kind == "furniture":
        return f"in the head or foot of the page ({_quoted(passage.text)})"
    return f"in {_named(passage)}"


def _named(passage: Passage) -> str:
    """A block by its id, for whoever has the source, and by its words, for whoever has the paper."""
    words = _quoted(passage.text)
    return f"block {passage.id} ({words})" if passage.id else words


def _quoted(text: str, most: int = 40) -> str:
    short = text if len(text) <= most else text[:most].rsplit(" ", 1)[0] + " …"
    return "“" + short.replace("{", "").replace("}", "") + "”"


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


# --- rules: letters -------------------------------------------------------------------------


def _runs(printed: Print) -> Iterator[tuple[Passage, Line, Run]]:
    return (
        (passage, line, run) for passage in printed.passages for line in passage.lines for run in line.runs
    )


def _small_type(printed: Print, profile: Profile) -> Iterator[_Breach]:
    """Type size, everywhere: page numbers, notes, captions, figures. Precise to 0.05 points."""
    for passage, line, run in _runs(printed):
        least = profile.size
        if passage.level and profile.heading_sizes and not run.label:
            least = profile.heading_sizes[min(passage.level, len(profile.heading_sizes)) - 1]
        if run.size < least - 0.05:
            wanted = f"{profile.name} asks for {_number(least)} pt or more"
            what = f"type of {_number(run.size)} pt {{where}}; {wanted}"
            yield _Breach("small-type", line.page, what, passage, run.size)


def _contrast(printed: Print, profile: Profile) -> Iterator[_Breach]:
    least = profile.contrast
    for passage, line, run in _runs(printed):
        if run.contrast is None or run.grey is None:
            what = "words stand on a picture or shading {where}: their contrast cannot be measured"
            yield _Breach("contrast", line.page, what, passage)
        elif run.contrast < least - 0.005:
            what = f"contrast of {run.contrast:.1f}:1 {{where}}; {profile.name} asks for {_number(least)}:1"
            yield _Breach("contrast", line.page, what, passage, run.contrast)
        elif run.grey < FLOOR.contrast - 0.005:
            wanted = f"{FLOOR.name} has 4.5:1"
            what = f"contrast of {run.grey:.1f}:1 {{where}} when printed in black and white; {wanted}"
            yield _Breach("grey-contrast", line.page, what, passage, run.grey)


def _colour_alone(printed: Print, profile: Profile) -> Iterator[_Breach]:
    """Words that differ from those beside them, or elsewhere on the page, in nothing but their hue."""
    for passage in printed.passages:
        for line in passage.lines:
            for one, two in pairwise(run for run in line.runs if _says(run)):
                if _same_dress(one, two) and _differ_in_hue(one.colour, two.colour):
                    how = "differs from the words beside it by colour alone"
                    what = f"{_quoted(two.text.strip())} {{where}} {how}"
                    yield _Breach("colour-alone", line.page, what, passage)
    seen: dict[int, list[tuple[Passage, Run]]] = {}
    for passage, line, run in _runs(printed):
        others = seen.setdefault(line.page, [])
        if _says(run) and _chroma(run.colour) > 0.2:
            for other, its in others:
                if other is not passage and _same_dress(its, run) and _are_two_hues(its.colour, run.colour):
                    how = f"differs by colour alone from {_quoted(its.text.strip())}"
                    what = f"{_quoted(run.text.strip())} {{where}} {how}"
                    yield _Breach("colour-alone", line.page, what, passage)
                    break
            others.append((passage, run))


def _says(run: Run) -> bool:
    return not run.label and any(letter.isalnum() for letter in run.text)


def _same_dress(one: Run, two: Run) -> bool:
    """Whether two runs look alike but for their colour: words in other type are told apart by that."""
    return (
        (one.font, one.italic, one.underlined) == (two.font, two.italic, two.underlined)
        and abs(one.size - two.size) < 0.5
        and one.text.isupper() == two.text.isupper()
    )


def _chroma(colour: Colour | None) -> float:
    return 0.0 if colour is None else max(colour[:3]) - min(colour[:3])


def _differ_in_hue(one: Colour | None, two: Colour | None) -> bool:
    """Whether two colours are seen to differ, and are hard to tell apart in grey (less than 3:1, G183)."""
    if one is None or two is None or max(_chroma(one), _chroma(two)) <= 0.2:
        return False
    apart = max(abs(a - b) for a, b in zip(one[:3], two[:3], strict=True))
    return apart > 0.2 and contrast(greyed(one), greyed(two)) < 3.0


def _are_two_hues(one: Colour | None, two: Colour | None) -> bool:
    """Whether both are colours, more than 40 degrees apart on the wheel, and alike in grey."""
    if one is None or two is None:
        return False
    apart = abs(_hue(one) - _hue(two)) % 360
    return min(apart, 360 - apart) > 40 and _differ_in_hue(one, two)


def _hue(colour: Colour) -> float:
    import colorsys

    return 360 * colorsys.rgb_to_hls(*colour[:3])[0]


def _italics(printed: Print, profile: Profile) -> Iterator[_Breach]:
    """Words in a row, over the ends of lines. In figures, too."""
    if profile.italics is None:
        return
    for passage in printed.passages:
        runs = [(line.page, run) for line in passage.lines for run in line.runs]
        for italic, group in groupby(runs, key=lambda each: each[1].italic):
            stretch = list(group)
            words = " ".join(run.text for _, run in stretch).split()
            whole = italic and len(stretch) == len(runs) and len(words) > 1
            if italic and words and (len(words) > profile.italics or whole):
                allowed = (
                    f"no more than {profile.italics} words in a row" if profile.italics else "no italics"
                )
                what = f"{_quoted(' '.join(words))} is set in italics {{where}}; {profile.name} has {allowed}"
                yield _Breach("italics", stretch[0][0], what, passage)


_CAPITALS = re.compile(r"[^\W\d_]+(?:['’&-][^\W\d_]+)*")


def _capitals(printed: Print, profile: Profile) -> Iterator[_Breach]:
    """Words of three capitals or more in a row with nothing but spaces between: ICU, FDA stand alone."""
    if profile.capitals is None:
        return
    for passage in printed.passages:
        for words in _rows_of_capitals(passage.text):
            if len(words) > profile.capitals:
                what = f"{_quoted(' '.join(words))} is set in capitals {{where}}; {profile.name} has none"
                yield _Breach("capitals", passage.lines[0].page, what, passage)


def _rows_of_capitals(text: str) -> Iterator[list[str]]:
    row: list[str] = []
    end = 0
    for word in _CAPITALS.finditer(text):
        capital = word[0].isupper() and sum(letter.isalpha() for letter in word[0]) > 2
        if row and (not capital or text[end : word.start()].strip()):
            yield row
            row = []
        if capital:
            row.append(word[0])
        end = word.end()
    yield row


def _underlines(printed: Print, profile: Profile) -> Iterator[_Breach]:
    if profile.underlines:
        return
    for passage, line, run in _runs(printed):
        if run.underlined and not run.link:
            wanted = f"{profile.name} has no underlines"
            what = f"{_quoted(run.text.strip())} {{where}} is underlined and no link; {wanted}"
            yield _Breach("underline", line.page, what, passage)


def _serifs(printed: Print, profile: Profile) -> Iterator[_Breach]:
    if not profile.sans_serif:
        return
    for passage, line, run in _runs(printed):
        if run.serif and any(letter.isalpha() for letter in run.text):
            what = f"{run.font} {{where}} has serifs; {profile.name} asks for a face without"
            yield _Breach("serifs", line.page, what, passage)


# --- rules: lines ---------------------------------------------------------------------------


def _paragraphs(printed: Print) -> Iterator[Passage]:
    """What is read line after line: not the letters of a figure."""
    return (passage for passage in printed.passages if passage.kind != "Figure")


def _divided_words(printed: Print, profile: Profile) -> Iterator[_Breach]:
    for passage in printed.passages:
        for line in passage.lines:
            if line.divided:
                after = _quoted(line.text.split()[-1])
                what = f"a word is divided at the end of a line {{where}}, after {after}"
                yield _Breach("divided-word", line.page, what, passage)


def _long_lines(printed: Print, profile: Profile) -> Iterator[_Breach]:
    """The average of the lines that fill their measure, in every text of two lines or more."""
    if profile.characters is None:
        return
    for passage in _paragraphs(printed):
        lines = passage.text_lines
        if len(lines) < 2:
            continue
        wide = 0.85 * max(line.right - line.left for line in lines)
        count = fmean(len(line.text) for line in lines if line.right - line.left >= wide)
        if count > profile.characters:
            what = f"lines of {count:.0f} characters {{where}}; {profile.name} has 60 to 70"
            yield _Breach("long-lines", lines[0].page, what, passage)


def _tight_lines(printed: Print, profile: Profile) -> Iterator[_Breach]:
    """The distance of two lines, from base line to base line, by the larger type of the two."""
    space = _word_space(printed)
    for passage in _paragraphs(printed):
        if passage.is_heading:
            least, why = profile.heading_pitch, ""
        elif profile.word_spaces:
            least = 1 + profile.word_spaces * space
            why = f" ({_number(profile.word_spaces)} times the space between words)"
        else:
            least, why = profile.pitch, ""
        for page, pitch in _pitches(passage):
            if pitch < least - 0.025:
                what = (
                    f"lines {pitch:.2f} of the type size apart {{where}}; "
                    f"{profile.name} asks for {_number(least)}{why}"
                )
                yield _Breach("tight-lines", page, what, passage, pitch)


def _pitches(passage: Passage) -> Iterator[tuple[int, float]]:
    for one, two in pairwise(passage.text_lines):
        if one.page == two.page:
            yield one.page, (one.baseline - two.baseline) / max(one.size, two.size)


def _word_space(printed: Print) -> float:
    """The space between words, in ems, as most of the text has it."""
    weights: dict[float, int] = {}
    for _, _, run in _runs(printed):
        if run.word_space is not None:
            weights[run.word_space] = weights.get(run.word_space, 0) + len(run.text)
    return max(weights, key=lambda space: (weights[space], space), default=0.25)


def _alignment(printed: Print, profile: Profile) -> Iterator[_Breach]:
    if not profile.left_aligned:
        return
    widths = Counter(round(space, 2) for _, _, run in _runs(printed) for space in run.spaces)
    usual = widths.most_common(1)[0][0] if widths else 0.0
    for passage in _paragraphs(printed):
        found = alignment(passage, usual)
        if found == "centred" and passage.is_heading and profile.centred_headings:
            continue
        if found:
            what = (
                f"the text is {found} {{where}}; {profile.name} has it left aligned, with a ragged right edge"
            )
            yield _Breach("alignment", passage.lines[0].page, what, passage)


def alignment(passage: Passage, usual: float = 0.0) -> str:
    """Return "justified", "centred" or "set to the wrong side", "" for text that begins at one edge.

    Justified text is known by its spaces: they are wider in one line than in the next. ``usual`` is how
    much wider, in ems, they are in all of the file than the font has them (word-spacing).
    """
    lines = passage.text_lines
    if len(lines) < 2:
        return ""
    if _is_justified(lines, usual):
        return "justified"
    starts, ends = [line.left for line in lines], [line.right for line in lines]
    if passage.turned:
        starts, ends = ends, starts
    uneven = min(_spread(starts), _spread(ends)) > 2
    if uneven and _spread([one + two for one, two in zip(starts, ends, strict=True)]) < 2:
        return "centred"
    return "set to the wrong side" if _spread(starts) > 2 and _spread(ends) < 0.5 else ""


def _is_justified(lines: tuple[Line, ...], usual: float) -> bool:
    """A line that was spread out has all of its spaces wider, or all narrower.

    Single spaces vary by themselves, by kerning and where two fonts meet, so a line of few tells nothing
    without the next.
    """
    if _spread([line.right for line in lines[:-1]]) > 1:
        return False
    spaces = [[space - usual for run in line.runs for space in run.spaces] for line in lines[:-1]]
    spread_out = [each for each in spaces if each and (min(each) > 0.03 or max(each) < -0.03)]
    return len(spread_out) > 1 or any(len(each) > 3 for each in spread_out)


def _spread(values: list[float]) -> float:
    return max(values) - min(values)


def _indents(printed: Print, profile: Profile) -> Iterator[_Breach]:
    if not profile.block_paragraphs:
        return
    for passage in _paragraphs(printed):
        lines = passage.text_lines
        if passage.kind not in ("P", "") or len(lines) < 3 or any(line.is_label for line in passage.lines):
            continue
        starts = [-line.right if passage.turned else line.left for line in lines]
        if starts[0] > max(starts[1:]) + 0.5 * lines[0].size:
            what = f"the first line is indented {{where}}; {profile.name} has block paragraphs"
            yield _Breach("indent", lines[0].page, what, passage)


def _columns(printed: Print, profile: Profile) -> Iterator[_Breach]:
    """Paragraphs that stand beside each other, two lines or more of each. Tables are none."""
    if not profile.one_column:
        return
    seen: dict[int, list[tuple[Passage, tuple[float, float, float, float]]]] = {}
    for passage in printed.body:
        if passage.kind not in ("P", "") or passage.table:
            continue
        for page, group in groupby(passage.text_lines, key=lambda line: line.page):
            lines = list(group)
            if len(lines) < 2:
                continue
            box = (
                min(line.left for line in lines),
                lines[-1].baseline,
                max(line.right for line in lines),
                lines[0].baseline,
            )
            for _, other in seen.setdefault(page, []):
                beside = box[0] > other[2] or other[0] > box[2]
                if beside and min(box[3], other[3]) - max(box[1], other[1]) > lines[0].size:
                    what = f"the text stands in columns {{where}}; {profile.name} has one column"
                    yield _Breach("columns", page, what, passage)
                    break
            seen[page].append((passage, box))


def _notes_together(printed: Print, profile: Profile) -> Iterator[_Breach]:
    """Notes at the end of the article, not at the foot of the pages: no text stands between two notes."""
    if not profile.notes_together:
        return
    notes = [passage for passage in printed.body if passage.note]
    for one, two in pairwise(notes):
        between = printed.passages[printed.passages.index(one) : printed.passages.index(two)]
        if one.id != two.id and any(each.kind == "P" and not each.note for each in between):
            what = f"a note stands among the text {{where}}; {profile.name} has notes at the end"
            yield _Breach("notes", two.lines[0].page, what, two)


# --- rules: pages ---------------------------------------------------------------------------


def _off_page(printed: Print, profile: Profile) -> Iterator[_Breach]:
    sheets = {sheet.number: sheet for sheet in printed.sheets}
    for passage, line, run in _runs(printed):
        outside = -min(_distances(run.box, sheets[line.page]))
        if outside > 0.5:
            what = f"{_quoted(run.text.strip())} {{where}} stands {outside:.0f} pt outside the page"
            yield _Breach("off-page", line.page, what, passage, -outside)
        elif run.cut:
            what = f"{_quoted(run.text.strip())} {{where}} is cut off at the edge of its box"
            yield _Breach("off-page", line.page, what, passage)


def _distances(box: tuple[float, float, float, float], sheet: Sheet) -> tuple[float, float, float, float]:
    """How far ``box`` is from the edges of the page: top, right, bottom, left."""
    left, bottom, right, top = sheet.box
    return top - box[3], right - box[2], box[1] - bottom, box[0] - left


def _margins(printed: Print, profile: Profile) -> Iterator[_Breach]:
    """Running heads and page numbers may stand in the margin. What is outside the page is told there."""
    sheets = {sheet.number: sheet for sheet in printed.sheets}
    for passage, line, run in _runs(printed):
        distances = _distances(run.box, sheets[line.page])
        if passage.kind == "furniture" or min(distances) < -0.5:
            continue
        for side, found, least in zip(
            ("top", "right", "bottom", "left"), distances, profile.margins, strict=True
        ):
            if found < least - 1:
                wanted = f"{profile.name} has {_number(least)} pt"
                stands = f"stands {_number(found)} pt from the {side} edge of the page"
                what = f"{_quoted(run.text.strip())} {{where}} {stands}; {wanted}"
                yield _Breach("margin", line.page, what, passage, found)


def margins(printed: Print) -> Iterator[tuple[Sheet, tuple[float, float, float, float]]]:
    """Yield each page that has text, and how far it is from the edges: top, right, bottom, left."""
    for sheet in printed.sheets:
        boxes = [
            run.box
            for passage in printed.body
            for line in passage.lines
            if line.page == sheet.number
            for run in line.runs
        ]
        if boxes:
            lefts, bottoms, rights, tops = zip(*boxes, strict=True)
            yield sheet, _distances((min(lefts), min(bottoms), max(rights), max(tops)), sheet)


def _blank_pages(printed: Print, profile: Profile) -> Iterator[_Breach]:
    for sheet in printed.sheets:
        if sheet.body is None:
            yield _Breach("blank-page", sheet.number, "the page is blank")


def _parted_tables(printed: Print, profile: Profile) -> Iterator[_Breach]:
    """A row alone at the end of a page, or at the beginning of one: half of a table of two columns.

    Not where cells stand below each other, so that each row is a list; nor where the row and its
    neighbour are too high for one page.
    """
    rows: dict[int, dict[int, list[Passage]]] = {}
    for passage in printed.body:
        if passage.table and passage.row:
            rows.setdefault(passage.table, {}).setdefault(passage.row, []).append(passage)
    for table in rows.values():
        body = [cells for cells in table.values() if any(cell.kind == "TD" for cell in cells)]
        pages = [min(line.page for cell in cells for line in cell.lines) for cells in body]
        if len(pages) < 3 or pages[0] == pages[-1] or _is_stacked(body):
            continue
        alone = [n for n, next_to in ((0, 1), (-1, -2)) if pages[n] != pages[next_to]]
        for n in alone:
            high = sum(_height(body[each]) for each in ((0, 1) if n == 0 else (-1, -2)))
            if high < 0.8 * (printed.frame[1] - printed.frame[0]):
                where = "first" if n == 0 else "last"
                what = f"the {where} row of a table stands alone on the page {{where}}"
                yield _Breach("parted-table", pages[n], what, body[n][0])


def _is_stacked(rows: list[list[Passage]]) -> bool:
    pairs = [(one.lines[0], two.lines[0]) for cells in rows for one, two in pairwise(cells)]
    return bool(pairs) and not any(
        one.page == two.page and abs(one.baseline - two.baseline) < 0.5 * one.size for one, two in pairs
    )


def _height(cells: list[Passage]) -> float:
    boxes = [run.box for cell in cells for line in cell.lines for run in line.runs]
    return max(box[3] for box in boxes) - min(box[1] for box in boxes)


def _gist(printed: Print, profile: Profile) -> Iterator[_Breach]:
    """What an article is not, in one line, on page 1: many readers go no further."""
    for passage in printed.body:
        if passage.id == "gist" and (last := passage.lines[-1].page) > 1:
            what = "page 1 does not say in one line what this article is not: that stands {where}"
            yield _Breach("gist", last, what, passage)


def _wrapped_heads(printed: Print, profile: Profile) -> Iterator[_Breach]:
    """A running head of two lines: no source asks for one, but it looks like text and pushes at it."""
    for passage in printed.passages:
        if passage.kind == "furniture" and passage.pagination and len(passage.rows) > 1:
            what = "a running head has more than one line {where}"
            yield _Breach("running-head", passage.lines[0].page, what, passage)


_RULES: tuple[Rule, ...] = (
    _small_type,
    _contrast,
    _colour_alone,
    _divided_words,
    _off_page,
    _blank_pages,
    _wrapped_heads,
    _parted_tables,
    _gist,
    _alignment,
    _tight_lines,
    _long_lines,
    _italics,
    _capitals,
    _underlines,
    _serifs,
    _margins,
    _indents,
    _columns,
    _notes_together,
)


# --- the measurements in short --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Summary:
    """A file's measurements. Lengths are points, pitches multiples of the type size, margins top, right,
    bottom, left; None where there is nothing to measure.

    ``sizes`` are (size, share of all letters), the most used first; ``characters`` the median and the
    95th percentile of the lines of text that are followed by another.
    """

    pages: int
    sizes: tuple[tuple[float, float], ...]
    fonts: tuple[str, ...]
    pitches: tuple[float, float] | None
    heading_pitch: float | None
    characters: tuple[int, int] | None
    contrast: float | None
    grey: float | None
    margins: tuple[float, float, float, float] | None


def summary(printed: Print) -> Summary:
    """Return what of a file an editor would want to see at a glance."""
    runs = [run for _, _, run in _runs(printed)]
    letters = Counter[float]()
    for run in runs:
        letters[round(run.size, 2)] += len("".join(run.text.split()))
    texts = [passage for passage in _paragraphs(printed) if passage.kind != "furniture"]
    pitches = [pitch for each in texts if not each.is_heading for _, pitch in _pitches(each)]
    headings = [pitch for each in texts if each.is_heading for _, pitch in _pitches(each)]
    counts = sorted(
        len(line.text) for each in texts if each.kind in ("P", "") for line in each.text_lines[:-1]
    )
    ratios = [(run.contrast, run.grey) for run in runs if run.contrast is not None and run.grey is not None]
    by_side = list(zip(*(distances for _, distances in margins(printed)), strict=True))
    return Summary(
        len(printed.sheets),
        tuple((size, count / letters.total()) for size, count in letters.most_common()),
        tuple(sorted({run.font for run in runs})),
        (min(pitches), median(pitches)) if pitches else None,
        min(headings, default=None),
        (round(median(counts)), counts[int(0.95 * len(counts))]) if counts else None,
        min((contrast for contrast, _ in ratios), default=None),
        min((grey for _, grey in ratios), default=None),
        (min(by_side[0]), min(by_side[1]), min(by_side[2]), min(by_side[3])) if by_side else None,
    )


# --- pages that are hardly used -------------------------------------------------------------

NEARLY_BLANK = 0.15
GAP = 0.65


def stray_breaks(printed: Print, asked: frozenset[str], cover: bool = False) -> tuple[Problem, ...]:
    """Return a problem for each page that is nearly blank though nobody asked for it.

    ``asked`` are the ids of the lines between which the author begins a new page; a ``cover`` ends with its
    page. What remains is the layout's doing. A picture cannot part, so the page before it may be short.
    """
    problems = []
    for sheet, after in pairwise(printed.sheets):
        on_page = _in_order(printed, sheet)
        first = next(iter(_in_order(printed, after)), None)
        wanted = {each.id for each in (*on_page[-1:], first) if each} & asked or (cover and sheet.number == 1)
        wanted = wanted or (first is not None and first.kind == "Figure")
        if sheet.body is not None and printed.filled(sheet) < NEARLY_BLANK and first and not wanted:
            what = f"the page is nearly blank: {printed.filled(sheet):.0%} of its height is used"
            problems.append(
                Problem(
                    f"{what}, and the source asks for no page break before {_named(first)}",
                    hint="look in the print styles for what keeps too much together, or begins a page",
                    kind="print-nearly-blank",
                    block=first.id,
                    page=sheet.number,
                )
            )
    return tuple(problems)


def _in_order(printed: Print, sheet: Sheet) -> list[Passage]:
    """The passages of a page, from top to bottom."""
    tops = {
        id(passage): max(line.baseline for line in passage.lines if line.page == sheet.number)
        for passage in printed.body
        if any(line.page == sheet.number for line in passage.lines)
    }
    on_page = (passage for passage in printed.body if id(passage) in tops)
    return sorted(on_page, key=lambda passage: -tops[id(passage)])


# --- what is only worth knowing -------------------------------------------------------------


def notes(printed: Print) -> tuple[Problem, ...]:
    """Return what looks careless and breaks no rule: a page nearly blank or with a large gap, a list of
    contents that spills a line or two onto a page, a figure whose colours are one grey.

    Severity "note": a page break that an author asked for may do it, and a figure may say it in words too.
    """
    found = [*_gaps(printed), *_spilt_contents(printed), *_coloured_shapes(printed)]
    return tuple(sorted(found, key=lambda problem: problem.page or 0))


def _gaps(printed: Print) -> Iterator[Problem]:
    for sheet, after in pairwise(printed.sheets):
        filled = printed.filled(sheet)
        if sheet.body is not None and filled < GAP:
            near = filled < NEARLY_BLANK
            kind, how = ("print-nearly-blank", "nearly blank") if near else ("print-gap", "not full")
            first = next(iter(_in_order(printed, after)), None)
            message = f"the page is {how}: {filled:.0%} of its height is used"
            message += f"; the next page begins with {_named(first)}" if first else ""
            yield Problem(message, kind=kind, severity="note", page=sheet.number)


def _spilt_contents(printed: Print) -> Iterator[Problem]:
    pages = [passage.lines[0].page for passage in printed.body if passage.kind == "TOCI"]
    for page in sorted(set(pages))[1:]:
        if pages.count(page) <= 2:
            lines = "line" if pages.count(page) == 1 else "lines"
            message = f"the contents spill {pages.count(page)} {lines} onto the page"
            yield Problem(message, kind="print-spilt-contents", severity="note", page=page)


def _coloured_shapes(printed: Print) -> Iterator[Problem]:
    for figure in printed.figures:
        pairs = combinations((each for each in figure.colours if _chroma(each) > 0.2), 2)
        alike = next(((one, two) for one, two in pairs if _are_two_hues(one, two)), None)
        if alike is not None:
            named = " and ".join(map(_hex, alike))
            yield Problem(
                f"two colours of {figure.id or 'a figure'} are nearly one grey: {named}",
                hint="in black and white, or to a reader who does not see colours, they look alike",
                kind="print-one-grey",
                severity="note",
                block=figure.id,
                page=figure.page,
            )


def _hex(colour: Colour) -> str:
    return "#" + "".join(f"{round(255 * value):02x}" for value in colour[:3])


__all__ = [
    "FLOOR",
    "PROFILES",
    "Profile",
    "alignment",
    "breaches",
    "called",
    "margins",
    "measure",
    "notes",
    "stray_breaks",
    "summary",
]
