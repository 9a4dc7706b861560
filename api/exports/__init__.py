"""Exports over HTTP: views of the graph as networks, in the forms that the readers' tools open."""
