"""What an attacker tries, after incidents of real services: sections are those of the page on security in the docs.

No attack here can hurt a service that withstands it, and none touches what the run has not made. A service that
answers 500 has lost control of what it was doing: that is a failure wherever it happens.
"""

import json
import re
from typing import NamedTuple

from scimcore import urns
from scimcore.conformance.check import Check, Function, check, collected
from scimcore.conformance.exchange import Answer
from scimcore.conformance.outcomes import MUST, SHOULD, Failed, Level, Skipped
from scimcore.conformance.probe import Made, Probe, encode
from scimcore.conformance.suites.patching import add, replace
from scimcore.documents import JSON, Document

CORE, ENT = urns.USER, urns.ENTERPRISE_USER

# What programs print when they fail, and what nobody outside should read.
_INTERNALS = re.compile(
    rb'Traceback \(most recent|File "[^"]+", line \d+|\n\s+at [\w.$<>]+\(|(?:Type|Value|Key|Runtime|Recursion)Error\b'
    rb"|NullPointerException|SQLSTATE|SELECT .+ FROM|node_modules|/site-packages/|RangeError",
)


def _require_control(probe: Probe, answer: Answer) -> None:
    """No 5xx but 501, and nothing of the service's inside."""
    probe.require(answer.status < 500 or answer.status == 501, "no 5xx", answer.summary())
    found = _INTERNALS.search(answer.body)
    probe.require(found is None, "nothing of the service's inside", found[0].decode(errors="replace") if found else "")


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


REFUSED = (400, 413, 414, 431)
DEPTH = "a parser that calls itself for each level ends in a stack overflow: limit depth and length"
DIFFERENT = "two readers of such a text could each believe another value: refuse it"
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
        _require_control(probe, answer)
        answer.expect(*row.statuses)
        if "x-evil" in answer.headers:
            raise Failed("no header of the attacker's", "X-Evil")
        _ = probe.get("/ServiceProviderConfig").expect(200)

    return _check(
        row.id,
        row.section,
        row.title,
        function,
        row.level,
        row.hint,
        ("User", *(("filter",) if "filter=" in row.query else ())),
    )


def _check(
    id: str,
    section: str,
    title: str,
    function: Function,
    level: Level = MUST,
    hint: str = "",
    needs: tuple[str, ...] = (),
) -> Check:
    return Check(f"security-{section}-{id}", "Security", section, level, title, function, hint, needs)


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
        _require_control(probe, answer)
        answer.expect(400, 413)
        probe.expect({"title": "Pilot", "polluted": None}, probe.read(made.path))

    shown = path if len(path) < 40 else f"{path[:20]}... ({len(path)} characters)"
    return _check(
        f"patch-path-{id}",
        section,
        f"PATCH with the path {shown!r} is refused",
        function,
        MUST,
        DEPTH if section == "S3" else "",
        ("patch", "User.title"),
    )


# What readOnly attributes are called to get around the rule.
READ_ONLY: tuple[tuple[str, Document], ...] = (
    ("id", {"id": "mine-{tag}"}),
    ("id-case", {"ID": "mine-{tag}"}),
    ("id-urn", {f"{CORE}:id": "mine-{tag}"}),
    ("groups", {"groups": [{"value": "admins-{tag}"}]}),
    ("groups-case", {"GROUPS": [{"value": "admins-{tag}"}]}),
    ("groups-urn", {f"{CORE}:groups": [{"value": "admins-{tag}"}]}),
    ("meta", {"meta": {"created": "2001-01-01T00:00:00Z"}}),
    ("meta-dotted", {"meta.created": "2001-01-01T00:00:00Z"}),
)  # fmt: skip


