"""From text to tree: RFC 7644 §3.4.2.2 for filters, §3.5.2 for the paths of PATCH.

The parser keeps open brackets on a stack of its own and calls nothing recursively, so that no text, however deep or
long, can exhaust Python's stack; its work is linear in the text. It knows no schema: an attribute that does not exist
parses, and is refused by the binding.
"""

import re
from typing import NamedTuple, TypeAlias

from scimcore.errors import InvalidFilter, InvalidPath
from scimcore.filter import complaints
from scimcore.filter.ast import MAX_LEVELS, And, Comparison, FilterNode, Not, Or, PatchPath, Present, ValuePath, levels
from scimcore.filter.refusals import OperatorRefused
from scimcore.filter.tokens import (
    AND,
    BRACKETS,
    CLOSE_VALUE_PATH,
    CONNECTIVE,
    ESCAPED_STRING,
    GROUP,
    OPERAND,
    OPERATORS,
    OR,
    PLAIN_STRING,
    PRESENT,
    after_value_path,
    attribute_path,
    bare_word,
    escaped_string,
    remembered_path,
)
from scimcore.filter.tolerances import TOLERANT, FilterTolerance, Tolerated
from scimcore.paths import AttributePath


class FilterLimits(NamedTuple):
    """What one filter may cost.

    Attributes:
        max_characters: The length of the text.
        max_terms: The number of comparisons and ``pr``; each is tried on each resource.
        max_depth: The number of brackets that are open at once. ``MAX_LEVELS`` bounds the tree in any case.
    """

    max_characters: int = 65_536
    max_terms: int = 2_000
    max_depth: int = 50


DEFAULT_FILTER_LIMITS = FilterLimits()


class Parsed(NamedTuple):
    """A tree, and what had to be tolerated to read it."""

    node: FilterNode
    tolerated: tuple[Tolerated, ...] = ()


def parse(
    text: str,
    *,
    limits: FilterLimits = DEFAULT_FILTER_LIMITS,
    tolerances: frozenset[FilterTolerance] = TOLERANT,
) -> FilterNode:
    """Read a filter.

    Args:
        text: The filter as the client wrote it, percent-decoding done.
        limits: What it may cost.
        tolerances: Which off-specification forms are understood; ``parse_reporting`` tells which were used.

    Raises:
        InvalidFilter: If it is none; ``column`` says where, and the detail what was expected.

    RFC 7644 §3.4.2.2.
    """
    return _read(text, 0, None, limits, tolerances, [])[0]


def parse_reporting(
    text: str,
    *,
    limits: FilterLimits = DEFAULT_FILTER_LIMITS,
    tolerances: frozenset[FilterTolerance] = TOLERANT,
) -> Parsed:
    """Read a filter as ``parse`` does, and report each off-specification form that was understood.

    Raises:
        InvalidFilter: As for ``parse``.
    """
    tolerated: list[Tolerated] = []
    node, _ = _read(text, 0, None, limits, tolerances, tolerated)
    return Parsed(node, tuple(tolerated))


_PATH_HEAD = re.compile(r"[^\s\[\]()\"]++")
_SUB_ATTRIBUTE = re.compile(r"\.(\$?[A-Za-z][A-Za-z0-9_$-]*+)")


