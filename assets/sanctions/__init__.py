"""Sanctions and trade blacklists: what is on which list, from when to when, and since when that was known.

``lists`` holds a folder per authority with the readers of its lists, ``reading`` what they share. Two kinds of history meet in
the same tables (``history``): one seen by comparing editions of a list, and one that rules and dated texts state. ``domain``
gathers the sources.
"""
