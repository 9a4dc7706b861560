"""Networks that the tests of pages show: a plain one, and one whose every word is hostile."""

from __future__ import annotations

import networkx as nx

from kg.export.network import Network

ID = "https://w3id.org/probation-kg/id/"
HOSTILE = (
    "<script>alert(1)</script>",
    "</script><script>alert(2)</script>",
    '"><img src=x onerror=alert(3)>',
    "' onfocus='alert(4)",
    "Gwasanaeth Prawf – Llŷn ac Eifionydd",
    "خدمة المراقبة",
    "cod.\u202etxt.exe",
    "line\u2028and\u2029paragraph",
    "👮🏽‍♀️ 🏴󠁧󠁢󠁷󠁬󠁳󠁿",
    "{{ 7 * 7 }}{% endraw %}",
    "nul\x00escape\x1bdelete\x7f",
    "half \ud83d of a pair",
    "<!-- ]]> -->",
    "&lt;b&gt; &amp;amp;",
    "a" * 300,
    "",
)
ADDRESSES = (
    "javascript:alert(5)",
    "data:text/html,<script>alert(6)</script>",
    'https://example.org/" onclick="alert(7)',
    "https://example.org/<script>",
    "//example.org/scheme-less",
    "https://example.org/report?a=1&b=2",
)


def plain(order: int = 1) -> Network:
    """Return a region with its units, a court, a provider and an inspection; `order` is that of insertion."""
    things = [
        ("region/kss", "Kent, Surrey and Sussex", "region", "probation region", {"start": "2021-06-26"}),
        ("pdu/west-kent", "West Kent", "unit", "probation delivery unit", {"rating": "requires-improvement"}),
        ("pdu/surrey", "Surrey", "unit", "probation delivery unit", {"rating": "good", "region": "Kent"}),
        ("court/medway", "Medway Magistrates’ Court", "court", "magistrates’ court", {}),
        ("provider/seetec", "Seetec", "provider", "company", {"note": "A note on it."}),
        ("inspection/wk", "West Kent 2024", "inspection", "inspection", {"start": "2024-03", "end": "2024-05"}),
    ]
    links = [
        ("pdu/west-kent", "region/kss", "part-of", "part of", {"start": "2021-06-26", "source": (ID + "document/a",)}),
        ("pdu/surrey", "region/kss", "part-of", "part of", {}),
        ("pdu/west-kent", "court/medway", "serves", "serves court", {"statement": ID + "statement/1", "weight": 2}),
        ("provider/seetec", "pdu/surrey", "provides", "provides in", {"start": "2021", "end": "2022"}),
        ("provider/seetec", "pdu/surrey", "houses", "houses people in", {"start": "2023"}),
        ("inspection/wk", "pdu/west-kent", "inspects", "inspects", {"quality": ("primary-report",)}),
    ]
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for slug, label, group, kind, more in things[::order]:
        graph.add_node(ID + slug, label=label, group=group, type="Thing", type_label=kind, **more)
    for tail, head, role, label, more in links[::order]:
        graph.add_edge(ID + tail, ID + head, key=role, role=role, label=label, **more)
    titles = ("A report", "A register")
    return Network(graph, "region", "A region", {"region": "region/kss"}, "network", titles, "0.1.0", "2026-05-01")


def hostile() -> Network:
    """Return a network that tries to break out of the page by every attribute."""
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    said: dict[str, object]
    for number, label in enumerate(HOSTILE):
        said = {"label": label, "type_label": label, "rating": label, "note": label, "region": label}
        said |= {"group": label if number % 2 else "unit", "start": label, "source": ADDRESSES, "quality": (label,)}
        graph.add_node(f"javascript:alert({number})", **said)
        graph.add_edge("javascript:alert(0)", f"javascript:alert({number})", key=label, role=label, label=label)
        statement = ADDRESSES[number % len(ADDRESSES)]
        graph.add_edge(f"javascript:alert({number})", "javascript:alert(0)", key="b", statement=statement, note=label)
    bad = HOSTILE[1] + "\x00\ud83d"
    graph.add_node("https://example.org/half\ud83d", label="half", group="unit")
    return Network(graph, bad, "</title>" + bad, {bad: bad}, "network", HOSTILE[:-1], bad, bad)


def places(network: Network) -> dict[str, tuple[float, float]]:
    """Return places without Graphviz."""
    return {iri: (number % 5 * 100.0, number // 5 * 60.0) for number, iri in enumerate(sorted(network.graph))}
