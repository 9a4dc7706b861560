"""Measures the server beside the native Oxigraph server, on the same data: `make bench-http`. Figures are printed.

Both servers run at the same time and are asked in turn, so that whatever else the machine does hits both; what counts
are ratios. Needs wrk (Debian: apt-get install wrk) and the native server (PyPI: pip install oxigraph).
"""

from __future__ import annotations

import argparse
import math
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

import http_servers
from http_load import Case, Load, Pairs
from http_servers import Server
from http_starvation import GRACE, LIMIT, MOST_GROWTH, MOST_TAIL, starve

from kg import names, resources
from kg.query import read_question
from kg.store import dataset_file, read_manifest

_MOST_THINGS = 20_000
_SECONDS_TO_READY, _MOST_MEGABYTES, _MOST_SEARCH, _MOST_EXPORT = 2.0, 300.0, 5.0, 50.0
_PREFIXES = "".join(f"PREFIX {name}: <{names.PREFIXES[name]}> " for name in ("pko", "rdfs", "rdf", "org", "oa"))
_LOOK_UP = "SELECT * { <%s> ?p ?o }"
# What /doc tells of a thing: its facts, what points to it, its statements, the evidence of both, and labels.
_EVIDENCE = (
    "{ %s pko:evidencedBy ?s . ?s ?p ?o } UNION { %s pko:evidencedBy/pko:inPassage ?s . ?s ?p ?o } "
    "UNION { %s pko:evidencedBy/pko:inPassage/oa:hasSelector ?s . ?s ?p ?o } "
)
_ABOUT = (
    "VALUES ?about { pko:aboutUnit pko:aboutThing pko:ofUnit pko:addressedTo pko:aboutStandard pko:madeIn pko:theme "
    "pko:affiliatedUnit pko:coveringUnit pko:contractProvider rdf:subject org:member } ?statement ?about <%s> . "
)
_DESCRIPTION = (
    _PREFIXES + "CONSTRUCT { ?s ?p ?o } { "
    "{ BIND(<%s> AS ?s) ?s ?p ?o } UNION { BIND(<%s> AS ?o) ?s ?p ?o } UNION "
    + _EVIDENCE.replace("%s", "<%s>")
    + "UNION { <%s> ?link ?s . ?s ?p ?o FILTER(?p = rdfs:label) } UNION { "
    + _ABOUT
    + "{ ?statement ?p ?o BIND(?statement AS ?s) } UNION "
    + _EVIDENCE.replace("%s", "?statement")
    + "} }"
)
_TOTALS = (
    _PREFIXES + "SELECT ?unit ?rating (COUNT(?s) AS ?n) { ?s pko:hasRating ?rating ; pko:aboutUnit ?unit ; "
    "pko:madeIn ?inspection . ?unit rdfs:label ?label } GROUP BY ?unit ?rating ORDER BY DESC(?n) LIMIT %d"
)
_HEAVY = (
    _TOTALS % 20,
    _PREFIXES + "SELECT ?thing ?label { ?thing rdfs:label ?label } LIMIT 1000",
    _PREFIXES + "SELECT ?s ?unit ?label { ?s pko:hasRating ?rating ; pko:aboutUnit ?unit . ?unit rdfs:label ?label } "
    "ORDER BY ?label ?s LIMIT 100",
)
_STARVATION = "four endless clients"
_QUESTIONS = {"evidence-of-a-statement": ("finding",), "sources-of-a-thing": ("court", "office", "prison", "pdu")}


