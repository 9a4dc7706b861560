"""The rooms of linked data, wired to a dataset."""

from __future__ import annotations

from api.dataset import Dataset
from api.disputes import disputed_things
from api.http.message import Room
from api.linked.catalogue import Catalogue
from api.linked.definitions import Definitions
from api.linked.named_graphs import NamedGraphs
from api.linked.static_files import ContextFile, StaticFiles
from api.linked.things import Documents, Identifiers
from kg import resources
from kg.jsonld import Context
from kg.withdrawn import read_withdrawn


def linked_data(dataset: Dataset) -> dict[str, Room]:
    """Return the rooms by the first part of their path.

    Raises:
        TableError: the list of withdrawn names cannot be read.
    """
    dataset.on_change(disputed_things.cache_clear)
    withdrawn = read_withdrawn(resources.facts())
    context = Context.of(dataset.store)
    files = StaticFiles()
    return {
        "id": Identifiers(dataset, withdrawn, "id/"),
        "vocab": Identifiers(dataset, withdrawn, "vocab/"),
        "doc": Documents(dataset, withdrawn, context),
        **Definitions(dataset, context, "def", "Terms of the probation knowledge graph").rooms(),
        **Definitions(dataset, context, "shapes", "Shapes of the probation knowledge graph").rooms(),
        "graph": NamedGraphs(dataset),
        "static": files,
        "favicon.ico": files.icon,
        "context.jsonld": ContextFile(context),
        **Catalogue(dataset).rooms(),
    }
