"""The command line, one module per group of subcommands. Each has `add_parsers(subparsers)`.

A subcommand parses, calls one service function and prints; it returns the exit status: 0, or 1 for failed.
"""
