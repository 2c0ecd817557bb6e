# Confab's tasks. Everything lands in .venv/ and frontend/node_modules/; data lives in var/.

VENV := .venv
PYTHON := $(VENV)/bin/python
FUZZ := $(VENV)/fuzz
PIP_INSTALL := $(PYTHON) -m pip install -qq --disable-pip-version-check --require-hashes --no-deps
# The environment's own Node comes first on the path; it is installed only where the system's is missing or old.
NPM := PATH="$(CURDIR)/$(VENV)/bin:$$PATH" npm --prefix frontend
# Test processes, each with its own Postgres and Redis. Half of a test's time is waiting, so more than there are cores.
JOBS ?= 4
# Where the environment forbids bytecode, each of the programs that tests start would compile all modules again.
PYTEST = PYTHONDONTWRITEBYTECODE= $(PYTHON) $(RUN) -m pytest --dist loadfile
# Prints the output of each target in one piece when it ends; make 3.81 of macOS cannot.
GROUPED := $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test check coverage lint format build pictures audit icons wire-types bench bench-browser fuzz matrix image-proof lock clean frontend-check beside-pytest pytest unit programs

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/embedded.stamp ## start everything: Postgres, Redis, the UniPile sandbox, the inbox
	@exec $(PYTHON) run.py serve --end-with-parent

# All at the same time, since pytest waits for half of its time. Each reports its failures, and any of them fails the run.
test: ## run all checks and tests: Python, frontend, browser
	@$(MAKE) --no-print-directory -j3 $(VENV)/compiled.stamp frontend/node_modules/.stamp programs
	@$(MAKE) --no-print-directory -j3 beside-pytest pytest || \
		{ echo "confab: make test failed: see the lines above that end in Error" >&2; exit 1; }

# They take what the tests leave: a test that waits for the processor may run into its time limit, a linter cannot.
beside-pytest:
	@nice -n 10 $(MAKE) --no-print-directory $(GROUPED) lint frontend-check

check: $(VENV)/dev.stamp ## lint, types, architecture and unit tests, in a minute: no servers, no browser
	@$(MAKE) --no-print-directory -j2 lint unit

coverage: $(VENV)/dev.stamp programs ## branch coverage of server/ and workers/ under all Python tests
	@rm -f .coverage .coverage.*
	@$(MAKE) --no-print-directory pytest RUN="-m coverage run"
	@$(PYTHON) -m coverage combine --quiet
	@$(PYTHON) -m coverage report

# What fails beside the others is run once more, alone: a machine that stood still is told apart from a fault.
pytest:
	@export CHROMIUM NGINX PGBOUNCER PROMTOOL; \
	CHROMIUM=$$(.ci/chromium) && NGINX=$$(.ci/nginx) && PGBOUNCER=$$(.ci/pgbouncer) && PROMTOOL=$$(.ci/promtool $(VENV)) || exit 1; \
	$(PYTEST) -n $(JOBS) $(TESTS) && exit 0; \
	test $$? -eq 1 || exit 1; \
	echo "confab: running the tests that failed once more, alone" >&2; \
	$(PYTEST) -n 0 --last-failed --maxfail 1 $(TESTS) && \
		echo "confab: the tests that failed beside the others have passed alone: see their failures above" >&2

unit: $(VENV)/dev.stamp
	@$(PYTEST) -n 2 -q -m unit $(TESTS)

# Installs what the system lacks; the packages of Python and npm come at the same time.
programs: | $(VENV)/bin/pip
	@.ci/chromium >/dev/null
	@.ci/nginx >/dev/null
	@.ci/pgbouncer >/dev/null
	@.ci/promtool $(VENV) >/dev/null

lint: $(VENV)/dev.stamp ## ruff and mypy
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy

format: $(VENV)/dev.stamp ## let ruff put the Python code into its form
	@$(PYTHON) -m ruff check --fix .
	@$(PYTHON) -m ruff format .

frontend-check: $(VENV)/dev.stamp frontend/node_modules/.stamp
	@$(NPM) run --silent check
	@$(NPM) run --silent check:static

pictures: $(VENV)/dev.stamp programs ## take the pictures of the README and of docs/screens from a running Confab
	@$(PYTHON) -m docs.make_screens

audit: $(VENV)/dev.stamp programs ## audit every page and state for accessibility, at five widths, light and dark
	@$(PYTHON) -m docs.audit_screens

icons: $(VENV)/dev.stamp programs ## render the icons of the installed app from favicon.svg
	@$(PYTHON) -m docs.make_icons

build: frontend/node_modules/.stamp ## build frontend/ into static/
	@$(NPM) run --silent build

wire-types: $(VENV)/dev.stamp frontend/node_modules/.stamp ## generate frontend/src/types/api.ts from the OpenAPI document
	@$(NPM) run --silent wire-types

bench-browser: $(VENV)/dev.stamp programs ## measure loading, opening, typing, live messages and scrolling in headless Chromium
	@$(PYTHON) -m bench.browser --runs $(or $(RUNS),5)

bench: $(VENV)/dev.stamp ## measure against the reference system: make bench LOAD=folder PEER=folder
	@test -n "$(LOAD)" -a -n "$(PEER)" || { echo "confab: say where they are: make bench LOAD=folder PEER=folder" >&2; exit 1; }
	@$(PYTHON) bench/compare.py --load "$(LOAD)" --peer "$(PEER)" $(SCENARIOS)

fuzz: $(VENV)/dev.stamp $(FUZZ)/fuzz.stamp ## made-up requests at everything running, and media in a real S3 server
	@SCHEMATHESIS=$(abspath $(FUZZ))/bin/schemathesis MOTO_SERVER=$(abspath $(FUZZ))/bin/moto_server \
		$(PYTHON) -m pytest -n 0 $(or $(TESTS),tests/fuzz/check_api.py tests/fuzz/check_s3.py)

matrix: $(VENV)/dev.stamp ## a part of the tests on each Postgres, Redis and Python that can be had here
	@.ci/matrix $(or $(MATRIX),$(abspath $(VENV)/matrix))

image-proof: $(VENV)/dev.stamp ## do the Dockerfile's steps, and start compose.yaml without an engine: as root, on Debian
	@.ci/image $(or $(IMAGE),$(abspath $(VENV)/image))

lock: $(VENV)/bin/pip ## pin all dependencies again, with hashes
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check uv==0.13.9
	@set -e; compile="$(VENV)/bin/uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11"; \
	$$compile pyproject.toml -o requirements.txt; \
	$$compile pyproject.toml --extra embedded -c requirements.txt -o requirements/embedded.txt; \
	$$compile pyproject.toml --extra tracing -c requirements.txt -o requirements/tracing.txt; \
	$$compile pyproject.toml --extra embedded --extra dev --extra tracing -c requirements.txt -o requirements/dev.txt; \
	$$compile requirements/node.in -o requirements/node.txt; \
	$$compile requirements/fuzz.in -o requirements/fuzz.txt

clean: ## remove what was installed and cached; your data in var/ stays
	@rm -rf $(VENV) .coverage .coverage.* frontend/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/pip:
	@.ci/venv $(VENV)

$(VENV)/embedded.stamp: requirements/embedded.txt | $(VENV)/bin/pip
	@echo "Installing the Python packages (once, about half a minute) ..."
	@$(PIP_INSTALL) -r $<
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt | $(VENV)/bin/pip
	@echo "Installing the Python packages for development (once, about a minute) ..."
	@$(PIP_INSTALL) -r $<
	@touch $@

# The test processes begin together: without this each would compile all modules and tests, for six seconds.
# What cannot be collected is reported by the tests themselves.
$(VENV)/compiled.stamp: $(VENV)/dev.stamp
	@$(PYTEST) -n 0 -q --collect-only >/dev/null 2>&1 || true
	@touch $@

# Apart from the rest: schemathesis is a plugin of pytest's as well, which no other test should run under.
$(FUZZ)/fuzz.stamp: requirements/fuzz.txt | $(VENV)/bin/pip
	@test -x $(FUZZ)/bin/pip || .ci/venv $(FUZZ)
	@echo "Installing schemathesis and an S3 server (once, about half a minute) ..."
	@$(FUZZ)/bin/python -m pip install -qq --disable-pip-version-check --require-hashes --no-deps -r $<
	@touch $@

frontend/node_modules/.stamp: frontend/package-lock.json | $(VENV)/bin/pip
	@.ci/node $(VENV)
	@echo "Installing the frontend's packages ..."
	@$(NPM) ci --silent --no-audit --no-fund
	@touch $@