def parse_patch_path(
    text: str,
    *,
    limits: FilterLimits = DEFAULT_FILTER_LIMITS,
    tolerances: frozenset[FilterTolerance] = TOLERANT,
) -> PatchPath:
    """Read the path of a PATCH operation: PATH = attrPath / valuePath [subAttr] (RFC 7644 Figure 7).

    A bare URN reads as ``AttributePath.parse`` says; the resource type knows whether it names an extension.

    Raises:
        InvalidPath: If the text is none of these, also when it is the filter in it that is wrong.
        OperatorRefused: If it is the filter, and the operator is none (RFC 7644 §3.4.2.2).
    """
    head = _PATH_HEAD.match(text)
    if head is None or head.end() == len(text):
        return PatchPath(AttributePath.parse(text))
    path = AttributePath.parse(head.group())
    try:
        if text[head.end()] != "[":
            raise InvalidFilter("expected '[' or the end of the path", text=text, column=head.end())
        node, end = _read(text, head.end() + 1, path, limits, tolerances, [])
        sub_attribute = _SUB_ATTRIBUTE.fullmatch(text, end)
        if end < len(text) and sub_attribute is None:
            raise InvalidFilter("expected '.' and the name of a sub-attribute, or the end", text=text, column=end)
    except InvalidFilter as error:
        detail = f"At character {error.column} of the path: {error.detail}"
        if isinstance(error, OperatorRefused):
            raise OperatorRefused(detail, rule=error.rule) from None
        raise InvalidPath(detail, rule="RFC 7644 §3.5.2") from None
    return PatchPath(path, node, None if sub_attribute is None else sub_attribute.group(1))


# An open bracket: the or-terms and the and-terms in front of it, and what it is: the attribute of a value path, or
# whether "not" stands before a parenthesis.
_Frame: TypeAlias = tuple[list[FilterNode], list[FilterNode], "AttributePath | bool"]


def _read(
    text: str,
    position: int,
    within: AttributePath | None,
    limits: FilterLimits,
    tolerances: frozenset[FilterTolerance],
    tolerated: list[Tolerated],
) -> tuple[FilterNode, int]:
    """Read a FILTER up to the end, or a valFilter and its "]" if ``within`` names the attribute before the bracket.

    FILTER    = attrExp / logExp / valuePath / *1"not" "(" FILTER ")"
    valFilter = attrExp / logExp / *1"not" "(" valFilter ")"      (errata 4690, 7322)
    "not" binds tighter than "and", and that tighter than "or" (errata 4670).

    Returns:
        The tree and the position behind it.
    """
    if len(text) > limits.max_characters:
        raise complaints.above(f"more than {limits.max_characters} characters", text, 0)
    operand, connective = OPERAND.match, CONNECTIVE.match
    alternatives: list[FilterNode] = []  # closed terms of "or"
    chain: list[FilterNode] = []  # terms of the "and" that is being read
    frames: list[_Frame] = []
    value_path = within  # the attribute of the value path that is open, if any
    terms = deepest = 0
    end = len(text)
    previous = ""
    node: FilterNode
    while True:
        found = operand(text, position)
        if found is None:
            raise complaints.no_operand(text, position, previous)
        kind = found.lastindex
        position = found.end()
        if kind in BRACKETS:
            if len(frames) >= limits.max_depth:
                raise complaints.above(f"more than {limits.max_depth} brackets are open", text, position - 1)
            if kind == GROUP:
                frames.append((alternatives, chain, bool(found[kind])))
                previous = "'('"
            else:
                if value_path is not None:
                    raise complaints.nested_value_path(text, found.start(1))
                try:
                    value_path = remembered_path(found[1])
                except InvalidPath:
                    value_path = attribute_path(found[1], text, found.start(1))
                frames.append((alternatives, chain, value_path))
                previous = "'['"
            alternatives, chain = [], []
            if len(frames) > deepest:
                deepest = len(frames)
            continue
        terms += 1
        if terms > limits.max_terms:
            raise complaints.above(f"more than {limits.max_terms} comparisons", text, found.start(1))
        try:
            path = remembered_path(found[1])
        except InvalidPath:
            path = attribute_path(found[1], text, found.start(1))
        if kind == PLAIN_STRING:  # what nearly all comparisons are
            node = Comparison(path, OPERATORS[found[2]], found[3])
        else:
            node = _attribute_expression(found, path, text, tolerances, tolerated)
        while True:
            chain.append(node)
            if position == end:
                kind = None
            else:
                found = connective(text, position)
                if found is None:
                    raise complaints.no_connective(text, position, _closing(frames, within))
                kind = found.lastindex
            if kind == AND:
                position = found.end()
                previous = "'and'"
                break
            node = chain[0] if len(chain) == 1 else And(tuple(chain))
            if kind == OR:
                position = found.end()
                alternatives.append(node)
                chain = []
                previous = "'or'"
                break
            if alternatives:
                alternatives.append(node)
                node = Or(tuple(alternatives))
            opened_here = frames[-1][2] if frames else within
            if kind is None:
                if opened_here is not None:
                    raise complaints.no_connective(text, position, _closing(frames, within))
                return _checked(node, deepest, text), position
            position = found.end()
            if isinstance(opened_here, AttributePath) is not (kind == CLOSE_VALUE_PATH) or opened_here is None:
                raise complaints.unbalanced(text, position - 1, text[position - 1])
            if not frames:
                return _checked(node, deepest, text), position
            alternatives, chain, _ = frames.pop()
            if isinstance(opened_here, AttributePath):
                value_path = None
                tail = after_value_path(text, position) if position < end else None
                if tail is not None:
                    terms += 1
                    if terms > limits.max_terms:
                        raise complaints.above(f"more than {limits.max_terms} comparisons", text, position)
                    position = tail.end()
                    node = And((node, _after_value_path(tail, opened_here, text, tolerances, tolerated)))
                node = ValuePath(opened_here, node)
            elif opened_here:
                node = Not(node)


