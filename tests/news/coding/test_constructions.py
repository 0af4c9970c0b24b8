"""Pairs of which a sentence tells nothing: every row of the table rules out its example, and leaves what the example tells."""

from __future__ import annotations

import pytest

from assets.news.coding.clauses import Clauses
from assets.news.coding.constructions import CONSTRUCTIONS, Construction, Pair, is_asked, ruled_out
from assets.news.coding.parse import Sentence, sentences
from assets.news.coding.placed_actors import actors_in
from assets.news.coding.proposed import ProposedEvent
from assets.news.text import phrase_roles


def sentence(text: str) -> Sentence:
    return next(iter(sentences([text])))


def clauses_of(text: str) -> Clauses:
    s = sentence(text)
    return Clauses(s, actors_in(s, phrase_roles.parties_of(text, None), 0))


def parties(proposed: list[ProposedEvent]) -> set[tuple[str, str]]:
    return {(t.source.party, t.target.party) for t in proposed}


@pytest.mark.parametrize("row", CONSTRUCTIONS, ids=lambda r: r.name.replace(" ", "_"))
def test_every_construction_rules_out_the_pair_of_its_example_and_no_other(row: Construction) -> None:
    clauses = clauses_of(row.example)
    proposed = clauses.events(guess=True, pairs=True)
    assert row.nothing not in parties(proposed)
    assert row.told is None or row.told in parties(proposed)
    named = {a.party: a for a in (*clauses.actors, *clauses.parties.speakers)}
    read = [t for t in proposed if t.frame.code]
    source, target = (named[party] for party in row.nothing)
    assert (
        ruled_out(Pair(clauses.parties, clauses.frames, clauses.subjects, source, target, read), was_read=row.is_stronger) is row
    )


LIKE_THEM = {
    "talks with a third are with it": ("Seoul and Tokyo held talks with North Korea.", ("KOR", "PRK")),
    "who meets the other on something is met": ("Chilean and Peruvian officials discussed trade with Venezuela.", ("CHL", "VEN")),
    "two that agree act upon each other": ("Bolivia and Peru agreed to help Chile.", ("BOL", "PER")),
    "a giver that is no subject gives": ("Britain sent China a note.", ("GBR", "CHN")),
    "a passive with more to tell": ("Qatar, accused by Bahrain, recalled its envoy from Bahrain.", ("QAT", "BHR")),
    "whose ally it is may act itself": ("Syria criticised its ally Lebanon.", ("SYR", "LBN")),
    "a visit is to its place": ("The Danish premier praised Spain in Madrid.", ("DNK", "ESP")),
    "who is asked for is spoken of": ("Samoa said it would sue Fiji.", ("WSM", "FJI")),
}


@pytest.mark.parametrize(("text", "pair"), LIKE_THEM.values(), ids=LIKE_THEM)
def test_what_only_looks_like_a_construction_is_proposed(text: str, pair: tuple[str, str]) -> None:
    assert pair in parties(clauses_of(text).events(guess=True, pairs=True))


@pytest.mark.parametrize(
    ("text", "word", "asked"),
    [
        ("Cairo bombs Khartoum? Hardly", "bombs", True),
        ('Cairo bombed Khartoum. "Why?" the envoy said.', "bombed", False),
        ('"Why not?" he said, and Cairo bombed Khartoum.', "bombed", False),
        ("Peru? Chile thanks it", "thanks", False),
    ],
)
def test_what_a_headline_asks_is_not_told(text: str, word: str, asked: bool) -> None:
    s = sentence(text)
    assert is_asked(s, s.words.index(word)) is asked


def test_those_who_do_something_together_do_it_not_to_each_other() -> None:
    proposed = clauses_of("The new government was recognised by Nepal and Iraq.").events()
    assert proposed == []


def test_an_opinion_of_an_act_is_about_whose_act_it_is() -> None:
    proposed = clauses_of("Laos and Cambodia welcomed the resumption of ties with Vietnam.").events()
    assert {(t.source.party, t.target.party, t.code) for t in proposed} == {("LAO", "VNM", "051"), ("KHM", "VNM", "051")}
