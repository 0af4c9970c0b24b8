"""Pairs that are asked about: who speaks, what is read with a sentence, several acts of one pair, who reports."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from assets.news.articles.addresses import speaker_of
from assets.news.coding import pieces
from assets.news.coding.encoder import BREAK, FIRST, OTHER, SECOND
from assets.news.coding.interface import Text
from assets.news.coding.pairs import Pair, pairs_in, reporter_of
from assets.news.coding.parties import actors_in
from assets.news.coding.pieces import Piece, pieces_of

DAY = date(2023, 4, 12)


def last_piece(text: str) -> Piece:
    return pieces_of(Text(1, text, DAY), None)[-1]


def pairs_of(text: str) -> list[Pair]:
    piece = last_piece(text)
    return pairs_in(piece.words, actors_in(piece.words, piece.mentions, piece.start), piece.earlier)


def pair_of(text: str, source: str, target: str) -> Pair:
    return next(p for p in pairs_of(text) if p.dyad == (source, target))


def test_the_lead_without_its_dateline_and_the_two_last_sentences_are_read_with_a_sentence() -> None:
    before = last_piece(
        "NAIROBI (wire) - Kenya expelled the ambassador of Somalia on Monday. He left at noon. Rain fell in the evening. "
        "Egypt condemned the move. The two will meet in May."
    ).earlier
    assert before.text == (
        "Kenya expelled the ambassador of Somalia on Monday. Rain fell in the evening. Egypt condemned the move."
    )
    assert [before.text[start:end] for start, end, _ in before.named] == ["Kenya", "Somalia", "Egypt"]
    assert list(before.parties()) == ["EGY", "SOM", "KEN"]


def test_the_title_is_not_read_with_a_sentence_and_a_long_sentence_before_is_cut() -> None:
    found = pieces_of(Text(1, "Kenya expelled an envoy of Somalia. Somalia protested.", DAY, "Egypt is furious at Kenya"), None)
    assert [p.earlier.text for p in found] == ["", "", "Kenya expelled an envoy of Somalia."]
    before = last_piece("Kenya talked to Somalia " + "and talked " * 60 + "to Egypt. Chad laughed.").earlier
    assert len(before.text) <= pieces.LONGEST_BEFORE
    assert list(before.parties()) == ["SOM", "KEN"]


def test_those_named_before_are_asked_about_once_with_those_named_here_or_with_each_other() -> None:
    asked = [p.dyad for p in pairs_of("Kenya expelled the ambassador of Somalia. Rain fell. Egypt was not amused.") if p.is_open]
    assert sorted(asked) == [("EGY", "KEN"), ("EGY", "SOM"), ("KEN", "EGY"), ("SOM", "EGY")]
    nobody = pairs_of("Kenya expelled the ambassador of Somalia. They were not amused.")
    assert sorted(p.dyad for p in nobody) == [("KEN", "SOM"), ("SOM", "KEN")]


def test_who_is_talked_about_is_no_partner_of_those_named_before() -> None:
    for sentence, is_asked in {
        "They also discussed regional matters, such as the challenges posed by Egypt.": False,
        "They discussed regional matters with Egypt.": True,
        "They discussed trade, and condemned Egypt.": True,
        "Egypt was discussed, and they condemned Egypt.": True,
    }.items():
        asked = {p.source.party for p in pairs_of(f"Kenya received a minister of Somalia. {sentence}") if p.is_open}
        assert ("EGY" in asked if is_asked else not asked) is True, sentence


def test_of_many_names_the_first_are_paired_and_a_body_and_its_organisation_are_one_party() -> None:
    named = {p.source.party for p in pairs_of("Egypt, Chad, Mali, Togo, Benin and Niger were not amused.")}
    assert named == {"EGY", "TCD", "MLI", "TGO", "BEN"}
    found = pairs_of("The European Commission thanked Kenya. The EU president was not amused by Mali.")
    assert {p.source.party for p in found} == {"EU", "KEN", "MLI"}


def test_a_pair_is_masked_in_the_sentence_and_in_what_was_said_before_only_where_the_sentence_does_not_name_both() -> None:
    pair = pair_of("Kenya expelled the ambassador of Somalia. Egypt condemned the move.", "EGY", "KEN")
    assert pair.pieces == (FIRST, " expelled the ambassador of ", OTHER, f".{BREAK}", SECOND, " condemned the move.")
    assert pair_of("Chad was silent. Egypt condemned Kenya.", "EGY", "KEN").pieces == (FIRST, " condemned ", SECOND, ".")


@given(st.lists(st.sampled_from(["Kenya", "Mali", "said.", "the", "(wire) -", "\n\n", "Egypt's", "?"]), min_size=1))
def test_names_before_lie_where_they_are_said_to(words: list[str]) -> None:
    for piece in pieces_of(Text(1, " ".join(words), DAY), None):
        known = {"KEN": "Kenya", "MLI": "Mali", "EGY": "Egypt"}
        for start, end, actor in piece.earlier.named:
            assert piece.earlier.text[start:end].removesuffix("'s") == known[actor.party]


def test_neighbouring_phrases_of_two_states_are_pairs_of_their_own() -> None:
    there, back = pairs_of("The US fined a Chinese bank after President Biden met Xi Jinping.")
    assert [p.pieces for p in there.within] == [
        ("The ", FIRST, " fined a ", SECOND, " bank after ", OTHER, " met ", OTHER, "."),
        ("The ", OTHER, " fined a ", FIRST, " bank after ", SECOND, " met ", OTHER, "."),
        ("The ", OTHER, " fined a ", OTHER, " bank after ", FIRST, " met ", SECOND, "."),
    ]
    assert [(p.source.actor_id, p.target.actor_id) for p in there.within[2:]] == [("USA.JOE_BIDEN", "CHN.XI_JINPING")]
    assert [p.is_swapped for p in (there, *there.within)] == [False, False, True, False]
    assert [p.is_swapped for p in (back, *back.within)] == [True, True, False, True]
    for text in ("The US fined a Chinese bank.", "Russian President Putin thanked Kenya."):
        assert [p.within for p in pairs_of(text)] == [(), ()]


def test_a_line_without_a_stop_above_an_empty_one_is_the_title_of_a_text_that_has_none() -> None:
    for text, title, is_title in (
        ("Kenya thanks Chad\n\nKenya thanked Chad on Monday.", None, [True, False]),
        ("Kenya thanked Chad.\n\nKenya met Chad on Monday.", None, [False, False]),
        ("Kenya thanks Chad\nChad thanks Kenya\n", None, [False, False]),
        ("Kenya thanked Chad on Monday.", "Kenya thanks Chad", [True, False]),
    ):
        assert [p.is_title for p in pieces_of(Text(1, text, None, title), None)] == is_title


def test_a_third_who_says_it_reports_it() -> None:
    for text, reporter in {
        "Kenya said on Friday that Uganda had invaded Rwanda.": "KEN",
        "Uganda had invaded Rwanda, Kenya said on Friday.": "KEN",
        "Uganda has invaded Rwanda, according to Kenya.": "KEN",
        "Uganda invaded Rwanda: Kenya": "KEN",
        "Uganda invaded Rwanda and bombed Kenya.": None,
        "Uganda said it had invaded Rwanda.": None,
    }.items():
        piece = last_piece(text)
        told_by = reporter_of(pair_of(text, "UGA", "RWA"), piece.words, actors_in(piece.words, piece.mentions, piece.start))
        assert (None if told_by is None else told_by.party) == reporter


def named(text: str, speaker: str | None = "USA", title: str | None = None) -> set[tuple[str, str]]:
    return {(m.surface, m.party) for p in pieces_of(Text(1, text, None, title, speaker), None) for m in p.mentions}


def test_the_first_person_and_the_offices_of_a_release_are_its_state_and_those_of_others_are_not() -> None:
    for text, words in {
        "We urge Belarus to free them.": {"We"},
        "Our assistance to Lebanon goes on.": {"Our"},
        "The Deputy Secretary met her colleague from Peru.": {"Deputy Secretary"},
        "Under Secretary Porter will travel to Riga.": {"Under Secretary Porter"},
        "Serbia said “we want peace” to Kosovo.": set(),
        "The Austrian Secretary General met Peru's minister.": set(),
        "Estonia and the UN Secretary-General met in Peru.": set(),
        "The Republic of Korea (ROK) Special Representative flew to Japan.": set(),
        "The German State Secretary Berger flew to Peru.": set(),
        "The Secretary and President Abbas met. The Secretary and the President thanked Egypt.": {"Secretary"},
        "President Abbas called. President Biden and the President thanked Egypt.": {"President Biden", "President"},
    }.items():
        assert {surface for surface, party in named(text) if party == "USA"} == words
    # news has no first person, and a joint statement speaks for none of them alone
    assert named("We urge Belarus and Russia to free them.", speaker=None) == {("Belarus", "BLR"), ("Russia", "RUS")}
    title = "Joint Statement of the United States and Japan"
    assert ("We", "USA") not in named("We urge Belarus and Russia to free them.", title=title)


def test_in_a_transcript_only_its_own_people_speak_for_the_state() -> None:
    text = (
        "SECRETARY BLINKEN: We thank Chad and Mali.\n\nMINISTER DIAZ: We thank Peru and Chile.\n\nQUESTION: Do you? And Togo?\n\n"
        "SECRETARY BLINKEN: Yes, we do, as do Kenya and Ghana."
    )
    found = [p.words for p in pieces_of(Text(1, text, None, None, "USA"), None) for m in p.mentions if m.surface.lower() == "we"]
    assert any("Chad" in words for words in found)
    assert not any("Peru" in words for words in found)


def test_the_speaker_is_a_party_of_a_sentence_that_names_one_other_alone() -> None:
    (piece,) = pieces_of(Text(1, "Belarus must free them.", None, None, "USA"), None)
    assert set(piece.earlier.parties()) == {"USA"}
    assert pieces_of(Text(1, "Belarus must free them.", None), None) == []


def test_a_ministry_speaks_for_its_state_and_a_newspaper_for_none() -> None:
    stated = ("U.S. Department of State", None), (None, "https://www.fmprc.gov.cn/eng/x.html"), ("South China Morning Post", None)
    assert [speaker_of(outlet, url) for outlet, url in (*stated, (None, None))] == ["USA", "CHN", None, None]
