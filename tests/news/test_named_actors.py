"""The gazetteer: which names are found in a text, where, and for whom they stand; and the sentences of a text."""

from datetime import date
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.news.articles import read as articles
from assets.news.text import named_actors
from assets.news.text.named_actors import AMBIGUOUS_CAPITALS, SHOUTED, UNDATED
from assets.news.text.sentences import spans
from tests.depth import examples

DAY = date(2023, 12, 22)

NAMES = named_actors.gazetteer(
    pl.read_csv(
        """surface,actor_id,country_id,sector,valid_from,valid_to,certainty
US,USA,USA,,,,1
U.S.,USA,USA,,,,1
China,CHN,CHN,,,,1
Chinese,CHN,CHN,,,,1
中国,CHN,CHN,,,,1
Ministry of Public Security,CHN.MPS,CHN,COP,,,0.9
Chinese Ministry of Public Security,CHN.MPS,CHN,COP,,,1
South China Morning Post,,,,,,1
Türkiye,TUR,TUR,,,,1
Taiwan,TWN,TWN,,,,1
Biden,USA.BIDEN,USA,,,,1
President,USA.BIDEN,USA,GOV,2021-01-20,2025-01-20,0.5
Speaker Pelosi,USA.PELOSI,USA,LEG,2019-01-03,2023-01-03,1
Pelosi,USA.PELOSI,USA,,,,0.9
Treasury Secretary,USA.MNUCHIN,USA,GOV,2017-02-13,2021-01-20,0.9
Treasury Secretary,USA.YELLEN,USA,GOV,2021-01-26,2025-01-20,0.9
Wang,CHN.WANG_WENBIN,CHN,GOV,,,0.4
Wang,CHN.WANG_YI,CHN,GOV,,,0.4
""".encode(),
        schema_overrides={"valid_from": pl.Date, "valid_to": pl.Date, "certainty": pl.Float64},
    )
)


def found(text: str, on: date | None = DAY, title: str | None = None) -> list[tuple[str, str, float]]:
    return [(m.surface, m.actor_id, m.confidence) for m in named_actors.mentions_of(text, on, title, NAMES)]


@pytest.mark.trap("articles", "as-written")
def test_names_are_found_at_word_boundaries_and_as_they_are_written() -> None:
    names = {
        "US-China talks": "US|China",
        "China's and China’s": "China|China",
        "the U.S. acted; the U.S.-China row": "U.S.|U.S.|China",
        "let us go, USB, USDA, Chinatown, Indochina": "",
        "US$5 billion": "",
        "China'an, China’an": "",
        "China's, CHINA'S and ‘China’ said China'll act": "China|CHINA|China|China",
        '(US) "China", “China”.': "US|China|China",
        "Türkiye, Türkiyeli": "Türkiye",
        "Chinä, Chiná": "",
        "China_x 3China China3": "",
        "美中国际 在中国的US公司": "中国|中国|US",
        "": "",
    }
    assert {text: "|".join(surface for surface, _, _ in found(text)) for text in names} == names
    # half a surrogate pair takes one place and hides no name
    assert found("\ud83c China met \udfff Taiwan") == [("China", "CHN", 1.0), ("Taiwan", "TWN", 1.0)]
    assert named_actors.document("China \udfff", "\ud83c") == "\ufffd\nChina \ufffd"


def test_an_abbreviation_is_what_the_text_defines_it_to_be_and_of_overlapping_names_the_longest_counts() -> None:
    text = "The Republic of Cyprus (ROC) thanked Greece. The ROC said so. Smith (UK) won in Cyprus."
    named = " ".join(f"{m.surface}={m.actor_id}" for m in named_actors.mentions_of(text, None))
    assert named == "Cyprus=CYP ROC=CYP Greece=GRC ROC=CYP UK=GBR Cyprus=CYP"
    assert [m.actor_id for m in named_actors.mentions_of("The ROC thanked Japan.", None)] == ["TWN", "JPN"]
    assert found("The Chinese Ministry of Public Security said") == [("Chinese Ministry of Public Security", "CHN.MPS", 1.0)]
    # a longer one that ends inside a word does not hide a shorter one
    assert found("Chinese Ministry of Public Securityx") == [("Chinese", "CHN", 1.0)]
    assert found("South China Morning Post reports from South China") == [("China", "CHN", 1.0)]


