"""Hostile names, addresses and parameters: what pages, exports, redirects and the log make of them."""
# ruff: noqa: E501 - one line a case

from __future__ import annotations

import json
import re
from urllib.parse import quote

from .case import Case, get, post
from .target import TOKEN, Canary, Seen, Server

ID = "https://w3id.org/probation-kg/id/"
_SCRIPT = "<script>alert(1)</script>"
_FORMULAS = ("=cmd|'/C calc'!A0", "+1+1", "-2+3", "@SUM(1)")
# A unit whose every name attacks whoever shows it.
EVIL = f"""
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX pko: <https://w3id.org/probation-kg/def#>
INSERT DATA {{ GRAPH <https://w3id.org/probation-kg/graph/evil> {{
  <{ID}pdu/evil> a pko:ProbationDeliveryUnit ;
    rdfs:label "{_SCRIPT}"@en ; skos:prefLabel "\\"><img src=x onerror=alert(1)>"@en ;
    skos:altLabel {", ".join(f'"{each}"@en' for each in _FORMULAS)}, "{{{{7*7}}}}"@en, "</script><svg onload=alert(1)>"@en ;
    rdfs:comment "</title></style><svg onload=alert(1)>"@en, "\\r\\nX-Evil: 1"@en ;
    rdfs:seeAlso <javascript:alert(1)>, <data:text/html,x>, <vbscript:x>, <http://x/'onmouseover='alert(1)> .
  <{ID}pdu/e'onclick='alert(1)> a pko:ProbationDeliveryUnit ; rdfs:label "quoted"@en .
}} }}"""


def shows_no_script(seen: Seen) -> bool:
    """Tell whether a page lets nothing of a hostile name run."""
    page = seen.body.decode()
    outside = re.sub(r'<script (type="application/ld\+json">[^<]*|src="/static/[a-z]+\.js" defer>)</script>', "", page)
    outside = re.sub(r'<img src="/exports/[^"<>]*" loading="lazy" alt="[^"<>]*">', "", outside)
    tags = re.findall(r"<[a-zA-Z/!][^>]*>", outside)
    policy = seen.header("Content-Security-Policy")
    return (
        not any(re.match(r"(?i)</?(script|img|iframe|style|object)", tag) for tag in tags)
        and not any(re.search(r"(?i)[\s/](on\w+|srcdoc)\s*=", re.sub(r'"[^"]*"', '""', tag)) for tag in tags)
        and not re.search(r"(?i)(href|src|action)=[\"']?\s*(javascript|data|vbscript):", outside)
        and "default-src 'none'" in policy
        and "unsafe" not in policy
        and seen.header("X-Content-Type-Options") == "nosniff"
    )


def _plain_cells(seen: Seen) -> bool:
    """Tell whether no cell of an export begins as a formula does, and the file is downloaded."""
    cells = re.split(r"[,\t\r\n]\"?", seen.body.decode())
    return "attachment" in seen.header("Content-Disposition") and not any(
        cell[:1] in set("=+-@") for cell in cells if cell
    )


def _own_host(seen: Seen) -> bool:
    """Tell whether the host of the request is used nowhere."""
    return "evil.example" not in seen.head and b"evil.example" not in seen.body


def _no_file(seen: Seen) -> bool:
    return b"root:" not in seen.body and b"[project]" not in seen.body and b"import " not in seen.body


def _page(name: str, path: str) -> Case:
    return get("script in a name", name, path, 200, claim=shows_no_script, writes=True, Accept="text/html")


_CLIMBS = [
    "/static/../app.py", "/static/..%2f..%2fapp.py", "/static/%2e%2e/%2e%2e/api/app.py", "/static/....//app.py", "/static//etc/passwd",
    "/doc/..%2f..%2f..%2fetc%2fpasswd", "/id/../../etc/passwd", "/graph/..%2f..%2fetc%2fpasswd", "/queries/..%2f..%2fpyproject.toml",
    "/queries/..%2fqueries%2facronyms.rq", "/vocab/..%00/etc/passwd", "/doc/pdu/west-kent/../../../etc/passwd",
    "/graphs/..%5c..%5cetc%5cpasswd", "/doc/%c0%ae%c0%ae/etc/passwd",
]  # fmt: skip
_REDIRECTS = [
    "//evil.example/x", "/id//evil.example/x", "/id/%2f%2fevil.example", "/id/http:%2f%2fevil.example", "/id/%5cevil.example",
    "/id/pdu/west-kent%0d%0aLocation:%20http:%2f%2fevil.example", "/id/@evil.example", "/id/pdu/west-kent?next=//evil.example",
]  # fmt: skip
_HOSTS = {
    "Host": "evil.example",
    "X_Forwarded_Host": "evil.example",
    "Forwarded": "host=evil.example",
    "X_Original_URL": "/evil",
}


def _redirects_home(seen: Seen) -> bool:
    place = seen.header("Location")
    return not place or bool(re.match(r"(http://127\.0\.0\.1:\d+)?/(doc|def|id|vocab)[/#]", place))


_QUESTION = "/queries/units-of-a-region?region="
_TRUE = [
    "' OR '1'='1",
    '" . } #',
    "> ?p ?o . FILTER(true) #",
    "region/x> || true",
    "') OR true(",
    "?_region",
    "\\u003e FILTER(1=1)",
]
_FALSE = [
    "' OR '1'='2",
    '" . ] #',
    "> ?p ?o . FILTER(false) #",
    "region/x> || false",
    "') OR false(",
    "?_regio2",
    "\\u003e FILTER(1=2)",
]


def _pair(true: str, false: str) -> Case:
    """Return two values of a parameter that answer alike, unless they became a part of the query."""

    def send(server: Server, canary: Canary) -> Seen:
        first, second = (server.ask("GET", _QUESTION + quote(each, safe="")) for each in (true, false))
        assert first.status == second.status
        return first

    def claim(seen: Seen) -> bool:
        return set(json.loads(seen.body)) >= {"status", "detail"} and "error at" not in seen.body.decode()

    return Case("injection into a parameter", f"{true!r} and {false!r}", send, frozenset({400}), claim)


def _literals(name: str, question: str, value: str) -> Case:
    return get("injection into a parameter", name, f"/queries/{question}={quote(value, safe='')}", 200, 400, 404,
               claim=lambda seen: b"pko:" not in seen.body or seen.status != 200)  # fmt: skip


def write_evil(server: Server) -> None:
    """Write the unit with hostile names."""
    headers = {"Content-Type": "application/sparql-update", "Authorization": f"Bearer {TOKEN}"}
    assert server.ask("POST", "/update", EVIL, headers).status == 204


_LINE = '%0d%0a{"status": 200, "path": "/forged"}%0d%0a%1b[2J%00'.replace(" ", "%20")
_EXPORT = "/queries/names-of-a-thing?thing=pdu/evil&format="
CASES = [
    _page("the page of the thing", "/doc/pdu/evil"),
    _page("a thing with a quotation mark", "/doc/pdu/e'onclick='alert(1)"),
    _page("the page of its graph", "/graph/evil"),
    _page("the page of an answer", _EXPORT + "html"),
    _page("the list of queries", "/queries"),
    _page("the preview", "/reconcile/preview?id=pdu/evil"),
    *(
        get("script in a name", f"the page of what is not there, {path}", path, 400, 404, 406, Accept="text/html", writes=True,
            claim=shows_no_script)
        for path in (f"/{quote(_SCRIPT)}", f"/doc/pdu/{quote(_SCRIPT)}", f"/queries/{quote(_SCRIPT)}", f"/queries/acronyms?x={quote(_SCRIPT)}",
                     f"/sparql?query={quote(_SCRIPT)}", f"/graphs?graph={quote(_SCRIPT)}")
    ),
    _page("a search for a kind that is none", f"/search?type={quote(_SCRIPT)}&q=x"),
    get("formula in a table", "csv", _EXPORT + "csv", 200, claim=_plain_cells, writes=True),
    get("formula in a table", "tsv", _EXPORT + "tsv", 200, claim=_plain_cells, writes=True),
    *(get("path that climbs", path, path, 303, 400, 404, claim=_no_file) for path in _CLIMBS),
    *(get("redirect elsewhere", path, path, 303, 400, 404, claim=_redirects_home) for path in _REDIRECTS),
    *(
        get("host that is not ours", f"{header} at {path}", path, 200, 303, claim=_own_host, **{header: value})
        for header, value in _HOSTS.items()
        for path in ("/id/pdu/west-kent", "/sparql", "/doc/pdu/west-kent", "/reconcile")
    ),
    *(_pair(true, false) for true, false in zip(_TRUE, _FALSE, strict=True)),
    _literals("a date", "ratings-in-force-on-a-date?date", "2024-01-01\"^^xsd:date . ?s ?p ?o #"),
    _literals("a text", "things-by-code?code", '") } UNION { ?s ?p ?o } #'),
    _literals("a text of 20 kB", "things-by-code?code", "x" * 20_000),
    _literals("a number", "acronyms?limit", "1; CLEAR ALL"),
    _literals("a negative number", "acronyms?offset", "-1"),
    _literals("a number beyond all", "acronyms?limit", "9" * 400),
    *(
        get("line of the log", name, path, 200, 303, 400, 404)
        for name, path in [("a path", f"/health/live/{_LINE}"), ("a query", f"/sparql?query={_LINE}"), ("a long path", "/" + "%1b" * 3000),
                           ("a parameter", f"/queries/acronyms?{_LINE}={_LINE}")]
    ),
    get("line of the log", "a client's name", "/health/live", 400, User_Agent="\x1b[2J{\"status\"", Referer="\x1b"),
    *(
        post("hostile JSON", f"{name} to {path}", path, body, media_type, 400, Accept="application/json, text/event-stream")
        for path, prefix, media_type in [("/mcp", "", "application/json"), ("/reconcile", "queries=", "application/x-www-form-urlencoded")]
        for name, body in [("deep lists", prefix + "[" * 100_000), ("deep objects", prefix + '{"a":' * 50_000),
                           ("a huge number", prefix + "[1" + "0" * 100_000 + "]"), ("half a surrogate", prefix + '["\\ud800"]')]
    ),
    get("costly search", "300 letters", "/search?q=" + "ab%20" * 60, 200, 400),
    get("costly search", "10,000 letters", "/search?q=" + "a" * 10_000, 400),
    get("costly search", "an operator of the index", "/search?q=" + quote('"a" NEAR/1 b* OR (NOT'), 200, 400),
    get("costly search", "wildcards", "/search?q=" + quote("%_*" * 30), 200, 400),
]  # fmt: skip
