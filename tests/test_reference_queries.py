"""The named queries count what the registers counted when they were read: August 2026, unless a test says otherwise.

Each number was taken from the register itself, or was published by the inspectorate. A number that changes because a
register is read anew is changed here, with its date.
"""

from __future__ import annotations

from collections import Counter

import pytest

from kg import names, resources
from kg.query import bind, read_questions
from kg.store import Embedded

QUESTIONS = read_questions(resources.queries())
KENT = {"region": "region/kent-surrey-and-sussex"}


@pytest.fixture
def ask_named(store: Embedded):
    """Answers a named query; each row is a mapping from column to short text, "" where it is empty."""

    def answer(name: str, **values: str) -> list[dict[str, str]]:
        table = store.query(QUESTIONS[name].text, bind(QUESTIONS[name], values))
        return [
            {column: _short(term.value) if term else "" for column, term in zip(table.columns, row, strict=True)}
            for row in table.rows
        ]

    return answer


def _short(value: str) -> str:
    return value.removeprefix(names.ID).removeprefix(names.VOCAB).removeprefix(names.DEF)


def _count(store: Embedded, pattern: str) -> int:
    prefixes = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in names.PREFIXES.items())
    text = f"BASE <{names.BASE}>\n{prefixes}SELECT (COUNT(DISTINCT ?x) AS ?n) {{ {pattern} }}"
    return int(store.query(text).rows[0][0].value)


@pytest.mark.parametrize(
    ("pattern", "number"),
    [
        ("?x a pko:ProbationRegion", 12),
        ("?x a pko:PoliceArea", 43),
        ("?x a pko:Area ; pko:evidencedBy ?row . ?row pko:inTable <id/table/local-authorities>", 318),
        ("?x a pko:ProbationDeliveryUnit ; pko:unitStatus <vocab/unit-status/current>", 108),
        ("?x a pko:ProbationDeliveryUnit ; pko:unitStatus <vocab/unit-status/ended>", 4),
        ("?x a pko:ProbationDeliveryUnit ; pko:unitStatus <vocab/unit-status/uncertain>", 1),
        ("?x a pko:Court ; pko:openStatus <vocab/open-status/open>", 239),
        ("?x a pko:Court ; pko:openStatus <vocab/open-status/conflicting>", 8),
        ("?x a pko:Prison ; pko:openStatus <vocab/open-status/open>", 124),
        ("?x a pko:ProbationOffice ; pko:evidencedBy ?row . ?row pko:inTable <id/table/offices>", 326),
        ("?x pko:evidencedBy ?row . ?row pko:inTable <id/table/crs-contracts>", 196),
        ("?x a pko:Inspection ; pko:evidencedBy ?row . ?row pko:inTable <id/table/inspections>", 139),
    ],
)
def test_the_registers_hold_as_many_things_as_were_counted_in_them(store, pattern, number):
    assert _count(store, pattern) == number


def test_fourteen_units_were_rated_again_by_september_2025_and_most_stayed_the_same(ask_named):
    rows = ask_named("reinspected-units-better-or-worse")
    assert Counter(row["outcome"] for row in rows) == {"better": 3, "same": 8, "worse": 3}
    better = {row["unit"] for row in rows if row["outcome"] == "better"}
    worse = {row["unit"] for row in rows if row["outcome"] == "worse"}
    assert better == {"pdu/west-kent", "pdu/essex-north", "pdu/swansea-neath-and-port-talbot"}
    assert worse == {
        "pdu/northamptonshire",
        "pdu/north-and-north-east-lincolnshire",
        "pdu/gateshead-and-south-tyneside",
    }


def test_the_inspectorate_counted_seventeen_units_in_2022_and_ten_of_them_inadequate(ask_named):
    numbers = {
        row["rating"]: (row["number"], row["rated"])
        for row in ask_named("ratings-by-programme-and-year")
        if row["class"] == "ProbationDeliveryUnit" and row["year"] == "2022"
    }
    assert numbers["rating/inadequate"] == ("10", "17")


