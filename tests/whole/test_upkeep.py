"""Upkeep of a warehouse: what is damaged is found and mended, what is backed up comes back, what nothing names is removed.

And what people decide on snapshots that a guard refused is kept as receipts, honoured by the refresh, and not without limit.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import dagster as dg
import duckdb
import polars as pl
import pytest

from assets.contracts import DomainPackage
from assets.errors import BilateralError
from pipelines.dagster.runs import beyond
from pipelines.ingest.raw_files import DamagedRaw
from pipelines.ingest.raw_store import RawStore
from pipelines.ingest.sources import load_sources
from pipelines.maintenance.backup import CopyResult, back_up, restore
from pipelines.maintenance.quarantine import decide, quarantined_snapshot, quarantined_snapshots, receipt_named
from pipelines.maintenance.verify import differences, repair, verify_core, verify_published, verify_raw, verify_staged
from pipelines.services.ingest import Ingest
from pipelines.services.publish import Publish
from pipelines.services.transform import Transform
from pipelines.storage.manifest import Manifest, NewSnapshot
from pipelines.util.checksummed import Compared
from tests.whole.archives import SDN, put, sdn, vintages
from tests.whole.conftest import Copy, Warehouse
from tests.whole.simulated_year import looked_at

FIRST, SECOND, THIRD = (f"2023-01-0{day}T235959Z" for day in (1, 2, 3))
PARTS = f"core/sanctions/parts/{SDN}."


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    folder = tmp_path_factory.mktemp("two")
    warehouse = Warehouse(folder / "warehouse")
    assert warehouse.refresh(vintages(folder / "a", sdn(), sdn(without=(3,), more=2))).exit_code == 0
    return warehouse


@pytest.fixture
def held(two: Warehouse, copy_of: Copy) -> Warehouse:
    return copy_of(two)


@pytest.fixture
def third(tmp_path: Path) -> Path:
    return vintages(tmp_path / "a", sdn(more=3), since=3)


def is_healed(warehouse: Warehouse, like: Warehouse) -> bool:
    return looked_at(warehouse.folder) == [] and differences(warehouse.file, like.file) == []


def flipped(warehouse: Warehouse, pattern: str, at: float = 0.5) -> Path:
    path = sorted(warehouse.folder.glob(pattern))[0]
    data = bytearray(path.read_bytes())
    data[int(len(data) * at)] ^= 0x04
    path.write_bytes(data)
    return path


FLIPPED = {
    "staged": [f"staged/{SDN}/{FIRST}/listings.parquet", f"staged/{SDN}/{SECOND}/staged.json"],
    "parts of core": [
        "core/actors/parts/actors.actors.*.parquet", "core/sanctions/parts/sanctions.party_decisions.*.parquet",
        f"{PARTS}sanction_listings.*.closed.parquet", f"{PARTS}sanction_listings.*.open.parquet", f"{PARTS}snapshots.*.parquet",
    ],
    "a manifest of core": ["core/sanctions/current.json"],
    "the published file": ["bilateral.duckdb"],
    "the note of the published file": ["published.json"],
}  # fmt: skip


def test_what_was_just_made_is_whole_and_every_file_has_its_hash_but_in_what_an_earlier_version_made(held: Warehouse) -> None:
    def layers() -> list[tuple[int, int, int]]:
        project = held.project()
        raw, staged = verify_raw(project.raw, project.sources), verify_staged(project.staged)
        core, published = verify_core(project.core, project.packages), verify_published(project.settings.published)
        return [(len(layer.findings), layer.n_unsealed, layer.n_files) for layer in (raw, staged, core, published)]

    before = layers()
    assert ([layer[:2] for layer in before], before[0][2]) == ([(0, 0)] * 4, 4)
    for path in [*held.folder.glob(f"raw/{SDN}/*/receipt.json"), *held.folder.glob(f"staged/{SDN}/*/staged.json")]:
        entry = json.loads(path.read_text())
        del entry["seal"]
        path.write_text(json.dumps(entry))
    assert [layer[:2] for layer in layers()[:2]] == [(0, 2), (0, 2)]


@pytest.mark.parametrize("layer", FLIPPED)
def test_flipped_bytes_are_found_and_made_again_from_the_layer_before(held: Warehouse, two: Warehouse, layer: str) -> None:
    paths = [flipped(held, pattern) for pattern in FLIPPED[layer]]
    found = looked_at(held.folder)
    assert [f.where for f in found] == [path.relative_to(held.folder).as_posix() for path in paths]
    assert all(f.layer in layer and f.what and f.means and "bilateral verify --mend" in f.todo for f in found)
    project = held.project()
    if layer == "a manifest of core":
        assert not Publish(project).is_up_to_date(["sanctions"]), "something is to be done though nothing came"
    assert repair(project, found, "mend")
    assert not project.report.blocked
    assert is_healed(held, two)


@pytest.mark.parametrize(("name", "at"), [("sdn.csv.zst", 0.3), ("sdn.csv.zst", 0.97), ("receipt.json", 0.3)])
def test_damaged_raw_is_named_not_used_and_comes_back_from_a_copy(held: Warehouse, two: Warehouse, name: str, at: float) -> None:
    flipped(held, f"raw/{SDN}/{SECOND}/{name}", at)
    (found,) = looked_at(held.folder)
    assert (found.layer, found.where, "bilateral restore" in found.todo) == ("raw", f"raw/{SDN}/{SECOND}/{name}", True)
    with pytest.raises(DamagedRaw):
        RawStore(held.folder / "raw").read(SDN, SECOND)
    repair(held.project(), [found], "mend")
    assert RawStore(held.folder / "raw").snapshots(SDN) == [FIRST]
    assert (held.folder / "raw" / SDN / ".damaged" / SECOND / name).exists(), "its bytes stay"
    (still,) = looked_at(held.folder)
    assert "taken out of use" in still.what
    # what was made of it stays published, and with the snapshot back nothing differs
    shutil.copytree(two.folder / "raw" / SDN / SECOND, held.folder / "raw" / SDN / SECOND)
    assert is_healed(held, two)


def test_a_refresh_goes_on_without_damaged_raw_until_it_is_back(held: Warehouse, two: Warehouse, third: Path) -> None:
    flipped(held, f"raw/{SDN}/{SECOND}/sdn.csv.zst")
    for layer in ("staged", "core"):
        shutil.rmtree(held.folder / layer)
    report = held.refresh(third)
    assert report.exit_code == 3
    assert any(SECOND in text and "taken out of use" in text for text in report.problems)
    accepted = "SELECT snapshot FROM meta.snapshots WHERE verdict = 'accepted' ORDER BY 1"
    assert held.rows(accepted) == [(FIRST,), (THIRD,)]
    shutil.copytree(two.folder / "raw" / SDN / SECOND, held.folder / "raw" / SDN / SECOND)
    assert held.refresh(third).problems == []
    assert held.rows(accepted) == [(FIRST,), (SECOND,), (THIRD,)]


@pytest.mark.parametrize(
    ("pattern", "at"),
    [
        (f"{PARTS}snapshots.*.parquet", 0.1),
        ("core/sanctions/parts/sanctions.party_decisions.*.parquet", 0.5),
        ("core/sanctions/current.json", 0.5),
    ],
)
def test_a_flipped_bit_of_core_is_told_and_healed_by_a_refresh(held: Warehouse, two: Warehouse, pattern: str, at: float) -> None:
    """Each refresh ended in a traceback, or was aborted by the parser, for ever: the file was read and not compared."""
    path = flipped(held, pattern, at)
    if "decisions" not in pattern:
        status = held.run("status")
        assert (status.code, path.name in status.out.replace("\n    ", "")) == (3, True)
    if path.suffix == ".json":  # by the command
        done = held.run("refresh")
        assert "Traceback" not in done.out + done.err
        assert "failed source: core/" in (held.folder / "heartbeat.json").read_text()
        code, told = done.code, done.out
    else:
        report = held.refresh(two.folder.parent / "a")
        code, told = report.exit_code, "\n".join(report.problems)
    assert (code, path.name in told, "made again from raw" in told) == (3, True, True), told
    assert is_healed(held, two)


def test_polars_is_given_no_file_that_was_not_compared(held: Warehouse, third: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its parser of Parquet is native code: some flipped bits abort the process."""
    stored, compared, given = set(held.folder.rglob("*.parquet")), set[Path](), dict[Path, bool]()
    compare = Compared.what_is_wrong

    def noted(self: Compared, path: Path, digest: str) -> str:
        compared.add(path)
        return compare(self, path, digest)

    def parsing(parse: Callable[..., Any]) -> Callable[..., Any]:
        def parsed(files: Any, *args: Any, **options: Any) -> Any:
            named = {Path(file) for file in (files if isinstance(files, list | tuple) else [files])}
            given.update((path, given.get(path, True) and path in compared) for path in named & stored)
            return parse(files, *args, **options)

        return parsed

    monkeypatch.setattr(Compared, "what_is_wrong", noted)
    for name in ("read_parquet", "scan_parquet"):
        monkeypatch.setattr(pl, name, parsing(getattr(pl, name)))
    assert held.refresh(third).exit_code == 0
    assert {path.relative_to(held.folder).parts[0] for path in given} >= {"core"}
    assert [path for path, was_compared in given.items() if not was_compared] == []


