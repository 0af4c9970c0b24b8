"""What readers install apart from the project: the Python package as a wheel, the R file, and a release that they download."""

import hashlib
import importlib.metadata
import os
import shutil
import subprocess
import sys
import threading
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import bilateral_warehouse
import polars as pl
import pytest
from bilateral_warehouse import WarehouseError
from polars.testing import assert_frame_equal

from pipelines.site.serve import SiteServer
from tests.pipelines.examples import a_published_file
from tests.whole.conftest import ROOT, Warehouse, sample_for_all

PACKAGE = ROOT / "pipelines" / "share" / "python"
R_FILE = ROOT / "pipelines" / "share" / "r" / "bilateral_warehouse.R"
RSCRIPT = shutil.which("Rscript")
needs_r = pytest.mark.skipif(RSCRIPT is None, reason="R is not installed (apt install r-base-core)")


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return sample_for_all(tmp_path_factory)


@pytest.fixture(scope="session")
def tables(sample: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tables")
    for name in ("dyad_month", "listing_dyads", "overdose_observations"):
        done = sample.run("export", name, "--to", str(folder), "--format", "csv", "--force")
        assert done.code == 0, done.err
    return folder


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    shutil.copytree(PACKAGE, folder / "source", ignore=shutil.ignore_patterns("__pycache__"))
    build = f"from setuptools.build_meta import build_wheel; print(build_wheel({str(folder)!r}))"
    built = subprocess.run([sys.executable, "-c", build], cwd=folder / "source", capture_output=True, text=True, check=True)
    return folder / built.stdout.splitlines()[-1]


@pytest.mark.parametrize(
    ("frames", "needs"), [("polars", ("polars", "polars-runtime-32")), ("pandas", ("pandas", "numpy", "python-dateutil", "six"))]
)
def test_the_wheel_alone_answers_with_one_library_of_frames(
    sample: Warehouse, wheel: Path, tmp_path: Path, frames: str, needs: tuple[str, ...]
) -> None:
    venv.create(tmp_path / "env", symlinks=True)
    python = tmp_path / "env" / "bin" / "python"
    # what it needs is linked in: a test asks no registry
    (packages,) = (tmp_path / "env").glob("lib/python*/site-packages")
    with zipfile.ZipFile(wheel) as packed:  # to install a wheel is to unpack it
        packed.extractall(packages)
    for name in ("duckdb", *needs):
        for top in {file.parts[0] for file in importlib.metadata.files(name) or () if file.parts[0] not in ("..", "__pycache__")}:
            (packages / top).symlink_to(Path(str(importlib.metadata.distribution(name).locate_file(top))).resolve())
    code = """
import sys, bilateral_warehouse as bw
frames = [bw.panel("USA", "CHN", by="month", as_of="2023-12-22"), bw.listings("USA", "CHN", on="2023-11-15")]
frames.append(bw.overdose(actor_id="USA"))
print(type(frames[0]).__module__.partition(".")[0], [len(f) > 0 for f in frames])
print(sorted({"assets", "pipelines", "pyarrow"} & set(sys.modules)))
"""
    env = {"PATH": os.environ["PATH"], "BILATERAL_FILE": str(sample.folder / "bilateral.duckdb")}
    done = subprocess.run([python, "-I", "-c", code], env=env, cwd=tmp_path, capture_output=True, text=True, check=False)
    # on a busy computer DuckDB shows its progress first
    assert done.stdout.endswith(f"{frames} [True, True, True]\n[]\n"), done.stdout + done.stderr


def test_listings_of_a_pair_on_a_day_are_those_that_the_panel_counts(sample: Warehouse) -> None:
    w = bilateral_warehouse.open(sample.folder / "bilateral.duckdb", frames="polars")
    on = w.listings("USA", "CHN", on="2023-11-15")
    day = (pl.col("source_id") == "USA") & (pl.col("date") == pl.date(2023, 11, 15))
    assert [on["listing_id"].n_unique()] == w.dyad_panel("USA", "CHN", "day").filter(day)["n_listings_in_force"].to_list()

    def listed(day: str, as_of: str | None = None) -> bool:
        found = bilateral_warehouse.listings("USA", "CHN", on=day, as_of=as_of, file=sample.folder / "bilateral.duckdb")
        return bool(found["name"].str.contains("Institute of Forensic Science").any())

    assert [listed("2023-11-15"), listed("2023-11-16"), listed("2023-11-16", as_of="2023-11-16")] == [True, False, True]


@pytest.fixture
def released(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[SiteServer, Path]]:
    folder = tmp_path / "release"
    folder.mkdir()
    file = a_published_file(folder / "bilateral.duckdb", "r1", 2)
    (folder / "SHA256SUMS").write_text(f"{hashlib.sha256(file.read_bytes()).hexdigest()}  bilateral.duckdb\n")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("R_USER_CACHE_DIR", str(tmp_path / "cache"))
    server = SiteServer(lambda: ("", {path.name: path.read_bytes() for path in folder.iterdir()}))
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield server, folder
    finally:
        server.shutdown()
        server.server_close()


def test_a_release_is_downloaded_once_and_opens_later_without_its_server(released: tuple[SiteServer, Path]) -> None:
    server, folder = released
    w = bilateral_warehouse.open(server.address)
    assert w.publication.publication_id == "r1"
    assert w.path.read_bytes() == (folder / "bilateral.duckdb").read_bytes()
    kept = w.path.stat().st_mtime_ns
    del server.files["bilateral.duckdb"]
    assert bilateral_warehouse.open(f"{server.address}bilateral.duckdb").path.stat().st_mtime_ns == kept
    server.files.clear()
    assert bilateral_warehouse.open(server.address, sha256=w.path.parent.name).path == w.path
    with pytest.raises(WarehouseError, match="SHA256SUMS cannot be downloaded: HTTP Error 404"):
        bilateral_warehouse.open(server.address)
    with pytest.raises(WarehouseError, match="is no SHA-256"):
        bilateral_warehouse.open(server.address, sha256="../../x")
    for sums, said in (
        (f"{'0' * 64}  bilateral.duckdb\n", "not 0000.*it was not kept"),
        ("<html>not found</html>", "names no bilateral.duckdb"),
        (f"{'0' * 64}  other/bilateral.duckdb\n", "names no bilateral.duckdb"),
    ):
        server.files |= {"SHA256SUMS": sums.encode(), "bilateral.duckdb": b"another"}
        with pytest.raises(WarehouseError, match=said):
            bilateral_warehouse.open(server.address)
    assert len(list(w.path.parents[1].rglob("*.duckdb"))) == 1, "a file of another hash is not kept"


def r(code: str, *, cwd: Path, fails: bool = False) -> str:
    """What a script says that has read the R file; its errors where it is to fail."""
    script = f'source("{R_FILE}")\n{code}\n'
    done = subprocess.run([str(RSCRIPT), "--vanilla", "-"], input=script, cwd=cwd, capture_output=True, text=True, check=False)
    assert (done.returncode != 0) == fails, done.stderr
    return done.stderr if fails else done.stdout


@needs_r
def test_r_gives_the_rows_of_python_from_csv(sample: Warehouse, tables: Path, tmp_path: Path) -> None:
    r(
        f"""
        put <- function(rows, name) write.csv(rows, name, row.names = FALSE, na = "", fileEncoding = "UTF-8")
        put(panel("CHN", "USA", from = "{tables}"), "panel.csv")
        put(listings("USA", "CHN", on = "2023-11-15", from = "{tables}"), "listings.csv")
        only <- list(actor_id = "USA", measure = "deaths_12m", drug = "all", basis = "predicted", from = "{tables}")
        put(do.call(overdose, c("2023-12-22", only)), "deaths.csv")
        """,
        cwd=tmp_path,
    )
    w = bilateral_warehouse.open(sample.folder / "bilateral.duckdb", frames="polars")
    asked = {"actor_id": "USA", "measure": "deaths_12m", "drug": "all", "basis": "predicted"}
    panel = ["source_id", "target_id", "period_end", "n_events", "goldstein_mean", "n_listings_in_force"]
    for name, frame, columns in (
        ("panel.csv", w.dyad_panel("USA", "CHN"), panel),
        ("listings.csv", w.listings("USA", "CHN", on="2023-11-15"), ["list_id", "listing_id", "name", "valid_from"]),
        ("deaths.csv", w.overdose(as_of="2023-12-22", **asked), ["source", "period_end", "value"]),
    ):
        given = frame.select(columns)
        written = pl.read_csv(tmp_path / name, columns=columns, schema_overrides=given.schema).select(columns)
        assert_frame_equal(written, given, check_exact=False)
        assert given.height


@needs_r
def test_r_asks_the_file_what_it_takes_from_csv(sample: Warehouse, tables: Path, tmp_path: Path) -> None:
    """Debian's R has no package duckdb: its questions are caught, and asked here."""
    said = r(
        """
        .asked <- function(from, query) {
          cat(query, "\\n", sep = "")
          .table("TABLES", if (grepl("overdose", query)) "core.overdose_observations" else "marts.listing_dyads")
        }
        invisible(panel("USA", "CHN", by = "quarter", as_of = "2023-12-22T15:00"))
        invisible(listings("USA", "CHN", on = "2023-11-15", as_of = as.Date("2023-12-22")))
        invisible(overdose(as_of = "2023-12-22", actor_id = "USA", drug = "all"))
        """.replace("TABLES", str(tables)),
        cwd=tmp_path,
    )
    panel, listings, overdose = said.splitlines()
    w = bilateral_warehouse.open(sample.folder / "bilateral.duckdb", frames="polars")
    assert w.sql(panel).equals(w.dyad_panel("USA", "CHN", "quarter", as_of="2023-12-22T15:00"))
    assert set(w.listings("USA", "CHN", as_of="2023-12-22")["listing_id"]) == set(w.sql(listings)["listing_id"])
    assert w.sql(overdose).height == w.overdose(as_of="2023-12-22", actor_id="USA", drug="all").height


@needs_r
def test_r_says_what_it_cannot_do(tables: Path, tmp_path: Path) -> None:
    asks = {
        'panel("USA", "CHN", as_of = "2023-12-22", from = ".")': "made by a macro of the file, not of CSV",
        'panel("USA", "CHN", from = ".")': "marts.dyad_month.csv does not exist: bilateral export --all",
        'panel("USA", "CHN", by = "week", from = ".")': "by day and by month, not by week",
        f'listings(on = "15 November", from = "{tables}")': "'15 November' is no date",
        f'overdose(drg = "all", from = "{tables}")': "there is no column drg",
        f'overdose(as_of = "yesterday", from = "{tables}")': "'yesterday' is no moment",
    }
    tried = "\n".join(
        f"tryCatch({ask}, error = function(e) cat(gsub('\\\\s+', ' ', conditionMessage(e)), '\\n'))" for ask in asks
    )
    told = r(tried, cwd=tmp_path).splitlines()
    assert [said in line for said, line in zip(asks.values(), told, strict=True)] == [True] * len(asks), told


@needs_r
def test_r_downloads_a_release_once_and_checks_its_hash(released: tuple[SiteServer, Path], tmp_path: Path) -> None:
    server, folder = released
    code = f'path <- .downloaded("{server.address}", cache = "kept"); cat(path)'
    path = tmp_path / r(code, cwd=tmp_path)
    assert path.read_bytes() == (folder / "bilateral.duckdb").read_bytes()
    del server.files["bilateral.duckdb"]
    assert tmp_path / r(code, cwd=tmp_path) == path
    server.files["bilateral.duckdb"] = b"another"
    server.files["SHA256SUMS"] = f"{'0' * 64}  bilateral.duckdb\n".encode()
    assert "it was not kept" in r(code, cwd=tmp_path, fails=True)
    assert len(list((tmp_path / "kept").rglob("*.duckdb"))) == 1
