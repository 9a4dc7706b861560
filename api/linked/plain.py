"""The description of a thing without markup: as a table (CSV), and as Markdown."""

from __future__ import annotations

import csv
import io
import re

from kg import names
from kg.description import Description, Evidence, Said, entry_words
from kg.store.patterns import Quad, is_named, value_of

_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_MARKS = re.compile(r"([\\`*_{}\[\]<>#|!])")
_COLUMNS = ("subject", "property", "value", "label", "graph")


def csv_table(description: Description) -> bytes:
    """Return every fact of the page as a row: subject, property, value, label of the value, named graph."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for s, p, o, g in description.quads():
        label = description.labels.get(o.value, "") if is_named(o) else ""
        writer.writerow([_safe(cell) for cell in (value_of(s), p.value, value_of(o), label, getattr(g, "value", ""))])
    return buffer.getvalue().encode()


def _safe(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula; a number stays one."""
    hostile = cell[:1] in {"=", "+", "-", "@", "\t", "\r"} and not _NUMBER.fullmatch(cell)
    return "'" + cell if hostile else cell


def markdown(description: Description) -> bytes:
    """Return the description for people who read plain text."""
    lines = [f"# {_escaped(description.label)}", "", f"<{description.thing.iri}>", "", "## Facts", ""]
    lines += [_fact(quad, description) for quad in description.thing.quads] or ["Nothing of its own is known."]
    if description.thing.evidence:
        lines += ["", "## Evidence", "", *_evidence(description.thing, description, "")]
    if description.statements:
        lines += ["", f"## Statements about it ({description.statement_count})"]
    for each in description.statements:
        lines += ["", f"- {_named(each.iri, description)}", *_evidence(each, description, "  ")]
    if description.links:
        lines += ["", f"## What points to it ({description.link_count})", ""]
        lines += [
            f"- {_named(value_of(s), description)}: {_named(p.value, description)}" for s, p, _, _ in description.links
        ]
    if description.pages > 1:
        lines += ["", f"Page {description.page} of {description.pages}."]
    return ("\n".join(lines) + "\n").encode()


def _fact(quad: Quad, description: Description) -> str:
    _, p, o, _ = quad
    value = _named(o.value, description) if is_named(o) else _escaped(value_of(o))
    return f"- {_named(p.value, description)}: {value}"


def _evidence(said: Said, description: Description, indent: str) -> list[str]:
    return [f"{indent}- {_escaped(evidence_text(each, description))}{_digest(each)}" for each in said.evidence]


def _digest(evidence: Evidence) -> str:
    """Return the digest of the passage, by which it can be checked; "" for a row."""
    digest = evidence.value("textDigest")
    return f"; SHA-256 of the passage {digest}" if digest else ""


def evidence_text(evidence: Evidence, description: Description) -> str:
    """Return in one line where a claim stands and who makes it, or which row of which register says it.

    The digest of the passage is not in it: as the text of a link, nobody reads 64 digits.
    """
    label = description.labels.get
    if evidence.is_row:
        sources = [o.value for _, p, o, _ in evidence.quads if p.value == names.DEF + "rowSource"]
        told = ", ".join(label(source) or names.short(source) for source in sources)
        table = label(evidence.value("inTable"), "a table")
        return f"entry “{entry_words(evidence.iri)}” of: {table}; source: {told}"
    document, agent, mode = (evidence.value(name) for name in ("hasSource", "claimedBy", "claimMode"))
    start, end = evidence.value("start"), evidence.value("end")
    return (
        f"{label(document, names.short(document))}, characters {start} to {end}; "
        f"said by {label(agent, names.short(agent))} ({label(mode, names.short(mode))})"
    )


def _named(iri: str, description: Description) -> str:
    return f"[{_escaped(description.labels.get(iri) or names.words(iri))}](<{iri}>)"


def _escaped(text: str) -> str:
    return _MARKS.sub(r"\\\1", " ".join(text.split()))
