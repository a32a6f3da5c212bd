"""Row h, memory: what one stored user of 1.4 kB costs a process, in kB of 1000 bytes.

Each figure is the growth of the memory that a fresh interpreter's allocators handed out while it stored some thousand
different users, divided by their number.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec

from benchmarks.harness import Row, at_most, times

_USERS = 2_000

_FRAME = """
import gc, sys, tracemalloc
from benchmarks import users
bodies = [users.okta_user(number) for number in range({users} + 1)]
{setup}
put(bodies.pop())  # what is compiled once is no user's
gc.collect()
tracemalloc.start()
for number, body in enumerate(bodies):
    put(body)
gc.collect()
print(tracemalloc.get_traced_memory()[0] / {users} / 1000)
"""

_DOCUMENTS = """
from scimcore.documents import loads
from scimcore.resources import User
from scimcore.validation import Phase, accept
store = {}
def put(body):
    document = accept(loads(body), User.resource_type(), Phase.CREATE)
    store[f"2819c223-7f76-453a-919d-{len(store):012}"] = document
"""

_STORE = """
from benchmarks.services import Asked, own
service = own(0)
def put(body):
    service.answer(Asked("POST", "/Users", body=body), 201)
"""

_BYTES = """
from scimcore.documents import dumps, loads
from scimcore.resources import User
from scimcore.validation import Phase, accept
store = {}
def put(body):
    document = accept(loads(body), User.resource_type(), Phase.CREATE)
    store[f"2819c223-7f76-453a-919d-{len(store):012}"] = dumps(document)
"""

_PLAIN = """
from benchmarks import plain
store = {}
def put(body):
    store[f"2819c223-7f76-453a-919d-{len(store):012}"] = plain.User.model_validate_json(body)
"""

_PEER = """
from scim2_models import Context, EnterpriseUser, ResourceType, User
from scim2_server.memory import InMemoryStorage
model = User[EnterpriseUser]
resource_type = ResourceType.from_resource(model)
store = InMemoryStorage()
def put(body):
    user = model.model_validate_json(body, scim_ctx=Context.RESOURCE_CREATION_REQUEST)
    store.create(resource_type, user)
"""


def rows() -> Iterator[Row]:
    """Yield the rows."""
    peer = _kilobytes(_PEER) if find_spec("scim2_server") else None
    yield Row(
        "h memory of a stored user, document in a dict",
        _kilobytes(_DOCUMENTS),
        limit=_kilobytes(_BYTES),
        peers={"plain pydantic": _kilobytes(_PLAIN), "scim2-server": peer},
        targets=(times("scim2-server", 0.6, 0.2), at_most(5.5, 1.6)),
        unit="kB",
        limit_name="its JSON text",
        rounds=1,
    )
    yield Row(
        "h memory of a stored user, MemoryStorage with its indexes",
        _kilobytes(_STORE),
        limit=_kilobytes(_BYTES),
        peers={"scim2-server": peer},
        targets=(times("scim2-server", 0.6, 0.2), at_most(5.5, 1.6)),
        unit="kB",
        limit_name="its JSON text",
        rounds=1,
    )


def _kilobytes(setup: str) -> Callable[[], float]:
    code = _FRAME.format(setup=setup, users=_USERS)

    def run() -> float:
        told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
        return float(told.stdout)

    return run