def _read_only_checks() -> list[Check]:
    found: list[Check] = []
    for id, attributes in READ_ONLY:

        def posted(probe: Probe, attributes: Document = attributes) -> None:
            answer = probe.post(probe.user.endpoint, {**probe.new(probe.user), **probe.filled(attributes)})
            _require_control(probe, answer)
            if answer.status == 201:
                _require_not_taken(probe, f"{probe.user.endpoint}/{answer.document.get('id')}")

        def put(probe: Probe, attributes: Document = attributes) -> None:
            made = probe.new_user()
            body = {
                **{k: v for k, v in made.document.items() if k not in ("id", "meta", "groups")},
                **probe.filled(attributes),
            }
            answer = probe.put(made.path, body)
            _require_control(probe, answer)
            _require_not_taken(probe, made.path)

        def patched(probe: Probe, attributes: Document = attributes) -> None:
            made = probe.new_user()
            for op in ("add", "replace"):
                answer = probe.patch(made.path, {"op": op, "value": probe.filled(attributes)})
                _require_control(probe, answer)
            _require_not_taken(probe, made.path)

        def patched_path(probe: Probe, attributes: Document = attributes) -> None:
            made = probe.new_user()
            for path, value in probe.filled(attributes).items():
                answer = probe.patch(made.path, add(path, value))
                _require_control(probe, answer)
                answer.expect(400)
            _require_not_taken(probe, made.path)

        rows = (
            ("post", "POST", posted, ("User",)),
            ("put", "PUT", put, ("User",)),
            ("patch", "PATCH without a path", patched, ("User", "patch")),
            ("patch-path", "PATCH with a path", patched_path, ("User", "patch")),
        )
        found += [
            _check(
                f"read-only-{id}-{way}",
                "S6",
                f"{title} cannot write {next(iter(attributes))}",
                function,
                MUST,
                "readOnly holds on every way in",
                needs,
            )
            for way, title, function, needs in rows
        ]
    return found


def _require_not_taken(probe: Probe, path: str) -> None:
    document = probe.read(path)
    text = json.dumps(document)
    probe.require(
        f"mine-{probe.tag}" not in text and f"admins-{probe.tag}" not in text, "nothing of the client's", text
    )
    probe.require(
        document.get("meta", {}).get("created") != "2001-01-01T00:00:00Z", "created of the service's own", text
    )


# Passwords: S14 and S9 -----------------------------------------------------------------------------------------------

PASSWORD = ("User.password",)


def _with_password(probe: Probe, word: str) -> Made:
    return probe.new_user(password=word)


def _require_no_password(probe: Probe, word: str, *answers: Answer) -> None:
    for answer in answers:
        _require_control(probe, answer)
        probe.require(word.encode() not in answer.body, "no password in the answer", "the password")
        for name, value in answer.headers:
            probe.require(word not in value, f"no password in {name}", "the password")


@check("security-S14-password-answers", "No answer to a write has the password", needs=PASSWORD)
def password_answers(probe: Probe) -> None:
    word = probe.password()
    made = _with_password(probe, word)
    body = {**probe.new(probe.user), "userName": made.document["userName"], "password": word}
    _require_no_password(probe, word, made.answer, probe.put(made.path, body), probe.get(made.path))
    if probe.target.supports("patch"):
        _require_no_password(probe, word, probe.patch(made.path, replace("password", word)))


@check("security-S14-password-asked-for", "A password cannot be asked for", needs=PASSWORD)
def password_asked_for(probe: Probe) -> None:
    word = probe.password()
    made = _with_password(probe, word)
    for query in ("password", "PASSWORD", f"{CORE}:password", "userName,password"):
        answer = probe.get(made.path, attributes=query)
        _require_no_password(probe, word, answer)
        probe.require(answer.status != 200 or b"password" not in answer.body.lower(), "no password", "a password")
    _require_no_password(probe, word, probe.get(probe.user.endpoint, attributes="password", count=500))


@check(
    "security-S14-password-errors", "An error about a body with a password does not quote the password", needs=PASSWORD
)
def password_errors(probe: Probe) -> None:
    word = probe.password()
    body = {**probe.new(probe.user), "password": word}
    answers = [
        probe.post(probe.user.endpoint, {**body, "userName": ""}),
        probe.post(probe.user.endpoint, {**body, "active": {"a": word}}),
        probe.post(probe.user.endpoint, {**body, "password": [word]}),
        probe.post(probe.user.endpoint, {**body, "password": {"value": word}}),
        probe.post(probe.user.endpoint, encode(body)[:-1]),
    ]
    _require_no_password(probe, word, *answers)


