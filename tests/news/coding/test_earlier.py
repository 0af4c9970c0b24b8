"""Pairs of which an earlier sentence names a party: what is read with the sentence, and which pairs are asked about."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from assets.news.coding import pieces
from assets.news.coding.encoder import BREAK, FIRST, OTHER, SECOND
from assets.news.coding.interface import Text
from assets.news.coding.pairs import Pair, pairs_in
from assets.news.coding.parties import actors_in
from assets.news.coding.pieces import Piece, pieces_of

DAY = date(2019, 4, 12)
NEWS = (
    "NAIROBI (wire) - Kenya expelled the ambassador of Somalia on Monday. He left at noon. Rain fell in the evening. "
    "Egypt condemned the move. The two will meet in May."
)


def last_piece(text: str) -> Piece:
    return pieces_of(Text(1, text, DAY), None)[-1]


def pairs_of(text: str) -> list[Pair]:
    piece = last_piece(text)
    return pairs_in(piece.words, actors_in(piece.words, piece.mentions, piece.start), piece.earlier)


def pair_of(text: str, source: str, target: str) -> Pair:
    return next(p for p in pairs_of(text) if p.dyad == (source, target))


def test_the_lead_without_its_dateline_and_the_two_last_sentences_are_read_with_a_sentence() -> None:
    before = last_piece(NEWS).earlier
    assert before.text == (
        "Kenya expelled the ambassador of Somalia on Monday. Rain fell in the evening. Egypt condemned the move."
    )
    assert [before.text[start:end] for start, end, _ in before.named] == ["Kenya", "Somalia", "Egypt"]
    assert list(before.parties()) == ["EGY", "SOM", "KEN"]


def test_the_first_sentence_has_nothing_before_it_and_the_title_is_not_read() -> None:
    pieces = pieces_of(Text(1, "Kenya expelled an envoy of Somalia. Somalia protested.", DAY, "Egypt is furious at Kenya"), None)
    assert [p.earlier.text for p in pieces] == ["", "", "Kenya expelled an envoy of Somalia."]


def test_a_long_sentence_before_is_cut() -> None:
    before = last_piece("Kenya talked to Somalia " + "and talked " * 60 + "to Egypt. Chad laughed.").earlier
    assert len(before.text) <= pieces.LONGEST_BEFORE
    assert list(before.parties()) == ["SOM", "KEN"]


def test_every_pair_of_a_party_named_here_and_one_named_before_is_asked_about_once() -> None:
    asked = [p.dyad for p in pairs_of("Kenya expelled the ambassador of Somalia. Rain fell. Egypt was not amused.") if p.is_open]
    assert len(asked) == len(set(asked))
    assert set(asked) == {("EGY", "KEN"), ("EGY", "SOM"), ("KEN", "EGY"), ("SOM", "EGY")}


def test_where_a_sentence_names_nobody_those_named_before_are_asked_about() -> None:
    assert {p.dyad for p in pairs_of("Kenya expelled the ambassador of Somalia. They were not amused.")} == {
        ("KEN", "SOM"),
        ("SOM", "KEN"),
    }


def test_of_a_sentence_that_names_many_the_first_are_paired() -> None:
    named = {p.source.party for p in pairs_of("Egypt, Chad, Mali, Togo, Benin and Niger were not amused.")}
    assert named == {"EGY", "TCD", "MLI", "TGO", "BEN"}


def test_a_body_and_its_organisation_are_one_party() -> None:
    found = pairs_of("The European Commission thanked Kenya. The EU president was not amused by Mali.")
    assert {p.source.party for p in found} == {"EU", "KEN", "MLI"}


def test_a_pair_is_masked_in_what_was_said_before_and_in_the_sentence() -> None:
    pair = pair_of("Kenya expelled the ambassador of Somalia. Egypt condemned the move.", "EGY", "KEN")
    assert pair.pieces == (
        FIRST, " expelled the ambassador of ", OTHER, f".{BREAK}", SECOND, " condemned the move.",
    )  # fmt: skip


def test_a_pair_that_the_sentence_names_is_read_alone() -> None:
    assert pair_of("Chad was silent. Egypt condemned Kenya.", "EGY", "KEN").pieces == (FIRST, " condemned ", SECOND, ".")


WORDS = st.lists(st.sampled_from(["Kenya", "Mali", "said.", "the", "(wire) -", "\n\n", "Egypt's", "?"]), min_size=1)


@given(WORDS)
def test_names_before_lie_where_they_are_said_to(words: list[str]) -> None:
    text = " ".join(words)
    for piece in pieces_of(Text(1, text, DAY), None):
        known = {"KEN": "Kenya", "MLI": "Mali", "EGY": "Egypt"}
        for start, end, actor in piece.earlier.named:
            assert piece.earlier.text[start:end].removesuffix("'s") == known[actor.party]
