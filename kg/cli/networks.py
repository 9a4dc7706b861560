"""The commands on networks: `kg export` takes a part of the graph to another tool, `kg analyse` measures it."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli import screen
from kg.cli.app import app
from kg.cli.arguments import STORE, Store, one_of, opened, pairs
from kg.errors import QuestionError

if TYPE_CHECKING:
    from kg.export import Filters, Form, Network
    from kg.export.measures import Measures

_MOST_LINES = 20

ViewName = Annotated[str, typer.Argument(help='Name of a view; "kg export --list" tells all.')]
Parameters = Annotated[list[str] | None, typer.Option("--param", "-p", help="name=value, once a parameter.")]
Types = Annotated[list[str] | None, typer.Option("--type", help="Keep things of a group or class; may be repeated.")]
Within = Annotated[str, typer.Option(help="Keep what belongs to a region.")]
Since = Annotated[
    str, typer.Option(help="Leave out what ended before: YYYY, YYYY-MM or YYYY-MM-DD; what has no date stays.")
]
Until = Annotated[str, typer.Option(help="Leave out what began after; what has no date stays.")]
Sources = Annotated[list[str] | None, typer.Option("--source", help="Keep what a document or register says.")]
Quality = Annotated[
    str,
    typer.Option(
        help="Least quality of the sources: primary-report, official-release, press or press-copy of a document, "
        "a, b or c of a register."
    ),
]
Most = Annotated[int, typer.Option(help="Most things of a view that grows step by step.", min=1, max=20_000)]


_THEMES, _SIZES = ("light", "dark"), ("screen", "a4", "a3", "a2", "a1", "slide")
_MEASURE_FORMS = ("table", "csv", "json")
Theme = Annotated[
    str, typer.Option(metavar="|".join(_THEMES), callback=one_of("--theme", _THEMES), help="Theme of a picture.")
]
Size = Annotated[
    str,
    typer.Option(
        metavar="|".join(_SIZES),
        callback=one_of("--size", _SIZES),
        help="What a picture is for; text has at least 9 points on paper.",
    ),
]
MeasureForm = Annotated[
    str,
    typer.Option(
        "--format",
        "-f",
        metavar="|".join(_MEASURE_FORMS),
        callback=one_of("--format", _MEASURE_FORMS),
        help="Form of the table.",
    ),
]


@app.command()
def export(
    view: ViewName = "",
    *,
    form: Annotated[str, typer.Option("--format", "-f", help="Format; the suffix of -o by default.")] = "",
    out: Annotated[str, typer.Option("--out", "-o", help='File to write; "-", the default: standard output.')] = "-",
    param: Parameters = None,
    types: Types = None,
    within: Within = "",
    since: Since = "",
    until: Until = "",
    source: Sources = None,
    quality: Quality = "",
    most: Most = 500,
    theme: Theme = "light",
    size: Size = "screen",
    measures: Annotated[bool, typer.Option("--measures", help="Add network measures to things and links.")] = False,
    known: Annotated[bool, typer.Option("--list", help="List the views and formats.")] = False,
    store: Store = STORE,
) -> None:
    """Write a part of the graph as a network: for Gephi, yEd, Cytoscape, Graphviz, Neo4j, a slide or a page.

    kg export organisation-chart -p region=region/kent-surrey-and-sussex -o chart.svg
    """
    if known:
        screen.views()
        return
    if not view:
        raise QuestionError('No view is named; "kg export --list" tells all.')
    from kg.export import Filters, Look, find_view

    find_view(view)
    chosen = _form(form, out)
    wanted = Filters(tuple(types or ()), within, since, until, tuple(source or ()), quality)
    with screen.steps() as step:
        step("asking the graph")
        network = _network(view, pairs(param or []), wanted, store, most)
        if measures:
            from kg.export.measures import measure

            step("measuring")
            network = measure(network).network
        _tell(network, wanted, chosen)
        step(f"writing {network.graph.number_of_nodes():,} things and {network.graph.number_of_edges():,} links")
        _write(chosen, network, Look(theme, size), out)


@app.command()
def analyse(
    view: ViewName,
    *,
    form: MeasureForm = "table",
    lines: Annotated[int, typer.Option(help="Lines of the table; 0 for all.", min=0)] = _MOST_LINES,
    explain: Annotated[bool, typer.Option("--explain", help="Say what each measure means.")] = False,
    param: Parameters = None,
    types: Types = None,
    within: Within = "",
    since: Since = "",
    until: Until = "",
    source: Sources = None,
    quality: Quality = "",
    most: Most = 500,
    store: Store = STORE,
) -> None:
    """Measure a view: how connected its things are, which hold it together, what is shared and what recurs."""
    from kg.export import Filters
    from kg.export.measures import measure

    wanted = Filters(tuple(types or ()), within, since, until, tuple(source or ()), quality)
    with screen.steps() as step:
        step("asking the graph")
        network = _network(view, pairs(param or []), wanted, store, most)
        _tell(network, wanted)
        step("measuring")
        found = measure(network)
    _WRITERS[form](found, lines or len(found.nodes))
    if explain:
        screen.explanations()


def _network(name: str, parameters: dict[str, str], wanted: Filters, store: Path, most: int) -> Network:
    from kg.export import find_view, select
    from kg.store import load_memory, version_in_force

    view = find_view(name)
    if parameters:
        return select(opened(store), view, parameters, wanted, version=version_in_force(store), most=most)
    dataset, version = load_memory(store)  # what asks for no one thing reads most of the graph, in memory twice as fast
    return select(dataset, view, parameters, wanted, version=version, most=most)


def _form(name: str, out: str) -> Form:
    """Return the form asked for, by name or by the suffix of the file."""
    from kg.export import find_form, form_of_file

    of_file = form_of_file(out)
    form = find_form(name) if name else of_file
    if form is None:
        raise QuestionError(_formless(out))
    json_by_both = out.endswith(".json") and "json" in form.media_type  # several forms are JSON
    if of_file not in (None, form) and not json_by_both:
        raise QuestionError(
            f"-f {name} writes {form.title}, but {Path(out).name} is the name of {of_file.title}; "
            f"write to a file that ends with .{form.suffix}, or leave out -f."
        )
    if form.binary and out == "-" and sys.stdout.isatty():
        raise QuestionError(f"{form.title} is not for a terminal; name a file with -o.")
    return form


def _formless(out: str) -> str:
    """Say why a file's name asks for no form, and what would."""
    suffix, known = Path(out).suffix, '"kg export --list" tells all'
    if out == "-" or not suffix:
        return f"No format is named; add --format, or a file with -o; {known}."
    if suffix == ".csv":
        stem = Path(out).stem
        return f'".csv" is no format: write {stem}.nodes.csv or {stem}.edges.csv.'
    return f'"{suffix}" is no format; add --format, or give the file another suffix; {known}.'


