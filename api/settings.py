"""What an operator can set: by a flag of `kg serve`, or by an environment variable PROBATION_KG_<NAME>."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from kg.errors import QuestionError

PREFIX = "PROBATION_KG_"
_OF_OTHERS = (  # read by tests
    *("CONFORMANCE", "KILLS", "PATIENCE", "NODE_MODULES", "SCHEMAS"),
)
_ABOVE_ZERO = (
    *("processes", "workers", "slow_queries", "queue", "query_seconds", "query_memory_mb"),
    *("exports", "export_queue", "export_seconds", "export_memory_mb"),
    *("result_mb", "body_mb", "cache_mb"),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of the server; the defaults are safe for a public, read-only service.

    Attributes:
        store: folder of the store.
        scratch: serve an empty dataset in memory instead, which is gone at the end.
        host: address to listen on.
        port: port to listen on; 0 takes a free one.
        public_url: address under which the world reaches the server, for the service description and the site map;
            by default that on which it listens. The Host header of a request is never trusted for it.
        processes: web processes that share the port; a server that takes writes has one.
        workers: query workers of each web process, the most queries that run at once.
        slow_queries: how many of them may run longer than a moment at once, per web process.
        queue: queries that wait for a worker before others are told to come back (429).
        query_seconds: wall-clock limit of a query.
        query_memory_mb: memory that a query may take beside the dataset.
        exports: export workers of each web process, the most exports that are made at once.
        export_queue: exports that wait for a worker before others are told to come back (429).
        export_seconds: wall-clock limit of an export.
        export_memory_mb: memory that an export may take beside the dataset; Graphviz has a limit of its own.
        result_mb: largest answer.
        body_mb: largest request body.
        cache_mb: memory for answers kept for repeats.
        token: bearer token for writes; without one, nobody can write.
        gate: refuse writes that violate the shapes.
        default_graph: "union" of all graphs, or the "unnamed" graph alone, for queries that name no graph.
        service_hosts: hosts that SERVICE may call, comma-separated; none by default.
        documents: folder with the source documents, whose passages are then shown in their context; "" for none. Who
            serves it answers for the right to show them.
        access_log: file of the access log, "-" for standard error, "" for none.
    """

    store: Path = Path("kg-store")
    scratch: bool = False
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = ""
    processes: int = 2
    workers: int = 12
    slow_queries: int = 10
    queue: int = 64
    query_seconds: float = 10.0
    query_memory_mb: int = 1024
    exports: int = 2
    export_queue: int = 8
    export_seconds: float = 60.0
    export_memory_mb: int = 1024
    result_mb: int = 32
    body_mb: int = 16
    cache_mb: int = 64
    token: str = field(default="", repr=False)
    gate: bool = True
    default_graph: str = "union"
    service_hosts: str = ""
    documents: str = ""
    access_log: str = "-"

    @property
    def address(self) -> str:
        """The server's own address, without a slash at its end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url.rstrip("/") or f"http://{host}:{self.port}"

    @property
    def allowed_hosts(self) -> frozenset[str]:
        """Hosts that SERVICE may call."""
        return frozenset(host.strip().lower() for host in self.service_hosts.split(",") if host.strip())


def from_environment(environment: Mapping[str, str] | None = None, **flags: Any) -> Settings:
    """Return the settings of the environment, with flags (where not None) before them.

    Raises:
        QuestionError: names the setting that is wrong and says what it takes.
    """
    environment = os.environ if environment is None else environment
    _refuse_unknown(environment)
    chosen = {name: value for name, value in flags.items() if value is not None}
    for each in fields(Settings):
        text = environment.get(PREFIX + each.name.upper())
        if each.name not in chosen and text is not None:
            chosen[each.name] = _read(each.name, str(each.type), text)
    settings = Settings(**chosen)
    _check(settings)
    return settings


def _read(name: str, kind: str, text: str) -> Any:
    """Turn the text of a variable into the setting's type."""
    readers: dict[str, Any] = {"int": int, "float": float, "Path": Path, "str": str}
    if kind == "bool":
        if text.lower() not in {"0", "1", "true", "false"}:
            raise QuestionError(f"{PREFIX}{name.upper()} reads {text!r}; expected true or false.")
        return text.lower() in {"1", "true"}
    try:
        return readers[kind](text)
    except ValueError:
        raise QuestionError(f"{PREFIX}{name.upper()} reads {text!r}; expected a number.") from None


def _check(settings: Settings) -> None:
    for name in _ABOVE_ZERO:
        if getattr(settings, name) <= 0:
            raise _wrong(name, settings, "a number above 0")
    if not 0 <= settings.port <= 65535:
        raise _wrong("port", settings, "0 to 65535")
    if settings.default_graph not in {"union", "unnamed"}:
        raise _wrong("default_graph", settings, "union or unnamed")
    if settings.public_url and not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", settings.public_url):
        raise _wrong("public_url", settings, "an address such as https://example.org")
    if settings.token and len(settings.token) < 16:
        raise QuestionError('Setting "token" has fewer than 16 characters; choose one that nobody can guess.')


def _wrong(name: str, settings: Settings, expected: str) -> QuestionError:
    return QuestionError(f'Setting "{name}" reads {str(getattr(settings, name))!r}; expected {expected}.')


def _refuse_unknown(environment: Mapping[str, str]) -> None:
    """Refuse a variable that nothing reads: it is a misspelt setting."""
    known = {PREFIX + each.name.upper() for each in fields(Settings)} | {PREFIX + name for name in _OF_OTHERS}
    for name in environment:
        if name.startswith(PREFIX) and name not in known:
            near = get_close_matches(name, known, 1)
            hint = f"; did you mean {near[0]}?" if near else "."
            raise QuestionError(f"There is no setting {name}{hint}")
