"""GDELT rows folded into events, reports and coverage."""

from collections.abc import Callable
from datetime import date, datetime

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from assets.contracts import StagedSnapshot
from assets.news.gdelt import events as gdelt
from assets.news.gdelt import fold as events
from tests.news.conftest import Memory

Row = Callable[..., str]


def snapshot(slot: str, *rows: str, name: str | None = None) -> StagedSnapshot:
    """A staged snapshot that holds one slot, retrieved when it began."""
    found = gdelt.stage({f"{slot}.export.CSV": "\n".join(rows).encode()})
    assert found.rejects.is_empty(), found.rejects
    return StagedSnapshot(name or slot, datetime.strptime(slot, "%Y%m%d%H%M%S"), True, found.facts, found.frames)  # noqa: DTZ007


def folded(fold_in_batches: Callable[..., Memory], *rows: str) -> pl.DataFrame:
    return fold_in_batches(events.fold, [snapshot("20191024143000", *rows)]).all("events").collect()


@pytest.mark.trap("gdelt_v2_events", "no-modality")
def test_an_event_has_its_parties_its_codes_in_both_schemes_and_its_origin(
    fold_in_batches: Callable[..., Memory], gdelt_row: Row
) -> None:
    event = folded(fold_in_batches, gdelt_row()).row(0, named=True)
    assert {column: value for column, value in event.items() if value is not None} == {
        "event_id": "gdelt_v2_events:881990832", "event_date": date(2019, 10, 24), "event_date_end": date(2019, 10, 25),
        "date_precision": "day", "source_id": "USA", "source_country_id": "USA", "source_sector": "GOV", "target_id": "CHN",
        "target_country_id": "CHN", "cameo_code": "085", "cameo_root": "08", "plover_event": "RETREAT", "goldstein": 7.0,
        "quad_schrodt": 2, "quad_gdelt": 2, "modality": "past", "coder": "gdelt", "coder_version": "2.0", "n_reports": 4,
        "known_from": datetime(2019, 10, 24, 14, 30), "known_basis": "date_added", "url": "https://www.example.org/news/1",
        "origin": "gdelt_v2_events", "origin_id": "881990832", "snapshot_id": "20191024143000", "row_number": 1,
    }  # fmt: skip


@pytest.mark.trap("gdelt_v2_events", "two-quad-classes")
def test_both_quad_schemes_are_stored_and_plover_follows_the_table_of_2021(
    fold_in_batches: Callable[..., Memory], gdelt_row: Row
) -> None:
    stored = [
        ("090", 2, 3, "ACCUSE"), ("141", 3, 4, "PROTEST"), ("085", 2, 2, "RETREAT"), ("081", 2, 2, "CONCEDE"),
        ("163", 4, 4, "COERCE"), ("161", 4, 4, "SANCTION"), ("175", 4, 4, "ASSAULT"), ("010", 1, 1, None), ("020", 1, 1, None),
    ]  # fmt: skip
    rows = [gdelt_row(GLOBALEVENTID=str(n), EventCode=code, QuadClass=str(quad)) for n, (code, quad, *_) in enumerate(stored)]
    assert folded(fold_in_batches, *rows).select("cameo_code", "quad_gdelt", "quad_schrodt", "plover_event").rows() == stored


@pytest.mark.trap("gdelt_v2_events", "not-iso")
def test_actor_codes_are_cameo_only_states_are_countries_and_an_unknown_role_is_no_sector(
    fold_in_batches: Callable[..., Memory], gdelt_row: Row
) -> None:
    codes = """TWN=TWN HKG=HKG MAC=MAC ROM=ROU TMP=TLS GZS=PSE WSB=PSE AFG/TAL=AFG
        EUR=REG.EUR- EUR/EEC=EU- WST/NAT=NATO- /UNO=UN- QQQ= ="""
    rows, expected = [], []
    for n, (code, actor) in enumerate(pair.split("=") for pair in codes.split()):
        country, _, group = code.partition("/")
        rows.append(gdelt_row(GLOBALEVENTID=str(n), Actor2CountryCode=country, Actor2KnownGroupCode=group))
        expected.append((actor.removesuffix("-") or None, None if actor.endswith("-") else actor or None))
    assert folded(fold_in_batches, *rows).select("target_id", "target_country_id").rows() == expected
    rows = [gdelt_row(GLOBALEVENTID=str(n), Actor1Type1Code=code) for n, code in enumerate(("MIL", "XYZ", ""))]
    assert folded(fold_in_batches, *rows)["source_sector"].to_list() == ["MIL", None, None]


