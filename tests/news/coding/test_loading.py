"""No search for garbage while what is needed for the first answer is loaded."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from pipelines.cli.text_lines import _loading_once


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
