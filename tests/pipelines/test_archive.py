"""Import of an archive: names, compressions, what cannot be read, and that a second import changes nothing."""

import gzip
import io
import json
import os
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
import zstandard
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assets.errors import BilateralError
from pipelines.ingest.archive import archive_sources, gunzip, import_archive, unzip, unzstd
from pipelines.ingest.raw_store import RawStore
from pipelines.ingest.receipts import Ingested
from pipelines.ingest.sources import FileSpec, Source
from tests.pipelines.examples import a_source, that_feed

SDN = "us_ofac_sdn"
LIMIT = 1_000_000
SOURCE = a_source()


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def gzipped(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


class Archive:
    """An archive in the making and the store that it is taken into; a folder is of a day of October 2023, or of its name."""

    def __init__(self, root: Path) -> None:
        self.folder = root / "archive"
        self.store = RawStore(root / "raw")

    def add(self, moment: int | str, name: str, data: bytes) -> Path:
        path = self.folder / SDN / (moment if isinstance(moment, str) else f"2023-10-{moment:02d}") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def take(self, of: Source = SOURCE) -> Ingested:
        return import_archive(self.store, of, self.folder)

    def held(self) -> dict[str, dict[str, bytes]]:
        return {r.snapshot: self.store.read(SDN, r.snapshot) for r in that_feed(self.store, SDN)}


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("SDN.CSV", b"1\n"),
        ("sdn.csv.gz", gzipped(b"1") + gzipped(b"\n")),
        ("sdn.csv.zst", zstandard.compress(b"1") + zstandard.compress(b"\n")),
        ("SDN.CSV.ZIP", zipped({"any.name": b"1\n"})),
        ("download.zip", zipped({"SDN.CSV": b"1\n"})),
        ("sdn.csv.zip", zipped({"folder/sdn.csv": b"1\n", "__MACOSX/x": b"junk"})),
    ],
)
def test_a_file_is_taken_in_plain_or_compressed_under_its_declared_name(archive: Archive, name: str, data: bytes) -> None:
    archive.add(3, name, data)
    archive.take()
    assert archive.held() == {"2023-10-03T235959Z": {"sdn.csv": b"1\n"}}


def test_members_of_a_zip_are_files_unless_it_is_declared_and_patterns_keep_names(archive: Archive) -> None:
    packed = zipped({"SDN.CSV": b"1\n", "add.csv": b"1,1\n"})
    archive.add(3, "all.zip", packed)
    archive.take()
    archive.add(4, "list.zip", packed)
    archive.add(4, "20191024143000.export.CSV.gz", gzipped(b"1\n"))
    archive.take(a_source(files={"list.zip": FileSpec(kind="binary"), "*.export.csv": FileSpec()}))
    assert archive.held() == {
        "2023-10-03T235959Z": {"sdn.csv": b"1\n", "add.csv": b"1,1\n"},
        "2023-10-04T235959Z": {"list.zip": packed, "20191024143000.export.CSV": b"1\n"},
    }


def test_snapshots_are_taken_in_order_of_time_with_what_their_moment_rests_on_where_that_is_said(archive: Archive) -> None:
    for moment, data in (("2023-10-04T000000Z", b"3\n"), ("2023-10-03", b"3\n"), ("2023-10-03T235958Z", b"2\n")):
        archive.add(moment, "sdn.csv", data)
    archive.add(3, ".basis", b"name\n")
    archive.add("2023-10-04T000000Z", ".basis", b"hearsay")
    taken = archive.take()
    found = [(r.snapshot, r.retrieved_precision, r.retrieved_on, r.verdict, r.retrieved_basis) for r in taken.receipts]
    assert found == [
        ("2023-10-03T235958Z", "second", None, "accepted", None),
        ("2023-10-03T235959Z", "day", date(2023, 10, 3), "accepted", "name"),
        ("2023-10-04T000000Z", "second", None, "unchanged", None),
    ]
    (problem,) = taken.problems
    assert problem.startswith("us_ofac_sdn/2023-10-04T000000Z/.basis: 'hearsay' is none of")


def test_what_an_earlier_version_holds_as_of_midnight_is_not_imported_twice(archive: Archive) -> None:
    """It took a folder named by a day as of 00:00, without a precision in the receipt."""
    archive.add(3, "sdn.csv", b"1\n")
    receipt = archive.store.put(SOURCE, datetime(2023, 10, 3), {"sdn.csv": b"1\n"}, origin="archive")
    path = archive.store.root / SDN / receipt.snapshot / "receipt.json"
    entry = json.loads(path.read_text())
    del entry["retrieved_precision"], entry["seal"]
    path.write_text(json.dumps(entry))
    archive.store = RawStore(archive.store.root)
    taken = archive.take()
    assert (taken.receipts, taken.problems) == ((), ())
    (note,) = taken.notes
    assert "1 snapshots named by a day (2023-10-03, ...) are held as of 00:00" in note
    assert archive.held() == {receipt.snapshot: {"sdn.csv": b"1\n"}}
    archive.add(3, "sdn.csv", b"2\n")
    taken = archive.take()
    assert ([r.snapshot for r in taken.receipts], taken.notes) == (["2023-10-03T235959Z"], ())
    assert list(archive.held()) == [receipt.snapshot, "2023-10-03T235959Z"]


