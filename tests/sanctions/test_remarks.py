"""The Remarks cell of OFAC's lists."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.sanctions.remarks import Remarks, read_remarks

COUNTRIES = {"china": "CHN", "hong kong": "HKG", "iran": "IRN", "korea, north": "PRK", "hubei": "XXX"}


@pytest.mark.parametrize(
    ("text", "countries"),
    [
        (None, ()),
        ("nationality China.", (("CHN", "nationality"),)),
        ("DOB 24 Nov 1990; citizen Iran; alt. citizen China.", (("IRN", "citizenship"), ("CHN", "citizenship"))),
        ("nationality Korea, North; Gender Male.", (("PRK", "nationality"),)),
        ("nationality Atlantis.", ()),
        ("POB Wuhan, Hubei, China; Gender Male.", (("CHN", "place_of_birth"),)),
        ("POB Pyongyang, Korea, North.", (("PRK", "place_of_birth"),)),
        ("alt. POB Hong Kong.", (("HKG", "place_of_birth"),)),
        ("Passport C18165248 (China) expires 25 Oct 2020; National ID No. 42 (China).", (("CHN", "remark"),)),
        ("Unified Social Credit Code (USCC) 9113100033607322XK (China).", (("CHN", "remark"),)),
        ("Nationality of Registration Iran.", (("IRN", "remark"),)),
        ("Digital Currency Address - XBT 12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h.", ()),
    ],
)
def test_countries_have_the_basis_that_the_item_states(text: str | None, countries: tuple[tuple[str, str], ...]) -> None:
    assert read_remarks(text, COUNTRIES).countries == countries


def test_a_country_in_the_name_of_a_linked_party_says_nothing_about_this_one() -> None:
    assert read_remarks("Linked To: ACME (CHINA) CO; Linked To: BETA (Hong Kong).", COUNTRIES) == Remarks()


def test_weak_names_stand_in_single_quotes_with_their_kind() -> None:
    remarks = read_remarks("DOB 1970; a.k.a. 'BNC'; f.k.a. 'ANA I'; alt. n.k.a. 'O'BRIEN, Kid'.", COUNTRIES)
    assert remarks.weak_names == (("aka", "BNC"), ("fka", "ANA I"), ("nka", "O'BRIEN, Kid"))


def test_a_country_is_told_once_per_basis_in_the_order_of_the_text() -> None:
    remarks = read_remarks("nationality China; Passport 1 (China); Passport 2 (China); citizen China.", COUNTRIES)
    assert remarks.countries == (("CHN", "nationality"), ("CHN", "remark"), ("CHN", "citizenship"))


@given(
    st.lists(
        st.sampled_from(["nationality ", "POB ", "a.k.a. '", "; ", "(", ")", "China", "'", ".", ", ", "x"]) | st.text(max_size=5)
    )
)
def test_any_text_is_read_and_gives_known_countries_only(parts: list[str]) -> None:
    known: Mapping[str, str] = COUNTRIES
    assert {c for c, _ in read_remarks("".join(parts), known).countries} <= set(known.values())