def test_what_cannot_be_made_again_is_not_published_empty_and_staged_rows_are_read_again(held: Warehouse, third: Path) -> None:
    """A part of core and what it was made of are damaged: what is published stays, and each refresh says why."""

    def failing(package: DomainPackage, *_: object, **__: object) -> tuple[Manifest, list[NewSnapshot], list[str]]:
        return Manifest(package.domain), [], [f"{SDN}: not staged"]

    flipped(held, f"{PARTS}sanction_listings.*.open.parquet")
    project = held.project()
    project.core.fold = failing  # type: ignore[method-assign]
    manifest, _ = Transform(project).fold("sanctions")
    assert manifest.damaged
    with pytest.raises(BilateralError, match="the published file is as it was"):
        Publish(project).build("run")
    assert (held.refresh(third).exit_code, looked_at(held.folder)) == (3, [])
    # staged rows over which a fold stumbles are read again by the next refresh
    flipped(held, f"staged/{SDN}/{THIRD}/listings.parquet")
    shutil.rmtree(held.folder / "core" / "sanctions")
    Transform(project := held.project()).fold("sanctions")
    assert any("its bytes are not those that were written; the next refresh reads" in text for text in project.report.problems)
    assert held.refresh(third).problems == []
    assert held.rows("SELECT count(*) FROM listed_on(DATE '2023-01-03')") == [(43,)]


