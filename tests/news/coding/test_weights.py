"""The settings of the judge, and that the version of the coder follows what decides its events."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from assets.errors import BilateralError
from assets.news.coding import coder, encoder, judgement
from assets.news.coding.interface import Text


@pytest.mark.parametrize("damage", ["", "{}", '{"settings": {"chances": 1}}'])
def test_damaged_settings_are_refused_with_what_to_do(tmp_path: Path, damage: str) -> None:
    (tmp_path / "settings.json").write_text(damage)
    with pytest.raises(BilateralError, match=r"settings\.json .*restore the file"):
        judgement.read(tmp_path / "settings.json", encoder.encoder())


def test_the_version_of_the_coder_changes_with_any_byte_of_its_files(tmp_path: Path) -> None:
    copies = [Path(shutil.copy(p, tmp_path)) for p in coder.files_of_the_coder()]
    assert coder.version_of(copies) == coder.coder_version()
    for path in copies:
        before = path.read_bytes()
        path.write_bytes(before + b"\n")
        assert coder.version_of(copies) != coder.coder_version(), path.name
        path.write_bytes(before)


def test_code_settings_and_weights_are_in_the_version_and_training_is_not() -> None:
    names = {p.name for p in coder.files_of_the_coder()}
    assert {"pairs.py", "parties.py", "settings.json", "encoder.onnx", "judgement.py", "named_actors.py"} <= names
    assert not names & {"settings.py", "finetune.py", "README.md", "fold.py", "jsonl.py"}


def test_the_version_is_the_same_in_another_process_and_environment() -> None:
    code = "from assets.news.coding.coder import EventCoder; print(EventCoder().version)"
    root = Path(coder.__file__).parents[3]
    env = {"PATH": "/usr/bin", "TZ": "Asia/Tokyo", "PYTHONPATH": str(root), "PYTHONHASHSEED": "7"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, env=env, capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.strip() == coder.EventCoder().version == coder.coder_version()


def test_another_judge_is_another_version() -> None:
    other = coder.EventCoder(judgement.Judge(encoder.encoder(), judgement.PLAIN))
    assert other.version != coder.EventCoder().version


def test_what_is_given_is_shown_with_the_share_right_of_its_kind_of_text() -> None:
    weights = {"release": {"base": 1.0, "sure": 2.0, "AID": -0.5}}
    judge = judgement.Judge(encoder.encoder(), replace(judgement.PLAIN, shown=weights))
    assert judge.shown(0.5, "07/AID", judgement.RELEASE) == pytest.approx(judgement.logistic(0.5))
    assert judge.shown(0.5, "18/ASSAULT", judgement.RELEASE) == pytest.approx(judgement.logistic(1.0))
    assert judge.shown(0.5, "07/AID", judgement.SENTENCE) == 0.5


@pytest.mark.parametrize(
    ("text", "speaker", "kind"),
    [
        ("France fined Mali.", None, judgement.SENTENCE),
        ("France fines Mali", None, judgement.HEADLINE),
        ("We thank Mali.", "USA", judgement.RELEASE),
    ],
)
def test_of_which_kind_a_text_is(text: str, speaker: str | None, kind: str) -> None:
    assert coder.text_kind(Text("1", text, speaker=speaker)) == kind
