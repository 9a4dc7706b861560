"""Loads the store of the settings into memory, with what writes need where they are on."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from api.dataset import Loaded
from api.indexes import prepare
from api.sandbox.worker import Held
from api.settings import Settings
from kg.store import Embedded, Journal, consolidate, load_memory, read_manifest, read_report

if TYPE_CHECKING:
    from kg.validate import Checker

_LONG_JOURNAL = 16 << 20  # bytes that take longer to replay than a build takes to write


def load(settings: Settings) -> Loaded:
    """Return the dataset of a store's folder; with a token, its journal is opened for writing.

    Raises:
        StoreError: there is no store, it is damaged, or another server writes to it.
    """
    if settings.scratch:
        held = Held(Embedded())
        held.checker = _checker(settings, held)
        return Loaded(held, hashlib.sha256().hexdigest())
    journal = _journal(settings) if settings.token else None
    store, version = load_memory(settings.store)
    held = Held(store)
    held.checker = _checker(settings, held)
    report = read_report(settings.store)
    if version != read_manifest(settings.store).digest:  # changed since the build, or another one is in force by now
        return Loaded(held, version, None, journal)
    held.report = report
    return Loaded(held, version, prepare(store, settings.store), journal)


def _journal(settings: Settings) -> Journal:
    """Return the journal, open; a long one is first written into a build of its own."""
    journal = Journal.open(settings.store)
    if journal.head.size < _LONG_JOURNAL:
        return journal
    journal.close()
    consolidate(settings.store)
    return Journal.open(settings.store)


def _checker(settings: Settings, held: Held) -> Checker | None:
    """Return the gate of the writes, where they are on and pass one."""
    if not settings.token or not settings.gate:
        return None
    from kg.validate import Checker

    return Checker(held.store)
