"""POST /validate: RDF in the body, the report of the shapes back. The payload is read beside the ontology alone."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from api.dataset import Dataset
from api.http.message import Asked, Gone
from api.http.negotiate import GRAPHS, Form, choose
from api.http.presence import unless_gone
from api.http.problem import Problem
from api.sandbox.worker import Held, Job
from kg.store import Embedded, ResultTooLargeError, parse_payload
from kg.validate import Beside

_FORMS = (
    Form("json", "application/json", ("application/json",)),
    Form("md", "text/markdown; charset=utf-8", ("text/markdown",)),
    Form("turtle", "text/turtle; charset=utf-8", ("text/turtle",)),
    Form("jsonld", "application/ld+json", ("application/ld+json",)),
    Form("ntriples", "application/n-triples", ("application/n-triples",)),
)
_TAKEN = [form.media_types[0] for form in GRAPHS]
_BODY = {"required": True, "content": {each: {"schema": {"type": "string"}} for each in _TAKEN}}
_PROBLEM = {"content": {"application/problem+json": {"schema": {"type": "object"}}}}
_REPORTS = {form.media_types[0]: {"schema": {"type": "string"}} for form in _FORMS[1:]}
_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"description": "What the shapes found.", "content": _REPORTS},
    400: {"description": "The body cannot be read; `detail` says where.", **_PROBLEM},
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
    value: str = Field(description="value in question, empty where there is none")


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
        payload.engine.extend(quads)
        form = arguments["form"]
        report = beside.validate(payload, form if form in {"turtle", "jsonld", "ntriples"} else "turtle")
        writers = {"json": report.json, "md": report.markdown}
        answer = writers.get(form, lambda: report.turtle)().encode()
        if len(answer) > arguments["most_bytes"]:
            raise ResultTooLargeError(
                f"The report is larger than {arguments['most_bytes']:,} bytes; send the data in smaller parts."
            )
        return form, answer

    return validate


def router(dataset: Dataset) -> APIRouter:
    """Return the address /validate."""
    routes = APIRouter(tags=["validation"], responses=_RESPONSES)

    @routes.post("/validate", response_model=Verdict, openapi_extra={"requestBody": _BODY})
    async def validate(request: Request) -> Response:
        """Apply the shapes to RDF, read beside the ontology and its vocabularies; nothing is stored.

        A thing of the dataset that the payload refers to must be described in the payload as well.
        """
        asked = _asked(request, dataset.settings.body_mb << 20)
        form = choose(asked.accept, _FORMS)
        if form is None:
            offered = ", ".join(each.media_types[0] for each in _FORMS)
            raise Problem(406, f"The Accept header takes none of the forms on offer: {offered}.")
        if asked.media_type not in _TAKEN:
            raise Problem(
                415, f"The body is {asked.media_type or 'of no named type'}; send one of {', '.join(_TAKEN)}."
            )
        try:
            answer = await unless_gone(asked, _answer(dataset, asked, form))
        except Gone:
            return Response(status_code=400)  # nobody is there to read it
        return Response(answer.content, 200, {"Vary": "Accept"}, form.content_type)

    return routes


async def _answer(dataset: Dataset, asked: Asked, form: Form) -> Any:
    arguments = {
        "media_type": asked.media_type,
        "base": dataset.settings.address + "/validate",
        "form": form.name,
        "most_bytes": dataset.settings.result_mb << 20,
    }
    return await dataset.run("validate", arguments, await asked.body(), asked.client)


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
