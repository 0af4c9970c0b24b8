"""The gazetteer: which names are found in a text, where, and for whom they stand."""

from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.news.articles import read as articles
from assets.news.text import named_actors
from assets.news.text.named_actors import AMBIGUOUS_CAPITALS, SHOUTED, UNDATED
from tests.depth import examples

DAY = date(2023, 12, 22)

NAMES = named_actors.gazetteer(
    pl.DataFrame(
        [
            ("US", "USA", "USA", None, None, None, 1.0),
            ("U.S.", "USA", "USA", None, None, None, 1.0),
            ("China", "CHN", "CHN", None, None, None, 1.0),
            ("Chinese", "CHN", "CHN", None, None, None, 1.0),
            ("中国", "CHN", "CHN", None, None, None, 1.0),
            ("Ministry of Public Security", "CHN.MPS", "CHN", "COP", None, None, 0.9),
            ("Chinese Ministry of Public Security", "CHN.MPS", "CHN", "COP", None, None, 1.0),
            ("South China Morning Post", None, None, None, None, None, 1.0),
            ("Türkiye", "TUR", "TUR", None, None, None, 1.0),
            ("Hong Kong", "HKG", "HKG", None, None, None, 1.0),
            ("Taiwan", "TWN", "TWN", None, None, None, 1.0),
            ("Biden", "USA.BIDEN", "USA", None, None, None, 1.0),
            ("President", "USA.BIDEN", "USA", "GOV", date(2021, 1, 20), date(2025, 1, 20), 0.5),
            ("Speaker Pelosi", "USA.PELOSI", "USA", "LEG", date(2019, 1, 3), date(2023, 1, 3), 1.0),
            ("Pelosi", "USA.PELOSI", "USA", None, None, None, 0.9),
            ("Treasury Secretary", "USA.MNUCHIN", "USA", "GOV", date(2017, 2, 13), date(2021, 1, 20), 0.9),
            ("Treasury Secretary", "USA.YELLEN", "USA", "GOV", date(2021, 1, 26), date(2025, 1, 20), 0.9),
            ("Wang", "CHN.WANG_WENBIN", "CHN", "GOV", None, None, 0.4),
            ("Wang", "CHN.WANG_YI", "CHN", "GOV", None, None, 0.4),
        ],
        schema={
            "surface": pl.String,
            "actor_id": pl.String,
            "country_id": pl.String,
            "sector": pl.String,
            "valid_from": pl.Date,
            "valid_to": pl.Date,
            "certainty": pl.Float64,
        },
        orient="row",
    )
)


def found(text: str, on: date | None = DAY, title: str | None = None) -> list[tuple[str, str, float]]:
    return [(m.surface, m.actor_id, m.confidence) for m in named_actors.mentions_of(text, on, title, NAMES)]


def test_half_a_surrogate_pair_takes_one_place_and_hides_no_name() -> None:
    assert found("\ud83c China met \udfff Taiwan") == [("China", "CHN", 1.0), ("Taiwan", "TWN", 1.0)]
    assert named_actors.document("China \udfff", "\ud83c") == "\ufffd\nChina \ufffd"


@pytest.mark.trap("articles", "as-written")
@pytest.mark.parametrize(
    ("text", "surfaces"),
    [
        ("US-China talks", ["US", "China"]),
        ("China's and China’s", ["China", "China"]),
        ("the U.S. acted; the U.S.-China row", ["U.S.", "U.S.", "China"]),
        ("let us go, USB, USDA, Chinatown, Indochina", []),
        ("US$5 billion", []),
        ("China'an, China’an", []),
        ("China's, CHINA'S and ‘China’ said China'll act", ["China", "CHINA", "China", "China"]),
        ('(US) "China", “China”.', ["US", "China", "China"]),
        ("Türkiye, Türkiyeli", ["Türkiye"]),
        ("Chinä, Chiná", []),
        ("China_x 3China China3", []),
        ("美中国际 在中国的US公司", ["中国", "中国", "US"]),
        ("", []),
    ],
)
def test_names_are_found_at_word_boundaries_and_as_they_are_written(text: str, surfaces: list[str]) -> None:
    assert [surface for surface, _, _ in found(text)] == surfaces


