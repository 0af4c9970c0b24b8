"""Building the file: what a build says that cannot be finished."""

from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace

import duckdb
import polars as pl
import pytest

from assets.errors import BilateralError
from assets.schema import declared
from pipelines.dagster.runs import failure_message
from pipelines.publish import build as warehouse
from pipelines.publish.build import BLOCK_SIZE, build
from pipelines.publish.scripts import Script


def test_a_script_that_outgrows_the_memory_limit_is_named_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # what an aggregate collects into one value cannot be put on the disk
    greedy = "CREATE TABLE marts.greedy AS SELECT list(range || repeat('x', 1000)) AS all_of_it FROM range(100000)"
    monkeypatch.setattr(warehouse, "scripts_in_order", lambda: (Script("greedy", greedy, frozenset()),))
    with pytest.raises(BilateralError, match=r"^greedy\.sql needs more memory than the 50MB .* BILATERAL_MEMORY_LIMIT"):
        build(tmp_path / "draft.duckdb", {}, {}, before=None, memory_limit="50MB")


def test_a_failed_step_is_identified_by_what_was_written_for_people_else_by_the_deepest_cause() -> None:
    step, ours = ("StepError", "in a step"), ("BilateralError", "assets.errors.BilateralError: do this\n")
    for chain, expected in (
        ([step, ours, ("OutOfMemory", "full")], "do this"),
        ([step, ("KeyError", "KeyError: 'a'\nmore")], "KeyError: 'a'"),
        ([], "unknown reason"),
    ):
        error: SimpleNamespace | None = None
        for name, message in reversed(chain):
            error = SimpleNamespace(message=message, cls_name=name, cause=error)
        assert failure_message("build", error, Path("/w")) == f"step build failed: {expected}"


def test_the_newest_date_of_a_source_is_that_of_its_rows_and_the_dictionary_holds_the_words_of_warnings(tmp_path: Path) -> None:
    file = tmp_path / "draft.duckdb"
    sources = pl.DataFrame({"source": ["us_census_population", "us_cbp_drug_seizures", "icews"]})
    people = pl.DataFrame({"actor_id": ["USA", "USA"], "year": [2021, 2022], "source": ["us_census_population"] * 2})
    seized = pl.DataFrame({"period_end": [date(2023, 9, 30)], "source": ["us_cbp_drug_seizures"]})
    build(file, {"populations": people, "drug_seizures": seized}, {"sources": sources}, before=None)
    with duckdb.connect(str(file), read_only=True) as con:
        newest = dict(con.execute("SELECT source, newest_date FROM meta.sources").fetchall())
        words = con.execute(
            "SELECT warnings, table_warnings FROM meta.columns WHERE table_name = 'marts.actor_month' "
            "AND column_name = 'deaths_12m_reported_first'"
        ).fetchall()
    assert newest == {"us_census_population": date(2022, 12, 31), "us_cbp_drug_seizures": date(2023, 9, 30), "icews": None}
    assert words == [(["early_release"], ["aggregation_hazard"])]


def test_the_marts_are_the_same_to_the_last_bit_whatever_the_number_of_threads(tmp_path: Path) -> None:
    """Fractions of many offices, whose sum hangs on its order in the last digit, in more rows than one thread takes at once."""
    n = 300_000
    rows = pl.DataFrame({"i": pl.arange(n, eager=True)}).select(
        pl.lit("USA").alias("actor_id"),
        pl.lit("Coastal").alias("region"),
        pl.lit("Office").alias("component"),
        pl.lit("Other").alias("land_filter"),
        pl.col("i").cast(pl.String).alias("area"),
        pl.when(pl.col("i") % 2 == 0).then(pl.lit("Fentanyl")).otherwise(pl.lit("Heroin")).alias("drug"),
        pl.lit(date(2023, 9, 30)).alias("period_end"),
        pl.lit(1).alias("n_events"),
        (pl.col("i").cast(pl.Float64).sin() ** 2 * 10 ** (pl.col("i") % 7)).alias("quantity_kg"),
    )
    sums = []
    for threads in (1, 4):
        file = tmp_path / f"{threads}.duckdb"
        build(file, {"drug_seizures": rows.sample(fraction=1, shuffle=True, seed=threads)}, {}, before=None, threads=threads)
        with duckdb.connect(str(file), read_only=True) as con:
            sums.append(con.sql("SELECT seized_kg, seized_kg_fentanyl FROM marts.actor_month WHERE seized_kg > 0").fetchall())
    assert len(sums[0]) == 1
    assert sums[0] == sums[1]


def test_the_file_says_what_each_table_takes_and_columns_are_packed_as_declared(tmp_path: Path) -> None:
    file = tmp_path / "draft.duckdb"
    texts = [f"https://example.org/news/{n // 3}/of-a-pair-of-states-and-what-it-did-to-the-other?day={n}" for n in range(60_000)]
    schema = declared()["core.event_reports"].polars
    moment = pl.Series([datetime(2023, 11, 1)] * len(texts), dtype=pl.Datetime("us"))
    reports = pl.DataFrame(
        {"event_id": [str(n) for n in range(len(texts))], "report_id": texts, "url": texts, "known_from": moment}
    ).match_to_schema(schema, missing_columns="insert")
    build(file, {"event_reports": reports}, {}, before=None)
    with duckdb.connect(str(file), read_only=True) as con:
        sizes = dict(con.execute("SELECT table_name, n_bytes FROM meta.row_counts").fetchall())
        packed = con.execute(
            """SELECT DISTINCT column_name, compression FROM pragma_storage_info('core.event_reports')
               WHERE segment_type = 'VARCHAR' AND column_name IN ('event_id', 'outlet', 'report_id', 'url')
               ORDER BY column_name"""
        ).fetchall()
    assert packed == [("event_id", "DICT_FSST"), ("outlet", "DICT_FSST"), ("report_id", "ZSTD"), ("url", "ZSTD")]
    assert sizes["core.events"] == 0
    # each address is held twice, and its text alone is that long
    assert BLOCK_SIZE < sizes["core.event_reports"] < len(texts) * len(texts[0]) / 2
    assert sum(sizes.values()) <= file.stat().st_size
