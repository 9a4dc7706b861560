"""Disagreements: every one with all its sides, who says what in whose words, the side in use, and the reason."""

from urllib.parse import quote

import pytest
from lxml import html

from kg.client import Client

PAGES = range(1, 8)
CLAIM = "claim/hmip-report-kss-2024/r2-4-118-per-cent-of-hours"


@pytest.fixture(scope="module")
def known(site):
    with Client(site.url) as client:
        return list(client.ask("discrepancies"))


@pytest.fixture(scope="module")
def values(site):
    with Client(site.url) as client:
        return list(client.ask("disputed-values"))


@pytest.fixture(scope="module")
def found(page):
    return [html.fromstring(page(f"/disagreements?page={number}")) for number in PAGES]


@pytest.fixture(scope="module")
def sections(found):
    return {each.get("aria-labelledby"): each for one in found for each in one.xpath("//section[@class='dispute']")}


def slug(row):
    return row["discrepancy"].rpartition("/id/discrepancy/")[2]


def text_of(element):
    return " ".join(element.text_content().split())


def sides(section):
    """Give the boxes of a disagreement: mark, the value or the sentence, and who says it."""
    boxes = section.xpath(".//ul[@class='sides']/li")
    speaks = [[text_of(each) for each in box.xpath(".//dt[.='Who says it']/following-sibling::dd[1]")] for box in boxes]
    where = [[text_of(each) for each in box.xpath(".//dt[.='Where']/following-sibling::dd[1]")] for box in boxes]
    mark = [text_of(box.xpath("p[contains(@class, 'mark')]")[0]) for box in boxes]
    said = [text_of(box.xpath("p[not(contains(@class, 'mark'))]")[0]) for box in boxes]
    return list(zip(mark, said, speaks, where, strict=True))


def test_every_discrepancy_is_there_once_with_a_link_to_all_its_sides(sections, known):
    wanted = {}
    for row in known:
        wanted.setdefault(slug(row), set()).add(row["side"].rpartition("/id/")[2])
    assert set(sections) == set(wanted)
    for name, each in wanted.items():
        links = " ".join(sections[name].xpath(".//a/@href")) + " "
        shown = {side for side in each if f"/{side} " in links}
        rest = each - shown
        # The evidence of a claim is that of the statement it words.
        assert all(side.startswith("claim/") for side in rest), (name, rest)


def test_a_page_holds_twelve_and_documents_come_before_registers(found):
    counts = [len(each.xpath("//section[@class='dispute']")) for each in found]
    assert counts[:-1] == [12] * (len(counts) - 1)
    headings = [text_of(each) for one in found for each in one.xpath("//h2") if "other pages" not in text_of(each)]
    assert headings == sorted(headings, key=lambda each: each != "In reports, releases and articles")


def test_each_value_stands_with_the_sources_that_say_it_and_no_other(sections, values):
    wanted = {}
    for row in values:
        side = wanted.setdefault((slug(row), row["value"]), [row["says"], bool(row["preferred"]), []])
        side[2] += [row["source label"]] if row["source"] else []
    for (name, _), (says, used, sources) in wanted.items():
        (side,) = [each for each in sides(sections[name]) if each[1] == says]
        assert sorted(side[3]) == sorted(sources), name
        assert (side[0] == "Used here") is used, name


def test_contradicting_registers_stand_on_different_sides(sections):
    (kept, other) = sides(sections["barnsley-gss-code"])
    assert (kept[0], kept[1], kept[3]) == ("Used here", "E08000038", ["UK local authority names and codes"])
    assert (other[0], other[1]) == ("Also said", "E08000016")
    assert other[3] == ["Lookups from small areas to police force areas and regions, 2022"]
    find_a_court, monitoring, _ = sides(sections["truro-crown-court-status"])
    assert (find_a_court[1], find_a_court[2]) == ("Not shown as open", ["HM Courts and Tribunals Service"])
    assert monitoring[1] == "Held"
    assert "Find a court" not in " ".join(monitoring[3])


def test_nobody_is_named_where_the_editors_cannot_tell_who_says_it(sections):
    for name in ("region-of-office-bristol-ujima-house", "area-of-office-hart-imperial-house", "kss-prison-count"):
        nameless = [side for side in sides(sections[name]) if not side[3]]
        assert len(nameless) == 1, name
        assert nameless[0][2] == []


