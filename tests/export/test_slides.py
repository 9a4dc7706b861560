"""Pictures for a slide: three that fit without retouching, and say what the graph says."""

from __future__ import annotations

import io
import re
import zlib
from dataclasses import replace
from itertools import combinations

import networkx as nx
import pytest

from kg import names
from kg.export.drawing import write
from kg.export.network import Network
from kg.export.pictures import raster
from kg.export.pictures.cards import Box
from kg.export.pictures.composing import SIZES, compose
from kg.export.pictures.layout import choose, positions
from kg.export.pictures.shapes import Card, Sheet, Text, Thing
from kg.export.pictures.text import width

KSS = "region/kent-surrey-and-sussex"
KSS_2024 = "inspection/kss-region-2024"
SLIDES = pytest.mark.parametrize(
    ("view", "given"),
    [
        ("organisation-chart", {"region": KSS}),
        ("inspection-summary", {"inspection": KSS_2024}),
        ("provision-summary", {"region": KSS}),
    ],
    ids=["organisation", "inspection", "provision"],
)
PAPER = pytest.mark.parametrize("size", ["slide", "a4"])


def cards(sheet: Sheet) -> list[Box]:
    outer = [
        next(shape for shape in one.shapes if isinstance(shape, Card)) for one in sheet.drawn if type(one) is Thing
    ]
    return [Box(card.x, card.y, card.width, card.height) for card in outer]


def texts(sheet: Sheet) -> list[Text]:
    return [shape for shape in sheet.shapes if isinstance(shape, Text)]


def span(text: Text) -> tuple[float, float]:
    """Return where a line of text begins and ends."""
    wide = width(text.text, text.size, bold=text.bold)
    left = text.x - {"start": 0, "middle": wide / 2, "end": wide}[text.anchor]
    return left, left + wide


def fits(sheet: Sheet) -> bool:
    """Say whether no card overlaps another and all text is on the page and large enough."""
    inside = all(
        span(text)[0] >= 0 and span(text)[1] <= sheet.width and 0 < text.y < sheet.height for text in texts(sheet)
    )
    apart = not any(one.overlaps(other) for one, other in combinations(cards(sheet), 2))
    return inside and apart and min(text.size for text in texts(sheet)) >= 9


@SLIDES
@PAPER
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_picture_fits_its_page_with_title_legend_and_sources(view, given, size, theme, show):
    network = show(view, **given)
    sheet = compose(network, theme, size)
    assert (sheet.width, sheet.height) in SIZES[size].pages
    assert fits(sheet)
    assert len(cards(sheet)) == len(network.graph)
    said = [text.text for text in texts(sheet)]
    assert sheet.title in said
    assert "Probation region" in said
    assert any(line.startswith("Sources: ") for line in said)
    assert any(line.startswith("Sources read up to ") for line in said)


@SLIDES
@PAPER
def test_no_text_leaves_its_card(view, given, size, show):
    for thing in (one for one in compose(show(view, **given), "light", size).drawn if isinstance(one, Thing)):
        card = next(shape for shape in thing.shapes if isinstance(shape, Card))
        for text in (shape for shape in thing.shapes if isinstance(shape, Text)):
            left, right = span(text)
            assert card.x < left < right < card.x + card.width, text.text


@SLIDES
@PAPER
def test_the_fonts_in_the_pdf_are_9_points_or_more(view, given, size, show):
    out = io.BytesIO()
    write(show(view, **given), "pdf", out, "light", size)
    streams = re.findall(rb"stream\r?\n(.*?)endstream", out.getvalue(), re.DOTALL)
    pages = [zlib.decompress(stream) for stream in streams if stream[:1] == b"x"]
    sizes = [float(found) for page in pages for found in re.findall(rb"([\d.]+) 0 0 -[\d.]+ [\d.]+ [\d.]+ Tm", page)]
    assert len(sizes) > 20
    assert min(sizes) >= 9


@pytest.mark.parametrize("view", ["organisation-chart", "provision-summary"])
def test_every_region_fits_a_slide(view, show, values):
    for region in values("SELECT ?region { ?region a pko:ProbationRegion }"):
        assert fits(compose(show(view, region=region), "light", "slide")), region


