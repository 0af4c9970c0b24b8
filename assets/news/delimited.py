"""Tables as text, tab separated and without quoting, with or without a header: bytes to a frame of text and rejects.

The layout is told by the content, never by the name of the file. Nothing of what the columns mean belongs here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import polars as pl

from assets.contract import REJECTS
from assets.errors import Quarantine

KEEP = "The file is kept in the raw store; nothing of it was taken in."


def decoded(data: bytes) -> str:
    """Return text in UTF-8 without its mark, else in Latin-1 (some publishers' years are), NUL replaced."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return text.replace("\0", "\ufffd")


def lines_of(data: bytes) -> list[str]:
    """Return the lines of a text; line breaks are those of Unix or Windows, and the last may lack it."""
    lines = decoded(data).split("\n")
    if lines[-1] == "":
        lines.pop()
    return [line.removesuffix("\r") for line in lines]


def frame_of(
    file: str, lines: Sequence[str], names: Sequence[str], first_row: int, nulls: frozenset[str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split lines into columns.

    Args:
        file: its name, for the rejects.
        lines: rows, without the header.
        names: columns. Rows may have empty cells after them.
        first_row: number of the first line among the rows of the file.
        nulls: cells that mean that there is nothing, beside the empty one.

    Returns:
        Text columns ``names`` with ``row``, white space around values removed; and the rows of another width as rejects.

    Raises:
        Quarantine: most rows have another width: the layout is not the one that was expected.
    """
    split = [line.split("\t") for line in lines]
    width = len(names)
    good, rejects = [], []
    for row, found in enumerate(split, start=first_row):
        if len(found) > width and not any(found[width:]):
            found = found[:width]
        if len(found) == width:
            good.append((row, *found))
        else:
            rejects.append((file, row, None, "\t".join(found)[:200], f"{len(found)} columns instead of {width}"))
    if len(rejects) > len(good):
        usual = Counter(len(found) for found in split).most_common(1)[0][0]
        raise Quarantine(
            f"{file}: {len(rejects):,} of {len(lines):,} rows have not the {width} columns expected (most have {usual}). "
            f"Has the layout changed? {KEEP}"
        )
    frame = pl.DataFrame(good, schema={"row": pl.Int64, **dict.fromkeys(names, pl.String)}, orient="row")
    cells = pl.col(list(names)).str.strip_chars()
    return (
        frame.with_columns(pl.when(~cells.is_in(["", *nulls])).then(cells)),
        pl.DataFrame(rejects, schema=REJECTS, orient="row"),
    )


def judged(file: str, rows: pl.DataFrame, checks: Sequence[tuple[str, pl.Expr, str]]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split rows into good ones and rejects: the first check that does not hold is the reason.

    Args:
        file: its name.
        rows: text and typed columns, with ``row``.
        checks: column as it stands in the file, what must hold, what to say where it does not. NULL does not hold.
    """
    failed = pl.coalesce(
        *(pl.when(ok.fill_null(False).not_()).then(pl.lit(i, pl.Int8)) for i, (_, ok, _) in enumerate(checks)),
        pl.lit(None, pl.Int8),
    )
    marked = rows.with_columns(failed.alias("_failed"))
    bad = marked.filter(pl.col("_failed").is_not_null())

    def by_check(values: list[pl.Expr]) -> pl.Expr:
        return pl.coalesce(*(pl.when(pl.col("_failed") == i).then(value) for i, value in enumerate(values)))

    rejects = bad.select(
        pl.lit(file).alias("file"),
        "row",
        by_check([pl.lit(name) for name, _, _ in checks]).alias("column"),
        by_check([pl.col(name).cast(pl.String).str.slice(0, 200) for name, _, _ in checks]).alias("value"),
        by_check([pl.lit(reason) for _, _, reason in checks]).alias("reason"),
    )
    return marked.filter(pl.col("_failed").is_null()).drop("_failed"), rejects.match_to_schema(REJECTS)
