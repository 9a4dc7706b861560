"""The page of a network, as a parser reads it: complete, safe, and closed to the outside."""

from __future__ import annotations

import base64
import hashlib
import io
import itertools
import json
import math
import re

import networkx as nx
import pytest
from lxml import html

from kg.errors import QuestionError
from kg.export.network import Network
from kg.export.page import MOST_NODES, page, write
from kg.export.page.content import britannic, href, line, read, text
from kg.export.page.drawing import draw
from kg.export.pictures.layout import positions
from kg.export.selection import select
from kg.export.views import find_view

from . import pages

NETWORKS = {"plain": pages.plain, "hostile": pages.hostile}


@pytest.fixture(params=NETWORKS)
def network(request: pytest.FixtureRequest) -> Network:
    return NETWORKS[request.param]()


def _parsed(network: Network) -> html.HtmlElement:
    return html.document_fromstring(page(network, pages.places(network)))


def _data(parsed: html.HtmlElement) -> dict[str, list[dict[str, object]]]:
    return json.loads(parsed.get_element_by_id("data").text)


def test_picture_tables_and_data_hold_every_thing_and_link(network: Network):
    parsed, graph = _parsed(network), network.graph
    things, links = graph.number_of_nodes(), graph.number_of_edges()
    assert len(parsed.xpath("//a[contains(@class, 'node')]")) == things
    assert len(parsed.xpath("//path[contains(@class, 'edge')]")) == links
    assert len(parsed.xpath("//tr[starts-with(@id, 'n')]")) == things
    assert len(parsed.xpath("//tr[starts-with(@id, 'e')]")) == links
    assert (len(_data(parsed)["nodes"]), len(_data(parsed)["edges"])) == (things, links)


def test_labels_are_text_in_the_table_and_in_the_data():
    network = pages.hostile()
    parsed = _parsed(network)
    shown = {row.xpath("string(th)") for row in parsed.xpath("//tr[starts-with(@id, 'n')]")}
    wanted = {text(label) or f"javascript:alert({number})" for number, label in enumerate(pages.HOSTILE)}
    wanted.add("half")
    assert shown == wanted
    assert {node["label"] for node in _data(parsed)["nodes"]} == wanted


def test_no_hostile_word_becomes_an_element_or_a_handler(network: Network):
    parsed = _parsed(network)
    assert len(parsed.xpath("//script")) == 2
    assert len(parsed.xpath("//style")) == 1
    assert not parsed.xpath("//img | //iframe | //object | //embed | //base | //link | //b")
    assert not [
        name for element in parsed.iter("*") for name in element.attrib if name.startswith("on") or name == "style"
    ]


def test_nothing_in_the_page_loads_anything(network: Network):
    parsed, written = _parsed(network), page(network, pages.places(network))
    assert not parsed.xpath(
        "//@src | //@srcset | //@data | //@action | //@poster | //@background | //@xlink:href",
        namespaces={"xlink": "x"},
    )
    assert not [use for use in parsed.xpath("//use/@href") if not use.startswith("#")]
    style = parsed.xpath("string(//style)")
    assert not re.search(r"@import|url\(|http", style)
    assert not re.search(
        r"fetch|XMLHttpRequest|import\(|innerHTML|eval|localStorage", written.rpartition("<script>")[2]
    )


def test_only_addresses_on_the_web_become_links_and_none_tells_where_it_was_followed():
    parsed = _parsed(pages.hostile())
    outward = parsed.xpath("//a[not(starts-with(@href, '#'))]")
    assert {link.get("href") for link in outward} == {
        "https://example.org/report?a=1&b=2",
        "https://example.org/half\ufffd",
        "/",  # the site around a page that a server gives, hidden elsewhere
    }
    assert {link.get("rel") for link in outward if link.get("id") != "home"} == {"noopener noreferrer"}
    assert href("https://w3id.org/probation-kg/id/pdu/west-kent")
    assert not any(map(href, [*pages.ADDRESSES[:-1], "https://", "https://a b", "ftp://example.org"]))


def test_the_policy_allows_this_style_and_this_script_alone(network: Network):
    parsed = _parsed(network)
    policy = parsed.xpath("string(//meta[@http-equiv='Content-Security-Policy']/@content)")
    script = parsed.xpath("//script[not(@type)]")[0].text
    assert policy == (
        f"default-src 'none'; style-src {_digest(parsed.xpath('//style')[0].text)}; script-src {_digest(script)};"
        " base-uri 'none'; form-action 'none'"
    )


