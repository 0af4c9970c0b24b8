"""What the encoder is shown of a sentence, and what it makes of it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from assets.errors import BilateralError
from assets.news.coding import encoder, judgement
from assets.news.coding.coder import EventCoder
from assets.news.coding.encoder import FIRST, OTHER, SECOND, masked
from assets.news.coding.interface import Text

SENTENCE = "France told Mali and Niger that France would leave."
FRANCE, MALI, NIGER = [(0, 6), (32, 38)], [(12, 16)], [(21, 26)]


def test_every_name_is_masked_and_the_party_named_first_is_the_first() -> None:
    shown = masked(SENTENCE, FRANCE, MALI, NIGER)
    assert shown.pieces == (FIRST, " told ", SECOND, " and ", OTHER, " that ", FIRST, " would leave.")
    assert not shown.is_swapped


def test_the_other_direction_is_the_same_sentence_swapped() -> None:
    there, back = masked(SENTENCE, FRANCE, MALI, NIGER), masked(SENTENCE, MALI, FRANCE, NIGER)
    assert there.pieces == back.pieces
    assert back.is_swapped


def test_a_party_that_the_sentence_does_not_name_stands_before_it() -> None:
    assert masked("It left Mali.", [], [(8, 12)]).pieces == (FIRST, "It left ", SECOND, ".")


def test_of_overlapping_names_the_parties_come_first() -> None:
    assert masked("US-China talks", [(0, 2)], [(3, 8)], [(0, 8)]).pieces == (FIRST, "-", SECOND, " talks")


@pytest.fixture(scope="module")
def tokens() -> encoder.Tokens:
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", FIRST, SECOND, OTHER, "talks", "with", "##s", "talk"]
    return encoder.Tokens(words, (4, 5, 6))


def test_markers_are_one_number_each_and_their_places_are_told(tokens: encoder.Tokens) -> None:
    assert tokens.of((FIRST, " talks with Zyx ", SECOND)) == ([2, 4, 7, 8, 1, 5, 3], 1, 5)


@pytest.mark.parametrize(("before", "between"), [(300, 0), (0, 80), (0, 300), (40, 90)])
def test_of_a_long_sentence_the_part_with_the_parties_is_read(tokens: encoder.Tokens, before: int, between: int) -> None:
    ids, first, second = tokens.of(("talks " * before, FIRST, " talks" * between, SECOND, " with" * 40))
    assert len(ids) == min(encoder.LONGEST, before + between + 44)
    assert ids[second] == 5
    assert between >= encoder.LONGEST - 2 or ids[first] == 4


@pytest.mark.parametrize("after", [0, 300, 700])
def test_what_was_said_before_is_cut_to_what_the_encoder_has_places_for(tokens: encoder.Tokens, after: int) -> None:
    ids, first, second = tokens.of(("talks " * 600, FIRST, " talks" * after, encoder.BREAK, "with ", SECOND, " talks"))
    assert len(ids) <= 512
    assert (ids[first], ids[second]) == (4, 5)


def test_a_text_whose_signs_are_a_token_each_is_read(coder: EventCoder) -> None:
    before = " ".join(f"Paris {verb} Mali {'中' * 200}." for verb in ("sanctioned", "criticized", "warned"))
    ((_, events),) = coder.code([Text("1", f"{before} It expelled its envoy.")])
    assert ("FRA", "MLI") in {(e.source_id, e.target_id) for e in events}


@pytest.fixture(scope="module")
def coder() -> EventCoder:
    return EventCoder()


def test_a_damaged_file_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "encoder.onnx").write_bytes(b"no model")
    with pytest.raises(BilateralError, match=r"encoder\.onnx .*restore the file"):
        encoder.Encoder(tmp_path / "encoder.onnx")


def test_what_a_pair_gets_does_not_depend_on_what_else_is_asked(coder: EventCoder) -> None:
    texts = [
        Text("1", "France recalled its ambassador from Mali after weeks of acrimony over the detained nurses."),
        Text("2", "Kenya and Uganda opened talks."),
        Text("3", "Peru barred Chilean trawlers."),
    ]
    together = {text.id: events for text, events in coder.code(texts)}
    for text in texts:
        ((_, events),) = coder.code([text])
        assert events == together[text.id]


def test_sentences_read_together_are_read_to_the_last_bit_as_one_by_one() -> None:
    acts = ["fined", "thanked", "bombed", "blamed", "invited", "warned"]
    asked = [(FIRST, f" {act} ", SECOND, f" {more}.") for act in acts for more in ("again", "on Monday", "for its help")]
    together, alone = encoder.Encoder(encoder.FILE), encoder.Encoder(encoder.FILE)
    together.read_ahead(asked)
    assert [together.read(one) for one in asked] == [alone.read(one) for one in asked]


@pytest.mark.parametrize("text", ["Gabon and Ghana.", "Chile zorbled Peru.", "Cuba said that Haiti had said so.", "Mali, Niger"])
def test_a_given_pair_is_always_of_a_class_of_plover(coder: EventCoder, text: str) -> None:
    source, target = (text.replace(",", " ").replace(".", "").split()[i] for i in (0, -1 if len(text) < 20 else 3))
    assert coder.relation(Text("1", text), source, target).cameo_code[:2] not in judgement.WITHOUT_PLOVER


def test_both_directions_of_a_word_that_nobody_wrote_a_rule_for_are_told_apart(coder: EventCoder) -> None:
    ((_, events),) = coder.code([Text("1", "Japan slapped China with punitive tariffs on its steel.")])
    assert {(e.source_id, e.target_id) for e in events} == {("JPN", "CHN")}


SCRAPS = "France Mali 's , ; : ( ) - the of sanctions talks was said by and Putin ? ... EU he both"


def test_no_text_raises(coder: EventCoder) -> None:
    chance = random.Random(3)
    words = [*SCRAPS.split(), "\x00", "\u200b"]
    texts = [Text(n, " ".join(chance.choice(words) for _ in range(chance.randrange(1, 60)))) for n in range(40)]
    assert len(list(coder.code(texts))) == 40
