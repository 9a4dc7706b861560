"""How the ratings of a unit are known, with the date and the notes beside each."""

from __future__ import annotations

from typing import Any

from api.known import MARKS, known
from api.site.dates import DATED
from api.site.page import Wanted

Fields = dict[str, Any]

_OF_UNIT = f"""SELECT DISTINCT ?_unit ?statement ?known ?date ?note WHERE {{
  ?statement pko:aboutUnit ?_unit ; pko:hasRating ?rating ; pko:madeIn ?inspection .
  OPTIONAL {{ ?statement pko:asOf ?as_of }}
  {DATED}
  OPTIONAL {{ ?statement skos:editorialNote ?note }}
  {known()}
}} ORDER BY ?statement ?note"""


def of_unit(wanted: Wanted, unit: str) -> dict[str, Fields]:
    """Return by statement how each rating of a unit is known, the date beside it, and the notes of the editors."""
    found: dict[str, Fields] = {}
    for row in wanted.select(_OF_UNIT, unit=unit):
        one = found.setdefault(row["statement"], {"known": row["known"], "date": row["date"], "notes": []})
        one["notes"] += [row["note"]] if row["note"] else []
    return found


def marks(ratings: dict[str, Fields]) -> list[str]:
    """Return the marks that some of the ratings bear."""
    return [mark for mark in MARKS if any(rating["known"] == mark for rating in ratings.values())]
