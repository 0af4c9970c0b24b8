"""Duties between the United States and China by day, and beside the series that others keep of them."""

import csv
import gzip
import json
import lzma
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.policy import tariffs
from assets.sanctions.acts import gathered
from pipelines.publish.meta import insert
from tests.sql.conftest import Warehouse, check, with_actors

RISES = {date(2019, 6, 1): 15.0}
"""Where a rate took the place of a lower one of the same goods, how much more the highest is."""
MEASURES = tariffs.tables(lambda _: pl.LazyFrame())["tariff_measures"]


@pytest.fixture(scope="module")
def duties() -> Iterator[Warehouse]:
    warehouse = with_actors()
    warehouse.states("CAN", "MEX")
    for name, rows in tariffs.tables(lambda _: pl.LazyFrame()).items():
        insert(warehouse.con, f"core.{name}", rows)
    yield warehouse.build()
    warehouse.close()


def rate(duties: Warehouse, source: str, target: str, day: str) -> tuple[Any, ...]:
    return duties.ask(f"SELECT rate_low, rate_high FROM duty_rate('{source}', '{target}', DATE '{day}')")[0]


RATES = """\
USA CHN 2018-07-05 0 50, 2018-07-06 0 75, 2025-02-03 0 125, 2025-02-04 10 135, 2025-03-04 20 145, 2025-04-09 104 218
USA CHN 2025-04-10 145 259, 2025-05-14 30 145, 2025-11-09 30 170, 2025-11-10 20 160, 2026-02-19 20 160, 2026-02-20 0 150
USA CHN 2026-02-23 0 150, 2026-02-24 10 150, 2017-12-31 None None, 2026-04-06 None None
CHN USA 2018-04-02 0 25, 2025-04-10 84 149, 2025-04-12 125 190, 2025-05-14 10 75, 2026-02-21 None None
USA CAN 2025-03-03 0 0, 2025-03-04 10 25, 2025-03-12 10 25, 2025-06-04 10 50, 2026-02-20 0 50
USA MEX 2025-08-01 10 50, 2026-02-24 10 50
CAN USA 2025-03-12 0 25, 2025-03-13 0 50, 2025-09-01 0 25, 2024-12-31 None None
USA RUS 2025-06-01 None None"""
"""Lowest and highest rate of a day; None where the day or the pair is not covered, which is not that there is none to pay."""


def test_a_day_has_the_rates_in_force_then(duties: Warehouse) -> None:
    for line in RATES.splitlines():
        source, target, days = line.split(" ", 2)
        for day, low, high in (asked.split() for asked in days.split(", ")):
            found = rate(duties, source, target, day)
            assert ["None" if part is None else f"{part:g}" for part in found] == [low, high], (line, day)


def test_goods_under_section_232_do_not_bear_the_reciprocal_duty_and_two_rates_of_an_instrument_are_found(
    duties: Warehouse,
) -> None:
    measures = "UPDATE core.tariff_measures SET"
    duties.change(f"{measures} source_id = 'RUS' WHERE instrument = 'section_301'")
    assert rate(duties.build(), "USA", "CHN", "2025-11-01") == (30, 70)
    duties.change(f"{measures} source_id = 'USA' WHERE source_id = 'RUS'")
    one_rate = check("tariff_measures__one_rate_on_all_goods")
    assert duties.build().ask(one_rate) == []
    spoilt = duties.broken(one_rate, f"{measures} valid_to = NULL WHERE measure_id = 'us-fentanyl-10'")
    assert ("us-fentanyl-10", "us-fentanyl-20") in spoilt


def test_every_measure_names_an_act_of_the_record() -> None:
    acts = pl.read_csv(Path(gathered.__file__).with_name("reviewed.csv"), infer_schema=False)
    joined = MEASURES.join(acts, on="act_id", how="left", suffix="_act")
    assert joined.filter(pl.col("sort").ne_missing("tariff"))["measure_id"].to_list() == []
    assert joined.filter(pl.col("authority_id").str.slice(0, 3) != pl.col("source_id")).is_empty()


