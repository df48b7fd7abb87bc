#!/bin/sh
# Everything: fast tests, tests in the Rasa environment, processes, browser; the database ones once more on PostgreSQL.
set -eu
cd "$(dirname "$0")/.."
scripts/setup.sh test

FAST="not processes and not browser"
echo "== Stadtlotse (SQLite)"
.venv/bin/python -m pytest -n auto -m "$FAST"
echo "== Processes and browser (SQLite)"
.venv/bin/python -m pytest -m "processes or browser"
echo "== Rasa environment"
.venv-rasa/bin/python -m pytest -c tests/rasa/pytest.ini tests/rasa
echo "== Stadtlotse (PostgreSQL)"
.venv/bin/python -m pytest --database postgresql -n auto -m "$FAST"
echo "== Processes (PostgreSQL)"
.venv/bin/python -m pytest --database postgresql -m "processes and not browser and not figures"
