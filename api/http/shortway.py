"""The short way: a plain GET whose headers came before, byte for byte, is served without an exchange of ASGI.

The parser has read the same bytes before and found no body and nothing that concerns the connection, so they mean the
same again, and only the address is new. Whatever differs from that by one byte goes the long way, through the parser.
"""

from __future__ import annotations

import asyncio
import re
import sys
import time
import traceback
from typing import Any, NamedTuple
from urllib.parse import unquote

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from api.http.cache import Kept
from api.http.front import HANGUP, Front, Way, as_lines, writes
from api.http.message import Gone, Headers
from api.http.negotiate import takes_gzip
from api.http.protocol import LimitedProtocol
from api.http.tracking import untracked

_REQUEST = re.compile(rb"GET (/(?!/)[!-\"$->@-~]*)(?:\?([!-\"$-~]*))? HTTP/1\.1")
_END = b"\r\n\r\n"
_MOST_LINE = 32 * 1024
_MOST_BLOCK = 2_000
_MOST_BLOCKS = 500
_MOST_HELD = 64 * 1024
_MOST_JOINED = 64 * 1024
_SECONDS_IDLE = 30.0
_CLOSE = b"connection: close\r\n"
# Headers that concern the connection, a body, one client or one state of the dataset.
_LONG_WAY = frozenset(
    b"authorization connection content-length content-type cookie expect if-match if-modified-since if-none-match "
    b"if-range if-unmodified-since keep-alive proxy-authorization proxy-connection range te trailer "
    b"transfer-encoding upgrade".split()
)
_STAYS = (b"connection", b"keep-alive")  # what HTTP/1.1 means anyway


class Known(NamedTuple):
    """What a block of headers means."""

    headers: Headers
    accept: str
    gzip: str


class Blocks:
    """Blocks of headers that came before, each as the bytes from the end of the request line to the empty line."""

    def __init__(self) -> None:
        """Know none."""
        self._known: dict[bytes, Known] = {}

    def get(self, block: bytes) -> Known | None:
        """Return what a block means, None where it never came."""
        return self._known.get(block)

    def learn(self, data: bytes, pairs: list[tuple[bytes, bytes]]) -> None:
        """Note the block of a request that came in one piece, with the headers that the parser read from it."""
        block = data[data.find(b"\r\n") :]
        names = [name for name, value in pairs if (name, value.lower()) != _STAYS]
        plain = _REQUEST.fullmatch(data, 0, data.find(b"\r\n")) and data.find(_END) == len(data) - len(_END)
        hosts = [value for name, value in pairs if name == b"host" and b"," not in value]
        if not plain or len(block) > _MOST_BLOCK or len(set(names)) < len(names) or len(hosts) != 1:
            return
        if not _LONG_WAY.isdisjoint(names):
            return
        if len(self._known) >= _MOST_BLOCKS:
            self._known.clear()
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in pairs}
        gzip = "gzip" if takes_gzip(headers.get("accept-encoding", "")) else ""
        self._known[block] = Known(headers, headers.get("accept", ""), gzip)


_blocks = Blocks()


