"""What is made once and kept is that of the same content, whole, or made anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assets import schema
from assets.kept_or_made import kept_or_made


class Maker:
    """Makes the same, and counts how often."""

    def __init__(self) -> None:
        self.n = 0

    def __call__(self) -> dict[str, Any]:
        self.n += 1
        return {"places": ["Türkiye", None, 0.3]}


def test_what_was_made_of_the_same_content_is_not_made_again(tmp_path: Path) -> None:
    kept, make = tmp_path / "new" / "kept.pickle", Maker()
    assert [kept_or_made(kept, lambda: "a", make) for _ in range(3)] == [make()] * 3
    assert make.n == 2
    assert [p.name for p in kept.parent.iterdir()] == ["kept.pickle"]


def test_of_another_content_it_is_made_anew_and_kept_in_place_of_the_old_one(tmp_path: Path) -> None:
    kept, make = tmp_path / "kept.pickle", Maker()
    for content in ("a", "b", "b", "a"):
        kept_or_made(kept, lambda content=content: content, make)  # type: ignore[misc]
    assert make.n == 3


def test_what_changed_while_it_was_read_is_not_kept(tmp_path: Path) -> None:
    contents = iter(("a", "b"))
    assert kept_or_made(tmp_path / "kept.pickle", lambda: next(contents), Maker()) == Maker()()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("damage", [b"", b"a", b"\xff\xfe", b"[]"])
def test_one_that_is_cut_or_damaged_counts_as_none(tmp_path: Path, damage: bytes) -> None:
    kept, make = tmp_path / "kept.pickle", Maker()
    kept_or_made(kept, lambda: "a", make)
    whole = kept.read_bytes()
    for spoiled in (damage, whole[:-1], whole + b" ", whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:]):
        kept.write_bytes(spoiled)
        assert kept_or_made(kept, lambda: "a", make) == make()
        assert kept.read_bytes() == whole


def test_where_nothing_can_be_written_it_is_made_each_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    kept, make = tmp_path / "file" / "kept.pickle", Maker()
    assert [kept_or_made(kept, lambda: "a", make) for _ in range(2)] == [make()] * 2
    assert make.n == 3


def test_declarations_are_kept_as_they_are_parsed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    parsed = schema._parsed()
    assert parsed == schema.declared()
    for folder in ("core", "meta"):
        (tmp_path / folder).mkdir()
    declaration = "CREATE TABLE core.{0} (a INTEGER);\nCOMMENT ON TABLE core.{0} IS 'x';\nCOMMENT ON COLUMN core.{0}.a IS 'y';\n"
    (tmp_path / "core" / "one.sql").write_text(declaration.format("one"))
    monkeypatch.setattr(schema, "SQL", tmp_path)
    monkeypatch.setattr(schema, "_KEPT", tmp_path / "declared.pickle")
    assert [list(schema.declared.__wrapped__()) for _ in range(2)] == [["core.one"]] * 2
    (tmp_path / "core" / "two.sql").write_text(declaration.format("two"))
    assert list(schema.declared.__wrapped__()) == ["core.one", "core.two"]
