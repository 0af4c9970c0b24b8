"""Sanctions and trade blacklists: what is on which list, from when to when, and since when that was known.

Two kinds of history meet in the same tables: a list seen by comparing snapshots (``ofac``, ``remarks``, ``listings``) and a
list whose history is stated in rules and dated texts (``entity_list``, ``ecfr``, ``federal_register``, ``stated``). The
sources are gathered in ``code``.
"""
