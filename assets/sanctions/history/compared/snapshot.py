"""What a snapshot says, in one form, and in which listings it differs from what was known. Pure functions on frames."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Protocol

import polars as pl

from assets.contracts import History, StagedSnapshot
from assets.sanctions.history.versioned_rows import Row, known
from assets.sanctions.reading.shape import DETAIL_KEYS, DETAILS, LISTINGS, OWN_COLUMNS

COMPARED = "snapshot_diff"
"""Basis of a day that was found by comparing two snapshots."""
STATED = ("source_field", "federal_register", "official_notice")
"""Bases of days that a list or its notice states."""


@dataclass(frozen=True)
class Moment:
    """When something is seen, as the rows refer to it.

    ``since``: the last day seen whole before; None for the first snapshot. ``basis``: that of the days of additions and
    removals: by comparison, where ``since`` is their lower bound, or one that is stated. ``is_public``: everybody could know
    it at ``known_at``, which is the moment of its publication.
    """

    known_at: datetime
    day: date
    since: date | None
    snapshot_id: str
    basis: str = COMPARED
    is_public: bool = False

    @property
    def known(self) -> Row:
        """The columns of a row that is current from this moment on."""
        return known(self.known_at, self.snapshot_id)

    def of_program(self, program: Row) -> Row:
        """A program that became known now; days that a comparison would have found are on the day that is stated."""
        return program | {"valid_from_basis": self.basis} if program["valid_from_basis"] == COMPARED else program

    def of_end(self, ended: Row) -> Row:
        """A version with an end that became known now; where the end is stated, it has no lower bound."""
        if self.basis == COMPARED or ended["valid_to_basis"] != COMPARED:
            return ended
        basis = {"known_basis": "publication"} if self.is_public else {}
        return ended | {"valid_to_basis": self.basis, "valid_to_earliest": None} | basis


@dataclass(frozen=True)
class RemarksReader:
    """How the remarks of a list are read, for a list whose remarks hold details.

    ``read``: from native_id and remarks of listings to the detail frames that follow from them (a subset of
    ``shape.DETAILS``); it is asked for listings that are new or whose remarks changed. ``quality``: that of the names in
    remarks. ``bases``: those of the countries in them. ``is_continued``: whether remarks are the old ones, which the file had
    cut, with their rest: that is new to us, not an act of the authority. ``kept``: from remarks and a party type to what
    of them the built-in record passes on.
    """

    read: Callable[[pl.DataFrame], Mapping[str, pl.DataFrame]]
    quality: str
    bases: tuple[str, ...]
    is_continued: Callable[[str, str], bool]
    kept: Callable[[str, str], str | None]


# what a snapshot says --------------------------------------------------------------------------------------------------


AHEAD_DAYS = 60
"""A listing is shown at most so many days before it begins: a stated start later than that contradicts what was seen."""
EARLIEST, LATEST_END = date(1950, 1, 1), date(2199, 12, 31)
"""Days outside of these are slips, or stand for no day at all (9999-12-31): they are ignored."""
REQUIRED = {"birth_dates": ("born_from", "born_before", "precision", "is_circa")}
"""What a row of a detail needs besides its key."""
LATIN = re.compile("[A-Za-z]")
"""A Latin letter; a name without one is in another script."""
OTHER_SCRIPTS = "other scripts"
COUNTRIES_OF = {"addresses": "address", "birth_places": "place_of_birth"}
"""Details whose rows name a country, with the basis of it."""


class Last(Protocol):
    """How a list came last: its format, whether columns were cut from it, how its remarks are read, and what has ended on it."""

    format: str | None
    is_cut: bool
    remarks: RemarksReader | None

    def ends(self) -> Mapping[str, date]:
        """The ends of listings that are no longer shown, by native_id."""
        ...


@dataclass(frozen=True)
class Snapshot:
    """What a snapshot says: ``listings`` (every column of shape.LISTINGS) and details.

    ``not_stated``: columns that the snapshot does not have; they repeat what was known. ``is_other_form``: the list comes in
    another format than last time, so that differences in details are not acts of the authority.
    """

    listings: pl.DataFrame
    not_stated: tuple[str, ...]
    details: Mapping[str, pl.DataFrame]
    is_other_form: bool

    def without(self, names: Collection[str]) -> Snapshot:
        """The same, where nothing is said of some details."""
        return replace(self, details={name: f for name, f in self.details.items() if name not in names}) if names else self


def read_snapshot(snapshot: StagedSnapshot, known: pl.DataFrame, day: date, state: Last) -> Snapshot:
    """What a snapshot says: one row per id, every column, programs of a cell in order, one row per key of a detail.

    Args:
        snapshot: as staged.
        known: the listings on the list, as ``as_shown`` gives them.
        day: of the snapshot, where the authority is.
        state: how the list came last, and the ends of listings that are no longer shown.
    """
    listings = snapshot.frames["listings"].unique("native_id", keep="first", maintain_order=True)
    not_stated = tuple(c for c in LISTINGS if c not in listings.columns)
    if "row" in not_stated:
        listings = listings.with_row_index("row", 1)
    if keep := [c for c in not_stated if c in known.columns and known[c].count()]:
        listings = listings.join(known.select("native_id", *keep), on="native_id", how="left", maintain_order="left")
    listings = listings.select(
        (pl.col(c) if c in listings.columns else pl.lit(None)).cast(t).alias(c) for c, t in LISTINGS.items()
    )
    if "programs" not in not_stated:
        listings = listings.with_columns(_cells_in_order(listings["programs"]))
    latest = day + timedelta(days=AHEAD_DAYS)
    listings = listings.with_columns(
        pl.when(pl.col(c).is_between(EARLIEST, end)).then(c).alias(c)
        for c, end in (("listed_on", latest), ("ends_on", LATEST_END))
    )
    listings = _without_cuts(listings, known, snapshot.facts.get("cut_ids") or ())
    is_cut = bool(snapshot.facts.get("is_cut"))
    if is_cut and state.remarks is not None:
        listings = _with_known_remarks(listings, known, state.remarks.kept)
    if listings["ends_on"].null_count() < listings.height:
        listings = _without_what_is_over(listings, known, state.ends())
    details = {name: _conformed(name, snapshot.frames[name], listings) for name in DETAILS if name in snapshot.frames}
    if "statuses" in details:
        # what begins later is read when it has begun
        details["statuses"] = details["statuses"].filter(pl.col("valid_from") <= day)
    form = snapshot.facts.get("format")
    is_other_form = is_cut != state.is_cut or (None not in (form, state.format) and form != state.format)
    return Snapshot(listings, not_stated, details, is_other_form)


def _with_known_remarks(listings: pl.DataFrame, known: pl.DataFrame, kept: Callable[[str, str], str | None]) -> pl.DataFrame:
    """Listings whose remarks, of which only a part is passed on, are those known before where that part of them is the same."""
    before = known.select("native_id", pl.col("remarks").alias("whole"))
    both = listings.join(before, on="native_id", how="left", maintain_order="left")
    differs = both.filter(pl.col("whole").is_not_null() & pl.col("whole").ne_missing(pl.col("remarks")))
    rows = differs.select("native_id", "remarks", "whole", "party_type").iter_rows()
    same = [i for i, part, whole, kind in rows if kept(whole, kind) == part]
    if not same:
        return listings
    return both.with_columns(pl.when(pl.col("native_id").is_in(same)).then("whole").otherwise("remarks").alias("remarks")).drop(
        "whole"
    )


def under_known_ids(seen: Snapshot, known: Mapping[str, str]) -> Snapshot:
    """What a snapshot says, with the ids under which its listings are known in place of its own."""
    if not known:
        return seen
    renamed = pl.col("native_id").replace(known)
    details = {name: frame.with_columns(renamed) for name, frame in seen.details.items()}
    return replace(seen, listings=seen.listings.with_columns(renamed), details=details)


def _without_cuts(listings: pl.DataFrame, known: pl.DataFrame, cut_ids: Sequence[str]) -> pl.DataFrame:
    """Listings whose remarks, where the file cuts them, are those known before that begin with what is left."""
    if not cut_ids:
        return listings
    before = known.filter(pl.col("native_id").is_in(cut_ids)).select("native_id", pl.col("remarks").alias("whole"))
    both = listings.join(before, on="native_id", how="left", maintain_order="left")
    is_cut = pl.col("whole").str.starts_with(pl.col("remarks"))
    return both.with_columns(pl.when(is_cut.fill_null(False)).then("whole").otherwise("remarks").alias("remarks")).drop("whole")


def _without_what_is_over(listings: pl.DataFrame, known: pl.DataFrame, ends: Mapping[str, date]) -> pl.DataFrame:
    """Listings but for those that had ended and gone, and are shown again with no later end than the known one."""
    if not ends:
        return listings
    past = pl.DataFrame({"native_id": list(ends), "past": list(ends.values())})
    over = (
        listings.select("native_id", "ends_on")
        .join(past, on="native_id")
        .filter(pl.col("ends_on") <= pl.col("past"))
        .join(known, on="native_id", how="anti")
    )
    return listings.join(over, on="native_id", how="anti", maintain_order="left")


def _cells_in_order(cells: pl.Series) -> pl.Series:
    """Cells with several programs, sorted: the order in a cell says nothing. There are few different cells."""
    ordered = {cell: program_cell(programs_in(cell)) for cell in cells.unique().drop_nulls()}
    return cells.replace({cell: written for cell, written in ordered.items() if cell != written})


def _conformed(name: str, frame: pl.DataFrame, listings: pl.DataFrame) -> pl.DataFrame:
    """A detail frame in its declared columns: rows of listings that are shown, with all that a row needs, one per key."""
    schema, key = DETAILS[name], DETAIL_KEYS[name]
    columns = ((pl.col(c) if c in frame.columns else pl.lit(None)).cast(t).alias(c) for c, t in schema.items())
    rows = frame.select(columns).drop_nulls(["native_id", *key, *REQUIRED.get(name, ())])
    rows = rows.join(listings, on="native_id", how="semi", maintain_order="left")
    if name == "names":
        rows = rows.filter(pl.col("kind") != "primary")
    if name == "birth_dates":
        rows = rows.filter(pl.col("born_from") < pl.col("born_before"))
    if name == "statuses":
        rows = rows.filter((pl.col("valid_from") < pl.col("valid_to")).fill_null(True))
    return rows.unique(["native_id", *key], keep="first", maintain_order=True)


# cells of programs ------------------------------------------------------------------------------------------------------


def programs_in(cell: str | None) -> list[str]:
    """Programs of a cell (``SDGT] [IRAN``), each once."""
    return [] if cell is None else list(dict.fromkeys(p for part in cell.split("] [") if (p := part.strip(" []"))))


def program_cell(programs: Iterable[str]) -> str | None:
    """A cell that holds these programs, in order; None where there are none."""
    return "] [".join(sorted(programs)) or None


# comparison -------------------------------------------------------------------------------------------------------------


def as_shown(listings: pl.DataFrame, programs: pl.DataFrame) -> pl.DataFrame:
    """Listings as a snapshot would show them: native_id, own columns, programs in one cell, sorted, and what is stated."""
    cells = programs.group_by("listing_id").agg(pl.col("program_raw").sort().str.join("] [").alias("programs"))
    is_stated = pl.col("valid_from_basis").is_in(STATED)
    return listings.join(cells, on="listing_id", how="left").select(
        "native_id",
        *OWN_COLUMNS,
        "programs",
        pl.when(is_stated).then("valid_from").alias("listed_on"),
        pl.col("valid_to").alias("ends_on"),
        "citation",
    )


def absent(known: pl.DataFrame, seen: pl.DataFrame, snapshot: StagedSnapshot) -> tuple[list[str], list[str]]:
    """Ids on the list that the snapshot does not show: those removed, and those held since it does not say so."""
    missing = known.join(seen, on="native_id", how="anti")["native_id"].sort().to_list()
    if snapshot.facts.get("n_illegible") or not snapshot.complete:
        return [], missing
    unreadable = set(snapshot.facts.get("unreadable_ids", ()))
    return [i for i in missing if i not in unreadable], [i for i in missing if i in unreadable]


def changed(known: pl.DataFrame, seen: pl.DataFrame) -> set[str]:
    """Ids of listings that differ from what was known in a column, or state another date or citation."""
    both = seen.join(known, on="native_id", suffix="_before")
    columns = (*OWN_COLUMNS, "programs", "listed_on", "ends_on", "citation")
    differs = [pl.col(c).ne_missing(pl.col(f"{c}_before")) for c in columns]
    return set(both.filter(pl.any_horizontal(differs))["native_id"])


def differing(known: pl.DataFrame, seen: pl.DataFrame) -> set[str]:
    """Ids with a row in one of the frames that the other lacks."""
    columns = seen.columns
    gone = known.join(seen, on=columns, how="anti", nulls_equal=True)
    fresh = seen.join(known, on=columns, how="anti", nulls_equal=True)
    return set(gone["native_id"].to_list()) | set(fresh["native_id"].to_list())


# what a snapshot covers ----------------------------------------------------------------------------------------------


def scope_of(name: str, details: Mapping[str, pl.DataFrame], remarks: RemarksReader | None) -> tuple[str, ...]:
    """For which qualities of names and bases of countries a snapshot's own frames are authoritative; no distinction elsewhere.

    Where remarks are read, weak names and those in other scripts come with some files alone: a vintage without any such name
    says nothing of them.
    """
    frame = details.get(name)
    if frame is None:
        return ()
    if name == "names":
        if remarks is None:
            return ("strong", "weak", OTHER_SCRIPTS)
        held = {"weak": (frame["quality"] == "weak").any(), OTHER_SCRIPTS: (~frame["name"].str.contains(LATIN.pattern)).any()}
        return ("strong", *(what for what, is_there in held.items() if is_there))
    if name == "countries":
        own = ["nationality", "citizenship", "list_destination", "registration", "remark"]
        own += [b for detail, b in COUNTRIES_OF.items() if detail not in details and (frame["basis"] == b).any()]
        return tuple(own)
    return ()


def in_scope(name: str, rows: pl.DataFrame, scope: Collection[str]) -> pl.DataFrame:
    """Rows of a detail that a snapshot with this scope covers."""
    if name == "names":
        is_read = pl.lit(OTHER_SCRIPTS in scope) | pl.col("name").str.contains(LATIN.pattern)
        return rows.filter(pl.col("kind") != "primary", pl.col("quality").is_in(scope), is_read)
    return rows.filter(pl.col("basis").is_in(scope)) if name == "countries" else rows


@dataclass(frozen=True)
class Found:
    """What a snapshot says of the details of one listing.

    ``shown``: rows of the frames that the snapshot has. ``in_text``: rows read from the remarks. ``scopes``: for which
    qualities of names and bases of countries the frames are authoritative.
    """

    shown: Mapping[str, list[Row]]
    in_text: Mapping[str, list[Row]]
    scopes: Mapping[str, tuple[str, ...]]
    remarks: RemarksReader | None

    @property
    def countries(self) -> list[tuple[str, str]]:
        """Countries and their basis, in the order of the remarks."""
        return [(r["country_id"], r["basis"]) for r in self.in_text.get("countries", ())]

    def of(self, name: str, is_text_new: bool, primary: str) -> tuple[list[Row] | None, Callable[[Row], bool]]:
        """Rows wanted of a detail (None: nothing is said of it), and which open rows go where they are not among them."""
        text = self.in_text.get(name) if is_text_new else None
        shown = self.shown.get(name)
        if name == "names":
            return self._names(text, shown, primary)
        if name == "countries":
            return self._countries(text, shown)
        return (text if shown is None else shown), lambda _: True

    def _names(
        self, text: list[Row] | None, shown: list[Row] | None, primary: str
    ) -> tuple[list[Row] | None, Callable[[Row], bool]]:
        wanted: list[Row] = [{"name": primary, "kind": "primary", "quality": "strong"}, *(shown or [])]
        spoken = set(self.scopes["names"]) if shown is not None else set()
        if text is not None and self.remarks is not None and self.remarks.quality not in spoken:
            wanted += text
            spoken.add(self.remarks.quality)

        def is_spoken_of(row: Row) -> bool:
            is_read = OTHER_SCRIPTS in spoken or LATIN.search(row["name"]) is not None
            return row["kind"] == "primary" or (row["quality"] in spoken and is_read)

        return wanted, is_spoken_of

    def _countries(self, text: list[Row] | None, shown: list[Row] | None) -> tuple[list[Row] | None, Callable[[Row], bool]]:
        wanted, spoken = list(shown or []), set(self.scopes["countries"]) if shown is not None else set()
        if text is not None and shown is None and self.remarks is not None:
            wanted += text
            spoken |= set(self.remarks.bases)
        for detail, basis in COUNTRIES_OF.items():
            rows = self.shown.get(detail)
            if rows is not None:
                wanted += [{"country_id": r["country_id"], "basis": basis} for r in rows if r["country_id"] is not None]
                spoken.add(basis)
        return wanted, lambda row: row["basis"] in spoken

    def is_own(self, name: str, row: Row) -> bool:
        """Whether a change of a row is a change of that detail: countries of addresses change with the addresses."""
        return name != "countries" or row["basis"] in self.scopes["countries"]


# the country of a measure -----------------------------------------------------------------------------------------------


def target_country(countries: Iterable[tuple[str, str]]) -> str | None:
    """The country at which a measure is directed: nationality, citizenship, list destination, address, registration: the first.

    Of several of one basis it is the first of those given; of several countries of addresses the first in the alphabet, since
    addresses have no order of their own.
    """
    pairs = list(countries)
    for basis in ("nationality", "citizenship", "list_destination"):
        for country_id, found in pairs:
            if found == basis:
                return country_id
    for basis in ("address", "registration"):
        if (country := min((c for c, found in pairs if found == basis), default=None)) is not None:
            return country
    return None


def country_pairs(countries: pl.DataFrame | None) -> dict[str, list[tuple[str, str]]]:
    """Pairs of country_id and basis by native_id, in the order of the rows."""
    found = defaultdict(list)
    for native_id, country_id, basis in () if countries is None else countries.iter_rows():
        found[native_id].append((country_id, basis))
    return found


def rows_by_id(frame: pl.DataFrame) -> dict[str, list[dict[str, Any]]]:
    """Rows by native_id."""
    found = defaultdict(list)
    for row in frame.iter_rows(named=True):
        found[row["native_id"]].append(row)
    return found


# listings shown by their ids alone -------------------------------------------------------------------------------------


SINCE = pl.Schema({"native_id": pl.String, "first_seen": pl.Date, "seen_after": pl.Date})
"""``seen_after``: the last day on which the list was seen whole before, without it; NULL where it never was."""


class Unnamed:
    """``since``: rows of ``SINCE``. ``details``: what vintages without names said last of these listings, by detail."""

    def __init__(self, history: History) -> None:
        kept = {name: history.kept(f"unnamed_{name}") for name in ("since", *DETAILS)}
        since = kept.pop("since")
        self.since = SINCE.to_frame() if since is None else since
        self.details = {name: frame for name, frame in kept.items() if frame is not None}

    def kept(self) -> dict[str, pl.DataFrame]:
        """The frames that the next fold is handed."""
        if not self.since.height:
            return {}
        said = {n: f.join(self.since, on="native_id", how="semi", maintain_order="left") for n, f in self.details.items()}
        return {"unnamed_since": self.since} | {f"unnamed_{name}": frame for name, frame in said.items()}

    def hold(self, seen: Snapshot, moment: Moment, *, is_whole: bool) -> Snapshot:
        """Note listings without a name; what is left of the snapshot. Who a whole list does not show came and went unnamed."""
        if is_whole and self.since.height:
            self.since = self.since.join(seen.listings, on="native_id", how="semi", maintain_order="left")
        if not seen.listings["name"].null_count():
            return seen
        unnamed = seen.listings.filter(pl.col("name").is_null())
        days = pl.lit(moment.day).alias("first_seen"), pl.lit(moment.since, pl.Date).alias("seen_after")
        fresh = unnamed.join(self.since, on="native_id", how="anti", maintain_order="left").select("native_id", *days)
        self.since = pl.concat([self.since, fresh])
        self.details |= {n: f.join(unnamed, on="native_id", how="semi", maintain_order="left") for n, f in seen.details.items()}
        details = {n: f.join(unnamed, on="native_id", how="anti", maintain_order="left") for n, f in seen.details.items()}
        return replace(seen, listings=seen.listings.filter(pl.col("name").is_not_null()), details=details)

    def said_of(self, seen: Snapshot) -> Snapshot:
        """What a snapshot says, and what was said before of listings that it names first, of details that it lacks."""
        return replace(seen, details={**self.details, **seen.details}) if self.since.height else seen

    def date(self, listings: pl.DataFrame) -> pl.DataFrame:
        """First versions of listings that are named now: those that were seen before began when they were first seen."""
        if not self.since.height:
            return listings
        both = listings.join(self.since, on="native_id", how="left", maintain_order="left")
        self.since = self.since.join(listings, on="native_id", how="anti", maintain_order="left")
        is_dated = pl.col("first_seen").is_not_null() & pl.col("valid_from_basis").is_in([COMPARED, "left_censored"])
        is_new = pl.col("seen_after").is_not_null()
        return both.with_columns(
            pl.when(is_dated).then(pl.when(is_new).then("first_seen")).otherwise("valid_from").alias("valid_from"),
            pl.when(is_dated).then("seen_after").otherwise("valid_from_earliest").alias("valid_from_earliest"),
            pl.when(is_dated)
            .then(pl.when(is_new).then(pl.lit(COMPARED)).otherwise(pl.lit("left_censored")))
            .otherwise("valid_from_basis")
            .alias("valid_from_basis"),
        ).drop("first_seen", "seen_after")
