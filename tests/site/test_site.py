"""The folder of the page, its server on this machine, and the page of a pair as a file."""

import gzip
import hashlib
import http.client
import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from duckdb import DuckDBPyConnection

from assets.errors import BilateralError
from assets.sanctions.facts.lists import lists
from assets.schema import declared
from pipelines.site import files
from pipelines.site.files import BUILT, EXTENSIONS, IN_THE_SITE, File, one_page, rows_of, site_files, write_site
from pipelines.site.serve import SiteServer
from tests.sql.conftest import Warehouse as SqlWarehouse
from tests.whole.conftest import Warehouse, sample_for_all

Two = tuple[DuckDBPyConnection, DuckDBPyConnection]
SOURCE = BUILT.parent / "src"
SUMS = BUILT / "SHA256SUMS"
NOW = datetime(9999, 12, 31, 23, 59, 59, 999999)
MOMENTS = [datetime(2021, 3, 15), datetime(2023, 11, 16, 7), datetime(2023, 12, 22), NOW]


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample_for_all(tmp_path_factory).file


@pytest.fixture(scope="module")
def two_files(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    folder = tmp_path_factory.mktemp("small")
    (folder / "small.duckdb").write_bytes(gzip.decompress(files.small(published)))
    # a copy: DuckDB opens one file in one way at a time
    shutil.copyfile(published, folder / "whole.duckdb")
    with duckdb.connect(str(folder / "whole.duckdb")) as whole, duckdb.connect(str(folder / "small.duckdb")) as small:
        yield whole, small


@pytest.fixture
def con(two_files: Two) -> DuckDBPyConnection:
    return two_files[0]


def text_of(name: str) -> str:
    return (SOURCE / name).read_text(encoding="utf-8")


def test_the_built_page_is_made_of_its_source_and_made_again_equal_by_hash(tmp_path: Path) -> None:
    lines = []
    for prefix, of in (("", BUILT), ("src/", SOURCE)):
        for path in sorted(p for p in of.iterdir() if p != SUMS):
            content = path.read_bytes()
            # as build.mjs has it: of a packed file the hash of what is in it, since two versions of zlib pack in two ways
            found = hashlib.sha256(gzip.decompress(content) if path.suffix == ".gz" else content).hexdigest()
            lines.append(f"{found}  {prefix}{path.name}\n")
    assert "".join(lines) == SUMS.read_text(encoding="utf-8"), "the source has changed: run 'make site'"
    lock = json.loads((BUILT.parent / "package-lock.json").read_text(encoding="utf-8"))
    assert not [name for name, package in lock["packages"].items() if "resolved" in package], "it names no registry"
    assert all("integrity" in package for name, package in lock["packages"].items() if name)
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed")
    folder = tmp_path / "site"
    shutil.copytree(BUILT.parent, folder, ignore=shutil.ignore_patterns("node_modules", "built", "__pycache__"))
    got = subprocess.run(["npm", "ci", "--silent", "--ignore-scripts"], cwd=folder, capture_output=True, text=True, check=False)
    if got.returncode:
        pytest.skip(f"npm cannot fetch what the page is built with: {got.stderr.strip()[:200]}")
    subprocess.run(["node", "build.mjs", "built"], cwd=folder, check=True, capture_output=True)
    assert (folder / "built" / "SHA256SUMS").read_text(encoding="utf-8") == SUMS.read_text(encoding="utf-8")


def test_a_folder_holds_the_page_the_engine_the_file_and_numbers_of_the_first_views(published: Path, tmp_path: Path) -> None:
    done = Warehouse(published.parent).run("site", "--to", str(public := tmp_path / "public"))
    assert (done.code, done.err, str(public) in done.out) == (0, "", True)
    found = {p.relative_to(public).as_posix() for p in public.rglob("*") if p.is_file()}
    engine = {"duckdb-eh.wasm.gz", "duckdb-browser-eh.worker.js.gz"}
    pages = {"index.html", "page.js", "page.css", "world.json", *engine, "bilateral.duckdb", "small.duckdb.gz"}
    assert found >= {*pages, "data/site.json", "data/CHN-USA.json"}
    assert (public / "bilateral.duckdb").read_bytes() == published.read_bytes()
    site, numbers = (json.loads((public / "data" / name).read_text(encoding="utf-8")) for name in ("site.json", "CHN-USA.json"))
    assert (site["beside"][0], "2023-07-01" in site["days"]) == ("CHN-USA", True)
    days = [f"@{day}" for day in site["days"]]
    many = {pair: days if n < files.N_DAYS_BESIDE else [] for n, pair in enumerate(site["beside"])}
    moments = [f"data/{pair}{day}.json" for pair, of in many.items() for day in ("", *of)]
    extensions = {f"{IN_THE_SITE}/{name}.duckdb_extension.wasm" for name in ("icu", "json", "parquet")}
    assert found - pages - extensions == {"data/site.json", *moments, *(f"data/pairs{day}.json" for day in days)}
    assert {"acts", "lists", "find", "party_listings"} <= site["queries"].keys()
    of_may = ("USA", "all", "2023-05-31")
    deaths = [r["known_now"] for r in rows_of(numbers["overdose"]) if (r["actor_id"], r["drug"], r["period_end"]) == of_may]
    assert deaths == [112893], "the numbers beside the page are those of the file"
    assert {r["list_id"] for r in rows_of(numbers["lists"])} >= {"us_bis_entity_list", "us_ofac_sdn"}
    # the engine's extensions are those whose hashes are written down
    lines = (EXTENSIONS / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    sums = {name: digest for digest, name in map(str.split, lines)}
    assert {f"{IN_THE_SITE}/{name}" for name in sums} == extensions <= found
    for name, digest in sums.items():
        content = (public / IN_THE_SITE / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == digest
        # what the engine compares before it loads one: platform, version, kind; then the signature, which is empty
        fields = [content[n : n + 32].rstrip(b"\0").decode() for n in range(len(content) - 512, len(content) - 256, 32)]
        assert fields == ["", "", "", "CPP", "v1.4.3", "v1.4.3", "wasm_eh", "4"]
        assert content[-256:] == bytes(256)


def test_a_page_is_written_as_one_file_or_the_way_out_is_said(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse = Warehouse(published.parent)
    done = warehouse.run("report", "US", "China", "-o", str(tmp_path / "pair.html"), "--as-known", "2023-12-22")
    assert (done.code, "US: taken for USA" in done.err) == (0, True)
    assert '"CHN-USA@2023-12-22"' in (tmp_path / "pair.html").read_text(encoding="utf-8")
    assert warehouse.run("report", "USA", "CHN", "--from", "soon").code == 1
    monkeypatch.setattr("pipelines.cli.share.BROWSERS", ("no-such-browser",))
    done = warehouse.run("report", "USA", "CHN", "-o", str(tmp_path / "pair.pdf"))
    assert (done.code, "-o FILE.html" in done.err, (tmp_path / "pair.pdf").exists()) == (1, True, False)
    with pytest.raises(BilateralError, match="no data on USA and ZZZ"):
        one_page(published, "USA", "ZZZ", {})
    shutil.copyfile(published, older := tmp_path / "bilateral.duckdb")
    with duckdb.connect(str(older)) as con:
        con.execute("DROP MACRO TABLE un_agreement_as_known")
    with pytest.raises(BilateralError, match=r"of another version .*un_agreement_as_known.*'bilateral refresh' makes it again"):
        site_files(older)
    with pytest.raises(BilateralError, match="does not exist yet"):
        write_site(tmp_path / "none.duckdb", tmp_path / "public")
    assert not (tmp_path / "public").exists()


def test_listings_by_year_of_a_pair_are_those_of_its_lists_and_the_map_has_every_state_of_a_pair(con: DuckDBPyConnection) -> None:
    pairs = rows_of(files.asked(con, "pairs", known=NOW))
    outlines = json.loads((BUILT / "world.json").read_text(encoding="utf-8"))["states"]
    assert {p[side] for p in pairs for side in ("source_id", "target_id")} - {"EU", "UN"} - outlines.keys() == set()
    (pair,) = [p for p in pairs if (p["source_id"], p["target_id"]) == ("CHN", "USA")]
    changes = rows_of(files.asked(con, "lists", known=NOW, source="CHN", target="USA"))
    for year, n in enumerate(pair["listings_by_year"], 2017):
        last = {(r["list_id"], r["source_id"]): r["n_in_force"] for r in changes if r["date"] <= f"{year}-12-31"}
        assert n == sum(last.values()), year
    assert pair["listings_by_year"][-1] > 0


@pytest.mark.parametrize("known", MOMENTS, ids=str)
def test_the_small_file_answers_as_the_published_one_and_news_are_those_of_the_panel(two_files: Two, known: datetime) -> None:
    for source, target in (("CHN", "USA"), ("RUS", "USA"), ("EU", "RUS")):
        for name in set(files.SMALL) - ({"listings", "pairs"} if known == NOW else set()):
            whole, small = (files.asked(con, name, source=source, target=target, known=known) for con in two_files)
            assert small == whole, (source, target, name)
            assert whole["rows"] or source != "CHN" or name in ("n_since", "duties", "fentanyl"), name
    for grain in ("day", "week", "month", "quarter"):
        values: dict[str, Any] = {"source": "CHN", "target": "USA", "known": known, "grain": grain}
        found = rows_of(files.asked(two_files[0], "panel", **values))
        query = "FROM dyad_panel_as_known($source, $target, $grain, $known) WHERE n_events IS NOT NULL"
        panel = two_files[0].execute(query, values)
        columns = [d[0] for d in panel.description or []]
        rows = [dict(zip(columns, row, strict=True)) for row in panel.fetchall()]
        expected = {(row["source_id"], str(row["date"])): row for row in rows}
        assert {(r["source_id"], r["date"]) for r in found} == expected.keys()
        assert found or known.year == 2021
        for row in found:
            same = expected[row["source_id"], row["date"]]
            for column, value in row.items():
                other = same[column]
                assert value == (str(other) if isinstance(other, date) else pytest.approx(other, abs=1e-5)), (grain, column)


def test_fentanyl_seized_is_of_whole_fiscal_years_and_of_the_day_of_knowledge() -> None:
    w, seized = SqlWarehouse(), {"drug": "Fentanyl", "quantity_kg": 2.0, "source": "s", "known_from": datetime(2023, 2, 1)}
    months = [(y, m) for y in (2021, 2022) for m in range(1, 13)][9:]
    for year, month in months:  # October 2021 to December 2022: one fiscal year and three months
        w.put("core.drug_seizures", seized | {"period_end": date(year, month, 28), "fiscal_year": year + (month > 9)})
    of = {"measure": "drug_reports", "substance": "f", "source": "n", "period_end": date(2022, 12, 31)}
    for state, n in (("US-OH", 3.0), ("US-NY", 4.0)):
        w.put("core.drug_harms", of | {"actor_id": state, "value": n, "known_from": datetime(2023, 6, 1)})
    w.build()
    then, later = (files.asked(w.con, "fentanyl", source="CHN", target="USA", known=datetime(2023, m, 1)) for m in (3, 7))
    assert then["rows"] == [["USA", "border", 2022, 24.0, "s"]]
    assert later["rows"] == [*then["rows"], ["USA", "laboratories", 2022, 7.0, "n"]]


def test_every_list_sentence_heading_kind_of_act_and_authority_has_chinese_words(con: DuckDBPyConnection) -> None:
    words, text = text_of("words.js"), text_of("zh.js")
    for file, name in ((words, "SHORT"), (text, "ZH_LISTS")):
        (named,) = re.findall(rf"const {name} = \{{(.+?)\n\}};", file, re.DOTALL)
        assert set(re.findall(r"(\w+): \"", named)) == set(lists()["list_id"])
    chinese = set(re.findall(r'"((?:[^"\\]|\\.)*)": "', text))
    scripts = {path.name: text_of(path.name) for path in SOURCE.glob("*.js")}
    assert sum(len(script.splitlines()) for script in scripts.values()) <= 2500, "the source is short"
    untold = {name: set(re.findall(r'\bt\("((?:[^"\\]|\\.)*)"', script)) - chinese for name, script in scripts.items()}
    assert {name: said for name, said in untold.items() if said} == {}
    examples = re.findall(r'^  \["([^"]+)", "', scripts["sql.js"], re.MULTILINE)
    assert examples
    assert set(examples) <= chinese
    heads = re.search(r"const HEADS = \{(.+?)\n\};", words, re.DOTALL)
    assert heads
    renamed = dict(re.findall(r'(\w+): "([^"]*)"', heads[1]))
    in_tables = re.findall(r"(?:show|facets|columns): \[([^\]]*)\]|answerOf\(\[([^\]]*)\]", "".join(scripts.values()))
    shown = {c for found in in_tables for listed in found for c in re.findall(r'"(\w+)"', listed)}
    assert {renamed.get(c) or re.sub(r"^n (?=\w)", "", c.replace("_", " ")) for c in shown} - chinese == set()
    authorities = {a for (a,) in con.execute("SELECT DISTINCT authority_id FROM core.official_acts").fetchall()}
    states = {a for (a,) in con.execute("SELECT actor_id FROM core.actor_aliases WHERE scheme = 'iso2'").fetchall()}
    assert authorities - states - set(re.findall(r'"?([A-Z][\w.]*)"?: "', text)) == set()
    (sorts,) = (check for columns, check in declared()["core.official_acts"].checks if columns == ("sort",))
    assert {sort.replace("_", " ") for sort in re.findall(r"'(\w+)'", sorts)} - chinese == set()


def test_the_page_loads_nothing_from_another_host() -> None:
    page, style = ((BUILT / name).read_text(encoding="utf-8") for name in ("index.html", "page.css"))
    assert "http" not in style + page.replace("http-equiv", "")
    assert "default-src 'none'" in page
    assert "connect-src 'self' blob:" in page


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SiteServer]:
    (tmp_path / "a.bin").write_bytes(bytes(range(256)) * 4)
    (tmp_path / "secret").write_text("secret", encoding="utf-8")
    editions = iter(range(100))

    def given() -> tuple[str, dict[str, File]]:
        return str(next(editions)), {"index.html": b"<p>page", "a.bin": tmp_path / "a.bin", "data/x.json": lambda: b"{}"}

    served = SiteServer(given)
    threading.Thread(target=served.serve_forever, args=(0.01,), daemon=True).start()
    yield served
    served.shutdown()
    served.server_close()


def ask(server: SiteServer, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    con = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    try:
        con.request(method, path, headers={k.replace("_", "-"): v for k, v in headers.items()})
        answer = con.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        con.close()


def test_a_file_is_given_whole_or_in_parts_and_nothing_but_the_files_of_the_site(server: SiteServer) -> None:
    for asked_for, first, last in (("0-9", 0, 9), ("1000-", 1000, 1023), ("-4", 1020, 1023), ("1000-9999", 1000, 1023)):
        got, headers, body = ask(server, "/a.bin", Range=f"bytes={asked_for}")
        assert (got, headers["Content-Range"]) == (206, f"bytes {first}-{last}/1024")
        assert body == (bytes(range(256)) * 4)[first : last + 1], asked_for
    for asked_for in ("1024-", "9-3"):
        got, headers, body = ask(server, "/a.bin", Range=f"bytes={asked_for}")
        assert (got, headers["Content-Range"], body) == (416, "bytes */1024", b"")
    status, headers, body = ask(server, "/a.bin")
    assert (status, headers["Accept-Ranges"], len(body)) == (200, "bytes", 1024)
    assert ask(server, "/a.bin?build=1", "HEAD")[1]["Content-Length"] == "1024"
    assert (ask(server, "/data/x.json")[2], ask(server, "/")[2]) == (b"{}", b"<p>page")
    for path in ("/secret", "/../secret", "/%2e%2e/secret", "/data/../secret", "//etc/passwd", "/a.bin/", "/data"):
        status, _, body = ask(server, path)
        assert (status, body) == (404, b""), path


def test_it_listens_on_this_machine_alone_and_refuses_other_methods_and_names(
    server: SiteServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert server.server_address[0] == "127.0.0.1"
    assert [ask(server, "/", Host=host)[0] for host in ("evil.example:80", "localhost:80")] == [403, 200]
    assert [ask(server, "/", method)[0] for method in ("POST", "PUT")] == [501, 501]
    # a browser that goes away before the end of an answer is no fault
    capsys.readouterr()
    for error, is_said in ((BrokenPipeError, False), (ConnectionResetError, False), (KeyError, True)):
        try:
            raise error
        except error:
            server.handle_error(None, ("127.0.0.1", 1))
        assert ("Traceback" in capsys.readouterr().err) is is_said
