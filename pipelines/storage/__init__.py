"""The staged and the core layer on disk."""
