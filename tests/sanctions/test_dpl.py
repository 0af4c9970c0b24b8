"""Reading the Denied Persons List."""

from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from assets.contracts import RowGuard, Staged
from assets.sanctions.history.compared.fold import fold_compared
from assets.sanctions.lists.us_bis.denied_persons import stage
from assets.sanctions.reading.gather import judge_named as judge
from tests.sanctions.conftest import Memory, holds, info, snapshot, unpacked
from tests.told import told

HEADER = (
    "Name", "Street_Address", "City", "State", "Country", "Postal_Code", "Effective_Date", "Expiration_Date", "Standard_Order",
    "Last_Update", "Action", "FR_Citation",
)  # fmt: skip


def line(name: str, **cells: str) -> tuple[str, ...]:
    usual = {
        "street": "1 ROAD", "city": "SHENZHEN", "state": "", "country": "CN", "postal_code": "", "effective": "03/16/2020",
        "expires": "12/13/2028", "standard": "Y", "updated": "2020-03-20", "action": "FR NOTICE ADDED",
        "citation": "85 F.R. 16054 3/20/2020",
    }  # fmt: skip
    return name, *(usual | cells).values()


def file(*lines: tuple[str, ...], delimiter: str = "\t", header: tuple[str, ...] = HEADER) -> bytes:
    return "".join(delimiter.join(f'"{c}"' for c in cells) + "\n" for cells in (header, *lines)).encode()


def read(*lines: tuple[str, ...]) -> Staged:
    return stage({"dpl.txt": file(*lines)})


DAYS = "listings native_id programs listed_on listed_on_basis published_on ends_on ends_on_basis: "
RENEWED = line(
    "MAHAN AIRWAYS", effective="10/31/2023", expires="10/30/2024", action="TDO RENEWAL, F.R. NOTICE ADDED",
    citation="73 F.R. 15130 3/21/08, 88 F.R. 30078 5/10/2023",
)  # fmt: skip


@pytest.mark.trap("us_bis_dpl", "expired-orders")
@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([line("ZIMO SHENG")], "zimo-sheng|DPL|2020-03-16|source_field|2020-03-20|2028-12-13|source_field"),
        ([line("A B", expires="")], "a-b|DPL|2020-03-16|source_field|2020-03-20|-|-"),
        # a renewal goes back to its first notice, and another chain does not
        ([RENEWED], "mahan-airways|DPL|2008-03-21|federal_register|-|2024-10-30|source_field"),
        ([line("A B", effective="09/10/1981", citation="46 F.R. 46154 9/17/81 and 46 F.R. 19290 3/30/81")],
         "a-b|DPL|1981-09-10|source_field|-|2028-12-13|source_field"),
        # two orders against one person are one span
        ([line("A B", effective="03/04/2002", expires="06/29/2056"),
         line("A B", effective="06/19/2003", expires="06/29/2057", citation="68 F.R. 38290 6/27/03")],
         "a-b|DPL|2002-03-04|source_field|-|2057-06-29|source_field"),
    ],
)  # fmt: skip
def test_an_order_has_its_true_start_and_end_or_none(lines: list[tuple[str, ...]], said: str) -> None:
    staged = read(*lines)
    holds(staged, DAYS + said)
    if len(lines) == 2:
        notes = staged.frames["notes"]["text"].to_list()
        assert [text.split(";")[0] for text in notes] == ["effective 2002-03-04", "effective 2003-06-19"]


@pytest.mark.trap("us_bis_dpl", "states-for-countries")
def test_rows_of_one_person_are_one_listing_with_aliases_and_misspelt_countries_and_an_impossible_date_is_reported() -> None:
    staged = read(
        line("ZIMO  SHENG"), line("Zimo Sheng", street="3975 N. CRAMER STREET", city="MILWAUKEE", state="WI", country=""),
        line("FUYI SUN A/K/A FRANK SUN", country="PRC"), line("C D", country="NM"),
        line("E F", country="", state="ON", effective="13/45/3017"),
    )  # fmt: skip
    holds(
        staged,
        "listings name party_type listed_on: ZIMO SHENG|person|2020-03-16 / FUYI SUN|person|2020-03-16 / "
         "C D|person|2020-03-16 / E F|person|-",
        "names name kind: FRANK SUN|aka",
        "addresses address country_id native_id=zimo-sheng: 1 ROAD, SHENZHEN, CN|CHN / 3975 N. CRAMER STREET, MILWAUKEE, WI|USA",
        "addresses country_id: CHN / USA / CHN / USA / -", "facts n_without_country: 1",
        "rejects column value: effective_date|13/45/3017",
    )  # fmt: skip
    assert staged.n_rejected == 0


