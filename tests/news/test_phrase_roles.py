"""Phrases as actors: country and sector by the words around a name, on a day; ambiguity is nobody."""

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from assets.news.text.named_actors import mentions_of
from assets.news.text.phrase_roles import parties_of, rows, with_roles

DAY = date(2020, 1, 1)
PHRASES = Path(__file__).parents[1] / "actors" / "labelled" / "phrases.csv"


def resolved(text: str, on: date | None = DAY) -> list[tuple[str, str | None, str | None]]:
    return [(m.actor_id, m.country_id, m.sector) for m in with_roles(text, mentions_of(text, on))]


def sectors(text: str, on: date | None = DAY) -> list[str | None]:
    return [sector for _, _, sector in resolved(text, on)]


def answer(text: str, on: date) -> tuple[str | None, str | None]:
    """The actor that a phrase is: the first that has a sector, else the first."""
    found = resolved(text, on)
    actor, country, sector = next((f for f in found if f[2]), found[0] if found else (None, None, None))
    return country or actor, sector


@pytest.fixture(scope="module")
def score() -> Counter[str]:
    """How many labelled phrases have the right actor, the right sector as well, or another state's actor."""
    counts: Counter[str] = Counter()
    with PHRASES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            expected = row["actor"] or None
            found, sector = answer(row["phrase"], date.fromisoformat(row["date"]) if row["date"] else DAY)
            is_right = found == expected
            counts["phrases"] += 1
            counts["actor"] += is_right
            counts["both"] += is_right and (expected is None or (sector or "") in row["sector"].split("/"))
            counts["wrong"] += found is not None and not is_right
    return counts


def test_nearly_all_labelled_phrases_have_their_actor_and_sector(score: Counter[str]) -> None:
    assert score["phrases"] >= 400
    assert score["actor"] >= 0.98 * score["phrases"]
    assert score["both"] >= 0.97 * score["phrases"]


def test_no_labelled_phrase_is_taken_for_another_state(score: Counter[str]) -> None:
    assert score["wrong"] == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("US troops", ["MIL"]),
        ("Turkish opposition leader", ["OPP"]),
        ("the Iraqi army's chief", ["MIL"]),
        ("rebels in Aleppo", ["REB"]),
        ("the president of France", ["GOV"]),
        ("US troops in Iraq", ["MIL", None]),
        ("talks in Beijing", [None]),
        ("Beijing police", ["COP"]),
        ("US ambassador to Russia", ["GOV", None]),
        ("France launched missile strikes", [None]),
        ("Russia's Putin", ["GOV", "GOV"]),
        ("former Pakistani prime minister", ["ELI"]),
        ("former Indian cricketers", [None]),
    ],
)
def test_the_words_around_a_name_tell_the_sector(text: str, expected: list[str | None]) -> None:
    assert sectors(text) == expected


def test_whose_friend_another_is_is_said_with_less_confidence() -> None:
    text = "US-backed rebels in Syria"
    american, syrian = with_roles(text, mentions_of(text, DAY))
    assert (american.sector, american.confidence) == (None, 0.5)
    assert syrian.sector == "REB"


@pytest.mark.parametrize(
    ("text", "on", "expected"),
    [
        ("Chancellor Merkel", date(2015, 5, 1), [("DEU.ANGELA_MERKEL", "DEU", "GOV")]),
        ("Chancellor Merkel", date(2024, 5, 1), [("DEU.ANGELA_MERKEL", "DEU", "ELI")]),
        ("Donald Trump", date(2022, 6, 1), [("USA.DONALD_TRUMP", "USA", "ELI")]),
        ("Donald Trump", date(2018, 6, 1), [("USA.DONALD_TRUMP", "USA", "GOV")]),
        ("President Bush", date(1990, 8, 2), [("USA.GEORGE_H_W_BUSH", "USA", "GOV")]),
        ("President Bush", date(2003, 3, 20), [("USA.GEORGE_W_BUSH", "USA", "GOV")]),
        ("Jens Stoltenberg", date(2008, 1, 1), [("NOR.JENS_STOLTENBERG", "NOR", "GOV")]),
        ("Jens Stoltenberg", date(2018, 1, 1), [("NATO.JENS_STOLTENBERG", None, "IGO")]),
    ],
)
def test_an_office_is_held_on_its_days(text: str, on: date, expected: list[tuple[str, str | None, str | None]]) -> None:
    assert resolved(text, on) == expected


@pytest.mark.parametrize(
    "text", ["Congress", "Georgia", "People's Party", "the foreign minister", "Hyderabad police", "Justice and Development Party"]
)
def test_a_name_that_several_states_have_is_nobody(text: str) -> None:
    assert resolved(text) == []


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("police in Hyderabad, Pakistan", "PAK"),
        ("the Peruvian People's Party", "PER"),
        ("Morocco's Justice and Development Party", "MAR"),
        ("Georgia thanked Ukraine", "GEO"),
        ("voters in Georgia and Florida", "USA"),
        ("the Guinea coup; Equatorial Guinea", "GNQ"),
        ("Hyderabad. India mourns.", "IND"),
    ],
)
def test_a_shared_name_is_the_one_of_the_state_that_the_text_names(text: str, country: str) -> None:
    assert {c for _, c, _ in resolved(text)} >= {country}
    assert not {c for _, c, _ in resolved(text)} & ({"IND", "PAK", "PER", "MAR", "GEO", "USA", "GIN"} - {country})


@pytest.mark.parametrize(
    ("text", "parties"),
    [
        ("A gallery in Chicago lent it to Vienna.", ["AUT"]),
        ("A bank in Zurich cut its forecast for Italy.", ["ITA"]),
        ("Turkey shelled rebels in Aleppo.", ["TUR", "SYR"]),
        ("Iranian missiles strike Erbil", ["IRN", "IRQ"]),
    ],
)
def test_a_city_where_something_takes_place_is_no_party(text: str, parties: list[str]) -> None:
    assert [m.actor_id for m in parties_of(text, DAY)] == parties


def test_the_rows_of_mentions_have_these_sectors() -> None:
    found = rows([("a", "US troops leave", "Rebels in Aleppo cheered.", DAY)])
    assert found.select("actor_id", "sector").rows() == [("USA", "MIL"), ("SYR", "REB")]


# for and against ------------------------------------------------------------------------------------------------------


def test_who_is_for_or_against_a_state_is_not_its_own() -> None:
    assert resolved("anti-American protesters in Pakistan") == [("USA", "USA", None), ("PAK", "PAK", "OPP")]
    assert [m.actor_id for m in parties_of("Pro-Russian separatists shelled the town, Ukraine says.", DAY)] == ["UKR"]


def test_what_is_for_or_against_a_state_without_people_in_it_still_names_the_state() -> None:
    assert [m.actor_id for m in parties_of("US lawmakers pass anti-China bill", DAY)] == ["USA", "CHN"]


def test_something_that_happens_in_a_region_makes_its_state_no_party() -> None:
    assert [m.actor_id for m in parties_of("A Chinese tourist drowned in Queensland.", DAY)] == ["CHN"]
    assert [m.actor_id for m in parties_of("China fined exporters of barley from Queensland farms", DAY)] == ["CHN"]
