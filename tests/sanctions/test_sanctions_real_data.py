"""Facts that a right pipeline reproduces from the real files of the sanctions lists (the ids are those of the known answers)."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.actors.registry import code_map
from assets.contracts import RowGuard, Staged, StagedInfo, StagedSnapshot
from assets.sanctions.history.compared.fold import fold_compared
from assets.sanctions.lists.us_ofac import legacy_csv as ofac
from assets.sanctions.lists.us_ofac.remarks import read_remarks, reader
from assets.sanctions.targets import STATED_BASES, evidence
from assets.schema import table
from pipelines.ingest.receipts import parse_moment
from tests.sanctions.conftest import Memory, info, offending, refuses, snapshot, unpacked
from tests.told import told

GUARD = RowGuard(0.95, 1.25, 0.01)
FIRST = datetime(2021, 8, 18, 9, 39, 1)
CHINA = ["CHN", "HKG", "MAC"]


@dataclass(frozen=True)
class Folded260:
    """The history of 260 vintages, and what staging found of each."""

    history: Memory
    infos: list[StagedInfo]

    def rows(self, name: str) -> pl.DataFrame:
        return self.history.all(f"sanction_{name}").collect()


def vintage_of(sdn_history: Path, name: str) -> StagedSnapshot:
    staged = ofac.stage({"sdn.csv": (sdn_history / "us_ofac_sdn" / name / "sdn.csv").read_bytes()})
    at = datetime.strptime(name, "%Y-%m-%dT%H%M%SZ")  # noqa: DTZ007
    return StagedSnapshot(name, at, True, staged.facts | {"judged": info(staged, at.isoformat())}, staged.frames)


def fold(snapshots: Iterable[StagedSnapshot], list_id: str = "us_ofac_sdn") -> Memory:
    return Memory().after(fold_compared(list_id, Memory(), snapshots, reader()))


@pytest.fixture(scope="module")
def folded(sdn_history: Path) -> Folded260:
    infos: list[StagedInfo] = []

    def snapshots() -> Iterator[StagedSnapshot]:
        for folder in sorted((sdn_history / "us_ofac_sdn").iterdir()):
            found = vintage_of(sdn_history, folder.name)
            infos.append(found.facts["judged"])
            yield found

    return Folded260(fold(snapshots()), infos)


@pytest.fixture(scope="module")
def trios(real_data: Path) -> dict[str, Staged]:
    """Whole lists of three days with their addresses and aliases, staged."""
    folder, parts = real_data / "sanctions" / "ofac_full", ("sdn", "add", "alt")
    return {prefix: ofac.stage({f"{n}.csv": unpacked(folder / f"{prefix}_{n}.csv.gz") for n in parts})
            for prefix in ("wm2019-01", "wm2021-07", "ll2022-01")}  # fmt: skip


@pytest.fixture(scope="module")
def of_trios(trios: dict[str, Staged]) -> Memory:
    """The history of the three."""
    return fold(snapshot(s, day) for day, s in zip(("2019-01-04", "2021-07-07", "2022-01-21"), trios.values(), strict=True))


def test_every_vintage_is_whole_and_accepted_and_the_first_has_its_programs(folded: Folded260) -> None:
    for before, of_one in zip([None, *folded.infos], folded.infos, strict=False):
        judgement = ofac.judge(of_one, before, GUARD)
        warned = [w for w in judgement.warnings if "are cut after 1,000 characters" not in w]
        assert (judgement.refusals, warned, of_one.n_rejected) == ((), [], 0)
        of_file = of_one.facts["files"]["sdn.csv"]
        assert (of_file["ending"], of_file["is_crlf"]) == ("mark", True)
    counts = dict(folded.rows("programs").filter(known_from=FIRST)["program_raw"].value_counts().iter_rows())
    expected = {"SDNTK": 1770, "SDNT": 534, "RUSSIA-EO14024": 6, "SDGT": 1722, "GLOMAG": 323, "HK-EO13936": 42}
    assert expected.items() <= counts.items()


def test_sdn_additions_of_chinese_parties_under_the_drug_program_as_written_and_in_its_canonical_name(folded: Folded260) -> None:
    """SDN-20211215 (first seen at 2021-12-16T01:42Z), SDN-20230414, SDN-20231003-ADDS and -CN."""
    named = folded.rows("countries").filter(pl.col("country_id").is_in(CHINA))
    programs = folded.rows("programs")
    added = {}
    for day, total, china in ((date(2021, 12, 15), 8, 5), (date(2023, 4, 14), 7, 6), (date(2023, 10, 3), 28, 25)):
        events = folded.rows("events").filter(event_date=day)
        added[day] = events.filter(kind="added")
        assert (added[day].height, events.filter(kind="removed").height) == (total, 0)
        assert added[day].join(named, on="listing_id", how="semi").height == china
    given = programs.join(added[date(2023, 10, 3)], on="listing_id", how="semi").filter(valid_from=date(2023, 10, 3))
    assert given.filter(program="ILLICIT-DRUGS-EO14059")["listing_id"].n_unique() == 28
    moment, first = datetime(2021, 12, 16, 1, 42, 52), added[date(2021, 12, 15)]
    assert first["known_at"].unique().to_list() == [moment]
    written = programs.join(first, on="listing_id", how="semi").filter(known_from=moment, program_raw="ILLICIT-DRUGS-EO")
    assert written["program"].to_list() == ["ILLICIT-DRUGS-EO14059"] * 8


def _states(frames: Callable[[str], pl.LazyFrame]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What a list states as the states of its parties, and what else tells them: listing_id and country_id."""
    nobody = pl.DataFrame(schema=table("core.party_actors").polars)
    stated = frames("sanction_countries").filter(pl.col("basis").is_in(STATED_BASES)).collect()
    derived = evidence(frames, nobody).filter(strength="derived")
    return stated.select("listing_id", "country_id").unique(), derived.select("listing_id", "country_id", "basis").unique()


