"""The report of the shapes on /quality: the build's own while nothing has changed, made anew after a write."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kg.release import release
from kg.store import build_in_force
from tests.server.conftest import TOKEN, running

_PATH = "/quality"
_FAULT = """PREFIX pko: <https://w3id.org/probation-kg/def#>
INSERT DATA { GRAPH <urn:example:wrong> {
  <https://w3id.org/probation-kg/id/pdu/nowhere> a pko:ProbationDeliveryUnit } }"""


@pytest.fixture
def checked(tmp_path: Path) -> Iterator[Any]:
    """A server that takes writes past no gate, over a build whose report was kept."""
    release(tmp_path / "store")
    with running(tmp_path / "store", tmp_path / "log", TOKEN, "--no-gate") as server:
        yield server


def _shown(server: Any) -> str:
    return server.client.request("GET", _PATH, headers={"Accept": "text/html"}).content.decode()


def test_the_report_of_the_build_is_what_a_check_finds_and_a_write_has_it_made_anew(
    checked: Any, page: Callable[[str], str]
) -> None:
    assert (build_in_force(checked.store) / "report.json").exists()
    before = _shown(checked)
    assert before == page(_PATH)  # of a build that nobody had checked
    assert "0 broken rules" in before
    checked.client.update(_FAULT)
    after = _shown(checked)
    assert "0 broken rules" not in after
    assert "/doc/pdu/nowhere" in after


def test_a_report_that_was_changed_on_the_disk_is_not_served(checked: Any, tmp_path: Path) -> None:
    store = tmp_path / "changed"
    shutil.copytree(checked.store, store)
    report = build_in_force(store) / "report.json"
    report.write_text(report.read_text(encoding="utf-8").replace("Warning", "Violation"), encoding="utf-8")
    with (
        pytest.raises(AssertionError, match=r"report\.json is not what was built .* run \"kg build\""),
        running(store, tmp_path / "log of the changed"),
    ):
        pass


def test_what_editors_are_told_to_add_is_called_by_its_label(page):
    assert "For editors: add “office of” where a source says so." in page("/quality")
    assert not re.findall(r"For editors:[^<]*\b(?:pko|skos|rdfs):", page("/quality"))
