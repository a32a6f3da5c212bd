"""Sphinx: `make docs`. Warnings are errors."""

from importlib.metadata import version as installed_version

project = "scimcore"
copyright = "the scimcore contributors"
version = release = installed_version("scimcore")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
html_theme = "furo"
exclude_patterns = ["_build"]
autodoc_typehints = "signature"
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autoclass_content = "both"
autodoc_default_options = {"no-value": True}
python_use_unqualified_type_names = True
napoleon_use_ivar = True
napoleon_use_rtype = False
# What other projects document, type variables, and what signatures name that is nobody's to use.
suppress_warnings = ["ref.python"]  # `type` is a builtin, and the name of several attributes
nitpick_ignore_regex = [
    ("py:(class|obj)", r".*Annotated\[.*"),
    (
        "py:.*",
        r"scimcore\.("
        r"conformance\.(exchange|probe|storage_trial|target|transport)|dialects\.plain|profiles\.profile|"
        r"resources\.discovery|"
        r"schema\.names|service\.(bulk_request|preconditions|reader|search|store)|sql\.(declaring|maintenance)"
        r")\..*",
    ),
    ("py:class", r"BoundNode|Profile\('.*"),
    ("py:exc", "SchemaError"),
    ("py:.*", r"(collections\.abc|contextlib|datetime|logging|pydantic|sqlalchemy|types)\..*"),
    ("py:class", r".*\b_?[A-Za-z]*T"),
    ("py:class", r"scimcore\..*\._\w+"),
]
myst_heading_anchors = 3


def setup(app):
    """Show docstrings as they are written.

    The one of an attribute may be a sentence with a colon; napoleon takes what is before it for a type.
    """
    written = {}

    def keep(app, what, name, obj, options, lines):
        if what in ("attribute", "data", "property"):
            written[name] = lines.copy()

    def restore(app, what, name, obj, options, lines):
        if name in written:
            lines[:] = written.pop(name)

    def skip(app, what, name, obj, skipped, options):
        # The fields of a named tuple: its docstring tells of them.
        return True if type(obj).__name__ == "_tuplegetter" else None

    app.connect("autodoc-skip-member", skip)
    app.connect("autodoc-process-docstring", keep, priority=100)
    app.connect("autodoc-process-docstring", restore, priority=900)
