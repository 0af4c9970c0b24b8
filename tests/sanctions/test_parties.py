"""Which listings are one party: each rule, and each reason against it, on a few rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.actors import registry
from assets.errors import BilateralError
from assets.sanctions.parties import decisions, read_overrides
from assets.sanctions.party_facts import facts
from assets.sanctions.reading.names import entity_key, person_key, without_acronym, words
from assets.schema import table
from tests.depth import examples

AT = datetime(2023, 1, 1)
RANKS = {"us_ofac_sdn": 0, "us_bis_entity_list": 1, "eu_fsf": 2, "cn_mofcom": 3}


class World:
    """Core tables of the domain, filled by a test row by row."""

    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = {
            f"sanction_{name}": []
            for name in ("listings", "names", "countries", "identifiers", "birth_dates", "programs", "addresses")
        }

    def listing(
        self,
        listing_id: str,
        name: str,
        party_type: str = "entity",
        *,
        country: str | None = "CHN",
        aliases: tuple[str, ...] = (),
        born: tuple[date, date] | None = None,
        actor_id: str | None = None,
        **identifiers: str,
    ) -> World:
        list_id, native_id = listing_id.split(":")
        self.add("listings", listing_id=listing_id, list_id=list_id, native_id=native_id, actor_id=actor_id or listing_id,
                 party_type=party_type, name=name, valid_from_basis="left_censored", known_basis="snapshot")  # fmt: skip
        for alias in aliases:
            self.add("names", listing_id=listing_id, name=alias, kind="aka", quality="strong")
        if country is not None:
            self.add("countries", listing_id=listing_id, country_id=country, basis="address")
        if born is not None:
            self.add("birth_dates", listing_id=listing_id, born=str(born[0]), born_from=born[0], born_before=born[1],
                     precision="day", is_circa=False)  # fmt: skip
        for scheme, value in identifiers.items():
            self.add("identifiers", listing_id=listing_id, scheme=scheme, value=value, country_id=country)
        return self

    def add(self, table_name: str, /, **columns: Any) -> None:
        self.rows[f"sanction_{table_name}"].append({"known_from": AT, "known_to": None, "snapshot_id": "s"} | columns)

    def read(self) -> Callable[[str], pl.LazyFrame]:
        def rows(name: str) -> pl.LazyFrame:
            return pl.DataFrame(self.rows[name], schema=table(f"core.{name}").polars, orient="row").lazy()

        return rows

    def decided(self, *overrides: tuple[str, str, bool, str]) -> list[tuple[str, str, str, bool]]:
        frame = decisions(facts(self.read()), overrides, RANKS)
        return list(frame.select("listing_id", "other_id", "rule", "is_same").iter_rows())

    def actors(self, *overrides: tuple[str, str, bool, str]) -> dict[str, str]:
        return dict(decisions(facts(self.read()), overrides, RANKS).select("listing_id", "actor_id").iter_rows())


A, B, C = "us_ofac_sdn:1", "us_bis_entity_list:x", "eu_fsf:EU.1"


def known_from(world: World) -> list[Any]:
    return [*decisions(facts(world.read()), (), RANKS)["known_from"]]


def test_the_same_name_type_and_country_on_two_lists_is_one_party_with_the_id_of_the_first_list() -> None:
    world = World().listing(A, "WUHAN EXAMPLE CHEMICAL CO., LTD.").listing(B, "Wuhan Example Chemical Company Limited")
    assert world.decided() == [(B, A, "name", True)]
    assert world.actors() == {B: A}


def test_a_telling_name_is_enough_where_no_country_is_known_unless_two_countries_bear_it() -> None:
    world = World().listing(A, "Wuhan Example Chemical").listing(B, "Wuhan Example Chemical", country=None)
    assert world.decided() == [(B, A, "name", True)]
    for name in ("National Defence University", "Central Bank", "Druzhba"):
        assert World().listing(A, name).listing(B, name, country=None).decided() == [(B, A, "name", False)]
    world = World().listing(A, "Example Orient Shipping", country="CHN").listing(C, "Example Orient Shipping", country="IRN")
    assert not any(d[3] for d in world.listing(B, "Example Orient Shipping", country=None).decided())
    # one list that has an entry for each destination holds one party
    world = World().listing("us_bis_entity_list:a", "Example Orient Avia", country="ARE")
    world.listing("us_bis_entity_list:b", "Example Orient Avia", country="PAK")
    assert len(set(world.listing(A, "Example Orient Avia", country=None).actors().values())) == 1
    world = World().listing(A, "Ocean Example Star", "vessel", country=None).listing(C, "Ocean Example Star", "vessel")
    assert world.decided() == [(C, A, "name", False)]


def test_a_number_shows_a_country_and_joins_the_better_name() -> None:
    world = World().listing(A, "Central Trading", country=None).listing(B, "Central Trading", country="CHN")
    world.add("identifiers", listing_id=A, scheme="uscc", value="91420100MA4KWXYZ00", country_id="CHN")
    assert world.decided() == [(B, A, "name", True)]
    world = World().listing(A, "TABATABAEI, Ali Akbar", "person", passport="A1234567")
    world.listing("un_sc:IRi.003", "Azim Example", "person", passport="A1234567")
    world.listing("un_sc:IRi.041", "Ali Akbar Tabatabaei", "person", passport="A1234567")
    assert ("un_sc:IRi.041", A, "identifier", True) in world.decided()
    assert ("un_sc:IRi.003", A, "identifier", False) in world.decided()
    world = World().listing("us_ofac_sdn:17018", "EXAMPLE BANK OF RUSSIA", country=None)
    world.listing("us_ofac_cons:17018", "EXAMPLE BANK", country="RUS").listing("us_ofac_cons:17019", "Another", country=None)
    assert world.decided() == [("us_ofac_cons:17018", "us_ofac_sdn:17018", "identifier", True)]


def test_a_paper_proves_who_a_person_is_and_an_office_does_not() -> None:
    assert "RUS.SERGEI_IVANOV" in registry.known_by_name()
    assert World().listing(A, "IVANOV, Sergei", "person", country="RUS").decided() == []
    day, other = (date(1970, 3, 1), date(1970, 3, 2)), (date(1971, 1, 1), date(1972, 1, 1))
    world = World().listing(A, "HAN, Jang Su", "person", born=day, passport="745420176")
    assert world.listing(C, "Han Jang Su", "person", born=other, passport="745420176").decided()[0] == (C, A, "identifier", True)


def test_short_names_are_one_where_every_word_is_the_same_but_for_an_acronym_in_brackets() -> None:
    world = World().listing(A, "Example Manufacturing International Corporation (EMIC)")
    assert world.listing(B, "Example Manufacturing International Corporation").decided() == [(B, A, "name", True)]
    assert without_acronym("Gulf Eagle Contracting (GEC)") == "Gulf Eagle Contracting"
    assert without_acronym("Gulf Eagle Contracting (HK)") == "Gulf Eagle Contracting (HK)"
    assert World().listing(A, "VAD, AO", country="RUS").listing(B, "VAD AO", country="RUS").decided() == [(B, A, "name", True)]
    assert World().listing(A, "VAD, AO", country="RUS").listing(B, "VAD OOO", country="RUS").decided() == []


def test_firms_and_bodies_that_many_lists_name_are_one_party_each() -> None:
    for actor, names in {
        "CHN.SMIC": (
            "Semiconductor Manufacturing International Corporation (SMIC)",
            "SEMICONDUCTOR MANUFACTURING INTERNATIONAL CORP",
        ),
        "CHN.DJI": ("DJI", "SZ DJI Technology Co., Ltd.", "Shenzhen DJI Technology Co., Ltd."),
        "CHN.XPCC": ("Xinjiang Production and Construction Corps (XPCC)", "XINJIANG PRODUCTION AND CONSTRUCTION CORPS"),
    }.items():
        world = World()
        for list_id, name in zip(("us_bis_entity_list", "us_ofac_cons", "us_dod_1260h"), names, strict=False):
            world.listing(f"{list_id}:1", name, country=None if (list_id, actor) == ("us_ofac_cons", "CHN.XPCC") else "CHN")
        assert list(world.actors().values()) == [actor] * len(names)


def test_another_spelling_joins_with_a_country_in_common_and_another_romanisation_with_the_birth() -> None:
    def decided(one: str, other: str, **other_has: Any) -> list[tuple[str, bool]]:
        world = World().listing(A, one).listing(B, other, **other_has)
        return decisions(facts(world.read()), (), RANKS).select("rule", "is_same").rows()

    assert decided("Wuhan Example Chemicals Co., Ltd.", "Wuhan Example Chemical Co., Ltd.") == [("alike", True)]
    assert decided("Wuhan Example Chemicals", "Wuhan Example Chemical", country=None) == [("alike", False)]
    assert not any(is_same for _, is_same in decided("Hunan Example Chemical Factory", "Henan Example Chemical Factory"))
    assert not any(is_same for _, is_same in decided("Wuhan Example Plant No. 5", "Wuhan Example Plant No. 6"))
    day = (date(1970, 3, 1), date(1970, 3, 2))
    world = World().listing(A, "PETROV, Andrei Vasilievich", "person", country="RUS")
    assert world.listing(C, "Andrey Vasilyevich PETROV", "person", country="RUS").decided() == [(C, A, "alike", True)]
    short = World().listing(A, "PETROV, Andrei", "person", country="RUS").listing(C, "Andrey PETROV", "person", country="RUS")
    assert not any(d[3] for d in short.decided())
    born = World().listing(A, "PETROV, Andrei", "person", country="RUS", born=day)
    assert born.listing(C, "Andrey PETROV", "person", country="RUS", born=day).decided() == [(C, A, "alike", True)]


def test_an_alias_joins_no_listings_of_other_countries_or_programs() -> None:
    def are_one(country: str | None, program: str, other: str | None, other_program: str) -> bool:
        world = World().listing(A, "EXAMPLE PARTY OF GOD", country=country, aliases=("Ansar Example Allah",))
        world.listing(C, "Ansar Example Allah", country=other)
        for listing_id, name in ((A, program), (C, other_program)):
            world.add("programs", listing_id=listing_id, program=name, program_raw=name, valid_from_basis="left_censored")
        return any(d[3] for d in world.decided())

    assert not are_one("LBN", "SDGT", "YEM", "Yemen")
    assert not are_one(None, "LEBANON", None, "Yemen")
    assert are_one(None, "YEMEN", None, "Yemen")
    assert are_one("YEM", "SDGT", None, "Yemen")


def test_a_parent_and_its_subsidiary_that_one_list_names_apart_stay_two_and_one_is_of_the_group() -> None:
    world = World().listing("us_ofac_cmic:corp", "China National Offshore Oil Corporation")
    world.listing("us_ofac_cmic:ltd", "CNOOC Limited", aliases=("CNOOC Ltd",))
    world.listing("us_ofac_cons:1", "CHINA NATIONAL OFFSHORE OIL CORPORATION").listing("us_ofac_cons:2", "CNOOC LIMITED")
    world.listing(B, "China National Offshore Oil Corporation Ltd.")
    decided = world.decided()
    assert {i: a for i, a in world.actors().items() if not i.endswith((":ltd", ":2"))} == dict.fromkeys(
        ("us_ofac_cmic:corp", "us_ofac_cons:1", B), "CHN.CNOOC"
    )
    assert ("us_ofac_cmic:ltd", "us_ofac_cons:2", "name", True) in decided
    assert [d[:3] for d in decided if d[2] == "group"] == [
        ("us_ofac_cmic:ltd", "CHN.CNOOC", "group"), ("us_ofac_cons:2", "CHN.CNOOC", "group"),
    ]  # fmt: skip


def test_countries_of_programs_and_hong_kong_within_china_count() -> None:
    world = World().listing("un_sc:SOe.001", "AL-EXAMPLE", country=None).listing("gb_sanctions:S1", "AL-EXAMPLE", country="SOM")
    assert not any(d[3] for d in world.decided())
    world.add("programs", listing_id="un_sc:SOe.001", program="Somalia", program_raw="Somalia", valid_from_basis="left_censored")
    assert world.decided() == [("gb_sanctions:S1", "un_sc:SOe.001", "name", True)]
    world = World().listing(A, "Harbour Example Trading", country="HKG").listing(B, "Harbour Example Trading", country="CHN")
    assert world.decided() == [(B, A, "name", True)]


def test_two_entries_or_numbers_of_one_kind_are_two_parties() -> None:
    world = World().listing("ca_sema:iran.a", "Example Boresh", country=None).listing("ca_sema:iran.b", "Kaveh Example Tools")
    world.listing(A, "KAVEH EXAMPLE TOOLS", aliases=("Example Boresh",))
    actors = world.actors()
    assert actors["ca_sema:iran.b"] == A
    assert actors.get("ca_sema:iran.a", "ca_sema:iran.a") == "ca_sema:iran.a"
    world = World().listing(A, "Ocean Example Star", "vessel", imo="9123456")
    assert world.listing(C, "Ocean Example Star", "vessel", imo="9123457").decided() == [(C, A, "name", False)]
    world = World().listing("us_ofac_sdn:1", "Example Bank", swift_bic="ABCDEFGH1")
    assert world.listing("us_ofac_sdn:2", "Example Bank", swift_bic="ABCDEFGH1").decided() == []
    world = World().listing("us_ofac_sdn:1", "Example Bank One").listing("us_ofac_sdn:2", "Example Bank Two")
    world.listing("eu_fsf:9", "Example Bank One", aliases=("Example Bank Two",))
    decided = world.decided()
    assert sorted(d[3] for d in decided) == [False, True]
    assert len(decided) == 2


@pytest.mark.parametrize(
    ("one", "other", "are_one"),
    [
        ((date(1971, 6, 10), date(1971, 6, 11)), (date(1971, 6, 19), date(1971, 6, 20)), True),
        ((date(1974, 8, 11), date(1974, 8, 12)), (date(1974, 11, 8), date(1974, 11, 9)), True),
        ((date(1963, 1, 1), date(1964, 1, 1)), (date(1961, 1, 1), date(1962, 1, 1)), True),
        ((date(1963, 12, 23), date(1963, 12, 24)), (date(1954, 10, 12), date(1954, 10, 13)), False),
    ],
)
def test_dates_of_birth_that_differ_by_a_slip_keep_nobody_apart(
    one: tuple[date, date], other: tuple[date, date], are_one: bool
) -> None:
    world = World().listing(A, "EXAMPLE, Oleg Petrovich", "person", country="RUS", born=one)
    assert world.listing(C, "Oleg Petrovich EXAMPLE", "person", country="RUS", born=other).decided() == [(C, A, "name", are_one)]


def test_names_of_nothing_and_types_that_disagree_join_nobody() -> None:
    assert World().listing(A, "The Company Ltd").listing(B, "Co. Limited").listing(C, "Company").decided() == []
    assert World().listing(A, "21 Ltd").listing(B, "No 21 Ltd").decided() == []
    assert entity_key("Limited 21") is None
    world = World().listing(A, "Ocean Example Star", "vessel", imo="IMO 9123456")
    assert world.listing(B, "Ocean Example Star", "entity", imo="9123456").decided() == []
    same = World().listing(A, "Ocean Example Star", "vessel", registration="9123456")
    assert same.listing(B, "Firm", "entity", registration="9123456").decided() == [(B, A, "identifier", False)]
    assert World().listing(A, "Other Firm", country="FRA", aliases=("DJI",)).decided() == []


def test_persons_of_two_words_need_a_birth_or_a_name_of_their_own_and_longer_names_do_not() -> None:
    day, other = (date(1970, 3, 1), date(1970, 3, 2)), (date(1981, 1, 1), date(1982, 1, 1))
    year = (date(1970, 1, 1), date(1971, 1, 1))
    alone = World().listing(A, "WANG, Wei", "person").listing(B, "Wei Wang", "person")
    assert alone.decided() == [(B, A, "name", True)]
    many = World().listing(A, "WANG, Wei", "person").listing("us_ofac_sdn:2", "WANG, Wei", "person")
    assert not any(d[3] for d in many.listing(B, "Wei Wang", "person").decided())
    nowhere = World().listing(A, "WANG, Wei", "person", country=None).listing(B, "Wei Wang", "person")
    assert nowhere.decided() == [(B, A, "name", False)]
    born = World().listing(A, "WANG, Wei", "person", born=day).listing(B, "Wei Wang", "person", born=year)
    assert born.decided() == [(B, A, "name", True)]
    apart = World().listing(A, "WANG, Wei", "person", born=day).listing(B, "Wei Wang", "person", born=other)
    assert apart.decided() == [(B, A, "name", False)]
    world = World().listing(A, "GARCIA EXAMPLE, Maria Luisa", "person", country="MEX")
    assert world.listing(C, "Maria Luisa García Example", "person", country="MEX").decided() == [(C, A, "name", True)]


def test_a_strong_identifier_is_enough_within_the_country_that_gave_it() -> None:
    world = World().listing(A, "One", uscc="91420100MA4KWXYZ00").listing(B, "Another Name", uscc="9142 0100 MA4K WXYZ 00")
    assert world.decided() == [(B, A, "identifier", True)]
    assert World().listing(A, "One", tax_id="12").listing(B, "Two", tax_id="12").decided() == []
    assert World().listing(A, "One", email="a@example.org").listing(B, "Two", email="a@example.org").decided() == []
    world = World().listing("un_sc:QDe.004", "Example Network", country=None)
    world.listing(C, "Exemple (réseau)", country=None, un_reference="QDe.004")
    assert world.decided() == [(C, "un_sc:QDe.004", "identifier", True)]
    world = World().listing(A, "One", country="CHN", passport="G1234567").listing(B, "Two", country="IRN", passport="G1234567")
    assert world.decided() == []


def test_one_firm_under_several_destinations_or_ids_issued_again_is_one_party() -> None:
    world = World().listing("us_bis_entity_list:a", "Example Avia", country="ARE")
    assert world.listing("us_bis_entity_list:b", "Example Avia", country="PAK").decided() == [
        ("us_bis_entity_list:a", "us_bis_entity_list:b", "name", True)
    ]
    world = (
        World().listing("us_ofac_sdn:1", "TORNADO EXAMPLE").listing("us_ofac_sdn:2", "TORNADO EXAMPLE", actor_id="us_ofac_sdn:1")
    )
    assert world.decided() == [("us_ofac_sdn:1", "us_ofac_sdn:2", "reissue", True)]
    assert world.actors() == {"us_ofac_sdn:1": "us_ofac_sdn:1"}


@pytest.mark.parametrize(
    ("ended", "country", "is_one"), [("2016-01-16", "IRN", True), ("2019-01-01", "IRN", False), ("2016-01-16", "CHN", False)]
)
def test_who_was_taken_off_a_list_and_is_listed_again_is_one_party(ended: str, country: str, is_one: bool) -> None:
    world = (
        World().listing("us_ofac_sdn:1", "BANK EXAMPLE", country="IRN").listing("us_ofac_sdn:2", "BANK EXAMPLE", country=country)
    )
    earlier, later = world.rows["sanction_listings"]
    earlier["valid_to"], later["valid_from"] = date.fromisoformat(ended), date(2018, 11, 5)
    assert world.decided() == ([("us_ofac_sdn:1", "us_ofac_sdn:2", "name", True)] if is_one else [])
    earlier["known_from"] = datetime(2023, 6, 1)
    assert known_from(world) == ([datetime(2023, 6, 1)] if is_one else [])


@pytest.mark.parametrize(
    ("one", "other", "born", "are_one"),
    [
        ("EXAMPLE, Naif Hassan S.", "Naif Hassan EXAMPLE", date(1986, 2, 28), True),  # an initial that one of them lacks
        ("EXAMPLE, Naif S.", "Naif K. EXAMPLE", date(1986, 2, 28), False),  # initials that differ
        ("EXAMPLE, Naif Hassan", "Naif Hassan EXAMPLE", date(1986, 1, 1), True),  # the first of January: a day nobody knows
        ("EXAMPLE, Naif Hassan Saad", "Naif Hassan Saad EXAMPLE", date(1980, 5, 4), True),  # listed within a month: a wrong birth
        ("EXAMPLE, Naif Hassan Saad", "Naif Hassan Saad EXAMPLE", date(1950, 5, 4), False),  # another generation
    ],
)
def test_what_keeps_two_entries_of_a_person_apart_and_what_does_not(one: str, other: str, born: date, are_one: bool) -> None:
    first = date(1986, 2, 28)
    world = World().listing(A, one, "person", country="SAU", born=(first, date(1986, 3, 1)))
    world.listing(C, other, "person", country="SAU", born=(born, date.fromordinal(born.toordinal() + 1)))
    for row, day in zip(world.rows["sanction_listings"], (date(2018, 11, 15), date(2018, 11, 29)), strict=True):
        row["valid_from"] = day
    assert any(d[3] for d in world.decided()) is are_one


def test_a_regime_gives_a_person_an_id_of_its_own_and_an_entry_takes_the_place_of_another() -> None:
    year = (date(1935, 1, 1), date(1936, 1, 1))
    for first, second, are_one in (("QDi.042", "SOi.002", True), ("QDi.042", "QDi.043", False)):
        world = World().listing(f"un_sc:{first}", "EXAMPLE DAHIR HASSAN", "person", country="SOM", born=year)
        world.listing(f"un_sc:{second}", "Hassan Dahir Example", "person", country="SOM", born=year)
        assert any(d[3] for d in world.decided()) is are_one
    world = World().listing("gb_sanctions:INU0152", "EXAMPLE AERONAUTICS").listing("gb_sanctions:INU0235", "EXAMPLE AERONAUTICS")
    earlier, later = world.rows["sanction_listings"]
    earlier |= {"valid_from": date(2010, 6, 9), "valid_to": date(2025, 4, 10)}
    later["valid_from"] = date(2023, 10, 18)
    assert [d[3] for d in world.decided()] == [True]


def test_who_is_listed_again_under_another_name_with_the_old_one_as_an_alias_is_one_party() -> None:
    world = World().listing("us_ofac_sdn:1", "EXAMPLE NUCLEAR COMPANY", country="IRN")
    world.listing("us_ofac_sdn:2", "EXAMPLE MINING COMPANY", country="IRN", aliases=("EXAMPLE NUCLEAR COMPANY",))
    earlier, later = world.rows["sanction_listings"]
    earlier["valid_to"], later["valid_from"] = date(2018, 1, 26), date(2018, 11, 5)
    assert [d[3] for d in world.decided()] == [True]


def test_a_wrong_day_within_the_year_of_birth_keeps_nobody_apart_who_shares_many_names() -> None:
    births = ((date(1968, 4, 11), date(1968, 4, 12)), (date(1968, 1, 4), date(1968, 1, 5)))
    for aliases, are_one in ((("EXAMPLE, Saeed", "EXAMPLE, Abdul Hakim Hasim"), True), ((), False)):
        world = World()
        for listing_id, born in zip((A, "un_sc:QDi.120"), births, strict=True):
            world.listing(listing_id, "EXAMPLE, Abdul Hakim", "person", country="KWT", born=born, aliases=aliases)
        assert any(d[3] for d in world.decided()) is are_one


def test_a_long_name_that_two_persons_of_a_list_bear_is_neither_without_a_birth() -> None:
    one, other = ((date(y, 3, 1), date(y, 3, 2)) for y in (1954, 1963))
    world = World().listing("gb_sanctions:DPR1", "EXAMPLE CHUN SIK", "person", country="PRK", born=one)
    world.listing("gb_sanctions:DPR2", "Chun Sik Example", "person", country="PRK", born=other)
    world.listing(A, "EXAMPLE, Chun Sik", "person", country="PRK")
    assert not any(d[3] for d in world.decided())


def test_one_section_of_a_list_by_regime_spells_a_long_name_in_two_ways() -> None:
    of_two = World().listing("ca_sema:russia.a", "Viktor Vasilyevich EXAMPLE", "person", country="RUS")
    of_two.listing("ca_sema:russia.b", "Viktor Vasiliyevich EXAMPLE", "person", country="RUS")
    of_two.listing(A, "EXAMPLE, Viktor Vasilyevich", "person", country="RUS")
    assert not [d for d in of_two.decided() if d[3] is False]


def test_a_bank_of_an_annex_against_russia_has_no_other_country_and_a_firm_with_an_address_has_its_own() -> None:
    annex, other = "eu_sectoral_annexes:XIV-fictionneft", "us_ofac_cons:9"
    for country, is_same in ((None, True), ("CHN", False)):
        world = World().listing(annex, "FICTIONNEFT", country=country).listing(other, "FICTIONNEFT", country="RUS")
        world.add("programs", listing_id=annex, program="EU-833-XIV", program_raw="EU-833-XIV")
        assert [row[3] for row in world.decided()] == [is_same]


def test_names_that_are_alike_join_where_another_name_and_a_country_are_in_common() -> None:
    for alias, country, is_same in (
        ("Nur Light Works", "IRN", True),
        ("Nur Light Works", "CHN", False),
        ("Dark Works Qom", "IRN", False),
    ):
        world = World().listing(A, "Noor Afza Gostar Example Company", country="IRN", aliases=("Nur Light Works",))
        decided = world.listing(B, "Noor Afzarin Gostar Example Company", country=country, aliases=(alias,)).decided()
        assert [row[3] for row in decided] == [is_same]


def test_an_override_joins_and_keeps_apart() -> None:
    world = World().listing(A, "One Example").listing(B, "Quite Another").listing(C, "One Example")
    assert world.decided((A, B, True, "court file")) == [
        (A, C, "name", True) if A < C else (C, A, "name", True), (B, A, "override", True),
    ]  # fmt: skip
    decided = world.decided((A, C, False, "two firms of one name"))
    assert decided == [(C, A, "name", False), (C, A, "override", False)]


def test_a_body_of_the_registry_and_what_a_removed_listing_was_called_count() -> None:
    world = World().listing(A, "Huawei Technologies Co., Ltd.").listing(B, "Huawei Technologies", country="CHN")
    actors = world.actors()
    assert actors[A] == actors[B] == "CHN.HUAWEI"
    assert World().listing(A, "Huawei Technologies", country="IRN").decided() == []
    world = World().listing(A, "EXAMPLE PATH", country=None, aliases=("People's Liberation Army",))
    assert world.decided() == []
    assert World().listing(A, "People's Liberation Army", country=None).actors() == {A: "CHN.PLA"}
    world = World().listing(A, "Old Example Works").listing(B, "Old Example Works")
    for row in world.rows["sanction_countries"][:1]:
        row["known_to"] = datetime(2023, 6, 1)
    assert world.decided() == [(B, A, "name", True)]
    assert words("Société d'Études S.A.") == ("societe", "detudes", "sa")
    assert person_key("Путин, Владимир") == person_key("Vladimir PUTIN")


@pytest.mark.parametrize(
    ("row", "says"),
    [("a,b,maybe,why", "row 1: expected two different ids"), ("a,a,true,why", "row 1"), ("a,b,true,", "row 1")],
)
def test_a_mistake_in_the_overrides_is_named(tmp_path: Path, row: str, says: str) -> None:
    path = tmp_path / "party_overrides.csv"
    path.write_text(f"listing_id,other_id,is_same,reason\n{row}\n")
    with pytest.raises(BilateralError, match=says):
        read_overrides(path)


@examples(60)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["us_ofac_sdn", "us_dod_1260h", "eu_fsf", "cn_mofcom"]),
            st.sampled_from(["Alpha Example", "Beta Example", "Gamma Delta Example", "Ltd"]),
            st.sampled_from(["person", "entity", "vessel"]),
            st.sampled_from(["CHN", "HKG", "USA", None]),
            st.sampled_from(["AB12345", "CD67890", None]),
        ),
        max_size=8,
    )
)
def test_one_party_never_has_two_types_nor_two_ids_of_a_list_with_one_each(
    drawn: list[tuple[str, str, str, str | None, str | None]],
) -> None:
    world = World()
    types, kept = {}, {}
    for number, (list_id, name, party_type, country, passport) in enumerate(drawn):
        listing_id = f"{list_id}:{number}"
        types[listing_id], kept[listing_id] = party_type, list_id
        identifiers: dict[str, Any] = {} if passport is None else {"passport": passport}
        world.listing(listing_id, name, party_type, country=country, **identifiers)
    frame = decisions(facts(world.read()), (), RANKS)
    assert frame.equals(decisions(facts(world.read()), (), RANKS))
    together: dict[str, set[str]] = {}
    same = frame.filter(pl.col("is_same") & pl.col("other_id").is_in(list(types)))
    for one, other, actor in same.select("listing_id", "other_id", "actor_id").iter_rows():
        together.setdefault(actor, set()).update((one, other))
    for members in together.values():
        assert len({types[m] for m in members}) == 1
        of_one_each = [m for m in members if kept[m] in ("us_ofac_sdn", "eu_fsf")]
        assert len({kept[m] for m in of_one_each}) == len(of_one_each)


def test_a_decision_is_known_since_both_had_what_it_takes() -> None:
    may = datetime(2023, 5, 1)
    world = World().listing(A, "Former Example Name", aliases=("Wuhan Example Chemical",)).listing(B, "Wuhan Example Chemical")
    world.rows["sanction_names"][0]["known_from"] = may
    world.rows["sanction_listings"][1]["known_from"] = datetime(2023, 3, 1)
    assert known_from(world) == [may]
    # a generic name needs the country that a telling one does not
    for name, moment in (("National Defence University", may), ("Wuhan Example Chemical", AT)):
        world = World().listing(A, name).listing(B, name)
        world.rows["sanction_countries"][0]["known_from"] = may
        assert (known_from(world), [d[3] for d in world.decided()]) == ([moment], [True])
    day = (date(1970, 1, 1), date(1970, 1, 2))
    world = World().listing(A, "LI, Wei", "person", born=day).listing(C, "Wei Li", "person", born=day)
    world.rows["sanction_birth_dates"][1]["known_from"] = may
    assert known_from(world) == [may]
    world = World().listing(A, "Ministry of Commerce", country="CHN")
    world.rows["sanction_countries"][0]["known_from"] = may
    assert (known_from(world), world.decided()[0][1]) == ([may], "CHN.MOFCOM")


def test_what_is_stated_again_or_written_otherwise_was_known_since_the_first_time() -> None:
    world = World().listing(A, "National Defence University").listing(B, "National Defence University")
    world.rows["sanction_countries"][0]["known_to"] = datetime(2023, 2, 1)
    world.add("countries", listing_id=A, country_id="CHN", basis="nationality", known_from=datetime(2023, 5, 1))
    assert known_from(world) == [AT]
    world = World().listing(A, "OOO Wuhan Example Chemical").listing(B, "Wuhan Example Chemical")
    name = {"listing_id": A, "kind": "primary", "quality": "strong"}
    world.add("names", **name, name="WUHAN EXAMPLE CHEMICAL", known_to=datetime(2023, 5, 1))
    world.add("names", **name, name="OOO Wuhan Example Chemical", known_from=datetime(2023, 5, 1))
    assert known_from(world) == [AT]
