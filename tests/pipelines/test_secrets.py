"""A token in a header, in an address or in a setting is told to its server, and stands nowhere else."""

import logging
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from assets.errors import BilateralError
from pipelines.cli.app import read_settings
from pipelines.ingest.fetch import fetch
from pipelines.ingest.fetch.feeds import read_feeds
from pipelines.ingest.fetch.http import FetchContext, FetchPolicy
from pipelines.ingest.fetch.secrets import HIDDEN, Veil, secrets_in
from pipelines.ingest.raw_store import RawStore
from pipelines.ingest.receipts import Attempt, Gap, Http, Ingested, Note
from pipelines.ingest.sources import FileSpec, Source
from pipelines.settings import FetchSettings, Settings
from tests.pipelines.examples import a_source
from tests.pipelines.publishers import Publishers, Said

TOKEN = "s3cret-t0ken/+x"
NOW = datetime(2023, 11, 16, 12)
RSS = (
    '<rss version="2.0"><channel><item><title>Talks</title><link>/page?access_token={token}</link></item>'
    "<item><title>Gone</title><link>/gone?token={token}</link></item></channel></rss>"
)


PAGES = {"/feed": Said(body=RSS.replace("{token}", TOKEN).encode()), "/page": Said(body=b"<html>A</html>"), "/rows": Said(403)}
PAGES["/moved"] = Said(302, headers={"Location": f"https://elsewhere.example.org/x?was={TOKEN}"})


class Site:
    """A server that says what it was asked, as those do that are of no help."""

    def __init__(self, world: Publishers) -> None:
        self.world, self.address = world, f"http://127.0.0.1:{world.port}"
        world.by_host[f"127.0.0.1:{world.port}"] = lambda asked: PAGES.get(asked.path.partition("?")[0], Said(404))

    @property
    def told(self) -> list[str]:
        return [f"{asked.path} {asked.headers.get('x-app-token')}" for asked in self.world.asked]


@pytest.fixture
def site(world: Publishers) -> Site:
    return Site(world)


def take(root: Path, of: Source, settings: FetchSettings) -> Ingested:
    store = RawStore(root / "raw")
    visit = FetchContext(of, settings, NOW, store, policy=FetchPolicy(loopback=True), sleep=lambda _: None)
    return store.take(of, fetch(visit), origin="live")


def source(**changes: object) -> Source:
    made = a_source(files={"x": FileSpec()}, max_bytes=1_000_000, max_line_bytes=100_000)
    return made.model_copy(update={"live": "fetch", "hosts": ("127.0.0.1",), **changes})


def portal(address: str) -> Source:
    return source(files={"page-*.json": FileSpec(url=address, pages="socrata", page_rows=2, kind="json")})


def feeds_source() -> Source:
    return source(id="feeds", hosts=(), files={"*": FileSpec(index="feeds", kind="html", may_be_empty=True)})


def written(root: Path) -> list[str]:
    """Files below a folder in which the token stands, or half of it."""
    return [p.name for p in root.rglob("*") if p.is_file() and (TOKEN.encode() in p.read_bytes() or b"s3cret" in p.read_bytes())]


@pytest.mark.parametrize("token", [TOKEN, f"{TOKEN}\n", f" {TOKEN}é"], ids=["refused", "with-a-line-break", "no-ascii"])
def test_a_token_in_a_header_stands_in_no_receipt_message_or_log(
    tmp_path: Path, site: Site, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], token: str
) -> None:
    """A library that refuses a header says which, in its message and its traceback."""
    with caplog.at_level(logging.WARNING):  # as refresh.log
        taken = take(tmp_path, portal(f"{site.address}/rows"), FetchSettings(timeout_s=1, max_tries=1, socrata_token=token))
    (receipt,) = taken.receipts
    assert receipt.verdict == "failed"
    assert "s3cret" not in str(receipt) + caplog.text + "".join(capfd.readouterr())
    assert written(tmp_path) == []
    assert (site.told == []) is (token != TOKEN), "only its server is told, or nobody"


