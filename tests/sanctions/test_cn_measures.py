"""Reading China's measures on foreign parties, with their suspensions."""

import csv
import io
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.actors.registry import actors
from assets.contracts import RowGuard, Staged, StagedInfo
from assets.errors import Quarantine
from assets.sanctions.history.mirrors import fold_record
from assets.sanctions.lists.cn.measures import PROGRAMS, judge, stage_countermeasures, stage_mofcom, suspensions, target_countries
from tests.sanctions.conftest import Memory, offending, snapshot, the

FIELDS = (
    "Type", "QID", "Name", "Alias", "Chinese name", "Country", "Topics", "Summary", "Chinese summary", "Body", "List", "Date",
    "End date", "Source URL", "Address",
)  # fmt: skip


def row(name: str, day: str = "04.04.2025", list_name: str = "UEL", **cells: str) -> dict[str, str]:
    body = "Ministry of Foreign Affairs" if list_name in ("AFSL", "") else "Ministry of Commerce"
    shown = {"Type": "Company", "Name": name, "Country": "US", "Body": body, "List": list_name, "Date": day}
    return dict.fromkeys(FIELDS, "") | shown | cells


def as_csv(*rows: dict[str, str]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, FIELDS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def read(*rows: dict[str, str]) -> Staged:
    return stage_countermeasures({"x.csv": as_csv(*rows)})


def record(name: str, day: str = "2025-04-04", list_id: str = "cn-unreliable-entity-list", **cells: Any) -> dict[str, Any]:
    blank = {
        "addresses": [], "aliases": [], "country": "cn", "entity_type": "organization", "id": "cn-1", "source_url": "https://a",
    }  # fmt: skip
    return blank | {"entity_name": name, "date_added": day, "list_id": list_id} | cells


def read_mofcom(*records: Any) -> Staged:
    return stage_mofcom({"x.json": json.dumps(records, ensure_ascii=False).encode()})


def test_years_of_two_digits_are_of_this_century_and_a_slip_leaves_the_party_without_a_day() -> None:
    staged = read(row("Marco Rubio", "13.07.20", "", Type="Person"), row("A", "02.12.2019"))
    assert the(staged, "listings", "listed_on") == [(date(2020, 7, 13),), (date(2019, 12, 2),)]
    assert staged.facts["n_two_digit_years"] == 1
    staged = read(row("A", "13.07.2002"), row("B", "soon"))
    assert the(staged, "listings", "native_id", "listed_on") == [("UEL:undated:a", None), ("UEL:undated:b", None)]
    assert staged.rejects["column"].to_list() == ["date", "date"]
    assert (staged.n_rejected, staged.facts["n_undated"]) == (0, 2)


def test_a_notice_is_start_and_publication_on_one_day_in_beijing() -> None:
    staged = read(row("Skydio Inc.", **{"Source URL": "https://www.mofcom.gov.cn/a", "End date": "24.04.2026"}))
    columns = ("native_id", "programs", "listed_on", "listed_on_basis", "published_on", "ends_on", "ends_on_basis", "url")
    assert the(staged, "listings", *columns) == [
        (
            "UEL:2025-04-04:skydio-inc", "UEL", date(2025, 4, 4), "official_notice", date(2025, 4, 4), date(2026, 4, 24),
            "official_notice", "https://www.mofcom.gov.cn/a",
        )
    ]  # fmt: skip


@pytest.mark.trap("cn_countermeasures", "mixed-countries")
def test_countries_as_codes_names_and_blanks_become_one_kind_and_what_is_no_state_is_reported() -> None:
    staged = read(
        row("A"), row("B", Country="Japan"), row("C", Country="JP"), row("D", "01.01.2024", Country=""), row("E", Country="EU")
    )
    assert [c for (c,) in the(staged, "countries", "country_id")] == ["USA", "JPN", "JPN"]
    assert staged.facts["n_without_country"] == 2
    info = StagedInfo("sha", datetime(2026, 8, 7), 5, 0, staged.facts)
    assert "EU (1)" in " ".join(judge(info, None, RowGuard()).warnings)


def test_the_decision_and_its_announcement_in_english_are_one_listing() -> None:
    one = row("Group W", "05.12.2024", "List of Targets of Countermeasures", **{"Source URL": "https://e"})
    staged = read(one, one | {"Country": "", "Chinese name": "W集团", "Source URL": "https://c"})
    assert the(staged, "listings", "url") == [("https://e",)]
    assert ("notice", "https://c") in the(staged, "notes", "kind", "text")
    assert the(staged, "names", "name") == [("W集团",)]
    assert staged.facts["n_repeated"] == 1


def test_a_measure_without_a_list_goes_by_its_body_and_an_unknown_list_by_its_name() -> None:
    staged = read(row("Freedom House", "02.12.2019", ""), row("B", "02.12.2020", "", Body=""))
    assert the(staged, "listings", "native_id", "programs") == [
        ("MFA:2019-12-02:freedom-house", None), ("BODY-NOT-STATED:2020-12-02:b", None),
    ]  # fmt: skip
    staged = read(row("A", list_name="Maritime Watch"))
    assert the(staged, "listings", "programs") == [("MARITIME-WATCH",)]
    info = StagedInfo("sha", datetime(2026, 8, 7), 1, 0, staged.facts)
    assert "Maritime Watch" in judge(info, None, RowGuard()).warnings[0]


def test_a_person_has_title_and_names_in_both_scripts_and_a_row_without_type_or_name_is_rejected() -> None:
    staged = read(row("Marco Rubio", Type="Person", Summary="US Senator", QID="Q324546", **{"Chinese name": "鲁比欧"}))
    assert the(staged, "listings", "party_type", "title") == [("person", "US Senator")]
    assert the(staged, "names", "name", "kind", "quality") == [("鲁比欧", "aka", "strong")]
    assert the(staged, "identifiers", "scheme", "value") == [("wikidata", "Q324546")]
    staged = read(row("A", Type="Idea"), row(" "), row("", **{"Chinese name": "公司"}))
    assert staged.rejects.select("row", "column").rows() == [(1, "type"), (2, "name")]
    assert the(staged, "listings", "name") == [("公司",)]
    assert staged.n_rejected == 2


def test_the_lists_of_the_ministry_have_their_programs_and_chinese_names_keep_their_script() -> None:
    staged = read_mofcom(
        record("A"), record("B", "2026-02-24", "cn-export-control-watchlist"), record("C", "2026-02-24", "cn-attention-list")
    )
    assert the(staged, "listings", "programs") == [("UEL",), ("EXPORT-CONTROL",), ("WATCH-LIST",)]
    assert [c for (c,) in the(staged, "countries", "country_id")] == ["USA", "JPN", "JPN"]
    staged = read_mofcom(record("Lockheed Martin Corporation", aliases=["洛克希德·马丁公司"]), record("反无人机技术公司"))
    assert the(staged, "names", "name") == [("洛克希德·马丁公司",)]
    assert the(staged, "listings", "native_id")[1] == ("UEL:2025-04-04:反无人机技术公司",)


def test_an_address_shows_the_country_of_a_party_before_the_notice_does() -> None:
    staged = read_mofcom(
        record("A", "2026-04-24", "cn-attention-list", addresses=["Thamova 289/13, Praha 8, Czech Republic（邮编：18600）"]),
        record("B", "2026-04-25", "cn-attention-list", addresses=["日本东京都品川区"]),
        record("C", "2026-04-26", "cn-attention-list"),
    )
    assert the(staged, "countries", "country_id") == [("CZE",), ("JPN",)]
    assert staged.facts["n_without_country"] == 1


@pytest.mark.parametrize("data", [as_csv(row("A")) + b'Company,"', as_csv() + as_csv()])
def test_a_cut_file_and_two_in_one_are_quarantined(data: bytes) -> None:
    with pytest.raises(Quarantine, match="last good list stands"):
        stage_countermeasures({"x.csv": data})


@pytest.mark.trap("cn_countermeasures", "ninth-of-april")
def test_measures_of_the_ninth_of_april_are_suspended_however_a_file_dates_them() -> None:
    one, other = read(row("A", "10.04.2025")), read_mofcom(record("A", "2025-04-09"))
    assert [s[1:] for s in the(one, "statuses", "native_id", "valid_from", "valid_to")] == [
        s[1:] for s in the(other, "statuses", "native_id", "valid_from", "valid_to")
    ]


def test_the_facts_beside_the_files_follow_each_other_and_name_what_exists() -> None:
    rows = suspensions()
    assert rows["citation"].null_count() + rows["url"].null_count() + rows["announced_on"].null_count() == 0
    assert (rows["announced_on"] <= rows["valid_from"]).all()
    assert (rows["valid_from"] < rows["valid_to"]).fill_null(True).all()
    nexts = rows.sort("valid_from").with_columns(pl.col("valid_from").shift(-1).over("program", "listed_on").alias("next"))
    assert nexts.filter(pl.col("next").is_not_null(), pl.col("valid_to").ne_missing(pl.col("next"))).height == 0
    programs = set(PROGRAMS.values())
    assert set(suspensions()["program"]) <= programs
    assert {program for program, _ in target_countries()} <= programs
    assert set(target_countries().values()) <= set(actors().filter(kind="state")["actor_id"])


def folded(history: Any, *days: str) -> Any:
    staged = read(row("Skydio Inc."), row("B", "10.04.2025"))
    for day in days:
        history = history.after(fold_record("cn_countermeasures", history, [snapshot(staged, day)]))
    return history


def test_the_record_covers_every_day_since_its_first_notice(history: Any) -> None:
    days = ("covered_from", "covered_until")
    after = folded(history, "2026-08-07")
    assert after.rows("sanction_lists", *days) == [(date(2025, 4, 4), date(2026, 8, 7))]
    assert folded(after, "2026-09-01").rows("sanction_lists", *days) == [(date(2025, 4, 4), date(2026, 9, 1))]


def test_a_suspension_is_known_from_its_day_and_not_before(history: Any) -> None:
    rows = folded(history, "2026-08-07").rows("sanction_statuses", "valid_from", "known_from", "known_to")
    assert {(start, known) for start, known, _ in rows} == {
        (date(2025, 5, 14), datetime(2025, 5, 14, 23, 59, 59)), (date(2025, 8, 12), datetime(2025, 8, 12, 23, 59, 59)),
        (date(2025, 11, 10), datetime(2025, 11, 10, 23, 59, 59)),
    }  # fmt: skip
    before = folded(history, "2025-04-11")
    assert before.rows("sanction_statuses", "valid_from") == []
    after = folded(before, "2025-06-01")
    assert after.rows("sanction_statuses", "valid_from", "known_from") == [
        (date(2025, 5, 14), datetime(2025, 5, 14, 23, 59, 59)), (date(2025, 5, 14), datetime(2025, 5, 14, 23, 59, 59)),
    ]  # fmt: skip


def test_an_end_by_a_later_notice_was_not_known_before_it(history: Any) -> None:
    staged = read(row("Urbo Bankas", "13.08.2025", "List of Targets of Countermeasures", **{"End date": "24.04.2026"}))
    for day in ("2026-08-07", "2026-09-01"):
        history = history.after(fold_record("cn_countermeasures", history, [snapshot(staged, day)]))
    for name in ("sanction_listings", "sanction_programs"):
        assert history.rows(name, "valid_from", "valid_to", "known_from", "known_to") == [
            (date(2025, 8, 13), None, datetime(2025, 8, 13, 23, 59, 59), datetime(2026, 4, 24, 23, 59, 59)),
            (date(2025, 8, 13), date(2026, 4, 24), datetime(2026, 4, 24, 23, 59, 59), None),
        ]
    assert history.rows("sanction_events", "kind", "event_date") == [
        ("added", date(2025, 8, 13)), ("removed", date(2026, 4, 24)),
    ]  # fmt: skip
    assert {c: rows for c, rows in offending(history).items() if "most_have" not in c} == {}


VALID = as_csv(row("A"), row("B", "13.07.20", "AFSL", Type="Person", Alias="C;D"), row("E", Address="日本东京都"))
VALID_JSON = json.dumps([record("A"), record("B", addresses=["日本"], aliases=["乙"])], ensure_ascii=False).encode()


@pytest.fixture(scope="module")
def countermeasures(real_data: Path) -> Staged:
    name = "opensanctions_cn_sanctions_2026-08-07.csv"
    return stage_countermeasures({name: (real_data / "sanctions" / "cn" / name).read_bytes()})


@pytest.fixture(scope="module")
def mofcom(real_data: Path) -> Staged:
    name = "xyna_cn_mofcom_lists_2026-07.json"
    return stage_mofcom({name: (real_data / "sanctions" / "cn" / name).read_bytes()})


def suspended_on(staged: Staged, day: date) -> dict[str, int]:
    on = staged.frames["statuses"].filter(pl.col("valid_from") <= day, (pl.col("valid_to") > day).fill_null(True))
    rows = on.join(staged.frames["listings"], on="native_id").group_by("programs").agg(pl.col("native_id").n_unique())
    return dict(rows.sort("programs").iter_rows())


@pytest.mark.real_data
def test_cn_csv_counts_rows_us_parties_ends_and_two_digit_years(countermeasures: Staged) -> None:
    listings, countries = countermeasures.frames["listings"], countermeasures.frames["countries"]
    assert countermeasures.n_read == 610
    assert countermeasures.facts["n_two_digit_years"] == 161
    assert listings["ends_on"].count() == 3
    assert (listings.height, countermeasures.facts["n_repeated"], countermeasures.rejects.height) == (592, 18, 0)
    assert countries.filter(country_id="USA").height == 327
    assert countermeasures.frames["listings"]["listed_on"].min() == date(2019, 12, 2)


@pytest.mark.real_data
def test_two_firms_are_unreliable_entities_from_2023_02_16(countermeasures: Staged, mofcom: Staged) -> None:
    names = ["Lockheed Martin Corporation", "Raytheon Missiles & Defense"]
    for staged in (countermeasures, mofcom):
        found = staged.frames["listings"].filter(pl.col("name").is_in(names), programs="UEL").sort("name")
        assert found.select("name", "listed_on").rows() == [(n, date(2023, 2, 16)) for n in names]


@pytest.mark.real_data
def test_17_unreliable_and_28_export_control_entities_are_suspended_from_2025_05_14(
    countermeasures: Staged, mofcom: Staged
) -> None:
    for staged in (countermeasures, mofcom):
        assert suspended_on(staged, date(2025, 5, 13)) == {}
        assert suspended_on(staged, date(2025, 5, 14)) == {"EXPORT-CONTROL": 28, "UEL": 17}
        assert suspended_on(staged, date(2025, 8, 11)) == {"EXPORT-CONTROL": 28, "UEL": 17}
        assert suspended_on(staged, date(2025, 11, 10)) == {"EXPORT-CONTROL": 43, "UEL": 27}


@pytest.mark.real_data
def test_the_notices_say_the_same_of_countries_as_the_fuller_transcription(countermeasures: Staged) -> None:
    listings = countermeasures.frames["listings"].join(countermeasures.frames["countries"], on="native_id")
    stated: dict[tuple[str, date], set[str]] = {}
    for program, day, country in listings.select("programs", "listed_on", "country_id").iter_rows():
        stated.setdefault((program, day), set()).add(country)
    assert {key: {country} for key, country in target_countries().items() if key in stated} == {
        k: stated[k] for k in target_countries() if k in stated
    }


@pytest.mark.real_data
def test_the_ministry_s_record_is_read_whole(mofcom: Staged) -> None:
    assert (mofcom.n_read, mofcom.rejects.height) == (240, 0)
    assert mofcom.facts["programs"] == {"EXPORT-CONTROL": 139, "UEL": 61, "WATCH-LIST": 40}
    assert mofcom.facts["n_without_country"] == 2


NOTICE = {"Source URL": "https://www.mofcom.gov.cn/notice"}


def corrected(history: Any, *editions: Staged) -> Any:
    """The history after these editions, on which every check holds."""
    for number, staged in enumerate(editions):
        taken = snapshot(staged, f"2026-06-29T{14 + number}:00")
        history = history.after(fold_record("cn_countermeasures", history, [taken]))
    assert offending(history) == {}
    return history


def events_of(history: Any) -> list[tuple[Any, ...]]:
    found = history.rows("sanction_events", "kind", "event_date", "name")
    return sorted(event for event in found if event[0] != "suspended")


@pytest.mark.trap("cn_countermeasures", "corrections")
def test_what_vanishes_from_the_record_without_an_end_is_known_no_longer_and_no_event_tells_of_it(history: Any) -> None:
    after = corrected(history, read(row("A", **NOTICE), row("B", **NOTICE)), read(row("A", **NOTICE)))
    assert events_of(after) == [("added", date(2025, 4, 4), "A")]
    assert after.rows("sanction_listings", "valid_to", "known_to", native_id="UEL:2025-04-04:b") == [
        (None, datetime(2026, 6, 29, 15))
    ]


@pytest.mark.trap("cn_countermeasures", "corrections")
@pytest.mark.parametrize(
    ("before", "after"),
    [
        (row("A", "26.02.2026", **NOTICE), row("A", "24.02.2026", **NOTICE)),
        (row("A", "02 Dec", **NOTICE), row("A", "24.02.2026", **NOTICE)),
        (row("A", "24.02.2026", "", **NOTICE), row("A", "24.02.2026", "UEL", **NOTICE)),
        (row("A", "24.02.2026", "AFSL"), row("A", "24.02.2026", "UEL")),
    ],
)
def test_a_corrected_day_or_list_of_a_row_is_a_version_of_its_listing_and_the_act_stays_one(
    history: Any, before: dict[str, str], after: dict[str, str]
) -> None:
    found = corrected(history, read(before, row("B")), read(after, row("B")), read(after, row("B")))
    assert events_of(found) == [("added", date(2025, 4, 4), "B"), ("added", date(2026, 2, 24), "A")]
    rows = found.rows("sanction_listings", "listing_id", "valid_from", "known_to", "name")
    versions = [version for *version, name in rows if name == "A"]
    assert len({listing for listing, _, _ in versions}) == 1
    assert [(day, until) for _, day, until in versions if until is None] == [(date(2026, 2, 24), None)]
    now = [p for (p,) in found.rows("sanction_programs", "program", listing_id=versions[0][0], known_to=None)]
    assert now == ["UEL"]


def test_a_row_that_comes_back_is_known_again_and_its_listing_was_made_once(history: Any) -> None:
    both, one = read(row("A", **NOTICE), row("B", **NOTICE)), read(row("A", **NOTICE))
    found = corrected(history, both, one, both)
    assert events_of(found) == [("added", date(2025, 4, 4), "A"), ("added", date(2025, 4, 4), "B")]
    known = found.rows("sanction_listings", "known_from", "known_to", native_id="UEL:2025-04-04:b")
    assert known == [(datetime(2025, 4, 4, 23, 59, 59), datetime(2026, 6, 29, 15)), (datetime(2026, 6, 29, 16), None)]


def test_a_corrected_day_takes_the_suspensions_of_the_other_day_with_it(history: Any) -> None:
    found = corrected(history, read(row("A", "04.04.2025", **NOTICE)), read(row("A", "04.05.2025", **NOTICE)))
    assert found.rows("sanction_events", "kind", "event_date") == [("added", date(2025, 5, 4))]
    assert found.rows("sanction_statuses", "valid_from", known_to=None) == []


def test_a_vintage_without_the_column_of_addresses_is_read_and_says_nothing_of_them(history: Any) -> None:
    with_it = read(row("A", Address="1 Main Street", **NOTICE))
    text = as_csv(row("A", **NOTICE)).decode().replace(",Address", "").replace("notice,", "notice")
    without = stage_countermeasures({"x.csv": text.encode()})
    assert "addresses" not in without.frames
    assert corrected(history, with_it, without).rows("sanction_addresses", "address", known_to=None) == [("1 Main Street",)]


@pytest.mark.real_data
def test_in_whatever_order_the_real_vintages_are_seen_no_event_is_none_of_the_state_s(real_data: Path) -> None:
    files = sorted((real_data / "more" / "cn_countermeasures").glob("*.csv"))
    files += (real_data / "sanctions" / "cn").glob("opensanctions_*.csv")
    editions = [stage_countermeasures({file.name: file.read_bytes()}) for file in files]
    assert [(e.n_read, e.n_rejected) for e in editions] == [(n, 0) for n in (330, 330, 350, 360, 420, 447, 603, 610)]
    stated = {row for e in editions for row in the(e, "listings", "listed_on", "name")}
    ends = {("removed", date(2023, 7, 13), "Skyla"), ("removed", date(2026, 4, 24), "AB Mano Bankas")}
    ends |= {("removed", date(2026, 4, 24), "UAB Urbo Bankas")}
    for order in (range(8), reversed(range(8)), (2, 4, 0, 7, 5, 1, 6, 3), (0, 5, 3, 2, 1, 4, 7, 6)):
        found = corrected(Memory(), *(editions[i] for i in order))
        assert {e for e in events_of(found) if e[0] != "added"} <= ends
        assert {(day, name) for kind, day, name in events_of(found) if kind == "added"} <= stated
