"""The explorer: what it shows is what the graph says, and it can be walked by keys, and without scripts."""

import re

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

_WEST_KENT = "/explore?thing=pdu/west-kent"
_LINKS = """PREFIX pko: <https://w3id.org/probation-kg/def#>
SELECT DISTINCT ?area WHERE { <https://w3id.org/probation-kg/id/pdu/west-kent> pko:covers ?area }"""


def things(html):
    return set(re.findall(r'<a href="[^"]*" id="n-([^"]+)"', html))


def test_a_thing_is_found_by_any_of_its_names(page):
    start = "<h1>Explore from West Kent</h1>"
    for name in ("pdu/west-kent", "West Kent Probation Delivery Unit", "n57kecl", "west kent pdu", "unit west kent"):
        assert start in page(f"/explore?thing={name.replace(' ', '%20')}")


def test_the_field_holds_the_name_where_that_leads_back_and_keys_are_told_of_by_the_script_that_gives_them(page, show):
    assert 'name="thing" value="West Kent"' in page(_WEST_KENT)
    assert 'name="thing" value="place/kent"' in page("/explore?thing=place/kent")
    plain = show(_WEST_KENT, scripts=False)
    assert "Enter opens" not in plain.find_element(By.ID, "graph-how").text
    assert "A link opens or closes" in plain.find_element(By.ID, "graph-how").text
    assert "Enter opens or closes one" in show(_WEST_KENT).find_element(By.ID, "graph-how").text


def test_a_name_of_several_things_gives_the_choice(page):
    html = page("/explore?thing=Kent")
    assert "Several things are called “Kent”." in html
    assert "place/kent, " not in html
    assert re.findall(r'<li><a href="/explore[^>]*>Kent</a> <span class="note">([^<]*)</span>', html)[0] == "area"
    assert 'href="/explore?thing=place/kent"' in html
    assert 'href="/explore?thing=place/police-area-kent"' in html


def test_a_name_that_is_nearly_one_gives_the_nearest(page):
    html = page("/explore?thing=west+knet")
    assert "Which one do you mean?" in html
    assert 'href="/explore?thing=pdu/west-kent"' in html


def test_no_thing_is_called_by_its_address(page):
    for start in ("response/bbc-west-kent-west-sussex-2022/pilgrim-covid", "person/mary-pilgrim"):
        html = page(f"/explore?thing={start}")
        names = re.findall(r'data-name="([^"]*)"', html)
        assert names
        assert [name for name in names if re.match(r"[a-z]+/[a-z]", name)] == []


def test_on_a_phone_the_picture_is_a_list_that_opens_in_place(show):
    browser = show(_WEST_KENT, 390)
    assert not browser.find_element(By.CSS_SELECTOR, ".picture").is_displayed()
    rows = browser.find_elements(By.CSS_SELECTOR, ".outline li")
    assert len(rows) == len(browser.find_elements(By.CSS_SELECTOR, ".graph a"))
    browser.find_element(By.ID, "o-inspection/west-kent-pdu-2024").click()
    WebDriverWait(browser, 10).until(
        lambda browser: len(browser.find_elements(By.CSS_SELECTOR, ".outline li")) > len(rows)
    )
    assert focused(browser) == "o-inspection/west-kent-pdu-2024"
    assert browser.find_elements(By.CSS_SELECTOR, ".outline .step-2")
    assert browser.execute_script("return document.documentElement.scrollWidth") <= 390
    assert not show(_WEST_KENT, 1280).find_element(By.CSS_SELECTOR, ".outline").is_displayed()


def test_all_districts_of_a_unit_are_shown_once_asked_for_each_with_its_statement(site, page):
    areas = {row[0].value.rpartition("/id/")[2] for row in site.client.select(_LINKS).rows}
    assert not areas <= things(page(_WEST_KENT))
    html = page(f"{_WEST_KENT}&expand=pdu/west-kent~out~pko:covers")
    assert areas <= things(html)
    for area in areas:
        row = re.search(rf'<tr data-ends="n-pdu/west-kent n-{area}">\s*<td.*?</tr>', html)
        assert row, area
        assert "covers" in row[0]
        assert f'href="/evidence/coverage/west-kent/{area.partition("/")[2]}"' in row[0]


def test_every_link_of_the_table_is_in_the_graph_and_every_thing_shown_has_one(site, page):
    html = page(f"{_WEST_KENT}&expand=inspection/west-kent-pdu-2024")
    pairs = set(re.findall(r'<tr data-ends="n-([^ ]+) n-([^"]+)">', html))
    named = " ".join(
        f"(<https://w3id.org/probation-kg/id/{one}> <https://w3id.org/probation-kg/id/{other}>)"
        for one, other in pairs
        if not (one + other).count("vocab/")
    )
    asked = f"SELECT DISTINCT ?one ?other WHERE {{ VALUES (?one ?other) {{ {named} }} ?one ?role ?other }}"
    assert len(site.client.select(asked).rows) == named.count("(") > 20
    assert things(html) == {end for pair in pairs for end in pair}


def test_a_kind_keeps_things_of_that_kind_and_what_was_opened(page):
    shown = things(page(f"{_WEST_KENT}&type=inspection"))
    assert {name.partition("/")[0] for name in shown} == {"pdu", "inspection"}
    opened = things(page(f"{_WEST_KENT}&type=unit&expand=region/kent-surrey-and-sussex"))
    assert {"region/kent-surrey-and-sussex", "pdu/west-kent"} < opened


