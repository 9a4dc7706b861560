"""The catalogue describes the dataset in figures that are true, at addresses that the operator chose."""

import base64
import gzip
import hashlib
import xml.etree.ElementTree as ET

import pyoxigraph as ox
import pytest

from api.linked.catalogue import URLS_ON_A_PAGE
from api.settings import Settings
from kg import names
from kg.description import DATASET
from kg.store import Embedded

from .standing import serving

ADDRESS = "https://data.example.org"
VOID = "http://rdfs.org/ns/void#"
DCAT = "http://www.w3.org/ns/dcat#"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture(scope="module")
def client(store):
    return serving(store, Settings(public_url=ADDRESS))


@pytest.fixture(scope="module")
def void(client):
    """The description in VoID, as values by subject and property."""
    return values(client.get("/.well-known/void", headers={"Accept": "application/n-triples"}).content)


def values(content):
    found = {}
    for quad in ox.parse(content, ox.RdfFormat.N_TRIPLES):
        found.setdefault((quad.subject.value, quad.predicate.value), []).append(quad.object.value)
    return found


def test_the_figures_of_the_dataset_are_true(void, store):
    quads = list(store.quads())
    triples = {(s, p, o) for s, p, o, _ in quads}
    assert void[DATASET, VOID + "triples"] == [str(len(triples))]
    assert void[DATASET, VOID + "distinctSubjects"] == [str(len({s for s, _, _ in triples}))]
    assert void[DATASET, VOID + "distinctObjects"] == [str(len({o for _, _, o in triples}))]
    assert void[DATASET, VOID + "properties"] == [str(len({p for _, p, _ in triples}))]
    entities = {s for s, _, _ in triples if s.value.startswith(names.ID)}
    assert void[DATASET, VOID + "entities"] == [str(len(entities))]


def test_the_figures_of_each_graph_are_true(void, store):
    assert set(void[DATASET, VOID + "subset"]) == set(store.graphs())
    for graph, size in store.graphs().items():
        assert void[graph, VOID + "triples"] == [str(size)]
    graph = names.GRAPH + "reference/pdus"
    quads = list(store.quads(graph))
    assert void[graph, VOID + "distinctSubjects"] == [str(len({quad[0] for quad in quads}))]
    assert void[graph, VOID + "properties"] == [str(len({quad[1] for quad in quads}))]


def test_classes_and_properties_are_counted(void, store):
    unit = names.DEF + "ProbationDeliveryUnit"
    partition = next(s for (s, p), o in void.items() if p == VOID + "class" and o == [unit])
    rdf_type = names.PREFIXES["rdf"] + "type"
    units = {s for s, p, o, _ in store.quads() if p.value == rdf_type and o.value == unit}
    assert void[partition, VOID + "entities"] == [str(len(units))]
    partition = next(s for (s, p), o in void.items() if p == VOID + "property" and o == [names.DEF + "claimMode"])
    claims = [quad for quad in store.quads() if quad[1].value == names.DEF + "claimMode"]
    assert void[partition, VOID + "triples"] == [str(len(claims))]


def test_a_triple_in_two_graphs_counts_once():
    store = Embedded()
    triple = f"<{names.ID}a/b> <{names.DEF}p> <{names.ID}a/c>"
    store.load_quads(f"{triple} <{names.GRAPH}x> .\n{triple} <{names.GRAPH}y> .\n".encode())
    client = serving(store)
    found = values(client.get("/.well-known/void", headers={"Accept": "application/n-triples"}).content)
    assert found[DATASET, VOID + "triples"] == ["1"]
    assert found[names.GRAPH + "x", VOID + "triples"] == found[names.GRAPH + "y", VOID + "triples"] == ["1"]


def test_no_two_partitions_share_a_name(void):
    for property_ in ("class", "property"):
        told = [o for (_, p), o in void.items() if p == VOID + property_]
        assert told
        assert all(len(each) == 1 for each in told)


