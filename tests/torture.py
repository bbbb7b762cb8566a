"""A torture article: everything that is hard to print and to tag, in one source, always the same.

Sixty headings, foreign and right-to-left words in headings, cells and captions, lists in lists, notes
everywhere, a table over several pages, pictures wherever pages end, words longer than a line,
combining marks, ligatures, all quotes and dashes. Soft hyphens are no part of it: sources refuse them.
"""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path
from typing import Any

ID = "torture"
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
PLAIN = [
    *(
        "efficient",
        "office",
        "waffle",
        "first finding",
        "insulin-making",
        "a",
        "I",
        "“quoted”",
        "‘single’",
        "«guillemets»",
    ),
    *(
        "10\u00a0mg",
        "2–3",
        "—",
        "don’t",
        "n=1",
        "CO₂",
        "≥\u00a05",
        "→",
        "½",
        "β-cell",
        "±\u202f3",
        "x\u2009y",
    ),
    *(
        "Ελλάδα",
        "супермаркет",
        "m\u0303",
        "x\u0304",
        "cafe\u0301",
        "ệ",
        "Łódź",
        "AVAToWa",
        "fjord",
        "state-of-the-art",
    ),
    *(LONG, "µmol/L", "№"),
    *(
        "walking",
        "after",
        "a",
        "meal",
        "keeps",
        "blood",
        "sugar",
        "lower",
        "than",
        "sitting",
        "still",
        "does",
    ),
]
MARKED = [
    *("**bold words**", "*emphasis*", "***both at once***", "**bold with *emphasis* inside**"),
    *("[la vida cotidiana]{lang=es}", "[Gesundheitsförderung]{lang=de}", "[الصحة العامة]{lang=ar}"),
    *("[שלום עולם]{lang=he}", "[גרסה 2.0]{lang=he}", "[سلامت ۱۲۳]{lang=fa}"),
    *(
        "[a page](https://health.example/a?b=1&c=2)",
        "[the first section](#section-1)",
        "<https://health.example/>",
    ),
    *("[a **bold** link](https://health.example/bold)", "[[la vida](https://health.example/es)]{lang=es}"),
    *("note[^one]", "notes[^two][^three]", "**bold note**[^four]"),
]


