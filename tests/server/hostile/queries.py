"""Hostile queries: heavy, huge, deep, malformed, and those that reach out."""
# ruff: noqa: E501 - one line a case

from __future__ import annotations

from urllib.parse import quote

from .case import Case, get, post, query
from .target import SECONDS, Seen

_ALL = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i . "
_DOUBLE = "".join(f"BIND(CONCAT(?x{i},?x{i}) AS ?x{i + 1}) " for i in range(40))
_GROW = "".join(f'BIND(REPLACE(?x{i},"a","aaaaaaaaaa") AS ?x{i + 1}) ' for i in range(12))
_START = '{ BIND("aaaaaaaaaaaaaaaa" AS ?x0) '
_CHAIN = " . ".join(f"?v{i} ?p{i} ?v{i + 1}" for i in range(250))


def _in_time(seen: Seen) -> bool:
    """Tell whether a heavy query was ended in time, and named the cause."""
    return seen.seconds < SECONDS + 2 and (seen.status != 503 or b"stopped" in seen.body)


def _at_once(seen: Seen) -> bool:
    return seen.seconds < 1


def _heavy(kind: str, queries: dict[str, str]) -> list[Case]:
    return [query(kind, name, text, 503, slow=True, claim=_in_time) for name, text in queries.items()]


def _either(kind: str, queries: dict[str, str]) -> list[Case]:
    return [query(kind, name, text, 200, 413, 503, slow=True, claim=_in_time) for name, text in queries.items()]


def _refused(kind: str, queries: dict[str, str | bytes]) -> list[Case]:
    return [query(kind, name, text, 400, 413, claim=_at_once) for name, text in queries.items()]


HEAVY = [
    *_heavy(
        "cartesian product",
        {
            "counted": f"SELECT (COUNT(*) AS ?n) {{ {_ALL} }}",
            "a far offset": f"SELECT * {{ {_ALL} }} OFFSET 1000000000000 LIMIT 1",
            "a filter that is never true": f"SELECT * {{ {_ALL} FILTER(?a = ?d && ?a != ?d) }}",
            "subtracted": "SELECT * { { ?a ?b ?c . ?d ?e ?f } MINUS { ?a ?b ?c } }",
            "optional in optional": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c OPTIONAL { ?d ?e ?f OPTIONAL { ?g ?h ?i } } }",
            "values by values": "SELECT (COUNT(*) AS ?n) {"
            + " ".join(f"VALUES ?v{i} {{ {' '.join(map(str, range(100)))} }}" for i in range(6))
            + "}",
            "hashed": f"SELECT (COUNT(*) AS ?n) {{ {_ALL} FILTER(SHA512(STR(?c)) = MD5(STR(?f))) }}",
            "constructed": f"CONSTRUCT {{ ?a ?b ?f }} {{ {_ALL} FILTER(?a = ?f) }}",
        },
    ),
    *_heavy(
        "endless sort",
        {
            "by two": f"SELECT * {{ {_ALL} }} ORDER BY ?c ?f",
            "by chance": f"SELECT * {{ {_ALL} }} ORDER BY RAND()",
            "without doubles": f"SELECT DISTINCT ?c ?f ?i {{ {_ALL} }} ORDER BY ?c",
        },
    ),
    *_heavy(
        "property path",
        {
            "two stars": "SELECT (COUNT(*) AS ?n) { ?a !<x:x>* ?b . ?b !<x:x>* ?c }",
            "there and back": "SELECT (COUNT(*) AS ?n) { ?a (!<x:x>|^!<x:x>)* ?b }",
            "a star of stars": "SELECT (COUNT(*) AS ?n) { ?a ((!<x:x>*)*/(^!<x:x>)*)* ?b }",
        },
    ),
    *_either(
        "regular expression",
        {
            "nested plus": 'ASK { BIND(REGEX("' + "a" * 5000 + '!", "^(a+)+$") AS ?r) FILTER(?r) }',
            "alternatives that overlap": 'ASK { FILTER(REGEX("' + "a" * 5000 + '!", "^(a|aa)+$")) }',
            "replaced": 'SELECT (REPLACE("' + "a" * 5000 + '!", "(a|a?)+$", "b") AS ?r) {}',
            "counted thrice": 'ASK { FILTER(REGEX("a", "(((a{1000}){1000}){1000})")) }',
            "over all texts": 'ASK { ?s ?p ?o FILTER(REGEX(STR(?o), "((a{0,200}){0,200}){0,2}never")) }',
        },
    ),
    *_either(
        "growing text",
        {
            "doubled forty times": f"SELECT (STRLEN(?x40) AS ?n) {_START}{_DOUBLE}}}",
            "doubled and sent": f"SELECT ?x24 {_START}{_DOUBLE}}}",
            "replaced twelve times": f"SELECT (STRLEN(?x12) AS ?n) {_START}{_GROW}}}",
            "all texts in one": "SELECT (STRLEN(GROUP_CONCAT(CONCAT(STR(?c), STR(?f)))) AS ?n) { ?a ?b ?c . ?d ?e ?f }",
            "encoded again and again": "SELECT (STRLEN(?y) AS ?n) "
            + _START
            + "".join(f'BIND(ENCODE_FOR_URI(CONCAT(?x{i},"%%%%")) AS ?x{i + 1}) ' for i in range(60))
            + "BIND(?x60 AS ?y) }",
            "an answer beyond all size": "SELECT * { ?a ?b ?c . ?d ?e ?f }",
        },
    ),
    *_either(
        "many parts",
        {
            "250 patterns in a chain": f"ASK {{ {_CHAIN} }}",
            "a path of 250": "ASK { ?s " + "/".join(["!<x:x>"] * 250) + " ?o }",
            "250 objects": "ASK { ?s ?p " + ",".join(f"?o{i}" for i in range(250)) + " }",
            "250 optional parts": "ASK { ?s ?p ?o "
            + "".join(f"OPTIONAL {{ ?s <x:p> ?o{i} }} " for i in range(250))
            + "}",
            "100 subqueries": "ASK { " + "".join(f"{{ SELECT ?s {{ ?s ?p ?o{i} }} }} " for i in range(100)) + "}",
            "3,900 alternatives": "ASK { ?s " + "|".join(["<x:>"] * 3900) + " ?o }",
            "a list of 3,000": "ASK { ?s ?p (" + " 1" * 3000 + ") }",
            "190 lists in lists": "ASK { ?s ?p " + "(" * 190 + ")" * 190 + " }",
            "190 paths in paths": "ASK { ?s " + "(" * 190 + "<x:>" + ")*" * 190 + " ?o }",
            "4,900 times or": "ASK { FILTER(" + "||".join(["?a"] * 4900) + ") }",
            "9,000 sums": "ASK { FILTER(" + "+".join(["1"] * 9000) + " = 1) }",
        },
    ),
]

