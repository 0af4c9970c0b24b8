"""The command line on the sample: what goes to which stream, and with which exit code."""

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
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest
from rich.cells import cell_len

from pipelines.maintenance.status import age_sentences
from tests.whole.archives import put
from tests.whole.conftest import ROOT, Warehouse


def test_sql_as_json_keeps_types_and_column_order(sample: Warehouse) -> None:
    query = """SELECT 1::BIGINT AS n, DATE '2023-11-15' AS d, TIMESTAMP '2023-11-15 12:30:00' AS t, NULL AS nothing,
               1.5::DOUBLE AS x, sum(1::BIGINT) AS h, 2.50::DECIMAL(9,2) AS m, 'Wáng' AS s, [1, 2] AS l, 'nan'::DOUBLE AS z"""
    done = sample.run("sql", query, "--format", "json")
    assert done.code == 0
    assert done.err == ""
    assert json.loads(done.out) == [
        {
            "n": 1,
            "d": "2023-11-15",
            "t": "2023-11-15T12:30:00",
            "nothing": None,
            "x": 1.5,
            "h": 1,
            "m": 2.5,
            "s": "Wáng",
            "l": [1, 2],
            "z": None,
        }
    ]
    assert list(json.loads(done.out)[0]) == ["n", "d", "t", "nothing", "x", "h", "m", "s", "l", "z"]


def test_sql_as_csv_can_be_read_back(sample: Warehouse) -> None:
    done = sample.run("sql", "SELECT 'a,\"b' AS x, NULL AS y UNION ALL SELECT 'c', 'd' ORDER BY 1", "--format", "csv")
    assert list(csv.reader(io.StringIO(done.out))) == [["x", "y"], ['a,"b', ""], ["c", "d"]]


def test_an_error_in_sql_goes_to_standard_error(sample: Warehouse) -> None:
    done = sample.run("sql", "SELECT nothing FROM nowhere", "--format", "json")
    assert (done.code, done.out) == (1, "")
    assert "nowhere" in done.err


def test_sql_cannot_write(sample: Warehouse) -> None:
    done = sample.run("sql", "DROP TABLE core.events")
    assert done.code == 1
    assert "read-only" in done.err.lower()


def test_sql_before_the_first_refresh_says_what_to_do(empty: Warehouse) -> None:
    done = empty.run("sql", "SELECT 1")
    assert (done.code, done.out) == (1, "")
    assert "bilateral refresh" in done.err


def test_describe_lists_tables_macros_and_usage_warnings(sample: Warehouse) -> None:
    listed = sample.run("describe").out
    for name in ("core.events", "marts.dyad_day", "meta.validations", "listed_on(d)", "overdose_as_known(known)"):
        assert name in listed
    table = sample.run("describe", "overdose_observations").out
    assert "AGGREGATION HAZARD" in table
    assert "us_cdc_vsrr" in table
    assert "us_ofac_sdn" not in table
    assert "source us_census_population" in sample.run("describe", "populations").out
    assert "source un_sc" in sample.run("describe", "core.party_decisions").out
    assert sample.run("describe", "listed_on").out.startswith("listed_on(d)  (macro)\n    ")
    assert sample.run("describe", "nothing").code == 1


def test_status_shows_source_age_and_verdict(sample: Warehouse) -> None:
    out = sample.run("status").out
    line = next(x for x in out.splitlines() if x.startswith("us_ofac_sdn"))
    assert "unchanged" in line, "its last edition of the sample repeats the one before"
    assert "2023-12-20" in line
    assert "core.sanction_events" in out


def test_status_says_in_words_which_sources_are_older_than_they_declare(sample: Warehouse) -> None:
    out = " ".join(sample.run("status").out.split())
    assert "us_ofac_sdn: its newest date is 2023-10-31" in out
    assert "it should be no more than 30: something newer is missing" in out
    assert re.search(r"us_cdc_vsrr: its newest vintage is of 2025-09-17, [\d,]+ days ago; beyond 62 days", out)


