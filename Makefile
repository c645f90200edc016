# Everything from nothing: make run, make test. Environment: README, "Configuration".
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; raise SystemExit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && echo $$p && break; done)
UV_VERSION := 0.13.9
VENV := .venv
BIN := $(VENV)/bin
DATA_DIR ?= var
HOST ?= 127.0.0.1
PORT ?= 8000

# On a loopback address only: a secret key, made once and kept with the data, and the names of this machine.
LOOPBACK = export ALLOWED_HOSTS="$${ALLOWED_HOSTS:-localhost,127.0.0.1,[::1]}"; \
	if [ -z "$${SECRET_KEY:-}" ]; then \
	[ -s "$(DATA_DIR)/secret-key" ] || (umask 077; \
	$(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(64))' > "$(DATA_DIR)/secret-key"); \
	SECRET_KEY="$$(cat "$(DATA_DIR)/secret-key")"; export SECRET_KEY; fi

.DEFAULT_GOAL := help
.PHONY: help run test faults fuzz leaks bench lint format messages requirements audit vendor screenshots clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: export HOST := $(HOST)
run: export PORT := $(PORT)
run: export DATA_DIR := $(DATA_DIR)
run: $(VENV)/run.stamp ## start the application and its worker with sample data on http://HOST:PORT (127.0.0.1:8000)
	@mkdir -p "$(DATA_DIR)"
	@set -e; export SAMPLE_DATA="$${SAMPLE_DATA:-1}"; bind="$(HOST):$(PORT)"; \
	case "$(HOST)" in \
	127.*|localhost|::1) $(LOOPBACK) ;; \
	esac; \
	case "$(HOST)" in *:*) bind="[$(HOST)]:$(PORT)" ;; esac; \
	$(BIN)/python manage.py prepare; \
	$(BIN)/python manage.py collectstatic --noinput --verbosity 0; \
	echo "Serving. Stop with Ctrl-C."; \
	$(BIN)/python manage.py work --while-parent-lives & \
	exec $(BIN)/gunicorn consultation.wsgi --bind "$$bind" --workers 2 --threads 8 --log-level warning

test: $(VENV)/dev.stamp ## lint, types, tests on SQLite and PostgreSQL, browser tests; installs what it needs
	@tests/system-packages
	@$(BIN)/python -m tests.run

fuzz: $(VENV)/dev.stamp ## nonsense in every form, query and address, FUZZ (30) times as much as make test tries
	@FUZZ="$${FUZZ:-30}" $(BIN)/python -m pytest -q tests/hostile/test_fuzz.py

leaks: $(VENV)/dev.stamp ## every page and file as everybody, with and without what is not published
	@LEAKS=1 $(BIN)/python -m pytest -q tests/test_leaks.py tests/test_leaks_to_programs.py

bench: $(VENV)/bench.stamp ## the benchmarks beside their peers, as ratios, on SQLite and PostgreSQL; takes 40 minutes, BENCH_COMMENTS=100000 ten
	@tests/system-packages
	@$(BIN)/python -m bench

faults: $(VENV)/dev.stamp ## kill the running application hundreds of times on each database and count; takes a quarter to half of an hour
	@$(BIN)/python -m tests.faults

lint: $(VENV)/dev.stamp ## only the checks that need no database
	@$(BIN)/python -m tests.run lint

format: $(VENV)/dev.stamp ## format the code
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

requirements: $(VENV)/dev.stamp ## compile requirements*.txt from pyproject.toml
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
		--custom-compile-command "make requirements" pyproject.toml -o requirements.txt
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
		--custom-compile-command "make requirements" --extra dev pyproject.toml -c requirements.txt -o requirements-dev.txt
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
		--custom-compile-command "make requirements" --extra bench pyproject.toml -c requirements.txt -o requirements-bench.txt

messages: $(VENV)/dev.stamp ## read the strings into locale/*/LC_MESSAGES/django.po and compile what is translated
	@tests/system-packages
	@$(BIN)/django-admin makemessages -l fr -l ar -l es -l ru -l zh_Hans --no-location --no-obsolete --no-wrap \
		-i $(VENV) -i tests -i bench -i build -i var -i docs -i static
	@$(BIN)/django-admin compilemessages -l fr -l ar -i $(VENV)

audit: $(VENV)/dev.stamp ## look for known vulnerabilities in the pinned packages
	@$(BIN)/pip-audit --require-hashes -r requirements.txt

vendor: ## copy Bootstrap's stylesheets from its npm package into static/vendor
	@work=$$(mktemp -d) && here=$$(pwd)/static/vendor/bootstrap && cd $$work && npm pack --silent bootstrap@5.3 >/dev/null && \
	tar xzf bootstrap-5.3*.tgz && mkdir -p $$here && cp package/LICENSE $$here && \
	for name in bootstrap.min.css bootstrap.rtl.min.css; do \
	sed '/sourceMappingURL/d' package/dist/css/$$name > $$here/$$name; done && rm -rf $$work

screenshots: $(VENV)/dev.stamp ## pictures of every page at 1280 and 390 pixels in build/screenshots
	@tests/system-packages
	@$(BIN)/python -m pytest -q -m browser tests/browser

clean: ## remove the virtual environment and build output; data stay
	rm -rf $(VENV) build

$(VENV)/bin/uv:
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed and was not found."; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install -q --disable-pip-version-check uv==$(UV_VERSION)

$(VENV)/run.stamp: requirements.txt | $(VENV)/bin/uv
	@$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r requirements.txt
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt | $(VENV)/bin/uv
	@$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r requirements-dev.txt
	@touch $@ $(VENV)/run.stamp

$(VENV)/bench.stamp: requirements-bench.txt $(VENV)/dev.stamp | $(VENV)/bin/uv
	@$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r requirements-bench.txt
	@touch $@
