"""POST /validate: RDF in the body, the report of the shapes back. The payload is read beside the ontology alone.

GET /validate is a page that tells how to use it.
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from api.dataset import Dataset
from api.http.known import only
from api.http.message import Asked, Gone
from api.http.negotiate import GRAPHS, TRIPLES, Form, choose, none_suits
from api.http.presence import unless_gone
from api.http.problem import Problem
from api.pages import page_reply
from api.sandbox.worker import Held, Job
from kg.errors import QuestionError
from kg.store import Embedded, ResultTooLargeError, parse_payload
from kg.validate import Beside

_FORMS = (
    Form("json", "application/json", ("application/json",)),
    Form("md", "text/markdown; charset=utf-8", ("text/markdown",)),
    *TRIPLES,
)
_MOST_BYTES = 2 << 20  # the check is open to everybody, and its time grows with the payload


def _schema(media_type: str) -> dict[str, str]:
    return {} if media_type.endswith("json") else {"type": "string"}


_TAKEN = [form.media_types[0] for form in GRAPHS]
_BODY = {"required": True, "content": {each: {"schema": _schema(each)} for each in _TAKEN}}
_PROBLEM = {"content": {"application/problem+json": {"schema": {"type": "object"}}}}
_REPORTS = {form.media_types[0]: {"schema": _schema(form.media_types[0])} for form in _FORMS[1:]}
_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"description": "What the shapes found.", "content": _REPORTS},
    400: {"description": "The body is empty or cannot be read; `detail` says where.", **_PROBLEM},
    406: {"description": "The Accept header takes none of the forms on offer.", **_PROBLEM},
    413: {"description": "The body, or the report, is too large.", **_PROBLEM},
    415: {"description": "The body is of no form of RDF read here.", **_PROBLEM},
    503: {"description": "The check took too long or needed too much memory.", **_PROBLEM},
}


class FoundFault(BaseModel):
    """One result of one shape."""

    severity: str = Field(description="Violation, Warning or Info", examples=["Violation"])
    shape: str = Field(examples=["OverallRatingHasOneValue"])
    focus: str = Field(description="IRI of the thing in question")
    label: str = Field(description="its label or summary, empty where it has none")
    message: str = Field(description="what is wrong and how to mend it")
    path: str = Field(description="property in question, empty where there is none")
    value: str = Field(description="value in question, or those found where there are too many; else empty")


class Verdict(BaseModel):
    """What the shapes found, the gravest first."""

    conforms: bool = Field(description="whether there is no violation; warnings are for people to look at")
    findings: list[FoundFault]


def validation_job() -> Job:
    """Return the job "validate", with ontology and shapes in memory; make it before workers are forked."""
    beside = Beside()

    def validate(held: Held, arguments: dict[str, Any], content: bytes) -> tuple[str, bytes]:
        """Validate a payload, the content, beside the ontology; the answer is the report in the form asked for."""
        payload = Embedded()
        quads = parse_payload(content, arguments["media_type"], arguments["base"], whole_dataset=True)
        if not quads:
            raise QuestionError(
                f"No triples were read from the body, {len(content):,} bytes of {arguments['media_type']}; "
                "with curl, send a file with --data-binary: --data strips its line breaks."
            )
        payload.engine.extend(quads)
        form = arguments["form"]
        answer = beside.validate(payload).written(form)
        if len(answer) > arguments["most_bytes"]:
            raise ResultTooLargeError(
                f"The report is larger than {arguments['most_bytes']:,} bytes; send the data in smaller parts."
            )
        return form, answer

    return validate


def router(dataset: Dataset) -> APIRouter:
    """Return the address /validate."""
    routes = APIRouter(tags=["validation"])

    @routes.get("/validate", response_class=HTMLResponse, dependencies=[Depends(only())])
    def how() -> Response:
        """Tell on a page how data is checked."""
        address = f"{dataset.settings.address}/validate"
        reply = page_reply("validate.html", "validate", address=address, taken=_TAKEN, most=_MOST_BYTES >> 20)
        return Response(reply.body, reply.status, reply.headers, reply.content_type)

    @routes.post("/validate", response_model=Verdict, responses=_RESPONSES, openapi_extra={"requestBody": _BODY})
    async def validate(request: Request) -> Response:
        """Apply the shapes to RDF, read beside the ontology and its vocabularies; nothing is stored.

        A thing of the dataset that the payload refers to must be described in the payload as well.
        """
        asked = _asked(request, dataset.settings.body_mb << 20)
        form = choose(asked.accept, _FORMS)
        if form is None:
            raise Problem(406, none_suits(_FORMS))
        if asked.media_type not in _TAKEN:
            raise Problem(
                415,
                f"The body is {asked.media_type or 'of no named type'}; expected one of {', '.join(_TAKEN)}: "
                "name it in the header Content-Type.",
            )
        try:
            answer = await unless_gone(asked, _answer(dataset, asked, form))
        except Gone:
            return Response(status_code=400)  # nobody is there to read it
        return Response(answer.content, 200, {"Vary": "Accept"}, form.content_type)

    return routes


async def _answer(dataset: Dataset, asked: Asked, form: Form) -> Any:
    body = await _body(asked)
    arguments = {
        "media_type": asked.media_type,
        "base": dataset.settings.address + "/validate",
        "form": form.name,
        "most_bytes": dataset.settings.result_mb << 20,
    }
    return await dataset.run("validate", arguments, body, asked.client)


async def _body(asked: Asked) -> bytes:
    """Return the body, neither empty nor larger than is checked."""
    try:
        body = await asked.body(_MOST_BYTES)
    except Problem as problem:
        if problem.status == 413:
            await _read_away(asked)
        raise
    if not body.strip():
        raise Problem(400, f"The body is empty; expected RDF in {asked.media_type}: send the data to be checked.")
    return body


async def _read_away(asked: Asked) -> None:
    """Pass over a body that the server at large would take: most clients read no answer before they have sent all."""
    announced, waits = int(asked.headers.get("content-length", 0)), "expect" in asked.headers
    left = 0 if waits or announced > asked.most_bytes else asked.most_bytes
    while left > 0:
        message = await asked.receive()
        if not message.get("more_body", False):
            return
        left -= len(message["body"])


def _asked(request: Request, most_bytes: int) -> Asked:
    """Return a request as the other rooms read it, so that the same limits hold for its body."""
    client = request.client.host if request.client else ""
    return Asked(
        "POST",
        request.url.path,
        request.scope["query_string"],
        dict(request.headers),
        client,
        request.receive,
        most_bytes,
    )
