"""Filters: which of four users each of them finds (RFC 7644 §3.4.2.2), and which are none.

The tables are the behaviour: filter, the letters of the users of :mod:`scimcore.conformance.suites.people` that match.
"""

import re
from typing import NamedTuple

from scimcore.conformance.check import SPECS, Check
from scimcore.conformance.matching import fill
from scimcore.conformance.outcomes import MUST, SHOULD, Failed, Level
from scimcore.conformance.probe import Probe
from scimcore.conformance.suites.people import crew, people

CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
ENT = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
SECTION = "3.4.2.2"


# RFC 7644 tells the client to name a sub-attribute, and not what becomes of it when it does not.
_UNCLEAR = frozenset({"complex-eq"})


class Row(NamedTuple):
    """A filter and whom it finds."""

    id: str
    filter: str
    finds: str
    hint: str = ""
    level: Level = MUST
    needs: tuple[str, ...] = ()


NO_CASE = "caseExact is false for this attribute: casing does not count (RFC 7643 §2.2)"
EXACT = "caseExact is true for this attribute: casing counts (RFC 7643 §2.2)"
ELEMENT = "all conditions of a value path must hold for one and the same element"
PRECEDENCE = "operators bind in this order: grouping, not, and, or"

ROWS = (
    # Operators -----------------------------------------------------------------------------------------------------
    Row("eq", 'userName eq "Alba.{tag}@Example.com"', "A"),
    Row("eq-case", 'userName eq "aLBA.{tag}@eXAMPLE.COM"', "A", NO_CASE),
    Row("eq-whole", 'userName eq "alba.{tag}@example"', "", "eq compares whole values"),
    Row("eq-other", 'userName eq "nobody.{tag}@example.com"', "", "no match is an empty list"),
    Row("eq-title", 'title eq "captain {tag}"', "A", NO_CASE),
    Row("eq-display", 'displayName eq "alba ocean {tag}"', "A", NO_CASE),
    Row("eq-id", 'id eq "{idB}"', "B"),
    Row("eq-external-id", 'externalId eq "{tag}-Ext-A"', "A"),
    Row("eq-external-id-case", 'externalId eq "{tag}-ext-a"', "", EXACT),
    Row("eq-boolean", 'active eq true and userName co "{tag}"', "AC"),
    Row("eq-boolean-false", 'active eq false and userName co "{tag}"', "BD"),
    Row("eq-sub-attribute", 'name.familyName eq "ocean {tag}"', "A"),
    Row("eq-multi-valued", 'emails.value eq "alba.{tag}@home.example"', "A", "any value of a multi-valued attribute may match"),
    Row("eq-multi-valued-any", 'emails.type eq "home" and userName co "{tag}"', "ABC", "any value of a multi-valued attribute may match"),
    Row("eq-multi-valued-default", 'emails eq "bo.{tag}@work.example"', "B", "a complex multi-valued attribute without a sub-attribute means its value: RFC 7644 Figure 2 has the form, its text wants the sub-attribute", SHOULD),
    Row("eq-null", 'nickName eq null and userName co "{tag}"', "CD", "null is the absence of a value (RFC 7643 §2.5)", SHOULD),
    Row("ne", 'title ne "Captain {tag}" and title pr and userName co "{tag}"', "CD"),
    Row("ne-case", 'title ne "CAPTAIN {tag}" and title pr and userName co "{tag}"', "CD", NO_CASE),
    Row("ne-boolean", 'active ne true and userName co "{tag}"', "BD"),
    Row("co", 'userName co "lba.{tag}@ex"', "A"),
    Row("co-case", 'userName co "LBA.{tag}@EX"', "A", NO_CASE),
    Row("co-title", 'title co "{tag} EMER"', "C", NO_CASE),
    Row("co-multi-valued", 'emails co "{tag}@work.example"', "AB", "it means the sub-attribute value: RFC 7644 Figure 2 has the form, its text wants the sub-attribute", SHOULD),
    Row("co-emails-value", 'emails.value co "{tag}@home"', "AC"),
    Row("sw", 'title sw "Captain {tag}"', "AC"),
    Row("sw-case", 'title sw "cAPTAIN {tag}"', "AC", NO_CASE),
    Row("sw-start", 'title sw "{tag}"', "", "sw compares the beginning only"),
    Row("sw-user-name", 'userName sw "BO.{tag}"', "B", NO_CASE),
    Row("ew", 'title ew "{tag}"', "AD"),
    Row("ew-case", 'title ew "{tag} EMERITA"', "C", NO_CASE),
    Row("ew-end", 'title ew "Captain"', "", "ew compares the end only"),
    Row("pr", 'nickName pr and userName co "{tag}"', "AB"),
    Row("pr-complex", 'addresses pr and userName co "{tag}"', "A"),
    Row("pr-multi-valued", 'emails pr and userName co "{tag}"', "ABC"),
    Row("pr-sub-attribute", 'addresses.locality pr and userName co "{tag}"', "A"),
    Row("pr-always", 'id pr and userName co "{tag}"', "ABCD"),
    Row("gt", 'userName gt "bo.{tag}@example.com" and userName co "{tag}"', "CD", "strings are ordered lexically"),
    Row("gt-case", 'userName gt "BO.{tag}@EXAMPLE.COM" and userName co "{tag}"', "CD", NO_CASE),
    Row("ge", 'userName ge "bo.{tag}@example.com" and userName co "{tag}"', "BCD", "strings are ordered lexically"),
    Row("lt", 'userName lt "bo.{tag}@example.com" and userName co "{tag}"', "A", "strings are ordered lexically, without case for userName"),
    Row("le", 'userName le "bo.{tag}@example.com" and userName co "{tag}"', "AB", "strings are ordered lexically, without case for userName"),
    Row("date-gt", 'meta.created gt "2011-05-13T04:42:34Z" and userName co "{tag}"', "ABCD", "times are compared as times"),
    Row("date-lt", 'meta.created lt "2011-05-13T04:42:34Z" and userName co "{tag}"', ""),
    Row("date-ge-itself", 'meta.created ge "{created}" and userName sw "alba.{tag}"', "A", "a resource's own time is not after itself"),
    Row("date-gt-itself", 'meta.created gt "{created}" and userName sw "alba.{tag}"', "", "a resource's own time is not after itself", SHOULD),
    Row("date-eq", 'meta.created eq "{created}" and userName sw "alba.{tag}"', "A", "times are compared as times, as precisely as they are shown", SHOULD),
    Row("date-future", 'meta.lastModified gt "2190-01-01T00:00:00Z" and userName co "{tag}"', ""),
    Row("date-offset", 'meta.created gt "2011-05-13T06:42:34+02:00" and userName co "{tag}"', "ABCD", "times may have any offset from UTC (RFC 7643 §2.3.5)"),
    Row("resource-type", 'meta.resourceType eq "User" and userName co "{tag}"', "ABCD"),
    Row("schemas", f'schemas eq "{CORE}" and userName co "{{tag}}"', "ABCD", "schemas is an attribute like others"),
    # Logic ---------------------------------------------------------------------------------------------------------
    Row("and", 'title sw "Captain {tag}" and userType eq "Employee {tag}" and nickName pr', "A"),
    Row("and-none", 'title sw "Captain {tag}" and userType eq "Intern {tag}"', ""),
    Row("or", 'title eq "Captain {tag}" or userType eq "Intern {tag}"', "AD"),
    Row("or-chain", 'userName sw "alba.{tag}" or userName sw "bo.{tag}" or userName sw "cy.{tag}"', "ABC"),
    Row("not", 'not (userType eq "Employee {tag}") and userName co "{tag}"', "BD", "not negates what stands in its parentheses"),
    Row("not-no-space", 'not(userType eq "Employee {tag}") and userName co "{tag}"', "BD", "RFC 7644's grammar has no space after not; erratum 7319 reports it", SHOULD),
    Row("not-or", 'not (userType eq "Employee {tag}" or userType eq "Intern {tag}") and userName co "{tag}"', "B", PRECEDENCE),
    Row("not-and", 'not (userType eq "Employee {tag}" and nickName pr) and userName co "{tag}"', "BCD", PRECEDENCE),
    Row("not-not", 'not (not (userType eq "Intern {tag}")) and userName co "{tag}"', "D"),
    Row("not-multi-valued", 'not (emails.type eq "work") and userName co "{tag}"', "CD", "not negates the whole comparison: no value is work"),
    Row("precedence", 'userType eq "Intern {tag}" or userType eq "Employee {tag}" and nickName pr', "AD", PRECEDENCE),
    Row("precedence-last", 'nickName pr and userType eq "Employee {tag}" or userType eq "Intern {tag}"', "AD", PRECEDENCE),
    Row("precedence-not", 'not (nickName pr) and userType eq "Employee {tag}" or userType eq "Contractor {tag}"', "BC", PRECEDENCE),
    Row("grouping", '(userType eq "Intern {tag}" or userType eq "Employee {tag}") and nickName pr', "A", PRECEDENCE),
    Row("grouping-right", 'userName co "{tag}" and (userType eq "Intern {tag}" or userType eq "Contractor {tag}")', "BD", PRECEDENCE),
    Row("grouping-nested", '((userName sw "alba.{tag}") or ((userName sw "bo.{tag}")))', "AB", PRECEDENCE),
    # Value paths ---------------------------------------------------------------------------------------------------
    Row("value-path", 'emails[type eq "work"] and userName co "{tag}"', "AB"),
    Row("value-path-element", 'emails[type eq "work" and value co "{tag}@work.example"]', "A", ELEMENT),
    Row("across-elements", 'emails.type eq "work" and emails.value co "{tag}@work.example"', "AB", "outside of a value path each comparison may match another element"),
    Row("value-path-or", 'emails[value eq "cy.{tag}@home.example" or value eq "bo.{tag}@other.example"]', "BC", ELEMENT),
    Row("value-path-not", 'emails[type eq "home" and not (value co "{tag}@home")]', "B", ELEMENT),
    Row("value-path-boolean", 'emails[primary eq true and type eq "home"] and userName co "{tag}"', "B", ELEMENT),
    Row("value-path-pr", 'emails[primary pr and type eq "work"] and userName sw "alba.{tag}"', "A", ELEMENT),
    Row("value-path-two", 'emails[type eq "work"] and addresses[country eq "NO" and locality co "{tag}"]', "A", "two value paths are independent"),
    Row("value-path-negated", 'not (emails[type eq "work"]) and userName co "{tag}"', "CD", "a value path can be negated"),
    Row("value-path-case", 'EMAILS[TYPE eq "WORK" and Value co "{tag}@WORK.example"]', "A", NO_CASE),
    # Names ---------------------------------------------------------------------------------------------------------
    Row("names-case", 'USERNAME eq "alba.{tag}@example.com"', "A", "attribute names have no case (RFC 7643 §2.1)"),
    Row("names-case-sub", 'NAME.familyname eq "ocean {tag}"', "A", "attribute names have no case (RFC 7643 §2.1)"),
    Row("operators-case", 'userName Eq "alba.{tag}@example.com" OR title EQ "Deckhand {tag}"', "AD", "operators have no case"),
    Row("operators-case-words", 'nickName PR AND NOT (title Pr) and userName Co "{tag}"', "B", "operators have no case"),
    Row("urn", f'{CORE}:userName eq "alba.{{tag}}@example.com"', "A", "names may be qualified by their schema's URN (RFC 7644 §3.10)"),
    Row("urn-case", f'{CORE.upper()}:userName eq "alba.{{tag}}@example.com"', "A", "all parts of a qualified name are without case (RFC 7644 §3.10)"),
    Row("urn-sub-attribute", f'{CORE}:name.familyName eq "ocean {{tag}}"', "A", "RFC 7644 §3.10"),
    Row("urn-value-path", f'{CORE}:emails[type eq "work" and value co "{{tag}}@work"]', "A", "RFC 7644 §3.10"),
    Row("extension", f'{ENT}:department eq "bridge {{tag}}"', "A", "an extension's attributes are named by its URN", needs=(f"User.{ENT}:department",)),
    Row("extension-pr", f'{ENT}:employeeNumber pr and userName co "{{tag}}"', "AB", needs=(f"User.{ENT}:employeeNumber",)),
    Row("extension-and", f'{ENT}:department co "{{tag}}" and {ENT}:employeeNumber sw "B20"', "B", needs=(f"User.{ENT}:employeeNumber",)),
    # Literals ------------------------------------------------------------------------------------------------------
    Row("quotes", 'displayName eq "Bo \\"the \\\\ oak\\" Ünal {tag}"', "B", "values are JSON strings: \\\" and \\\\ are escapes"),
    Row("unicode-escape", 'displayName co "\\u00dcnal {tag}"', "B", "values are JSON strings: \\u00dc is one character"),
    Row("unicode-case", 'displayName co "ünal {tag}"', "B", "letters outside of ASCII have casing too", SHOULD),
    Row("brackets-in-value", 'displayName eq "Cy [or] (and) {tag}"', "C", "what stands in quotes is data"),
    Row("operators-in-value", 'displayName co "[or] (and) {tag}" or title eq "x and y or z"', "C", "what stands in quotes is data"),
    Row("percent", 'displayName co "% di_{tag}"', "D", "% and _ mean themselves, whatever they mean to a database"),
    Row("percent-no-wildcard", 'title sw "%" and userName co "{tag}"', "", "% and _ mean themselves, whatever they mean to a database"),
    Row("underscore-no-wildcard", 'userName sw "b_.{tag}"', "", "% and _ mean themselves, whatever they mean to a database"),
    Row("quote-injection", "userName eq \"x' or '1' eq '1\" and userName co \"{tag}\"", "", "what stands in quotes is data"),
)  # fmt: skip

