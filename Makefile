# `make demo` to try it, `make test` to check it. Both set up whatever a fresh clone lacks.
.PHONY: help setup setup-browser demo demo-reset test lint format faults journeys bench previews lock build
PY := .venv/bin/python

help:
	@echo "make demo         start the demo (PORT=8000 DATA_DIR=.data/demo)"
	@echo "make demo-reset   the same, with fresh sample data"
	@echo "make test         lint, types, layers and all tests"
	@echo "make lint         all of that but the tests"
	@echo "make journeys     only the browser journeys"
	@echo "make faults       only the faults, with the long ones"
	@echo "make bench        speed against its limits (ONLY=name)"
	@echo "make previews     write docs/messages anew from the mail templates"
	@echo "make format       put code into the agreed form"
	@echo "make lock         lock the versions of pyproject.toml and package.json"

setup:
	@python=$$(.ci/find-python) && "$$python" .ci/setup.py

setup-browser:
	@python=$$(.ci/find-python) && "$$python" .ci/setup.py --browser

demo: setup
	@$(PY) -m peersupport.supervisor

demo-reset: setup
	@$(PY) -m peersupport.supervisor --reset

test: setup-browser
	@$(PY) .ci/checks.py

lint: setup
	@$(PY) .ci/checks.py --no-tests

format: setup
	@.venv/bin/ruff check --fix-only --quiet
	@.venv/bin/ruff format

journeys: setup-browser
	@PICTURES=1 .venv/bin/pytest tests/journeys

faults: setup
	@.venv/bin/pytest tests/faults -m faults

bench: setup
	@$(PY) -m tests.benchmarks $(ONLY)

previews: setup
	@WRITE_PREVIEWS=1 .venv/bin/pytest -q tests/test_previews.py -k docs_hold

lock:
	@.ci/lock

build: setup
