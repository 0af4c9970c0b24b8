"""Articles that name listed parties, and whether these were listed on the day."""

from typing import Any

import pytest

from tests.sql.conftest import Warehouse, tell

NORTH = "Ministry of Public Security"
FORENSIC = "Ministry of Public Security’s Institute of Forensic Science"
REMOVED = f"The US removed the Chinese {FORENSIC} from a blacklist."
WUHAN = "Wuhan Shuokang Biological Technology"
OIL, SICHUAN = "National Example Oil Company", "Sichuan Example Institute"


def party(w: Warehouse, number: str, name: str, state: str | None = "CHN", **other: Any) -> None:
    of = {"listing_id": f"us_list:{number}"}
    w.put("core.sanction_listings", of | {"name": name, "valid_from": "2020-06-05", "known_from": "2020-06-05"} | other)
    w.put("core.sanction_countries", *([of | {"country_id": state}] if state else []))


def reads(w: Warehouse, text: str, expected: str = "", published: str | None = "2023-12-22") -> None:
    """What an article names, by listing, text and whether it was listed then."""
    w.change("DELETE FROM core.articles")
    w.put("core.articles", {"article_id": "a", "text": text, "published_at": published, "known_from": "2023-12-22"})
    assert w.told("listing_id, surface, was_listed FROM marts.article_listings ORDER BY 1").replace("|", ", ") == expected


NAMED = {
    "the institute that had been taken off by its day or was listed then": (
        f"reads {REMOVED}|us_list:2, {FORENSIC}, False", f"reads {REMOVED}|us_list:2, {FORENSIC}, True|2022-01-01",
        f"reads {REMOVED}|us_list:2, {FORENSIC}, -|-",
    ),
    "persons and firms as they are written, by neither single words, small letters nor parts": (
        "party 3|WANG, Hongfei|party_type=person", f"party 4|{WUHAN} Co., Ltd.", "party 5 LINDA party_type=vessel",
        f"reads Linda sailed on. The {FORENSIC.lower()} of China. Institute of Forensic Medicine. Hongfei Wang sold for {WUHAN}."
        f"|us_list:3, Hongfei Wang, True / us_list:4, {WUHAN}, True",
    ),
    "a generic name with its own state alone": (
        f"reads North Korea's {NORTH} said so.|us_list:1, North Korea's {NORTH}, True",
        f"reads The North Korean {NORTH}.|us_list:1, North Korean {NORTH}, True",
        f"reads The {NORTH} of North Korea.|us_list:1, {NORTH} of North Korea, True", f"reads China's {NORTH} said so.",
        f"reads The {NORTH} said so.", f"reads The {NORTH} of China, not North Korean.",
    ),
    "a name that is generic without its state with it, however that is written": (
        "party 3|Aviation Industry of China", "party 4|University of Science and Technology of China",
        "party 5|Central Bank of Russia|state=RUS", "party 6|Central Bank of Iran|state=-",
        "reads Aviation industry fears a cold summer", "reads The University of Science and Technology Beijing.",
        "reads European Central Bank keeps its rates",
        "reads A step of Russia's central bank.|us_list:5, Russia's central bank, True",
        "reads A step of the Central Bank of Iran.|us_list:6, Central Bank of Iran, True",
    ),
    "no common word in small letters, which is no part of a name": (
        "party 3|Sichuan University", "reads A Sichuan university mourned its teachers.",
        "reads He studied at Sichuan University.|us_list:3, Sichuan University, True",
    ),
    "the firm with the legal form that stands in the text, not its namesake": (
        f"party 3|{OIL}", f"party 4|{OIL} PTE LTD", f"reads Ships of the {OIL}.|us_list:3, National Example Oil, True",
    ),
    "no listing where it is another state's own body": (
        f"party 3|{SICHUAN}", f"reads The {SICHUAN} was founded.|us_list:3, {SICHUAN}, True",
        f"core actors actor_id country_id kind name: RUS.SEI|RUS|body|{SICHUAN}",
        f"core mentions article_id sentence char_start char_end surface actor_id country_id: a|0|4|29|{SICHUAN}|RUS.SEI|RUS",
        f"reads The {SICHUAN} was founded.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", NAMED, ids=str)
def test_an_article_names(warehouse: Warehouse, what: str) -> None:
    """North Korea's ministry is listed, and China's institute; who names China's ministry names neither."""
    states = "North Korea|PRK", "North Korean|PRK", "China|CHN", "Chinese|CHN", "Russia|RUS"
    tell(
        warehouse, "core actors actor_id name country_id: PRK PRK PRK",
        "core sanction_lists covered_from covered_until: 2020-01-01 2024-01-01", f"party 1|{NORTH}|PRK",
        f"party 2|{NORTH}'s Institute of Forensic Science of China|valid_to=2023-11-16",
        "core actor_aliases alias actor_id scheme: " + " / ".join(f"{state}|surface" for state in states),
        *(step if "|" in step or step.startswith("party") else f"{step}|" for step in NAMED[what]), party=party, reads=reads,
    )  # fmt: skip
