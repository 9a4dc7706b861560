"""The rooms of linked data behind the real front, over a store in this process: no server, no worker."""

from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from api.http.accesslog import AccessLog
from api.http.cache import Cache
from api.http.front import Front
from api.jobs import JOBS
from api.linked.rooms import linked_data
from api.linked.statistics import CATALOGUE_JOBS
from api.pages import problem_reply
from api.sandbox.pool import Answer
from api.sandbox.worker import Held
from api.settings import Settings
from kg.store import Embedded


class Standing:
    """Stands for the dataset: runs the jobs of workers here and now."""

    def __init__(self, store, settings):
        self.store, self.settings, self.version = store, settings, "0123456789abcdef" * 4

    def on_change(self, listener):
        """Take who wants to hear of changes, of which there are none."""

    async def run(self, job, arguments, content=b"", client=""):
        return Answer(*{**JOBS, **CATALOGUE_JOBS}[job](Held(self.store), dict(arguments), content))


def store_of(lines):
    """Return a store of lines of N-Quads."""
    store = Embedded()
    store.load_quads("\n".join(lines).encode())
    return store


def serving(store, settings=None):
    """Return a client of the rooms of linked data over a store."""
    dataset = Standing(store, settings or Settings())
    front = Front(
        PlainTextResponse("", 404),
        rooms=linked_data(dataset),
        cache=Cache(1 << 22),
        version=lambda: dataset.version,
        log=AccessLog(""),
        most_bytes=1 << 20,
        methods=lambda path: (),
        tell=problem_reply,
    )
    return TestClient(front, follow_redirects=False)
