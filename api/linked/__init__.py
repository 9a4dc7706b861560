"""How a thing is shown: as RDF, JSON-LD, a table, Markdown or a page, and the links among these."""
