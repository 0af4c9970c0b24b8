"""OFAC's delta publications: what one publication adds, removes and changes, beside the full lists or between two of them.

A delta is XML with the root sanctionsData. publicationInfo states datePublished (a day in Washington, written as its midnight)
and the kind of publication; entities holds an entity for each party that changed. Its attribute action is add or remove. An
entity to be added or removed is written as in SDN_ENHANCED.XML: generalInfo, sanctionsLists, sanctionsPrograms, names,
addresses, features, identityDocuments, relationships. One without action (or with update, change, modify) holds only the parts
of a listed party that change: these bear an action of their own (add, remove, update with oldValue). The archive names files
by their day, further ones of a day ``_delta_2.xml`` and so on. One file serves the SDN list and the others: sanctionsLists tells.
No published file was at hand: this is what independent programs that read them agree on. They differ in the word for a change,
so all of theirs are known, and what another word asks for is rejected.

What is taken from a delta:

- an addition or removal: on the day of the publication, by official notice, known since its last instant, or
  since it was retrieved where that was on the day;
- a program added to or taken from a listed party; of all other changes the next full list shows what came of them.

A delta is never the list: what it does not name stays. A full list of a later day goes before it, and takes from it no more
than better dates for what both show. A list of the same day may have been made before the publication: it takes nothing back.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, BinaryIO

import polars as pl

from assets.contract import (
    REJECTS,
    Folded,
    History,
    Judgement,
    RowGuard,
    Staged,
    StagedInfo,
    StagedSnapshot,
    open_file,
)
from assets.days import last_instant, utc_of
from assets.errors import Quarantine
from assets.sanctions.facts.lists import timezone_of
from assets.sanctions.history.compared.ledger import STATED, Ledger, Moment, programs_in
from assets.sanctions.history.rows import Row, day_of
from assets.sanctions.lists.us_ofac import sdn_xml as ofac_xml
from assets.sanctions.lists.us_ofac.enhanced import is_delta, take_entity, take_relations
from assets.sanctions.lists.us_ofac.remarks import details_of
from assets.sanctions.lists.us_ofac.vocabulary import DETAILS, SDN_LIST, native_id_of
from assets.sanctions.reading.gather import NumberedList
from assets.sanctions.reading.shape import DETAILS as DETAIL_FRAMES
from assets.sanctions.reading.shape import LISTINGS
from assets.sanctions.reading.text_files import KEPT, MOST_VALUE, Reject
from assets.sanctions.reading.xml_stream import Element, XmlFile, begins_as_xml, children, clean, text_of

PUBLICATIONS = pl.Schema(
    {
        "row": pl.Int64(),
        "publication": pl.String(),
        "published_at": pl.Datetime("us"),
        "published_on": pl.Date(),
        "file": pl.String(),
    }
)
"""One row per delta, in order. ``publication``: hash of its bytes; ``published_at``: UTC; of a day alone its last instant."""

ACTS = pl.Schema({"row": pl.Int64, "publication": pl.String, "native_id": pl.String, "action": pl.String, "program": pl.String})
"""One row per act on this list. ``action``: add, remove, add_program, remove_program (the latter two with ``program``)."""

BASIS = "official_notice"
CHANGES = ("update", "change", "modify")
EARLIEST, LATEST = date(2015, 1, 1), date(2199, 12, 31)
"""No publication in this form is older; none is of a later day than lists know."""
AHEAD = timedelta(days=1)
"""A publication is believed that is dated so much later than the snapshot that holds it: clocks and zones differ."""
INSTANT = timedelta(microseconds=1)
_MOMENT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.[0-9]+)?)?(Z|[+-][0-9]{2}:[0-9]{2})?")
_NUMBERED = re.compile(r"_delta_([0-9]{1,4})\.", re.IGNORECASE)


# from bytes to rows -----------------------------------------------------------------------------------------------------


@dataclass
class _Delta:
    """One delta, as far as it concerns a list."""

    publication: str
    published_at: datetime
    published_on: date
    acts: list[tuple[int, str, str, str | None]] = field(default_factory=list)
    frames: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)
    n_read: int = 0
    n_rejected: int = 0


def stage(list_id: str, files: Mapping[str, bytes]) -> Staged:
    """Read one vintage: the list in any of its layouts, deltas, or both.

    Args:
        list_id: ``us_ofac_sdn`` or ``us_ofac_cons``.
        files: the files of the list as ``ofac_xml.stage`` takes them, and deltas, told by their content.

    Returns:
        What ``ofac_xml.stage`` gives where the list is there. Of deltas besides: ``delta_publications``, ``delta_acts``,
        ``delta_listings`` and a frame ``delta_<detail>`` for each detail, in the staged shape with the column ``publication``,
        for the parties to be added; and the fact ``deltas``. A delta that cannot be read is left out and told in that fact.

    Raises:
        Quarantine: as ``ofac_xml.stage`` does; or there are only deltas, and none can be read.
    """
    names = [name for name in sorted(files, key=_order) if _is_delta(files, name)]
    if not names:
        return ofac_xml.stage(list_id, files)
    deltas: list[tuple[str, _Delta]] = []
    problems: list[str] = []
    for name in names:
        try:
            deltas.append((name, _read(list_id, files, name)))
        except Quarantine as problem:
            problems.append(str(problem))
    has_list = len(names) < len(files)
    if not deltas and not has_list:
        raise Quarantine("; ".join(problems))
    deltas.sort(key=lambda d: (d[1].published_at, _order(d[0])))
    frames = _frames(deltas)
    facts = {
        "deltas": {
            "days": [d.published_on.isoformat() for _, d in deltas],
            "n_acts": frames["delta_acts"].height,
            "n_rejected": sum(d.n_rejected for _, d in deltas),
            "problems": problems,
        }
    }
    rejects = pl.DataFrame([r for _, d in deltas for r in d.rejects], schema=REJECTS, orient="row")
    if not has_list:
        n_read, n_rejected = (sum(getattr(d, name) for _, d in deltas) for name in ("n_read", "n_rejected"))
        return Staged(frames, rejects, n_read, facts, n_rejected)
    staged = ofac_xml.stage(list_id, _Without(files, names))
    n_rejected = staged.rejects.height if staged.n_rejected is None else staged.n_rejected
    return Staged(staged.frames | frames, pl.concat([staged.rejects, rejects]), staged.n_read, staged.facts | facts, n_rejected)


def judge(info: StagedInfo, baseline: StagedInfo | None, guard: RowGuard) -> Judgement:
    """Judge a vintage as ``ofac_xml.judge`` does; one of deltas alone is never complete, and refused where most is unreadable."""
    deltas = info.facts.get("deltas")
    if deltas is None:
        return ofac_xml.judge(info, baseline, guard)
    warnings = [f"a delta was left out: {problem}" for problem in deltas["problems"]]
    if deltas["n_rejected"]:
        warnings.append(f"{deltas['n_rejected']:,} entities of deltas cannot be read: the next full list shows them")
    latest = (info.retrieved_at + AHEAD).date().isoformat()
    if late := [day for day in deltas["days"] if day > latest]:
        warnings.append(f"deltas dated after they were retrieved ({', '.join(late[:5])}) are not believed")
    if info.facts.keys() > {"deltas"}:
        judged = ofac_xml.judge(info, baseline, guard)
        return replace(judged, warnings=(*judged.warnings, *warnings))
    problem = f"{info.n_rejected:,} of {info.n_read:,} entities cannot be read: has the layout changed?"
    return Judgement((problem,) if info.n_rejected * 2 > info.n_read else (), tuple(warnings), complete=False)


class _Without(Mapping[str, bytes]):
    """The files of a snapshot but for some; large ones can still be read in pieces."""

    def __init__(self, files: Mapping[str, bytes], names: Sequence[str]) -> None:
        self._files = files
        self._names = [name for name in files if name not in names]

    def __getitem__(self, name: str) -> bytes:
        return self._files[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def open(self, name: str) -> BinaryIO:
        """The file as a stream."""
        return open_file(self._files, name)


def _order(name: str) -> tuple[int, str]:
    """Deltas of one day in the order of their numbers: the second one is called ``_delta_2``."""
    number = _NUMBERED.search(name)
    return (1 if number is None else int(number[1]), name)


def _is_delta(files: Mapping[str, bytes], name: str) -> bool:
    # by its name first: a stored file is compared with its receipt as a whole before any of it is read
    if not name.lower().endswith(".xml") or not begins_as_xml(files, name):
        return False
    with open_file(files, name) as stream:
        try:
            xml = XmlFile(stream, name)
            first = next(xml.records("publicationInfo", "entity"), None) if xml.root.name == "sanctionsData" else None
        except Quarantine:
            return False
        return first is not None and first[0] == "publicationInfo" and is_delta(first[1])


def _read(list_id: str, files: Mapping[str, bytes], name: str) -> _Delta:
    """Read a delta for one list. Raises Quarantine where it is cut, or states no day of publication that can be believed."""
    with open_file(files, name) as stream:
        digest = hashlib.sha256()
        while piece := stream.read(1 << 20):
            digest.update(piece)
    delta: _Delta | None = None
    found = NumberedList(name, DETAILS)
    relations = []
    with open_file(files, name) as stream:
        for kind, record in XmlFile(stream, name).records("publicationInfo", "entity"):
            if kind == "publicationInfo":
                moment = _published(text_of(record, "datePublished") or "", timezone_of(list_id))
                if moment is None or delta is not None:
                    break
                delta = _Delta(digest.hexdigest()[:16], *moment)
            elif delta is not None:
                delta.n_read += 1
                # rows of rejects are numbered by entity, whatever is done to it
                found.n_read = delta.n_read - 1
                relations += _take(delta, found, list_id, record)
        else:
            if delta is not None:
                take_relations(found, list_id, relations)
                return _completed(delta, found)
    raise Quarantine(f"{name} is a delta that does not state one day of publication which can be believed. {KEPT}")


def _published(text: str, zone: str) -> tuple[datetime, date] | None:
    """Moment (naive UTC) and day of a publication; a midnight, whatever its offset, is the day alone: its last instant."""
    parts = _MOMENT.fullmatch(text)
    if parts is None:
        return None
    day, clock, offset = parts.groups()
    try:
        moment = datetime.fromisoformat(f"{day}T{clock or '00:00:00'}{offset or ''}")
    except ValueError:
        return None
    if not EARLIEST <= moment.date() <= LATEST:
        return None
    if moment.time() == time():
        return last_instant(moment.date()), moment.date()
    if offset is None:
        return utc_of(moment, zone), moment.date()
    plain = moment.astimezone(UTC).replace(tzinfo=None)
    return plain, day_of(plain, zone)


def _take(delta: _Delta, found: NumberedList, list_id: str, record: Element) -> list[tuple[str, str, str, str | None]]:
    """Take in one entity: its acts on this list, and the party where it is to be added."""
    native_id, written = native_id_of(record.get("id")), (record.get("action") or "update").strip().casefold()
    reason = "the id is missing" if native_id is None else None
    if written not in ("add", "remove", *CHANGES):
        reason = "the action is none that is known"
    named = children(record, "sanctionsLists", "sanctionsList")
    lists = [(name, (e.get("action") or "").casefold()) for e in named if (name := clean(e.text)) is not None]
    if written == "add" and not lists:
        reason = "it is added to no list that is named"
    if reason is not None or native_id is None:
        delta.n_rejected += 1
        delta.rejects.append((found.file, delta.n_read, "entity", f"{record.get('id')} {written}"[:MOST_VALUE], reason or ""))
        return []
    is_sdn = list_id == "us_ofac_sdn"
    own = [action for name, action in lists if (name == SDN_LIST) is is_sdn]
    if written == "add":
        if not own:
            return []
        delta.acts.append((delta.n_read, native_id, "add", None))
        return take_entity(found, list_id, record)
    if written == "remove":
        # a removal that names no list is one from all lists
        if own or not lists:
            delta.acts.append((delta.n_read, native_id, "remove", None))
        return []
    if is_sdn and own in (["add"], ["remove"]):
        # the other lists are many in one: leaving one of them need not be leaving all
        delta.acts.append((delta.n_read, native_id, own[0], None))
        return []
    if own or (is_sdn and not lists):
        for program in children(record, "sanctionsPrograms", "sanctionsProgram"):
            action, name = (program.get("action") or "").casefold(), clean(program.text)
            if action in ("add", "remove") and name is not None:
                delta.acts.append((delta.n_read, native_id, f"{action}_program", name))
    return []


def _completed(delta: _Delta, found: NumberedList) -> _Delta:
    """A delta with the frames of the parties that it adds, and without the acts on those that it both adds and removes.

    Who is removed and added in one publication was moved or rewritten: the listing goes on.
    """
    both = {n for _, n, action, _ in delta.acts if action == "add"} & {n for _, n, action, _ in delta.acts if action == "remove"}
    delta.acts = list({act[1:]: act for act in reversed(delta.acts) if act[1] not in both}.values())[::-1]
    delta.n_rejected += len(found.rejects)
    delta.rejects += found.rejects
    frames: dict[str, pl.DataFrame] = {}
    if found.parties:
        frames = found.staged(None).frames
        # the remarks of the CSVs hold what stands here in elements of its own
        frames["listings"] = frames["listings"].drop("remarks")
    delta.frames = frames
    return delta


def _frames(deltas: Sequence[tuple[str, _Delta]]) -> dict[str, pl.DataFrame]:
    publications = [(n, d.publication, d.published_at, d.published_on, name) for n, (name, d) in enumerate(deltas, 1)]
    acts = [(row, d.publication, *act) for _, d in deltas for row, *act in d.acts]
    frames = {
        "delta_publications": pl.DataFrame(publications, schema=PUBLICATIONS, orient="row"),
        "delta_acts": pl.DataFrame(acts, schema=ACTS, orient="row"),
    }
    for name in ("listings", *DETAILS):
        schema = (LISTINGS if name == "listings" else DETAIL_FRAMES[name]) | {"publication": pl.String}
        held = [d.frames[name].with_columns(pl.lit(d.publication).alias("publication")) for _, d in deltas if name in d.frames]
        frames[f"delta_{name}"] = pl.concat([pl.DataFrame(schema=schema), *held], how="diagonal")
    return frames


# from rows to the history -----------------------------------------------------------------------------------------------


def fold(list_id: str, history: History, snapshots: Iterable[StagedSnapshot]) -> Folded:
    """Fold vintages of a list and deltas, in order of retrieval, into its history.

    Full lists are compared as ``fold_compared`` does. A delta acts at its publication, where nothing later was folded yet,
    else right after what was. Snapshots as ``stage`` gives them.
    """
    ledger = _WithDeltas(list_id, history)
    for snapshot in snapshots:
        ledger.take_in(snapshot)
    return ledger.folded()


@dataclass(frozen=True)
class _Publication:
    """A delta as it is folded: ``key`` orders publications."""

    publication: str
    published_at: datetime
    day: date
    snapshot: StagedSnapshot

    @property
    def begins(self) -> datetime:
        """The earliest moment at which it can have come out: the first instant where its day alone is known."""
        return datetime.combine(self.day, time()) if self.published_at == last_instant(self.day) else self.published_at

    @property
    def known_at(self) -> datetime:
        """Its publication; a snapshot of that day that holds it shows that it was out."""
        retrieved_at = self.snapshot.retrieved_at
        return min(self.published_at, retrieved_at) if self.begins <= retrieved_at else self.published_at

    @property
    def key(self) -> str:
        return self.published_at.isoformat()

    def rows(self, name: str) -> pl.DataFrame:
        """Its rows of a staged frame."""
        frame = self.snapshot.frames[f"delta_{name}"]
        return frame.filter(pl.col("publication") == self.publication).drop("publication")


class _WithDeltas(Ledger):
    """The state of a fold with what is known of deltas, as long as a list may still be older than they are.

    ``last``: the last moment folded. ``taken``: days of the deltas that were taken in. ``acts``: by party (and program) the
    newest act, as key of the publication, its day, and the action (removed where it found somebody to remove). ``fresh``: parties
    that no full list has shown yet.
    """

    def __init__(self, list_id: str, history: History) -> None:
        super().__init__(list_id, history, details_of)
        told: Mapping[str, Any] = history.notes.get("deltas", {})
        self.last = datetime.fromisoformat(told["last"]) if "last" in told else datetime.combine(date.min, time())
        self.saw_list: bool = told.get("saw_list", False)
        self.taken: dict[str, str] = dict(told.get("taken", {}))
        self.acts: dict[str, list[str]] = {k: list(v) for k, v in told.get("acts", {}).items()}
        self.fresh: set[str] = set(told.get("fresh", ()))

    def folded(self) -> Folded:
        """The result of the fold."""
        found = super().folded()
        told = {
            "last": self.last.isoformat(),
            "saw_list": self.saw_list,
            "taken": dict(sorted(self.taken.items())),
            "acts": dict(sorted(self.acts.items())),
            "fresh": sorted(self.fresh),
        }
        return replace(found, notes={**found.notes, "deltas": told})

    def take_in(self, snapshot: StagedSnapshot) -> None:
        """Fold one snapshot: the deltas in it and the list in it, each at its moment."""
        if snapshot.is_repeat:
            # the same delta again says nothing of the list
            if self.saw_list:
                self._fold(snapshot)
            return
        self.saw_list = "listings" in snapshot.frames
        found = []
        if "delta_publications" in snapshot.frames:
            rows = snapshot.frames["delta_publications"].sort("row").iter_rows(named=True)
            found = [_Publication(r["publication"], r["published_at"], r["published_on"], snapshot) for r in rows]
        for publication in found:
            if publication.begins < snapshot.retrieved_at:
                self._take_in_delta(publication)
        if self.saw_list:
            self._take_in_list(snapshot)
        for publication in found:
            if snapshot.retrieved_at <= publication.begins <= snapshot.retrieved_at + AHEAD:
                self._take_in_delta(publication)

    # a full list --------------------------------------------------------------------------------------------------------

    def _fold(self, snapshot: StagedSnapshot) -> datetime:
        """Compare a list with what is known. Returns the moment of it: right after a delta that its snapshot holds besides."""
        moment = max(snapshot.retrieved_at, self.last + INSTANT)
        super().take_in(replace(snapshot, retrieved_at=moment))
        self.last = moment
        return moment

    def _take_in_list(self, snapshot: StagedSnapshot) -> None:
        """Fold a list. One of the day of a delta, or before it, may lack what the delta did."""
        day = day_of_snapshot(snapshot, self.zone)
        on = set(self.before["native_id"])
        pending = {k: action for k, (_, of, action) in self.acts.items() if of >= day.isoformat()}
        came = [i for i, action in pending.items() if action == "add" and i in on]
        went = [i for i, action in pending.items() if action in ("remove", "removed") and i not in on]
        facts = dict(snapshot.facts)
        facts["unreadable_ids"] = [*facts.get("unreadable_ids", ()), *came]
        frames = {n: f for n, f in snapshot.frames.items() if not n.startswith("delta_")}
        if went:
            frames = {n: f.filter(~pl.col("native_id").is_in(went)) for n, f in frames.items()}
        frames["listings"] = self._with_days(frames["listings"], on, day)
        moment = self._fold(replace(snapshot, frames=frames, facts=facts))
        shown = self.fresh & set(frames["listings"]["native_id"])
        self._forget_forms({f"{self.list_id}:{i}" for i in shown}, moment)
        self.fresh = {i for i in self.fresh - shown if i in came}
        self.acts = {k: told for k, told in self.acts.items() if told[1] >= day.isoformat()}
        self.taken = {k: of for k, of in self.taken.items() if of >= day.isoformat()}

    def _with_days(self, listings: pl.DataFrame, on: set[str], day: date) -> pl.DataFrame:
        """Listings with the day of their addition, where a delta told it that could not add them itself."""
        days = {
            i: date.fromisoformat(of)
            for i, (_, of, action) in self.acts.items()
            if action == "add" and i not in on and of <= day.isoformat()
        }
        mine = listings["native_id"].is_in(list(days))
        if not mine.any():
            return listings
        blank = [pl.lit(None, LISTINGS[c]).alias(c) for c in ("listed_on", "listed_on_basis") if c not in listings.columns]
        listings = listings.with_columns(blank)
        told = pl.col("native_id").replace_strict(days, default=None, return_dtype=pl.Date)
        is_told = told.is_not_null() & pl.col("listed_on").is_null()
        return listings.with_columns(
            pl.when(is_told).then(told).otherwise("listed_on").alias("listed_on"),
            pl.when(is_told).then(pl.lit(BASIS)).otherwise("listed_on_basis").alias("listed_on_basis"),
        )

    def _forget_forms(self, listing_ids: set[str], known_at: datetime) -> None:
        """Take back edits of parties that a delta brought, where only the form differs in which the list writes them."""
        kept = []
        for event in self.events:
            if event["kind"] == "modified" and event["known_at"] == known_at and event["listing_id"] in listing_ids:
                acts = [t for t in (event["detail"] or "").split("; ") if t not in (*DETAIL_FRAMES, "remarks")]
                if not acts:
                    continue
                event = event | {"detail": "; ".join(acts)}
            kept.append(event)
        self.events = kept

    # a delta ------------------------------------------------------------------------------------------------------------

    def _take_in_delta(self, p: _Publication) -> None:
        """Fold one delta. One that was taken in before says nothing, nor does one without acts."""
        rows = p.rows("acts").to_dicts()
        if p.publication in self.taken or not rows:
            return
        self.taken[p.publication] = p.day.isoformat()
        until = None if self.whole_until is None else date.fromisoformat(self.whole_until)
        is_late = until is not None and p.day < until
        ends: dict[str, date] = {}
        due = []
        for row in rows:
            key = row["native_id"] if row["program"] is None else f"{row['native_id']}:{row['program']}"
            told = self.acts.get(key)
            if not is_late and (told is None or told[0] <= p.key):
                self.acts[key] = [p.key, p.day.isoformat(), row["action"]]
                due.append(row)
            elif not is_late and told is not None and (row["action"], told[2]) == ("add", "remove"):
                # its removal was taken in before it, and found nothing to remove
                ends[row["native_id"]] = date.fromisoformat(told[1])
                due.append(row)
            elif is_late and row["action"] == "add":
                due.append(row)
        if until is None or not due:
            return
        known_at = p.known_at if p.known_at > self.last else self.last + INSTANT
        moment = Moment(known_at, until if is_late else p.day, p.day, p.snapshot.snapshot_id)
        if self._act(p, due, moment, ends, is_late=is_late):
            self._cover(max(moment.day, self.list_row["covered_until"][0]), False)

    def _act(self, p: _Publication, due: Sequence[Row], moment: Moment, ends: Mapping[str, date], *, is_late: bool) -> bool:
        """Do what a delta says. Returns whether anything became known."""
        on = set(self.before["native_id"])
        numbers = {r["native_id"]: r["row"] for r in due}
        removed = [r["native_id"] for r in due if r["action"] == "remove" and r["native_id"] in on]
        added = [r["native_id"] for r in due if r["action"] == "add"]
        new = p.rows("listings").filter(pl.col("native_id").is_in([] if is_late else [i for i in added if i not in on]))
        started = [i for i in added if i in on and i not in ends]
        programs: dict[str, dict[str, str]] = defaultdict(dict)
        for r in due:
            if r["program"] is not None and r["native_id"] in on - set(removed):
                programs[r["native_id"]][r["program"]] = r["action"]
        self._take_out([*removed, *started, *programs])
        started = [i for i in started if self._may_start(f"{self.list_id}:{i}", p.day)]
        known_rows = self._changed_rows(started, programs, p.day).with_columns(
            pl.col("native_id").replace_strict(numbers, return_dtype=pl.Int64).alias("row")
        )
        if not (removed or new.height or known_rows.height):
            return False
        self._let_go(moment.day)
        read = self._read_remarks(pl.DataFrame(schema={"native_id": pl.String, "remarks": pl.String}), removed)
        aims: dict[str, list[tuple[str, str]]] = {i: [] for i in removed}
        for native_id, country_id, basis in read["countries"].iter_rows() if "countries" in read else ():
            aims[native_id].append((country_id, basis))
        n_closed = len(self.closed["sanction_listings"])
        for native_id in removed:
            self._remove(f"{self.list_id}:{native_id}", aims[native_id], moment)
            self.acts[native_id][2] = "removed"
        self.before = self.before.filter(~pl.col("native_id").is_in(removed))
        shown = []
        if known_rows.height:
            seen = self._read(self._shown(p, moment, {"listings": known_rows}))
            self._revise_all(seen.listings, seen, {}, moment)
            shown.append(seen.listings)
        if new.height:
            stated = new.with_columns(pl.lit(p.day).alias("listed_on"), pl.lit(BASIS).alias("listed_on_basis"))
            seen = self._read(self._shown(p, moment, {"listings": stated} | {n: p.rows(n) for n in DETAILS}))
            self._add(seen.listings, seen, {}, moment)
            shown.append(seen.listings)
        changed = pl.concat([self.before.clear(), *(f.select(self.before.columns) for f in shown)])
        self.before = pl.concat([changed, self.before.join(changed, on="native_id", how="anti")])
        self.standing = {}
        self.fresh = (self.fresh | set(new["native_id"])) - set(removed)
        self._state(moment, n_closed, is_public=moment.known_at == p.published_at)
        self.last = moment.known_at
        for native_id in [i for i in ends if i in set(new["native_id"])]:
            self._end(native_id, Moment(moment.known_at + INSTANT, ends[native_id], ends[native_id], moment.snapshot_id))
        return True

    def _shown(self, p: _Publication, moment: Moment, frames: Mapping[str, pl.DataFrame]) -> StagedSnapshot:
        return StagedSnapshot(p.snapshot.snapshot_id, moment.known_at, False, {}, frames, retrieved_on=moment.day)

    def _may_start(self, listing_id: str, day: date) -> bool:
        """Whether an addition on that day can be how a listing came: its start is not stated, and nothing contradicts the day."""
        listing = self.parties[listing_id].listing
        if listing["valid_from_basis"] in STATED:
            return False
        if listing["valid_from"] is None:
            return bool(day <= self.list_row["covered_from"][0])
        return bool(listing["valid_from_earliest"] <= day <= listing["valid_from"] + AHEAD)

    def _changed_rows(self, started: Sequence[str], programs: Mapping[str, Mapping[str, str]], day: date) -> pl.DataFrame:
        """Listings that are shown as they are known, but for a start or programs that a delta tells."""
        rows = self.before.filter(pl.col("native_id").is_in([*started, *programs]))
        is_started = pl.col("native_id").is_in(list(started))
        cells = {}
        for native_id, cell in rows.select("native_id", "programs").iter_rows():
            asked = programs.get(native_id, {})
            told = dict.fromkeys([*programs_in(cell), *(p for p, a in asked.items() if a == "add_program")])
            left = [name for name in told if asked.get(name) != "remove_program"]
            # nobody is listed under no program: what takes the last one away was not understood
            cells[native_id] = "] [".join(sorted(left)) or cell
        changed = rows.with_columns(
            pl.when(is_started).then(pl.lit(day)).otherwise("listed_on").alias("listed_on"),
            pl.when(is_started).then(pl.lit(BASIS)).alias("listed_on_basis"),
            pl.col("native_id").replace_strict(cells, default=None, return_dtype=pl.String).alias("programs"),
        )
        is_other = changed["programs"].ne_missing(rows["programs"]) | rows["native_id"].is_in(list(started))
        return changed.filter(is_other)

    def _end(self, native_id: str, moment: Moment) -> None:
        """End a listing on the day of a removal that was taken in before its addition."""
        n_closed = len(self.closed["sanction_listings"])
        self._take_out([native_id])
        self._remove(f"{self.list_id}:{native_id}", [], moment)
        self.before = self.before.filter(pl.col("native_id") != native_id)
        self.standing = {}
        self.fresh.discard(native_id)
        self._state(moment, n_closed, is_public=False)
        self.last = moment.known_at

    def _state(self, moment: Moment, n_closed: int, *, is_public: bool) -> None:
        """Give what a delta brought the basis of a publication: the day is stated, and no bound of a comparison."""
        for event in self.events:
            if event["known_at"] == moment.known_at:
                event["event_date_earliest"] = None
        known = {"known_basis": "publication"} if is_public else {}
        for row in (*(e.listing for e in self.ended), *self.closed["sanction_listings"][n_closed:]):
            if row["known_from"] == moment.known_at and row["valid_to_basis"] == "snapshot_diff":
                row.update({"valid_to_basis": BASIS, "valid_to_earliest": None} | known)
        for party in self.parties.values():
            if party.listing["known_from"] == moment.known_at:
                party.listing.update(known)
            for program in party.programs:
                if program["known_from"] == moment.known_at and program["valid_from_basis"] == "snapshot_diff":
                    program["valid_from_basis"] = BASIS
        if is_public:
            is_mine = pl.col("known_from") == moment.known_at
            basis = pl.when(is_mine).then(pl.lit("publication")).otherwise("known_basis").alias("known_basis")
            self.base["sanction_listings"] = self.base["sanction_listings"].with_columns(basis)
