"""From a statement to the words that say it: the chain, the documents in full, and what each sentence carries."""

import hashlib
import html
import re

import pytest

from api.linked.measures import measured
from api.site import registers, rows
from api.site.page import Wanted
from api.site.registry import PAGES
from kg import describe, names
from kg.documents import coverage, text_of
from tests.server.conftest import running

RATING = "inspection/west-kent-pdu-2022/rating/overall"
STATEMENTS = (
    RATING,
    "inspection/kss-region-2024/rating/overall",
    "inspection/kss-region-2024/result/R2.6-Q2",
    "inspection/kss-region-2024/rating/each-pdu-staffing/west-sussex",
    "assertion/hmip-report-kss-2024/athena-name",
    "coverage/east-kent/thanet",
)


_PART = "(not of the whole, but of a part of it that the source does not name)"
MEASURED = (
    ("west-kent-pdu-2022/sufficient-cases-share/west-kent", "about 25 per cent", "West Kent"),
    ("kss-region-2024/frequency/sfo-learning-forum", "4 times a year", ""),
    (
        "kss-region-2024/programme-completion-rate/unnamed-area/general-offending-programmes",
        "13 per cent",
        f"Kent, Surrey and Sussex {_PART}",
    ),
    (
        "kss-region-2024/workload/unnamed-pdu/probation-officer",
        "142 per cent of capacity",
        f"Kent, Surrey and Sussex {_PART}",
    ),
    (
        "kss-region-2024/insufficient-oversight-share/unnamed-pdu",
        "94 per cent (47 of 50)",
        f"Kent, Surrey and Sussex {_PART}",
    ),
    ("kentonline-east-west-kent-2024/annual-investment/probation-service", "£155,000,000 a year", "Probation Service"),
    ("kss-region-2024/fieldwork-weeks/kent-surrey-and-sussex/regional-case-fieldwork", "1 week", "Kent"),
    ("ne-nps-2019/caseload/nps-north-east-division", "just under 19,000 people", "North East"),
)


@pytest.fixture(scope="module")
def library(built, documents, tmp_path_factory):
    """A server that has the documents."""
    log = tmp_path_factory.mktemp("library") / "log"
    with running(built, log, None, "--documents", str(documents)) as server:
        yield server


@pytest.fixture(scope="module")
def read(library):
    """The HTML of an address of that server."""
    return lambda path: library.client.request("GET", path, headers={"Accept": "text/html"}).content.decode()


def _words(page):
    return html.unescape(re.sub(r"<[^>]+>", "", page))


@pytest.mark.parametrize("statement", STATEMENTS)
def test_every_passage_and_row_behind_a_statement_is_shown(page, store, statement):
    shown = page(f"/evidence/{statement}")
    behind, rows = describe.evidence(store, names.iri(statement)), describe.rows_behind(store, names.iri(statement))
    assert behind or rows
    for each in behind:
        assert each.sha256 in shown
        assert f"Characters {each.start} to {each.end} of" in shown
        assert f'href="/doc/{each.agent}"' in shown
    for row in rows:
        assert f'<a href="/evidence/{row.row}">' in shown
    assert shown.count('class="digest"') == len({(each.claim, each.start, each.end) for each in behind})


def test_the_document_says_who_copied_it_from_where(page):
    shown = _words(page(f"/evidence/{RATING}"))
    assert "BBC article on West Kent and West Sussex, 2022, published by BBC, 2022" in shown
    assert "B: press or another second-hand source" in shown
    assert "News articles of the BBC, BBC. Licence: not stated." in shown


def test_without_the_documents_only_places_and_digests_are_given(page):
    shown = page(f"/evidence/{RATING}")
    assert "<mark" not in shown
    assert "This server holds no copy of the document" in shown
    assert "needs the text of the document" in page("/coverage/argus-kss-2024")
    listed = page("/evidence/document/argus-kss-2024")
    assert "<mark" not in listed
    assert "was rated Requires improvement overall.</a>" in listed


@pytest.mark.parametrize("server", ["page", "read"])
def test_a_document_is_credited_with_what_it_prints_and_no_more(request, server):
    shown = _words(request.getfixturevalue(server)("/evidence/document/argus-kss-2024"))
    assert "The article states that Kent, Surrey and Sussex was rated Requires improvement overall." in shown
    assert "The article prints the rating without the score." in shown
    assert "scored 5 out of 24" not in shown
    assert "bold" not in shown


