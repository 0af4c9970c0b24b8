"""What a text as a whole says of a pair."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.news.coding.coder import EventCoder
from assets.news.coding.interface import Text
from assets.news.coding.judgement import REACH, Told, features

SHARES = ("dyad", "source_acts", "target_acted_on", "source_acted_on", "target_acts")


def test_the_share_of_a_dyad_is_what_other_sentences_tell_of_the_two_either_way() -> None:
    told = [
        Told(0, "A", "B", 0.5, False),
        Told(0, "B", "A", 0.5, False),
        Told(1, "B", "A", 1.0, False),
        Told(2, "C", "D", 0.5, False),
    ]
    first = features(told)[0]
    assert first["dyad"] == pytest.approx(1.0 / 3.0)
    assert first["source_acted_on"] == 0  # what is told of the two themselves is in the share of the dyad
    assert features(told)[3]["dyad"] == 0


def test_who_acts_and_is_acted_on_elsewhere_is_told_apart() -> None:
    told = [
        Told(0, "A", "B", 0.5, False),
        Told(1, "A", "C", 1.0, False),
        Told(2, "D", "B", 0.5, False),
        Told(3, "D", "A", 0.5, False),
    ]
    first = features(told)[0]
    assert (first["source_acts"], first["target_acted_on"]) == pytest.approx((1.0 / 3.0, 0.5 / 3.0))
    assert (first["source_acted_on"], first["target_acts"]) == pytest.approx((0.5 / 3.0, 0.0))


def test_a_sentence_beyond_reach_says_nothing() -> None:
    near, far = (features([Told(0, "A", "B", 0.5, False), Told(n, "A", "B", 0.9, False)])[0]["dyad"] for n in (REACH, REACH + 1))
    assert near > 0 == far


@given(
    st.lists(
        st.builds(Told, st.integers(0, 30), st.sampled_from("ABC"), st.sampled_from("DEF"), st.floats(0, 1), st.booleans()),
        min_size=1,
        max_size=25,
    )
)
def test_shares_are_shares_and_every_pair_has_all_features(told: list[Told]) -> None:
    told.sort(key=lambda t: t.sentence)
    found = features(told)
    assert len(found) == len(told)
    assert {frozenset(f) for f in found} == {frozenset(found[0])}
    assert all(-1e-9 <= f[name] <= 1 + 1e-9 for f in found for name in SHARES)


def test_one_act_of_an_organisation_and_of_its_body_is_one_event() -> None:
    text = "The European Union imposed sanctions on Belarus. The European Commission imposed sanctions on Belarus."
    ((_, events),) = EventCoder().code([Text(1, text)])
    assert [e.source_id for e in events if e.cameo_code.startswith("163")] == ["EU"]
