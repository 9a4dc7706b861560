"""How far the lists reach: their documents and regions are those of the graph, and a region without any says so."""

import re

import pytest
from lxml import html

from kg import names

_ALL = """PREFIX pko: <https://w3id.org/probation-kg/def#> PREFIX oa: <http://www.w3.org/ns/oa#>
SELECT DISTINCT ?document ?statement WHERE {{ ?statement a pko:{kind} ; pko:evidencedBy ?claim .
  ?claim pko:inPassage ?passage . ?passage oa:hasSource ?document }}"""
_REGIONS = """PREFIX pko: <https://w3id.org/probation-kg/def#> SELECT ?region WHERE { ?region a pko:ProbationRegion }"""
LISTS = [("findings", "Finding"), ("recommendations", "Recommendation")]
WALES = (
    *("/findings?region=region/wales", "/findings?inspection=inspection/wales-region-2025"),
    *("/recommendations?addressee=region/wales", "/recommendations?inspection=inspection/wales-region-2025"),
)


@pytest.mark.parametrize(("path", "kind"), LISTS)
def test_the_documents_are_those_that_statements_are_read_from_with_their_numbers(page, site, path, kind):
    known: dict[str, set[str]] = {}
    for document, statement in site.client.select(_ALL.format(kind=kind)).rows:
        known.setdefault(names.short(document.value).removeprefix("doc/"), set()).add(statement.value)
    items = html.fromstring(page(f"/{path}")).xpath("//details[@class='reach']//li")
    shown = {item.xpath("a/@href")[0].rpartition("/")[2]: int(item.xpath("span")[0].text.split()[0]) for item in items}
    assert shown == {document: len(statements) for document, statements in known.items()}


@pytest.mark.parametrize(("path", "_kind"), LISTS)
def test_every_region_either_has_statements_or_says_that_no_report_on_it_is_read(page, site, path, _kind):
    field = "region" if path == "findings" else "addressee"
    named = re.search(r"on record: ([^.]+)\.", page(f"/{path}"))[1].split("; ")
    for (region,) in site.client.select(_REGIONS).rows:
        text = page(f"/{path}?{field}={names.short(region.value)}")
        label = html.fromstring(text).xpath(f"string(//select[@name='{field}']/option[@selected])")
        assert (f"No report on {label} has been read for {path}" in text) == (label not in named)
        assert ('<h2 id="found">0 ' in text) == (label not in named)


@pytest.mark.parametrize("address", WALES)
def test_an_empty_list_of_a_region_without_any_leads_to_its_ratings(page, address):
    found = html.fromstring(page(address)).xpath("//section[@aria-labelledby='found']")[0]
    assert found.xpath(".//a/@href") == ["/ratings?region=region/wales"]
    assert "None recorded" not in found.text_content()


def test_an_empty_list_of_a_region_with_statements_says_only_that_nothing_fits(page):
    text = page("/findings?unit=pdu/surrey&words=zebra")
    assert "None recorded under these choices" in text
    assert "No report on" not in text
