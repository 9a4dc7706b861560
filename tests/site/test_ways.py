"""The ways on from the page of a thing, the units that a region opens with, and the sections of a long page."""

from __future__ import annotations

import html
import re

import pytest

from kg import names
from tests.site.test_thing import CLASSES, section


def ways_of(page, path):
    """Return the ways on from a page: the words of each by its address."""
    line = page(f"/doc/{path}").partition('class="ways"')[2].partition("</nav>")[0]
    return {html.unescape(href): text for href, text in re.findall(r'<a href="([^"]+)">([^<]+)</a>', line)}


@pytest.mark.parametrize(
    "path",
    [
        *("region/kent-surrey-and-sussex", "region/wales", "pdu/west-kent", "pdu/west-sussex", "body/crc-kent"),
        *("inspection/kss-region-2024", "inspection/kent-qi-2016", "vocab/framework/2023-region/R1.2"),
        *("vocab/theme/staffing", "vocab/theme/workload"),
    ],
)
def test_a_number_beside_a_way_on_is_that_of_the_page_it_leads_to(page, path):
    counted = 0
    for href, text in ways_of(page, path).items():
        if number := re.search(r"\(([\d,]+)\)", text):
            assert f'<h2 id="found">{number[1]} ' in page(href)
            counted += 1
    assert counted or path == "region/wales"


@pytest.mark.parametrize(
    ("path", "ways"),
    [
        (
            "region/kent-surrey-and-sussex",
            {
                "/findings?region=region/kent-surrey-and-sussex",
                "/recommendations?addressee=region/kent-surrey-and-sussex",
                "/ratings/history?unit=region/kent-surrey-and-sussex",
                "/ratings/compare?unit=region/kent-surrey-and-sussex",
                "/provision?region=region/kent-surrey-and-sussex",
                "/map?region=region/kent-surrey-and-sussex",
            },
        ),
        # A region and a unit of which no rating is on record have no history to show.
        ("region/london", {"/provision?region=region/london", "/map?region=region/london"}),
        ("pdu/north-kent-and-medway", set()),
        (
            "inspection/west-sussex-pdu-2022",
            {
                "/evidence/document/bbc-west-kent-west-sussex-2022",
                "/ratings/history?unit=pdu/west-sussex",
                "/recommendations?inspection=inspection/west-sussex-pdu-2022",
                "/findings?inspection=inspection/west-sussex-pdu-2022",
            },
        ),
        (
            "pdu/york",
            {
                *("/ratings/history?unit=pdu/york", "/ratings/compare?unit=pdu/york", "/map?unit=pdu/york"),
                "/provision?region=region/yorkshire-and-the-humber",
            },
        ),
        ("place/thanet", {"/areas?place=Thanet&area=place/thanet"}),
        (
            "doc/hmip-report-kss-2024",
            {"/evidence/document/hmip-report-kss-2024", "/coverage/hmip-report-kss-2024"},
        ),
        ("court/aldershot-justice-centre", {"/map?kind=court&region=region/south-central"}),
        ("inspection/york-pdu-2024", {"/ratings/history?unit=pdu/york"}),
        ("body/seetec", {"/provision?provider=body/seetec"}),
        ("vocab/service/accommodation", {"/provision?service=vocab/service/accommodation"}),
        ("person/justin-russell", set()),
        ("row/pdus/west-kent", set()),
    ],
)
def test_a_page_leads_to_the_tools_that_have_something_for_it_and_to_no_other(page, path, ways):
    assert set(ways_of(page, path)) == ways


def test_key_questions_are_led_to_where_an_inspection_has_them(page, site):
    asked = f"SELECT DISTINCT ?i WHERE {{ ?r a <{names.DEF}KeyQuestionResult> ; <{names.DEF}madeIn> ?i }}"
    having = {names.short(inspection.value) for (inspection,) in site.client.select(asked).rows}
    assert "inspection/kss-region-2024" in having
    for path in ("inspection/kss-region-2024", "inspection/west-kent-pdu-2022"):
        led = f"/ratings/key-questions?inspection={path}" in ways_of(page, path)
        assert led == (path in having)


