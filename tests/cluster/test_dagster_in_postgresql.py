"""Dagster's storage in PostgreSQL, as far as the command line answers for it."""

from importlib.util import find_spec

import pytest
import typer

from pipelines.cli.app import answers

pytestmark = pytest.mark.skipif(find_spec("dagster_postgres") is None, reason="the extra 'postgres' is not installed")


def test_a_database_of_dagster_that_went_away_is_told_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    from dagster_postgres.utils import DagsterPostgresException

    @answers
    def refresh() -> int:
        raise DagsterPostgresException("too many retries for DB connection")

    with pytest.raises(typer.Exit) as ended:
        refresh()
    assert ended.value.exit_code == 1
    said = capsys.readouterr().err
    assert "keeps Dagster's runs" in said
    assert "Traceback" not in said
