"""Pages for people: a way in, a way on from every problem, forms with labels; machines get what they always got."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.dataset import Loaded
from api.http.negotiate import prefers_html
from api.sandbox.worker import Held
from api.settings import Settings
from kg import names
from kg.description import describe
from kg.reconcile import property_words

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
PAGES = ["/", "/search?q=lewes", "/sparql", "/queries", "/queries/ratings-of-a-unit?unit=pdu/west-kent", "/def",
         "/doc/pdu/west-kent", "/doc/vocab/rating/good", "/graph/vocab", "/nothing", "/doc/pdu/nothing"]  # fmt: skip
ROUTES = ("/search?q=kent", "/health/live", "/metrics", "/reconcile", "/openapi.json")


@pytest.fixture(scope="module")
def client(store):
    settings = Settings(processes=1, workers=2, access_log="", cache_mb=0)
    loaded = Loaded(Held(store), "0123456789abcdef")
    with TestClient(create_app(settings, loaded), base_url="http://127.0.0.1") as client:
        yield client


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_one_heading_a_language_a_way_home_and_a_search_and_no_script(client, path):
    page = client.get(path, headers=BROWSER)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.text.count("<h1>") == 1
    assert '<html lang="en-GB">' in page.text
    assert '<a href="/">' in page.text
    assert page.text.count('action="/search"') == 1
    assert "<script>" not in page.text
    assert "default-src 'none'; style-src 'self'" in page.headers["content-security-policy"]


@pytest.mark.parametrize("path", PAGES)
def test_every_field_of_a_form_has_a_label_and_every_table_a_region_that_scrolls(client, path):
    text = client.get(path, headers=BROWSER).text
    fields = re.findall(r'<(?:input|select|textarea) id="([^"]+)"', text)
    assert len(fields) == len(set(fields)) >= 1
    assert all(f'<label for="{each}">' in text for each in fields)
    assert text.count("<table>") == text.count('role="region"') == text.count('tabindex="0"')


def test_the_first_page_leads_to_places_that_are_there(client):
    text = client.get("/").text
    places = set(re.findall(r'href="(/[^"]*)"', text))
    assert {"/queries", "/sparql", "/def", "/catalog", "/dump.nq.gz", "/openapi.json"} <= places
    assert all(client.get(place).status_code == 200 for place in places)
    assert client.get("http://127.0.0.1//x").status_code == 404


def test_a_search_is_a_page_for_a_browser_and_json_for_everybody_else(client):
    page = client.get("/search?q=lewes&limit=1", headers=BROWSER)
    assert '<a href="/doc/place/lewes">Lewes</a>' in page.text
    assert 'rel="next"' in page.text
    for accept in ("*/*", "application/json", "application/json, text/html;q=0.9"):
        reply = client.get("/search?q=lewes", headers={"Accept": accept})
        assert reply.json()["hits"][0]["name"] == "place/lewes"
        assert reply.headers["vary"] == page.headers["vary"] == "Accept"
        assert reply.headers["cache-control"] == "no-cache"


def test_what_is_searched_for_stays_text(client):
    assert "<b>" not in client.get("/search", params={"q": '"><b>'}, headers=BROWSER).text


@pytest.mark.parametrize(
    ("accept", "html"),
    [
        (BROWSER["Accept"], True), ("text/html", True), ("application/xhtml+xml", True), ("", False), ("*/*", False),
        ("text/turtle, text/html", False), ("text/html;q=0.5, text/turtle;q=0.4", True), ("text/html;q=0", False),
        ("application/json, text/html;q=0.9", False), ("text/*", False),
    ],
)  # fmt: skip
def test_a_browser_names_html_before_all_else(accept, html):
    assert prefers_html(accept) is html


def test_the_endpoint_without_a_query_is_a_form_for_a_browser_and_describes_itself_to_machines(client):
    page = client.get("/sparql", headers=BROWSER).text
    assert '<form action="/sparql" method="get">' in page
    query = re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)[1].replace("&lt;", "<").replace("&gt;", ">")
    reply = client.get("/sparql", params={"query": query, "format": ""}, headers=BROWSER)
    assert reply.headers["content-type"] == "application/sparql-results+json"
    assert len(reply.json()["results"]["bindings"]) == 20
    for form in re.findall(r'<option value="(\w+)"', page):
        question = query if form in {"json", "xml", "csv", "tsv"} else "DESCRIBE <urn:x>"
        assert client.get("/sparql", params={"query": question, "format": form}).status_code == 200
    assert client.get("/sparql").headers["content-type"].startswith("text/turtle")


@pytest.mark.parametrize("path", ["/nothing", "/doc/pdu/<b>x", "/search", "/sparql?query=nonsense", "/queries/nothing"])
def test_a_problem_is_a_page_for_a_browser_with_the_same_status_and_words(client, path):
    problem, page = client.get(path), client.get(path, headers=BROWSER)
    assert problem.headers["content-type"] == "application/problem+json"
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.status_code == problem.status_code >= 400
    assert f"<h1>{problem.json()['title']}</h1>" in page.text
    assert "<b>" not in page.text


def test_a_query_without_its_parameter_is_its_form_with_what_is_missing(client):
    page = client.get("/queries/ratings-of-a-unit", headers=BROWSER)
    assert page.status_code == 400
    assert "unit (IRI of an org:Organization) is missing" in page.text
    assert '<input id="unit" name="unit" value=""' in page.text
    unknown = client.get("/queries/ratings-of-a-unit?unit=lewes", headers=BROWSER)
    assert unknown.status_code == 400
    assert 'value="lewes"' in unknown.text
    assert "Did you mean place/lewes" in unknown.text


@pytest.mark.parametrize("path", ROUTES)
def test_head_is_get_without_a_body_and_options_tells_the_methods(client, path):
    head, options = client.head(path), client.options(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"] == client.get(path).headers["content-type"]
    assert options.status_code == 204
    assert {"GET", "HEAD", "OPTIONS"} <= set(options.headers["allow"].split(", "))
    assert options.headers["access-control-allow-methods"] == options.headers["allow"]
    refused = client.put(path)
    assert (refused.status_code, refused.headers["allow"]) == (405, options.headers["allow"])


def test_options_knows_every_method_of_an_address_and_no_address_that_is_not_there(client):
    assert client.options("/reconcile").headers["allow"] == "GET, HEAD, OPTIONS, POST"
    assert client.options("/validate").headers["allow"] == "OPTIONS, POST"
    assert client.options("/nothing").status_code == 404
    assert client.options("/mcp").status_code == 405


def test_the_icon_is_where_browsers_look_for_it(client):
    assert client.get("/favicon.ico").headers["content-type"] == "image/svg+xml"
    assert client.get("/favicon.ico").content == client.get("/static/icon.svg").content


def test_a_document_that_is_not_there_says_what_was_asked_and_where_to_look(client):
    detail = client.get("/doc/pdu/west-kentt").json()["detail"]
    assert 'nothing named "pdu/west-kentt"' in detail
    search = re.search(r"/search\?q=[^.]+", detail)[0]
    assert "pdu/west-kent" in {hit["name"] for hit in client.get(search).json()["hits"]}
    assert f'<a href="{search}">' in client.get("/doc/pdu/west-kentt", headers=BROWSER).text


def test_a_suffix_that_is_no_form_and_a_field_that_is_none_are_named(client):
    assert "no form .xyz" in client.get("/doc/pdu/west-kent.xyz").json()["detail"]
    refused = client.get("/doc/pdu/west-kent?colour=red")
    assert refused.status_code == 400
    assert "'colour'" in refused.json()["detail"]
    assert "use format=csv" in client.get("/queries/inspections.csv").json()["detail"]
    assert "the field format takes json" in client.get("/queries/inspections.pdf").json()["detail"]


def test_no_page_shows_the_raw_name_of_a_property_or_of_a_thing_without_a_label(client):
    text = client.get("/doc/pdu/warwickshire", headers=BROWSER).text
    assert "Rugby (coverage of Warwickshire)" in text
    assert ">part of</a>" in text
    shown = re.sub(r"<small>.*?</small>", "", text)
    assert not re.search(r">(?:rdfs|skos|org|dcterms|rdf):\w+</a>", shown)
    assert not re.search(r">(?:coverage|affiliation)/[^<]*</a>", shown)


def test_every_row_behind_a_thing_is_told_from_the_others(client):
    text = client.get("/doc/pdu/west-kent", headers=BROWSER).text
    evidence = text.partition('<h2 id="evidence">')[2].partition("</ul>")[0]
    lines = re.findall(r"<li>(.*?)</li>", evidence)
    assert len(lines) == len({re.sub("<[^>]*>", "", line) for line in lines}) > 7
    assert '<a href="/doc/row/pdus/west-kent">row pdus/west-kent of: Probation delivery units' in evidence


@pytest.mark.parametrize(
    ("thing", "words"),
    [
        ("affiliation/warwickshire/west-midlands", "West Midlands (affiliation of Warwickshire)"),
        ("passage/kentonline-east-west-kent-2024/99-159/position", "code points 99 to 159"),
        ("passage/kentonline-east-west-kent-2024/99-159", "passage of KentOnline"),
        ("prison/wymott/point", "POINT("),
        ("claim/response/kentonline-east-west-kent-2024/use-of-investment", "(claim by Ministry of Justice)"),
        ("figure/workload/region-kent-surrey-and-sussex/vocab-grade-probation-officer/tool-workload-measurement-tool"
         "/inspection-kss-region-2024", "figure of: "),
    ],
)  # fmt: skip
def test_a_thing_without_a_label_is_called_after_what_it_leads_to(store, thing, words):
    assert words in describe(store, names.ID + thing).label


def test_schema_org_gives_each_name_once(client):
    profile = {"Accept": 'application/ld+json;profile="https://schema.org/"'}
    found = client.get("/doc/vocab/service/education-training-and-employment", headers=profile).json()
    assert len(found["alternateName"]) == len(set(found["alternateName"])) == 3


def test_pages_search_and_reconciliation_use_the_same_words():
    assert property_words("altLabel") == names.words(names.PREFIXES["skos"] + "altLabel") == "other name"
    assert property_words("gssCode") == "GSS code"
    assert names.words(names.DEF + "covers") == "pko:covers"
