"""OFAC's lists in the legacy layout: from the bytes of the files of a list to typed rows, and whether to believe them.

The SDN list (sdn.csv, add.csv, alt.csv, sdn_comments.csv) and the consolidated list of all others (cons_prim.csv, cons_add.csv,
cons_alt.csv, cons_comments.csv) have one layout. It has no header; one row is one line; text is quoted; ``-0- `` stands for
nothing; the file ends in a lone 0x1A after the last line. Columns and their widths: OFAC's data specification (dat_spec.txt of
2023-09-25). Copies that were saved again lack the quotes, the mark, or the carriage returns, and may have gained a header or a
byte order mark: they are read as well. Which file is which follows from the number of its columns.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from assets.actors.registry import code_map, no_countries
from assets.contracts import MOST_VALUE, REJECTS, Judgement, RowGuard, Staged, StagedInfo, fallen, judge_rows
from assets.errors import Quarantine
from assets.reading.bytes import decode, first_sign, read_text
from assets.reading.rejects import Check, reasons, split
from assets.sanctions.lists.us_ofac.remarks import CUT_AT
from assets.sanctions.reading.one_list import KEPT
from assets.sanctions.reading.shape import MEMBERS

SDN_COLUMNS = (
    "native_id", "name", "party_type", "programs", "title", "call_sign", "vessel_type", "tonnage", "gross_registered_tonnage",
    "vessel_flag", "vessel_owner", "remarks",
)  # fmt: skip
ADD_COLUMNS = ("native_id", "address_number", "address", "city", "country_raw", "note")
ALT_COLUMNS = ("native_id", "alias_number", "kind", "name", "remarks")
COMMENT_COLUMNS = ("native_id", "rest")
COLUMNS = {"sdn.csv": SDN_COLUMNS, "add.csv": ADD_COLUMNS, "alt.csv": ALT_COLUMNS, "comments.csv": COMMENT_COLUMNS}
"""Columns of the four files, by the name under which facts refer to them."""
SUFFIXES = {
    "comments.csv": "comments.csv",
    "prim.csv": "sdn.csv",
    "sdn.csv": "sdn.csv",
    "add.csv": "add.csv",
    "alt.csv": "alt.csv",
}
PARTY_TYPES = {"individual": "person", "vessel": "vessel", "aircraft": "aircraft"}
"""Party type by SDN_Type; a row without SDN_Type is an entity."""
ALIAS_KINDS = ("aka", "fka", "nka")
CMIC = "CMIC-EO13959"
"""Program of the list of Chinese military-industrial complex companies: its remarks state the day of the listing."""
FORMAT = "legacy csv"
END_MARK = b"\x1a"
NOTHING = "-0-"
IS_ID = r"^[1-9][0-9]{0,9}$"
FEW_UNKNOWN = 0.005
"""Share of addresses whose country may be unknown before there is a warning."""


@dataclass(frozen=True)
class _Rows:
    """Rows of one file: ``frame`` has ``row`` and the columns as text (nothing = NULL), ``rejects`` the lines with another count.

    ``name``: the file. ``ending``: what ends it: mark, newline, or nothing. ``is_crlf``: lines end as the publisher ends them.
    """

    name: str
    frame: pl.DataFrame
    rejects: pl.DataFrame
    ending: str
    is_crlf: bool

    @property
    def n_read(self) -> int:
        return self.frame.height + self.rejects.height


def stage(files: Mapping[str, bytes]) -> Staged:
    """Read one vintage.

    Args:
        files: the list itself, and its addresses, aliases and comments where the vintage has them, under any name.

    Returns:
        Frames in the shape of ``assets.sanctions.reading.shape``: ``listings`` (with ``listed_on`` where remarks state the day),
        and, for a file that is there, ``addresses`` and ``names`` (the strong aliases): a file that is absent has no frame,
        one that holds nothing has an empty one. Comments are put behind the remarks that they go on. ``n_read`` counts the
        rows of the list. Facts: rows, rejects and ending per file; ids of listings that are there but cannot be read
        (``unreadable_ids``), the number of rows of which not even the id can be read (``n_illegible``), ids of listings whose
        remarks are cut (``cut_ids``), and countries of addresses that are not known, with the number of their rows.

    Raises:
        Quarantine: the list is missing, or a file is empty, HTML, cut in its last line, or in another layout.
    """
    parts = _parts(files)
    if not {"sdn.csv", "add.csv"} & set(parts):
        raise Quarantine(
            f"the list itself (sdn.csv or cons_prim.csv) is missing, the snapshot holds {', '.join(sorted(files)) or 'no file'}: "
            "of the other files the addresses alone say who is on it. The last good list stands; fetch again or add the file."
        )
    read = {part: _read(name, files[name], COLUMNS[part]) for part, name in parts.items()}
    if "sdn.csv" not in read:
        return _members(read)
    main = read["sdn.csv"]
    listings, bad = split(main.frame, _LISTING_CHECKS)
    unreadable, n_illegible = _unreadable(listings, main.rejects, bad)
    rejects = {"sdn.csv": pl.concat([main.rejects, _rejects_of(main.name, bad, _LISTING_CHECKS)])}
    kept = {}
    for part, checks in (("add.csv", ()), ("alt.csv", _ALIAS_CHECKS), ("comments.csv", _COMMENT_CHECKS)):
        if part in read:
            every = (_orphan(listings, main.name), *checks)
            kept[part], bad = split(read[part].frame.with_columns(pl.col("^kind$").str.to_lowercase()), every)
            rejects[part] = pl.concat([read[part].rejects, _rejects_of(read[part].name, bad, every)])
    party_type = pl.col("party_type").str.to_lowercase().replace(PARTY_TYPES).fill_null("entity")
    listings = _with_days(_with_comments(listings.with_columns(party_type), kept.get("comments.csv")))
    frames = {"listings": listings}
    unknown: dict[str, int] = {}
    if "add.csv" in kept:
        frames["addresses"], unknown = _addresses(kept["add.csv"])
    if "alt.csv" in kept:
        frames["names"] = kept["alt.csv"].select("native_id", "name", "kind", pl.lit("strong").alias("quality"))
    is_cut = pl.col("remarks").str.len_chars().is_between(CUT_AT - 1, CUT_AT) & ~pl.col("remarks").str.ends_with(".")
    facts = _facts(read, rejects, unknown) | {
        "unreadable_ids": unreadable,
        "n_illegible": n_illegible,
        "cut_ids": listings.filter(is_cut)["native_id"].to_list(),
    }
    return Staged(frames, pl.concat(rejects.values()), main.n_read, facts)


def _members(read: dict[str, _Rows]) -> Staged:
    """A vintage without the list itself: add.csv has rows for each party, also without an address, so it says who is on the list.

    In all five vintages held with both files the ids are the same but for one. Names, types, programs and remarks are not known
    from it, and comments go on remarks that are not there.
    """
    main = read["add.csv"]
    is_mark = pl.col("native_id").fill_null("") == END_MARK.decode()
    if main.frame.tail(1).select(is_mark).to_series().any():
        # a copy that was saved again holds the mark after the last line as a row
        main = replace(main, frame=main.frame.head(-1), ending="mark")
    addresses, bad = split(main.frame, _LISTING_CHECKS[:1])
    rejects = {"add.csv": pl.concat([main.rejects, _rejects_of(main.name, bad, _LISTING_CHECKS[:1])])}
    members = addresses.unique("native_id", keep="first", maintain_order=True).select("row", "native_id")
    frames = {MEMBERS: members}
    frames["addresses"], unknown = _addresses(addresses)
    if "alt.csv" in read:
        every = (_orphan(members, main.name), *_ALIAS_CHECKS)
        names, bad = split(read["alt.csv"].frame.with_columns(pl.col("kind").str.to_lowercase()), every)
        rejects["alt.csv"] = pl.concat([read["alt.csv"].rejects, _rejects_of(read["alt.csv"].name, bad, every)])
        frames["names"] = names.select("native_id", "name", "kind", pl.lit("strong").alias("quality"))
    taken = {part: rows for part, rows in (read | {"add.csv": main}).items() if part in rejects}
    n_illegible = rejects["add.csv"].height
    facts = _facts(taken, rejects, unknown) | {"unreadable_ids": [], "n_illegible": n_illegible, "cut_ids": []}
    return Staged(frames, pl.concat(rejects.values()), members.height + n_illegible, facts, n_illegible)


def _facts(read: Mapping[str, _Rows], rejects: Mapping[str, pl.DataFrame], unknown: Mapping[str, int]) -> dict[str, Any]:
    """What is remembered of each file, and of the countries in them that are not known."""
    return {
        "files": {
            part: {
                "name": rows.name,
                "n_rows": rows.n_read,
                "n_rejected": rejects[part].height,
                "ending": rows.ending,
                "is_crlf": rows.is_crlf,
            }
            for part, rows in read.items()
        },
        "format": FORMAT,
        "unknown_countries": unknown,
    }


def _parts(files: Mapping[str, bytes]) -> dict[str, str]:
    """Which file is which: by the number of columns, and by the end of its name where that says nothing.

    Raises Quarantine where two files are one part of the list, or where nothing says what a file is.
    """
    found: dict[str, str] = {}
    for name in sorted(files):
        part = _part_by_columns(files[name]) or next((p for s, p in SUFFIXES.items() if name.lower().endswith(s)), None)
        if part is None:
            raise Quarantine(
                f"{name} is no part of the list: its lines have none of {', '.join(str(len(c)) for c in COLUMNS.values())} "
                "columns, and its name says nothing. The last good list stands; take the file out, or fetch again."
            )
        if part in found:
            raise Quarantine(
                f"{found[part]} and {name} are the same part of the list ({len(COLUMNS[part])} columns): which one counts cannot "
                "be told apart. The last good list stands; keep one of them."
            )
        found[part] = name
    return found


def _part_by_columns(data: bytes) -> str | None:
    """The part of the list whose number of columns most of the first lines have; None where the lines do not say."""
    lines = [line for line in decode(data[:20_000], errors="replace").splitlines()[:40] if line.strip("\x1a ")]
    ids, widths = 0, Counter[int]()
    for line in lines[:-1] if len(data) > 20_000 else lines:
        try:
            cells = next(csv.reader([line], strict=True))
        except (csv.Error, StopIteration):
            continue
        ids += cells[0].strip().isdigit()
        widths[len(cells)] += 1
    if not widths or ids <= len(lines) / 2:
        return None
    width, n_lines = widths.most_common(1)[0]
    return next((p for p, c in COLUMNS.items() if len(c) == width and n_lines > len(lines) / 2), None)


def _with_comments(listings: pl.DataFrame, comments: pl.DataFrame | None) -> pl.DataFrame:
    """Listings whose remarks are whole: a comment goes on where the column of remarks ends."""
    if comments is None or not comments.height:
        return listings
    rest = comments.group_by("native_id", maintain_order=True).agg(pl.col("rest").str.join(""))
    remarks = pl.col("remarks").fill_null("")
    # a blank in the last place of the column is lost with the blanks that follow every cell
    begun = pl.when(remarks.str.len_chars() >= CUT_AT - 1).then(remarks.str.pad_end(CUT_AT)).otherwise(remarks + " ")
    both = listings.join(rest, on="native_id", how="left", maintain_order="left")
    whole = pl.when(pl.col("rest").is_null()).then("remarks").otherwise((begun + pl.col("rest")).str.strip_chars())
    return both.with_columns(whole.alias("remarks")).drop("rest")


def _with_days(listings: pl.DataFrame) -> pl.DataFrame:
    """Listings with the first day on the list where the remarks state it: for companies under the CMIC program alone."""
    if not (listings["programs"] == CMIC).any():
        return listings
    day = (
        pl.col("remarks")
        .str.extract(r"Listing Date \(CMIC\):? (\d{1,2} [A-Z][a-z]{2} \d{4})")
        .str.to_date("%d %b %Y", strict=False)
    )
    stated = pl.when(pl.col("programs") == CMIC).then(day)
    return listings.with_columns(stated.alias("listed_on"), pl.lit("source_field").alias("listed_on_basis"))


def _addresses(rows: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, int]]:
    """Addresses with their country_id, and the countries that are not known, with the number of their rows.

    Rows that hold nothing (an address is not known) are left out.
    """
    ids = code_map("country_name")
    names = rows["country_raw"].unique().drop_nulls()
    found = {name: ids[name.casefold()] for name in names if name.casefold() in ids}
    stated = pl.concat_list("address", "city", "country_raw").list.drop_nulls()
    addresses = rows.filter(stated.list.len() > 0).select(
        "native_id",
        stated.list.join(", ").alias("address"),
        "city",
        pl.col("country_raw").replace_strict(found, default=None, return_dtype=pl.String).alias("country_id"),
        "country_raw",
        "note",
    )
    unknown = [n for n in names if n not in found and n.casefold() not in no_countries()]
    counts = rows.filter(pl.col("country_raw").is_in(unknown))["country_raw"].value_counts().sort("country_raw")
    return addresses, dict(counts.iter_rows())


def judge(info: StagedInfo, baseline: StagedInfo | None, guard: RowGuard) -> Judgement:
    """Judge a vintage against the last accepted one, file by file.

    Besides the row counts: a file with OFAC's own line ends and without its end mark is taken as cut: 265 vintages of 2015 to
    2025 have both, and copies that were saved again have neither, or are not to be believed. So is one of any form that lacks
    the mark and has fewer rows than the last accepted one, which had it. Source of the limits: the declaration.
    """
    judged = Judgement()
    warnings: list[str] = []
    for part, file in info.facts["files"].items():
        name = file["name"]
        before = None if baseline is None else baseline.facts["files"].get(part)
        # a supplementary file may be empty at first; that it lost its rows is what the comparison with the one before shows
        if file["n_rows"] or part == "sdn.csv":
            now = replace(info, n_read=file["n_rows"], n_rejected=file["n_rejected"])
            then = None if baseline is None or before is None else replace(baseline, n_read=before["n_rows"])
            rows = judge_rows(now, then, guard)
            refusals, told, falls = (tuple(f"{name}: {t}" for t in s) for s in (rows.refusals, rows.warnings, rows.falls))
            judged += Judgement(refusals, told, falls=falls)
        elif before is not None and before["n_rows"]:
            judged += fallen(f"{name}: it holds no rows where the last accepted snapshot had {before['n_rows']:,}")
        if file["ending"] == "nothing":
            warnings.append(f"{name}: its last line has no end, neither a line break nor the mark 0x1A: rows may be missing")
        if file["ending"] == "mark":
            continue
        n_before = before["n_rows"] if before is not None and before["ending"] == "mark" else 0
        text = f"{name}: the mark 0x1A after the last line is missing{', which the last accepted snapshot had' * (n_before > 0)}"
        if file["is_crlf"] or file["n_rows"] < n_before:
            judged += Judgement((f"{text}: the file looks cut",))
        elif n_before:
            warnings.append(f"{text}: the file was saved again by another program")
    main = info.facts["files"]["sdn.csv" if "sdn.csv" in info.facts["files"] else "add.csv"]["name"]
    if info.facts["n_illegible"]:
        warnings.append(f"{main}: the id of {info.facts['n_illegible']:,} rows cannot be read: no listing is taken as removed")
    elif info.facts["unreadable_ids"]:
        warnings.append(
            f"{main}: {len(info.facts['unreadable_ids']):,} listings are there but cannot be read: they stay as they were known"
        )
    known = set() if baseline is None else set(baseline.facts.get("cut_ids", ()))
    if cut := [i for i in info.facts["cut_ids"] if i not in known]:
        warnings.append(
            f"{main}: the remarks of {len(cut):,} listings ({', '.join(cut[:5])}{', ...' if len(cut) > 5 else ''}) are cut after "
            f"{CUT_AT:,} characters and no file of comments goes on: their last clause is kept unread. Take in the comments too."
        )
    n_unknown = sum(info.facts["unknown_countries"].values())
    if n_unknown > FEW_UNKNOWN * info.facts["files"].get("add.csv", {"n_rows": 0})["n_rows"]:
        names = ", ".join(list(info.facts["unknown_countries"])[:5])
        warnings.append(f"the countries of {n_unknown:,} addresses are not known ({names}): the names stand in country_raw")
    return judged + Judgement(warnings=tuple(warnings))


# rows of a file -------------------------------------------------------------------------------------------------------


def _read(name: str, data: bytes, columns: Sequence[str]) -> _Rows:
    """Rows of one file in the legacy layout. Raises Quarantine where the file as a whole is not what it should be."""
    # nearly every file is ASCII, which need not be decoded
    is_plain = data.isascii() and first_sign(data) not in (b"", b"<")
    body = data if is_plain else read_text(name, data, KEPT, errors="replace").encode()
    trimmed = body.rstrip(b"\r\n\x1a")
    tail = body[len(trimmed) :]
    ending = "mark" if END_MARK in tail else "newline" if b"\n" in tail else "nothing"
    is_crlf = b"\r\n" in body[:20_000]
    if ending == "nothing" and trimmed.endswith((b",-", b",-0")):
        # a copy of 2019 lost its last bytes so: the row itself is whole, and judge says that the end is missing
        trimmed = trimmed[: trimmed.rindex(b",") + 1] + NOTHING.encode()
    frame = _whole_file(trimmed, columns)
    if frame is None:
        frame, rejects = _line_by_line(name, trimmed, columns, ending)
    else:
        rejects = pl.DataFrame(schema=REJECTS)
    # a header stands in some copies only; an id has a digit, a title has none
    if frame.height and frame["row"][0] == 1 and not any(c.isdigit() for c in frame["native_id"][0] or "0"):
        frame = frame[1:].with_columns(pl.col("row") - 1)
        rejects = rejects.with_columns(pl.col("row") - 1)
    return _Rows(name, frame, rejects, ending, is_crlf)


def _whole_file(body: bytes, columns: Sequence[str]) -> pl.DataFrame | None:
    """All rows at once, in the fastest way; None where any line has another number of columns or is quoted wrongly."""
    last = columns[-1]
    try:
        # the last column keeps its -0-: there, NULL stands for a line that is too short
        raw = pl.read_csv(
            io.BytesIO(body),
            has_header=False,
            schema=dict.fromkeys(columns, pl.String),
            null_values=dict.fromkeys(columns[:-1], "-0- "),
        )
    except pl.exceptions.PolarsError:
        return None
    if raw.height != body.count(b"\n") + 1 or raw[last].null_count():
        return None
    return _typed(raw.with_row_index("row", 1), columns)


def _line_by_line(name: str, body: bytes, columns: Sequence[str], ending: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows of the lines that have the right number of columns, and the other lines with the reason."""
    rows: list[tuple[int, list[str]]] = []
    bad: list[tuple[str, int, None, str, str]] = []
    widths: Counter[int] = Counter()
    number, is_last_bad = 0, False
    for line in body.decode("utf-8").replace("\r\n", "\n").split("\n"):
        if not line.strip():
            continue
        number += 1
        try:
            cells = next(csv.reader([line], strict=True))
        except (csv.Error, StopIteration):
            cells = []
        is_last_bad = len(cells) != len(columns)
        widths[len(cells)] += 1
        if is_last_bad:
            what = f"{len(cells)} columns where the layout has {len(columns)}" if cells else "quotes do not match"
            bad.append((name, number, None, line[:MOST_VALUE], what))
        else:
            rows.append((number, cells))
    width, n_lines = widths.most_common(1)[0] if widths else (len(columns), 0)
    if width != len(columns):
        found = f"{width} columns" if width else "quotes that do not match"
        raise Quarantine(
            f"{name}: {n_lines:,} of {number:,} lines have {found}, where the layout has {len(columns)} columns: "
            f"another layout, or not the list. {KEPT} If OFAC changed the layout, the parser must learn it."
        )
    if ending == "nothing" and is_last_bad:
        raise Quarantine(f"{name} is cut in its last line, line {number:,} ({bad[-1][3][:60]!r}). {KEPT}")
    schema = {"row": pl.UInt32} | dict.fromkeys(columns, pl.String)
    frame = pl.DataFrame([[n, *cells] for n, cells in rows], schema=schema, orient="row")
    return _typed(frame, columns), _as_rejects(bad)


