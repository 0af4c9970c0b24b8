"""Switzerland's consolidated list of sanctions (SECO): from the bytes of its whole list in XML to the staged shape.

Root swiss-sanctions-list (attributes list-type, date) with sanctions-program, target and, at the end, place. A target has the
lasting key ssid, sanctions-set-id, one of individual, entity, object (object-type), and modification elements: listed, amended
or de-listed, with the days of enactment, publication and effect. Targets that were de-listed stay in the file with that day.
A modification repeats in ``added`` and ``removed`` what it changed, whole targets too: these copies are history and are not read.

A target has one or more identities with names, days and places of birth, nationalities, addresses and documents. A name is made
of parts in an order, each with spelling variants by language and script. Addresses and births name a place by its ssid. What is
imposed hangs on the sanctions set: a part of an ordinance, which belongs to a program.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from assets.contracts import Staged, open_file
from assets.errors import Quarantine
from assets.reading.xml import Element, XmlFile, children, clean, expect_root, local_name, text_of, texts
from assets.sanctions.reading.dates import PartialDate, iso_date, partial_date
from assets.sanctions.reading.gather import Gatherer, judge_list
from assets.sanctions.reading.names import snake
from assets.sanctions.reading.one_list import KEPT, the_one_name

ROOT = "swiss-sanctions-list"
WHOLE = "whole-list"
DETAILS = ("names", "countries", "identifiers", "addresses", "birth_dates", "birth_places", "links", "notes")
SUBJECTS = ("individual", "entity", "object")
OBJECTS = {"vessel": "vessel", "aircraft": "aircraft"}
SCHEMES = {"passport": "passport", "diplomatic-passport": "diplomatic_passport", "id-card": "national_id"}
NO_NAME = ("title",)
"""Parts that stand with a name and are none."""
GENDERS = {"male": "Male", "female": "Female"}
"""As other lists write them."""
_UN_REFERENCE = re.compile(r"[A-Z]{2,3}[ei]\.[0-9]{3}")
_LABELLED = {
    "imo": re.compile(r"IMO(?: number)? ?: ?([0-9]{7})\.?", re.IGNORECASE),
    "tax_id": re.compile(r"(?:Tax(?:payer)? (?:identification|registration) number|INN) ?: ?([0-9]{5,})\.?", re.IGNORECASE),
    "registration": re.compile(r"(?:(?:State |Business )?registration number|OGRN) ?: ?([0-9]{5,})\.?", re.IGNORECASE),
    "website": re.compile(r"Website ?: ?((?:https?:|www\.)\S+)", re.IGNORECASE),
    "email": re.compile(r"E-?mail(?: address)? ?: ?([\w.+-]+@[\w.-]+)", re.IGNORECASE),
    "phone": re.compile(r"Tel(?:\.|ephone)?(?: number)? ?: ?(\+?[0-9 ()-]{5,})", re.IGNORECASE),
}
"""Other information that is one identifier and nothing else."""
_ANNEX = re.compile(r"\s*,?\s+annex.*", re.IGNORECASE | re.DOTALL)


class _Set(NamedTuple):
    """A sanctions set: the program to which it belongs, the ordinance without its annexes, and what it says of itself."""

    program: str
    ordinance: str | None
    measure: str | None


@dataclass
class _Referred:
    """What targets refer to: sets and places by ssid; ``missing`` counts references that lead nowhere."""

    sets: dict[str, _Set] = field(default_factory=dict)
    places: dict[str, dict[str, str]] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    missing: Counter[str] = field(default_factory=Counter)


def stage(files: Mapping[str, bytes]) -> Staged:
    """Read one edition of the list.

    Args:
        files: one XML file, whatever its name.

    Returns:
        ``listings`` and the details in the staged shape: programs are the English keys of the programs, listed_on the day on
        which the last listing took effect, ends_on that of a de-listing after it. Facts: see ``Gatherer.staged``, ``programs``
        (parties by program), ``n_ended`` (de-listed targets) and ``missing`` (references to sets and places that lead nowhere).

    Raises:
        Quarantine: there is no file or more than one; it is empty, HTML, cut, another XML, no whole list, or holds nobody.
    """
    name = the_one_name(files, "Swiss list (XML)")
    referred = _Referred()
    found = Gatherer(name, DETAILS)
    links: list[tuple[str, str, str]] = []
    published = None
    # places stand behind the targets that name them, so the file is read twice
    for wanted in (("sanctions-program", "place"), ("target",)):
        with open_file(files, name) as stream:
            xml = XmlFile(stream, name, KEPT)
            expect_root(xml, ROOT)
            kind = xml.root.attributes.get("list-type")
            if kind != WHOLE:
                raise Quarantine(
                    f"{name} is no whole list but {kind or 'one without a type'}: who is not in it may be listed. {KEPT}"
                )
            published = iso_date(xml.root.attributes.get("date"))
            # in the first reading a target is asked for to be thrown away
            for tag, record in xml.records(*wanted, "target"):
                if tag not in wanted or record.getparent().getparent() is not None:
                    continue  # a copy within a modification
                if tag == "target":
                    links += _read_target(found, referred, record)
                else:
                    _note_referred(referred, tag, record)
    for native_id, relation, other in links:
        if other in found.parties:
            found.link(native_id, relation, found.parties[other]["name"], f"ch_seco:{other}")
        else:
            referred.missing["target"] += 1
    programs = Counter(code for p in found.parties.values() for code in (p["programs"] or "").split("] ["))
    return found.staged(
        published,
        unread_elements=xml.unread(),
        programs=dict(sorted(programs.items())),
        n_ended=sum(p["ends_on"] is not None for p in found.parties.values()),
        missing=dict(sorted(referred.missing.items())),
    )


# what targets refer to ------------------------------------------------------------------------------------------------


def _note_referred(referred: _Referred, tag: str, record: Element) -> None:
    ssid = record.get("ssid")
    if tag == "place":
        referred.places[ssid] = _place(record)
        return
    ordinance = _english(record, "program-name")
    program = _english(record, "program-key") or ordinance
    for element in children(record, "sanctions-set"):
        number, text = element.get("ssid"), clean(element.text)
        if program is not None and (number not in referred.sets or element.get("lang") == "eng"):
            referred.sets[number] = _Set(program, None if ordinance is None else _ANNEX.sub("", ordinance), text)


def _english(record: Element, name: str) -> str | None:
    """The English text of several; without one the first."""
    found = [(child.get("lang") != "eng", text) for child in children(record, name) if (text := clean(child.text)) is not None]
    return min(found, key=lambda f: f[0], default=(False, None))[1]


def _place(element: Element) -> dict[str, str]:
    """Location, area, country and its ISO code, as far as they are stated; of a place or of what names one."""
    place = {part: text for part in ("location", "area", "country") if (text := text_of(element, part)) is not None}
    code = next((c.get("iso-code") for c in children(element, "country")), None)
    return place | ({"code": code} if code else {})


def _placed(referred: _Referred, element: Element) -> dict[str, str]:
    """The place that an element names, with what it says of it itself."""
    ssid = element.get("place-id")
    if ssid is not None and ssid not in referred.places:
        referred.missing["place"] += 1
    return referred.places.get(ssid, {}) | _place(element)


# targets --------------------------------------------------------------------------------------------------------------


def _read_target(found: Gatherer, referred: _Referred, record: Element) -> list[tuple[str, str, str]]:
    """Read one target; return its links (own ssid, relation, ssid of the other)."""
    native_id = record.get("ssid")
    subject = next((s for kind in SUBJECTS for s in children(record, kind)), None)
    row = found.n_read + 1
    sets = [_set_of(found, referred, row, number) for number in _set_numbers(record)]
    known = [s for s in sets if s is not None]
    identities = [] if subject is None else _main_first(subject)
    names = [name for identity in identities for name in children(identity, "name")]
    primary = min(names, key=lambda n: n.get("name-type") != "primary-name", default=None)
    history = _history(found, row, record)
    ordinances = dict.fromkeys(s.ordinance for s in known if s.ordinance is not None)
    other = [] if subject is None else list(texts(subject, "other-information"))
    party = found.party(
        native_id,
        None if primary is None else _whole_name(primary),
        None if subject is None else _party_type(subject),
        title="; ".join(dict.fromkeys(t for n in names for t in _titles(n))) or None,
        remarks="; ".join(other) or None,
        programs="] [".join(dict.fromkeys(s.program for s in known)) or None,
        listed_on=history.listed_on,
        listed_on_basis=None if history.listed_on is None else "source_field",
        published_on=history.published_on,
        ends_on=history.ends_on,
        ends_on_basis=None if history.ends_on is None else "source_field",
        citation="; ".join(ordinances) or None,
    )
    if party is None or native_id is None or subject is None:
        return []
    for name in names:
        _names(found, native_id, name)
    for identity in identities:
        _details(found, referred, native_id, identity, party["party_type"])
    for measure in dict.fromkeys(s.measure for s in known):
        found.note(native_id, "measure", measure)
    for reason in texts(subject, "justification"):
        found.note(native_id, "reason", reason)
    found.note(native_id, "gender", GENDERS.get((subject.get("sex") or "").casefold()))
    for text in other:
        for scheme, pattern in _LABELLED.items():
            if (match := pattern.fullmatch(text)) is not None:
                found.identifier(native_id, scheme, match[1].strip())
    for reference in texts(record, "foreign-identifier"):
        if _UN_REFERENCE.fullmatch(reference):
            found.identifier(native_id, "un_reference", reference)
        else:
            found.note(native_id, "foreign_identifier", reference)
    return [
        (native_id, snake(relation.get("relation-type") or "related-to"), other_id)
        for relation in children(subject, "relation")
        if (other_id := relation.get("target-id")) is not None
    ]


def _set_numbers(record: Element) -> list[str]:
    """Sets of a target: elements; in editions before 2020 an attribute."""
    return list(dict.fromkeys([*texts(record, "sanctions-set-id"), *filter(None, [record.get("sanctions-set-id")])]))


def _set_of(found: Gatherer, referred: _Referred, row: int, number: str) -> _Set | None:
    if number not in referred.sets:
        referred.missing["sanctions-set"] += 1
        found.reject(row, "sanctions-set-id", number, "no sanctions set has this number; the row is kept without its program")
    return referred.sets.get(number)


def _party_type(subject: Element) -> str | None:
    kind = local_name(subject)
    if kind == "object":
        return OBJECTS.get((subject.get("object-type") or "").casefold())
    return "person" if kind == "individual" else "entity"


def _main_first(subject: Element) -> list[Element]:
    return sorted(children(subject, "identity"), key=lambda i: i.get("main") != "true")


# history --------------------------------------------------------------------------------------------------------------


class _History(NamedTuple):
    listed_on: date | None
    published_on: date | None
    ends_on: date | None


def _history(found: Gatherer, row: int, record: Element) -> _History:
    """The last time on the list, as the modifications state it.

    Modifications stand newest first, but not always: their days count, and of one day the one that stands first is the later.
    An amendment neither lists nor de-lists. The day of publication says since when a listing could be known as it stands only
    where nothing has been changed since.
    """
    steps = []
    for place, element in enumerate(children(record, "modification")):
        effect, publication, enactment = (
            iso_date(element.get(f"{what}-date")) for what in ("effective", "publication", "enactment")
        )
        day = effect or publication or enactment
        if day is not None:
            steps.append((day, -place, element.get("modification-type"), publication))
    steps.sort(key=lambda s: s[:2])
    listed: tuple[date, date | None] | None = None
    ends_on = None
    for day, _, kind, publication in steps:
        if kind == "listed":
            listed = (day, publication) if listed is None or ends_on is not None else listed
            ends_on = None
        elif kind == "de-listed":
            ends_on = day
        elif kind != "amended":
            found.reject(row, "modification-type", kind, "none that is known; the row is kept without this modification")
    unchanged = len(steps) > 0 and steps[-1][2] == "listed" and listed is not None and listed[0] == steps[-1][0]
    if listed is None:
        return _History(None, None, ends_on)
    return _History(listed[0], listed[1] if unchanged else None, ends_on)


# names ----------------------------------------------------------------------------------------------------------------


def _parts(name: Element) -> list[Element]:
    """Parts of a name in their order, without titles and without those that say nothing."""
    parts = [
        p
        for p in children(name, "name-part")
        if p.get("name-part-type") not in NO_NAME and text_of(p, "value") not in (None, "-")
    ]
    return sorted(parts, key=lambda p: int(order) if (order := p.get("order") or "").isdecimal() and len(order) < 5 else 0)


def _whole_name(name: Element) -> str | None:
    return " ".join(text for part in _parts(name) if (text := text_of(part, "value")) is not None) or None


def _titles(name: Element) -> Iterator[str]:
    for part in children(name, "name-part"):
        if part.get("name-part-type") in NO_NAME:
            yield from texts(part, "value")


def _names(found: Gatherer, native_id: str, name: Element) -> None:
    """A name, and what its parts spell otherwise.

    The first variants of all parts in one language and script belong together, then the second ones. A part without a variant
    keeps its own spelling in Latin letters; in another script a name of which parts lack is a weak one.
    """
    kind = "fka" if name.get("name-type") == "formerly-known-as" else "aka"
    quality = "weak" if name.get("quality") == "low" else "strong"
    found.name(native_id, _whole_name(name), kind, quality)
    parts = _parts(name)
    spelled: dict[tuple[str, str], list[list[str]]] = {}
    for place, part in enumerate(parts):
        for variant in children(part, "spelling-variant"):
            text = clean(variant.text)
            if text is not None:
                key = (variant.get("lang") or "", (variant.get("script") or "LATN").upper())
                spelled.setdefault(key, [[] for _ in parts])[place].append(text)
    for (_, script), variants in spelled.items():
        for number in range(max(map(len, variants))):
            chosen = [v[number] if number < len(v) else None for v in variants]
            if script == "LATN":
                whole = [text or text_of(part, "value") for text, part in zip(chosen, parts, strict=True)]
            else:
                whole = [text or (v[-1] if v else None) for text, v in zip(chosen, variants, strict=True)]
            is_partial = None in whole
            found.name(native_id, " ".join(filter(None, whole)), kind, "weak" if is_partial else quality)


# details --------------------------------------------------------------------------------------------------------------


def _details(found: Gatherer, referred: _Referred, native_id: str, identity: Element, party_type: str) -> None:
    for element in children(identity, "day-month-year"):
        written, when = _date(element)
        if party_type == "person":
            found.birth_date(native_id, written, when)
        else:
            found.note(native_id, "founded" if party_type == "entity" else "built", when.text if when is not None else written)
    for element in children(identity, "nationality", "country"):
        found.stated_country(native_id, found.country(clean(element.text), element.get("iso-code")), "nationality")
    for element in children(identity, "place-of-birth"):
        place = _placed(referred, element)
        where = ", ".join(place[part] for part in ("location", "area", "country") if part in place)
        found.birth_place(native_id, where or None, found.country(place.get("country"), place.get("code")))
    for element in children(identity, "address"):
        _address(found, referred, native_id, element)
    for element in children(identity, "identification-document"):
        _document(found, referred, native_id, element)


def _address(found: Gatherer, referred: _Referred, native_id: str, element: Element) -> None:
    place = _placed(referred, element)
    box = text_of(element, "p-o-box")
    city = " ".join(filter(None, (text_of(element, "zip-code"), place.get("location")))) or None
    parts = (text_of(element, "c-o"), text_of(element, "address-details"), box and f"P.O. Box {box}", city, place.get("area"))
    remarks = [*texts(element, "remark"), *texts(element, "remarks"), *(["former"] if element.get("current") == "false" else [])]
    country = place.get("country")
    country_id = found.country(country, place.get("code"))
    found.address(native_id, parts, place.get("location"), country, country_id, "; ".join(remarks) or None)


def _date(element: Element) -> tuple[str | None, PartialDate | None]:
    """A date as written, and what it means; that of another calendar, or without its year, is written alone."""
    year, month, day = (element.get(part) for part in ("year", "month", "day"))
    written = "-".join(text.zfill(2) for text in (year, month, day) if text) or None
    numbers = [int(t) if t is not None and re.fullmatch(r"[0-9]{1,4}", t) else None for t in (year, month, day)]
    calendar = element.get("calendar") or "Gregorian"
    if calendar != "Gregorian":
        return (None if written is None else f"{written} ({calendar})"), None
    if numbers[0] is None:
        return (None if written is None else f"--{written}"), None
    is_circa = element.get("quality") == "low"
    when = partial_date(numbers[0], numbers[1], numbers[2] if numbers[1] else None, is_circa=is_circa)
    return (written if when is None else when.text), when


def _document(found: Gatherer, referred: _Referred, native_id: str, element: Element) -> None:
    kind = element.get("document-type") or "other"
    issuer = next(children(element, "issuer"), None)
    issued_at = next((_placed(referred, p) for p in children(element, "place-of-issue")), {})
    notes = [
        None if kind in SCHEMES else kind.replace("-", " "),
        _labelled("issued", text_of(element, "date-of-issue")),
        _labelled("issued in", issued_at.get("location")),
        _labelled("valid until", text_of(element, "expiry-date")),
        *texts(element, "remark"),
    ]
    note = "; ".join(filter(None, notes)) or None
    number = text_of(element, "number")
    if number is None:
        found.note(native_id, "document", note)
        return
    country_id = None if issuer is None else found.country(clean(issuer.text), issuer.get("code"))
    found.identifier(native_id, SCHEMES.get(kind, "other"), number, country_id, note)


def _labelled(what: str, text: str | None) -> str | None:
    return None if text is None else f"{what} {text}"


READERS = {"ch_seco": (stage, judge_list)}
"""By source: how its bytes are read, and how a snapshot is judged."""
