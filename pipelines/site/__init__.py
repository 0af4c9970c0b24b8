"""The page: a static site that reads the published file in the reader's browser.

``src`` is the page's source and ``built`` what esbuild makes of it (``make site``), with DuckDB's engine for browsers. ``files``
says which files a site has and makes the numbers of its first views, ``serve`` serves them on this machine.
"""
