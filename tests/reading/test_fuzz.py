"""Damaged files, unruly servers, damaged texts: some tries here, many in deep tests, all by ``python -m benchmarks.fuzz``."""

import logging
from collections.abc import Callable, Iterator

import pytest

from benchmarks.fuzz.fuzzed_coder import try_coder
from benchmarks.fuzz.fuzzed_fetcher import try_connections, try_fetcher
from benchmarks.fuzz.fuzzed_parsers import try_parsers
from benchmarks.fuzz.tries import Tries
from tests.depth import DEEP


@pytest.mark.parametrize(
    ("run", "usual", "deep"),
    [(try_parsers, 250, 30_000), (try_fetcher, 150, 5_000), (try_connections, 20, 500), (try_coder, 12, 1_500)],
)
def test_whatever_is_read_asked_or_coded_ends_as_it_should(
    run: Callable[[int, int], Iterator[Tries]], usual: int, deep: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    done = list(run(20, deep if DEEP else usual))
    assert sum(t.n for t in done) >= usual
    assert [line for t in done for told in t.failures.values() for line in told] == []