def test_a_page_of_a_pdf_has_at_most_14400_points_a_side():
    sheet = Sheet(30_000, 3_000, "#ffffff", "t", "d", (Text(29_000, 2_000, "far", 100, "#000000"),))
    out = raster.pdf(sheet)
    assert re.search(rb"/MediaBox \[ *0 +0 +14400 +1440 *\]", out)
    assert raster.pdf(replace(sheet, width=14_000, drawn=())).count(b"14000 3000") == 1


def test_key_questions_stand_below_their_standard_with_the_share_at_the_right(show):
    network = show("inspection-summary", inspection=KSS_2024)
    plan = choose(network)
    for standard, question, said in network.graph.edges(data=True):
        if said["role"] == "asks":
            above, below = plan.boxes[standard], plan.boxes[question]
            assert above.x == pytest.approx(below.x)
            assert above.y < below.y
            assert plan.faces[question].figure == f"{network.graph.nodes[question]['percentage']:g}%"
    assert [route.link.label for route in plan.routes] == ["rated overall", ""]


def test_an_inspection_shows_the_rating_that_it_gave_and_not_a_later_one(show, values):
    given = values(
        "SELECT ?inspection ?unit ?rating { ?s a pko:OverallRating ; pko:madeIn ?inspection ; pko:aboutUnit ?unit ; "
        "pko:hasRating ?rating . ?unit pko:latestRating/pko:hasRating ?other FILTER(?other != ?rating) }"
    )
    assert len(given) >= 8
    for inspection, unit, rating in given:
        faces = choose(show("inspection-summary", inspection=inspection)).faces
        assert faces[names.iri(unit)].rating == rating.rpartition("/")[2]


def test_the_summary_of_an_inspection_counts_what_it_rated_and_asked(show, values):
    for inspection in (KSS_2024, "inspection/hfkcw-pdu-2022", "inspection/west-kent-pdu-2022"):
        made = f"?s pko:madeIn <id/{inspection}> ; a pko:{{}}"
        rated = values(f"SELECT ?x {{ {made.format('StandardRating')} ; pko:aboutStandard ?x }}")
        asked = values(
            f"SELECT ?x ?p {{ {made.format('KeyQuestionResult')} ; pko:aboutKeyQuestion ?x ; pko:percentage ?p }}"
        )
        overall = values(f"SELECT ?x {{ {made.format('OverallRating')} ; pko:aboutUnit ?x }}")
        graph = show("inspection-summary", inspection=inspection).graph
        roles = [said["role"] for *_, said in graph.edges(data=True)]
        assert [roles.count(role) for role in ("rated-overall", "rated", "asks")] == list(
            map(len, (overall, rated, asked))
        )
        shares = {
            (names.short(node), said["percentage"]) for node, said in graph.nodes(data=True) if "percentage" in said
        }
        assert shares == {(question, float(share)) for question, share in asked}
        ends = {question for question, _ in asked} | {*rated, *overall, inspection}
        assert ends <= set(map(names.short, graph))


def test_the_summary_of_provision_names_each_holder_service_and_area_of_the_contracts(show, values):
    for region in values("SELECT ?region { ?region a pko:ProbationRegion }"):
        held = values(
            "SELECT DISTINCT ?contract ?service ?holder ?area ?title { ?contract pko:contractService ?service ; "
            "pko:contractProvider ?holder ; pko:contractArea ?place . "
            "OPTIONAL { ?place a pko:PoliceArea ; rdfs:label ?area } OPTIONAL { ?contract rdfs:label ?title } "
            f"FILTER(?place = <id/{region}> || "
            f"EXISTS {{ ?place a pko:PoliceArea ; pko:servesRegion <id/{region}> }}) }}"
        )
        graph = show("provision-summary", region=region).graph
        told = sorted(
            (said["statement"], one, other, said.get("area", ""))
            for one, other, said in graph.edges(data=True)
            if said["role"] == "held-by"
        )
        assert [tuple(map(names.short, edge[:3])) for edge in told] == [edge[:3] for edge in held], region
        for (*_, shown), (*_, area, title) in zip(told, held, strict=True):
            police = area.removesuffix(" police area")
            assert shown == police or title.endswith((f" in {shown}", f" In {shown}", f"Service - {shown}")), title


