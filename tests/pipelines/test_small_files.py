"""Many small files are read from one, which is never believed where it does not fit them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines.small_files import INDEX, SmallFiles


def put(folder: Path, snapshot: str, value: int) -> None:
    (folder / snapshot).mkdir(parents=True, exist_ok=True)
    (folder / snapshot / "receipt.json").write_text(json.dumps({"value": value}))


def noted(folder: Path, *snapshots: str) -> SmallFiles:
    files = SmallFiles(folder, "receipt.json")
    for name in snapshots:
        files.note(name, json.loads((folder / name / "receipt.json").read_text()))
    files.save()
    return files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number in range(3):
        put(tmp_path, f"s{number}", number)
    noted(tmp_path, "s0", "s1")
    return tmp_path


def test_what_was_noted_is_read_without_its_file_and_the_rest_is_not_known(folder: Path) -> None:
    files = SmallFiles(folder, "receipt.json")
    assert [files.get(name) for name in ("s0", "s1", "s2", "s3")] == [{"value": 0}, {"value": 1}, None, None]


def test_a_file_that_was_written_again_is_not_known(folder: Path) -> None:
    put(folder, "s1", 11)
    assert SmallFiles(folder, "receipt.json").get("s1") is None
    noted(folder, "s1")
    assert SmallFiles(folder, "receipt.json").get("s1") == {"value": 11}


def test_a_block_is_added_to_those_that_are_there(folder: Path) -> None:
    before = (folder / INDEX).read_bytes()
    noted(folder, "s2")
    assert (folder / INDEX).read_bytes().startswith(before)
    assert SmallFiles(folder, "receipt.json").get("s2") == {"value": 2}


@pytest.mark.parametrize("cut", [1, 10, 60])
def test_a_block_that_was_cut_off_is_not_believed_and_is_replaced(folder: Path, cut: int) -> None:
    noted(folder, "s2")
    data = (folder / INDEX).read_bytes()
    (folder / INDEX).write_bytes(data[:-cut])
    files = SmallFiles(folder, "receipt.json")
    assert (files.get("s0"), files.get("s2")) == ({"value": 0}, None)
    noted(folder, "s2")
    assert [SmallFiles(folder, "receipt.json").get(f"s{n}") for n in range(3)] == [{"value": n} for n in range(3)]


def test_a_flipped_byte_is_noticed(folder: Path) -> None:
    data = (folder / INDEX).read_bytes()
    (folder / INDEX).write_bytes(data.replace(b'{"value":1}', b'{"value":7}'))
    assert SmallFiles(folder, "receipt.json").get("s1") is None


def test_an_index_that_cannot_be_written_stops_nothing(folder: Path) -> None:
    (folder / INDEX).unlink()
    (folder / INDEX).mkdir()
    assert noted(folder, "s0").get("s0") == {"value": 0}
