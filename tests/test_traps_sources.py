"""Sources that disagree, borrow from one another or leave things out, and what the graph makes of them.

The tests follow the order of the catalogue of contradictions; the other parts are test_traps_figures and
test_traps_words.
"""

from __future__ import annotations

import re

from kg.documents import coverage, passage_text, text_of

KSS = "inspection/kss-region-2024"
REPORT = "hmip-report-kss-2024"
CHIEF = "<id/post/hm-chief-inspector-of-probation>"


def _one(values, subject, path):
    """Return the distinct values at the end of a path from one thing."""
    return values(f"SELECT DISTINCT ?value {{ <id/{subject}> {path} ?value }}")


# The report tells of the health of a very small team and, in two anonymous quotations, of personal circumstances.
def _withheld(facts):
    """Return the report and its passages on health and personal circumstances."""
    (report,) = [document for document in facts.documents if document.slug == REPORT]
    reasons = {"withheld-health", "withheld-personal"}
    return report, [passage for each in report.unstated for passage in each.passages if each.reason in reasons]


def test_health_and_personal_circumstances_are_withheld(facts):
    report, withheld = _withheld(facts)
    assert len(withheld) == 4
    for span in withheld:
        assert [r.id for r in report.records for p in r.passages if _overlap(p, span)] == []


def test_no_text_of_the_graph_repeats_the_words_that_are_withheld(facts, documents, values):
    report, withheld = _withheld(facts)
    printed = text_of(report, documents)
    rare = {word for span in withheld for word in _words(passage_text(span, printed))}
    rare -= {word for r in report.records for p in r.passages for word in _words(passage_text(p, printed))}
    assert len(rare) >= 5
    texts = values("SELECT ?text { GRAPH ?g { ?s pko:summary|skos:editorialNote|pko:resolutionNote ?text } "
                   'FILTER(!REGEX(STR(?g), "/graph/(vocab|ontology)")) }')  # fmt: skip
    assert {word for text in texts for word in _words(text)} & rare == set()


def _words(text):
    """Return the longer words in lower case; short ones are too common to give anything away."""
    return set(re.findall(r"[a-z]{7,}", text.lower()))


def test_anonymous_speakers_are_no_persons(ask, values):
    assert values("SELECT DISTINCT ?person { ?person a foaf:Person . ?claim pko:speaker ?person }") == [
        "person/glenys-stacey",
        "person/justin-russell",
        "person/martin-jones",
        "person/mary-pilgrim",
    ]
    speaker = "remark/hmip-report-kss-2024/person-on-probation-financial-support"
    assert _one(values, speaker, "pko:evidencedBy/pko:speaker") == ["unattributed/person-on-probation"]
    assert not ask("?speaker a pko:UnattributedSpeaker , foaf:Person")


# Report: the region prepares learners poorly. Release, quoted in the press: national training does.
def test_blame_for_unprepared_officers_is_a_discrepancy_of_attribution_and_the_report_is_preferred(disagreements):
    ours = "finding/kss-region-2024/foreword/preparing-learners"
    theirs = "finding/kss-region-2024/article/national-training-unprepared"
    assert ("attribution", ours) in disagreements(ours, theirs)


# "KSS will be disappointed" in the report becomes "This region will be disappointed" in the press.
def test_a_quotation_that_differs_from_the_report_is_traced_to_the_release(values, disagreements):
    ours = "remark/hmip-report-kss-2024/kss-will-be-disappointed"
    theirs = "remark/argus-kss-2024/region-will-be-disappointed"
    source = "pko:evidencedBy/pko:inPassage/oa:hasSource"
    assert _one(values, ours, source) == [f"doc/{REPORT}"]
    assert _one(values, theirs, source) == ["doc/argus-kss-2024"]
    assert _one(values, theirs, "pko:evidencedBy/pko:claimMode") == ["vocab/claim-mode/direct-quotation"]
    assert _one(values, "doc/argus-kss-2024", "pko:copiedFrom|pko:cites") == ["doc/hmip-press-kss-2024"]
    assert {kind for kind, _ in disagreements(ours, theirs)} == {"wording"}


