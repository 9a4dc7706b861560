"""Figures that contradict, overlap or resemble one another in the documents, and what the graph makes of them.

The tests follow the order of the catalogue of contradictions; the other parts are test_traps_words and
test_traps_sources.
"""

from __future__ import annotations

from datetime import date
from math import floor

from kg import names

REGION = "<id/region/kent-surrey-and-sussex>"
KSS = "inspection/kss-region-2024"
FIGURE = "measurement/kss-region-2024"
PO = "<vocab/grade/probation-officer>"


def _measured(values, metric, unit=REGION, group=None):
    """Return the values that the sources give for a metric of one unit (and group)."""
    only = f"; pko:forGroup {group}" if group else ""
    return values(
        f"SELECT ?value {{ ?m pko:ofMetric <vocab/metric/{metric}> ; pko:ofUnit {unit} {only} ; pko:value ?value }}"
    )


def _fields(values, measurement, *properties):
    """Return the values of some properties of one measurement, which must have each of them once."""
    columns = " ".join(f"?v{number}" for number, _ in enumerate(properties))
    pattern = " ; ".join(f"{name} ?v{number}" for number, name in enumerate(properties))
    (row,) = values(f"SELECT {columns} {{ <id/{measurement}> {pattern} }}")
    return row


# The foreword gives 30 per cent vacancies, the summary calls the 70 per cent in post "vacancies" too.
def test_a_vacancy_rate_of_30_and_a_staffing_level_of_70_are_two_metrics_that_complement_each_other(ask, values):
    assert _measured(values, "vacancy-rate", group=PO) == ["30"]
    assert _measured(values, "staffing-level", group=PO) == ["50", "70"]  # 50: "just over half" in unnamed PDUs
    level = f"{FIGURE}/staffing-level/kent-surrey-and-sussex/probation-officer"
    assert _fields(values, level, "pko:ofMetric", "pko:value") == ("vocab/metric/staffing-level", "70")
    assert ask("<vocab/metric/vacancy-rate> pko:complementOf <vocab/metric/staffing-level>")
    assert ask("<vocab/metric/staffing-level> pko:complementOf <vocab/metric/vacancy-rate>")


def test_nothing_in_the_graph_is_a_vacancy_rate_of_70(ask):
    assert not ask("?m pko:ofMetric <vocab/metric/vacancy-rate> ; pko:value ?value FILTER(?value = 70)")


# A third of the court staff is missing in the foreword; elsewhere 66 per cent are in place.
def test_a_third_missing_and_66_per_cent_in_place_agree_within_a_point(values):
    missing, bound = _fields(values, f"{FIGURE}/staffing-shortfall/kss-court", "pko:value", "pko:valueQualifier")
    in_place, exact = _fields(values, f"{FIGURE}/staffing-level/kss-court", "pko:value", "pko:valueQualifier")
    assert (bound, exact) == ("vocab/bound/about", "vocab/bound/exact")
    assert abs(float(missing) + float(in_place) - 100) <= 1


def test_complementary_figures_stand_for_the_same_unit_and_the_same_staff(values):
    sides = values(
        """SELECT ?m ?n ?a ?b { ?m pko:ofMetric <vocab/metric/staffing-level> ; pko:ofUnit ?unit ; pko:value ?a .
        ?metric pko:complementOf <vocab/metric/staffing-level> . ?n pko:ofMetric ?metric ; pko:ofUnit ?unit ;
        pko:value ?b .  FILTER NOT EXISTS { ?m pko:ofUnnamedPart true }
        FILTER NOT EXISTS { ?m pko:forGroup ?g . FILTER NOT EXISTS { ?n pko:forGroup ?g } }
        FILTER NOT EXISTS { ?n pko:forGroup ?g . FILTER NOT EXISTS { ?m pko:forGroup ?g } } }"""
    )
    assert {n for _, n, _, _ in sides} == {
        f"{FIGURE}/vacancy-rate/kent-surrey-and-sussex/probation-officer",
        f"{FIGURE}/staffing-shortfall/kss-court",
    }
    assert all(abs(float(a) + float(b) - 100) <= 1 for _, _, a, b in sides)


