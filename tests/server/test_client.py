"""The client of the HTTP interface, against a real server."""

import re
import threading
import urllib.request
from collections import Counter
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from kg import names
from kg.client import Client
from kg.description import describe
from kg.errors import QuestionError, ServiceError
from kg.store import Term

UNIT = names.ID + "pdu/west-kent"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
GRAPH = "http://example.org/graph"


def test_a_table_comes_as_terms(server):
    table = server.client.select(f"SELECT ?label ?none ?n {{ <{UNIT}> <{LABEL}> ?label BIND(1 AS ?n) }}")
    assert table.columns == ("label", "none", "n")
    label, none, number = table.rows[0]
    assert (label.value, label.kind, label.language) == ("West Kent", "literal", "en")
    assert none is None
    assert number == Term("1", "literal", "http://www.w3.org/2001/XMLSchema#integer")


def test_yes_no_and_triples(server):
    assert server.client.is_true(f"ASK {{ <{UNIT}> ?p ?o }}")
    assert not server.client.is_true("ASK { <http://example.org/nobody> ?p ?o }")
    with pytest.raises(QuestionError, match="ask it with is_true"):
        server.client.select("ASK {}")
    with pytest.raises(QuestionError, match="ask it with select"):
        server.client.is_true("SELECT * {}")
    made = server.client.construct(f"CONSTRUCT {{ <{UNIT}> a <http://example.org/Unit> }} {{}}")
    assert [term.value for term in made.triples[0]][::2] == [UNIT, "http://example.org/Unit"]


def test_the_rows_of_a_named_query_come_page_by_page(server, monkeypatch):
    whole = list(server.client.ask("courts-in-a-region", region="region/kent-surrey-and-sussex"))
    monkeypatch.setattr("kg.client._PAGE", 7)
    assert list(server.client.ask("courts-in-a-region", region="region/kent-surrey-and-sussex")) == whole
    assert len(whole) > 7


def test_a_thing_is_described(server):
    graph = server.client.thing("pdu/west-kent")
    assert {str(subject) for subject in graph.subjects()} >= {UNIT}
    assert len(server.client.thing(UNIT)) == len(graph)


def test_a_thing_on_several_pages_is_described_whole(server, store, monkeypatch):
    graph = server.client.thing("pdu/west-kent")
    description = describe(store, UNIT)
    assert description.pages > 1
    about = {str(subject) for subject in graph.subjects()}
    for page in range(1, description.pages + 1):
        assert about >= {said.iri for said in describe(store, UNIT, page).statements}
    monkeypatch.setattr("kg.client._MOST_PAGES", 1)
    with pytest.raises(ServiceError, match="more than 1 pages"):
        server.client.thing("pdu/west-kent")


def test_the_links_between_the_pages_of_a_document_can_be_followed(server):
    page = server.client.request("GET", "/doc/pdu/west-kent.nt").content.decode()
    following = re.search(r"core#next> <([^>]+)>", page)[1]
    assert following.startswith(server.url)
    with urllib.request.urlopen(following) as reply:
        assert reply.status == 200


def test_queries_search_suggestions_and_candidates(server):
    assert "acronyms" in {query["name"] for query in server.client.queries()}
    total, found = server.client.search("west kent", types=["pdu"], limit=1)
    assert (total >= 1, found[0]["name"]) == (True, "pdu/west-kent")
    assert "pdu/west-kent" in {each["name"] for each in server.client.suggest("west ke")}
    candidates = server.client.reconcile({"a": "West Kent", "b": "Maidstone prison"}, kind="pko:ProbationDeliveryUnit")
    assert candidates["a"][0]["id"] == "pdu/west-kent"
    assert set(candidates) == {"a", "b"}


def test_health_and_version(server):
    assert server.client.health()["quads"] > 100_000
    assert server.client.version() == server.client.health()["version"]


def test_a_mistake_is_told_as_the_server_says_it(server):
    with pytest.raises(ServiceError, match="cannot be run") as error:
        server.client.select("SELEC")
    assert (error.value.status, error.value.retry_after) == (400, None)


def test_writes_are_off_on_a_server_that_reads(server):
    with pytest.raises(ServiceError) as error:
        server.client.update("INSERT DATA { <http://e/a> <http://e/b> <http://e/c> }")
    assert error.value.status == 403


