"""Several works at once on one DuckDB file."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from functools import partial

import duckdb
import pytest

from pipelines.util.parallel import Work, done

Connection = duckdb.DuckDBPyConnection


@pytest.fixture
def con() -> Iterator[Connection]:
    with duckdb.connect() as con:
        yield con


def make(query: str, con: Connection) -> str:
    con.execute(query)
    return query


@pytest.mark.parametrize("at_once", [1, 2, 3])
def test_a_work_is_done_after_those_that_it_needs(con: Connection, at_once: int) -> None:
    works = [
        Work("a", partial(make, "CREATE TABLE a AS SELECT 1 AS n")),
        Work("b", partial(make, "CREATE TABLE b AS SELECT n + 1 AS n FROM a"), frozenset({"a", "not among them"})),
        Work("c", partial(make, "CREATE TABLE c AS SELECT a.n + b.n AS n FROM a, b"), frozenset({"a", "b"})),
    ]
    found = done(con, works, at_once)
    assert {name: query[13] for name, query in found.items()} == {"a": "a", "b": "b", "c": "c"}
    assert con.execute("SELECT n FROM c").fetchall() == [(3,)]


def test_two_works_are_done_at_once_and_some_on_the_connection_that_was_given(con: Connection) -> None:
    both = threading.Barrier(2, timeout=10)
    threads: dict[str, threading.Thread] = {}

    def meet(name: str, _: Connection) -> None:
        both.wait()
        threads[name] = threading.current_thread()

    works = [Work(n, partial(meet, n), is_of_this_thread=n == "b") for n in "ab"]
    done(con, works, 2)
    assert threads["b"] is threading.main_thread()
    assert threads["a"] is not threading.main_thread()


@pytest.mark.parametrize("mine", [False, True])
def test_the_first_fault_is_raised_and_what_waits_is_not_begun(con: Connection, mine: bool) -> None:
    begun: list[str] = []

    def note(_: Connection) -> None:
        begun.append("last")

    def fail(con: Connection) -> None:
        con.execute("SELECT error('no')")

    works = [Work("fails", fail, is_of_this_thread=mine), Work("last", note, frozenset({"fails"}))]
    with pytest.raises(duckdb.InvalidInputException, match="no"):
        done(con, works, 2)
    assert begun == []


def test_a_signal_ends_what_other_threads_ask(con: Connection) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    hours = "SELECT count(*) FROM range(10_000_000_000_000) AS r(i) WHERE i % 7 < 0"
    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, 0.5)
    try:
        with pytest.raises((KeyboardInterrupt, RuntimeError)):
            done(con, [Work(name, partial(make, hours)) for name in "ab"], 2)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_further_connections_are_prepared(con: Connection) -> None:
    con.execute("ATTACH ':memory:' AS other; CREATE TABLE other.t AS SELECT 1 AS n; USE other")
    met = threading.Barrier(2, timeout=10)

    def count(con: Connection) -> int:
        met.wait()
        return len(con.execute("SELECT n FROM t").fetchall())

    assert done(con, [Work(n, count) for n in "ab"], 2, lambda c: c.execute("USE other")) == {"a": 1, "b": 1}
