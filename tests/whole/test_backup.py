"""A backup beside a refresh is consistent, grows by what is new, and gives the same tables from raw alone."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from assets.errors import BilateralError
from pipelines.ingest.sources import load_sources
from pipelines.maintenance.backup import CopyResult, back_up, restore
from pipelines.maintenance.verify import differences, verify_published, verify_raw
from pipelines.services.ingest import Ingest
from pipelines.services.warehouse import Warehouse as Opened
from pipelines.settings import Settings
from tests.whole.archives import put, sdn
from tests.whole.conftest import Warehouse

SDN = "us_ofac_sdn"
SOURCES = list(load_sources())


def backed_up(warehouse: Warehouse, folder: Path) -> CopyResult:
    return back_up(warehouse.folder, folder, SOURCES)


@pytest.fixture
def held(one: Warehouse, copy_of: Callable[[Warehouse], Warehouse], tmp_path: Path) -> Warehouse:
    """A warehouse of one vintage, and of a file that was refused."""
    warehouse = copy_of(one)
    put(tmp_path / "refused", SDN, "2023-01-02", "sdn.csv", b"<html></html>")
    project = Opened(Settings(warehouse=warehouse.folder))
    Ingest(project).choose_origin(str(tmp_path / "refused"))
    assert [found.verdict for found in Ingest(project).ingest(SDN)] == ["quarantined"]
    return warehouse


def listing(folder: Path) -> dict[str, tuple[int, int]]:
    return {str(p.relative_to(folder)): (p.stat().st_mtime_ns, p.stat().st_size) for p in folder.rglob("*") if p.is_file()}


def test_what_is_in_the_backup_is_not_copied_again_and_nothing_is_deleted_from_it(held: Warehouse, tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    first = backed_up(held, folder)
    assert (first.n_files, first.n_kept, first.problems) == (5, 0, [])
    before = listing(folder)
    put(tmp_path / "b", SDN, "2023-01-03", "sdn.csv", sdn(more=1))
    project = Opened(Settings(warehouse=held.folder))
    Ingest(project).choose_origin(str(tmp_path / "b"))
    Ingest(project).ingest(SDN)
    second = backed_up(held, folder)
    assert (second.n_files, second.n_kept) == (2, 5)
    (held.folder / "raw" / SDN / "2023-01-01T235959Z" / "receipt.json").unlink()
    third = backed_up(held, folder)
    assert any("2023-01-01T235959Z" in text for text in third.problems), "a file that is missing by mistake stays in the copy"
    after = listing(folder)
    assert {name: after[name] for name in before if name.startswith("raw/")} == {
        n: v for n, v in before.items() if n.startswith("raw/")
    }
    listed = json.loads((folder / "backup.json").read_text())["files"]
    assert set(listed) == {name for name in after if name.startswith("raw/")} | {"origin.json", "published/bilateral.duckdb"}


def test_a_folder_in_use_is_restored_only_by_force_which_puts_back_what_differs_and_leaves_the_rest(
    held: Warehouse, tmp_path: Path
) -> None:
    folder = tmp_path / "backup"
    backed_up(held, folder)
    with pytest.raises(BilateralError, match="is in use: nothing was restored"):
        restore(folder, held.folder)
    place = held.folder / "raw" / SDN / "2023-01-01T235959Z"
    whole = (place / "sdn.csv.zst").read_bytes()
    (place / "sdn.csv.zst").write_bytes(whole[:-1] + b"x")
    (place / "receipt.json").unlink()
    (held.folder / "bilateral.duckdb").write_bytes(b"mine")
    done = restore(folder, held.folder, force=True)
    assert (done.n_files, done.n_kept, done.problems) == (2, 2, [])
    assert (place / "sdn.csv.zst").read_bytes() == whole
    assert (held.folder / "bilateral.duckdb").read_bytes() == b"mine", (
        "what is published is made from raw, not put back over a newer one"
    )


def test_damage_is_named_and_neither_copied_nor_restored(held: Warehouse, tmp_path: Path) -> None:
    place = Path("raw") / SDN / "2023-01-01T235959Z" / "sdn.csv.zst"
    folder = tmp_path / "backup"
    backed_up(held, folder)
    (folder / place).write_bytes((folder / place).read_bytes()[:-1] + b"x")
    done = restore(folder, tmp_path / "other")
    assert [text.partition(" is damaged")[0] for text in done.problems] == [str(folder / place)]
    assert not (tmp_path / "other" / place).parent.exists(), "half a snapshot is none"
    (held.folder / place).write_bytes(b"x")
    (held.folder / "bilateral.duckdb").write_bytes(b"y")
    again = backed_up(held, tmp_path / "another")
    assert any("not backed up, since it is damaged" in text for text in again.problems)
    assert any("not as it was published and was not backed up" in text for text in again.problems)
    assert not (tmp_path / "another" / place).exists()
    text = (folder / "backup.json").read_text()
    (folder / "backup.json").write_text(text.replace("raw", "row", 1))
    with pytest.raises(BilateralError, match=r"backup\.json is damaged"):
        restore(folder, tmp_path / "third")


def test_a_backup_lies_elsewhere(held: Warehouse, tmp_path: Path) -> None:
    with pytest.raises(BilateralError, match="would be lost with it"):
        backed_up(held, held.folder / "backup")
    with pytest.raises(BilateralError, match="there is no backup here"):
        restore(tmp_path, tmp_path / "other")


def test_backups_taken_while_a_refresh_runs_are_each_consistent(held: Warehouse, tmp_path: Path) -> None:
    """Of each, the published file is whole, and raw has every snapshot that it was made of."""
    for number in (3, 4, 5):
        put(tmp_path / "b", SDN, f"2023-01-0{number}", "sdn.csv", sdn(more=number))
    steps = "import sys; from pathlib import Path; from tests.whole.conftest import Warehouse; "
    steps += "sys.exit(Warehouse(Path(sys.argv[1])).refresh(Path(sys.argv[2])).exit_code)"
    taken: list[Path] = []
    with held.begun("-c", steps, str(held.folder), str(tmp_path / "b")) as running:
        while running.poll() is None:
            time.sleep(0.2)  # else most of what this takes is backups that are as those before them
            taken.append(tmp_path / f"backup-{len(taken)}")
            assert backed_up(held, taken[-1]).problems == []
            if len(taken) > 1:
                # they differ in little: keep the first, the last two, and whatever had other files
                earlier = taken[-2]
                if len(taken) > 3 and len(listing(earlier)) == len(listing(taken[-3])):
                    taken.remove(earlier)
    assert running.returncode in (0, 3)
    assert backed_up(held, tmp_path / "last").problems == []
    publications = set()
    for number, folder in enumerate([taken[0], *taken[-2:], tmp_path / "last"]):
        other = Warehouse(tmp_path / f"restored-{number}")
        assert restore(folder, other.folder).problems == []
        project = Opened(Settings(warehouse=other.folder))
        assert verify_raw(project.raw, [SDN]).findings == []
        assert verify_published(project.settings.published).findings == []
        used = {snapshot for (snapshot,) in other.rows("SELECT snapshot FROM meta.snapshots")}
        assert used <= set(project.raw.snapshots(SDN))
        publications |= {name for (name,) in other.rows("SELECT publication_id FROM meta.build")}
    assert len(publications) == 2


def test_a_warehouse_is_backed_up_restored_and_made_again_by_the_commands(one: Warehouse, tmp_path: Path) -> None:
    done = one.run("backup", str(tmp_path / "backup"))
    assert done.code == 0, done.out + done.err
    other = Warehouse(tmp_path / "other")
    restored = other.run("restore", str(tmp_path / "backup"), "--format", "json")
    assert (restored.code, json.loads(restored.out)["problems"]) == (0, [])
    assert other.run("restore", str(tmp_path / "backup")).code == 1, "it is in use by now"
    (other.folder / "bilateral.duckdb").unlink()
    refreshed = other.run("refresh", "--only", "sanctions")
    assert refreshed.code == 0, refreshed.out + refreshed.err
    assert differences(other.folder / "bilateral.duckdb", one.folder / "bilateral.duckdb") == []
