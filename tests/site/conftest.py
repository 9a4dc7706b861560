"""A server and a browser for the tests of the site."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.export.read_back import NODE_MODULES
from tests.server.conftest import built, running

__all__ = ["built"]
_RULES = '["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]'
_AXE = f"""const done = arguments[arguments.length - 1];
axe.run(document, {{runOnly: {_RULES}}})
  .then((told) => done(told.violations.map((rule) => `${{rule.id}}: ${{rule.nodes[0].html}}`)));"""


@pytest.fixture(scope="session")
def site(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A server that only reads."""
    with running(built, tmp_path_factory.mktemp("site") / "log") as server:
        yield server


@pytest.fixture(scope="session")
def page(site: Any) -> Callable[[str], str]:
    """The HTML of an address."""

    def get(path: str) -> str:
        return site.client.request("GET", path, headers={"Accept": "text/html"}).content.decode()

    return get


@pytest.fixture(scope="session")
def sent(site: Any) -> Callable[[str], tuple[int, str]]:
    """The status and the page that a browser gets at an address, whatever the status."""

    def get(path: str) -> tuple[int, str]:
        try:
            with urlopen(Request(site.url + path, headers={"Accept": "text/html"})) as reply:
                return reply.status, reply.read().decode()
        except HTTPError as refused:
            with refused:
                return refused.code, refused.read().decode()

    return get


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Headless Chromium; its log of the console and of the network is kept."""
    webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
    if not (shutil.which("chromium") and shutil.which("chromedriver")):
        pytest.skip("Chromium and its driver are not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for flag in (
        *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1280,900"),
        *("--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"),
    ):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = _patient(webdriver)(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
    driver.set_script_timeout(60)
    yield driver
    driver.quit()


def _patient(webdriver: Any) -> Any:
    """Return a driver that waits for an element which a click has yet to bring."""
    from selenium.webdriver.support.ui import WebDriverWait

    class Patient(webdriver.Chrome):  # type: ignore[misc]
        def find_element(self, by: str = "id", value: str | None = None) -> Any:
            find = super().find_element
            return WebDriverWait(self, 10, 0.05).until(lambda _: find(by, value))

    return Patient


@pytest.fixture
def browser(chromium: Any) -> Any:
    """Chromium as it is at the start: with scripts, wide and light, whatever the test before did."""
    chromium.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    chromium.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    return chromium


@pytest.fixture
def until(browser: Any) -> Callable[[Callable[[], Any]], Any]:
    """Waits until a condition holds, for at most ten seconds."""
    from selenium.webdriver.support.ui import WebDriverWait

    return lambda holds: WebDriverWait(browser, 10, 0.05).until(lambda _: holds())


@pytest.fixture
def show(site: Any, browser: Any) -> Callable[..., Any]:
    """Opens an address of the site at a width and in a theme, without scripts if asked: `show("/ratings", 360)`."""

    def open_page(path: str, width: int = 1280, theme: str = "light", scripts: bool = True) -> Any:
        browser.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False},
        )
        feature = {"name": "prefers-color-scheme", "value": theme}
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not scripts})
        browser.get_log("browser")
        browser.get(site.url + path)
        return browser

    return open_page


@pytest.fixture(scope="session")
def violations() -> Callable[[Any], list[str]]:
    """Returns what axe-core finds wrong with the page at hand."""
    axe = NODE_MODULES / "axe-core" / "axe.min.js"
    if not axe.is_file():
        pytest.skip(f"axe-core is not installed in {NODE_MODULES}")
    script = axe.read_text(encoding="utf-8")

    def find(driver: Any) -> list[str]:
        driver.execute_script(script)
        found: list[str] = driver.execute_async_script(_AXE)
        return found

    return find
