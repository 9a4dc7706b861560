"""Views as networks, for the tests of what they show."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kg.export.filters import Filters
from kg.export.network import Network
from kg.export.selection import select
from kg.export.views import read_views
from kg.store import Embedded


@pytest.fixture(scope="module")
def show(store: Embedded) -> Callable[..., Network]:
    """Shows a view, with the examples of the parameters that it needs; the same one is selected once a file."""
    shown: dict[tuple, Network] = {}
    views = read_views()

    def network(name: str, filters: Filters | None = None, **given: str) -> Network:
        asked = (name, filters, tuple(given.items()))
        if asked not in shown:
            needed = {p.name: p.example for p in views[name].parameters if not p.optional}
            shown[asked] = select(store, views[name], needed | given, filters)
        return shown[asked]

    return network
