"""The UK Sanctions List and the older list of OFSI, on files written to their published layouts."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import pytest

from assets.contracts import Staged
from assets.sanctions.lists.gb import uk_sanctions as uk_list
from tests.sanctions.conftest import holds, refuses, xml


def cells(text: str) -> dict[str, str]:
    """Cells of a row by the names of their columns."""
    return dict(cell.split(": ", 1) for cell in text.split(" | "))


PERSON = cells(
    "Last Updated: 16/04/2026 | Unique ID: RUS0251 | OFSI Group ID: 14196 | "
    "Regime Name: The Russia (Sanctions) (EU Exit) Regulations 2019 | Designation Type: Individual | "
    "Designation source: UK | Date Designated: 25/02/2022 | Sanctions Imposed: Asset freeze|Travel Ban"
)
SHIP = cells(
    "Last Updated: 31/07/2024 | Unique ID: RUS2176 | "
    "Regime Name: The Russia (Sanctions) (EU Exit) Regulations 2019 | Designation Type: Ship | "
    "Date Designated: 31/07/2024 | Name 6: NORTHERN PROSPECT | Name type: Primary Name | IMO number: IMO9826902 | "
    "Current owner/operator (s): Stream Management FZCO | Current believed flag of ship: Gabon | "
    "Previous owner/operator (s): (1) Northern Lines (2) Southern Lines | Previous flags: (1) Liberia (2) Panama | "
    "Type of ship: Oil Tanker | Tonnage of ship: 7078 | Length of ship: 333 | Year Built: 2019 | "
    "UK Statement of Reasons: Carries oil,\nas stated."
)
NAME = {"Name 6": "PUTIN", "Name 1": "Vladimir", "Name 2": "Vladimirovich", "Name type": "Primary Name"}
BORN = {"D.O.B": "07/10/1952", "Nationality(/ies)": "Russia", "Town of birth": "Leningrad", "Country of birth": "Russia"}
STATED = {"Position": "President", "Gender": "Male", "Passport number": "P1", "Passport additional information": "diplomatic"}
ADDRESS = cells("Address Line 1: Kremlin | Address Line 6: Moscow | Address Postal Code: 103132 | Address Country: Russia")
SCRIPT = {"Non-latin script type": "Cyrillic", "Non-latin script language": "Russian"}
ROWS = (
    PERSON | {"Name 6": "PUTIN", "Name 1": "Vova", "Name type": "Alias", "Alias strength": "Low quality a.k.a"},
    PERSON | NAME | BORN | STATED,
    PERSON | NAME | ADDRESS | {"D.O.B": "dd/10/1951", "Name non-latin script": "Владимир ПУТИН", **SCRIPT},
    SHIP,
)
FIRM = cells(
    "Group Type: Entity | Group ID: 12431 | Regime: Syria | Listed On: 02/12/2011 | "
    "Other Information: (UK Sanctions List Ref):SYR0306 (UK Statement of Reasons):Front company."
)
OFSI_ROWS = (
    cells("Name 6: PUTIN | Name 1: Vladimir | Group Type: Individual | Alias Type: Primary name | Group ID: 14196 | "
     "Regime: Russia | Listed On: 25/02/2022 | UK Sanctions List Date Designated: 25/02/2022 | "
     "Last Updated: 01/03/2022 | Nationality: (1) Russia (2) Serbia | DOB: 00/00/1952 | Country: Russia | "
     "Address 6: Moscow | Other Information: (UK Sanctions List Ref):RUS0251. (Gender):Male"),
    FIRM | {"Name 6": "GENERAL INDUSTRIES", "Alias Type": "Primary name", "UK Sanctions List Date Designated": "31/12/2020"},
    FIRM | {"Name 6": "OLD INDUSTRIES", "Alias Type": "FKA", "Alias Quality": "Good quality"},
    cells("Name 6: WITHOUT REFERENCE | Group Type: Entity | Alias Type: Primary name | Group ID: 99 | Regime: Iraq | "
     "Listed On: 01/02/2003"),
)  # fmt: skip
XML = '<?xml version="1.0" encoding="utf-8"?>' + xml(
    """Designations<DateGenerated: 02/09/2026; Designation<LastUpdated: 14/04/2026; DateDesignated: 25/01/2001; UniqueID: AFG0006;
    OFSIGroupID: 7172; UNReferenceNumber: TAi.002; Names<
      Name<Name1: MOHAMMAD; Name2: HASSAN; Name6: AKHUND; NameType: Primary Name>
      Name<Name6: Haji Hassan; NameType: ALias; AliasStrength: Low quality a.k.a>>
    NonLatinNames<NonLatinName<NameNonLatinScript: محمد حسن آخوند; NonLatinScriptType: Arabic>>
    Titles<Title: Mullah; Title: Haji> RegimeName: The Afghanistan (Sanctions) (EU Exit) Regulations 2020;
    IndividualEntityShip: Individual; DesignationSource: UN; SanctionsImposed: Asset freeze|Travel Ban;
    SanctionsImposedIndicators<AssetFreeze: true; Deflag: false> UKStatementofReasons:;
    Addresses<Address<AddressLine6: Kabul; AddressCountry: Afghanistan>>
    IndividualDetails<Individual<DOBs<DOB: dd/mm/1945; DOB: 01/03/1958; DOB: 15/08/19yy>
      PassportDetails<Passport<PassportNumber: P0; PassportAdditionalInformation: Afghan> Passport<PassportNumber: P1>>
      Nationalities<Nationality: Afghanistan>
      BirthDetails<Location<TownOfBirth: Lakhi; CountryOfBirth: Afghanistan>>>>>
    Designation<DateDesignated: 01/03/2022; UniqueID: RUS3064; Names<Name<Name6: NORTHERN OIL; NameType: Primary Name>>
    RegimeName: The Russia (Sanctions) (EU Exit) Regulations 2019; IndividualEntityShip: Entity;
    EntityDetails<Entity<BusinessRegistrationNumbers<BusinessRegistrationNumber: BR-99>
      ParentCompanies<ParentCompany: Northern Holding>>> EmailAddresses<EmailAddress: office@example.com>>>"""
)


Rows = Sequence[dict[str, str]]


def made(rows: Rows = ROWS, of: Rows = ROWS, first: str = "Report Date: 13-Feb-2026") -> bytes:
    """A CSV of rows, with the columns of others too."""
    out = io.StringIO()
    writer = csv.DictWriter(out, dict.fromkeys(c for row in (*of, *rows) for c in row), restval="", lineterminator="\r\n")
    out.write(first + "\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return ("\ufeff" + out.getvalue()).encode()


def ofsi(*rows: dict[str, str]) -> bytes:
    return made(rows or OFSI_ROWS, OFSI_ROWS, "Last Updated,03/06/2026")


def staged(data: bytes | None = None, name: str = "UK-Sanctions-List.csv") -> Staged:
    return uk_list.stage({name: made() if data is None else data})


def test_rows_of_one_id_are_one_party_with_its_details_and_a_ship_has_its_own() -> None:
    found = staged()
    assert (found.facts["published"], found.facts["n_rows"], found.n_read) == ("2026-02-13", 4, 2)
    holds(
        found,
        "listings native_id name party_type listed_on listed_on_basis vessel_type tonnage vessel_flag vessel_owner: "
         "RUS0251|Vladimir Vladimirovich PUTIN|person|2022-02-25|source_field|-|-|-|- / "
         "RUS2176|NORTHERN PROSPECT|vessel|2024-07-31|source_field|Oil Tanker|7078|Gabon|Stream Management FZCO",
        "names name kind quality: Vova PUTIN|aka|weak / Владимир ПУТИН|aka|strong",
        "birth_dates born precision: 07 Oct 1952|day / Oct 1951|month",
        "addresses address city country_id: Kremlin, Moscow, 103132, Russia|Moscow, 103132|RUS",
        "birth_places place country_id: Leningrad, Russia|RUS",
        "countries country_id basis: RUS|nationality / RUS|place_of_birth",
        "identifiers native_id value note scheme=passport: RUS0251|P1|diplomatic",
        "identifiers native_id value note scheme=ofsi_group: RUS0251|14196|-",
        "identifiers native_id value scheme=imo: RUS2176|9826902",
        "links relation linked_name: owner_or_operator|Stream Management FZCO",
        "notes text kind=non_latin_script: Владимир ПУТИН: Cyrillic, Russian",
        "notes native_id text kind=reason: RUS2176|Carries oil, as stated.", "notes text kind=vessel_length: 333",
        "notes text kind=former_vessel_flag: Liberia / Panama",
        "notes text kind=former_vessel_owner: Northern Lines / Southern Lines",
    )  # fmt: skip
    assert set(found.frames["listings"]["programs"]) == {"The Russia (Sanctions) (EU Exit) Regulations 2019"}
    holds(staged(made((SHIP | {"Date Designated": "03/04/2022"},))), "listings listed_on: 2022-04-03")


def test_the_older_ofsi_list_joins_by_reference_with_its_own_day_as_a_note_and_numbered_values() -> None:
    holds(
        staged(ofsi(), "ConList.csv"), "facts published format: 2026-06-03|ofsi csv",
        "listings native_id name listed_on: RUS0251|Vladimir PUTIN|2022-02-25 / SYR0306|GENERAL INDUSTRIES|2020-12-31 / "
         "OFSI-99|WITHOUT REFERENCE|2003-02-01",
        "notes text kind=listed_by_ofsi native_id=SYR0306: 2011-12-02", "countries country_id basis=nationality: RUS / SRB",
        "names native_id name kind quality: SYR0306|OLD INDUSTRIES|fka|strong", "birth_dates born: 1952",
    )  # fmt: skip


def test_the_xml_gives_parties_in_the_same_shape() -> None:
    holds(
        staged(XML.encode(), "UK-Sanctions-List.xml"), "facts published format: 2026-09-02|uk xml",
        "listings row native_id name party_type title listed_on: "
         "1|AFG0006|MOHAMMAD HASSAN AKHUND|person|Mullah; Haji|2001-01-25 / 2|RUS3064|NORTHERN OIL|entity|-|2022-03-01",
        "names name kind quality: Haji Hassan|aka|weak / محمد حسن آخوند|aka|strong",
        "identifiers value note scheme=passport: P0|Afghan / P1|-",
        "identifiers native_id value scheme=email: RUS3064|office@example.com", "birth_dates born: 1945 / 01 Mar 1958",
        "notes native_id text kind=born: AFG0006|15/08/19yy", "notes text kind=non_latin_script: محمد حسن آخوند: Arabic",
        "notes text kind=measures: Asset freeze|Travel Ban",
        "links native_id relation linked_name linked_listing_id: RUS3064|parent_company|Northern Holding|-",
    )  # fmt: skip


def test_rows_without_id_or_name_are_rejected_and_none_is_taken_as_removed_and_another_list_is_quarantined() -> None:
    no_id = SHIP | {"Unique ID": "", "OFSI Group ID": ""}
    found = staged(made((*ROWS, no_id, SHIP | {"Unique ID": "RUS9", "Name 6": ""})))
    assert sorted(found.rejects["reason"].to_list()) == ["the id is missing", "the name is empty"]
    assert (found.facts["n_illegible"], found.facts["unreadable_ids"], found.n_rejected) == (1, ["RUS9"], 2)
    found = staged(XML.replace("<UniqueID>RUS3064</UniqueID>", "").encode())
    holds(found, "rejects row reason: 2|the id is missing", "listings native_id: AFG0006", "facts n_illegible: 1")
    refuses(
        staged, ("root element", XML.encode().replace(b"Designations", b"Other")), ("cut", made()[: len(made()) - 240]),
        ("no party", made(())),
        ("none of its first lines is a header", b"Report Date: 13-Feb-2026\r\nName,Country\r\nPUTIN,Russia\r\n"),
        ("lacks Name 6", b"Unique ID,Country\r\nRUS1,Russia\r\n"),
    )  # fmt: skip
    # of several files the XML is read, then the list with unique ids
    assert uk_list.stage({"a.csv": made(), "b.xml": XML.encode()}).facts["format"] == "uk xml"
    assert uk_list.stage({"a.csv": ofsi(), "b.csv": made()}).facts["format"] == "uk csv"


LABELLED = (
    "(UK Sanctions List Ref):IRN0001. (UN Ref):IRe.061. Previously listed elsewhere. (Phone number):(1) +98 1 (2) +98 2 "
    "(Fax): +98 3 (Website):http://a.example (Email address):a@a.example (Type of entity):Enterprise "
    "(Subsidiaries):(1) First (2) Second (Parent company):Holding (Business Reg No):TIN - 77 "
    "(IMO number):7408873 (Year built):1975"
)


def test_what_has_a_label_in_the_other_information_of_ofsi_is_read_as_the_column_of_the_other_layouts() -> None:
    row = FIRM | {"Name 6": "WORKS", "Alias Type": "Primary name", "Other Information": LABELLED}
    holds(
        staged(ofsi(row)), "listings native_id: IRN0001",
        *(f"identifiers value scheme={scheme}: {value}" for scheme, value in (("un_reference", "IRe.061"), ("phone",
         "+98 1 / +98 2"), ("fax", "+98 3"), ("website", "http://a.example"), ("email", "a@a.example"), ("registration",
         "TIN - 77"), ("imo", "7408873"), ("ofsi_group", "12431"))),
        "links linked_name relation=subsidiary: First / Second", "links linked_name relation=parent_company: Holding",
        "notes text kind=organization_type: Enterprise", "notes text kind=year_built: 1975",
    )  # fmt: skip
    # a range of numbers is that many places of one country
    for lands in ("(1) to (3) Algeria (4) Morocco", "(1-3) Algeria (4) Morocco"):
        row = OFSI_ROWS[0] | {"Town of Birth": "(1) A (2) B (3) C (4) D", "Country of Birth": lands, "DOB": "11/1955"}
        holds(
            staged(ofsi(row)),
            "birth_places place country_id: A, Algeria|DZA / B, Algeria|DZA / C, Algeria|DZA / D, Morocco|MAR",
            "birth_dates born precision: Nov 1955|month",
        )
    apart = ofsi(row | {"Country of Birth": "(1) Algeria (2) Morocco"})
    holds(staged(apart), "birth_places place: A / B / C / D / Algeria / Morocco")


@pytest.mark.parametrize(
    ("name", "n_rows", "n_parties", "n_un"),
    [("ConList_2023-06_imjbmkz.xlsx", 16_823, 3_993, 944), ("UK_Sanctions_List_2025-04.xlsx", 18_796, 4_686, 864)],
)
def test_the_workbooks_of_ofsi_are_read_whole(real_data: Path, name: str, n_rows: int, n_parties: int, n_un: int) -> None:
    found = uk_list.stage({name: (real_data / "more" / "gb_sanctions" / name).read_bytes()})
    assert (found.facts["n_rows"], found.n_read, found.n_rejected, found.rejects.height) == (n_rows, n_parties, 0, 0)
    assert found.frames["identifiers"].filter(scheme="un_reference")["native_id"].n_unique() == n_un
    assert found.frames["birth_dates"].height > 0.99 * (
        found.frames["birth_dates"].height + len(found.frames["notes"].filter(kind="born"))
    )
    assert found.facts["n_unknown_countries"] < 0.002 * found.facts["n_countries"]