def test_an_abbreviation_is_what_the_text_defines_it_to_be() -> None:
    text = "The Republic of Cyprus (ROC) thanked Greece. The ROC said so. Smith (UK) won in Cyprus."
    assert [(m.surface, m.actor_id) for m in named_actors.mentions_of(text, None)] == [
        ("Cyprus", "CYP"), ("ROC", "CYP"), ("Greece", "GRC"), ("ROC", "CYP"), ("UK", "GBR"), ("Cyprus", "CYP"),
    ]  # fmt: skip
    assert [m.actor_id for m in named_actors.mentions_of("The ROC thanked Japan.", None)] == ["TWN", "JPN"]


def test_of_overlapping_names_the_longest_counts() -> None:
    assert found("The Chinese Ministry of Public Security said") == [("Chinese Ministry of Public Security", "CHN.MPS", 1.0)]


def test_a_longer_name_that_ends_inside_a_word_does_not_hide_a_shorter_one() -> None:
    assert found("Chinese Ministry of Public Securityx") == [("Chinese", "CHN", 1.0)]


def test_south_china_morning_post_is_not_china() -> None:
    assert found("South China Morning Post reports from South China") == [("China", "CHN", 1.0)]


def test_taiwan_and_hong_kong_are_actors_of_their_own() -> None:
    assert [actor for _, actor, _ in found("Taiwan and Hong Kong")] == ["TWN", "HKG"]


@pytest.mark.parametrize(
    ("on", "surface", "actor"),
    [
        (date(2022, 8, 2), "Speaker Pelosi", "USA.PELOSI"),
        (date(2023, 1, 2), "Speaker Pelosi", "USA.PELOSI"),
        (date(2023, 1, 3), "Pelosi", "USA.PELOSI"),
        (date(2018, 8, 2), "Pelosi", "USA.PELOSI"),
    ],
)
def test_a_title_counts_only_in_its_tenure(on: date, surface: str, actor: str) -> None:
    assert [(s, a) for s, a, _ in found("said Speaker Pelosi", on)] == [(surface, actor)]


@pytest.mark.parametrize(
    ("on", "actors"),
    [(date(2019, 5, 1), ["USA.MNUCHIN"]), (date(2023, 7, 6), ["USA.YELLEN"]), (date(2021, 1, 22), []), (date(2026, 1, 1), [])],
)
def test_an_office_stands_for_the_one_who_holds_it_on_the_day(on: date, actors: list[str]) -> None:
    assert [actor for _, actor, _ in found("the Treasury Secretary", on)] == actors


@pytest.mark.trap("articles", "as-written")
def test_without_a_date_names_with_a_tenure_count_less_and_others_do_not() -> None:
    assert found("President Biden", None) == [("President", "USA.BIDEN", round(0.5 * UNDATED, 3)), ("Biden", "USA.BIDEN", 1.0)]


def test_a_name_that_several_bear_counts_less() -> None:
    assert found("said Wang") == [("Wang", "CHN.WANG_WENBIN", 0.2)]


def test_capitals_of_a_headline_count_less_and_short_ones_least() -> None:
    assert found("CHINA TELLS US") == [("CHINA", "CHN", SHOUTED), ("US", "USA", AMBIGUOUS_CAPITALS)]


def test_capitals_of_an_ordinary_line_are_an_ordinary_name() -> None:
    assert found("US officials left") == [("US", "USA", 1.0)]


def test_the_title_is_sentence_0_and_offsets_count_through_it() -> None:
    title, text = "US acts. Again", "China protests. Taiwan watches."
    whole = named_actors.document(text, title)
    result = named_actors.mentions_of(text, DAY, title, NAMES)
    assert [(m.sentence, whole[m.char_start : m.char_end]) for m in result] == [(0, "US"), (1, "China"), (2, "Taiwan")]


def test_without_a_title_the_first_sentence_is_0() -> None:
    assert [m.sentence for m in named_actors.mentions_of("China protests. Taiwan watches.", DAY, None, NAMES)] == [0, 1]


PIECES = [
    "China",
    "US",
    "U.S.",
    "South China Morning Post",
    "中国",
    "Pelosi",
    "Speaker Pelosi",
    "CHINA",
    " ",
    ". ",
    "\n",
    "’s",
    "-",
    "x",
    "é",
    "🙂",
]


@given(
    st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=20).map("".join),
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


