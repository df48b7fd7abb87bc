# make run   sets everything up and serves http://127.0.0.1:8080
# make test  sets up what the tests need and runs them
.PHONY: run test fast-test lint bench faults train clean requirements

export RASA_TELEMETRY_ENABLED = false
export TF_CPP_MIN_LOG_LEVEL = 3
export SQLALCHEMY_SILENCE_UBER_WARNING = 1

PYTHON = .venv/bin/python
RASA_PYTHON = .venv-rasa/bin/python

run:
	@scripts/setup.sh run
	@exec $(PYTHON) -m bot up

train:
	@scripts/setup.sh run
	@$(PYTHON) -m bot train

test: lint
	@scripts/test.sh

# Without Rasa, browser and processes: for every save.
fast-test:
	@scripts/setup.sh test
	@$(PYTHON) -m pytest -n auto -m "not processes and not browser"

lint:
	@scripts/setup.sh test
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy
	@.venv/bin/lint-imports

# The measurement against stock Rasa; its model is trained once and kept.
bench:
	@scripts/setup.sh test
	@$(PYTHON) -m benchmarks

# Citizens and caseworkers write while processes are killed at random: minutes on each database.
faults:
	@scripts/setup.sh test
	@$(PYTHON) -m tests.load.faults
	@$(PYTHON) -m tests.load.faults --postgresql

# The history of the desk with 1,000,000 messages, in an SQLite file and on a PostgreSQL server of its own.
bench-history:
	@scripts/setup.sh test
	@$(PYTHON) -m benchmarks.history

# After a change in requirements/*.in. Needs uv.
requirements:
	for name in app dev; do \
		uv pip compile -q --python-version 3.11 --universal --generate-hashes --no-emit-index-url \
			requirements/$$name.in -o requirements/$$name.txt; done
	uv pip compile -q --python-version 3.10 --universal --generate-hashes --no-emit-index-url \
		requirements/rasa.in -o requirements/rasa.txt
	uv pip compile -q --python-version 3.10 --universal --generate-hashes --no-emit-index-url \
		-c requirements/rasa.txt requirements/rasa-dev.in -o requirements/rasa-dev.txt

# The database in var/ stays.
clean:
	rm -rf .venv .venv-rasa models
