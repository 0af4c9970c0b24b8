"""Ranking the parties whose names are likest, below the threshold of an alarm too."""

import polars as pl
import pytest

from assets.sanctions.reading.names import consonants
from assets.sanctions.screening import MEASURES, NameIndex, distinct_words

HELD = [
    ("bassil", "BASSIL, Gibran"), ("bassil", "BASIL, Jubran"), ("alireza", "FADAKAR, Alireza"), ("luis", "AMEZCUA, Luis"),
    ("forensic", "Ministry of Public Security's Institute of Forensic Science of China"),
    ("bonyad", "BONYAD SHIPPING AGENCIES COMPANY"), ("putin", "PUTIN, Vladimir Vladimirovich"),
    ("gang", "CHONG CHON GANG SHIPPING CO. LTD"), ("luis", "CONTRERAS LOZANO, Eduardo"), ("trade", "GENERAL TRADING COMPANY"),
    ("shipping", "NORTHERN SHIPPING COMPANY"),
]  # fmt: skip


def index_of(*rows: tuple[int, str, list[str]]) -> NameIndex:
    return NameIndex(pl.DataFrame(rows, schema=["name_no", "party", "words"], orient="row"))


@pytest.fixture(scope="module")
def index() -> NameIndex:
    return index_of(*((number, party, distinct_words(name)) for number, (party, name) in enumerate(HELD, start=100)))


def test_another_spelling_another_script_and_words_written_as_one_rank_first(index: NameIndex) -> None:
    for asked, party in {
        "Gebran Bassil": "bassil", "FEDAKAR, Ali Reza": "alireza", "Chongchongang Shipping": "gang",
        "Bonyad Shiping Agents": "bonyad", "Владимир Путин": "putin", "Forensic Science Institute": "forensic",
    }.items():  # fmt: skip
        best: int = index.candidates([asked])["name_no"][0]
        assert (asked, HELD[best - 100][0]) == (asked, party)
    for one, other in (("muhammad", "mohamed"), ("qadhafi", "kadhafi"), ("zhukov", "shukow"), ("yusuf", "iusuf")):
        assert consonants(one) == consonants(other), one


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


def test_one_short_word_is_itself_or_nothing_and_a_chinese_legal_form_no_likeness() -> None:
    rows = [(1, "chips", ["smic"]), (2, "aviation", ["saic"]), *((n, f"{n}", [f"filler{n}"]) for n in range(3, 3000))]
    found = index_of(*rows).candidates(["SMIC"])
    assert found["name_no"][0] == 1
    assert found.filter("is_alarm")["name_no"].to_list() == [1]
    assert distinct_words("阿里巴巴集团控股有限公司") == distinct_words("阿里巴巴")
    assert distinct_words("日本原燃株式会社") == distinct_words("日本原燃")
    index = index_of((1, "leda", distinct_words("力达集团控股有限公司")))
    assert not index.candidates(["阿里巴巴集团控股有限公司"])["is_alarm"].any()
