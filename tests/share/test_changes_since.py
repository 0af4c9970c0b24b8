"""What 'since' means: a day, a publication, or the one before."""

import shutil
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest

from assets.errors import BilateralError
from assets.schema import declared
from pipelines.publish import build as warehouse
from pipelines.publish.meta import lineage, publication_id
from pipelines.share.changes import changes_in, span_of
from pipelines.share.cite import build_of, citation, sources_of, table_named
from pipelines.share.release import release
from pipelines.util.readers import connect_for_readers

NOW = datetime(2026, 1, 1)
COLUMNS = "source title publisher licence citation url n_snapshots tables last_accepted_at newest_date"


def published(path: Path, number: int, snapshots: list[str], before: Path | None) -> Path:
    """A publication that holds these snapshots, with a party added by each."""
    of_list = {"event_date": pl.lit(date(2023, 1, 1)), "kind": pl.lit("added"), "list_id": pl.lit("us_ofac_sdn")}
    # the later publication brings what was known before
    known = [datetime(2023, 1, 9 - int(name)) for name in snapshots]
    events = pl.DataFrame({"snapshot_id": snapshots, "known_at": known}).with_columns(
        event_id=pl.format("us_ofac_sdn:{}", "snapshot_id"), name=pl.format("PARTY {}", "snapshot_id"), **of_list
    )
    row = {"publication_id": f"p{number}", "run_id": "r", "built_at": datetime(2024, 1, number), "origin": "real"}
    build = pl.DataFrame([row | {"code_fingerprint": "x", "core_versions": "{}"}], schema=declared()["meta.build"].polars)
    held = pl.DataFrame({"source": "us_ofac_sdn", "snapshot": snapshots, "snapshot_id": snapshots, "verdict": "accepted"})
    sdn = ("us_ofac_sdn", "SDN", "OFAC", "Public domain", "OFAC, SDN", "https://ofac.example", len(snapshots))
    icews = ("icews", "ICEWS", "Lockheed", "Terms.", "Boschee", "https://icews.example", 0)
    rows = [(*sdn, ["sanction_events"], datetime(2023, 2, 3), date(2023, 2, 1)), (*icews, ["events"], None, None)]
    sources = pl.DataFrame(rows, schema=COLUMNS.split(), orient="row")
    warehouse.build(path, {"sanction_events": events}, {"build": build, "snapshots": held, "sources": sources}, before=before)
    return path


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The second publication, which brought one snapshot more."""
    folder = tmp_path_factory.mktemp("publications")
    first = published(folder / "first.duckdb", 1, ["1"], None)
    with connect_for_readers(published(folder / "second.duckdb", 2, ["1", "2"], first)) as opened:
        yield opened


def test_since_a_publication_is_what_it_did_not_hold_and_since_a_day_what_was_known_from_then_on(
    con: duckdb.DuckDBPyConnection,
) -> None:
    found = con.execute("SELECT publication_id, snapshots FROM meta.publications ORDER BY built_at").fetchall()
    assert found == [("p1", ["us_ofac_sdn/1"]), ("p2", ["us_ofac_sdn/2"])]
    for since, numbers in (
        (None, "2"), ("p1", "2"), ("p2", ""), ("2023-01-01", "12"), ("2023-01-08", "1"),
        ("2023-01-07T01:00:00+01:00", "12"), ("2023-01-09", ""),
    ):  # fmt: skip
        told = [row[5] for row in changes_in(con, span_of(con, since, NOW), in_short=True).fetchall()]
        assert told == [f"PARTY {number}" for number in numbers], since
    with pytest.raises(BilateralError, match="the last: p1, p2"):
        span_of(con, "yesterday", NOW)


def test_a_release_tells_what_changed_since_the_one_before_of_which_the_description_is_enough(tmp_path: Path) -> None:
    first = published(tmp_path / "first.duckdb", 1, ["1"], None)
    made, _ = release(first, "r1", tmp_path / "releases")
    assert "no earlier release" in (made / "CHANGES.md").read_text(encoding="utf-8")
    for n, (later, brought) in enumerate(((["1", "2"], ["2"]), (["1"], []))):
        releases = tmp_path / f"after {n}"
        (releases / "r1").mkdir(parents=True)
        shutil.copyfile(made / "datapackage.json", releases / "r1" / "datapackage.json")
        second = published(tmp_path / f"second {n}.duckdb", 2, later, first)
        text = (release(second, "r2", releases)[0] / "CHANGES.md").read_text(encoding="utf-8")
        assert text.startswith("# Changes since r1\n\nSince publication `p1` of 2024-01-01 00:00 UTC: ")
        assert [name for name in ("1", "2") if f"PARTY {name}" in text] == brought


def test_a_warehouse_that_was_set_up_anew_tells_what_became_known_since_the_release_before(tmp_path: Path) -> None:
    made = tmp_path / "releases" / "r1"
    made.mkdir(parents=True)
    (made / "datapackage.json").write_text('{"publication_id": "gone", "created": "2023-01-08T00:00:00Z"}')
    new = published(tmp_path / "new.duckdb", 2, ["1", "2"], None)
    text = (release(new, "r2", tmp_path / "releases")[0] / "CHANGES.md").read_text(encoding="utf-8")
    assert "PARTY 1" in text
    assert "PARTY 2" not in text


def test_an_id_names_one_build_and_sorts_by_time() -> None:
    first = publication_id(datetime(2024, 1, 1, 9), "r", {"code": "x"})
    assert first.startswith("20240101T090000Z-")
    assert len({first, publication_id(datetime(2024, 1, 1, 9), "s", {"code": "x"})}) == 2
    assert first < publication_id(datetime(2024, 1, 1, 10), "r", {"code": "x"})


def test_a_citation_names_the_publication_and_each_source_that_a_table_rests_on_with_its_vintage(
    con: duckdb.DuckDBPyConnection,
) -> None:
    text = citation(build_of(con), sources_of(con))
    assert "publication p2, built 2024-01-02" in text
    vintage = "(retrieved 2023-02-03, newest date in the data 2023-02-01, 2 snapshots held)"
    assert f"- OFAC, SDN. https://ofac.example {vintage}." in text
    assert "Boschee" not in text
    for table, sources in (("list_changes", []), ("sanction_events", ["us_ofac_sdn"]), ("core.events", [])):
        assert [source.source for source in sources_of(con, [table_named(con, table)])] == sources
    rests_on = lineage()
    assert rests_on["core.events"] == ("events",)
    assert {"events", "sanction_listings", "news_coverage"} <= set(rests_on["marts.dyad_month"])
    assert "overdose_observations" in rests_on["marts.overdose_changes"]
    assert "events" not in rests_on["marts.overdose_changes"]
