"""The Remarks cell of OFAC's lists."""

from collections.abc import Mapping
from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.sanctions.lists.us_ofac.remark_grammar import LABELLED, SHAPED, Labelled, Shaped
from assets.sanctions.lists.us_ofac.remarks import UNREAD, details_of, is_cut, production, read_remarks
from assets.sanctions.reading.dates import written_date
from assets.sanctions.reading.shape import DETAILS
from tests.depth import examples

COUNTRIES = {"china": "CHN", "hong kong": "HKG", "iran": "IRN", "korea, north": "PRK", "hubei": "XXX", "united states": "USA"}


@pytest.mark.parametrize(
    ("text", "countries"),
    [
        (None, []),
        ("nationality China.", [("CHN", "nationality")]),
        ("DOB 24 Nov 1990; citizen Iran; alt. citizen China.", [("IRN", "citizenship"), ("CHN", "citizenship")]),
        ("nationality Korea, North; Gender Male.", [("PRK", "nationality")]),
        ("nationality Atlantis.", []),
        ("POB Wuhan, Hubei, China; Gender Male.", [("CHN", "place_of_birth")]),
        ("POB Pyongyang, Korea, North.", [("PRK", "place_of_birth")]),
        ("alt. POB Hong Kong.", [("HKG", "place_of_birth")]),
        ("Passport C18165248 (China) expires 25 Oct 2020; National ID No. 42 (China).", [("CHN", "remark")]),
        ("Unified Social Credit Code (USCC) 9113100033607322XK (China).", [("CHN", "remark")]),
        ("Nationality of Registration Iran.", [("IRN", "registration")]),
        ("Something new 42 (Iran).", [("IRN", "remark")]),
        ("Digital Currency Address - XBT 12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h.", []),
    ],
)
def test_countries_have_the_basis_that_the_clause_states(text: str | None, countries: list[tuple[str, str]]) -> None:
    assert list(read_remarks(text, COUNTRIES).countries) == countries


def test_links_may_stand_in_parentheses_hold_semicolons_and_countries_that_say_nothing() -> None:
    remarks = read_remarks("Linked To: ACME (CHINA) CO; Linked To: BETA (Hong Kong).", COUNTRIES)
    assert list(remarks.countries) == []
    assert list(remarks.links) == [("linked_to", "ACME (CHINA) CO", None), ("linked_to", "BETA (Hong Kong)", None)]
    assert list(read_remarks("DOB 1970; (Linked To: ACME (HK)).", COUNTRIES).links) == [("linked_to", "ACME (HK)", None)]
    remarks = read_remarks("Linked To: ACME; SONS AND CO; Gender Male; Linked To: BETA.", COUNTRIES)
    assert list(remarks.links) == [("linked_to", "ACME; SONS AND CO", None), ("linked_to", "BETA", None)]
    assert list(read_remarks("half-brother of Saddam Hussein.", COUNTRIES).links) == [("half-brother_of", "Saddam Hussein", None)]


@pytest.mark.trap("us_ofac_sdn", "weak-aliases")
def test_weak_names_stand_in_single_quotes_with_their_kind() -> None:
    remarks = read_remarks("DOB 1970; a.k.a. 'BNC'; f.k.a. 'ANA I'; alt. n.k.a. 'O'BRIEN, Kid'; a.k.a. 'A; B'.", COUNTRIES)
    assert list(remarks.names) == [
        ("BNC", "aka", "weak"), ("ANA I", "fka", "weak"), ("O'BRIEN, Kid", "nka", "weak"), ("A; B", "aka", "weak"),
    ]  # fmt: skip


def test_a_country_is_reported_once_per_basis_in_the_order_of_the_text() -> None:
    remarks = read_remarks("nationality China; Passport 1 (China); Passport 2 (China); citizen China.", COUNTRIES)
    assert list(remarks.countries) == [("CHN", "nationality"), ("CHN", "remark"), ("CHN", "citizenship")]


