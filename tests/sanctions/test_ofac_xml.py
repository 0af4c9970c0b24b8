"""OFAC's lists in XML, on files written to their published layouts."""

import io
from typing import Any

import pytest

from assets.contracts import RowGuard, Staged
from assets.errors import Quarantine
from assets.sanctions.history.compared.fold import fold_compared
from assets.sanctions.lists.us_ofac import sdn_xml as ofac_xml
from assets.sanctions.lists.us_ofac.remarks import reader
from tests.sanctions.conftest import Memory, holds, info, refuses, snapshot, xml

EXPORTS = "https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports"
FIRM = "NORTHERN CHEMICAL (HK) LIMITED"
SDN = '<?xml version="1.0" standalone="yes"?>' + xml(
    f"""sdnList[xmlns="{EXPORTS}/XML"]<publshInformation<Publish_Date: 10/03/2023; Record_Count: 3>
    sdnEntry<uid: 45001; firstName: Wei; lastName: LI; title: Director; sdnType: Individual; remarks: (Linked To: {FIRM});
    programList<program: ILLICIT-DRUGS-EO14059; program: SDNTK>
    idList<id<idType: Passport; idNumber: C18165248; idCountry: China; expirationDate: 25 Oct 2025>
      id<idType: Gender; idNumber: Male> id<idType: Digital Currency Address - XBT; idNumber: 1Fake1>
      id<idType: Email Address; idNumber: li@example.com> id<idType: Moonbase Pass No.; idNumber: 77>
      id<idType: Secondary sanctions risk:; idNumber: See Section 11 of Executive Order 14024.>>
    akaList<aka<type: a.k.a.; category: strong; lastName: LEE; firstName: William>
      aka<type: f.k.a.; category: weak; lastName: WILL>>
    addressList<address<address1: No. 10 Zhongshan Road; city: Dalian; stateOrProvince: Liaoning; postalCode: 116011;
      country: China>> nationalityList<nationality<country: China>> citizenshipList<citizenship<country: Atlantis>>
    dateOfBirthList<dateOfBirthItem<dateOfBirth: 24 Nov 1990> dateOfBirthItem<dateOfBirth: circa 1989>>
    placeOfBirthList<placeOfBirthItem<placeOfBirth: Pyongyang, Korea, North>>>
    sdnEntry<uid: 45002; lastName: {FIRM}; sdnType: Entity; programList<program: ILLICIT-DRUGS-EO14059>>
    sdnEntry<uid: 45003; lastName: AMBER STAR; sdnType: Vessel; programList<program: IRAN>
    idList<id<idType: Vessel Registration Identification; idNumber: IMO 9899064>>
    vesselInfo<callSign: 5IM7; vesselType: Crude Oil Tanker; vesselFlag: Panama; vesselOwner: Amber Co; tonnage: 99144;
      grossRegisteredTonnage: 56068>>>"""
)


def ymd(day: str) -> str:
    return "Year: {}; Month: {}; Day: {};".format(*map(int, day.split("-")))


def period(first: str, last: str, about: str = "false") -> str:
    sides = (f"{side}[Approximate={about}]<From<{ymd(d)}> To<{ymd(d)}>>" for side, d in (("Start", first), ("End", last)))
    return f"DatePeriod<{''.join(sides)}>"


def called(script: int, **parts: str) -> str:
    """A name in a script: the parts by the number of their kind."""
    part = "DocumentedNamePart<NamePartValue[NamePartGroupID={} ScriptID={}]: {}>"
    status = "[DocNameStatusID=1]" if script == 215 else ""
    return f"DocumentedName{status}<{''.join(part.format(n[1:], script, text) for n, text in parts.items())}>"


def groups(**kinds: int) -> str:
    found = (f"MasterNamePartGroup<NamePartGroup[ID={n[1:]} NamePartTypeID={kind}]>" for n, kind in kinds.items())
    return f"NamePartGroups<{''.join(found)}>"


