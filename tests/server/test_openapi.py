"""The OpenAPI document tells the truth: it is valid, covers every room, and the running server keeps to it."""

import json
import os
import re
import subprocess
import sys
import urllib.request
from pathlib import Path

import jsonschema
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from api.openapi.document import answer_schema
from api.questions.answers import Answerer, Request, catalogue
from api.site.registry import PAGES
from kg.query import bind

HERE = Path(__file__).parent
QUESTIONS = [compiled.question for compiled in catalogue().values()]
# One query of each kind of parameter, two views, two pages, and all else.
SAMPLE = (
    r"^/(queries/(\{name\}\.rq|documents|ratings-of-a-unit|percentages-on-few-cases|ratings-in-force-on-a-date"
    r"|things-by-code|chief-inspector-at-each-inspection)$|queries$"
    r"|exports/(\{view\}|themes\.\{format\}|neighbourhood\.\{format\})$|exports$|about$|evidence/\{path\}$"
    rf"|(?!queries|exports|({'|'.join(PAGES)})\b).*$)"
)
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "negative_data_rejection",
)


@pytest.fixture(scope="module")
def document(server):
    with urllib.request.urlopen(f"{server.url}/openapi.json") as reply:
        return json.load(reply)


def examples(asked):
    return {each.name: each.example for each in asked.parameters if not each.optional}


def test_the_document_is_valid_openapi(document):
    assert document["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(document).validate()


def test_each_query_has_a_path_with_its_parameters(document):
    for asked in QUESTIONS:
        operation = document["paths"][f"/queries/{asked.name}"]["get"]
        own = {each["name"]: each for each in operation["parameters"] if "name" in each}
        assert list(own) == [each.name for each in asked.parameters]
        assert all(own[each.name]["required"] is not each.optional for each in asked.parameters)
        assert {str(own[each.name]["example"]) for each in asked.parameters} == {
            each.example for each in asked.parameters
        }
        named = {"303"} if any(each.type.startswith("IRI") for each in asked.parameters) else set()
        assert set(operation["responses"]) == {"200", "304", "400", "404", "406", "413", "429", "503"} | named
        assert operation["summary"] == asked.summary


def test_writes_need_the_token(document):
    for path, methods in {"/update": ["post"], "/graphs": ["put", "post", "delete"]}.items():
        for method in methods:
            assert document["paths"][path][method]["security"] == [{"token": []}]
    assert "security" not in document["paths"]["/graphs"]["get"]


@pytest.mark.parametrize("path", ["/sparql", "/id/{path}", "/doc/{path}", "/def", "/vocab/{path}", "/queries", "/"])
def test_rooms_without_a_router_are_described(document, path):
    assert "get" in document["paths"][path]


def test_pages_tools_and_feed_are_described_with_their_fields(document):
    assert {"/feed.atom", "/sparql/terms.json", "/graph", "/evidence/{path}"} <= set(document["paths"])
    assert "post" in document["paths"]["/mcp"]
    for name, page in PAGES.items():
        fields = document["paths"][f"/{name}"]["get"]["parameters"]
        assert [each["name"] for each in fields] == list(page.fields)


def test_no_operation_speaks_of_the_status_that_the_framework_would_have_sent(document):
    assert "HTTPValidationError" not in json.dumps(document)


@pytest.mark.parametrize("asked", QUESTIONS, ids=lambda each: each.name)
def test_the_schema_of_an_answer_fits_the_answer_and_names_its_columns(store, asked):
    values = examples(asked)
    request = Request(asked.name, values, "json", 0, 10_000, "v", "", 1 << 25)
    answer = json.loads(Answerer(store).answer(request, bind(asked, values)).content)
    schema = answer_schema(asked)
    jsonschema.Draft202012Validator(schema).validate(answer)
    described = schema["properties"]["rows"]["items"]["properties"]
    sent = {column for row in answer["rows"] for column in row if not column.endswith(" label")}
    assert {column for column in described if not column.endswith(" label")} == sent


def test_the_examples_in_the_document_fit_their_schemas(document):
    for asked in QUESTIONS:
        content = document["paths"][f"/queries/{asked.name}"]["get"]["responses"]["200"]["content"]
        jsonschema.Draft202012Validator(content["application/json"]["schema"]).validate(
            content["application/json"]["example"]
        )


def test_no_generated_request_fails_the_server_or_gets_what_is_not_described(server, tmp_path):
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{server.url}/openapi.json"]
    limits = ["--max-examples", "3", "--phases", "examples,coverage,fuzzing", "--generation-deterministic", "-w1"]
    scope = ["--include-path-regex", SAMPLE, "--checks", ",".join(CHECKS), "--no-color"]
    environment = {**os.environ, "SCHEMATHESIS_HOOKS": "schemathesis_hooks", "PYTHONPATH": str(HERE)}
    ended = subprocess.run(
        [*command, *limits, *scope],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout[-6000:] + ended.stderr[-2000:]
    tested = re.search(r"Tested: (\d+)", ended.stdout)
    assert tested
    assert int(tested[1]) > 30
