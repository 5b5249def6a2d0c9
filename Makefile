# make demo   the restaurant, on a fresh machine      make test   all tests, on a fresh machine
# make check  format, lint, types, spelling, imports  make bench  every benchmark table
# make lowest the tests on the lowest versions        make audit  known holes in what is pinned
# make docs   the documentation site, in site/        make size   what an installation takes on disk
# make loops  compiled/loops.wasm from its source, in C
# make ask-demo  a tiny model served, sampled and cured: the whole way, offline
# make clean  start over
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOWEST := $(VENV)-lowest
INSTALL := -m pip install --disable-pip-version-check --no-input
PARALLEL := -n auto --dist worksteal

.PHONY: help demo ask-demo test check lowest audit bench docs loops size clean
help:
	@sed -n 's/^# //p' Makefile

$(BIN)/.runtime: pyproject.toml constraints.txt
	@echo "== an environment of its own, in $(VENV): seconds"
	$(PYTHON) -m venv $(VENV)
	@echo "== Fullmenu and the packages that it needs: about 150 MB to fetch, one to two minutes"
	$(BIN)/python $(INSTALL) -c constraints.txt -e .
	@touch $@

$(BIN)/.dev: $(BIN)/.runtime
	@echo "== the tools for tests and checks: about 40 MB to fetch, a minute"
	$(BIN)/python $(INSTALL) --quiet --upgrade -c constraints.txt pip
	$(BIN)/python $(INSTALL) --quiet -c constraints.txt --group dev
	@touch $@

demo: $(BIN)/.runtime
	@echo "== the restaurant: a few seconds"
	@$(BIN)/fullmenu demo

$(BIN)/.ask: $(BIN)/.runtime
	@echo "== what asks models, and runs them here: torch is large, some minutes"
	$(BIN)/python $(INSTALL) -c constraints.txt -e ".[ask,stress,local]"
	@touch $@

ask-demo: $(BIN)/.ask
	@$(BIN)/python tools/ask_demo.py

test: $(BIN)/.dev
	$(BIN)/python -m pytest $(PARALLEL) $(ARGS)

check: $(BIN)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/typos
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

lowest:
	$(PYTHON) -m venv $(LOWEST)
	sed -n '/^dependencies = /,/^]/s/^ *"\(.*\)>=\(.*\)",/\1==\2/p' pyproject.toml > $(LOWEST)/floors.txt
	$(LOWEST)/bin/python $(INSTALL) --quiet --upgrade pip
	$(LOWEST)/bin/python $(INSTALL) --quiet -c $(LOWEST)/floors.txt -e . --group test
	$(LOWEST)/bin/python -m pytest $(PARALLEL) -W ignore::DeprecationWarning --ignore tests/test_rules.py --ignore tests/docs

audit: $(BIN)/.dev
	$(BIN)/python $(INSTALL) --quiet pip-audit
	$(BIN)/pip-audit --skip-editable

docs: $(BIN)/.dev
	$(BIN)/python $(INSTALL) --quiet -c constraints.txt --group docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

bench: $(BIN)/.dev
	$(BIN)/python benchmarks/all.py

loops: $(BIN)/.dev
	$(BIN)/python $(INSTALL) --quiet -c constraints.txt --group loops
	$(BIN)/python tools/loops.py

size: $(BIN)/.runtime
	@du -sh $(VENV)

clean:
	rm -rf $(VENV) $(LOWEST) site
