"""Reading China's measures on foreign parties, with their suspensions."""

import csv
import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.actors.registry import actors
from assets.contracts import RowGuard, Staged
from assets.sanctions.history.mirrors import fold_record
from assets.sanctions.lists.cn.measures import PROGRAMS, judge, stage_countermeasures, stage_mofcom, suspensions, target_countries
from tests.sanctions.conftest import Memory, holds, info, offending, refuses, snapshot, the, unpacked
from tests.told import told

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


NOTICE = {"Source URL": "https://www.mofcom.gov.cn/notice"}
TARGETS = "List of Targets of Countermeasures"


def test_rows_have_their_days_programs_ids_and_names() -> None:
    staged = read(
        row("Marco Rubio", "13.07.20", "", Type="Person", Summary="US Senator", QID="Q324546", **{"Chinese name": "鲁比欧"}),
        row("Skydio Inc.", **{"Source URL": "https://a", "End date": "24.04.2026"}), row("A", "13.07.2002"), row("B", "soon"),
        row("C", "02.12.2020", "", Body=""), row("D", list_name="Maritime Watch"), row("", **{"Chinese name": "公司"}),
        row("E", Type="Idea"), row(" "),
    )  # fmt: skip
    holds(
        staged,
        "listings native_id name party_type title programs listed_on: "
         "MFA:2020-07-13:marco-rubio|Marco Rubio|person|US Senator|-|2020-07-13 / "
         "UEL:2025-04-04:skydio-inc|Skydio Inc.|entity|-|UEL|2025-04-04 / "
         "UEL:undated:a|A|entity|-|UEL|- / UEL:undated:b|B|entity|-|UEL|- / "
         "BODY-NOT-STATED:2020-12-02:c|C|entity|-|-|2020-12-02 / "
         "MARITIME-WATCH:2025-04-04:d|D|entity|-|MARITIME-WATCH|2025-04-04 / UEL:2025-04-04:公司|公司|entity|-|UEL|2025-04-04",
        "listings listed_on_basis published_on ends_on ends_on_basis url native_id=UEL:2025-04-04:skydio-inc: "
         "official_notice|2025-04-04|2026-04-24|official_notice|https://a",
        "names name kind quality: 鲁比欧|aka|strong", "identifiers scheme value: wikidata|Q324546",
        "rejects row column: 3|date / 4|date / 8|type / 9|name", "facts n_two_digit_years n_undated: 1|2",
    )  # fmt: skip
    assert staged.n_rejected == 2
    assert "Maritime Watch" in " ".join(judge(info(staged), None, RowGuard()).warnings)


@pytest.mark.trap("cn_countermeasures", "mixed-countries")
@pytest.mark.trap("cn_countermeasures", "ninth-of-april")
def test_countries_become_one_kind_two_languages_one_listing_and_the_ninth_of_april_is_suspended_however_dated() -> None:
    staged = read(row("A"), *(row(c or "D", "01.01.2024", Country=c) for c in ("Japan", "JP", "", "EU")))
    holds(staged, "countries country_id: USA / JPN / JPN", "facts n_without_country: 2")
    assert "EU (1)" in " ".join(judge(info(staged), None, RowGuard()).warnings)
    one = row("Group W", "05.12.2024", TARGETS, **{"Source URL": "https://e"})
    holds(
        read(one, one | {"Country": "", "Chinese name": "W集团", "Source URL": "https://c"}), "listings url: https://e",
        "notes text kind=notice: https://c", "names name: W集团", "facts n_repeated: 1",
    )  # fmt: skip
    dated = [read(row("A", "10.04.2025")), read_mofcom(record("A", "2025-04-09"))]
    assert len({told(staged.frames["statuses"], "valid_from valid_to") for staged in dated}) == 1
    for data in (as_csv(row("A")) + b'Company,"', as_csv() + as_csv()):  # cut, and two in one
        refuses(stage_countermeasures, ("last good list stands", {"x.csv": data}))


def test_the_lists_of_the_ministry_have_their_programs_names_and_the_country_of_an_address_before_the_notice_s() -> None:
    czech = record("D", "2026-04-24", "cn-attention-list", addresses=["Thamova 289/13, Praha 8, Czech Republic（邮编：18600）"])
    holds(
        read_mofcom(
            record("反无人机技术公司", aliases=["洛克希德·马丁公司"]), record("B", "2026-02-24", "cn-export-control-watchlist"),
            record("C", "2026-02-24", "cn-attention-list"), czech, record("F", "2026-04-26", "cn-attention-list"),
            record("E", "2026-04-25", "cn-attention-list", addresses=["日本东京都品川区"]),
        ),
        "listings programs: UEL / EXPORT-CONTROL / WATCH-LIST / WATCH-LIST / WATCH-LIST / WATCH-LIST",
        "listings native_id row=1: UEL:2025-04-04:反无人机技术公司", "names name: 洛克希德·马丁公司",
        "countries country_id: USA / JPN / JPN / CZE / JPN", "facts n_without_country: 1",
    )  # fmt: skip


