"""Passages as a page shows them: a text cut at the ends of its passages, each piece marked or not."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from api.site.shelf import WITHHELD, Shelved

_AROUND = 400  # code points of context on each side of a passage
_HIDDEN = re.compile(f"{WITHHELD}+")
_LINE = re.compile(r"[^\n]*\S[^\n]*")


class Span(NamedTuple):
    """A passage: code points into a text, the end exclusive."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text.

    Attributes:
        start: where it begins.
        text: its words, "" where they are withheld.
        marked: whether it lies in a passage.
        begins: whether a passage begins with it.
    """

    start: int
    text: str
    marked: bool
    begins: bool

    @property
    def withheld(self) -> bool:
        """Whether the editors withheld it."""
        return not self.text


@dataclass(frozen=True, slots=True)
class Context:
    """A passage with what stands around it.

    Attributes:
        before, after: whether the text goes on there.
        pieces: of the text.
        verified: whether the words of each part have the digest that the graph gives.
    """

    before: bool
    after: bool
    pieces: tuple[Piece, ...]
    verified: bool


def context(document: Shelved, passage: Span, digest: str) -> Context | None:
    """Return a passage in its context; None where it lies outside the text."""
    return next(iter(contexts(document, [(passage, digest)])), None)


def contexts(document: Shelved, parts: Iterable[tuple[Span, str]]) -> list[Context]:
    """Return the parts of a claim, spans with their digests in the order of the text, in their context.

    Parts that stand near each other share one context; a part that lies outside the text has none.
    """
    found: list[list[tuple[Span, str]]] = []
    for span, digest in parts:
        if not 0 <= span.start < span.end <= len(document.text):
            continue
        if found and span.start - found[-1][-1][0].end <= _AROUND:
            found[-1].append((span, digest))
        else:
            found.append([(span, digest)])
    return [_context(document, each) for each in found]


def _context(document: Shelved, parts: list[tuple[Span, str]]) -> Context:
    spans = [span for span, _ in parts]
    start = max(0, spans[0].start - _AROUND)
    end = min(len(document.text), max(span.end for span in spans) + _AROUND)
    found = tuple(pieces(document.text, Span(start, end), spans))
    verified = all(_digest(document, span) == digest for span, digest in parts)
    return Context(start > 0, end < len(document.text), found, verified)


def _digest(document: Shelved, passage: Span) -> str:
    """Return the digest of a passage, of the whole words where the editors recorded it."""
    known = document.digests.get(passage)
    return known or hashlib.sha256(document.text[passage.start : passage.end].encode()).hexdigest()


def pieces(text: str, within: Span, passages: Iterable[Span]) -> Iterator[Piece]:
    """Cut a part of a text where a passage, or what is withheld, begins or ends."""
    near = [each for each in passages if each.start < within.end and each.end > within.start]
    hidden = [Span(*match.span()) for match in _HIDDEN.finditer(text, *within)]
    ends = {end for span in (*near, *hidden) for end in span if within.start < end < within.end}
    begun = {each.start for each in near}
    for start, end in pairwise(sorted({*within, *ends})):
        marked = any(each.start <= start and end <= each.end for each in near)
        yield Piece(start, text[start:end].replace(WITHHELD, ""), marked, start in begun)


def lines(text: str) -> list[Span]:
    """Return the lines of a text that hold more than white space."""
    return [Span(*match.span()) for match in _LINE.finditer(text)]
