"""Vintages of OFAC's list in part: the addresses without the list itself, and the list without remarks and addresses."""

import json
import lzma
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.contracts import RowGuard, Staged, StagedInfo, StagedSnapshot
from assets.sanctions.lists.us_ofac import delta
from tests.sanctions.conftest import Memory, offending

SDN = "us_ofac_sdn"
FIRST = datetime(2023, 12, 28, 18)
PART, NAMED = datetime(2024, 1, 8, 18), datetime(2024, 3, 1, 18)


def sdn(*ids: int, remarks: str = "nationality China.") -> bytes:
    row = '{0},"ACME {0}",-0- ,"SDGT",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"{1}"\r\n'
    return "".join(row.format(i, remarks) for i in ids).encode() + b"\x1a"


def add(**countries: str | None) -> bytes:
    rows = (f'{i[1:]},1,-0- ,"City","{c}",-0- ' if c else f"{i[1:]},1,-0- ,-0- ,-0- ,-0- " for i, c in countries.items())
    return "".join(f"{row}\r\n" for row in rows).encode() + b"\x1a"


def names(*entries: tuple[int, str, list[str]]) -> bytes:
    of = [{"uid": str(i), "name": name, "aliases": aliases, "program": "SDGT", "type": "-0-"} for i, name, aliases in entries]
    return json.dumps({"downloaded_at": "2024-03-01T18:00:00Z", "entry_count": len(of), "entries": of}).encode()


def read(**files: bytes) -> Staged:
    return delta.stage(SDN, {name.replace("_", "."): data for name, data in files.items()})


def folded(history: Any, *vintages: tuple[datetime, Staged], at_once: bool = False) -> Any:
    snapshots = [StagedSnapshot(f"sha-{at}", at, True, staged.facts, staged.frames) for at, staged in vintages]
    for batch in [snapshots] if at_once else [[snapshot] for snapshot in snapshots]:
        history = history.after(delta.fold(SDN, history, batch))
    return history


WHOLE = (FIRST, read(sdn_csv=sdn(1, 2), add_csv=add(_1="China", _2=None)))
ADDRESSES = (PART, read(add_csv=add(_1="Iran", _3="China"), alt_csv=b'3,12,"fka","OLD",-0- \r\n\x1a'))
NAMES = (NAMED, read(list_json=names((1, "ACME 1", ["A"]), (3, "ACME 3", ["B"]))))


def test_the_file_of_addresses_alone_says_who_is_on_the_list() -> None:
    staged = ADDRESSES[1]
    assert staged.frames["members"]["native_id"].to_list() == ["1", "3"]
    assert (staged.n_read, staged.n_rejected) == (2, 0)
    assert "listings" not in staged.frames


def test_what_a_vintage_in_part_lacks_stays_as_it_was_known_and_who_is_not_in_it_is_gone(history: Any) -> None:
    after = folded(history, WHOLE, ADDRESSES)
    after.shows(
        "listings native_id name remarks valid_to known_to: 1|ACME 1|nationality China.|-|- / "
        "2|ACME 2|nationality China.|-|2024-01-08T18:00 / 2|ACME 2|nationality China.|2024-01-08|-",
        "programs listing_id program known_to=- valid_to=-: us_ofac_sdn:1|SDGT",
        "addresses country_id known_to=-: IRN",
        "events listing_id kind detail: us_ofac_sdn:1|modified|addresses / us_ofac_sdn:2|removed|-",
    )
    assert offending(after) == {}


def test_who_was_seen_by_id_alone_began_then_and_is_known_since_a_vintage_names_it(history: Any) -> None:
    after = folded(history, WHOLE, ADDRESSES, NAMES)
    after.shows(
        "listings name valid_from valid_from_earliest valid_from_basis known_from known_to native_id=3: "
        "ACME 3|2024-01-08|2023-12-28|snapshot_diff|2024-03-01T18:00|-",
        "addresses address country_id listing_id=us_ofac_sdn:3: City, China|CHN",
        "events kind event_date event_date_earliest known_at listing_id=us_ofac_sdn:3: "
        "added|2024-01-08|2023-12-28|2024-03-01T18:00",
    )
    assert offending(after) == {}


def test_who_came_and_went_without_a_name_is_in_no_row_and_at_first_has_an_unknown_start(history: Any) -> None:
    gone = (NAMED, read(list_json=names((1, "ACME 1", []))))
    back = (datetime(2024, 4, 1, 18), read(list_json=names((1, "ACME 1", []), (3, "ACME 3", []))))
    folded(history, WHOLE, ADDRESSES, gone, back).shows(
        "listings valid_from valid_from_earliest native_id=3: 2024-04-01|2024-03-01"
    )
    after = folded(history, ADDRESSES, NAMES)
    after.shows("listings native_id valid_from valid_from_basis: 1|-|left_censored / 3|-|left_censored", "events kind:")
    assert offending(after) == {}


def test_a_vintage_in_part_is_judged_by_its_files_and_covers_no_day_until_names_are_there(history: Any) -> None:
    folded(history, WHOLE, ADDRESSES).shows("list_coverage covers covered_to known_to=-: both|2023-12-29")
    whole, part = (StagedInfo(f"sha-{at}", at, s.n_read, s.n_rejected or 0, s.facts) for at, s in (WHOLE, ADDRESSES))
    assert delta.judge(part, whole, RowGuard(0.95, 1.25, 0.01)).refusals == ()


@pytest.mark.real_data
def test_parties_with_an_address_in_china_come_in_the_interval_between_two_real_vintages(
    real_data: Path, sdn_history: Path
) -> None:
    newest = max((sdn_history / SDN).iterdir())
    vintages: list[tuple[datetime, Mapping[str, bytes]]] = [(FIRST, {"sdn.csv": (newest / "sdn.csv").read_bytes()})]
    for folder in sorted((real_data / "more" / "us_ofac_sdn_parts").iterdir()):
        files = {file.name.removesuffix(".xz"): lzma.decompress(file.read_bytes()) for file in folder.iterdir()}
        vintages.append((datetime.fromisoformat(f"{folder.name}T18:00"), files))
    staged = [(at, delta.stage(SDN, files)) for at, files in vintages]
    assert [s.n_rejected or 0 for _, s in staged] == [0] * len(staged)
    history = folded(Memory(), *staged, at_once=True)
    addresses = history.all("sanction_addresses").collect().filter(pl.col("country_id").is_in(["CHN", "HKG", "MAC"]))
    listings = history.all("sanction_listings").collect().filter(pl.col("known_to").is_null())

    def n_on(day: date) -> int:
        began = pl.col("valid_from").is_null() | (pl.col("valid_from") <= day)
        in_force = listings.filter(began, pl.col("valid_to").is_null() | (pl.col("valid_to") > day))
        # of those that had a name, the addresses of then
        then = pl.col("known_from").dt.date() <= day, pl.col("known_to").is_null() | (pl.col("known_to").dt.date() > day)
        late = in_force.filter(pl.col("known_from").dt.date() > day, pl.col("valid_from") > FIRST.date())
        found = pl.concat([addresses.filter(*then), addresses.join(late, on="listing_id", how="semi")])
        n: int = in_force.join(found, on="listing_id", how="semi").height
        return n

    days = ((2024, 1, 8), (2025, 1, 6), (2025, 11, 8), (2025, 12, 24), (2026, 6, 2))
    assert [n_on(date(*day)) for day in days] == [541, 835, 1086, 1120, 1189]
