# Two commands matter to a newcomer: `make study` and `make test`. Everything lives in .venv, which they make.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= $(shell nproc 2>/dev/null || echo 1)
STUDY ?= experiments/office-models/study.yaml
OUT ?= results/office-models
MUTANTS ?= 2000
SEED ?= 1
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.PHONY: study answers test test-all test-cluster test-faults fuzz bench check format clean

study: $(VENV)/installed  ## run the default study on the real region, print the answer and the path of the report
	$(BIN)/channelsim study run $(STUDY) --out $(OUT) --workers $(WORKERS)
	$(BIN)/channelsim report $(OUT)

answers: $(VENV)/installed  ## run all studies of the default region and write docs/background/answers.md (an hour or two)
	$(BIN)/python scripts/answers.py --workers $(WORKERS)

test: $(VENV)/installed-dev  ## the tests that must pass before anything lands (minutes)
	@echo "compiling the kernels that the tests share (a minute), then running the tests on all cores"
	$(BIN)/python -m tests.warm
	$(BIN)/python -m pytest -m "not long and not cluster and not faults" -n auto --dist worksteal

test-all: $(VENV)/installed-dev  ## all tests, the long ones too
	$(BIN)/python -m pytest -m "not faults"

test-cluster: $(VENV)/installed-dev  ## a study of 2,000 replications on a real SLURM, killed and resumed (minutes; needs root and SLURM)
	$(BIN)/python -m pytest -m cluster -rs --junitxml=build/cluster.xml tests/slurm

test-faults: $(VENV)/installed-dev  ## 200 kills at random moments, and every other fault; writes docs/background/scale.md (half an hour)
	$(BIN)/python -m pytest -rs --junitxml=build/faults.xml tests/faults tests/cluster
	$(BIN)/python scripts/fault_table.py build/faults.xml $(wildcard build/cluster.xml)

fuzz: $(VENV)/installed-dev  ## spoil shipped files in 2,000 ways and see that each is answered as it must be (four minutes)
	$(BIN)/python -m tests.fuzz.run --mutants $(MUTANTS) --seed $(SEED) --keep build/strange

bench: $(VENV)/installed-peers  ## every engine and peer on every workload, interleaved; benchmarks/latest.json (ten minutes, needs g++)
	$(BIN)/python benchmarks/run.py

check: $(VENV)/installed-dev  ## format, lint, types, import contracts, tests
	$(BIN)/ruff format --check src tests scripts benchmarks
	$(BIN)/ruff check src tests scripts benchmarks
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(MAKE) test

format: $(VENV)/installed-dev  ## put the code into its standard shape
	$(BIN)/ruff format src tests scripts benchmarks
	$(BIN)/ruff check --fix src tests scripts benchmarks

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "channelsim needs Python 3.11 or later: apt-get install python3"; exit 1; }
	@$(PYTHON) -m venv $(VENV) 2>/dev/null || { rm -rf $(VENV); sh scripts/need_venv.sh && $(PYTHON) -m venv $(VENV); } || { rm -rf $(VENV); exit 1; }

$(VENV)/installed: $(VENV)/bin/python pyproject.toml constraints.txt
	@echo "installing channelsim and what it needs into $(VENV) (a minute or two)"
	$(PIP) setuptools wheel
	$(PIP) --no-build-isolation -e .
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed
	$(PIP) --no-build-isolation -e '.[dev]'
	@touch $@

$(VENV)/installed-peers: $(VENV)/installed-dev
	$(PIP) --no-build-isolation -e '.[dev,peers]'
	@touch $@

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
