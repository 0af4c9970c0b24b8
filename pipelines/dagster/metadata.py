"""Names of the assets, and what Dagster shows of them: rows, newest date, columns, a preview, and results of checks.

The graph of the UI shows the last part of a name alone, so these differ in it.
"""

import json
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import polars as pl

from assets.schema import declared
from pipelines.checks.validations import Validation
from pipelines.settings import ROOT, Settings
from pipelines.util.readers import reading

OWNERS = ["team:bilateral-relations"]
"""Whom the UI names for each asset."""
PREVIEW_ROWS = 8
LOOKED_AT, NEWEST = 500, 50
"""Rows of a core table, and newest ones of a mart, of which the preview shows those that say most."""

BUILD = dg.AssetKey(["warehouse", "build"])
PUBLISHED = dg.AssetKey(["warehouse", "bilateral"])


def raw_key(source: str) -> dg.AssetKey:
    """The bytes of a source as served."""
    return dg.AssetKey(["raw", source])


def staged_key(source: str) -> dg.AssetKey:
    """The typed rows of a source, on which its checks are shown."""
    return dg.AssetKey(["staged", f"{source}_rows"])


def folded_key(source: str) -> dg.AssetKey:
    """What the snapshots of a source say together, in both times: its part of the core tables of its domain."""
    return dg.AssetKey(["folded", f"{source}_history"])


def days_key(source: str) -> dg.AssetKey:
    """The asset whose partitions are the days of a source that comes in slots."""
    return dg.AssetKey(["raw", f"{source}_days"])


def core_key(table: str) -> dg.AssetKey:
    """A core table by its bare name."""
    return dg.AssetKey(["core", table])


def mart_key(name: str) -> dg.AssetKey:
    """A mart by its bare name."""
    return dg.AssetKey(["marts", name])


def as_written(text: str) -> str:
    """A text as Dagster shows it as written: its Markdown would take ``<kind>`` for HTML and drop it."""
    return re.sub(r"<(?=[a-zA-Z/!?])", r"\\<", text)


def as_text(sentences: Sequence[str]) -> str | None:
    """Sentences as the description of a result, which Dagster's UI renders: what a source served is no link, picture or tag."""
    return re.sub(r"[\\`\[\]<]", r"\\\g<0>", "; ".join(sentences)) or None


def table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> dg.TableMetadataValue:
    """Rows as a table of text, long cells cut. Nothing in them is markup: a title may be anybody's."""
    records = [dg.TableRecord({c: "" if v is None else str(v)[:80] for c, v in zip(columns, row, strict=True)}) for row in rows]
    return dg.MetadataValue.table(records, dg.TableSchema([dg.TableColumn(c) for c in columns]))


def frame_table(frame: pl.DataFrame) -> dg.TableMetadataValue:
    """A frame as a table."""
    return table(frame.columns, frame.rows())


