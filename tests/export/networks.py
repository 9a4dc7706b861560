"""Networks to write and read back: everyday ones, and ones with every oddity that text can have."""

from __future__ import annotations

from typing import Any

import networkx as nx

from kg.export.network import Network

ID = "https://w3id.org/probation-kg/id/"

ODD_TEXTS = (
    'He said "no"',
    "it's `code`; a, b; c",
    "two\nlines\tand a tab",
    "carriage\r\nreturn\ralone",
    "<script>alert(1)</script>",
    "a ]]> b & c &amp; d &#65; #65; #quot;",
    "😀 emoji 👩‍👩‍👧",
    "Ŵyth ŷd yn y dŵr",
    "עברית and العربية",
    "abc\u202edefg\u2066h\u2069",
    "control \x00\x01\x08\x0b\x0c\x1b\x7f\x85\x9f here",
    "lone \ud800 surrogate \udfff, and \ufffe \uffff",
    "",
    " ",
    "long " * 4000,
    "end",
    "subgraph",
    "%%{init: {'theme':'dark'}}%%",
    "back\\slash\\",
    "\\N \\G \\n \\",
    "[square] (round) {curly} |bar| <angle>",
    "=1+1",
    "-1 @x +y",
    "@SUM(A1)",
    "'quoted",
    "*Arcs",
    "1. list",
    "- list",
    "line\u2028separator\u2029paragraph",
    "n0",
    "same [n1]",
)
ODD_IRIS = tuple(
    ID + odd
    for odd in (
        "a%20b",
        "ŵ/ŷ",
        'quo"te',
        "a b",
        "<x>",
        "a&b",
        "it's",
        "x;y=z,w",
        "#frag?q=1",
        "\x07bell",
        "back\\slash",
    )
)


def network(graph: nx.MultiDiGraph[str], title: str = "Units of Kent") -> Network:
    return Network(
        graph,
        "neighbourhood",
        title,
        {"thing": "pdu/west-kent", "depth": "1"},
        sources=("Court Register", "Report on West Kent"),
        version="0.1.0",
        asof="2026-01-31",
    )


def everyday() -> Network:
    """Three things, with all attributes or few, parallel edges of other and of the same relation, and a loop."""
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    graph.add_node(
        ID + "pdu/west-kent",
        label="West Kent",
        type="ProbationDeliveryUnit",
        type_label="probation delivery unit",
        group="unit",
        rating="requires-improvement",
        start="2021-06",
        end=None,
        region="Kent, Surrey and Sussex",
        source=(ID + "document/report", ID + "document/register"),
        quality=["a", "b"],
        lat=51.2,
        lon=0.25,
        note="Rated twice.",
    )
    graph.add_node(ID + "region/kss", label="Kent, Surrey and Sussex", group="region", start="2020", lat=51.0, lon=0.5)
    graph.add_node(ID + "court/lewes", group="court", end="2024-02-29", source=[])
    ends = ID + "pdu/west-kent", ID + "region/kss"
    graph.add_edge(*ends, role="part-of", label="part of", statement=ID + "s/1", start="2021-06-26", weight=2)
    graph.add_edge(*ends, role="part-of", label="part of", statement=ID + "s/2", source=[ID + "document/report"])
    graph.add_edge(*ends, role="run-by", label="run by", end="2025")
    graph.add_edge(ID + "court/lewes", ID + "court/lewes", role="replaces", label="replaces")
    return network(graph)


def odd(texts: tuple[str, ...] = ODD_TEXTS, iris: tuple[str, ...] = ODD_IRIS) -> Network:
    """Every odd text as label, note, relation and source, and every odd IRI as a node."""
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    names = [*iris, *(f"{ID}odd/{place}" for place in range(max(0, len(texts) - len(iris))))]
    for place, name in enumerate(names):
        said = texts[place % len(texts)] if texts else "plain"
        graph.add_node(name, label=said, note=said, group="unit", source=[said, "second"], lat=51.5, lon=place / 100)
        graph.add_edge(names[0], name, role="odd", label=said, note=said, statement=name)
    return network(graph, title=texts[0] if texts else "")


def line(edges: int) -> Network:
    """A chain of so many links."""
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for place in range(edges):
        graph.add_edge(f"{ID}x/{place:06}", f"{ID}x/{place + 1:06}", role="next", label="next")
    return network(graph)


def turned(given: Network) -> Network:
    """The same network, put together in the opposite order and with other keys."""
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for name, said in reversed(list(given.graph.nodes(data=True))):
        graph.add_node(name, **dict(reversed(said.items())))
    for one, other, said in reversed(list(given.graph.edges(data=True))):
        graph.add_edge(one, other, **dict(reversed(said.items())))
    parameters = dict(reversed(given.parameters.items()))
    return Network(graph, given.view, given.title, parameters, given.layout, given.sources, given.version, given.asof)


def attributes(said: dict[str, Any]) -> dict[str, Any]:
    """What the network says of a thing, named as the formats name it; what says nothing left out."""
    named = {("sources" if name == "source" else name): value for name, value in said.items()}
    return {
        name: list(value) if isinstance(value, list | tuple) else value
        for name, value in named.items()
        if value not in (None, [], ())
    }
