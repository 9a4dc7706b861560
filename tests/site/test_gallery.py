"""Questions for people who write no SPARQL: the gallery, and each answer as form, table, chart and download."""

from __future__ import annotations

import csv
import html
import io
import re
import shlex
from urllib.parse import urlencode, urlsplit
from urllib.request import urlopen

import pytest

from api.questions.answers import ROWS_OF_A_PAGE, catalogue
from api.questions.choices import MOST, Choices, class_of
from api.questions.gallery import by_subject, chart
from api.words import british
from kg import names
from kg.errors import ServiceError
from kg.query import Rows, bind
from kg.store import Table, Term, literal

QUESTIONS = {name: compiled.question for name, compiled in catalogue().items()}
KEY_QUESTIONS = "/queries/key-question-results?inspection=inspection/kss-region-2024"
HOSTILE = ["<script>alert(1)</script>", "'\" onfocus=x", "pdu/none", "../../etc", "x" * 400, "&#x27;", "{{7*7}}"]


def cells(text):
    """The texts of the table of a page, row by row."""
    body = text.partition("<tbody>")[2].partition("</tbody>")[0]
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    return [
        [
            html.unescape(re.sub("<[^>]*>", "", cell)).strip()
            for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)
        ]
        for row in rows
    ]


def test_every_question_stands_under_one_subject_with_what_it_asks_for(page):
    text = page("/queries")
    assert "more" not in by_subject(QUESTIONS)
    assert sorted(each.name for group in by_subject(QUESTIONS).values() for each in group) == sorted(QUESTIONS)
    for name, question in QUESTIONS.items():
        entry = re.search(rf'<li id="{name}"[^>]*>(.*?)</li>', text, re.DOTALL)[1]
        assert html.escape(question.summary, quote=False) in entry.replace("&#39;", "'")
        assert all(each.name.replace("_", " ") in entry for each in question.parameters)
    assert len(text.encode()) < 150_000


def test_the_gallery_works_by_its_filter_and_without_scripts_by_its_subjects(show):
    browser = show("/queries")
    browser.find_element("id", "words").send_keys("courts Unit")
    shown = [
        each.get_attribute("id") for each in browser.find_elements("css selector", ".questions > li:not([hidden])")
    ]
    assert "courts-in-a-unit" in shown
    assert len(shown) < 15
    assert browser.find_element("css selector", "#filter-questions [role=status]").text.startswith(f"{len(shown)} of ")
    browser.find_element("id", "words").send_keys(" zebra")
    assert browser.find_elements("css selector", ".subject:not([hidden])") == []
    plain = show("/queries", scripts=False)
    assert not plain.find_element("id", "filter-questions").is_displayed()
    plain.find_element("css selector", "a[href='#subject-places']").click()
    assert plain.current_url.endswith("#subject-places")


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_page_shows_the_rows_of_the_answer_and_no_others(page, site, name):
    question = QUESTIONS[name]
    values = {each.name: each.example for each in question.parameters if not each.optional}
    answer = _asked(site, name, values)
    text = page(f"/queries/{name}?" + "&".join(f"{field}={value}" for field, value in values.items()))
    rows = cells(text)
    assert len(rows) == min(answer["total"], ROWS_OF_A_PAGE)
    asked = {field: names.iri(value) for field, value in values.items() if "/" in value}
    same = {field for field, thing in asked.items() if all(row.get(field) == thing for row in answer["rows"])}
    assert {f"In every row, {field.replace('_', ' ')} is" in text for field in same} <= {True}
    assert ("The table leaves that out" in text) is bool(same)
    columns = [column for column in answer["rows"][0] if not column.endswith(" label") and column not in same]
    for shown, row in list(zip(rows, answer["rows"], strict=False))[:20]:
        for column, cell in zip(columns, shown, strict=True):
            label, value = row.get(f"{column} label"), row[column]
            if label or value is None:
                assert cell.removesuffix(" Evidence").strip() == " ".join((label or "").split()) or label in cell
            elif isinstance(value, float):
                assert float(cell) == value
            elif not str(value).startswith("http"):
                assert cell == ("yes" if value is True else "no" if value is False else _shown(value))
    assert len(text.encode()) < 150_000, f"{name}: {len(text.encode()):,} bytes"


