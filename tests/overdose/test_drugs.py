"""Lists of ICD-10 codes and their labels."""

from assets.overdose.drugs import OVERDOSE, codes, label


def test_a_set_of_codes_has_one_label_however_it_is_written() -> None:
    labels = {
        "T40.4": "T40.4",
        "T40.0-T40.4, T40.6": "T40.0-T40.4,T40.6",
        "T40.2-T40.3": "T40.2,T40.3",
        "T40.5 & T43.6": "T40.5,T43.6",
        "T43.0\u2013T43.2": "T43.0-T43.2",
        "T36-T50": "T36-T50",
        "T40.4, T40.2, T40.3": "T40.2-T40.4",
        "no code": "",
    }
    assert {text: label(codes(text)) for text in labels} == labels
    assert label(OVERDOSE) == "X40-X44,X60-X64,X85,Y10-Y14"
