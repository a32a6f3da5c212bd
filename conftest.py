"""What every test shares: Python blocks of README.md and docs/ run as tests; how hard the property tests try."""

import logging
import os
from collections.abc import Generator

import hypothesis
import pytest
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


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, object, object]:
    """Leave logging as it was found: a page shows how to configure it, and a command does."""
    loggers = [logging.getLogger(name) for name in (None, "scimcore", "scimcore.requests")]
    levels = [logger.level for logger in loggers]
    try:
        return (yield)
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
