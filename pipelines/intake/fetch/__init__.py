"""The live fetcher: asks a source politely and hands what it served, whole, to the raw store.

``asking`` holds one request; ``files``, ``slots`` and ``feeds`` the ways in which sources serve. What is refused of what came
is ``pipelines.intake.guards``.
"""