def _shown(value):
    """Return a value as a page writes it: a day or month as in Britain, all else as it is."""
    text = str(value).strip()
    return british(text) if re.fullmatch(r"\d{4}-\d\d(-\d\d)?", text) else text


def test_what_the_columns_mean_waits_below_the_first_sentence_and_names_other_questions_by_their_titles(page):
    text = page("/queries/providers-of-services?area=region/kent-surrey-and-sussex").partition('<form class="filters')[
        0
    ]
    assert '<p class="lead">One row a contract for the area itself;' in text
    told = text.partition("What the columns mean</summary>")[2]
    other = QUESTIONS["providers-by-region-and-service"]
    assert f'<a href="/queries/{other.name}?region=region/kent-surrey-and-sussex">{other.summary}</a>' in told
    assert "providers-by-region-and-service;" not in text
    assert "<details open>" in page("/queries/owners-of-a-company?company=pdu/west-kent")


def test_a_table_that_is_cut_says_so_and_one_that_fits_does_not(show):
    wide = "return [...document.querySelectorAll('.wide')].map(each => each.scrollWidth > each.clientWidth)"
    for path in (
        "/queries/lowest-rated-standard-in-each-inspection",
        "/queries/rating-history-of-a-unit?unit=pdu/west-kent",
    ):
        for width in (1280, 700, 390):
            browser = show(path, width)
            hint = browser.find_element("css selector", ".swipe")
            assert [hint.is_displayed()] == browser.execute_script(wide)


def test_no_page_shows_the_name_of_a_record_or_a_column_in_place_of_words(page):
    for name in ("rows-of-low-quality", "discrepancies", "chief-inspector-at-each-report"):
        text = page(f"/queries/{name}")
        assert [
            cell for row in cells(text) for cell in row if re.match(r"(row|claim|coverage|affiliation)/", cell)
        ] == []
    text = page("/queries/ratings-of-a-unit?unit=pdu/west-kent")
    assert "given_to_all" not in text.partition("The query</h2>")[0].partition("<h1>")[2]


def _asked(site, name, values):
    fields = "&".join(f"{field}={value}" for field, value in values.items())
    return site.client.request("GET", f"/queries/{name}?{fields}", headers={"Accept": "application/json"}).json()


def test_a_parameter_with_few_values_is_a_list_to_choose_from(store, page):
    choices = Choices(store).of(QUESTIONS["areas-by-rating-of-their-unit"])
    assert [each.value for each in choices["rating"]] == sorted(each.value for each in choices["rating"])
    assert {each.label for each in choices["rating"]} == {"Outstanding", "Good", "Requires improvement", "Inadequate"}
    assert "vocab/theme/public-protection" in {each.value for each in choices["theme"]}
    assert len(choices["theme"]) <= MOST
    regions = Choices(store).of(QUESTIONS["units-of-a-region"])
    assert len(regions["region"]) == 12
    assert regions["date"] == ()
    text = page("/queries/units-of-a-region?region=region/south-central")
    assert '<option value="region/south-central" selected>' in text
    assert '<input id="date" name="date" type="date"' in text


def test_choices_of_one_name_are_told_apart_and_read_anew_after_a_change(store):
    choices = Choices(store)
    for question in QUESTIONS.values():
        for offered in choices.of(question).values():
            assert len({each.label for each in offered}) == len(offered) <= MOST
    known = choices.of(QUESTIONS["units-of-a-region"])
    choices.forget()
    assert choices.of(QUESTIONS["units-of-a-region"]) == known


