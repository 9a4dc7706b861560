"""What `kg` prints: tables on a terminal, plain lines elsewhere. Only this module writes to the screen."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from kg import names

if TYPE_CHECKING:
    from kg.describe import Evidence, RowEvidence
    from kg.diff import Change
    from kg.documents import Coverage, Mismatch
    from kg.export.measures import Measures
    from kg.query import Question, Rows
    from kg.reconcile import Candidate
    from kg.store import Embedded, Manifest

_CONTEXT = 160
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def out(text: str) -> None:
    """Print text as it is; a reader that goes away early (head) is no error."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        sys.stderr.close()
        raise SystemExit(0) from None


def prepare() -> None:
    """Let no character that the terminal's encoding lacks end the program."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def explain(described: Question) -> None:
    """Say on standard error what a query asks, and what its answer does and does not tell."""
    for text in (described.summary, described.description):
        if text:
            complain(text)


def complain(text: str) -> None:
    """Print one sentence on standard error."""
    sys.stderr.write(f"kg: {text}\n")


@contextmanager
def steps() -> Iterator[Callable[[str], None]]:
    """Show the steps of a build as they begin: a spinner on a terminal, one line a step elsewhere."""
    if not sys.stderr.isatty():
        yield lambda step: complain(f"{step} …")
        return
    from rich.console import Console

    with Console(stderr=True).status("starting") as status:
        yield lambda step: status.update(f"{step} …")


def grid(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table: drawn on a terminal, tab-separated elsewhere; control characters become spaces."""
    rows = [[_CONTROL.sub(" ", cell) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        out("".join("\t".join(line) + "\n" for line in [columns, *rows]))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(header_style="bold")
    for column in columns:
        drawn.add_column(column, overflow="fold")  # a statement's name is copied from here: never cut it
    for row in rows:
        drawn.add_row(*(Text(cell) for cell in row))
    Console().print(drawn)


def table(rows: Rows, asked: set[str]) -> None:
    """Print the answer to a query, without the columns that repeat what was asked."""
    from kg.query import readable

    shown = [number for number, column in enumerate(rows.table.columns) if column not in asked]
    columns = [rows.table.columns[number] for number in shown]
    grid(columns, [[row[number] for number in shown] for row in readable(rows)])
    complain(f"{len(rows)} row{'s' * (len(rows) != 1)}")


def summary(manifest: Manifest, folder: Path) -> None:
    """Print what a build made."""
    layers: dict[str, int] = {}
    for graph, quads in manifest.graphs.items():
        layer = names.short(graph).split("/")[1]
        layers[layer] = layers.get(layer, 0) + quads
    grid(["graph", "quads"], [[layer, f"{quads:,}"] for layer, quads in sorted(layers.items())])
    found = f"{manifest.violations} violations, {manifest.warnings} warnings, {manifest.notes} notes"
    checked = found if manifest.validated else "not validated"
    out(f"{manifest.quads:,} quads in {folder}; {checked}; version {manifest.digest[:16]}\n")


def left(changes: int, folder: Path) -> None:
    """Say that a replaced build keeps changes that the new one does not have."""
    if changes:
        many = f"{changes:,} change{'s' * (changes != 1)}"
        complain(
            f"{many} written over HTTP {'stays' if changes == 1 else 'stay'} in the old build's folder in {folder}."
        )


def question(described: Question) -> None:
    """Print a named query's name, summary and parameters."""
    out(f"{described.name}\n    {described.summary}\n")
    for parameter in described.parameters:
        optional = ", optional" if parameter.optional else ""
        out(f"    --param {parameter.name}={parameter.example}  ({parameter.type}{optional})\n")


def thing(store: Embedded, iri: str) -> None:
    """Print a thing, the statements about it and their sources."""
    from kg import describe

    out(f"{names.short(iri)}\n{iri}\n\n")
    grid(["property", "value"], [[names.short(p.value), _plain(v)] for p, v in describe.facts(store, iri) if p and v])
    found = describe.statements(store, iri)
    if found:
        out(f"\n{len(found)} statements about it (kg evidence STATEMENT shows the passages):\n")
        grid(["statement", "summary"], [[names.short(s.value), t.value if t else ""] for s, t in found if s])
    own = describe.evidence(store, iri)
    if own:
        out("\nsaid in:\n")
        grid(["document", "passage", "mode", "by"], [[e.document, f"{e.start}-{e.end}", e.mode, e.agent] for e in own])
    registers(describe.rows_behind(store, iri))


def evidence(store: Embedded, statement: str, found: list[Evidence], texts: dict[str, str]) -> None:
    """Print the passages behind a statement, in context where the document's text is at hand."""
    from kg import describe

    said = next(
        (v.value for p, v in describe.facts(store, statement) if p and v and p.value == names.DEF + "summary"), ""
    )
    out(f"{names.short(statement)}\n{said}\n")
    rows = describe.rows_behind(store, statement)
    if not found and not rows:
        out("\nThis is not a statement with evidence of its own.\n")
    for each in found:
        out(f"\n{each.document} {each.start}-{each.end} ({each.tier}, {each.mode}, {each.agent})\n")
        out(f"sha256 {each.sha256}\n")
        if each.document in texts:
            out(_passage(each, texts[each.document]) + "\n")
    registers(rows)


def registers(rows: list[RowEvidence]) -> None:
    """Print the rows of registers behind a thing, if there are any."""
    if rows:
        out("\nlisted in (quality a: official register, b: supported, c: doubtful):\n")
        grid(["row", "table", "source", "quality"], [[row.row, row.table, row.source, row.quality] for row in rows])


def _passage(each: Evidence, text: str) -> str:
    """Return a passage marked ⟦so⟧ in its context."""
    before = text[max(0, each.start - _CONTEXT) : each.start]
    after = text[each.end : each.end + _CONTEXT]
    return " ".join(f"… {before}⟦{text[each.start : each.end]}⟧{after} …".split())


def candidates(name: str, found: list[Candidate]) -> bool:
    """Print the things that a name may mean; return whether exactly one bears the very name."""
    grid(
        ["score", "type", "thing", "label", "why"],
        [[f"{each.score:g}", each.type, names.short(each.thing), each.label, each.why] for each in found],
    )
    exact = [each for each in found if each.score >= 96]
    if len(exact) > 1:
        complain(f'"{name}" names {len(exact)} things; choose one by its reference, or narrow it with --type.')
    elif not exact:
        complain(f'Nothing bears the very name "{name}"; {"these are like it" if found else "nothing is like it"}.')
    return len(exact) == 1


def coverage(result: Coverage, text: str) -> None:
    """Print how far a document is accounted for, and the sentences left over."""
    out(
        f"{result.document}: {result.share:.1f} % of {result.sentences} sentences "
        f"({result.anchored} anchored, {result.unstated} state no fact, {len(result.left)} left over); "
        f"{result.words:.1f} % of the words of anchored sentences lie in a passage\n"
    )
    for sentence in result.left:
        out(f"    {sentence.start}-{sentence.end}: {text[sentence.start : sentence.end]}\n")


def mismatches(wrong: list[Mismatch], total: int) -> None:
    """Print the passages that no longer match, and how many do."""
    for each in wrong:
        out(f"{each.place}: {each.passage.document} {each.passage.start}-{each.passage.end}: {each.reason}\n")
    out(f"{total - len(wrong)} of {total} passages read as recorded.\n")


def changes(found: list[Change]) -> None:
    """Print what changed between two builds."""
    for change in found:
        out(f"{change.kind} {change.thing}: {change.summary}\n")
        out("".join(f"    {detail}\n" for detail in change.details))
    out(f"{len(found)} differences.\n")


def stats(store: Embedded, version: str) -> None:
    """Print counts by class and by graph."""
    from kg.store import Table

    answer = store.query(
        "SELECT ?class (COUNT(DISTINCT ?thing) AS ?n) WHERE { ?thing a ?class "
        f'FILTER(STRSTARTS(STR(?thing), "{names.ID}")) }} GROUP BY ?class ORDER BY DESC(?n) ?class'
    )
    assert isinstance(answer, Table)
    grid(["class", "things"], [[names.short(c.value), n.value] for c, n in answer.rows if c and n])
    grid(["graph", "quads"], [[names.short(graph), f"{quads:,}"] for graph, quads in store.graphs().items()])
    out(f"dataset version {version}\n")


def _plain(term: object) -> str:
    """Return a term as a person reads it."""
    from kg.store import Term

    assert isinstance(term, Term)
    return names.short(term.value) if term.kind == "iri" else term.value


def views() -> None:
    """Print the views with their parameters, and the formats of an export."""
    from kg.export import FORMS, read_views

    for view in read_views().values():
        question(view.question)
    out("\nformats (-f, or the suffix of -o):\n")
    grid(
        ["format", "suffix", "what it is", "opens in"],
        [[f.name, f.suffix, f.title, f.opens] for f in FORMS.values()],
    )


def measures(found: Measures, lines: int) -> None:
    """Print the table of measures, the rankings of the field, and what was measured in one sentence."""
    from kg.export.measures import COLUMNS, summary, table

    grid(
        ["thing", *COLUMNS[1:]],
        [[names.short(str(iri)), *(_cell(value) for value in rest)] for iri, *rest in table(found, lines)],
    )
    for ranking in found.rankings:
        out(f"\n{ranking.title}\n")
        grid(["number", "name", "thing"], [[str(n), label, names.short(iri)] for n, label, iri in ranking.rows[:10]])
    complain(summary(found))


def explanations() -> None:
    """Print what each measure means, and what not to read into it."""
    from kg.export.explanations import explain

    for each in explain():
        out(f"\n{each.name}\n    {each.meaning}\n    But: {each.caution}\n")


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.6f}" if isinstance(value, float) else str(value)