def test_a_title_counts_only_in_its_tenure_an_office_stands_for_who_holds_it_and_what_is_unsure_counts_less() -> None:
    for text, on, named in (
        ("said Speaker Pelosi", "2022-08-02", ["Speaker Pelosi=USA.PELOSI"]),
        ("said Speaker Pelosi", "2023-01-02", ["Speaker Pelosi=USA.PELOSI"]),
        ("said Speaker Pelosi", "2023-01-03", ["Pelosi=USA.PELOSI"]),
        ("said Speaker Pelosi", "2018-08-02", ["Pelosi=USA.PELOSI"]),
        ("the Treasury Secretary", "2019-05-01", ["Treasury Secretary=USA.MNUCHIN"]),
        ("the Treasury Secretary", "2023-07-06", ["Treasury Secretary=USA.YELLEN"]),
        ("the Treasury Secretary", "2021-01-22", []),
        ("the Treasury Secretary", "2026-01-01", []),
    ):
        assert [f"{surface}={actor}" for surface, actor, _ in found(text, date.fromisoformat(on))] == named
    assert found("President Biden", None) == [("President", "USA.BIDEN", round(0.5 * UNDATED, 3)), ("Biden", "USA.BIDEN", 1.0)]
    assert found("said Wang") == [("Wang", "CHN.WANG_WENBIN", 0.2)]
    assert found("CHINA TELLS US") == [("CHINA", "CHN", SHOUTED), ("US", "USA", AMBIGUOUS_CAPITALS)]
    assert found("US officials left") == [("US", "USA", 1.0)]


def test_the_title_is_sentence_0_and_offsets_count_through_it() -> None:
    title, text = "US acts. Again", "China protests. Taiwan watches."
    whole = named_actors.document(text, title)
    result = named_actors.mentions_of(text, DAY, title, NAMES)
    assert [(m.sentence, whole[m.char_start : m.char_end]) for m in result] == [(0, "US"), (1, "China"), (2, "Taiwan")]
    assert [m.sentence for m in named_actors.mentions_of(text, DAY, None, NAMES)] == [0, 1]


PIECES = "China|US|U.S.|South China Morning Post|中国|Pelosi|Speaker Pelosi|CHINA| |. |\n|’s|-|x|é|🙂"


@given(
    st.lists(st.sampled_from(PIECES.split("|")) | st.text(max_size=5), max_size=20).map("".join),
    st.none() | st.text(max_size=20) | st.just("US and China"),
    st.none() | st.dates(),
)
@examples(200)
def test_offsets_always_slice_back_to_the_surface(text: str, title: str | None, on: date | None) -> None:
    whole = named_actors.document(text, title)
    result = named_actors.mentions_of(text, on, title, NAMES)
    assert all(whole[m.char_start : m.char_end] == m.surface for m in result)
    assert all(a.char_end <= b.char_start and a.sentence <= b.sentence for a, b in pairwise(result))
    assert all(0 <= m.confidence <= 1 and m.sentence >= 0 for m in result)


@pytest.mark.real_data
def test_the_actors_of_the_seed_article_are_found_with_and_without_its_date_and_its_outlet_names_nobody(real_data: Path) -> None:
    data = (real_data / "news/articles/000_466c3d37c6bb4997.txt").read_bytes()
    row = articles.stage({"a.txt": data}).frames["articles"].row(0, named=True)
    outlet = named_actors.document(row["text"], row["title"]).index("South China Morning Post")
    for on in (DAY, None):
        mentions = named_actors.mentions_of(row["text"], on, row["title"])
        named: dict[str, list[str]] = {}
        for m in mentions:
            named.setdefault(m.actor_id, []).append(m.surface)
        assert {"USA", "CHN"} <= set(named)
        assert (named["TWN"], named["MEX"]) == (["Taiwan"], ["Mexico"])
        people = " ".join(s for actor, surfaces in named.items() if actor not in ("USA", "CHN") for s in surfaces)
        assert all(name in people for name in ("Biden", "Xi", "Pelosi"))
        assert {"CHN.MPS", "CHN.IFS"} & set(named)
        assert not [m for m in mentions if outlet <= m.char_start < outlet + 24]