REFUSED = [
    *_refused(
        "deep nesting",
        {
            "groups": "ASK " + "{" * 5000 + "}" * 5000,
            "groups never closed": "ASK " + "{" * 19000,
            "parentheses": "ASK { FILTER(" + "(" * 5000 + "1" + ")" * 5000 + ") }",
            "signs": "ASK { FILTER(" + "!" * 10000 + "true) }",
            "minus signs": "ASK { FILTER(0 = " + "- " * 5000 + "1) }",
            "blank nodes": "ASK { ?s ?p " + "[?p " * 3000 + "1" + "]" * 3000 + " }",
            "lists": "ASK { ?s ?p " + "(" * 5000 + ")" * 5000 + " }",
            "subqueries": "SELECT * " + "{ SELECT * " * 1500 + "{}" + "}" * 1500,
            "exists in exists": "ASK { " + "FILTER EXISTS { " * 1000 + "}" * 1000 + " }",
            "paths": "ASK { ?s " + "(" * 4000 + "<x:>" + ")*" * 4000 + " ?o }",
            "conditions": "ASK { FILTER(" + "IF(1," * 3000 + "1" + ",2)" * 3000 + ") }",
            "quoted triples": "ASK { " + "<< " * 2000 + "?a ?b ?c" + " >> ?b ?c" * 2000 + " }",
            "plus signs behind a path": "ASK { ?s <x:>" + "+" * 15000 + " ?o }",
        },
    ),
    *_refused(
        "many parts",
        {
            "900 patterns in a chain": "ASK { " + " . ".join(f"?v{i} ?p{i} ?v{i + 1}" for i in range(900)) + " }",
            "900 properties": "ASK { ?s " + " ; ".join(f"<x:{i}> ?o{i}" for i in range(900)) + " }",
            "9,000 objects": "ASK { ?s ?p " + ",".join(["1"] * 9000) + " }",
            "3,000 unions": "ASK { " + "UNION".join(["{}"] * 2500) + " }",
            "800 optional parts": "ASK { " + "OPTIONAL { ?s ?p ?o } " * 800 + "}",
            "a path of 3,300": "ASK { ?s " + "/".join(["<x:>"] * 3300) + " ?o }",
            "100,000 characters": "ASK { " + " " * 100_000 + "}",
            "a body of 300 kB": "ASK { #" + "x" * 300_000 + "\n }",
        },
    ),
    *_refused(
        "malformed query",
        {
            "empty": b"",
            "a null byte": b"ASK \0 {}",
            "no UTF-8": b'ASK { ?s ?p "\xff\xfe" }',
            "UTF-16": "ASK {}".encode("utf-16"),
            "half a surrogate": 'ASK { ?s ?p "\\uD800" }',
            "a text without end": 'ASK { ?s ?p "abc }',
            "quotation marks that cost the square": '"\\' * 9_000,
            "long quotation marks that cost the square": '"""x"\\' * 3_000,
            "an update": "INSERT DATA { <x:a> <x:b> <x:c> }",
            "a language tag of 18 kB": 'ASK { ?s ?p "a"@' + "a-" * 9000 + "a }",
        },
    ),
]

_CALLS = {
    "plain": "ASK { SERVICE <http://127.0.0.1:CANARY/plain> { ?s ?p ?o } }",
    "silent": "ASK { SERVICE SILENT <http://127.0.0.1:CANARY/silent> { ?s ?p ?o } }",
    "mixed case": "ASK { sErViCe <http://localhost:CANARY/case> { ?s ?p ?o } }",
    "no space": "ASK{SERVICE<http://127.0.0.1:CANARY/space>{}}",
    "prefix": "PREFIX c: <http://127.0.0.1:CANARY/> ASK { SERVICE c:prefix { ?s ?p ?o } }",
    "empty prefix": "PREFIX : <http://127.0.0.1:CANARY/> ASK { SERVICE:prefix { ?s ?p ?o } }",
    "prefix of that name": "PREFIX service: <http://127.0.0.1:CANARY/> ASK { service:a { ?s ?p ?o } }",
    "base": "BASE <http://127.0.0.1:CANARY/> ASK { SERVICE <base> { ?s ?p ?o } }",
    "variable": "ASK { VALUES ?u { <http://127.0.0.1:CANARY/variable> } SERVICE ?u { ?s ?p ?o } }",
    "escaped": "ASK { \\u0053ERVICE <http://127.0.0.1:CANARY/escaped> { ?s ?p ?o } }",
    "behind a comment": "ASK { #\r SERVICE <http://127.0.0.1:CANARY/comment> { ?s ?p ?o } }",
    "behind a text": "ASK { ?s ?p '#' . SERVICE <http://127.0.0.1:CANARY/text> { ?s ?p ?o } }",
    "behind a number": "ASK { ?s ?p 5SERVICE <http://127.0.0.1:CANARY/number> { ?s ?p ?o } }",
    "between comparisons": "ASK { FILTER(?a<?b) SERVICE<http://127.0.0.1:CANARY/than> {} FILTER(?a>?b) }",
    "in an expression": "ASK { FILTER(1<2&&EXISTS{SERVICE<http://127.0.0.1:CANARY/in>{?a?b?c}}&&3>2) }",
    "a file": "ASK { SERVICE <file:///etc/passwd> { ?s ?p ?o } }",
    "as a long integer": "ASK { SERVICE <http://2130706433:CANARY/integer> { ?s ?p ?o } }",
    "in IPv6": "ASK { SERVICE <http://[::1]:CANARY/six> { ?s ?p ?o } }",
    "metadata of a cloud": "ASK { SERVICE <http://169.254.169.254/latest/meta-data/> { ?s ?p ?o } }",
}
_FROM = "SELECT * {} <{}> {{ {} }} LIMIT 3"
_CANARY = "http://127.0.0.1:CANARY/from"


def _fetches_nothing(seen: Seen) -> bool:
    return b"root:" not in seen.body and (seen.status != 200 or b'"bindings":[]' in seen.body)


REACHING = [
    *(query("call to another server", name, text, 400, claim=_at_once) for name, text in _CALLS.items()),
    *(
        query("fetch by a graph's name", name, text, 200, 400, claim=_fetches_nothing)
        for name, text in {
            "FROM an address": _FROM.format("FROM", _CANARY, "?s ?p ?o"),
            "FROM NAMED an address": _FROM.format("FROM NAMED", _CANARY, "GRAPH ?g { ?s ?p ?o }"),
            "FROM a file": _FROM.format("FROM", "file:///etc/passwd", "?s ?p ?o"),
            "GRAPH a file": "SELECT * { GRAPH <file:///etc/passwd> { ?s ?p ?o } }",
        }.items()
    ),
    *(
        get("fetch by a graph's name", name, f"/sparql?query={quote('SELECT * { ?s ?p ?o }')}&{field}={quote(iri, safe='')}", 200, 400,
            claim=_fetches_nothing)
        for name, field, iri in [
            ("default-graph-uri, an address", "default-graph-uri", "http://127.0.0.1:CANARY/default"),
            ("default-graph-uri, a file", "default-graph-uri", "file:///etc/passwd"),
            ("named-graph-uri, an address", "named-graph-uri", "http://127.0.0.1:CANARY/named"),
            ("default-graph-uri, no IRI", "default-graph-uri", "../../etc/passwd"),
        ]
    ),
    get("fetch by a graph's name", "the graph store, a file", "/graphs?graph=file:///etc/passwd", 404),
    get("fetch by a graph's name", "the graph store, an address", "/graphs?graph=http://127.0.0.1:CANARY/", 404),
    post("write without leave", "an update as a query's field", "/sparql", "update=CLEAR+ALL",
         "application/x-www-form-urlencoded", 400),
    post("write without leave", "an update", "/update", "CLEAR ALL", "application/sparql-update", 403),
    post("write without leave", "a graph", "/graphs?default", "<x:a> <x:b> <x:c> .", "text/turtle", 403),
    post("write without leave", "a form of another site", "/update", "update=CLEAR+ALL",
         "application/x-www-form-urlencoded", 403, Origin="https://evil.example"),
]  # fmt: skip
