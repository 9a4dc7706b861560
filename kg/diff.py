"""What changed between two builds: statements added, removed and reworded, in words."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from kg import names
from kg.errors import StoreError
from kg.store import Embedded, dataset_file

_SUMMARY = names.DEF + "summary"
_LABEL = names.PREFIXES["rdfs"] + "label"
_EVIDENCED = names.DEF + "evidencedBy"
_EVIDENCE = tuple(names.ID + kind for kind in ("claim/", "passage/", "row/", "figure/"))
_Node = dict[str, set[str]]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing or statement that differs.

    Attributes:
        kind: "added", "removed" or "changed".
        thing: its short name.
        summary: what it says, or its label.
        details: for a change, one line a property: "value: 54 → 55".
    """

    kind: str
    thing: str
    summary: str
    details: tuple[str, ...] = ()


def diff(old: Path, new: Path) -> list[Change]:
    """Compare two builds, each a store's folder or an N-Quads file; derived graphs are left out."""
    before, after = _nodes(old), _nodes(new)
    return [
        _change(name, before.get(name, {}), after.get(name, {}))
        for name in sorted(before | after)
        if before.get(name) != after.get(name)
    ]


def _nodes(path: Path) -> dict[str, _Node]:
    """Return the properties of every thing and statement of a build, evidence left out."""
    file = dataset_file(path) if path.is_dir() else path
    if not file.is_file():
        raise StoreError(f"{path} is neither a store nor an N-Quads file; name the folder or the file of a build.")
    store = Embedded()
    store.load(file)
    nodes: dict[str, _Node] = defaultdict(lambda: defaultdict(set))
    for subject, predicate, value, graph in store.quads():
        evidence = subject.value.startswith(_EVIDENCE) or predicate.value == _EVIDENCED
        if subject.value.startswith(names.ID) and not evidence and not graph.startswith(names.GRAPH + "derived/"):
            nodes[subject.value][predicate.value].add(names.short(value.value))
    return {name: dict(node) for name, node in nodes.items()}


def _change(name: str, before: _Node, after: _Node) -> Change:
    kind = "added" if not before else "removed" if not after else "changed"
    said = after or before
    summary = min(said.get(_SUMMARY, said.get(_LABEL, {""})))
    details = tuple(_detail(key, before, after) for key in sorted(before | after) if before.get(key) != after.get(key))
    return Change(kind, names.short(name), summary, details if kind == "changed" else ())


def _detail(key: str, before: _Node, after: _Node) -> str:
    old, new = (", ".join(sorted(side.get(key, {"nothing"}))) for side in (before, after))
    return f"{names.short(key)}: {old} → {new}"
