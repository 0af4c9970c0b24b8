"""Whole refreshes: from files to the published file, with good and bad input, with readers that are wrong, with corrections."""

import json
import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from assets.contracts import Folded, History, SourceCode, StagedSnapshot
from pipelines.publish.build import ROW_GROUP_SIZE
from pipelines.services.ingest import Ingest
from pipelines.services.publish import Publish
from pipelines.services.transform import Transform
from pipelines.services.warehouse import Warehouse as Opened
from pipelines.util.state import State
from tests.made_up import SAMPLE
from tests.whole.archives import SDN, put, sdn, vintages
from tests.whole.conftest import Warehouse, steps

VSRR = "us_cdc_vsrr"


def test_the_sample_is_published_with_every_check_passed_and_its_rows_add_up(sample: Warehouse) -> None:
    statuses = dict(sample.rows("SELECT status, count(*) FROM meta.validations GROUP BY 1"))
    assert statuses.get("failed", 0) == statuses.get("error", 0) == 0
    assert statuses["passed"] > 150
    assert (sample.folder / "data_docs" / "index.html").exists()
    assert sample.rows("SELECT origin FROM meta.build") == [("record",)]
    assert sample.rows("SELECT source FROM meta.snapshots WHERE verdict = 'accepted' AND n_rows < n_rejected") == []
    # a writer that does not know their size joins groups of rows at its checkpoint
    groups = "SELECT count(DISTINCT row_group_id) > 1, max(count) <= {} FROM pragma_storage_info('core.transliterations')"
    assert sample.rows(groups.format(ROW_GROUP_SIZE)) == [(True, True)]


