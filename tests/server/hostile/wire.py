"""Hostile use of HTTP itself: smuggled requests, odd protocols, huge heads and bodies, slow clients."""
# ruff: noqa: E501 - one line a case

from __future__ import annotations

import gzip
import re
import socket
import time
import zlib
from concurrent.futures import ThreadPoolExecutor

from .case import Case, get, post, raw
from .target import Canary, Seen, Server

_HOST = b"Host: x\r\n"
_POST = b"POST /sparql HTTP/1.1\r\n" + _HOST + b"Content-Type: application/sparql-query\r\n"
_SMUGGLED = b"GET /health/live HTTP/1.1\r\n" + _HOST + b"\r\n"
_GET = b"GET /health/live HTTP/1.1\r\n" + _HOST
_CHUNKED = b"Transfer-Encoding: chunked\r\n"


def _once(seen: Seen) -> bool:
    """Tell whether there was one answer: a smuggled request would bring another."""
    return f"{seen.head}{seen.body!r}".count("HTTP/1.1 ") <= 1


_AMBIGUOUS = {
    "a length and chunks": _POST + b"Content-Length: 6\r\n" + _CHUNKED + b"\r\n0\r\n\r\n" + _SMUGGLED,
    "two lengths": _POST + b"Content-Length: 6\r\nContent-Length: 7\r\n\r\nASK {}",
    "a list of lengths": _POST + b"Content-Length: 6, 6\r\n\r\nASK {}",
    "a negative length": _POST + b"Content-Length: -6\r\n\r\nASK {}",
    "a length with a plus": _POST + b"Content-Length: +6\r\n\r\nASK {}",
    "a length in hexadecimal": _POST + b"Content-Length: 0x6\r\n\r\nASK {}",
    "a length beyond all numbers": _POST + b"Content-Length: 99999999999999999999999\r\n\r\nASK {}",
    "a space before the colon": _POST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + _SMUGGLED,
    "an unknown coding": _POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + _SMUGGLED,
    "chunks, then identity": _POST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + _SMUGGLED,
    "two codings": _POST + _CHUNKED + b"Transfer-Encoding: identity\r\n\r\n0\r\n\r\n" + _SMUGGLED,
    "a chunk of no size": _POST + _CHUNKED + b"\r\nzz\r\nASK {}\r\n0\r\n\r\n",
    "a chunk of negative size": _POST + _CHUNKED + b"\r\n-1\r\nASK {}\r\n0\r\n\r\n",
    "a chunk beyond all numbers": _POST + _CHUNKED + b"\r\nffffffffffffffffff\r\nASK {}\r\n0\r\n\r\n",
    "chunks parted by line feeds": _POST + _CHUNKED + b"\r\n6\nASK {}\n0\n\n",
    "a folded header": _GET + b"X-A: a\r\n b\r\n\r\n",
    "line feeds alone": b"GET /health/live HTTP/1.1\nHost: x\n\n",
    "a carriage return alone": _GET + b"X-A: a\rX-B: b\r\n\r\n",
    "a null byte in a header": _GET + b"X-A: a\0b\r\n\r\n",
    "a space in a header's name": _GET + b"X A: b\r\n\r\n",
    "a header without a colon": _GET + b"XAb\r\n\r\n",
    "two hosts": _GET + b"Host: y\r\n\r\n",
    "two hosts, a query": b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\n" + _HOST + b"Host: y\r\n\r\n",
    "no host": b"GET /health/live HTTP/1.1\r\n\r\n",
    "no host, a query": b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\n\r\n",
    "a space in the address": b"GET /a b HTTP/1.1\r\n" + _HOST + b"\r\n",
}
_ODD = {
    "CONNECT": (b"CONNECT 127.0.0.1:80 HTTP/1.1\r\n" + _HOST + b"\r\n", 400, 405),
    "TRACE": (b"TRACE /sparql HTTP/1.1\r\n" + _HOST + b"X-Secret: canary\r\n\r\n", 400, 405),
    "absolute form": (b"GET http://169.254.169.254/latest/meta-data HTTP/1.1\r\n" + _HOST + b"\r\n", 400, 404),
    "an asterisk": (b"GET * HTTP/1.1\r\n" + _HOST + b"\r\n", 400, 404),
    "upgrade to HTTP/2": (
        _GET + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMA\r\n\r\n",
        200,
        400,
    ),
    "HTTP/2 at once": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    "upgrade to a web socket": (
        _GET + b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: eA==\r\n\r\n",
        200,
        400,
    ),
    "TLS": (bytes.fromhex("16030100c8010000c40303") + b"\x11" * 190, 0, 400),
    "HTTP/0.9": (b"GET /sparql\r\n\r\n", 0, 400),
    "HTTP/9.9": (b"GET / HTTP/9.9\r\n" + _HOST + b"\r\n", 400, 505),
    "an unknown method": (b"EVIL /sparql HTTP/1.1\r\n" + _HOST + b"\r\n", 400, 405),
    "a method of 70 kB": (b"A" * 70_000 + b" / HTTP/1.1\r\n\r\n", 0, 400),
    "junk": (bytes(range(256)) * 20, 0, 400),
    "null bytes": (b"\0" * 5000, 0, 400),
    "empty lines": (b"\r\n" * 5000, 0, 408),
    "no ASCII in the address": ("GET /ü HTTP/1.1\r\nHost: x\r\n\r\n".encode(), 400, 404),
    "broken percent signs": (b"GET /%zz%ff%00 HTTP/1.1\r\n" + _HOST + b"\r\n", 400, 404),
    "five thousand requests at once": (_SMUGGLED * 5000, 0, 200),
}
_HUGE = {
    "an address of 40 kB": (b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\n" + _HOST + b"\r\n", 0, 414),
    "an address of 1 MB": (b"GET /sparql?query=" + b"a" * 1_000_000 + b" HTTP/1.1\r\n" + _HOST + b"\r\n", 0, 414),
    "5,000 headers": (_GET + b"X: y\r\n" * 5000 + b"\r\n", 0, 431),
    "a header of 1 MB": (_GET + b"X: " + b"y" * 1_000_000 + b"\r\n\r\n", 0, 431),
    "a header's name of 1 MB": (_GET + b"X" * 1_000_000 + b": y\r\n\r\n", 0, 431),
    "a promise of 10 GB": (_POST + b"Content-Length: 9999999999\r\n\r\nASK {}", 413),
    "a promise that waits for leave": (_POST + b"Expect: 100-continue\r\nContent-Length: 9999999999\r\n\r\n", 413),
    "a chunk's extension of 100 kB": (
        _POST + _CHUNKED + b"\r\n6;a=" + b"x" * 100_000 + b"\r\nASK {}\r\n0\r\n\r\n",
        200,
        400,
    ),
}


def _trailer(seen: Seen) -> bool:
    return b'"boolean":true' in seen.body and _once(seen)


def _post_huge(path: str, media_type: str) -> Case:
    def send(server: Server, canary: Canary) -> Seen:
        return server.ask("POST", path, b"a" * (64 << 20), {"Content-Type": media_type}, wait=20)

    return Case("huge request", f"64 MB of {media_type} to {path}", send, frozenset({0, 403, 413}))


def _drip(name: str, data: bytes, drop: bytes, seconds: float, *expected: int) -> Case:
    """Return a client that sends byte by byte."""

    def send(server: Server, canary: Canary) -> Seen:
        began = time.perf_counter()
        with server.connect() as connection:
            connection.sendall(data)
            connection.settimeout(0.2)
            received = b""
            while time.perf_counter() - began < seconds + 4:
                try:
                    connection.sendall(drop)
                    part = connection.recv(4096)
                except TimeoutError:
                    continue
                except OSError:
                    break
                received += part
                if not part:
                    break
        status = int(received[9:12]) if received.startswith(b"HTTP/1.1 ") else 0
        return Seen(status, "", received, time.perf_counter() - began)

    return Case("slow client", name, send, frozenset(expected), lambda seen: seen.seconds < seconds + 3, slow=True)


def _idle(server: Server, canary: Canary) -> Seen:
    """Open many connections that say nothing; the server must close them."""
    began = time.perf_counter()
    connections = [server.connect() for _ in range(300)]
    try:
        for each in connections:
            each.settimeout(8)
            while each.recv(4096):
                pass
        return Seen(0, "", b"", time.perf_counter() - began)
    finally:
        for each in connections:
            each.close()


def _never_reads(server: Server, canary: Canary) -> Seen:
    """Ask for large answers and read nothing; the server must hang up."""
    began = time.perf_counter()
    text = b"SELECT%20*%20%7B%3Fs%20%3Fp%20%3Fo%7D%20LIMIT%2040000"
    before = server.connections()
    connections = [server.connect() for _ in range(20)]
    try:
        for each in connections:
            each.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            each.sendall(b"GET /sparql?query=" + text + b" HTTP/1.1\r\nConnection: close\r\n" + _HOST + b"\r\n")
        time.sleep(1.5)
        held = server.connections() - before
        time.sleep(5)
        return Seen(0, f"held {held}, then {server.connections() - before}", b"", time.perf_counter() - began)
    finally:
        for each in connections:
            each.close()


def _hung_up(seen: Seen) -> bool:
    """Tell whether clients were served, and later were not; others may come and go meanwhile."""
    held, later = (int(number) for number in re.findall(r"-?\d+", seen.head))
    return held >= 4 and later <= 2


def _crowd(server: Server, canary: Canary) -> Seen:
    """Let forty clients ask heavy queries at once: each is told something in time."""
    text = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?n != %d) }"
    with ThreadPoolExecutor(40) as pool:
        seen = list(pool.map(
            lambda at: server.ask("POST", "/sparql", text % at, {"Content-Type": "application/sparql-query"}), range(40)
        ))  # fmt: skip
    worst = next((each for each in seen if each.status not in {429, 503} or not each.header("Retry-After")), seen[0])
    return Seen(worst.status, worst.head, worst.body, max(each.seconds for each in seen))


