# Two commands: `make run` and `make test`. A machine needs Python 3.11 or newer and make, nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export HOST PORT PUBLIC_URL CERT KEY
# Packages are compiled when they are first used: all at once takes longer than everything else of the first start.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test bench prove lock pictures catalogues sounds clean

run: $(VENV)/made-run
	@exec $(BIN)/python -m tools.run

test: $(VENV)/made-test
	@$(BIN)/python -m tools.assets
	@$(BIN)/python -m tools.check

bench: $(VENV)/made-test
	@$(BIN)/python -m benchmarks $(if $(TESTS),--tests) $(PARTS)

prove: $(VENV)/made-test
	@$(BIN)/python -m proofs.prove $(PARTS)

pictures: $(VENV)/made-test
	@$(BIN)/python -m tools.assets
	@$(BIN)/python -m tools.pictures

catalogues: $(VENV)/made-test
	@$(BIN)/python -m tools.catalogues

sounds: $(VENV)/made-run
	@$(BIN)/python -m tools.sounds

lock: $(VENV)/made-test
	@$(BIN)/python -m tools.lock

$(BIN)/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make run PYTHON=python3.12")'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

$(VENV)/made-run: requirements.txt | $(BIN)/uv
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --require-hashes -r requirements.txt
	@touch $@

$(VENV)/made-test: requirements-dev.txt | $(BIN)/uv
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --require-hashes -r requirements-dev.txt
	@touch $@ $(VENV)/made-run

clean:
	rm -rf $(VENV) node_modules static/vendor static/audio instance
