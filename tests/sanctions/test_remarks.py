"""The Remarks cell of OFAC's lists."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.sanctions.lists.us_ofac.remark_grammar import LABELLED, SHAPED, Labelled, Shaped
from assets.sanctions.lists.us_ofac.remarks import UNREAD, is_cut, production, read_remarks
from assets.sanctions.reading.dates import written_date
from tests.depth import examples
from tests.told import told

COUNTRIES = {"china": "CHN", "hong kong": "HKG", "iran": "IRN", "korea, north": "PRK", "hubei": "XXX", "united states": "USA"}


@pytest.mark.parametrize(
    ("text", "countries"),
    [
        (None, []), ("DOB 24 Nov 1990; citizen Iran; alt. citizen China.", [("IRN", "citizenship"), ("CHN", "citizenship")]),
        ("nationality Korea, North; Gender Male.", [("PRK", "nationality")]),
        ("POB Wuhan, Hubei, China; Gender Male.", [("CHN", "place_of_birth")]),
        ("POB Pyongyang, Korea, North.", [("PRK", "place_of_birth")]), ("alt. POB Hong Kong.", [("HKG", "place_of_birth")]),
        ("Passport C18165248 (China) expires 25 Oct 2020; National ID No. 42 (China).", [("CHN", "remark")]),
        ("Unified Social Credit Code (USCC) 9113100033607322XK (China).", [("CHN", "remark")]),
        ("Nationality of Registration Iran.", [("IRN", "registration")]), ("Something new 42 (Iran).", [("IRN", "remark")]),
    ],
)  # fmt: skip
def test_countries_have_the_basis_that_the_clause_states(text: str | None, countries: list[tuple[str, str]]) -> None:
    assert list(read_remarks(text, COUNTRIES).countries) == countries


@pytest.mark.trap("us_ofac_sdn", "weak-aliases")
def test_links_may_hold_semicolons_and_countries_that_say_nothing_and_weak_names_stand_in_single_quotes() -> None:
    for text, links in (
        ("Linked To: ACME (CHINA) CO; Linked To: BETA (Hong Kong).",
         "linked_to|ACME (CHINA) CO|- / linked_to|BETA (Hong Kong)|-"),
        ("DOB 1970; (Linked To: ACME (HK)).", "linked_to|ACME (HK)|-"),
        ("Linked To: ACME; SONS AND CO; Gender Male; Linked To: BETA.", "linked_to|ACME; SONS AND CO|- / linked_to|BETA|-"),
        ("half-brother of Saddam Hussein.", "half-brother_of|Saddam Hussein|-"),
    ):  # fmt: skip
        remarks = read_remarks(text, COUNTRIES)
        assert (told(remarks.links), list(remarks.countries)) == (links, [])
    remarks = read_remarks("DOB 1970; a.k.a. 'BNC'; f.k.a. 'ANA I'; alt. n.k.a. 'O'BRIEN, Kid'; a.k.a. 'A; B'.", COUNTRIES)
    assert told(remarks.names) == "BNC|aka|weak / ANA I|fka|weak / O'BRIEN, Kid|nka|weak / A; B|aka|weak"


@pytest.mark.parametrize(
    ("clause", "fact"),
    [
        ("Passport C18165248 (China) expires 25 Oct 2020", ("passport", "C18165248", "CHN", "expires 25 Oct 2020")),
        ("Passport M307968 issued 2001 expires 07 Sep 2006", ("passport", "M307968", None, "issued 2001 expires 07 Sep 2006")),
        ("alt. National ID No. 42 (Iran)", ("national_id", "42", "IRN", "alternative")),
        ("NIT # 800084516-0 (Colombia)", ("tax_id", "800084516-0", None, "(Colombia)")),
        ("Unified Social Credit Code (USCC) 91110000MA005UCQ5P (China)", ("uscc", "91110000MA005UCQ5P", "CHN", None)),
        ("Registration Number 4065904 (Pennsylvania) (United States)", ("registration", "4065904", "USA", "(Pennsylvania)")),
        ("Vessel Registration Identification IMO 9899064", ("imo", "9899064", None, None)),
        ("alt. Digital Currency Address - ETH 0xd882cf", ("crypto:ETH", "0xd882cf", None, "alternative")),
        ("alt. ISIN CNE1000002V2", ("isin", "CNE1000002V2", None, "alternative")),
        ("Email:a@b.ru", ("email", "a@b.ru", None, None)), ("www.almanar.com.lb", ("website", "www.almanar.com.lb", None, None)),
        ("Telephone No. (218) 21 273343326", ("phone", "(218) 21 273343326", None, None)),
        ("Intermediary Number 98Q96B.LE.250 (Iran)", ("other", "98Q96B.LE.250", "IRN", "Intermediary Number")),
        ("Gender Female", ("gender", "Female")),
        ("Secondary sanctions risk: See Section 11 of E.O. 14024", ("secondary_sanctions", "See Section 11 of E.O. 14024")),
        ("Organization Established Date 23 Jul 2013", ("established", "23 Jul 2013")),
        ("Executive Order 13662 Determination - 1", ("determination", "Executive Order 13662 Determination - 1")),
        ("Listing Date (CMIC) 03 Jun 2021", ("listing_date", "Listing Date (CMIC) 03 Jun 2021")),
        ("Former Vessel Flag Malta", ("former_vessel_flag", "Malta")),
        ("All offices worldwide", ("scope", "All offices worldwide")),
        ("Deputy Minister of Energy", ("position", "Deputy Minister of Energy")),
        ("HAMAS - Nablus", ("affiliation", "HAMAS - Nablus")), ("nationality Atlantis", ("nationality", "Atlantis")),
    ],
)  # fmt: skip
def test_a_number_has_its_scheme_and_issuer_and_a_statement_is_a_note_of_its_kind(clause: str, fact: tuple[str, ...]) -> None:
    remarks = read_remarks(f"{clause}; Gender Male.", COUNTRIES)
    assert [*remarks.identifiers, *remarks.notes] == [fact, ("gender", "Male")]


def test_a_partial_date_is_the_days_that_it_covers_and_what_is_no_date_stays_unread() -> None:
    for text, born in (
        ("24 Nov 1990", "1990-11-24|1990-11-25|day|False"), ("Mar 1970", "1970-03-01|1970-04-01|month|False"),
        ("circa 1962", "1962-01-01|1963-01-01|year|True"), ("1959 to 1962", "1959-01-01|1963-01-01|interval|False"),
        ("circa 1979-1982", "1979-01-01|1983-01-01|interval|True"),
        ("21 Mar 1962 to 20 Apr 1962", "1962-03-21|1962-04-21|interval|False"),
    ):  # fmt: skip
        found = written_date(text)
        assert found is not None
        assert told([(found.first, found.before, found.precision, found.is_circa)]) == born
        assert told(read_remarks(f"alt. DOB {text}.", COUNTRIES).birth_dates) == f"{text}|{born}"
    for text in ("31 Feb 1970", "0000", "9999", "1962 to 1959", "Foo 1970", "unknown", "24 Nov 90"):
        assert written_date(text) is None
        assert list(read_remarks(f"DOB {text}.", COUNTRIES).notes) == [(UNREAD, f"DOB {text}")]


def test_unread_clauses_and_a_last_one_that_is_cut_are_kept_as_they_stand() -> None:
    remarks = read_remarks("Gender Male; juice manufacturer; nationality China.", COUNTRIES)
    assert list(remarks.notes) == [("gender", "Male"), (UNREAD, "juice manufacturer")]
    assert remarks.n_clauses == 3
    # 22 versions of rows reach the end of the column: the last clause may have lost its end.
    text = "; ".join(["Linked To: SOMEBODY"] * 60)[:981] + "; Passport C1816524"
    assert (len(text), is_cut(text)) == (1000, True)
    remarks = read_remarks(text, COUNTRIES)
    assert (list(remarks.notes), list(remarks.identifiers)) == ([(UNREAD, "Passport C1816524")], [])


@pytest.mark.parametrize("kind", [*LABELLED, *SHAPED], ids=lambda kind: f"{kind.sort}: {kind.example}"[:60])
def test_every_kind_of_clause_recognises_its_example(kind: Labelled | Shaped) -> None:
    reading = production(kind.example)
    assert reading is not None
    assert reading.gives == kind.gives
    assert reading.sort == kind.sort or (kind.sort == "family" and reading.sort.endswith("_of"))


_JOINTS = ["; ", "; ", ";", "(", ")", "China", "'", ".", ", ", "alt. ", "a.k.a. '", " - "]


@examples(300)
@given(st.lists(st.sampled_from([*(kind.example for kind in LABELLED), *_JOINTS]) | st.text(max_size=5)))
def test_any_text_is_read_and_gives_rows_that_the_tables_take(parts: list[str]) -> None:
    remarks = read_remarks("".join(parts), COUNTRIES)
    assert {c for c, _ in remarks.countries} <= set(COUNTRIES.values())
    assert all(a < b for _, a, b, _, _ in remarks.birth_dates)
    assert all(value and scheme for scheme, value, _, _ in remarks.identifiers)
    assert all(text for _, text in remarks.notes)
