"""Derivation: each rule of ontology/rules/ is a CONSTRUCT query whose triples go into a graph of the rule's own.

Rules run in the order of their numbers, closures last ("84-super-properties.rq" after "30-collective-ratings.rq"), each
over all that is there by then. Derived graphs are dropped and made anew with every build.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kg import names
from kg.store import Embedded


@dataclass(frozen=True, slots=True)
class Derived:
    """What one rule added: the rule's name and the number of triples in its graph."""

    rule: str
    triples: int


def derive(store: Embedded, rules: Path) -> list[Derived]:
    """Run every rule in the folder `rules` on `store`.

    Raises:
        OntologyError: a rule cannot be read.
    """
    return [_apply(store, path) for path in sorted(rules.glob("*.rq"))]


def _apply(store: Embedded, path: Path) -> Derived:
    """Run one rule until it adds nothing more, for a rule may feed itself (a closure)."""
    name = path.stem.partition("-")[2]
    graph = f"{names.GRAPH}derived/{name}"
    text = path.read_text(encoding="utf-8")
    total = 0
    while added := store.construct_into(graph, text):
        total += added
        if "#+ repeat: yes" not in text:
            break
    return Derived(name, total)
