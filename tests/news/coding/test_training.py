"""What the models are trained on, and how their voices are joined."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from assets.news.coding import judgement
from assets.news.coding.encoder import FIRST, SECOND, Reading
from assets.news.coding.judgement import Settings, Voices
from assets.news.coding.model import ROOTS
from assets.news.coding.training import calibrate, train
from assets.news.coding.training.pairs import pairs, share_of
from assets.news.coding.training.train import Example, Relation
from assets.news.coding.whole_text import Told, features


def example(text: str, *relations: Relation, origin: str = "train-core") -> Example:
    return Example(text, text, None, relations, origin)


ACCUSED = Relation("Togo", "Benin", "TGO", "BEN", "11", ("11/ACCUSE",))


def test_a_pair_is_labelled_both_ways() -> None:
    (pair,) = pairs(train.prepare([example("Benin was blamed by Togo for the outage.", ACCUSED)]))
    assert pair["pieces"] == (FIRST, " was blamed by ", SECOND, " for the outage.")
    assert pair["events"] == [False, True]
    assert pair["kinds"] == [[], ["11/ACCUSE"]]


def test_of_a_gold_record_the_other_direction_is_unknown() -> None:
    (pair,) = pairs(train.prepare([example("Togo blamed Benin.", ACCUSED, origin="plover")]))
    assert pair["events"] == [True, None]


def test_parties_of_a_sentence_without_an_event_are_a_pair_that_is_none() -> None:
    (pair,) = pairs(train.prepare([example("Rice is grown in Togo and in Benin.")]))
    assert pair["events"] == [False, False]


def test_a_larger_share_of_the_sentences_holds_a_smaller_one() -> None:
    sentences = [example(f"Togo blamed Benin {n} times.") for n in range(200)]
    quarter, half = share_of(sentences, 25), share_of(sentences, 50)
    assert {e.id for e in quarter} < {e.id for e in half}
    assert len(half) < len(share_of(sentences, 100)) == 200


def test_the_older_plover_leaves_open_what_it_does_not_tell_apart() -> None:
    assert train._kinds_of_gold("RETREAT") == ("08/RETREAT",)
    assert set(train._kinds_of_gold("SANCTION")) == {"16/SANCTION", "16/COERCE"}


# --- voices -----------------------------------------------------------------------------------------------------------


KIND = {"05": "05/SUPPORT", "10": "10/REQUEST", "11": "11/ACCUSE"}


def voices(words: dict[str, float], encoder: dict[str, float] | None, *, chance: float = 0.5, read: float = 0.5) -> Voices:
    p = np.array([words.get(r, 0.01) for r in ROOTS])
    reading = None if encoder is None else Reading(read, encoder, {KIND[r]: p for r, p in encoder.items()})
    return Voices(judgement.GUESS, "", False, chance, p / p.sum(), reading)


def test_voices_that_agree_are_surer_than_one() -> None:
    both = Settings(words=0.6, encoder=0.4)
    agreed = judgement.joined(voices({"11": 0.5, "10": 0.4}, {"11": 0.9, "10": 0.1}), ROOTS, both)
    torn = judgement.joined(voices({"11": 0.5, "10": 0.4}, {"11": 0.1, "10": 0.9}), ROOTS, both)
    assert ROOTS[int(agreed.argmax())] == "11"
    assert ROOTS[int(torn.argmax())] == "10"
    assert agreed.max() > torn.max()


def test_a_rule_is_heard_as_far_as_its_strength() -> None:
    heard = replace(voices({"11": 0.5, "10": 0.4}, None), strength=judgement.FIRM, rule_root="10")
    assert ROOTS[int(judgement.joined(heard, ROOTS, Settings(rule={"firm": 1.0})).argmax())] == "10"
    assert ROOTS[int(judgement.joined(heard, ROOTS, Settings(rule={"plain": 1.0})).argmax())] == "11"


def test_an_inferred_party_keeps_confidence_low() -> None:
    assert judgement.confidence_of(0.99, "112", Settings(), inferred=True) == judgement.CEILING_OF_INFERRED
    assert judgement.confidence_of(0.99, "112", Settings(), inferred=False) > 0.9


@pytest.fixture(scope="module")
def observed() -> list[calibrate.Observed]:
    """Answers in which the encoder is right and the linear model knows nothing."""
    (one,) = train.prepare([example("Togo zorbled Benin.", ACCUSED)])
    event, clauses = one.proposed[0]
    chance = np.random.default_rng(5)
    found = []
    for n in range(600):
        is_event = bool(n % 2)
        told = {"11": 0.8, "05": 0.2} if n % 4 == 1 else {"05": 0.8, "11": 0.2}
        heard = voices({}, told, read=float(chance.beta(6, 2) if is_event else chance.beta(2, 6)))
        kinds = frozenset({"11/ACCUSE"} if n % 4 == 1 else {"05/SUPPORT"} if is_event else ())
        found.append(calibrate.Observed(event, clauses, heard, kinds, n % 10 == 9))
    return found


def test_who_is_right_is_heard(observed: list[calibrate.Observed]) -> None:
    found = calibrate.settings(observed, ROOTS)
    assert found.encoder > found.words * 0.5
    assert found.event["encoder"] > 0.5 > abs(found.event["words"])


def test_thresholds_follow_from_the_aim(observed: list[calibrate.Observed]) -> None:
    free = [o for o in observed if not o.is_given]

    def precision(aim: float) -> tuple[float, int]:
        found = calibrate.settings(observed, ROOTS, aim)
        given = [o for o in free if judgement.chance_of(o.voices, found) >= found.chance]
        return sum(bool(o.kinds) for o in given) / len(given), len(given)

    strict, loose = precision(0.97), precision(0.8)
    assert strict[0] >= 0.96
    assert loose[0] >= 0.79
    assert loose[1] > strict[1]


def test_thresholds_and_confidence_are_those_of_wire_copy(observed: list[calibrate.Observed]) -> None:
    easy = [replace(o, is_wire=False, kinds=frozenset({"11/ACCUSE"})) for o in observed]
    alone, both = calibrate.settings(observed, ROOTS), calibrate.settings([*observed, *easy], ROOTS)
    assert both.chance == pytest.approx(alone.chance, abs=0.02)
    assert both.event == alone.event


def test_confidence_is_the_share_of_right_answers(observed: list[calibrate.Observed]) -> None:
    found = calibrate.settings(observed, ROOTS)
    free = [o for o in observed if not o.is_given]
    answers = [a for a in calibrate._answers(free, ROOTS, lambda _: found) if a.chance >= found.chance]
    code = {"ACCUSE": "111", "SUPPORT": "050"}
    mean = np.mean([judgement.confidence_of(a.score, code[a.label], found, inferred=False) for a in answers])
    assert mean == pytest.approx(np.mean([a.is_right for a in answers]), abs=0.06)


# --- whole texts ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def articles(observed: list[calibrate.Observed]) -> list[calibrate.Observed]:
    """Texts of six sentences, in half of which the encoder is torn on one alone, where nothing is told, and in half on all."""
    found = []
    for n in range(120):
        for sentence in range(6):
            is_told = n % 2 == 0
            heard = voices({}, {"11": 0.9}, read=0.55 if is_told or sentence == n % 6 else 0.15)
            kinds = frozenset({"11/ACCUSE"} if is_told and sentence not in (n % 5, 5) else ())
            found.append(replace(observed[0], voices=heard, kinds=kinds, is_given=False, within=(f"text {n}", sentence)))
    return found


def test_what_a_text_tells_of_two_elsewhere_counts(articles: list[calibrate.Observed]) -> None:
    by_itself = Settings(words=0.0, encoder=1.0, event={"encoder": 1.0})
    found = calibrate.settings_of_texts(articles, ROOTS, by_itself, by_itself)
    assert found.event["dyad"] > 0
    assert set(found.event) == {"base", *_FEATURES}


def test_a_pair_counts_once_a_text_where_the_threshold_is_set(articles: list[calibrate.Observed]) -> None:
    """Two sentences in six of those told of are none, more than the aim allows; but the text tells of the pair elsewhere."""
    by_itself = Settings(words=0.0, encoder=1.0, event={"encoder": 1.0})
    found = calibrate.settings_of_texts(articles, ROOTS, by_itself, by_itself)
    told = [Told(n, "TGO", "BEN", 0.55, False) for n in range(6)]
    alone = [replace(t, chance=0.55 if t.sentence == 2 else 0.15) for t in told]
    of_told, of_alone = ([judgement.in_text(f, found) for f in features(one)] for one in (told, alone))
    assert max(of_alone) < min(of_told)
    assert min(of_told) >= found.chance


_FEATURES = features([Told(0, "A", "B", 0.5, False)])[0].keys()
