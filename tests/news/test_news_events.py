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
    assert event == {
        "event_id": "gdelt_v2_events:881990832",
        "event_date": date(2019, 10, 24),
        "event_date_end": date(2019, 10, 25),
        "date_precision": "day",
        "source_id": "USA",
        "source_country_id": "USA",
        "source_sector": "GOV",
        "target_id": "CHN",
        "target_country_id": "CHN",
        "target_sector": None,
        "source_name": None,
        "target_name": None,
        "cameo_code": "085",
        "cameo_root": "08",
        "plover_event": "RETREAT",
        "goldstein": 7.0,
        "intensity": None,
        "quad_schrodt": 2,
        "quad_gdelt": 2,
        "modality": "past",
        "confidence": None,
        "coder": "gdelt",
        "coder_version": "2.0",
        "article_id": None,
        "evidence": None,
        "evidence_start": None,
        "evidence_end": None,
        "place_country_id": None,
        "place_adm1": None,
        "source_organization": None,
        "target_organization": None,
        "n_reports": 4,
        "known_from": datetime(2019, 10, 24, 14, 30),
        "known_basis": "date_added",
        "url": "https://www.example.org/news/1",
        "origin": "gdelt_v2_events",
        "origin_id": "881990832",
        "snapshot_id": "20191024143000",
        "row_number": 1,
    }


@pytest.mark.trap("gdelt_v2_events", "two-quad-classes")
@pytest.mark.parametrize(
    ("code", "quad", "schrodt", "plover"),
    [
        ("090", "2", 3, "ACCUSE"),
        ("141", "3", 4, "PROTEST"),
        ("085", "2", 2, "RETREAT"),
        ("081", "2", 2, "CONCEDE"),
        ("163", "4", 4, "COERCE"),
        ("161", "4", 4, "SANCTION"),
        ("175", "4", 4, "ASSAULT"),
        ("010", "1", 1, None),
        ("020", "1", 1, None),
    ],
)
def test_both_quad_schemes_are_stored_and_plover_follows_the_table_of_2021(
    fold_in_batches: Callable[..., Memory], gdelt_row: Row, code: str, quad: str, schrodt: int, plover: str | None
) -> None:
    event = folded(fold_in_batches, gdelt_row(EventCode=code, QuadClass=quad)).row(0, named=True)
    assert (event["quad_gdelt"], event["quad_schrodt"], event["plover_event"]) == (int(quad), schrodt, plover)


@pytest.mark.trap("gdelt_v2_events", "not-iso")
@pytest.mark.parametrize(
    ("country", "group", "actor", "state"),
    [
        ("TWN", "", "TWN", "TWN"),
        ("HKG", "", "HKG", "HKG"),
        ("MAC", "", "MAC", "MAC"),
        ("ROM", "", "ROU", "ROU"),
        ("TMP", "", "TLS", "TLS"),
        ("GZS", "", "PSE", "PSE"),
        ("WSB", "", "PSE", "PSE"),
        ("EUR", "", "REG.EUR", None),
        ("EUR", "EEC", "EU", None),
        ("WST", "NAT", "NATO", None),
        ("", "UNO", "UN", None),
        ("AFG", "TAL", "AFG", "AFG"),
        ("QQQ", "", None, None),
        ("", "", None, None),
    ],
)
def test_actor_codes_are_cameo_and_only_states_are_countries(
    fold_in_batches: Callable[..., Memory], gdelt_row: Row, country: str, group: str, actor: str | None, state: str | None
) -> None:
    event = folded(fold_in_batches, gdelt_row(Actor2CountryCode=country, Actor2KnownGroupCode=group)).row(0, named=True)
    assert (event["target_id"], event["target_country_id"]) == (actor, state)


def test_a_role_that_cameo_does_not_know_is_no_sector(fold_in_batches: Callable[..., Memory], gdelt_row: Row) -> None:
    rows = [gdelt_row(GLOBALEVENTID=str(i), Actor1Type1Code=code) for i, code in enumerate(("MIL", "XYZ", ""))]
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


def test_the_first_of_two_rows_with_one_id_counts_within_a_snapshot(
    fold_in_batches: Callable[..., Memory], gdelt_row: Row
) -> None:
    found = folded(fold_in_batches, gdelt_row(NumArticles="1"), gdelt_row(NumArticles="9"))
    assert found["n_reports"].to_list() == [1]


@pytest.mark.parametrize("later", ["20191024144500", "20191025000000"])
def test_the_first_of_two_rows_with_one_id_counts_across_snapshots_and_days(
    fold_in_batches: Callable[..., Memory], gdelt_row: Row, later: str
) -> None:
    first = snapshot("20191024143000", gdelt_row(GLOBALEVENTID="5"))
    second = snapshot(later, gdelt_row(GLOBALEVENTID="5", DATEADDED=later), gdelt_row(GLOBALEVENTID="6", DATEADDED=later))
    found = fold_in_batches(events.fold, [first], [second]).all("events").collect()
    assert found.select("origin_id", "snapshot_id").rows() == [("5", "20191024143000"), ("6", later)]


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


def test_a_slot_taken_in_twice_counts_once(fold_in_batches: Callable[..., Memory], gdelt_row: Row) -> None:
    once, again = (snapshot("20191024143000", gdelt_row(), name=name) for name in ("a", "b"))
    memory = fold_in_batches(events.fold, [once], [again])
    assert memory.open("news_coverage")["n_slots"].to_list() == [1]
    assert memory.all("events").collect()["snapshot_id"].to_list() == ["a"]


def test_a_day_with_all_of_its_slots_is_fully_covered(fold_in_batches: Callable[..., Memory], gdelt_row: Row) -> None:
    slots = [f"20191024{minute // 60:02}{minute % 60:02}00" for minute in range(0, 1440, 15)]
    memory = fold_in_batches(events.fold, [snapshot(s, gdelt_row(GLOBALEVENTID=s[6:12], DATEADDED=s)) for s in slots])
    assert memory.open("news_coverage")["coverage_share"].to_list() == [1.0]


@pytest.mark.parametrize("k", range(5))
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
