"""What a write is answered with: done, or a problem with what the shapes found, or their report alone."""

from __future__ import annotations

import json

from api.http.message import Reply
from api.http.negotiate import TRIPLES, Form, choose
from api.http.problem import MEDIA_TYPE, Problem
from api.sandbox.pool import Answer
from kg.validate.report import counted

# In which forms a refusal comes: as a problem document, as a table for reading, as a SHACL report.
REFUSALS = (
    Form("json", MEDIA_TYPE, (MEDIA_TYPE, "application/json")),
    Form("md", "text/markdown; charset=utf-8", ("text/markdown",)),
    *TRIPLES,
)


def refusal_form(accept: str) -> Form:
    """Return the form of a refusal that an Accept header likes best: a problem document where it likes none."""
    return choose(accept, REFUSALS) or REFUSALS[0]


def outcome(answer: Answer, form: Form, status: int = 204) -> Reply:
    """Return the reply to a write: `status` when it is in force, 422 with the findings when nothing was changed.

    Args:
        answer: of the worker: a change, or the report of the shapes in `form`.
        form: one of REFUSALS.
        status: of a write in force.
    """
    if answer.kind == "change":
        return Reply(status)
    content = answer.content if form is not REFUSALS[0] else _problem(answer.content)
    return Reply(422, content, form.content_type, {"Vary": "Accept"})


def _problem(report: bytes) -> bytes:
    """Return the problem document over a report in JSON."""
    findings = json.loads(report)["findings"]
    shapes = counted(len({finding["shape"] for finding in findings}), "shape")
    return Problem(422, f"The write violates {shapes}; nothing was changed.", findings=findings).document()
