"""The page of the search: kinds to keep to, pages of results, a way on from nothing, and no string that breaks it."""

import html
import re
from urllib.parse import quote, urlencode

import pytest

from kg.errors import ServiceError

BROWSER = {"Accept": "text/html"}
_GREATER_MANCHESTER = "/provision?service=vocab/service/accommodation&region=region/greater-manchester"
ODD = (
    *(
        "'",
        '"',
        "\\",
        "%",
        "*",
        "()",
        "a AND",
        '"a" NEAR b',
        "NOT",
        "^x",
        "-",
        "\u202e\u0000x",
        "😀",
        "İ",
        "\t\n",
        "1e999",
    ),
    *("ß" * 150, "a " * 150, "x" * 300, "x" * 9_000, "<script>alert(1)</script>", "{{ 7 * 7 }}", "; DROP TABLE name"),
)


def hits(text):
    return re.findall(r'<p class="what"><a href="([^"]+)">([^<]*)</a>', text)


def test_the_page_shows_the_hits_of_the_service_in_their_order_with_their_kind(site, page):
    told = site.client.request("GET", "/search?q=lewes", headers={"Accept": "application/json"}).json()["hits"]
    text = html.unescape(page("/search?q=lewes"))
    assert [label for _, label in hits(text)] == [hit["label"] for hit in told]
    assert all((hit["class_label"] or hit["type"]) in text for hit in told)


def lines(text):
    """Label, kind and reason of each result."""
    found = re.findall(
        r'<p class="what"><a[^>]*>([^<]*)</a> <span class="note">([^<]*)</span></p>\s*(?:<p class="note">([^<]*)</p>)?',
        text,
    )
    return [tuple(html.unescape(each) for each in line) for line in found]


def test_a_reason_is_given_where_the_title_shows_none_and_in_the_words_of_people(page):
    assert lines(page("/search?q=west+kent"))[0] == ("West Kent", "probation delivery unit", "")
    found = {label: why for label, _, why in lines(page("/search?q=thanet"))}
    assert found["Thanet"] == ""
    assert found["East Kent"].startswith("Also called “East Kent (Swale,")
    for words in ("kent", "staffing", "inadequate", "KSS", "west knet", "backlog"):
        for _, kind, why in lines(page("/search?" + urlencode({"q": words}))):
            assert not re.search(r"\bits\b|has the words|less the words", why)
            assert kind not in {"assertion", "post holding", "discrepancy", "rating band", "disputed value"}


def test_standards_of_one_name_are_told_apart_by_their_framework(page):
    found = [line for line in lines(page("/search?q=staffing")) if line[0] == "Staffing"]
    assert len(found) == len(set(found)) >= 2
    assert {kind for _, kind, _ in found} >= {"standard, Inspection standards for probation delivery units, 2023"}


@pytest.mark.parametrize(
    ("words", "way"),
    [
        ("thanet", "/areas?place=Thanet"),
        (
            "who provides accommodation in Kent",
            "/provision?service=vocab/service/accommodation&region=region/kent-surrey-and-sussex",
        ),
        ("mentoring in west kent", "/provision?service=vocab/service/mentoring&region=region/kent-surrey-and-sussex"),
        ("mentoring in Kent and in Wales", "/provision?service=vocab/service/mentoring"),
        ("mentoring in England", "/provision?service=vocab/service/mentoring"),
        ("accommodation for Greater Manchester", _GREATER_MANCHESTER),
        ("open recommendations to HMPPS", "/recommendations?addressee=body/hmpps"),
        ("recommendations for the ministry of justice", "/recommendations?addressee=body/ministry-of-justice"),
        ("Thanet", "/recommendations"),
        ("open recommendations to HMPPS", "/findings"),
        ("open recommendations to HMPPS", "/ratings"),
        ("qqqqqqqqqqzzzz", "/queries"),
        ("west kent", "/areas"),
    ],
)
def test_results_lead_on_to_the_pages_that_do_more(page, words, way):
    text = html.unescape(page("/search?" + urlencode({"q": words}))).partition('id="ways"')[2].partition("</nav>")[0]
    assert f'href="{way}"' in text
    assert 'id="ways"' not in page("/search")
    assert 'role="alert"' not in page(way)


def test_a_body_that_nobody_named_is_offered_as_no_addressee(page):
    text = page("/search?" + urlencode({"q": "mentoring in west kent"})).partition('id="ways"')[2]
    assert "Recommendations to West Sussex" not in text


