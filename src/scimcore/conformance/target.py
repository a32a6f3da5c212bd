"""What a service announces of itself: configuration, resource types, schemas. Read once, before anything is checked.

What cannot be read is taken as not announced; that it cannot be read is for the checks of discovery to say.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from scimcore import urns
from scimcore.conformance.exchange import Answer
from scimcore.conformance.outcomes import Failed
from scimcore.documents import JSON, Document

Get = Callable[[str], Answer]


@dataclass(frozen=True, slots=True)
class Kind:
    """A resource type, as announced.

    Attributes:
        name: ``User``.
        endpoint: ``/Users``.
        schema: The URN of its schema.
        attributes: The definitions of its attributes; empty where the schema cannot be read.
        extensions: By URN, the definitions of an extension's attributes.
        required_extensions: The URNs of extensions that every resource must have.
    """

    name: str
    endpoint: str
    schema: str
    attributes: tuple[Document, ...] = ()
    extensions: dict[str, tuple[Document, ...]] = field(default_factory=dict)
    required_extensions: tuple[str, ...] = ()

    def find(self, path: str) -> Document | None:
        """Return the definition of ``name``, ``name.givenName`` or ``urn:...:User:manager.value``, or None."""
        attributes = self.attributes
        for urn, definitions in self.extensions.items():
            if path.lower().startswith(f"{urn.lower()}:"):
                attributes, path = definitions, path[len(urn) + 1 :]
                break
        definition: Document | None = None
        for name in path.split("."):
            definition = next((a for a in attributes if str(a.get("name", "")).lower() == name.lower()), None)
            if definition is None:
                return None
            attributes = tuple(definitions_in(definition.get("subAttributes")))
        return definition


@dataclass(frozen=True, slots=True)
class Target:
    """What there is to check.

    Attributes:
        config: The ServiceProviderConfig; empty where it cannot be read.
        kinds: The resource types.
        schemas: By URN, all announced schemas.
    """

    config: Document
    kinds: tuple[Kind, ...]
    schemas: dict[str, Document]

    @property
    def user(self) -> Kind | None:
        """The type of users."""
        return self._of(urns.USER)

    @property
    def group(self) -> Kind | None:
        """The type of groups."""
        return self._of(urns.GROUP)

    def kind(self, name: str) -> Kind | None:
        """Return the resource type of a name."""
        return next((kind for kind in self.kinds if kind.name == name), None)

    def _of(self, schema: str) -> Kind | None:
        return next((kind for kind in self.kinds if kind.schema.lower() == schema.lower()), None)

    def supports(self, feature: str) -> bool:
        """Tell whether ``patch``, ``bulk``, ``filter``, ``sort``, ``etag`` or ``changePassword`` is announced."""
        value = self.config.get(feature)
        return isinstance(value, dict) and value.get("supported") is True

    def limit(self, feature: str, name: str) -> int | None:
        """Return an announced number, such as ``limit("filter", "maxResults")``; None if there is none above zero."""
        value = self.config.get(feature)
        number = value.get(name) if isinstance(value, dict) else None
        return number if isinstance(number, int) and number > 0 else None

    def missing(self, need: str) -> str | None:
        """Say why a need of a check is not met, or return None if it is.

        Args:
            need: A feature (``patch``), ``cursor``, ``index``, a resource type (``User``), or an attribute of one
                (``User.nickName``, ``User.urn:...:department``).
        """
        if need in _FEATURES:
            return None if self.supports(need) else f"ServiceProviderConfig does not announce {need}.supported"
        if need in ("cursor", "index"):
            pagination = self.config.get("pagination")
            announced = isinstance(pagination, dict) and pagination.get(need) is True
            return None if announced else f"ServiceProviderConfig does not announce pagination.{need}"
        if need == "interop":
            announced = self.config.get("interopProfileConformant") is True
            return None if announced else "ServiceProviderConfig does not announce interopProfileConformant"
        name, _, path = need.partition(".")
        kind = {"User": self.user, "Group": self.group}.get(name)
        if kind is None:
            return f"there is no resource type {name}"
        # Without readable schemas nobody can say: then the attribute is tried.
        if path and kind.attributes and path not in _COMMON and kind.find(path) is None:
            return f"the schemas of {name} have no attribute {path}"
        return None


_FEATURES = frozenset({"patch", "bulk", "filter", "sort", "etag", "changePassword"})
_COMMON = frozenset({"id", "externalId", "meta", "schemas"})


def discover(get: Get) -> Target:
    """Read what a service announces.

    Args:
        get: Sends a GET to a path below the base URL.

    Raises:
        OSError: If the service cannot be reached.
    """
    config = _document(get, "/ServiceProviderConfig")
    schemas = {str(schema["id"]): schema for schema in _list(get, "/Schemas") if schema.get("id")}
    kinds = [_kind(resource_type, schemas) for resource_type in _list(get, "/ResourceTypes")]
    if not kinds:
        # Nothing is announced: the two endpoints that RFC 7644 §3.2 names are tried.
        likely = (("User", "/Users", urns.USER), ("Group", "/Groups", urns.GROUP))
        kinds = [
            _kind({"name": name, "endpoint": endpoint, "schema": schema}, schemas)
            for name, endpoint, schema in likely
            if get(endpoint).status == 200
        ]
    return Target(config, tuple(kinds), schemas)


def _document(get: Get, path: str) -> Document:
    answer = get(path)
    try:
        return answer.document if answer.status == 200 else {}
    except Failed:
        return {}


def _list(get: Get, path: str) -> Iterator[Document]:
    resources = _document(get, path).get("Resources")
    return definitions_in(resources)


def _kind(resource_type: Document, schemas: dict[str, Document]) -> Kind:
    named = {urn.lower(): schema for urn, schema in schemas.items()}

    def attributes(urn: JSON) -> tuple[Document, ...]:
        return tuple(definitions_in(named.get(str(urn).lower(), {}).get("attributes")))

    extensions = [e for e in definitions_in(resource_type.get("schemaExtensions")) if isinstance(e.get("schema"), str)]
    endpoint = str(resource_type.get("endpoint", ""))
    return Kind(
        name=str(resource_type.get("name") or resource_type.get("id")),
        # Some announce an absolute URL, some no slash.
        endpoint="/" + endpoint.rstrip("/").rpartition("/")[2],
        schema=str(resource_type.get("schema")),
        attributes=attributes(resource_type.get("schema")),
        extensions={extension["schema"]: attributes(extension["schema"]) for extension in extensions},
        required_extensions=tuple(e["schema"] for e in extensions if e.get("required") is True),
    )


def definitions_in(value: JSON) -> Iterator[Document]:
    """Yield the objects of a list that should be a list of objects."""
    return (element for element in value if isinstance(element, dict)) if isinstance(value, list) else iter(())
