"""What the dataset is, for machines that look for datasets: VoID, DCAT, the site map, and the whole dataset as a file.

Addresses are those of the settings, never of a request's Host header. Figures are counted in a worker, once for each
version of the dataset.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

from api.addresses import document_path, link_header
from api.dataset import Dataset
from api.http.message import Asked, Reply, Room
from api.http.negotiate import TRIPLES, Form
from api.http.problem import Problem
from api.linked.things import form_for, no_fields, only_get
from kg import names
from kg.description import DATASET, LICENCE
from kg.resources import installed_version
from kg.store import Term, convert, literal

URLS_ON_A_PAGE = 50_000
_VOID = "http://rdfs.org/ns/void#"
_DCAT = "http://www.w3.org/ns/dcat#"
_FORMATS = "http://www.w3.org/ns/formats/"
_TYPES = "https://www.iana.org/assignments/media-types/"
_CATALOG = names.BASE + "catalog"
_RDF, _RDFS, _DCTERMS, _FOAF = (names.PREFIXES[prefix] for prefix in ("rdf", "rdfs", "dcterms", "foaf"))
_TITLE = "Probation knowledge graph"
_ABOUT = (
    "Probation services in England and Wales: organisations, places, inspections, ratings, findings, recommendations "
    "and provision, every statement traced to the passage or the register that says it."
)
_RIGHTS = (
    "Contains public sector information licensed under the Open Government Licence v3.0; the sources state their own "
    "licences."
)
_EXAMPLE = names.ID + "pdu/west-kent"
Triple = tuple[str, str, Term]


class Catalogue:
    """The rooms /.well-known/void, /catalog, /sitemap.xml, /robots.txt and /dump.nq.gz."""

    def __init__(self, dataset: Dataset) -> None:
        """Take the dataset."""
        self._dataset = dataset
        self._made: dict[str, tuple[str, bytes]] = {}
        self._making = asyncio.Lock()

    def rooms(self) -> dict[str, Room]:
        """Return the rooms by the first part of their path."""
        catalogs = {"catalog": self.catalog, **{f"catalog.{form.name}": self.catalog for form in TRIPLES}}
        return {
            ".well-known": self.well_known,
            **catalogs,
            "sitemap.xml": self.sitemap,
            "robots.txt": self.robots,
            "dump.nq.gz": self.dump,
        }

    async def well_known(self, asked: Asked) -> Reply:
        """Send the description in VoID, with figures for each graph, class and property."""
        only_get(asked)
        if asked.path != "/.well-known/void":
            raise Problem(404, "There is nothing here; the description of the dataset is /.well-known/void.")
        figures = await self._figures()
        triples = [*_dataset_triples(self._address, self._dataset.version, figures), *_partitions(figures)]
        return _in_form(asked, triples, None, link_header(_CATALOG, "/catalog", TRIPLES))

    async def catalog(self, asked: Asked) -> Reply:
        """Send the catalogue in DCAT: the dataset, its distributions and services, and its sources."""
        only_get(asked)
        first, _, rest = asked.path[1:].partition("/")
        if rest:
            raise Problem(404, "There is nothing here; the catalogue is /catalog.")
        no_fields(asked)
        figures = await self._figures()
        triples = [
            *_catalog_triples(self._address),
            *_dataset_triples(self._address, self._dataset.version, figures),
            *_source_triples(figures),
        ]
        suffix = next((form for form in TRIPLES if first == f"catalog.{form.name}"), None)
        return _in_form(asked, triples, suffix, link_header(_CATALOG, "/catalog", TRIPLES))

    async def sitemap(self, asked: Asked) -> Reply:
        """Send the site map: the documents of all things; where they are too many for one file, an index of pages."""
        only_get(asked)
        things = (await self._of_worker("things")).decode().splitlines()
        pages = max(1, -(-len(things) // URLS_ON_A_PAGE))
        page = asked.fields().get("page", [""])[-1]
        if not page and pages > 1:
            body = _sitemap_index(self._address, pages)
        else:
            number = int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 0 if page else 1
            if not 1 <= number <= pages:
                raise Problem(404, f"The site map has the pages 1 to {pages}.")
            body = _sitemap(self._address, things[(number - 1) * URLS_ON_A_PAGE : number * URLS_ON_A_PAGE])
        return Reply(200, body.encode(), "application/xml", tag=f"sitemap{page}")

    async def robots(self, asked: Asked) -> Reply:
        """Send what search engines are asked to leave alone, and where the site map is."""
        only_get(asked)
        lines = ["User-agent: *", *(f"Disallow: /{room}" for room in ("sparql", "update", "graphs", "reconcile"))]
        text = "\n".join([*lines, "", f"Sitemap: {self._address}/sitemap.xml", ""])
        return Reply(200, text.encode(), "text/plain; charset=utf-8", tag="robots")

    async def dump(self, asked: Asked) -> Reply:
        """Send the whole dataset as canonical N-Quads, compressed with gzip, with its digest."""
        only_get(asked)
        content = await self._of_worker("dump")
        digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
        headers = {
            "Repr-Digest": f"sha-256=:{digest}:",
            "Content-Disposition": 'attachment; filename="probation-kg.nq.gz"',
            "Link": f'<{LICENCE}>; rel="license"',
        }
        return Reply(200, content, "application/gzip", headers, tag="dump")

    @property
    def _address(self) -> str:
        return self._dataset.settings.address

    async def _figures(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(await self._of_worker("figures"))
        return found

    async def _of_worker(self, job: str) -> bytes:
        """Return what a job makes of the dataset, made once for each version of it."""
        async with self._making:
            version = self._dataset.version
            kept = self._made.get(job)
            if kept is None or kept[0] != version:
                kept = (version, (await self._dataset.run(job, {})).content)
                self._made[job] = kept
            return kept[1]


def _in_form(asked: Asked, triples: list[Triple], suffix: Form | None, links: str) -> Reply:
    """Return triples in the form that the asker likes best; a browser gets Turtle."""
    browser = "text/html" in asked.accept and suffix is None
    form = TRIPLES[0] if browser else form_for(asked, suffix, TRIPLES)
    order = {subject: place for place, subject in enumerate(dict.fromkeys(s for s, _, _ in triples))}
    together = sorted(triples, key=lambda triple: order[triple[0]])
    text = "".join(f"<{s}> <{p}> {o.n3()} .\n" for s, p, o in together)
    return Reply(
        200, convert(text.encode(), form.name), form.content_type, {"Vary": "Accept", "Link": links}, form.name
    )


def _number(value: int) -> Term:
    return literal(str(value), "integer")


def _english(text: str) -> Term:
    return literal(text, names.PREFIXES["rdf"] + "langString", "en")


def _dataset_triples(address: str, version: str, figures: dict[str, Any]) -> Iterator[Triple]:
    """Yield what VoID and DCAT both say of the dataset."""
    whole = figures["dataset"]
    for kind in (_VOID + "Dataset", _DCAT + "Dataset"):
        yield DATASET, _RDF + "type", Term(kind)
    yield DATASET, _DCTERMS + "title", _english(_TITLE)
    yield DATASET, _DCTERMS + "description", _english(_ABOUT)
    yield DATASET, _DCTERMS + "license", Term(LICENCE)
    yield DATASET, _DCTERMS + "rights", _english(_RIGHTS)
    yield DATASET, _DCTERMS + "creator", _english("Probation Knowledge Graph editors")
    yield DATASET, _DCAT + "version", literal(installed_version())
    yield DATASET, names.PREFIXES["owl"] + "versionInfo", literal(version)
    yield DATASET, _DCTERMS + "conformsTo", Term(names.BASE + "def")
    yield DATASET, _FOAF + "homepage", Term(address + "/")
    yield DATASET, _VOID + "sparqlEndpoint", Term(address + "/sparql")
    yield DATASET, _VOID + "dataDump", Term(address + "/dump.nq.gz")
    yield DATASET, _VOID + "uriSpace", literal(names.ID)
    yield DATASET, _VOID + "exampleResource", Term(_EXAMPLE)
    for vocabulary in (names.DEF, *(names.PREFIXES[each] for each in ("skos", "org", "prov", "oa", "dcterms"))):
        yield DATASET, _VOID + "vocabulary", Term(vocabulary)
    for feature in ("Turtle", "N-Triples", "RDF_XML", "JSON-LD", "TriG", "N-Quads"):
        yield DATASET, _VOID + "feature", Term(_FORMATS + feature)
    yield DATASET, _VOID + "entities", _number(whole["entities"])
    yield from _sizes(DATASET, {**whole, "classes": len(whole["classes"]), "properties": len(whole["properties"])})


def _sizes(node: str, figures: dict[str, int]) -> Iterator[Triple]:
    yield node, _VOID + "triples", _number(figures["triples"])
    yield node, _VOID + "distinctSubjects", _number(figures["subjects"])
    yield node, _VOID + "distinctObjects", _number(figures["objects"])
    yield node, _VOID + "classes", _number(figures["classes"])
    yield node, _VOID + "properties", _number(figures["properties"])


def _partitions(figures: dict[str, Any]) -> Iterator[Triple]:
    """Yield the figures of each class, property and named graph; a graph is a dataset under its own IRI."""
    for iri, count in figures["dataset"]["classes"].items():
        part = f"{DATASET}-class-{_fragment(iri)}"
        yield DATASET, _VOID + "classPartition", Term(part)
        yield part, _VOID + "class", Term(iri)
        yield part, _VOID + "entities", _number(count)
    for iri, count in figures["dataset"]["properties"].items():
        part = f"{DATASET}-property-{_fragment(iri)}"
        yield DATASET, _VOID + "propertyPartition", Term(part)
        yield part, _VOID + "property", Term(iri)
        yield part, _VOID + "triples", _number(count)
    for graph, counted in figures["graphs"].items():
        yield DATASET, _VOID + "subset", Term(graph)
        yield graph, _RDF + "type", Term(_VOID + "Dataset")
        yield from _sizes(graph, counted)


def _fragment(iri: str) -> str:
    """Return a name for the part of an IRI's own: its prefix and local name, else a digest."""
    short = names.short(iri)
    prefix, _, name = short.partition(":")
    plain = prefix in names.PREFIXES and name.replace("-", "").replace("_", "").isalnum() and name.isascii()
    return f"{prefix}-{name}" if plain else hashlib.sha256(iri.encode()).hexdigest()[:12]


