"""The date beside a rating, by one rule on all pages: the report's, else another with the word for what it is of."""

from __future__ import annotations

# Binds ?date and ?dated, which says what the date is of; a query binds ?inspection and perhaps ?as_of before.
DATED = """OPTIONAL { ?inspection pko:reportPublishedOn ?published }
  OPTIONAL { ?inspection pko:announcedStart ?start }
  OPTIONAL { ?inspection pko:heldIn ?held }
  BIND(STR(COALESCE(?published, ?start, ?held, ?as_of)) AS ?date)
  BIND(IF(BOUND(?published), "published", IF(BOUND(?start), "began", IF(BOUND(?held), "held",
    IF(BOUND(?as_of), "rated", ?nothing)))) AS ?dated)"""
