"""The short ways: what a refresh need not do again gives what all of it anew gives, in rows and in verdicts."""

import json
import os
import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import dagster as dg
import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import made
from benchmarks.refresh import archives
from pipelines.checks import audit, gx
from pipelines.checks.validations import Validation
from pipelines.cli import refresh as run
from pipelines.dagster.build import build_definitions
from pipelines.maintenance.verify import differences
from pipelines.publish import unchanged
from pipelines.services.publish import Publish
from pipelines.services.warehouse import Warehouse as Opened
from pipelines.settings import Settings
from tests.depth import DEEP, examples
from tests.whole.archives import SDN, put, sdn, vintages
from tests.whole.conftest import Copy, Warehouse, ended
from tests.whole.test_refresh import vsrr


def sanctions(archive: Path, chance: random.Random, number: int) -> None:
    changes = {5: "nationality Iran."} if chance.random() < 0.5 else None
    data = sdn(changes, without=tuple(chance.sample(range(1, 41), 3)), more=number)
    put(archive, SDN, f"2023-03-01T{number:06}Z", "sdn.csv", data)


def overdose(archive: Path, chance: random.Random, number: int) -> None:
    put(archive, "us_cdc_vsrr", f"2023-03-01T{number:06}Z", "vsrr.csv", vsrr(70_000 + 10 * number + chance.randrange(10), 30_000))


def news(archive: Path, chance: random.Random, number: int) -> None:
    text = f"China {chance.choice(['thanked', 'criticized', 'sanctioned'])} Australia on {1 + number} March 2023."
    put(archive, "articles", f"2023-03-01T{number:06}Z", "a.txt", text.encode())


def late(archive: Path, chance: random.Random, number: int) -> None:
    """A vintage older than all that are held, no longer than those after it: its source is folded again from the beginning."""
    put(archive, SDN, f"2022-03-01T{number:06}Z", "sdn.csv", sdn(without=tuple(chance.sample(range(1, 41), 3))))


def alter_what_was_published(folder: Path) -> None:
    with duckdb.connect(str(folder / "bilateral.duckdb")) as con:
        con.execute("DELETE FROM core.events")


def be_cut_off_in_a_build(folder: Path) -> None:
    (folder / ".build").mkdir()
    (folder / ".build" / "bilateral.duckdb").write_bytes(b"half of a file")


KINDS = (sanctions, overdose, news)
STEPS = {step.__name__: step for step in (*KINDS, late)}
ACCIDENTS: dict[str, Callable[[Path], object]] = {
    "lose_the_manifest_of_actors": lambda folder: (folder / "core" / "actors" / "current.json").unlink(),
    "lose_what_was_published": lambda folder: (folder / "bilateral.duckdb").unlink(),
    "alter_what_was_published": alter_what_was_published,
    "be_cut_off_in_a_build": be_cut_off_in_a_build,
}


def follows_the_whole_way(steps: Sequence[str], chance: random.Random) -> None:
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
            assert as_the_whole_way(held, tmp / f"whole{number}.duckdb")


def as_the_whole_way(held: Warehouse, whole: Path, at_least: int = 300) -> bool:
    """Whether what is published is what a build from nothing gives, and its recorded verdicts those of asking all again.

    ``at_least``: so many verdicts must be among these.
    """
    project = held.project()
    Publish(project).build_into(whole, "whole")
    assert differences(held.file, whole) == []
    rows = held.rows("SELECT table_name, expectation, status FROM meta.validations")
    recorded = {(table, name): status for table, name, status in rows}
    asked = [e for e in project.build_expectations() if recorded[e.table, e.name] != "skipped"]
    found = {(v.table_name, v.expectation): v.status for v in audit.validate(whole, asked) if v.table_name[:5] != "meta."}
    assert found == {key: recorded[key] for key in found}
    return len(found) > at_least


def test_after_small_refreshes_and_accidents_the_published_file_is_what_the_whole_way_builds() -> None:
    steps = ["overdose", "late", *ACCIDENTS] if DEEP else ["late", "alter_what_was_published"]
    follows_the_whole_way(steps, random.Random(1))


@pytest.mark.skipif(not DEEP, reason="BILATERAL_DEEP_TESTS: the sequences are drawn")
@examples(50)
@given(st.lists(st.sampled_from([*STEPS, *ACCIDENTS]), min_size=1, max_size=6), st.integers(0, 10_000))
def test_after_any_sequence_of_small_refreshes_and_accidents_it_is_so(steps: list[str], seed: int) -> None:
    follows_the_whole_way(steps, random.Random(seed))


@pytest.mark.real_data
@pytest.mark.skipif(not DEEP, reason="all real files are refreshed and built twice")
def test_one_vintage_upon_all_real_files_publishes_what_the_whole_way_builds(tmp_path: Path, empty: Warehouse) -> None:
    for archive in archives(tmp_path):
        assert empty.refresh(archive).published
    assert as_the_whole_way(empty, tmp_path / "whole.duckdb")