@pytest.mark.parametrize("words", ["22 per cent", "22%", "16 percent of cases", "14", "1,200"])
def test_a_figure_is_not_taken_for_the_code_of_a_place(page, words):
    assert 'href="/areas?place=' not in page("/search?" + urlencode({"q": words}))


def test_kinds_are_kept_to_and_stay_chosen(page):
    text = page("/search?q=lewes&type=prison&type=court")
    assert {href.split("/")[2] for href, _ in hits(text)} == {"prison", "court"}
    assert re.findall(r'value="(\w+)" checked', text) == ["prison", "court"]
    assert 'value="pko:Court" checked' in page("/search?q=lewes&type=pko:Court")


def test_pages_of_results_lead_to_each_other_and_repeat_nothing(page):
    address, seen = "/search?q=kent&type=statement&limit=50", []
    for _ in range(4):
        text = page(address)
        seen += [href for href, _ in hits(text)]
        address = html.unescape(re.search(r'href="([^"]+)" rel="next"', text)[1])
    assert len(seen) == len(set(seen)) == 200
    assert "type=statement" in address
    back = html.unescape(re.search(r'href="([^"]+)" rel="prev"', page(address))[1])
    assert [href for href, _ in hits(page(back))] == seen[-50:]


def test_where_nothing_is_found_the_nearest_is_offered(page):
    text = page("/search?" + urlencode({"q": "zzzz lewes qqqq", "type": "pdu"}))
    assert "Nothing found for “zzzz lewes qqqq”." in text
    assert ("/doc/prison/lewes", "Lewes (HMP &amp; YOI)") in hits(text)
    other = page("/search?q=lewes&type=pdu")
    assert ("Of all kinds there are" in other) is (not hits(other.split("The nearest")[0]))
    assert "Try fewer words" in page("/search?q=qqqqqqqqqqzzzz")


@pytest.mark.parametrize("words", ODD)
def test_no_string_breaks_the_page(site, words):
    reply = site.client.request("GET", "/search?q=" + quote(words), headers=BROWSER)
    text = reply.content.decode()
    assert "<h1>Search</h1>" in text
    assert "<script>alert" not in text
    assert "\0" not in text
    assert len(text) < 100_000


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ("q=kent&type=planet", 'There is no type "planet"'),
        ("q=kent&limit=abc", "limit: read 'abc', expected a whole number"),
        ("q=kent&offset=-1", "offset: read '-1'"),
        ("q=" + "a" * 301, "a text of 301 characters"),
    ],
)
def test_what_cannot_be_read_is_said_beside_the_field_to_a_browser_and_refused_to_machines(site, fields, sentence):
    text = html.unescape(site.client.request("GET", f"/search?{fields}", headers=BROWSER).content.decode())
    assert sentence in re.search(r'role="alert">(.*?)</p>', text)[1]
    assert 'aria-describedby="words-hint words-wrong" aria-invalid="true"' in text
    with pytest.raises(ServiceError) as refused:
        site.client.request("GET", f"/search?{fields}", headers={"Accept": "application/json"})
    assert (refused.value.status, sentence in str(refused.value)) == (400, True)


@pytest.mark.parametrize("words", ["%25", "%3F", "..."])
def test_signs_alone_find_nothing_and_are_no_fault(site, page, words):
    assert "Nothing found" in page(f"/search?q={words}")
    reply = site.client.request("GET", f"/search?q={words}", headers={"Accept": "application/json"}).json()
    assert reply == {"total": 0, "hits": []}


def test_a_question_finds_what_it_asks_about_and_no_term_of_the_model_comes_first(page):
    assert hits(page("/search?q=which+pdu+serves+thanet"))[0] == ("/doc/pdu/east-kent", "East Kent")
    near = page("/search?" + urlencode({"q": "who serves zzzz lewes"}))
    assert "term of the data model" not in near.partition("The nearest")[2].partition("</li>")[0]


def test_an_empty_field_is_the_empty_form(page):
    assert 'role="alert"' not in page("/search?q=")
    assert "Nothing found" not in page("/search?q=")


@pytest.mark.parametrize("path", ["/search?q=kent&type=pdu", "/search?q=zzzz+lewes", "/search?q=%3F", "/search"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_state_of_the_page_can_be_used_by_everybody(show, violations, path, theme):
    browser = show(path, 390, theme)
    assert violations(browser) == []
    assert browser.execute_script("return document.documentElement.scrollWidth") <= 390
