"""A list whose history is seen by comparing snapshots: the fold of OFAC's vintages into the sanctions tables.

Whatever changed between a snapshot and the one before is found in frames; each listing that changed is then revised on its
own. The rules are those of the contract: an addition is dated with the day of the snapshot (an upper bound; the day of the
snapshot before is the lower one) in the authority's time zone; what the first snapshot holds has an unknown start; a removal
leaves a current version with ``valid_to``; the cost of a snapshot is that of comparing it with the one before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import polars as pl

from assets.actors.registry import code_map
from assets.sanctions.lists import authority_of, canonical_programs, covered, program_aliases, timezone_of
from assets.sanctions.remarks import Remarks, read_remarks
from assets.sanctions.rows import Row, closed, comparable_name, day_of, event_id, frame_of, known, revised, sorted_by_key
from pipelines.contract import Folded, History, StagedSnapshot

OWN_COLUMNS = (
    "name", "party_type", "title", "call_sign", "vessel_type", "tonnage", "gross_registered_tonnage", "vessel_flag",
    "vessel_owner", "remarks",
)  # fmt: skip
"""Columns of a listing whose change is an edit: it closes a version and opens the next."""
REISSUE_DAYS = 3
"""A new id with the name of a listing that was removed at most so many days before is that party under another id."""
HISTORY_TABLES = ("sanction_listings", "sanction_programs", "sanction_names", "sanction_countries", "sanction_events")
DETAILS = "https://sanctionssearch.ofac.treas.gov/Details.aspx?id="


@dataclass
class _Party:
    """A listing in force, taken out of the frames to be revised: its open rows."""

    listing: Row
    programs: list[Row] = field(default_factory=list)
    names: list[Row] = field(default_factory=list)
    countries: list[Row] = field(default_factory=list)


@dataclass
class _Ended:
    """A listing removed so recently that another id may still turn out to replace it: its current rows."""

    listing: Row
    programs: list[Row]


@dataclass(frozen=True)
class _Moment:
    """A snapshot as the rows refer to it. ``since``: the day of the snapshot before; None for the first one."""

    known_at: datetime
    day: date
    since: date | None
    snapshot_id: str


@dataclass(frozen=True)
class _Seen:
    """What a snapshot holds of one listing. None: the file that would say so is absent."""

    row: Row
    aliases: list[tuple[str, str]] | None
    addresses: list[str] | None


def fold_compared(
    list_id: str, history: History, snapshots: Iterable[StagedSnapshot], country_ids: Mapping[str, str] | None = None
) -> Folded:
    """Fold vintages of a list, in order of retrieval, into its history.

    Args:
        list_id: the list, which is also the source.
        history: what earlier folds left.
        snapshots: frames as ``assets.sanctions.ofac.stage`` gives them.
        country_ids: country_id by case-folded country name; the registry of actors by default.

    Returns:
        Open rows: listings in force with their programs, names and countries; listings removed in the last three days; the
        events of these days; the list's own row and the table of program aliases. All else is closed.
    """
    ledger = _Ledger(list_id, history, code_map("country_name") if country_ids is None else country_ids)
    for snapshot in snapshots:
        ledger.take_in(snapshot)
    return ledger.folded()


class _Ledger:
    """The state of one fold: the open rows as they came, the parties taken out of them, and what was closed."""

    def __init__(self, list_id: str, history: History, country_ids: Mapping[str, str]) -> None:
        self.list_id = list_id
        self.history = history
        self.country_ids = country_ids
        self.zone = timezone_of(list_id)
        self.authority = authority_of(list_id)
        self.list_row = history.open("sanction_lists")
        self.actors: dict[str, str] = dict(history.notes.get("actors", {}))
        self.files_seen: dict[str, str] = dict(history.notes.get("files_seen", {}))
        self.closed: dict[str, list[Row]] = {name: [] for name in HISTORY_TABLES}
        self.events: list[Row] = history.open("sanction_events").to_dicts()
        self.parties: dict[str, _Party] = {}
        self.taken: set[str] = set()
        in_force = pl.col("valid_to").is_null()
        opened = {name: history.open(name) for name in HISTORY_TABLES[:4]}
        programs = defaultdict(list)
        for row in opened["sanction_programs"].filter(~in_force).iter_rows(named=True):
            programs[row["listing_id"], row["known_from"]].append(row)
        self.ended = [
            _Ended(row, programs[row["listing_id"], row["known_from"]])
            for row in opened["sanction_listings"].filter(~in_force).iter_rows(named=True)
        ]
        self.base = opened | {name: opened[name].filter(in_force) for name in ("sanction_listings", "sanction_programs")}
        self.standing = pl.Series(dtype=pl.String)
        self.before = _as_seen(self.base["sanction_listings"], self.base["sanction_programs"])
        names, countries = self.base["sanction_names"], self.base["sanction_countries"]
        native_id = pl.col("listing_id").str.slice(len(list_id) + 1).alias("native_id")
        self.aliases = names.filter(pl.col("kind") != "primary", pl.col("quality") == "strong").select(native_id, "kind", "name")
        self.addresses = countries.filter(pl.col("basis") == "address").select(native_id, "country_id")

    # one snapshot -----------------------------------------------------------------------------------------------------

    def take_in(self, snapshot: StagedSnapshot) -> None:
        """Fold one snapshot."""
        day = day_of(snapshot.retrieved_at, self.zone)
        since = self.list_row["covered_until"][0] if self.list_row.height else None
        moment = _Moment(snapshot.retrieved_at, day, since, snapshot.snapshot_id)
        self._let_go(day)
        if snapshot.is_repeat:
            # nobody was added or removed up to this day: what comes next happened after it
            self.list_row = covered(self.list_id, self.list_row["covered_from"][0], day)
            return
        seen = snapshot.frames["listings"].with_columns(_cells_in_order(snapshot.frames["listings"]["programs"]))
        self.standing = seen["native_id"]
        removed, held = self._absent(seen, snapshot.facts)
        changed = _changed(self.before, seen)
        touched = set(changed)
        aliases, addresses = snapshot.frames.get("aliases"), snapshot.frames.get("addresses")
        if aliases is not None:
            pairs = aliases.select("native_id", "kind", "name").unique(maintain_order=True)
            touched |= _differing(self.aliases, pairs)
            self.aliases = pl.concat([pairs, self.aliases.filter(pl.col("native_id").is_in(held))])
        if addresses is not None:
            pairs = self._countries_of(addresses)
            touched |= _differing(self.addresses, pairs)
            self.addresses = pl.concat([pairs, self.addresses.filter(pl.col("native_id").is_in(held))])
        # an alias of a listing that is held, or of one removed, is no change of a listing that this snapshot shows
        rows = seen.filter(pl.col("native_id").is_in(list(touched)))
        self._take_out([*rows["native_id"], *removed])
        for native_id in removed:
            self._remove(f"{self.list_id}:{native_id}", moment)
        if removed:
            gone = pl.col("native_id").is_in(removed)
            self.aliases, self.addresses = self.aliases.filter(~gone), self.addresses.filter(~gone)
        by_id = self._of_each(rows, aliases is not None, addresses is not None)
        for row in rows.iter_rows(named=True):
            listing_id = f"{self.list_id}:{row['native_id']}"
            if listing_id in self.parties:
                self._revise(self.parties[listing_id], by_id[row["native_id"]], moment)
            else:
                self._add(listing_id, by_id[row["native_id"]], moment)
        columns = self.before.columns
        self.before = pl.concat([seen.select(columns), self.before.filter(pl.col("native_id").is_in(held))])
        self.files_seen |= {f: day.isoformat() for f in ("addresses", "aliases") if f in snapshot.frames}
        self.list_row = covered(self.list_id, day if since is None else self.list_row["covered_from"][0], day)

    def _absent(self, seen: pl.DataFrame, facts: Mapping[str, Any]) -> tuple[list[str], list[str]]:
        """Ids in force that the snapshot does not show: those removed, and those held since their rows cannot be read."""
        absent = self.before.join(seen, on="native_id", how="anti")["native_id"].sort().to_list()
        if facts.get("n_illegible"):
            return [], absent
        unreadable = set(facts.get("unreadable_ids", ()))
        return [i for i in absent if i not in unreadable], [i for i in absent if i in unreadable]

    def _countries_of(self, addresses: pl.DataFrame) -> pl.DataFrame:
        """native_id and country_id of the addresses whose country is known, each once."""
        found = {name: self.country_ids.get(name.casefold()) for name in addresses["country"].unique().drop_nulls()}
        known = {name: country for name, country in found.items() if country is not None}
        country = pl.col("country").replace_strict(known, default=None, return_dtype=pl.String)
        return addresses.select("native_id", country.alias("country_id")).drop_nulls().unique(maintain_order=True)

    def _of_each(self, rows: pl.DataFrame, has_aliases: bool, has_addresses: bool) -> dict[str, _Seen]:
        """What the snapshot holds of each of these listings."""
        mine = pl.col("native_id").is_in(rows["native_id"].implode())
        aliases, addresses = defaultdict(list), defaultdict(list)
        if has_aliases:
            for native_id, kind, name in self.aliases.filter(mine).iter_rows():
                aliases[native_id].append((kind, name))
        if has_addresses:
            for native_id, country_id in self.addresses.filter(mine).iter_rows():
                addresses[native_id].append(country_id)
        return {
            row["native_id"]: _Seen(
                row, aliases[row["native_id"]] if has_aliases else None, addresses[row["native_id"]] if has_addresses else None
            )
            for row in rows.iter_rows(named=True)
        }

    def _take_out(self, native_ids: list[str]) -> None:
        """Make parties of the listings in force that are about to be revised."""
        wanted = [i for n in native_ids if (i := f"{self.list_id}:{n}") not in self.taken]
        self.taken |= set(wanted)
        mine = pl.col("listing_id").is_in(wanted)
        for row in self.base["sanction_listings"].filter(mine).iter_rows(named=True):
            self.parties[row["listing_id"]] = _Party(row)
        for row in self.base["sanction_programs"].filter(mine).iter_rows(named=True):
            self.parties[row["listing_id"]].programs.append(row)
        for row in self.base["sanction_names"].filter(mine).iter_rows(named=True):
            self.parties[row["listing_id"]].names.append(row)
        for row in self.base["sanction_countries"].filter(mine).iter_rows(named=True):
            self.parties[row["listing_id"]].countries.append(row)

    def _let_go(self, day: date) -> None:
        """Close what was removed, and the events, more than three days before ``day``."""
        for ended in self.ended:
            if (day - ended.listing["valid_to"]).days > REISSUE_DAYS:
                self.closed["sanction_listings"].append(ended.listing)
                self.closed["sanction_programs"] += ended.programs
        self.ended = [e for e in self.ended if (day - e.listing["valid_to"]).days <= REISSUE_DAYS]
        self.closed["sanction_events"] += [e for e in self.events if (day - e["event_date"]).days > REISSUE_DAYS]
        self.events = [e for e in self.events if (day - e["event_date"]).days <= REISSUE_DAYS]

    def _close(self, name: str, rows: Iterable[Row], known_to: datetime) -> None:
        self.closed[name] += closed(rows, known_to)

    # a listing that is new ----------------------------------------------------------------------------------------------

    def _add(self, listing_id: str, seen: _Seen, moment: _Moment) -> None:
        is_first = moment.since is None
        replaced = None if is_first else self._replaced_by(listing_id, seen.row)
        if replaced is not None:
            self.actors[listing_id] = replaced.listing["actor_id"]
        listing = {
            "listing_id": listing_id,
            "list_id": self.list_id,
            "native_id": seen.row["native_id"],
            "actor_id": self.actors.get(listing_id, listing_id),
            "valid_from": None if is_first else moment.day,
            "valid_from_earliest": moment.since,
            "valid_from_basis": "left_censored" if is_first else "snapshot_diff",
            "valid_to": None,
            "valid_to_earliest": None,
            "valid_to_basis": None,
            "citation": None,
            "url": DETAILS + seen.row["native_id"],
            "known_basis": "snapshot",
        }
        party = _Party(_version(listing, seen.row, moment))
        self.parties[listing_id] = party
        remarks = read_remarks(seen.row["remarks"], self.country_ids)
        self._revise_programs(party, seen.row["programs"], moment)
        self._revise_names(party, seen, remarks, moment)
        self._revise_countries(party, seen, remarks, moment)
        if replaced is not None:
            self._join(replaced, moment)
            self._tell(party, "reissued", moment, f"replaces {replaced.listing['listing_id']}", remarks)
        elif not is_first:
            self._tell(party, "added", moment, None, remarks)

    def _replaced_by(self, listing_id: str, row: Row) -> _Ended | None:
        """The listing of the same name and type, removed at most three days before, that a new id replaces; the last one gone."""
        name = comparable_name(row["name"])
        same = [
            e
            for e in self.ended
            if name
            and comparable_name(e.listing["name"]) == name
            and e.listing["party_type"] == row["party_type"]
            # what has come back under its own id was not replaced
            and not (self.standing == e.listing["native_id"]).any()
        ]
        if not same or self._was_held(listing_id):
            return None
        return max(same, key=lambda e: (e.listing["valid_to"], e.listing["listing_id"]))

    def _was_held(self, listing_id: str) -> bool:
        """Whether the id was on the list before: then it returns, and is not new."""
        if any(row["listing_id"] == listing_id for row in self.closed["sanction_listings"]):
            return True
        held = self.history.all("sanction_listings").filter(pl.col("listing_id") == listing_id)
        return held.select(pl.len()).collect().item() > 0

    def _join(self, replaced: _Ended, moment: _Moment) -> None:
        """Let a replaced listing end on the day on which the other begins, and take back the event of its removal."""
        old = replaced.listing
        self.ended.remove(replaced)
        self.events = [e for e in self.events if e["event_id"] != event_id(old["listing_id"], "removed", old["known_from"])]
        listings, programs = [old], replaced.programs
        if old["valid_to"] < moment.day:
            self._close("sanction_listings", listings, moment.known_at)
            self._close("sanction_programs", programs, moment.known_at)
            later = {"valid_to": moment.day, "known_from": moment.known_at, "snapshot_id": moment.snapshot_id}
            listings, programs = [row | later for row in listings], [row | later for row in programs]
        self.closed["sanction_listings"] += listings
        self.closed["sanction_programs"] += programs

    # a listing that is gone ---------------------------------------------------------------------------------------------

    def _remove(self, listing_id: str, moment: _Moment) -> None:
        party = self.parties.pop(listing_id)
        self._tell(party, "removed", moment, None, read_remarks(party.listing["remarks"], self.country_ids))
        for name, rows in (
            ("sanction_listings", [party.listing]),
            ("sanction_programs", party.programs),
            ("sanction_names", party.names),
            ("sanction_countries", party.countries),
        ):
            self._close(name, rows, moment.known_at)
        end = {"valid_to": moment.day, "known_from": moment.known_at, "snapshot_id": moment.snapshot_id}
        told = {"valid_to_earliest": moment.since, "valid_to_basis": "snapshot_diff", "row_number": None}
        self.ended.append(_Ended(party.listing | end | told, [row | end for row in party.programs]))

    # a listing that was edited ------------------------------------------------------------------------------------------

    def _revise(self, party: _Party, seen: _Seen, moment: _Moment) -> None:
        edited = [c for c in OWN_COLUMNS if party.listing[c] != seen.row[c]]
        if edited:
            self._close("sanction_listings", [party.listing], moment.known_at)
            party.listing = _version(party.listing, seen.row, moment)
        remarks = read_remarks(seen.row["remarks"], self.country_ids)
        added, dropped, retagged = self._revise_programs(party, seen.row["programs"], moment)
        if self._revise_names(party, seen, remarks, moment) and self._was_seen_with("aliases", party):
            edited.append("names")
        if self._revise_countries(party, seen, remarks, moment) and self._was_seen_with("addresses", party):
            edited.append("countries")
        changes = [f"+{p}" for p in added] + [f"-{p}" for p in dropped] + retagged
        if edited or (retagged and not added and not dropped):
            detail = [*edited, *([f"programs {', '.join(changes)}"] if changes else [])]
            self._tell(party, "modified", moment, "; ".join(detail), remarks)
            return
        for program in added:
            self._tell(party, "program_added", moment, program, remarks, program)
        for program in dropped:
            self._tell(party, "program_removed", moment, program, remarks, program)

    def _was_seen_with(self, file: str, party: _Party) -> bool:
        """Whether the file was there since the listing is: else what it now holds is learnt, and no act of the authority."""
        last, start = self.files_seen.get(file), party.listing["valid_from"]
        return last is not None and (start is None or start.isoformat() <= last)

    def _revise_programs(self, party: _Party, cell: str | None, moment: _Moment) -> tuple[list[str], list[str], list[str]]:
        """Bring the programs up to the cell. Returns canonical programs added and dropped, and re-tags (``A -> B``)."""
        canonical = canonical_programs()
        wanted = programs_in(cell)
        # in an order of their own, whatever fold they come from
        party.programs.sort(key=lambda row: row["program_raw"])
        there = {row["program_raw"] for row in party.programs}
        gone = [row for row in party.programs if row["program_raw"] not in wanted]
        before = {row["program"]: row for row in [*party.programs, *gone]}
        after = {canonical.get(raw, raw) for raw in wanted}
        now = known(moment.known_at, moment.snapshot_id)
        party.programs = [row for row in party.programs if row["program_raw"] in wanted]
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
                start = {"valid_from": moment.day, "valid_from_basis": "snapshot_diff"}
                if moment.since is None:
                    start = {"valid_from": None, "valid_from_basis": "left_censored"}
                added[program] = None
            row = {"listing_id": party.listing["listing_id"], "program": program, "program_raw": raw, "valid_to": None}
            party.programs.append(row | start | now)
        # of two names of one program that stood side by side, one may go
        renamed = {text.split(" -> ")[0] for text in retagged}
        retagged += [f"-{r['program_raw']}" for r in gone if r["program"] in after and r["program_raw"] not in renamed]
        dropped = dict.fromkeys(row["program"] for row in gone if row["program"] not in after)
        self._close("sanction_programs", gone, moment.known_at)
        self.closed["sanction_programs"] += [row | now | {"valid_to": moment.day} for row in gone if row["program"] in dropped]
        return list(added), list(dropped), retagged

    def _revise_names(self, party: _Party, seen: _Seen, remarks: Remarks, moment: _Moment) -> bool:
        """Bring the names up to what is seen; whether any changed. Without alt.csv the strong aliases stay as they are."""
        wanted = {(seen.row["name"], "primary", "strong"): None}
        wanted |= dict.fromkeys((name, kind, "weak") for kind, name in remarks.weak_names)
        if seen.aliases is None:
            strong = [r for r in party.names if r["kind"] != "primary" and r["quality"] == "strong"]
            wanted |= dict.fromkeys((r["name"], r["kind"], r["quality"]) for r in strong)
        else:
            wanted |= dict.fromkeys((name, kind, "strong") for kind, name in seen.aliases)
        party.names, is_changed = self._revised("sanction_names", party.names, ("name", "kind", "quality"), wanted, party, moment)
        return is_changed

    def _revise_countries(self, party: _Party, seen: _Seen, remarks: Remarks, moment: _Moment) -> bool:
        """Bring the countries up to what is seen; whether any changed. Without add.csv those of addresses stay as they are."""
        wanted = dict.fromkeys(remarks.countries)
        if seen.addresses is None:
            wanted |= dict.fromkeys((r["country_id"], "address") for r in party.countries if r["basis"] == "address")
        else:
            wanted |= dict.fromkeys((country, "address") for country in seen.addresses)
        party.countries, is_changed = self._revised(
            "sanction_countries", party.countries, ("country_id", "basis"), wanted, party, moment
        )
        return is_changed

    def _revised(
        self, name: str, rows: list[Row], key: tuple[str, ...], wanted: Iterable[tuple[str, ...]], party: _Party, moment: _Moment
    ) -> tuple[list[Row], bool]:
        """Open rows of a table without valid time after a snapshot, and whether any changed."""
        other = {"listing_id": party.listing["listing_id"]} | known(moment.known_at, moment.snapshot_id)
        stay, gone, fresh = revised(rows, key, wanted, other)
        self._close(name, gone, moment.known_at)
        return stay + fresh, bool(gone or fresh)

    # events -------------------------------------------------------------------------------------------------------------

    def _tell(
        self, party: _Party, kind: str, moment: _Moment, detail: str | None, remarks: Remarks, program: str | None = None
    ) -> None:
        listing = party.listing
        self.events.append(
            {
                "event_id": event_id(listing["listing_id"], kind, moment.known_at, program),
                "event_date": moment.day,
                "event_date_earliest": moment.since,
                "kind": kind,
                "listing_id": listing["listing_id"],
                "list_id": self.list_id,
                "authority_id": self.authority,
                "country_id": target_country(remarks, [r["country_id"] for r in party.countries if r["basis"] == "address"]),
                "name": listing["name"],
                "detail": detail,
                "citation": None,
                "url": listing["url"],
                "known_at": moment.known_at,
                "snapshot_id": moment.snapshot_id,
            }
        )

    # result -------------------------------------------------------------------------------------------------------------

    def folded(self) -> Folded:
        """The result of the fold."""
        rest = ~pl.col("listing_id").is_in(list(self.taken))
        parties = self.parties.values()
        fresh = {
            "sanction_listings": [p.listing for p in parties] + [e.listing for e in self.ended],
            "sanction_programs": [r for p in parties for r in p.programs] + [r for e in self.ended for r in e.programs],
            "sanction_names": [r for p in parties for r in p.names],
            "sanction_countries": [r for p in parties for r in p.countries],
        }
        opened = {name: pl.concat([self.base[name].filter(rest), frame_of(name, rows)]) for name, rows in fresh.items()}
        opened["sanction_events"] = frame_of("sanction_events", self.events)
        return Folded(
            open={name: sorted_by_key(name, frame) for name, frame in opened.items()}
            | {"sanction_lists": self.list_row, "program_aliases": program_aliases()},
            closed={name: frame_of(name, rows) for name, rows in self.closed.items()},
            notes={"actors": dict(sorted(self.actors.items())), "files_seen": self.files_seen},
        )


def programs_in(cell: str | None) -> list[str]:
    """Programs of a cell (``SDGT] [IRAN``), each once."""
    return [] if cell is None else list(dict.fromkeys(p for part in cell.split("] [") if (p := part.strip(" []"))))


def target_country(remarks: Remarks, address_countries: Iterable[str]) -> str | None:
    """The country that a measure is aimed at: nationality, else citizenship (the first in the text), else address.

    Of several countries of addresses it is the first in the alphabet: the rows have no order of their own.
    """
    for basis in ("nationality", "citizenship"):
        for country_id, found in remarks.countries:
            if found == basis:
                return country_id
    return min(address_countries, default=None)


def _version(listing: Row, row: Row, moment: _Moment) -> Row:
    """Another version of a listing: what the row of the snapshot says of it, known from that moment on."""
    return listing | {c: row[c] for c in OWN_COLUMNS} | known(moment.known_at, moment.snapshot_id) | {"row_number": row["row"]}


def _as_seen(listings: pl.DataFrame, programs: pl.DataFrame) -> pl.DataFrame:
    """Listings in force as a snapshot would show them: native_id, own columns, and the programs in one cell, sorted."""
    cells = programs.group_by("listing_id").agg(pl.col("program_raw").sort().str.join("] [").alias("programs"))
    return listings.join(cells, on="listing_id", how="left").select("native_id", *OWN_COLUMNS, "programs")


def _cells_in_order(cells: pl.Series) -> pl.Series:
    """Cells with several programs, sorted: the order in a cell says nothing. There are few different cells."""
    found = cells.unique().drop_nulls()
    ordered = {cell: "] [".join(sorted(programs_in(cell))) or None for cell in found}
    return cells.replace_strict(ordered, default=None, return_dtype=pl.String)


def _changed(before: pl.DataFrame, seen: pl.DataFrame) -> list[str]:
    """Ids of listings that are new or differ from before in a column."""
    both = seen.join(before, on="native_id", how="left", suffix="_before")
    differs = pl.any_horizontal(pl.col(c).ne_missing(pl.col(f"{c}_before")) for c in (*OWN_COLUMNS, "programs"))
    return both.filter(differs)["native_id"].to_list()


def _differing(before: pl.DataFrame, seen: pl.DataFrame) -> set[str]:
    """Ids with a row in one of the frames that the other lacks."""
    gone = before.join(seen, on=seen.columns, how="anti")
    fresh = seen.join(before, on=seen.columns, how="anti")
    return set(gone["native_id"]) | set(fresh["native_id"])