@pytest.mark.parametrize(
    ("clause", "identifier"),
    [
        ("Passport C18165248 (China) expires 25 Oct 2020", ("passport", "C18165248", "CHN", "expires 25 Oct 2020")),
        ("Passport M307968 issued 2001 expires 07 Sep 2006", ("passport", "M307968", None, "issued 2001 expires 07 Sep 2006")),
        ("alt. National ID No. 42 (Iran)", ("national_id", "42", "IRN", "alternative")),
        ("Tax ID No. 7704722326", ("tax_id", "7704722326", None, None)),
        ("NIT # 800084516-0 (Colombia)", ("tax_id", "800084516-0", None, "(Colombia)")),
        ("Unified Social Credit Code (USCC) 91110000MA005UCQ5P (China)", ("uscc", "91110000MA005UCQ5P", "CHN", None)),
        ("Registration Number 4065904 (Pennsylvania) (United States)", ("registration", "4065904", "USA", "(Pennsylvania)")),
        ("Vessel Registration Identification IMO 9899064", ("imo", "9899064", None, None)),
        ("Company Number IMO 5963351", ("imo", "5963351", None, None)),
        ("C.I.N. 1234567 (China)", ("identification_number", "1234567", "CHN", None)),
        ("MMSI 621819070", ("mmsi", "621819070", None, None)),
        ("Aircraft Manufacturer's Serial Number (MSN) 436", ("aircraft_serial", "436", None, None)),
        ("Aircraft Construction Number (also called L/N or S/N or F/N) 149", ("aircraft_construction", "149", None, None)),
        ("Aircraft Tail Number EP-MNB", ("tail_number", "EP-MNB", None, None)),
        ("Aircraft Mode S Transponder Code 0D0A1B", ("mode_s", "0D0A1B", None, None)),
        ("Digital Currency Address - XBT 12QtD5BF", ("crypto:XBT", "12QtD5BF", None, None)),
        ("alt. Digital Currency Address - ETH 0xd882cf", ("crypto:ETH", "0xd882cf", None, "alternative")),
        ("SWIFT/BIC VTBRRUMM", ("swift_bic", "VTBRRUMM", None, None)),
        ("Legal Entity Number 253400SWS48YWMBUA688", ("lei", "253400SWS48YWMBUA688", None, None)),
        ("D-U-N-S Number 36-025-1842", ("duns", "36-025-1842", None, None)),
        ("alt. ISIN CNE1000002V2", ("isin", "CNE1000002V2", None, "alternative")),
        ("Equity Ticker 0728 HK", ("ticker", "0728 HK", None, None)),
        ("Email Address a@b.ru", ("email", "a@b.ru", None, None)),
        ("Email:a@b.ru", ("email", "a@b.ru", None, None)),
        ("www.almanar.com.lb", ("website", "www.almanar.com.lb", None, None)),
        ("Telephone No. (218) 21 273343326", ("phone", "(218) 21 273343326", None, None)),
        ("Telephone +97165030600", ("phone", "+97165030600", None, None)),
        ("Intermediary Number 98Q96B.LE.250 (Iran)", ("other", "98Q96B.LE.250", "IRN", "Intermediary Number")),
    ],
)  # fmt: skip
def test_a_number_has_its_scheme_its_issuer_and_what_is_said_beside_it(clause: str, identifier: tuple[str, ...]) -> None:
    remarks = read_remarks(f"{clause}; Gender Male.", COUNTRIES)
    assert list(remarks.identifiers) == [identifier]
    assert list(remarks.notes) == [("gender", "Male")]


@pytest.mark.parametrize(
    ("clause", "note"),
    [
        ("Gender Female", ("gender", "Female")),
        ("Secondary sanctions risk: See Section 11 of E.O. 14024", ("secondary_sanctions", "See Section 11 of E.O. 14024")),
        ("Organization Established Date 23 Jul 2013", ("established", "23 Jul 2013")),
        ("Organization Type: Mining of lignite", ("organization_type", "Mining of lignite")),
        ("Target Type State-Owned Enterprise", ("target_type", "State-Owned Enterprise")),
        ("Executive Order 13662 Determination - 1", ("determination", "Executive Order 13662 Determination - 1")),
        ("PAIPA Section 2 Information: Sec. 2(b)(1)", ("determination", "PAIPA Section 2 Information: Sec. 2(b)(1)")),
        ("Listing Date (CMIC) 03 Jun 2021", ("listing_date", "Listing Date (CMIC) 03 Jun 2021")),
        ("Effective Date (EO 14024): 26 Mar 2022", ("effective_date", "Effective Date (EO 14024): 26 Mar 2022")),
        ("Issuer Name China Mobile Ltd", ("issuer_name", "China Mobile Ltd")),
        ("Former Vessel Flag Malta", ("former_vessel_flag", "Malta")),
        ("Aircraft Model A310", ("aircraft_model", "A310")),
        ("Aircraft Manufacture Date 02 May 1987", ("aircraft_manufacture_date", "02 May 1987")),
        ("Aircraft Operator Iran Air", ("aircraft_operator", "Iran Air")),
        ("All offices worldwide", ("scope", "All offices worldwide")),
        ("Deputy Minister of Energy", ("position", "Deputy Minister of Energy")),
        ("HAMAS - Nablus", ("affiliation", "HAMAS - Nablus")),
        ("nationality Atlantis", ("nationality", "Atlantis")),
    ],
)  # fmt: skip
def test_a_statement_is_a_note_of_its_kind(clause: str, note: tuple[str, str]) -> None:
    assert list(read_remarks(f"{clause}.", COUNTRIES).notes) == [note]


