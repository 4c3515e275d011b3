# Two commands: `make run` starts Quarterdeck with its demo organisation, `make test` checks everything.
# Needs Python 3.11 or later with venv, and this make. Everything else is installed into .venv.

PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test assets lock audit wheel screenshots clean
.DEFAULT_GOAL := run

run: .venv/.run
	@$(BIN)/python hatch_build.py
	@exec $(BIN)/quarterdeck serve

test: .venv/.test
	@exec $(BIN)/python tools/verify.py $(ONLY)

assets: .venv/.run
	@$(BIN)/python hatch_build.py --force

screenshots: .venv/.test
	@$(BIN)/python hatch_build.py
	@exec $(BIN)/python tools/screenshots.py --guide

wheel: .venv/.run
	@$(BIN)/uv build --quiet --wheel --no-build-isolation --python $(BIN)/python --out-dir dist

# New versions of everything, within the ranges of pyproject.toml. The files name no registry.
lock: .venv/.uv
	@$(PYTHON) tools/lock.py $(BIN)/uv

# The locked versions against the known advisories: needs the network, and says so where it has none.
audit:
	@$(PYTHON) tools/audit.py $(AUDIT)

.venv/.uv: requirements-uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	  || { echo "Quarterdeck needs Python 3.11 or later, named python3 (or: make PYTHON=/path/to/python)."; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null \
	  || { echo "Quarterdeck needs Python's venv: on Debian and Ubuntu, apt-get install python3-venv."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock
	@touch $@

.venv/.run: .venv/.uv requirements.lock pyproject.toml
	@test -e .venv/.test || $(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.test: .venv/.uv requirements-dev.lock pyproject.toml
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@ .venv/.run

clean:
	rm -rf .venv dist frontend/node_modules src/quarterdeck/web/static/dist
