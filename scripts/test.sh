#!/bin/sh
# Everything: fast tests, tests in the Rasa environment, processes, browser; the database ones once more on PostgreSQL.
set -eu
cd "$(dirname "$0")/.."
scripts/setup.sh test

echo "== Stadtlotse (SQLite)"
.venv/bin/python -m pytest
echo "== Rasa environment"
.venv-rasa/bin/python -m pytest -c tests/rasa/pytest.ini tests/rasa
echo "== Stadtlotse (PostgreSQL)"
.venv/bin/python -m pytest --database postgresql -m "not browser"
