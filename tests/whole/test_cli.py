"""The command line: what goes to which stream, with which exit code, and mistakes that people make answered in a sentence."""

import csv
import fcntl
import io
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from rich.cells import cell_len

from pipelines.maintenance.status import age_sentences
from pipelines.storage import on_disk
from tests.whole.archives import SDN, put
from tests.whole.conftest import ROOT, Copy, Warehouse

INSTITUTE = "institute of forensic science"


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
