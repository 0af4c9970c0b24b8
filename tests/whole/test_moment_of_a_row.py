"""A macro may take its moment from a row: the answers are those of each moment by itself (docs/querying.md, pitfalls)."""

import duckdb
import pytest

from tests.whole.conftest import Warehouse

MOMENTS = ("2023-10-01", "2024-02-01")
ARGUMENTS = {"d": "DATE '2023-11-15'", "a": "'USA'", "b": "'CHN'", "grain": "'month'"}


def taken(sample: Warehouse, alias: str, column: str) -> dict[str, tuple[list[int], list[int]]]:
    """By macro: how many rows it gives for the moments of a table's rows, and for each of the same moments written out."""
    found, of_row = {}, f"{alias}.{column}"
    with duckdb.connect(str(sample.folder / "bilateral.duckdb"), read_only=True) as con:
        macros = con.execute(
            """SELECT DISTINCT function_name, parameters FROM duckdb_functions()
               WHERE database_name = current_database() AND function_type = 'table_macro' AND function_name LIKE '%as_known'"""
        ).fetchall()
        for name, parameters in macros:
            call = f"{name}({', '.join(ARGUMENTS.get(p, '{moment}') for p in parameters)})"
            written = [f"TIMESTAMP '{m}'" for m in MOMENTS]
            rows = ", ".join(f"({m})" for m in written)
            lateral = con.execute(
                f"""SELECT count(q) FROM (VALUES {rows}) AS {alias}({column}),
                    LATERAL (SELECT z FROM {call.format(moment=of_row)} AS z) AS q
                    GROUP BY {alias}.{column} ORDER BY {alias}.{column}"""
            ).fetchall()
            alone = [con.execute(f"SELECT count(*) FROM {call.format(moment=m)}").fetchall() for m in written]
            found[name] = ([n for (n,) in lateral] or [0] * len(MOMENTS), [n for ((n,),) in alone])
    return found


@pytest.mark.parametrize("alias", ["article", "event"])
def test_the_moments_of_rows_are_answered_like_moments_written_out(sample: Warehouse, alias: str) -> None:
    found = taken(sample, alias, "known_from")
    assert len(found) > 10
    assert {name: both for name, both in found.items() if both[0] != both[1]} == {}
    assert any(first < second for first, second in (both[0] for both in found.values()))
