"""Whole refreshes in which a reader has gone wrong: the wrong rows are set aside, or their source is held back, never more."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import polars as pl

from assets.contract import Folded, History, SourceCode, StagedSnapshot
from pipelines.project import Project, Report
from pipelines.settings import Settings
from tests.whole.archives import put, sdn
from tests.whole.conftest import Warehouse

Spoil = Callable[[pl.DataFrame], pl.DataFrame]


def spoiled(code: SourceCode, table: str, spoil: Spoil) -> SourceCode:
    """The source with a fold that gets its open rows of a table wrong."""

    def fold(history: History, snapshots: Iterable[StagedSnapshot]) -> Folded:
        result = code.fold(history, snapshots)
        return replace(result, open={**result.open, table: spoil(result.open[table])})

    return replace(code, fold=fold)


def refresh(warehouse: Warehouse, archive: Path, sources: list[str], table: str = "", spoil: Spoil | None = None) -> Report:
    """A refresh of the sanctions room in this process; the fold of us_ofac_sdn is spoiled."""
    project = Project(Settings(warehouse=warehouse.folder, data_docs=False))
    room = project.rooms["sanctions"]
    if spoil is not None:
        codes = tuple(spoiled(c, table, spoil) if c.source == "us_ofac_sdn" else c for c in room.sources)
        project.rooms["sanctions"] = replace(room, sources=codes)
    else:
        # another reader is other code: its source is folded again from raw
        setattr(project, "fingerprint", lambda room: f"mended {room.domain}")  # noqa: B010
    project.choose_origin(str(archive))
    project.fold("actors")
    for source in sources:
        project.ingest(source)
        project.stage(source)
    for domain in ("sanctions", "overdose", "news"):
        project.fold(domain)
    project.build("test")
    if not project.report.blocked:
        project.publish()
    return project.report


def begins_by_a_guess(n: int) -> Spoil:
    """The first ``n`` listings begin on a basis that is none."""
    bad = pl.col("listing_id").rank("dense") <= n
    return lambda f: f.with_columns(valid_from_basis=pl.when(bad).then(pl.lit("guessed")).otherwise("valid_from_basis"))


def test_a_bad_listing_goes_with_all_its_facts_and_comes_back_when_its_reader_is_mended(tmp_path: Path, empty: Warehouse) -> None:
    put(tmp_path / "a", "us_ofac_sdn", "2023-01-01", "sdn.csv", sdn(more=200))
    report = refresh(empty, tmp_path / "a", ["us_ofac_sdn"], "sanction_listings", begins_by_a_guess(1))
    assert (report.exit_code, report.published, report.held_back) == (3, True, [])
    assert any("core.sanction_listings set aside by valid_from_basis_in_vocabulary" in line for line in report.set_aside)
    assert empty.rows("SELECT count(*) FROM core.sanction_listings") == [(239,)]
    assert empty.rows("SELECT DISTINCT source, snapshot FROM meta.rejects WHERE table_name = 'core.sanction_listings'")
    outcome = "SELECT status, n_set_aside FROM meta.validations WHERE table_name = 'core.sanction_listings' AND n_set_aside > 0"
    assert empty.rows(outcome) == [("passed", 1)]
    put(tmp_path / "b", "us_ofac_sdn", "2023-02-01", "sdn.csv", sdn(more=201))
    report = refresh(empty, tmp_path / "b", ["us_ofac_sdn"])
    assert (report.exit_code, report.published) == (0, True)
    assert empty.rows("SELECT count(*) FROM core.sanction_listings WHERE known_to IS NULL") == [(241,)]
    assert empty.rows("SELECT count(*) FROM meta.rejects") == [(0,)]


def test_a_source_with_many_bad_rows_is_held_back_and_the_others_of_its_room_are_published(
    tmp_path: Path, empty: Warehouse
) -> None:
    put(tmp_path / "a", "us_ofac_sdn", "2023-01-01", "sdn.csv", sdn(more=200))
    put(tmp_path / "a", "us_ofac_cons", "2023-01-01", "cons_prim.csv", sdn())
    report = refresh(empty, tmp_path / "a", ["us_ofac_sdn", "us_ofac_cons"], "sanction_listings", begins_by_a_guess(20))
    assert (report.exit_code, report.published) == (3, True)
    assert "20 of its 240 rows of core.sanction_listings" in report.held_back[0]
    assert empty.rows("SELECT list_id, count(*) FROM core.sanction_listings GROUP BY ALL") == [("us_ofac_cons", 40)]
