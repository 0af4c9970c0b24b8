"""China's measures on foreign parties: two transcriptions of official notices, brought to one shape.

``stage_countermeasures`` reads the CSV that OpenSanctions keeps from notices of the Ministry of Foreign Affairs, the Ministry
of Commerce and the Taiwan Affairs Office. ``stage_mofcom`` reads a JSON record of the Ministry of Commerce's three lists.

A firm may stand under several measures: each is a listing of its own. The lasting id is made of the program (the body where
the notice names no list), the day and the name (``UEL:2025-04-04:skydio-inc``); rows that repeat all three, such as the
decision and its announcement in English, are one listing. The day of a listing is that of its notice, in Beijing; notices are
published on that day. Where the files know no country of a party, ``notices.csv`` says at whose parties a notice is directed.

Neither file mentions suspensions: ``suspensions.csv`` holds them by program and day of the listing, with the notice.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from assets.actors.registry import code_map
from assets.contracts import Judgement, RowGuard, Staged, StagedInfo, judge_rows
from assets.errors import Quarantine
from assets.reading.bytes import read_text
from assets.reading.json import read_json
from assets.reading.tables import cells_by_name, header_of
from assets.sanctions.reading.countries import country_of
from assets.sanctions.reading.gather import Gatherer, warnings_of
from assets.sanctions.reading.names import slug_as_written
from assets.sanctions.reading.one_list import KEPT, one_file

HERE = Path(__file__).parent
FACTS = ("notices.csv", "suspensions.csv")
PROGRAMS = {
    "uel": "UEL",
    "unreliable entity list": "UEL",
    "cn-unreliable-entity-list": "UEL",
    "list of export controls": "EXPORT-CONTROL",
    "cn-export-control-watchlist": "EXPORT-CONTROL",
    "export control watch list": "WATCH-LIST",
    "cn-attention-list": "WATCH-LIST",
    "afsl": "AFSL",
    "list of targets of countermeasures": "COUNTERMEASURES",
    "decision on countermeasures against u.s. military-industry enterprises": "MILITARY-INDUSTRY",
    "decision on countermeasures against u.s. military-industry enterprises and senior managers": "MILITARY-INDUSTRY",
    'diehard "taiwan independence" separatists': "TAIWAN-DIEHARDS",
    'henchmen and accomplices of "taiwan independence"': "TAIWAN-HENCHMEN",
}
"""Program by the name of a list in small letters. ``cn-export-control-watchlist`` is, in spite of its name, the control list.

UEL: Unreliable Entity List. EXPORT-CONTROL: export control list (no dual-use items). WATCH-LIST: export control watch list (no
general licences). AFSL: measures under the Anti-Foreign Sanctions Law. COUNTERMEASURES: list of targets of countermeasures.
MILITARY-INDUSTRY: decisions against US military firms and their managers. TAIWAN-...: lists of the Taiwan Affairs Office.
"""
BODIES = {
    "ministry of foreign affairs": "MFA",
    "ministry of commerce": "MOFCOM",
    "taiwan affairs office of the state council": "TAO",
    "taiwan work office of the cpc central committee": "TAO",
}
COLUMNS = ("type", "name", "country", "body", "list", "date", "end_date", "source_url")
"""Columns that give a row its meaning."""
BESIDES = {"alias": "names", "chinese_name": "names", "address": "addresses", "summary": "notes"}
"""Columns that a vintage may lack, with the detail of which it then says nothing (Address came on 2026-06-29)."""
PARTY_TYPES = {"person": "person", "company": "entity", "organization": "entity", "vessel": "vessel", "airplane": "aircraft"}
"""Party type by the file's Type, in small letters; ``aircraft`` and ``ship`` are not used there."""
EARLIEST = date(2019, 12, 2)
"""Day of the first measure on record; an earlier one is a slip (``13.07.20`` is not the year 20)."""
DAY_FORMATS = ("%d.%m.%Y", "%d.%m.%y", "%Y-%m-%d")
SPEAKS_OF = ("names", "countries", "identifiers", "addresses", "notes", "statuses")


