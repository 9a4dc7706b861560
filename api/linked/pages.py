"""Pages of things, terms and graphs, for people. Templates escape all that they show; nothing on a page is a script."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from markupsafe import Markup

from api.addresses import link_of
from api.http.negotiate import Form
from api.linked.plain import evidence_text
from api.linked.schema_org import schema_org
from api.pages import FORM_WORDS, templates
from kg import names
from kg.description import Description, Said, document_of, page_of
from kg.store.patterns import Quad, is_named, term_of, value_of

_TYPE = names.PREFIXES["rdf"] + "type"
_ELSEWHERE = {_TYPE, names.DEF + "evidencedBy"}  # shown above and below the table of facts


class Cell(NamedTuple):
    """What a person reads, where it leads ("" for nowhere), and what stands in small print after it."""

    text: str
    href: str = ""
    note: str = ""


def thing_page(description: Description, place: str, forms: Iterable[Form]) -> bytes:
    """Return the page of a thing; `place` is the path of its document."""
    iri = description.thing.iri
    page = description.page
    return _render(
        "thing.html",
        title=description.label,
        iri=iri,
        canonical=page_of(document_of(iri), page),
        types=[_of_node(o, description) for _, p, o, _ in description.thing.quads if p.value == _TYPE],
        facts=[_fact(quad, description) for quad in description.thing.quads if quad.predicate.value not in _ELSEWHERE],
        evidence=_evidence(description.thing, description),
        statements=[(_cell(each.iri, description), _evidence(each, description)) for each in description.statements],
        links=[(_cell(value_of(s), description), _cell(p.value, description)) for s, p, _, _ in description.links],
        description=description,
        successors=[_cell(each, description) for each in description.successors],
        forms=_forms(place, forms, page),
        before=page_of(place, page - 1) if page > 1 else "",
        after=page_of(place, page + 1) if page < description.pages else "",
        schema_org=Markup(schema_org(description).decode()),  # noqa: S704 - JSON with < > & escaped
    )


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


def _evidence(said: Said, description: Description) -> list[Cell]:
    return [Cell(evidence_text(each, description), link_of(each.iri)) for each in said.evidence]
