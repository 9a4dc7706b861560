"""Identifiers lead to documents, and documents come in every form and in pages; tricks lead nowhere."""

import asyncio
import csv
import io
import json
import re

import pyoxigraph as ox
import pytest

from api.http.message import Asked
from api.http.problem import Problem
from api.linked.rooms import linked_data
from api.linked.things import Identifiers
from api.settings import Settings
from kg import names
from kg.store import Embedded
from kg.withdrawn import Withdrawn

from .standing import Standing, serving, store_of

TYPES = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "application/trig": ox.RdfFormat.TRIG,
    "application/n-quads": ox.RdfFormat.N_QUADS,
}
UNIT = names.ID + "pdu/west-kent"
HOSTILE = names.ID + "tool/hostile"


@pytest.fixture(scope="module")
def client(store):
    return serving(store)


@pytest.fixture(scope="module")
def hostile():
    """A server whose data wants to run as a script, and leads to addresses that do."""
    text = '"<script>alert(1)</script>\\" onload=\\"alert(2)"'
    lines = [
        f"<{HOSTILE}> <{names.PREFIXES['rdfs']}label> {text}@en <{names.GRAPH}x> .",
        f'<{HOSTILE}> <{names.DEF}webAddress> "javascript:alert(1)" <{names.GRAPH}x> .',
        f'<{HOSTILE}> <{names.DEF}webAddress> "=1+1" <{names.GRAPH}x> .',
        f'<{HOSTILE}> <{names.DEF}value> "-5" <{names.GRAPH}x> .',
        f"<{HOSTILE}> <{names.DEF}usedBy> <javascript:alert(1)> <{names.GRAPH}x> .",
        f"<{HOSTILE}> <{names.DEF}usedBy> <data:text/html,x> <{names.GRAPH}x> .",
        f'<{names.ID}place/a%20b> <{names.PREFIXES["rdfs"]}label> "spaced"@en <{names.GRAPH}x> .',
        f'<{names.ID}place/dotted.ttl> <{names.PREFIXES["rdfs"]}label> "dotted"@en <{names.GRAPH}x> .',
    ]
    return serving(store_of(lines))


def links(reply, relation):
    """Return the targets of a relation in the Link header."""
    return re.findall(rf'<([^>]*)>; rel="{relation}"', reply.headers["link"])