def test_beside_the_words_of_a_document_stands_the_note_of_the_statement_where_the_claim_has_none(read, site):
    statement = names.iri("inspection/east-kent-pdu-2024/rating/overall")
    asked = f"PREFIX pko: <{names.DEF}> SELECT ?p {{ <{statement}> pko:evidencedBy/pko:inPassage ?p }}"
    passages = [names.short(row[0].value) for row in site.client.select(asked).rows]
    note = "The article gives neither the score nor the ratings of single standards; the year is inferred."
    kent = [each for each in passages if "kentonline" in each]
    assert kent
    for path in ("document/kentonline-east-west-kent-2024", *kent):
        assert note in _words(read(f"/evidence/{path}"))


@pytest.mark.parametrize(("measurement", "value", "about"), MEASURED)
def test_a_measured_value_has_its_unit_its_bound_and_whose_it_is(page, measurement, value, about):
    for folder in ("doc", "evidence"):
        shown = page(f"/{folder}/measurement/{measurement}")
        told = [" ".join(_words(each).split()) for each in re.findall(r"<dd>(.*?)</dd>", shown, re.DOTALL)]
        assert value in {each.removesuffix(" Register") for each in told}
        assert any(each.startswith(about) for each in told)


def test_every_unit_and_bound_of_a_measurement_has_words(store):
    used = store.query(f"""SELECT DISTINCT ?unit ?bound WHERE {{
      ?m <{names.DEF}ofMetric>/<{names.DEF}unitOfMeasure> ?unit ; <{names.DEF}valueQualifier> ?bound }}""").rows
    said = {measured("2.0", unit.value, bound.value) for unit, bound in used}
    assert len(used) > 30
    assert not [each for each in said if "vocab/" in each or "{" in each]


def test_digests_wait_until_they_are_asked_for(page):
    shown = page(f"/evidence/{RATING}")
    assert not re.search(r'class="digest"', re.sub(r"<details>.*?</details>", "", shown, flags=re.DOTALL))


def test_a_disagreement_is_told_beside_the_statement(page, store):
    found = store.query(
        f"SELECT ?side WHERE {{ ?d a <{names.DEF}Discrepancy> ; <{names.DEF}involves> ?side . "
        f"?side a <{names.DEF}Statement> }} ORDER BY ?side LIMIT 1"
    )
    side = names.short(found.rows[0][0].value)
    assert "Where sources disagree</h2>" in page(f"/evidence/{side}")


def test_a_row_shows_its_cells_its_source_and_what_it_is_evidence_for(page, site):
    shown = _words(page("/evidence/row/prisons/channings-wood"))
    assert "Channings Wood (HMP), row of table “Prisons of England and Wales”" in shown
    for cell in ("CWI", "Newton Abbot", "TQ12 6DW", "Left empty: welsh name."):
        assert cell in shown
    assert "Prison register, Ministry of Justice. Licence: MIT. State of the source: 18 August 2026." in shown
    assert "B: official data, in part derived, dated or not confirmed" in shown
    links = page("/evidence/row/prisons/channings-wood")
    assert 'href="https://github.com/ministryofjustice/prison-register"' in links
    assert 'href="/evidence/prison/channings-wood"' in links
    assert 'href="/evidence/row/prisons/channings-wood"' in page("/doc/row/prisons/channings-wood")


def test_the_cells_of_every_row_are_what_the_dataset_says(store):
    found = store.query(f"SELECT ?row WHERE {{ ?row a <{names.DEF}ReferenceRow> }} ORDER BY ?row")
    each_table = {names.short(row[0].value).split("/")[1]: row[0].value for row in found.rows}
    assert len(each_table) > 40
    wanted = Wanted(store, "", {})
    for row in each_table.values():
        assert rows._held(wanted, row) == registers.cells(row) != []


