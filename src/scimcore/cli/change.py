"""``scimcore patch``: what a PATCH request makes of a resource, and why it was understood."""

import argparse

from scimcore import dialects
from scimcore.cli.files import print_json, read_json, read_object
from scimcore.dialects import Dialect
from scimcore.messages import Patch
from scimcore.patch.report import render


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("resource", metavar="RESOURCE.json", help="the resource as it is; - is standard input")
    parser.add_argument("patch", metavar="PATCH.json", help="the body of the PATCH request; - is standard input")
    parser.add_argument(
        "--dialect",
        default="tolerant",
        choices=dialects.BY_NAME,
        help=f"what the client may send off-specification: {', '.join(dialects.BY_NAME)}",
        metavar="NAME",
    )
    parser.add_argument("--explain", action="store_true", help="say of each quirk that was understood what it is")
    parser.add_argument("--json", action="store_true", help="print the resource as it is then, instead of what changed")


def run(arguments: argparse.Namespace) -> int:
    """Print what the request changes.

    Raises:
        ValueError: If a file cannot be read.
        ScimError: If the request fails; nothing is printed then but why.
    """
    dialect = dialects.BY_NAME[arguments.dialect]
    resource = read_object(arguments.resource)
    patched = Patch.model_validate(read_json(arguments.patch)).applied_to(resource, dialect=dialect)
    if arguments.json:
        print_json(patched.document)
    else:
        print(render(resource, patched))
    if arguments.explain:
        for name in dict.fromkeys(use.quirk for use in patched.tolerated):
            print(f"\n{_explained(name, dialect)}")
    return 0


def _explained(name: str, dialect: Dialect) -> str:
    quirk = next(quirk for quirk in dialect.quirks if quirk.id == name)
    rows = (("sent by", quirk.clients), ("strict", quirk.strict), ("here", quirk.tolerant), ("risk", quirk.risk))
    return "\n".join([f"{quirk.id}: {quirk.title}", *(f"  {label:8} {text}" for label, text in rows)])
