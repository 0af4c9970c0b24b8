"""The financial sanctions list of the European Union, on files written to its published layouts."""

import csv
import io
from typing import Any

import pytest

from assets.contracts import Staged
from assets.sanctions.history.compared.fold import fold_compared
from assets.sanctions.lists.eu import financial_sanctions as eu_list
from tests.sanctions.conftest import Memory, holds, refuses, snapshot, xml

DERIPASKA = xml(
    """sanctionEntity[designationDate=2022-04-08 unitedNationId="" euReferenceNumber=EU.8475.48 logicalId=137111]<
    remark: Russian business person.; regulation[publicationDate=2024-09-13 entryIntoForceDate=2024-09-14
      numberTitle="2024/2455 (OJ L)" programme=UKR]<publicationUrl: https://eur-lex.europa.eu/example>
    subjectType[code=person classificationCode=P]
    nameAlias[firstName="" wholeName=" Oleg Vladimirovich  DERIPASKA" function=Owner nameLanguage=EN strong=true logicalId=1]
    nameAlias[wholeName="Олег Владимирович ДЕРИПАСКА" nameLanguage=RU strong=true logicalId=2]
    nameAlias[wholeName="Oleg D." strong=false logicalId=3]
    nameAlias[wholeName="O. D." strong=true logicalId=4]<remark: (Low quality alias)>
    citizenship[countryIso2Code=RU countryDescription="RUSSIAN FEDERATION"]
    citizenship[countryIso2Code=00 countryDescription=UNKNOWN]
    birthdate[circa=false calendarType=GREGORIAN city=Dzerzhinsk birthdate=1968-01-02 dayOfMonth=2 monthOfYear=1 year=1968
      region="" place="" countryIso2Code=RU countryDescription="RUSSIAN FEDERATION"]
    birthdate[circa=true calendarType=GREGORIAN year=1967 countryIso2Code=00 countryDescription=UNKNOWN]
    birthdate[circa=false yearRangeFrom=1960 yearRangeTo=1965 countryIso2Code=00 countryDescription=UNKNOWN]
    identification[knownExpired=true knownFalse=false issuedBy=FMS latinNumber="" number="75 1234567" issueDate=2015-01-01
      identificationTypeCode=passport identificationTypeDescription="National passport" countryIso2Code=RU]>"""
)
FIRM = xml(
    """sanctionEntity[designationDetails="" unitedNationId=QDe.1 logicalId=983]<
    regulation[publicationDate=2003-07-08 entryIntoForceDate=2003-07-07 numberTitle=1210/2003 programme=TAQA]
    subjectType[code=enterprise classificationCode=E] nameAlias[wholeName="Northern Trade House" strong=true logicalId=10]
    address[city=Shanghai street="1 Harbour Road" poBox=77 zipCode=200083 region="" place="" countryIso2Code=CN
      countryDescription=CHINA]<remark: Head office; contactInfo[key=EMAIL value=office@example.com]>
    address[countryIso2Code=00 countryDescription=UNKNOWN]<remark: Formerly in Europe>
    identification[number=91310000X identificationTypeCode=regnumber countryIso2Code=CN]
    identification[number=- identificationTypeCode=other]>"""
)


def made(entities: str = DERIPASKA + FIRM) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<export xmlns="http://eu.europa.ec/fpi/fsd/export" '
        f'generationDate="2026-08-05T16:47:04.449+02:00" globalFileId="184961">{entities}\n</export>'
    ).encode()


def table(*rows: dict[str, str], **more: Any) -> bytes:
    """A CSV of persons of the number 6, with the columns that the rows name."""
    header = list(dict.fromkeys(("Entity_LogicalId", "Entity_SubjectType", "NameAlias_WholeName", "Entity_DesignationDate")))
    header += dict.fromkeys(column for row in rows for column in row if column not in header)
    out = io.StringIO()
    writer = csv.DictWriter(out, header, restval="", delimiter=";", **{"lineterminator": "\n"} | more)
    writer.writeheader()
    writer.writerows({"Entity_LogicalId": "6", "Entity_SubjectType": "P"} | row for row in rows)
    return out.getvalue().encode()


