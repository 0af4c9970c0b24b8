"""Files of an archive that were taken in are not read again, and whatever may have changed is."""

import os
from pathlib import Path

import pytest

from pipelines.ingest import archive as archives
from pipelines.services.ingest import Ingest
from pipelines.services.warehouse import Warehouse
from pipelines.settings import Settings
from tests.whole.archives import put, sdn

SDN = "us_ofac_sdn"
LONG_AGO = 1_600_000_000


def write(archive: Path, moment: str, data: bytes, at: int = LONG_AGO) -> Path:
    put(archive, SDN, moment, "sdn.csv", data)
    file = archive / SDN / moment / "sdn.csv"
    os.utime(file, (at, at))
    return file


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The folders that were read."""
    found: list[str] = []
    load = archives._load
    monkeypatch.setattr(archives, "_load", lambda folder, *rest: found.append(folder.path.name) or load(folder, *rest))  # type: ignore[func-returns-value]
    return found


def ingest(warehouse: Path, archive: Path, *, rehash: bool = False) -> list[str]:
    project = Warehouse(Settings(warehouse=warehouse))
    project.rehash = rehash
    Ingest(project).choose_origin(str(archive))
    return [r.verdict for r in Ingest(project).ingest(SDN)]


def test_what_was_taken_in_is_not_read_again_until_it_changes(tmp_path: Path, read: list[str]) -> None:
    warehouse, archive = tmp_path / "w", tmp_path / "a"
    first = write(archive, "2023-01-01", sdn())
    write(archive, "2023-01-02", sdn(more=1))
    assert ingest(warehouse, archive) == ["accepted", "accepted"]
    assert sorted(read) == ["2023-01-01", "2023-01-02"]
    read.clear()
    assert ingest(warehouse, archive) == []
    assert read == []
    # the same size, another time
    write(archive, "2023-01-01", first.read_bytes().replace(b'PARTY 1"', b'PARTY X"'), LONG_AGO + 1)
    assert ingest(warehouse, archive) == ["accepted"]
    assert read == ["2023-01-01"]
    read.clear()
    write(archive, "2023-01-03", sdn(more=2))
    assert ingest(warehouse, archive) == ["accepted"]
    assert read == ["2023-01-03"]


def test_all_is_read_where_that_is_asked_for_and_from_another_archive(tmp_path: Path, read: list[str]) -> None:
    write(tmp_path / "a", "2023-01-01", sdn())
    write(tmp_path / "b", "2023-01-01", sdn())
    for archive, rehash, expected in (("a", False, 1), ("a", True, 1), ("a", False, 0), ("b", False, 1), ("a", False, 0)):
        ingest(tmp_path / "w", tmp_path / archive, rehash=rehash)
        assert len(read) == expected, (archive, rehash)
        read.clear()


def test_a_snapshot_that_is_not_held_any_more_is_read_again_and_a_damaged_record_costs_time_alone(
    tmp_path: Path, read: list[str]
) -> None:
    write(tmp_path / "a", "2023-01-01", sdn())
    ingest(tmp_path / "w", tmp_path / "a")
    held = tmp_path / "w" / "raw" / SDN / "2023-01-01T235959Z"
    held.rename(tmp_path / "moved")
    assert ingest(tmp_path / "w", tmp_path / "a") == ["accepted"]
    assert (len(read), held.exists()) == (2, True)
    (tmp_path / "w" / "state.db").write_text("{cut", encoding="utf-8")
    assert ingest(tmp_path / "w", tmp_path / "a") == []
    assert len(read) == 3


def test_what_could_not_be_read_and_what_was_just_written_is_read_again(tmp_path: Path, read: list[str]) -> None:
    put(tmp_path / "a", SDN, "2023-01-01", "sdn.csv", sdn())
    put(tmp_path / "a", SDN, "2023-01-02", "sdn.csv.gz", b"no gzip")
    os.utime(tmp_path / "a" / SDN / "2023-01-02" / "sdn.csv.gz", (LONG_AGO, LONG_AGO))
    for _ in range(2):
        ingest(tmp_path / "w", tmp_path / "a")
    assert len(read) == 4
