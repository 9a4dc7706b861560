"""The OpenAPI document: what FastAPI knows of its routes, and the rooms that are served before its router."""
