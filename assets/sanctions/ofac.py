"""OFAC's lists in the legacy layout: from the bytes of sdn.csv, add.csv and alt.csv to typed rows, and whether to believe them.

The layout has no header; one row is one line; text is quoted; ``-0- `` stands for nothing; the file ends in a lone 0x1A after
the last line. Columns and their widths: OFAC's data specification (dat_spec.txt of 2023-09-25). Copies that were saved again
lack the quotes, the mark, or the carriage returns, and may have gained a header or a byte order mark: they are read as well.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce

import polars as pl

from pipelines.contract import REJECTS, Judgement, RowGuard, Staged, StagedInfo, judge_rows
from pipelines.errors import Quarantine

SDN_COLUMNS = (
    "native_id", "name", "party_type", "programs", "title", "call_sign", "vessel_type", "tonnage", "gross_registered_tonnage",
    "vessel_flag", "vessel_owner", "remarks",
)  # fmt: skip
ADD_COLUMNS = ("native_id", "address_number", "address", "city", "country", "remarks")
ALT_COLUMNS = ("native_id", "alias_number", "kind", "name", "remarks")
PARTY_TYPES = {"individual": "person", "vessel": "vessel", "aircraft": "aircraft"}
"""Party type by SDN_Type; a row without SDN_Type is an entity."""
ALIAS_KINDS = ("aka", "fka", "nka")
END_MARK = b"\x1a"
NOTHING = "-0-"
IS_ID = r"^[1-9][0-9]{0,9}$"
MOST_VALUE = 200
"""Characters of a bad value that are kept with its reason."""


@dataclass(frozen=True)
class _Rows:
    """Rows of one file: ``frame`` has ``row`` and the columns as text (nothing = NULL), ``rejects`` the lines with another count.

    ``ending``: what ends the file: mark, newline, or nothing. ``is_crlf``: lines end as the publisher ends them.
    """

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
        files: ``sdn.csv``, and ``add.csv`` and ``alt.csv`` where the vintage has them.

    Returns:
        Frames ``listings`` (row, native_id, name, party_type, programs, title, ..., remarks), and, for a file that is there,
        ``addresses`` and ``aliases``: a file that is absent has no frame, one that holds nothing has an empty one. ``n_read``
        counts the rows of sdn.csv. Facts: rows, rejects and ending per file; ids of listings that are there but cannot be
        read (``unreadable_ids``), and the number of rows of which not even the id can be read (``n_illegible``).

    Raises:
        Quarantine: sdn.csv is missing, or a file is empty, HTML, cut in its last line, or in another layout.
    """
    if "sdn.csv" not in files:
        raise Quarantine(
            f"sdn.csv is missing (the snapshot holds {', '.join(sorted(files)) or 'no file'}): the other files say nothing "
            "without it. The last good list stands; fetch again or add the file."
        )
    read = {"sdn.csv": _read("sdn.csv", files["sdn.csv"], SDN_COLUMNS)}
    listings, bad = _split(read["sdn.csv"].frame, _LISTING_PROBLEMS)
    unreadable, n_illegible = _unreadable(listings, read["sdn.csv"].rejects, bad)
    rejects = {"sdn.csv": pl.concat([read["sdn.csv"].rejects, _rejects_of("sdn.csv", bad, _LISTING_PROBLEMS)])}
    party_type = pl.col("party_type").str.to_lowercase().replace(PARTY_TYPES).fill_null("entity")
    frames = {"listings": listings.with_columns(party_type)}
    for file, frame, columns, problems in (
        ("add.csv", "addresses", ADD_COLUMNS, ()),
        ("alt.csv", "aliases", ALT_COLUMNS, _ALIAS_PROBLEMS),
    ):
        if file in files:
            read[file] = _read(file, files[file], columns)
            every = (_orphan(listings), *problems)
            rows = read[file].frame
            frames[frame], bad = _split(rows.with_columns(pl.col("^kind$").str.to_lowercase()), every)
            rejects[file] = pl.concat([read[file].rejects, _rejects_of(file, bad, every)])
    facts = {
        "files": {
            name: {"n_rows": rows.n_read, "n_rejected": rejects[name].height, "ending": rows.ending, "is_crlf": rows.is_crlf}
            for name, rows in read.items()
        },
        "unreadable_ids": unreadable,
        "n_illegible": n_illegible,
    }
    return Staged(frames, pl.concat(rejects.values()), read["sdn.csv"].n_read, facts)