@pytest.mark.parametrize("path", ["pdu/west-kent", "inspection/kss-region-2024/result/R2.1-Q3"])
def test_an_identifier_leads_to_its_document_on_the_same_host(client, path):
    reply = client.get(f"/id/{path}", headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
    assert reply.status_code == 303
    assert reply.headers["location"] == f"/doc/{path}"
    assert "Accept" in reply.headers["vary"]


def test_a_concept_and_its_scheme_are_things_too(client):
    assert client.get("/vocab/rating/good").headers["location"] == "/doc/vocab/rating/good"
    assert client.get("/vocab/rating").headers["location"] == "/doc/vocab/rating"
    assert client.get("/doc/vocab/rating/good", headers={"Accept": "text/html"}).status_code == 200


def test_all_forms_of_a_document_say_the_same(client):
    def triples(media_type):
        reply = client.get("/doc/pdu/west-kent", headers={"Accept": media_type})
        assert reply.headers["content-type"].partition(";")[0] == media_type
        return {quad.triple for quad in ox.parse(reply.content, TYPES[media_type])}

    turtle = triples("text/turtle")
    assert all(triples(media_type) == turtle for media_type in TYPES)
    assert any(triple.subject == ox.NamedNode(UNIT) for triple in turtle)


def test_the_quads_keep_the_graphs_that_say_them(client):
    quads = list(ox.parse(client.get("/doc/pdu/west-kent.nq").content, ox.RdfFormat.N_QUADS))
    graphs = {quad.graph_name.value for quad in quads if quad.subject == ox.NamedNode(UNIT)}
    assert names.GRAPH + "reference/pdus" in graphs
    assert names.GRAPH + "source/hmip-report-kss-2024" in graphs


def test_every_alternate_is_there_in_the_type_that_it_claims(client):
    reply = client.get("/doc/pdu/west-kent?page=2")
    alternates = re.findall(r'<([^>]*)>; rel="alternate"; type="([^"]*)"', reply.headers["link"])
    assert len(alternates) == 9
    for address, media_type in alternates:
        again = client.get(address)
        assert again.status_code == 200
        assert again.headers["content-type"].partition(";")[0] == media_type
    assert links(reply, "canonical") == ["https://w3id.org/probation-kg/doc/pdu/west-kent?page=2"]


def test_the_pages_of_a_document_are_linked(client):
    first = client.get("/doc/pdu/west-kent")
    assert links(first, "next") == ["/doc/pdu/west-kent?page=2"]
    assert links(first, "prev") == []
    second = client.get(links(first, "next")[0])
    assert links(second, "prev") == ["/doc/pdu/west-kent"]
    assert first.text != second.text
    assert client.get("/doc/pdu/west-kent?page=99").status_code == 404
    assert client.get("/doc/pdu/west-kent?page=two").status_code == 400


def test_each_form_has_an_etag_of_its_own_and_is_not_sent_twice(client):
    turtle, page = client.get("/doc/pdu/york.ttl"), client.get("/doc/pdu/york.html")
    assert turtle.headers["etag"] != page.headers["etag"]
    again = client.get("/doc/pdu/york.ttl", headers={"If-None-Match": turtle.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""
    assert client.head("/doc/pdu/york.ttl").content == b""


def test_what_is_not_on_offer_is_not_acceptable(client):
    for path in ("/id/pdu/york", "/doc/pdu/york", "/graph/vocab", "/def"):
        reply = client.get(path, headers={"Accept": "image/png"})
        assert reply.status_code == 406
        assert reply.headers["content-type"] == "application/problem+json"


def test_what_was_replaced_leads_to_its_successors(client):
    reply = client.get("/doc/pdu/staffordshire-and-stoke", headers={"Accept": "text/html"})
    assert links(reply, "successor-version") == ["/doc/pdu/staffordshire-north", "/doc/pdu/staffordshire-south"]
    assert "Replaced by" in reply.text


def test_a_page_shows_label_identifier_and_evidence(client):
    page = client.get("/doc/inspection/west-kent-pdu-2022/rating/overall", headers={"Accept": "text/html"}).text
    assert "<h1>West Kent was rated Inadequate overall in 2022.</h1>" in page
    assert "https://w3id.org/probation-kg/id/inspection/west-kent-pdu-2022/rating/overall" in page
    assert "characters 17 to 78" in page
    assert not re.search(r"[0-9a-f]{64}</a>", page)
    assert "<style" not in page
    assert " style=" not in page


def test_search_engines_read_the_page_in_the_terms_of_schema_org(client):
    page = client.get("/doc/pdu/west-kent", headers={"Accept": "text/html"})
    block = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page.text, re.DOTALL)[1])
    assert block["@type"] == "GovernmentOrganization"
    assert block["parentOrganization"][0]["name"] == "Kent, Surrey and Sussex"
    assert "script-src 'self';" in page.headers["content-security-policy"]
    profile = 'application/ld+json;profile="https://schema.org/"'
    reply = client.get("/doc/pdu/west-kent", headers={"Accept": profile})
    assert reply.headers["content-type"] == 'application/ld+json; profile="https://schema.org/"'
    assert reply.json() == block


def test_hostile_text_stays_text(hostile):
    page = hostile.get("/doc/tool/hostile", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert len(re.findall(r'<script(?! src="/static/[a-z]+\.js" defer>)', page.text)) == 1
    assert "alert(1)</script>" not in page.text
    assert "javascript:" not in "".join(re.findall(r'(?:href|src)="[^"]*"', page.text))
    assert "data:" not in "".join(re.findall(r'(?:href|src)="[^"]*"', page.text))
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_no_cell_is_a_formula_and_numbers_stay_numbers(hostile):
    rows = list(csv.DictReader(io.StringIO(hostile.get("/doc/tool/hostile.csv").text)))
    values = {row["value"] for row in rows}
    assert "'=1+1" in values
    assert "-5" in values
    assert {row["graph"] for row in rows} == {names.GRAPH + "x"}


def test_markdown_escapes_its_marks(hostile):
    text = hostile.get("/doc/tool/hostile.md").text
    assert r"\<script\>" in text
    assert "<script>" not in text


def test_a_name_with_a_dot_is_a_name_before_it_is_a_suffix(hostile, client):
    assert "dotted" in hostile.get("/doc/place/dotted.ttl", headers={"Accept": "text/html"}).text
    assert hostile.get("/doc/place/dotted.ttl.nt").headers["content-type"] == "application/n-triples"
    assert client.get("/doc/vocab/framework/2023-region/R2.6-Q3.ttl").status_code == 200


def test_an_identifier_in_percent_encoding_is_found(hostile):
    assert hostile.get("/id/place/a%20b").headers["location"] == "/doc/place/a%2520b"
    assert hostile.get("/doc/place/a%2520b").status_code == 200


def test_what_a_form_cannot_hold_is_refused_not_left_out():
    about = f'<{UNIT}> <{names.DEF}p> <<( <{UNIT}> <{names.DEF}q> "v" )>> <{names.GRAPH}x> .'
    store = Embedded()
    store.load_quads(about.encode())
    client = serving(store)
    assert client.get("/doc/pdu/west-kent.jsonld").status_code == 406
    for form in ("html", "ttl", "nt", "trig", "nq", "csv", "md"):
        assert client.get(f"/doc/pdu/west-kent.{form}").status_code == 200


TRICKS = [
    "/id///evil.example/", "/id/\\evil.example", "/id/pdu/../../evil", "/id/pdu/west-kent\r\nX-Injected: 1",
    "/id/pdu/\x00", "/id/pdu/west-kent\x00.ttl", "/id/" + "a" * 6000, "/id/http://evil.example/", "/id/pdu/\ufffd",
    "/id/", "/id", "/id/<script>", "/id/pdu/west-kent@evil.example", "/id/pdu/west-kent#x",
]  # fmt: skip


@pytest.mark.parametrize("path", TRICKS)
def test_an_address_full_of_tricks_names_nothing(store, path):
    async def nothing():
        return {"type": "http.disconnect"}

    asked = Asked("GET", path, b"", {}, "", nothing, 100)
    with pytest.raises(Problem) as caught:
        asyncio.run(Identifiers(Standing(store, Settings()), {}, "id/")(asked))
    assert caught.value.status == 404
    assert "Location" not in caught.value.headers
    assert caught.value.more.get("search", "/search?").startswith("/search?")


def test_a_name_that_was_withdrawn_tells_what_became_of_it(store, monkeypatch):
    gone, moved = names.ID + "tool/gone", names.ID + "tool/moved"
    rows = {
        gone: Withdrawn(gone, "2026-11-22", "", "It named nothing."),
        moved: Withdrawn(moved, "2026-11-22", UNIT, "It was a duplicate."),
    }
    monkeypatch.setitem(linked_data.__globals__, "read_withdrawn", lambda folder: rows)
    client = serving(store)
    for path in ("/id/tool/gone", "/doc/tool/gone", "/doc/tool/gone.ttl"):
        assert client.get(path).status_code == 410
    assert "It named nothing." in client.get("/id/tool/gone").json()["detail"]
    assert client.get("/id/tool/moved").status_code == 303
    reply = client.get("/doc/tool/moved.ttl")
    assert reply.status_code == 301
    assert reply.headers["location"] == "/doc/pdu/west-kent"
    assert reply.json()["successor"] == UNIT


def test_the_ontology_is_one_document_with_an_anchor_for_each_term(client, store):
    page = client.get("/def", headers={"Accept": "text/html"}).text
    assert '<dt id="ProbationDeliveryUnit">probation delivery unit</dt>' in page
    turtle = set(ox.parse(client.get("/def.ttl").content, ox.RdfFormat.TURTLE))
    assert len(turtle) == store.graphs()[names.GRAPH + "ontology"]
    jsonld = {quad.triple for quad in ox.parse(client.get("/def.jsonld").content, ox.RdfFormat.JSON_LD)}
    assert jsonld == {quad.triple for quad in turtle}
    assert client.get("/def/0.1.0").headers["location"] == "/def"
    assert client.get("/def/no-such-part").status_code == 404
    assert '<dt id="StatementHasEvidence">' in client.get("/shapes", headers={"Accept": "text/html"}).text


def test_a_graph_is_sent_as_it_is(client, store):
    graph = names.GRAPH + "reference/pdus"
    quads = list(ox.parse(client.get("/graph/reference/pdus.nq").content, ox.RdfFormat.N_QUADS))
    assert len(quads) == store.graphs()[graph]
    assert {quad.graph_name.value for quad in quads} == {graph}
    page = client.get("/graph/reference/pdus", headers={"Accept": "text/html"}).text
    assert f"{store.graphs()[graph]:,} triples" in page
    assert client.get("/graph/no-such-graph").status_code == 404
    assert client.get("/graph").headers["location"] == "/.well-known/void"


def test_the_context_holds_the_keys_that_documents_use(client):
    context = client.get("/context.jsonld").json()["@context"]
    document = client.get("/doc/pdu/west-kent.jsonld").json()
    assert set(document["@context"]) <= set(context)
    assert all(context[key] == value for key, value in document["@context"].items())
    unit = document["@graph"][0]
    assert unit["id"] == UNIT
    assert unit["label"] == "West Kent"
    assert "ProbationDeliveryUnit" in unit["type"]


def test_the_style_sheet_is_sent_and_no_other_file(client):
    style = client.get("/static/site.css")
    assert style.headers["content-type"].startswith("text/css")
    assert style.headers["cache-control"] == "public, max-age=0, must-revalidate"
    again = client.get("/static/site.css", headers={"If-None-Match": style.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    for path in ("/static/", "/static/../app.py", "/static/%2e%2e/app.py", "/static/site.css/x"):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/id/pdu/york", "/doc/pdu/york", "/def", "/graph/vocab", "/static/site.css"])
def test_nothing_here_takes_a_post(client, path):
    assert client.post(path).status_code == 405
