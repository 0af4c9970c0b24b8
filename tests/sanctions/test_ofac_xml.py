"""OFAC's lists in XML, on files written to their published layouts."""

import io
from typing import Any

import pytest

from assets.contracts import RowGuard, Staged, StagedSnapshot
from assets.errors import Quarantine
from assets.sanctions.history.compared.fold import fold_compared
from assets.sanctions.lists.us_ofac import sdn_xml as ofac_xml
from assets.sanctions.lists.us_ofac.remarks import reader
from tests.sanctions.conftest import holds, info, snapshot

EXPORTS = "https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports"
SDN = f"""<?xml version="1.0" standalone="yes"?>
  <sdnList xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns="{EXPORTS}/XML"><publshInformation>
  <Publish_Date>10/03/2023</Publish_Date><Record_Count>3</Record_Count></publshInformation>
  <sdnEntry><uid>45001</uid><firstName>Wei</firstName><lastName>LI</lastName><title>Director</title>
  <sdnType>Individual</sdnType><remarks>(Linked To: NORTHERN CHEMICAL (HK) LIMITED)</remarks>
  <programList><program>ILLICIT-DRUGS-EO14059</program><program>SDNTK</program></programList>
  <idList>
  <id><idType>Passport</idType><idNumber>C18165248</idNumber><idCountry>China</idCountry>
  <expirationDate>25 Oct 2025</expirationDate></id>
  <id><idType>Gender</idType><idNumber>Male</idNumber></id>
  <id><idType>Digital Currency Address - XBT</idType><idNumber>1Fake1</idNumber></id>
  <id><idType>Email Address</idType><idNumber>li@example.com</idNumber></id>
  <id><idType>Secondary sanctions risk:</idType><idNumber>See Section 11 of Executive Order 14024.</idNumber></id>
  <id><idType>Moonbase Pass No.</idType><idNumber>77</idNumber></id></idList>
  <akaList><aka><type>a.k.a.</type><category>strong</category><lastName>LEE</lastName><firstName>William</firstName></aka>
  <aka><type>f.k.a.</type><category>weak</category><lastName>WILL</lastName></aka></akaList><addressList><address>
  <address1>No. 10 Zhongshan Road</address1><city>Dalian</city><stateOrProvince>Liaoning</stateOrProvince>
  <postalCode>116011</postalCode><country>China</country></address></addressList><nationalityList><nationality>
  <country>China</country><mainEntry>true</mainEntry></nationality></nationalityList><citizenshipList><citizenship>
  <country>Atlantis</country><mainEntry>true</mainEntry></citizenship></citizenshipList>
  <dateOfBirthList><dateOfBirthItem><dateOfBirth>24 Nov 1990</dateOfBirth><mainEntry>true</mainEntry></dateOfBirthItem>
  <dateOfBirthItem><dateOfBirth>circa 1989</dateOfBirth><mainEntry>false</mainEntry></dateOfBirthItem></dateOfBirthList>
  <placeOfBirthList><placeOfBirthItem>
  <placeOfBirth>Pyongyang, Korea, North</placeOfBirth></placeOfBirthItem></placeOfBirthList></sdnEntry>
  <sdnEntry><uid>45002</uid><lastName>NORTHERN CHEMICAL (HK) LIMITED</lastName><sdnType>Entity</sdnType>
  <programList><program>ILLICIT-DRUGS-EO14059</program></programList></sdnEntry>
  <sdnEntry><uid>45003</uid><lastName>AMBER STAR</lastName><sdnType>Vessel</sdnType>
  <programList><program>IRAN</program></programList>
  <idList>
  <id><idType>Vessel Registration Identification</idType><idNumber>IMO 9899064</idNumber></id></idList>
  <vesselInfo><callSign>5IM7</callSign><vesselType>Crude Oil Tanker</vesselType><vesselFlag>Panama</vesselFlag>
  <vesselOwner>Amber Co</vesselOwner><tonnage>99144</tonnage>
  <grossRegisteredTonnage>56068</grossRegisteredTonnage></vesselInfo></sdnEntry></sdnList>"""
