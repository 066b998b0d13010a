# puretango: everything a developer does, one word each.  `make` lists the words.
SHELL := /bin/bash
.DEFAULT_GOAL := help
VENV := .venv
BIN := $(VENV)/bin
# Any Python from 3.11 on: the first of these that runs.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$p && break; done)
JOBS ?= 2

.PHONY: help venv demo test lint types imports unit slow conformance ecosystem bench soak kills clean

help: ## this list
	@echo "puretango: make WORD"; echo
	@sed -nE 's/^([a-z]+):[^#]*## (.*)/\1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "  make %-13s%s\n", $$1, $$2}'

# Two stages, so that the demo needs no test dependency; each is redone only when pyproject.toml changes.
$(VENV)/.created:
	@test -n "$(PYTHON)" || { echo "no Python 3.11 or newer found (set PYTHON=...)"; exit 1; }
	@echo "== creating $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV) || { echo "this Python has no venv module (Debian: apt-get install python3-venv)"; exit 1; }
	@touch $@

$(VENV)/.runtime: pyproject.toml $(VENV)/.created
	@echo "== installing puretango with its extras"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[bluesky,epics,mariadb,web]"
	@touch $@

$(VENV)/.dev: pyproject.toml $(VENV)/.created
	@echo "== installing puretango and what its tests need"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[dev]"
	@touch $@ $(VENV)/.runtime

$(VENV)/.conformance: pyproject.toml $(VENV)/.dev
	@echo "== installing what the foreign test suites need"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[conformance]"
	@touch $@

venv: $(VENV)/.dev ## the environment for working on puretango

demo: $(VENV)/.runtime ## a database, a TangoTest and bluesky plans over them, in one process (ARGS=--web: then in a browser)
	@$(BIN)/puretango demo $(ARGS)

test: lint types imports unit ## what must be green every day (under five minutes)

lint: $(VENV)/.dev ## ruff: style and likely bugs
	@echo "== ruff"
	@$(BIN)/ruff check src tests benchmarks examples
	@$(BIN)/ruff format --check src tests benchmarks examples

types: $(VENV)/.dev ## mypy --strict over every room
	@echo "== mypy --strict"
	@$(BIN)/mypy

imports: $(VENV)/.dev ## import-linter: the rooms and their order
	@echo "== import-linter"
	@$(BIN)/lint-imports

unit: $(VENV)/.dev ## the tests alone (JOBS=2 processes; ARGS="-k word" to choose)
	@echo "== tests"
	@$(BIN)/pytest -n $(JOBS) --dist loadfile -m "not slow" $(ARGS)

slow: $(VENV)/.dev ## the rest of the tests: killed servers and databases, Sardana, the demo (CI runs both)
	@echo "== slow tests"
	@$(BIN)/pytest -n $(JOBS) --dist loadfile -m slow $(ARGS)

conformance: $(VENV)/.conformance ## PyTango's own suite, and ophyd-async's, run on puretango
	@$(BIN)/python tests/conformance/run.py $(ARGS)

ecosystem: $(VENV)/.dev ## programs of the field, unmodified, on PyTango and on puretango (ARGS="zingo --acts")
	@$(BIN)/python tests/ecosystem/run.py $(ARGS)

bench: $(VENV)/.dev ## puretango beside PyTango, in one run
	@$(BIN)/python -m benchmarks $(ARGS)

soak: $(VENV)/.dev ## a minute of 1,000 attributes at 10 Hz, ten of archiving, five of a server that calls itself, ten of mixed load and kills
	@$(BIN)/python -m benchmarks soak archive_soak $(ARGS)
	@$(BIN)/python tests/interop/peers/strain/contended.py 300
	@$(BIN)/python tests/interop/peers/strain/mixed_load.py --minutes 10

kills: $(VENV)/.dev ## 300 kill -9 of archivers in the middle of writes, and of PostgreSQL
	@PURETANGO_KILLS=300 $(BIN)/pytest tests/interop/archive/test_kills.py $(ARGS)

clean: ## remove the environment and every cache
	rm -rf $(VENV) .sardana .pytango9 .taurus .services .bench-peer .conformance .ecosystem .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist demo-output
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
