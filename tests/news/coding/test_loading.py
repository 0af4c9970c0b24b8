"""What is loaded before the first answer: the model without spaCy's command line, and no search for garbage meanwhile."""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Iterator

import pytest

from pipelines.cli.text_lines import _loading_once


def test_the_parser_reads_without_the_command_line_of_spacy_which_is_whole_for_whoever_asks_for_it_later() -> None:
    text = """
import sys
from assets.news.coding import parse
assert [token.text for token in parse.model()("China criticised France.")] == ["China", "criticised", "France", "."]
assert not [name for name in sys.modules if name.startswith(("spacy.cli", "weasel"))]
from spacy.cli.info import info
assert callable(info)
"""
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr


def test_garbage_is_not_searched_for_until_the_first_answer_and_is_thereafter() -> None:
    seen = []

    def answers() -> Iterator[int]:
        for n in range(3):
            gc.enable()  # as a reader of files does that had switched it off
            seen.append(gc.get_threshold()[0] > 0)
            yield n

    assert list(_loading_once(answers())) == [0, 1, 2]
    assert seen == [False, True, True]
    assert gc.get_freeze_count() > 0
    gc.unfreeze()


def test_a_failure_before_the_first_answer_leaves_the_collector_at_work() -> None:
    def answers() -> Iterator[int]:
        raise ValueError("no such model")
        yield 0

    with pytest.raises(ValueError, match="no such model"):
        list(_loading_once(answers()))
    assert gc.get_threshold()[0] > 0
    gc.unfreeze()