def test_every_discrepancy_is_of_a_kind_that_is_defined(values):
    undefined = """SELECT DISTINCT ?kind { ?d pko:discrepancyKind ?kind
        FILTER NOT EXISTS { ?kind skos:inScheme <vocab/discrepancy> } }"""
    assert values(undefined) == []


# First inspection of KSS in the programme, first region of the round, first regional inspection of the programme.
def test_three_claims_to_be_first_stay_apart_and_the_background_decides(values, disagreements):
    background = f"description/{REPORT}/first-region-of-new-round"
    others = [
        f"description/{REPORT}/first-kss-inspection-of-programme",
        "description/argus-kss-2024/first-of-programme",
    ]
    claims = [_one(values, name, "pko:evidencedBy") for name in (background, *others)]
    assert len({claim for found in claims for claim in found}) == 3
    assert ("scope", background) in disagreements(background, *others)


# The Argus prints "cases we inspected" outside quotation marks: the inspectorate speaks.
INSPECTED = "claim/argus-kss-2024/delivery-safety-result"


def test_the_inspectorates_we_outside_quotation_marks_is_a_report_of_its_release(values):
    assert _one(values, INSPECTED, "pko:claimMode") == ["vocab/claim-mode/report-of-release"]
    assert _one(values, INSPECTED, "pko:asserts") == [f"{KSS}/result/R2.1-Q3"]


def test_that_claim_was_read_where_the_inspectorate_says_we(printed):
    assert "cases we inspected" in printed(INSPECTED)[0]


# Her Majesty's in 2022 and His Majesty's in 2024, HM elsewhere.
def test_her_and_his_majestys_inspectorate_are_one_body_with_two_periods_of_name(values):
    assert values("SELECT DISTINCT ?body { ?body a pko:Inspectorate }") == ["body/hm-inspectorate-of-probation"]
    periods = values(
        """SELECT ?text ?from ?to { <id/body/hm-inspectorate-of-probation> pko:hasNamePeriod ?p .
        ?p pko:nameText ?text . OPTIONAL { ?p pko:validFrom ?from } OPTIONAL { ?p pko:validTo ?to } }"""
    )
    assert set(periods) == {
        ("Her Majesty’s Inspectorate of Probation", "", "2022-09-07"),
        ("His Majesty’s Inspectorate of Probation", "2022-09-08", ""),
    }


# Press texts and the release of 2016 carry no date; one article is dated by another.
def test_dates_of_undated_texts_are_claims_of_their_own_and_only_as_fine_as_known(values):
    rows = values(
        """SELECT ?doc ?day ?mode { ?a rdf:predicate pko:publishedOn ; rdf:subject ?doc ; rdf:object ?day ;
        pko:evidencedBy/pko:claimMode ?mode }"""
    )
    dated = {doc: (day, mode.removeprefix("vocab/claim-mode/")) for doc, day, mode in rows}
    assert dated[f"doc/{REPORT}"] == ("2024-05", "own-finding")
    assert dated["doc/kentonline-east-west-kent-2024"] == ("2024", "inferred")
    assert dated["doc/bbc-original-2022"] == ("2022", "inferred")
    assert not {"doc/argus-kss-2024", "doc/hmip-press-kent-2016"} & set(dated)


def test_no_date_of_publication_in_a_source_graph_lacks_its_claim(values):
    unclaimed = """SELECT ?doc { GRAPH ?g { ?doc pko:publishedOn ?day } FILTER(CONTAINS(STR(?g), "/graph/source/"))
        FILTER NOT EXISTS { ?a rdf:subject ?doc ; rdf:predicate pko:publishedOn ; pko:evidencedBy ?claim } }"""
    assert values(unclaimed) == []


