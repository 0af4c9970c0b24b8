"""A list whose history is stated: the fold of rules and texts, each with its own days, into the tables.

Evidence of four kinds is gathered, whatever the order in which it arrives: a record of rules (the newest one holds all), rules
as the Federal Register prints them, what is known of its documents, and texts (the list as it stood on a day). The history is
written anew from all of it, since what was known when follows from the days of publication and not from the day on which a
file was taken in. The evidence is kept in the notes of the fold, an entry that reads the same in many texts once.

An entry (a party under a destination) is one listing. What dates it, best first:

1. a rule: its effective day, known from the day of its publication;
2. the chain of citations in a text: the first is the listing, each other one an amendment, on the effective day of the rule
   published on that day where a document tells it, else on that day; known from that day;
3. the day that a text states beside the entry; known since the first text that held it;
4. the comparison of two texts that follow each other: an upper bound, the day of the text before being the lower one.

An entry in the first text without a readable day has an unknown start. A text ends only what an earlier text held: a name
that only a rule gives may be written otherwise there. A text goes against the history only where it is more than LAG away
from a rule: consolidated texts follow the rules by some days.

Rules of one entry that were published on one day are one change. Among them removals are applied first, then modifications,
then additions: an entry that is removed and added again in one publication was moved or rewritten, and its listing goes on.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import count, groupby, pairwise
from typing import Any, ClassVar

import polars as pl
from rapidfuzz import fuzz

from assets.contract import Folded, History, StagedSnapshot
from assets.days import last_instant
from assets.sanctions.facts.lists import authority_of, covered, page_of, timezone_of
from assets.sanctions.history.rows import Row, closed, day_of, day_of_snapshot, event_id, frame_of, known, revised
from assets.sanctions.reading.names import slug

TABLES = (
    "sanction_lists", "sanction_listings", "sanction_names", "sanction_countries", "sanction_addresses", "sanction_notes",
    "sanction_events",
)  # fmt: skip
ORDER = ("remove", "modify", "add")
LAG = timedelta(days=7)
"""eCFR is brought up to date within some days; a text may still lack what a rule of the week before added."""
LONG = timedelta(days=31)
"""A text that holds an entry so long after its removal was right and the rule, or the name in it, was another's."""
SAME_NAME = 85.0
"""Similarity (0 to 100) from which on an entry that came is the one that went, under one destination and first citation."""
INSTANT = timedelta(microseconds=1)
CITED = "https://www.federalregister.gov/citation/"


# the record of rules ----------------------------------------------------------------------------------------------------


@dataclass
class _Entry:
    """An entity as the rules so far describe it. ``valid_from`` None: it was listed before the record begins.

    ``destinations`` are country_ids in the order of listing, None for an addition without country.
    """

    valid_from: date | None
    destinations: dict[str | None, None] = field(default_factory=dict)


def contradictions(rules: pl.DataFrame) -> dict[int, str]:
    """Rows that contradict the record so far, with the reason: an addition of what is listed, a removal of what is not."""
    wrong: dict[int, str] = {}
    for _ in _applied(rules, wrong):
        pass
    return wrong


def _applied(rules: pl.DataFrame, wrong: dict[int, str]) -> Iterator[tuple[Row, str | None]]:
    """Each rule with each country that it is about, in order of entity and publication.

    A removal without country is about all destinations on record, a modification too. Rows that contradict the record are
    left out and noted in ``wrong``.
    """
    order = pl.col("action").replace_strict({a: n for n, a in enumerate(ORDER)}, return_dtype=pl.Int8)
    ordered = rules.sort("entity_key", "publication_date", order, "effective_date", "row")
    entry: _Entry | None = None
    entity: str | None = None
    ended: date | None = None
    for (key, _), group in groupby(ordered.iter_rows(named=True), key=lambda r: (r["entity_key"], r["publication_date"])):
        if key != entity:
            entity, entry, ended = key, None, None
        good = []
        for rule in group:
            reason = _contradiction(entry, ended, rule)
            if reason is not None:
                wrong[rule["row"]] = reason
                continue
            country = rule["country_id"]
            if entry is None:
                # a rule on an entry of which the record holds no addition: it was listed before, under this destination at least
                entry = _Entry(rule["effective_date"] if rule["action"] == "add" else None, {country: None})
            about = list(entry.destinations) if country is None and rule["action"] != "add" else [country]
            for place in about:
                yield rule, place
            if rule["action"] == "remove":
                entry.destinations = {d: None for d in entry.destinations if d not in about}
            else:
                entry.destinations |= dict.fromkeys(about)
            good.append(rule)
        if good and entry is not None and not entry.destinations:
            entry, ended = None, _end(good)


def _end(rules: Iterable[Row]) -> date:
    """The day from which an entry is no longer listed: that of the last of the rules that remove it."""
    return max(r["effective_date"] for r in rules if r["action"] == "remove")


