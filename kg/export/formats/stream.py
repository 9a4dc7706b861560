"""Text to a binary stream, a few thousand pieces at a time: large networks never stand in memory as one text."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import BinaryIO

_PIECES = 4096


def write_text(out: BinaryIO, pieces: Iterable[str]) -> None:
    """Write pieces of text as UTF-8."""
    remaining = iter(pieces)
    while batch := list(islice(remaining, _PIECES)):
        out.write("".join(batch).encode())


def separated(pieces: Iterable[str], between: str = ",\n") -> Iterable[str]:
    """Return the pieces with a separator before each but the first."""
    for place, piece in enumerate(pieces):
        yield between + piece if place else piece
