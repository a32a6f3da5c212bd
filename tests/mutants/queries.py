"""Faults in filters, pages, sorting and what is shown."""

import re
from typing import Any

from mutants.world import (
    ENT,
    Ask,
    Asked,
    Replied,
    collected,
    edit,
    edit_list,
    error,
    kept,
    mutant,
    rewritten,
    with_filter,
)
from scimcore.filter.ast import And, Comparison, FilterNode, Not, Operator, Or, Present, ValuePath
from scimcore.paths import AttributePath


def _operator(old: Operator, new: Operator):
    def change(node: FilterNode) -> FilterNode | None:
        return (
            Comparison(node.path, new, node.value)
            if isinstance(node, Comparison) and node.operator is old and isinstance(node.value, str)
            else None
        )

    return lambda asked, ask: ask(with_filter(asked, change))


def _values(resource: dict[str, Any], path: AttributePath) -> list[str]:
    value = next((v for n, v in resource.items() if n.lower() == str(path.attribute).lower()), None)
    values = value if isinstance(value, list) else [value]
    if path.sub_attribute:
        values = [v.get(path.sub_attribute) for v in values if isinstance(v, dict)]
    return [v for v in values if isinstance(v, str)]


def _exact(asked: Asked, reply: Replied, operator: Operator, test) -> Replied:
    """Leave away what matches without case alone."""
    node = asked.filter
    if not isinstance(node, Comparison) or node.operator is not operator or not isinstance(node.value, str):
        return reply
    return kept(reply, lambda r: any(test(v, node.value) for v in _values(r, node.path)) or not _values(r, node.path))


# Filters -------------------------------------------------------------------------------------------------------------


@mutant("filters are not looked at", "services that announce filter and ignore it; langwatch")
def filter_ignored(asked: Asked, ask: Ask) -> Replied:
    asked.query.pop("filter", None)
    return ask(asked)


