"""Custom actions, one per file, found by rasa-sdk (`--actions actions`)."""
