"""Exports over HTTP: every view in every form, and a server that stays quick, whole and clean of what exports start."""

from __future__ import annotations

import csv
import io
import json
import re
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from api.exports.catalogue import EXAMPLE_FORMS, FIELDS, FILTERS, SIZES, THEMES, example_address
from api.openapi.exports import sample
from kg.cli.networks import export as command
from kg.errors import ServiceError
from kg.export import FORMS, Filters, find_view, select
from kg.export import SIZES as ALL_SIZES
from kg.export import THEMES as ALL_THEMES

from .exporting import BROWSER, VIEWS, WEST_KENT, ask, problem

# Views of the whole graph take seconds to ask and are too large for pictures: they are asked in few forms.
WHOLE = {"everything", "evidence"}
FEW = ("node-link", "svg", "html", "mermaid")
TOO_LARGE = re.compile(r"^(A picture|The page|Mermaid flowchart) (shows|holds) .*(narrow|ask for a smaller part).*\.$")
SVG = "{http://www.w3.org/2000/svg}"


def address(view, form, **more):
    path = example_address(view, form)
    joint = "&" if "?" in path else "?"
    return path + (joint + urllib.parse.urlencode(more, doseq=True) if more else "")


def values(path):
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(path).query))


class Rows(HTMLParser):
    def __init__(self):
        super().__init__()
        self.things = self.links = 0

    def handle_starttag(self, tag, attributes):
        name = dict(attributes).get("id") or ""
        if tag == "tr":
            self.things += bool(re.fullmatch(r"n\d+", name))
            self.links += bool(re.fullmatch(r"e\d+", name))


def of_page(content):
    rows = Rows()
    rows.feed(content.decode())
    return rows.things, rows.links


