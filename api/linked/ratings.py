"""The overall ratings of a body, an inspection or the units of a region; what may be compared, and what may not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from api.disputes import Disputed
from api.linked.around import TYPE, Around, Dated
from kg import names

BEGUN = (names.DEF + "announcedStart", names.DEF + "heldIn")
_OVERALL = names.DEF + "OverallRating"
_AS_OF = names.DEF + "asOf"
_UNIT = names.DEF + "ProbationDeliveryUnit"
_CURRENT, _ENDED = (names.VOCAB + "unit-status/" + name for name in ("current", "ended"))


class Rating(NamedTuple):
    """An overall rating.

    Attributes:
        statement, rating, unit, inspection, programme, framework: IRIs; "" where the graph has none.
        dated: start of the inspection, else the date of the rating.
        published: when the report came out; "" where not known.
        score: such as "5/24"; "" without one.
        known: the mark of how it is known, "second-hand"; "" where an official text gives it.
        disputes: the disagreements of sources about it.
        comparison: with the one before: "first", "same", "other" (programme or framework), "unknown" (standards).
    """

    statement: str
    rating: str
    unit: str
    inspection: str
    programme: str
    framework: str
    dated: Dated
    published: str
    score: str
    known: str = ""
    disputes: tuple[Disputed, ...] = ()
    comparison: str = "first"


def ratings(around: Around, statements: dict[str, list[str]]) -> list[Rating]:
    """Return the overall ratings among the statements about a thing, given with their classes."""
    found = [rating_of(around, each) for each, kinds in statements.items() if _OVERALL in kinds]
    found.sort(key=lambda each: (each.dated.date, each.statement))
    before: dict[str, Rating] = {}
    compared = []
    for each in found:
        compared.append(each._replace(comparison=_comparison(before.get(each.unit), each)))
        before[each.unit] = each
    return compared


def rating_of(around: Around, statement: str) -> Rating:
    """Return a rating by the IRI of its statement."""

    def of(thing: str, name: str) -> str:
        return around.value(thing, names.DEF + name) if thing else ""

    inspection = of(statement, "madeIn")
    begun = around.dated(inspection, *BEGUN) if inspection else Dated()
    points, most = of(statement, "score"), of(statement, "maxScore")
    return Rating(
        statement=statement,
        rating=of(statement, "hasRating"),
        unit=of(statement, "aboutUnit"),
        inspection=inspection,
        programme=of(inspection, "underProgramme"),
        framework=of(inspection, "usesFramework"),
        dated=begun if begun.date else around.dated(statement, _AS_OF),
        published=of(inspection, "reportPublishedOn"),
        score=f"{points}/{most}" if points and most else "",
        known=around.known(statement),
        disputes=around.disputes(statement),
    )


def _comparison(before: Rating | None, rating: Rating) -> str:
    if before is None:
        return "first"
    if not all((before.programme, before.framework, rating.programme, rating.framework)):
        return "unknown"
    same = (before.programme, before.framework) == (rating.programme, rating.framework)
    return "same" if same else "other"


class Member(NamedTuple):
    """A delivery unit of a region: its IRI, its status where that is not the ordinary one, its latest rating if any."""

    unit: str
    status: str
    latest: Rating | None


def of_members(around: Around, units: Iterable[str]) -> list[Member]:
    """Return the delivery units among bodies of a region with their latest ratings; those that have ended come last."""
    found = []
    for unit in units:
        if _UNIT in around.values(unit, TYPE):
            status = around.value(unit, names.DEF + "unitStatus")
            latest = around.value(unit, names.DEF + "latestRating")
            odd = around.label(status) if status and status != _CURRENT else ""
            found.append((status == _ENDED, Member(unit, odd, rating_of(around, latest) if latest else None)))
    return [member for _, member in sorted(found, key=lambda each: each[0])]
