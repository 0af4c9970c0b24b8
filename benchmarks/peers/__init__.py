"""Comparisons with what people would use instead: ``python -m benchmarks.peers [NAME ...]``, all of them without a name.

``comparisons`` says what is compared, ``inputs`` makes the input of each, ``running`` runs the contenders, each in an environment
of its own, ``page`` writes ``docs/benchmarks.md``. What a contender does is a file in ``work``, run by the interpreter of its
environment: it uses nothing of this project but where the contender is this project.
"""
