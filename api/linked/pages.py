"""Pages of things, terms and graphs, for people. Templates escape all that they show; nothing on a page is a script."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple
from urllib.parse import urlencode

from markupsafe import Markup

from api.addresses import link_of, path
from api.http.negotiate import Form
from api.linked.around import Around
from api.linked.cite import bibtex
from api.linked.found import groups, outgoing, relations, timeline, trail, with_kinds
from api.linked.glance import glance
from api.linked.plain import evidence_text
from api.linked.ratings import rating_of, ratings
from api.linked.schema_org import schema_org
from api.pages import FORM_WORDS, templates
from kg import names
from kg.description import Description, document_of, page_of
from kg.store import Embedded
from kg.store.patterns import Quad, is_named, term_of, value_of

_TYPE = names.PREFIXES["rdf"] + "type"
_EVIDENCED_BY = names.DEF + "evidencedBy"
_SUMMARY = names.DEF + "summary"
_REPLACED_BY = names.DEF + "replacedBy"
_RATEABLE = {names.DEF + "ProbationRegion", names.DEF + "ProbationDeliveryUnit"}
_PICTURE = "/exports/neighbourhood"
_MOST_DRAWN = 60


class Cell(NamedTuple):
    """What a person reads, where it leads ("" for nowhere), and what stands in small print after it."""

    text: str
    href: str = ""
    note: str = ""


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
        title=description.label,
        iri=iri,
        canonical=page_of(document_of(iri), page),
        kinds=[(around.label(kind), link_of(kind)) for kind in around.kinds(iri)],
        trail=trail(around),
        overview=_overview(around) if page == 1 else None,
        **_record(description, place, forms),
        label=around.label,
        evidence_path=evidence_path,
        link_of=link_of,
        short=names.short,
        says=any(quad.predicate.value == _SUMMARY for quad in description.thing.quads),
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


def _record(description: Description, place: str, forms: Iterable[Form]) -> dict[str, Any]:
    """Return what each page of a thing shows of all that is recorded of it, and the way to the other pages."""
    page, thing = description.page, description.thing
    return {
        "facts": [_fact(quad, description) for quad in thing.quads if quad.predicate.value != _EVIDENCED_BY],
        "evidence": [Cell(evidence_text(each, description), link_of(each.iri)) for each in thing.evidence],
        "statements": [_cell(each.iri, description) for each in description.statements],
        "links": [(_cell(value_of(s), description), _cell(p.value, description)) for s, p, _, _ in description.links],
        "successors": [_cell(each, description) for each in description.successors],
        "description": description,
        "forms": _forms(place, forms, page),
        "place": place,
        "before": page_of(place, page - 1) if page > 1 else "",
        "after": page_of(place, page + 1) if page < description.pages else "",
    }


def _overview(around: Around) -> dict[str, Any]:
    """Return what the first page of a thing shows before all that is recorded of it."""
    iri, kinds, statements = around.iri, around.kinds(around.iri), with_kinds(around)
    latest = around.value(iri, names.DEF + "latestRating")
    given = around.value(iri, names.DEF + "hasRating")
    asked = urlencode({"thing": iri})
    return {
        "glance": glance(around, kinds),
        "latest": rating_of(around, latest) if latest else None,
        "given": given,
        "rateable": bool(_RATEABLE.intersection(kinds)),
        "predecessors": [(around.label(each), link_of(each)) for each in around.pointing(_REPLACED_BY)],
        "ratings": ratings(around, statements),
        "groups": groups(around, statements),
        "left_out": around.description.statement_count - len(statements),
        "relations": relations(around),
        "outgoing": [(quad.predicate.value, value_of(quad.object)) for quad in outgoing(around)],
        "events": timeline(around),
        "picture": f"{_PICTURE}.svg?{asked}&most={_MOST_DRAWN}",
        "interactive": f"{_PICTURE}.html?{asked}",
    }


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


def _fact(quad: Quad, description: Description) -> tuple[Cell, Cell, Cell]:
    _, p, o, g = quad
    graph = getattr(g, "value", "")
    source = Cell(graph.removeprefix(names.GRAPH), link_of(graph)) if graph else Cell("")
    return _cell(p.value, description), _of_node(o, description), source


def _of_node(node: Any, description: Description) -> Cell:
    if is_named(node):
        return _cell(node.value, description)
    term = term_of(node)
    web = term.value.startswith(("https://", "http://")) and " " not in term.value
    return Cell(term.value, term.value if web else "", _small_print(term.language, term.datatype))


def _small_print(language: str, datatype: str) -> str:
    """Return the language of a text that is not English, or a datatype that says more than "text"."""
    if language:
        return "" if language == "en" else language
    name = names.short(datatype)
    return "" if name in {"xsd:string", "xsd:integer", "xsd:boolean", "xsd:date", "xsd:decimal", ""} else name


def _cell(iri: str, description: Description) -> Cell:
    return Cell(description.labels.get(iri) or names.words(iri), link_of(iri))
