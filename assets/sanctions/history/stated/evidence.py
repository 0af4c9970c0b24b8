"""The evidence on a list whose history is stated: rules, what is known of documents, and texts, as they arrived.

It is kept between folds in frames: ``record`` (the newest record of rules), ``documents``, ``actions`` (changes that
documents order), ``texts`` (the list as of a day), ``repeats`` (when a text was served again) and ``contents`` (an
entry that reads the same in many texts, once, with a bit for each text in hexadecimal digits).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import groupby
from typing import Any

import polars as pl

from assets.contracts import History, StagedSnapshot
from assets.days import last_instant
from assets.sanctions.history.versioned_rows import Row, day_of_snapshot

LAG = timedelta(days=7)
"""eCFR is brought up to date within some days; a text may still lack what a rule of the week before added."""
_DOCUMENT_COLUMNS = ("effective_date", "document_number", "citation", "url", "title", "start_page", "end_page")


@dataclass(frozen=True)
class Text:
    """The list as of ``day``, retrieved at ``at``."""

    day: date
    at: datetime
    snapshot_id: str


@dataclass(frozen=True)
class Content:
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

    def known(self, text: Text) -> datetime:
        """Since when it reads so: the end of the day of its last amendment before the text, or the text where that is earlier."""
        amended = self.amended(text)
        return text.at if amended is None else min(last_instant(amended), text.at)

    def amended(self, text: Text) -> date | None:
        """The day of its last amendment before the text; None where no citation has a day."""
        return max((day for day, _ in self.cited if day is not None and day <= text.day + LAG), default=None)


class Evidence:
    """All evidence on a list so far.

    ``until``: the last day of which anything is known. ``record``: the newest record of rules. ``actions``: changes by the
    document that orders them.
    """

    def __init__(self, history: History) -> None:
        until = history.notes.get("until")
        self.until = None if until is None else date.fromisoformat(until)
        self.record = _rows(history, "record")
        self._documents: dict[str, Row] = {r["document_number"]: r for r in _rows(history, "documents")}
        self.actions: dict[str, list[Row]] = defaultdict(list)
        for row in _rows(history, "actions"):
            self.actions[row["document_number"]].append(row)
        self._texts = _rows(history, "texts")
        self._repeats = _rows(history, "repeats")
        self._is_text = bool(history.notes.get("is_text", False))
        self._contents: dict[str, tuple[int, int]] = {
            r["entry"]: (int(r["texts"], 16), r["row"]) for r in _rows(history, "contents")
        }

    def kept(self) -> dict[str, pl.DataFrame]:
        """The evidence as the fold keeps it, in frames."""
        contents = [{"entry": k, "row": row, "texts": f"{mask:x}"} for k, (mask, row) in sorted(self._contents.items())]
        rows = {
            "record": self.record,
            "documents": [self._documents[number] for number in sorted(self._documents)],
            "actions": [row for number in sorted(self.actions) for row in self.actions[number]],
            "texts": self._texts,
            "repeats": self._repeats,
            "contents": contents,
        }
        return {name: pl.DataFrame(held, infer_schema_length=None) for name, held in rows.items() if held}

    def notes(self) -> dict[str, Any]:
        """What else is remembered between folds."""
        return {"until": None if self.until is None else self.until.isoformat(), "is_text": self._is_text}

    def add(self, snapshot: StagedSnapshot, zone: str) -> None:
        """Add what a snapshot holds. A repeat of one says that nothing changed up to its day."""
        frames = snapshot.frames
        day = day_of_snapshot(snapshot, zone)
        self._cover(day)
        if snapshot.is_repeat:
            if self._is_text:
                self._repeats.append({"day": day, "at": snapshot.retrieved_at, "snapshot_id": snapshot.snapshot_id})
            return
        self._is_text = "entries" in frames
        is_mine = {"snapshot_id": snapshot.snapshot_id}
        if "rules" in frames:
            self.record = [row | is_mine for row in frames["rules"].iter_rows(named=True)]
        if "documents" in frames:
            for row in frames["documents"].iter_rows(named=True):
                stated = {k: v for k, v in row.items() if v is not None}
                self._documents[row["document_number"]] = self._documents.get(row["document_number"], {}) | stated
        if "actions" in frames:
            for number, rows in groupby(frames["actions"].iter_rows(named=True), key=lambda r: r["document_number"]):
                self.actions[number] = [row | is_mine for row in rows]
        if "entries" in frames:
            for (file, form, text_date), entries in frames["entries"].group_by(
                "file", "format", "text_date", maintain_order=True
            ):
                # a text is never younger than the moment at which it was retrieved
                text_day = min(text_date if isinstance(text_date, date) else day, snapshot.retrieved_at.date())
                self._cover(text_day)
                self._add_text(text_day, str(form), snapshot, str(file), entries)

    def _cover(self, day: date) -> None:
        self.until = day if self.until is None else max(self.until, day)

    def _add_text(self, day: date, form: str, snapshot: StagedSnapshot, file: str, rows: pl.DataFrame) -> None:
        bit = 1 << len(self._texts)
        text = {
            "day": day,
            "format": form,
            "retrieved_at": snapshot.retrieved_at,
            "snapshot_id": snapshot.snapshot_id,
            "file": file,
        }
        self._texts.append(text)
        keys = rows.drop("row", "file", "text_date", "destination").write_ndjson().splitlines()
        for key, row in zip(keys, rows["row"], strict=True):
            mask, first = self._contents.get(key, (0, row))
            self._contents[key] = mask | bit, first

    def documents(self) -> Documents:
        """What is known of the rules as documents."""
        return Documents(self._documents.values(), self.record)

    @cached_property
    def texts(self) -> list[tuple[Text, int]]:
        """Texts in order of their days, each with its bit; of one day the publisher's own, else the last retrieved."""
        best: dict[date, tuple[bool, datetime, int]] = {}
        for number, text in enumerate(self._texts):
            mine = (text["format"] == "ecfr", text["retrieved_at"], number)
            best[text["day"]] = max(best.get(text["day"], mine), mine)
        found = []
        for day, (_, at, number) in sorted(best.items()):
            found.append((Text(day, at, self._texts[number]["snapshot_id"]), 1 << number))
        return found

    def seen_whole(self) -> list[Text]:
        """When the whole list was seen: texts, and the days on which the newest one was served again, as they arrived."""
        seen = [text for text, _ in self.texts] + [Text(**repeat) for repeat in self._repeats]
        return sorted(seen, key=lambda text: (text.at, text.day))

    def contents(self) -> list[tuple[int, str, int]]:
        """Entries that read the same: the bits of the texts that hold them, the entry for ``read_content``, and its row."""
        return [(mask, entry, row) for entry, (mask, row) in self._contents.items()]