@check(
    "security-S14-password-patch-errors",
    "An error about a PATCH of a password does not quote the password",
    needs=("User.password", "patch"),
)
def password_patch_errors(probe: Probe) -> None:
    word = probe.password()
    made = probe.new_user()
    answers = [
        probe.patch(made.path, replace("password", {"x": word})),
        probe.patch(made.path, replace("password", [word, word])),
        probe.patch(made.path, replace("password.x", word)),
        probe.patch(made.path, replace(f'password[value eq "{word}"]', word)),
        probe.patch(made.path, replace("password", word), replace("id", "x")),
    ]
    _require_no_password(probe, word, *answers)


@check(
    "security-S9-password-filter",
    "A filter cannot tell what a password is",
    needs=("User.password", "filter"),
    hint="a filter on what is never returned is an oracle: refuse it with 400 or 403",
)
def password_filter(probe: Probe) -> None:
    word = probe.password()
    made = _with_password(probe, word)
    name = made.document["userName"]
    for operator, right, wrong in (
        ("eq", word, f"x{word}"),
        ("sw", word[:4], "zz"),
        ("co", word[3:8], "zz"),
        ("gt", "A", "zz"),
        ("ge", "A", "zz"),
        ("ew", word[-3:], "zz"),
    ):
        answers = [
            probe.get(probe.user.endpoint, filter=f'userName eq "{name}" and password {operator} "{value}"')
            for value in (right, wrong)
        ]
        for answer in answers:
            _require_control(probe, answer)
        found = [len(answer.resources) if answer.status == 200 else -1 for answer in answers]
        probe.require(
            found[0] == found[1], f"the same for right and wrong in password {operator}", f"{found[0]} and {found[1]}"
        )


@check(
    "security-S9-password-presence",
    "A filter cannot tell whether there is a password",
    needs=("User.password", "filter"),
    level=SHOULD,
)
def password_presence(probe: Probe) -> None:
    names = [_with_password(probe, probe.password()).document["userName"], probe.new_user().document["userName"]]
    answers = [probe.get(probe.user.endpoint, filter=f'userName eq "{name}" and password pr') for name in names]
    found = [len(answer.resources) if answer.status == 200 else -1 for answer in answers]
    probe.require(found[0] == found[1], "the same with and without a password", f"{found[0]} and {found[1]}")


@check(
    "security-S9-password-value-path", "A value path cannot tell what a password is", needs=("User.password", "filter")
)
def password_qualified(probe: Probe) -> None:
    word = probe.password()
    made = _with_password(probe, word)
    for path in (f"{CORE}:password", "PASSWORD"):
        answer = probe.get(
            probe.user.endpoint, filter=f'userName eq "{made.document["userName"]}" and {path} eq "{word}"'
        )
        _require_control(probe, answer)
        probe.require(
            answer.status != 200 or not answer.resources,
            "nobody, or a refusal",
            f"{len(answer.resources) if answer.status == 200 else 0} users",
        )


@check(
    "security-S9-password-sort", "An order cannot tell what passwords are", needs=("User.password", "filter", "sort")
)
def password_sort(probe: Probe) -> None:
    pairs = [(f"order{n}.{probe.tag}@example.com", f"{letter}{probe.password()}") for n, letter in enumerate("ZAMBY")]
    probe.service.secrets.extend(word for _, word in pairs)
    users = {probe.new_user(userName=name, password=word).id: word for name, word in pairs}
    answer = probe.get(probe.user.endpoint, filter=f'userName co "{probe.tag}"', sortBy="password")
    _require_control(probe, answer)
    if answer.status == 200:
        words = [users[id] for resource in answer.resources if (id := str(resource.get("id"))) in users]
        probe.require(
            words != sorted(words, key=str.lower) or len(words) < 3,
            "no order by password",
            "users in the order of their passwords",
        )


# Filters that fail open: S9 ------------------------------------------------------------------------------------------


@check(
    "security-S9-unknown-attribute",
    "A filter on an unknown attribute finds nobody, or is refused",
    needs=("User", "filter"),
    hint="never everybody: a client that deprovisions what it finds would deprovision all",
)
def unknown_attribute(probe: Probe) -> None:
    probe.new_user()
    answer = probe.get(probe.user.endpoint, filter='noSuchAttribute eq "x"')
    _require_control(probe, answer)
    probe.require(
        answer.status in (400, 403) or not answer.expect(200).resources,
        "nobody, or 400",
        f"{len(answer.resources) if answer.status == 200 else 0} users",
    )


