"""The commands of `kg`. Heavy rooms are imported by the command that needs them, so that a query starts fast."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli import screen
from kg.cli.arguments import STORE, Store, opened, pairs
from kg.errors import DocumentError, KgError, QuestionError, StoreError

if TYPE_CHECKING:
    from kg.query import Question

app = typer.Typer(
    name="kg",
    help="Probation knowledge graph: build it, check it, ask it, and follow every answer to the passage that says it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)


class AnswerForm(StrEnum):
    """Forms in which an answer leaves."""

    table = "table"
    csv = "csv"
    tsv = "tsv"
    json = "json"
    markdown = "markdown"
    turtle = "turtle"


class ReportForm(StrEnum):
    """Forms of a validation report."""

    text = "text"
    json = "json"
    turtle = "turtle"
    markdown = "markdown"


Documents = Annotated[
    Path | None,
    typer.Option(envvar="PROBATION_KG_DOCUMENTS", help="Folder with the source documents, which are not shipped."),
]


def _tell_version(wanted: bool) -> None:
    """Print the version and end, where it is asked for."""
    if wanted:
        from kg.resources import installed_version

        screen.out(f"kg {installed_version()}\n")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="The version.")
    ] = False,
) -> None:
    """Probation knowledge graph: build it, check it, ask it, and follow every answer to the passage that says it."""


def main() -> None:
    """Run `kg`; a failure is one sentence on standard error and exit status 1, never a traceback."""
    screen.prepare()
    signal.signal(signal.SIGINT, _interrupted)
    try:
        app()
    except KgError as error:
        screen.complain(str(error))
        sys.exit(1)
    except OSError as error:
        screen.complain(f"{error.strerror or error}: {error.filename or 'the file in use'}; nothing was changed.")
        sys.exit(1)


def _interrupted(number: int, frame: object) -> None:
    """End at once on Ctrl-C: an exception raised here could be lost in a callback, and the build go on."""
    screen.complain("Interrupted; the old store, if there was one, is whole.")
    os._exit(130)


@app.command()
def build(
    store: Store = STORE,
    no_validate: Annotated[bool, typer.Option("--no-validate", help="Skip the shapes (faster).")] = False,
) -> None:
    """Build the graph from ontology and facts, check it, and put it in force.

    The new store is written beside the old one and takes its place at the end; with violations the old one stays.
    """
    from kg.release import release

    with screen.steps() as step:
        done = release(store, check=not no_validate, progress=step)
    screen.summary(done.manifest, store)
    screen.left(done.left, store)
    if done.report and not done.report.conforms:
        screen.out(done.report.text())
        screen.complain("The build has violations and was not put in force; mend the facts and build again.")
        raise typer.Exit(1)


@app.command()
def validate(
    files: Annotated[list[Path] | None, typer.Argument(help="RDF files; without any, the store.")] = None,
    form: Annotated[ReportForm, typer.Option("--format", help="Form of the report.")] = ReportForm.text,
    engine: Annotated[str, typer.Option(help="shacl (fast) or pyshacl (the reference).")] = "shacl",
    store: Store = STORE,
) -> None:
    """Apply the shapes to the store, or to files beside the ontology. Exit status 1 where something is violated."""
    from kg.validate import validate as check
    from kg.validate import validate_files

    report = validate_files(files, engine) if files else check(opened(store), engine)
    forms: dict[ReportForm, Callable[[], str]] = {
        ReportForm.text: report.text,
        ReportForm.json: report.json,
        ReportForm.markdown: report.markdown,
        ReportForm.turtle: lambda: report.turtle,
    }
    screen.out(forms[form]())
    raise typer.Exit(0 if report.conforms else 1)


@app.command()
def query(
    name: Annotated[str, typer.Argument(help='A named query, a file with SPARQL, or "-" for standard input.')],
    param: Annotated[list[str] | None, typer.Option("--param", "-p", help="name=value, once a parameter.")] = None,
    form: Annotated[AnswerForm, typer.Option("--format", "-f", help="Form of the answer.")] = AnswerForm.table,
    store: Store = STORE,
) -> None:
    """Answer a question."""
    from kg.query import bind, refuse_unknown, with_labels, write
    from kg.store import Table, Triples

    question = _question(name)
    dataset = opened(store)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # the engine cannot be interrupted otherwise; a query changes nothing
    values = pairs(param or [])
    bindings = bind(question, values)
    refuse_unknown(dataset, question, values)
    answer = dataset.query(question.text, bindings)
    if isinstance(answer, Table) and form is AnswerForm.table:
        screen.explain(question)
        screen.table(with_labels(dataset, answer), set(values))
    else:
        readable = AnswerForm.turtle if isinstance(answer, Triples) and form is AnswerForm.table else form
        screen.out(write(dataset, answer, readable))


@app.command()
def queries() -> None:
    """List the named queries with their parameters."""
    from kg import resources
    from kg.query import read_questions

    for question in read_questions(resources.queries()).values():
        screen.question(question)


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="An IRI, a short reference, a label, an alias or a code.")],
    store: Store = STORE,
) -> None:
    """Show a thing: its properties, the statements about it, and where each statement is said."""
    from kg import describe

    dataset = opened(store)
    thing = describe.find(dataset, name)
    screen.thing(dataset, thing)


@app.command()
def reconcile(
    name: Annotated[str, typer.Argument(help="A name, an alias or a code, as somebody wrote it.")],
    kind: Annotated[str | None, typer.Option("--type", help="Keep to one type, such as pdu, court or place.")] = None,
    most: Annotated[int, typer.Option(help="How many candidates at the most.", min=1)] = 10,
    store: Store = STORE,
) -> None:
    """Find the thing that a name means. Exit status 1 where nothing, or more than one thing, bears the very name."""
    from kg.reconcile import Index

    found = Index(opened(store)).candidates(name, kind, most)
    raise typer.Exit(0 if screen.candidates(name, found) else 1)


@app.command()
def evidence(
    target: Annotated[
        str, typer.Argument(help='A statement, or "verify" to re-read every passage, or "stamp" to fill in digests.')
    ],
    documents: Documents = None,
    store: Store = STORE,
) -> None:
    """Show the passages behind a statement, in context where the documents are there; or verify all passages."""
    if target == "verify":
        _verify(_needed(documents))
    elif target == "stamp":
        _stamp(_needed(documents))
    else:
        from kg import describe

        dataset = opened(store)
        statement = describe.find(dataset, target)
        screen.evidence(dataset, statement, describe.evidence(dataset, statement), _texts(documents))


@app.command()
def coverage(documents: Documents = None) -> None:
    """Say, document by document, which share of the sentences the facts account for, and list those left over."""
    from kg import resources
    from kg.documents import coverage as covered
    from kg.documents import read_facts, text_of

    folder, complete = _needed(documents), True
    for document in read_facts(resources.facts()).documents:
        text = text_of(document, folder)
        result = covered(document, text)
        complete = complete and not result.left
        screen.coverage(result, text)
    raise typer.Exit(0 if complete else 1)


@app.command()
def diff(
    old: Annotated[Path, typer.Argument(help="A store's folder or an N-Quads file.")],
    new: Annotated[Path, typer.Argument(help="Another.")],
) -> None:
    """Say in words what changed between two builds."""
    from kg.diff import diff as compare

    screen.changes(compare(old, new))


@app.command()
def stats(store: Store = STORE) -> None:
    """Count what the graph holds."""
    from kg.store import version_in_force

    screen.stats(opened(store), version_in_force(store))


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="The file to write; N-Quads, compressed with gzip.")],
    store: Store = STORE,
) -> None:
    """Write the dataset, with all changes so far, into one file that can be restored; a server may go on writing."""
    from kg.store import backup as write

    manifest = write(store, file)
    screen.out(f"{manifest.quads:,} quads in {file}; version {manifest.digest[:16]}\n")


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help='A file that "kg backup" wrote.')],
    store: Store = STORE,
) -> None:
    """Put the dataset of a backup in force as a new build; the old build stays beside it."""
    from kg.store import restore as read

    manifest, left = read(store, file)
    screen.out(f"{manifest.quads:,} quads in {store}; version {manifest.digest[:16]}\n")
    screen.left(left, store)


def _needed(documents: Path | None) -> Path:
    if documents is None or not documents.is_dir():
        given = f'"{documents}" is not a folder' if documents else "no folder was given"
        raise DocumentError(f"The source documents are needed and {given}; name their folder with --documents.")
    return documents


def _question(name: str) -> Question:
    """Return a named query, or the one in a file or on standard input."""
    from kg import resources
    from kg.query import parse_question, read_question

    if name == "-":
        return parse_question("standard input", _standard_input())
    named = resources.queries() / f"{name}.rq"
    path = named if named.is_file() else Path(name)
    if not path.exists() or path.is_dir():
        raise QuestionError(f'There is no query and no file called "{name}"{_nearest(name)}; "kg queries" lists all.')
    return read_question(path)


def _nearest(name: str) -> str:
    """Return a hint to the named query that is nearest to a name."""
    from rapidfuzz import process

    from kg import resources

    known = [path.stem for path in resources.queries().glob("*.rq")]
    near = process.extractOne(name, sorted(known), score_cutoff=75)
    return f"; did you mean {near[0]}?" if near else ""


def _standard_input() -> str:
    try:
        if sys.stdin is None:
            raise QuestionError("There is no standard input to read a query from; name a query or a file.")
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise QuestionError(f"Standard input is not UTF-8 (byte {error.start}); expected a SPARQL query.") from None


def _verify(documents: Path) -> None:
    from kg import resources
    from kg.documents import mismatches, read_facts

    base = read_facts(resources.facts())
    wrong = mismatches(base, documents)
    screen.mismatches(wrong, len(base.passages()))
    raise typer.Exit(1 if wrong else 0)


def _stamp(documents: Path) -> None:
    from kg import resources
    from kg.documents import stamp

    screen.out(f"{stamp(resources.facts(), documents)} records stamped.\n")


def _texts(documents: Path | None) -> dict[str, str]:
    """Return the text of each document by slug, where the documents are there."""
    if documents is None:
        return {}
    from kg import resources
    from kg.documents import read_facts, text_of

    return {document.slug: text_of(document, documents) for document in read_facts(resources.facts()).documents}


@app.command()
def generate(
    triples: Annotated[int, typer.Option(help="About how many; the dataset itself is the least.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File for N-Quads.")] = None,
    store: Annotated[Path | None, typer.Option(help="Folder for a store; no store of real data is replaced.")] = None,
) -> None:
    """Make invented data for measuring: the dataset, and example regions beside it. The same number, the same bytes."""
    from kg.generate import generate_file, generate_store

    if (output is None) == (store is None):
        raise QuestionError(
            "Give either --output with a file or --store with a folder, so that it is clear what to write."
        )
    with screen.steps() as step:
        if output is not None:
            screen.out(f"{generate_file(triples, output, step):,} quads in {output}\n")
        elif store is not None:
            screen.summary(generate_store(triples, store, step), store)


_OF_THE_SERVER = {"ignore_unknown_options": True, "allow_extra_args": True, "allow_interspersed_args": True}


@app.command(context_settings=_OF_THE_SERVER, add_help_option=False)
def serve(context: typer.Context) -> None:
    """Serve the store over HTTP: linked data, SPARQL, named queries, search; see kg serve --help."""
    _of_the_server("serve")(context.args)


@app.command(context_settings=_OF_THE_SERVER, add_help_option=False)
def mcp(context: typer.Context) -> None:
    """Serve the graph to a language model on standard input and output; see kg mcp --help."""
    _of_the_server("mcp")(context.args)


def _of_the_server(name: str) -> Callable[[list[str]], None]:
    """Return a command that the server brings along, which the library does not import."""
    from importlib.metadata import entry_points

    found = entry_points(group="probation_kg.commands", name=name)
    if not found:
        raise StoreError(f'"kg {name}" is not installed; install the distribution probation-kg with its server.')
    command: Callable[[list[str]], None] = next(iter(found)).load()
    return command
