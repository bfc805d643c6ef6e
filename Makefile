# Papaver: `make demo` shows it, `make test` proves it. Everything else is for those who build it.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STATIC := src/papaver/app/static/index.html
WEB    := $(shell find web -path web/node_modules -prune -o -type f -print 2>/dev/null)
DATA   := $(or $(PAPAVER_TEST_DATA),../shared/data)

# Tests that need the real data are required in CI and left out, with a visible line, where the data are not at hand.
ifeq ($(PAPAVER_REQUIRE_DATA)$(wildcard $(DATA)/README.md),)
  WITHOUT_DATA := and not data
endif

.PHONY: help setup web demo check test test-pythons torture bench lock docs wheel new-analysis clean

help:            ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

setup: $(VENV)/.ready   ## the environment: Papaver, its extras and the development tools

$(VENV)/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Papaver needs Python 3.11 or newer: make setup PYTHON=python3.12"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

web: $(STATIC)   ## the workbench, built into the package

$(STATIC): web/node_modules/.ready $(filter-out web/package-lock.json,$(WEB))
	npm --prefix web run --silent build
	touch $@

web/node_modules/.ready: web/package-lock.json
	@command -v npm >/dev/null || { echo "Building the workbench needs Node 20 or newer (a wheel does not)"; exit 1; }
	npm --prefix web ci --no-audit --no-fund --loglevel=error
	touch $@

demo: setup web  ## a workspace with real and SIMULATED data, opened in a browser
	$(BIN)/papaver demo

check: setup web/node_modules/.ready  ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	npm --prefix web run --silent check

test: check web browser  ## everything: style, types, tests, a real browser
	npm --prefix web run --silent test
ifdef WITHOUT_DATA
	@echo "NOT RUN: tests marked data (no $(DATA)/README.md; set PAPAVER_TEST_DATA)"
endif
	$(BIN)/pytest -m "not torture $(WITHOUT_DATA)"

.PHONY: browser
browser:         # headless Chromium and its driver, from the distribution when missing and permitted
	@command -v chromium >/dev/null || { echo "Installing Chromium from the distribution"; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium chromium-driver >/dev/null; } || \
	  { echo "The browser tests need Chromium: install the package chromium, then run this again"; exit 1; }

test-pythons: setup web  ## the suite without the browser on every supported Python found
	$(BIN)/python tests/pythons.py

torture: setup web  ## the long runs: 200 kills, 10 million rows
	PAPAVER_KILLS=200 $(BIN)/pytest -m "torture or crash" -n 0

bench: setup     ## every figure in the README, as ratios and counts
	$(BIN)/python bench/run.py

lock: setup      ## requirements.lock and web/package-lock.json from what pyproject and package.json ask for
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header \
	  --python-version 3.11 --group dev pyproject.toml --output-file requirements.lock
	npm --prefix web install --package-lock-only --no-audit --no-fund

docs: setup      ## records, commands and HTTP interface in docs/, from the types
	$(BIN)/python -m papaver.app.reference docs

wheel: setup web ## dist/papaver-*.whl with the workbench inside
	$(BIN)/python -m hatchling build -t wheel

new-analysis: setup  ## make new-analysis NAME=ports
	$(BIN)/python bench/new_analysis.py "$(NAME)"

clean:           ## everything that can be made again
	rm -rf $(VENV) web/node_modules src/papaver/app/static dist demo