@check("security-S9-unknown-in-and", "An unknown attribute in an and is not dropped", needs=("User", "filter"))
def unknown_in_and(probe: Probe) -> None:
    name = probe.new_user().document["userName"]
    answer = probe.get(probe.user.endpoint, filter=f'userName eq "{name}" and noSuchAttribute eq "x"')
    _require_control(probe, answer)
    probe.require(answer.status in (400, 403) or not answer.expect(200).resources, "nobody, or 400", "the user")


@check("security-S9-unknown-sub-attribute", "An unknown sub-attribute is not dropped", needs=("User.emails", "filter"))
def unknown_sub_attribute(probe: Probe) -> None:
    mail = f"m.{probe.tag}@example.com"
    probe.new_user(emails=[{"value": mail, "type": "work"}])
    answer = probe.get(probe.user.endpoint, filter=f'emails[value eq "{mail}" and noSuchPart eq "x"]')
    _require_control(probe, answer)
    probe.require(answer.status in (400, 403) or not answer.expect(200).resources, "nobody, or 400", "the user")


@check("security-S9-many-terms", "A filter of 300 terms is answered rightly, or refused", needs=("User", "filter"))
def many_terms(probe: Probe) -> None:
    made = probe.new_user()
    terms = " or ".join([f'userName eq "n{number}.{probe.tag}"' for number in range(299)] + [f'id eq "{made.id}"'])
    answer = probe.get(probe.user.endpoint, filter=terms)
    _require_control(probe, answer)
    if answer.status == 200:
        ids = [resource.get("id") for resource in answer.resources]
        probe.require(ids == [made.id], "the one user", f"{len(ids)} users")
    else:
        answer.expect(*REFUSED)


INJECTIONS = (
    "' or '1'='1",
    '\\" or userName pr or userName eq \\"',
    "*)(uid=*",
    "%",
    "_",
    "${jndi:ldap://x.invalid/a}",
    "{{7*7}}",
    "\\u0000",
    "'; drop table users; --",
)


@check("security-S9-injection", "Texts of other query languages are data in a filter", needs=("User", "filter"))
def injection(probe: Probe) -> None:
    probe.new_user()
    for text in INJECTIONS:
        answer = probe.get(probe.user.endpoint, filter=f'userName eq "{text}"')
        _require_control(probe, answer)
        probe.require(answer.status == 400 or not answer.expect(200).resources, f"nobody for {text}", "somebody")


@check("security-S9-stored-texts", "Texts of other languages are data in a resource", needs=("User.displayName",))
def stored_texts(probe: Probe) -> None:
    for text in (
        "'; drop table users; --",
        "<script>alert(1)</script>",
        "{{7*7}}",
        "${7*7}",
        "%s%s%n",
        "../../etc/passwd",
        "=1+1",
    ):
        made = probe.new_user(displayName=text)
        probe.expect({"displayName": text}, probe.read(made.path))


# Credentials: S5, S8, S10 --------------------------------------------------------------------------------------------

CREDENTIALS = (
    ("empty", ""),
    ("scheme-alone", "Bearer"),
    ("empty-token", "Bearer "),
    ("null", "Bearer null"),
    ("undefined", "Bearer undefined"),
    ("none", "None"),
    ("basic-empty", "Basic Og=="),
    ("basic-guess", "Basic YWRtaW46YWRtaW4="),
    ("no-scheme", "non-token"),
    ("jwt-none", "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9."),
    ("wildcard", "Bearer *"),
    ("long", "Bearer " + "a" * 4_000),
    ("not-ascii", "Bearer g\u00f6\u00f6d"),
)


def _credential_check(id: str, value: str) -> Check:
    def function(probe: Probe) -> None:
        probe.require_protected()
        answer = probe.send("GET", probe.kind.endpoint, headers={"Authorization": value})
        _require_control(probe, answer)
        answer.expect(400, 401, 403, 431)
        probe.require(b"Resources" not in answer.body, "no resources", "resources")

    shown = value if len(value) < 60 else f"{value[:20]}..."
    return _check(f"credential-{id}", "S5", f"Authorization: {shown} lets nobody in", function, MUST, "fail closed")


