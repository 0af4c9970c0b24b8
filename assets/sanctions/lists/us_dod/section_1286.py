"""Institutions and talent programmes under section 1286: from transcriptions of the Department's yearly list to typed rows.

Two transcriptions are read: a JSON file of one list, and OpenSanctions' CSV of all lists so far, whose newest (``report-date``)
is the edition; on which older ones a name stood is a note. The lists state no day; the CSV states when some left the newest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from assets.contracts import Staged
from assets.reading.bytes import read_text
from assets.reading.tables import cells_by_name
from assets.sanctions.reading.dates import iso_date
from assets.sanctions.reading.gather import Gatherer, judge_named
from assets.sanctions.reading.names import slug_as_written
from assets.sanctions.reading.one_list import KEPT, one_file
from assets.sanctions.reading.transcribed import stage_transcribed

PROGRAM = "1286"
URL = "https://basicresearch.defense.gov/Programs/Academic-Research-Security/"
COLUMNS = ("name", "aliases", "program", "report-date", "end-date", "country", "notes", "source_url")


def stage(files: Mapping[str, bytes]) -> Staged:
    """Read one transcription, JSON (see ``transcribed.stage_transcribed``) or CSV.

    Facts of the CSV: ``edition`` (year of the newest list), ``n_repeated``, ``n_earlier`` (rows of older lists; those of a name
    that is on none since are nothing but counted: an earlier edition is a snapshot of its own).

    Raises:
        Quarantine: not one file, or neither layout.
    """
    name, data = one_file(files, "Section 1286 list")
    text = read_text(name, data, KEPT)
    if text.lstrip()[:1] in ("{", "["):
        return stage_transcribed(files, "Section 1286 list", PROGRAM, URL, _reads)
    rows, bad, n_read = cells_by_name(name, text, COLUMNS, KEPT)
    found = Gatherer(name, ("names", "countries", "notes"), ids="name")
    found.n_read = n_read
    found.reject_rows(bad)
    newest = max((row["report-date"] for _, row in rows), default="")
    earlier: dict[str, set[str]] = defaultdict(set)
    for number, row in rows:
        native_id = slug_as_written(row["name"])
        if row["report-date"] != newest and native_id:
            earlier[native_id].add(row["report-date"])
            continue
        ends = iso_date(row["end-date"])
        basis = None if ends is None else "official_notice"
        columns: dict[str, Any] = {"programs": PROGRAM, "ends_on": ends, "ends_on_basis": basis, "url": row["source_url"] or URL}
        if found.party(native_id, row["name"], "entity", row=number, **columns) is None:
            continue
        for alias in filter(slug_as_written, (a.strip() for a in row["aliases"].split(";"))):
            found.name(native_id, alias)
        found.stated_country(native_id, found.country(row["country"]), "list_destination")
        found.note(native_id, "reason", row["notes"])
    for native_id in found.parties.keys() & earlier.keys():
        found.note(native_id, "earlier_lists", ", ".join(sorted(earlier[native_id])))
    return found.staged(edition=newest, n_repeated=found.n_joined, n_earlier=sum(r["report-date"] != newest for _, r in rows))


def _reads(found: Gatherer, native_id: str, notes: str) -> dict[str, Any]:
    found.note(native_id, "reason", notes)
    return {}


READERS = {"us_dod_1286": (stage, judge_named)}
"""By source: how its bytes are read, and how a snapshot is judged."""
