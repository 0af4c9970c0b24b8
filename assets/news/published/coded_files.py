"""What the sets of coded events that others publish as files have in common: folding them into ``core.events``.

Their files are revised and overlap: the first row with an id counts. When a row could be known is stated by the file
(a date of publication: the end of that day), else it is the moment at which the snapshot was retrieved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache

import polars as pl

from assets import schema
from assets.actors import registry
from assets.contracts import Folded, History, Judgement, RowGuard, Staged, StagedInfo, StagedSnapshot, judge_rows
from assets.days import known_of_day, last_instants
from assets.errors import Quarantine
from assets.news import KEPT

STAGED = pl.Schema(
    {
        "file": pl.String(),
        "row": pl.Int64(),
        "native_id": pl.String(),
        "event_date": pl.Date(),
        "source_name": pl.String(),
        "source_country": pl.String(),
        "source_sector": pl.String(),
        "target_name": pl.String(),
        "target_country": pl.String(),
        "target_sector": pl.String(),
        "cameo_code": pl.String(),
        "plover_event": pl.String(),
        "goldstein": pl.Float64(),
        "intensity": pl.Float64(),
        "quad_schrodt": pl.Int8(),
        "published_at": pl.Datetime("us"),
        "outlet": pl.String(),
        "report_id": pl.String(),
    }
)
"""One row per event and pair of parties. ``source_country`` and ``target_country``: actor ids of states."""


StageFile = Callable[[str, bytes], tuple[pl.DataFrame, pl.DataFrame, int]]
"""From a file's name and bytes to its typed rows (``STAGED``, and ``_source`` and ``_target``: countries as the file names
them), its rejects, and how many rows it has."""


def stage(files: Mapping[str, bytes], stage_file: StageFile) -> Staged:
    """Type the rows of one snapshot, file by file.

    Returns:
        Frame ``events`` (``STAGED``) and rejects. ``facts["n_countries_unknown"]``: names of countries that are not in the
        registry, with their number of rows.

    Raises:
        Quarantine: there is no file, or what ``stage_file`` raises.
    """
    unknown: dict[str, int] = {}
    frames, rejects, n_read = [], [], 0
    for file in sorted(files):
        rows, off, n = stage_file(file, files[file])
        n_read += n
        rejects.append(off)
        frames.append(rows.select(*STAGED))
        unknown |= dict(
            pl.concat([rows.filter(pl.col(f"{s}_country").is_null())[f"_{s}"] for s in ("source", "target")])
            .drop_nulls()
            .value_counts()
            .iter_rows()
        )
    if not frames:
        raise Quarantine(f"no file in the snapshot. {KEPT}")
    return Staged(
        frames={"events": pl.concat(frames)},
        rejects=pl.concat(rejects),
        n_read=n_read,
        facts={"n_countries_unknown": dict(sorted(unknown.items()))},
    )


def fold(history: History, snapshots: Iterable[StagedSnapshot], source: str, coder: str, version: str) -> Folded:
    """Add the events of new files.

    Args:
        history: what earlier folds left. Whether an event is known is asked of one column of it.
        snapshots: accepted snapshots with a frame ``events`` (``STAGED``), in order of retrieval.
        source: source id.
        coder: who coded them.
        version: version of the coder.

    Returns:
        Closed rows of ``events`` and ``event_reports``.
    """
    rows = pl.concat(
        [
            pl.DataFrame(schema={**STAGED, "snapshot_id": pl.String, "retrieved_at": pl.Datetime("us")}),
            *(
                s.frames["events"].with_columns(
                    pl.lit(s.snapshot_id).alias("snapshot_id"), pl.lit(s.retrieved_at, pl.Datetime("us")).alias("retrieved_at")
                )
                for s in snapshots
            ),
        ]
    ).unique("native_id", keep="first", maintain_order=True)
    known = history.all("events").select(pl.col("origin_id").alias("native_id")).collect()
    rows = rows.join(known, on="native_id", how="anti", maintain_order="left")
    codes = registry.cameo_codes().select(
        "cameo_code", "cameo_root", pl.col("plover_event").alias("_plover"), pl.col("quad_schrodt").alias("_quad")
    )
    # a date of publication is a day
    stated = pl.col("published_at").dt.date()
    known_at = known_of_day(stated, pl.col("retrieved_at"))
    is_seen_first = (known_at == pl.col("retrieved_at")) & (known_at < last_instants(stated))
    # an event that is dated after its publication cannot have been known then
    day = stated + pl.duration(days=1)
    is_published = pl.col("published_at").is_not_null() & (pl.col("event_date").is_null() | (pl.col("event_date") <= day))
    coded = rows.join(codes, on="cameo_code", how="left", maintain_order="left").with_columns(
        pl.when(is_published).then(known_at).otherwise("retrieved_at").alias("known_from"),
        pl.when(is_published & ~is_seen_first).then(pl.lit("published")).otherwise(pl.lit("snapshot")).alias("known_basis"),
        pl.format(f"{source}:{{}}", "native_id").alias("event_id"),
    )
    events = schema.table("core.events").conform(
        coded.select(
            "event_id",
            "event_date",
            (pl.col("event_date") + pl.duration(days=1)).alias("event_date_end"),
            pl.when(pl.col("event_date").is_null()).then(pl.lit("unknown")).otherwise(pl.lit("day")).alias("date_precision"),
            *(
                expr
                for side in ("source", "target")
                for expr in (
                    pl.coalesce(_organisation(pl.col(f"{side}_name")), f"{side}_country").alias(f"{side}_id"),
                    pl.col(f"{side}_country").alias(f"{side}_country_id"),
                    f"{side}_sector",
                    f"{side}_name",
                )
            ),
            "cameo_code",
            "cameo_root",
            pl.coalesce("plover_event", "_plover").alias("plover_event"),
            "goldstein",
            "intensity",
            pl.coalesce("quad_schrodt", "_quad").alias("quad_schrodt"),
            pl.lit("past").alias("modality"),
            pl.lit(coder).alias("coder"),
            pl.lit(version).alias("coder_version"),
            pl.lit(1, pl.Int32).alias("n_reports"),
            "known_from",
            "known_basis",
            pl.lit(source).alias("origin"),
            pl.col("native_id").alias("origin_id"),
            "snapshot_id",
            pl.col("row").cast(pl.Int32).alias("row_number"),
        )
    )
    reports = schema.table("core.event_reports").conform(
        coded.filter(pl.col("report_id").is_not_null()).select(
            "event_id", "report_id", "outlet", pl.col("published_at").alias("reported_at"), "known_from"
        )
    )
    return Folded(open={}, closed={"events": events, "event_reports": reports})


@cache
def _organisations() -> dict[str, str]:
    """Name of an organisation, as written, to its actor id."""
    found = registry.actors().filter(kind="organisation")
    return dict(zip(found["name"].str.to_lowercase(), found["actor_id"], strict=True))


def _organisation(name: pl.Expr) -> pl.Expr:
    table: Mapping[str, str] = _organisations()
    return name.str.to_lowercase().replace_strict(list(table), list(table.values()), default=None, return_dtype=pl.String)


@cache
def state_of_name() -> dict[str, str]:
    """Name of a country in small letters, or its ISO code, to the state. ``NA`` is no country: Namibia is written out."""
    kinds = dict(registry.actors().select("actor_id", "kind").iter_rows())
    names = {k: v for k, v in registry.code_map("country_name").items() if v is not None and kinds.get(v) == "state"}
    codes = {k.casefold(): v for k, v in registry.code_map("iso3").items() if kinds.get(v) == "state"}
    return {**codes, **names}


def country(name: pl.Expr) -> pl.Expr:
    """The state that a name of a country stands for; NULL where it stands for none."""
    table = state_of_name()
    return (
        name.str.strip_chars()
        .str.to_lowercase()
        .replace_strict(list(table), list(table.values()), default=None, return_dtype=pl.String)
    )


def judge(info: StagedInfo, baseline: StagedInfo | None, guard: RowGuard) -> Judgement:
    """Judge by rows; warn of names of countries that the registry does not know: their events stand without a state."""
    judgement = judge_rows(info, baseline, guard)
    unknown: Mapping[str, int] = info.facts["n_countries_unknown"]
    if not unknown:
        return judgement
    most = ", ".join(f"{name} ({n:,})" for name, n in sorted(unknown.items(), key=lambda item: (-item[1], item[0]))[:5])
    text = (
        f"{len(unknown):,} names of countries are not in the registry of actors; their events stand without a state: {most}. "
        "Add them to a file of aliases of your own (scheme country_name)"
    )
    return Judgement(judgement.refusals, (*judgement.warnings, text), judgement.complete)
