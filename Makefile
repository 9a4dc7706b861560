# Two commands set everything up: `make run` builds the graph and serves it, `make test` checks it all.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: run test lint bench bench-export bench-http clean

run: kg-store/CURRENT
	$(BIN)/kg serve

# Built anew when the ontology, the facts or the code that reads them have changed.
kg-store/CURRENT: $(VENV)/.run $(shell find ontology kg -name '*.py' -o -name '*.ttl' -o -name '*.rq' -o -name '*.json*' -o -name '*.csv')
	$(BIN)/kg build

# Files of tests are shared out among processes, in the order in which they are collected: the longest first.
test: $(VENV)/.dev lint
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.dev
	$(BIN)/python tests/bench/bench.py

bench-export: $(VENV)/.dev
	$(BIN)/python tests/bench/bench_export.py

bench-http: $(VENV)/.dev
	$(BIN)/python tests/bench/bench_http.py

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@ $(VENV)/.run

clean:
	rm -rf $(VENV) kg-store dist
