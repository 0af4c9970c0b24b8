"""Reading the Denied Persons List."""

import gzip
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from assets.contracts import RowGuard, Staged, StagedInfo
from assets.sanctions.history.compared.fold import fold_compared
from assets.sanctions.lists.us_bis.denied_persons import stage
from assets.sanctions.reading.gather import judge_named as judge
from tests.sanctions.conftest import Memory, snapshot, the

HEADER = (
    "Name", "Street_Address", "City", "State", "Country", "Postal_Code", "Effective_Date", "Expiration_Date", "Standard_Order",
    "Last_Update", "Action", "FR_Citation",
)  # fmt: skip


def line(
    name: str,
    street: str = "1 ROAD",
    city: str = "SHENZHEN",
    state: str = "",
    country: str = "CN",
    postal_code: str = "",
    effective: str = "03/16/2020",
    expires: str = "12/13/2028",
    standard: str = "Y",
    updated: str = "2020-03-20",
    action: str = "FR NOTICE ADDED",
    citation: str = "85 F.R. 16054 3/20/2020",
) -> tuple[str, ...]:
    return name, street, city, state, country, postal_code, effective, expires, standard, updated, action, citation


def file(*lines: tuple[str, ...], delimiter: str = "\t", header: tuple[str, ...] = HEADER) -> bytes:
    return "".join(delimiter.join(f'"{c}"' for c in cells) + "\n" for cells in (header, *lines)).encode()


def read(*lines: tuple[str, ...]) -> Staged:
    return stage({"dpl.txt": file(*lines)})


@pytest.mark.trap("us_bis_dpl", "expired-orders")
def test_an_order_has_its_true_start_and_end_or_none() -> None:
    staged = read(line("ZIMO SHENG"))
    assert the(
        staged, "listings", "native_id", "programs", "listed_on", "listed_on_basis", "published_on", "ends_on", "ends_on_basis"
    ) == [("zimo-sheng", "DPL", date(2020, 3, 16), "source_field", date(2020, 3, 20), date(2028, 12, 13), "source_field")]
    assert the(read(line("A B", expires="")), "listings", "ends_on", "ends_on_basis") == [(None, None)]


def test_rows_of_one_person_with_several_addresses_are_one_listing() -> None:
    staged = read(
        line("ZIMO  SHENG"), line("Zimo Sheng", street="3975 N. CRAMER STREET", city="MILWAUKEE", state="WI", country="")
    )
    assert the(staged, "listings", "name") == [("ZIMO SHENG",)]
    assert the(staged, "addresses", "address", "country_id") == [
        ("1 ROAD, SHENZHEN, CN", "CHN"), ("3975 N. CRAMER STREET, MILWAUKEE, WI", "USA"),
    ]  # fmt: skip


def test_a_renewal_goes_back_to_its_first_notice_and_other_chains_do_not() -> None:
    renewed = line(
        "MAHAN AIRWAYS",
        effective="10/31/2023",
        expires="10/30/2024",
        action="TDO RENEWAL, F.R. NOTICE ADDED",
        citation="73 F.R. 15130 3/21/08, 88 F.R. 30078 5/10/2023",
    )
    assert the(read(renewed), "listings", "listed_on", "listed_on_basis", "published_on", "ends_on") == [
        (date(2008, 3, 21), "federal_register", None, date(2024, 10, 30))
    ]
    staged = read(line("A B", effective="09/10/1981", citation="46 F.R. 46154 9/17/81 and 46 F.R. 19290 3/30/81"))
    assert the(staged, "listings", "listed_on", "published_on") == [(date(1981, 9, 10), None)]


def test_two_orders_against_one_person_are_one_span_and_two_notes() -> None:
    staged = read(
        line("HAYDEE HERRERA", effective="03/04/2002", expires="06/29/2056"),
        line("HAYDEE HERRERA", effective="06/19/2003", expires="06/29/2057", citation="68 F.R. 38290 6/27/03"),
    )
    assert the(staged, "listings", "listed_on", "ends_on") == [(date(2002, 3, 4), date(2057, 6, 29))]
    assert [text.split(";")[0] for (text,) in the(staged, "notes", "text")] == ["effective 2002-03-04", "effective 2003-06-19"]


@pytest.mark.trap("us_bis_dpl", "states-for-countries")
def test_a_misspelt_country_and_a_state_in_its_place_are_known() -> None:
    staged = read(line("A B", country="PRC"), line("C D", country="NM"), line("E F", country="", state="ON"))
    assert the(staged, "addresses", "country_id") == [("CHN",), ("USA",), (None,)]
    assert staged.facts["n_without_country"] == 1


def test_names_give_aliases_and_an_impossible_date_is_reported() -> None:
    staged = read(line("FUYI SUN A/K/A FRANK SUN"))
    assert the(staged, "listings", "name", "party_type") == [("FUYI SUN", "person")]
    assert the(staged, "names", "name", "kind") == [("FRANK SUN", "aka")]
    staged = read(line("A B", effective="13/45/3017"))
    assert the(staged, "listings", "listed_on") == [(None,)]
    assert staged.rejects.select("column", "value").rows() == [("effective_date", "13/45/3017")]
    assert staged.n_rejected == 0


