"""``bilateral try``: what is shown of files, with which exit code, and that nothing is written."""

import gzip
from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest

from assets.contracts import REJECTS, Folded, SourceCode, Staged
from pipelines.cli import main
from pipelines.ingest.sources import Correction, FileSpec, Lookup, Source
from pipelines.services.trial import as_lines, try_files
from tests.made_up import SAMPLE
from tests.pipelines.examples import a_source

OFAC = SAMPLE / "us_ofac_sdn" / "2022-01-21T184655Z"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for the warehouse."""
    monkeypatch.setenv("BILATERAL_WAREHOUSE", str(tmp_path / "warehouse"))
    return tmp_path / "warehouse"


def test_a_folder_of_the_sample_or_a_packed_file_is_accepted_and_nothing_is_written(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["try", "us_ofac_sdn", str(OFAC)]) == 0
    out = capsys.readouterr().out
    said = ("bytes: passed", "frame listings: 183 rows, 13 columns", "BANCO NACIONAL DE CUBA", "rejects: 0")
    assert [words for words in (*said, "validation without an earlier snapshot: accepted") if words not in out] == []
    packed = tmp_path / "SDN.CSV.gz"
    packed.write_bytes(gzip.compress((OFAC / "sdn.csv").read_bytes()))
    assert main(["try", "us_ofac_sdn", str(packed)]) == 0
    assert "frame listings: 183 rows" in capsys.readouterr().out
    assert not folder.exists()


@pytest.mark.usefixtures("folder")
def test_pages_other_layouts_and_missing_files_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "sdn.csv"
    page.write_text("<!doctype html><title>Sorry</title>")
    assert main(["try", "us_ofac_sdn", str(page)]) == 1
    assert "bytes: refused: sdn.csv: a web page (HTML)" in capsys.readouterr().out
    assert main(["try", "us_ofac_sd", str(OFAC)]) == 1
    assert "Did you mean us_ofac_sdn?" in capsys.readouterr().err
    assert main(["try", "us_ofac_sdn", str(OFAC / "none.csv")]) == 1
    assert "none.csv: there is no such file" in capsys.readouterr().err


@pytest.mark.usefixtures("folder")
def test_a_text_of_the_list_moves_no_cursor(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "\x1b[2Jvsrr.csv"
    other.write_text("a\x1b]0;title\x07,b\u202e\n1,2\n")
    assert main(["try", "us_cdc_vsrr", str(other)]) == 1
    shown = capsys.readouterr().out
    assert [c for c in shown if not (c.isprintable() or c == "\n")] == []


def stage(files: Mapping[str, bytes]) -> Staged:
    """Lines of the file; an empty one is a reject, the words CRASH and PANIC faults of the parser."""
    lines = files["a.txt"].decode().split("\n")
    if "PANIC" in lines:
        raise type("PanicException", (BaseException,), {})("index out of bounds")
    if "CRASH" in lines:
        raise ZeroDivisionError("a bug")
    bad = [{"file": "a.txt", "row": i, "column": "x", "value": "", "reason": "empty"} for i, x in enumerate(lines, 1) if not x]
    rows = pl.DataFrame({"x": [x for x in lines if x], "day": pl.Series([None] * (len(lines) - len(bad)), dtype=pl.Date)})
    return Staged({"rows": rows}, pl.DataFrame(bad, schema=REJECTS), len(lines))


ROWS = {"max_rejected_share": 0.5, "fill": {"rows": {"day": 0.9}}}
SOURCE = a_source(max_bytes=1000, max_line_bytes=100, files={"a.txt": FileSpec()}, rows=ROWS)
FRAMES = {"rows": pl.Schema({"x": pl.String, "day": pl.Date})}
CODE = SourceCode("us_ofac_sdn", (), stage, lambda *_: Folded({}), frames=FRAMES)


def shown(tmp_path: Path, text: str, source: Source = SOURCE) -> str:
    path = tmp_path / "a.txt"
    path.write_text(text)
    return "\n".join(as_lines(try_files(source, CODE, [path])))


def test_a_column_below_its_least_share_and_the_first_twenty_rejects_are_shown(tmp_path: Path) -> None:
    text = shown(tmp_path, "\n".join(["a"] * 30 + [""] * 25))
    assert "column day of rows is filled in 0 of 30 rows (0.0%), below the limit of 90%" in text
    assert "rejects: 25, the first 20:" in text
    assert sum(line.endswith("empty") for line in text.splitlines()) == 20


def test_a_fault_or_panic_of_the_reader_is_reported_with_its_place(tmp_path: Path) -> None:
    crashed, panicked = (shown(tmp_path, word) for word in ("CRASH", "PANIC"))
    assert "reading: quarantined: the reader failed (ZeroDivisionError: a bug) in stage, line " in crashed
    assert "test_trial.py" in crashed
    assert "reading: quarantined: the reader failed (RuntimeError: the parser panicked: index out of bounds)" in panicked


def test_what_the_declaration_amends_is_shown_and_a_correction_that_found_nothing_is_a_warning(tmp_path: Path) -> None:
    gone = Correction(frame="rows", where={"x": "z"}, column="day", expected=None, value=None, reason="r", source="s")
    slip = {"rows": {"x": (Lookup(expected="aa", value="a", reason="a slip"),)}}
    text = shown(tmp_path, "aa\nb\naa", SOURCE.model_copy(update={"lookups": slip, "corrections": (gone,)}))
    assert "amended: 2 cells\n  lookup of rows.x: aa -> a: 2 cells (a slip)" in text
    assert "  warning: correction of rows.day (x=z): no row is named by that any more" in text
    assert "x       String  100.0%  a" in text
