"""Names, misprints, layout and labels that mislead a reader of the documents, and what the graph makes of them.

The tests follow the order of the catalogue of contradictions; the other parts are test_traps_figures and
test_traps_sources.
"""

from __future__ import annotations

import re

from kg.documents import mismatches, text_of

REGION = "<id/region/kent-surrey-and-sussex>"
KSS = "inspection/kss-region-2024"
REPORT = "hmip-report-kss-2024"
UNITS = ["pdu/brighton-and-east-sussex", "pdu/east-kent", "pdu/surrey", "pdu/west-kent", "pdu/west-sussex"]
CHAPTER_2 = range(46275, 66361)  # from the heading "2. Service delivery" to that of the table on progress


def _names(values, thing, form="skos:altLabel"):
    return set(values(f"SELECT DISTINCT ?name {{ <{thing}> {form} ?name }}"))


def _claims(values, statement):
    """Return claims with their modes."""
    return dict(values(f"SELECT ?c ?mode {{ <id/{statement}> pko:evidencedBy ?c . ?c pko:claimMode ?mode }}"))


# CRS is spelt out as commissioned rehabilitative services and as Commissioned Rehabilitation Services.
def test_commissioned_services_are_rehabilitative_and_rehabilitation_is_another_name(values):
    assert _names(values, "id/scheme/crs", "rdfs:label") == {"commissioned rehabilitative services"}
    assert "Commissioned Rehabilitation Services" in _names(values, "id/scheme/crs")
    assert _names(values, "id/scheme/crs", "pko:acronym") == {"CRS"}


def test_two_readings_of_crs_are_a_discrepancy_of_names(disagreements):
    ours = f"assertion/{REPORT}/crs-name"
    assert disagreements(ours, f"assertion/{REPORT}/crs-background-name") == {("name", ours)}


# CFO3 is spelt out with Further; a release of the inspectorate writes Future.
def test_creating_further_and_future_opportunities_are_two_names_of_one_thing(values):
    names = {"Creating Further Opportunities 3", "Creating Future Opportunities 3"}
    assert _names(values, "id/intervention/cfo3-hubs") >= names
    assert set(values("SELECT ?hub { ?hub pko:acronym ?name FILTER(STR(?name) = 'CFO3') }")) == {
        "intervention/cfo3-hubs"
    }
    (note,) = _names(values, "id/intervention/cfo3-hubs", "skos:editorialNote")
    assert "Future" in note


# Recommendation 3 breaks off after "pre-sentence".
def test_the_recommendation_that_breaks_off_is_flagged_and_not_completed(values, records):
    third = f"{KSS}/recommendation/03"
    assert values("SELECT ?r { ?r pko:truncatedInSource true }") == [third]
    assert "missing" in records[third].get("note", "")
    assert "report" not in records[third].fields["summary"]  # nobody knows what the object was


def test_the_passage_of_that_recommendation_breaks_off_after_pre_sentence(printed):
    assert printed(f"{KSS}/recommendation/03")[-1].strip().endswith("appropriate pre-sentence")


# Contacts for contracts, country-wide for county-wide, ensue for ensure, licenses, enquires, court's faced.
MISPRINTS = {
    f"description/{REPORT}/cfo3-not-crs": ("contacts", "contracts"),
    f"description/{REPORT}/county-wide-partnerships": ("country-wide", "county-wide"),
    "finding/kss-region-2024/R1.1/improvement/5/speedy-justice": ("ensue", "speedy justice"),
    "finding/kss-region-2024/summary-R2.2/needs-not-supported": ("licenses", "licences"),
    "finding/kss-region-2024/summary-R2.3/court-resourcing": ("court's faced", "Court teams"),
    "finding/kss-region-2024/summary-R2.3/probation-focus-on-quality": ("enquires", "enquiries"),
    "finding/kss-region-2024/sfo/domestic-abuse-and-safeguarding-enquiries": ("enquires", "enquiries"),
}


def test_misprints_are_put_right_in_summaries_and_kept_in_notes(records):
    for name, (wrong, right) in MISPRINTS.items():
        summary, note = records[name].fields["summary"], records[name].get("note", "")
        assert right in summary, name
        assert wrong not in summary, name
        assert wrong.lower() in note.lower(), name


def test_misprints_stay_in_the_passages(printed):
    for name, (wrong, _) in MISPRINTS.items():
        assert wrong in " ".join(printed(name)), name