@pytest.mark.parametrize(
    "path",
    ["region/kent-surrey-and-sussex", "pdu/west-kent", "inspection/kss-region-2024", "prison/lewes", "place/kent"],
)
def test_each_way_on_leads_to_a_page_that_finds_no_fault_with_its_fields(page, path):
    for href in ways_of(page, path):
        told = page(href)
        assert told.count("<h1") == 1
        assert "/ratings/compare" in href or 'role="alert"' not in told


@pytest.mark.parametrize("region", ["kent-surrey-and-sussex", "greater-manchester", "wales", "london"])
def test_a_region_opens_with_its_units_and_the_latest_rating_of_each_as_the_first_page_has_them(page, site, region):
    text = page(f"/doc/region/{region}")
    units = section(text, "units")
    asked = f"""PREFIX pko: <{names.DEF}> SELECT DISTINCT ?unit ?rating WHERE {{
  ?record pko:affiliatedUnit ?unit ; pko:parentUnit <{names.ID}region/{region}> . ?unit a pko:ProbationDeliveryUnit
  OPTIONAL {{ ?unit pko:latestRating ?statement . ?statement pko:hasRating ?rating }} }}"""
    rows = site.client.select(asked).rows
    rated = {names.short(unit.value): rating.value if rating else "" for unit, rating in rows}
    lines = re.findall(r"<tr>\s*<th scope=\"row\">.*?</tr>", units, re.DOTALL)
    assert text.index('id="units"') < text.index('id="glance"')
    told = re.search(r">Delivery units \((\d+)(?:, and (\d+) \w+)?\)<", text)
    assert int(told[1]) + int(told[2] or 0) == len(rated)
    assert int(told[1]) == sum("(status: " not in line for line in lines)
    assert len(lines) == len(rated) > 1
    first = page("/")
    for line in lines:
        unit = re.search(r'href="/doc/(pdu/[^"]+)"', line)[1]
        if rated[unit]:
            assert f"rating-{rated[unit].rpartition('/')[2]}" in line
            date = re.search(r"<td>((?:Report|Rating|Inspection) [^<]+)</td>", line)[1]
            assert date in first.partition(f'<th scope="row"><a href="/doc/{unit}">')[2].partition("</tr>")[0]
            assert line.count('href="/doc/programme/') == line.count('href="/doc/vocab/framework/') == 1
            assert 'class="evidence"' in line
        else:
            assert "none on record here" in line
            assert "badge" not in line


def test_units_that_have_ended_come_last_and_say_so(page):
    lines = re.findall(r"<tr>\s*<th scope=\"row\">.*?</th>", section(page("/doc/region/greater-manchester"), "units"))
    ended = ["status: ended" in line for line in lines]
    assert ended == sorted(ended)
    assert 0 < sum(ended) < len(ended)


def test_a_long_page_lists_its_sections_and_a_short_one_does_not(page):
    text = page("/doc/region/kent-surrey-and-sussex")
    listed = re.findall(
        r'<li><a href="#([^"]+)">', section(text.replace('class="on-page"', 'id="list"'), "list", "</nav>")
    )
    assert listed == re.findall(r'<h2 id="([^"]+)">', text)
    assert len(listed) > 6
    assert 'class="on-page"' not in page("/doc/court/aldershot-justice-centre")


def test_of_many_disagreements_some_stand_open_and_a_list_of_one_is_not_folded(page):
    told = section(page("/doc/region/kent-surrey-and-sussex"), "disagree")
    assert told.partition("<details")[0].count("<li>") == 3
    more = int(re.search(r"<summary>(\d+) more", told)[1])
    assert told.partition("<details")[2].partition("</details>")[0].count("<li>") == more
    for path in CLASSES:
        assert "<summary>All 1<" not in page(f"/doc/{path}")
        assert "<summary>All 1;" not in page(f"/doc/{path}")


def test_a_score_says_points(page):
    latest = page("/doc/region/kent-surrey-and-sussex").partition('class="latest"')[2].partition("</p>")[0]
    assert "5 of 24 points" in latest