@check(
    "security-S10-every-path",
    "No path is answered without a credential, however it is encoded",
    hint="authentication belongs to the handler of a request, not to a prefix of its path",
)
def every_path(probe: Probe) -> None:
    probe.require_protected()
    endpoint = probe.kind.endpoint
    encoded = f"/%{ord(endpoint[1]):02x}{endpoint[2:]}"
    for path in (
        endpoint,
        encoded,
        endpoint.lower(),
        endpoint.upper(),
        f"{endpoint}/",
        f"/{endpoint}",
        f"/.{endpoint}",
        f"{endpoint};a=b",
        f"{endpoint}%00",
        "/Me",
        "/",
    ):
        answer = probe.send("GET", path, headers={"Authorization": None})
        _require_control(probe, answer)
        probe.require(answer.status != 200 or b'"Resources"' not in answer.body, "no resources", f"{path} answers 200")


@check("security-S5-writes", "POST, PUT, PATCH and DELETE without a credential change nothing", needs=("User.title",))
def unauthenticated_writes(probe: Probe) -> None:
    probe.require_protected()
    made = probe.new_user(title="Pilot")
    operations = {"schemas": [urns.PATCH_OP], "Operations": [replace("title", "Thief")]}
    body = {**probe.new(probe.user), "title": "Thief"}
    for method, path, content in (
        ("POST", probe.user.endpoint, body),
        ("PUT", made.path, body),
        ("PATCH", made.path, operations),
        ("DELETE", made.path, None),
    ):
        for value in (None, f"Bearer wrong-{probe.tag}"):
            probe.send(method, path, content, headers={"Authorization": value}).expect(401, 403)
    probe.expect({"title": "Pilot"}, probe.read(made.path))


@check(
    "security-S8-same-answer",
    "An unknown endpoint and a known one answer the same without a credential",
    level=SHOULD,
    hint="who is not known learns nothing of what there is",
)
def same_answer(probe: Probe) -> None:
    probe.require_protected()
    statuses = [
        probe.send("GET", path, headers={"Authorization": None}).status
        for path in (probe.kind.endpoint, f"{probe.kind.endpoint}/{probe.service.nobody()}", f"/Nothings{probe.tag}")
    ]
    probe.require(len(set(statuses)) == 1, "one status", statuses)


@check("security-S8-token-in-answer", "An answer to a wrong token does not repeat it")
def token_in_answer(probe: Probe) -> None:
    probe.require_protected()
    token = f"wrong-{probe.tag}-token"
    answer = probe.send("GET", probe.kind.endpoint, headers={"Authorization": f"Bearer {token}"})
    _require_control(probe, answer)
    probe.require(token.encode() not in answer.body, "no token in the answer", "the token")
    probe.require(all(token not in value for _, value in answer.headers), "no token in the headers", "the token")


@check(
    "security-S8-token-in-url",
    "A token in the URL lets nobody in",
    level=SHOULD,
    hint="URLs are logged: RFC 6750 §2.3 advises against it",
)
def token_in_url(probe: Probe) -> None:
    probe.require_protected()
    token = next((secret for secret in probe.service.secrets), None)
    if token is None:
        raise Skipped("the run has no token")
    answer = probe.send("GET", probe.kind.endpoint, query=f"access_token={token}", headers={"Authorization": None})
    probe.require(answer.status in (400, 401, 403), "401", answer.summary())


# Header games --------------------------------------------------------------------------------------------------------


@check("security-S10-method-override", "A header does not change the method", needs=("User",))
def method_override(probe: Probe) -> None:
    made = probe.new_user()
    for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        _require_control(probe, probe.send("GET", made.path, headers={name: "DELETE"}))
    probe.read(made.path)


@check("security-S10-rewritten-path", "A header does not change the path", needs=("User",))
def rewritten_path(probe: Probe) -> None:
    made = probe.new_user()
    for name in ("X-Original-URL", "X-Rewrite-URL"):
        answer = probe.send("GET", f"{probe.user.endpoint}/{probe.service.nobody()}", headers={name: made.path})
        probe.require(answer.status == 404, "404", answer.summary())


