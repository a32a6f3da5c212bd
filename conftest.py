"""What every test shares: Python blocks of README.md and docs/ run as tests; how hard the property tests try."""

import os

import hypothesis
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser, SkipParser

# A page is read from top to bottom: its blocks share one namespace. <!--- skip: next "reason" --> leaves a block out.
pytest_collect_file = Sybil(
    parsers=[PythonCodeBlockParser(), SkipParser()],
    patterns=["README.md", "docs/*.md", "docs/**/*.md"],
    excludes=["docs/_build/**"],
).pytest()

# derandomize: the same commit gives the same verdict. `make fuzz` looks for news.
hypothesis.settings.register_profile("test", derandomize=True, deadline=None)
hypothesis.settings.register_profile("fuzz", max_examples=20_000, deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "test"))
