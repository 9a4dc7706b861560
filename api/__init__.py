"""The graph over HTTP; `api.app.create_app` makes the application. Uses kg; kg never uses it."""
