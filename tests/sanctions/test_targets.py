"""What tells a party's state besides what its list states: each kind of evidence, and since when it was known, on a few rows."""

from datetime import datetime
from typing import Any

import duckdb
import polars as pl
import pytest

from assets.sanctions.targets import evidence
from assets.schema import table
from pipelines.checks.expectations import from_checks
from tests.sanctions.test_parties import World
from tests.told import told

SHIP, FIRM, TWIN, AGENT = "us_ofac_sdn:1", "us_ofac_sdn:2", "us_bis_entity_list:x", "us_ofac_sdn:3"
JANUARY, MARCH, JUNE = datetime(2023, 1, 1), datetime(2023, 3, 1), datetime(2023, 6, 1)
TANKERS = "NATIONAL EXAMPLE TANKER COMPANY"
A_SHIP, A_FIRM, A_TWIN = f"{SHIP} vessel -: STAR", f"{FIRM} -: Party", f"{TWIN} -: Party"


class Room(World):
    """Core tables of the domain, and the party of each listing."""

    party_actors: tuple[dict[str, Any], ...] = ()

    def number(self, scheme: str, country: str | None = "CHN", **columns: Any) -> None:
        self.add("identifiers", listing_id=FIRM, scheme=scheme, value="9142", country_id=country, **columns)

    def country(self, listing_id: str, country_id: str, basis: str = "address", **columns: Any) -> None:
        self.add("countries", listing_id=listing_id, country_id=country_id, basis=basis, **columns)

    def linked(self, listing_id: str) -> None:
        self.add("links", listing_id=listing_id, relation="linked_to", linked_name=TANKERS)

    def found(self, columns: str = "listing_id country_id basis strength") -> str:
        of_party = pl.DataFrame(self.party_actors, schema=table("core.party_actors").polars, orient="row")
        return told(evidence(self.read(), of_party), columns)


def twins(*more: str) -> Room:
    """A firm and another listing of its party."""
    room = Room(*(more or (A_FIRM, A_TWIN)))
    row = {"actor_id": FIRM, "registry_id": None, "known_from": JANUARY}
    room.party_actors = tuple(row | {"listing_id": listing_id} for listing_id in (TWIN, FIRM))
    return room


@pytest.mark.trap("us_ofac_sdn", "sdn-csv-alone")
def test_who_issued_a_number_shows_the_state_until_a_gap_and_a_forged_paper_tells_nothing() -> None:
    for scheme in ("uscc", "tax_id", "passport", "registration", "national_id"):
        room = Room(A_FIRM)
        room.number(scheme)
        shown = room.found("listing_id country_id basis strength evidence")
        assert shown == f"{FIRM}|CHN|identifier|derived|{scheme.replace('_', ' ')} 9142"
    room = Room(A_FIRM)
    room.number("passport", note="fraudulent")
    room.number("tax_id", None)
    assert room.found() == ""
    for second, since, until in (("tax_id", MARCH, "2023-01-01T00:00|-"),
                                 ("uscc", JUNE, "2023-01-01T00:00|2023-03-01T00:00 / 2023-06-01T00:00|-")):  # fmt: skip
        room = Room(A_FIRM)
        room.number("uscc", known_to=MARCH)
        room.number(second, known_from=since)
        assert room.found("known_from known_to") == until


def test_a_ship_has_the_state_of_the_party_it_is_linked_to_and_a_firm_has_not() -> None:
    room = Room(A_SHIP)
    room.rows["sanction_listings"][0]["vessel_flag"] = "Panama"
    room.add("notes", listing_id=SHIP, kind="former_vessel_flag", text="Malta")
    assert room.found() == f"{SHIP}|PAN|flag|weak"
    room = Room(A_SHIP, f"{FIRM} -: {TANKERS}")
    room.linked(SHIP)
    room.country(FIRM, "IRN", known_from=MARCH)
    assert room.found() == f"{SHIP}|IRN|linked_party|derived"
    assert room.found("known_from evidence") == f"2023-03-01T00:00|{FIRM}: address"
    # when two bear the name, which one is meant is not known
    room.listing(f"{AGENT} -: {TANKERS}")
    room.rows["sanction_listings"][-1]["known_from"] = JUNE
    assert room.found("known_from known_to") == "2023-03-01T00:00|2023-06-01T00:00"
    room = Room(f"{AGENT} -: Agent", f"{FIRM} -: {TANKERS}")
    room.linked(AGENT)
    room.country(FIRM, "IRN")
    assert room.found() == ""


def test_another_listing_and_the_actor_of_a_party_show_its_state_once_both_are_known() -> None:
    room = twins()
    room.rows["sanction_listings"][0]["known_from"] = JUNE
    room.country(TWIN, "CHN", "list_destination")
    assert room.found("listing_id country_id basis known_from") == f"{FIRM}|CHN|other_list|2023-06-01T00:00"
    room = twins(A_FIRM, A_TWIN, A_TWIN)
    room.rows["sanction_listings"][2] |= {"valid_to": JUNE.date(), "valid_to_basis": "snapshot_diff", "known_from": JUNE}
    room.country(TWIN, "IRN", known_to=MARCH)
    room.country(TWIN, "CHN", known_from=MARCH, known_to=JUNE)
    expected = "CHN|2023-03-01T00:00|- / IRN|2023-01-01T00:00|2023-03-01T00:00"
    assert room.found("country_id known_from known_to") == expected
    room = twins()
    room.country(TWIN, "CHN", "place_of_birth")
    room.country(TWIN, "CHN", "remark")
    assert room.found() == ""
    room = Room(f"{FIRM} -: Huawei Technologies")
    row = {"listing_id": FIRM, "actor_id": "CHN.HUAWEI", "registry_id": "CHN.HUAWEI", "known_from": JANUARY}
    room.party_actors = (row,)
    assert room.found("listing_id country_id basis evidence") == f"{FIRM}|CHN|registry|CHN.HUAWEI"


def test_two_rows_of_one_state_and_basis_that_stand_at_once_are_found() -> None:
    (check,) = (e.query for e in from_checks() if (e.table, e.name) == ("core.target_evidence", "stand_once"))
    with duckdb.connect() as con:
        con.execute(
            f"""CREATE SCHEMA core; CREATE TABLE core.target_evidence AS SELECT '{FIRM}' AS listing_id, 'CHN' AS country_id,
                'identifier' AS basis, TIMESTAMP '2023-01-01' AS known_from, TIMESTAMP '2023-03-01' AS known_to"""
        )
        assert con.execute(str(check)).fetchall() == []
        again = "SELECT * REPLACE (TIMESTAMP '2023-02-01' AS known_from) FROM core.target_evidence"
        con.execute(f"INSERT INTO core.target_evidence {again}")
        assert len(con.execute(str(check)).fetchall()) == 1
