"""From the evidence on one listing to the steps of its history: what happened, on which day, and since when it was known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from assets.days import last_instant
from assets.sanctions.history.stated.evidence import LAG, Documents, Text
from assets.sanctions.history.stated.gathering import Listing, Span, aliases_of
from assets.sanctions.history.versioned_rows import Row, day_of
from assets.sanctions.reading.rule_record import ORDER, last_removal

LONG = timedelta(days=31)
"""A text that holds an entry so long after its removal was right and the rule, or the name in it, was another's."""
INSTANT = timedelta(microseconds=1)
CITED = "https://www.federalregister.gov/citation/"


@dataclass(frozen=True)
class State:
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
class Step:
    """One change of a listing: what, when in force, since when known, and how the listing reads afterwards.

    ``kind``: added, removed, modified, or found (in the first text, with an unknown start). ``day`` is None where found.
    """

    kind: str
    known_at: datetime
    day: date | None
    earliest: date | None
    basis: str
    state: State
    snapshot_id: str
    rules: tuple[Row, ...] = ()
    citation: str | None = None
    row: int | None = None


class Story:
    """Makes the steps of one listing out of its evidence."""

    def __init__(self, listing: Listing, texts: Sequence[Text], documents: Documents, page: str, zone: str) -> None:
        self.listing, self.texts, self.documents, self.page, self.zone = listing, texts, documents, page, zone
        self.steps: list[Step] = []
        self.is_listed = False
        self.begun: date | None = None
        self.ended: date | None = None
        self.state = State(listing.spans[0].content.name if listing.spans else "")
        reads = [
            (span.content.known(texts[span.first]), span.content.format == "ecfr", span.first, span.content)
            for span in listing.spans
        ]
        self.reads = sorted(reads, key=lambda r: r[:3])

    def steps_in_order(self) -> list[Step]:
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
                self._is_gone(act[1])
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
            state = State(ordered[0]["name"], destinations=listed)
        places = dict.fromkeys(state.destinations)
        for rule in ordered:
            country = rule["country_id"]
            if rule["action"] == "remove":
                places = {p: None for p in places if p != country} if country in places else {}
            else:
                aliases = tuple(aliases_of(rule))
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
        if not stays and self._is_contradicted(day, last_removal(ordered)):
            return
        published_at = last_instant(day)
        state = self._as_read(replace(state, destinations=tuple(places)), published_at)
        step = Step("modified", published_at, min(r["effective_date"] for r in ordered), None, "federal_register", state,
                     last["snapshot_id"], tuple(ordered), row=last["row"])  # fmt: skip
        if not stays:
            if not was_listed:
                # the record holds no addition: it was listed before, and no longer is
                self.steps.append(replace(step, kind="found", day=None, basis="left_censored"))
            self.ended = max(last_removal(ordered), self.begun or date.min)
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
        cited = self.documents.of(day, citation)
        document = cited[0] if len(cited) == 1 else {}
        url: str = document.get("url") or CITED + citation.replace(" ", "-")
        rule = {"document_number": document.get("document_number"), "citation": citation, "url": url, "announced_date": None,
                "reason": None, "country_id": None, "action": "cited", "publication_date": day, "effective_date": effective,
                "effective_basis": None if self.documents.stated(day, citation) is None else "document"}  # fmt: skip
        citations = tuple(dict.fromkeys([*(self.state.citations if self.is_listed else ()), citation]))
        span = next(s for s in self.listing.spans if any(d == day for d, _ in s.content.cited))
        # a text of that day that cites it shows that it was out
        published_at = min(last_instant(day), self.texts[span.first].at)
        state = self._as_read(replace(self.state, citations=citations, url=url), published_at)
        step = Step("modified", published_at, effective, None, "federal_register", state,
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
        step = Step("added", text.at, text.day, since, "snapshot_diff", state, text.snapshot_id, row=span.content.row)
        if span.content.listed_on is not None and ended is None:
            step = replace(step, day=span.content.listed_on, earliest=None, basis="source_field")
        elif since is None:
            step = replace(step, kind="found", day=None, basis="left_censored")
        self.begun = step.day
        self.steps.append(step)
        self.is_listed, self.state = True, state

    def _reads_otherwise(self, before: Span, after: Span) -> None:
        """A change of an entry without a dated citation: seen by comparing two texts of one format."""
        text = self.texts[after.first]
        if not self.is_listed or before.content.format != after.content.format or after.content.amended(text) is not None:
            return
        self.state = self._as_read(self.state, text.at)
        since = self.texts[before.last].day
        step = Step("modified", text.at, text.day, since, "snapshot_diff", self.state, text.snapshot_id, row=after.content.row)
        self.steps.append(step)

    def _is_gone(self, last: int) -> None:
        text, before = self.texts[last + 1], self.texts[last]
        removals = [r for rules in self.listing.rules.values() for r in rules if r["action"] == "remove"]
        is_ordered = any(before.day - LONG <= r["effective_date"] <= text.day + LONG for r in removals)
        if self.is_listed and not is_ordered:
            self.ended = max(text.day, self.begun or date.min)
            self.steps.append(Step("removed", text.at, self.ended, before.day, "snapshot_diff", self.state, text.snapshot_id))
            self.is_listed = False

    def _as_read(self, state: State, moment: datetime) -> State:
        """The state with what texts say of the entry as of ``moment``; before any of that, its name and destination."""
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

    def _in_order(self) -> list[Step]:
        """Steps whose known moments never go back: what a text of the past shows late was known once later facts implied it."""
        ordered: list[Step] = []
        limit: datetime | None = None
        for step in reversed(self.steps):
            if limit is not None and step.known_at > limit:
                step = replace(step, known_at=limit)
            limit = step.known_at - INSTANT if step.kind in ("added", "found") else step.known_at
            if not ordered or (step.kind, step.known_at) != (ordered[-1].kind, ordered[-1].known_at):
                # of several changes known from one moment on the last one replaces the others
                ordered.append(step)
        return ordered[::-1]
