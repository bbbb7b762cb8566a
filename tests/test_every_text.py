"""Whatever an author writes: the model says it, every finished file says it, and a changed letter is found.

Texts are made up by Hypothesis, the same ones in every run: words of hundreds of letters and signs, with
marks inside marks, in every place of an article where text can stand.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from faulty import SVG, project
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from publish.formats import FORMATS
from publish.layout import Layouts, packaged_layouts
from publish.model import plain
from publish.project import Project, open_project
from publish.proof import Proof, examine
from publish.source.article import Source
from publish.source.prose import parse
from publish.verify.compare import compare
from publish.verify.expected import allowed, required

# The same examples everywhere, at any speed; what fails stays failed without a folder of examples.
settings.register_profile(
    "ours", derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
)
settings.load_profile("ours")

SIGNS = "".join(map(chr, range(0x21, 0x7F))) + "".join(map(chr, range(0xA1, 0x180))).replace("\xad", "")
MORE = "αβγδέΩЖяйЇ–—‘’“”„…•‹›€₂⁻→≤≥≠≈−×÷½µ°™ṿẞỆự"
"""Signs beyond Latin letters that the bundled fonts have, too."""
PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"

Text = tuple[str, str]
"""What an author writes, and what it says."""


def word(letters: str) -> Text:
    return "".join(f"\\{each}" if each in PUNCTUATION else each for each in letters), letters


def marked(before: str, after: str) -> st.SearchStrategy[Text]:
    return texts_of.map(lambda text: (f"{before}{text[0]}{after}", text[1]))


letters = st.text(st.sampled_from(SIGNS + MORE), min_size=1, max_size=12)
words = letters.filter(lambda text: unicodedata.normalize("NFC", text) == text).map(word)
texts_of = st.lists(words, min_size=1, max_size=5).map(
    lambda parts: (" ".join(part[0] for part in parts), " ".join(part[1] for part in parts))
)
pieces = st.one_of(
    words,
    marked("**", "**"),
    marked("*", "*"),
    marked("[", "](https://health.example/a?b=c&d=e)"),
    marked("[", "]{lang=es}"),
    marked("[**", "**]{lang=de}"),
)
lines = st.lists(pieces, min_size=1, max_size=6).map(
    lambda parts: (" ".join(part[0] for part in parts), " ".join(part[1] for part in parts))
)


@settings(max_examples=400)
@given(lines)
def test_the_model_says_what_is_written(text: Text) -> None:
    parsed = parse(text[0], {})
    assume(not parsed.faults)
    (line,) = parsed.prose.blocks
    assert plain(line.inlines) == text[1]


# --- the whole road --------------------------------------------------------------------------

PLACES = ("title", "lede", "point", "heading", "paragraph", "item", "cell", "alt", "caption", "step")
PLACES += ("facet", "callout", "question", "answer", "work", "used")
ARTICLE = """\
format: 1
id: faulty
language: en
title: {title}
summary: A summary.
lede: {lede}
statement: A statement.
key_points: [{point}]
introduction: ['An introduction.[^work]']
sections:
  - id: one
    heading: {heading}
    body:
      - {paragraph}
      - {item}
      - table: {{caption: A table, columns: [One, Two], rows: [[Cell, {cell}]]}}
      - figure: {{image: images/drawn.svg, alt: {alt}, caption: {caption}}}
      - steps: [{{title: {step}, facets: {{Why: {facet}}}}}]
      - callout: {{title: A callout, body: {callout}}}
faq: [{{id: a, question: {question}, answer: {answer}}}]
disclaimers: [not-advice]
references: [{{id: work, kind: web, citation: {work}, used_for: {used}, verified: 2026-05-14}}]
dates: {{checked: 2026-05-14}}
"""
PLAIN = str.maketrans("", "", "*_[]<>`\\&")
plain_texts = words.map(lambda text: (f"A {text[1].translate(PLAIN)}", f"A {text[1].translate(PLAIN)}"))
articles = st.fixed_dictionaries(dict.fromkeys(PLACES, lines) | {"alt": plain_texts})


def written(texts: Mapping[str, Text], folder: Path) -> tuple[Project, Source]:
    """Make a project of an article in which ``texts`` stand, and read it."""
    for text in texts.values():
        assume(
            text is texts["alt"] or not parse(text[0], {}).faults
        )  # signs may pair in other ways than meant
    said = {place: text[0] for place, text in texts.items()}
    said["item"] = f"- {said['item']}\n- {said['lede']}"
    said["alt"] = texts["alt"][1]
    quoted = {place: json.dumps(text, ensure_ascii=False) for place, text in said.items()}
    project(folder, ARTICLE.format(**quoted).encode())
    (folder / "source/faulty/images/drawn.svg").write_text(SVG.format("<rect width='9' height='9'/>"))
    opened = open_project(folder)
    return opened, opened.sources()[0]


def first_problem_with_another_letter(source: Source, proof: Proof, which: int, where: int) -> bool:
    """Whether a changed letter in one block of a finished file is told, and first of that block."""
    blocks = [block for block in proof.reading.blocks if block.id and block.text]
    block = blocks[which % len(blocks)]
    at = where % len(block.text)
    other = "x" if block.text[at] != "x" else "y"
    changed = replace(block, text=f"{block.text[:at]}{other}{block.text[at + 1 :]}")
    reading = replace(
        proof.reading, blocks=tuple(changed if each is block else each for each in proof.reading.blocks)
    )
    may_stand = allowed(source.article, Layouts((packaged_layouts(),)).words("en"))
    problems = compare(proof.expected, reading, may_stand, required(source.article))
    return bool(problems) and (problems[0].kind, problems[0].block) == ("changed", block.id)


@pytest.mark.slow
@pytest.mark.parametrize(("edition", "examples"), [("web", 12), ("ebook", 8), ("handout", 8)])
def test_every_finished_file_says_what_is_written(edition: str, examples: int) -> None:
    # Shrinking takes minutes here, and the example that fails is small enough.
    @settings(max_examples=examples, phases=[Phase.generate])
    @given(articles, st.integers(0, 10_000), st.integers(0, 10_000))
    def every(texts: Mapping[str, Text], which: int, where: int) -> None:
        with TemporaryDirectory() as folder:
            opened, source = written(texts, Path(folder))
            chosen = opened.house.editions[edition]
            data = FORMATS[chosen.format].render(source.article, chosen, opened.house, opened.layouts)
            proof = examine(opened, source, chosen, data, "file")
            assert proof.problems == ()
            said = {block.text for block in proof.reading.blocks}
            assert {" ".join(text[1].split()) for text in texts.values()} <= said
            assert first_problem_with_another_letter(source, proof, which, where)

    every()
