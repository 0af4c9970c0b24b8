"""Events of which a sentence names one party or none, as the coder gives them."""

from datetime import date

import pytest

from assets.news.coding.coder import EventCoder
from assets.news.coding.interface import Text

DAY = date(2019, 4, 12)


def told(text: str) -> dict[str, set[tuple[str, str, str]]]:
    ((_, events),) = EventCoder().code([Text(1, text, DAY)])
    found: dict[str, set[tuple[str, str, str]]] = {}
    for e in events:
        found.setdefault(e.evidence, set()).add((e.source_country_id or "", e.target_country_id or "", e.cameo_code[:2]))
    return found


@pytest.mark.parametrize(
    ("text", "sentence", "wanted"),
    [
        (
            "Kenya accused Somalia of shelling its posts. The two presidents will meet in May.",
            "The two presidents will meet in May.",
            {("KEN", "SOM", "04"), ("SOM", "KEN", "04")},
        ),
        (
            "Kenya expelled the ambassador of Somalia on Monday. Mogadishu called the decision hasty and unfair.",
            "Mogadishu called the decision hasty and unfair.",
            {("SOM", "KEN", "11")},
        ),
        (
            "Japan sent tents to Vanuatu on Tuesday after a cyclone. Rain fell in the evening.",
            "Rain fell in the evening.",
            set(),
        ),
    ],
)
def test_a_party_named_before_takes_part(text: str, sentence: str, wanted: set[tuple[str, str, str]]) -> None:
    assert told(text).get(sentence, set()) == wanted
