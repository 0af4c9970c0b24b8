"""Building the file: loading, what a build says that cannot be finished, and single events of some pairs kept alone."""

import random
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import polars as pl
import pytest
from pydantic import ValidationError

from assets.actors import registry
from assets.errors import BilateralError
from assets.schema import table
from pipelines.dagster.runs import failure_message
from pipelines.publish import build as warehouse
from pipelines.publish import loading
from pipelines.publish.build import BLOCK_SIZE, build
from pipelines.publish.scripts import Script
from pipelines.settings import Settings
from tests.depth import DEEP


def test_a_script_that_outgrows_its_memory_is_named_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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


def built_of(file: Path, core: dict[str, Any], *queries: str, meta: dict[str, Any] | None = None, **options: Any) -> list[Any]:
    """The answers of a file that is built of these tables."""
    build(file, core, meta or {}, before=None, **options)
    with duckdb.connect(str(file), read_only=True) as con:
        return [con.execute(query).fetchall() for query in queries]


def test_the_file_says_what_is_newest_warned_of_and_taken_and_columns_are_packed_as_declared(tmp_path: Path) -> None:
    sources = pl.DataFrame({"source": ["us_census_population", "us_cbp_drug_seizures", "icews"]})
    people = pl.DataFrame({"actor_id": ["USA", "USA"], "year": [2021, 2022], "source": ["us_census_population"] * 2})
    seized = pl.DataFrame({"period_end": [date(2023, 9, 30)], "source": ["us_cbp_drug_seizures"]})
    texts = [f"https://example.org/news/{n // 3}/of-a-pair-of-states-and-what-it-did-to-the-other?day={n}" for n in range(60_000)]
    of_each = {"event_id": [str(n) for n in range(len(texts))], "report_id": texts, "url": texts}
    reports = table("core.event_reports").conform(pl.DataFrame(of_each).with_columns(known_from=datetime(2023, 11, 1)))
    newest, words, sizes, packed = built_of(
        tmp_path / "draft.duckdb",
        {"populations": people, "drug_seizures": seized, "event_reports": reports},
        "SELECT source, newest_date FROM meta.sources",
        "SELECT warnings, table_warnings FROM meta.columns WHERE table_name = 'marts.actor_month' "
        "AND column_name = 'deaths_12m_reported_first'",
        "SELECT table_name, n_bytes FROM meta.row_counts",
        "SELECT DISTINCT column_name, compression FROM pragma_storage_info('core.event_reports') WHERE segment_type = 'VARCHAR' "
        "AND column_name IN ('event_id', 'outlet', 'report_id', 'url') ORDER BY column_name",
        meta={"sources": sources},
    )
    days = {"us_census_population": date(2022, 12, 31), "us_cbp_drug_seizures": date(2023, 9, 30), "icews": None}
    assert dict(newest) == days
    assert words == [(["early_release"], ["aggregation_hazard"])]
    assert packed == [("event_id", "DICT_FSST"), ("outlet", "DICT_FSST"), ("report_id", "ZSTD"), ("url", "ZSTD")]
    n_bytes = dict(sizes)
    assert n_bytes["core.events"] == 0
    # each address is held twice, and its text alone is that long
    assert BLOCK_SIZE < n_bytes["core.event_reports"] < len(texts) * len(texts[0]) / 2
    assert sum(n_bytes.values()) <= (tmp_path / "draft.duckdb").stat().st_size


def test_the_marts_are_the_same_to_the_last_bit_whatever_the_number_of_threads(tmp_path: Path) -> None:
    """Fractions of many offices, whose sum hangs on its order in the last digit, in more rows than one thread takes at once."""
    office = {"actor_id": "USA", "region": "Coastal", "component": "Office", "land_filter": "Other", "n_events": 1}
    i = pl.int_range(300_000)
    rows = pl.select(
        i.cast(pl.String).alias("area"),
        pl.when(i % 2 == 0).then(pl.lit("Fentanyl")).otherwise(pl.lit("Heroin")).alias("drug"),
        (i.cast(pl.Float64).sin() ** 2 * 10 ** (i % 7)).alias("quantity_kg"),
    ).with_columns(period_end=date(2023, 9, 30), **{name: pl.lit(value) for name, value in office.items()})
    query = "SELECT seized_kg, seized_kg_fentanyl FROM marts.actor_month WHERE seized_kg > 0"
    one, other = (
        built_of(tmp_path / f"{n}.duckdb", {"drug_seizures": rows.sample(fraction=1, shuffle=True, seed=n)}, query, threads=n)
        for n in (1, 4)
    )
    assert (len(one[0]), one) == (1, other)