OF_THE_PROJECT = """
# a name that bodies of several states have is no body of ours beside the name of another state
2023 The Philippine Congress approved it. = PHL
2023 Mexico's Senate approved it. = MEX
2023 The Ministry of Commerce of Vietnam approved it. = VNM
2023 China’s Ministry of Commerce approved it. = CHN.MOFCOM
2023 China, Congress and Mexico approved it. = CHN MEX
2023 Congress approved it. =
2023 Congress approved it, and the US agreed. = USA.CONGRESS USA
2023 The Indian Congress approved what the US offered. = IND IND.INC USA
# a town that is said to be in one of the United States is no state
2020 Police in Moscow, Idaho, are looking for witnesses. = US-ID
2020 Leaders of Mexico, Texas and Arizona met. = MEX US-TX US-AZ
# the North and the South are the two Koreas where the text names one
2020 North Korea fired a missile. The North's army called it a test, and the South objected. = PRK PRK KOR
2020 Pyongyang accused the South of drills. = PRK KOR
2020 Trump won the South by twenty points. = USA.DONALD_TRUMP
2020 Seoul said the South China Sea was calm, as was the North Pole. = KOR
2020 Seoul wants North-South talks; snow fell in the south. = KOR
# an organisation is known by its short name where the text names it
2015 The EU met. The bloc sent aid to Kenya. = EU EU KEN
2015 Kenya and ECOWAS met. The bloc sent aid. = KEN ECOWAS ECOWAS
2015 The EU and ASEAN met. The bloc sent aid. = EU ASEAN
2015 Kenya met its neighbours. The bloc sent aid. = KEN
2015 The Security Council met. = UN.SC
2015 Russia's Security Council met. = RUS
2015 The Russian Security Council met. = RUS.SECURITY_COUNCIL
2015 The U.N. refugee agency praised Chad. = UNHCR TCD
2015 The Treaty of the Union was read in the State of the Union speech. =
1985 The European Community and the Organization of African Unity met. = EU AU
# two kings of one name are told apart by the day and the state
2020 King Abdullah spoke. = JOR.KING_ABDULLAH_II
2010 King Abdullah spoke. =
2010 King Abdullah of Jordan spoke. = JOR.KING_ABDULLAH_II JOR
# longer names of regions and states are not the shorter ones in them
2020 Niger Delta = NGA
2020 Republic of Congo = COG
2020 Democratic Republic of Congo = COD
2020 New South Wales = AUS
2020 British Columbia = CAN
# a surname stands for who is in office on the day, which must be known, and not where many have it
2003 Blair urges Iraq to disarm = GBR.TONY_BLAIR IRQ
2013 Blair urges Iraq to disarm = IRQ
     Blair urges Iraq to disarm = IRQ
2003 Cherie Blair visits Iraq = IRQ
1998 Flood in Clinton County =
1998 Clinton-era rules =
1998 Clinton Imposes Sanctions After Tests = USA.BILL_CLINTON
1998 On Friday Clinton signed the bill. = USA.BILL_CLINTON
2019 Khan is ready for talks =
2019 Pakistan's army stands by Khan = PAK PAK.IMRAN_KHAN
# the first half of a pair in one word is a state, but not in names of peoples and places
2003 Franco-Spanish talks = FRA ESP
2003 A Sino-Russian veto = CHN RUS
2003 the Anglo-American plan = GBR USA
2003 the Indo-Pacific strategy =
2003 Anglo-Saxon habits =
2003 a Greco-Roman statue =
"""


def test_names_of_the_project_stand_for_their_actors_on_the_day() -> None:
    for row in (row for row in OF_THE_PROJECT.strip().splitlines() if not row.startswith("#")):
        text, _, actors = row[5:].partition(" =")
        on = date(int(row[:4]), 6, 1) if row[:4].strip() else None
        assert [m.actor_id for m in named_actors.mentions_of(text, on)] == actors.split(), row


def split(text: str) -> list[str]:
    return [text[start:end].strip() for start, end in spans(text)]


SPLIT = """
Xi met Biden.| They spoke.
The U.S. imposed tariffs on Mr. Wang.
The U.S. Treasury acted.
He flew to the U.S.| The talks went on.
On Sept. 22 and Oct. 3 it acted.| Done.
Gen. Li met J. Sullivan.| No one spoke.
“We will act.”| He left.
“Why?” he asked.| Nobody knew.
It rose 3.5 per cent to 1.2 million.| Why?
Huawei Technologies Co. Ltd. sued.| In 2019.| It lost.
A headline/|The text begins
a hard line break in/the middle of a sentence
one paragraph//|another one
中国宣布制裁。|美国回应！|“不会。”|他说
"""


def test_sentences_of_news_text() -> None:
    for row in (line.replace("/", "\n") for line in SPLIT.strip().splitlines()):
        assert split(row.replace("|", "")) == [sentence.strip() for sentence in row.split("|")]
    assert (split(""), split("   ")) == ([], [""])


@given(st.text(st.sampled_from("aB .!?\n“”。USr'\"1\r\t…"), max_size=60) | st.text(max_size=40))
def test_nothing_is_lost_between_sentences(text: str) -> None:
    found = spans(text)
    assert "".join(text[start:end] for start, end in found) == text
    assert all(start < end for start, end in found)


def test_a_surname_joined_to_another_name_by_a_hyphen_is_a_name_and_joined_to_a_word_is_none() -> None:
    of_names = {"Chirac-Mbeki talks": ["FRA", "ZAF"], "a Mbeki-era law": [], "a Mbeki-France row": ["ZAF", "FRA"]}
    assert {t: [m.country_id for m in named_actors.mentions_of(t, date(2006, 1, 5))] for t in of_names} == of_names
