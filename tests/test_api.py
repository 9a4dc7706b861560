"""The application as a whole: every room is wired, and every mistake is answered with a problem document."""

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.dataset import Loaded
from api.sandbox.worker import Held
from api.settings import Settings

ASK = "ASK%20%7B%20%3Fthing%20%3Fproperty%20%3Fvalue%20%7D"


@pytest.fixture(scope="module")
def client(store):
    settings = Settings(processes=1, workers=2, access_log="")
    with TestClient(create_app(settings, Loaded(Held(store), "an-age")), base_url="http://127.0.0.1") as client:
        yield client


@pytest.mark.parametrize(
    "path",
    [
        f"/sparql?query={ASK}",
        "/sparql",
        "/queries",
        "/queries/ratings-of-a-unit?unit=pdu/west-kent",
        "/doc/pdu/west-kent",
        "/def",
        "/graphs?graph=https://w3id.org/probation-kg/graph/vocab",
        "/health/ready",
        "/openapi.json",
    ],
)
def test_every_room_answers(client, path):
    assert client.get(path).status_code == 200


def test_a_thing_leads_to_what_is_said_of_it(client):
    answer = client.get("/id/pdu/west-kent", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/doc/pdu/west-kent")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/queries/nothing-of-the-kind", 404),
        ("GET", "/queries/ratings-of-a-region", 400),
        ("GET", "/queries/ratings-of-a-unit?unit=http://a%25zz", 400),
        ("GET", "/sparql?query=SELECT", 400),
        ("GET", "/doc/pdu/nowhere", 404),
        ("POST", "/queries", 405),
        ("DELETE", "/health", 405),
        ("POST", "/update", 403),
        ("PUT", "/graphs?default", 403),
    ],
)
def test_a_mistake_is_answered_with_a_problem_document(client, method, path, status):
    answer = client.request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert answer.json()["detail"]


def test_a_second_reader_who_has_the_answer_gets_no_body(client):
    first = client.get("/queries/inspections?limit=5")
    again = client.get("/queries/inspections?limit=5", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_what_is_asked_with_head_has_the_headers_of_get_and_no_body(client):
    got, head = client.get("/queries"), client.head("/queries")
    assert head.content == b""
    assert head.headers["etag"] == got.headers["etag"]


@pytest.mark.parametrize("path", ["/queries", "/nowhere", "/doc/pdu/west-kent"])
def test_no_reply_may_be_sniffed_framed_or_run_as_a_script(client, path):
    headers = client.get(path, headers={"Accept": "text/html"}).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
