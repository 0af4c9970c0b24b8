"""Several acts of one pair in a sentence, and which line is the title of a text."""

from __future__ import annotations

import pytest

from assets.news.coding.encoder import FIRST, OTHER, SECOND, Reading
from assets.news.coding.interface import Text
from assets.news.coding.judgement import SENTENCE, Heard, Judge, Settings
from assets.news.coding.pairs import Pair, pairs_in
from assets.news.coding.parties import Actor, actors_in
from assets.news.coding.pieces import pieces_of


def pairs_of(text: str) -> list[Pair]:
    (piece,) = pieces_of(Text(1, text), None)
    return pairs_in(piece.words, actors_in(piece.words, piece.mentions, piece.start), piece.earlier)


def test_neighbouring_phrases_of_two_states_are_pairs_of_their_own() -> None:
    there, back = pairs_of("The US fined a Chinese bank after President Biden met Xi Jinping.")
    assert [p.pieces for p in there.within] == [
        ("The ", FIRST, " fined a ", SECOND, " bank after ", OTHER, " met ", OTHER, "."),
        ("The ", OTHER, " fined a ", FIRST, " bank after ", SECOND, " met ", OTHER, "."),
        ("The ", OTHER, " fined a ", OTHER, " bank after ", FIRST, " met ", SECOND, "."),
    ]
    assert [(p.source.actor_id, p.target.actor_id) for p in there.within[2:]] == [("USA.JOE_BIDEN", "CHN.XI_JINPING")]
    assert [p.is_swapped for p in (there, *there.within)] == [False, False, True, False]
    assert [p.is_swapped for p in (back, *back.within)] == [True, True, False, True]


@pytest.mark.parametrize("text", ["The US fined a Chinese bank.", "Russian President Putin thanked Kenya."])
def test_two_phrases_are_read_once(text: str) -> None:
    assert [p.within for p in pairs_of(text)] == [(), ()]


US, CHINA = (Actor(name, name, "GOV", 1.0, 1, 2) for name in ("USA", "CHN"))
BIDEN, XI = (Actor(name, name[:3], "GOV", 1.0, 5, 6) for name in ("USA.JOE_BIDEN", "CHN.XI_JINPING"))
KINDS = ("04/CONSULT", "08/RETREAT")
CODES = {"04/CONSULT": "046", "08/RETREAT": "085"}


def reading(chance: float, *acts: float) -> Reading:
    shares = (acts[0] / sum(acts), acts[1] / sum(acts))
    return Reading(chance, dict(zip(KINDS, shares, strict=True)), dict(zip(KINDS, acts, strict=True)), CODES, "past")


def test_a_second_act_is_given_with_the_phrases_that_tell_it() -> None:
    of_leaders = Pair(BIDEN, XI, (), is_swapped=False)
    heard = Heard(Pair(US, CHINA, (), is_swapped=False), reading(0.98, 0.3, 0.9), ((of_leaders, reading(0.9, 0.95, 0.05)),))
    weights = {"told": 1.0, "phrases": 0.5}
    judge = Judge(None, Settings(weights, weights, {}, 0.5, 0.5, 0.5, 0.5))  # type: ignore[arg-type]
    given = [(p.source.actor_id, p.target.actor_id, v.code) for p, v in judge.verdicts(heard, 0.98, SENTENCE, is_text=False)]
    assert sorted(given) == [("USA", "CHN", "085"), ("USA.JOE_BIDEN", "CHN.XI_JINPING", "046")]


def test_what_is_less_sure_than_the_least_is_not_given() -> None:
    heard = Heard(Pair(US, CHINA, (), is_swapped=False), reading(0.9, 0.3, 0.45))
    judge = Judge(None, Settings({"told": 1.0}, {}, {}, 0.5, 0.5, 0.5, 0.5))  # type: ignore[arg-type]
    assert judge.verdicts(heard, 0.9, SENTENCE, is_text=False) == []


@pytest.mark.parametrize(
    ("text", "title", "is_title"),
    [
        ("Kenya thanks Chad\n\nKenya thanked Chad on Monday.", None, [True, False]),
        ("Kenya thanked Chad.\n\nKenya met Chad on Monday.", None, [False, False]),
        ("Kenya thanks Chad\nChad thanks Kenya\n", None, [False, False]),
        ("Kenya thanked Chad on Monday.", "Kenya thanks Chad", [True, False]),
    ],
)
def test_a_line_without_a_stop_above_an_empty_one_is_the_title_of_a_text_that_has_none(
    text: str, title: str | None, is_title: list[bool]
) -> None:
    assert [p.is_title for p in pieces_of(Text(1, text, None, title), None)] == is_title