OLEG = {
    "fileGenerationDate": "05/08/2026", "Entity_LogicalId": "137111", "Entity_DesignationDate": "2022-04-08",
    "Entity_Regulation_Programme": "UKR", "Entity_SubjectType_ClassificationCode": "person",
    "Entity_Regulation_PublicationDate": "2024-09-13",
}  # fmt: skip
CSV = "\ufeff".encode() + table(
    *(OLEG | cells for cells in (
        {"NameAlias_WholeName": "Oleg DERIPASKA"}, {"NameAlias_WholeName": 'Oleg "the" D', "NameAlias_Remark": "low quality"},
        {"Citizenship_CountryIso2Code": "RU"}, {"BirthDate_BirthDate": "1968-01-02", "BirthDate_Year": "1968"},
        {"Identification_Number": "75 1", "Identification_TypeCode": "passport", "Identification_CountryIso2Code": "RU"})),
    {"Entity_LogicalId": "983", "NameAlias_WholeName": "Firm", "Entity_SubjectType": "E", "Address_City": "Shanghai",
     "fileGenerationDate": "05/08/2026", "Address_CountryIso2Code": "CN"},
    quoting=csv.QUOTE_NONE, quotechar=None, lineterminator="\r\n",
)  # fmt: skip


def staged(data: bytes | None = None, name: str = "20260805-FULL-1_1.xml") -> Staged:
    return eu_list.stage({name: made() if data is None else data})


def name_of(found: Staged) -> list[str]:
    names: list[str] = found.frames["listings"]["name"].to_list()
    return names


@pytest.mark.trap("eu_fsf", "weak-in-remarks")
@pytest.mark.trap("eu_fsf", "unknown-values")
def test_the_designation_date_and_not_that_of_the_last_amendment_is_the_day_of_listing_and_details_are_as_stated() -> None:
    holds(
        staged(),
        "listings native_id name party_type programs listed_on listed_on_basis: "
         "137111|Oleg Vladimirovich DERIPASKA|person|UKR|2022-04-08|source_field / 983|Northern Trade House|entity|TAQA|-|-",
        "facts n_undated n_unknown_countries: 1|0",
        "notes native_id text kind=last_amended_by native_id=137111: 137111|2024/2455 (OJ L), published 2024-09-13, "
         "in force 2024-09-14, https://eur-lex.europa.eu/example",
        "names name kind quality: Олег Владимирович ДЕРИПАСКА|aka|strong / Oleg D.|aka|weak / O. D.|aka|weak",
        "countries native_id country_id basis: 137111|RUS|citizenship / 137111|RUS|place_of_birth",
        "birth_dates born born_from born_before precision is_circa: 02 Jan 1968|1968-01-02|1968-01-03|day|False / "
         "circa 1967|1967-01-01|1968-01-01|year|True / 1960 to 1965|1960-01-01|1966-01-01|interval|False",
        "birth_places place country_id: Dzerzhinsk, RUSSIAN FEDERATION|RUS",
        "identifiers native_id scheme value country_id note: 137111|eu_reference|EU.8475.48|-|- / "
         "137111|passport|75 1234567|RUS|issued by FMS; issued 2015-01-01; expired / 983|un_reference|QDe.1|-|- / "
         "983|email|office@example.com|-|- / 983|registration|91310000X|CHN|-",
        "addresses address city country_id country_raw note: "
         "1 Harbour Road, PO Box 77, Shanghai, 200083, CHINA|Shanghai, 200083|CHN|CHINA|Head office",
        "notes native_id text kind=address: 983|Formerly in Europe", "notes text kind=name_remark:",
    )  # fmt: skip
    data = DERIPASKA.replace('issuedBy="FMS"', 'issuedBy="FMS" diplomatic="true" region="Omsk" nameOnDocument="O. Petrov"')
    note = "issued by FMS; region Omsk; name on document O. Petrov; issued 2015-01-01; diplomatic; expired"
    holds(staged(made(data)), f"identifiers note scheme=passport: {note}")


@pytest.mark.trap("eu_fsf", "bare-quotes")
def test_the_csv_gives_the_same_parties_with_bare_quotes_and_beside_it_the_xml_is_read() -> None:
    holds(
        staged(CSV, "list.csv"),
        "listings native_id name party_type programs listed_on: 137111|Oleg DERIPASKA|person|UKR|2022-04-08 / "
         "983|Firm|entity|-|-",
        "facts format published: eu csv|2026-08-05", "countries native_id country_id basis: 137111|RUS|citizenship",
        "addresses city country_id: Shanghai|CHN", 'names native_id name kind quality: 137111|Oleg "the" D|aka|weak',
    )  # fmt: skip
    assert eu_list.stage({"a.csv": CSV, "b.xml": made()}).facts["format"] == "eu xml"
    for written in (b'"Oleg the D', b'"' + b"O" * 200_000 + b'"'):  # also beyond the limit of the csv module
        names = staged(CSV.replace(b'Oleg "the" D', written), "list.csv").frames["names"]["name"]
        assert names.to_list() == [written.decode()]
    n_columns = CSV.count(b";", 0, CSV.index(b"\r\n")) + 1
    data = CSV.replace(b"\r\n983;", b"\r\n984;broken;\r\n983;")
    holds(
        staged(data, "list.csv"), f"rejects row reason: 6|3 columns where the header has {n_columns}",
        "facts unreadable_ids: ['984']",
    )  # fmt: skip


