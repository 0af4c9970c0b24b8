"""Who held an office when, codes of states with their days, and what finder and coder look up of the registry."""

from datetime import date
from pathlib import Path

import polars as pl

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
ALIAS = dict.fromkeys(("alias", "actor_id", "valid_from", "valid_to"), pl.String)


def names(*written: tuple[str | None, ...], **where: str) -> str:
    """Names of the holders beside what other files have written, as text."""
    found = office_holders.names(HOLDERS, pl.DataFrame(written, schema=ALIAS, orient="row")).filter(**where)
    return told(found.sort("actor_id", "valid_from", "alias"), "actor_id alias valid_from valid_to certainty")


def test_a_person_is_one_actor_whoever_is_served_and_whatever_file_has_the_name() -> None:
    people = office_holders.people(HOLDERS, pl.Series([], dtype=pl.String), pl.Series(["AAA"]))
    found = told(people.sort("actor_id"), "actor_id valid_from valid_to sector country_id").split(" / ")
    assert found[2:] == ["AAA.JO_DOE|2001-01-01|2005-01-01|GOV|AAA", "UN.EVE_POE|2010-01-01|-|IGO|-"]
    people = office_holders.people(HOLDERS, pl.Series(["AAA.JO_DOE"]), pl.Series(["AAA"]))
    assert "AAA.JO_DOE" not in people["actor_id"].to_list()


def test_titles_and_surnames_have_the_days_of_the_term_where_the_table_says_so_and_a_name_of_another_file_is_left_to_it() -> None:
    jo = {tuple(row.split("|")[1:4]) for row in names(actor_id="AAA.JO_DOE").split(" / ")}
    assert {("President Doe", "2003-01-01", "2005-01-01"), ("Prime Minister Doe", "2001-01-01", "2003-01-01"),
            ("Jo Doe", "-", "-"), ("Joanna Doe", "-", "-")} <= jo  # fmt: skip
    assert names(alias="Doe") == ""
    assert names(alias="Roë").endswith(f"|{ALONE}")
    of_poe = f"AAA.EVE_POE|Poe|2005-01-01|2009-01-01|{BESIDE} / UN.EVE_POE|Poe|2010-01-01|-|{IN_TERM}"
    assert names(alias="Poe") == of_poe
    assert names(("Jo Doe", "AAA.JO_DOE", None, None), alias="Jo Doe") == ""
    titled = names(("President Doe", "AAA.IDA_DOE", "2019-01-01", None), alias="President Doe")
    assert titled.startswith("AAA.JO_DOE|"), "ones own term is held"
    days = [row.rpartition("|")[0] for row in names(alias="Eve Poe").split(" / ")]
    assert days == ["AAA.EVE_POE|Eve Poe|-|2010-01-01", "UN.EVE_POE|Eve Poe|2010-01-01|-"]


TERMS = {
    ("DEU.ANGELA_MERKEL", date(2015, 1, 1)): ["GOV"], ("DEU.ANGELA_MERKEL", date(2024, 1, 1)): [],
    ("USA.JAMES_MATTIS", date(2018, 1, 1)): ["MIL"], ("NOR.JONAS_GAHR_STORE", date(2015, 1, 1)): [],
    ("BRA.MAURO_VIEIRA", date(2015, 6, 1)): ["GOV"],
}  # fmt: skip
MINISTERS = {("Foreign Minister Reynders", 2015, "BEL"): True, ("Foreign Minister Reynders", 2024, "BEL"): False,
             ("Defence Minister Bakke-Jensen", 2019, "NOR"): True}  # fmt: skip


