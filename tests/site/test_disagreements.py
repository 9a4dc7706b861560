"""Disagreements: every one with all its sides, the side in use, and the editors' reason."""

from urllib.parse import quote

import pytest
from lxml import html

from kg.client import Client


@pytest.fixture(scope="module")
def known(site):
    with Client(site.url) as client:
        return list(client.ask("discrepancies"))


@pytest.fixture(scope="module")
def found(page):
    return html.fromstring(page("/disagreements"))


def test_every_discrepancy_is_there_with_all_its_sides(found, known):
    sides = {}
    for row in known:
        sides.setdefault(row["discrepancy"].rpartition("/id/discrepancy/")[2], set()).add(row["side"])
    shown = {
        section.get("aria-labelledby"): len(section.xpath("ul[@class='sides']/li | details/ul/li"))
        for section in found.xpath("//section[@class='dispute']")
    }
    assert shown == {name: len(each) for name, each in sides.items()}


def test_the_side_in_use_is_the_preferred_one_and_none_is_marked_where_none_is(found, known):
    preferred = {}
    for row in known:
        name = row["discrepancy"].rpartition("/id/discrepancy/")[2]
        preferred[name] = preferred.get(name, 0) + bool(row["preferred"])
    shown = {
        section.get("aria-labelledby"): len(section.xpath(".//*[contains(@class, 'mark-used')]"))
        for section in found.xpath("//section[@class='dispute']")
    }
    assert shown == preferred
    assert sum(shown.values()) == 37


def test_each_reason_is_given_as_the_editors_wrote_it(found, known):
    text = " ".join(found.text_content().split())
    for note in {row["note"] for row in known}:
        assert " ".join(note.split()) in text


def test_a_side_says_who_where_and_when(found):
    section = found.xpath("//section[@aria-labelledby='who-prepares-new-officers']")[0]
    sides = [" ".join(side.text_content().split()) for side in section.xpath("ul[@class='sides']/li")]
    press = [side for side in sides if "The Argus" in side]
    report = [side for side in sides if "primary report" in side]
    assert len(press) == 1
    assert "Martin Jones" in press[0]
    assert len(report) == 2
    assert all("May 2024" in side for side in report)


def test_the_end_of_a_contract_is_shown_as_each_source_gives_it(page):
    found = html.fromstring(page("/disagreements?kind=vocab/discrepancy/date"))
    section = found.xpath("//section[@aria-labelledby='kss-education-contract-end']")[0]
    text = " ".join(section.text_content().split())
    for said in ("ends on 31 December 2026", "last day 31 December 2023", "was to end in March 2024"):
        assert said in text


@pytest.mark.parametrize("kind", ["<script>alert(1)</script>", "vocab/rating/good", "x y", "é" * 250])
def test_a_kind_that_is_none_is_told_in_one_sentence(page, kind):
    text = page(f"/disagreements?kind={quote(kind)}")
    assert len(html.fromstring(text).xpath("//p[@role='alert']")) == 1
    assert "<script>alert" not in text


def test_journey_from_doubtful_days_to_what_contradicts_them_without_scripts(show):
    from selenium.webdriver.support.ui import WebDriverWait

    browser = show("/provision?region=region/kent-surrey-and-sussex", scripts=False)
    browser.find_element("css selector", "#dependency-and-recovery + div a[href^='/disagreements']").click()
    WebDriverWait(browser, 10).until(lambda each: each.current_url.endswith("#contract-ends-before-referrals"))
    section = browser.find_element("css selector", "section[aria-labelledby='contract-ends-before-referrals']")
    section.find_element("css selector", "summary").click()
    assert "ends on 31 March 2025" in section.text
