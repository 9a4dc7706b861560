"""Filters leave out of a view what a reader does not want, and nothing else."""

from __future__ import annotations

import pytest

from kg import names
from kg.errors import QuestionError
from kg.export.filters import Filters
from kg.export.selection import select
from kg.export.views import find_view
from tests.export.shown import edges, groups


def test_a_type_keeps_its_things_and_the_edges_between_them(show):
    courts = show("who-serves-where", Filters(types=("court",)))
    assert set(groups(courts)) == {"court"}
    assert len(courts.graph) == groups(show("who-serves-where"))["court"]
    both = show("who-serves-where", Filters(types=("court", "Area")))
    assert set(groups(both)) == {"court", "area"}
    assert edges(both, "located-in")
    assert groups(show("inspection", Filters(types=("Finding",))))["finding"] == 597


def test_a_region_keeps_its_own_things_and_what_belongs_to_none(show):
    network = show("provision", Filters(region="london"))
    assert {said.get("region", "London") for _, said in network.graph.nodes(data=True)} == {"London"}
    assert groups(network)["contract"] == groups(show("provision", region="region/london"))["contract"]
    assert groups(network)["provider"] == groups(show("provision", region="region/london"))["provider"]


def test_dates_drop_what_ended_before_and_what_began_after(show):
    old = show("lineage", Filters(until="2014"))
    assert "change/forming-of-salford-and-trafford" not in set(map(names.short, old.graph))
    assert "pdu/salford" in set(map(names.short, old.graph)), "nobody knows when it began"
    assert edges(old, "went-into")
    new = show("lineage", Filters(since="2024"))
    assert {"change/forming-of-salford-and-trafford", "pdu/salford"} <= set(map(names.short, new.graph))
    assert all(said.get("end", "2024") >= "2024" for _, said in new.graph.nodes(data=True))


def test_sources_keep_what_they_say_and_nothing_else(show):
    wanted = Filters(sources=("argus-kss-2024",))
    network = show("inspection", wanted)
    argus = names.iri("doc/argus-kss-2024")
    assert network.graph.number_of_edges()
    assert all(argus in said["source"] for *_, said in network.graph.edges(data=True))
    assert all(network.graph.degree(node) or argus in said["source"] for node, said in network.graph.nodes(data=True))
    assert len(network.graph) < len(show("inspection").graph)


def test_quality_drops_what_is_known_from_worse_sources_alone(show):
    network = show("lineage", Filters(quality="b"))
    assert 0 < network.graph.number_of_edges() < show("lineage").graph.number_of_edges()
    assert all(
        said["quality"][0] in {"a", "b", "primary-report", "official-release"}
        for *_, said in network.graph.edges(data=True)
    )


def test_filters_that_leave_nothing_make_an_empty_network(show):
    network = show("themes", Filters(types=("prison",)))
    assert (len(network.graph), network.sources, network.asof) == (0, (), "2026-08-21")


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        (Filters(types=("cuort",)), 'no type "cuort".* Did you mean "court"'),
        (
            Filters(region="kent-surrey-sussex"),
            'no region "kent-surrey-sussex".* Did you mean "kent-surrey-and-sussex"',
        ),
        (Filters(since="2024-13"), "reads '2024-13'; expected a day, month or year"),
        (Filters(until="2023-02-30"), "reads '2023-02-30'"),
        (Filters(since="2024", until="2020"), "Nothing lies since 2024 and until 2020"),
        (Filters(sources=("argus-2024",)), 'no source "argus-2024".* Did you mean "argus-kss-2024"'),
        (Filters(quality="pres"), 'no quality "pres"; expected one of a, primary-report, b.* Did you mean "press"'),
    ],
)
def test_an_unknown_filter_is_refused_with_what_was_meant(filters, message, store):
    with pytest.raises(QuestionError, match=message) as refusal:
        select(store, find_view("who-serves-where"), {}, filters)
    assert "\n" not in str(refusal.value)