def feature(kind: int, inner: str) -> str:
    return f"Feature[FeatureTypeID={kind}]<FeatureVersion<{inner}>>"


def entry(profile: int, on: int, programs: str, *days: tuple[str, str]) -> str:
    """An entry of a party on a list, with the attributes and the day of each event."""
    events = (f"EntryEvent{basis}<Date<{ymd(day)}>>" for basis, day in days)
    measures = (f"SanctionsMeasure[SanctionsTypeID=1]<Comment: {p}>" for p in programs.split())
    return f"SanctionsEntry[ProfileID={profile} ListID={on}]<{''.join([*events, *measures])} SanctionsMeasure[SanctionsTypeID=2]>"


VALUES = {
    "AliasType": "1400=A.K.A.; 1401=F.K.A.; 1403=Name", "Country": "11065=China", "DetailReference": "91526=Male; 705=Tug",
    "FeatureType": "2=VESSEL TYPE; 3=Vessel Flag; 8=Birthdate; 9=Place of Birth; 10=Nationality Country; 25=Location; 26=Title; "
     "224=Gender; 344=Digital Currency Address - XBT",
    "IDRegDocType": "1571=Passport; 1626=Vessel Registration Identification",
    "LegalBasis": "1=Unknown; 92049=Executive Order 14059", "List": "1550=SDN List; 91512=Consolidated List",
    "LocPartType": "1=Unknown; 1451=ADDRESS1; 1454=CITY; 1455=STATE/PROVINCE; 1456=POSTAL CODE",
    "NamePartType": "1520=Last Name; 1521=First Name; 1525=Entity Name; 1526=Vessel Name", "PartyType": "1=Individual; 2=Entity",
    "RelationType": "15003=Owned or Controlled By", "SanctionsType": "1=Program; 2=Block",
}  # fmt: skip
REFERENCES = f"""ReferenceValueSets<{
    "".join(
        f"{name}Values<{''.join('{}[ID={}]: {};'.format(name, *value.split('=')) for value in of.split('; '))}>"
        for name, of in VALUES.items()
    )
} AreaCodeValues<AreaCode[ID=11065 CountryID=11065 Description=China]: CN>
    PartySubTypeValues<PartySubType[ID=1 PartyTypeID=4]: Vessel; PartySubType[ID=3 PartyTypeID=2]: Unknown;
    PartySubType[ID=4 PartyTypeID=1]: Unknown>
    ScriptValues<Script[ID=215 ScriptCode=Latn]: Latin; Script[ID=501 ScriptCode=Hans]: Chinese Simplified>>"""
LOCATIONS = """Locations<Location[ID=25]<LocationAreaCode[AreaCodeID=11065] LocationCountry[CountryID=11065]
    LocationPart[LocPartTypeID=1451]<LocationPartValue[Primary=true]<Value: No. 10 Zhongshan Road>>
    LocationPart[LocPartTypeID=1454]<LocationPartValue[Primary=false]<Comment: Chinese Simplified; Value: 大连>
      LocationPartValue[Primary=true]<Value: Dalian>>
    LocationPart[LocPartTypeID=1455]<LocationPartValue[Primary=true]<Value: Liaoning>>
    LocationPart[LocPartTypeID=1456]<LocationPartValue[Primary=true]<Value: 116011>>>
    Location[ID=26]<LocationPart[LocPartTypeID=1]<LocationPartValue[Primary=true]<Value: Iran>>>>"""
DOCUMENTS = f"""IDRegDocuments<
    IDRegDocument[IDRegDocTypeID=1571 IdentityID=1 IssuedBy-CountryID=11065 ValidityID=2]<IDRegistrationNo: C18165248;
    DocumentDate[IDRegDocDateTypeID=1481]<{period("2025-10-25", "2025-10-25")}>>
    IDRegDocument[IDRegDocTypeID=1626 IdentityID=3 ValidityID=1]<IDRegistrationNo: IMO 9899064>>"""
