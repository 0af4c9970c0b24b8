"""After any sequence of refreshes the published file is what a build of its core from nothing gives, with its verdicts."""

import json
import random
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.refresh import archives
from pipelines.checks import audit
from pipelines.maintenance.verify import differences
from pipelines.services.publish import Publish
from pipelines.services.transform import Transform
from pipelines.services.warehouse import Warehouse as Opened
from pipelines.settings import Settings
from pipelines.util.state import State
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


def alter_what_was_published(folder: Path) -> None:
    with duckdb.connect(str(folder / "bilateral.duckdb")) as con:
        con.execute("DELETE FROM core.events")


def be_cut_off_in_a_build(folder: Path) -> None:
    (folder / ".build").mkdir()
    (folder / ".build" / "bilateral.duckdb").write_bytes(b"half of a file")


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


def test_after_small_refreshes_and_accidents_the_published_file_is_what_the_whole_way_builds() -> None:
    steps = ["overdose", "late", *ACCIDENTS] if DEEP else ["late", "alter_what_was_published"]
    follows_the_whole_way(steps, random.Random(1))


@pytest.mark.skipif(not DEEP, reason="BILATERAL_DEEP_TESTS: the sequences are drawn")
@examples(50)
@given(st.data())
def test_after_any_sequence_of_small_refreshes_and_accidents_the_published_file_is_what_the_whole_way_builds(
    data: st.DataObject,
) -> None:
    steps = data.draw(st.lists(st.sampled_from([*STEPS, *ACCIDENTS]), min_size=1, max_size=6))
    follows_the_whole_way(steps, random.Random(data.draw(st.integers(0, 10_000))))


def as_the_whole_way(held: Warehouse, whole: Path, at_least: int = 300) -> bool:
    """Whether what is published is what a build from nothing gives, and its recorded verdicts those of asking all again.

    ``at_least``: so many verdicts must be among these.
    """
    project = Opened(Settings(warehouse=held.folder))
    Publish(project).build_into(whole, "whole")
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


def test_what_the_checks_of_another_core_found_says_nothing_of_the_current_one(tmp_path: Path, empty: Warehouse) -> None:
    state = State(empty.folder)
    sanctions(tmp_path / "a", random.Random(1), 1)
    empty.fold(tmp_path / "a")
    valid, earlier = state.entries("validations")["sanctions"]
    sanctions(tmp_path / "a", random.Random(2), 2)
    empty.fold(tmp_path / "a")
    assert Transform(Opened(Settings(warehouse=empty.folder))).waiting("sanctions") == []
    state.put("validations", {"sanctions": (valid, json.loads(earlier))})
    assert Transform(Opened(Settings(warehouse=empty.folder))).waiting("sanctions") is None
