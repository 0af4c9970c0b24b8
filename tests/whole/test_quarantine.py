"""What people decide on snapshots that a guard refused: kept as receipts, honoured by the refresh, and not without limit."""

import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Literal

import pytest

from assets.errors import BilateralError
from pipelines.maintenance.quarantine import decide, quarantined_snapshot, quarantined_snapshots, receipt_named
from pipelines.services.transform import Transform
from pipelines.services.warehouse import Warehouse as Opened
from pipelines.settings import Settings
from tests.whole.archives import put, sdn
from tests.whole.conftest import Warehouse

SDN = "us_ofac_sdn"
MOST_GONE = sdn(without=tuple(range(5, 41)))
AT = datetime(2023, 2, 1, 12)


def project_of(warehouse: Warehouse) -> Opened:
    return Opened(Settings(warehouse=warehouse.folder, data_docs=False))


@pytest.fixture(scope="module")
def refusing(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A warehouse of one good vintage; one refused for its bytes; one that lost most of its rows; one that cannot be read."""
    folder = tmp_path_factory.mktemp("refusing")
    put(folder / "a", SDN, "2023-01-01", "sdn.csv", sdn())
    put(folder / "a", SDN, "2023-01-02", "sdn.csv", b"<html>" + b" " * 40 + b"</html>")
    put(folder / "a", SDN, "2023-01-03", "sdn.csv", MOST_GONE)
    put(folder / "a", "cn_mofcom", "2023-01-03", "list.json", b'{"no": "list"}')
    warehouse = Warehouse(folder / "warehouse")
    assert warehouse.refresh(folder / "a").exit_code == 3
    return warehouse


@pytest.fixture
def held(refusing: Warehouse, copy_of: Callable[[Warehouse], Warehouse]) -> Warehouse:
    return copy_of(refusing)


BYTES, ROWS = f"{SDN}/2023-01-02T235959Z", f"{SDN}/2023-01-03T235959Z"


def test_each_refused_snapshot_waits_with_its_gate_and_reason(refusing: Warehouse) -> None:
    found = {one.name: one for one in quarantined_snapshots(project_of(refusing))}
    assert {name: (one.gate, one.waits) for name, one in found.items()} == {
        BYTES: ("bytes", True),
        ROWS: ("judgement", True),
        "cn_mofcom/2023-01-03T235959Z": ("reading", True),
    }
    assert "web page" in found[BYTES].reason
    assert "4 rows where the last accepted" in found[ROWS].reason


def test_a_snapshot_accepted_in_spite_of_its_rows_is_folded_and_says_who_why_and_when(held: Warehouse, tmp_path: Path) -> None:
    put(tmp_path / "none", SDN, "2023-01-01", "sdn.csv", sdn())
    decide(project_of(held), ROWS, "accept", "Ada", "the list was cut on purpose", AT)
    assert held.refresh(tmp_path / "none").exit_code == 0
    assert held.rows("SELECT count(*) FROM listed_on(DATE '2023-01-04')") == [(4,)]
    ((verdict, warnings),) = held.rows(f"SELECT verdict, warnings FROM meta.snapshots WHERE source || '/' || snapshot = '{ROWS}'")
    assert verdict == "accepted"
    assert "accepted by Ada on 2023-02-01 12:00 UTC: the list was cut on purpose; in spite of: sdn.csv: 4 rows where" in warnings
    assert quarantined_snapshot(project_of(held), receipt_named(project_of(held), ROWS)) is None


def test_a_later_vintage_that_agrees_withdraws_on_its_day_and_settles_the_first(empty: Warehouse, tmp_path: Path) -> None:
    gone = tuple(range(11, 41))
    put(tmp_path / "a", SDN, "2023-01-01", "sdn.csv", sdn())
    put(tmp_path / "a", SDN, "2023-01-03", "sdn.csv", sdn(without=gone))
    assert empty.fold(tmp_path / "a").report.exit_code == 3
    assert [one.name for one in quarantined_snapshots(project_of(empty))] == [ROWS]
    put(tmp_path / "a", SDN, "2023-01-11", "sdn.csv", sdn({1: "nationality Iran."}, without=gone))
    assert empty.refresh(tmp_path / "a").exit_code == 0
    assert quarantined_snapshots(project_of(empty)) == []
    ended = "SELECT count(*), min(known_from)::DATE, max(known_from)::DATE FROM core.sanction_listings WHERE valid_to IS NOT NULL"
    assert empty.rows(ended) == [(30, date(2023, 1, 11), date(2023, 1, 11))]


def test_a_rejected_snapshot_stays_out_though_no_guard_refuses_it_and_the_last_decision_counts(
    empty: Warehouse, tmp_path: Path
) -> None:
    put(tmp_path / "a", SDN, "2023-01-01", "sdn.csv", sdn())
    put(tmp_path / "a", SDN, "2023-01-02", "sdn.csv", sdn(more=2))
    assert empty.fold(tmp_path / "a").report.exit_code == 0
    second = f"{SDN}/2023-01-02T235959Z"
    decide(project_of(empty), second, "reject", "Ada", "a first thought", AT)
    decide(project_of(empty), second, "reject", "Bo", "made up", AT.replace(hour=13))
    # the same bytes come again, after others
    put(tmp_path / "again", SDN, "2023-01-03", "sdn.csv", sdn(more=1))
    put(tmp_path / "again", SDN, "2023-01-04", "sdn.csv", sdn(more=2))
    empty.refresh(tmp_path / "again")
    rows = empty.rows("SELECT snapshot, verdict, reason FROM meta.snapshots WHERE source = 'us_ofac_sdn' ORDER BY 1")
    assert [verdict for _, verdict, _ in rows] == ["accepted", "quarantined", "accepted", "quarantined"]
    assert all("rejected by Bo on 2023-02-01 13:00 UTC: made up" in rows[n][2] for n in (1, 3))
    assert empty.rows("SELECT count(*) FROM listed_on(DATE '2023-01-05')") == [(41,)]
    assert [one.waits for one in quarantined_snapshots(project_of(empty))] == [False]
    decide(project_of(empty), second, "accept", "Bo", "it was right", AT.replace(hour=14))
    empty.refresh(tmp_path / "again")
    # the receipt of the later one stays, with another beside it
    verdicts = empty.rows("SELECT verdict FROM meta.snapshots WHERE source = 'us_ofac_sdn' ORDER BY snapshot")
    assert [verdict for (verdict,) in verdicts] == [*["accepted"] * 3, "quarantined", "accepted"]


def test_bytes_that_are_accepted_are_read_and_are_kept_out_by_the_next_gate_for_good(held: Warehouse, tmp_path: Path) -> None:
    """A web page can be accepted as bytes; that it holds no list, nobody can overrule."""
    put(tmp_path / "none", SDN, "2023-01-01", "sdn.csv", sdn())
    decide(project_of(held), BYTES, "accept", "Ada", "let us see", AT)
    held.fold(tmp_path / "none")
    found = {one.receipt.snapshot: one.gate for one in quarantined_snapshots(project_of(held)) if one.receipt.source == SDN}
    assert found["2023-01-02T235959Z~reviewed"] == "reading"
    with pytest.raises(BilateralError, match="cannot be read, and no decision changes that"):
        decide(project_of(held), f"{BYTES}~reviewed", "accept", "Ada", "please", AT)


def test_what_cannot_be_decided_is_answered_in_words(refusing: Warehouse) -> None:
    cases: tuple[tuple[str, Literal["accept", "reject"], str, str], ...] = (
        ("cn_mofcom/2023-01-03T235959Z", "accept", "why not", "cannot be read, and no decision changes that"),
        (ROWS, "accept", " ", "a decision needs a reason"),
        (f"{SDN}/2023-01-01T235959Z", "accept", "good", "is not kept out: there is nothing to accept"),
        (f"{SDN}/2023-01-09T235959Z", "reject", "bad", "has no snapshot 2023-01-09T235959Z"),
        ("us_ofac/2023-01-01T235959Z", "reject", "bad", "not the id of a source. Did you mean"),
        ("ffffffffffffffff", "reject", "bad", "no snapshot has an id that begins with"),
        ("fff", "reject", "bad", "at least 8 characters"),
    )
    for name, ruling, reason, says in cases:
        with pytest.raises(BilateralError, match=says):
            decide(project_of(refusing), name, ruling, "Ada", reason, AT)
    assert not (refusing.folder / "raw" / SDN / "reviews").exists()


def test_a_damaged_decision_is_named_and_never_guessed(held: Warehouse) -> None:
    project = project_of(held)
    decide(project, ROWS, "reject", "Bo", "half a file", AT)
    (path,) = (held.folder / "raw" / SDN / "reviews").iterdir()
    path.write_text(path.read_text().replace("reject", "accept"))
    with pytest.raises(BilateralError, match="this decision on a snapshot of us_ofac_sdn cannot be read"):
        Transform(project_of(held)).stage(SDN)


def test_the_command_lists_shows_and_decides(held: Warehouse) -> None:
    listed = held.run("quarantine")
    assert listed.code == 0
    assert BYTES in listed.out
    shown = held.run("quarantine", "show", ROWS)
    assert "accepted before it: 2023-01-01T235959Z" in shown.out
    assert f"bilateral try {SDN}" in shown.out
    done = held.run("quarantine", "reject", ROWS, "--reason", "half a file", "--by", "Bo")
    assert (done.code, "rejected by Bo" in done.out) == (0, True)
    assert held.run("quarantine", "accept", BYTES).code == 1, "without a reason"
    (one,) = [x for x in json.loads(held.run("quarantine", "list", "--all", "--format", "json").out) if not x["waits"]]
    assert (one["snapshot"], one["review"]["by"]) == ("2023-01-03T235959Z", "Bo")
    assert "rejected by Bo on" in held.run("status").out
