"""What a snapshot makes of the rows of one listing that differs from before. Pure functions on Python rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from assets.sanctions.facts.lists import canonical_programs
from assets.sanctions.history.compared.records import STATED, Moment, Party, RemarksReader
from assets.sanctions.history.compared.seen import AHEAD_DAYS, Seen, programs_in, target_country
from assets.sanctions.history.versioned_rows import Row
from assets.sanctions.reading.shape import DETAIL_KEYS, DETAILS, OWN_COLUMNS


def edits(old: Row, row: Row, seen: Seen, remarks: RemarksReader | None) -> tuple[Row, list[str]]:
    """Columns of a listing that differ, and those of them that the authority edited.

    What a file of comments adds to remarks that were cut is new to us, not an act of the authority; so is the first value of a
    listing that another format brought, which has no such column, or from which it was cut; so are remarks of which the built-in
    record passed on what stood there; and so is a name in other capitals (BEKTAS, Bektas).
    """
    later: Row = {}
    edited: list[str] = []
    for column in OWN_COLUMNS:
        before, now = old[column], row[column]
        if before == now:
            continue
        later[column] = now
        is_rest = None not in (remarks, before, now) and remarks is not None and remarks.is_continued(before, now)
        is_rest_of_cut = column == "remarks" and remarks is not None and remarks.kept(now or "", row["party_type"]) == before
        is_first = seen.is_other_form and (before is None or is_rest_of_cut)
        is_news = is_first or (is_rest if column == "remarks" else in_other_capitals(column, before, now))
        if not is_news:
            edited.append(column)
    if row["citation"] is not None and row["citation"] != old["citation"]:
        later["citation"] = row["citation"]
        if not seen.is_other_form:
            edited.append("citation")
    return later, edited


def in_other_capitals(column: str, before: str | None, now: str | None) -> bool:
    """Whether a name is the same but for its capitals."""
    return column == "name" and before is not None and now is not None and before.casefold() == now.casefold()


def revised_start(old: Row, row: Row, past: date | None, covered_from: date | None) -> Row:
    """Columns of a start that the list states now and that is not the known one; none where it cannot be.

    A re-issue begins when the other id ends; a party that returned, not before it had gone (``past``); and who was seen on the
    list so long before the stated day was in force before it, by whatever act. ``covered_from`` None: it was not seen on a list.
    """
    stated = row["listed_on"]
    if stated is None or stated == old["valid_from"] or old["actor_id"] != old["listing_id"]:
        return {}
    if (past is not None and stated < past) or (old["valid_to"] is not None and stated > old["valid_to"]):
        return {}
    first_seen = old["valid_from"] or covered_from
    if old["valid_from_basis"] not in STATED and first_seen is not None and stated > first_seen + timedelta(days=AHEAD_DAYS):
        return {}
    basis = row["listed_on_basis"] or "source_field"
    return {"valid_from": stated, "valid_from_basis": basis, "valid_from_earliest": None}


def revised_end(listing: Row, row: Row, not_stated: Sequence[str]) -> Row:
    """Columns of an end that the list states now and that is not the known one."""
    end = row["ends_on"]
    if "ends_on" in not_stated or end == listing["valid_to"]:
        return {}
    if end is None:
        return {"valid_to": None, "valid_to_basis": None}
    if listing["valid_from"] is not None and end < listing["valid_from"]:
        return {}
    return {"valid_to": end, "valid_to_basis": row["ends_on_basis"] or "source_field"}


def not_before(start: date | None, end: date | None) -> date | None:
    """An end, but not one before its start."""
    return end if start is None or end is None else max(start, end)


def is_ordered(row: Row) -> bool:
    """Whether a row does not end before it begins."""
    return row["valid_from"] is None or row["valid_to"] is None or row["valid_from"] <= row["valid_to"]


def target_of(party: Party, first: Iterable[tuple[str, str]] = ()) -> str | None:
    """The country at which a measure is directed, from the open rows: in the order of ``first``, then of the alphabet."""
    pairs = {(r["country_id"], r["basis"]) for r in party.details["countries"]}
    return target_country([*(p for p in first if p in pairs), *sorted(pairs)])


@dataclass
class Programs:
    """The programs of a listing after a snapshot.

    ``rows``: open ones. ``superseded``: rows that these replace. ``over``: final rows. ``added`` and
    ``dropped``: canonical programs. ``retagged``: what is another name of a program that stays (``A -> B``).
    """

    rows: list[Row]
    superseded: list[Row]
    over: list[Row] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    retagged: list[str] = field(default_factory=list)


def following(programs: Sequence[Row], old: Row, new: Row, moment: Moment) -> Programs:
    """Programs that began with the listing begin, and all of them end, as the listing now does."""
    stay, moved, superseded = [], [], []
    for program in programs:
        later: Row = {}
        if program["valid_from"] == old["valid_from"] != new["valid_from"]:
            later = {"valid_from": new["valid_from"], "valid_from_basis": new["valid_from_basis"]}
        if old["valid_to"] != new["valid_to"]:
            later["valid_to"] = not_before(later.get("valid_from", program["valid_from"]), new["valid_to"])
        if later:
            superseded.append(program)
            moved.append(moment.of_program(program | later) | moment.known)
        else:
            stay.append(program)
    return Programs(stay + moved, superseded)


def revised_programs(
    programs: Sequence[Row], listing: Row, cell: str | None, moment: Moment, *, is_record: bool = False
) -> Programs:
    """Programs updated to the cell of a snapshot; those of a record of notices are corrected, and were as long as the listing."""
    canonical = canonical_programs()
    wanted = programs_in(cell)
    # in an order of their own, whatever fold they come from
    ordered = sorted(programs, key=lambda row: row["program_raw"])
    there = {row["program_raw"] for row in ordered}
    gone = [row for row in ordered if row["program_raw"] not in wanted]
    before = {row["program"]: row for row in [*ordered, *gone]}
    after = {canonical.get(raw, raw) for raw in wanted}
    rows = [row for row in ordered if row["program_raw"] in wanted]
    added: dict[str, None] = {}
    retagged: list[str] = []
    for raw in wanted:
        program = canonical.get(raw, raw)
        if raw in there:
            continue
        if program in before:
            start = {c: before[program][c] for c in ("valid_from", "valid_from_basis")}
            retagged.append(f"{before[program]['program_raw']} -> {raw}")
        else:
            start = {"valid_from": not_before(listing["valid_from"], moment.day), "valid_from_basis": moment.basis}
            if is_record:
                start = {c: listing[c] for c in ("valid_from", "valid_from_basis")}
            added[program] = None
        row = {"listing_id": listing["listing_id"], "program": program, "program_raw": raw} | start
        rows.append(moment.of_program(row) | {"valid_to": not_before(row["valid_from"], listing["valid_to"])} | moment.known)
    # of two names of one program that were given side by side, one may go
    renamed = {text.split(" -> ")[0] for text in retagged}
    retagged += [f"-{r['program_raw']}" for r in gone if r["program"] in after and r["program_raw"] not in renamed]
    dropped = dict.fromkeys(row["program"] for row in gone if row["program"] not in after)
    # a program that is followed and dropped in one snapshot never had its new dates
    superseded = [r for r in gone if r["known_from"] < moment.known_at]
    over = [] if is_record else [r for r in gone if r["program"] in dropped]
    ends = [r | moment.known | {"valid_to": not_before(r["valid_from"], moment.day)} for r in over]
    return Programs(rows, superseded, ends, list(added), list(dropped), retagged)


@dataclass
class Detail:
    """A detail of a listing after a snapshot: open rows, superseded rows, and rows that are new."""

    rows: list[Row]
    superseded: list[Row]
    fresh: list[Row]


def revised_detail(
    name: str, rows: Sequence[Row], wanted: Sequence[Row], is_spoken_of: Callable[[Row], bool], listing_id: str, moment: Moment
) -> Detail:
    """A detail updated to what the snapshot shows.

    Args:
        name: of the detail.
        rows: its open rows.
        wanted: what should be open, as a snapshot shows it; of two rows about one thing the first counts.
        is_spoken_of: which open rows go where they are not among those wanted.
        listing_id: of the listing.
        moment: when it was seen.
    """
    key = DETAIL_KEYS[name]
    values = [c for c in DETAILS[name].names()[1:] if c not in key]
    open_rows = {tuple(r[c] for c in key): r for r in rows}
    asked = {tuple(r[c] for c in key): r for r in reversed(wanted)}
    stay, gone = [], []
    for k, r in open_rows.items():
        new = asked.get(k)
        if new is None and not is_spoken_of(r):
            stay.append(r)
        elif new is None or any(new[c] != r[c] for c in values):
            gone.append(r)
        else:
            stay.append(r)
            del asked[k]
    kept = {tuple(r[c] for c in key) for r in stay}
    now = {"listing_id": listing_id} | moment.known
    fresh = [
        now | dict(zip(key, k, strict=True)) | {c: asked[k][c] for c in values}
        for k in dict.fromkeys(tuple(r[c] for c in key) for r in wanted)
        if k in asked and k not in kept
    ]
    return Detail(stay + fresh, gone, fresh)