def test_commas_fewer_columns_and_the_newer_file_with_name_and_address_in_one_cell_are_read() -> None:
    commas = stage({"dpl.csv": file(line("A B"), delimiter=",")})
    assert_frame_equal(commas.frames["listings"], read(line("A B")).frames["listings"])
    header: tuple[str, ...] = ("Name", "Country", "Effective_Date", "Expiration_Date")
    fewer = stage({"dpl.txt": file(("ACME", "CN", "03/16/2020", "12/13/2028"), header=header)})
    holds(fewer, "listings native_id listed_on citation: acme|2020-03-16|-")
    header = ("Name and Address", "Effective Date", "Expiration Date", "Type of Denial", "Appropriate Federal Register Citations")
    data = file(
        ("ACME, INC., 5 Road, Shenzhen, China", "3/16/2020", "12/13/2028", "Standard", "85 F.R. 16054 3/20/2020"),
        ("Zimo Sheng, 1 Street, Milwaukee", "3/16/2020", "", "Standard", "85 F.R. 16054 3/20/2020"), delimiter=",", header=header,
    )  # fmt: skip
    holds(
        stage({"dpl_04142026.csv": data}),
        "listings native_id listed_on ends_on citation: acme-inc|2020-03-16|2028-12-13|85 F.R. 16054 3/20/2020 / "
        "zimo-sheng|2020-03-16|-|85 F.R. 16054 3/20/2020",
        "addresses address country_id: 5 Road, Shenzhen, China|CHN / 1 Street, Milwaukee|-",
    )


def test_a_row_of_another_width_removes_nobody_and_no_row_is_refused() -> None:
    staged = stage({"dpl.txt": file(line("A B"), ("X", "Y"), line("C D"))})
    holds(staged, "listings row: 1 / 3", "facts n_illegible: 1")
    assert staged.n_rejected == 1
    assert "no listing is taken as removed" in judge(info(staged), None, RowGuard(0.8, 1.5, 0.5)).warnings[0]
    assert judge(info(read()), None, RowGuard()).refusals == ("it holds no rows",)


def folded(**editions: Staged) -> Memory:
    """The history after editions of days such as ``d2020_04_01``."""
    history = Memory()
    for day, staged in editions.items():
        history = history.after(fold_compared("us_bis_dpl", history, [snapshot(staged, day[1:].replace("_", "-"))]))
    return history


@pytest.mark.trap("us_bis_dpl", "expired-orders")
def test_an_order_that_expired_between_two_editions_is_removed_on_its_stated_day() -> None:
    folded(d2020_04_01=read(line("A B"), line("C D", expires="06/30/2021")), d2022_01_01=read(line("A B"))).shows(
        "events kind event_date listing_id=us_bis_dpl:c-d: added|2020-03-16 / removed|2021-06-30",
        "listings valid_to known_to listing_id=us_bis_dpl:c-d: 2021-06-30|-",
    )


VALID = file(line("ZIMO SHENG"), line("MAHAN AIRWAYS", action="TDO RENEWAL"), line("FUYI SUN A/K/A FRANK SUN", country="PRC"))


def test_the_real_editions_are_read_without_a_reject_and_renewals_keep_one_listing_through_them(real_data: Path) -> None:
    editions = {m: stage({"x.txt": unpacked(real_data / "sanctions" / "bis" / f"bis_dpl_{m}.txt.gz")})
                for m in ("2019-06", "2022-09", "2023-11")}  # fmt: skip
    assert [(s.n_read, s.rejects.height) for s in editions.values()] == [(546, 0), (581, 0), (665, 0)]
    assert editions["2023-11"].facts["n_without_country"] <= 1
    found = folded(**{f"d{m}-15": staged for m, staged in editions.items()}).all("sanction_listings").collect()
    mahan = found.filter(name="MAHAN AIRWAYS").sort("known_from").with_columns(pl.col("known_to").is_null())
    first = "us_bis_dpl:mahan-airways|2008-03-21"
    assert told(mahan, "listing_id valid_from valid_to known_to") == (
        f"{first}|2019-12-03|False / {first}|2022-11-09|False / {first}|2024-10-30|True"
    )
