"""The page of a network, as a browser runs it from a file: no request, no error, and all of it by keyboard.

Needs selenium, and Chromium with its driver; for the rules of accessibility, the npm package axe-core.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kg.export.page import page

from . import pages
from .read_back import NODE_MODULES

webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
if not (shutil.which("chromium") and shutil.which("chromedriver")):
    pytest.skip("Chromium and its driver are not installed", allow_module_level=True)

from selenium.webdriver.common.action_chains import ActionChains  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402

Driver = Any


@pytest.fixture(scope="module")
def browser() -> Iterator[Driver]:
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for flag in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1280,900"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
    yield driver
    driver.quit()


@pytest.fixture
def show(browser: Driver, tmp_path: Path) -> Iterator[Callable[..., Driver]]:
    def opened(name: str, *, script: bool = True, width: int = 1280, theme: str = "light") -> Driver:
        network = getattr(pages, name)()
        path = tmp_path / "page.html"
        path.write_text(page(network, pages.places(network)), encoding="utf-8")
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        features = [{"name": "prefers-color-scheme", "value": theme}]
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not script})
        for log in ("browser", "performance"):
            browser.get_log(log)
        browser.get(path.as_uri())
        return browser

    yield opened
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def _text(browser: Driver, selector: str) -> str:
    return " ".join(browser.find_element(By.CSS_SELECTOR, selector).get_attribute("textContent").split())


def _press(browser: Driver, *keys: str) -> None:
    for key in keys:
        browser.switch_to.active_element.send_keys(key)


def _focused(browser: Driver) -> str:
    return browser.switch_to.active_element.get_attribute("aria-label") or ""


@pytest.mark.parametrize("name", ["plain", "hostile"])
def test_it_opens_from_a_file_without_an_error_or_a_request_to_anything_else(show: Callable[..., Driver], name: str):
    browser = show(name)
    for dot in browser.find_elements(By.CSS_SELECTOR, ".node"):
        browser.execute_script("arguments[0].dispatchEvent(new MouseEvent('click', {bubbles: true}))", dot)
    assert "live" in browser.find_element(By.TAG_NAME, "html").get_attribute("class")
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = [event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"]
    assert asked
    assert all(url.startswith("file:") for url in asked)
    assert browser.get_log("browser") == []


def test_search_finds_a_thing_whatever_its_accents_and_shows_what_it_is_linked_to(show: Callable[..., Driver]):
    browser = show("plain")
    browser.find_element(By.ID, "search").send_keys("WÉST KENT", Keys.ENTER)
    assert _text(browser, "#chosen") == "West Kent"
    assert "part of Kent, Surrey and Sussex" in _text(browser, "#facts")
    assert "West Kent 2024 inspects this" in _text(browser, "#facts")
    assert len(browser.find_elements(By.CSS_SELECTOR, ".node.near")) == 3
    assert browser.switch_to.active_element.get_attribute("id") == "chosen"


def test_keys_lead_from_thing_to_thing_in_the_order_of_the_table_and_choose(show: Callable[..., Driver]):
    browser = show("plain")
    rows = [
        row.get_attribute("textContent") for row in browser.find_elements(By.CSS_SELECTOR, "#n0 th, #n1 th, #n5 th")
    ]
    browser.execute_script("document.getElementById('drawing').focus()")
    _press(browser, Keys.TAB)
    assert _focused(browser).startswith(rows[0])
    _press(browser, Keys.ARROW_RIGHT)
    assert _focused(browser).startswith(rows[1])
    _press(browser, Keys.END)
    assert _focused(browser).startswith(rows[2])
    _press(browser, Keys.ENTER)
    assert _text(browser, "#chosen") == rows[2]
    _press(browser, Keys.ESCAPE)
    assert _text(browser, "#chosen") == "Details"


def test_keys_move_and_zoom_the_picture(show: Callable[..., Driver]):
    browser = show("plain")
    browser.execute_script("document.getElementById('drawing').focus()")
    _press(browser, "+", Keys.ARROW_LEFT)
    world = browser.find_element(By.ID, "world")
    moved = world.get_attribute("transform")
    assert "scale(1.3)" in moved
    _press(browser, "0")
    assert world.get_attribute("transform") == "translate(0 0) scale(1)"


def test_dragging_from_a_thing_moves_the_picture_and_chooses_nothing(show: Callable[..., Driver]):
    browser = show("plain")
    dot = browser.find_element(By.ID, "d1")
    ActionChains(browser).move_to_element(dot).click_and_hold().move_by_offset(60, 30).release().perform()
    assert browser.find_element(By.ID, "world").get_attribute("transform") != "translate(0 0) scale(1)"
    assert _text(browser, "#chosen") == "Details"
    ActionChains(browser).move_to_element(dot.find_element(By.CSS_SELECTOR, ".mark")).click().perform()
    assert _text(browser, "#chosen") == "Surrey"


def test_a_kind_that_is_unticked_leaves_picture_and_tables_with_its_links(show: Callable[..., Driver]):
    browser = show("plain")
    browser.find_element(By.CSS_SELECTOR, ".legend input[value=provider]").click()
    assert _text(browser, "#said") == "Showing 5 of 6 things and 4 of 6 links."
    assert len([row for row in browser.find_elements(By.CSS_SELECTOR, "tr[id^=e]") if row.is_displayed()]) == 4
    browser.find_element(By.ID, "clear").click()
    assert _text(browser, "#said") == "Showing 6 of 6 things and 6 of 6 links."


@pytest.mark.parametrize(
    ("written", "links"),
    [("2022", 6), ("1/1/2023", 5), ("01.2023", 5), ("2023-01-01", 5)],
)
def test_dates_hide_what_was_over_by_then(show: Callable[..., Driver], written: str, links: int):
    browser = show("plain")
    browser.find_element(By.ID, "from").send_keys(written, Keys.TAB)
    assert f"{links} of 6 links" in _text(browser, "#said")


def test_a_date_that_cannot_be_read_is_said_and_marked(show: Callable[..., Driver]):
    browser = show("plain")
    browser.find_element(By.ID, "to").send_keys("soon", Keys.TAB)
    assert _text(browser, "#said") == "Write a date as a year, 6/2021 or 26/6/2021."
    assert browser.find_element(By.ID, "to").get_attribute("aria-invalid") == "true"


def test_without_javascript_picture_and_tables_are_there_and_no_dead_control(show: Callable[..., Driver]):
    browser = show("plain", script=False)
    assert len(browser.find_elements(By.CSS_SELECTOR, "tr[id^=n]")) == 6
    assert browser.find_element(By.CSS_SELECTOR, "#n0 th").is_displayed()
    assert browser.find_element(By.CSS_SELECTOR, ".node").is_displayed()
    assert not [part for part in browser.find_elements(By.CSS_SELECTOR, "input, button") if part.is_displayed()]


@pytest.mark.parametrize("name", ["plain", "hostile"])
def test_at_320_pixels_nothing_but_tables_scrolls_sideways(show: Callable[..., Driver], name: str):
    browser = show(name, width=320)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("name", ["plain", "hostile"])
def test_no_rule_of_accessibility_is_broken(show: Callable[..., Driver], name: str, width: int, theme: str):
    axe = NODE_MODULES / "axe-core" / "axe.min.js"
    if not axe.is_file():
        pytest.skip(f"axe-core is not installed in {NODE_MODULES}")
    browser = show(name, width=width, theme=theme)
    browser.execute_script(axe.read_text(encoding="utf-8"))
    dots = "document.querySelectorAll('.node')[1].dispatchEvent(new MouseEvent('click', {bubbles: true}))"
    for before in ("", dots):
        browser.execute_script(before)
        assert browser.execute_async_script(_AXE) == []


_AXE = """const done = arguments[arguments.length - 1];
axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})
  .then((told) => done(told.violations.map((rule) => `${rule.id}: ${rule.nodes[0].html}`)));"""