# Ratings are asserted of all five PDUs at once: staffing, public protection, delivery and reviewing, court work.
COLLECTIVE = {
    f"{KSS}/rating/each-pdu-staffing": "vocab/rating/requires-improvement",
    f"{KSS}/rating/each-pdu-public-protection": "vocab/rating/inadequate",
    f"{KSS}/rating/each-pdu-desistance-delivery-and-reviewing": "vocab/rating/inadequate",
    f"{KSS}/rating/each-pdu-court-work": "vocab/rating/inadequate",
}


def test_ratings_of_all_units_at_once_are_marked_as_collective(values):
    rows = values(f"SELECT ?r ?rating ?mode {{ ?r a pko:CollectiveRating ; pko:ratesEachUnitOf {REGION} ; "
                  "pko:hasRating ?rating ; pko:evidencedBy/pko:claimMode ?mode }")  # fmt: skip
    assert rows == sorted((name, rating, "vocab/claim-mode/collective") for name, rating in COLLECTIVE.items())


def test_a_collective_rating_becomes_five_derived_ratings_that_share_its_claim(values):
    for name, rating in COLLECTIVE.items():
        rows = values(
            f"SELECT DISTINCT ?unit ?rating ?graph {{ <id/{name}> pko:evidencedBy ?claim . GRAPH ?graph {{ "
            "?each pko:aboutUnit ?unit ; pko:hasRating ?rating ; pko:evidencedBy ?claim } }"
        )
        assert [(unit, value) for unit, value, _ in rows] == [(unit, rating) for unit in UNITS], name
        assert all(graph.startswith("graph/derived/") for _, _, graph in rows)


# The report of 2024 numbers sixteen recommendations; its table of earlier ones, a release and an article number none.
def test_a_recommendation_has_the_number_that_its_source_prints_and_no_other(values):
    numbered = values("SELECT ?r ?n { ?r a pko:Recommendation ; pko:ordinal ?n }")
    assert sorted(numbered) == [(f"{KSS}/recommendation/{number:02d}", str(number)) for number in range(1, 17)]
    rest = values("SELECT ?r { ?r a pko:Recommendation FILTER NOT EXISTS { ?r pko:ordinal ?n } }")
    assert len(rest) == 7 + 5 + 1


def test_the_number_of_a_recommendation_stands_before_its_passage(records, documents, facts):
    (report,) = [document for document in facts.documents if document.slug == REPORT]
    text = text_of(report, documents)
    for number in range(1, 17):
        start = records[f"{KSS}/recommendation/{number:02d}"].passages[0].start
        assert re.search(rf"(^|\n){number}\. ?$", text[:start]) or text[start:].startswith(f"{number}. ")


# Seven earlier recommendations lack an addressee and the inspection that made them.
EARLIER = [f"{KSS}/earlier-recommendation/{number}" for number in range(1, 8)]


def test_earlier_recommendations_get_no_invented_addressee_or_inspection(ask, values):
    assert values("SELECT ?r { ?r pko:quotedAsEarlier true }") == EARLIER
    assert not ask("?r pko:quotedAsEarlier true ; pko:addressedTo|pko:madeIn ?any")


def test_earlier_recommendations_without_addressee_are_warned_of(report):
    assert set(EARLIER) <= _warned(report)


def _warned(report):
    return {
        finding.focus.removeprefix("https://w3id.org/probation-kg/id/")
        for finding in report.findings
        if finding.severity == "Warning"
    }


# Row 6 combines some progress with no further improvement, row 7 says Yes and no more, the header keeps instructions.
def test_rows_of_progress_stay_as_printed_even_where_some_progress_leaves_nothing_to_do(values):
    rows = values(
        "SELECT ?p ?level ?still { ?p a pko:RecommendationAssessment ; pko:progressLevel ?level ; "
        "pko:stillRequired ?still }"
    )
    some, enough = "vocab/progress/some", "vocab/progress/sufficient"
    expected = [enough, some, some, some, enough, some, some]
    still = ["false", "true", "true", "true", "false", "false", "true"]
    names = [f"{KSS}/progress/{number}" for number in range(1, 8)]
    assert rows == list(zip(names, expected, still, strict=True))


def test_some_progress_with_nothing_left_to_do_is_warned_of(report):
    assert _warned(report) & {f"{KSS}/progress/{number}" for number in range(1, 7)} == {f"{KSS}/progress/6"}


def test_a_bare_yes_gets_no_invented_reason(ask, records):
    assert "does not state" in records[f"{KSS}/progress/7"].get("note", "")
    assert not ask(f"?f pko:partOfStatement <id/{KSS}/progress/7> ; pko:aspect <vocab/aspect/need>")