@pytest.mark.parametrize(
    ("today", "sentences"),
    [
        ("2024-01-20", ["sources 1 within the age that they declare and 1 without a declared age"]),
        (
            "2024-03-10",
            [
                "counts: its newest date is 2023-12-20, 81 days ago; by its cadence (monthly) it should be no more than 60: "
                "something newer is missing",
                "counts: its newest vintage is of 2024-01-05, 65 days ago; beyond 62 days its figures are not "
                "given as the newest known",
                "sources 1 without a declared age",
            ],
        ),
    ],
)
def test_a_source_is_told_only_when_it_is_older_than_it_declares(today: str, sentences: list[str]) -> None:
    rows = [
        ("counts", date(2023, 12, 20), "monthly", 60, date(2024, 1, 5), 62),
        ("record", date(2019, 1, 1), "never", None, date(2019, 1, 1), None),
    ]
    assert age_sentences(rows, date.fromisoformat(today)) == sentences


def test_find_gives_score_reason_and_respects_the_day(sample: Warehouse) -> None:
    out = sample.run("find", "institute of forensic science", "--on", "2023-11-15").out
    assert "mps-institute-of-forensic-science" in out
    removed = sample.run("find", "institute of forensic science", "--on", "2023-11-17")
    assert "no listed party" in removed.out
    assert removed.code == 4
    assert sample.run("find", "x", "--on", "yesterday").code == 1


def test_find_says_by_its_exit_code_whether_a_party_matches_and_which_lists_it_could_not_search(sample: Warehouse) -> None:
    match, none = (sample.run("find", name, "--format", "json") for name in ("institute of forensic science", "qqqq zzzz"))
    assert (match.code, none.code, json.loads(none.out)) == (0, 4, [])
    held = {
        row["list_id"]
        for row in json.loads(sample.run("sql", "SELECT DISTINCT list_id FROM core.sanction_listings", "--format", "json").out)
    }
    (told,) = [line for line in match.err.splitlines() if line.startswith("not searched")]
    assert "eu_fsf" in told
    assert not any(list_id in told for list_id in held)


def test_the_threshold_says_from_which_score_on_parties_are_shown(sample: Warehouse) -> None:
    def scores(*more: str) -> list[float]:
        return [
            row["score"] for row in json.loads(sample.run("find", "Instituut Forensik Sience", *more, "--format", "json").out)
        ]

    every = scores("--loose")
    assert scores("--threshold", str(max(every))) == [max(every)]
    assert scores() == []


def test_loose_screening_ranks_what_is_below_the_threshold_of_an_alarm_too(sample: Warehouse) -> None:
    asked = ("find", "Instituut Forensik Sience", "--loose", "--most", "2", "--format", "json")
    best, *_ = json.loads(sample.run(*asked).out)
    assert best["list_id"] == "us_bis_entity_list"
    assert not best["is_alarm"]
    assert 0 < best["score"] < 1
    assert "forensik ~ forensic" in best["reason"]
    assert "certainty" not in best
    then, *_ = json.loads(sample.run(*asked, "--on", "2023-11-15").out)
    assert (then["listing_id"], then["certainty"]) == (best["listing_id"], "certain")
    later = json.loads(sample.run(*asked, "--on", "2023-11-17").out)
    assert later
    assert best["listing_id"] not in {row["listing_id"] for row in later}


def test_resolve_names_actors_and_points_at_their_characters(sample: Warehouse) -> None:
    text = "Beijing briefed Washington after Nancy Pelosi's visit."
    done = sample.run("resolve", stdin=json.dumps({"id": 7, "text": text, "date": "2022-08-05"}) + "\n")
    found = [json.loads(line) for line in done.out.splitlines()]
    assert [(m["id"], m["country_id"]) for m in found] == [(7, "CHN"), (7, "USA"), (7, "USA")]
    assert all(text[m["char_start"] : m["char_end"]] == m["surface"] for m in found)
    bad = sample.run("resolve", stdin="{not json}\n")
    assert bad.code == 1
    assert "line 1" in bad.err


