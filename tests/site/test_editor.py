"""The SPARQL form: completion by keyboard, mistakes at their place, queries kept; without scripts, a plain form."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import urlopen

import pytest

from api.protocols.examples import examples, standalone
from api.protocols.terms import terms
from api.questions.answers import catalogue
from kg import names
from kg.query import bind

QUESTIONS = [compiled.question for compiled in catalogue().values()]
DOWN, ENTER, ESCAPE, TAB, CONTROL, SPACE = "\ue015", "\ue007", "\ue00c", "\ue004", "\ue009", " "
MISTAKE = "SELECT ?x {\n  ?x rdfs:label ?y\n}"


def options(browser):
    return browser.find_elements("css selector", "#query-suggestions:not([hidden]) [role=option]")


@pytest.fixture
def editor(show):
    """Opens the form with a text in it, the caret behind it."""

    def opened(text):
        browser = show("/sparql")
        area = browser.find_element("id", "query")
        area.clear()
        area.send_keys(text)
        return browser, area

    return opened


@pytest.mark.parametrize("optional", [False, True])
@pytest.mark.parametrize("asked", QUESTIONS, ids=lambda each: each.name)
def test_a_named_query_that_stands_on_its_own_gives_the_same_rows(store, asked, optional):
    values = {each.name: each.example for each in asked.parameters if optional or not each.optional}
    bindings = bind(asked, values)
    named, own = store.query(asked.text, bindings), store.query(standalone(asked, values))
    kept = [at for at, column in enumerate(named.columns) if column not in bindings]
    assert sorted(str(row) for row in own.rows) == sorted(str(tuple(row[at] for at in kept)) for row in named.rows)
    assert not {f"?_{name}" for name in values} & set(re.findall(r"#\+|\?\w+", standalone(asked, values)))


def test_a_text_that_is_asked_for_is_quoted(store):
    asked = next(each for each in QUESTIONS if each.name == "things-by-code")
    assert store.query(standalone(asked, {"code": 'a"} UNION { ?thing ?p ?o } #\\'})).rows == ()


def test_the_list_of_terms_holds_every_class_and_property_of_the_ontology(store, site, sent):
    reply = site.client.request("GET", "/sparql/terms.json", headers={"Accept": "*/*"})
    told = json.loads(reply.content)
    assert (reply.status, reply.media_type) == (200, "application/json")
    assert told["prefixes"] == names.PREFIXES
    kinds = {name: kind for name, kind, _, _ in told["terms"]}
    for kind, owl in (("class", "Class"), ("property", "ObjectProperty"), ("property", "DatatypeProperty")):
        table = store.query(f"SELECT ?term {{ ?term a <{names.PREFIXES['owl']}{owl}> }}")
        own = {names.short(row[0].value) for row in table.rows if row[0].value.startswith(names.DEF)}
        assert own
        assert {name for name in own if kinds.get(name) != kind} == set()
    assert all(label for _, _, label, _ in told["terms"])
    assert len(reply.content) < 60_000
    assert terms(store) == terms(store)
    assert sent("/sparql/terms.json?q=a")[0] == 400


def test_every_example_of_the_form_runs(site, page):
    assert len(examples()) >= 5
    for each in examples():
        assert f'<a href="{html.escape(each.address)}">' in page("/sparql")
        assert "<tbody>" in page(each.address)
        assert 'role="alert"' not in page(each.address)


def test_a_class_is_completed_by_keyboard_and_its_prefix_declared(editor, until):
    browser, area = editor("SELECT ?x { ?x a pko:Probation")
    until(lambda: options(browser))
    area.send_keys(DOWN)
    chosen = area.get_attribute("aria-activedescendant")
    assert browser.find_element("id", chosen).get_attribute("aria-selected") == "true"
    name = browser.find_element("css selector", f"#{chosen} code").text
    assert name.startswith("pko:Probation")
    area.send_keys(ENTER)
    until(lambda: f"a {name}" in area.get_attribute("value"))
    until(lambda: area.get_attribute("value").startswith(f"PREFIX pko: <{names.DEF}>\n"))
    area.send_keys(" }")
    assert area.get_attribute("value").endswith(f"?x a {name} }}")
    area.send_keys(CONTROL, ENTER)
    until(lambda: "query=" in browser.current_url)
    assert browser.find_elements("css selector", "main tbody tr")


def test_labels_find_properties_and_variables_are_offered(editor, until):
    browser, area = editor("SELECT ?inspection { ?inspection publi")
    until(lambda: options(browser))
    assert any("publi" in each.text.lower() for each in options(browser))
    area.send_keys(" . ?ins")
    until(lambda: [each.text.split()[0] for each in options(browser)] == ["?inspection"])


def test_escape_closes_the_list_and_tab_is_always_a_way_out(editor, until):
    browser, area = editor("SELECT ?x { ?x a pko:Ins")
    until(lambda: options(browser))
    area.send_keys(ESCAPE)
    assert options(browser) == []
    area.send_keys(CONTROL, SPACE)
    until(lambda: options(browser))
    area.send_keys(TAB)
    assert browser.switch_to.active_element.get_attribute("id") == "format"
    assert "\t" not in area.get_attribute("value")
    assert browser.execute_script("return document.getElementById('query-suggestions').hidden")


def test_enter_without_a_choice_is_a_new_line(editor, until):
    browser, area = editor("SELECT ?x { ?x a pko:Ins")
    until(lambda: options(browser))
    area.send_keys(ENTER)
    assert area.get_attribute("value").endswith("pko:Ins\n")


def test_the_open_list_breaks_no_rule_of_accessibility(editor, until, violations):
    browser, area = editor("SELECT ?x { ?x a pko:Ins")
    until(lambda: options(browser))
    area.send_keys(DOWN)
    assert violations(browser) == []


def test_a_mistake_is_shown_at_its_place_and_the_caret_is_there(show):
    browser = show("/sparql?" + urlencode({"query": MISTAKE}))
    assert "rdfs: is not declared" in browser.find_element("css selector", "[role=alert]").text
    assert browser.find_element("id", "place").text == "Line 2, column 6"
    assert browser.find_element("css selector", ".lines mark").text.strip() == "?x rdfs:label ?y"
    area = browser.switch_to.active_element
    assert area.get_attribute("id") == "query"
    start, end = browser.execute_script("const a = arguments[0]; return [a.selectionStart, a.selectionEnd]", area)
    assert MISTAKE[start:end] == "rdfs:label ?y"


def test_a_mistake_is_shown_at_its_place_without_scripts(show):
    browser = show("/sparql?" + urlencode({"query": MISTAKE}), scripts=False)
    assert browser.find_element("css selector", ".lines mark").text.strip() == "?x rdfs:label ?y"
    browser.find_element("id", "place").click()
    assert browser.current_url.endswith("#query")


@pytest.mark.parametrize("query", ["<b>x</b>\n\n", "SELECT ?x {\n<script>", "\x00", "}" * 3000, "# error at 9:9: x\n?"])
def test_hostile_queries_stay_text(sent, query):
    status, text = sent("/sparql?" + urlencode({"query": query}))
    assert status == 400
    assert text.count("<script") == 2
    assert "<b>" not in text
    assert 'role="alert"' in text


@pytest.mark.parametrize("scripts", [True, False])
def test_an_analyst_runs_a_question_in_sparql_changes_it_and_takes_it_as_csv(show, scripts):
    browser = show("/queries/units-of-a-region?region=region/kent-surrey-and-sussex", scripts=scripts)
    link = browser.find_element("css selector", "a[href^='/sparql?']")
    browser.get(link.get_attribute("href"))
    before = len(browser.find_elements("css selector", "main tbody tr"))
    assert before > 5
    area = browser.find_element("id", "query")
    changed = area.get_attribute("value").strip() + "\nLIMIT 3"
    area.clear()
    area.send_keys(changed, ESCAPE)
    browser.find_element("css selector", "main form button").click()
    assert len(browser.find_elements("css selector", "main tbody tr")) == 3
    assert parse_qs(urlsplit(browser.current_url).query)["query"][0].endswith("LIMIT 3")
    with urlopen(browser.find_element("link text", "CSV").get_attribute("href")) as reply:
        assert len(list(csv.reader(io.TextIOWrapper(reply, "utf-8")))) == 4


def test_a_query_is_kept_under_its_name_and_removed(show):
    browser = show("/sparql?" + urlencode({"query": "ASK {}"}))
    browser.find_element("id", "save-name").send_keys("<i>Mine</i>", ENTER)
    show("/sparql")
    browser.find_element("link text", "<i>Mine</i>").click()
    assert browser.find_element("id", "query").get_attribute("value").strip() == "ASK {}"
    browser.find_element("css selector", "#saved button.quiet-button").click()
    assert browser.find_elements("css selector", "#saved li") == []
    assert not show("/sparql", scripts=False).find_element("id", "saved").is_displayed()
