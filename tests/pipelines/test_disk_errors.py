"""What a write that failed means, whichever library says it; a clock that was set back; and what is remembered and damaged."""

import errno
import json
import os
import random
import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl
import pytest
import sqlalchemy

from assets.errors import BilateralError
from pipelines.ingest.raw_store import RawStore
from pipelines.ingest.receipts import Attempt
from pipelines.util.atomic_files import make_folder, write_json, write_parquet
from pipelines.util.disk_errors import disk_error_message, text_in_words
from pipelines.util.lock import WriterLock
from pipelines.util.state import FILE, SmallFiles, State
from tests.depth import DEEP
from tests.pipelines.examples import a_source

FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/w/raw/x")
WRAPPED = RuntimeError("a step failed")
WRAPPED.__cause__ = FULL
READONLY = "attempt to write a readonly database"


@pytest.mark.parametrize(
    ("error", "says", "todo"),
    [
        (FULL, "/w/raw/x: cannot be written: the disk is full", "Make room and refresh again"),
        (WRAPPED, "/w/raw/x: cannot be written: the disk is full", "bilateral gc"),
        (OSError(errno.EROFS, "x", "/w/a"), "/w/a: cannot be written: the file system is read-only", "Mount it for writing"),
        (PermissionError(errno.EACCES, "x", "/w/a"), "/w/a: cannot be written: this user may not", "the right to write"),
        (OSError(errno.EFBIG, "x", "/w/a"), "larger than this process may write", "ulimit -f"),
        (OSError(errno.EIO, "x", "/w/a"), "the disk reports an error", "bilateral backup"),
        (duckdb.IOException('Could not write file "/w/b.duckdb": No space left on device'), "/w/b.duckdb: cannot", "room"),
        (pl.exceptions.ComputeError("No space left on device (os error 28)"), "/w: cannot be written: the disk is full", "room"),
        (PermissionError("Permission denied (os error 13): ...ts/.x.new"), "/w: cannot be written: this user may", "right"),
        (sqlite3.OperationalError("database or disk is full"), "/w: cannot be written: the disk is full", "room"),
        (sqlalchemy.exc.OperationalError("S", {}, sqlite3.OperationalError(READONLY)), "may not", "right"),
        *((other, "", "") for other in (ValueError("No space left on device"), duckdb.CatalogException("no such table"))),
        (FileNotFoundError(errno.ENOENT, "x", "/w/a"), "", ""),
        (PermissionError(errno.EACCES, "x", "/archive/may/not/be/read"), "", ""),
    ],
)  # fmt: skip
def test_a_write_that_failed_is_told_with_its_path_and_the_way_out_alone(error: Exception, says: str, todo: str) -> None:
    said = disk_error_message(error, Path("/w"))
    assert (said is None) == (not says)
    assert [words for words in (says, todo, "what was published before is whole") if says and words not in (said or "")] == []