@mutant("a filter that is none is ignored", "blackms/aistack#35: everything is returned")
def bad_filter_ignored(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if reply.status == 400 and (reply.document or {}).get("scimType") == "invalidFilter":
        return ask(asked.but(query={n: v for n, v in asked.query.items() if n != "filter"}, raw_query=None))
    return reply


@mutant("a filter that is none finds nobody", "")
def bad_filter_empty(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if reply.status == 400 and (reply.document or {}).get("scimType") == "invalidFilter":
        return ask(
            asked.but(
                query={"filter": 'userName eq "nobody at all"'} if asked.endpoint == "/Users" else {"count": "0"},
                raw_query=None,
            )
        )
    return reply


@mutant("a filter that is none answers 500", "scim2-filter-parser: IndexError")
def bad_filter_500(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    return error(500) if (reply.document or {}).get("scimType") == "invalidFilter" else reply


@mutant("a filter that is none is answered without scimType", "")
def bad_filter_without_type(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    return error(400) if (reply.document or {}).get("scimType") == "invalidFilter" else reply


@mutant("and and or bind alike", "scim2-filter-parser 0.7: one level of precedence")
def precedence(asked: Asked, ask: Ask) -> Replied:
    def change(node: FilterNode) -> FilterNode | None:
        if isinstance(node, Or) and isinstance(node.terms[-1], And):
            inner = node.terms[-1].terms
            return And((Or((*node.terms[:-1], inner[0])), *inner[1:]))
        return None

    return ask(with_filter(asked, change))


@mutant("or binds tighter than and", "")
def or_first(asked: Asked, ask: Ask) -> Replied:
    def change(node: FilterNode) -> FilterNode | None:
        if isinstance(node, Or) and isinstance(node.terms[0], And):
            inner = node.terms[0].terms
            return And((*inner[:-1], Or((inner[-1], *node.terms[1:]))))
        return None

    return ask(with_filter(asked, change))


@mutant("or is and", "services that know eq and and alone")
def or_is_and(asked: Asked, ask: Ask) -> Replied:
    return ask(with_filter(asked, lambda node: And(node.terms) if isinstance(node, Or) else None))


@mutant("and is or", "")
def and_is_or(asked: Asked, ask: Ask) -> Replied:
    return ask(with_filter(asked, lambda node: Or(node.terms) if isinstance(node, And) else None))


@mutant("the first term alone is looked at", "")
def first_term(asked: Asked, ask: Ask) -> Replied:
    return ask(with_filter(asked, lambda node: node.terms[0] if isinstance(node, And | Or) else None))


@mutant("the third and later terms of a chain are dropped", "scimmy 1.3.5: or chains")
def two_terms(asked: Asked, ask: Ask) -> Replied:
    return ask(with_filter(asked, lambda node: type(node)(node.terms[:2]) if isinstance(node, And | Or) else None))


@mutant("not is dropped", "")
def not_dropped(asked: Asked, ask: Ask) -> Replied:
    return ask(with_filter(asked, lambda node: node.operand if isinstance(node, Not) else None))


@mutant("not negates the terms one by one: no De Morgan", "scimmy 1.3.5")
def no_de_morgan(asked: Asked, ask: Ask) -> Replied:
    def change(node: FilterNode) -> FilterNode | None:
        if isinstance(node, Not) and isinstance(node.operand, And | Or):
            return type(node.operand)(tuple(Not(term) for term in node.operand.terms))
        return None

    return ask(with_filter(asked, change))


@mutant("not is refused", "Condeco: no logical not")
def not_refused(asked: Asked, ask: Ask) -> Replied:
    found: list[bool] = []
    if asked.filter is not None:
        rewritten(asked.filter, lambda node: found.append(isinstance(node, Not)))
    return error(400, "not", "invalidFilter") if any(found) else ask(asked)


eq_prefix = mutant("eq compares the beginning", "LIKE with a wildcard")(
    lambda a, k: _operator(Operator.EQ, Operator.SW)(a, k)
)._replace(id="eq-prefix")
eq_contains = mutant("eq is co", "Metatavu: group look-up that returns many")(
    lambda a, k: _operator(Operator.EQ, Operator.CO)(a, k)
)._replace(id="eq-contains")
co_prefix = mutant("co compares the beginning", "")(lambda a, k: _operator(Operator.CO, Operator.SW)(a, k))._replace(
    id="co-prefix"
)
sw_contains = mutant("sw is co", "")(lambda a, k: _operator(Operator.SW, Operator.CO)(a, k))._replace(id="sw-contains")
ew_contains = mutant("ew is co", "")(lambda a, k: _operator(Operator.EW, Operator.CO)(a, k))._replace(id="ew-contains")
gt_ge = mutant("gt is ge", "")(lambda a, k: _operator(Operator.GT, Operator.GE)(a, k))._replace(id="gt-ge")
ge_gt = mutant("ge is gt", "")(lambda a, k: _operator(Operator.GE, Operator.GT)(a, k))._replace(id="ge-gt")
lt_le = mutant("lt is le", "")(lambda a, k: _operator(Operator.LT, Operator.LE)(a, k))._replace(id="lt-le")
le_lt = mutant("le is lt", "")(lambda a, k: _operator(Operator.LE, Operator.LT)(a, k))._replace(id="le-lt")


@mutant("eq has casing", "django-scim2-server, scim-patch's parser")
def eq_case(asked: Asked, ask: Ask) -> Replied:
    return _exact(asked, ask(asked), Operator.EQ, lambda v, w: v == w)


@mutant("sw has casing", "scimmy 1.3.5")
def sw_case(asked: Asked, ask: Ask) -> Replied:
    return _exact(asked, ask(asked), Operator.SW, lambda v, w: v.startswith(w))


@mutant("co has casing", "scimmy 1.3.5")
def co_case(asked: Asked, ask: Ask) -> Replied:
    return _exact(asked, ask(asked), Operator.CO, lambda v, w: w in v)


@mutant("externalId has no casing", "a database's collation")
def external_id_case(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    found = re.fullmatch(r'externalId eq "(.*)"', asked.query.get("filter", ""))
    if found and reply.status == 200 and not reply.resources:
        everybody = ask(asked.but(query={"filter": "externalId pr", "count": "1000"}))
        return kept(everybody, lambda r: str(r.get("externalId")).lower() == found[1].lower())
    return reply


@mutant("ne leaves values of other casing in", "")
def ne_case(asked: Asked, ask: Ask) -> Replied:
    def change(node: FilterNode) -> FilterNode | None:
        if isinstance(node, Comparison) and node.operator is Operator.NE and str(node.value).startswith("CAPTAIN"):
            return Present(node.path)
        return None

    return ask(with_filter(asked, change))


@mutant("ne is eq", "")
def ne_eq(asked: Asked, ask: Ask) -> Replied:
    return ask(
        with_filter(
            asked,
            lambda n: (
                Comparison(n.path, Operator.EQ, n.value)
                if isinstance(n, Comparison) and n.operator is Operator.NE
                else None
            ),
        )
    )


@mutant("pr is true of everything", "scim-patch's parser: null and [] are present")
def pr_always(asked: Asked, ask: Ask) -> Replied:
    return ask(
        with_filter(
            asked,
            lambda n: (
                Present(AttributePath(None, "id")) if isinstance(n, Present) and n.path.attribute != "id" else None
            ),
        )
    )


@mutant("pr of a multi-valued attribute is false", "")
def pr_lists(asked: Asked, ask: Ask) -> Replied:
    def change(n: FilterNode) -> FilterNode | None:
        return (
            Not(Present(AttributePath(None, "id")))
            if isinstance(n, Present) and n.path.attribute in ("emails", "members")
            else None
        )

    return ask(with_filter(asked, change))


@mutant("booleans are compared as texts", "15five/django-scim2: TRUE")
def booleans(asked: Asked, ask: Ask) -> Replied:
    def change(n: FilterNode) -> FilterNode | None:
        return (
            Not(Present(AttributePath(None, "id"))) if isinstance(n, Comparison) and isinstance(n.value, bool) else None
        )

    return ask(with_filter(asked, change))


@mutant("times are compared as texts", "scim2-filter-parser SQL, scim2-parse-filter")
def times(asked: Asked, ask: Ask) -> Replied:
    def change(n: FilterNode) -> FilterNode | None:
        if isinstance(n, Comparison) and n.path.attribute == "meta" and "+02" in str(n.value):
            return Not(Present(AttributePath(None, "id")))
        return None

    return ask(with_filter(asked, change))


@mutant("a filter on meta is refused", "Condeco: no filter on created or modified")
def no_meta(asked: Asked, ask: Ask) -> Replied:
    return error(400, "meta", "invalidFilter") if "meta." in asked.query.get("filter", "") else ask(asked)


@mutant("attribute names have casing", "scim2-filter-parser SQL: the term is dropped")
def names_case(asked: Asked, ask: Ask) -> Replied:
    known = re.compile(r"[a-z]")
    found: list[FilterNode] = []
    if asked.filter is not None:
        rewritten(asked.filter, found.append)
    if any(
        isinstance(n, Comparison | Present | ValuePath) and n.path.attribute and not known.match(n.path.attribute)
        for n in found
    ):
        return error(400, "unknown", "invalidFilter")
    return ask(asked)


@mutant("operators have casing", "scim2-parse-filter")
def operators_case(asked: Asked, ask: Ask) -> Replied:
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', "", asked.query.get("filter", ""))
    if re.search(r" (Eq|EQ|Co|Pr|PR|AND|OR|Sw)\b", bare):
        return error(400, "operator", "invalidFilter")
    return ask(asked)


@mutant("names with a URN are unknown", "UnboundID, scimmy, scim2-parse-filter")
def urn(asked: Asked, ask: Ask) -> Replied:
    return error(400, "urn", "invalidFilter") if "core:2.0" in asked.query.get("filter", "") else ask(asked)


@mutant("URNs have casing", "SCIM-SDK")
def urn_case(asked: Asked, ask: Ask) -> Replied:
    return error(400, "urn", "invalidFilter") if "URN:" in asked.query.get("filter", "") else ask(asked)


@mutant("a filter on an extension finds nobody", "scimmy 1.3.5")
def extension(asked: Asked, ask: Ask) -> Replied:
    return kept(ask(asked), lambda r: False) if ENT in asked.query.get("filter", "") else ask(asked)


@mutant("a filter on a sub-attribute fails", "scimmy 1.3.5")
def sub_attribute(asked: Asked, ask: Ask) -> Replied:
    return error(500, "undefined") if "name." in asked.query.get("filter", "") else ask(asked)


@mutant("the conditions of a value path may hold for different elements", "SCIM-SDK, scim2-parse-filter")
def value_path_unbound(asked: Asked, ask: Ask) -> Replied:
    def change(node: FilterNode) -> FilterNode | None:
        if not isinstance(node, ValuePath):
            return None

        def outer(inner: FilterNode) -> FilterNode | None:
            if isinstance(inner, Comparison):
                return Comparison(
                    AttributePath(node.path.uri, node.path.attribute, inner.path.attribute), inner.operator, inner.value
                )
            return (
                Present(AttributePath(node.path.uri, node.path.attribute, inner.path.attribute))
                if isinstance(inner, Present)
                else None
            )

        return rewritten(node.filter, outer)

    return ask(with_filter(asked, change))


@mutant("value paths are refused", "django-scim2-server")
def value_path_refused(asked: Asked, ask: Ask) -> Replied:
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', "", asked.query.get("filter", ""))
    return error(400, "[", "invalidFilter") if "[" in bare else ask(asked)


@mutant("two value paths never match", "scim2-filter-parser: one flat join")
def two_value_paths(asked: Asked, ask: Ask) -> Replied:
    return (
        kept(ask(asked), lambda r: False)
        if asked.query.get("filter", "").count("[") > 1 and "addresses[" in asked.query["filter"]
        else ask(asked)
    )


@mutant("a comparison of a multi-valued attribute looks at the first value", "")
def first_value(asked: Asked, ask: Ask) -> Replied:
    node = asked.filter
    reply = ask(asked)
    if (
        isinstance(node, Comparison)
        and node.path.attribute == "emails"
        and node.path.sub_attribute == "value"
        and node.operator is Operator.EQ
    ):
        return kept(reply, lambda r: str(r["emails"][0]["value"]).lower() == str(node.value).lower())
    return reply


@mutant("emails co needs .value", "all four engines of other languages")
def default_value(asked: Asked, ask: Ask) -> Replied:
    found: list[FilterNode] = []
    if asked.filter is not None:
        rewritten(asked.filter, found.append)
    bad = any(
        isinstance(n, Comparison) and n.path.attribute == "emails" and n.path.sub_attribute is None for n in found
    )
    return error(400, "complex", "invalidFilter") if bad else ask(asked)


@mutant("% matches anything", "LIKE without escapes: scim2-filter-parser")
def percent(asked: Asked, ask: Ask) -> Replied:
    def change(n: FilterNode) -> FilterNode | None:
        return Present(n.path) if isinstance(n, Comparison) and n.value == "%" else None

    return ask(with_filter(asked, change))


@mutant("_ matches any character", "LIKE without escapes")
def underscore(asked: Asked, ask: Ask) -> Replied:
    def change(n: FilterNode) -> FilterNode | None:
        if isinstance(n, Comparison) and isinstance(n.value, str) and n.operator is Operator.SW and "_" in n.value:
            return Comparison(n.path, n.operator, n.value.replace("_", "o"))
        return None

    return ask(with_filter(asked, change))


@mutant("escapes in texts are not read", "Captain-P-Goldfish/SCIM-SDK#927, kanidm#3673")
def escapes(asked: Asked, ask: Ask) -> Replied:
    return error(400, "escape", "invalidFilter") if '\\"' in asked.query.get("filter", "") else ask(asked)


@mutant("\\u escapes are not read", "scim2-filter-parser, scimmy")
def unicode_escapes(asked: Asked, ask: Ask) -> Replied:
    return kept(ask(asked), lambda r: False) if "\\u" in asked.query.get("filter", "") else ask(asked)


@mutant("brackets in texts are brackets", "scimmy")
def brackets_in_texts(asked: Asked, ask: Ask) -> Replied:
    return error(400, "bracket", "invalidFilter") if "[or]" in asked.query.get("filter", "") else ask(asked)


@mutant("a term on an unknown attribute is dropped", "scim2-filter-parser; Cogtrix#124")
def unknown_dropped(asked: Asked, ask: Ask) -> Replied:
    text = asked.query.get("filter", "")
    if "noSuch" in text:
        asked.query["filter"] = re.sub(r' and noSuch\w+ eq "\w+"', "", text)
        if "noSuch" in asked.query["filter"]:
            del asked.query["filter"]
    return ask(asked)


@mutant("a trailing text is not looked at", "SCIM-SDK: no end of the grammar")
def trailing(asked: Asked, ask: Ask) -> Replied:
    text = asked.query.get("filter", "")
    for end in (" nonsense", " title pr", ")", "]", ' "y"', ", title pr", " && title pr"):
        if (
            text.endswith(end)
            and text != end
            and "(" not in text
            and "[" not in text
            and " and " not in text
            and " or " not in text
        ):
            asked.query["filter"] = text[: -len(end)]
            break
    return ask(asked)


@mutant("brackets need not be closed", "UnboundID")
def unclosed(asked: Asked, ask: Ask) -> Replied:
    text = asked.query.get("filter", "")
    if text.startswith("(") and text.count("(") == 1 and ")" not in text:
        asked.query["filter"] = text + ")"
    return ask(asked)


@mutant("not needs no parentheses", "scim2-parse-filter")
def bare_not(asked: Asked, ask: Ask) -> Replied:
    asked.query = {n: "not (title pr)" if v == "not title pr" else v for n, v in asked.query.items()}
    return ask(asked)


@mutant("texts need no quotes", "filter=externalId eq jyoung")
def unquoted(asked: Asked, ask: Ask) -> Replied:
    if "filter" in asked.query:
        asked.query["filter"] = re.sub(r"^userName eq (\w+)$", r'userName eq "\1"', asked.query["filter"])
    return ask(asked)


@mutant("texts may have single quotes", "")
def single_quotes(asked: Asked, ask: Ask) -> Replied:
    if "filter" in asked.query:
        asked.query["filter"] = re.sub(r"^userName eq '(\w+)'$", r'userName eq "\1"', asked.query["filter"])
    return ask(asked)


@mutant("gt of a boolean is answered", "UnboundID, scimmy, scim2-parse-filter")
def boolean_order(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if asked.query.get("filter", "").startswith("active gt"):
        return ask(asked.but(query={"filter": "active eq true"}))
    return reply


@mutant("an empty filter finds everybody", "SCIM-SDK")
def empty_filter(asked: Asked, ask: Ask) -> Replied:
    if asked.query.get("filter") == "":
        del asked.query["filter"]
    return ask(asked)


@mutant("+ in a query is a plus sign", "")
def plus(asked: Asked, ask: Ask) -> Replied:
    if (
        "filter" in asked.query
        and asked.query["filter"].startswith("userName eq")
        and "a+b" not in asked.query["filter"]
    ):
        asked.memory.setdefault("n", 0)
    if asked.query.get("filter", "").find("a+b.") >= 0 and "startIndex" in asked.query:
        asked.query["filter"] = asked.query["filter"].replace(" ", "+")
    return ask(asked)


@mutant("inactive users are not found", "Okta: creates them again and gets 409")
def inactive_hidden(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    return (
        kept(reply, lambda r: r.get("active") is not False) if "userName eq" in asked.query.get("filter", "") else reply
    )


@mutant("a password can be filtered by", "scim2-server 0.8.3; an oracle")
def password_oracle(asked: Asked, ask: Ask) -> Replied:
    body = asked.body
    if asked.method == "POST" and isinstance(body, dict) and "password" in body:
        reply = ask(asked)
        if reply.ok:
            asked.memory[reply.document["id"]] = body["password"]
        return reply
    found = re.fullmatch(r'(.*) and password (eq|sw|co) "(.*)"', asked.query.get("filter", ""))
    if found:
        tests = {"eq": lambda v: v == found[3], "sw": lambda v: v.startswith(found[3]), "co": lambda v: found[3] in v}
        asked.query["filter"] = found[1]
        return kept(ask(asked), lambda r: tests[found[2]](asked.memory.get(r["id"], "")))
    return ask(asked)


@mutant("groups have casing in their names", "scimmy 1.3.5")
def group_case(asked: Asked, ask: Ask) -> Replied:
    return _exact(asked, ask(asked), Operator.EQ, lambda v, w: v == w) if asked.endpoint == "/Groups" else ask(asked)


@mutant("groups cannot be filtered by members", "goauthentik/authentik#23211")
def group_members(asked: Asked, ask: Ask) -> Replied:
    return (
        error(400, "members", "invalidFilter")
        if asked.endpoint == "/Groups" and "members" in asked.query.get("filter", "")
        else ask(asked)
    )


@mutant("groups are not filtered", "Metatavu/keycloak-scim-server#46")
def groups_not_filtered(asked: Asked, ask: Ask) -> Replied:
    if asked.endpoint == "/Groups":
        asked.query.pop("filter", None)
    return ask(asked)


@mutant("no match answers 404", "MS-QUAR names it: quarantine")
def none_404(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    return error(404) if "filter" in asked.query and reply.status == 200 and not reply.resources else reply


# Pages ---------------------------------------------------------------------------------------------------------------


@mutant("startIndex counts from zero", "several")
def zero_based(asked: Asked, ask: Ask) -> Replied:
    if asked.query.get("startIndex", "").isdigit():
        asked.query["startIndex"] = str(int(asked.query["startIndex"]) + 1)
    return ask(asked)


@mutant("startIndex is not looked at", "")
def start_ignored(asked: Asked, ask: Ask) -> Replied:
    asked.query.pop("startIndex", None)
    return ask(asked)


@mutant("startIndex is a page number", "")
def page_number(asked: Asked, ask: Ask) -> Replied:
    start, count = asked.query.get("startIndex", ""), asked.query.get("count", "")
    if start.isdigit() and count.isdigit() and int(start) > 1:
        asked.query["startIndex"] = str((int(start) - 1) * int(count) + 1)
    return ask(asked)


@mutant("count is not looked at", "scimmy-routers 1.3.2 under Express 5")
def count_ignored(asked: Asked, ask: Ask) -> Replied:
    asked.query.pop("count", None)
    return ask(asked)


@mutant("count 0 is the default", "a falsy number")
def count_zero(asked: Asked, ask: Ask) -> Replied:
    if asked.query.get("count") == "0":
        del asked.query["count"]
    return ask(asked)


@mutant("a negative count is an error", "django-scim2, django-scim2-server")
def count_negative(asked: Asked, ask: Ask) -> Replied:
    return error(400, "count", "invalidValue") if asked.query.get("count", "").startswith("-") else ask(asked)


@mutant("startIndex 0 is an error", "django-scim2, django-scim2-server")
def start_zero(asked: Asked, ask: Ask) -> Replied:
    return error(400, "startIndex", "invalidValue") if asked.query.get("startIndex") == "0" else ask(asked)


@mutant("a page beyond the last answers 404", "a framework's paginator")
def beyond_404(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    return (
        error(404)
        if "startIndex" in asked.query and asked.query["startIndex"] != "1" and not reply.resources
        else reply
    )


@mutant("a page beyond the last is the last", "a framework's paginator")
def beyond_last(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if asked.query.get("startIndex", "").isdigit() and not reply.resources and reply.status == 200:
        return ask(asked.but(query={**asked.query, "startIndex": "1"}))
    return reply


@mutant("a count that is no number answers 500", "")
def count_text(asked: Asked, ask: Ask) -> Replied:
    int(asked.query.get("count", "0").lstrip("-"))
    return ask(asked)


@mutant("totalResults counts the page", "several")
def total_of_page(asked: Asked, ask: Ask) -> Replied:
    return edit_list(ask(asked), lambda d: d.update(totalResults=len(d["Resources"])))


@mutant("totalResults counts everybody, filter or not", "")
def total_of_all(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if asked.many and "filter" in asked.query and reply.status == 200:
        total = ask(asked.but(query={"count": "0"}, raw_query=None)).document["totalResults"]
        return edit_list(reply, lambda d: d.update(totalResults=total))
    return reply


@mutant("totalResults is missing", "django-scim2: ResourceTypes")
def no_total(asked: Asked, ask: Ask) -> Replied:
    return edit_list(ask(asked), lambda d: d.pop("totalResults"))


@mutant("numbers of a list are texts", "Okta: startIndex as a string")
def texts(asked: Asked, ask: Ask) -> Replied:
    return edit_list(
        ask(asked), lambda d: d.update({n: str(d[n]) for n in ("totalResults", "startIndex", "itemsPerPage") if n in d})
    )


@mutant("itemsPerPage is what was asked for", "scimmy 1.3.5")
def items_asked(asked: Asked, ask: Ask) -> Replied:
    return edit_list(
        ask(asked),
        lambda d: asked.query.get("count", "").isdigit() and d.update(itemsPerPage=int(asked.query["count"])),
    )


@mutant("startIndex is always 1 in answers", "")
def start_one(asked: Asked, ask: Ask) -> Replied:
    return edit_list(ask(asked), lambda d: d.update(startIndex=1))


@mutant("a list is a bare array", "")
def bare_array(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if asked.many and reply.status == 200 and asked.method == "GET":
        reply.document = reply.resources
    return reply


@mutant("Resources is written resources", "Okta tolerates it")
def lower_case_resources(asked: Asked, ask: Ask) -> Replied:
    return edit_list(ask(asked), lambda d: d.update(resources=d.pop("Resources")))


@mutant("lists have resources without emails", "a table's columns")
def thin_lists(asked: Asked, ask: Ask) -> Replied:
    return edit_list(ask(asked), lambda d: [r.pop("emails", None) for r in d["Resources"]])


@mutant("lists have resources without schemas", "RFC 7644's own example before erratum 8084")
def lists_without_schemas(asked: Asked, ask: Ask) -> Replied:
    return edit_list(ask(asked), lambda d: [r.pop("schemas", None) for r in d["Resources"]] if asked.many else None)


@mutant("the order changes from page to page", "a query without ORDER BY")
def unstable(asked: Asked, ask: Ask) -> Replied:
    asked.memory["n"] = asked.memory.get("n", 0) + 1
    if asked.many and asked.method == "GET" and "sortBy" not in asked.query and asked.memory["n"] % 2:
        asked.query |= {"sortBy": "id"}
    return ask(asked)


@mutant("no more than two resources come in a page, and nothing says so", "")
def tiny_pages(asked: Asked, ask: Ask) -> Replied:
    return edit_list(ask(asked), lambda d: asked.many and d.update(Resources=d["Resources"][:2]))


# Sorting -------------------------------------------------------------------------------------------------------------


@mutant("sortBy is not looked at", "services that announce sort and have none")
def sort_ignored(asked: Asked, ask: Ask) -> Replied:
    asked.query.pop("sortBy", None)
    return ask(asked)


@mutant("sortOrder is not looked at", "")
def order_ignored(asked: Asked, ask: Ask) -> Replied:
    asked.query.pop("sortOrder", None)
    return ask(asked)


@mutant("descending is the default", "")
def descending(asked: Asked, ask: Ask) -> Replied:
    if "sortBy" in asked.query:
        asked.query.setdefault("sortOrder", "descending")
    return ask(asked)


@mutant("sorting has casing", "ASCII order")
def sort_case(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if asked.query.get("sortBy", "").lower().endswith("username") and asked.method == "GET":
        back = asked.query.get("sortOrder") == "descending"
        return edit_list(
            reply, lambda d: d["Resources"].sort(key=lambda r: str(r.get("userName")).swapcase(), reverse=back)
        )
    return reply


@mutant("who has no value comes first", "NULLS FIRST")
def nulls_first(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if asked.query.get("sortBy") == "title" and "sortOrder" not in asked.query:
        return edit_list(reply, lambda d: d["Resources"].sort(key=lambda r: "title" in r))
    return reply


@mutant("who has no value comes last, whatever the order", "")
def nulls_last(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    return (
        edit_list(reply, lambda d: d["Resources"].sort(key=lambda r: "title" not in r))
        if asked.query.get("sortBy") == "title"
        else reply
    )


@mutant("a page is taken and then sorted", "")
def page_then_sort(asked: Asked, ask: Ask) -> Replied:
    if "sortBy" in asked.query and "startIndex" in asked.query:
        by, back = asked.query.pop("sortBy"), asked.query.pop("sortOrder", "") == "descending"
        return edit_list(ask(asked), lambda d: d["Resources"].sort(key=lambda r: str(r.get(by)), reverse=back))
    return ask(asked)


@mutant("multi-valued attributes are sorted by their first value", "")
def sort_first_value(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    if asked.query.get("sortBy") == "emails.value":
        return edit_list(
            reply,
            lambda d: d["Resources"].sort(
                key=lambda r: r["emails"][-1]["value"] if r.get("emails") else "~", reverse=True
            ),
        )
    return reply


# What is shown -------------------------------------------------------------------------------------------------------


@mutant("attributes is not looked at", "django-scim2, django-scim2-server")
def attributes_ignored(asked: Asked, ask: Ask) -> Replied:
    asked.query.pop("attributes", None)
    return ask(asked)


@mutant("excludedAttributes is not looked at", "django-scim2, django-scim2-server")
def excluded_ignored(asked: Asked, ask: Ask) -> Replied:
    asked.query.pop("excludedAttributes", None)
    return ask(asked)


@mutant("attributes is not looked at in lists", "")
def attributes_ignored_in_lists(asked: Asked, ask: Ask) -> Replied:
    if asked.many and asked.method == "GET":
        asked.query.pop("attributes", None)
    return ask(asked)


@mutant("attributes hides the id", "")
def id_hidden(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    return (
        edit(reply, lambda r: r.pop("id", None))
        if "attributes" in asked.query and "id" not in asked.query["attributes"]
        else reply
    )


@mutant("excludedAttributes can hide the id", "")
def id_excluded(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    return (
        edit(reply, lambda r: r.pop("id", None))
        if "id" in asked.query.get("excludedAttributes", "").split(",")
        else reply
    )


@mutant("attributes takes one name", "")
def one_attribute(asked: Asked, ask: Ask) -> Replied:
    if "attributes" in asked.query:
        asked.query["attributes"] = asked.query["attributes"].partition(",")[0]
    return ask(asked)


@mutant("attributes has casing", "")
def attributes_case(asked: Asked, ask: Ask) -> Replied:
    if "attributes" in asked.query:
        asked.query["attributes"] = ",".join(
            "noSuchAttribute" if n.isupper() else n for n in asked.query["attributes"].split(",")
        )
    return ask(asked)


@mutant("sub-attributes in attributes show the whole attribute", "Condeco: no sub-attribute selection")
def whole_attribute(asked: Asked, ask: Ask) -> Replied:
    if "attributes" in asked.query and not asked.query["attributes"].startswith("urn"):
        asked.query["attributes"] = ",".join(n.partition(".")[0] for n in asked.query["attributes"].split(","))
    return ask(asked)


@mutant("sub-attributes in attributes fail", "scimmy 1.3.5")
def sub_attributes_fail(asked: Asked, ask: Ask) -> Replied:
    return error(400, "undefined") if re.match(r"(name|emails)\.", asked.query.get("attributes", "")) else ask(asked)


@mutant("a name with a URN in attributes shows nothing", "")
def attributes_urn(asked: Asked, ask: Ask) -> Replied:
    if asked.query.get("attributes", "").startswith("urn:"):
        asked.query["attributes"] = "id"
    return ask(asked)


@mutant("an unknown name in attributes is an error", "")
def attributes_strict(asked: Asked, ask: Ask) -> Replied:
    return error(400, "unknown", "invalidPath") if "noSuch" in asked.query.get("attributes", "") else ask(asked)


@mutant("excludedAttributes of a sub-attribute hides the whole attribute", "")
def excluded_whole(asked: Asked, ask: Ask) -> Replied:
    if "excludedAttributes" in asked.query and not asked.query["excludedAttributes"].startswith("urn"):
        asked.query["excludedAttributes"] = ",".join(
            n.partition(".")[0] for n in asked.query["excludedAttributes"].split(",")
        )
    return ask(asked)


@mutant("members are shown although they are excluded", "Entra reads 50,000 members with each group")
def members_shown(asked: Asked, ask: Ask) -> Replied:
    if asked.endpoint == "/Groups":
        asked.query.pop("excludedAttributes", None)
    return ask(asked)


@mutant("attributes is not looked at in POST, PUT and PATCH", "scim2-server 0.8.3: POST")
def attributes_in_writes(asked: Asked, ask: Ask) -> Replied:
    if asked.method != "GET":
        asked.query = {}
    return ask(asked)


@mutant("a password is shown to who asks for it", "")
def password_asked_for(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    body = asked.body
    if asked.method == "POST" and reply.status == 201 and isinstance(body, dict) and "password" in body:
        asked.memory[reply.document["id"]] = body["password"]
    if "password" in asked.query.get("attributes", "").lower():
        return edit(reply, lambda r: r.get("id") in asked.memory and r.update(password=asked.memory[r["id"]]))
    return reply


@mutant("a password is shown always", "OWASP: excessive data exposure")
def password_shown(asked: Asked, ask: Ask) -> Replied:
    reply = ask(asked)
    body = asked.body
    if asked.method == "POST" and reply.status == 201 and isinstance(body, dict) and "password" in body:
        asked.memory[reply.document["id"]] = body["password"]
    return edit(reply, lambda r: r.get("id") in asked.memory and r.update(password=asked.memory[r["id"]]))


MUTANTS = tuple(m._replace(id=f"query-{m.id}") for m in collected(globals()))
