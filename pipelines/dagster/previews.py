"""What is shown of tables and files: rows, newest date, columns, the rows that say most."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import dagster as dg
import duckdb
import polars as pl

from assets.schema import declared
from pipelines.settings import ROOT
from pipelines.util.readers import reading

if TYPE_CHECKING:
    from pipelines.settings import Settings

PREVIEW_ROWS = 8
LOOKED_AT = 500
"""Rows of a core table of which the preview shows those that say most."""
NEWEST = 50
"""The same of a mart, of its newest rows: so many are found without reading the whole table."""


def as_written(text: str) -> str:
    """A text as Dagster shows it as written: its Markdown would take ``<kind>`` for HTML and drop it."""
    return re.sub(r"<(?=[a-zA-Z/!?])", r"\\<", text)


def _in_a_cell(text: str) -> str:
    """A text of the data as a cell shows it: it makes no link, picture or tag. A title may be anybody's."""
    return re.sub(r"([\\`\[\]<|])", r"\\\1", text).translate({10: " ", 13: " "})


def markdown(frame: pl.DataFrame) -> dg.MarkdownMetadataValue:
    """A frame as a Markdown table, long cells cut."""
    return rows_as_markdown(frame.columns, frame.rows())


def rows_as_markdown(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> dg.MarkdownMetadataValue:
    """Rows as a Markdown table, long cells cut."""
    if not columns:
        return dg.MetadataValue.md("(no columns)")
    cut = [[("" if v is None else _in_a_cell(str(v)[:80])) for v in row] for row in rows]
    lines = ["| " + " | ".join(row) + " |" for row in [columns, ["---"] * len(columns), *cut]]
    return dg.MetadataValue.md("\n".join(lines))


Row = TypeVar("Row", bound=Sequence[object])


def telling(rows: Sequence[Row]) -> list[Row]:
    """The rows that say most, for a preview: those with the most cells that are neither empty nor 0."""
    # a hundred rows are sorted before a frame of them is made
    return sorted(rows, key=lambda row: -sum(v is not None and (isinstance(v, bool) or v != 0) for v in row))[:PREVIEW_ROWS]


def table_metadata(name: str, files: Sequence[Path]) -> dict[str, Any]:
    """Row count, newest date, snapshot ids and a preview of a core table's Parquet files."""
    declaration = declared()[f"core.{name}"]
    frame = pl.scan_parquet(list(files)) if files else declaration.empty().lazy()
    asked = [pl.len().alias("n")]
    if declaration.newest is not None:
        asked.append(pl.col(declaration.newest.column).max().alias("newest"))
    if "snapshot_id" in declaration.polars:
        asked.append(pl.col("snapshot_id").unique().sort().implode().alias("ids"))
    row = frame.select(asked).collect().row(0, named=True)
    found: dict[str, Any] = {"dagster/row_count": row["n"]}
    if "newest" in row:
        found["newest_date"] = "none" if row["newest"] is None else str(row["newest"])
    if "ids" in row:
        found |= {"n_snapshots": len(row["ids"]), "snapshot_ids": dg.MetadataValue.json(row["ids"][-20:])}
    looked_at = frame.head(LOOKED_AT).collect()
    found["preview"] = rows_as_markdown(looked_at.columns, telling(looked_at.rows()))
    return found


def staged_metadata(scans: dict[str, pl.LazyFrame]) -> dict[str, Any]:
    """Row count, columns and a preview of the typed rows of a snapshot; nothing where there is none."""
    found: dict[str, Any] = {f"preview_{name}": markdown(frame.head(PREVIEW_ROWS).collect()) for name, frame in scans.items()}
    if scans:
        first = next(iter(scans.values()))
        found["dagster/row_count"] = sum(f.select(pl.len()).collect().item() for f in scans.values())
        found["dagster/column_schema"] = dg.TableSchema(
            columns=[dg.TableColumn(c, str(t)) for c, t in first.collect_schema().items()]
        )
    return found


def mart_metadata(con: duckdb.DuckDBPyConnection, name: str) -> dict[str, Any]:
    """Row count, newest date, columns and a preview of a mart in a warehouse file."""
    columns = con.execute(
        "SELECT column_name, type, description FROM meta.columns WHERE table_name = ? ORDER BY position", [name]
    ).fetchall()
    schema = dg.TableSchema(columns=[dg.TableColumn(n, t, as_written(text)) for n, t, text in columns])
    names = {n for n, _, _ in columns}
    date = next((c for c in ("date", "period_end") if c in names), "NULL")
    count, newest = con.execute(f"SELECT count(*), max({date}) FROM {name}").fetchall()[0]
    newest_rows = con.execute(f"FROM {name} {_newest_that_say_something(columns, date)} LIMIT {NEWEST}")
    in_order = [d[0] for d in newest_rows.description or ()]
    rows = newest_rows.fetchall()
    preview = rows_as_markdown(in_order, telling(rows))
    found = {"dagster/row_count": count, "dagster/column_schema": schema, "preview": preview}
    return found if newest is None else found | {"newest_date": str(newest)}


def _newest_that_say_something(columns: Sequence[tuple[str, str, str]], date: str) -> str:
    """The end of a query for the newest rows of a mart whose first measure is neither unknown nor 0."""
    counts = [n for n, t, _ in columns if t == "BIGINT" and re.match(r"n_(?!lists|days)", n)]
    measures = [*counts, *(n for n, t, _ in columns if t == "DOUBLE")]
    return f"{f'WHERE {measures[0]} <> 0 ' if measures else ''}{'' if date == 'NULL' else f'ORDER BY {date} DESC'}"


def file_metadata(file: Path) -> dict[str, Any]:
    """Rows per table of a warehouse file, and what each source has come to."""
    with reading(file) as con:
        tables = con.sql("SELECT table_name, n_rows FROM meta.row_counts ORDER BY table_name").pl()
        sources = con.sql("SELECT source, n_snapshots, last_accepted_at, newest_date FROM meta.sources ORDER BY source").pl()
    return {
        "dagster/row_count": int(tables["n_rows"].sum()),
        "bytes": file.stat().st_size,
        "newest_date": str(sources["newest_date"].max() or "none"),
        "sources": markdown(sources),
        "preview": markdown(tables),
    }


@cache
def columns_made_of() -> dict[str, dict[str, list[str]]]:
    """By mart and column the columns that it is made of, such as ``core.events.goldstein``, as written by ``make renew``."""
    written = json.loads((ROOT / "pipelines" / "publish" / "column_lineage.json").read_text(encoding="utf-8"))
    return {mart: entry["columns"] for mart, entry in written.items()}


def column_lineage_of(mart: str) -> dict[str, Any]:
    """The columns that each column of a mart is made of, those made of none left out.

    As Dagster has it, and as a table: the web server that comes with it draws no lineage of columns.
    """
    made_of = {column: of for column, of in columns_made_of()[mart].items() if of}
    lines = ["| column | made of |", "| --- | --- |", *(f"| {c} | {', '.join(of)} |" for c, of in made_of.items())]
    return {
        "dagster/column_lineage": dg.TableColumnLineage(
            deps_by_column={
                column: [dg.TableColumnDep(dg.AssetKey(name.split(".")[:2]), name.split(".")[2]) for name in of]
                for column, of in made_of.items()
            }
        ),
        "columns_made_of": dg.MetadataValue.md("\n".join(lines)),
    }


def docs_metadata(settings: Settings) -> dict[str, Any]:
    """The address of the page with what was found of all expectations, where it is written."""
    page = settings.warehouse / "data_docs" / "index.html"
    return {"data_docs": dg.MetadataValue.url(page.as_uri())} if page.exists() else {}