def _gone(server: Server, canary: Canary) -> Seen:
    """Ask and hang up, again and again; then the processor must be idle."""
    text = b"SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    for _ in range(6):
        with server.connect() as connection:
            connection.sendall(_POST + b"Content-Length: %d\r\n\r\n" % len(text) + text)
            time.sleep(0.15)
    time.sleep(0.5)
    before = server.cpu_seconds()
    time.sleep(0.7)
    return Seen(0, f"Busy: {server.cpu_seconds() - before:.2f}", b"", 0)


_BOMB = gzip.compress(b"ASK {}" + b" " * (32 << 20))
CASES = [
    *(raw("request smuggling", name, data, 400, claim=_once) for name, data in _AMBIGUOUS.items()),
    raw("request smuggling", "a host and a token in the trailer",
        _POST + _CHUNKED + b"\r\n6\r\nASK {}\r\n0\r\nHost: evil\r\nAuthorization: Bearer x\r\n\r\n", 200, claim=_trailer),
    *(raw("odd protocol", name, data, *expected) for name, (data, *expected) in _ODD.items()),
    *(raw("huge request", name, data, *expected) for name, (data, *expected) in _HUGE.items()),
    _post_huge("/sparql", "application/sparql-query"),
    _post_huge("/sparql", "application/x-www-form-urlencoded"),
    _post_huge("/update", "application/sparql-update"),
    _post_huge("/validate", "text/turtle"),
    get("huge request", "300 fields", "/sparql?query=ASK%7B%7D" + "&default-graph-uri=x%3Aa" * 300, 400),
    get("huge request", "an Accept header of 30 kB", "/sparql?query=ASK%7B%7D", 200, 406, Accept="a/b;q=0.1," * 3000),
    *(
        post("compressed bomb", f"{coding} to {path}", path, data, media_type, 413, 415, Content_Encoding=coding)
        for path, media_type in [("/sparql", "application/sparql-query"), ("/validate", "text/turtle")]
        for coding, data in [("gzip", _BOMB), ("deflate", zlib.compress(b" " * (32 << 20)))]
    ),
    _drip("a header at a time", b"GET /health/live HTTP/1.1\r\n" + _HOST, b"X-A: b\r\n", 2, 408),
    _drip("a letter of a header at a time", b"GET /health/live HTTP/1.1\r\n" + _HOST + b"X-A: ", b"a", 2, 408),
    _drip("a letter of a body at a time", _POST + b"Content-Length: 9000\r\n\r\nASK", b" ", 3, 408),
    _drip("a chunk at a time", _POST + _CHUNKED + b"\r\n3\r\nASK\r\n", b"1\r\n \r\n", 3, 408),
    _drip("empty lines behind a request", b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n\r\n", b"\r\n", 2, 200),
    Case("slow client", "300 connections that say nothing", _idle, frozenset({0}), lambda seen: seen.seconds < 20, slow=True),
    Case("slow client", "twenty that never read", _never_reads, frozenset({0}), _hung_up),
    Case("crowd", "forty heavy queries at once", _crowd, frozenset({429, 503}), lambda seen: seen.seconds < 20),
    Case("crowd", "clients that hang up", _gone, frozenset({0}), lambda seen: float(seen.head[6:]) < 0.3),
]  # fmt: skip
