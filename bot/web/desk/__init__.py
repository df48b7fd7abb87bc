"""The desk: pages on which caseworkers take conversations, write and hand back. See ADR 19."""