def test_days_are_loaded_in_sorted_runs_and_a_last_instant_belongs_to_its_day(tmp_path: Path) -> None:
    october = [date(2019, 10, day) for day in range(1, 5)]
    rows = list(zip(october, (3, 4, 12, 1), strict=True))
    assert list(loading.runs(rows, most=10)) == [(october[0], october[1]), (october[2], october[2]), (october[3], october[3])]
    assert list(loading.runs([], most=10)) == []
    moments = [datetime(2019, 10, 1, 23, 59, 59, 999_999), datetime(2019, 10, 2), datetime(2019, 10, 1), datetime(2019, 10, 2, 9)]
    reports = table("core.event_reports").conform(
        pl.DataFrame({"event_id": ["d", "c", "b", "a"], "report_id": ["r"] * 4, "known_from": moments})
    )
    paths = [tmp_path / "one.parquet", tmp_path / "two.parquet"]
    for path, part in zip(paths, (reports.head(2), reports.tail(2)), strict=True):
        part.write_parquet(path)
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA core")
        con.execute("CREATE TABLE core.event_reports AS SELECT * FROM read_parquet(?) LIMIT 0", [str(paths[0])])
        loading.load(con, table("core.event_reports"), paths, most=2)
        found = con.execute("SELECT event_id FROM core.event_reports").fetchall()
    assert [row[0] for row in found] == ["b", "d", "a", "c"]


# where single events of some pairs are kept alone, every panel is as if all were kept, and what asks for single ones says so --

KEPT = [("CHN", "USA")]
FIRST = date(2023, 11, 1)
MOMENTS = ("2023-11-01 07:30:00", "2023-11-03", "2023-11-04 12:00:00", "2023-12-01")
SIDES = ("USA", "CHN", "RUS", "FRA", None)
CODES = ("036", "112", "163", "190", "010")

ALIKE = {
    "dyad_day": "FROM marts.dyad_day",
    "dyad_month": "FROM marts.dyad_month",
    "self_dyad_day": "FROM marts.self_dyad_day",
    "actor_day": "FROM marts.actor_day",
    "tension_index": "FROM marts.tension_index",
    "dyad_undated": "FROM marts.dyad_undated",
    "group_panel": "FROM group_panel('RUS', ['CHN'], 'USA', 'week')",
    **{f"known {m}": f"FROM dyad_days_as_known(NULL, NULL, '{m}')" for m in MOMENTS},
    **{f"of a pair {m}": f"FROM dyad_days_as_known('RUS', 'FRA', '{m}')" for m in MOMENTS},
    "periods": "FROM dyad_panel_as_known('RUS', 'USA', 'week', '2023-11-05')",
}
"""What must say the same whatever is kept."""


def events(seed: int, n: int = 1_500) -> pl.DataFrame:
    """Rows of some days: of GDELT and of others that code the same acts, some of them with no day that a panel counts."""
    chance = random.Random(seed)
    codes = {row["cameo_code"]: row for row in registry.cameo_codes().iter_rows(named=True)}
    rows: list[dict[str, Any]] = []
    for number in range(n):
        origin = chance.choice(["gdelt_v2_events"] * 5 + ["gdelt_v1_events", "icews", "articles"])
        is_gdelt = origin.startswith("gdelt")
        day = FIRST + timedelta(days=chance.randrange(4))
        source, target = chance.choice(SIDES), chance.choice(SIDES)
        code = codes[chance.choice(CODES)]
        known = datetime(day.year, day.month, day.day) + timedelta(minutes=15 * chance.randrange(96 * 2))
        act = {name: code[name] for name in ("cameo_code", "cameo_root", "plover_event", "goldstein", "quad_schrodt")}
        sides = {
            "source_id": source or chance.choice(["NATO", None]), "source_country_id": source,
            "source_sector": chance.choice(["GOV", None]), "target_country_id": target,
            "target_id": target or chance.choice(["NATO", None]), "target_name": None if is_gdelt else chance.choice(["A", "B"]),
        }  # fmt: skip
        when = {"event_date": day if chance.random() < 0.95 else date(1985, 1, 1), "date_precision": "day"}
        coded = {
            "modality": "past" if is_gdelt else chance.choice(["past", "denied"]), "coder": "gdelt" if is_gdelt else origin,
            "coder_version": "1", "n_reports": chance.randint(1, 9), "known_from": known, "known_basis": "date_added",
        }  # fmt: skip
        place = {"event_id": f"{origin}:{number}", "origin_id": str(number), "snapshot_id": f"{origin}/{known:%d%H}"}
        rows.append(place | {"url": f"https://example.org/{number}", "origin": origin} | when | sides | act | coded)
    return table("core.events").conform(pl.DataFrame(rows, infer_schema_length=None))


def written(folder: Path, *frames: pl.DataFrame) -> dict[str, list[Path]]:
    """Files of events, and of their reports, as core has them."""
    folder.mkdir()
    files: dict[str, list[Path]] = {"events": [], "event_reports": []}
    for number, frame in enumerate(frames):
        reports = frame.select("event_id", pl.col("url").alias("report_id"), "url", "known_from")
        for name, rows in (("events", frame), ("event_reports", table("core.event_reports").conform(reports))):
            files[name].append(folder / f"{name}.{number}.parquet")
            rows.write_parquet(files[name][-1])
    return files


