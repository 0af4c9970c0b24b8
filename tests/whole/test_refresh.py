"""Whole refreshes: from files to the published file, once and again, with good and with bad input."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from pipelines.domains import DOMAINS, REFERENCE
from pipelines.publish.build import ROW_GROUP_SIZE
from pipelines.services.ingest import Ingest
from pipelines.services.publish import Publish
from pipelines.services.warehouse import Warehouse as Opened
from pipelines.settings import Settings
from pipelines.util.state import State
from tests.made_up import SAMPLE
from tests.whole.archives import put, sdn
from tests.whole.conftest import Warehouse


def test_the_sample_is_published_with_every_critical_check_passed(sample: Warehouse) -> None:
    statuses = dict(sample.rows("SELECT status, count(*) FROM meta.validations GROUP BY 1"))
    assert statuses.get("failed", 0) == statuses.get("error", 0) == 0
    assert statuses["passed"] > 150
    assert (sample.folder / "data_docs" / "index.html").exists()
    assert sample.rows("SELECT origin FROM meta.build") == [("record",)]


def test_tables_lie_in_small_row_groups_whoever_wrote_last(sample: Warehouse) -> None:
    """A writer that does not know their size joins them at its checkpoint."""
    groups = "SELECT count(DISTINCT row_group_id) > 1, max(count) <= ? FROM pragma_storage_info('core.actor_aliases')"
    assert sample.rows(groups.replace("?", str(ROW_GROUP_SIZE))) == [(True, True)]


def test_a_second_refresh_changes_nothing_and_leaves_no_run_in_dagster(
    sample: Warehouse, copy_of: Callable[[Warehouse], Warehouse]
) -> None:
    warehouse = copy_of(sample)
    before = (warehouse.folder / "bilateral.duckdb").stat().st_mtime_ns
    runs = sorted((warehouse.folder / "dagster" / "history" / "runs").iterdir())
    done = warehouse.run("refresh")
    assert done.code == 0
    assert "nothing new" in done.out
    assert (warehouse.folder / "bilateral.duckdb").stat().st_mtime_ns == before
    assert runs
    assert sorted((warehouse.folder / "dagster" / "history" / "runs").iterdir()) == runs


def test_a_warehouse_is_up_to_date_where_a_refresh_would_find_nothing_new_in_it_and_only_there(
    tmp_path: Path, empty: Warehouse
) -> None:
    def is_up_to_date() -> bool:
        return Publish(Opened(Settings(warehouse=empty.folder))).is_up_to_date(DOMAINS)

    assert not is_up_to_date()
    put(tmp_path / "a", "us_ofac_sdn", "2023-01-01", "sdn.csv", sdn())
    assert empty.refresh(tmp_path / "a").exit_code == 0
    assert is_up_to_date()
    project = Opened(Settings(warehouse=empty.folder))
    Ingest(project).choose_origin(str(tmp_path / "a"))
    assert not Ingest(project).ingest_ahead(["us_ofac_sdn", "us_bis_dpl"])
    for changed, content in (
        (empty.folder / ".build" / "bilateral.duckdb", b"a build that was refused"),
        (empty.folder / "core" / "overdose" / "current.json", b'{"version": "", "sources": {}}'),
    ):
        before = changed.read_bytes() if changed.exists() else None
        changed.parent.mkdir(exist_ok=True)
        changed.write_bytes(content)
        assert not is_up_to_date(), changed
        changed.unlink() if before is None else changed.write_bytes(before)
        assert is_up_to_date()
    put(tmp_path / "b", "us_ofac_sdn", "2023-01-02", "sdn.csv", b"")
    Ingest(project).choose_origin(str(tmp_path / "b"))
    assert Ingest(project).ingest_ahead(["us_ofac_sdn"])
    assert not is_up_to_date()
    assert [r.verdict for r in Ingest(project).ingest("us_ofac_sdn")] == ["quarantined"]
    assert Ingest(project).ingest("us_ofac_sdn") == []


def test_what_went_wrong_while_sources_were_taken_in_ahead_is_reported_by_the_run_that_follows(
    tmp_path: Path, empty: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = Opened(Settings(warehouse=empty.folder))
    put(tmp_path / "a", "us_ofac_sdn", "2023-01-01", "sdn.csv", sdn())
    Ingest(project).choose_origin(str(tmp_path / "a"))
    monkeypatch.setattr(Ingest, "_take_in", lambda *_: 1 / 0)
    assert Ingest(project).ingest_ahead(["us_ofac_sdn"])
    assert project.report.problems == []
    assert Ingest(project).ingest("us_ofac_sdn") == []
    assert project.report.problems[0].startswith("us_ofac_sdn: the program failed")


def test_accepted_and_rejected_rows_are_the_rows_read(sample: Warehouse) -> None:
    odd = sample.rows("SELECT source, snapshot FROM meta.snapshots WHERE verdict = 'accepted' AND n_rows < n_rejected")
    assert odd == []


def test_as_known_on_a_day_nothing_is_there_that_came_out_during_it(empty: Warehouse, tmp_path: Path) -> None:
    """A folder named by a day: its parties are dated with that day in Washington, and known on the next."""
    put(tmp_path / "archive", "us_ofac_sdn", "2022-01-20T184719Z", "sdn.csv", sdn())
    put(tmp_path / "archive", "us_ofac_sdn", "2022-01-21", "sdn.csv", sdn(more=2))
    assert empty.refresh(tmp_path / "archive").exit_code == 0
    count = "SELECT count(*) FROM listed_as_known(DATE '2022-01-21', {})"
    for known, n in (
        ("DATE '2022-01-21'", 40),
        ("TIMESTAMP '2022-01-21 23:59:58'", 40),
        ("TIMESTAMP '2022-01-21 23:59:59'", 42),
        ("DATE '2022-01-22'", 42),
    ):
        assert empty.rows(count.format(known)) == [(n,)], known
    assert empty.rows("SELECT count(*) FROM listed_as_known(DATE '2022-01-20', DATE '2022-01-22')") == [(40,)]
    assert (
        empty.rows("SELECT valid_from::VARCHAR, known_from::VARCHAR FROM core.sanction_listings WHERE native_id IN ('41', '42')")
        == [("2022-01-21", "2022-01-21 23:59:59")] * 2
    )
    assert empty.rows("SELECT snapshot, retrieved_precision FROM meta.snapshots ORDER BY 1") == [
        ("2022-01-20T184719Z", "second"),
        ("2022-01-21T235959Z", "day"),
    ]


def test_snapshots_in_any_order_of_import_give_the_same_tables(tmp_path: Path) -> None:
    vintages = {
        "2023-01-01": sdn(),
        "2023-01-02": sdn({3: "nationality Iran."}),
        "2023-01-03": sdn({3: "nationality Iran."}, without=(5,), more=1),
    }
    tables = []
    for number, order in enumerate((["2023-01-01", "2023-01-02", "2023-01-03"], ["2023-01-02", "2023-01-03", "2023-01-01"])):
        warehouse = Warehouse(tmp_path / f"w{number}")
        archives = [tmp_path / f"a{number}-{day}" for day in order]
        for archive, day in zip(archives, order, strict=True):
            put(archive, "us_ofac_sdn", day, "sdn.csv", vintages[day])
        # nothing need be built to see it
        *_, project = folded = [warehouse.fold(archive) for archive in archives]
        assert [p.report.folded for p in folded] == [[*REFERENCE, *DOMAINS], ["sanctions"], ["sanctions"]]
        current = project.core.current("sanctions")
        names = ("sanction_listings", "sanction_events", "sanction_names", "sanction_countries", "sanction_programs")
        frames = [pl.read_parquet(project.core.files(current, name)) for name in names]
        tables.append([frame.sort(frame.columns).rows() for frame in frames])
    assert tables[0] == tables[1]
    assert len(tables[0][1]) == 3


BAD = {
    "nothing served": b"",
    "a web page": b"<!DOCTYPE html><html><body>We are down for maintenance</body></html>",
    "cut in the middle of a row": sdn()[:900],
    "a column more": sdn().replace(b",-0- ,", b",-0- ,-0- ,", 40),
    "a mass delisting": sdn(without=tuple(range(1, 30))),
    "another encoding": sdn().decode().encode("cp037"),
    "one line without end": b'1,"' + b"x" * 3_000_000,
    "every id twice": sdn().rstrip(b"\x1a") + sdn(),
}


def test_bad_input_is_quarantined_with_a_reason_and_delists_nobody(tmp_path: Path, first: Warehouse) -> None:
    listings = "SELECT listing_id, valid_from, valid_to, known_to FROM core.sanction_listings ORDER BY ALL"
    before = first.rows(listings)
    for number, data in enumerate(BAD.values()):
        put(tmp_path / "bad", "us_ofac_sdn", f"2023-02-{number + 1:02}", "sdn.csv", data)
    # the other source is good, and must go on
    shutil.copytree(SAMPLE / "us_bis_entity_list", tmp_path / "bad" / "us_bis_entity_list")
    assert first.refresh(tmp_path / "bad").exit_code == 3
    told = dict(first.rows("SELECT snapshot, verdict || ': ' || reason FROM meta.snapshots WHERE verdict <> 'accepted'"))
    assert len(told) == len(BAD), told
    assert all(v.startswith(("quarantined: ", "failed: ")) and len(v) > 25 for v in told.values()), told
    assert first.rows(listings.replace("ORDER", "WHERE list_id = 'us_ofac_sdn' ORDER")) == before
    assert first.rows("SELECT count(*) > 0 FROM core.sanction_listings WHERE list_id = 'us_bis_entity_list'") == [(True,)]
    assert first.fold(tmp_path / "bad").report.new == [], "none is taken in again"


def test_a_bad_row_is_rejected_alone_with_its_reason_and_a_misspelled_source_does_not_pass_in_silence(
    tmp_path: Path, empty: Warehouse
) -> None:
    lines = sdn(more=200).split(b"\r\n")
    lines[4] = lines[4].replace(b"5,", b"five,", 1)
    put(tmp_path / "a", "us_ofac_sdn", "2023-01-01", "sdn.csv", b"\r\n".join(lines))
    put(tmp_path / "a", "us_ofac_sdm", "2023-01-01", "sdn.csv", sdn())
    told: list[str] = []
    assert empty.refresh(tmp_path / "a", told.append).exit_code == 0
    assert any("us_ofac_sdm" in line for line in told)
    ((file, row, value, reason),) = empty.rows('SELECT file, "row", "value", reason FROM meta.rejects')
    assert (file, row) == ("sdn.csv", 5)
    assert "five" in value
    assert reason
    assert empty.rows("SELECT n_rows, n_rejected FROM meta.snapshots") == [(240, 1)]


VSRR_HEAD = (
    "State,Year,Month,Period,Indicator,Data Value,Percent Complete,Percent Pending Investigation,"
    "State Name,Footnote,Footnote Symbol,Predicted Value\n"
)


def vsrr(total: int, synthetic: int) -> bytes:
    """Two rows of VSRR, made up: all overdoses and synthetic opioids of the United States."""
    rows = [("Number of Drug Overdose Deaths", total), ("Synthetic opioids, excl. methadone (T40.4)", synthetic)]
    return (VSRR_HEAD + "".join(f'US,2019,May,12 month-ending,"{i}",{v},100,0,United States,,**,\n' for i, v in rows)).encode()


def test_a_domain_whose_blocking_checks_fail_is_built_from_its_last_core_that_passed(tmp_path: Path, empty: Warehouse) -> None:
    put(tmp_path / "a", "us_cdc_vsrr", "2019-10-01", "vsrr.csv", vsrr(70_000, 30_000))
    assert empty.refresh(tmp_path / "a").exit_code == 0
    put(tmp_path / "b", "us_cdc_vsrr", "2019-11-01", "vsrr.csv", vsrr(70_001, 90_000))
    before = (empty.folder / "bilateral.duckdb").read_bytes()
    report = empty.refresh(tmp_path / "b")
    assert (report.exit_code, report.published) == (1, False), "nothing is new but what is held back"
    assert (empty.folder / "bilateral.duckdb").read_bytes() == before
    put(tmp_path / "b", "us_ofac_sdn", "2019-11-01", "sdn.csv", sdn())
    report = empty.refresh(tmp_path / "b")
    assert (report.exit_code, report.published) == (3, True)
    assert "class_not_above_total" in report.not_promoted[0]
    values = empty.rows("SELECT value FROM core.overdose_observations WHERE drug = 'T40.4' ORDER BY ALL")
    assert values == [(30_000.0,)]
    assert empty.rows("SELECT count(*) FROM core.sanction_listings") == [(40,)]


def test_a_core_is_checked_again_when_something_else_is_expected_of_it(tmp_path: Path, empty: Warehouse) -> None:
    put(tmp_path / "a", "us_ofac_sdn", "2023-01-01", "sdn.csv", sdn())
    assert empty.fold(tmp_path / "a").report.exit_code == 0
    state = State(empty.folder)
    kept = state.entries("validations")["sanctions"]
    state.put("validations", {"sanctions": ("those of yesterday", [])})
    report = empty.fold(tmp_path / "a").report
    assert (report.exit_code, report.folded) == (0, ["sanctions"])
    again = state.entries("validations")["sanctions"]
    assert (again[0], len(json.loads(again[1]))) == (kept[0], len(json.loads(kept[1])))


def test_a_new_warehouse_that_could_reach_no_source_still_takes_the_sample(tmp_path: Path, empty: Warehouse) -> None:
    put(tmp_path / "a", "us_ofac_sdn", "2026-01-01", "sdn.csv.gz", b"no gzip")
    report = empty.refresh(tmp_path / "a")
    assert [n.verdict for n in report.new] == ["failed"]
    assert report.exit_code == 3
    project = Opened(Settings(warehouse=empty.folder))
    assert Ingest(project).choose_origin(str(SAMPLE)) == str(SAMPLE)
    assert project.origin().kind is None


@pytest.mark.parametrize("args", [("--from", "nowhere"), ("--only", "weather")])
def test_a_wrong_argument_is_answered_in_words(empty: Warehouse, args: tuple[str, ...]) -> None:
    done = empty.run("refresh", *args)
    assert done.code == 1
    assert "Nothing was changed" in done.err
