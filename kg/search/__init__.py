"""Full search over a store: names first, then near names, then the words of statements and definitions."""

from kg.search.index import Hit, Hits, SearchIndex
from kg.search.words import fold

__all__ = ["Hit", "Hits", "SearchIndex", "fold"]
