"""The suite that measures this project beside others: what it makes of runs, and that it says where a peer is faster."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from benchmarks import overdose
from benchmarks.peers import page, running
from benchmarks.peers.running import Comparison, Contender, Environment, Failed, Run, compare, ratio, run_once, summaries
from benchmarks.peers.screening_sets import Listed, as_asked, drawn, halves, held


def run(processor: float, **figures: Any) -> Run:
    return Run(processor, 2 * processor, 100.0, figures)


def contender(name: str, own: float, **more: Any) -> dict[str, Any]:
    kept = {"n_runs": 5, "processor": own, "least": own, "most": own, "clock": own, "memory_mb": 99.6, "figures": {}, "note": ""}
    return {"name": name, "ratio": own, **kept, **more}


def test_a_ratio_is_that_of_runs_of_one_turn_so_that_a_busy_moment_meets_both() -> None:
    # the second turn was three times slower for both
    assert ratio([run(2), run(6), run(2)], [run(1), run(3), run(1)]) == 2
    assert ratio([], [run(1)]) is None


def test_of_each_contender_the_median_the_spread_and_the_last_figures_are_kept() -> None:
    ours, peer, absent = summaries(
        {"ours": [run(1), run(3), run(2, n=7)], "peer": [run(2), run(6), run(4)], "absent": []},
        {"absent": "no wheel"},
        {"peer": "as told"},
    )
    assert (ours["processor"], ours["least"], ours["most"], ours["ratio"], ours["figures"]) == (2, 1, 3, 1, {"n": 7})
    assert (peer["ratio"], peer["clock"], peer["note"]) == (2, 8, "as told")
    assert absent == {"name": "absent", "failed": "no wheel", "note": ""}


@pytest.fixture
def works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of works: one that reports, one that fails, one that says nothing of use."""
    work = tmp_path / "work"
    work.mkdir()
    (work / "well.py").write_text(
        "import json, sys\nprint('by the way')\n"
        "print(json.dumps({'processor': 0.5, 'clock': 1.0, 'memory_mb': 9.5, 'way': sys.argv[2:]}))\n"
    )
    (work / "fails.py").write_text("import sys\nsys.exit('there is no such table')\n")
    (work / "mute.py").write_text("print('done')\n")
    monkeypatch.setattr(running, "WORK", work)
    return work


def test_a_run_gives_its_time_its_memory_and_its_figures(works: Path, tmp_path: Path) -> None:
    found = run_once(Path(sys.executable), works / "well.py", tmp_path, ["ours"])
    assert (found.processor, found.clock, found.memory_mb, found.figures) == (0.5, 1.0, 9.5, {"way": ["ours"]})


def test_memory_is_that_of_the_contender_without_what_the_process_that_started_it_holds(tmp_path: Path) -> None:
    work = tmp_path / "x.py"
    work.write_text(
        f"import sys\nsys.path.insert(0, {str(running.WORK)!r})\nfrom measured import report\n"
        "report({'little': lambda _: {}, 'much': lambda _: {'n': len(bytearray(60_000_000))}})\n"
    )
    held = bytearray(200_000_000)
    little, much = (run_once(Path(sys.executable), work, tmp_path, [way]).memory_mb for way in ("little", "much"))
    assert 1 < little < 60 < much < 130 < len(held)


@pytest.mark.parametrize(("work", "why"), [("fails.py", "there is no such table"), ("mute.py", "its last line is no result")])
def test_a_contender_that_fails_says_why(works: Path, tmp_path: Path, work: str, why: str) -> None:
    with pytest.raises(Failed, match=why):
        run_once(Path(sys.executable), works / work, tmp_path, [])


def test_contenders_run_in_turn_and_one_that_does_not_install_leaves_the_others_be(
    works: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    absent = Environment("absent", ("no-such-package",))

    def python_of(environment: Environment | None) -> Path:
        if environment is absent:
            raise Failed("absent does not install from wheels")
        return Path(sys.executable)

    monkeypatch.setattr(running, "python_of", python_of)
    two = (Contender("a", None, ("a",)), Contender("b", absent, ("b",)), Contender("c", None, ("c",)))
    result = compare(Comparison("x", "X", "Says.", works.name and "well.py", two, lambda _: "an input"), tmp_path, times=2)
    assert [c.get("failed", c.get("n_runs")) for c in result["contenders"]] == [2, "absent does not install from wheels", 2]
    turns = [line.split(":")[1].split()[0] for line in capsys.readouterr().err.splitlines()]
    assert turns == ["a", "b", "c", "a", "c"]


def test_the_page_says_who_is_faster_and_who_was_not_measured() -> None:
    ours, peer, slow = contender("ours", 1.0, figures={"n": 1234}), contender("peer", 0.5), contender("slow", 3.0, note="as told")
    absent = {"name": "absent", "failed": "no wheel", "note": ""}
    text = page.section(
        {"title": "T", "says": "Says.", "input": "rows", "figures": {"n": "rows"}, "contenders": [ours, peer, slow, absent]}
    )
    assert "5 runs each, in turn. Faster than this project: peer (2.0 times)." in text
    assert "| ours | 1.00 | 1.00 | 100 | 1,234 |" in text
    assert "| absent | not measured: no wheel | | | |" in text
    assert text.endswith("slow: as told.")
    assert page.verdict([ours, slow]) == "No peer was faster."


NAMES = [
    *(Listed(str(n), f"PARTY NUMBER {n}", "entity", False) for n in range(40)),
    Listed("40", "Party Number 7", "entity", False),
    *(Listed(str(n), f"OTHER CALLING {n}", "entity", True) for n in range(40)),
    Listed("1", "other calling 1", "entity", True),
]


def test_pairs_are_drawn_alike_each_time_half_of_them_misspelt_and_no_party_twice() -> None:
    pairs = drawn(NAMES, 20)
    assert pairs == drawn(NAMES, 20) != drawn(NAMES, 20, seed=6)
    assert [p.is_misspelt for p in pairs] == [False, True] * 10
    assert all((p.asked != p.alias) == p.is_misspelt for p in pairs)
    assert len({p.party for p in pairs}) == 20
    assert {k: len(v) for k, v in halves(pairs).items()} == {"tune": 10, "report": 10}


def test_an_alias_is_held_out_in_every_case_and_primary_names_stay() -> None:
    pairs = [p for p in drawn(NAMES, 40) if p.party == "1"]
    kept = held(NAMES, pairs)
    assert [n.name for n in NAMES if n not in kept] == ["OTHER CALLING 1", "other calling 1"]


def test_parties_of_one_name_are_one_for_who_asks_by_name() -> None:
    pair = next(p for p in drawn(NAMES, 40) if p.party == "7")
    assert as_asked(NAMES, [pair])[0]["same"] == ["7", "40"]


def test_what_the_measurement_of_overdose_counts_asks_can_be_asked_of_the_tables_that_it_lays_out() -> None:
    with duckdb.connect() as con:
        overdose.lay_out(con, {})
        assert [len(con.execute(question).fetchall()) for question in overdose.QUESTIONS] == [0, 1, 0, 1, 0, 0]
