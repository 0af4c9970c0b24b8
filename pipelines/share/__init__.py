"""The published file on its way out: what changed, in a feed; tables with what describes them; releases; citations.

Reads the published file alone, and so stands beside ``pipelines.publish``, which writes it.
"""
