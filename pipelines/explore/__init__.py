"""The explorer: a page on this machine with which a person looks into the published file. It needs the extra ``explore``.

``notebook`` holds the widgets, for marimo. What they show is made by ``pair_view``, ``party_life`` and ``own_question``, which
know nothing of marimo, from rows that queries in ``sql/report`` and ``sql/queries`` give. ``opened`` is the file, ``guard`` says
who may talk to the server, and ``serve`` is the server.
"""
