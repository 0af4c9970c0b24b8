"""The built-in sample: in the sources' own formats, small, of facts that add up, and explained file by file."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from assets.actors import registry
from assets.contract import SourceCode, StagedInfo, count_filled
from assets.news import room as news
from assets.overdose import room as overdose
from assets.sanctions import room as sanctions
from pipelines.intake.sources import load_sources
from tests.made_up import SAMPLE

SOURCES = {source.source: source for source in (*sanctions.room().sources, *overdose.SOURCES, *news.SOURCES)}
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
    return sorted(path for path in SAMPLE.rglob("*") if path.is_file() and path.name != "README.md")


def snapshots(source: str) -> Iterator[tuple[datetime, Path]]:
    for folder in sorted((SAMPLE / source).iterdir()):
        yield datetime.fromisoformat(folder.name).replace(tzinfo=None), folder


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def is_sidecar(path: Path) -> bool:
    return path.name.endswith(".meta.json")


# --- the whole ----------------------------------------------------------------------------------------------------------


def test_it_is_below_two_megabytes() -> None:
    assert sum(path.stat().st_size for path in files()) < 2_000_000


def test_it_lies_in_the_layout_of_an_archive() -> None:
    layout = re.compile(r"(\w+)/\d{4}-\d\d-\d\d(T\d{6}Z)?/[^/]+")
    odd = [path for path in files() if not layout.fullmatch(path.relative_to(SAMPLE).as_posix()) or path.is_symlink()]
    assert odd == []
    assert sorted(path.name for path in SAMPLE.iterdir() if path.is_dir()) == list(HELD)


def test_the_readme_speaks_of_every_file_and_of_no_other() -> None:
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


def test_chinas_measures_are_those_of_eight_days_on_american_parties() -> None:
    rows = list(csv.DictReader(io.StringIO((SAMPLE / "cn_countermeasures/2025-06-01/measures.csv").read_text(encoding="utf-8"))))
    assert {r["Country"] for r in rows} == {"US"}
    assert sum(r["List"] == "UEL" and r["Date"] in ("04.04.2025", "10.04.2025") for r in rows) == 17
    assert sum(r["List"] == "List of Export Controls" and r["Date"] in ("04.04.2025", "10.04.2025") for r in rows) == 28
    assert {r["Date"] for r in rows if r["Name"] == "Lockheed Martin Corporation"} == {"16.02.2023"}
    # no descriptions: those are the compilers' work
    assert {r[c] for r in rows for c in ("Summary", "Chinese summary", "Alias", "Topics", "Address")} == {""}


def ofac(vintage: str, file: str = "sdn.csv") -> list[list[str]]:
    text = (SAMPLE / "us_ofac_sdn" / vintage / file).read_bytes().decode("ascii")
    assert text.endswith("\r\n\x1a")
    assert text.count("\n") == text.count("\r\n")
    return list(csv.reader(io.StringIO(text.removesuffix("\x1a"), newline="")))


VINTAGES = [folder.name for _, folder in snapshots("us_ofac_sdn")]


@pytest.mark.parametrize("vintage", VINTAGES)
def test_ofac_files_have_their_columns_and_no_id_without_a_listing(vintage: str) -> None:
    listings = ofac(vintage)
    ids = [row[0] for row in listings]
    assert {len(row) for row in listings} == {12}
    assert len(set(ids)) == len(ids)
    assert {row[2] for row in listings} == {"-0- ", "individual", "vessel", "aircraft"}
    for path in (SAMPLE / "us_ofac_sdn" / vintage).iterdir():
        if path.name != "sdn.csv":
            rows = ofac(vintage, path.name)
            assert {len(row) for row in rows} == {{"add.csv": 6, "alt.csv": 5}[path.name]}
            assert {row[0] for row in rows} <= set(ids)


def test_remarks_on_persons_hold_no_numbers_of_papers_accounts_or_telephones() -> None:
    kept = re.compile(
        r"(alt\. )?(DOB|POB|nationality|citizen|Gender|Linked To|a\.k\.a\.|Secondary sanctions risk|Additional Sanctions Info)"
    )
    for vintage in VINTAGES:
        for row in ofac(vintage):
            if row[2] == "individual" and row[11] != "-0- ":
                assert [item for item in row[11].split("; ") if not kept.match(item)] == [], row
            assert not re.search(r"Phone Number|Email Address|Digital Currency", row[11]), row


def test_street_addresses_of_persons_are_left_out() -> None:
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


def test_a_program_is_renamed_without_any_delisting() -> None:
    before, after = ({row[0]: row[3] for row in ofac(v)} for v in ("2022-08-19T185426Z", "2022-09-22T185542Z"))
    assert before.keys() == after.keys()
    changed = {(before[i], after[i]) for i in before if before[i] != after[i]}
    assert ("ILLICIT-DRUGS-EO", "ILLICIT-DRUGS-EO14059") in changed
    assert {old + "14059" for old, _ in changed} == {new for _, new in changed}


def test_tornado_cash_is_issued_again_under_another_id() -> None:
    names = [{row[1]: row[0] for row in ofac(v)}["TORNADO CASH"] for v in ("2022-11-07T185125Z", "2022-11-09T025216Z")]
    assert names == ["38499", "39796"]


def rules(day: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((SAMPLE / "us_bis_entity_list" / day / "rules.csv").read_text(encoding="utf-8"))))


def test_the_record_of_rules_only_grows() -> None:
    earlier, later = rules("2023-10-01"), rules("2023-12-01")
    assert later[: len(earlier)] == earlier
    assert {rule["publication_date"] <= "2023-10-01" for rule in earlier} == {True}


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


@pytest.mark.parametrize("snapshot", [folder.name for _, folder in snapshots("us_cdc_vsrr") if folder.name != "2024-04-17"])
def test_no_other_vintage_holds_the_nation_beside_a_part_of_its_jurisdictions(snapshot: str) -> None:
    assert len({row["State"] == "US" for row in vsrr(snapshot)}) == 1


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


def test_transcriptions_lack_the_columns_on_completeness_so_that_an_empty_cell_withdraws_nothing() -> None:
    transcribed = [path for path in files() if path.name == "us_rows.csv"]
    assert len(transcribed) == 6
    assert all("Percent Complete" not in path.read_text().splitlines()[0] for path in transcribed)


def test_on_2023_12_22_the_newest_known_national_figure_was_112_024() -> None:
    known = [
        (datetime.strptime(f"1 {row['Month']} {row['Year']}", "%d %B %Y").date(), folder.name, row["Predicted Value"])  # noqa: DTZ007
        for at, folder in snapshots("us_cdc_vsrr")
        if at <= datetime(2023, 12, 22)
        for row in vsrr(folder.name)
        if row["State"] == "US" and row["Indicator"] == OVERDOSES
    ]
    assert max(known) == (date(2023, 5, 1), "2023-10-11", "112024")


def test_the_first_year_of_synthetic_opioids_is_whole() -> None:
    staged = SOURCES["us_cdc_wonder"].stage(bytes_of(SAMPLE / "us_cdc_wonder/2018-04-28"))
    (rows,) = [f for f in staged.frames.values() if "period_end" in f.columns and f.height]
    assert rows["period_end"].dt.year().value_counts().sort("period_end").rows() == [(y, 12) for y in (2013, 2014, 2015, 2016)]


def test_seizures_are_of_fentanyl_in_two_whole_fiscal_years() -> None:
    rows = list(
        csv.DictReader(
            io.StringIO((SAMPLE / "us_cbp_drug_seizures/2023-11-08/fentanyl-fy22-fy23.csv").read_text(encoding="utf-8"))
        )
    )
    assert {(r["Drug Type"], r["Region"]) for r in rows} == {("Fentanyl", "Southwest Border")}
    assert {fy: len({r["Month (abbv)"] for r in rows if r["FY"] == fy}) for fy in ("2022", "2023")} == {"2022": 12, "2023": 12}


# --- news ---------------------------------------------------------------------------------------------------------------


def articles() -> list[dict[str, Any]]:
    frames = [
        (at, SOURCES["articles"].stage(bytes_of(folder)).frames["articles"].to_dicts()) for at, folder in snapshots("articles")
    ]
    return [{"retrieved_at": at} | row for at, rows in frames for row in rows]


def test_there_are_forty_two_briefs_of_two_to_six_sentences() -> None:
    lengths = [len(re.findall(r"[.!?](?=\s|$)", str(brief["text"]))) for brief in articles()]
    assert len(lengths) == 42
    assert min(lengths) >= 2
    assert max(lengths) <= 6


def test_briefs_are_dated_from_2018_to_2024_and_never_after_they_were_collected() -> None:
    dates = [(brief["published_at"], brief["retrieved_at"]) for brief in articles() if brief["published_at"] is not None]
    assert {published.year for published, _ in dates} == set(range(2018, 2025))
    assert [pair for pair in dates if pair[0] > pair[1]] == []


def test_one_brief_has_no_date_and_all_have_a_title_and_the_made_up_outlet() -> None:
    briefs = articles()
    assert sum(brief["published_at"] is None for brief in briefs) == 1
    assert all(brief["title"] for brief in briefs)
    assert {(brief["outlet"], brief["url"], brief["language"]) for brief in briefs} == {("Sample briefs", None, "en")}


def test_briefs_come_as_text_html_and_json() -> None:
    kinds = {path.suffix for path in (SAMPLE / "articles").rglob("*") if path.is_file() and not is_sidecar(path)}
    assert kinds == {".txt", ".html", ".json"}
    sidecars = [json.loads(path.read_text()) for path in (SAMPLE / "articles").rglob("*.meta.json")]
    assert all(sidecar.keys() >= {"outlet", "title", "url", "language"} for sidecar in sidecars)


def gdelt(source: str = "gdelt_v2_events") -> list[list[str]]:
    return [
        line.split("\t")
        for _, folder in snapshots(source)
        for path in folder.iterdir()
        for line in path.read_text(encoding="utf-8").splitlines()
    ]


def test_there_are_a_hundred_gdelt_rows_of_61_columns_with_ids_that_gdelt_does_not_use() -> None:
    rows = gdelt()
    assert len(rows) == 100
    assert {len(row) for row in rows} == {61}
    ids = [int(row[0]) for row in rows]
    assert len(set(ids)) == 100
    assert min(ids) > 9_000_000_000
    assert all(row[60].startswith("https://example.org/") for row in rows)


def test_the_folder_of_a_slot_bears_its_time() -> None:
    for at, folder in snapshots("gdelt_v2_events"):
        [path] = folder.iterdir()
        assert path.name == f"{at:%Y%m%d%H%M%S}.export.CSV"
        assert {line.split("\t")[59] for line in path.read_text(encoding="utf-8").splitlines()} == {f"{at:%Y%m%d%H%M%S}"}


def test_codes_quad_classes_and_goldstein_values_belong_together() -> None:
    scale = dict(registry.cameo_codes().select("cameo_code", "goldstein").iter_rows())
    for row in [*gdelt(), *gdelt("gdelt_v1_events")]:
        code, base, root, quad, goldstein = row[26], row[27], row[28], int(row[29]), float(row[30])
        assert (base, root) == (code[:3], code[:2])
        assert goldstein == scale[code]
        assert quad == next(q for q, last in ((1, "05"), (2, "09"), (3, "14"), (4, "20")) if root <= last)


def test_some_gdelt_rows_lack_an_actor_and_some_look_a_year_back() -> None:
    rows = gdelt()
    assert any(row[5] == "" for row in rows)
    assert any(row[15] == "" for row in rows)
    years_back = [int(row[59][:4]) - int(row[1][:4]) for row in rows if row[1][4:] == row[59][4:8]]
    assert 1 in years_back
    days = [date.fromisoformat(row[1]) - date.fromisoformat(row[59][:8]) for row in rows]
    assert max(days) == timedelta(0)


def test_thirty_files_of_gdelt_1_cover_november_2023() -> None:
    [(_, folder)] = snapshots("gdelt_v1_events")
    assert [path.name for path in sorted(folder.iterdir())] == [f"202311{day:02}.export.CSV" for day in range(1, 31)]
    rows = gdelt("gdelt_v1_events")
    assert {len(row) for row in rows} == {58}
    assert len({row[0] for row in rows}) == 180
    assert min(int(row[0]) for row in rows) > 9_000_001_000
    assert all(row[1] == row[56] for row in rows)
