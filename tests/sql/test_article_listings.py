"""Articles that name listed parties, and whether these were listed on the day."""

from typing import Any

import pytest

from tests.sql.conftest import Row, Warehouse

INSTITUTE = "Ministry of Public Security's Institute of Forensic Science of China"
NORTH = "Ministry of Public Security"
WUHAN = "Wuhan Shuokang Biological Technology"
STATES = {"North Korea": "PRK", "North Korean": "PRK", "China": "CHN", "Chinese": "CHN", "Russia": "RUS"}


def party(w: Warehouse, number: int, name: str, state: str | None = "CHN", **other: Any) -> None:
    of = {"listing_id": f"us_list:{number}"}
    row = {"actor_id": of["listing_id"], "name": name, "valid_from": "2020-06-05", "known_from": "2020-06-05"}
    w.put("core.sanction_listings", of | row | other)
    w.put("core.sanction_countries", *([of | {"country_id": state}] if state else []))


@pytest.fixture
def world(warehouse: Warehouse) -> Warehouse:
    """North Korea's ministry is listed, and China's institute; who names China's ministry names neither."""
    warehouse.states("PRK")
    warehouse.put("core.sanction_lists", {"covered_from": "2020-01-01", "covered_until": "2024-01-01"})
    party(warehouse, 1, NORTH, "PRK")
    party(warehouse, 2, INSTITUTE, valid_to="2023-11-16")
    warehouse.put("core.actor_aliases", *({"scheme": "surface", "alias": a, "actor_id": i} for a, i in STATES.items()))
    return warehouse


def found(w: Warehouse, text: str, published: str | None = "2023-12-22", **other: Any) -> list[tuple[Any, ...]]:
    """What an article names."""
    w.change("DELETE FROM core.articles")
    w.put("core.articles", {"article_id": "a", "text": text, "published_at": published, "known_from": "2023-12-22"} | other)
    return w.build().ask("SELECT listing_id, surface, was_listed FROM marts.article_listings ORDER BY 1")


def test_an_article_is_linked_to_the_institute_that_had_been_taken_off_by_its_day_or_was_listed_then(world: Warehouse) -> None:
    text = "The US removed the Chinese Ministry of Public Security’s Institute of Forensic Science from a blacklist."
    of = ("us_list:2", "Ministry of Public Security’s Institute of Forensic Science")
    assert found(world, text) == [(*of, False)]
    assert found(world, text, "2022-01-01") == [(*of, True)]
    assert found(world, text, None) == [(*of, None)]


@pytest.mark.parametrize(
    ("parties", "text", "surfaces"),
    [
        # persons and firms as they are written; neither single words, small letters nor parts
        ([("WANG, Hongfei", {"party_type": "person"}), (f"{WUHAN} Co., Ltd.", {}), ("LINDA", {"party_type": "vessel"})],
         f"Linda sailed on. The {INSTITUTE.lower()}. Institute of Forensic Medicine. Hongfei Wang sold for {WUHAN}.",
         ["Hongfei Wang", WUHAN]),
        # a generic name is a match with its own state alone
        ([], f"North Korea's {NORTH} said so.", [f"North Korea's {NORTH}"]),
        ([], f"The North Korean {NORTH}.", [f"North Korean {NORTH}"]),
        ([], f"The {NORTH} of North Korea.", [f"{NORTH} of North Korea"]),
        ([], f"China's {NORTH} said so.", []),
        ([], f"The {NORTH} said so.", []),
        ([], f"The {NORTH} of China, not North Korean.", []),
        # a name that is generic without its state keeps it, however that is written
        ([("Aviation Industry of China", {})], "Aviation industry fears a cold summer", []),
        ([("University of Science and Technology of China", {})], "The University of Science and Technology Beijing.", []),
        ([("Central Bank of Russia", {"state": "RUS"})], "European Central Bank keeps its rates", []),
        ([("Central Bank of Russia", {"state": "RUS"})], "A step of Russia's central bank.", ["Russia's central bank"]),
        ([("Central Bank of Iran", {"state": None})], "A step of the Central Bank of Iran.", ["Central Bank of Iran"]),
        # a common word in small letters is no part of a name
        ([("Sichuan University", {})], "A Sichuan university mourned its teachers.", []),
        ([("Sichuan University", {})], "He studied at Sichuan University.", ["Sichuan University"]),
    ],
)  # fmt: skip
def test_a_party_is_named_by(world: Warehouse, parties: list[tuple[str, Row]], text: str, surfaces: list[str]) -> None:
    for number, (name, other) in enumerate(parties, 3):
        party(world, number, name, **other)
    rows = found(world, text)
    assert [surface for _, surface, _ in rows] == surfaces
    assert all(was_listed for _, _, was_listed in rows)


def test_a_legal_form_that_stands_in_the_text_distinguishes_the_firm_from_its_namesake(world: Warehouse) -> None:
    for number, name in enumerate(("National Example Oil Company", "National Example Oil Company PTE LTD"), 3):
        party(world, number, name)
    assert [r[0] for r in found(world, "Ships of the National Example Oil Company.")] == ["us_list:3"]


def test_what_is_another_states_own_body_is_not_the_listing(world: Warehouse) -> None:
    text, body = "The Sichuan Example Institute was founded.", {"actor_id": "RUS.SEI", "country_id": "RUS"}
    party(world, 3, text[4:29])
    assert [r[0] for r in found(world, text)] == ["us_list:3"]
    world.put("core.actors", body | {"kind": "body", "name": text[4:29]})
    mention = {"article_id": "a", "sentence": 0, "char_start": 4, "char_end": 29, "surface": text[4:29]}
    world.put("core.mentions", mention | body)
    assert found(world, text) == []
