"""Provision: contracts as the register gives them, and gaps that are stated kept apart from what is not known."""

import csv
import io
import re
from urllib.parse import quote, urlsplit

import pytest
from lxml import html

from kg import names
from kg.client import Client

REGION = "region/kent-surrey-and-sussex"
KSS = f"/provision?region={REGION}"


@pytest.fixture(scope="module")
def client(site):
    with Client(site.url) as asked:
        yield asked


def rows_of(text, service):
    """The contract rows of a service, cell by cell."""
    tables = html.fromstring(text).xpath(f"//h2[@id='{service}']/following-sibling::div[1]//tbody/tr")
    return [[" ".join(cell.text_content().split()) for cell in row] for row in tables]


def test_lead_and_subcontractors_are_those_of_the_named_query(page, client):
    asked = client.ask("providers-by-region-and-service", region=REGION, service="vocab/service/accommodation")
    known = {(row["role"], row["provider label"]) for row in asked}
    lead, subs = rows_of(page(KSS), "accommodation")[0][1:3]
    assert lead in {name for role, name in known if role == "holder"}
    assert all(name in subs for role, name in known if role == "subcontractor")


def test_each_number_of_the_grid_is_the_number_of_register_entries(page, client):
    found = html.fromstring(page("/provision"))
    counts = {link.get("href"): int(link.text) for link in found.xpath("//td/a[not(@class)]")}
    for region in ("region/greater-manchester", "region/wales", REGION):
        entries = {}
        for row in client.ask("providers-by-region-and-service", region=region):
            entries.setdefault(row["service"].rpartition("/")[2], set()).add(row["contract"])
        for service, contracts in entries.items():
            assert counts[f"/provision?region={region}&service=vocab/service/{service}"] == len(contracts)


def test_the_grid_says_which_of_its_contracts_are_closed_to_referrals_and_by_which_list(page, site):
    answer = site.client.select(f"""PREFIX pko: <{names.DEF}> SELECT ?region ?service ?contract ?status WHERE {{
      ?contract pko:contractType ?type ; pko:contractService ?service ; pko:contractArea ?area .
      ?area pko:servesRegion? ?region . ?region a pko:ProbationRegion .
      OPTIONAL {{ ?contract pko:referralStatus ?status }} }}""")
    told = {}
    for region, service, contract, status in answer.rows:
        cell = f"/provision?region={names.short(region.value)}&service={names.short(service.value)}"
        told.setdefault(cell, {})[contract.value] = bool(status) and status.value.endswith("/closed")
    found = html.fromstring(page("/provision"))
    for link in found.xpath("//td/a[not(@class)]"):
        shut, listed = sum(told[link.get("href")].values()), len(told[link.get("href")])
        said = "(closed)" if shut == listed == 1 else "(all closed)" if shut == listed else f"({shut} closed)"
        shown = [note for note in link.getparent().xpath("span[@class='note']/text()") if "closed" in note]
        assert shown == ([said] if shut else [])
    assert "“Closed” means closed to referrals, as “Refer and monitor" in page("/provision")
    assert page("/provision").count("may be one and the same") == 1


def test_referrals_that_are_closed_are_told_from_when_they_were_taken_and_open_ones_are_not(page):
    chosen = page("/provision?region=region/south-west&service=vocab/service/dependency-and-recovery")
    referrals = [row[-2] for row in rows_of(chosen, "dependency-and-recovery")]
    assert any("closed to referrals, taken from 1 June 2025, last day 5 March 2026" in each for each in referrals)
    assert not any("closed to referrals, from" in each for each in referrals)


def test_every_stated_absence_is_marked_as_such_and_nothing_else_is(page, client):
    absences = client.ask("services-without-a-contract")
    found = html.fromstring(page("/provision"))
    cells = found.xpath("//td[span[contains(@class, 'mark-absent')]]")
    links = {cell.xpath("a/@href")[0].removeprefix("/evidence/") for cell in cells}
    assert links == {row["statement"].partition("/id/")[2] for row in absences}


def test_a_stated_absence_and_the_unknown_differ_in_words_and_mark(page):
    stated = page(KSS + "&service=vocab/service/mentoring").partition('id="key"')[2].partition("</ul>")[2]
    unknown = page(KSS + "&service=vocab/service/unpaid-work").partition('id="key"')[2].partition("</ul>")[2]
    assert '<span class="mark mark-absent">none listed</span>' in stated
    assert "mark-unknown" not in stated
    assert '<span class="mark mark-unknown">not known</span>' in unknown
    assert "mark-absent" not in unknown


