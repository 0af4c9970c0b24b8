"""How it runs: settings, raw store, layers, the build, the audit, the command line.

What is made, and the pure functions that shape the data, live in ``assets``.
"""
