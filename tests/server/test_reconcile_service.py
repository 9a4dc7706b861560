"""The reconciliation service speaks version 0.2 of its specification, and refuses what is not in one sentence."""

import json
import re
import time

import pytest
from fastapi import FastAPI
from fastapi.responses import JSONResponse
from starlette.testclient import TestClient

from api import reconcile, search
from api.search_ways import Ways
from kg.errors import KgError, ThingNotFoundError
from kg.search import SearchIndex


@pytest.fixture(scope="module")
def client(store, tmp_path_factory):
    index = SearchIndex.build(store, tmp_path_factory.mktemp("search") / "names.sqlite")
    app = FastAPI()
    app.include_router(reconcile.router(lambda: store, lambda: index))
    app.include_router(search.router(lambda: index, Ways(lambda: store)))

    @app.exception_handler(KgError)
    def problem(request, error):
        status = 404 if isinstance(error, ThingNotFoundError) else 400
        body = {"status": status, "detail": str(error)}
        return JSONResponse(body, status, media_type="application/problem+json")

    with TestClient(app) as opened:
        yield opened
    index.close()


def match(client, **query):
    """Return the candidates for one query."""
    reply = client.post("/reconcile", data={"queries": json.dumps({"q0": query})})
    assert reply.status_code == 200, reply.text
    return reply.json()["q0"]["result"]


def refusal(reply):
    assert reply.status_code == 400
    assert reply.headers["content-type"] == "application/problem+json"
    return reply.json()["detail"]


def test_the_manifest_has_all_that_the_specification_demands(client):
    manifest = client.get("/reconcile").json()
    assert "0.2" in manifest["versions"]
    assert manifest["identifierSpace"] == "https://w3id.org/probation-kg/id/"
    assert manifest["schemaSpace"] == "https://w3id.org/probation-kg/def#"
    assert {"id": "pko:ProbationDeliveryUnit", "name": "probation delivery unit"} in manifest["defaultTypes"]
    assert "{{id}}" in manifest["view"]["url"]
    assert "{{id}}" in manifest["preview"]["url"]
    assert {type(manifest["preview"][side]) for side in ("width", "height")} == {int}
    assert set(manifest["suggest"]) == {"entity", "type", "property"}


def test_every_address_of_the_manifest_answers(client):
    manifest = client.get("/reconcile").json()
    for place in manifest["suggest"].values():
        assert client.get(place["service_url"] + place["service_path"], params={"prefix": "p"}).json()["result"]
    place = manifest["extend"]["propose_properties"]
    assert client.get(place["service_url"] + place["service_path"], params={"type": "pko:Prison"}).json()["properties"]
    assert client.get(manifest["preview"]["url"].replace("{{id}}", "pdu/west-kent")).status_code == 200


def test_a_batch_is_answered_key_by_key_by_post_and_by_get(client):
    batch = json.dumps({"q0": {"query": "West Kent"}, "other": {"query": "HMP Lewes", "limit": 1}})
    posted = client.post("/reconcile", data={"queries": batch}).json()
    assert posted == client.get("/reconcile", params={"queries": batch}).json()
    assert set(posted) == {"q0", "other"}
    assert [each["id"] for each in posted["other"]["result"]] == ["prison/lewes"]


def test_a_candidate_has_the_form_of_the_specification(client):
    first = match(client, query="west kent pdu", type="pko:ProbationDeliveryUnit")[0]
    assert first == {
        "id": "pdu/west-kent",
        "name": "West Kent",
        "description": 'its label is "West Kent", less the words for its kind',
        "score": 96.0,
        "match": True,
        "type": [{"id": "pko:ProbationDeliveryUnit", "name": "probation delivery unit"}],
    }


def test_a_name_that_several_things_bear_is_never_a_match(client):
    found = match(client, query="Lewes")
    assert {each["id"] for each in found if each["score"] >= 96} == {
        "place/lewes",
        "prison/lewes",
        "court/lewes-combined-court-centre",
    }
    assert not any(each["match"] for each in found)


def test_a_type_makes_an_ambiguous_name_plain(client):
    for kind in ("pko:Prison", "https://w3id.org/probation-kg/def#Prison", "prison", ["pko:Prison"]):
        found = match(client, query="Lewes", type=kind)
        assert [each["id"] for each in found if each["match"]] == ["prison/lewes"]


