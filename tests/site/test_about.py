"""What the site says of itself: sources with licences, the quality of the data, and the feed of what was published."""

import re
from datetime import datetime

import pytest
from lxml import etree

from kg import names
from kg.validate import validate

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def feed(site):
    """The feed, read by another maker's reader."""
    reply = site.client.request("GET", "/feed.atom")
    assert reply.media_type == "application/atom+xml"
    return etree.fromstring(reply.content)


def test_each_register_stands_with_its_publisher_and_licence(page, store):
    shown = page("/about")
    found = store.query(
        f"SELECT ?source ?licence WHERE {{ ?source a <{names.DEF}RegisterSource> ; <{names.DEF}licence> ?licence }}"
    )
    assert len(found.rows) >= 18
    for source, licence in found.rows:
        slug = names.short(source.value)
        row = re.search(rf'<tr><th scope="row"><a href="/doc/{re.escape(slug)}">.*?</tr>', shown, re.S)
        assert row, slug
        assert f">{licence.value}</td>" in row[0]


def test_the_page_names_the_version_that_is_served(page, site):
    assert site.client.health()["version"] in page("/about")
    assert site.client.health()["version"][:16] in page("/quality")


def test_the_checks_found_what_the_library_finds(page, store):
    counts, shown = validate(store).counts(), page("/quality")
    told = f"{counts.get('Violation', 0)} broken rules, {counts['Warning']} matters that a person must look at, "
    assert told + f"{counts['Info']} places" in shown
    assert len(re.findall(r'<td data-label="Grade">(?:To look at|Something useful is missing)</td>', shown)) == 14


@pytest.mark.parametrize(
    ("region", "label"), [("kent-surrey-and-sussex", "Kent, Surrey and Sussex"), ("wales", "Wales")]
)
def test_offices_without_a_unit_are_counted_by_region(page, site, region, label):
    shown = page("/quality").partition('id="offices"')[2]
    rows = list(site.client.ask("offices-of-a-region", region=f"region/{region}"))
    offices = {row["office"] for row in rows}
    missing = offices - {row["office"] for row in rows if row["unit"]}
    row = re.search(rf">{label}</a></th><td[^>]*>(\d+)</td><td[^>]*>(\d+)</td>", shown)
    assert row
    assert (int(row[1]), int(row[2])) == (len(offices), len(missing))


@pytest.mark.parametrize(
    ("question", "column"),
    [
        ("units-never-inspected", "unit"),
        ("inspections-without-a-rating", "inspection"),
        ("discrepancies", "discrepancy"),
    ],
)
def test_a_figure_of_completeness_is_that_of_its_query(page, site, question, column):
    number = len({row[column] for row in site.client.ask(question)})
    cell = re.search(rf'<td class="number"[^>]*>(\d+)</td><td[^>]*><a href="/queries/{question}"', page("/quality"))
    assert cell
    assert int(cell[1]) == number


def test_the_age_of_a_region_is_the_date_of_its_newest_report(page, site):
    newest = max(
        row["published"]
        for row in site.client.ask("inspections")
        if row["published"] and row["unit"].endswith("region/kent-surrey-and-sussex")
    )
    assert newest == "2024-05"
    ages = page("/quality").partition('id="ages"')[2]
    assert re.search(r"Kent, Surrey and Sussex</a></th><td[^>]*>May 2024</td>", ages)


@pytest.mark.parametrize(
    ("region", "told"),
    [
        ("kent-surrey-and-sussex", ["kss-dynamic-2025"]),
        ("greater-manchester", ["greater-manchester-dynamic-2026"]),
        ("south-west", ["south-west-dynamic-2025"]),
        ("london", []),
    ],
)
def test_inspections_that_may_be_newer_than_the_newest_dated_report_are_named(page, region, told):
    row = page("/quality").partition('id="ages"')[2].split(f'href="/doc/region/{region}"')[1].partition("</tr>")[0]
    assert re.findall(r"/doc/inspection/([\w-]+)", row) == told


def test_a_unit_is_not_blamed_for_what_its_region_says(page):
    units = page("/quality").partition('id="units"')[2].partition("</table>")[0]
    to_look_at = {
        name: int(number)
        for name, number in re.findall(r'href="/doc/([^"]+)">.*?</th><td[^>]*>\d+</td><td[^>]*>(\d+)</td>', units)
    }
    assert to_look_at["region/kent-surrey-and-sussex"] == 5
    assert to_look_at["pdu/west-kent"] == 1


def test_the_feed_has_what_atom_demands(feed):
    for element in (feed, *feed.iter(f"{ATOM}entry")):
        assert element.findtext(f"{ATOM}id").startswith(names.BASE)
        assert element.findtext(f"{ATOM}title")
        assert datetime.fromisoformat(element.findtext(f"{ATOM}updated")).tzinfo
        assert element.find(f"{ATOM}link[@rel='alternate']").get("href").startswith("http")
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    assert feed.find(f"{ATOM}link[@rel='self']").get("href").endswith("/feed.atom")
    ids = [each.findtext(f"{ATOM}id") for each in feed.iter(f"{ATOM}entry")]
    assert len(ids) == len(set(ids))


def test_the_feed_holds_every_published_report_and_document_newest_first(feed, site):
    entries = list(feed.iter(f"{ATOM}entry"))
    dates = [each.findtext(f"{ATOM}updated") for each in entries]
    assert dates == sorted(dates, reverse=True)
    published = {row["inspection"] for row in site.client.ask("inspections") if row["published"]}
    published |= {row["document"] for row in site.client.ask("documents") if row["published"]}
    assert {each.findtext(f"{ATOM}id") for each in entries} == published


def test_a_day_that_is_not_known_is_not_made_up(feed):
    entry = next(each for each in feed.iter(f"{ATOM}entry") if each.findtext(f"{ATOM}id").endswith("kss-region-2024"))
    assert entry.find(f"{ATOM}published") is None
    assert entry.findtext(f"{ATOM}summary") == "The report of this inspection was published: May 2024."


@pytest.mark.parametrize("width", [360, 390])
def test_no_table_of_the_quality_page_is_wider_than_a_phone(show, width):
    browser = show("/quality", width=width)
    boxes = browser.find_elements("css selector", ".wide")
    assert len(boxes) == 6
    for box in boxes:
        assert browser.execute_script("return arguments[0].scrollWidth <= arguments[0].clientWidth", box)
