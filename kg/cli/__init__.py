"""The command `kg`: parses, calls, prints. Nothing else prints."""

from kg.cli import networks as networks  # its commands join those of app
from kg.cli.app import main

__all__ = ["main"]
