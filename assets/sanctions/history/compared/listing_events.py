"""The log of sanction events of a list while its snapshots are folded."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

import polars as pl

from assets.sanctions.facts.lists import authority_of
from assets.sanctions.history.compared.records import COMPARED, Moment
from assets.sanctions.history.versioned_rows import Row, event_id, frame_of


class ListingEvents:
    """Events that may still be retracted, and final ones (``closed``)."""

    def __init__(self, list_id: str, rows: pl.DataFrame) -> None:
        self._list_id, self._authority = list_id, authority_of(list_id)
        self._open: list[Row] = rows.to_dicts()
        self.closed: list[Row] = []

    def record(
        self,
        listing: Row,
        kind: str,
        moment: Moment,
        country_id: str | None,
        detail: str | None = None,
        *,
        when: tuple[date, date | None] | None = None,
        known_at: datetime | None = None,
        program: str | None = None,
        cites: bool = False,
    ) -> Row:
        """Note an event; returns its row.

        Args:
            listing: the listing that it is about, as it now reads.
            kind: added, removed, modified, ...
            moment: when it was seen.
            country_id: at which the measure is directed.
            detail: in words.
            when: its day and the lower bound of that; by default those of comparing snapshots.
            known_at: since when it is known; by default since it was seen.
            program: where there is one event per program.
            cites: the citation of the listing is that of the event.
        """
        known_at = moment.known_at if known_at is None else known_at
        day, earliest = (moment.day, moment.since) if when is None else when
        if moment.basis != COMPARED and known_at == moment.known_at:
            # the day is stated, and no bound of a comparison
            earliest = None
        row = {
            "event_id": event_id(listing["listing_id"], kind, known_at, program),
            "event_date": day,
            "event_date_earliest": earliest,
            "kind": kind,
            "listing_id": listing["listing_id"],
            "list_id": self._list_id,
            "authority_id": self._authority,
            "country_id": country_id,
            "name": listing["name"],
            "detail": detail,
            "citation": listing["citation"] if cites else None,
            "url": listing["url"],
            "known_at": known_at,
            "snapshot_id": moment.snapshot_id,
        }
        self._open.append(row)
        return row

    def record_status(
        self,
        listing: Row,
        status: Row,
        kind: str,
        moment: Moment,
        country_id: str | None,
        *,
        when: tuple[date, date | None],
        known_at: datetime,
    ) -> None:
        """Note that a listing was suspended or resumed, as its row of core.sanction_statuses says."""
        row = self.record(listing, kind, moment, country_id, when=when, known_at=known_at)
        # several suspensions of a listing may become known at once
        row["event_id"] = event_id(listing["listing_id"], kind, known_at, status["valid_from"].isoformat())
        row["citation"] = status["citation"]
        row["url"] = row["url"] if status["url"] is None else status["url"]

    def ends(self) -> set[tuple[str, str, date]]:
        """The events that may still be retracted, as kind, listing_id and day."""
        return {(e["kind"], e["listing_id"], e["event_date"]) for e in self._open}

    def retract(self, kind: str, listing_id: str, day: date | None) -> None:
        """Retract the event of an end that turns out to lie elsewhere."""
        what = (kind, listing_id, day)
        self._open = [e for e in self._open if (e["kind"], e["listing_id"], e["event_date"]) != what]

    def retract_all(self, listing_id: str) -> None:
        """Retract every event of a listing that a record withdrew."""
        self._open = [e for e in self._open if e["listing_id"] != listing_id]

    def retract_removal(self, listing: Row) -> None:
        """Retract the event that removed a listing which another id turns out to go on."""
        removal = event_id(listing["listing_id"], "removed", listing["known_from"])
        self._open = [e for e in self._open if e["event_id"] != removal]

    def retract_edits(self, listing_ids: Collection[str], known_at: datetime, columns: Collection[str]) -> None:
        """Retract what was noted at a moment as edits of these listings, as far as it is about these columns and details."""
        kept = []
        for event in self._open:
            if event["kind"] == "modified" and event["known_at"] == known_at and event["listing_id"] in listing_ids:
                rest = [part for part in (event["detail"] or "").split("; ") if part not in columns]
                if not rest:
                    continue
                event = event | {"detail": "; ".join(rest)}
            kept.append(event)
        self._open = kept

    def close_until(self, last: date, movable: Collection[tuple[str, str, date]]) -> None:
        """Make the events up to the day ``last`` final, except those of ends (kind, listing_id, day) that may move."""
        stay: list[Row] = []
        for e in self._open:
            is_open = e["event_date"] > last or (e["kind"], e["listing_id"], e["event_date"]) in movable
            (stay if is_open else self.closed).append(e)
        self._open = stay

    def open_rows(self) -> pl.DataFrame:
        """Rows of core.sanction_events that may still be retracted."""
        return frame_of("sanction_events", self._open)
