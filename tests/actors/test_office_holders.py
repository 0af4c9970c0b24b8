"""Who held an office when, codes of states with their days, and what finder and coder look up of the registry."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from assets.actors import office_holders, registry, state_codes
from assets.actors.lookups import lookups, party_of
from assets.actors.office_holders import ALONE, BESIDE, IN_TERM
from assets.actors.registry import SHARED
from assets.news.text import named_actors
from tests.told import told

HOLDERS = pl.DataFrame(
    [
        ("AAA.JO_DOE", "PM", "Jo Doe", "Joanna Doe", "Doe", "", "", "2001-01-01", "2003-01-01", "x", 1, "f"),
        ("AAA.JO_DOE", "P", "Jo Doe", "", "Doe", "", "", "2003-01-01", "2005-01-01", "x", 2, "f"),
        ("AAA.AL_ROE", "DM", "Al Roe", "", "Roe|Roë", "Roë", "", "2001-01-01", None, "x", 3, "f"),
        ("AAA.EVE_POE", "PM", "Eve Poe", "", "Poe", "", "Poe?", "2005-01-01", "2009-01-01", "x", 4, "f"),
        ("UN.EVE_POE", "I", "Eve Poe", "", "Poe", "", "Poe", "2010-01-01", None, "x", 5, "f"),
    ],
    schema=[*office_holders.COLUMNS, "row", "file"],
    orient="row",
)
NOBODY = pl.Series([], dtype=pl.String)
WRITTEN = pl.DataFrame(schema=dict.fromkeys(("alias", "actor_id", "valid_from", "valid_to"), pl.String))


def test_a_person_is_one_actor_whoever_is_served_and_whatever_file_has_the_name() -> None:
    people = office_holders.people(HOLDERS, NOBODY, pl.Series(["AAA"]))
    jo = people.filter(actor_id="AAA.JO_DOE").row(0, named=True)
    assert (jo["valid_from"], jo["valid_to"], jo["sector"], jo["country_id"]) == ("2001-01-01", "2005-01-01", "GOV", "AAA")
    assert people.filter(actor_id="UN.EVE_POE").select("country_id", "sector").row(0) == (None, "IGO")
    people = office_holders.people(HOLDERS, pl.Series(["AAA.JO_DOE"]), pl.Series(["AAA"]))
    assert "AAA.JO_DOE" not in people["actor_id"].to_list()


def test_titles_and_surnames_have_the_days_of_the_term_where_the_table_says_so() -> None:
    names = office_holders.names(HOLDERS, WRITTEN)
    found = names.filter(actor_id="AAA.JO_DOE").select("alias", "valid_from", "valid_to").rows()
    assert ("President Doe", "2003-01-01", "2005-01-01") in found
    assert ("Prime Minister Doe", "2001-01-01", "2003-01-01") in found
    assert {("Jo Doe", None, None), ("Joanna Doe", None, None)} <= set(found)
    assert "Doe" not in names["alias"].to_list()
    assert office_holders.names(HOLDERS, WRITTEN).filter(alias="Roë")["certainty"].to_list() == [str(ALONE)]
    poe = office_holders.names(HOLDERS, WRITTEN).filter(alias="Poe").sort("valid_from")
    assert poe.select("actor_id", "valid_from", "valid_to", "certainty").rows() == [
        ("AAA.EVE_POE", "2005-01-01", "2009-01-01", str(BESIDE)), ("UN.EVE_POE", "2010-01-01", None, str(IN_TERM)),
    ]  # fmt: skip


def test_a_name_or_title_of_another_file_is_left_to_it_but_for_ones_own_term() -> None:
    written = pl.DataFrame([("Jo Doe", "AAA.JO_DOE", None, None)], schema=WRITTEN.schema, orient="row")
    assert office_holders.names(HOLDERS, written).filter(alias="Jo Doe").is_empty()
    written = pl.DataFrame([("President Doe", "AAA.IDA_DOE", "2019-01-01", None)], schema=WRITTEN.schema, orient="row")
    assert office_holders.names(HOLDERS, written).filter(alias="President Doe")["actor_id"].to_list() == ["AAA.JO_DOE"]
    names = office_holders.names(HOLDERS, WRITTEN).filter(alias="Eve Poe").sort("actor_id")
    assert told(names, "actor_id valid_from valid_to") == "AAA.EVE_POE|-|2010-01-01 / UN.EVE_POE|2010-01-01|-"


def test_the_heads_of_nearly_all_states_are_held_in_sound_terms_each_one_actor() -> None:
    members = registry.actors().filter(pl.col("kind") == "state", pl.col("parent_id").is_null())["actor_id"]
    heads = registry.terms()["actor_id"].str.split(".").list.first().unique()
    assert members.is_in(heads.implode()).sum() >= 190
    assert registry.terms().filter(pl.col("valid_to") <= pl.col("valid_from")).is_empty()
    ids = registry.aliases().filter(scheme="wikidata")
    assert ids["actor_id"].is_unique().all()
    assert dict(ids.select("actor_id", "alias").iter_rows())["USA"] == "Q30"


@pytest.mark.parametrize(
    ("actor", "on", "held"),
    [
        ("DEU.ANGELA_MERKEL", date(2015, 1, 1), ["GOV"]), ("DEU.ANGELA_MERKEL", date(2024, 1, 1), []),
        ("USA.JAMES_MATTIS", date(2018, 1, 1), ["MIL"]), ("NOR.JONAS_GAHR_STORE", date(2015, 1, 1), []),
        ("BRA.MAURO_VIEIRA", date(2015, 6, 1), ["GOV"]),
    ],
)  # fmt: skip
def test_terms_of_office_are_asked_by_day(actor: str, on: date, held: list[str]) -> None:
    is_on = (pl.col("valid_from") <= on) & (pl.col("valid_to").is_null() | (pl.col("valid_to") > on))
    assert registry.terms().filter(pl.col("actor_id") == actor, is_on)["sector"].to_list() == held


def test_a_minister_is_known_by_the_title_on_a_day_of_the_term() -> None:
    def parties(text: str, on: date) -> set[str | None]:
        return {m.country_id for m in named_actors.mentions_of(text, on)}

    assert "BEL" in parties("Foreign Minister Reynders spoke.", date(2015, 5, 5))
    assert "BEL" not in parties("Foreign Minister Reynders spoke.", date(2024, 5, 5))
    assert "NOR" in parties("Defence Minister Bakke-Jensen spoke.", date(2019, 5, 5))


def test_there_are_cities_of_the_whole_world_and_shared_names_are_no_guess() -> None:
    surfaces = registry.surfaces()
    assert surfaces.filter(surface="Kharkiv")["actor_id"].to_list() == ["UKR"]
    hyderabad = surfaces.filter(surface="Hyderabad")
    assert hyderabad["actor_id"].to_list() == ["IND", "PAK"]
    assert set(hyderabad["certainty"]) == {SHARED}


def test_actors_of_the_users_own_are_in_them(tmp_path: Path) -> None:
    (tmp_path / "actors_mine.csv").write_text("actor_id,kind,name,country_id\nFRA.ACME,firm,Acme,FRA\n")
    (tmp_path / "aliases_mine.csv").write_text("scheme,alias,actor_id\nsurface,Acme Works,FRA.ACME\n")
    own = lookups(tmp_path)
    assert own.actors["FRA.ACME"] == ("firm", "Acme", "FRA")
    assert [s.actor_id for s in own.surfaces if s.surface == "Acme Works"] == ["FRA.ACME"]
    assert "FRA.ACME" not in lookups().actors


@pytest.mark.parametrize(
    ("actor", "country", "party"),
    [
        ("CHN.MPS", "CHN", "CHN"), ("UN", None, "UN"), ("UN.SC", None, "UN"), ("UN.BAN_KI_MOON", None, "UN"),
        ("UNHCR", None, "UNHCR"), ("REG.AFR", None, "REG.AFR"),
    ],
)  # fmt: skip
def test_an_actor_acts_for_its_state_or_its_organisation(actor: str, country: str | None, party: str) -> None:
    assert party_of(actor, country) == party


def test_the_id_of_every_part_of_an_organisation_begins_with_the_organisation() -> None:
    known = lookups().actors
    for actor, one in known.items():
        if one.country_id is None and one.kind in ("body", "person"):
            assert known[party_of(actor, None)].kind == "organisation", actor


def code(scheme: str, actor: str, day: date) -> list[str]:
    from_day, to_day = pl.col("valid_from").fill_null(date.min), pl.col("valid_to").fill_null(date.max)
    return state_codes.codes().filter(from_day <= day, to_day > day, scheme=scheme, actor_id=actor)["code"].to_list()


@pytest.mark.parametrize(
    ("scheme", "actor", "day", "expected"),
    [
        ("iso3", "RUS", date(1991, 12, 31), ["SUN"]), ("cow", "DEU", date(1990, 10, 2), ["260"]),
        ("cow", "DEU", date(1990, 10, 3), ["255"]), ("gw", "DEU", date(1990, 10, 3), ["260"]),
        ("cow", "DDR", date(1990, 10, 3), []), ("gw", "SRB", date(2006, 6, 4), ["345"]),
        ("gw", "SRB", date(2006, 6, 5), ["340"]), ("cow", "CSK", date(1992, 12, 31), ["315"]),
        ("cow", "YEM", date(1990, 5, 22), ["679"]), ("m49", "TWN", date(2020, 1, 1), []),
        ("fips", "CHN", date(2020, 1, 1), ["CH"]),
    ],
)  # fmt: skip
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