def test_cells_that_the_dataset_does_not_say_are_not_shown(store, monkeypatch):
    other = registers._rows["prisons/channings-wood"].replace("Newton Abbot", "Exeter")
    monkeypatch.setitem(registers._rows, "prisons/channings-wood", other)
    shown = _words(PAGES["evidence"].make(Wanted(store, "row/prisons/channings-wood", {})).decode())
    assert "the cells are not shown" in shown
    assert "Exeter" not in shown


def test_the_words_of_a_grade_say_what_the_source_is(page):
    assert "B: official data" in _words(page("/evidence/office/ashford-templar-house"))
    assert "B: press or another" in _words(page("/evidence/inspection/east-kent-pdu-2024"))


def test_a_month_that_the_press_told_is_credited_to_the_press(page):
    shown = _words(page("/evidence/row/inspection-dates/birmingham-nes-pdu-2022"))
    assert "2022-06" in shown
    assert "News articles of the BBC, BBC." in shown
    assert "HM Inspectorate" not in shown
    assert "2022-06" not in _words(page("/evidence/row/inspections/birmingham-nes-pdu-2022"))
    assert 'href="/evidence/row/inspection-dates/birmingham-nes-pdu-2022"' in page(
        "/doc/inspection/birmingham-nes-pdu-2022"
    )


def test_a_claim_read_from_two_places_counts_once(page, read):
    shown = _words(page("/evidence/coverage/east-kent/swale"))
    assert "Said in 1 passage of a document." in shown
    assert "Part 2 of 2" in shown
    figures = re.findall(r'<figure class="passage">.*?</figure>', read("/evidence/coverage/east-kent/swale"), re.S)
    assert len(figures) == 1
    assert figures[0].count("<mark") == 2


def test_the_graph_is_no_source_of_itself(page, store):
    found = store.query(
        f"SELECT ?row WHERE {{ ?row <{names.DEF}rowSource> ?s . ?s <{names.DEF}publisherName> ?name "
        'FILTER(CONTAINS(?name, "Knowledge Graph")) }'
    )
    assert not found.rows
    assert "Said in 6 passages of documents. " in re.sub(
        r"\s+", " ", _words(page("/evidence/inspection/kss-region-2024/rating/R2.6"))
    )


def test_a_passage_says_where_it_stands_and_what_it_is_evidence_for(page, read):
    path = "/evidence/passage/kentonline-east-west-kent-2024/398-403"
    without, with_words = _words(page(path)), _words(read(path))
    for shown in (without, with_words):
        assert "Characters 398 to 403 of 5241" in shown
        assert "East Kent covers Swale. (read together with other words of the document)" in shown
    assert "holds no copy" in without
    assert "Sentence 4 of the document" in with_words
    assert "<mark>Swale</mark>" in read(path)
    assert "The passage in its place" in page("/doc/passage/kentonline-east-west-kent-2024/398-403")


def test_a_sentence_is_credited_with_what_it_says_itself(read):
    cells = re.findall(r"<tr>.*?</tr>", read("/coverage/kentonline-east-west-kent-2024"), re.S)
    before, after = (next(each for each in cells if f'number">{number}<' in each) for number in (20, 21))
    assert "West Kent covers Dartford." not in before.split("<details>")[0]
    assert "Lends words to 8 statements" in before
    assert "West Kent covers Dartford." in after.split("<details>")[0]


@pytest.mark.parametrize(
    "path",
    [
        "row/prisons/none",
        "passage/none/1-2",
        "none/such",
        "pdu/none",
        "<script>alert(1)</script>",
        "%00",
        "document/none",
        "document/../../etc/passwd",
        "x" * 400,
    ],
)
def test_what_is_not_there_is_not_found(site, path):
    with pytest.raises(Exception, match=r"404|called|nothing|There is"):
        site.client.request("GET", f"/evidence/{path}")


def test_highlighted_words_have_the_digest_of_the_graph(read, store):
    for statement in STATEMENTS[:5]:
        shown = read(f"/evidence/{statement}")
        marked = [html.unescape(words) for words in re.findall(r"<mark[^>]*>([^<]*)</mark>", shown)]
        digests = {each.sha256 for each in describe.evidence(store, names.iri(statement))}
        assert {hashlib.sha256(words.encode()).hexdigest() for words in marked} == digests


