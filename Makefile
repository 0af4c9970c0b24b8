# Everything a person needs, by name. `make demo` and `make test` set up by themselves, the second with what tests besides.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DEV := $(VENV)/.installed-dev

.PHONY: setup setup-dev lock demo refresh site extensions dev test test-real coverage lint format renew bench licences sbom eval help

setup: $(STAMP) ## the environment of what runs, from its lock file (demo makes it too)

PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-compile

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed (PYTHON=... names another one)"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) --only-binary :all: --require-hashes -r requirements.lock
	$(PIP) --no-build-isolation -e .
	# compiled is what runs, here and not in the first run
	$(BIN)/python -c 'import great_expectations, pipelines.definitions'
	touch $@

setup-dev: $(DEV) ## that, and what tests, lints and measures (make test makes it too)

$(DEV): $(STAMP) requirements-dev.lock
	$(PIP) --only-binary :all: --require-hashes -r requirements-dev.lock
	touch $@

lock: ## renew both lock files after a change of dependencies in pyproject.toml (needs uv)
	$(LOCK) --extra dev --extra install pyproject.toml -o requirements-dev.lock
	$(LOCK) --extra install -c requirements-dev.lock pyproject.toml -o requirements.lock

LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-emit-index-url --no-annotate --no-header

demo: $(STAMP) ## refresh from the built-in record, without network, and a question answered
	$(BIN)/bilateral refresh --from record
	@$(BIN)/bilateral demo

refresh: $(STAMP) ## what is new, from the origin last used
	$(BIN)/bilateral refresh

site: ## make the built page of its source again (needs node and npm)
	cd pipelines/site && npm ci --silent --ignore-scripts && node build.mjs built

extensions: ## compile again what the page's engine loads for Parquet, JSON and time zones (needs Debian 13's emscripten and a package index)
	pipelines/site/extensions.sh

dev: $(STAMP) ## the Dagster UI on http://localhost:3000
	$(BIN)/python -m pipelines.dagster.home dev -m pipelines.definitions

TESTS := PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

test: $(DEV) ## all tests
	$(TESTS)

test-real: $(DEV) ## the tests that need the folder of real files (tests/real-data.md)
	$(TESTS) -m real_data

coverage: $(DEV) ## all tests, and which lines of the code none of them reaches
	$(TESTS) --cov --cov-report=term

lint: $(DEV) ## ruff, its formatting, mypy, sqlfluff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@$(MAKE) --no-print-directory -j 2 --output-sync=target lint-types lint-sql

.PHONY: lint-types lint-sql
lint-types: $(DEV)
	$(BIN)/mypy

lint-sql: $(DEV)
	$(BIN)/sqlfluff lint --disable-progress-bar sql

format: $(DEV) ## format the code, and mend what ruff and sqlfluff can mend
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .
	$(BIN)/sqlfluff fix --quiet --disable-progress-bar sql

renew: $(DEV) ## renew what is made from the code: the data dictionary, the tables of sources, the commands, the lineage of columns
	$(BIN)/python -m tests.pipelines.table_docs
	$(BIN)/python -m tests.pipelines.command_docs
	$(BIN)/python -m tests.pipelines.column_lineage

bench: $(DEV) ## time and memory on this machine, then beside peers (docs/benchmarks.md; needs a package index)
	@code=0; $(BIN)/python -m benchmarks || code=1; $(BIN)/python -m benchmarks.peers || code=1; exit $$code

licences: $(DEV) ## renew docs/licences.md, the licences of what the lock file installs
	$(BIN)/python -m tests.licences

sbom: $(DEV) ## sbom.cdx.json: what is installed, with versions and licences (CycloneDX), for a release
	test -x tmp-sbom/bin/cyclonedx-py || { $(PYTHON) -m venv tmp-sbom && tmp-sbom/bin/python -m pip install --quiet cyclonedx-bom==7.5.0; }
	tmp-sbom/bin/cyclonedx-py environment --pyproject pyproject.toml --mc-type application --output-reproducible \
		--of JSON -o sbom.cdx.json $(BIN)/python

eval: $(DEV) ## how well the event coder does
	$(BIN)/python -m benchmarks.quality

help: ## these lines
	@sed -n 's/^\([a-z-]*\):.* ## \(.*\)/make \1	\2/p' Makefile | expand -t 16
