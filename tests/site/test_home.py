"""The first page: ratings as the graph has them, only comparable ones together, and the way to a unit by its name."""

import html
import re

import pytest

from kg import names
from kg.errors import ServiceError

_LATEST = """SELECT DISTINCT ?class ?unit ?rating ?framework ?statement {
  VALUES ?class { pko:ProbationRegion pko:ProbationDeliveryUnit }
  ?statement a pko:OverallRating ; pko:aboutUnit ?unit ; pko:hasRating ?rating ; pko:madeIn ?inspection .
  ?unit a ?class . ?inspection pko:usesFramework ?framework
  FILTER NOT EXISTS { ?newer pko:supersedes ?statement } }"""
_UNITS = "SELECT ?unit { VALUES ?class { pko:ProbationRegion pko:ProbationDeliveryUnit } ?unit a ?class }"


@pytest.fixture(scope="module")
def home(page):
    return page("/")


@pytest.fixture(scope="module")
def rows(home):
    """Every row of the tables of ratings: heading of its picture, then its unit, rating and statement."""
    found = []
    for section in home.split('<h3 id="picture-')[1:]:
        title = html.unescape(re.search(r">([^<]+)</h3>", section)[1])
        for row in re.findall(
            r"<tr>(?:<td[^>]*>[^<]*</td>)?<th scope=\"row\">.*?</tr>", section.split('<h3 id="unrated"')[0]
        ):
            if statement := re.search(r'href="/evidence/([^"]+)"', row):
                unit = re.search(r'href="/doc/([^"]+)"', row)[1]
                found.append((title, unit, re.search(r"badge rating-([\w-]+)", row)[1], statement[1]))
    return found


def asked(site, query):
    found = site.client.select(f"PREFIX pko: <{names.DEF}>\n" + query)
    return [dict(zip(found.columns, (names.short(term.value) for term in row), strict=True)) for row in found.rows]


def test_every_latest_rating_is_there_once_with_its_evidence_and_no_other(site, rows):
    wanted = {(each["unit"], each["rating"].rpartition("/")[2], each["statement"]) for each in asked(site, _LATEST)}
    assert len(wanted) > 60
    assert {row[1:] for row in rows} == wanted
    assert len(rows) == len(wanted)


def test_only_ratings_under_one_framework_stand_together(site, rows):
    of = {each["statement"]: each["framework"] for each in asked(site, _LATEST)}
    frameworks = {title: {of[statement] for at, _, _, statement in rows if at == title} for title, *_ in rows}
    assert len(frameworks) == 3
    assert all(len(each) == 1 for each in frameworks.values())
    assert len(set.union(*frameworks.values())) == len(frameworks)


def test_the_tiles_say_what_the_table_says(home, rows):
    tiles = re.findall(r'<a class="tile rating-([\w-]+)[^"]*" href="/doc/([^"]+)" title="([^"]+)"', home)
    assert sorted((unit, rating) for rating, unit, _ in tiles) == sorted(
        (unit, rating) for _, unit, rating, _ in rows if unit.startswith("pdu/")
    )
    said = {unit: html.unescape(title) for _, unit, title in tiles}
    assert said["pdu/west-kent"] == "West Kent: Requires improvement, report published 2024"
    assert said["pdu/hull-and-east-riding"].endswith(", doubtful: derived")
    assert said["pdu/tameside"].endswith(", ended")


def test_a_tile_names_its_unit_and_no_heading_says_twice_what_its_table_is(home):
    assert re.search(r'aria-hidden="true"><b>RI</b> West Kent</span>', home)
    assert 'aria-hidden="true"><b>RI?</b> Hull and East Riding</span>' in home
    for heading in re.findall(r'<h3 id="picture-\d">([^<]+)</h3>', home):
        assert f"<caption>{heading}</caption>" not in home


