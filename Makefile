# The targets of this checkout; `make` alone lists them.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup leaderboard site test test-all lint format bench bench-jax lock

SUITE ?= quick
# One more than the cores that it is measured on: a quarter of the time tests wait for processes of their own.
WORKERS ?= 3
SELECT ?= not exhaustive and not covering
BIN := .venv/bin
STAMP := .venv/.set-up

# One thread a process: two tests side by side are faster than one that shares its matrices out. Large tensors in huge pages, as
# workers have them.
export OMP_NUM_THREADS ?= 1
export THP_MEM_ALLOC_ENABLE ?= 1
# Tests start many processes: only the first compiles the sources.
unexport PYTHONDONTWRITEBYTECODE

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

setup: $(STAMP) ## make .venv as requirements.lock says, unless that is done

leaderboard: $(STAMP) ## run the quick suite (SUITE=…) and build the board's page
	@$(BIN)/symprior run --suite $(SUITE)
	@$(BIN)/symprior leaderboard --suite $(SUITE)

site: $(STAMP) ## write all published results as one static site into public/
	@$(BIN)/symprior site

test: lint ## lint, types and tests of everything, of long tables a part (WORKERS=3)
	@$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadgroup -m "$(SELECT)"

test-all: lint ## the same with whatever is exhaustive: every dial, every agent on every task
	@$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadgroup --whole-table

lint: $(STAMP) ## ruff and mypy
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check . || { echo "Run \`make format\`."; exit 1; }
	@$(BIN)/mypy -n 2

format: $(STAMP) ## put the code in ruff's format and mend what it can mend
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format .

bench: $(STAMP) ## how fast simulators, learners and the board are on this machine
	@$(BIN)/python -m speed

bench-jax: .venv-jax/bin/python ## install the JAX program that `make bench` compares the kernel with

.venv-jax/bin/python: speed/requirements-jax.lock | $(STAMP)
	@rm -rf .venv-jax
	@$(BIN)/python -m venv .venv-jax
	@.venv-jax/bin/python -m pip install --quiet --disable-pip-version-check -r $< || { rm -rf .venv-jax; exit 1; }

lock: $(STAMP) ## write what .venv holds to requirements.lock
	@{ sed -n '/^#/p' requirements.lock; \
	   $(BIN)/python -m pip freeze --all --exclude-editable | grep -viE '^(pip|wheel)==' | sed -E 's/\+[a-z0-9.]+$$//'; \
	 } > requirements.lock.new
	@mv requirements.lock.new requirements.lock

# A checkout that was moved is set up again: its scripts name the old place.
ifneq ($(shell cat $(STAMP) 2>/dev/null),$(CURDIR))
.PHONY: $(STAMP)
endif

$(STAMP): requirements.lock pyproject.toml setup.py
	@.ci/setup
