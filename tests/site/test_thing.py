"""The page of a thing tells people what it is, how it was rated and what was found, and leads to who says so."""

from __future__ import annotations

import gzip
import html
import re
from itertools import pairwise

import pytest

from api.linked.around import Around
from api.linked.cite import bibtex
from api.linked.found import groups, timeline, with_kinds
from api.linked.glance import glance
from api.linked.ratings import ratings
from api.words import catalogue
from kg import names
from kg.description import describe
from tests.server.standing import serving, store_of

UNIT = "doc/pdu/west-kent"
CLASSES = (
    *("region/kent-surrey-and-sussex", "pdu/west-kent", "court/aldershot-justice-centre", "prison/lewes"),
    *("body/kent-surrey-and-sussex-crc", "body/seetec", "contract/ccs-0001", "inspection/kss-region-2024"),
    *("vocab/framework/2023-region/R2.1", "inspection/kent-qi-2016/recommendation/01", "person/justin-russell"),
    *("holding/glenys-stacey/time-in-office", "doc/hmip-report-kss-2024", "vocab/theme/staffing", "vocab/rating/good"),
    *("vocab/rating", "office/arun-meadowfield-house", "place/dartford", "row/pdus/west-kent", "intervention/spiel"),
)


def text_of(page, path):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page(f"/doc/{path}").partition("<main")[2])).split())


def section(text, name, until="<h2"):
    return text.partition(f'id="{name}"')[2].partition(until)[0]


@pytest.mark.parametrize("path", CLASSES)
def test_every_class_has_its_name_kind_forms_and_citation(page, path):
    text = page(f"/doc/{path}")
    assert text.count("<h1>") == 1
    assert re.search(r'<p class="kind">\s*<a href="[^"]+">', text)
    assert text.count("<table>") == text.count('role="region"')
    levels = [int(level) for level in re.findall(r"<h([1-6])[ >]", text)]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    ids = re.findall(r' id="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    assert f"@misc{{probation-kg:{path}," in text
    assert re.search(rf'<a href="/doc/{re.escape(path)}\.ttl" type="text/turtle">Turtle</a>', text)


def test_the_history_says_what_the_named_query_says_and_marks_the_break(page, site):
    rows = list(site.client.ask("rating-history-of-a-unit", unit="pdu/west-kent"))
    history = section(page(f"/{UNIT}"), "ratings")
    lines = re.findall(r"<tr[ >].*?</tr>", history, re.DOTALL)[1:]
    assert len(lines) == len({row["statement"] for row in rows}) == 2
    for row, line in zip(rows, lines, strict=True):
        for name in ("rating", "inspection", "programme", "framework"):
            assert row[f"{name} label"].lower() in line.lower()
        assert f'href="/evidence/{names.short(row["statement"])}"' in line
    assert rows[0]["framework"] != rows[1]["framework"]
    assert "Not to be compared" in lines[1]
    assert "Same programme" not in history


def test_the_newest_rating_is_the_badge_with_its_date_and_inspection(page):
    told = page(f"/{UNIT}").partition('class="latest"')[2].partition("</p>")[0]
    assert "rating-requires-improvement" in told
    assert 'href="/doc/inspection/west-kent-pdu-2024"' in told
    assert "held in January 2024" in told
    assert 'href="/evidence/inspection/west-kent-pdu-2024/rating/overall"' in told


def test_a_body_without_a_rating_on_record_is_not_said_to_have_none(page, site):
    listed = site.client.ask("ratings-in-force-on-a-date", date="2100-01-01")
    unrated = next(row["unit"] for row in listed if not row["rating"])
    assert "That does not mean that none was ever given" in text_of(page, names.short(unrated))


def test_bodies_before_and_after_lead_to_each_other(page):
    old = page("/doc/pdu/staffordshire-and-stoke")
    assert "Replaced by" in old
    new = page("/doc/pdu/staffordshire-north")
    assert 'href="/doc/pdu/staffordshire-and-stoke"' in new.partition("Came from")[2].partition("</p>")[0]


def test_facts_at_a_glance_bear_dates_and_the_row_or_statement_that_says_them(page):
    facts = section(page("/doc/prison/lewes"), "glance", "</dl>")
    assert re.search(r"HM Prison and Probation Service</a> <span class=\"note\">\(as of 2022\)</span>", facts)
    assert re.search(r'href="/(?:doc|evidence)/row/prison-operators/lewes"', facts)
    covers = section(page(f"/{UNIT}"), "glance", "</dl>")
    assert 'href="/evidence/coverage/west-kent/dartford"' in covers
    assert "11 April 2023" in covers


def test_statements_are_grouped_by_kind_with_the_counts_of_a_query(page, site):
    said = list(site.client.ask("statements-about-a-thing", thing="pdu/west-kent"))
    count = len({row["statement"] for row in said if row["kind"] == names.DEF + "Strength"})
    assert count > 5
    found = page(f"/{UNIT}")
    assert f'>Strengths <span class="note">({count})</span>' in found
    assert "The two ratings come from different programmes with different standards." in section(found, "found")


def test_the_timeline_is_in_order_and_in_british_dates(store):
    around = Around(store, describe(store, names.ID + "body/kent-surrey-and-sussex-crc"))
    dates = [event.date for event in timeline(around)]
    assert dates == sorted(dates)
    assert dates[0].startswith("2014")


def test_long_lists_fold_and_the_second_page_goes_on(page):
    first, second = page(f"/{UNIT}"), page(f"/{UNIT}?page=2")
    assert "<summary>16 more" in first
    assert 'rel="next">' in section(first, "record", "</details>")
    assert 'id="glance"' not in second
    assert "This is page 2 of 4" in second
    assert f'<a href="/{UNIT}">The first page opens' in second


@pytest.mark.parametrize("path", CLASSES)
def test_what_people_read_first_begins_with_a_capital(page, path):
    text = page(f"/doc/{path}").partition("<main")[2]
    heads = re.findall(r"<h[123][^>]*>\s*(.*?)</h[123]>", text, re.DOTALL)
    heads += re.findall(r'<p class="kind">\s*<a[^>]*>(.*?)</a>', text)
    heads += re.findall(r"<li>\s*<a[^>]*>(.*?)</a>", text.partition('id="relations"')[2])
    assert [head for head in heads if head[:1].islower()] == []


def test_each_property_by_which_something_is_linked_has_words_for_the_way_back(store):
    things = f"STRSTARTS(STR(?o), '{names.ID}') || STRSTARTS(STR(?o), '{names.VOCAB}')"
    found = store.query(f"SELECT DISTINCT ?p {{ GRAPH ?g {{ ?s ?p ?o }} FILTER(ISIRI(?o) && ({things})) }}").rows
    keys = {"inverse." + names.short(row[0].value).replace(":", "_") for row in found}
    assert len(keys) > 100
    assert keys - catalogue("en").keys() == set()


def test_relations_are_headed_by_the_way_back(page):
    assert ">Inspected in <" in section(page(f"/{UNIT}"), "relations", "<details")
    assert "inspects: West Kent" not in page(f"/{UNIT}")
    assert ">Prisons that it runs <" in page("/doc/body/hmpps")


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("pdu/west-kent", "Whether West Kent got no points at all in 2022"),
        ("pdu/west-kent", "Areas of West Kent"),
        ("place/medway", "Areas of West Kent"),
        ("inspection/east-west-lincolnshire-pdu-2025", "Maximum score of East and West Lincolnshire 2025"),
    ],
)
def test_disagreements_have_a_section_and_mark_the_statements_that_they_are_about(page, path, label):
    text = page(f"/doc/{path}")
    assert re.search(rf'<li><a href="/disagreements/[^"]+">{label}</a>', section(text, "disagree"))
    assert f'Sources disagree<span class="unseen">: {label}' in text or f"; {label}</span>" in text


def test_every_category_inadequate_is_marked_as_disputed_and_the_rating_of_2024_is_not(page):
    found = section(page(f"/{UNIT}"), "found-ratings", "<h3")
    lines = {line.partition("</a>")[0].rpartition(">")[2]: line for line in found.split("<li>")[1:]}
    every = next(line for said, line in lines.items() if "in every category" in said)
    assert 'href="/disagreements/west-kent-2022-no-points"' in every
    newest = next(line for said, line in lines.items() if "Requires improvement overall" in said)
    assert "Sources disagree" not in newest


def test_what_only_rows_of_grade_c_say_is_marked_doubtful(page):
    facts = dict(re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", page("/doc/contract/prj-5553"), re.DOTALL))
    doubtful = {label for label, told in facts.items() if "mark-doubt" in told}
    assert doubtful == {"Referral status", "In the catalogue: first day", "In the catalogue: last day"}
    for path in ("region/yorkshire-and-the-humber", "pdu/hull-and-east-riding"):
        latest = page(f"/doc/{path}").partition('class="latest"')[2].partition("</p>")[0]
        assert "doubtful: derived" in latest
    assert "doubtful" not in page(f"/{UNIT}").partition('class="latest"')[2].partition("</p>")[0]


MARK = re.compile(r'<span class="note">(doubtful: derived|second-hand|not fully confirmed)</span>')


def marks_of(text, line):
    """How each rating is known by what stands in its line of a page: "" where no mark does."""
    found = {}
    for each in re.findall(line, text, re.DOTALL):
        if 'class="badge' in each:
            mark = MARK.search(each)
            found[re.findall(r'href="/evidence/([^"]+)"', each)[-1]] = mark[1] if mark else ""
    return found


def test_every_rating_of_a_body_bears_the_same_mark_on_its_page_and_on_the_pages_of_ratings(page, site):
    asked = f"PREFIX pko: <{names.DEF}> SELECT DISTINCT ?unit {{ ?x pko:aboutUnit ?unit ; pko:hasRating ?rating }}"
    units = [names.short(row[0].value) for row in site.client.select(asked).rows]
    assert len(units) > 50
    marked = set()
    for unit in units:
        text, history = page(f"/doc/{unit}"), marks_of(page(f"/ratings/history?unit={unit}"), r"<tr>.*?</tr>")
        overall = marks_of(section(text, "ratings"), r"<tr[ >].*?</tr>")
        latest = marks_of(text, r'<p class="latest">.*?</p>')
        said = marks_of(section(text, "found-ratings", "<h3"), r"<li>.*?</li>")
        shown = overall | latest | said
        assert {each: history[each] for each in shown} == shown, unit
        assert len(said) == min(len(history), 30), unit
        units_of = marks_of(section(text, "units"), r"<tr>.*?</tr>")
        assert any((shown | units_of).values()) == (text.count('class="ratings-known') == 1), unit
        marked |= set(shown.values())
    assert marked == {"", "doubtful: derived", "second-hand", "not fully confirmed"}


@pytest.mark.parametrize("region", ["yorkshire-and-the-humber", "east-midlands", "kent-surrey-and-sussex"])
def test_the_units_of_a_region_bear_the_marks_of_the_first_page(page, region):
    text, first = page(f"/doc/region/{region}"), marks_of(page("/"), r"<tr>.*?</tr>")
    shown = marks_of(section(text, "units"), r"<tr>.*?</tr>")
    assert shown == {each: first[each] for each in shown}
    for mark in set(shown.values()) - {""}:
        assert re.search(f"<li>{mark[0].upper()}{mark[1:]}[.:] ", text)


def test_ratings_given_in_an_inspection_and_on_a_standard_are_marked(page):
    given = page("/doc/inspection/hfkcw-pdu-2022")
    assert set(marks_of(section(given, "found-ratings", "<h3"), r"<li>.*?</li>").values()) >= {"not fully confirmed"}
    one = page("/doc/inspection/bradford-calderdale-pdu-2024/rating/overall")
    assert MARK.search(one.partition('class="latest"')[2].partition("</p>")[0])[1] == "second-hand"


def test_a_date_of_a_rating_is_told_once(page):
    for path in ("pdu/derby-city", "pdu/wigan"):
        text = text_of(page, path)
        assert "report published" in text
        assert not re.search(r"told as of [\w ]+ report published", text)


def test_a_region_is_not_said_to_cover_only_the_areas_that_a_report_happens_to_name(page):
    assert "<dt>Covers</dt>" not in page("/doc/region/kent-surrey-and-sussex")
    assert "<dt>Covers</dt>" in page(f"/{UNIT}")


def test_welsh_names_bear_their_language_and_codes_their_scheme(page):
    assert '<span lang="cy">Carchar Abertawe</span>' in section(page("/doc/prison/swansea"), "glance", "</dl>")
    region = page("/doc/region/wales")
    assert 'lang="cy">Carchar Caerdydd</span>' in section(region, "relations")
    codes = section(region, "glance", "</dl>")
    assert re.search(r"N03 <span class=\"note\">\(Delius code\)", codes)
    assert re.search(r"D <span class=\"note\">\(region letter\)", codes)


@pytest.mark.parametrize("path", ["pdu/west-kent", "contract/prj-5553", "court/aldershot-justice-centre"])
def test_no_raw_identifier_or_date_stands_among_all_facts(page, path):
    text = re.sub(r"<[^>]+>", " ", section(page(f"/doc/{path}"), "facts", "</details>"))
    assert not re.search(r"pko:|derived/|reference/|source/|row/|\d{4}-\d{2}-\d{2}", text)


def test_what_stands_at_a_glance_is_folded_below(page):
    covered = section(page(f"/{UNIT}"), "found-coverage", "<h3")
    assert covered.index("<details>") < covered.index("<li>")


def test_the_picture_waits_until_it_is_asked_for_and_a_table_says_the_same(page, site):
    text = page(f"/{UNIT}")
    source = html.unescape(re.search(r'<img src="([^"]+)" loading="lazy" alt="[^"]+"', text)[1])
    assert site.client.request("GET", source).content.lstrip().startswith((b"<?xml", b"<svg"))
    table = section(text, "relations", "</details>").partition("<table>")[2]
    assert "Kent, Surrey and Sussex" in table


@pytest.mark.parametrize(
    "path", ["pdu/west-kent", "region/kent-surrey-and-sussex", "body/hm-inspectorate-of-probation"]
)
def test_a_page_is_light(page, path):
    assert len(gzip.compress(page(f"/doc/{path}").encode())) < 30_000


def test_an_unknown_framework_is_no_reason_to_compare():
    graph = f"<{names.GRAPH}x>"
    lines = []
    for year, rating in (("2019", "good"), ("2021", "inadequate")):
        statement, inspection = f"<{names.ID}rating/{year}>", f"<{names.ID}inspection/{year}>"
        lines += [
            f"{statement} <{names.PREFIXES['rdf']}type> <{names.DEF}OverallRating> {graph} .",
            f"{statement} <{names.DEF}aboutUnit> <{names.ID}pdu/x> {graph} .",
            f"{statement} <{names.DEF}hasRating> <{names.VOCAB}rating/{rating}> {graph} .",
            f"{statement} <{names.DEF}madeIn> {inspection} {graph} .",
            f"{statement} <{names.DEF}evidencedBy> <{names.ID}claim/{year}> {graph} .",
            f'{inspection} <{names.DEF}heldIn> "{year}"^^<{names.PREFIXES["xsd"]}gYear> {graph} .',
            f"{inspection} <{names.DEF}underProgramme> <{names.ID}programme/p> {graph} .",
        ]
    store = store_of(lines)
    around = Around(store, describe(store, names.ID + "pdu/x"))
    assert [each.comparison for each in ratings(around, with_kinds(around))] == ["first", "unknown"]
    assert [group.key for group in groups(around, with_kinds(around))] == ["ratings"]
    assert glance(around, []) == []


def test_hostile_names_are_text_and_lead_nowhere():
    label, thing = "<img src=x onerror=alert(1)>\u202e{{7*7}}</title><script>", f"{names.ID}pdu/hostile"
    places = [
        f"<{names.ID}pdu/hostile>",
        "<javascript:alert(1)>",
        "<data:text/html,x>",
        f"<{names.ID}place/%22onload=x>",
    ]
    lines = [f"<{thing}> <{names.PREFIXES['rdf']}type> <{names.DEF}ProbationDeliveryUnit> <{names.GRAPH}x> ."]
    for place in places:
        lines += [
            f"<{thing}> <{names.DEF}covers> {place} <{names.GRAPH}x> .",
            f"{place} <{names.DEF}partnerOf> <{thing}> <{names.GRAPH}x> .",
            f"{place} <{names.DEF}aboutUnit> <{thing}> <{names.GRAPH}x> .",
            f"{place} <{names.DEF}evidencedBy> <{names.ID}row/x/y> <{names.GRAPH}x> .",
            f"{place} <{names.DEF}hasRating> <javascript:alert(2)> <{names.GRAPH}x> .",
            f'{place} <{names.DEF}summary> "{label}"@en <{names.GRAPH}x> .',
            f'{place} <{names.PREFIXES["rdfs"]}label> "{label}"@en <{names.GRAPH}x> .',
        ]
    text = serving(store_of(lines)).get("/doc/pdu/hostile", headers={"Accept": "text/html"}).text
    assert "&lt;img src=x onerror=alert(1)&gt;" in text
    assert "<img src=x" not in text
    assert "{{7*7}}" in text
    assert "{{7*7}}</title><script>" not in text
    for address in re.findall(r'(?:href|src)="([^"]*)"', text):
        assert address.startswith(("/", "#", "https://w3id.org/", "http://www.w3.org/"))
    assert 'onload=x"' not in re.sub(r'"[^"]*"', "", text)


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (390, "dark")])
@pytest.mark.parametrize("path", ["region/kent-surrey-and-sussex", "doc/hmip-report-kss-2024", "place/thanet"])
def test_no_rule_of_accessibility_is_broken_with_all_opened(show, violations, path, width, theme):
    browser = show(f"/doc/{path}", width=width, theme=theme)
    browser.execute_script("document.querySelectorAll('details').forEach((each) => { each.open = true; });")
    assert violations(browser) == []


