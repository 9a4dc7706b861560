"""Validation of what somebody hands in: read beside the ontology and its vocabularies, without a store or a file."""

from __future__ import annotations

from kg.store import Embedded
from kg.validate.engines import compiled, outcome
from kg.validate.report import Report, ordered
from kg.validate.run import finding, load_ontology, load_shapes, thing_of


class Beside:
    """The ontology and the compiled shapes in memory; once made it opens no file, so confined processes can use it."""

    def __init__(self) -> None:
        """Read the ontology, its vocabularies and the shapes."""
        self._ontology = load_ontology()
        self._triples = self._ontology.triples_text()
        self._shapes = compiled(load_shapes())

    def validate(self, data: Embedded, form: str = "turtle") -> Report:
        """Apply the shapes to data and ontology together.

        Args:
            data: what was handed in.
            form: of the SHACL report: "turtle", "ntriples", "jsonld" or "rdfxml".
        """
        results, text = outcome(self._shapes, self._triples + data.triples_text(), form)
        things = {thing_of(result) for result in results}
        labels = {**self._ontology.labels(things), **data.labels(things)}
        return Report(ordered([finding(result, labels) for result in results]), text)
