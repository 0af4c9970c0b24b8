"""Weights and their card belong together, and the version of the coder follows what decides its events."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from assets.errors import BilateralError
from assets.news.coding import coder, judgement, model


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    copies = tmp_path / "weights.npz", tmp_path / "weights.json"
    shutil.copy(model.WEIGHTS, copies[0])
    shutil.copy(model.CARD, copies[1])
    return copies


def tiny() -> model.Classifier:
    roots, pairs = np.ones((1, 2), np.float32), np.ones(1, np.float32)
    return model.Classifier({"bias": 0}, roots, ["04", "19"], {"bias": 0}, pairs)


def test_weights_are_read_as_they_were_written(tmp_path: Path) -> None:
    paths = tmp_path / "w.npz", tmp_path / "w.json"
    model.save(tiny(), {"sentences": 3}, *paths)
    read, card = model.load(*paths)
    assert (read.roots, read.root_index, read.pair_index) == (["04", "19"], {"bias": 0}, {"bias": 0})
    assert card["sentences"] == json.loads(paths[1].read_text())["sentences"] == 3


def test_the_same_weights_are_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        model.save(tiny(), {}, tmp_path / f"{name}.npz", tmp_path / f"{name}.json")
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_weights_with_the_card_of_others_are_refused(files: tuple[Path, Path], tmp_path: Path) -> None:
    model.save(tiny(), {}, files[0], tmp_path / "other.json")
    with pytest.raises(BilateralError, match=r"weights\.json is the card of other weights than weights\.npz"):
        model.load(*files)


@pytest.mark.parametrize("damage", ["", "{}"])
def test_a_damaged_card_is_refused_with_what_to_do(files: tuple[Path, Path], damage: str) -> None:
    files[1].write_text(damage)
    with pytest.raises(BilateralError, match="restore both files of one version"):
        model.load(*files)


@pytest.mark.parametrize("damage", [{}, {"alone": {"chances": 1}}])
def test_a_card_that_does_not_say_how_the_voices_are_joined_is_refused(files: tuple[Path, Path], damage: object) -> None:
    card = json.loads(files[1].read_text())
    files[1].write_text(json.dumps(card | {"judgement": damage}))
    with pytest.raises(BilateralError, match="restore both files of one version"):
        judgement.read(*files, None)


def test_a_missing_file_of_weights_is_refused(files: tuple[Path, Path]) -> None:
    files[0].unlink()
    with pytest.raises(BilateralError, match="cannot be read"):
        model.load(*files)


def test_the_version_of_the_coder_changes_with_any_byte_of_its_files(tmp_path: Path) -> None:
    copies = [Path(shutil.copy(p, tmp_path)) for p in coder.files_of_the_coder()]
    assert coder.version_of(copies) == coder.coder_version()
    for path in copies:
        before = path.read_bytes()
        path.write_bytes(before + b"\n")
        assert coder.version_of(copies) != coder.coder_version(), path.name
        path.write_bytes(before)


def test_rules_lexicon_and_weights_are_in_the_version_and_training_is_not() -> None:
    names = {p.name for p in coder.files_of_the_coder()}
    assert {
        "object_rules.py",
        "frames.py",
        "lexicon.csv",
        "phrases.csv",
        "weights.npz",
        "weights.json",
        "encoder.onnx",
        "judgement.py",
        "named_actors.py",
    } <= names
    assert not names & {"train.py", "finetune.py", "README.md", "fold.py", "jsonl.py"}


def test_the_version_is_the_same_in_another_process_and_environment() -> None:
    code = "from assets.news.coding.coder import RuleCoder; print(RuleCoder().version)"
    root = Path(coder.__file__).parents[3]
    env = {"PATH": "/usr/bin", "TZ": "Asia/Tokyo", "PYTHONPATH": str(root), "PYTHONHASHSEED": "7"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, env=env, capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.strip() == coder.RuleCoder().version == coder.coder_version()


def test_other_weights_and_rules_alone_are_other_versions() -> None:
    versions = {
        coder.RuleCoder(rules_only=True).version,
        coder.RuleCoder(judgement.Judge(tiny(), None, judgement.Settings())).version,
        coder.RuleCoder().version,
    }
    assert len(versions) == 3