def test_entries_without_id_or_name_or_of_an_unknown_type_are_rejected_and_another_list_or_a_cut_one_quarantined() -> None:
    bad = FIRM.replace('logicalId="983"', "")
    nameless = FIRM.replace('"Northern Trade House"', '""').replace("983", "984")
    other = FIRM.replace("enterprise", "robot").replace('"E"', '"R"').replace("983", "985")
    found = staged(made(DERIPASKA + bad + nameless + other))
    holds(
        found,
        "rejects reason: the id is missing / the name is empty / the type of the party is none that is known",
        "facts unreadable_ids: ['984', '985']",
    )
    assert (found.n_read, found.n_rejected) == (4, 3)
    refuses(
        staged, ("root element", b"<CONSOLIDATED_LIST/>"), ("no party", made("")),
        ("header lacks Entity_LogicalId", b"a;b;c\n1;2;3\n"), ("cut in its last line", CSV[:-30]),
        ("no party", CSV[: CSV.index(b"\r\n")]), ("not the list", b";;;;\n;;;"),
    )  # fmt: skip


ALIASES = (
    ("171", "إبراهيم الصغير", "good quality alias"), ("166", "Abu Latif", "lo quality alias"), ("180", "Ibrahim le Jeune", ""),
    ("168", "Ibrahim AL-SAGHIR", "Good quality alias"), ("169", "Ibrahim al-Şaghīr", "Believed to be in Aden; wanted"),
)  # fmt: skip
"""Names of one party in the order of the file: number, name, remark."""
PARTY = '<sanctionEntity logicalId="6"><subjectType code="person"/>{}</sanctionEntity>'


def aliased(*names: tuple[str, str, str]) -> Staged:
    alias = '<nameAlias logicalId="{}" wholeName="{}" strong="true"><remark>{}</remark></nameAlias>'
    return staged(made(PARTY.format("".join(alias.format(*name) for name in names))))


def of_csv(*names: tuple[str, str, str]) -> Staged:
    keys = ("NameAlias_LogicalId", "NameAlias_WholeName", "NameAlias_Remark")
    rows = (dict(zip(keys, (number, name, f"({remark})"), strict=True)) for number, name, remark in names)
    return staged(table(*rows), "list.csv")


@pytest.mark.trap("eu_fsf", "order-of-aliases")
@pytest.mark.parametrize("read", [aliased, of_csv])
def test_aliases_in_no_order_of_rank_the_strong_latin_name_that_was_entered_first_is_the_name(read: Any) -> None:
    """EU.3092.36 would be named in Arabic, EU.3953.70 in Irish, if the first alias of the file counted."""
    assert name_of(read(*ALIASES)) == name_of(read(*reversed(ALIASES))) == ["Ibrahim AL-SAGHIR"]
    # a further alias before the others is no edit
    found = read(*ALIASES), read(("200", "Irishman of the Aliases", ""), *ALIASES)
    snapshots = [snapshot(f, when) for f, when in zip(found, ("2026-02-27T06:00:00", "2026-03-02T18:00:00"), strict=True)]
    Memory().after(fold_compared("eu_fsf", Memory(), snapshots)).shows("listings name: Ibrahim AL-SAGHIR")


@pytest.mark.trap("eu_fsf", "weak-in-remarks")
def test_a_slip_of_the_list_leaves_a_weak_alias_weak_and_where_only_the_xml_marks_the_first_as_weak_both_give_one_name() -> None:
    for slip in ("lo quality alias", "low quality aliias", "Low-quality a.k.a.", "(LOW  QUALITY)"):
        holds(aliased(ALIASES[3], ("170", "Saghir", slip)), "names name quality: Saghir|weak", "notes text:")
    aliases = '<nameAlias logicalId="1" wholeName="A. Petrov"/><nameAlias logicalId="2" wholeName="Andrei Petrov" strong="true"/>'
    assert name_of(staged(made(PARTY.format(aliases)))) == ["A. Petrov"]
    assert name_of(of_csv(("1", "A. Petrov", ""), ("2", "Andrei Petrov", ""))) == ["A. Petrov"]