@pytest.mark.parametrize("path", ["doc/hmip-report-kss-2024", "row/pdus/west-kent", "region/kent-surrey-and-sussex"])
def test_on_a_phone_no_table_of_a_page_moves_sideways(show, path):
    browser = show(f"/doc/{path}", width=390)
    wide = browser.execute_script(
        "document.querySelectorAll('details').forEach((each) => { each.open = true; });"
        "const moves = (each) => each.scrollWidth > each.clientWidth + 1;"
        "return [...document.querySelectorAll('.wide')].filter(moves).length"
    )
    assert wide == 0
    assert browser.execute_script("return document.documentElement.scrollWidth") <= 390


def test_a_citation_holds_no_mark_of_bibtex():
    entry = bibtex("a}{\\input{x} \u202eb", names.ID + "tool/x", "0" * 64)
    assert "title = {{a input x b}}" in entry


@pytest.mark.parametrize(("width", "scripts"), [(1280, True), (360, True), (360, False)])
def test_a_reader_sees_both_ratings_and_opens_the_evidence(show, width, scripts):
    browser = show(f"/{UNIT}", width=width, scripts=scripts)
    lines = browser.find_elements("css selector", ".history tbody tr")
    assert ["Inadequate" in lines[0].text, "2022" in lines[0].text] == [True, True]
    assert ["Requires improvement" in lines[1].text, "January 2024" in lines[1].text] == [True, True]
    link = lines[0].find_element("css selector", "a.evidence")
    assert link.is_displayed()
    assert link.rect["x"] + link.rect["width"] <= width
    link.click()
    assert browser.current_url.endswith("/evidence/inspection/west-kent-pdu-2022/rating/overall")
    assert "Inadequate" in browser.find_element("css selector", "main h1").text