def test_every_unit_rated_under_the_programme_of_2023_required_improvement_or_was_inadequate(ask_named):
    numbers: Counter[str] = Counter()
    for row in ask_named("ratings-by-programme-and-year"):
        if row["programme"] == "programme/hmip-2023" and row["class"] == "ProbationDeliveryUnit":
            numbers[row["rating"]] += int(row["number"])
    assert numbers == {"rating/inadequate": 22, "rating/requires-improvement": 21}


def test_the_shares_of_each_year_add_up_to_a_hundred(ask_named):
    shares: Counter[tuple[str, str, str]] = Counter()
    for row in ask_named("ratings-by-programme-and-year"):
        shares[row["programme"], row["class"], row["year"]] += float(row["share"])
    assert all(abs(share - 100) <= 0.2 for share in shares.values())


def test_there_are_123_overall_ratings_of_which_79_are_of_delivery_units(ask_named):
    rows = ask_named("ratings-by-programme-and-year")
    assert sum(int(row["number"]) for row in rows) == 123
    assert sum(int(row["number"]) for row in rows if row["class"] == "ProbationDeliveryUnit") == 79


def test_inspected_and_never_inspected_units_make_up_all_that_have_not_ended(ask_named, store):
    inspected = _count(
        store,
        "?x a pko:ProbationDeliveryUnit ; pko:unitStatus ?status . ?i pko:inspects ?x "
        "FILTER(?status != <vocab/unit-status/ended>)",
    )
    assert len(ask_named("units-never-inspected")) + inspected == 109


def test_the_report_of_2024_and_the_registers_agree_on_courts_and_units_and_not_on_prisons(ask_named):
    rows = {
        (row["metric"], row["group"]): row
        for row in ask_named("printed-counts-against-registers")
        if row["unit"] == KENT["region"]
    }
    courts, units = rows["metric/court-count", ""], rows["metric/pdu-count", ""]
    assert (courts["printed"], courts["listed"], courts["surely"], courts["agrees"]) == ("17", "18", "17", "true")
    assert (units["printed"], units["listed"], units["surely"], units["agrees"]) == ("5", "6", "5", "true")
    prisons = rows["metric/prison-count", ""]
    assert (prisons["printed"], prisons["listed"], prisons["agrees"]) == ("11", "14", "false")
    managed = rows["metric/prison-count", "case-group/hmpps-managed-prisons"]
    assert (managed["printed"], managed["listed"]) == ("10", "13")


def test_eleven_regions_are_in_england_and_one_is_wales(ask_named):
    rows = [row for row in ask_named("printed-counts-against-registers") if row["metric"] == "metric/region-count"]
    assert {(row["unit"], row["printed"], row["surely"]) for row in rows} == {
        ("place/england", "11", "11"),
        ("place/wales", "1", "1"),
    }


def test_kent_surrey_and_sussex_has_37_authorities_in_three_police_areas(ask_named):
    areas = ask_named("local-authorities-of-a-region", **KENT)
    assert len({row["area"] for row in areas}) == 37
    assert all(row["unit"] for row in areas), "each has a unit"
    police = ask_named("police-areas-of-a-region", **KENT)
    assert {row["police_area"]: row["authorities"] for row in police} == {
        "place/police-area-kent": "13",
        "place/police-area-surrey": "11",
        "place/police-area-sussex": "13",
    }


def test_all_regions_together_hold_each_authority_and_police_area_once(ask_named, store):
    regions = [row["thing"] for letter in "ABCDEFGHIJKL" for row in ask_named("things-by-code", code=letter)]
    assert len(regions) == 12
    areas = [{row["area"] for row in ask_named("local-authorities-of-a-region", region=region)} for region in regions]
    assert sum(map(len, areas)) == len(set().union(*areas)) == 318
    assert sum(len(ask_named("police-areas-of-a-region", region=region)) for region in regions) == 43