def test_a_key_in_the_address_of_a_feed_of_ones_own_stands_nowhere_but_in_what_the_server_wrote(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    listed = tmp_path / "feeds.csv"
    listed.write_text("feed,url,outlet,keep_text\none,https://a.example.org/f,A,true\n")
    (usual,) = read_feeds(listed)
    paths = {"one": "/feed", "two": "/moved", "three": "/none"}
    feeds = [replace(usual, feed=name, url=f"{site.address}{path}?api_key={TOKEN}") for name, path in paths.items()]
    monkeypatch.setattr("pipelines.ingest.fetch.feeds.read_feeds", lambda _: feeds)
    settings = FetchSettings(timeout_s=1, max_tries=1, feeds=listed, feed_pause_s=0)
    (receipt,) = take(tmp_path, feeds_source(), settings).receipts
    assert receipt.verdict == "accepted"
    assert any(f"api_key={TOKEN}" in told for told in site.told), "the server is told"
    assert sum(str(f.url).endswith(f"={HIDDEN}") for f in receipt.files) >= 2
    assert "s3cret" not in str(receipt) + caplog.text
    held = RawStore(tmp_path / "raw").read("feeds", receipt.snapshot)
    assert [name for name, data in held.items() if b"s3cret" in data] == ["one.xml"], "as served"
    before = len(site.told)
    take(tmp_path, feeds_source(), settings)
    assert [told for told in site.told[before:] if told.startswith("/page")] == [], "a page that is held is not asked for again"


def test_a_table_of_feeds_that_is_refused_and_settings_are_told_without_the_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = tmp_path / "feeds.csv"
    listed.write_text(f"feed,url,outlet,keep_text\none,http://me:{TOKEN.replace('/', '-')}@a.example.org/f,A,true\n")
    with pytest.raises(BilateralError, match="expected an address that begins with https://") as refused:
        read_feeds(listed)
    assert "s3cret" not in str(refused.value)
    secret = {"socrata_token": TOKEN, "alert_urls": f"json://{TOKEN}@x"}
    assert TOKEN not in repr(Settings(**secret))  # type: ignore[arg-type]
    monkeypatch.setenv("BILATERAL_SOCRATA_TOKEN", f"mysql://me:{TOKEN}@db/x")
    assert TOKEN not in repr(read_settings())
    assert TOKEN not in "".join(capsys.readouterr())


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("https://a.example.org/f?format=rss&api_key=abcd%2Fef", {"abcd%2Fef", "abcd/ef"}),
        ("https://me:pass-word@a.example.org/f", {"pass-word"}),
        ("https://a.example.org/f?X-Amz-Signature=0123abcd&page=12345", {"0123abcd"}),
        ("https://a.example.org/f?key=abc", set()),
        ("https://[bad", set()),
    ],
)
def test_what_is_secret_in_an_address_is_told_by_the_names_of_its_parameters(address: str, found: set[str]) -> None:
    assert secrets_in(address) == found


def test_a_veil_hides_the_longest_secret_first_and_leaves_bytes_as_served() -> None:
    veil = Veil.of(FetchSettings(socrata_token="abcd"), ["https://x.example.org/?key=abcdef"])
    assert veil.text("abcdef abcd abc") == f"{HIDDEN} {HIDDEN} abc"
    attempt = Attempt(NOW, {"a": b"abcd"}, "abcd", {"a": Http("https://x/?t=abcd")}, ("abcd",))
    assert veil.over(attempt) == Attempt(NOW, {"a": b"abcd"}, HIDDEN, {"a": Http(f"https://x/?t={HIDDEN}")}, (HIDDEN,))
    assert veil.over(Note("abcd")) == Note(HIDDEN)
    assert veil.over(Gap(NOW)) == Gap(NOW)