def test_the_heads_of_nearly_all_states_are_held_in_sound_terms_and_asked_by_day_and_by_title() -> None:
    members = registry.actors().filter(pl.col("kind") == "state", pl.col("parent_id").is_null())["actor_id"]
    terms, ids = registry.terms(), registry.aliases().filter(scheme="wikidata")
    assert members.is_in(terms["actor_id"].str.split(".").list.first().unique().implode()).sum() >= 190
    assert terms.filter(pl.col("valid_to") <= pl.col("valid_from")).is_empty()
    assert ids["actor_id"].is_unique().all()
    assert dict(ids.select("actor_id", "alias").iter_rows())["USA"] == "Q30"
    for (actor, on), held in TERMS.items():
        is_on = (pl.col("valid_from") <= on) & (pl.col("valid_to").is_null() | (pl.col("valid_to") > on))
        assert terms.filter(pl.col("actor_id") == actor, is_on)["sector"].to_list() == held, (actor, on)
    for (minister, year, state), is_named in MINISTERS.items():
        found = {m.country_id for m in named_actors.mentions_of(f"{minister} spoke.", date(year, 5, 5))}
        assert (state in found) is is_named, (minister, year)


def test_there_are_cities_of_the_whole_world_and_shared_names_are_no_guess() -> None:
    cities = registry.surfaces().filter(pl.col("surface").is_in(["Kharkiv", "Hyderabad"])).sort("surface", "actor_id")
    expected = f"Hyderabad|IND|{SHARED} / Hyderabad|PAK|{SHARED} / Kharkiv|UKR|"
    assert told(cities, "surface actor_id certainty").startswith(expected)
    assert cities.height == 3


PARTIES = {("CHN.MPS", "CHN"): "CHN", ("UN", None): "UN", ("UN.SC", None): "UN", ("UN.BAN_KI_MOON", None): "UN",
           ("UNHCR", None): "UNHCR", ("REG.AFR", None): "REG.AFR"}  # fmt: skip


def test_an_actor_acts_for_its_state_or_its_organisation_with_which_its_id_begins_and_a_users_own_are_known(
    tmp_path: Path,
) -> None:
    assert {of: party_of(*of) for of in PARTIES} == PARTIES
    known = lookups().actors
    parts = [actor for actor, one in known.items() if one.country_id is None and one.kind in ("body", "person")]
    assert [actor for actor in parts if known[party_of(actor, None)].kind != "organisation"] == []
    (tmp_path / "actors_mine.csv").write_text("actor_id,kind,name,country_id\nFRA.ACME,firm,Acme,FRA\n")
    (tmp_path / "aliases_mine.csv").write_text("scheme,alias,actor_id\nsurface,Acme Works,FRA.ACME\n")
    own = lookups(tmp_path)
    assert own.actors["FRA.ACME"] == ("firm", "Acme", "FRA")
    assert [s.actor_id for s in own.surfaces if s.surface == "Acme Works"] == ["FRA.ACME"]
    assert "FRA.ACME" not in known


CODES = (
    "iso3 RUS 1991-12-31 SUN", "cow DEU 1990-10-02 260", "cow DEU 1990-10-03 255", "gw DEU 1990-10-03 260",
    "cow DDR 1990-10-03 -",
    "gw SRB 2006-06-04 345", "gw SRB 2006-06-05 340", "cow CSK 1992-12-31 315", "cow YEM 1990-05-22 679", "m49 TWN 2020-01-01 -",
    "fips CHN 2020-01-01 CH",
)  # fmt: skip


def test_a_code_stands_for_a_state_on_its_days_and_every_state_that_stands_has_its_codes() -> None:
    """Members of the United Nations, Taiwan and Kosovo have both numbers of political science; the Holy See has neither."""
    from_day, to_day = pl.col("valid_from").fill_null(date.min), pl.col("valid_to").fill_null(date.max)
    for scheme, actor, on, expected in map(str.split, CODES):
        day = date.fromisoformat(on)
        found = state_codes.codes().filter(from_day <= day, to_day > day, scheme=scheme, actor_id=actor)["code"].to_list()
        assert found == [code for code in [expected] if code != "-"], (scheme, actor, on)
    standing = set(registry.actors().filter(pl.col("valid_to").is_null(), kind="state")["actor_id"])
    now = state_codes.codes().filter(pl.col("valid_to").is_null())
    iso2, iso3, cow, gw = (set(now.filter(scheme=s)["actor_id"]) for s in ("iso2", "iso3", "cow", "gw"))
    assert standing == iso2 == iso3
    assert (len(cow), cow ^ gw) == (195, set())
