"""What finder and coder look up: the registry in plain Python, kept in a compiled form that is never of other facts."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from assets.actors import lookups as module
from assets.actors import registry
from assets.actors.lookups import code, content_of, facts, kept_or_made, lookups
from pipelines.layers.fingerprint import closure

ROOT = Path(__file__).resolve().parents[2]


class Maker:
    """Makes the same, and counts how often."""

    def __init__(self) -> None:
        self.n = 0

    def __call__(self) -> dict[str, Any]:
        self.n += 1
        return {"places": ["Türkiye", None, 0.3]}


def test_what_was_made_of_the_same_content_is_not_made_again(tmp_path: Path) -> None:
    kept, make = tmp_path / "new" / "kept.json", Maker()
    assert [kept_or_made(kept, lambda: "a", make) for _ in range(3)] == [make()] * 3
    assert make.n == 2
    assert [p.name for p in kept.parent.iterdir()] == ["kept.json"]


def test_of_another_content_it_is_made_anew_and_kept_in_place_of_the_old_one(tmp_path: Path) -> None:
    kept, make = tmp_path / "kept.json", Maker()
    for content in ("a", "b", "b", "a"):
        kept_or_made(kept, lambda content=content: content, make)  # type: ignore[misc]
    assert make.n == 3


def test_what_changed_while_it_was_read_is_not_kept(tmp_path: Path) -> None:
    contents = iter(("a", "b"))
    assert kept_or_made(tmp_path / "kept.json", lambda: next(contents), Maker()) == Maker()()
    assert list(tmp_path.iterdir()) == []


def test_a_process_that_outlives_its_code_keeps_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_KEPT", tmp_path / "kept.json")
    monkeypatch.setattr(module, "_RUNNING", "of an hour ago")
    assert lookups.__wrapped__().actors["CHN"].kind == "state"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("damage", [b"", b"a", b"\xff\xfe", b"[]"])
def test_one_that_is_cut_or_damaged_counts_as_none(tmp_path: Path, damage: bytes) -> None:
    kept, make = tmp_path / "kept.json", Maker()
    kept_or_made(kept, lambda: "a", make)
    whole = kept.read_bytes()
    for spoiled in (damage, whole[:-1], whole + b" ", whole.replace(b"0.3", b"0.4")):
        kept.write_bytes(spoiled)
        assert kept_or_made(kept, lambda: "a", make) == make()
        assert kept.read_bytes() == whole


def test_where_nothing_can_be_written_it_is_made_each_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    kept, make = tmp_path / "file" / "kept.json", Maker()
    assert [kept_or_made(kept, lambda: "a", make) for _ in range(2)] == [make()] * 2
    assert make.n == 3


def test_a_byte_a_name_or_a_version_makes_another_content(tmp_path: Path) -> None:
    one, other = tmp_path / "one.csv", tmp_path / "other.csv"
    one.write_text("a\n")
    before = content_of([one], "2.1.0")
    other.write_text("a\n")
    assert len({before, content_of([other], "2.1.0"), content_of([one], "2.1.1"), content_of([one, other], "2.1.0")}) == 4
    one.write_text("b\n")
    assert content_of([one], "2.1.0") != before


def test_all_that_shapes_the_lookups_is_of_their_content() -> None:
    used = {ROOT / f"{name.replace('.', '/')}.py" for name in closure(["assets.actors.lookups"], ROOT)}
    assert {path for path in used if path.exists()} <= set(code())
    assert set(registry.DATA.glob("*.csv")) <= set(facts())


def test_what_was_kept_is_what_was_made() -> None:
    made = module._made()
    assert module._read(json.loads(json.dumps(made))) == module._read(made) == lookups()


def test_actors_of_the_users_own_are_in_them(tmp_path: Path) -> None:
    (tmp_path / "actors_mine.csv").write_text("actor_id,kind,name,country_id\nFRA.ACME,firm,Acme,FRA\n")
    (tmp_path / "aliases_mine.csv").write_text("scheme,alias,actor_id\nsurface,Acme Works,FRA.ACME\n")
    own = lookups(tmp_path)
    assert own.actors["FRA.ACME"] == ("firm", "Acme", "FRA")
    assert [s.actor_id for s in own.surfaces if s.surface == "Acme Works"] == ["FRA.ACME"]
    assert "FRA.ACME" not in lookups().actors


def test_names_are_found_without_frames_and_databases_once_they_are_kept() -> None:
    text = (
        "import sys; from assets.news.text.phrase_roles import parties_of;"
        "print(parties_of('China met Peru.', None)[1].actor_id);"
        "print([name for name in ('polars', 'duckdb', 'pyarrow') if name in sys.modules])"
    )
    lookups()
    said = subprocess.run([sys.executable, "-c", text], check=True, capture_output=True, text=True, cwd=ROOT).stdout
    assert said == "PER\n[]\n"
