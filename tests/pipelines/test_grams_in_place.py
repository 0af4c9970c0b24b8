"""Pieces of words that are put in place of others: the mart has the rows of one that is made anew."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.publish import grams_in_place
from pipelines.publish.grams_in_place import MART, renew
from pipelines.publish.scripts import scripts
from tests.depth import examples

MACRO = next(script for script in scripts("macros") if script.name == "word_grams")
SCRIPT = next(script for script in scripts("marts") if script.name == "party_word_grams")
STARTS = ("putin", "putina", "bank", "bankers", "li", "wei", "abc1", "société", "колобок", "aaaa", "example")
WORDS = st.dictionaries(st.sampled_from(STARTS), st.integers(1, 3))


def files(before: Mapping[str, int], now: Mapping[str, int]) -> duckdb.DuckDBPyConnection:
    """A copy with the words of now and the pieces of before, and the file before."""
    con = duckdb.connect()
    con.execute("ATTACH ':memory:' AS earlier")
    for database, words in (("earlier", before), ("memory", before), ("memory", now)):
        con.execute(f"USE {database}")
        con.execute("CREATE SCHEMA IF NOT EXISTS marts")
        con.execute("CREATE OR REPLACE TABLE marts.party_words (word VARCHAR, n_names BIGINT)")
        con.executemany("INSERT INTO marts.party_words VALUES (?, ?)", [*sorted(words.items()), ("always", 1)])
        con.execute(MACRO.text)
        if words is before:
            con.execute(f"DROP TABLE IF EXISTS {MART}")
            con.execute(SCRIPT.text)
    return con


def rows(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str, int]]:
    return con.execute(f"FROM {MART}").fetchall()


@examples(200)
@given(st.lists(WORDS, min_size=2, max_size=4))
def test_after_any_changes_of_words_the_pieces_are_those_made_anew(drawn: list[dict[str, int]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grams_in_place, "MOST_RENEWED", 100)
        patch.setattr(grams_in_place, "MOST_BEHIND", 1)
        con = files(drawn[0], drawn[0])
        for before, now in pairwise(drawn):
            for database, words in (("earlier", before), ("memory", now)):
                con.execute(f"DELETE FROM {database}.marts.party_words WHERE word <> 'always'")
                for one in sorted(words.items()):
                    con.execute(f"INSERT INTO {database}.marts.party_words VALUES (?, ?)", one)
            assert renew(con, SCRIPT.text)
        held = rows(con)
        con.execute(f"DROP TABLE {MART}")
        con.execute(SCRIPT.text)
        assert sorted(held) == rows(con)


MANY = {f"word{chr(97 + n)}{chr(97 + m)}": 1 for n in range(20) for m in range(20)}


def test_what_is_new_stands_behind_the_others_until_it_is_too_much() -> None:
    con = files(MANY, MANY | {"aaron": 1})
    assert renew(con, SCRIPT.text)
    assert [word for _, word, _ in rows(con)[-6:]] == ["aaron"] * 6
    con = files(MANY, MANY | {f"{name}{chr(97 + n)}": 1 for n in range(20) for name in ("aaron", "abel", "alice")})
    assert renew(con, SCRIPT.text)
    con.execute("DELETE FROM earlier.marts.party_words; INSERT INTO earlier.marts.party_words FROM marts.party_words")
    assert not renew(con, SCRIPT.text)
    assert not renew(files(MANY, dict.fromkeys(MANY, 2)), SCRIPT.text)


def test_another_script_is_refused() -> None:
    with pytest.raises(ValueError, match="expected one SELECT"):
        renew(files({}, {}), f"CREATE TABLE {MART} AS SELECT 1")