def test_the_catalogue_names_dataset_service_file_licence_and_sources(client, store):
    found = values(client.get("/catalog.nt", headers={"Host": "evil.example"}).content)
    catalog = names.BASE + "catalog"
    assert found[catalog, DCAT + "dataset"] == [DATASET]
    assert found[catalog + "#dump", DCAT + "downloadURL"] == [ADDRESS + "/dump.nq.gz"]
    assert found[catalog + "#sparql", DCAT + "endpointURL"] == [ADDRESS + "/sparql"]
    assert found[DATASET, names.PREFIXES["dcterms"] + "license"] == ["https://creativecommons.org/licenses/by/4.0/"]
    sources = found[DATASET, names.PREFIXES["dcterms"] + "source"]
    assert names.ID + "doc/hmip-report-kss-2024" in sources
    assert names.ID + "source/prison-register" in sources
    assert not any("evil.example" in each for told in found.values() for each in told)


@pytest.mark.parametrize("path", ["/catalog", "/.well-known/void"])
def test_the_catalogue_comes_in_each_form_and_as_turtle_for_browsers(client, path):
    for media_type in ("text/turtle", "application/ld+json", "application/n-triples", "application/rdf+xml"):
        reply = client.get(path, headers={"Accept": media_type})
        assert reply.headers["content-type"].partition(";")[0] == media_type
    assert client.get(path, headers={"Accept": "text/html"}).headers["content-type"].startswith("text/turtle")
    assert client.get(path, headers={"Accept": "image/png"}).status_code == 406
    assert client.get(path + "/more").status_code == 404


def test_the_canonical_address_of_the_description_is_one(client):
    for path in ("/.well-known/void", "/catalog"):
        assert '<https://w3id.org/probation-kg/catalog>; rel="canonical"' in client.get(path).headers["link"]


def test_every_address_of_the_site_map_is_a_document(client):
    root = ET.fromstring(client.get("/sitemap.xml", headers={"Host": "evil.example"}).content)
    addresses = [each.text for each in root.iter(SITEMAP + "loc")]
    assert root.tag == SITEMAP + "urlset"
    assert len(addresses) == len(set(addresses)) <= URLS_ON_A_PAGE
    assert f"{ADDRESS}/doc/pdu/west-kent" in addresses
    assert f"{ADDRESS}/doc/vocab/rating/good" in addresses
    assert not [each for each in addresses if "/doc/row/" in each or "/doc/passage/" in each]
    for address in addresses[::400]:
        assert client.get(address.removeprefix(ADDRESS)).status_code == 200


def test_a_long_site_map_has_an_index(client, monkeypatch):
    monkeypatch.setattr("api.linked.catalogue.URLS_ON_A_PAGE", 1000)
    cached = {"Accept-Encoding": "identity", "Accept": "application/xml"}
    index = ET.fromstring(client.get("/sitemap.xml", headers=cached).content)
    pages = [each.text for each in index.iter(SITEMAP + "loc")]
    assert index.tag == SITEMAP + "sitemapindex"
    sizes = [
        len(list(ET.fromstring(client.get(page.removeprefix(ADDRESS), headers=cached).content)))
        for page in pages
    ]  # fmt: skip
    assert set(sizes[:-1]) == {1000}
    assert 0 < sizes[-1] <= 1000
    assert client.get(f"/sitemap.xml?page={len(pages) + 1}").status_code == 404
    assert client.get("/sitemap.xml?page=x").status_code == 404


def test_robots_are_told_where_the_site_map_is(client):
    text = client.get("/robots.txt").text
    assert f"Sitemap: {ADDRESS}/sitemap.xml" in text
    assert "Disallow: /sparql" in text


def test_the_file_of_the_whole_dataset_is_the_dataset(client, store):
    reply = client.get("/dump.nq.gz")
    assert gzip.decompress(reply.content) == store.canonical()
    digest = base64.b64encode(hashlib.sha256(reply.content).digest()).decode()
    assert reply.headers["repr-digest"] == f"sha-256=:{digest}:"
    assert "content-encoding" not in reply.headers
    again = client.get("/dump.nq.gz", headers={"If-None-Match": reply.headers["etag"]})
    assert again.status_code == 304


def test_nothing_else_is_well_known(client):
    assert client.get("/.well-known/security.txt").status_code == 404
    assert client.post("/catalog").status_code == 405