def text_of(path: Path) -> str:
    unpacked = {".gz": gzip.decompress, ".xz": lzma.decompress}.get(path.suffix, bytes)(path.read_bytes())
    return unpacked.decode("utf-8-sig")


def rows_of(path: Path, delimiter: str = ",") -> Iterator[dict[str, str]]:
    return csv.DictReader(StringIO(text_of(path)), delimiter=delimiter)


@pytest.fixture(scope="module")
def series(real_data: Path) -> dict[str, list[tuple[date, float]]]:
    """Global Trade Alert's rates by instrument, scenario ``baseline``: first day and percent."""
    found = defaultdict(list)
    for row in rows_of(real_data / "more/gta_us_tariffs/2026-02-21_9c1fdb2_rates.csv"):
        if row["scenario"] == "baseline":
            found[row["rate_type"]].append((date.fromisoformat(row["effective_date"]), float(row["rate"])))
    return found


def steps(**where: Any) -> list[tuple[date, float]]:
    """First days and rates of the rows, and the day on which the last of them ended with 0."""
    rows = MEASURES.filter(**where).sort("valid_from").select("valid_from", "valid_to", "rate_high").rows()
    return [(first, rate) for first, _, rate in rows] + [(last, 0.0) for _, last, _ in rows[-1:] if last is not None]


def test_emergency_duties_are_those_of_the_second_series_on_every_day_but_for_one_in_may(
    series: dict[str, list[tuple[date, float]]],
) -> None:
    """Its floor and the top-up on China added up; Executive Order 14298 holds from 14 May, the series has 13 May."""
    assert steps(instrument="ieepa_fentanyl") == series["china_opioid_rate"]
    for target, column, theirs in (
        ("CAN", "rate_high", "can_emergency_general_rate"),
        ("CAN", "rate_low", "can_emergency_energy_rate"),
        ("MEX", "rate_high", "mex_emergency_rate"),
    ):
        rows = MEASURES.filter(instrument="ieepa_border", target_id=target).sort("valid_from")
        found = [(first, rate) for first, rate in rows.select("valid_from", column).iter_rows()]
        changes = [step for n, step in enumerate(found) if not n or found[n - 1][1] != step[1]]
        assert [*changes, (rows["valid_to"][-1], 0.0)] == series[theirs]
    floor, top_up = series["ieepa_baseline_rate"], series["ieepa_topup_156"]
    assert (floor[0][1], [rate for _, rate in top_up]) == (10, [74, 115, 0, 0])
    summed = [floor[0], *((day, 10 + rate) for day, rate in top_up[:3]), (top_up[3][0], 0.0)]
    ours = steps(instrument="ieepa_reciprocal")
    assert [rate for _, rate in ours] == [rate for _, rate in summed]
    assert [(a, b) for (a, _), (b, _) in zip(ours, summed, strict=True) if a != b] == [(date(2025, 5, 14), date(2025, 5, 13))]


ORDINARY = 5.0
"""Percent: more than the mean ordinary rate on goods of any of the three states."""


def test_the_effective_rate_that_others_computed_is_within_the_bound_on_every_day(real_data: Path, duties: Warehouse) -> None:
    states = {"CHINA": "CHN", "CANADA": "CAN", "MEXICO": "MEX"}
    steps: dict[str, list[tuple[date, float]]] = defaultdict(list)
    for row in rows_of(real_data / "more/tradewartracker/country-by-time_2026-07.csv"):
        if row["country_name"] in states:
            steps[states[row["country_name"]]].append((date.fromisoformat(row["date"]), float(row["effective tariff"])))
    spans = duties.build().ask("SELECT target_id, from_date, to_date, rate_high FROM marts.duty_spans WHERE source_id = 'USA'")
    compared = [
        (target, day, rate, high)
        for target, found in steps.items()
        for day, rate in found
        for state, first, last, high in spans
        if state == target and first <= day.isoformat() < last
    ]
    assert len(compared) >= 40
    assert [row for row in compared if not 0 <= row[2] <= row[3] + ORDINARY] == []
    rises = [b for (a, x), (b, y) in pairwise(sorted(steps["CHN"])) if b > date(2026, 2, 20) and y > x]
    assert rises[0] == MEASURES.filter(instrument="section_122")["valid_from"].item()


