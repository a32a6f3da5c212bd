"""PATCH of every attribute that a schema says is writable (RFC 7644 §3.5.2)."""

from scimcore.conformance.check import check, collected
from scimcore.conformance.outcomes import Skipped
from scimcore.conformance.probe import Made, Probe
from scimcore.conformance.values import complete, settable, value_of
from scimcore.documents import Document


def _each_settable(probe: Probe) -> list[tuple[str, Document]]:
    found = list(settable(probe.kind))
    if not found:
        raise Skipped("the schema has no attribute that is free to be written")
    return found


def _value_at(document: Document, path: str) -> object:
    urn, _, name = path.rpartition(":")
    inside = document.get(urn, {}) if urn else document
    return inside.get(name) if isinstance(inside, dict) else None


def _patched(probe: Probe, made: Made, operation: Document, path: str, expected: object) -> None:
    probe.patch(made.path, operation).expect(200, 204)
    actual = _value_at(probe.read(made.path), path)
    probe.expect({path: expected}, {path: actual})


@check(
    "rfc7644-3.5.2.1-every-attribute",
    "PATCH adds every attribute that the schema says is writable",
    needs=("patch",),
    each_type=True,
)
def add_every(probe: Probe) -> None:
    made = probe.create(probe.kind)
    for path, attribute in _each_settable(probe):
        value = value_of(attribute, probe.tag)
        _patched(probe, made, {"op": "add", "path": path, "value": value}, path, value)


@check(
    "rfc7644-3.5.2.3-every-attribute",
    "PATCH replaces every attribute that the schema says is writable",
    needs=("patch",),
    each_type=True,
)
def replace_every(probe: Probe) -> None:
    made = probe.create(probe.kind, complete(probe.kind, probe.tag))
    for path, attribute in _each_settable(probe):
        value = value_of(attribute, probe.tag, 1)
        _patched(probe, made, {"op": "replace", "path": path, "value": value}, path, value)


@check(
    "rfc7644-3.5.2.2-every-attribute",
    "PATCH removes every attribute that the schema says is writable",
    needs=("patch",),
    each_type=True,
)
def remove_every(probe: Probe) -> None:
    made = probe.create(probe.kind, complete(probe.kind, probe.tag))
    for path, _ in _each_settable(probe):
        _patched(probe, made, {"op": "remove", "path": path}, path, None)


CHECKS = collected(globals())
