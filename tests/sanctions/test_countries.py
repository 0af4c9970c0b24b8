"""Countries as lists write them."""

import pytest

from assets.sanctions.reading.countries import country_written, is_no_country


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("Congo (Democratic Republic)", "COD"), ("Pakistani", "PAK"), ("Former USSR Currently Ukraine", "UKR"),
        ("USSR (now Russian Federation)", "RUS"), ("Russian SFSR, (now Russian Federation)", "RUS"),
        ("Russia (now Belarus)", "BLR"), ("Ukrainian SSR", "UKR"), ("Iraq (previous address)", "IRQ"),
        ("Russia. Former USSR", "RUS"), ("Iran / unknown", "IRN"),
    ],
)  # fmt: skip
def test_a_country_is_known_however_people_write_it(text: str, country: str) -> None:
    assert country_written(text) == country


@pytest.mark.parametrize(
    "text",
    ["Sudan/South Sudan", "Estonia, Russia", "Bahrain (citizenship revoked in Jan. 2015)", "Moscow", "115088", "", "Possibly X"],
)
def test_two_countries_one_that_is_over_and_none_are_unknown(text: str) -> None:
    assert country_written(text) is None


def test_a_state_that_is_gone_and_a_dash_are_no_country_to_be_reported() -> None:
    assert all(map(is_no_country, ("USSR", "USSR (until 1991)", "-", "stateless")))
    assert not is_no_country("Moscow")
