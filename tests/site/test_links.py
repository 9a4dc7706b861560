"""Every way that a page offers leads somewhere, and every page is HTML as it should be written."""

from __future__ import annotations

import html
import re
from urllib.parse import urldefrag

import pytest

from api.site.registry import PAGES

SMALL = ("", "search?q=kent", "queries", "sparql", "exports", "def", "vocab/rating", "doc/pdu/west-kent")
MORE = (
    *("doc/inspection/kss-region-2024", "doc/region/wales", "doc/prison/lewes", "doc/body/seetec"),
    "doc/vocab/theme/staffing",
    *("evidence/inspection/west-kent-pdu-2022/rating/overall", "ratings/history?unit=pdu/west-kent"),
    *("ratings/compare?unit=pdu/west-kent&unit2=pdu/east-kent", "explore?thing=pdu/west-kent", "areas?place=Thanet"),
    "queries/rating-history-of-a-unit?unit=pdu/west-kent",
)  # fmt: skip
STARTS = (*PAGES, *SMALL, *MORE)
_MOST_OF_A_PAGE = 60  # ways of one page that are tried, spread over it
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


def ways(text: str) -> list[str]:
    """Return the addresses of this server that a page leads to, without files that are made on demand."""
    found = {urldefrag(html.unescape(each))[0] for each in re.findall(r'(?:href|src)="(/[^"]*)"', text)}
    kept = sorted(each for each in found if not each.startswith(("/exports/", "/dump")) and each)
    return kept[:: max(1, len(kept) // _MOST_OF_A_PAGE)]


@pytest.mark.parametrize("path", STARTS)
def test_every_way_that_a_page_offers_leads_somewhere(page, site, path):
    wrong = []
    for way in ways(page(f"/{path}")):
        reply = site.client.request("GET", way, headers={"Accept": "text/html, */*;q=0.1"})
        if reply.status != 200:
            wrong.append((way, reply.status))
    assert wrong == []


@pytest.mark.parametrize("path", STARTS)
def test_every_fragment_that_a_page_leads_to_is_there(page, path):
    text = page(f"/{path}")
    ids = re.findall(r'\sid="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    wanted = {html.unescape(each) for each in re.findall(r'href="#([^"]+)"', text)}
    assert wanted <= {html.unescape(each) for each in ids}


@pytest.mark.parametrize("path", STARTS)
def test_every_element_that_is_opened_is_closed_in_its_place(page, path):
    text = re.sub(r"(?s)<!--.*?-->|<script.*?</script>", "", page(f"/{path}"))
    opened = []
    for closing, name, own in re.findall(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)\b[^<>]*?(/?)>", text):
        if closing:
            assert opened, f"</{name}> closes nothing"
            assert opened.pop() == name
        elif name not in _VOID and not own:
            opened.append(name)
    assert opened == []
