"""What is made once and kept is that of the same content, whole, or made anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets import schema
from assets.made_once import made_once


def test_what_an_earlier_process_made_of_the_same_is_not_made_again(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    assert made_once("rows", module, "facts of today", lambda: {"a": 1}) == {"a": 1}
    assert made_once("rows", module, "facts of today", lambda: {"a": 2}) == {"a": 1}
    assert made_once("rows", module, "facts of tomorrow", lambda: {"a": 2}) == {"a": 2}


@pytest.mark.parametrize("left", [0, 63, 100, 140])
def test_a_file_that_was_cut_off_is_made_again(tmp_path: Path, left: int) -> None:
    module = tmp_path / "module.py"
    made_once("rows", module, "facts", lambda: list(range(50)))
    (kept,) = (tmp_path / "__pycache__").iterdir()
    kept.write_bytes(kept.read_bytes()[:left])
    assert made_once("rows", module, "facts", lambda: [1]) == [1]
    assert made_once("rows", module, "facts", lambda: [2]) == [1]


def test_a_byte_that_a_disk_altered_is_not_read(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    made_once("rows", module, "facts", lambda: "x" * 50)
    (kept,) = (tmp_path / "__pycache__").iterdir()
    altered = bytearray(kept.read_bytes())
    altered[-10] ^= 1
    kept.write_bytes(altered)
    assert made_once("rows", module, "facts", lambda: "y") == "y"


def test_where_nothing_can_be_written_it_is_made_each_time(tmp_path: Path) -> None:
    (tmp_path / "__pycache__").write_text("a file where the folder should be")
    assert made_once("rows", tmp_path / "module.py", "facts", lambda: 1) == 1
    assert made_once("rows", tmp_path / "module.py", "facts", lambda: 2) == 2


def test_declarations_are_kept_as_they_are_parsed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    parsed = schema._parsed()
    assert parsed == schema.declared()
    # another text of the same name is another content
    (tmp_path / "core").mkdir()
    (tmp_path / "meta").mkdir()
    (tmp_path / "core" / "one.sql").write_text(
        "CREATE TABLE core.one (a INTEGER);\nCOMMENT ON TABLE core.one IS 'x';\nCOMMENT ON COLUMN core.one.a IS 'y';\n"
    )
    monkeypatch.setattr(schema, "SQL", tmp_path)
    schema.declared.cache_clear()
    try:
        assert list(schema.declared()) == ["core.one"]
    finally:
        monkeypatch.undo()
        schema.declared.cache_clear()
    assert schema.declared() == parsed