# West Kent was Inadequate in 2022 and Requires improvement in 2024, under different standards.
def test_two_ratings_of_west_kent_stand_and_the_later_supersedes_the_earlier_by_derivation(values):
    rows = values(
        "SELECT ?r ?rating { ?r a pko:OverallRating ; pko:aboutUnit <id/pdu/west-kent> ; pko:hasRating ?rating }"
    )
    assert rows == [
        ("inspection/west-kent-pdu-2022/rating/overall", "vocab/rating/inadequate"),
        ("inspection/west-kent-pdu-2024/rating/overall", "vocab/rating/requires-improvement"),
    ]
    later = values(
        "SELECT ?later ?earlier ?g { ?later pko:aboutUnit <id/pdu/west-kent> "
        "GRAPH ?g { ?later pko:supersedes ?earlier } }"
    )
    assert [(after, before) for after, before, graph in later] == [(rows[1][0], rows[0][0])]
    assert later[0][2].startswith("graph/derived/")


def test_ratings_of_2022_and_2024_rest_on_frameworks_that_cannot_be_compared(ask):
    assert ask("<id/inspection/west-kent-pdu-2022> pko:usesFramework ?old . <id/inspection/west-kent-pdu-2024> "
               "pko:usesFramework ?new . ?old pko:notComparableWith ?new")  # fmt: skip


# Work to keep people safe is inadequate across the board, while West Kent as a whole requires improvement.
def test_inadequate_work_to_keep_people_safe_is_not_the_overall_rating(ask, values):
    topic = "inspection/west-kent-pdu-2024/judgement/keeping-people-safe"
    assert ask(f"<id/{topic}> a pko:NarrativeJudgement")
    assert not ask(f"<id/{topic}> pko:hasRating ?any")
    assert _one(values, topic, "pko:theme") == ["vocab/theme/public-protection"]
    overall = "?r a pko:OverallRating ; pko:madeIn <id/inspection/west-kent-pdu-2024> ; pko:hasRating ?rating"
    assert values(f"SELECT ?rating {{ {overall} }}") == ["vocab/rating/requires-improvement"]


# Inspected "in December" and "in January", without years.
def test_the_years_of_december_and_january_are_inferred_from_the_regional_fieldwork(values):
    rows = values(
        """SELECT ?inspection ?month ?mode { ?a rdf:predicate pko:heldIn ; rdf:subject ?inspection ; rdf:object ?month ;
        pko:evidencedBy/pko:claimMode ?mode FILTER(STRLEN(STR(?month)) = 7) }"""
    )
    assert rows == [
        ("inspection/east-kent-pdu-2024", "2023-12", "vocab/claim-mode/inferred"),
        ("inspection/west-kent-pdu-2024", "2024-01", "vocab/claim-mode/inferred"),
    ]
    fieldwork = f"SELECT ?from ?to {{ <id/{KSS}/fieldwork/pdu> pko:startsOn ?from ; pko:endsOn ?to }}"
    ((start, end),) = values(fieldwork)
    assert all(start[:7] <= month <= end[:7] for _, month, _ in rows)


# East Kent was inspected in December 2023 and published in 2024.
def test_the_year_in_an_inspections_name_is_that_of_publication_and_its_dates_are_properties(ask, values):
    east = "inspection/east-kent-pdu-2024"
    assert _one(values, east, "pko:heldIn") == ["2023-12"]
    assert _one(values, f"{east}/rating/overall", "pko:asOf") == ["2024"]
    assert any("year in the name is that of publication" in note for note in _one(values, east, "skos:editorialNote"))
    assert not ask("<id/inspection/east-kent-pdu-2023> ?p ?o")


# 2016 judges in words, 2022 in "all categories", 2024 on eight numbered standards.
def test_judgements_in_words_are_not_turned_into_ratings(ask, values):
    words = values("SELECT ?j { ?j a pko:NarrativeJudgement ; pko:madeIn <id/inspection/kent-qi-2016> }")
    assert [name.rpartition("/")[2] for name in words] == [
        "crc-development-and-delivery",
        "crc-quality-of-work",
        "nps-performance",
        "nps-quality-of-work",
    ]
    assert not ask("?j pko:madeIn <id/inspection/kent-qi-2016> ; pko:hasRating ?rating")


