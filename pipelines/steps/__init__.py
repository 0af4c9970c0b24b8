"""What a refresh does, step by step, and what it tells of each: Dagster's assets and the command line both go by it."""