REFERENCES = """
<ReferenceValueSets><AliasTypeValues><AliasType ID="1400">A.K.A.</AliasType><AliasType ID="1401">F.K.A.</AliasType>
  <AliasType ID="1403">Name</AliasType></AliasTypeValues>
  <AreaCodeValues><AreaCode ID="11065" CountryID="11065" Description="China">CN</AreaCode></AreaCodeValues><CountryValues>
  <Country ID="11065" ISO2="CN">China</Country></CountryValues><DetailReferenceValues>
  <DetailReference ID="91526">Male</DetailReference>
  <DetailReference ID="705">Tug</DetailReference></DetailReferenceValues>
  <FeatureTypeValues><FeatureType ID="2">VESSEL TYPE</FeatureType><FeatureType ID="3">Vessel Flag</FeatureType>
  <FeatureType ID="8">Birthdate</FeatureType><FeatureType ID="9">Place of Birth</FeatureType>
  <FeatureType ID="10">Nationality Country</FeatureType><FeatureType ID="25">Location</FeatureType>
  <FeatureType ID="26">Title</FeatureType><FeatureType ID="224">Gender</FeatureType>
  <FeatureType ID="344">Digital Currency Address - XBT</FeatureType></FeatureTypeValues>
  <IDRegDocTypeValues><IDRegDocType ID="1571">Passport</IDRegDocType>
  <IDRegDocType ID="1626">Vessel Registration Identification</IDRegDocType></IDRegDocTypeValues><LegalBasisValues>
  <LegalBasis ID="1">Unknown</LegalBasis><LegalBasis ID="92049">Executive Order 14059</LegalBasis></LegalBasisValues>
  <ListValues><List ID="1550">SDN List</List><List ID="91512">Consolidated List</List></ListValues>
  <LocPartTypeValues><LocPartType ID="1">Unknown</LocPartType><LocPartType ID="1451">ADDRESS1</LocPartType>
  <LocPartType ID="1454">CITY</LocPartType><LocPartType ID="1455">STATE/PROVINCE</LocPartType>
  <LocPartType ID="1456">POSTAL CODE</LocPartType></LocPartTypeValues>
  <NamePartTypeValues><NamePartType ID="1520">Last Name</NamePartType><NamePartType ID="1521">First Name</NamePartType>
  <NamePartType ID="1525">Entity Name</NamePartType>
  <NamePartType ID="1526">Vessel Name</NamePartType></NamePartTypeValues>
  <PartySubTypeValues><PartySubType ID="1" PartyTypeID="4">Vessel</PartySubType>
  <PartySubType ID="3" PartyTypeID="2">Unknown</PartySubType>
  <PartySubType ID="4" PartyTypeID="1">Unknown</PartySubType></PartySubTypeValues><PartyTypeValues>
  <PartyType ID="1">Individual</PartyType><PartyType ID="2">Entity</PartyType></PartyTypeValues>
  <RelationTypeValues><RelationType ID="15003">Owned or Controlled By</RelationType></RelationTypeValues>
  <SanctionsTypeValues><SanctionsType ID="1">Program</SanctionsType><SanctionsType ID="1705">Block</SanctionsType>
  <SanctionsType ID="91419">NDAA Special Conditions</SanctionsType></SanctionsTypeValues><ScriptValues>
  <Script ID="215" ScriptCode="Latn">Latin</Script>
  <Script ID="501" ScriptCode="Hans">Chinese Simplified</Script></ScriptValues></ReferenceValueSets>"""
LOCATIONS = """
<Locations>
  <Location ID="25"><LocationAreaCode AreaCodeID="11065" /><LocationCountry CountryID="11065" />
  <LocationPart LocPartTypeID="1451"><LocationPartValue Primary="true">
  <Value>No. 10 Zhongshan Road</Value></LocationPartValue></LocationPart><LocationPart LocPartTypeID="1454">
  <LocationPartValue Primary="false"><Comment>Chinese Simplified</Comment><Value>大连</Value></LocationPartValue>
  <LocationPartValue Primary="true"><Value>Dalian</Value></LocationPartValue></LocationPart>
  <LocationPart LocPartTypeID="1455"><LocationPartValue Primary="true">
  <Value>Liaoning</Value></LocationPartValue></LocationPart><LocationPart LocPartTypeID="1456">
  <LocationPartValue Primary="true"><Value>116011</Value></LocationPartValue></LocationPart></Location>
  <Location ID="26"><LocationPart LocPartTypeID="1"><LocationPartValue Primary="true">
  <Value>Iran</Value></LocationPartValue></LocationPart></Location></Locations>"""