def _preview(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> dg.TableMetadataValue:
    """The rows that say most: those with the most cells that are neither empty nor 0."""
    telling = sorted(rows, key=lambda row: -sum(v is not None and (isinstance(v, bool) or v != 0) for v in row))
    return table(columns, telling[:PREVIEW_ROWS])


def table_metadata(name: str, files: Sequence[Path]) -> dict[str, Any]:
    """Row count, newest date, snapshot ids and a preview of a core table's Parquet files."""
    declaration = declared()[f"core.{name}"]
    frame = pl.scan_parquet(list(files)) if files else declaration.empty().lazy()
    wanted = [pl.len().alias("n")]
    if declaration.newest is not None:
        wanted.append(pl.col(declaration.newest.column).max().alias("newest"))
    if "snapshot_id" in declaration.polars:
        wanted.append(pl.col("snapshot_id").unique().sort().implode().alias("ids"))
    row = frame.select(wanted).collect().row(0, named=True)
    found: dict[str, Any] = {"dagster/row_count": row["n"]}
    if "newest" in row:
        found["newest_date"] = "none" if row["newest"] is None else str(row["newest"])
    if "ids" in row:
        found |= {"n_snapshots": len(row["ids"]), "snapshot_ids": dg.MetadataValue.json(row["ids"][-20:])}
    looked_at = frame.head(LOOKED_AT).collect()
    return found | {"preview": _preview(looked_at.columns, looked_at.rows())}


def staged_metadata(scans: dict[str, pl.LazyFrame]) -> dict[str, Any]:
    """Row count, columns and a preview of the typed rows of a snapshot; nothing where there is none."""
    found: dict[str, Any] = {f"preview_{name}": frame_table(frame.head(PREVIEW_ROWS).collect()) for name, frame in scans.items()}
    if scans:
        first = next(iter(scans.values()))
        found["dagster/row_count"] = sum(f.select(pl.len()).collect().item() for f in scans.values())
        found["dagster/column_schema"] = dg.TableSchema([dg.TableColumn(c, str(t)) for c, t in first.collect_schema().items()])
    return found


def mart_metadata(con: duckdb.DuckDBPyConnection, name: str) -> dict[str, Any]:
    """Row count, newest date, columns, what each is made of, and a preview of a mart (bare name) in a warehouse file."""
    columns = con.execute(
        "SELECT column_name, type, description FROM meta.columns WHERE table_name = ? ORDER BY position", [f"marts.{name}"]
    ).fetchall()
    schema = dg.TableSchema(columns=[dg.TableColumn(n, t, as_written(text)) for n, t, text in columns])
    date = next((c for c in ("date", "period_end") if c in {n for n, _, _ in columns}), None)
    newest = "NULL" if date is None else f"(SELECT max({date}) FROM marts.{name})"
    count, last = con.execute(f"SELECT n_rows, {newest} FROM meta.row_counts WHERE table_name = 'marts.{name}'").fetchall()[0]
    # those whose first measure is neither unknown nor 0
    counts = [n for n, kind, _ in columns if kind == "BIGINT" and re.match(r"n_(?!lists|days)", n)]
    measures = [*counts, *(n for n, kind, _ in columns if kind == "DOUBLE")]
    of_interest = f"WHERE {measures[0]} <> 0" if measures else ""
    order = "" if date is None else f"ORDER BY {date} DESC"
    newest_rows = con.execute(f"FROM marts.{name} {of_interest} {order} LIMIT {NEWEST}")
    preview = _preview([d[0] for d in newest_rows.description or ()], newest_rows.fetchall())
    found = {"dagster/row_count": count, "dagster/column_schema": schema, "preview": preview}
    return found if last is None else found | {"newest_date": str(last)}


@cache
def columns_made_of() -> dict[str, dict[str, list[str]]]:
    """By mart and column the columns that it is made of, such as ``core.events.goldstein``, as written by ``make renew``."""
    written = json.loads((ROOT / "pipelines" / "publish" / "column_lineage.json").read_text(encoding="utf-8"))
    return {mart: entry["columns"] for mart, entry in written.items()}


def column_lineage_of(mart: str) -> dict[str, Any]:
    """The columns of which each column of a mart is made, as Dagster has it and as a table, which its own web server shows."""
    made_of = {column: of for column, of in columns_made_of()[mart].items() if of}
    deps = {c: [dg.TableColumnDep(dg.AssetKey(n.split(".")[:2]), n.split(".")[2]) for n in of] for c, of in made_of.items()}
    return {
        "dagster/column_lineage": dg.TableColumnLineage(deps_by_column=deps),
        "columns_made_of": dg.MetadataValue.json({column: ", ".join(of) for column, of in made_of.items()}),
    }


def file_metadata(file: Path) -> dict[str, Any]:
    """Rows per table of a warehouse file, and what each source has come to."""
    with reading(file) as con:
        tables = pl.DataFrame(con.sql("SELECT table_name, n_rows FROM meta.row_counts ORDER BY table_name"))
        sources = pl.DataFrame(
            con.sql("SELECT source, n_snapshots, last_accepted_at, newest_date FROM meta.sources ORDER BY source")
        )
    return {
        "dagster/row_count": int(tables["n_rows"].sum()),
        "bytes": file.stat().st_size,
        "newest_date": str(sources["newest_date"].max() or "none"),
        "sources": frame_table(sources),
        "preview": frame_table(tables),
    }


def docs_metadata(settings: Settings) -> dict[str, Any]:
    """The address of the page with what was found of all expectations, where it is written."""
    page = settings.warehouse / "data_docs" / "index.html"
    return {"data_docs": dg.MetadataValue.url(page.as_uri())} if page.exists() else {}


EXPECTED = "expectations_hold"
"""The check of a table that shows all that is expected of it: one event a table, however many expectations it has."""
CORE_AS_BUILT = "core_tables_hold_as_built"
"""The check that shows what is expected of core tables once all are in one file; a mart has a check of its own."""


def expected_result(name: str, validations: Sequence[Validation], key: dg.AssetKey) -> dg.AssetCheckResult:
    """What was found of expectations as one result: each with its outcome, and the offending rows of those that fail."""
    named = list(zip(names([(v.table_name, v.expectation) for v in validations]), validations, strict=True))
    bad = [(n, v) for n, v in named if v.status in ("failed", "error")]
    # what is published keeps the rule, but not all of what the source said: a warning, not a silent green
    aside = [(n, v) for n, v in named if v.n_set_aside]
    sentences = [f"{n} {'warns' if v.outcome == 'warning' else f'({v.severity}) {v.outcome}'}: {v.description}" for n, v in bad]
    kept = [one for one in aside if one not in bad]
    sentences += [f"{n} passed with {v.n_set_aside:,} quarantined (meta.rejects). {v.description}" for n, v in kept]
    is_of_one_table = len({v.table_name for v in validations}) < 2
    found = [(n, v.outcome, v.observed, v.n_set_aside) for n, v in (named if is_of_one_table else bad)]
    outcomes = {"failed" if v.outcome == "error" else v.outcome for v in validations}
    metadata: dict[str, Any] = {
        "status": next((o for o in ("failed", "warning", "passed") if o in outcomes), "skipped" if outcomes else "passed"),
        "n_expectations": len(validations),
        "n_failed": sum(v.outcome != "warning" for _, v in bad),
        "n_warnings": sum(v.outcome == "warning" for _, v in bad),
        "found": table(("expectation", "status", "observed", "quarantined"), found),
    }
    if aside:
        metadata["n_set_aside"] = sum(v.n_set_aside or 0 for _, v in aside)
    if rows := {n: json.loads(v.offending_rows) for n, v in {**dict(bad), **dict(aside)}.items() if v.offending_rows}:
        metadata["offending_rows"] = dg.MetadataValue.json(rows)
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=name,
        passed=not bad and not aside,
        severity=dg.AssetCheckSeverity.ERROR if any(v.blocks for _, v in bad) else dg.AssetCheckSeverity.WARN,
        description=as_text(sentences),
        metadata=metadata,
    )


def warning(key: dg.AssetKey, name: str, sentences: Sequence[str]) -> dg.AssetCheckResult:
    """The result of a check that warns with these sentences, since publication goes on, and passes where there are none."""
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=name,
        passed=not sentences,
        severity=dg.AssetCheckSeverity.WARN,
        description=as_text(sentences),
        metadata={"status": "warning" if sentences else "passed", "sentences": dg.MetadataValue.json(list(sentences))},
    )


def names(expectations: Sequence[tuple[str, str]]) -> list[str]:
    """How expectations, each a table and a name, are called: where they are of several tables, with their table."""
    return [name if len({t for t, _ in expectations}) < 2 else f"{of} {name}" for of, name in expectations]
