"""Jobs that web does by itself, in one of its processes."""