def stage_countermeasures(files: Mapping[str, bytes]) -> Staged:
    """Read OpenSanctions' CSV.

    Args:
        files: the file, by any name.

    Returns:
        Frames of ``shape``. ``n_read`` counts rows. Facts: ``n_two_digit_years``, ``n_undated``, ``n_repeated`` (rows that say
        what an earlier one says), ``n_without_country``, ``unknown_countries``, ``programs`` (listings by program),
        ``new_lists`` (names of lists without a program of ours).

    Raises:
        Quarantine: not one file, empty, HTML, another layout, or cut.
    """
    name, data = one_file(files, "Chinese countermeasures")
    text = read_text(name, data, KEPT, errors="replace")
    measures = _Measures(name)
    rows, bad, measures.n_read = cells_by_name(name, text, COLUMNS, KEPT, BESIDES)
    measures.reject_rows(bad)
    absent = [column for column in BESIDES if column not in header_of(name, text, KEPT)]
    for number, row in rows:
        listed, ends = (measures.day_of(number, column, row[column]) for column in ("date", "end_date"))
        party_type = PARTY_TYPES.get(row["type"].casefold())
        party = row["name"] or row["chinese_name"]
        if party_type is None or not slug_as_written(party):
            column = "type" if party_type is None else "name"
            reason = f"must be one of {', '.join(PARTY_TYPES)}" if party_type is None else "the name is empty"
            measures.reject_illegible(number, column, row[column], reason)
            continue
        program = measures.program(row["list"])
        body = BODIES.get(row["body"].casefold(), slug_as_written(row["body"]).upper() or "BODY-NOT-STATED")
        title = row["summary"] if party_type == "person" else ""
        native_id = measures.listing(number, program, body, listed, ends, party, party_type, row["source_url"], title)
        for alias in filter(slug_as_written, (a.strip() for a in (*row["alias"].split(";"), row["chinese_name"]))):
            measures.name(native_id, alias if alias != party else None)
        country = measures.country_of_party(native_id, program, listed, row["country"])
        measures.identifier(native_id, "wikidata", row.get("qid"))
        measures.address_line(native_id, row["address"], country, row["country"] or None)
        for kind in ("summary", "chinese_summary"):
            if not (kind == "summary" and party_type == "person"):
                measures.note(native_id, "summary", row.get(kind))
        measures.note(native_id, "body", row["body"])
    for column in absent:
        measures.rows.pop(BESIDES[column], None)
    n_short = sum(re.fullmatch(r"\d\d?\.\d\d?\.\d\d", row["date"]) is not None for _, row in rows)
    return measures.finished(n_two_digit_years=n_short)


def stage_mofcom(files: Mapping[str, bytes]) -> Staged:
    """Read the JSON record of the Ministry of Commerce's lists: objects with list_id, entity_name, date_added, aliases, ...

    The file's ``country`` is that of the authority and says nothing of the party. Returns and raises as
    ``stage_countermeasures``.
    """
    name, data = one_file(files, "Ministry of Commerce's lists")
    content = read_json(name, read_text(name, data, KEPT, errors="replace"), KEPT)
    records = content.get("results", content.get("entities")) if isinstance(content, dict) else content
    if not isinstance(records, list) or not any(isinstance(r, dict) and r.get("entity_name") for r in records):
        raise Quarantine(f"{name} is JSON without records that have an entity_name: another layout, or not the lists. {KEPT}")
    measures = _Measures(name)
    measures.n_read = len(records)
    for number, record in enumerate(records, 1):
        if not isinstance(record, dict):
            measures.reject_illegible(number, None, str(record), "not a record")
            continue
        party, list_id, url = (_word(record.get(k)) for k in ("entity_name", "list_id", "source_url"))
        if not slug_as_written(party) or not list_id:
            column = "list_id" if slug_as_written(party) else "entity_name"
            measures.reject_illegible(number, column, _word(record.get(column)), "must be given")
            continue
        listed = measures.day_of(number, "date_added", _word(record.get("date_added")))
        program = measures.program(list_id)
        is_person = _word(record.get("entity_type")).casefold() in ("person", "individual")
        native_id = measures.listing(number, program, "MOFCOM", listed, None, party, "person" if is_person else "entity", url, "")
        for alias in filter(slug_as_written, _words(record.get("aliases"))):
            measures.name(native_id, alias if alias != party else None)
        addresses = _words(record.get("addresses"))
        country = measures.country_of_party(native_id, program, listed, next((c for a in addresses if (c := _country_in(a))), ""))
        for address in addresses:
            measures.address_line(native_id, address, country_of(_country_in(address)) or country)
        measures.note(native_id, "record", _word(record.get("id")))
    return measures.finished()


def judge(info: StagedInfo, baseline: StagedInfo | None, guard: RowGuard) -> Judgement:
    """Judge a file by its rows, and warn of what in it is unknown."""
    facts = info.facts
    warnings = warnings_of(info)
    if facts["new_lists"]:
        warnings.append(
            f"lists that have no program of ours: {', '.join(facts['new_lists'])}; kept under a code made of the name"
        )
    if facts["n_undated"]:
        warnings.append(f"{facts['n_undated']:,} listings have no readable day: their start is unknown")
    return judge_rows(info, baseline, guard) + Judgement(warnings=tuple(warnings))


