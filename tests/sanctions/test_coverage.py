"""Which days the history of a list covers: editions close to each other, texts, records and rules; and since when."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from assets.contracts import StagedSnapshot
from assets.sanctions.history.compared.fold import fold_compared
from assets.sanctions.history.coverage import merged
from assets.sanctions.history.mirrors import fold_record
from assets.sanctions.history.stated.fold import fold_stated
from tests.depth import examples
from tests.sanctions.conftest import Memory, vintage
from tests.sanctions.test_stated_texts import entry, evidence, rule, text

SPAN = ("covers", "covered_from", "covered_to", "basis")
AGAIN = StagedSnapshot("again", datetime(2026, 7, 20, 12), True, {}, {}, is_repeat=True)
ACME: dict[str, Any] = {"native_id": "1", "name": "ACME"}


def days(*pairs: tuple[str, str]) -> list[tuple[date, date]]:
    return [(date.fromisoformat(a), date.fromisoformat(b)) for a, b in pairs]


def both(history: Any, **equal: Any) -> list[tuple[date, date]]:
    found: list[tuple[date, date]] = history.rows(
        "list_coverage", "covered_from", "covered_to", covers="both", known_to=None, **equal
    )
    return found


def after(history: Any, list_id: str, snapshots: Sequence[StagedSnapshot], fold: Any = fold_compared) -> Any:
    return history.after(fold(list_id, history, snapshots))


def test_editions_cover_their_days_in_the_time_of_the_authority_and_those_between() -> None:
    # Fifteen days for the SDN list; on the sixteenth a gap begins.
    editions = [vintage(f"{day}T15:00", [ACME]) for day in ("2023-01-02", "2023-01-17", "2023-02-02")]
    assert both(after(Memory(), "us_ofac_sdn", editions)) == days(("2023-01-02", "2023-01-18"), ("2023-02-02", "2023-02-03"))
    again = [vintage("2023-01-02T15:00", [ACME]), replace(AGAIN, retrieved_at=datetime(2023, 1, 10, 15))]
    assert both(after(Memory(), "us_ofac_sdn", again)) == days(("2023-01-02", "2023-01-11"))
    assert both(after(Memory(), "us_ofac_sdn", [vintage("2023-01-02T01:00", [ACME])])) == days(("2023-01-01", "2023-01-02"))


def test_an_edition_that_does_not_say_who_is_gone_covers_nothing_and_what_was_covered_then_stands_in_the_versions() -> None:
    part = vintage("2023-01-02T15:00", [ACME])
    for edition in (replace(part, complete=False), replace(part, facts={"n_illegible": 1})):
        found = after(Memory(), "us_ofac_sdn", [edition])
        assert found.rows("list_coverage", *SPAN) == [("some", *days(("2023-01-02", "2023-01-03"))[0], "parts")]
    found = after(Memory(), "us_ofac_sdn", [vintage(f"2023-01-{day}T15:00", [ACME]) for day in ("02", "10")])
    found.shows(
        "list_coverage covered_to known_from known_to covers=both: 2023-01-03|2023-01-02T15:00|2023-01-10T15:00 / "
        "2023-01-11|2023-01-10T15:00|-"
    )


def test_stated_days_cover_the_additions_of_those_that_are_left_where_all_are_stated() -> None:
    listings = [{"native_id": "1", "listed_on": date(2001, 4, 12)}, {"native_id": "2", "listed_on": date(2020, 1, 1)}]
    found = after(Memory(), "un_sc", [vintage("2026-02-27T15:00", listings)])
    assert found.rows("list_coverage", *SPAN) == [
        ("additions", *days(("2001-04-12", "2026-02-28"))[0], "stated_days"),
        ("both", *days(("2026-02-27", "2026-02-28"))[0], "editions"),
    ]
    listings = [{"native_id": "1", "listed_on": date(2001, 4, 12)}, {"native_id": "2"}]
    assert after(Memory(), "us_ofac_cons", [vintage("2025-12-19T15:00", listings)]).rows("list_coverage", "covers") == [("both",)]


def test_a_record_covers_the_days_since_its_first_notice_each_known_on_its_day() -> None:
    listings = [{"native_id": str(n), "listed_on": day} for n, day in enumerate((date(2019, 12, 2), date(2023, 2, 16)))]
    history = Memory()
    for when in ("2025-06-01T12:00", "2026-08-07T12:00"):
        history = after(history, "cn_countermeasures", [vintage(when, listings)], fold_record)
    assert history.rows("list_coverage", *SPAN, "known_from", "known_basis", "known_to") == [
        ("both", date(2019, 12, 2), date(2026, 8, 8), "record", datetime(2019, 12, 2, 23, 59, 59), "publication", None)
    ]
    # what came after the day that an edition states for itself it does not tell, whenever it was retrieved
    stated = vintage("2026-08-07T12:00", listings, facts={"published": "2025-05-01"})
    assert both(after(Memory(), "cn_countermeasures", [stated], fold_record)) == days(("2019-12-02", "2025-05-02"))


TEXT = text("2026-07-09T12:00", entry("Acme", date(2019, 5, 21)))


def test_texts_a_month_apart_cover_their_days_those_between_and_additions_and_rules_entered_by_hand_nothing() -> None:
    known = evidence("2025-11-30T12:00", rules=[rule(date(2019, 5, 21)), rule(date(2023, 11, 17))])
    found = after(Memory(), "us_bis_entity_list", [known], fold_stated)
    assert found.rows("list_coverage", *SPAN, "known_basis") == [
        ("some", date(2019, 5, 21), date(2023, 11, 18), "rules", "publication")
    ]
    found = after(Memory(), "us_bis_entity_list", [TEXT], fold_stated)
    assert found.rows("list_coverage", *SPAN) == [
        ("additions", date(2019, 5, 21), date(2026, 7, 10), "stated_days"),
        ("both", date(2026, 7, 9), date(2026, 7, 10), "texts"),
    ]
    texts = [
        text(f"2026-07-09T12:00:0{n}", entry("Acme", date(2019, 5, 21)), text_date=date(2026, month, 1))
        for n, month in enumerate((3, 4, 7))
    ]
    found = both(after(Memory(), "us_bis_entity_list", texts, fold_stated))
    assert found == days(("2026-03-01", "2026-04-02"), ("2026-07-01", "2026-07-02"))
    # a text that is served again covers the days between, but not after other evidence
    found = after(Memory(), "us_bis_entity_list", [TEXT, AGAIN], fold_stated)
    assert both(found) == days(("2026-07-09", "2026-07-21"))
    known = evidence("2026-07-25T12:00", rules=[rule(date(2019, 5, 21))])
    later = after(found, "us_bis_entity_list", [known, replace(AGAIN, retrieved_at=datetime(2026, 7, 30))], fold_stated)
    assert both(later) == days(("2026-07-09", "2026-07-21"))


SPANS = st.lists(
    st.tuples(st.integers(0, 200), st.integers(1, 9)).map(
        lambda p: (date(2023, 1, 1) + timedelta(p[0]), date(2023, 1, 1) + timedelta(p[0] + p[1]))
    ),
    max_size=12,
)


@given(SPANS, SPANS, st.integers(0, 40))
def test_spans_come_out_the_same_whatever_the_order_of_their_arrival(a: Any, b: Any, gap: int) -> None:
    allowed = timedelta(gap)
    whole = merged([*a, *b], allowed)
    assert merged([*merged(b, allowed), *a], allowed) == whole
    assert all(y[0] - x[1] >= timedelta(max(gap, 1)) for x, y in pairwise(whole))
    assert all(any(s[0] <= x and y <= s[1] for s in whole) for x, y in [*a, *b])


@examples(25)
@given(st.lists(st.integers(1, 30), min_size=1, max_size=8), st.integers(0, 8))
def test_folding_editions_one_by_one_covers_the_same(steps: list[int], cut: int) -> None:
    moments = [datetime(2023, 1, 2, 15) + timedelta(sum(steps[:n])) for n in range(len(steps) + 1)]
    editions = [vintage(moment.isoformat(), [ACME]) for moment in moments]
    at_once = after(Memory(), "us_ofac_sdn", editions)
    in_two = after(after(Memory(), "us_ofac_sdn", editions[:cut]), "us_ofac_sdn", editions[cut:]) if cut else at_once
    columns = (*SPAN, "known_from", "known_to")
    assert at_once.rows("list_coverage", *columns) == in_two.rows("list_coverage", *columns)
