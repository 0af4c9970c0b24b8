"""ICEWS events: the tab separated files of the Harvard Dataverse (``events.YYYY...tab``), from bytes to typed rows.

A file has a header. ``NA`` means that there is nothing: it is never Namibia, which is written out. Intensity is the value of
the Goldstein scale as ICEWS uses it. Codes are CAMEO as text; where a copy of a file has lost the zeros in front of them
(10 for 010), the text of the event, which names its code, brings them back.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path

import polars as pl

from assets.actors import registry
from assets.contracts import REJECTS, Staged
from assets.errors import Quarantine
from assets.news import KEPT
from assets.news.published import coded_files
from assets.reading.bytes import decode
from assets.reading.rejects import Check, reasons, split
from assets.reading.tables import frame_of_lines, lines_of

SOURCE = "icews"

NEEDED = ("Event ID", "Event Date", "Source Name", "Source Country", "Event Text", "Target Name", "Target Country")
"""Columns without which a file is not of ICEWS."""
OPTIONAL = ("Source Sectors", "Target Sectors", "CAMEO Code", "Intensity", "Story ID", "Publisher")
"""Columns that are read where a file has them."""

_NULLS = frozenset({"NA", "NULL", "null", "\\N"})
FACTS = ("icews_texts.csv",)
_TEXTS = Path(__file__).resolve().parent / FACTS[0]

SECTORS: Mapping[str, str] = {
    "Executive": "GOV",
    "Executive Office": "GOV",
    "Government": "GOV",
    "Military": "MIL",
    "Police": "COP",
    "Judicial": "JUD",
    "Legislative / Parliamentary": "LEG",
    "Business": "BUS",
    "Media": "MED",
    "News": "MED",
    "Education": "EDU",
    "Labor": "LAB",
    "Agricultural": "AGR",
    "Medical / Health": "HLH",
    "Insurgents": "INS",
    "Rebels": "REB",
    "Separatists": "SEP",
    "Radicals / Extremists / Fundamentalists": "RAD",
    "Criminals / Gangs": "CRM",
    "Unidentified Forces": "UAF",
    "Refugees / Displaced": "REF",
    "Dissident": "OPP",
    "Opposition Major Party (Out Of Government)": "OPP",
    "Opposition Minor Party (Out Of Government)": "OPP",
    "International Government Organization": "IGO",
    "Nongovernmental Organization (International)": "NGO",
    "Nongovernmental Organizations / Activists": "NGO",
    "Multinational Corporation": "MNC",
    "General Population / Civilian / Social": "CVL",
}
"""Sectors of ICEWS that have a counterpart among CAMEO's roles. The first one named counts, the executive before all."""


def stage(files: Mapping[str, bytes]) -> Staged:
    """Type the rows of one snapshot.

    Args:
        files: name to bytes.

    Returns:
        Frame ``events`` (``coded_files.STAGED``) and rejects. ``facts["n_countries_unknown"]``: names of countries that are not
        in the registry, with their number of rows.

    Raises:
        Quarantine: no file has the columns of ICEWS.
    """
    return coded_files.stage(files, _stage_file)


def _stage_file(file: str, data: bytes) -> tuple[pl.DataFrame, pl.DataFrame, int]:
    lines = lines_of(decode(data, errors="replace"))
    names = [cell.strip().strip('"') for cell in lines[0].split("\t")] if lines else []
    missing = [c for c in NEEDED if c not in names]
    if missing or len(set(names)) < len(names):
        raise Quarantine(
            f"{file}: not a file of ICEWS events: the header lacks {', '.join(missing) or 'names that differ'}. Expected a tab "
            f"separated file that begins with Event ID, Event Date, Source Name. {KEPT}"
        )
    rows, off = frame_of_lines(file, lines[1:], names, _NULLS, KEPT)
    rows = rows.with_columns(pl.lit(None, pl.String).alias(c) for c in OPTIONAL if c not in names)
    typed = rows.with_columns(
        event_date=pl.col("Event Date").str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False),
        cameo_code=_code(),
        intensity=pl.col("Intensity").cast(pl.Float64, strict=False),
    )
    checks: tuple[Check, ...] = (
        ("Event ID", pl.col("Event ID").is_not_null(), "no id"),
        ("Event Date", pl.col("event_date").is_not_null(), "not a date (YYYY-MM-DD)"),
        ("CAMEO Code", pl.col("cameo_code").is_not_null(), "neither a CAMEO code nor a text that names one"),
        ("Intensity", pl.col("intensity").is_between(-10, 10) | pl.col("Intensity").is_null(), "not a number in [-10, 10]"),
    )
    good, failing = split(typed, checks)
    bad = reasons(failing, checks, pl.lit(file))
    staged = good.select(
        pl.lit(file).alias("file"),
        "row",
        pl.col("Event ID").alias("native_id"),
        "event_date",
        pl.col("Source Name").alias("source_name"),
        coded_files.country(pl.col("Source Country")).alias("source_country"),
        pl.col("Source Sectors").map_elements(sector_of, return_dtype=pl.String).alias("source_sector"),
        pl.col("Target Name").alias("target_name"),
        coded_files.country(pl.col("Target Country")).alias("target_country"),
        pl.col("Target Sectors").map_elements(sector_of, return_dtype=pl.String).alias("target_sector"),
        "cameo_code",
        pl.lit(None, pl.String).alias("plover_event"),
        pl.col("intensity").alias("goldstein"),
        "intensity",
        pl.lit(None, pl.Int8).alias("quad_schrodt"),
        pl.lit(None, pl.Datetime("us")).alias("published_at"),
        pl.col("Publisher").alias("outlet"),
        pl.format("icews story {}", "Story ID").alias("report_id"),
        pl.col("Source Country").alias("_source"),
        pl.col("Target Country").alias("_target"),
    )
    return staged, pl.concat([off, bad]).match_to_schema(REJECTS), len(lines) - 1


@cache
def _texts() -> dict[str, str]:
    """Text of an event in small letters to its code."""
    named = pl.read_csv(_TEXTS, infer_schema=False)
    return dict(zip(named["text"].str.to_lowercase(), named["cameo_code"], strict=True))


def _code() -> pl.Expr:
    """The CAMEO code of a row: as written, unless the text shows that it has lost its zeros or it is not in CAMEO at all."""
    texts = _texts()
    named = (
        pl.col("Event Text")
        .str.to_lowercase()
        .replace_strict(list(texts), list(texts.values()), default=None, return_dtype=pl.String)
    )
    known = registry.cameo_codes()["cameo_code"].to_list()
    stated = pl.when(pl.col("CAMEO Code").is_in(known)).then(pl.col("CAMEO Code"))
    has_lost_zeros = (named != pl.col("CAMEO Code")) & (named.str.strip_chars_start("0") == pl.col("CAMEO Code"))
    return pl.when(has_lost_zeros).then(named).otherwise(pl.coalesce(stated, named))


@cache
def sector_of(sectors: str) -> str | None:
    """Return CAMEO's role for a list of sectors of ICEWS; None where none has one."""
    named = [s.strip() for s in sectors.split(",")]
    if "Executive" in named or "Executive Office" in named:
        return "GOV"
    return next((SECTORS[s] for s in named if s in SECTORS), None)


fold = partial(coded_files.fold, source=SOURCE, coder="icews", version="as published")