# Texts that are no filters, and filters that ask what cannot be answered.
INVALID = (
    ("empty", ""),
    ("attribute-alone", "userName"),
    ("no-value", "userName eq"),
    ("no-operator", 'userName "x"'),
    ("unknown-operator", 'userName is "x"'),
    ("equals-sign", 'userName = "x"'),
    ("double-equals", 'userName == "x"'),
    ("unquoted", "userName eq bjensen"),
    ("single-quotes", "userName eq 'bjensen'"),
    ("unclosed-quote", 'userName eq "bjensen'),
    ("unclosed-parenthesis", '(userName eq "x"'),
    ("stray-parenthesis", 'userName eq "x")'),
    ("unclosed-bracket", 'emails[type eq "work"'),
    ("stray-bracket", 'userName eq "x"]'),
    ("empty-parentheses", "()"),
    ("empty-brackets", "emails[]"),
    ("dangling-and", 'userName eq "x" and'),
    ("leading-or", 'or userName eq "x"'),
    ("double-and", 'userName eq "x" and and title pr'),
    ("no-conjunction", 'userName eq "x" title pr'),
    ("trailing-text", 'userName eq "x" nonsense'),
    ("not-without-parentheses", "not title pr"),
    ("pr-with-value", 'title pr "x"'),
    ("two-values", 'userName eq "x" "y"'),
    ("array-value", 'userName eq ["x"]'),
    ("object-value", 'userName eq {"x": 1}'),
    ("bad-escape", 'userName eq "\\x43"'),
    ("bad-number", "meta.created gt 010"),
    ("boolean-case", "active eq tru"),
    ("ampersands", 'userName eq "x" && title pr'),
    ("comma", 'userName eq "x", title pr'),
    ("double-dot", 'name..familyName eq "x"'),
    ("leading-dot", '.userName eq "x"'),
    ("three-names", 'name.familyName.initial eq "x"'),
    ("digit-first", '1userName eq "x"'),
    ("nested-value-path", 'emails[type[value eq "x"]]'),
    ("gt-boolean", "active gt true"),
    ("lt-boolean", "active lt false"),
    ("complex-eq", 'name eq "x"'),
)  # fmt: skip


