# Without make: README.md has the same in plain lines. Another Python: make run PYTHON=python3.12
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run test torture bench lint format

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/installed .venv/installed-model ## Open the playground (the first time: install it)
	@.venv/bin/streamlit run app.py

test: lint .venv/installed-model ## Check the style and run all tests
	@scripts/test-machine
	@.venv/bin/python -m pytest

torture: .venv/installed-dev .venv/installed-model ## The long trials: faults drawn from TORTURE_SEED (1 if it is not set)
	@scripts/test-machine
	@.venv/bin/python -m pytest -m torture

bench: .venv/installed-dev .venv/installed-model ## Measure the speed on this machine (ONLY=turn,open RUNS=3 TURNS=500)
	@scripts/test-machine
	@.venv/bin/python -m benchmarks $(if $(ONLY),--only '$(ONLY)') $(if $(RUNS),--runs '$(RUNS)') $(if $(TURNS),--turns '$(TURNS)')

lint: .venv/installed-dev ## Check the style only
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .

format: .venv/installed-dev ## Put the style right
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .

# A stamp for each set of packages, so that what is installed starts at once.
.venv/installed: requirements.txt
	@scripts/install app
.venv/installed-model: .venv/installed requirements-model.txt
	@scripts/install model
.venv/installed-dev: .venv/installed requirements-dev.txt
	@scripts/install dev
