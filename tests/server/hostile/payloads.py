"""Hostile documents: to be written to a graph with the token, or to be validated by anybody."""
# ruff: noqa: E501 - one line a case

from __future__ import annotations

from urllib.parse import quote

from .case import Case, post, write
from .target import TOKEN, Canary, Seen, Server

_XML, _TURTLE, _JSON = "application/rdf+xml", "text/turtle", "application/ld+json"
_RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="x:"'
_GRAPH = "/graphs?graph=https://w3id.org/probation-kg/graph/hostile"


def _xml(declarations: str, content: str) -> str:
    inner = f'<rdf:Description rdf:about="x:a"><x:b>{content}</x:b></rdf:Description>'
    return f'<?xml version="1.0"?><!DOCTYPE r {declarations}><rdf:RDF {_RDF}>{inner}</rdf:RDF>'


_LAUGHS = "[" + '<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {chr(98 + i)} "{("&" + chr(97 + i) + ";") * 10}">' for i in range(9)
) + "]"  # fmt: skip
_DOCUMENTS = {
    "an entity that is a file": (_xml('[<!ENTITY e SYSTEM "file:///etc/passwd">]', "&e;"), _XML),
    "an entity that is an address": (_xml('[<!ENTITY e SYSTEM "http://127.0.0.1:CANARY/entity">]', "&e;"), _XML),
    "an entity of parameters": (_xml('[<!ENTITY % e SYSTEM "http://127.0.0.1:CANARY/parameter"> %e;]', "x"), _XML),
    "an external DTD": (_xml('SYSTEM "http://127.0.0.1:CANARY/dtd"', "x"), _XML),
    "an external DTD in a file": (_xml('PUBLIC "x" "file:///etc/passwd"', "x"), _XML),
    "a billion laughs": (_xml(_LAUGHS, "&j;"), _XML),
    "a quadratic blow-up": (_xml(f'[<!ENTITY a "{"a" * 50_000}">]', "&a;" * 20_000), _XML),
    "many short entities": (_xml(f'[<!ENTITY a "{"a" * 900}">]', "&a;" * 20_000), _XML),
    "an entity of itself": (_xml('[<!ENTITY a "&a;">]', "&a;"), _XML),
    "deep XML": (f"<rdf:RDF {_RDF}>" + "<rdf:Description><x:b>" * 20_000, _XML),
    "deep Turtle": ("<x:a> <x:b> " + "[ <x:b> " * 20_000, _TURTLE),
    "deep lists": ("<x:a> <x:b> " + "(" * 100_000, _TURTLE),
    "deep quoted triples": ("<< " * 50_000, _TURTLE),
    "deep JSON-LD": ('{"x:a":' * 50_000, _JSON),
    "deep JSON lists": ("[" * 200_000, _JSON),
    "a context elsewhere": ('{"@context": "http://127.0.0.1:CANARY/context", "@id": "x:a", "name": "b"}', _JSON),
    "a context in a file": ('{"@context": "file:///etc/passwd", "@id": "x:a", "name": "b"}', _JSON),
    "a context in a list": ('{"@context": [{}, "http://127.0.0.1:CANARY/list"], "@id": "x:a"}', _JSON),
    "a context within": ('{"@id": "x:a", "x:b": {"@context": "http://127.0.0.1:CANARY/within"}}', _JSON),
    "an imported context": ('{"@context": {"@import": "http://127.0.0.1:CANARY/import"}, "@id": "x:a"}', _JSON),
    "a context of a term": (
        '{"@context": {"t": {"@id": "x:t", "@context": "http://127.0.0.1:CANARY/term"}}, "t": {}}',
        _JSON,
    ),
    "an escaped context": ('{"\\u0040context": "http://127.0.0.1:CANARY/escaped", "@id": "x:a"}', _JSON),
    "no UTF-8": (b'<x:a> <x:b> "\xff\xfe" .', _TURTLE),
    "a text without end": ('<x:a> <x:b> "' + "a" * 100_000, _TURTLE),
    "an unknown form": ("a,b\n1,2", "text/csv"),
}
_UPDATES = {
    "LOAD an address": "LOAD <http://127.0.0.1:CANARY/load>",
    "LOAD SILENT an address": "LOAD SILENT <http://127.0.0.1:CANARY/silent>",
    "LOAD into a graph": "LOAD <http://127.0.0.1:CANARY/into> INTO GRAPH <x:g>",
    "LOAD a file": "LOAD <file:///etc/passwd>",
    "LOAD a file silently into a graph": "LOAD SILENT <file:///etc/passwd> INTO GRAPH <x:g>",
    "SERVICE in an update": "INSERT { ?s ?p ?o } WHERE { SERVICE <http://127.0.0.1:CANARY/update> { ?s ?p ?o } }",
    "deep groups": "INSERT { <x:a> <x:b> <x:c> } WHERE " + "{" * 5000 + "}" * 5000,
    "deep triples": "INSERT DATA { <x:a> <x:b> " + "[ <x:b> " * 5000 + "}",
}
_GROWING = {
    "a cartesian product inserted": "INSERT { ?a ?e ?i } WHERE { GRAPH ?x { ?a ?b ?c } GRAPH ?y { ?d ?e ?f } GRAPH ?z { ?g ?h ?i } }",
    "a growing text inserted": 'INSERT { <x:a> <x:b> ?x40 } WHERE { BIND("aaaaaaaaaaaaaaaa" AS ?x0) '
    + "".join(f"BIND(CONCAT(?x{i},?x{i}) AS ?x{i + 1}) " for i in range(40))
    + "}",
}