def test_what_is_used_is_what_the_reason_says(sections):
    assert [side[0] for side in sides(sections["dartmoor-status"])] == ["Used here", "Also said"]
    used = [side for side in sides(sections["womens-services-by-area"]) if side[0] == "Used here"]
    assert [side[1] for side in used] == ["The police area: one contract each for Kent, Surrey and Sussex"]
    used = [side for side in sides(sections["quotation-achievements"]) if side[0] == "Used here"]
    assert len(used) == 2


def test_each_reason_is_given_as_the_editors_wrote_it(sections, known):
    for row in known:
        assert " ".join(row["note"].split()) in text_of(sections[slug(row)])


def test_a_side_says_who_where_and_when(sections):
    section = sections["who-prepares-new-officers"]
    texts = [text_of(side) for side in section.xpath(".//ul[@class='sides']/li")]
    press = [side for side in texts if "The Argus" in side]
    report = [side for side in texts if "primary report" in side]
    assert len(press) == 1
    assert "Martin Jones" in press[0]
    assert len(report) == 2
    assert all("May 2024" in side for side in report)


def test_a_claim_is_never_given_the_sentence_of_the_statement_that_it_words_differently(sections):
    first, second = sides(sections["base-of-unpaid-work-hours"])
    assert "before Covid-19" in first[1]
    assert "before Covid-19" not in second[1]


def test_a_copy_names_the_author_before_the_copier(page):
    found = html.fromstring(page("/disagreements/west-kent-2022-no-points"))
    said = [each[2] for each in sides(found)]
    assert ["BBC, in a copy by Legacy Building"] in said


def test_the_end_of_a_contract_is_shown_as_each_source_gives_it(page):
    text = text_of(html.fromstring(page("/disagreements/kss-education-contract-end")))
    for said in ("ends on 31 December 2026", "last day 31 December 2023", "was to end in March 2024"):
        assert said in text


def test_a_unit_narrows_the_list_to_what_is_about_it(page):
    found = html.fromstring(page("/disagreements?about=pdu/west-kent"))
    names = found.xpath("//section[@class='dispute']/@aria-labelledby")
    assert set(names) == {"north-kent-and-medway", "west-kent-2022-no-points", "west-kent-areas-in-list"}
    assert found.xpath("//option[@selected]/@value") == ["pdu/west-kent"]


def test_old_links_into_the_one_long_page_still_lead_to_each_disagreement(found, known):
    ids = set(found[0].xpath("//*[@id]/@id"))
    assert {slug(row) for row in known} <= ids


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("", ""),
        ("?kind=vocab/discrepancy/date", "the values in registers are of every kind"),
        ("?about=pdu/west-kent", "both files, and the query, hold the disagreements about every body"),
    ],
)
def test_the_page_says_what_its_files_hold_beyond_the_filters(page, query, told):
    found = html.fromstring(page(f"/disagreements{query}"))
    after = found.xpath("string(//p[@class='downloads']/following-sibling::*[1])")
    assert told in after if told else "every" not in after


@pytest.mark.parametrize("kind", ["<script>alert(1)</script>", "vocab/rating/good", "x y", "é" * 250])
@pytest.mark.parametrize("field", ["kind", "about"])
def test_a_value_that_is_none_is_told_in_one_sentence(page, field, kind):
    text = page(f"/disagreements?{field}={quote(kind)}")
    assert len(html.fromstring(text).xpath("//p[@role='alert']")) == 1
    assert "<script>alert" not in text


@pytest.mark.parametrize("number", ["0", "-1", "x", "²", "999999999"])
def test_a_page_that_is_none_is_the_nearest_one(page, number):
    assert html.fromstring(page(f"/disagreements?page={quote(number)}")).xpath("//section[@class='dispute']")


def test_journey_from_doubtful_days_to_what_contradicts_them_without_scripts(show):
    from selenium.webdriver.support.ui import WebDriverWait

    browser = show("/provision?region=region/kent-surrey-and-sussex", scripts=False)
    browser.find_element("css selector", "#dependency-and-recovery + div a[href^='/disagreements']").click()
    WebDriverWait(browser, 10).until(lambda each: each.current_url.endswith("/contract-ends-before-referrals"))
    section = browser.find_element("css selector", "section.dispute")
    section.find_element("css selector", "summary").click()
    assert "ends on 31 March 2025" in section.text
