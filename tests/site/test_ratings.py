"""The pages of ratings: what they show is what the graph says, and people can compare and download it."""

import csv
import io
import re
from html import unescape
from urllib.parse import quote

import pytest

_BY_HAND = """PREFIX pko: <https://w3id.org/probation-kg/def#>
SELECT (COUNT(DISTINCT ?rating) AS ?number) WHERE {{
  ?rating a pko:{kind} ; pko:madeIn ?inspection ; pko:aboutUnit ?unit .
  ?unit a pko:ProbationDeliveryUnit .
  ?inspection pko:underProgramme <https://w3id.org/probation-kg/id/programme/hmip-2023> .
}}"""
_SECTIONS = ("", "/history?unit=pdu/west-kent", "/compare?unit=pdu/east-kent&unit2=pdu/west-kent")
_ALL = (*_SECTIONS, "/distribution", "/key-questions")
_HOSTILE = (
    '"><script>alert(1)</script>',
    "pdu/x> } #",
    "{value}",
    "../../etc/passwd",
    "javascript:alert(1)",
    "a" * 290,
)


def cells(html):
    """The text of each row of the tables, cell by cell."""
    rows = re.findall(r"<tr[ >].*?</tr>", html, re.S)
    return [[plain(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)] for row in rows]


def plain(html):
    """The text of a piece of HTML."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def downloads(html):
    """The addresses that the links for CSV lead to."""
    return [unescape(address) for address in re.findall(r'<a class="csv" href="([^"]+)"', html)]


def fetched(site, address):
    """The rows of a CSV, and its media type."""
    reply = site.client.request("GET", address)
    return list(csv.DictReader(io.StringIO(reply.content.decode()))), reply


def test_the_matrix_has_every_rating_of_a_unit_under_the_newest_programme_with_standards(page, site):
    html = page("/ratings")
    assert "inspection programme that began in October 2023</option>" in html
    table = re.findall(r"<table.*?</table>", html, re.S)[0]
    for kind, expected in (("OverallRating", 43), ("StandardRating", 33)):
        counted = site.client.select(_BY_HAND.format(kind=kind)).rows[0][0]
        assert counted.value == str(expected)
    assert table.count('href="/evidence/') == 43 + 33
    assert "overall ratings: 43; ratings on standards: 33; ratings on single matters: 20." in html


def test_a_programme_year_and_region_narrow_the_matrix(page, site):
    html = page("/ratings?programme=programme/hmip-2023&year=2025&region=region/north-east")
    units = [row[0] for row in cells(html) if "evidence" in " ".join(row)]
    rated = {
        row["body label"]
        for row in site.client.ask("inspection-history-of-a-region", region="region/north-east")
        if row["rating"] and row["programme"].endswith("hmip-2023")
    }
    assert units
    assert set(units) == rated


def test_an_inspection_without_a_rating_says_why_and_never_looks_like_one_that_is_not_known(page):
    html = page("/ratings?programme=programme/hmip-2018&year=2020")
    row = next(row for row in cells(html) if row[0] == "Hampshire and Isle of Wight CRC" and "July 2020" in row[1])
    assert row[2] == "No rating on record"
    assert row[1].endswith("Remarks: 1 Cut short by the pandemic; no overall rating was given.")
    other = next(row for row in cells(html) if "The rating was not seen." in row[1])
    assert other[0] == "West Yorkshire CRC"


def test_the_history_of_west_kent_breaks_where_the_programme_changed(page, site):
    html = page("/ratings/history?unit=pdu/west-kent")
    rows = [row for row in cells(html)[1:6] if row]
    assert [row[0] for row in rows][1] == "Report published 2022"
    assert "●" not in plain(html)
    assert rows[2][0].startswith("Break: another programme or framework of standards begins.")
    found = [
        (row["date"], row["dated"], row["rating label"], row["comparable_with_previous"])
        for row in site.client.ask("rating-history-of-a-unit", unit="pdu/west-kent")
    ]
    assert found == [
        ("2022", "published", "Inadequate", None),
        ("2024", "published", "Requires improvement", False),
    ]
    assert rows[1][1] == "Inadequate second-hand Evidence"
    assert "Second-hand: known from press or a specialist’s article alone" in plain(html)
    assert rows[4][:2] == ["Report published 2024", "Requires improvement Evidence"]


def test_two_ratings_under_one_framework_have_no_break_between(page):
    html = page("/ratings/history?unit=body/merseyside-crc")
    assert html.count('<th scope="rowgroup"') >= 1
    assert "ratings-break" not in html
    assert html.count('href="/evidence/') >= 2


def test_units_of_different_programmes_are_not_set_side_by_side(page):
    html = page("/ratings/compare?unit=body/merseyside-crc&unit2=pdu/west-kent")
    assert "Merseyside CRC and West Kent are not set side by side" in html
    assert "<table" not in html


def test_a_unit_without_a_rating_is_not_compared(page):
    html = page("/ratings/compare?unit=region/london&unit2=region/wales")
    assert "No overall rating of London is in the graph" in html


def test_the_numbers_by_year_are_those_of_the_named_query(page, site):
    html = page("/ratings/distribution")
    shown = [int(number) for number in re.findall(r'<span class="badge[^>]*>[^<]*: (\d+)</span>', html)]
    counted = [row["number"] for row in site.client.ask("ratings-by-programme-and-year")]
    assert sorted(shown) == sorted(counted)
    assert sum(shown) == 123


def test_the_spread_says_how_many_ratings_have_no_date_of_report_and_which_are_doubtful(page, site):
    html = page("/ratings/distribution")
    rated = {row["statement"]: row for row in ratings_of_all(site)}
    undated = [row for row in rated.values() if not row["published"]]
    assert f"{len(undated)} of the {len(rated)} ratings counted on this page stand under the year of the rating" in html
    chart = plain(html)
    assert (
        "Requires improvement: 10 (1 doubtful: derived) Inadequate: 14 (3 second-hand, 1 not fully confirmed)" in chart
    )
    assert "Internal body" not in chart
    doubtful = [name for name, row in rated.items() if row["doubtful"] == "true"]
    shown = re.findall(r"\((\d+) doubtful: derived\b", re.sub(r"<table.*?</table>", "", html, flags=re.S))
    assert sum(map(int, shown)) == len(doubtful) == 6


def ratings_of_all(site):
    """Every overall rating: the date of its report, and whether a row that says it is of grade C."""
    text = """PREFIX pko: <https://w3id.org/probation-kg/def#>
