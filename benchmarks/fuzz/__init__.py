"""Many tries at everything that reads what others wrote: parsers, fetcher, coder (``python -m benchmarks.fuzz``)."""
