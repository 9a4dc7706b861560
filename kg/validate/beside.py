"""Validation of what somebody hands in: read beside the ontology and its vocabularies, without a store or a file."""

from __future__ import annotations

from kg.store import Embedded
from kg.validate.engines import compiled, outcome
from kg.validate.report import Report
from kg.validate.run import load_ontology, load_shapes, reported


class Beside:
    """The ontology and the compiled shapes in memory; once made it opens no file, so confined processes can use it."""

    def __init__(self) -> None:
        """Read the ontology, its vocabularies and the shapes."""
        self._ontology = load_ontology()
        self._triples = self._ontology.triples_text()
        self._shapes = compiled(load_shapes())

    def validate(self, data: Embedded) -> Report:
        """Apply the shapes to what was handed in and the ontology together."""
        results = outcome(self._shapes, self._triples + data.triples_text())
        return reported(results, data, self._ontology)