@given(st.dates(date(2016, 1, 1), date(2026, 1, 1)))
def test_tenures_are_half_open(day: date) -> None:
    starts, ends = date(2019, 1, 3), date(2023, 1, 3)
    surfaces = [surface for surface, _, _ in found("Speaker Pelosi", day)]
    assert surfaces == (["Speaker Pelosi"] if starts <= day <= ends - timedelta(1) else ["Pelosi"])


@pytest.fixture(scope="module")
def seed_article(real_data: Path) -> bytes:
    return (real_data / "news/articles/000_466c3d37c6bb4997.txt").read_bytes()


def actors_of(data: bytes, on: date | None) -> dict[str, list[str]]:
    """Actor to the surfaces that name it in an article."""
    row = articles.stage({"a.txt": data}).frames["articles"].row(0, named=True)
    named: dict[str, list[str]] = {}
    for m in named_actors.mentions_of(row["text"], on, row["title"]):
        named.setdefault(m.actor_id, []).append(m.surface)
    return named


@pytest.mark.real_data
@pytest.mark.parametrize("on", [DAY, None])
def test_the_actors_of_the_seed_article_are_found_with_and_without_its_date(seed_article: bytes, on: date | None) -> None:
    named = actors_of(seed_article, on)
    assert {"USA", "CHN", "TWN", "MEX"} <= set(named)
    assert named["TWN"] == ["Taiwan"]
    assert named["MEX"] == ["Mexico"]
    people = " ".join(s for actor, surfaces in named.items() if actor not in ("USA", "CHN") for s in surfaces)
    assert all(name in people for name in ("Biden", "Xi", "Pelosi"))
    assert {"CHN.MPS", "CHN.IFS"} & set(named)


@pytest.mark.real_data
def test_the_name_of_the_outlet_in_the_seed_article_names_nobody(seed_article: bytes) -> None:
    row = articles.stage({"a.txt": seed_article}).frames["articles"].row(0, named=True)
    whole = named_actors.document(row["text"], row["title"])
    outlet = whole.index("South China Morning Post")
    assert not [m for m in named_actors.mentions_of(row["text"], DAY, row["title"]) if outlet <= m.char_start < outlet + 24]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The Philippine Congress approved it.", ["PHL"]),
        ("Mexico's Senate approved it.", ["MEX"]),
        ("The Ministry of Commerce of Vietnam approved it.", ["VNM"]),
        ("China’s Ministry of Commerce approved it.", ["CHN.MOFCOM"]),
        ("China, Congress and Mexico approved it.", ["CHN", "MEX"]),
        ("Congress approved it.", []),
        ("Congress approved it, and the US agreed.", ["USA.CONGRESS", "USA"]),
        ("The Indian Congress approved what the US offered.", ["IND", "IND.INC", "USA"]),
    ],
)
def test_a_name_that_bodies_of_several_states_have_is_no_body_of_ours_beside_the_name_of_another_state(
    text: str, found: list[str]
) -> None:
    assert [m.actor_id for m in named_actors.mentions_of(text, DAY)] == found


def test_a_town_that_is_said_to_be_in_one_of_the_united_states_is_no_state() -> None:
    assert [
        m.actor_id for m in named_actors.mentions_of("Police in Moscow, Idaho, are looking for witnesses.", date(2020, 1, 1))
    ] == ["US-ID"]
    assert [m.actor_id for m in named_actors.mentions_of("Leaders of Mexico, Texas and Arizona met.", date(2020, 1, 1))] == [
        "MEX",
        "US-TX",
        "US-AZ",
    ]


@pytest.mark.parametrize(
    ("text", "states"),
    [
        ("North Korea fired a missile. The North's army called it a test, and the South objected.", ["PRK", "PRK", "KOR"]),
        ("Pyongyang accused the South of drills.", ["PRK", "KOR"]),
        ("Trump won the South by twenty points.", ["USA"]),
        ("Seoul said the South China Sea was calm, as was the North Pole.", ["KOR"]),
        ("Seoul wants North-South talks; snow fell in the south.", ["KOR"]),
    ],
)
def test_the_north_and_the_south_are_the_two_koreas_where_the_text_names_one(text: str, states: list[str]) -> None:
    assert [m.country_id for m in named_actors.mentions_of(text, date(2020, 1, 1))] == states


