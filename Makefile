# All of it runs in a virtual environment of its own, made on first use.
VENV := .venv
PY := $(VENV)/bin/python
READY := $(VENV)/.ready

.PHONY: demo test check lab-test bench clean

$(READY): pyproject.toml
	python3 -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	touch $(READY)

demo: $(READY)            ## open the app on a simulated site
	$(PY) -m tui demo

test: $(READY)            ## the tests that need nothing but this machine
	$(PY) -m pytest

check: $(READY)           ## lint, format, types, import contracts
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

lab-test: $(READY)        ## the tests on real storage nodes (Debian 12, as root)
	$(PY) -m pytest -m lab

bench: $(READY)           ## print the figures
	$(PY) -m tests.bench

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache
