"""The short way: what a connection answers to requests whose headers came before is what it would answer without it."""

import os
import re
import signal
import socket
import time
from contextlib import contextmanager
from urllib.parse import quote

import pytest

from api.http.shortway import Blocks

_HEADERS = b"Host: 127.0.0.1\r\nAccept: application/sparql-results+json\r\n"
_LOOK_UP = "SELECT * { <https://w3id.org/probation-kg/id/pdu/west-kent> ?p ?o }"
_ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


def request(target, headers=_HEADERS, method=b"GET"):
    return method + b" " + target + b" HTTP/1.1\r\n" + headers + b"\r\n"


def sparql(query):
    return b"/sparql?query=" + quote(query).encode()


class Connection:
    """One connection, read reply by reply."""

    def __init__(self, channel):
        self._channel, self._buffer = channel, b""

    def send(self, *parts):
        for part in parts:
            self._channel.sendall(part)
            time.sleep(0.05 if len(parts) > 1 else 0)

    def reply(self):
        """Return status, headers (less the date) and body of the next reply."""
        while b"\r\n\r\n" not in self._buffer:
            self._more()
        head, _, rest = self._buffer.partition(b"\r\n\r\n")
        size = int(re.search(rb"content-length: (\d+)", head)[1]) if b"content-length" in head else 0
        while len(rest) < size:
            self._more()
            rest = self._buffer.partition(b"\r\n\r\n")[2]
        self._buffer = rest[size:]
        first, *lines = head.split(b"\r\n")
        return int(first.split()[1]), sorted(line for line in lines if not line.startswith(b"date:")), rest[:size]

    def ask(self, *parts):
        self.send(*parts)
        return self.reply()

    def ended(self):
        return self._buffer == b"" and self._channel.recv(1) == b""

    def _more(self):
        part = self._channel.recv(1 << 16)
        assert part, f"the server hung up behind {self._buffer!r}"
        self._buffer += part


@contextmanager
def connected(server):
    with socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2])), 20) as channel:
        yield Connection(channel)


@pytest.mark.parametrize(
    "target",
    [
        sparql(_LOOK_UP),
        sparql("SELECT * {"),
        b"/sparql?query=x&query=y",
        b"/sparql?query=%FF",
        b"/doc/pdu/west-kent.ttl",
        b"/doc/pdu/west%2Dkent",
        b"/id/pdu/west-kent",
        b"/doc/pdu/no-such-unit",
        b"/queries/rating-history-of-a-unit?unit=pdu/west-kent",
        b"/search?q=kent",
        b"/",
        b"/nowhere",
        b"//sparql",
        b"/sparql/../doc",
        b"/update",
        b"/graphs",
    ],
)
def test_known_headers_change_nothing_in_the_reply(server, target):
    with connected(server) as connection:
        first = connection.ask(request(target))
        again = [connection.ask(request(target)) for _ in range(3)]
    with connected(server) as connection:
        in_parts = connection.ask(request(target)[:20], request(target)[20:])
    assert again == [first] * 3
    assert in_parts == first


def test_requests_sent_at_once_are_answered_in_their_order(server):
    queries = [f"SELECT ({number} AS ?n) {{}}" for number in range(20)]
    with connected(server) as connection:
        connection.ask(request(sparql("ASK {}")))
        connection.send(b"".join(request(sparql(query)) for query in queries))
        replies = [connection.reply() for _ in queries]
    assert [int(re.search(rb'"value":"(\d+)"', body)[1]) for _, _, body in replies] == list(range(20))


def test_a_request_that_comes_while_another_is_answered_waits_its_turn(server):
    with connected(server) as connection:
        connection.ask(request(sparql("ASK {}")))
        connection.send(request(sparql("SELECT (1 AS ?n) {}")), request(sparql("SELECT (2 AS ?n) {}"))[:30])
        connection.send(request(sparql("SELECT (2 AS ?n) {}"))[30:])
        replies = [connection.reply()[2], connection.reply()[2]]
    assert [b'"value":"1"' in replies[0], b'"value":"2"' in replies[1]] == [True, True]


def test_a_body_behind_known_headers_is_no_part_of_the_request(server):
    with connected(server) as connection:
        connection.ask(request(sparql("ASK {}")))
        connection.send(request(sparql("ASK {}")) + b"query=ASK%20%7B%7D")
        assert connection.reply()[0] == 400  # what stands behind a GET begins a request, and this is none
        assert connection.ended()


def test_a_client_that_has_the_reply_gets_304(server):
    with connected(server) as connection:
        headers = connection.ask(request(sparql(_LOOK_UP)))[1]
        etag = next(line.partition(b": ")[2] for line in headers if line.startswith(b"etag"))
        asked = [connection.ask(request(sparql(_LOOK_UP), _HEADERS + b"If-None-Match: " + etag + b"\r\n"))[0]] * 2
    assert asked == [304, 304]


def test_a_connection_that_is_to_close_is_closed(server):
    for _ in range(2):
        with connected(server) as connection:
            assert connection.ask(request(sparql(_LOOK_UP), _HEADERS + b"Connection: close\r\n"))[0] == 200
            assert connection.ended()


