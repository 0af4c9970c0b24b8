"""``bilateral doctor --online``: each address asked once, of a server that answers as publishers do and misbehave."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.cli.doctor import REPORT, ask_online
from pipelines.ingest.fetch.probe import FIRST_BYTES, ProbeResult, ask_each
from pipelines.ingest.raw_store import RawStore
from pipelines.ingest.sources import load_sources
from pipelines.settings import FetchSettings, Settings
from tests.pipelines.publishers import Asked, Publishers, Said
from tests.pipelines.test_fetch_publishers import BUCKET, HTML, SLS, ofac, take
from tests.whole.archives import sdn

NOW = datetime(2026, 12, 1, tzinfo=UTC)
SETTINGS = FetchSettings(timeout_s=2, deadline_s=5, backoff_s=0.001)
SOURCES = load_sources()


def asked(world: Publishers, store: RawStore, *sources: str, settings: FetchSettings = SETTINGS) -> dict[str, ProbeResult]:
    answers = ask_each([SOURCES[s] for s in sources], settings, NOW, store, open_with=world.open_client)
    return {a.file: a for a in answers}


def test_what_a_source_serves_is_told_without_taking_it_in_and_what_is_held_already(world: Publishers, store: RawStore) -> None:
    ofac(world, {"SDN.CSV": sdn()})
    answers = asked(world, store, "us_ofac_sdn")
    assert answers["sdn.csv"].says == f"would be accepted; there are no data of it yet; from {BUCKET}"
    assert (answers["sdn.csv"].status, answers["sdn.csv"].n_bytes, answers["sdn.csv"].is_good) == (200, len(sdn()), True)
    assert (answers["add.csv"].is_good, "not found: has the file moved?" in answers["add.csv"].says) == (False, True)
    assert store.snapshots("us_ofac_sdn") == []
    take(world, store, "us_ofac_sdn")
    assert "unchanged by its own word" in asked(world, store, "us_ofac_sdn")["sdn.csv"].says


def test_each_address_is_asked_once_for_its_beginning_and_each_feed_at_its_own_site(world: Publishers, store: RawStore) -> None:
    world.by_host = {"scsanctions.un.org": lambda _: Said(500), "ustr.gov": lambda _: Said(200, b"<rss></rss>")}
    assert "an error on its side" in asked(world, store, "un_sc")["consolidated.xml"].says
    assert [a.headers["range"] for a in world.asked] == [f"bytes=0-{FIRST_BYTES - 1}"]
    assert [name for name, a in asked(world, store, "feeds").items() if a.is_good] == ["ustr"]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (Said(200, HTML), "would be refused: a web page (HTML) where xml was expected"),
        (Said(200, b""), "would be refused: 0 bytes"),
        (Said(200, gzip.compress(HTML), {"Content-Encoding": "gzip"}), "would be refused: a web page"),
        (Said(403, HTML), "forbidden: its firewall may refuse the user agent"),
        (Said(302, b"", {"Location": "https://unblock.example.org/captcha"}), "not asked: unblock.example.org is not a host"),
        (Said(302, b"", {"Location": "http://169.254.169.254/"}), "is not a host that the source declares"),
        (Said(200, b"<CONSOLIDATED_LIST>" + b" " * 300_000), "would be accepted"),
        (Said(206, b"<CONSOLIDATED_LIST>", {"Content-Range": "bytes 0-18/50000000"}), "50,000,000 bytes, more than 40,000,000"),
    ],
)  # fmt: skip
def test_the_usual_misbehaviour_is_told_in_words(world: Publishers, store: RawStore, said: Said, told: str) -> None:
    world.by_host = {"scsanctions.un.org": lambda _: said}
    assert told in asked(world, store, "un_sc")["consolidated.xml"].says


def test_a_source_that_wants_a_key_is_not_asked_without_it_and_nobody_is_shown_one(world: Publishers, store: RawStore) -> None:
    def census(one: Asked) -> Said:
        return Said(302, b"", {"Location": "/data/missing_key.html", "X-DataWebAPI-KeyError": f"bad key {one.path[-9:]}"})

    world.by_host = {"api.census.gov": census}
    answers = asked(world, store, "us_census_population")
    assert all("set BILATERAL_CENSUS_KEY" in a.says for a in answers.values())
    assert world.asked == []
    with_key = SETTINGS.model_copy(update={"census_key": "s3cretkey"})
    answers = asked(world, store, "us_census_population", settings=with_key)
    assert all("does not take the key" in a.says and "s3cretkey" not in a.says for a in answers.values())


def test_the_report_can_be_sent_and_the_code_says_whether_all_is_well(
    world: Publishers, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ofac(world, {"SDN.CSV": sdn()})
    settings = Settings(warehouse=tmp_path / "warehouse", timeout_s=2, deadline_s=5)
    assert ask_online(settings, open_with=world.open_client) == 3
    report = (tmp_path / "warehouse" / REPORT).read_text()
    assert f"| us_ofac_sdn | sdn.csv | {SLS} | 200 | {len(sdn()):,} |" in report
    assert str(tmp_path) not in report
    out = capsys.readouterr().out
    assert "addresses answer with what would be accepted" in out
    assert "FIX" in out
