"""How a rating is known: read in an official text, at second hand alone, derived, or not fully confirmed.

The first that fits one of the rows and texts behind a rating decides: a row of grade C makes it derived; a row of
grade A, a report or a release makes it official; a row of a source under a public licence leaves it unconfirmed; and
without any of these it is known at second hand alone. Pages that ask queries take the rule as a pattern, `known`; pages
that look things up take it as `Known`. A test holds the two to the same marks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kg import names
from kg.store import Embedded
from kg.store.patterns import about, value_of

# The ways that are marked on a page, the weakest first; a rating that an official text gives bears no mark.
MARKS = ("derived", "second-hand", "unconfirmed")
_DERIVED, _OFFICIAL, _UNCONFIRMED, _SECOND_HAND = range(1, 5)  # the first that fits decides
_MARK_OF = {_DERIVED: "derived", _UNCONFIRMED: "unconfirmed", _SECOND_HAND: "second-hand"}
_GRADES = f"{names.VOCAB}quality/"
_TIERS = f"{names.VOCAB}source-tier/"
_SOURCE = names.PREFIXES["oa"] + "hasSource"
_OFFICIAL_TIERS = {_TIERS + "primary-report", _TIERS + "official-release"}


def known(statement: str = "statement") -> str:
    """Return a pattern that binds ?known to one of MARKS, or leaves it unbound for what an official text gives.

    Args:
        statement: name of the variable of the rating, bound before.
    """
    return f"""OPTIONAL {{ SELECT ?{statement} (MIN(?way) AS ?how) WHERE {{
      ?{statement} pko:hasRating ?of_any ; pko:evidencedBy ?behind .
      OPTIONAL {{ ?behind pko:rowQuality ?grade }}
      OPTIONAL {{ ?behind pko:rowSource ?source OPTIONAL {{ ?source pko:licence ?free }} }}
      OPTIONAL {{ ?behind pko:inPassage ?passage
        OPTIONAL {{ ?passage <{_SOURCE}> ?text OPTIONAL {{ ?text pko:sourceTier ?tier }} }} }}
      BIND(IF(BOUND(?grade), IF(?grade = <{_GRADES}c>, 1, IF(?grade = <{_GRADES}a>, 2, IF(BOUND(?free), 3, 4))),
        IF(COALESCE(?tier IN (<{_TIERS}primary-report>, <{_TIERS}official-release>), false), 2, 4)) AS ?way)
    }} GROUP BY ?{statement} }}
    BIND(IF(?how = 1, "derived", IF(?how = 3, "unconfirmed", IF(?how = 4, "second-hand", ?nothing))) AS ?known)"""


class Known:
    """How ratings of a store are known, looked up; what is found of a row or text is kept, for many share it."""

    def __init__(self, store: Embedded) -> None:
        """Take the store."""
        self._store = store
        self._found: dict[str, int] = {}

    def of(self, statement: str) -> str:
        """Return the mark of a rating; "" of one that an official text gives, and of what is no rating."""
        behind = self._values(statement, "evidencedBy") if self._values(statement, "hasRating") else []
        return _MARK_OF.get(min(map(self._way, behind), default=_OFFICIAL), "")

    def _way(self, behind: str) -> int:
        """Return the way in which a row or a claim gives a rating."""
        if behind not in self._found:
            self._found[behind] = self._way_of_row(behind) or self._way_of_claim(behind)
        return self._found[behind]

    def _way_of_row(self, row: str) -> int:
        """Return the way of a row by its grade; 0 of what has none."""
        grades = self._values(row, "rowQuality")
        if not grades or _GRADES + "c" in grades:
            return _DERIVED if grades else 0
        if _GRADES + "a" in grades:
            return _OFFICIAL
        free = any(self._values(source, "licence") for source in self._values(row, "rowSource"))
        return _UNCONFIRMED if free else _SECOND_HAND

    def _way_of_claim(self, claim: str) -> int:
        """Return the way of a claim by the texts in which it stands."""
        passages = self._values(claim, "inPassage")
        return _OFFICIAL if any(map(self._is_official, self._texts(passages))) else _SECOND_HAND

    def _texts(self, passages: Iterable[str]) -> Iterator[str]:
        for passage in passages:
            yield from (value_of(quad.object) for quad in about(self._store, passage, _SOURCE))

    def _is_official(self, text: str) -> bool:
        if text not in self._found:
            official = not _OFFICIAL_TIERS.isdisjoint(self._values(text, "sourceTier"))
            self._found[text] = _OFFICIAL if official else _SECOND_HAND
        return self._found[text] == _OFFICIAL

    def _values(self, thing: str, name: str) -> list[str]:
        return [value_of(quad.object) for quad in about(self._store, thing, names.DEF + name)]
