"""The built wheel carries ontology, queries and facts, and works from any folder."""

import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def run(*command, cwd):
    done = subprocess.run([*map(str, command)], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_the_ontology_the_queries_and_the_facts_but_no_document(wheel):
    held = zipfile.ZipFile(wheel).namelist()
    for wanted in (
        "kg/ontology/inspections.ttl",
        "kg/queries/ratings-of-a-region.rq",
        "kg/data/things.jsonl",
        "kg/data/example/finding.ttl",
        "api/app.py",
        "api/templates/thing.html",
        "api/static/site.css",
    ):
        assert wanted in held
    assert not [name for name in held if name.startswith(("tests/", "queries/", "ontology/")) or name.endswith(".txt")][
        1:
    ]


def test_the_source_distribution_builds_the_same_wheel(wheel, tmp_path):
    archive = next(wheel.parent.glob("*.tar.gz"))
    run("tar", "-xzf", archive, cwd=tmp_path)
    (source,) = tmp_path.iterdir()
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path / "dist", source, cwd=tmp_path)
    (again,) = (tmp_path / "dist").glob("*.whl")
    assert sorted(zipfile.ZipFile(again).namelist()) == sorted(zipfile.ZipFile(wheel).namelist())


def test_the_wheel_works_in_a_clean_environment_from_another_folder(wheel, tmp_path):
    run(sys.executable, "-m", "venv", tmp_path / "venv", cwd=tmp_path)
    binaries = tmp_path / "venv" / "bin"
    options = ["install", "--quiet", "--disable-pip-version-check", "--constraint", ROOT / "constraints.txt"]
    run(binaries / "pip", *options, wheel, cwd=tmp_path)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert "0 violations" in run(binaries / "kg", "build", cwd=elsewhere)
    question = ["query", "ratings-of-a-region", "--param", "region=region/kent-surrey-and-sussex", "--format", "csv"]
    assert "Outstanding" in run(binaries / "kg", *question, cwd=elsewhere)
    code = (
        "import kg\n"
        "rows = kg.load().ask('ratings-of-a-region', region='region/kent-surrey-and-sussex')\n"
        "print(len(rows), kg.__file__)"
    )
    count, place = run(binaries / "python", "-c", code, cwd=elsewhere).split()
    assert int(count) >= 8
    assert str(ROOT) not in place
    assert "West Kent" in served(binaries / "kg", "doc/pdu/west-kent", cwd=elsewhere)


def served(kg, path, cwd):
    """Start the installed server, fetch one page, and end it."""
    command = [kg, "serve", "--port", "0", "--access-log", ""]
    with subprocess.Popen(command, cwd=cwd, stdout=subprocess.PIPE, text=True) as server:
        try:
            address = server.stdout.readline().split()[-1]
            with urllib.request.urlopen(f"{address}/{path}", timeout=30) as reply:
                return reply.read().decode()
        finally:
            server.terminate()
