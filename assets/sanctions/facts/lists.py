"""The lists themselves, as the declarations next to their readers have them; programs that changed their names; mirrors."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from assets.schema import table

HERE = Path(__file__).parent
FACTS = ("list_mirrors.csv", "programs.csv")


@cache
def declarations() -> tuple[tuple[Path, str, dict[str, Any]], ...]:
    """What is declared of each list: the file, the id of the list, and its mapping, in order of files."""
    return tuple(
        (path, source_id, declared)
        for path in sorted(HERE.parent.glob("lists/*/*.yml"))
        for source_id, declared in yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader).items()
    )


@cache
def lists() -> pl.DataFrame:
    """Rows of ``core.sanction_lists`` without coverage, one per list, in order of precedence; ``listing_page``, ``max_gap_days``.

    A party on several lists takes its id from the first of them. Title, page, terms, authority, kind and precedence are in
    the declaration of the source, ``lists/<authority>/<reader>.yml``; they are part of the fingerprint of what uses them.
    """
    declared = [
        {
            "list_id": source_id,
            "authority_id": source["list"]["authority"],
            "kind": source["list"]["kind"],
            "name": source["title"],
            **{c: source[c] for c in ("url", "licence", "timezone")},
            "target_ids": source["list"].get("target_ids"),
            "precedence": source["list"]["precedence"],
            "listing_page": source["list"].get("listing_page"),
            "max_gap_days": source["list"].get("max_gap_days"),
        }
        for _, source_id, source in declarations()
    ]
    return pl.DataFrame(declared, infer_schema_length=None).sort("precedence").drop("precedence")


def authority_of(list_id: str) -> str:
    """The body that keeps a list (``USA.OFAC``)."""
    return str(lists().row(by_predicate=pl.col("list_id") == list_id, named=True)["authority_id"])


def timezone_of(list_id: str) -> str:
    """Time zone in which the authority of a list dates its acts (``America/New_York``)."""
    return str(lists().row(by_predicate=pl.col("list_id") == list_id, named=True)["timezone"])


def page_of(list_id: str) -> str:
    """Official page of a list."""
    return str(lists().row(by_predicate=pl.col("list_id") == list_id, named=True)["url"])


def listing_page(list_id: str) -> str | None:
    """Address of the page of a single listing, with ``{native_id}`` in it; None where the publisher has no such pages."""
    page: str | None = lists().row(by_predicate=pl.col("list_id") == list_id, named=True)["listing_page"]
    return page


def max_gap_of(list_id: str) -> int | None:
    """Two editions of a list cover the days between them where they are at most so many days apart; None for a record."""
    days: int | None = lists().row(by_predicate=pl.col("list_id") == list_id, named=True)["max_gap_days"]
    return days


def covered(list_id: str, covered_from: date, covered_until: date) -> pl.DataFrame:
    """The row of ``core.sanction_lists`` for a list whose history is held over these days (both included)."""
    row = lists().filter(pl.col("list_id") == list_id).drop("listing_page", "max_gap_days")
    days = row.with_columns(pl.lit(covered_from).alias("covered_from"), pl.lit(covered_until).alias("covered_until"))
    return table("core.sanction_lists").conform(days)


@cache
def program_aliases() -> pl.DataFrame:
    """Rows of ``core.program_aliases``."""
    return table("core.program_aliases").conform(pl.read_csv(HERE / "programs.csv"))


@cache
def canonical_programs() -> dict[str, str]:
    """Canonical program by the name that a list once used."""
    return dict(program_aliases().select("program_raw", "program").iter_rows())


@cache
def list_mirrors() -> pl.DataFrame:
    """Rows of ``core.list_mirrors``."""
    return table("core.list_mirrors").conform(pl.read_csv(HERE / "list_mirrors.csv"))