SELECT ?statement ?published ?doubtful WHERE {
  ?statement a pko:OverallRating ; pko:madeIn ?inspection OPTIONAL { ?inspection pko:reportPublishedOn ?published }
  BIND(EXISTS {
    ?statement pko:evidencedBy/pko:rowQuality <https://w3id.org/probation-kg/vocab/quality/c> } AS ?doubtful)
}"""
    address = f"/sparql?query={quote(text)}&format=csv"
    return list(csv.DictReader(io.StringIO(site.client.request("GET", address).content.decode())))


@pytest.mark.parametrize("path", ["/ratings", "/ratings/history?unit=pdu/hull-and-east-riding"])
def test_a_doubtful_rating_is_marked_wherever_its_badge_stands(page, path):
    rows = [" ".join(row) for row in cells(page(path)) if "hull" in " ".join(row).lower()]
    assert any(re.search("Requires improvement,? doubtful: derived", row) for row in rows)
    assert "doubtful" not in plain(page("/ratings/history?unit=pdu/west-kent"))


_BEHIND = """PREFIX pko: <https://w3id.org/probation-kg/def#>
PREFIX oa: <http://www.w3.org/ns/oa#>
SELECT ?statement ?grade ?publisher ?tier WHERE {
  ?statement pko:hasRating ?rating ; pko:evidencedBy ?behind
  OPTIONAL { ?behind pko:rowQuality ?grade ; pko:rowSource ?publisher }
  OPTIONAL { ?behind pko:inPassage/oa:hasSource/pko:sourceTier ?tier } }"""
_SIGNS = {"": "", "?": "doubtful: derived", "*": "second-hand", "†": "not fully confirmed"}


def signs(site):
    """The sign that each rating must bear, by all the rows and texts behind it."""
    behind = {}
    for row in site.client.select(_BEHIND).rows:
        statement, *rest = (term.value if term else "" for term in row)
        behind.setdefault(statement.rpartition("/id/")[2], set()).update(each.rpartition("/")[2] for each in rest)
    return {statement: sign(found) for statement, found in behind.items()}


def sign(behind):
    """The sign of a rating with these grades, sources and kinds of text behind it."""
    if "c" in behind:
        return "?"
    if behind & {"a", "primary-report", "official-release"}:
        return ""
    return "†" if "hm-inspectorate-of-probation-pages" in behind else "*"


@pytest.mark.parametrize("programme", ["hmip-2023", "hmip-2021", "hmip-2018"])
def test_each_tile_of_a_matrix_bears_the_sign_of_how_its_rating_is_known(page, site, programme):
    expected, html = signs(site), page(f"/ratings?programme=programme/{programme}")
    tiles = re.findall(r'href="/evidence/([^"]+)" title="([^"]+)"><span aria-hidden="true">([^<]+)</span>', html)
    assert len(tiles) > 60
    for statement, title, shown in tiles:
        assert shown.lstrip("abcdefghijklmnopqrstuvwxyzGIOR ") == expected[statement], statement
        known = _SIGNS[expected[statement]]
        assert title.endswith(f", {known}: evidence" if known else ": evidence")
        assert ("," in title) == bool(known)


def test_named_questions_say_how_a_rating_is_known_as_the_pages_do(site):
    expected = signs(site)
    asked = [site.client.ask("lowest-rated-standard-in-each-inspection")]
    for (region,) in site.client.select("SELECT ?r { ?r a <https://w3id.org/probation-kg/def#ProbationRegion> }").rows:
        asked.append(site.client.ask("units-by-latest-rating-in-a-region", region=region.value))
    for unit in ("pdu/west-kent", "pdu/bradford-and-calderdale", "pdu/york", "pdu/hull-and-east-riding"):
        asked.append(site.client.ask("rating-history-of-a-unit", unit=unit))
    found = {row["statement"]: row["known"] or "" for rows in asked for row in rows if row["statement"]}
    words = {"derived": "?", "second-hand": "*", "unconfirmed": "†", "": ""}
    assert set(found.values()) == words.keys()
    for statement, known in found.items():
        assert words[known] == expected[statement.rpartition("/id/")[2]], statement


def test_ratings_known_from_press_alone_are_marked_in_the_history_of_a_unit(page, site):
    rows = [row for row in cells(page("/ratings/history?unit=pdu/bradford-and-calderdale")) if "Evidence" in str(row)]
    assert [row[1].split(" Evidence")[0].partition(" second-hand")[1] for row in rows] == [" second-hand"] * 8


def test_a_region_without_ratings_under_a_programme_leads_to_those_that_have_some(page):
    html = page("/ratings?region=region/london")
    links = re.findall(r'<li><a href="(/ratings\?programme=[^"]+)">[^<]+</a> – overall ratings on record: (\d+)', html)
    assert [number for _, number in links] == ["6", "2"]
    for address, number in links:
        assert f"overall ratings: {number};" in page(unescape(address))
    none_then = page("/ratings?programme=programme/hmip-2023&region=region/london&year=2025")
    assert "Overall ratings of London were given in other years" in none_then


def test_a_comparison_says_which_later_rating_it_leaves_out(page):
    html = plain(page("/ratings/compare?unit=pdu/west-kent&unit2=pdu/lambeth"))
    assert "West Kent also has a later overall rating, which is not shown here: Requires improvement (report" in html
    assert "Lambeth also has" not in html
    assert "also has" not in plain(page("/ratings/compare?unit=pdu/surrey&unit2=pdu/brighton-and-east-sussex"))


def test_a_rating_on_a_single_matter_is_counted_and_its_place_is_linked(page):
    html = page("/ratings?programme=programme/national-2025")
    assert "ratings on standards: 0; ratings on single matters: 1." in html
    address = re.search(r'href="([^"]+)#ratings-others">Single matters: 1</a>', html)[1]
    assert "rated Inadequate for services in 2025" in page(address)


@pytest.mark.parametrize("programme", ["hmip-2023", "hmip-2021", "hmip-2018"])
def test_a_matrix_fits_a_laptop_and_leaves_no_cell_empty(show, programme):
    browser = show(f"/ratings?programme=programme/{programme}")
    for box in browser.find_elements("css selector", ".scrolls"):
        assert browser.execute_script("return arguments[0].scrollWidth <= arguments[0].clientWidth", box)
    assert all(cell for row in cells(browser.page_source) for cell in row)


def test_what_was_rated_names_each_row_of_single_matters(page):
    rows = cells(page("/ratings/history?unit=region/kent-surrey-and-sussex"))
    first = [row[0] for row in rows if len(row) == 3]
    assert first.count("Unpaid work") == first.count("Court work") == 1
    west_kent = [row[0] for row in cells(page("/ratings/history?unit=pdu/west-kent")) if len(row) == 3]
    assert west_kent.index("West Kent was rated inadequate in every category in 2022.") == 1
    assert "Court work" in west_kent[2:]
    assert "Assessment in unpaid work in Kent, Surrey and Sussex was rated Inadequate." in first
    assert len(first) == len(set(first))


def test_the_list_of_a_year_holds_as_many_ratings_as_were_counted(page):
    html = page("/ratings?programme=programme/hmip-2023&year=2024")
    ratings = [row[2] for row in cells(html) if len(row) > 2 and "evidence" in row[2]]
    assert sum(rating.startswith("Inadequate") for rating in ratings) == 14
    assert sum(rating.startswith("Requires improvement") for rating in ratings) == 10 + 2


def test_key_questions_are_shown_as_printed_with_samples_and_the_disagreement(page, site):
    html = page("/ratings/key-questions")
    rows = {row[0].split()[-1]: row for row in cells(html) if len(row) == 5}
    for row in site.client.ask("key-question-results", inspection="inspection/kss-region-2024"):
        shown = rows[row["code"]]
        assert shown[1] == f"{row['percentage']:g}%"
        assert shown[2] == str(row["cases"])
        assert shown[3] == ("Yes" if row["drives"] else "No")
    assert rows["R2.6-Q2"][1:3] == ["82%", "14"]
    assert "Sources disagree" in rows["R2.6-Q2"][4]


def test_what_no_source_says_of_a_result_is_not_known(page):
    html = page("/ratings/key-questions?inspection=inspection/north-east-region-2025")
    rows = [row for row in cells(html) if len(row) == 5][1:]
    assert [row[1:4] for row in rows] == [["35%", "not known", "not known"], ["33%", "not known", "not known"]]


@pytest.mark.parametrize("path", _ALL)
def test_every_page_has_its_rows_as_csv_and_its_query(page, site, path):
    html = page(f"/ratings{path}")
    assert downloads(html)
    for address in downloads(html):
        rows, reply = fetched(site, address)
        assert reply.media_type.startswith("text/csv")
        assert rows
    assert ">The query behind it (SPARQL)</a>" in html


def test_the_csv_of_the_matrix_has_the_ratings_that_the_page_shows(page, site):
    html = page("/ratings?programme=programme/hmip-2021&year=2022")
    rows, _ = fetched(site, downloads(html)[0])
    evidence = re.findall(r'href="/evidence/([^"]+)"', html)
    assert sorted(evidence) == sorted(row["statement"].rpartition("/id/")[2] for row in rows if row["statement"])


@pytest.mark.parametrize("field", ["programme", "region", "year", "unit", "unit2", "inspection"])
@pytest.mark.parametrize("value", _HOSTILE)
def test_a_value_that_names_nothing_is_answered_in_one_sentence(site, field, value):
    for section in ("", "/history", "/compare", "/distribution", "/key-questions"):
        reply = site.client.request("GET", f"/ratings{section}?{field}={quote(value)}", headers={"Accept": "text/html"})
        html = reply.content.decode()
        assert reply.status == 200
        assert "<script>alert" not in html
    reader = {"year": "", "region": "", "programme": "", "inspection": "/key-questions"}.get(field, "/compare")
    html = site.client.request("GET", f"/ratings{reader}?{field}={quote(value)}", headers={"Accept": "text/html"})
    assert html.content.decode().count('role="alert"') == 1


def test_somebody_compares_east_kent_with_west_kent(show, site):
    from selenium.webdriver.support.ui import Select

    browser = show("/ratings")
    browser.find_element("link text", "Compare two units").click()
    Select(browser.find_element("id", "ratings-unit")).select_by_visible_text("East Kent")
    Select(browser.find_element("id", "ratings-unit2")).select_by_visible_text("West Kent")
    browser.find_element("css selector", "form.filters button").click()
    overall = browser.find_element("css selector", ".ratings-two tbody tr").text
    assert " ".join(overall.split()) == "Overall Inadequate second-hand Evidence Requires improvement Evidence"
    columns = [cell.text.split("\n")[0] for cell in browser.find_elements("css selector", ".ratings-two thead th")]
    assert columns == ["Standard", "East Kent", "West Kent"]
    link = browser.find_element("css selector", ".ratings-two .evidence").get_attribute("href")
    assert link == f"{site.url}/evidence/inspection/east-kent-pdu-2024/rating/overall"
    assert "given to every delivery unit of the region at once" in browser.find_element("tag name", "main").text


def test_somebody_downloads_the_history_of_a_unit(show, site):
    browser = show("/ratings/history?unit=pdu/west-kent", scripts=False)
    address = browser.find_element("css selector", "a.csv").get_attribute("href").removeprefix(site.url)
    rows, reply = fetched(site, address)
    assert reply.media_type.startswith("text/csv")
    shown = browser.find_elements("css selector", ".ratings-history .badge")
    assert [row["rating label"] for row in rows] == [badge.text for badge in shown]


@pytest.mark.parametrize(
    "path", ["/ratings/history?unit=pdu/west-kent", "/ratings/compare?unit=pdu/east-kent&unit2=pdu/west-kent", "/"]
)
def test_on_a_phone_rows_are_stacked_so_that_no_warning_is_cut_off(show, path):
    browser = show(path, width=360)
    wide = "return [...document.querySelectorAll('.wide')].filter((one) => one.scrollWidth > one.clientWidth).length"
    assert browser.execute_script(wide) == 0
    for cell in browser.find_elements("css selector", ".ratings-break td"):
        assert cell.rect["x"] + cell.rect["width"] <= 360


@pytest.mark.parametrize("path", ["/ratings", "/provision"])
def test_on_a_phone_a_matrix_says_that_it_moves_and_keeps_its_first_column(show, path):
    browser = show(path, width=360)
    assert browser.find_element("css selector", ".swipe").is_displayed()
    moved = browser.execute_script("""const box = document.querySelector(".scrolls");
      box.scrollLeft = 300; return box.querySelector("tbody th").getBoundingClientRect().left
        - box.getBoundingClientRect().left""")
    assert moved == 0
    fits = "const box = document.querySelector('.scrolls'); return box.scrollWidth <= box.clientWidth"
    browser = show(path)
    assert browser.find_element("css selector", ".swipe").is_displayed() != browser.execute_script(fits)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", _ALL)
def test_every_page_is_accessible_and_fits_a_phone(show, violations, path, theme):
    browser = show(f"/ratings{path}", width=320, theme=theme)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= 320
    assert violations(browser) == []