def test_things_of_every_class_that_a_field_asks_for_can_be_suggested(site):
    classes = {class_of(each) for question in QUESTIONS.values() for each in question.parameters} - {""}
    for kind in sorted(classes):
        reply = site.client.request("GET", f"/suggest?q=ke&type={kind}", headers={"Accept": "application/json"})
        assert reply.status == 200, kind


def test_each_bar_is_a_row_of_the_answer_in_true_proportion(page, site):
    answer = _asked(site, "key-question-results", {"inspection": "inspection/kss-region-2024"})
    text = page(KEY_QUESTIONS).partition('<ul class="bars">')[2].partition("</ul>")[0]
    lengths = [float(each) for each in re.findall(r'class="bar" width="([^"]+)"', text)]
    figures = [float(each) for each in re.findall(r"<b>([^<]+)</b>", text)]
    assert figures == lengths == [row["percentage"] for row in answer["rows"]]
    assert 'id="chart"' not in page("/queries/scores-and-bands")


def rows_of(*figures, names="ab"):
    table = Table(("theme", "statements"), tuple((Term(f"urn:{n}"), f) for n, f in zip(names, figures, strict=True)))
    return Rows(table, {})


@pytest.mark.parametrize(
    "rows",
    [
        rows_of(literal("1", "integer"), names="a"),
        rows_of(literal("1", "integer"), None),
        rows_of(literal("1", "integer"), literal("-2", "integer")),
        rows_of(literal("1", "integer"), literal("about 3", "string")),
        rows_of(literal("1", "integer"), literal("2", "integer"), names="aa"),
    ],
)
def test_an_answer_of_one_row_or_with_a_figure_or_name_that_no_bar_can_show_makes_no_chart(rows):
    assert chart(QUESTIONS["recurring-improvement-themes"], rows) is None
    assert chart(QUESTIONS["recurring-improvement-themes"], rows_of(literal("1", "integer"), literal("2", "integer")))


def test_a_part_of_an_answer_makes_no_chart(page):
    assert 'id="chart"' in page("/queries/recurring-improvement-themes")
    assert 'id="chart"' not in page("/queries/recurring-improvement-themes?limit=5")


def test_a_long_answer_comes_in_pages_for_people_and_whole_for_programs(page, site):
    answer = _asked(site, "inspections", {})
    first = page("/queries/inspections")
    assert len(answer["rows"]) == answer["total"] > ROWS_OF_A_PAGE == len(cells(first))
    following = html.unescape(re.search(r'href="([^"]+)" rel="next"', first)[1])
    second = page("/queries/inspections" + following)
    assert len(cells(second)) == min(answer["total"] - ROWS_OF_A_PAGE, ROWS_OF_A_PAGE)
    assert 'rel="prev"' in second


def test_the_snippets_run_and_give_the_whole_answer(page, site):
    text = page("/queries/inspections")
    found = dict(re.findall(r'<h3 id="use-(\w+)">.*?<pre[^>]*>(.*?)</pre>', text, re.DOTALL))
    snippets = {key: html.unescape(told) for key, told in found.items()}
    assert set(snippets) == {"address", "curl", "client", "library", "pandas"}
    total = _asked(site, "inspections", {})["total"]
    printed: list[object] = []
    for key in ("client", "library"):
        exec(snippets[key], {"print": printed.append})
        assert len(printed) == total
        printed.clear()
    address = shlex.split(snippets["curl"])[-1]
    with urlopen(address) as reply:
        assert len(list(csv.DictReader(io.TextIOWrapper(reply, "utf-8")))) == total
    assert f'"{address}"' in snippets["pandas"]