def test_of_sdn_csv_alone_a_state_is_known_of_95_in_100_additions_of_2023(folded: Folded260) -> None:
    """Of 33 in 100 by what the list states as such; all 25, 13 and 6 Chinese parties added on three days have theirs."""
    added = folded.rows("events").filter(pl.col("event_date").dt.year() == 2023, kind="added")
    added = added.select("listing_id", "event_date")
    stated, derived = _states(lambda name: folded.history.all(name))
    known = added.join(pl.concat([stated, derived.select(stated.columns)]).unique(), on="listing_id", how="left")
    assert added.height == 2685
    assert added.join(stated, on="listing_id", how="semi").height == 874
    assert known.drop_nulls("country_id")["listing_id"].n_unique() > 0.95 * added.height
    chinese = known.filter(pl.col("country_id").is_in(CHINA)).group_by("event_date").agg(pl.col("listing_id").n_unique())
    days = dict(chinese.iter_rows())
    assert (days[date(2023, 10, 3)], days[date(2023, 5, 30)], days[date(2023, 4, 14)]) == (25, 13, 6)


def test_who_issued_a_paper_is_a_state_that_the_list_states_in_19_of_20_cases(of_trios: Any) -> None:
    stated, derived = _states(of_trios.all)
    issued = derived.filter(basis="identifier").join(stated.select("listing_id").unique(), on="listing_id", how="semi")
    assert issued.height > 2000
    assert issued.join(stated, on=["listing_id", "country_id"], how="semi").height > 0.95 * issued.height


