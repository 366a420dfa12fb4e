# Nothing needs to be installed but Python 3.11 or newer: every target makes `.venv` by itself.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet
# The Slack and the Teams that the tests talk to; they are skipped where there is no npm to install them.
LOCAL_CHATS := $(if $(shell command -v npm),tests/node_modules/.package-lock.json)
CODE := bot core adapters migrations tests
# Hundreds of tests start a process anew: what is compiled once is kept, whatever the machine's habit is.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help run demo test check format lock bench bench-guard bench-linking bench-builtin bench-chats bench-rows \
	bench-templates bench-usage bench-scaling bench-deleting soak chaos fuzz-api clean
help:            ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

run: $(VENV)/.run          ## install what is needed and serve on http://localhost:8000
	@$(BIN)/colloquery serve

demo: $(VENV)/.run         ## make the demo shop and print questions to try
	@$(BIN)/colloquery demo

test: $(VENV)/.dev $(LOCAL_CHATS) ## install what tests need and run all of them but chaos
	@$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile -m 'not alone and not chaos'
	@$(BIN)/python -m pytest -m alone

chaos: $(VENV)/.dev $(LOCAL_CHATS) ## 200 questions while processes are killed and lines are cut (CHAOS_SEED: which harm)
	@$(BIN)/python -m pytest -m chaos tests/chaos

check: $(VENV)/.dev        ## formatting, lint, types, import contracts
	@$(BIN)/ruff format --check $(CODE)
	@$(BIN)/ruff check $(CODE)
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

format: $(VENV)/.dev       ## format the code and mend what lint can mend
	@$(BIN)/ruff format $(CODE)
	@$(BIN)/ruff check --fix $(CODE)

bench: $(VENV)/.dev        ## measure the road from question to reply
	@$(BIN)/python -m tests.bench.bench_road

bench-guard: $(VENV)/.dev  ## what the guard refuses and lets pass, beside a naive one (COLLOQUERY_SPIDER: a folder)
	@$(BIN)/python -m tests.bench.bench_guard $(COLLOQUERY_SPIDER)

bench-linking: $(VENV)/.dev ## recall, tokens and speed of schema linking (COLLOQUERY_SPIDER: a folder)
	@$(BIN)/python -m tests.bench.bench_linking

bench-builtin: $(VENV)/.dev ## what the built-in writer answers, and how much of it is right
	@$(BIN)/python -m tests.bench.bench_builtin

bench-chats: $(VENV)/.dev $(LOCAL_CHATS) ## how quick Slack and Teams are: acknowledgement, first sign, posted answer, one answer
	@$(BIN)/python -m tests.bench.bench_chats

bench-rows: $(VENV)/.dev   ## memory of a result of 1,000,000 rows, cut, beside one that is read whole
	@$(BIN)/python -m tests.bench.bench_rows

bench-templates: $(VENV)/.dev ## matching with saved templates: precision, recall and time, beside two naive ways
	@$(BIN)/python -m tests.bench.bench_templates

bench-usage: $(VENV)/.dev  ## what limits and figures cost with 1,000,000 questions of 2,000 people, beside the aims
	@$(BIN)/python -m tests.bench.bench_usage

bench-scaling: $(VENV)/.dev  ## questions per second of one serving process and of two, on one PostgreSQL
	@$(BIN)/python -m tests.bench.bench_scaling

bench-deleting: $(VENV)/.dev  ## what others wait while half of 10,000,000 events go, beside one DELETE (some 8 GB of disk)
	@$(BIN)/python -m tests.bench.bench_deleting

soak: $(VENV)/.dev         ## an hour of questions: whether memory, files, threads and tasks stay as they are (MINUTES, STORE)
	@$(BIN)/python -m tests.bench.soak --minutes $(or $(MINUTES),60) --store $(or $(STORE),postgresql)

fuzz-api: $(VENV)/.dev     ## every route of the API, with many made-up requests (COLLOQUERY_FUZZ: how many of each)
	@COLLOQUERY_FUZZ=$(or $(COLLOQUERY_FUZZ),50) $(BIN)/python -m pytest -q tests/adapters/api/test_fuzz.py

lock: $(VENV)/.dev         ## resolve the dependencies anew and write both lock files
	@$(BIN)/uv pip compile $(LOCK) --group build --upgrade -o requirements.lock
	@$(BIN)/uv pip compile $(LOCK) --group build --group dev -c requirements.lock --upgrade -o requirements-dev.lock

LOCK := --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	--no-header --no-annotate pyproject.toml

clean:           ## remove the virtual environment and caches
	@rm -rf $(VENV) tests/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

tests/node_modules/.package-lock.json: tests/package-lock.json
	@npm ci --prefix tests --no-audit --no-fund --loglevel=error
	@touch $@

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Colloquery needs Python 3.11 or newer.")'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing into $(VENV) (once) ..."
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-build-isolation --no-deps --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	@echo "Installing what the tests need (once) ..."
	@$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@
