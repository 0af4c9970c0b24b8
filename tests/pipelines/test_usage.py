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
Capture = pytest.CaptureFixture[str]


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


def test_help_names_all_commands_and_ends_with_examples_that_can_be_typed_as_they_stand(capsys: Capture) -> None:
    assert (main([]), main(["--version"])) == (0, 0)
    out = capsys.readouterr().out
    assert all(name in out for name in (*COMMANDS, "Examples:"))
    assert re.search(r"^bilateral \d+\.\d+\.\d+\n\Z", out, re.MULTILINE)
    for name in COMMANDS:
        assert main([name, "--help"]) == 0, name
        assert EXAMPLES[name][0][0] in capsys.readouterr().out
        for line, _ in EXAMPLES[name]:
            words = shlex.split(line.rpartition("| ")[2].partition(" > ")[0])
            while re.fullmatch(r"[A-Z_]+=.*", words[0]):
                del words[0]
            assert words[0] == "bilateral", line
            # parsing alone: nothing is run
            COMMANDS[words[1]].make_context(words[1], words[2:])


TYPED = [
    (("staus",), 2, "No such command 'staus'. Did you mean 'status'?"),
    (("sql", "SELECT 1", "--format", "tabel"), 2, "Did you mean table?"),
    (("sql", "SELECT 1", "--formt", "csv"), 2, "--format"),
    (("try",), 2, "SOURCE"),
    (("sql", "SELECT 1", "--limit", "-1"), 2, "--limit"),
    (("sql", "FROM evnts"), 1, "There is no table evnts. Did you mean core.events?"),
    (("sql", "FROM events"), 1, "Did you mean core.events?"),
    (("sql", "FROM corre.events"), 1, "Did you mean core.events?"),
    (("sql", "FROM core.dyad_days"), 1, "Did you mean marts.dyad_day?"),
    (("sql", "FROM listed_in(DATE '2023-11-15')"), 1, "There is no function listed_in. Did you mean listed_on?"),
    (("sql", "SELECT evnt_date FROM core.events"), 1, "There is no column evnt_date in what the query reads. Did you mean event"),
    (("sql", "SELECT e.modalty FROM core.events AS e"), 1, "Did you mean modality?"),
    (("sql", "SELECT n_events FROM core.events"), 1, "There is one in marts.dyad_day."),
    (("sql", "SELEC 1"), 1, "syntax error"),
    (("refresh", "--only", "sanction"), 1, "news, policy. Did you mean sanctions? Nothing was changed."),
]


@pytest.mark.usefixtures("published")
def test_mistakes_are_answered_with_what_was_meant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    for typed, code, expected in TYPED:
        assert main([*typed]) == code, typed
        out, err = capsys.readouterr()
        assert (out, expected in err, err.startswith("bilateral: ")) == ("", True, True), typed
        assert ("--help' says more." in err) == (code == 2), typed
    begun = {("describe", "core.ev"): "core.events", ("describe", "listed"): "listed_on", ("try", "us_ofac_s"): "us_ofac_sdn"}
    for (command, word), completed in begun.items():  # by the tab key
        context = COMMANDS[command].make_context(command, [], resilient_parsing=True)
        assert [item.value for item in COMMANDS[command].params[0].shell_complete(context, word)] == [completed]
    assert did_you_mean("dyad_dya", ["marts.dyad_day", "marts.dyad_month", "core.events"]) == " Did you mean marts.dyad_day?"
    assert did_you_mean("completely_other", ["core.events"]) == ""
    monkeypatch.setenv("BILATERAL_WAREHOUSE", str(tmp_path / "w"))
    assert (main(["refresh", "--only", "sanction"]), (tmp_path / "w").exists()) == (1, False)


@pytest.mark.usefixtures("published")
def test_rows_beyond_the_limit_are_not_written_and_a_query_may_be_a_file(tmp_path: Path, capsys: Capture) -> None:
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
    (tmp_path / "q.sql").write_text("SELECT 6 * 7 AS n", encoding="utf-16")
    assert main(["sql", "--file", str(tmp_path / "q.sql"), "--format", "json"]) == 0
    assert capsys.readouterr().out == '[\n{"n": 42}\n]\n'
    assert [main(["sql"]), main(["sql", "SELECT 1", "--file", str(tmp_path / "q.sql")])] == [1, 1]


PROBLEMS = [
    (BilateralError("a reason"), "bilateral: a reason"),
    (PermissionError(13, "Permission denied", "/x/y"), "/x/y: Permission denied. What was published before is whole."),
    (OSError(28, "No space left on device"), "bilateral: the disk: cannot be written: the disk is full"),
    (duckdb.CatalogException("no meta.columns\n\nLINE 1"), "lacks what this command reads (no meta.columns)"),
    ("too many retries for DB connection", "keeps Dagster's runs"),
]


@pytest.mark.parametrize(("problem", "says"), PROBLEMS, ids=[says[:20] for _, says in PROBLEMS])
def test_a_problem_is_reported_in_a_sentence(capsys: Capture, problem: Exception | str, says: str) -> None:
    @answers
    def command() -> int:
        if isinstance(problem, str):
            utils = pytest.importorskip("dagster_postgres.utils", reason="the extra 'postgres' is not installed")
            raise utils.DagsterPostgresException(problem)
        raise problem

    with pytest.raises(typer.Exit) as ended:
        command()
    err = capsys.readouterr().err
    assert (ended.value.exit_code, says in err, "Traceback" in err) == (1, True, False), err


def test_what_only_reads_imports_no_heavy_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
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
    monkeypatch.setenv("BILATERAL_THREADS", "many")
    assert (main(["status"]), "BILATERAL_THREADS" in capsys.readouterr().err) == (2, True)
