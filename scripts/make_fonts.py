"""Remake layouts/fonts/ from the font packages of npm: packages in, TTF files and licences out.

    npm install --ignore-scripts --prefix FOLDER $(python scripts/make_fonts.py --packages)
    python scripts/make_fonts.py FOLDER

TTF and not WOFF2: WeasyPrint unpacks WOFF2 anew for every PDF, which doubles its time. Text is set
in Atkinson Hyperlegible Next, unchanged; the Noto fonts hold what it lacks, cut down to that.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

TARGET = Path(__file__).resolve().parents[1] / "layouts" / "fonts"

ATKINSON = "@expo-google-fonts/atkinson-hyperlegible-next@0.4.1"
NOTO = "@expo-google-fonts/noto-sans@0.4.2"
ARABIC = "@expo-google-fonts/noto-sans-arabic@0.4.3"
HEBREW = "@fontsource/noto-sans-hebrew@5.3.0"
MATH = "@fontsource/noto-sans-math@5.3.0"


@dataclass(frozen=True)
class Family:
    """One folder of layouts/fonts: where its files and its licence come from.

    ``files`` are (name here, path in the package). Code points of ``ranges`` are kept, and spaces:
    between two words of its script a space is shown in the font too. Without ranges all is kept.
    """

    folder: str
    package: str
    licence: str
    files: tuple[tuple[str, str], ...]
    ranges: tuple[tuple[int, int], ...] = ()


FAMILIES = (
    Family(
        "atkinson-hyperlegible-next",
        ATKINSON,
        "LICENSE_FONT",
        (
            ("regular.ttf", "400Regular/AtkinsonHyperlegibleNext_400Regular.ttf"),
            ("italic.ttf", "400Regular_Italic/AtkinsonHyperlegibleNext_400Regular_Italic.ttf"),
            ("bold.ttf", "700Bold/AtkinsonHyperlegibleNext_700Bold.ttf"),
            ("bold-italic.ttf", "700Bold_Italic/AtkinsonHyperlegibleNext_700Bold_Italic.ttf"),
        ),
    ),
    Family(
        "noto-sans",
        NOTO,
        "LICENSE_FONT",
        (("regular.ttf", "400Regular/NotoSans_400Regular.ttf"), ("bold.ttf", "700Bold/NotoSans_700Bold.ttf")),
        (
            (0x0020, 0x058F),  # Latin, marks, Greek, Cyrillic
            (0x1E00, 0x1FFF),  # Vietnamese, polytonic Greek
            (0x2000, 0x218F),  # punctuation, small digits, currencies, letter-like signs, fractions
        ),
    ),
    Family(
        "noto-sans-arabic",
        ARABIC,
        "LICENSE_FONT",
        (
            ("regular.ttf", "400Regular/NotoSansArabic_400Regular.ttf"),
            ("bold.ttf", "700Bold/NotoSansArabic_700Bold.ttf"),
        ),
        ((0x0600, 0x06FF), (0x0750, 0x077F), (0x200C, 0x200F), (0xFB50, 0xFDFF), (0xFE70, 0xFEFF)),
    ),
    Family(
        "noto-sans-hebrew",
        HEBREW,
        "LICENSE",
        (
            ("regular.ttf", "files/noto-sans-hebrew-hebrew-400-normal.woff2"),
            ("bold.ttf", "files/noto-sans-hebrew-hebrew-700-normal.woff2"),
        ),
        ((0x0590, 0x05FF), (0x200C, 0x200F), (0xFB1D, 0xFB4F)),
    ),
    Family(
        "noto-sans-math",
        MATH,
        "LICENSE",
        (("regular.ttf", "files/noto-sans-math-latin-400-normal.woff2"),),
        (
            (0x2190, 0x22FF),  # arrows, operators
            (0x25A0, 0x25FF),  # squares, circles, triangles
            (0x2600, 0x27BF),  # ticks and other signs
        ),
    ),
)


def make(family: Family, packages: Path) -> None:
    """Write the files of ``family`` and its licence; whole files are copied byte for byte."""
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    source = packages / "node_modules" / family.package.rpartition("@")[0]
    folder = TARGET / family.folder
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source / family.licence, folder / "LICENSE.txt")
    for name, path in family.files:
        if not family.ranges:
            shutil.copyfile(source / path, folder / name)
            continue
        # Without recalcTimestamp the same packages give the same bytes.
        font = TTFont(source / path, recalcTimestamp=False)
        options = Options(layout_features=["*"], drop_tables=["MATH", "STAT", "DSIG"], name_IDs=["*"])
        subsetter = Subsetter(options)
        ranges = (*family.ranges, (0x20, 0x20), (0xA0, 0xA0))
        subsetter.populate(unicodes=[code for first, last in ranges for code in range(first, last + 1)])
        subsetter.subset(font)
        font.flavor = None
        font.save(folder / name)


def main() -> None:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("folder", type=Path, nargs="?", help="where npm installed the packages")
    parser.add_argument("--packages", action="store_true", help="print the packages to install, and stop")
    arguments = parser.parse_args()
    if arguments.packages:
        print(" ".join(family.package for family in FAMILIES))
        return
    if not arguments.folder:
        sys.exit("error: say where npm installed the packages, or --packages")
    for family in FAMILIES:
        make(family, arguments.folder)


if __name__ == "__main__":
    main()