def of_csv(content):
    return len(list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")))))


def of_xml(content, node, edge):
    names = [element.tag.rpartition("}")[2] for element in ElementTree.fromstring(content).iter()]
    return names.count(node), names.count(edge)


def of_zip(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        sizes = {name: len(archive.read(name)) for name in archive.namelist()}
    assert len(sizes) >= 2
    assert all(sizes.values())


def of_node_link(content):
    found = json.loads(content)
    return len(found["nodes"]), len(found["edges"])


def of_cyjs(content):
    found = json.loads(content)["elements"]
    return len(found["nodes"]), len(found["edges"])


def of_jgf(content):
    found = json.loads(content)["graph"]
    return len(found["nodes"]), len(found["edges"])


def of_pajek(content):
    text = content.decode()
    assert "*Arcs" in text
    return int(re.search(r"\*Vertices (\d+)", text)[1]), None


def begins(start):
    def check(content):
        assert content.lstrip().startswith(start), content[:80]
        assert len(content) > 300

    return check


def of_svg(content):
    assert ElementTree.fromstring(content).tag == f"{SVG}svg"


def of_mermaid(content):
    assert re.search(r"(?m)^flowchart (TB|TD|LR|RL|BT)$", content.decode())


def of_geojson(content):
    assert json.loads(content)["type"] == "FeatureCollection"


# Form → reads it, and returns the number of things and of links where the form tells both (None: not that one).
READERS = {
    "svg": of_svg,
    "png": begins(b"\x89PNG"),
    "pdf": begins(b"%PDF"),
    "html": of_page,
    "graphml": lambda content: of_xml(content, "node", "edge"),
    "gexf": lambda content: of_xml(content, "node", "edge"),
    "dot": begins(b"digraph"),
    "cyjs": of_cyjs,
    "node-link": of_node_link,
    "jgf": of_jgf,
    "pajek": of_pajek,
    "mermaid": of_mermaid,
    "nodes-csv": lambda content: (of_csv(content), None),
    "edges-csv": lambda content: (None, of_csv(content)),
    "neo4j": of_zip,
    "gephi": of_zip,
    "geojson": of_geojson,
}


def test_the_fields_and_their_choices_are_those_of_the_library_and_of_the_command():
    assert (THEMES, SIZES) == (ALL_THEMES, ALL_SIZES)
    assert set(READERS) == set(FORMS) >= set(EXAMPLE_FORMS)
    options = set(command.__annotations__)
    assert {"types" if field.name == "type" else field.name for field in FIELDS} <= options
    assert len(FILTERS) == len(Filters.__slots__)


def test_no_view_has_a_parameter_called_like_a_field():
    own = {each.name for view in VIEWS.values() for each in view.parameters}
    assert own.isdisjoint(field.name for field in FIELDS)


@pytest.mark.parametrize("name", VIEWS)
def test_every_view_answers_in_every_form_or_says_that_it_is_too_large_for_it(server, store, name):
    view = VIEWS[name]
    forms = FEW if name in WHOLE else FORMS
    with ThreadPoolExecutor(2) as pool:
        replies = list(pool.map(lambda form: ask(server, address(view, form)), forms))
    network = select(store, view, values(address(view, "svg")))
    sizes = network.graph.number_of_nodes(), network.graph.number_of_edges()
    for form, (status, headers, body) in zip(forms, replies, strict=True):
        if status == 413:
            assert form in {"mermaid", *(FEW if name in WHOLE else ())}
            assert TOO_LARGE.match(json.loads(body)["detail"]), body
            continue
        assert status == 200, (form, body)
        assert headers["Content-Type"] == FORMS[form].media_type
        found = READERS[form](body) or (None, None)
        assert found in {sizes, (sizes[0], None), (None, sizes[1]), (None, None)}, form


@pytest.mark.parametrize("form", FORMS)
def test_a_form_has_one_address_by_suffix_and_is_found_by_name(server, form):
    by_name = ask(server, f"/exports/organisation-chart.{form}?region=region/london")
    by_suffix = ask(server, f"/exports/organisation-chart.{FORMS[form].suffix}?region=region/london")
    assert by_name[2] == by_suffix[2]
    assert by_name[1]["Link"] == by_suffix[1]["Link"]
    links = by_suffix[1]["Link"]
    assert links.startswith(f'</exports/organisation-chart.{FORMS[form].suffix}?region=region/london>; rel="canonical"')
    assert '</exports/organisation-chart>; rel="describedby"' in links
    assert 'rel="license"' in links


def test_filters_are_those_of_the_library(server, store):
    fields = {"type": ["unit", "court"], "within": "london", "since": "2020", "until": "2026-01", "quality": "b"}
    body = ask(server, address(VIEWS["who-serves-where"], "node-link", **fields))[2]
    chosen = Filters(("unit", "court"), "london", "2020", "2026-01", (), "b")
    region = values(example_address(VIEWS["who-serves-where"], "svg"))
    network = select(store, find_view("who-serves-where"), region, chosen)
    assert of_node_link(body) == (network.graph.number_of_nodes(), network.graph.number_of_edges())
    assert of_node_link(body) < of_node_link(ask(server, address(VIEWS["who-serves-where"], "node-link"))[2])


def test_sources_measures_depth_and_most_reach_the_network(server):
    base = "/exports/neighbourhood.node-link?thing=pdu/west-kent"
    all_of_it = json.loads(ask(server, base)[2])
    said = json.loads(ask(server, base + "&source=hmip-report-kss-2024&source=hm-inspectorate-of-probation-pages")[2])
    assert 0 < len(said["nodes"]) < len(all_of_it["nodes"])
    few = json.loads(ask(server, base + "&depth=2&most=10")[2])
    assert len(few["nodes"]) == 10
    assert "nearest 10" in few["graph"]["title"]
    measured = json.loads(ask(server, base + "&measures=true")[2])
    assert set(measured["nodes"][0]) > set(all_of_it["nodes"][0])


def test_theme_and_size_change_the_picture(server):
    path = example_address(VIEWS["organisation-chart"], "svg")
    pictures = {ask(server, path + more)[2] for more in ("", "&theme=dark", "&size=a4", "&theme=dark&size=slide")}
    assert len(pictures) == 4


def test_fields_that_are_left_empty_count_as_not_given_as_a_form_sends_them(server):
    sent = WEST_KENT + "&depth=&type=&within=&since=&until=&source=&quality=&most=&theme=light&size=screen"
    assert ask(server, sent)[2] == ask(server, WEST_KENT)[2]
    status, told = problem(server, "/exports/neighbourhood.svg?thing=")
    assert (status, told["errors"][0]["parameter"]) == (400, "thing")


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("/exports/neighborhood.svg", 404, "neighbourhood"),
        ("/exports/themes.graphmll", 404, "graphml"),
        ("/exports/themes.", 404, "There is no format ''"),
        ("/exports/", 404, "There is no view ''"),
        ("/exports/themes?thing=x", 400, 'no parameter "thing"'),
        ("/exports?format=ttl", 400, "choose one of json, html"),
        ("/exports/neighbourhood.svg", 400, "thing (IRI of a thing) is missing"),
        (WEST_KENT + "&thing=pdu/york", 400, "given 2 times"),
        (WEST_KENT + "&region=london", 400, "within"),
        (WEST_KENT + "&depth=many", 400, "expected integer"),
        (WEST_KENT + "&depth=9", 400, "expected 1 to 4"),
        (WEST_KENT + "&most=0", 400, "1 to 20,000"),
        (WEST_KENT + "&most=99999999999999999999", 400, "1 to 20,000"),
        (WEST_KENT + "&theme=", 400, "light or dark"),
        (WEST_KENT + "&size=a5", 400, "screen or a4 or a3 or a2 or a1 or slide"),
        (WEST_KENT + "&measures=yes", 400, "true or false"),
        (WEST_KENT + "&type=Findings", 400, 'Did you mean "Finding"'),
        (WEST_KENT + "&within=londn", 400, 'Did you mean "london"'),
        (WEST_KENT + "&since=soon", 400, "a day, month or year"),
        (WEST_KENT + "&since=2024&until=2020", 400, "exchange the two dates"),
        (WEST_KENT + "&source=nothing", 400, "no source"),
        (WEST_KENT + "&quality=z", 400, "no quality"),
        ("/exports/neighbourhood.svg?thing=pdu/nowhere", 400, "is not in this graph"),
    ],
)
def test_what_cannot_be_exported_is_refused_in_words_that_help(server, path, status, told):
    found, document = problem(server, path)
    assert found == status
    assert told in document["detail"]