DOCUMENTS = """
<IDRegDocuments>
  <IDRegDocument IDRegDocTypeID="1571" IdentityID="1" IssuedBy-CountryID="11065" ValidityID="2">
  <IDRegistrationNo>C18165248</IDRegistrationNo><DocumentDate IDRegDocDateTypeID="1481"><DatePeriod>
  <Start Approximate="false"><From><Year>2025</Year><Month>10</Month><Day>25</Day></From><To><Year>2025</Year>
  <Month>10</Month><Day>25</Day></To></Start><End Approximate="false"><From><Year>2025</Year><Month>10</Month>
  <Day>25</Day></From><To><Year>2025</Year><Month>10</Month>
  <Day>25</Day></To></End></DatePeriod></DocumentDate></IDRegDocument>
  <IDRegDocument IDRegDocTypeID="1626" IdentityID="3" ValidityID="1">
  <IDRegistrationNo>IMO 9899064</IDRegistrationNo></IDRegDocument></IDRegDocuments>"""
PARTIES = """
<DistinctParties>
  <DistinctParty FixedRef="45001"><Profile ID="45001" PartySubTypeID="4"><Identity ID="1" Primary="true" False="false">
  <Alias AliasTypeID="1400" Primary="false" LowQuality="true"><DocumentedName><DocumentedNamePart>
  <NamePartValue NamePartGroupID="9" ScriptID="215">WILL</NamePartValue></DocumentedNamePart></DocumentedName></Alias>
  <Alias AliasTypeID="1403" Primary="true" LowQuality="false"><DocumentedName><DocumentedNamePart>
  <NamePartValue NamePartGroupID="3" ScriptID="501">李</NamePartValue></DocumentedNamePart><DocumentedNamePart>
  <NamePartValue NamePartGroupID="4" ScriptID="501">伟</NamePartValue></DocumentedNamePart></DocumentedName>
  <DocumentedName DocNameStatusID="1"><DocumentedNamePart>
  <NamePartValue NamePartGroupID="1" ScriptID="215">LI</NamePartValue></DocumentedNamePart><DocumentedNamePart>
  <NamePartValue NamePartGroupID="2" ScriptID="215">Wei</NamePartValue></DocumentedNamePart></DocumentedName></Alias>
  <NamePartGroups><MasterNamePartGroup><NamePartGroup ID="1" NamePartTypeID="1520" /></MasterNamePartGroup>
  <MasterNamePartGroup><NamePartGroup ID="2" NamePartTypeID="1521" /></MasterNamePartGroup><MasterNamePartGroup>
  <NamePartGroup ID="3" NamePartTypeID="1520" /></MasterNamePartGroup><MasterNamePartGroup>
  <NamePartGroup ID="4" NamePartTypeID="1521" /></MasterNamePartGroup><MasterNamePartGroup>
  <NamePartGroup ID="9" NamePartTypeID="1520" /></MasterNamePartGroup></NamePartGroups></Identity>
  <Feature FeatureTypeID="25"><FeatureVersion><VersionLocation LocationID="25" /></FeatureVersion></Feature>
  <Feature FeatureTypeID="8"><FeatureVersion><DatePeriod><Start Approximate="true"><From><Year>1990</Year><Month>1</Month>
  <Day>1</Day></From><To><Year>1990</Year><Month>1</Month><Day>1</Day></To></Start><End Approximate="true"><From>
  <Year>1990</Year><Month>12</Month><Day>31</Day></From><To><Year>1990</Year><Month>12</Month>
  <Day>31</Day></To></End></DatePeriod><VersionDetail /></FeatureVersion></Feature><Feature FeatureTypeID="9">
  <FeatureVersion><VersionDetail>Hubei, China</VersionDetail></FeatureVersion></Feature><Feature FeatureTypeID="10">
  <FeatureVersion><VersionDetail /><VersionLocation LocationID="26" /></FeatureVersion></Feature>
  <Feature FeatureTypeID="224"><FeatureVersion><VersionDetail DetailReferenceID="91526" /></FeatureVersion></Feature>
  <Feature FeatureTypeID="344"><FeatureVersion><Comment>No forks.</Comment>
  <VersionDetail>1Fake1</VersionDetail></FeatureVersion></Feature><Feature FeatureTypeID="26"><FeatureVersion>
  <VersionDetail>Director</VersionDetail></FeatureVersion></Feature></Profile></DistinctParty>
  <DistinctParty FixedRef="45002"><Comment>all offices worldwide</Comment><Profile ID="45002" PartySubTypeID="3">
  <Identity ID="2">
  <Alias AliasTypeID="1403" Primary="true" LowQuality="false"><DocumentedName DocNameStatusID="1"><DocumentedNamePart>
  <NamePartValue NamePartGroupID="5" ScriptID="215">NORTHERN CHEMICAL (HK) LIMITED</NamePartValue></DocumentedNamePart>
  </DocumentedName></Alias>
  <NamePartGroups><MasterNamePartGroup>
  <NamePartGroup ID="5" NamePartTypeID="1525" /></MasterNamePartGroup></NamePartGroups></Identity></Profile></DistinctParty>
  <DistinctParty FixedRef="45003"><Profile ID="45003" PartySubTypeID="1"><Identity ID="3">
  <Alias AliasTypeID="1403" Primary="true" LowQuality="false"><DocumentedName DocNameStatusID="1"><DocumentedNamePart>
  <NamePartValue NamePartGroupID="6" ScriptID="215">AMBER STAR</NamePartValue></DocumentedNamePart></DocumentedName></Alias>
  <NamePartGroups><MasterNamePartGroup>
  <NamePartGroup ID="6" NamePartTypeID="1526" /></MasterNamePartGroup></NamePartGroups></Identity>
  <Feature FeatureTypeID="3"><FeatureVersion><VersionDetail>Panama</VersionDetail></FeatureVersion></Feature>
  <Feature FeatureTypeID="2"><FeatureVersion>
  <VersionDetail DetailReferenceID="705" /></FeatureVersion></Feature></Profile></DistinctParty></DistinctParties>"""