def built(file: Path, files: Mapping[str, list[Path]], taken: Mapping[str, str]) -> duckdb.DuckDBPyConnection:
    days = pl.DataFrame({"date": [FIRST + timedelta(days=n) for n in range(5)]}).with_columns(
        pl.lit("gdelt_v2_events").alias("source"),
        pl.lit("events").alias("covers"),
        pl.Series("n_slots", [96, 96, 95, 96, 96], pl.Int32),
        pl.lit(96, pl.Int32).alias("n_slots_expected"),
        pl.Series("coverage_share", [1.0, 1.0, 95 / 96, 1.0, 1.0]),
        pl.col("date").cast(pl.Datetime("us")).alias("known_from"),
    )
    core: dict[str, list[Path] | pl.DataFrame] = {
        "actors": table("core.actors").conform(registry.actors()),
        "cameo_codes": table("core.cameo_codes").conform(registry.cameo_codes()),
        "news_coverage": table("core.news_coverage").conform(days),
        **files,
    }
    if taken:
        core["event_days"] = files["events"]
    warehouse.build(file, core, {}, before=None, taken=taken)
    return duckdb.connect(str(file), read_only=True)


def answer(con: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    return con.execute(f"FROM ({query}) ORDER BY ALL").fetchall()


@pytest.mark.parametrize("seed", range(3 if DEEP else 1))
def test_panels_are_the_same_whichever_events_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    monkeypatch.setattr(warehouse, "load", partial(loading.load, most=400))
    monkeypatch.setattr(warehouse, "make_by_day", partial(loading.make_by_day, most=400))
    found = events(seed)
    files = written(tmp_path / "core", found.head(700), found.tail(-700))
    with (
        built(tmp_path / "all.duckdb", files, {}) as all_kept,
        built(tmp_path / "some.duckdb", files, loading.rows_of_single_events(KEPT)) as some_kept,
    ):
        for what, query in ALIKE.items():
            rows = answer(all_kept, query)
            assert rows, what
            assert answer(some_kept, query) == rows, what
        # rows in = rows out
        assert answer(all_kept, "SELECT count(*), sum(n_reports) FROM core.events") == answer(
            some_kept,
            "SELECT sum(n), sum(r) FROM (SELECT count(*) AS n, sum(n_reports) AS r FROM core.events UNION ALL"
            " SELECT sum(n_rows), sum(n_reports) FROM core.event_days)",
        )
        for kept in (
            "FROM events_between('USA', 'CHN')", "FROM events_one_a_day_as_known('USA', 'CHN', '2023-11-03')",
            "FROM core.event_reports WHERE NOT starts_with(event_id, 'gdelt')",
        ):  # fmt: skip
            assert answer(some_kept, kept) == answer(all_kept, kept) != [], kept
        orphans = "FROM core.event_reports AS r ANTI JOIN core.events AS e ON e.event_id = r.event_id"
        assert answer(some_kept, orphans) == []


def test_what_asks_for_single_events_of_a_pair_says_where_they_are_not_kept(tmp_path: Path) -> None:
    taken = loading.rows_of_single_events(KEPT)
    with built(tmp_path / "some.duckdb", written(tmp_path / "core", events(1)), taken) as con:
        for call in (
            "events_between('RUS', 'FRA')", "events_between('NATO', 'FRA')", "events_between('USA', 'USA')",
            "events_one_a_day_as_known('USA', 'RUS', '2023-12-01')", "events_one_a_day_as_known(NULL, NULL, '2023-12-01')",
        ):  # fmt: skip
            with pytest.raises(duckdb.Error, match=r"not kept, GDELT's days alone are: .*BILATERAL_SINGLE_EVENTS"):
                con.execute(f"FROM {call}")


def test_pairs_are_read_from_the_settings_and_unknown_ones_keep_nothing_in_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings().single_event_pairs is None
    monkeypatch.setenv("BILATERAL_SINGLE_EVENTS", "USA-RUS, FRA-DEU")
    assert Settings().single_event_pairs == [("USA", "RUS"), ("FRA", "DEU")]
    monkeypatch.setenv("BILATERAL_SINGLE_EVENTS", "USA-USA")
    with pytest.raises(ValidationError, match="expected all, or pairs of states such as USA-CHN,USA-RUS"):
        Settings()
    with pytest.raises(BilateralError, match=r"BILATERAL_SINGLE_EVENTS: USX is no state of the registry"):
        loading.rows_of_single_events([("USX", "CHN")])
    assert loading.rows_of_single_events(None) == {}
    assert loading.digest_of({}) == ""
    one_way, other_way = (loading.rows_of_single_events(pairs) for pairs in (KEPT, [("USA", "CHN")]))
    assert loading.digest_of(one_way) == loading.digest_of(other_way)
