"""More than one machine: what runs in the workers of a Dask cluster, and how a refresh gives it to them.

Only ``pipelines.project`` uses this package, and only where ``BILATERAL_DASK`` names a cluster. Nothing here decides anything:
see ``pipelines.layers.helpers``.
"""