@check(
    "security-S20-forwarded-host",
    "A forwarding header of the client's does not change locations",
    needs=("User",),
    level=SHOULD,
    hint="X-Forwarded-Host is for proxies that are known; behind one, this check proves nothing",
)
def forwarded_host(probe: Probe) -> None:
    made = probe.new_user()
    answer = probe.send(
        "GET", made.path, headers={"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    ).expect(200)
    probe.require(b"evil.example" not in answer.body, "locations of the service's own", "evil.example")


@check(
    "security-S20-nosniff",
    "Answers say that they are what they say",
    level=SHOULD,
    hint="X-Content-Type-Options: nosniff keeps a browser from taking a value for a page",
)
def nosniff(probe: Probe) -> None:
    value = probe.get(probe.kind.endpoint, count=0).headers.get("x-content-type-options")
    probe.require(value.lower() == "nosniff", "X-Content-Type-Options: nosniff", value or "none")


@check("security-S20-json", "A value that looks like a page is answered as JSON", needs=("User.displayName",))
def html(probe: Probe) -> None:
    made = probe.new_user(displayName="<html><script>alert(1)</script></html>")
    for accept in ("text/html", "*/*", "text/html,application/xhtml+xml"):
        answer = probe.send("GET", made.path, headers={"Accept": accept})
        probe.require(
            answer.status in (200, 406) and "html" not in answer.headers.get("content-type"),
            "JSON",
            answer.headers.get("content-type"),
        )


@check("security-S22-errors", "Errors show nothing of the service's inside")
def errors(probe: Probe) -> None:
    endpoint = probe.kind.endpoint
    for answer in (
        probe.get(f"{endpoint}/{probe.service.nobody()}"),
        probe.get(endpoint, filter="((("),
        probe.get(endpoint, sortBy="[[["),
        probe.get(endpoint, attributes="[[["),
        probe.get(endpoint, startIndex="x", count="y"),
        probe.post(endpoint, b"\x00\x01"),
        probe.post(endpoint, {"schemas": 7}),
        probe.post(endpoint, {"schemas": [{}], "userName": []}),
        probe.post(
            endpoint,
            {
                "schemas": [probe.kind.schema],
                "meta": 7,
                "id": {},
                "name": 7,
                "userName": f"u.{probe.tag}",
                "emails": [None],
            },
        ),
    ):
        _require_control(probe, answer)


@check("security-S22-patch-errors", "Errors about a PATCH show nothing of the service's inside", needs=("patch",))
def patch_errors(probe: Probe) -> None:
    made = probe.create(probe.kind)
    bodies: tuple[JSON, ...] = (
        {"schemas": [urns.PATCH_OP], "Operations": [7]},
        {"schemas": [urns.PATCH_OP], "Operations": [None]},
        {"schemas": [urns.PATCH_OP], "Operations": [{"op": 7}]},
        {"schemas": [urns.PATCH_OP], "Operations": [{"op": "add", "path": 7, "value": 7}]},
        {"schemas": [urns.PATCH_OP], "Operations": [{"op": "add", "path": ["a"], "value": 7}]},
        {"schemas": [urns.PATCH_OP], "Operations": "x"},
        {"schemas": 7, "Operations": []},
        [],
    )
    for body in bodies:
        answer = probe.send("PATCH", made.path, body)
        _require_control(probe, answer)
        answer.expect(400)


@check(
    "security-S12-many-operations",
    "A PATCH of 20,000 operations is carried out whole, or refused whole",
    needs=("patch", "User.nickName"),
)
def many_operations(probe: Probe) -> None:
    made = probe.new_user(nickName="before")
    answer = probe.patch(made.path, *([replace("nickName", "after")] * 20_000))
    _require_control(probe, answer)
    after = probe.read(made.path).get("nickName")
    expected = "after" if answer.status in (200, 204) else "before"
    probe.require(after == expected, expected, after)


# Identity: S1, S2, S13, S18 ------------------------------------------------------------------------------------------


@check("security-S18-id-of-another", "POST with another user's id leaves that user alone", needs=("User.title",))
def id_of_another(probe: Probe) -> None:
    victim = probe.new_user(title="Victim")
    answer = probe.post(probe.user.endpoint, {**probe.new(probe.user), "id": victim.id, "title": "Thief"})
    _require_control(probe, answer)
    if answer.status == 201:
        probe.require(answer.document.get("id") != victim.id, "another id", victim.id)
    probe.expect({"title": "Victim"}, probe.read(victim.path))


@check(
    "security-S18-put-other-id", "PUT with another user's id in the body leaves that user alone", needs=("User.title",)
)
def put_other_id(probe: Probe) -> None:
    victim, thief = probe.new_user(title="Victim"), probe.new_user()
    _require_control(probe, probe.put(thief.path, {**probe.new(probe.user), "id": victim.id, "title": "Thief"}))
    probe.expect({"title": "Victim", "userName": victim.document["userName"]}, probe.read(victim.path))


@check(
    "security-S1-external-id-path",
    "A user is not found at its externalId",
    needs=("User",),
    hint="externalId is no key: a number in it may be somebody's internal id",
)
def external_id_path(probe: Probe) -> None:
    probe.new_user(externalId=f"1{probe.tag}")
    probe.get(f"{probe.user.endpoint}/1{probe.tag}").expect(404)


@check(
    "security-S1-external-id-clash",
    "A user whose externalId is another's id is a user of its own",
    needs=("User.title",),
)
def external_id_clash(probe: Probe) -> None:
    victim = probe.new_user(title="Victim")
    thief = probe.new_user(externalId=victim.id, title="Thief")
    probe.expect({"title": "Victim"}, probe.read(victim.path))
    probe.delete(thief.path).expect(204)
    probe.read(victim.path)


@check(
    "security-S13-active-text",
    'active: "False" is refused, or is false',
    needs=("User.active",),
    hint='in many languages the text "False" is true: the leaver stays',
)
def active_text(probe: Probe) -> None:
    for text in ("False", "false"):
        answer = probe.post(probe.user.endpoint, {**probe.new(probe.user), "active": text})
        if answer.status == 201:
            probe.expect({"active": False}, probe.read(f"{probe.user.endpoint}/{answer.document.get('id')}"))
        else:
            answer.expect_error(400)


@check(
    "security-S13-active-text-patch",
    'PATCH of active with "False" is refused, or makes it false',
    needs=("User.active", "patch"),
)
def active_text_patch(probe: Probe) -> None:
    made = probe.new_user(active=True)
    answer = probe.patch(made.path, replace("active", "False"))
    probe.expect({"active": answer.status == 400}, probe.read(made.path))


@check(
    "security-S13-active-null", "PATCH of active with null does not activate anybody", needs=("User.active", "patch")
)
def active_null(probe: Probe) -> None:
    made = probe.new_user(active=False)
    _require_control(probe, probe.patch(made.path, replace("active", None)))
    value = probe.read(made.path).get("active")
    probe.require(value is not True, "false or nothing", value)


@check(
    "security-S13-stays-inactive",
    "A change of something else does not activate anybody",
    needs=("User.active", "User.title", "patch"),
)
def stays_inactive(probe: Probe) -> None:
    made = probe.new_user(active=False)
    probe.patch(made.path, replace("title", "Pilot")).expect(200, 204)
    probe.expect({"active": False}, probe.read(made.path))


@check("security-S6-write-twice", "Two users that are made one after the other share nothing", needs=("User.emails",))
def share_nothing(probe: Probe) -> None:
    one = probe.new_user(emails=[{"value": f"one.{probe.tag}@example.com"}])
    two = probe.new_user(emails=[{"value": f"two.{probe.tag}@example.com"}])
    probe.expect({"emails": [{"value": f"one.{probe.tag}@example.com"}]}, probe.read(one.path))
    probe.expect({"emails": [{"value": f"two.{probe.tag}@example.com"}]}, probe.read(two.path))


CHECKS = (
    *collected(globals()),
    *map(_attack_check, ATTACKS),
    *(_path_check(*row) for row in BAD_PATHS),
    *_read_only_checks(),
    *(_credential_check(*row) for row in CREDENTIALS),
)
