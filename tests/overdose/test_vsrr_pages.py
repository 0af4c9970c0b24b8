"""VSRR by the portal's interface: pages as one vintage, and what the portal says of the data set next to them."""

import itertools
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from assets.errors import Quarantine
from assets.overdose import vsrr
from tests.depth import examples
from tests.fuzz import staged_or_none
from tests.overdose.conftest import Vsrr

MONTHS = ("January", "February", "March")


def page(*rows: dict[str, object]) -> bytes:
    return json.dumps(list(rows)).encode()


def api(month: str, state: str = "AK", **cells: object) -> dict[str, object]:
    row = {":id": f"row-{state}-{month}", "state": state, "year": "2018", "month": month, "period": "12 month-ending"}
    return row | {"indicator": "Number of Drug Overdose Deaths", "data_value": "120", "percent_complete": "100"} | cells


def about(moment: str | None, **more: object) -> bytes:
    said = {"id": "xkb8-kh2a", "viewLastModified": 1_700_000_000, **more}
    if moment is not None:
        said["rowsUpdatedAt"] = int(datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp())
    return json.dumps(said).encode()


def known(od: Vsrr, *vintages: tuple[str, Mapping[str, bytes]]) -> list[tuple[Any, ...]]:
    rows = od.fold(*[od.snapshot(vsrr.stage(files), day, complete=False) for day, files in vintages])
    return rows.select("value", "known_basis", "known_from", "known_to").rows()


def test_pages_are_one_vintage_in_their_order_also_with_empty_ones() -> None:
    pages = {"page-10.json": page(api("March")), "page-9.json": page(api("January", footnote="x"), api("February"))}
    found = vsrr.stage(pages)
    assert (found.n_read, found.facts["n_pages"], found.frames["observations"]["row"].to_list()) == (3, 2, [1, 2, 3])
    pages = {"p-1.json": page(api("January")), "p-2.json": page(api("February", predicted_value="130"))}
    assert vsrr.stage(pages).frames["observations"]["predicted"].to_list() == [None, 130.0]
    assert vsrr.stage({"p-1.json": page(api("January")), "p-2.json": b"[]"}).n_read == 1
    found = vsrr.stage({"p-1.json": page(api("January")), "p-2.json": page(api("February", data_value="many"))})
    assert found.rejects.select("file", "row").rows() == [("p-2.json", 2)]


def test_missing_or_overlapping_pages_and_other_files_are_refused(od: Vsrr) -> None:
    with pytest.raises(Quarantine, match="not one after the other"):
        vsrr.stage({"page-0001.json": page(api("January")), "page-0003.json": page(api("March"))})
    found = vsrr.stage({"p-1.json": page(api("January"), api("February")), "p-2.json": page(api("February"), api("March"))})
    assert any("1 keys stand on two of its 2 pages" in reason for reason in od.judge(found).refusals)
    with pytest.raises(Quarantine, match="2 files with rows"):
        vsrr.stage({"a.csv": od.csv([{"Data Value": 1}]), "b.csv": od.csv([{"Data Value": 2}])})
    with pytest.raises(Quarantine, match="0 files with rows"):
        vsrr.stage({"views.json": about("2018-06-13T14:00:00")})
    with pytest.raises(Quarantine, match="it describes the data set 'gb4e-yj24'"):
        vsrr.stage({"views.json": about("2018-06-13T14:00:00", id="gb4e-yj24"), "p-1.json": page(api("January"))})


@pytest.mark.trap("us_cdc_vsrr", "all-months")
def test_a_month_that_no_page_holds_is_refused(od: Vsrr) -> None:
    found = vsrr.stage({"p-1.json": page(api("January")), "p-2.json": page(api("March"))})
    assert any("1 months are missing within series" in reason for reason in od.judge(found).refusals)
    whole = vsrr.stage({f"p-{i}.json": page(api(m)) for i, m in enumerate(MONTHS, 1)})
    assert not [r for r in od.judge(whole).refusals if "pages" in r]


def test_rows_were_known_when_the_portal_updated_them_also_beside_a_csv(od: Vsrr) -> None:
    files = {"views.json": about("2018-06-13T14:00:00"), "page-0001.json": page(api("January"))}
    assert known(od, ("2018-06-20", files)) == [(120.0, "publication", datetime(2018, 6, 13, 14), None)]
    # not after the retrieval, and not before the newest month ended
    after, before = (
        {"views.json": about(f"2018-{day}T00:00:00"), "p-1.json": page(api("January"))} for day in ("07-20", "01-15")
    )
    for files in ({"views.json": about(None), "rows.csv": od.csv([{"Data Value": 120}])}, after, before):
        assert known(od, ("2018-06-20", files)) == [(120.0, "snapshot", datetime(2018, 6, 20), None)]


def test_an_update_before_the_last_retrieval_cannot_be_that_of_what_differs(od: Vsrr) -> None:
    first = {"views.json": about("2018-06-13T14:00:00"), "p-1.json": page(api("January"))}
    second = {"views.json": about("2018-06-13T14:00:00"), "p-1.json": page(api("January", data_value="121"))}
    third = {"views.json": about("2018-07-11T14:00:00"), "p-1.json": page(api("January", data_value="122"))}
    assert known(od, ("2018-06-20", first), ("2018-06-27", second), ("2018-07-18", third)) == [
        (120.0, "publication", datetime(2018, 6, 13, 14), datetime(2018, 6, 27)),
        (121.0, "snapshot", datetime(2018, 6, 27), datetime(2018, 7, 11, 14)),
        (122.0, "publication", datetime(2018, 7, 11, 14), None),
    ]


@pytest.mark.trap("us_cdc_vsrr", "place-of-death")
def test_deaths_in_vsrr_are_counted_where_they_occur(od: Vsrr) -> None:
    rows = od.fold(od.snapshot(od.stage([{"Data Value": 120}]), "2018-06-20", complete=True))
    assert rows.select("counts_by", "dataset").unique().rows() == [("occurrence", "xkb8-kh2a")]


ONE = page(api("January"))
ALL_MONTHS = [*MONTHS, "April", "May", "June", "July", "August", "September", "October", "November", "December"]
ROWS = [api(m, s) for s in ("AK", "US") for m in ALL_MONTHS] + [api("May", "ZZ")]


@examples(30)
@given(cuts=st.lists(st.integers(0, len(ROWS)), max_size=4))
def test_rows_cut_into_pages_are_those_of_one_file(cuts: list[int]) -> None:
    bounds = [0, *sorted(cuts), len(ROWS)]
    pages = [page(*ROWS[a:b]) for a, b in itertools.pairwise(bounds)]
    whole = vsrr.stage({"p-1.json": page(*ROWS)})
    found = vsrr.stage({f"p-{i}.json": data for i, data in enumerate(pages, 1)})
    assert_frame_equal(found.frames["observations"], whole.frames["observations"])
    assert found.rejects["row"].to_list() == whole.rejects["row"].to_list() == [25]


@examples(60)
@given(data=st.binary(max_size=60), said=st.recursive(st.none() | st.integers() | st.floats() | st.text(max_size=4), st.lists))
def test_whatever_lies_beside_the_rows_only_a_refusal_comes_of_it(data: bytes, said: object) -> None:
    for beside in (data, json.dumps({"rowsUpdatedAt": said, "id": said}).encode()):
        staged_or_none(vsrr.stage, {"views.json": beside, "p-1.json": page(api("January"))})
