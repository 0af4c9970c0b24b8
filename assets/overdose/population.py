"""Census Bureau: resident population by state and year, from the American Community Survey.

Belongs here: the two layouts, the year of a file, the nation as the sum of its states.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import polars as pl

from assets.contracts import Folded, History, Judgement, RowGuard, Staged, StagedInfo, StagedSnapshot, judge_fill, judge_rows
from assets.errors import KEPT, Quarantine, first_few, refusal
from assets.overdose.places import PARTS_OF_THE_NATION, states, states_by_name
from assets.reading.portals import frame_of
from assets.reading.rejects import of_file, rejected
from assets.reading.text_frames import stripped
from assets.schema import table

SOURCE = "us_census_population"
TABLE = "populations"

KEY = ("actor_id", "year", "series")

STAGED = pl.Schema(
    {"file": pl.String, "row": pl.Int64, "actor_id": pl.String, "year": pl.Int32, "series": pl.String, "population": pl.Int64}
)

JUMP = 0.15
"""Share by which a state may grow or shrink from one file to the next before it is told: in nine tables of 2015 to 2024 the most
is 6.4 % (Idaho, over the two years without a survey). What happened so far is no rule of the Bureau: it warns."""
_POPULATION = r"^[0-9]{1,3}(,[0-9]{3}){1,2}$|^[0-9]{1,9}$"
_NAME = re.compile(r"(?<![0-9])(20[0-9]{2})(?![0-9]).*?acs_?([15])|acs_?([15]).*?(?<![0-9])(20[0-9]{2})(?![0-9])", re.IGNORECASE)


def stage(files: Mapping[str, bytes]) -> Staged:
    """Shape tables of populations into typed rows.

    Args:
        files: file name to content, CSV or the JSON of the Census Bureau's API. Two layouts, known by their header: the API's
            own (``NAME,B01003_001E,state``), which holds neither its year nor its survey, so that its name must
            (``state_pop_2022_acs1.csv``); and one with a column of years (``year,state_code,state_name,population,
            date_description``).

    Returns:
        A frame ``populations`` (schema ``STAGED``), a row per state, year and survey.

    Raises:
        Quarantine: a file has neither layout, or nothing states its year or survey; two files differ on one figure.
    """
    if not files:
        raise Quarantine("The snapshot holds no file. Put at least one table of populations into the folder.")
    frames, rejects, n_read = [], [], 0
    for name, data in sorted(files.items()):
        rows, bad, n = _read(name, data)
        frames.append(rows)
        rejects.append(bad)
        n_read += n
    rows = pl.concat(frames)
    if (
        differ := rows.group_by(KEY)
        .agg(pl.col("population").n_unique(), pl.col("file").unique())
        .filter(pl.col("population") > 1)
    ).height:
        first = differ.sort(KEY).row(0, named=True)
        raise Quarantine(
            f"{differ.height:,} figures stand with different values in {', '.join(sorted(first['file']))}; first "
            f"{first['actor_id']} {first['year']} ({first['series']}). Nothing of them is used; the bytes are kept. Leave the "
            "newer file in the folder."
        )
    rows = rows.unique(KEY, keep="first", maintain_order=True)
    return Staged(
        frames={"populations": rows},
        rejects=pl.concat(rejects),
        n_read=n_read,
        facts={
            "n_states": {
                f"{series} {year}": n
                for series, year, n in rows.group_by("series", "year").len().sort("series", "year").iter_rows()
            },
            "jumps": _jumps(rows),
        },
    )


def _jumps(rows: pl.DataFrame) -> list[str]:
    """States whose number differs by more than ``JUMP`` from that of the same survey in the nearest year before."""
    before = pl.col("population").shift().over("actor_id", "series", order_by="year")
    far = rows.with_columns(before=before).filter((pl.col("population") / pl.col("before") - 1).abs() > JUMP)
    columns = ("actor_id", "year", "population", "before")
    return [f"{who} {year}: {n:,} after {was:,}" for who, year, n, was in far.sort(KEY).select(columns).iter_rows()]


def _read(name: str, data: bytes) -> tuple[pl.DataFrame, pl.DataFrame, int]:
    read = frame_of(name, data, KEPT)
    columns = read.table.columns
    if {"b01003_001e", "state"} <= set(columns):
        found = _NAME.search(name)
        if found is None:
            raise refusal(
                name,
                "its rows hold neither their year nor their survey, and its name does not tell them",
                "Name it as state_pop_2022_acs1.csv.",
            )
        cells, _ = stripped(read, ("b01003_001e", "state", "name"))
        typed = cells.select(
            "row",
            code="state",
            name="name",
            year=pl.lit(int(found[1] or found[4]), pl.Int32),
            series=pl.lit(f"acs{found[2] or found[3]}"),
            number="b01003_001e",
        )
    elif {"year", "state_code", "population", "date_description"} <= set(columns):
        cells, _ = stripped(read, ("year", "state_code", "state_name", "population", "date_description"))
        survey = pl.col("date_description").str.extract(r"(?i)ACS ([15])-Year")
        typed = cells.select(
            "row",
            code="state_code",
            name="state_name",
            year=pl.when(pl.col("year").str.contains(r"^20[0-9]{2}$")).then("year").cast(pl.Int32),
            series=pl.when(survey.is_not_null()).then(pl.concat_str(pl.lit("acs"), survey)),
            number="population",
        )
    else:
        raise refusal(
            name,
            "it has neither the columns B01003_001E and state nor year, state_code, population and date_description; it has "
            + ", ".join(repr(c[:40]) for c in columns[1:10]),
            "Take the table from api.census.gov.",
        )
    number = pl.col("number")
    typed = typed.with_columns(
        file=pl.lit(name),
        named=pl.col("name").str.to_lowercase().replace_strict(states_by_name(), default=None, return_dtype=pl.String),
        actor_id=pl.col("code").str.zfill(2).replace_strict(states(), default=None, return_dtype=pl.String),
        population=pl.when(number.str.contains(_POPULATION)).then(number.str.replace_all(",", "")).cast(pl.Int64, strict=False),
    )
    problem = (
        pl.when(pl.col("actor_id").is_null())
        .then(pl.lit("a state that is not known by its code"))
        .when(pl.col("named") != pl.col("actor_id"))
        .then(pl.lit("its name is that of another state than its code"))
        .when(pl.col("year").is_null() | pl.col("series").is_null())
        .then(pl.lit("no year, or no survey of 1 or 5 years"))
        .when(pl.col("population").is_null() | (pl.col("population") <= 0))
        .then(pl.lit("not a number of persons"))
        .when(pl.struct(KEY).is_duplicated())
        .then(pl.lit("the state and year stand more than once"))
    )
    typed = typed.with_columns(problem=problem)
    said = pl.concat_str("code", "name", "number", separator=" | ", ignore_nulls=True)
    bad = rejected(typed.filter(pl.col("problem").is_not_null()), said, pl.col("problem"))
    rejects = of_file(pl.concat([read.rejects, bad]).sort("row"), pl.lit(name))
    return typed.filter(pl.col("problem").is_null()).select(*STAGED), rejects, cells.height + read.rejects.height


def judge(info: StagedInfo, baseline: StagedInfo | None, guard: RowGuard) -> Judgement:  # noqa: ARG001 all judges have one signature
    """Say whether the tables may be folded. Snapshots hold different years, so their row counts are not compared."""
    rows = judge_rows(info, None, guard) + judge_fill(info, None, guard)
    few = [f"{label}: {n} of {PARTS_OF_THE_NATION + 1}" for label, n in info.facts["n_states"].items() if n < PARTS_OF_THE_NATION]
    refusals = list(rows.refusals)
    if info.n_read and not info.facts["n_states"]:
        refusals.append(f"none of its {info.n_read:,} rows can be used")
    warnings = list(rows.warnings)
    if few:
        warnings.append(f"states are missing, so that there is no figure for the nation ({'; '.join(few[:5])})")
    if info.facts["jumps"]:
        jumps = first_few(info.facts["jumps"])
        warnings.append(f"numbers that jump between two years, as if they stood beside another state: {jumps}")
    return Judgement(tuple(refusals), tuple(warnings), complete=False)


def fold(history: History, snapshots: Iterable[StagedSnapshot]) -> Folded:
    """Fold accepted tables, in order of retrieval: a newer figure takes the place of an older one, nothing is withdrawn.

    The nation is the sum of the states and the District of Columbia, without Puerto Rico, where all 51 are there. The Bureau's
    own figure for the nation is the same sum.
    """
    declared = table(f"core.{TABLE}")
    standing = history.open(TABLE)
    for snapshot in snapshots:
        seen = declared.conform(
            snapshot.frames["populations"]
            .drop("file", "row")
            .with_columns(is_derived=pl.lit(False), source=pl.lit(SOURCE), snapshot_id=pl.lit(snapshot.snapshot_id))
        )
        published = standing.filter(~pl.col("is_derived"))
        same = published.join(seen, on=[*KEY, "population"], how="semi")
        seen = seen.join(same, on=KEY, how="anti")
        published = pl.concat([published.join(seen, on=KEY, how="anti"), seen])
        newest = standing.filter("is_derived")
        nation = declared.conform(
            published.filter(pl.col("actor_id") != "US-PR")
            .group_by("year", "series", "source", maintain_order=True)
            .agg(pl.len().alias("n"), pl.col("population").sum())
            .filter(pl.col("n") == PARTS_OF_THE_NATION)
            .drop("n")
            .with_columns(actor_id=pl.lit("USA"), is_derived=pl.lit(True), snapshot_id=pl.lit(snapshot.snapshot_id))
        )
        kept = newest.join(nation, on=[*KEY, "population"], how="semi")
        standing = pl.concat([published, kept, nation.join(kept, on=KEY, how="anti")])
    return Folded(open={TABLE: standing})
