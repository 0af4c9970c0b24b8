"""Roll calls of the UN General Assembly: how each state voted, from which agreement of all pairs of states is counted.

Belongs here: two publications of the same votes. Voeten's (``UNVotes``, Dataverse): one table with a row per state and roll call,
COW number, session, and vote (1 yes, 2 abstain, 3 no, 8 absent, 9 not a member). The R package unvotes: ``un_votes`` (roll call,
name, ISO 3166-1 alpha-2 code, yes, abstain or no) beside ``un_roll_calls`` (roll call, session), as R saves them or as CSV.
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Mapping

import numpy as np
import polars as pl

from assets.actors import state_codes
from assets.contracts import Staged
from assets.errors import Quarantine
from assets.policy.un_votes import FIRST_YEAR
from assets.reading import r_data
from assets.reading.portals import frame_of
from assets.reading.rejects import of_file, reasons, split

SOURCE = "un_roll_calls"
KEPT = (
    "Nothing of it is used; the bytes are kept. Take UNVotes from doi:10.7910/DVN/LEJUQZ, or both tables of the package unvotes."
)
MOST_BYTES = 500_000_000
"""Of an unpacked file: 33 MB in 2021."""
LETTERS = {"1": "Y", "yes": "Y", "2": "A", "abstain": "A", "3": "N", "no": "N", "8": "-", "9": "-"}
"""Letter of a vote; ``-`` is absent, or not a member."""
WITHOUT_CODE = {"Yemen Arab Republic": "YEM", "Federal Republic of Germany": "DEU"}
"""States that unvotes gives no code."""
STAGED = {
    "votes": pl.Schema(
        {"row": pl.Int64, "actor_id": pl.String, "session": pl.Int32, "year": pl.Int32, "n_votes": pl.Int32, "votes": pl.String}
    )
}
TABLES = {"un_votes": ("votes", ("actor_id", "session"), ("n_votes", "votes"))}


def stage(files: Mapping[str, bytes]) -> Staged:
    """Read the votes of all roll calls.

    Returns:
        Frame ``votes``: a row per state and session in which it voted, with a letter for each roll call of it in the order of
        their numbers. ``row`` is its first row in the file. Facts: ``n_absent``, rows that are no vote.

    Raises:
        Quarantine: a table is missing, in another layout, or cut.
    """
    tables = {name: table for file, data in files.items() for name, table in _tables(file, data).items()}
    votes = next(((n, t) for n, t in tables.items() if {"rcid", "vote"} <= set(t.columns)), None)
    if votes is None:
        raise Quarantine(f"No table has the columns rcid and vote. {KEPT}")
    name, table = votes
    table = table.with_row_index("row", offset=1).cast({"row": pl.Int64}).with_columns(_whole("rcid"))
    if "session" not in table.columns:
        calls = next((t for t in tables.values() if {"rcid", "session"} <= set(t.columns)), None)
        if calls is None:
            raise Quarantine(f"{name} does not say the session of a roll call, and no table of roll calls is beside it. {KEPT}")
        sessions = calls.select(_whole("rcid"), "session").unique("_rcid")
        table = table.join(sessions, on="_rcid", how="left", maintain_order="left")
    if not {"ccode", "country_code"} & set(table.columns):
        raise Quarantine(f"{name}: it lacks the columns ccode, country_code: this is another table. {KEPT}")
    typed = _with_actor(table.with_columns(_whole("session"), letter=_letter())).with_columns(
        again=~pl.struct("_rcid", "actor_id").is_first_distinct() & pl.col("actor_id").is_not_null()
    )
    code = "ccode" if "ccode" in table.columns else "country"
    checks = [
        ("rcid", pl.col("_rcid").is_not_null(), "not the number of a roll call"),
        ("session", pl.col("_session").is_between(1, 200), "not a session"),
        ("vote", pl.col("letter").is_not_null(), "not a vote"),
        (code, pl.col("actor_id").is_not_null(), "no state has this code (core.actor_codes)"),
        (code, ~pl.col("again"), "the state has voted in this roll call in a row above"),
    ]
    good, bad = split(typed, checks)
    rows = [_of_session(part) for part in good.filter(pl.col("letter") != "-").partition_by("_session")]
    return Staged(
        frames={"votes": pl.concat([pl.DataFrame(schema=STAGED["votes"]), *rows])},
        rejects=of_file(reasons(bad, checks), pl.lit(name)),
        n_read=table.height,
        facts={"n_absent": good.filter(letter="-").height},
    )


def _tables(file: str, data: bytes) -> dict[str, pl.DataFrame]:
    if data[:3] in (b"BZh", b"\x1f\x8b\x08") or data[:6] == b"\xfd7zXZ\x00" or data[:7] in r_data.MAGIC:
        return r_data.frames_of(file, _unpacked(file, data), KEPT)
    read = frame_of(file, data, KEPT)
    if read.rejects.height:
        raise Quarantine(f"{file}: {read.rejects.height} rows have not the columns of the header: it is cut or damaged. {KEPT}")
    return {file: read.table.drop("row", strict=False)}


def _unpacked(file: str, data: bytes) -> bytes:
    """R packs what it saves by one of three methods, or by none."""
    try:
        if data[:3] == b"BZh":
            return bz2.BZ2Decompressor().decompress(data, MOST_BYTES)
        if data[:2] == b"\x1f\x8b":
            return zlib.decompressobj(wbits=31).decompress(data, MOST_BYTES)
        return lzma.LZMADecompressor().decompress(data, MOST_BYTES) if data[:1] == b"\xfd" else data
    except (OSError, EOFError, zlib.error, lzma.LZMAError) as e:
        raise Quarantine(f"{file} cannot be unpacked ({e}): it is cut or damaged. {KEPT}") from e


def _whole(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.Float64, strict=False).cast(pl.Int32, strict=False).alias(f"_{column}")


def _letter() -> pl.Expr:
    vote = pl.col("vote").cast(pl.String).str.to_lowercase().str.strip_suffix(".0")
    return vote.replace_strict(LETTERS, default=None, return_dtype=pl.String)


def _with_actor(votes: pl.DataFrame) -> pl.DataFrame:
    """The state by its code in the year in which the session began; a code that one state ever had needs no year."""
    by_number = "ccode" in votes.columns
    codes = state_codes.codes().filter(scheme="cow" if by_number else "iso2")
    code = _whole("ccode").cast(pl.String) if by_number else pl.col("country_code")
    votes = votes.with_columns(_code=code, _year=pl.col("_session") + FIRST_YEAR - 1)
    pairs = votes.select("_code", "_year").unique().join(codes, left_on="_code", right_on="code")
    started = pl.col("valid_from").is_null() | (pl.col("valid_from").dt.year() <= pl.col("_year"))
    lasts = pl.col("valid_to").is_null() | (pl.col("valid_to").dt.year() > pl.col("_year"))
    of_year = pairs.sort(started & lasts, descending=True).unique(["_code", "_year"], keep="first", maintain_order=True)
    found = votes.join(of_year.select("_code", "_year", "actor_id"), on=["_code", "_year"], how="left", maintain_order="left")
    if by_number:
        return found
    return found.with_columns(pl.coalesce("actor_id", pl.col("country").replace_strict(WITHOUT_CODE, default=None)))


def _of_session(votes: pl.DataFrame) -> pl.DataFrame:
    """Rows of one session: of each state its letters, in the order of the numbers of the roll calls."""
    placed = votes.with_columns(at=pl.col("_rcid").rank("dense") - 1, by=pl.col("actor_id").rank("dense") - 1)
    states = placed.group_by("actor_id", "by").agg(pl.col("row").min(), n_votes=pl.len().cast(pl.Int32)).sort("by")
    letters = np.full((states.height, votes["_rcid"].n_unique()), ord("-"), np.uint8)
    letters[placed["by"].to_numpy(), placed["at"].to_numpy()] = np.frombuffer("".join(placed["letter"]).encode(), np.uint8)
    session = int(votes["_session"][0])
    return states.select(
        "row",
        "actor_id",
        session=pl.lit(session, pl.Int32),
        year=pl.lit(session + FIRST_YEAR - 1, pl.Int32),
        n_votes="n_votes",
        votes=pl.Series([line.tobytes().decode() for line in letters], dtype=pl.String),
    )
