"""How a rating is known: read in an official text, at second hand alone, derived, or not fully confirmed."""

from __future__ import annotations

from typing import Any

from api.site.dates import DATED
from api.site.page import Wanted
from kg import names

_GRADES = f"{names.VOCAB}quality/"
_TIERS = f"{names.VOCAB}source-tier/"
# The ways that are marked on a page, the weakest first; a rating that an official text gives bears no mark.
MARKS = ("derived", "second-hand", "unconfirmed")

Fields = dict[str, Any]


def known(statement: str = "statement") -> str:
    """Return a pattern that binds ?known to one of MARKS, or leaves it unbound for what an official text gives.

    The first that fits one of the rows and texts behind a rating decides: a row of grade C makes it derived; a row of
    grade A, a report or a release makes it official; a row of a source under a public licence leaves it unconfirmed;
    and without any of these it is known at second hand alone.

    Args:
        statement: name of the variable of the rating, bound before.
    """
    return f"""OPTIONAL {{ SELECT ?{statement} (MIN(?way) AS ?how) WHERE {{
      ?{statement} pko:hasRating ?of_any ; pko:evidencedBy ?behind .
      OPTIONAL {{ ?behind pko:rowQuality ?grade }} OPTIONAL {{ ?behind pko:rowSource/pko:licence ?free }}
      OPTIONAL {{ ?behind pko:inPassage ?passage . ?passage <{names.PREFIXES["oa"]}hasSource> ?text .
        ?text pko:sourceTier ?tier }}
      BIND(IF(BOUND(?grade), IF(?grade = <{_GRADES}c>, 1, IF(?grade = <{_GRADES}a>, 2, IF(BOUND(?free), 3, 4))),
        IF(COALESCE(?tier IN (<{_TIERS}primary-report>, <{_TIERS}official-release>), false), 2, 4)) AS ?way)
    }} GROUP BY ?{statement} }}
    BIND(IF(?how = 1, "derived", IF(?how = 3, "unconfirmed", IF(?how = 4, "second-hand", ?nothing))) AS ?known)"""


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