def test_all_categories_of_2022_are_one_rating_of_a_topic_and_no_standard(ask):
    every = "<id/inspection/west-kent-pdu-2022/rating/all-categories>"
    assert ask(f"{every} a pko:TopicRating ; pko:theme <vocab/theme/all-categories>")
    assert not ask(f"{every} pko:aboutStandard ?standard")
    assert not ask("?r a pko:StandardRating ; pko:madeIn <id/inspection/west-kent-pdu-2022>")


def test_every_judgement_is_made_in_an_inspection_whose_framework_is_known(values):
    without = """SELECT DISTINCT ?inspection { ?kind rdfs:subClassOf pko:Judgement . ?j a ?kind ; pko:madeIn ?inspection
        FILTER NOT EXISTS { ?inspection pko:usesFramework/a pko:StandardsFramework } }"""
    assert values(without) == []


# Kent is an inspection area, two PDUs, a county and part of a region; "the county" of one article is undefined.
KENTS = [
    "place/kent",
    "place/unspecified-county",
    "pdu/east-kent",
    "pdu/west-kent",
    "region/kent-surrey-and-sussex",
    "body/nps-kent",
    "body/crc-kent",
]


def test_county_units_region_and_undefined_county_are_things_of_their_own(ask, values):
    listed = " ".join(f"<id/{name}>" for name in KENTS)
    same = "owl:sameAs|skos:exactMatch|skos:closeMatch|owl:equivalentClass"
    assert not ask(f"VALUES ?kent {{ {listed} }} ?kent {same} ?other")
    assert not ask(f"VALUES ?kent {{ {listed} }} ?other {same} ?kent")
    labels = [_one(values, name, "rdfs:label")[0] for name in KENTS]
    assert len(set(labels)) == len(KENTS)


def test_the_undefined_county_is_not_placed_in_kent_or_any_region(ask):
    county = "<id/place/unspecified-county>"
    assert ask(f"{county} a pko:Area")
    assert not ask(f"{county} pko:withinArea ?area")
    assert not ask(f"?coverage pko:coveredArea {county}")


# The release of 2016 never names the CRC or its owner; Seetec appears only as a provider of 2024.
def test_the_unnamed_company_of_2016_is_not_linked_to_seetec(ask, values):
    assert not ask("<id/body/crc-kent> ?p <id/body/seetec>")
    assert not ask("<id/body/seetec> ?p <id/body/crc-kent>")
    assert not ask("?s pko:about|pko:aboutUnit <id/body/crc-kent> , <id/body/seetec>")
    assert _one(values, "body/crc-kent", "rdfs:label") == ["Community Rehabilitation Company responsible for Kent"]
    assert not ask("?ownership pko:owner <id/body/seetec> ; pko:ownedBody <id/body/crc-kent>")


# One post under several titles: Inspector, chief inspector of probation, HM Chief Inspector of Probation.
def test_titles_of_a_post_are_kept_as_printed_beside_the_one_post(values):
    rows = values(
        f"SELECT ?person ?title {{ ?h pko:heldPost {CHIEF} ; org:member ?person ; pko:titleAsPrinted ?title ; "
        "pko:evidencedBy/pko:inPassage ?passage }"
    )
    assert set(rows) == {
        ("person/glenys-stacey", "HM Chief Inspector of Probation"),
        ("person/justin-russell", "Inspector"),
        ("person/martin-jones", "HM Chief Inspector of Probation"),
        ("person/martin-jones", "chief inspector of probation"),
    }
    pilgrim = values("SELECT ?post ?title { ?h org:member <id/person/mary-pilgrim> ; pko:heldPost ?post ; "
                     "pko:titleAsPrinted ?title }")  # fmt: skip
    assert pilgrim == [("post/regional-probation-director-kss", "probation director for Kent")]


