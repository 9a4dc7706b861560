"""The MCP server, asked by the protocol's own client over both of its transports."""

import http.client
import json
import sys

import anyio
import pytest
from mcp import Client, StdioServerParameters

from kg import names

TOOLS = {"search", "describe", "evidence", "list_queries", "run_query", "sparql", "schema_summary"}
RATING = names.ID + "inspection/west-kent-pdu-2022/rating/overall"
COMMAND = "import sys; from api.cli import mcp; mcp(sys.argv[1:])"


@pytest.fixture(params=["http", "stdio"])
def ask(request, built, server):
    """Runs a conversation with the server and returns what it returns."""
    parameters = StdioServerParameters(command=sys.executable, args=["-c", COMMAND, "--store", str(built)])
    target = f"{server.url}/mcp" if request.param == "http" else parameters

    def run(conversation):
        async def main():
            async with Client(target) as client:
                return await conversation(client)

        return anyio.run(main)

    return run


async def call(client, tool, **arguments):
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    return result.structured_content


async def refused(client, tool, **arguments):
    result = await client.call_tool(tool, arguments)
    assert result.is_error
    return result.content[0].text


def test_from_a_name_to_the_passage(ask):
    async def conversation(client):
        found = (await call(client, "search", text="west kent pdu"))["things"][0]
        thing = await call(client, "describe", name=found["name"], limit=100)
        evidence = await call(client, "evidence", statement=RATING)
        return found, thing, evidence

    found, thing, evidence = ask(conversation)
    assert found["name"] == "pdu/west-kent"
    assert RATING in {each["statement"] for each in thing["statements"]}
    assert "pko:latestRating" in {fact["property"] for fact in thing["facts"]}
    passage = evidence["passages"][0]
    assert passage["document"] == "bbc-west-kent-west-sussex-2022"
    assert (passage["start"], passage["end"], len(passage["sha256"])) == (17, 78, 64)
    assert passage["claim"].startswith(names.ID)


def test_a_named_query_is_found_and_answered_with_its_statements(ask):
    async def conversation(client):
        listed = await call(client, "list_queries", about="rating history")
        rows = await call(client, "run_query", name="rating-history-of-a-unit", parameters={"unit": "pdu/west-kent"})
        cut = await call(client, "run_query", name="courts-in-conflict", limit=1)
        return listed, rows, cut

    listed, rows, cut = ask(conversation)
    assert "rating-history-of-a-unit" in {each["name"] for each in listed["queries"]}
    assert all(row["statement"].startswith(names.ID) for row in rows["rows"])
    assert rows["total"] == len(rows["rows"]) > 0
    assert len(cut["rows"]) == 1 < cut["total"]
    assert f"of {cut['total']}" in cut["note"]


def test_the_schema_is_short_and_its_examples_run(ask):
    async def conversation(client):
        schema = await call(client, "schema_summary")
        answers = [await call(client, "sparql", query=example) for example in schema["examples"]]
        return schema, answers, (await client.read_resource("probation-kg://schema")).contents[0].text

    schema, answers, resource = ask(conversation)
    assert len(json.dumps(schema)) < 20_000
    assert any(line.startswith("pko:StandardRating ") for line in schema["classes"])
    assert all(answer["rows"] for answer in answers)
    assert json.loads(resource) == schema


def test_large_answers_are_cut_with_a_note(ask):
    async def conversation(client):
        rows = await call(client, "sparql", query="SELECT * { ?s ?p ?o } LIMIT 3000", limit=1000)
        triples = await call(client, "sparql", query="CONSTRUCT WHERE { ?s ?p ?o }  LIMIT 3000")
        yes = await call(client, "sparql", query="ASK { ?s a pko:Court }")
        return rows, triples, yes

    rows, triples, yes = ask(conversation)
    assert rows["total"] == 3000
    assert len(json.dumps(rows)) < 60_000
    assert "of 3,000" in rows["note"]
    assert len(triples["turtle"]) <= 40_000
    assert "characters" in triples["note"]
    assert yes["boolean"] is True


MISTAKES = (
    ("search", {"text": "kent", "limit": 1000}, "The arguments of search cannot be read: limit: input should be less"),
    ("search", {"text": ""}, "The text is empty"),
    ("describe", {"name": "no such thing"}, "Nothing in the graph is called"),
    ("evidence", {"statement": "pdu/no-such"}, "Nothing in the graph is called"),
    ("run_query", {"name": "no-such"}, "There is no query"),
    ("run_query", {"name": "rating-history-of-a-unit"}, "A parameter is missing: unit"),
    ("sparql", {"query": "SELEC * {}"}, "error at 1:1: read SELEC"),
    ("sparql", {"query": "SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }"}, "SERVICE"),
)


def test_a_mistake_is_told_in_one_sentence(ask):
    async def conversation(client):
        return [await refused(client, tool, **arguments) for tool, arguments, _ in MISTAKES]

    for message, (_, _, words) in zip(ask(conversation), MISTAKES, strict=True):
        assert words in message
        assert "Traceback" not in message
        assert "pydantic" not in message


def test_every_tool_says_what_it_takes_and_gives_and_only_reads(ask):
    async def conversation(client):
        return (await client.list_tools()).tools, (await client.list_resources()).resources

    tools, resources = ask(conversation)
    assert {tool.name for tool in tools} == TOOLS
    assert all(tool.description and tool.output_schema and tool.annotations.read_only_hint for tool in tools)
    assert "probation-kg://queries/acronyms" in {str(resource.uri) for resource in resources}


@pytest.mark.parametrize(
    ("headers", "size", "method", "status"),
    [
        ({"Host": "attacker.example"}, 2, "POST", 421),
        ({"Origin": "http://attacker.example"}, 2, "POST", 403),
        ({}, 2_000_000, "POST", 413),
        ({"Content-Type": "text/plain"}, 2, "POST", 415),
        ({}, 0, "GET", 405),
        ({}, 0, "DELETE", 405),
    ],
)
def test_a_request_from_elsewhere_or_too_large_is_refused(server, headers, size, method, status):
    """Only the size is announced, not sent: the answer comes before the body."""
    host = server.url.removeprefix("http://")
    connection = http.client.HTTPConnection(host, timeout=10)
    connection.putrequest(method, "/mcp", skip_host=True)
    every = {"Host": host, "Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    for name, value in {**every, "Content-Length": str(size), **headers}.items():
        connection.putheader(name, value)
    connection.endheaders(b"{}" if size == 2 else None)
    assert connection.getresponse().status == status
    connection.close()