@pytest.mark.parametrize(
    ("text", "actors"),
    [
        ("The EU met. The bloc sent aid to Kenya.", ["EU", "EU", "KEN"]),
        ("Kenya and ECOWAS met. The bloc sent aid.", ["KEN", "ECOWAS", "ECOWAS"]),
        ("The EU and ASEAN met. The bloc sent aid.", ["EU", "ASEAN"]),
        ("Kenya met its neighbours. The bloc sent aid.", ["KEN"]),
        ("The Security Council met.", ["UN.SC"]),
        ("Russia's Security Council met.", ["RUS"]),
        ("The Russian Security Council met.", ["RUS.SECURITY_COUNCIL"]),
        ("The U.N. refugee agency praised Chad.", ["UNHCR", "TCD"]),
        ("The Treaty of the Union was read in the State of the Union speech.", []),
    ],
)
def test_an_organisation_is_known_by_its_short_name_where_the_text_names_it(text: str, actors: list[str]) -> None:
    assert [m.actor_id for m in named_actors.mentions_of(text, date(2015, 6, 1))] == actors


def test_the_european_community_is_the_union_of_before_and_no_region() -> None:
    text = "The European Community and the Organization of African Unity met."
    assert [m.actor_id for m in named_actors.mentions_of(text, date(1985, 6, 1))] == ["EU", "AU"]


def test_two_kings_of_one_name_are_told_apart_by_the_day_and_the_state() -> None:
    def king(text: str, year: int) -> list[str]:
        return [m.actor_id for m in named_actors.mentions_of(text, date(year, 6, 1)) if "KING" in m.actor_id]

    assert king("King Abdullah spoke.", 2020) == ["JOR.KING_ABDULLAH_II"]
    assert king("King Abdullah spoke.", 2010) == []
    assert king("King Abdullah of Jordan spoke.", 2010) == ["JOR.KING_ABDULLAH_II"]


def test_longer_names_of_regions_and_states_are_not_the_shorter_ones_in_them() -> None:
    for text, expected in (
        ("Niger Delta", "NGA"),
        ("Republic of Congo", "COG"),
        ("Democratic Republic of Congo", "COD"),
        ("New South Wales", "AUS"),
        ("British Columbia", "CAN"),
    ):
        assert [m.actor_id for m in named_actors.mentions_of(text, date(2020, 1, 1))] == [expected]


@pytest.mark.parametrize(
    ("text", "day", "expected"),
    [
        ("Blair urges Iraq to disarm", date(2003, 1, 15), ["GBR.TONY_BLAIR", "IRQ"]),
        ("Blair urges Iraq to disarm", date(2013, 1, 15), ["IRQ"]),  # no longer in office
        ("Blair urges Iraq to disarm", None, ["IRQ"]),  # on which day is not known
        ("Cherie Blair visits Iraq", date(2003, 1, 15), ["IRQ"]),
        ("Flood in Clinton County", date(1998, 6, 1), []),
        ("Clinton-era rules", date(1998, 6, 1), []),
        ("Clinton Imposes Sanctions After Tests", date(1998, 6, 1), ["USA.BILL_CLINTON"]),
        ("On Friday Clinton signed the bill.", date(1998, 6, 1), ["USA.BILL_CLINTON"]),
        ("Khan is ready for talks", date(2019, 6, 1), []),  # many have this name
        ("Pakistan's army stands by Khan", date(2019, 6, 1), ["PAK", "PAK.IMRAN_KHAN"]),
    ],
)
def test_a_surname_stands_for_who_is_in_office_on_the_day(text: str, day: date | None, expected: list[str]) -> None:
    assert [m.actor_id for m in named_actors.mentions_of(text, day)] == expected


@pytest.mark.parametrize(
    ("text", "states"),
    [
        ("Franco-Spanish talks", ["FRA", "ESP"]),
        ("A Sino-Russian veto", ["CHN", "RUS"]),
        ("the Anglo-American plan", ["GBR", "USA"]),
        ("the Indo-Pacific strategy", []),
        ("Anglo-Saxon habits", []),
        ("a Greco-Roman statue", []),
    ],
)
def test_the_first_half_of_a_pair_in_one_word_is_a_state_but_not_in_names_of_peoples_and_places(
    text: str, states: list[str]
) -> None:
    assert [m.actor_id for m in named_actors.mentions_of(text, date(2003, 5, 5))] == states
