"""``bilateral try``: what is shown of files, with which exit code, and that nothing is written."""

import gzip
from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest

from assets.contracts import REJECTS, Folded, RowGuard, SourceCode, Staged
from pipelines.cli import main
from pipelines.ingest.sources import Correction, FileSpec, Lookup, Source
from pipelines.services.trial import as_lines, try_files
from tests.made_up import SAMPLE
from tests.pipelines.examples import a_source

OFAC = SAMPLE / "us_ofac_sdn" / "2022-01-21T184655Z"


def test_files_are_tried_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BILATERAL_WAREHOUSE", str(tmp_path / "warehouse"))

    def tried(path: Path, data: bytes | None = None, source: str = "us_ofac_sdn") -> tuple[int, str]:
        if data is not None:
            path.write_bytes(data)
        code = main(["try", source, str(path)])
        return code, "".join(capsys.readouterr())

    code, out = tried(OFAC)
    said = ("bytes: passed", "frame listings: 183 rows, 13 columns", "BANCO NACIONAL DE CUBA", "rejects: 0")
    assert [words for words in (*said, "validation without an earlier snapshot: accepted") if words not in out] == []
    packed = gzip.compress((OFAC / "sdn.csv").read_bytes())
    for (code, out), expected, says in (
        (tried(OFAC), 0, "frame listings: 183 rows"),
        (tried(tmp_path / "SDN.CSV.gz", packed), 0, "frame listings: 183 rows"),
        (tried(tmp_path / "sdn.csv", b"<!doctype html><title>Sorry</title>"), 1, "bytes: refused: sdn.csv: a web page (HTML)"),
        (tried(OFAC, source="us_ofac_sd"), 1, "Did you mean us_ofac_sdn?"),
        (tried(OFAC / "none.csv"), 1, "none.csv: there is no such file"),
    ):
        assert (code, says in out) == (expected, True), says
    # a text of the list moves no cursor
    code, out = tried(tmp_path / "\x1b[2Jvsrr.csv", "a\x1b]0;title\x07,b\u202e\n1,2\n".encode(), "us_cdc_vsrr")
    assert (code, [c for c in out if not (c.isprintable() or c == "\n")]) == (1, [])
    assert not (tmp_path / "warehouse").exists()


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


ROWS = RowGuard(max_rejected_share=0.5, fill={"rows": {"day": 0.9}})
SOURCE = a_source(max_bytes=1000, max_line_bytes=100, files={"a.txt": FileSpec()}, rows=ROWS)
FRAMES = {"rows": pl.Schema({"x": pl.String, "day": pl.Date})}
CODE = SourceCode("us_ofac_sdn", (), stage, lambda *_: Folded({}), frames=FRAMES)


def shown(tmp_path: Path, text: str, source: Source = SOURCE) -> str:
    path = tmp_path / "a.txt"
    path.write_text(text)
    return "\n".join(as_lines(try_files(source, CODE, [path])))


def test_a_column_below_its_least_share_the_first_twenty_rejects_and_a_fault_of_the_reader_are_shown(tmp_path: Path) -> None:
    text = shown(tmp_path, "\n".join(["a"] * 30 + [""] * 25))
    assert "column day of rows is filled in 0 of 30 rows (0.0%), below the limit of 90%" in text
    assert ("rejects: 25, the first 20:" in text, sum(line.endswith("empty") for line in text.splitlines())) == (True, 20)
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