def test_the_program_that_was_renamed_on_2022_09_22_is_44_modifications_and_retags_by_orders_delist_nobody(folded: Any) -> None:
    moment = datetime(2022, 9, 22, 18, 55, 42)
    programs, events = folded.rows("programs"), folded.rows("events")
    retagged = programs.filter(program_raw="ILLICIT-DRUGS-EO14059", known_from=moment)
    beside = programs.filter(pl.col("known_from") <= moment, pl.col("known_to").is_null() | (pl.col("known_to") > moment))
    n_programs = beside.join(retagged, on="listing_id", how="semi").group_by("listing_id").len()["len"]
    assert ((n_programs == 1).sum(), (n_programs > 1).sum()) == (27, 17)
    assert events.filter(known_at=moment).join(retagged, on="listing_id", how="semi")["kind"].to_list() == ["modified"] * 44
    was = programs.filter(program_raw="ILLICIT-DRUGS-EO", known_to=moment).sort("listing_id")
    assert was["valid_from"].to_list() == retagged.sort("listing_id")["valid_from"].to_list()
    for old, new, day, n in (
        ("BELARUS-EO", "BELARUS-EO14038", date(2021, 8, 20), 33),
        ("PEESA-EO", "PEESA-EO14039", date(2021, 11, 12), 21),  # 20 under that program alone, one under others too
        ("ILLICIT-DRUGS-EO", "ILLICIT-DRUGS-EO14059", date(2022, 9, 22), 44),
    ):
        of_day = events.filter(event_date=day)
        retags = of_day.filter(pl.col("detail").str.contains(f"{old} -> {new}", literal=True))
        assert retags["kind"].to_list() == ["modified"] * n
        gone = of_day.filter(pl.col("kind").is_in(["removed", "program_removed"]))
        assert gone.join(retags, on="listing_id", how="semi").height == 0


def test_remarks_of_every_vintage_end_after_1000_characters_and_are_read_to_at_least_99_5_percent(folded: Folded260) -> None:
    """Of the facts read from remarks, at any time; and of those that stand in the last vintage."""
    assert folded.rows("listings")["remarks"].str.len_chars().max() == 1000
    names = ("identifiers", "birth_dates", "birth_places", "links", "notes")
    for of in (pl.lit(True), pl.col("known_to").is_null()):
        rows = {name: folded.rows(name).filter(of) for name in names}
        n_unread = rows["notes"].filter(kind="unread").height
        assert n_unread <= 0.005 * sum(frame.height for frame in rows.values())


def test_sdn_tornado_and_another_id_issued_again_are_joined_without_a_gap(folded: Folded260) -> None:
    current = folded.rows("listings").filter(pl.col("native_id").is_in(["38499", "39796"]), pl.col("known_to").is_null())
    assert told(current.sort("native_id"), "native_id actor_id valid_from valid_to") == (
        "38499|us_ofac_sdn:38499|2022-08-08|2022-11-08 / 39796|us_ofac_sdn:38499|2022-11-08|-"
    )
    reissued = folded.rows("events").filter(kind="reissued").sort("event_date")
    assert told(reissued, "event_date listing_id detail") == (
        "2022-08-02|us_ofac_sdn:18748|replaces us_ofac_sdn:36417 / 2022-11-08|us_ofac_sdn:39796|replaces us_ofac_sdn:38499"
    )


def test_parties_of_the_first_vintage_and_additions_less_removals_are_those_of_the_last_and_every_check_holds(
    folded: Folded260,
) -> None:
    """Counted on rows, before the two re-issued ids are joined: each is an addition and a removal there."""
    listings, events = folded.rows("listings"), folded.rows("events")
    kinds = dict(events["kind"].value_counts().iter_rows())
    edited = events.filter(pl.col("kind").is_in(["modified", "program_added", "program_removed"]))
    assert {
        "first": listings.filter(known_from=FIRST).height,
        "additions": kinds["added"] + kinds["reissued"],
        "removals": kinds["removed"] + kinds["reissued"],
        "in_place_changes": edited.select("listing_id", "known_at").n_unique(),
        "last": listings.filter(pl.col("known_to").is_null(), pl.col("valid_to").is_null()).height,
        "vintages": len(folded.infos),
    } == {"first": 9083, "additions": 5553, "removals": 815, "in_place_changes": 1070, "last": 13821, "vintages": 260}
    assert offending(folded.history) == {}


