"""Requests that must be refused without harm: deep, long, odd and malformed ones."""

from typing import NamedTuple

from scimcore import urns
from scimcore.conformance.check import Check
from scimcore.conformance.outcomes import MUST, SHOULD, Failed, Level
from scimcore.conformance.probe import Probe
from scimcore.conformance.suites.attacking import DEPTH, DIFFERENT, REFUSED, attack, require_control
from scimcore.conformance.suites.patching import replace

CORE = urns.USER


class Attack(NamedTuple):
    """A request that must be refused without harm; ``{Users}`` is the endpoint, and the method is GET without a body."""

    id: str
    section: str
    title: str
    path: str = "{Users}"
    query: str = ""
    body: bytes | None = None
    statuses: tuple[int, ...] = (400,)
    level: Level = MUST
    method: str = ""
    hint: str = ""


def _body(text: str) -> bytes:
    return f'{{"schemas":["{CORE}"],"userName":"attack.{{tag}}@example.com",{text}}}'.encode()


ATTACKS = (
    Attack("filter-parentheses", "S3", "A filter of 1,000 nested parentheses is answered, or refused", query="filter=" + "(" * 1000 + "userName%20pr" + ")" * 1000, statuses=(200, *REFUSED), hint=DEPTH),
    Attack("filter-not", "S3", "A filter of 700 nested nots is answered, or refused", query="filter=" + "not%20(" * 700 + "userName%20pr" + ")" * 700, statuses=(200, *REFUSED), hint=DEPTH),
    Attack("filter-unclosed", "S3", "A filter of 1,000 opening parentheses is refused", query="filter=" + "(" * 1000, statuses=REFUSED, hint=DEPTH),
    Attack("filter-long", "S11", "A filter of 40,000 letters is answered, or refused", query="filter=userName%20eq%20%22" + "a" * 40_000 + "%22", statuses=(200, *REFUSED), hint="time must grow with the length alone"),
    Attack("filter-spaces", "S11", "A filter of 5,000 spaces is answered, or refused", query="filter=userName" + "%20" * 5_000 + "pr", statuses=(200, *REFUSED), hint="nested repetitions in a regular expression take forever"),
    Attack("filter-nul", "S9", "A filter with a NUL is answered, or refused", query="filter=userName%20eq%20%22a%00b%22", statuses=(200, 400)),
    Attack("filter-line-end", "S9", "A filter with line ends is answered, or refused", query="filter=userName%20eq%20%22a%0d%0aX-Evil:%201%22", statuses=(200, 400), hint="and comes into no header and no line of the log"),
    Attack("filter-not-utf8", "S16", "A filter that is not UTF-8 is refused", query="filter=userName%20eq%20%22%ff%22", statuses=(400, 200), level=SHOULD),
    Attack("sort-long", "S3", "A sortBy of 10,000 dots is refused, or ignored", query="sortBy=" + "a." * 5_000, statuses=(200, *REFUSED)),
    Attack("count-huge", "S12", "A count of 30 digits is answered, or refused", query="count=" + "9" * 30, statuses=(200, 400)),
    Attack("start-huge", "S12", "A startIndex of 30 digits is answered, or refused", query="startIndex=" + "9" * 30, statuses=(200, 400)),
    Attack("attributes-many", "S12", "2,000 names in attributes are answered, or refused", query="attributes=" + ",".join(f"a{n}" for n in range(2_000)), statuses=(200, *REFUSED)),
    Attack("json-depth", "S3", "JSON that nests 20,000 deep is withstood", body=_body('"x":' + "[" * 20_000 + "]" * 20_000), statuses=(201, 400, 413), hint=DEPTH),
    Attack("json-depth-object", "S3", "Objects that nest 5,000 deep are withstood", body=_body('"name":' + '{"a":' * 5_000 + "1" + "}" * 5_000), statuses=(201, 400, 413), hint=DEPTH),
    Attack("json-duplicate", "S16", "A name that stands twice in an object is refused", body=_body('"userName":"other.{tag}@example.com"'), statuses=(400,), level=SHOULD, hint=DIFFERENT),
    Attack("json-duplicate-case", "S16", "Names that differ in casing alone are refused", body=_body('"USERNAME":"other.{tag}@example.com"'), statuses=(400,), level=SHOULD, hint=DIFFERENT),
    Attack("json-nan", "S16", "NaN is refused", body=_body('"title":NaN'), statuses=(400,), hint="NaN is no JSON"),
    Attack("json-infinity", "S16", "Infinity is refused", body=_body('"displayName":Infinity'), statuses=(400,), hint="Infinity is no JSON"),
    Attack("json-huge-number", "S16", "A number of 5,000 digits is refused", body=_body('"title":' + "9" * 5_000), statuses=(400,)),
    Attack("json-single-quotes", "S16", "JSON with single quotes is refused", body=b"{'schemas': ['" + CORE.encode() + b"'], 'userName': 'x'}", statuses=(400,)),
    Attack("json-comment", "S16", "JSON with a comment is refused", body=_body('"active":true/* yes */'), statuses=(400,)),
    Attack("json-trailing", "S16", "JSON with something behind it is refused", body=_body('"active":true') + b"{}", statuses=(400,)),
    Attack("json-not-utf8", "S16", "A body that is not UTF-8 is refused", body=_body('"displayName":"') [:-1] + b'\xff\xfe"}', statuses=(400,)),
    Attack("json-surrogate", "S16", "A lone surrogate is refused, or kept from doing harm", body=_body('"displayName":"\\ud800"'), statuses=(400, 201)),
    Attack("json-string", "S16", "A text for a body is refused", body=b'"userName"', statuses=(400,)),
    Attack("json-null", "S16", "null for a body is refused", body=b"null", statuses=(400,)),
    Attack("json-number", "S16", "A number for a body is refused", body=b"7", statuses=(400,)),
    Attack("body-large", "S12", "A body of 8 million bytes is refused", body=_body('"title":"' + "x" * 8_000_000 + '"'), statuses=(400, 413), level=SHOULD, hint="limit the body before it is read"),
    Attack("path-dots", "S10", "A path with encoded dot segments leads nowhere", path="{Users}/%2e%2e/ServiceProviderConfig", statuses=(400, 404), level=SHOULD),
    Attack("path-slash", "S10", "A path with an encoded slash leads nowhere", path="{Users}/..%2fServiceProviderConfig", statuses=(400, 404), level=SHOULD),
    Attack("path-nul", "S10", "An id with a NUL leads nowhere", path="{Users}/nobody%00", statuses=(400, 404)),
    Attack("path-line-end", "S10", "An id with line ends leads nowhere", path="{Users}/nobody%0d%0aX-Evil:%201", statuses=(400, 404)),
    Attack("path-not-utf8", "S10", "An id that is not UTF-8 leads nowhere", path="{Users}/%ff%fe", statuses=(400, 404)),
    Attack("path-long", "S10", "An id of 6,000 letters leads nowhere", path="{Users}/" + "a" * 6_000, statuses=(400, 404, 414)),
    Attack("path-quote", "S9", "An id that is SQL leads nowhere", path="{Users}/'%20or%20'1'='1", statuses=(400, 404)),
    Attack("path-proto", "S4", "An id of __proto__ leads nowhere", path="{Users}/__proto__", statuses=(400, 404)),
    Attack("path-constructor", "S4", "An id of constructor leads nowhere", path="{Users}/constructor", statuses=(400, 404)),
    Attack("endpoint-class", "S4", "An endpoint of __class__ leads nowhere", path="/__class__", statuses=(400, 404)),
)  # fmt: skip