def test_instructions_left_in_the_table_are_no_facts(facts, records):
    (report,) = [document for document in facts.documents if document.slug == REPORT]
    (template,) = [passage for each in report.unstated if each.reason == "template" for passage in each.passages]
    assert (template.start, template.end) == (66493, 66691)
    assert _records_within(report.records, template) == []


def _records_within(records, span):
    """Return the ids of records with a passage that overlaps `span`."""
    return [
        record.id
        for record in records
        for passage in record.passages
        if passage.start < span.end and span.start < passage.end
    ]


# Bullets of chapter 2 and on serious further offences are not labelled as strengths or areas for improvement.
def test_the_polarity_of_bullets_without_a_label_is_the_editors_reading(facts):
    bullets = [
        record
        for document in facts.documents
        for record in document.records
        if document.slug == REPORT and "ordinal" in record.fields and record.passages[0].start in CHAPTER_2
    ]
    assert len(bullets) == 7 * 4
    assert {record.kind for record in bullets} == {"strength", "improvement"}
    assert {record.get("mode") for record in bullets} == {"editorial-polarity"}


def test_the_polarity_of_labelled_bullets_is_the_reports_own(values):
    for bullet in ("R1.1/strength/1", "R1.1/improvement/1", "R1.2/strength/1", "R1.2/improvement/1"):
        assert set(_claims(values, f"finding/kss-region-2024/{bullet}").values()) == {"vocab/claim-mode/own-finding"}


# Footnotes 7 to 12 give different bases of the ratings; for desistance the body says lowest, the footnote aggregate.
def test_each_standard_keeps_every_rating_basis_that_the_report_states(values):
    rows = values("SELECT ?code ?basis { ?a rdf:predicate pko:ratingBasis ; rdf:subject/skos:notation ?code ; "
                  "rdf:object ?basis ; pko:evidencedBy ?claim }")  # fmt: skip
    bases = {code: {basis.removeprefix("vocab/rating-basis/") for c, basis in rows if c == code} for code, _ in rows}
    assert bases == {
        "R2.1": {"aggregate-of-units"},
        "R2.2": {"aggregate-of-units", "lowest-question"},
        "R2.3": {"aggregate-of-units-and-unpaid-work", "single-question"},
        "R2.4": {"lowest-question"},
        "R2.5": {"aggregate-of-units", "single-question"},
        "R2.6": {"lowest-question"},
    }


def test_two_bases_for_desistance_are_a_discrepancy(disagreements):
    two = [f"assertion/{REPORT}/rating-basis-r2-2-{basis}" for basis in ("lowest-question", "aggregate")]
    assert {kind for kind, _ in disagreements(*two)} == {"rating-basis"}


# Contracts for education, training and employment "were ending" and "will end" in March 2024, in a report of May 2024.
ETE = ["finding/kss-region-2024/background/ete-contracts-ending", "finding/kss-region-2024/R1.1/improvement/4/ete-end"]


def test_what_was_to_end_in_march_2024_stays_an_outlook_in_a_report_of_may_2024(values, disagreements):
    for name in ETE:
        assert _names(values, f"id/{name}", "pko:aspect") == {"vocab/aspect/outlook"}, name
    assert disagreements(*ETE) == {("tense", "")}
    ends = values("SELECT ?c ?end { ?c a pko:ServiceContract ; pko:validTo ?end }")
    assert ends == [("contract/crs-education-training-and-employment-kss", "2024-03")]
    assert values(f"SELECT DISTINCT ?day {{ <id/doc/{REPORT}> pko:publishedOn ?day }}") == ["2024-05"]


# "Action had been taken" against the backlog of tags in the summary, "actions already in motion" in chapter 2.
def test_action_taken_and_actions_in_motion_are_two_statements_and_no_change_of_status(ask, values, disagreements):
    taken = "finding/kss-region-2024/summary-R2.1/tag-backlog-action-taken"
    moving = "finding/kss-region-2024/R2.1/tags-action"
    assert len(_claims(values, taken)) == len(_claims(values, moving)) == 1
    assert _claims(values, taken).keys() != _claims(values, moving).keys()
    assert disagreements(taken, moving) == {("tense", "")}
    assert not ask(f"<id/{taken}> ?p <id/{moving}>")
    assert not ask(f"<id/{moving}> ?p <id/{taken}>")


# Standards are written R 1.1, R1.1, 1.1 and 2.1.
def test_codes_of_standards_are_written_one_way(values):
    codes = values(
        "SELECT DISTINCT ?code { ?s a pko:Standard ; pko:inFramework <vocab/framework/2023-region> ; "
        "skos:notation ?code }"
    )
    assert codes == ["R1.1", "R1.2", "R2.1", "R2.2", "R2.3", "R2.4", "R2.5", "R2.6"]
    questions = values("SELECT DISTINCT ?code { ?q a pko:KeyQuestion ; skos:notation ?code }")
    assert len(questions) == 17
    assert all(re.fullmatch(r"R2\.[1-6]-Q[1-4]", code) for code in questions)


