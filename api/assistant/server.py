"""The graph for language models: tools and resources of the Model Context Protocol, on stdio and over HTTP at /mcp.

Every answer is bounded, and leads by the IRIs of statements to the passages that say them.
"""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Annotated, Any, ParamSpec, TypeVar
from urllib.parse import urlsplit

import anyio
from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from mcp_types import ToolAnnotations
from pydantic import Field, ValidationError

from api.assistant import tools
from api.dataset import Dataset
from api.http.problem import Problem
from api.indexes import CurrentIndex
from api.questions.answers import catalogue
from api.settings import Settings
from kg import describe
from kg.errors import KgError
from kg.resources import installed_version
from kg.search import SearchIndex

_MOST_BYTES = 1 << 20
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_READS = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
_INSTRUCTIONS = (
    "A knowledge graph of probation services in England and Wales: units, areas, inspections, ratings, findings, "
    "recommendations. Find a thing with search, then describe it; or find a named query with list_queries and run it. "
    "Every fact is a statement with an IRI: cite it, and use evidence to see which document says it, and where. "
    "Sources may disagree; say so where they do. Before you write SPARQL, read schema_summary."
)

Given = ParamSpec("Given")
Told = TypeVar("Told")

Name = Annotated[
    str, Field(max_length=500, description='short name such as "pdu/west-kent", IRI, label, alias or code')
]
Limit = Annotated[int, Field(ge=1, le=100, description="how many at the most")]
Rows = Annotated[int, Field(ge=1, le=1000, description="how many rows at the most")]


def told(tool: Callable[Given, Awaitable[Told]]) -> Callable[Given, Awaitable[Told]]:
    """Let a tool tell what went wrong in one sentence."""

    @functools.wraps(tool)
    async def run(*args: Given.args, **more: Given.kwargs) -> Told:
        try:
            return await tool(*args, **more)
        except Problem as problem:
            raise ToolError(problem.detail) from None
        except KgError as error:
            raise ToolError(str(error)) from None

    return run


class OneSentence(MCPServer[Any]):
    """A server that tells in one sentence which arguments of a tool cannot be read."""

    async def call_tool(self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None) -> Any:
        """Call a tool.

        Raises:
            ToolError: its arguments cannot be read, or it failed.
        """
        try:
            return await super().call_tool(name, arguments, context)
        except ToolError as error:
            if isinstance(error.__cause__, ValidationError):
                raise ToolError(_unread(name, error.__cause__)) from None
            raise


def _unread(tool: str, error: ValidationError) -> str:
    """Return what is wrong with the arguments of a tool."""
    faults = [
        f"{'.'.join(map(str, each['loc']))}: {each['msg'][:1].lower()}{each['msg'][1:]}" for each in error.errors()
    ]
    return f"The arguments of {tool} cannot be read: {'; '.join(faults)}."


def mcp_server(dataset: Dataset, index: Callable[[], SearchIndex]) -> MCPServer[Any]:
    """Return the MCP server over a dataset and its search index."""
    server = OneSentence(
        "probation-kg",
        title="Probation knowledge graph",
        instructions=_INSTRUCTIONS,
        version=installed_version(),
        log_level="WARNING",
        subscriptions=False,
    )
    _add_things(server, dataset, index)
    _add_questions(server, dataset)
    _add_resources(server, dataset)
    return server


def _add_things(server: MCPServer[Any], dataset: Dataset, index: Callable[[], SearchIndex]) -> None:
    """Add the tools that find and describe things."""

    @server.tool(title="Search", annotations=_READS)
    @told
    async def search(
        text: Annotated[str, Field(max_length=300, description="a name, alias, code or a few words, perhaps misspelt")],
        types: Annotated[list[str] | None, Field(description='keep to types ("pdu", "statement") or classes')] = None,
        limit: Limit = 10,
    ) -> tools.Found:
        """Find things by name: units, courts, prisons, people, inspections; then statements by their words."""
        return await _aside(tools.search, index, text, types, limit)

    @server.tool(name="describe", title="Describe a thing", annotations=_READS)
    @told
    async def describe_thing(name: Name, limit: Limit = 20) -> tools.Description:
        """Tell what the graph says of a thing: its facts, and the statements about it with their evidence."""
        return await _aside(tools.description, dataset.store, name, limit)

    @server.tool(title="Evidence of a statement", annotations=_READS)
    @told
    async def evidence(statement: Name) -> tools.Evidence:
        """Tell which passages of documents say a statement (offsets and digest), and which registers list it."""
        return await _aside(_evidence, dataset, statement)


