"""Articles that name listed parties, and whether these were listed on the day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.sql.conftest import Warehouse

INSTITUTE = "Ministry of Public Security's Institute of Forensic Science of China"


def party(
    w: Warehouse, number: int, name: str, party_type: str = "entity", start: str | None = "2020-06-05", end: str | None = None
) -> None:
    listing_id = f"us_list:{number}"
    w.put("core.sanction_listings", {"listing_id": listing_id, "actor_id": listing_id, "name": name, "party_type": party_type,
          "valid_from": start, "valid_to": end, "known_from": "2020-06-05"})  # fmt: skip
    w.put("core.sanction_countries", {"listing_id": listing_id, "country_id": "CHN"})


def article(w: Warehouse, text: str, published: str | None = "2023-12-22", title: str | None = None) -> None:
    w.put(
        "core.articles", {"article_id": "a", "title": title, "text": text, "published_at": published, "known_from": "2023-12-22"}
    )


@pytest.fixture
def listed(warehouse: Warehouse) -> Warehouse:
    warehouse.put("core.sanction_lists", {"covered_from": "2020-01-01", "covered_until": "2024-01-01"})
    party(warehouse, 1, INSTITUTE, end="2023-11-16")
    party(warehouse, 2, "WANG, Hongfei", "person", start="2023-10-03")
    party(warehouse, 3, "Wuhan Shuokang Biological Technology Co., Ltd.", start="2023-10-03")
    party(warehouse, 4, "LINDA", "vessel")
    return warehouse


def found(w: Warehouse) -> list[tuple[object, ...]]:
    return w.build().ask("SELECT listing_id, surface, was_listed FROM marts.article_listings ORDER BY 1")


def test_an_article_is_linked_to_the_institute_that_had_been_taken_off_by_its_day(listed: Warehouse) -> None:
    article(listed, "The US removed the Chinese Ministry of Public Security’s Institute of Forensic Science from a blacklist.")
    assert found(listed) == [("us_list:1", "Ministry of Public Security’s Institute of Forensic Science", False)]


def test_on_an_earlier_day_it_was_listed_and_without_a_day_that_is_unknown(listed: Warehouse) -> None:
    article(listed, f"On {INSTITUTE}.", "2022-01-01")
    assert [r[2] for r in found(listed)] == [True]
    listed.change("UPDATE core.articles SET published_at = NULL")
    assert [r[2] for r in found(listed)] == [None]


def test_persons_and_firms_are_found_as_they_are_written_and_neither_single_words_small_letters_nor_parts(
    listed: Warehouse,
) -> None:
    title = "Linda sailed on. The ministry of public security's institute of forensic science. Institute of Forensic Medicine"
    article(listed, "Hongfei Wang sold for Wuhan Shuokang Biological Technology.", title=title)
    assert [r[:2] for r in found(listed)] == [
        ("us_list:2", "Hongfei Wang"),
        ("us_list:3", "Wuhan Shuokang Biological Technology"),
    ]


# names that bodies of many states share


@pytest.fixture
def ministry(warehouse: Warehouse) -> Warehouse:
    """North Korea's ministry is listed, and China's institute; who names China's ministry names neither."""
    warehouse.states("PRK")
    warehouse.put("core.sanction_lists", {"covered_from": "2020-01-01", "covered_until": "2024-01-01"})
    party(warehouse, 1, "Ministry of Public Security")
    warehouse.change("UPDATE core.sanction_countries SET country_id = 'PRK'")
    told = {"North Korea": "PRK", "North Korean": "PRK", "China": "CHN", "Chinese": "CHN", "Russia": "RUS"}
    for alias, actor in told.items():
        warehouse.put("core.actor_aliases", {"scheme": "surface", "alias": alias, "actor_id": actor})
    return warehouse


NORTH = "Ministry of Public Security"


@pytest.mark.parametrize(
    ("name", "text", "surface"),
    [
        (NORTH, f"North Korea's {NORTH} said so.", f"North Korea's {NORTH}"),
        (NORTH, f"The North Korean {NORTH}.", f"North Korean {NORTH}"),
        (NORTH, f"The {NORTH} of North Korea.", f"{NORTH} of North Korea"),
        (NORTH, f"China's {NORTH} said so.", None),
        (NORTH, f"The {NORTH} said so.", None),
        (NORTH, f"The {NORTH} of China, not North Korean.", None),
        # a name that is generic without its state keeps it, however that is written
        ("Aviation Industry of China", "Aviation industry fears a cold summer", None),
        ("University of Science and Technology of China", "The University of Science and Technology Beijing.", None),
        ("Central Bank of Russia", "European Central Bank keeps its rates", None),
        ("Central Bank of Russia", "A step of Russia's central bank.", "Russia's central bank"),
        # a common word in small letters is no part of a name
        ("Sichuan University", "A Sichuan university mourned its teachers.", None),
        ("Sichuan University", "He studied at Sichuan University.", "Sichuan University"),
    ],
)
def test_a_generic_name_is_a_match_with_its_own_state_alone(
    ministry: Warehouse, name: str, text: str, surface: str | None
) -> None:
    if name != NORTH:
        party(ministry, 2, name)
        ministry.change(
            "UPDATE core.sanction_countries SET country_id = 'RUS' WHERE listing_id = 'us_list:2' AND ?", ["Russia" in name]
        )
    article(ministry, text)
    assert [r[1] for r in found(ministry)] == ([] if surface is None else [surface])


def test_what_is_another_states_own_body_is_not_the_listing(ministry: Warehouse) -> None:
    party(ministry, 2, "Sichuan Example Institute")
    text = "The Sichuan Example Institute was founded."
    article(ministry, text)
    assert [r[0] for r in found(ministry)] == ["us_list:2"]
    ministry.put("core.actors", {"actor_id": "RUS.SEI", "kind": "body", "name": "Sichuan Example Institute", "country_id": "RUS"})
    ministry.put("core.mentions", {"article_id": "a", "sentence": 0, "char_start": 4, "char_end": 29, "surface": text[4:29],
                 "actor_id": "RUS.SEI", "country_id": "RUS"})  # fmt: skip
    assert found(ministry) == []


def test_a_legal_form_that_stands_in_the_text_distinguishes_the_firm_from_its_namesake(ministry: Warehouse) -> None:
    party(ministry, 2, "National Example Oil Company")
    party(ministry, 3, "National Example Oil Company PTE LTD")
    article(ministry, "Ships of the National Example Oil Company.")
    assert [r[0] for r in found(ministry)] == ["us_list:2"]


def test_a_generic_name_that_holds_its_state_is_found_as_it_stands_where_no_state_of_the_party_is_known(
    ministry: Warehouse,
) -> None:
    party(ministry, 2, "Central Bank of Iran")
    ministry.change("DELETE FROM core.sanction_countries WHERE listing_id = 'us_list:2'")
    article(ministry, "A step of the Central Bank of Iran.")
    assert found(ministry) == [("us_list:2", "Central Bank of Iran", True)]
