"""Rows that cannot be used, as rejects: those that fail a check, stand twice, or have another shape."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from assets.contracts import MOST_VALUE, REJECTS

SHAPE = pl.Schema([(column, kind) for column, kind in REJECTS.items() if column != "file"])
"""Rejects of one file, which need not name it."""

Check = tuple[str, pl.Expr, str | pl.Expr]
"""Column as it stands in the file, what must hold, what to say where it does not. NULL does not hold."""


def split(rows: pl.DataFrame | pl.LazyFrame, checks: Sequence[Check]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows for which all checks hold; and the others, with the number of the first check that does not in ``failed``."""
    tried = rows.with_columns(pl.all_horizontal(ok.fill_null(False) for _, ok, _ in checks).alias("_holds"))
    marked = tried.collect() if isinstance(tried, pl.LazyFrame) else tried
    if marked["_holds"].all():
        return marked.drop("_holds"), marked.clear().drop("_holds").with_columns(pl.lit(None, pl.Int8).alias("failed"))
    # which check it is, is asked only where one fails: most files are whole
    numbers = (pl.when(ok.fill_null(False).not_()).then(pl.lit(i, pl.Int8)) for i, (_, ok, _) in enumerate(checks))
    marked = marked.with_columns(pl.coalesce(*numbers, pl.lit(None, pl.Int8)).alias("failed"))
    return marked.filter("_holds").drop("_holds", "failed"), marked.filter(~pl.col("_holds")).drop("_holds")


def reasons(bad: pl.DataFrame, checks: Sequence[Check], file: pl.Expr | None = None) -> pl.DataFrame:
    """Rejects of rows that fail a check: the first that does not hold is the reason.

    Args:
        bad: as ``split`` gives them, with ``row``.
        checks: the same.
        file: names the file; None: the rejects do not (schema ``SHAPE``).
    """
    schema = SHAPE if file is None else REJECTS
    if not bad.height:
        return schema.to_frame()

    def by_check(values: Sequence[pl.Expr]) -> pl.Expr:
        return pl.coalesce(*(pl.when(pl.col("failed") == i).then(value) for i, value in enumerate(values)))

    found = bad.select(
        *([] if file is None else [file.alias("file")]),
        pl.col("row").cast(pl.Int64),
        by_check([pl.lit(name) for name, _, _ in checks]).alias("column"),
        by_check([pl.col(name).cast(pl.String).str.slice(0, MOST_VALUE) for name, _, _ in checks]).alias("value"),
        by_check([pl.lit(why) if isinstance(why, str) else why for _, _, why in checks]).alias("reason"),
    )
    return found.match_to_schema(schema)


def rejected(rows: pl.DataFrame, cells: pl.Expr, reason: pl.Expr) -> pl.DataFrame:
    """Rows as rejects of one file (schema ``SHAPE``), where the row as a whole cannot be used and no single column of it.

    Args:
        rows: with ``row``.
        cells: text that identifies the row.
        reason: text of why it is not used.
    """
    return rows.select(
        "row", pl.lit(None, pl.String).alias("column"), cells.str.slice(0, MOST_VALUE).alias("value"), reason.alias("reason")
    )


def repeated(rows: pl.DataFrame, key: Sequence[str], values: Sequence[str], cells: pl.Expr) -> pl.DataFrame:
    """Rejects for keys that stand more than once: all rows where their values differ, else all but the first."""
    again = (
        rows.filter(pl.struct(key).is_duplicated())
        .with_columns(first=pl.col("row").min().over(key), differ=pl.struct(values).n_unique().over(key) > 1)
        .filter(pl.col("differ") | (pl.col("row") > pl.col("first")))
    )
    different = pl.lit("the key stands more than once, with different values")
    return rejected(again, cells, pl.when("differ").then(different).otherwise(pl.format("the same as row {}", "first")))


def misshapen(rows: Sequence[tuple[int, str, str]]) -> pl.DataFrame:
    """Rejects of one file (schema ``SHAPE``) from row, text that tells it, and reason."""
    return pl.DataFrame([(row, None, value[:MOST_VALUE], reason) for row, value, reason in rows], schema=SHAPE, orient="row")


def of_file(rejects: pl.DataFrame, file: pl.Expr) -> pl.DataFrame:
    """Rejects (schema ``SHAPE``) with the name of their file: schema ``REJECTS``."""
    return rejects.select(file.alias("file"), *SHAPE)
