"""The command `kg`: parses, calls, prints. Nothing else prints."""

from kg.cli.app import main

__all__ = ["main"]
