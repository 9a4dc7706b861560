"""Where the dataset is kept and asked: one interface over the engine, which no other room knows."""

from kg.store.backup import backup, restore
from kg.store.changes import (
    Change,
    apply,
    effect_of_dataset,
    effect_of_drop,
    effect_of_load,
    effect_of_update,
    refuse_triple_terms,
    touched,
)
from kg.store.embedded import Embedded
from kg.store.folder import (
    FORMAT,
    Manifest,
    build_in_force,
    consolidate,
    dataset_file,
    digest,
    load_memory,
    open_store,
    publish,
    read_manifest,
    read_report,
    version_in_force,
)
from kg.store.guard import start_deep
from kg.store.journal import Journal
from kg.store.payloads import parse_payload
from kg.store.serialize import (
    ResultTooLargeError,
    UnacceptableError,
    Wanted,
    answer_bytes,
    convert,
    graph_bytes,
)
from kg.store.terms import Answer, Row, Table, Term, Triples, literal

__all__ = [
    "FORMAT",
    "Answer",
    "Change",
    "Embedded",
    "Journal",
    "Manifest",
    "ResultTooLargeError",
    "Row",
    "Table",
    "Term",
    "Triples",
    "UnacceptableError",
    "Wanted",
    "answer_bytes",
    "apply",
    "backup",
    "build_in_force",
    "consolidate",
    "convert",
    "dataset_file",
    "digest",
    "effect_of_dataset",
    "effect_of_drop",
    "effect_of_load",
    "effect_of_update",
    "graph_bytes",
    "literal",
    "load_memory",
    "open_store",
    "parse_payload",
    "publish",
    "read_manifest",
    "read_report",
    "refuse_triple_terms",
    "restore",
    "start_deep",
    "touched",
    "version_in_force",
]