THEIRS = {
    "us-232-steel-25-all": "s232_steel_rate", "us-232-aluminium-10": "s232_alu_rate", "us-232-aluminium-25": "s232_alu_rate",
    "us-232-metals-50": "s232_steel_rate", "us-232-cars": "s232_auto_rate", "us-232-copper": "s232_copper_rate",
    "us-232-timber": "s232_lumber_cabinet_rate", "us-232-trucks": "s232_mhdv_main_rate",
}  # fmt: skip
"""Rows of section 232 and the names of their rates in the second series, which begins with 2025."""
LISTS = {
    "us-301-list1": ("List 1", "9903.88.01", 818), "us-301-list2": ("List 2", "9903.88.02", 279),
    "us-301-list3-10": ("", "9903.88.03", None), "us-301-list3-25": ("List 3", "", None),
    "us-301-list4a-15": ("", "9903.88.15", None), "us-301-list4a-7.5": ("List 4A", "", None),
    "us-301-review-2024": ("", "", None), "us-301-review-2025": ("", "", None),
}  # fmt: skip
"""Rows of section 301: name in the second file of its lines, heading and number of lines in the Trade Commission's table."""
NOTICES = {
    "us-301-list4a-15": ("2020-00904", "from 15 percent to 7.5 percent"),
    "us-301-list4a-7.5": ("2020-00904", "from 15 percent to 7.5 percent"),
    "us-301-exclusions-352": ("2023-28770", "352 previously reinstated exclusions"),
    "us-301-exclusions-164": ("2025-21671", "to extend the 178 current exclusions"),
}
"""Rows whose rate the summary of a document of the Federal Register states."""
STATED = {
    "us-fentanyl-10": (
        "February 1, 2025", "additional 10 percent ad valorem rate of duty", "12:01 a.m. eastern time on February 4, 2025",
    ),
    "us-fentanyl-20": ("March 3, 2025", "inserting in lieu thereof the words “20 percent”", ""),
    "us-reciprocal-10-geneva": ("May 12, 2025", "retaining the remaining 10% tariff", "by May 14, 2025"),
    "cn-fentanyl-answer-energy": ("February 10, 2025", "15% tariff on coal and liquefied natural gas", "come into effect"),
    "cn-fentanyl-answer-farm": ("March 4, 2025", "10-15% tariff on agricultural products", ""),
    "cn-reciprocal-84": ("April 9, 2025", "imposed 84% taxes on American goods", ""),
    "cn-reciprocal-125": ("April 12, 2025", "to 125 percent, effective from Saturday", "effective from Saturday"),
    "cn-reciprocal-10": ("May 14, 2025", "remaining additional ad valorem rate of 10 percent", "rate of 10 percent"),
}  # fmt: skip
"""Rows whose texts or announcements the chronicle of both governments quotes: its day, of the rate, and of the first day."""
CHECKED_ABOVE = {"ieepa_fentanyl", "ieepa_border", "ieepa_reciprocal", "section_122"}
"""Instruments whose rates and days the tests above compare with two series."""


