"""The web application answers named queries and explains a mistake."""

import pytest
from fastapi.testclient import TestClient

from api import create_app


@pytest.fixture(scope="module")
def client():
    return TestClient(create_app())


def test_the_queries_are_listed_with_their_parameters(client):
    listed = {question["name"]: question for question in client.get("/queries").json()}
    assert listed["ratings-of-a-region"]["parameters"][0]["name"] == "region"


def test_a_question_is_answered_as_json(client):
    rows = client.get("/queries/ratings-of-a-region", params={"region": "region/kent-surrey-and-sussex"}).json()
    assert {row["rating label"] for row in rows} >= {"Outstanding", "Inadequate", "Requires improvement"}


def test_an_unknown_query_is_not_found(client):
    answer = client.get("/queries/no-such-question")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("name", ["question", "self", "unit"])
def test_no_parameter_brings_the_server_down(client, name):
    assert client.get("/queries/ratings-of-a-unit", params={name: "http://a%zz"}).status_code == 400


def test_a_missing_parameter_is_a_problem_document(client):
    answer = client.get("/queries/ratings-of-a-region")
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert 'needs the parameter "region"' in answer.json()["detail"]
