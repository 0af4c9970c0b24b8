"""POLECAT events: the weekly and monthly files of the Harvard Dataverse, coded in PLOVER, from bytes to typed rows.

A file is tab separated with a header of 40 columns. Some of the published files name four more columns than their rows hold
(Headline, Event Text, Feed, Story ID), others end every row with empty cells: both are read. ``None`` means that there is
nothing. An event may name several actors or recipients, with ``;`` between them: each pair of states is a row of its own.

There is no CAMEO code in it, and none is made up. Its intensity is a scale of its own and not Goldstein's.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import polars as pl

from assets.actors import registry
from assets.contracts import REJECTS, Staged
from assets.errors import Quarantine
from assets.news import KEPT
from assets.news.gdelt.fold import SECTORS
from assets.news.published import coded_files
from assets.reading.bytes import decode
from assets.reading.rejects import Check, reasons, split
from assets.reading.tables import frame_of_lines, lines_of

SOURCE = "polecat"

NEEDED = ("Event ID", "Event Date", "Event Type", "Actor Name", "Actor Country", "Recipient Name", "Recipient Country")
"""Columns without which a file is not of POLECAT."""
OPTIONAL = ("Quad Code", "Primary Actor Sector", "Primary Recipient Sector", "Source", "Publication Date", "Intensity")
"""Columns that are read where a file has them. ``Intensity`` is also named ``Event Intensity``."""
EXCESS = frozenset({"Headline", "Event Text", "Feed", "Story ID"})
"""Columns that the header of some files names and no row of them holds."""

EVENTS = (
    "AGREE", "CONSULT", "SUPPORT", "CONCEDE", "COOPERATE", "AID", "RETREAT", "REQUEST", "ACCUSE", "REJECT", "THREATEN",
    "PROTEST", "SANCTION", "MOBILIZE", "COERCE", "ASSAULT",
)  # fmt: skip
"""The sixteen events of PLOVER."""

QUADS: Mapping[str, int] = {
    "VERBAL COOPERATION": 1, "MATERIAL COOPERATION": 2, "VERBAL CONFLICT": 3, "MATERIAL CONFLICT": 4,
    "1": 1, "2": 2, "3": 3, "4": 4,
}  # fmt: skip

_NULLS = frozenset({"None", "NA", "NULL", "nan"})
_OTHER_SECTORS: Mapping[str, str] = {"CIV": "CVL", "JUD": "JUD", "NGO": "NGO", "IGO": "IGO", "LAW": "JUD", "PRO": "OPP"}
"""Sectors of PLOVER that CAMEO names otherwise. Those that it has under one name stay as they are, others are left out."""


def stage(files: Mapping[str, bytes]) -> Staged:
    """Type the rows of one snapshot.

    Args:
        files: name to bytes.

    Returns:
        Frame ``events`` (``coded_files.STAGED``), one row per event and pair of parties, and rejects.
        ``facts["n_countries_unknown"]``: names of countries that are not in the registry, with their number.

    Raises:
        Quarantine: no file has the columns of POLECAT.
    """
    return coded_files.stage(files, _stage_file)


def _names(header: str, first: str | None) -> list[str]:
    """Return the columns that rows hold: a header may name more, or end in empty cells."""
    names = [cell.strip().strip('"') for cell in header.split("\t")]
    while names and not names[-1]:
        names.pop()
    if first is not None and len(first.rstrip("\t").split("\t")) < len(names):
        held = [name for name in names if name not in EXCESS]
        if len(first.split("\t")) <= len(held) + 1:
            return held
    return names


def _stage_file(file: str, data: bytes) -> tuple[pl.DataFrame, pl.DataFrame, int]:
    lines = lines_of(decode(data, errors="replace"))
    names = _names(lines[0], lines[1] if len(lines) > 1 else None) if lines else []
    names = ["Intensity" if name == "Event Intensity" else name for name in names]
    missing = [c for c in NEEDED if c not in names]
    if missing or len(set(names)) < len(names):
        raise Quarantine(
            f"{file}: not a file of POLECAT events: the header lacks {', '.join(missing) or 'names that differ'}. Expected a tab "
            f"separated file that begins with Event ID, Event Date, Event Type. {KEPT}"
        )
    rows, off = frame_of_lines(file, lines[1:], names, _NULLS, KEPT)
    rows = rows.with_columns(pl.lit(None, pl.String).alias(c) for c in OPTIONAL if c not in names)
    typed = rows.with_columns(
        event_date=_day("Event Date"),
        published_at=_day("Publication Date").cast(pl.Datetime("us")),
        plover_event=pl.col("Event Type").str.to_uppercase(),
        intensity=pl.col("Intensity").cast(pl.Float64, strict=False),
        quad=pl.col("Quad Code").str.to_uppercase().str.replace_all("_", " ", literal=True),
    )
    checks: tuple[Check, ...] = (
        ("Event ID", pl.col("Event ID").is_not_null(), "no id"),
        ("Event Date", pl.col("event_date").is_not_null() | pl.col("Event Date").is_null(), "not a date (YYYY-MM-DD)"),
        ("Event Type", pl.col("plover_event").is_in(EVENTS), "not an event of PLOVER"),
        ("Quad Code", pl.col("quad").is_in(list(QUADS)) | pl.col("quad").is_null(), "not a quad class"),
        ("Intensity", pl.col("intensity").is_between(-10, 10) | pl.col("Intensity").is_null(), "not a number in [-10, 10]"),
    )
    good, failing = split(typed, checks)
    bad = reasons(failing, checks, pl.lit(file))
    pairs = _pairs(good)
    number = pl.int_range(pl.len()).over("Event ID", "row")
    staged = pairs.select(
        pl.lit(file).alias("file"),
        "row",
        pl.when(number == 0).then("Event ID").otherwise(pl.format("{}#{}", "Event ID", number + 1)).alias("native_id"),
        "event_date",
        pl.col("Actor Name").alias("source_name"),
        coded_files.country(pl.col("_source")).alias("source_country"),
        _sector("Primary Actor Sector").alias("source_sector"),
        pl.col("Recipient Name").alias("target_name"),
        coded_files.country(pl.col("_target")).alias("target_country"),
        _sector("Primary Recipient Sector").alias("target_sector"),
        pl.lit(None, pl.String).alias("cameo_code"),
        "plover_event",
        pl.lit(None, pl.Float64).alias("goldstein"),
        "intensity",
        pl.coalesce(
            pl.col("quad").replace_strict(dict(QUADS), default=None, return_dtype=pl.Int8),
            pl.col("plover_event").replace_strict(_quad_of(), default=None, return_dtype=pl.Int8),
        ).alias("quad_schrodt"),
        "published_at",
        pl.col("Source").alias("outlet"),
        pl.format("polecat {}", pl.col("Event ID").str.extract(r"^([^_]+)")).alias("report_id"),
        "_source",
        "_target",
    )
    return staged, pl.concat([off, bad]).match_to_schema(REJECTS), len(lines) - 1


def _day(column: str) -> pl.Expr:
    return pl.col(column).str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)


def _pairs(rows: pl.DataFrame) -> pl.DataFrame:
    """One row per pair of countries of an event: ``_source`` and ``_target``."""

    def each(column: str) -> pl.Expr:
        several = pl.col(column).str.replace_all("|", ";", literal=True).str.split(";")
        return several.list.eval(pl.element().str.strip_chars()).list.unique(maintain_order=True)

    return (
        rows.with_columns(each("Actor Country").alias("_source"), each("Recipient Country").alias("_target"))
        .explode("_source")
        .explode("_target")
        .with_columns(pl.when(~pl.col(c).is_in(["", *_NULLS])).then(pl.col(c)).alias(c) for c in ("_source", "_target"))
    )


def _sector(column: str) -> pl.Expr:
    code = pl.col(column).str.to_uppercase().replace(dict(_OTHER_SECTORS))
    return pl.when(code.is_in(sorted(SECTORS))).then(code)


def _quad_of() -> dict[str, int]:
    """Quad class of an event where a row states none: that of the CAMEO codes which the crosswalk takes to it."""
    codes = registry.cameo_codes().filter(pl.col("plover_event").is_not_null())
    return dict(codes.group_by("plover_event").agg(pl.col("quad_schrodt").mode().sort().first()).iter_rows())


fold = partial(coded_files.fold, source=SOURCE, coder="ngec", version="polecat")