def test_things_of_other_types_than_should_be_come_last_and_are_never_a_match(client):
    first, *others = match(client, query="Lewes", type="pko:Prison", type_strict="should", limit=3)
    assert (first["id"], first["match"]) == ("prison/lewes", True)
    assert len(others) == 2
    assert not any(each["match"] or each["score"] > 50 for each in others)
    found = match(client, query="West Kent", type="pko:Prison", type_strict="should")
    assert "pdu/west-kent" in {each["id"] for each in found}
    assert not any(each["match"] for each in found)


def test_all_types_must_be_there_where_all_are_asked_for(client):
    both = {"query": "Lewes", "type_strict": "all"}
    assert match(client, **both, type=["pko:Prison", "pko:Court"]) == []
    assert match(client, **both, type=["pko:Prison", "org:Organization"])[0]["id"] == "prison/lewes"


def test_a_misspelt_name_is_offered_but_never_a_match(client):
    first = match(client, query="Brigton and East Susex")[0]
    assert first["id"] == "pdu/brighton-and-east-sussex"
    assert not first["match"]
    assert first["score"] < 96


@pytest.mark.parametrize(
    "value",
    ["Kent, Surrey and Sussex", "KSS", "region/kent-surrey-and-sussex", {"id": "region/kent-surrey-and-sussex"}],
)
def test_a_region_narrows_the_candidates(client, value):
    found = match(client, query="Kent", properties=[{"pid": "region", "v": value}])
    assert "pdu/east-kent" in {each["id"] for each in found}
    assert "place/kent" not in {each["id"] for each in found}


def test_a_code_is_right_or_wrong(client):
    assert match(client, query="N57EKNT")[0]["id"] == "pdu/east-kent"
    assert match(client, query="N57EKNT")[0]["match"]
    assert match(client, query="N57EKNX") == []
    assert match(client, query="", properties=[{"pid": "code", "v": "LWI"}])[0]["id"] == "prison/lewes"
    assert match(client, query="Lewes", properties=[{"pid": "skos:notation", "v": "XXX"}]) == []


def test_empty_and_endless_cells_have_no_candidates(client):
    assert match(client, query="") == []
    assert match(client, query=" ?! ") == []
    assert match(client, query="x" * 5000) == []


