"""``bilateral backfill`` killed and resumed, and the vintages of a real repository: as the archive taken in at once."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pipelines.domains import DOMAINS
from pipelines.maintenance.verify import differences
from pipelines.services.ingest import Ingest
from pipelines.services.publish import Publish
from pipelines.services.transform import Transform
from pipelines.services.warehouse import Warehouse as Opened
from pipelines.settings import Settings
from tests.pipelines.publishers import Said, listening
from tests.pipelines.test_backfill import ADDRESS, Wayback
from tests.real_files import SDN_BUNDLE, expand
from tests.whole.archives import put, sdn
from tests.whole.conftest import Done, Warehouse, ended

SDN = "us_ofac_sdn"
KILLED_AT_A_SNAPSHOT = """
import os, signal, sys
folder, limit, seen = sys.argv[1] + "/raw/", int(sys.argv[2]), 0

def hook(event, args):
    global seen
    if event == "os.rename" and str(args[1]).startswith(folder):
        seen += 1
        if seen == limit:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(hook)
from pipelines.cli.backfill import BackfillRequest, backfill
from pipelines.ingest.fetch.http import FetchPolicy
from pipelines.settings import Settings
sys.exit(backfill(Settings(), BackfillRequest("us_ofac_sdn", archive=sys.argv[3], pause_s=0), FetchPolicy(loopback=True)))
"""
"""A backfill in a process that kills itself as it puts the n-th snapshot into its place (0: never)."""


def backfilled(warehouse: Warehouse, index: str, killed_at: int = 0) -> Done:
    return ended(warehouse.begun("-c", KILLED_AT_A_SNAPSHOT, str(warehouse.folder), str(killed_at), index))


def published(folder: Path) -> None:
    """Publish what is held of the list, as the next refresh does."""
    project = Opened(Settings(warehouse=folder, data_docs=False))
    Ingest(project).choose_origin("live")
    Transform(project).fold("actors")
    Transform(project).stage(SDN)
    for domain in DOMAINS:
        Transform(project).fold(domain)
    Publish(project).build("test")
    assert not project.report.blocked
    Publish(project).publish()


def verdicts(warehouse: Warehouse) -> list[tuple[object, ...]]:
    what = "source, snapshot, snapshot_id, verdict, reason, n_bytes, n_files, n_rows, n_rejected, is_complete"
    return warehouse.rows(f"SELECT {what} FROM meta.snapshots ORDER BY ALL")


def are_alike(one: Warehouse, other: Warehouse) -> bool:
    differing = differences(one.folder / "bilateral.duckdb", other.folder / "bilateral.duckdb")
    return [d for d in differing if d.startswith(("core.", "marts."))] == [] and verdicts(one) == verdicts(other)


def test_a_backfill_of_thirty_captures_killed_twice_is_as_the_archive_taken_in_at_once(tmp_path: Path, empty: Warehouse) -> None:
    page = b"<!DOCTYPE html><html><title>x</title></html>"
    damage = {3: page, 8: b"", 14: sdn()[:700], 21: b"Access Denied", 27: b"\x1f\x8b\x08" * 99}
    archive, at_once = tmp_path / "archive", Warehouse(tmp_path / "at-once")
    with listening() as world:
        wayback = Wayback(world)
        world.by_host[f"127.0.0.1:{world.port}"] = wayback.answer
        captures = wayback.captures[ADDRESS] = {}
        for number in range(1, 31):
            moment = datetime(2020, 1, 1) + timedelta(days=9 * number, seconds=number)
            data = damage.get(number, sdn({1: f"nationality of {number // 4}."}, more=number // 3))
            captures[f"{moment:%Y%m%d%H%M%S}"] = Said(200, data)
            put(archive, SDN, f"{moment:%Y-%m-%dT%H%M%SZ}", "sdn.csv", data)
        index = f"{wayback.base}/cdx/search/cdx"
        for at in (7, 9):
            assert backfilled(empty, index, at).code < 0
        done = backfilled(empty, index)
        n_asked = sum("id_/" in asked.path for asked in world.asked)
        again = backfilled(empty, index)
    assert (done.code, "captures to ingest" in done.out, "14 are here already" in done.out) == (3, True, True), done
    assert (again.code, "nothing to ingest; 30 are here already" in again.out) == (0, True), again
    assert n_asked <= 32, "each once at most, and the two again at which it was killed"
    at_once.refresh(archive)
    published(empty.folder)
    assert are_alike(empty, at_once)
    assert empty.rows("SELECT count(*) FROM meta.snapshots WHERE verdict = 'quarantined'") == [(5,)]
    assert empty.rows("SELECT DISTINCT retrieved_basis FROM meta.snapshots") == [("capture",)]


def test_what_cannot_be_asked_is_said_in_words(empty: Warehouse) -> None:
    for asked, said in (
        (("us_ofac_snd",), "did you mean"),
        ((SDN, "--from", "May"), "expected a date as YYYY-MM-DD"),
        ((SDN, "--via", "git"), "give --git ADDRESS PATH"),
        ((SDN, "--zenodo", "x", "*.csv"), "expected the number of a record"),
        ((SDN, "--archive", "web.archive.org"), "expected an address that begins with https://"),
        (("icews",), "names no addresses"),
        (("un_sc", "--via", "ofac"), "is no list of ofac's service"),
        ((SDN, "--pair", "USA-CHN"), "does not come in days of events; gdelt does"),
        (("gdelt", "--pair", "USA"), "expected two states such as USA-CHN"),
        (("gdelt", "--pair", "USA-EUR"), "expected two states such as USA-CHN"),
        (("gdelt_v2_events", "--pair", "USA-CHN"), "expected two states such as USA-CHN"),
    ):
        done = empty.run("backfill", *asked)
        assert (done.code, said.casefold() in done.err.casefold()) == (1, True), (asked, done)
    assert not (empty.folder / "raw").exists()


def test_the_plan_of_days_of_gdelt_is_told_and_nothing_is_asked(empty: Warehouse) -> None:
    done = empty.run("backfill", "gdelt", "--pair", "USA-CHN", "--from", "2018-01-01", "--to", "2018-12-31", "--dry-run")
    assert done.code == 0
    assert "gdelt_v1_events: 365 days, 2018-01-01 to 2018-12-31, the events between USA and CHN alone" in done.out


@pytest.mark.real_data
def test_the_history_of_a_real_repository_is_as_its_archive(tmp_path: Path, empty: Warehouse, real_data: Path) -> None:
    days = ("--from", "2021-08-01", "--to", "2021-10-31")
    expand(real_data / SDN_BUNDLE, tmp_path / "archive" / SDN)
    for folder in (tmp_path / "archive" / SDN).iterdir():
        if folder.name >= "2021-11":
            (folder / "sdn.csv").unlink()
            folder.rmdir()
    n_vintages = len(list((tmp_path / "archive" / SDN).iterdir()))
    done: Done = empty.run("backfill", SDN, *days, "--git", str(real_data / SDN_BUNDLE), "sdn.csv")
    assert done.code == 0, done.out + done.err
    assert f"{n_vintages} accepted" in done.out, done.out
    at_once = Warehouse(tmp_path / "at-once")
    at_once.refresh(tmp_path / "archive")
    published(empty.folder)
    assert are_alike(empty, at_once)
