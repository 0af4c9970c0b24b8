"""A public instance by a workflow: its commands are there, and raw vintages persist between its runs."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml
from typer.main import get_command

from pipelines.cli.app import app

ROOT = Path(__file__).resolve().parents[2]
WORKFLOW = ROOT / ".github" / "workflows" / "publish.yml"
SCRIPT = ROOT / ".github" / "vintages.sh"


def git(folder: Path, *args: str) -> str:
    return subprocess.run(["git", "-C", str(folder), *args], check=True, capture_output=True, text=True).stdout


def vintages(checkout: Path, what: str, folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    found = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(checkout), **env}
    return subprocess.run([str(SCRIPT), what, str(folder)], cwd=checkout, env=found, capture_output=True, text=True, check=False)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository whose origin is a bare one beside it."""
    subprocess.run(["git", "init", "--quiet", "--bare", str(tmp_path / "origin.git")], check=True)
    folder = tmp_path / "checkout"
    subprocess.run(["git", "init", "--quiet", str(folder)], check=True)
    git(folder, "remote", "add", "origin", str(tmp_path / "origin.git"))
    return folder


def put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_what_the_run_calls_is_shell_and_has_these_commands_and_options() -> None:
    steps = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"]["publish"]["steps"]
    runs = "\n".join(step["run"] for step in steps if "run" in step)
    assert subprocess.run(["bash", "-n"], input=runs, text=True, check=False).returncode == 0
    commands = get_command(app).commands  # type: ignore[attr-defined]
    called = re.findall(r"bin/bilateral ([a-z]+)([^|\n]*)", runs)
    assert {name for name, _ in called} == {"refresh", "release"}
    for name, words in called:
        known = {option for parameter in commands[name].params for option in parameter.opts}
        assert set(re.findall(r"--[a-z-]+", words)) <= known, name
    assert {run for step in steps if "vintages" in (run := step.get("run", ""))} == {
        f'.github/vintages.sh {what} "$BILATERAL_WAREHOUSE"' for what in ("restore", "save")
    }


def test_raw_vintages_of_one_run_are_there_in_the_next_and_none_is_lost(checkout: Path, tmp_path: Path) -> None:
    first, second, third = (tmp_path / name for name in ("first", "second", "third"))
    done = vintages(checkout, "restore", first)
    assert (done.returncode, "first run" in done.stdout) == (0, True), done.stderr
    put(first / "raw/us_ofac_sdn/2023-11-15T120000Z/sdn.csv.zst", "a")
    put(first / "origin.json", "{}")
    put(first / "releases/latest/datapackage.json", "described")
    put(first / "bilateral.duckdb", "no raw file")
    assert vintages(checkout, "save", first).returncode == 0
    assert vintages(checkout, "restore", second).returncode == 0
    put(second / "raw/us_ofac_sdn/2023-11-16T120000Z/sdn.csv.zst", "b")
    (second / "raw/us_ofac_sdn/2023-11-15T120000Z/sdn.csv.zst").unlink()
    assert vintages(checkout, "save", second).returncode == 0
    assert "nothing new" in vintages(checkout, "save", second).stdout
    assert vintages(checkout, "restore", third).returncode == 0
    assert {path.relative_to(third).as_posix() for path in third.rglob("*") if path.is_file()} == {
        "origin.json",
        "raw/us_ofac_sdn/2023-11-15T120000Z/sdn.csv.zst",
        "raw/us_ofac_sdn/2023-11-16T120000Z/sdn.csv.zst",
        "releases/before/datapackage.json",
    }


def test_a_file_that_github_refuses_is_left_out_and_named_and_an_origin_that_does_not_answer_is_no_first_run(
    checkout: Path, tmp_path: Path
) -> None:
    put(tmp_path / "w/raw/x/1/large", "x" * (1024 * 1024 + 1))
    put(tmp_path / "w/raw/x/1/small", "x")
    done = vintages(checkout, "save", tmp_path / "w", MOST_MB="1")
    assert ("left out" in done.stdout, "raw/x/1/large" in done.stdout) == (True, True)
    assert git(tmp_path / "origin.git", "ls-tree", "-r", "--name-only", "data").split() == ["raw/x/1/small"]
    git(checkout, "remote", "set-url", "origin", str(tmp_path / "gone.git"))
    assert [vintages(checkout, what, tmp_path / "w").returncode for what in ("restore", "save")] == [1, 1]
