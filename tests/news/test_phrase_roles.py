"""Phrases as actors: country and sector by the words around a name, on a day; ambiguity is nobody."""

import csv
from collections import Counter
from datetime import date
from pathlib import Path

from assets.news.text.named_actors import mentions_of
from assets.news.text.phrase_roles import parties_of, rows, with_roles

DAY = date(2020, 1, 1)
PHRASES = Path(__file__).parents[1] / "actors" / "labelled" / "phrases.csv"


def resolved(text: str, on: date | None = DAY) -> list[tuple[str, str | None, str | None]]:
    return [(m.actor_id, m.country_id, m.sector) for m in with_roles(text, mentions_of(text, on))]


def answer(text: str, on: date) -> tuple[str | None, str | None]:
    """The actor that a phrase is: the first that has a sector, else the first."""
    found = resolved(text, on)
    actor, country, sector = next((f for f in found if f[2]), found[0] if found else (None, None, None))
    return country or actor, sector


def test_nearly_all_labelled_phrases_have_their_actor_and_sector_and_none_that_of_another_state() -> None:
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
    assert counts["phrases"] >= 400
    assert counts["actor"] >= 0.98 * counts["phrases"]
    assert counts["both"] >= 0.97 * counts["phrases"]
    assert counts["wrong"] == 0


SECTORS = """US troops = MIL, Turkish opposition leader = OPP, the Iraqi army's chief = MIL, rebels in Aleppo = REB,
the president of France = GOV, US troops in Iraq = MIL None, talks in Beijing = None, Beijing police = COP,
US ambassador to Russia = GOV None, France launched missile strikes = None, Russia's Putin = GOV GOV,
former Pakistani prime minister = ELI, former Indian cricketers = None"""


def test_the_words_around_a_name_tell_the_sector() -> None:
    for text, expected in (pair.strip().split(" = ") for pair in SECTORS.split(",")):
        assert [str(sector) for _, _, sector in resolved(text)] == expected.split(), text
    found = rows([("a", "US troops leave", "Rebels in Aleppo cheered.", DAY)])
    assert found.select("actor_id", "sector").rows() == [("USA", "MIL"), ("SYR", "REB")]
    # whose friend another is is said with less confidence
    text = "US-backed rebels in Syria"
    american, syrian = with_roles(text, mentions_of(text, DAY))
    assert (american.sector, american.confidence, syrian.sector) == (None, 0.5, "REB")


OFFICES = """
Chancellor Merkel 2015 = DEU.ANGELA_MERKEL GOV
Chancellor Merkel 2024 = DEU.ANGELA_MERKEL ELI
Donald Trump 2022 = USA.DONALD_TRUMP ELI
Donald Trump 2018 = USA.DONALD_TRUMP GOV
President Bush 1990 = USA.GEORGE_H_W_BUSH GOV
President Bush 2003 = USA.GEORGE_W_BUSH GOV
Jens Stoltenberg 2008 = NOR.JENS_STOLTENBERG GOV
Jens Stoltenberg 2018 = NATO.JENS_STOLTENBERG IGO
"""


def test_an_office_is_held_on_its_days() -> None:
    for said, (actor, sector) in ((a, b.split()) for a, b in (line.split(" = ") for line in OFFICES.strip().splitlines())):
        state = actor.partition(".")[0]
        found = resolved(said[:-5], date(int(said[-4:]), 6, 1))
        assert found == [(actor, None if state == "NATO" else state, sector)], said


SHARED = {
    "police in Hyderabad, Pakistan": "PAK", "the Peruvian People's Party": "PER", "Georgia thanked Ukraine": "GEO",
    "Morocco's Justice and Development Party": "MAR", "voters in Georgia and Florida": "USA",
    "the Guinea coup; Equatorial Guinea": "GNQ", "Hyderabad. India mourns.": "IND",
}  # fmt: skip


def test_a_name_that_several_states_have_is_nobody_or_the_one_of_the_state_that_the_text_names() -> None:
    names = "Congress, Georgia, People's Party, the foreign minister, Hyderabad police, Justice and Development Party"
    assert {text: resolved(text) for text in names.split(", ") if resolved(text)} == {}
    of_them = {"IND", "PAK", "PER", "MAR", "GEO", "USA", "GIN", "GNQ"}
    found = {text: {c for _, c, _ in resolved(text) if c in of_them} for text in SHARED}
    assert found == {text: {country} for text, country in SHARED.items()}


PARTIES = """
# a city or region where something takes place is no party
A gallery in Chicago lent it to Vienna. = AUT
A bank in Zurich cut its forecast for Italy. = ITA
Turkey shelled rebels in Aleppo. = TUR SYR
Iranian missiles strike Erbil = IRN IRQ
A Chinese tourist drowned in Queensland. = CHN
China fined exporters of barley from Queensland farms = CHN
# who is for or against a state is not its own; what is without people in it still names it
Pro-Russian separatists shelled the town, Ukraine says. = UKR
US lawmakers pass anti-China bill = USA CHN
# what an office or a body is for is in its title; what repeats it goes with it
The Special Envoy for Iran met the Chinese ambassador to Russia. = CHN RUS
Special Representative for the Democratic People's Republic of Korea (DPRK) Kim called Japan. = JPN
The heads of the Rome-based agencies met the Swedish minister. = SWE
The United Nations Stabilization Mission in Mali thanked Senegal. = UN SEN
# a town in the name of a person, a club or a lake is none; behind a state's name it is one
Japanese Vice Minister Mori Takeo spoke of the boats on Lake Turkana. = JPN
In Chicago and Chinese Wuhan mayors met. = USA CHN CHN
"""


def test_who_takes_part_and_what_only_names_a_place_or_a_cause() -> None:
    for text, parties in (line.split(" = ") for line in PARTIES.strip().splitlines() if not line.startswith("#")):
        assert [m.actor_id for m in parties_of(text, DAY)] == parties.split(), text
    assert resolved("anti-American protesters in Pakistan") == [("USA", "USA", None), ("PAK", "PAK", "OPP")]
