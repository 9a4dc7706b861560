"""Places: which delivery unit serves them, as the graph says and as far as it says."""

from urllib.parse import quote

import pytest
from lxml import html

from kg.client import Client


def lead(text):
    """The sentences that answer."""
    return [" ".join(each.text_content().split()) for each in html.fromstring(text).xpath("//p[@class='lead']")]


def rows_of(text, heading):
    """The rows of the table below a heading."""
    return html.fromstring(text).xpath(f"//h2[@id='{heading}']/following-sibling::div[1]//tbody/tr")


@pytest.mark.parametrize("area", ["thanet", "medway", "york", "stafford", "cardiff", "wrexham", "hackney"])
def test_units_and_extent_are_those_of_the_named_query(page, site, area):
    with Client(site.url) as client:
        known = client.ask("unit-that-serves-a-district", area=f"place/{area}")
    rows = rows_of(page(f"/areas?area=place/{area}"), "units")
    shown = {(row.xpath("string(th)").strip(), row.xpath("normalize-space(td[2]/text())")) for row in rows}
    assert shown == {(row["unit label"], row["extent label"]) for row in known}
    assert {label for _, label in shown} <= {"no part named", "part"}


@pytest.mark.parametrize("area", ["medway", "dartford", "gravesham", "wrexham", "thurrock", "thanet", "york"])
def test_a_disputed_coverage_is_marked_in_the_answer_and_in_its_row_with_links(page, site, area):
    with Client(site.url) as client:
        known = client.ask("unit-that-serves-a-district", area=f"place/{area}")
    disputes = {row["disputed label"] for row in known if row["disputed"]}
    assert bool(disputes) == (area not in {"thanet", "york"})
    text = page(f"/areas?area=place/{area}")
    for part in (html.fromstring(text).xpath("//p[@class='lead']")[0], rows_of(text, "units")[0]):
        links = part.xpath(".//a[starts-with(@href, '/disagreements/')]")
        assert {link.text_content() for link in links} == disputes
        assert ("Sources disagree" in part.text_content()) == bool(disputes)


@pytest.mark.parametrize(
    ("area", "answer"),
    [
        ("thanet", "KentOnline, 2024: the delivery unit East Kent (Kent, Surrey and Sussex) covers Thanet."),
        (
            "york",
            "The delivery unit York (Yorkshire and the Humber) covers York, as of 30 June 2026. "
            "How it is known: name of the unit.",
        ),
        (
            "tamworth",
            "The delivery unit Staffordshire South (West Midlands) covers Tamworth, as of 21 July 2026. "
            "How it is known: names of teams. doubtful",
        ),
    ],
)
def test_the_answer_says_who_says_it_or_how_it_is_known_and_as_of_when(page, area, answer):
    assert lead(page(f"/areas?area=place/{area}")) == [answer]


def test_what_the_editors_note_of_a_coverage_stands_beside_its_extent(page):
    row = rows_of(page("/areas?area=place/thanet"), "units")[0]
    assert "names no part" in row.xpath("string(td[2])")
    assert row.xpath("string(td[4])") == "2024"


def test_offices_without_a_district_are_counted_in_the_graph(page, site):
    pattern = "SELECT (COUNT(DISTINCT ?o) AS ?n) { ?o a <https://w3id.org/probation-kg/def#ProbationOffice> %s }"
    located = "; <https://w3id.org/probation-kg/def#locatedIn> ?a"
    known, total = (int(site.client.select(pattern % more).rows[0][0].value) for more in (located, ""))
    assert 0 < known < total
    assert f"known for {known} of the {total} offices" in page("/areas?area=place/thanet")


def test_a_district_without_a_current_unit_is_not_known_and_names_the_unit_that_ended(page):
    text = page("/areas?area=place/newcastle-under-lyme")
    assert lead(text) == ["not known No source read here says which delivery unit serves Newcastle-under-Lyme today."]
    assert "A unit that has ended served it: Staffordshire and Stoke." in text


