# Commands for users and developers. `make` lists them.
#
# Nothing is installed outside .venv, except the Debian packages that `make test` needs, as root on Debian. All packages come from the lock
# files, and every download is compared with its hash.

PYTHON ?= $(shell command -v python3.11 || echo python3)
VENV := .venv
BIN := $(VENV)/bin
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate

INSTALL := "$(PYTHON)" tools/install.py

# Written when an installation is complete. A second `make up` only compares times.
RUNTIME := $(VENV)/.installed
DEV := $(VENV)/.installed-dev

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help up install test check lint tests tools lock client audit sbom bench faults soak docs pictures clean

help: ## list these commands
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 16

up: $(RUNTIME) ## install and start everything on this machine
	@exec $(BIN)/replygate up --examples

install: $(RUNTIME) ## install, but start nothing

test: $(DEV) tools ## install, also for development, and run all checks and tests
	@$(MAKE) --no-print-directory check

check: lint tests ## run all checks and tests, without installing

lint: $(DEV)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m tools.plain_english
	luacheck --quiet comments/storage/lua
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml deploy/caddy/compose.yml
	$(BIN)/hadolint Dockerfile
	$(BIN)/properdocs build --config-file mkdocs.yml --quiet
	$(BIN)/python -m tools.audit

# Files are not split, because the tests of some share a server, and run in the order of tests/conftest.py.
# For one file, PYTEST='-n 0 FILE' is faster. The tests start hundreds of processes. Each would compile the whole package
# where the environment forbids to keep bytecode.
tests: export PYTHONDONTWRITEBYTECODE :=
tests: $(DEV)
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(PYTEST)

# The browser tests need Chromium, the README's tour curl, `lint` luacheck, the npm package npm, the systemd unit systemd,
# storage Redis, and the WordPress plugin a WordPress. All are Debian packages; no other browser is downloaded.
TOOLS := chromium curl libfaketime lua-check $(shell command -v npm >/dev/null || echo nodejs npm) php-cli php-mysql mariadb-server \
  redis-server systemd wordpress wordpress-theme-twentytwentyone wordpress-theme-twentytwentythree
tools:
	@if command -v curl && command -v luacheck && command -v npm && command -v php && command -v mariadbd && command -v redis-server && \
	    command -v systemd-analyze && ls /usr/lib/*/faketime/libfaketime.so.1 && \
	    test -d /usr/share/wordpress/wp-content/themes/twentytwentythree && \
	    { command -v chromium || command -v chromium-browser || command -v google-chrome; }; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get; then \
	  apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $(TOOLS); \
	else \
	  echo "The tests need some programs. Install them, for example:" >&2; \
	  echo "  sudo apt-get install $(TOOLS)" >&2; exit 1; \
	fi >/dev/null

lock: $(DEV) ## lock the newest versions allowed by pyproject.toml
	$(COMPILE) --upgrade --group install --output-file requirements-uv.txt
	$(COMPILE) --upgrade --group build --extra s3 pyproject.toml --output-file requirements.txt
	$(COMPILE) --upgrade --group build --group dev --group train --extra s3 --constraints requirements.txt \
	  pyproject.toml --output-file requirements-dev.txt

client: $(DEV) ## generate the TypeScript client from the OpenAPI document
	$(BIN)/replygate openapi > packages/client-ts/openapi.json
	cd packages/client-ts && npm ci --silent && npm run --silent generate

audit: $(DEV) ## ask for published vulnerabilities of all locked packages
	$(BIN)/python -m tools.audit $(AUDIT)

sbom: $(DEV) ## write a software bill of materials (CycloneDX) for each lock file into report/sbom
	$(BIN)/python -m tools.sbom

bench: $(DEV) ## run the benchmarks; takes minutes on an idle machine
	$(BIN)/python -m bench.performance
	$(BIN)/python -m bench.judge_speed
	$(BIN)/python -m bench.queue

faults: $(DEV) ## do every fault to a whole installation, and write docs/promises.md; as root, with gcc
	$(BIN)/python -m tests.faults.matrix

MINUTES ?= 10
soak: $(DEV) ## run steady traffic for MINUTES, and fail if something grows
	$(BIN)/python -m tests.faults.soak --minutes $(MINUTES)

docs: $(DEV) ## build the documentation into report/docs; broken links are errors
	$(BIN)/properdocs build --config-file mkdocs.yml

pictures: $(DEV) tools ## take the screenshots of the docs
	$(BIN)/python -m docs.screenshots

clean: ## remove installed and cached files, but not the comments in var/
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache report
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(RUNTIME): requirements.txt requirements-uv.txt pyproject.toml
	@$(INSTALL) requirements.txt
	@touch $@

$(DEV): requirements-dev.txt $(RUNTIME)
	@$(INSTALL) requirements-dev.txt
	@touch $@