def test_doctor_finds_a_good_installation(sample: Warehouse) -> None:
    done = sample.run("doctor")
    assert done.code == 0, done.out
    assert "FIX " not in done.out


def test_the_demo_answers_its_question_and_says_what_to_do_next(sample: Warehouse) -> None:
    out = sample.run("demo").out
    assert "Institute of Forensic Science" in out
    assert "112,024" in out
    assert "CHN > USA" in out
    assert "make dev" in out
    assert "This is the built-in record" in out
    assert out.rstrip().endswith("bilateral explore")
    table = out.split("date ")[1].split("\n\n")[0].splitlines()
    assert max(map(len, table)) <= 100


COMMANDS = "import json, sys\nfrom pipelines.cli import main\nsys.exit(max(map(main, json.loads(sys.argv[1]))))"


def in_a_terminal(warehouse: Warehouse, width: int, *commands: Sequence[str], **settings: str) -> str:
    """What commands show on a terminal of that width, one after the other in one process."""
    environment = {**warehouse.environment(), "TERM": "xterm", **settings}
    for name in ("COLUMNS", *(() if "NO_COLOR" in settings else ("NO_COLOR",))):
        environment.pop(name, None)
    child, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, width, 0, 0))
    with subprocess.Popen(
        [sys.executable, "-c", COMMANDS, json.dumps(commands)],
        cwd=ROOT,
        env=environment,
        stdout=terminal,
        stdin=terminal,
        stderr=terminal,
    ) as process:
        os.close(terminal)
        shown = b""
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


def lines_without_colour(shown: str) -> list[str]:
    return re.sub(r"\x1b\[[0-9;]*m", "", shown).splitlines()


@pytest.mark.parametrize("width", [60, 120])
def test_the_demo_fits_the_terminal_and_cuts_no_headline(sample: Warehouse, width: int) -> None:
    lines = lines_without_colour(in_a_terminal(sample, width, ["demo"]))
    # the address of a page is one word, which no terminal may cut
    end = next(n for n, line in enumerate(lines) if line.startswith(("See it", "What to do next")))
    assert max(cell_len(line) for line in lines[:end]) <= width
    words = " ".join(" ".join(lines[:end]).split())
    for word in ("Removed", "Ministry", "Institute", "Forensic", "112,024", "blacklist"):
        assert word in words
    assert "..." not in words


@pytest.mark.parametrize("width", [60, 120])
def test_answers_fit_the_terminal(sample: Warehouse, width: int) -> None:
    find, panel = ["find", "institute of forensic science"], ["sql", "FROM dyad_panel('USA', 'CHN', 'month') LIMIT 3"]
    lines = lines_without_colour(in_a_terminal(sample, width, find, ["describe", "dyad_day"], panel, ["status"]))
    # the head of status names folders, which are not folded: they are to be copied
    assert [line for line in lines if cell_len(line) > width and str(sample.folder) not in line] == []


def test_no_color_is_respected_and_colour_is_shown_on_a_terminal_alone(sample: Warehouse) -> None:
    query = ("sql", "SELECT 1 AS n")
    assert "\x1b[" in in_a_terminal(sample, 80, query)
    assert "\x1b[" not in in_a_terminal(sample, 80, query, NO_COLOR="1")
    assert "\x1b[" not in sample.run(*query).out


def test_a_table_on_a_terminal_ends_after_a_thousand_rows_and_says_so(sample: Warehouse) -> None:
    query = ["sql", "FROM range(1001)"]
    words = " ".join(in_a_terminal(sample, 80, query, [*query, "--limit", "0"]).split())
    assert "the first 1,000 rows; there are more: --limit 0 gives all of them" in words
    assert words.count("there are more") == 1


