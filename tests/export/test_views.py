"""Each view shows what the graph says, no more and no less, and each edge leads to what says it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kg import names, resources
from kg.errors import QuestionError
from kg.export.attributes import learn
from kg.export.network import GROUPS, Network
from kg.export.selection import select
from kg.export.views import find_view, read_views
from kg.query import read_questions
from kg.store import Embedded
from tests.export.shown import edges, groups

VIEWS = read_views()
ALL = pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS.keys())
KSS = "region/kent-surrey-and-sussex"
KSS_2024 = "inspection/kss-region-2024"
WEST_KENT = names.iri("pdu/west-kent")


def pictured(network: Network) -> tuple:
    """All of a network as values that can be compared, in its own order."""
    graph = network.graph
    return replace(network, graph=None), list(graph.nodes(data=True)), list(graph.edges(keys=True, data=True))


def test_the_views_are_those_that_are_promised():
    promised = "organisation-chart who-serves-where provision inspection lineage themes evidence ontology everything"
    assert set(VIEWS) == {*promised.split(), "neighbourhood", "inspection-summary", "provision-summary"}


def test_views_are_no_named_queries():
    assert not set(read_questions(resources.queries())) & set(VIEWS)


@ALL
def test_the_header_documents_the_view(view):
    assert view.summary.endswith("?")
    assert view.description.endswith(".")
    for parameter in view.parameters:
        assert parameter.example
        projected = f"?_{parameter.name} " in view.question.text.partition("WHERE")[0]
        assert projected or view.repeat, "a bound variable has to be projected"


@ALL
def test_a_view_is_not_empty_and_has_every_role_of_its_header(view, show):
    network = show(view.name)
    roles = {said["role"] for *_, said in network.graph.edges(data=True)}
    listed = set(view.roles) - {"*", "holds"} if view.name == "organisation-chart" else set(view.roles) - {"*"}
    assert listed <= roles
    assert network.layout == view.layout
    assert "{" not in network.title


@ALL
def test_nodes_and_edges_have_the_attributes_of_a_network(view, show):
    graph = show(view.name).graph
    for node, said in graph.nodes(data=True):
        assert said["label"]
        assert said["group"] in GROUPS, node
        assert said.get("source", []) == sorted(said.get("source", []))
        assert not {"", None} & {value for value in said.values() if not isinstance(value, list)}
    for _, _, key, said in graph.edges(keys=True, data=True):
        assert key.partition("|")[0] == said["role"]
        assert said["label"]
        assert said["weight"] >= 1


@ALL
def test_an_optional_parameter_narrows_the_view(view, show):
    given = {p.name: p.example for p in view.parameters if p.optional and p.name != view.repeat}
    if given:
        assert 0 < len(show(view.name, **given).graph) < len(show(view.name).graph)


@ALL
def test_statements_exist_and_lead_to_evidence(view, show, store):
    statements = {said["statement"] for *_, said in show(view.name).graph.edges(data=True) if "statement" in said}
    assert all(store.mentions(statement) for statement in statements)
    if view.name == "ontology":
        return
    known = learn(store, statements)
    bare = {each for each in statements if not known.evidence(each)[0]}
    assert all("/id/discrepancy/" in each for each in bare), "only the editors' own records rest on no source"


@pytest.mark.parametrize("name", ["who-serves-where", "provision", "lineage", "themes", "evidence"])
def test_every_edge_of_a_curated_view_names_a_source(name, show):
    assert all(said["source"] and said["quality"] for *_, said in show(name).graph.edges(data=True))


def test_two_loads_of_one_dataset_make_the_same_networks(store):
    again = Embedded()
    again.load_quads(store.canonical())
    for view in VIEWS.values():
        needed = {p.name: p.example for p in view.parameters if not p.optional}
        assert pictured(select(store, view, needed)) == pictured(select(again, view, needed))


def test_the_chart_of_a_region_has_its_current_units_and_the_service(show, values):
    parts = edges(show("organisation-chart"), "part-of")
    units = values(f"SELECT ?unit {{ ?unit org:subOrganizationOf <id/{KSS}> }}")
    assert parts == sorted([*((unit, KSS) for unit in units), (KSS, "body/probation-service")])
    assert ("pdu/north-kent-and-medway", KSS) not in parts, "a single list knows it"


def test_the_chart_names_no_director_of_a_post_that_sources_give_to_another_body(show):
    assert groups(show("organisation-chart"))["person"] == 1
    assert edges(show("organisation-chart"), "post-in") == [("post/regional-equalities-lead-kss", KSS)]


@pytest.mark.parametrize(
    ("group", "pattern"),
    [
        ("unit", "?x a pko:ProbationDeliveryUnit ; org:subOrganizationOf <id/{}>"),
        ("court", "?x a pko:Court ; pko:servesRegion <id/{}> ; pko:openStatus <vocab/open-status/open>"),
        ("prison", "?x a pko:Prison ; pko:servesRegion <id/{}> ; pko:openStatus <vocab/open-status/open>"),
        ("office", "?x a pko:ProbationOffice ; pko:servesRegion <id/{}>"),
    ],
)
def test_who_serves_where_counts_what_the_registers_list(group, pattern, show, values):
    for region in (KSS, "region/london", "region/wales"):
        shown = groups(show("who-serves-where", region=region))[group]
        assert shown == len(values(f"SELECT DISTINCT ?x {{ {pattern.format(region)} }}"))


def test_a_unit_that_serves_a_part_of_a_district_is_told_from_one_that_serves_all(show):
    network = show("who-serves-where")
    assert ("pdu/manchester-north", "place/manchester") in edges(network, "serves-part")
    assert ("pdu/west-kent", "place/dartford") in edges(network, "serves")
    assert not set(edges(network, "serves")) & set(edges(network, "serves-part"))


def test_provision_shows_each_contract_of_a_region_once(show, values):
    contracts = values(
        f"SELECT DISTINCT ?c {{ {{ ?c pko:contractArea <id/{KSS}> }} "
        f"UNION {{ ?c pko:contractArea ?area . ?area a pko:PoliceArea ; pko:servesRegion <id/{KSS}> }} "
        "?c a pko:ServiceContract }"
    )
    network = show("provision", region=KSS)
    assert [contract for contract, _ in edges(network, "for-service")] == contracts
    assert groups(network)["contract"] == len(contracts)
    assert ("body/seetec", "contract/crs-accommodation-kss") in edges(network, "holds")


def test_an_inspection_has_its_ratings_results_findings_and_recommendations(show, values):
    network = show("inspection")
    made = "?s pko:madeIn <id/inspection/kss-region-2024> ; a pko:{}"
    rated = values(f"SELECT ?standard {{ {made.format('StandardRating')} ; pko:aboutStandard ?standard }}")
    assert [standard for _, standard in edges(network, "rated")] == rated
    assert len(rated) == 8
    assert len(edges(network, "found-sufficient")) == 17
    assert groups(network)["finding"] == len(values(f"SELECT ?s {{ {made.format('Finding')} }}")) == 597
    assert groups(network)["recommendation"] == len(values(f"SELECT ?s {{ {made.format('Recommendation')} }}")) == 16
    assert len(edges(network, "inspects")) == 6


def test_ratings_and_percentages_of_an_inspection_are_those_of_the_report(show):
    graph = show("inspection").graph
    standard = names.iri("vocab/framework/2023-region/R1.1")
    assert graph.nodes[standard]["rating"] == "requires-improvement"
    overall = graph.edges[names.iri(KSS_2024), names.iri(KSS), f"rated-overall|{KSS_2024}/rating/overall"]
    assert overall["rating"] == "requires-improvement"
    question = names.iri("vocab/framework/2023-region/R2.1-Q1")
    assert graph.edges[names.iri(KSS_2024), question, f"found-sufficient|{KSS_2024}/result/R2.1-Q1"]["percentage"] == 24


def test_lineage_follows_a_body_back_and_forth_and_no_further(show):
    network = show("lineage", body="pdu/salford-and-trafford")
    bodies = {names.short(node) for node, said in network.graph.nodes(data=True) if said["group"] == "unit"}
    assert bodies == {"pdu/salford", "pdu/stockport-and-trafford", "pdu/salford-and-trafford"}
    assert ("change/forming-of-salford-and-trafford", "pdu/salford-and-trafford") in edges(network, "formed")
    crc = show("lineage", body=KSS)
    went = edges(crc, "went-into")
    assert ("body/kent-surrey-and-sussex-crc", "change/unification-2021-kent-surrey-and-sussex") in went
    assert {region for _, region in edges(crc, "formed") if region.startswith("region/")} == {KSS}


def test_lineage_tells_every_change_and_when(show, values):
    went = edges(show("lineage"), "went-into")
    assert went == values(
        "SELECT DISTINCT ?old ?c { ?c org:originalOrganization ?old ; org:resultingOrganization ?new }"
    )
    assert all("start" in said for *_, said in show("lineage").graph.edges(data=True) if said["role"] == "formed")


def test_themes_weigh_as_many_findings_as_touch_them(show, values):
    counted = values(
        "SELECT ?i ?t (COUNT(DISTINCT ?f) AS ?n) { ?f a pko:Finding ; pko:madeIn ?i ; pko:theme ?t } GROUP BY ?i ?t"
    )
    weights = {
        (names.short(one), names.short(other), str(said["weight"]))
        for one, other, said in show("themes").graph.edges(data=True)
    }
    assert weights == set(counted)


def test_the_evidence_of_a_document_is_its_passages_claims_and_statements(show, values):
    network = show("evidence", document="doc/hmip-press-kent-2016")
    passages = values("SELECT ?p { ?p oa:hasSource <id/doc/hmip-press-kent-2016> }")
    assert [passage for passage, _ in edges(network, "passage-of")] == passages
    first = network.graph.nodes[names.iri(passages[0])]
    assert passages[0].endswith(f"/{first['first_code_point']}-{first['end_code_point']}")
    assert all(said["source"] == [names.iri("doc/hmip-press-kent-2016")] for *_, said in network.graph.edges(data=True))


def test_the_ontology_has_all_classes_and_links_them_by_domain_and_range(show, values):
    graph = show("ontology").graph
    assert set(values("SELECT ?c { ?c a owl:Class }")) <= set(map(names.short, graph))
    links = values("SELECT ?p { ?p a owl:ObjectProperty ; rdfs:domain ?d ; rdfs:range ?r }")
    statements = [said["statement"] for *_, said in graph.edges(data=True) if said["role"] != "kind-of"]
    assert sorted(map(names.short, statements)) == links
    assert set(groups(show("ontology"))) == {"term"}


def test_everything_has_all_things_but_positions_and_no_link_twice(show, values):
    graph = show("everything").graph
    things = values(
        'SELECT DISTINCT ?s { ?s a ?c FILTER(STRSTARTS(STR(?s), "https://w3id.org/probation-kg/id/")) '
        "FILTER(?c NOT IN (geo:Geometry, oa:TextPositionSelector)) }"
    )
    folded = values("SELECT DISTINCT ?s { { ?s a geo:Geometry } UNION { ?s a oa:TextPositionSelector } }")
    assert sorted(map(names.short, graph)) == sorted(set(things) - set(folded))
    roles = {said["role"] for *_, said in graph.edges(data=True)}
    assert {"evidenced-by", "in-passage", "row-source", "located-in"} <= roles
    assert not {"asserts", "about", "is-part-of", "subject-of"} & roles


def test_a_neighbourhood_grows_step_by_step_and_is_cut_where_it_says(show, store):
    one, two = show("neighbourhood"), show("neighbourhood", depth="2")
    assert all(WEST_KENT in edge for edge in one.graph.edges())
    assert len(two.graph) == 500
    assert two.title.startswith("West Kent: what lies within 2 steps (the nearest 500 of ")
    assert set(one.graph) <= set(two.graph)
    cut = select(store, VIEWS["neighbourhood"], {"thing": "pdu/west-kent"}, most=20)
    assert len(cut.graph) == 20
    assert WEST_KENT in cut.graph


def test_a_unit_has_its_latest_rating_its_region_and_its_sources(show):
    west_kent = show("neighbourhood").graph.nodes[WEST_KENT]
    assert west_kent["label"] == "West Kent"
    assert west_kent["type"] == "ProbationDeliveryUnit"
    assert west_kent["type_label"] == "probation delivery unit"
    assert west_kent["group"] == "unit"
    assert west_kent["rating"] == "requires-improvement"
    assert west_kent["region"] == "Kent, Surrey and Sussex"
    assert west_kent["quality"][0] == "a"
    assert "start" not in west_kent, "the first list shows it; when it began is not known"


def test_dates_and_places_are_those_of_the_registers(show):
    lineage = show("lineage").graph.nodes
    assert lineage[names.iri("pdu/salford")]["end"] == "2025-04-28"
    assert lineage[names.iri("body/kent-surrey-and-sussex-crc")]["start"] == "2014-06-01"
    court = show("who-serves-where", region=KSS).graph.nodes[names.iri("court/lewes-combined-court-centre")]
    assert (court["lat"], court["lon"]) == (50.87309, 0.00974)


def test_sources_and_last_date_are_told(show):
    network = show("organisation-chart")
    assert network.title == "Organisation chart of Kent, Surrey and Sussex"
    assert any(source.startswith("HM Inspectorate of Probation, report on") for source in network.sources)
    assert set(network.sources) <= set(network.titles.values())
    assert network.asof == show("themes").asof == "2026-08-21", "one dataset, one date"


def test_the_source_that_carries_most_links_comes_first(show):
    network = show("inspection", inspection=KSS_2024)
    assert network.sources[0] == (
        "HM Inspectorate of Probation, report on the inspection of Kent, Surrey and Sussex, May 2024"
    )
    assert not any("this graph" in source for source in network.sources)


def test_a_rating_has_its_date_and_statement(show):
    said = show("organisation-chart").graph.nodes[WEST_KENT]
    assert (said["rating"], said["rating_date"]) == ("requires-improvement", "2024")
    assert said["rating_statement"] == names.iri("inspection/west-kent-pdu-2024/rating/overall")
    given = show("inspection-summary", inspection=KSS_2024).graph.nodes[names.iri(KSS)]
    assert (given["rating_date"], given["rating_statement"]) == (
        "2024-05",
        names.iri("inspection/kss-region-2024/rating/overall"),
    )


def test_what_is_disputed_and_left_out_is_said_beside_the_chart(show):
    (note,) = show("organisation-chart").notes
    assert note.startswith("Left out: Whether a delivery unit for North Kent and Medway exists. ")


def test_absent_contracts_and_closed_referrals_are_told_in_the_summary_of_provision(show):
    network = show("provision-summary", region=KSS)
    assert {
        names.short(other) for _, other, said in network.graph.edges(data=True) if said["role"] == "has-no-contract"
    } == {
        "vocab/service/finance-benefit-and-debt",
        "vocab/service/mentoring",
    }
    closed = {
        names.short(said["statement"]): said["closed"]
        for *_, said in network.graph.edges(data=True)
        if "closed" in said
    }
    assert closed == {"contract/prj-5470": "2023-12-31"}


def test_an_unknown_view_is_refused_with_all_names_and_the_nearest():
    with pytest.raises(
        QuestionError, match=r'no view "lineages"; expected one of everything, .* Did you mean "lineage"'
    ):
        find_view("lineages")


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("organisation-chart", {}, 'needs the parameter "region"'),
        ("themes", {"planet": "mars"}, 'has no parameter "planet"'),
        ("provision", {"region": "region/mars"}, "is not in this graph"),
        ("neighbourhood", {"thing": "pdu/west-kent", "depth": "5"}, "depth reads 5; expected 1 to 4"),
        ("neighbourhood", {"thing": "pdu/west-kent", "depth": "deep"}, "expected integer"),
    ],
)
def test_a_wrong_parameter_is_refused(name, given, message, store):
    with pytest.raises(QuestionError, match=message):
        select(store, VIEWS[name], given)


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("#+ title: x\n#+ layout: circle\n#+ roles: a = b", 'layout reads "circle"'),
        ("#+ layout: network\n#+ roles: a = b", "there is no title"),
        ("#+ title: x\n#+ layout: network\n#+ roles: a", "a line of roles is missing or malformed"),
    ],
)
def test_a_malformed_header_is_refused(header, message, tmp_path):
    (tmp_path / "odd.rq").write_text(f"{header}\nSELECT ?source WHERE {{}}\n", encoding="utf-8")
    with pytest.raises(QuestionError, match=message):
        read_views(tmp_path)


def test_a_role_that_the_header_does_not_list_is_refused(store, tmp_path):
    text = '#+ title: x\n#+ layout: network\n#+ roles: a = b\nSELECT ?source ("c" AS ?role) ?target '
    (tmp_path / "odd.rq").write_text(text + "WHERE { ?source <http://www.w3.org/ns/org#postIn> ?target }\n", "utf-8")
    with pytest.raises(QuestionError, match='in the role "c"; list it'):
        select(store, find_view("odd", tmp_path), {})
