"""The lists of findings and recommendations: what they show is what the graph holds, whatever the fields ask."""

import csv
import html
import io
import re
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select, WebDriverWait

from kg import names
from kg.errors import ServiceError

_WIDE = """return [...document.querySelectorAll("main *")]
  .filter((each) => each.getBoundingClientRect().right > 320).map((each) => each.outerHTML.slice(0, 99))"""
KSS = "region/kent-surrey-and-sussex"


@pytest.fixture(scope="module")
def ask(site):
    """Answers a SELECT of the test's own, rows as dicts."""

    def select(where: str, columns: str = "?s") -> list[dict[str, str]]:
        text = "".join(f"PREFIX {each}: <{space}> " for each, space in names.PREFIXES.items())
        address = "/sparql?" + urlencode({"query": f"{text} SELECT DISTINCT {columns} WHERE {{ {where} }}"})
        content = site.client.request("GET", address + "&format=csv").content.decode()
        return list(csv.DictReader(io.StringIO(content)))

    return select


def every(page, address: str) -> list[str]:
    """Return the statements of a list, from the evidence link that leads each entry, over all its pages."""
    found: list[str] = []
    while address:
        text = page(address)
        found += [names.iri(one) for one in re.findall(r'class="said">.*?href="/evidence/([^"]+)"', text, re.S)]
        following = re.search(r'<a href="([^"]+)" rel="next"', text)
        address = html.unescape(following[1]) if following else ""
    return found


def total(text: str) -> int:
    found = re.search(r'<h2 id="found">(\d+) ', text)
    assert found, "the page shows no list"
    return int(found[1])


def download(site, text: str) -> list[dict[str, str]]:
    address = html.unescape(re.search(r'href="([^"]+format=csv)"', text)[1])
    return list(csv.DictReader(io.StringIO(site.client.request("GET", address).content.decode())))


FINDING = "?s a pko:Finding ."
STAFFING = "?s pko:theme/skos:broader* <https://w3id.org/probation-kg/vocab/theme/staffing> ."
PRESS = "<https://w3id.org/probation-kg/vocab/source-tier/press>"
OF_KSS = "{ ?s pko:aboutUnit ?u } UNION { ?s pko:madeIn/pko:inspects ?u }"
OF_KSS += f" ?u (^pko:affiliatedUnit/pko:parentUnit)? <{names.iri(KSS)}> ."


@pytest.mark.parametrize(
    ("address", "where"),
    [
        ("/findings", FINDING),
        ("/findings?unit=pdu/west-kent", FINDING + "?s pko:aboutUnit <https://w3id.org/probation-kg/id/pdu/west-kent>"),
        ("/findings?theme=vocab/theme/staffing", FINDING + STAFFING),
        ("/findings?polarity=strength", "?s a pko:Strength"),
        ("/findings?polarity=improvement&theme=vocab/theme/staffing", "?s a pko:AreaForImprovement ." + STAFFING),
        ("/findings?polarity=other", FINDING + "MINUS { ?s a pko:Strength } MINUS { ?s a pko:AreaForImprovement }"),
        (
            "/findings?standard=vocab/framework/2023-region/R1.2",
            FINDING + "?s pko:aboutStandard <https://w3id.org/probation-kg/vocab/framework/2023-region/R1.2>",
        ),
        (
            "/findings?source=vocab/source-tier/press",
            FINDING + f"?s pko:evidencedBy/pko:inPassage/oa:hasSource/pko:sourceTier {PRESS}",
        ),
        ("/findings?year=2016", FINDING + '?s pko:madeIn/pko:reportPublishedOn ?on FILTER(CONTAINS(STR(?on), "2016"))'),
        ("/findings?words=WEST+Kent", FINDING + '?s pko:summary ?x FILTER(REGEX(?x, "west kent", "i"))'),
        (f"/findings?region={KSS}", FINDING + OF_KSS),
        ("/recommendations", "?s a pko:Recommendation"),
        (
            "/recommendations?addressee=body/hmpps",
            "?s a pko:Recommendation ; pko:addressedTo <https://w3id.org/probation-kg/id/body/hmpps>",
        ),
        (
            "/recommendations?addressee=not-known",
            "?s a pko:Recommendation FILTER NOT EXISTS { ?s pko:addressedTo ?a }",
        ),
        ("/recommendations?year=not-known", "?s a pko:Recommendation FILTER NOT EXISTS { ?s pko:madeIn ?i }"),
        ("/recommendations?progress=not-known", "?s a pko:Recommendation FILTER NOT EXISTS { ?a pko:assesses ?s }"),
        (
            "/recommendations?progress=vocab/progress/some",
            "?a pko:assesses ?s ; pko:progressLevel <https://w3id.org/probation-kg/vocab/progress/some>",
        ),
        ("/recommendations?theme=vocab/theme/staffing", "?s a pko:Recommendation ." + STAFFING),
    ],
)
def test_a_list_its_total_and_its_download_hold_what_the_graph_holds(site, page, ask, address, where):
    expected = sorted(row["s"] for row in ask(where))
    assert expected
    text = page(address)
    assert total(text) == len(expected)
    assert sorted(every(page, address)) == expected
    rows = download(site, text)
    assert [row["statement"] for row in rows] == every(page, address)


