"""Coding events from text: who did what to whom, when, and who says so.

``coder`` holds the interface and the coder of this project, ``jsonl`` the same on JSON lines, ``training`` makes the weights.
"""
