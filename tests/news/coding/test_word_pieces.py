"""Words cut as BERT's uncased models cut them. The answers are those of the library ``tokenizers`` 0.23.3."""

import pytest

from assets.news.coding.word_pieces import LONGEST_WORD, WordPieces

KNOWN = ("[UNK]", "iran", "trade", "##r", "##s", "a", "b", "'", "-", "对", "中", "σ", "##ο", "ᄒ", "##ᅡ", "##ᆫ", "$", "…")


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Iran  TRADERS", "iran trade ##r ##s"),
        ("a\u00adb a\x0bb \ufeffa", "[UNK] [UNK] a"),
        ("b\u00a0\tá\u3000b\n", "b a b"),
        ("iran's-trade…", "iran ' [UNK] - trade …"),
        ("对中a", "对 中 a"),
        ("ΣΟ 한 $a", "σ ##ο ᄒ ##ᅡ ##ᆫ $ a"),
        ("tradex xtrade", "[UNK] [UNK]"),
        ("", ""),
    ],
)
def test_words_become_pieces(text: str, pieces: str) -> None:
    assert [KNOWN[n] for n in WordPieces(KNOWN).of(text)] == pieces.split()


def test_a_word_longer_than_any_is_unknown() -> None:
    pieces = WordPieces(("[UNK]", "a", "##a"))
    assert pieces.of("a" * LONGEST_WORD) == [1] + [2] * (LONGEST_WORD - 1)
    assert pieces.of("a" * (LONGEST_WORD + 1)) == [0]