def test_a_second_import_changes_nothing_and_takes_in_what_is_new_or_repaired(archive: Archive) -> None:
    def stamps() -> list[tuple[Path, int]]:
        return sorted((p, p.stat().st_mtime_ns) for p in archive.store.root.rglob("*"))

    archive.add(3, "sdn.csv", b"1\n")
    archive.add(4, "sdn.csv.gz", gzipped(b"1\n"))
    archive.add(5, "sdn.csv", b"<html>")
    archive.add(6, "sdn.csv.gz", gzipped(b"1\n")[:-5])
    assert [r.verdict for r in archive.take().receipts] == ["accepted", "unchanged", "quarantined", "failed"]
    before = stamps()
    assert archive.take() == Ingested()
    assert stamps() == before
    archive.add(6, "sdn.csv.gz", gzipped(b"2\n"))
    archive.add(2, "sdn.csv", b"0\n")
    assert [(r.snapshot[:10], r.verdict) for r in archive.take().receipts] == [(f"2023-10-0{n}", "accepted") for n in (2, 6)]
    assert [files["sdn.csv"] for files in archive.held().values()] == [b"0\n", b"1\n", b"2\n"]
    assert archive.take() == Ingested()


def test_links_are_followed_and_what_cannot_be_taken_in_is_named_and_stops_nothing(archive: Archive, tmp_path: Path) -> None:
    real = tmp_path / "elsewhere" / "vintage"
    real.mkdir(parents=True)
    (tmp_path / "bytes").write_bytes(b"1\n")
    (real / "sdn.csv").symlink_to(tmp_path / "bytes")
    (archive.folder / SDN).mkdir(parents=True)
    (archive.folder / SDN / "2023-10-03").symlink_to(real)
    for number, to in ((4, "nowhere"), (5, "add.csv"), (6, None)):
        add = archive.add(number, "sdn.csv", b"%d\n" % number).with_name("add.csv")
        os.mkfifo(add) if to is None else add.symlink_to(to)
    for folder in ("2023-13-45", "latest", "2023-10-07/more", ".git"):
        archive.add(folder, "sdn.csv", b"1\n")
    for name in ("sdn.csv", ".DS_Store", "Thumbs.db", "desktop.ini", "~$sdn.csv"):
        archive.add(7, name, b"7\n")
    (archive.folder / SDN / "2023-10-08").write_bytes(b"a file")
    taken = archive.take()
    assert [(r.verdict, r.reason) for r in taken.receipts] == [("accepted", None)] * 5
    assert archive.held()["2023-10-03T235959Z"] == {"sdn.csv": b"1\n"}
    said = dict(p.removeprefix(f"{SDN}/").partition(": ")[::2] for p in taken.problems)
    links = [f"2023-10-0{n}/add.csv" for n in (4, 5, 6)]
    assert said.keys() == {"2023-10-08", "2023-13-45", "latest", "2023-10-07/more", *links}
    assert [said[link] for link in links] == ["left out: a link to nothing"] * 2 + ["left out: not a file"]
    assert "expected a folder named as 2023-10-03T184324Z or 2023-10-03" in said["2023-13-45"]


def test_names_that_cannot_be_read_copies_empty_folders_and_files_that_are_not_declared_have_a_reason(archive: Archive) -> None:
    # as an old archive of another system leaves it: it ended each refresh of its source with "please report this"
    archive.add(3, "sdn\udce9.csv", b"1\n")
    archive.add(4, "sdn.csv", b"1\n")
    archive.add(4, "SDN.CSV.gz", gzipped(b"2\n"))
    (archive.folder / SDN / "2023-10-05").mkdir()
    archive.add(6, "sdn.csv", b"1\n")
    archive.add(6, "notes.doc", b"x")
    assert [(r.verdict, r.origin, r.reason) for r in archive.take().receipts] == [
        (verdict, "archive", reason)
        for verdict, reason in (
            (
                "failed",
                "2023-10-03 in the archive cannot be read: 'sdn\\udce9.csv': a name that is not UTF-8; give the file another",
            ),
            (
                "failed",
                "2023-10-04 in the archive cannot be read: two files for sdn.csv: SDN.CSV.gz and sdn.csv; leave one of them",
            ),
            ("failed", "2023-10-05 in the archive cannot be read: the folder holds no file"),
            ("quarantined", "notes.doc: not a file of this source, which declares sdn.csv, add.csv"),
        )
    ]


