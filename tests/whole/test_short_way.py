"""A refresh takes from the published file what would come out the same: the tables and verdicts are those of the whole way."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.schema import declared
from benchmarks.refresh import archives
from pipelines.intake.archive import import_archive
from pipelines.keeping.verifying import differences
from pipelines.project import Project
from pipelines.publish import audit, checksum, meta_rows, recorded, warehouse
from pipelines.publish.carried import carried, of_core, reads_what_was_loaded, tables_read
from pipelines.publish.expectations import Expectation, rows_query
from pipelines.publish.scripts import scripts
from pipelines.rooms import DOMAINS
from pipelines.settings import Settings
from tests.depth import DEEP, examples
from tests.whole.archives import put, sdn
from tests.whole.conftest import Warehouse
from tests.whole.test_refresh import vsrr


def sanctions(archive: Path, chance: random.Random, number: int) -> None:
    without = tuple(chance.sample(range(1, 41), 3))
    data = sdn({5: "nationality Iran."} if chance.random() < 0.5 else None, without=without, more=number)
    put(archive, "us_ofac_sdn", f"2023-03-01T{number:06}Z", "sdn.csv", data)


def overdose(archive: Path, chance: random.Random, number: int) -> None:
    put(archive, "us_cdc_vsrr", f"2023-03-01T{number:06}Z", "vsrr.csv", vsrr(70_000 + 10 * number + chance.randrange(10), 30_000))


def news(archive: Path, chance: random.Random, number: int) -> None:
    text = f"China {chance.choice(['thanked', 'criticized', 'sanctioned'])} Australia on {1 + number} March 2023."
    put(archive, "articles", f"2023-03-01T{number:06}Z", "a.txt", text.encode())


def late(archive: Path, chance: random.Random, number: int) -> None:
    """A vintage older than all that are held: its source is folded again from the beginning."""
    # no longer than those after it: beside a longer one they would be taken for cut files
    without = tuple(chance.sample(range(1, 41), 3))
    put(archive, "us_ofac_sdn", f"2022-03-01T{number:06}Z", "sdn.csv", sdn(without=without))


KINDS = (sanctions, overdose, news)


def made_of(file: Path) -> dict[str, str]:
    return recorded.recorded_made_of(file)


def lose_the_manifest_of_actors(folder: Path) -> None:
    (folder / "core" / "actors" / "current.json").unlink()


def lose_what_was_published(folder: Path) -> None:
    (folder / "bilateral.duckdb").unlink()


def alter_what_was_published(folder: Path) -> None:
    with duckdb.connect(str(folder / "bilateral.duckdb")) as con:
        con.execute("DELETE FROM core.events")


def be_cut_off_in_a_build(folder: Path) -> None:
    (folder / ".build").mkdir()
    (folder / ".build" / "bilateral.duckdb").write_bytes(b"half of a file")


STEPS = {step.__name__: step for step in (*KINDS, late)}
ACCIDENTS = {
    accident.__name__: accident
    for accident in (lose_the_manifest_of_actors, lose_what_was_published, alter_what_was_published, be_cut_off_in_a_build)
}


@examples(50, 2)
@given(st.data())
def test_after_any_sequence_of_small_refreshes_and_accidents_the_published_file_is_what_the_whole_way_builds(
    data: st.DataObject,
) -> None:
    steps = data.draw(st.lists(st.sampled_from([*STEPS, *ACCIDENTS]), min_size=1, max_size=6 if DEEP else 2))
    chance = random.Random(data.draw(st.integers(0, 10_000)))
    with tempfile.TemporaryDirectory() as name:
        tmp = Path(name)
        held = Warehouse(tmp / "warehouse")
        for kind in KINDS:
            kind(tmp / "first", chance, 0)
        assert held.refresh(tmp / "first").published
        for number, step in enumerate(steps, 1):
            if step in ACCIDENTS:
                ACCIDENTS[step](held.folder)
            STEPS.get(step, sanctions)(tmp / f"a{number}", chance, number)
            assert held.refresh(tmp / f"a{number}").published
        assert as_the_whole_way(held, tmp / "whole.duckdb")


def as_the_whole_way(held: Warehouse, whole: Path, at_least: int = 300) -> bool:
    """Whether what is published is what a build from nothing gives, and its recorded verdicts those of asking all again.

    ``at_least``: so many verdicts must be among these.
    """
    project = Project(Settings(warehouse=held.folder))
    project.build_into(whole, "whole")
    assert differences(held.folder / "bilateral.duckdb", whole) == []
    rows = held.rows("SELECT table_name, expectation, status FROM meta.validations")
    recorded = {(table, name): status for table, name, status in rows}
    asked = [e for e in project.build_expectations() if recorded[e.table, e.name] != "skipped"]
    found = {(v.table_name, v.expectation): v.status for v in audit.validate(whole, asked) if v.table_name[:5] != "meta."}
    assert found == {key: recorded[key] for key in found}
    return len(found) > at_least


@pytest.mark.real_data
@pytest.mark.skipif(not DEEP, reason="all real files are refreshed and built twice")
def test_one_vintage_upon_all_real_files_publishes_what_the_whole_way_builds(tmp_path: Path, empty: Warehouse) -> None:
    before, last = archives(tmp_path)
    assert empty.refresh(before).published
    assert empty.refresh(last).published
    assert as_the_whole_way(empty, tmp_path / "whole.duckdb")


@pytest.mark.skipif(not DEEP, reason="drawn sequences of small refreshes are asked the same")
def test_one_more_vintage_upon_the_sample_publishes_what_the_whole_way_builds(
    tmp_path: Path, sample: Warehouse, copy_of: Callable[[Warehouse], Warehouse]
) -> None:
    held = copy_of(sample)
    project = Project(Settings(warehouse=held.folder, data_docs=False))
    newest = project.raw.last_accepted("us_ofac_sdn")
    assert newest is not None
    data = project.raw.read("us_ofac_sdn", newest.snapshot)["sdn.csv"].decode("cp1252").splitlines(keepends=True)
    put(tmp_path / "more", "us_ofac_sdn", "2026-01-01T000000Z", "sdn.csv", "".join(data[1:]).encode("cp1252"))
    source = project.sources["us_ofac_sdn"]
    import_archive(project.raw, source, tmp_path / "more")
    project.stage(source.id)
    for domain in ("actors", *DOMAINS):
        project.fold(domain)
    project.build("more")
    assert project.publish()
    assert as_the_whole_way(held, tmp_path / "whole.duckdb")


def test_what_changed_is_made_anew_with_all_that_is_made_of_it_and_nothing_else_is(tmp_path: Path, empty: Warehouse) -> None:
    chance = random.Random(1)
    for kind in KINDS:
        kind(tmp_path / "a", chance, 1)
    assert empty.refresh(tmp_path / "a").published
    first, asked_first = made_of(empty.folder / "bilateral.duckdb"), empty.rows("SELECT max(validated_at) FROM meta.validations")
    overdose(tmp_path / "b", chance, 2)
    file = empty.folder / "bilateral.duckdb"
    before = file.read_bytes()
    with file.open("rb") as held:
        assert empty.refresh(tmp_path / "b").published
        # what a reader holds is not changed by what is changed in a copy of it
        assert held.read() == before
    # what lay free in the copy was used: it does not grow with each refresh
    assert file.stat().st_size < len(before) * 1.2
    second = made_of(file)
    changed = {name for name in second if second[name] != first[name]}
    rests = meta_rows.lineage()
    of_overdose = {f"core.{t}" for t in Project(Settings(warehouse=empty.folder)).tables("overdose")}
    assert {"core.overdose_observations", "marts.overdose_shares"} <= changed
    assert not {"core.sanction_listings", "core.events", "marts.party_names", "marts.dyad_day", "core.actors"} & changed
    for name in changed:
        assert of_overdose & {f"core.{t}" for t in rests[name]}, name
    newer = f"SELECT DISTINCT table_name FROM meta.validations WHERE validated_at > '{asked_first[0][0]}'"
    asked_again = {row[0] for row in empty.rows(newer)}
    assert "core.overdose_observations" in asked_again
    assert "marts.dyad_day" not in asked_again
    assert "meta.row_counts" in asked_again


def test_a_table_that_a_fold_left_as_it_was_is_taken_over_though_it_was_written_again(tmp_path: Path, empty: Warehouse) -> None:
    put(tmp_path / "a", "us_ofac_sdn", "2023-01-01", "sdn.csv", sdn())
    assert empty.refresh(tmp_path / "a").published
    project = Project(Settings(warehouse=empty.folder))

    def written(name: str) -> list[Path]:
        return project.core.files(project.core.current("sanctions"), name)

    first, files = made_of(empty.folder / "bilateral.duckdb"), written("program_aliases")
    put(tmp_path / "b", "us_ofac_sdn", "2023-01-02", "sdn.csv", sdn(more=1))
    assert empty.refresh(tmp_path / "b").published
    second = made_of(empty.folder / "bilateral.duckdb")
    assert written("program_aliases") != files
    assert second["core.program_aliases"] == first["core.program_aliases"]
    assert second["core.sanction_listings"] != first["core.sanction_listings"]


@pytest.fixture
def two_files(tmp_path: Path) -> Callable[[dict[str, str]], tuple[Path, Path]]:
    """Two files that were made of the same, the first with results of checks."""

    def make(loaded: dict[str, str]) -> tuple[Path, Path]:
        one, other = tmp_path / "one.duckdb", tmp_path / "other.duckdb"
        warehouse.build(one, {}, {}, before=None, loaded={"sanction_lists": "x", "events": "y"})
        warehouse.build(other, {}, {}, before=one, loaded=loaded, take_over=True)
        return one, other

    return make


EMPTY = {script: script.empty_without for script in scripts("marts") if script.empty_without}


def test_what_is_empty_without_a_table_is_so_whatever_else_there_is(
    sample: Warehouse, copy_of: Callable[[Warehouse], Warehouse]
) -> None:
    assert {script.name for script in EMPTY} >= {"article_listings", "claims_judged"}
    with duckdb.connect(str(copy_of(sample).folder / "bilateral.duckdb")) as con:
        for table in {table for tables in EMPTY.values() for table in tables}:
            con.execute("BEGIN")
            con.execute(f"DELETE FROM {table}")
            for script in scripts("marts"):
                if table in EMPTY.get(script, ()) or script.name == "events_one_a_day":
                    con.execute(f"DROP TABLE marts.{script.name}")
                    con.execute(script.text)
                if table in EMPTY.get(script, ()):
                    assert con.execute(f"SELECT count(*) FROM marts.{script.name}").fetchall() == [(0,)], script.name
            con.execute("ROLLBACK")


def test_what_is_empty_without_a_table_is_made_of_nothing_else() -> None:
    """And is not made again in a warehouse that has no news."""
    one = {"articles": "", "sanction_listings": "x"}
    other = one | {"sanction_listings": "y"}
    tables = set(declared())
    loaded = {name.removeprefix("core."): "" for name in tables if name.startswith("core.")}
    before, after = (warehouse.made_of(loaded | more, {"core.articles"}) for more in (one, other))
    assert before["marts.article_listings"] == after["marts.article_listings"]
    assert before["marts.party_names"] != after["marts.party_names"]
    with_news = [warehouse.made_of(loaded | more)["marts.article_listings"] for more in (one, other)]
    assert len({before["marts.article_listings"], *with_news}) == 3


def none_is_found(name: str, query: str) -> Expectation:
    return rows_query("core.sanction_lists", name, query, "critical", "None is found.", "build")


LISTS = none_is_found("lists", "FROM core.sanction_lists")
BOTH = none_is_found("both", "FROM core.sanction_lists JOIN core.events ON true")
TODAY = none_is_found("today", "FROM core.sanction_lists WHERE current_date < DATE '2020-01-01'")
META = none_is_found("meta", "FROM core.sanction_lists, meta.sources")


def test_a_result_is_taken_over_for_a_week_and_under_all_tables_that_its_query_reads(
    two_files: Callable[[dict[str, str]], tuple[Path, Path]],
) -> None:
    one, other = two_files({"sanction_lists": "x", "events": "another"})
    expected = [LISTS, BOTH, TODAY, META]
    warehouse.record_validations(one, audit.validate(one, expected))
    now = warehouse.now()
    assert [v.expectation for v in carried(one, other, expected, now)] == ["lists"]
    assert carried(one, other, expected, now + timedelta(days=8)) == []


def test_a_result_that_failed_is_asked_again(two_files: Callable[[dict[str, str]], tuple[Path, Path]]) -> None:
    one, other = two_files({"sanction_lists": "x", "events": "y"})
    fails = rows_query("core.events", "fails", "SELECT 1 FROM core.events RIGHT JOIN range(1) ON true", "warning", "", "domain")
    warehouse.record_validations(one, audit.validate(one, [fails, BOTH]))
    assert [v.expectation for v in carried(one, other, [fails, BOTH], warehouse.now())] == ["both"]


def _check(name: str, query: str, table: str = "core.sanction_listings") -> Expectation:
    return rows_query(table, name, query, "critical", "why", "domain")


def test_what_a_core_was_asked_before_the_build_is_not_asked_of_its_tables_again() -> None:
    """But where what is read is added or changed by the build, or something else was asked, or it was long ago."""
    loaded = _check("loaded", "SELECT l.listing_id FROM core.sanction_listings AS l WHERE l.valid_to < l.valid_from")
    assert reads_what_was_loaded(loaded)
    changed = "SELECT l.listing_id FROM core.sanction_listings AS l WHERE l.actor_id = ''"
    assert not reads_what_was_loaded(_check("column", changed)), "the build gives parties their actors"
    assert not reads_what_was_loaded(_check("row", "SELECT DISTINCT * FROM core.sanction_listings")), "and so the whole row"
    assert not reads_what_was_loaded(_check("grown", "FROM core.actors", "core.actors")), "and adds actors"
    assert not reads_what_was_loaded(_check("made", "FROM marts.dyad_day", "marts.dyad_day"))
    assert not reads_what_was_loaded(_check("day", "FROM core.articles WHERE known_from > now()", "core.articles"))
    now = warehouse.now()
    found = audit.Validation(loaded.table, "loaded", "critical", "passed", "why", "0", 0, None, now)
    assert of_core([found], [loaded], [loaded], now) == [found]
    assert of_core([found], [loaded], [loaded], now + timedelta(days=8)) == []
    assert of_core([found], [_check("loaded", "SELECT 1")], [loaded], now) == []
    for other in (replace(found, status="failed"), replace(found, n_set_aside=1)):
        assert of_core([other], [loaded], [loaded], now) == []


def test_a_macro_in_a_check_reads_what_it_reads() -> None:
    macro = rows_query("core.events", "m", "FROM listed_on(DATE '2023-01-01')", "critical", "none", "build")
    assert {"core.events", "core.sanction_listings"} <= (tables_read(macro) or set())
    assert tables_read(rows_query("core.events", "c", "FROM changes('2023-01-01')", "critical", "none", "build")) is None


def test_nothing_is_taken_from_a_file_that_was_altered_since_it_was_published(tmp_path: Path, empty: Warehouse) -> None:
    chance = random.Random(1)
    for kind in KINDS:
        kind(tmp_path / "a", chance, 1)
    assert empty.refresh(tmp_path / "a").published
    with duckdb.connect(str(empty.folder / "bilateral.duckdb")) as con:
        con.execute("UPDATE core.sanction_listings SET name = 'ALTERED'")
    overdose(tmp_path / "b", chance, 2)
    assert empty.refresh(tmp_path / "b").published
    assert empty.rows("SELECT count(*) FROM core.sanction_listings WHERE name = 'ALTERED'") == [(0,)]


def test_what_cannot_be_read_of_the_published_file_is_made_again_where_a_check_meets_it(
    tmp_path: Path, empty: Warehouse, caplog: pytest.LogCaptureFixture
) -> None:
    chance = random.Random(1)
    for kind in KINDS:
        kind(tmp_path / "a", chance, 1)
    assert empty.refresh(tmp_path / "a").published
    file = empty.folder / "bilateral.duckdb"
    with duckdb.connect(str(file)) as con:
        # no result is taken over: every table is read
        con.execute("UPDATE meta.validations SET validated_at = TIMESTAMP '2020-01-01'")
        sizes = recorded.table_sizes(con, ["core.cameo_codes"])
        con.execute("CHECKPOINT")
        blocks = con.execute(
            "SELECT DISTINCT block_id FROM pragma_storage_info('core.cameo_codes') WHERE block_id >= 0"
        ).fetchall()
    assert sizes["core.cameo_codes"] > 0
    content = bytearray(file.read_bytes())
    for (number,) in blocks:
        block = number * 262_144 + 12_288
        content[block + 100 : block + 262_000] = bytes(261_900)
    file.write_bytes(content)
    checksum.note_publication(file, file)
    overdose(tmp_path / "b", chance, 2)
    assert empty.refresh(tmp_path / "b").published
    assert "all of it is built anew" in caplog.text
    assert as_the_whole_way(empty, tmp_path / "whole.duckdb")


def test_a_core_whose_manifest_was_deleted_is_made_again_though_what_its_checks_found_is_still_there(
    tmp_path: Path, empty: Warehouse
) -> None:
    sanctions(tmp_path / "a", random.Random(1), 1)
    assert empty.refresh(tmp_path / "a").published
    counted = "SELECT (SELECT count(*) FROM core.actors), (SELECT count(*) FROM core.sanction_listings)"
    before = empty.rows(counted)
    for domain in ("actors", "sanctions"):
        (empty.folder / "core" / domain / "current.json").unlink()
    assert empty.refresh(tmp_path / "a").exit_code == 0
    core = Project(Settings(warehouse=empty.folder)).core
    assert core.current("actors").version
    assert core.current("sanctions").version
    assert empty.rows(counted) == before
    assert before > [(100, 30)]


def test_what_the_checks_of_another_core_found_says_nothing_of_the_current_one(tmp_path: Path, empty: Warehouse) -> None:
    kept = empty.folder / "core" / "sanctions" / "validations.json"
    sanctions(tmp_path / "a", random.Random(1), 1)
    assert empty.refresh(tmp_path / "a").published
    earlier = kept.read_bytes()
    sanctions(tmp_path / "a", random.Random(2), 2)
    assert empty.refresh(tmp_path / "a").published
    assert Project(Settings(warehouse=empty.folder)).waiting("sanctions") == []
    kept.write_bytes(earlier)
    assert Project(Settings(warehouse=empty.folder)).waiting("sanctions") is None
