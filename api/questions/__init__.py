"""The named queries over HTTP: a list, and the answer of each in the form that is asked for."""