def test_a_county_lists_its_districts_each_with_its_unit(page):
    rows = rows_of(page("/areas?area=place/kent"), "districts")
    units = {row.xpath("string(th)").strip(): row.xpath("string(td[1])").strip() for row in rows}
    assert units["Thanet"] == "East Kent"
    assert len(units) == 12


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("CT9 1RL", "postcodes are not known here"),
        ("Atlantis", "No place called"),
        ("<script>alert(1)</script>", "No place called"),
        ('" } DROP ALL #', "No place called"),
        (".*", "No place called"),
    ],
)
def test_a_name_that_no_place_bears_is_told_in_one_sentence(page, asked, said):
    text = page(f"/areas?place={quote(asked)}")
    alerts = html.fromstring(text).xpath("//p[@role='alert']")
    assert len(alerts) == 1
    assert said in alerts[0].text_content()
    assert "<script>alert" not in text


@pytest.mark.parametrize("area", ["place/none", "pdu/west-kent", "<>", "../x", "x y"])
def test_an_area_that_is_no_place_is_told_in_one_sentence(page, area):
    assert "is no place that is known here" in page(f"/areas?area={quote(area)}")


def test_a_misspelt_name_is_offered_and_never_taken_for_the_place(page):
    text = page("/areas?place=Thannet")
    assert "No place called" in text
    assert 'href="/areas?area=place/thanet"' in text
    assert lead(text)[0].startswith("Give the name")


def test_a_town_is_found_through_the_court_or_office_in_it(page):
    assert 'href="/areas?area=place/thanet"' in page("/areas?place=Margate")


def test_a_nation_and_a_region_are_told_to_be_too_wide(page):
    assert "wider than a delivery unit" in page("/areas?place=England")
    assert "A whole probation region bears this name" in page("/areas?area=place/london")


@pytest.mark.parametrize("scripts", [True, False])
def test_journey_which_unit_serves_thanet(show, scripts):
    from selenium.webdriver.support.ui import WebDriverWait

    browser = show("/provision", scripts=scripts)
    browser.find_element("link text", "Which delivery unit serves a place?").click()
    browser.find_element("id", "place").send_keys("thanet")
    browser.find_element("css selector", "form.filters button").click()
    WebDriverWait(browser, 10).until(lambda each: "place=" in each.current_url)
    assert browser.title.startswith("Which delivery unit serves Thanet?")
    answer = "KentOnline, 2024: the delivery unit East Kent (Kent, Surrey and Sussex) covers Thanet."
    assert browser.find_element("css selector", "p.lead").text == answer
    main = browser.find_element("css selector", "main").text
    assert "Margate Magistrates' Court" in main
    assert "Ramsgate: Queens House" in main
    assert (
        browser.find_element("css selector", "#units ~ div a.evidence")
        .get_attribute("href")
        .endswith("/evidence/coverage/east-kent/thanet")
    )


def test_every_download_holds_what_the_page_lists(page, site):
    found = html.fromstring(page("/areas?area=place/thanet"))
    answers = [site.client.request("GET", link) for link in found.xpath("//p[@class='downloads']/a/@href")]
    assert [reply.status for reply in answers] == [200, 200, 200]
    units, courts, offices = (reply.content.decode() for reply in answers)
    assert "pdu/east-kent" in units
    assert "court/margate-magistrates-court" in courts
    assert "office/ramsgate-queens-house" in offices


def test_a_doubtful_coverage_says_what_doubtful_means_and_no_other_does(page):
    told = html.fromstring(page("/areas?area=place/chorley"))
    assert told.xpath("//span[contains(@class, 'mark-doubt')]")
    (note,) = told.xpath("//p[a[@href='/about#registers']]")
    assert "grade C" in note.text_content()
    assert 'id="registers"' in page("/about")
    assert "grade C" not in page("/areas?area=place/thanet")
