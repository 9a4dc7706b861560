"""The search index of the dataset in force: kept beside the build, made anew after a change."""

from __future__ import annotations

import asyncio
from pathlib import Path

from api.dataset import Dataset
from kg.errors import StoreError
from kg.search import SearchIndex
from kg.store import Embedded, build_in_force

_NAME = "search-2.sqlite"  # another number once the order or the words of an index change
_SECONDS_TO_GATHER = 1.0


def prepare(store: Embedded, folder: Path) -> Path | None:
    """Return the file of the index beside the build in force, written now where it is not there.

    Args:
        store: the dataset of that build.
        folder: of the store; None is returned where it may only be read.
    """
    path = build_in_force(folder) / _NAME
    if not path.exists():
        try:
            SearchIndex.build(store, path).close()
        except StoreError:
            return None
    return path


class CurrentIndex:
    """The index of the dataset as it is; some seconds behind while changes come in."""

    def __init__(self, dataset: Dataset, path: Path | None) -> None:
        """Open the index, or make it in memory, and follow the dataset."""
        self._dataset = dataset
        self._index = SearchIndex(path) if path else SearchIndex.build(dataset.store)
        self._task: asyncio.Task[None] | None = None
        dataset.on_change(self._plan)

    def __call__(self) -> SearchIndex:
        """Return the index."""
        return self._index

    def _plan(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._renew())

    async def _renew(self) -> None:
        """Make the index anew, until it is that of the dataset in force."""
        version = ""
        while version != self._dataset.version:
            await asyncio.sleep(_SECONDS_TO_GATHER)
            version = self._dataset.version
            self._index = await asyncio.to_thread(SearchIndex.build, self._dataset.store)
