"""A flipped byte in each layer is found, said in words and mended from the layer before; raw is taken out of use and named."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from assets.contracts import DomainPackage
from assets.errors import BilateralError
from pipelines.ingest.raw_files import DamagedRaw
from pipelines.ingest.raw_store import RawStore
from pipelines.maintenance.verify import differences, repair, verify_core, verify_published, verify_raw, verify_staged
from pipelines.services.publish import Publish
from pipelines.services.transform import Transform
from pipelines.services.warehouse import Warehouse as Opened
from pipelines.settings import Settings
from pipelines.storage.manifest import Manifest, NewSnapshot
from pipelines.util.checksummed import Compared
from tests.whole.archives import put, sdn
from tests.whole.conftest import Warehouse
from tests.whole.simulated_year import looked_at

SDN = "us_ofac_sdn"
FIRST, SECOND, THIRD = (f"2023-01-0{day}T235959Z" for day in (1, 2, 3))


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A warehouse of two vintages, the second with one party more and one less."""
    folder = tmp_path_factory.mktemp("two")
    put(folder / "a", SDN, "2023-01-01", "sdn.csv", sdn())
    put(folder / "a", SDN, "2023-01-02", "sdn.csv", sdn(without=(3,), more=2))
    warehouse = Warehouse(folder / "warehouse")
    assert warehouse.refresh(folder / "a").exit_code == 0
    return warehouse


@pytest.fixture
def held(two: Warehouse, copy_of: Callable[[Warehouse], Warehouse]) -> Warehouse:
    return copy_of(two)


@pytest.fixture
def third(tmp_path: Path) -> Path:
    """An archive of a third vintage, of 43 parties."""
    put(tmp_path / "a", SDN, "2023-01-03", "sdn.csv", sdn(more=3))
    return tmp_path / "a"


def project_of(warehouse: Warehouse) -> Opened:
    return Opened(Settings(warehouse=warehouse.folder, data_docs=False))


def is_healed(warehouse: Warehouse, like: Warehouse) -> bool:
    files = [w.folder / "bilateral.duckdb" for w in (warehouse, like)]
    return looked_at(warehouse.folder) == [] and differences(*files) == []


def flipped(warehouse: Warehouse, pattern: str, at: float = 0.5) -> Path:
    """Flip one bit of the first file of a pattern: at a share of the file."""
    path = sorted(warehouse.folder.glob(pattern))[0]
    data = bytearray(path.read_bytes())
    data[int(len(data) * at)] ^= 0x04
    path.write_bytes(data)
    return path


PARTS = f"core/sanctions/parts/{SDN}."
FLIPPED = {
    "staged": [f"staged/{SDN}/{FIRST}/listings.parquet", f"staged/{SDN}/{SECOND}/staged.json"],
    "parts of core": [
        "core/actors/parts/actors.actors.*.parquet",
        "core/sanctions/parts/sanctions.party_decisions.*.parquet",
        f"{PARTS}sanction_listings.*.closed.parquet",
        f"{PARTS}sanction_listings.*.open.parquet",
        f"{PARTS}snapshots.*.parquet",
    ],
    "a manifest of core": ["core/sanctions/current.json"],
    "the published file": ["bilateral.duckdb"],
    "the note of the published file": ["published.json"],
}


def test_what_was_just_made_is_whole_and_every_file_has_its_hash_but_in_what_an_earlier_version_made(held: Warehouse) -> None:
    project = project_of(held)

    def layers() -> list[tuple[int, int]]:
        raw, staged = verify_raw(project.raw, project.sources), verify_staged(project.staged)
        core, published = verify_core(project.core, project.packages), verify_published(project.settings.published)
        return [(len(layer.findings), layer.n_unsealed) for layer in (raw, staged, core, published)]

    assert layers() == [(0, 0)] * 4
    assert verify_raw(project.raw, project.sources).n_files == 4
    for path in [*held.folder.glob(f"raw/{SDN}/*/receipt.json"), *held.folder.glob(f"staged/{SDN}/*/staged.json")]:
        entry = json.loads(path.read_text())
        del entry["seal"]
        path.write_text(json.dumps(entry))
    assert layers()[:2] == [(0, 2), (0, 2)]


