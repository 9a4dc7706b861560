"""Where the ontology, the queries and the fact records lie: beside `kg` in a checkout, inside it in a wheel."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def ontology() -> Path:
    """Return the folder of the ontology: modules, vocab/, shapes/, rules/, examples/."""
    return _shipped("ontology")


def queries() -> Path:
    """Return the folder of the named queries, one file a question."""
    return _shipped("queries")


def facts() -> Path:
    """Return the folder of the fact records: things.jsonl, documents/, editorial/."""
    return _PACKAGE / "data"


def _shipped(name: str) -> Path:
    """Prefer the copy inside the package (a wheel), else the folder beside it (a checkout)."""
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def installed_version() -> str:
    """Return the version of the installed distribution."""
    try:
        return version("probation-kg")
    except PackageNotFoundError:
        return "uninstalled"