@pytest.mark.trap("eu_fsf", "remarks")
@pytest.mark.trap("eu_fsf", "bare-quotes")
def test_remarks_are_notes_that_say_what_they_are_on_but_for_those_on_quality_each_of_a_cell_of_the_csv_one() -> None:
    party = xml(
        """nameAlias[logicalId=1 wholeName=Oleg]<remark: Low quality alias;; of a firm>
        citizenship[countryDescription=CYPRUS]<remark: until 2022>
        birthdate[yearRangeFrom=1960 yearRangeTo=1965]<remark: by his own word>
        birthdate[countryDescription=UNKNOWN]<remark: in the north>"""
    )
    holds(
        staged(made(PARTY.format(party))),
        "notes kind text: name_remark|Oleg: Low quality alias; of a firm / citizenship_remark|CYPRUS: until 2022 / "
        "birth_remark|1960 to 1965: by his own word / birth_remark|in the north",
    )
    holds(aliased(*ALIASES), "notes kind text: name_remark|Ibrahim al-Şaghīr: Believed to be in Aden; wanted")
    found = of_csv(("1", "Anna", ""), ("2", "Ann", r"low quality alias)\n(name\nof her youth"))
    holds(found, "names name quality: Ann|weak", "notes kind text: name_remark|Ann: name of her youth")
    # without numbers the order counts
    holds(of_csv(*(("", name, remark) for _, name, remark in ALIASES)), "listings name: Ibrahim le Jeune")
    for cell, said in (
        (r"(Date of UN designation: 2016-11-30)\n(Director)", "Date of UN designation: 2016-11-30 Director"),
        (r"(Firms:\nA (of B);\nC)", "Firms: A (of B); C"), ("(a) one and (b)", "(a) one and (b)"), ("((a) one)", "(a) one"),
        (r"open (\n shut)\n(next", "open ( shut) (next"), (r"()\n()", None),
    ):  # fmt: skip
        found = staged(table({"NameAlias_WholeName": "A", "Entity_Remark": cell}), "list.csv")
        assert found.frames["listings"]["remarks"].to_list() == [said]


@pytest.mark.trap("eu_fsf", "unknown-values")
def test_a_dash_is_no_place_and_a_year_of_another_calendar_no_year_of_birth() -> None:
    born = 'calendarType="ISLAMIC" dayOfMonth="24" monthOfYear="6" year="1402"'
    data = DERIPASKA.replace('city="Dzerzhinsk"', 'city="-"').replace('calendarType="GREGORIAN" year="1967"', born)
    holds(
        staged(made(data + FIRM.replace('city="Shanghai"', 'city="-"'))), "birth_places place: RUSSIAN FEDERATION",
        "addresses address city: 1 Harbour Road, PO Box 77, 200083, CHINA|200083", "birth_dates born: 02 Jan 1968 / 1960 to 1965",
        "notes native_id text kind=born: 137111|1402",
    )  # fmt: skip


@pytest.mark.trap("eu_fsf", "several-in-one-contact")
@pytest.mark.parametrize(
    ("key", "value", "held"),
    [
        ("PHONE", "+98 21 225 89 29; +98 21 352 43 153,+98 21 31", ["+98 21 225 89 29", "+98 21 352 43 153", "+98 21 31"]),
        ("FAX", "33 44 10 20, 21; 33 44 10 99", ["33 44 10 20, 21", "33 44 10 99"]),
        ("EMAIL", "a@example.com,b@example.com; c@example.com", ["a@example.com", "b@example.com", "c@example.com"]),
        ("WEB", "www.example.com,www.example.org; http://a.net/b,c", ["www.example.com", "www.example.org", "http://a.net/b,c"]),
        ("OTHER", "Telegram, ask for A; office", ["Telegram, ask for A", "office"]),
    ],
)
def test_several_addresses_or_numbers_in_one_contact_are_distinguished(key: str, value: str, held: list[str]) -> None:
    data = FIRM.replace('key="EMAIL" value="office@example.com"', f'key="{key}" value="{value}"')
    found = staged(made(data)).frames["identifiers"]
    assert found.filter(~found["scheme"].is_in(["un_reference", "registration"]))["value"].to_list() == held
