"""Coverage-guided fuzzing of filters: ``python -m fuzz.filters [-max_total_time=60] [CORPUS]``.

Any text is a filter or ``InvalidFilter`` with a column inside it; a PATCH path or ``InvalidPath``. What parses prints
as text that parses to the same tree; what binds answers yes or no for any document. Needs atheris, which is no
dependency of the package: ``pip install atheris``. The same laws run under hypothesis in ``tests/filter``.
"""

import json
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["scimcore.filter", "scimcore.paths"]):
    from scimcore.errors import InvalidFilter, InvalidPath
    from scimcore.filter import STRICT, TOLERANT, Filter, parse, parse_patch_path
    from scimcore.resources import User

_VECTORS = json.loads((Path(__file__).parent.parent / "tests" / "vectors" / "filters.json").read_text("utf-8"))
_DOCUMENTS = [_VECTORS["filter_resource"], {}, {"emails": "x", "name": [], "meta": {"created": 5}}]


def one_input(data: bytes) -> None:
    """Try one text in every way."""
    text = atheris.FuzzedDataProvider(data).ConsumeUnicode(4_096)
    try:
        path = parse_patch_path(text)
    except InvalidPath:
        pass
    else:
        assert parse_patch_path(str(path)) == path
    for tolerances in (STRICT, TOLERANT):
        try:
            node = parse(text, tolerances=tolerances)
        except InvalidFilter as error:
            _must_be_inside(error, text)
            continue
        assert parse(str(node), tolerances=STRICT) == node
        hash(node)
        for resource_type in (None, User.resource_type()):
            try:
                wanted = Filter(text, resource_type, tolerances=tolerances)
            except InvalidFilter as error:
                _must_be_inside(error, text)
                continue
            wanted.explain()
            wanted.attributes()
            answers = [wanted.matches(document) for document in _DOCUMENTS]
            assert all(isinstance(answer, bool) for answer in answers)
            assert wanted.select(_DOCUMENTS) == [d for d, found in zip(_DOCUMENTS, answers, strict=True) if found]


def _must_be_inside(error: InvalidFilter, text: str) -> None:
    assert 0 <= error.column <= len(text)
    assert str(error)


def main() -> None:
    """Run until told to stop, or until something else than a SCIM error is raised."""
    atheris.Setup([*sys.argv, f"-dict={Path(__file__).with_name('filters.dict')}", "-max_len=4096"], one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