@pytest.mark.parametrize(
    ("unit", "date"),
    [
        ("region/kent-surrey-and-sussex", "Report published May 2024"),
        ("pdu/cambridgeshire", "Report published 18 July 2024"),
        ("pdu/east-and-west-lincolnshire", "Report published 12 June 2025"),
        ("pdu/wakefield", "Inspection held 2024"),
        ("region/wales", "Rating of 2025"),
    ],
)
def test_the_date_of_a_rating_is_the_reports_else_another_by_its_word_and_the_same_on_all_pages(page, home, unit, date):
    row = next(each for each in home.split("<tr>") if f'href="/doc/{unit}"' in each and "/evidence/" in each)
    assert f"<td>{date}</td>" in row
    lines = page("/ratings").split("<tr>")
    line = next(each for each in lines if f'<a href="/ratings/history?unit={unit}"' in each)
    assert f">{date[0].lower()}{date[1:]}</a>" in line
    assert f">{date}</th>" in page(f"/ratings/history?unit={unit}")


def test_where_a_place_is_looked_up_is_among_the_ways_on_and_in_the_footer(home):
    assert home.count('<a href="/areas">Which unit serves a place?</a>') == 2


def test_a_unit_is_either_rated_or_said_to_be_without_a_rating_on_record(site, home, rows):
    unrated = home.split('<h3 id="unrated">')[1].split("<h2")[0]
    without = set(re.findall(r'href="/doc/((?:pdu|region)/[^"]+)"', unrated)) - {"region/kent-surrey-and-sussex"}
    rated = {unit for _, unit, _, _ in rows}
    assert "it does not mean that there is none" in unrated
    assert not {unit for unit in without if unit.startswith("pdu/")} & rated
    ended = {"pdu/salford", "pdu/stockport-and-trafford"}
    assert {each["unit"] for each in asked(site, _UNITS)} - ended <= without | rated


def test_each_picture_has_its_query_and_its_rows_as_csv(site, home, rows):
    links = [html.unescape(each) for each in re.findall(r'href="(/sparql\?query=[^"]+format=csv)"', home)]
    assert len(links) == 4
    sizes = []
    for link in links:
        reply = site.client.request("GET", link)
        assert reply.content.startswith((b"region,unit,name", b"class,region,unit"))
        sizes.append(len(reply.content.decode().strip().splitlines()) - 1)
    assert sizes[:3] == [sum(row[0] == title for row in rows) for title in dict.fromkeys(row[0] for row in rows)]


def test_the_latest_inspections_are_the_newest_with_the_dates_that_the_graph_has(page, home):
    table = home.split('<h2 id="latest">')[1].split("</table>")[0]
    assert re.findall(r"/doc/inspection/([\w-]+)", table)[:4] == [
        "west-midlands-dynamic-2026", "kss-dynamic-2025", "south-central-dynamic-2025", "dyfed-powys-pdu-2025",
    ]  # fmt: skip
    lincolnshire = re.search(r"east-west-lincolnshire-pdu-2025.*?</tr>", table, re.DOTALL)[0]
    assert re.findall(r"<td[^>]*>([^<]*)</td>", lincolnshire)[:2] == ["March 2025", "12 June 2025"]
    assert "not known" in re.search(r"kss-dynamic-2025.*?</tr>", table, re.DOTALL)[0]


def test_the_three_questions_have_answers(site, home):
    cards = home.split("Three questions")[1].split("</ul>")[0]
    for href in re.findall(r'href="([^"]+)"', cards):
        rows = site.client.request("GET", html.unescape(href) + "&format=csv").content.decode().strip().splitlines()
        assert len(rows) > 1


def test_what_follows_the_first_address_is_nothing_and_its_fields_are_refused(site):
    for path, status in (("//x", 404), ("/?q=x", 400), ("/?" + "a" * 4000, 400)):
        with pytest.raises(ServiceError) as refused:
            site.client.request("GET", path, headers={"Accept": "text/html"})
        assert refused.value.status == status


