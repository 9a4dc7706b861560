"""The protocols of the W3C: SPARQL queries and updates, the graph store, the service description."""
