# Two commands: `make demo` and `make test`. Each target works from a fresh clone, in any order.
PY := .venv/bin/python
BOOT := $(or $(firstword $(shell command -v python3.11 python3 python 2>/dev/null)),python3) deploy/bootstrap.py

.PHONY: setup demo test check e2e bench chaos fuzz mutants up lock histories verdicts

setup:
	@$(BOOT) run

demo: setup
	$(PY) starter.py demo

up: setup
	$(PY) starter.py up

# Compiled modules are kept even where the machine says otherwise: a test starts many processes, each would compile all.
test: export PYTHONDONTWRITEBYTECODE :=
test: setup
	$(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder --ignore=tests/e2e

check:
	@$(BOOT) run dev
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	.venv/bin/lint-imports
	$(PY) -m tests.calendars.verdicts

e2e:
	@$(BOOT) run dev browser
	$(PY) -m pytest tests/e2e tests/records/files -m e2e

bench:
	@$(BOOT) run dev
	$(PY) -m bench --charts

chaos: setup
	$(PY) -m pytest tests/chaos -m slow --timeout 3000

# Another seed each time, printed, so that a finding can be had again: make fuzz SEED=…
SEED := $(or $(SEED),$(shell date +%s))
fuzz: setup
	@echo "SEED=$(SEED)"
	$(PY) -m pytest tests/fuzz -m slow --timeout 3600 --hypothesis-seed=$(SEED) --durations=0

verdicts: setup
	$(PY) -m tests.calendars.verdicts --record

# Spoils rules/ in one place at a time; all of it takes an hour: make mutants MODULES="rules/verdict.py rules/lint" SAMPLE=60
mutants: setup
	$(PY) -m tests.mutation $(MODULES) $(if $(SAMPLE),--sample $(SAMPLE))

histories: setup
	$(PY) -m tests.workflows.save_histories

lock:
	@$(BOOT) run dev
	.venv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --custom-compile-command "make lock" --quiet --no-emit-index-url --no-emit-find-links -o requirements.lock requirements.in
	.venv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --custom-compile-command "make lock" --quiet --no-emit-index-url --no-emit-find-links -o requirements-dev.lock requirements-dev.in
