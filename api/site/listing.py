"""What lists with a form of filters share: they read its fields into a pattern, count, cut into pages and link."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import urlencode

from api.site.page import Wanted
from api.words import words
from kg import names

PER_PAGE = 25
NOT_KNOWN = "not-known"
BARE = "(STR(?statement) AS ?iri)"  # as text, for which no label is looked up
# A theme stands for its narrower ones, too: staffing for recruitment and agency staff.
THEME = "{ SELECT DISTINCT ?statement WHERE { ?narrower skos:broader* $ . ?statement pko:theme ?narrower } }"
YEAR = "FILTER(STRSTARTS(STR(?report), $))"
WORDS = "FILTER(CONTAINS(LCASE(STR(?summary)), LCASE($)))"
_PRESS = {"vocab/source-tier/press", "vocab/source-tier/press-copy"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_PAGE = re.compile(r"[1-9][0-9]{0,5}")


class Choice(NamedTuple):
    """A line of a list to choose from; group is the heading that it stands under."""

    value: str
    label: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class Filter:
    """A field that narrows a list.

    Attributes:
        name: of the field.
        pattern: what it adds to the query; $ stands for the value.
        begins: how the short names begin that it takes, such as "vocab/theme/"; "" for any thing.
        kind: "thing", "year", "words", or "fixed" where only fixed values are taken.
        fixed: patterns of values that are no short names.
    """

    name: str
    pattern: str
    begins: str = ""
    kind: str = "thing"
    fixed: Mapping[str, str] = field(default_factory=dict)

    def read(self, wanted: Wanted, value: str) -> str:
        """Return the pattern of a value, "" where the value is none of this field."""
        if value in self.fixed:
            return self.fixed[value]
        return self.pattern.replace("$", term) if (term := self._term(wanted, value)) else ""

    def _term(self, wanted: Wanted, value: str) -> str:
        if self.kind == "words":
            return _literal(value)
        if self.kind == "year":
            return _literal(value) if re.fullmatch("[0-9]{4}", value) else ""
        if self.kind == "fixed":
            return ""
        thing = names.iri(value)
        sound = value.startswith(self.begins) and names.REFERENCE.fullmatch(value)
        return f"<{thing}>" if sound and thing in wanted.store.labels([thing]) else ""


@dataclass(frozen=True, slots=True)
class Filtered:
    """A list as its form narrows it.

    Attributes:
        path: of the page, "/findings".
        kept: sound values by field.
        patterns: what each field adds to the query.
        wrong: fields whose value cannot be read, with the value.
        page: which one is asked for, from 1.
    """

    path: str
    kept: Mapping[str, str]
    patterns: Mapping[str, str]
    wrong: Mapping[str, str]
    page: int

    def where(self, base: str, without: str = "") -> str:
        """Return the pattern of the list, perhaps without one of its fields."""
        return "\n  ".join([base, *(text for name, text in self.patterns.items() if name != without)])

    def address(self, **changes: str) -> str:
        """Return the address of the list with other values; the page number is left out unless given."""
        values = {name: value for name, value in {**self.kept, **changes}.items() if value}
        return f"{self.path}?{urlencode(values)}" if values else self.path


def filtered(wanted: Wanted, path: str, filters: Iterable[Filter]) -> Filtered:
    """Read the fields of a form."""
    kept: dict[str, str] = {}
    patterns: dict[str, str] = {}
    wrong: dict[str, str] = {}
    for each in filters:
        if value := wanted.one(each.name).strip():
            if pattern := each.read(wanted, value):
                kept[each.name], patterns[each.name] = value, pattern
            else:
                wrong[each.name] = value
    number = wanted.one("page") or "1"
    if not _PAGE.fullmatch(number):
        wrong["page"] = number
    return Filtered(path, kept, patterns, wrong, 1 if "page" in wrong else int(number))


def query(text: str) -> str:
    """Return a query with the prefixes that it uses: whole, as a reader may copy it."""
    used = {prefix: space for prefix, space in names.PREFIXES.items() if f"{prefix}:" in text}
    return "".join(f"PREFIX {prefix}: <{space}>\n" for prefix, space in used.items()) + text


def downloads(text: str, name: str) -> dict[str, str]:
    """Return the addresses that answer a query: as a page, and as files of a name in CSV and in JSON."""
    address = "/sparql?" + urlencode({"query": text})
    return {"query": address, **{form: f"{address}&name={name}&format={form}" for form in ("csv", "json")}}


def page_of(wanted: Wanted, asked: Filtered, base: str, order: str, table: str) -> dict[str, Any]:
    """Return one page of a list, its counts by theme, and the addresses of all its rows in words.

    Args:
        wanted: the request.
        asked: the list as its form narrows it.
        base: pattern of the list without its form.
        order: ORDER BY of the list.
        table: query for all its rows in words.
    """
    rows = wanted.select(f"SELECT {BARE} ?report WHERE {{ {asked.where(base)} }} {order}")
    return {**cut(rows, asked), "themes": themes(wanted, asked, base), "links": downloads(table, asked.path.strip("/"))}


def cut(rows: Sequence[Any], asked: Filtered) -> dict[str, Any]:
    """Return one page of the rows with what a reader needs to turn pages; past the last page, the last."""
    pages = max(1, -(-len(rows) // PER_PAGE))
    page = min(asked.page, pages)
    first = (page - 1) * PER_PAGE
    return {
        "rows": rows[first : first + PER_PAGE],
        "total": len(rows),
        "first": first + 1,
        "page": page,
        "pages": pages,
        "beyond": asked.page > pages,
        "before": asked.address(page=str(page - 1)) if page > 1 else "",
        "after": asked.address(page=str(page + 1)) if page < pages else "",
    }


def facts(wanted: Wanted, statements: Iterable[str], properties: Sequence[str]) -> dict[str, dict[str, list[Choice]]]:
    """Return what the graph says of statements: values with their labels by statement and property."""
    found: dict[str, dict[str, list[Choice]]] = {each: {name: [] for name in properties} for each in statements}
    rows = wanted.select(f"""SELECT ?statement ?property ?value WHERE {{
  VALUES ?statement {{ {values(found)} }} ?statement ?property ?value
  FILTER(?property IN ({", ".join(properties)})) }} ORDER BY ?statement ?property ?value""")
    for row in rows:
        label = row.get("value label") or str(row["value"])
        found[row["statement"]][names.short(row["property"])].append(Choice(str(row["value"]), label))
    return found


def coded(things: Iterable[Choice], standards: Iterable[Choice]) -> list[Choice]:
    """Return standards with their codes before their names, "R1.2 Staffing"."""
    codes = {names.iri(each.value): each.label for each in standards}
    return [Choice(each.value, codes.get(each.value, each.label)) for each in things]


def values(things: Iterable[str]) -> str:
    """Return IRIs of the graph as the VALUES of a query."""
    return " ".join(f"<{thing}>" for thing in things)


def sources(wanted: Wanted, statements: list[str]) -> dict[str, list[Choice]]:
    """Return the tiers of the documents behind each statement, the best first."""
    rows = wanted.select(f"""SELECT DISTINCT ?statement ?tier ?rank WHERE {{
  VALUES ?statement {{ {values(statements)} }}
  ?statement pko:evidencedBy/pko:inPassage/oa:hasSource/pko:sourceTier ?tier . ?tier pko:ordinal ?rank
}} ORDER BY ?rank""")
    found: dict[str, list[Choice]] = {each: [] for each in statements}
    for row in rows:
        found[row["statement"]].append(Choice(row["tier"], row["tier label"]))
    return found


def press_alone(tiers: Sequence[Choice]) -> bool:
    """Tell whether nothing but press says a statement."""
    return bool(tiers) and {names.short(each.value) for each in tiers} <= _PRESS


def choices(wanted: Wanted, kind: str, properties: Mapping[str, str]) -> dict[str, list[Choice]]:
    """Return what the forms of a list offer, by field: every thing that a property of its statements leads to.

    Args:
        wanted: the request.
        kind: class of the statements, "pko:Finding".
        properties: by field.
    """
    pairs = " ".join(f'({name} "{one}")' for one, name in properties.items())
    rows = wanted.select(f"""SELECT DISTINCT ?field ?thing ?code ?framework WHERE {{
  ?statement a {kind} . VALUES (?property ?field) {{ {pairs} }} ?statement ?property ?thing .
  OPTIONAL {{ ?thing pko:inFramework ?framework ; skos:notation ?code }} }}""")
    found: dict[str, list[Choice]] = {each: [] for each in properties}
    for row in rows:
        label = f"{row['code'] or ''} {row['thing label']}".strip()
        found[row["field"]].append(Choice(names.short(row["thing"]), label, row.get("framework label") or ""))
    return {each: sorted(some, key=lambda one: (one.group, one.label.lower())) for each, some in found.items()}


def concepts(wanted: Wanted, scheme: str) -> list[Choice]:
    """Return the concepts of a vocabulary in its order."""
    rows = wanted.select(
        "SELECT ?_scheme ?thing ?order WHERE { ?thing skos:inScheme ?_scheme ; pko:ordinal ?order } ORDER BY ?order",
        scheme=scheme,
    )
    return [Choice(names.short(row["thing"]), row["thing label"]) for row in rows]


def years(wanted: Wanted, kind: str) -> list[Choice]:
    """Return the years in which the reports came out that statements of a class stand in, latest first."""
    rows = wanted.select(f"""SELECT DISTINCT ?report WHERE {{
  {{ SELECT DISTINCT ?inspection WHERE {{ ?statement a {kind} ; pko:madeIn ?inspection }} }}
  ?inspection pko:reportPublishedOn ?report }}""")
    return [Choice(year, year) for year in sorted({str(row["report"])[:4] for row in rows}, reverse=True)]


def offered(wanted: Wanted, asked: Filtered, lists: Mapping[str, list[Choice]]) -> dict[str, list[Choice]]:
    """Return the lists to choose from; a value that is chosen and in no list is added to its own."""
    found = dict(lists)
    for name, some in lists.items():
        chosen = asked.kept.get(name, "")
        if chosen and chosen not in {one.value for one in some}:
            label = wanted.store.labels([names.iri(chosen)]).get(names.iri(chosen), _plain(wanted, chosen))
            found[name] = [*some, Choice(chosen, label)]
    return found


def themes(wanted: Wanted, asked: Filtered, base: str) -> list[dict[str, Any]]:
    """Count the statements under each theme, narrower ones included, with all other fields as they are."""
    rows = wanted.select(f"""SELECT ?theme (COUNT(DISTINCT ?statement) AS ?count) WHERE {{
  {asked.where(base, without="theme")}
  ?statement pko:theme/skos:broader* ?theme }} GROUP BY ?theme ORDER BY DESC(?count) ?theme""")
    return [
        {
            "label": row["theme label"],
            "count": row["count"],
            "chosen": names.short(row["theme"]) == asked.kept.get("theme"),
            "href": asked.address(theme=names.short(row["theme"])),
        }
        for row in rows
    ]


def _plain(wanted: Wanted, value: str) -> str:
    return words(wanted.language)("listing.not_known") if value == NOT_KNOWN else value


def _literal(text: str) -> str:
    """Return text as a string of SPARQL, whose escapes are those of JSON; control characters become spaces."""
    return json.dumps(_CONTROL.sub(" ", text), ensure_ascii=False)
