"""VSRR by the portal: what the fetcher keeps of each way of asking, pages as one vintage, and what is said next to them."""

import itertools
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import httpx
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from assets.errors import Quarantine
from assets.overdose import vsrr
from pipelines.ingest.fetch import fetch as fetch_source
from pipelines.ingest.fetch.http import FetchContext
from pipelines.ingest.raw_store import RawStore
from pipelines.ingest.receipts import Receipt
from pipelines.ingest.sources import load_sources
from pipelines.settings import FetchSettings
from tests.depth import examples
from tests.fuzz import staged_or_none
from tests.overdose.conftest import od
from tests.overdose.test_vsrr import MONTHS
from tests.told import told


def page(*rows: dict[str, object]) -> bytes:
    return json.dumps(list(rows)).encode()


def api(month: str, state: str = "AK", **cells: object) -> dict[str, object]:
    row = {":id": f"row-{state}-{month}", "state": state, "year": "2018", "month": month, "period": "12 month-ending"}
    return row | {"indicator": "Number of Drug Overdose Deaths", "data_value": "120", "percent_complete": "100"} | cells


def about(day: str | None, **more: object) -> bytes:
    said = {"id": "xkb8-kh2a", "viewLastModified": 1_700_000_000, **more}
    if day is not None:
        said["rowsUpdatedAt"] = int(datetime.fromisoformat(f"{day}T14:00:00").replace(tzinfo=UTC).timestamp())
    return json.dumps(said).encode()


ONE = page(api("January"))


def test_pages_are_one_vintage_in_their_order_also_with_empty_ones() -> None:
    found = vsrr.stage({"page-10.json": page(api("March")), "page-9.json": page(api("January", footnote="x"), api("February"))})
    assert (found.n_read, found.facts["n_pages"], found.frames["observations"]["row"].to_list()) == (3, 2, [1, 2, 3])
    found = vsrr.stage({"p-1.json": ONE, "p-2.json": page(api("February", predicted_value="130"))})
    assert found.frames["observations"]["predicted"].to_list() == [None, 130.0]
    assert vsrr.stage({"p-1.json": ONE, "p-2.json": b"[]"}).n_read == 1
    found = vsrr.stage({"p-1.json": ONE, "p-2.json": page(api("February", data_value="many"))})
    assert told(found.rejects, "file row") == "p-2.json|2"


def test_missing_or_overlapping_pages_and_other_files_are_refused() -> None:
    june = about("2018-06-13")
    for files, says in (
        ({"page-0001.json": ONE, "page-0003.json": page(api("March"))}, "not one after the other"),
        ({"a.csv": od.csv([{"Data Value": 1}]), "b.csv": od.csv([{"Data Value": 2}])}, "2 files with rows"),
        ({"views.json": june}, "0 files with rows"),
        ({}, "The snapshot holds 0 files"),
        ({"views.json": about(None, id="gb4e-yj24"), "p-1.json": ONE}, "it describes the data set 'gb4e-yj24'"),
    ):
        with pytest.raises(Quarantine, match=says):
            vsrr.stage(files)
    twice = {"p-1.json": page(api("January"), api("February")), "p-2.json": page(api("February"), api("March"))}
    lacking = {"p-1.json": ONE, "p-2.json": page(api("March"))}
    whole = {f"p-{i}.json": page(api(m)) for i, m in enumerate(MONTHS[:3], 1)}
    refusals = [" ".join(od.judge(vsrr.stage(pages)).refusals) for pages in (twice, lacking, whole)]
    assert "1 keys stand on two of its 2 pages" in refusals[0]
    assert "1 months are missing within series" in refusals[1]
    assert "pages" not in refusals[2]


def known(*vintages: tuple[str, Mapping[str, bytes]]) -> str:
    rows = od.fold(*[od.snapshot(vsrr.stage(files), day, complete=False) for day, files in vintages])
    return told(rows, "value known_basis known_from known_to")


