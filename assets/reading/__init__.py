"""From bytes to text, tables, JSON, XML, workbooks and months, for all domains: what a file is, never what its cells mean.

A domain imports the modules that it uses and no other: a change of one makes the sources again that read with it.
Functions that refuse a file take ``kept``, the domain's sentence of what stands in its place and what to do.
"""