def test_a_refresh_shows_bars_and_what_was_not_read_on_a_terminal_and_plain_lines_elsewhere(
    sample: Warehouse, copy_of: Callable[[Warehouse], Warehouse], tmp_path: Path
) -> None:
    for day in ("2024-02-01", "2024-02-02", "2024-02-03"):
        put(tmp_path / "archive", "articles", day, "a.txt", f"China thanked Australia on {day}.".encode())
    table = b"title,published_on\nChina and Australia resume talks,2023-11-16\n"
    put(tmp_path / "archive", "articles", "2024-01-05", "mine.csv", table)
    warehouse = copy_of(sample)
    shown = in_a_terminal(warehouse, 100, ["refresh", "--from", str(tmp_path / "archive"), "--only", "news"], NO_COLOR="1")
    assert "of 4 snapshots" in shown
    assert "published_on in mine.csv looks like a date and is no column that is read" in " ".join(shown.split())
    assert re.search(r"checking .* of \d+ checks", shown)
    assert re.search(r"building .* of \d+ tables and macros", shown)
    assert "\x1b[3" not in shown
    plain = warehouse.run("refresh")
    assert "\x1b" not in plain.out
    assert "\r" not in plain.out
    assert "nothing new" in plain.out


def test_the_summary_says_first_what_came_of_it_and_rows_of_each_table_only_where_asked(
    sample: Warehouse, copy_of: Callable[[Warehouse], Warehouse]
) -> None:
    warehouse = copy_of(sample)
    out = warehouse.run("refresh").out
    summary = out[out.index("\n\n") :].strip().splitlines()
    assert summary[0].startswith("nothing new (")
    assert any(line.startswith("newest dates: news ") for line in summary)
    assert any(re.match(r"rows: [\d,]+ in \d+ tables", line) for line in summary)
    assert "core.sanction_listings" not in "\n".join(summary)
    assert "core.sanction_listings" in warehouse.run("refresh", "--verbose").out


def test_describe_of_a_macro_shows_parameters_result_and_example(sample: Warehouse) -> None:
    out = sample.run("describe", "listed_on").out
    assert "  d: the day (DATE or text), in the authority's time zone." in out
    assert "  gives: the columns of core.sanction_listings" in out
    assert "  listing_id  VARCHAR\n      <list_id>:<id in the list>.\n" in out
    assert "      One of: certain, possible.\n" in out
    assert out[out.index("  certainty") :].startswith(sample.run("describe", "listed_on.certainty").out.partition("\n")[2])
    assert "    SELECT certainty, count(*) FROM listed_on(DATE '2023-11-15')" in out


def test_describe_shows_the_vocabulary_of_a_column_and_what_is_in_the_file(sample: Warehouse) -> None:
    assert "      One of: person, entity, vessel, aircraft" in sample.run("describe", "core.sanction_listings").out
    out = sample.run("describe", "sanction_listings.party_type").out
    assert re.search(r"In this file: \w+ [\d,]+", out)
    assert "Did you mean core.sanction_listings" in sample.run("describe", "sanction_listing").err


def test_status_says_what_the_layers_themselves_say(sample: Warehouse) -> None:
    from pipelines.services.warehouse import Warehouse as Opened
    from pipelines.settings import Settings
    from pipelines.storage import on_disk

    project = Opened(Settings(warehouse=sample.folder))
    assert (on_disk.kind(sample.folder), on_disk.noted_origin(sample.folder)) == (project.origin().kind, project.origin().last)
    with duckdb.connect() as con:
        verdicts, damaged = on_disk.verdicts(sample.folder, con)
    assert damaged == []
    for source, declared in project.sources.items():
        assert on_disk.snapshots(sample.folder, source) == project.raw.snapshots(source)
        of_core = project.core.snapshots(project.core.current(declared.domain)).filter(pl.col("source") == source)
        assert {s: v for (of, s), v in verdicts.items() if of == source} == dict(
            of_core.select("snapshot", "verdict").iter_rows()
        )
