"""What a write that failed means, whichever library says it; and a clock that was set back."""

import errno
import json
import os
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
from pipelines.ingest.sources import FileSpec
from pipelines.util.atomic_files import make_folder, write_json, write_parquet
from pipelines.util.disk_errors import disk_error_message, text_in_words
from pipelines.util.lock import WriterLock
from tests.pipelines.examples import a_source

FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/w/raw/x")
READONLY = "attempt to write a readonly database"
NOW = datetime(2023, 11, 16, 12)
LISTED = a_source(files={"sdn.csv": FileSpec()}, max_bytes=1_000, max_line_bytes=1_000)


def wrapped(error: Exception) -> Exception:
    fault = RuntimeError("a step failed")
    fault.__cause__ = error
    return fault


@pytest.mark.parametrize(
    ("error", "says", "todo"),
    [
        (FULL, "/w/raw/x: cannot be written: the disk is full", "Make room and refresh again"),
        (wrapped(FULL), "/w/raw/x: cannot be written: the disk is full", "bilateral gc"),
        (OSError(errno.EROFS, "x", "/w/a"), "/w/a: cannot be written: the file system is read-only", "Mount it for writing"),
        (PermissionError(errno.EACCES, "x", "/w/a"), "/w/a: cannot be written: this user may not", "the right to write"),
        (OSError(errno.EFBIG, "x", "/w/a"), "larger than this process may write", "ulimit -f"),
        (OSError(errno.EIO, "x", "/w/a"), "the disk reports an error", "bilateral backup"),
        (duckdb.IOException('Could not write file "/w/b.duckdb": No space left on device'), "/w/b.duckdb: cannot", "room"),
        (pl.exceptions.ComputeError("No space left on device (os error 28)"), "/w: cannot be written: the disk is full", "room"),
        (PermissionError("Permission denied (os error 13): ...ts/.x.new"), "/w: cannot be written: this user may", "right"),
        (sqlite3.OperationalError("database or disk is full"), "/w: cannot be written: the disk is full", "room"),
        (sqlalchemy.exc.OperationalError("S", {}, sqlite3.OperationalError(READONLY)), "may not", "right"),
    ],
)  # fmt: skip
def test_whoever_says_it_a_write_that_failed_is_a_sentence_with_the_path_and_the_way_out(
    error: Exception, says: str, todo: str
) -> None:
    said = disk_error_message(error, Path("/w")) or ""
    assert [words for words in (says, todo, "what was published before is whole") if words not in said] == []


def test_other_faults_are_not_taken_for_it() -> None:
    absent, elsewhere = (
        FileNotFoundError(errno.ENOENT, "x", "/w/a"),
        PermissionError(errno.EACCES, "x", "/archive/may/not/be/read"),
    )
    for error in (ValueError("No space left on device"), duckdb.CatalogException("no such table"), absent, elsewhere):
        assert disk_error_message(error, Path("/w")) is None, error


def test_a_disk_that_sqlite_calls_broken_is_named_full_where_nothing_is_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite cannot enlarge its shared memory on a full disk, and calls that an I/O error."""
    assert "reports an error" in str(text_in_words("disk I/O error", tmp_path))
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 4_096})())
    assert f"{tmp_path}: cannot be written: the disk is full (0.0 MB free" in str(text_in_words("disk I/O error", tmp_path))


def test_what_could_not_be_written_whole_leaves_nothing_beside_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
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
    store = RawStore(tmp_path)
    store.take(LISTED, [Attempt(NOW + timedelta(days=2), None, "no answer")], origin="live")
    store.put(LISTED, NOW + timedelta(days=300), {"sdn.csv": b"0\n"}, origin="archive")
    store.refuse_clock_set_back(LISTED.id, NOW)
    store.take(LISTED, [Attempt(NOW, {"sdn.csv": b"1\n"})], origin="live")
    store.refuse_clock_set_back(LISTED.id, NOW)
    with pytest.raises(BilateralError, match="The clock was set back, or was ahead then") as refused:
        store.refuse_clock_set_back(LISTED.id, NOW - timedelta(days=1))
    assert str(tmp_path / LISTED.id / "2023-11-16T120000Z") in str(refused.value)
    assert "Set the clock right and refresh again" in str(refused.value)


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
