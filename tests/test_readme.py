"""The README tells the truth: its commands print what it shows, its figures are those of the graph."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from kg import resources
from kg.query import read_questions

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("readme")
    command = [sys.executable, "-c", "from kg.cli import main; main()"]
    subprocess.run([*command, "build", "--no-validate"], cwd=folder, check=True, capture_output=True)
    return folder, command


def shown():
    """Yield each command of the console block with the output that the README shows."""
    block = re.search(r"```console\n(.*?)```", README, re.DOTALL)
    assert block
    for part in block[1].split("$ ")[1:]:
        command, _, output = part.partition("\n")
        yield command, output.strip()


@pytest.mark.parametrize(("command", "output"), list(shown()))
def test_a_command_prints_what_the_readme_shows(built, command, output):
    folder, kg = built
    bare = {name: value for name, value in os.environ.items() if not name.startswith("PROBATION_KG_")}
    arguments = [*kg, *shlex.split(command)[1:]]
    done = subprocess.run(arguments, cwd=folder, capture_output=True, text=True, check=False, env=bare)
    assert done.stdout.strip() == output


def count(store, pattern):
    table = store.query(
        f"PREFIX pko: <https://w3id.org/probation-kg/def#> SELECT (COUNT(DISTINCT ?x) AS ?n) {{ {pattern} }}"
    )
    return f"{int(table.rows[0][0].value):,}"


def test_the_counts_are_those_of_the_graph(store, facts):
    stated = sum(record.kind != "claim" for record in facts.records())
    assert (
        f"| facts | {stated:,}, carried by {len(list(facts.records())):,} claims on {count(store, '?x a pko:Passage')}"
        in README
    )
    assert f"| {count(store, '?x a pko:Strength')} strengths" in README
    assert f"{count(store, '?x a pko:AreaForImprovement')} areas for improvement" in README
    assert f"| recommendations | {count(store, '?x a pko:Recommendation')}:" in README
    measured = count(store, "?x a pko:Measurement ; pko:evidencedBy/pko:inPassage ?passage")
    assert f"| figures | {measured} measurements" in README
    assert f"| quotations | {count(store, '?x a pko:Quotation')}," in README
    assert f"{len(read_questions(resources.queries()))} named queries" in README
    assert f"{count(store, '?x a pko:Discrepancy')} disagreements" in README
    assert f"tables with {count(store, '?x a pko:ReferenceRow')} rows" in README
    assert f"{count(store, '?x a pko:ReferenceTable')} tables" in README
    overall, standards = count(store, "?x a pko:OverallRating"), count(store, "?x a pko:StandardRating")
    assert f"{overall} overall ratings, {standards} of standards" in README


def test_the_warnings_are_those_of_the_shapes(report):
    named = [int(number) for number in re.findall(r"^\| (\d+) \|", README, re.MULTILINE)]
    assert report.conforms
    assert sum(named) == report.counts()["Warning"]
    assert f"Notes ({report.counts()['Info']})" in README