@pytest.mark.parametrize("layer", FLIPPED)
def test_flipped_bytes_are_found_and_made_again_from_the_layer_before(held: Warehouse, two: Warehouse, layer: str) -> None:
    paths = [flipped(held, pattern) for pattern in FLIPPED[layer]]
    found = looked_at(held.folder)
    assert [f.where for f in found] == [path.relative_to(held.folder).as_posix() for path in paths]
    assert all(f.layer in layer and f.what and f.means and "bilateral verify --mend" in f.todo for f in found)
    project = project_of(held)
    if layer == "a manifest of core":
        assert not Publish(project).is_up_to_date(["sanctions"]), "something is to be done though nothing came"
    assert repair(project, found, "mend")
    assert not project.report.blocked
    assert is_healed(held, two)


@pytest.mark.parametrize(("name", "at"), [("sdn.csv.zst", 0.3), ("sdn.csv.zst", 0.97), ("receipt.json", 0.3)])
def test_damaged_raw_is_named_never_used_and_comes_back_from_a_copy(
    held: Warehouse, two: Warehouse, name: str, at: float
) -> None:
    flipped(held, f"raw/{SDN}/{SECOND}/{name}", at)
    (found,) = looked_at(held.folder)
    assert (found.layer, found.where) == ("raw", f"raw/{SDN}/{SECOND}/{name}")
    assert "bilateral restore" in found.todo
    with pytest.raises(DamagedRaw):
        RawStore(held.folder / "raw").read(SDN, SECOND)
    repair(project_of(held), [found], "mend")
    assert RawStore(held.folder / "raw").snapshots(SDN) == [FIRST]
    assert (held.folder / "raw" / SDN / ".damaged" / SECOND / name).exists(), "its bytes stay"
    (still,) = looked_at(held.folder)
    assert "taken out of use" in still.what
    # what was made of it stays published, and with the snapshot back nothing differs
    shutil.copytree(two.folder / "raw" / SDN / SECOND, held.folder / "raw" / SDN / SECOND)
    assert is_healed(held, two)


def test_a_refresh_that_meets_damaged_raw_goes_on_without_it_and_takes_it_up_when_it_is_back(
    held: Warehouse, two: Warehouse, third: Path
) -> None:
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
def test_a_flipped_bit_of_core_is_told_and_healed_by_the_next_refresh_though_nothing_is_new(
    held: Warehouse, two: Warehouse, pattern: str, at: float
) -> None:
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


def test_polars_is_given_no_stored_file_that_was_not_compared(
    held: Warehouse, third: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
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


def test_a_source_that_cannot_be_made_again_is_not_published_as_if_it_held_nothing(held: Warehouse, third: Path) -> None:
    """A part of core and what it was made of are damaged: what is published stays, and each refresh says why."""
    flipped(held, f"{PARTS}sanction_listings.*.open.parquet")
    project = project_of(held)
    project.core.fold = _failing  # type: ignore[method-assign]
    manifest, _ = Transform(project).fold("sanctions")
    assert manifest.damaged
    with pytest.raises(BilateralError, match="the published file is as it was"):
        Publish(project).build("run")
    assert held.refresh(third).exit_code == 3
    assert looked_at(held.folder) == []


def _failing(package: DomainPackage, *_: object, **__: object) -> tuple[Manifest, list[NewSnapshot], list[str]]:
    return Manifest(package.domain), [], [f"{SDN}: not staged"]


def test_staged_rows_over_which_a_fold_stumbles_are_read_again_by_the_next_refresh(held: Warehouse, third: Path) -> None:
    held.fold(third)
    flipped(held, f"staged/{SDN}/{THIRD}/listings.parquet")
    shutil.rmtree(held.folder / "core" / "sanctions")
    project = project_of(held)
    Transform(project).fold("sanctions")
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
    with duckdb.connect(str(held.folder / "bilateral.duckdb")) as con:
        con.execute("UPDATE core.sanction_listings SET name = 'ANOTHER' WHERE listing_id LIKE '%:7'")
    (held.folder / "published.json").unlink()
    done = held.run("verify", "--rebuild")
    assert done.code == 1
    assert "1 of an earlier version bear no hash" in done.out
    assert "core.sanction_listings: " in done.out
