# Every task of the project. `make` alone lists them.

# Any Python 3.11 or newer makes the environment: make demo PYTHON=python3.12
PYTHON ?= python3
# More words for pytest or the benchmark: make test ARGS="-k terms"
ARGS ?=

PROJECTS := ./core $(patsubst %/pyproject.toml,./%,$(sort $(wildcard plugins/*/pyproject.toml)))
# Compiled, and so apart: all but tests, benchmarks and dist do without it.
NATIVE := ./native
SOURCES := $(addsuffix /src,$(PROJECTS) $(NATIVE))
PINNED := constraints.txt $(addsuffix /pyproject.toml,$(PROJECTS))

BIN := .venv/bin
PIP := $(BIN)/python -m pip
# --no-build-isolation: one pinned hatchling for all folders, instead of an unpinned one downloaded for each.
INSTALL := $(PIP) install -qq --disable-pip-version-check -c constraints.txt
INSTALL_PROJECTS := $(INSTALL) --no-build-isolation
BUILD_TOOLS := hatchling editables setuptools
TEST_EXTRAS := fast,vision,figures,postgresql,mariadb,test
TOOLS := pytest pytest-xdist hypothesis lxml lxml-stubs python-dwca-reader frictionless xmlschema build mypy ruff import-linter reportlab openpyxl python-calamine XlsxWriter

empty :=
space := $(empty) $(empty)

.DEFAULT_GOAL := help
.PHONY: help demo test lint style types layers format docs docs-check pictures bench bench-peers dist clean distclean

help: ## list these tasks
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | awk -F'|' '{ printf "  make %-11s %s\n", $$1, $$2 }'

demo: .venv/.installed ## export the sample insects as a Darwin Core Archive, and check it
	@mkdir -p demo
	@$(BIN)/exporter run --format dwca --source sample:insects --output demo/insects.zip --force
	@$(BIN)/exporter check demo/insects.zip

test: .venv/.tools build/readers/.installed ## run every test
	$(BIN)/python -m pytest -n auto --dist loadfile $(ARGS)

lint: style types layers ## style, types and layers

style: .venv/.tools
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/.tools
	MYPYPATH=$(subst $(space),:,$(SOURCES) benchmarks) $(BIN)/mypy $(SOURCES) scripts benchmarks

layers: .venv/.tools
	$(BIN)/lint-imports

format: .venv/.tools ## put imports and layout in order
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

docs: .venv/.tools ## write the manual's generated pages
	$(BIN)/python scripts/generate_docs.py

docs-check: .venv/.tools ## fail where the generated pages are stale
	@before=$$(mktemp -d) && trap 'rm -rf "$$before"' EXIT && cp -R docs "$$before/docs" && \
	$(MAKE) --no-print-directory docs && \
	diff -ru "$$before/docs" docs || \
	{ echo "The generated pages were stale. If make docs ran, they are right now: look at them and commit them." >&2; exit 1; }

pictures: .venv/.tools ## draw the manual's pictures anew (LibreOffice, poppler)
	$(BIN)/python scripts/draw_manual.py

bench: .venv/.tools ## measure speed and memory
	$(BIN)/python benchmarks/run.py $(ARGS)

bench-peers: .venv/.tools build/peers/dwca-writer/.installed build/peers/dwcahandler/.installed build/readers/.installed ## measure packages that write the same files
	$(BIN)/python benchmarks/bench_peers.py $(ARGS)

# What people read our files with; tests run it, and it stays out of our own environment.
build/readers/.installed: tests/readers/requirements.txt | .venv/bin/pip
	@echo "Installing the packages that read what we write into build/readers (some minutes the first time) ..."
	@$(BIN)/python scripts/make_venv.py build/readers
	@build/readers/bin/python -m pip install -qq --disable-pip-version-check -r $<
	@touch $@

# Environments of their own: what the packages ask for contradicts itself and ours.
build/peers/%/.installed: benchmarks/peers-%.txt | .venv/bin/pip
	@echo "Installing $* into build/peers ..."
	@$(BIN)/python scripts/make_venv.py build/peers/$*
	@build/peers/$*/bin/python -m pip install -qq --disable-pip-version-check -r $<
	@touch $@

dist: .venv/.tools ## build a wheel of every folder, and try each in a clean environment
	rm -rf dist
	$(PIP) wheel -qq --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir dist $(PROJECTS) $(NATIVE)
	$(BIN)/python scripts/check_dist.py

clean: ## remove what was built, and caches
	rm -rf dist build demo .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -path ./.venv -prune -o -type d -name __pycache__ -prune -exec rm -rf {} +

distclean: clean ## remove .venv, too
	rm -rf .venv

# The last file that making an environment writes: without it .venv is half made, and is made anew.
.venv/bin/pip:
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) was not found. Name a Python 3.11 or newer: make demo PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) scripts/make_venv.py .venv

.venv/.installed: $(PINNED) | .venv/bin/pip
	@echo "Installing the exporter into .venv (the first time takes up to a minute) ..."
	@$(INSTALL) $(BUILD_TOOLS)
	@$(INSTALL_PROJECTS) $(patsubst %,-e %,$(subst ./core,./core[fast],$(PROJECTS)))
	@touch $@

# All that .installed has, and more: so that demo has nothing left to do afterwards.
.venv/.tools: Makefile $(PINNED) $(wildcard $(NATIVE)/pyproject.toml $(NATIVE)/src/*/*.c) | .venv/bin/pip
	@echo "Installing the exporter and the tools that test it into .venv ..."
	@$(INSTALL) $(BUILD_TOOLS) $(TOOLS)
	@$(INSTALL_PROJECTS) $(patsubst %,-e %,$(subst ./core,./core[$(TEST_EXTRAS)],$(PROJECTS)))
	@$(INSTALL_PROJECTS) -e $(NATIVE) 2>/dev/null || echo "exporter-native was not compiled, and its tests will skip: it needs a C compiler and SQLite's headers (Debian: apt-get install gcc libsqlite3-dev)." >&2
	@touch .venv/.installed $@
