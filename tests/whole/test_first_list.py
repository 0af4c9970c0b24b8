"""The tutorial is run as it stands: its files are written, its commands run, and what they print is compared."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.depth import DEEP
from tests.whole.conftest import ROOT

PAGE = ROOT / "docs" / "extending.md"
COPIED = ("assets", "docs", "pipelines", "sql", "tests", "warehouse/record", "README.md", "Makefile", "pyproject.toml")
SAY_HOW_LONG = ("bilateral refresh", "python -m pytest", "make ")
_BLOCK = re.compile(r"(?:^(Add to )?`([^`\n]+)`:\n\n)?^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: str) -> Iterator[tuple[str, str, str]]:
    """What there is to do, in order: (file or append, path, content) or (run, commands, what they print)."""
    found = [m.groups() for m in _BLOCK.finditer(page)]
    for number, (adds, path, language, content) in enumerate(found):
        if path is not None:
            yield ("append" if adds else "file"), path, content
        elif language == "sh":
            following = found[number + 1] if number + 1 < len(found) else (None, None, "", "")
            yield "run", content, following[3] if following[2] == "text" else ""


def as_run(command: str) -> str:
    """A command of the page as the test runs it: by this Python, and by the lines of a target of the Makefile."""
    if command.startswith("make "):
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        lines = makefile.partition(f"\n{command.removeprefix('make ')}: ")[2].split("\n")[1:]
        recipe = [line.strip().replace("$(BIN)/python", "python") for line in lines[: lines.index("")]]
        command = " && ".join(recipe)
    return re.sub(r"(?<![\w/-])bilateral (?=\w)", "python -m pipelines.cli ", command)


def run(commands: str, folder: Path) -> str:
    """Run the lines of a block; what they print, but for those that say how long they took."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("BILATERAL_", "DAGSTER_"))}
    path = f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}"
    printed = []
    for command in commands.splitlines():
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", as_run(command)],
            cwd=folder,
            env={**kept, "PATH": path, "PYTHONPATH": str(folder), "BILATERAL_DATA_DOCS": "false"},
            capture_output=True,
            text=True,
            timeout=3000,  # only what hangs: a refresh takes minutes on a busy machine
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        if not command.startswith(SAY_HOW_LONG):
            printed.append(done.stdout)
    return "".join(printed)


@pytest.mark.skipif(not DEEP, reason="BILATERAL_DEEP_TESTS: a dozen processes, among them two refreshes")
def test_the_first_list_is_added_as_the_page_says(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, folder / name)
    for kind, what, content in blocks(PAGE.read_text(encoding="utf-8")):
        path = folder / what if kind != "run" else folder
        if kind == "file":
            assert not path.exists(), f"{what} stands there already"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        elif kind == "append":
            path.write_text(path.read_text(encoding="utf-8") + content, encoding="utf-8")
        else:
            assert run(what, folder) == content, f"this prints something else:\n{what}"
