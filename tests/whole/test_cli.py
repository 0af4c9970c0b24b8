"""The command line: what goes to which stream, with which exit code, and mistakes that people make answered in a sentence."""

import csv
import fcntl
import hashlib
import io
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from pydantic import ValidationError
from rich.cells import cell_len

from pipelines.ingest.raw_store import RawStore
from pipelines.maintenance.status import age_sentences
from pipelines.maintenance.trail import Trail, trails
from pipelines.settings import Settings
from pipelines.storage import on_disk
from pipelines.util.readers import connect_for_readers
from tests.whole.archives import SDN, put, sdn, vintages
from tests.whole.conftest import ROOT, Copy, Warehouse, ended

INSTITUTE = "institute of forensic science"
ATOM = "{http://www.w3.org/2005/Atom}"


def rows(warehouse: Warehouse, *command: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(warehouse.run(*command, "--format", "json").out)
    return found


def words(text: str) -> str:
    return " ".join(text.split())


def test_sql_keeps_types_and_column_order_and_errors_go_to_standard_error(sample: Warehouse, empty: Warehouse) -> None:
    query = """SELECT 1::BIGINT AS n, DATE '2023-11-15' AS d, TIMESTAMP '2023-11-15 12:30:00' AS t, NULL AS nothing,
               1.5::DOUBLE AS x, sum(1::BIGINT) AS h, 2.50::DECIMAL(9,2) AS m, 'Wáng' AS s, [1, 2] AS l, 'nan'::DOUBLE AS z"""
    done = sample.run("sql", query, "--format", "json")
    values = (1, "2023-11-15", "2023-11-15T12:30:00", None, 1.5, 1, 2.5, "Wáng", [1, 2], None)
    names = ("n", "d", "t", "nothing", "x", "h", "m", "s", "l", "z")
    assert (done.code, done.err) == (0, "")
    assert [list(row.items()) for row in json.loads(done.out)] == [[*zip(names, values, strict=True)]]
    done = sample.run("sql", "SELECT 'a,\"b' AS x, NULL AS y UNION ALL SELECT 'c', 'd' ORDER BY 1", "--format", "csv")
    assert list(csv.reader(io.StringIO(done.out))) == [["x", "y"], ['a,"b', ""], ["c", "d"]]
    for warehouse, query, said in (
        (sample, "SELECT nothing FROM nowhere", "nowhere"),
        (sample, "DROP TABLE core.events", "read-only"),
        (empty, "SELECT 1", "bilateral refresh"),
    ):
        done = warehouse.run("sql", query, "--format", "json")
        assert (done.code, done.out, said in done.err.lower()) == (1, "", True)


def test_describe_says_what_tables_columns_and_macros_are_and_warns_of_their_use(sample: Warehouse) -> None:
    def told(*what: str) -> str:
        return sample.run("describe", *what).out

    for name in ("core.events", "marts.dyad_day", "meta.validations", "listed_on(d)", "overdose_as_known(known)"):
        assert name in told()
    table = told("overdose_observations")
    assert ("AGGREGATION HAZARD" in table, "us_cdc_vsrr" in table, SDN in table) == (True, True, False)
    assert "source us_census_population" in told("populations")
    assert "source un_sc" in told("core.party_decisions")
    macro = told("listed_on")
    assert macro.startswith("listed_on(d)  (macro)\n    ")
    for text in (
        "  d: the day (DATE or text), in the authority's time zone.",
        "  gives: the columns of core.sanction_listings",
        "  listing_id  VARCHAR\n      <list_id>:<id in the list>.\n",
        "      One of: certain, possible.\n",
        "    SELECT certainty, count(*) FROM listed_on(DATE '2023-11-15')",
    ):
        assert text in macro
    assert macro[macro.index("  certainty") :].startswith(told("listed_on.certainty").partition("\n")[2])
    assert "      One of: person, entity, vessel, aircraft" in told("core.sanction_listings")
    assert re.search(r"In this file: \w+ [\d,]+", told("sanction_listings.party_type"))
    unknown = sample.run("describe", "sanction_listing")
    assert (unknown.code, "Did you mean core.sanction_listings" in unknown.err) == (1, True)


def test_status_shows_age_and_verdict_of_each_source_as_the_layers_say_it(sample: Warehouse) -> None:
    out = sample.run("status").out
    (line,) = (x for x in out.splitlines() if x.startswith(f"{SDN} "))
    assert ("unchanged" in line, "2023-12-20" in line) == (True, True), "its last edition repeats the one before"
    for said in (
        r"core\.sanction_events", r"us_ofac_sdn: its newest date is 2023-10-31",
        r"it should be no more than 30: something newer is missing",
        r"us_cdc_vsrr: its newest vintage is of 2025-09-17, [\d,]+ days ago; beyond 62 days",
    ):  # fmt: skip
        assert re.search(said, words(out)), said
    project = sample.project()
    assert (on_disk.kind(sample.folder), on_disk.noted_origin(sample.folder)) == (project.origin().kind, project.origin().last)
    with duckdb.connect() as con:
        verdicts, damaged = on_disk.verdicts(sample.folder, con)
    assert damaged == []
    for source, declared in project.sources.items():
        assert on_disk.snapshots(sample.folder, source) == project.raw.snapshots(source)
        of_core = project.core.snapshots(project.core.current(declared.domain)).filter(pl.col("source") == source)
        held = dict(of_core.select("snapshot", "verdict").iter_rows())
        assert {s: v for (of, s), v in verdicts.items() if of == source} == held


def test_a_source_is_told_only_when_it_is_older_than_it_declares() -> None:
    of = [
        ("counts", date(2023, 12, 20), "monthly", 60, date(2024, 1, 5), 62),
        ("record", date(2019, 1, 1), "never", None, date(2019, 1, 1), None),
    ]
    assert age_sentences(of, date(2024, 1, 20)) == ["sources 1 within their declared age and 1 without a declared age"]
    old, vintage, rest = age_sentences(of, date(2024, 3, 10))
    by_date = "counts: its newest date is 2023-12-20, 81 days ago; by its cadence (monthly) it should be no more than"
    assert old.startswith(by_date)
    assert vintage.startswith("counts: its newest vintage is of 2024-01-05, 65 days ago; beyond 62 days")
    assert rest == "sources 1 without a declared age"


def test_find_gives_score_and_reason_respects_the_day_and_says_by_its_code_whether_a_party_matches(sample: Warehouse) -> None:
    assert "mps-institute-of-forensic-science" in sample.run("find", INSTITUTE, "--on", "2023-11-15").out
    removed = sample.run("find", INSTITUTE, "--on", "2023-11-17")
    assert (removed.code, "no listed party" in removed.out) == (4, True)
    assert sample.run("find", "x", "--on", "yesterday").code == 1
    match, none = (sample.run("find", name, "--format", "json") for name in (INSTITUTE, "qqqq zzzz"))
    assert (match.code, none.code, json.loads(none.out)) == (0, 4, [])
    held = {row["list_id"] for row in rows(sample, "sql", "SELECT DISTINCT list_id FROM core.sanction_listings")}
    (told,) = [line for line in match.err.splitlines() if line.startswith("not searched")]
    assert "eu_fsf" in told
    assert not any(list_id in told for list_id in held)
    # loose screening ranks what is below the threshold of an alarm too
    misspelt = ("find", "Instituut Forensik Sience")
    assert rows(sample, *misspelt) == []
    every = [row["score"] for row in rows(sample, *misspelt, "--loose")]
    assert [row["score"] for row in rows(sample, *misspelt, "--threshold", str(max(every)))] == [max(every)]
    asked = (*misspelt, "--loose", "--most", "2")
    best, *_ = rows(sample, *asked)
    assert (best["list_id"], best["is_alarm"], 0 < best["score"] < 1) == ("us_bis_entity_list", False, True)
    assert ("forensik ~ forensic" in best["reason"], "certainty" in best) == (True, False)
    then, *_ = rows(sample, *asked, "--on", "2023-11-15")
    assert (then["listing_id"], then["certainty"]) == (best["listing_id"], "certain")
    later = {row["listing_id"] for row in rows(sample, *asked, "--on", "2023-11-17")}
    assert later - {best["listing_id"]} == later != set()


def test_resolve_names_actors_and_points_at_their_characters(sample: Warehouse) -> None:
    text = "Beijing briefed Washington after Nancy Pelosi's visit."
    done = sample.run("resolve", stdin=json.dumps({"id": 7, "text": text, "date": "2022-08-05"}) + "\n")
    found = [json.loads(line) for line in done.out.splitlines()]
    assert [(m["id"], m["country_id"]) for m in found] == [(7, "CHN"), (7, "USA"), (7, "USA")]
    assert all(text[m["char_start"] : m["char_end"]] == m["surface"] for m in found)
    bad = sample.run("resolve", stdin="{not json}\n")
    assert (bad.code, "line 1" in bad.err) == (1, True)


def test_doctor_finds_a_good_installation_and_the_demo_answers_its_question(sample: Warehouse) -> None:
    done = sample.run("doctor")
    assert (done.code, "FIX " in done.out) == (0, False), done.out
    out = sample.run("demo").out
    for text in ("Institute of Forensic Science", "112,024", "CHN > USA", "make dev", "This is the built-in record"):
        assert text in out
    assert out.rstrip().endswith("bilateral explore")
    assert max(map(len, out.split("date ")[1].split("\n\n")[0].splitlines())) <= 100


COMMANDS = "import json, sys\nfrom pipelines.cli import main\nsys.exit(max(map(main, json.loads(sys.argv[1]))))"


def in_a_terminal(warehouse: Warehouse, width: int, *commands: Sequence[str], **settings: str) -> str:
    environment = {**warehouse.environment(), "TERM": "xterm", **settings}
    for name in ("COLUMNS", *(() if "NO_COLOR" in settings else ("NO_COLOR",))):
        environment.pop(name, None)
    child, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, width, 0, 0))
    command = [sys.executable, "-c", COMMANDS, json.dumps(commands)]
    shown = b""
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=terminal, stdin=terminal, stderr=terminal) as process:
        os.close(terminal)
        while True:
            try:
                piece = os.read(child, 65536)
            except OSError:  # the other end is closed
                break
            if not piece:
                break
            shown += piece
        os.close(child)
    assert process.returncode == 0, shown.decode()
    return shown.decode().replace("\r\n", "\n")