def main() -> int:
    """Measure, print a table, and return the exit status."""
    options = _options()
    for program, origin in (("wrk", "Debian: apt-get install wrk"), ("oxigraph", "PyPI: pip install oxigraph")):
        if not _found(program):
            print(f"The program {program} is missing; install it ({origin}).")
            return 1
    with tempfile.TemporaryDirectory(prefix="bench-http-") as scratch, ExitStack() as running:
        folder = Path(scratch)
        store = options.store or _built(folder / "store")
        manifest = read_manifest(store)
        print(f"{manifest.quads:,} triples; ratios of requests a second, ours to native, medians of {options.rounds}")
        quads = dataset_file(store)
        things = _things(quads)
        theirs = running.enter_context(
            http_servers.native(_found("oxigraph"), quads, folder / "native", optimise=options.optimise)
        )
        ours = running.enter_context(http_servers.ours(store, folder / "access.log"))
        if not manifest.version.endswith("+example"):  # the targets are meant for the project's own graph
            _tell("start to ready", ours.seconds_to_ready, "s", _SECONDS_TO_READY)
            _tell("memory at rest", ours.megabytes(), "MB", _MOST_MEGABYTES)
        load = Load(folder, options.seconds)
        for case in _cases(things):
            if not options.only or options.only in case.name:
                _compare(load, case, ours, theirs, options.rounds)
        if not options.only:
            _search(load, ours, things)
            _exports(load, ours, things)
            _bare(load, ours)
            _steps(store)
        if options.only in _STARVATION:
            asked = [_ours(_LOOK_UP % thing) for thing in _all(things)]
            _starvation(load, store, folder / "starved.log", asked, options.rounds)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", type=Path, help="a store to serve; the project's own graph is built by default")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each pair (default 3)")
    parser.add_argument("--seconds", type=int, default=1, help="whole seconds of each run (default 1)")
    parser.add_argument("--optimise", action="store_true", help="compact the native server's store after its load")
    parser.add_argument("--only", default="", help="only the comparisons with this text in their name")
    return parser.parse_args()


def _found(program: str) -> str:
    """Return where a program is: beside this Python, or on the path; "" where it is not."""
    beside = Path(sys.executable).with_name(program)
    return str(beside) if beside.exists() else shutil.which(program) or ""


def _built(folder: Path) -> Path:
    kg = [sys.executable, "-c", "from kg.cli import main; main()"]
    subprocess.run([*kg, "build", "--no-validate", "--store", str(folder)], check=True, capture_output=True)
    return folder


def _things(quads: Path) -> dict[str, list[str]]:
    """Return IRIs of things by their type, in an order that is random and always the same."""
    pattern = re.compile(rb"<(" + re.escape(names.BASE.encode()) + rb"id/([a-z-]+)/[^>]+)>")
    found: dict[str, dict[str, None]] = {}
    with quads.open("rb") as lines:
        for line in lines:
            match = pattern.match(line)
            if match:
                found.setdefault(match[2].decode(), {})[match[1].decode()] = None
    order = random.Random(0)
    return {kind: order.sample(list(things), len(things)) for kind, things in sorted(found.items())}


def _all(things: dict[str, list[str]], kinds: Iterable[str] = ()) -> list[str]:
    """Return things of some types, of all by default, mixed."""
    found = [thing for kind in kinds or things for thing in things.get(kind, ())]
    return random.Random(0).sample(found, min(len(found), _MOST_THINGS))


def _ours(query: str) -> str:
    return "/sparql?query=" + quote(query)


def _native(query: str) -> str:
    return "/query?query=" + quote(query)


def _cases(things: dict[str, list[str]]) -> Iterable[Case]:
    """Yield what is compared."""
    each = _all(things)
    look_ups = [_LOOK_UP % thing for thing in each]
    yield Case("repeats of one request", [_ours(look_ups[0])], [_native(look_ups[0])], target=1.5)
    documents = ["/doc/" + quote(thing.removeprefix(names.BASE + "id/")) for thing in each]
    described = [_native(_DESCRIPTION.replace("%s", thing)) for thing in each]
    yield Case("/doc, native: CONSTRUCT of the same", documents, described, "text/turtle", target=0.6)
    yield Case(
        "/doc, native: SELECT of the facts", documents, [_native(each) for each in look_ups], "text/turtle, */*;q=0.1"
    )
    yield _questions(things)
    yield Case(
        "/sparql, each look-up another", [_ours(each) for each in look_ups], [_native(each) for each in look_ups],
        target=0.35, fresh=True,
    )  # fmt: skip
    mixed = _mix(look_ups, _by_popularity(len(look_ups)))
    yield Case(
        "/sparql, 95 % look-ups, 5 % totals, the popular ones oftener", [_ours(each) for each in mixed],
        [_native(each) for each in mixed], target=1.5, connections=(8, 32), tail=True,
    )  # fmt: skip
    mixed = _mix(look_ups, list(range(len(look_ups))))
    yield Case(
        "/sparql, 95 % look-ups, 5 % totals, no two the same", [_ours(each) for each in mixed],
        [_native(each) for each in mixed], fresh=True, connections=(8, 32), tail=True,
    )  # fmt: skip
    yield Case(
        "/sparql, queries of 1 ms and more", [_ours(each) for each in _HEAVY], [_native(each) for each in _HEAVY],
        target=0.8, fresh=True, connections=(1, 8),
    )  # fmt: skip