def test_a_unit_is_found_by_keyboard_from_the_first_page(show):
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
    from selenium.webdriver.support.ui import WebDriverWait

    browser = show("/")
    field = browser.find_element(By.ID, "words")
    field.send_keys("west kent pdu")
    wait = WebDriverWait(browser, 10)
    wait.until(lambda _: field.get_attribute("aria-expanded") == "true")
    options = browser.find_elements(By.CSS_SELECTOR, "[role=option]")
    assert options[0].text == "West Kent probation delivery unit"
    assert f"Suggestions: {len(options)}." in browser.find_element(By.CSS_SELECTOR, "[role=status]").text
    assert field.get_attribute("aria-activedescendant") is None
    field.send_keys(Keys.ARROW_UP)
    assert field.get_attribute("aria-activedescendant") == options[-1].get_attribute("id")
    field.send_keys(Keys.ARROW_DOWN)
    assert field.get_attribute("aria-activedescendant") == options[0].get_attribute("id")
    assert options[0].get_attribute("aria-selected") == "true"
    field.send_keys(Keys.ENTER)
    wait.until(lambda _: browser.current_url.endswith("/doc/pdu/west-kent"))
    assert browser.find_element(By.TAG_NAME, "h1").text.startswith("West Kent")


def test_escape_closes_the_suggestions_and_keeps_the_words(show, violations):
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
    from selenium.webdriver.support.ui import WebDriverWait

    browser = show("/", 390)
    field = browser.find_element(By.ID, "words")
    field.send_keys("kent")
    wait = WebDriverWait(browser, 10)
    wait.until(lambda _: field.get_attribute("aria-expanded") == "true")
    field.send_keys(Keys.ARROW_DOWN)
    assert violations(browser) == []
    field.send_keys(Keys.ESCAPE)
    assert (field.get_attribute("aria-expanded"), field.get_attribute("value")) == ("false", "kent")
    assert field.get_attribute("aria-activedescendant") is None
    field.send_keys(Keys.ARROW_DOWN)
    wait.until(lambda _: field.get_attribute("aria-expanded") == "true")
    field.send_keys(Keys.ENTER)
    wait.until(lambda _: "/search?q=kent" in browser.current_url)


def test_a_unit_is_found_without_scripts(show):
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.expected_conditions import url_contains
    from selenium.webdriver.support.ui import WebDriverWait

    browser = show("/", 390, scripts=False)
    browser.find_element(By.ID, "words").send_keys("west kent pdu")
    browser.find_element(By.CSS_SELECTOR, "form.hero button").click()
    WebDriverWait(browser, 10).until(url_contains("/search?q=west+kent+pdu"))
    browser.find_element(By.LINK_TEXT, "West Kent").click()
    assert browser.current_url.endswith("/doc/pdu/west-kent")


def test_a_rating_known_from_press_alone_bears_a_star_in_its_tile_and_words_in_its_row(home):
    tile = re.search(
        r'<a class="tile [^"]*" href="/doc/pdu/east-kent" title="([^"]+)"><span [^>]+><b>([^<]+)</b>', home
    )
    assert (tile[1][-13:], tile[2]) == (", second-hand", "I*")
    row = next(each for each in home.split("<tr>") if 'href="/doc/pdu/east-kent"' in each and "/evidence/" in each)
    assert '<span class="note">second-hand</span>' in row
    starred = re.findall(r'href="/doc/([^"]+)" title="[^"]+, second-hand[^"]*"', home)
    latest = {"bradford-and-calderdale", "doncaster", "east-kent", "east-and-west-lincolnshire"}
    assert {f"pdu/{each}" for each in latest} | {"pdu/gateshead-and-south-tyneside"} == set(starred)
    assert re.search(r'href="/doc/pdu/york" title="[^"]+, not fully confirmed"><span [^>]+><b>I†</b>', home)


def test_the_three_questions_stand_between_the_search_and_the_ratings(home):
    assert home.index('role="search"') < home.index("Three questions to begin with") < home.index('id="pictures"')
