"""The commands of `kg` that belong to the server; `kg` finds them by the entry points of the distribution."""

from __future__ import annotations

import contextlib
import os
import signal
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from api.settings import PREFIX, from_environment

_ENVIRONMENT = f"Every setting can also come from the environment, as {PREFIX}<NAME>; the token only from there."
_commands = typer.Typer(rich_markup_mode=None, add_completion=False, pretty_exceptions_enable=False)


@_commands.command(epilog=_ENVIRONMENT)
def _serve(
    *,
    store: Annotated[Path | None, typer.Option(help="Folder of the store.  [default: kg-store]")] = None,
    scratch: Annotated[bool | None, typer.Option("--scratch", help="Serve an empty dataset in memory instead.")] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.  [default: 127.0.0.1]")] = None,
    port: Annotated[int | None, typer.Option(help="Port; 0 takes a free one.  [default: 8000]")] = None,
    public_url: Annotated[str | None, typer.Option(help="Address under which the world reaches the server.")] = None,
    processes: Annotated[int | None, typer.Option(help="Web processes.  [default: 2; 1 with a token]")] = None,
    workers: Annotated[int | None, typer.Option(help="Query workers of each.  [default: 12]")] = None,
    slow_queries: Annotated[int | None, typer.Option(help="Long queries of each at once.  [default: 10]")] = None,
    queue: Annotated[int | None, typer.Option(help="Queries that wait in each.  [default: 64]")] = None,
    query_seconds: Annotated[float | None, typer.Option(help="Time limit of a query.  [default: 10]")] = None,
    query_memory_mb: Annotated[int | None, typer.Option(help="Memory limit of a query.  [default: 1024]")] = None,
    exports: Annotated[int | None, typer.Option(help="Exports of each at once.  [default: 2]")] = None,
    export_queue: Annotated[int | None, typer.Option(help="Exports that wait in each.  [default: 8]")] = None,
    export_seconds: Annotated[float | None, typer.Option(help="Time limit of an export.  [default: 60]")] = None,
    export_memory_mb: Annotated[int | None, typer.Option(help="Memory limit of an export.  [default: 1024]")] = None,
    result_mb: Annotated[int | None, typer.Option(help="Largest answer.  [default: 32]")] = None,
    body_mb: Annotated[int | None, typer.Option(help="Largest request body.  [default: 16]")] = None,
    cache_mb: Annotated[int | None, typer.Option(help="Answers kept for repeats.  [default: 64]")] = None,
    service_hosts: Annotated[str | None, typer.Option(help="Hosts that SERVICE may call.  [default: none]")] = None,
    default_graph: Annotated[str | None, typer.Option(help="union or unnamed.  [default: union]")] = None,
    gate: Annotated[bool | None, typer.Option("--gate/--no-gate", help="Refuse writes that violate shapes.")] = None,
    documents: Annotated[str | None, typer.Option(help="Folder with the source documents.  [default: none]")] = None,
    access_log: Annotated[str | None, typer.Option(help='File, or "-" for standard error.  [default: -]')] = None,
) -> None:
    """Serve the store: linked data, SPARQL, named queries, search, reconciliation. Read-only unless a token is set."""
    settings = from_environment(**locals())
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="probation-kg-") as figures:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = figures  # the metrics look for it when they are imported
        from api.serve import serve as run

        with contextlib.suppress(KeyboardInterrupt):
            run(settings, say=typer.echo)


def serve(arguments: list[str]) -> None:
    """Run `kg serve` with its arguments."""
    _commands(args=arguments, prog_name="kg serve", standalone_mode=False)


_mcp_commands = typer.Typer(rich_markup_mode=None, add_completion=False, pretty_exceptions_enable=False)


@_mcp_commands.command(epilog=_ENVIRONMENT)
def _mcp(
    store: Annotated[Path | None, typer.Option(help="Folder of the store.  [default: kg-store]")] = None,
    query_seconds: Annotated[float | None, typer.Option(help="Time limit of a query.  [default: 10]")] = None,
    query_memory_mb: Annotated[int | None, typer.Option(help="Memory limit of a query.  [default: 1024]")] = None,
) -> None:
    """Offer the store to a language model, by the Model Context Protocol on standard input and output."""
    from api.assistant.server import run_on_stdio

    run_on_stdio(from_environment(store=store, query_seconds=query_seconds, query_memory_mb=query_memory_mb))


def mcp(arguments: list[str]) -> None:
    """Run `kg mcp` with its arguments."""
    _mcp_commands(args=arguments, prog_name="kg mcp", standalone_mode=False)
