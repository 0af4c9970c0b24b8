"""The files to run a warehouse as a service and by workflows: they name what exists, and do what they should."""

import importlib.util
import re
import runpy
import shutil
import subprocess
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
import typer
import yaml

from pipelines.cli.app import app
from pipelines.dagster.home import DAGSTER_YAML
from pipelines.ingest.raw_store import RawStore
from pipelines.ingest.receipts import Attempt
from pipelines.ingest.sources import load_sources
from pipelines.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "docs" / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]


def calls(unit: Path) -> list[list[str]]:
    """Programs that a unit calls, each with its arguments."""
    lines = re.findall(r"^ExecStart(?:Pre)?=-?(\S.*)$", unit.read_text(encoding="utf-8"), re.MULTILINE)
    return [line.split() for line in lines]


def test_units_call_commands_options_and_modules_that_exist_and_listen_on_this_machine_alone() -> None:
    programs = ("bilateral", "python", "dagster-webserver", "dagster-daemon")
    for unit in (u for u in UNITS if u.suffix == ".service"):
        assert calls(unit), unit.name
        for program, *arguments in calls(unit):
            assert program.startswith("/opt/bilateral/.venv/bin/")
            assert Path(program).name in programs
            if program.endswith("/bilateral"):
                options = {option for p in COMMANDS[arguments[0]].params for option in p.opts}
                assert {a for a in arguments if a.startswith("--")} <= options, unit.name
            modules = [arguments[n + 1] for n, a in enumerate(arguments) if a in ("-m", "--module-name")]
            assert all(importlib.util.find_spec(module) is not None for module in modules), unit.name
    names = {unit.name for unit in UNITS}
    assert {unit.stem + ".service" for unit in UNITS if unit.suffix == ".timer"} <= names, "each timer has its service"
    (web,) = (call for unit in UNITS for call in calls(unit) if call[0].endswith("webserver"))
    assert web[web.index("--host") + 1] == "127.0.0.1"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    """Read with the programs that they call put where they say."""
    units = []
    for unit in UNITS:
        copy = tmp_path / unit.name
        copy.write_text(unit.read_text(encoding="utf-8").replace("/opt/bilateral", str(tmp_path / "code")), encoding="utf-8")
        units.append(str(copy))
        for program, *_ in calls(copy) if unit.suffix == ".service" else ():
            Path(program).parent.mkdir(parents=True, exist_ok=True)
            Path(program).write_text("#!/bin/sh\n")
            Path(program).chmod(0o755)
    page = tmp_path / "code" / "docs" / "operations.md"
    page.parent.mkdir(parents=True)
    page.touch()
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, timeout=120, check=False)
    said = [line for line in done.stderr.splitlines() if str(tmp_path) in line or "bilateral" in line]
    assert (done.returncode, said) == (0, [])


def test_dagster_reads_its_settings_and_forgets_ticks_after_a_time() -> None:
    postgres = (DEPLOY / "dagster-postgres.yaml").read_text(encoding="utf-8")
    for text in (DAGSTER_YAML, postgres):
        read = yaml.safe_load(text)
        assert read["retention"]["schedule"]["purge_after_days"] == 90
        assert read["telemetry"]["enabled"] is False
    database = read["storage"]["postgres"]["postgres_db"]
    assert database["scheme"] == "postgresql+psycopg2", "with psycopg 3 Dagster's NOTIFY is an error of syntax"
    assert database["password"] == {"env": "DAGSTER_PG_PASSWORD"}, "a password stands in the environment, not in a file"
    assert not postgres.startswith(DAGSTER_YAML.splitlines()[0]), "the first line of ours would have it written over"


NIGHTLY = ROOT / ".github" / "workflows" / "nightly.yml"
NOW = datetime(2023, 11, 16, 12)


def attempted(folder: Path, **attempts: Attempt) -> Settings:
    store = RawStore(folder / "raw")
    for source, attempt in attempts.items():
        store.take(load_sources()[source], [attempt], origin="live")
    return Settings(warehouse=folder)


def test_a_refused_file_and_an_address_that_is_gone_make_an_issue_and_a_server_that_was_not_reached_makes_none(
    tmp_path: Path,
) -> None:
    reason = "consolidated.csv: data.trade.gov answered HTTP 503, an error on its side; asked 4 times"
    settings = attempted(tmp_path, us_csl=Attempt(NOW, None, reason))
    issue = runpy.run_path(str(ROOT / ".github" / "nightly_issue.py"))["issue"]
    assert issue(settings) is None
    attempted(
        tmp_path,
        un_sc=Attempt(NOW, {"consolidated.xml": b"<html><body>maintenance</body></html>"}),
        ca_sema=Attempt(NOW, None, "sema-lmes.xml: www.international.gc.ca answered HTTP 404, not found: has the file moved?"),
    )
    title, text = issue(settings)
    assert title == "nightly: changed at the publisher: ca_sema, un_sc"
    assert "- un_sc: 2023-11-16T120000Z quarantined: consolidated.xml: a web page (HTML)" in text
    changed, _, unreached = text.partition("### Not reached")
    assert ("us_csl" in changed, reason.partition(": ")[2] in unreached) == (False, True)


def commands() -> Iterator[str]:
    for job in yaml.safe_load(NIGHTLY.read_text(encoding="utf-8"))["jobs"].values():
        yield from (step["run"] for step in job["steps"] if "run" in step)


def test_the_commands_of_the_run_are_shell_and_name_scripts_and_tests_that_are_there() -> None:
    for command in commands():
        assert subprocess.run(["bash", "-n"], input=command, text=True, check=False).returncode == 0
    called = "\n".join(commands())
    assert all(words in called for words in ("bilateral refresh --from live", "gh issue create", "python -m benchmarks.fuzz"))
    assert (ROOT / ".github" / "nightly_issue.py").exists()
    # disks are mounted as root: without it those tests are skipped, so that no night would have tried a full disk
    [command] = [command for command in commands() if command.startswith("sudo")]
    [(test, words)] = re.findall(r'(tests/\S+\.py) -k "(.+)"', command)
    names = re.findall(r"@ROOT_ALONE\n(?:@.+\n)*def (test_\w+)", (ROOT / test).read_text(encoding="utf-8"))
    assert names != []
    assert all(any(word in name for word in words.split(" or ")) for name in names)


PUBLISH = ROOT / ".github" / "workflows" / "publish.yml"
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
    steps = yaml.safe_load(PUBLISH.read_text(encoding="utf-8"))["jobs"]["publish"]["steps"]
    runs = "\n".join(step["run"] for step in steps if "run" in step)
    assert subprocess.run(["bash", "-n"], input=runs, text=True, check=False).returncode == 0
    called = re.findall(r"bin/bilateral ([a-z]+)([^|\n]*)", runs)
    assert {name for name, _ in called} == {"refresh", "release"}
    for name, words in called:
        known = {option for parameter in COMMANDS[name].params for option in parameter.opts}
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