def _row_check(row: Row) -> Check:
    def function(probe: Probe) -> None:
        found = people(probe)
        text = fill(row.filter, found.words)
        among = {made.id: letter for letter, made in found.users.items()}
        letters = found.letters(probe.ids(probe.user, text, among))
        if letters != row.finds:
            raise Failed(f"{_named(row.finds)} for {text}", _named(letters))

    return Check(
        id=f"rfc7644-{SECTION}-{row.id}",
        spec=SPECS["rfc7644"],
        section=SECTION,
        level=row.level,
        title=f"The filter {row.filter} finds {_named(row.finds)}",
        function=function,
        hint=row.hint,
        needs=("filter", "User", *row.needs, *needs_of(row.filter)),
    )


def _named(letters: str) -> str:
    return " and ".join(letters) if letters else "nobody"


_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_PATH = re.compile(r"([A-Za-z][\w:.-]*)(?=\[| +(?:eq|ne|co|sw|ew|gt|ge|lt|le|pr)\b)", re.IGNORECASE)


def needs_of(filter: str) -> tuple[str, ...]:
    """Return the user's attributes that a filter names, as needs of a check."""
    outside = re.sub(r"\[[^]]*\]", "[]", _QUOTED.sub('""', filter))
    names = [name for name in _PATH.findall(outside) if not name.lower().startswith("urn:")]
    return tuple(dict.fromkeys(f"User.{name}" for name in names if not name.lower().startswith(("meta", "not", "id"))))