@cache
def suspensions() -> pl.DataFrame:
    """Rows of suspensions.csv: program, listed_on, valid_from, valid_to (half-open), announced_on, citation, url."""
    return pl.read_csv(HERE / "suspensions.csv", try_parse_dates=True)


@cache
def target_countries() -> dict[tuple[str, date], str]:
    """Country at whose parties a notice is directed, by program and day; only notices whose parties are all of one country."""
    rows = pl.read_csv(HERE / "notices.csv", try_parse_dates=True)
    return {(program, day): country for program, day, country in rows.select("program", "listed_on", "country_id").iter_rows()}


class _Measures(Gatherer):
    """The listings of one file while it is read."""

    def __init__(self, file: str) -> None:
        super().__init__(file, SPEAKS_OF, ids="name")
        self.new_lists: dict[str, None] = {}
        self.with_country: set[str] = set()

    def day_of(self, number: int, column: str, text: str) -> date | None:
        """A day of the file; one before the first measure is a slip."""
        return self.day(number, column, text, DAY_FORMATS, f"DD.MM.YYYY from {EARLIEST} on", earliest=EARLIEST)

    def program(self, list_name: str) -> str | None:
        """Code of a list; None where the notice names none."""
        known = PROGRAMS.get(" ".join(list_name.casefold().split()))
        if known is None and slug_as_written(list_name):
            self.new_lists[list_name] = None
            return slug_as_written(list_name).upper()[:60]
        return known

    def listing(
        self, number: int, program: str | None, body: str, listed: date | None, ends: date | None, party: str, party_type: str,
        url: str, title: str,
    ) -> str:  # fmt: skip
        """The listing of a row: a new one, or the one that an earlier row stated. Returns its id."""
        native_id = f"{program or body}:{'undated' if listed is None else listed.isoformat()}:{slug_as_written(party)}"
        # an end before the beginning is a slip: the listing is kept without an end
        until = None if ends is None or (listed is not None and ends < listed) else ends
        columns: dict[str, Any] = {
            "title": title or None,
            "programs": program,
            "listed_on": listed,
            "listed_on_basis": None if listed is None else "official_notice",
            "published_on": listed,
            "ends_on": until,
            "ends_on_basis": None if until is None else "official_notice",
            "citation": None,
            "url": url or None,
        }
        known = self.party(native_id, party, party_type, row=number, **columns)
        if known is not None and known["row"] != number:
            if url != known["url"]:
                self.note(native_id, "notice", url)
            known["ends_on"] = known["ends_on"] or until
            known["ends_on_basis"] = None if known["ends_on"] is None else "official_notice"
            known["title"] = known["title"] or title or None
            return native_id
        if program is not None and listed is not None:
            held = suspensions().filter(pl.col("program") == program, pl.col("listed_on") == listed)
            for start, end, citation, page in held.select("valid_from", "valid_to", "citation", "url").iter_rows():
                self.rows["statuses"].append((native_id, "suspended", start, end, citation, page))
        return native_id

    def country_of_party(self, native_id: str, program: str | None, listed: date | None, text: str) -> str | None:
        """Country of a party as the file states it, else that at whose parties its notice is directed."""
        country = self.country(text)
        if country is None and not text and program is not None and listed is not None:
            country = target_countries().get((program, listed))
        if country is not None:
            self.with_country.add(native_id)
            self.stated_country(native_id, country, "list_destination")
        return country

    def finished(self, **facts: Any) -> Staged:
        """The snapshot in the shape of the domain, with the facts of both files."""
        listings = self.parties.values()
        return self.staged(
            n_undated=sum(listing["listed_on"] is None for listing in listings),
            n_repeated=self.n_joined,
            n_without_country=len(self.parties.keys() - self.with_country),
            programs=dict(sorted(Counter(listing["programs"] or "" for listing in listings).items())),
            new_lists=list(self.new_lists),
            **facts,
        )


def _word(value: Any) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


def _words(value: Any) -> list[str]:
    return [w for w in map(_word, value) if w] if isinstance(value, list) else []


def _country_in(address: str) -> str:
    """The country that an address names, at its beginning in Chinese or in its last part in English; empty where neither."""
    for chinese, code in (("日本", "JP"), ("美国", "US"), ("加拿大", "CA"), ("中国台湾", "TW")):
        if address.startswith(chinese):
            return code
    last = re.sub(r"（[^）]*）|\([^)]*\)", "", address).split(",")[-1].strip()
    return last if last.casefold() in code_map("country_name") else ""


READERS = {"cn_countermeasures": (stage_countermeasures, judge), "cn_mofcom": (stage_mofcom, judge)}
"""By source: how its bytes are read, and how a snapshot is judged."""
