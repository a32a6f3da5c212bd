"""What a host gives to the service, as its type checker sees it."""

from collections.abc import Awaitable

from scimcore import AsyncHandler, Handler, Provider, Request
from scimcore.asgi import ScimApp
from scimcore.memory import MemoryStorage
from scimcore.service.authentication import Caller, anyone, basic, bearer_tokens, first_of, open_discovery
from scimcore.service.events import Changed, Created, Event, MembershipChanged
from scimcore.service.hooks import Hooks, Write
from scimcore.service.requests import Operation
from scimcore.service.throttle import RateLimit
from scimcore.storage import Cursors, Lookups, Memberships, Storage
from scimcore.wsgi import ScimApp as WsgiApp

storage: Storage = MemoryStorage()
lookups: Lookups = MemoryStorage()
memberships: Memberships = MemoryStorage()
cursors: Cursors = MemoryStorage()

heard: list[Event] = []


async def hear(event: Event) -> None:
    match event:
        case Created(document=document):
            print(document["userName"])
        case Changed(changes=changes):
            print([change.path for change in changes])
        case MembershipChanged(delta=delta):
            print(delta.added)
        case _:
            print(event.correlation_id)


def authorize(caller: Caller, operation: Operation) -> None: ...


async def authorize_write(write: Write) -> None:
    print(write.attributes)


plain = Hooks(
    throttle=RateLimit(50, 200),
    authorize=authorize,
    before=lambda write: None,
    events=heard.append,
)
waiting = Hooks(authorize_write=authorize_write, events=hear)


def store_of(caller: Caller) -> Storage:
    return MemoryStorage()


async def store_of_later(caller: Caller) -> Storage:
    return MemoryStorage()


def authenticate(request: Request) -> Caller | Awaitable[Caller]:
    return anyone(request)


known = first_of(bearer_tokens({"s3cret": "okta"}), basic({("okta", "s3cret"): Caller("okta", tenant="acme")}))

Handler(Provider(), MemoryStorage(), anyone, hooks=plain)
Handler(Provider(), store_of, anyone)
AsyncHandler(Provider(), store_of_later, authenticate, hooks=waiting)
ScimApp(Provider(), store_of, authenticate=open_discovery(known), hooks=waiting)
WsgiApp(Provider(), store_of, authenticate=open_discovery(known), hooks=plain)
ScimApp(Provider(), store_of, authenticate=open_discovery(first_of(known, authenticate)))

WsgiApp(Provider(), store_of, authenticate=first_of(known, authenticate))  # type: ignore[arg-type]
Handler(Provider(), store_of_later, anyone)  # type: ignore[arg-type]
Hooks(authorize=lambda caller: None)  # type: ignore[misc, arg-type]
