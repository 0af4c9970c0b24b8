"""Which listings are one party: each rule, each reason against it, and as it could be decided at any moment, on a few rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.actors import registry
from assets.errors import BilateralError
from assets.sanctions import parties, party_history
from assets.sanctions.parties import decisions, read_overrides
from assets.sanctions.party_facts import facts
from assets.sanctions.reading.dates import written_date
from assets.sanctions.reading.names import entity_key, person_key, without_acronym, words
from assets.sanctions.targets import Rows
from assets.schema import table
from pipelines.checks.expectations import from_checks
from tests.depth import examples

AT, MAY = datetime(2023, 1, 1), datetime(2023, 5, 1)
RANKS = {"us_ofac_sdn": 0, "us_bis_entity_list": 1, "eu_fsf": 2, "cn_mofcom": 3}
LISTS = {
    "A": "us_ofac_sdn", "B": "us_bis_entity_list", "C": "eu_fsf", "D": "us_ofac_cons", "E": "us_dod_1260h", "F": "us_ofac_cmic",
}  # fmt: skip
SHORT = {f"{letter}{n}": f"{list_id}:{n or 1}" for letter, list_id in LISTS.items() for n in ("", 2)}
A, B, C = (SHORT[letter] for letter in "ABC")


class World:
    """Core tables of the domain, filled by a test row by row."""

    def __init__(self, *listings: str) -> None:
        tables = ("listings", "names", "countries", "identifiers", "birth_dates", "programs", "addresses", "notes", "links")
        self.rows: dict[str, list[dict[str, Any]]] = {f"sanction_{name}": [] for name in tables}
        for listing in listings:
            self.listing(listing)

    def listing(self, text: str) -> None:
        """``A person RUS born=1970 passport=1: NAME aka ALIAS``: an entity of China unless it says more (``-``: no country).

        A number may name the country that gave it (``uscc=9/CHN``); a birth is a year or a day; ``from`` and ``to`` are days.
        """
        head, written = text.split(": ", 1)
        listing_id, *said = head.split()
        listing_id = SHORT.get(listing_id, listing_id)
        has = dict(word.split("=") for word in said if "=" in word)
        party_type = next((word for word in said if word in ("person", "vessel")), "entity")
        stated = next((word for word in said if word == "-" or (len(word) == 3 and word.isupper())), "CHN")
        country = None if stated == "-" else stated
        name, *aliases = written.split(" aka ")
        list_id, native_id = listing_id.split(":")
        days = {f"valid_{side}": date.fromisoformat(has.pop(side)) for side in ("from", "to") if side in has}
        self.add("listings", listing_id=listing_id, list_id=list_id, native_id=native_id, actor_id=has.pop("actor", listing_id),
                 party_type=party_type, name=name, valid_from_basis="left_censored", known_basis="snapshot", **days)  # fmt: skip
        for alias in aliases:
            self.add("names", listing_id=listing_id, name=alias, kind="aka", quality="strong")
        if country is not None:
            self.add("countries", listing_id=listing_id, country_id=country, basis="address")
        if (born := written_date(has.pop("born", ""))) is not None:
            self.add("birth_dates", listing_id=listing_id, born="x", born_from=born.first, born_before=born.before,
                     precision="day", is_circa=False)  # fmt: skip
        if "program" in has:
            program = has.pop("program")
            self.add("programs", listing_id=listing_id, program=program, program_raw=program, valid_from_basis="left_censored")
        for scheme, number in has.items():
            value, _, issuer = number.replace("_", " ").partition("/")
            self.add("identifiers", listing_id=listing_id, scheme=scheme, value=value, country_id=issuer or country)

    def add(self, table_name: str, /, **columns: Any) -> None:
        self.rows[f"sanction_{table_name}"].append({"known_from": AT, "known_to": None, "snapshot_id": "s"} | columns)

    def read(self) -> Callable[[str], pl.LazyFrame]:
        return lambda name: pl.DataFrame(self.rows[name], schema=table(f"core.{name}").polars, orient="row").lazy()

    def decisions(self, *overrides: tuple[str, str, bool, str]) -> pl.DataFrame:
        return decisions(facts(self.read()), overrides, RANKS)

    def decided(self, *overrides: tuple[str, str, bool, str]) -> str:
        """Decisions as text: ``B = A by name``, or ``B != A by name`` where they are told apart."""
        short = {listing_id: letter for letter, listing_id in SHORT.items()}
        rows = self.decisions(*overrides).select("listing_id", "other_id", "rule", "is_same").iter_rows()
        return "; ".join(f"{short.get(a, a)} {'=' if same else '!='} {short.get(b, b)} by {rule}" for a, b, rule, same in rows)

    def actors(self) -> dict[str, str]:
        return dict(self.decisions().select("listing_id", "actor_id").iter_rows())

    def known_from(self) -> list[Any]:
        return [*self.decisions()["known_from"]]


CASES = [
    # the same name, type and country on two lists is one party with the id of the first list
    ("A: WUHAN EXAMPLE CHEMICAL CO., LTD.", "B: Wuhan Example Chemical Company Limited", "B = A by name"),
    # a telling name is enough where no country is known, unless two countries bear it
    ("A: Wuhan Example Chemical", "B -: Wuhan Example Chemical", "B = A by name"),
    ("A: National Defence University", "B -: National Defence University", "B != A by name"),
    ("A: Central Bank", "B -: Central Bank", "B != A by name"), ("A: Druzhba", "B -: Druzhba", "B != A by name"),
    ("A: Example Orient Shipping", "C IRN: Example Orient Shipping", "B -: Example Orient Shipping",
     "C != B by name; C != A by name; B != A by name"),
    ("B ARE: Orient Avia Ex", "B2 PAK: Orient Avia Ex", "A -: Orient Avia Ex", "B = B2 by name; B = A by name; B2 = A by name"),
    ("A vessel -: Ocean Example Star", "C vessel: Ocean Example Star", "C != A by name"),
    # a number shows a country and joins the better name
    ("A - uscc=91420100MA4KWXYZ00/CHN: Central Trading", "B: Central Trading", "B = A by name"),
    ("A person passport=A1234567: TABATABAEI, Ali Akbar", "un_sc:IRi.003 person passport=A1234567: Azim Example",
     "un_sc:IRi.041 person passport=A1234567: Ali Akbar Tabatabaei",
     "un_sc:IRi.003 != A by identifier; un_sc:IRi.041 = A by identifier; un_sc:IRi.041 = A by name"),
    ("A -: EXAMPLE BANK OF RUSSIA", "D RUS: EXAMPLE BANK", "D2 -: Another", "D = A by identifier"),
    # a paper proves who a person is, and an office does not
    ("A person RUS: IVANOV, Sergei", ""),
    ("A person born=1970-03-01 passport=745420176: HAN, Jang Su", "C person born=1971 passport=745420176: Han Jang Su",
     "C = A by identifier; C = A by name"),
    # short names are one where every word is the same, but for an acronym in brackets
    ("A: Example Manufacturing Corporation (EMIC)", "B: Example Manufacturing Corporation", "B = A by alike"),
    ("A RUS: VAD, AO", "B RUS: VAD AO", "B = A by name"), ("A RUS: VAD, AO", "B RUS: VAD OOO", ""),
    # another spelling joins with a country in common, and another romanisation with the birth
    ("A: Wuhan Example Chemicals Co., Ltd.", "B: Wuhan Example Chemical Co., Ltd.", "B = A by alike"),
    ("A: Wuhan Example Chemicals", "B -: Wuhan Example Chemical", "B != A by alike"),
    ("A: Hunan Example Chemical Factory", "B: Henan Example Chemical Factory", "B != A by alike"),
    ("A: Wuhan Example Plant No. 5", "B: Wuhan Example Plant No. 6", "B != A by alike"),
    ("A person RUS: PETROV, Andrei Vasilievich", "C person RUS: Andrey Vasilyevich PETROV", "C = A by alike"),
    ("A person RUS: PETROV, Andrei", "C person RUS: Andrey PETROV", "C != A by alike"),
    ("A person RUS born=1970-03-01: PETROV, Andrei", "C person RUS born=1970-03-01: Andrey PETROV", "C = A by alike"),
    # an alias joins no listings of other countries or programs
    ("A LBN program=SDGT: GOD EXAMPLE aka Ansar Example Allah", "C YEM program=Yemen: Ansar Example Allah", "C != A by name"),
    ("A - program=LEBANON: GOD EXAMPLE aka Ansar Example Allah", "C - program=Yemen: Ansar Example Allah", "C != A by name"),
    ("A - program=YEMEN: GOD EXAMPLE aka Ansar Example Allah", "C - program=Yemen: Ansar Example Allah", "C = A by name"),
    ("A YEM program=SDGT: GOD EXAMPLE aka Ansar Example Allah", "C - program=Yemen: Ansar Example Allah", "C = A by name"),
    # a parent and its subsidiary that one list names apart stay two, and one is of the group
    ("F: China National Offshore Oil Corporation", "F2: CNOOC Limited aka CNOOC Ltd",
     "D: CHINA NATIONAL OFFSHORE OIL CORPORATION", "D2: CNOOC LIMITED", "B: China National Offshore Oil Corporation Ltd.",
     "B = CHN.CNOOC by registry; B = F by name; B = D by name; F = CHN.CNOOC by registry; F = D by name; "
     "F2 != CHN.CNOOC by group; F2 = D2 by name; D = CHN.CNOOC by registry; D2 != CHN.CNOOC by group"),
    # countries of programs, and Hong Kong within China, count
    ("un_sc:SOe.001 -: AL-EXAMPLE", "gb_sanctions:S1 SOM: AL-EXAMPLE", "gb_sanctions:S1 != un_sc:SOe.001 by name"),
    ("un_sc:SOe.001 - program=Somalia: AL-EXAMPLE", "gb_sanctions:S1 SOM: AL-EXAMPLE", "gb_sanctions:S1 = un_sc:SOe.001 by name"),
    ("A HKG: Harbour Example Trading", "B: Harbour Example Trading", "B = A by name"),
    # two entries, or numbers of one kind, are two parties
    ("ca_sema:iran.a -: Example Boresh", "ca_sema:iran.b: Kaveh Example Tools", "A: KAVEH EXAMPLE TOOLS aka Example Boresh",
     "ca_sema:iran.a != A by name; ca_sema:iran.b = A by name"),
    ("A vessel imo=9123456: Ocean Example Star", "C vessel imo=9123457: Ocean Example Star", "C != A by name"),
    ("A swift_bic=ABCDEFGH1: Example Bank", "A2 swift_bic=ABCDEFGH1: Example Bank", ""),
    ("A: Example Bank One", "A2: Example Bank Two", "C: Example Bank One aka Example Bank Two", "C = A by name; C != A2 by name"),
    # dates of birth that differ by a slip keep nobody apart
    ("A person born=1971-06-10: EXAMPLE, Oleg Petrovich", "C person born=1971-06-19: Oleg Petrovich EXAMPLE", "C = A by name"),
    ("A person born=1974-08-11: EXAMPLE, Oleg Petrovich", "C person born=1974-11-08: Oleg Petrovich EXAMPLE", "C = A by name"),
    ("A person born=1963: EXAMPLE, Oleg Petrovich", "C person born=1961: Oleg Petrovich EXAMPLE", "C = A by name"),
    ("A person born=1963-12-23: EXAMPLE, Oleg Petrovich", "C person born=1954-10-12: Oleg Petrovich EXAMPLE", "C != A by name"),
    # names of nothing, and types that disagree, join nobody
    ("A: The Company Ltd", "B: Co. Limited", "C: Company", ""), ("A: 21 Ltd", "B: No 21 Ltd", ""),
    ("A vessel imo=IMO_9123456: Ocean Example Star", "B imo=9123456: Ocean Example Star", ""),
    ("A vessel registration=9123456: Ocean Example Star", "B registration=9123456: Firm", "B != A by identifier"),
    ("A FRA: Other Firm aka DJI", ""),
    # persons of two words need a birth or a name of their own, and longer names do not
    ("A person: WANG, Wei", "B person: Wei Wang", "B = A by name"),
    ("A person: WANG, Wei", "A2 person: WANG, Wei", "B person: Wei Wang", "B != A by name; B != A2 by name"),
    ("A person -: WANG, Wei", "B person: Wei Wang", "B != A by name"),
    ("A person born=1970-03-01: WANG, Wei", "B person born=1970: Wei Wang", "B = A by name"),
    ("A person born=1970-03-01: WANG, Wei", "B person born=1981: Wei Wang", "B != A by name"),
    ("A person MEX: GARCIA EXAMPLE, Maria Luisa", "C person MEX: Maria Luisa García Example", "C = A by name"),
    # a strong identifier is enough within the country that gave it
    ("A uscc=91420100MA4KWXYZ00: One", "B uscc=9142_0100_MA4K_WXYZ_00: Another Name", "B = A by identifier"),
    ("A tax_id=12: One", "B tax_id=12: Two", ""), ("A email=a@example.org: One", "B email=a@example.org: Two", ""),
    ("un_sc:QDe.004 -: Example Network", "C - un_reference=QDe.004: Exemple (réseau)", "C = un_sc:QDe.004 by identifier"),
    ("A passport=G1234567: One", "B IRN passport=G1234567: Two", ""),
    # one firm under several destinations, or an id issued again, is one party
    ("B ARE: Example Avia", "B2 PAK: Example Avia", "B = B2 by name"),
    ("A: TORNADO EXAMPLE", "A2 actor=us_ofac_sdn:1: TORNADO EXAMPLE", "A = A2 by reissue"),
    # who was taken off a list and is listed again is one party
    ("A IRN to=2016-01-16: BANK EXAMPLE", "A2 IRN from=2018-11-05: BANK EXAMPLE", "A = A2 by name"),
    ("A IRN to=2019-01-01: BANK EXAMPLE", "A2 IRN from=2018-11-05: BANK EXAMPLE", ""),
    ("A IRN to=2016-01-16: BANK EXAMPLE", "A2 CHN from=2018-11-05: BANK EXAMPLE", ""),
    ("A IRN to=2018-01-26: NUCLEAR EXAMPLE", "A2 IRN from=2018-11-05: MINING EXAMPLE aka NUCLEAR EXAMPLE", "A = A2 by name"),
    # an initial that one of two entries of a person lacks, initials that differ, the first of January, which is a day that
    # nobody knows, a wrong birth where both were listed within a month, and another generation
    ("A person SAU born=1986-02-28 from=2018-11-15: EXAMPLE, Naif Hassan S.",
     "C person SAU born=1986-02-28 from=2018-11-29: Naif Hassan EXAMPLE", "C = A by alike"),
    ("A person SAU born=1986-02-28 from=2018-11-15: EXAMPLE, Naif S.",
     "C person SAU born=1986-02-28 from=2018-11-29: Naif K. EXAMPLE", ""),
    ("A person SAU born=1986-02-28 from=2018-11-15: EXAMPLE, Naif Hassan",
     "C person SAU born=1986-01-01 from=2018-11-29: Naif Hassan EXAMPLE", "C = A by name"),
    ("A person SAU born=1986-02-28 from=2018-11-15: EXAMPLE, Naif Hassan Saad",
     "C person SAU born=1980-05-04 from=2018-11-29: Naif Hassan Saad EXAMPLE", "C = A by name"),
    ("A person SAU born=1986-02-28 from=2018-11-15: EXAMPLE, Naif Hassan Saad",
     "C person SAU born=1950-05-04 from=2018-11-29: Naif Hassan Saad EXAMPLE", "C != A by name"),
    # a regime gives a person an id of its own, and an entry takes the place of another
    ("un_sc:QDi.042 person SOM born=1935: EXAMPLE DAHIR HASSAN", "un_sc:SOi.002 person SOM born=1935: Hassan Dahir Example",
     "un_sc:QDi.042 = un_sc:SOi.002 by name"),
    ("un_sc:QDi.042 person SOM born=1935: EXAMPLE DAHIR HASSAN", "un_sc:QDi.043 person SOM born=1935: Hassan Dahir Example", ""),
    ("gb_sanctions:INU0152 from=2010-06-09 to=2025-04-10: EXAMPLE AERONAUTICS",
     "gb_sanctions:INU0235 from=2023-10-18: EXAMPLE AERONAUTICS", "gb_sanctions:INU0152 = gb_sanctions:INU0235 by name"),
    # a wrong day within the year of birth keeps nobody apart who shares many names
    ("A person KWT born=1968-04-11: EXAMPLE, Abdul Hakim aka EXAMPLE, Saeed aka EXAMPLE, Abdul Hakim Hasim",
     "un_sc:QDi.120 person KWT born=1968-01-04: EXAMPLE, Abdul Hakim aka EXAMPLE, Saeed aka EXAMPLE, Abdul Hakim Hasim",
     "un_sc:QDi.120 = A by name"),
    ("A person KWT born=1968-04-11: EXAMPLE, Abdul Hakim", "un_sc:QDi.120 person KWT born=1968-01-04: EXAMPLE, Abdul Hakim",
     "un_sc:QDi.120 != A by name"),
    # a long name that two persons of a list bear is neither without a birth
    ("gb_sanctions:DPR1 person PRK born=1954-03-01: EXAMPLE CHUN SIK",
     "gb_sanctions:DPR2 person PRK born=1963-03-01: Chun Sik Example", "A person PRK: EXAMPLE, Chun Sik",
     "gb_sanctions:DPR1 != A by name; gb_sanctions:DPR2 != A by name"),
    # one section of a list by regime spells a long name in two ways
    ("ca_sema:russia.a person RUS: Viktor Vasilyevich EXAMPLE", "ca_sema:russia.b person RUS: Viktor Vasiliyevich EXAMPLE",
     "A person RUS: EXAMPLE, Viktor Vasilyevich", "ca_sema:russia.a = A by name; ca_sema:russia.b = A by alike"),
    # a bank of an annex against Russia has no other country, and a firm with an address has its own
    ("eu_sectoral_annexes:XIV-fictionneft - program=EU-833-XIV: FICTIONNEFT", "D RUS: FICTIONNEFT",
     "eu_sectoral_annexes:XIV-fictionneft = D by name"),
    ("eu_sectoral_annexes:XIV-fictionneft CHN program=EU-833-XIV: FICTIONNEFT", "D RUS: FICTIONNEFT",
     "eu_sectoral_annexes:XIV-fictionneft != D by name"),
    # names that are alike join where another name and a country are in common
    ("A IRN: Noor Afza Gostar Example aka Nur Light Works", "B IRN: Noor Afzarin Gostar Example aka Nur Light Works",
     "B = A by alike"),
    ("A IRN: Noor Afza Gostar Example aka Nur Light Works", "B CHN: Noor Afzarin Gostar Example aka Nur Light Works",
     "B != A by alike"),
    ("A IRN: Noor Afza Gostar Example aka Nur Light Works", "B IRN: Noor Afzarin Gostar Example aka Dark Works Qom",
     "B != A by alike"),
    # a body of the registry counts, by its name and its country
    ("A: Huawei Technologies Co., Ltd.", "B: Huawei Technologies",
     "B = CHN.HUAWEI by registry; B = A by name; A = CHN.HUAWEI by registry"),
    ("A IRN: Huawei Technologies", ""), ("A -: EXAMPLE PATH aka People's Liberation Army", ""),
    ("A -: People's Liberation Army", "A = CHN.PLA by registry"),
    ("B: Semiconductor Manufacturing International Corporation (SMIC)", "D: SEMICONDUCTOR MANUFACTURING INTERNATIONAL CORP",
     "B = CHN.SMIC by registry; B = D by name; D = CHN.SMIC by registry"),
    ("B: DJI", "D: SZ DJI Technology Co., Ltd.", "E: Shenzhen DJI Technology Co., Ltd.",
     "B = CHN.DJI by registry; E = CHN.DJI by registry; D = CHN.DJI by registry"),
    ("B: Xinjiang Production and Construction Corps (XPCC)", "D -: XINJIANG PRODUCTION AND CONSTRUCTION CORPS",
     "B = CHN.XPCC by registry; B = D by name; D = CHN.XPCC by registry"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: " | ".join(case[:-1]))
def test_listings_are_one_party_or_told_apart_for_a_reason(case: tuple[str, ...]) -> None:
    *listings, decided = case
    assert World(*listings).decided() == decided


def test_a_party_has_the_id_of_its_first_list_or_of_the_registry_and_an_override_joins_and_keeps_apart(tmp_path: Path) -> None:
    assert World("A: WUHAN EXAMPLE CHEMICAL", "B: Wuhan Example Chemical").actors() == {B: A}
    assert World("A: TORNADO EXAMPLE", "A2 actor=us_ofac_sdn:1: TORNADO EXAMPLE").actors() == {A: A}
    assert World("A -: People's Liberation Army").actors() == {A: "CHN.PLA"}
    assert len({*World("B ARE: Avia Ex", "B2 PAK: Avia Ex", "A -: Avia Ex").actors().values()}) == 1
    assert "RUS.SERGEI_IVANOV" in registry.known_by_name()
    world = World("A: One Example", "B: Quite Another", "C: One Example")
    assert world.decided((A, B, True, "court file")) == "C = A by name; B = A by override"
    assert world.decided((A, C, False, "two firms of one name")) == "C != A by name; C != A by override"
    # a decision on a listing that is not known yet names nobody
    assert world.decided((B, "us_bis_dpl:later", True, "court file")) == world.decided()
    path = tmp_path / "party_overrides.csv"
    for row, says in (("a,b,maybe,why", "row 1: expected two different ids"), ("a,a,true,why", "row 1"), ("a,b,true,", "row 1")):
        path.write_text(f"listing_id,other_id,is_same,reason\n{row}\n")
        with pytest.raises(BilateralError, match=says):
            read_overrides(path)


def test_keys_of_names() -> None:
    assert without_acronym("Gulf Eagle Contracting (GEC)") == "Gulf Eagle Contracting"
    assert without_acronym("Gulf Eagle Contracting (HK)") == "Gulf Eagle Contracting (HK)"
    assert entity_key("Limited 21") is None
    assert words("Société d'Études S.A.") == ("societe", "detudes", "sa")
    assert person_key("Путин, Владимир") == person_key("Vladimir PUTIN")


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
        papers = "" if passport is None else f" passport={passport}"
        world.listing(f"{listing_id} {party_type} {country or '-'}{papers}: {name}")
    frame = world.decisions()
    assert frame.equals(world.decisions())
    together: dict[str, set[str]] = {}
    same = frame.filter(pl.col("is_same") & pl.col("other_id").is_in(list(types)))
    for one, other, actor in same.select("listing_id", "other_id", "actor_id").iter_rows():
        together.setdefault(actor, set()).update((one, other))
    for members in together.values():
        assert len({types[m] for m in members}) == 1
        of_one_each = [m for m in members if kept[m] in ("us_ofac_sdn", "eu_fsf")]
        assert len({kept[m] for m in of_one_each}) == len(of_one_each)


def test_a_decision_is_known_since_both_had_what_it_takes_also_of_a_removed_listing_and_as_stated_first() -> None:
    for listings, table_name, row, known in (
        (("A: Former Example Name aka Wuhan Example Chemical", "B: Wuhan Example Chemical"), "names", 0, MAY),
        (("A: Wuhan Example Chemical", "B: Wuhan Example Chemical"), "listings", 1, MAY),
        # a generic name needs the country that a telling one does not
        (("A: National Defence University", "B: National Defence University"), "countries", 0, MAY),
        (("A: Wuhan Example Chemical", "B: Wuhan Example Chemical"), "countries", 0, AT),
        (("A person born=1970-01-01: LI, Wei", "C person born=1970-01-01: Wei Li"), "birth_dates", 1, MAY),
        (("A: Ministry of Commerce",), "countries", 0, MAY),
        (("A IRN to=2016-01-16: BANK EXAMPLE", "A2 IRN from=2018-11-05: BANK EXAMPLE"), "listings", 0, MAY),
    ):
        world = World(*listings)
        world.rows[f"sanction_{table_name}"][row]["known_from"] = MAY
        assert (world.known_from(), "!=" in world.decided()) == ([known], False), (listings, table_name)
    world = World("A: Old Example Works", "B: Old Example Works")
    world.rows["sanction_countries"][0]["known_to"] = MAY
    assert world.decided() == "B = A by name"
    world = World("A: National Defence University", "B: National Defence University")
    world.rows["sanction_countries"][0]["known_to"] = datetime(2023, 2, 1)
    world.add("countries", listing_id=A, country_id="CHN", basis="nationality", known_from=MAY)
    assert world.known_from() == [AT]
    world = World("A: OOO Wuhan Example Chemical", "B: Wuhan Example Chemical")
    name = {"listing_id": A, "kind": "primary", "quality": "strong"}
    world.add("names", **name, name="WUHAN EXAMPLE CHEMICAL", known_to=MAY)
    world.add("names", **name, name="OOO Wuhan Example Chemical", known_from=MAY)
    assert world.known_from() == [AT]


OF_LISTS = ("us_ofac_sdn", "us_ofac_cons", "un_sc", "eu_fsf", "us_bis_entity_list", "cn_mofcom")
IDS = [f"{list_id}:QDe.00{n}" for list_id in OF_LISTS for n in range(1, 4)]
NAMES = (
    "Wuhan Example Chemical", "Wuhan Example Chemicals", "Wuhan Sample Chemical Ltd", "Huawei Technologies Co., Ltd.",
    "Central Bank", "VAD, AO", "Wei Wang", "WANG, Wei", "Garcia Example, Maria Luisa", "Maria Luisa Garcia Exampel",
)  # fmt: skip


LISTED = st.tuples(
    st.sampled_from(["entity", "entity", "person", "vessel"]), st.sampled_from(["CHN", "HKG", "RUS", "-"]),
    st.sampled_from(["", "born=1970", "born=1970-03-01", "born=1980"]),
    st.sampled_from(["", "", "", *(f"actor={i}" for i in IDS[:4])]),
    st.sampled_from(["", "passport=AB12345", "passport=CD67890", "tax_id=AB12345", "un_reference=QDe.001"]),
    st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True), st.integers(1, 4), st.booleans(),
)  # fmt: skip
"""A listing as a test draws it: its head, its names, the day since when it is known, and whether it is removed."""


def world_of(held: Mapping[str, Any]) -> World:
    world = World()
    for listing_id, (*head, names, since, is_removed) in held.items():
        before = {name: len(rows) for name, rows in world.rows.items()}
        world.listing(f"{listing_id} {' '.join(filter(None, head))}: {' aka '.join(names)}")
        for name, rows in world.rows.items():
            for row in rows[before[name] :]:
                row |= {"known_from": datetime(2023, 1, since), "known_to": datetime(2023, 6, 1) if is_removed else None}
    return world


def decided(rows: Rows) -> pl.DataFrame:
    return parties.decisions(facts(rows), parties.read_overrides(parties.OVERRIDES), parties.precedence_of_lists())


def known_at(moment: datetime, rows: Rows) -> Rows:
    def then(name: str) -> pl.LazyFrame:
        until = pl.when(pl.col("known_to") <= moment).then("known_to")
        return rows(name).filter(pl.col("known_from") <= moment).with_columns(until.alias("known_to"))

    return then


def actors_of(rows: Rows) -> dict[str, str]:
    """Of each listing that is of a party with others or of the registry, its actor."""
    same = decided(rows).filter("is_same")
    others = same.filter(pl.col("rule") != "registry").select(pl.col("other_id").alias("listing_id"), "actor_id")
    return dict(pl.concat([same.select("listing_id", "actor_id"), others]).iter_rows())


def history(rows: Rows) -> pl.DataFrame:
    return party_history.actors(rows, facts(rows), decided(rows))


@examples(150, 12)
@given(st.dictionaries(st.sampled_from(IDS), LISTED, max_size=10))
def test_at_every_moment_it_is_what_was_decided_from_what_was_known_then(held: dict[str, Any]) -> None:
    rows = world_of(held).read()
    made = history(rows)
    own = dict(rows("sanction_listings").select("listing_id", "actor_id").collect().iter_rows())
    for moment in (*(datetime(2023, 1, day) for day in range(1, 6)), datetime(2023, 7, 1)):
        then = made.filter(pl.col("known_from") <= moment, (pl.col("known_to") > moment).fill_null(True))
        known = [i for i, (*_, since, _) in held.items() if datetime(2023, 1, since) <= moment]
        of_then, alone = dict(then.select("listing_id", "actor_id").iter_rows()), actors_of(known_at(moment, rows))
        assert {i: of_then.get(i, own[i]) for i in known} == {i: alone.get(i, own[i]) for i in known}


def test_a_listing_is_of_a_party_from_when_the_other_was_known_and_no_more_when_its_country_is_another() -> None:
    world = World("un_sc:QDe.001: Wuhan Example Chemical", "us_ofac_sdn:7: Wuhan Example Chemical")
    first, second, third = datetime(2023, 1, 1), datetime(2023, 2, 1), datetime(2023, 3, 1)
    for rows in world.rows.values():
        for row in rows:
            row["known_from"] = first if row["listing_id"] == "us_ofac_sdn:7" else second
    (moved,) = (row for row in world.rows["sanction_countries"] if row["listing_id"] == "un_sc:QDe.001")
    world.rows["sanction_countries"].append(moved | {"country_id": "RUS", "known_from": third})
    moved["known_to"] = third
    of_un = history(world.read()).filter(listing_id="un_sc:QDe.001")
    assert of_un.select("actor_id", "known_from", "known_to").rows() == [
        ("us_ofac_sdn:7", second, third), ("un_sc:QDe.001", third, None),
    ]  # fmt: skip


def test_the_check_finds_a_party_that_is_not_the_one_of_now() -> None:
    (check,) = (e.query for e in from_checks() if (e.table, e.name) == ("core.party_actors", "now_as_decided_now"))
    row = "AS SELECT 'l' AS listing_id, '{}' AS actor_id, NULL::TIMESTAMP AS known_to"
    with duckdb.connect() as con:
        con.execute(f"CREATE SCHEMA core; CREATE TABLE core.sanction_listings {row.format('a')}")
        for actor, n in (("a", 0), ("b", 1)):
            con.execute(f"CREATE OR REPLACE TABLE core.party_actors {row.format(actor)}")
            assert len(con.sql(str(check)).fetchall()) == n