def judge(info: StagedInfo, baseline: StagedInfo | None, guard: RowGuard) -> Judgement:
    """Judge a vintage against the last accepted one, file by file.

    Besides the row counts: a file without its end mark, where the last accepted one had it, is taken as cut, unless it was
    visibly saved again (other line ends) and lost no row. Source of the limits: sources.yml.
    """
    refusals: list[str] = []
    warnings: list[str] = []
    for name, file in info.facts["files"].items():
        before = None if baseline is None else baseline.facts["files"].get(name)
        # a supplementary file may be empty at first; that it lost its rows is what the comparison with the one before shows
        if file["n_rows"] or name == "sdn.csv":
            now = replace(info, n_read=file["n_rows"], n_rejected=file["n_rejected"])
            then = None if baseline is None or before is None else replace(baseline, n_read=before["n_rows"])
            rows = judge_rows(now, then, guard)
            refusals += [f"{name}: {r}" for r in rows.refusals]
            warnings += [f"{name}: {w}" for w in rows.warnings]
        elif before is not None and before["n_rows"]:
            refusals.append(f"{name}: it holds no rows where the last accepted snapshot had {before['n_rows']:,}")
        if file["ending"] == "nothing":
            warnings.append(f"{name}: its last line has no end, neither a line break nor the mark 0x1A: rows may be missing")
        if file["ending"] != "mark" and before is not None and before["ending"] == "mark":
            text = f"{name}: the mark 0x1A after the last line is missing, which the last accepted snapshot had"
            if file["is_crlf"] or file["n_rows"] < before["n_rows"]:
                refusals.append(f"{text}: the file looks cut")
            else:
                warnings.append(f"{text}: the file was saved again by another program")
    if info.facts["n_illegible"]:
        warnings.append(f"sdn.csv: the id of {info.facts['n_illegible']:,} rows cannot be read: no listing is taken as removed")
    elif info.facts["unreadable_ids"]:
        warnings.append(
            f"sdn.csv: {len(info.facts['unreadable_ids']):,} listings are there but cannot be read: they stay as they were known"
        )
    return Judgement(tuple(refusals), tuple(warnings))


# rows of a file -------------------------------------------------------------------------------------------------------


def _read(name: str, data: bytes, columns: Sequence[str]) -> _Rows:
    """Rows of one file in the legacy layout. Raises Quarantine where the file as a whole is not what it should be."""
    kept = "The last good list stands; fetch again, or look at the kept bytes."
    if not data.strip(b" \t\r\n\0\xef\xbb\xbf"):
        raise Quarantine(f"{name} is empty ({len(data):,} bytes): an empty answer is not a mass delisting. {kept}")
    if data[:300].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise Quarantine(f"{name} is a web page or XML, not the list: it begins with {data.lstrip()[:40]!r}. {kept}")
    body = data if data.isascii() else _utf8(data)
    trimmed = body.rstrip(b"\r\n\x1a")
    tail = body[len(trimmed) :]
    ending = "mark" if END_MARK in tail else "newline" if b"\n" in tail else "nothing"
    is_crlf = b"\r\n" in body[:20_000]
    if ending == "nothing" and trimmed.endswith((b",-", b",-0")):
        # a copy of 2019 lost its last bytes so: the row itself is whole, and judge says that the end is missing
        trimmed = trimmed[: trimmed.rindex(b",") + 1] + NOTHING.encode()
    frame = _whole_file(trimmed, columns)
    if frame is None:
        frame, rejects = _line_by_line(name, trimmed, columns, ending, kept)
    else:
        rejects = pl.DataFrame(schema=REJECTS)
    # a header stands in some copies only; an id has a digit, a title has none
    if frame.height and frame["row"][0] == 1 and not any(c.isdigit() for c in frame["native_id"][0] or "0"):
        frame = frame[1:].with_columns(pl.col("row") - 1)
        rejects = rejects.with_columns(pl.col("row") - 1)
    return _Rows(frame, rejects, ending, is_crlf)


