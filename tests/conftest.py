"""Fixtures that all tests share."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name bytes by their number: packed files hold the time, and two processes must collect the same names."""
    return f"{argname}-{len(val)}-bytes" if isinstance(val, bytes) else None


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Folder of real files (BILATERAL_REAL_DATA, else ../shared/data); the test is skipped where it is absent."""
    folder = Path(os.environ.get("BILATERAL_REAL_DATA", ROOT.parent / "shared" / "data"))
    if not (folder / "CATALOG.csv").exists():
        pytest.skip("real_data: set BILATERAL_REAL_DATA to the folder of real files")
    return folder.resolve()


@pytest.fixture(scope="session")
def sdn_history(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Archive with the vintages of OFAC's sdn.csv: <folder>/us_ofac_sdn/<retrieved_at>/sdn.csv."""
    tool = real_data.parent / "tools" / "expand_sdn_history"
    if not tool.exists():
        pytest.skip("real_data: the tool that expands the history is absent")
    archive = tmp_path_factory.mktemp("sdn_history")
    subprocess.run([str(tool), str(archive / "us_ofac_sdn")], check=True)
    return archive
