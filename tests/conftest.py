"""What tests share: the assembled graph, its validation report, and the documents where they are at hand."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from kg import names, resources
from kg.documents import FactBase, Record, passage_text, read_facts, text_of
from kg.release import assemble
from kg.store import Embedded, Table
from kg.validate import Report, validate

ROOT = Path(__file__).resolve().parent.parent
PROLOGUE = f"BASE <{names.BASE}>\n" + "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in names.PREFIXES.items())


_LONGEST = ("test_engines.py", "test_hostile.py", "test_openapi.py", "test_conformance.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the longest files first, so that processes which share the tests end at about the same time."""
    items.sort(key=lambda item: _LONGEST.index(item.path.name) if item.path.name in _LONGEST else len(_LONGEST))


@pytest.fixture(scope="session")
def store() -> Embedded:
    """The whole dataset, built and derived once."""
    return assemble()


@pytest.fixture(scope="session")
def facts() -> FactBase:
    """All fact records."""
    return read_facts(resources.facts())


@pytest.fixture(scope="session")
def report(store: Embedded) -> Report:
    """What the shapes say of the dataset; takes some seconds, so it is made once."""
    return validate(store)


@pytest.fixture(scope="session")
def documents() -> Path:
    """The folder of the source documents, which are not part of the project."""
    default = ROOT.parent / "shared" / "documents"
    folder = Path(os.environ.get("PROBATION_KG_DOCUMENTS", default))
    if not folder.is_dir():
        pytest.skip(f"the source documents are not in {folder}; name their folder in PROBATION_KG_DOCUMENTS")
    return folder


@pytest.fixture(scope="session")
def ask(store: Embedded) -> Callable[[str], bool]:
    """Answers the pattern of an ASK query, with all prefixes and <id/...>, <vocab/...> at hand."""

    def answer(pattern: str) -> bool:
        found = store.query(f"{PROLOGUE}ASK {{ {pattern} }}")
        assert isinstance(found, bool)
        return found

    return answer


@pytest.fixture(scope="session")
def values(store: Embedded) -> Callable[[str], list]:
    """Answers a SELECT query: sorted rows of short references and texts; rows of one column as plain texts."""

    def answer(query: str) -> list:
        table = store.query(PROLOGUE + query)
        assert isinstance(table, Table)
        rows = sorted(tuple("" if term is None else names.short(term.value) for term in row) for row in table.rows)
        return [row[0] for row in rows] if len(table.columns) == 1 else rows

    return answer


@pytest.fixture(scope="session")
def records(facts: FactBase) -> dict[str, Record]:
    """The fact records by id."""
    return {record.id: record for record in facts.records()}


@pytest.fixture(scope="session")
def printed(facts: FactBase, records: dict[str, Record], documents: Path) -> Callable[[str], list[str]]:
    """Gives the passages of a record as its document prints them."""
    texts = {document.slug: text_of(document, documents) for document in facts.documents}
    return lambda name: [passage_text(passage, texts[passage.document]) for passage in records[name].passages]


@pytest.fixture(scope="session")
def disagreements(values: Callable[[str], list]) -> Callable[..., set[tuple[str, str]]]:
    """Gives kind and preferred statement ("" for none) of the recorded discrepancies that involve all statements."""

    def found(*statements: str) -> set[tuple[str, str]]:
        involved = " ".join(f"?discrepancy pko:involves <id/{statement}> ." for statement in statements)
        rows = values(
            f"SELECT ?kind ?preferred {{ ?discrepancy a pko:Discrepancy ; pko:discrepancyKind ?kind . {involved} "
            "OPTIONAL { ?discrepancy pko:preferred ?preferred } }"
        )
        return {(kind.removeprefix("vocab/discrepancy/"), preferred) for kind, preferred in rows}

    return found
