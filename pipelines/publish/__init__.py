"""From core tables to the published file: expectations, audit, build, dictionary."""
