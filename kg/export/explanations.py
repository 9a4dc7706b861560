"""What each measure means to someone who works in probation, and what not to read into it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Explanation:
    """One measure in plain words.

    Attributes:
        name: column of the table, or "bridge", the attribute of links.
        meaning: what a high value, or a "yes", means here.
        caution: what not to read into it.
    """

    name: str
    meaning: str
    caution: str


def explain() -> tuple[Explanation, ...]:
    """Return the meaning of each measure and its caution, in the order of the table's columns."""
    return _EXPLANATIONS


_EXPLANATIONS = (
    Explanation(
        "degree",
        "How many links the thing has. A provider with a high degree has many contracts or areas; a unit, many courts,"
        " prisons and inspections.",
        "It counts what the sources wrote and what this view selected: a unit that was inspected twice has more links"
        " than one that never was, and is not busier for it. A link of a thing to itself counts twice.",
    ),
    Explanation(
        "in_degree",
        "How many links point at the thing. A theme with many is raised by many findings; a region, made up of many"
        " units.",
        "Directions follow the wording of the relation (“part of”, “inspects”), not authority or money.",
    ),
    Explanation(
        "out_degree",
        "How many links start at the thing. An inspection with many says much about many things.",
        "A long report gives more links than a short one, whatever it found.",
    ),
    Explanation(
        "neighbours",
        "How many different things it is linked to. If it is much lower than the degree, several statements say the"
        " same connection, or say it for several periods.",
        "All dates of the view count together: narrow the view to a date to see who was connected at one time.",
    ),
    Explanation(
        "betweenness",
        "How often the thing lies on the shortest way between two others. A high value marks a go-between, such as a"
        " provider or theme that joins regions which have little else in common.",
        "It is about the drawing, not about people: nothing flows along these links. In large networks it is estimated"
        " from a sample, and small differences mean nothing.",
    ),
    Explanation(
        "component",
        "Number of the part that the thing belongs to; part 1 is the largest. Things in different parts have no link at"
        " all in this view.",
        "Two parts may well be connected in practice, or elsewhere in the graph: no statement in this view says so.",
    ),
    Explanation(
        "community",
        "Number of the cluster that the thing belongs to; 1 is the largest. Members of a cluster have more links among"
        " themselves than with the rest, as units with their own courts, prisons and providers have.",
        "Clusters are found by calculation and have sharp edges where practice has none. They are no administrative"
        " areas, and their numbers change when the data do.",
    ),
    Explanation(
        "articulation",
        "Yes: without this thing, others lose their only connection with the rest.",
        "It need not be a point of failure in the service: the sources may just not mention a second connection.",
    ),
    Explanation(
        "bridge",
        "Yes: this link alone joins two parts of the network, however many statements say it.",
        "A thing with one link always hangs on a bridge. Look at bridges between two large parts first.",
    ),
)