@pytest.mark.parametrize("scripts", [True, False])
def test_a_journalist_asks_of_another_unit_reads_the_answer_and_takes_it_as_csv(show, site, until, scripts):
    browser = show("/queries/ratings-of-a-unit?unit=pdu/west-kent", scripts=scripts)
    field = browser.find_element("id", "unit")
    field.clear()
    field.send_keys("pdu/east-kent")
    browser.find_element("css selector", ".question-form button").click()
    until(lambda: "unit=pdu%2Feast-kent" in browser.current_url)
    expected = _asked(site, "ratings-of-a-unit", {"unit": "pdu/east-kent"})["rows"]
    assert len(browser.find_elements("css selector", "main tbody tr")) == len(expected)
    address = browser.find_element("link text", "CSV").get_attribute("href")
    assert urlsplit(address).path == "/queries/ratings-of-a-unit"
    with urlopen(address) as reply:
        rows = list(csv.DictReader(io.TextIOWrapper(reply, "utf-8")))
    assert [row["statement"] for row in rows] == [row["statement"] for row in expected]


def test_a_name_is_completed_to_a_short_name_by_keyboard(show, until):
    browser = show("/queries/ratings-of-a-unit?unit=pdu/west-kent")
    field = browser.find_element("id", "unit")
    field.clear()
    field.send_keys("Swindon and Wil")
    until(lambda: browser.find_elements("css selector", "#unit-suggestions [role=option]"))
    assert field.get_attribute("aria-expanded") == "true"
    field.send_keys("\ue015")  # arrow down
    chosen = browser.find_element("id", field.get_attribute("aria-activedescendant"))
    assert chosen.text == "Swindon and Wiltshire probation delivery unit"
    field.send_keys("\ue007")  # enter takes it and sends nothing
    assert field.get_attribute("value") == "Swindon and Wiltshire"
    assert "west-kent" in browser.current_url
    field.send_keys("\ue007")
    until(lambda: "unit=pdu%2Fswindon-and-wiltshire" in browser.current_url)
    assert browser.find_element("id", "unit").get_attribute("value") == "Swindon and Wiltshire"


def test_another_name_typed_over_the_one_shown_is_what_is_asked_for(show, until):
    browser = show("/queries/ratings-of-a-unit?unit=pdu/west-kent")
    field = browser.find_element("id", "unit")
    assert field.get_attribute("value") == "West Kent"
    field.clear()
    field.send_keys("East Kent")
    browser.find_element("css selector", ".question-form button").click()
    until(lambda: browser.current_url.endswith("unit=pdu/east-kent"))
    assert browser.find_element("id", "unit").get_attribute("value") == "East Kent"


def test_a_name_of_one_thing_leads_to_the_answer_and_one_of_several_asks_which(site, sent):
    status, text = sent("/queries/ratings-of-a-unit?unit=West+Kent")
    assert (status, 'value="pdu/west-kent"' in text) == (200, True)
    status, text = sent("/queries/units-of-an-area?area=Kent")
    near = re.findall(r'<li><a href="(/queries/units-of-an-area[^"]+)">', text)
    assert (status, text.count('role="alert"'), len(near) > 1) == (400, 1, True)
    assert "Several things are called “Kent”; choose the area that you mean." in text
    assert {sent(html.unescape(address))[0] for address in near} == {200}
    with pytest.raises(ServiceError, match="IRI of"):
        site.client.request("GET", "/queries/ratings-of-a-unit?unit=West+Kent", headers={"Accept": "application/json"})


def test_who_looks_for_a_service_or_theme_finds_the_questions_that_tell_of_it(show):
    browser = show("/queries")
    browser.find_element("id", "words").send_keys("accommodation")
    shown = {
        each.get_attribute("id") for each in browser.find_elements("css selector", ".questions > li:not([hidden])")
    }
    service = {name for name, each in QUESTIONS.items() if re.search(r"\bservice \(", each.columns)}
    assert {"providers-by-region-and-service", "contracts-of-a-provider"} < service <= shown
    chips = browser.find_elements("css selector", "main nav li:not([hidden])")
    counts = [
        int(chip.find_element("css selector", ".note").text)
        for chip in chips
        if "(" not in chip.text and chip.find_elements("css selector", "a[href^='#subject']")
    ]
    assert sum(counts) == len(shown) < len(QUESTIONS)
    assert 0 not in counts
    browser.find_element("id", "words").clear()
    browser.find_element("id", "words").send_keys(" ")
    assert len(browser.find_elements("css selector", "a[href^='#subject']")) == len(by_subject(QUESTIONS))


