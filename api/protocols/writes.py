"""What a write is answered with: done, or the report of the shapes that forbid it."""

from __future__ import annotations

from api.http.message import Reply
from api.http.negotiate import TRIPLES, choose
from api.sandbox.pool import Answer
from kg.store import convert


def outcome(answer: Answer, accept: str, status: int = 204) -> Reply:
    """Return the reply to a write: `status` when it is in force, 422 with the report when nothing was changed."""
    if answer.kind == "change":
        return Reply(status)
    form = choose(accept, TRIPLES) or TRIPLES[0]
    return Reply(422, convert(answer.content, form.name), form.content_type, {"Vary": "Accept"})
