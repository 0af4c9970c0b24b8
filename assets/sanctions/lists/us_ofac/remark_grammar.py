"""The grammar of OFAC's Remarks: the one place where the kinds of clauses stand, each with how it begins and what it gives.

Remarks are clauses joined by ``; `` and ended by a full stop. A clause begins with words that name its kind, after ``alt. ``
where it is an alternative. ``LABELLED`` holds the kinds that are known so; ``SHAPED`` those that are known by their whole form
(the names of offices, relations, affiliations). A clause that no production recognises is kept as a note of kind unread.

A new kind of clause is one line here: the words, what it gives, and an example.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Gives = Literal["birth_dates", "birth_places", "countries", "identifiers", "links", "names", "notes"]
Rest = Literal["number", "word", "text", "date", "clause"]


@dataclass(frozen=True)
class Labelled:
    """A kind of clause that begins with one of ``labels`` (in any case, followed by a blank, a colon, a dash or ``#``).

    ``gives``: the detail that it fills. ``sort``: the scheme of an identifier, basis of a country, relation of a link, or kind
    of a note. ``rest``: what follows: a number (with a digit in it), a word (one token at least), a text, a date, or ``clause``
    where the label belongs to the statement and is kept with it.
    """

    gives: Gives
    sort: str
    labels: tuple[str, ...]
    rest: Rest
    example: str


@dataclass(frozen=True)
class Shaped:
    """A kind of clause that is known by its whole form.

    A group ``name`` of the form is what is kept of it; a group ``sort``, with ``_of``, takes precedence over ``sort``.
    """

    gives: Gives
    sort: str
    form: re.Pattern[str]
    example: str


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _id(scheme: str, *labels: str, example: str, rest: Rest = "number") -> Labelled:
    return Labelled("identifiers", scheme, labels, rest, example)


def _note(kind: str, *labels: str, example: str, rest: Rest = "text") -> Labelled:
    return Labelled("notes", kind, labels, rest, example)


LABELLED: tuple[Labelled, ...] = (
    # births, countries, links
    Labelled("birth_dates", "born", ("DOB",), "date", "DOB 24 Nov 1990"),
    Labelled("birth_places", "place_of_birth", ("POB",), "text", "POB Hubei, China"),
    Labelled("countries", "registration", ("nationality of registration",), "text", "Nationality of Registration Iran"),
    Labelled("countries", "nationality", ("nationality",), "text", "nationality China"),
    Labelled("countries", "citizenship", ("citizen",), "text", "alt. citizen China"),
    Labelled("countries", "registration", ("Registration Country",), "text", "Registration Country Burma"),
    Labelled("links", "linked_to", ("Linked To",), "text", "Linked To: ISLAMIC REVOLUTIONARY GUARD CORPS (IRGC)-QODS FORCE"),
    Labelled("links", "associated_with", ("Associated with", "Assocated with"), "text", "Associated with Islamic Jihad Group"),
    # documents of persons
    _id("passport", "Passport", "British National Overseas Passport", "U.S.A. Passport",
        example="Passport C18165248 (China) expires 25 Oct 2020"),
    _id("diplomatic_passport", "Diplomatic Passport", example="Diplomatic Passport 4138 (Syria)"),
    _id("stateless_passport", "Stateless Person Passport", example="Stateless Person Passport C000375 (Moldova)"),
    _id("travel_document", "Travel Document Number", "Travel Document", example="Travel Document Number A0020375 (Germany)"),
    _id("visa", "VisaNumberID", "Visa Number", example="VisaNumberID 525867504 (France)"),
    _id("national_id", "National ID No.", "National ID Number", "National ID", "Identity Card", "National Identification Number",
        "Tazkira National ID Card", "Kenyan ID No.", "Bosnian Personal ID No.", "Moroccan Personal ID No.", "Personal ID Card",
        "Personal ID No.", "UAE Identification", "Turkish Identification Number", "Turkish Identificiation Number",
        "Numero de Identidad", "CNP (Personal Numerical Code)", "Serial No.", "Stateless Person ID Card", "Citizen's Card Number",
        example="National ID No. 4509555545 (Russia)"),
    _id("national_foreign_id", "National Foreign ID Number", "Residency Number", "Romanian Permanent Resident", "N.I.E.",
        "Temporary suspension of deportation No.", "Refugee ID Card", "Immigration No.", "Public Security and Immigration No.",
        example="National Foreign ID Number 210621198601152385 (China)"),
    _id("cedula", "Cedula No.", "Cedula de Residencia", "Cedula", example="Cedula No. 30335610 (Colombia)"),
    _id("curp", "C.U.R.P.", "CURP", "C.U.I.P.", example="C.U.R.P. VAJR680122HSRLMF08 (Mexico)"),
    _id("dni", "D.N.I.", "LE Number", "C.U.I.", "I.F.E.", example="D.N.I. 16.255.819 (Spain)"),
    _id("birth_certificate", "Birth Certificate Number", example="Birth Certificate Number 586 (Iran)"),
    _id("drivers_license", "Driver's License No.", "Driver's License", "Driver's Licence No.", "Pilot License Number",
        example="Driver's License No. 12789234 (Australia)"),
    _id("voter_id", "Electoral Registry No.", "Credencial electoral", example="Credencial electoral 156593459 (Mexico)"),
    _id("military_id", "Cartilla de Servicio Militar Nacional", "Military Registration Number", "Military ID",
        "Seafarer's Identification Document", example="Cartilla de Servicio Militar Nacional B7439509 (Mexico)"),
    _id("ssn", "SSN", example="SSN 548-91-5411 (United States)"),
    _id("professional_id", "Tarjeta Profesional", "Professional Registration Number",
        example="Tarjeta Profesional 186785 (Abogado) (Colombia)"),
    _id("interpol_notice", "Interpol", example="Interpol: Red Notice. File No. 2009/3599", rest="text"),
    # taxes
    _id("tax_id", "Tax ID No.", "Tax ID", "NIT #", "NIT", "R.F.C.", "RFC", "RUC #", "RUC", "RIF #", "RIF", "V.A.T. Number",
        "VAT Number", "C.U.I.T.", "C.I.F.", "N.I.F.", "RTN", "US FEIN", "Italian Fiscal Code", "Fiscal Code",
        "Paraguayan tax identification number", "Romanian Tax Registration", "RSIN",
        "Numero Unico de Identificacao Tributaria (NUIT)", "Tax Identification Number", example="Tax ID No. 7704722326"),
    # companies
    _id("uscc", "Unified Social Credit Code (USCC)", "Unified Social Credit Code",
        "United Social Credit Code Certificate (USCCC)", example="Unified Social Credit Code (USCC) 91110000MA005UCQ5P (China)"),
    _id("registration", "Registration Number", "Registration ID", "Registration No.", "Business Registration Number",
        "Business Registration Document #", "Commercial Registry Number", "Public Registration Number", "MSB Registration Number",
        "Central Registration System Number", "C.R. No.", "Romanian C.R.", "C.R.", "Folio Mercantil No.", "Folio Mercantil",
        "Matricula Mercantil No", "Matricula Mercantil", "Certificate of Incorporation Number", "File Number",
        "Registered Charity No.", "Branch Unit Number", "Trademark number", "Organization Code", "Company ID",
        "Registration Certificate Number", example="Registration Number DMCC4189 (United Arab Emirates) issued 19 Jun 2013"),
    _id("company_number", "Company Number", "UK Company Number", "Enterprise Number", "Business Number",
        example="Company Number 1021945-2 (Canada)"),
    _id("chamber_of_commerce", "Istanbul Chamber of Comm. No.", "Dubai Chamber of Commerce Membership No.",
        "Chamber of Commerce Number", "Economic Register Number (CBLS)", example="Chamber of Commerce Number 56868"),
    _id("license", "Trade License No.", "Tourism License No.", "License", "Licence", "Permit Number", "SRE Permit No.",
        "Afghan Money Service Provider License Number", example="License 1078686 (United Arab Emirates)"),
    _id("government_gazette", "Government Gazette Number", example="Government Gazette Number 00044463 (Russia)"),
    _id("chinese_commercial_code", "Chinese Commercial Code", example="Chinese Commercial Code 6774 1639 5478"),
    _id("lei", "Legal Entity Number", "Legal Entity Identifier", "LEI", example="Legal Entity Number 213800TWK2R9AGIQXV07"),
    _id("duns", "D-U-N-S Number", "DUNS Number", example="D-U-N-S Number 36-025-1842"),
    _id("swift_bic", "SWIFT/BIC", "SWIFT", "BIC", example="SWIFT/BIC VTBRRUMM", rest="word"),
    _id("bik", "BIK (RU)", "BIK", example="BIK (RU) 044525060"),
    _id("isin", "ISIN", example="ISIN US16941M1099"),
    _id("ticker", "Equity Ticker", "MICEX Code", example="Equity Ticker 762 HK", rest="word"),
    _id("un_locode", "UN/LOCODE", example="UN/LOCODE UA KEH", rest="word"),
    _id("identification_number", "Identification Number", "C.I.N.", example="Identification Number 502128 (Cyprus)"),
    # ships and aircraft
    _id("vessel_registration", "Vessel Registration Identification", "Vessel Registration Number",
        "International Maritime Organization No.", example="Vessel Registration Identification IMO 9899064"),
    _id("imo", "IMO", example="IMO 9899064"),
    _id("mmsi", "MMSI", "Maritime Mobile Service Identity", example="MMSI 621819070"),
    _id("call_sign", "Other Vessel Call Sign", "Vessel Call Sign", example="Other Vessel Call Sign 5IM713", rest="word"),
    _id("aircraft_serial", "Aircraft Manufacturer's Serial Number (MSN)", "Aircraft Manufacturer's Serial Number",
        "Aircraft Serial Identification", example="Aircraft Manufacturer's Serial Number (MSN) 436"),
    _id("aircraft_construction", "Aircraft Construction Number (also called L/N or S/N or F/N)", "Aircraft Construction Number",
        example="Aircraft Construction Number (also called L/N or S/N or F/N) 3103"),
    _id("tail_number", "Aircraft Tail Number", "Previous Aircraft Tail Number", rest="word",
        example="Aircraft Tail Number YV3032"),
    _id("mode_s", "Aircraft Mode S Transponder Code", example="Aircraft Mode S Transponder Code 0D0A1B", rest="word"),
    # reaching a party
    _id("email", "Email Address", "E-mail Address", "Email", "E-mail", rest="word",
        example="Email Address mailbox@avia-equipment.ru"),
    _id("website", "Website", "Web Site", example="alt. Website www.vtb.ru", rest="word"),
    _id("phone", "Phone Number", "Telephone Number", "Telephone No.", "Telephone", "Phone No.", "Phone", "Tel.", "Tel",
        example="Phone Number 79110354982"),
    _id("fax", "Fax Number", "Fax No.", "Fax", example="Fax +97165394666"),
    _id("telex", "Telex", "TGMS", example="TELEX 360230 and 37041 KDP KP", rest="word"),
    _id("crypto", "Digital Currency Address", example="alt. Digital Currency Address - XBT 1DT3tenf14cxz9WFNxmYrXFbB6TFiVWA9U",
        rest="word"),
    # statements
    _note("gender", "Gender", example="Gender Female"),
    _note("established", "Organization Established Date", example="Organization Established Date 23 Jul 2013"),
    _note("organization_type", "Organization Type", example="Organization Type: Short term accommodation activities"),
    _note("target_type", "Target Type", example="Target Type State-Owned Enterprise"),
    _note("issuer_name", "Issuer Name", example="Issuer Name China Mobile Ltd"),
    _note("secondary_sanctions", "Secondary sanctions risk", "Additional Sanctions Information",
          example="Secondary sanctions risk: See Section 11 of Executive Order 14024."),
    _note("prohibition", "Transactions Prohibited For Persons Owned or Controlled By U.S. Financial Institutions",
          "United States financial institutions are prohibited", "Transactions Prohibited", "All transactions in",
          "Prohibited", rest="clause",
          example="Transactions Prohibited For Persons Owned or Controlled By U.S. Financial Institutions: North Korea "
          "Sanctions Regulations section 510.214"),
    _note("determination", "Executive Order", "CAATSA Section", "IFCA Determination", "IFCA", "PEESA Information", "PEESA",
          "PAIPA Section 2 Information", "PAIPA", "Section", "Sec.",
          "Subject to Directive", rest="clause",
          example="Executive Order 13662 Directive Determination - Subject to Directive 3"),
    _note("listing_date", "Listing Date", rest="clause", example="Listing Date (CMIC) 03 Jun 2021"),
    _note("effective_date", "Effective Date", rest="clause", example="Effective Date (EO 14024 Directive 2): 26 Mar 2022"),
    _note("divestment_date", "Purchase/Sales For Divestment Date", rest="clause",
          example="Purchase/Sales For Divestment Date (CMIC) 03 Jun 2022"),
    _note("more_information", "For more information", "For further information", "For additional information", rest="clause",
          example="For more information on directives, please visit the following link: http://www.treasury.gov"),
    _note("scope", "All offices", "All branches", "All locations", "and all other", "and other locations",
          "Only locations", "Includes all", "This designation", "The designation", rest="clause",
          example="all offices worldwide"),
    _note("former_vessel_flag", "Former Vessel Flag", example="Former Vessel Flag Malta"),
    _note("vessel_flag", "Other Vessel Flag", "Vessel Flag", example="Vessel Flag Iran"),
    _note("former_vessel_type", "Former Vessel Type", example="Former Vessel Type Crude Oil Tanker"),
    _note("vessel_type", "Other Vessel Type", "Vessel Type", example="Other Vessel Type General Cargo"),
    _note("vessel_owner", "Vessel Owner", example="Vessel Owner NATIONAL IRANIAN TANKER COMPANY"),
    _note("vessel_year_of_build", "Vessel Year of Build", example="Vessel Year of Build 1988"),
    _note("aircraft_model", "Aircraft Model", example="Aircraft Model A310"),
    _note("aircraft_type", "Aircraft Type", example="Aircraft Type Boeing 747"),
    _note("aircraft_operator", "Aircraft Operator", example="Aircraft Operator Iran Air"),
    _note("aircraft_manufacture_date", "Aircraft Manufacture Date", example="Aircraft Manufacture Date 02 May 1987"),
    _note("ethnicity", "ethnicity", "Tribe", "Subtribe", "Religion", example="Tribe: Noorzai"),
    _note("operations", "Operations in", "Also operations in", "Possibly located in", "Believed to be in", "Located in",
          rest="clause", example="Operations in Afghanistan: Herat, Jalalabad"),
    _note("origin", "From", example="From: Bahawalpur, Punjab Province, Pakistan"),
    _note("document", "Passport and National ID", "Passport issued in", "Passport place of issue", "Holder of",
          "Driver's License is issued", rest="clause", example="Holder of a Bangladesh passport"),
    _note("physical", "Individual's height", "Height", "Weight", "Hair Color", "Eye Color", "Complexion", rest="clause",
          example="Individual's height is 5 feet 9 inches"),
    _note("custody", "arrested", "ICTY indictee", "currently in", "currently incarcerated", "wanted by", "in custody",
          "detained", "imprisoned", "deceased", "died", "reportedly deceased", "named in", "indicted", "sentenced", "released",
          "captured", "killed", rest="clause",
          example="ICTY indictee at large"),
    _note("position", "Position", "Title", "Alternate Title", "Occupation",
          example="Position: Brigade Commander in the Syrian Army's 4th Armored Division"),
)  # fmt: skip

ROLES = _words(
    "accountant acting administrator admiral adviser advisor agent aide ambassador associate attache attorney banker "
    "bishop boss brig brigadier businessman businesswoman capt captain cashier ceo cfo chair chairman chairperson "
    "chairwoman chancellor chief cleric co-chair co-founder co-owner col colonel commandant commander commissioner "
    "comptroller congressman constituent consul coordinator corporal councillor counsel counsellor counselor courier "
    "delegate deputy designer diplomat director editor emir employee engineer envoy executive facilitator figure financier "
    "founder fundraiser gen general governor guard head imam inspector investigator judge justice lawyer leader lecturer "
    "lieutenant lt magistrate maj major manager marshal mayor member militant minister minster mp mufti negotiator officer "
    "official ombudsman operative operator owner partner physician president principal procurer professor propagandist "
    "prosecutor rear-admiral recruiter rector registrar representative researcher scientist second-in-command secretary "
    "senator sergeant shareholder smuggler speaker spokesman spokesperson spokeswoman staff superintendent supervisor "
    "supporter technician trader trafficker trainer treasurer trustee undersecretary vice-admiral vice-chair vice-chairman "
    "vice-chairperson vice-governor vice-minister vice-president warden warlord weapons worker"
)
"""Words that make a clause the name of an office, a rank or an occupation."""

HONORIFICS = _words(
    "abu alhaj alhaji ayatollah baron count doctor dr engineer father haj haji hajj hajji hojatoleslam hojjatoleslam imam "
    "maulana maulavi maulawi mawlawi moulana moulavi mr mrs ms mulawi mullah prince princess prof professor qari sayyed "
    "seyed shaikh shaykh sheik sheikh ustad ustadh ustadz"
)
KIN = _words(
    "aunt brother brother-in-law child cousin daughter daughter-in-law ex-wife father father-in-law grandson half-brother "
    "half-sister husband mother nephew niece sister sister-in-law son son-in-law spouse stepson uncle widow wife"
)

SHAPED: tuple[Shaped, ...] = (
    Shaped("names", "aka", re.compile(r"a\.k\.a\.:? '(?P<name>.+)'", re.DOTALL), "a.k.a. 'BNC'"),
    Shaped("names", "fka", re.compile(r"f\.k\.a\.:? '(?P<name>.+)'", re.DOTALL), "alt. f.k.a. 'ANA I'"),
    Shaped("names", "nka", re.compile(r"n\.k\.a\.:? '(?P<name>.+)'", re.DOTALL), "n.k.a. 'ADVENTURE'"),
    Shaped("names", "aka", re.compile(r"d\.b\.a\.:? '(?P<name>.+)'", re.DOTALL), "d.b.a. 'ANARQUIA PAINTBALL'"),
    Shaped(
        "identifiers", "website", re.compile(r"(?P<name>(?:https?://|www\.)[^\s,;]+)(?: \(website\))?", re.IGNORECASE),
        "http://www.sanabel.org.uk (website)",
    ),
    Shaped(
        "identifiers", "email", re.compile(r"(?P<name>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)(?: \(email\))?", re.IGNORECASE),
        "info@sanabel.org.uk (email)",
    ),
    Shaped("notes", "explanation", re.compile(r"\(.+\)\.?", re.DOTALL), "(Tradex Co. is a subsidiary of Tajco Company.)"),
    Shaped("notes", "honorific", re.compile(rf"(?:{'|'.join(HONORIFICS)})\.?", re.IGNORECASE), "Haji"),
    Shaped(
        "links", "family", re.compile(rf"(?P<sort>{'|'.join(KIN)}) (?:of|to) (?P<name>.+)", re.IGNORECASE),
        "half-brother of Saddam Hussein al-Tikriti",
    ),
    Shaped(
        "links", "family",
        re.compile(
            rf"(?P<name>.+)'s (?:(?:second|third|first|eldest|youngest|elder|younger) )?(?P<sort>{'|'.join(KIN)})", re.IGNORECASE
        ),
        "Saddam Hussein al-Tikriti's second son",
    ),
    Shaped("notes", "affiliation", re.compile(r"(?-i:[A-Z][A-Za-z'-]+) - [A-Z].*|.*\bmember,? .*|[A-Z]{3,8}"), "HAMAS - Nablus"),
    Shaped(
        "notes", "position",
        re.compile(
            rf"(?:.*[^\w'-]|(?:.*[^\w'])?(?:ex|sub|vice)-)?(?:{'|'.join(ROLES)})(?:s|es)?(?:[^\w'].*)?", re.IGNORECASE | re.DOTALL
        ),
        "Deputy Minister of Energy",
    ),
    # kinds of numbers and days that stand in no line above: which one it is goes with it as a note
    Shaped(
        "identifiers", "other",
        re.compile(
            r"(?P<label>[A-Z](?:(?![;\d]).){1,60}? ?"
            r"(?:Number|Num\.|No\.?|Code|ID|Card|Certificate|Identification|Identifier|#)(?: \([^()\d]*\))?"
            r"):? (?P<name>(?=[^;]*\d)[^;]+)"
        ),
        "Global Intermediary Identification Number 98Q96B.00000.LE.250",
    ),
    Shaped(
        "notes", "other_date", re.compile(r"[A-Z][^;\d]{1,60} Date\b[^;]{0,60}? \d{1,2} [A-Z][a-z]{2} \d{4}"),
        "Expiry Date 01 Jan 2030",
    ),
)  # fmt: skip
