"""The room of the site's pages: reads the fields, lets a worker make the page, and sends it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from api.dataset import Dataset
from api.http.message import Asked, Reply
from api.http.negotiate import HTML
from api.http.presence import unless_gone
from api.http.problem import Problem
from api.linked.things import only_get
from api.meant import meant
from api.pages import POLICY, look
from api.sandbox.worker import Held
from api.site.page import NotThere, Page, Wanted
from api.site.shelf import mark
from kg import names
from kg.search import SearchIndex

_MOST_VALUES = 50
_MOST_CHARACTERS = 300


class Site:
    """The pages of the site by the first part of their path."""

    def __init__(self, dataset: Dataset, pages: Mapping[str, Page], index: Callable[[], SearchIndex]) -> None:
        """Take the dataset, the pages, and the search index, which workers cannot read."""
        self._dataset, self._pages, self._index = dataset, pages, index

    async def __call__(self, asked: Asked) -> Reply:
        """Send a page.

        Raises:
            Problem: 404 nothing is there, 400 a field is unknown or too long, 405.
        """
        only_get(asked)
        first, _, rest = asked.path[1:].partition("/")
        page = self._pages.get(first)
        if page is None or (rest and not page.deep):
            raise Problem(404, "There is nothing at this address; the home page leads to what there is.")
        fields = _fields(asked, page)
        arguments = {"page": first, "path": rest.strip("/")[:_MOST_CHARACTERS], "fields": fields}
        arguments |= {"version": self._dataset.version, "meant": self._meant(fields.get(page.thing, [""])[-1])}
        answer = await unless_gone(asked, self._dataset.run("site", arguments, b"", asked.client))
        if answer.kind == "nothing":
            raise Problem(404, answer.content.decode())
        headers = {"Content-Security-Policy": POLICY}
        return Reply(200, answer.content, HTML.content_type, headers, tag=f"site-{look()}{mark()}")

    def _meant(self, text: str) -> list[str]:
        """Return the short names of what a text may mean: one where it is clear, or the nearest, the best first."""
        if not text.strip() or (names.REFERENCE.fullmatch(text) and self._dataset.store.mentions(names.iri(text))):
            return []
        return [hit.name for hit in meant(self._index(), text)]


def _fields(asked: Asked, page: Page) -> dict[str, list[str]]:
    """Return the fields of a request; one that is left empty, as forms send it, is left out."""
    found = asked.fields()
    if unknown := sorted(set(found) - set(page.fields)):
        known = f"the fields are {', '.join(page.fields)}" if page.fields else "it takes none"
        raise Problem(400, f"Unknown field {unknown[0][:100]!r}; {known}.")
    kept = {name: [value for value in values if value] for name, values in found.items()}
    for name, values in kept.items():
        if len(values) > _MOST_VALUES or any(len(value) > _MOST_CHARACTERS for value in values):
            raise Problem(400, f"The field {name} is too long; at most {_MOST_CHARACTERS} characters are read.")
    return {name: values for name, values in kept.items() if values}


def site_job(pages: Mapping[str, Page]) -> Any:
    """Return the job that makes a page in a worker; kind "nothing" where a path leads nowhere."""

    def job(held: Held, arguments: dict[str, Any], content: bytes) -> tuple[str, bytes]:
        fields = {name: tuple(values) for name, values in arguments["fields"].items()}
        version, meant = arguments["version"], tuple(arguments["meant"])
        wanted = Wanted(held.store, arguments["path"], fields, version=version, meant=meant, report=held.report)
        try:
            return "page", pages[arguments["page"]].make(wanted)
        except NotThere as missing:
            return "nothing", str(missing).encode()

    return job