def test_a_server_that_is_not_there_is_told_from_one_that_refuses():
    with pytest.raises(ServiceError, match="does not answer") as error:
        Client("http://127.0.0.1:9", timeout=2).health()
    assert error.value.status == 0


def test_an_address_that_is_none_is_refused():
    with pytest.raises(QuestionError, match="no address of a server"):
        Client("file:///etc/passwd")


def test_what_is_written_is_there_and_what_violates_the_shapes_is_not(writable):
    client = writable.client
    before = client.version()
    client.put_graph(GRAPH, b'<http://example.org/a> <http://example.org/b> "one" .')
    client.add_to_graph(GRAPH, b'<http://example.org/a> <http://example.org/b> "two" .')
    assert {triple[2].value for triple in client.graph(GRAPH).triples} == {"one", "two"}
    client.update(f'DELETE DATA {{ GRAPH <{GRAPH}> {{ <http://example.org/a> <http://example.org/b> "one" }} }}')
    assert len(client.graph(GRAPH).triples) == 1
    assert client.version() != before

    rating = names.ID + "inspection/west-kent-pdu-2024/rating/overall"
    with pytest.raises(ServiceError, match="gives no rating, two") as error:
        client.update(f"INSERT DATA {{ <{rating}> <{names.DEF}hasRating> <{names.VOCAB}rating/good> }}")
    assert error.value.status == 422
    assert str(error.value).startswith("The write violates 1 shape; nothing was changed.")
    assert not client.is_true(f"ASK {{ <{rating}> <{names.DEF}hasRating> <{names.VOCAB}rating/good> }}")

    client.delete_graph(GRAPH)
    with pytest.raises(ServiceError) as error:
        client.graph(GRAPH)
    assert error.value.status == 404


def test_a_wrong_token_opens_nothing(writable):
    with pytest.raises(ServiceError) as error:
        Client(writable.url, "not-the-right-token").update("INSERT DATA { <http://e/a> <http://e/b> 1 }")
    assert error.value.status == 401


@pytest.fixture
def busy():
    """A server that is busy twice, then answers; or sends its visitors elsewhere."""
    seen = []

    class Busy(BaseHTTPRequestHandler):
        def do_GET(self):
            seen.append((self.path, self.headers.get("Authorization")))
            number = Counter(path for path, _ in seen)[self.path]
            if self.path == "/moved":
                self.send_response(302)
                self.send_header("Location", "/queries")
            elif self.path == "/always" or (self.path == "/health/ready" and number < 3):
                self.send_response(503)
                self.send_header("Retry-After", "0")
            else:
                self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(b'{"version": "1"}')

        def log_message(self, *parts):
            pass

    with HTTPServer(("127.0.0.1", 0), Busy) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", seen
        server.shutdown()
        thread.join()


def test_a_busy_server_is_asked_again_a_few_times(busy):
    url, seen = busy
    client = Client(url)
    assert client.version() == "1"
    assert len(seen) == 3
    with pytest.raises(ServiceError) as error:
        client.request("GET", "/always")
    assert (error.value.status, error.value.retry_after) == (503, 0.0)
    assert Counter(path for path, _ in seen)["/always"] == 4


def test_the_token_is_not_sent_on(busy):
    url, seen = busy
    Client(url, "a-secret-token-of-mine").request("GET", "/moved")
    assert seen == [("/moved", "Bearer a-secret-token-of-mine"), ("/queries", None)]


def test_a_write_can_ask_for_the_state_that_was_read(writable):
    client, graph = writable.client, "/graphs?graph=urn:example:g"
    headers = {"Content-Type": "text/turtle"}
    client.request("PUT", graph, b"<urn:a> <urn:b> 1 .", headers)
    tag = client.request("GET", graph).etag
    client.request("PUT", graph, b"<urn:a> <urn:b> 2 .", {**headers, "If-Match": tag})
    for condition in ({"If-Match": tag}, {"If-None-Match": "*"}):
        with pytest.raises(ServiceError) as refused:
            client.request("PUT", graph, b"<urn:a> <urn:b> 3 .", {**headers, **condition})
        assert refused.value.status == 412
    assert b"2" in client.request("GET", graph).content


def test_triple_terms_are_refused_where_shapes_are_asked(writable):
    with pytest.raises(ServiceError) as refused:
        writable.client.update("INSERT DATA { GRAPH <urn:g> { <urn:a> <urn:b> <<( <urn:c> <urn:d> <urn:e> )>> } }")
    assert refused.value.status == 400
