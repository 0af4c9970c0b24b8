"""What 'since' means (a day, a publication, or the one before), and the feed that tells what changed."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest

from assets.errors import BilateralError
from assets.schema import declared
from pipelines.publish import build as warehouse
from pipelines.publish.meta import lineage, publication_id
from pipelines.share.changes import Change, Entry, Feed, atom, changes_in, span_of
from pipelines.share.cite import build_of, citation, sources_of, table_named
from pipelines.share.release import release
from pipelines.util.readers import connect_for_readers

NOW = datetime(2026, 1, 1)
COLUMNS = "source title publisher licence citation url n_snapshots tables last_accepted_at newest_date"


def published(path: Path, number: int, snapshots: list[str], before: Path | None) -> Path:
    """A publication that holds these snapshots, with a party added by each."""
    of_list = {"event_date": pl.lit(date(2023, 1, 1)), "kind": pl.lit("added"), "list_id": pl.lit("us_ofac_sdn")}
    # the later publication brings what was known before
    known = [datetime(2023, 1, 9 - int(name)) for name in snapshots]
    events = pl.DataFrame({"snapshot_id": snapshots, "known_at": known}).with_columns(
        event_id=pl.format("us_ofac_sdn:{}", "snapshot_id"), name=pl.format("PARTY {}", "snapshot_id"), **of_list
    )
    row = {"publication_id": f"p{number}", "run_id": "r", "built_at": datetime(2024, 1, number), "origin": "real"}
    build = pl.DataFrame([row | {"code_fingerprint": "x", "core_versions": "{}"}], schema=declared()["meta.build"].polars)
    held = pl.DataFrame({"source": "us_ofac_sdn", "snapshot": snapshots, "snapshot_id": snapshots, "verdict": "accepted"})
    sdn = ("us_ofac_sdn", "SDN", "OFAC", "Public domain", "OFAC, SDN", "https://ofac.example", len(snapshots))
    icews = ("icews", "ICEWS", "Lockheed", "Terms.", "Boschee", "https://icews.example", 0)
    rows = [(*sdn, ["sanction_events"], datetime(2023, 2, 3), date(2023, 2, 1)), (*icews, ["events"], None, None)]
    sources = pl.DataFrame(rows, schema=COLUMNS.split(), orient="row")
    warehouse.build(path, {"sanction_events": events}, {"build": build, "snapshots": held, "sources": sources}, before=before)
    return path


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    folder = tmp_path_factory.mktemp("publications")
    first = published(folder / "first.duckdb", 1, ["1"], None)
    with connect_for_readers(published(folder / "second.duckdb", 2, ["1", "2"], first)) as opened:
        yield opened


def test_since_a_publication_is_what_it_did_not_hold_and_since_a_day_what_became_known(
    con: duckdb.DuckDBPyConnection,
) -> None:
    found = con.execute("SELECT publication_id, snapshots FROM meta.publications ORDER BY built_at").fetchall()
    assert found == [("p1", ["us_ofac_sdn/1"]), ("p2", ["us_ofac_sdn/2"])]
    for since, numbers in (
        (None, "2"), ("p1", "2"), ("p2", ""), ("2023-01-01", "12"), ("2023-01-08", "1"),
        ("2023-01-07T01:00:00+01:00", "12"), ("2023-01-09", ""),
    ):  # fmt: skip
        told = [row[5] for row in changes_in(con, span_of(con, since, NOW), in_short=True).fetchall()]
        assert told == [f"PARTY {number}" for number in numbers], since
    with pytest.raises(BilateralError, match="the last: p1, p2"):
        span_of(con, "yesterday", NOW)


def test_a_release_tells_what_changed_since_the_one_before_of_which_the_description_is_enough(tmp_path: Path) -> None:
    first = published(tmp_path / "first.duckdb", 1, ["1"], None)
    made, _ = release(first, "r1", tmp_path / "releases")
    assert "no earlier release" in (made / "CHANGES.md").read_text(encoding="utf-8")
    earlier = (made / "datapackage.json").read_text(encoding="utf-8")
    # a warehouse that was set up anew tells what became known since the release before
    gone = '{"publication_id": "gone", "created": "2023-01-08T00:00:00Z"}'
    cases = ((earlier, first, ["1", "2"], "2"), (earlier, first, ["1"], ""), (gone, None, ["1", "2"], "1"))
    for n, (description, before, later, brought) in enumerate(cases):
        (folder := tmp_path / f"after {n}" / "r1").mkdir(parents=True)
        (folder / "datapackage.json").write_text(description)
        second = published(tmp_path / f"second {n}.duckdb", 2, later, before)
        text = (release(second, "r2", folder.parent)[0] / "CHANGES.md").read_text(encoding="utf-8")
        if before:
            assert text.startswith("# Changes since r1\n\nSince publication `p1` of 2024-01-01 00:00 UTC: ")
        assert "".join(name for name in ("1", "2") if f"PARTY {name}" in text) == brought


def test_a_citation_names_the_publication_and_the_sources_of_a_table_with_vintage(
    con: duckdb.DuckDBPyConnection,
) -> None:
    ids = [publication_id(datetime(2024, 1, 1, hour), run, {"code": "x"}) for hour, run in ((9, "r"), (9, "s"), (10, "r"))]
    assert ids[0].startswith("20240101T090000Z-")
    assert (ids[0] != ids[1], ids[0] < ids[2]) == (True, True), "an id names one build and sorts by time"
    text = citation(build_of(con), sources_of(con))
    assert "publication p2, built 2024-01-02" in text
    vintage = "(retrieved 2023-02-03, newest date in the data 2023-02-01, 2 snapshots held)"
    assert f"- OFAC, SDN. https://ofac.example {vintage}." in text
    assert "Boschee" not in text
    for table, sources in (("list_changes", []), ("sanction_events", ["us_ofac_sdn"]), ("core.events", [])):
        assert [source.source for source in sources_of(con, [table_named(con, table)])] == sources
    rests_on = lineage()
    assert rests_on["core.events"] == ("events",)
    assert {"events", "sanction_listings", "news_coverage"} <= set(rests_on["marts.dyad_month"])
    assert "overdose_observations" in rests_on["marts.overdose_changes"]
    assert "events" not in rests_on["marts.overdose_changes"]


ATOM = "{http://www.w3.org/2005/Atom}"
ENTRY = Entry("p1", "listing_added", "us_list", date(2023, 11, 15), 1, datetime(2023, 11, 16, 8), (Change("PARTY"),))
FEED = Feed("p0", "p1", datetime(2023, 11, 16, 8), "real", (ENTRY,))


def contents(*changes: Change, n: int | None = None) -> str:
    entry = replace(ENTRY, changes=changes, n=len(changes) if n is None else n)
    return ET.fromstring(atom(replace(FEED, entries=(entry,)))).findtext(f"{ATOM}entry/{ATOM}content") or ""


def test_feed_and_entries_have_what_atom_asks_for_and_an_id_stays_when_a_later_feed_tells_more() -> None:
    root = ET.fromstring(atom(FEED))
    for element in (root, *root.findall(f"{ATOM}entry")):
        assert all(element.findtext(f"{ATOM}{name}") for name in ("id", "title", "updated"))
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", element.findtext(f"{ATOM}updated") or "")
    assert root.findtext(f"{ATOM}author/{ATOM}name")
    assert root.findtext(f"{ATOM}entry/{ATOM}title") == "us_list: 1 listing added, known since 2023-11-15"
    assert replace(ENTRY, n=9, updated=datetime(2024, 1, 1), changes=()).id == ENTRY.id
    others = (("publication_id", "p2"), ("kind", "listing_removed"), ("topic", "eu_list"), ("day", date(2023, 11, 16)))
    assert len({ENTRY.id, *(replace(ENTRY, **{name: value}).id for name, value in others)}) == 5  # type: ignore[arg-type]


def test_a_hostile_text_is_text_an_address_of_the_web_alone_a_link_and_a_revision_tells_both_values() -> None:
    for text in ("<script>alert(1)</script>", "]]></content>", "A & B", 'a" onclick="x', "bell\x07null\x00end\ufffe"):
        shown = contents(Change(text, detail=text, unit=text, actor_id=text))
        assert ("<script" in shown, re.findall(r"<(\w+)", shown)) == (False, ["ul", "li"]), text
    for url, is_link in (("https://example.org/?a=1&b='\"", True), ("javascript:alert(1)", False), (None, False)):
        shown = contents(Change("PARTY", url=url))
        assert (("<a href=" in shown), "javascript" in shown) == (is_link, False)
    for old, new, told in (
        (112024.0, 112893.0, "112,893 instead of 112,024 deaths"),
        (None, 5.0, "5 deaths"),
        (9.0, None, "no value instead of 9 deaths"),
    ):
        assert told in contents(Change("deaths_12m", old_value=old, new_value=new, unit="deaths"))
    assert "and 1,999 more" in contents(Change("PARTY"), n=2000)
    assert "more" not in contents(Change("PARTY"))