# Whoever signed in May 2024 need not have held the post during the fieldwork.
def test_the_signature_of_may_2024_is_no_evidence_of_the_holder_during_fieldwork(ask, values):
    signed = "holding/martin-jones/hm-chief-inspector-of-probation"
    assert _one(values, signed, "pko:asOf") == ["2024-05"]
    assert not ask("?h org:member <id/person/martin-jones> ; pko:validFrom ?day FILTER(STR(?day) < '2024-02')")
    assert not ask(f"?h pko:heldPost {CHIEF} ; pko:asOf ?day FILTER(STRSTARTS(STR(?day), '2023'))")


# A call of 2016 is addressed to the National Probation Service and to the Ministry at once.
def test_a_call_on_two_bodies_is_two_recommendations_from_one_passage(values):
    rows = values(
        """SELECT ?to ?passage { ?r pko:madeIn <id/inspection/kent-qi-2016> ; pko:addressedTo ?to ;
        pko:evidencedBy/pko:inPassage ?passage FILTER(?to IN (<id/body/national-probation-service>,
        <id/body/ministry-of-justice>)) }"""
    )
    assert [body for body, _ in rows] == ["body/ministry-of-justice", "body/national-probation-service"]
    assert len({passage for _, passage in rows}) == 1


def test_no_recommendation_has_two_addressees(values):
    assert values("SELECT ?r { ?r pko:addressedTo ?to } GROUP BY ?r HAVING (COUNT(DISTINCT ?to) > 1)") == []


# Captions are printed twice; cookie notice, comment form, ad markers and breadcrumb surround the articles.
def test_a_caption_that_is_printed_twice_counts_once(facts, documents):
    repeated = 0
    for document in facts.documents:
        text = text_of(document, documents)
        for passage in (p for each in document.unstated if each.reason == "repeated-caption" for p in each.passages):
            words = passage_text(passage, text)
            assert words in text[: passage.start]
            assert [r.id for r in document.records for p in r.passages if _overlap(p, passage)] == []
            repeated += 1
    assert repeated == 4


def test_boilerplate_is_listed_and_states_nothing(facts, documents):
    marks = (
        "This site uses cookies",
        "Leave a Reply",
        "Required fields are marked",
        "[ad_1]",
        "[ad_2]",
        "Home \N{NO-BREAK SPACE}",
    )
    for mark in marks:
        (document,) = [each for each in facts.documents if mark in text_of(each, documents)]
        start = text_of(document, documents).index(mark)
        listed = [p for each in document.unstated for p in each.passages if p.start <= start < p.end]
        assert listed, mark
        assert [r.id for r in document.records for p in r.passages if p.start <= start < p.end] == [], mark


def test_every_sentence_is_a_fact_or_listed_as_none(facts, documents):
    for document in facts.documents:
        assert coverage(document, text_of(document, documents)).left == (), document.slug


def _overlap(one, other):
    return one.start < other.end and other.start < one.end


# The BBC article is held only as a copy by an aggregator; its address is lost.
def test_a_copied_article_names_its_origin_and_ranks_as_a_copy(ask, values):
    copy, origin = "doc/bbc-west-kent-west-sussex-2022", "doc/bbc-original-2022"
    assert _one(values, copy, "pko:copiedFrom") == [origin]
    assert _one(values, copy, "pko:sourceTier") == ["vocab/source-tier/press-copy"]
    assert _one(values, copy, "pko:publishedBy") == ["body/legacy-building"]
    assert _one(values, "claim/bbc-west-kent-west-sussex-2022/west-kent-rating", "pko:claimedBy") == ["body/bbc"]
    assert _one(values, origin, "pko:publishedBy") == ["body/bbc"]
    assert not ask(f"<id/{origin}> pko:webAddress ?address")
