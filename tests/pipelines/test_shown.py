"""What a list or a page says of itself reaches neither a terminal's commands nor a link or a picture in Dagster's UI."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from pipelines.cli.answers import tell
from pipelines.cli.bars import bars
from pipelines.cli.summary import summarize
from pipelines.dagster.previews import rows_as_markdown
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


@pytest.mark.parametrize(
    "title",
    [
        "![x](http://example.org/x.png)",
        "[x](javascript:alert)",
        "\\[x](javascript:alert)",
        "\\\\![x](http://example.org/x.png)",
        "<javascript:alert>",
        "<img src=http://example.org/x.png>",
        "[x][1] | [1]: http://example.org",
        "`[x](javascript:alert)` | `",
        "x\r\n\r\n![x](http://example.org/x.png)",
    ],
)
def test_a_title_in_a_preview_is_text_alone(title: str) -> None:
    shown = MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(
        rows_as_markdown(["title", "at"], [(title, datetime(2023, 1, 1))]).value
    )
    assert "<table>" in shown
    assert [tag for tag in ("<img", "<a ", "<code", "href", "src=x") if tag in shown] == []
    assert shown.count("<td>") == 2
