"""Language understanding and dialogue: the only code that imports Rasa. Runs on Python 3.10, in .venv-rasa."""
