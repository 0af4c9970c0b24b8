"""Documents by which acts are made known: the shape into which every register is staged, and how its versions are folded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import polars as pl

from assets.contracts import Folded, History, StagedSnapshot
from assets.days import known_of_day
from assets.history import close, compare
from assets.schema import table

TABLE = "act_documents"
VALUES = ("authority_id", "authority_basis", "document_type", "citation", "title", "abstract", "summary_words", "signing_date",
          "publication_date", "effective_date", "start_page", "end_page", "url")  # fmt: skip
"""What a register says of a document; a change of one of these is another version."""
DOCUMENTS = pl.Schema(
    {
        "row": pl.Int64,
        "document_number": pl.String,
        "authority_id": pl.String,
        "authority_basis": pl.String,
        "document_type": pl.String,
        "citation": pl.String,
        "title": pl.String,
        "abstract": pl.String,
        "summary_words": pl.String,
        "signing_date": pl.Date,
        "publication_date": pl.Date,
        "effective_date": pl.Date,
        "start_page": pl.Int32,
        "end_page": pl.Int32,
        "url": pl.String,
    }
)
"""Frame ``documents`` of a staged snapshot: one row per document, the last one where a file repeats it."""


def fold_documents(register: str, history: History, snapshots: Iterable[StagedSnapshot]) -> Folded:
    """Fold answers of a register into ``core.act_documents``.

    A register only adds and corrects: a document that an answer does not hold stays as it was, since every answer is a search.
    """
    declared = table(f"core.{TABLE}")
    open_rows = history.open(TABLE)
    closed: list[pl.DataFrame] = []
    for snapshot in _whole(snapshots):
        at = pl.lit(snapshot.retrieved_at, pl.Datetime("us"))
        seen = snapshot.frames["documents"].with_columns(
            pl.format(f"{register}:{{}}", "document_number").alias("document_id"),
            pl.lit(register).alias("register"),
            known_of_day(pl.col("publication_date"), at).alias("known_from"),
            pl.lit(None, pl.Datetime("us")).alias("known_to"),
            pl.lit(snapshot.snapshot_id).alias("snapshot_id"),
        )
        found = compare(open_rows, declared.conform(seen.select(open_rows.columns)), key=["document_id"], values=VALUES)
        # what replaces another version was seen when it was retrieved
        replacing = found.replacing.with_columns(at.alias("known_from"))
        closed.append(close(found.superseded, snapshot.retrieved_at))
        open_rows = pl.concat([found.unchanged, found.absent, replacing, found.new])
    return Folded({TABLE: open_rows}, {TABLE: pl.concat([open_rows.clear(), *closed])})


def _whole(snapshots: Iterable[StagedSnapshot]) -> Iterator[StagedSnapshot]:
    return (s for s in snapshots if not s.is_repeat and "documents" in s.frames)
