"""OFAC's delta publications: what one publication adds, removes and changes, beside the full lists or between two of them.

A delta is XML with the root sanctionsData. publicationInfo states datePublished (a day in Washington, written as its midnight)
and the kind of publication; entities holds an entity for each party that changed. Its attribute action is add or remove. An
entity to be added or removed is written as in SDN_ENHANCED.XML: generalInfo, sanctionsLists, sanctionsPrograms, names,
addresses, features, identityDocuments, relationships. One without action (or with update, change, modify) holds only the parts
of a listed party that change: these bear an action of their own (add, remove, update with oldValue). The archive names files
by their day, further ones of a day ``_delta_2.xml`` and so on. One file serves the SDN list and the others: see sanctionsLists.
No published file was at hand: this is what independent programs that read them agree on. They differ in the word for a change,
so all of theirs are known, and what another word asks for is rejected.

What belongs here: from bytes to rows. What the rows do to the history is in ``history.deltas``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import BinaryIO

import polars as pl

from assets.contracts import (
    MOST_VALUE,
    REJECTS,
    Folded,
    History,
    Judgement,
    Reject,
    RowGuard,
    Staged,
    StagedInfo,
    StagedSnapshot,
    open_file,
)
from assets.days import last_instant, utc_of
from assets.errors import Quarantine
from assets.reading.xml import Element, XmlFile, begins_as_xml, children, clean, text_of
from assets.sanctions.facts.lists import timezone_of
from assets.sanctions.history.deltas import AHEAD, fold_with_deltas
from assets.sanctions.history.versioned_rows import day_of
from assets.sanctions.lists.us_ofac import remarks
from assets.sanctions.lists.us_ofac import sdn_xml as ofac_xml
from assets.sanctions.lists.us_ofac.enhanced import is_delta, read_entity, read_relations
from assets.sanctions.lists.us_ofac.vocabulary import DETAILS, SDN_LIST, native_id_of
from assets.sanctions.reading.gather import Gatherer
from assets.sanctions.reading.one_list import KEPT
from assets.sanctions.reading.shape import DETAILS as DETAIL_FRAMES
from assets.sanctions.reading.shape import LISTINGS

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

CHANGES = ("update", "change", "modify")
EARLIEST, LATEST = date(2015, 1, 1), date(2199, 12, 31)
"""No publication in this form is older; none is of a later day than lists know."""
_MOMENT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.[0-9]+)?)?(Z|[+-][0-9]{2}:[0-9]{2})?")
_NUMBERED = re.compile(r"_delta_([0-9]{1,4})\.", re.IGNORECASE)


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
        files: the files of the list as ``ofac_xml.stage`` takes them, and deltas, known by their content.

    Returns:
        What ``ofac_xml.stage`` gives where the list is there. Of deltas besides: ``delta_publications``, ``delta_acts``,
        ``delta_listings`` and a frame ``delta_<detail>`` for each detail, in the staged shape with the column ``publication``,
        for the parties to be added; and the fact ``deltas``. A delta that cannot be read is left out and named in that fact.

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


def fold(list_id: str, history: History, snapshots: Iterable[StagedSnapshot]) -> Folded:
    """Fold vintages of a list and deltas as ``stage`` gives them, with OFAC's remarks; see ``history.deltas``."""
    return fold_with_deltas(list_id, history, snapshots, remarks.reader())


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
        return ofac_xml.judge(info, baseline, guard) + Judgement(warnings=tuple(warnings))
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
            xml = XmlFile(stream, name, KEPT)
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
    found = Gatherer(name, DETAILS)
    relations = []
    with open_file(files, name) as stream:
        xml = XmlFile(stream, name, KEPT)
        for kind, record in xml.records("publicationInfo", "entity"):
            if kind == "publicationInfo":
                moment = _published(text_of(record, "datePublished") or "", timezone_of(list_id))
                if moment is None or delta is not None:
                    break
                delta = _Delta(digest.hexdigest()[:16], *moment)
            elif delta is not None:
                delta.n_read += 1
                # rows of rejects are numbered by entity, whatever is done to it
                found.n_read = delta.n_read - 1
                relations += _read_party(delta, found, list_id, record)
        else:
            if delta is not None:
                read_relations(found, list_id, relations)
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


def _read_party(delta: _Delta, found: Gatherer, list_id: str, record: Element) -> list[tuple[str, str, str, str | None]]:
    """Read one entity: its acts on this list, and the party where it is to be added."""
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
        return read_entity(found, list_id, record)
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


def _completed(delta: _Delta, found: Gatherer) -> _Delta:
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


def frames() -> dict[str, pl.Schema]:
    """The frames of deltas: publications, their acts, and what they add in the shape of the domain."""
    shaped = {name: LISTINGS if name == "listings" else DETAIL_FRAMES[name] for name in ("listings", *DETAILS)}
    own = {"delta_publications": PUBLICATIONS, "delta_acts": ACTS}
    return own | {f"delta_{name}": pl.Schema({**schema, "publication": pl.String()}) for name, schema in shaped.items()}


def _frames(deltas: Sequence[tuple[str, _Delta]]) -> dict[str, pl.DataFrame]:
    publications = [(n, d.publication, d.published_at, d.published_on, name) for n, (name, d) in enumerate(deltas, 1)]
    acts = [(row, d.publication, *act) for _, d in deltas for row, *act in d.acts]
    found = {
        "delta_publications": pl.DataFrame(publications, schema=PUBLICATIONS, orient="row"),
        "delta_acts": pl.DataFrame(acts, schema=ACTS, orient="row"),
    }
    for name, schema in frames().items():
        if name not in found:
            own = name.removeprefix("delta_")
            held = [d.frames[own].with_columns(pl.lit(d.publication).alias("publication")) for _, d in deltas if own in d.frames]
            found[name] = pl.concat([pl.DataFrame(schema=schema), *held], how="diagonal")
    return found
