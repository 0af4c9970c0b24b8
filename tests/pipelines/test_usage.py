"""The command line as it is typed: help, examples, mistakes, and what is imported for it."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
import typer

from assets.errors import BilateralError
from pipelines.cli import main
from pipelines.cli.app import EXAMPLES, answers, app
from pipelines.settings import ROOT
from pipelines.util.suggest import did_you_mean
from tests.pipelines.examples import a_published_file

COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A warehouse folder whose file holds two tables and a macro."""
    with duckdb.connect(str(tmp_path / "bilateral.duckdb")) as con:
        con.execute("CREATE SCHEMA core; CREATE SCHEMA marts")
        con.execute("CREATE TABLE core.events (event_id VARCHAR, event_date DATE, modality VARCHAR)")
        con.execute("CREATE TABLE marts.dyad_day (source_id VARCHAR, n_events BIGINT)")
        con.execute("CREATE MACRO listed_on(d) AS TABLE SELECT d AS day")
    monkeypatch.setenv("BILATERAL_WAREHOUSE", str(tmp_path))
    return tmp_path


def test_without_a_command_the_help_is_shown_and_all_is_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    out = capsys.readouterr().out
    assert all(name in out for name in (*COMMANDS, "Examples:"))
    assert main(["--version"]) == 0
    assert re.fullmatch(r"bilateral \d+\.\d+\.\d+\n", capsys.readouterr().out)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_ends_with_examples_that_can_be_typed_as_they_stand(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([name, "--help"]) == 0
    assert EXAMPLES[name][0][0] in capsys.readouterr().out
    for line, _ in EXAMPLES[name]:
        words = shlex.split(line.rpartition("| ")[2].partition(" > ")[0])
        while re.fullmatch(r"[A-Z_]+=.*", words[0]):
            del words[0]
        assert words[0] == "bilateral"
        # parsing alone: nothing is run
        COMMANDS[words[1]].make_context(words[1], words[2:])


@pytest.mark.usefixtures("published")
def test_the_tab_key_completes_tables_macros_and_sources() -> None:
    begun = {("describe", "core.ev"): "core.events", ("describe", "listed"): "listed_on", ("try", "us_ofac_s"): "us_ofac_sdn"}
    for (command, word), completed in begun.items():
        context = COMMANDS[command].make_context(command, [], resilient_parsing=True)
        assert [item.value for item in COMMANDS[command].params[0].shell_complete(context, word)] == [completed]


def test_a_mistyped_line_is_answered_with_what_was_meant_and_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    for typed, expected in {
        ("staus",): "No such command 'staus'. Did you mean 'status'?",
        ("sql", "SELECT 1", "--format", "tabel"): "Did you mean table?",
        ("sql", "SELECT 1", "--formt", "csv"): "--format",
        ("try",): "SOURCE",
        ("sql", "SELECT 1", "--limit", "-1"): "--limit",
    }.items():
        assert main([*typed]) == 2
        out, err = capsys.readouterr()
        assert (out, expected in err, err.startswith("bilateral: "), "--help' says more." in err) == ("", True, True, True), typed


MISNAMED = {
    "FROM evnts": "There is no table evnts. Did you mean core.events?",
    "FROM events": "Did you mean core.events?",
    "FROM corre.events": "Did you mean core.events?",
    "FROM core.dyad_days": "Did you mean marts.dyad_day?",
    "FROM listed_in(DATE '2023-11-15')": "There is no function listed_in. Did you mean listed_on?",
    "SELECT evnt_date FROM core.events": "There is no column evnt_date in what the query reads. Did you mean event_date",
    "SELECT e.modalty FROM core.events AS e": "Did you mean modality?",
    "SELECT n_events FROM core.events": "There is one in marts.dyad_day.",
    "SELEC 1": "syntax error",
}


@pytest.mark.usefixtures("published")
def test_a_name_that_is_not_there_is_answered_with_the_one_that_is(capsys: pytest.CaptureFixture[str]) -> None:
    for query, expected in MISNAMED.items():
        assert main(["sql", query]) == 1
        assert expected in capsys.readouterr().err, query


@pytest.mark.usefixtures("published")
def test_rows_beyond_the_limit_are_not_written_and_that_is_said_and_without_one_all_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for form, n_heads in (("csv", 1), ("table", 2)):
        assert main(["sql", "FROM range(12345)", "--format", form]) == 0
        out, err = capsys.readouterr()
        assert (out.count("\n"), err) == (12_345 + n_heads, "")
    for form in ("table", "csv", "json"):
        assert main(["sql", "FROM range(12)", "--format", form, "--limit", "10"]) == 0
        out, err = capsys.readouterr()
        assert ("9" in out, "11" in out) == (True, False)
        assert "the first 10 rows; there are more: --limit 0 gives all" in err
    assert main(["sql", "FROM range(10)", "--limit", "10"]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.usefixtures("published")
def test_a_query_comes_from_a_file_or_the_line_and_not_from_both(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "q.sql").write_text("SELECT 6 * 7 AS n", encoding="utf-16")
    assert main(["sql", "--file", str(tmp_path / "q.sql"), "--format", "json"]) == 0
    assert capsys.readouterr().out == '[\n{"n": 42}\n]\n'
    assert main(["sql"]) == 1
    assert main(["sql", "SELECT 1", "--file", str(tmp_path / "q.sql")]) == 1


def test_an_unknown_domain_is_answered_with_the_known_ones_and_a_wrong_setting_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BILATERAL_WAREHOUSE", str(tmp_path / "w"))
    assert main(["refresh", "--only", "sanction"]) == 1
    said = "sanction is none of sanctions, overdose, news, policy. Did you mean sanctions? Nothing was changed."
    assert said in capsys.readouterr().err
    assert not (tmp_path / "w").exists()
    monkeypatch.setenv("BILATERAL_THREADS", "many")
    assert main(["status"]) == 2
    assert "BILATERAL_THREADS" in capsys.readouterr().err
    assert did_you_mean("dyad_dya", ["marts.dyad_day", "marts.dyad_month", "core.events"]) == " Did you mean marts.dyad_day?"
    assert did_you_mean("completely_other", ["core.events"]) == ""


def told_of(problem: Exception, capsys: pytest.CaptureFixture[str]) -> str:
    """What is said where a command ends in a problem."""

    @answers
    def command() -> int:
        raise problem

    with pytest.raises(typer.Exit) as ended:
        command()
    assert ended.value.exit_code == 1
    return capsys.readouterr().err


def test_a_problem_is_reported_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    denied, full = PermissionError(13, "Permission denied", "/x/y"), OSError(28, "No space left on device")
    assert "bilateral: a reason" in told_of(BilateralError("a reason"), capsys)
    assert "/x/y: Permission denied. What was published before is whole." in told_of(denied, capsys)
    assert "bilateral: the disk: cannot be written: the disk is full" in told_of(full, capsys)
    lacking = duckdb.CatalogException("no meta.columns\n\nLINE 1")
    assert "lacks what this command reads (no meta.columns)" in told_of(lacking, capsys)


def test_a_database_of_dagster_that_went_away_is_told_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    utils = pytest.importorskip("dagster_postgres.utils", reason="the extra 'postgres' is not installed")
    said = told_of(utils.DagsterPostgresException("too many retries for DB connection"), capsys)
    assert ("keeps Dagster's runs" in said, "Traceback" in said) == (True, False)


def test_what_only_reads_imports_no_heavy_library(tmp_path: Path) -> None:
    lines = (["--help"], ["sql", "--help"], ["status"], ["sql", "SELECT 1"], ["describe"])
    a_published_file(tmp_path / "bilateral.duckdb", "run", 1)
    heavy = ("dagster", "polars", "pyarrow", "numpy", "onnxruntime", "great_expectations", "httpx")
    program = (
        f"import sys\nfrom pipelines.cli import main\nfor line in {lines!r}:\n    main(line)\n"
        f"    print('LOADED', line, [m for m in {heavy!r} if m in sys.modules])"
    )
    env = {"PATH": "/usr/bin:/bin", "BILATERAL_WAREHOUSE": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    told = [line for line in done.stdout.splitlines() if line.startswith("LOADED")]
    assert told == [f"LOADED {line} []" for line in lines], done.stdout + done.stderr