RELATIONS = """
<ProfileRelationships>
  <ProfileRelationship From-ProfileID="45002" To-ProfileID="45001" RelationTypeID="15003"></ProfileRelationship>
  <ProfileRelationship From-ProfileID="45002" To-ProfileID="7" RelationTypeID="15003" /></ProfileRelationships>"""
ENTRIES = """
<SanctionsEntries>
  <SanctionsEntry ProfileID="45001" ListID="1550"><EntryEvent LegalBasisID="92049"><Date><Year>2023</Year>
  <Month>10</Month><Day>3</Day></Date></EntryEvent><EntryEvent LegalBasisID="1"><Date><Year>2024</Year><Month>1</Month>
  <Day>2</Day></Date></EntryEvent><SanctionsMeasure SanctionsTypeID="1705"></SanctionsMeasure>
  <SanctionsMeasure SanctionsTypeID="1"><Comment>ILLICIT-DRUGS-EO14059</Comment></SanctionsMeasure>
  <SanctionsMeasure SanctionsTypeID="1"><Comment>SDNTK</Comment></SanctionsMeasure></SanctionsEntry>
  <SanctionsEntry ProfileID="45001" ListID="91512"><EntryEvent LegalBasisID="1"><Date><Year>2014</Year><Month>10</Month>
  <Day>10</Day></Date></EntryEvent><SanctionsMeasure SanctionsTypeID="1"><Comment>NS-CMIC</Comment></SanctionsMeasure>
  <SanctionsMeasure SanctionsTypeID="91419" /></SanctionsEntry>
  <SanctionsEntry ProfileID="45002" ListID="1550"><EntryEvent><Date><Year>2023</Year><Month>10</Month>
  <Day>3</Day></Date></EntryEvent><SanctionsMeasure SanctionsTypeID="1">
  <Comment>ILLICIT-DRUGS-EO14059</Comment></SanctionsMeasure></SanctionsEntry></SanctionsEntries>"""
ISSUED = "\n  <DateOfIssue><Year>2023</Year><Month>10</Month><Day>3</Day></DateOfIssue>"


def advanced(*sections: str) -> str:
    parts = sections or (ISSUED, REFERENCES, LOCATIONS, DOCUMENTS, PARTIES, RELATIONS, ENTRIES)
    return f'<?xml version="1.0"?>\n<Sanctions xmlns="{EXPORTS}/ADVANCED_XML" Version="3">{"".join(parts)}\n</Sanctions>'


