"""What the encoder is trained on, and how the settings are fitted."""

import pytest

from assets.news.coding.encoder import FIRST, OTHER, SECOND, Reading
from assets.news.coding.interface import Text
from assets.news.coding.judgement import PLAIN, Heard, Judge
from assets.news.coding.pairs import Pair
from assets.news.coding.parties import Actor
from benchmarks.training import settings
from benchmarks.training.pairs import Found, Told, add_given, add_text, gold
from benchmarks.training.settings import Observed, Seen, fitted, is_development, score

ACCUSED = Told("Togo", "Benin", "TGO", "BEN", ("111",), "past")


def pairs(text: str, *events: Told, origin: str = "train-core") -> list[dict[str, object]]:
    found = Found()
    add_given(found, Text(1, text), events, origin)
    add_text(found, Text(1, text), [(0, t) for t in events], origin)
    return found.kept()


def test_a_pair_is_labelled_both_ways() -> None:
    (pair,) = pairs("Benin was blamed by Togo for the outage.", ACCUSED)
    assert pair["pieces"] == (FIRST, " was blamed by ", SECOND, " for the outage.")
    assert pair["events"] == [False, True]
    assert pair["acts"] == [[], [("11/ACCUSE",)]]
    assert (pair["codes"], pair["modality"]) == ([[], ["111"]], [[], ["past"]])


def test_two_acts_of_two_states_are_labelled_apart_where_their_phrases_are() -> None:
    told = [Told("The US", "Chinese", "USA", "CHN", ("163",), "past")]
    told += [Told("Biden", "Xi", "USA", "CHN", ("040",), "past"), Told("Xi", "Biden", "CHN", "USA", ("040",), "past")]
    found = {p["pieces"]: p["acts"] for p in pairs("The US sanctioned a Chinese bank after Biden met Xi.", *told)}
    consult, coerce = ("04/CONSULT",), ("16/COERCE",)
    middle = (" sanctioned a ", " bank after ", " met ")

    def masked(*names: str) -> tuple[str, ...]:
        return "The ", *(x for pair in zip(names, (*middle, "."), strict=True) for x in pair)

    assert found[masked(FIRST, SECOND, FIRST, SECOND)] == [[consult, coerce], [consult]]
    assert found[masked(FIRST, SECOND, OTHER, OTHER)] == [[coerce], []]
    assert found[masked(OTHER, FIRST, SECOND, OTHER)] == [[], []]
    assert found[masked(OTHER, OTHER, FIRST, SECOND)] == [[consult], [consult]]


def test_of_a_gold_record_the_other_direction_is_unknown_and_parties_without_an_event_are_a_pair_that_is_none() -> None:
    (pair,) = pairs("Togo blamed Benin.", ACCUSED, origin="plover")
    assert pair["events"] == [True, None]
    (pair,) = pairs("Rice is grown in Togo and in Benin.")
    assert pair["events"] == [False, False]


@pytest.mark.parametrize(("event", "kinds"), [("RETREAT", {"08/RETREAT"}), ("SANCTION", {"16/SANCTION", "16/COERCE"})])
def test_the_older_plover_leaves_open_what_it_does_not_tell_apart(tmp_path, event: str, kinds: set[str]) -> None:  # type: ignore[no-untyped-def]
    side = '[{"actorText": "Togo", "code": "TGO"}]'
    (tmp_path / "g.json").write_text(f'[{{"event": "{event}", "text": "x", "source": {side}, "target": {side}}}]')
    ((_, (told, *_)),) = gold(tmp_path / "g.json")
    assert set(told.kinds) == kinds


TOGO, BENIN = (Actor(name, name, "GOV", 1.0, 1, 2) for name in ("TGO", "BEN"))


def heard(chance: float, pair: Pair | None = None) -> Heard:
    kinds = {"11/ACCUSE": 0.9, "05/SUPPORT": 0.1}
    reading = Reading(chance, kinds, {k: chance * p for k, p in kinds.items()}, {}, "past")
    return Heard(pair or Pair(TOGO, BENIN, (), is_swapped=False), reading)


def observed(chance: float, *, is_right: bool, origin: str = "heldout-wire") -> Seen:
    right = frozenset({"ACCUSE"} if is_right else ())
    return Seen(origin, [Observed(heard(chance), {}, right)], {("TGO", "BEN"): {right}} if is_right else {})


def test_thresholds_let_through_what_is_right_and_few_false_alarms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "LEAST", (0.3, 0.4, 0.5))  # each is tried with each of the others on all texts
    texts = [observed(0.8, is_right=True) for _ in range(10)] + [observed(0.3, is_right=False) for _ in range(10)]
    texts += [observed(0.35, is_right=False, origin="heldout-ordinary") for _ in range(15)]
    around = Observed(heard(0.5), {"itself": 0.0}, frozenset())
    opened = Pair(Actor("TGO", "TGO", None, 1.0), BENIN, (), is_swapped=False)
    two = [Observed(heard(c, opened), {"itself": c}, r) for c, r in ((0.9, frozenset({"ACCUSE"})), (0.1, frozenset()))]
    found = fitted([*texts, Seen("x", [around, *two], {})])
    assert score(texts, Judge(None, PLAIN), found) == (1.0, 0.0)  # type: ignore[arg-type]


def test_a_third_of_the_ids_is_development() -> None:
    share = sum(is_development(f"wa{n}") for n in range(3000)) / 3000
    assert share == pytest.approx(1 / 3, abs=0.03)