def test_answers_fit_the_terminal_and_the_demo_cuts_no_headline(sample: Warehouse) -> None:
    width = 60
    panel = ["sql", "FROM dyad_panel('USA', 'CHN', 'month') LIMIT 3"]
    shown = in_a_terminal(sample, width, ["demo"], ["find", INSTITUTE], ["describe", "dyad_day"], panel, ["status"])
    demo, end, rest = re.sub(r"\x1b\[[0-9;]*m", "", shown).partition("bilateral explore\n")
    # the address of a page is one word, which no terminal may cut
    demo = re.split(r"^(?:See it|What to do next)", demo, flags=re.MULTILINE)[0]
    assert end
    # the head of status names folders, which are not folded: they are to be copied
    assert [x for x in (demo + rest).splitlines() if cell_len(x) > width and str(sample.folder) not in x] == []
    for word in ("Removed", "Ministry", "Institute", "Forensic", "112,024", "blacklist"):
        assert word in words(demo)
    assert "..." not in words(demo)


def test_a_refresh_shows_bars_on_a_terminal_and_elsewhere_plain_lines_and_a_summary(
    sample: Warehouse, copy_of: Copy, tmp_path: Path
) -> None:
    for day in ("2024-02-01", "2024-02-02", "2024-02-03"):
        put(tmp_path / "archive", "articles", day, "a.txt", f"China thanked Australia on {day}.".encode())
    table = b"title,published_on\nChina and Australia resume talks,2023-11-16\n"
    put(tmp_path / "archive", "articles", "2024-01-05", "mine.csv", table)
    warehouse = copy_of(sample)
    shown = in_a_terminal(warehouse, 100, ["refresh", "--from", str(tmp_path / "archive"), "--only", "news"], NO_COLOR="1")
    assert "of 4 snapshots" in shown
    assert "published_on in mine.csv looks like a date and is no column that is read" in words(shown)
    assert re.search(r"checking .* of \d+ checks", shown)
    assert re.search(r"building .* of \d+ tables and macros", shown)
    assert "\x1b[3" not in shown
    plain = warehouse.run("refresh").out
    assert not {"\x1b", "\r"} & set(plain)
    first, *summary = plain[plain.index("\n\n") :].strip().splitlines()
    assert first.startswith("nothing new (")
    assert any(line.startswith("newest dates: news ") for line in summary)
    assert any(re.match(r"rows: [\d,]+ in \d+ tables", line) for line in summary)
    assert "core.sanction_listings" not in "\n".join(summary)
    assert "core.sanction_listings" in warehouse.run("refresh", "--verbose").out