NAME = "Alias[AliasTypeID=1403 Primary=true LowQuality=false]"
PARTIES = f"""DistinctParties<DistinctParty[FixedRef=45001]<Profile[ID=45001 PartySubTypeID=4]<Identity[ID=1 Primary=true]<
    Alias[AliasTypeID=1400 Primary=false LowQuality=true]<{called(215, _9="WILL")}>
    {NAME}<{called(501, _3="李", _4="伟")} {called(215, _1="LI", _2="Wei")}>
    {groups(_1=1520, _2=1521, _3=1520, _4=1521, _9=1520)}> {feature(25, "VersionLocation[LocationID=25]")}
    {feature(8, period("1990-1-1", "1990-12-31", "true") + "VersionDetail")} {feature(9, "VersionDetail: Hubei, China")}
    {feature(10, "VersionDetail; VersionLocation[LocationID=26]")} {feature(224, "VersionDetail[DetailReferenceID=91526]")}
    {feature(344, "Comment: No forks.; VersionDetail: 1Fake1")} {feature(26, "VersionDetail: Director")}>>
    DistinctParty[FixedRef=45002]<Comment: all offices worldwide; Profile[ID=45002 PartySubTypeID=3]<
    Identity[ID=2]<{NAME}<{called(215, _5=FIRM)}> {groups(_5=1525)}>>>
    DistinctParty[FixedRef=45003]<Profile[ID=45003 PartySubTypeID=1]<
    Identity[ID=3]<{NAME}<{called(215, _6="AMBER STAR")}> {groups(_6=1526)}>
    {feature(3, "VersionDetail: Panama")} {feature(2, "VersionDetail[DetailReferenceID=705]")}>>>"""
RELATIONS = """ProfileRelationships<ProfileRelationship[From-ProfileID=45002 To-ProfileID=45001 RelationTypeID=15003]
    ProfileRelationship[From-ProfileID=45002 To-ProfileID=7 RelationTypeID=15003]>"""
ENTRIES = f"""SanctionsEntries<{
    entry(45001, 1550, "ILLICIT-DRUGS-EO14059 SDNTK", ("[LegalBasisID=92049]", "2023-10-3"), ("[LegalBasisID=1]", "2024-1-2"))
} {entry(45001, 91512, "NS-CMIC", ("[LegalBasisID=1]", "2014-10-10"))}
    {entry(45002, 1550, "ILLICIT-DRUGS-EO14059", ("", "2023-10-3"))}>"""
ISSUED = f"DateOfIssue<{ymd('2023-10-3')}>"
SECTIONS = (ISSUED, REFERENCES, LOCATIONS, DOCUMENTS, PARTIES, RELATIONS, ENTRIES)


def advanced(*sections: str) -> str:
    return '<?xml version="1.0"?>\n' + xml(f'Sanctions[xmlns="{EXPORTS}/ADVANCED_XML"]<{"".join(sections or SECTIONS)}>')