def _attack_check(row: Attack) -> Check:
    def function(probe: Probe) -> None:
        path = row.path.replace("{Users}", probe.user.endpoint)
        body = None if row.body is None else row.body.replace(b"{tag}", probe.tag.encode())
        try:
            answer = probe.send(row.method or ("GET" if body is None else "POST"), path, body, query=row.query)
        except (BrokenPipeError, ConnectionResetError):
            # Some servers hang up on whoever sends too much: that is a refusal too.
            probe.require(len(body or row.query) > 100_000, "an answer", "the connection was closed")
            return
        require_control(probe, answer)
        answer.expect(*row.statuses)
        if "x-evil" in answer.headers:
            raise Failed("no header of the attacker's", "X-Evil")
        _ = probe.get("/ServiceProviderConfig").expect(200)

    return attack(
        row.id,
        row.section,
        row.title,
        function,
        row.level,
        row.hint,
        ("User", *(("filter",) if "filter=" in row.query else ())),
    )


# Paths of PATCH that are none, whatever a program makes of them.
BAD_PATHS = (
    ("proto", "S4", "__proto__.polluted"),
    ("class", "S4", "__class__"),
    ("dict", "S4", "name.__dict__"),
    ("constructor", "S4", "constructor.prototype.polluted"),
    ("format", "S4", "{0.__class__}"),
    ("brackets", "S3", "emails" + "[" * 500),
    ("parentheses", "S3", "emails[" + "(" * 500 + 'type eq "work"' + ")" * 500 + "]"),
    ("dots", "S3", ".".join(["name"] * 2_000)),
    ("sql", "S9", "title'; drop table users; --"),
    ("control", "S9", "title\r\nX-Evil: 1"),
)  # fmt: skip


def _path_check(id: str, section: str, path: str) -> Check:
    def function(probe: Probe) -> None:
        made = probe.new_user(title="Pilot")
        answer = probe.patch(made.path, replace(path, "polluted"))
        require_control(probe, answer)
        answer.expect(400, 413)
        probe.expect({"title": "Pilot", "polluted": None}, probe.read(made.path))

    shown = path if len(path) < 40 else f"{path[:20]}... ({len(path)} characters)"
    return attack(
        f"patch-path-{id}",
        section,
        f"PATCH with the path {shown!r} is refused",
        function,
        MUST,
        DEPTH if section == "S3" else "",
        ("patch", "User.title"),
    )


CHECKS = (*map(_attack_check, ATTACKS), *(_path_check(*row) for row in BAD_PATHS))
