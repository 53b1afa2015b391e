# The one task file: `make` alone lists what there is.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OUT ?= night
BESIDE ?= 4# test processes: the storm, two of nights in real time (which mostly wait), all else
ENDIAN := $(shell $(PYTHON) -c 'import sys; print(sys.byteorder + "endian")' 2>/dev/null || echo littleendian)
INDEXES := $(addprefix astrometry-data-tycho2-,$(addsuffix -$(ENDIAN),07 08 09 10-19))
SKY := indi-bin astrometry.net $(INDEXES)
DEV := chromium chromium-driver mosquitto mosquitto-clients source-extractor systemd

# Install Debian packages that are missing, as root or through sudo; otherwise say so in one line and go on.
define apt
	@command -v dpkg-query >/dev/null || { echo "Not a Debian system: going on without $(2)."; exit 0; }; \
	missing=$$(for p in $(1); do dpkg-query -W -f '$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || echo $$p; done); \
	[ -z "$$missing" ] && exit 0; \
	if [ "$$(id -u)" = 0 ]; then as=; \
	elif command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then as=sudo; \
	else echo "Not root and no sudo: going on without $(2)."; exit 0; fi; \
	echo "Installing" $$missing "…"; \
	$$as env DEBIAN_FRONTEND=noninteractive apt-get -qq update >/dev/null && \
	$$as env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $$missing >/dev/null \
	|| echo "Some packages could not be installed: going on without $(2)."
endef

.PHONY: help venv sky night storm test check fuzz lint bench words lock clean

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

$(VENV)/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Nightbox needs Python 3.11 or newer."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || $(MAKE) --no-print-directory python3-venv
	@echo "Preparing the Python environment in $(VENV) …"
	@$(PYTHON) -m venv $(VENV)
	@# --no-deps: the lock file is complete, and pyindi-client's unused dbus-python would need a compiler.
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.PHONY: python3-venv
python3-venv:
	$(call apt,python3-venv,a virtual environment)

venv: $(VENV)/ready ## the virtual environment with the locked packages

sky: ## INDI's simulators, the plate solver and its star indexes (Debian packages)
	$(call apt,$(SKY),INDI)

night: sky venv ## a small night end to end (OUT=folder, TARGET=name, KEEP=1 stays for a look round)
	@exec $(BIN)/nightbox night --out "$(OUT)" $(if $(TARGET),--target "$(TARGET)") $(if $(KEEP),--keep)

storm: venv ## simulated nights with faults on all cores (N=how many, FIRST=seed, PIXELS=1, COSTS=1)
	@$(BIN)/nightbox storm $(or $(N),100) $(if $(FIRST),--first $(FIRST)) $(if $(PIXELS),--pixels) $(if $(COSTS),--costs)

test: sky venv ## all tests
	$(call apt,$(DEV),a browser)
	@$(BIN)/python -m pytest -q -n $(BESIDE) --no-loadscope-reorder $(ARGS)

check: lint test ## everything: lint and test

fuzz: venv ## many more inputs for what reads foreign bytes (FUZZ=how many for each property, SECONDS=of streams)
	@FUZZ=$(or $(FUZZ),20000) $(BIN)/python -m pytest -q -m fuzz --hypothesis-profile=fuzz --timeout=0 $(ARGS)
	@$(BIN)/python -m benchmarks.bench_jsonrpc check
	@$(BIN)/python -m benchmarks.fuzz_wire $(or $(SECONDS),60)
	@$(BIN)/python -m benchmarks.fuzz_passthrough $(or $(SECONDS),60)

lint: venv ## ruff, formatting, mypy --strict, import contracts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check -q .
	@$(BIN)/mypy
	@PYTHONPATH=. $(BIN)/lint-imports --no-logo

bench: sky venv ## the benchmarks, side by side in one run (about 25 minutes)
	$(call apt,source-extractor,source-extractor)
	@code=0; for b in stars solve idle loop indi link page passthrough safety jsonrpc focus; do \
	  $(BIN)/python -m benchmarks.bench_$$b || { echo "The benchmark $$b could not run."; code=1; }; echo; \
	done; exit $$code

WORDS := web/translations
words: venv ## collect the texts of page and box into web/translations/, and compile what is translated there
	@$(BIN)/pybabel -q extract -F $(WORDS)/babel.cfg -k t --no-location --sort-output --no-wrap --omit-header -o $(WORDS)/messages.pot .
	@$(BIN)/pybabel -q extract -F $(WORDS)/box.cfg --no-location --sort-output --no-wrap --omit-header -o $(WORDS)/box.pot .
	@for d in messages box; do \
	  for l in de fr es it zh; do [ -f $(WORDS)/$$l/LC_MESSAGES/$$d.po ] || \
	    $(BIN)/pybabel -q init -D $$d -i $(WORDS)/$$d.pot -d $(WORDS) -l $$l --no-wrap; done; \
	  $(BIN)/pybabel -q update -D $$d -i $(WORDS)/$$d.pot -d $(WORDS) --no-wrap --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date; \
	done
	@sed -i -E '/^"(Report-Msgid-Bugs-To|PO-Revision-Date|Last-Translator|Language-Team)/d; s/Version:  /Version: /' \
	  $(WORDS)/*/LC_MESSAGES/*.po
	@for d in messages box; do $(BIN)/pybabel -q compile -D $$d -d $(WORDS); done

lock: venv ## lock the newest versions of everything in pyproject.toml
	@$(BIN)/python -m pip install -q uv
	@echo 'dbus-python; sys_platform == "never"' > .overrides.txt
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --no-emit-index-url --upgrade --overrides .overrides.txt --group dev pyproject.toml -o requirements.lock; \
	  rm -f .overrides.txt

clean: ## remove the virtual environment and caches
	@rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache
