"""The files to run a warehouse as a service: they name what exists, and the programs that read them accept them."""

import importlib.util
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import typer
import yaml

from pipelines.cli.app import app
from pipelines.dagster.home import DAGSTER_YAML

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


@pytest.mark.parametrize(
    "text", [DAGSTER_YAML, (DEPLOY / "dagster-postgres.yaml").read_text(encoding="utf-8")], ids=["sqlite", "postgres"]
)
def test_dagster_reads_its_settings_and_forgets_ticks_after_a_time(tmp_path: Path, text: str) -> None:
    (tmp_path / "dagster.yaml").write_text(text, encoding="utf-8")
    read = yaml.safe_load((tmp_path / "dagster.yaml").read_text(encoding="utf-8"))
    assert read["retention"]["schedule"]["purge_after_days"] == 90
    assert read["telemetry"]["enabled"] is False
    if "postgres" in text.partition("\n")[0] or "storage:\n  postgres" in text:
        database = read["storage"]["postgres"]["postgres_db"]
        assert database["scheme"] == "postgresql+psycopg2", "with psycopg 3 Dagster's NOTIFY is an error of syntax"
        assert database["password"] == {"env": "DAGSTER_PG_PASSWORD"}, "a password stands in the environment, not in a file"
        assert not text.startswith(DAGSTER_YAML.splitlines()[0]), "the first line of ours would have it written over"