def _catalog_triples(address: str) -> Iterator[Triple]:
    """Yield catalogue, distributions and service."""
    dump, endpoint = _CATALOG + "#dump", _CATALOG + "#sparql"
    yield _CATALOG, _RDF + "type", Term(_DCAT + "Catalog")
    yield _CATALOG, _DCTERMS + "title", _english(_TITLE)
    yield _CATALOG, _DCTERMS + "license", Term(LICENCE)
    yield _CATALOG, _DCAT + "dataset", Term(DATASET)
    yield _CATALOG, _DCAT + "service", Term(endpoint)
    yield _CATALOG, _FOAF + "primaryTopic", Term(DATASET)
    yield DATASET, _DCAT + "distribution", Term(dump)
    yield dump, _RDF + "type", Term(_DCAT + "Distribution")
    yield dump, _DCTERMS + "title", _english("The whole dataset as canonical N-Quads, compressed")
    yield dump, _DCTERMS + "license", Term(LICENCE)
    yield dump, _DCAT + "accessURL", Term(address + "/dump.nq.gz")
    yield dump, _DCAT + "downloadURL", Term(address + "/dump.nq.gz")
    yield dump, _DCAT + "mediaType", Term(_TYPES + "application/n-quads")
    yield dump, _DCAT + "compressFormat", Term(_TYPES + "application/gzip")
    live = _CATALOG + "#live"
    yield DATASET, _DCAT + "distribution", Term(live)
    yield live, _RDF + "type", Term(_DCAT + "Distribution")
    yield live, _DCTERMS + "title", _english("The dataset behind a SPARQL endpoint")
    yield live, _DCTERMS + "license", Term(LICENCE)
    yield live, _DCAT + "accessURL", Term(address + "/sparql")
    yield live, _DCAT + "accessService", Term(endpoint)
    yield endpoint, _RDF + "type", Term(_DCAT + "DataService")
    yield endpoint, _DCTERMS + "title", _english("SPARQL endpoint")
    yield endpoint, _DCAT + "endpointURL", Term(address + "/sparql")
    yield endpoint, _DCAT + "endpointDescription", Term(address + "/sparql")
    yield endpoint, _DCAT + "servesDataset", Term(DATASET)
    yield endpoint, _DCTERMS + "conformsTo", Term("https://www.w3.org/TR/sparql11-protocol/")


def _source_triples(figures: dict[str, Any]) -> Iterator[Triple]:
    for source, label in figures["sources"].items():
        yield DATASET, _DCTERMS + "source", Term(source)
        if label:
            yield source, _RDFS + "label", _english(label)


def _sitemap(address: str, things: list[str]) -> str:
    entries = [f"<url><loc>{escape(address + document_path(each))}</loc></url>" for each in things]
    return _xml("urlset", entries)


def _sitemap_index(address: str, pages: int) -> str:
    entries = [
        f"<sitemap><loc>{escape(address)}/sitemap.xml?page={number + 1}</loc></sitemap>" for number in range(pages)
    ]
    return _xml("sitemapindex", entries)


def _xml(root: str, entries: list[str]) -> str:
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    return head + "\n".join(entries) + f"\n</{root}>\n"
