"""Who reacts to a deed, and whom ``both`` or ``his neighbour`` means: within a sentence and from one to the next."""

from __future__ import annotations

from datetime import date

import pytest

from assets.news.coding.clauses import Clauses
from assets.news.coding.coder import RuleCoder
from assets.news.coding.guesses import BACK
from assets.news.coding.interface import Text
from assets.news.coding.parse import sentences
from assets.news.coding.placed_actors import actors_in
from assets.news.text import phrase_roles


def read(text: str) -> Clauses:
    s = next(iter(sentences([text])))
    return Clauses(s, actors_in(s, phrase_roles.parties_of(text, None), 0))


def told(text: str) -> set[tuple[str, str, str]]:
    """What rules read of one sentence: source, target and code."""
    return {(t.source.party, t.target.party, t.code) for t in read(text).events()}


def told_in(text: str) -> set[tuple[str | None, str | None, str]]:
    """What rules read of a text: source, target and root."""
    coder = RuleCoder(rules_only=True)
    ((_, events),) = coder.code([Text("1", text, date(2020, 5, 5))])
    return {(e.source_country_id, e.target_country_id, e.cameo_code[:2]) for e in events}


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Washington to arm rebels in Chad, Tripoli furious", ("LBY", "USA", "110")),
        ("Thai army trucks tanks to temple as Phnom Penh protests", ("KHM", "THA", "110")),
        ("Turkey bombed Syria, and Iraq condemned the raid.", ("IRQ", "TUR", "111")),
        ("Rome asked Cairo for the records, and Cairo turned it down.", ("EGY", "ITA", "120")),
    ],
)
def test_a_reaction_is_to_the_one_whose_deed_it_is(text: str, event: tuple[str, str, str]) -> None:
    assert event in told(text)


@pytest.mark.parametrize(
    "text",
    [
        "Turkey bombed Syria, and Iraq did not condemn the raid.",
        "Turkey bombed Syria, and Iraq would condemn the raid.",
        "Turkey bombed Syria, and Iraq welcomed the spring.",
    ],
)
def test_what_was_not_said_or_is_about_no_deed_is_no_reaction(text: str) -> None:
    assert not {(a, b) for a, b, _ in told(text)} & {("IRQ", "TUR"), ("IRQ", "SYR")}


def test_a_reaction_is_to_the_last_deed_of_the_text() -> None:
    found = told_in("Turkey bombed villages in Syria on Monday. It rained at night. Iraq condemned the raid.")
    assert ("IRQ", "TUR", "11") in found


def test_praise_is_for_the_last_deed_that_was_kind() -> None:
    found = told_in("Georgia released four Russian soldiers. Russia bombed Georgia at night. Norway welcomed the release.")
    assert ("NOR", "GEO", "05") in found
    assert ("NOR", "RUS", "05") not in found


def test_both_are_the_two_last_named() -> None:
    found = told_in("Chad accused Niger of theft. Libya asked both for restraint.")
    assert {("LBY", "TCD", "02"), ("LBY", "NER", "02")} <= found


def test_his_neighbour_is_the_other_one_of_the_two() -> None:
    found = told_in("Algeria cut ties with Morocco on Monday. Its president thanked his neighbour.")
    assert ("DZA", "MAR", "05") in found


def test_a_minister_in_a_capital_is_of_its_state() -> None:
    assert ("GHA", "TGO", "11") in told_in("In Accra a minister condemned Togo.")


@pytest.mark.parametrize(
    ("text", "event", "no_event"),
    [
        ("Sweden must hand over the men, Ankara insists", ("TUR", "SWE", "100"), ("SWE", "TUR")),
        ("Libya must hand over the Greek smugglers, Athens demanded.", ("GRC", "LBY", "100"), ("LBY", "GRC")),
        ("Kenya forced Uganda to release Rwanda's crew.", ("UGA", "RWA", "0841"), ("KEN", "RWA")),
        ("A Kenyan pastor was barred from Uganda.", ("UGA", "KEN", "163"), ("KEN", "UGA")),
        ("Malian herders found refuge in Ghana.", ("GHA", "MLI", "075"), ("MLI", "GHA")),
        ("Nigeria acceded to Ghana's call for a recount.", ("NGA", "GHA", "080"), ("GHA", "NGA")),
        ("Aid that Qatar got from Sudan was stolen.", ("SDN", "QAT", "070"), ("QAT", "SDN")),
    ],
)
def test_who_acts_upon_whom(text: str, event: tuple[str, str, str], no_event: tuple[str, str]) -> None:
    found = told(text)
    assert event in found
    assert no_event not in {(a, b) for a, b, _ in found}


def test_what_is_only_urged_was_not_done() -> None:
    assert ("UGA", "RWA") not in {(a, b) for a, b, _ in told("Kenya urged Uganda to release Rwanda's crew.")}
    assert ("UGA", "RWA") not in {(a, b) for a, b, _ in told("Kenya did not force Uganda to release Rwanda's crew.")}


def test_of_what_is_read_one_way_the_way_back_is_marked() -> None:
    found = {(t.source.party, t.target.party): t.frame.rule for t in read("Chad bombed Niger.").events(guess=True, pairs=True)}
    assert found["NER", "TCD"] == BACK
    assert found["TCD", "NER"] != BACK


def test_those_who_ask_in_one_breath_are_given_together() -> None:
    ((_, events),) = RuleCoder().code([Text("1", "Brazil, Argentina and Chile asked for an explanation from Bogota.")])
    assert {e.source_country_id for e in events if e.target_country_id == "COL"} in ({"BRA", "ARG", "CHL"}, set())


def test_those_who_refuse_together_do_not_refuse_each_other() -> None:
    assert told("Germany, Russia and China abstained.") == set()