def test_dates_leave_out_what_ended_before_and_keep_what_has_none(page):
    shown = things(page(f"{_WEST_KENT}&since=2023"))
    assert "inspection/west-kent-pdu-2022" not in shown
    assert {"inspection/west-kent-pdu-2024", "office/chatham"} <= shown


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("thing=pdu/none", "Nothing in the graph is called"),
        ("thing=%3Cscript%3E", "Nothing in the graph is called"),
        ("thing=pdu/west-kent&type=pub", "The graph has no type"),
        ("thing=pdu/west-kent&since=2024-99", "A date reads"),
        ("thing=pdu/west-kent&since=2024&until=2023", "exchange the two dates"),
        ("thing=http://a%3E%20b", "Nothing in the graph is called"),
    ],
)
def test_a_value_that_makes_no_sense_is_told_in_one_sentence(sent, query, said):
    status, text = sent(f"/explore?{query}")
    assert status == 200
    assert said in text


@pytest.mark.parametrize("expand", ["~~~", "pdu/none", "x~out~pko:covers", "pdu/west-kent~in~%22%3E", "a%20b"])
def test_an_expansion_that_leads_nowhere_changes_nothing(page, expand):
    assert things(page(f"{_WEST_KENT}&expand={expand}")) == things(page(_WEST_KENT))


def test_the_downloads_hold_what_is_shown(site, page):
    html = page(f"{_WEST_KENT}&type=inspection")
    address = re.search(r'href="(/exports/neighbourhood\.graphml[^"]*)"', html)[1].replace("&amp;", "&")
    reply = site.client.request("GET", address)
    assert reply.status == 200
    for name in things(html):
        assert name.encode() in reply.content


def focused(browser):
    return browser.execute_script("return document.activeElement.id")


def press(browser, *keys):
    for key in keys:
        browser.switch_to.active_element.send_keys(key)


def test_by_keys_alone_a_reader_opens_three_things_and_leaves(show):
    browser = show(_WEST_KENT)
    shown = len(browser.find_elements(By.CSS_SELECTOR, ".graph a"))
    browser.execute_script("document.querySelector('.picture').focus()")
    press(browser, Keys.TAB)
    assert focused(browser) == "n-pdu/west-kent"
    press(browser, Keys.ARROW_RIGHT)
    for _ in range(3):
        opened = focused(browser)
        before = browser.find_element(By.ID, "told").text
        press(browser, Keys.ENTER)
        WebDriverWait(browser, 10).until(
            lambda browser, before=before: browser.find_element(By.ID, "told").text != before
        )
        assert focused(browser) == opened
        node = browser.find_element(By.ID, opened)
        assert node.get_attribute("aria-expanded") == "true"
        more = len(browser.find_elements(By.CSS_SELECTOR, ".graph a"))
        assert more > shown
        shown = more
        press(browser, Keys.ARROW_RIGHT)
        assert focused(browser) != opened
    assert browser.current_url.count("expand=") == 3
    assert browser.find_element(By.CSS_SELECTOR, ".details tbody tr a.evidence").get_attribute("href")
    press(browser, Keys.ESCAPE)
    assert focused(browser) == "details-title"
    browser.back()
    WebDriverWait(browser, 10).until(
        lambda browser: len(browser.find_elements(By.CSS_SELECTOR, '.graph a[aria-expanded="true"]')) == 3
    )


def test_without_scripts_links_open_and_close_on_a_phone(show):
    browser = show(_WEST_KENT, 360, scripts=False)
    shown = len(browser.find_elements(By.CSS_SELECTOR, ".graph a"))
    opened = "inspection/west-kent-pdu-2024"
    row = browser.find_element(By.XPATH, f'//main//table//a[contains(@href, "expand={opened}")]')
    browser.get(row.get_attribute("href"))
    assert len(browser.find_elements(By.CSS_SELECTOR, ".graph a")) > shown
    browser.get(
        browser.find_element(By.XPATH, '//main//table//a[starts-with(normalize-space(.), "Close")]').get_attribute(
            "href"
        )
    )
    assert len(browser.find_elements(By.CSS_SELECTOR, ".graph a")) == shown
    assert browser.execute_script("return document.documentElement.scrollWidth") <= 360


def test_what_is_typed_gets_suggestions(show):
    browser = show("/explore")
    browser.find_element(By.ID, "thing").send_keys("West Ken")
    WebDriverWait(browser, 10).until(
        lambda browser: browser.find_elements(By.CSS_SELECTOR, "#thing-suggestions [role=option]")
    )
    first = browser.find_element(By.CSS_SELECTOR, "#thing-suggestions [role=option]")
    assert first.text == "West Kent probation delivery unit"
    field = browser.find_element(By.ID, "thing").rect
    assert abs(first.rect["x"] - field["x"]) < 20
    assert 0 <= first.rect["y"] - field["y"] - field["height"] < 80


def test_the_field_shows_the_name_of_the_start_and_sends_its_short_name(show):
    browser = show(_WEST_KENT)
    assert browser.find_element(By.ID, "thing").get_property("value") == "West Kent"
    browser.find_element(By.CSS_SELECTOR, "form.filters[action='/explore'] button").click()
    WebDriverWait(browser, 10).until(lambda browser: "type=" in browser.current_url)
    assert "thing=pdu%2Fwest-kent" in browser.current_url
    assert browser.find_element(By.CSS_SELECTOR, "h1").text == "Explore from West Kent"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("query", ["?thing=Kent", "?thing=pdu/west-kent&expand=region/kent-surrey-and-sussex"])
def test_no_rule_of_accessibility_is_broken_whatever_is_shown(show, violations, query, theme):
    assert violations(show(f"/explore{query}", theme=theme)) == []
