# `make report` and `make test` are all a fresh machine needs: both install into .venv first.
PYTHON ?= python3
BIN := .venv/bin
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
PARALLEL = -n logical --dist loadfile --no-loadscope-reorder
.PHONY: report test coverage test-nightly quick lint lab docs tidy notebooks clean replace

report: .venv/.base
	@echo "Building the Kazakhstan–Israel report (about half a minute) ..."
	@$(BIN)/kzdata run kaz-isr || test $$? -eq 10  # 10: nothing has changed since the last time
	@echo "Open reports/kaz-isr/report.html"

test: .venv/.test .venv/.docs
	$(BIN)/python -m pytest tests $(PARALLEL) --durations=10
	$(BIN)/python -m pytest notebooks $(PARALLEL) --nbval --nbval-kernel-name kzdata-warm

# The wide matrices, of which `make test` runs a sample, and many more random examples.
test-nightly: .venv/.test .venv/.docs
	$(BIN)/python -m pytest tests $(PARALLEL) -m "nightly or hypothesis" --hypothesis-profile nightly

# How much of the library the tests run.
coverage: .venv/.test .venv/.docs
	$(BIN)/python -m pytest tests $(PARALLEL) --cov

quick: .venv/.test
	$(BIN)/python -m pytest tests $(PARALLEL) -m "not slow and not browser"

lint: .venv/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

lab: .venv/.lab
	@echo "JupyterLab opens in the browser; if it does not, open the address below. Ctrl-C ends it."
	@$(BIN)/jupyter lab notebooks

# The guide, built offline; its code runs while it is built.
docs: .venv/.docs
	@echo "Building the guide (about a minute) ..."
	@$(BIN)/python -m sphinx -W --keep-going -q -b html docs docs/_build/html
	@echo "Open docs/_build/html/index.html"

# Regenerate data/tidy from data/raw; a test holds that the committed bytes are these.
tidy: .venv/.base
	$(BIN)/kzdata tidy

# Run the notebooks with their default parameters and keep the outputs in place.
notebooks: .venv/.base
	$(BIN)/python -m kzdata.reports.refresh

clean:
	rm -rf .venv

# `replace` where .venv cannot import this checkout: its Python or pip is gone, or the folder moved.
IMPORTS := import os, sys, pip, kzdata; \
  here = "PYTHONPATH" in os.environ or os.path.samefile(kzdata.__path__[0], "kzdata"); \
  sys.exit(sys.version_info < (3, 11) or not here)
DAMAGED := $(shell test ! -e .venv || $(BIN)/python -P -c '$(IMPORTS)' 2>/dev/null || echo replace)

.venv/pyvenv.cfg: $(DAMAGED)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "kzdata needs Python 3.11 or later, and $(PYTHON) is $$($(PYTHON) --version 2>/dev/null || echo missing);" \
	    "name another: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	@$(if $(DAMAGED),echo "Replacing .venv: it is incomplete or belongs to another folder.")
	@$(PYTHON) -m venv --clear .venv

# One stamp for each extra: .venv/.base is the library, the others add to it.
.venv/.base: .venv/pyvenv.cfg pyproject.toml constraints.txt
	@echo "Setting up .venv (a minute or two) ..."
	@$(PIP) --editable .
	@touch $@

.venv/.test .venv/.lab .venv/.docs .venv/.browser: .venv/.base
	@echo "Adding what 'make $(patsubst .%,%,$(@F))' needs to .venv (a minute or two) ..."
	@$(PIP) --editable ".[$(patsubst .%,%,$(@F))]"
	@touch $@