def test_a_document_in_full_is_its_text_and_leads_to_all_that_it_states(read, site, documents, facts):
    document = next(each for each in facts.documents if each.slug == "kentonline-east-west-kent-2024")
    shown = read(f"/evidence/document/{document.slug}")
    lines = [line for line in text_of(document, documents).split("\n") if line.strip()]
    paragraphs = re.findall(r'<div class="line"><p>(.*?)</p>', shown, re.S)
    assert [_words(each) for each in paragraphs] == lines
    stated = {row["statement"] for row in site.client.ask("statements-of-a-document", document=f"doc/{document.slug}")}
    assert stated == {names.iri(each) for each in re.findall(r'<li><a href="/evidence/([^"]+)"', shown)}


def test_what_is_withheld_is_on_no_page(read, documents, facts):
    report = next(each for each in facts.documents if each.slug == "hmip-report-kss-2024")
    text = text_of(report, documents)
    withheld = [each for each in report.unstated if each.reason.startswith("withheld")]
    assert len(withheld) == 5
    pages = [_words(read(f"/evidence/document/{report.slug}"))]
    pages += [_words(read(f"/coverage/{report.slug}?page={number}")) for number in range(1, 8)]
    for each in withheld:
        words = text[each.passages[0].start : each.passages[0].end]
        assert not [page for page in pages if words in page]
    assert pages[0].count("[withheld") == 5


def test_coverage_counts_as_the_library_does(read, documents, facts):
    for document in facts.documents:
        counted = coverage(document, text_of(document, documents))
        shown = _words(read(f"/coverage/{document.slug}"))
        told = f"Of {counted.sentences} sentences, {counted.anchored} carry statements, {counted.unstated} are listed"
        assert told in shown


def test_every_sentence_that_carries_statements_shows_them(read):
    for number in range(1, 8):
        assert "Its statements are not in the dataset" not in read(f"/coverage/hmip-report-kss-2024?page={number}")


def test_a_wrong_choice_is_told_on_the_page(read):
    shown = read("/coverage/argus-kss-2024?show=%3Cscript%3E&page=9999999999999999")
    assert "There is no choice “&lt;script&gt;”" in shown


def test_a_reader_goes_from_a_rating_to_the_words_in_the_document(library, browser):
    """The journey: evidence of West Kent's rating of 2022, its passage in the article, and the article's coverage."""
    browser.get(f"{library.url}/evidence/{RATING}")
    first = browser.find_element("css selector", "figure.passage mark")
    assert first.text == "a previous ‘inadequate’ rating in 2022"
    browser.find_element("partial link text", "Characters 769 to 807").click()
    target = browser.find_element("css selector", "mark:target")
    assert target.text.startswith("a previous ‘inadequate’ rating in 2022")
    beside = target.find_element("xpath", "ancestor::div[@class='line']").find_elements("css selector", "li a")
    assert "West Kent was rated Inadequate overall in 2022." in [link.text for link in beside]
    browser.find_element("partial link text", "Which sentences carry statements").click()
    assert browser.find_element("css selector", "h1").text.startswith("Coverage of KentOnline")
    assert len(browser.find_elements("css selector", "tbody tr")) > 30


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", [f"evidence/{RATING}", "evidence/document/argus-kss-2024", "coverage/argus-kss-2024"])
def test_pages_with_the_words_break_no_rule_of_accessibility(library, browser, violations, path, theme):
    feature = {"name": "prefers-color-scheme", "value": theme}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": 320, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    )
    browser.get(f"{library.url}/{path}")
    assert browser.execute_script("return document.documentElement.scrollWidth") <= 320
    assert violations(browser) == []


@pytest.mark.parametrize(
    "path",
    [
        *(RATING, "pdu/west-kent", "discrepancy/york-police-area", "coverage/east-kent/thanet"),
        *("row/prisons/channings-wood", "passage/kentonline-east-west-kent-2024/398-403"),
    ],
)
def test_pages_without_the_words_break_no_rule_of_accessibility(show, violations, path):
    assert violations(show(f"/evidence/{path}")) == []


def test_a_folder_that_is_none_is_refused_at_the_start(built, tmp_path):
    with (
        pytest.raises(AssertionError, match=r'Setting "documents" reads .*no folder'),
        running(built, tmp_path / "log", None, "--documents", str(tmp_path / "none")),
    ):
        pass
