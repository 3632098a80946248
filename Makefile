# Everything a developer does here. Needs Python 3.11 or newer with venv, git and make; the rest is installed below the
# checkout, from the registries of the language, the versions pinned in uv.lock.

PYTHON ?= python3
UV_VERSION := 0.13.9
UV := .dzwonek/uv-$(UV_VERSION)/bin/uv
ENVIRONMENT := .venv/.installed
RUN := .venv/bin/python -m
SOURCES := $(wildcard pyproject.toml uv.lock */pyproject.toml services/*/pyproject.toml)
PREVIEW := .dzwonek/mails
PEER_ENVIRONMENT := .dzwonek/peer/.installed
# Each worker has parts of its own, and a file's tests stay together because they share a system. ARGS="-n0 -s" for one.
WORKERS := -n auto --maxprocesses 4 --dist loadfile

# Whether something was said that is no "no".
said = $(filter-out 0 no false,$(1))

export UV_PYTHON_DOWNLOADS := never

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

##@ Begin here

.PHONY: help
help: ## List the targets
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@/ { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: setup ## Start the whole system and play its main job; ONCE=1 ends by itself
	@exec $(RUN) devstack.demo $(if $(call said,$(ONCE)),--once)

.PHONY: test
test: setup $(if $(filter true,$(CI)),browser promtool) parts lint types imports ## Run every check and every test; ARGS="-k words" chooses tests
	@exec .venv/bin/pytest $(WORKERS) $(ARGS)

.PHONY: bench
bench: setup $(if $(call said,$(PEER)),$(PEER_ENVIRONMENT)) ## Measure it beside the raw limits; ROW=2 one row, QUICK=1, LONG=1, PEER=1, PAGE=1
	@exec $(RUN) bench $(foreach row,$(ROW),--row $(row)) $(if $(RUNS),--runs $(RUNS)) \
		$(foreach word,QUICK LONG PEER PAGE,$(if $(call said,$($(word))),--$(shell echo $(word) | tr A-Z a-z)))

.PHONY: soak
soak: setup ## Half the load for half an hour: what grows, what is left; MINUTES=5
	@exec $(RUN) bench.soak $(if $(MINUTES),--minutes $(MINUTES))

.PHONY: chaos
chaos: setup ## Break every part under load, compare what was accepted with what came of it; QUICK=1, KILLS=1000, SEED=1
	@CHAOS=$(if $(call said,$(QUICK)),quick,full) exec .venv/bin/pytest -p no:randomly --timeout=0 \
		$(if $(KILLS),tests/chaos/test_storm.py,tests/chaos) $(ARGS)

.PHONY: district
district: setup ## Write an invented district as OneRoster CSV; STUDENTS=3000 SCHOOLS=5 OUT=district.zip, SEED, YEAR, RELEASE=1.1, CHANGES=1
	@exec $(RUN) devstack.district $(foreach word,STUDENTS SCHOOLS OUT SEED YEAR RELEASE CHANGES, \
		$(if $($(word)),--$(shell echo $(word) | tr A-Z a-z)="$($(word))"))

##@ In containers, where Docker is

.PHONY: demo-compose
demo-compose: setup ## Start the demo of compose.yaml and play its main job; ONCE=1 takes it down again
	@exec $(RUN) devstack.demo.compose $(if $(call said,$(ONCE)),--once)

.PHONY: secrets
secrets: setup ## Begin an installation: .env and fresh secrets, nothing overwritten; tells what is left to fill in
	@$(RUN) devstack.new_installation

##@ One at a time

.PHONY: setup
setup: $(ENVIRONMENT) ## Install what is needed into .venv, if anything changed

.PHONY: parts
parts: setup ## Tell which PostgreSQL, Kafka, SMTP server and browser the tests run on
	@$(RUN) devstack.parts

.PHONY: lint
lint: setup ## Check style and form
	@.venv/bin/ruff check
	@.venv/bin/ruff format --check

.PHONY: types
types: setup ## Check the types
	@.venv/bin/mypy .

.PHONY: imports
imports: setup ## Check who may import whom
	@.venv/bin/lint-imports --no-logo

.PHONY: unit
unit: setup ## Run the tests that need no server
	@exec .venv/bin/pytest tests/unit tests/contract $(ARGS)

.PHONY: format
format: setup ## Bring the code into its form
	@.venv/bin/ruff check --fix
	@.venv/bin/ruff format

.PHONY: documents
documents: setup ## Write anew what docs/ holds of the code: settings, OpenAPI, AsyncAPI
	@$(RUN) devstack.documents

.PHONY: preview
preview: setup ## Write every mail in every language to .dzwonek/mails, to look at
	@$(RUN) notifications mail preview --out $(PREVIEW)

.PHONY: browser
browser: ## Install Debian's Chromium for the browser tests, if there is no browser
	@sh .ci/browser

.PHONY: promtool
promtool: ## Fetch Debian's promtool for the tests of the alarms, if there is none
	@sh .ci/promtool

.PHONY: clean
clean: ## Remove what was installed and made here; what is cached for all checkouts stays
	rm -rf .venv .dzwonek .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# Files, not targets to ask for.

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12")'
	@echo "Installing uv $(UV_VERSION)"
	@$(PYTHON) -W ignore -m venv .dzwonek/uv-$(UV_VERSION)
	@.dzwonek/uv-$(UV_VERSION)/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

$(ENVIRONMENT): $(UV) $(SOURCES)
	@echo "Installing the packages of uv.lock into .venv (a minute, the first time)"
	@$(UV) sync --frozen --quiet --python $(PYTHON)
	@touch $@

$(PEER_ENVIRONMENT): $(UV) bench/peers/requirements.txt
	@echo "Installing what the mails are compared with into .dzwonek/peer"
	@$(UV) venv --quiet --clear --python $(PYTHON) .dzwonek/peer
	@$(UV) pip install --quiet --python .dzwonek/peer/bin/python -r bench/peers/requirements.txt
	@touch $@