def test_the_facts_beside_the_files_follow_each_other_and_name_what_exists() -> None:
    rows = suspensions()
    assert rows.select("citation", "url", "announced_on").null_count().row(0) == (0, 0, 0)
    assert (rows["announced_on"] <= rows["valid_from"]).all()
    assert (rows["valid_from"] < rows["valid_to"]).fill_null(True).all()
    nexts = rows.sort("valid_from").with_columns(pl.col("valid_from").shift(-1).over("program", "listed_on").alias("next"))
    assert nexts.filter(pl.col("next").is_not_null(), pl.col("valid_to").ne_missing(pl.col("next"))).height == 0
    assert {*rows["program"], *(program for program, _ in target_countries())} <= set(PROGRAMS.values())
    assert set(target_countries().values()) <= set(actors().filter(kind="state")["actor_id"])


def folded(*editions: tuple[str, Staged], history: Memory | None = None) -> Memory:
    """The history after these editions, on which every check holds."""
    history = history or Memory()
    for day, staged in editions:
        history = history.after(fold_record("cn_countermeasures", history, [snapshot(staged, day)]))
    assert {c for c in offending(history) if "most_have" not in c} == set()
    return history


def test_the_record_covers_every_day_since_its_first_notice_and_a_suspension_or_an_end_is_known_from_its_notice() -> None:
    staged = read(row("Skydio Inc."), row("B", "10.04.2025"))
    after = folded(("2026-08-07", staged))
    after.shows("lists covered_from covered_until: 2025-04-04|2026-08-07")
    folded(("2026-09-01", staged), history=after).shows("lists covered_from covered_until: 2025-04-04|2026-09-01")
    assert {told([r]) for r in after.rows("sanction_statuses", "valid_from", "known_from")} == {
        f"{day}|{day}T23:59:59" for day in ("2025-05-14", "2025-08-12", "2025-11-10")
    }
    before = folded(("2025-04-11", staged))
    before.shows("statuses valid_from:")
    folded(("2025-06-01", staged), history=before).shows(
        "statuses valid_from known_from: 2025-05-14|2025-05-14T23:59:59 / 2025-05-14|2025-05-14T23:59:59"
    )
    staged = read(row("Urbo Bankas", "13.08.2025", TARGETS, **{"End date": "24.04.2026"}))
    versions = "2025-08-13|-|2025-08-13T23:59:59|2026-04-24T23:59:59 / 2025-08-13|2026-04-24|2026-04-24T23:59:59|-"
    folded(("2026-08-07", staged), ("2026-09-01", staged)).shows(
        *(f"{table} valid_from valid_to known_from known_to: {versions}" for table in ("listings", "programs")),
        "events kind event_date: added|2025-08-13 / removed|2026-04-24",
    )


VALID = as_csv(row("A"), row("B", "13.07.20", "AFSL", Type="Person", Alias="C;D"), row("E", Address="日本东京都"))
VALID_JSON = json.dumps([record("A"), record("B", addresses=["日本"], aliases=["乙"])], ensure_ascii=False).encode()


def suspended_on(staged: Staged, day: date) -> dict[str, int]:
    on = staged.frames["statuses"].filter(pl.col("valid_from") <= day, (pl.col("valid_to") > day).fill_null(True))
    rows = on.join(staged.frames["listings"], on="native_id").group_by("programs").agg(pl.col("native_id").n_unique())
    return dict(rows.sort("programs").iter_rows())


def test_the_real_files_are_read_whole_agree_on_suspensions_and_on_the_countries_of_notices(real_data: Path) -> None:
    folder = real_data / "sanctions" / "cn"
    countermeasures = stage_countermeasures({"x.csv": unpacked(folder / "opensanctions_cn_sanctions_2026-08-07.csv")})
    mofcom = stage_mofcom({"x.json": unpacked(folder / "xyna_cn_mofcom_lists_2026-07.json")})
    listings, countries = countermeasures.frames["listings"], countermeasures.frames["countries"]
    assert (countermeasures.n_read, listings.height, countermeasures.rejects.height) == (610, 592, 0)
    holds(countermeasures, "facts n_two_digit_years n_repeated: 161|18")
    assert (listings["ends_on"].count(), listings["listed_on"].min()) == (3, date(2019, 12, 2))
    assert countries.filter(country_id="USA").height == 327
    assert (mofcom.n_read, mofcom.rejects.height, mofcom.facts["n_without_country"]) == (240, 0, 2)
    assert mofcom.facts["programs"] == {"EXPORT-CONTROL": 139, "UEL": 61, "WATCH-LIST": 40}
    # two firms are unreliable since 2023, and 17 and 28 entities suspended from 2025-05-14
    names = ["Lockheed Martin Corporation", "Raytheon Missiles & Defense"]
    for staged in (countermeasures, mofcom):
        found = staged.frames["listings"].filter(pl.col("name").is_in(names), programs="UEL").sort("name")
        assert told(found, "name listed_on") == " / ".join(f"{n}|2023-02-16" for n in names)
        assert suspended_on(staged, date(2025, 5, 13)) == {}
        for day, n in ((date(2025, 5, 14), (28, 17)), (date(2025, 8, 11), (28, 17)), (date(2025, 11, 10), (43, 27))):
            assert suspended_on(staged, day) == dict(zip(("EXPORT-CONTROL", "UEL"), n, strict=True))
    stated: dict[tuple[str, date], set[str]] = {}
    for program, day, country in (
        listings.join(countries, on="native_id").select("programs", "listed_on", "country_id").iter_rows()
    ):
        stated.setdefault((program, day), set()).add(country)
    assert {key: {country} for key, country in target_countries().items() if key in stated} == {
        k: stated[k] for k in target_countries() if k in stated
    }


