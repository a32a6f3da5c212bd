"""Values: names, null, data types, and that they come back as they were sent (RFC 7643 §2, §4.1)."""

from scimcore import urns
from scimcore.conformance.check import SPECS, Check, check, collected
from scimcore.conformance.outcomes import MUST, SHOULD, Skipped
from scimcore.conformance.probe import Probe
from scimcore.documents import JSON, Document

ENT = urns.ENTERPRISE_USER


@check("rfc7643-2.1-names-case", "Attribute names in a body have no case", needs=("User.displayName", "User.nickName"))
def names_case(probe: Probe) -> None:
    made = probe.new_user(DISPLAYNAME="Mira", nickname="Mim")
    probe.expect({"displayName": "Mira", "nickName": "Mim"}, probe.read(made.path))


@check(
    "rfc7643-2.1-names-canonical",
    "Attribute names are answered as the schema spells them",
    needs=("User.displayName",),
    level=SHOULD,
)
def names_canonical(probe: Probe) -> None:
    document = probe.read(probe.new_user(DISPLAYNAME="Mira").path)
    probe.require("displayName" in document, "displayName", sorted(document))


@check(
    "rfc7643-2.1-urn-case", "An extension's URN in a body has no case", needs=(f"User.{ENT}:department",), level=SHOULD
)
def urn_case(probe: Probe) -> None:
    urn = ENT.replace("enterprise", "Enterprise")
    made = probe.new_user(**{urn: {"department": "Bridge"}})
    probe.expect({ENT: {"department": "Bridge"}}, probe.read(made.path))


@check("rfc7643-2.5-null", "null in a body is the absence of a value", needs=("User.nickName", "User.title"))
def null(probe: Probe) -> None:
    made = probe.new_user(nickName=None, title="Pilot")
    probe.expect({"nickName": None, "title": "Pilot"}, probe.read(made.path))


@check("rfc7643-2.5-empty-list", "An empty list in a body is the absence of values", needs=("User.emails",))
def empty_list(probe: Probe) -> None:
    probe.expect({"emails": None}, probe.read(probe.new_user(emails=[]).path))


@check("rfc7643-2.5-put-null", "PUT with null takes a value away", needs=("User.nickName",))
def put_null(probe: Probe) -> None:
    made = probe.new_user(nickName="Mim")
    body = {**{k: v for k, v in made.document.items() if k not in ("id", "meta")}, "nickName": None}
    probe.put(made.path, body).expect(200)
    probe.expect({"nickName": None}, probe.read(made.path))


# Attribute, a value that is not of its type, and the one thing that it can mean all the same to a lenient service.
WRONG: tuple[tuple[str, str, JSON, JSON], ...] = (
    ("active-number", "active", 1, None),
    ("active-text", "active", "perhaps", None),
    ("active-list", "active", [False], False),
    ("user-name-number", "userName", 7, None),
    ("user-name-object", "userName", {"value": "o.{tag}"}, "o.{tag}"),
    ("user-name-list", "userName", ["a.{tag}", "b.{tag}"], None),
    ("name-text", "name", "Mira Lund", None),
    ("display-name-boolean", "displayName", True, None),
    ("emails-text", "emails", "mira@example.com", [{"value": "mira@example.com"}]),
    ("emails-value-number", "emails", [{"value": 7}], None),
    ("emails-primary-text", "emails", [{"value": "a@example.com", "primary": "perhaps"}], None),
    ("external-id-number", "externalId", 7, None),
)  # fmt: skip


def _wrong_check(id: str, name: str, value: JSON, meant: JSON) -> Check:
    def function(probe: Probe) -> None:
        body = {**probe.new(probe.user), name: probe.filled(value)}
        answer = probe.post(probe.user.endpoint, body)
        if answer.status == 201 and meant is not None:
            probe.expect({name: probe.filled(meant)}, probe.read(f"{probe.user.endpoint}/{answer.document.get('id')}"))
        else:
            answer.expect_error(400, scim_type=("invalidValue", "invalidSyntax"))

    return Check(
        f"rfc7643-2.3-wrong-{id}", SPECS["rfc7643"], "2.3", MUST, f"POST with {name}: {value!r} is refused with invalidValue",
        function, "a value of another JSON type than the schema's is no value", needs=(f"User.{name}",),
    )  # fmt: skip


# Values that must come back as they were sent: name in ids, attributes.
KEPT: tuple[tuple[str, str, Document], ...] = (
    ("case", "casing", {"userName": "MiXed.{tag}@Example.COM", "displayName": "MiXeD"}),
    ("unicode", "letters of other scripts", {"displayName": "Zoë 你好 Ωmega \U0001f600", "title": "naïve"}),
    ("quotes", "quotes, backslashes and markup", {"displayName": '"quoted" \\ back </script> &amp; \'x\' %s {0} $1'}),
    ("space", "inner spaces and line ends", {"displayName": "a  b\nc\td"}),
    ("long", "a long text", {"displayName": "x" * 200}),
    ("number-like", "texts that look like numbers and booleans", {"title": "007", "nickName": "true", "displayName": "1e5"}),
    ("local-mail", "an address without a public domain", {"emails": [{"value": "mira.{tag}@corp.local", "type": "work"}]}),
    ("custom-type", "a type that is not among the canonical ones", {"emails": [{"value": "m.{tag}@example.com", "type": "yacht"}]}),
    ("name", "all parts of a name", {"name": {"givenName": "Mira", "familyName": "Lund", "middleName": "K", "honorificPrefix": "Dr.", "honorificSuffix": "III"}}),
    ("phone", "a telephone number as it is written", {"phoneNumbers": [{"value": "+1 (201) 555-0123", "type": "mobile"}]}),
    ("address", "all parts of an address", {"addresses": [{"type": "work", "streetAddress": "Kai 7", "locality": "Bergen", "region": "Vestland", "postalCode": "5003", "country": "NO"}]}),
    ("active", "active false", {"active": False}),
    ("language", "preferredLanguage, locale and timezone", {"preferredLanguage": "en-US", "locale": "de-CH", "timezone": "Europe/Zurich"}),
    ("photo", "a photo's URL", {"photos": [{"value": "https://photos.example.com/p/1", "type": "photo"}]}),
    ("order", "two elements that differ in type alone", {"emails": [{"value": "m.{tag}@example.com", "type": "work"}, {"value": "m.{tag}@example.com", "type": "home"}]}),
)  # fmt: skip


def _kept_check(id: str, title: str, attributes: Document) -> Check:
    def function(probe: Probe) -> None:
        if id == "custom-type" and probe.post(probe.user.endpoint, probe.new(probe.user, attributes)).status == 400:
            raise Skipped("the service takes no types but those that it announces (RFC 7643 §7 lets it)")
        made = probe.new_user(**attributes)
        expected = probe.filled(attributes)
        probe.expect(expected, made.document)
        probe.expect(expected, probe.read(made.path))

    return Check(
        f"rfc7643-4.1-kept-{id}", SPECS["rfc7643"], "4.1", SHOULD if id == "case" else MUST, f"A user comes back with {title} as sent", function,
        "values are stored as they are received, or refused; never rewritten", tuple(f"User.{name}" for name in attributes),
    )  # fmt: skip


CHECKS = (
    *collected(globals()),
    *(_wrong_check(*row) for row in WRONG),
    *(_kept_check(*row) for row in KEPT),
)