PRIMARY = "isPrimary: true; script: Latin"
EXACT = "isApproximate: false; isDateRange: false"
ENHANCED = '<?xml version="1.0" encoding="utf-8"?>' + xml(
    f"""sanctionsData[xmlns="{EXPORTS}/ENHANCED_XML"]<publicationInfo<dataAsOf: 2023-10-03T00:00:00> entities<
    entity[id=45001]<generalInfo<entityType: Individual; title: Director> sanctionsLists<
      sanctionsList[datePublished=2014-10-10]: Consolidated List; sanctionsList[datePublished=2023-10-03]: SDN List>
    sanctionsPrograms<sanctionsProgram: ILLICIT-DRUGS-EO14059> sanctionsTypes<sanctionsType: Block>
    legalAuthorities<legalAuthority: Executive Order 14059>
    names<name<isPrimary: false; aliasType: A.K.A.; isLowQuality: true;
      translations<translation<{PRIMARY}; formattedFullName: WILL>>>
    name<isPrimary: true; isLowQuality: false; translations<
      translation<isPrimary: false; script: Chinese Simplified; formattedFullName: 李伟>
      translation<{PRIMARY}; formattedFullName: LI, Wei>>>>
    addresses<address<country: China; translations<translation<{PRIMARY}; addressParts<
      addressPart<type: ADDRESS1; value: No. 10 Zhongshan Road> addressPart<type: CITY; value: Dalian>
      addressPart<type: STATE/PROVINCE; value: Liaoning> addressPart<type: POSTAL CODE; value: 116011>>>>>>
    features<feature<type: Birthdate; value: 1990; valueDate<fromDateBegin: 1990-01-01; fromDateEnd: 1990-01-01;
      toDateBegin: 1990-12-31; toDateEnd: 1990-12-31; {EXACT}>> feature<type: Nationality Country; value: China>
      feature<type: Place of Birth; value: Hubei, China> feature<type: Gender; value: Male>>
    identityDocuments<identityDocument<type: Passport; documentNumber: C18165248; isValid: true; issuingCountry: China;
      expirationDate<fromDateBegin: 2025-10-25; toDateEnd: 2025-10-25; {EXACT}>>>>
    entity[id=45002]<generalInfo<entityType: Entity; remarks: all offices worldwide>
    sanctionsLists<sanctionsList[datePublished=2023-10-03]: SDN List>
    sanctionsPrograms<sanctionsProgram: ILLICIT-DRUGS-EO14059>
    names<name<isPrimary: true; isLowQuality: false; translations<translation<{PRIMARY}; formattedFullName: {FIRM}>>>>
    relationships<relationship<type: Owned or Controlled By; relatedEntity[entityId=45001]: LI, Wei>
      relationship<type: Owned or Controlled By; relatedEntity[entityId=7]: SOMEBODY>>>>>"""
)
FILES = {"sdn": SDN, "advanced": advanced(), "enhanced": ENHANCED}


def staged(text: str | bytes, list_id: str = "us_ofac_sdn") -> Staged:
    data = text.encode() if isinstance(text, str) else text
    return ofac_xml.read_xml(list_id, io.BytesIO(data), "LIST.XML")


@pytest.mark.parametrize("layout", FILES)
def test_every_layout_gives_the_same_party_in_the_same_words_so_that_histories_join(layout: str) -> None:
    found = staged(FILES[layout])
    holds(
        found, "listings row native_id name party_type party_type=person: 1|45001|LI, Wei|person",
        f"listings row native_id name party_type party_type=entity: 2|45002|{FIRM}|entity",
        "addresses address city country_id native_id=45001: "
         "No. 10 Zhongshan Road, Dalian, Liaoning 116011, China|Dalian, Liaoning 116011|CHN",
        "identifiers value country_id native_id=45001 scheme=passport: C18165248|CHN",
        "notes text native_id=45001 kind=gender: Male", "names quality native_id=45001 name=WILL: weak",
    )  # fmt: skip
    assert "remarks" not in found.frames["listings"].columns, "what stands there in the CSVs stands elsewhere here"
    assert staged(FILES[layout].replace(f"{EXPORTS}/", "http://tempuri.org/")).frames["listings"].equals(found.frames["listings"])
    if layout != "sdn":
        holds(found, "listings listed_on listed_on_basis native_id=45001: 2023-10-03|source_field")
        # each list has its own day
        holds(staged(FILES[layout], "us_ofac_cons"), "listings listed_on native_id=45001: 2014-10-10")