def _rows(history: History, name: str) -> list[Row]:
    frame = history.kept(name)
    return [] if frame is None else frame.to_dicts()


def read_content(text: str, row: int) -> Content:
    """An entry out of ``Evidence.contents``."""
    found = json.loads(text)
    kinds = ("license_requirement", "license_policy", "reason", "affiliates")
    days = [None if d is None else date.fromisoformat(d) for d in found["cited"]]
    return Content(
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


class Documents:
    """What is known of the rules as documents, by day of publication. Joined by day, never by the page of a rule."""

    def __init__(self, documents: Iterable[Row], rules: Iterable[Row]) -> None:
        self.by_day: dict[date, dict[Any, Row]] = defaultdict(dict)
        for row in [*rules, *documents]:
            if row.get("publication_date") is not None:
                number = row.get("document_number") or row.get("citation")
                known_so_far = self.by_day[row["publication_date"]].get(number, {})
                stated = {k: row.get(k) for k in _DOCUMENT_COLUMNS}
                self.by_day[row["publication_date"]][number] = known_so_far | {k: v for k, v in stated.items() if v is not None}

    def of(self, day: date, citation: str) -> list[Row]:
        """Documents of a day that may be the one cited: those about the Entity List, and whose pages hold the cited one."""
        found = list(self.by_day.get(day, {}).values())
        about = [d for d in found if "entity list" in d.get("title", "entity list").casefold()] or found
        page = int(citation.rpartition(" ")[2])
        return [d for d in about if d.get("start_page", page + 1) <= page <= d.get("end_page", page)] or about

    def completed(self, action: Row) -> Row:
        """A change that a document orders, with what only another file says of it; effective when published where none says.

        ``effective_basis``: rule or document, by which of the two states the day; None where neither does.
        """
        document = self.by_day.get(action["publication_date"], {}).get(action["document_number"], {})
        stated = {c: action[c] or document.get(c) for c in ("citation", "url", "effective_date")}
        basis = "rule" if action["effective_date"] is not None else "document" if stated["effective_date"] is not None else None
        effective = stated["effective_date"] or action["publication_date"]
        return action | stated | {"effective_date": effective, "effective_basis": basis}

    def stated(self, day: date, citation: str) -> date | None:
        """The day on which the cited rule took effect; None where the documents of its day state none or disagree."""
        days = {d["effective_date"] for d in self.of(day, citation) if d.get("effective_date") is not None}
        return days.pop() if len(days) == 1 else None

    def effective(self, day: date, citation: str) -> date:
        """The day on which the cited rule took effect, where that is stated; else its publication."""
        return self.stated(day, citation) or day
