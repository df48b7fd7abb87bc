"""One module per format: each reads its input into the records of `record`; `sync` writes them."""