def _contradiction(entry: _Entry | None, ended: date | None, rule: Row) -> str | None:
    """What a rule says against the record: the entry as it stands, or the day on which it ended; None where nothing."""
    country = rule["country_id"]
    if entry is None:
        if ended is not None and rule["action"] != "add":
            return "is about an entity that an earlier rule removed"
        if ended is not None and rule["effective_date"] < ended:
            return "takes effect before the day on which an earlier rule removed the entity"
        return None
    if rule["action"] == "add" and country in entry.destinations:
        return "adds an entity to a destination under which it is listed already"
    if rule["action"] == "remove" and country is not None and country not in entry.destinations:
        return "removes an entity from a destination under which it is not listed"
    if rule["action"] == "remove" and entry.valid_from is not None and rule["effective_date"] < entry.valid_from:
        return "removes an entity before the day from which it is listed"
    return None


# evidence ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Text:
    """The list as it stood on ``day``, taken in at ``at``."""

    day: date
    at: datetime
    snapshot_id: str


@dataclass(frozen=True)
class _Content:
    """An entry as texts print it. ``cited``: its citations, the day None where none can be read."""

    key: str
    country_id: str | None
    name: str
    aliases: tuple[str, ...]
    former: tuple[str, ...]
    addresses: tuple[tuple[str, str | None], ...]
    notes: tuple[tuple[str, str], ...]
    cited: tuple[tuple[date | None, str], ...]
    listed_on: date | None
    format: str
    row: int

    @property
    def begins(self) -> date | None:
        """Day of the citation that lists it; None where that has none."""
        return self.cited[0][0] if self.cited else None

    def known(self, text: _Text) -> datetime:
        """Since when it reads so: the end of the day of its last amendment before the text, or the text where that is earlier."""
        amended = self.amended(text)
        return text.at if amended is None else min(last_instant(amended), text.at)

    def amended(self, text: _Text) -> date | None:
        """The day of its last amendment before the text; None where no citation has a day."""
        return max((day for day, _ in self.cited if day is not None and day <= text.day + LAG), default=None)


