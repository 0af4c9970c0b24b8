"""Earlier copies of a source from an archive of the web, a git repository and a deposit, on servers of this machine."""

import gzip
import hashlib
import json
import os
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.errors import BilateralError
from benchmarks.fuzz.fuzzed_fetcher import zipped
from pipelines.ingest.backfill import Copy, Keeper, attempts, plan
from pipelines.ingest.backfill.git import Repository
from pipelines.ingest.backfill.listings import Deposit, Publications
from pipelines.ingest.backfill.memento import WebArchive, parse_links
from pipelines.ingest.fetch.gdelt import gdelt_days
from pipelines.ingest.fetch.http import FetchPolicy
from pipelines.ingest.raw_store import RawStore, whole_days
from pipelines.ingest.receipts import Attempt, Finding, Note, Receipt
from pipelines.ingest.sources import Address, FileSpec, Source, load_sources
from tests.news.test_gdelt_v1 import line
from tests.pipelines.examples import a_source
from tests.pipelines.publishers import Asked, Publisher, Publishers, Said, Server, visit

ADDRESS = "https://www.treasury.gov/ofac/downloads/sdn.csv"
NOW = datetime(2026, 12, 1)
HTML = b"<!DOCTYPE html><html><head><title>Moved</title></head></html>"
SOURCE = a_source(addresses=(Address(file="sdn.csv", url=ADDRESS, since=2010, until=2024),), hosts=("127.0.0.1",))


