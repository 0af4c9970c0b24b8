"""Whole refreshes in which a reader has gone wrong: the wrong rows are set aside, or their source is held back, never more."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl

from assets.contracts import Folded, History, SourceCode, StagedSnapshot
from pipelines.services.ingest import Ingest
from pipelines.services.publish import Publish
from pipelines.services.report import Report
from pipelines.services.transform import Transform
from pipelines.services.warehouse import Warehouse as Opened
from pipelines.settings import Settings
from tests.made_up import SAMPLE
from tests.whole.archives import put, sdn
from tests.whole.conftest import Warehouse

Spoil = Callable[[pl.DataFrame], pl.DataFrame]


def spoil(project: Opened, source: str, table: str, change: Spoil) -> None:
    """Make the fold of a source get its open rows of a table wrong."""
    domain = project.sources[source].domain
    package = project.packages[domain]

    def spoiled(code: SourceCode) -> SourceCode:
        def fold(history: History, snapshots: Iterable[StagedSnapshot]) -> Folded:
            result = code.fold(history, snapshots)
            return replace(result, open={**result.open, table: change(result.open[table])})

        return replace(code, fold=fold)

    project.packages[domain] = replace(package, sources=tuple(spoiled(c) if c.source == source else c for c in package.sources))


class Mended(Opened):
    """The project with its own readers after one was wrong: other code, so that its source is folded again from raw."""

    def fingerprint(self, source_id: str) -> str:
        return f"mended {super().fingerprint(source_id)}"


def settings(warehouse: Warehouse) -> Settings:
    return Settings(warehouse=warehouse.folder, data_docs=False)


def refresh(project: Opened, archive: Path | str, *sources: str) -> Report:
    """A refresh of some sources in this process."""
    fold(project, archive, *sources)
    Publish(project).build("test")
    if not project.report.blocked:
        Publish(project).publish()
    return project.report


def fold(project: Opened, archive: Path | str, *sources: str) -> None:
    """The steps of a refresh before the build."""
    Ingest(project).choose_origin(str(archive))
    Transform(project).fold("actors")
    for source in sources:
        Ingest(project).ingest(source)
        Transform(project).stage(source)
    for domain in dict.fromkeys(project.sources[s].domain for s in sources):
        Transform(project).fold(domain)


def rows(project: Opened, table: str) -> pl.DataFrame:
    """The rows of a core table (bare name) that would be published."""
    domain = next(d for d in project.packages if table in project.tables(d))
    return pl.read_parquet(project.core.files(project.core.current(domain), table))


def only(condition: pl.Expr, **values: object) -> Spoil:
    """Other values where a condition holds."""
    return lambda f: f.with_columns(pl.when(condition).then(pl.lit(v)).otherwise(name).alias(name) for name, v in values.items())


def begins_by_a_guess(n: int) -> Spoil:
    """The first ``n`` listings begin on a basis that is none."""
    return only(pl.col("listing_id").rank("dense") <= n, valid_from_basis="guessed")


def test_a_bad_listing_goes_with_all_its_facts_and_comes_back_when_its_reader_is_fixed(tmp_path: Path, empty: Warehouse) -> None:
    put(tmp_path / "a", "us_ofac_sdn", "2023-01-01", "sdn.csv", sdn(more=200))
    wrong = Opened(settings(empty))
    spoil(wrong, "us_ofac_sdn", "sanction_listings", begins_by_a_guess(1))
    report = refresh(wrong, tmp_path / "a", "us_ofac_sdn")
    assert (report.exit_code, report.published, report.not_promoted) == (3, True, [])
    assert any("core.sanction_listings quarantined by valid_from_basis_in_vocabulary" in line for line in report.quarantined_rows)
    assert empty.rows("SELECT count(*) FROM core.sanction_listings") == [(239,)]
    assert empty.rows("SELECT DISTINCT source, snapshot FROM meta.rejects WHERE table_name = 'core.sanction_listings'")
    outcome = "SELECT expectation, status, n_set_aside FROM meta.validations WHERE table_name = 'core.sanction_listings'"
    assert ("valid_from_basis_in_vocabulary", "passed", 1) in empty.rows(outcome)
    assert "  us_ofac_sdn core.sanction_listings valid_from_basis_in_vocabulary: 1: " in empty.run("status").out
    put(tmp_path / "b", "us_ofac_sdn", "2023-02-01", "sdn.csv", sdn(more=201))
    report = refresh(Mended(settings(empty)), tmp_path / "b", "us_ofac_sdn")
    assert (report.exit_code, report.published) == (0, True)
    assert empty.rows("SELECT count(*) FROM core.sanction_listings WHERE known_to IS NULL") == [(241,)]
    assert empty.rows("SELECT count(*) FROM meta.rejects") == [(0,)]


def test_a_listing_without_a_name_on_which_the_matching_of_parties_fails_is_set_aside(tmp_path: Path, empty: Warehouse) -> None:
    put(tmp_path / "a", "us_ofac_sdn", "2023-01-01", "sdn.csv", sdn(more=200))
    wrong = Opened(settings(empty))
    spoil(wrong, "us_ofac_sdn", "sanction_listings", only(pl.col("listing_id").rank("dense") == 1, name=None))
    fold(wrong, tmp_path / "a", "us_ofac_sdn")
    assert (wrong.report.not_promoted, wrong.report.problems) == ([], [])
    assert any(
        "core.sanction_listings quarantined by required_columns_are_never_null" in line for line in wrong.report.quarantined_rows
    )
    assert rows(wrong, "sanction_listings").height == 239


def test_a_fault_across_sources_that_no_row_is_to_blame_for_holds_the_domain_back(tmp_path: Path, empty: Warehouse) -> None:
    put(tmp_path / "a", "us_ofac_sdn", "2023-01-01", "sdn.csv", sdn())
    project = Opened(settings(empty))
    package = project.packages["sanctions"]

    def fails(_: Callable[[str], pl.LazyFrame]) -> dict[str, pl.DataFrame]:
        raise KeyError("column")

    assert package.cross_source is not None
    project.packages["sanctions"] = replace(package, cross_source=replace(package.cross_source, derive=fails))
    fold(project, tmp_path / "a", "us_ofac_sdn")
    assert project.report.not_promoted == [
        "sanctions: what is made across its sources failed (KeyError: 'column'); please report this, with refresh.log"
    ]
    assert project.core.current("sanctions").sources == {}


def test_rows_that_break_a_rule_across_domains_are_set_aside_before_the_build(empty: Warehouse) -> None:
    wrong = Opened(settings(empty))
    # the one row that is known since that day and stands: no other rule misses it
    lone = only(pl.col("known_from").dt.date() == date(2023, 10, 11), actor_id="NOWHERE")
    spoil(wrong, "us_cdc_vsrr", "overdose_observations", lone)
    fold(wrong, str(SAMPLE), "us_cdc_vsrr")
    assert (wrong.report.exit_code, wrong.report.not_promoted) == (3, [])
    assert any("overdose_observations quarantined by actor_id_exists_in_actors" in line for line in wrong.report.quarantined_rows)
    assert "NOWHERE" not in rows(wrong, "overdose_observations")["actor_id"]


def test_a_domain_full_of_unknown_actors_is_held_back_and_the_others_are_not(tmp_path: Path, empty: Warehouse) -> None:
    wrong = Opened(settings(empty))
    spoil(wrong, "us_cdc_vsrr", "overdose_observations", lambda f: f.with_columns(actor_id=pl.lit("NOWHERE")))
    put(tmp_path / "a", "us_ofac_sdn", "2023-01-01", "sdn.csv", sdn())
    counts = SAMPLE / "us_cdc_vsrr" / "2024-04-17" / "rows.csv"
    put(tmp_path / "a", "us_cdc_vsrr", "2024-04-17", "rows.csv", counts.read_bytes())
    fold(wrong, tmp_path / "a", "us_ofac_sdn", "us_cdc_vsrr")
    (line,) = wrong.report.not_promoted
    assert "actor_id_exists_in_actors" in line
    assert rows(wrong, "sanction_listings").height == 40
    assert not wrong.core.files(wrong.core.current("overdose"), "overdose_observations")


def test_rules_across_domains_wait_where_the_registry_was_never_made(empty: Warehouse) -> None:
    project = Opened(settings(empty))
    Ingest(project).choose_origin(str(SAMPLE))
    Ingest(project).ingest("us_cdc_vsrr")
    Transform(project).stage("us_cdc_vsrr")
    _, validations = Transform(project).fold("overdose")
    assert {v.status for v in validations if v.expectation.endswith("exists_in_actors")} == {"skipped"}
    assert rows(project, "overdose_observations").height > 0
    assert project.report.not_promoted == []
    Transform(project).fold("actors")
    _, validations = Transform(project).fold("overdose")
    assert {v.status for v in validations if v.expectation.endswith("exists_in_actors")} == {"passed"}