# The ratings page starts fieldwork on 22 January; PDU fieldwork ran from 27 November, two weeks followed in February.
def test_fieldwork_is_four_periods_beside_the_start_that_was_announced(values):
    assert values(f"SELECT ?day {{ <id/{KSS}> pko:announcedStart ?day }}") == ["2024-01-22"]
    assert values(
        f"SELECT ?from ?to ?level {{ <id/{KSS}> pko:hasFieldwork ?f . "
        "?f pko:startsOn ?from ; pko:endsOn ?to ; pko:fieldworkLevel ?level }"
    ) == [
        ("2023-11-27", "2024-01-26", "vocab/fieldwork-level/pdu"),
        ("2024-01-22", "2024-01-26", "vocab/fieldwork-level/region"),
        ("2024-02-12", "2024-02-16", "vocab/fieldwork-level/region"),
        ("2024-02-19", "2024-02-24", "vocab/fieldwork-level/region"),
    ]


# The third week ends on a Saturday, the others on Fridays.
def test_a_week_of_fieldwork_that_ends_on_a_saturday_stays_as_printed_and_is_warned_of(values, report):
    ends = dict(values("SELECT ?f ?end { ?f pko:endsOn ?end ; pko:fieldworkLevel ?level }"))
    weekend = {period for period, day in ends.items() if date.fromisoformat(day).weekday() > 4}
    assert weekend == {f"{KSS}/fieldwork/region-3"}
    assert _warned(report) & set(ends) == weekend


# 72 resettlement cases equal the 72 licence cases; 223, 147, 72, 51 and 14 are no total.
def test_samples_that_overlap_are_never_summed(ask, values):
    licence, whole = f"{KSS}/sample/casework-licence", f"{KSS}/sample/casework"
    parts = values(f"SELECT ?part ?size {{ ?part pko:subSampleOf <id/{whole}> ; pko:sampleSize ?size }}")
    assert dict(parts)[licence] == "72"
    assert sum(int(size) for part, size in parts if part != f"{KSS}/sample/resettlement") == 223
    assert values(f"SELECT ?size {{ <id/{KSS}/sample/resettlement> pko:sampleSize ?size }}") == ["72"]
    total = 223 + 147 + 72 + 51 + 14
    assert not ask(f"?any pko:sampleSize|pko:value|pko:denominator ?number FILTER(?number = {total})")


def test_the_resettlement_sample_warns_against_adding_it_up(records):
    assert "must not be added up" in records[f"{KSS}/sample/resettlement"].get("note", "")


# The window of 26 to 30 June 2023 covers unpaid work and victim cases in one place, unpaid work alone in another.
def test_the_window_in_which_sentences_began_belongs_to_the_unpaid_work_sample(values, disagreements):
    windows = values("SELECT ?s ?from ?to { ?s pko:casesBeganFrom ?from ; pko:casesBeganTo ?to }")
    assert windows == [(f"{KSS}/sample/unpaid-work", "2023-06-26", "2023-06-30")]
    assert {kind for kind, _ in disagreements(f"{KSS}/sample/unpaid-work", f"{KSS}/sample/victim-work")} == {"scope"}


# 116 of 136 court reports, although 147 were inspected.
def test_116_of_136_is_a_share_of_a_part_of_the_147_court_reports(values):
    _assert_share(values, "insufficient-domestic-abuse-information-share/kent-surrey-and-sussex", (116, 136, 147))


# 36 of 44 unpaid work cases, although 51 were inspected.
def test_36_of_44_is_a_share_of_a_part_of_the_51_unpaid_work_cases(values):
    _assert_share(values, "insufficient-oversight-share/kss-unpaid-work", (36, 44, 51))


def _assert_share(values, measurement, printed):
    """Check numerator, denominator, the sub-sample of that size and the sample of which it is a part."""
    name = f"{FIGURE}/{measurement}"
    path = "pko:onSample/pko:sampleSize", "pko:onSample/pko:subSampleOf/pko:sampleSize"
    value, *counts = _fields(values, name, "pko:value", "pko:numerator", "pko:denominator", *path)
    numerator, denominator, whole = printed
    assert counts == [str(numerator), str(denominator), str(denominator), str(whole)]
    assert float(value) == round(100 * numerator / denominator, 1)