def test_open_courts_and_prisons_of_all_regions_are_those_of_the_registers(ask_named):
    regions = [row["thing"] for letter in "ABCDEFGHIJKL" for row in ask_named("things-by-code", code=letter)]
    courts = [row["court"] for region in regions for row in ask_named("courts-in-a-region", region=region)]
    assert len(courts) == len(set(courts)) == 239
    prisons = {row["prison"] for region in regions for row in ask_named("prisons-in-a-region", region=region)}
    assert len(prisons) == 124
    offices = [row["office"] for region in regions for row in ask_named("offices-of-a-region", region=region)]
    assert len(set(offices)) == 326


def test_fourteen_open_prisons_lie_in_kent_surrey_and_sussex_one_of_them_under_contract(ask_named):
    rows = ask_named("prisons-in-a-region", **KENT)
    assert len({row["prison"] for row in rows}) == 14
    assert {row["prison"] for row in rows if row["operator"] != "body/hmpps"} == {"prison/bronzefield"}


def test_courts_on_which_lists_disagree_are_in_no_list_of_open_courts(ask_named):
    conflicting = {row["court"] for row in ask_named("courts-in-conflict")}
    assert len(conflicting) == 8
    assert "court/chichester-combined-court-centre" in conflicting
    assert not conflicting & {row["court"] for row in ask_named("courts-in-a-region", **KENT)}


def test_eight_of_nine_contracts_for_kent_surrey_and_sussex_took_referrals_in_august_2026(ask_named):
    contracts = {row["contract"] for row in ask_named("providers-by-region-and-service", **KENT)}
    assert len(contracts) == 9
    taking = {row["contract"] for row in ask_named("contracts-open-to-referrals", **KENT)}
    assert len(taking) == 8
    assert taking < contracts


def test_58_contracts_are_for_women_only_and_each_has_one_holder(ask_named):
    rows = ask_named("women-only-contracts")
    assert len(rows) == len({row["contract"] for row in rows}) == 58


def test_no_region_and_service_lacks_both_a_contract_and_a_stated_absence(ask_named):
    rows = ask_named("services-without-a-contract")
    assert len(rows) == 17
    assert all(row["statement"] for row in rows)


def test_seetec_owned_four_companies_and_holds_or_shares_in_contracts(ask_named):
    rows = [row for row in ask_named("former-owners-that-hold-contracts") if row["owner"] == "body/seetec"]
    assert {row["company"] for row in rows} == {
        "body/bristol-gloucestershire-somerset-and-wiltshire-crc",
        "body/dorset-devon-and-cornwall-crc",
        "body/kent-surrey-and-sussex-crc",
        "body/wales-crc",
    }
    assert {row["provider"] for row in rows} == {"body/seetec", "body/kent-surrey-and-sussex-crc"}


def test_a_company_and_its_trust_come_before_the_region(ask_named):
    classes = Counter(row["class"] for row in ask_named("bodies-before-unification-in-a-region", **KENT))
    assert set(classes) == {"ProbationTrust", "CommunityRehabilitationCompany"}
    (successor,) = ask_named("successors-of-a-body", body="body/kent-surrey-and-sussex-crc")
    assert (successor["started"], successor["successor"]) == ("2021-06-26", KENT["region"])


def test_a_split_unit_keeps_its_rating_and_its_parts_have_none(ask_named):
    rows = {row["unit"]: row for row in ask_named("units-by-latest-rating-in-a-region", region="region/west-midlands")}
    assert rows["pdu/staffordshire-and-stoke"]["status"] == "unit-status/ended"
    assert rows["pdu/staffordshire-and-stoke"]["rating"] == "rating/inadequate"
    assert rows["pdu/staffordshire-north"]["rating"] == ""
    never = {
        row["unit"]: row["inspected_predecessor"]
        for row in ask_named("units-never-inspected", region="region/west-midlands")
    }
    assert never["pdu/staffordshire-north"] == "pdu/staffordshire-and-stoke"


