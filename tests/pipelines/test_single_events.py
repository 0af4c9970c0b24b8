"""Where single events of some pairs are kept alone, every panel is as if all were kept, and what asks for single ones says so."""

import random
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from pydantic import ValidationError

from assets.actors import registry
from assets.errors import BilateralError
from assets.schema import table
from pipelines.publish import build as warehouse
from pipelines.publish import loading
from pipelines.settings import Settings
from tests.depth import DEEP

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


def reports(of: pl.DataFrame) -> pl.DataFrame:
    return table("core.event_reports").conform(of.select("event_id", pl.col("url").alias("report_id"), "url", "known_from"))


def written(folder: Path, frames: Iterable[pl.DataFrame]) -> dict[str, list[Path]]:
    """Files of events, and of their reports, as core has them."""
    folder.mkdir()
    files: dict[str, list[Path]] = {"events": [], "event_reports": []}
    for number, frame in enumerate(frames):
        for name, rows in (("events", frame), ("event_reports", reports(frame))):
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
def test_every_panel_is_the_same_whichever_single_events_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(warehouse, "load", partial(loading.load, most=400))
    monkeypatch.setattr(warehouse, "make_by_day", partial(loading.make_by_day, most=400))
    found = events(seed)
    files = written(tmp_path / "core", (found.head(700), found.tail(-700)))
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
        kept = "FROM events_between('USA', 'CHN')"
        assert answer(some_kept, kept) == answer(all_kept, kept) != []
        kept = "FROM events_one_a_day_as_known('USA', 'CHN', '2023-11-03')"
        assert answer(some_kept, kept) == answer(all_kept, kept) != []
        orphans = "FROM core.event_reports AS r ANTI JOIN core.events AS e ON e.event_id = r.event_id"
        assert answer(some_kept, orphans) == []
        kept = "FROM core.event_reports WHERE NOT starts_with(event_id, 'gdelt')"
        assert answer(some_kept, kept) == answer(all_kept, kept) != []


def test_what_asks_for_single_events_of_a_pair_says_where_they_are_not_kept(tmp_path: Path) -> None:
    taken = loading.rows_of_single_events(KEPT)
    with built(tmp_path / "some.duckdb", written(tmp_path / "core", [events(1)]), taken) as con:
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
