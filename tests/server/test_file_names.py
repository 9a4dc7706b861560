"""A download has a file name of its own, and nothing that a stranger writes there comes into a header."""

import html
import re
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

import pytest

ROWS = "SELECT ?region { ?region a <https://w3id.org/probation-kg/def#ProbationRegion> }"
HOSTILE = (
    *("a b", "a.csv", "../../etc/passwd", "..", "a/b", "a\\b", 'a"', "a'", "a;filename=b", "x" * 81, "é", "a%0d"),
    *("a\r\nSet-Cookie: x=1", "a\n", "\n", "a\0", "\u2028", "\u202egnp", "ａ", "٣", "a_b", " ", "*", "=?utf-8?q?x?="),
)


def ask(server, fields, accept="*/*", data=None):
    headers = {"Accept": accept}
    try:
        with urlopen(Request(f"{server.url}/sparql?{urlencode(fields)}", data, headers)) as reply:
            return reply.status, reply.headers, reply.read()
    except HTTPError as told:
        with told:
            return told.code, told.headers, told.read()


@pytest.mark.parametrize("form", ["csv", "json", "xml", "tsv"])
def test_an_answer_is_saved_under_the_name_that_was_asked_for(server, form):
    status, headers, body = ask(server, {"query": ROWS, "format": form, "name": "regions-2024"})
    assert (status, headers["Content-Disposition"]) == (200, f'attachment; filename="regions-2024.{form}"')
    assert body == ask(server, {"query": ROWS, "format": form})[2]


def test_triples_have_a_name_too(server):
    _, headers, _ = ask(server, {"query": "CONSTRUCT { ?a ?b ?c } { ?a ?b ?c } LIMIT 1", "format": "ttl", "name": "a"})
    assert headers["Content-Disposition"] == 'attachment; filename="a.ttl"'


def test_without_a_name_an_answer_is_no_download(server):
    for fields in ({"query": ROWS, "format": "csv"}, {"query": ROWS, "format": "csv", "name": ""}):
        status, headers, _ = ask(server, fields)
        assert (status, headers["Content-Disposition"]) == (200, None)


def test_each_name_has_a_reply_of_its_own_when_replies_are_kept(server):
    names = ["one", "other", "one"]
    told = [ask(server, {"query": ROWS, "format": "csv", "name": name})[1]["Content-Disposition"] for name in names]
    assert told == [f'attachment; filename="{name}.csv"' for name in names]


def test_a_page_is_shown_not_saved(server):
    status, headers, body = ask(server, {"query": ROWS, "name": "regions"}, "text/html")
    assert (status, headers["Content-Disposition"]) == (200, None)
    assert b"<h1>" in body


@pytest.mark.parametrize("name", HOSTILE)
def test_any_other_sign_is_refused_and_never_sent_back_in_a_header(server, name):
    for accept in ("*/*", "text/html"):
        status, headers, _ = ask(server, {"query": ROWS, "format": "csv", "name": name}, accept)
        assert (status, headers["Content-Disposition"], headers["Set-Cookie"]) == (400, None, None)
    form = urlencode({"query": ROWS, "format": "csv", "name": name}).encode()
    status, headers, _ = ask(server, {}, data=form)
    assert (status, headers["Content-Disposition"], headers["Set-Cookie"]) == (400, None, None)


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("/findings", {"findings"}),
        ("/recommendations", {"recommendations"}),
        ("/provision?region=region/wales", {"contracts"}),
        ("/areas?place=Thanet", {"courts", "probation-offices"}),
        ("/map", {"places"}),
        ("/ratings", {"ratings"}),
        ("/", {"newest-ratings", "units-not-rated"}),
    ],
)
def test_every_download_of_a_page_has_a_name_of_its_own(server, path, names):
    with urlopen(Request(server.url + path, headers={"Accept": "text/html"})) as reply:
        text = html.unescape(reply.read().decode())
    links = [link for link in re.findall(r'href="(/sparql\?[^"]+)"', text) if "format=" in link]
    named = {match[1] for link in links if (match := re.search(r"[?&]name=([A-Za-z0-9-]+)(?:&|$)", link))}
    assert all("&name=" in link for link in links)
    assert named == names
    files = {f'attachment; filename="{name}.{form}"' for name in names for form in ("csv", "json")}
    with urlopen(server.url + quote(links[0], safe="/?&=%+")) as reply:
        assert reply.headers["Content-Disposition"] in files