def test_sdn_xml_is_read_whole_and_has_no_day_of_listing() -> None:
    assert "listed_on" not in staged(SDN).frames["listings"].columns
    holds(
        staged(SDN),
        "facts published format unknown_countries: 2023-10-03|sdn xml|{'Atlantis': 1}",
        "listings programs native_id=45001: ILLICIT-DRUGS-EO14059] [SDNTK",
        "listings call_sign vessel_type vessel_flag vessel_owner tonnage gross_registered_tonnage native_id=45003: "
        "5IM7|Crude Oil Tanker|Panama|Amber Co|99144|56068",
        # identifiers and statements are distinguished by the grammar of the remarks
        "identifiers native_id scheme value country_id note: 45001|passport|C18165248|CHN|expires 25 Oct 2025 / "
        "45001|crypto:XBT|1Fake1|-|- / 45001|email|li@example.com|-|- / 45001|other|77|-|Moonbase Pass No. / "
        "45003|imo|9899064|-|-",
        "notes text native_id=45001 kind=secondary_sanctions: See Section 11 of Executive Order 14024.",
        "names name kind quality: LEE, William|aka|strong / WILL|fka|weak",
        "birth_dates born precision is_circa: 24 Nov 1990|day|False / circa 1989|year|True",
        "birth_places place country_id: Pyongyang, Korea, North|PRK",
        "countries country_id basis: CHN|nationality / PRK|place_of_birth / CHN|remark",
        f"links relation linked_name: linked_to|{FIRM}",
    )
    refuses(staged, ("holds 3 records and states that it holds 9,086", SDN.replace("<Record_Count>3<", "<Record_Count>9086<")))


def test_advanced_details_follow_their_references_in_any_order_with_dates_links_and_legal_bases() -> None:
    found, turned = staged(advanced()), staged(advanced(*reversed(SECTIONS)))
    holds(
        found,
        "facts published n_unlinked: 2023-10-03|1",
        "listings native_id programs listed_on title vessel_flag vessel_type: "
        "45001|ILLICIT-DRUGS-EO14059] [SDNTK|2023-10-03|Director|-|- / 45002|ILLICIT-DRUGS-EO14059|2023-10-03|-|-|- / "
        "45003|-|-|-|Panama|Tug",
        "names name kind quality: WILL|aka|weak / 李伟|aka|strong",
        "birth_dates born born_from born_before precision is_circa: circa 1990|1990-01-01|1991-01-01|year|True",
        "countries country_id basis: CHN|place_of_birth / IRN|nationality / CHN|remark",
        "identifiers native_id scheme value note: 45001|crypto:XBT|1Fake1|No forks. / "
        "45001|passport|C18165248|fraudulent; expires 25 Oct 2025 / 45003|imo|9899064|-",
        "links native_id relation linked_name linked_listing_id: 45002|owned_or_controlled_by|LI, Wei|us_ofac_sdn:45001",
        "notes kind text native_id=45001: gender|Male / legal_basis|Executive Order 14059",
        "notes kind text native_id=45002: remark|all offices worldwide",
    )
    assert turned.frames.keys() == found.frames.keys()
    for name, frame in found.frames.items():
        assert turned.frames[name].equals(frame), name
    # references to nothing are read, but not without values
    found = staged(advanced(ISSUED, REFERENCES, PARTIES, ENTRIES))
    assert (found.frames["listings"].height, found.frames["addresses"].height) == (3, 0)
    refuses(staged, ("no ReferenceValueSets", advanced(ISSUED, PARTIES, ENTRIES)))


def test_enhanced_names_births_countries_and_links() -> None:
    holds(
        staged(ENHANCED),
        "names name kind quality: WILL|aka|weak / 李伟|aka|strong",
        "birth_dates born born_from born_before precision: 1990|1990-01-01|1991-01-01|year",
        "countries country_id basis: CHN|nationality / CHN|place_of_birth / CHN|remark",
        "identifiers scheme value note: passport|C18165248|expires 25 Oct 2025",
        "links relation linked_name linked_listing_id: owned_or_controlled_by|LI, Wei|us_ofac_sdn:45001 / "
        "owned_or_controlled_by|SOMEBODY|-",
        "notes kind text native_id=45001: gender|Male / legal_basis|Executive Order 14059",
    )
    refuses(staged, ("delta publication", ENHANCED.replace("dataAsOf", "datePublished")))


