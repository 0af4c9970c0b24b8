"""How it runs: settings, raw store, layers, the build, the bridge to Great Expectations, the command line.

What is made, and the pure functions that shape the data, live in ``assets``.
"""
