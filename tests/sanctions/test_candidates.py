"""Ranking the parties whose names are likest, below the threshold of an alarm too."""

import polars as pl
import pytest

from assets.sanctions.reading.names import consonants
from assets.sanctions.screening import MEASURES, NameIndex, distinct_words

HELD = [
    ("bassil", "BASSIL, Gibran"),
    ("bassil", "BASIL, Jubran"),
    ("forensic", "Ministry of Public Security's Institute of Forensic Science of China"),
    ("alireza", "FADAKAR, Alireza"),
    ("bonyad", "BONYAD SHIPPING AGENCIES COMPANY"),
    ("putin", "PUTIN, Vladimir Vladimirovich"),
    ("gang", "CHONG CHON GANG SHIPPING CO. LTD"),
    ("luis", "AMEZCUA, Luis"),
    ("luis", "CONTRERAS LOZANO, Eduardo"),
    ("trade", "GENERAL TRADING COMPANY"),
    ("shipping", "NORTHERN SHIPPING COMPANY"),
]


@pytest.fixture(scope="module")
def index() -> NameIndex:
    rows = [(number, party, distinct_words(name)) for number, (party, name) in enumerate(HELD, start=100)]
    return NameIndex(pl.DataFrame(rows, schema=["name_no", "party", "words"], orient="row"))


def first(index: NameIndex, asked: str) -> str:
    """The party that is ranked first."""
    best: int = index.candidates([asked])["name_no"][0]
    return HELD[best - 100][0]


@pytest.mark.parametrize(
    ("asked", "party"),
    [
        ("Gebran Bassil", "bassil"), ("FEDAKAR, Ali Reza", "alireza"), ("Chongchongang Shipping", "gang"),
        ("Bonyad Shiping Agents", "bonyad"), ("Владимир Путин", "putin"), ("Forensic Science Institute", "forensic"),
    ],
)  # fmt: skip
def test_another_spelling_another_script_and_words_written_as_one_rank_first(index: NameIndex, asked: str, party: str) -> None:
    assert first(index, asked) == party


def test_a_name_of_nothing_that_tells_and_an_empty_list_have_no_candidate(index: NameIndex) -> None:
    assert index.candidates(["Co., Ltd.", "", "!"]).is_empty()
    assert index.candidates([]).is_empty()
    assert index.candidates(["qqqq"]).columns == ["asked_no", "name_no", "score", "is_alarm", "reason"]
    empty = pl.DataFrame(schema={"name_no": pl.Int32, "party": pl.String, "words": pl.List(pl.String)})
    assert NameIndex(empty).candidates(["Gebran Bassil"]).is_empty()


def test_measures_are_shares_of_the_name_and_the_index_alone(index: NameIndex) -> None:
    places, rows, measures = index.measured(["GENERAL TRADING COMPANY"])
    assert measures.shape == (len(places), len(MEASURES))
    assert measures[rows == 9][0, [0, 1, 2, 4]].tolist() == pytest.approx([1, 1, 1, 1])
    assert ((measures[:, [0, 1, 2, 4]] >= 0) & (measures[:, [0, 1, 2, 4]] <= 1 + 1e-6)).all()
    alone = index.candidates(["Gebran Bassil"]).drop("asked_no")
    among = index.candidates(["Bonyad", "Gebran Bassil", "Luis"]).filter(pl.col("asked_no") == 2).drop("asked_no")
    assert alone.equals(among)


@pytest.mark.parametrize(
    ("one", "other"), [("muhammad", "mohamed"), ("qadhafi", "kadhafi"), ("zhukov", "shukow"), ("yusuf", "iusuf")]
)
def test_romanisations_of_one_name_have_the_same_consonants(one: str, other: str) -> None:
    assert consonants(one) == consonants(other)


def test_one_short_word_is_itself_or_nothing_and_a_chinese_legal_form_no_likeness() -> None:
    rows = [(1, "chips", ["smic"]), (2, "aviation", ["saic"]), *((n, f"{n}", [f"filler{n}"]) for n in range(3, 3000))]
    index = NameIndex(pl.DataFrame(rows, schema=["name_no", "party", "words"], orient="row"))
    found = index.candidates(["SMIC"])
    assert found["name_no"][0] == 1
    assert found.filter("is_alarm")["name_no"].to_list() == [1]
    assert distinct_words("阿里巴巴集团控股有限公司") == distinct_words("阿里巴巴")
    assert distinct_words("日本原燃株式会社") == distinct_words("日本原燃")
    rows = [(1, "leda", distinct_words("力达集团控股有限公司"))]
    index = NameIndex(pl.DataFrame(rows, schema=["name_no", "party", "words"], orient="row"))
    assert not index.candidates(["阿里巴巴集团控股有限公司"])["is_alarm"].any()