def test_all_wrong_fields_are_named_at_once(server):
    document = problem(server, "/exports/neighbourhood.svg?foo=1&most=x&theme=red&depth=x")[1]
    assert {each["parameter"] for each in document["errors"]} == {"foo", "most", "theme", "depth", "thing"}


def test_other_methods_are_refused_with_those_that_are_taken(server):
    for method in ("POST", "PUT", "DELETE"):
        status, headers, _ = ask(server, "/exports/themes.svg", method=method)
        assert (status, headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert ask(server, "/exports/themes.svg", method="OPTIONS")[0] == 204


HOSTILE = (
    "x\r\nSet-Cookie: a=b",
    "\x00\x01\x1b",
    '"><script>alert(1)</script>',
    "'; DROP GRAPH <urn:g>; #",
    "> } UNION { ?s ?p ?o } #",
    "../../../etc/passwd",
    "9" * 400,
    "-1",
    "1e308",
    "NaN",
    "ŵ\u202e\U0001f600\ufffe",
    "%00",
    "{{7*7}}",
    "a" * 5000,
)


@pytest.mark.parametrize("name", ["thing", "depth", *(field.name for field in FIELDS), "<b>\r\nx"])
def test_hostile_values_are_refused_in_every_field(server, name):
    for value in HOSTILE:
        fields = {"thing": "pdu/west-kent", name: value}
        path = "/exports/neighbourhood.svg?" + urllib.parse.urlencode(fields)
        status, document = problem(server, path)
        assert status == 400
        assert "Traceback" not in document["detail"]
        status, headers, body = ask(server, path, BROWSER)
        assert status == 400
        assert "Set-Cookie" not in headers
        assert b"<script>" not in body
        assert b"\x00" not in body


def test_a_reply_names_the_file_and_how_a_browser_takes_it(server):
    kinds = {form: ask(server, f"/exports/organisation-chart.{form}?region=region/london")[1] for form in FORMS}
    names = {form: headers["Content-Disposition"] for form, headers in kinds.items()}
    assert names["graphml"] == 'attachment; filename="organisation-chart-london.graphml"'
    assert names["nodes-csv"] == 'attachment; filename="organisation-chart-london.nodes.csv"'
    shown = {form for form, name in names.items() if name.startswith("inline")}
    assert shown == {"svg", "png", "pdf", "html", "node-link", "cyjs"}
    assert all(headers["X-Content-Type-Options"] == "nosniff" for headers in kinds.values())


def test_the_same_dataset_gives_the_same_bytes_and_an_etag_that_holds(server):
    first, again = ask(server, WEST_KENT), ask(server, WEST_KENT + "&most=500")
    assert first[2] == again[2]
    etag = first[1]["ETag"]
    assert etag.strip('"').endswith("-graphml")
    status, headers, body = ask(server, WEST_KENT, {"If-None-Match": etag})
    assert (status, headers["ETag"], body) == (304, etag, b"")


def test_head_is_answered_as_get_without_the_body(server):
    got, headed = ask(server, WEST_KENT), ask(server, WEST_KENT, method="HEAD")
    assert headed[0] == 200
    assert headed[2] == b""
    names = ("Content-Length", "Content-Type", "ETag", "Content-Disposition", "Link")
    assert [headed[1][name] for name in names] == [got[1][name] for name in names]


def test_a_page_is_sent_with_the_policy_that_it_sets_itself_and_no_other(server):
    _, headers, body = ask(server, "/exports/neighbourhood.html?thing=pdu/west-kent")
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert re.search(r"script-src 'sha256-[A-Za-z0-9+/=]{44}';", policy)
    assert "unsafe" not in policy
    assert policy.endswith("; frame-ancestors 'none'")
    assert body.decode().count("<script>") == 1
    picture = ask(server, "/exports/neighbourhood.svg?thing=pdu/west-kent")[1]
    assert picture["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"


def test_the_list_names_every_view_form_and_field(server):
    found = json.loads(ask(server, "/exports")[2])
    assert [view["name"] for view in found["views"]] == list(VIEWS)
    assert [form["name"] for form in found["formats"]] == list(FORMS)
    assert [field["name"] for field in found["fields"]] == [field.name for field in FIELDS]
    one = json.loads(ask(server, "/exports/neighbourhood")[2])
    assert [each["name"] for each in one["parameters"]] == ["thing", "depth"]
    assert ask(server, one["example"])[0] == 200


def test_an_unknown_view_or_format_is_told_with_the_nearest_or_all(server):
    assert "the nearest names are neighbourhood." in problem(server, "/exports/neighborhood.svg")[1]["detail"]
    told = problem(server, "/exports/nope.svg")[1]["detail"]
    assert all(name in told for name in VIEWS)
    assert "graphml" in problem(server, "/exports/themes.zzzz")[1]["detail"]


def test_the_client_exports(server):
    content = server.client.export("organisation-chart", "node-link", region="region/london", type=["unit", "region"])
    assert {node["group"] for node in json.loads(content)["nodes"]} == {"unit", "region"}
    with pytest.raises(ServiceError, match="There is no format"):
        server.client.export("themes", "xls")


@pytest.mark.parametrize("name", VIEWS)
def test_openapi_tells_of_each_view_with_its_parameters_and_an_answer(server, name):
    document = json.loads(ask(server, "/openapi.json")[2])
    operation = document["paths"][f"/exports/{name}.{{format}}"]["get"]
    view = VIEWS[name]
    named = [each["name"] for each in operation["parameters"]]
    assert named == ["format", *(each.name for each in view.parameters), *(field.name for field in FIELDS)]
    assert set(operation["responses"]) == {"200", "304", "400", "404", "413", "429", "503"}
    media = {form.media_type.partition(";")[0] for form in FORMS.values()}
    assert set(operation["responses"]["200"]["content"]) == media
    assert operation["responses"]["200"]["content"]["application/json"]["example"] == sample(view)


def test_the_answer_in_openapi_has_the_fields_of_a_real_one(server):
    view = VIEWS["organisation-chart"]
    real, told = json.loads(ask(server, address(view, "node-link"))[2]), sample(view)
    assert list(told) == list(real)
    assert set(told["graph"]) == set(real["graph"])
    for part in ("nodes", "edges"):
        assert set(told[part][0]) <= {name for each in real[part] for name in each}
