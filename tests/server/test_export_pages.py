"""The pages from which people export: every field labelled, every choice taken, every mistake told."""

from __future__ import annotations

import html
import re
import urllib.parse

import pytest

from api.exports.catalogue import FILTERS
from api.exports.catalogue import TOO_LARGE as DATA_ALONE
from kg.export import FORMS

from .exporting import BROWSER, VIEWS, WEST_KENT, ask


@pytest.mark.parametrize("path", ["/exports", *(f"/exports/{name}" for name in VIEWS)])
def test_pages_have_one_heading_labels_for_all_fields_and_a_button_for_each_form(server, path):
    status, headers, body = ask(server, path, BROWSER)
    text = body.decode()
    assert status == 200
    assert headers["Vary"].startswith("Accept")
    assert text.count("<h1>") == 1
    scripts = {'<script src="/static/site.js" defer>', '<script src="/static/queries.js" defer>'}
    assert set(re.findall("<script[^>]*>[^<]*", text)) <= scripts
    fields = re.findall(r'<(?:input|select) id="([^"]+)"', text)
    assert len(fields) == len(set(fields))
    assert all(re.search(f'<label [^>]*\\bfor="{each}"', text) for each in fields)
    places = re.findall(r'formaction="([^"]+)"', text)
    assert places == ([] if path == "/exports" else [f"{path}.{form.suffix}" for form in FORMS.values()])


def test_a_form_of_a_page_asks_for_what_it_says_with_nothing_filled_in(server):
    text = ask(server, "/exports/neighbourhood", BROWSER)[2].decode().partition("<main")[2]
    names = re.findall(r'<(?:input|select) id="[^"]+" name="([^"]+)"', text)
    assert {"within", "source", "quality", "since", "most", "depth"} <= set(names)
    chosen = dict.fromkeys(names, "") | {"thing": "pdu/west-kent", "theme": "light", "size": "screen"}
    del chosen["measures"]
    path = "/exports/neighbourhood.graphml?" + urllib.parse.urlencode(chosen)
    assert ask(server, path)[2] == ask(server, WEST_KENT)[2]


def test_a_browser_gets_what_is_wrong_on_the_page_with_what_it_filled_in(server):
    path = "/exports/neighbourhood.svg?thing=pdu/nowhere&type=unit&theme=dark&measures=true"
    status, _, body = ask(server, path, BROWSER)
    text = body.decode()
    assert status == 400
    assert 'role="alert"' in text
    assert 'value="pdu/nowhere"' in text
    assert '<option value="dark" selected>Dark</option>' in text
    assert '<option value="unit" selected>' in text
    assert "<details open>" in text
    assert 'value="true" checked' in text
    assert ask(server, "/exports/everything.mermaid", BROWSER)[0] == 413


@pytest.mark.parametrize(("name", "field", "value"), [
    ("organisation-chart", "region", '<option value="region/london">London</option>'),
    ("inspection", "inspection", '<option value="inspection/kss-region-2024" selected>'),
    ("evidence", "document", '<option value="doc/hmip-press-kent-2016">'),
    ("themes", "within", '<option value="region/london">London</option>'),
    ("themes", "source", '<optgroup label="Registers">'),
    ("lineage", "body", 'data-things="org:Organization"'),
])  # fmt: skip
def test_what_is_few_is_chosen_from_a_list_by_name(server, name, field, value):
    text = ask(server, f"/exports/{name}", BROWSER)[2].decode()
    own = text.partition(f' id="{field}"')[2].partition("</div>")[0]
    assert value in own
    assert "pko:" not in re.sub(r"<option[^>]*>|data-things=\S+", "", text)


def test_every_value_that_a_list_of_a_page_offers_is_taken(server):
    text = ask(server, "/exports/themes", BROWSER)[2].decode()
    for name in ("within", "quality", "theme", "size"):
        offered = re.findall(
            r'<option value="([^"]+)"', text.partition(f'<select id="{name}"')[2].partition("</select>")[0]
        )
        assert offered
        for value in offered:
            assert ask(server, f"/exports/themes.node-link?{name}={value}")[0] == 200


def test_every_quality_that_a_description_names_is_taken(server):
    told = next(field for field in FILTERS if field.name == "quality").description.partition(":")[2]
    named = re.findall(r"\b(?:[a-z]+-[a-z]+|press|b|c)\b", told)
    assert len(named) == 6
    for quality in named:
        assert ask(server, f"/exports/themes.node-link?quality={quality}")[0] == 200


def test_no_page_leads_to_an_export_that_is_too_large(server):
    text = ask(server, "/exports", BROWSER)[2].decode()
    for name in DATA_ALONE:
        assert ask(server, f"/exports/{name}.svg")[0] == ask(server, f"/exports/{name}.html")[0] == 413
    places = [html.unescape(place) for place in re.findall(r'href="(/exports/[a-z-]+\.[^"]+)"', text)]
    assert len(places) > 2 * len(VIEWS)
    assert not [place for place in places if re.match(f"/exports/(?:{'|'.join(DATA_ALONE)})[.](?:svg|html)", place)]
    assert [place for place in places if "neo4j" not in place and ask(server, place)[0] != 200] == []


def test_pages_lead_to_exports(server):
    home, queries = ask(server, "/", BROWSER)[2], ask(server, "/queries", BROWSER)[2]
    assert b'<a href="/exports">' in home
    assert b'<a href="/exports">' in queries