def test_an_archive_in_which_nothing_is_recognised_or_asked_for_publishes_nothing(empty: Warehouse, tmp_path: Path) -> None:
    for number, name in enumerate(("", "us_ofac_sdm/2023-10-03", "2023-10-03", SDN, f"{SDN}/2023-10-03", f"{SDN}/yesterday")):
        (folder := tmp_path / f"a{number}" / name).mkdir(parents=True)
        if name.endswith(("sdm/2023-10-03", "yesterday")):
            (folder / "sdn.csv").write_bytes(b"1,x\n")
        done = empty.run("refresh", "--from", str(tmp_path / f"a{number}"))
        told = ("nothing in it is a snapshot of a source" in done.err, "Nothing was changed." in done.err)
        assert (done.code, *told) == (1, True, True), name
        # what watches the refreshes learns of this one, too
        assert [p.name for p in empty.folder.iterdir()] == ["heartbeat.json"]
    for asked, said in (
        (("--from", str(vintages(tmp_path / "archive", sdn())), "--only", "overdose"), "holds no snapshot of overdose"),
        (("--from", "nowhere"), "Nothing was changed"),
        (("--only", "weather"), "Nothing was changed"),
    ):
        done = empty.run("refresh", *asked)
        assert (done.code, said in done.err, empty.file.exists()) == (1, True, False), asked