def test_days_of_the_catalogue_are_doubtful_and_lead_to_what_contradicts_them(page):
    text = page(KSS)
    assert "Catalogue: " in rows_of(text, "dependency-and-recovery")[0][3]
    assert "31 March 2025" in rows_of(text, "dependency-and-recovery")[0][3]
    assert text.count("mark-doubt") == 1
    assert text.index("mark-doubt") < text.index("<table")
    assert "grade C" not in text
    heads = html.fromstring(text).xpath("//table[@class='contracts'][1]//thead//th/text()")
    assert [head for head in heads if "doubtful" in head] == [
        "Dates (of the catalogue: doubtful)",
        "Referrals (doubtful)",
    ] * (len(heads) // 6)


def test_all_days_that_the_key_calls_doubtful_are_graded_so_or_say_otherwise(page, site):
    graded = site.client.select(f"""PREFIX pko: <{names.DEF}> SELECT DISTINCT ?grade WHERE {{
      VALUES ?table {{ <{names.ID}table/crs-contract-dates> <{names.ID}table/crs-referral-windows> }}
      ?row pko:inTable ?table ; pko:rowQuality ?grade }}""")
    others = {row[0].value for row in graded.rows} - {names.VOCAB + "quality/c"}
    assert ("; graded " in page(KSS) or ">graded " in page(KSS)) is bool(others)


def test_days_that_are_contradicted_lead_to_what_contradicts_them(page):
    assert "/disagreements/contract-ends-before-referrals" in page(KSS)


def test_the_days_of_the_catalogue_name_their_own_source(page):
    assert "“Catalogue” are those of another source, “Find and refer an intervention" in page(KSS)


def test_both_sides_of_what_documents_say_of_a_service_are_there(page):
    text = page(KSS + "&service=vocab/service/accommodation")
    assert "was delivered well" in text
    assert "Heavy demand caused difficulties" in text
    assert f"/findings?region={REGION}&amp;theme=vocab/theme/accommodation" in text
    assert "as long as three months" in page(KSS + "&service=vocab/service/womens-services")


def test_a_contract_of_a_report_is_told_apart_from_the_register_and_the_overlap_said_once(page):
    text = page(KSS)
    assert text.count("may be one and the same") == 1
    row = next(row for row in rows_of(text, "education-training-and-employment") if "Told of in a document" in row[0])
    assert row[1] == "not known"
    assert "March 2024" in row[3]


@pytest.mark.parametrize("choice", [f"region={REGION}", "service=vocab/service/mentoring", "provider=body/seetec"])
def test_the_download_holds_the_contracts_of_the_page(page, site, choice):
    found = html.fromstring(page(f"/provision?{choice}"))
    link = next(link for link in found.xpath("//p[@class='downloads']/a/@href") if link.startswith("/sparql"))
    reply = site.client.request("GET", link)
    assert reply.status == 200
    rows = list(csv.DictReader(io.StringIO(reply.content.decode())))
    listed = set(found.xpath("//table[@class='contracts']//th/a/@href"))
    assert {urlsplit(row["contract"]).path.rpartition("/")[2] for row in rows} == {
        link.rpartition("/")[2] for link in listed
    }


def test_a_provider_is_shown_with_all_contracts_in_which_it_has_a_part(page, client):
    asked = client.ask("contracts-of-a-provider", provider="body/seetec")
    known = {row["contract"].rpartition("/")[2] for row in asked}
    text = page("/provision?provider=body/seetec")
    shown = set(re.findall(r'<th scope="row">\s*<a href="/doc/contract/([^"]+)"', text))
    assert shown - known == {"crs-accommodation-kss"}
    assert known <= shown


@pytest.mark.parametrize("name", ["region", "service", "provider"])
@pytest.mark.parametrize("value", ["<script>alert(1)</script>", "> } DROP ALL #", "region/none", "é" * 200, "%00"])
def test_a_value_that_is_none_of_the_list_is_told_in_one_sentence(page, name, value):
    text = page(f"/provision?{name}={quote(value)}")
    assert len(html.fromstring(text).xpath("//p[@role='alert']")) == 1
    assert "<script>alert" not in text


@pytest.mark.parametrize("scripts", [True, False])
def test_journey_who_provides_accommodation_in_kent_surrey_and_sussex(show, scripts):
    from selenium.webdriver.support.ui import Select, WebDriverWait

    browser = show("/provision", scripts=scripts)
    Select(browser.find_element("id", "region")).select_by_visible_text("Kent, Surrey and Sussex")
    Select(browser.find_element("id", "service")).select_by_visible_text("accommodation")
    browser.find_element("css selector", "form.filters button").click()
    WebDriverWait(browser, 10).until(lambda each: "region=" in each.current_url)
    assert browser.title.startswith("Who provides which service in Kent, Surrey and Sussex, for accommodation")
    row = browser.find_element("css selector", "table.contracts tbody tr").text
    assert "Seetec" in row
    assert "The Pluss Organisation CIC" in row
    assert "Reference PRJ_5553" in row
