"""What tells a party's state besides what its list states: each kind of evidence, and since when it was known, on a few rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import duckdb
import polars as pl
import pytest

from assets.sanctions.targets import evidence
from assets.schema import table
from pipelines.checks.expectations import from_checks

SHIP, FIRM, TWIN = "us_ofac_sdn:1", "us_ofac_sdn:2", "us_bis_entity_list:x"
JANUARY, MARCH, JUNE = datetime(2023, 1, 1), datetime(2023, 3, 1), datetime(2023, 6, 1)


class Room:
    """Core tables of the room and the party of each listing, filled by a test row by row."""

    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = {
            f"sanction_{name}": [] for name in ("listings", "names", "countries", "identifiers", "notes", "links")
        }
        self.party_actors: list[dict[str, Any]] = []

    def add(self, table_name: str, /, **columns: Any) -> Room:
        self.rows[f"sanction_{table_name}"].append({"known_from": JANUARY, "known_to": None, "snapshot_id": "s"} | columns)
        return self

    def listing(self, listing_id: str, name: str = "Party", party_type: str = "entity", **columns: Any) -> Room:
        list_id, native_id = listing_id.split(":")
        row = {"listing_id": listing_id, "list_id": list_id, "native_id": native_id, "actor_id": listing_id, "name": name}
        more = {"party_type": party_type, "valid_from_basis": "left_censored", "known_basis": "snapshot"}
        return self.add("listings", **row, **more, **columns)

    def number(self, listing_id: str, scheme: str, country: str | None = "CHN", **columns: Any) -> Room:
        return self.add("identifiers", listing_id=listing_id, scheme=scheme, value="9142", country_id=country, **columns)

    def same(self, one: str, other: str, rule: str = "name", actor_id: str = FIRM) -> Room:
        ids = (one,) if rule == "registry" else (one, other)
        registry_id = other if rule == "registry" else None
        for listing_id in ids:
            row = {"listing_id": listing_id, "actor_id": actor_id, "registry_id": registry_id, "known_from": JANUARY}
            self.party_actors.append(row)
        return self

    def read(self, name: str) -> pl.LazyFrame:
        return pl.DataFrame(self.rows[name], schema=table(f"core.{name}").polars, orient="row").lazy()

    def found(self, *columns: str) -> list[tuple[Any, ...]]:
        of_party = pl.DataFrame(self.party_actors, schema=table("core.party_actors").polars, orient="row")
        return evidence(self.read, of_party).select(columns or ("listing_id", "country_id", "basis", "strength")).rows()


@pytest.mark.trap("us_ofac_sdn", "sdn-csv-alone")
@pytest.mark.parametrize("scheme", ["uscc", "tax_id", "passport", "registration", "national_id"])
def test_who_issued_a_number_shows_the_state(scheme: str) -> None:
    room = Room().listing(FIRM).number(FIRM, scheme)
    assert room.found() == [(FIRM, "CHN", "identifier", "derived")]
    assert room.found("evidence") == [(f"{scheme.replace('_', ' ')} 9142",)]


def test_a_forged_paper_tells_nothing_and_numbers_of_one_state_are_one_row_until_a_gap() -> None:
    room = Room().listing(FIRM).number(FIRM, "passport", note="fraudulent").number(FIRM, "tax_id", None)
    assert room.found() == []
    room = Room().listing(FIRM).number(FIRM, "uscc", known_to=MARCH).number(FIRM, "tax_id", known_from=MARCH)
    assert room.found("known_from", "known_to") == [(JANUARY, None)]
    gap = Room().listing(FIRM).number(FIRM, "uscc", known_to=MARCH).number(FIRM, "uscc", known_from=JUNE)
    assert gap.found("known_from", "known_to") == [(JANUARY, MARCH), (JUNE, None)]


def test_a_ship_has_the_state_of_the_party_it_is_linked_to_and_a_firm_has_not() -> None:
    room = Room().listing(SHIP, "STAR", "vessel", vessel_flag="Panama")
    room.add("notes", listing_id=SHIP, kind="former_vessel_flag", text="Malta")
    assert room.found() == [(SHIP, "PAN", "flag", "weak")]
    room = Room().listing(SHIP, "STAR", "vessel").listing(FIRM, "NATIONAL EXAMPLE TANKER COMPANY")
    room.add("links", listing_id=SHIP, relation="linked_to", linked_name="NATIONAL EXAMPLE TANKER COMPANY")
    room.add("countries", listing_id=FIRM, country_id="IRN", basis="address", known_from=MARCH)
    assert room.found() == [(SHIP, "IRN", "linked_party", "derived")]
    assert room.found("known_from", "evidence") == [(MARCH, f"{FIRM}: address")]
    # when two bear the name, which one is meant is not known
    room.listing("us_ofac_sdn:3", "NATIONAL EXAMPLE TANKER COMPANY", known_from=JUNE)
    assert room.found("known_from", "known_to") == [(MARCH, JUNE)]
    room = Room().listing("us_ofac_sdn:3", "Agent").listing(FIRM, "NATIONAL EXAMPLE TANKER COMPANY")
    room.add("links", listing_id="us_ofac_sdn:3", relation="linked_to", linked_name="NATIONAL EXAMPLE TANKER COMPANY")
    assert room.add("countries", listing_id=FIRM, country_id="IRN", basis="address").found() == []


def test_another_listing_and_the_actor_of_a_party_show_its_state_once_both_are_known() -> None:
    room = Room().listing(FIRM, known_from=JUNE).listing(TWIN).same(TWIN, FIRM)
    room.add("countries", listing_id=TWIN, country_id="CHN", basis="list_destination")
    assert room.found("listing_id", "country_id", "basis", "known_from") == [(FIRM, "CHN", "other_list", JUNE)]
    room = Room().listing(FIRM).listing(TWIN).same(TWIN, FIRM)
    room.add("countries", listing_id=TWIN, country_id="IRN", basis="address", known_to=MARCH)
    room.add("countries", listing_id=TWIN, country_id="CHN", basis="address", known_from=MARCH, known_to=JUNE)
    room.listing(TWIN, valid_to=JUNE.date(), valid_to_basis="snapshot_diff", known_from=JUNE)
    assert room.found("country_id", "known_from", "known_to") == [("CHN", MARCH, None), ("IRN", JANUARY, MARCH)]
    room = Room().listing(FIRM).listing(TWIN).same(TWIN, FIRM)
    room.add("countries", listing_id=TWIN, country_id="CHN", basis="place_of_birth")
    assert room.add("countries", listing_id=TWIN, country_id="CHN", basis="remark").found() == []
    room = Room().listing(FIRM, "Huawei Technologies").same(FIRM, "CHN.HUAWEI", "registry", "CHN.HUAWEI")
    assert room.found("listing_id", "country_id", "basis", "evidence") == [(FIRM, "CHN", "registry", "CHN.HUAWEI")]


def test_two_rows_of_one_state_and_basis_that_stand_at_once_are_found() -> None:
    (check,) = (e.query for e in from_checks() if (e.table, e.name) == ("core.target_evidence", "stand_once"))
    assert check is not None
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA core")
        con.execute(
            f"""CREATE TABLE core.target_evidence AS SELECT '{FIRM}' AS listing_id, 'CHN' AS country_id, 'identifier' AS basis,
                TIMESTAMP '2023-01-01' AS known_from, TIMESTAMP '2023-03-01' AS known_to"""
        )
        assert con.execute(check).fetchall() == []
        con.execute(
            "INSERT INTO core.target_evidence SELECT * REPLACE (TIMESTAMP '2023-02-01' AS known_from) FROM core.target_evidence"
        )
        assert len(con.execute(check).fetchall()) == 1