def test_two_host_headers_are_refused_each_time(server):
    with connected(server) as connection:
        assert connection.ask(request(sparql(_LOOK_UP), _HEADERS + b"Host: other\r\n"))[0] == 400
    with connected(server) as connection:
        connection.ask(request(sparql(_LOOK_UP)))
        assert connection.ask(request(sparql(_LOOK_UP), _HEADERS + b"Host: other\r\n"))[0] == 400


def test_too_many_headers_are_refused_each_time(server):
    many = b"".join(b"x-%d: y\r\n" % number for number in range(99)) + b"Authorization: Bearer x\r\n"
    for _ in range(3):
        with connected(server) as connection:
            assert connection.ask(request(sparql(_LOOK_UP), _HEADERS + many))[0] == 431


def test_a_list_of_hosts_is_refused_each_time(server):
    for _ in range(3):
        with connected(server) as connection:
            assert connection.ask(request(b"/sparql?query=ASK%7B%7D", b"Host: a, b\r\n"))[0] == 400


def test_a_byte_behind_a_request_does_not_hide_that_the_client_hangs_up(serving, built, tmp_path):
    with serving(built, tmp_path / "log", None, "--processes", "1", "--workers", "1") as server:
        with connected(server) as connection:
            connection.ask(request(sparql("ASK {}")))
            connection.send(request(sparql(_ENDLESS)), b"G")
            time.sleep(0.3)
        began = time.monotonic()
        with connected(server) as connection:
            assert connection.ask(request(sparql(_LOOK_UP)))[0] == 200
        assert time.monotonic() - began < 5


def test_work_ends_when_its_client_hangs_up(serving, built, tmp_path):
    with serving(built, tmp_path / "log", None, "--processes", "1", "--workers", "1") as server:
        for _ in range(3):
            with connected(server) as connection:
                connection.ask(request(sparql("ASK {}")))
                connection.send(request(sparql(_ENDLESS)))
                time.sleep(0.3)
        began = time.monotonic()
        with connected(server) as connection:
            assert connection.ask(request(sparql(_LOOK_UP)))[0] == 200
        assert time.monotonic() - began < 5  # the only worker would be at work for 30 seconds


def test_a_server_that_ends_still_sends_the_answer_under_way(serving, built, tmp_path):
    slow = "SELECT (COUNT(*) AS ?n) { ?a a ?b . ?c a ?d FILTER(?a = ?d) }"
    flags = (None, "--processes", "1", "--query-seconds", "2")
    with serving(built, tmp_path / "log", *flags) as server, connected(server) as connection:
        connection.ask(request(sparql("ASK {}")))
        connection.send(request(sparql(slow)))
        time.sleep(0.2)
        os.kill(server.pid, signal.SIGTERM)
        status, _, body = connection.reply()
        assert (status, b"stopped" in body) in {(503, True), (200, False)}
        assert connection.ended()


@pytest.mark.parametrize(
    "header",
    [
        (b"authorization", b"Bearer x"),
        (b"cookie", b"a=b"),
        (b"content-length", b"0"),
        (b"transfer-encoding", b"chunked"),
        (b"connection", b"close"),
        (b"upgrade", b"websocket"),
        (b"expect", b"100-continue"),
        (b"if-none-match", b"*"),
        (b"host", b"another"),
    ],
)
def test_headers_that_concern_more_than_the_answer_are_never_known(header):
    blocks, pairs = Blocks(), [(b"host", b"here"), header]
    data = b"GET / HTTP/1.1\r\n" + b"".join(b"%s: %s\r\n" % pair for pair in pairs) + b"\r\n"
    blocks.learn(data, pairs)
    assert blocks.get(data[data.find(b"\r\n") :]) is None


def test_plain_headers_are_known_by_their_bytes():
    blocks, pairs = Blocks(), [(b"host", b"here"), (b"accept", b"text/turtle"), (b"connection", b"keep-alive")]
    block = b"\r\nHost: here\r\naccept:text/turtle\r\nConnection: keep-alive\r\n\r\n"
    blocks.learn(b"GET /doc/pdu/west-kent HTTP/1.1" + block, pairs)
    assert blocks.get(block).accept == "text/turtle"
    assert blocks.get(block.lower()) is None


def test_only_a_whole_get_of_one_piece_is_learnt_from():
    blocks, pairs = Blocks(), [(b"host", b"here")]
    for data in (
        b"HEAD / HTTP/1.1\r\nHost: here\r\n\r\n",
        b"GET / HTTP/1.0\r\nHost: here\r\n\r\n",
        b"GET http://here/ HTTP/1.1\r\nHost: here\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: here\r\n\r\nmore",
        b"\r\nGET / HTTP/1.1\r\nHost: here\r\n\r\n",
    ):
        blocks.learn(data, pairs)
        assert blocks.get(data[data.find(b"\r\n") :]) is None


def test_blocks_do_not_fill_the_memory():
    blocks = Blocks()
    for number in range(2_000):
        value = b"%d" % number
        blocks.learn(b"GET / HTTP/1.1\r\nhost: %s\r\n\r\n" % value, [(b"host", value)])
    assert len(blocks._known) <= 500
