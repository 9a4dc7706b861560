"""Pages for people: a way in, a way on from every problem, forms with labels; machines get what they always got."""

from __future__ import annotations

import html
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
    assert re.search(r'<a [^>]*href="/"', page.text)
    assert page.text.count('action="/search"') == 1
    assert "<script>" not in page.text
    assert "default-src 'none'; style-src 'self'" in page.headers["content-security-policy"]


@pytest.mark.parametrize("path", PAGES)
def test_every_field_of_a_form_has_a_label_and_every_table_a_region_that_scrolls(client, path):
    text = client.get(path, headers=BROWSER).text
    fields = re.findall(r'<(?:input|select|textarea) id="([^"]+)"', text)
    assert len(fields) == len(set(fields)) >= 1
    assert all(re.search(rf'<label [^>]*for="{each}"', text) for each in fields)
    assert text.count("<table>") == text.count('role="region"') == text.count('tabindex="0"')


def test_the_first_page_leads_to_places_that_are_there(client):
    text = client.get("/", headers=BROWSER).text
    places = {html.unescape(each) for each in re.findall(r'href="(/[^"]*)"', text)}
    assert {"/queries", "/sparql", "/def", "/catalog", "/dump.nq.gz", "/openapi.json"} <= places
    ways = [each for each in places if not each.startswith(("/doc/", "/evidence/"))]
    assert [way for way in ways if client.get(way, headers=BROWSER).status_code != 200] == []
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
    reply = client.get("/sparql", params={"query": query}, headers={"Accept": "*/*"})
    assert reply.headers["content-type"] == "application/sparql-results+json"
    assert len(reply.json()["results"]["bindings"]) == 20
    for form in re.findall(r'<option value="(\w+)"', page):
        question = query if form in {"json", "xml", "csv", "tsv"} else "DESCRIBE <urn:x>"
        assert client.get("/sparql", params={"query": question, "format": form}).status_code == 200
    assert client.get("/sparql").headers["content-type"].startswith("text/turtle")


LABELS = "SELECT ?unit ?label { ?unit <http://www.w3.org/2000/01/rdf-schema#label> ?label }"


def asked(client, query, form=""):
    reply = client.get("/sparql", params={"query": query, "format": form}, headers=BROWSER)
    page = reply.text if reply.headers["content-type"].startswith("text/html") else ""
    kept = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.DOTALL)
    assert not page or html.unescape(kept[1]) == query
    return reply


def test_an_answer_is_a_table_below_its_query_for_a_browser(client):
    page = asked(client, LABELS.replace("?label }", '?label FILTER(?label = "West Kent"@en) }')).text
    assert '<a href="/doc/pdu/west-kent" title="https://w3id.org/probation-kg/id/pdu/west-kent">' in page
    assert "<td>West Kent</td>" in page
    assert 'format=csv">CSV</a>' in page
    assert asked(client, LABELS, "csv").headers["content-type"].startswith("text/csv")
    assert "<p>Yes. Also as" in asked(client, "ASK {}").text
    assert "pko:ProbationDeliveryUnit" in asked(client, "DESCRIBE <https://w3id.org/probation-kg/id/pdu/york>").text
    assert "&lt;b&gt;" in asked(client, 'SELECT ("<b>" AS ?b) {}').text


def test_a_long_answer_shows_its_first_rows_and_how_many_there_are(client):
    page = asked(client, LABELS).text
    assert page.count("<tr>") == 1_001
    assert re.search(r"The first 1,000 of [\d,]+ rows", page)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("SELCT * {}", "read SELCT, expected SELECT, ASK, CONSTRUCT or DESCRIBE"),
        ("SELECT ?x {\n ?x rdfs:label ?y }", "put PREFIX rdfs: &lt;http://www.w3.org/2000/01/rdf-schema#&gt; at the"),
        ("DELETE WHERE { ?s ?p ?o }", "it is an update (DELETE), not a query; updates go to /update"),
        (" ", "The query is empty; write one"),
    ],
)
@pytest.mark.parametrize("form", ["", "csv"])
def test_a_query_with_a_mistake_stays_in_the_form_with_the_message(client, query, words, form):
    reply = asked(client, query, form)
    assert (reply.status_code, reply.headers["content-type"]) == (400, "text/html; charset=utf-8")
    assert words in re.search(r'role="alert"><strong>(.*?)</strong>', reply.text)[1]


def test_a_search_without_words_is_an_empty_form_for_a_browser_and_no_request_for_others(client):
    page = client.get("/search", headers=BROWSER)
    assert (page.status_code, "Nothing found" in page.text) == (200, False)
    assert client.get("/search").status_code == 400


