"""The raw store: verdicts, identity of snapshots, what a killed run leaves, and that bytes come back as they were."""

import hashlib
import json
import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.errors import BilateralError
from pipelines.ingest import raw_files
from pipelines.ingest.raw_store import RawStore, files_a_day, periods, whole_days
from pipelines.ingest.receipts import Attempt, Finding, Gap, Http, Note, Receipt, folder_name, parse_moment
from pipelines.ingest.sources import Source, load_sources
from pipelines.util.checksummed import without_checksum
from tests.made_up import SAMPLE
from tests.pipelines.examples import a_source, that_feed

SDN = "us_ofac_sdn"
SOURCE = a_source(max_bytes=100_000, max_line_bytes=1000)
HTML = b"<html>"


def day(n: int) -> datetime:
    return datetime(2023, 10, n)


def put(store: RawStore, n: int, data: bytes, of: Source = SOURCE) -> Receipt:
    return store.put(of, day(n), {"sdn.csv": data}, origin="archive")


def fed(store: RawStore) -> list[tuple[int, bytes]]:
    """Day and bytes of what feeds the next layer."""
    return [(r.retrieved_at.day, store.read(SDN, r.snapshot)["sdn.csv"]) for r in that_feed(store, SDN)]


def everything(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


def listing(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_moment_is_the_name_of_a_folder_in_utc_and_is_read_from_it() -> None:
    assert parse_moment("2023-10-03T184324Z") == (datetime(2023, 10, 3, 18, 43, 24), "second")
    assert parse_moment("2023-10-03") == (datetime(2023, 10, 3, 23, 59, 59), "day")
    for name in ("2023-13-03", "2023-10-03T250000Z", "2023-10-3", "2023-10-03T184324", "sdn"):
        assert parse_moment(name) is None, name
    eastern = datetime(2021, 12, 15, 20, 42, 52, 999, tzinfo=timezone(timedelta(hours=-5)))
    assert folder_name(eastern) == folder_name(datetime(2021, 12, 16, 1, 42, 52)) == "2021-12-16T014252Z"


def test_an_accepted_snapshot_is_read_back_with_its_receipt_and_identity_which_says_what_was_served(store: RawStore) -> None:
    assert (store.snapshots(SDN), store.last_accepted(SDN), that_feed(store, SDN)) == ([], None, [])
    assert not store.root.exists(), "opening a store touches nothing"
    files = {"sdn.csv": b"1\r\n\x1a", "add.csv": b"1,1\r\n"}
    receipt = store.put(SOURCE, day(3), files, origin="archive", warnings=("unusual",))
    again = RawStore(store.root)
    assert (receipt.verdict, again.read(SDN, "2023-10-03T000000Z")) == ("accepted", files)
    assert again.receipt(SDN, receipt.snapshot) == Receipt.from_json(receipt.to_json()) == receipt
    lines = sorted(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in files.items())
    assert receipt.snapshot_id == hashlib.sha256("".join(lines).encode()).hexdigest()
    served, moment = "https://example.org/SDN.CSV", "Tue, 03 Oct 2023 18:00:00 GMT"
    http = {"sdn.csv": Http(served, 200, '"v1"', moment)}
    store.put(SOURCE, datetime(2023, 10, 3, 18, 43, 24, tzinfo=UTC), {"sdn.csv": b"1\n"}, origin="live", http=http)
    entry, is_sealed = without_checksum(json.loads((store.root / SDN / "2023-10-03T184324Z" / "receipt.json").read_text()))
    digest = hashlib.sha256(b"1\n").hexdigest()
    file = {"name": "sdn.csv", "sha256": digest, "n_bytes": 2, "url": served, "http_status": 200}
    known: dict[str, Any] = {"source": SDN, "snapshot": "2023-10-03T184324Z", "retrieved_at": "2023-10-03T18:43:24Z"}
    known |= {"snapshot_id": hashlib.sha256(f"{digest}  sdn.csv\n".encode()).hexdigest(), "verdict": "accepted"}
    known |= {"origin": "live", "retrieved_precision": "second", "warnings": []}
    known["files"] = [file | {"etag": '"v1"', "last_modified": moment}]
    assert entry == known | dict.fromkeys(("reason", "same_as", "retrieved_basis", "cut"))
    assert is_sealed


def test_the_same_bytes_later_are_unchanged_unless_others_come_between(store: RawStore) -> None:
    first, later = put(store, 3, b"1\n"), put(store, 6, b"1\n")
    assert (first.verdict, later.verdict, later.same_as) == ("accepted", "unchanged", first.snapshot)
    assert (listing(store.root / SDN / later.snapshot), fed(store)) == (["receipt.json"], [(3, b"1\n")])
    assert store.read(SDN, later.snapshot) == {"sdn.csv": b"1\n"}
    assert [put(store, n, data).verdict for n, data in ((5, b"2\n"), (4, b"1\n"))] == ["accepted", "unchanged"]
    assert fed(store) == [(3, b"1\n"), (5, b"2\n"), (6, b"1\n")]
    # the last accepted before a moment is strictly before it
    last = [store.last_accepted(SDN, before=folder_name(day(n))) for n in (5, 4, 3)]
    assert [None if r is None else r.snapshot for r in last] == [first.snapshot, first.snapshot, None]
    # other bytes for the same moment are kept beside the first
    second = put(store, 3, b"3\n")
    assert second.snapshot == f"{first.snapshot}~{(second.snapshot_id or '')[:8]}"
    assert (store.snapshots(SDN)[:2], second.retrieved_at) == ([first.snapshot, second.snapshot], first.retrieved_at)
    assert store.last_accepted(SDN, before=second.snapshot) == first
    assert fed(store)[:2] == [(3, b"1\n"), (3, b"3\n")]


def test_a_refused_snapshot_is_kept_once_feeds_nothing_and_is_not_what_the_next_is_compared_with(store: RawStore) -> None:
    put(store, 2, b"1\n")
    receipt = [put(store, n, HTML) for n in (3, 4, 5)][-1]
    assert receipt.verdict == "quarantined"
    assert "the same bytes were quarantined at 2023-10-04 00:00:00 UTC" in (receipt.reason or "")
    assert listing(store.root / SDN / receipt.snapshot) == ["receipt.json"]
    assert store.read(SDN, receipt.snapshot) == {"sdn.csv": HTML}
    unchanged = put(store, 6, b"1\n")
    assert (unchanged.verdict, store.last_answer(SDN)) == ("unchanged", unchanged)
    put(store, 7, b"")
    assert store.last_answer(SDN) == unchanged, "which may have newer marks"
    assert store.last_accepted(SDN) == store.receipt(SDN, "2023-10-02T000000Z")
    assert store.missing(SDN, [day(8), day(3)]) == [day(8)], "what was refused is held"
    assert fed(store) == [(2, b"1\n")]


def test_what_a_fetcher_finds_is_stored_attempt_by_attempt_as_text_that_can_be_shown(store: RawStore) -> None:
    stored: list[list[str]] = []
    http = {"sdn.csv": Http("https://example.org/SDN.CSV", 403)}

    def findings() -> Iterator[Finding]:
        yield Attempt(day(3), {"sdn.csv": b"1\n"}, warnings=("odd \x07",))
        stored.append(store.snapshots(SDN))
        yield Gap(day(4))
        yield Note("not asked")
        yield Attempt(day(5), None, "says \x1b[31m and \ud800", http)

    taken = store.take(SOURCE, findings(), origin="live")
    said = [("accepted", None, ("odd \ufffd",)), ("failed", "says \ufffd[31m and \ufffd", ())]
    assert [(r.verdict, r.reason, r.warnings) for r in taken.receipts] == said
    assert (taken.gaps, taken.notes, stored) == ((day(4),), ("not asked",), [["2023-10-03T000000Z"]])
    failed = taken.receipts[1]
    assert (failed.snapshot_id, failed.files[0].http_status) == (None, 403)
    with pytest.raises(BilateralError, match="nothing was served"):
        store.read(SDN, failed.snapshot)


def test_what_is_there_is_never_changed_and_the_same_again_writes_nothing(store: RawStore) -> None:
    for data in (b"1\n", b"", b"1\n"):
        put(store, 3, data)
    store.keep(SOURCE, Attempt(day(4), None, "HTTP 403"), origin="live")
    before = everything(store.root)
    assert store.missing(SDN, [day(6), day(4), day(3), day(4)]) == [day(4), day(6)], "moments of which only failures are held"
    again = RawStore(store.root)
    assert [put(again, 3, data).verdict for data in (b"1\n", b"")] == ["accepted", "quarantined"]
    again.keep(SOURCE, Attempt(day(4), None, "HTTP 403"), origin="live")
    assert everything(store.root) == before
    for n, data in ((3, b"2\n"), (2, b"1\n"), (4, b""), (5, b"1\n")):
        put(store, n, data)
    store.keep(SOURCE, Attempt(day(3), None, "HTTP 500"), origin="live")
    after = everything(store.root)
    assert {name: after[name] for name in before} == before


def test_a_reviewed_snapshot_skips_the_guards_and_is_accepted_at_its_own_moment_where_it_was_refused(store: RawStore) -> None:
    put(store, 3, b"1\n")
    refused = put(store, 4, HTML)
    reviewed = SOURCE.model_copy(update={"reviewed": (refused.snapshot_id,)})
    receipt = put(store, 5, HTML, reviewed)
    assert (receipt.verdict, receipt.same_as) == ("accepted", refused.snapshot)
    assert "reviewed and accepted by a person in spite of: sdn.csv: a web page" in receipt.warnings[0]
    assert store.read(SDN, receipt.snapshot) == {"sdn.csv": HTML}
    assert [r.snapshot for r in store.accept_reviewed(reviewed)] == ["2023-10-04T000000Z~reviewed"]
    assert store.accept_reviewed(reviewed) == store.accept_reviewed(SOURCE) == []
    assert put(store, 4, HTML, reviewed).snapshot == "2023-10-04T000000Z~reviewed"
    assert fed(store) == [(3, b"1\n"), (4, HTML)]


@pytest.mark.parametrize("at_once", [0, 1 << 24])
def test_changed_bytes_are_named_and_not_given_back(store: RawStore, monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    monkeypatch.setattr(raw_files, "_AT_ONCE", at_once)
    data = b"".join(b"%d\n" % n for n in range(5000))
    receipt, other = put(store, 3, data), put(store, 4, b"2\n")
    with store.files(SDN, receipt.snapshot).open("sdn.csv") as stream:
        assert stream.read(10) + stream.read() == data
    path = store.root / SDN / receipt.snapshot / "sdn.csv.zst"
    whole = path.read_bytes()
    for damaged in (whole[:-1], whole[:-3] + b"x" + whole[-2:], b"", b"1\n"):
        path.write_bytes(damaged)
        with pytest.raises(BilateralError, match=r"sdn\.csv\.zst: .*backup"):
            RawStore(store.root).read(SDN, receipt.snapshot)
        with pytest.raises(BilateralError, match=r"sdn\.csv\.zst"):
            store.files(SDN, receipt.snapshot).open("sdn.csv")
    path.write_bytes((store.root / SDN / other.snapshot / "sdn.csv.zst").read_bytes())
    with pytest.raises(BilateralError, match="not the recorded bytes"):
        store.read(SDN, receipt.snapshot)
    for text in ("", "{", "[]", "{}", '{"retrieved_at": 1}', "null"):
        path.with_name("receipt.json").write_text(text)
        with pytest.raises(BilateralError, match=r"receipt\.json: this ingestion record cannot be read"):
            RawStore(store.root).receipt(SDN, receipt.snapshot)


def test_what_a_killed_run_left_is_ignored_and_removed_and_what_another_is_writing_left_alone(store: RawStore) -> None:
    put(store, 3, b"1\n")
    gone = subprocess.Popen(["true"])
    gone.wait()
    here = socket.gethostname()
    names = (f"{here}-{gone.pid}-abc", f"{here}-{os.getppid()}-abc", "another-machine-7-abc", "strange")
    left, *writing = (store.root / SDN / f".tmp-{name}" for name in names)
    for folder in (left, *writing):
        folder.mkdir()
    (left / "sdn.csv.zst").write_bytes(b"half")
    (store.root / SDN / "README.txt").write_text("notes")
    (store.root / SDN / "copy of 2023-10-03T000000Z").mkdir()
    again = RawStore(store.root)
    assert again.snapshots(SDN) == ["2023-10-03T000000Z"]
    put(again, 4, b"2\n")
    assert [folder.exists() for folder in (left, *writing)] == [False, True, True, True]
    for folder in writing:
        os.utime(folder, (time.time() - 7200, time.time() - 7200))
    put(RawStore(store.root), 5, b"3\n")
    assert not any(folder.exists() for folder in writing)


def test_a_failed_write_leaves_nothing_and_the_first_receipt_counts(store: RawStore, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = RawStore(store.root)
    intake = mine.intake(SOURCE)
    first = put(store, 3, b"1\n")
    decision = intake.decide(Attempt(day(3), {}), first.files, None, "live")
    assert decision.is_new
    assert mine.publish(mine.write_aside(decision, {"sdn.csv": b"1\n"}), decision.receipt) == first
    before = everything(store.root)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(BilateralError, match="the raw store cannot be written: No space left on device"):
        put(store, 4, b"2\n")
    assert (everything(store.root), listing(store.root / SDN)) == (before, [first.snapshot])


@pytest.mark.parametrize("name", ["", "a/b", "../sdn.csv", ".hidden", "a\0b", "x" * 201, "\ud800"])
def test_a_name_that_cannot_be_a_files_or_a_sources_is_refused_and_a_failed_attempt(store: RawStore, name: str) -> None:
    with pytest.raises(BilateralError, match="cannot be the name of a file"):
        store.put(SOURCE, day(3), {name: b"x"}, origin="archive")
    attempts = [Attempt(day(3), {name: b"x"}), Attempt(day(4), {"sdn.csv": b"1\n"})]
    first, second = store.take(SOURCE, attempts, origin="live").receipts
    assert (first.verdict, second.verdict) == ("failed", "accepted")
    assert "cannot be the name of a file" in (first.reason or "")
    for wrong in ("../other", "", "A", "a/b"):
        with pytest.raises(BilateralError, match="is not a source id"):
            store.snapshots(wrong)


names = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=30).filter(
    lambda n: not n.startswith(".") and len(n.encode()) <= 200
)


@given(st.dictionaries(names, st.binary(max_size=3000), min_size=1, max_size=4))
@settings(max_examples=30, deadline=None)
def test_whatever_is_put_is_given_back(files: dict[str, bytes]) -> None:
    with tempfile.TemporaryDirectory() as root:
        receipt = RawStore(Path(root)).put(SOURCE, day(3), files, origin="archive")
        assert RawStore(Path(root)).read(SDN, receipt.snapshot) == files


@given(st.permutations([(n, data) for n, data in enumerate([b"a\n", b"a\n", b"b\n", b"", b"a\n", b"b\n", b"b\n", b""], start=1)]))
@settings(max_examples=12, deadline=None)
def test_the_feed_does_not_depend_on_the_order_of_taking_in(order: list[tuple[int, bytes]]) -> None:
    with tempfile.TemporaryDirectory() as root:
        store = RawStore(Path(root))
        for n, data in order:
            put(store, n, data)
        assert fed(store) == [(1, b"a\n"), (3, b"b\n"), (5, b"a\n"), (6, b"b\n")]


def test_a_day_of_a_source_in_slots_is_whole_with_all_of_them_only_however_they_came(store: RawStore) -> None:
    sources, wanted = load_sources(), date(2023, 11, 15)
    names = ["20231115201500.export.CSV", "20231116000000.export.CSV", "20231114.export.CSV", "notes.txt", "20231399.export.CSV"]
    assert periods(names) == {wanted: {"201500"}, date(2023, 11, 16): {"000000"}, date(2023, 11, 14): {""}}
    of_slots, of_days = sources["gdelt_v2_events"], sources["gdelt_v1_events"]
    assert [files_a_day(of) for of in (of_slots, of_days)] == [96, 1]
    with pytest.raises(ValueError, match="us_ofac_sdn does not come in slots"):
        files_a_day(sources["us_ofac_sdn"])
    slots = [f"{datetime(2023, 11, 15) + timedelta(minutes=15 * i):%Y%m%d%H%M%S}.export.CSV" for i in range(96)]
    some = next((SAMPLE / "gdelt_v2_events").glob("*/*.export.CSV")).read_bytes()

    def take(moment: datetime, *names: str) -> Receipt:
        receipt = store.put(of_slots, moment, {name: some + name.encode() for name in names}, origin="archive")
        assert receipt.verdict == "accepted", receipt.reason
        return receipt

    lacking = take(datetime(2024, 2, 1), *slots[3:])
    assert whole_days(store, of_slots, [wanted], [lacking]) == []
    for n, name in enumerate(slots[:3]):
        take(datetime(2023, 11, 15, 0, 15 * n), name)
    assert whole_days(store, of_slots, [wanted]) == []
    assert whole_days(store, of_slots, [wanted, wanted + timedelta(days=1)], [lacking]) == [wanted]
    at_once = take(datetime(2024, 2, 2), *slots)
    assert whole_days(store, of_slots, [wanted], [at_once]) == [wanted]
    refused = store.keep(of_days, Attempt(datetime(2023, 11, 16), None, "404"), origin="live")
    assert whole_days(store, of_days, [wanted], [refused]) == []