def corrected(*editions: Staged) -> Memory:
    return folded(*((f"2026-06-29T{14 + n}:00", staged) for n, staged in enumerate(editions)))


def events_of(history: Memory) -> list[tuple[Any, ...]]:
    found = history.rows("sanction_events", "kind", "event_date", "name")
    return sorted(event for event in found if event[0] != "suspended")


BOTH, ONE = read(row("A", **NOTICE), row("B", **NOTICE)), read(row("A", **NOTICE))


@pytest.mark.trap("cn_countermeasures", "corrections")
def test_what_vanishes_without_an_end_is_known_no_longer_and_known_again_when_it_comes_back() -> None:
    gone, back = corrected(BOTH, ONE), corrected(BOTH, ONE, BOTH)
    assert told(events_of(gone)) == "added|2025-04-04|A"
    gone.shows("listings valid_to known_to native_id=UEL:2025-04-04:b: -|2026-06-29T15:00")
    assert told(events_of(back)) == "added|2025-04-04|A / added|2025-04-04|B"
    known = "2025-04-04T23:59:59|2026-06-29T15:00 / 2026-06-29T16:00|-"
    back.shows(f"listings known_from known_to native_id=UEL:2025-04-04:b: {known}")
    # a corrected day takes the suspensions of the other day with it
    corrected(ONE, read(row("A", "04.05.2025", **NOTICE))).shows(
        "events kind event_date: added|2025-05-04", "statuses valid_from known_to=-:"
    )
    # a vintage without the column of addresses says nothing of them
    text = as_csv(row("A", **NOTICE)).decode().replace(",Address", "").replace("notice,", "notice")
    without = stage_countermeasures({"x.csv": text.encode()})
    assert "addresses" not in without.frames
    corrected(read(row("A", Address="1 Main Street", **NOTICE)), without).shows("addresses address known_to=-: 1 Main Street")


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
    before: dict[str, str], after: dict[str, str]
) -> None:
    found = corrected(read(before, row("B")), *(read(after, row("B")) for _ in range(2)))
    assert told(events_of(found)) == "added|2025-04-04|B / added|2026-02-24|A"
    (listing,) = {listing for listing, name in found.rows("sanction_listings", "listing_id", "name") if name == "A"}
    found.shows(
        f"listings valid_from listing_id={listing} known_to=-: 2026-02-24",
        f"programs program listing_id={listing} known_to=-: UEL",
    )


def test_in_whatever_order_the_real_vintages_are_seen_no_event_is_none_of_the_state_s(real_data: Path) -> None:
    files = sorted((real_data / "more" / "cn_countermeasures").glob("*.csv"))
    files += (real_data / "sanctions" / "cn").glob("opensanctions_*.csv")
    editions = [stage_countermeasures({file.name: file.read_bytes()}) for file in files]
    assert [(e.n_read, e.n_rejected) for e in editions] == [(n, 0) for n in (330, 330, 350, 360, 420, 447, 603, 610)]
    stated = {row for e in editions for row in the(e, "listings", "listed_on", "name")}
    ends = {("removed", date(2023, 7, 13), "Skyla"), ("removed", date(2026, 4, 24), "AB Mano Bankas")}
    ends |= {("removed", date(2026, 4, 24), "UAB Urbo Bankas")}
    for order in (range(8), reversed(range(8)), (2, 4, 0, 7, 5, 1, 6, 3), (0, 5, 3, 2, 1, 4, 7, 6)):
        found = corrected(*(editions[i] for i in order))
        assert {e for e in events_of(found) if e[0] != "added"} <= ends
        assert {(day, name) for kind, day, name in events_of(found) if kind == "added"} <= stated