ENHANCED = f"""<?xml version="1.0" encoding="utf-8"?><sanctionsData xmlns="{EXPORTS}/ENHANCED_XML"><publicationInfo>
  <dataAsOf>2023-10-03T00:00:00</dataAsOf><filters><sanctionsLists>
  <sanctionsList>SDN List</sanctionsList></sanctionsLists></filters></publicationInfo><referenceValues><referenceValue>
  <type>EntityType</type><value>Individual</value></referenceValue></referenceValues><entities>
  <entity id="45001"><generalInfo><identityId>1</identityId><entityType>Individual</entityType>
  <title>Director</title></generalInfo><sanctionsLists>
  <sanctionsList datePublished="2014-10-10">Consolidated List</sanctionsList>
  <sanctionsList datePublished="2023-10-03">SDN List</sanctionsList></sanctionsLists><sanctionsPrograms>
  <sanctionsProgram>ILLICIT-DRUGS-EO14059</sanctionsProgram></sanctionsPrograms><sanctionsTypes>
  <sanctionsType>Block</sanctionsType></sanctionsTypes><legalAuthorities>
  <legalAuthority>Executive Order 14059</legalAuthority></legalAuthorities>
  <names>
  <name><isPrimary>false</isPrimary><aliasType>A.K.A.</aliasType><isLowQuality>true</isLowQuality><translations>
  <translation><isPrimary>true</isPrimary><script>Latin</script>
  <formattedFullName>WILL</formattedFullName></translation></translations></name>
  <name><isPrimary>true</isPrimary><isLowQuality>false</isLowQuality><translations><translation>
  <isPrimary>false</isPrimary><script>Chinese Simplified</script><formattedFullName>李伟</formattedFullName></translation>
  <translation><isPrimary>true</isPrimary><script>Latin</script><formattedFirstName>Wei</formattedFirstName>
  <formattedLastName>LI</formattedLastName>
  <formattedFullName>LI, Wei</formattedFullName></translation></translations></name></names>
  <addresses><address><country>China</country><translations><translation><isPrimary>true</isPrimary><script>Latin</script>
  <addressParts><addressPart><type>ADDRESS1</type><value>No. 10 Zhongshan Road</value></addressPart><addressPart>
  <type>CITY</type><value>Dalian</value></addressPart><addressPart><type>STATE/PROVINCE</type>
  <value>Liaoning</value></addressPart><addressPart><type>POSTAL CODE</type>
  <value>116011</value></addressPart></addressParts></translation></translations></address></addresses>
  <features><feature><type>Birthdate</type><versionId>1</versionId><value>1990</value><valueDate>
  <fromDateBegin>1990-01-01</fromDateBegin><fromDateEnd>1990-01-01</fromDateEnd><toDateBegin>1990-12-31</toDateBegin>
  <toDateEnd>1990-12-31</toDateEnd><isApproximate>false</isApproximate><isDateRange>false</isDateRange></valueDate>
  <isPrimary>true</isPrimary></feature><feature><type>Nationality Country</type><value>China</value>
  <isPrimary>true</isPrimary></feature><feature><type>Place of Birth</type><value>Hubei, China</value>
  <isPrimary>true</isPrimary></feature><feature><type>Gender</type><value>Male</value>
  <isPrimary>true</isPrimary></feature></features>
  <identityDocuments><identityDocument><type>Passport</type>
  <name>LI, Wei</name><documentNumber>C18165248</documentNumber><isValid>true</isValid>
  <issuingCountry>China</issuingCountry><expirationDate><fromDateBegin>2025-10-25</fromDateBegin>
  <toDateEnd>2025-10-25</toDateEnd><isApproximate>false</isApproximate>
  <isDateRange>false</isDateRange></expirationDate></identityDocument></identityDocuments></entity>
  <entity id="45002"><generalInfo><identityId>2</identityId><entityType>Entity</entityType>
  <remarks>all offices worldwide</remarks></generalInfo><sanctionsLists>
  <sanctionsList datePublished="2023-10-03">SDN List</sanctionsList></sanctionsLists><sanctionsPrograms>
  <sanctionsProgram>ILLICIT-DRUGS-EO14059</sanctionsProgram></sanctionsPrograms>
  <names>
  <name><isPrimary>true</isPrimary><isLowQuality>false</isLowQuality><translations><translation>
  <isPrimary>true</isPrimary><script>Latin</script><formattedLastName>NORTHERN CHEMICAL (HK) LIMITED</formattedLastName>
  <formattedFullName>NORTHERN CHEMICAL (HK) LIMITED</formattedFullName></translation></translations></name></names>
  <relationships><relationship><type>Owned or Controlled By</type>
  <relatedEntity entityId="45001">LI, Wei</relatedEntity></relationship><relationship><type>Owned or Controlled By</type>
  <relatedEntity entityId="7">SOMEBODY</relatedEntity></relationship></relationships></entity></entities></sanctionsData>"""
