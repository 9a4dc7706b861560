"""Pages of things, terms and graphs, for people. Templates escape all that they show; nothing on a page is a script."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple
from urllib.parse import urlencode

from markupsafe import Markup

from api.addresses import link_of, path
from api.http.negotiate import Form
from api.known import MARKS
from api.linked.around import Around
from api.linked.cite import bibtex
from api.linked.found import groups, outgoing, relations, timeline, trail, with_kinds
from api.linked.glance import capital, glance, language_of, property_words, words_of
from api.linked.plain import evidence_text
from api.linked.ratings import Member, of_members, rating_of, ratings
from api.linked.schema_org import schema_org
from api.linked.ways import members, ways
from api.pages import FORM_WORDS, templates
from api.words import catalogue, words
from kg import names
from kg.description import Description, called, document_of, page_of
from kg.store import Embedded
from kg.store.patterns import Quad, is_named, term_of, value_of

_TYPE = names.PREFIXES["rdf"] + "type"
_EVIDENCED_BY = names.DEF + "evidencedBy"
_SUMMARY = names.DEF + "summary"
_ROW, _PASSAGE = (names.ID + kind for kind in ("row/", "passage/"))
_REPLACED_BY = names.DEF + "replacedBy"
_REGION = names.DEF + "ProbationRegion"
_RATEABLE = {_REGION, names.DEF + "ProbationDeliveryUnit"}
_LANGUAGE = "en"
# Groups of statements that say in full, with dates and evidence, what a property says flatly.
_ABOVE = {"coverage": names.DEF + "covers", "affiliation": names.PREFIXES["org"] + "subOrganizationOf"}
_PICTURE = "/exports/neighbourhood"
_MOST_DRAWN = 60


class Cell(NamedTuple):
    """What a person reads, where it leads ("" for nowhere), what stands in small print after it, and its language."""

    text: str
    href: str = ""
    note: str = ""
    language: str = ""


def thing_page(store: Embedded, version: str, description: Description, place: str, forms: Iterable[Form]) -> bytes:
    """Return the page of a thing.

    Args:
        store: the dataset, for what stands around the thing.
        version: of the dataset.
        description: one page of it; the first one opens with an overview, which the others leave out.
        place: path of its document.
        forms: other than this page.
    """
    iri, page = description.thing.iri, description.page
    around = Around(store, description)
    return _render(
        "thing.html",
        title=capital(description.label),
        iri=iri,
        canonical=page_of(document_of(iri), page),
        kinds=[(capital(around.label(kind)), link_of(kind)) for kind in around.kinds(iri)],
        trail=trail(around),
        overview=_overview(around) if page == 1 else None,
        **_record(around, place, forms),
        label=around.label,
        capital=capital,
        in_welsh=around.in_welsh,
        standing=lambda thing: _standing(around, thing),
        backwards=lambda name: _backwards(around, name),
        happening=lambda name: _happening(around, name),
        evidence_path=evidence_path,
        link_of=link_of,
        short=names.short,
        says=_says(description),
        bibtex=bibtex(description.label, iri, version),
        version=version,
        schema_org=Markup(schema_org(description).decode()),  # noqa: S704 - JSON with < > & escaped
    )


def evidence_path(statement: str) -> str:
    """Return the address of the page that shows what says a statement; "" of what is none of this graph.

    >>> evidence_path("https://w3id.org/probation-kg/id/coverage/west-kent/dartford")
    '/evidence/coverage/west-kent/dartford'
    """
    return "/evidence/" + path(names.short(statement)) if statement.startswith(names.ID) else ""


def _says(description: Description) -> str:
    """Return the key of the words for the evidence page of a row, a passage or a statement; "" for other things."""
    if description.thing.iri.startswith(_ROW):
        return "row_page"
    if description.thing.iri.startswith(_PASSAGE):
        return "passage_page"
    return "evidence_page" if any(quad.predicate.value == _SUMMARY for quad in description.thing.quads) else ""


def _record(around: Around, place: str, forms: Iterable[Form]) -> dict[str, Any]:
    """Return what each page of a thing shows of all that is recorded of it, and the way to the other pages."""
    description = around.description
    page, thing = description.page, description.thing
    return {
        "facts": [_fact(quad, around) for quad in thing.quads if _is_told(quad)],
        "evidence": [Cell(capital(evidence_text(each, description)), link_of(each.iri)) for each in thing.evidence],
        "statements": [_cell(each.iri, description) for each in description.statements],
        "links": [(_cell(value_of(s), description), _cell(p.value, description)) for s, p, _, _ in description.links],
        "successors": [_cell(each, description) for each in description.successors],
        "disputes": around.disputes(thing.iri, *description.statement_names),
        "description": description,
        "forms": _forms(place, forms, page),
        "place": place,
        "before": page_of(place, page - 1) if page > 1 else "",
        "after": page_of(place, page + 1) if page < description.pages else "",
    }


def _is_told(quad: Quad) -> bool:
    """Whether a fact stands among all facts: its evidence has a section of its own, and wider classes say nothing."""
    follows = quad.predicate.value == _TYPE and value_of(quad.graph_name).startswith(names.GRAPH + "derived/")
    return not follows and quad.predicate.value != _EVIDENCED_BY


def _backwards(around: Around, name: str) -> str:
    """Return the words over what points to a thing by a property: "Inspected in"."""
    key = "inverse." + names.short(name).replace(":", "_")
    return catalogue(_LANGUAGE).get(key) or words(_LANGUAGE)("thing.inverse_other", property=around.label(name))


def _standing(around: Around, thing: str) -> str:
    """Return what keeps a court or prison from standing as one in use, "closed"; "" of one in use and of all else."""
    status = around.value(thing, names.DEF + "openStatus").rpartition("/")[2]
    return catalogue(_LANGUAGE).get(f"thing.status_{status}", "")


def _happening(around: Around, name: str) -> str:
    """Return the words of a date in the timeline: "the report was published"."""
    return catalogue(_LANGUAGE).get(f"thing.event_{names.short(name).partition(':')[2]}") or around.label(name)


def _overview(around: Around) -> dict[str, Any]:
    """Return what the first page of a thing shows before all that is recorded of it."""
    iri, kinds, statements = around.iri, around.kinds(around.iri), with_kinds(around)
    latest = around.value(iri, names.DEF + "latestRating")
    given = around.value(iri, names.DEF + "hasRating")
    asked = urlencode({"thing": iri})
    facts = glance(around, kinds)
    shown = {fact.href for fact in facts}
    units = of_members(around, members(around)) if _REGION in kinds else []
    overview = {
        "ways": ways(around),
        "units": units,
        "standings": _standings(units),
        "glance": facts,
        "itself": {"known": around.known(iri), "disputes": around.disputes(iri)},
        "above": {group for group, name in _ABOVE.items() if link_of(name) in shown},
        "latest": rating_of(around, latest) if latest else None,
        "given": given,
        "rateable": bool(_RATEABLE.intersection(kinds)),
        "predecessors": [(around.label(each), link_of(each)) for each in around.pointing(_REPLACED_BY)],
        "ratings": ratings(around, statements),
        "groups": groups(around, statements),
        "left_out": around.description.statement_count - len(statements),
        "relations": relations(around),
        "stated": {_ABOVE["coverage"]},
        "outgoing": [(quad.predicate.value, value_of(quad.object)) for quad in outgoing(around)],
        "events": timeline(around),
        "picture": f"{_PICTURE}.svg?{asked}&most={_MOST_DRAWN}",
        "interactive": f"{_PICTURE}.html?{asked}",
    }
    return overview | _legend(overview)


def _standings(units: list[Member]) -> str:
    """Return how many units a region has in the words of a heading: those at work, and each other status.

    >>> _standings([Member("a", "", None), Member("b", "", None), Member("c", "ended", None)])
    '2, and 1 ended'
    """
    statuses = Counter(each.status for each in units)
    at_work = statuses.pop("", 0)
    odd = " and ".join(f"{number} {status}" for status, number in statuses.items())
    return words(_LANGUAGE)("thing.units_standings", count=at_work, odd=odd) if odd else str(at_work)


def _legend(overview: dict[str, Any]) -> dict[str, Any]:
    """Return the marks that ratings of an overview bear, and whether anything else of it is marked as doubtful."""
    statements = [each for group in overview["groups"] for each in group.statements]
    rated = [overview["latest"], *(each.latest for each in overview["units"]), *overview["ratings"], *statements]
    found = {overview["itself"]["known"], *(each.known for each in rated if each)}
    values = [value for fact in overview["glance"] for value in fact.values]
    doubts = any(each.doubtful for each in (*values, *statements, *overview["events"]))
    return {"marks": [mark for mark in MARKS if mark in found], "doubts": doubts}


def terms_page(title: str, iri: str, groups: list[tuple[str, list[Any]]], place: str, forms: Iterable[Form]) -> bytes:
    """Return the list of the terms of an ontology: groups of a heading and its terms, each with an anchor."""
    return _render("ontology.html", title=title, iri=iri, groups=groups, forms=_forms(place, forms, 1))


def graph_page(iri: str, size: int, label: str, place: str, forms: Iterable[Form]) -> bytes:
    """Return the page of a named graph."""
    return _render("graph.html", title=label, iri=iri, size=size, forms=_forms(place, forms, 1))


def _render(template: str, **values: Any) -> bytes:
    return templates().get_template(template).render(**values).encode()


def _forms(place: str, forms: Iterable[Form], page: int) -> list[tuple[str, str, str]]:
    return [(FORM_WORDS[form.name], page_of(f"{place}.{form.name}", page), form.media_types[0]) for form in forms]


def _fact(quad: Quad, around: Around) -> tuple[Cell, Cell, Cell]:
    _, p, _, g = quad
    graph = getattr(g, "value", "")
    source = Cell(_of_graph(graph, around), link_of(graph)) if graph else Cell("")
    return Cell(capital(property_words(around, p.value)), link_of(p.value)), _of_object(quad, around), source


def _of_graph(graph: str, around: Around) -> str:
    """Return what people call a named graph: the register or document that it holds, or the rule that made it."""
    kind, _, name = graph.removeprefix(names.GRAPH).partition("/")
    if holds := {"reference": "table/", "source": "doc/"}.get(kind):
        label = called(around.store, names.ID + holds + name)
        return label if label != holds + name else catalogue(_LANGUAGE).get(f"thing.graph_{name}", graph)
    if kind == "derived":
        return words(_LANGUAGE)("thing.graph_derived", rule=name.replace("-", " "))
    return catalogue(_LANGUAGE).get(f"thing.graph_{kind}") or graph


def _of_object(quad: Quad, around: Around) -> Cell:
    node = quad.object
    if is_named(node):
        return _cell(node.value, around.description)
    term = term_of(node)
    return Cell(*words_of(around, quad), _small_print(around, term.language, term.datatype), language_of(node))


def _small_print(around: Around, language: str, datatype: str) -> str:
    """Return the language of a text that is not English, or whose code a code is."""
    if language:
        return "" if language == "en" else catalogue(_LANGUAGE).get(f"thing.language_{language}", language)
    return around.label(datatype) if datatype.startswith(names.DEF) else ""


def _cell(iri: str, description: Description) -> Cell:
    return Cell(capital(description.labels.get(iri) or names.words(iri)), link_of(iri))
