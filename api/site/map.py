"""The map: where courts, prisons and probation offices lie, as a picture that the server draws, and as a table.

Courts and prisons stand at the points that registers give them. Offices have no points: a ring at the point of a
district holds their number. There are no boundaries, for no source of this graph holds any.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from api.disputes import disputes_of
from api.site.map_labels import Label, Sheet
from api.site.page import PREFIXES, Page, Wanted, render
from kg import names

_KINDS = {"court": "pko:Court", "prison": "pko:Prison", "office": "pko:ProbationOffice"}
_STATUSES = ("open", "all")
_ID = names.ID
_PLACES = """SELECT DISTINCT ?thing ?class ?lat ?long ?status ?basis ?region ?area WHERE {
  VALUES ?class { %s }
  ?thing a ?class
  OPTIONAL { ?thing wgs84:lat ?lat ; wgs84:long ?long }
  OPTIONAL { ?thing pko:openStatus ?status }
  OPTIONAL { ?thing pko:statusBasis ?basis }
  OPTIONAL { ?thing pko:servesRegion ?region }
  OPTIONAL { ?thing pko:locatedIn ?area }
}"""
_AREAS = "SELECT ?area ?lat ?long WHERE { ?area a pko:Area ; wgs84:lat ?lat ; wgs84:long ?long }"
_UNITS = """SELECT DISTINCT ?unit ?region ?area ?extent ?coverage WHERE {
  ?unit a pko:ProbationDeliveryUnit ; org:subOrganizationOf ?region .
  ?coverage pko:coveringUnit ?unit ; pko:coveredArea ?area ; pko:coverageExtent ?extent
  FILTER NOT EXISTS { ?coverage pko:validTo ?gone }
}"""
_REGIONS = "SELECT DISTINCT ?region WHERE { ?region a pko:ProbationRegion }"
_SOURCES = f"""SELECT DISTINCT ?table ?source ?asof WHERE {{
  VALUES ?table {{ <{_ID}table/court-points> <{_ID}table/prison-points> <{_ID}table/local-authorities>
    <{_ID}table/offices> }}
  {{ SELECT DISTINCT ?table ?source WHERE {{ ?row pko:inTable ?table ; pko:rowSource ?source }} }}
  OPTIONAL {{ ?source pko:asOf ?asof }}
}} ORDER BY ?table ?source"""
# The picture: a plane on which a degree of longitude is as wide as it is in the middle of England.
_WEST, _NORTH, _SCALE = -6.45, 55.95, 160.0
_NARROW = math.cos(math.radians(52.9))
WIDTH, HEIGHT = 810, 990
_MARGIN = 14.0
_FLATTEST = 0.6  # height of a part of the plane by its width, at least
_EM_OF_REGIONS, _EM_OF_DISTRICTS = 15, 12  # on the whole plane
_PER_PAGE = 50  # rows of the table
_LONGEST = 5  # digits of a page's number that are read


@dataclass(frozen=True, slots=True)
class Place:
    """A court, prison or office.

    Attributes:
        iri, label: of the thing.
        kind: "court", "prison" or "office".
        status, basis: whether it is open, and by which lists, in words; "" for offices, which have none.
        is_open: whether the lists say so; offices, which are listed, count as open.
        region: IRI of its region, "" for none.
        areas: IRIs of the districts in which it lies; two where sources differ.
        point: on the picture; none where no register gives one.
    """

    iri: str
    label: str
    kind: str
    status: str
    basis: str
    is_open: bool
    region: str
    areas: tuple[str, ...]
    point: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a reader asks for: kinds, one region or unit ("" for all), and "open" or "all" of them; what was wrong."""

    kinds: tuple[str, ...]
    region: str
    unit: str
    status: str
    problems: tuple[str, ...]


def project(lat: float, long: float) -> tuple[float, float]:
    """Return where a point lies on the picture.

    >>> project(51.5, -0.12)
    (610.9, 712.0)
    """
    return round((long - _WEST) * _NARROW * _SCALE, 1), round((_NORTH - lat) * _SCALE, 1)


def make(wanted: Wanted) -> bytes:
    """Make the page."""
    units = wanted.select(_UNITS)
    regions = {row["region"]: row["region label"] for row in wanted.select(_REGIONS)}
    chosen = _chosen(wanted, regions, units)
    labels: dict[str, str] = {}
    places = [place for place in _places(wanted, chosen.kinds, labels) if _fits(place, chosen, units)]
    served: dict[str, list[dict[str, Any]]] = {}
    for row in sorted(units, key=lambda row: str(row["unit label"])):
        served.setdefault(row["area"], []).append(row)
    shown = _shown_units(units, chosen)
    values = {
        "chosen": chosen,
        "regions": _named(regions),
        "units": _named({row["unit"]: row["unit label"] for row in units}),
        **_page(wanted, sorted(places, key=lambda place: (place.kind, place.label))),
        "counts": Counter(place.kind for place in places),
        "served": served,
        "labels": labels | regions,
        "picture": _picture(wanted, places, regions, chosen, shown),
        "shown_units": shown,
        "disputes": disputes_of(wanted.store, *(row["coverage"] for row in units)),
        "sources": wanted.select(_SOURCES),
        "links": _links(chosen),
        "query": "/sparql?" + urlencode({"query": _asked(chosen.kinds)}, quote_via=quote),
    }
    return render("site_map.html", wanted, **values)


