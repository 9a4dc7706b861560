"""Named queries over HTTP: every form, typed parameters, pages, and one answer wherever it is made."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from api.app import create_app
from api.dataset import Loaded
from api.http.message import Asked
from api.http.negotiate import GRAPHS, HTML, TABLES, choose, ranges
from api.http.problem import Problem
from api.http.tracking import NAMES
from api.questions.answers import ANSWER_FORMS, Answerer, Request, catalogue, question
from api.questions.fields import RESERVED, Fields
from api.questions.room import Pace
from api.sandbox.worker import Held
from api.settings import Settings
from kg.query import bind
from kg.store import ResultTooLargeError

UNIT = "/queries/ratings-of-a-unit?unit=pdu/west-kent"
QUESTIONS = [compiled.question for compiled in catalogue().values()]
TYPED = [(each, parameter) for each in QUESTIONS for parameter in each.parameters]


@pytest.fixture(scope="module")
def client(store):
    settings = Settings(processes=1, workers=2, access_log="", cache_mb=0)
    loaded = Loaded(Held(store), "0123456789abcdef")
    with TestClient(create_app(settings, loaded), base_url="http://127.0.0.1") as client:
        yield client


def examples(asked):
    return {each.name: each.example for each in asked.parameters if not each.optional}


def request_of(name, form="json", offset=0, limit=10_000, most_bytes=1 << 25):
    return Request(name, examples(catalogue()[name].question), form, offset, limit, "v", "", most_bytes)


def test_the_list_names_each_query_with_its_parameters_and_columns(client):
    listed = {each["name"]: each for each in client.get("/queries").json()}
    assert set(listed) == set(catalogue())
    unit = listed["ratings-of-a-unit"]
    assert unit["parameters"] == [
        {"name": "unit", "type": "IRI of an org:Organization", "optional": False, "example": "pdu/west-kent"}
    ]
    assert unit["columns"].startswith("inspection (IRI)")
    assert client.get(unit["example"]).json()["total"] > 0


def test_the_list_is_a_page_for_a_browser(client):
    page = client.get("/queries", headers={"Accept": "text/html,*/*;q=0.8"})
    assert page.headers["content-type"] == HTML.content_type
    assert all(f'id="{name}"' in page.text for name in catalogue())


def test_an_answer_says_what_was_asked_of_which_dataset_and_how_many_rows_there_are(client):
    answer = client.get(UNIT).json()
    assert answer["query"] == "ratings-of-a-unit"
    assert answer["parameters"] == {"unit": "pdu/west-kent"}
    assert answer["version"] == "0123456789abcdef"
    assert answer["total"] == len(answer["rows"]) > 5
    assert (answer["offset"], answer["limit"], answer["next"]) == (0, 10_000, None)
    row = answer["rows"][0]
    assert row["unit"] == "https://w3id.org/probation-kg/id/pdu/west-kent"
    assert row["unit label"] == "West Kent"


@pytest.mark.parametrize("form", ANSWER_FORMS, ids=lambda form: form.name)
def test_each_form_can_be_asked_for_by_header_and_by_field(client, form):
    by_header = client.get(UNIT, headers={"Accept": form.media_types[0]})
    by_field = client.get(f"{UNIT}&format={form.name}")
    assert by_header.status_code == by_field.status_code == 200
    assert by_header.headers["content-type"] == by_field.headers["content-type"] == form.content_type
    assert by_header.headers["vary"].split(", ")[0] == "Accept"
    assert by_header.headers["etag"] == by_field.headers["etag"]


def test_a_form_that_is_not_on_offer_is_not_acceptable(client):
    answer = client.get(UNIT, headers={"Accept": "image/png"})
    assert answer.status_code == 406
    assert "application/json, text/csv, text/tab-separated-values, text/markdown, text/html" in answer.json()["detail"]


def test_csv_is_a_file_of_the_same_rows(client):
    answer = client.get(f"{UNIT}&format=csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="ratings-of-a-unit.csv"'
    records = list(csv.DictReader(io.StringIO(answer.text)))
    rows = client.get(UNIT).json()["rows"]
    assert [record["statement"] for record in records] == [row["statement"] for row in rows]
    assert list(records[0]) == list(rows[0])


def test_sparql_results_hold_the_terms_and_no_labels(client):
    answer = client.get(f"{UNIT}&format=srj").json()
    rows = client.get(UNIT).json()["rows"]
    assert answer["head"]["vars"] == [column for column in rows[0] if not column.endswith(" label")]
    assert answer["results"]["bindings"][0]["statement"] == {"type": "uri", "value": rows[0]["statement"]}
    assert {each["given_to_all"]["value"] for each in answer["results"]["bindings"]} <= {"true", "false"}


def test_the_page_links_each_thing_to_what_is_said_of_it(client):
    page = client.get(UNIT, headers={"Accept": "text/html"}).text
    assert '<a href="/doc/pdu/west-kent"' in page
    assert re.search(r'<a href="/doc/inspection/[^"]+/rating/[^"]+"', page)
    assert '<a href="/doc/vocab/rating/' in page


def test_the_text_of_a_query_comes_with_its_header(client):
    answer = client.get("/queries/ratings-of-a-unit.rq")
    assert answer.headers["content-type"].startswith("application/sparql-query")
    assert answer.text == catalogue()["ratings-of-a-unit"].question.text
    assert answer.text.startswith("#+ summary:")


def test_an_unknown_query_is_not_found_and_the_nearest_are_named(client):
    answer = client.get("/queries/rating-of-unit")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert "ratings-of-a-unit" in answer.json()["nearest"]


@pytest.mark.parametrize("path", ["/queries/", "/queries/ratings-of-a-unit/", "/queries/..%2Fsparql", "/queries/.rq"])
def test_no_other_address_is_a_query(client, path):
    assert client.get(path).status_code == 404


def test_queries_are_only_read(client):
    answer = client.post("/queries/inspections")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")


def test_all_that_is_wrong_with_the_parameters_is_said_at_once(client):
    answer = client.get("/queries/ratings-in-force-on-a-date?date=yesterday&colour=red&limit=0&offset=-1&format=pdf")
    assert answer.status_code == 400
    assert {each["parameter"] for each in answer.json()["errors"]} == {"date", "colour", "limit", "offset", "format"}


def test_a_missing_parameter_is_named_with_an_example(client):
    answer = client.get("/queries/ratings-of-a-unit")
    assert answer.status_code == 400
    assert answer.json()["detail"] == (
        "unit (IRI of an org:Organization) is missing; give it, for example unit=pdu/west-kent."
    )


def test_a_parameter_given_twice_is_refused(client):
    assert "given 2 times" in client.get(f"{UNIT}&unit=pdu/east-kent").json()["detail"]


def test_an_optional_parameter_that_a_form_sends_empty_counts_as_left_out(client):
    asked = next(each for each in QUESTIONS if any(parameter.optional for parameter in each.parameters))
    optional = {each.name: "" for each in asked.parameters if each.optional}
    given, headers = {**examples(asked), **optional, "format": "json"}, {"Accept": "text/html"}
    reply = client.get(f"/queries/{asked.name}", params=given, headers=headers)
    assert reply.json()["rows"] == client.get(f"/queries/{asked.name}", params=examples(asked)).json()["rows"]
    assert client.get(f"/queries/{asked.name}", params=given).status_code == 400


def test_a_thing_that_the_graph_does_not_know_is_refused_with_what_may_be_meant(client):
    asked = {
        "west-kent": "pdu/west-kent",
        "West Kent": "pdu/west-kent",
        "pdu/west-knt": "pdu/west-kent",
        "lewes": "prison/lewes",
    }
    for text, meant in asked.items():
        answer = client.get("/queries/ratings-of-a-unit", params={"unit": text})
        assert answer.status_code == 400
        assert f"Did you mean {meant}" in answer.json()["detail"]
    assert "Did you mean" not in client.get("/queries/ratings-of-a-unit?unit=zzzzzz").json()["detail"]


def test_a_slash_or_a_form_of_answers_behind_the_list_is_told_in_a_sentence_of_its_own(client):
    assert client.get("/queries/").json()["detail"].endswith("the list of all is /queries, without a slash.")
    refused = client.get("/queries?format=csv")
    assert (refused.status_code, "/queries/NAME?format=csv" in refused.json()["detail"]) == (400, True)


def test_pages_put_together_are_the_whole(client):
    whole = client.get(UNIT).json()
    address, rows = f"{UNIT}&limit=4", []
    while address:
        answer = client.get(address)
        rows += answer.json()["rows"]
        following = answer.json()["next"]
        assert (f'<{following}>; rel="next"' in answer.headers["link"]) is bool(following)
        address = "/queries/ratings-of-a-unit" + following if following else None
    assert rows == whole["rows"]


def test_a_page_leads_to_the_first_last_previous_and_next_one(client):
    links = client.get(f"{UNIT}&format=csv&limit=3&offset=3").headers["link"]
    found = dict(re.findall(r'<[^>]*offset=(\d+)>; rel="(\w+)"', links))
    assert {relation: int(offset) for offset, relation in found.items()}["next"] == 6
    assert set(re.findall(r'rel="(\w+)"', links)) == {"first", "last", "prev", "next"}
    assert all(reference.startswith("?unit=") for reference in re.findall("<([^>]*)>", links))
    assert links.count("format=csv") == 4


def test_every_page_has_the_columns_of_the_whole(store):
    compiled = catalogue()["score-against-points"]
    whole = Answerer(store).answer(request_of("score-against-points", "csv"), {})
    for offset in range(whole.total):
        page = Answerer(store).answer(request_of("score-against-points", "csv", offset, 1), {})
        assert page.content.splitlines()[0] == whole.content.splitlines()[0], compiled.question.name


def test_a_page_beyond_the_end_is_empty(client):
    answer = client.get(f"{UNIT}&offset=1000&limit=5")
    assert answer.json()["rows"] == []
    assert 'rel="next"' not in answer.headers["link"]


def test_an_unchanged_answer_is_not_sent_again(client):
    tag = client.get(UNIT).headers["etag"]
    assert client.get(UNIT, headers={"If-None-Match": tag}).status_code == 304


def test_no_query_has_a_parameter_with_a_reserved_name():
    assert not {parameter.name for _, parameter in TYPED} & set(RESERVED)


@pytest.mark.parametrize("name", ["ratings-of-a-unit", "discrepancies", "documents", "figures-that-are-bounds"])
@pytest.mark.parametrize("form", [form.name for form in ANSWER_FORMS])
def test_a_worker_and_the_web_process_answer_byte_for_byte_the_same(client, store, name, form):
    dataset = client.app.state.dataset
    request = replace(request_of(name, form, offset=1, limit=5), version=dataset.version, format=form)
    request = replace(request, server=dataset.settings.address)
    here = Answerer(store).answer(request, bind(catalogue()[name].question, request.values))
    fields = urlencode({**request.values, "format": form, "limit": 5, "offset": 1})
    answers = [client.get(f"/queries/{name}?{fields}").content for _ in range(5)]  # the first ones in a worker
    assert set(answers) == {here.content}


def test_the_job_of_a_worker_tells_rows_and_time(store):
    request = request_of("ratings-of-a-unit")
    arguments = {field: getattr(request, field) for field in request.__slots__}
    kind, content = question(Held(store), arguments, b"")
    total, microseconds = map(int, kind.split())
    assert total == json.loads(content)["total"]
    assert microseconds > 0


def test_an_answer_that_is_too_large_is_not_sent(store):
    with pytest.raises(ResultTooLargeError, match="limit and offset"):
        Answerer(store).answer(request_of("discrepancies", most_bytes=1000), {})


def test_a_query_earns_its_place_in_the_web_process_and_loses_it_at_once():
    pace, key = Pace(), ("a-query", "json")
    for _ in range(3):
        assert not pace.is_quick(key)
        pace.note(key, 500)
    assert pace.is_quick(key)
    pace.note(key, 2_001)
    for _ in range(100):
        assert not pace.is_quick(key)
        pace.note(key, 500)
    assert pace.is_quick(key)


def test_labels_are_looked_up_anew_after_a_change(store):
    answerer, request = Answerer(store), request_of("region-of-a-unit")
    bindings = bind(catalogue()["region-of-a-unit"].question, request.values)
    first = answerer.answer(request, bindings)
    answerer._labels["https://w3id.org/probation-kg/id/pdu/west-kent"] = "Of yesterday"
    assert b"Of yesterday" in answerer.answer(request, bindings).content
    answerer.forget()
    assert answerer.answer(request, bindings).content == first.content


@pytest.mark.parametrize("asked", QUESTIONS, ids=lambda each: each.name)
def test_every_query_answers_its_example(client, asked):
    answer = client.get(f"/queries/{asked.name}", params=examples(asked))
    assert answer.status_code == 200, answer.text
    assert answer.json()["total"] > 0


HOSTILE = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            "> } ; DROP ALL #", "'\"><script>", "pdu/west-kent> ?p ?o . ?s", "http://[", "javascript:alert(1)", "\x00",
            "9" * 40, "2024-13-40", "%", "pdu/west-kent\n", "{{7*7}}", "=1+1", "x" * 5000, "http://a:b:c/", "urn:",
        ]
    ),
)  # fmt: skip


@effort(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.sampled_from(TYPED), text=HOSTILE, form=st.sampled_from([each.name for each in ANSWER_FORMS]))
def test_any_text_for_any_parameter_is_answered_or_refused_and_changes_nothing_else(client, typed, text, form):
    asked, parameter = typed
    answer = client.get(f"/queries/{asked.name}", params={**examples(asked), parameter.name: text, "format": form})
    assert answer.status_code in {200, 400}, answer.text
    if answer.status_code == 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == 400
    elif form != "json":  # which quotes what was asked for, and no browser reads it as a page
        assert "<script>" not in answer.text
    assert client.get(UNIT).json()["total"] == 10


@effort(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fields=st.dictionaries(st.text(max_size=10), st.text(max_size=20), min_size=1, max_size=3))
def test_any_field_that_is_no_parameter_is_refused_by_name(client, fields):
    meant = {"unit", *RESERVED, *NAMES}
    fields = {name: value for name, value in fields.items() if name not in meant and not name.startswith("utm_")}
    answer = client.get("/queries/ratings-of-a-unit", params={"unit": "pdu/west-kent", **fields})
    assert answer.status_code == (400 if fields else 200)
    if fields:
        assert {each["parameter"] for each in answer.json()["errors"]} == set(fields)


@effort(max_examples=200, deadline=None)
@given(limit=st.text(max_size=12), offset=st.one_of(st.text(max_size=12), st.integers().map(str)))
def test_limit_and_offset_are_numbers_in_their_range_or_refused(limit, offset):
    asked = Asked("GET", "", urlencode({"limit": limit, "offset": offset}).encode(), {}, "", None, 0)
    fields = Fields(asked)
    read = fields.number("limit", 7, least=1, most=10_000), fields.number("offset", 7, most=999)
    assert 1 <= read[0] <= 10_000
    assert 0 <= read[1] <= 999
    right = re.fullmatch("[0-9]{1,9}", limit) and 1 <= int(limit) <= 10_000
    if not right:
        with pytest.raises(Problem, match="limit"):
            fields.form(ANSWER_FORMS)


MEDIA_TYPES = sorted({each for form in (*TABLES, *GRAPHS, HTML) for each in form.media_types})
OFFERS = st.sampled_from([TABLES, GRAPHS, ANSWER_FORMS, (HTML, *TABLES)])


@given(accept=st.text(max_size=200), offers=OFFERS)
def test_negotiation_never_fails_and_chooses_what_is_on_offer(accept, offers):
    assert choose(accept, offers) in {None, *offers}


@given(media_type=st.sampled_from(MEDIA_TYPES), offers=OFFERS)
def test_a_quality_of_zero_excludes_a_form(media_type, offers):
    chosen = choose(f"*/*, {media_type};q=0", offers)
    assert chosen is None or set(chosen.media_types) != {media_type}


@given(offers=OFFERS, position=st.integers(0, 20), low=st.integers(1, 998), data=st.data())
def test_a_more_specific_range_wins_over_a_wider_one(offers, position, low, data):
    form = offers[position % len(offers)]
    own = form.media_types[0]
    main = own.partition("/")[0]
    header = data.draw(st.permutations([f"{own};q=1", f"{main}/*;q=0.{low:03}", f"*/*;q=0.{low:03}"]))
    assert own in choose(", ".join(header), offers).media_types


@given(parts=st.lists(st.sampled_from([f"{each};q=0.{q}" for each in MEDIA_TYPES for q in (0, 3, 7)]), max_size=5))
def test_what_is_chosen_was_asked_for(parts):
    chosen = choose(", ".join(parts), ANSWER_FORMS)
    wanted = {f"{each.main}/{each.sub}" for each in ranges(", ".join(parts)) if each.quality}
    assert chosen is None or not parts or set(chosen.media_types) & wanted