FILES = {"sdn": SDN, "advanced": advanced(), "enhanced": ENHANCED}


def staged(text: str | bytes, list_id: str = "us_ofac_sdn") -> Staged:
    data = text.encode() if isinstance(text, str) else text
    return ofac_xml.read_xml(list_id, io.BytesIO(data), "LIST.XML")


@pytest.mark.parametrize("layout", FILES)
def test_every_layout_gives_the_same_party_in_the_same_words_so_that_histories_join(layout: str) -> None:
    found = staged(FILES[layout])
    holds(
        found,
        "listings row name party_type native_id=45001: 1|LI, Wei|person",
        "listings row name party_type native_id=45002: 2|NORTHERN CHEMICAL (HK) LIMITED|entity",
        "addresses address city country_id native_id=45001: "
        "No. 10 Zhongshan Road, Dalian, Liaoning 116011, China|Dalian, Liaoning 116011|CHN",
        "identifiers value country_id native_id=45001 scheme=passport: C18165248|CHN",
        "notes text native_id=45001 kind=gender: Male",
        "names quality native_id=45001 name=WILL: weak",
    )
    assert "remarks" not in found.frames["listings"].columns, "what stands there in the CSVs stands elsewhere here"
    if layout != "sdn":
        holds(found, "listings listed_on listed_on_basis native_id=45001: 2023-10-03|source_field")
        # each list has its own day
        holds(staged(FILES[layout], "us_ofac_cons"), "listings listed_on native_id=45001: 2014-10-10")


def test_sdn_xml_is_read_in_any_namespace_whole_and_has_no_day_of_listing() -> None:
    for text in FILES.values():
        plain = text.replace(f"{EXPORTS}/", "http://tempuri.org/")
        assert staged(plain).frames["listings"].equals(staged(text).frames["listings"])
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
        "links relation linked_name: linked_to|NORTHERN CHEMICAL (HK) LIMITED",
    )
    with pytest.raises(Quarantine, match="holds 3 records and states that it holds 9,086"):
        staged(SDN.replace("<Record_Count>3<", "<Record_Count>9086<"))


