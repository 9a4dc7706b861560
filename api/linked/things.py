"""Linked data: /id/… and /vocab/… answer 303 to the document that describes the thing; /doc/… is that document.

Identifiers name things, which cannot be sent; documents can. Concepts and schemes are treated alike:
/vocab/rating/good leads to /doc/vocab/rating/good. A document comes in the form that the Accept header likes best, or
in the one that a suffix names: /doc/pdu/west-kent.ttl.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from api.addresses import document_path, link_header, path
from api.dataset import Dataset
from api.http.message import Asked, Reply
from api.http.negotiate import GRAPHS, HTML, QUADS, Form, choose, none_suits
from api.http.problem import Problem
from api.linked.pages import thing_page
from api.linked.plain import csv_table, markdown
from api.linked.schema_org import schema_org
from api.pages import POLICY, look
from kg import names
from kg.description import Description, NoSuchPageError, describe, document_of, document_quads, page_of, thing_of
from kg.jsonld import Context
from kg.store import ResultTooLargeError, UnacceptableError
from kg.store.patterns import Quad
from kg.store.serialize import write_triples
from kg.withdrawn import Withdrawn

CSV = Form("csv", "text/csv; charset=utf-8", ("text/csv",))
MARKDOWN = Form("md", "text/markdown; charset=utf-8", ("text/markdown",))
FORMS = (HTML, *GRAPHS, CSV, MARKDOWN)
_PROFILE = "https://schema.org/"
_SCHEMA_ORG = f'application/ld+json; profile="{_PROFILE}"'
_MOST_SHOWN = 100  # characters of an address that a problem repeats
_METHODS = "GET, HEAD, OPTIONS"


class Target(NamedTuple):
    """What an address names: a thing, and the form that its suffix names."""

    thing: str
    form: Form | None = None


def only_get(asked: Asked) -> None:
    """Refuse other methods.

    Raises:
        Problem: 405.
    """
    if asked.method != "GET":
        raise Problem(405, "This address takes GET and HEAD.", {"Allow": _METHODS})


def no_fields(asked: Asked) -> None:
    """Refuse all fields of an address that has none.

    Raises:
        Problem: 400, names them.
    """
    if given := asked.fields():
        read = ", ".join(sorted(given))[:_MOST_SHOWN]
        raise Problem(400, f"Unknown field {read!r}; this address has no fields: leave them out.")


def form_for(asked: Asked, suffix: Form | None, forms: tuple[Form, ...]) -> Form:
    """Return the form that the suffix names, else the one that the Accept header likes best.

    Raises:
        Problem: 406.
    """
    form = suffix or choose(asked.accept, forms)
    if form is None:
        raise Problem(406, none_suits(forms), {"Vary": "Accept"})
    return form


def without_suffix(text: str, forms: tuple[Form, ...]) -> tuple[str, Form | None]:
    """Return a path without the suffix that names one of the forms, and the form."""
    stem, _, name = text.rpartition(".")
    form = next((each for each in forms if each.name == name), None)
    return (stem, form) if form and stem else (text, None)


def find(dataset: Dataset, text: str, forms: tuple[Form, ...] = FORMS) -> Target | None:
    """Return what a path below /doc/ names: the thing of that very name before one with a suffix taken off."""
    stem, form = without_suffix(text, forms)
    for reference, suffix in ((text, None), (stem, form)):
        # An IRI in the store may hold percent-encoding, which a path loses on its way here.
        for name in dict.fromkeys((reference, path(reference))):
            if name and dataset.store.mentions(thing_of(name)):
                return Target(thing_of(name), suffix)
    return None


class Identifiers:
    """The room of /id/ and /vocab/: sends a reader on to the document."""

    def __init__(self, dataset: Dataset, withdrawn: Mapping[str, Withdrawn], prefix: str) -> None:
        """Take the dataset, the names given up, and what stands before the thing in a path: "id/" or "vocab/"."""
        self._dataset, self._withdrawn, self._prefix = dataset, withdrawn, prefix

    async def __call__(self, asked: Asked) -> Reply:
        """Answer 303 for a thing that the dataset knows."""
        only_get(asked)
        reference = ("vocab/" if self._prefix == "vocab/" else "") + asked.path[len(self._prefix) + 1 :]
        target = find(self._dataset, reference, ())
        if target is None:
            raise_withdrawn(self._withdrawn, reference, 303)
            raise self._unknown(reference)
        form_for(asked, None, FORMS)
        place = document_path(target.thing)
        canonical = path(document_of(target.thing))
        return Reply(303, headers={"Location": place, "Vary": "Accept", "Link": f'<{canonical}>; rel="describedby"'})

    def _unknown(self, reference: str) -> Problem:
        """Return the problem of an identifier that names nothing; one with the suffix of a form names a document."""
        target = find(self._dataset, reference)
        if target is None or target.form is None:
            return unknown(reference)
        place = f"{document_path(target.thing)}.{target.form.name}"
        return Problem(404, f"The name of a thing has no suffix; its document in that form is {place}.")


class Documents:
    """The room of /doc/: the description of a thing, in all its forms."""

    def __init__(self, dataset: Dataset, withdrawn: Mapping[str, Withdrawn], context: Context) -> None:
        """Take the dataset, the names given up, and the context of JSON-LD."""
        self._dataset, self._withdrawn, self._context = dataset, withdrawn, context

    async def __call__(self, asked: Asked) -> Reply:
        """Describe a thing."""
        only_get(asked)
        reference = asked.path.removeprefix("/doc/")
        target = find(self._dataset, reference)
        if target is None:
            raise_withdrawn(self._withdrawn, without_suffix(reference, FORMS)[0], 301)
            raise self._unknown(reference)
        form = form_for(asked, target.form, FORMS)
        description = self._describe(target.thing, _page(asked))
        profiled = form.name == "jsonld" and _PROFILE in asked.accept
        body = schema_org(description) if profiled else self._write(description, form)
        return Reply(
            200,
            body,
            _SCHEMA_ORG if profiled else form.content_type,
            self._headers(description, form),
            tag="schema" if profiled else f"{form.name}-{look()}",
        )

    def _unknown(self, reference: str) -> Problem:
        """Return the problem of a document that is not there: of no form, or of no thing."""
        stem, _, suffix = reference.rpartition(".")
        if stem and find(self._dataset, stem, ()):
            forms = ", ".join(f".{form.name}" for form in FORMS)
            return Problem(404, f"There is no form .{suffix[:_MOST_SHOWN]} of this document; the forms are {forms}.")
        return unknown(reference)

    def _describe(self, thing: str, page: int) -> Description:
        try:
            description = describe(self._dataset.store, thing, page)
        except NoSuchPageError as error:
            raise Problem(404, str(error)) from None
        except ResultTooLargeError as error:
            raise Problem(413, str(error)) from None
        if description is None:
            raise unknown(thing.removeprefix(names.BASE))
        return description

    def _write(self, description: Description, form: Form) -> bytes:
        if form is HTML:
            place = document_path(description.thing.iri)
            return thing_page(self._dataset.store, self._dataset.version, description, place, FORMS[1:])
        if form is CSV:
            return csv_table(description)
        if form is MARKDOWN:
            return markdown(description)
        place = self._dataset.settings.address + document_path(description.thing.iri)
        quads = [*document_quads(description, self._dataset.version, place), *description.quads()]
        if form.name == "jsonld":
            return json_ld(self._context, quads, description.thing.iri)
        statements = quads if form in QUADS else list(dict.fromkeys(quad.triple for quad in quads))
        return write_triples(statements, form.name) or b""

    def _headers(self, description: Description, form: Form) -> dict[str, str]:
        thing, page = description.thing.iri, description.page
        place, query = document_path(thing), f"?page={page}" if page > 1 else ""
        more = [(document_path(each), "successor-version") for each in description.successors if _is_ours(each)]
        if page > 1:
            more.append((page_of(place, page - 1), "prev"))
        if page < description.pages:
            more.append((page_of(place, page + 1), "next"))
        if description.pages > 1:
            more.append((place, "collection"))
        headers = {"Vary": "Accept", "Link": link_header(document_of(thing), place, FORMS, query, more)}
        return {**headers, "Content-Security-Policy": POLICY} if form is HTML else headers


def json_ld(context: Context, quads: list[Quad], first: str) -> bytes:
    """Return quads as JSON-LD.

    Raises:
        Problem: 406, JSON-LD cannot hold one of them.
    """
    try:
        return context.write(quads, [first])
    except UnacceptableError as error:
        raise Problem(406, str(error)) from None


def _is_ours(iri: str) -> bool:
    return iri.startswith((names.ID, names.VOCAB))


def _page(asked: Asked) -> int:
    """Return the page that is asked for.

    Raises:
        Problem: 400, it is no number, or there are other fields.
    """
    fields = asked.fields()
    if unknown := set(fields) - {"page"}:
        raise Problem(400, f"Unknown field {min(unknown)[:_MOST_SHOWN]!r}; a document has the field page alone.")
    text = fields.get("page", ["1"])[-1]
    if not (text.isascii() and text.isdigit() and len(text) < 8):
        raise Problem(400, "The field page is no number; pages are counted from 1.")
    return int(text)


def unknown(reference: str) -> Problem:
    """Return the problem of a name that nothing bears, with the address of a search for it."""
    words = re.sub(r"[^\w]+", " ", reference.rpartition("/")[2])[:_MOST_SHOWN].strip()
    shown = reference[:_MOST_SHOWN]
    if not words:
        return Problem(404, f'The dataset knows nothing named "{shown}"; the first page, /, has a search.')
    search = f"/search?{urlencode({'q': words})}"
    return Problem(404, f'The dataset knows nothing named "{shown}"; look for it with {search}.', search=search)


def raise_withdrawn(withdrawn: Mapping[str, Withdrawn], reference: str, status: int) -> None:
    """Tell what became of a name that was given up; do nothing for any other.

    Raises:
        Problem: a redirection to the document of its successor, or 410.
    """
    row = withdrawn.get(thing_of(reference))
    if row is None:
        return
    more: dict[str, Any] = {"withdrawn": row.date, **({"successor": row.successor} if row.successor else {})}
    if _is_ours(row.successor):
        detail = f"This name was withdrawn on {row.date}: {row.reason} See its successor."
        place = document_path(row.successor)
        headers = {"Location": place, "Link": f'<{place}>; rel="successor-version"'}
        raise Problem(status, detail, headers, **more)
    raise Problem(410, f"This name was withdrawn on {row.date}: {row.reason}", **more)
