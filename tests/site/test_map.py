"""The map: every place of the graph is on it or in its table, at its own point, and it can be used by keys alone."""

import re
from html import unescape

import pytest
from lxml import html
from selenium.webdriver import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.expected_conditions import url_contains
from selenium.webdriver.support.ui import WebDriverWait

from api.site.map import HEIGHT, WIDTH, project

_COUNT = """PREFIX pko: <https://w3id.org/probation-kg/def#>
SELECT (COUNT(DISTINCT ?thing) AS ?n) WHERE {{ ?thing a pko:{kind} {more} }}"""
_BOX = "return document.querySelector('.map svg').getAttribute('viewBox')"
_OPEN = "; pko:openStatus <https://w3id.org/probation-kg/vocab/open-status/open>"


def counted(site, kind, more=""):
    return int(site.client.select(_COUNT.format(kind=kind, more=more)).rows[0][0].value)


def whole(page, address):
    """Return all pages of the table, one after another."""
    pages = [page(address)]
    while following := re.search(r'<a href="([^"]+)" rel="next"', pages[-1]):
        pages.append(page(unescape(following[1]).partition("#")[0]))
    return "".join(pages)


def test_the_table_holds_every_open_court_and_prison_and_every_office(site, page):
    rows = re.findall(r'<tr><th scope="row"><a href="/doc/(court|prison|office)/', whole(page, "/map"))
    expected = {"court": counted(site, "Court", _OPEN), "prison": counted(site, "Prison", _OPEN)}
    expected["office"] = counted(site, "ProbationOffice")
    assert {kind: rows.count(kind) for kind in expected} == expected


def test_with_closed_ones_every_court_is_there_and_told_apart(site, page):
    html = whole(page, "/map?kind=court&status=all")
    assert len(re.findall(r'<tr><th scope="row"><a href="/doc/court/', html)) == counted(site, "Court")
    assert 'class="court shut"' in html
    assert 'class="court shut"' not in page("/map?kind=court")


def test_a_place_without_a_point_is_in_the_table_and_said_not_to_be_on_the_map(site, page):
    html = whole(page, "/map?kind=court&kind=prison&status=all")
    no_point = "FILTER NOT EXISTS { ?thing <http://www.w3.org/2003/01/geo/wgs84_pos#lat> ?lat }"
    missing = sum(counted(site, kind, no_point) for kind in ("Court", "Prison"))
    assert missing
    assert html.count("no point known: not on the map") == missing


def test_no_page_of_the_table_is_long_and_every_one_can_be_asked_for(page):
    first = page("/map")
    assert len(re.findall(r'<tr><th scope="row"><a href="/doc/(?:court|prison|office)/', first)) == 50
    assert "Rows 1 to 50 of" in first
    last = page("/map?page=999999999")
    assert 'rel="next"' not in last
    assert 'rel="prev"' in last
    assert page("/map?page=x").count('rel="next"') == 1


@pytest.mark.parametrize(
    "query", ["", "?region=region/london", "?region=region/wales", "?unit=pdu/west-kent", "?region=region/north-west"]
)
def test_no_name_on_the_map_stands_over_another(show, query):
    browser = show(f"/map{query}")
    boxes = browser.execute_script(
        "return [...document.querySelectorAll('.map .names text')].map(t => t.getBoundingClientRect())"
        ".filter(r => r.width).map(r => [r.left, r.top, r.right, r.bottom])"
    )
    assert len(boxes) >= 5, browser.find_element(By.TAG_NAME, "main").text[:600]
    slack = 2
    over = [
        (one, other)
        for at, one in enumerate(boxes)
        for other in boxes[at + 1 :]
        if one[0] + slack < other[2] and other[0] + slack < one[2] and one[1] + 4 < other[3] and other[1] + 4 < one[3]
    ]
    assert over == []


def test_names_of_districts_come_with_the_region_and_as_a_reader_zooms_in(show):
    named = (
        "return [...document.querySelectorAll('.district-names text')]"
        ".filter(t => t.getBoundingClientRect().width).map(t => t.textContent)"
    )
    assert {"Maidstone", "Tunbridge Wells", "Medway", "Gravesham"} <= set(
        show("/map?unit=pdu/west-kent").execute_script(named)
    )
    browser = show("/map")
    assert browser.execute_script(named) == []
    for _ in range(3):
        browser.find_element(By.CSS_SELECTOR, "[data-act=zoom_in]").click()
    assert len(browser.execute_script(named)) > 10
    browser.find_element(By.CSS_SELECTOR, "[data-act=zoom_reset]").click()
    assert browser.execute_script(named) == []


def test_a_click_beside_a_point_opens_the_nearest(show):
    browser = show("/map?unit=pdu/west-kent&kind=court")
    link = browser.find_element(
        By.CSS_SELECTOR, ".map svg a[href='/doc/court/sevenoaks-magistrates-court-and-family-court']"
    )
    size = browser.execute_script("const r = arguments[0].getBoundingClientRect(); return [r.width, r.height]", link)
    assert min(size) >= 24
    ActionChains(browser).move_to_element_with_offset(link, 9, 5).click().perform()
    WebDriverWait(browser, 10).until(url_contains("/doc/court/sevenoaks"))


def test_the_lists_that_a_status_follows_from_are_explained_where_one_is_named(page):
    assert "the monitoring list is that for electronic monitoring orders of 2026" in page("/map?kind=court")
    assert "monitoring list" not in page("/map?kind=office")


def test_a_prison_stands_at_the_point_that_its_register_gives(page):
    x, y = project(51.3884, 0.8499)
    drawn = '<a href="/doc/prison/elmley" tabindex="-1"><title>Elmley (HMP &amp; YOI), prison</title>'
    drawn += f'<use href="#p" x="{x}" y="{y}"'
    assert drawn in page("/map")
    assert 0 < x < WIDTH
    assert 0 < y < HEIGHT


