# `make report` and `make test` are all a fresh machine needs: both install into .venv first.
PYTHON ?= python3
BIN := .venv/bin
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
.PHONY: report test quick lint lab docs tidy notebooks clean

report: .venv/.base
	$(BIN)/kzdata run kaz-isr || test $$? -eq 10  # 10: nothing has changed since the last time

test: .venv/.test .venv/.docs
	$(BIN)/python -m pytest tests
	$(BIN)/python -m pytest --nbval --nbval-kernel-name kzdata-warm notebooks

quick: .venv/.test
	$(BIN)/python -m pytest tests -n 2 -m "not slow and not browser"

lint: .venv/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

lab: .venv/.lab
	$(BIN)/jupyter lab notebooks

# The guide, without a connection; its code runs while it is built.
docs: .venv/.docs
	$(BIN)/python -m sphinx -W --keep-going -q -b html docs docs/_build/html

# Regenerate data/tidy from data/raw; a test holds that the committed bytes are these.
tidy: .venv/.base
	$(BIN)/kzdata tidy

# Run the notebooks with their default parameters and keep the outputs in place.
notebooks: .venv/.base
	$(BIN)/python -m kzdata.reports.refresh

clean:
	rm -rf .venv

# One stamp an extra: .venv/.base is the library, the others add to it.
.venv/.base: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP) --editable .
	touch $@

.venv/.test .venv/.lab .venv/.docs .venv/.browser: .venv/.base
	$(PIP) --editable ".[$(patsubst .%,%,$(@F))]"
	touch $@
