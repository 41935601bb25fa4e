# Everything a user or a developer starts. `make` alone lists it.
#
# Nothing is installed outside .venv, except Chromium by `make test` as root on Debian. All packages come from the lock
# files, and every download is compared with its hash.

PYTHON ?= $(shell command -v python3.11 || echo python3)
VENV := .venv
BIN := $(VENV)/bin
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate

INSTALL := "$(PYTHON)" tools/install.py

# Written when an installation is complete, so that a second `make up` only compares times.
RUNTIME := $(VENV)/.installed
DEV := $(VENV)/.installed-dev

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help up install test check lint tests tools lock bench docs pictures clean

help: ## list these commands
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 16

up: $(RUNTIME) ## install what is needed and start everything on this machine
	@exec $(BIN)/replygate up

install: $(RUNTIME) ## install what is needed, and start nothing

test: $(DEV) tools ## install what is needed, also for development, and run every check and test
	@$(MAKE) --no-print-directory check

check: lint tests ## every check and test, with what is installed already

lint: $(DEV)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	luacheck --quiet comments/storage/lua
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	$(BIN)/hadolint Dockerfile
	$(BIN)/properdocs build --config-file mkdocs.yml --quiet

# By file, since some share what they have started with a whole module. For one file, PYTEST='-n 0 FILE' is quicker.
tests: $(DEV)
	$(BIN)/python -m pytest -n 2 --dist loadfile $(PYTEST)

# The browser tests drive a real Chromium, the README's tour calls curl, and `lint` checks the Lua scripts with luacheck.
# Debian's packages are used as they are; nothing downloads a browser of its own.
tools:
	@if command -v curl >/dev/null && command -v luacheck >/dev/null && \
	    { command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -q && \
	  DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends chromium curl lua-check; \
	else \
	  echo "The tests need Chromium, curl and luacheck. Install them, for example:" >&2; \
	  echo "  sudo apt-get install chromium curl lua-check" >&2; exit 1; \
	fi

lock: $(DEV) ## choose the newest versions that fit pyproject.toml and lock them
	$(COMPILE) --upgrade --group install --output-file requirements-uv.txt
	$(COMPILE) --upgrade --group build pyproject.toml --output-file requirements.txt
	$(COMPILE) --upgrade --group build --group dev --group train --constraints requirements.txt pyproject.toml \
	  --output-file requirements-dev.txt

bench: $(DEV) ## measure this machine; takes minutes, wants an idle one
	$(BIN)/python -m bench.throughput
	$(BIN)/python -m bench.latency
	$(BIN)/python -m bench.memory
	$(BIN)/python -m bench.judge_speed
	$(BIN)/python -m bench.queue

docs: $(DEV) ## build the documentation into report/docs; broken links are errors
	$(BIN)/properdocs build --config-file mkdocs.yml

pictures: $(DEV) tools ## take the pictures of the docs anew
	$(BIN)/python -m docs.screenshots

clean: ## remove what was installed and cached; comments under var/ stay
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache report
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(RUNTIME): requirements.txt requirements-uv.txt pyproject.toml
	@$(INSTALL) requirements.txt
	@touch $@

$(DEV): requirements-dev.txt $(RUNTIME)
	@$(INSTALL) requirements-dev.txt
	@touch $@