def test_advanced_details_follow_their_references_with_dates_links_and_legal_bases() -> None:
    holds(
        staged(advanced()),
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


def test_enhanced_names_births_countries_and_links() -> None:
    holds(
        staged(ENHANCED),
        "names name kind quality: WILL|aka|weak / 李伟|aka|strong",
        "birth_dates born born_from born_before precision: 1990|1990-01-01|1991-01-01|year",
        "countries country_id basis: CHN|nationality / CHN|place_of_birth / CHN|remark",
        "identifiers scheme value note: passport|C18165248|expires 25 Oct 2025",
        "links relation linked_name linked_listing_id: owned_or_controlled_by|LI, Wei|us_ofac_sdn:45001 / "
        "owned_or_controlled_by|SOMEBODY|-",
    )
    with pytest.raises(Quarantine, match="delta publication"):
        staged(ENHANCED.replace("dataAsOf", "datePublished"))


@pytest.mark.parametrize(("code", "name"), [("Hant", "李伟"), ("Japanese", "李伟"), ("Cyrl", "李, 伟")])
def test_advanced_a_script_is_known_by_its_iso_code_or_its_word_and_one_with_blanks_keeps_the_comma(code: str, name: str) -> None:
    found = staged(advanced().replace('ScriptCode="Hans"', f'ScriptCode="{code}"'))
    assert name in found.frames["names"]["name"]


def located(location: str) -> str:
    """The file with one more location, where the first party is too."""
    version = '<FeatureVersion ID="99"><VersionLocation LocationID="99" /></FeatureVersion>'
    area = '<AreaCode ID="11291" CountryID="11291" Description="undetermined" AreaCodeTypeID="1" /></AreaCodeValues>'
    return (
        advanced()
        .replace("</AreaCodeValues>", area)
        .replace("</CountryValues>", '<Country ID="11291">undetermined</Country></CountryValues>')
        .replace("</Locations>", f'<Location ID="99">{location}</Location></Locations>')
        .replace("</Profile></DistinctParty>", f'<Feature FeatureTypeID="25">{version}</Feature></Profile></DistinctParty>', 1)
    )


def test_advanced_areas_go_by_their_description_and_labels_by_the_grammar() -> None:
    found = staged(located('<LocationAreaCode AreaCodeID="11065" />'))
    holds(found, "addresses country_id country_raw address=China: CHN|China")
    text = advanced().replace(">Passport</IDRegDocType>", ">C.I.N.</IDRegDocType>")
    text = text.replace(">Gender</FeatureType>", ">PAIPA Section 2 Information:</FeatureType>").replace(">Male<", ">Sec. 2<")
    holds(
        staged(text),
        "identifiers value scheme=identification_number: C18165248",
        "notes text kind=determination: PAIPA Section 2 Information: Sec. 2",
    )


@pytest.mark.parametrize(
    "location",
    [
        '<LocationAreaCode AreaCodeID="11291" />',
        '<LocationAreaCode AreaCodeID="11291" /><LocationCountry CountryID="11291" CountryRelevanceID="1413" />',
        '<LocationPart LocPartTypeID="1"><LocationPartValue><Value>undetermined</Value></LocationPartValue></LocationPart>',
    ],
)
def test_advanced_a_location_that_is_undetermined_is_no_address(location: str) -> None:
    assert staged(located(location)).frames["addresses"].height == 1


def test_advanced_sections_in_any_order_and_references_to_nothing_are_read_but_not_without_values() -> None:
    turned = staged(advanced(ENTRIES, RELATIONS, PARTIES, DOCUMENTS, LOCATIONS, REFERENCES, ISSUED))
    for name, frame in staged(advanced()).frames.items():
        assert turned.frames[name].equals(frame), name
    found = staged(advanced(ISSUED, REFERENCES, PARTIES, ENTRIES))
    assert found.frames["listings"].height == 3
    assert found.frames["addresses"].height == 0
    with pytest.raises(Quarantine, match="no ReferenceValueSets"):
        staged(advanced(ISSUED, PARTIES, ENTRIES))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<export/>", "none of OFAC's XML lists"),
        (b'36,"AEROCARIBBEAN AIRLINES",-0-', "not XML"),
        (b"<sdnList></sdnList>", "no party"),
        *((text.encode()[: len(text) // 2], "cut") for text in FILES.values()),
    ],
)
def test_a_cut_or_other_file_and_one_without_a_party_are_quarantined(data: bytes, said: str) -> None:
    with pytest.raises(Quarantine, match=said):
        staged(data)


BOMB = (
    "<!DOCTYPE sdnList [<!ENTITY a 'lol'>"
    + "".join(f"<!ENTITY {b} '{f'&{a};' * 10}'>" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)


@pytest.mark.parametrize(
    "declared", [BOMB, "<!DOCTYPE sdnList [<!ENTITY i SYSTEM 'file:///etc/hostname'>]>", '<!DOCTYPE a SYSTEM "x.dtd">']
)
def test_entities_are_never_resolved_billion_laughs_and_files_from_outside_are_refused(declared: str) -> None:
    body = SDN.split("?>", 1)[1].replace("AMBER STAR", "&i;" if "ENTITY i" in declared else "A")
    with pytest.raises(Quarantine):
        staged(declared + body)


def test_records_without_an_id_a_name_or_a_known_type_are_rejected() -> None:
    broken = (
        SDN.replace("<uid>45001</uid>", "<uid>x1</uid>")
        .replace("<lastName>NORTHERN CHEMICAL (HK) LIMITED</lastName>", "<lastName/>")
        .replace("<sdnType>Vessel</sdnType>", "<sdnType>Moon</sdnType>")
        .replace("</sdnList>", "<sdnEntry><uid>5</uid><lastName>GOOD</lastName><sdnType>Entity</sdnType></sdnEntry></sdnList>")
        .replace("<Record_Count>3", "<Record_Count>4")
    )
    found = staged(broken)
    holds(
        found,
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


def both(**files: bytes) -> Staged:
    return ofac_xml.stage("us_ofac_sdn", {"sdn.csv": CSV, "alt.csv": ALT} | {n.replace("_", "."): f for n, f in files.items()})


@pytest.mark.parametrize("layout", ["advanced", "enhanced"])
def test_beside_the_csvs_the_xml_gives_days_of_listing_names_in_other_scripts_and_links(layout: str) -> None:
    found = both(list_xml=FILES[layout].encode())
    holds(
        found,
        "listings native_id listed_on listed_on_basis: 45001|2023-10-03|source_field / 45002|2023-10-03|source_field / 45009|-|-",
        "names native_id name kind quality: 45001|LEE, William|aka|strong / 45001|李伟|aka|strong",
        "links relation linked_name native_id=45002 linked_listing_id=us_ofac_sdn:45001: owned_or_controlled_by|LI, Wei",
        f"facts format: legacy csv, {layout} xml",
    )
    assert "remarks" in found.frames["listings"].columns


def test_the_xml_that_says_most_is_read_each_alone_is_a_vintage_and_sdn_xml_adds_no_day() -> None:
    files = {"a.xml": SDN.encode(), "b.xml": advanced().encode(), "c.xml": ENHANCED.encode()}
    assert ofac_xml.stage("us_ofac_sdn", files).facts["format"] == "enhanced xml"
    del files["c.xml"]
    assert ofac_xml.stage("us_ofac_sdn", files).facts["format"] == "advanced xml"
    assert both().facts["format"] == "legacy csv"
    assert "listed_on" not in both().frames["listings"].columns
    assert ofac_xml.stage("us_ofac_sdn", {"SDN.XML": SDN.encode()}).facts["format"] == "sdn xml"
    with pytest.raises(Quarantine):
        ofac_xml.stage("us_ofac_sdn", {})
    assert "listed_on" not in both(sdn_xml=SDN.encode()).frames["listings"].columns


def test_a_cut_xml_or_one_of_another_day_beside_the_csvs_is_reported() -> None:
    found = both(list_xml=advanced().encode()[:-100])
    assert found.frames["listings"].equals(both().frames["listings"])
    judged = ofac_xml.judge(info(found), None, RowGuard())
    assert judged.refusals == ()
    assert any("left out" in warning and "cut" in warning for warning in judged.warnings)
    judged = ofac_xml.judge(info(both(list_xml=advanced().encode())), None, RowGuard())
    assert any("lacks 1 of their 3 parties" in warning for warning in judged.warnings)


def made(n: int) -> str:
    entry = "<sdnEntry><uid>{}</uid><lastName>P {}</lastName><sdnType>Entity</sdnType></sdnEntry>"
    return "<sdnList>" + "".join(entry.format(k, k) for k in range(1, n + 1)) + "</sdnList>"


def fold(history: Any, *snapshots: StagedSnapshot) -> Any:
    return history.after(fold_compared("us_ofac_sdn", history, snapshots, remarks=reader()))


@pytest.mark.trap("us_ofac_sdn", "without-xml")
def test_names_in_other_scripts_stay_while_the_xml_is_away_and_go_when_it_no_longer_has_them(history: Any) -> None:
    other = both(list_xml=advanced().replace("伟", "薇").encode())
    found = fold(
        history,
        snapshot(both(list_xml=advanced().encode()), "2023-10-04T06:00:00"),
        snapshot(both(), "2023-10-05T06:00:00"),
        snapshot(other, "2023-10-06T06:00:00"),
    )
    found.shows(
        "names name known_from known_to listing_id=us_ofac_sdn:45001 kind=aka quality=strong: "
        "LEE, William|2023-10-04T06:00|- / 李伟|2023-10-04T06:00|2023-10-06T06:00 / 李薇|2023-10-06T06:00|-"
    )


@pytest.mark.trap("us_ofac_sdn", "without-xml")
def test_a_vintage_of_csvs_after_one_of_xml_removes_nobody_and_edits_nothing(history: Any) -> None:
    vessel = (
        b'45003,"AMBER STAR","vessel","IRAN",-0- ,"5IM7","Crude Oil Tanker","99144","56068","Panama","Amber Co",'
        b'"Vessel Registration Identification IMO 9899064."'
    )
    lines = CSV.replace(b'45009,"NEW PARTY",-0- ,"SDGT",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ', vessel)
    found = fold(
        history,
        snapshot(staged(SDN), "2023-10-04T06:00:00"),
        snapshot(ofac_xml.stage("us_ofac_sdn", {"sdn.csv": lines}), "2023-10-05T06:00:00"),
        snapshot(staged(SDN), "2023-10-06T06:00:00"),
    )
    found.shows("events kind listing_id detail:", "listings native_id known_to=-: 45001 / 45002 / 45003")