def test_offline_a_live_refresh_says_so_at_once_and_publishes_nothing(empty: Warehouse) -> None:
    # behind a proxy at which nobody listens, no host can be reached
    proxies = {"HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9", "NO_PROXY": ""}
    proxies |= {name.lower(): value for name, value in proxies.items()}
    done = ended(empty.begun("-m", "pipelines.cli", "refresh", "--from", "live", **proxies))
    assert (done.code, "there seems to be no network" in done.err) == (1, True), done
    assert not {"bilateral.duckdb", "raw"} & {path.name for path in empty.folder.iterdir()}


def test_a_folder_that_cannot_be_made_or_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    # nobody, the super-user neither, writes into /proc/self
    for folder, what in ((tmp_path / "file" / "warehouse", "made"), (Path("/proc/self"), "written")):
        done = Warehouse(folder).run("refresh")
        assert (done.code, f"the folder of the warehouse cannot be {what}" in done.err) == (1, True)
    for name in ("a*", "a?", "a[1]", "a%20b", "a\nb", "caf\udce9", f"{'a' * 200}/{'b' * 200}"):
        # a library reads it as another path: a refresh took in, and then failed at it each time
        with pytest.raises(ValidationError, match="expected a path"):
            Settings(warehouse=Path("/nowhere", name))
    if os.geteuid():  # the super-user may write everywhere
        tmp_path.chmod(0o500)
        done = Warehouse(tmp_path).run("refresh")
        assert (done.code, "the folder of the warehouse cannot be written" in done.err) == (1, True)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_texts_and_names_in_any_encoding_are_read(empty: Warehouse, sample: Warehouse, tmp_path: Path, encoding: str) -> None:
    capital = "Beijing" if encoding == "cp1252" else "Беijing"
    text = {"id": 1, "text": f"{capital}: China imposed tariffs on Australia — “today”.", "published": "2023-06-15"}
    (texts := tmp_path / "texts.jsonl").write_bytes(f"{json.dumps(text, ensure_ascii=False)}\n".encode(encoding))
    for command, keys in (("code", ("source_id", "target_id")), ("resolve", ("country_id",))):
        done = empty.run(command, str(texts))
        assert (done.code, "not UTF-8" in done.err) == (0, encoding == "cp1252"), done.err
        assert {"CHN", "AUS"} <= {json.loads(line)[key] for line in done.out.splitlines() for key in keys}
    (names := tmp_path / "names.txt").write_bytes("Müller\nInstitute of Forensic Science\n".encode(encoding))
    assert any("FORENSIC" in row["name"].upper() for row in rows(sample, "find", "--file", str(names)))
    if encoding == "cp1252":  # own actors are answered with the file
        (tmp_path / "actors_mine.csv").write_bytes("actor_id,kind,name\nDEU.M,body,Müller\n".encode(encoding))
        done = ended(empty.begun("-m", "pipelines.cli", "code", str(texts), BILATERAL_ACTORS=str(tmp_path)))
        assert (done.code, "actors_mine.csv: not UTF-8 (byte" in done.err) == (1, True)


