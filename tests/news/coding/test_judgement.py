"""What the judge makes of readings and of the text as a whole, its settings, and the version of the coder."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.errors import BilateralError
from assets.news.coding import coder, encoder, judgement
from assets.news.coding.encoder import Reading
from assets.news.coding.interface import Text
from assets.news.coding.judgement import REACH, SENTENCE, Heard, Judge, Settings, Told, features
from assets.news.coding.pairs import Pair
from assets.news.coding.parties import Actor

US, CHINA = (Actor(name, name, "GOV", 1.0, 1, 2) for name in ("USA", "CHN"))
BIDEN, XI = (Actor(name, name[:3], "GOV", 1.0, 5, 6) for name in ("USA.JOE_BIDEN", "CHN.XI_JINPING"))
CODES = {"04/CONSULT": "046", "08/RETREAT": "085"}


def reading(chance: float, *acts: float) -> Reading:
    shares = (act / sum(acts) for act in acts)
    return Reading(chance, dict(zip(CODES, shares, strict=True)), dict(zip(CODES, acts, strict=True)), CODES, "past")


def test_a_second_act_is_given_with_the_phrases_that_tell_it_and_what_is_less_sure_than_the_least_is_not() -> None:
    pair, of_leaders = Pair(US, CHINA, (), is_swapped=False), Pair(BIDEN, XI, (), is_swapped=False)
    heard = Heard(pair, reading(0.98, 0.3, 0.9), ((of_leaders, reading(0.9, 0.95, 0.05)),))
    weights = {"told": 1.0, "phrases": 0.5}
    judge = Judge(None, Settings(weights, weights, {}, 0.5, 0.5, 0.5, 0.5, 0.5))  # type: ignore[arg-type]
    given = [(p.source.actor_id, p.target.actor_id, v.code) for p, v in judge.verdicts(heard, 0.98, SENTENCE)]
    assert sorted(given) == [("USA", "CHN", "085"), ("USA.JOE_BIDEN", "CHN.XI_JINPING", "046")]
    assert judge.verdicts(Heard(pair, reading(0.9, 0.3, 0.45)), 0.9, SENTENCE) == []


def test_what_is_given_is_shown_with_the_share_right_of_its_kind_of_text() -> None:
    weights = {"release": {"base": 1.0, "sure": 2.0, "AID": -0.5}}
    judge = Judge(encoder.encoder(), replace(judgement.PLAIN, shown=weights))
    assert judge.shown(0.5, "07/AID", judgement.RELEASE) == pytest.approx(judgement.logistic(0.5))
    assert judge.shown(0.5, "18/ASSAULT", judgement.RELEASE) == pytest.approx(judgement.logistic(1.0))
    assert judge.shown(0.5, "07/AID", SENTENCE) == 0.5


def test_releases_articles_and_single_sentences_have_a_least_confidence_of_their_own() -> None:
    settings = replace(judgement.PLAIN, least=0.3, least_of_text=0.2, least_of_release=0.9)
    heard = Heard(Pair(US, CHINA, (), is_swapped=False), reading(0.6, 0.1, 0.9))
    kinds = (SENTENCE, judgement.HEADLINE, judgement.ARTICLE, judgement.RELEASE)
    assert [settings.thresholds(of)[0] for of in kinds] == [0.3, 0.3, 0.2, 0.9]
    assert [len(Judge(encoder.encoder(), settings).verdicts(heard, 0.6, of)) for of in kinds] == [1, 1, 1, 0]
    texts = [Text("1", "France fined Mali."), Text("1", "France fines Mali"), Text("1", "We thank Mali.", speaker="USA")]
    assert [coder.text_kind(text) for text in texts] == [SENTENCE, judgement.HEADLINE, judgement.RELEASE]


def told(*rows: tuple[int, str, float]) -> list[Told]:
    return [Told(sentence, dyad[0], dyad[1], chance, False) for sentence, dyad, chance in rows]


def test_the_share_of_a_dyad_is_what_other_sentences_within_reach_tell_of_the_two_and_who_acts_elsewhere_is_told_apart() -> None:
    found = features(told((0, "AB", 0.5), (0, "BA", 0.5), (1, "BA", 1.0), (2, "CD", 0.5)))
    # what is told of the two themselves is in the share of the dyad
    assert [found[0]["dyad"], found[0]["source_acted_on"], found[3]["dyad"]] == pytest.approx([1.0 / 3.0, 0, 0])
    first = features(told((0, "AB", 0.5), (1, "AC", 1.0), (2, "DB", 0.5), (3, "DA", 0.5)))[0]
    shares = [first[name] for name in ("source_acts", "target_acted_on", "source_acted_on", "target_acts")]
    assert shares == pytest.approx([1.0 / 3.0, 0.5 / 3.0, 0.5 / 3.0, 0.0])
    near, far = (features(told((0, "AB", 0.5), (n, "AB", 0.9)))[0]["dyad"] for n in (REACH, REACH + 1))
    assert near > 0 == far


TOLD = st.builds(Told, st.integers(0, 30), st.sampled_from("ABC"), st.sampled_from("DEF"), st.floats(0, 1), st.booleans())


@given(st.lists(TOLD, min_size=1, max_size=25).map(lambda rows: sorted(rows, key=lambda t: t.sentence)))
def test_shares_are_shares_and_every_pair_has_all_features(told: list[Told]) -> None:
    found = features(told)
    assert len(found) == len(told)
    assert {frozenset(f) for f in found} == {frozenset(found[0])}
    shares = ("dyad", "source_acts", "target_acted_on", "source_acted_on", "target_acts")
    assert all(-1e-9 <= f[name] <= 1 + 1e-9 for f in found for name in shares)


@pytest.mark.parametrize("damage", ["", "{}", '{"settings": {"chances": 1}}'])
def test_damaged_settings_are_refused_with_what_to_do(tmp_path: Path, damage: str) -> None:
    (tmp_path / "settings.json").write_text(damage)
    with pytest.raises(BilateralError, match=r"settings\.json .*restore the file"):
        judgement.read(tmp_path / "settings.json", encoder.encoder())


def test_the_version_of_the_coder_changes_with_its_judge_and_with_any_byte_of_its_files(tmp_path: Path) -> None:
    assert coder.EventCoder(Judge(encoder.encoder(), judgement.PLAIN)).version != coder.coder_version()
    copies = [Path(shutil.copy(p, tmp_path)) for p in coder.files_of_the_coder()]
    small = [p for p in copies if p.stat().st_size < 1_000_000]
    assert coder.version_of(copies) == coder.coder_version()
    versions = {coder.version_of(small)}
    for path in small:
        path.write_bytes(path.read_bytes() + b"\n")
        versions.add(coder.version_of(small))
    assert len(versions) == len(small) + 1
    names = {p.name for p in copies}
    assert {"pairs.py", "parties.py", "settings.json", "encoder.onnx", "judgement.py", "named_actors.py"} <= names
    assert not names & {"settings.py", "finetune.py", "README.md", "fold.py", "jsonl.py"}


def test_the_version_is_the_same_in_another_process_and_environment() -> None:
    code = "from assets.news.coding.coder import coder_version; print(coder_version())"
    root = Path(coder.__file__).parents[3]
    env = {"PATH": "/usr/bin", "TZ": "Asia/Tokyo", "PYTHONPATH": str(root), "PYTHONHASHSEED": "7"}
    done = subprocess.run([sys.executable, "-c", code], cwd=root, env=env, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == coder.EventCoder().version == coder.coder_version()