def _utf8(data: bytes) -> bytes:
    """``data`` as UTF-8 without a byte order mark; what is not UTF-8 is taken as Windows-1252, in which copies are saved."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    return text.encode()


def _whole_file(body: bytes, columns: Sequence[str]) -> pl.DataFrame | None:
    """All rows at once, in the fastest way; None where any line has another number of columns or is quoted wrongly."""
    last = columns[-1]
    try:
        # the last column keeps its -0-: there, NULL tells of a line that is too short
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


def _line_by_line(name: str, body: bytes, columns: Sequence[str], ending: str, kept: str) -> tuple[pl.DataFrame, pl.DataFrame]:
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
    if ending == "nothing" and is_last_bad:
        raise Quarantine(f"{name} is cut in its last line, line {number:,} ({bad[-1][3][:60]!r}). {kept}")
    width, n_lines = widths.most_common(1)[0] if widths else (len(columns), 0)
    if width != len(columns):
        found = f"{width} columns" if width else "quotes that do not match"
        raise Quarantine(
            f"{name}: {n_lines:,} of {number:,} lines have {found}, where the layout has {len(columns)} columns: "
            f"another layout, or not the list. {kept} If OFAC changed the layout, the parser must learn it."
        )
    schema = {"row": pl.UInt32} | dict.fromkeys(columns, pl.String)
    frame = pl.DataFrame([[n, *cells] for n, cells in rows], schema=schema, orient="row")
    return _typed(frame, columns), _as_rejects(bad)


def _typed(raw: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """``row`` as a whole number, and every column without surrounding blanks; ``-0-`` and the empty text are NULL."""
    stripped = raw.select(pl.col("row").cast(pl.Int64), *(pl.col(c).str.strip_chars() for c in columns))
    return stripped.with_columns(pl.when(pl.col(c).is_in([NOTHING, ""]).not_()).then(pl.col(c)).alias(c) for c in columns)


def _as_rejects(rows: Sequence[tuple[str, int, str | None, str | None, str]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=REJECTS, orient="row")


# rows that make sense -------------------------------------------------------------------------------------------------

_Problem = tuple[str, pl.Expr, str]
"""What can be wrong with a row: the column, whether it is so, and the reason in words."""

_LISTING_PROBLEMS: tuple[_Problem, ...] = (
    ("native_id", ~pl.col("native_id").str.contains(IS_ID).fill_null(False), "the id is not a whole number above 0"),
    ("native_id", ~pl.col("native_id").is_first_distinct(), "the id stands in an earlier row"),
    ("name", pl.col("name").is_null(), "the name is empty"),
    (
        "party_type",
        ~pl.col("party_type").str.to_lowercase().is_in(list(PARTY_TYPES)).fill_null(True),
        "the type is individual, vessel, aircraft or nothing",
    ),
)
_ALIAS_PROBLEMS: tuple[_Problem, ...] = (
    ("kind", ~pl.col("kind").is_in(ALIAS_KINDS).fill_null(False), "the type of an alias is aka, fka or nka"),
    ("name", pl.col("name").is_null(), "the alias is empty"),
)


def _orphan(listings: pl.DataFrame) -> _Problem:
    ids = listings["native_id"].implode()
    return "native_id", ~pl.col("native_id").is_in(ids).fill_null(False), "sdn.csv holds no readable row with this id"


def _split(rows: pl.DataFrame, problems: Sequence[_Problem]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows without any of the problems; and the others with the number of their first problem in ``problem``."""
    marked = rows.select(is_bad.alias(str(n)) for n, (_, is_bad, _) in enumerate(problems))
    any_bad = reduce(lambda a, b: a | b, marked.get_columns())
    if not any_bad.any():
        return rows, rows.clear().with_columns(pl.lit(None, pl.Int32).alias("problem"))
    first = marked.select(pl.coalesce(pl.when(str(n)).then(n) for n in range(len(problems))).alias("problem"))
    return rows.filter(~any_bad), rows.hstack(first).filter(any_bad)


def _rejects_of(file: str, bad: pl.DataFrame, problems: Sequence[_Problem]) -> pl.DataFrame:
    """Rejects for rows with a ``problem``."""
    rows = []
    for row in bad.iter_rows(named=True):
        column, _, reason = problems[row["problem"]]
        rows.append((file, row["row"], column, (row[column] or "")[:MOST_VALUE], reason))
    return _as_rejects(rows)


def _unreadable(listings: pl.DataFrame, lines: pl.DataFrame, bad: pl.DataFrame) -> tuple[list[str], int]:
    """Ids of listings that stand in sdn.csv in a row that cannot be used, and the number of rows without a legible id.

    Such a listing has not been removed, whatever else is not known of it.
    """
    if not lines.height and not bad.height:
        return [], 0
    ids = pl.concat([lines["value"].str.split(",").list.first().str.strip_chars(' "'), bad["native_id"]])
    is_id = ids.str.contains(IS_ID).fill_null(False)
    held = set(listings["native_id"])
    return sorted(set(ids.filter(is_id)) - held), int((~is_id).sum())
