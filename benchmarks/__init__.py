"""Measurements, never asserted in a test. ``make bench`` runs them all on this machine and prints one table."""
