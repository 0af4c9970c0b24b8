"""A warehouse of the snapshots before a date says what the whole one says as known on that date. On real files."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from assets.actors import registry
from assets.contract import RowGuard, StagedInfo, StagedSnapshot
from assets.overdose import vsrr
from assets.overdose.observations import fold as fold_overdoses
from assets.sanctions.history.compared.ledger import fold_compared
from assets.sanctions.lists.us_ofac import legacy_csv as ofac
from assets.sanctions.lists.us_ofac.remarks import reader
from tests.overdose.conftest import Ledger
from tests.sanctions.conftest import Memory
from tests.sql.conftest import Warehouse

pytestmark = pytest.mark.real_data

EVERY = 26
"""One edition in so many is taken: ten, with gaps between them."""
DATES = ("2022-01-01", "2022-11-10", "2023-07-01")
MACROS = (
    "list_coverage_as_known({k})",
    "listings_as_known({k})",
    "listed_as_known(DATE '2021-12-31', {k})",
    "listed_as_known(DATE '2022-10-01', {k})",
    "listing_dyads_as_known({k})",
    "dyad_days_as_known('USA', 'CHN', {k})",
    "dyad_panel_as_known('USA', 'RUS', 'month', {k})",
    "overdose_as_known({k})",
    "overdose_shares_as_known({k})",
    "overdose_changes_as_known({k})",
    "overdose_monthly_as_known({k})",
    "overdose_rates_as_known({k})",
)
Sources = tuple[list[StagedSnapshot], list[StagedSnapshot]]


@pytest.fixture(scope="module")
def snapshots(sdn_history: Path, real_data: Path) -> Sources:
    """Editions of the SDN list and vintages of CDC's counts."""
    editions = []
    for folder in sorted((sdn_history / "us_ofac_sdn").iterdir())[::EVERY]:
        staged = ofac.stage({"sdn.csv": (folder / "sdn.csv").read_bytes()})
        at = datetime.strptime(folder.name, "%Y-%m-%dT%H%M%SZ")  # noqa: DTZ007
        editions.append(StagedSnapshot(folder.name, at, True, staged.facts, staged.frames))
    vintages, before = [], None
    catalogue = pl.read_csv(real_data / "CATALOG.csv").filter(pl.col("source") == "us_cdc_vsrr").sort("retrieved_at")
    for path, day in catalogue.select("path", "retrieved_at").iter_rows():
        staged = vsrr.stage({Path(path).stem: gzip.decompress((real_data / path).read_bytes())})
        info = StagedInfo(day, datetime.fromisoformat(day), staged.n_read, staged.rejects.height, staged.facts)
        judged = vsrr.judge(info, before, RowGuard())
        if not judged.refusals:
            before = info if judged.complete else before
            vintages.append(StagedSnapshot(day, info.retrieved_at, judged.complete, staged.facts, staged.frames))
    return editions, vintages


def built(sources: Sources, before: str | None = None) -> Warehouse:
    """A warehouse of the snapshots that were taken by a date, or of all."""
    limit = datetime.fromisoformat(before or "9999-12-31")
    editions, vintages = ([s for s in some if s.retrieved_at <= limit] for some in sources)
    history, overdoses = Memory(), Ledger()
    history = history.after(fold_compared("us_ofac_sdn", history, editions, reader()))
    overdoses.take(fold_overdoses(overdoses, vintages))
    w = Warehouse()
    tables: Mapping[str, pl.DataFrame] = {
        **{n: history.all(n).collect() for n in ("sanction_lists", "list_coverage", "sanction_listings", "sanction_countries")},
        **{n: history.all(n).collect() for n in ("sanction_programs", "sanction_events")},
        **{n: overdoses.rows(n) for n in ("overdose_observations", "overdose_vintages")},
        "actors": registry.actors(),
    }
    for name, frame in tables.items():
        w.con.register("frame", frame.to_arrow())
        w.con.execute(f"INSERT INTO core.{name} BY NAME SELECT * FROM frame")
    return w.build()


@pytest.fixture(scope="module")
def whole(snapshots: Sources) -> Warehouse:
    return built(snapshots)


@pytest.mark.parametrize("day", DATES)
def test_a_warehouse_of_the_snapshots_before_a_date_is_the_whole_one_as_known_on_it(
    snapshots: Sources, whole: Warehouse, day: str
) -> None:
    cut = built(snapshots, day)
    for macro in MACROS:
        asked = macro.replace("{k}", f"DATE '{day}'")
        columns = [r[0] for r in whole.ask(f"DESCRIBE FROM {asked}")]
        # a version of a listing is closed by what came later
        told = ", ".join(c for c in columns if c != "known_to")
        then, now = (w.ask(f"SELECT {told} FROM {asked} ORDER BY ALL") for w in (whole, cut))
        assert then == now, macro
        assert then or "rates" in macro or "monthly" in macro, macro
    panel = "SELECT * FROM dyad_panel{} ORDER BY ALL"
    assert whole.ask(panel.format(f"_as_known('USA', 'CHN', 'day', DATE '{day}')")) == cut.ask(
        panel.format("('USA', 'CHN', 'day')")
    )
