"""The probation knowledge graph as a library.

import kg
graph = kg.load()
for row in graph.ask("ratings-of-a-region", region="region/kent-surrey-and-sussex"):
    print(row["standard label"], row["rating label"])
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.query import Rows
    from kg.store import Embedded

__all__ = ["Graph", "ask", "load"]


class Graph:
    """The dataset, ready to be asked."""

    def __init__(self, store: Embedded) -> None:
        """Wrap an open store."""
        self.store = store

    def ask(self, question: str, /, **parameters: str) -> Rows:
        """Answer a named query; parameters are short references, IRIs or plain values.

        Raises:
            QuestionError: the query is unknown, or a parameter is missing, unknown, ill-typed or names no thing.
        """
        from kg import resources
        from kg.errors import QuestionError
        from kg.query import bind, read_questions, refuse_unknown, with_labels
        from kg.store import Table

        questions = read_questions(resources.queries())
        if question not in questions:
            raise QuestionError(f'There is no query "{question}"; the queries are: {", ".join(questions)}.')
        bindings = bind(questions[question], parameters)
        refuse_unknown(self.store, questions[question], parameters)
        answer = self.store.query(questions[question].text, bindings)
        if not isinstance(answer, Table):
            raise QuestionError(f'Query "{question}" makes no table; run it with: kg query {question}.')
        return with_labels(self.store, answer)


def load(folder: str | Path | None = None) -> Graph:
    """Return the graph of a store's folder, or, without one, of the packaged facts, built in memory.

    Raises:
        StoreError: there is no store in `folder`, or another version wrote it.
    """
    if folder is not None:
        from kg.store import open_store

        return Graph(open_store(Path(folder)))
    return _packaged()


@cache
def _packaged() -> Graph:
    from kg.release import assemble

    return Graph(assemble())


def ask(question: str, /, **parameters: str) -> Rows:
    """Answer a named query over the packaged facts."""
    return load().ask(question, **parameters)
