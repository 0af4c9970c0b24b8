"""The lexicon of the event coder: one word a line, sorted, each once in its table."""

from __future__ import annotations

import pytest

from assets.news.coding import lexicon as lx
from assets.news.coding.cameo_moves import known_codes

HEAD = "table,code,word,origin"


def test_words_are_read_with_the_codes_of_their_table() -> None:
    rows = [HEAD, "levels,,record,headlines", "verb,163,ban,codebook"]
    assert lx.read_tables(rows) == {"levels": {"record": ""}, "verb": {"ban": "163"}}


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (["verb,112,blame,codebook", "verb,163,blame,codebook"], r"line 3: blame is in verb already \(112\)"),
        (["levels,,record,headlines", "levels,,record,headlines"], "record is in levels already"),
        (["verb,163,ban,codebook", "noun,163,ban,codebook"], "line 3: ban is out of order"),
        (["verb,163,ban,rumour"], "line 2: expected a table"),
        (["verb,163,ban"], "line 2: expected a table"),
    ],
)
def test_a_line_that_does_not_fit_is_refused(rows: list[str], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        lx.read_tables([HEAD, *rows])


def test_another_first_line_is_refused() -> None:
    with pytest.raises(ValueError, match="the first line"):
        lx.read_tables(["word,code"])


def test_the_first_phrase_that_fits_counts_so_their_order_is_kept() -> None:
    rows = ["verbs,words,code", "hold keep,line,120", "keep,line talk,040"]
    assert [code for verbs, words, code in lx.read_phrases(rows) if "keep" in verbs and "line" in words] == ["120", "040"]


def test_codes_of_words_are_cameo_codes() -> None:
    codes = {*lx.VERBS.values(), *lx.NOUNS.values(), *lx.UNDER.values(), *(code for _, _, code in lx.PHRASES)}
    assert codes <= known_codes()


def test_nouns_of_acts_stand_for_verbs_that_a_rule_knows() -> None:
    verbs = lx.LIFT | lx.HALT | lx.IMPOSE | lx.PULL | lx.SEND | lx.GIVE | lx.HOLD | lx.BUILD | lx.SIGN | frozenset(lx.VERBS)
    assert set(lx.NOMINAL.values()) <= verbs