# 82 per cent is no share of 14 cases; 9 of 11 would fit. All other percentages fit their samples.
def test_82_per_cent_is_the_only_result_that_its_sample_cannot_yield(values):
    rows = values("SELECT ?r ?p ?n { ?r pko:percentage ?p ; pko:onSample ?s . ?s pko:sampleSize ?n }")
    assert len(rows) == 17
    assert [name for name, share, size in rows if not _attainable(int(share), int(size))] == [f"{KSS}/result/R2.6-Q2"]
    assert _attainable(82, 11)


def test_the_82_per_cent_of_14_cases_stays_as_printed_and_is_warned_of(values, report):
    assert values(f"SELECT ?p {{ <id/{KSS}/result/R2.6-Q2> pko:percentage ?p }}") == ["82"]
    results = {name for name in _warned(report) if name.startswith(f"{KSS}/result/")}
    assert results == {f"{KSS}/result/R2.6-Q2"}


def _attainable(share, size):
    """Tell whether some number of cases out of `size` rounds to `share` per cent."""
    return any(floor(100 * count / size + 0.5) == share for count in range(size + 1))


def _warned(report):
    """Return the short names of everything that some shape warns of."""
    return {
        finding.focus.removeprefix("https://w3id.org/probation-kg/id/")
        for finding in report.findings
        if finding.severity == "Warning"
    }


# Nearly three quarters were short sentences, yet 72 less 18 is 54, exactly 75 per cent.
def test_nearly_three_quarters_is_stored_as_about_75_per_cent(values):
    share = f"{FIGURE}/short-sentence-share/kent-surrey-and-sussex"
    assert _fields(values, share, "pko:value", "pko:valueQualifier") == ("75", "vocab/bound/about")
    cases = f"{FIGURE}/omic-cases/kent-surrey-and-sussex"
    longer, sample = map(int, _fields(values, cases, "pko:numerator", "pko:denominator"))
    assert 100 * (sample - longer) / sample == 75


def test_the_54_short_sentences_that_nobody_printed_are_in_no_source_graph(ask):
    assert not ask(
        f"GRAPH ?g {{ ?m pko:onSample <id/{KSS}/sample/resettlement> ; pko:value|pko:numerator ?number }} "
        'FILTER(?number = 54 && CONTAINS(STR(?g), "/graph/source/"))'
    )


# Less than a third on risk factors and 33 per cent on personalised assessment are different quantities.
def test_less_than_a_third_and_33_per_cent_in_unpaid_work_are_different_quantities(ask, values):
    risk = f"{FIGURE}/risk-factors-assessed-share/kent-surrey-and-sussex/unpaid-work"
    assert _fields(values, risk, "pko:value", "pko:valueQualifier") == ("33.3", "vocab/bound/less-than")
    assert ask(f"<id/{KSS}/result/R2.4-Q1> a pko:KeyQuestionResult ; pko:percentage 33.0")
    assert not ask(f"<id/{risk}> pko:aboutKeyQuestion|pko:aboutStandard ?any")
    assert not ask(f"?d pko:involves <id/{risk}> , <id/{KSS}/result/R2.4-Q1>")


# 4.4 FTE include 2.2 on complaints, which leaves 2.2, but 2.6 are said to be in place against a target of 2.2.
SFO_FIGURES = {
    f"{FIGURE}/staff-in-post-fte/kss-sfo": "4.4",
    f"{FIGURE}/staff-in-post-fte/kss-sfo/complaints-work": "2.2",
    f"{FIGURE}/staff-in-post-fte/kss-sfo/sfo-work": "2.6",
}


def test_the_sfo_team_figures_stay_side_by_side_without_a_preferred_value(values, disagreements):
    stored = "SELECT ?m ?v { ?m pko:ofMetric <vocab/metric/staff-in-post-fte> ; pko:ofUnit <id/team/kss-sfo> ; "
    assert dict(values(stored + "pko:value ?v }")) == SFO_FIGURES
    assert _measured(values, "target-staff-fte", "<id/team/kss-sfo>") == ["2.2"]
    assert disagreements(*SFO_FIGURES) == {("value", "")}


