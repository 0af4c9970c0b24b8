"""What readers of lists share: one file of a snapshot as text, delimited rows or JSON, days, countries, and staged frames.

Here are the failures that every format has (no file, two files, empty, a web page, cut, not readable); what a column means is
for the module of the list.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import polars as pl

from assets.actors.registry import code_map
from assets.sanctions.rows import comparable_name
from assets.sanctions.shape import DETAILS, LISTINGS
from pipelines.contract import REJECTS, Staged
from pipelines.errors import Quarantine

KEPT = "The last good list stands; fetch again, or look at the kept bytes."
MOST_VALUE = 200
"""Characters of a bad value that are kept with its reason."""
EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)
"""Days outside are slips of the pen (year 20, year 3017); denials until 2056 are meant."""
_CITED_DAY = re.compile(r"\b(\d{1,2}/\d{1,2}/(?:\d{4}|\d{2}))\b")
_COUNTRY_SLIPS = {"PRC": "CHN", "UK": "GBR", "ROC": "TWN"}
"""Codes that lists write in place of ISO 3166."""


Reject = tuple[str, int, str | None, str | None, str]
"""A row of REJECTS: file, row, column, value, reason."""


def one_file(files: Mapping[str, bytes], what: str) -> tuple[str, bytes]:
    """The only file of a snapshot. Raises Quarantine where there is none, or more than one."""
    if len(files) != 1:
        held = ", ".join(sorted(files)[:5]) or "no file"
        raise Quarantine(
            f"{what}: a snapshot is one file, this one holds {held}. Put each file in a folder of its own. "
            "The last good list stands."
        )
    return next(iter(files.items()))


def text_of(name: str, data: bytes) -> str:
    """The file as text without a byte order mark: UTF-8, else Windows-1252. Raises Quarantine: empty, or a web page."""
    if not data.strip(b" \t\r\n\0\xef\xbb\xbf"):
        raise Quarantine(f"{name} is empty ({len(data):,} bytes): an empty answer is not a mass delisting. {KEPT}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    if text[:300].lstrip("\ufeff \t\r\n").startswith("<"):
        raise Quarantine(f"{name} is a web page or XML, not the list: it begins with {text.lstrip()[:40]!r}. {KEPT}")
    return text


def delimited(name: str, text: str, delimiter: str) -> list[list[str]]:
    """Rows of cells without blank rows. Raises Quarantine where the quotes do not match or a cell is beyond all bounds."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    try:
        rows.extend(cells for cells in reader if any(c.strip() for c in cells))
    except csv.Error as error:
        twice = (
            " Its header stands in it a second time: two downloads in one file." if rows[:1] in ([r] for r in rows[1:]) else ""
        )
        raise Quarantine(
            f"{name} is cut or damaged at line {reader.line_num:,}, after {len(rows):,} rows ({error}).{twice} {KEPT}"
        ) from error
    return rows