@pytest.mark.parametrize(
    ("path", "known"),
    [("/search?q=a&lmit=5", "limit, offset, q, type"), ("/suggest?q=a&lmit=5", "limit, q, type"),
     ("/reconcile?lmit=5", "callback, extend, queries, query"), ("/catalog?lmit=5", "no fields")],
)  # fmt: skip
def test_a_field_that_nothing_reads_is_refused_by_name(client, path, known):
    refused = client.get(path)
    assert refused.status_code == 400
    assert "'lmit'" in refused.json()["detail"]
    assert known in refused.json()["detail"]


@pytest.mark.parametrize("path", ["/nothing", "/doc/pdu/<b>x", "/id/pdu/<b>x", "/sparql?quer=x", "/queries/nothing"])
def test_a_problem_is_a_page_for_a_browser_with_the_same_status_and_words(client, path):
    problem, page = client.get(path), client.get(path, headers=BROWSER)
    assert problem.headers["content-type"] == "application/problem+json"
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.status_code == problem.status_code >= 400
    assert f"<h1>{problem.json()['title']}</h1>" in page.text
    assert "<b>" not in page.text


def test_people_are_told_plainly_and_programs_where_to_look(client):
    page, program = client.get("/nowhere", headers=BROWSER), client.get("/nowhere")
    assert (page.status_code, program.status_code) == (404, 404)
    assert "There is nothing at this address." in page.text
    assert "openapi" not in page.text.partition("<main")[2].partition("</main>")[0]
    assert "/openapi.json" in program.json()["detail"]
    assert "header" not in client.get("/mcp", headers=BROWSER).text.partition("<main")[2].partition("</main>")[0]


def test_the_address_that_checks_data_tells_a_browser_how(client):
    page = client.get("/validate", headers=BROWSER)
    assert page.status_code == 200
    assert "curl --header" in page.text
    assert "/validate</pre>" in page.text
    assert client.get("/shapes", headers=BROWSER).status_code == 200


def test_a_query_without_its_parameter_is_its_form_with_what_is_missing(client):
    page = client.get("/queries/ratings-of-a-unit", headers=BROWSER)
    assert page.status_code == 400
    assert "Choose a unit first." in page.text
    assert '<label for="unit">Unit</label>' in page.text
    assert "An organisation, such as West Kent: type a name and choose it from the list." in page.text
    assert '<input id="unit" name="unit" value=""' in page.text
    unknown = client.get("/queries/ratings-of-a-unit?unit=lewes", headers=BROWSER)
    assert unknown.status_code == 400
    assert 'value="lewes"' in unknown.text
    assert "Several things are called “lewes”; choose the unit that you mean." in unknown.text
    assert '<a href="/queries/ratings-of-a-unit?unit=prison/lewes">Lewes (HMP &amp; YOI)</a>' in unknown.text


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
    assert client.options("/validate").headers["allow"] == "GET, HEAD, OPTIONS, POST"
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
    assert f'<a href="{search}">' in client.get("/id/pdu/west-kentt", headers=BROWSER).text
    assert client.get("/id/pdu/west-kent.ttl").json()["detail"].endswith("that form is /doc/pdu/west-kent.ttl.")
    assert "/search" not in client.get("/doc/--").json()["detail"]


def test_what_is_not_acceptable_is_told_in_the_same_words_everywhere(client):
    for path in ("/sparql?query=ASK{}", "/doc/pdu/west-kent", "/queries/inspections"):
        detail = client.get(path, headers={"Accept": "image/png"}).json()["detail"]
        assert re.fullmatch(
            r"The Accept header takes none of the forms on offer: \w+/[\w+.-]+(, \w+/[\w+.-]+)*\.", detail
        )


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
    assert ">Part of</a>" in text
    shown = re.sub(r"<small>.*?</small>", "", text)
    assert not re.search(r">(?:rdfs|skos|org|dcterms|rdf):\w+</a>", shown)
    assert not re.search(r">(?:coverage|affiliation)/[^<]*</a>", shown)


def test_every_row_behind_a_thing_is_told_from_the_others(client):
    text = client.get("/doc/contract/prj-5553", headers=BROWSER).text
    evidence = text.partition('<h2 id="evidence">')[2].partition("</ul>")[0]
    lines = re.findall(r"<li>(.*?)</li>", evidence)
    assert len(lines) == len({re.sub("<[^>]*>", "", line) for line in lines}) == 6
    entry = "Entry “prj 5553, seetec” of: Who delivers under the contracts"
    assert f'<a href="/doc/row/crs-contract-providers/prj-5553/seetec">{entry}' in evidence


@pytest.mark.parametrize(
    ("thing", "words"),
    [
        ("affiliation/warwickshire/west-midlands", "West Midlands (affiliation of Warwickshire)"),
        ("passage/kentonline-east-west-kent-2024/99-159/position", "characters 99 to 159"),
        ("passage/kentonline-east-west-kent-2024/99-159", "characters 99 to 159 of KentOnline"),
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