def test_a_disk_that_sqlite_calls_broken_is_full_where_nothing_is_free(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite cannot enlarge its shared memory on a full disk, and calls that an I/O error."""
    assert "reports an error" in str(text_in_words("disk I/O error", tmp_path))
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 4_096})())
    assert f"{tmp_path}: cannot be written: the disk is full (0.0 MB free" in str(text_in_words("disk I/O error", tmp_path))


def test_what_could_not_be_written_whole_leaves_all_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_json(tmp_path / "a.json", {"a": 1})
    write_parquet(pl.DataFrame({"a": [1]}), tmp_path / "a.parquet")
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}

    def full(*_: object, **__: object) -> None:
        raise FULL

    monkeypatch.setattr(os, "fsync", full)
    monkeypatch.setattr(pl.DataFrame, "write_parquet", full)
    with pytest.raises(OSError, match="No space left"):
        write_json(tmp_path / "a.json", {"a": 2})
    with pytest.raises(OSError, match="No space left"):
        write_parquet(pl.DataFrame(), tmp_path / "a.parquet")
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_with_a_clock_that_was_set_back_nothing_is_asked_of_which_failures_and_an_archive_say_nothing(tmp_path: Path) -> None:
    """The new list would be put before the held one, and the held one be taken for the newest."""
    store, listed, now = RawStore(tmp_path), a_source(), datetime(2023, 11, 16, 12)
    store.take(listed, [Attempt(now + timedelta(days=2), None, "no answer")], origin="live")
    store.put(listed, now + timedelta(days=300), {"sdn.csv": b"0\n"}, origin="archive")
    store.refuse_clock_set_back(listed.id, now)
    store.take(listed, [Attempt(now, {"sdn.csv": b"1\n"})], origin="live")
    store.refuse_clock_set_back(listed.id, now)
    with pytest.raises(BilateralError, match="The clock was set back, or was ahead then") as refused:
        store.refuse_clock_set_back(listed.id, now - timedelta(days=1))
    said = (str(tmp_path / listed.id / "2023-11-16T120000Z"), "Set the clock right and refresh again")
    assert [words for words in said if words not in str(refused.value)] == []


def test_what_stands_in_the_place_of_a_file_a_folder_or_the_lock_is_set_aside(tmp_path: Path) -> None:
    """Each refresh ended in a traceback where a folder stood in the place of a manifest, of kept checks, or of the file."""
    (tmp_path / "current.json" / "below").mkdir(parents=True)
    write_json(tmp_path / "current.json", {"a": 1})
    assert json.loads((tmp_path / "current.json").read_text()) == {"a": 1}
    (tmp_path / "parts").symlink_to("nowhere")
    make_folder(tmp_path / "parts")
    assert (tmp_path / "parts").is_dir()
    assert len(list(tmp_path.glob(".*.aside"))) == 2, "nothing is removed"
    for way in ("folder", "link"):
        for path in (tmp_path / way / ".lock", tmp_path / way / ".writer.json"):
            path.parent.mkdir(exist_ok=True)
            path.mkdir() if way == "folder" else path.symlink_to("nowhere")
        with WriterLock(tmp_path / way, 1).held(lambda _: None):
            assert (tmp_path / way / ".writer.json").is_file()


# what is remembered is asked for with what it is valid for, and is never believed where it is damaged ------------------------


class Remembered:
    """A warehouse folder with three receipts that hold numbers, and what is remembered of them."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.receipts = folder, folder / "raw" / "one"

    @property
    def files(self) -> SmallFiles:
        return SmallFiles(State(self.folder), self.receipts, "receipt.json")

    def put(self, number: int, value: int) -> None:
        (self.receipts / f"s{number}").mkdir(parents=True, exist_ok=True)
        (self.receipts / f"s{number}" / "receipt.json").write_text(json.dumps(value))

    def note(self, *numbers: int) -> None:
        found = self.files
        for n in numbers:
            found.note(f"s{n}", {"value": json.loads((self.receipts / f"s{n}" / "receipt.json").read_text())})
        found.save()

    def known(self) -> list[int | None]:
        found = self.files
        return [None if (entry := found.get(f"s{n}")) is None else entry["value"] for n in range(3)]


@pytest.fixture
def remembered(tmp_path: Path) -> Remembered:
    made = Remembered(tmp_path)
    for number in range(3):
        made.put(number, number)
    made.note(0, 1)
    return made


def test_what_was_noted_is_known_until_it_or_its_file_is_changed(
    remembered: Remembered, caplog: pytest.LogCaptureFixture
) -> None:
    assert remembered.known() == [0, 1, None]
    remembered.put(1, 11)
    assert remembered.known() == [0, None, None]
    remembered.note(1, 2)
    assert remembered.known() == [0, 11, 2]
    with sqlite3.connect(remembered.folder / FILE) as con:
        con.execute("UPDATE entries SET value = replace(value, '1', '7')")
    con.close()
    assert remembered.known() == [None] * 3
    assert "is damaged (an entry is not what was written)" in caplog.text
    remembered.note(0)
    assert remembered.known() == [0, None, None]


@pytest.mark.parametrize("seed", range(200 if DEEP else 20))
def test_whatever_becomes_of_the_file_nothing_false_is_known(remembered: Remembered, seed: int) -> None:
    draw, path = random.Random(seed), remembered.folder / FILE
    data = bytearray(path.read_bytes())
    if seed % 2:
        del data[draw.randrange(len(data)) :]
    else:
        data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
    path.write_bytes(data)
    assert all(found in (None, n) for n, found in enumerate(remembered.known()))
    remembered.note(0, 1, 2)
    remembered.note(0, 1, 2)  # the first one may have found the damage
    assert remembered.known() == [0, 1, 2]


def test_a_folder_in_its_place_is_set_aside_and_a_folder_that_cannot_be_written_costs_time_alone(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    for folder, found in ((tmp_path, 2), (tmp_path / "nowhere", None)):
        State(folder).put("a", {"k": ("1", 2)})
        assert State(folder).get("a", "k", "1") == found
