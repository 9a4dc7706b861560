"""Named graphs: /graph/… sends the very triples of a graph, or a page that says what it is.

A graph is a document, so its IRI is answered with 200, not 303. The triples come from a worker, since a
graph may be large.
"""

from __future__ import annotations

import json

from api.addresses import link_header, path
from api.dataset import Dataset
from api.http.message import Asked, Reply
from api.http.negotiate import GRAPHS, HTML
from api.linked.pages import graph_page
from api.linked.things import form_for, only_get, unknown, without_suffix
from api.pages import POLICY, look
from kg import names

_FORMS = (HTML, *GRAPHS)


class NamedGraphs:
    """The room of /graph/."""

    def __init__(self, dataset: Dataset) -> None:
        """Take the dataset."""
        self._dataset = dataset
        self._sizes: tuple[str, dict[str, int]] = ("", {})

    async def __call__(self, asked: Asked) -> Reply:
        """Send a graph."""
        only_get(asked)
        name, suffix = asked.path.removeprefix("/graph/"), None
        if asked.path in {"/graph", "/graph/"}:
            return Reply(303, headers={"Location": "/.well-known/void"})
        if not self._dataset.store.has_graph(names.GRAPH + name):
            name, suffix = without_suffix(name, _FORMS)
        iri = names.GRAPH + name
        if not self._dataset.store.has_graph(iri):
            raise unknown(name)
        form = form_for(asked, suffix, _FORMS)
        place = "/graph/" + path(name)
        headers = {"Vary": "Accept", "Link": link_header(iri, place, _FORMS)}
        if form is HTML:
            body = graph_page(iri, (await self._counted()).get(iri, 0), f"Graph {name}", place, GRAPHS)
            headers["Content-Security-Policy"] = POLICY
        else:
            most = self._dataset.settings.result_mb << 20
            arguments = {"graph": iri, "form": form.name, "most_bytes": most}
            body = (await self._dataset.run("graph", arguments, client=asked.client)).content
        return Reply(200, body, form.content_type, headers, tag=f"{form.name}-{look()}")

    async def _counted(self) -> dict[str, int]:
        """Return the number of triples of each graph; counted once a version of the dataset."""
        version = self._dataset.version
        if self._sizes[0] != version:
            answer = await self._dataset.run("statistics", {})
            self._sizes = (version, json.loads(answer.content)["graphs"])
        return self._sizes[1]