def test_sfo_team_figures_that_do_not_add_up_are_warned_of(report):
    assert _warned(report) & {"team/kss-sfo", *SFO_FIGURES}


# Motivated and proud, proud to tell others, valued: three questions in two surveys.
def test_pride_motivation_and_value_are_three_metrics_of_two_surveys(values):
    ours, theirs = "instrument/inspection-staff-survey-kss-2024", "instrument/people-survey"
    for metric, value, instrument in (
        ("motivated-and-proud-share", "75", ours),
        ("valued-share", "78", ours),
        ("proud-share", "66", theirs),
    ):
        name = f"{FIGURE}/{metric}/kent-surrey-and-sussex/all-staff"
        assert _fields(values, name, "pko:value", "pko:byInstrument") == (value, instrument)


def test_every_share_of_respondents_names_its_survey_or_is_warned_of(values, report):
    nameless = """SELECT ?m { ?m pko:ofMetric/pko:unitOfMeasure <vocab/unit/percent-of-respondents> .
        FILTER NOT EXISTS { ?m pko:byInstrument ?survey } }"""
    warned = [
        f.focus for f in report.findings if f.shape == "SurveyValueNamesItsInstrument" and f.severity == "Warning"
    ]
    assert values(nameless) == [names.short(focus) for focus in warned]
    assert len(warned) == 1


# 22 per cent joined the service, were in post, were in the service: three wordings.
def test_the_22_per_cent_in_their_first_year_are_one_figure_with_three_claims_and_a_note(values, disagreements):
    assert _measured(values, "staff-under-12-months-share") == ["22"]
    name = f"{FIGURE}/staff-under-12-months-share/kent-surrey-and-sussex/all-staff"
    claims = values(f"SELECT ?claim ?start {{ <id/{name}> pko:evidencedBy ?claim . ?claim pko:inPassage ?p . "
                    "?p oa:hasSelector/oa:start ?start }")  # fmt: skip
    assert len({claim for claim, _ in claims}) == len({start for _, start in claims}) == 3
    (scope,) = values("SELECT ?note { <vocab/metric/staff-under-12-months-share> skos:scopeNote ?note }")
    assert "three ways" in scope
    assert {kind for kind, _ in disagreements(name)} == {"definition"}


# 12.4 per cent of the caseload in the Background, 12 in the chapter on diversity; 11 per cent of staff.
def test_12_4_and_12_per_cent_of_the_caseload_are_one_figure_of_which_the_more_exact_is_preferred(
    values, disagreements
):
    exact = f"{FIGURE}/caseload-share/kent-surrey-and-sussex/black-asian-and-minority-ethnic"
    rounded = f"{exact}-rounded"
    assert _fields(values, exact, "pko:value") == "12.4"
    assert _fields(values, rounded, "pko:value") == "12"
    assert _fields(values, exact, "pko:ofFigure") == _fields(values, rounded, "pko:ofFigure")
    staff = f"{FIGURE}/staff-share/kent-surrey-and-sussex/black-asian-and-minority-ethnic"
    assert _fields(values, staff, "pko:value") == "11"
    assert _fields(values, staff, "pko:ofFigure") != _fields(values, exact, "pko:ofFigure")
    assert ("value", exact) in disagreements(exact, rounded)


# The population is printed as 4,772, 275.
def test_population_is_stored_without_the_stray_space(values, records):
    assert _measured(values, "population") == ["4772275"]
    assert "stray space" in records[f"{FIGURE}/population/kent-surrey-and-sussex"].get("note", "")


def test_the_passage_of_the_population_still_has_the_stray_space(printed):
    assert any("4,772, 275" in passage for passage in printed(f"{FIGURE}/population/kent-surrey-and-sussex"))


# Extreme values are given for PDUs that the report does not name.
def test_figures_of_unnamed_units_belong_to_the_region_and_to_no_unit_by_name(ask, values):
    rows = values("SELECT ?value ?unit { ?m pko:ofUnnamedPart true ; pko:value ?value ; pko:ofUnit ?unit }")
    assert {unit for _, unit in rows} == {"region/kent-surrey-and-sussex"}
    assert {value for value, _ in rows} == {"50", "142", "94", "6", "24", "89", "13"}
    named = values("SELECT ?unit ?value { ?unit a pko:ProbationDeliveryUnit . ?m pko:ofUnit ?unit ; pko:value ?value ; "
                   "pko:madeIn <id/inspection/kss-region-2024> }")  # fmt: skip
    assert named == [("pdu/surrey", "54"), ("pdu/west-kent", "59")]
    assert not ask("?m pko:ofUnnamedPart true ; pko:ofFigure ?figure")