def test_code_and_resolve_take_the_same_keys(empty: Warehouse) -> None:
    for key in ("published", "date"):
        text = {"id": 1, "title": "Beijing acts", "text": "China imposed tariffs on Australia on Monday.", key: "2023-06-15"}
        line, wrong = (json.dumps({**text, key: day}) + "\n" for day in ("2023-06-15", "soon"))
        (event,) = map(json.loads, empty.run("code", stdin=line).out.splitlines())
        assert event["event_date"] == "2023-06-12"
        mentions = [json.loads(found) for found in empty.run("resolve", stdin=line).out.splitlines()]
        assert {m["surface"] for m in mentions} >= {"Beijing", "China", "Australia"}
        assert f'"{key}" must be an ISO date' in empty.run("resolve", stdin=wrong).err
        assert f'\\"{key}\\" must be an ISO date' in empty.run("code", stdin=wrong).out


GONE = 'mkdir gone; cd gone; rmdir ../gone; BILATERAL_WAREHOUSE=relative "$0" -m pipelines.cli sql "FROM a"'


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        ('"$0" -m pipelines.cli sql "FROM meta.build" >&- <&-', 0, ""),
        ('"$0" -m pipelines.cli --help >/dev/full', 1, "the disk is full"),
        (GONE, 1, "bilateral: the folder that you are in was removed: change to another, and ask again\n"),
    ],
    ids=["closed", "full", "removed"],
)
def test_closed_or_full_streams_and_a_removed_folder_end_in_no_traceback(
    sample: Warehouse, tmp_path: Path, command: str, code: int, said: str
) -> None:
    environment = sample.environment() | {"PYTHONPATH": str(ROOT)}
    shell = ["sh", "-c", command, sys.executable]
    done = subprocess.run(shell, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, said in done.stderr, "Traceback" in done.stderr) == (code, True, False), done


