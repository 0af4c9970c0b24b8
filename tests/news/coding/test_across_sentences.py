"""Events of which a sentence names one party or none, as the coder gives them."""

from __future__ import annotations

from datetime import date

import pytest

from assets.news.coding import judgement
from assets.news.coding.coder import RuleCoder
from assets.news.coding.interface import Text

DAY = date(2019, 4, 12)


def told(text: str) -> dict[str, set[tuple[str, str, str]]]:
    ((_, events),) = RuleCoder().code([Text(1, text, DAY)])
    found: dict[str, set[tuple[str, str, str]]] = {}
    for e in events:
        found.setdefault(e.evidence, set()).add((e.source_country_id or "", e.target_country_id or "", e.cameo_code[:2]))
    return found


@pytest.mark.parametrize(
    ("text", "sentence", "wanted"),
    [
        (
            "Russia bombed a town in Ukraine on Monday. France condemned the attack.",
            "France condemned the attack.",
            {("FRA", "RUS", "11")},
        ),
        (
            "Kenya accused Somalia of shelling its posts. The two presidents will meet in May.",
            "The two presidents will meet in May.",
            {("KEN", "SOM", "03"), ("SOM", "KEN", "03")},
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


def test_such_an_event_is_never_surer_than_the_ceiling() -> None:
    text = "Russia bombed a town in Ukraine on Monday. France condemned the attack."
    ((_, events),) = RuleCoder().code([Text(1, text, DAY)])
    assert max(e.confidence for e in events if e.evidence.startswith("France")) <= judgement.CEILING_OF_INFERRED


def test_of_two_deeds_in_one_sentence_the_quieter_keeps_its_class_in_a_text() -> None:
    text = (
        "The United States removed a Chinese institute from a trade blacklist a day after the November 15 summit between Joe "
        "Biden and Xi Jinping. China welcomed the removal. The United States and China will resume talks on drugs in January."
    )
    ((_, events),) = RuleCoder().code([Text(1, text, date(2023, 12, 22))])
    first = {
        (e.source_country_id, e.target_country_id, e.cameo_code[:2])
        for e in events
        if e.evidence.startswith("The United States rem")
    }
    assert {("USA", "CHN", "08"), ("USA", "CHN", "04"), ("CHN", "USA", "04")} <= first
