"""Words as the index compares them, without case, accents and punctuation; and what a misspelt one may mean."""

from __future__ import annotations

import re
import unicodedata

from rapidfuzz import process
from rapidfuzz.distance import OSA

_BREAKS = re.compile(r"[\W_]+")
_DIGIT = re.compile(r"\d")
# Shorter words have too many neighbours; two slips are forgiven from six letters on.
_SHORTEST = 4
_TWO_SLIPS = 6
_LONGEST = 40


def fold(text: str) -> str:
    """Return a text as lower-case words without accents and punctuation; "&" reads "and".

    >>> fold("Ynys Môn & “Gwynedd”")
    'ynys mon and gwynedd'
    """
    apart = unicodedata.normalize("NFKD", text.replace("&", " and ").casefold())
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return " ".join(_BREAKS.sub(" ", bare).split())


def spellings(word: str, known: list[str]) -> list[str]:
    """Return the known words that a misspelt one may mean: those with the fewest letters wrong, added, lost or swapped.

    A word with a digit is a code or a number: right or wrong, never misspelt.

    Args:
        word: a folded word that is not known.
        known: the folded words of all names.
    """
    if not _SHORTEST <= len(word) <= _LONGEST or _DIGIT.search(word):
        return []
    most = 1 if len(word) < _TWO_SLIPS else 2
    found = process.extract(word, known, scorer=OSA.distance, score_cutoff=most, limit=8)
    return [other for other, distance, _ in found if distance == found[0][1]]


def split(word: str, known: set[str]) -> list[str]:
    """Return the two known words that were written as one, such as "east kent" for "eastkent"; or nothing."""
    cuts = (word[:cut] + " " + word[cut:] for cut in range(3, min(len(word), _LONGEST) - 2))
    return next((each.split() for each in cuts if set(each.split()) <= known), [])
