"""The tables of rules: every rule is the one that fits its example."""

from __future__ import annotations

from functools import cache

import pytest

from assets.news.coding.cameo_moves import known_codes
from assets.news.coding.complement_rules import COMPLEMENT_RULES, ComplementRule, VerbAndComplement, complement_rule
from assets.news.coding.frames import Frames
from assets.news.coding.object_rules import OBJECT_RULES, ObjectRule, VerbAndNoun, object_rule
from assets.news.coding.parse import sentences
from assets.news.coding.tense import is_sport
from assets.news.coding.verb_rules import VERB_RULES, VerbRule, verb_rule


@cache
def frames_of(text: str) -> Frames:
    return Frames(next(iter(sentences([text]))))


def rules_met(text: str) -> list[ObjectRule | None]:
    """The rules that the verbs of a sentence meet with the nouns of their objects."""
    frames = frames_of(text)
    return [
        object_rule(VerbAndNoun(frames, v, n, None, frames.s.lemmas[v], frames.key(v)[1]))
        for v in range(len(frames.s))
        if frames.s.is_verb(v)
        for n in frames.objects(v)
    ]


@pytest.mark.parametrize("rule", OBJECT_RULES, ids=lambda r: f"{r.name}-{r.code}")
def test_every_rule_of_verb_and_noun_is_the_first_that_fits_its_example(rule: ObjectRule) -> None:
    assert any(met is rule for met in rules_met(rule.example))


@pytest.mark.parametrize("rule", COMPLEMENT_RULES, ids=lambda r: r.name)
def test_every_rule_of_complements_is_the_first_that_fits_its_example(rule: ComplementRule) -> None:
    frames = frames_of(rule.example)
    met = []
    for v in range(len(frames.s)):
        inner = frames.complement(v)
        if inner is not None:
            event = frames.of(inner)
            code = None if event is None else event.code
            met.append(complement_rule(VerbAndComplement(frames, v, inner, code, *frames.key(v))))
    assert any(found is rule for found in met)


@pytest.mark.parametrize("rule", VERB_RULES, ids=lambda r: f"{r.name}-{r.code}")
def test_every_rule_of_verbs_is_the_first_that_fits_its_example(rule: VerbRule) -> None:
    frames = frames_of(rule.example)
    verbs = [v for v in range(len(frames.s)) if frames.s.is_verb(v)]
    assert any(verb_rule(frames, v, frames.key(v)[0]) is rule for v in verbs)


def test_codes_of_rules_are_cameo_codes() -> None:
    assert {r.code for rules in (OBJECT_RULES, VERB_RULES) for r in rules if r.code is not None} <= known_codes()


def test_no_two_examples_are_the_same() -> None:
    examples = [r.example for rules in (OBJECT_RULES, COMPLEMENT_RULES, VERB_RULES) for r in rules]
    assert len(set(examples)) == len(examples)


@pytest.mark.parametrize(
    ("text", "is_game"),
    [
        ("Togo lost 3-2 to Benin.", True),
        ("Togo met Benin in the league on Sunday.", True),
        ("Togo and Benin asked the Arab League for observers.", False),
    ],
)
def test_a_game_is_told_by_its_words_and_the_arab_league_is_none(text: str, is_game: bool) -> None:
    assert is_sport(frames_of(text)) is is_game