def test_the_full_lists_have_no_orphans_and_the_one_saved_again_one_and_a_repeated_id(
    trios: dict[str, Staged], of_trios: Memory
) -> None:
    for prefix, expected in (("wm2019-01", (7379, 11696, 9682)), ("wm2021-07", (8976, 13837, 11910))):
        frames, files = trios[prefix].frames, trios[prefix].facts["files"]
        assert (frames["listings"].height, files["add.csv"]["n_rows"], frames["names"].height) == expected
        assert trios[prefix].rejects.height == 0
    assert told(trios["ll2022-01"].rejects, "file value reason") == (
        "sdn.csv|2677|the id stands in an earlier row / add.csv|34489|sdn.csv holds no readable row with this id"
    )
    assert set(offending(of_trios)) <= {"core.sanction_events: few_modified_in_one_snapshot"}
    assert len(of_trios.rows("sanction_listings", "native_id", known_to=None, valid_to=None)) == 9043


def test_twelve_parties_of_a_folder_named_by_2022_01_21_are_dated_with_that_day(
    sdn_history: Path, trios: dict[str, Staged]
) -> None:
    named = parse_moment("2022-01-21")
    assert named is not None
    last = snapshot(trios["ll2022-01"], named[0].isoformat())
    before = (vintage_of(sdn_history, name) for name in ("2022-01-18T185232Z", "2022-01-20T184719Z"))
    after = fold([*before, replace(last, retrieved_on=named[0].date())])
    listings = after.all("sanction_listings").collect().filter(pl.col("valid_from") > date(2022, 1, 20))
    assert told(listings, "valid_from valid_from_earliest known_from") == " / ".join(
        ["2022-01-21|2022-01-20|2022-01-21T23:59:59"] * 12
    )
    added = after.rows("sanction_events", "known_at", event_date=date(2022, 1, 21), kind="added")
    assert added == [(datetime(2022, 1, 21, 23, 59, 59),)] * 12


def test_the_consolidated_list_has_whole_remarks_that_are_read_and_the_days_of_the_cmic_list(
    real_data: Path, trios: dict[str, Staged]
) -> None:
    folder = real_data / "sanctions" / "ofac_full"
    staged = ofac.stage({p.stem: unpacked(p) for p in sorted(folder.glob("wm2025-12_cons_*.csv.gz"))})
    assert (staged.n_read, staged.rejects.height, staged.facts["cut_ids"]) == (442, 0, [])
    for texts in (staged.frames["listings"]["remarks"], trios["wm2019-01"].frames["listings"]["remarks"]):
        read = [read_remarks(text, code_map("country_name")) for text in texts]
        n_unread = sum(1 for remarks in read for kind, _ in remarks.notes if kind == "unread")
        assert n_unread <= 0.005 * sum(remarks.n_clauses for remarks in read)
    assert (staged.frames["listings"]["remarks"].str.len_chars() > 1000).any()
    after = fold([snapshot(staged, "2025-12-19")], "us_ofac_cons")
    assert offending(after) == {}
    listings, programs = after.all("sanction_listings").collect(), after.all("sanction_programs").collect()
    cmic = listings.join(programs.filter(program="CMIC-EO13959"), on="listing_id", how="semi")
    assert cmic.height == 68
    assert cmic["valid_from_basis"].unique().to_list() == ["source_field"]
    assert cmic["valid_from"].value_counts().sort("valid_from").rows()[0] == (date(2021, 6, 3), 59)
    assert listings.filter(native_id="17014")["remarks"][0].endswith("a.k.a. 'RUSAG'.")


def test_sdn_empty_a_shorter_list_delists_nobody(sdn_history: Path, folded: Folded260) -> None:
    good = (sorted((sdn_history / "us_ofac_sdn").iterdir())[-1] / "sdn.csv").read_bytes()
    refuses(ofac.stage, *(("last good list", {"sdn.csv": bad}) for bad in (good[: len(good) // 2], good[:-5])))
    lines = good.split(b"\r\n")
    for bad in (b"\r\n".join(lines[:9000]) + b"\r\n\x1a", b"\r\n".join(lines[:-40]) + b"\r\n"):
        assert ofac.judge(info(ofac.stage({"sdn.csv": bad}), "2024-01-01"), folded.infos[-1], GUARD).refusals
