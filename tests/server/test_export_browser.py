"""Exports in a browser that gets them from the server: the page runs, and nothing that is put into it does.

Needs selenium, and Chromium with its driver.
"""

from __future__ import annotations

import shutil

import pytest

webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
if not (shutil.which("chromium") and shutil.which("chromedriver")):
    pytest.skip("Chromium and its driver are not installed", allow_module_level=True)

from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.support.expected_conditions import url_contains  # noqa: E402
from selenium.webdriver.support.ui import WebDriverWait  # noqa: E402

INJECTED = """window.ran = false;
const script = document.createElementNS("http://www.w3.org/1999/xhtml", "script");
script.textContent = "window.ran = true";
document.documentElement.append(script);
return window.ran;"""


@pytest.fixture(scope="module")
def browser():
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for flag in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1280,900"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
    yield driver
    driver.quit()


def faults(browser):
    """What the console says against the page; that a browser asks for an icon is not the page's doing."""
    return [each["message"] for each in browser.get_log("browser") if "favicon" not in each["message"]]


def test_a_page_to_explore_runs_its_own_script_and_no_other(server, browser):
    browser.get(f"{server.url}/exports/neighbourhood.html?thing=pdu/west-kent")
    assert "live" in browser.find_element(By.TAG_NAME, "html").get_attribute("class")
    browser.find_element(By.ID, "search").send_keys("kent")
    assert browser.find_element(By.CSS_SELECTOR, ".node .mark").value_of_css_property("fill") != "rgb(0, 0, 0)"
    assert faults(browser) == []
    assert browser.execute_script(INJECTED) is False
    assert any("Content Security Policy" in each for each in faults(browser))


def test_a_picture_is_shown_and_runs_nothing(server, browser):
    browser.get(f"{server.url}/exports/organisation-chart.svg?region=region/london")
    assert browser.find_element(By.TAG_NAME, "svg").size["width"] > 300
    assert faults(browser) == []
    assert browser.execute_script(INJECTED) is False


def test_the_form_of_a_view_leads_to_the_form_of_export_whose_button_is_pressed(server, browser):
    browser.get(f"{server.url}/exports/neighbourhood")
    browser.find_element(By.ID, "thing").send_keys("pdu/york")
    browser.find_element(By.CSS_SELECTOR, "details summary").click()
    browser.find_element(By.CSS_SELECTOR, "#type option[value=unit]").click()
    browser.find_element(By.CSS_SELECTOR, "button[formaction$='.svg']").click()
    WebDriverWait(browser, 10).until(url_contains("/exports/neighbourhood.svg?"))
    assert "York" in browser.find_element(By.TAG_NAME, "svg").get_attribute("aria-label")
