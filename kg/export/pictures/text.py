r"""Text in pictures: what of a label can be drawn, how wide it is, and where its lines break.

Widths are those of Helvetica (Adobe's font metrics), which Arial and Liberation Sans share, so that a picture is laid
out alike on every machine; labels are never handed to Graphviz as labels, which would read \\N or <b> in them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

LABEL = 10.0  # size of a label, in units of the layout; a page may shrink it to 9 points
LINE = 12.5
_BOLD = 1.08
_WIDTHS = dict(
    zip(
        map(chr, range(32, 127)),
        (
            *(278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278),
            *(556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556),
            *(1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778),
            *(667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556),
            *(333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556),
            *(556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584),
        ),
        strict=True,
    )
)
_WIDE, _UNKNOWN = 1300, 700
# Marks that turn the direction of the text after them would let one label garble the next.
_DROPPED = {"Cc", "Cs", "Cf", "Co", "Cn", "Zl", "Zp"}


def clean(text: str) -> str:
    r"""Return a text on one line, without characters that no XML file may hold or that change how others are read.

    >>> clean("East\tKent\x00\n PDU")
    'East Kent PDU'
    """
    spaced = (" " if character.isspace() else character for character in text)
    kept = (character for character in spaced if unicodedata.category(character) not in _DROPPED)
    return " ".join("".join(kept).split())


def width(text: str, size: float = LABEL, *, bold: bool = False) -> float:
    """Return the width of a line of text at a size, in the same unit."""
    return sum(map(_advance, text)) * size / 1000 * (_BOLD if bold else 1)


def wrap(text: str, room: float, size: float = LABEL, lines: int = 4, *, bold: bool = False) -> tuple[str, ...]:
    """Break a text into lines no wider than the room; what passes the number of lines is cut, with an ellipsis.

    >>> wrap("Kent, Surrey and Sussex", 60)
    ('Kent, Surrey', 'and Sussex')
    """
    found: list[str] = []
    for word in _words(text, room, size, bold):
        if found and width(f"{found[-1]} {word}", size, bold=bold) <= room:
            found[-1] += f" {word}"
        else:
            found.append(word)
    if len(found) > lines:
        found = [*found[: lines - 1], _cut(f"{found[lines - 1]} {found[lines]}", room, size, bold)]
    return tuple(found)


def _words(text: str, room: float, size: float, bold: bool) -> Iterator[str]:
    """Yield the words, those that are wider than the room in pieces."""
    for word in clean(text).split(" "):
        rest = word
        while rest:
            end = len(rest)
            while end > 1 and width(rest[:end], size, bold=bold) > room:
                end -= 1
            if end < len(rest):
                end = max((n + 1 for n in range(1, end) if rest[n] in "-/_."), default=end)
            yield rest[:end]
            rest = rest[end:]


def _cut(text: str, room: float, size: float, bold: bool) -> str:
    while text and width(text + "…", size, bold=bold) > room:
        text = text[:-1]
    return text.rstrip(" ,;:") + "…"


@lru_cache(maxsize=4096)
def _advance(character: str) -> int:
    if character in _WIDTHS:
        return _WIDTHS[character]
    if unicodedata.combining(character):
        return 0
    plain = unicodedata.normalize("NFD", character)[0]
    if plain in _WIDTHS:
        return _WIDTHS[plain]
    return _WIDE if unicodedata.east_asian_width(character) in "WF" or ord(character) > 0xFFFF else _UNKNOWN
