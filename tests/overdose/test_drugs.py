"""Lists of ICD-10 codes and their labels."""

import pytest

from assets.overdose.drugs import OVERDOSE, codes, label


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("T40.4", "T40.4"),
        ("T40.0-T40.4, T40.6", "T40.0-T40.4,T40.6"),
        ("T40.2-T40.3", "T40.2,T40.3"),
        ("T40.5 & T43.6", "T40.5,T43.6"),
        ("T43.0\u2013T43.2", "T43.0-T43.2"),
        ("T36-T50", "T36-T50"),
        ("T40.4, T40.2, T40.3", "T40.2-T40.4"),
        ("no code", ""),
    ],
)
def test_a_set_of_codes_has_one_label_however_it_is_written(text: str, expected: str) -> None:
    assert label(codes(text)) == expected


def test_the_overdoses_are_the_four_manners_of_drug_poisoning() -> None:
    assert label(OVERDOSE) == "X40-X44,X60-X64,X85,Y10-Y14"
