"""Staging and folding on the workers of a cluster: the same files as in one process, whatever becomes of the workers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path

import pytest

from assets.contract import Room
from pipelines.cluster.dask import DaskHelpers, in_order
from pipelines.cluster.work import Place, fold_batch, stage_day
from pipelines.layers.helpers import Batch, Day, FoldedApart
from pipelines.layers.staged import days_of
from pipelines.project import Project
from pipelines.sealed import sha256_of
from pipelines.settings import SAMPLE, Settings
from pipelines.warehouse_id import id_of
from tests.cluster.machines import free_port, scheduler, worker
from tests.cluster.slots import SOURCE, put_slots, rows_of

pytestmark = pytest.mark.skipif(find_spec("distributed") is None, reason="the extra 'cluster' is not installed")

ROWS_AT_ONCE = 200
FIRST = datetime(2023, 11, 20)
N_DAYS = 3


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("cluster")
    with ExitStack() as stack:
        address = stack.enter_context(scheduler(folder))
        for name in ("one", "two"):
            stack.enter_context(worker(folder, address, name, "--no-nanny"))
        yield address


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("archive")
    rows = rows_of(SAMPLE / SOURCE / "2023-11-16T003000Z" / "20231116003000.export.CSV")
    assert put_slots(folder, rows, FIRST, N_DAYS, slots_a_day=12) == 14 * 12 * N_DAYS
    return folder


def warehouse(folder: Path, archive: Path, dask: str | None = None) -> Project:
    """A warehouse that has taken in the archive, and folds a day at a time."""
    project = Project(Settings(warehouse=folder, dask=dask))
    project.choose_origin(str(archive))
    project.ingest(SOURCE)
    news = project.rooms["news"]
    # how many rows are folded at once is no part of the code's fingerprint: the workers are told the snapshots
    project.rooms["news"] = Room(
        "news", tuple(replace(c, rows_at_once=ROWS_AT_ONCE) if c.source == SOURCE else c for c in news.sources)
    )
    return project


def files(project: Project) -> dict[str, str]:
    """All Parquet files of a warehouse with their hashes."""
    paths = [*project.staged.root.rglob("*.parquet"), *project.core.root.rglob("*.parquet")]
    return {str(path.relative_to(project.folder)): sha256_of(path) for path in paths}


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory, archive: Path) -> dict[str, str]:
    """What one process makes of the archive."""
    project = warehouse(tmp_path_factory.mktemp("alone"), archive)
    assert len(project.stage(SOURCE)) == 12 * N_DAYS
    project.fold("news")
    found = files(project)
    assert sum(".closed." in name and ".events." in name for name in found) == N_DAYS
    return found


def test_two_workers_make_the_files_that_one_process_makes(
    tmp_path: Path, archive: Path, alone: dict[str, str], cluster: str
) -> None:
    project = warehouse(tmp_path, archive, cluster)
    assert len(project.stage(SOURCE)) == 12 * N_DAYS
    project.fold("news")
    assert files(project) == alone
    assert project.report.problems == []


def test_what_the_cluster_does_not_do_is_done_here(tmp_path: Path, archive: Path, alone: dict[str, str], cluster: str) -> None:
    """Workers that see another folder are not used; their scheduler would give them the work again and again."""
    project = warehouse(tmp_path, archive)
    id_of(project.folder)
    elsewhere = DaskHelpers(cluster, Place(project.folder, "another"), project.report.problems.append)
    project.__dict__["_helpers"] = elsewhere
    project.stage(SOURCE)
    project.fold("news")
    assert files(project) == alone
    assert len(project.report.problems) == 1
    assert "finds another warehouse in" in project.report.problems[0]
    assert "done in this process" in project.report.problems[0]


def test_workers_with_other_code_are_not_used(tmp_path: Path, archive: Path, cluster: str) -> None:
    project = warehouse(tmp_path, archive)
    told: list[str] = []
    helpers = DaskHelpers(cluster, Place(project.folder, id_of(project.folder)), told.append)
    assert list(helpers.stage(days_of(SOURCE, "of other code", project.raw.snapshots(SOURCE)))) == []
    assert ["would make other rows of gdelt_v2_events" in text for text in told] == [True]


def test_a_cluster_that_does_not_answer_is_told_and_the_work_is_done_here(
    tmp_path: Path, archive: Path, alone: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.cluster.dask.CONNECT_S", 0.2)
    project = warehouse(tmp_path, archive, f"tcp://127.0.0.1:{free_port()}")
    project.stage(SOURCE)
    project.fold("news")
    assert files(project) == alone
    assert ["does not answer" in text for text in project.report.problems] == [True]


class Half:
    """Helpers that do every other thing, and one thing twice."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._place = Place(project.folder, id_of(project.folder))

    def stage(self, days: Sequence[Day]) -> Iterator[tuple[Day, Mapping[str, str]]]:
        for day in list(days)[::-2]:
            stage_day(self._place, day)  # by a worker that was lost before it could say so
            yield day, stage_day(self._place, day)

    @contextmanager
    def fold(self, source: str, fingerprint: str, batches: Sequence[Batch]) -> Iterator[Iterator[FoldedApart | None]]:
        found = [(n, fold_batch(self._place, source, fingerprint, b)) for n, b in enumerate(batches) if n % 2]
        yield in_order(iter(found), len(batches))


def test_half_of_the_work_done_elsewhere_and_half_here_give_the_same_files(
    tmp_path: Path, archive: Path, alone: dict[str, str]
) -> None:
    project = warehouse(tmp_path, archive)
    project.__dict__["_helpers"] = Half(project)
    left = project.staged.root / SOURCE / ".2023-11-20T000000Z.of-a-run-that-was-killed.new"
    left.mkdir(parents=True)
    project.stage(SOURCE)
    project.fold("news")
    assert files(project) == alone
    assert not list(project.staged.root.rglob(".*.new")), "what nobody waited for is gone"


def test_results_come_in_order_and_what_is_left_out_is_none() -> None:
    one, two = FoldedApart({"n": 1}), FoldedApart({"n": 2})
    assert list(in_order(iter([(2, two), (0, one)]), 4)) == [one, None, two, None]
    assert list(in_order(iter([]), 2)) == [None, None]