@pytest.mark.skipif(not DEEP, reason="BILATERAL_DEEP_TESTS: four refreshes; test_single_events.py asks the panels")
def test_where_days_alone_of_gdelt_are_kept_dyads_are_the_same(
    tmp_path: Path, empty: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def day(archive: Path, number: int) -> Path:
        made.gdelt_days(archive, 1, share=0.002, first=datetime(2019, 10, 2) + timedelta(days=number))
        return archive

    days, single = "FROM marts.dyad_day ORDER BY ALL", "SELECT count(*) FROM core.events"
    assert empty.refresh(day(day(tmp_path / "first", 0), 1)).published
    all_days, all_events = empty.rows(days), empty.rows(single)
    monkeypatch.setenv("BILATERAL_SINGLE_EVENTS", "USA-RUS,USA-CHN")
    # of the real files fewer than half of the rows stay: with the same setting that would be refused
    assert empty.refresh(tmp_path / "first").published
    assert empty.rows(days) == all_days
    (kept,), (counted,) = (*empty.rows(single), *empty.rows("SELECT sum(n_rows) FROM core.event_days"))
    assert 0 < kept < all_events[0][0]
    assert kept + counted == all_events[0][0]
    assert not empty.refresh(tmp_path / "first").published
    assert empty.refresh(day(tmp_path / "next", 2)).published
    assert as_the_whole_way(empty, tmp_path / "whole.duckdb", at_least=100)
    monkeypatch.setenv("BILATERAL_SINGLE_EVENTS", "all")
    assert empty.refresh(tmp_path / "next").published
    assert empty.rows("SELECT count(*) FROM core.event_days") == [(0,)]
    assert as_the_whole_way(empty, tmp_path / "whole2.duckdb", at_least=100)


def aged(archive: Path) -> Path:
    for path in archive.rglob("*"):
        hour_ago = path.stat().st_mtime - 3600
        os.utime(path, (hour_ago, hour_ago))
    return archive


def test_after_a_publication_nothing_is_new_until_something_is(
    first: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "a", "us_ofac_sdm", "2023-01-01", "sdn.csv", sdn())
    archive = aged(vintages(tmp_path / "a", sdn()))
    looked, whole = [0], run._run

    def counted(*args: object) -> object:
        looked[0] += 1
        return whole(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(run, "_run", counted)

    def refresh(*more: str) -> tuple[int, str]:
        before = looked[0]
        done = first.run("refresh", "--from", str(archive), "--only", "sanctions", *more)
        assert done.code in (0, 3), done.out + done.err
        return looked[0] - before, done.out

    assert refresh()[0] == 1, "it was made from another folder"
    n, out = refresh()
    misfit, *lines = out.splitlines()[:5]
    assert (n, "us_ofac_sdm: not the id of a source" in misfit) == (0, True)
    assert lines == [f"refresh of sanctions from {archive}", f"{SDN}: nothing new", run.NOTHING_NEW, ""]
    assert f"): {first.file} stays as it is" in out
    assert refresh("--rehash")[1].splitlines()[:4] == out.splitlines()[:4], "said as the long way says it"
    settings = Settings(warehouse=first.folder, data_docs=False)
    around = unchanged.environment_digest(settings, ("sanctions",), str(archive))
    assert around is not None

    def is_unchanged() -> bool:
        return unchanged.messages_if_unchanged(settings, around) is not None

    assert is_unchanged()
    for path in (first.file, first.folder / "raw" / SDN / "2023-01-01T235959Z" / "receipt.json"):
        content, before = path.read_bytes(), path.stat()
        middle = len(content) // 2
        path.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
        if path.suffix == ".duckdb":  # also where its size and time stay
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert not is_unchanged(), path
        path.write_bytes(content)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert is_unchanged(), path
    aged(vintages(archive, sdn(more=1), since=2))
    assert (refresh()[0], first.n_listings(), refresh()[0]) == (1, 41, 0), "what comes is taken"


def test_what_an_answer_rests_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program, settings, domains, own actors and the archive, once it is settled; servers are asked each time."""
    vintages(tmp_path / "a", sdn())
    module, compiled = (tmp_path / "code" / "assets" / name for name in ("domain.py", "__pycache__/domain.pyc"))
    compiled.parent.mkdir(parents=True)
    (tmp_path / "own").mkdir()
    module.write_text("")
    monkeypatch.setattr(unchanged, "ROOT", tmp_path / "code")

    def asked(domains: tuple[str, ...] = ("news",), memory_limit: str = "4GB") -> unchanged.EnvironmentDigest:
        settings = Settings(warehouse=tmp_path / "w", actors=tmp_path / "own", memory_limit=memory_limit)
        found = unchanged.environment_digest(settings, domains, str(tmp_path / "a"))
        assert found is not None
        return found

    assert not asked().is_settled, "it was written a moment ago"
    aged(tmp_path / "a")
    assert asked().is_settled
    first = asked().digest
    compiled.write_text("")
    assert asked().digest == first
    seen = {first, asked(("news", "overdose")).digest, asked(memory_limit="2GB").digest}
    assert len(seen) == 3
    for path in (module, *(tmp_path / name for name in ("own/actors.csv", f"a/{SDN}/2023-01-01/more.csv", "a/odd"))):
        path.write_text("1")
        assert asked().digest not in seen, path
        seen.add(asked().digest)
    assert unchanged.environment_digest(Settings(warehouse=tmp_path), ("news",), "live") is None


def test_where_nothing_is_new_nothing_changes_and_no_slow_library_is_loaded(sample: Warehouse, copy_of: Copy) -> None:
    warehouse = copy_of(sample)

    def state() -> tuple[int, list[Path]]:
        return warehouse.file.stat().st_mtime_ns, sorted((warehouse.folder / "dagster" / "history" / "runs").iterdir())

    before = state()
    done = warehouse.run("refresh")
    assert (done.code, "nothing new" in done.out, state(), before[1] != []) == (0, True, before, True)
    slow = (
        "'dagster', 'polars', 'pyarrow', 'great_expectations', 'feedparser', 'assets.news.domain', 'pipelines.services.warehouse'"
    )
    program = (
        "import json, sys\nfrom pipelines.cli import main\ncode = main(['refresh'])\n"
        f"print(json.dumps(sorted({{{slow}}} & set(sys.modules))), file=sys.stderr)\nsys.exit(code)"
    )
    done = ended(warehouse.begun("-c", program))
    assert (done.code, "nothing new" in done.out, json.loads(done.err)) == (0, True, [])


ODD = {
    "VARCHAR": ("'odd {table}'", "''"),
    "BOOLEAN": ("NOT {column}",),
    "DATE": ("DATE '1492-01-01'", "DATE '2999-01-01'"),
    "TIMESTAMP": ("TIMESTAMP '1492-01-01'", "TIMESTAMP '2999-01-01'"),
    "VARCHAR[]": ("['odd']",),
}
"""Values that nobody means, by type of column; of any other type they are numbers, or nothing."""
ODD_NUMBERS = ("TRY_CAST('-7' AS {type})", "TRY_CAST('30000' AS {type})")


def spoil(database: Path) -> None:
    with duckdb.connect(str(database)) as con:
        tables = con.execute(
            """SELECT schema_name || '.' || table_name, list({name: column_name, type: data_type} ORDER BY column_index)
               FROM duckdb_columns() JOIN duckdb_tables() USING (schema_name, table_name)
               WHERE schema_name IN ('core', 'marts') GROUP BY ALL ORDER BY 1"""
        ).fetchall()
        for table, columns in tables:
            if con.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,):
                con.execute(f"INSERT INTO {table} DEFAULT VALUES")
            con.execute(f"CREATE OR REPLACE TEMP TABLE one AS FROM {table} ORDER BY ALL DESC LIMIT 1")
            con.execute(f"INSERT INTO {table} FROM one")
            for column in columns:
                name = f'"{column["name"]}"'
                for odd in ("NULL", *ODD.get(column["type"], ODD_NUMBERS)):
                    value = odd.format(table=table, column=name, type=column["type"])
                    con.execute(f"INSERT INTO {table} SELECT * REPLACE ({value} AS {name}) FROM one")


def verdicts(found: list[Validation]) -> dict[tuple[str, str], tuple[object, ...]]:
    return {(v.table_name, v.expectation): (v.status, v.n_unexpected or 0) for v in found}


def test_plain_sql_and_great_expectations_agree_on_data_spoiled_in_every_column(sample: Warehouse, tmp_path: Path) -> None:
    expectations = sample.project().build_expectations()
    shutil.copy(sample.file, spoiled := tmp_path / "spoiled.duckdb")
    spoil(spoiled)
    mine, theirs = (verdicts(ask(spoiled, expectations)) for ask in (audit.validate, gx.validate))
    assert mine == theirs
    statuses = Counter(status for status, _ in mine.values())
    assert statuses["failed"] > len(expectations) * 0.8, statuses
    assert statuses["failed"] + statuses["passed"] == len(expectations)


def test_a_verdict_that_is_not_the_recorded_one_fails_the_audit(
    sample: Warehouse, empty: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = Opened.build_expectations
    # all of them are asked above
    monkeypatch.setattr(Opened, "build_expectations", lambda self: [e for e in every(self) if "sanction_list" in e.table])
    empty.folder.mkdir()
    shutil.copy(sample.file, empty.folder)
    with duckdb.connect(str(empty.file)) as con:
        con.execute("INSERT INTO core.sanction_lists FROM core.sanction_lists LIMIT 1")
    done = []
    for warehouse in (sample, empty):
        job = build_definitions(Opened(Settings(warehouse=warehouse.folder))).resolve_job_def("audit_published")
        done.append(job.execute_in_process(raise_on_error=False))
    assert [result.success for result in done] == [True, False]
    (failure,) = [e for e in done[1].all_events if e.event_type is dg.DagsterEventType.STEP_FAILURE]
    told = empty.run("verify", "--audit")
    for said in (str(failure.event_specific_data), told.out):
        assert "core.sanction_lists key_is_unique: failed, recorded when it was published: passed" in said
    assert (told.code, "1 critical and 0 warnings do not" in told.out) == (1, True)
