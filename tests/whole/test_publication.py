"""A killed refresh leaves the published file as it was (readers beside refreshes: test_simulated_year, test_many_readers)."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable

import pytest

from pipelines.publish.build import ROW_GROUP_SIZE
from tests.depth import DEEP
from tests.whole.conftest import Warehouse


@pytest.mark.parametrize("after", ["nothing", "new snapshots", "checking it", "building", "auditing"] if DEEP else ["building"])
def test_a_refresh_killed_at_any_point_leaves_the_published_file_and_the_next_succeeds(
    one: Warehouse, copy_of: Callable[[Warehouse], Warehouse], after: str
) -> None:
    warehouse = copy_of(one)
    before = (warehouse.folder / "bilateral.duckdb").read_bytes()
    archive = one.folder.parent / "b"
    with warehouse.begun("-m", "pipelines.cli", "refresh", "--from", str(archive), "--only", "sanctions") as child:
        assert child.stdout is not None
        for line in child.stdout:
            if after == "nothing" or after in line:
                break
        time.sleep(0.15)
        child.send_signal(signal.SIGKILL)
    assert (warehouse.folder / "bilateral.duckdb").read_bytes() == before
    assert warehouse.refresh(archive).exit_code == 0
    assert warehouse.rows("SELECT count(*) FROM core.sanction_listings") == [(42,)]
    assert not (warehouse.folder / ".build").exists()


def test_tables_lie_in_small_row_groups_whoever_wrote_last(sample: Warehouse) -> None:
    """A writer that does not know their size joins them at its checkpoint."""
    ((n_groups, largest),) = sample.rows(
        "SELECT count(DISTINCT row_group_id), max(count) FROM pragma_storage_info('marts.actor_day')"
    )
    assert n_groups > 1
    assert largest <= ROW_GROUP_SIZE
