"""Which columns each column of a mart is made of: written down for the SQL as it is, and followed through macros."""

import pytest

from assets.schema import declared
from pipelines.dagster.metadata import column_lineage_of, columns_made_of
from tests.pipelines.column_lineage import COMMAND, bodies, columns_of_marts, fingerprint, lineage_of, written


def test_what_is_written_down_is_of_the_sql_as_it_is_and_of_columns_that_exist() -> None:
    now = {mart: fingerprint(mart) for mart in bodies("marts")}
    stale = sorted(mart for mart in now | written() if written().get(mart, {}).get("sql") != now.get(mart))
    assert stale == [], f"the SQL of these marts, or of macros that they call, has changed: {COMMAND}"
    columns, followed = columns_of_marts(), columns_made_of()
    there = {f"{t.name}.{c.name}" for t in declared().values() for c in t.columns}
    there |= {f"marts.{mart}.{column}" for mart, found in columns.items() for column in found}
    assert {of for mart in followed.values() for made_of in mart.values() for of in made_of} <= there
    missing = {mart: set(found) - followed[mart].keys() for mart, found in columns.items()}
    assert sum(map(len, missing.values())) <= 0.1 * sum(map(len, columns.values())), missing
    # a count of rows is made of no column; so little else is that it would show
    assert sum(not of for mart in followed.values() for of in mart.values()) <= 0.05 * sum(map(len, columns.values()))
    for mart in ("dyad_undated", "listing_countries", "official_act_dyads", "revision_analysis"):
        assert lineage_of(mart, columns) == followed[mart], mart


@pytest.mark.parametrize(
    ("mart", "column", "of"),
    [
        ("events_one_a_day", "goldstein", "core.events.event_id core.events.goldstein core.events.known_from"),
        ("dyad_month", "n_events", "marts.dyad_spans.from_date marts.dyad_spans.n_events marts.dyad_spans.to_date"),
        ("revision_analysis", "missing_reason", "core.overdose_observations.missing_reason"),
    ],
)
def test_a_column_is_followed_through_macros_and_dagster_is_told(mart: str, column: str, of: str) -> None:
    assert columns_made_of()[mart][column] == of.split()
    told = column_lineage_of(mart)
    found = told["dagster/column_lineage"].deps_by_column
    assert {".".join((*dep.asset_key.path, dep.column_name)) for dep in found[column]} == set(of.split())
    assert told["columns_made_of"].value[column] == of.replace(" ", ", ")
    assert "n_revisions" not in column_lineage_of("revision_analysis")["dagster/column_lineage"].deps_by_column