def test_rows_were_known_when_the_portal_updated_them_but_not_after_the_retrieval_or_before_their_month_ended() -> None:
    for beside, expected in (
        ("2018-06-13", "120.0|publication|2018-06-13T14:00|-"),
        ("2018-07-20", "120.0|snapshot|2018-06-20T00:00|-"),
        ("2018-01-15", "120.0|snapshot|2018-06-20T00:00|-"),
        (None, "120.0|snapshot|2018-06-20T00:00|-"),
    ):
        assert known(("2018-06-20", {"views.json": about(beside), "p-1.json": ONE})) == expected
    in_may = od.csv([{"Data Value": 120}])
    assert "publication|2018-06-13" in known(("2018-06-20", {"views.json": about("2018-06-13"), "rows.csv": in_may}))
    # an update before the last retrieval cannot be that of what differs
    days = {"2018-06-20": ("2018-06-13", "120"), "2018-06-27": ("2018-06-13", "121"), "2018-07-18": ("2018-07-11", "122")}
    vintages = [
        (day, {"views.json": about(said), "p-1.json": page(api("January", data_value=n))}) for day, (said, n) in days.items()
    ]
    assert known(*vintages) == (
        "120.0|publication|2018-06-13T14:00|2018-06-27T00:00 / 121.0|snapshot|2018-06-27T00:00|2018-07-11T14:00 / "
        "122.0|publication|2018-07-11T14:00|-"
    )


ROWS = [api(m, s) for s in ("AK", "US") for m in MONTHS] + [api("May", "ZZ")]


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
        staged_or_none(vsrr.stage, {"views.json": beside, "p-1.json": ONE})


UPDATED = datetime(2018, 8, 15, 13, 5)
API = {"Data Value": "data_value", "Predicted Value": "predicted_value", "Footnote Symbol": "footnote_symbol"}
Way = Literal["api", "soda3", "bulk"]
KEPT: dict[Way, list[str]] = {
    "api": ["page-0001.json", "page-0002.json", "page-0003.json", "views.json"],
    "soda3": ["soda3-0001.json", "soda3-0002.json", "soda3-0003.json", "views.json"],
    "bulk": ["rows.csv", "views.json"],
}
"""The files that each way of asking leaves."""
DECLARED = load_sources()["us_cdc_vsrr"]
SMALL_PAGES = {k: spec.model_copy(update={"page_rows": 50}) if spec.pages else spec for k, spec in DECLARED.files.items()}
SOURCE = DECLARED.model_copy(update={"files": SMALL_PAGES})


class Portal:
    """A small stand-in for data.cdc.gov: views, rows in pages, rows by SODA3, and the bulk CSV."""

    def __init__(self, folder: Path) -> None:
        self.store = RawStore(folder)
        self.updated = UPDATED
        self.asked: list[str] = []
        self.moving = False
        self.put(od.whole())

    def put(self, rows: list[dict[str, object]]) -> None:
        self.csv = od.csv(rows)
        self.rows = []
        for row in rows:
            named = {"Year": 2018, "Period": "12 month-ending", "Percent Complete": 100} | row
            # all cells are text, and what is empty is left out
            self.rows.append({API.get(k, k.lower().replace(" ", "_")): str(v) for k, v in named.items() if v not in (None, "")})

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(f"{request.method} {request.url.path}")
        asked = dict(request.url.params)
        content: object
        match request.url.path:
            case "/api/views/xkb8-kh2a.json":
                content = {"id": "xkb8-kh2a", "rowsUpdatedAt": int(self.updated.replace(tzinfo=UTC).timestamp())}
                content["viewCount"] = len(self.asked)
            case "/resource/xkb8-kh2a.json":
                assert asked["$order"] == ":id"
                first = int(asked["$offset"])
                content = self.rows[first : first + int(asked["$limit"])]
                if self.moving and first == 0:
                    self.rows.insert(0, self.rows.pop())
            case "/api/v3/views/xkb8-kh2a/query.json":
                asked_for = json.loads(request.content)["page"]
                first = (asked_for["pageNumber"] - 1) * asked_for["pageSize"]
                content = self.rows[first : first + asked_for["pageSize"]]
            case "/api/views/xkb8-kh2a/rows.csv":
                return httpx.Response(200, stream=httpx.ByteStream(self.csv))
            case _:
                return httpx.Response(404)
        return httpx.Response(200, stream=httpx.ByteStream(json.dumps(content).encode()))

    def fetch(self, day: str, way: Way = "api") -> tuple[Receipt, dict[str, bytes]]:
        """What is written of a fetch, and the files that are then held."""
        visit = FetchContext(
            SOURCE, FetchSettings(socrata=way, socrata_token="T", max_tries=1), datetime.fromisoformat(day), self.store,
            open_client=lambda *_: httpx.Client(transport=httpx.MockTransport(self.answer)), sleep=lambda _: None,
        )  # fmt: skip
        [receipt] = self.store.take(SOURCE, fetch_source(visit), origin="live").receipts
        return receipt, self.store.read(SOURCE.id, receipt.snapshot)


