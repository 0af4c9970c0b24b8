"""Whole runs: the command line on a warehouse folder of its own."""

import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.cli import main
from pipelines.domains import DOMAINS
from pipelines.ingest.fetch import http
from pipelines.services.ingest import Ingest
from pipelines.services.publish import Publish
from pipelines.services.report import Report
from pipelines.services.transform import Transform
from pipelines.services.warehouse import Warehouse as Opened
from pipelines.settings import Settings
from tests.made_up import SAMPLE
from tests.once import made_once
from tests.pipelines.publishers import Publishers, listening
from tests.whole.archives import put, sdn

ROOT = Path(__file__).resolve().parents[2]
WITH_PAGES = {"BILATERAL_DATA_DOCS": "true"}
"""Pages of results take as long as all else of a small refresh: only tests that look at them make them."""


@dataclass(frozen=True)
class Done:
    """What a command gave."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Warehouse:
    """A warehouse folder and the command line on it."""

    folder: Path

    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("BILATERAL_", "DAGSTER_"))}
        return {**kept, "BILATERAL_WAREHOUSE": str(self.folder), "BILATERAL_DATA_DOCS": "false"}

    def run(self, *args: str, stdin: str | None = None, **env: str) -> Done:
        """Run ``bilateral`` with these arguments in this process, with streams and an environment of its own.

        To start another process takes longer than what most commands do (``begun``). ``env``: variables beside the usual.
        """
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            for name in [n for n in os.environ if n.startswith(("BILATERAL_", "DAGSTER_"))]:
                patch.delenv(name)
            for name, value in (self.environment() | {"DAGSTER_HOME": str(self.folder / "dagster")} | env).items():
                patch.setenv(name, value)
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO((stdin or "").encode()), encoding="utf-8"))
            patch.chdir(ROOT)
            code = main(args)
        return Done(code, *(stream.buffer.getvalue().decode() for stream in (out, err)))

    def begun(self, *args: str, through: Sequence[str] = (), **env: str) -> subprocess.Popen[str]:
        """Python with these arguments in a process, and a group of processes, of its own; ``through``: what begins it."""
        return subprocess.Popen(
            [*through, sys.executable, *args],
            cwd=ROOT, env=self.environment() | env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            start_new_session=True,
        )  # fmt: skip

    def refresh(self, archive: Path, say: Callable[[str], None] | None = None) -> Report:
        """What ``bilateral refresh --from DIR`` does, without Dagster around it: the same steps in this process."""
        project = self.fold(archive, say)
        Publish(project).build("test")
        if not project.report.blocked:
            Publish(project).publish()
        return project.report

    def fold(self, archive: Path, say: Callable[[str], None] | None = None) -> Opened:
        """The steps of a refresh up to core: nothing is built of it."""
        project = Opened(Settings(warehouse=self.folder, data_docs=False), say)
        Ingest(project).choose_origin(str(archive))
        Transform(project).fold("actors")
        for source in Ingest(project).sources_in_play(DOMAINS):
            Ingest(project).ingest(source)
            Transform(project).stage(source)
        for domain in DOMAINS:
            Transform(project).fold(domain)
        return project

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of a query on the published file."""
        with duckdb.connect(str(self.folder / "bilateral.duckdb"), read_only=True) as con:
            return con.execute(query).fetchall()


def ended(child: subprocess.Popen[str]) -> Done:
    """What a process gave that has said no traceback."""
    out, err = child.communicate(timeout=900)
    assert "Traceback" not in out + err, out + err
    return Done(child.returncode, out, err)


def sample_for_all(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The warehouse made from the built-in sample by the command line: one for all processes that run tests."""

    def make(folder: Path) -> None:
        done = ended(Warehouse(folder / "warehouse").begun("-m", "pipelines.cli", "refresh", "--from", str(SAMPLE), **WITH_PAGES))
        assert done.code == 0, done.out + done.err

    return Warehouse(made_once(tmp_path_factory, "sample", make) / "warehouse")


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[Publishers]:
    """A server that is every publisher: a test says which host answers what."""
    with listening() as publishers:
        visit = partial(http.FetchContext, open_client=publishers.open_client, sleep=lambda _: None)
        monkeypatch.setattr(http, "FetchContext", visit)
        yield publishers


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A warehouse made from the built-in sample. Tests that change it take a copy."""
    return sample_for_all(tmp_path_factory)


@pytest.fixture(scope="session")
def record(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A warehouse of the built-in record, as `make demo` makes it: one for all processes that run tests, and none changes it.

    That of this checkout is copied where it is of the record alone, and what changed since is made again: else it takes minutes.
    """

    def make(folder: Path) -> None:
        made, warehouse = Warehouse(ROOT / "warehouse"), Warehouse(folder / "warehouse")
        with suppress(duckdb.Error):
            if made.rows("SELECT origin FROM meta.build") == [("record",)]:
                shutil.copytree(made.folder, warehouse.folder, symlinks=True, ignore=shutil.ignore_patterns("record"))
        done = ended(warehouse.begun("-m", "pipelines.cli", "refresh", "--from", "record"))
        assert done.code == 0, done.out + done.err

    return Warehouse(made_once(tmp_path_factory, "record", make) / "warehouse")


def one_for_all(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A warehouse of one vintage of forty parties, made by the command line; the archive ``b`` beside it has another."""

    def make(folder: Path) -> None:
        for archive, day, data in (("a", 1, sdn()), ("b", 1, sdn()), ("b", 2, sdn(more=2))):
            put(folder / archive, "us_ofac_sdn", f"2023-01-0{day}", "sdn.csv", data)
        asked = ("refresh", "--only", "sanctions", "--from", str(folder / "a"))
        done = Warehouse(folder / "warehouse").run(*asked)
        assert done.code == 0, done.out + done.err

    return Warehouse(made_once(tmp_path_factory, "one", make) / "warehouse")


@pytest.fixture(scope="session")
def one(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """``one_for_all``. Tests that change it take a copy."""
    return one_for_all(tmp_path_factory)


@pytest.fixture
def copy_of(tmp_path: Path) -> Callable[[Warehouse], Warehouse]:
    """Copies a warehouse, so that a test can change it."""

    def copy(warehouse: Warehouse) -> Warehouse:
        shutil.copytree(warehouse.folder, tmp_path / "copy", symlinks=True)
        return Warehouse(tmp_path / "copy")

    return copy


@pytest.fixture
def empty(tmp_path: Path) -> Warehouse:
    """A folder in which nothing is yet, of a name as people give."""
    return Warehouse(tmp_path / "Ana's wärehouse #1")


@pytest.fixture
def first(one: Warehouse, empty: Warehouse) -> Warehouse:
    """A copy of ``one`` in that folder: what a first refresh makes, without its seconds."""
    shutil.copytree(one.folder, empty.folder, symlinks=True)
    return empty
