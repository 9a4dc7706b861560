"""The terms of the graph: /def (the ontology) and /shapes, each one document with all its terms and an anchor for each.

A term such as https://w3id.org/probation-kg/def#Claim is read by fetching /def and going to #Claim.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from api.addresses import link_header, link_of, path
from api.dataset import Dataset
from api.http.message import Asked, Reply, Room
from api.http.negotiate import GRAPHS, HTML
from api.http.problem import Problem
from api.linked.pages import Cell, terms_page
from api.linked.things import form_for, json_ld, only_get, unknown
from api.pages import POLICY, look
from kg import names
from kg.jsonld import Context
from kg.store import Embedded
from kg.store.patterns import Quad, is_named, value_of, within

_FORMS = (HTML, *GRAPHS)
_OWL, _RDF, _RDFS, _SKOS, _SH = (names.PREFIXES[prefix] for prefix in ("owl", "rdf", "rdfs", "skos", "sh"))
_MOST = 50_000
_HEADINGS = {
    _OWL + "Class": "Classes",
    _OWL + "ObjectProperty": "Properties that lead to things",
    _OWL + "DatatypeProperty": "Properties with values",
    _RDFS + "Datatype": "Datatypes",
    _SH + "NodeShape": "Shapes of things",
    _SH + "PropertyShape": "Shapes of properties",
}
_SHOWN = {
    _SKOS + "definition": "definition",
    _SKOS + "altLabel": "also called",
    _SKOS + "example": "example",
    _SKOS + "scopeNote": "use",
    _RDFS + "subClassOf": "a kind of",
    _RDFS + "subPropertyOf": "a kind of",
    _RDFS + "domain": "of",
    _RDFS + "range": "leads to",
    _OWL + "inverseOf": "inverse of",
    names.PREFIXES["dcterms"] + "source": "source",
    _SH + "targetClass": "applies to",
    _SH + "path": "property",
    _SH + "severity": "severity",
    _SH + "message": "message",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A term as its page shows it."""

    iri: str
    anchor: str
    label: str
    facts: list[tuple[str, Cell]]


class Definitions:
    """The room of /def or /shapes."""

    def __init__(self, dataset: Dataset, context: Context, name: str, title: str) -> None:
        """Take the dataset, the context of JSON-LD, the first part of the path, and the heading of the page."""
        self._dataset, self._context, self._title = dataset, context, title
        self._iri, self._place = names.BASE + name, "/" + name
        self._graph = names.GRAPH + {"def": "ontology"}.get(name, name)

    def rooms(self) -> dict[str, Room]:
        """Return the room under its name, and under its name with each suffix."""
        name = self._place[1:]
        return {name: self, **{f"{name}.{form.name}": self for form in _FORMS}}

    async def __call__(self, asked: Asked) -> Reply:
        """Send the terms; a version of the ontology, or a part of it, leads to the whole."""
        only_get(asked)
        first, _, rest = asked.path[1:].partition("/")
        if rest:
            if not self._dataset.store.mentions(f"{self._iri}/{path(rest)}"):
                raise unknown(rest)
            return Reply(303, headers={"Location": self._place})
        suffix = next((form for form in _FORMS if first == f"{self._place[1:]}.{form.name}"), None)
        form = form_for(asked, suffix, _FORMS)
        headers = {"Vary": "Accept", "Link": link_header(self._iri, self._place, _FORMS)}
        if form is HTML:
            body = terms_page(self._title, self._iri, _groups(self._dataset.store, self._graph), self._place, GRAPHS)
            headers["Content-Security-Policy"] = POLICY
        elif form.name == "jsonld":
            body = json_ld(self._context, _content(self._dataset.store, self._graph), self._iri)
        else:
            arguments = {"graph": self._graph, "form": form.name, "most_bytes": 1 << 25}
            body = (await self._dataset.run("graph", arguments, client=asked.client)).content
        return Reply(200, body, form.content_type, headers, tag=f"{form.name}-{look()}")


def _content(store: Embedded, graph: str) -> list[Quad]:
    quads = within(store, graph, _MOST + 1)
    if len(quads) > _MOST:
        raise Problem(413, f"The terms take more than {_MOST:,} triples; ask for a part of them with SPARQL.")
    return sorted(quads, key=lambda quad: (value_of(quad.subject), quad.predicate.value, value_of(quad.object)))


def _groups(store: Embedded, graph: str) -> list[tuple[str, list[Shown]]]:
    """Return the terms of a graph by the heading under which they are shown."""
    by_term: dict[str, list[Quad]] = defaultdict(list)
    for quad in _content(store, graph):
        by_term[value_of(quad.subject)].append(quad)
    labels = {iri: _label(iri, quads) for iri, quads in by_term.items()}
    groups: dict[str, list[Shown]] = {heading: [] for heading in _HEADINGS.values()}
    for iri, quads in by_term.items():
        kinds = {value_of(quad.object) for quad in quads if quad.predicate.value == _RDF + "type"}
        heading = next((text for kind, text in _HEADINGS.items() if kind in kinds), "")
        if heading and "#" in iri:
            groups[heading].append(Shown(iri, iri.rpartition("#")[2], labels[iri], _facts(quads, labels)))
    return [(heading, sorted(terms, key=lambda term: term.iri)) for heading, terms in groups.items() if terms]


def _label(iri: str, quads: list[Quad]) -> str:
    wanted = {_RDFS + "label", _SH + "name"}
    return next((value_of(quad.object) for quad in quads if quad.predicate.value in wanted), names.short(iri))


def _facts(quads: list[Quad], labels: dict[str, str]) -> list[tuple[str, Cell]]:
    found = []
    for name, told in _SHOWN.items():
        for _, predicate, node, _ in quads:
            if predicate.value == name:
                text = value_of(node)
                if is_named(node):
                    found.append((told, Cell(labels.get(text) or names.words(text), link_of(text))))
                else:
                    found.append((told, Cell(text)))
    return found
