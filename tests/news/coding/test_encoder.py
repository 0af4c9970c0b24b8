"""What the encoder is shown of a sentence, and what it makes of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.errors import BilateralError
from assets.news.coding import encoder
from assets.news.coding.encoder import FIRST, OTHER, SECOND, masked
from assets.news.coding.word_pieces import LONGEST_WORD, WordPieces

SENTENCE = "France told Mali and Niger that France would leave."
FRANCE, MALI, NIGER = [(0, 6), (32, 38)], [(12, 16)], [(21, 26)]


def test_every_name_is_masked_and_the_party_named_first_is_the_first() -> None:
    there, back = masked(SENTENCE, FRANCE, MALI, NIGER), masked(SENTENCE, MALI, FRANCE, NIGER)
    assert there.pieces == back.pieces == (FIRST, " told ", SECOND, " and ", OTHER, " that ", FIRST, " would leave.")
    assert (there.is_swapped, back.is_swapped) == (False, True)
    assert masked("It left Mali.", [], [(8, 12)]).pieces == (FIRST, "It left ", SECOND, ".")
    # of overlapping names the parties come first
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
    # what was said before is cut to what the encoder has places for
    for after in (0, 300, 700):
        ids, first, second = tokens.of(("talks " * 600, FIRST, " talks" * after, encoder.BREAK, "with ", SECOND, " talks"))
        assert len(ids) <= 512
        assert (ids[first], ids[second]) == (4, 5)


def test_a_damaged_file_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "encoder.onnx").write_bytes(b"no model")
    with pytest.raises(BilateralError, match=r"encoder\.onnx .*restore the file"):
        encoder.Encoder(tmp_path / "encoder.onnx")


def test_sentences_read_together_are_read_to_the_last_bit_as_one_by_one() -> None:
    acts = ["fined", "thanked", "bombed", "blamed", "invited", "warned"]
    asked = [(FIRST, f" {act} ", SECOND, f" {more}.") for act in acts for more in ("again", "on Monday", "for its help")]
    together, alone = encoder.Encoder(encoder.FILE), encoder.Encoder(encoder.FILE)
    together.read_ahead(asked)
    assert [together.read(one) for one in asked] == [alone.read(one) for one in asked]


KNOWN = ("[UNK]", "iran", "trade", "##r", "##s", "a", "b", "'", "-", "对", "中", "σ", "##ο", "ᄒ", "##ᅡ", "##ᆫ", "$", "…")


def test_words_become_pieces_as_the_library_tokenizers_cuts_them_and_one_longer_than_any_is_unknown() -> None:
    cut = {
        "Iran  TRADERS": "iran trade ##r ##s", "a\u00adb a\x0bb \ufeffa": "[UNK] [UNK] a", "b\u00a0\tá\u3000b\n": "b a b",
        "iran's-trade…": "iran ' [UNK] - trade …", "对中a": "对 中 a", "ΣΟ 한 $a": "σ ##ο ᄒ ##ᅡ ##ᆫ $ a",
        "tradex xtrade": "[UNK] [UNK]", "": "",
    }  # fmt: skip
    assert {text: " ".join(KNOWN[n] for n in WordPieces(KNOWN).of(text)) for text in cut} == cut
    pieces = WordPieces(("[UNK]", "a", "##a"))
    assert pieces.of("a" * LONGEST_WORD) == [1] + [2] * (LONGEST_WORD - 1)
    assert pieces.of("a" * (LONGEST_WORD + 1)) == [0]
