"""The project's own queries, checked once and answered many times: nothing is read twice that a table has in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyoxigraph as ox

from kg.errors import QuestionError, StoreError
from kg.store.embedded import Embedded, _engine_term, term_of
from kg.store.faults import line_of
from kg.store.guard import refuse_hostile
from kg.store.terms import Table, Term

Terms = dict[Any, Term]


class Prepared:
    """A SELECT query that ships with the project; the guard looks at it once, not at every asking."""

    def __init__(self, text: str) -> None:
        """Check the query.

        Raises:
            QuestionError: it is hostile.
        """
        self._text = text
        self._union = not refuse_hostile(text)

    def answer(self, store: Embedded, bindings: Mapping[str, Term], known: Terms) -> Table:
        """Answer the query over the union of all graphs.

        Args:
            store: the dataset.
            bindings: terms in the place of variables that the query projects.
            known: the engine's terms as they were read before; what is read now is added.

        Raises:
            QuestionError: it makes no table, or a term is no term.
        """
        try:
            terms: dict[Any, Any] = {ox.Variable(name): _engine_term(term) for name, term in bindings.items()}
            result = store.engine.query(self._text, use_default_graph_as_union=self._union, substitutions=terms)
            if not isinstance(result, ox.QuerySolutions):
                raise QuestionError("The query makes no table; a named query selects columns.")
            columns = tuple(variable.value for variable in result.variables)
            return Table(columns, tuple(tuple([_read(node, known) for node in row]) for row in result))
        except OSError as error:
            raise StoreError(f'The store cannot be read ({line_of(error)}); run "kg build" to write it anew.') from None
        except (SyntaxError, ValueError, RuntimeError) as error:
            raise QuestionError(f"The query cannot be run: {line_of(error)}; correct it and ask again.") from None


def _read(node: Any, known: Terms) -> Term | None:
    if node is None:
        return None
    term = known.get(node)
    if term is None:
        term = known[node] = term_of(node)
    return term
