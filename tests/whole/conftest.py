"""Whole runs: the command line on a warehouse folder of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.project import Project
from pipelines.report import Report
from pipelines.rooms import DOMAINS
from pipelines.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


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
        return {**kept, "BILATERAL_WAREHOUSE": str(self.folder)}

    def run(self, *args: str, stdin: str | None = None) -> Done:
        """Run ``bilateral`` with these arguments; a traceback is never an answer."""
        done = subprocess.run(
            [sys.executable, "-m", "pipelines.cli", *args],
            cwd=ROOT,
            env=self.environment(),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert "Traceback" not in done.stderr + done.stdout, done.stderr + done.stdout
        return Done(done.returncode, done.stdout, done.stderr)

    def refresh(self, archive: Path, say: Callable[[str], None] | None = None) -> Report:
        """What ``bilateral refresh --from DIR`` does, without Dagster around it: the same steps in this process."""
        project = Project(Settings(warehouse=self.folder, data_docs=False), say)
        project.choose_origin(str(archive))
        project.fold("actors")
        for source in project.sources:
            project.ingest(source)
            project.stage(source)
        for domain in DOMAINS:
            project.fold(domain)
        project.build("test")
        if not project.report.blocked:
            project.publish()
        return project.report

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of a query on the published file."""
        with duckdb.connect(str(self.folder / "bilateral.duckdb"), read_only=True) as con:
            return con.execute(query).fetchall()


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A warehouse made from the built-in sample. Tests that change it take a copy."""
    warehouse = Warehouse(tmp_path_factory.mktemp("sample") / "warehouse")
    done = warehouse.run("refresh", "--from", "sample")
    assert done.code == 0, done.out + done.err
    return warehouse


@pytest.fixture
def copy_of(tmp_path: Path) -> Callable[[Warehouse], Warehouse]:
    """Copies a warehouse, so that a test can change it."""

    def copy(warehouse: Warehouse) -> Warehouse:
        shutil.copytree(warehouse.folder, tmp_path / "copy", symlinks=True)
        return Warehouse(tmp_path / "copy")

    return copy


@pytest.fixture
def empty(tmp_path: Path) -> Warehouse:
    """A folder in which nothing is yet."""
    return Warehouse(tmp_path / "warehouse")
