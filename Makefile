# make demo   the restaurant, on a fresh machine     make test    all tests, on a fresh machine
# make check  format, lint, types, import rules      make bench   every benchmark table
# make size   what an installation takes on disk      make clean   start over
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help demo test check bench size clean
help:
	@sed -n 's/^# //p' Makefile

$(BIN)/.runtime: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(BIN)/.dev: $(BIN)/.runtime
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt $(DEV)
	@touch $@

DEV := pytest hypothesis jsonschema pyyaml ruff mypy import-linter

demo: $(BIN)/.runtime
	$(BIN)/fullmenu demo

test: $(BIN)/.dev
	$(BIN)/python -m pytest

check: $(BIN)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(BIN)/.dev
	$(BIN)/python benchmarks/all.py

size: $(BIN)/.runtime
	@du -sh $(VENV)

clean:
	rm -rf $(VENV)