def test_a_snippet_has_this_servers_address_and_a_button_that_copies_it(show, site):
    browser = show(KEY_QUESTIONS)
    address = browser.find_element("css selector", "#use-address ~ .snippet").text
    assert address == site.url + KEY_QUESTIONS
    assert len(browser.find_elements("css selector", "button.copy")) == 6


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("name", ["ratings-of-a-unit", "units-of-a-region"])
def test_what_somebody_types_stays_text_and_what_is_wrong_is_said_once(sent, name, value):
    field = QUESTIONS[name].parameters[0].name
    status, text = sent(f"/queries/{name}?{urlencode({field: value})}")
    assert status == 400
    assert text.count('role="alert"') == 1
    assert "<script>alert" not in text
    assert "onfocus=x" not in re.sub(r"&#3[49];[^<>]*", "", text)
    assert "49" not in re.findall(r'value="([^"]*)"', text)


def test_the_pages_of_the_answers_say_what_the_graph_says(store, page):
    question = QUESTIONS["units-by-latest-rating-in-a-region"]
    asked = {"region": "region/kent-surrey-and-sussex"}
    table = store.query(question.text, bind(question, asked))
    labels = store.labels({term.value for row in table.rows for term in row if term and term.kind == "iri"})
    at = table.columns.index("rating")
    wanted = [labels[row[at].value] if row[at] else "" for row in table.rows]
    at -= 1  # the region, which is the same in all rows, is left out before it
    assert table.columns[0] == "_region"
    assert [
        row[at] for row in cells(page("/queries/units-by-latest-rating-in-a-region?region=" + asked["region"]))
    ] == wanted


@pytest.mark.parametrize("width", [360, 390])
@pytest.mark.parametrize(
    "query", ["rating-history-of-a-unit?unit=pdu/west-kent", "inspections", "score-against-points"]
)
def test_on_a_phone_a_row_is_stacked_with_the_name_of_its_column_before_each_value(show, violations, query, width):
    browser = show(f"/queries/{query}", width=width)
    box = browser.find_element("css selector", ".stack")
    assert browser.execute_script("return arguments[0].scrollWidth <= arguments[0].clientWidth", box)
    headings = browser.execute_script(
        "return [...document.querySelectorAll('.stack th')].map((each) => each.textContent)"
    )
    row = box.find_elements("css selector", "tbody tr")[0].find_elements("css selector", "td")
    assert [cell.get_attribute("data-label") for cell in row] == headings
    nodes = browser.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    named = [(each["role"]["value"], each.get("name", {}).get("value", "")) for each in nodes if "role" in each]
    assert [name for role, name in named if role == "columnheader"] == headings
    cells = [name for role, name in named if role == "cell"]
    assert cells[0].startswith(f"{headings[0]}: ")
    assert violations(browser) == []


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("ratings-of-a-unit?unit=12%20x", "There is no unit called “12 x”; type a name and choose it."),
        ("ratings-of-a-unit", "Choose a unit first."),
        ("recommendations-of-an-inspection", "Choose an inspection first."),
        ("units-of-an-area?area=!", "There is no area called “!”; type a name and choose it."),
        ("units-of-a-region?region=region/none", "There is no region called “region/none”; choose one from the list."),
    ],
)
def test_a_person_reads_what_was_expected_in_words_and_a_program_the_class(site, sent, address, told):
    status, text = sent(f"/queries/{address}")
    assert status == 400
    (said,) = re.findall(r'<p role="alert"><strong>(.*?)</strong>', text)
    assert html.unescape(said) == told
    assert "IRI of" not in said
    assert "Query" not in said
    with pytest.raises(ServiceError, match="IRI of a"):
        site.client.request("GET", f"/queries/{address}", headers={"Accept": "application/json"})