def test_commas_and_fewer_columns_are_read_too() -> None:
    assert_frame_equal(
        stage({"dpl.csv": file(line("A B"), delimiter=",")}).frames["listings"], read(line("A B")).frames["listings"]
    )
    header = ("Name", "Country", "Effective_Date", "Expiration_Date")
    staged = stage({"dpl.txt": file(("ACME", "CN", "03/16/2020", "12/13/2028"), header=header)})
    assert the(staged, "listings", "native_id", "listed_on", "citation") == [("acme", date(2020, 3, 16), None)]


def test_the_newer_file_with_name_and_address_in_one_cell_is_read() -> None:
    header = ("Name and Address", "Effective Date", "Expiration Date", "Type of Denial", "Appropriate Federal Register Citations")
    data = file(
        ("ACME, INC., 5 Road, Shenzhen, China", "3/16/2020", "12/13/2028", "Standard", "85 F.R. 16054 3/20/2020"),
        ("Zimo Sheng, 1 Street, Milwaukee", "3/16/2020", "", "Standard", "85 F.R. 16054 3/20/2020"),
        delimiter=",",
        header=header,
    )
    staged = stage({"dpl_04142026.csv": data})
    assert the(staged, "listings", "native_id", "listed_on", "ends_on", "citation") == [
        ("acme-inc", date(2020, 3, 16), date(2028, 12, 13), "85 F.R. 16054 3/20/2020"),
        ("zimo-sheng", date(2020, 3, 16), None, "85 F.R. 16054 3/20/2020"),
    ]
    assert the(staged, "addresses", "address", "country_id") == [
        ("5 Road, Shenzhen, China", "CHN"), ("1 Street, Milwaukee", None),
    ]  # fmt: skip


def test_a_row_of_another_width_removes_nobody_and_no_row_is_refused() -> None:
    staged = stage({"dpl.txt": file(line("A B"), ("X", "Y"), line("C D"))})
    assert the(staged, "listings", "row") == [(1,), (3,)]
    assert (staged.n_rejected, staged.facts["n_illegible"]) == (1, 1)
    info = StagedInfo("sha", datetime(2023, 1, 1), staged.n_read, 1, staged.facts)
    assert "no listing is taken as removed" in judge(info, None, RowGuard(0.8, 1.5, 0.5)).warnings[0]
    staged = read()
    info = StagedInfo("sha", datetime(2023, 1, 1), staged.n_read, 0, staged.facts)
    assert judge(info, None, RowGuard()).refusals == ("it holds no rows",)


@pytest.mark.trap("us_bis_dpl", "expired-orders")
def test_an_order_that_expired_between_two_editions_is_removed_on_its_stated_day(history: Any) -> None:
    for day, lines in (("2020-04-01", (line("A B"), line("C D", expires="06/30/2021"))), ("2022-01-01", (line("A B"),))):
        staged = read(*lines)
        history = history.after(fold_compared("us_bis_dpl", history, [snapshot(staged, day)]))
    assert history.rows("sanction_events", "kind", "event_date", listing_id="us_bis_dpl:c-d") == [
        ("added", date(2020, 3, 16)), ("removed", date(2021, 6, 30)),
    ]  # fmt: skip
    assert history.rows("sanction_listings", "valid_to", "known_to", listing_id="us_bis_dpl:c-d") == [(date(2021, 6, 30), None)]


VALID = file(line("ZIMO SHENG"), line("MAHAN AIRWAYS", action="TDO RENEWAL"), line("FUYI SUN A/K/A FRANK SUN", country="PRC"))


@pytest.fixture
def editions(real_data: Path) -> dict[str, Staged]:
    folder = real_data / "sanctions" / "bis"
    months = ("2019-06", "2022-09", "2023-11")
    return {m: stage({f"bis_dpl_{m}.txt": gzip.decompress((folder / f"bis_dpl_{m}.txt.gz").read_bytes())}) for m in months}


@pytest.mark.real_data
def test_the_real_editions_are_read_without_a_reject(editions: dict[str, Staged]) -> None:
    assert {m: (s.n_read, s.rejects.height) for m, s in editions.items()} == {
        "2019-06": (546, 0), "2022-09": (581, 0), "2023-11": (665, 0),
    }  # fmt: skip
    assert editions["2023-11"].facts["n_without_country"] <= 1


@pytest.mark.real_data
def test_renewals_keep_one_listing_through_the_real_editions(editions: dict[str, Staged]) -> None:
    history = Memory()
    for month, staged in editions.items():
        history = history.after(fold_compared("us_bis_dpl", history, [snapshot(staged, f"{month}-15")]))
    found = history.all("sanction_listings").filter(pl.col("name") == "MAHAN AIRWAYS").sort("known_from").collect()
    assert found["listing_id"].unique().to_list() == ["us_bis_dpl:mahan-airways"]
    assert found["valid_from"].unique().to_list() == [date(2008, 3, 21)]
    assert found["valid_to"].to_list() == [date(2019, 12, 3), date(2022, 11, 9), date(2024, 10, 30)]
    assert found["known_to"].is_null().to_list() == [False, False, True]
