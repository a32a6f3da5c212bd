# make serve | test | format | fuzz | bench | docs | clean. Needs Python 3.11+, pip and make; everything else goes into .venv.
PYTHON ?= python3
ARGS ?=
FUZZ_SECONDS ?= 120
VENV := .venv
BIN := $(VENV)/bin

.PHONY: serve test lint pytest format fuzz bench docs clean

serve: $(VENV)/.run
	@exec $(BIN)/python -m scimcore serve $(ARGS)

test: lint pytest

lint: $(VENV)/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy --strict src typing_tests
	$(BIN)/lint-imports --no-logo

pytest: $(VENV)/.dev
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n auto --dist loadfile $(ARGS)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

format: $(VENV)/.dev
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

# Guided by coverage first, for FUZZ_SECONDS; then the property tests with twenty thousand examples each.
fuzz: $(VENV)/.fuzz
	$(BIN)/python -m fuzz.filters -max_total_time=$(FUZZ_SECONDS)
	HYPOTHESIS_PROFILE=fuzz $(BIN)/python -m pytest -m hypothesis $(ARGS)

bench: .venv-bench/.bench
	.venv-bench/bin/python -m benchmarks $(ARGS)

docs: $(VENV)/.docs
	$(BIN)/sphinx-build -n -W --keep-going docs docs/_build/html $(ARGS)

clean:
	rm -rf .venv .venv-bench dist build docs/_build .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache .coverage .coverage.*

# Some distributions ship venv without ensurepip: there the system's pip puts a pip into it.
define environment
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "scimcore needs Python 3.11 or later; choose one with: make $(MAKECMDGOALS) PYTHON=python3.12")'
	@echo "Setting up $(1) (once; takes a minute) ..."
	@$(PYTHON) -m venv $(1) >/dev/null || { $(PYTHON) -m venv --clear --without-pip $(1) && $(PYTHON) -m pip --quiet --python $(1)/bin/python install pip; }
endef

# The first pip that knows --group.
UPGRADE_PIP := -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'

# The stamps: what is installed is as new as the lists of what to install.
$(VENV)/bin/python:
	$(call environment,$(VENV))

$(VENV)/.run: pyproject.toml | $(VENV)/bin/python
	@$(BIN)/python $(UPGRADE_PIP)
	@$(BIN)/python -m pip install --quiet --editable . --group run
	@touch $@

$(VENV)/.dev: $(VENV)/.run
	@$(BIN)/python -m pip install --quiet --group dev
	@touch $@

$(VENV)/.fuzz: $(VENV)/.dev
	@$(BIN)/python -m pip install --quiet --group fuzz
	@touch $@

$(VENV)/.docs: $(VENV)/.run
	@$(BIN)/python -m pip install --quiet --group docs
	@touch $@

.venv-bench/bin/python:
	$(call environment,.venv-bench)

.venv-bench/.bench: pyproject.toml benchmarks/requirements.txt | .venv-bench/bin/python
	@.venv-bench/bin/python $(UPGRADE_PIP)
	@.venv-bench/bin/python -m pip install --quiet --editable . --group run --requirement benchmarks/requirements.txt
	@touch $@
