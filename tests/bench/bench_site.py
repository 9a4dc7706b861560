"""Measures the site's pages in Chromium over a running server: python tests/bench/bench_site.py http://127.0.0.1:8000.

Each page is opened with an empty cache of the browser, after the server has made it once. Needs selenium, Chromium and
its driver.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import time
import urllib.request

from selenium import webdriver

PAGES = (
    *("/", "/search?q=kent", "/ratings", "/ratings/history?unit=pdu/west-kent", "/findings"),
    *("/recommendations", "/provision", "/areas?place=Thanet", "/disagreements", "/map"),
    *("/explore?thing=pdu/west-kent", "/quality", "/about", "/coverage"),
    *("/evidence/inspection/west-kent-pdu-2022/rating/overall", "/doc/pdu/west-kent"),
    *("/doc/region/kent-surrey-and-sussex", "/doc/inspection/kss-region-2024", "/doc/prison/lewes"),
    *("/doc/body/seetec", "/vocab/rating", "/def", "/queries"),
    *("/queries/rating-history-of-a-unit?unit=pdu/west-kent", "/sparql", "/exports"),
)
_MOST_KB, _MOST_PAINT, _MOST_BYTE = 150.0, 1000.0, 30.0
_OBSERVE = """
window.__paint = 0;
new PerformanceObserver((list) => { for (const each of list.getEntries()) window.__paint = each.startTime; })
  .observe({type: "largest-contentful-paint", buffered: true});
"""
_READ = """
const page = performance.getEntriesByType("navigation")[0], rest = performance.getEntriesByType("resource");
return {paint: window.__paint, kb: (page.transferSize + rest.reduce((sum, each) => sum + each.transferSize, 0)) / 1000};
"""


def main(server: str) -> int:
    """Print a line for each page; return 1 where a target is missed."""
    browser, missed = _browser(), 0
    browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": _OBSERVE})
    print(f"{'page':60} {'kB':>7} {'paint ms':>9} {'first byte ms (median of 20)':>30}")
    for path in PAGES:
        waits = [_first_byte(server + path) for _ in range(21)][1:]
        browser.execute_cdp_cmd("Network.clearBrowserCache", {})
        browser.get(server + path)
        time.sleep(0.4)
        found, byte = browser.execute_script(_READ), statistics.median(waits)
        met = found["kb"] <= _MOST_KB and found["paint"] <= _MOST_PAINT and byte <= _MOST_BYTE
        missed += not met
        print(
            f"{path:60} {found['kb']:7.1f} {found['paint']:9.0f} {byte:30.1f}  {'met' if met else 'MISSED'}", flush=True
        )
    browser.quit()
    return int(missed > 0)


def _browser() -> webdriver.Chrome:
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for flag in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--window-size=1280,900",
    ):
        options.add_argument(flag)
    return webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))


def _first_byte(address: str) -> float:
    request = urllib.request.Request(address, headers={"Accept": "text/html", "Accept-Encoding": "gzip"})
    began = time.perf_counter()
    with urllib.request.urlopen(request, timeout=60) as reply:
        reply.read(1)
        return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    sys.exit(main(sys.argv[1].rstrip("/")))
