"""The outermost layer of the server: checks, caches, compresses and logs every request, and sends every reply."""

from __future__ import annotations

import asyncio
import gzip
import re
import sys
import time
import traceback
from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

from api.http import metrics
from api.http.accesslog import AccessLog
from api.http.cache import Cache, Kept, Key
from api.http.message import Asked, Gone, Headers, Receive, Reply, Room, Scope, Send
from api.http.negotiate import takes_gzip
from api.http.problem import Problem, of_error
from api.http.tracking import untracked
from kg.errors import KgError

_LEAST_TO_COMPRESS = 1024
_MOST_INLINE = 32 * 1024
_COMPRESSIBLE = re.compile(r"^(text/|application/(json|xml|[^;]*\+json|[^;]*\+xml|n-triples|n-quads|trig)|image/svg)")
_ALWAYS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
]
_TO_ALL_ORIGINS = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"ETag, Link, Location, Retry-After"),
]
_ASK_AGAIN = (b"cache-control", b"no-cache")
_READS = "GET, HEAD, OPTIONS"
_KEEP = "public, max-age=0, must-revalidate"
_TOO_MANY = 429
HANGUP = 499  # nginx's code in logs for a client that hung up


class Front:
    """ASGI middleware over the application; the busiest rooms are served from here, without a router.

    Args:
        app: the application, for all other paths.
        rooms: rooms by the first part of their path, such as "sparql" or "doc".
        cache: replies to repeat.
        version: returns the dataset's version, the base of every ETag.
        log: where requests are noted.
        most_bytes: largest request body.
        methods: returns the methods that the application takes at a path; none where it decides for itself.
        tell: returns the reply that a problem is for an Accept header.
    """

    def __init__(
        self,
        app: Callable[..., Any],
        *,
        rooms: Mapping[str, Room],
        cache: Cache,
        version: Callable[[], str],
        log: AccessLog,
        most_bytes: int,
        methods: Callable[[str], Collection[str]],
        tell: Callable[[Problem, str], Reply],
    ) -> None:
        """Take the application and what the layer needs."""
        self._methods, self._tell = methods, tell
        self._app, self._rooms, self._cache, self._version = app, rooms, cache, version
        self._log, self._most_bytes = log, most_bytes
        self._under_way: dict[tuple[Key, str], asyncio.Future[Kept | None]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        headers = _headers(scope["headers"])
        if scope["method"] in {"GET", "HEAD"}:
            scope = {**scope, "query_string": untracked(scope["query_string"])}
        exchange = _Exchange(scope, send, headers)
        try:
            await self._serve(exchange, receive)
        except Gone:
            exchange.status = HANGUP
        finally:
            seconds = time.perf_counter() - began
            self.note(scope, exchange.client, (exchange.status, exchange.size), seconds, repeat=exchange.repeat)

    def note(self, asked: Scope, client: str, sent: tuple[int, int], seconds: float, *, repeat: bool) -> None:
        """Count and log a request, with the status, the number of bytes that were sent, and how long it took."""
        status, size = sent
        first = _first(asked["path"])
        known = (first or "home") if first in self._rooms or status < 400 else "other"
        metrics.count(known, asked["method"], status, seconds, repeat)
        self._log.note(
            method=asked["method"],
            path=asked["raw_path"],
            query=asked["query_string"],
            status=status,
            size=size,
            seconds=seconds,
            client=client,
        )

    def repeat(self, key: Key) -> Kept | None:
        """Return the reply that was kept for a request."""
        return self._cache.get(key)

    def room(self, path: str) -> Room | None:
        """Return the room that serves a path; None where the application does."""
        return self._rooms.get(_first(path))

    def asked(self, scope: Scope, headers: Headers, client: str, receive: Receive) -> Asked:
        """Return a request as rooms read it, HEAD as GET."""
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        return Asked(method, scope["path"], scope["query_string"], headers, client, receive, self._most_bytes)

    async def answer(self, room: Room, asked: Asked, key: Key | None, way: Way) -> Kept:
        """Let a room answer; whoever asks the same meanwhile is given the same reply."""
        if key is None:
            return await self._made(room, asked, None, way)
        same = (key, self._version())
        while (others := self._under_way.get(same)) is not None:
            kept = await asyncio.shield(others)
            if kept is not None:
                return kept
        mine = self._under_way[same] = asyncio.get_running_loop().create_future()
        kept = None
        try:
            kept = await self._made(room, asked, key, way)
        finally:  # nothing is handed on where the client has gone, or was refused for asking too much
            del self._under_way[same]
            mine.set_result(kept if kept and kept.status != _TOO_MANY else None)
        return kept

    async def _made(self, room: Room, asked: Asked, key: Key | None, way: Way) -> Kept:
        """Let a room answer, and keep the reply for repeats where it may be kept."""
        began = time.perf_counter()
        reply, version = await self._ask(room, asked)
        kept = await _ready(reply, version, way)
        if key and reply.tag and reply.status == 200 and version == self._version():
            self._cache.put(key, kept, time.perf_counter() - began)
        return kept

    async def _serve(self, exchange: _Exchange, receive: Receive) -> None:
        scope = exchange.scope
        key = exchange.key()
        wrong = _what_is_wrong(scope, exchange.headers)
        if wrong:
            await exchange.reply(self._tell(Problem(400, wrong, {"Connection": "close"}), ""))
            return
        kept = self._cache.get(key) if key else None
        if kept:
            exchange.repeat = True
            await exchange.send_kept(kept)
            return
        room = self.room(scope["path"])
        if room is None:
            await self._pass_on(exchange, receive)
        else:
            asked = self.asked(scope, exchange.headers, exchange.client, receive)
            await exchange.send_kept(await self.answer(room, asked, key, exchange.way()))

    async def _pass_on(self, exchange: _Exchange, receive: Receive) -> None:
        """Let the application answer; HEAD and OPTIONS, which its routes do not know, are answered for it."""
        scope = exchange.scope
        methods = () if scope["method"] in {"GET", "HEAD"} else self._methods(scope["path"])
        allowed = ", ".join(sorted(methods))
        if methods and scope["method"] == "OPTIONS":
            await exchange.reply(Reply(204, headers=_options(allowed)))
        elif methods and scope["method"] not in methods:
            problem = Problem(405, f"This address takes {allowed}.", {"Allow": allowed})
            await exchange.reply(self._tell(problem, exchange.headers.get("accept", "")))
        else:
            method = "GET" if scope["method"] == "HEAD" else scope["method"]
            await self._app({**scope, "method": method}, receive, exchange.passing())

    async def _ask(self, room: Room, asked: Asked) -> tuple[Reply, str]:
        """Let a room answer; return its reply and the version of the dataset that it saw."""
        version = self._version()
        if asked.method == "OPTIONS":
            return Reply(204, headers=_options(getattr(room, "methods", _READS))), version
        try:
            return await room(asked), version
        except Problem as problem:
            return self._tell(problem, asked.accept), version
        except KgError as error:
            return self._tell(of_error(error), asked.accept), version
        except Gone:
            raise
        except Exception:  # noqa: BLE001 - a fault of the project itself: told to the log, not to the asker
            traceback.print_exc(file=sys.stderr)
            return self._tell(Problem(500, "The server failed; its log says why."), asked.accept), version


def _what_is_wrong(scope: Scope, headers: Headers) -> str:
    """Return a sentence where a request is none that HTTP/1.1 knows, else ""."""
    if "," in headers.get("host", ",") and scope["http_version"] != "1.0":
        return "The request needs exactly one Host header."
    return "" if scope["path"].startswith("/") else "The address of a request begins with a slash."


class Way(NamedTuple):
    """How a reply goes: whether the request reads (GET, HEAD), whether it would write, whether gzip is taken."""

    reads: bool
    writes: bool
    gzip: bool


class _Exchange:
    """One request and what was sent for it."""

    __slots__ = ("client", "headers", "repeat", "scope", "send", "size", "status")

    def __init__(self, scope: Scope, send: Send, headers: Headers) -> None:
        self.scope, self.send, self.headers = scope, send, headers
        self.client = scope["client"][0] if scope.get("client") else ""
        self.status, self.size, self.repeat = 500, 0, False

    def key(self) -> Key | None:
        """Return what tells this request from others that get another reply; None where none may be kept."""
        if self.scope["method"] not in {"GET", "HEAD"} or "authorization" in self.headers:
            return None
        accepts = self.headers.get("accept", ""), takes_gzip(self.headers.get("accept-encoding", ""))
        return (self.scope["raw_path"], self.scope["query_string"], accepts[0], "gzip" if accepts[1] else "")

    def way(self) -> Way:
        """Return how the reply goes."""
        gzip = takes_gzip(self.headers.get("accept-encoding", ""))
        return Way(self.scope["method"] in {"GET", "HEAD"}, writes(self.scope), gzip)

    async def reply(self, reply: Reply) -> None:
        """Send a reply that depends on no dataset."""
        await self.send_kept(await _ready(reply, None, self.way()))

    async def send_kept(self, kept: Kept) -> None:
        """Send a reply, or 304 where the client has it already, without the body for HEAD."""
        unchanged = kept.etag and kept.status == 200 and _matches(self.headers.get("if-none-match", ""), kept.etag)
        self.status = 304 if unchanged else kept.status
        headers, body = kept.headers, kept.body
        if unchanged:
            headers = [pair for pair in headers if pair[0] not in {b"content-length", b"content-type"}]
        if unchanged or self.scope["method"] == "HEAD":
            body = b""
        self.size = len(body)
        await self.send({"type": "http.response.start", "status": self.status, "headers": headers})
        await self.send({"type": "http.response.body", "body": body})

    def passing(self) -> Send:
        """Return a `send` that adds the headers of every reply to what the application sends, less a body for HEAD."""

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                self.status = message["status"]
                own = {name for name, _ in message["headers"]}
                more = [pair for pair in [*_ALWAYS, *_TO_ALL_ORIGINS, _ASK_AGAIN] if pair[0] not in own]
                message = {**message, "headers": [*message["headers"], *more]}
            elif message["type"] == "http.response.body":
                if self.scope["method"] == "HEAD":
                    message = {**message, "body": b""}
                self.size += len(message.get("body", b""))
            await self.send(message)

        return send


def _options(methods: str) -> Headers:
    """Return the headers of a preflight; pages of other origins may read, and POST where that is a way to read."""
    return {
        "Allow": methods,
        "Access-Control-Allow-Methods": methods if "PUT" not in methods and "GET" in methods else _READS,
        "Access-Control-Allow-Headers": "Accept, Content-Type, If-None-Match",
        "Access-Control-Max-Age": "86400",
    }


def _headers(pairs: list[tuple[bytes, bytes]]) -> Headers:
    found: Headers = {}
    for name, value in pairs:
        key = name.decode("latin-1")
        found[key] = f"{found[key]}, {value.decode('latin-1')}" if key in found else value.decode("latin-1")
    return found


def _matches(tags: str, etag: str) -> bool:
    """Tell whether an If-None-Match header names an ETag (RFC 9110, section 13.1.2: weak comparison)."""
    return bool(tags) and (tags.strip() == "*" or etag in [tag.strip().removeprefix("W/") for tag in tags.split(",")])


async def _ready(reply: Reply, version: str | None, way: Way) -> Kept:
    """Turn a reply into what goes over the wire: ETag, compression, headers."""
    body, headers = reply.body, dict(reply.headers)
    etag = f"{version[:20]}-{reply.tag}" if reply.tag and version and way.reads else ""  # a POST has another answer
    if reply.content_type:
        headers["Content-Type"] = reply.content_type
    if len(body) >= _LEAST_TO_COMPRESS and _COMPRESSIBLE.match(reply.content_type):
        headers["Vary"] = ", ".join(filter(None, (headers.get("Vary", ""), "Accept-Encoding")))
        if way.gzip:
            body = await _compressed(body)
            headers["Content-Encoding"] = "gzip"
            etag += "-gzip" if etag else ""
    if etag:
        headers["ETag"] = etag = f'"{etag}"'
    headers.setdefault("Cache-Control", _KEEP if etag else "no-store")
    if reply.status != 204:
        headers["Content-Length"] = str(len(body))
    pairs = _pairs(headers, way.writes)
    return Kept(reply.status, pairs, body, etag, as_lines(pairs) + b"\r\n")


def as_lines(pairs: list[tuple[bytes, bytes]]) -> bytes:
    """Return headers as they go over the wire."""
    return b"".join([b"%s: %s\r\n" % pair for pair in pairs])


def _first(path: str) -> str:
    """Return the first part of a path."""
    return path[1:].partition("/")[0]


def writes(scope: Scope) -> bool:
    """Tell whether a request would change the dataset: no page of another origin is let near those."""
    path, method = scope["path"], scope["method"]
    return (
        method in {"PUT", "DELETE", "PATCH"} or path == "/update" or (path.startswith("/graphs") and method == "POST")
    )


def _pairs(headers: Headers, writes: bool) -> list[tuple[bytes, bytes]]:
    pairs = [(name.lower().encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers.items()]
    own = {name for name, _ in pairs}
    origins = [] if writes else _TO_ALL_ORIGINS
    return pairs + [pair for pair in [*_ALWAYS, *origins] if pair[0] not in own]


async def _compressed(body: bytes) -> bytes:
    """Compress; a large body on another thread, so that others are served meanwhile."""
    if len(body) <= _MOST_INLINE:
        return gzip.compress(body, compresslevel=5, mtime=0)
    return await asyncio.to_thread(gzip.compress, body, compresslevel=5, mtime=0)
