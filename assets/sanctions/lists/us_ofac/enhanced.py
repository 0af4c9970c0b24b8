"""SDN_ENHANCED.XML and CONS_ENHANCED.XML: from entities that hold everything of a party to the staged shape.

The day of listing is datePublished of the list on which the party stands. The entity of a delta publication looks the same, so
``ofac_delta`` reads its additions with ``read_entity``; as a list it is refused, since it holds the changes of one publication.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from assets.contracts import Staged
from assets.errors import Quarantine
from assets.reading.xml import Element, XmlFile, children, clean, text_of, texts
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

Relation = tuple[str, str, str, str | None]
"""A link: whose, of what kind, the id of the other party, and its name."""


def read_enhanced(list_id: str, xml: XmlFile) -> Staged:
    """Read SDN_ENHANCED.XML. Facts beyond ``Gatherer.staged``: ``n_unlinked`` (links to parties that are not in the file).

    Raises:
        Quarantine: besides what ``XmlFile`` raises, the file is a delta publication, which is no list.
    """
    found = Gatherer(xml.file, DETAILS)
    published = None
    relations: list[Relation] = []
    for kind, record in xml.records("publicationInfo", "entity"):
        if is_delta(record) if kind == "publicationInfo" else record.get("action") is not None:
            raise Quarantine(
                f"{xml.file} is a delta publication, which holds the changes of one publication and not the list. {KEPT}"
            )
        if kind == "publicationInfo":
            published = iso_date(text_of(record, "dataAsOf"))
        else:
            relations += read_entity(found, list_id, record)
    n_unlinked = read_relations(found, list_id, relations)
    return found.staged(published, n_unlinked=n_unlinked, unread_elements=xml.unread(*LEFT))


LEFT = (
    "versionId", "valueRefId", "identityId", "namePart", "formattedFirstName", "formattedLastName", "isPrimary", "isDateRange",
    "identityDocument/name", "reliability", "quality",
)  # fmt: skip
"""Elements that number things, that say again what others do, or how sure OFAC is (it is, in all files held, but for one)."""


def is_delta(publication: Element) -> bool:
    """Whether publicationInfo is that of a delta: it states when it was published, and no day as of which the list stands."""
    return text_of(publication, "dataAsOf") is None and text_of(publication, "datePublished") is not None


def read_relations(found: Gatherer, list_id: str, relations: Iterable[Relation]) -> int:
    """Take in links between parties when all of them are read. Returns the number of links to parties not in the file."""
    n_unlinked = 0
    for native_id, relation, linked, name in relations:
        known = found.parties.get(linked)
        if known is None:
            n_unlinked += 1
        found.link(
            native_id, relation, name if known is None else known["name"], None if known is None else f"{list_id}:{linked}"
        )
    return n_unlinked


def read_entity(found: Gatherer, list_id: str, record: Element) -> list[Relation]:
    """Read a party with everything that its entity holds. Returns its links, for ``read_relations``."""
    native_id = native_id_of(record.get("id"))
    general = next(children(record, "generalInfo"), None)
    own: dict[str, Any] = {}
    title, remarks = (None, None) if general is None else (text_of(general, "title"), text_of(general, "remarks"))
    features = [(text_of(f, "type"), text_of(f, "value"), f) for f in children(record, "features", "feature")]
    for label, value, _ in features:
        column = COLUMN_OF.get((label or "").casefold().strip())
        if column is not None and value is not None:
            own[column] = f"{own[column]}; {value}" if column == "title" and column in own else own.get(column, value)
    if title is not None:
        own["title"] = title
    names = list(_translations(record))
    main = next((n for is_main, *_, n in names if is_main), None) or next((n for _, primary, *_, n in names if primary), None)
    listed_on = _published(list_id, record)
    good = found.party(
        native_id,
        main,
        None if general is None else PARTY_TYPES.get((text_of(general, "entityType") or "").casefold()),
        programs="] [".join(dict.fromkeys(texts(record, "sanctionsPrograms", "sanctionsProgram"))) or None,
        listed_on=listed_on,
        listed_on_basis=None if listed_on is None else "source_field",
        **own,
    )
    if not good or native_id is None:
        return []
    for _, primary, kind, weak, name in names:
        found.name(native_id, name, "aka" if primary else alias_kind(kind), "weak" if weak else "strong")
    for address in children(record, "addresses", "address"):
        country = text_of(address, "country") or next(texts(address, "translations", "country"), None)
        written = list(children(address, "translations", "translation"))
        main_one = next((t for t in written if text_of(t, "isPrimary") == "true"), written[0] if written else None)
        parts: dict[str, str] = {}
        for part in () if main_one is None else children(main_one, "addressParts", "addressPart"):
            kind, value = text_of(part, "type"), text_of(part, "value")
            if kind is not None and value is not None:
                parts.setdefault(kind.casefold(), value)
        read_address(found, native_id, parts, country)
    for label, value, element in features:
        _read_enhanced_feature(found, native_id, label, value, element)
    for document in children(record, "identityDocuments", "identityDocument"):
        notes = [
            labelled("issued by", text_of(document, "issuingAuthority")),
            labelled("issued in", text_of(document, "issuingLocation")),
            "fraudulent" if text_of(document, "isValid") == "false" else None,
            *(labelled(what, w.text) for tag, what in (("issueDate", "issued"), ("expirationDate", "expires"))
              for d in children(document, tag) if (w := _date_period(d)) is not None),
            text_of(document, "comments"),
        ]  # fmt: skip
        note = "; ".join(t for t in notes if t is not None) or None
        country_id = found.country(text_of(document, "issuingCountry"))
        label = text_of(document, "type") or "document"
        number = text_of(document, "documentNumber")
        if number is not None:
            read_identifier(found, native_id, label, number, country_id, note)
    for kind, path in (("measure", ("sanctionsTypes", "sanctionsType")), ("legal_basis", ("legalAuthorities", "legalAuthority"))):
        for text in texts(record, *path):
            if text not in ("Block", "Unknown"):
                found.note(native_id, kind, text)
    found.note(native_id, "remark", remarks)
    for linked in linked_to(remarks):
        found.link(native_id, "linked_to", linked)
    relations = []
    for relation in children(record, "relationships", "relationship"):
        for other in children(relation, "relatedEntity"):
            label = snake(text_of(relation, "type") or "linked_to")
            relations.append((native_id, label, other.get("entityId") or "", clean(other.text)))
    return relations


def _read_enhanced_feature(found: Gatherer, native_id: str, label: str | None, value: str | None, element: Element) -> None:
    key = (label or "").casefold().strip()
    if key in COLUMN_OF or key == "location":
        return
    if key in COUNTRY_BASES:
        found.stated_country(native_id, found.country(value), COUNTRY_BASES[key])
    elif key == "birthdate":
        dated = next((when for d in children(element, "valueDate") if (when := _date_period(d)) is not None), None)
        when = dated or (None if value is None else written_date(value))
        found.birth_date(native_id, value or (None if when is None else when.text), when)
    elif key == "place of birth":
        found.birth_place(native_id, value, None if value is None else country_at_the_end(value, found.names))
    else:
        read_statement(found, native_id, label, value, None, text_of(element, "comments"))


def _translations(record: Element) -> Iterator[tuple[bool, bool, str | None, bool, str]]:
    """Names: is it the main one, is it of the primary name, its kind, is it weak, and as it is written."""
    for name in children(record, "names", "name"):
        primary, kind = text_of(name, "isPrimary") == "true", text_of(name, "aliasType")
        weak = text_of(name, "isLowQuality") == "true"
        for translation in children(name, "translations", "translation"):
            full = text_of(translation, "formattedFullName")
            full = full or last_first(text_of(translation, "formattedLastName"), text_of(translation, "formattedFirstName"))
            script = (text_of(translation, "script") or "Latin").casefold()
            if full is not None:
                is_main = primary and text_of(translation, "isPrimary") == "true" and script == "latin"
                yield is_main, primary, kind, weak, full


def _published(list_id: str, record: Element) -> date | None:
    """When the list in question took the party in: the first of its days, where it stands on several lists of the file."""
    stated = [
        (clean(element.text), day)
        for element in children(record, "sanctionsLists", "sanctionsList")
        if (day := iso_date(element.get("datePublished"))) is not None
    ]
    own = [day for name, day in stated if (name == SDN_LIST) is (list_id == "us_ofac_sdn")] or [day for _, day in stated]
    return min(own, default=None)


def _date_period(element: Element) -> PartialDate | None:
    days = [
        day for tag in ("fromDateBegin", "fromDateEnd", "toDateBegin", "toDateEnd") if (day := iso_date(text_of(element, tag)))
    ]
    return span(min(days, default=None), max(days, default=None), text_of(element, "isApproximate") == "true")