def _attribute_expression(
    found: re.Match[str],
    path: AttributePath,
    text: str,
    tolerances: frozenset[FilterTolerance],
    tolerated: list[Tolerated],
) -> FilterNode:
    # attrExp = (attrPath SP "pr") / (attrPath SP compareOp SP compValue)
    kind = found.lastindex
    if kind == PLAIN_STRING:
        return Comparison(path, OPERATORS[found[2]], found[3])
    if kind == PRESENT:
        return Present(path)
    operator = OPERATORS[found[2]]
    if kind == ESCAPED_STRING:
        return Comparison(path, operator, escaped_string(found[4], text, found.start(4)))
    value = bare_word(found[5], text, found.start(5))
    if (value is None or isinstance(value, bool)) and not found[5].islower():
        if FilterTolerance.LITERAL_CASE not in tolerances:
            raise complaints.not_tolerated("true, false and null are written in lower case", text, found.start(5))
        tolerated.append(Tolerated(FilterTolerance.LITERAL_CASE, str(path)))
    return Comparison(path, operator, value)


def _after_value_path(
    tail: re.Match[str],
    attribute: AttributePath,
    text: str,
    tolerances: frozenset[FilterTolerance],
    tolerated: list[Tolerated],
) -> FilterNode:
    """Read ``.value eq "x"`` behind ``emails[type eq "work"]`` as one more term inside the bracket."""
    name = "value" if tail[1] is None else tail[1][1:]
    path = attribute_path(name, text, tail.start())
    if FilterTolerance.VALUE_PATH_SUB_ATTRIBUTE not in tolerances:
        advice = f"a filter has no comparison behind a value path: write '{name} ...' inside the bracket"
        raise complaints.not_tolerated(advice, text, tail.start())
    sent = str(attribute) if tail[1] is None else f"{attribute}.{name}"
    tolerated.append(Tolerated(FilterTolerance.VALUE_PATH_SUB_ATTRIBUTE, sent))
    return _attribute_expression(tail, path, text, tolerances, tolerated)


def _checked(node: FilterNode, deepest: int, text: str) -> FilterNode:
    # A bracket makes three levels at most (not, or, and): only limits set far above the default need the count.
    if 3 * deepest + 3 > MAX_LEVELS and levels(node) > MAX_LEVELS:
        raise complaints.above(f"the tree has more than {MAX_LEVELS} levels", text, 0)
    return node


def _closing(frames: list[_Frame], within: AttributePath | None) -> str:
    opened = frames[-1][2] if frames else within
    return "" if opened is None else "]" if isinstance(opened, AttributePath) else ")"