def test_a_publication_renews_the_feed_and_changes_are_told_as_json_and_as_a_feed(sample: Warehouse) -> None:
    root = ET.parse(sample.folder / "changes.atom").getroot()
    ids = [entry.findtext(f"{ATOM}id") for entry in root.findall(f"{ATOM}entry")]
    assert 0 < len(ids) == len(set(ids)) <= 200
    ((publication,),) = sample.rows("SELECT publication_id FROM meta.build")
    assert publication in (root.findtext(f"{ATOM}subtitle") or "")
    done = sample.run("changes", "--since", "2025-01-01", "--format", "json")
    assert (done.code, done.err) == (0, "")
    days = [change["known_from"] for change in json.loads(done.out)]
    assert days == sorted((day for day in days if day >= "2025-01-01"), reverse=True) != []
    feed = ET.fromstring(sample.run("changes", "--since", "2025-01-01", "--format", "atom").out)
    assert {entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")} & set(ids)
    wrong = sample.run("changes", "--since", "yesterday")
    assert (wrong.code, wrong.out, "meta.publications" in wrong.err) == (1, "", True)
    first = sample.run("changes", "--format", "json", "--limit", "1")
    assert ("all is new" in first.err, len(json.loads(first.out))) == (True, 1)
    for table, has_gdelt in (((), True), (("overdose_monthly",), False)):
        out = sample.run("cite", *table).out
        assert (publication in out, "VSRR" in out, "GDELT" in out) == (True, True, has_gdelt)
    wrong = sample.run("cite", "overdose_monthy")
    assert (wrong.code, "Did you mean marts.overdose_monthly or" in wrong.err) == (1, True)


def test_an_export_or_release_writes_what_it_says(sample: Warehouse, one: Warehouse, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = sample.run("export", "SELECT '=1+1' AS name", "--to", str(out), "--format", "csv")
    assert (done.code, "1 rows" in done.out, "1 cells begin like a formula" in done.err) == (0, True, True)
    (resource,) = json.loads((out / "datapackage.json").read_text(encoding="utf-8"))["resources"]
    assert resource["hash"] == f"sha256:{hashlib.sha256((out / 'answer.csv').read_bytes()).hexdigest()}"
    again = sample.run("export", "events", "--to", str(out))
    assert (again.code, "--force" in again.err, sample.run("export", "--to", str(out)).code) == (1, True, 1)
    done = one.run("release", "trial", "--to", str(tmp_path))
    assert done.code == 0, done
    assert "1 snapshot held" in (tmp_path / "trial" / "citation.bib").read_text(encoding="utf-8")
    assert "USA" in (tmp_path / "trial" / "data" / "site.json").read_text(encoding="utf-8")


def asked(warehouse: Warehouse, *what: str) -> list[Trail]:
    with connect_for_readers(warehouse.file) as con:
        return trails(con, RawStore(warehouse.folder / "raw"), what)


def keys_of(warehouse: Warehouse, table: str) -> list[str]:
    named = f"SELECT column_name FROM meta.columns WHERE table_name = '{table}' AND is_key"
    return [column for (column,) in warehouse.rows(named)]


def test_a_row_of_each_source_of_the_sample_leads_to_its_file_and_row(sample: Warehouse) -> None:
    sources = set()
    for (table,) in sample.rows("SELECT table_name FROM meta.columns WHERE column_name = 'row_number' ORDER BY 1"):
        columns = [c for (c,) in sample.rows(f"SELECT column_name FROM meta.columns WHERE table_name = '{table}'")]
        source, keys = next((c for c in ("source", "origin", "list_id") if c in columns), "snapshot_id"), keys_of(sample, table)
        chosen = ", ".join(f'"{key}"::VARCHAR' for key in keys)
        rows_of_sources = sample.rows(
            f"SELECT {source}, {chosen} FROM {table} WHERE row_number IS NOT NULL "
            f"QUALIFY row_number() OVER (PARTITION BY {source} ORDER BY hash(row_number)) = 1"
        )
        for of, *values in rows_of_sources:
            sources.add(of)
            named = [f"{name}={value}" for name, value in zip(keys, values, strict=True) if value is not None]
            (found,) = asked(sample, table, *named)
            (link,) = found.links
            assert link.files, (table, named)
            for file in link.files:
                assert file.place.startswith("row ")
                served = RawStore(sample.folder / "raw").read(link.receipt.source, link.receipt.snapshot)[file.receipt.name]
                assert hashlib.sha256(served).hexdigest() == file.receipt.sha256
                assert (sample.folder / file.path).exists()
            assert link.publication is not None
    assert len(sources) >= 6


def test_an_event_leads_to_its_sentence_and_a_computed_row_to_the_rows_that_it_rests_on(sample: Warehouse) -> None:
    of_text = "article_id IS NOT NULL AND evidence IS NOT NULL AND origin = 'articles'"
    ((event, evidence),) = sample.rows(f"SELECT event_id, evidence FROM core.events WHERE {of_text} ORDER BY 1 LIMIT 1")
    found = [t for t in asked(sample, event) if t.row.table == "core.events"]
    (place,) = [f.place for t in found for link in t.links for f in link.files if f.place]
    assert place.endswith(f": {evidence}")
    where = ["source=us_cdc_vsrr", "actor_id=USA", "drug=all", "basis=predicted", "measure=deaths_12m", "period_end=2023-05-31"]
    behind = [t for one in asked(sample, "overdose_rates", *where) for t in one.behind]
    assert {t.row.table for t in behind} == {"core.overdose_observations"}
    assert any(f.place for t in behind for link in t.links for f in link.files)
    keys = keys_of(sample, "marts.tension_index")
    ((*row,),) = sample.rows(f"SELECT {', '.join(keys)} FROM marts.tension_index ORDER BY ALL LIMIT 1")
    (whole,) = asked(sample, "tension_index", *(f"{name}={value}" for name, value in zip(keys, row, strict=True)))
    assert (whole.note.startswith("it is computed from core."), "core.events" in whole.note) == (True, True)


def test_a_trail_is_told_and_names_damaged_bytes_and_what_names_no_row(sample: Warehouse, copy_of: Copy) -> None:
    for what, says in (
        (["no:such:id"], "no event, listing, article or act has the id 'no:such:id'"),
        (["sanction_listing", "name=x"], "There is no table sanction_listing. Did you mean core.sanction_listings"),
        (["sanction_listings", "name"], "name: expected column=value"),
        (["sanction_listings", "nam=x"], "has no column nam. Did you mean name"),
        (["sanction_listings", "party_type=entity"], "Name the row by more columns: its key has listing_id, known_from besides"),
        (["sanction_listings", "name=Nobody"], "no row of core.sanction_listings has name=Nobody"),
    ):
        done = sample.run("trail", *what)
        assert (done.code, says in done.err) == (1, True), done.err
    ((listing,),) = sample.rows(f"SELECT min(listing_id) FROM core.sanction_listings WHERE list_id = '{SDN}'")
    warehouse = copy_of(sample)
    told, done = warehouse.run("trail", listing), warehouse.run("trail", listing, "--format", "json")
    file = json.loads(done.out)["rows"][0]["snapshots"][0]["files"][0]
    assert (told.code, done.code, file["name"]) == (0, 0, "sdn.csv")
    assert "the bytes match the recorded hash" in told.out
    assert file["place"] in told.out
    packed = warehouse.folder / file["path"]
    unpacked = subprocess.run(["zstd", "-dc", str(packed)], capture_output=True, check=True).stdout
    assert hashlib.sha256(unpacked).hexdigest() == file["sha256"]
    packed.write_bytes(packed.read_bytes()[:-1])
    damaged = warehouse.run("trail", listing)
    assert (damaged.code, "restore it from a backup" in damaged.out.lower()) == (1, True)