def test_a_contract_for_a_borough_names_it(show):
    edges = show("provision-summary", region="region/greater-manchester").graph.edges(data=True)
    areas = {said["area"] for one, _, said in edges if one.endswith("dependency-and-recovery") and "area" in said}
    assert areas == {
        *("Stockport", "Wigan", "Oldham and Rochdale", "Manchester and Tameside"),
        "Bolton, Bury, Salford and Trafford",
    }


def test_a_contract_has_one_area(values):
    assert not values("SELECT ?c { ?c a pko:ServiceContract ; pko:contractArea ?one, ?other FILTER(?one != ?other) }")


def test_areas_stand_on_the_lines_of_those_who_hold_for_them_alone(show):
    network = show("provision-summary", region=KSS)
    lines = {(route.link.tail, route.link.head): route.link.label for route in choose(network).routes}
    found = {(names.short(one), names.short(other)): words for (one, other), words in lines.items() if words}
    assert found == {
        ("vocab/service/personal-wellbeing", "body/seetec"): "Kent",
        ("vocab/service/personal-wellbeing", "body/the-forward-trust"): "Surrey, Sussex",
        ("vocab/service/womens-services", "body/advance-charity"): "Kent",
        ("vocab/service/womens-services", "body/bwc-brighton-womens-centre"): "Sussex",
        ("vocab/service/womens-services", "body/women-in-prison"): "Surrey",
    }
    said = [text.text for text in texts(compose(network, "light", "slide"))]
    assert all(said.count(words) == list(found.values()).count(words) for words in found.values())


def test_a_holder_of_all_is_not_limited_to_an_area():
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for group, each in (("region", "r"), ("service", "a"), ("service", "b"), ("provider", "x"), ("provider", "y")):
        graph.add_node(names.ID + each, label=each, group=group)
    for end, service, area in (
        ("x", "a", "Kent"),
        ("x", "a", ""),
        ("y", "a", "Kent"),
        ("x", "b", "Kent"),
        ("y", "b", ""),
    ):
        graph.add_edge(names.ID + "r", names.ID + service, key=service, role="has", label="has")
        more = {"area": area} if area else {}
        graph.add_edge(names.ID + service, names.ID + end, key=area or "all", role="held", label="held by", **more)
    network = Network(graph, "v", "T", {"region": names.ID + "r"}, "hierarchy")
    words = {(r.link.tail[-1], r.link.head[-1]): r.link.label for r in choose(network).routes}
    assert words == {("r", "a"): "", ("a", "x"): "", ("a", "y"): "Kent", ("b", "x"): "Kent", ("b", "y"): ""}


@pytest.mark.parametrize("depth", [2, 3, 4, 60])
def test_a_tree_of_any_depth_is_drawn_and_a_deep_one_with_lines(depth):
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for number in range(depth + 1):
        graph.add_node(f"{names.ID}x/{number}", label=f"Thing {number}", group="unit")
        if number:
            graph.add_edge(f"{names.ID}x/{number - 1}", f"{names.ID}x/{number}", role="r", label="holds")
    plan = choose(Network(graph, "v", "T", {"thing": "x/0"}, "hierarchy"))
    assert len(plan.boxes) == depth + 1
    assert len(plan.routes) == 1 if depth <= 3 else len(plan.routes) >= depth - 1


def test_positions_for_a_page_that_draws_every_line_leave_no_question_on_the_line_of_another(show):
    network = show("inspection-summary", inspection=KSS_2024)
    places = positions(network)
    for standard, _, said in network.graph.edges(data=True):
        if said["role"] == "asks":
            questions = [places[other] for _, other in network.graph.out_edges(standard)]
            assert all(x != pytest.approx(places[standard][0]) or len(questions) == 1 for x, *_ in questions)
