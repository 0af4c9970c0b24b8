"""Expectations: declared from DDL and `sql/checks`, run as SQL, measured by Great Expectations."""
