"""What a listing becomes: the rows of one that is new, and the next version of one that is stated otherwise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import polars as pl

from assets.days import last_instant, last_instants
from assets.sanctions.facts.lists import canonical_programs, listing_page, page_of
from assets.sanctions.history.compared.snapshot import (
    AHEAD_DAYS,
    COMPARED,
    COUNTRIES_OF,
    STATED,
    Moment,
    RemarksReader,
    Snapshot,
    programs_in,
    scope_of,
    target_country,
)
from assets.sanctions.history.compared.state import Ended, Party
from assets.sanctions.history.versioned_rows import Row, comparable_name
from assets.sanctions.reading.shape import DETAIL_KEYS, DETAILS, OWN_COLUMNS

# new listings ----------------------------------------------------------------------------------------------------------


def replaced_by(
    new: pl.DataFrame, shown: Collection[str], ended: Sequence[Ended], past: Mapping[str, date], day: date
) -> dict[str, Ended]:
    """For new ids the listing of the same name and type, removed at most three days before, that each replaces.

    Args:
        new: the listings that are new.
        shown: native_ids that the snapshot shows; what has come back under its own id was not replaced.
        ended: the listings removed in the last days.
        past: ends of listings that are no longer shown, by native_id.
        day: of the snapshot.
    """
    found: dict[str, Ended] = {}
    free: dict[tuple[str, str], list[Ended]] = defaultdict(list)
    for e in ended:
        if e.listing["native_id"] not in shown and _began_before_it_went(e.listing):
            free[comparable_name(e.listing["name"]), e.listing["party_type"]].append(e)
    # what the list itself says has ended takes nothing over
    rows = new.filter((pl.col("ends_on") > day).fill_null(True)) if free else new.clear()
    for native_id, name, party_type in rows.select("native_id", "name", "party_type").iter_rows():
        plain = comparable_name(name)
        same = free.get((plain, party_type))
        if same and plain and native_id not in past:
            found[native_id] = max(same, key=lambda e: (e.listing["valid_to"], e.listing["listing_id"]))
            same.remove(found[native_id])
    return found


def _began_before_it_went(row: Row) -> bool:
    return row["valid_from"] is None or row["valid_to_earliest"] is None or row["valid_from"] <= row["valid_to_earliest"]


def first_versions(
    list_id: str,
    new: pl.DataFrame,
    replaced: Mapping[str, Ended],
    past: Mapping[str, date],
    actors: Mapping[str, str],
    moment: Moment,
    withdrawn: Collection[str] = (),
) -> pl.DataFrame:
    """Rows of core.sanction_listings for listings that are new, with native_id and the cell of programs.

    Args:
        list_id: the list.
        new: listings as ``Snapshot`` holds them.
        replaced: by native_id the listing that each replaces, where there is one.
        past: ends of listings that are no longer shown, by native_id.
        actors: actor_id of listings that are one party under another id, by listing_id.
        moment: when they were seen.
        withdrawn: native_ids that were known once, and not in between: they are known again from this moment on.
    """
    ids = new["native_id"].to_list()
    listing_ids = [f"{list_id}:{i}" for i in ids]
    # an end that is stated has no lower bound: it is the first day on which the other id can take over
    gaps = {i: e.listing["valid_to_earliest"] or e.listing["valid_to"] for i, e in replaced.items()}
    rows = new.with_columns(
        pl.Series("listing_id", listing_ids),
        pl.Series("actor_id", [actors.get(i, i) for i in listing_ids]),
        pl.Series("past", [past.get(i) for i in ids], pl.Date),
        pl.Series("gap", [gaps.get(i) for i in ids], pl.Date),
        pl.Series("is_reissue", [i in replaced for i in ids]),
    )
    day, since = pl.lit(moment.day), pl.lit(moment.since, pl.Date)
    stated, ends = pl.col("listed_on"), pl.col("ends_on")
    censored = moment.since is None
    # a re-issue takes over within the gap; a party that returns does not do so before it had gone
    is_stated = (
        stated.is_not_null()
        & (stated >= pl.col("past")).fill_null(True)
        & (~pl.col("is_reissue") | stated.is_between("gap", day)).fill_null(False)
    )
    published_at = last_instants(pl.col("published_on"))
    is_public = (
        (published_at <= moment.known_at)
        & pl.col("past").is_null()
        & ~pl.col("is_reissue")
        & ~pl.col("native_id").is_in(list(withdrawn))
        # a start that comparing dates cannot have been known before the snapshot that showed it
        & (is_stated | pl.lit(censored))
    ).fill_null(False)
    compared = pl.lit(None, pl.Date) if censored else pl.min_horizontal(day, ends)
    rows = rows.with_columns(is_stated.alias("is_stated"), is_public.alias("is_public")).with_columns(
        pl.when("is_stated").then(stated).otherwise(compared).alias("valid_from")
    )
    has_end = (ends.is_not_null() & (ends >= pl.col("valid_from")).fill_null(True)).alias("has_end")
    return rows.with_columns(has_end).select(
        *("listing_id", "native_id", "actor_id", *OWN_COLUMNS, "programs", "valid_from", "citation"),
        pl.lit(list_id).alias("list_id"),
        pl.when("is_stated").then(None).otherwise(pl.min_horizontal(since, "valid_from") if not censored else None)
        .alias("valid_from_earliest"),
        pl.when("is_stated").then(pl.col("listed_on_basis").fill_null("source_field"))
        .otherwise(pl.lit("left_censored" if censored else COMPARED)).alias("valid_from_basis"),
        pl.when("has_end").then(ends).alias("valid_to"),
        pl.when("has_end").then(pl.col("ends_on_basis").fill_null("source_field")).alias("valid_to_basis"),
        pl.coalesce("url", _pages(list_id)).alias("url"),
        pl.when("is_public").then(published_at).otherwise(pl.lit(moment.known_at)).alias("known_from"),
        pl.when("is_public").then(pl.lit("publication"))
        .otherwise(pl.lit("publication" if moment.is_public else "snapshot")).alias("known_basis"),
        pl.lit(moment.snapshot_id).alias("snapshot_id"),
        pl.col("row").alias("row_number"),
    )  # fmt: skip


def _pages(list_id: str) -> pl.Expr:
    """The page of each listing by its native_id, where the publisher has such pages, else that of the list."""
    page = listing_page(list_id)
    if page is None:
        return pl.lit(page_of(list_id))
    before, _, after = page.partition("{native_id}")
    return pl.lit(before) + pl.col("native_id") + pl.lit(after)


def first_programs(listings: pl.DataFrame) -> pl.DataFrame:
    """Rows of core.sanction_programs for listings that are new: in force under each as long as on the list."""
    canonical = canonical_programs()
    cells = {cell: programs_in(cell) for cell in listings["programs"].unique().drop_nulls()}
    pairs = [(cell, raw, canonical.get(raw, raw)) for cell, raws in cells.items() for raw in raws]
    schema = dict.fromkeys(("programs", "program_raw", "program"), pl.String)
    return listings.join(pl.DataFrame(pairs, schema=schema, orient="row"), on="programs", maintain_order="left")


def first_details(
    new: pl.DataFrame, seen: Snapshot, read: Mapping[str, pl.DataFrame], remarks: RemarksReader | None
) -> dict[str, pl.DataFrame]:
    """Detail frames of listings that are new, from the frames of the snapshot and the remarks, each row once."""
    mine = new.select("native_id")
    shown, text = (
        {n: f.join(mine, on="native_id", how="semi", maintain_order="left") if f.height else f for n, f in frames.items()}
        for frames in (seen.details, read)
    )
    found = text | shown
    primary = new.select("native_id", "name", pl.lit("primary").alias("kind"), pl.lit("strong").alias("quality"))
    names = [primary, *([shown["names"]] if "names" in shown else [])]
    if remarks is not None and "names" in text and remarks.quality not in scope_of("names", seen.details, remarks):
        names.append(text["names"])
    countries = [found.get("countries", pl.DataFrame(schema=DETAILS["countries"]))]
    for detail, basis in COUNTRIES_OF.items():
        if detail in shown:
            rows = shown[detail].select("native_id", "country_id", pl.lit(basis).alias("basis"))
            countries.append(rows.drop_nulls().sort("native_id", "country_id"))
    found |= {"names": pl.concat(names), "countries": pl.concat(countries)}
    once = {n: ["native_id", *DETAIL_KEYS[n]] for n, f in found.items() if f.height}
    return found | {n: found[n].unique(key, keep="first", maintain_order=True) for n, key in once.items()}


# the next version ------------------------------------------------------------------------------------------------------


def edits(old: Row, row: Row, seen: Snapshot, remarks: RemarksReader | None) -> tuple[Row, list[str]]:
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


# suspensions -----------------------------------------------------------------------------------------------------------


SAID = ("status", "valid_from", "valid_to", "citation", "url")
"""Columns that a list states of a suspension."""


@dataclass
class Statuses:
    """The suspensions of a listing after a snapshot.

    ``rows``: open ones, among them those that have ended. ``superseded``: rows that these replace. ``begun`` and ``ended``:
    rows that became known to begin or to have ended. ``moved``: ends, known so far, that turn out to lie elsewhere.
    """

    rows: list[Row] = field(default_factory=list)
    superseded: list[Row] = field(default_factory=list)
    begun: list[Row] = field(default_factory=list)
    ended: list[Row] = field(default_factory=list)
    moved: list[date | None] = field(default_factory=list)


def revised_statuses(
    rows: Sequence[Row],
    shown: Sequence[Row],
    past: date | None,
    listing_id: str,
    moment: Moment,
    known_at: datetime,
    *,
    is_record: bool = False,
) -> Statuses:
    """Suspensions updated to what the snapshot shows; one that is no longer shown has ended, and stays as a fact of the past.

    Args:
        rows: open rows.
        shown: what the snapshot shows.
        past: end of the listing, where it was removed and came back: suspensions before it ended with it.
        listing_id: of the listing.
        moment: when it was seen.
        known_at: since when the listing is known.
        is_record: what is no longer shown was written down by mistake.
    """
    found = Statuses()
    there = {(r["status"], r["valid_from"]): r for r in rows}
    asked = {(r["status"], r["valid_from"]): r for r in shown if past is None or r["valid_from"] >= past}
    for k, row in asked.items():
        old = there.pop(k, None)
        said = {c: row[c] for c in SAID}
        if old is not None and all(old[c] == v for c, v in said.items()):
            found.rows.append(old)
            continue
        # known with the listing, but not before it begins: a list that states its past shows its suspensions all at once
        since = min(moment.known_at, max(known_at, last_instant(row["valid_from"])))
        now = moment.known | {"known_from": since if old is None else moment.known_at}
        found.rows.append({"listing_id": listing_id} | said | now)
        if old is None:
            found.begun.append(found.rows[-1])
            continue
        found.superseded.append(old)
        if old["valid_to"] != row["valid_to"]:
            found.moved.append(old["valid_to"])
    over = Statuses(superseded=list(there.values())) if is_record else ended_statuses(there.values(), moment)
    found.rows += over.rows
    found.superseded += over.superseded
    found.ended = over.ended
    return found


def ended_statuses(rows: Iterable[Row], moment: Moment) -> Statuses:
    """Suspensions that are no longer shown: as they were where they had ended, else ended by now; gone where they never began."""
    found = Statuses()
    for row in rows:
        if row["valid_to"] is not None and row["valid_to"] <= moment.day:
            found.rows.append(row)
            continue
        found.superseded.append(row)
        if row["valid_from"] < moment.day:
            found.rows.append(row | moment.known | {"valid_to": moment.day})
            found.ended.append(found.rows[-1])
    return found
