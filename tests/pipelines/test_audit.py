"""What is expected, asked as plain SQL and of Great Expectations: what passes, what fails with which rows, what could not run."""

import json
import signal
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from pipelines.checks import audit, gx
from pipelines.checks.audit import validate
from pipelines.checks.expectations import Expectation
from pipelines.checks.validations import Validate, Validation, why_blocked

WAYS = pytest.mark.parametrize("ask", [audit.validate, gx.validate], ids=["sql", "great-expectations"])


def made(folder: Path, *statements: str) -> Path:
    """A database with a schema core and what the statements make."""
    with duckdb.connect(str(folder / "build.duckdb")) as con:
        for statement in ("CREATE SCHEMA core", *statements):
            con.execute(statement)
    return folder / "build.duckdb"


@pytest.fixture(scope="module")
def one_table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("one"), "CREATE TABLE core.t AS SELECT 1 AS id")


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three rows, one of them good."""
    return made(
        tmp_path_factory.mktemp("audit"),
        "CREATE TABLE core.actors AS SELECT 'USA' AS actor_id",
        "CREATE TABLE core.t (id VARCHAR, kind VARCHAR, a INTEGER, b INTEGER, actor_id VARCHAR)",
        "INSERT INTO core.t VALUES ('x', 'added', 1, 2, 'USA'), ('y', 'odd', 3, 2, 'CHN'), ('y', NULL, NULL, 2, NULL)",
    )


def query(name: str, text: str) -> Expectation:
    return Expectation("core.t", name, "critical", name, text)


def where(name: str, condition: str) -> Expectation:
    return replace(query(name, f"SELECT * FROM core.t WHERE {condition}"), where=condition)


IDS_ARE_THERE = where("id", "id IS NULL")
SUITE = [
    Expectation("core.t", "unique", "critical", "id is the key", columns=("id",)),
    Expectation("core.t", "both", "critical", "(id, b) is the key", columns=("id", "b")),
    where("never_null", "b IS NULL"),
    replace(where("vocabulary", "NOT kind IN ('added')"), severity="warning", columns=("kind",), words=("added",)),
    where("ordered", "NOT (a < b)"),
    where("braces", "NOT regexp_full_match(id, '[a-z]{1}')"),
    query("reference", "SELECT t.* FROM core.t t WHERE actor_id NOT IN (FROM core.actors)"),
    query("broken", "SELECT * FROM core.absent"),
]


@pytest.fixture(scope="module", params=[audit.validate, gx.validate], ids=["sql", "great-expectations"])
def outcomes(database: Path, request: pytest.FixtureRequest) -> dict[str, Validation]:
    """Outcomes of the suite."""
    ask: Validate = request.param
    return {v.expectation: v for v in ask(database, SUITE, {})}


def test_what_holds_passes_what_does_not_fails_with_how_many_and_an_error_blocks_and_a_warning_never(
    outcomes: dict[str, Validation],
) -> None:
    assert {n for n, v in outcomes.items() if v.status == "passed"} == {"never_null", "braces"}
    assert json.loads(outcomes["unique"].observed or "") == {"element_count": 3, "unexpected_count": 2}
    assert {outcomes[n].n_unexpected for n in ("vocabulary", "ordered")} == {1}
    assert {n: outcomes[n].status for n in ("unique", "vocabulary", "broken")} == {
        "unique": "failed", "vocabulary": "failed", "broken": "error",
    }  # fmt: skip
    assert {n: outcomes[n].blocks for n in ("unique", "vocabulary", "broken")} == {
        "unique": True, "vocabulary": False, "broken": True,
    }  # fmt: skip
    assert "absent" in (outcomes["broken"].observed or "")


def test_what_does_not_hold_is_kept_with_its_values_and_rows(database: Path) -> None:
    found = {v.expectation: json.loads(v.offending_rows) for v in validate(database, SUITE) if v.offending_rows is not None}
    assert found["unique"] == ["y", "y"]
    assert found["both"] == [{"id": "y", "b": 2}] * 2
    assert found["vocabulary"] == ["odd"]
    assert found["ordered"] == [{"id": "y", "kind": "odd", "a": 3, "b": 2, "actor_id": "CHN"}]
    assert found["reference"][0]["actor_id"] == "CHN"


def test_a_key_with_a_part_missing_equals_no_other_and_asking_writes_nothing_beside_the_file(tmp_path: Path) -> None:
    database = made(tmp_path, "CREATE TABLE core.t AS SELECT i AS id, NULL AS never, i // 2 AS half FROM range(9) AS r(i)")
    keys = (("id",), ("never",), ("half",), ("half", "id"))
    found = validate(database, [Expectation("core.t", " ".join(key), "critical", "a key", columns=key) for key in keys])
    assert [v.n_unexpected for v in found] == [0, 0, 8, 0]
    assert [p.name for p in tmp_path.iterdir()] == ["build.duckdb"]


@WAYS
def test_checks_keep_within_the_memory_they_are_given_and_say_so_where_they_cannot(one_table: Path, ask: Validate) -> None:
    # what an aggregate collects into one value cannot be put on the disk
    heavy = "SELECT list_sort(list(range || repeat('x', 1000))) AS found FROM range(100000) HAVING len(list_distinct(found)) < 5"
    suite = [query("heavy", heavy), query("light", "SELECT * FROM core.t WHERE id > 1"), query("wrong", "FROM core.t")]
    found = ask(one_table, suite, {"memory_limit": "50MB", "threads": 1})
    assert [v.status for v in found] == ["error", "passed", "failed"]
    reason = why_blocked(found)
    assert reason.startswith("blocking checks failed: core.t wrong; blocking checks could not be run: core.t heavy (")
    assert "Out of Memory" in reason
    assert "BILATERAL_MEMORY_LIMIT" in reason
    assert why_blocked(found[1:2]) == ""


@WAYS
def test_a_table_that_cannot_be_looked_at_is_an_error_of_its_own_checks_alone(one_table: Path, ask: Validate) -> None:
    absent = Expectation("core.absent", "id", "critical", "id is the key", columns=("id",))
    found = ask(one_table, [absent, IDS_ARE_THERE], {})
    assert [v.status for v in found] == ["error", "passed"]
    assert "core.absent id" in why_blocked(found)


def test_a_condition_that_cannot_be_asked_is_an_error_and_those_beside_it_are_asked_by_themselves(one_table: Path) -> None:
    found = validate(one_table, [IDS_ARE_THERE, where("fails", "error('no')"), replace(IDS_ARE_THERE, name="again")])
    assert [v.status for v in found] == ["passed", "error", "passed"]


def test_a_query_that_a_signal_has_ended_says_nothing_of_the_data(one_table: Path) -> None:
    long = query("long", "FROM range(1_500_000_000) AS r(i) WHERE i < 0")

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, 0.1)
    try:
        with pytest.raises((KeyboardInterrupt, RuntimeError)):
            validate(one_table, [long])
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
