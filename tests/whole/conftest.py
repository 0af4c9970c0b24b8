"""Whole runs: the command line on a warehouse folder of its own."""

import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import dagster as dg
import duckdb
import pytest

from pipelines.cli import main
from pipelines.dagster.home import prepare_dagster_home
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
from tests.whole.archives import sdn, vintages

ROOT = Path(__file__).resolve().parents[2]
WITH_PAGES = {"BILATERAL_DATA_DOCS": "true"}
"""Pages of results take as long as all else of a small refresh: only tests that look at them make them."""


class Done(NamedTuple):
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
        """Run ``bilateral`` in this process, with streams and an environment of its own: to begin another takes longer."""
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

    def project(self, say: Callable[[str], None] | None = None, **settings: Any) -> Opened:
        return Opened(Settings(warehouse=self.folder, data_docs=False, **settings), say)

    def refresh(self, archive: Path, say: Callable[[str], None] | None = None) -> Report:
        return steps(self.project(say), archive)

    def fold(self, archive: Path, say: Callable[[str], None] | None = None) -> Opened:
        steps(project := self.project(say), archive, publish=False)
        return project

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.file), read_only=True) as con:
            return con.execute(query).fetchall()

    @property
    def file(self) -> Path:
        return self.folder / "bilateral.duckdb"

    def n_listings(self) -> int:
        return int(self.rows("SELECT count(*) FROM core.sanction_listings")[0][0])


Copy = Callable[[Warehouse], Warehouse]


def steps(project: Opened, origin: Path | str, *sources: str, publish: bool = True) -> Report:
    """The steps of a refresh of some sources (none named: of all in play): what is reported of them."""
    Ingest(project).choose_origin(str(origin))
    Transform(project).fold("actors")
    for source in sources or Ingest(project).sources_in_play(DOMAINS):
        Ingest(project).ingest(source)
        Transform(project).stage(source)
    for domain in dict.fromkeys(project.sources[source].domain for source in sources) or DOMAINS:
        Transform(project).fold(domain)
    if publish:
        Publish(project).build("test")
        if not project.report.blocked:
            Publish(project).publish()
    return project.report


def ended(child: subprocess.Popen[str]) -> Done:
    out, err = child.communicate(timeout=900)
    assert "Traceback" not in out + err, out + err
    return Done(child.returncode, out, err)


@contextmanager
def instance_of(warehouse: Warehouse) -> Iterator[dg.DagsterInstance]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAGSTER_HOME", str(warehouse.folder / "dagster"))
        prepare_dagster_home(Settings(warehouse=warehouse.folder))
        with dg.DagsterInstance.get() as instance:
            yield instance


def sample_for_all(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    def make(folder: Path) -> None:
        done = ended(Warehouse(folder / "warehouse").begun("-m", "pipelines.cli", "refresh", "--from", str(SAMPLE), **WITH_PAGES))
        assert done.code == 0, done.out + done.err

    return Warehouse(made_once(tmp_path_factory, "sample", make) / "warehouse")


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[Publishers]:
    with listening() as publishers:
        visit = partial(http.FetchContext, open_client=publishers.open_client, sleep=lambda _: None)
        monkeypatch.setattr(http, "FetchContext", visit)
        yield publishers


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return sample_for_all(tmp_path_factory)


@pytest.fixture(scope="session")
def record(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A warehouse of the built-in record, as `make demo` makes it; that of this checkout is brought up to date (else minutes)."""

    def make(folder: Path) -> None:
        made, warehouse = Warehouse(ROOT / "warehouse"), Warehouse(folder / "warehouse")
        with suppress(duckdb.Error):
            if made.rows("SELECT origin FROM meta.build") == [("record",)]:
                shutil.copytree(made.folder, warehouse.folder, symlinks=True, ignore=shutil.ignore_patterns("record"))
        done = ended(warehouse.begun("-m", "pipelines.cli", "refresh", "--from", "record"))
        assert done.code == 0, done.out + done.err

    return Warehouse(made_once(tmp_path_factory, "record", make) / "warehouse")


def one_for_all(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A warehouse of one vintage of forty parties, made by the command line. The archive ``b`` beside it has another."""

    def make(folder: Path) -> None:
        vintages(folder / "b", sdn(), sdn(more=2))
        done = Warehouse(folder / "warehouse").run("refresh", "--only", "sanctions", "--from", str(vintages(folder / "a", sdn())))
        assert done.code == 0, done.out + done.err

    return Warehouse(made_once(tmp_path_factory, "one", make) / "warehouse")


@pytest.fixture(scope="session")
def one(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return one_for_all(tmp_path_factory)


@pytest.fixture
def copy_of(tmp_path: Path) -> Copy:
    def copy(warehouse: Warehouse) -> Warehouse:
        shutil.copytree(warehouse.folder, tmp_path / "copy", symlinks=True)
        return Warehouse(tmp_path / "copy")

    return copy


@pytest.fixture
def empty(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path / "Ana's wärehouse #1")


@pytest.fixture
def more(one: Warehouse) -> Path:
    return one.folder.parent / "b"


@pytest.fixture
def first(one: Warehouse, empty: Warehouse) -> Warehouse:
    """A copy of ``one`` in that folder: what a first refresh makes, without its seconds."""
    shutil.copytree(one.folder, empty.folder, symlinks=True)
    return empty
