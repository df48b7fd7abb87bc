"""Pure functions on text. They run on Python 3.10 too, inside the Rasa worker."""
