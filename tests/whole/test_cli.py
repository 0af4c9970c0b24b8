"""The command line on the sample: what goes to which stream, and with which exit code."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

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


def test_sql_as_json_of_no_rows_is_an_empty_array(sample: Warehouse) -> None:
    assert json.loads(sample.run("sql", "SELECT 1 AS a WHERE false", "--format", "json").out) == []


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


def test_status_tells_source_age_and_verdict(sample: Warehouse) -> None:
    out = sample.run("status").out
    line = next(x for x in out.splitlines() if x.startswith("us_ofac_sdn"))
    assert "accepted" in line
    assert "2023-12-20" in line
    assert "core.sanction_events" in out


def test_find_gives_score_reason_and_respects_the_day(sample: Warehouse) -> None:
    out = sample.run("find", "institute of forensic science", "--on", "2023-11-15").out
    assert "mps-institute-of-forensic-science" in out
    assert "no listed party" in sample.run("find", "institute of forensic science", "--on", "2023-11-17").out
    assert sample.run("find", "x", "--on", "yesterday").code == 1


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
    assert "MEND" not in done.out


def test_the_demo_answers_its_question_and_says_what_to_do_next(sample: Warehouse) -> None:
    out = sample.run("demo").out
    assert "Institute of Forensic Science" in out
    assert "112024" in out
    assert "make dev" in out
    assert "partly made up" in out


def test_both_packages_come_from_this_checkout() -> None:
    import assets
    import pipelines

    assert Path(assets.__file__ or "").is_relative_to(ROOT)
    assert Path(pipelines.__file__ or "").is_relative_to(ROOT)
