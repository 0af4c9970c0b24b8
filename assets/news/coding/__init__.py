"""Coding events from text: who did what to whom, when, and who says so.

``coder`` holds the interface and the coder of this project, ``lines`` the same on JSON lines, ``train`` makes the weights.
"""
