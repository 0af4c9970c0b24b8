"""What changed, as it became known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.sql.conftest import Warehouse

ALL = "changes('0001-01-01', '2030-01-01')"


@pytest.fixture(scope="module")
def changed(shared: Warehouse) -> Warehouse:
    """Two vintages of one count, a party added, renamed and removed, an event, an article, a source that is late."""
    w = shared
    count = {"counts_by": "occurrence", "period_end": "2022-12-31"}
    w.put("core.overdose_observations",
          count | {"value": 100, "known_from": "2023-05-10", "known_to": "2023-06-14", "snapshot_id": "a"},
          count | {"value": 100, "known_from": "2023-06-14", "known_to": "2023-07-12", "snapshot_id": "b"},
          count | {"value": 104, "known_from": "2023-07-12", "known_to": "2023-08-16", "snapshot_id": "c"},
          count | {"value": None, "missing_reason": "withdrawn", "known_from": "2023-08-16", "snapshot_id": "d"})  # fmt: skip
    for number, kind in enumerate(("added", "modified", "removed"), 1):
        w.put("core.sanction_events", {"event_id": f"us_list:1:{kind}", "event_date": f"2023-11-0{number}", "kind": kind,
              "listing_id": "us_list:1", "known_at": f"2023-11-0{number} 12:00", "country_id": "CHN",
              "detail": "name" if kind == "modified" else None, "snapshot_id": "c"})  # fmt: skip
    w.put("core.events", {"event_id": "e", "event_date": "2023-11-15", "source_id": "USA", "source_country_id": "USA",
          "target_id": "CHN", "target_country_id": "CHN", "plover_event": "CONSULT", "origin": "articles",
          "snapshot_id": "c"})  # fmt: skip
    w.put("core.articles", {"article_id": "x", "title": "Talks", "source": "articles", "snapshot_id": "c"})
    w.put("meta.sources", {"source": "late", "title": "Late", "newest_date": "2023-01-31", "stale_after_days": 10,
          "cadence": "weekly", "url": "https://example.org"},
          {"source": "never", "newest_date": "2023-01-31"})  # fmt: skip
    for name in "abcd":
        w.put("meta.snapshots", {"source": "s", "snapshot": name, "snapshot_id": name, "verdict": "accepted"})
    w.put("meta.publications",
          {"publication_id": "first", "built_at": "2024-01-01", "snapshots": ["s/b", "s/c"]},
          # the oldest vintage came last
          {"publication_id": "second", "built_at": "2024-02-01", "snapshots": ["s/a", "s/d"]})  # fmt: skip
    return w.build()


def test_a_count_is_new_once_then_revised_and_belongs_to_the_publication_that_first_held_it(changed: Warehouse) -> None:
    found = changed.ask(
        f"SELECT known_from, kind, old_value, new_value, detail FROM {ALL} WHERE kind LIKE 'count%' ORDER BY known_from"
    )
    # the version of June changes nothing that was counted
    assert found == [
        ("2023-05-10T00:00:00", "count_new", None, 100.0, None),
        ("2023-07-12T00:00:00", "count_revised", 100.0, 104.0, None),
        ("2023-08-16T00:00:00", "count_revised", 104.0, None, "withdrawn"),
    ]
    query = "SELECT new_value FROM changes('2023-05-10', '2023-07-12') WHERE kind LIKE 'count%'"
    assert changed.ask(query) == [(100.0,)]
    found = changed.ask(f"SELECT new_value, publication_id FROM {ALL} WHERE kind LIKE 'count%' ORDER BY known_from")
    assert found == [(100.0, "second"), (104.0, "first"), (None, "second")]


def test_listings_events_and_articles_are_new_when_they_are_known_each_with_an_id(changed: Warehouse) -> None:
    found = changed.ask(f"SELECT kind, date, topic, target_id, detail FROM {ALL} WHERE kind LIKE 'listing%' ORDER BY date")
    assert found == [
        ("listing_added", "2023-11-01", "us_list", "CHN", None),
        ("listing_modified", "2023-11-02", "us_list", "CHN", "modified: name"),
        ("listing_removed", "2023-11-03", "us_list", "CHN", None),
    ]
    found = changed.ask(f"SELECT kind, known_from, what FROM {ALL} WHERE kind IN ('event_new', 'article_new') ORDER BY kind")
    assert found == [("article_new", "2023-11-20T00:00:00", "Talks"), ("event_new", "2023-11-20T00:00:00", "USA CONSULT CHN")]
    assert changed.ask(f"SELECT count(*), count(DISTINCT change_id) FROM {ALL}") == [(9, 9)]


def test_a_source_is_stale_from_the_day_after_its_last_and_only_where_an_age_is_declared(changed: Warehouse) -> None:
    assert changed.ask(f"SELECT topic, known_from FROM {ALL} WHERE kind = 'source_stale'") == [("late", "2023-02-11T00:00:00")]
    assert changed.ask("SELECT topic FROM changes('2023-01-01', '2023-02-11') WHERE kind = 'source_stale'") == []