BOMB = b"0" * (LIMIT + 1)
ENCRYPTED = bytearray(zipped({"sdn.csv": b"1\n"}))
ENCRYPTED[6] |= 1
ENCRYPTED[ENCRYPTED.index(b"PK\x01\x02") + 8] |= 1


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (gzipped(b"1\n" * 1000)[:-20], "sdn.csv.gz: cut or damaged gzip"),
        (b"1\n", "sdn.csv.gz: cut or damaged gzip"),
        (b"", "sdn.csv.gz: 0 bytes"),
        (gzipped(BOMB), "sdn.csv.gz: unpacked it is larger than the 1,000,000 bytes"),
        (zstandard.compress(b"1\n" * 1000)[:-3], "sdn.csv.zst: cut zstd"),
        (b"1\n", "sdn.csv.zst: cut or damaged zstd"),
        (b"", "sdn.csv.zst: 0 bytes"),
        (zstandard.compress(BOMB), "sdn.csv.zst: unpacked it is larger"),
        (zipped({"sdn.csv": b"1\n"})[:-30], "sdn.csv.zip: cut, damaged or encrypted zip"),
        (bytes(ENCRYPTED), "sdn.csv.zip: cut, damaged or encrypted zip"),
        (zipped({}), "sdn.csv.zip: a zip without a file in it"),
        (zipped({"sdn.csv": BOMB}), "sdn.csv.zip: unpacked it is larger"),
        (zipped({"sdn.csv": BOMB[:600_000], "add.csv": BOMB[:600_000]}), "all.zip: unpacked it is larger"),
        (zipped({"a/sdn.csv": b"1\n", "b/sdn.csv": b"2\n"}), "all.zip: two members are named sdn.csv"),
        (zipped({"SDN.CSV": b"1\n", "sdn.csv": b"2\n"}), "all.zip: two members are the same file"),
        (BOMB, "sdn.csv: larger than 1,000,000 bytes"),
    ],
)
def test_a_file_that_cannot_be_read_fails_with_a_reason(archive: Archive, data: bytes, reason: str) -> None:
    archive.add(3, reason.partition(":")[0], data)
    archive.add(4, "sdn.csv", b"1\n")
    failed, accepted = archive.take().receipts
    assert (failed.verdict, accepted.verdict) == ("failed", "accepted")
    assert f"2023-10-03 in the archive cannot be read: {reason}" in (failed.reason or "")


def test_a_misspelled_source_does_not_pass_in_silence_nor_an_archive_that_is_not_there(tmp_path: Path) -> None:
    for name in (SDN, "us_ofac_snd", "eu_fsf", "2023-10-03", ".git"):
        (tmp_path / name).mkdir()
    (tmp_path / "README.md").write_text("notes")
    known, problems = archive_sources(tmp_path, {SDN: SOURCE})
    assert (known, problems[1]) == ([SDN], "eu_fsf: not the id of a source. Known ids: us_ofac_sdn")
    assert "2023-10-03: a date where the id of a source was expected" in problems[0]
    assert "Did you mean us_ofac_sdn? Known ids: us_ofac_sdn" in problems[2]
    with pytest.raises(BilateralError, match="nowhere: the archive cannot be read: No such file"):
        archive_sources(tmp_path / "nowhere", {})


@given(st.binary(max_size=200), st.integers(0, 300), st.integers(0, 255))
@example(b"\0\0\0", 292, 0)  # a member whose name begins with a zero has none
@settings(max_examples=200, deadline=None)
def test_damaged_compression_gives_the_content_or_a_reason(data: bytes, at: int, value: int) -> None:
    for unpack, packed in (
        (gunzip, gzipped(data)),
        (unzstd, zstandard.compress(data)),
        (lambda p, limit, name: unzip(p, limit, name)["a"], zipped({"a": data})),
    ):
        assert unpack(packed, 1000, "f") == data
        damaged = bytearray(packed)
        damaged[at % len(damaged)] = value
        for broken in (bytes(damaged), packed[:at], data):
            try:
                unpack(broken, 1000, "f")
            except (BilateralError, KeyError):
                continue


@pytest.mark.real_data
def test_the_vintages_of_the_sdn_list_are_all_accepted(sdn_history: Path, tmp_path: Path) -> None:
    store, of = RawStore(tmp_path), a_source(max_bytes=60_000_000)
    assert {r.verdict for r in import_archive(store, of, sdn_history).receipts} == {"accepted"}
    assert len(that_feed(store, SDN)) == 260
    assert import_archive(store, of, sdn_history) == Ingested()
