"""Chinese military companies under section 1260H, all notices so far: from OpenSanctions' CSV to typed rows.

The file has a row for each name of each notice since 2021, subsidiaries included, with the day of the notice as its start and,
where a later notice took it off, that day as its end. Rows of one name that follow each other without an end between are one
listing; its id bears the day of the first (``2021-06-03:inspur-group``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

from assets.contracts import Staged
from assets.reading.bytes import read_text
from assets.reading.tables import cells_by_name
from assets.sanctions.reading.gather import Gatherer, judge_named
from assets.sanctions.reading.names import slug_as_written
from assets.sanctions.reading.one_list import KEPT, one_file

PROGRAM = "1260H"
COLUMNS = ("name", "clean_name", "alias", "previous_name", "parent_name", "note", "start_date", "end_date", "source_url")


def stage(files: Mapping[str, bytes]) -> Staged:
    """Read the file.

    Returns:
        Frames listings, names, countries, links and notes of ``shape``. Facts: ``n_repeated`` (rows that prolong an earlier one).

    Raises:
        Quarantine: not one file, empty, HTML, another layout, or cut.
    """
    name, data = one_file(files, "Notices under section 1260H")
    rows, bad, n_read = cells_by_name(name, read_text(name, data, KEPT), COLUMNS, KEPT)
    found = Gatherer(name, ("names", "countries", "links", "notes"), ids="name")
    found.n_read = n_read
    found.reject_rows(bad)
    dated: dict[str, list[tuple[date, date | None, int, dict[str, str]]]] = defaultdict(list)
    for number, row in rows:
        start, end = (found.day(number, c, row[c], ("%Y-%m-%d",), "YYYY-MM-DD") for c in ("start_date", "end_date"))
        slug = slug_as_written(row["clean_name"])
        if start is None or not slug:
            column = "start_date" if slug else "clean_name"
            found.reject_illegible(number, column, row[column], "a notice has a day and a name")
        else:
            # an end before the start is a slip: the row is kept without it
            dated[slug].append((start, end if end and end > start else None, number, row))
    for slug, entries in dated.items():
        native_id, until = "", date.min
        for start, end, number, row in sorted(entries, key=lambda e: (e[0], e[1] or date.min, e[2])):
            if not native_id or (until is not None and start > until):
                native_id = f"{start}:{slug}"
            until = end  # type: ignore[assignment]
            _row(found, native_id, number, row, start, end)
    return found.staged(n_repeated=found.n_joined)


def _row(found: Gatherer, native_id: str, number: int, row: Mapping[str, str], start: date, end: date | None) -> None:
    columns: dict[str, Any] = {
        "programs": PROGRAM,
        "listed_on": start,
        "listed_on_basis": "official_notice",
        "published_on": start,
        "url": row["source_url"] or None,
    }
    listing = found.party(native_id, row["clean_name"], "entity", row=number, **columns)
    if listing is None:
        return
    listing |= {"ends_on": end, "ends_on_basis": None if end is None else "official_notice"}
    # the list is one of Chinese companies by the words of the act
    found.stated_country(native_id, "CHN", "list_destination")
    for column, kind in (("alias", "aka"), ("previous_name", "fka")):
        for other in filter(slug_as_written, (o.strip() for o in row[column].split(";"))):
            found.name(native_id, other, kind)
    found.link(native_id, "parent", row["parent_name"] or None)
    found.note(native_id, "reason", row["note"])


READERS = {"us_dod_1260h_notices": (stage, judge_named)}
"""By source: how its bytes are read, and how a snapshot is judged."""