def test_units_that_are_counted_but_not_named_are_counts_of_the_region(values):
    rows = values(
        f"""SELECT ?metric ?numerator ?denominator {{ ?m pko:ofMetric ?metric ; pko:ofUnit {REGION} ;
        pko:numerator ?numerator ; pko:denominator ?denominator .
        FILTER(?metric IN (<vocab/metric/units-at-amber-or-red>, <vocab/metric/units-rated>)) }}"""
    )
    assert rows == [("vocab/metric/units-at-amber-or-red", "4", "5"), ("vocab/metric/units-rated", "3", "5")]


# One of 11 regions in England, with a further one in Wales: the Background alone seems to give 11 in all.
def test_11_regions_are_those_of_england_and_one_more_is_in_wales(values):
    rows = values("SELECT ?unit ?value { ?m pko:ofMetric <vocab/metric/region-count> ; pko:ofUnit ?unit ; "
                  "pko:value ?value }")  # fmt: skip
    assert rows == [("place/england", "11"), ("place/wales", "1")]


# 14, 24 and 155 each stand for several things.
def test_figures_with_the_same_digits_differ_in_metric_and_unit_of_measure(ask, values):
    agency = f"{FIGURE}/agency-share/kent-surrey-and-sussex/probation-officer"
    unit = "pko:ofMetric/pko:unitOfMeasure"
    assert _fields(values, agency, "pko:value", unit) == ("14", "vocab/unit/percent-of-posts")
    assert ask(f"<id/{KSS}/result/R2.3-Q1> pko:percentage 14.0 . <id/{KSS}/sample/victim-work> pko:sampleSize 14")
    hours = f"{FIGURE}/target-unpaid-work-hours/probation-service"
    assert _fields(values, hours, "pko:value", unit) == ("155", "vocab/unit/percent-of-pre-pandemic-hours")
    money = "measurement/kentonline-east-west-kent-2024/annual-investment/probation-service"
    assert _fields(values, money, "pko:value", unit) == ("155000000", "vocab/unit/pounds-a-year")
    assert ask(f"<id/{KSS}/result/R2.1-Q1> pko:percentage 24.0 . <id/{KSS}/rating/overall> pko:maxScore 24")


def test_no_figure_joins_two_metrics(values):
    mixed = """SELECT ?figure { ?m pko:ofFigure ?figure ; pko:ofMetric ?metric } GROUP BY ?figure
        HAVING (COUNT(DISTINCT ?metric) > 1)"""
    assert values(mixed) == []


# Five out of six are the standards of service delivery, not all eight; 5 is also the score.
def test_five_out_of_six_counts_standards_of_service_delivery_and_five_of_24_is_the_score(values):
    count = f"{FIGURE}/insufficient-standards-count/kent-surrey-and-sussex"
    assert _fields(values, count, "pko:numerator", "pko:denominator") == ("5", "6")
    ratings = dict(values(f"SELECT ?code ?rating {{ ?r a pko:StandardRating ; pko:madeIn <id/{KSS}> ; "
                          "pko:hasRating ?rating ; pko:aboutStandard/skos:notation ?code }"))  # fmt: skip
    delivery = {code: rating for code, rating in ratings.items() if code.startswith("R2.")}
    assert len(ratings) == 8
    assert len(delivery) == 6
    assert sum(rating == "vocab/rating/inadequate" for rating in delivery.values()) == 5
    points = dict(values("SELECT ?rating ?points { ?rating pko:points ?points }"))
    score = values(f"SELECT ?score ?maximum {{ <id/{KSS}/rating/overall> pko:score ?score ; pko:maxScore ?maximum }}")
    assert score == [(str(sum(int(points[rating]) for rating in ratings.values())), str(3 * len(ratings)))]