def test_the_command_says_where_what_it_means_and_what_to_do_and_mends_and_compares_with_a_rebuild(held: Warehouse) -> None:
    path = flipped(held, f"{PARTS}sanction_listings.*.open.parquet")
    done = held.run("verify")
    assert done.code == 1
    for text in ("1 DAMAGED", path.name, "what it means: no build uses it", "what to do: 'bilateral verify --mend'"):
        assert text in done.out
    mended = held.run("verify", "--mend", "--rebuild", "--format", "json")
    told = json.loads(mended.out)
    assert (mended.code, told["is_whole"], told["findings"], told["differences_to_a_rebuild"]) == (0, True, [], [])
    assert any("core/sanctions was folded again" in line for line in told["done"])
    with duckdb.connect(str(held.file)) as con:
        con.execute("UPDATE core.sanction_listings SET name = 'ANOTHER' WHERE listing_id LIKE '%:7'")
    (held.folder / "published.json").unlink()
    done = held.run("verify", "--rebuild")
    assert (done.code, "1 of an earlier version bear no hash" in done.out) == (1, True)
    assert "core.sanction_listings: " in done.out


def taken_in(warehouse: Warehouse, archive: Path) -> list[str]:
    Ingest(project := warehouse.project()).choose_origin(str(archive))
    return [found.verdict for found in Ingest(project).ingest(SDN)]


def backed_up(warehouse: Warehouse, folder: Path) -> CopyResult:
    return back_up(warehouse.folder, folder, list(load_sources()))


def listing(folder: Path) -> dict[str, tuple[int, int]]:
    return {str(p.relative_to(folder)): (p.stat().st_mtime_ns, p.stat().st_size) for p in folder.rglob("*") if p.is_file()}


