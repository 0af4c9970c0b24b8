"""Whom ``we`` and an office stand for in a text that a state speaks."""

import pytest

from assets.news.articles.addresses import speaker_of
from assets.news.coding.interface import Text
from assets.news.coding.pieces import pieces_of


def named(text: str, speaker: str | None = "USA", title: str | None = None) -> set[tuple[str, str]]:
    pieces = pieces_of(Text(1, text, None, title, speaker), None)
    return {(m.surface, m.party) for p in pieces for m in p.mentions}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("We urge Belarus to free them.", "We"),
        ("Our assistance to Lebanon goes on.", "Our"),
        ("The Deputy Secretary met her colleague from Peru.", "Deputy Secretary"),
        ("Under Secretary Porter will travel to Riga.", "Under Secretary Porter"),
    ],
)
def test_the_first_person_and_the_offices_of_a_release_are_its_state(text: str, words: str) -> None:
    assert (words, "USA") in named(text)


@pytest.mark.parametrize(
    "text",
    [
        "Serbia said “we want peace” to Kosovo.",
        "The Austrian Secretary General met Peru's minister.",
        "Estonia and the UN Secretary-General met in Peru.",
    ],
)
def test_who_is_quoted_and_the_officials_of_others_are_not(text: str) -> None:
    assert "USA" not in {party for _, party in named(text)}


def test_news_has_no_first_person() -> None:
    assert named("We urge Belarus and Russia to free them.", speaker=None) == {("Belarus", "BLR"), ("Russia", "RUS")}


def test_a_joint_statement_speaks_for_none_of_them_alone() -> None:
    title = "Joint Statement of the United States and Japan"
    assert ("We", "USA") not in named("We urge Belarus and Russia to free them.", title=title)


def test_in_a_transcript_only_its_own_people_speak_for_the_state() -> None:
    text = "\n\n".join(
        (
            "SECRETARY BLINKEN: We thank Chad and Mali.",
            "MINISTER DIAZ: We thank Peru and Chile.",
            "QUESTION: Do you? And Togo?",
            "SECRETARY BLINKEN: Yes, we do, as do Kenya and Ghana.",
        )
    )
    found = [p.words for p in pieces_of(Text(1, text, None, None, "USA"), None) for m in p.mentions if m.surface.lower() == "we"]
    assert any("Chad" in words for words in found)
    assert not any("Peru" in words for words in found)


def test_the_speaker_is_a_party_of_a_sentence_that_names_one_other_alone() -> None:
    (piece,) = pieces_of(Text(1, "Belarus must free them.", None, None, "USA"), None)
    assert set(piece.earlier.parties()) == {"USA"}
    assert pieces_of(Text(1, "Belarus must free them.", None), None) == []


@pytest.mark.parametrize(
    ("outlet", "url", "state"),
    [
        ("U.S. Department of State", None, "USA"),
        (None, "https://www.fmprc.gov.cn/eng/x.html", "CHN"),
        ("South China Morning Post", None, None),
        (None, None, None),
    ],
)
def test_a_ministry_speaks_for_its_state_and_a_newspaper_for_none(outlet: str | None, url: str | None, state: str | None) -> None:
    assert speaker_of(outlet, url) == state