def _guess(server: Server, canary: Canary) -> Seen:
    """Try wrong tokens from another loopback address; return the answer to the last."""
    request = b"POST /update HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %d\r\nContent-Length: 0\r\n\r\n"
    seen = [server.raw_from("127.0.0.9", request % number) for number in range(12)]
    assert [each.status for each in seen[:10]] == [401] * 10
    return seen[-1]


def _token(name: str, header: str) -> Case:
    def send(server: Server, canary: Canary) -> Seen:
        data = f"POST /update HTTP/1.1\r\nHost: x\r\n{header}\r\nContent-Length: 0\r\n\r\n".encode()
        return server.raw_from("127.0.0.8", data)

    return Case("token", name, send, frozenset({400, 401}), writes=True)


def _without_body(name: str, path: str, media_type: str) -> Case:
    """Return a large write without the token: it is refused before its body is read."""

    def send(server: Server, canary: Canary) -> Seen:
        head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {media_type}\r\nContent-Length: 9000000\r\n\r\n"
        return server.raw(head.encode())

    return Case("token", name, send, frozenset({401}), writes=True)


CASES = [
    *(write("hostile document", f"{name}, written", _GRAPH, body, form, 400, 413, 415) for name, (body, form) in _DOCUMENTS.items()),
    *(post("hostile document", f"{name}, validated", "/validate", body, form, 400, 413, 415) for name, (body, form) in _DOCUMENTS.items()),
    *(
        write("hostile update", name, "/update", text, "application/sparql-update", *([204] if "LOAD SILENT" in text else [400]))
        for name, text in _UPDATES.items()
    ),
    *(
        write("hostile update", name, "/update", text, "application/sparql-update", 503, 413, slow=True)
        for name, text in _GROWING.items()
    ),
    write("hostile update", "60 MB", "/update", b"#" * (60 << 20), "application/sparql-update", 0, 413),
    write("hostile update", "a graph with a name that climbs", "/graphs/../../etc/passwd", "<x:a> <x:b> <x:c> .", _TURTLE, 400, 404),
    write("hostile update", "a graph whose name is no IRI", "/graphs?graph=" + quote("x y<>"), "<x:a> <x:b> <x:c> .", _TURTLE, 400),
    write("hostile update", "many parts without an end", _GRAPH, b"--b\r\n" * 100_000, "multipart/form-data; boundary=b", 400, 415),
    Case("token", "guessed twelve times", _guess, frozenset({429}), lambda seen: bool(seen.header("Retry-After")), writes=True),
    _token("none", "X-Nothing: x"),
    _token("empty", "Authorization: Bearer "),
    _token("of another scheme", f"Authorization: Basic {TOKEN}"),
    _token("the beginning of the right one", f"Authorization: Bearer {TOKEN[:-1]}"),
    _token("the right one and more", f"Authorization: Bearer {TOKEN}x"),
    _token("in the address alone", "Cookie: token=" + TOKEN),
    _token("no ASCII", "Authorization: Bearer ü"),
    _without_body("a large update without one", "/update", "application/sparql-update"),
    _without_body("a large graph without one", "/graphs?default", _TURTLE),
]  # fmt: skip
