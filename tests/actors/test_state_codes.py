"""Codes of states: each with its days, and those under which votes in the UN are published."""

from datetime import date

import polars as pl
import pytest

from assets.actors import registry, state_codes


def code(scheme: str, actor: str, day: date) -> list[str]:
    from_day, to_day = pl.col("valid_from").fill_null(date.min), pl.col("valid_to").fill_null(date.max)
    return state_codes.codes().filter(from_day <= day, to_day > day, scheme=scheme, actor_id=actor)["code"].to_list()


@pytest.mark.parametrize(
    ("scheme", "actor", "day", "expected"),
    [
        ("iso3", "RUS", date(1991, 12, 31), ["SUN"]),
        ("iso3", "RUS", date(1993, 1, 1), ["RUS"]),
        ("cow", "RUS", date(1980, 1, 1), ["365"]),
        ("cow", "DEU", date(1990, 10, 2), ["260"]),
        ("cow", "DEU", date(1990, 10, 3), ["255"]),
        ("gw", "DEU", date(1990, 10, 3), ["260"]),
        ("cow", "DDR", date(1990, 10, 3), []),
        ("cow", "SRB", date(2020, 1, 1), ["345"]),
        ("gw", "SRB", date(2006, 6, 4), ["345"]),
        ("gw", "SRB", date(2006, 6, 5), ["340"]),
        ("cow", "CSK", date(1992, 12, 31), ["315"]),
        ("cow", "CZE", date(1992, 12, 31), []),
        ("cow", "RVN", date(1975, 4, 30), ["817"]),
        ("cow", "YEM", date(1990, 5, 21), ["678"]),
        ("cow", "YEM", date(1990, 5, 22), ["679"]),
        ("gw", "YEM", date(2020, 1, 1), ["678"]),
        ("m49", "TWN", date(2020, 1, 1), []),
        ("m49", "DZA", date(2020, 1, 1), ["012"]),
        ("fips", "CHN", date(2020, 1, 1), ["CH"]),
    ],
)
def test_a_code_stands_for_a_state_on_its_days(scheme: str, actor: str, day: date, expected: list[str]) -> None:
    assert code(scheme, actor, day) == expected


def test_every_state_that_stands_has_a_code_of_two_and_of_three_letters() -> None:
    standing = set(registry.actors().filter(pl.col("valid_to").is_null(), kind="state")["actor_id"])
    now = state_codes.codes().filter(pl.col("valid_to").is_null())
    assert standing == set(now.filter(scheme="iso2")["actor_id"]) == set(now.filter(scheme="iso3")["actor_id"])


def test_members_of_the_united_nations_have_both_numbers_of_political_science() -> None:
    """193 members and Taiwan and Kosovo; the Holy See is in neither system."""
    now = state_codes.codes().filter(pl.col("valid_to").is_null())
    cow, gw = (set(now.filter(scheme=s)["actor_id"]) for s in ("cow", "gw"))
    assert (len(cow), cow ^ gw) == (195, set())