def test_the_rings_of_a_region_hold_its_offices_whose_district_is_known(site, page):
    html = page("/map?kind=office&region=region/wales")
    counts = sum(int(count) for count in re.findall(r"<title>(\d+) probation offices? in ", html))
    within = "; pko:servesRegion <https://w3id.org/probation-kg/id/region/wales> ; pko:locatedIn ?district"
    assert counts == counted(site, "ProbationOffice", within)


def test_a_unit_shows_what_lies_in_its_districts_and_the_statement_of_each_district(page):
    html = page("/map?unit=pdu/west-kent")
    assert "Maidstone" in html
    assert "/doc/prison/lewes" not in html
    assert 'href="/evidence/coverage/west-kent/dartford"' in html


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("region=region/atlantis", "There is no region “region/atlantis”"),
        ("unit=pdu/none", "There is no delivery unit “pdu/none”"),
        ("kind=pub", "There is no kind “pub”"),
        ("status=%3Cscript%3E", "The status reads “&lt;script&gt;”"),
        ("region=%22%3E%7D%7B%0a", "There is no region"),
    ],
)
def test_a_value_that_is_not_known_is_told_in_one_sentence(sent, query, said):
    status, text = sent(f"/map?{query}")
    assert status == 200
    assert said in text


def test_every_source_of_points_has_its_date(page):
    part = page("/map").rpartition("Where the points come from")[2]
    assert "/doc/source/fact-api" in part
    assert "21 August 2026" in part


def test_the_downloads_lead_to_files(site, page):
    html = page("/map?region=region/wales")
    for href in re.findall(r'<p class="downloads">.*?</p>', html)[0].split('href="')[1:]:
        address = href.partition('"')[0].replace("&amp;", "&")
        assert site.client.request("GET", address).status == 200


def shown_part(browser):
    return [float(each) for each in browser.execute_script(_BOX).split()]


def test_by_keys_alone_a_reader_zooms_moves_and_opens_a_place(show):
    browser = show("/map?region=region/kent-surrey-and-sussex")
    browser.execute_script("document.querySelector('.map-controls button:last-child').focus()")
    browser.switch_to.active_element.send_keys(Keys.TAB)
    first = browser.switch_to.active_element.get_attribute("href")
    before = shown_part(browser)
    browser.switch_to.active_element.send_keys("+")
    assert shown_part(browser) != before
    browser.switch_to.active_element.send_keys("0")
    assert shown_part(browser) == pytest.approx(before, abs=0.1)
    browser.switch_to.active_element.send_keys(Keys.ARROW_RIGHT)
    second = browser.execute_script("return document.activeElement.href.baseVal")
    assert second.startswith("/doc/")
    assert second != first
    told = browser.find_element(By.CSS_SELECTOR, ".map-told").text
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    assert browser.current_url.endswith(second)
    assert browser.find_element(By.TAG_NAME, "h1").text.split(",")[0] in told or second.startswith("/doc/place/")


def test_without_scripts_map_filters_and_table_are_there_on_a_phone(show):
    browser = show("/map?region=region/wales&kind=prison", 360, scripts=False)
    links = browser.find_elements(By.CSS_SELECTOR, ".map svg a")
    assert links
    assert all(link.get_attribute("tabindex") is None for link in links)
    browser.find_element(By.CSS_SELECTOR, "input[value=court]").click()
    browser.find_element(By.CSS_SELECTOR, "form.filters button").click()
    WebDriverWait(browser, 10).until(url_contains("kind=court"))
    assert len(browser.find_elements(By.CSS_SELECTOR, ".map svg a")) > len(links)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("query", ["", "?region=region/london", "?region=region/wales&status=all"])
def test_no_rule_of_accessibility_is_broken_whatever_is_shown(show, violations, query):
    assert violations(show(f"/map{query}")) == []


_LETTERS = """return [...document.querySelectorAll(".map svg text")]
  .filter((each) => each.getBoundingClientRect().height)
  .map((each) => parseFloat(getComputedStyle(each).fontSize) * each.getScreenCTM().a)"""
_RINGS = "return [...document.querySelectorAll('.offices use')].map((each) => each.getBoundingClientRect().width)"


@pytest.mark.parametrize("query", ["", "?region=region/kent-surrey-and-sussex"])
def test_on_a_phone_no_letter_is_too_small_to_read_and_zooming_brings_them(show, query):
    browser = show(f"/map{query}", 390)
    assert browser.execute_script(_LETTERS) == []
    for _ in range(2):
        browser.find_element(By.CSS_SELECTOR, "[data-act=zoom_in]").click()
    letters, rings = browser.execute_script(_LETTERS), browser.execute_script(_RINGS)
    assert letters
    assert min(letters) >= 11.8
    assert max(rings) < 32  # as large as on a wide screen, with the room for a finger


def test_a_district_without_a_named_part_is_not_called_whole_and_a_disputed_one_is_marked(page):
    told = html.fromstring(page("/map?unit=pdu/west-kent")).xpath("//table[caption[@id='units-caption']]/tbody/tr")
    rows = {row.xpath("string(td[1])"): row for row in told}
    assert {row.xpath("normalize-space(td[2]/text())") for row in told} == {"no part named"}
    disputed = {name for name, row in rows.items() if row.xpath(".//a[starts-with(@href, '/disagreements/')]")}
    assert disputed == {"Medway", "Dartford", "Gravesham"}
    assert '<td data-label="How much of it">part of it' in page("/map?region=region/greater-manchester")
