"""SPARQL 1.1 Protocol, updates: /update. Behind the token, and behind the shapes."""

from __future__ import annotations

from api.dataset import Dataset
from api.http.auth import Doorkeeper
from api.http.message import Asked, Reply, read_fields
from api.http.problem import Problem
from api.protocols.writes import outcome, refusal_form

_KNOWN = {"update", "using-graph-uri", "using-named-graph-uri"}


class Update:
    """The update endpoint."""

    methods = "POST, OPTIONS"

    def __init__(self, dataset: Dataset, door: Doorkeeper) -> None:
        """Take the dataset and who guards it."""
        self._dataset, self._door = dataset, door

    async def __call__(self, asked: Asked) -> Reply:
        """Run an update: 204 done, 422 refused by the shapes with what they found."""
        if asked.path != "/update":
            raise Problem(404, "There is nothing here; the update endpoint is /update.")
        if asked.method != "POST":
            raise Problem(405, "The update endpoint takes POST alone.", {"Allow": "POST, OPTIONS"})
        self._door.check(asked)
        fields = await _read(asked)
        updates = fields.get("update", [])
        if "query" in fields or len(updates) != 1:
            raise Problem(400, f"The request has {len(updates)} fields named update; expected one, and no query.")
        if unknown := set(fields) - _KNOWN:
            raise Problem(400, f"Unknown field {min(unknown)!r}; the fields are {', '.join(sorted(_KNOWN))}.")
        form = refusal_form(asked.accept)
        arguments = {
            "base": self._dataset.settings.address + "/update",
            "report": form.name,
            "using": fields.get("using-graph-uri", []),
            "using_named": fields.get("using-named-graph-uri", []),
        }
        return outcome(await self._dataset.write("update", arguments, updates[0].encode()), form)


async def _read(asked: Asked) -> dict[str, list[str]]:
    """Return the fields of an update request (SPARQL 1.1 Protocol, section 2.2)."""
    fields, body = asked.fields(), await asked.body()
    if asked.media_type == "application/x-www-form-urlencoded":
        return {**fields, **read_fields(body)}
    if asked.media_type != "application/sparql-update":
        raise Problem(
            415,
            f"The body is {asked.media_type or 'of no named type'}; expected application/sparql-update "
            "or application/x-www-form-urlencoded: name it in the header Content-Type.",
        )
    if asked.charset not in {"utf-8", "utf8"}:
        raise Problem(400, f"The update is in {asked.charset!r}; expected UTF-8: send it so.")
    try:
        return {**fields, "update": [*fields.get("update", []), body.decode("utf-8")]}
    except UnicodeDecodeError:
        raise Problem(400, "The update holds bytes that are no UTF-8; expected UTF-8: send it so.") from None
