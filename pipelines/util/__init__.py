"""What the packages above stand on: files, locks, the state file, connections to DuckDB."""
