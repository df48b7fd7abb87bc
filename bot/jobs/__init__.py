"""Jobs: what the program does by itself, one process for all."""