class _Evidence:
    """All that was ever told of a list, as JSON between folds."""

    def __init__(self, notes: Mapping[str, Any]) -> None:
        packed = notes.get("evidence")
        # packed: 3,400 entries are 3 MB of JSON, in a manifest that is read at every step of a refresh
        self.told: dict[str, Any] = (
            {"until": None, "record": None, "documents": {}, "actions": {}, "texts": [], "contents": {}}
            if packed is None
            else json.loads(zlib.decompress(base64.b64decode(packed)))
        )

    def notes(self) -> dict[str, Any]:
        """The evidence as it is kept."""
        text = json.dumps(self.told, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        return {"evidence": base64.b64encode(zlib.compress(text.encode(), 6)).decode()}

    def take_in(self, snapshot: StagedSnapshot, zone: str) -> None:
        """Add what a snapshot tells. A repeat of one tells that nothing changed up to its day."""
        day = day_of_snapshot(snapshot, zone)
        told, frames = self.told, snapshot.frames
        told["until"] = max(told["until"] or "", day.isoformat())
        if "rules" in frames:
            told["record"] = [snapshot.snapshot_id, _plain(frames["rules"])]
        if "documents" in frames:
            for document in _plain(frames["documents"]):
                old = told["documents"].get(document["document_number"], {})
                told["documents"][document["document_number"]] = old | {k: v for k, v in document.items() if v is not None}
        if "actions" in frames:
            for number, rows in groupby(_plain(frames["actions"]), key=lambda r: r["document_number"]):
                told["actions"][number] = [snapshot.snapshot_id, list(rows)]
        if "entries" in frames:
            for (file, form, text_date), entries in frames["entries"].group_by(
                "file", "format", "text_date", maintain_order=True
            ):
                # a text is never younger than the moment at which it was taken in
                text_day = min(text_date if isinstance(text_date, date) else day, snapshot.retrieved_at.date())
                told["until"] = max(told["until"], text_day.isoformat())
                self._add_text(text_day, str(form), snapshot, str(file), entries)

    def _add_text(self, day: date, form: str, snapshot: StagedSnapshot, file: str, rows: pl.DataFrame) -> None:
        text = [day.isoformat(), form, snapshot.retrieved_at.isoformat(), snapshot.snapshot_id, file]
        bit = 1 << len(self.told["texts"])
        self.told["texts"].append(text)
        contents = self.told["contents"]
        keys = rows.drop("row", "file", "text_date", "destination").write_ndjson().splitlines()
        for key, row in zip(keys, rows["row"], strict=True):
            held = contents.setdefault(key, ["0", row])
            held[0] = f"{int(held[0], 16) | bit:x}"

    @cached_property
    def texts(self) -> list[tuple[_Text, int]]:
        """Texts in order of their days, each with its bit; of one day the publisher's own, else the last taken in."""
        best: dict[str, tuple[bool, str, int]] = {}
        for number, (day, form, at, _, _) in enumerate(self.told["texts"]):
            best[day] = max(best.get(day, (False, "", -1)), (form == "ecfr", at, number))
        found = []
        for day, (_, _, number) in sorted(best.items()):
            _, _, at, snapshot_id, _ = self.told["texts"][number]
            found.append((_Text(date.fromisoformat(day), datetime.fromisoformat(at), snapshot_id), 1 << number))
        return found


def _plain(frame: pl.DataFrame) -> list[Row]:
    """Rows with days as text."""
    return frame.with_columns(pl.col(pl.Date).dt.to_string("iso")).to_dicts()


def _days(row: Row) -> Row:
    return {k: date.fromisoformat(v) if k.endswith("_date") and v is not None else v for k, v in row.items()}


def _content(text: str, row: int) -> _Content:
    found = json.loads(text)
    kinds = ("license_requirement", "license_policy", "reason", "affiliates")
    days = [None if d is None else date.fromisoformat(d) for d in found["cited"]]
    return _Content(
        key=found["entry_key"],
        country_id=found["country_id"],
        name=found["name"],
        aliases=tuple(found["aliases"]),
        former=tuple(found["former_names"]),
        addresses=tuple(zip(found["addresses"], found["address_countries"], strict=True)),
        notes=tuple((kind, found[kind]) for kind in kinds if found[kind] is not None),
        cited=tuple(zip(days, found["cited_as"], strict=True)),
        listed_on=None if found["listed_on"] is None else date.fromisoformat(found["listed_on"]),
        format=found["format"],
        row=row,
    )


_TOLD = ("effective_date", "document_number", "citation", "url", "title", "start_page", "end_page")


class _Documents:
    """What is known of the rules as documents, by day of publication. Joined by day, never by the page of a rule."""

    def __init__(self, documents: Iterable[Row], rules: Iterable[Row]) -> None:
        self.by_day: dict[date, dict[Any, Row]] = defaultdict(dict)
        for row in [*rules, *documents]:
            if row.get("publication_date") is not None:
                number = row.get("document_number") or row.get("citation")
                known_so_far = self.by_day[row["publication_date"]].get(number, {})
                told = {k: row.get(k) for k in _TOLD}
                self.by_day[row["publication_date"]][number] = known_so_far | {k: v for k, v in told.items() if v is not None}

    def of(self, day: date, citation: str) -> list[Row]:
        """Documents of a day that may be the one cited: those about the Entity List, and whose pages hold the cited one."""
        found = list(self.by_day.get(day, {}).values())
        about = [d for d in found if "entity list" in d.get("title", "entity list").casefold()] or found
        page = int(citation.rpartition(" ")[2])
        return [d for d in about if d.get("start_page", page + 1) <= page <= d.get("end_page", page)] or about

    def completed(self, action: Row) -> Row:
        """A change that a document orders, with what only another file says of it; effective when published where none says."""
        document = self.by_day.get(action["publication_date"], {}).get(action["document_number"], {})
        told = {c: action[c] or document.get(c) for c in ("citation", "url", "effective_date")}
        return action | told | {"effective_date": told["effective_date"] or action["publication_date"]}

    def effective(self, day: date, citation: str) -> date:
        """The day on which the cited rule took effect, where the documents of its day agree; else its publication."""
        days = {d["effective_date"] for d in self.of(day, citation) if d.get("effective_date") is not None}
        return days.pop() if len(days) == 1 else day


# from evidence to listings ----------------------------------------------------------------------------------------------


@dataclass
class _Span:
    """An entry that reads the same in texts that follow each other: the first and the last of them by place in their order."""

    first: int
    last: int
    content: _Content


@dataclass
class _Listing:
    """The evidence on one listing: rules by day of publication, and the spans of texts that hold it."""

    native_id: str
    actor_key: str
    rules: dict[date, list[Row]] = field(default_factory=lambda: defaultdict(list))
    spans: list[_Span] = field(default_factory=list)


class _Gathering:
    """The evidence by listing.

    The key that the record of rules gives an entity is the id of its entry; of a further destination with the destination
    behind a dot. What only other evidence names has ``<destination>.<name>``. An entry of a text is that of the record where
    destination and name agree, or destination, day of citation and an alias.
    """

    def __init__(self, evidence: _Evidence, record: Iterable[tuple[Row, str | None]], actions: Iterable[Row]) -> None:
        self.listings: dict[str, _Listing] = {}
        self.by_key: dict[str, str] = {}
        self.by_alias: dict[str, list[tuple[str, date]]] = defaultdict(list)
        self.same: dict[str, str] = {}
        first: dict[str, str] = {}
        for rule, country in record:
            entity, place = rule["entity_key"], _place(country)
            native_id = entity if first.setdefault(entity, place) == place else f"{entity}.{place}"
            self._listing(native_id, entity).rules[rule["publication_date"]].append(rule | {"country_id": country})
            self.by_key[f"{place}.{slug(rule['name'])}"] = native_id
            for alias in _aliases(rule):
                self.by_alias[f"{place}.{slug(alias)}"].append((native_id, rule["publication_date"]))
        self._take_texts(evidence)
        for action in actions:
            key = f"{_place(action['country_id'])}.{slug(action['name'])}"
            native_id = self.by_key.get(key) or self.same.get(key, key)
            self._listing(native_id, native_id).rules[action["publication_date"]].append(action)

    def _listing(self, native_id: str, actor_key: str) -> _Listing:
        return self.listings.setdefault(native_id, _Listing(native_id, actor_key))

    def _take_texts(self, evidence: _Evidence) -> None:
        """Follow the entries from text to text; only what changed between two is looked at."""
        contents = [(int(mask, 16), text, row) for text, (mask, row) in evidence.told["contents"].items()]
        standing: dict[int, str] = {}
        for place, (_, bit) in enumerate(evidence.texts):
            holds = {n for n, (mask, _, _) in enumerate(contents) if mask & bit}
            gone = {standing.pop(n): n for n in standing.keys() - holds}
            came: dict[str, tuple[int, _Content]] = {}
            taken = set(standing.values())
            read = [(n, _content(*contents[n][1:])) for n in holds - standing.keys()]
            named = {self.by_key[content.key] for _, content in read if content.key in self.by_key}
            for n, content in sorted(read, key=lambda pair: pair[1].key):
                alias = self._by_alias(content)
                ids = [self.by_key.get(content.key), None if alias in named else alias, self.same.get(content.key), content.key]
                free = [i for i in ids if i is not None and i not in came and i not in taken]
                came[free[0] if free else self._another(content.key, came.keys() | taken)] = n, content
            went = {i: self.listings[i].spans[-1].content for i in gone if i not in came}
            for new, old in _renamed(went, {i: c for i, (_, c) in came.items() if i not in gone}).items():
                came[old] = came.pop(new)
                self.same[came[old][1].key] = old
            for native_id, (n, content) in came.items():
                self._listing(native_id, native_id).spans.append(_Span(place, place, content))
                standing[n] = native_id
            for native_id in standing.values():
                self.listings[native_id].spans[-1].last = place

    def _another(self, key: str, taken: Collection[str]) -> str:
        """A key beside those that are taken, for an entry of a name that stands there twice."""
        return next(other for n in count(2) if (other := f"{key}.{n}") not in taken)

    def _by_alias(self, content: _Content) -> str | None:
        """The entry of the record that a text prints under another of its names, cited on the day of a rule on it."""
        place = content.key.partition(".")[0]
        days = {day for day, _ in content.cited if day is not None}
        for native_id, day in self.by_alias.get(content.key, ()):
            if day in days:
                return native_id
        for alias in content.aliases:
            found = self.by_key.get(f"{place}.{slug(alias)}")
            if found is not None and days & self.listings[found].rules.keys():
                return found
        return None


def _renamed(went: Mapping[str, _Content], came: Mapping[str, _Content]) -> dict[str, str]:
    """Which entries that came are entries that went under another spelling: {id that came: id that went}.

    Under one destination, first cited on one day, with names of which one begins with the other or that are alike.
    """
    groups: dict[tuple[str, date | None], list[str]] = defaultdict(list)
    for native_id, content in went.items():
        groups[content.key.partition(".")[0], content.begins].append(native_id)
    pairs = []
    for new, content in came.items():
        if content.begins is not None:
            for old in groups.get((content.key.partition(".")[0], content.begins), ()):
                a, b = sorted((slug(content.name), slug(went[old].name)), key=len)
                score = 100.0 if b.startswith(f"{a}-") else fuzz.ratio(a, b)
                if score >= SAME_NAME:
                    pairs.append((-score, new, old))
    found: dict[str, str] = {}
    for _, new, old in sorted(pairs):
        if new not in found and old not in found.values():
            found[new] = old
    return found


def _place(country_id: str | None) -> str:
    """The short key of a destination; Hong Kong is part of that of China (see ``ecfr.destination``)."""
    return "unknown" if country_id is None else {"HKG": "chn"}.get(country_id, country_id.casefold())


def _aliases(rule: Row) -> list[str]:
    return list(dict.fromkeys(a for part in (rule["aliases"] or "").split(";") if (a := part.strip())))


# from the evidence on a listing to its history ----------------------------------------------------------------------------


@dataclass(frozen=True)
class _State:
    """A listing as described at some moment. ``former``: those aliases that are former names."""

    name: str
    party_type: str = "entity"
    destinations: tuple[str | None, ...] = ()
    aliases: tuple[str, ...] = ()
    former: tuple[str, ...] = ()
    addresses: tuple[tuple[str, str | None], ...] = ()
    notes: tuple[tuple[str, str], ...] = ()
    citations: tuple[str, ...] = ()
    reason: str | None = None
    url: str | None = None


@dataclass(frozen=True)
class _Step:
    """One change of a listing: what, when in force, since when known, and how the listing reads afterwards.

    ``kind``: added, removed, modified, or found (in the first text, with an unknown start). ``day`` is None where found.
    """

    kind: str
    known_at: datetime
    day: date | None
    earliest: date | None
    basis: str
    state: _State
    snapshot_id: str
    rules: tuple[Row, ...] = ()
    citation: str | None = None
    row: int | None = None


class _Story:
    """Makes the steps of one listing out of its evidence."""

    def __init__(self, listing: _Listing, texts: Sequence[_Text], documents: _Documents, page: str, zone: str) -> None:
        self.listing, self.texts, self.documents, self.page, self.zone = listing, texts, documents, page, zone
        self.steps: list[_Step] = []
        self.is_listed = False
        self.begun: date | None = None
        self.ended: date | None = None
        self.state = _State(listing.spans[0].content.name if listing.spans else "")
        reads = [
            (span.content.known(texts[span.first]), span.content.format == "ecfr", span.first, span.content)
            for span in listing.spans
        ]
        self.reads = sorted(reads, key=lambda r: r[:3])

    def tell(self) -> list[_Step]:
        """All steps, in order of known time."""
        acts: list[tuple[date, int, Any]] = [(day, 0, rules) for day, rules in self.listing.rules.items()]
        cited: dict[date, str] = {}
        for first, last in self._stretches():
            acts.append((self.texts[first].day, 1, (first, last)))
            cited |= self._citations(first, last)
            if last + 1 < len(self.texts):
                acts.append((self.texts[last + 1].day, 2, (first, last)))
        for a, b in pairwise(self.listing.spans):
            if a.last + 1 == b.first:
                acts.append((self.texts[b.first].day, 3, (a, b)))
        acts += [(day, 0, citation) for day, citation in cited.items() if day not in self.listing.rules]
        for day, what, act in sorted(acts, key=lambda a: a[:2]):
            if what == 1:
                self._is_held(*act)
            elif what == 2:
                self._is_gone(*act)
            elif what == 3:
                self._reads_otherwise(*act)
            elif isinstance(act, str):
                self._is_cited(day, act)
            else:
                self._is_ruled(day, act)
        return self._in_order()

    def _stretches(self) -> list[tuple[int, int]]:
        """Texts that follow each other and hold the listing: the first and the last."""
        found: list[tuple[int, int]] = []
        for span in self.listing.spans:
            if found and found[-1][1] + 1 >= span.first:
                found[-1] = found[-1][0], span.last
            else:
                found.append((span.first, span.last))
        return found

    def _citations(self, first: int, last: int) -> dict[date, str]:
        """Days on which the entry was listed or changed, by its citations; those before a text without it do not count."""
        since = None if first == 0 else self.texts[first - 1].day - LAG
        found: dict[date, str] = {}
        for span in self.listing.spans:
            if first <= span.first <= last:
                for day, citation in span.content.cited:
                    if day is None or day > self.texts[span.first].day + LAG:
                        continue
                    if since is None or max(day, self.documents.effective(day, citation)) > since:
                        found.setdefault(day, citation)
        return found

    # what the evidence does

    def _is_ruled(self, day: date, rules: list[Row]) -> None:
        ordered = sorted(rules, key=lambda r: (ORDER.index(r["action"]), r["effective_date"], r["row"]))
        was_listed, state = self.is_listed, self.state
        if not was_listed and self.ended is not None:
            # what an earlier rule or text ended can only be added again
            ordered = [r for r in ordered if r["action"] == "add"]
            if not ordered:
                return
        if not was_listed:
            # a rule that adds nothing is about what was listed before the record begins
            listed = () if ordered[0]["action"] == "add" else (ordered[0]["country_id"],)
            state = _State(ordered[0]["name"], destinations=listed)
        places = dict.fromkeys(state.destinations)
        for rule in ordered:
            country = rule["country_id"]
            if rule["action"] == "remove":
                places = {p: None for p in places if p != country} if country in places else {}
            else:
                aliases = tuple(_aliases(rule))
                if rule["action"] == "add":
                    aliases = tuple(dict.fromkeys([*state.aliases, *aliases]))
                state = replace(
                    state, name=rule["name"], party_type=rule["party_type"] or "entity", aliases=aliases or state.aliases,
                    reason=rule["reason"] or state.reason,
                )  # fmt: skip
                places |= {country: None}
            state = replace(
                state, url=rule["url"] or state.url,
                citations=tuple(dict.fromkeys([*state.citations, rule["citation"] or f"FR Doc. {rule['document_number']}"])),
            )  # fmt: skip
        stays = bool(places)
        last = ordered[-1]
        if not stays and self._is_contradicted(day, _end(ordered)):
            return
        published_at = last_instant(day)
        state = self._as_read(replace(state, destinations=tuple(places)), published_at)
        step = _Step("modified", published_at, min(r["effective_date"] for r in ordered), None, "federal_register", state,
                     last["snapshot_id"], tuple(ordered), row=last["row"])  # fmt: skip
        if not stays:
            if not was_listed:
                # the record holds no addition: it was listed before, and is told to be no longer
                self.steps.append(replace(step, kind="found", day=None, basis="left_censored"))
            self.ended = max(_end(ordered), self.begun or date.min)
            self.steps.append(replace(step, kind="removed", day=self.ended))
        elif was_listed:
            self.steps.append(step)
        elif ordered[-1]["action"] == "add":
            adds = [r["effective_date"] for r in ordered if r["action"] == "add"]
            self.begun = max(min(adds), self.ended or date.min)
            self.steps.append(replace(step, kind="added", day=self.begun))
        else:
            self.steps += [replace(step, kind="found", day=None, basis="left_censored"), step]
        self.is_listed, self.state = stays, state

    def _is_contradicted(self, published: date, ended: date) -> bool:
        """Whether a text long after a removal holds the entry, under the listing that was removed."""
        late = max(published, ended) + LONG
        for first, last in self._stretches():
            if self.texts[first].day <= late < self.texts[last].day:
                begins = next(s for s in reversed(self.listing.spans) if first <= s.first <= last).content.begins
                return begins is not None and begins < published
        return False

    def _is_cited(self, day: date, citation: str) -> None:
        effective = self.documents.effective(day, citation)
        if self.ended is not None and not self.is_listed:
            effective = max(effective, self.ended)
        told = self.documents.of(day, citation)
        document = told[0] if len(told) == 1 else {}
        url: str = document.get("url") or CITED + citation.replace(" ", "-")
        rule = {"document_number": document.get("document_number"), "citation": citation, "url": url, "announced_date": None,
                "reason": None, "country_id": None, "action": "cited", "effective_date": effective}  # fmt: skip
        citations = tuple(dict.fromkeys([*(self.state.citations if self.is_listed else ()), citation]))
        span = next(s for s in self.listing.spans if any(d == day for d, _ in s.content.cited))
        # a text of that day that cites it shows that it was out
        published_at = min(last_instant(day), self.texts[span.first].at)
        state = self._as_read(replace(self.state, citations=citations, url=url), published_at)
        step = _Step("modified", published_at, effective, None, "federal_register", state,
                     self.texts[span.first].snapshot_id, (rule,), row=span.content.row)  # fmt: skip
        if self.is_listed:
            self.steps.append(step)
        elif span.content.begins is None and self.ended is None:
            # an earlier citation has no readable day
            self.steps += [replace(step, kind="found", day=None, basis="left_censored"), step]
        else:
            self.begun = effective
            self.steps.append(replace(step, kind="added"))
        self.is_listed, self.state = True, state

    def _is_held(self, first: int, last: int) -> None:
        ended = self.ended
        if self.is_listed or (ended is not None and self.texts[last].day <= ended + LONG):
            return
        # what ended and is held long after that began again with the first text behind its end
        place = next(n for n in range(first, last + 1) if ended is None or self.texts[n].day > ended)
        text = self.texts[place]
        span = next(s for s in self.listing.spans if s.first <= place <= s.last)
        since = max((d for d in (ended, self.texts[place - 1].day if place else None) if d is not None), default=None)
        state = self._as_read(replace(self.state, url=self.state.url or self.page), text.at)
        step = _Step("added", text.at, text.day, since, "snapshot_diff", state, text.snapshot_id, row=span.content.row)
        if span.content.listed_on is not None and ended is None:
            step = replace(step, day=span.content.listed_on, earliest=None, basis="source_field")
        elif since is None:
            step = replace(step, kind="found", day=None, basis="left_censored")
        self.begun = step.day
        self.steps.append(step)
        self.is_listed, self.state = True, state

    def _reads_otherwise(self, before: _Span, after: _Span) -> None:
        """A change of an entry without a dated citation: seen by comparing two texts of one format."""
        text = self.texts[after.first]
        if not self.is_listed or before.content.format != after.content.format or after.content.amended(text) is not None:
            return
        self.state = self._as_read(self.state, text.at)
        since = self.texts[before.last].day
        step = _Step("modified", text.at, text.day, since, "snapshot_diff", self.state, text.snapshot_id, row=after.content.row)
        self.steps.append(step)

    def _is_gone(self, first: int, last: int) -> None:
        text, before = self.texts[last + 1], self.texts[last]
        removals = [r for rules in self.listing.rules.values() for r in rules if r["action"] == "remove"]
        is_told = any(before.day - LONG <= r["effective_date"] <= text.day + LONG for r in removals)
        if self.is_listed and not is_told:
            self.ended = max(text.day, self.begun or date.min)
            self.steps.append(_Step("removed", text.at, self.ended, before.day, "snapshot_diff", self.state, text.snapshot_id))
            self.is_listed = False

    def _as_read(self, state: _State, moment: datetime) -> _State:
        """The state with what texts say of the entry as it stood at ``moment``; before any of that, its name and destination."""
        if not self.reads:
            return state
        ruled = max((d for d in self.listing.rules if last_instant(d) <= moment), default=None)
        known = [r for r in self.reads if r[0] <= moment]
        if not known:
            content = self.reads[0][3]
            places = state.destinations or (content.country_id,)
            return replace(state, name=state.name if ruled is not None else content.name, destinations=places)
        _, _, place, content = known[-1]
        text = self.texts[place]
        if ruled is not None and (content.amended(text) or day_of(text.at, self.zone)) < ruled:
            return state
        return replace(
            state,
            name=content.name,
            destinations=(content.country_id,),
            aliases=content.aliases,
            former=content.former,
            addresses=content.addresses,
            notes=content.notes,
        )

    def _in_order(self) -> list[_Step]:
        """Steps whose known moments never go back: what a text of the past told late was known once later facts implied it."""
        ordered: list[_Step] = []
        limit: datetime | None = None
        for step in reversed(self.steps):
            if limit is not None and step.known_at > limit:
                step = replace(step, known_at=limit)
            limit = step.known_at - INSTANT if step.kind in ("added", "found") else step.known_at
            if not ordered or (step.kind, step.known_at) != (ordered[-1].kind, ordered[-1].known_at):
                # of several changes told at one moment the last one stands for all
                ordered.append(step)
        return ordered[::-1]


# the fold ---------------------------------------------------------------------------------------------------------------


def fold_stated(list_id: str, history: History, snapshots: Iterable[StagedSnapshot]) -> Folded:
    """Write the history of a list from all evidence so far.

    Args:
        list_id: the list, which is also the source.
        history: what earlier folds left; its notes hold the evidence.
        snapshots: frames ``rules``, ``documents``, ``actions`` (``entity_list``, ``federal_register``) and ``entries``
            (``ecfr``), each of which may be absent.

    Returns:
        Everything as open rows, nothing closed: the next snapshot replaces it.
    """
    evidence = _Evidence(history.notes)
    zone = timezone_of(list_id)
    for snapshot in snapshots:
        evidence.take_in(snapshot, zone)
    told = evidence.told
    if told["until"] is None:
        return Folded(open={name: history.open(name) for name in TABLES})
    record_id, record = told["record"] or (None, [])
    rules = [_days(r) | {"snapshot_id": record_id} for r in record]
    documents = _Documents(map(_days, told["documents"].values()), rules)
    applied = list(_applied(pl.DataFrame(rules, infer_schema_length=None), {})) if rules else []
    # what people have read in a rule stands for what is read by machine
    by_hand = {r["document_number"] for r in rules}
    actions = [
        documents.completed(_days(row)) | {"snapshot_id": snapshot_id}
        for number, (snapshot_id, rows) in sorted(told["actions"].items())
        for row in rows
        if number not in by_hand
    ]
    gathered = _Gathering(evidence, applied, actions)
    texts = [text for text, _ in evidence.texts]
    tables: dict[str, list[Row]] = {name: [] for name in TABLES[1:]}
    for listing in gathered.listings.values():
        _write(tables, list_id, listing, _Story(listing, texts, documents, page_of(list_id), zone).tell())
    until = date.fromisoformat(told["until"])
    days = [r["publication_date"] for r in rules] + [t.day for t in texts] or [a["publication_date"] for a in actions]
    return Folded(
        open={"sanction_lists": covered(list_id, min([*days, until]), until)}
        | {name: frame_of(name, rows) for name, rows in tables.items()},
        notes=evidence.notes(),
    )


def _write(tables: dict[str, list[Row]], list_id: str, listing: _Listing, steps: Sequence[_Step]) -> None:
    """Append the rows of one listing, whose steps are in order."""
    listing_id = f"{list_id}:{listing.native_id}"
    ids = {"listing_id": listing_id, "list_id": list_id, "native_id": listing.native_id,
           "actor_id": f"{list_id}:{listing.actor_key}"}  # fmt: skip
    version: Row | None = None
    details = _Details(listing_id)
    before: _State | None = None
    for number, step in enumerate(steps):
        state, ends = step.state, step.kind == "removed"
        now = known(step.known_at, step.snapshot_id)
        columns = _version(step, version)
        if version is not None and version["known_from"] == step.known_at:
            version |= columns
        elif version is None or any(version[c] != v for c, v in columns.items()):
            if version is not None:
                tables["sanction_listings"] += closed([version], step.known_at)
            basis = "publication" if step.rules else "snapshot"
            version = ids | {"known_basis": basis} | columns | now | {"row_number": step.row}
        # what was first told together with its end was never known to be in force: it has no open names and countries
        told_ended = any(s.kind == "removed" and s.known_at == step.known_at for s in steps[number + 1 :])
        details.revise(None if ends or told_ended else state, now)
        if step.kind != "found":
            tables["sanction_events"].append(_event(list_id, listing_id, step, before, now))
        before = None if ends else state
        if ends and version is not None:
            tables["sanction_listings"].append(version)
            version = None
    if version is not None:
        tables["sanction_listings"].append(version)
    for name, rows in details.rows.items():
        tables[name] += rows


class _Details:
    """Names, countries, addresses and notes of a listing, revised step by step."""

    KEYS: ClassVar[dict[str, tuple[str, ...]]] = {
        "sanction_names": ("name", "kind", "quality"),
        "sanction_countries": ("country_id", "basis"),
        "sanction_addresses": ("address", "country_id"),
        "sanction_notes": ("kind", "text"),
    }

    def __init__(self, listing_id: str) -> None:
        self.listing_id = listing_id
        self.rows: dict[str, list[Row]] = {name: [] for name in self.KEYS}

    def revise(self, state: _State | None, now: Row) -> None:
        """Close what is told no more and open what is new. None: the listing ended."""
        wanted: dict[str, list[tuple[Any, ...]]] = {name: [] for name in self.KEYS}
        if state is not None:
            names = [
                (state.name, "primary"),
                *((a, "fka" if a in state.former else "aka") for a in state.aliases if a != state.name),
            ]
            countries = [(c, "list_destination") for c in state.destinations if c is not None]
            countries += [(c, "address") for _, c in state.addresses if c is not None]
            wanted = {
                "sanction_names": [(*name, "strong") for name in names],
                "sanction_countries": list(dict.fromkeys(countries)),
                "sanction_addresses": list(dict(state.addresses).items()),
                "sanction_notes": list(dict.fromkeys(state.notes)),
            }
        for name, key in self.KEYS.items():
            rows = self.rows[name]
            open_rows = [r for r in rows if r["known_to"] is None]
            stay, gone, fresh = revised(open_rows, key, wanted[name], {"listing_id": self.listing_id} | now)
            done = [r for r in rows if r["known_to"] is not None]
            done += [r for r in closed(gone, now["known_from"]) if r["known_from"] < r["known_to"]]
            self.rows[name] = done + stay + fresh


def _version(step: _Step, version: Row | None) -> Row:
    """The columns of a version that a step decides."""
    state = step.state
    begins = {c: None if version is None else version[c] for c in ("valid_from", "valid_from_earliest", "valid_from_basis")}
    if step.kind in ("added", "found"):
        begins = {"valid_from": step.day, "valid_from_earliest": step.earliest, "valid_from_basis": step.basis}
    ends = step.kind == "removed"
    return {
        "party_type": state.party_type,
        "name": state.name,
        **begins,
        "valid_to": step.day if ends else None,
        "valid_to_earliest": step.earliest if ends else None,
        "valid_to_basis": step.basis if ends else None,
        "citation": "; ".join(state.citations) or None,
        "url": state.url,
        "remarks": state.reason,
    }


def _event(list_id: str, listing_id: str, step: _Step, before: _State | None, now: Row) -> Row:
    rules = step.rules
    places = [p for state in (step.state, before) if state is not None for p in state.destinations]
    places += [r["country_id"] for r in rules]
    if not any(p is not None for p in places):
        places = [c for _, c in step.state.addresses]
    announced = min((r["announced_date"] for r in rules if r["announced_date"] is not None), default=None)
    numbers = dict.fromkeys(r["document_number"] for r in rules if r["document_number"] is not None)
    detail = [f"FR Doc. {', '.join(numbers)}"] if numbers else []
    detail += [] if announced is None else [f"announced {announced}"]
    detail += list(dict.fromkeys(r["reason"] for r in rules if r["reason"] is not None))
    return {
        "event_id": event_id(listing_id, step.kind, step.known_at),
        "event_date": step.day,
        "event_date_earliest": step.earliest,
        "kind": step.kind,
        "listing_id": listing_id,
        "list_id": list_id,
        "authority_id": authority_of(list_id),
        "country_id": min((p for p in places if p is not None), default=None),
        "name": step.state.name,
        "detail": "; ".join(detail) or None,
        "citation": "; ".join(dict.fromkeys(r["citation"] for r in rules if r["citation"] is not None)) or None,
        "url": next((r["url"] for r in reversed(rules) if r["url"] is not None), None),
        "known_at": now["known_from"],
        "snapshot_id": now["snapshot_id"],
    }
