"""A second process stages and folds the source of which most came in; the first one takes what it made."""

from contextlib import ExitStack
from multiprocessing import Pipe
from pathlib import Path

import pytest

from pipelines.services import beside
from pipelines.services.ingest import Ingest
from pipelines.services.transform import Transform
from pipelines.services.warehouse import Warehouse
from pipelines.settings import Settings
from tests.whole.archives import put, sdn

SOURCE = "us_ofac_sdn"


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    for day, more in ((1, 0), (2, 1)):
        put(tmp_path / "a", SOURCE, f"2023-01-0{day}T000000Z", "sdn.csv", sdn(more=more))
    found = Warehouse(Settings(warehouse=tmp_path / "w"))
    Ingest(found).choose_origin(str(tmp_path / "a"))
    Ingest(found).ingest_ahead([SOURCE])
    return found


def not_here(*_: object) -> None:
    pytest.fail("done twice")


def test_what_a_second_process_made_is_not_made_again(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "MANY", 2)
    monkeypatch.setattr(beside.os, "cpu_count", lambda: 2)  # type: ignore[attr-defined]
    monkeypatch.setattr(warehouse.staged, "stage", not_here)
    monkeypatch.setattr(warehouse.core, "_fold_source", not_here)
    with warehouse.lock(), ExitStack() as stack:
        beside.begin(warehouse, stack)
        assert list(warehouse.beside) == [SOURCE]
        assert Transform(warehouse).stage(SOURCE) == warehouse.raw.snapshots(SOURCE)
        state, new = Transform(warehouse).fold_source(SOURCE)
    assert [n.verdict for n in new] == ["accepted"] * 2
    assert all((warehouse.core.parts("sanctions") / file).exists() for file in state.files())


def test_a_few_snapshots_are_worth_no_process(warehouse: Warehouse) -> None:
    beside.begin(warehouse, ExitStack())
    assert not warehouse.beside


def test_what_a_second_process_did_not_end_is_done_here(warehouse: Warehouse) -> None:
    warehouse.beside[SOURCE], answer = Pipe(duplex=False)
    answer.close()
    assert Transform(warehouse).stage(SOURCE) == warehouse.raw.snapshots(SOURCE)
    assert not warehouse.beside
