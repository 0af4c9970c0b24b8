"""What is made: a package per domain, with its sources, its Dagster assets and the pure functions that shape the data."""