def located(location: str) -> str:
    """The file with one more location, where the first party is too."""
    area = "AreaCode[ID=11291 CountryID=11291 Description=undetermined]"
    return (
        advanced()
        .replace("</AreaCodeValues>", xml(area) + "</AreaCodeValues>")
        .replace("</CountryValues>", '<Country ID="11291">undetermined</Country></CountryValues>')
        .replace("</Locations>", xml(f"Location[ID=99]<{location}>") + "</Locations>")
        .replace("</Profile>", xml(feature(25, "VersionLocation[LocationID=99]")) + "</Profile>", 1)
    )


def test_advanced_scripts_go_by_code_or_word_areas_by_their_description_and_labels_by_the_grammar() -> None:
    for code, name in (("Hant", "李伟"), ("Japanese", "李伟"), ("Cyrl", "李, 伟")):
        found = staged(advanced().replace('ScriptCode="Hans"', f'ScriptCode="{code}"'))
        assert name in found.frames["names"]["name"], code
    holds(staged(located("LocationAreaCode[AreaCodeID=11065]")), "addresses country_id country_raw address=China: CHN|China")
    for undetermined in (
        "LocationAreaCode[AreaCodeID=11291]",
        "LocationAreaCode[AreaCodeID=11291] LocationCountry[CountryID=11291]",
        "LocationPart[LocPartTypeID=1]<LocationPartValue<Value: undetermined>>",
    ):
        assert staged(located(undetermined)).frames["addresses"].height == 1, undetermined
    text = advanced().replace(">Passport</IDRegDocType>", ">C.I.N.</IDRegDocType>")
    text = text.replace(">Gender</FeatureType>", ">PAIPA Section 2 Information:</FeatureType>").replace(">Male<", ">Sec. 2<")
    holds(
        staged(text),
        "identifiers value scheme=identification_number: C18165248",
        "notes text kind=determination: PAIPA Section 2 Information: Sec. 2",
    )


