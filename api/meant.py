"""What a text means that somebody wrote where a thing is asked for: one thing where that is clear, or the nearest."""

from __future__ import annotations

from collections.abc import Iterable

from kg.errors import QuestionError
from kg.search import Hit, SearchIndex
from kg.search.index import BEARS

_MOST = 8


def meant(index: SearchIndex, text: str, types: Iterable[str] = ()) -> tuple[Hit, ...]:
    """Return the thing that alone bears a name, or else the nearest, the best first; nothing where nothing is near.

    Args:
        index: names of all things.
        text: what somebody wrote.
        types: keep to these types or classes.
    """
    try:
        hits = index.search(text, types, limit=_MOST).hits
    except QuestionError:
        return ()
    clear = hits and hits[0].score >= BEARS and (len(hits) == 1 or hits[1].score < hits[0].score)
    return hits[:1] if clear else hits