def test_each_spelling_of_a_code_leads_to_the_same_standard(printed, records):
    heading, summary = f"assertion/{REPORT}/r2-1-notation", f"claim/{REPORT}/summary-r2-1-name"
    assert "R 2.1 Public protection" in printed(heading)[0]
    assert re.fullmatch(r"[#* ]*2\.1 Public protection[* ]*", printed(summary)[0])
    assert heading in records[summary].fields["asserts"]


# Footnotes and page breaks split sentences; tags stand inside names.
def test_marks_of_layout_are_not_in_names_or_summaries(values):
    assert "Offender Management in Custody" in _names(values, "id/scheme/omic", "rdfs:label")
    marked = """SELECT ?text { GRAPH ?g { ?s rdfs:label|skos:altLabel|dcterms:title|pko:summary ?text }
        FILTER(CONTAINS(STR(?g), "/graph/source/") && REGEX(?text, "<[a-z/]|[*][*]|\\\\n")) }"""
    assert values(marked) == []


def test_marks_of_layout_stay_in_passages(printed):
    assert "Offender Management in Custody<sup>3</sup> (OMiC)" in " ".join(printed(f"assertion/{REPORT}/omic-name"))


def test_a_sentence_behind_a_footnote_still_belongs_to_its_bullet(records):
    officers = records["finding/kss-region-2024/R2.4/4/compliance-officers"]
    assert officers.fields["part-of"] == "finding/kss-region-2024/R2.4/4"
    bullet = records[officers.fields["part-of"]]
    footnote = records[f"assertion/{REPORT}/rating-basis-r2-4"]
    assert bullet.passages[0].end < footnote.passages[0].start < officers.passages[0].start


def test_offsets_refer_to_the_documents_as_they_lie(facts, documents):
    assert mismatches(facts, documents) == []


# ED&I, EDIB, diversity and inclusion name one theme.
def test_one_theme_bears_all_names_of_diversity_and_inclusion(values):
    names = _names(values, "vocab/theme/diversity-and-inclusion", "skos:prefLabel|skos:altLabel")
    assert names >= {"diversity and inclusion", "ED&I", "EDIB", "Equality Diversity & Inclusion"}
    bearers = """SELECT DISTINCT ?theme { ?theme skos:inScheme <vocab/theme> ; skos:prefLabel|skos:altLabel ?name
        FILTER(STR(?name) IN ("diversity and inclusion", "ED&I", "EDIB", "Equality Diversity & Inclusion")) }"""
    assert values(bearers) == ["vocab/theme/diversity-and-inclusion"]
    for name in (
        "finding/west-kent-pdu-2024/article/edib-champions",
        "finding/kss-region-2024/diversity/improvement/2",
    ):
        assert "vocab/theme/diversity-and-inclusion" in _names(values, f"id/{name}", "pko:theme")


# PO, PSO, SPO, learner, trainee, middle manager and newly qualified officer overlap.
def test_grades_that_overlap_are_related_and_not_merged(ask, values):
    assert ask("<vocab/grade/newly-qualified-officer> skos:broader <vocab/grade/probation-officer>")
    assert ask("<vocab/grade/middle-manager> skos:related <vocab/grade/senior-probation-officer>")
    assert ask("<vocab/grade/trainee-probation-officer> skos:closeMatch <vocab/grade/pqip-learner>")
    assert not ask("?one skos:exactMatch|owl:sameAs ?other . ?one skos:inScheme <vocab/grade>")
    groups = dict(values("""SELECT ?group ?value { ?m pko:forGroup ?group ; pko:value ?value
        FILTER(?group IN (<vocab/grade/trainee-probation-officer>)) }"""))  # fmt: skip
    assert groups == {"vocab/grade/trainee-probation-officer": "4000"}
    learners = "SELECT ?value { ?m pko:forGroup <vocab/grade/pqip-learner> ; pko:ofMetric ?metric ; pko:value ?value "
    assert values(learners + "FILTER(?metric = <vocab/metric/average-caseload>) }") == ["10"]


def test_each_grade_has_one_preferred_name(values):
    labels = values("SELECT DISTINCT ?grade ?name { ?grade skos:inScheme <vocab/grade> ; skos:prefLabel ?name }")
    grades = [grade for grade, _ in labels]
    assert len(grades) == len(set(grades)) >= 15
