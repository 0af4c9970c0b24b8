"""The built-in sample: in the sources' own formats, small, of facts that add up, and explained file by file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from assets.contracts import SourceCode, StagedInfo, count_filled
from assets.news import domain as news
from assets.overdose import domain as overdose
from assets.sanctions import domain as sanctions
from pipelines.ingest.sources import load_sources
from tests.made_up import SAMPLE

SOURCES = {source.source: source for source in (*sanctions.package().sources, *overdose.SOURCES, *news.SOURCES)}
DECLARED = load_sources()
HELD = (
    "articles",
    "cn_countermeasures",
    "gdelt_v1_events",
    "gdelt_v2_events",
    "us_bis_entity_list",
    "us_cbp_drug_seizures",
    "us_cdc_vsrr",
    "us_cdc_wonder",
    "us_census_population",
    "us_ofac_sdn",
)

OVERDOSES = "Number of Drug Overdose Deaths"
SYNTHETIC = "Synthetic opioids, excl. methadone (T40.4)"


def files() -> list[Path]:
    return sorted(path for path in SAMPLE.rglob("*") if path.is_file() and path.name not in ("README.md", ".record"))


def snapshots(source: str) -> Iterator[tuple[datetime, Path]]:
    for folder in sorted((SAMPLE / source).iterdir()):
        yield datetime.fromisoformat(folder.name).replace(tzinfo=None), folder


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def is_sidecar(path: Path) -> bool:
    return path.name.endswith(".meta.json")


# --- the whole ----------------------------------------------------------------------------------------------------------


def test_it_is_an_archive_below_two_megabytes_of_which_the_readme_speaks_of_every_file() -> None:
    assert sum(path.stat().st_size for path in files()) < 2_000_000
    layout = re.compile(r"(\w+)/\d{4}-\d\d-\d\d(T\d{6}Z)?/[^/]+")
    odd = [path for path in files() if not layout.fullmatch(path.relative_to(SAMPLE).as_posix()) or path.is_symlink()]
    assert odd == []
    assert sorted(path.name for path in SAMPLE.iterdir() if path.is_dir()) == list(HELD)
    named = set(re.findall(r"`((?:\w+)/\d{4}[^`/]*/[^`]+)`", (SAMPLE / "README.md").read_text()))
    assert named == {path.relative_to(SAMPLE).as_posix() for path in files() if not is_sidecar(path)}


@pytest.mark.parametrize("source", HELD)
def test_every_snapshot_is_accepted_and_every_row_of_it_read(source: str) -> None:
    code: SourceCode = SOURCES[source]
    baseline = None
    for retrieved_at, folder in snapshots(source):
        staged = code.stage(bytes_of(folder))
        assert staged.rejects.rows() == [], folder
        info = StagedInfo(folder.name, retrieved_at, staged.n_read, 0, staged.facts, count_filled(staged.frames))
        judgement = code.judge_whole(info, baseline, DECLARED[source].rows)
        assert judgement.refusals == (), folder
        baseline = info if judgement.complete else baseline


# --- sanctions ----------------------------------------------------------------------------------------------------------


def ofac(vintage: str, file: str = "sdn.csv") -> list[list[str]]:
    text = (SAMPLE / "us_ofac_sdn" / vintage / file).read_bytes().decode("ascii")
    assert text.endswith("\r\n\x1a")
    assert text.count("\n") == text.count("\r\n")
    return list(csv.reader(io.StringIO(text.removesuffix("\x1a"), newline="")))


VINTAGES = [folder.name for _, folder in snapshots("us_ofac_sdn")]


def test_persons_are_in_it_without_numbers_of_papers_and_without_street_addresses() -> None:
    kept = re.compile(
        r"(alt\. )?(DOB|POB|nationality|citizen|Gender|Linked To|a\.k\.a\.|Secondary sanctions risk|Additional Sanctions Info)"
    )
    for vintage in VINTAGES:
        for row in ofac(vintage):
            if row[2] == "individual" and row[11] != "-0- ":
                assert [item for item in row[11].split("; ") if not kept.match(item)] == [], row
            assert not re.search(r"Phone Number|Email Address|Digital Currency", row[11]), row
    for vintage in VINTAGES:
        if (SAMPLE / "us_ofac_sdn" / vintage / "add.csv").exists():
            persons = {row[0] for row in ofac(vintage) if row[2] == "individual"}
            assert {row[2] for row in ofac(vintage, "add.csv") if row[0] in persons} == {"-0- "}


@pytest.mark.parametrize(
    ("before", "after", "n_added", "n_chinese"),
    [
        ("2021-12-08T185057Z", "2021-12-16T014252Z", 8, 5),
        ("2023-03-30T184333Z", "2023-04-14T184336Z", 7, 6),
        ("2023-05-30T184337Z", "2023-10-03T184324Z", 28, 25),
    ],
)
def test_drug_designations_have_the_numbers_of_the_official_acts(before: str, after: str, n_added: int, n_chinese: int) -> None:
    earlier = {row[0] for row in ofac(before)}
    added = {row[0]: row for row in ofac(after) if row[0] not in earlier}
    chinese = {row[0] for row in ofac(after, "add.csv") if row[4] == "China"} | {
        i for i, row in added.items() if "nationality China" in row[11]
    }
    assert len(added) == n_added
    assert len(chinese & set(added)) == n_chinese
    assert {row[3] for row in added.values()} <= {"ILLICIT-DRUGS-EO", "ILLICIT-DRUGS-EO14059"}


def test_a_renamed_program_delists_nobody_and_tornado_cash_is_issued_again() -> None:
    before, after = ({row[0]: row[3] for row in ofac(v)} for v in ("2022-08-19T185426Z", "2022-09-22T185542Z"))
    assert before.keys() == after.keys()
    changed = {(before[i], after[i]) for i in before if before[i] != after[i]}
    assert ("ILLICIT-DRUGS-EO", "ILLICIT-DRUGS-EO14059") in changed
    assert {old + "14059" for old, _ in changed} == {new for _, new in changed}
    names = [{row[1]: row[0] for row in ofac(v)}["TORNADO CASH"] for v in ("2022-11-07T185125Z", "2022-11-09T025216Z")]
    assert names == ["38499", "39796"]


def rules(day: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((SAMPLE / "us_bis_entity_list" / day / "rules.csv").read_text(encoding="utf-8"))))


def test_the_institute_of_forensic_science_is_listed_from_2020_06_05_to_2023_11_16() -> None:
    columns = ("action", "announced_date", "publication_date", "effective_date", "document_number", "citation")
    of_it = [
        [tuple(rule[c] for c in columns) for rule in rules(day) if "Institute of Forensic Science" in rule["name"]]
        for day in ("2023-10-01", "2023-12-01")
    ]
    added = ("add", "2020-05-22", "2020-06-05", "2020-06-05", "", "85 FR 34503")
    removed = ("remove", "", "2023-11-17", "2023-11-16", "2023-25557", "88 FR 80131")
    assert of_it == [[added], [added, removed]]


# --- overdose -----------------------------------------------------------------------------------------------------------


def vsrr(snapshot: str) -> list[dict[str, str]]:
    [path] = (SAMPLE / "us_cdc_vsrr" / snapshot).iterdir()
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


def count(text: str) -> int:
    return int(text.replace(",", ""))


def test_the_nation_is_the_sum_of_its_53_jurisdictions() -> None:
    rows = vsrr("2024-04-17")
    assert len({row["State"] for row in rows}) == 53
    for month in {(row["Year"], row["Month"]) for row in rows}:
        of_it = {row["State"]: count(row["Data Value"]) for row in rows if (row["Year"], row["Month"]) == month}
        assert of_it.pop("US") == sum(of_it.values())


@pytest.mark.parametrize(("state", "indicator"), [("YC", OVERDOSES), ("CT", SYNTHETIC), ("MD", SYNTHETIC)])
def test_a_later_vintage_revises_the_counts_of_jurisdictions_and_drugs(state: str, indicator: str) -> None:
    first, second = (
        {(r["Year"], r["Month"]): count(r["Data Value"]) for r in vsrr(s) if r["State"] == state and r["Indicator"] == indicator}
        for s in ("2018-10-15T160500Z", "2019-04-24T160500Z")
    )
    assert first.keys() <= second.keys()
    assert any(first[month] != second[month] for month in first)


@pytest.mark.parametrize(
    ("snapshot", "year", "month", "indicator", "figure"),
    [
        ("2023-09-13", "2023", "April", OVERDOSES, 111_355),
        ("2023-09-13", "2022", "December", OVERDOSES, 110_757),
        ("2023-09-13", "2022", "March", OVERDOSES, 110_394),
        ("2023-10-11", "2023", "May", OVERDOSES, 112_024),
        ("2023-10-11", "2022", "May", OVERDOSES, 109_261),
        ("2024-05-15", "2023", "December", OVERDOSES, 107_543),
        ("2024-05-15", "2022", "December", SYNTHETIC, 76_226),
        ("2025-02-25", "2024", "September", OVERDOSES, 86_882),
        ("2025-02-25", "2024", "September", SYNTHETIC, 55_126),
    ],
)
def test_releases_that_only_the_press_reported_are_partial_vintages(
    snapshot: str, year: str, month: str, indicator: str, figure: int
) -> None:
    rows = [r for r in vsrr(snapshot) if (r["Year"], r["Month"], r["Indicator"]) == (year, month, indicator)]
    assert [(r["State"], r["Data Value"], r["Predicted Value"]) for r in rows] == [("US", "", str(figure))]


def test_on_2023_12_22_the_newest_known_national_figure_was_112_024() -> None:
    known = [
        (datetime.strptime(f"1 {row['Month']} {row['Year']}", "%d %B %Y").date(), folder.name, row["Predicted Value"])  # noqa: DTZ007
        for at, folder in snapshots("us_cdc_vsrr")
        if at <= datetime(2023, 12, 22)
        for row in vsrr(folder.name)
        if row["State"] == "US" and row["Indicator"] == OVERDOSES
    ]
    assert max(known) == (date(2023, 5, 1), "2023-10-11", "112024")