class QuickProtocol(LimitedProtocol):
    """One connection, on which repeats and the rooms' own addresses take the short way."""

    def __init__(self, *args: Any, **more: Any) -> None:
        """Take what uvicorn hands over; the application has a front."""
        super().__init__(*args, **more)
        self._front: Front = self.app.front
        self._between = True  # the parser stands between two requests
        self._read = 0
        self._answering: asyncio.Task[None] | None = None
        self._gone: asyncio.Event | None = None
        self._held = b""
        self._last = False

    def data_received(self, data: bytes) -> None:
        """Serve a request whose headers are known; leave everything else to the parser."""
        if self._answering is not None:
            self._held += data
            if len(self._held) > _MOST_HELD:  # not before: a connection that is not read hides that its client has gone
                self.flow.pause_reading()
            return
        begins = self._between and self._served() and not self.transport.is_closing()
        if begins and not self.flow.write_paused and self._short(data):
            return
        read = self._read
        super().data_received(data)
        if begins and self._between and self._read == read + 1 and not self.transport.is_closing():
            _blocks.learn(data, self.headers)

    def on_message_begin(self) -> None:
        """Note that the parser is within a request."""
        self._between = False
        super().on_message_begin()

    def on_message_complete(self) -> None:
        """Note that the parser is behind a request."""
        self._between = True
        self._read += 1
        super().on_message_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the work under way that nobody waits for it."""
        if self._gone is not None:
            self._gone.set()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """Close, behind the answer that is under way."""
        if self._answering is not None:
            self._last = True
        else:
            super().shutdown()

    def _short(self, data: bytes) -> bool:
        """Serve a request, or begin to; tell whether it can be served this way."""
        end = data.find(b"\r\n")
        known = _blocks.get(data[end:]) if 0 < end < _MOST_LINE else None
        match = _REQUEST.fullmatch(data, 0, end) if known else None
        if known is None or match is None:
            return False
        began = time.perf_counter()
        raw, query = match.groups(b"")
        key = (raw, query, known.accept, known.gzip)
        kept = self._front.repeat(key)
        if kept is None and (plain := untracked(query)) != query:
            query, key = plain, (raw, plain, known.accept, known.gzip)
            kept = self._front.repeat(key)
        path = raw.decode("ascii")
        path = unquote(path) if "%" in path else path
        asked = {"method": "GET", "path": path, "raw_path": raw, "query_string": query}
        if kept is None:
            return self._begin(asked, known, key, began)
        self._unset_keepalive_if_required()
        self._send(kept)
        self.loop.call_soon(self._note, asked, kept, time.perf_counter() - began)  # the reply goes out meanwhile
        return True

    def _begin(self, asked: dict[str, Any], known: Known, key: tuple[bytes | str, ...], began: float) -> bool:
        """Begin to let a room answer; tell whether there is one."""
        room = self._front.room(asked["path"])
        if room is None:
            return False
        self._unset_keepalive_if_required()
        self._rest()
        self._gone = asyncio.Event()
        request = self._front.asked(asked, known.headers, self._address(), self._disconnected)
        work = self._front.answer(room, request, key, Way(reads=True, writes=writes(asked), gzip=bool(known.gzip)))
        self._answering = task = self.loop.create_task(self._answer(work, asked, began))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return True

    async def _answer(self, work: Any, asked: dict[str, Any], began: float) -> None:
        status, size = HANGUP, 0
        try:
            kept = await work
            status, size = kept.status, len(kept.body)
            self._send(kept)
        except Gone:
            pass
        except Exception:  # noqa: BLE001 - a fault of the project itself: the client must not wait, nor get another's reply
            traceback.print_exc(file=sys.stderr)
            status = 500
            self.transport.abort()
        finally:
            self._answering = self._gone = None
            self._front.note(asked, self._address(), (status, size), time.perf_counter() - began, repeat=False)
            self._go_on()

    def _go_on(self) -> None:
        """Read what came meanwhile."""
        if self._last:
            self.transport.close()
        elif self._held and not self.transport.is_closing():
            held, self._held = self._held, b""
            self.flow.resume_reading()
            self.data_received(held)

    def _note(self, asked: dict[str, Any], kept: Kept, seconds: float) -> None:
        self._front.note(asked, self._address(), (kept.status, len(kept.body)), seconds, repeat=True)

    async def _disconnected(self) -> dict[str, Any]:
        """Wait until the client has gone, as a room that works for long does."""
        if self._gone is not None:
            await self._gone.wait()
        return {"type": "http.disconnect"}

    def _send(self, kept: Kept) -> None:
        """Write a reply, unless the connection is gone."""
        if self.transport.is_closing():
            return
        last = _CLOSE if self._last else b""
        head = (STATUS_LINE[kept.status], as_lines(self.server_state.default_headers), last, kept.head)
        if len(kept.body) <= _MOST_JOINED:
            self.transport.write(b"".join((*head, kept.body)))
        else:  # a large body is not copied for each reader
            self.transport.write(b"".join(head))
            self.transport.write(kept.body)
        self._idle(_SECONDS_IDLE)

    def _address(self) -> str:
        return self.client[0] if self.client else ""
