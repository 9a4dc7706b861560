"""What holds of every page: no rule of accessibility broken, no error, no outside request, no sideways scroll."""

import json

import pytest

from api.site.registry import PAGES

OTHERS = (
    "",
    "search?q=kent",
    "doc/pdu/west-kent",
    "queries",
    "sparql",
    "exports",
    "def",
    "vocab/rating",
    "doc/pdu/none",
)
ALL = (*(page for page in PAGES), *OTHERS)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", ALL)
def test_no_rule_of_accessibility_is_broken(show, violations, path, theme):
    assert violations(show(f"/{path}", theme=theme)) == []


@pytest.mark.parametrize("path", ALL)
def test_a_page_loads_without_error_and_asks_no_other_server(show, site, path):
    browser = show(f"/{path}")
    severe = [line["message"] for line in browser.get_log("browser") if line["level"] == "SEVERE"]
    assert [line for line in severe if "none" not in path and "404" not in line] == []
    asked = [json.loads(line["message"])["message"] for line in browser.get_log("performance")]
    urls = [each["params"]["request"]["url"] for each in asked if each["method"] == "Network.requestWillBeSent"]
    assert [url for url in urls if not url.startswith((site.url, "data:", "chrome"))] == []


@pytest.mark.parametrize("path", ALL)
def test_at_320_pixels_nothing_but_tables_scrolls_sideways(show, path):
    browser = show(f"/{path}", width=320)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_there_without_scripts(show, path):
    browser = show(f"/{path}", scripts=False)
    assert browser.find_element("css selector", "main h1").text
