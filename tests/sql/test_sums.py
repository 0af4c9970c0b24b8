"""Sums agree at every grain: days, weeks and months; and what is in force is what was before, plus added, less removed."""

from collections import defaultdict
from datetime import date, timedelta
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.depth import examples
from tests.sql.conftest import Warehouse, check, event, listing, with_actors

COUNTS = ("n_events", "n_reports", "n_material_conflict", "n_goldstein", "n_economic_sanctions")
MAY_HAVE_HAD_ONE = ("n_listings_added", "n_listings_removed", "n_official_acts")
STOCKS = ("n_listings_in_force", "n_listings_target_unknown")
COLUMNS = (*COUNTS, *MAY_HAVE_HAD_ONE, *STOCKS)
FOLLOWS, HAVE_ITS_SUMS = "dyad_day__in_force_follows_intervals", "dyad_day__weeks_and_months_have_its_sums"
CHANGES = "list_changes__held_is_before_plus_added_less_removed"
SUM_CHECKS = (FOLLOWS, "dyad_day__in_force_matches_listings", HAVE_ITS_SUMS, "dyad_month__is_sum_of_days", CHANGES)
FIRST = date(2023, 11, 24)
"""A Friday near the end of a month, so that few days lie in several weeks and months."""


def last_day(day: date, grain: str) -> date:
    """The last day of the period of a day."""
    if grain == "day":
        return day
    if grain == "week":
        return day + timedelta(6 - day.weekday())
    if grain == "quarter":
        return last_day(day.replace(day=1, month=(day.month + 2) // 3 * 3), "month")
    return (day.replace(day=28) + timedelta(4)).replace(day=1) - timedelta(1)


def total(values: list[int | None], may_have_had_one: bool) -> int | None:
    """The sum over the days of a period; unknown where no day has a value, and no 0 where a day may have had one."""
    known = [v for v in values if v is not None]
    found = sum(known) if known else None
    return None if may_have_had_one and len(known) < len(values) and not found else found


@pytest.fixture(scope="module")
def periods(shared: Warehouse) -> Warehouse:
    return shared.build()


day_values = st.fixed_dictionaries({c: st.none() | st.integers(0, 3) for c in COLUMNS})


@examples(200)
@given(st.lists(st.tuples(day_values, st.sampled_from([1, 1, 1, 2, 9, 40])), min_size=1, max_size=30))
def test_weeks_months_and_quarters_are_what_python_adds_up(
    periods: Warehouse, spans_drawn: list[tuple[dict[str, int | None], int]]
) -> None:
    drawn = [row for row, n_days in spans_drawn for _ in range(n_days)]
    days = [FIRST + timedelta(n) for n in range(len(drawn))]
    ends = list(accumulate(n_days for _, n_days in spans_drawn))
    periods.con.execute("CREATE OR REPLACE TEMP TABLE drawn AS FROM marts.dyad_spans LIMIT 0")
    asked = ", ".join(COLUMNS)
    into = f"INSERT INTO drawn (source_id, target_id, from_date, to_date, {asked}) VALUES ('USA', 'CHN', ?, ?"
    for (row, n_days), end in zip(spans_drawn, ends, strict=True):
        span = [FIRST + timedelta(end - n_days), FIRST + timedelta(end)]
        periods.con.execute(f"{into}{', ?' * len(COLUMNS)})", [*span, *(row[c] for c in COLUMNS)])
    for grain in ("day", "week", "month", "quarter"):
        within: dict[date, list[dict[str, int | None]]] = defaultdict(list)
        for day, row in zip(days, drawn, strict=True):
            within[last_day(day, grain)].append(row)
        expected = [
            (end.isoformat(), len(rows), *(total([r[c] for r in rows], c in MAY_HAVE_HAD_ONE) for c in COUNTS + MAY_HAVE_HAD_ONE),
             *(next((r[c] for r in reversed(rows) if r[c] is not None), None) for c in STOCKS))
            for end, rows in sorted(within.items())
        ]  # fmt: skip
        query = f"SELECT period_end, n_days, {asked} FROM dyad_periods('drawn', '{grain}') ORDER BY period_end"
        assert periods.ask(query) == expected


states = st.sampled_from(["CHN", "RUS", "CHN RUS"])
returns = st.none() | st.tuples(st.integers(0, 10), st.none() | st.integers(1, 10), states)
spans = st.lists(st.tuples(st.integers(-5, 40), st.none() | st.integers(0, 30), states, returns), max_size=6)


@examples(40, 4)
@given(spans, st.integers(5, 45), st.lists(st.tuples(st.integers(0, 40), st.sampled_from(["USA CHN", "CHN USA"])), max_size=6))
def test_what_is_in_force_is_what_was_before_plus_added_less_removed_at_every_grain(
    listed: list[tuple[int, int | None, str, tuple[int, int | None, str] | None]], n_covered: int, events: list[tuple[int, str]]
) -> None:
    w = with_actors()
    last = FIRST + timedelta(n_covered)
    w.put("core.sanction_lists", {"covered_from": FIRST.isoformat(), "covered_until": last.isoformat()})
    for number, (start, length, of_states, back) in enumerate(listed):
        put_listing(w, number, start, length, of_states, last)
        if length is not None and back is not None and start + length > 0:
            gap, again, other_states = back
            put_listing(w, number, start + length + gap, again, other_states, last, " again")
    for number, (day, pair) in enumerate(events):
        source, target = pair.split()
        sides = {"source_id": source, "target_id": target, "known_from": "2024-02-01"}
        w.put("core.events", event(number, (FIRST + timedelta(day)).isoformat(), source, target, **sides))
    w.build()
    assert {name: w.ask(check(name)) for name in SUM_CHECKS} == {name: [] for name in SUM_CHECKS}
    columns = ("source_id, sum(n_days), sum(n_events), coalesce(sum(n_listings_added), 0), coalesce(sum(n_listings_removed), 0), "
               "arg_max(n_listings_in_force, period_end)")  # fmt: skip
    for panel in ("dyad_panel('USA', 'CHN', '{}')", "dyad_panel_as_known('USA', 'CHN', '{}', DATE '2024-03-01')"):
        of_days, *others = (
            w.ask(f"SELECT {columns} FROM {panel.format(grain)} GROUP BY ALL ORDER BY ALL")
            for grain in ("day", "week", "month", "quarter")
        )
        assert others == [of_days] * 3
    w.close()


def put_listing(w: Warehouse, number: int, start: int, length: int | None, states: str, last: date, again: str = "") -> None:
    """A listing from a day on, for some days or still in force, as a fold of editions up to the last day would hold it."""
    first = FIRST + timedelta(start)
    end = None if length is None or first + timedelta(length) > last else first + timedelta(length)
    if first > last or (start <= 0 and end is not None and end <= FIRST):
        return
    # what the first edition shows was there before it
    begins = None if start <= 0 else first.isoformat()
    known = max(first, FIRST).isoformat()
    listing(w, number, begins, None if end is None else end.isoformat(), states, again=again, known_from=known)