def test_the_count_beside_a_theme_is_the_length_of_the_list_that_it_opens(page):
    text = page(f"/findings?region={KSS}&polarity=improvement&theme=vocab/theme/pay")
    counts = re.findall(r'<li><a href="([^"]+)">[^<]+</a> <span class="count">(\d+)</span>', text)
    assert len(counts) > 20
    for href, count in counts[:3] + counts[-3:]:
        assert total(page(html.unescape(href))) == int(count), href


def test_an_entry_says_in_words_what_the_graph_holds_of_it(site, page, ask):
    address = "/findings?words=how+domestic+abuse+and+safeguarding+information+was+collected"
    entry = " ".join(re.sub(r"<[^>]+>", " ", page(address).split('class="entries"')[1]).split())
    for part in (
        *("Area for improvement", "How domestic abuse and safeguarding", "regional inspection of Kent, Surrey"),
        *("report of May 2024", "R2.1 Public protection", "information sharing", "Source primary report"),
    ):
        assert part in entry
    row = download(site, page(address))[0]
    assert (row["polarity"], row["standards"], row["report"]) == ("area for improvement", "R2.1", "2024-05")


def test_what_press_alone_says_is_marked_and_nothing_else_is(site, page):
    content = site.client.request("GET", "/queries/statements-known-from-press-alone?format=csv").content.decode()
    alone = {row["statement"] for row in csv.DictReader(io.StringIO(content))}
    alone = {names.iri(one) for one in alone}
    for first in ("/findings", "/recommendations"):
        address, marked, shown = first, set(), set(every(page, first))
        while address:
            text = page(address)
            for entry in text.split('<p class="said">')[1:]:
                if "Known from press alone" in entry.partition("</li>")[0]:
                    marked.add(names.iri(re.search(r'href="/evidence/([^"]+)"', entry)[1]))
            following = re.search(r'<a href="([^"]+)" rel="next"', text)
            address = html.unescape(following[1]) if following else ""
        assert marked
        assert marked == alone & shown


@pytest.mark.parametrize("address", ["/findings", "/findings?theme=vocab/theme/staffing"])
def test_what_the_editors_read_is_counted_above_the_list_and_marked_in_it(site, page, ask, address):
    read = "?s pko:evidencedBy/pko:claimMode <https://w3id.org/probation-kg/vocab/claim-mode/editorial-polarity>"
    only = STAFFING if "theme" in address else ""
    text, marked, every_one = page(address), set(), {}
    for kind, noun in (("AreaForImprovement", "areas for improvement"), ("Strength", "strengths")):
        some = {row["s"] for row in ask(f"?s a pko:{kind} . {only} {read}")}
        total_of = len(ask(f"?s a pko:{kind} . {only}"))
        assert f"{len(some)} of {total_of} {noun}" in text
        marked |= some
    rows = download(site, text)
    every_one = {row["statement"] for row in rows if row["read_so_by_editors"] == "true"}
    assert every_one == marked
    for entry in text.split('<p class="said">')[1:]:
        statement = names.iri(re.search(r'href="/evidence/([^"]+)"', entry)[1])
        assert ("(editors’ reading)" in entry.partition("</p>")[0]) == (statement in marked)


def test_what_is_not_shown_as_done_includes_what_is_not_known(page, ask):
    sufficient = "?a pko:assesses ?s ; pko:progressLevel <https://w3id.org/probation-kg/vocab/progress/sufficient>"
    assert total(page("/recommendations?addressee=body/hmpps&progress=not-shown-as-done")) == 8
    open_ones = {row["s"] for row in ask(f"?s a pko:Recommendation MINUS {{ {sufficient} }}")}
    assert set(every(page, "/recommendations?progress=not-shown-as-done")) == open_ones


def test_progress_is_the_words_of_the_assessment_and_otherwise_not_known(page, ask):
    levels = ask(
        "?a pko:assesses ?s ; pko:progressLevel/skos:prefLabel ?level ; pko:stillRequired ?still", "?s ?level ?still"
    )
    text = page("/recommendations?addressee=not-known")
    assert len(levels) == 7
    for row in levels:
        entry = text.split(f'id="{names.short(row["s"]).replace("/", "-")}"')[1].partition("</li>")[0]
        assert f"<strong>{row['level']}</strong>" in entry
        assert ("improvement still required" in entry) == (row["still"] == "true")
        assert ("no further improvement marked" in entry) == (row["still"] == "false")
        assert "as of May 2024" in entry
    hmpps = page("/recommendations?addressee=body/hmpps")
    assert hmpps.count("<dt>Progress</dt> <dd>not known</dd>") == total(hmpps) == 8


