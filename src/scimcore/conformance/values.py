"""Valid values, made from attribute definitions: for any resource type that a service announces (RFC 7643 §7).

``complete`` writes every attribute that a client may write; ``minimal`` those that it must.
"""

from collections.abc import Iterator

from scimcore.conformance.target import Kind, definitions_in
from scimcore.documents import JSON, Document

# Attributes whose text has a form of its own, whatever the schema says (RFC 7643 §4.1).
FORMS = {
    "country": ("US", "FR"),
    "locale": ("en-US", "fr-FR"),
    "preferredlanguage": ("en-US", "fr"),
    "timezone": ("America/Los_Angeles", "Europe/Paris"),
}
_BY_TYPE: dict[str, tuple[JSON, JSON]] = {
    "boolean": (True, False),
    "integer": (7, 8),
    "decimal": (1.5, 2.5),
    "dateTime": ("2026-02-03T04:05:06Z", "2026-03-04T05:06:07Z"),
    "binary": ("U0NJTQ==", "Mi4w"),
}
# A certificate that is none may be refused, and a reference must refer to something that there is.
_LEFT_OUT = frozenset({"x509certificates", "members", "manager", "password", "active"})


def minimal(kind: Kind, tag: str) -> Document:
    """Make the smallest resource that a type allows.

    Args:
        kind: The type.
        tag: A text that makes unique values unique.
    """
    document = _required(kind.attributes, tag)
    extensions = {urn: _required(kind.extensions[urn], tag) for urn in kind.required_extensions}
    if kind.name == "User":
        document.setdefault("userName", text("userName", tag))
    elif kind.name == "Group":
        document.setdefault("displayName", text("displayName", tag))
    return {"schemas": [kind.schema, *extensions], **document, **extensions}


def complete(kind: Kind, tag: str) -> Document:
    """Make a resource with every attribute that a client may write and read back."""
    document = {**minimal(kind, tag), **dict(_writable(kind.attributes, tag))}
    extensions = {
        urn: {**document.get(urn, {}), **dict(_writable(attributes, tag))}
        for urn, attributes in kind.extensions.items()
    }
    extensions = {urn: values for urn, values in extensions.items() if values}
    return {**document, "schemas": [kind.schema, *extensions], **extensions}


def settable(kind: Kind) -> Iterator[tuple[str, Document]]:
    """Yield path and definition of each attribute that a client may write, read back and leave away."""
    yield from ((a["name"], a) for a in kind.attributes if _is_settable(a))
    for urn, attributes in kind.extensions.items():
        yield from ((f"{urn}:{a['name']}", a) for a in attributes if _is_settable(a))


def value_of(attribute: Document, tag: str, number: int = 0) -> JSON:
    """Make a valid value of an attribute.

    Args:
        attribute: Its definition.
        tag: A text that makes unique values unique.
        number: 0 or 1: two different values.
    """
    value = _single(attribute, tag, number)
    return [value] if attribute.get("multiValued") is True else value


def text(name: str, tag: str, number: int = 0) -> str:
    """Make a text for an attribute of a name. Names of users are in lower case, to which a service may turn them."""
    if name.lower() in FORMS:
        return FORMS[name.lower()][number]
    if name.lower() in ("username", "email"):
        return f"probe{number or ''}.{tag}@example.com"
    return f"Probe {name} {number}{tag}" if number else f"Probe {name} {tag}"


def _single(attribute: Document, tag: str, number: int) -> JSON:
    kind = attribute.get("type")
    if kind == "complex":
        return _complex(attribute, tag, number)
    if kind in _BY_TYPE:
        return _BY_TYPE[kind][number]
    if kind == "reference":
        return f"https://example.com/{attribute['name']}/{number}{tag}"
    canonical = attribute.get("canonicalValues")
    if isinstance(canonical, list) and canonical:
        return canonical[min(number, len(canonical) - 1)]
    return text(attribute["name"], tag, number)


def _complex(attribute: Document, tag: str, number: int) -> Document:
    values: Document = {}
    for inner in definitions_in(attribute.get("subAttributes")):
        name = inner.get("name")
        # `primary` would change other elements; `$ref` and `display` are often the service's own.
        if inner.get("canonicalValues") == []:
            continue  # some take this for a list of what is allowed: nothing
        if inner.get("mutability") in (None, "readWrite", "immutable") and name not in ("primary", "$ref", "display"):
            values[str(name)] = value_of(inner, tag, number)
    if attribute.get("name") in ("emails", "phoneNumbers", "photos", "ims"):
        values["value"] = _CONTACT[attribute["name"]].format(tag=tag, number=number)
    return values


_CONTACT = {
    "emails": "probe{number}.{tag}@example.com",
    "phoneNumbers": "+1-201-555-012{number}",
    "photos": "https://example.com/photos/{number}{tag}",
    "ims": "probe{number}.{tag}",
}


def _required(attributes: tuple[Document, ...], tag: str) -> Document:
    return {
        a["name"]: value_of(a, tag)
        for a in attributes
        if a.get("required") is True and a.get("mutability") != "readOnly" and a["name"] not in ("id", "schemas")
    }


def _writable(attributes: tuple[Document, ...], tag: str) -> Iterator[tuple[str, JSON]]:
    return ((a["name"], value_of(a, tag)) for a in attributes if _is_settable(a))


def _is_settable(attribute: Document) -> bool:
    if attribute.get("required") is True or attribute.get("name", "").lower() in _LEFT_OUT:
        return False
    if attribute.get("mutability", "readWrite") != "readWrite" or attribute.get("returned", "default") == "never":
        return False
    references = attribute.get("referenceTypes")
    external = not isinstance(references, list) or not set(references) - {"external", "uri"}
    complex_without_parts = attribute.get("type") == "complex" and not _complex(attribute, "", 0)
    return external and not complex_without_parts and attribute.get("name") not in ("id", "schemas", "meta")
