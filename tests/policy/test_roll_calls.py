"""Roll calls: two publications of one layout each, agreement of all pairs counted from them, and beside what is published."""

import gzip
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.contracts import Staged, StagedSnapshot
from assets.errors import Quarantine
from assets.history import fold_whole
from assets.policy import roll_calls, un_votes
from assets.reading import r_data
from tests.depth import examples
from tests.fuzz import staged_or_none
from tests.overdose.conftest import Ledger
from tests.sql.conftest import Warehouse, with_actors
from tests.told import told

VOETEN = "rcid,ccode,session,vote\n5,2,45,1\n5,710,45,2\n5,20,45,8\n7,2,45,3\n7,710,45,3\n7,20,45,1\n"
VOTES = "rcid,country,country_code,vote\n5,United States,US,yes\n5,Czechoslovakia,CS,no\n5,Yemen Arab Republic,,abstain\n"
CALLS = "rcid,session,date\n5,26,1971-10-25\n"


def stage(text: str, **besides: str) -> Staged:
    return roll_calls.stage({"votes.csv": text.encode()} | {f"{n}.csv": t.encode() for n, t in besides.items()})


def held(staged: Staged) -> str:
    return told(staged.frames["votes"], "actor_id session year n_votes votes")


@pytest.mark.trap("un_roll_calls", "absent-is-no-vote")
def test_votes_of_a_session_are_a_letter_for_each_roll_call_in_their_order_and_what_is_no_vote_is_rejected() -> None:
    """Absence is no vote; the package says the session beside, and a code means the state of its year."""
    staged = stage(VOETEN)
    assert held(staged) == "CAN|45|1990|1|-Y / CHN|45|1990|2|AN / USA|45|1990|2|YN"
    assert (staged.n_read, staged.rejects.height, staged.facts) == (6, 0, {"n_absent": 1})
    assert held(stage(VOTES, calls=CALLS)) == "CSK|26|1971|1|N / USA|26|1971|1|Y / YEM|26|1971|1|A"
    assert held(stage(VOTES, calls=CALLS.replace("26,1971", "59,2004"))).startswith("SRB|59|2004|1|N / ")
    staged = stage(VOETEN + "5,2,45,3\n5,999,45,1\n5,200,45,4\n")
    assert told(staged.rejects, "row column value") == "7|ccode|2 / 8|ccode|999 / 9|vote|4"
    assert held(staged) == held(stage(VOETEN))
    for text, said in (
        ("a,b\n1,2\n", "No table has the columns rcid and vote"),
        (VOTES, "no table of roll calls is beside it"),
        (VOETEN.replace("ccode", "state"), "it lacks the columns ccode, country_code"),
    ):
        with pytest.raises(Quarantine, match=said):
            stage(text)


@given(st.binary(max_size=300) | st.builds(lambda m, d: m + d, st.sampled_from(r_data.MAGIC), st.binary(max_size=200)))
@examples(80)
def test_whatever_the_bytes_every_row_is_read_or_rejected(data: bytes) -> None:
    staged = staged_or_none(roll_calls.stage, {"a.rda": data})
    assert (
        staged is None
        or staged.frames["votes"]["n_votes"].sum() + staged.facts["n_absent"] + staged.rejects.height == staged.n_read
    )


def folded(*vintages: tuple[str, Staged]) -> Warehouse:
    ledger = Ledger()
    for day, staged in vintages:
        snapshot = StagedSnapshot(day, datetime.fromisoformat(day), True, {}, staged.frames)
        ledger.take(fold_whole(roll_calls.SOURCE, roll_calls.TABLES, ledger, [snapshot]))
    warehouse = with_actors()
    warehouse.states("CAN", "CSK", "YEM")
    for row in ledger.rows("un_votes").iter_rows(named=True):
        warehouse.put("core.un_votes", row)
    return warehouse


def test_agreement_of_any_two_states_is_counted_as_a_vintage_had_the_votes() -> None:
    warehouse = folded(("2021-01-01", stage(VOETEN)), ("2022-01-01", stage(VOETEN.replace("7,710,45,3", "7,710,45,1")))).build()
    asked = (
        "source_id, target_id, n_votes_both, n_votes_alike, agreement FROM un_agreement_as_known(DATE '{}-06-01') "
        "WHERE source_id < target_id ORDER BY ALL"
    )
    assert warehouse.told(asked.format(2021)) == "CAN|CHN|1|0|0.0 / CAN|USA|1|0|0.0 / CHN|USA|2|1|0.5"
    assert warehouse.told(asked.format(2022)).startswith("CAN|CHN|1|1|1.0 / ")


U = "more/unga/unvotes_2021-03-08_"


def test_every_row_of_the_real_roll_calls_is_a_letter_or_a_reject(real_data: Path) -> None:
    names = ("un_votes", "un_roll_calls")
    staged = roll_calls.stage({f"{n}.rda": (real_data / f"{U}{n}.rda").read_bytes() for n in names})
    votes = staged.frames["votes"]
    assert (staged.n_read, staged.rejects.height, votes["n_votes"].sum()) == (870_109, 2, 870_107)
    assert set(staged.rejects["value"]) == {"Zanzibar"}
    assert (votes.height, votes["actor_id"].n_unique()) == (10_582, 197)

    published = un_votes.stage(
        {"a.csv": gzip.decompress((real_data / "more/unga/IdealpointestimatesAll_Jun2024.csv.gz").read_bytes())}
    )
    theirs = published.frames["agreement"].filter(pl.col("session") <= 74)
    warehouse = folded(("2021-03-08", staged)).build()
    ours = pl.DataFrame(
        warehouse.ask("SELECT source_id, target_id, session, agreement FROM un_agreement_as_known(DATE '2022-01-01')"),
        schema=["actor_id", "partner_id", "session", "counted"],
        orient="row",
    )
    assert ours.height == 1_653_062
    both = theirs.join(ours, on=["actor_id", "partner_id", "session"]).with_columns(
        off=(pl.col("agreement") - pl.col("counted")).abs()
    )
    assert (theirs.height, both.height) == (60_193, 60_193)
    same = both.group_by("session").agg((pl.col("off") < 0.00005).all()).filter("off")["session"]
    # where the two publications have the same roll calls
    assert (same.len(), same.is_in([45, 50, 68, 70, 73, 74]).sum()) == (28, 6)
    assert both.select(pl.corr("agreement", "counted")).item() > 0.99
    assert both.select(pl.mean("off")).item() < 0.02