def test_repeats_are_linked_both_ways(page, ask):
    pairs = ask("?s pko:repeats ?earlier", "?s ?earlier")
    text = page("/recommendations") + page("/recommendations?page=2")
    assert len(pairs) == 2
    for row in pairs:
        for one, other, words in ((row["s"], row["earlier"], "Repeats"), (row["earlier"], row["s"], "Repeated by")):
            entry = text.split(f'id="{names.short(one).replace("/", "-")}"')[1].partition("</li>")[0]
            related = entry.split(f"<dt>{words}</dt>")[1].partition("</div>")[0]
            here, there = f"#{names.short(other).replace('/', '-')}", f"/doc/{names.short(other)}"
            assert f'href="{here}"' in related or f'href="{there}"' in related
        assert "does not say that this repeats" in text


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("/findings?theme=nonsense", "“nonsense” is not one of the choices for “Theme”"),
        ("/findings?theme=pdu/west-kent", "is not one of the choices for “Theme”"),
        ("/findings?unit=" + quote('a> . } DELETE {?s ?p "'), "is not one of the choices for “Unit or body”"),
        ("/findings?unit=pdu/no-such-unit", "is not one of the choices"),
        ("/findings?year=20x4", "“20x4” is no year"),
        ("/findings?polarity=vocab/theme/pay", "is not one of the choices for “Strength or weakness”"),
        ("/findings?page=0", "“0” is no page"),
        ("/recommendations?progress=vocab/rating/good", "is not one of the choices for “Progress”"),
        ("/findings?page=9999", "The list ends with page 28"),
        ("/findings?words=" + quote('") . } # SERVICE <http://x/> \\ \n\x00 {'), "None recorded under these choices"),
        ("/findings?unit=pdu/hull-and-east-riding", "No report on Yorkshire and the Humber has been read for findings"),
        ("/findings?words=" + quote("<script>alert(1)</script>"), "&lt;script&gt;alert(1)"),
    ],
)
def test_a_hostile_or_mistaken_value_gets_one_clear_sentence(site, address, sentence):
    answer = site.client.request("GET", address, headers={"Accept": "text/html"})
    assert answer.status == 200
    assert sentence in html.unescape(answer.content.decode()) or sentence in answer.content.decode()
    assert b"<script>alert" not in answer.content


@pytest.mark.parametrize("address", ["/findings?colour=red", "/findings?words=%ff%ed%a0%80", "/findings/west-kent"])
def test_what_the_page_does_not_know_is_refused(site, address):
    with pytest.raises(ServiceError):
        site.client.request("GET", address)


def submit(browser) -> None:
    """Press the button of the form and wait until the next page is there."""
    before = browser.current_url
    browser.find_element(By.CSS_SELECTOR, "form.filters button").click()
    WebDriverWait(browser, 10).until(lambda driver: driver.current_url != before)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_reader_opens_the_recommendations_to_hmpps(show, scripts):
    browser = show("/", scripts=scripts)
    browser.find_element(By.LINK_TEXT, "Recommendations").click()
    Select(browser.find_element(By.ID, "f-addressee")).select_by_visible_text("HM Prison and Probation Service")
    submit(browser)
    assert browser.find_element(By.ID, "found").text == "8 recommendations"
    entries = browser.find_elements(By.CSS_SELECTOR, ".entries > li")
    assert len(entries) == 8
    assert all("HM Prison and Probation Service" in entry.text for entry in entries)
    assert Select(browser.find_element(By.ID, "f-addressee")).first_selected_option.text.startswith("HM Prison")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_reader_filters_findings_of_a_region_by_a_theme_and_opens_the_evidence_of_one(show, scripts):
    browser = show("/findings", scripts=scripts)
    assert not browser.find_element(By.ID, "f-standard").is_displayed()
    Select(browser.find_element(By.ID, "f-region")).select_by_visible_text("Kent, Surrey and Sussex")
    submit(browser)
    link = browser.find_element(By.XPATH, "//section[@class='by-theme']//a[.='domestic abuse']")
    count = int(link.find_element(By.XPATH, "following-sibling::span").text)
    link.click()
    assert browser.find_element(By.ID, "found").text == f"{count} findings"
    assert parse_qs(urlsplit(browser.current_url).query) == {"region": [KSS], "theme": ["vocab/theme/domestic-abuse"]}
    entry = browser.find_element(By.CSS_SELECTOR, ".entries > li")
    said = entry.find_element(By.CSS_SELECTOR, ".said").text
    assert "domestic abuse" in entry.text
    entry.find_element(By.LINK_TEXT, "Evidence").click()
    assert urlsplit(browser.current_url).path.startswith("/evidence/finding/kss-region-2024/")
    summary = (
        said.removeprefix("Area for improvement").removeprefix(" (editors’ reading)").removesuffix("Evidence").strip()
    )
    assert summary in browser.find_element(By.ID, "main").text


def test_filtered_pages_break_no_rule_of_accessibility_and_fit_a_phone(show, violations):
    for address in (
        *("/findings?standard=vocab/framework/2023-region/R1.2&page=2", "/findings?theme=x&year=y"),
        *("/recommendations?progress=vocab/progress/some", "/findings?words=nothing+like+this"),
    ):
        for theme in ("light", "dark"):
            assert violations(show(address, theme=theme)) == []
        browser = show(address, width=320)
        assert browser.execute_script(_WIDE) == []
