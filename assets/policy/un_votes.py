"""Ideal points of states by their votes in the UN General Assembly (Bailey, Strezhnev and Voeten), and agreement with six powers.

Belongs here: the layout of the file of all votes, from its two vintages at hand. A row is a state (COW number) in a session;
session 1 is that of 1946. Columns of the vintage of 2020: NVotes, IdealPoint, Q5%, Q95%; those of 2024 end in All, and agreement
stands beside: the share of roll calls in which both voted alike, of those that both took part in.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from assets.actors import state_codes
from assets.contracts import Staged
from assets.errors import Quarantine
from assets.reading.portals import frame_of
from assets.reading.rejects import of_file, reasons, repeated, split
from assets.reading.text_frames import stripped

SOURCE = "un_ideal_points"
KEPT = "Nothing of it is used; the bytes are kept. Take IdealpointestimatesAll.tab (or .csv) from doi:10.7910/DVN/LEJUQZ."
FIRST_YEAR = 1946
_PARTNERS = {
    "usagree": "USA",
    "russagree": "RUS",
    "brazilagree": "BRA",
    "chinaagree": "CHN",
    "indiaagree": "IND",
    "israelagree": "ISR",
}
_POINTS = {"ideal_point": "idealpoint", "ideal_point_p05": "q5%", "ideal_point_p95": "q95%"}
_KEY = ("actor_id", "session")
STAGED = {
    "points": pl.Schema(
        {"row": pl.Int64, "actor_id": pl.String, "ccode": pl.Int32, "session": pl.Int32, "year": pl.Int32, "n_votes": pl.Int32}
        | dict.fromkeys(_POINTS, pl.Float64)
    ),
    "agreement": pl.Schema(
        {
            "row": pl.Int64,
            "actor_id": pl.String,
            "partner_id": pl.String,
            "session": pl.Int32,
            "year": pl.Int32,
            "agreement": pl.Float64,
        }
    ),
}
TABLES = {
    "un_ideal_points": ("points", _KEY, ("ccode", "n_votes", *_POINTS)),
    "un_agreement": ("agreement", (*_KEY, "partner_id"), ("agreement",)),
}


def stage(files: Mapping[str, bytes]) -> Staged:
    """Read one file of ideal points. Raises Quarantine where there is not one file, or it has another layout."""
    if len(files) != 1:
        raise Quarantine(f"The snapshot holds {len(files)} files; one file of ideal points is a vintage. {KEPT}")
    ((name, data),) = files.items()
    read = frame_of(name, data, KEPT)
    end = "all" if "idealpointall" in read.table.columns else ""
    wanted = {"ccode", "session", f"nvotes{end}", *(f"{c}{end}" for c in _POINTS.values())}
    if missing := wanted - set(read.table.columns):
        raise Quarantine(f"{name}: it lacks the columns {', '.join(sorted(missing))}: this is another table. {KEPT}")
    cells, _ = stripped(read, [*sorted(wanted), *_PARTNERS])
    states = dict(state_codes.codes().filter(scheme="cow").select("code", "actor_id").unique().iter_rows())
    number = {"ccode": "ccode", "session": "session", "n_votes": f"nvotes{end}"}
    typed = cells.with_columns(
        pl.col("ccode").replace_strict(states, default=None, return_dtype=pl.String).alias("actor_id"),
        *(pl.col(of).cast(pl.Int32, strict=False).alias(f"_{to}") for to, of in number.items()),
        *(pl.col(f"{of}{end}").cast(pl.Float64, strict=False).alias(to) for to, of in _POINTS.items()),
        *(pl.col(of).replace("NA", None).cast(pl.Float64, strict=False).alias(to) for of, to in _PARTNERS.items()),
    )
    checks = [
        ("ccode", pl.col("actor_id").is_not_null(), "no state has this COW number (core.actor_codes)"),
        ("session", pl.col("_session").is_between(1, 200), "not a session"),
        (f"nvotes{end}", pl.col("_n_votes") >= 0, "not a number of votes"),
        *((f"{c}{end}", pl.col(p).is_between(-10, 10), "not an ideal point") for p, c in _POINTS.items()),
        *(
            (c, pl.col(c).is_null() | (pl.col(c) == "NA") | pl.col(p).is_between(0, 1), "not a share")
            for c, p in _PARTNERS.items()
        ),
    ]
    good, bad = split(typed, checks)
    again = repeated(
        good.rename({"session": "of"}), ("actor_id", "_session"), ("ideal_point",), pl.concat_str("ccode", "of", separator=" ")
    )
    rows = good.join(again, on="row", how="anti").select(
        "row",
        "actor_id",
        *_POINTS,
        *_PARTNERS.values(),
        ccode=pl.col("ccode").cast(pl.Int32),
        session="_session",
        year=pl.col("_session") + FIRST_YEAR - 1,
        n_votes="_n_votes",
    )
    agreement = rows.unpivot(
        list(_PARTNERS.values()), index=["row", "actor_id", "session", "year"], variable_name="partner_id", value_name="agreement"
    ).filter(pl.col("agreement").is_not_null(), pl.col("actor_id") != pl.col("partner_id"))
    return Staged(
        frames={"points": rows.select(*STAGED["points"]), "agreement": agreement.select(*STAGED["agreement"])},
        rejects=of_file(pl.concat([read.rejects, reasons(bad, checks), again]).sort("row"), pl.lit(name)),
        n_read=cells.height + read.rejects.height,
    )