def test_a_split_unit_belongs_to_its_region_only_while_lists_show_it(ask_named):
    question = {"region": "region/west-midlands"}
    before = {row["unit"] for row in ask_named("units-of-a-region", **question, date="2024-01-01")}
    after = {row["unit"] for row in ask_named("units-of-a-region", **question, date="2026-01-01")}
    assert before - after == {"pdu/staffordshire-and-stoke"}
    assert after - before == {"pdu/staffordshire-north", "pdu/staffordshire-south"}


def test_one_code_can_mean_a_division_of_before_and_a_region_of_after_2021(ask_named):
    assert {row["thing"] for row in ask_named("things-by-code", code="N03")} == {
        "body/nps-wales-division",
        "region/wales",
    }


def test_seven_scores_were_printed_and_none_leaves_its_unverified_band(ask_named):
    rows = ask_named("scores-and-bands")
    assert len(rows) == 7
    assert all(row["agrees"] == "true" and row["verification"] == "verification/unverified" for row in rows)


def test_the_person_named_with_a_report_held_the_post_where_the_period_is_known(ask_named):
    rows = [row for row in ask_named("chief-inspector-at-each-report") if row["named"] and row["in_post"]]
    assert len(rows) > 50
    differing = {row["inspection"] for row in rows if row["named"] != row["in_post"]}
    assert len(differing) <= 2, "a month in which the post changed hands names both"


def test_a_report_never_comes_out_before_its_fieldwork_begins(ask_named):
    assert all(int(row["months"]) >= 0 for row in ask_named("time-from-fieldwork-to-publication"))


def test_fieldwork_begins_with_its_first_period_and_the_later_announced_start_is_shown_beside(ask_named):
    rows = {row["inspection"]: row for row in ask_named("time-from-fieldwork-to-publication")}
    row = rows["inspection/kss-region-2024"]
    dates = (row["begun"], row["announced"], row["published"])
    assert (dates, row["months"]) == (("2023-11-27", "2024-01-22", "2024-05"), "6")
    assert [each for each in rows.values() if each["announced"]] == [row]


@pytest.fixture
def in_force(ask_named):
    """Return, for a unit on a date, the inspection whose rating is in force and that whose rating may be."""

    def found(date: str, unit: str) -> tuple[str, str]:
        (row,) = [each for each in ask_named("ratings-in-force-on-a-date", date=date) if each["unit"] == f"pdu/{unit}"]
        names = (row["inspection"], row["undecided"].removesuffix("/rating/overall"))
        return names[0].removeprefix("inspection/"), names[1].removeprefix("inspection/")

    return found