def of_raw(files: dict[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    return {name: of for name, of in files.items() if name.startswith("raw/")}


def test_a_backup_copies_nothing_again_deletes_nothing_and_restores_by_force_alone(first: Warehouse, tmp_path: Path) -> None:
    assert taken_in(first, vintages(tmp_path / "refused", b"<html></html>", since=2)) == ["quarantined"]
    folder, place = tmp_path / "backup", first.folder / "raw" / SDN / FIRST
    with pytest.raises(BilateralError, match="would be lost with it"):
        backed_up(first, first.folder / "backup")
    with pytest.raises(BilateralError, match="there is no backup here"):
        restore(tmp_path, tmp_path / "other")
    done = backed_up(first, folder)
    assert (done.n_files, done.n_kept, done.problems) == (5, 0, [])
    with pytest.raises(BilateralError, match="is in use: nothing was restored"):
        restore(folder, first.folder)
    whole = (place / "sdn.csv.zst").read_bytes()
    (place / "sdn.csv.zst").write_bytes(whole[:-1] + b"x")
    (place / "receipt.json").unlink()
    published = first.file.read_bytes()
    first.file.write_bytes(b"mine")
    done = restore(folder, first.folder, force=True)
    assert (done.n_files, done.n_kept, done.problems, (place / "sdn.csv.zst").read_bytes()) == (2, 2, [], whole)
    assert first.file.read_bytes() == b"mine", "what is published is made from raw, not put back over a newer one"
    first.file.write_bytes(published)
    before = listing(folder)
    assert taken_in(first, vintages(tmp_path / "b", sdn(more=1), since=3)) == ["accepted"]
    done = backed_up(first, folder)
    assert (done.n_files, done.n_kept) == (2, 5)
    (place / "receipt.json").unlink()
    assert any(FIRST in text for text in backed_up(first, folder).problems), "what is missing by mistake stays in the copy"
    after = of_raw(listing(folder))
    assert {name: after[name] for name in of_raw(before)} == of_raw(before)
    listed = json.loads((folder / "backup.json").read_text())["files"]
    assert set(listed) == {*after, "origin.json", "published/bilateral.duckdb"}


def test_damage_is_named_and_neither_copied_nor_restored(first: Warehouse, tmp_path: Path) -> None:
    place, folder = Path("raw") / SDN / FIRST / "sdn.csv.zst", tmp_path / "backup"
    backed_up(first, folder)
    (folder / place).write_bytes((folder / place).read_bytes()[:-1] + b"x")
    done = restore(folder, tmp_path / "other")
    assert [text.partition(" is damaged")[0] for text in done.problems] == [str(folder / place)]
    assert not (tmp_path / "other" / place).parent.exists(), "half a snapshot is none"
    (first.folder / place).write_bytes(b"x")
    first.file.write_bytes(b"y")
    told = " ".join(backed_up(first, tmp_path / "another").problems)
    assert "not backed up, since it is damaged" in told
    assert "not as it was published and was not backed up" in told
    assert not (tmp_path / "another" / place).exists()
    (noted := folder / "backup.json").write_text(noted.read_text().replace("raw", "row", 1))
    with pytest.raises(BilateralError, match=r"backup\.json is damaged"):
        restore(folder, tmp_path / "third")


def test_backups_taken_while_a_refresh_runs_are_each_consistent(first: Warehouse, tmp_path: Path) -> None:
    archive = vintages(tmp_path / "b", *(sdn(more=n) for n in (3, 4, 5)), since=3)
    steps = "import sys; from pathlib import Path; from tests.whole.conftest import Warehouse; "
    steps += "sys.exit(Warehouse(Path(sys.argv[1])).refresh(Path(sys.argv[2])).exit_code)"
    taken: list[Path] = []
    with first.begun("-c", steps, str(first.folder), str(archive)) as running:
        while running.poll() is None:
            time.sleep(0.2)  # else most of what this takes is backups that are as those before them
            taken.append(tmp_path / f"backup-{len(taken)}")
            assert backed_up(first, taken[-1]).problems == []
            # they differ in little: keep the first, the last two, and whatever had other files
            if len(taken) > 3 and len(listing(taken[-2])) == len(listing(taken[-3])):
                del taken[-2]
    assert running.returncode in (0, 3)
    assert backed_up(first, tmp_path / "last").problems == []
    publications = set()
    for number, folder in enumerate([taken[0], *taken[-2:], tmp_path / "last"]):
        other = Warehouse(tmp_path / f"restored-{number}")
        assert restore(folder, other.folder).problems == []
        project = other.project()
        assert verify_raw(project.raw, [SDN]).findings == verify_published(project.settings.published).findings == []
        assert {snapshot for (snapshot,) in other.rows("SELECT snapshot FROM meta.snapshots")} <= set(project.raw.snapshots(SDN))
        publications |= set(other.rows("SELECT publication_id FROM meta.build"))
    assert len(publications) == 2


def test_a_warehouse_is_backed_up_restored_and_made_again_by_the_commands(one: Warehouse, tmp_path: Path) -> None:
    done = one.run("backup", str(tmp_path / "backup"))
    assert done.code == 0, done.out + done.err
    other = Warehouse(tmp_path / "other")
    restored = other.run("restore", str(tmp_path / "backup"), "--format", "json")
    assert (restored.code, json.loads(restored.out)["problems"]) == (0, [])
    assert other.run("restore", str(tmp_path / "backup")).code == 1, "it is in use by now"
    other.file.unlink()
    done = other.run("refresh", "--only", "sanctions")
    assert (done.code, differences(other.file, one.file)) == (0, []), done


def files(folder: Path) -> dict[str, int]:
    """All files and their sizes, but those of Dagster, whose storage is opened, and who wrote last."""
    found = {name: size for name, (_, size) in listing(folder).items()}
    return {name: size for name, size in found.items() if not name.startswith(("dagster/", ".writer", ".lock"))}


def test_leftovers_go_and_nothing_else_nor_a_build_that_a_reader_has_open(sample: Warehouse, copy_of: Copy) -> None:
    warehouse = copy_of(sample)
    before = files(warehouse.folder)
    (gone := subprocess.Popen(["true"])).wait()
    for name, size in {
        f"raw/us_ofac_sdn/.tmp-{os.uname().nodename}-{gone.pid}-abc/sdn.csv.zst": 10,
        "staged/us_ofac_sdn/.2023-01-01T000000Z.new/listings.parquet": 20,
        "staged/us_ofac_sdn/1999-01-01T000000Z/staged.json": 30,
        "core/sanctions/parts/us_ofac_sdn.sanction_names.0123.open.parquet": 40,
        "core/sanctions/parts/.x.parquet.new": 50,
        ".build/bilateral.duckdb": 60,
    }.items():
        (path := warehouse.folder / name).parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * size)
    littered = files(warehouse.folder)
    dry = warehouse.run("gc", "--dry-run")
    assert (dry.code, "named by no manifest" in dry.out) == (0, True), dry.err
    assert "210 bytes would be freed (nothing was removed)" in dry.out
    assert files(warehouse.folder) == littered
    freed = json.loads(warehouse.run("gc", "--format", "json").out)["folders"]
    assert {name: found["bytes"] for name, found in freed.items()} == {"raw": 10, "staged": 50, "core": 90, ".build": 60}
    assert files(warehouse.folder) == before
    assert "nothing to remove" in warehouse.run("gc").out
    (build := warehouse.folder / ".build" / "bilateral.duckdb").parent.mkdir(exist_ok=True)
    build.write_bytes(warehouse.file.read_bytes())
    reader = "import duckdb, sys; c = duckdb.connect(sys.argv[1], read_only=True); print('open', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", reader, str(build)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        assert (warehouse.run("gc").code, build.exists()) == (0, True)
        process.communicate("")
    assert (warehouse.run("gc").code, build.exists()) == (0, False)


def test_runs_go_that_are_old_or_many_but_the_newest_of_each_job_and_those_under_way() -> None:
    def record(number: int, job: str, days: int, status: str = "SUCCESS") -> dg.RunRecord:
        at = datetime(2026, 1, 1) - timedelta(days=days)
        run = dg.DagsterRun(job_name=f"refresh_{job}", run_id=str(number), status=dg.DagsterRunStatus[status])
        return dg.RunRecord(number, run, create_timestamp=at, update_timestamp=at)

    records = [
        record(0, "news", 0, "STARTED"), record(1, "news", 1), record(2, "news", 2), record(3, "all", 200),
        record(4, "news", 201), record(5, "all", 202, "FAILURE"), record(6, "news", 203, "STARTED"),
    ]  # fmt: skip
    for keep_runs, keep_days, gone in ((100, 90, ["4", "5"]), (2, 365, ["2", "4", "5"]), (100, 365, [])):
        found = beyond(records, keep_runs, keep_days, datetime(2026, 1, 1, tzinfo=UTC))
        assert [r.dagster_run.run_id for r in found] == gone


def test_an_old_run_goes_with_its_log_and_the_others_stay(first: Warehouse, more: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert first.run("refresh", "--only", "sanctions", "--from", str(more)).code == 0
    logs = first.folder / "dagster" / "history" / "runs"
    assert len(list(logs.glob("*-*.db"))) == 2
    done = json.loads(first.run("gc", "--keep-runs", "1", "--format", "json").out)
    assert (done["runs"], done["folders"]["dagster"]["bytes"] > 100_000, len(list(logs.glob("*-*.db")))) == (1, True, 1)
    monkeypatch.setenv("DAGSTER_HOME", str(first.folder / "dagster"))
    with dg.DagsterInstance.get() as instance:
        (run,) = instance.get_runs()
        assert len(instance.all_logs(run.run_id)) > 10
        assert instance.get_latest_materialization_event(dg.AssetKey(["raw", SDN])) is not None


AT = datetime(2023, 2, 1, 12)
BYTES, ROWS, UNREADABLE = f"{SDN}/{SECOND}", f"{SDN}/{THIRD}", "cn_mofcom/2023-01-03T235959Z"
Case = tuple[str, Literal["accept", "reject"], str, str]


@pytest.fixture(scope="module")
def refusing(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A warehouse of one good vintage; one refused for its bytes; one that lost most of its rows; one that cannot be read."""
    folder = tmp_path_factory.mktemp("refusing")
    page, most_gone = b"<html>" + b" " * 40 + b"</html>", sdn(without=tuple(range(5, 41)))
    put(vintages(folder / "a", sdn(), page, most_gone), "cn_mofcom", "2023-01-03", "list.json", b'{"no": "list"}')
    warehouse = Warehouse(folder / "warehouse")
    assert warehouse.refresh(folder / "a").exit_code == 3
    return warehouse


def test_each_refused_snapshot_waits_with_its_gate_and_what_cannot_be_decided_is_answered_in_words(refusing: Warehouse) -> None:
    found = {one.name: one for one in quarantined_snapshots(refusing.project())}
    gates = {name: (one.gate, one.waits) for name, one in found.items()}
    assert gates == {BYTES: ("bytes", True), ROWS: ("judgement", True), UNREADABLE: ("reading", True)}
    assert "web page" in found[BYTES].reason
    assert "4 rows where the last accepted" in found[ROWS].reason
    cases: tuple[Case, ...] = (
        (UNREADABLE, "accept", "why not", "cannot be read, and no decision changes that"),
        (ROWS, "accept", " ", "a decision needs a reason"),
        (f"{SDN}/{FIRST}", "accept", "good", "is not kept out: there is nothing to accept"),
        (f"{SDN}/2023-01-09T235959Z", "reject", "bad", "has no snapshot 2023-01-09T235959Z"),
        ("us_ofac/2023-01-01T235959Z", "reject", "bad", "not the id of a source. Did you mean"),
        ("ffffffffffffffff", "reject", "bad", "no snapshot has an id that begins with"),
        ("fff", "reject", "bad", "at least 8 characters"),
    )
    for name, ruling, reason, says in cases:
        with pytest.raises(BilateralError, match=says):
            decide(refusing.project(), name, ruling, "Ada", reason, AT)
    assert not (refusing.folder / "raw" / SDN / "reviews").exists()


def test_what_was_accepted_is_folded_and_says_who_why_and_when(refusing: Warehouse, copy_of: Copy, tmp_path: Path) -> None:
    held, none = copy_of(refusing), vintages(tmp_path / "none", sdn())
    decide(held.project(), ROWS, "accept", "Ada", "the list was cut on purpose", AT)
    assert held.refresh(none).exit_code == 0
    assert held.rows("SELECT count(*) FROM listed_on(DATE '2023-01-04')") == [(4,)]
    ((verdict, warnings),) = held.rows(f"SELECT verdict, warnings FROM meta.snapshots WHERE source || '/' || snapshot = '{ROWS}'")
    said = "accepted by Ada on 2023-02-01 12:00 UTC: the list was cut on purpose; in spite of: sdn.csv: 4 rows where"
    assert (verdict, said in warnings) == ("accepted", True)
    assert quarantined_snapshot(held.project(), receipt_named(held.project(), ROWS)) is None
    # a web page can be accepted as bytes; that it holds no list, nobody can overrule
    decide(held.project(), BYTES, "accept", "Ada", "let us see", AT)
    held.fold(none)
    found = {one.receipt.snapshot: one.gate for one in quarantined_snapshots(held.project()) if one.receipt.source == SDN}
    assert found[f"{SECOND}~reviewed"] == "reading"
    with pytest.raises(BilateralError, match="cannot be read, and no decision changes that"):
        decide(held.project(), f"{BYTES}~reviewed", "accept", "Ada", "please", AT)


def test_a_later_vintage_that_agrees_withdraws_on_its_day_and_settles_the_first(empty: Warehouse, tmp_path: Path) -> None:
    gone = tuple(range(11, 41))
    vintages(tmp_path / "a", sdn(without=gone), since=3)
    assert empty.fold(vintages(tmp_path / "a", sdn())).report.exit_code == 3
    assert [one.name for one in quarantined_snapshots(empty.project())] == [ROWS]
    assert empty.refresh(vintages(tmp_path / "a", sdn({1: "nationality Iran."}, without=gone), since=11)).exit_code == 0
    assert quarantined_snapshots(empty.project()) == []
    ended = "SELECT count(*), min(known_from)::DATE, max(known_from)::DATE FROM core.sanction_listings WHERE valid_to IS NOT NULL"
    assert empty.rows(ended) == [(30, date(2023, 1, 11), date(2023, 1, 11))]


def test_a_rejected_snapshot_stays_out_and_the_last_decision_counts(empty: Warehouse, tmp_path: Path) -> None:
    assert empty.fold(vintages(tmp_path / "a", sdn(), sdn(more=2))).report.exit_code == 0
    decide(empty.project(), BYTES, "reject", "Ada", "a first thought", AT)
    decide(empty.project(), BYTES, "reject", "Bo", "made up", AT.replace(hour=13))
    # the same bytes come again, after others
    empty.refresh(vintages(tmp_path / "again", sdn(more=1), sdn(more=2), since=3))
    rows = empty.rows(f"SELECT snapshot, verdict, reason FROM meta.snapshots WHERE source = '{SDN}' ORDER BY 1")
    assert [verdict for _, verdict, _ in rows] == ["accepted", "quarantined", "accepted", "quarantined"]
    assert all("rejected by Bo on 2023-02-01 13:00 UTC: made up" in rows[n][2] for n in (1, 3))
    assert empty.rows("SELECT count(*) FROM listed_on(DATE '2023-01-05')") == [(41,)]
    assert [one.waits for one in quarantined_snapshots(empty.project())] == [False]
    decide(empty.project(), BYTES, "accept", "Bo", "it was right", AT.replace(hour=14))
    empty.refresh(tmp_path / "again")
    # the receipt of the later one stays, with another beside it
    verdicts = empty.rows(f"SELECT verdict FROM meta.snapshots WHERE source = '{SDN}' ORDER BY snapshot")
    assert [verdict for (verdict,) in verdicts] == [*["accepted"] * 3, "quarantined", "accepted"]


def test_the_command_lists_shows_and_decides_and_a_damaged_decision_is_never_guessed(refusing: Warehouse, copy_of: Copy) -> None:
    held = copy_of(refusing)
    listed, shown = held.run("quarantine"), held.run("quarantine", "show", ROWS)
    assert (listed.code, BYTES in listed.out) == (0, True)
    assert f"accepted before it: {FIRST}" in shown.out
    assert f"bilateral try {SDN}" in shown.out
    done = held.run("quarantine", "reject", ROWS, "--reason", "half a file", "--by", "Bo")
    assert (done.code, "rejected by Bo" in done.out) == (0, True)
    assert held.run("quarantine", "accept", BYTES).code == 1, "without a reason"
    (one,) = [x for x in json.loads(held.run("quarantine", "list", "--all", "--format", "json").out) if not x["waits"]]
    assert (one["snapshot"], one["review"]["by"]) == (THIRD, "Bo")
    assert "rejected by Bo on" in held.run("status").out
    (path,) = (held.folder / "raw" / SDN / "reviews").iterdir()
    path.write_text(path.read_text().replace("reject", "accept"))
    with pytest.raises(BilateralError, match="this decision on a snapshot of us_ofac_sdn cannot be read"):
        Transform(held.project()).stage(SDN)