@pytest.mark.parametrize(
    ("text", "born"),
    [
        ("24 Nov 1990", (date(1990, 11, 24), date(1990, 11, 25), "day", False)),
        ("Mar 1970", (date(1970, 3, 1), date(1970, 4, 1), "month", False)),
        ("Dec 1970", (date(1970, 12, 1), date(1971, 1, 1), "month", False)),
        ("1962", (date(1962, 1, 1), date(1963, 1, 1), "year", False)),
        ("circa 1962", (date(1962, 1, 1), date(1963, 1, 1), "year", True)),
        ("circa Mar 1970", (date(1970, 3, 1), date(1970, 4, 1), "month", True)),
        ("1959 to 1962", (date(1959, 1, 1), date(1963, 1, 1), "interval", False)),
        ("circa 1979-1982", (date(1979, 1, 1), date(1983, 1, 1), "interval", True)),
        ("21 Mar 1962 to 20 Apr 1962", (date(1962, 3, 21), date(1962, 4, 21), "interval", False)),
        ("Jan 1962 to Mar 1962", (date(1962, 1, 1), date(1962, 4, 1), "interval", False)),
    ],
)
def test_a_partial_date_is_the_days_that_it_covers(text: str, born: tuple[date, date, str, bool]) -> None:
    found = written_date(text)
    assert found is not None
    assert (found.first, found.before, found.precision, found.is_circa) == born
    assert list(read_remarks(f"alt. DOB {text}.", COUNTRIES).birth_dates) == [(text, *born)]


@pytest.mark.parametrize("text", ["31 Feb 1970", "0000", "9999", "1962 to 1959", "Foo 1970", "unknown", "24 Nov 90"])
def test_what_is_no_date_stays_unread(text: str) -> None:
    assert written_date(text) is None
    assert list(read_remarks(f"DOB {text}.", COUNTRIES).notes) == [(UNREAD, f"DOB {text}")]


def test_unread_clauses_and_a_last_one_that_is_cut_are_kept_as_they_stand() -> None:
    remarks = read_remarks("Gender Male; juice manufacturer; nationality China.", COUNTRIES)
    assert list(remarks.notes) == [("gender", "Male"), (UNREAD, "juice manufacturer")]
    assert remarks.n_clauses == 3
    # 22 versions of rows reach the end of the column: the last clause may have lost its end.
    text = "; ".join(["Linked To: SOMEBODY"] * 60)[:981] + "; Passport C1816524"
    assert len(text) == 1000
    assert is_cut(text)
    remarks = read_remarks(text, COUNTRIES)
    assert list(remarks.notes) == [(UNREAD, "Passport C1816524")]
    assert list(remarks.identifiers) == []


@pytest.mark.parametrize("kind", [*LABELLED, *SHAPED], ids=lambda kind: f"{kind.sort}: {kind.example}"[:60])
def test_every_kind_of_clause_recognises_its_example(kind: Labelled | Shaped) -> None:
    reading = production(kind.example)
    assert reading is not None
    assert reading.gives == kind.gives
    assert reading.sort == kind.sort or (kind.sort == "family" and reading.sort.endswith("_of"))


def test_no_label_stands_for_two_kinds() -> None:
    labels = [label.lower() for kind in LABELLED for label in kind.labels]
    assert sorted(labels) == sorted(set(labels))


def test_details_are_frames_in_the_shape_of_the_domain_package() -> None:
    rows = pl.DataFrame({"native_id": ["1", "2"], "remarks": ["DOB 1970; POB Wuhan, China; a.k.a. 'AL'; Linked To: X.", None]})
    found = details_of(rows, COUNTRIES)
    assert {name: frame.schema for name, frame in found.items()} == {name: DETAILS[name] for name in found}
    assert found["birth_places"].rows() == [("1", "Wuhan, China", "CHN")]


_JOINTS = ["; ", "; ", ";", "(", ")", "China", "'", ".", ", ", "alt. ", "a.k.a. '", " - "]


@examples(300)
@given(st.lists(st.sampled_from([*(kind.example for kind in LABELLED), *_JOINTS]) | st.text(max_size=5)))
def test_any_text_is_read_and_gives_rows_that_the_tables_take(parts: list[str]) -> None:
    known: Mapping[str, str] = COUNTRIES
    remarks = read_remarks("".join(parts), known)
    assert {c for c, _ in remarks.countries} <= set(known.values())
    assert all(a < b for _, a, b, _, _ in remarks.birth_dates)
    assert all(value and scheme for scheme, value, _, _ in remarks.identifiers)
    assert all(text for _, text in remarks.notes)
