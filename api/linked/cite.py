"""How a thing of the dataset is cited: by name, IRI and version; the dataset bears no date, and none is made up."""

from __future__ import annotations

import re

from kg import names

TITLE = "Probation knowledge graph"
EDITORS = "Probation Knowledge Graph editors"
_MEANT = re.compile(r"[\\{}$&#%_^~\x00-\x1f\u202a-\u202e\u2066-\u2069]+")


def bibtex(label: str, iri: str, version: str) -> str:
    r"""Return an entry of BibTeX; characters that mean something to it are left out of the title.

    >>> print(bibtex("West {Kent}", "https://w3id.org/probation-kg/id/pdu/west-kent", "c882167d04"))
    @misc{probation-kg:pdu/west-kent,
      author = {{Probation Knowledge Graph editors}},
      title = {{West Kent}},
      howpublished = {Probation knowledge graph, version c882167d},
      url = {https://w3id.org/probation-kg/id/pdu/west-kent}
    }
    """
    title = " ".join(_MEANT.sub(" ", label).split())
    key = re.sub(r"[^A-Za-z0-9/.-]+", "-", names.short(iri))
    url = iri.replace("{", "%7B").replace("}", "%7D")
    return (
        f"@misc{{probation-kg:{key},\n  author = {{{{{EDITORS}}}}},\n  title = {{{{{title}}}}},\n"
        f"  howpublished = {{{TITLE}, version {version[:8]}}},\n  url = {{{url}}}\n}}"
    )