def test_a_single_query_may_be_a_name_or_an_object(client):
    for query in ("West Kent", '{"query": "West Kent"}'):
        found = client.get("/reconcile", params={"query": query}).json()
        assert found["result"][0]["id"] == "pdu/west-kent"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"queries": "{"}, r"queries is not what was expected \(Invalid JSON.*write {"),
        ({"queries": "[]"}, r"queries is not what was expected .*write {"),
        ({"queries": '{"q0": 1}'}, r"q0.*write {"),
        ({"queries": '{"q0": {"query": "\\ud800"}}'}, r"queries is not what was expected"),
        ({"queries": '{"q0": {"query": "x", "limit": 0}}'}, r"q0\.limit: .*greater than 0"),
        ({"queries": '{"q0": {"query": "x", "limit": Infinity}}'}, r"q0\.limit: .*finite"),
        ({"queries": "[" * 5000}, r"queries is not what was expected"),
        ({"queries": '{"q0": {"query": "x", "type": "pko:Planet"}}'}, r'There is no type "pko:Planet"'),
        (
            {"queries": '{"q0": {"query": "Kent", "properties": [{"pid": "colour", "v": "red"}]}}'},
            r'There is no property "colour"',
        ),
        (
            {"queries": json.dumps({f"q{n}": {"query": "x"} for n in range(51)})},
            r"The batch has 51 queries.* at most 50",
        ),
        ({"extend": '{"ids": "x"}'}, r"extend is not what was expected"),
        ({"query": '{"query": 7}'}, r"query is not what was expected"),
        ({}, r"The request asks nothing; send queries"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(client, fields, sentence):
    detail = refusal(client.post("/reconcile", data=fields))
    assert re.search(sentence, detail), detail


def test_a_body_that_is_no_form_or_too_large_is_refused(client):
    assert "is no form" in refusal(client.post("/reconcile", content=b"queries=\xff\xfe"))
    assert "1,000,000 bytes" in refusal(client.post("/reconcile", content=b"queries=" + b"x" * 1_000_001))


def test_things_types_and_properties_are_suggested_page_by_page(client):
    entity = client.get("/reconcile/suggest/entity", params={"prefix": "west ke"}).json()["result"][0]
    assert (entity["id"], entity["name"]) == ("pdu/west-kent", "West Kent")
    assert entity["notable"] == [{"id": "pko:ProbationDeliveryUnit", "name": "probation delivery unit"}]
    kinds = client.get("/reconcile/suggest/type", params={"prefix": "pris"}).json()["result"]
    assert "pko:Prison" in {each["id"] for each in kinds}
    named = client.get("/reconcile/suggest/property", params={"prefix": "latest"}).json()["result"]
    assert "pko:latestRating" in {each["id"] for each in named}
    pages = [
        client.get("/reconcile/suggest/entity", params={"prefix": "b", "cursor": cursor}).json()["result"]
        for cursor in (0, 10)
    ]
    assert [len(page) for page in pages] == [10, 10]
    assert not {each["id"] for each in pages[0]} & {each["id"] for each in pages[1]}
    assert client.get("/reconcile/suggest/entity").json() == {"result": []}


def test_properties_of_things_are_proposed_and_fetched(client):
    offered = client.get("/reconcile/extend/propose", params={"type": "pko:ProbationDeliveryUnit"}).json()
    assert {"region", "skos:notation", "pko:latestRating", "pko:inPoliceArea"} <= {
        each["id"] for each in offered["properties"]
    }
    wanted = [
        "region",
        "skos:notation",
        "pko:inPoliceArea",
        "https://w3id.org/probation-kg/def#firstObserved",
        "pko:no",
    ]
    question = {"ids": ["pdu/west-kent", "pdu/none", "no/../such"], "properties": [{"id": each} for each in wanted]}
    answer = client.post("/reconcile", data={"extend": json.dumps(question)}).json()
    assert [each["id"] for each in answer["meta"]] == wanted
    assert answer["rows"]["pdu/west-kent"] == {
        "region": [{"id": "region/kent-surrey-and-sussex", "name": "Kent, Surrey and Sussex"}],
        "skos:notation": [{"str": "N57KECL"}],
        "pko:inPoliceArea": [{"id": "place/police-area-kent", "name": "Kent police area"}],
        "https://w3id.org/probation-kg/def#firstObserved": [{"date": "2023-04-11T00:00:00Z"}],
        "pko:no": [],
    }
    assert set(answer["rows"]) == set(question["ids"])
    assert all(cells == [] for cells in answer["rows"]["pdu/none"].values())


def test_a_preview_is_a_page_without_script_that_escapes_what_it_shows(client, store):
    reply = client.get("/reconcile/preview", params={"id": "prison/lewes"})
    assert reply.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    assert "<h1>Lewes (HMP &amp; YOI)</h1>" in reply.text
    assert "script" not in reply.text
    for wrong in ("pdu/none", "<script>alert(1)</script>", "x" * 200):
        reply = client.get("/reconcile/preview", params={"id": wrong})
        assert reply.status_code == 404


def test_search_pages_through_all_hits_by_its_next_links(client):
    address, seen = "/search?q=lewes&limit=2", []
    while address:
        page = client.get(address).json()
        seen += [hit["name"] for hit in page["hits"]]
        address = page.get("next")
    assert len(seen) == page["total"] == len(set(seen))
    assert {"prison/lewes", "place/lewes"} <= set(seen)


def test_search_and_suggest_keep_to_types_and_refuse_unknown_ones(client):
    found = client.get("/search", params={"q": "lewes", "type": ["prison", "pko:Court"]}).json()
    assert [hit["type"] for hit in found["hits"]] == ["court", "prison"]
    assert client.get("/suggest", params={"q": "west ke"}).json()["suggestions"][0]["name"] == "pdu/west-kent"
    assert "There is no type" in refusal(client.get("/search", params={"q": "kent", "type": "planet"}))
    assert client.get("/search", params={"q": "?"}).json() == {"total": 0, "hits": []}


def test_a_batch_of_fifty_is_answered_in_a_moment(client):
    batch = json.dumps({f"q{n}": {"query": f"Brigton {n} Susex"} for n in range(50)})
    begun = time.process_time()
    assert client.post("/reconcile", data={"queries": batch}).status_code == 200
    assert time.process_time() - begun < 2
