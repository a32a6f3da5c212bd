"""Sphinx: `make docs`. Warnings are errors."""

from importlib.metadata import version as installed_version

project = "scimcore"
copyright = "the scimcore contributors"
version = release = installed_version("scimcore")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
html_theme = "furo"
exclude_patterns = ["_build"]
autodoc_typehints = "description"
myst_heading_anchors = 3
