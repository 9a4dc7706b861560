"""Writes the README's table of views and formats: python tests/export/table.py; cells lead to the running server."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from urllib.parse import urlencode

from kg.errors import KgError
from kg.export import FORMS, Form, Look, Network, View, read_views, select
from kg.export.formats import FORMATS
from kg.export.page import MOST_EDGES as MOST_PAGE_EDGES
from kg.export.page import MOST_NODES as MOST_PAGE_NODES
from kg.export.pictures.layout import MOST_EDGES, MOST_NODES
from kg.store import Embedded, open_store

README = Path(__file__).resolve().parents[2] / "README.md"
_SERVER = "http://127.0.0.1:8000"
_BEGIN, _END = "<!-- views and formats: written by tests/export/table.py -->\n", "<!-- end -->\n"
_LARGEST = {
    **dict.fromkeys(("svg", "png", "pdf"), (MOST_NODES, MOST_EDGES)),
    "html": (MOST_PAGE_NODES, MOST_PAGE_EDGES),
}


def table(store: Embedded) -> str:
    """Return the table in Markdown."""
    views = read_views()
    networks = {name: select(store, view, examples(view)) for name, view in views.items()}
    lines = [["", *views], ["---"] * (len(views) + 1)]
    lines += [
        [f"**{form.title}**", *(_cell(views[name], form, found) for name, found in networks.items())]
        for form in FORMS.values()
    ]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def examples(view: View) -> dict[str, str]:
    """Return the example of each parameter that must be given."""
    return {parameter.name: parameter.example for parameter in view.parameters if not parameter.optional}


def written(text: str, table: str) -> str:
    """Return a README with the table in its place."""
    before, _, rest = text.partition(_BEGIN)
    return before + _BEGIN + table + _END + rest.partition(_END)[2]


def _cell(view: View, form: Form, network: Network) -> str:
    if not fits(form, network):
        return "too large"
    given = urlencode(examples(view), safe="/")
    return f"[{form.suffix}]({_SERVER}/exports/{view.name}.{form.suffix}{'?' + given if given else ''})"


def fits(form: Form, network: Network) -> bool:
    """Tell whether a form holds a network, without drawing it."""
    if form.name in _LARGEST:
        nodes, edges = _LARGEST[form.name]
        return network.graph.number_of_nodes() <= nodes and network.graph.number_of_edges() <= edges
    if form.name not in FORMATS or FORMATS[form.name].most_edges is None:
        return True
    try:
        form.write(network, io.BytesIO(), Look())
    except KgError:
        return False
    return True


if __name__ == "__main__":
    made = table(open_store(Path(sys.argv[1] if len(sys.argv) > 1 else "kg-store")))
    README.write_text(written(README.read_text(encoding="utf-8"), made), encoding="utf-8")
