"""VSRR as the portal serves it: what the fetcher keeps of each way of asking goes through stage, judgement and fold."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import httpx
import polars as pl
import pytest

from assets.overdose import vsrr
from pipelines.ingest.fetch import fetch as fetch_source
from pipelines.ingest.fetch.http import FetchContext
from pipelines.ingest.raw_store import RawStore
from pipelines.ingest.receipts import Receipt
from pipelines.ingest.sources import Source, load_sources
from pipelines.settings import FetchSettings
from tests.overdose.conftest import Vsrr

UPDATED = datetime(2018, 8, 15, 13, 5)
API = {"Data Value": "data_value", "Predicted Value": "predicted_value", "Footnote Symbol": "footnote_symbol"}
WAYS: tuple[Literal["api", "soda3", "bulk"], ...] = ("api", "soda3", "bulk")


def as_json(content: object) -> httpx.Response:
    return httpx.Response(200, stream=httpx.ByteStream(json.dumps(content).encode()))


class Portal:
    """A small stand-in for data.cdc.gov: views, rows in pages, rows by SODA3, and the bulk CSV."""

    def __init__(self, od: Vsrr, months: tuple[str, ...]) -> None:
        self.od, self.updated = od, UPDATED
        self.asked: list[str] = []
        self.put(od.whole(months))

    def put(self, rows: list[dict[str, object]]) -> None:
        self.csv = self.od.csv(rows)
        self.rows = []
        for row in rows:
            named = {"Year": 2018, "Period": "12 month-ending", "Percent Complete": 100} | row
            # all cells are text, and what is empty is left out
            self.rows.append({API.get(k, k.lower().replace(" ", "_")): str(v) for k, v in named.items() if v not in (None, "")})

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(f"{request.method} {request.url.path}")
        asked = dict(request.url.params)
        match request.url.path:
            case "/api/views/xkb8-kh2a.json":
                about = {"id": "xkb8-kh2a", "rowsUpdatedAt": int(self.updated.replace(tzinfo=UTC).timestamp())}
                return as_json(about | {"viewCount": len(self.asked)})
            case "/resource/xkb8-kh2a.json":
                assert asked["$order"] == ":id"
                first = int(asked["$offset"])
                return as_json(self.rows[first : first + int(asked["$limit"])])
            case "/api/v3/views/xkb8-kh2a/query.json":
                page = json.loads(request.content)["page"]
                first = (page["pageNumber"] - 1) * page["pageSize"]
                return as_json(self.rows[first : first + page["pageSize"]])
            case "/api/views/xkb8-kh2a/rows.csv":
                return httpx.Response(200, stream=httpx.ByteStream(self.csv))
        return httpx.Response(404)


@pytest.fixture
def portal(od: Vsrr) -> Portal:
    return Portal(od, ("January", "February", "March"))


@pytest.fixture
def source() -> Source:
    """The source as declared, with small pages."""
    declared = load_sources()["us_cdc_vsrr"]
    files = {k: spec.model_copy(update={"page_rows": 50}) if spec.pages else spec for k, spec in declared.files.items()}
    return declared.model_copy(update={"files": files})


def fetch(portal: Portal, source: Source, folder: Path, day: str, way: Literal["api", "soda3", "bulk"] = "api") -> Receipt:
    store = RawStore(folder)
    visit = FetchContext(
        source, FetchSettings(socrata=way, socrata_token="T", max_tries=1), datetime.fromisoformat(day), store,
        open_client=lambda *_: httpx.Client(transport=httpx.MockTransport(portal.answer)), sleep=lambda _: None,
    )  # fmt: skip
    [receipt] = store.take(source, fetch_source(visit), origin="live").receipts
    return receipt


def test_what_is_fetched_by_any_way_is_the_same_vintage_known_since_the_update_in_files_of_its_own(
    od: Vsrr, portal: Portal, source: Source, tmp_path: Path
) -> None:
    plain = od.fold(od.snapshot(od.stage(od.whole()), "2018-08-17", complete=True))
    columns = ["actor_id", "measure", "drug", "basis", "period_end", "value"]
    kept = {}
    for way in WAYS:
        receipt = fetch(portal, source, tmp_path / way, "2018-08-17", way)
        assert receipt.verdict == "accepted"
        files = RawStore(tmp_path / way).read(source.id, receipt.snapshot)
        kept[way] = sorted(files)
        staged = vsrr.stage(files)
        judgement = od.judge(staged, retrieved_at="2018-08-17")
        assert (judgement.refusals, judgement.warnings, judgement.complete, staged.n_read) == ((), (), True, 108)
        rows = od.fold(od.snapshot(staged, "2018-08-17", complete=True))
        assert rows.select("known_from", "known_basis").unique().rows() == [(UPDATED, "publication")]
        assert rows.select(columns).equals(plain.select(columns))
    assert kept == {
        "api": ["page-0001.json", "page-0002.json", "page-0003.json", "views.json"],
        "soda3": ["soda3-0001.json", "soda3-0002.json", "soda3-0003.json", "views.json"],
        "bulk": ["rows.csv", "views.json"],
    }


def test_rows_are_asked_for_again_only_after_an_update(od: Vsrr, portal: Portal, source: Source, tmp_path: Path) -> None:
    days = ("2018-08-17", "2018-09-10", "2018-09-14")
    first = fetch(portal, source, tmp_path, days[0])
    n_asked = len(portal.asked)
    assert fetch(portal, source, tmp_path, days[1]).verdict == "unchanged"
    assert portal.asked[n_asked:] == ["GET /api/views/xkb8-kh2a.json"]
    portal.updated = datetime(2018, 9, 12, 13, 5)
    portal.put(od.whole(("January", "February", "March", "April"), plus=3))
    later = fetch(portal, source, tmp_path, days[2])
    store = RawStore(tmp_path)
    staged = [vsrr.stage(store.read(source.id, r.snapshot)) for r in (first, later)]
    assert od.judge(staged[1], staged[0], days[2]).refusals == ()
    rows = od.fold(*[od.snapshot(s, day, complete=True) for s, day in zip(staged, (days[0], days[2]), strict=True)])
    us = rows.filter(pl.col("period_end").dt.month() == 3, actor_id="USA", measure="deaths_12m", drug="all", basis="reported")
    assert us.select("value", "known_from", "known_to").rows() == [
        (2703.0, UPDATED, portal.updated),
        (2712.0, portal.updated, None),
    ]


def test_rows_that_moved_while_they_were_fetched_are_refused(
    od: Vsrr, portal: Portal, source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer, pages = portal.answer, 0

    def moving(request: httpx.Request) -> httpx.Response:
        nonlocal pages
        pages += request.url.path.startswith("/resource")
        if pages == 2:
            portal.rows.insert(0, portal.rows.pop())
        return answer(request)

    monkeypatch.setattr(portal, "answer", moving)
    receipt = fetch(portal, source, tmp_path, "2018-08-17")
    staged = vsrr.stage(RawStore(tmp_path).read(source.id, receipt.snapshot))
    assert any("stand on two of its 3 pages" in reason for reason in od.judge(staged, retrieved_at="2018-08-17").refusals)


def test_the_description_comes_first_and_copies_under_any_name_are_taken_in() -> None:
    declared = load_sources()["us_cdc_vsrr"]
    assert next(iter(declared.files)) == "views.json"
    for name in ("vsrr_2019-04.csv", "VSRR.CSV", "rows.json", "page-0001.json", "soda3-0001.json", "views.json"):
        assert declared.declared_name(name) is not None
