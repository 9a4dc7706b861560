"""One thing at a time: what the graph says of it, and the passages behind each statement."""

from __future__ import annotations

from dataclasses import dataclass

from kg import names
from kg.errors import ThingNotFoundError
from kg.store import Embedded, Row, Table, Term, literal

_PREFIXES = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in names.PREFIXES.items())

_NAMED = """SELECT DISTINCT ?thing ?_key WHERE {
  VALUES ?property { rdfs:label skos:prefLabel skos:altLabel skos:notation pko:acronym dcterms:title }
  ?thing ?property ?name FILTER(LCASE(STR(?name)) = ?_key)
} ORDER BY ?thing"""
_FACTS = """SELECT DISTINCT ?_thing ?property ?value WHERE { ?_thing ?property ?value } ORDER BY ?property ?value"""
# The properties by which a statement is about a thing.
ABOUT = (
    *(names.DEF + name for name in ("aboutUnit", "aboutThing", "ofUnit", "addressedTo", "aboutStandard", "madeIn")),
    *(names.DEF + name for name in ("theme", "affiliatedUnit", "coveringUnit", "coveredArea", "contractProvider")),
    names.PREFIXES["rdf"] + "subject",
    names.PREFIXES["rdf"] + "object",
    names.PREFIXES["org"] + "member",
)
_STATEMENTS = f"""SELECT DISTINCT ?_thing ?statement ?summary WHERE {{
  VALUES ?property {{ {" ".join(f"<{iri}>" for iri in ABOUT)} }}
  ?statement ?property ?_thing ; pko:evidencedBy ?claim
  OPTIONAL {{ ?statement pko:summary ?summary }}
}} ORDER BY ?statement"""
_EVIDENCE = """SELECT DISTINCT ?_statement ?claim ?mode ?agent ?tier ?document ?start ?end ?digest WHERE {
  ?_statement pko:evidencedBy ?claim .
  ?claim pko:claimMode ?mode ; pko:claimedBy ?agent ; pko:inPassage ?passage .
  ?passage oa:hasSource ?document ; oa:hasSelector ?selector ; pko:textDigest ?digest .
  ?selector oa:start ?start ; oa:end ?end .
  ?document pko:sourceTier ?tier
} ORDER BY ?document ?start"""


_ROWS = """SELECT DISTINCT ?_thing ?row ?table ?title ?publisher ?quality WHERE {
  ?_thing pko:evidencedBy ?row .
  ?row pko:inTable ?node ; pko:rowSource ?source ; pko:rowQuality ?quality .
  ?node rdfs:label ?table . ?source rdfs:label ?title
  OPTIONAL { ?source pko:publisherName ?publisher }
} ORDER BY ?row ?title"""


@dataclass(frozen=True, slots=True)
class RowEvidence:
    """One row of a register behind a thing or statement.

    Attributes:
        row: short name of the row.
        table: what its table holds.
        source: title and publisher of the register.
        quality: "a", "b" or "c".
    """

    row: str
    table: str
    source: str
    quality: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """One passage behind a statement.

    Attributes:
        claim: IRI of the claim.
        mode, agent, tier: short names of how it is said, who says it, and the tier of the source.
        document: slug of the document.
        start, end: code points into its text.
        sha256: digest of the passage.
    """

    claim: str
    mode: str
    agent: str
    tier: str
    document: str
    start: int
    end: int
    sha256: str


def find(store: Embedded, name: str) -> str:
    """Return the IRI of the one thing that bears `name`: an IRI, a short reference, a label, an alias or a code.

    Raises:
        ThingNotFoundError: nothing bears it, or several things do; the message lists them.
    """
    candidate = names.iri(name) if names.REFERENCE.fullmatch(name) or "://" in name else ""
    if candidate and store.mentions(candidate):
        return candidate
    if any(0xD800 <= ord(character) <= 0xDFFF for character in name):
        raise ThingNotFoundError("The name is not text in UTF-8; write it anew.")
    found = sorted({row[0].value for row in _rows(store, _NAMED, "key", literal(name.lower())) if row[0]})
    if not found:
        raise ThingNotFoundError(
            f'Nothing in the graph is called "{name}"; for names like it: kg reconcile "{_last_part(name)}".'
        )
    if len(found) > 1:
        choices = ", ".join(names.short(thing) for thing in found[:12])
        raise ThingNotFoundError(f'"{name}" names {len(found)} things: {choices}; say which.')
    return found[0]


def _last_part(name: str) -> str:
    """Return the words of a reference such as "pdu/west-knt" that are its name, and any other name as it is."""
    return name.rpartition("/")[2].replace("-", " ") if names.REFERENCE.fullmatch(name) else name


def facts(store: Embedded, thing: str) -> list[Row]:
    """Return property and value of every triple about a thing."""
    return [row[1:] for row in _rows(store, _FACTS, "thing", Term(thing))]


def statements(store: Embedded, thing: str) -> list[Row]:
    """Return the statements about a thing: IRI and summary, None where a record has no summary."""
    return [row[1:] for row in _rows(store, _STATEMENTS, "thing", Term(thing))]


def evidence(store: Embedded, statement: str) -> list[Evidence]:
    """Return the passages behind a statement, in the order of their documents."""
    return [_evidence(row) for row in _rows(store, _EVIDENCE, "statement", Term(statement))]


def rows_behind(store: Embedded, thing: str) -> list[RowEvidence]:
    """Return the rows of registers that say something of a thing, each with its source and quality."""
    return [_row(row) for row in _rows(store, _ROWS, "thing", Term(thing))]


def _row(row: Row) -> RowEvidence:
    name, table, title, publisher, quality = (term.value if term else "" for term in row[1:])
    source = f"{title} ({publisher})" if publisher else title
    return RowEvidence(names.short(name), table, source, names.short(quality).rpartition("/")[2])


def _evidence(row: Row) -> Evidence:
    claim, mode, agent, tier, document, start, end, sha256 = (term.value if term else "" for term in row[1:])
    slugs = [names.short(value).rpartition("/")[2] for value in (mode, tier, document)]
    return Evidence(claim, slugs[0], names.short(agent), slugs[1], slugs[2], int(start), int(end), sha256)


def _rows(store: Embedded, query: str, variable: str, term: Term) -> list[Row]:
    answer = store.query(_PREFIXES + query, {f"_{variable}": term})
    assert isinstance(answer, Table)
    return list(answer.rows)