def test_a_cut_or_other_file_one_without_a_party_and_entities_laughs_or_files_from_outside_are_refused() -> None:
    entities = "".join(f"<!ENTITY {b} '{f'&{a};' * 10}'>" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    body = SDN.split("?>", 1)[1]
    refuses(
        staged, ("none of OFAC's XML lists", b"<export/>"), ("not XML", b'36,"AEROCARIBBEAN AIRLINES",-0-'),
        ("no party", b"<sdnList></sdnList>"), *(("cut", text.encode()[: len(text) // 2]) for text in FILES.values()),
        ("last good", f"<!DOCTYPE sdnList [<!ENTITY a 'lol'>{entities}]>" + body.replace("AMBER STAR", "&i;")),
        ("last good", "<!DOCTYPE sdnList [<!ENTITY i SYSTEM 'file:///etc/hostname'>]>" + body.replace("AMBER STAR", "&i;")),
        ("last good", '<!DOCTYPE a SYSTEM "x.dtd">' + body),
    )  # fmt: skip


def test_records_without_an_id_a_name_or_a_known_type_are_rejected() -> None:
    broken = (
        SDN.replace("<uid>45001</uid>", "<uid>x1</uid>")
        .replace(f"<lastName>{FIRM}</lastName>", "<lastName/>")
        .replace("<sdnType>Vessel</sdnType>", "<sdnType>Moon</sdnType>")
        .replace("</sdnList>", xml("sdnEntry<uid: 5; lastName: GOOD; sdnType: Entity>") + "</sdnList>")
        .replace("<Record_Count>3", "<Record_Count>4")
    )
    holds(
        staged(broken),
        "rejects reason: the id is missing / the name is empty / the type of the party is none that is known",
        "facts n_illegible unreadable_ids: 1|['45002', '45003']",
    )


CSV = (
    b'45001,"LI, Wei","individual","ILLICIT-DRUGS-EO14059] [SDNTK","Director",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,'
    b"\"DOB 24 Nov 1990; Gender Male; a.k.a. 'WILL'.\"\r\n"
    b'45002,"NORTHERN CHEMICAL (HK) LIMITED",-0- ,"ILLICIT-DRUGS-EO14059",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,'
    b'"Linked To: LI, Wei."\r\n'
    b'45009,"NEW PARTY",-0- ,"SDGT",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n\x1a'
)
ALT = b'45001,1,"aka","LEE, William",-0- \r\n\x1a'


def both(text: str | bytes = b"") -> Staged:
    """The CSVs, beside an XML."""
    beside = {"list.xml": text.encode() if isinstance(text, str) else text} if text else {}
    return ofac_xml.stage("us_ofac_sdn", {"sdn.csv": CSV, "alt.csv": ALT, **beside})


@pytest.mark.parametrize("layout", ["advanced", "enhanced"])
def test_beside_the_csvs_the_xml_gives_days_of_listing_names_in_other_scripts_and_links(layout: str) -> None:
    found = both(FILES[layout])
    holds(
        found,
        "listings native_id listed_on listed_on_basis: 45001|2023-10-03|source_field / 45002|2023-10-03|source_field / 45009|-|-",
        "names native_id name kind quality: 45001|LEE, William|aka|strong / 45001|李伟|aka|strong",
        "links relation linked_name native_id=45002 linked_listing_id=us_ofac_sdn:45001: owned_or_controlled_by|LI, Wei",
        f"facts format: legacy csv, {layout} xml",
    )
    assert "remarks" in found.frames["listings"].columns


def test_the_xml_that_says_most_is_read_each_alone_is_a_vintage_and_a_cut_one_beside_the_csvs_is_reported() -> None:
    files = {"a.xml": SDN.encode(), "b.xml": advanced().encode(), "c.xml": ENHANCED.encode()}
    for n, layout in ((3, "enhanced xml"), (2, "advanced xml"), (1, "sdn xml")):
        assert ofac_xml.stage("us_ofac_sdn", dict(list(files.items())[:n])).facts["format"] == layout
    assert both().facts["format"] == "legacy csv"
    with pytest.raises(Quarantine):
        ofac_xml.stage("us_ofac_sdn", {})
    for without_day in (both(), both(SDN)):
        assert "listed_on" not in without_day.frames["listings"].columns
    found = both(advanced().encode()[:-100])
    assert found.frames["listings"].equals(both().frames["listings"])
    judged = ofac_xml.judge(info(found), None, RowGuard())
    assert judged.refusals == ()
    assert any("left out" in warning and "cut" in warning for warning in judged.warnings)
    of_another_day = ofac_xml.judge(info(both(advanced())), None, RowGuard()).warnings
    assert any("lacks 1 of their 3 parties" in warning for warning in of_another_day)


def fold(*editions: Staged) -> Any:
    snapshots = [snapshot(found, f"2023-10-0{n}T06:00:00") for n, found in enumerate(editions, 4)]
    return Memory().after(fold_compared("us_ofac_sdn", Memory(), snapshots, remarks=reader()))


@pytest.mark.trap("us_ofac_sdn", "without-xml")
def test_between_vintages_with_xml_one_without_it_edits_nothing_and_removes_no_name_and_nobody() -> None:
    fold(both(advanced()), both(), both(advanced().replace("伟", "薇"))).shows(
        "names name known_from known_to listing_id=us_ofac_sdn:45001 kind=aka quality=strong: "
        "LEE, William|2023-10-04T06:00|- / 李伟|2023-10-04T06:00|2023-10-06T06:00 / 李薇|2023-10-06T06:00|-"
    )
    vessel = (
        b'45003,"AMBER STAR","vessel","IRAN",-0- ,"5IM7","Crude Oil Tanker","99144","56068","Panama","Amber Co",'
        b'"Vessel Registration Identification IMO 9899064."\r\n\x1a'
    )
    csv = ofac_xml.stage("us_ofac_sdn", {"sdn.csv": CSV[: CSV.index(b"45009")] + vessel})
    after = fold(staged(SDN), csv, staged(SDN))
    after.shows("events kind listing_id detail:", "listings native_id known_to=-: 45001 / 45002 / 45003")
