"""SDN_ADVANCED.XML and CONS_ADVANCED.XML: from eight sections that refer to each other by number to the staged shape.

Words stand in ReferenceValueSets, addresses in Locations, documents in IDRegDocuments, parties in DistinctParties, links in
ProfileRelationships. The day of listing is the Date of the EntryEvent of the party's SanctionsEntry, programs are the comments
of its measures. What refers to numbers is kept small until all sections are read, whatever their order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from assets.contracts import Staged
from assets.errors import Quarantine
from assets.reading.xml import Element, XmlFile, children, clean, text_of
from assets.sanctions.lists.us_ofac.vocabulary import (
    COLUMN_OF,
    COUNTRY_BASES,
    DETAILS,
    PARTY_TYPES,
    SDN_LIST,
    alias_kind,
    labelled,
    last_first,
    linked_to,
    native_id_of,
    read_address,
    read_identifier,
    read_statement,
    span,
)
from assets.sanctions.reading.countries import country_at_the_end
from assets.sanctions.reading.dates import PartialDate, iso_date, written_date
from assets.sanctions.reading.gather import Gatherer
from assets.sanctions.reading.names import snake
from assets.sanctions.reading.one_list import KEPT

_SOLID_SCRIPTS = ("hans", "hant", "jpan", "japanese", "kore", "korean")
"""Scripts that write the parts of a name without a blank between them. ScriptCode is ISO 15924 for some, a word for others."""
_UNDETERMINED = "undetermined"
"""The country of a location of which nothing is known."""


@dataclass
class _References:
    """Words by the name of their element and their number; and the types of parties by the number of their subtype."""

    words: dict[tuple[str, str], str] = field(default_factory=dict)
    party_types: dict[str, str] = field(default_factory=dict)
    scripts: dict[str, str] = field(default_factory=dict)

    def take(self, sets: Element) -> None:
        for element in sets.iter("{*}*"):
            number = element.get("ID")
            if number is None:
                continue
            kind = str(element.tag).rpartition("}")[2]
            word, description = clean(element.text), clean(element.get("Description"))
            if kind == "AreaCode":
                # its text is a code of two letters, and empty where there is none
                word, description = description, word
            word = word or description
            if word is not None:
                self.words[kind, number] = word
            if kind == "PartySubType":
                self.party_types[number] = element.get("PartyTypeID") or ""
            if kind == "Script":
                self.scripts[number] = (element.get("ScriptCode") or "").casefold()

    def word(self, kind: str, number: str | None) -> str | None:
        return None if number is None else self.words.get((kind, number))

    def party_type(self, subtype: str | None) -> str | None:
        """Vessel and Aircraft are subtypes; a subtype Unknown is of its type, Individual or Entity."""
        own = PARTY_TYPES.get((self.word("PartySubType", subtype) or "").casefold())
        if own is not None or subtype is None:
            return own
        return PARTY_TYPES.get((self.word("PartyType", self.party_types.get(subtype)) or "").casefold())


@dataclass
class _Party:
    """A party as read: numbers are turned into words when all sections are known."""

    native_id: str | None
    subtype: str | None
    identities: list[str]
    names: list[tuple[bool, str | None, bool, list[tuple[bool, str | None, list[tuple[str | None, str]]]]]]
    features: list[tuple[str | None, str | None, str | None, str | None, PartialDate | None, str | None]]
    comment: str | None


_Entry = tuple[str | None, list[date], list[str], list[str], list[str]]
"""Number of the list, days of the events, comments of the measures, numbers of their types, numbers of the legal bases."""
_Location = tuple[str | None, str | None, tuple[tuple[str | None, str], ...]]
"""Number of the country, number of the area, and parts: number of the kind, text."""


def read_advanced(list_id: str, xml: XmlFile) -> Staged:
    """Read SDN_ADVANCED.XML, whatever the order of its sections. Facts beyond ``Gatherer.staged``: ``n_unlinked``.

    Raises:
        Quarantine: besides what ``XmlFile`` raises, there are no reference values.
    """
    return _Sections(list_id, xml).staged()


LEFT = (
    "IdentityReference", "DocumentedNameReference", "FeatureVersionReference", "IDRegDocumentReference",
    "SanctionsMeasure/DatePeriod", "LocationPartValue/Comment",
)  # fmt: skip
"""Elements that refer back; days of measures, which are those of the events of their entry; comments on spellings."""


class _Sections:
    """What was read of the sections so far."""

    def __init__(self, list_id: str, xml: XmlFile) -> None:
        self.list_id, self.xml = list_id, xml
        self.found = Gatherer(xml.file, DETAILS)
        self.references = _References()
        self.published: date | None = None
        self.locations: dict[str, _Location] = {}
        self.documents: list[tuple[str | None, str, str | None, str | None, str | None]] = []
        self.early: list[_Party] = []
        """Parties that stood before the sections they refer to."""
        self.owners: dict[str, str] = {}
        """Party by the number of its identity."""
        self.relations: list[tuple[str, str, str | None, str | None]] = []
        self.entries: dict[str, list[_Entry]] = {}

    def staged(self) -> Staged:
        """Read all sections."""
        take = {
            "DateOfIssue": self._issued,
            "ReferenceValueSets": self.references.take,
            "Location": self._location,
            "IDRegDocument": self._document,
            "DistinctParty": self._party,
            "ProfileRelationship": self._relation,
            "SanctionsEntry": self._entry,
        }
        for kind, record in self.xml.records(*take):
            take[kind](record)
        if not self.references.words:
            raise Quarantine(f"{self.xml.file} has no ReferenceValueSets, so that its numbers mean nothing. {KEPT}")
        for party in self.early:
            self._take(party)
        self._add_entries()
        for owner, number, doc_type, country, note in self.documents:
            native_id = self.owners.get(owner or "")
            label = self.references.word("IDRegDocType", doc_type) or "document"
            if native_id is not None:
                country_id = self.found.country(self.references.word("Country", country))
                read_identifier(self.found, native_id, label, number, country_id, note)
        parties, n_unlinked = self.found.parties, 0
        for start, end, relation, comment in self.relations:
            if start in parties and end in parties:
                label = self.references.word("RelationType", relation) or comment or "linked_to"
                self.found.link(start, snake(label), parties[end]["name"], f"{self.list_id}:{end}")
            else:
                n_unlinked += 1
        return self.found.staged(self.published, n_unlinked=n_unlinked, unread_elements=self.xml.unread(*LEFT))

    def _issued(self, record: Element) -> None:
        self.published = _day_of(record)

    def _location(self, record: Element) -> None:
        self.locations[record.get("ID") or ""] = _location(record)

    def _document(self, record: Element) -> None:
        number = text_of(record, "IDRegistrationNo")
        if number is not None:
            owner, country = record.get("IdentityID"), record.get("IssuedBy-CountryID")
            self.documents.append((owner, number, record.get("IDRegDocTypeID"), country, _document_note(record)))

    def _party(self, record: Element) -> None:
        party = _party(record)
        if self.references.words and self.locations:
            self._take(party)
        else:
            self.early.append(party)

    def _relation(self, record: Element) -> None:
        start, end = record.get("From-ProfileID"), record.get("To-ProfileID")
        if start is not None and end is not None:
            self.relations.append((start, end, record.get("RelationTypeID"), text_of(record, "Comment")))

    def _entry(self, record: Element) -> None:
        self.entries.setdefault(record.get("ProfileID") or "", []).append(_entry(record))

    def _take(self, party: _Party) -> None:
        if _read_party(self.found, party, self.references, self.locations):
            self.owners |= dict.fromkeys(party.identities, str(party.native_id))

    def _add_entries(self) -> None:
        """Give the parties what their entries say: the day of listing, programs, further measures, legal bases."""
        for native_id, columns in self.found.parties.items():
            listed_on, programs, measures, bases = _chosen(self.list_id, self.entries.pop(native_id, []), self.references)
            columns["programs"] = "] [".join(programs) or None
            if listed_on is not None:
                columns |= {"listed_on": listed_on, "listed_on_basis": "source_field"}
            for kind, texts in (("measure", measures), ("legal_basis", bases)):
                for text in texts:
                    self.found.note(native_id, kind, text)


def _party(record: Element) -> _Party:
    profile = next(children(record, "Profile"), None)
    subtype = None if profile is None else profile.get("PartySubTypeID")
    identities, names = [], []
    kinds: dict[str, str | None] = {}
    for identity in () if profile is None else children(profile, "Identity"):
        identities.append(identity.get("ID") or "")
        for group in children(identity, "NamePartGroups", "MasterNamePartGroup", "NamePartGroup"):
            kinds[group.get("ID") or ""] = group.get("NamePartTypeID")
        for alias in children(identity, "Alias"):
            written = []
            for documented in children(alias, "DocumentedName"):
                values = list(children(documented, "DocumentedNamePart", "NamePartValue"))
                parts = [
                    (kinds.get(v.get("NamePartGroupID") or "", v.get("NamePartGroupID")), t)
                    for v in values
                    if (t := clean(v.text))
                ]
                script = values[0].get("ScriptID") if values else None
                written.append((documented.get("DocNameStatusID") == "1", script, parts))
            names.append((alias.get("Primary") == "true", alias.get("AliasTypeID"), alias.get("LowQuality") == "true", written))
    # the groups stand after the aliases
    names = [
        (
            primary,
            kind,
            weak,
            [(first, script, [(kinds.get(k or "", k), t) for k, t in parts]) for first, script, parts in written],
        )
        for primary, kind, weak, written in names
    ]
    native_id = native_id_of(record.get("FixedRef") or (None if profile is None else profile.get("ID")))
    features = [] if profile is None else [_feature(feature) for feature in children(profile, "Feature")]
    return _Party(native_id, subtype, identities, names, features, text_of(record, "Comment"))


def _feature(feature: Element) -> tuple[str | None, str | None, str | None, str | None, PartialDate | None, str | None]:
    """A feature: number of its type, text, number of its word, number of its location, its date, its comment."""
    text, word, location, when, comment = None, None, None, None, None
    for version in children(feature, "FeatureVersion"):
        comment = text_of(version, "Comment") or comment
        for detail in children(version, "VersionDetail"):
            text, word = clean(detail.text) or text, detail.get("DetailReferenceID") or word
        for place in children(version, "VersionLocation"):
            location = place.get("LocationID") or location
        for period in children(version, "DatePeriod"):
            when = _period(period) or when
    return feature.get("FeatureTypeID"), text, word, location, when, comment


def _read_party(found: Gatherer, party: _Party, references: _References, locations: Mapping[str, _Location]) -> bool:
    named = [
        (primary and first, primary, kind, weak, name)
        for primary, kind, weak, written in party.names
        for first, script, parts in written
        if (name := _documented_name(parts, script, references)) is not None
    ]
    main = next((n for is_main, *_, n in named if is_main), None) or next((n for _, primary, *_, n in named if primary), None)
    own: dict[str, Any] = {}
    for number, text, word, location, _, _ in party.features:
        column = COLUMN_OF.get((references.word("FeatureType", number) or "").casefold())
        value = text or references.word("DetailReference", word) or _place_name(location, locations, references)
        if column is not None and value is not None:
            own[column] = f"{own[column]}; {value}" if column == "title" and column in own else own.get(column, value)
    good = found.party(party.native_id, main, references.party_type(party.subtype), **own)
    if not good or party.native_id is None:
        return False
    native_id = party.native_id
    for _, primary, kind, weak, name in named:
        alias = "aka" if primary else alias_kind(references.word("AliasType", kind))
        found.name(native_id, name, alias, "weak" if weak else "strong")
    for number, text, word, location, when, comment in party.features:
        label = references.word("FeatureType", number)
        place = None if location is None else locations.get(location)
        _read_feature(found, native_id, label, text or references.word("DetailReference", word), place, references, when, comment)
    found.note(native_id, "remark", party.comment)
    for linked in linked_to(party.comment):
        found.link(native_id, "linked_to", linked)
    return True


def _read_feature(
    found: Gatherer,
    native_id: str,
    label: str | None,
    text: str | None,
    place: _Location | None,
    references: _References,
    when: PartialDate | None,
    comment: str | None,
) -> None:
    key = (label or "").casefold().strip()
    country = None if place is None else references.word("Country", place[0]) or references.word("AreaCode", place[1])
    if key in COLUMN_OF:
        return
    if key == "location" and place is not None:
        parts = {(references.word("LocPartType", kind) or "").casefold(): value for kind, value in reversed(place[2])}
        stated = country or parts.pop("unknown", None)
        if parts or (stated or "").casefold() != _UNDETERMINED:
            read_address(found, native_id, parts, stated)
    elif key in COUNTRY_BASES:
        named = country or text or _unknown_part(place)
        found.stated_country(native_id, found.country(named), COUNTRY_BASES[key])
    elif key == "birthdate":
        found.birth_date(native_id, text if when is None else when.text, when or (None if text is None else written_date(text)))
    elif key == "place of birth":
        shown = text or (None if place is None else ", ".join([*(v for _, v in place[2]), *([country] if country else [])]))
        if shown:
            found.birth_place(native_id, shown, found.country(country) if country else country_at_the_end(shown, found.names))
    else:
        value = text or (None if when is None else when.text) or _unknown_part(place) or country
        read_statement(found, native_id, label, value, None, comment)


def _location(record: Element) -> _Location:
    country = next((c.get("CountryID") for c in children(record, "LocationCountry")), None)
    area = next((c.get("AreaCodeID") for c in children(record, "LocationAreaCode")), None)
    parts = []
    for part in children(record, "LocationPart"):
        values = [
            (v.get("Primary") != "false", t)
            for v in children(part, "LocationPartValue")
            if (t := text_of(v, "Value")) is not None
        ]
        # others are the same in another script
        main = next((t for primary, t in values if primary), None)
        if main is not None:
            parts.append((part.get("LocPartTypeID"), main))
    return country, area, tuple(parts)


def _unknown_part(place: _Location | None) -> str | None:
    """The text of a location that is one word of no stated kind: OFAC writes the country of a nationality so."""
    return place[2][0][1] if place is not None and len(place[2]) == 1 else None


def _place_name(location: str | None, locations: Mapping[str, _Location], references: _References) -> str | None:
    place = None if location is None else locations.get(location)
    return (
        None
        if place is None
        else references.word("Country", place[0]) or _unknown_part(place) or references.word("AreaCode", place[1])
    )


def _entry(record: Element) -> _Entry:
    """A party on a list: number of the list, days of its events, comments of its measures, their types, its legal bases."""
    days = [day for event in children(record, "EntryEvent") for d in children(event, "Date") if (day := _day_of(d)) is not None]
    bases = [basis for event in children(record, "EntryEvent") if (basis := event.get("LegalBasisID")) is not None]
    measures = list(children(record, "SanctionsMeasure"))
    programs = [program for measure in measures if (program := text_of(measure, "Comment")) is not None]
    types = [kind for measure in measures if (kind := measure.get("SanctionsTypeID")) is not None]
    return record.get("ListID"), days, programs, types, bases


def _chosen(
    list_id: str, entries: Iterable[_Entry], references: _References
) -> tuple[date | None, list[str], list[str], list[str]]:
    """Day of listing, programs, further measures and legal bases of a party on this list.

    A party may stand on several lists; those of the list in question count, all of them where none is named so. The first event
    is the listing: later ones are further legal bases.
    """
    every = list(entries)
    is_sdn = list_id == "us_ofac_sdn"
    own = [entry for entry in every if (references.word("List", entry[0]) == SDN_LIST) is is_sdn] or every
    days = [day for _, days, *_ in own for day in days]
    programs = dict.fromkeys(p for _, _, programs, *_ in own for p in programs)
    types = dict.fromkeys(w for *_, types, _ in own for t in types if (w := references.word("SanctionsType", t)) is not None)
    bases = dict.fromkeys(w for *_, bases in own for b in bases if (w := references.word("LegalBasis", b)) is not None)
    measures = [t for t in types if t not in ("Program", "Block")]
    return min(days, default=None), list(programs), measures, [b for b in bases if b != "Unknown"]


def _documented_name(parts: list[tuple[str | None, str]], script: str | None, references: _References) -> str | None:
    """``LAST, First Middle``, as the CSVs write names; Chinese, Japanese and Korean parts stand together."""
    kinds = [(references.word("NamePartType", kind), text) for kind, text in parts]
    last = [text for kind, text in kinds if kind == "Last Name"]
    rest = [text for kind, text in kinds if kind != "Last Name"]
    if references.scripts.get(script or "") in _SOLID_SCRIPTS:
        return "".join([*last, *rest]) or None
    return last_first(clean(" ".join(last)), clean(" ".join(rest)))


def _day_of(element: Element) -> date | None:
    year, month, day = (text_of(element, tag) or "" for tag in ("Year", "Month", "Day"))
    if not all(re.fullmatch(r"[0-9]{1,4}", part) for part in (year, month, day)):
        return None
    return iso_date(f"{year:0>4}-{month:0>2}-{day:0>2}")


def _period(period: Element) -> PartialDate | None:
    """A period of days: from the first day of its start to the last of its end; without an end, the span of its start."""
    ends = []
    is_circa = False
    for tag in ("Start", "End"):
        for side in children(period, tag):
            is_circa = is_circa or side.get("Approximate") == "true"
            ends += [day for part in ("From", "To") for d in children(side, part) if (day := _day_of(d)) is not None]
    return span(min(ends, default=None), max(ends, default=None), is_circa)


def _document_note(record: Element) -> str | None:
    parts = [
        labelled("issued by", text_of(record, "IssuingAuthority")),
        "fraudulent" if record.get("ValidityID") == "2" else None,
        text_of(record, "Comment"),
    ]
    for stated in children(record, "DocumentDate"):
        what = {"1480": "issued", "1481": "expires"}.get(stated.get("IDRegDocDateTypeID") or "", "dated")
        parts += [labelled(what, when.text) for period in children(stated, "DatePeriod") if (when := _period(period)) is not None]
    return "; ".join(t for t in parts if t is not None) or None