def _typed(raw: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """``row`` as a whole number, and every column without surrounding blanks; ``-0-`` and the empty text are NULL."""
    # where a comment goes on a word or begins the next is shown by a blank
    cells = {c: pl.col(c) if c == "rest" else pl.col(c).str.strip_chars() for c in columns}
    whole = (pl.when(cell.is_in([NOTHING, f"{NOTHING} ", ""]).not_()).then(cell).alias(c) for c, cell in cells.items())
    return raw.select(pl.col("row").cast(pl.Int64), *whole)


def _rejects_of(file: str, bad: pl.DataFrame, checks: Sequence[Check]) -> pl.DataFrame:
    """Rejects of rows that fail a check; an empty cell is shown as empty."""
    return reasons(bad, checks, pl.lit(file)).with_columns(pl.col("value").fill_null(""))


def _as_rejects(rows: Sequence[tuple[str, int, str | None, str | None, str]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=REJECTS, orient="row")


# rows that make sense -------------------------------------------------------------------------------------------------


_LISTING_CHECKS: tuple[Check, ...] = (
    ("native_id", pl.col("native_id").str.contains(IS_ID), "the id is not a whole number above 0"),
    ("native_id", pl.col("native_id").is_first_distinct(), "the id stands in an earlier row"),
    ("name", pl.col("name").is_not_null(), "the name is empty"),
    (
        "party_type",
        pl.col("party_type").str.to_lowercase().is_in(list(PARTY_TYPES)).fill_null(True),
        "the type is individual, vessel, aircraft or nothing",
    ),
)
_ALIAS_CHECKS: tuple[Check, ...] = (
    ("kind", pl.col("kind").is_in(ALIAS_KINDS), "the type of an alias is aka, fka or nka"),
    ("name", pl.col("name").is_not_null(), "the alias is empty"),
)


_COMMENT_CHECKS: tuple[Check, ...] = (("rest", pl.col("rest").is_not_null(), "the comment is empty"),)


def _orphan(listings: pl.DataFrame, main: str) -> Check:
    ids = listings["native_id"].implode()
    return "native_id", pl.col("native_id").is_in(ids), f"{main} holds no readable row with this id"


def _unreadable(listings: pl.DataFrame, lines: pl.DataFrame, bad: pl.DataFrame) -> tuple[list[str], int]:
    """Ids of listings that stand in sdn.csv in a row that cannot be used, and the number of rows without a legible id.

    Such a listing has not been removed, whatever else is not known of it.
    """
    if not lines.height and not bad.height:
        return [], 0
    ids = pl.concat([lines["value"].str.split(",").list.first().str.strip_chars(' "'), bad["native_id"]])
    is_id = ids.str.contains(IS_ID).fill_null(False)
    held = set(listings["native_id"].to_list())
    return sorted(set(ids.filter(is_id)) - held), int((~is_id).sum())