def _invalid_check(id: str, text: str) -> Check:
    def function(probe: Probe) -> None:
        probe.get(probe.user.endpoint, filter=text).expect_error(400, scim_type=("invalidFilter",))

    return Check(
        id=f"rfc7644-{SECTION}-invalid-{id}",
        spec=SPECS["rfc7644"],
        section=SECTION,
        level=SHOULD if id in _UNCLEAR else MUST,
        title=f"The filter {text or '(empty)'} is refused with invalidFilter",
        function=function,
        hint="a filter that cannot be understood must be declined, never ignored and never answered with an empty list",
        needs=("filter", "User"),
    )


class GroupRow(NamedTuple):
    """A filter of groups and which it finds."""

    id: str
    filter: str
    finds: str


GROUP_ROWS = (
    GroupRow("name", 'displayName eq "Deck {tag}"', "X"),
    GroupRow("name-case", 'displayName eq "dECK {tag}"', "X"),
    GroupRow("external-id", 'externalId eq "{tag}-Group-X"', "X"),
    GroupRow("member", 'members.value eq "{member}" and displayName co "{tag}"', "X"),
    GroupRow("member-value-path", 'members[value eq "{member}"]', "X"),
    GroupRow("no-member", 'members[value eq "{other}"]', ""),
    GroupRow("members-pr", 'members pr and displayName co "{tag}"', "X"),
    GroupRow("no-members", 'not (members pr) and displayName co "{tag}"', "Y"),
)


def _group_check(row: GroupRow) -> Check:
    def function(probe: Probe) -> None:
        found = crew(probe)
        words = {"tag": found.tag, "member": found.users[0].id, "other": found.users[1].id}
        text = fill(row.filter, words)
        ids = probe.ids(probe.group, text, {made.id: letter for letter, made in found.groups.items()})
        letters = "".join(letter for letter, made in found.groups.items() if made.id in ids)
        if letters != row.finds:
            raise Failed(f"{_named(row.finds)} for {text}", _named(letters))

    return Check(
        id=f"rfc7644-{SECTION}-group-{row.id}",
        spec=SPECS["rfc7644"],
        section=SECTION,
        level=MUST,
        title=f"Of two groups, the filter {row.filter} finds {_named(row.finds)}",
        function=function,
        hint="groups are filtered like users; identity providers look them up by name before they create them",
        needs=("filter", "User", "Group"),
    )


CHECKS = (
    *map(_row_check, ROWS),
    *(_invalid_check(id, text) for id, text in INVALID),
    *map(_group_check, GROUP_ROWS),
)
