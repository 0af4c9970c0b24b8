"""OFAC's lists in XML, three layouts known by their root element, to the staged shape.

- SDN.XML (root sdnList, one sdnEntry a party): what the legacy CSVs hold, with aliases of either quality, documents, births and
  countries in elements of their own. It states how many records it holds, and no day of listing.
- SDN_ADVANCED.XML (root Sanctions): eight sections that refer to each other by number. Words stand in ReferenceValueSets,
  addresses in Locations, documents in IDRegDocuments, parties in DistinctParties, links in ProfileRelationships; the day of
  listing is the Date of the EntryEvent of the party's SanctionsEntry, programs are the comments of its measures.
- SDN_ENHANCED.XML (root sanctionsData): everything of a party in its entity; the day of listing is datePublished of its list.

The id of a party (uid, FixedRef and Profile ID, entity id) is the ent_num of the CSVs in all three, so that histories join. The
same layouts serve the consolidated (non-SDN) list. OFAC changed the namespaces in 2024: they are not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, BinaryIO

import polars as pl

from assets.contracts import Judgement, RowGuard, Staged, StagedInfo, judge_rows, open_file
from assets.errors import Quarantine
from assets.reading.xml import Element, XmlFile, begins_as_xml, children, root_name, text_of, texts
from assets.sanctions.lists.us_ofac import legacy_csv as ofac
from assets.sanctions.lists.us_ofac import names_json
from assets.sanctions.lists.us_ofac.advanced import read_advanced
from assets.sanctions.lists.us_ofac.enhanced import read_enhanced
from assets.sanctions.lists.us_ofac.vocabulary import (
    DETAILS,
    PARTY_TYPES,
    alias_kind,
    labelled,
    last_first,
    linked_to,
    native_id_of,
    read_address,
    read_statement,
)
from assets.sanctions.reading.countries import country_at_the_end
from assets.sanctions.reading.dates import iso_date, written_date
from assets.sanctions.reading.gather import Gatherer, judge_list
from assets.sanctions.reading.one_list import KEPT
from assets.sanctions.reading.shape import DETAIL_KEYS

MOST_MISSING = 0.02
"""Share of the parties of the CSVs that the XML next to them may lack: both are made again on each day of action."""


def stage(list_id: str, files: Mapping[str, bytes]) -> Staged:
    """Read one vintage: CSVs, an XML, or both.

    Args:
        list_id: ``us_ofac_sdn`` or ``us_ofac_cons``.
        files: the CSVs as ``ofac.stage`` takes them, and XML files, whatever their names.

    Returns:
        The CSVs give the listings where they are there; the XML beside them gives what only it says (``add_xml``), or, where it
        cannot be read, nothing (fact ``beside``: its file, day, parties, and the problem). The XML alone gives all. Fact
        ``format`` says which layout.

    Raises:
        Quarantine: as ``ofac.stage`` and ``stage_xml`` do.
    """
    if files and all(name.lower().endswith(".json") for name in files):
        return names_json.stage(files)
    markup = [name for name in sorted(files) if begins_as_xml(files, name) or name.lower().endswith(".xml")]
    if len(markup) == len(files) and files:
        return stage_xml(list_id, files, markup)
    staged = ofac.stage({name: files[name] for name in files if name not in markup})
    if not markup:
        return staged
    try:
        beside = stage_xml(list_id, files, markup)
    except Quarantine as problem:
        # the list itself is whole: it is not held back for what a further file would add
        return replace(staged, facts=staged.facts | {"beside": {"problem": str(problem)}})
    held = staged.frames["listings"]["native_id"]
    compared = {
        "published": beside.facts["published"],
        "n_parties": beside.frames["listings"].height,
        "n_missing": int((~held.is_in(beside.frames["listings"]["native_id"].implode())).sum()),
    }
    form = f"{staged.facts['format']}, {beside.facts['format']}"
    return replace(
        staged, frames=add_xml(staged.frames, beside.frames), facts=staged.facts | {"beside": compared, "format": form}
    )


def judge(info: StagedInfo, baseline: StagedInfo | None, guard: RowGuard) -> Judgement:
    """Judge a vintage in any layout against the last accepted one, whose layout may have been another.

    Between two vintages with CSVs as ``ofac.judge`` does; else by the number of parties and by type of party. An XML beside the
    CSVs that could not be read, or that lacks many of their parties, brings a warning.
    """
    if "files" not in info.facts:
        return judge_list(info, baseline, guard)
    has_files = baseline is not None and "files" in baseline.facts
    own = ofac.judge(info, baseline if has_files else None, guard)
    judged = Judgement() if has_files else judge_rows(info, baseline, guard)
    return own + judged + Judgement(warnings=tuple(_warnings_of_the_xml(info)))


def _warnings_of_the_xml(info: StagedInfo) -> list[str]:
    beside = info.facts.get("beside")
    if beside is None:
        return []
    if "problem" in beside:
        return [f"the XML beside the CSVs was left out: {beside['problem']}"]
    if beside["n_missing"] > MOST_MISSING * info.n_read:
        return [
            f"the XML beside the CSVs (of {beside['published']}, {beside['n_parties']:,} parties) lacks "
            f"{beside['n_missing']:,} of their {info.n_read:,} parties: these have no day of listing from it. "
            "Are the files of the same day?"
        ]
    return []


def stage_xml(list_id: str, files: Mapping[str, bytes], names: Sequence[str]) -> Staged:
    """Read the one XML file that says most: ENHANCED before ADVANCED before SDN.XML.

    Args:
        list_id: the list; listings that are linked to are named by it.
        files: the files of the snapshot.
        names: which of them are XML, at least one.

    Raises:
        Quarantine: none is of a known layout; or the one that is read is empty, HTML, cut, or holds nobody.
    """
    roots = {}
    for name in names:
        with open_file(files, name) as stream:
            roots[name] = root_name(stream)
    order = ("sanctionsData", "Sanctions", "sdnList")
    name = min(names, key=lambda name: (order.index(roots[name]) if roots[name] in order else len(order), name))
    with open_file(files, name) as stream:
        return read_xml(list_id, stream, name)


def read_xml(list_id: str, stream: BinaryIO, file: str) -> Staged:
    """Read a file in whichever of the three layouts it is. Raises Quarantine as ``stage_xml`` does.

    Returns:
        Frames in the staged shape, without the column of remarks. Facts as ``Gatherer.staged`` gives them, and ``format``.
    """
    xml = XmlFile(stream, file, KEPT)
    readers: dict[str, tuple[str, Callable[[str, XmlFile], Staged]]] = {
        "sdnList": ("sdn", read_sdn_xml),
        "Sanctions": ("advanced", read_advanced),
        "sanctionsData": ("enhanced", read_enhanced),
    }
    if xml.root.name not in readers:
        raise Quarantine(
            f"{file} is none of OFAC's XML lists: its root element is {xml.root.name!r}, not {', '.join(readers)}. {KEPT}"
        )
    layout, read = readers[xml.root.name]
    staged = read(list_id, xml)
    # the remarks of the CSVs hold what stands here in elements of its own: this layout says nothing of that column
    listings = staged.frames["listings"].drop("remarks")
    return replace(staged, frames=staged.frames | {"listings": listings}, facts=staged.facts | {"format": f"{layout} xml"})


# SDN.XML ----------------------------------------------------------------------------------------------------------------


def read_sdn_xml(list_id: str, xml: XmlFile) -> Staged:  # noqa: ARG001 the other layouts need the list
    """Read SDN.XML.

    Raises:
        Quarantine: besides what ``XmlFile`` raises, the number of records is not the one that the file states.
    """
    found = Gatherer(xml.file, DETAILS)
    published, stated = None, None
    for kind, record in xml.records("publshInformation", "publishInformation", "sdnEntry"):
        if kind == "sdnEntry":
            _read_entry(found, record)
            continue
        month_first = re.fullmatch(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})", text_of(record, "Publish_Date") or "")
        published = iso_date(f"{month_first[3]}-{month_first[1]:0>2}-{month_first[2]:0>2}") if month_first else None
        count = text_of(record, "Record_Count")
        stated = int(count) if count is not None and re.fullmatch(r"[0-9]{1,9}", count) else None
    if stated is not None and stated != found.n_read:
        raise Quarantine(
            f"{xml.file} holds {found.n_read:,} records and states that it holds {stated:,}: it is not whole. {KEPT}"
        )
    return found.staged(published, stated_records=stated, unread_elements=xml.unread("uid", "mainEntry"))


def _read_entry(found: Gatherer, record: Element) -> None:
    native_id = native_id_of(text_of(record, "uid"))
    remarks = text_of(record, "remarks")
    vessel = next(children(record, "vesselInfo"), None)
    own: dict[str, Any] = {} if vessel is None else {
        column: text_of(vessel, tag)
        for tag, column in (
            ("callSign", "call_sign"), ("vesselType", "vessel_type"), ("vesselFlag", "vessel_flag"),
            ("vesselOwner", "vessel_owner"), ("tonnage", "tonnage"), ("grossRegisteredTonnage", "gross_registered_tonnage"),
        )
    }  # fmt: skip
    good = found.party(
        native_id,
        last_first(text_of(record, "lastName"), text_of(record, "firstName")),
        PARTY_TYPES.get((text_of(record, "sdnType") or "").casefold()),
        title=text_of(record, "title"),
        programs="] [".join(dict.fromkeys(texts(record, "programList", "program"))) or None,
        **own,
    )
    if not good or native_id is None:
        return
    for alias in children(record, "akaList", "aka"):
        name = last_first(text_of(alias, "lastName"), text_of(alias, "firstName"))
        weak = (text_of(alias, "category") or "").casefold() == "weak"
        found.name(native_id, name, alias_kind(text_of(alias, "type")), "weak" if weak else "strong")
    for address in children(record, "addressList", "address"):
        parts = {tag: text_of(address, tag) for tag in ("address1", "address2", "address3", "city")}
        parts |= {"state/province": text_of(address, "stateOrProvince"), "postal code": text_of(address, "postalCode")}
        read_address(found, native_id, parts, text_of(address, "country"))
    for path, basis in ((("nationalityList", "nationality"), "nationality"), (("citizenshipList", "citizenship"), "citizenship")):
        for country in texts(record, *path, "country"):
            found.stated_country(native_id, found.country(country), basis)
    for written in texts(record, "dateOfBirthList", "dateOfBirthItem", "dateOfBirth"):
        found.birth_date(native_id, written, written_date(written))
    for place in texts(record, "placeOfBirthList", "placeOfBirthItem", "placeOfBirth"):
        found.birth_place(native_id, place, country_at_the_end(place, found.names))
    for item in children(record, "idList", "id"):
        issuer = found.country(text_of(item, "idCountry"))
        dates = [labelled("issued", text_of(item, "issueDate")), labelled("expires", text_of(item, "expirationDate"))]
        note = "; ".join(t for t in dates if t is not None) or None
        read_statement(found, native_id, text_of(item, "idType"), text_of(item, "idNumber"), issuer, note)
    found.note(native_id, "remark", remarks)
    for linked in linked_to(remarks):
        found.link(native_id, "linked_to", linked)


# beside the CSVs --------------------------------------------------------------------------------------------------------


def add_xml(frames: Mapping[str, pl.DataFrame], beside: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Frames of the CSVs with what only the XML of the same snapshot says: days of listing, names in other scripts, links.

    Args:
        frames: ``listings`` and details as the CSVs give them.
        beside: the frames of the XML.

    Returns:
        The frames, where ``listings`` has the stated day and its basis by native_id; ``names``, where alt.csv is there, has the
        further strong names of the XML (the weak ones stand in the remarks); and ``links`` are those of the XML, which name the
        other listing, where the remarks have no more than its name.
    """
    listings = _with_days(frames["listings"], beside["listings"])
    held = pl.col("native_id").is_in(listings["native_id"].implode())
    joined = dict(frames) | {"listings": listings, "links": beside["links"].filter(held)}
    if "names" in frames:
        folded = pl.col("name").str.to_lowercase().alias("folded")
        known = pl.concat([frames["names"].select("native_id", folded), listings.select("native_id", folded)])
        strong = beside["names"].filter(held, pl.col("quality") == "strong").with_columns(folded)
        more = strong.join(known, on=["native_id", "folded"], how="anti", maintain_order="left").drop("folded")
        joined["names"] = pl.concat([frames["names"], more.select(frames["names"].columns)]).unique(
            ["native_id", *DETAIL_KEYS["names"]], keep="first", maintain_order=True
        )
    return joined


def _with_days(listings: pl.DataFrame, beside: pl.DataFrame) -> pl.DataFrame:
    """Listings with the day that the XML states, else with that of their own."""
    if "listed_on" not in beside.columns:
        return listings
    stated = beside.select("native_id", pl.col("listed_on").alias("stated"), pl.col("listed_on_basis").alias("stated_basis"))
    both = listings.join(stated, on="native_id", how="left", maintain_order="left")
    own = [pl.col("listed_on"), pl.col("listed_on_basis")] if "listed_on" in listings.columns else [pl.lit(None)] * 2
    day, basis = (pl.coalesce(name, mine) for name, mine in zip(("stated", "stated_basis"), own, strict=True))
    return both.with_columns(day.alias("listed_on"), basis.alias("listed_on_basis")).drop("stated", "stated_basis")