def _mix(look_ups: list[str], order: list[int]) -> list[str]:
    """Return look-ups in an order, every twentieth of them replaced by one of twenty totals."""
    return [
        _TOTALS % (number % 400 // 20 + 10) if number % 20 == 0 else look_ups[each] for number, each in enumerate(order)
    ]


def _by_popularity(number: int) -> list[int]:
    """Draw as often as there are things by Zipf's law, which the requests of web pages follow (exponent 1)."""
    weights = [1 / (rank + 1) for rank in range(number)]
    return random.Random(0).choices(range(number), weights, k=_MOST_THINGS)


def _questions(things: dict[str, list[str]]) -> Case:
    """Return named queries about many things, beside their text with the thing written into it."""
    pairs: list[tuple[str, str]] = []
    for name, kinds in _QUESTIONS.items():
        question = read_question(resources.queries() / f"{name}.rq")
        parameter = question.parameters[0].name
        head, where, body = question.text.partition("WHERE {")
        for thing in _all(things, kinds)[:5000]:
            value = quote(thing.removeprefix(names.BASE + "id/"))
            text = f"{head}{where} VALUES ?_{parameter} {{ <{thing}> }}{body}"
            pairs.append((f"/queries/{name}?{parameter}={value}", _native(text)))
    random.Random(0).shuffle(pairs)
    ours, native = zip(*pairs, strict=True)
    return Case(
        "/queries, each of another thing", ours, native, "application/json, application/sparql-results+json;q=0.9", 0.6
    )


def _compare(load: Load, case: Case, ours: Server, native: Server, rounds: int) -> None:
    """Measure a case and print its lines."""
    answers = [server.get(paths[-1], case.accept) for server, paths in ((ours, case.ours), (native, case.native))]
    if answers[0][0] != 200:
        print(f"{case.name:38} left out: {case.ours[-1][:60]} answers {answers[0][0]}")
        return
    load.run(ours, case.ours[-50:], 8, case.accept)  # what is lazy is ready after this
    hits = ours.cache_hits()
    found = load.side_by_side(case, ours, native, rounds)
    asked = sum(ours_run.rate for pairs in found.values() for ours_run, _ in pairs.pairs) * load.seconds
    share = (ours.cache_hits() - hits) / asked
    sizes = " to ".join(f"{len(answer[1]):,}" for answer in answers)
    cached = "nobody knows how many" if math.isnan(share) else f"{share:.0%}"
    print(f"{case.name}  ({cached} from the cache; an answer has {sizes} bytes)")
    for connections, pairs in found.items():
        print(f"  {connections:3} connections  {_line(case, pairs)}")


def _line(case: Case, pairs: Pairs) -> str:
    """Return the figures of one number of connections, and whether the target is met."""
    ratio, tail = pairs.ratio(), pairs.tail_ratio()
    rates = f"{pairs.median(0, 'rate'):6.0f} to {pairs.median(1, 'rate'):6.0f} a second"
    tails = f"p99 {pairs.median(0, 'p99'):6.1f} to {pairs.median(1, 'p99'):6.1f} ms"
    met = ratio >= case.target and (not case.tail or tail <= 1.0)
    target = f"target {case.target:.2f}{', p99 no later' if case.tail else ''}: {'met' if met else 'MISSED'}"
    failed = f"; {pairs.failed()} FAILED" if pairs.failed() else ""
    return f"{ratio:5.2f}  {rates}, {tails}  {target if case.target else 'no target'}{failed}"


def _tell(name: str, figure: float, unit: str, most: float) -> None:
    print(f"{name:38} {figure:8.2f} {unit}  target at most {most:g} {unit}: {'met' if figure <= most else 'MISSED'}")


def _search(load: Load, ours: Server, things: dict[str, list[str]]) -> None:
    """Search for the names of things, one after another."""
    words = [thing.rpartition("/")[2].replace("-", " ") for thing in _all(things, ("pdu", "court", "office", "prison"))]
    paths = ["/search?q=" + quote(each) for each in words]
    status, _ = ours.get(paths[0])
    if status != 200:
        print(f"{'/search':38} left out: {paths[0]} answers {status}")
        return
    _tell("/search, median at 1 connection", load.run(ours, paths, 1).p50, "ms", _MOST_SEARCH)


def _exports(load: Load, ours: Server, things: dict[str, list[str]]) -> None:
    """Export the neighbourhoods of things, each of another one, with the workers warm."""
    kinds = ("pdu", "court", "office", "prison", "inspection")
    paths = ["/exports/neighbourhood.graphml?thing=" + thing.removeprefix(names.ID) for thing in _all(things, kinds)]
    load.run(ours, paths, 8)
    one, eight = load.run(ours, paths, 1), load.run(ours, paths, 8)
    _tell("neighbourhood.graphml, at 1 connection", one.p50, "ms", _MOST_EXPORT)
    failed = one.failed + eight.failed
    print(f"  p99 {one.p99:.1f} ms; at 8: p50 {eight.p50:.1f}, p99 {eight.p99:.1f} ms; {failed} failed")
    print(f"  memory with the export workers warm: {ours.megabytes():.0f} MB")


def _bare(load: Load, ours: Server) -> None:
    """Compare a repeat with the HTTP server alone, which is the most that can be reached."""
    path = [_ours(_LOOK_UP % (names.BASE + "id/pdu/west-kent"))]
    ours.get(path[0])
    with http_servers.bare() as bare:
        case = Case("repeats, beside the HTTP server alone", path, ["/"])
        for connections, pairs in load.side_by_side(case, ours, bare, 1).items():
            print(f"{case.name}, {connections:2} connections  {_line(case, pairs)}")


def _starvation(load: Load, store: Path, log: Path, look_ups: list[str], rounds: int) -> None:
    """Measure look-ups while four clients ask queries that never end."""
    with http_servers.ours(store, log, "--query-seconds", f"{LIMIT:g}") as server:
        load.run(server, look_ups, 8, fresh=True)
        found = [starve(load, server, look_ups) for _ in range(rounds)]
    quiet, busy = (statistics.median(p99) for p99 in zip(*((f.quiet.p99, f.busy.p99) for f in found), strict=True))
    runs = ", ".join(f"{each.busy.p99:.1f}" for each in found)
    failed = sum(each.busy.failed for each in found)
    print(f"{_STARVATION}: look-ups p99 {quiet:.1f} ms before, {runs} meanwhile; {failed} failed")
    _tell("  p99 under attack", busy, "ms", min(MOST_TAIL, MOST_GROWTH * quiet))
    _tell("  endless query answered after", max(each.attack.latest for each in found), "s", LIMIT + GRACE)
    answers = sum((each.attack.statuses for each in found), Counter[int]())
    told = ", ".join(f"{status}: {number}" for status, number in sorted(answers.items()))
    print(f"  answers to endless queries {told}; expected 503 and 429 alone")


def _steps(store: Path) -> None:
    """Print what each step of a look-up costs."""
    print("what an ad-hoc look-up is made of:", flush=True)
    subprocess.run([sys.executable, str(Path(__file__).with_name("http_steps.py")), str(store)], check=True)


if __name__ == "__main__":
    sys.exit(main())
