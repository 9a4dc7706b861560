"""/about: what the site is, its sources with their licences, its method and limits, and how to cite it."""

from __future__ import annotations

from api.site import marked
from api.site.page import Page, Wanted, render
from kg.resources import installed_version

_REGISTERS = """SELECT ?source ?publisher ?licence ?address ?as_of ?rows WHERE {
  { SELECT ?source (COUNT(DISTINCT ?row) AS ?rows) WHERE { ?row pko:rowSource ?source } GROUP BY ?source }
  ?source a pko:RegisterSource
  OPTIONAL { ?source pko:publisherName ?publisher }
  OPTIONAL { ?source pko:licence ?licence }
  OPTIONAL { ?source pko:webAddress ?address }
  OPTIONAL { ?source pko:asOf ?as_of }
} ORDER BY DESC(?rows) ?source"""
_RELEASE = installed_version()  # found now: a worker cannot look for it
_COUNTS = """SELECT (COUNT(DISTINCT ?statement) AS ?statements) (COUNT(DISTINCT ?claim) AS ?claims) WHERE {
  ?claim a pko:Claim ; pko:asserts ?statement FILTER NOT EXISTS { ?statement prov:wasDerivedFrom ?other }
}"""


def make(wanted: Wanted) -> bytes:
    """Make the page."""
    return render(
        "site_about.html",
        wanted,
        documents=marked.all_documents(wanted),
        registers=wanted.select(_REGISTERS),
        counts=wanted.select(_COUNTS)[0],
        release=_RELEASE,
    )


PAGE = Page("about", make)
