"""The checks of the news tables: no row from good data, a row for each thing that they are there to find."""

from collections.abc import Iterator
from datetime import datetime

import duckdb
import pytest

from assets.actors import registry
from assets.news.articles import fold
from assets.news.articles import read as articles
from assets.news.gdelt import events as gdelt
from assets.news.gdelt import fold as events
from pipelines.checks.expectations import from_checks
from tests.news.conftest import folded, gdelt_row, snapshot

TABLES = ("events", "event_reports", "news_coverage", "articles", "mentions", "claims")
CHECKS = {f"{e.table.removeprefix('core.')}__{e.name}": e for e in from_checks() if e.table.removeprefix("core.") in TABLES}

FAULTS = {
    "events__dated_not_after_known": "UPDATE core.events SET event_date = DATE '2019-10-26'",
    "events__day_is_one_day": "UPDATE core.events SET event_date_end = NULL",
    "events__quad_schrodt_fits_root": "UPDATE core.events SET quad_schrodt = 3",
    "events__quad_gdelt_fits_root": "UPDATE core.events SET quad_gdelt = 3",
    "events__goldstein_as_in_cameo_codes": "UPDATE core.events SET goldstein = -7",
    "events__countries_are_states": "UPDATE core.events SET target_country_id = 'REG.EUR'",
    "events__evidence_lies_in_the_article": (
        "UPDATE core.events SET article_id = (SELECT min(article_id) FROM core.articles),"
        " evidence = 'not there', evidence_start = 0, evidence_end = 9"
    ),
    "event_reports__known_not_before_event": "UPDATE core.event_reports SET known_from = TIMESTAMP '2019-01-01'",
    "articles__known_from_follows_basis": "UPDATE core.articles SET known_from = TIMESTAMP '2024-01-01'",
    "articles__day_is_midnight": "UPDATE core.articles SET published_at = TIMESTAMP '2023-12-22 08:00:00'",
    "articles__text_or_title_is_there": "UPDATE core.articles SET text = ' ', title = NULL",
    "articles__published_in_the_past": "UPDATE core.articles SET published_at = TIMESTAMP '2999-01-01'",
    "mentions__surface_is_what_stands_there": "UPDATE core.mentions SET char_start = char_start + 1",
    "mentions__do_not_overlap": "UPDATE core.mentions SET char_end = 100",
    "mentions__sentences_run_forward": "UPDATE core.mentions SET sentence = 99 WHERE surface = 'Beijing'",
    "mentions__known_with_the_article": "UPDATE core.mentions SET known_from = TIMESTAMP '2020-01-01'",
    "mentions__country_is_that_of_the_actor": "UPDATE core.mentions SET country_id = 'FRA'",
    "claims__surface_stands_there": "UPDATE core.claims SET char_start = char_start + 1",
    "claims__known_with_the_article": "UPDATE core.claims SET published_on = DATE '2020-01-01'",
    "claims__number_lies_within_its_bounds": "UPDATE core.claims SET low = number + 1",
    "news_coverage__share_is_slots_held": "UPDATE core.news_coverage SET coverage_share = 1",
    "news_coverage__known_on_its_day": "UPDATE core.news_coverage SET known_from = TIMESTAMP '2024-01-01'",
    "news_coverage__events_lie_on_covered_days": "UPDATE core.news_coverage SET date = DATE '2019-12-01'",
}

ARTICLE = (
    b'{"title": "Beijing acts", "text": "Taiwan watches. So does Mexico. Iran blacklists 24 officials.", '
    b'"published": "2023-12-22"}'
)


@pytest.fixture
def news() -> Iterator[duckdb.DuckDBPyConnection]:
    """The news tables with one event and one dated article of three sentences, one of them a claim."""
    at = datetime(2019, 10, 24, 14, 30)
    coded = folded(events.fold, [snapshot(gdelt.stage({"20191024143000.export.CSV": gdelt_row().encode()}), "a", at)])
    read = folded(fold.fold, [snapshot(articles.stage({"a.json": ARTICLE}), "b", at)])
    frames = {"actors": registry.actors(), "cameo_codes": registry.cameo_codes()}
    frames |= {name: (read if name in ("articles", "mentions", "claims") else coded).rows(name) for name in TABLES}
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA core")
        for name, frame in frames.items():
            con.register("frame", frame)
            con.execute(f"CREATE TABLE core.{name} AS FROM frame")
        yield con


def test_good_data_passes_every_check_and_each_finds_its_fault(news: duckdb.DuckDBPyConnection) -> None:
    assert set(FAULTS) == set(CHECKS)
    assert [name for name, check in CHECKS.items() if news.execute(check.query or "").fetchall()] == []
    for name, fault in FAULTS.items():
        news.execute(f"BEGIN; {fault}")
        assert news.execute(CHECKS[name].query or "").fetchall() != [], name
        news.execute("ROLLBACK")