def test_what_is_said_to_be_verified_by_files_is_shown_by_them(
    real_data: Path, series: dict[str, list[tuple[date, float]]]
) -> None:
    """Every row's rate and first day against the files at hand, which gives the column ``verified_by``."""
    first = {
        m: (d, low, high) for m, d, low, high in MEASURES.select("measure_id", "valid_from", "rate_low", "rate_high").iter_rows()
    }
    rates = set(MEASURES.filter(pl.col("instrument").is_in(CHECKED_ABOVE))["measure_id"])
    days = set(rates)
    for measure, name in THEIRS.items():
        steps_of = dict(series[name])
        rates |= {measure} if first[measure][2] in steps_of.values() else set()
        days |= {measure} if steps_of.get(first[measure][0]) == first[measure][2] else set()
    lines = defaultdict(set)
    for row in rows_of(real_data / "more/gta_us_tariffs/sec301.csv.gz", delimiter=";"):
        lines[row["origin"].strip()].add(float(row["rate"] or "nan"))
    table = pl.read_excel(real_data / "more/us_ustr_301/2021-04-07/China-Tariffs.xlsx", has_header=False)
    n_lines = dict(table.group_by("column_1").len().iter_rows())
    said = " ".join(str(table[3, 0]).split())
    for measure, (name, heading, n) in LISTS.items():
        rates |= {measure} if {first[measure][2]} == lines[name] or (not heading and {first[measure][2]} <= lines[""]) else set()
        day = first[measure][0]
        days |= {measure} if heading and f"{heading} became effective on {day:%B} {day.day}, {day.year}" in said else set()
        assert n is None or n == n_lines[heading]
    register = text_of(real_data / "more/us_federal_register/2026-02-05/fr_us_china_2020_2026.json.xz")
    documents = {d["document_number"]: d for d in json.loads(register)["results"]}
    rates |= {m for m, (number, words) in NOTICES.items() if words in documents[number]["abstract"]}
    excluded = "us-301-exclusions-352"
    days |= {excluded} if documents["2022-06397"]["publication_date"] == str(first[excluded][0]) else set()
    cited = MEASURES.select("date_announced", pl.col("citation").str.extract_all(r"\d{4}-\d{5}")).explode("citation").drop_nulls()
    assert cited.height == 14
    assert all(documents[n]["publication_date"] >= str(day) for day, n in cited.iter_rows())
    chronicle = text_of(real_data / "news/tracker/us_china_tracker_2025-01_2025-09.txt.gz")
    told = dict(re.findall(r"(?ms)^\w+day, (\w+ \d+, 2025)$(.+?)(?=^\w+day, \w+ \d+, 2025$|\Z)", chronicle))
    rates |= {m for m, (day, words, _) in STATED.items() if words in told[day]}
    days |= {m for m, (day, _, words) in STATED.items() if words and words in told[day]}
    single = set(MEASURES.filter(pl.col("valid_from") < date(2020, 1, 1), source_id="CHN")["measure_id"])
    rates, days = rates | single, days | single
    shown = {m: "files" if m in rates & days else "rate" if m in rates else "day" if m in days else "published" for m in first}
    assert shown == dict(MEASURES.select("measure_id", "verified_by").iter_rows())


def test_chinas_duties_on_single_goods_rose_on_its_days_by_no_more_than_its_rates(real_data: Path) -> None:
    """By HS6 from 2018 to 2019, transcribed by another hand: means over the lines of a heading, so that a rise may be smaller."""
    duties: dict[date, dict[str, float]] = defaultdict(dict)
    for row in rows_of(real_data / "more/us_ustr_301/2021-04-07/new_tariff_list_2020.csv.xz"):
        if row["tariff"]:
            duties[date.fromisoformat(row["time_of_tariff"])][row["hs6"]] = float(row["tariff"])
    days = sorted(duties)
    rises = {
        b: max(round(duties[b][h] - duties[a][h], 1) for h in duties[b].keys() & duties[a].keys()) for a, b in pairwise(days)
    }
    ours = MEASURES.filter(pl.col("valid_from") < date(2020, 1, 1), source_id="CHN").select("valid_from", "rate_high").rows()
    assert {day: rises[day] for day, _ in ours} == {day: RISES.get(day, rate) for day, rate in ours}
