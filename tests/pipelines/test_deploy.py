"""The files to run a warehouse as a service and by workflows: they name what exists, and do what they should."""

import importlib.util
import re
import runpy
import shutil
import subprocess
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
from pipelines.settings import ROOT, Settings

DEPLOY = ROOT / "docs" / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]


def calls(unit: Path) -> list[list[str]]:
    """Programs that a unit calls, each with its arguments."""
    lines = re.findall(r"^ExecStart(?:Pre)?=-?(\S.*)$", unit.read_text(encoding="utf-8"), re.MULTILINE)
    return [line.split() for line in lines]


def unknown_options(name: str, words: list[str]) -> set[str]:
    known = {option for parameter in COMMANDS[name].params for option in parameter.opts}
    return {word for word in words if word.startswith("--")} - known


def test_units_call_commands_options_and_modules_that_exist_and_listen_on_this_machine_alone() -> None:
    for unit in (u for u in UNITS if u.suffix == ".service"):
        assert calls(unit), unit.name
        for program, *arguments in calls(unit):
            assert program.startswith("/opt/bilateral/.venv/bin/")
            assert Path(program).name in ("bilateral", "python", "dagster-webserver", "dagster-daemon")
            assert not program.endswith("/bilateral") or unknown_options(arguments[0], arguments) == set(), unit.name
            modules = [arguments[n + 1] for n, a in enumerate(arguments) if a in ("-m", "--module-name")]
            assert all(importlib.util.find_spec(module) is not None for module in modules), unit.name
    timers = {unit.stem + ".service" for unit in UNITS if unit.suffix == ".timer"}
    assert timers <= {unit.name for unit in UNITS}, "each timer has its service"
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
    put(tmp_path / "code/docs/operations.md", "")
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, timeout=120, check=False)
    said = [line for line in done.stderr.splitlines() if str(tmp_path) in line or "bilateral" in line]
    assert (done.returncode, said) == (0, [])


def test_dagster_reads_its_settings_reports_to_nobody_and_forgets_ticks_after_a_time() -> None:
    postgres = (DEPLOY / "dagster-postgres.yaml").read_text(encoding="utf-8")
    for text in (DAGSTER_YAML, postgres):
        read = yaml.safe_load(text)
        assert (read["retention"]["schedule"]["purge_after_days"], read["telemetry"]) == (90, {"enabled": False})
    database = read["storage"]["postgres"]["postgres_db"]
    assert database["scheme"] == "postgresql+psycopg2", "with psycopg 3 Dagster's NOTIFY is an error of syntax"
    assert database["password"] == {"env": "DAGSTER_PG_PASSWORD"}, "a password stands in the environment, not in a file"
    assert not postgres.startswith(DAGSTER_YAML.splitlines()[0]), "the first line of ours would have it written over"


def test_a_refused_file_and_an_address_that_is_gone_make_an_issue_and_a_busy_server_none(tmp_path: Path) -> None:
    issue = runpy.run_path(str(ROOT / ".github" / "nightly_issue.py"))["issue"]
    now = datetime(2023, 11, 16, 12)

    def issue_after(**attempts: Attempt) -> tuple[str, str] | None:
        for source, attempt in attempts.items():
            RawStore(tmp_path / "raw").take(load_sources()[source], [attempt], origin="live")
        found: tuple[str, str] | None = issue(Settings(warehouse=tmp_path))
        return found

    down = "data.trade.gov answered HTTP 503, an error on its side; asked 4 times"
    assert issue_after(us_csl=Attempt(now, None, f"consolidated.csv: {down}")) is None
    gone = "sema-lmes.xml: www.international.gc.ca answered HTTP 404, not found: has the file moved?"
    page = {"consolidated.xml": b"<html><body>maintenance</body></html>"}
    title, text = issue_after(un_sc=Attempt(now, page), ca_sema=Attempt(now, None, gone)) or ("", "")
    assert title == "nightly: changed at the publisher: ca_sema, un_sc"
    assert "- un_sc: 2023-11-16T120000Z quarantined: consolidated.xml: a web page (HTML)" in text
    changed, _, unreached = text.partition("### Not reached")
    assert ("us_csl" in changed, down in unreached) == (False, True)


