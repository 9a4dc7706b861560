"""The graph over HTTP. Uses kg; kg never uses it."""

from api.app import create_app

__all__ = ["create_app"]
