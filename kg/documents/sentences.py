"""The sentences of a document: the pieces of text that facts must account for.

A piece is a sentence, a heading, a table cell or a list point. Pieces never cross a line break or a tab, so a sentence
that a page break cuts in two makes two pieces. Offsets are code points into the text as stored.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

_LINE = re.compile(r"[^\n\t\v\f\r]+")
_HEADING = re.compile(r"\s*#")
# A sentence ends at . ! or ?, with closing marks, where white space and a capital, a quotation mark or a tag follow.
_END = re.compile(r"[.!?][”’\"'*)\]]*(?:<sup>\d+</sup>)?(?=\s+(?:[\"“‘'*<\[]*[A-Z£]))")
# "1. ensure …", "R 1.1. Leadership": the dot belongs to a number, not to the end of a sentence.
_NUMBER = re.compile(r"(?:^|[\s*>])(?:R ?)?\d+(?:\.\d+)*\.$")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A piece of a document's text.

    Attributes:
        start: offset of its first code point.
        end: offset after its last code point.
    """

    start: int
    end: int


def sentences(text: str) -> list[Sentence]:
    """Return the pieces of `text` in order; pieces without a letter or digit are left out."""
    found = [piece for line in _LINE.finditer(text) for piece in _pieces(text, line.start(), line.end())]
    return [piece for piece in found if any(character.isalnum() for character in text[piece.start : piece.end])]


def _pieces(text: str, start: int, end: int) -> list[Sentence]:
    """Split one line, or one cell of a table, at the ends of its sentences."""
    if _HEADING.match(text, start, end):
        return [_trimmed(text, start, end)]
    cuts = [match.end() for match in _END.finditer(text, start, end) if not _NUMBER.search(text[start : match.end()])]
    bounds = [start, *cuts, end]
    return [_trimmed(text, left, right) for left, right in pairwise(bounds)]


def _trimmed(text: str, start: int, end: int) -> Sentence:
    """Return the piece without the white space around it."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Sentence(start, end)