@pytest.mark.parametrize(
    ("unit", "date", "expected"),
    [
        ("kirklees", "2024-01-31", ("kirklees-pdu-2023", "")),
        ("kirklees", "2024-11-15", ("kirklees-pdu-2023", "kirklees-pdu-2024")),
        ("kirklees", "2024-11-30", ("kirklees-pdu-2024", "")),
        ("hull-and-east-riding", "2024-01-31", ("hull-east-riding-pdu-2023", "")),
        ("sheffield", "2024-06-30", ("sheffield-pdu-2023", "")),
        ("sheffield", "2024-07-01", ("sheffield-pdu-2023", "sheffield-pdu-2024")),
        ("sheffield", "2024-12-31", ("sheffield-pdu-2024", "")),
        ("doncaster", "2024-01-31", ("", "")),
        ("doncaster", "2024-10-31", ("doncaster-pdu-2024", "")),
        ("east-kent", "2023-12-31", ("", "")),
        ("east-kent", "2024-01-31", ("", "east-kent-pdu-2024")),
        ("west-kent", "2024-12-30", ("west-kent-pdu-2022", "west-kent-pdu-2024")),
        ("west-kent", "2024-12-31", ("west-kent-pdu-2024", "")),
        ("gwent", "2022-02-27", ("", "gwent-pdu-2022")),
        ("gwent", "2022-02-28", ("gwent-pdu-2022", "")),
        ("west-sussex", "2023-11-30", ("west-sussex-pdu-2022", "west-sussex-pdu-2024")),
        ("west-sussex", "2024-02-28", ("west-sussex-pdu-2022", "west-sussex-pdu-2024")),
        ("west-sussex", "2024-02-29", ("west-sussex-pdu-2024", "")),
        ("brighton-and-east-sussex", "2024-10-31", ("brighton-east-sussex-pdu-2024", "")),
        ("west-kent", "2022-05-15", ("", "west-kent-pdu-2022")),
        ("west-kent", "2022-05-16", ("west-kent-pdu-2022", "")),
        ("cumbria", "2023-06-29", ("", "")),
        ("cumbria", "2023-06-30", ("", "cumbria-pdu-2023")),
        ("gwent", "2025-09-30", ("gwent-pdu-2022", "")),
        ("gwent", "2025-10-01", ("gwent-pdu-2022", "gwent-pdu-2025")),
        ("derby-city", "2023-02-08", ("", "")),
        ("derby-city", "2023-02-09", ("derby-city-pdu-2023", "")),
    ],
)
def test_a_rating_counts_from_its_report_and_what_is_known_by_month_or_year_from_the_last_day(
    in_force, unit, date, expected
):
    assert in_force(date, unit) == expected


def test_a_score_is_compared_with_points_only_where_every_standard_was_rated_by_a_source(ask_named):
    rows = {row["_inspection"].removeprefix("inspection/"): row for row in ask_named("score-against-points")}
    told = {name: row["agrees"] for name, row in rows.items() if row["agrees"]}
    assert told == {"kss-region-2024": "true", "east-west-lincolnshire-pdu-2025": "true"}
    assert rows["hfkcw-pdu-2022"]["standards"] == "", "nine ratings derived from the score do not confirm it"
    assert rows["staffordshire-stoke-pdu-2022"]["standards"] == "5"


def test_a_standard_is_called_the_lowest_only_where_none_can_be_lower(ask_named):
    rows = ask_named("lowest-rated-standard-in-each-inspection")
    partial = {row["rating"] for row in rows if row["recorded"] != row["standards"]}
    assert partial == {"rating/inadequate"}
    assert not {"inspection/cumbria-lancashire-crc-2019", "inspection/dtv-crc-2020"} & {
        row["inspection"] for row in rows
    }


def test_the_points_of_a_rating_are_not_taken_for_the_score_of_an_inspection(ask_named):
    rows = {row["unit"]: row for row in ask_named("units-by-latest-rating-in-a-region", region="region/london")}
    for unit in ("pdu/ealing-and-hillingdon", "pdu/lambeth"):
        assert (rows[unit]["score"], rows[unit]["maximum"]) == ("3", "27")
    assert rows["pdu/newham"]["score"] == ""


def test_nobody_is_named_with_a_rating_whose_report_and_release_were_not_seen(store):
    pattern = "?x pko:chiefInspectorNamed ?who ; pko:evidencedBy/pko:rowQuality <vocab/quality/c>"
    assert _count(store, pattern) == 0


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("inspections-of-a-unit", {"unit": "pdu/birmingham-north-east-and-solihull"}),
        ("inspection-history-of-a-region", {"region": "region/west-midlands"}),
    ],
)
def test_a_date_that_another_source_gives_comes_with_its_row(ask_named, name, asked):
    rows = {row["inspection"]: row for row in ask_named(name, **asked)}
    row = rows["inspection/birmingham-nes-pdu-2022"]
    assert (row["date"], row["dates"]) == ("2022-06", "row/inspection-dates/birmingham-nes-pdu-2022")
    assert row["row"] == "row/inspections/birmingham-nes-pdu-2022"
