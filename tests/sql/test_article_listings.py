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
    listed.con.execute("UPDATE core.articles SET published_at = NULL")
    assert [r[2] for r in found(listed)] == [None]


def test_persons_are_found_as_they_are_written_and_firms_without_their_legal_form(listed: Warehouse) -> None:
    article(listed, "Hongfei Wang sold for Wuhan Shuokang Biological Technology.", title="A trader")
    assert [r[:2] for r in found(listed)] == [
        ("us_list:2", "Hongfei Wang"),
        ("us_list:3", "Wuhan Shuokang Biological Technology"),
    ]


@pytest.mark.parametrize(
    "text",
    ["Linda sailed on.", "the ministry of public security's institute of forensic science", "Institute of Forensic Medicine", ""],
)
def test_single_words_small_letters_and_parts_of_a_name_are_no_match(listed: Warehouse, text: str) -> None:
    article(listed, text)
    assert found(listed) == []
