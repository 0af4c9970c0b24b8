"""What a list or a page says of itself reaches neither a terminal's commands nor a link or a picture in Dagster's UI."""

import re
from pathlib import Path

import dagster as dg
import pytest
from markdown_it import MarkdownIt

from pipelines.cli.app import tell
from pipelines.cli.bars import bars
from pipelines.cli.summary import summarize
from pipelines.dagster.metadata import warning
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
    "text",
    [
        "![x](http://example.org/x.png)",
        "\\![x](http://example.org/x.png)",
        "`` ` `` ![x](http://example.org/x.png)",
        "[x](http://example.org)",
        "<img src=http://example.org/x.png>",
    ],
)
def test_a_reason_that_cites_a_source_is_text_alone_in_the_ui(text: str) -> None:
    description = warning(dg.AssetKey("a"), "b", [f"begins with {text}"]).description
    assert re.findall(r"<(?!/?p>)\w+", MarkdownIt("commonmark").render(description or "")) == []