@dataclass
class Wayback:
    """An archive of the web: captures by address and stamp; it answers as the Wayback Machine is documented to."""

    world: Publishers
    captures: dict[str, dict[str, Said]] = field(default_factory=dict)
    page_rows: int = 1_000

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.world.port}"

    def __post_init__(self) -> None:
        self.served_by: Publisher = self.answer
        self.world.by_host[f"127.0.0.1:{self.world.port}"] = lambda asked: self.served_by(asked)

    def answer(self, asked: Asked) -> Said:
        if asked.path.startswith("/cdx/search/cdx?"):
            return self._cdx(parse_qs(urlsplit(asked.path).query))
        if asked.path.startswith("/web/timemap/link/"):
            return Said(200, self.timemap(asked.path.removeprefix("/web/timemap/link/")).encode())
        stamp, _, address = asked.path.removeprefix("/web/").partition("id_/")
        said = self.captures.get(address, {}).get(stamp, Said(404, HTML))
        return Said(said.status, said.body, {"Memento-Datetime": _http_date(stamp), **said.headers})

    def _cdx(self, query: dict[str, list[str]]) -> Said:
        asked = {name: values[0] for name, values in query.items()}
        url, is_prefix = asked["url"].rstrip("*"), asked["url"].endswith("*")
        wanted = [filter_.removeprefix("original:") for filter_ in query["filter"] if filter_.startswith("original:")]
        captures = [(address, *capture) for address, of in sorted(self.captures.items()) for capture in sorted(of.items())]
        lines = [
            [stamp, address, str(said.status), hashlib.sha1(said.body).hexdigest(), str(len(said.body) // 3)]
            for address, stamp, said in captures
            if (address == url or (is_prefix and address.startswith(url)))
            and all(re.fullmatch(pattern, address) for pattern in wanted)
            and said.status == 200
            and asked.get("from", "0") <= stamp[:8] <= asked.get("to", "9" * 8)
        ]
        first = int(asked.get("resumeKey", "0"))
        page = lines[first : first + self.page_rows]
        more = [[], [str(first + self.page_rows)]] if first + self.page_rows < len(lines) else []
        return Said(200, json.dumps([asked["fl"].split(","), *page, *more] if page else []).encode())

    def timemap(self, address: str) -> str:
        links = [
            f'<{self.base}/web/{stamp}/{address}>; rel="{"first " * (n == 0)}memento"; datetime="{_http_date(stamp)}"'
            for n, stamp in enumerate(sorted(self.captures.get(address, {})))
        ]
        return ",\n".join([f'<{address}>; rel="original"', f'<{self.base}/web/{address}>; rel="timegate"', *links])


def _http_date(stamp: str) -> str:
    try:
        return format_datetime(datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC), usegmt=True)
    except ValueError:
        return ""


@pytest.fixture
def wayback(world: Publishers) -> Wayback:
    return Wayback(world)


Taken = tuple[list[Receipt], list[str]]


def taken(
    store: RawStore, keeper: Keeper, source: Source = SOURCE, since: date | None = None, until: date | None = None
) -> Taken:
    """The receipts of what was taken in, and the plan with what could not be had."""
    planned = plan(source, keeper, store, since, until, NOW)
    said = list(planned.lines())
    receipts: list[Receipt] = []
    for finding in attempts(planned, keeper, sleep=lambda _: None):
        if isinstance(finding, Note):
            said.append(finding.text)
        else:
            receipts += store.take(source, [finding], origin="archive").receipts
    return receipts, said


Ask = Callable[..., Taken]
TIMEMAP = "/web/timemap/link/"


@pytest.fixture
def ask(wayback: Wayback, store: RawStore) -> Ask:
    def of_archive(
        index: str = "/cdx/search/cdx", since: date | None = None, until: date | None = None, source: Source = SOURCE
    ) -> Taken:
        with visit(source, store, now=NOW).asker() as asker:
            keeper = WebArchive(asker, f"{wayback.base}{index}", source.addresses, since, until, 0)
            return taken(store, keeper, source, since, until)

    return of_archive


def numbered(*stamps: str) -> dict[str, Said]:
    """Captures of other bytes at each of these stamps."""
    return {stamp: Said(200, b"%d\n" % n) for n, stamp in enumerate(stamps)}


def shown(receipts: list[Receipt]) -> str:
    """By day what became of a snapshot."""
    return " ".join(f"{r.snapshot} {r.verdict}" for r in receipts)


def days(receipts: list[Receipt]) -> list[str]:
    return [r.snapshot[:10] for r in receipts]


def test_captures_are_taken_in_in_order_as_of_their_moments_once_and_the_same_bytes_later_confirm_what_was_held(
    wayback: Wayback, ask: Ask, store: RawStore
) -> None:
    packed, same = Said(200, gzip.compress(b"1\n"), {"Content-Encoding": "gzip"}), Said(200, b"2\n")
    stamps = ("20190824102406", "20190824150000", "20190901000000")
    wayback.captures[ADDRESS] = dict.fromkeys(stamps, same) | {"20150101113635": packed}
    receipts, said = ask()
    # the second of one day says nothing more
    assert shown(receipts) == "2015-01-01T113635Z accepted 2019-08-24T102406Z accepted 2019-09-01T000000Z unchanged"
    assert {r.retrieved_basis for r in receipts} == {"capture"}
    assert receipts[0].files[0].url == f"{wayback.base}/web/20150101113635id_/{ADDRESS}"
    assert store.read(SOURCE.id, "2015-01-01T113635Z") == {"sdn.csv": b"1\n"}, "unpacked"
    assert any("captures to ingest, 2015-01-01 to 2019-09-01; none is here yet" in line for line in said)
    assert sum("id_/" in asked.path for asked in wayback.world.asked) == 2
    wayback.world.asked.clear()
    receipts, said = ask()
    assert (receipts, said[-1][:30], len(wayback.world.asked)) == ([], "us_ofac_sdn: nothing to ingest", 1), "the index alone"


def test_a_timemap_gives_what_the_cdx_interface_gives_within_the_days_asked_for(wayback: Wayback, ask: Ask) -> None:
    wayback.captures[ADDRESS] = numbered(*(f"2015010{n}113635" for n in range(1, 6)))
    wayback.page_rows = 2
    assert days(ask(since=date(2015, 1, 2), until=date(2015, 1, 3))[0]) == ["2015-01-02", "2015-01-03"]
    n_asked = len(wayback.world.asked)
    assert (ask(since=date(2025, 1, 1))[0], len(wayback.world.asked)) == ([], n_asked), "the address was not in use any more"
    receipts, _ = ask(TIMEMAP, until=date(2015, 1, 4))
    assert [r.snapshot for r in receipts] == ["2015-01-01T113635Z", "2015-01-04T113635Z"]
    assert all("id_/" in str(r.files[0].url) for r in receipts), "as served, and not rewritten for a browser"
    assert days(ask()[0]) == ["2015-01-05"]


def test_addresses_that_vary_find_what_fits_and_files_captured_together_are_one_vintage(wayback: Wayback, ask: Ask) -> None:
    for n, name in enumerate(("2023/sdn-1.csv", "2024/sdn-2.csv", "2024/other.csv"), 1):
        wayback.captures[f"https://example.org/files/{name}"] = {f"2014010{n}000000": Said(200, b"%d\n" % n)}
    varies = Address(file="sdn.csv", url="https://example.org/files/*/sdn-*.csv", since=2010)
    assert days(ask(source=SOURCE.model_copy(update={"addresses": (varies,)}))[0]) == ["2014-01-01", "2014-01-02"]
    add = ADDRESS.replace("sdn.csv", "add.csv")
    wayback.captures = {ADDRESS: numbered("20150101000000", "20150201000000"), add: {"20150101000500": Said(200, b"a\n")}}
    both = SOURCE.model_copy(update={"addresses": (*SOURCE.addresses, Address(file="add.csv", url=add, since=2010))})
    assert [(r.snapshot, [f.name for f in r.files]) for r in ask(source=both)[0]] == [
        ("2015-01-01T000500Z", ["add.csv", "sdn.csv"]),
        ("2015-02-01T000000Z", ["sdn.csv"]),
    ]


def test_an_archive_that_leads_away_or_in_circles_gives_nothing_else(
    wayback: Wayback, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    wayback.captures[ADDRESS] = {
        "20150101000000": Said(302, b"", {"Location": f"/web/20150109000000id_/{ADDRESS}"}),
        "20150103000000": Said(200, b"3\n", {"Memento-Datetime": _http_date("20150104000000")}),
        "20150109000000": Said(200, b"9\n"),
        "20150110000000": Said(302, b"", {"Location": "http://169.254.169.254/latest/meta-data"}),
    }
    receipts, said = ask(TIMEMAP)
    assert shown(receipts) == "2015-01-09T000000Z accepted"
    assert sum("the archive answers with the capture of" in line for line in said) == 2
    assert "not asked: 169.254.169.254 is not a host" in said[-1]

    def link(base: str, stamp: str) -> str:
        return f'<{base}/web/{stamp}/{ADDRESS}>;rel=memento;datetime="{_http_date(stamp)}"'

    monkeypatch.setattr(Wayback, "timemap", lambda *_: link("https://archive.example", "20150101000000"))
    receipts, said = ask(TIMEMAP)
    assert (receipts, "1 captures left out: they lie at archive.example, see --archive" in said) == ([], True)

    def page(archive: Wayback, address: str) -> str:
        number = int(address.partition("/")[0]) if address[0].isdecimal() else 0
        following = f"{archive.base}/web/timemap/link/{(number + 1) % 3}/{ADDRESS}"
        return f'{link(archive.base, f"2016010{number + 1}000000")},<{following}>; rel="timemap"; type="application/link-format"'

    wayback.captures[ADDRESS] = numbered(*(f"2016010{n}000000" for n in (1, 2, 3)))
    monkeypatch.setattr(Wayback, "timemap", page)
    assert len(ask(TIMEMAP)[0]) == 3


def test_an_archive_that_refuses_is_left_until_the_next_run_and_one_that_is_down_asked_once(wayback: Wayback, ask: Ask) -> None:
    wayback.captures[ADDRESS] = numbered(*(f"201501{n:02}113635" for n in range(1, 21)))
    answer, n_asked = wayback.answer, iter(range(1_000))

    def refuses(asked: Asked) -> Said:
        return answer(asked) if "cdx" in asked.path or next(n_asked) < 4 else Said(429, b"slow down", {"Retry-After": "3600"})

    wayback.served_by = refuses
    receipts, said = ask()
    assert (len(receipts), said[-1].startswith("3 in a row could not be had")) == (4, True)
    wayback.served_by = answer
    assert [r.verdict for r in ask()[0]] == ["accepted"] * 16, "what could not be had left no receipt"
    wayback.served_by = lambda _: Said(200, HTML)
    assert "not known: the answer is no CDX index" in ask()[1][0]
    wayback.served_by = lambda _: Said(404, HTML)  # a timemap of an address without captures
    receipts, said = ask(TIMEMAP)
    assert (receipts, said[0]) == ([], f"{ADDRESS}: 0 captures")
    wayback.served_by = lambda _: Said(503, HTML)
    wayback.world.asked.clear()
    with pytest.raises(BilateralError, match=r"the archive does not say what it holds: .* HTTP 503"):
        ask(source=SOURCE.model_copy(update={"addresses": SOURCE.addresses * 5}))
    assert len(wayback.world.asked) == 2, "twice, as for any file"


MEMENTO = 'rel="memento"; datetime="{}"'.format
FRIDAY = MEMENTO("Fri, 02 Jan 2015 00:00:00 GMT")
TIMEMAPS = (
    f"<http://[>; {FRIDAY}",
    f"<http://x/\x00>; {FRIDAY}",
    f"<BASE/web/2/{ADDRESS}>; {MEMENTO('Fri, 02 Jan 9999 23:59:59 -2359')}",
    f"<BASE/web/2/{ADDRESS}>; {MEMENTO('Fri, 02 Jan 2099 00:00:00 GMT')}",
    f"<BASE/web/2/{ADDRESS}>; {MEMENTO('9' * 5_000)[:-1]}",
    "<" * 50_000,
    "<a>;" + "x=y;" * 50_000,
)
CDX = b'[["timestamp","original","statuscode","digest","length"],["'
INDEXES = (
    b"[" * 100_000,
    b'[["timestamp"], 7]',
    CDX + b'20150101000000","http://[","200","x","1"]]',
    CDX + b'20150101000000","a\\r\\nHost: b","200","x","1"]]',
    CDX + b'99991231235959","http://a","200","x","1"]]',
    CDX + b'/../../etc0000","http://a","200","x","1"]]',
)


def test_a_hostile_timemap_or_index_gives_nothing_and_no_exception(ask: Ask, wayback: Wayback) -> None:
    hostile = [(TIMEMAP, text.replace("BASE", wayback.base).encode()) for text in TIMEMAPS]
    for index, data in (*hostile, *(("/cdx/search/cdx", data) for data in INDEXES)):
        said = Said(200, data)
        wayback.served_by = lambda asked: said if asked.path.startswith(("/cdx", "/web/timemap")) else Said(404, HTML)  # noqa: B023
        assert ask(index)[0] == [], data[-80:]


@given(st.text(max_size=300))
def test_any_text_is_a_timemap_of_some_links_or_none(text: str) -> None:
    assert all(link.address for link in parse_links(text))


def test_each_publication_of_ofac_is_known_since_the_moment_that_it_states(server: Server, store: RawStore) -> None:
    listed = [
        {"publicationID": 12, "datePublished": "2025-07-02T10:30:05.17"},
        {"publicationID": 11, "datePublished": "2025-01-13T00:00:00"},
        {"publicationID": 13, "datePublished": "2025-07-02T16:00:00-04:00"},
    ]
    server.on("/changes/history/2024", HTML)
    server.on("/changes/history/2025", json.dumps(listed).encode())
    for number in (11, 12):
        server.on(f"/changes/{number}", b"<sanctionsData>%d</sanctionsData>" % number)
    source = SOURCE.model_copy(update={"files": {"*.xml": FileSpec(kind="xml")}})
    with visit(source, store, now=NOW).asker() as asker:
        keeper = Publications(asker, date(2024, 5, 1), date(2025, 12, 31), 0, server.url("/changes"))
        receipts, said = taken(store, keeper, source)
    assert [(r.snapshot, r.files[0].name) for r in receipts] == [
        ("2025-01-14T045959Z", "2025-01-13_delta.xml"),  # of a day alone, its end in Washington
        ("2025-07-02T143005Z", "2025-07-02_delta.xml"),
    ]
    assert said[:2] == ["2024: the answer is not the list of publications that is known", "2025: 3 publications"]
    assert "2025-07-02 20:00:00 could not be had" in said[-1]


def test_of_days_of_gdelt_a_pair_is_kept_and_the_whole_day_can_still_be_had(world: Publishers, store: RawStore) -> None:
    both, other, none = (line(Actor2CountryCode=code).encode() for code in ("CHN", "RUS", ""))
    names = ("20180101.export.CSV", "20180102.export.CSV")
    packed = {f"{name}.zip": zipped(name, data) for name, data in zip(names, (both + other, other + none), strict=True)}
    sums = "".join(f"{hashlib.md5(p, usedforsecurity=False).hexdigest()}  {name}\n" for name, p in packed.items()).encode()
    world.by_host = {"data.gdeltproject.org": lambda a: Said(200, packed.get(a.path.rpartition("/")[2], sums))}
    source = load_sources()["gdelt_v1_events"]
    days = [date(2018, 1, 1), date(2018, 1, 2)]

    def ask(pair: tuple[str, str] | None) -> list[Finding]:
        asked = visit(source, store, now=NOW, policy=FetchPolicy(), open_client=world.open_client)
        found = list(gdelt_days(asked, days, pair))
        store.take(source, found, origin="live")
        return found

    assert [found.files for found in ask(("USA", "CHN")) if isinstance(found, Attempt)] == [
        {"20180101.USA-CHN.export.CSV": both},
        {"20180102.USA-CHN.export.CSV": b""},  # a quiet day
    ]
    assert ask(("USA", "CHN")) == ask(("CHN", "USA")) == [], "what is held of a pair is not asked for again"
    assert whole_days(store, source, days) == []
    assert [type(found) for found in ask(None)] == [Attempt, Attempt]
    assert whole_days(store, source, days) == days
    assert ask(("USA", "CHN")) == [], "a whole day holds its pairs"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    subprocess.run(["git", "init", "-q", "-b", "main", str(folder)], check=True)
    return folder


def commit(folder: Path, moment: str, **files: bytes | None) -> None:
    """One commit that writes files, or removes those that are None; a day is meant at 10:00 UTC."""
    for name, data in files.items():
        path = folder / "data" / name.replace("_", ".")
        path.parent.mkdir(exist_ok=True)
        path.unlink() if data is None else path.write_bytes(data)
    here = ["git", "-C", str(folder), "-c", "user.name=n", "-c", "user.email=e@example.org"]
    at = f"{moment}T10:00:00Z" if len(moment) == 10 else moment
    env = {**os.environ, "GIT_COMMITTER_DATE": at, "GIT_AUTHOR_DATE": at}
    subprocess.run([*here, "add", "-A"], check=True, env=env)
    subprocess.run([*here, "commit", "-q", "--allow-empty", "-m", "m"], check=True, env=env)


def test_each_commit_that_changed_the_file_is_a_vintage_unless_of_days_to_come(
    repository: Path, store: RawStore, tmp_path: Path
) -> None:
    def from_git(path: str, given: Path | str = repository) -> Taken:
        return taken(store, Repository(str(given), path, SOURCE, tmp_path / f"clone {path[-13:]} {str(given)[-9:]}"))

    commit(repository, "2020-01-01T10:00:00+01:00", sdn_csv=b"1\n", README_md=b"x")
    commit(repository, "2020-01-02", README_md=b"y")
    commit(repository, "2020-01-03", sdn_csv=None)
    commit(repository, "2020-01-04", sdn_csv=HTML)
    commit(repository, "2020-01-05", sdn_csv=b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n")
    commit(repository, "2020-01-06", sdn_csv=b"1\n")
    receipts, said = from_git("data/sdn.csv")
    assert shown(receipts) == "2020-01-01T090000Z accepted 2020-01-04T100000Z quarantined 2020-01-06T100000Z unchanged"
    assert {r.retrieved_basis for r in receipts} == {"commit"}
    assert "1 commits left out: the file is not there after them" in said
    assert any("a pointer of Git LFS" in line for line in said)
    # of a folder come the files that the source declares
    commit(repository, "2020-02-01", sdn_csv=b"2\n", add_csv=b"a\n", notes_txt=b"n")
    commit(repository, "@99999999999 +0000", sdn_csv=b"9\n")
    receipts, said = from_git("data")
    assert [f.name for f in receipts[-1].files] == ["add.csv", "sdn.csv"]
    assert any("data/notes.txt" in line for line in said)
    assert "2 left out: they claim to be of days to come" in said, "both files of the commit"
    with pytest.raises(BilateralError, match=r"no commit has a file of us_ofac_sdn at 'elsewhere\.csv'"):
        from_git("elsewhere.csv")
    for hostile in (tmp_path / "nothing", f"ext::touch {tmp_path}/ran", f"--upload-pack=touch {tmp_path}/ran"):
        with pytest.raises(BilateralError, match=r"git clone: |."):
            from_git("sdn.csv", hostile)
    assert not (tmp_path / "ran").exists(), "a repository runs no program"


def test_each_version_of_a_deposit_is_a_vintage_and_its_checksum_counts(server: Server, store: RawStore) -> None:
    def version(number: int, created: str, served: bytes, *more: str) -> dict[str, Any]:
        content = server.url(f"/api/records/{number}/files/sdn.csv/content")
        server.on(f"/api/records/{number}/files/sdn.csv/content", served)
        files = {"sdn.csv": b"%d\n" % number, **dict.fromkeys(more, b"p")}
        listed = [
            {"key": name, "size": len(data), "checksum": f"md5:{hashlib.md5(data).hexdigest()}", "links": {"self": content}}
            for name, data in files.items()
        ]
        return {"id": number, "created": created, "files": listed}

    def page(versions: list[dict[str, Any]], **links: str) -> bytes:
        return json.dumps({"hits": {"hits": versions}, "links": links}).encode()

    newest = version(13, "2022-05-01T00:00:00+00:00", b"??\n")
    middle = version(12, "2021-05-01T00:00:00.123456+02:00", b"12\n", "thesis.pdf")
    oldest = version(11, "2020-05-01T00:00:00+00:00", b"11\n")
    following = "/api/records/12/versions?page=2"
    server.on("/api/records/12/versions", page([newest, middle], next=server.url(following)))
    server.on(following, page([oldest]))
    with visit(SOURCE, store, now=NOW).asker() as asker:
        receipts, said = taken(store, Deposit(asker, "12", "*.csv", 0, server.url("")))
    assert shown(receipts) == "2020-05-01T000000Z accepted 2021-04-30T220000Z accepted"
    assert {r.retrieved_basis for r in receipts} == {"deposit"}
    assert "left out: thesis.pdf" in said
    assert "that have not the stated MD5" in said[-1]


@given(st.lists(st.tuples(st.integers(0, 4_000), st.sampled_from(["sdn.csv", "add.csv"]), st.sampled_from([None, "a", "b"]))))
def test_no_plan_names_a_moment_twice_or_a_copy_that_is_not_there(found: list[tuple[int, str, str | None]]) -> None:
    copies = [Copy(datetime(2020, 1, 1) + timedelta(minutes=n), name, f"{n}", digest=digest) for n, name, digest in found]

    class Kept:
        basis = "capture"
        pause_s = 0.0

        def copies(self) -> tuple[list[Copy], list[str]]:
            return copies, []

    planned = plan(SOURCE, Kept(), RawStore(Path("/nonexistent")), None, None, NOW)  # type: ignore[arg-type]
    times = [moment for moment, _ in planned.snapshots]
    assert times == sorted(times)
    taken_up = [copy for _, group in planned.snapshots for copy in group]
    assert all(copy in copies and copy.moment <= moment for moment, group in planned.snapshots for copy in group)
    assert {copy.name for copy in taken_up} == {copy.name for copy in copies}
