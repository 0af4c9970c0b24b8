"""What is remembered is asked for with what it is valid for, and is never believed where it is damaged."""

import json
import random
import sqlite3
from pathlib import Path

import pytest

from pipelines.util.state import FILE, SmallFiles, State
from tests.depth import DEEP


def put(folder: Path, snapshot: str, value: int) -> None:
    (folder / snapshot).mkdir(parents=True, exist_ok=True)
    (folder / snapshot / "receipt.json").write_text(json.dumps({"value": value}))


def files(warehouse: Path) -> SmallFiles:
    return SmallFiles(State(warehouse), warehouse / "raw" / "one", "receipt.json")


def noted(warehouse: Path, *snapshots: str) -> None:
    found = files(warehouse)
    for name in snapshots:
        found.note(name, json.loads((warehouse / "raw" / "one" / name / "receipt.json").read_text()))
    found.save()


def known(warehouse: Path) -> list[object]:
    found = files(warehouse)
    return [found.get(f"s{n}") for n in range(3)]


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    for number in range(3):
        put(tmp_path / "raw" / "one", f"s{number}", number)
    noted(tmp_path, "s0", "s1")
    return tmp_path


def test_what_was_noted_is_known_to_the_next_process_until_its_file_is_written_again(warehouse: Path) -> None:
    assert known(warehouse) == [{"value": 0}, {"value": 1}, None]
    put(warehouse / "raw" / "one", "s1", 11)
    assert known(warehouse) == [{"value": 0}, None, None]
    noted(warehouse, "s1", "s2")
    assert known(warehouse) == [{"value": 0}, {"value": 11}, {"value": 2}]


def test_a_changed_value_is_noticed_and_the_file_made_again(warehouse: Path, caplog: pytest.LogCaptureFixture) -> None:
    with sqlite3.connect(warehouse / FILE) as con:
        con.execute("UPDATE entries SET value = replace(value, '1', '7')")
    con.close()
    assert known(warehouse) == [None] * 3
    assert "is damaged (an entry is not what was written)" in caplog.text
    noted(warehouse, "s0")
    assert known(warehouse) == [{"value": 0}, None, None]


@pytest.mark.parametrize("seed", range(200 if DEEP else 20))
def test_whatever_becomes_of_the_file_nothing_false_is_known(warehouse: Path, seed: int) -> None:
    draw, path = random.Random(seed), warehouse / FILE
    data = bytearray(path.read_bytes())
    if seed % 2:
        del data[draw.randrange(len(data)) :]
    else:
        data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
    path.write_bytes(data)
    assert all(found in (None, {"value": n}) for n, found in enumerate(known(warehouse)))
    noted(warehouse, "s0", "s1", "s2")
    noted(warehouse, "s0", "s1", "s2")  # the first one may have found the damage
    assert known(warehouse) == [{"value": n} for n in range(3)]


def test_a_folder_in_its_place_is_set_aside_and_a_folder_that_cannot_be_written_costs_time_alone(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    State(tmp_path).put("a", {"k": ("1", 2)})
    assert State(tmp_path).get("a", "k", "1") == 2
    State(tmp_path / "nowhere").put("a", {"k": ("1", 2)})
    assert State(tmp_path / "nowhere").get("a", "k", "1") is None
