"""The HTTP server without an application: the most that any Python server can reach here."""

from __future__ import annotations

import os
import socket
import sys
from typing import Any

import uvicorn

from api.http.protocol import LimitedProtocol

_BODY = b"x" * 1500
_HEADERS = [(b"content-type", b"application/sparql-results+json"), (b"content-length", str(len(_BODY)).encode())]


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Send the same reply to everybody."""
    await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
    await send({"type": "http.response.body", "body": _BODY})


def main(port: int, processes: int) -> None:
    """Serve with as many processes, by the settings of the project's server."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(1024)
    for _ in range(processes - 1):
        if os.fork() == 0:
            break
    config = uvicorn.Config(
        application,
        http=LimitedProtocol,
        loop="uvloop",
        ws="none",
        lifespan="off",
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
    )
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