def commands(workflow: str) -> list[str]:
    """What a workflow runs, each of it shell."""
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / workflow).read_text(encoding="utf-8"))["jobs"]
    found = [step["run"] for job in jobs.values() for step in job["steps"] if "run" in step]
    for command in found:
        assert subprocess.run(["bash", "-n"], input=command, text=True, check=False).returncode == 0
    return found


def test_workflows_run_shell_commands_options_and_tests_that_are_there() -> None:
    for workflow in ("nightly.yml", "publish.yml"):
        for name, words in re.findall(r"bin/bilateral ([a-z]+)([^|\n]*)", "\n".join(commands(workflow))):
            assert unknown_options(name, re.findall(r"--[a-z-]+", words)) == set(), (workflow, name)
    # disks are mounted as root: without it those tests are skipped, so that no night would have tried a full disk
    [command] = [command for command in commands("nightly.yml") if command.startswith("sudo")]
    [(test, words)] = re.findall(r'(tests/\S+\.py) -k "(.+)"', command)
    names = re.findall(r"@root_alone\n(?:@.+\n)*def (test_\w+)", (ROOT / test).read_text(encoding="utf-8"))
    assert names != []
    assert all(any(word in name for word in words.split(" or ")) for name in names)
    called = {run for run in commands("publish.yml") if "vintages" in run}
    assert called == {f'.github/vintages.sh {what} "$BILATERAL_WAREHOUSE"' for what in ("restore", "save")}


def put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_raw_vintages_of_one_run_are_there_in_the_next_and_one_that_is_too_large_is_named(tmp_path: Path) -> None:
    checkout, origin, first, second, third = (tmp_path / name for name in ("checkout", "origin.git", "first", "second", "third"))

    def git(folder: Path, *args: str) -> str:
        return subprocess.run(["git", "-C", str(folder), *args], check=True, capture_output=True, text=True).stdout

    def vintages(what: str, folder: Path, code: int = 0, **env: str) -> str:
        env = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(checkout), **env}
        script = [str(ROOT / ".github" / "vintages.sh"), what, str(folder)]
        done = subprocess.run(script, cwd=checkout, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stderr
        return done.stdout

    git(tmp_path, "init", "--quiet", "--bare", str(origin))
    git(tmp_path, "init", "--quiet", str(checkout))
    git(checkout, "remote", "add", "origin", str(origin))
    assert "first run" in vintages("restore", first)
    one, two = (f"raw/us_ofac_sdn/2023-11-{day}T120000Z/sdn.csv.zst" for day in (15, 16))
    put(first / one, "a")
    put(first / "origin.json", "{}")
    put(first / "releases/latest/datapackage.json", "described")
    put(first / "bilateral.duckdb", "no raw file")
    vintages("save", first)
    vintages("restore", second)
    put(second / two, "b")
    (second / one).unlink()
    vintages("save", second)
    assert "nothing new" in vintages("save", second)
    put(second / "raw/x/1/large", "x" * (1024 * 1024 + 1))
    put(second / "raw/x/1/small", "x")
    said = vintages("save", second, MOST_MB="1")
    assert ("left out" in said, "raw/x/1/large" in said) == (True, True)
    vintages("restore", third)
    found = {path.relative_to(third).as_posix() for path in third.rglob("*") if path.is_file()}
    assert found == {"origin.json", one, two, "raw/x/1/small", "releases/before/datapackage.json"}
    # an origin that does not answer is no first run
    git(checkout, "remote", "set-url", "origin", str(tmp_path / "gone.git"))
    for what in ("restore", "save"):
        vintages(what, second, code=1)
