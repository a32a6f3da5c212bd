"""A filter drawn as a tree, for people who want to see how it was understood."""

from scimcore.filter.ast import And, FilterNode, Not, Or, ValuePath, children


def draw(node: FilterNode) -> str:
    """Return the tree as lines of text.

    >>> from scimcore.filter.parser import parse
    >>> print(draw(parse('title pr and not (active eq false)')))
    and
    ├─ title pr
    └─ not
       └─ active eq false
    """
    lines: list[str] = []
    # The prefix of a node's own line, that of its children's lines, and the node.
    pending: list[tuple[str, str, FilterNode]] = [("", "", node)]
    while pending:
        own, indent, current = pending.pop()
        lines.append(own + _label(current))
        below = [(f"{indent}├─ ", f"{indent}│  ", child) for child in children(current)]
        if below:
            below[-1] = (f"{indent}└─ ", f"{indent}   ", below[-1][2])
        pending.extend(reversed(below))
    return "\n".join(lines)


def _label(node: FilterNode) -> str:
    match node:
        case And():
            return "and"
        case Or():
            return "or"
        case Not():
            return "not"
        case ValuePath(path):
            return f"{path}[ ] one value with"
        case _:
            return str(node)
