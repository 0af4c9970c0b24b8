"""What a list or a page says of itself reaches no terminal's commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.cli.app import tell
from pipelines.cli.bars import bars
from pipelines.cli.summary import summarize
from pipelines.services.report import Report
from pipelines.settings import Settings
from pipelines.storage.manifest import NewSnapshot

ESCAPE = "\x1b]8;;http://example.org\x07\x1b[2J\r\u202e"


@pytest.fixture
def refused() -> Report:
    new = NewSnapshot("us_csl", "2023-01-01T000000Z", "quarantined", f"begins with {ESCAPE}", f"a column {ESCAPE}", 1, 0)
    return Report(new=[new], problems=[ESCAPE], not_promoted=[ESCAPE], quarantined_rows=[ESCAPE])


def test_the_summary_of_a_refresh_and_what_is_said_in_it_move_no_cursor(
    refused: Report, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    summarize(refused, Settings(warehouse=tmp_path), [ESCAPE], 1.0, verbose=True)
    with bars() as say:
        say(ESCAPE)
    tell(ESCAPE)
    shown = "".join(capsys.readouterr())
    assert "begins with" in shown
    assert [c for c in shown if not (c.isprintable() or c == "\n")] == []
