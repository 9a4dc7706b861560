"""HTTP/1.1 as uvicorn reads it, with limits that it lacks: size and number of headers, slow clients, idle readers."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_MOST_URL = 32 * 1024
_MOST_HEADER_BYTES = 32 * 1024
_MOST_HEADERS = 100
_MOST_HEAD = 512 * 1024  # with the first part of a body that came along
_SECONDS_FOR_HEADERS = 10.0
_SECONDS_FOR_BODY = 60.0
_SECONDS_WITHOUT_READING = 60.0
_SECONDS_BETWEEN_LOOKS = 0.5
_MOST_CONNECTIONS = 2_000
_MOST_PIPELINED = 100
_MOST_UNSENT = 256 << 20  # bytes of answers that wait for their readers, on all connections
_watched: set[int] = set()
_ANSWERS = {
    400: b"Bad Request",
    408: b"Request Timeout",
    414: b"URI Too Long",
    431: b"Request Header Fields Too Large",
    503: b"Service Unavailable",
}


class LimitedProtocol(HttpToolsProtocol):
    """One connection. A request that passes a limit is answered and the connection closed."""

    def __init__(self, *args: Any, **more: Any) -> None:
        """Take what uvicorn hands over."""
        super().__init__(*args, **more)
        self._header_bytes = 0
        self._in_headers = True
        self._fed = 0
        self._until = 0.0  # by when something must have come, by the loop's clock; 0 for no limit
        self._idling = False  # nothing has to come: a connection that waits too long is closed without a word
        self._reading: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Accept a connection, unless there are too many."""
        super().connection_made(transport)
        _watch(self.loop, self.connections)
        if len(self.connections) > _MOST_CONNECTIONS:
            self.refuse(503)
            return
        self._await(_SECONDS_FOR_HEADERS)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the timers."""
        self._rest()
        self._reads()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Pass data on to the parser, which gathers a header of any length; a refused connection takes no more."""
        if self.transport.is_closing():
            return
        if self._idling:
            self._rest()
        self._fed = self._fed + len(data) if self._in_headers else 0
        if self._fed > _MOST_HEAD:
            self.refuse(431)
            return
        super().data_received(data)
        if self.timeout_keep_alive_task is None and not self._until and self._served():
            self._await(_SECONDS_FOR_HEADERS)  # what came began no request, such as an empty line

    def on_message_begin(self) -> None:
        """Start to count a request, and the time for its headers."""
        self._header_bytes, self._in_headers = 0, True
        if not self._until:
            self._await(_SECONDS_FOR_HEADERS)
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """Take a part of the address."""
        super().on_url(url)
        if len(self.url) > _MOST_URL:
            self.refuse(414)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; one behind the body, a trailer, is counted and passed over."""
        self._header_bytes += len(name) + len(value)
        if self._header_bytes > _MOST_HEADER_BYTES or len(self.headers) >= _MOST_HEADERS:
            self.refuse(431)
        elif self._in_headers:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Let the request run, unless it was refused."""
        self._rest()
        self._in_headers, self._fed = False, 0
        if self.transport.is_closing():
            return
        if len(self.pipeline) >= _MOST_PIPELINED:
            self.transport.abort()
            return
        self._await(_SECONDS_FOR_BODY)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Note that the body is there."""
        self._rest()
        super().on_message_complete()

    def pause_writing(self) -> None:
        """Give a client that does not read some time, then hang up; at once where too much waits to be read."""
        super().pause_writing()
        self._reads()
        unsent = sum(each.transport.get_write_buffer_size() for each in self.connections)
        patience = _SECONDS_WITHOUT_READING if unsent < _MOST_UNSENT else 0
        self._reading = self.loop.call_later(patience, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on: the client reads."""
        super().resume_writing()
        self._reads()

    def _await(self, seconds: float) -> None:
        self._until = self.loop.time() + seconds

    def _rest(self) -> None:
        self._until, self._idling = 0.0, False

    def _idle(self, seconds: float) -> None:
        """Wait for another request, or for the end of the connection."""
        self._until, self._idling = self.loop.time() + seconds, True

    def be_late(self) -> None:
        """Close the connection, with a word where a request was under way."""
        if self._idling:
            self.transport.close()
        else:
            self.refuse(408)

    def is_late(self, now: float) -> bool:
        """Tell whether what the connection waits for should have come."""
        return 0 < self._until < now

    def _reads(self) -> None:
        """Stop waiting for the client to read."""
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def _served(self) -> bool:
        """Tell whether no request is being answered."""
        return self.cycle is None or self.cycle.response_complete

    def refuse(self, status: int) -> None:
        """Answer with a status, without a body, and close; only close where another answer is under way."""
        if self.transport.is_closing():
            return
        self._rest()
        if self.cycle is not None and self.cycle.response_started and not self.cycle.response_complete:
            self.transport.close()
            return
        head = b"HTTP/1.1 %d %s\r\nconnection: close\r\ncontent-length: 0\r\n\r\n" % (status, _ANSWERS[status])
        self.transport.write(head)
        self.transport.close()


def _watch(loop: asyncio.AbstractEventLoop, connections: set[Any]) -> None:
    """Begin to look after connections; a timer for each request would cost more than a look at all now and then."""
    if id(connections) not in _watched:
        _watched.add(id(connections))
        loop.call_later(_SECONDS_BETWEEN_LOOKS, _look, loop, connections)


def _look(loop: asyncio.AbstractEventLoop, connections: set[Any]) -> None:
    """Close what is late, and look again while there is anything to look at."""
    now = loop.time()
    for each in [each for each in connections if each.is_late(now)]:
        each.be_late()
    _watched.discard(id(connections))
    if connections:
        _watch(loop, connections)
