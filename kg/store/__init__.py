"""Where the dataset is kept and asked: one interface over the engine, which no other room knows."""

from kg.store.embedded import Embedded
from kg.store.folder import FORMAT, Manifest, dataset_file, digest, open_store, publish, read_manifest
from kg.store.terms import Answer, Row, Table, Term, Triples, literal

__all__ = [
    "FORMAT",
    "Answer",
    "Embedded",
    "Manifest",
    "Row",
    "Table",
    "Term",
    "Triples",
    "dataset_file",
    "digest",
    "literal",
    "open_store",
    "publish",
    "read_manifest",
]