def test_an_address_is_a_report_with_its_outlet(fold_in_batches: Callable[..., Memory], gdelt_row: Row) -> None:
    rows = [
        gdelt_row(GLOBALEVENTID="1"),
        gdelt_row(GLOBALEVENTID="2", SOURCEURL="BBC Monitoring"),
        gdelt_row(GLOBALEVENTID="3", SOURCEURL=""),
    ]
    memory = fold_in_batches(events.fold, [snapshot("20191024143000", *rows)])
    reports = memory.all("event_reports").select("event_id", "report_id", "url", "outlet").collect()
    url = "https://www.example.org/news/1"
    assert reports.rows() == [
        ("gdelt_v2_events:1", url, url, "example.org"),
        ("gdelt_v2_events:2", "BBC Monitoring", None, None),
    ]


@pytest.mark.parametrize("later", ["20191024144500", "20191025000000"])
def test_the_first_of_two_rows_with_one_id_counts_across_snapshots_and_days(
    fold_in_batches: Callable[..., Memory], gdelt_row: Row, later: str
) -> None:
    first = snapshot(
        "20191024143000", gdelt_row(GLOBALEVENTID="5", NumArticles="1"), gdelt_row(GLOBALEVENTID="5", NumArticles="9")
    )
    second = snapshot(later, gdelt_row(GLOBALEVENTID="5", DATEADDED=later), gdelt_row(GLOBALEVENTID="6", DATEADDED=later))
    found = fold_in_batches(events.fold, [first], [second]).all("events").collect()
    assert found.select("origin_id", "snapshot_id", "n_reports").rows() == [("5", "20191024143000", 1), ("6", later, 4)]


def test_history_is_not_read_while_ids_go_up(fold_in_batches: Callable[..., Memory], gdelt_row: Row) -> None:
    slots = ["20191024143000", "20191024144500", "20191025000000"]
    batches = [[snapshot(s, gdelt_row(GLOBALEVENTID=str(i), DATEADDED=s))] for i, s in enumerate(slots)]
    assert fold_in_batches(events.fold, *batches).n_reads == 0


@pytest.mark.trap("gdelt_v2_events", "missing-slots")
def test_a_missing_slot_is_a_gap_and_a_day_without_slots_is_absent(
    fold_in_batches: Callable[..., Memory], gdelt_row: Row
) -> None:
    slots = ["20191024143000", "20191024150000", "20191026000000"]
    memory = fold_in_batches(events.fold, [snapshot(s, gdelt_row(GLOBALEVENTID=s[:12], DATEADDED=s)) for s in slots])
    assert memory.open("news_coverage").select("date", "n_slots", "n_slots_expected", "coverage_share", "known_from").rows() == [
        (date(2019, 10, 24), 2, 96, 2 / 96, datetime(2019, 10, 24, 14, 30)),
        (date(2019, 10, 26), 1, 96, 1 / 96, datetime(2019, 10, 26)),
    ]


def test_a_slot_taken_in_twice_counts_once_and_96_slots_cover_their_day(
    fold_in_batches: Callable[..., Memory], gdelt_row: Row
) -> None:
    once, again = (snapshot("20191024143000", gdelt_row(), name=name) for name in ("a", "b"))
    memory = fold_in_batches(events.fold, [once], [again])
    assert memory.open("news_coverage")["n_slots"].to_list() == [1]
    assert memory.all("events").collect()["snapshot_id"].to_list() == ["a"]
    slots = [f"20191024{minute // 60:02}{minute % 60:02}00" for minute in range(0, 1440, 15)]
    memory = fold_in_batches(events.fold, [snapshot(s, gdelt_row(GLOBALEVENTID=s[6:12], DATEADDED=s)) for s in slots])
    assert memory.open("news_coverage")["coverage_share"].to_list() == [1.0]


@pytest.mark.parametrize("k", [1, 2, 3])
def test_folding_in_two_steps_gives_what_folding_at_once_gives(
    fold_in_batches: Callable[..., Memory], gdelt_row: Row, k: int
) -> None:
    slots = ["20191024143000", "20191024144500", "20191023000000", "20191025001500"]
    ids = [(7, 8), (8, 9), (1, 9), (7, 20)]
    snapshots = [
        snapshot(s, *(gdelt_row(GLOBALEVENTID=str(i), DATEADDED=s, SQLDATE=s[:8]) for i in pair))
        for s, pair in zip(slots, ids, strict=True)
    ]
    at_once, split = fold_in_batches(events.fold, snapshots), fold_in_batches(events.fold, snapshots[:k], snapshots[k:])
    for table in ("events", "event_reports", "news_coverage"):
        assert_frame_equal(at_once.all(table).collect(), split.all(table).collect())
    assert at_once.notes == split.notes