def _digest(source: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()}'"


def test_the_data_cannot_end_its_own_script(network: Network):
    written = page(network, pages.places(network))
    data = re.search(r'<script id="data" type="application/json">(.*?)</script>', written, re.DOTALL)
    assert data
    assert data[1].isascii()
    assert not set("<>&\u2028") & set(data[1])
    assert len(json.loads(data[1])["nodes"]) == network.graph.number_of_nodes()


def test_spoken_names_hold_nothing_that_turns_the_direction_of_what_follows():
    spoken = _parsed(pages.hostile()).xpath("//a/@aria-label")
    assert len(spoken) == len(pages.HOSTILE) + 1
    assert not any("\u202e" in name or "\u2028" in name for name in spoken)
    assert line("a\u202eb\n c") == "ab c"


def test_the_same_network_gives_the_same_bytes_in_any_order_of_insertion():
    assert page(pages.plain(1)) == page(pages.plain(-1))


def test_write_gives_utf_8(network: Network):
    out = io.BytesIO()
    write(network, out, pages.places(network))
    assert out.getvalue().decode() == page(network, pages.places(network))


def test_head_and_foot_say_what_it_is_and_where_it_comes_from():
    parsed = _parsed(pages.plain())
    assert parsed.get("lang") == "en-GB"
    assert parsed.xpath("string(//title)") == "A region: probation knowledge graph"
    foot = " ".join(parsed.xpath("string(//footer)").split())
    assert "Sources: A report; A register." in foot
    assert "dataset version 0.1.0. Sources read up to 1 May 2026" in foot


def test_dates_ratings_and_qualities_are_in_words():
    parsed = _parsed(pages.plain())
    unit = parsed.xpath("//tr[th='West Kent']")[0].text_content()
    assert "Requires improvement" in unit
    assert "March 2024May 2024" in parsed.xpath("//tr[th='West Kent 2024']")[0].text_content()
    assert "Primary report" in parsed.xpath("//tr[td='inspects']")[0].text_content()
    assert britannic("in about 2021") == "in about 2021"


def test_an_open_year_reaches_from_its_first_to_its_last_day():
    edges = {edge.label: (edge.start, edge.end) for edge in read(pages.plain()).edges}
    assert edges["provides in"] == ("2021-01-01", "2022-12-31")
    assert edges["houses people in"] == ("2023-01-01", "")


def test_columns_that_say_nothing_are_left_out():
    content = read(pages.plain())
    assert content.node_columns == ["Kind", "Rating", "Start", "End", "Region", "Note", "IRI"]
    assert content.edge_columns == ["Start", "End", "Statements", "Statement", "Sources", "Quality"]


def test_links_between_the_same_two_things_are_drawn_apart():
    paths = _parsed(pages.plain()).xpath("//path[contains(@class, 'edge')]/@d")
    assert len(set(paths)) == len(paths)


def test_an_empty_network_says_so():
    parsed = _parsed(Network(nx.MultiDiGraph(), "region", "Nothing"))
    assert "The view holds no things." in parsed.text_content()


def test_a_view_too_large_is_an_error_that_names_the_limit():
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    graph.add_nodes_from(f"https://example.org/{number}" for number in range(MOST_NODES + 1))
    with pytest.raises(QuestionError, match=r"at most 2,000 things and 6,000 links, and this view has 2,001 and 0;"):
        page(Network(graph, "region", "All"))


def test_no_line_of_a_page_passes_over_a_thing_between_its_ends(store):
    network = select(store, find_view("organisation-chart"), {"region": "region/kent-surrey-and-sussex"})
    content = read(network)
    drawing = draw(content, positions(network))
    for edge, path in zip(content.edges, drawing.paths, strict=True):
        for dot in drawing.dots:
            if dot.node.number not in {edge.tail, edge.head}:
                assert min(math.dist((dot.x, dot.y), point) for point in _along(path)) > 7, (edge.label, dot.label)


def _along(path):
    """Points of a path of straight pieces or cubic curves."""
    numbers = [float(number) for number in re.findall(r"-?[\d.]+", path)]
    points = list(zip(numbers[::2], numbers[1::2], strict=True))
    step = 3 if "C" in path else 1
    for first in range(0, len(points) - 1, step):
        for n in range(41):
            piece = points[first : first + step + 1]
            while len(piece) > 1:
                piece = [(a + (c - a) * n / 40, b + (d - b) * n / 40) for (a, b), (c, d) in itertools.pairwise(piece)]
            yield piece[0]