@pytest.mark.parametrize("way", KEPT)
def test_what_is_fetched_by_any_way_is_the_same_vintage_known_since_the_update(tmp_path: Path, way: Way) -> None:
    receipt, files = Portal(tmp_path).fetch("2018-08-17", way)
    assert (receipt.verdict, sorted(files)) == ("accepted", KEPT[way])
    staged = vsrr.stage(files)
    judgement = od.judge(staged, retrieved_at="2018-08-17")
    assert (judgement.refusals, judgement.warnings, judgement.complete, staged.n_read) == ((), (), True, 108)
    rows, plain = (od.fold(od.snapshot(s, "2018-08-17", complete=True)) for s in (staged, od.stage(od.whole())))
    assert rows.select("known_from", "known_basis").unique().rows() == [(UPDATED, "publication")]
    columns = ["actor_id", "measure", "drug", "basis", "period_end", "value"]
    assert rows.select(columns).equals(plain.select(columns))


def test_rows_are_asked_for_again_only_after_an_update_and_are_refused_where_they_move_meanwhile(tmp_path: Path) -> None:
    portal = Portal(tmp_path)
    _, first = portal.fetch("2018-08-17")
    n_asked = len(portal.asked)
    assert portal.fetch("2018-09-10")[0].verdict == "unchanged"
    assert portal.asked[n_asked:] == ["GET /api/views/xkb8-kh2a.json"]
    portal.updated = datetime(2018, 9, 12, 13, 5)
    portal.put(od.whole(("January", "February", "March", "April"), plus=3))
    staged = {"2018-08-17": vsrr.stage(first), "2018-09-14": vsrr.stage(portal.fetch("2018-09-14")[1])}
    assert od.judge(staged["2018-09-14"], staged["2018-08-17"], "2018-09-14").refusals == ()
    rows = od.fold(*[od.snapshot(s, day, complete=True) for day, s in staged.items()])
    us = rows.filter(pl.col("period_end").dt.month() == 3, actor_id="USA", measure="deaths_12m", drug="all", basis="reported")
    assert us.select("value", "known_from", "known_to").rows() == [
        (2703.0, UPDATED, portal.updated),
        (2712.0, portal.updated, None),
    ]
    portal.moving, portal.updated = True, datetime(2018, 10, 10)
    moved = vsrr.stage(portal.fetch("2018-10-17")[1])
    assert any("stand on two of its 3 pages" in reason for reason in od.judge(moved, retrieved_at="2018-10-17").refusals)


def test_the_description_comes_first_and_copies_under_any_name_are_taken_in() -> None:
    assert next(iter(DECLARED.files)) == "views.json"
    for name in ("vsrr_2019-04.csv", "VSRR.CSV", "rows.json", "page-0001.json", "soda3-0001.json", "views.json"):
        assert DECLARED.declared_name(name) is not None
