"""A party's life: what is not known of a listing is not drawn as in force, and what a list says is text."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from xml.etree import ElementTree

import pytest

from pipelines.explore import party_life
from pipelines.explore.party_life import Life
from pipelines.pages.drawing import BAND, BLUE, GAP

HOSTILE = "<img src=x onerror=alert(1)><script>alert(1)</script>"


def listing(**values: Any) -> dict[str, Any]:
    return {
        "listing_id": "us_list:1",
        "list_id": "us_list",
        "list_name": "Entity List",
        "name": "PARTY",
        "programs": None,
        "valid_from": date(2023, 1, 11),
        "valid_from_earliest": None,
        "valid_from_basis": "federal_register",
        "valid_to": None,
        "valid_to_earliest": None,
        "valid_to_basis": None,
        "certain_from": date(2023, 1, 11),
        "certain_to": date(2023, 3, 2),
        "is_within_gap": False,
        "vintage_date": date(2023, 3, 1),
        "vintage_age_days": None,
    } | values


def change(day: date, kind: str, **values: Any) -> dict[str, Any]:
    return {
        "event_date": day,
        "event_date_earliest": None,
        "kind": kind,
        "listing_id": "us_list:1",
        "list_name": "Entity List",
        "name": "PARTY",
        "detail": None,
        "citation": None,
        "url": None,
        "known_at": datetime(2023, 3, 1),
    } | values


def life(*listings: dict[str, Any], changes: list[dict[str, Any]] | None = None, as_known: date | None = None) -> Life:
    return Life("CHN.PARTY", as_known, list(listings), changes or [], [], [], [])


def boxes(drawing: str, colour: str) -> list[tuple[float, float]]:
    """First and last day of the boxes of a colour, from the first day of the chart on."""
    root = ElementTree.fromstring(f"<svg>{drawing}</svg>")
    found = [r for r in root.iter("rect") if r.get("fill") == colour]
    return [(float(r.get("x", 0)), float(r.get("x", 0)) + float(r.get("width", 0))) for r in found]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "in force from 2023-01-11; still there on 2023-03-01, the last day held"),
        ({"vintage_date": None}, "in force from 2023-01-11; no edition of the list says until when"),
        ({"valid_from": None}, "on the list since a day that is not known; still there on 2023-03-01, the last day held"),
        ({"valid_to": date(2023, 2, 1)}, "in force from 2023-01-11; removed on 2023-02-01"),
        (
            {"valid_to": date(2023, 2, 9), "valid_to_earliest": date(2023, 2, 1)},
            "in force from 2023-01-11; went between 2023-02-01 and 2023-02-09",
        ),
        (
            {"valid_to": date(2030, 2, 9)},
            "in force from 2023-01-11; to end on 2030-02-09, as the list says; last day held 2023-03-01",
        ),
        (
            {"valid_from_earliest": date(2023, 1, 8)},
            "came between 2023-01-08 and 2023-01-11; still there on 2023-03-01, the last day held",
        ),
        (
            {"is_within_gap": True, "valid_from_earliest": date(2022, 6, 1)},
            "came between 2022-06-01 and 2023-01-11, while no edition is held; still there on 2023-03-01, the last day held",
        ),
    ],
)
def test_a_listing_is_told_in_words(values: dict[str, Any], words: str) -> None:
    assert party_life.status(listing(**values)) == words


def test_after_the_last_edition_a_listing_is_not_known_and_before_the_first_neither() -> None:
    drawn = party_life.chart(life(listing(valid_from=None, certain_from=date(2023, 1, 31))))
    # the chart begins 60 days before the first day of which anything is said
    assert boxes(drawn.draw(1), BLUE) == [(60, 90)]
    assert boxes(drawn.draw(1), GAP) == [(0, 60), (90, 150)]


def test_days_on_which_a_listing_came_are_drawn_apart_from_those_in_force() -> None:
    drawn = party_life.chart(life(listing(valid_from_earliest=date(2023, 1, 1), valid_to=date(2023, 3, 2))))
    assert boxes(drawn.draw(1), BAND) == [(60, 70)]
    assert boxes(drawn.draw(1), BLUE) == [(70, 120)]
    assert boxes(drawn.draw(1), GAP) == []


def test_a_listing_that_went_between_two_editions_is_in_force_to_the_first_of_them_alone() -> None:
    went = listing(valid_to=date(2023, 2, 9), valid_to_earliest=date(2023, 2, 1), certain_to=date(2023, 2, 9))
    drawing = party_life.chart(life(went)).draw(1)
    assert boxes(drawing, BLUE) == [(60, 82)]
    assert boxes(drawing, BAND) == [(82, 89)]
    assert "stroke-dasharray" in drawing


def test_changes_of_a_listing_are_marked_by_shape_and_colour() -> None:
    changes = [change(date(2023, 1, 11), "added"), change(date(2023, 2, 1), "suspended", detail="until 2024")]
    drawing = party_life.chart(life(listing(), changes=changes)).draw(1)
    assert 'stroke-linecap="square" vector-effect="non-scaling-stroke"><title>2023-01-11: added</title>' in drawing
    assert (
        'stroke-linecap="round" vector-effect="non-scaling-stroke"><title>2023-02-01: suspended (until 2024)</title>' in drawing
    )


def test_a_partys_life_as_known_says_how_old_each_list_was() -> None:
    html = party_life.shown(life(listing(vintage_age_days=4), as_known=date(2023, 3, 5)))
    assert "as known at the beginning of 2023-03-05 (UTC)" in html
    assert "Entity List: 2023-03-01, 4 days old" in html


def test_a_party_of_which_nothing_was_known_then_has_a_sentence_and_no_chart() -> None:
    html = party_life.shown(life(as_known=date(2001, 1, 1)))
    assert "No listing of CHN.PARTY is known at the beginning of 2001-01-01 (UTC)." in html
    assert "<svg" not in html


def test_what_a_list_calls_a_party_is_text() -> None:
    changes = [change(date(2023, 1, 11), "added", detail=HOSTILE, citation=HOSTILE, url="javascript:alert(1)")]
    html = party_life.shown(life(listing(name=HOSTILE, list_name=HOSTILE), changes=changes))
    assert "<img" not in html
    assert "<script" not in html
    assert "javascript:" not in html


def test_two_parties_of_one_name_are_two_choices() -> None:
    hit = {"name": "PARTY", "lists": "us_list", "target_ids": "CHN", "score": 1.0}
    assert party_life.choices([{**hit, "actor_id": "a"}, {**hit, "actor_id": "b"}]) == {
        "PARTY (us_list, CHN; likeness 1.00)": "a",
        "PARTY (us_list, CHN; likeness 1.00) b": "b",
    }
