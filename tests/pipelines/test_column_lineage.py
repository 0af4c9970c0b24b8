"""Which columns each column of a mart is made of: written down for the SQL as it is, and followed through macros."""

import pytest

from assets.schema import declared
from pipelines.dagster.metadata import column_lineage_of, columns_made_of
from tests.pipelines.column_lineage import COMMAND, bodies, columns_of_marts, fingerprint, lineage_of, written


@pytest.fixture(scope="module")
def columns() -> dict[str, list[str]]:
    return columns_of_marts()


def test_what_is_written_down_is_of_the_sql_as_it_is() -> None:
    now = {mart: fingerprint(mart) for mart in bodies("marts")}
    stale = sorted(mart for mart in now | written() if written().get(mart) != now.get(mart))
    assert stale == [], f"the SQL of these marts, or of macros that they call, has changed: {COMMAND}"


def test_every_column_of_a_mart_is_there_and_is_made_of_columns_that_exist(columns: dict[str, list[str]]) -> None:
    there = {f"{t.name}.{c.name}" for t in declared().values() for c in t.columns}
    there |= {f"marts.{mart}.{column}" for mart, found in columns.items() for column in found}
    followed = columns_made_of()
    assert {of for mart in followed.values() for made_of in mart.values() for of in made_of} <= there
    missing = {mart: set(found) - followed[mart].keys() for mart, found in columns.items()}
    n_missing, n_columns = sum(map(len, missing.values())), sum(map(len, columns.values()))
    assert n_missing <= 0.1 * n_columns, missing
    # a count of rows is made of no column; so little else is that it would show
    n_of_none = sum(not made_of for mart in followed.values() for made_of in mart.values())
    assert n_of_none <= 0.05 * n_columns


@pytest.mark.parametrize("mart", ["dyad_undated", "listing_countries", "official_act_dyads", "revision_analysis"])
def test_what_is_written_down_is_what_is_found(columns: dict[str, list[str]], mart: str) -> None:
    assert lineage_of(mart, columns) == columns_made_of()[mart]


def test_a_column_is_followed_through_macros_and_with_tables_that_are_handed_to_them() -> None:
    assert columns_made_of()["events_one_a_day"]["goldstein"] == [
        "core.events.event_id",
        "core.events.goldstein",
        "core.events.known_from",
    ]
    of_spans = ("from_date", "n_events", "to_date")
    assert columns_made_of()["dyad_month"]["n_events"] == [f"marts.dyad_spans.{column}" for column in of_spans]
    assert columns_made_of()["revision_analysis"]["missing_reason"] == ["core.overdose_observations.missing_reason"]


def test_dagster_is_told_of_columns_by_asset_and_of_none_that_is_made_of_none() -> None:
    told = column_lineage_of("dyad_month")["dagster/column_lineage"].deps_by_column
    found = {(*dep.asset_key.path, dep.column_name) for dep in told["n_events"]}
    assert found == {("marts", "dyad_spans", column) for column in ("from_date", "n_events", "to_date")}
    written_out = column_lineage_of("dyad_month")["columns_made_of"].value["n_events"]
    assert written_out == "marts.dyad_spans.from_date, marts.dyad_spans.n_events, marts.dyad_spans.to_date"
    assert "n_revisions" not in column_lineage_of("revision_analysis")["dagster/column_lineage"].deps_by_column
