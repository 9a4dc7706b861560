"""Facts to triples: the only room that knows both fact records and RDF."""

from kg.build.dataset import Dataset, build

__all__ = ["Dataset", "build"]