def json_of(name: str, text: str) -> Any:
    """The file as JSON. Raises Quarantine where it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Quarantine(f"{name} is not readable as JSON ({str(error)[:120]}); the file is cut or damaged. {KEPT}") from error


def delimiter_of(text: str) -> str:
    """Tab where the first line holds one, else comma."""
    return "\t" if "\t" in text.lstrip("\r\n").split("\n", 1)[0] else ","


def cells_by_name(
    name: str, rows: list[list[str]], columns: Collection[str], text: str
) -> tuple[list[tuple[int, dict[str, str]]], list[Reject], int]:
    """Rows as mappings from the header's names.

    Args:
        name: of the file.
        rows: the header and what follows.
        columns: names that the header must have, in small letters with ``_`` for blanks.
        text: the file, for how it ends.

    Returns:
        Row number (from 1, header not counted) with its cells; rejects for rows of another width; how many rows were read.

    Raises:
        Quarantine: a column is missing, the header stands in the file twice, or the last row is cut.
    """
    header = [re.sub(r"\s+", "_", c.strip().casefold()) for c in rows[0]] if rows else []
    missing = [c for c in columns if c not in header]
    if missing:
        raise Quarantine(
            f"{name}: the header lacks {', '.join(missing)}; it begins with {', '.join(rows[0])[:120] if rows else 'nothing'!r}. "
            f"Another layout, or not the list. {KEPT}"
        )
    again = next((n for n, cells in enumerate(rows[1:], 1) if cells == rows[0]), None)
    if again is not None:
        raise Quarantine(f"{name}: the header stands in it a second time, in row {again:,}: two downloads in one file. {KEPT}")
    if len(rows) > 1 and len(rows[-1]) < len(header) and not text.endswith(("\n", "\r")):
        raise Quarantine(f"{name} is cut in its last row: {len(rows[-1])} of {len(header)} columns, no line break. {KEPT}")
    good: list[tuple[int, dict[str, str]]] = []
    bad: list[Reject] = []
    for number, cells in enumerate(rows[1:], 1):
        if len(cells) == len(header):
            good.append((number, {c: v.strip() for c, v in zip(header, cells, strict=True)}))
        else:
            reason = f"{len(cells)} columns where the header has {len(header)}"
            bad.append((name, number, None, ", ".join(cells)[:MOST_VALUE], reason))
    return good, bad, len(rows) - 1


def day_in(text: str, *formats: str) -> date | None:
    """The day that ``text`` writes in one of these formats, between 1900 and 2199; None where it writes none."""
    for form in formats:
        try:
            day = datetime.strptime(text, form).date()  # noqa: DTZ007
        except ValueError:
            continue
        if EARLIEST <= day <= LATEST:
            return day
    return None


def cited_days(citation: str) -> list[date]:
    """Days of the notices that a chain of citations names (``76 F.R. 12318 3/7/11, 76 F.R. ...``), each once, in order."""
    days = (day_in(text, "%m/%d/%Y", "%m/%d/%y") for text in _CITED_DAY.findall(citation))
    return sorted({d for d in days if d is not None})


def published_by(citation: str | None, start: date | None) -> date | None:
    """Day on which a listing became public: that of its notice, where one notice alone is cited, within a year of the start.

    Of a chain of notices the later ones changed what is listed, so no single day is that of the whole.
    """
    days = cited_days(citation or "")
    return days[0] if len(days) == 1 and start is not None and abs((days[0] - start).days) <= 366 else None


def country_of(text: str | None) -> str | None:
    """Country by ISO code, by a common slip for one, or by name; None where unknown."""
    raw = (text or "").strip()
    upper = raw.upper()
    return code_map("iso2").get(upper) or _COUNTRY_SLIPS.get(upper) or code_map("country_name").get(raw.casefold())


def slug(text: str) -> str:
    """A name as part of a lasting id: small letters and digits of any script, joined by hyphens; without case and marks."""
    return comparable_name(text).replace(" ", "-")


@dataclass
class Gathered:
    """Rows of the staged frames while a file is read. ``speaks_of``: the details that its format can state."""

    speaks_of: tuple[str, ...]
    listings: list[dict[str, Any]] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    details: dict[str, dict[tuple[Any, ...], None]] = field(default_factory=dict)

    def tell(self, detail: str, native_id: str, *values: Any) -> None:
        """A row of a detail frame, its columns in order; told twice it stands once."""
        self.details.setdefault(detail, {})[native_id, *values] = None

    def staged(self, n_read: int, n_rejected: int, facts: dict[str, Any]) -> Staged:
        """The snapshot in the shape of the room.

        The lasting ids are made of names, so a rejected row is one whose listing cannot be told: while there is one
        (``n_illegible``) no listing is taken as removed.
        """
        frames = {"listings": pl.DataFrame(self.listings, schema=LISTINGS, orient="row")}
        for name in self.speaks_of:
            frames[name] = pl.DataFrame(list(self.details.get(name, ())), schema=DETAILS[name], orient="row")
        self.rejects.sort(key=lambda r: r[1])
        rejects = pl.DataFrame(self.rejects, schema=REJECTS, orient="row")
        return Staged(frames, rejects, n_read, facts | {"n_illegible": n_rejected}, n_rejected)


def told_of(facts: Mapping[str, Any]) -> tuple[str, ...]:
    """Warnings on what could not be read, from facts: ``n_illegible`` and, where there, ``unknown_countries``."""
    warnings = []
    if facts["n_illegible"]:
        warnings.append(f"{facts['n_illegible']:,} rows cannot be read: no listing is taken as removed")
    if facts.get("unknown_countries"):
        named = ", ".join(f"{c} ({n:,})" for c, n in list(facts["unknown_countries"].items())[:10])
        warnings.append(f"countries that the registry of actors does not know: {named}; these parties are kept without one")
    return tuple(warnings)