class _Writer:
    def __init__(self) -> None:
        self.dice = random.Random(20261122)

    def words(self, number: int, marked: float = 0.12, title: bool = False) -> str:
        """``number`` words, some of them marked, as Markdown; a title holds no note and no link."""
        marks = [mark for mark in MARKED if not (title and ("[^" in mark or "http" in mark or "](#" in mark))]
        found = ["Words"]
        while len(found) < number:
            found.append(self.dice.choice(marks if self.dice.random() < marked else PLAIN))
        return " ".join(found) + "."

    def text(self) -> str:
        return "\n\n".join(self.words(self.dice.randint(10, 45)) for _ in range(2))

    def list(self) -> str:
        lines = []
        for depth, mark in (
            (0, "-"),
            (1, "-"),
            (2, "1."),
            (2, "2."),
            (1, "-"),
            (0, "-"),
            (1, "1."),
            (2, "-"),
        ):
            indent = "  " * depth if mark == "-" or depth < 2 else "    "
            lines.append(f"{indent}{mark} {self.words(self.dice.randint(3, 14))}")
            if depth == 0:
                lines += ["", f"  {self.words(12)}", ""]
        return "\n".join(lines) + "\n"

    def figure(self, number: int, section: int) -> dict[str, Any]:
        image = "images/shoes.png" if (number + section) % 2 else "images/sugar-curve.svg"
        alternative = " ".join(self.dice.choice(PLAIN) for _ in range(12))
        return {
            "figure": {
                "id": f"figure-{section}-{number}",
                "image": image,
                "alt": f"A picture: {alternative}",
                "caption": self.words(14),
            }
        }

    def table(self, name: str, rows: int) -> dict[str, Any]:
        heads = ["Number[^five]", "[الصحة]{lang=ar} and words", "**Bold** head", "[שלום]{lang=he}"]
        cells = [
            [
                f"Row {n}",
                *(self.words(self.dice.randint(1, 7), 0.3).replace(LONG, "short") for _ in heads[1:]),
            ]
            for n in range(rows)
        ]
        return {
            "table": {
                "id": name,
                "caption": self.words(9).replace(LONG, "short"),
                "columns": heads,
                "rows": cells,
            }
        }

    def section(self, number: int) -> dict[str, Any]:
        body: list[Any] = [self.text(), self.list()]
        for n in range(3):
            title = self.words(self.dice.randint(3, 16), 0.25, title=True).removesuffix(".")
            inner: list[Any] = [self.text()]
            if n != 2:
                inner.append(self.figure(n, number))
            if n == 1:
                box = {
                    "type": "warning",
                    "title": self.words(5, title=True),
                    "label": "Take care",
                    "body": self.text(),
                }
                inner.append({"callout": box})
            body.append({"part": {"id": f"part-{number}-{n}", "kicker": title, "body": inner}})
        steps = [
            {
                "title": self.words(6, 0.2, title=True),
                "facets": {"What it means": self.words(20), "Ask": self.words(9)},
            }
        ]
        body.append({"steps": steps})
        if number in (3, 8):
            body.append(self.table(f"table-{number}", 60 if number == 3 else 12))
        heading = f"Section {number}: [שלום עולם]{{lang=he}}, [الصحة]{{lang=ar}} and *{number}* things"
        return {"id": f"section-{number}", "heading": heading, "body": body}

    def article(self) -> dict[str, Any]:
        return {
            "format": 1,
            "id": ID,
            "language": "en",
            "title": "Torture: “office” words, [שלום]{lang=he}, [santé]{lang=fr}, cafe\u0301 and 10\u00a0mg",
            "summary": "Everything that is hard to print.",
            "lede": self.words(40),
            "statement": self.words(20),
            "key_points": [self.words(20), self.words(9)],
            "introduction": [self.text()],
            "sections": [self.section(number) for number in range(1, 12)],
            "faq": [
                {
                    "id": f"q{n}",
                    "question": f"{self.words(6, title=True).removesuffix('.')}?",
                    "answer": self.text(),
                }
                for n in range(3)
            ],
            "disclaimers": [
                {
                    "id": f"d{n}",
                    "title": self.words(5, title=True),
                    "text": self.text() + "\n\n" + self.list(),
                }
                for n in range(3)
            ],
            "references": [
                {
                    "id": id,
                    "kind": "journal",
                    "citation": f"{self.words(12, 0)} *Journal of Torture*. 2026.",
                    "identifiers": {"doi": f"10.5555/{id}"},
                    "used_for": self.words(10, 0),
                    "does_not_prove": "Anything.",
                    "verified": "2026-05-14",
                }
                for id in ("one", "two", "three", "four", "five")
            ],
            "dates": {"checked": "2026-05-14"},
        }


def write_torture(folder: Path) -> None:
    """Write the torture project into ``folder``: one article, in print."""
    source = folder / "source"
    (source / ID).mkdir(parents=True)
    small = Path(__file__).parent / "projects/complete/source/small-article"
    shutil.copytree(small / "images", source / ID / "images")
    house = "format: 1\nname: Torture Desk\neditions:\n  handout: {format: pdf, paper: letter}\n"
    (source / "publish.yaml").write_text(house, encoding="utf-8")
    text = "\n".join(_yaml(_Writer().article(), 0)) + "\n"
    (source / ID / "article.yaml").write_text(text, encoding="utf-8")


def _yaml(value: Any, depth: int) -> list[str]:
    """Write maps and lists one entry a line; every text in double quotes, which escape like JSON's."""
    indent = "  " * depth
    lines: list[str] = []
    for key, each in value.items() if isinstance(value, dict) else (("-", each) for each in value):
        head = f"{indent}-" if isinstance(value, list) else f"{indent}{key}:"
        if isinstance(each, dict | list):
            lines += [head, *_yaml(each, depth + 1)]
        else:
            plain = key in ("format", "verified", "checked")
            lines.append(f"{head} {each if plain else json.dumps(each, ensure_ascii=False)}")
    return lines
