"""Each rule of ontology/rules does what its header says, on the project's facts or on a few invented ones."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from kg import names, resources
from kg.build import build
from kg.derive import derive
from kg.documents import FactBase
from kg.release import load_ontology
from kg.store import Embedded, Table

RULES = resources.ontology() / "rules"
EXAMPLES = resources.ontology() / "examples"
KSS = "inspection/kss-region-2024"
REGION = "<id/region/kent-surrey-and-sussex>"
COLLECTIVE = ("court-work", "desistance-delivery-and-reviewing", "public-protection", "staffing")
UNITS = ["brighton-and-east-sussex", "east-kent", "surrey", "west-kent", "west-sussex"]
FILES = pytest.mark.parametrize("path", sorted(RULES.glob("*.rq")), ids=lambda path: path.stem)
HEAD = f"@base <{names.BASE}> .\n" + "".join(f"@prefix {p}: <{iri}> .\n" for p, iri in names.PREFIXES.items())
LABELLED = 'rdfs:label "Wealdshire"@en'


@pytest.fixture(scope="module")
def unedited(facts: FactBase) -> Embedded:
    """The dataset as it would be if the editors had recorded no discrepancy."""
    store = Embedded()
    load_ontology(store)
    terms = {subject.value for layer in ("vocab", "ontology") for subject, _, _, _ in store.quads(names.GRAPH + layer)}
    for graph, triples in build(replace(facts, discrepancies=()), terms).items():
        store.add(graph, triples)
    derive(store, RULES)
    return store


@pytest.fixture
def apply(tmp_path: Path):
    """Runs one rule on the ontology and some Turtle or a file, and gives the triples of the rule as short names."""

    def run(rule: str, data: str | Path) -> set[tuple[str, str, str]]:
        folder = tmp_path / "rules"
        folder.mkdir()
        shutil.copy(RULES / f"{rule}.rq", folder)
        path = data if isinstance(data, Path) else tmp_path / "data.ttl"
        if isinstance(data, str):
            path.write_text(HEAD + data, encoding="utf-8")
        store = Embedded()
        load_ontology(store)
        store.load(path, names.GRAPH + "data")
        derive(store, folder)
        graph = f"{names.GRAPH}derived/{rule.partition('-')[2]}"
        return {tuple(names.short(term.value) for term in quad[:3]) for quad in store.quads(graph)}

    return run


@FILES
def test_a_rule_says_what_it_adds_and_why(path):
    header = path.read_text(encoding="utf-8").splitlines()[:3]
    assert header[0].startswith("#+ summary: ")
    assert header[1].startswith("#+ because: ")
    assert all(line.endswith(".") for line in header[:2])


def test_no_two_rules_share_a_number_or_a_graph():
    numbers, graphs = zip(*(path.stem.split("-", 1) for path in RULES.glob("*.rq")), strict=True)
    assert set(Counter(numbers).values()) == {1}
    assert set(Counter(graphs).values()) == {1}


def test_what_is_derived_stays_in_proportion_to_what_is_recorded(store):
    graphs = store.graphs()
    derived = sum(size for name, size in graphs.items() if name.startswith(names.GRAPH + "derived/"))
    assert derived < 40_000
    assert derived < sum(graphs.values()) - derived


def test_running_the_rules_once_more_adds_nothing_new(unedited):
    before = len(unedited)
    derive(unedited, RULES)
    assert len(unedited) == before


def test_rules_mint_no_blank_nodes_and_no_iris_outside_the_project(store):
    for subject, _, value, graph in store.quads():
        if graph.startswith(names.GRAPH + "derived/"):
            assert "bnode" not in {subject.kind, value.kind}
            assert subject.value.startswith(names.BASE)


# 20-current-affiliation, 22-current-coverage


def test_the_region_consists_today_of_five_delivery_units(values):
    units = values(f"SELECT ?unit {{ ?unit org:subOrganizationOf {REGION} }}")
    assert units == [f"pdu/{unit}" for unit in UNITS]


def test_nothing_of_a_body_that_no_longer_exists_is_current(ask):
    assert ask("?a pko:affiliatedUnit <id/body/nps-kent>")
    assert not ask("<id/body/nps-kent> org:subOrganizationOf ?larger")
    assert ask("?c pko:coveringUnit <id/body/crc-kent>")
    assert not ask("<id/body/crc-kent> pko:covers ?area")


def test_a_unit_that_moved_belongs_only_to_its_new_region(apply):
    moved = apply(
        "20-current-affiliation",
        """<a> pko:affiliatedUnit <unit> ; pko:parentUnit <old> ; pko:validTo "2024-03-31"^^xsd:date .
        <b> pko:affiliatedUnit <unit> ; pko:parentUnit <new> ; pko:validFrom "2024-04-01"^^xsd:date .""",
    )
    assert moved == {("unit", "org:subOrganizationOf", "new")}


def test_thanet_is_served_by_east_kent_and_a_coverage_that_ended_serves_nobody(values, apply):
    assert values("SELECT ?unit { ?unit pko:covers <id/place/thanet> }") == ["pdu/east-kent"]
    ended = '<c> pko:coveringUnit <unit> ; pko:coveredArea <area> ; pko:validTo "2024"^^xsd:gYear .'
    assert apply("22-current-coverage", ended) == set()


# 24-framework-of-inspection


def test_the_codes_of_its_standards_give_the_framework_of_an_inspection(values, apply):
    assert values(f"SELECT ?f {{ <id/{KSS}> pko:usesFramework ?f }}") == ["vocab/framework/2023-region"]
    rated = (
        "<rating> a pko:StandardRating ; pko:madeIn <inspection> ; "
        "pko:aboutStandard <vocab/framework/2023-region/R1.1> . <inspection> pko:usesFramework <stated> ."
    )
    assert apply("24-framework-of-inspection", rated) == set()


# 30-collective-ratings


@pytest.mark.parametrize("matter", COLLECTIVE)
def test_a_rating_of_every_unit_makes_five_statements_that_share_one_claim(values, matter):
    collective = f"<id/{KSS}/rating/each-pdu-{matter}>"
    derived = f"?rating prov:wasDerivedFrom {collective} ; a pko:TopicRating ."
    units = values(f"SELECT ?unit {{ {derived} ?rating pko:aboutUnit ?unit }}")
    assert units == [f"pdu/{unit}" for unit in UNITS]
    assert values(f"SELECT ?rating {{ {derived} }}") == [f"{KSS}/rating/each-pdu-{matter}/{unit}" for unit in UNITS]
    claims = values(f"SELECT DISTINCT ?claim {{ {derived} ?rating pko:evidencedBy ?claim }}")
    assert claims == values(f"SELECT ?claim {{ {collective} pko:evidencedBy ?claim }}")
    assert len(claims) == 1
    assert values(f"SELECT ?mode {{ <id/{claims[0]}> pko:claimMode ?mode }}") == ["vocab/claim-mode/collective"]


@pytest.mark.parametrize("matter", COLLECTIVE)
def test_a_rating_given_to_all_is_given_to_each_with_rating_matter_and_inspection(values, matter):
    collective = f"<id/{KSS}/rating/each-pdu-{matter}>"
    for name in ("hasRating", "madeIn", "theme", "aboutStandard", "aboutKeyQuestion"):
        given = values(f"SELECT ?value {{ {collective} pko:{name} ?value }}")
        for unit in UNITS:
            assert values(f"SELECT ?value {{ <id/{KSS}/rating/each-pdu-{matter}/{unit}> pko:{name} ?value }}") == given


def test_the_summary_of_a_derived_rating_names_unit_rating_and_matter(values):
    rating = f"<id/{KSS}/rating/each-pdu-staffing/west-kent>"
    assert values(f"SELECT ?text {{ {rating} pko:summary ?text }}") == [
        "West Kent was rated Requires improvement, together with every delivery unit of its region, on: staffing."
    ]


def test_a_unit_that_joined_after_the_inspection_gets_no_share_of_its_collective_rating(apply):
    derived = apply(
        "30-collective-ratings",
        f"""<id/rating/all> a pko:CollectiveRating ; pko:ratesEachUnitOf <region> ; pko:theme <vocab/theme/staffing> ;
            pko:hasRating <vocab/rating/good> ; pko:madeIn <inspection> ; pko:evidencedBy <claim> .
        <inspection> pko:announcedStart "2024-01-22"^^xsd:date .
        <id/pdu/old> a pko:ProbationDeliveryUnit ; {LABELLED} . <id/pdu/new> a pko:ProbationDeliveryUnit ; {LABELLED} .
        <id/pdu/left> a pko:ProbationDeliveryUnit ; {LABELLED} .
        <a> pko:affiliatedUnit <id/pdu/old> ; pko:parentUnit <region> ; pko:validTo "2025-01-01"^^xsd:date .
        <b> pko:affiliatedUnit <id/pdu/new> ; pko:parentUnit <region> ; pko:validFrom "2025-01-02"^^xsd:date .
        <c> pko:affiliatedUnit <id/pdu/left> ; pko:parentUnit <region> ; pko:validTo "2023-01-01"^^xsd:date .""",
    )
    assert {value for _, name, value in derived if name == "pko:aboutUnit"} == {"pdu/old"}


# 40-supersedes, 42-latest-rating


def test_west_kents_rating_of_2024_supersedes_that_of_2022_and_no_rating_supersedes_another_units(values, ask):
    pairs = values("SELECT ?later ?earlier { ?later pko:supersedes ?earlier }")
    assert ("inspection/west-kent-pdu-2024/rating/overall", "inspection/west-kent-pdu-2022/rating/overall") in pairs
    assert not ask("?l pko:supersedes ?e ; pko:aboutUnit ?u FILTER NOT EXISTS { ?e pko:aboutUnit ?u }")
    assert not ask("?l pko:supersedes ?e . ?e pko:supersedes ?l")


def test_each_rated_unit_has_one_latest_rating(values):
    rows = values("SELECT ?unit ?rating { ?unit pko:latestRating/pko:hasRating ?rating }")
    assert {
        ("pdu/east-kent", "vocab/rating/inadequate"),
        ("pdu/west-kent", "vocab/rating/requires-improvement"),
        ("pdu/west-sussex", "vocab/rating/inadequate"),
        ("region/kent-surrey-and-sussex", "vocab/rating/requires-improvement"),
    } <= set(rows)
    assert len({unit for unit, _ in rows}) == len(rows)


@pytest.mark.parametrize(
    ("earlier", "later", "supersedes"),
    [
        ('"2022"^^xsd:gYear', '"2024-01"^^xsd:gYearMonth', True),
        ('"2023-12"^^xsd:gYearMonth', '"2024-01-22"^^xsd:date', True),
        ('"2024"^^xsd:gYear', '"2024-01"^^xsd:gYearMonth', False),
        ('"2024-01-22"^^xsd:date', '"2024-01"^^xsd:gYearMonth', False),
    ],
)
def test_days_months_and_years_are_compared_as_far_as_both_are_known(apply, earlier, later, supersedes):
    ratings = f"""<one> a pko:OverallRating ; pko:aboutUnit <unit> ; pko:madeIn <first> . <first> pko:heldIn {earlier} .
        <two> a pko:OverallRating ; pko:aboutUnit <unit> ; pko:madeIn <second> . <second> pko:heldIn {later} ."""
    assert apply("40-supersedes", ratings) == ({("two", "pko:supersedes", "one")} if supersedes else set())


# 44-replaced-by


def test_a_unit_that_was_split_was_replaced_by_both_halves(apply):
    found = apply("44-replaced-by", EXAMPLES / "split.ttl")
    assert {(name, new.rpartition("/")[2]) for _, name, new in found} == {
        ("pko:replacedBy", "north"),
        ("pko:replacedBy", "south"),
    }


# 50-value-discrepancies, 52-rating-discrepancies, 54-rating-basis-discrepancies


def _discrepancies(store: Embedded, graph: str) -> dict[str, int]:
    """Return the discrepancies of a derived graph with the number of their sides."""
    query = f"""SELECT ?d (COUNT(DISTINCT ?side) AS ?sides)
        {{ GRAPH <{names.GRAPH}derived/{graph}> {{ ?d <{names.DEF}involves> ?side }} }} GROUP BY ?d"""
    answer = store.query(query)
    assert isinstance(answer, Table)
    return {names.short(row[0].value): int(row[1].value) for row in answer.rows}


def test_the_rule_finds_the_one_figure_of_which_the_report_gives_two_values(unedited):
    (found,) = _discrepancies(unedited, "value-discrepancies").items()
    assert found == (
        "discrepancy/figure/kss-region-2024/caseload-share/kent-surrey-and-sussex/black-asian-and-minority-ethnic",
        2,
    )


def test_the_rule_finds_the_standards_with_two_bases_of_rating(unedited):
    assert _discrepancies(unedited, "rating-basis-discrepancies") == {
        f"discrepancy/rating-basis/2023-region/{code}": 2 for code in ("R2.2", "R2.3", "R2.5")
    }


@pytest.mark.parametrize("graph", ["value-discrepancies", "rating-discrepancies", "rating-basis-discrepancies"])
def test_what_the_editors_recorded_is_not_derived_a_second_time(store, graph):
    assert _discrepancies(store, graph) == {}


FIGURES = """<one> pko:ofFigure <id/figure/x> ; pko:ofMetric <vocab/metric/caseload> ; pko:ofUnit <unit> ;
        pko:value 12.4 ; pko:valueQualifier <vocab/bound/exact> .
    <two> pko:ofFigure <id/figure/x> ; pko:ofMetric <vocab/metric/caseload> ; pko:ofUnit <unit> ;
        pko:value 12.0 ; pko:valueQualifier <vocab/bound/%s> . <unit> rdfs:label "Wealdshire"@en ."""


def test_two_exact_values_of_one_figure_disagree(apply):
    found = apply("50-value-discrepancies", FIGURES % "exact")
    assert ("discrepancy/figure/x", "pko:discrepancyKind", "vocab/discrepancy/value") in found
    assert {value for _, name, value in found if name == "pko:involves"} == {"one", "two"}
    assert [value for _, name, value in found if name == "rdfs:label"] == [
        "Values of one figure differ: caseload, Wealdshire"
    ]


@pytest.mark.parametrize(
    "more",
    [
        '<one> pko:asOf "2023"^^xsd:gYear . <two> pko:asOf "2024"^^xsd:gYear .',
        '<one> pko:periodStart "2023-01-01"^^xsd:date . <two> pko:periodStart "2024-01-01"^^xsd:date .',
        "<known> a pko:Discrepancy ; pko:involves <one> , <two> .",
    ],
)
def test_values_of_other_times_and_known_disagreements_are_left_alone(apply, more):
    assert apply("50-value-discrepancies", FIGURES % "exact" + more) == set()


def test_an_exact_value_and_a_bound_do_not_disagree(apply):
    assert apply("50-value-discrepancies", FIGURES % "more-than") == set()


RATINGS = """<id/inspection/x> a pko:Inspection . <id/pdu/y> rdfs:label "Wealdshire"@en .
    <one> a pko:{kind} ; pko:madeIn <id/inspection/x> ; pko:aboutUnit <id/pdu/y> {matter} ;
        pko:hasRating <vocab/rating/{first}> .
    <two> a pko:{kind} ; pko:madeIn <id/inspection/x> ; pko:aboutUnit <id/pdu/y> {matter} ;
        pko:hasRating <vocab/rating/{second}> ."""


@pytest.mark.parametrize(
    ("kind", "matter", "name"),
    [
        ("StandardRating", "; pko:aboutStandard <vocab/framework/2023-region/R2.1>", "R2.1"),
        ("OverallRating", "", "overall"),
    ],
)
def test_two_ratings_of_one_matter_disagree_only_where_they_differ(apply, kind, matter, name, tmp_path):
    differing = RATINGS.format(kind=kind, matter=matter, first="good", second="outstanding")
    found = apply("52-rating-discrepancies", differing)
    assert {subject for subject, _, _ in found} == {f"discrepancy/inspection/x/{name}/y"}
    assert {value for _, predicate, value in found if predicate == "pko:involves"} == {"one", "two"}
    shutil.rmtree(tmp_path / "rules")
    assert apply("52-rating-discrepancies", differing.replace("outstanding", "good")) == set()


# 80-inverses, 82-symmetric-properties, 84-super-properties, 86-subclass-types


def test_a_claim_asserts_the_ratings_that_were_derived_from_what_it_asserts(ask):
    assert ask(
        f"?claim pko:asserts <id/{KSS}/rating/each-pdu-staffing/surrey> , <id/{KSS}/rating/each-pdu-staffing/east-kent>"
    )


def test_partners_are_partners_from_both_sides(ask):
    assert ask(f"{REGION} pko:partnerOf ?other . ?other pko:partnerOf {REGION}")
    assert not ask("?one pko:partnerOf ?other . FILTER NOT EXISTS { ?other pko:partnerOf ?one }")


def test_those_who_know_dublin_core_and_prov_find_subjects_and_sources(ask):
    assert ask("?statement dcterms:subject <id/pdu/west-kent> ; a pko:Strength")
    assert ask("?claim a pko:Claim ; prov:wasDerivedFrom ?passage . ?passage a pko:Passage")
    assert ask("?rating a pko:StandardRating ; pko:about <vocab/framework/2023-region/R2.1>")


def test_vocabularies_that_nobody_asked_for_are_not_spelt_out(ask):
    assert not ask("?measurement <http://www.w3.org/ns/sosa/hasSimpleResult> ?value")


@pytest.mark.parametrize(
    ("thing", "classes"),
    [
        ("<id/pdu/east-kent>", "pko:ProbationOrganisation , org:OrganizationalUnit , org:Organization"),
        (f"<id/{KSS}/rating/R2.1>", "pko:Judgement , pko:Statement"),
        ("<id/body/crc-kent>", "pko:PredecessorBody , pko:ProbationOrganisation"),
        ("<id/doc/hmip-report-kss-2024>", "pko:SourceDocument , prov:Entity"),
    ],
)
def test_a_thing_of_a_class_is_also_of_each_wider_class(ask, thing, classes):
    assert ask(f"{thing} a {classes}")
