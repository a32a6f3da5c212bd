"""``scimcore filter``: ask a filter of resources in a file, or look at what a filter means.

The file is a JSON array of resources, one resource, or a ListResponse. What may never be returned is left out of what
is printed.
"""

import argparse
from collections.abc import Iterator

from scimcore import urns
from scimcore.cli.files import print_json, read_json
from scimcore.documents import JSON, Document, is_object
from scimcore.errors import InvalidSyntax
from scimcore.filter import Filter
from scimcore.projection import DEFAULT_SELECTION, project
from scimcore.resources import Group, User
from scimcore.schema.names import Unknown, canonicalise
from scimcore.schema.resource_type import ResourceType


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("filter", help="the filter, as one argument: 'userName sw \"b\"'")
    parser.add_argument(
        "file", nargs="?", help="a JSON array or a ListResponse, or - for standard input; without it the filter is read"
    )
    parser.add_argument("--explain", action="store_true", help="draw the filter's tree")


def run(arguments: argparse.Namespace) -> int:
    """Print the resources that match, or what the filter is.

    Raises:
        ValueError: If the file cannot be read.
        ScimError: If the filter is none, or the file holds no resources.
    """
    wanted = Filter(arguments.filter)
    if arguments.explain:
        print(wanted.explain())
    elif arguments.file is None:
        print(wanted)
    if arguments.file is not None:
        found = [
            project(resource, DEFAULT_SELECTION, resource_type)
            for resource, resource_type in _resources(read_json(arguments.file), arguments.file)
            if wanted.matches(resource)
        ]
        print_json(found)
    return 0


def _resources(value: JSON, file: str) -> Iterator[tuple[Document, ResourceType]]:
    if is_object(value):
        members = {name.lower(): inside for name, inside in value.items()}
        value = members.get("resources", [value])
    if not isinstance(value, list) or not all(map(is_object, value)):
        raise InvalidSyntax(f"{file}: expected resources (an array of objects or a ListResponse).")
    for resource in value:
        schemas = resource.get("schemas")
        is_group = isinstance(schemas, list) and urns.GROUP in schemas
        resource_type = (Group if is_group else User).resource_type()
        yield canonicalise(resource, resource_type.names, Unknown.KEEP, []), resource_type
