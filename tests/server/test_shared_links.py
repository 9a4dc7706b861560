"""A link that somebody shares works whatever mail and social media add to it, and what they add is kept nowhere."""

import re
import time
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

import pytest

from api.http.tracking import NAMES, untracked
from api.site.registry import PAGES
from kg.query import read_questions
from kg.resources import queries
from tests.server.conftest import running

ADDED = ("utm_source=x", "utm_campaign=a%26b&utm_medium=mail", "fbclid=IwAR0", "gclid=1", "mc_cid=1&mc_eid=2", "igshid")
PATHS = (
    *("/", "/findings", "/findings?region=region/wales", "/about", "/ratings", "/provision", "/areas?place=Thanet"),
    *("/map", "/explore?thing=pdu/west-kent", "/search?q=kent", "/queries", "/queries/inspections", "/exports"),
    *("/doc/pdu/west-kent", "/doc/region/kent-surrey-and-sussex?page=2", "/evidence", "/sparql", "/def"),
    *("/coverage/hmip-report-kss-2024", "/evidence/inspection/west-kent-pdu-2024/rating/overall"),
    "/disagreements",
)
BROWSER = {"Accept": "text/html"}


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def ask(server, path, headers=BROWSER, method="GET"):
    try:
        with build_opener(_Stay).open(Request(server.url + path, headers=headers, method=method)) as reply:
            return reply.status, reply.headers, reply.read()
    except HTTPError as told:
        with told:
            return told.code, told.headers, told.read()


def with_field(path, field):
    return f"{path}{'&' if '?' in path else '?'}{field}"


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    return tmp_path_factory.mktemp("shared") / "log"


@pytest.fixture(scope="module")
def server(built, log):
    with running(built, log) as started:
        yield started


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("field", ["fbclid=IwAR0-abc", "utm_source=x&utm_medium=mail"])
def test_a_shared_link_shows_what_was_shared(server, path, field):
    expected, shared = ask(server, path), ask(server, with_field(path, field))
    assert expected[0] in {200, 404}
    assert shared[0] == expected[0]
    assert shared[2] == expected[2]
    assert b"IwAR0" not in shared[2]
    assert b"utm_" not in shared[2]
    assert shared[1].get("Link") == expected[1].get("Link")


@pytest.mark.parametrize("field", ADDED)
def test_every_field_that_is_added_is_passed_over_wherever_it_stands(server, field):
    status, _, expected = ask(server, "/findings?region=region/wales&page=1")
    assert status == 200
    for place in (f"{field}&region=region/wales&page=1", f"region=region/wales&{field}&page=1"):
        assert ask(server, f"/findings?{place}")[::2] == (200, expected)


def test_an_identifier_leads_on_without_what_was_added(server):
    status, headers, _ = ask(server, "/id/pdu/west-kent?utm_source=x&fbclid=1")
    assert (status, headers["Location"]) == (303, "/doc/pdu/west-kent")


def test_the_canonical_address_and_head_carry_none_of_it(server):
    _, _, body = ask(server, "/doc/pdu/west-kent?gclid=1")
    assert re.search(rb'rel="canonical" href="([^"]+)"', body)[1].endswith(b"/pdu/west-kent")
    plain, shared = (ask(server, path, method="HEAD") for path in ("/about", "/about?utm_source=x"))
    assert (shared[0], shared[1]["ETag"]) == (200, plain[1]["ETag"])


def test_machines_may_be_sent_such_links_too(server):
    for path in ("/sparql?query=ASK{}", "/queries/inspections?format=csv", "/search?q=kent", "/doc/pdu/west-kent.ttl"):
        accept = {"Accept": "*/*"}
        assert ask(server, with_field(path, "utm_source=x"), accept)[::2] == ask(server, path, accept)[::2]


@pytest.mark.parametrize("path", ["/findings", "/doc/pdu/west-kent", "/queries/inspections", "/sparql?query=ASK{}"])
@pytest.mark.parametrize("field", ["wrong=1", "utm=1", "utm_=1", "xfbclid=1", "fbclid2=1", "GCLID=1", "fb%63lid=1"])
def test_any_other_field_is_still_refused(server, path, field):
    assert ask(server, with_field(path, field))[0] == 400
    assert ask(server, with_field(path, f"{field}&fbclid=1"))[0] == 400


def test_one_reply_is_kept_for_all_shared_links(server):
    def made_at(path):
        return ask(server, path, {"Accept": "text/csv"})[::2]

    first = made_at("/sparql?query=SELECT*{?s+a+<https://w3id.org/probation-kg/def%23ProbationRegion>}&gclid=1")
    again = made_at("/sparql?utm_source=a&query=SELECT*{?s+a+<https://w3id.org/probation-kg/def%23ProbationRegion>}")
    assert first == again
    assert first[0] == 200


def test_the_log_keeps_no_identifier_of_a_click(server, log):
    ask(server, "/about?fbclid=who-clicked")
    ask(server, "/about?fbclid=who-clicked")
    for _ in range(100):
        if (text := log.read_text(encoding="utf-8")).count("/about") > 1:
            break
        time.sleep(0.05)
    assert "/about" in text
    assert "who-clicked" not in text


def test_a_value_that_looks_like_such_a_field_is_no_field():
    for query in (b"q=utm_source=x", b"query=ASK%7B%7D%26fbclid=1", b"q=fbclid", b"", b"a=1&&b=2"):
        assert untracked(query) == query
    assert untracked(b"a=1&&fbclid&b=2") == b"a=1&&b=2"
    assert untracked(b"fbclid=\n&a=1") == b"a=1"


def test_no_page_and_no_query_reads_a_field_of_such_a_name():
    read = {field for page in PAGES.values() for field in page.fields}
    read |= {each.name for question in read_questions(queries()).values() for each in question.parameters}
    assert not {name for name in read if name in NAMES or name.startswith("utm_")}