def _tell(network: Network, wanted: Filters, form: Form | None = None) -> None:
    """Say on standard error what the network leaves out or keeps that nobody may expect."""
    things = [said for _, said in network.graph.nodes(data=True)]
    if network.reached:
        screen.complain(
            f"this is taken from the nearest {network.most:,} of {network.reached:,} things; --most raises it"
        )
    undated = sum(not said.get("start") and not said.get("end") for said in things)
    if undated and (wanted.since or wanted.until):
        screen.complain(
            f"{undated:,} of {len(things):,} things have no date and stay: "
            "--since and --until leave out only what is known to lie outside"
        )
    placed = sum("lat" in said and "lon" in said for said in things)
    if form is not None and form.name == "geojson" and placed < len(things):
        screen.complain(f"{placed:,} of {len(things):,} things have a place; GeoJSON holds no others")


def _write(form: Form, network: Network, look: object, out: str) -> None:
    """Write to standard output, or to a file that takes its place only when it is whole."""
    from kg.export import Look

    assert isinstance(look, Look)
    if out == "-":
        with contextlib.suppress(BrokenPipeError):
            form.write(network, sys.stdout.buffer, look)
            sys.stdout.flush()
        return
    target = Path(out)
    if not target.parent.is_dir():
        raise QuestionError(f"There is no folder {target.parent}; make it, or name another with -o.")
    number, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(number, "wb") as file:
            form.write(network, file, look)
        mask = os.umask(0)
        os.umask(mask)
        Path(name).chmod(0o666 & ~mask)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _as_csv(found: Measures, lines: int) -> None:
    from kg.export.measures import COLUMNS, table
    from kg.query.answers import safe

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([safe(cell) for cell in row] for row in table(found, lines))
    screen.out(text.getvalue())


def _as_json(found: Measures, lines: int) -> None:
    from kg.export.measures import COLUMNS, table

    rows = [dict(zip(COLUMNS, row, strict=True)) for row in table(found, lines)]
    screen.out(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")


_WRITERS: dict[str, Callable[[Measures, int], None]] = {"table": screen.measures, "csv": _as_csv, "json": _as_json}