def _page(wanted: Wanted, places: list[Place]) -> dict[str, Any]:
    """Return the rows of one page of the table, and the addresses of the pages beside it."""
    pages = max(1, -(-len(places) // _PER_PAGE))
    asked = wanted.one("page")
    page = min(pages, max(1, int(asked[:_LONGEST]))) if asked.isdecimal() else 1
    fields = [(name, value) for name in ("kind", "region", "unit", "status") for value in wanted.fields.get(name, ())]

    def address(number: int) -> str:
        return f"/map?{urlencode([*fields, ('page', number)], safe='/')}#table" if 1 <= number <= pages else ""

    first = (page - 1) * _PER_PAGE
    shown = places[first : first + _PER_PAGE]
    told = {"page": page, "pages": pages, "before": address(page - 1), "after": address(page + 1)}
    return {**told, "places": shown, "first": first + 1, "total": len(places)}


def _chosen(wanted: Wanted, regions: dict[str, str], units: Iterable[dict[str, Any]]) -> Chosen:
    """Return what was asked for; a value that is not known is told, and left out."""
    kinds = wanted.fields.get("kind", tuple(_KINDS))
    region, unit = (names.iri(wanted.one(name)) if wanted.one(name) else "" for name in ("region", "unit"))
    status = wanted.one("status") or "open"
    wrong = [("kind", kind) for kind in kinds if kind not in _KINDS]
    wrong += [("region", wanted.one("region"))] if region and region not in regions else []
    wrong += [("unit", wanted.one("unit"))] if unit and all(row["unit"] != unit for row in units) else []
    wrong += [("status", status)] if status not in _STATUSES else []
    bad = {name for name, _ in wrong}
    return Chosen(
        kinds=tuple(kind for kind in kinds if kind in _KINDS) or tuple(_KINDS),
        region="" if "region" in bad else region,
        unit="" if "unit" in bad else unit,
        status="open" if "status" in bad else status,
        problems=tuple(f"{name}|{value}" for name, value in wrong),
    )


def _asked(kinds: Iterable[str]) -> str:
    return PREFIXES + _PLACES % " ".join(_KINDS[kind] for kind in kinds)


def _places(wanted: Wanted, kinds: Iterable[str], labels: dict[str, str]) -> list[Place]:
    """Return all places of some kinds, and note the labels of their districts."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in wanted.select(_PLACES % " ".join(_KINDS[kind] for kind in kinds)):
        rows.setdefault(row["thing"], []).append(row)
        if row["area"]:
            labels[row["area"]] = row.get("area label") or names.short(row["area"])
    of_class = {names.DEF + name.removeprefix("pko:"): kind for kind, name in _KINDS.items()}
    return [_place(of_class[told[0]["class"]], told) for told in rows.values()]


def _place(kind: str, rows: list[dict[str, Any]]) -> Place:
    first = rows[0]
    points = {(row["lat"], row["long"]) for row in rows if row["lat"] is not None}
    statuses = {row["status"] for row in rows}
    return Place(
        iri=first["thing"],
        label=first["thing label"] or names.short(first["thing"]),
        kind=kind,
        status=first.get("status label") or "",
        basis=first.get("basis label") or "",
        is_open=kind == "office" or statuses == {names.VOCAB + "open-status/open"},
        region=first["region"] or "",
        areas=tuple(sorted({row["area"] for row in rows if row["area"]})),
        point=project(*points.pop()) if len(points) == 1 else None,
    )


def _fits(place: Place, chosen: Chosen, units: Iterable[dict[str, Any]]) -> bool:
    """Tell whether a place is asked for; to a unit belongs what lies in a district that it covers, even in part."""
    covered = {row["area"] for row in units if row["unit"] == chosen.unit} if chosen.unit else set()
    return (
        (chosen.status == "all" or place.is_open)
        and (not chosen.region or place.region == chosen.region)
        and (not chosen.unit or not covered.isdisjoint(place.areas))
    )


def _shown_units(units: Iterable[dict[str, Any]], chosen: Chosen) -> list[dict[str, Any]]:
    """Return the districts of the units asked for; of all units they would make too long a table."""
    if not (chosen.region or chosen.unit):
        return []
    kept = [
        row for row in units if row["region"] == (chosen.region or row["region"]) and chosen.unit in ("", row["unit"])
    ]
    return sorted(kept, key=lambda row: (str(row["unit label"]), str(row["area label"])))


def _picture(
    wanted: Wanted, places: list[Place], regions: dict[str, str], chosen: Chosen, shown: list[dict[str, Any]]
) -> dict[str, Any]:
    """Return what is drawn: points of courts and prisons, rings with the number of offices, districts, and names."""
    areas = {row["area"]: (project(row["lat"], row["long"]), row["area label"]) for row in wanted.select(_AREAS)}
    placed = [place for place in places if place.point]
    offices = Counter(area for place in places if place.kind == "office" for area in place.areas if area in areas)
    rings = [(*areas[area][0], count, area, areas[area][1]) for area, count in sorted(offices.items())]
    centres: dict[str, list[tuple[float, float]]] = {}
    for place in placed:
        centres.setdefault(place.region, []).append(place.point or (0.0, 0.0))
    named = [(*_middle(points), regions[region]) for region, points in centres.items() if region in regions]
    drawn = [place.point for place in placed if place.point] + [(x, y) for x, y, *_ in rings]
    own = [row["area"] for row in shown if row["area"] in areas]
    box = _box(drawn + [areas[area][0] for area in own]) if chosen.region or chosen.unit else (0.0, 0.0, WIDTH, HEIGHT)
    ordered = [areas[area] for area in dict.fromkeys([*own, *(ring[3] for ring in rings), *areas])]
    part = chosen.region or chosen.unit
    return {
        "box": box,
        "districts": "".join(f"M{x:g} {y:g}h0" for (x, y), _ in areas.values()),
        "points": sorted(placed, key=lambda place: place.point or (0.0, 0.0)),
        "rings": rings,
        "names": [] if part else _region_names(named, drawn),
        "district_names": _district_names(ordered, drawn, box, bool(part)),
    }


def _region_names(named: list[tuple[float, float, str]], drawn: list[tuple[float, float]]) -> list[Label]:
    sheet = Sheet(drawn, _EM_OF_REGIONS)
    return [sheet.region(*each) for each in named]


def _district_names(
    areas: list[tuple[tuple[float, float], str]],
    drawn: list[tuple[float, float]],
    box: tuple[float, float, float, float],
    part: bool,
) -> list[Label]:
    """Return the names of districts, those first that matter most; of the whole map a script shows them, zoomed in."""
    if not part:
        return [Label(x, y, name, shown=False) for (x, y), name in areas]
    sheet = Sheet(drawn, _EM_OF_DISTRICTS * box[2] / WIDTH)
    right, bottom = box[0] + box[2], box[1] + box[3]
    within = [each for each in areas if box[0] <= each[0][0] <= right and box[1] <= each[0][1] <= bottom]
    return [sheet.district(x, y, name, (box[0], box[1], right, bottom)) for (x, y), name in within]


def _middle(points: list[tuple[float, float]]) -> tuple[float, float]:
    return round(sum(x for x, _ in points) / len(points), 1), round(sum(y for _, y in points) / len(points), 1)


def _box(points: list[tuple[float, float]]) -> tuple[float, float, float, float]:
    """Return the part of the plane that holds all points: left, top, width, height."""
    if not points:
        return 0.0, 0.0, WIDTH, HEIGHT
    left, top = min(x for x, _ in points) - _MARGIN, min(y for _, y in points) - _MARGIN
    width, height = max(x for x, _ in points) + _MARGIN - left, max(y for _, y in points) + _MARGIN - top
    wide = max(width, height * WIDTH / HEIGHT, 40.0)
    tall = max(height, wide * _FLATTEST)
    return round(left - (wide - width) / 2, 1), round(top - (tall - height) / 2, 1), round(wide, 1), round(tall, 1)


def _named(things: dict[str, str]) -> list[tuple[str, str]]:
    """Return short names and labels in the order of the labels."""
    return sorted(((names.short(iri), label) for iri, label in things.items()), key=lambda pair: pair[1])


def _links(chosen: Chosen) -> list[tuple[str, str]]:
    region = "?region=" + names.short(chosen.region) if chosen.region else ""
    base = "/exports/who-serves-where."
    found = [("GeoJSON", f"{base}geojson{region}")]
    csv = urlencode({"query": _asked(chosen.kinds), "name": "places", "format": "csv"}, quote_via=quote)
    return [*found, ("CSV", f"/sparql?{csv}")]


PAGE = Page("map", make, ("kind", "region", "unit", "status", "page"))