def test_a_warehouse_is_up_to_date_where_a_refresh_finds_nothing_new(tmp_path: Path, first: Warehouse, one: Warehouse) -> None:
    def is_up_to_date(warehouse: Warehouse = first) -> bool:
        return Publish(warehouse.project()).is_up_to_date(["sanctions"])

    assert not is_up_to_date(Warehouse(tmp_path / "none"))
    assert is_up_to_date()
    ingest = Ingest(project := first.project())
    ingest.choose_origin(str(one.folder.parent / "a"))
    assert not ingest.ingest_ahead([SDN, "us_bis_dpl"])
    for changed, content in (
        (first.folder / ".build" / "bilateral.duckdb", b"a build that was refused"),
        (first.folder / "core" / "sanctions" / "current.json", b'{"version": "", "sources": {}}'),
    ):
        before = changed.read_bytes() if changed.exists() else None
        changed.parent.mkdir(exist_ok=True)
        changed.write_bytes(content)
        assert not is_up_to_date(), changed
        changed.unlink() if before is None else changed.write_bytes(before)
        assert is_up_to_date()
    ingest.choose_origin(str(vintages(tmp_path / "b", b"", since=2)))
    assert ingest.ingest_ahead([SDN])
    assert not is_up_to_date()
    assert [r.verdict for r in ingest.ingest(SDN)] == ["quarantined"]
    assert ingest.ingest(SDN) == []
    # what goes wrong while sources are taken in ahead is reported by the run that follows
    ingest.choose_origin(str(vintages(tmp_path / "c", sdn(more=1), since=3)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Ingest, "_take_in", lambda *_: 1 / 0)
        assert ingest.ingest_ahead([SDN])
    assert project.report.problems == []
    assert ingest.ingest(SDN) == []
    assert project.report.problems[0].startswith("us_ofac_sdn: the program failed")


def test_what_came_out_during_a_day_is_known_at_its_end_and_a_bad_row_is_rejected_alone(empty: Warehouse, tmp_path: Path) -> None:
    """A folder named by a day: its parties are dated with that day in Washington, and known on the next."""
    archive, bad = tmp_path / "archive", sdn(more=200).replace(b"\n5,", b"\nfive,")
    put(archive, SDN, "2022-01-20T184719Z", "sdn.csv", bad)
    put(archive, SDN, "2022-01-21", "sdn.csv", sdn(more=202))
    assert empty.refresh(archive).exit_code == 0
    for day, known, n in (
        ("21", "DATE '2022-01-21'", 239),
        ("21", "TIMESTAMP '2022-01-21 23:59:58'", 239),
        ("21", "TIMESTAMP '2022-01-21 23:59:59'", 242),
        ("21", "DATE '2022-01-22'", 242),
        ("20", "DATE '2022-01-22'", 239),
    ):
        assert empty.rows(f"SELECT count(*) FROM listed_as_known(DATE '2022-01-{day}', {known})") == [(n,)], (day, known)
    begun = "SELECT valid_from::VARCHAR, known_from::VARCHAR FROM core.sanction_listings WHERE native_id IN ('5', '241', '242')"
    assert empty.rows(begun) == [("2022-01-21", "2022-01-21 23:59:59")] * 3
    held = empty.rows("SELECT snapshot, retrieved_precision, n_rows, n_rejected FROM meta.snapshots ORDER BY 1")
    assert held == [("2022-01-20T184719Z", "second", 240, 1), ("2022-01-21T235959Z", "day", 242, 0)]
    ((file, row, value, reason),) = empty.rows('SELECT file, "row", "value", reason FROM meta.rejects')
    assert (file, row, "five" in value, bool(reason)) == ("sdn.csv", 5, True, True)


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
    of_list = "SELECT listing_id, valid_from, valid_to, known_to FROM core.sanction_listings WHERE list_id = '{}' ORDER BY ALL"
    before, bad = first.rows(of_list.format(SDN)), vintages(tmp_path / "bad", *BAD.values(), since=2)
    # the other source is good, and must go on
    shutil.copytree(SAMPLE / "us_bis_entity_list", bad / "us_bis_entity_list")
    assert first.refresh(bad).exit_code == 3
    told = dict(first.rows("SELECT snapshot, verdict || ': ' || reason FROM meta.snapshots WHERE verdict <> 'accepted'"))
    assert len(told) == len(BAD), told
    assert all(v.startswith(("quarantined: ", "failed: ")) and len(v) > 25 for v in told.values()), told
    assert first.rows(of_list.format(SDN)) == before
    assert first.rows(of_list.format("us_bis_entity_list"))
    assert first.fold(bad).report.new == [], "none is taken in again"


def test_a_new_warehouse_that_could_reach_no_source_still_takes_the_sample(tmp_path: Path, empty: Warehouse) -> None:
    put(tmp_path / "a", SDN, "2026-01-01", "sdn.csv.gz", b"no gzip")
    report = empty.fold(tmp_path / "a").report
    assert ([n.verdict for n in report.new], report.exit_code) == (["failed"], 3)
    assert Ingest(project := empty.project()).choose_origin(str(SAMPLE)) == str(SAMPLE)
    assert project.origin().kind is None


VSRR_HEAD = (
    "State,Year,Month,Period,Indicator,Data Value,Percent Complete,Percent Pending Investigation,"
    "State Name,Footnote,Footnote Symbol,Predicted Value\n"
)


def vsrr(total: int, synthetic: int) -> bytes:
    rows = [("Number of Drug Overdose Deaths", total), ("Synthetic opioids, excl. methadone (T40.4)", synthetic)]
    return (VSRR_HEAD + "".join(f'US,2019,May,12 month-ending,"{i}",{v},100,0,United States,,**,\n' for i, v in rows)).encode()


def test_a_domain_whose_blocking_checks_fail_is_built_from_its_last_core_that_passed(tmp_path: Path, empty: Warehouse) -> None:
    put(tmp_path / "a", VSRR, "2019-10-01", "vsrr.csv", vsrr(70_000, 30_000))
    assert empty.refresh(tmp_path / "a").exit_code == 0
    put(tmp_path / "b", VSRR, "2019-11-01", "vsrr.csv", vsrr(70_001, 90_000))
    before = empty.file.read_bytes()
    report = empty.refresh(tmp_path / "b")
    assert (report.exit_code, report.published) == (1, False), "nothing is new but what is held back"
    assert empty.file.read_bytes() == before
    put(tmp_path / "b", SDN, "2019-11-01", "sdn.csv", sdn())
    report = empty.refresh(tmp_path / "b")
    assert (report.exit_code, report.published, "class_not_above_total" in report.not_promoted[0]) == (3, True, True)
    assert empty.rows("SELECT value FROM core.overdose_observations WHERE drug = 'T40.4'") == [(30_000.0,)]
    assert empty.n_listings() == 40


def test_a_core_is_checked_again_when_something_else_is_expected_of_it(tmp_path: Path, empty: Warehouse) -> None:
    state = State(empty.folder)
    assert empty.fold(vintages(tmp_path / "a", sdn())).report.exit_code == 0
    kept = state.entries("validations")["sanctions"]
    state.put("validations", {"sanctions": ("those of yesterday", [])})
    report = empty.fold(tmp_path / "a").report
    assert (report.exit_code, report.folded) == (0, ["sanctions"])
    again = state.entries("validations")["sanctions"]
    assert (again[0], len(json.loads(again[1]))) == (kept[0], len(json.loads(kept[1])))
    # what the checks of another core found says nothing of the current one
    empty.fold(vintages(tmp_path / "b", sdn(more=1), since=2))
    assert Transform(empty.project()).waiting("sanctions") == []
    state.put("validations", {"sanctions": (again[0], json.loads(again[1]))})
    assert Transform(empty.project()).waiting("sanctions") is None


Spoil = Callable[[pl.DataFrame], pl.DataFrame]
LISTINGS, COUNTS = "sanction_listings", "overdose_observations"


def spoil(project: Opened, source: str, table: str, change: Spoil) -> Opened:
    package = project.packages[domain := project.sources[source].domain]

    def spoiled(code: SourceCode) -> SourceCode:
        def fold(history: History, snapshots: Iterable[StagedSnapshot]) -> Folded:
            result = code.fold(history, snapshots)
            return replace(result, open={**result.open, table: change(result.open[table])})

        return replace(code, fold=fold)

    project.packages[domain] = replace(package, sources=tuple(spoiled(c) if c.source == source else c for c in package.sources))
    return project


class Mended(Opened):
    """The project with its own readers after one was wrong: other code, so that its source is folded again from raw."""

    def fingerprint(self, source_id: str) -> str:
        return f"mended {super().fingerprint(source_id)}"


def rows(project: Opened, table: str) -> pl.DataFrame:
    domain = next(d for d in project.packages if table in project.tables(d))
    return pl.read_parquet(project.core.files(project.core.current(domain), table))


def only(condition: pl.Expr, **values: object) -> Spoil:
    return lambda f: f.with_columns(pl.when(condition).then(pl.lit(v)).otherwise(name).alias(name) for name, v in values.items())


def begins_by_a_guess(n: int) -> Spoil:
    """The first ``n`` listings begin on a basis that is none."""
    return only(pl.col("listing_id").rank("dense") <= n, valid_from_basis="guessed")


def test_a_bad_listing_goes_with_all_its_facts_and_comes_back_when_its_reader_is_fixed(tmp_path: Path, empty: Warehouse) -> None:
    wrong = spoil(empty.project(), SDN, LISTINGS, begins_by_a_guess(1))
    report = steps(wrong, vintages(tmp_path / "a", sdn(more=200)), SDN)
    assert (report.exit_code, report.published, report.not_promoted) == (3, True, [])
    assert any("core.sanction_listings quarantined by valid_from_basis_in_vocabulary" in line for line in report.quarantined_rows)
    assert empty.n_listings() == 239
    assert empty.rows("SELECT DISTINCT source, snapshot FROM meta.rejects WHERE table_name = 'core.sanction_listings'")
    outcome = "SELECT expectation, status, n_set_aside FROM meta.validations WHERE table_name = 'core.sanction_listings'"
    assert ("valid_from_basis_in_vocabulary", "passed", 1) in empty.rows(outcome)
    assert "  us_ofac_sdn core.sanction_listings valid_from_basis_in_vocabulary: 1: " in empty.run("status").out
    report = steps(Mended(wrong.settings), vintages(tmp_path / "b", sdn(more=201), since=2), SDN)
    assert (report.exit_code, report.published) == (0, True)
    assert empty.rows("SELECT count(*) FROM core.sanction_listings WHERE known_to IS NULL") == [(241,)]
    assert empty.rows("SELECT count(*) FROM meta.rejects") == [(0,)]


def test_rows_that_matching_fails_on_or_that_break_a_rule_across_domains_are_set_aside(tmp_path: Path, empty: Warehouse) -> None:
    unnamed = spoil(empty.project(), SDN, LISTINGS, only(pl.col("listing_id").rank("dense") == 1, name=None))
    steps(unnamed, vintages(tmp_path / "a", sdn(more=200)), SDN, publish=False)
    # the one row that is known since that day and stands: no other rule misses it
    lone = only(pl.col("known_from").dt.date() == date(2023, 10, 11), actor_id="NOWHERE")
    nowhere = spoil(empty.project(), VSRR, COUNTS, lone)
    steps(nowhere, SAMPLE, VSRR, publish=False)
    for project, said in (
        (unnamed, "core.sanction_listings quarantined by required_columns_are_never_null"),
        (nowhere, "overdose_observations quarantined by actor_id_exists_in_actors"),
    ):
        assert (project.report.not_promoted, project.report.problems) == ([], [])
        assert any(said in line for line in project.report.quarantined_rows)
    assert rows(unnamed, LISTINGS).height == 239
    assert "NOWHERE" not in rows(nowhere, COUNTS)["actor_id"]


def test_a_domain_full_of_unknown_actors_or_that_fails_across_its_sources_is_held_back(tmp_path: Path, empty: Warehouse) -> None:
    project = empty.project()
    package = project.packages["sanctions"]

    def fails(_: Callable[[str], pl.LazyFrame]) -> dict[str, pl.DataFrame]:
        raise KeyError("column")

    assert package.cross_source is not None
    project.packages["sanctions"] = replace(package, cross_source=replace(package.cross_source, derive=fails))
    assert steps(project, vintages(tmp_path / "a", sdn()), SDN, publish=False).not_promoted == [
        "sanctions: what is made across its sources failed (KeyError: 'column'); please report this, with refresh.log"
    ]
    assert project.core.current("sanctions").sources == {}
    counts = SAMPLE / VSRR / "2024-04-17" / "rows.csv"
    put(tmp_path / "a", VSRR, "2024-04-17", "rows.csv", counts.read_bytes())
    wrong = spoil(empty.project(), VSRR, COUNTS, lambda f: f.with_columns(actor_id=pl.lit("NOWHERE")))
    (line,) = steps(wrong, tmp_path / "a", SDN, VSRR, publish=False).not_promoted
    assert "actor_id_exists_in_actors" in line
    assert rows(wrong, LISTINGS).height == 40
    assert not wrong.core.files(wrong.core.current("overdose"), COUNTS)


def test_rules_across_domains_wait_where_the_registry_was_never_made(empty: Warehouse) -> None:
    def outcome() -> set[str]:
        _, validations = Transform(project).fold("overdose")
        return {v.status for v in validations if v.expectation.endswith("exists_in_actors")}

    project = empty.project()
    Ingest(project).choose_origin(str(SAMPLE))
    Ingest(project).ingest(VSRR)
    Transform(project).stage(VSRR)
    assert outcome() == {"skipped"}
    assert rows(project, COUNTS).height > 0
    assert project.report.not_promoted == []
    Transform(project).fold("actors")
    assert outcome() == {"passed"}