def _add_questions(server: MCPServer[Any], dataset: Dataset) -> None:
    """Add the tools that answer questions."""
    summary = tools.Summary(dataset)

    @server.tool(title="List named queries", annotations=_READS)
    @told
    async def list_queries(
        about: Annotated[str, Field(max_length=200, description="words to keep to; empty for all")] = "",
    ) -> tools.NamedQueries:
        """List the ready-made queries with their parameters; each answers one question."""
        return tools.named_queries(about)

    @server.tool(title="Run a named query", annotations=_READS)
    @told
    async def run_query(
        name: Annotated[str, Field(max_length=200, description="as list_queries names it")],
        parameters: Annotated[dict[str, str] | None, Field(description="value of each parameter, by name")] = None,
        limit: Rows = 100,
        offset: Annotated[int, Field(ge=0, description="rows to pass over")] = 0,
    ) -> tools.Answer:
        """Answer a ready-made query; the column "statement" leads to the evidence of each row."""
        return await tools.answer(dataset, name, parameters or {}, limit, offset)

    @server.tool(title="SPARQL", annotations=_READS)
    @told
    async def sparql(
        query: Annotated[
            str, Field(max_length=20_000, description="SPARQL 1.1; the prefixes of schema_summary are set")
        ],
        limit: Rows = 100,
    ) -> tools.SparqlAnswer:
        """Run a read-only SPARQL query over the union of all graphs; read schema_summary first."""
        return await tools.sparql(dataset, query, limit)

    @server.tool(title="Schema in short", annotations=_READS)
    @told
    async def schema_summary() -> tools.Schema:
        """List classes and properties with their numbers, prefixes, the way to the evidence, and example queries."""
        return await summary.schema()


def _add_resources(server: MCPServer[Any], dataset: Dataset) -> None:
    """Add the schema and the text of each named query, to be read without a call."""
    summary = tools.Summary(dataset)

    @server.resource("probation-kg://schema", title="Schema in short", mime_type="application/json")
    async def schema() -> str:
        """Classes and properties with their numbers, prefixes, the way to the evidence, and example queries."""
        return (await summary.schema()).model_dump_json(indent=1)

    for name, compiled in catalogue().items():
        text = compiled.question.text
        server.resource(
            f"probation-kg://queries/{name}",
            name=name,
            description=compiled.question.summary,
            mime_type="application/sparql-query",
        )(_reader(text))


def _reader(text: str) -> Callable[[], str]:
    def read() -> str:
        return text

    return read


async def _aside(answer: Callable[..., Told], *args: Any) -> Told:
    """Answer on another thread, so that others are served meanwhile."""
    return await anyio.to_thread.run_sync(functools.partial(answer, *args))


def _evidence(dataset: Dataset, statement: str) -> tools.Evidence:
    found = tools.evidence(dataset.store, describe.find(dataset.store, statement))
    if not found.passages and not found.rows:
        raise ToolError(f'"{statement}" is no statement with evidence; describe lists the statements of a thing.')
    return found


def over_http(server: MCPServer[Any], settings: Settings) -> StreamableHTTPSessionManager:
    """Return the tools as an ASGI application: without sessions, one JSON answer a request.

    Requests must name a host of the server's own, and come from no page of another origin, so that no web page can
    reach a server on its reader's machine.
    """
    public = urlsplit(settings.address)
    hosts = [*_LOOPBACK, public.hostname or ""]
    server.streamable_http_app(
        json_response=True,
        stateless_http=True,
        max_request_body_size=_MOST_BYTES,
        transport_security=TransportSecuritySettings(
            allowed_hosts=[*hosts, *(f"{host}:*" for host in hosts), public.netloc],
            allowed_origins=[f"{public.scheme}://{public.netloc}", *(f"http://{host}:*" for host in _LOOPBACK)],
        ),
    )
    return server.session_manager


def run_on_stdio(settings: Settings) -> None:
    """Serve the tools on standard input and output until the input ends; a store is read, never written.

    Raises:
        StoreError: there is no store that can be read.
    """
    from api.jobs import JOBS
    from api.loading import load

    settings = replace(settings, token="", workers=min(settings.workers, 2))
    catalogue()  # read before the fork below: workers cannot open a file
    loaded = load(settings)
    dataset = Dataset(loaded, JOBS, settings)
    server = mcp_server(dataset, CurrentIndex(dataset, loaded.index))

    async def run() -> None:
        dataset.pool.warm()
        try:
            await server.run_stdio_async()
        finally:
            dataset.close()

    anyio.run(run)
